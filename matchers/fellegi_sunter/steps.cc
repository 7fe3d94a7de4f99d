// The steps from a cell to its value or values. Each is applied once to each distinct cell, so none is in a hot loop.
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "core/civil_day.h"
#include "core/person_name.h"
#include "core/text.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {
namespace {

std::string CaseFolded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    AppendUtf8(c == kBadChar ? c : static_cast<char32_t>(u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT)),
               &out);
  }
  return out;
}

// Compatibility forms, case, accents and punctuation off; runs of anything that is no letter or digit are one blank.
std::string Folded(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
  const icu::Normalizer2* apart = icu::Normalizer2::getNFDInstance(error);
  if (U_FAILURE(error)) return CaseFolded(text);
  const icu::UnicodeString folded =
      folding->normalize(icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())}), error);
  const icu::UnicodeString parts = apart->normalize(folded, error);
  std::string out;
  bool blank = false;
  for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 c = parts.char32At(i);
    if (u_getCombiningClass(c) != 0 || u_charType(c) == U_NON_SPACING_MARK) continue;
    if (!u_isalnum(c)) {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    AppendUtf8(static_cast<char32_t>(c), &out);
  }
  return out;
}

template <class Keep>
std::string Kept(std::string_view text, Keep keep) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, &at);
    if (c != kBadChar && keep(FoldWidth(c))) AppendUtf8(FoldWidth(c), &out);
  }
  return out;
}

std::string Characters(std::string_view text, size_t first, size_t count) {
  const std::u32string all = DecodeUtf8(text);
  return first >= all.size() ? std::string() : EncodeUtf8(std::u32string_view(all).substr(first, count));
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (size_t at = 0; at <= text.size();) {
    const bool end = at == text.size();
    const char32_t c = end ? ' ' : NextCodePoint(text, &at);
    if (c != kBadChar && u_isUWhiteSpace(static_cast<UChar32>(c))) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
      if (end) break;
    } else {
      AppendUtf8(c, &word);
    }
  }
  return words;
}

std::vector<std::string> Items(std::string_view text, std::string_view separator) {
  std::vector<std::string> items;
  while (true) {
    const size_t end = separator.empty() ? std::string_view::npos : text.find(separator);
    const std::string_view item = TrimUnicode(text.substr(0, end));
    if (!item.empty()) items.emplace_back(item);
    if (end == std::string_view::npos) return items;
    text.remove_prefix(end + separator.size());
  }
}

std::vector<std::string> Grams(std::string_view text, size_t length) {
  const std::u32string all = DecodeUtf8(text);
  if (length == 0 || all.size() <= length) return {std::string(text)};
  std::vector<std::string> grams;
  for (size_t i = 0; i + length <= all.size(); ++i) grams.push_back(EncodeUtf8(all.substr(i, length)));
  return grams;
}

// The neighbourhood takes the square of the length, so a text too long to be a number or a name is alone in it.
constexpr size_t kOneEditCharactersMax = 64;

std::vector<std::string> OneEdit(std::string_view text) {
  std::vector<std::string> near{std::string(text)};
  if (text.size() > kOneEditCharactersMax * 4) return near;
  const std::u32string all = DecodeUtf8(text);
  if (all.size() > kOneEditCharactersMax) return near;
  for (size_t i = 0; all.size() > 1 && i < all.size(); ++i) {
    std::u32string shorter = all;
    shorter.erase(i, 1);
    near.push_back(EncodeUtf8(shorter));
  }
  return near;
}

// The day that `text` means under a format of %Y %m %d and other characters as they are; empty when it means none.
std::string Day(std::string_view text, std::string_view format) {
  int year = 0, month = 0, day = 0;
  size_t at = 0;
  const auto number = [&](size_t digits_max, int* out) {
    size_t begin = at;
    for (*out = 0; at < text.size() && at - begin < digits_max && IsDigit(text[at]); ++at)
      *out = *out * 10 + text[at] - '0';
    return at > begin;
  };
  for (size_t f = 0; f < format.size(); ++f) {
    if (format[f] == '%' && f + 1 < format.size()) {
      const char field = format[++f];
      const bool read = field == 'Y' ? number(4, &year) : field == 'm' ? number(2, &month) : number(2, &day);
      if (!read) return "";
    } else if (at >= text.size() || text[at++] != format[f]) {
      return "";
    }
  }
  if (at != text.size()) return "";
  const StatusOr<CivilDay> made = CivilDay::FromYmd(year, month, day);
  return made.ok() ? made->ToString() : "";
}

std::vector<std::string> Apply(const std::string& text, const Step& step) {
  switch (step.kind) {
    case StepKind::kLower:
      return {CaseFolded(text)};
    case StepKind::kFold:
      return {Folded(text)};
    case StepKind::kDigits:
      return {Kept(text, [](char32_t c) { return c >= '0' && c <= '9'; })};
    case StepKind::kLetters:
      return {Kept(text, [](char32_t c) { return u_isalpha(static_cast<UChar32>(c)) != 0; })};
    case StepKind::kSubstr:
      return {Characters(text, static_cast<size_t>(std::max(step.first, 1) - 1), static_cast<size_t>(step.count))};
    case StepKind::kLast: {
      const size_t length = CountCodePoints(text), count = static_cast<size_t>(step.count);
      return {Characters(text, length > count ? length - count : 0, count)};
    }
    case StepKind::kSortedTokens: {
      std::vector<std::string> words = Words(text);
      std::sort(words.begin(), words.end());
      std::string out;
      for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
      return {out};
    }
    case StepKind::kFirstToken: {
      std::vector<std::string> words = Words(text);
      words.resize(std::min<size_t>(words.size(), 1));
      return words;
    }
    case StepKind::kLastToken: {
      std::vector<std::string> words = Words(text);
      if (words.size() > 1) words.erase(words.begin(), words.end() - 1);
      return words;
    }
    case StepKind::kPinyin:
      return {PinyinKey(text)};
    case StepKind::kNameKey:
      return {FoldedNameKey(text)};
    case StepKind::kDate:
      return {Day(text, step.text)};
    case StepKind::kNullIf:
      return {text == step.text ? std::string() : text};
    case StepKind::kTokens:
      return Words(text);
    case StepKind::kSplit:
      return Items(text, step.text);
    case StepKind::kQgrams:
      return Grams(text, static_cast<size_t>(step.count));
    case StepKind::kOneEdit:
      return OneEdit(text);
  }
  return {};
}

}  // namespace

bool GivesMany(const std::vector<Step>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const Step& s) { return s.kind >= StepKind::kTokens; });
}

void ApplySteps(std::string_view cell, const std::vector<Step>& steps, std::vector<std::string>* out) {
  std::vector<std::string> values{std::string(cell)};
  for (const Step& step : steps) {
    std::vector<std::string> next;
    for (const std::string& value : values) {
      for (std::string& made : Apply(value, step)) {
        if (!made.empty()) next.push_back(std::move(made));
      }
    }
    values = std::move(next);
  }
  for (std::string& value : values) {
    if (!value.empty()) out->push_back(std::move(value));
  }
}

}  // namespace hearth::linkage
