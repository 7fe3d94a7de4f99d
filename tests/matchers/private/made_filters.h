// Filters for tests: random ones, and ones that resemble those of another table.
#pragma once

#include <random>

#include "matchers/private/bit_rows.h"

namespace hearth::linkage {

inline BitRows RandomRows(size_t rows, uint32_t bits, double full, uint64_t seed) {
  BitRows out{bits, std::vector<uint64_t>(rows * bits / 64)};
  std::mt19937_64 random(seed);
  std::bernoulli_distribution one(full);
  for (size_t r = 0; r < rows; ++r) {
    for (uint32_t b = 0; b < bits; ++b) {
      if (one(random)) out.Row(r)[b / 64] |= uint64_t{1} << (b % 64);
    }
  }
  return out;
}

// The rows with each bit turned over with the given probability.
inline BitRows Noisy(const BitRows& rows, double flip, uint64_t seed) {
  BitRows out = rows;
  std::mt19937_64 random(seed);
  std::bernoulli_distribution turn(flip);
  for (size_t r = 0; r < rows.size(); ++r) {
    for (uint32_t b = 0; b < rows.bits; ++b) {
      if (turn(random)) out.Row(r)[b / 64] ^= uint64_t{1} << (b % 64);
    }
  }
  return out;
}

}  // namespace hearth::linkage
