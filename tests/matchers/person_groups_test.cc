#include "matchers/person_groups.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

struct GroupCase {
  const char* text;
  uint8_t groups;
};

TEST(PersonGroups, NamesAreToldByTheirCharacters) {
  for (const GroupCase& c : std::initializer_list<GroupCase>{{"王建国", 0},
                                                             {"王喆", kRareCharacters},
                                                             {"陈堃", kRareCharacters},
                                                             {"李𠀀", kRareCharacters},
                                                             {"買買提·吐爾遜", kRareCharacters | kMiddleDot},
                                                             {"买买提·吐尔逊", kMiddleDot},
                                                             {"Ann Lee", 0},
                                                             {"", 0}}) {
    EXPECT_EQ(GroupsOfName(c.text), c.groups) << c.text;
  }
}

TEST(PersonGroups, AddressesAreToldByTheirVillage) {
  for (const GroupCase& c : std::initializer_list<GroupCase>{{"南谷县东山乡", kRuralAddress},
                                                             {"东坪区上岙村12号", kRuralAddress},
                                                             {"东坪区幸福社区5组", kRuralAddress},
                                                             {"东坪区幸福新村3幢", 0},
                                                             {"东坪区幸福新村旁上岙村", kRuralAddress},
                                                             {"东坪区幸福路12号5幢2单元301室", 0},
                                                             {"", 0}}) {
    EXPECT_EQ(GroupsOfAddress(c.text), c.groups) << c.text;
  }
}

}  // namespace
}  // namespace hearth
