// With the places of a unit in a string as bits (match_masks.h), a unit is the first of its kind when no lower bit is
// set, and a gram stands where the places of its units, each moved back by its offset, agree: no set is built.
#include "matchers/similarity/sets.h"

#include <algorithm>
#include <vector>

#include "matchers/similarity/bit_kernels.h"

namespace hearth {
namespace {

// Two sets' sizes.
struct SetCounts {
  int in_a = 0;
  int in_b = 0;
  int in_both = 0;
};

// Places of each gram of `text` in the string that `places` is of.
template <class Masks, class Unit>
size_t GramPlaces(const Masks& places, UnitView<Unit> text, size_t q, uint64_t* out) {
  uint64_t of_unit[kWordUnits];
  for (size_t i = 0; i < text.size(); ++i) of_unit[i] = places(text[i]);
  const size_t grams = text.size() - q + 1;
  for (size_t i = 0; i < grams; ++i) {
    uint64_t at = of_unit[i];
    for (size_t k = 1; k < q; ++k) at &= of_unit[i + k] >> k;
    out[i] = at;
  }
  return grams;
}

// Both of q to 64 units.
template <class Unit>
SetCounts CountBitSets(UnitView<Unit> a, UnitView<Unit> b, size_t q) {
  SetCounts counts;
  uint64_t in_a[kWordUnits], in_b[kWordUnits];
  const auto is_first = [](uint64_t places, size_t i) { return (places & LowBits(i)) == 0; };
  WithMasks(b, [&](const auto& places) {
    const size_t grams = GramPlaces(places, b, q, in_b);
    for (size_t i = 0; i < grams; ++i) counts.in_b += is_first(in_b[i], i) ? 1 : 0;
    return 0;
  });
  WithMasks(a, [&](const auto& places) {
    size_t grams = GramPlaces(places, a, q, in_a);
    for (size_t i = 0; i < grams; ++i) counts.in_a += is_first(in_a[i], i) ? 1 : 0;
    grams = GramPlaces(places, b, q, in_a);
    for (size_t i = 0; i < grams; ++i) counts.in_both += is_first(in_b[i], i) && in_a[i] != 0 ? 1 : 0;
    return 0;
  });
  return counts;
}

template <class Unit>
std::vector<UnitView<Unit>> SortedGrams(UnitView<Unit> text, size_t q) {
  std::vector<UnitView<Unit>> grams;
  for (size_t i = 0; i + q <= text.size(); ++i) grams.push_back(text.substr(i, q));
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  return grams;
}

// Both of at least q units.
template <class Unit>
SetCounts CountSets(UnitView<Unit> a, UnitView<Unit> b, size_t q) {
  if (std::max(a.size(), b.size()) <= kWordUnits) return CountBitSets(a, b, q);
  const auto x = SortedGrams(a, q), y = SortedGrams(b, q);
  std::vector<UnitView<Unit>> both;
  std::set_intersection(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(both));
  return {static_cast<int>(x.size()), static_cast<int>(y.size()), static_cast<int>(both.size())};
}

template <class Unit>
double JaccardOf(UnitView<Unit> a, UnitView<Unit> b) {
  if (a.empty() || b.empty()) return 0;
  const SetCounts counts = CountSets(a, b, 1);
  return static_cast<double>(counts.in_both) / static_cast<double>(counts.in_a + counts.in_b - counts.in_both);
}

template <class Unit>
double DiceOf(UnitView<Unit> a, UnitView<Unit> b, int q) {
  const size_t size = static_cast<size_t>(q);
  if (a.size() < size || b.size() < size) return a == b && !a.empty() ? 1 : 0;
  const SetCounts counts = CountSets(a, b, size);
  return 2.0 * static_cast<double>(counts.in_both) / static_cast<double>(counts.in_a + counts.in_b);
}

}  // namespace

double Jaccard(std::string_view a, std::string_view b) { return JaccardOf(a, b); }
double Jaccard(std::u32string_view a, std::u32string_view b) { return JaccardOf(a, b); }
double DiceOfGrams(std::string_view a, std::string_view b, int q) { return DiceOf(a, b, q); }
double DiceOfGrams(std::u32string_view a, std::u32string_view b, int q) { return DiceOf(a, b, q); }

}  // namespace hearth
