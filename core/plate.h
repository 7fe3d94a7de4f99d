// Vehicle plates (GA 36), the key they form with the plate type, and what the state letters of GA 24.17 say of
// ownership.
//
//   ReadPlate("浙Z·12345").plate == "浙Z12345"
//
// A plate alone is no key: a small car and a motorcycle may bear the same characters. Pure, safe from any thread.
// Source: standards.md 4.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/verdict.h"

namespace hearth {

enum class PlateKind : uint8_t {
  kUnknown,
  kOrdinary,
  kMarked,          // ends in 挂 学 警 港 澳
  kConsular,        // ends in 领
  kEmbassy,         // 使 and six digits
  kNewEnergySmall,  // letter behind the issuing letter
  kNewEnergyLarge,  // letter at the end
};

struct PlateReading {
  Verdict verdict = Verdict::kAbsent;  // kOk, kAbsent, kPlaceholder, kMasked, kBadForm
  PlateKind kind = PlateKind::kUnknown;
  bool folded = false;    // width, case or a separator
  bool electric = false;  // new energy: letters A-E are electric, F G H J K other
  std::string plate;      // when usable
};
PlateReading ReadPlate(std::string_view raw);

// "02|浙Z12345". The type is padded to two digits.
std::string PlateKey(std::string_view plate_type, std::string_view plate);

enum class VehicleOwnership : uint8_t { kOwned, kNotOwned, kNeedsPerson, kUnknown };
// State letters, several perhaps ("ADQ"): E, M, P mean not owned; C and K need a person; other known letters do not
// matter.
VehicleOwnership OwnershipOf(std::string_view states);

}  // namespace hearth
