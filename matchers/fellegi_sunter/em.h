// Expectation maximisation for m and the share of matches, on counts of agreement patterns.
//
//   EmResult result = RunEm({.counts = counts, .model = &model, .left_out = {0, 3}, .prior = 0.3});
//
// The pairs are a mixture of two classes, matches and non-matches, inside each of which the comparisons are
// independent. How non-matches agree (u) is known and stays; how matches agree (m) and how many there are is found. A
// null level counts neither for nor against. Cost: some 20 ns a pattern, comparison and round, however many pairs there
// are. Source: Fellegi and Sunter 1969; Winkler 1988.
#pragma once

#include <span>
#include <vector>

#include "matchers/fellegi_sunter/model.h"
#include "matchers/fellegi_sunter/pattern.h"

namespace hearth::linkage {

struct EmInput {
  std::span<const PatternCount> counts;  // patterns of the whole model, each once; sorted, so that sums are the same
  // u of each level that occurs and is not null must be known. An m that is known is where the level starts; with
  // fixed_m it stays. Training says when to stop.
  const Model* model = nullptr;
  std::vector<int> left_out;  // comparisons that these pairs agree on by their making; ignored
  double prior = 0;           // start for the share of matches, in (0, 1)
};
struct EmResult {
  // By comparison and level; NaN where the counts say nothing: null levels, levels that never occur (unless fixed), all
  // of a comparison left out. The others of a comparison sum to 1.
  std::vector<std::vector<double>> m;
  // Matches expected among the pairs that the comparison is not null on; 0 for those left out.
  std::vector<double> matches;
  double prior = 0;  // share of matches
  double pairs = 0;
  int iterations = 0;
  bool converged = false;   // no m moved by more than the tolerance in the last round
  double largest_move = 0;  // of an m in the last round
};
EmResult RunEm(const EmInput& input);

// Comparisons that speak on a match of the run, on average. With u held two are needed: one alone cannot tell how many
// matches there are from how they agree.
double SpeakingComparisons(const EmResult& run);
constexpr double kSpeakingMin = 1.5;

// Matches expected among other pairs when m, u and the share of matches are those of a run: as when a rule's pairs are
// looked at again by what else they have in common. Comparisons that the run says nothing on are ignored.
double ExpectedMatches(std::span<const PatternCount> counts, const Model& model, const EmResult& run);

}  // namespace hearth::linkage
