// Distances that count a swap of two neighbouring units as one edit.
//
//   OptimalStringAlignment("ca", "abc") == 3     // no substring is edited twice
//   DamerauLevenshtein("ca", "abc") == 2         // swap to "ac", then insert b between them
//
// DamerauLevenshtein is the true, unrestricted distance (a metric, what DuckDB's damerau_levenshtein computes);
// OptimalStringAlignment the restricted one (no metric: "ca" -> "ac" -> "abc" is 1 + 1, yet "ca" -> "abc" is 3).
// Always OSA >= DL, and 2 * OSA <= 3 * DL, so they are equal while the smaller is at most 1 and while OSA is at most 2.
//
// The Within forms return the distance when it is at most max, else max + 1. max >= 0. They are cheap for small max,
// as only an alignment distance between max + 1 and 1.5 max leaves the true distance open.
// Cost: the alignment distance like Levenshtein's while both strings have up to 64 units; the true distance, where it
// must be computed, one cell of a few instructions per pair of units.
#pragma once

#include <string_view>

namespace hearth {

int OptimalStringAlignment(std::string_view a, std::string_view b);
int OptimalStringAlignment(std::u32string_view a, std::u32string_view b);

int DamerauLevenshtein(std::string_view a, std::string_view b);
int DamerauLevenshtein(std::u32string_view a, std::u32string_view b);

int DamerauLevenshteinWithin(std::string_view a, std::string_view b, int max);
int DamerauLevenshteinWithin(std::u32string_view a, std::u32string_view b, int max);

}  // namespace hearth
