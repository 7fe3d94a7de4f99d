#include "synth/names.h"

#include <gtest/gtest.h>

#include <map>

namespace hearth::synth {
namespace {

TEST(Surnames, FollowThePublishedShares) {
  Dice dice(1, Purpose::kName);
  std::map<std::string, int> counts;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) ++counts[DrawSurname(dice)];
  // Shares of all people; our list holds most of them, so each comes out a little above.
  EXPECT_NEAR(counts["王"] * 100.0 / kDraws, 7.9, 0.8);
  EXPECT_NEAR(counts["李"] * 100.0 / kDraws, 7.8, 0.8);
  EXPECT_NEAR(counts["张"] * 100.0 / kDraws, 7.3, 0.8);
  EXPECT_GT(counts["刘"], counts["陈"]);
  EXPECT_GT(counts["欧阳"], 0);
  EXPECT_GT(counts.size(), 180u);
}

TEST(GivenNames, DifferBySexAndDecade) {
  std::map<std::string, int> old_women, young_men;
  for (int i = 0; i < 5000; ++i) {
    Dice dice(1, Purpose::kName, static_cast<uint64_t>(i));
    ++old_women[DrawGivenName(dice, false, 1945)];
    ++young_men[DrawGivenName(dice, true, 2018)];
  }
  EXPECT_GT(old_women["秀英"], 10);
  EXPECT_EQ(young_men["秀英"], 0);
  EXPECT_GT(young_men["浩宇"], 10);
  EXPECT_EQ(old_women["浩宇"], 0);
}

TEST(NameSlips, ChangeTheNameAndLeaveTheRestAlone) {
  constexpr const char* kNames[] = {"王芳", "欧阳志强", "陈晓丽", "阿里木·买买提", "龚喆"};
  for (const char* name : kNames) {
    for (uint64_t i = 0; i < 50; ++i) {
      Dice dice(2, Purpose::kFault, i);
      const SlippedName slip = SlipName(dice, name);
      ASSERT_NE(slip.kind, NameSlip::kNone) << name;
      EXPECT_NE(slip.name, name);
      const auto before = SplitCharacters(name), after = SplitCharacters(slip.name);
      const size_t lost = slip.kind == NameSlip::kTruncated ? 1 : 0;
      ASSERT_EQ(after.size() + lost, before.size()) << name << " " << slip.name;
      int changed = 0;
      for (size_t k = 0; k < after.size(); ++k) changed += before[k] != after[k];
      EXPECT_EQ(changed, lost == 1 ? 0 : 1) << slip.name;
    }
  }
}

TEST(NameSlips, LeaveANameOfOneCharacter) {
  Dice dice(2, Purpose::kFault);
  EXPECT_EQ(SlipName(dice, "王").kind, NameSlip::kNone);
}

TEST(SplitCharacters, KeepsCharactersOfTwoThreeAndFourBytes) {
  const auto parts = SplitCharacters("a·䶮𬍛");
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[1], "·");
  EXPECT_EQ(parts[3], "𬍛");
}

}  // namespace
}  // namespace hearth::synth
