// Names of made-up people: surnames by their published shares, given names by sex and decade, and the ways in which a
// clerk writes a name wrong. The lists are this room's own, apart from the tables that the readers use.
//
// Text is UTF-8. All functions are pure; the tables are built once, on first use, and then shared between threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "synth/dice.h"

namespace hearth::synth {

struct MadeName {
  std::string surname;  // empty in a name with a middle dot
  std::string given;
  std::string full() const { return surname + given; }
};

// A family name by frequency; some are of two characters.
std::string DrawSurname(Dice& dice);
// A given name that fits the sex and the year of birth.
std::string DrawGivenName(Dice& dice, bool male, int birth_year);
// A whole name with a middle dot (U+00B7), such as 阿里木·买买提.
std::string DrawDottedName(Dice& dice, bool male);

enum class NameSlip { kNone, kHomophone, kTruncated, kUnwritable };
// The name as a careless clerk would write it; kNone (and the same name) when nothing fits.
struct SlippedName {
  std::string name;
  NameSlip kind;
};
SlippedName SlipName(Dice& dice, std::string_view name);

// The characters of a UTF-8 text, each as its own text.
std::vector<std::string_view> SplitCharacters(std::string_view text);

}  // namespace hearth::synth
