#include "core/vin.h"

#include <algorithm>

#include "core/cell_readers.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr int kWeights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
// Values of A to Z; 0 for I, O and Q, which do not occur.
constexpr int kLetterValues[26] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9};
// Place 10 from 2010 on; no I O Q U Z 0.
constexpr std::string_view kYears = "ABCDEFGHJKLMNPRSTVWXY123456789";

int ValueOf(char c) {
  if (IsDigit(c)) return c - '0';
  const int value = c >= 'A' && c <= 'Z' ? kLetterValues[c - 'A'] : 0;
  return value == 0 ? -1 : value;
}

}  // namespace

char VinCheckCharacter(std::string_view vin) {
  if (vin.size() != 17) return 0;
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) {
    const int value = ValueOf(vin[i]);
    if (value < 0) return 0;
    sum += value * kWeights[i];
  }
  return sum % 11 == 10 ? 'X' : static_cast<char>('0' + sum % 11);
}

VinReading ReadVin(std::string_view raw) {
  VinReading r;
  std::string t = UpperAscii(FoldWidth(TrimUnicode(raw)));
  r.folded = t != raw;
  if (t.empty()) return r;
  if (IsNullWord(t) || t.find_first_not_of(t[0]) == std::string::npos) {
    r.verdict = Verdict::kPlaceholder;
  } else if (t.find('*') != std::string::npos) {
    r.verdict = Verdict::kMasked;
  } else if (IsScientific(t)) {
    r.verdict = Verdict::kLossySpreadsheet;
  } else if (std::any_of(t.begin(), t.end(), [](char c) { return ValueOf(c) < 0; })) {
    r.verdict = Verdict::kBadCharacter;
  } else if (t.size() != 17) {
    r.verdict = Verdict::kBadLength;
    if (t.size() >= 4 && t.size() < 17) r.tail = std::move(t);
  } else {
    r.verdict = VinCheckCharacter(t) == t[8] ? Verdict::kOk : Verdict::kBadCheck;
    r.vin = std::move(t);
  }
  return r;
}

int LaterModelYear(std::string_view vin) {
  if (vin.size() != 17) return 0;
  const size_t at = kYears.find(vin[9]);
  return at == std::string_view::npos ? 0 : 2010 + static_cast<int>(at);
}

}  // namespace hearth
