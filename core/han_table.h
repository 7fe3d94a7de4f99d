// What name comparison needs to know of single characters: toneless reading, surname reading, simplified form, base
// letter.
//
// Unpacked from core/han_data.inc on first use (some 2 ms) and never changed: lookups are array reads, safe from any
// thread. That file is made by tools/make_han_tables.py, whose head says where each fact comes from and when two
// characters look alike: shared components hold 70% of their strokes. Surname readings, surname pairs, a few variants
// and further confusions are our own tables. Source: standards.md 8.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace hearth {

class HanTable {
 public:
  static const HanTable& Get();

  // Simplified form and, for a variant character, its usual form: 峯 -> 峰, 喬 -> 乔. Compatibility ideographs to
  // unified.
  char32_t Usual(char32_t c) const {
    return c >= kFirst && c <= kLast ? usual_[c - kFirst] : c >= 0xF900 && c <= 0xFAFF ? compatibility_[c - 0xF900] : c;
  }
  // 0 when there is none; equal ids sound alike but for the tone.
  uint16_t Syllable(char32_t c) const {
    return c >= kFirst && c <= kLast ? syllable_[c - kFirst] : c > 0xFFFF ? RareSyllable(c) : 0;
  }
  // The reading as a surname, where it differs from Syllable; 0 otherwise.
  uint16_t SurnameSyllable(char32_t c) const;
  // Merged over zh/z, ch/c, sh/s and -ng/-n, which many speakers do not tell apart.
  uint16_t NearSyllable(uint16_t syllable) const { return near_[syllable]; }
  std::string_view SyllableText(uint16_t id) const { return syllables_[id]; }
  // 0 when there is no such syllable.
  uint16_t SyllableId(std::string_view text) const;
  // Characters mistaken for one another by shape, or by near sound as surnames. Symmetric.
  bool LookAlike(char32_t a, char32_t b) const;
  // One form for surnames that were interchanged in registration: 萧 -> 肖. Itself otherwise.
  static char32_t SurnameForm(char32_t usual);
  // Latin letters without marks, upper case: é -> E.
  char32_t BaseLetter(char32_t c) const;

 private:
  static constexpr char32_t kFirst = 0x3400, kLast = 0x9FFF;
  HanTable();
  uint16_t RareSyllable(char32_t c) const;
  void ReadSyllables();
  void ReadSurnames();
  void ReadUsualForms();
  void ReadLookAlikes();
  void ReadBaseLetters();

  std::vector<uint16_t> syllable_;
  std::vector<char32_t> usual_, compatibility_, base_;
  struct Reading {
    char32_t c;
    uint16_t syllable;
  };
  std::vector<Reading> surnames_, rare_;     // sorted by c; rare: beyond U+FFFF
  std::vector<std::string_view> syllables_;  // by id, sorted; 0 is empty
  std::vector<uint16_t> near_;               // by id
  std::vector<uint32_t> look_alike_from_;    // by c - kFirst: where its look-alikes begin, one more at the end
  std::vector<char32_t> look_alikes_;
};

}  // namespace hearth
