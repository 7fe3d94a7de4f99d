// The benefit list (幸福清单) of one family unit: under every pack of the site, what the registers say it receives,
// what it is due, what would follow once a class is recognised, what changes next, and who has to tell what.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/common.h"
#include "nightly/case_file.h"
#include "policy/outlook.h"

namespace hearth {

// Whether a line stands in the list that people read; JSON holds every line.
enum class Listed : uint8_t { kShown, kNoEntitlement, kZero };
std::string_view ListedName(Listed l);  // "shown", "no_entitlement", "zero"

struct BenefitLine {
  const ActivePack* pack = nullptr;
  uint32_t rule = 0;
  int member = -1;  // -1: the family
  std::optional<Money> amount;
  Period per = Period::kNone;
  std::string fact;                   // of what is received: the register's fact
  std::optional<OutlookChange> next;  // of what is due

  const Rule& TheRule() const { return pack->pack.rules()[rule]; }
  // A definition of scope gives nobody anything, and neither does an amount of exactly 0.00.
  Listed listed() const;
};

// What nobody has told yet, and the rules that wait for it.
struct OpenQuestion {
  std::string source, fact;
  std::vector<std::string> rules;
  std::vector<std::string> entitlements;  // of the rules: those that people read; none: the question is not shown
};

struct BenefitList {
  CivilDay as_of;
  std::vector<BenefitLine> received, due, if_recognised;
  std::vector<OpenQuestion> questions;  // by source, then fact
  // Sums of what is due, by kind of benefit and period; nothing is spread from one period to another.
  std::map<std::pair<std::string, Period>, Money> sums;
  size_t open_amounts = 0;  // due, but the locality has not set the amount
};

StatusOr<BenefitList> MakeBenefitList(const OpenStore& store, const NightPacks& packs, const CaseFile& file,
                                      CivilDay as_of);

// Money, its worth, or a class that a register keeps; not a definition of scope, a line, a target, a measurement.
bool IsEntitlement(const Rule& rule);

// "现金": a rule's kind for a Chinese reader; the kind itself when there is no word for it.
std::string_view KindTitle(std::string_view kind);

}  // namespace hearth
