#include "matchers/similarity/pattern.h"

#include <algorithm>
#include <cstdlib>

#include "matchers/similarity/bit_kernels.h"
#include "matchers/similarity/damerau.h"
#include "matchers/similarity/damerau_of_alignment.h"
#include "matchers/similarity/jaro.h"
#include "matchers/similarity/jaro_score.h"
#include "matchers/similarity/levenshtein.h"
#include "matchers/similarity/trim_affixes.h"

namespace hearth {
namespace {

template <class Unit>
using Pattern = BasicPreparedPattern<Unit>;

// What is left of a pattern that fits a word, and of a text, without the ends that they have in common.
template <class Unit>
struct Middle {
  Middle(const Pattern<Unit>& whole, UnitView<Unit> whole_text)
      : pattern(whole.text()), text(whole_text), places{whole.places(), TrimAffixes(&pattern, &text) % kWordUnits} {}
  bool IsOneSided() const { return pattern.empty() || text.empty(); }
  int Length() const { return static_cast<int>(pattern.size() + text.size()); }  // the distance if one-sided

  UnitView<Unit> pattern;
  UnitView<Unit> text;
  ShiftedMasks<TableMasks<Unit>> places;
};

template <class Unit>
int LevenshteinOf(const Pattern<Unit>& pattern, UnitView<Unit> text) {
  if (!pattern.FitsWord()) return Levenshtein(pattern.text(), text);
  const Middle<Unit> middle(pattern, text);
  return middle.IsOneSided() ? middle.Length() : LevenshteinBits(middle.places, middle.pattern.size(), middle.text);
}

template <class Unit>
int AlignmentOf(const Pattern<Unit>& pattern, UnitView<Unit> text) {
  if (!pattern.FitsWord()) return OptimalStringAlignment(pattern.text(), text);
  const Middle<Unit> middle(pattern, text);
  return middle.IsOneSided() ? middle.Length() : AlignmentBits(middle.places, middle.pattern.size(), middle.text);
}

template <class Unit>
bool LengthsArePast(const Pattern<Unit>& pattern, UnitView<Unit> text, int max) {
  return std::abs(pattern.size() - static_cast<int>(text.size())) > max;
}

template <class Unit>
int LevenshteinUpTo(const Pattern<Unit>& pattern, UnitView<Unit> text, int max) {
  if (LengthsArePast(pattern, text, max)) return max + 1;
  if (!pattern.FitsWord()) return LevenshteinWithin(pattern.text(), text, max);
  const int distance = LevenshteinOf(pattern, text);
  return distance <= max ? distance : max + 1;
}

template <class Unit>
int DamerauUpTo(const Pattern<Unit>& pattern, UnitView<Unit> text, int max) {
  if (LengthsArePast(pattern, text, max)) return max + 1;
  if (!pattern.FitsWord()) return DamerauLevenshteinWithin(pattern.text(), text, max);
  const int cap = std::min(max, static_cast<int>(std::max(pattern.text().size(), text.size())));
  return DamerauOfAlignment(pattern.text(), text, AlignmentOf(pattern, text), cap);
}

template <class Unit>
double JaroOf(const Pattern<Unit>& pattern, UnitView<Unit> text) {
  if (!pattern.FitsWord() || text.size() > kWordUnits) return Jaro(pattern.text(), text);
  if (pattern.text().empty() || text.empty()) return 0;
  const JaroMatches found = MatchBits(pattern.places(), pattern.text().size(), text);
  if (found.in_text == 0) return 0;
  return JaroScore(CountBits(found.in_text), OutOfOrder(found, pattern.text(), text), pattern.text().size(),
                   text.size());
}

template <class Unit>
double JaroWinklerOf(const Pattern<Unit>& pattern, UnitView<Unit> text) {
  const double jaro = JaroOf(pattern, text);
  return jaro > kWinklerAbove ? WinklerScore(jaro, WinklerPrefix(pattern.text(), text)) : jaro;
}

}  // namespace

int Levenshtein(const PreparedPattern& p, std::string_view t) { return LevenshteinOf(p, t); }
int Levenshtein(const PreparedPattern32& p, std::u32string_view t) { return LevenshteinOf(p, t); }
int LevenshteinWithin(const PreparedPattern& p, std::string_view t, int max) { return LevenshteinUpTo(p, t, max); }
int LevenshteinWithin(const PreparedPattern32& p, std::u32string_view t, int max) { return LevenshteinUpTo(p, t, max); }

int OptimalStringAlignment(const PreparedPattern& p, std::string_view t) { return AlignmentOf(p, t); }
int OptimalStringAlignment(const PreparedPattern32& p, std::u32string_view t) { return AlignmentOf(p, t); }

int DamerauLevenshtein(const PreparedPattern& p, std::string_view t) {
  return DamerauUpTo(p, t, static_cast<int>(std::max(p.text().size(), t.size())));
}
int DamerauLevenshtein(const PreparedPattern32& p, std::u32string_view t) {
  return DamerauUpTo(p, t, static_cast<int>(std::max(p.text().size(), t.size())));
}
int DamerauLevenshteinWithin(const PreparedPattern& p, std::string_view t, int max) { return DamerauUpTo(p, t, max); }
int DamerauLevenshteinWithin(const PreparedPattern32& p, std::u32string_view t, int max) {
  return DamerauUpTo(p, t, max);
}

double Jaro(const PreparedPattern& p, std::string_view t) { return JaroOf(p, t); }
double Jaro(const PreparedPattern32& p, std::u32string_view t) { return JaroOf(p, t); }
double JaroWinkler(const PreparedPattern& p, std::string_view t) { return JaroWinklerOf(p, t); }
double JaroWinkler(const PreparedPattern32& p, std::u32string_view t) { return JaroWinklerOf(p, t); }

}  // namespace hearth
