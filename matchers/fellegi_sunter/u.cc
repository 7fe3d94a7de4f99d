#include "matchers/fellegi_sunter/u.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "matchers/fellegi_sunter/random_pairs.h"

namespace hearth::linkage {
namespace {

// What is known of one comparison's levels among random pairs.
struct Shares {
  std::vector<double> share, least;
  std::vector<double> of_pairs;  // on which the share rests
  bool none = false;             // null on all pairs
};

Shares SharesOf(const Comparison& comparison, const LevelCounts& counts, const std::optional<ExactAgreement>& exact) {
  const size_t levels = comparison.levels.size();
  Shares shares{std::vector<double>(levels), std::vector<double>(levels), std::vector<double>(levels)};
  double sampled = 0, beside = 0;
  size_t others = 0, spoken = 0;
  for (size_t l = 0; l < levels; ++l) {
    if (comparison.levels[l].is_null) continue;
    ++spoken;
    sampled += static_cast<double>(counts[l]);
    if (exact && static_cast<int>(l) == exact->level) continue;
    beside += static_cast<double>(counts[l]);
    ++others;
  }
  shares.none = exact ? exact->pairs <= 0 : sampled <= 0;
  for (size_t l = 0; l < levels; ++l) {
    if (comparison.levels[l].is_null) continue;
    if (shares.none) {
      shares.share[l] = 1 / static_cast<double>(spoken);
      continue;
    }
    if (exact && static_cast<int>(l) == exact->level) {
      shares.share[l] = exact->equal / exact->pairs;
      shares.of_pairs[l] = exact->pairs;
    } else if (exact) {
      const double rest = 1 - exact->equal / exact->pairs;
      // An equality without grades beside it is not sampled: the last level has the rest.
      shares.share[l] = others == 1 ? rest : beside > 0 ? rest * static_cast<double>(counts[l]) / beside : 0;
      shares.of_pairs[l] = others == 1 ? exact->pairs : std::max(sampled, 1.0);
    } else {
      shares.share[l] = static_cast<double>(counts[l]) / sampled;
      shares.of_pairs[l] = sampled;
    }
    shares.least[l] = 0.5 / shares.of_pairs[l];
  }
  return shares;
}

bool IsEqualityAlone(const Comparison& comparison) {
  return std::count_if(comparison.levels.begin(), comparison.levels.end(),
                       [](const Level& level) { return !level.is_null; }) == 2;
}

}  // namespace

bool LacksU(const Comparison& comparison) {
  return std::any_of(comparison.levels.begin(), comparison.levels.end(),
                     [](const Level& level) { return !level.is_null && !level.u; });
}

bool LacksM(const Comparison& comparison) {
  return std::any_of(comparison.levels.begin(), comparison.levels.end(),
                     [](const Level& level) { return !level.is_null && !level.m; });
}

UFacts MeasureU(const Comparer& comparer, int threads, Model* model) {
  UFacts facts;
  std::vector<int> lacking, sampled;
  std::vector<std::optional<ExactAgreement>> exact(model->comparisons.size());
  for (int c = 0; c < static_cast<int>(model->comparisons.size()); ++c) {
    const Comparison& comparison = model->comparisons[c];
    if (!LacksU(comparison)) continue;
    lacking.push_back(c);
    exact[c] = CountExactAgreement(comparison, *model, comparer.records());
    if (!exact[c] || !IsEqualityAlone(comparison)) sampled.push_back(c);
  }
  std::vector<LevelCounts> counts(model->comparisons.size(), LevelCounts{});
  if (!sampled.empty()) {
    const RecordSample sample = SampleRecords(*model, comparer.records());
    facts.sample_records = sample.left.size() + sample.right.size();
    const std::vector<LevelCounts> found = CountRandomPairs(comparer, sample, sampled, threads);
    for (size_t i = 0; i < sampled.size(); ++i) counts[sampled[i]] = found[i];
  }

  for (int c : lacking) {
    Comparison& comparison = model->comparisons[c];
    const Shares shares = SharesOf(comparison, counts[c], exact[c]);
    if (shares.none) {
      facts.warnings.push_back(fmt::format(
          "comparison {} is null on every random pair, so its u is a guess and it will say nothing; check its columns",
          comparison.name));
    }
    for (size_t l = 0; l < comparison.levels.size(); ++l) {
      Level& level = comparison.levels[l];
      if (level.is_null || (level.fixed_u && level.u)) continue;
      level.u = std::clamp(shares.share[l], shares.least[l], 1.0);
      if (shares.none) continue;
      facts.measured.push_back({c, static_cast<int>(l), shares.share[l], shares.least[l]});
      if (shares.share[l] > 0) continue;
      facts.warnings.push_back(
          fmt::format("level \"{}\" of comparison {} never occurs by chance in {:.0f} random pairs: its u is taken as "
                      "{:.3g}; raise "
                      "u_pairs, give its u, or join it with the next level",
                      level.label, comparison.name, shares.of_pairs[l], shares.least[l]));
    }
  }
  return facts;
}

void TakeOutMatches(const UFacts& facts, Model* model) {
  const double prior = *model->prior;
  for (const UFacts::Measured& at : facts.measured) {
    Level& level = model->comparisons[at.comparison].levels[at.level];
    level.u = std::clamp((at.share - prior * *level.m) / (1 - prior), at.least, 1.0);
  }
}

}  // namespace hearth::linkage
