// Citizen identity numbers (GB 11643) and the other documents of the same shape: residents of Hong Kong, Macao and
// Taiwan, foreigners' permanent residence.
//
//   NumberReading r = ReadCitizenNumber(cell, feed_day, {.allow_synthetic = true});
//   if (IsUsable(r.verdict)) Use(r.number);      // the 18-place form, also of a 15-digit number
//
// A CitizenNumber prints masked; its digits come out of RevealDigits alone. Reading a clean ASCII cell allocates
// nothing and takes some 20 ns. Pure, safe from any thread.
// Source: standards.md 1.1 to 1.5.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/civil_day.h"
#include "core/region_code.h"
#include "core/verdict.h"

namespace hearth {

// What PackNumber gives for text that is no 18-place number; no valid number packs to it.
inline constexpr uint64_t kNoPackedNumber = 0;

// 17 digits and a digit or X as one integer: packed numbers sort as their texts do. The check is not verified.
uint64_t PackNumber(std::string_view eighteen);
// The 18 places of a packed number.
std::array<char, 18> UnpackNumber(uint64_t packed);

// An 18-place number whose check character holds. An empty one (the default) compares below all others.
class CitizenNumber {
 public:
  constexpr CitizenNumber() = default;
  // Empty unless the text has 18 places and a right check character.
  static CitizenNumber FromText(std::string_view eighteen);
  // From a stored packed form, trusted.
  static constexpr CitizenNumber FromPacked(uint64_t packed) { return CitizenNumber(packed); }

  constexpr bool IsEmpty() const { return packed_ == kNoPackedNumber; }
  constexpr uint64_t packed() const { return packed_; }
  auto operator<=>(const CitizenNumber&) const = default;

  // "3399**********002X": for lists, logs never. Empty for an empty number.
  std::string Masked() const;
  // The whole number in clear: only for stores, exact comparison, and readers who may see it.
  std::string RevealDigits() const;

 private:
  constexpr explicit CitizenNumber(uint64_t packed) : packed_(packed) {}
  uint64_t packed_ = kNoPackedNumber;
};

// Masks any number-like text of 8 places or more the same way, so that a bad number does not leak either.
std::string MaskNumber(std::string_view text);
// Free text in which each run of 14 digits or more (and a closing X), as identity and card numbers have, is masked so.
std::string MaskLongNumbers(std::string_view text);

enum class NumberKind : uint8_t {
  kUnknown,              // not usable
  kCitizen,              // 18 places
  kOld15,                // 15 digits, issued 1984-1999
  kHongKongMacaoTaiwan,  // 18 places, 810000, 820000, 830000
  kForeign18,            // 18 places, first digit 9
  kForeign15,            // 3 letters and 12 digits: no 18-place form
};

struct NumberOptions {
  bool allow_synthetic = false;          // the site says `synthetic: true`: 3399xx are good divisions
  const Divisions* divisions = nullptr;  // without it only the province prefix is checked
  bool column_is_lossy = false;          // more than 1 % of the column's rows end in 000
};

struct NumberReading {
  Verdict verdict = Verdict::kAbsent;
  NumberKind kind = NumberKind::kUnknown;
  bool folded = false;   // a repair the standard allows was made
  uint8_t size = 0;      // 0 unless usable
  char places[18] = {};  // normalised text when usable: 18 places, or 15
  CitizenNumber number;  // when usable: the 18-place form; empty for kForeign15
  std::string_view text() const { return {places, size}; }
};

// Reads one cell. Dates run from 1850-01-01 to feed_day. Verdicts: kOk, kOkOld15, kAbsent, kBadCharacter, kBadLength,
// kBadDivision, kDivisionTestOnly, kBadDate, kBadCheck, kLossySpreadsheet, kMasked, kPlaceholder; the first that
// applies in the order placeholder, lossy, masked, character, length, division, date, check.
// A single * in place 18 stands for an X and is kBadCharacter; any other * is kMasked.
NumberReading ReadCitizenNumber(std::string_view raw, CivilDay feed_day, const NumberOptions& options);

// MOD 11-2 over the first 17 digits: '0'-'9' or 'X'. 0 when they are not all digits.
char CitizenCheckCharacter(std::string_view seventeen);
bool CheckHolds(std::string_view eighteen);
// The 18-place alias of a 15-digit number: 19 inserted, or 18 for sequences 996-999. Empty unless 15 digits. The alias
// is derived: the person's real number need not equal it.
std::string UpgradeOld15(std::string_view fifteen);
// The 15-digit form that an 18-place number of the 1900s (or 1800s with 996-999) had; empty when there was none.
std::string DowngradeTo15(CitizenNumber number);

// Of a number that is not empty.
CivilDay BirthOf(CitizenNumber number);
// 1 male, 2 female (GB/T 2261.1); 0 for foreigners' cards, whose sequence is not sourced, and for an empty number.
int SexOf(CitizenNumber number);
// The six digits of first registration; 0 for foreigners' cards, which have none.
uint32_t RegionOf(CitizenNumber number);
bool IsForeignNumber(CitizenNumber number);

// What an unusable cell still tells: some of the 18 places. For candidate search, never a link key.
struct NumberHint {
  std::array<char, 18> places = {};  // '0'-'9' or 'X' where known, 0 elsewhere
  uint8_t known = 0;                 // count of known places
  bool suspicious = false;           // one of the known places is likely wrong (check fails)
};
// From a masked, lossy, or failing number; known == 0 when its places cannot be told.
NumberHint ReadNumberHint(std::string_view raw);

struct HintMatch {
  uint8_t agree = 0, disagree = 0, unknown = 0;  // of 18 places
};
HintMatch CompareHint(const NumberHint& hint, CitizenNumber number);
// Two full numbers place by place, and whether one is the other with two neighbouring places swapped.
HintMatch CompareNumbers(CitizenNumber a, CitizenNumber b);
bool IsNeighbourSwap(CitizenNumber a, CitizenNumber b);

}  // namespace hearth
