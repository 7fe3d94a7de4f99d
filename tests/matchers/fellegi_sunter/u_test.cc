// u: what is measured, what stays, and matches taken out of random pairs.
#include "matchers/fellegi_sunter/u.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/matchers/fellegi_sunter/train_people.h"

namespace hearth::linkage {
namespace {

TEST(U, IsTheShareOfAllPairsAtTheLevel) {
  const Model model = PeopleModel(LinkType::kDedupe);
  const RecordSet records = Records(model, {MakePeople(200, 1)});
  const Comparer comparer(model, records);
  Model measured = model;
  const UFacts facts = MeasureU(comparer, 2, &measured);
  EXPECT_EQ(facts.sample_records, records.size());  // fewer pairs than u_pairs
  Comparer::Scratch scratch(comparer);
  for (int c = 0; c < 4; ++c) {
    std::vector<double> counts(16, 0);
    double spoken = 0;
    for (uint32_t a = 0; a < records.size(); ++a) {
      for (uint32_t b = a + 1; b < records.size(); ++b) {
        const Pair pair{a, b};
        uint8_t level = 0;
        comparer.CompareOne(c, std::span(&pair, 1), &scratch, &level);
        ++counts[level];
        spoken += level != 0;
      }
    }
    for (size_t l = 1; l < measured.comparisons[c].levels.size(); ++l) {
      EXPECT_NEAR(*measured.comparisons[c].levels[l].u, counts[l] / spoken, 1e-12);
    }
    EXPECT_FALSE(measured.comparisons[c].levels[0].u) << "null level";
  }
}

TEST(U, LevelThatNeverOccursGetsHalfAPairAndAWarning) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.comparisons[3].levels[1].when = Of(linkage::Test::kLiteral, kTown);
  model.comparisons[3].levels[1].when.text = "no such town";
  const RecordSet records = Records(model, {MakePeople(50, 2)});
  const Comparer comparer(model, records);
  Model measured = model;
  const UFacts facts = MeasureU(comparer, 1, &measured);
  const double pairs = 0.5 * static_cast<double>(records.size()) * (static_cast<double>(records.size()) - 1);
  EXPECT_NEAR(*measured.comparisons[3].levels[1].u, 0.5 / pairs, 1e-12);
  ASSERT_EQ(facts.warnings.size(), 1);
  EXPECT_NE(facts.warnings[0].find("level \"exact\" of comparison town never occurs by chance"), std::string::npos);
}

TEST(U, GivenAndFixedOnesStay) {
  Model model = PeopleModel(LinkType::kDedupe);
  for (size_t l = 1; l < 4; ++l) model.comparisons[0].levels[l].u = 0.3;
  model.comparisons[1].levels[1].u = 0.125;
  model.comparisons[1].levels[1].fixed_u = true;
  const RecordSet records = Records(model, {MakePeople(50, 3)});
  const Comparer comparer(model, records);
  Model measured = model;
  MeasureU(comparer, 1, &measured);
  for (size_t l = 1; l < 4; ++l) EXPECT_EQ(*measured.comparisons[0].levels[l].u, 0.3) << "all given";
  EXPECT_EQ(*measured.comparisons[1].levels[1].u, 0.125) << "fixed";
  EXPECT_TRUE(measured.comparisons[1].levels[2].u) << "beside a fixed one";
}

TEST(U, ComparisonThatIsAlwaysNullSaysNothing) {
  Model model = PeopleModel(LinkType::kDedupe);
  Table table = MakePeople(30, 4);
  for (Row& row : table.rows) row[3].clear();
  const RecordSet records = Records(model, {table});
  const Comparer comparer(model, records);
  Model measured = model;
  const UFacts facts = MeasureU(comparer, 1, &measured);
  EXPECT_EQ(*measured.comparisons[3].levels[1].u, *measured.comparisons[3].levels[2].u);
  ASSERT_EQ(facts.warnings.size(), 1);
  EXPECT_NE(facts.warnings[0].find("comparison town is null on every random pair"), std::string::npos);
}

TEST(U, MatchesAreTakenOut) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.prior = 0.01;
  model.comparisons[0].levels[1].m = 0.8;
  model.comparisons[0].levels[2].m = 0.1;
  UFacts facts;
  facts.measured = {{0, 1, 0.02, 1e-6}, {0, 2, 0.0005, 1e-6}};
  TakeOutMatches(facts, &model);
  EXPECT_NEAR(*model.comparisons[0].levels[1].u, (0.02 - 0.008) / 0.99, 1e-12);
  EXPECT_EQ(*model.comparisons[0].levels[2].u, 1e-6) << "more matches than were seen: half a pair is left";
}

}  // namespace
}  // namespace hearth::linkage
