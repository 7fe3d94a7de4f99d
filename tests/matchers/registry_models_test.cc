// Models by registry: trained on the registry's own pairs, shrunk to the common one, put together without an order.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <memory>

#include "matchers/scoring.h"
#include "tests/matchers/made_city.h"

namespace hearth {
namespace {

const ComparisonLevel& LevelOf(const std::vector<Comparison>& comparisons, ComparisonKind kind, size_t level) {
  const auto it =
      std::find_if(comparisons.begin(), comparisons.end(), [&](const Comparison& c) { return c.kind == kind; });
  EXPECT_NE(it, comparisons.end());
  return it->levels[level];
}

// People with a pension, a car and an account; of every hundred, `cars` cars and all other rows but none have the phone
// of the pension.
void AddPeople(MadeCity* city, int people, int cars_with_equal_phone) {
  std::string pensions = "row_no personal_no number name birth_date sex phone\n";
  std::string vehicles = "plate_no owner_number owner_name phone\n";
  for (int i = 0; i < people; ++i) {
    char digits[16], phone[16];
    std::snprintf(digits, sizeof digits, "19%02d%02d%02d%03d", 50 + i % 40, 1 + i % 12, 1 + i % 28, i % 999 + 1);
    std::snprintf(phone, sizeof phone, "139%08d", i);
    const std::string number = MadeNumber(digits), id = std::to_string(i);
    pensions += "p" + id + " s" + id + " " + number + " 王建国 - - " + phone + "\n";
    if (i % 100 >= cars_with_equal_phone) phone[3] = '9';
    vehicles += "v" + id + " " + number + " 王建国 " + phone + "\n";
  }
  city->Add("pensions", pensions);
  city->Add("vehicles", vehicles);
}

TEST(RegistryTraining, ALargeRegistryTakesItsOwnErrorRates) {
  MadeCity agreeing, differing;
  AddPeople(&agreeing, 3000, 98);
  AddPeople(&differing, 3000, 30);
  agreeing.Link();
  differing.Link();
  const auto share = [](const MadeCity& city) {
    return LevelOf(city.stats().trained.Of("vehicles").comparisons, ComparisonKind::kPhone, 0).m;
  };
  EXPECT_GT(share(agreeing), 0.85);
  EXPECT_LT(share(differing), 0.40);
}

TEST(RegistryTraining, ASmallRegistryKeepsItsStart) {
  MadeCity city;
  AddPeople(&city, 20, 0);
  city.Link();
  const double stated = LevelOf(ShippedModels().Of("vehicles").comparisons, ComparisonKind::kPhone, 0).m;
  const double trained = LevelOf(city.stats().trained.Of("vehicles").comparisons, ComparisonKind::kPhone, 0).m;
  EXPECT_LT(trained, stated);
  EXPECT_GT(trained, stated * 0.7) << "twenty pairs that disagree are no proof";
}

TEST(RegistryTraining, SharesSumToOneAndUIsCommon) {
  MadeCity city;
  AddPeople(&city, 800, 60);
  city.Link();
  const LinkModels& models = city.stats().trained;
  ASSERT_EQ(models.registries.size(), 2u);
  for (const RegistryModel& model : models.registries) {
    for (size_t i = 0; i < model.comparisons.size(); ++i) {
      const Comparison& c = model.comparisons[i];
      double sum = 0;
      for (size_t l = 0; l < c.levels.size(); ++l) {
        sum += c.levels[l].m;
        EXPECT_EQ(c.levels[l].u, models.common.comparisons[i].levels[l].u);
      }
      if (c.train) {
        EXPECT_NEAR(sum, 1, 1e-9) << model.registry << " " << ComparisonName(c.kind);
      }
    }
  }
}

class ScorerTest : public testing::Test {
 protected:
  void SetUp() override {
    city_.Add("pensions", R"(
      row_no  personal_no  number        name    birth_date  sex   phone
      a       p1           -             王建国  1985-01-01  male  13900000001
      n       p2           @19850101113  王建国  1985-01-01  male  13900000001
    )");
    city_.Add("vehicles", R"(
      plate_no  owner_number  owner_name  phone        address
      v1        -             王建过      13900000001  东坪区幸福路1号2幢1单元301室
    )");
    city_.Add("deaths", R"(
      certificate_no  number  name    birth_date
      d1              -       王建国  1985-01-01
    )");
    const Mention mentions[] = {city_.Place("pensions/a"), city_.Place("pensions/n"), city_.Place("vehicles/v1/owner"),
                                city_.Place("deaths/d1")};
    ids_ = IdentitiesOf(city_.Tables(), mentions);
    scorer_ = std::make_unique<Scorer>(ids_, RankModels(city_.Tables(), ShippedModels()),
                                       std::vector<uint32_t>(ids_.names.size(), 1), 1000);
  }
  Profile Of(std::initializer_list<size_t> identities) const {
    Profile p;
    p.Clear();
    for (const size_t i : identities) p.Add(ids_.all[i]);
    return p;
  }
  MadeCity city_;
  Identities ids_;
  std::unique_ptr<Scorer> scorer_;
};

TEST_F(ScorerTest, IsSymmetric) {
  const Profile sides[] = {Of({0}), Of({1}), Of({2}), Of({3}), Of({0, 2}), Of({1, 3})};
  for (const Profile& a : sides) {
    for (const Profile& b : sides) {
      const PairLevels there = scorer_->Compare(a, b), back = scorer_->Compare(b, a);
      EXPECT_EQ(there.level, back.level);
      EXPECT_EQ(there.registries, back.registries);
      EXPECT_EQ(scorer_->Score(there).bits, scorer_->Score(back).bits);
      EXPECT_EQ(scorer_->Score(there).fits, scorer_->Score(back).fits);
    }
  }
}

TEST_F(ScorerTest, TheLooseSidesRegistryWeighs) {
  const PairLevels levels = scorer_->Compare(Of({2}), Of({1}));
  EXPECT_EQ(std::popcount(levels.registries), 1) << "the vehicle row looks for the numbered person";
  const double u = LevelOf(ShippedModels().common.comparisons, ComparisonKind::kPhone, 0).u;
  const double m = LevelOf(ShippedModels().Of("vehicles").comparisons, ComparisonKind::kPhone, 0).m;
  EXPECT_DOUBLE_EQ(scorer_->Bits(ComparisonKind::kPhone, levels), std::log2(m / u));
  EXPECT_EQ(scorer_->Compare(Of({1}), Of({1})).registries, 0u) << "two numbered sides: the common model";
}

TEST_F(ScorerTest, RowsOfSeveralRegistriesTakeTheMeanAndTheStrictestThresholds) {
  const PairLevels levels = scorer_->Compare(Of({0, 2, 3}), Of({1}));
  ASSERT_EQ(std::popcount(levels.registries), 3);
  double m = 0;
  for (const char* registry : {"deaths", "pensions", "vehicles"}) {
    m += LevelOf(ShippedModels().Of(registry).comparisons, ComparisonKind::kPhone, 0).m / 3;
  }
  const double u = LevelOf(ShippedModels().common.comparisons, ComparisonKind::kPhone, 0).u;
  EXPECT_NEAR(scorer_->Bits(ComparisonKind::kPhone, levels), std::log2(m / u), 1e-12);
  EXPECT_EQ(scorer_->ThresholdsOf(levels.registries).upper_bits, ShippedModels().Of("deaths").thresholds.upper_bits);
}

TEST(RegistryBlocking, ARowLooksOnlyByTheRulesOfItsRegistry) {
  // The same row, once in a registry that looks by phone and once in one that does not.
  const auto linked = [](const char* rules) {
    const auto vehicles = ParseRegistryModel(std::string("registry: vehicles\nblocking: [") + rules + "]\n", "v.yaml",
                                             ShippedModels().common);
    EXPECT_TRUE(vehicles.ok()) << vehicles.status();
    MadeCity city;
    city.Add("pensions", R"(
      row_no  personal_no  number        name    birth_date  sex   phone
      n       p2           @19850101113  王建国  1985-01-01  male  13900000001
    )");
    city.Add("vehicles", R"(
      plate_no  owner_number  owner_name  phone
      v1        -             王建国      13900000001
    )");
    const auto tables = city.Tables();
    LinkStats stats;
    LinkPersons(tables, {ShippedModels().common, {*vehicles}}, {}, {}, {}, &stats);
    return stats.persons == 1;
  };
  EXPECT_TRUE(linked("[name, phone]"));
  EXPECT_FALSE(linked("[name, address]"));
}

}  // namespace
}  // namespace hearth
