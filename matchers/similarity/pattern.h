// One string, prepared once for being compared with many: for each unit the places where it stands, as bits.
//
//   const PreparedPattern pattern("1979-11-02");
//   for (std::string_view text : dates) distances.push_back(Levenshtein(pattern, text));
//
// Every function gives what its namesake for two strings gives. PreparedPattern works on bytes, PreparedPattern32 on
// code points. Both own a copy of their string; a pattern is 2 to 3 KiB, so keep a few, not one per record. Building
// one takes about 30 ns (bytes) or 55 ns (code points), so it pays from some five comparisons on; many.h gains more.
// Const methods and the comparisons may be called from many threads at once; a comparison allocates only when one of
// the strings has more than 64 units.
#pragma once

#include <string>
#include <string_view>

#include "matchers/similarity/match_masks.h"
#include "matchers/similarity/signature.h"

namespace hearth {

template <class Unit>
class BasicPreparedPattern {
 public:
  explicit BasicPreparedPattern(std::basic_string_view<Unit> text)
      : text_(text), signature_(SignatureOf(text)), places_(text) {}

  std::basic_string_view<Unit> text() const { return text_; }
  int size() const { return static_cast<int>(text_.size()); }
  const StringSignature& signature() const { return signature_; }
  bool FitsWord() const { return text_.size() <= kWordUnits; }
  // Of the first 64 units.
  const TableMasks<Unit>& places() const { return places_; }

 private:
  std::basic_string<Unit> text_;
  StringSignature signature_;
  TableMasks<Unit> places_;
};

using PreparedPattern = BasicPreparedPattern<char>;
using PreparedPattern32 = BasicPreparedPattern<char32_t>;

int Levenshtein(const PreparedPattern& pattern, std::string_view text);
int Levenshtein(const PreparedPattern32& pattern, std::u32string_view text);
int LevenshteinWithin(const PreparedPattern& pattern, std::string_view text, int max);
int LevenshteinWithin(const PreparedPattern32& pattern, std::u32string_view text, int max);

int OptimalStringAlignment(const PreparedPattern& pattern, std::string_view text);
int OptimalStringAlignment(const PreparedPattern32& pattern, std::u32string_view text);

int DamerauLevenshtein(const PreparedPattern& pattern, std::string_view text);
int DamerauLevenshtein(const PreparedPattern32& pattern, std::u32string_view text);
int DamerauLevenshteinWithin(const PreparedPattern& pattern, std::string_view text, int max);
int DamerauLevenshteinWithin(const PreparedPattern32& pattern, std::u32string_view text, int max);

double Jaro(const PreparedPattern& pattern, std::string_view text);
double Jaro(const PreparedPattern32& pattern, std::u32string_view text);
double JaroWinkler(const PreparedPattern& pattern, std::string_view text);
double JaroWinkler(const PreparedPattern32& pattern, std::u32string_view text);

}  // namespace hearth
