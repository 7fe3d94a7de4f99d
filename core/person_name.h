// Names of persons: folding, telling a name from a note, and how far two names agree.
//
//   FoldName("王 芳") == "王芳";  FoldName("买买提•吐尔逊") == "买买提·吐尔逊"
//   CompareNames("萧红", "肖红") == NameAgreement::kVariant
//
// Tables of readings, usual forms and look-alikes (core/han_table.h) are unpacked on first use, in some 2 ms; a
// comparison of Han names of 2 or 3 characters takes under 200 ns and allocates nothing. Pure, safe from any thread.
// Source: standards.md 8, 11.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/verdict.h"

namespace hearth {

// From most to least alike. Stored as one byte by matchers; values never change.
enum class NameAgreement : uint8_t {
  kExact = 0,       // equal after folding
  kVariant = 1,     // traditional and simplified, variant characters, interchangeable surnames
  kHomophone = 2,   // same toneless pinyin, character by character; also a Han name and its pinyin
  kLookAlike = 3,   // characters confused by shape or by near sound
  kTruncated = 4,   // a prefix cut by a field width, or a rare character replaced by a wildcard, pinyin or description
  kTransposed = 5,  // the same characters or words in another order
  kOneCharacter = 6,  // one of three or more characters differs, is missing or stands before
  kClash = 7,
  kUnknown = 8,  // one of them is missing
};
std::string_view NameAgreementName(NameAgreement a);  // "exact", "variant" …

// Symmetric. Either side may be raw or folded; folded is faster. At most 64 characters of each are compared.
NameAgreement CompareNames(std::string_view a, std::string_view b);

// NFC, private-use leftovers and width folded, trimmed, separators to "·", spaces inside a short Han name removed,
// runs of spaces in other names to one. The original stays with the caller.
std::string FoldName(std::string_view raw);

// kOk, kAbsent (empty or a null word), kPlaceholder (不详, all wildcards), kMasked (张某), kBadCharacter (not UTF-8,
// control), or kBadName: notes in brackets, relation words, digits, two names, one lone Han character, over 200 bytes.
Verdict ClassifyName(std::string_view raw);

// For blocking. Toneless syllables joined, "wangfang"; ü is v; a surname takes its surname reading (单 shan). A
// character without a reading stands for itself. Latin names: lower-case letters, words sorted.
std::string PinyinKey(std::string_view name);
// For exact comparison: folded, simplified, surname pairs and variants to one form, separators dropped, Latin in
// capitals.
std::string FoldedNameKey(std::string_view name);

// Length in characters of the surname a folded Han name begins with: 2 for 欧阳 and its like, else 1; 0 when the name
// is not Han or has a separator. Double surnames (father's and mother's) are not guessed.
int SurnameLength(std::string_view folded_name);
// The toneless reading of one Han character ("zhang"), or empty.
std::string_view SyllableOf(char32_t han);
// Simplified form of one character, itself when there is none.
char32_t SimplifiedOf(char32_t han);

}  // namespace hearth
