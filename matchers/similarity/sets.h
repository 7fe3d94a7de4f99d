// Likeness of strings as sets, where the order of the units counts little or not at all.
//
//   Jaccard("night", "nacht") == 3.0 / 7              // {n, h, t} of {n, i, g, h, t, a, c}
//   DiceOfGrams("night", "nacht", 2) == 2.0 * 1 / 8   // {ht} of {ni, ig, gh, ht} and {na, ac, ch, ht}
//
// Jaccard is the number of distinct units in both over the number in either, as DuckDB's jaccard has it; a string with
// no unit gives 0 (DuckDB refuses it).
// DiceOfGrams is twice the number of distinct q-grams in both over the sum of the numbers in each; nothing is put
// before or behind the strings. A string shorter than q has no gram: then 1 if the two are equal and not empty, else 0.
// q >= 1. Both are within [0, 1] and 1 for equal strings that are not empty.
#pragma once

#include <string_view>

namespace hearth {

double Jaccard(std::string_view a, std::string_view b);
double Jaccard(std::u32string_view a, std::u32string_view b);

double DiceOfGrams(std::string_view a, std::string_view b, int q);
double DiceOfGrams(std::u32string_view a, std::u32string_view b, int q);

}  // namespace hearth
