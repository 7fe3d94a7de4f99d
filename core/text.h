// UTF-8 text of registry cells: code points, folding of width, trimming, private-use leftovers, display width.
//
//   TrimUnicode("　王芳\u200B") == "王芳"
//   FoldWidth("３３９９Ｘ") == "3399X"
//
// Pure functions, safe from any thread. Text that is not valid UTF-8 never crashes: each bad byte reads as kBadChar.
// Source: standards.md 1.1 (trimming), 10 (encodings, private use), 11 (width).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hearth {

// What NextCodePoint returns for a byte that is not valid UTF-8 (overlong forms and surrogates included).
inline constexpr char32_t kBadChar = 0xFFFFFFFF;

// The code point at *at, which moves behind it (by one byte when bad). *at < text.size().
char32_t NextCodePoint(std::string_view text, size_t* at);
// Appends a code point; surrogates and values above U+10FFFF become U+FFFD.
void AppendUtf8(char32_t c, std::string* out);
bool IsValidUtf8(std::string_view text);
// Byte offset of the first bad sequence; npos when there is none.
size_t FirstBadUtf8(std::string_view text);
size_t CountCodePoints(std::string_view text);
std::u32string DecodeUtf8(std::string_view text);
std::string EncodeUtf8(std::u32string_view text);
// True when no byte is above 0x7F.
bool IsAscii(std::string_view text);

// Full-width ASCII forms (U+FF01-FF5E) to ASCII, ideographic and no-break space to a space; the rest as it is.
constexpr char32_t FoldWidth(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  if (c == 0x3000 || c == 0x00A0) return ' ';
  if (c == 0xFFE5) return 0x00A5;  // yen sign
  return c;
}
std::string FoldWidth(std::string_view text);

// Unicode white space and the zero-width characters U+200B-200D, U+2060, U+FEFF.
bool IsTrimmable(char32_t c);
// A view into text without trimmable characters at both ends.
std::string_view TrimUnicode(std::string_view text);

// Any Han character: unified ideographs of all planes, compatibility ideographs, 〇.
bool IsHan(char32_t c);
bool IsPrivateUse(char32_t c);
// Control characters but tab, line feed and carriage return: a row that holds one is refused.
bool HasControl(std::string_view text);
bool HasPrivateUse(std::string_view text);

// The standard code point of a private-use leftover of older GB18030 tables and fonts; the same character otherwise.
char32_t FoldPrivateUse(char32_t c);
// The text with all of them replaced; a plain copy when there are none.
std::string FoldPrivateUse(std::string_view text);

// Normalisation form C. Text that is not UTF-8 comes back as it is.
std::string ToNfc(std::string_view text);

// Columns on a terminal: 2 for Han, kana, hangul and full-width forms, 0 for combining and zero-width characters.
int DisplayWidth(std::string_view text);
// Cuts at `columns` (never through a character) or pads with spaces to it.
std::string FitToWidth(std::string_view text, int columns);

// ASCII only: upper case; other bytes as they are.
std::string UpperAscii(std::string_view text);
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// True for one or more ASCII digits and nothing else.
bool IsAllDigits(std::string_view text);

}  // namespace hearth
