// CompareFullNames is CompareNames, and for names written in Latin words also reads initials and left-out middle names.
//
//   CompareFullNames("Margaret A Whitfield", "Margaret Ann Whitfield") == NameAgreement::kTruncated
//   CompareFullNames("Margaret Whitfeild", "Margaret Whitfield") == NameAgreement::kLookAlike
//   CompareFullNames("Jayden Cole", "Kayden Cole") == NameAgreement::kOneCharacter   // twins are named so
//
// Symmetric. Pure, safe from any thread. Inside matchers only.
#pragma once

#include <string_view>

#include "core/person_name.h"

namespace hearth {

NameAgreement CompareFullNames(std::string_view a, std::string_view b);

}  // namespace hearth
