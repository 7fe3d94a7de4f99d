// A pattern is the outcome of all comparisons of one pair: 4 bits a comparison, its level's index, in the order of the
// model. Counts of patterns are all that training needs of millions of pairs.
#pragma once

#include <cstdint>
#include <vector>

namespace hearth::linkage {

using Pattern = uint64_t;

inline int LevelOf(Pattern pattern, int comparison) { return static_cast<int>(pattern >> (4 * comparison) & 15); }
inline Pattern WithLevel(int comparison, int level) { return static_cast<Pattern>(level) << (4 * comparison); }

struct PatternCount {
  Pattern pattern = 0;
  uint64_t pairs = 0;
  bool operator==(const PatternCount&) const = default;
};

// Two records by their place in the table; left < right.
struct Pair {
  uint32_t left = 0, right = 0;
  auto operator<=>(const Pair&) const = default;
};

// A scored pair at or above the threshold asked for.
struct Link {
  uint32_t left = 0, right = 0;
  double weight = 0;  // bits, prior included
  Pattern pattern = 0;
  bool operator==(const Link&) const = default;
};

}  // namespace hearth::linkage
