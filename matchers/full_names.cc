#include "matchers/full_names.h"

#include <algorithm>

#include "core/text.h"

namespace hearth {
namespace {

constexpr int kWordsMax = 8;
constexpr size_t kEditedWordMin = 4;  // shorter words have too many neighbours

struct NameWords {
  std::string_view words[kWordsMax];
  int count = 0;
};

NameWords SplitWords(std::string_view name) {
  NameWords out;
  for (size_t at = 0; at < name.size() && out.count < kWordsMax;) {
    const size_t end = std::min(name.find(' ', at), name.size());
    if (end > at) out.words[out.count++] = name.substr(at, end - at);
    at = end + 1;
  }
  return out;
}

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool IsEqualWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return Upper(x) == Upper(y); });
}

bool IsInitial(std::string_view a, std::string_view b) {
  const std::string_view shorter = a.size() < b.size() ? a : b;
  return (shorter.size() == 1 || (shorter.size() == 2 && shorter[1] == '.')) && !a.empty() && !b.empty() &&
         Upper(a[0]) == Upper(b[0]);
}

enum class Edit { kNone, kSwap, kOther };  // one edit that makes a into b; kNone: more than one

Edit OneEdit(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (a.size() < kEditedWordMin || b.size() - a.size() > 1) return Edit::kNone;
  size_t head = 0;
  while (head < a.size() && Upper(a[head]) == Upper(b[head])) ++head;
  size_t tail = 0;
  while (tail < a.size() - head && Upper(a[a.size() - 1 - tail]) == Upper(b[b.size() - 1 - tail])) ++tail;
  const size_t left_a = a.size() - head - tail, left_b = b.size() - head - tail;
  if (left_a <= 1 && left_b <= 1) return Edit::kOther;
  const bool swapped =
      left_a == 2 && left_b == 2 && Upper(a[head]) == Upper(b[head + 1]) && Upper(a[head + 1]) == Upper(b[head]);
  return swapped ? Edit::kSwap : Edit::kNone;
}

// The shorter name's words in their order among the longer one's; words of the longer one may be left out.
NameAgreement CompareWords(NameWords a, NameWords b) {
  if (a.count > b.count) std::swap(a, b);
  if (a.count < 2) return NameAgreement::kClash;  // one word alone tells too little
  NameAgreement worst = NameAgreement::kTruncated;
  int edits = 0, at = 0, whole = 0;
  for (int i = 0; i < a.count; ++i) {
    // So many words must remain for the rest; an equal word is preferred to an initial, that to an edited one.
    const int last = b.count - (a.count - i);
    int found = -1, cost = 3;
    Edit edit = Edit::kNone;
    for (int j = at; j <= last && cost > 0; ++j) {
      const Edit e = OneEdit(a.words[i], b.words[j]);
      const int c = IsEqualWord(a.words[i], b.words[j]) ? 0
                    : IsInitial(a.words[i], b.words[j]) ? 1
                    : e != Edit::kNone                  ? 2
                                                        : 3;
      if (c < cost) {
        cost = c;
        found = j;
        edit = e;
      }
    }
    if (found < 0) return NameAgreement::kClash;
    whole += cost == 0;
    if (cost == 2) {
      ++edits;
      const bool given = i + 1 < a.count;
      if (given && edit == Edit::kOther) worst = NameAgreement::kOneCharacter;
      if (worst == NameAgreement::kTruncated) worst = NameAgreement::kLookAlike;
    }
    if (i + 1 == a.count && found + 1 != b.count) return NameAgreement::kClash;  // the family name comes last
    at = found + 1;
  }
  return edits > 1 || whole == 0 ? NameAgreement::kClash : worst;
}

}  // namespace

NameAgreement CompareFullNames(std::string_view a, std::string_view b) {
  const NameAgreement agreement = CompareNames(a, b);
  if (agreement != NameAgreement::kClash && agreement != NameAgreement::kOneCharacter) return agreement;
  if (a.find(' ') == std::string_view::npos || b.find(' ') == std::string_view::npos) return agreement;
  if (!IsAscii(a) || !IsAscii(b)) return agreement;
  return std::min(agreement, CompareWords(SplitWords(a), SplitWords(b)));
}

}  // namespace hearth
