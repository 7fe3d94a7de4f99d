// What must not change a result: how units are put into batches, in which order, and on which loops they run.
#include <gtest/gtest.h>

#include <set>

#include "tests/policy/columns_against_plain.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

Pack LoadFolder(const std::string& folder) {
  StatusOr<Pack> pack = LoadPack(std::string(HEARTH_SOURCE_DIR) + "/" + folder, ProjectSchemas());
  HEARTH_CHECK(pack.ok(), Message(pack.status()));
  return *pack;
}

std::vector<std::vector<Determination>> Evaluate(const Pack& pack, const std::vector<const UnitFacts*>& units,
                                                 size_t batch_size, bool portable) {
  auto layout = std::make_shared<const BatchLayout>(pack);
  BatchOptions options;
  options.portable = portable;
  StatusOr<BatchEvaluator> fast =
      BatchEvaluator::Create(layout, RandomSite(pack, 9, 0.1), CivilDay::FromYmd(2024, 2, 29).value(), options);
  HEARTH_CHECK(fast.ok(), Message(fast.status()));
  UnitBatch batch(layout);
  BatchResult result;
  std::vector<std::vector<Determination>> all;
  for (size_t first = 0; first < units.size(); first += batch_size) {
    batch.Clear();
    const size_t count = std::min(batch_size, units.size() - first);
    for (size_t i = 0; i < count; ++i) batch.Append(*units[first + i]);
    EXPECT_TRUE(fast->Evaluate(batch, &result).ok());
    for (size_t i = 0; i < count; ++i) {
      all.emplace_back();
      EXPECT_TRUE(fast->ToDeterminations(batch, result, i, false, &all.back()).ok());
    }
  }
  return all;
}

TEST(ColumnsOfBatches, NeitherSizeNorOrderNorLoopsChangeAResult) {
  const Pack pack = LoadFolder("packs/wenzhou-2022");
  RandomUnits random(pack, 21, {.odd = 0.01});
  std::vector<UnitFacts> units;
  for (int i = 0; i < 150; ++i) units.push_back(random.Next());
  std::vector<const UnitFacts*> forward, backward;
  for (const UnitFacts& u : units) forward.push_back(&u);
  backward.assign(forward.rbegin(), forward.rend());
  const auto whole = Evaluate(pack, forward, 150, false);
  EXPECT_EQ(Evaluate(pack, forward, 1, false), whole);
  EXPECT_EQ(Evaluate(pack, forward, 64, false), whole);
  EXPECT_EQ(Evaluate(pack, forward, 7, true), whole);
  auto reversed = Evaluate(pack, backward, 33, false);
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(reversed, whole);
}

TEST(ColumnsOfBatches, AnEmptyBatchHasNoSubjects) {
  const Pack pack = LoadFolder("packs/wenzhou-2022");
  EXPECT_TRUE(Evaluate(pack, {}, 1, false).empty());
  auto layout = std::make_shared<const BatchLayout>(pack);
  StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, {}, CivilDay::FromYmd(2024, 2, 29).value());
  ASSERT_TRUE(fast.ok());
  UnitBatch batch(layout);
  BatchResult result;
  EXPECT_TRUE(fast->Evaluate(batch, &result).ok());
  for (const RuleColumn& rule : result.rules()) EXPECT_EQ(rule.lanes, 0u);
}

TEST(ColumnsOfBatches, AFamilyOfTenThousandMembersIsOneAmongOthers) {
  // The plain evaluator is the slow side: rules of a whole pack look at each pair of members.
  for (const auto& [folder, members] :
       {std::pair("packs/wenzhou-2022", 300), std::pair("bench/policy/fourteen", 10000)}) {
    const Pack pack = LoadFolder(folder);
    RandomUnits random(pack, 22, {.unknown = 0.01, .members_max = 3});
    std::vector<UnitFacts> units;
    for (int i = 0; i < 5; ++i) units.push_back(random.Next());
    UnitFacts& crowd = units[2];
    while (crowd.members.empty()) crowd = random.Next();
    const size_t first = crowd.members.size();
    while (crowd.members.size() < static_cast<size_t>(members)) {
      crowd.members.push_back(crowd.members[crowd.members.size() % first]);
    }
    std::vector<const UnitFacts*> all;
    for (const UnitFacts& u : units) all.push_back(&u);
    const auto together = Evaluate(pack, all, 5, false);
    StatusOr<Evaluator> plain =
        Evaluator::Create(pack, RandomSite(pack, 9, 0.1), CivilDay::FromYmd(2024, 2, 29).value());
    ASSERT_TRUE(plain.ok());
    for (size_t u = 0; u < units.size(); ++u) {
      std::vector<Determination> expected;
      plain->Evaluate(units[u], &expected);
      for (Determination& d : expected) d.missing.clear();
      EXPECT_EQ(together[u], expected) << u;
    }
  }
}

TEST(ColumnsOfBatches, AGivenDerivedFactIsNotDerivedAgain) {
  const Pack pack = LoadFolder("packs/wenzhou-2022");
  RandomUnits random(pack, 23);
  std::vector<UnitFacts> units;
  for (int i = 0; i < 20; ++i) {
    units.push_back(random.Next());
    if (units.back().members.empty() || i % 2 == 0) continue;
    ASSERT_TRUE(SetFact(pack, &units.back(), FactPlace::kMember, "age", Value::Number(int64_t{i * 5}), 0).ok());
  }
  StatusOr<Evaluator> plain = Evaluator::Create(pack, RandomSite(pack, 9, 0.1), CivilDay::FromYmd(2024, 2, 29).value());
  ASSERT_TRUE(plain.ok());
  std::vector<const UnitFacts*> all;
  for (const UnitFacts& u : units) all.push_back(&u);
  const auto fast = Evaluate(pack, all, 20, false);
  for (size_t u = 0; u < units.size(); ++u) {
    std::vector<Determination> expected;
    plain->Evaluate(units[u], &expected);
    for (Determination& d : expected) d.missing.clear();
    EXPECT_EQ(fast[u], expected) << u;
  }
}

TEST(ColumnsOfBatches, TheFourteenRulesRunInColumnsWhole) {
  const Pack pack = LoadFolder("bench/policy/fourteen");
  const Tally t = CompareWithPlain(pack, {}, CivilDay::FromYmd(2025, 6, 1).value(), 24, 2000, 500, {.unknown = 0.1});
  EXPECT_EQ(t.different, 0u);
  EXPECT_EQ(t.boxed_units, 0u);
  for (const size_t count : t.outcomes) EXPECT_GT(count, 0u);
  auto layout = std::make_shared<const BatchLayout>(pack);
  const StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, {}, CivilDay::FromYmd(2025, 6, 1).value());
  EXPECT_EQ(DescribeBoxed(*fast), "");
}

TEST(ColumnsOfBatches, ABoundColumnOutOfBoundsWithoutFallbackIsAnError) {
  const Pack pack = LoadFolder("bench/policy/fourteen");
  BatchLayout narrow(pack);
  ASSERT_TRUE(narrow.Narrow(FactPlace::kHousehold, "region", Width::k8, 0, 7).ok());
  EXPECT_EQ(narrow.Narrow(FactPlace::kHousehold, "regions", Width::k8).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(narrow.Narrow(FactPlace::kMember, "student", Width::k8).code(), absl::StatusCode::kInvalidArgument);
  auto layout = std::make_shared<const BatchLayout>(std::move(narrow));
  StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, {}, CivilDay::FromYmd(2025, 6, 1).value());
  ASSERT_TRUE(fast.ok());
  UnitBatch batch(layout);
  BatchResult result;
  const uint32_t offsets[3] = {0, 1, 2};
  for (const int8_t region : {int8_t{3}, int8_t{9}}) {
    const int8_t regions[2] = {1, region};
    batch.Clear();
    batch.BindUnits(2, offsets);
    batch.BindFact(FactPlace::kHousehold, pack.layout().Slot(FactPlace::kHousehold, "region"), {regions, 2});
    const Status s = fast->Evaluate(batch, &result);
    EXPECT_EQ(s.code(), region == 3 ? absl::StatusCode::kOk : absl::StatusCode::kFailedPrecondition) << Message(s);
  }
}

TEST(ColumnsOfBatches, DerivedFactsAreKeptOnRequest) {
  const Pack pack = LoadFolder("packs/wenzhou-2022");
  auto layout = std::make_shared<const BatchLayout>(pack);
  BatchOptions options;
  options.want_facts = true;
  const SiteParameters site = RandomSite(pack, 9, 0.1);
  const CivilDay as_of = CivilDay::FromYmd(2024, 2, 29).value();
  StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, site, as_of, options);
  StatusOr<Evaluator> plain = Evaluator::Create(pack, site, as_of);
  ASSERT_TRUE(fast.ok() && plain.ok());
  RandomUnits random(pack, 25, {.odd = 0.002});
  std::vector<UnitFacts> units;
  for (int i = 0; i < 60; ++i) units.push_back(random.Next());
  UnitBatch batch(layout);
  for (const UnitFacts& u : units) batch.Append(u);
  BatchResult result;
  ASSERT_TRUE(fast->Evaluate(batch, &result).ok());
  size_t known = 0;
  for (size_t f = 0; f < pack.derived_facts().size(); ++f) {
    const DerivedFact& fact = pack.derived_facts()[f];
    if (fact.type == FactType::kRows || fact.type == FactType::kAny || fact.type == FactType::kList) continue;
    for (size_t u = 0; u < units.size(); ++u) {
      const bool of_members = fact.place == FactPlace::kMember;
      for (size_t m = 0; m < (of_members ? units[u].members.size() : 1); ++m) {
        const Value got = result.DerivedFact(static_cast<int>(f), of_members ? batch.MemberOffset(u) + m : u);
        if (got.IsNull()) continue;  // unknown, or not needed by any rule
        ++known;
        const StatusOr<Value> expected =
            plain->Fact(units[u], fact.place, fact.name, of_members ? static_cast<int>(m) : -1);
        ASSERT_TRUE(expected.ok());
        if (got.kind() == Value::Kind::kNumber && expected->kind() == Value::Kind::kNumber) {
          EXPECT_EQ(got.number().Round(20, Decimal::Mode::kHalfEven),
                    expected->number().Round(20, Decimal::Mode::kHalfEven))
              << fact.name;
        } else {
          EXPECT_EQ(got, *expected) << fact.name;
        }
      }
    }
  }
  EXPECT_GT(known, 5000u);
}

// What a trace of the plain evaluator read is among what was taken; what no trace read seldom is.
TEST(ColumnsOfBatches, FactsOnBranchesNotTakenAreNotTaken) {
  const Pack pack = LoadFolder("packs/wenzhou-2022");
  auto layout = std::make_shared<const BatchLayout>(pack);
  BatchOptions options;
  options.want_facts = true;
  const SiteParameters site = RandomSite(pack, 9, 0.0);
  const CivilDay as_of = CivilDay::FromYmd(2024, 2, 29).value();
  StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, site, as_of, options);
  StatusOr<Evaluator> plain = Evaluator::Create(pack, site, as_of);
  ASSERT_TRUE(fast.ok() && plain.ok());
  RandomUnits random(pack, 26);
  std::vector<UnitFacts> units;
  for (int i = 0; i < 20; ++i) units.push_back(random.Next());
  UnitBatch batch(layout);
  for (const UnitFacts& u : units) batch.Append(u);
  BatchResult result;
  ASSERT_TRUE(fast->Evaluate(batch, &result).ok());
  size_t both = 0, only_taken = 0, neither = 0;
  for (size_t u = 0; u < units.size(); ++u) {
    std::set<std::string> read;
    for (uint32_t r = 0; r < pack.rules().size(); ++r) {
      const bool person = pack.rules()[r].unit == RuleUnit::kPerson;
      const RuleColumn& column = result.rules()[r];
      if (!person && !column.IsEligible(u) && !RuleColumn::Bit(column.not_eligible, u) &&
          !RuleColumn::Bit(column.needs_information, u)) {
        continue;
      }
      for (int m = person ? 0 : -1; m < (person ? static_cast<int>(units[u].members.size()) : 0); ++m) {
        const StatusOr<Trace> trace = plain->Explain(units[u], r, m);
        ASSERT_TRUE(trace.ok());
        for (const TraceStep& step : trace->steps) {
          if (step.kind == TraceStep::Kind::kParameter) read.insert("parameter " + step.name);
          if (step.kind == TraceStep::Kind::kFact || step.kind == TraceStep::Kind::kDerived) {
            read.insert(step.subject + " " + step.name);
          }
        }
      }
    }
    const auto count = [&](bool taken, const std::string& what) {
      const bool traced = read.contains(what);
      EXPECT_TRUE(taken || !traced) << "unit " << u << ": " << what;
      ++(traced ? both : taken ? only_taken : neither);
    };
    for (const RawFact& f : pack.raw_facts()) {
      if (f.place == FactPlace::kHousehold) count(result.FactTaken(f.place, f.slot, u), "household " + f.name);
      if (f.place != FactPlace::kMember) continue;
      for (size_t m = 0; m < units[u].members.size(); ++m) {
        count(result.FactTaken(f.place, f.slot, batch.MemberOffset(u) + m),
              "member " + std::to_string(m + 1) + " " + f.name);
      }
    }
    for (size_t p = 0; p < pack.parameters().size(); ++p) {
      count(result.ParameterTaken(static_cast<int>(p), u), "parameter " + pack.parameters()[p].name);
    }
  }
  std::printf("read and taken %zu, taken alone %zu, neither %zu\n", both, only_taken, neither);
  EXPECT_GT(both, 500u);
  EXPECT_GT(neither, 500u);
  EXPECT_LT(only_taken * 4, both);
}

}  // namespace
}  // namespace hearth
