// What name comparison needs to know of single characters: toneless reading, surname reading, simplified form, base
// letter.
//
// Built from ICU once, on first use, and never changed: lookups are array reads, safe from any thread.
// Readings come from ICU's Han-Latin and Han-Latin/Names, simplified forms from Traditional-Simplified, the variant
// pairs and shape errors from our own tables. Source: standards.md 8.
#pragma once

#include <cstdint>
#include <string>
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
  uint16_t Syllable(char32_t c) const { return c >= kFirst && c <= kLast ? syllable_[c - kFirst] : 0; }
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
  uint16_t AddSyllable(std::string_view text);
  void ReadSyllables();
  void ReadSurnames();
  void ReadUsualForms();
  void ReadLookAlikes();
  void ReadBaseLetters();

  std::vector<uint16_t> syllable_;
  std::vector<char32_t> usual_, compatibility_, base_;
  struct SurnameReading {
    char32_t c;
    uint16_t syllable;
  };
  std::vector<SurnameReading> surnames_;                    // sorted by c
  std::vector<std::string> syllables_;                      // by id; 0 is empty
  std::vector<uint16_t> near_;                              // by id
  std::vector<std::pair<char32_t, char32_t>> look_alikes_;  // sorted, both ways
};

}  // namespace hearth
