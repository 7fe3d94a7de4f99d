// The string comparators as the textbooks have them: whole tables, no shortcut, no bit tricks. They are what the fast
// ones in matchers/similarity are held equal to, bit for bit. Slow (microseconds) and allocating; for tests and benches
// only.
//
// Definitions and conventions are those of the headers of the same names one folder up.
#pragma once

#include <string_view>

namespace hearth::reference {

int Levenshtein(std::string_view a, std::string_view b);
int Levenshtein(std::u32string_view a, std::u32string_view b);

int OptimalStringAlignment(std::string_view a, std::string_view b);
int OptimalStringAlignment(std::u32string_view a, std::u32string_view b);

int DamerauLevenshtein(std::string_view a, std::string_view b);
int DamerauLevenshtein(std::u32string_view a, std::u32string_view b);

double Jaro(std::string_view a, std::string_view b);
double Jaro(std::u32string_view a, std::u32string_view b);

double JaroWinkler(std::string_view a, std::string_view b);
double JaroWinkler(std::u32string_view a, std::u32string_view b);

double Jaccard(std::string_view a, std::string_view b);
double Jaccard(std::u32string_view a, std::u32string_view b);

double DiceOfGrams(std::string_view a, std::string_view b, int q);
double DiceOfGrams(std::u32string_view a, std::u32string_view b, int q);

// The most units of a that can be paired with equal units of b, each used once.
int CommonUnits(std::string_view a, std::string_view b);
int CommonUnits(std::u32string_view a, std::u32string_view b);

}  // namespace hearth::reference
