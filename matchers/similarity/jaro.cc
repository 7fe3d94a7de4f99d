#include "matchers/similarity/jaro.h"

#include <algorithm>
#include <utility>

#include "matchers/similarity/bit_kernels.h"
#include "matchers/similarity/jaro_score.h"
#include "matchers/similarity/long_kernels.h"

namespace hearth {
namespace {

// The shorter string is walked; the longer one is the pattern.
template <class Unit>
JaroMatches MatchesOf(UnitView<Unit> longer, UnitView<Unit> shorter) {
  return WithMasks(longer, [&](const auto& places) { return MatchBits(places, longer.size(), shorter); });
}

template <class Unit>
double JaroOf(UnitView<Unit> a, UnitView<Unit> b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.empty()) return 0;
  if (a.size() > kWordUnits) return JaroRows(a, b);
  const JaroMatches found = MatchesOf(a, b);
  if (found.in_text == 0) return 0;
  return JaroScore(CountBits(found.in_text), OutOfOrder(found, a, b), a.size(), b.size());
}

template <class Unit>
double JaroWinklerOf(UnitView<Unit> a, UnitView<Unit> b) {
  const double jaro = JaroOf(a, b);
  return jaro > kWinklerAbove ? WinklerScore(jaro, WinklerPrefix(a, b)) : jaro;
}

// prefix = 0: plain Jaro.
template <class Unit>
bool AtLeast(UnitView<Unit> a, UnitView<Unit> b, size_t prefix, double threshold) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.empty()) return 0 >= threshold;
  const int shortest = static_cast<int>(b.size());
  if (WinklerUpperBound(JaroScore(shortest, 0, a.size(), b.size()), prefix) < threshold) return false;
  if (a.size() > kWordUnits) return WinklerScore(JaroRows(a, b), prefix) >= threshold;
  const JaroMatches found = MatchesOf(a, b);
  if (found.in_text == 0) return 0 >= threshold;
  const int matches = CountBits(found.in_text);
  if (WinklerUpperBound(JaroScore(matches, 0, a.size(), b.size()), prefix) < threshold) return false;
  return WinklerScore(JaroScore(matches, OutOfOrder(found, a, b), a.size(), b.size()), prefix) >= threshold;
}

}  // namespace

double Jaro(std::string_view a, std::string_view b) { return JaroOf(a, b); }
double Jaro(std::u32string_view a, std::u32string_view b) { return JaroOf(a, b); }
double JaroWinkler(std::string_view a, std::string_view b) { return JaroWinklerOf(a, b); }
double JaroWinkler(std::u32string_view a, std::u32string_view b) { return JaroWinklerOf(a, b); }

bool JaroAtLeast(std::string_view a, std::string_view b, double threshold) { return AtLeast(a, b, 0, threshold); }
bool JaroAtLeast(std::u32string_view a, std::u32string_view b, double threshold) { return AtLeast(a, b, 0, threshold); }
bool JaroWinklerAtLeast(std::string_view a, std::string_view b, double threshold) {
  return AtLeast(a, b, WinklerPrefix(a, b), threshold);
}
bool JaroWinklerAtLeast(std::u32string_view a, std::u32string_view b, double threshold) {
  return AtLeast(a, b, WinklerPrefix(a, b), threshold);
}

}  // namespace hearth
