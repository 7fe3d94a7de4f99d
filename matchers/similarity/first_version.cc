// The comparators by way of their references, until the fast ones take their place one by one.
#include <algorithm>

#include "matchers/similarity/reference/similarity_reference.h"
#include "matchers/similarity/similarity.h"

namespace hearth {

#define FOR_VIEW(View)                                                                                          \
  int Levenshtein(View a, View b) { return reference::Levenshtein(a, b); }                                      \
  int LevenshteinWithin(View a, View b, int max) { return std::min(Levenshtein(a, b), max + 1); }               \
  int OptimalStringAlignment(View a, View b) { return reference::OptimalStringAlignment(a, b); }                \
  int DamerauLevenshtein(View a, View b) { return reference::DamerauLevenshtein(a, b); }                        \
  int DamerauLevenshteinWithin(View a, View b, int max) { return std::min(DamerauLevenshtein(a, b), max + 1); } \
  double Jaro(View a, View b) { return reference::Jaro(a, b); }                                                 \
  double JaroWinkler(View a, View b) { return reference::JaroWinkler(a, b); }                                   \
  bool JaroAtLeast(View a, View b, double threshold) { return Jaro(a, b) >= threshold; }                        \
  bool JaroWinklerAtLeast(View a, View b, double threshold) { return JaroWinkler(a, b) >= threshold; }          \
  double Jaccard(View a, View b) { return reference::Jaccard(a, b); }                                           \
  double DiceOfGrams(View a, View b, int q) { return reference::DiceOfGrams(a, b, q); }                         \
  StringSignature SignatureOf(View text) {                                                                      \
    StringSignature out;                                                                                        \
    for (auto unit : text) out.count[unit & 31] += out.count[unit & 31] < 255 ? 1 : 0;                          \
    return out;                                                                                                 \
  }
FOR_VIEW(std::string_view)
FOR_VIEW(std::u32string_view)
#undef FOR_VIEW

int CommonUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  if (std::max(length_a, length_b) > 255) return std::min(length_a, length_b);
  int common = 0;
  for (int i = 0; i < 32; ++i) common += std::min(a.count[i], b.count[i]);
  return common;
}

int DistanceLowerBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  return std::max(length_a, length_b) - CommonUpperBound(a, length_a, b, length_b);
}

double JaroUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  const double m = CommonUpperBound(a, length_a, b, length_b);
  return m == 0 ? 0 : (m / length_a + m / length_b + 1.0) / 3.0;
}

double JaroWinklerUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  const double jaro = JaroUpperBound(a, length_a, b, length_b);
  return jaro <= 0.7 ? jaro : jaro + 0.4 * (1.0 - jaro);
}

#define FOR_PATTERN(Pattern, View)                                                                         \
  int Levenshtein(const Pattern& p, View t) { return Levenshtein(p.text(), t); }                           \
  int LevenshteinWithin(const Pattern& p, View t, int max) { return LevenshteinWithin(p.text(), t, max); } \
  int OptimalStringAlignment(const Pattern& p, View t) { return OptimalStringAlignment(p.text(), t); }     \
  int DamerauLevenshtein(const Pattern& p, View t) { return DamerauLevenshtein(p.text(), t); }             \
  int DamerauLevenshteinWithin(const Pattern& p, View t, int max) {                                        \
    return DamerauLevenshteinWithin(p.text(), t, max);                                                     \
  }                                                                                                        \
  double Jaro(const Pattern& p, View t) { return Jaro(p.text(), t); }                                      \
  double JaroWinkler(const Pattern& p, View t) { return JaroWinkler(p.text(), t); }
FOR_PATTERN(PreparedPattern, std::string_view)
FOR_PATTERN(PreparedPattern32, std::u32string_view)
#undef FOR_PATTERN

#define FOR_MANY(Name, Result)                                                                             \
  void Name##Many(const PreparedPattern& pattern, std::span<const std::string_view> texts, Result* out) {  \
    for (size_t i = 0; i < texts.size(); ++i) out[i] = Name(pattern, texts[i]);                            \
  }                                                                                                        \
  void Name##Each(std::span<const std::string_view> a, std::span<const std::string_view> b, Result* out) { \
    for (size_t i = 0; i < a.size(); ++i) out[i] = Name(a[i], b[i]);                                       \
  }
FOR_MANY(Levenshtein, int)
FOR_MANY(OptimalStringAlignment, int)
FOR_MANY(DamerauLevenshtein, int)
FOR_MANY(Jaro, double)
FOR_MANY(JaroWinkler, double)
#undef FOR_MANY

}  // namespace hearth
