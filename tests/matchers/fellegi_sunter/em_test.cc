// Expectation maximisation on counts made from a known model: it finds the model again.
#include "matchers/fellegi_sunter/em.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace hearth::linkage {
namespace {

struct Truth {
  std::vector<std::vector<double>> m, u;  // by comparison, level
  double prior = 0;
};

// Levels named l0, l1 …; with_null puts a null level before each comparison's own.
Model ModelOf(const Truth& truth, bool with_null) {
  Model model;
  for (size_t c = 0; c < truth.u.size(); ++c) {
    Comparison comparison{.name = "c" + std::to_string(c)};
    if (with_null) comparison.levels.push_back({.label = "null", .is_null = true});
    for (size_t l = 0; l < truth.u[c].size(); ++l) {
      comparison.levels.push_back({.label = "l" + std::to_string(l), .u = truth.u[c][l]});
    }
    model.comparisons.push_back(std::move(comparison));
  }
  model.training.iterations_max = 2000;
  model.training.tolerance = 1e-8;
  return model;
}

Truth People() {
  return {.m = {{0.85, 0.10, 0.05}, {0.90, 0.10}, {0.70, 0.20, 0.10}, {0.95, 0.05}},
          .u = {{0.01, 0.04, 0.95}, {0.10, 0.90}, {0.002, 0.018, 0.98}, {0.25, 0.75}},
          .prior = 0.15};
}

// The pairs that each pattern would have, rounded; a share `nulls` of each comparison is null in both classes.
std::vector<PatternCount> Expected(const Truth& truth, double pairs, double nulls) {
  const int shift = nulls > 0 ? 1 : 0;
  std::vector<PatternCount> counts;
  std::vector<int> at(truth.u.size(), 0);
  while (true) {
    double match = truth.prior, other = 1 - truth.prior;
    Pattern pattern = 0;
    for (size_t c = 0; c < at.size(); ++c) {
      pattern |= WithLevel(static_cast<int>(c), at[c]);
      const bool null = shift == 1 && at[c] == 0;
      match *= null ? nulls : (1 - nulls) * truth.m[c][at[c] - shift];
      other *= null ? nulls : (1 - nulls) * truth.u[c][at[c] - shift];
    }
    const auto rounded = static_cast<uint64_t>(std::llround(pairs * (match + other)));
    if (rounded > 0) counts.push_back({pattern, rounded});
    size_t c = 0;
    while (c < at.size() && ++at[c] == static_cast<int>(truth.u[c].size()) + shift) at[c++] = 0;
    if (c == at.size()) break;
  }
  std::sort(counts.begin(), counts.end(),
            [](const PatternCount& a, const PatternCount& b) { return a.pattern < b.pattern; });
  return counts;
}

std::vector<PatternCount> Drawn(const Truth& truth, int pairs, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit;
  std::map<Pattern, uint64_t> counts;
  for (int i = 0; i < pairs; ++i) {
    const auto& of = unit(random) < truth.prior ? truth.m : truth.u;
    Pattern pattern = 0;
    for (size_t c = 0; c < of.size(); ++c) {
      double left = unit(random);
      int level = 0;
      while (level + 1 < static_cast<int>(of[c].size()) && left >= of[c][level]) left -= of[c][level++];
      pattern |= WithLevel(static_cast<int>(c), level);
    }
    ++counts[pattern];
  }
  std::vector<PatternCount> sorted;
  for (const auto& [pattern, n] : counts) sorted.push_back({pattern, n});
  return sorted;
}

// Of the observed counts under the result; null levels are left out of the product.
double LogLikelihood(const std::vector<PatternCount>& counts, const Model& model, const EmResult& result) {
  double sum = 0;
  for (const PatternCount& count : counts) {
    double match = result.prior, other = 1 - result.prior;
    for (size_t c = 0; c < model.comparisons.size(); ++c) {
      const int level = LevelOf(count.pattern, static_cast<int>(c));
      if (model.comparisons[c].levels[level].is_null) continue;
      match *= result.m[c][level];
      other *= *model.comparisons[c].levels[level].u;
    }
    sum += static_cast<double>(count.pairs) * std::log(match + other);
  }
  return sum;
}

TEST(Em, FindsMAndPriorOfCountsMadeFromThem) {
  const Truth truth = People();
  const Model model = ModelOf(truth, false);
  const std::vector<PatternCount> counts = Expected(truth, 1e9, 0);
  const EmResult result = RunEm({.counts = counts, .model = &model, .prior = 0.5});
  EXPECT_TRUE(result.converged);
  EXPECT_NEAR(result.prior, truth.prior, 1e-5);
  for (size_t c = 0; c < truth.m.size(); ++c) {
    for (size_t l = 0; l < truth.m[c].size(); ++l) EXPECT_NEAR(result.m[c][l], truth.m[c][l], 1e-5) << c << " " << l;
  }
}

TEST(Em, FindsThemInDrawnPairsWithinTheirScatter) {
  const Truth truth = People();
  Model model = ModelOf(truth, false);
  model.training.tolerance = 1e-6;
  for (uint64_t seed : {1, 2, 3}) {
    const std::vector<PatternCount> counts = Drawn(truth, 200000, seed);  // 30,000 matches: one scatter is 0.003
    const EmResult result = RunEm({.counts = counts, .model = &model, .prior = 0.5});
    EXPECT_NEAR(result.prior, truth.prior, 0.01) << "seed " << seed;
    for (size_t c = 0; c < truth.m.size(); ++c) {
      for (size_t l = 0; l < truth.m[c].size(); ++l)
        EXPECT_NEAR(result.m[c][l], truth.m[c][l], 0.02) << "seed " << seed;
    }
  }
}

TEST(Em, EndIsTheSameFromAnyStart) {
  const Truth truth = People();
  Model model = ModelOf(truth, false);
  const std::vector<PatternCount> counts = Drawn(truth, 100000, 4);
  const EmResult high = RunEm({.counts = counts, .model = &model, .prior = 0.9});
  model.comparisons[0].levels[0].m = 0.4;
  model.comparisons[0].levels[1].m = 0.3;
  model.comparisons[0].levels[2].m = 0.3;
  const EmResult low = RunEm({.counts = counts, .model = &model, .prior = 0.001});
  EXPECT_NEAR(high.prior, low.prior, 1e-5);
  for (size_t l = 0; l < 3; ++l) EXPECT_NEAR(high.m[0][l], low.m[0][l], 1e-5);
}

TEST(Em, LikelihoodNeverFalls) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> unit(0.01, 1);
    Truth truth{.prior = unit(random) / 2};
    for (int c = 0; c < 4; ++c) {
      std::vector<double> m(2 + random() % 3), u(m.size());
      for (std::vector<double>* shares : {&m, &u}) {
        double sum = 0;
        for (double& share : *shares) sum += share = unit(random);
        for (double& share : *shares) share /= sum;
      }
      truth.m.push_back(m);
      truth.u.push_back(u);
    }
    Model model = ModelOf(truth, false);
    model.training.tolerance = 0;
    const std::vector<PatternCount> counts = Drawn(truth, 2000, seed);
    double before = -INFINITY;
    for (int rounds = 1; rounds <= 30; ++rounds) {
      model.training.iterations_max = rounds;
      const EmResult result = RunEm({.counts = counts, .model = &model, .prior = 0.3});
      EXPECT_EQ(result.iterations, rounds);
      const double now = LogLikelihood(counts, model, result);
      EXPECT_GE(now, before - 1e-7) << "seed " << seed << " round " << rounds;
      before = now;
    }
  }
}

TEST(Em, NullLevelsSayNothingEitherWay) {
  const Truth truth = People();
  const Model plain = ModelOf(truth, false), nullable = ModelOf(truth, true);
  const EmResult without = RunEm({.counts = Expected(truth, 1e10, 0), .model = &plain, .prior = 0.3});
  const EmResult with = RunEm({.counts = Expected(truth, 1e10, 0.2), .model = &nullable, .prior = 0.3});
  EXPECT_NEAR(with.prior, without.prior, 1e-4);
  for (size_t c = 0; c < truth.m.size(); ++c) {
    EXPECT_TRUE(std::isnan(with.m[c][0]));
    EXPECT_NEAR(with.matches[c], 0.8 * 1e10 * truth.prior, 1e7);
    for (size_t l = 0; l < truth.m[c].size(); ++l) EXPECT_NEAR(with.m[c][l + 1], without.m[c][l], 1e-4);
  }
}

TEST(Em, ComparisonsLeftOutChangeNothing) {
  const Truth truth = People();
  const Model model = ModelOf(truth, false);
  std::vector<PatternCount> counts = Drawn(truth, 50000, 5);
  const EmResult mixed = RunEm({.counts = counts, .model = &model, .left_out = {1}, .prior = 0.3});
  for (PatternCount& count : counts) count.pattern &= ~WithLevel(1, 15);  // all agree on it
  const EmResult agreed = RunEm({.counts = counts, .model = &model, .left_out = {1}, .prior = 0.3});
  EXPECT_EQ(mixed.prior, agreed.prior);
  for (double m : mixed.m[1]) EXPECT_TRUE(std::isnan(m));
  EXPECT_EQ(mixed.matches[1], 0);
  for (size_t c : {0, 2, 3}) EXPECT_EQ(mixed.m[c], agreed.m[c]);
}

TEST(Em, LevelThatNeverOccursKeepsNoEstimate) {
  const Truth truth = People();
  const Model model = ModelOf(truth, false);
  std::vector<PatternCount> counts = Drawn(truth, 50000, 6);
  std::erase_if(counts, [](const PatternCount& count) { return LevelOf(count.pattern, 2) == 1; });
  const EmResult result = RunEm({.counts = counts, .model = &model, .prior = 0.3});
  EXPECT_TRUE(std::isnan(result.m[2][1]));
  EXPECT_NEAR(result.m[2][0] + result.m[2][2], 1, 1e-12);
}

TEST(Em, LevelsOfAComparisonSumToOne) {
  const Truth truth = People();
  const Model model = ModelOf(truth, true);
  const EmResult result = RunEm({.counts = Expected(truth, 1e5, 0.1), .model = &model, .prior = 0.3});
  for (const std::vector<double>& m : result.m) {
    double sum = 0;
    for (double value : m) sum += std::isnan(value) ? 0 : value;
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(Em, FixedLevelStaysAndTheOthersShareTheRest) {
  const Truth truth = People();
  Model model = ModelOf(truth, false);
  model.comparisons[0].levels[0].m = 0.6;
  model.comparisons[0].levels[0].fixed_m = true;
  const std::vector<PatternCount> counts = Drawn(truth, 50000, 7);
  const EmResult result = RunEm({.counts = counts, .model = &model, .prior = 0.3});
  EXPECT_EQ(result.m[0][0], 0.6);
  EXPECT_NEAR(result.m[0][1] + result.m[0][2], 0.4, 1e-12);
  model.comparisons[0].levels[0].fixed_m = false;  // as a start only
  EXPECT_NEAR(RunEm({.counts = counts, .model = &model, .prior = 0.3}).m[0][0], truth.m[0][0], 0.02);
}

TEST(Em, StopsUnconvergedWhenRoundsRunOut) {
  const Truth truth = People();
  Model model = ModelOf(truth, false);
  model.training.iterations_max = 2;
  const EmResult result = RunEm({.counts = Drawn(truth, 5000, 8), .model = &model, .prior = 0.3});
  EXPECT_FALSE(result.converged);
  EXPECT_EQ(result.iterations, 2);
  EXPECT_GT(result.largest_move, model.training.tolerance);
}

TEST(Em, NoPairsGiveNoEstimate) {
  const Model model = ModelOf(People(), false);
  const EmResult result = RunEm({.counts = {}, .model = &model, .prior = 0.3});
  EXPECT_FALSE(result.converged);
  EXPECT_EQ(result.pairs, 0);
  for (const std::vector<double>& m : result.m) {
    for (double value : m) EXPECT_TRUE(std::isnan(value));
  }
}

TEST(Em, ExpectedMatchesOfTheRunsOwnPairsAreItsShare) {
  const Truth truth = People();
  const Model model = ModelOf(truth, true);
  const std::vector<PatternCount> counts = Expected(truth, 1e6, 0.1);
  const EmResult result = RunEm({.counts = counts, .model = &model, .left_out = {1}, .prior = 0.3});
  EXPECT_NEAR(ExpectedMatches(counts, model, result), result.prior * result.pairs, 1);
}

}  // namespace
}  // namespace hearth::linkage
