#include "synth/identity.h"

#include <gtest/gtest.h>

#include <set>

#include "synth/dice.h"

namespace hearth::synth {
namespace {

CivilDay Day(int y, int m, int d) { return CivilDay::FromYmd(y, m, d).value(); }

TEST(CitizenNumber, AgreesWithThePublishedSpecimens) {
  EXPECT_EQ(CitizenCheck("11010519491231002"), 'X');
  EXPECT_EQ(CitizenCheck("44052418800101001"), '4');
  EXPECT_EQ(CitizenCheck("33990119600712002"), 'X');
  EXPECT_NE(CitizenCheck("33990119850101113"), '4');
}

TEST(CitizenNumber, SlotsOfOneDayNeverMeet) {
  std::set<std::string> numbers;
  for (int slot = 0; slot < kSlots; ++slot) {
    for (bool male : {true, false}) numbers.insert(CitizenNumber(339901, Day(1985, 1, 1), male, slot));
  }
  EXPECT_EQ(numbers.size(), 2u * kSlots);
}

TEST(CitizenNumber, TellsSexAndBirthAndKeepsOffReservedSequences) {
  for (int slot = 0; slot < kSlots; ++slot) {
    const std::string man = CitizenNumber(339902, Day(1958, 3, 4), true, slot);
    EXPECT_EQ(man.substr(0, 14), "33990219580304");
    EXPECT_EQ((man[16] - '0') % 2, 1);
    EXPECT_LT(man.substr(14, 3), "995");
    EXPECT_EQ((CitizenNumber(339902, Day(1958, 3, 4), false, slot)[16] - '0') % 2, 0);
  }
}

// The weighted sum of 17 characters and the check character come to 0 modulo 31 exactly when it is right.
int CreditRemainder(const std::string& code) {
  const std::string alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  int weight = 1, sum = 0;
  for (char c : code.substr(0, 17)) {
    sum += static_cast<int>(alphabet.find(c)) * weight;
    weight = weight * 3 % 31;
  }
  return (sum + static_cast<int>(alphabet.find(code[17]))) % 31;
}

TEST(CreditCode, HasItsCheckCharacterAndDiffersByIndex) {
  EXPECT_EQ(CreditRemainder("91350100M000100Y43"), 0) << "the published example";
  std::set<std::string> codes;
  for (uint64_t i = 0; i < 500; ++i) {
    const std::string code = CreditCode("91", 339901, "MA", i * 7919);
    EXPECT_EQ(code.size(), 18u);
    EXPECT_EQ(CreditRemainder(code), 0) << code;
    codes.insert(code);
  }
  EXPECT_EQ(codes.size(), 500u);
  std::string wrong = CreditCode("91", 339901, "MA", 1);
  wrong[10] = wrong[10] == '1' ? '2' : '1';
  EXPECT_NE(CreditRemainder(wrong), 0);
}

TEST(VehicleNumber, AgreesWithTheSpecimensOfTheDataStandard) {
  // LTX8A2C32RA000002 and LTX8A2C3XRA000006: model year R is 1994 or 2024.
  EXPECT_EQ(VehicleNumber(2, 2024), "LTX8A2C32RA000002");
  EXPECT_EQ(VehicleNumber(6, 2024), "LTX8A2C3XRA000006");
}

TEST(Plates, AreOfTheRightFormAndDiffer) {
  std::set<std::string> plates;
  for (uint64_t i = 0; i < 5000; ++i) {
    const std::string fuel = FuelPlate(i), electric = NewEnergyPlate(i);
    EXPECT_EQ(fuel.substr(0, 4), "浙Z");
    EXPECT_EQ(fuel.size(), 9u);
    EXPECT_EQ(electric.size(), 10u);
    EXPECT_EQ(fuel.substr(4).find_first_of("IO"), std::string::npos);
    EXPECT_NE(std::string("ABCDEFGHJK").find(electric[4]), std::string::npos);
    plates.insert(fuel);
    plates.insert(electric);
  }
  EXPECT_EQ(plates.size(), 10000u);
}

TEST(Dice, SameKeySameStreamAndAnotherKeyAnotherOne) {
  Dice a(7, Purpose::kWork, 1, 2), b(7, Purpose::kWork, 1, 2), c(7, Purpose::kAsset, 1, 2), d(8, Purpose::kWork, 1, 2);
  const uint64_t first = a.Next();
  EXPECT_EQ(first, b.Next());
  EXPECT_NE(first, c.Next());
  EXPECT_NE(first, d.Next());
}

TEST(Dice, StaysInItsRangeAndReachesBothEnds) {
  Dice dice(3, Purpose::kRow);
  std::set<int> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(dice.Between(-2, 2));
  EXPECT_EQ(seen, (std::set<int>{-2, -1, 0, 1, 2}));
  constexpr int kWeights[] = {0, 3, 0, 1};
  int ones = 0;
  for (int i = 0; i < 4000; ++i) {
    const int at = dice.Weighted(kWeights);
    EXPECT_TRUE(at == 1 || at == 3);
    ones += at == 1;
  }
  EXPECT_NEAR(ones, 3000, 150);
}

}  // namespace
}  // namespace hearth::synth
