#include "matchers/similarity/name_fold.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <mutex>

#include "core/person_name.h"
#include "core/status.h"
#include "core/text.h"

namespace hearth {
namespace {

// U+0430-044F, then the letters of other Cyrillic alphabets.
constexpr std::string_view kCyrillic[] = {"a",  "b",  "v",  "g",    "d", "e", "zh", "z", "i",  "y", "k",
                                          "l",  "m",  "n",  "o",    "p", "r", "s",  "t", "u",  "f", "kh",
                                          "ts", "ch", "sh", "shch", "",  "y", "",   "e", "yu", "ya"};
constexpr struct {
  char32_t letter;
  std::string_view latin;
} kMoreCyrillic[] = {
    {U'ё', "e"}, {U'ђ', "dj"}, {U'є', "ye"}, {U'і', "i"}, {U'ї', "yi"}, {U'ј', "j"}, {U'љ', "lj"}, {U'њ', "nj"},
    {U'ћ', "c"}, {U'ў', "u"},  {U'џ', "dz"}, {U'ґ', "g"}, {U'ә', "a"},  {U'қ', "k"}, {U'ң', "n"},  {U'ө', "o"},
    {U'ү', "u"}, {U'ұ', "u"},  {U'һ', "h"},  {U'ғ', "g"}, {U'ҳ', "h"},  {U'ҷ', "j"}, {U'ӣ', "i"},  {U'ӯ', "u"},
};

bool IsApostrophe(char32_t c) {
  return c == '\'' || c == '`' || c == 0xB4 || (c >= 0x2B9 && c <= 0x2BF) || c == 0x2018 || c == 0x2019 ||
         c == 0x201B || c == 0x55A || c == 0xFF07;
}

char32_t LowerCyrillic(char32_t c) {
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  return c >= 0x490 && c <= 0x4FF && c % 2 == 0 && c != 0x4C0 ? c + 1 : c;
}

bool IsCyrillic(char32_t c) { return c >= 0x400 && c <= 0x4FF; }

std::string_view LatinOfCyrillic(char32_t letter) {
  if (letter >= 0x430 && letter <= 0x44F) return kCyrillic[letter - 0x430];
  for (const auto& more : kMoreCyrillic) {
    if (more.letter == letter) return more.latin;
  }
  return {};
}

// ICU's rules for the remaining scripts; made once, kept for the life of the program.
std::string AskIcu(const std::string& text) {
  static std::mutex mutex;
  static const icu::Transliterator* const rules = [] {
    UErrorCode error = U_ZERO_ERROR;
    auto* made = icu::Transliterator::createInstance("Any-Latin; Latin-ASCII", UTRANS_FORWARD, error);
    HEARTH_CHECK(U_SUCCESS(error) && made != nullptr, "ICU has no transliterator Any-Latin; Latin-ASCII");
    return made;
  }();
  icu::UnicodeString units = icu::UnicodeString::fromUTF8(text);
  {
    const std::lock_guard lock(mutex);
    rules->transliterate(units);
  }
  std::string out;
  units.toUTF8String(out);
  return out;
}

void AppendHan(std::u32string_view run, std::string* out) {
  // A run of Han reads as one word; a person's name is split by the caller, who knows that it is one.
  *out += ' ';
  for (char32_t c : run) *out += SyllableOf(SimplifiedOf(c));
  *out += ' ';
}

bool IsLowerAscii(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpperAscii(char c) { return c >= 'A' && c <= 'Z'; }

std::string Lowered(std::string_view latin) {
  std::string out;
  for (size_t i = 0; i < latin.size(); ++i) {
    const char c = latin[i];
    if (static_cast<unsigned char>(c) >= 0x80) continue;
    if (c == '\'' || c == '`') continue;
    if (IsUpperAscii(c)) {
      if (i > 0 && IsLowerAscii(latin[i - 1])) out += ' ';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string FoldToAscii(std::string_view raw) {
  raw = raw.substr(0, kFoldedBytesMax);
  if (IsAscii(raw)) return Lowered(raw);
  std::string text;
  bool other = false;
  std::u32string han;
  for (size_t i = 0; i < raw.size();) {
    const char32_t c = FoldWidth(NextCodePoint(raw, &i));
    if (c != kBadChar && IsHan(c)) {
      han += c;
      continue;
    }
    if (!han.empty()) AppendHan(han, &text);
    han.clear();
    if (c == kBadChar || IsApostrophe(c)) continue;
    if (IsCyrillic(c)) {
      const char32_t letter = LowerCyrillic(c);
      const std::string_view latin = LatinOfCyrillic(letter);
      // A capital keeps its case for the split of joined words.
      const size_t at = text.size();
      text += latin;
      if (letter != c && !latin.empty()) text[at] = static_cast<char>(text[at] - 'a' + 'A');
      continue;
    }
    other |= c >= 0x80;
    AppendUtf8(IsTrimmable(c) ? U' ' : c, &text);
  }
  if (!han.empty()) AppendHan(han, &text);
  return Lowered(other ? AskIcu(text) : text);
}

bool IsAbjad(std::string_view raw) {
  raw = raw.substr(0, kFoldedBytesMax);
  for (size_t i = 0; i < raw.size();) {
    const char32_t c = NextCodePoint(raw, &i);
    if (c >= 0x590 && c <= 0x77F) return true;
  }
  return false;
}

std::string SoundSpelling(std::string_view word) {
  // Longer ones first. At each place the first that fits is taken.
  constexpr std::string_view kSpellings[][2] = {
      {"shch", "s"}, {"tsch", "c"}, {"sch", "s"}, {"tch", "c"}, {"sh", "s"}, {"ch", "c"}, {"zh", "z"}, {"kh", "h"},
      {"ph", "f"},   {"th", "t"},   {"gh", "g"},  {"dh", "d"},  {"ts", "c"}, {"tz", "c"}, {"ck", "k"}, {"ks", "x"},
      {"ou", "u"},   {"oo", "u"},   {"ee", "i"},  {"ue", "u"},  {"oe", "o"}, {"ae", "a"}, {"iy", "i"}, {"yy", "i"},
      {"ij", "i"},   {"q", "k"},    {"w", "v"},   {"y", "i"},   {"j", "i"},
  };
  std::string out;
  for (size_t i = 0; i < word.size();) {
    std::string_view spelling = word.substr(i, 1);
    size_t taken = 1;
    for (const auto& [from, to] : kSpellings) {
      if (from[0] == word[i] && word.substr(i).starts_with(from)) {
        spelling = to;
        taken = from.size();
        break;
      }
    }
    // Doubled letters sound as one.
    if (out.empty() || out.back() != spelling[0]) out += spelling;
    i += taken;
  }
  return out;
}

std::string Consonants(std::string_view sound) {
  std::string out;
  for (char c : sound) {
    if (c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'v') continue;
    out += c == 'p' ? 'b' : c;
  }
  return out;
}

}  // namespace hearth
