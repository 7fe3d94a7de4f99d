#include "matchers/fellegi_sunter/prior.h"

#include <fmt/format.h>

#include <algorithm>

#include "matchers/fellegi_sunter/candidates.h"
#include "matchers/fellegi_sunter/em_rules.h"
#include "matchers/fellegi_sunter/random_pairs.h"

namespace hearth::linkage {
namespace {

// Beyond even odds two records drawn at random would more likely be one than not.
constexpr double kPriorMax = 0.5;

void SetValue(double matches, double all, const char* source, Prior* prior) {
  prior->value = std::clamp(matches / all, 0.5 / all, kPriorMax);
  if (matches / all <= kPriorMax) return;
  prior->warnings.push_back(
      fmt::format("the prior from {} would be {:.3g}: half of all pairs is the most that is taken; check {}", source,
                  matches / all, source));
}

// Share of matches that agree on a probe, in the runs whose rules do not hold it by their making; nothing when there is
// none, or too few matches to tell.
std::optional<double> ShareAgreeing(const Model& model, size_t probe, const KeyPart& part,
                                    const std::vector<RuleRun>& runs) {
  double agreeing = 0, matches = 0;
  for (const RuleRun& run : runs) {
    if (SpeakingComparisons(*run.result) < kSpeakingMin) continue;
    if (ShareHeadings(model, ColumnsOfRule(*run.rule), {part.left, part.right})) continue;
    agreeing += ExpectedMatches(run.pairs->agreeing[probe], model, *run.result);
    matches += run.result->prior * run.result->pairs;
  }
  constexpr double kMatchesMin = 10;
  if (matches < kMatchesMin || agreeing < 1) return std::nullopt;
  return std::min(1.0, agreeing / matches);
}

}  // namespace

StatusOr<Prior> PriorFromRules(const Model& model, const RecordSet& records, int threads) {
  Prior prior;
  if (model.training.prior_rules.empty() || model.training.recall <= 0) return prior;
  HEARTH_ASSIGN_OR_RETURN(const Blocking blocking, Blocking::Make(model, records, model.training.prior_rules, threads));
  std::vector<uint64_t> pairs(static_cast<size_t>(threads), 0);
  blocking.ForEachBatch(
      threads, [&](int worker, std::span<const Pair> some) { pairs[static_cast<size_t>(worker)] += some.size(); });
  for (uint64_t some : pairs) prior.pairs += some;
  if (prior.pairs == 0) {
    prior.warnings.push_back(
        "the deterministic rules make no pairs, so the prior is found by EM in their place; give rules that some pairs "
        "of "
        "this table fulfil, or the prior itself");
    return prior;
  }
  SetValue(static_cast<double>(prior.pairs) / model.training.recall, AllPairs(model, records),
           "the deterministic rules and their recall", &prior);
  return prior;
}

std::vector<KeyPart> ProbesOf(const std::vector<BlockingRule>& rules) {
  std::vector<KeyPart> probes;
  for (const BlockingRule& rule : rules) {
    for (const KeyPart& part : rule.parts) {
      if (std::find(probes.begin(), probes.end(), part) == probes.end()) probes.push_back(part);
    }
  }
  return probes;
}

Prior PriorFromRuns(const Model& model, const RecordSet& records, const std::vector<KeyPart>& probes,
                    const std::vector<RuleRun>& runs) {
  Prior prior;
  std::vector<std::optional<double>> shares;
  for (size_t p = 0; p < probes.size(); ++p) shares.push_back(ShareAgreeing(model, p, probes[p], runs));

  // Rules that find more of the matches tell more, so found and share are summed before they are divided.
  // A run on one comparison alone does not know its share of matches, and is asked only when there is no other.
  const bool any_sound = std::any_of(
      runs.begin(), runs.end(), [](const RuleRun& run) { return SpeakingComparisons(*run.result) >= kSpeakingMin; });
  double found = 0, share_found = 0, most = 0;
  for (const RuleRun& run : runs) {
    if (any_sound && SpeakingComparisons(*run.result) < kSpeakingMin) continue;
    const double matches = run.result->prior * static_cast<double>(run.pairs->made);
    most = std::max(most, matches);
    std::optional<double> share = 1;
    for (const KeyPart& part : run.rule->parts) {
      const auto probe = static_cast<size_t>(std::find(probes.begin(), probes.end(), part) - probes.begin());
      share = share && shares[probe] ? std::optional(*share * *shares[probe]) : std::nullopt;
    }
    if (!share) continue;
    found += matches;
    share_found += *share;
  }
  if (share_found == 0) {
    prior.warnings.push_back(
        "no EM run shows how often matches agree on the key of another rule, so the prior counts only the matches that "
        "one rule finds; add an EM rule on other columns, or state deterministic rules with their recall");
  }
  SetValue(share_found == 0 ? most : std::max(most, found / share_found), AllPairs(model, records), "the EM runs",
           &prior);
  return prior;
}

}  // namespace hearth::linkage
