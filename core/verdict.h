// Verdict says how one cell of a feed was read. One per value, never a plain true/false.
// A cell is usable (kOk, kOkOld15, kOkNoted), absent (kAbsent, kOpenEnd), or bad: then its value is null and
// its text is kept as received. Stored as one byte; values never change.
// Source: standards.md 1.1, 4, 5, 6, 11.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth {

enum class Verdict : uint8_t {
  kOk = 0,
  kAbsent = 1,           // empty or one of the feed's null words
  kOkOld15 = 2,          // valid 15-digit identity number
  kOkNoted = 3,          // usable after a repair the standard allows (folded width, apostrophe, left pad)
  kOpenEnd = 4,          // a date meaning "no end" (长期, 9999-12-31): null with a reason
  kPlaceholderDate = 5,  // 00000000, 1900-01-01, 1970-01-01: null with a reason
  kBadCheck = 16,
  kBadDate = 17,
  kBadDivision = 18,
  kDivisionTestOnly = 19,
  kBadLength = 20,
  kBadCharacter = 21,
  kLossySpreadsheet = 22,
  kMasked = 23,
  kPlaceholder = 24,
  kBadForm = 25,
  kBadCode = 26,
  kBadNumber = 27,  // not a number or amount
  kBadUnit = 28,    // mixed or unknown unit of an amount
  kOutOfRange = 29,
  kBadName = 30,  // a cell that is no name (note, relation word, two names, phone number)
};

constexpr bool IsUsable(Verdict v) { return v == Verdict::kOk || v == Verdict::kOkOld15 || v == Verdict::kOkNoted; }
constexpr bool IsBad(Verdict v) { return static_cast<uint8_t>(v) >= 16; }

// "OK", "BAD_CHECK", "LOSSY_SPREADSHEET" … as the standard spells them.
std::string_view VerdictName(Verdict v);

}  // namespace hearth
