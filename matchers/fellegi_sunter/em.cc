// One round: from m, u and the prior each pattern's probability of being a match follows by Bayes' rule (expectation);
// from these the matches at each level are counted, and their shares are the new m (maximisation). With u held, the
// likelihood of the counts never falls from round to round; tests/matchers/fellegi_sunter/em_test.cc holds it to that.
// u is held because random pairs show it better: under a blocking rule most non-matches are missing.
//
// Example: two comparisons of two levels, counts {agree agree: 90, agree differ: 20, differ agree: 20, differ differ:
// 870}. With u = 0.1 for agreement independence explains 10 of the first; the surplus is what matches look like.
//
// Patterns are added up in their order by one thread: there are thousands of them at most, not millions, and sums of
// doubles must not depend on threads.
#include "matchers/fellegi_sunter/em.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "core/status.h"

namespace hearth::linkage {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr int kStride = 16;  // places for the levels of a comparison
// Log odds need a share strictly between none and all.
constexpr double kShareMin = 1e-12;

using Slots = std::array<double, kComparisonsMax * kStride>;  // one number a comparison and level

double LogOdds(double share) {
  const double inside = std::clamp(share, kShareMin, 1 - kShareMin);
  return std::log(inside) - std::log1p(-inside);
}

struct Active {
  int comparison = 0;
  std::vector<int> levels;  // that occur or are fixed, null apart
  std::vector<int> free;    // of these, those whose m moves
  double free_mass = 1;     // left by the fixed ones
};

// Where m starts when nothing is known: most matches agree exactly, and each grade after is half as frequent as the one
// before.
std::vector<double> StartShares(const Comparison& comparison) {
  constexpr double kExact = 0.95;
  std::vector<double> shares(comparison.levels.size(), 0);
  double weight = 0;
  for (size_t l = 0; l < shares.size(); ++l) {
    if (comparison.levels[l].is_null) continue;
    shares[l] = weight == 0 ? 1 : weight;
    weight = shares[l] / 2;
  }
  const double rest = 1 - 2 * weight;  // 1/2 + 1/4 + …, of all levels but the first
  bool first = true;
  for (double& share : shares) {
    if (share == 0) continue;
    share = first ? (rest > 0 ? kExact : 1) : share * (1 - kExact) / rest;
    first = false;
  }
  return shares;
}

// Only what active comparisons say, each pattern once.
std::vector<PatternCount> Masked(std::span<const PatternCount> counts, const std::vector<Active>& active) {
  Pattern mask = 0;
  for (const Active& a : active) mask |= WithLevel(a.comparison, 15);
  std::vector<PatternCount> masked(counts.begin(), counts.end());
  for (PatternCount& count : masked) count.pattern &= mask;
  std::sort(masked.begin(), masked.end(),
            [](const PatternCount& a, const PatternCount& b) { return a.pattern < b.pattern; });
  size_t kept = 0;
  for (const PatternCount& count : masked) {
    if (kept > 0 && masked[kept - 1].pattern == count.pattern) {
      masked[kept - 1].pairs += count.pairs;
    } else {
      masked[kept++] = count;
    }
  }
  masked.resize(kept);
  return masked;
}

class Run {
 public:
  explicit Run(const EmInput& input);
  EmResult Go();

 private:
  // Matches expected at each level, and in all, under the present m and prior.
  double Expect(Slots* matches) const;
  double Maximise(const Slots& matches);

  const Model& model_;
  std::vector<Active> active_;
  std::vector<PatternCount> counts_;
  double pairs_ = 0, prior_ = 0;
  Slots m_{}, log_u_{};
};

Run::Run(const EmInput& input) : model_(*input.model), prior_(input.prior) {
  std::array<uint32_t, kComparisonsMax> occurs{};
  for (const PatternCount& count : input.counts) {
    pairs_ += static_cast<double>(count.pairs);
    for (int c = 0; c < static_cast<int>(model_.comparisons.size()); ++c) occurs[c] |= 1U << LevelOf(count.pattern, c);
  }
  for (int c = 0; c < static_cast<int>(model_.comparisons.size()); ++c) {
    if (std::find(input.left_out.begin(), input.left_out.end(), c) != input.left_out.end()) continue;
    const Comparison& comparison = model_.comparisons[c];
    const std::vector<double> start = StartShares(comparison);
    Active active{.comparison = c};
    double free_start = 0;
    for (int l = 0; l < static_cast<int>(comparison.levels.size()); ++l) {
      const Level& level = comparison.levels[l];
      if (level.is_null) continue;
      const bool held = level.fixed_m && level.m;
      if (held) active.free_mass -= *level.m;
      const bool seen = (occurs[c] >> l & 1) != 0;
      if (!seen && !held) continue;
      HEARTH_CHECK(!seen || (level.u && *level.u > 0),
                   comparison.name + ": u of level " + level.label + " is not known");
      active.levels.push_back(l);
      log_u_[kStride * c + l] = level.u ? std::log(*level.u) : 0;
      m_[kStride * c + l] = level.m ? *level.m : start[l];
      if (!held) {
        active.free.push_back(l);
        free_start += m_[kStride * c + l];
      }
    }
    active.free_mass = std::max(active.free_mass, 0.0);
    for (int l : active.free) m_[kStride * c + l] *= active.free_mass / free_start;
    active_.push_back(std::move(active));
  }
  counts_ = Masked(input.counts, active_);
}

double Run::Expect(Slots* matches) const {
  Slots bayes{};  // 0 for null levels
  for (const Active& a : active_) {
    for (int l : a.levels)
      bayes[kStride * a.comparison + l] = std::log(m_[kStride * a.comparison + l]) - log_u_[kStride * a.comparison + l];
  }
  const double start = LogOdds(prior_);
  matches->fill(0);
  double all = 0;
  for (const PatternCount& count : counts_) {
    double odds = start;
    for (const Active& a : active_) odds += bayes[kStride * a.comparison + LevelOf(count.pattern, a.comparison)];
    const double expected = static_cast<double>(count.pairs) / (1 + std::exp(-odds));
    all += expected;
    for (const Active& a : active_)
      (*matches)[kStride * a.comparison + LevelOf(count.pattern, a.comparison)] += expected;
  }
  return all;
}

double Run::Maximise(const Slots& matches) {
  double largest_move = 0;
  for (const Active& a : active_) {
    double all = 0;
    for (int l : a.free) all += matches[kStride * a.comparison + l];
    if (all <= 0) continue;  // no match says anything on it: what there was stays
    for (int l : a.free) {
      const double share = a.free_mass * matches[kStride * a.comparison + l] / all;
      double& m = m_[kStride * a.comparison + l];
      largest_move = std::max(largest_move, std::abs(share - m));
      m = share;
    }
  }
  return largest_move;
}

EmResult Run::Go() {
  EmResult result{.prior = prior_, .pairs = pairs_};
  Slots matches{};
  while (pairs_ > 0 && !result.converged && result.iterations < model_.training.iterations_max) {
    prior_ = Expect(&matches) / pairs_;
    result.largest_move = Maximise(matches);
    result.converged = result.largest_move < model_.training.tolerance;
    ++result.iterations;
  }
  result.prior = prior_;
  result.matches.assign(model_.comparisons.size(), 0);
  for (const Comparison& comparison : model_.comparisons) result.m.emplace_back(comparison.levels.size(), kNone);
  for (const Active& a : active_) {
    for (int l : a.levels) {
      result.m[a.comparison][l] = m_[kStride * a.comparison + l];
      result.matches[a.comparison] += matches[kStride * a.comparison + l];
    }
  }
  return result;
}

}  // namespace

EmResult RunEm(const EmInput& input) { return Run(input).Go(); }

double SpeakingComparisons(const EmResult& run) {
  double spoken = 0;
  for (double matches : run.matches) spoken += matches;
  const double all = run.prior * run.pairs;
  return all > 0 ? spoken / all : 0;
}

double ExpectedMatches(std::span<const PatternCount> counts, const Model& model, const EmResult& run) {
  Slots bayes{};
  for (size_t c = 0; c < model.comparisons.size(); ++c) {
    for (size_t l = 0; l < model.comparisons[c].levels.size(); ++l) {
      const double m = run.m[c][l];
      if (!std::isnan(m)) bayes[kStride * c + l] = std::log(m / model.comparisons[c].levels[l].u.value_or(1));
    }
  }
  double expected = 0;
  for (const PatternCount& count : counts) {
    double odds = LogOdds(run.prior);
    for (size_t c = 0; c < model.comparisons.size(); ++c) {
      odds += bayes[kStride * c + LevelOf(count.pattern, static_cast<int>(c))];
    }
    expected += static_cast<double>(count.pairs) / (1 + std::exp(-odds));
  }
  return expected;
}

}  // namespace hearth::linkage
