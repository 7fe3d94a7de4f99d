// With the places of a unit in a string as bits (match_masks.h), a unit is the first of its kind when no lower bit is
// set, and a gram stands where the places of its units, each moved back by its offset, agree: no set is built.
#include "matchers/similarity/sets.h"

#include <algorithm>
#include <vector>

#include "matchers/similarity/bit_kernels.h"

namespace hearth {
namespace {

// How many members two sets have.
struct SetCounts {
  int in_a = 0;
  int in_b = 0;
  int in_both = 0;
};

// Whether none of the places is before the i-th, i < 64.
bool IsFirst(uint64_t places, size_t i) { return (places & ((uint64_t{1} << i) - 1)) == 0; }

// Both of 1 to 64 units; the units themselves are the sets' members.
template <class Unit>
SetCounts CountUnits(UnitView<Unit> a, UnitView<Unit> b) {
  SetCounts counts;
  WithMasks(a, [&](const auto& in_a) {
    for (size_t i = 0; i < a.size(); ++i) counts.in_a += IsFirst(in_a(a[i]), i) ? 1 : 0;
    WithMasks(b, [&](const auto& in_b) {
      for (size_t i = 0; i < b.size(); ++i) {
        const bool first = IsFirst(in_b(b[i]), i);
        counts.in_b += first ? 1 : 0;
        counts.in_both += first && in_a(b[i]) != 0 ? 1 : 0;
      }
      return 0;
    });
    return 0;
  });
  return counts;
}

// Calls use(i, places) for each gram of `text`, with its places in the string that `places_of` is of.
template <class Masks, class Unit, class Use>
void ForEachGram(const Masks& places_of, UnitView<Unit> text, size_t q, Use use) {
  if (q == 2) {
    uint64_t places = places_of(text[0]);
    for (size_t i = 0; i + 1 < text.size(); ++i) {
      const uint64_t next = places_of(text[i + 1]);
      use(i, places & next >> 1);
      places = next;
    }
    return;
  }
  uint64_t of_unit[kWordUnits];
  for (size_t i = 0; i < text.size(); ++i) of_unit[i] = places_of(text[i]);
  for (size_t i = 0; i + q <= text.size(); ++i) {
    uint64_t places = of_unit[i];
    for (size_t k = 1; k < q; ++k) places &= of_unit[i + k] >> k;
    use(i, places);
  }
}

// Both of q to 64 units.
template <class Unit>
SetCounts CountGrams(UnitView<Unit> a, UnitView<Unit> b, size_t q) {
  SetCounts counts;
  uint64_t firsts_of_b = 0;
  WithMasks(b, [&](const auto& in_b) {
    ForEachGram(in_b, b, q, [&](size_t i, uint64_t places) { firsts_of_b |= uint64_t{IsFirst(places, i)} << i; });
    return 0;
  });
  WithMasks(a, [&](const auto& in_a) {
    ForEachGram(in_a, a, q, [&](size_t i, uint64_t places) { counts.in_a += IsFirst(places, i) ? 1 : 0; });
    ForEachGram(in_a, b, q, [&](size_t i, uint64_t places) {
      counts.in_both += static_cast<int>(firsts_of_b >> i & 1) & (places != 0 ? 1 : 0);
    });
    return 0;
  });
  counts.in_b = CountBits(firsts_of_b);
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
  if (std::max(a.size(), b.size()) <= kWordUnits) return q == 1 ? CountUnits(a, b) : CountGrams(a, b, q);
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
