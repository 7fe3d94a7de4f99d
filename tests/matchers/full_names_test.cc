// Names in Latin words: initials, left-out middle names, one slip of the pen; and where names must not agree.
#include "matchers/full_names.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

struct NameCase {
  const char *why, *a, *b;
  NameAgreement agreement;
};
constexpr NameCase kNameCases[] = {
    {"initial for the middle name", "Margaret A Whitfield", "Margaret Ann Whitfield", NameAgreement::kTruncated},
    {"initial with a dot", "Margaret A. Whitfield", "Margaret Ann Whitfield", NameAgreement::kTruncated},
    {"another initial", "Margaret B Whitfield", "Margaret Ann Whitfield", NameAgreement::kClash},
    {"two family names", "Eileen S Siebert Ash", "Eileen Sherry Siebert Ash", NameAgreement::kTruncated},
    {"given name left out", "A Whitfield", "Margaret Ann Whitfield", NameAgreement::kTruncated},
    {"neighbours swapped in the family name", "Carolyn S Taamriz", "Carolyn Shelley Tamariz",
     NameAgreement::kLookAlike},
    {"neighbours swapped in the given name", "Brain T Hauser", "Brian Timothy Hauser", NameAgreement::kLookAlike},
    {"one letter of the given name: twins are named so", "Jayden T Cole", "Kayden Troy Cole",
     NameAgreement::kOneCharacter},
    {"other given names", "Anna M Smith", "Alan M Smith", NameAgreement::kClash},
    {"other family names", "Margaret Ann Whitfield", "Margaret Ann Blankenship", NameAgreement::kClash},
    {"two slips", "Carolyn S Taamriz", "Caroyln Shelley Tamariz", NameAgreement::kClash},
    {"Han names are CompareNames' own", "王建国", "李秀兰", NameAgreement::kClash},
};

TEST(FullNames, InitialsAndSlipsAgreeAndOtherPeopleDoNot) {
  for (const NameCase& c : kNameCases) {
    EXPECT_EQ(CompareFullNames(c.a, c.b), c.agreement)
        << c.why << ": " << NameAgreementName(CompareFullNames(c.a, c.b));
    EXPECT_EQ(CompareFullNames(c.b, c.a), c.agreement) << c.why << ", the other way round";
  }
}

}  // namespace
}  // namespace hearth
