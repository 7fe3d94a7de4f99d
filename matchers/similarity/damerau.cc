#include "matchers/similarity/damerau.h"

#include <algorithm>
#include <utility>

#include "matchers/similarity/bit_kernels.h"
#include "matchers/similarity/damerau_of_alignment.h"
#include "matchers/similarity/long_kernels.h"
#include "matchers/similarity/trim_affixes.h"

namespace hearth {
namespace {

// Of two strings without a common first or last unit.
template <class Unit>
int TrimmedAlignment(UnitView<Unit> a, UnitView<Unit> b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.empty()) return static_cast<int>(a.size());
  if (b.size() > kWordUnits) return AlignmentRows(a, b);
  if (a.size() > kWordUnits) std::swap(a, b);
  return WithMasks(a, [&](const auto& places) { return AlignmentBits(places, a.size(), b); });
}

template <class Unit>
int Alignment(UnitView<Unit> a, UnitView<Unit> b) {
  TrimAffixes(&a, &b);
  return TrimmedAlignment(a, b);
}

// "uv" against "vwu", once the ends in common are cut: one swap around one inserted unit.
template <class Unit>
bool IsSwapAroundOne(UnitView<Unit> a, UnitView<Unit> b) {
  if (a.size() > b.size()) std::swap(a, b);
  return a.size() == 2 && b.size() == 3 && a[0] == b[2] && a[1] == b[0];
}

template <class Unit>
int OfTrimmed(UnitView<Unit> a, UnitView<Unit> b, int alignment, int max) {
  if (alignment <= 2) return std::min(alignment, max + 1);
  if ((2 * alignment + 2) / 3 > max) return max + 1;
  if (alignment == 3) return std::min(IsSwapAroundOne(a, b) ? 2 : 3, max + 1);
  if (a.size() < b.size()) std::swap(a, b);
  if (static_cast<int>(a.size() - b.size()) == alignment) return std::min(alignment, max + 1);
  return std::min(DamerauRows(a, b), max + 1);
}

template <class Unit>
int Within(UnitView<Unit> a, UnitView<Unit> b, int max) {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() - b.size() > static_cast<size_t>(max)) return max + 1;
  max = std::min(max, static_cast<int>(a.size()));
  TrimAffixes(&a, &b);
  if (b.empty()) return static_cast<int>(a.size());
  if (max <= 1) {
    const bool one = a.size() == 1 || (a.size() == 2 && b.size() == 2 && a[0] == b[1] && a[1] == b[0]);
    return one ? std::min(1, max + 1) : max + 1;
  }
  return OfTrimmed(a, b, TrimmedAlignment(a, b), max);
}

template <class Unit>
int Distance(UnitView<Unit> a, UnitView<Unit> b) {
  return Within(a, b, static_cast<int>(std::max(a.size(), b.size())));
}

}  // namespace

template <class Unit>
int DamerauOfAlignment(UnitView<Unit> a, UnitView<Unit> b, int alignment, int max) {
  if (alignment > 2 && (2 * alignment + 2) / 3 <= max) TrimAffixes(&a, &b);
  return OfTrimmed(a, b, alignment, max);
}
template int DamerauOfAlignment(UnitView<char>, UnitView<char>, int, int);
template int DamerauOfAlignment(UnitView<char32_t>, UnitView<char32_t>, int, int);

int OptimalStringAlignment(std::string_view a, std::string_view b) { return Alignment(a, b); }
int OptimalStringAlignment(std::u32string_view a, std::u32string_view b) { return Alignment(a, b); }
int DamerauLevenshtein(std::string_view a, std::string_view b) { return Distance(a, b); }
int DamerauLevenshtein(std::u32string_view a, std::u32string_view b) { return Distance(a, b); }
int DamerauLevenshteinWithin(std::string_view a, std::string_view b, int max) { return Within(a, b, max); }
int DamerauLevenshteinWithin(std::u32string_view a, std::u32string_view b, int max) { return Within(a, b, max); }

}  // namespace hearth
