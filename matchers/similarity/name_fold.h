// A name in any script as lower-case ASCII words: what NameSimilarity compares.
//
//   FoldToAscii("Müller-Łukasz") == "muller-lukasz";  FoldToAscii("Луговой") == "lugovoy";  FoldToAscii("王芳") ==
//   "wangfang"
//
// Cyrillic by the romanisation of passports, Han by core/person_name's readings, other scripts by ICU's Any-Latin and
// Latin-ASCII. A small letter before a capital parts two words ("PolPot"). Apostrophes go; other marks stay for the
// caller, who splits at them. At most kFoldedBytesMax bytes of input are read; bytes that are no UTF-8 and characters
// without a Latin form are dropped. Pure, safe from any thread; ICU is asked under a lock and for other scripts only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hearth {

inline constexpr size_t kFoldedBytesMax = 512;

std::string FoldToAscii(std::string_view raw);

// Written without its vowels: Arabic, Hebrew, Syriac. Its letters fit only the consonants of a Latin spelling.
bool IsAbjad(std::string_view raw);

// Spellings of one sound to one: kh and h, y and i, ph and f, doubled letters … For words of FoldToAscii.
std::string SoundSpelling(std::string_view word);
// The consonants of a SoundSpelling that an abjad writes: no vowels, no v (its letter is a vowel's too), p as b.
std::string Consonants(std::string_view sound);

}  // namespace hearth
