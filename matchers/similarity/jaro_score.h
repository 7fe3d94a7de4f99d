// From counts to the Jaro and Jaro-Winkler similarity: the one place where their floating-point steps stand, so that
// every kernel ends in the same bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hearth {

constexpr double kWinklerAbove = 0.7;
constexpr double kWinklerWeight = 0.1;
constexpr size_t kWinklerPrefix = 4;

// matches >= 1; the sum of the first two is the same either way round. Never falls with more matches or less out of
// order.
inline double JaroScore(int matches, int out_of_order, size_t length_a, size_t length_b) {
  const double m = matches;
  return (m / static_cast<double>(length_a) + m / static_cast<double>(length_b) + (m - out_of_order / 2) / m) / 3.0;
}

inline double WinklerScore(double jaro, size_t prefix) {
  return jaro > kWinklerAbove ? jaro + static_cast<double>(prefix) * kWinklerWeight * (1.0 - jaro) : jaro;
}

// At least WinklerScore of any similarity up to jaro_max: rounding may lift a smaller one by a last bit.
inline double WinklerUpperBound(double jaro_max, size_t prefix) { return WinklerScore(jaro_max, prefix) + 1e-12; }

// The number of first units in common, up to 4.
template <class Unit>
size_t WinklerPrefix(std::basic_string_view<Unit> a, std::basic_string_view<Unit> b) {
  const size_t most = std::min({a.size(), b.size(), kWinklerPrefix});
  size_t prefix = 0;
  while (prefix < most && a[prefix] == b[prefix]) ++prefix;
  return prefix;
}

}  // namespace hearth
