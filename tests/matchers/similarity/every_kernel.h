// What the tests and the fuzz target hold of two strings: every fast comparator equals its reference, both ways round
// and prepared, and every bound is one.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "matchers/similarity/reference/similarity_reference.h"
#include "matchers/similarity/similarity.h"

namespace hearth {

// Asks a Within form for every bound around the distance, and for none.
template <class Within>
bool WithinAgrees(int distance, Within within) {
  for (int max = 0; max <= distance + 2; max = max < 8 ? max + 1 : std::max(max + 1, distance - 1)) {
    if (within(max) != std::min(distance, max + 1)) return false;
  }
  return within(std::numeric_limits<int>::max()) == distance;
}

// Asks an AtLeast form around the similarity and at fixed thresholds.
template <class AtLeast>
bool AtLeastAgrees(double similarity, AtLeast at_least) {
  for (double threshold : {-1.0, 0.0, 0.5, 0.7, 0.8, 0.85, 0.88, 0.9, 0.92, 0.95, 1.0, 1.5, similarity,
                           std::nextafter(similarity, 2.0), std::nextafter(similarity, -1.0)}) {
    if (at_least(threshold) != (similarity >= threshold)) return false;
  }
  return true;
}

// The name of the first comparator that is wrong on these two, or "" when all are right.
template <class Unit>
const char* FirstWrong(std::basic_string_view<Unit> a, std::basic_string_view<Unit> b) {
  const BasicPreparedPattern<Unit> pattern_a(a), pattern_b(b);
  const int length_a = static_cast<int>(a.size()), length_b = static_cast<int>(b.size());

  const int lev = reference::Levenshtein(a, b);
  if (Levenshtein(a, b) != lev || Levenshtein(b, a) != lev) return "Levenshtein";
  if (Levenshtein(pattern_a, b) != lev || Levenshtein(pattern_b, a) != lev) return "Levenshtein, prepared";
  if (!WithinAgrees(lev, [&](int max) { return LevenshteinWithin(a, b, max); })) return "LevenshteinWithin";
  if (!WithinAgrees(lev, [&](int max) { return LevenshteinWithin(pattern_b, a, max); }))
    return "LevenshteinWithin, prep.";

  const int osa = reference::OptimalStringAlignment(a, b);
  if (OptimalStringAlignment(a, b) != osa || OptimalStringAlignment(b, a) != osa) return "OptimalStringAlignment";
  if (OptimalStringAlignment(pattern_a, b) != osa || OptimalStringAlignment(pattern_b, a) != osa)
    return "OSA, prepared";

  const int dl = reference::DamerauLevenshtein(a, b);
  if (DamerauLevenshtein(a, b) != dl || DamerauLevenshtein(b, a) != dl) return "DamerauLevenshtein";
  if (DamerauLevenshtein(pattern_a, b) != dl || DamerauLevenshtein(pattern_b, a) != dl) return "Damerau, prepared";
  if (!WithinAgrees(dl, [&](int max) { return DamerauLevenshteinWithin(a, b, max); }))
    return "DamerauLevenshteinWithin";
  if (!WithinAgrees(dl, [&](int max) { return DamerauLevenshteinWithin(b, a, max); })) return "DamerauWithin, turned";
  if (!WithinAgrees(dl, [&](int max) { return DamerauLevenshteinWithin(pattern_b, a, max); }))
    return "DamerauWithin, prep.";
  if (dl > osa || 2 * osa > 3 * dl || osa > lev || lev > 2 * dl) return "the order of the three distances";

  const double jaro = reference::Jaro(a, b), winkler = reference::JaroWinkler(a, b);
  if (Jaro(a, b) != jaro || Jaro(b, a) != jaro) return "Jaro";
  if (Jaro(pattern_a, b) != jaro || Jaro(pattern_b, a) != jaro) return "Jaro, prepared";
  if (JaroWinkler(a, b) != winkler || JaroWinkler(b, a) != winkler) return "JaroWinkler";
  if (JaroWinkler(pattern_a, b) != winkler || JaroWinkler(pattern_b, a) != winkler) return "JaroWinkler, prepared";
  if (!AtLeastAgrees(jaro, [&](double t) { return JaroAtLeast(a, b, t); })) return "JaroAtLeast";
  if (!AtLeastAgrees(winkler, [&](double t) { return JaroWinklerAtLeast(a, b, t); })) return "JaroWinklerAtLeast";
  if (jaro < 0 || winkler < jaro || winkler > 1) return "the range of Jaro and JaroWinkler";

  const double jaccard = reference::Jaccard(a, b);
  if (Jaccard(a, b) != jaccard || Jaccard(b, a) != jaccard) return "Jaccard";
  for (int q = 1; q <= 4; ++q) {
    const double dice = reference::DiceOfGrams(a, b, q);
    if (DiceOfGrams(a, b, q) != dice || DiceOfGrams(b, a, q) != dice || dice < 0 || dice > 1) return "DiceOfGrams";
  }

  const StringSignature &sign_a = pattern_a.signature(), &sign_b = pattern_b.signature();
  if (CommonUpperBound(sign_a, length_a, sign_b, length_b) < reference::CommonUnits(a, b)) return "CommonUpperBound";
  if (DistanceLowerBound(sign_a, length_a, sign_b, length_b) > dl) return "DistanceLowerBound";
  if (JaroUpperBound(sign_a, length_a, sign_b, length_b) < jaro) return "JaroUpperBound";
  if (JaroWinklerUpperBound(sign_a, length_a, sign_b, length_b) < winkler) return "JaroWinklerUpperBound";
  if (!AtLeastAgrees(jaro, [&](double t) { return JaroAtLeast(a, sign_a, b, sign_b, t); }))
    return "JaroAtLeast, signed";
  if (!AtLeastAgrees(winkler, [&](double t) { return JaroWinklerAtLeast(a, sign_a, b, sign_b, t); })) {
    return "JaroWinklerAtLeast, signed";
  }
  return "";
}

}  // namespace hearth
