// Real-estate unit numbers (GB/T 37346): 28 places without a check character.
//
//   division 6, cadastral district 3, sub-district 3, parcel mark 2, parcel 5, fixture mark 1, fixture 8
//   ReadUnitNumber("339901 001002 GB00003 F00010005", {.allow_synthetic = true}).unit.parcel_right == 'B'
//
// Pure, safe from any thread. Source: standards.md 5.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/region_code.h"
#include "core/verdict.h"

namespace hearth {

struct UnitNumber {
  uint32_t division = 0;
  char parcel_owner = 0;  // G state, J collective, Z undetermined
  char parcel_right = 0;  // A collective ownership, B building land, C homestead, D arable, E forest, F grass …
  char fixture = 0;       // F buildings, L forest, Q other, W none
  bool IsRuralHomestead() const { return parcel_owner == 'J' && parcel_right == 'C'; }
  bool IsBuilding() const { return fixture == 'F'; }
};

struct UnitNumberReading {
  Verdict verdict = Verdict::kAbsent;  // kOk, kAbsent, kBadLength, kBadForm, kBadDivision, kDivisionTestOnly, kMasked,
                                       // kPlaceholder, kLossySpreadsheet
  bool folded = false;                 // spaces between the groups count as folding
  UnitNumber unit;
  std::string number;  // 28 places when usable
};
UnitNumberReading ReadUnitNumber(std::string_view raw, const DivisionRules& rules);

// Certificate numbers for comparison: brackets and width folded, spaces dropped. 浙（2021）云泽市… -> 浙(2021)云泽市…
std::string FoldCertificate(std::string_view raw);

}  // namespace hearth
