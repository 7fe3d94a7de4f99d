#include "synth/faults.h"

#include <gtest/gtest.h>

#include <map>

#include "synth/identity.h"
#include "synth/population.h"

namespace hearth::synth {
namespace {

const CivilDay kDay = CivilDay::FromYmd(2024, 3, 1).value();

const Block& SomeBlock() {
  static const Block block = MakePopulation({21, 0, 3000, 3000, kDay});
  return block;
}

bool IsRight(const std::string& number) {
  return number.size() == 18 && number.find_first_not_of("0123456789X") == std::string::npos &&
         CitizenCheck(number) == number[17];
}

TEST(Faults, EveryFaultLooksAsItsNameSays) {
  const Block& block = SomeBlock();
  const FaultPlanter planter(21, 5);
  std::map<uint32_t, int> seen;
  for (int i = 0; i < static_cast<int>(block.people.size()); ++i) {
    const Person& p = block.at(i);
    const Written w = planter.Write(block, i, Registry::kVehicles, 1);
    for (uint32_t bit = 1; bit <= kDatePlaceholder; bit <<= 1) seen[bit] += (w.faults & bit) != 0;
    const uint32_t number_faults =
        w.faults & (kNumberMissing | kNumberMasked | kNumberOld15 | kNumberCheck | kNumberOther | kNumberLossy);
    EXPECT_EQ(number_faults & (number_faults - 1), 0u) << "one fault of the number at a time";
    switch (number_faults) {
      case 0:
        if (!(w.faults & kTextForm)) {
          EXPECT_EQ(w.number, p.number);
        }
        break;
      case kNumberMissing:
        EXPECT_TRUE(w.number.empty() || w.number == "无");
        break;
      case kNumberMasked:
        EXPECT_EQ(w.number.size(), 18u);
        EXPECT_NE(w.number.find("******"), std::string::npos);
        EXPECT_EQ(w.number.substr(0, 6), p.number.substr(0, 6));
        break;
      case kNumberOld15:
        EXPECT_EQ(w.number.size(), 15u);
        EXPECT_LT(p.birth.Ymd().year, 1999);
        EXPECT_EQ(w.number.substr(0, 6) + "19" + w.number.substr(6), p.number.substr(0, 17));
        break;
      case kNumberCheck:
        EXPECT_EQ(w.number.size(), 18u);
        EXPECT_FALSE(IsRight(w.number)) << w.number;
        EXPECT_EQ(w.number.substr(0, 14), p.number.substr(0, 14));
        break;
      case kNumberOther:
        EXPECT_TRUE(IsRight(w.number));
        EXPECT_NE(w.number, p.number);
        break;
      case kNumberLossy:
        EXPECT_TRUE(w.number.ends_with("E+17") ||
                    (w.number.ends_with("000") && w.number.substr(0, 15) == p.number.substr(0, 15)));
        break;
    }
    if (w.faults & kNameWrong) {
      EXPECT_NE(w.name, p.name);
    } else if (!(w.faults & kTextForm)) {
      EXPECT_EQ(w.name, p.name);
    }
  }
  for (uint32_t bit : {kNumberMissing, kNumberMasked, kNumberOld15, kNumberCheck, kNumberOther, kNumberLossy,
                       kNameWrong, kTextForm, kDatePlaceholder})
    EXPECT_GT(seen[bit], 0) << FaultNames(bit);
}

TEST(Faults, TheHouseholdRegisterIsRightAndAFactorOfZeroPlantsNothing) {
  const Block& block = SomeBlock();
  const FaultPlanter planter(21, 5), clean(21, 0);
  for (int i = 0; i < static_cast<int>(block.people.size()); ++i) {
    for (const Written& w : {planter.Write(block, i, Registry::kHouseholdRegistration, 0),
                             clean.Write(block, i, Registry::kVehicles, 1)}) {
      EXPECT_EQ(w.number, block.at(i).number);
      EXPECT_EQ(w.name, block.at(i).name);
      EXPECT_EQ(w.faults & ~kNumberShared, 0u);
    }
  }
}

TEST(Faults, AnAccountIsWrongInTheSameWayEveryTimeAndAnotherOneOnItsOwn) {
  const Block& block = SomeBlock();
  const FaultPlanter planter(21, 1);
  int differ = 0;
  for (int i = 0; i < 2000; ++i) {
    const Written a = planter.Write(block, i, Registry::kPensions, 0),
                  b = planter.Write(block, i, Registry::kPensions, 0);
    EXPECT_EQ(a.number, b.number);
    EXPECT_EQ(a.name, b.name);
    differ += planter.Write(block, i, Registry::kIncomeTax, 0).faults != a.faults;
  }
  EXPECT_GT(differ, 50);
}

TEST(Faults, NamesAreJoinedInOneOrder) {
  EXPECT_EQ(FaultNames(0), "");
  EXPECT_EQ(FaultNames(kNameWrong | kNumberMissing), "number_missing;name_wrong");
}

}  // namespace
}  // namespace hearth::synth
