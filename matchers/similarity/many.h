// Comparisons by the thousand: one string against many, or pair by pair, several pairs in one vector register.
//
//   std::vector<int> distances(dates.size());
//   LevenshteinMany(PreparedPattern("1979-11-02"), dates, distances.data());
//
// `out` has room for as many results as there are texts (or pairs), and result i is what the namesake for two strings
// gives for text i. The Each forms compare a[i] with b[i]; the two spans have one length.
// Bytes only. On a processor with AVX2 strings of up to 32 units go through vector lanes; longer ones, and every one on
// other processors, one at a time. The results do not depend on which.
// Strings of like length next to each other are quickest: a group of lanes takes as long as its longest string.
#pragma once

#include <span>
#include <string_view>

#include "matchers/similarity/pattern.h"

namespace hearth {

void LevenshteinMany(const PreparedPattern& pattern, std::span<const std::string_view> texts, int* out);
void OptimalStringAlignmentMany(const PreparedPattern& pattern, std::span<const std::string_view> texts, int* out);
void DamerauLevenshteinMany(const PreparedPattern& pattern, std::span<const std::string_view> texts, int* out);
void DamerauLevenshteinWithinMany(const PreparedPattern& pattern, std::span<const std::string_view> texts, int max,
                                  int* out);
void JaroMany(const PreparedPattern& pattern, std::span<const std::string_view> texts, double* out);
void JaroWinklerMany(const PreparedPattern& pattern, std::span<const std::string_view> texts, double* out);

void LevenshteinEach(std::span<const std::string_view> a, std::span<const std::string_view> b, int* out);
void OptimalStringAlignmentEach(std::span<const std::string_view> a, std::span<const std::string_view> b, int* out);
void DamerauLevenshteinEach(std::span<const std::string_view> a, std::span<const std::string_view> b, int* out);
void DamerauLevenshteinWithinEach(std::span<const std::string_view> a, std::span<const std::string_view> b, int max,
                                  int* out);
void JaroEach(std::span<const std::string_view> a, std::span<const std::string_view> b, double* out);
void JaroWinklerEach(std::span<const std::string_view> a, std::span<const std::string_view> b, double* out);

}  // namespace hearth
