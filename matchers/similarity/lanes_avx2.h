// Thirty-two pairs of short strings at once, in 256-bit registers. Only to be called when HasAvx2().
//
// A batch holds up to 32 pairs in which no string has more than `units_max` units, 16 or 32: with 16 the lanes are half
// as wide and the work is half as much. Lanes without a pair hold two empty strings.
#pragma once

#if defined(__x86_64__)

#include <cstddef>
#include <string_view>

namespace hearth::lanes {

constexpr size_t kLanes = 32;

// a[i] against b[i]; with `one_a` every a[i] is the same string, which saves comparing it unit by unit.
struct Batch {
  std::string_view a[kLanes];
  std::string_view b[kLanes];
  bool one_a = false;
};

// Levenshtein distances, or with swaps alignment distances. Units is 16 or 32.
template <int kUnits>
void EditDistances(const Batch& batch, bool with_swaps, int out[kLanes]);

// Jaro similarities, or Jaro-Winkler.
template <int kUnits>
void JaroSimilarities(const Batch& batch, bool winkler, double out[kLanes]);

}  // namespace hearth::lanes

#endif
