#include "matchers/similarity/levenshtein.h"

#include <algorithm>
#include <utility>

#include "matchers/similarity/bit_kernels.h"
#include "matchers/similarity/long_kernels.h"
#include "matchers/similarity/trim_affixes.h"

namespace hearth {
namespace {

// Whatever the pattern's length within a word, a step costs the same: the longer string is the pattern if it fits.
template <class Unit>
int Within(UnitView<Unit> a, UnitView<Unit> b, int max) {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() - b.size() > static_cast<size_t>(max)) return max + 1;
  max = std::min(max, static_cast<int>(a.size()));
  TrimAffixes(&a, &b);
  if (b.empty()) return static_cast<int>(a.size());
  if (max <= 1) return a.size() == 1 ? std::min(1, max + 1) : max + 1;
  if (b.size() > kWordUnits) return LevenshteinBlocks(a, b, max);
  if (a.size() > kWordUnits) std::swap(a, b);
  const int distance = WithMasks(a, [&](const auto& places) { return LevenshteinBits(places, a.size(), b); });
  return std::min(distance, max + 1);
}

template <class Unit>
int Distance(UnitView<Unit> a, UnitView<Unit> b) {
  return Within(a, b, static_cast<int>(std::max(a.size(), b.size())));
}

}  // namespace

int Levenshtein(std::string_view a, std::string_view b) { return Distance(a, b); }
int Levenshtein(std::u32string_view a, std::u32string_view b) { return Distance(a, b); }
int LevenshteinWithin(std::string_view a, std::string_view b, int max) { return Within(a, b, max); }
int LevenshteinWithin(std::u32string_view a, std::u32string_view b, int max) { return Within(a, b, max); }

}  // namespace hearth
