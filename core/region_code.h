// Division codes of GB/T 2260 (2, 4 or 6 digits) and statistical codes (9, 12 or 15 digits), and the site's table of
// divisions with the days they held and what followed them.
//
//   IsWithin("339901001003", "3399")          // prefix test on the unpadded part
//   divisions.Ever(339901)                    // a code never dies: an identity number keeps the one it was born with
//
// Without a table only the province prefix is known. Divisions is immutable once read and safe from many threads.
// Source: standards.md 0, 3.1, 3.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "core/verdict.h"
#include "core/yaml.h"

namespace hearth {

// 33 for Zhejiang; the two digits need not be padded. Includes 66, which some departments use for the Xinjiang corps.
bool IsProvince(int two_digits);
// The Chinese short name, "浙江"; empty when there is none.
std::string_view ProvinceName(int two_digits);

// 3399xx is reserved for made-up data.
constexpr bool IsSyntheticDivision(uint32_t six_digits) { return six_digits / 100 == 3399; }

struct Division {
  uint32_t code = 0;  // 6 digits
  std::string name;
  std::optional<CivilDay> from, until;  // half-open; absent: unbounded
  std::vector<uint32_t> successors;     // more than one after a split
};

class Divisions {
 public:
  // A YAML list of {code, name, from?, until?, successors?}. InvalidArgument with file and line for a bad code, a code
  // given twice for overlapping days, or a successor that the list lacks.
  static StatusOr<Divisions> FromYaml(const YamlNode& list);
  static StatusOr<Divisions> FromList(std::vector<Division> divisions);

  size_t size() const { return rows_.size(); }
  // True when the code has ever existed.
  bool Ever(uint32_t six_digits) const { return first_.contains(six_digits); }
  // The row in force on that day, else the latest row of the code; nullptr when it never existed.
  const Division* Find(uint32_t six_digits, CivilDay on) const;
  // The codes in force on that day that a code became (itself when still in force), sorted. Empty when unknown.
  std::vector<uint32_t> Current(uint32_t six_digits, CivilDay on) const;
  // "浙江省云泽市东坪区" as far as the table names prefecture and county; the upper levels from the province list.
  std::string FullName(uint32_t six_digits, CivilDay on) const;
  // True when some division bears or bore that name.
  bool HasName(std::string_view name) const;
  // Rows sorted by code, then by first day.
  const std::vector<Division>& rows() const { return rows_; }

 private:
  std::vector<Division> rows_;
  std::vector<std::string> names_;                // sorted
  std::unordered_map<uint32_t, uint32_t> first_;  // first row of a code; looked up, never walked
};

struct DivisionRules {
  bool allow_synthetic = false;          // the site says `synthetic: true`
  const Divisions* divisions = nullptr;  // without it only the province prefix is checked
};

// Without zero fill on the right by levels: 339901001000 -> 339901001, 339900000000 -> 3399, 330000 -> 33.
std::string_view UnpaddedRegion(std::string_view code);
// True when `code` lies in `scope` or is it; both may be padded. An empty scope holds all; an empty code is in none but
// it.
bool IsWithin(std::string_view code, std::string_view scope);
// The leading part at a level of 2, 4, 6, 9 or 12 digits; the whole code when it is shorter.
std::string_view RegionPrefix(std::string_view code, size_t digits);

struct RegionReading {
  Verdict verdict = Verdict::kAbsent;
  std::string code;  // digits, when usable; as received, not padded or unpadded
  bool folded = false;
};
// Reads 2, 4, 6, 9, 12 or 15 digits; a trailing ".0" is dropped (folded). kBadLength, kBadCharacter, kBadDivision,
// kDivisionTestOnly, kLossySpreadsheet, or kPlaceholder for zeros.
RegionReading ReadRegion(std::string_view raw, const Divisions* divisions, bool allow_synthetic);

enum class UrbanRural : uint8_t { kUnknown, kUrban, kRural };
// From a 3-digit class (111 … 220): 1xx urban, 2xx rural.
UrbanRural UrbanRuralOf(std::string_view class_code);

enum class VillageKind : uint8_t { kUnknown, kResidentsCommittee, kVillagersCommittee, kSimilar };
// From the last 3 of a 12-digit code: 001-199, 200-399, 400-599.
VillageKind VillageKindOf(std::string_view code);

}  // namespace hearth
