// Jaro and Jaro-Winkler similarity, 0 (nothing in common) to 1 (equal), bit for bit as DuckDB 1.5 and rapidfuzz
// compute them. (DuckDB 2.0 fuses a multiplication and an addition of Jaro-Winkler, as some processors can: the last
// bit then differs in one pair of some 250.)
//
//   Jaro("martha", "marhta")        // 0.9444…
//   JaroWinkler("martha", "marhta") // 0.9611…
//
// Two units match when they are equal and no further apart than max(|a|, |b|) / 2 - 1 places (at least 0), each used
// once. With m matches and t the pairs of matched units that stand in another order, halved and rounded down,
// Jaro = (m / |a| + m / |b| + (m - t) / m) / 3, and 0 when m is 0. Winkler adds 0.1 of what is missing to 1 for each of
// the first units in common, up to 4, and only where Jaro is above 0.7.
// Two empty strings are 0, as in DuckDB (rapidfuzz says 1): what is not there shows no likeness.
//
// The AtLeast forms are exactly `Jaro(a, b) >= threshold` and `JaroWinkler(a, b) >= threshold`, and stop as soon as
// lengths or matches decide. Those of signature.h are quicker still for values that are compared many times.
#pragma once

#include <string_view>

namespace hearth {

double Jaro(std::string_view a, std::string_view b);
double Jaro(std::u32string_view a, std::u32string_view b);

double JaroWinkler(std::string_view a, std::string_view b);
double JaroWinkler(std::u32string_view a, std::u32string_view b);

bool JaroAtLeast(std::string_view a, std::string_view b, double threshold);
bool JaroAtLeast(std::u32string_view a, std::u32string_view b, double threshold);

bool JaroWinklerAtLeast(std::string_view a, std::string_view b, double threshold);
bool JaroWinklerAtLeast(std::u32string_view a, std::u32string_view b, double threshold);

}  // namespace hearth
