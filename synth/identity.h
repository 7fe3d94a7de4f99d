// Numbers that the registries give out, made with their right check characters: this room's own arithmetic, so that it
// can stand as an independent check on the readers. Everything lies in division 3399xx, where no real person or firm
// is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/civil_day.h"

namespace hearth::synth {

// The 18th character of a citizen number of 17 digits. Source: standards.md 1.1 (ISO 7064 MOD 11-2).
char CitizenCheck(std::string_view seventeen);

// How many people of one sex, one day and one group of three address codes can be told apart.
inline constexpr int kSlots = 497;

// The citizen number of the person who holds `slot` (0 .. kSlots-1) on that day under a six-digit address code.
// Two slots never give the same number. Sequences from 995 on stay free: the 15-digit form reserves 996 to 999.
std::string CitizenNumber(int address_code, CivilDay birth, bool male, int slot);

// An 18-character credit identifier. `kind` is its first two characters ("91", "92", "93", "11"), `mark` the first two
// of the body ("MA"), and index < 31^6 tells bodies apart. Source: standards.md 2.1.
std::string CreditCode(std::string_view kind, int division, std::string_view mark, uint64_t index);

// A 17-character vehicle number with its check character; index < 20,000,000. Source: standards.md 4.2.
std::string VehicleNumber(uint64_t index, int model_year);

// 浙Z plates; index below 34^5 for fuel cars, below 3,400,000 for new energy. Source: standards.md 4.1.
std::string FuelPlate(uint64_t index);
std::string NewEnergyPlate(uint64_t index);

}  // namespace hearth::synth
