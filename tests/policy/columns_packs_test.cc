// The columns engine against the plain evaluator, on random units of the project's packs.
#include <gtest/gtest.h>

#include "tests/policy/columns_against_plain.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

Pack Load(const std::string& id) {
  StatusOr<Pack> pack = LoadPack(std::string(HEARTH_SOURCE_DIR) + "/packs/" + id, ProjectSchemas());
  HEARTH_CHECK(pack.ok(), Message(pack.status()));
  return *pack;
}

CivilDay DayWithin(const Pack& pack) { return CivilDay{std::min(pack.valid_from().days + 500, pack.valid_to().days)}; }

std::vector<std::string> PackIds() {
  std::vector<std::string> ids;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(HEARTH_SOURCE_DIR) + "/packs")) {
    if (std::filesystem::exists(entry.path() / "pack.yaml")) ids.push_back(entry.path().filename().string());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST(ColumnsOfPacks, GiveWhatThePlainEvaluatorGives) {
  for (const std::string& id : PackIds()) {
    SCOPED_TRACE(id);
    const Pack pack = Load(id);
    auto layout = std::make_shared<const BatchLayout>(pack);
    const StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, {}, DayWithin(pack));
    ASSERT_TRUE(fast.ok()) << Message(fast.status());
    const BatchEvaluator::Shape shape = fast->shape();
    std::printf("%s: rules %d of %d, facts %d of %d in columns, %d nodes, %d steps\n%s", id.c_str(),
                shape.rules_in_columns, shape.rules, shape.facts_in_columns, shape.facts, shape.nodes, shape.steps,
                DescribeBoxed(*fast).c_str());
    Tally all;
    for (const double unknown : {0.0, 0.02, 0.3}) {
      for (const double unset : {0.0, 0.3}) {
        const Tally t =
            CompareWithPlain(pack, RandomSite(pack, 5, unset), DayWithin(pack), 11, 300, 100, {.unknown = unknown});
        for (int i = 0; i < 3; ++i) all.outcomes[i] += t.outcomes[i];
        EXPECT_EQ(t.different, 0u) << "of " << t.compared << ", unknown " << unknown << ", unset " << unset;
      }
    }
    for (const size_t count : all.outcomes) EXPECT_GT(count, 0u);
  }
}

TEST(ColumnsOfPacks, UnitsThatDoNotFitAreWorkedOutApart) {
  const Pack pack = Load("wenzhou-2022");
  const Tally t = CompareWithPlain(pack, RandomSite(pack, 6, 0), DayWithin(pack), 12, 400, 64, {.odd = 0.1});
  EXPECT_EQ(t.different, 0u);
  EXPECT_GT(t.boxed_units, 50u);
}

TEST(ColumnsOfPacks, GrantedClassesAreTakenAsTrue) {
  const Pack pack = Load("wenzhou-2022");
  BatchOptions options;
  options.granted = {"in_dibao"};
  const Tally t = CompareWithPlain(pack, RandomSite(pack, 7, 0), DayWithin(pack), 13, 300, 100, {}, options);
  EXPECT_EQ(t.different, 0u);
}

}  // namespace
}  // namespace hearth
