// Wagner and Fischer 1974 (edits), Lowrance and Wagner 1975 (swaps), Jaro 1989, Winkler 1990.
#include "matchers/similarity/reference/similarity_reference.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hearth::reference {
namespace {

template <class Unit>
using View = std::basic_string_view<Unit>;

using Table = std::vector<std::vector<int>>;

// table[i][j]: edits between the first i units of a and the first j of b.
template <class Unit>
int Edits(View<Unit> a, View<Unit> b, bool with_swaps) {
  Table table(a.size() + 1, std::vector<int>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) table[i][0] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) table[0][j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const int substituted = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, substituted});
      if (with_swaps && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[a.size()][b.size()];
}

// A swap may have other edits between its two units: the last row in which b[j-1] stood, the last column that matched.
template <class Unit>
int TrueDamerau(View<Unit> a, View<Unit> b) {
  const int never = static_cast<int>(a.size() + b.size());
  Table table(a.size() + 2, std::vector<int>(b.size() + 2, never));  // moved by one: row and column 0 are "never"
  for (size_t i = 0; i <= a.size(); ++i) table[i + 1][1] = static_cast<int>(i);
  for (size_t j = 0; j <= b.size(); ++j) table[1][j + 1] = static_cast<int>(j);
  std::map<Unit, size_t> last_row;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t last_column = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t row = last_row[b[j - 1]], column = last_column;
      const bool equal = a[i - 1] == b[j - 1];
      if (equal) last_column = j;
      const int swapped = table[row][column] + static_cast<int>((i - row - 1) + 1 + (j - column - 1));
      table[i + 1][j + 1] =
          std::min({table[i][j] + (equal ? 0 : 1), table[i + 1][j] + 1, table[i][j + 1] + 1, swapped});
    }
    last_row[a[i - 1]] = i;
  }
  return table[a.size() + 1][b.size() + 1];
}

template <class Unit>
double JaroOf(View<Unit> a, View<Unit> b) {
  if (a.empty() || b.empty()) return 0;
  const long reach = std::max(0L, static_cast<long>(std::max(a.size(), b.size())) / 2 - 1);
  std::vector<bool> used(b.size());
  std::vector<Unit> in_a, in_b;
  for (long i = 0; i < static_cast<long>(a.size()); ++i) {
    for (long j = std::max(0L, i - reach); j <= std::min(static_cast<long>(b.size()) - 1, i + reach); ++j) {
      if (used[static_cast<size_t>(j)] || a[static_cast<size_t>(i)] != b[static_cast<size_t>(j)]) continue;
      used[static_cast<size_t>(j)] = true;
      in_a.push_back(a[static_cast<size_t>(i)]);
      break;
    }
  }
  for (size_t j = 0; j < b.size(); ++j) {
    if (used[j]) in_b.push_back(b[j]);
  }
  if (in_a.empty()) return 0;
  size_t out_of_order = 0;
  for (size_t k = 0; k < in_a.size(); ++k) out_of_order += in_a[k] != in_b[k] ? 1 : 0;
  const double m = static_cast<double>(in_a.size()), t = static_cast<double>(out_of_order / 2);
  return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - t) / m) / 3.0;
}

template <class Unit>
double JaroWinklerOf(View<Unit> a, View<Unit> b) {
  const double jaro = JaroOf(a, b);
  if (jaro <= 0.7) return jaro;
  size_t prefix = 0;
  while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
  return jaro + static_cast<double>(prefix) * 0.1 * (1.0 - jaro);
}

template <class T>
size_t InBoth(const std::set<T>& a, const std::set<T>& b) {
  return static_cast<size_t>(std::count_if(a.begin(), a.end(), [&b](const T& x) { return b.count(x) > 0; }));
}

template <class Unit>
double JaccardOf(View<Unit> a, View<Unit> b) {
  if (a.empty() || b.empty()) return 0;
  const std::set<Unit> x(a.begin(), a.end()), y(b.begin(), b.end());
  const size_t both = InBoth(x, y);
  return static_cast<double>(both) / static_cast<double>(x.size() + y.size() - both);
}

template <class Unit>
double DiceOf(View<Unit> a, View<Unit> b, int q) {
  const size_t size = static_cast<size_t>(q);
  if (a.size() < size || b.size() < size) return a == b && !a.empty() ? 1 : 0;
  std::set<View<Unit>> x, y;
  for (size_t i = 0; i + size <= a.size(); ++i) x.insert(a.substr(i, size));
  for (size_t i = 0; i + size <= b.size(); ++i) y.insert(b.substr(i, size));
  return 2.0 * static_cast<double>(InBoth(x, y)) / static_cast<double>(x.size() + y.size());
}

template <class Unit>
int CommonOf(View<Unit> a, View<Unit> b) {
  std::map<Unit, int> left;
  for (Unit c : a) ++left[c];
  int common = 0;
  for (Unit c : b) common += left[c]-- > 0 ? 1 : 0;
  return common;
}

}  // namespace

int Levenshtein(std::string_view a, std::string_view b) { return Edits(a, b, false); }
int Levenshtein(std::u32string_view a, std::u32string_view b) { return Edits(a, b, false); }
int OptimalStringAlignment(std::string_view a, std::string_view b) { return Edits(a, b, true); }
int OptimalStringAlignment(std::u32string_view a, std::u32string_view b) { return Edits(a, b, true); }
int DamerauLevenshtein(std::string_view a, std::string_view b) { return TrueDamerau(a, b); }
int DamerauLevenshtein(std::u32string_view a, std::u32string_view b) { return TrueDamerau(a, b); }
double Jaro(std::string_view a, std::string_view b) { return JaroOf(a, b); }
double Jaro(std::u32string_view a, std::u32string_view b) { return JaroOf(a, b); }
double JaroWinkler(std::string_view a, std::string_view b) { return JaroWinklerOf(a, b); }
double JaroWinkler(std::u32string_view a, std::u32string_view b) { return JaroWinklerOf(a, b); }
double Jaccard(std::string_view a, std::string_view b) { return JaccardOf(a, b); }
double Jaccard(std::u32string_view a, std::u32string_view b) { return JaccardOf(a, b); }
double DiceOfGrams(std::string_view a, std::string_view b, int q) { return DiceOf(a, b, q); }
double DiceOfGrams(std::u32string_view a, std::u32string_view b, int q) { return DiceOf(a, b, q); }
int CommonUnits(std::string_view a, std::string_view b) { return CommonOf(a, b); }
int CommonUnits(std::u32string_view a, std::u32string_view b) { return CommonOf(a, b); }

}  // namespace hearth::reference
