// Levenshtein distance: the fewest insertions, deletions and substitutions of one unit that turn a into b.
//
//   Levenshtein("kitten", "sitting") == 3
//   LevenshteinWithin("kitten", "sitting", 1) == 2       // more than 1; how much more is not computed
//
// The Within form returns the distance when it is at most max, else max + 1. max >= 0.
// Cost: about one step of ten instructions per unit of the shorter string while both have up to 64 units; beyond that
// one step per unit and block of 64.
#pragma once

#include <string_view>

namespace hearth {

int Levenshtein(std::string_view a, std::string_view b);
int Levenshtein(std::u32string_view a, std::u32string_view b);

int LevenshteinWithin(std::string_view a, std::string_view b, int max);
int LevenshteinWithin(std::u32string_view a, std::u32string_view b, int max);

}  // namespace hearth
