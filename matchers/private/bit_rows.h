// BitRows: filters of equal length, one a row. Bit b of a row is bit b % 64 of its word b / 64.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace hearth::linkage {

struct BitRows {
  uint32_t bits = 0;            // a multiple of 64
  std::vector<uint64_t> words;  // rows * bits / 64

  size_t row_words() const { return bits / 64; }
  size_t size() const { return bits == 0 ? 0 : words.size() / row_words(); }
  std::span<const uint64_t> Row(size_t row) const { return std::span(words).subspan(row * row_words(), row_words()); }
  std::span<uint64_t> Row(size_t row) { return std::span(words).subspan(row * row_words(), row_words()); }
};

inline uint32_t CountOnes(std::span<const uint64_t> row) {
  uint32_t n = 0;
  for (const uint64_t w : row) n += static_cast<uint32_t>(std::popcount(w));
  return n;
}

// 2 |A and B| / (|A| + |B|), 0 to 1; two filters without a bit have nothing in common: 0.
inline double Dice(uint32_t common, uint32_t ones_a, uint32_t ones_b) {
  return ones_a + ones_b == 0 ? 0 : 2.0 * common / (ones_a + ones_b);
}

}  // namespace hearth::linkage
