// Thirty-two pairs of short strings at once, in 256-bit registers. Only to be called when HasAvx2().
//
// A batch holds up to 32 pairs in which no string has more than `units_max` units, 16 or 32: with 16 the lanes are half
// as wide and the work is half as much. Lanes without a pair hold two empty strings.
#pragma once

#if defined(__x86_64__)

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hearth::lanes {

constexpr size_t kLanes = 32;

// Where the units of one pattern stand, for lanes that share it: bit i of low[k][h] says that place 8k + i holds a unit
// whose lower half-byte is h; `high` the same of the upper half-byte. Both bits together name the unit.
struct HalfByteTables {
  explicit HalfByteTables(std::string_view of);  // of up to 32 units; kept, not copied
  std::string_view pattern;
  alignas(16) uint8_t low[4][16] = {};
  alignas(16) uint8_t high[4][16] = {};
};

// a[i] against b[i], or, if shared_a is given, its pattern against every b[i]: that spares comparing it unit by unit.
struct Batch {
  const HalfByteTables* shared_a = nullptr;
  std::string_view a[kLanes];
  std::string_view b[kLanes];
};

// Levenshtein distances, or with swaps alignment distances. Units is 16 or 32.
template <int kUnits>
void EditDistances(const Batch& batch, bool with_swaps, int out[kLanes]);

// Jaro similarities, or Jaro-Winkler.
template <int kUnits>
void JaroSimilarities(const Batch& batch, bool winkler, double out[kLanes]);

}  // namespace hearth::lanes

#endif
