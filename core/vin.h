// Vehicle identification numbers (GB 16735, ISO 3779): 17 places with a check in the ninth.
//
//   ReadVin("1M8GDM9AXKP042788").verdict == Verdict::kOk
//
// A failed check is a warning: imports and vehicles older than the rule do not carry it, so `vin` is set all the same.
// Many feeds hold only the last 6 or 8 characters (kBadLength, kept in `tail`). Pure, safe from any thread.
// Source: standards.md 4.2.
#pragma once

#include <string>
#include <string_view>

#include "core/verdict.h"

namespace hearth {

struct VinReading {
  // kOk, kAbsent, kBadCheck, kBadLength, kBadCharacter, kLossySpreadsheet, kMasked, kPlaceholder.
  Verdict verdict = Verdict::kAbsent;
  bool folded = false;
  std::string vin;   // kOk and kBadCheck: 17 capitals and digits
  std::string tail;  // kBadLength: what there is, when 4 to 16 right characters
};
VinReading ReadVin(std::string_view raw);

// 0 unless 17 characters of the alphabet (any in place 9).
char VinCheckCharacter(std::string_view seventeen);
// The later of the two years that place 10 may mean (2010-2039); 30 years before is the other. 0 when it means none.
int LaterModelYear(std::string_view seventeen);

}  // namespace hearth
