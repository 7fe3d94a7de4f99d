#include "matchers/private/elements.h"

#include <algorithm>

#include "core/person_name.h"
#include "core/text.h"

namespace hearth::linkage {
namespace {

constexpr char32_t kStart = 2, kEnd = 3;  // control characters, which no cell holds

void AddQgrams(std::u32string_view value, const EncodedField& field, std::vector<std::string>* out) {
  const size_t q = static_cast<size_t>(field.q);
  std::u32string padded;
  if (field.padding) padded.assign(q - 1, kStart);
  padded += value;
  if (field.padding) padded.append(q - 1, kEnd);
  // A value shorter than q is one element, so that it counts at all.
  const size_t runs = padded.size() < q ? 1 : padded.size() - q + 1;
  for (size_t i = 0; i < runs; ++i) {
    std::string element = "q";
    if (field.positional) element += std::to_string(i) + ",";
    out->push_back(element + EncodeUtf8(std::u32string_view(padded).substr(i, q)));
  }
}

void AddWords(std::u32string_view value, bool syllables, std::vector<std::string>* out) {
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) out->push_back("w" + word);
    word.clear();
  };
  for (const char32_t c : value) {
    if (c == ' ' || c == 0x3000 || c == 0x00B7) {
      end_word();
    } else if (syllables && IsHan(c)) {
      end_word();
      word = SyllableOf(c);
      if (word.empty()) AppendUtf8(c, &word);
      end_word();
    } else {
      AppendUtf8(c, &word);
    }
  }
  end_word();
}

void AddDate(std::u32string_view value, std::vector<std::string>* out) {
  std::string digits;
  for (const char32_t c : value) {
    const char32_t folded = FoldWidth(c);
    if (folded >= '0' && folded <= '9') digits += static_cast<char>(folded);
  }
  for (size_t i = 0; i < digits.size(); ++i) out->push_back("d" + std::to_string(i) + "," + digits[i]);
  if (digits.size() != 8) return;
  out->push_back("y" + digits.substr(0, 4));
  // Day and month are one kind of element: exchanged, they still agree.
  out->push_back("p" + digits.substr(4, 2));
  out->push_back("p" + digits.substr(6, 2));
}

}  // namespace

void AddElements(std::string_view value, const EncodedField& field, std::vector<std::string>* out) {
  std::u32string characters;
  for (size_t at = 0; at < value.size() && characters.size() < kValueCharactersMax;) {
    const char32_t c = NextCodePoint(value, &at);
    characters += c == kBadChar ? U'\uFFFD' : c;
  }
  if (characters.empty()) return;
  switch (field.kind) {
    case ElementKind::kQgrams:
      AddQgrams(characters, field, out);
      break;
    case ElementKind::kWords:
      AddWords(characters, false, out);
      break;
    case ElementKind::kSyllables:
      AddWords(characters, true, out);
      break;
    case ElementKind::kDate:
      AddDate(characters, out);
      break;
    case ElementKind::kWhole:
      out->push_back("v" + EncodeUtf8(characters));
      break;
  }
}

void MakeSet(std::vector<std::string>* elements) {
  std::ranges::sort(*elements);
  elements->erase(std::unique(elements->begin(), elements->end()), elements->end());
}

}  // namespace hearth::linkage
