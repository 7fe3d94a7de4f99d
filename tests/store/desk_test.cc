// What people decided about links: kept in order, synced, read back whole or refused.
#include "store/desk.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace hearth {
namespace {

namespace fs = std::filesystem;

class DeskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = (fs::temp_directory_path() / ("hearth_desk_" + std::to_string(::getpid()))).string();
    fs::remove_all(dir_);
  }
  void TearDown() override { fs::remove_all(dir_); }
  std::string LinksFile() const { return dir_ + "/desk/links.tsv"; }
  std::string dir_;
};

LinkDecision Some(LinkVerdict verdict = LinkVerdict::kSame) {
  return {{"pensions", "330001|old_age", "self"},
          {"vehicles", "02|浙Z12345", "owner"},
          verdict,
          "li.wei",
          {19783},
          "both papers seen"};
}

TEST_F(DeskTest, DecisionsComeBackInOrder) {
  const Desk desk(dir_);
  EXPECT_TRUE(desk.LinkDecisions()->empty());
  ASSERT_TRUE(desk.AddLinkDecision(Some()).ok());
  ASSERT_TRUE(desk.AddLinkDecision(Some(LinkVerdict::kDifferent)).ok());
  const auto all = desk.LinkDecisions();
  ASSERT_TRUE(all.ok()) << Message(all.status());
  EXPECT_EQ(*all, (std::vector<LinkDecision>{Some(), Some(LinkVerdict::kDifferent)}));
}

TEST_F(DeskTest, SidesAreOneOrder) {
  const Desk desk(dir_);
  LinkDecision turned = Some();
  std::swap(turned.left, turned.right);
  ASSERT_TRUE(desk.AddLinkDecision(turned).ok());
  EXPECT_EQ(desk.LinkDecisions()->at(0), Some());
}

TEST_F(DeskTest, KeysAndReasonsOfAnyTextComeBack) {
  LinkDecision odd = Some();
  odd.left.key = "a\tb%\n";
  odd.why = "100% sure:\r\n\"seen\"";
  const Desk desk(dir_);
  ASSERT_TRUE(desk.AddLinkDecision(odd).ok());
  ASSERT_TRUE(desk.AddLinkDecision(Some()).ok());
  EXPECT_EQ(*desk.LinkDecisions(), (std::vector<LinkDecision>{odd, Some()}));
}

TEST_F(DeskTest, WhatSaysTooLittleIsRefused) {
  const Desk desk(dir_);
  LinkDecision no_name = Some(), no_reason = Some(), one_mention = Some(), no_key = Some();
  no_name.by.clear();
  no_reason.why.clear();
  one_mention.right = one_mention.left;
  no_key.right.key.clear();
  for (const LinkDecision& d : {no_name, no_reason, one_mention, no_key}) {
    EXPECT_EQ(desk.AddLinkDecision(d).code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_FALSE(fs::exists(LinksFile()));
}

TEST_F(DeskTest, ALineThatACrashCutShortIsNotReadAndTheNextTakesItsPlace) {
  const Desk desk(dir_);
  ASSERT_TRUE(desk.AddLinkDecision(Some()).ok());
  std::ofstream(LinksFile(), std::ios::app) << "pensions\tx\tse";
  EXPECT_EQ(desk.LinkDecisions()->size(), 1u);
  ASSERT_TRUE(desk.AddLinkDecision(Some(LinkVerdict::kUnsure)).ok());
  EXPECT_EQ(*desk.LinkDecisions(), (std::vector<LinkDecision>{Some(), Some(LinkVerdict::kUnsure)}));
}

TEST_F(DeskTest, DamagedLinesAreDataLossWithTheirNumber) {
  const Desk desk(dir_);
  ASSERT_TRUE(desk.AddLinkDecision(Some()).ok());
  std::string good;
  std::getline(std::ifstream(LinksFile()), good);
  const auto broken = [&](std::string_view from, std::string_view to) {
    std::string line = good;
    line.replace(line.find(from), from.size(), to);
    return line;
  };
  for (const std::string& line : {std::string("three\tfields\tonly"), broken("same", "alike"),
                                  broken("2024-03-01", "2024-02-30"), broken("seen", "%4"), broken("seen", "%zz")}) {
    std::ofstream(LinksFile(), std::ios::trunc) << good << "\n" << line << "\n";
    const auto read = desk.LinkDecisions();
    ASSERT_FALSE(read.ok()) << line;
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_NE(Message(read.status()).find("line 2"), std::string::npos) << Message(read.status());
  }
}

TEST_F(DeskTest, AFolderThatCannotBeMadeIsUnavailable) {
  std::ofstream(dir_) << "a file";
  EXPECT_EQ(Desk(dir_).AddLinkDecision(Some()).code(), absl::StatusCode::kUnavailable);
}

TEST(StandingDecisionsTest, TheLastOneCountsAndAWithdrawnOneIsNone) {
  LinkDecision other = Some();
  other.left.key = "2";
  EXPECT_EQ(StandingDecisions({Some(), other, Some(LinkVerdict::kDifferent)}),
            (std::vector<LinkDecision>{other, Some(LinkVerdict::kDifferent)}));
  EXPECT_EQ(StandingDecisions({Some(), other, Some(LinkVerdict::kWithdrawn)}), (std::vector<LinkDecision>{other}));
  EXPECT_EQ(StandingDecisions({Some(), Some(LinkVerdict::kWithdrawn), Some(LinkVerdict::kUnsure)}),
            (std::vector<LinkDecision>{Some(LinkVerdict::kUnsure)}));
}

}  // namespace
}  // namespace hearth
