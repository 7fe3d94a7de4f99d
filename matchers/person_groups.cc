#include "matchers/person_groups.h"

#include <unicode/ucnv.h>

#include <bitset>
#include <memory>
#include <string>

#include "core/status.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr std::string_view kGroupNames[] = {"rare_characters", "middle_dot", "rural_address", "others"};

using BmpSet = std::bitset<0x10000>;

// GB 18030 keeps the Han characters of GB 2312 at two bytes, B0A1 to F7FE.
const BmpSet& CommonCharacters() {
  static const BmpSet* const set = [] {
    auto out = std::make_unique<BmpSet>();
    std::string bytes;
    for (int high = 0xB0; high <= 0xF7; ++high) {
      for (int low = 0xA1; low <= 0xFE; ++low) {
        bytes += static_cast<char>(high);
        bytes += static_cast<char>(low);
      }
    }
    UErrorCode error = U_ZERO_ERROR;
    UConverter* converter = ucnv_open("gb18030", &error);
    HEARTH_CHECK(U_SUCCESS(error), "ICU has no GB 18030");
    std::u16string text(bytes.size(), u'\0');
    const int32_t size = ucnv_toUChars(converter, text.data(), static_cast<int32_t>(text.size()), bytes.data(),
                                       static_cast<int32_t>(bytes.size()), &error);
    ucnv_close(converter);
    HEARTH_CHECK(U_SUCCESS(error), "GB 2312 does not convert");
    for (int32_t i = 0; i < size; ++i) {
      if (IsHan(text[static_cast<size_t>(i)])) out->set(text[static_cast<size_t>(i)]);
    }
    return out.release();
  }();
  return *set;
}

}  // namespace

std::string_view PersonGroupName(int group) { return kGroupNames[group]; }

uint8_t GroupsOfName(std::string_view name) {
  uint8_t groups = name.find("·") == std::string_view::npos ? 0 : kMiddleDot;
  if (IsAscii(name)) return groups;
  const BmpSet& common = CommonCharacters();
  for (size_t at = 0; at < name.size();) {
    const char32_t c = NextCodePoint(name, &at);
    if (IsHan(c) && (c > 0xFFFF || !common[c])) groups |= kRareCharacters;
  }
  return groups;
}

uint8_t GroupsOfAddress(std::string_view address) {
  constexpr std::string_view kVillage = "村", kNew = "新";
  if (address.find("组") != std::string_view::npos || address.find("乡") != std::string_view::npos) {
    return kRuralAddress;
  }
  for (size_t at = address.find(kVillage); at != std::string_view::npos; at = address.find(kVillage, at + 1)) {
    if (!address.substr(0, at).ends_with(kNew)) return kRuralAddress;
  }
  return 0;
}

}  // namespace hearth
