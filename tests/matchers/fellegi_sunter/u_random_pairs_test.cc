// Random pairs: counting distinct values is counting pairs; the sample is the ids' alone.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "matchers/fellegi_sunter/random_pairs.h"
#include "tests/matchers/fellegi_sunter/train_people.h"

namespace hearth::linkage {
namespace {

// Comparisons of every kind of column: one, two, several values, derived.
Model WideModel(LinkType link_type) {
  Model model = PeopleModel(link_type);
  model.comparisons.push_back({.name = "tags",
                               .levels = {{.label = "two", .when = Of(linkage::Test::kCommonItems, kTags, 2)},
                                          {.label = "one", .when = Of(linkage::Test::kCommonItems, kTags, 1)},
                                          {.label = "else"}}});
  Condition reversed = Of(linkage::Test::kReversed, kGiven);
  reversed.b = kFamily;
  Condition both{.test = linkage::Test::kAnd,
                 .parts = {Of(linkage::Test::kEqual, kTown), Of(linkage::Test::kEqual, kYear)}};
  model.comparisons.push_back(
      {.name = "mixed",
       .levels = {{.label = "reversed", .when = reversed}, {.label = "both", .when = both}, {.label = "else"}}});
  return model;
}

LevelCounts OneByOne(const Comparer& comparer, const RecordSample& sample, int comparison) {
  Comparer::Scratch scratch(comparer);
  LevelCounts counts{};
  const auto count = [&](uint32_t a, uint32_t b) {
    const Pair pair{a, b};
    uint8_t level = 0;
    comparer.CompareOne(comparison, std::span(&pair, 1), &scratch, &level);
    ++counts[level];
  };
  for (size_t i = 0; i < sample.left.size(); ++i) {
    for (size_t j = i + 1; j < sample.left.size() && sample.right.empty(); ++j) count(sample.left[i], sample.left[j]);
    for (uint32_t r : sample.right) count(sample.left[i], r);
  }
  return counts;
}

TEST(RandomPairs, DistinctValuesGiveTheCountsOfAllPairs) {
  for (LinkType type : {LinkType::kDedupe, LinkType::kLink, LinkType::kLinkAndDedupe}) {
    Model model = WideModel(type);
    model.training.u_pairs = 20000;
    const Table a = MakePeople(300, 1), b = MakePeople(150, 2);
    const RecordSet records = Records(model, type == LinkType::kDedupe ? std::vector{a} : std::vector{a, b});
    const Comparer comparer(model, records);
    const RecordSample sample = SampleRecords(model, records);
    EXPECT_EQ(sample.right.empty(), type != LinkType::kLink);
    const std::vector<int> all = {0, 1, 2, 3, 4, 5};
    const std::vector<LevelCounts> one = CountRandomPairs(comparer, sample, all, 1);
    const std::vector<LevelCounts> two = CountRandomPairs(comparer, sample, all, 3);
    for (int c : all) {
      EXPECT_EQ(one[c], OneByOne(comparer, sample, c)) << model.comparisons[c].name;
      EXPECT_EQ(one[c], two[c]) << "threads";
      uint64_t pairs = 0;
      for (uint64_t n : one[c]) pairs += n;
      EXPECT_EQ(pairs, sample.pairs());
    }
  }
}

std::set<std::string> IdsOf(const RecordSet& records, const std::vector<uint32_t>& sample) {
  std::set<std::string> ids;
  for (uint32_t r : sample) ids.insert(std::string(records.Id(r)));
  return ids;
}

TEST(RandomPairs, SampleIsAsSmallAsMakesThePairs) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.u_pairs = 5000;
  const RecordSet records = Records(model, {MakePeople(300, 3)});
  const uint64_t n = SampleRecords(model, records).left.size();
  EXPECT_GE(n * (n - 1) / 2, 5000);
  EXPECT_LT((n - 1) * (n - 2) / 2, 5000);
  model.training.u_pairs = 1e12;
  EXPECT_EQ(SampleRecords(model, records).left.size(), records.size());
}

TEST(RandomPairs, SampleFollowsFromIdsAndSeedNotFromRowOrder) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.u_pairs = 5000;
  const Table table = MakePeople(300, 4);
  const RecordSet records = Records(model, {table}), shuffled = Records(model, {Shuffled(table, 9)});
  const std::set<std::string> ids = IdsOf(records, SampleRecords(model, records).left);
  EXPECT_EQ(ids, IdsOf(shuffled, SampleRecords(model, shuffled).left));
  model.training.seed = 2;
  EXPECT_NE(ids, IdsOf(records, SampleRecords(model, records).left));
}

TEST(RandomPairs, AcrossTablesAllOfAMuchSmallerOneIsTaken) {
  Model model = PeopleModel(LinkType::kLink);
  model.training.u_pairs = 4000;
  const RecordSet records = Records(model, {MakePeople(10, 5), MakePeople(400, 6)});
  const RecordSample sample = SampleRecords(model, records);
  EXPECT_EQ(sample.left.size(), records.source_begin[1]);
  EXPECT_GE(sample.pairs(), 4000);
  EXPECT_LT(sample.right.size(), records.size() - records.source_begin[1]);
  for (uint32_t r : sample.right) EXPECT_GE(r, records.source_begin[1]);
}

TEST(RandomPairs, NoPairsGiveAnEmptySample) {
  const Model model = PeopleModel(LinkType::kDedupe);
  Table one = MakePeople(1, 7);
  one.ids.resize(1);
  one.rows.resize(1);
  const RecordSet records = Records(model, {one});
  EXPECT_EQ(AllPairs(model, records), 0);
  EXPECT_TRUE(SampleRecords(model, records).left.empty());
}

TEST(RandomPairs, ExactAgreementIsThatOfAllPairs) {
  for (LinkType type : {LinkType::kDedupe, LinkType::kLink}) {
    for (bool with_null : {true, false}) {
      Model model = PeopleModel(type);
      model.training.u_pairs = 1e12;
      if (!with_null) {
        for (Comparison& c : model.comparisons) c.levels.erase(c.levels.begin());
      }
      const Table a = MakePeople(120, 8), b = MakePeople(80, 9);
      const RecordSet records = Records(model, type == LinkType::kDedupe ? std::vector{a} : std::vector{a, b});
      const Comparer comparer(model, records);
      const RecordSample sample = SampleRecords(model, records);
      for (int c = 0; c < 4; ++c) {
        const LevelCounts counts = OneByOne(comparer, sample, c);
        const std::optional<ExactAgreement> exact = CountExactAgreement(model.comparisons[c], model, records);
        ASSERT_TRUE(exact);
        EXPECT_EQ(exact->level, with_null ? 1 : 0);
        EXPECT_EQ(exact->equal, counts[exact->level]);
        EXPECT_EQ(exact->pairs, sample.pairs() - (with_null ? counts[0] : 0));
      }
    }
  }
}

TEST(RandomPairs, ExactAgreementIsNotCountedFromValuesWhereTheyDoNotTell) {
  const Model model = WideModel(LinkType::kDedupe);
  const RecordSet records = Records(model, {MakePeople(20, 10)});
  EXPECT_FALSE(CountExactAgreement(model.comparisons[4], model, records)) << "several values a record";
  EXPECT_FALSE(CountExactAgreement(model.comparisons[5], model, records)) << "two columns";
  Comparison other = model.comparisons[0];
  other.levels[0].when = Of(linkage::Test::kNull, kTown);
  EXPECT_FALSE(CountExactAgreement(other, model, records)) << "null by another column";
  Comparison graded = model.comparisons[0];
  std::swap(graded.levels[1], graded.levels[2]);
  EXPECT_FALSE(CountExactAgreement(graded, model, records)) << "equality is not tried first";
}

}  // namespace
}  // namespace hearth::linkage
