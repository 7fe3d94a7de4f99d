#include "matchers/fellegi_sunter/m_of_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "matchers/fellegi_sunter/u.h"

namespace hearth::linkage {
namespace {

constexpr double kHalf = 0.5;  // match added to each level

size_t FirstSpoken(const Comparison& comparison) {
  size_t l = 0;
  while (l + 1 < comparison.levels.size() && comparison.levels[l].is_null) ++l;
  return l;
}

// Exact agreement that is rarer among matches than by chance.
std::vector<size_t> Reversed(const Model& model, const EmResult& run) {
  std::vector<size_t> reversed;
  for (size_t c = 0; c < model.comparisons.size(); ++c) {
    const size_t l = FirstSpoken(model.comparisons[c]);
    if (run.m[c][l] < model.comparisons[c].levels[l].u.value_or(0)) reversed.push_back(c);
  }
  return reversed;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : "; ") + text;
  return joined;
}

}  // namespace

std::vector<std::string> SetMOfRuns(const Model& given, const std::vector<std::string>& rules,
                                    const std::vector<EmResult>& runs, Model* model) {
  std::vector<std::string> warnings;
  for (size_t c = 0; c < given.comparisons.size(); ++c) {
    if (!LacksM(given.comparisons[c])) continue;
    Comparison& comparison = model->comparisons[c];
    std::vector<double> matches(comparison.levels.size(), kHalf);
    std::vector<bool> seen(comparison.levels.size(), false);
    std::vector<std::string> under;
    for (size_t r = 0; r < runs.size(); ++r) {
      if (runs[r].matches[c] > 0) under.push_back(rules[r]);
      for (size_t l = 0; l < matches.size(); ++l) {
        if (std::isnan(runs[r].m[c][l])) continue;
        seen[l] = true;
        matches[l] += runs[r].m[c][l] * runs[r].matches[c];
      }
    }
    double fixed = 0, all = 0;
    for (size_t l = 0; l < matches.size(); ++l) {
      const Level& level = given.comparisons[c].levels[l];
      if (level.is_null) continue;
      if (level.fixed_m && level.m) {
        fixed += *level.m;
      } else {
        all += matches[l];
      }
    }
    // Where the fixed ones leave nothing the others still need a finite weight.
    const double rest = std::max(1 - fixed, 1e-9);
    for (size_t l = 0; l < matches.size(); ++l) {
      Level& level = comparison.levels[l];
      if (level.is_null || (level.fixed_m && level.m)) continue;
      level.m = rest * matches[l] / all;
      if (seen[l]) continue;
      warnings.push_back(
          fmt::format("level \"{}\" of comparison {} never occurs among the pairs of rule {}: its m is taken as "
                      "{:.3g}, half a match; "
                      "give its m, join it with another level, or add an EM rule under which it occurs",
                      level.label, comparison.name, Joined(under.empty() ? rules : under), *level.m));
    }
  }
  return warnings;
}

bool IsSwapped(const Model& model, const EmResult& run) {
  const auto free = std::count_if(run.matches.begin(), run.matches.end(), [](double matches) { return matches > 0; });
  return 2 * Reversed(model, run).size() > static_cast<size_t>(free);
}

std::vector<std::string> DoubtsOf(const Model& model, std::string_view rule, const EmResult& run) {
  constexpr double kFewMatches = 20, kFewOthers = 1e-4;
  std::vector<std::string> doubts;
  if (!run.converged) {
    doubts.push_back(fmt::format(
        "EM under rule {} stopped after {} rounds with an m still moving by {:.2g}: raise iterations_max, or "
        "tolerance (now "
        "{:.2g}), or take a rule with more matches among its pairs",
        rule, run.iterations, run.largest_move, model.training.tolerance));
  }
  if (run.prior * run.pairs < kFewMatches) {
    doubts.push_back(fmt::format(
        "EM under rule {} finds {:.1f} matches among {:.0f} pairs, too few to tell how matches agree: take a rule "
        "that more matches fulfil",
        rule, run.prior * run.pairs, run.pairs));
  } else if (1 - run.prior < kFewOthers) {
    doubts.push_back(fmt::format(
        "EM under rule {} holds all of its {:.0f} pairs for matches: unless that is so, take a rule with fewer "
        "columns, whose pairs are of both kinds",
        rule, run.pairs));
  }
  if (SpeakingComparisons(run) < kSpeakingMin) {
    doubts.push_back(fmt::format(
        "EM under rule {} learns from {:.1f} comparisons a pair, the others being held by the rule or null; two "
        "are needed to tell how many matches there are from how they agree: take a rule on fewer columns",
        rule, SpeakingComparisons(run)));
  }
  for (size_t c : Reversed(model, run)) {
    const size_t l = FirstSpoken(model.comparisons[c]);
    doubts.push_back(fmt::format(
        "EM under rule {}: level \"{}\" of comparison {} is rarer among matches (m {:.3g}) than by chance (u "
        "{:.3g}): take another rule, or leave the comparison out",
        rule, model.comparisons[c].levels[l].label, model.comparisons[c].name, run.m[c][l],
        *model.comparisons[c].levels[l].u));
  }
  return doubts;
}

}  // namespace hearth::linkage
