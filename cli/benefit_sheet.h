// How a benefit list is laid out for people: the same sections as text for a terminal (120 columns) and as a page for
// A4. One row stands for all members to whom one rule gives the same amount. What gives nobody anything is left out
// and, of amounts of 0.00, counted; hearth benefits --json holds all of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/benefit_list.h"
#include "report/html_page.h"

namespace hearth {

inline constexpr int kSheetColumns = 120;

struct UnitBenefits {
  CaseFile file;
  BenefitList list;
};

// Each unit's list, ended by the sentence that a person decides.
std::string BenefitText(const NightPacks& packs, const std::vector<UnitBenefits>& units);

// A whole page: household, day, packs with their digests, sections, places to sign. Names, but masked numbers only.
std::string BenefitPage(const NightPacks& packs, const std::vector<UnitBenefits>& units);

// Why a line changes next, for a Chinese reader; empty when it does not.
std::string WhyNext(const BenefitLine& line);

// "1-4, 7": members counted from 1, given ascending and counted from 0.
std::string MemberNumbers(const std::vector<int>& members);

// Lines of at most `columns` display columns: cut at line feeds, then behind a space, a hyphen or a Chinese comma, else
// behind a wide character, in need anywhere. No line begins with a closing mark.
std::vector<std::string> WrapText(std::string_view text, int columns);

}  // namespace hearth
