// The comparators for patterns of up to 64 units, a whole column of the textbook table in one machine word.
//
// Levenshtein: neighbouring cells of a column differ by -1, 0 or 1. `plus` and `minus` hold the places where they
// differ by +1 and -1; one addition carries a diagonal run of matches down the column (Myers 1999, in Hyyro's form of
// 2003). The alignment distance adds one term for the cell two places up and left (Hyyro 2003). Jaro takes, for each
// unit of the text, the lowest free matching place within reach. `places` is one of match_masks.h, of a pattern of 1 to
// 64 units. Tests: tests/matchers/similarity.
#pragma once

#include <bit>
#include <cstdint>

#include "matchers/similarity/match_masks.h"

namespace hearth {

// The number of bits set; written out, as the instruction is not on every x86-64.
inline int CountBits(uint64_t x) {
  x -= (x >> 1) & 0x5555555555555555;
  x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
  x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0F;
  return static_cast<int>((x * 0x0101010101010101) >> 56);
}

// Below the last column: as many as there are columns, and the steps down it.
inline int LastCell(uint64_t plus, uint64_t minus, size_t pattern_units, size_t text_units) {
  const uint64_t all = LowBits(pattern_units);
  return static_cast<int>(text_units) + CountBits(plus & all) - CountBits(minus & all);
}

template <class Masks, class Unit>
int LevenshteinBits(const Masks& places, size_t pattern_units, UnitView<Unit> text) {
  uint64_t plus = ~uint64_t{0}, minus = 0;
  for (Unit unit : text) {
    const uint64_t equal = places(unit);
    const uint64_t diagonal = (((equal & plus) + plus) ^ plus) | equal | minus;
    const uint64_t right_plus = (minus | ~(diagonal | plus)) << 1 | 1;
    const uint64_t right_minus = (diagonal & plus) << 1;
    plus = right_minus | ~(diagonal | right_plus);
    minus = right_plus & diagonal;
  }
  return LastCell(plus, minus, pattern_units, text.size());
}

template <class Masks, class Unit>
int AlignmentBits(const Masks& places, size_t pattern_units, UnitView<Unit> text) {
  uint64_t plus = ~uint64_t{0}, minus = 0, diagonal = 0, equal_before = 0;
  for (Unit unit : text) {
    const uint64_t equal = places(unit);
    const uint64_t swapped = ((~diagonal & equal) << 1) & equal_before;
    diagonal = (((equal & plus) + plus) ^ plus) | equal | minus | swapped;
    const uint64_t right_plus = (minus | ~(diagonal | plus)) << 1 | 1;
    const uint64_t right_minus = (diagonal & plus) << 1;
    plus = right_minus | ~(diagonal | right_plus);
    minus = right_plus & diagonal;
    equal_before = equal;
  }
  return LastCell(plus, minus, pattern_units, text.size());
}

// Which units have a partner, as bits by place. As many in the one as in the other.
struct JaroMatches {
  uint64_t in_pattern = 0;
  uint64_t in_text = 0;
};

// Both of 1 to 64 units. The order in which either string is walked does not matter: per unit, both walks pair the
// first free place with the first that it can reach.
template <class Masks, class Unit>
JaroMatches MatchBits(const Masks& places, size_t pattern_units, UnitView<Unit> text) {
  const size_t longest = pattern_units > text.size() ? pattern_units : text.size();
  const size_t reach = longest < 4 ? 0 : longest / 2 - 1;
  JaroMatches found;
  uint64_t window = LowBits(reach + 1);
  for (size_t j = 0; j < text.size(); ++j) {
    const uint64_t free = places(text[j]) & window & ~found.in_pattern;
    found.in_pattern |= free & (~free + 1);
    found.in_text |= static_cast<uint64_t>(free != 0) << j;
    window = window << 1 | static_cast<uint64_t>(j < reach);
  }
  return found;
}

// How many of the k-th matches of both strings are different units.
template <class Unit>
int OutOfOrder(JaroMatches found, UnitView<Unit> pattern, UnitView<Unit> text) {
  int count = 0;
  while (found.in_text != 0) {
    const int i = std::countr_zero(found.in_pattern), j = std::countr_zero(found.in_text);
    count += pattern[static_cast<size_t>(i)] != text[static_cast<size_t>(j)] ? 1 : 0;
    found.in_pattern &= found.in_pattern - 1;
    found.in_text &= found.in_text - 1;
  }
  return count;
}

}  // namespace hearth
