#include "core/text.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace hearth {
namespace {

struct PrivateUseRow {
  char32_t from, to;
};

// The 24 cells that GB18030-2005 left in private use and the 2022 edition (or Unicode's own mapping) resolves, then two
// leftovers of the 2000 edition and of old fonts: 䶮 and ḿ. Sorted by `from`.
constexpr PrivateUseRow kPrivateUse[] = {
    {0xE78D, 0xFE10},  {0xE78E, 0xFE12},  {0xE78F, 0xFE11},  {0xE790, 0xFE13}, {0xE791, 0xFE14}, {0xE792, 0xFE15},
    {0xE793, 0xFE16},  {0xE794, 0xFE17},  {0xE795, 0xFE18},  {0xE796, 0xFE19}, {0xE7C7, 0x1E3F}, {0xE816, 0x20087},
    {0xE817, 0x20089}, {0xE818, 0x200CC}, {0xE81E, 0x9FB4},  {0xE826, 0x9FB5}, {0xE82B, 0x9FB6}, {0xE82C, 0x9FB7},
    {0xE831, 0x215D7}, {0xE832, 0x9FB8},  {0xE83B, 0x2298F}, {0xE843, 0x9FB9}, {0xE854, 0x9FBA}, {0xE855, 0x241FE},
    {0xE863, 0x4DAE},  {0xE864, 0x9FBB},
};

bool IsWide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) || (c >= 0x3041 && c <= 0x33FF) ||
         (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xA000 && c <= 0xA4CF) ||
         (c >= 0xA960 && c <= 0xA97F) || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xE000 && c <= 0xFAFF) ||
         (c >= 0xFE10 && c <= 0xFE19) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F900 && c <= 0x1F9FF) ||
         (c >= 0x20000 && c <= 0x3FFFD);
}

bool IsZeroWidth(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x20D0 && c <= 0x20FF) || c == 0x2060 ||
         (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F) || c == 0xFEFF || (c >= 0xE0100 && c <= 0xE01EF);
}

int WidthOf(char32_t c) {
  if (c == kBadChar) return 1;
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return 0;
  return IsZeroWidth(c) ? 0 : IsWide(c) ? 2 : 1;
}

}  // namespace

char32_t NextCodePoint(std::string_view text, size_t* at) {
  const size_t i = *at, left = text.size() - i;
  const auto byte = [&](size_t k) { return static_cast<uint8_t>(text[i + k]); };
  const auto tail = [&](size_t k) { return (byte(k) & 0xC0) == 0x80; };
  const uint8_t b = byte(0);
  *at = i + 1;
  if (b < 0x80) return b;
  if (b >= 0xC2 && b < 0xE0 && left >= 2 && tail(1)) {
    *at = i + 2;
    return (b & 0x1Fu) << 6 | (byte(1) & 0x3Fu);
  }
  if ((b & 0xF0) == 0xE0 && left >= 3 && tail(1) && tail(2)) {
    const char32_t c = (b & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    if (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF)) return kBadChar;
    *at = i + 3;
    return c;
  }
  if (b >= 0xF0 && b < 0xF5 && left >= 4 && tail(1) && tail(2) && tail(3)) {
    const char32_t c = (b & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
    if (c < 0x10000 || c > 0x10FFFF) return kBadChar;
    *at = i + 4;
    return c;
  }
  return kBadChar;
}

void AppendUtf8(char32_t c, std::string* out) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
  if (c < 0x80) {
    *out += static_cast<char>(c);
  } else if (c < 0x800) {
    *out += static_cast<char>(0xC0 | c >> 6);
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out += static_cast<char>(0xE0 | c >> 12);
    *out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | c >> 18);
    *out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    *out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

size_t FirstBadUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    if (NextCodePoint(text, &i) == kBadChar) return start;
  }
  return std::string_view::npos;
}

bool IsValidUtf8(std::string_view text) { return FirstBadUtf8(text) == std::string_view::npos; }

size_t CountCodePoints(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++count) NextCodePoint(text, &i);
  return count;
}

std::u32string DecodeUtf8(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) out += NextCodePoint(text, &i);
  return out;
}

std::string EncodeUtf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size() * 3);
  for (char32_t c : text) AppendUtf8(c, &out);
  return out;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

std::string FoldWidth(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) AppendUtf8(FoldWidth(NextCodePoint(text, &i)), &out);
  return out;
}

bool IsTrimmable(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200D) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

std::string_view TrimUnicode(std::string_view text) {
  size_t begin = 0;
  for (size_t at = 0; at < text.size() && IsTrimmable(NextCodePoint(text, &at));) begin = at;
  text.remove_prefix(begin);
  while (!text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && text.size() - start < 4 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80) --start;
    size_t at = start;
    if (!IsTrimmable(NextCodePoint(text, &at)) || at != text.size()) break;
    text.remove_suffix(text.size() - start);
  }
  return text;
}

bool IsHan(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFD);
}

bool IsPrivateUse(char32_t c) {
  return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0xFFFFD) || (c >= 0x100000 && c <= 0x10FFFD);
}

bool HasControl(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const char32_t c = NextCodePoint(text, &i);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0)) return true;
  }
  return false;
}

bool HasPrivateUse(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    if (IsPrivateUse(NextCodePoint(text, &i))) return true;
  }
  return false;
}

char32_t FoldPrivateUse(char32_t c) {
  if (c < 0xE000 || c > 0xF8FF) return c;
  const auto* row = std::lower_bound(std::begin(kPrivateUse), std::end(kPrivateUse), c,
                                     [](const PrivateUseRow& r, char32_t v) { return r.from < v; });
  return row != std::end(kPrivateUse) && row->from == c ? row->to : c;
}

std::string FoldPrivateUse(std::string_view text) {
  if (!HasPrivateUse(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + 4);
  for (size_t i = 0; i < text.size();) AppendUtf8(FoldPrivateUse(NextCodePoint(text, &i)), &out);
  return out;
}

std::string ToNfc(std::string_view text) {
  // Han of the unified blocks and ASCII are in form C already: nearly all names take this way out.
  bool settled = true;
  for (size_t i = 0; i < text.size() && settled;) {
    const char32_t c = NextCodePoint(text, &i);
    settled = c < 0x300 || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007;
  }
  if (settled || !IsValidUtf8(text)) return std::string(text);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return std::string(text);
  const icu::UnicodeString normal = nfc->normalize(
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size()))), error);
  if (U_FAILURE(error)) return std::string(text);
  std::string out;
  normal.toUTF8String(out);
  return out;
}

int DisplayWidth(std::string_view text) {
  int width = 0;
  for (size_t i = 0; i < text.size();) width += WidthOf(NextCodePoint(text, &i));
  return width;
}

std::string FitToWidth(std::string_view text, int columns) {
  int width = 0;
  size_t end = 0;
  for (size_t i = 0; i < text.size();) {
    const int w = WidthOf(NextCodePoint(text, &i));
    if (width + w > columns) break;
    width += w;
    end = i;
  }
  std::string out(text.substr(0, end));
  if (columns > width) out.append(static_cast<size_t>(columns - width), ' ');
  return out;
}

std::string UpperAscii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool IsAllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c); });
}

}  // namespace hearth
