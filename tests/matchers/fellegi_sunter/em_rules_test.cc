// Which rules EM runs under, their pairs, and what is said about a run.
#include "matchers/fellegi_sunter/em_rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "matchers/fellegi_sunter/em_pairs.h"
#include "matchers/fellegi_sunter/m_of_runs.h"
#include "matchers/fellegi_sunter/pattern_counter.h"
#include "tests/matchers/fellegi_sunter/train_people.h"

namespace hearth::linkage {
namespace {

TEST(EmRules, RuleHoldsComparisonsOnItsColumnsAndOnThoseOfTheSameHeading) {
  const Model model = PeopleModel(LinkType::kDedupe);
  EXPECT_EQ(HeldComparisons(model, RuleOn({kGiven, kTown})), (std::vector<int>{0, 3}));
  EXPECT_EQ(HeldComparisons(model, RuleOn({kYear})), (std::vector<int>{2}));
  EXPECT_EQ(HeldComparisons(model, RuleOn({kTags})), std::vector<int>{});
  BlockingRule filtered = RuleOn({kTags});
  filtered.filter = Of(linkage::Test::kLevenshtein, kFamily, 2);
  EXPECT_EQ(HeldComparisons(model, filtered), (std::vector<int>{1}));
}

TEST(EmRules, ChosenRulesFreeEveryComparisonWithoutTheLargestBlocks) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.em_rules.clear();
  model.blocking = {RuleOn({kInitial}), RuleOn({kGiven, kFamily}), RuleOn({kBorn}), RuleOn({kTown})};
  const RecordSet records = Records(model, {MakePeople(4000, 1)});
  const StatusOr<std::vector<BlockingRule>> rules = ChooseEmRules(model, records, {0, 1, 2, 3}, 2);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(*rules, (std::vector{model.blocking[1], model.blocking[2]}));
}

TEST(EmRules, RuleThatLeavesOneComparisonToLearnFromIsNotChosenWhenAnotherServes) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.em_rules.clear();
  model.blocking = {RuleOn({kGiven, kFamily}), RuleOn({kBorn}), RuleOn({kGiven, kYear})};
  Table table = MakePeople(3000, 6);
  const std::vector<int> wanted = {0, 1, 2};
  StatusOr<std::vector<BlockingRule>> rules = ChooseEmRules(model, Records(model, {table}), wanted, 1);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ((*rules)[0], model.blocking[0]) << "born and town to learn from";
  for (Row& row : table.rows) row[3].clear();
  model.blocking[2] = RuleOn({kGiven});
  rules = ChooseEmRules(model, Records(model, {table}), wanted, 1);
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_EQ(*rules, (std::vector{model.blocking[1], model.blocking[2]})) << "town is empty";
}

TEST(EmRules, GivenRulesAreTaken) {
  const Model model = PeopleModel(LinkType::kDedupe);
  const RecordSet records = Records(model, {MakePeople(20, 2)});
  EXPECT_EQ(*ChooseEmRules(model, records, {0, 1, 2, 3}, 1), model.training.em_rules);
}

uint64_t Sum(const std::vector<PatternCount>& counts) {
  uint64_t sum = 0;
  for (const PatternCount& count : counts) sum += count.pairs;
  return sum;
}

TEST(EmPairs, CountsAreThoseOfAllPairsOfTheRule) {
  const Model model = PeopleModel(LinkType::kDedupe);
  const RecordSet records = Records(model, {MakePeople(300, 3)});
  const Comparer comparer(model, records);
  Comparer::Scratch scratch(comparer);
  const std::vector<KeyPart> probes = {{kBorn, kBorn}, {kTags, kTags}, {kGiven, kFamily}};
  PatternCounter all;
  std::vector<uint64_t> agreeing(probes.size(), 0);
  for (uint32_t a = 0; a < records.size(); ++a) {
    for (uint32_t b = a + 1; b < records.size(); ++b) {
      const Pair pair{a, b};
      if (!comparer.Holds(Of(linkage::Test::kEqual, kTown), pair)) continue;
      Pattern pattern = 0;
      comparer.Compare(std::span(&pair, 1), &scratch, &pattern);
      all.Add(pattern, 1);
      Condition swapped = Of(linkage::Test::kEitherReversed, kGiven);
      swapped.b = kFamily;
      agreeing[0] += comparer.Holds(Of(linkage::Test::kEqual, kBorn), pair);
      agreeing[1] += comparer.Holds(Of(linkage::Test::kCommonItems, kTags, 1), pair);
      agreeing[2] += comparer.Holds(swapped, pair);
    }
  }
  const StatusOr<EmPairs> pairs = CountEmPairs(comparer, RuleOn({kTown}), probes, 2);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_EQ(pairs->counts, JoinCounts(std::vector{all}));
  EXPECT_EQ(pairs->pairs, pairs->made);
  for (size_t p = 0; p < probes.size(); ++p) EXPECT_EQ(Sum(pairs->agreeing[p]), agreeing[p]) << p;
}

// Else the prior, which is reckoned from them, would grow with the number of values that two records share.
TEST(EmPairs, PairWithSeveralValuesInCommonIsMadeOnce) {
  const Model model = PeopleModel(LinkType::kDedupe);
  const RecordSet records = Records(model, {MakePeople(300, 3)});
  const Comparer comparer(model, records);
  uint64_t sharing = 0, sharing_two = 0;
  for (uint32_t a = 0; a < records.size(); ++a) {
    for (uint32_t b = a + 1; b < records.size(); ++b) {
      sharing += comparer.Holds(Of(linkage::Test::kCommonItems, kTags, 1), {a, b});
      sharing_two += comparer.Holds(Of(linkage::Test::kCommonItems, kTags, 2), {a, b});
    }
  }
  ASSERT_GT(sharing_two, 0u);
  const StatusOr<EmPairs> pairs = CountEmPairs(comparer, RuleOn({kTags}), {}, 2);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_EQ(pairs->made, sharing);
  EXPECT_EQ(pairs->pairs, sharing);
  const StatusOr<EmPairs> drawn = CountEmPairs(comparer, RuleOn({kTags}), {}, 2, sharing / 2);
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(drawn->made, sharing);
  EXPECT_LT(drawn->pairs, sharing);
}

TEST(EmPairs, LargeRuleIsDrawnFromTheSameWithAnyThreads) {
  const Model model = PeopleModel(LinkType::kDedupe);
  const RecordSet records = Records(model, {MakePeople(1500, 4)});
  const Comparer comparer(model, records);
  const StatusOr<EmPairs> all = CountEmPairs(comparer, RuleOn({kTown}), {}, 1);
  const StatusOr<EmPairs> one = CountEmPairs(comparer, RuleOn({kTown}), {}, 1, 20000);
  const StatusOr<EmPairs> three = CountEmPairs(comparer, RuleOn({kTown}), {}, 3, 20000);
  ASSERT_TRUE(all.ok() && one.ok() && three.ok());
  ASSERT_GT(all->pairs, 60000);
  EXPECT_EQ(one->made, all->made);
  EXPECT_EQ(one->counts, three->counts);
  EXPECT_EQ(Sum(one->counts), one->pairs);
  EXPECT_NEAR(static_cast<double>(one->pairs), 20000, 700);  // five times the scatter
}

TEST(PatternCounter, CountsAsAMapDoes) {
  std::mt19937_64 random(5);
  std::map<Pattern, uint64_t> plain;
  std::vector<PatternCounter> counters(3);
  for (int i = 0; i < 20000; ++i) {
    const Pattern pattern = random() % 3000 * 0x111111;
    const uint64_t pairs = random() % 3;
    if (pairs > 0) plain[pattern] += pairs;
    counters[random() % 3].Add(pattern, pairs);
  }
  std::vector<PatternCount> sorted;
  for (const auto& [pattern, pairs] : plain) sorted.push_back({pattern, pairs});
  EXPECT_EQ(JoinCounts(counters), sorted);
}

// A run as EM would give it, for a model with u of 0.1 and 0.9 everywhere.
struct Said {
  const char* why;
  std::vector<double> exact_m;  // of the four comparisons
  double share;
  bool converged;
  const char* doubt;  // "" for none
  bool swapped;
  double spoken = 1;  // share of the matches on which each comparison is not null
};

TEST(EmRuns, DoubtsAreNamed) {
  const Said cases[] = {
      {"a good run", {0.9, 0.8, 0.95, 0.7}, 0.3, true, "", false},
      {"not converged", {0.9, 0.8, 0.95, 0.7}, 0.3, false, "raise iterations", false},
      {"no matches", {0.9, 0.8, 0.95, 0.7}, 1e-6, true, "too few to tell", false},
      {"nothing but matches", {0.9, 0.8, 0.95, 0.7}, 0.999999, true, "holds all of its", false},
      {"one level reversed", {0.9, 0.8, 0.95, 0.05}, 0.3, true, "of comparison town is rarer among matches", false},
      {"swapped", {0.01, 0.02, 0.95, 0.05}, 0.3, true, "of comparison given is rarer among matches", true},
      {"next to nothing to learn from",
       {0.9, 0.8, 0.95, 0.7},
       0.3,
       true,
       "learns from 1.2 comparisons a pair",
       false,
       0.3},
  };
  Model model = PeopleModel(LinkType::kDedupe);
  for (Comparison& c : model.comparisons) {
    c.levels.resize(2);
    c.levels.push_back({.label = "else", .u = 0.9});
    c.levels[1].u = 0.1;
  }
  for (const Said& said : cases) {
    EmResult run{.prior = said.share, .pairs = 1e5, .iterations = 25};
    run.matches.assign(4, said.spoken * run.prior * run.pairs);
    run.converged = said.converged;
    run.largest_move = said.converged ? 0 : 0.01;
    for (double m : said.exact_m) run.m.push_back({NAN, m, 1 - m});
    const std::vector<std::string> doubts = DoubtsOf(model, "r", run);
    EXPECT_EQ(doubts.empty(), *said.doubt == 0) << said.why;
    if (!doubts.empty()) {
      EXPECT_NE(doubts[0].find(said.doubt), std::string::npos) << doubts[0];
    }
    EXPECT_EQ(IsSwapped(model, run), said.swapped) << said.why;
  }
}

TEST(EmRuns, LevelIsTheShareOfMatchesOfAllRunsThatSawIt) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.comparisons.resize(1);
  EmResult many{.m = {{NAN, 0.8, 0.1, 0.1}}, .matches = {3000}}, few{.m = {{NAN, 0.5, NAN, 0.5}}, .matches = {1000}};
  EXPECT_TRUE(SetMOfRuns(model, {"a", "b"}, {many, few}, &model).empty());
  EXPECT_NEAR(*model.comparisons[0].levels[1].m, 2900.5 / 4001.5, 1e-12);
  EXPECT_NEAR(*model.comparisons[0].levels[2].m, 300.5 / 4001.5, 1e-12);
  EXPECT_NEAR(*model.comparisons[0].levels[3].m, 800.5 / 4001.5, 1e-12);
}

}  // namespace
}  // namespace hearth::linkage
