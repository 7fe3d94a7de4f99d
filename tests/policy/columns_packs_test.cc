// The columns engine against the plain evaluator, on random units of the project's packs.
#include <gtest/gtest.h>

#include "policy/columns/batch_evaluator.h"
#include "policy/evaluate.h"
#include "tests/policy/columns_random_units.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

std::string Show(const Pack& pack, const Determination& d) {
  std::string out =
      pack.rules()[d.rule].id + " member " + std::to_string(d.member) + " " + std::string(OutcomeName(d.outcome));
  if (d.amount) out += " " + d.amount->ToString();
  for (const std::string& m : d.missing) out += " " + m;
  return out;
}

struct Tally {
  size_t compared = 0, different = 0, boxed_units = 0;
  size_t outcomes[3] = {};
};

// Compares batches of `batch_size` units with the plain evaluator; at most a few differences are told.
Tally CompareWithPlain(const Pack& pack, const SiteParameters& site, CivilDay as_of, uint64_t seed, size_t units,
                       size_t batch_size, const RandomShares& shares, BatchOptions options = {}) {
  Tally tally;
  auto layout = std::make_shared<const BatchLayout>(pack);
  StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, site, as_of, options);
  EvaluateOptions plain_options;
  plain_options.granted = options.granted;
  plain_options.rules = options.rules;
  StatusOr<Evaluator> plain = Evaluator::Create(pack, site, as_of, plain_options);
  EXPECT_TRUE(fast.ok() && plain.ok());
  RandomUnits random(pack, seed, shares);
  UnitBatch batch(layout);
  BatchResult result;
  for (size_t done = 0; done < units; done += batch_size) {
    std::vector<UnitFacts> facts;
    for (size_t i = 0; i < batch_size; ++i) facts.push_back(random.Next());
    batch.Clear();
    for (const UnitFacts& f : facts) batch.Append(f);
    const Status status = fast->Evaluate(batch, &result);
    EXPECT_TRUE(status.ok()) << Message(status);
    tally.boxed_units += result.boxed_units();
    for (size_t u = 0; u < batch_size; ++u) {
      std::vector<Determination> expected, got;
      plain->Evaluate(facts[u], &expected);
      EXPECT_TRUE(fast->ToDeterminations(batch, result, u, true, &got).ok());
      EXPECT_EQ(expected.size(), got.size());
      for (size_t i = 0; i < std::min(expected.size(), got.size()); ++i) {
        ++tally.compared;
        ++tally.outcomes[static_cast<int>(expected[i].outcome)];
        if (expected[i] == got[i]) continue;
        if (++tally.different <= 8) {
          ADD_FAILURE() << "seed " << seed << " unit " << done + u << "\n  plain   " << Show(pack, expected[i])
                        << "\n  columns " << Show(pack, got[i]);
        }
      }
    }
  }
  return tally;
}

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
