// Training as a whole, on made people whose truth is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "matchers/fellegi_sunter/random_pairs.h"
#include "matchers/fellegi_sunter/training.h"
#include "tests/matchers/fellegi_sunter/train_people.h"

namespace hearth::linkage {
namespace {

struct Truth {
  double matches = 0;
  std::vector<std::vector<double>> m;  // by comparison, level
};

Truth TruthOf(const Model& model, const RecordSet& records) {
  const Comparer comparer(model, records);
  Comparer::Scratch scratch(comparer);
  Truth truth;
  for (const Comparison& c : model.comparisons) truth.m.emplace_back(c.levels.size(), 0);
  for (uint32_t a = 0; a < records.size(); ++a) {
    for (uint32_t b = a + 1; b < records.size(); ++b) {
      if (PersonOf(records.Id(a)) != PersonOf(records.Id(b))) continue;
      if (model.link_type == LinkType::kLink && records.SourceOf(a) == records.SourceOf(b)) continue;
      ++truth.matches;
      const Pair pair{a, b};
      Pattern pattern = 0;
      comparer.Compare(std::span(&pair, 1), &scratch, &pattern);
      for (size_t c = 0; c < truth.m.size(); ++c) ++truth.m[c][LevelOf(pattern, static_cast<int>(c))];
    }
  }
  for (size_t c = 0; c < truth.m.size(); ++c) {
    double spoken = 0;
    for (size_t l = 0; l < truth.m[c].size(); ++l) spoken += model.comparisons[c].levels[l].is_null ? 0 : truth.m[c][l];
    for (double& m : truth.m[c]) m /= spoken;
  }
  return truth;
}

bool Mentions(const std::vector<std::string>& warnings, std::string_view text) {
  return std::any_of(warnings.begin(), warnings.end(),
                     [&](const std::string& w) { return w.find(text) != std::string::npos; });
}

TEST(Train, FindsMAndPriorOfMadePeople) {
  const Model model = PeopleModel(LinkType::kDedupe);
  for (uint64_t seed : {1, 2}) {
    const RecordSet records = Records(model, {MakePeople(3000, seed)});
    const StatusOr<Trained> trained = Train(model, records, {.threads = 2});
    ASSERT_TRUE(trained.ok()) << trained.status();
    const Truth truth = TruthOf(model, records);
    // The recall of the rule is stated roughly, so the prior is that rough.
    EXPECT_NEAR(*trained->model.prior * AllPairs(model, records) / truth.matches, 1, 0.15) << "seed " << seed;
    for (size_t c = 0; c < model.comparisons.size(); ++c) {
      for (size_t l = 1; l < model.comparisons[c].levels.size(); ++l) {
        EXPECT_NEAR(*trained->model.comparisons[c].levels[l].m, truth.m[c][l], 0.03)
            << "seed " << seed << " " << model.comparisons[c].name << " " << model.comparisons[c].levels[l].label;
      }
    }
    ASSERT_EQ(trained->runs.size(), 2);
    EXPECT_TRUE(trained->runs[0].converged);
    EXPECT_EQ(trained->runs[0].left_out, (std::vector<int>{0, 1}));
    EXPECT_EQ(trained->runs[1].left_out, (std::vector<int>{2, 3}));
    EXPECT_GT(trained->prior_pairs, 0);
  }
}

TEST(Train, FindsThemAcrossTwoTables) {
  const Model model = PeopleModel(LinkType::kLink);
  Table left, right;
  const Table all = MakePeople(3000, 3);
  for (size_t r = 0; r < all.ids.size(); ++r) {
    Table& side = all.ids[r].ends_with("-0") ? left : right;
    side.ids.push_back(all.ids[r]);
    side.rows.push_back(all.rows[r]);
  }
  const RecordSet records = Records(model, {left, right});
  const StatusOr<Trained> trained = Train(model, records, {.threads = 2});
  ASSERT_TRUE(trained.ok()) << trained.status();
  const Truth truth = TruthOf(model, records);
  EXPECT_NEAR(*trained->model.prior * AllPairs(model, records) / truth.matches, 1, 0.15);
  for (size_t c = 0; c < model.comparisons.size(); ++c) {
    EXPECT_NEAR(*trained->model.comparisons[c].levels[1].m, truth.m[c][1], 0.04);
  }
}

TEST(Train, PriorComesFromTheRunsWhenNoRecallIsStated) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.recall = 0;
  for (uint64_t seed : {4, 5, 6}) {
    const RecordSet records = Records(model, {MakePeople(3000, seed)});
    const StatusOr<Trained> trained = Train(model, records, {.threads = 2});
    ASSERT_TRUE(trained.ok()) << trained.status();
    EXPECT_NEAR(*trained->model.prior * AllPairs(model, records) / TruthOf(model, records).matches, 1, 0.1)
        << "seed " << seed;
  }
}

TEST(Train, PriorIsALowerBoundWhereOneRunIsAllThereIs) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.recall = 0;
  model.training.em_rules = {RuleOn({kTags})};
  Table table = MakePeople(800, 7);
  const RecordSet records = Records(model, {table});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_TRUE(Mentions(trained->warnings, "no EM run shows how often matches agree"));
  EXPECT_GT(*trained->model.prior, 0);
}

TEST(Train, RulesThatMakeNoPairsLeaveThePriorToTheRuns) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.prior_rules = {RuleOn({kGiven, kFamily, kBorn})};
  model.training.prior_rules[0].max_block = 1;
  const RecordSet records = Records(model, {MakePeople(2000, 8)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(trained->prior_pairs, 0);
  EXPECT_TRUE(Mentions(trained->warnings, "the deterministic rules make no pairs"));
  EXPECT_NEAR(*trained->model.prior * AllPairs(model, records) / TruthOf(model, records).matches, 1, 0.15);
}

TEST(Train, RecallThatWouldMakeHalfOfAllPairsMatchesIsCappedAndSaid) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.prior_rules = {RuleOn({kTown})};
  model.training.recall = 0.01;
  const RecordSet records = Records(model, {MakePeople(500, 9)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(*trained->model.prior, 0.5);
  EXPECT_TRUE(Mentions(trained->warnings, "half of all pairs is the most that is taken"));
}

TEST(Train, ResultDependsOnNeitherThreadsNorRowOrder) {
  for (double recall : {0.42, 0.0}) {
    Model model = PeopleModel(LinkType::kDedupe);
    model.training.recall = recall;
    model.training.u_pairs = 50000;
    const Table table = MakePeople(1500, 10);
    const RecordSet records = Records(model, {table});
    const StatusOr<Trained> one = Train(model, records, {.threads = 1});
    const StatusOr<Trained> four = Train(model, records, {.threads = 4});
    const RecordSet shuffled = Records(model, {Shuffled(table, 11)});
    const StatusOr<Trained> other = Train(model, shuffled, {.threads = 3});
    ASSERT_TRUE(one.ok() && four.ok() && other.ok());
    EXPECT_EQ(one->model, four->model);
    EXPECT_EQ(one->model, other->model);
    EXPECT_EQ(one->warnings, other->warnings);
  }
}

TEST(Train, ModelThatIsWholeStaysAsItIs) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.prior = 0.001;
  for (Comparison& c : model.comparisons) {
    for (Level& level : c.levels) {
      if (!level.is_null) level.m = level.u = 0.5;
    }
  }
  model.training.em_rules.clear();
  model.blocking.clear();
  const RecordSet records = Records(model, {MakePeople(50, 12)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(trained->model, model);
  EXPECT_TRUE(trained->runs.empty());
}

TEST(Train, WhatTheModelGivesStays) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.prior = 0.0007;
  for (size_t l = 1; l < 4; ++l) model.comparisons[0].levels[l].m = l == 1 ? 0.5 : 0.25;
  model.comparisons[1].levels[1].m = 0.6;
  model.comparisons[1].levels[1].fixed_m = true;
  const RecordSet records = Records(model, {MakePeople(1500, 13)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(*trained->model.prior, 0.0007);
  for (size_t l = 1; l < 4; ++l) {
    EXPECT_EQ(trained->model.comparisons[0].levels[l].m, model.comparisons[0].levels[l].m);
  }
  const std::vector<Level>& family = trained->model.comparisons[1].levels;
  EXPECT_EQ(*family[1].m, 0.6);
  EXPECT_NEAR(*family[2].m + *family[3].m, 0.4, 1e-12);
}

TEST(Train, EmRulesAreChosenAmongTheBlockingRules) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.em_rules.clear();
  const RecordSet records = Records(model, {MakePeople(3000, 14)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_GE(trained->runs.size(), 2);
  EXPECT_LE(trained->runs.size(), 4);
  const Truth truth = TruthOf(model, records);
  for (size_t c = 0; c < model.comparisons.size(); ++c) {
    EXPECT_NEAR(*trained->model.comparisons[c].levels[1].m, truth.m[c][1], 0.05) << model.comparisons[c].name;
  }
}

TEST(Train, PhasesAreTold) {
  const Model model = PeopleModel(LinkType::kDedupe);
  const RecordSet records = Records(model, {MakePeople(300, 15)});
  std::vector<std::string> phases;
  ASSERT_TRUE(Train(model, records, {.on_phase = [&](std::string_view p) { phases.emplace_back(p); }}).ok());
  EXPECT_EQ(phases, (std::vector<std::string>{"prior", "u", "m 1 of 2", "m 2 of 2"}));
}

TEST(Train, EmRuleWithoutPairsIsLeftOutAndSaid) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.em_rules.push_back(RuleOn({kTags, kBorn}));
  model.training.em_rules.back().max_block = 1;
  const RecordSet records = Records(model, {MakePeople(1000, 16)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(trained->runs.size(), 2);
  EXPECT_TRUE(Mentions(trained->warnings, "EM rule c4 + c2 makes no pairs"));
}

TEST(Train, RunThatDoesNotConvergeIsSaidWithWhatToChange) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.training.iterations_max = 1;
  const RecordSet records = Records(model, {MakePeople(1000, 17)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_FALSE(trained->runs[0].converged);
  EXPECT_TRUE(Mentions(trained->warnings, "stopped after 1 rounds"));
  EXPECT_TRUE(Mentions(trained->warnings, "raise iterations"));
}

TEST(Train, LevelThatNoRunSeesIsNamedAndStillHasAFiniteWeight) {
  Model model = PeopleModel(LinkType::kDedupe);
  Level never{.label = "never", .when = Of(linkage::Test::kLiteral, kTown)};
  never.when.text = "no such town";
  model.comparisons[3].levels.insert(model.comparisons[3].levels.begin() + 1, never);
  const RecordSet records = Records(model, {MakePeople(1000, 18)});
  const StatusOr<Trained> trained = Train(model, records, {});
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_TRUE(
      Mentions(trained->warnings, "level \"never\" of comparison town never occurs among the pairs of rule c0 + c1"));
  const Level& level = trained->model.comparisons[3].levels[1];
  EXPECT_TRUE(std::isfinite(std::log2(*level.m / *level.u)));
}

struct Refused {
  const char* why;
  std::function<void(Model*)> change;
  const char* message;
};

TEST(Train, IsRefusedWhereItCannotBeDone) {
  const Refused cases[] = {
      {"no rules at all",
       [](Model* m) {
         m->training.em_rules.clear();
         m->blocking.clear();
       },
       "no EM rule is given"},
      {"no pairs under any EM rule",
       [](Model* m) {
         for (BlockingRule& rule : m->training.em_rules) rule.max_block = 1;
       },
       "no EM rule makes any pairs"},
      {"a comparison that every EM rule holds",
       [](Model* m) {
         m->training.em_rules = {RuleOn({kGiven, kFamily}), RuleOn({kBorn, kGiven})};
       },
       "holds comparison given equal"},
      {"a comparison held by way of a derived column",
       [](Model* m) {
         m->training.em_rules = {RuleOn({kBorn}), RuleOn({kFamily, kYear})};
       },
       "holds comparison born equal"},
  };
  for (const Refused& refused : cases) {
    Model model = PeopleModel(LinkType::kDedupe);
    refused.change(&model);
    const RecordSet records = Records(model, {MakePeople(300, 19)});
    const StatusOr<Trained> trained = Train(model, records, {});
    EXPECT_EQ(trained.status().code(), absl::StatusCode::kFailedPrecondition) << refused.why;
    EXPECT_NE(Message(trained.status()).find(refused.message), std::string::npos) << trained.status();
  }
}

TEST(Train, OneRecordIsRefused) {
  const Model model = PeopleModel(LinkType::kDedupe);
  Table one = MakePeople(1, 20);
  one.ids.resize(1);
  one.rows.resize(1);
  const StatusOr<Trained> trained = Train(model, Records(model, {one}), {});
  EXPECT_EQ(trained.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(trained.status()).find("two records at least"), std::string::npos);
  const Model across = PeopleModel(LinkType::kLink);
  EXPECT_EQ(Train(across, Records(across, {MakePeople(20, 21), {}}), {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Train, TooManyPairsAreRefusedAsByBlocking) {
  Model model = PeopleModel(LinkType::kDedupe);
  model.pairs_max = 10;
  const RecordSet records = Records(model, {MakePeople(300, 22)});
  EXPECT_EQ(Train(model, records, {}).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace hearth::linkage
