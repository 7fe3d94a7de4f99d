// The order is prior, u, m, as each needs the one before: a run of EM starts from the share of matches that the prior
// and its rule's columns let expect, and holds u. Two things go back the other way once m is known. Random pairs hold
// matches, so u is measured a little too high where agreement is rare; they are taken out and EM is run again on the
// same counts. And where nobody states a recall, the prior comes from the runs (prior.h).
//
// Test: training_test.cc.
#include "matchers/fellegi_sunter/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "matchers/fellegi_sunter/em_pairs.h"
#include "matchers/fellegi_sunter/em_rules.h"
#include "matchers/fellegi_sunter/m_of_runs.h"
#include "matchers/fellegi_sunter/prior.h"
#include "matchers/fellegi_sunter/random_pairs.h"
#include "matchers/fellegi_sunter/u.h"

namespace hearth::linkage {
namespace {

class Stopwatch {
 public:
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void Append(const std::vector<std::string>& some, std::vector<std::string>* all) {
  all->insert(all->end(), some.begin(), some.end());
}

// One EM rule with its pairs.
struct Rule {
  BlockingRule rule;
  std::vector<int> held;
  EmPairs pairs;
  EmResult result;
};

// What the prior lets expect among the pairs of a rule: each comparison that it holds speaks for a match as exact
// agreement does. Not more than a start, kept away from both ends, at which EM would be slow to leave.
double StartShare(const Model& model, double prior, const std::vector<int>& held) {
  constexpr double kExactM = 0.95, kStartMin = 0.02, kStartMax = 0.9;
  double odds = prior / (1 - prior);
  for (int c : held) {
    const std::vector<Level>& levels = model.comparisons[static_cast<size_t>(c)].levels;
    const size_t first = levels[0].is_null ? 1 : 0;
    odds *= kExactM / levels[first].u.value_or(kExactM);
  }
  return std::clamp(odds / (1 + odds), kStartMin, kStartMax);
}

StatusOr<std::vector<Rule>> CountRules(const Comparer& comparer, const std::vector<int>& wanted, bool probe,
                                       const TrainOptions& options, std::vector<KeyPart>* probes, Trained* trained) {
  const Model& model = comparer.model();
  HEARTH_ASSIGN_OR_RETURN(const std::vector<BlockingRule> rules,
                          ChooseEmRules(model, comparer.records(), wanted, options.threads));
  if (rules.empty()) {
    return FailedPrecondition(
        "training needs pairs to learn m from, and no EM rule is given and no blocking rule makes any: give "
        "training: em, or m of every level");
  }
  if (probe) *probes = ProbesOf(rules);
  std::vector<Rule> counted;
  for (size_t r = 0; r < rules.size(); ++r) {
    if (options.on_phase) options.on_phase(fmt::format("m {} of {}", r + 1, rules.size()));
    HEARTH_ASSIGN_OR_RETURN(EmPairs pairs, CountEmPairs(comparer, rules[r], *probes, options.threads));
    if (pairs.pairs == 0) {
      trained->warnings.push_back(
          fmt::format("EM rule {} makes no pairs and is left out; take one that matches fulfil", rules[r].text));
      continue;
    }
    counted.push_back({rules[r], HeldComparisons(model, rules[r]), std::move(pairs), {}});
  }
  if (counted.empty()) {
    return FailedPrecondition(
        "no EM rule makes any pairs, so there is nothing to learn m from: take rules that matches fulfil (fewer "
        "columns, "
        "or other ones), or give m of every level");
  }
  for (int c : wanted) {
    const bool free = std::any_of(counted.begin(), counted.end(), [&](const Rule& rule) {
      return !std::binary_search(rule.held.begin(), rule.held.end(), c);
    });
    if (free) continue;
    const std::string& name = model.comparisons[static_cast<size_t>(c)].name;
    return absl::FailedPreconditionError(fmt::format(
        "every EM rule that makes pairs holds comparison {} equal, so its m cannot be learnt: add an EM rule "
        "that does not use its columns, or give its m",
        name));
  }
  return counted;
}

// A run on each rule, under what the model knows now.
void RunRules(const Model& model, const Model& given, double prior, std::vector<Rule>* rules) {
  Model start = model;
  for (size_t c = 0; c < given.comparisons.size(); ++c) {
    // A comparison whose m are all given stays; else given ones are a start, unless fixed.
    const bool lacks = LacksM(given.comparisons[c]);
    for (size_t l = 0; l < given.comparisons[c].levels.size(); ++l) {
      const Level& level = given.comparisons[c].levels[l];
      start.comparisons[c].levels[l].m = level.m;
      start.comparisons[c].levels[l].fixed_m = level.m && (level.fixed_m || !lacks);
    }
  }
  for (Rule& rule : *rules) {
    rule.result = RunEm({.counts = rule.pairs.counts,
                         .model = &start,
                         .left_out = rule.held,
                         .prior = StartShare(model, prior, rule.held)});
  }
}

// Runs whose word is taken: all, but for swapped ones where others know the same comparisons.
std::vector<const Rule*> Trusted(const Model& model, const std::vector<int>& wanted, const std::vector<Rule>& rules) {
  std::vector<const Rule*> trusted;
  for (const Rule& rule : rules) {
    if (!IsSwapped(model, rule.result)) trusted.push_back(&rule);
  }
  for (int c : wanted) {
    const bool free = std::any_of(trusted.begin(), trusted.end(), [&](const Rule* rule) {
      return !std::binary_search(rule->held.begin(), rule->held.end(), c);
    });
    if (free) continue;
    trusted.clear();
    for (const Rule& rule : rules) trusted.push_back(&rule);
    break;
  }
  return trusted;
}

// m of the model from the rules' runs, and its prior where none is known.
std::vector<std::string> TakeRuns(const Model& given, const RecordSet& records, const std::vector<int>& wanted,
                                  const std::vector<Rule>& rules, const std::vector<KeyPart>& probes, bool want_prior,
                                  Model* model) {
  std::vector<std::string> texts, warnings;
  std::vector<EmResult> results;
  std::vector<RuleRun> runs;
  for (const Rule* rule : Trusted(*model, wanted, rules)) {
    texts.push_back(rule->rule.text);
    results.push_back(rule->result);
    runs.push_back({&rule->rule, &rule->pairs, &rule->result});
  }
  Append(SetMOfRuns(given, texts, results, model), &warnings);
  if (!want_prior) return warnings;
  const Prior prior = PriorFromRuns(*model, records, probes, runs);
  model->prior = prior.value;
  Append(prior.warnings, &warnings);
  return warnings;
}

}  // namespace

StatusOr<Trained> Train(const Model& model, const RecordSet& records, const TrainOptions& options) {
  Stopwatch watch;
  Trained trained{.model = model};
  std::vector<int> wanted;
  bool lacks_u = false;
  for (int c = 0; c < static_cast<int>(model.comparisons.size()); ++c) {
    if (LacksM(model.comparisons[static_cast<size_t>(c)])) wanted.push_back(c);
    lacks_u = lacks_u || LacksU(model.comparisons[static_cast<size_t>(c)]);
  }
  if (model.prior && wanted.empty() && !lacks_u) return trained;
  if (AllPairs(model, records) <= 0) {
    return FailedPrecondition(model.link_type == LinkType::kDedupe
                                  ? "training needs two records at least: there are no pairs to learn from"
                                  : "training needs a record in each table: there are no pairs to learn from");
  }
  const auto tell = [&](std::string_view phase) {
    if (options.on_phase) options.on_phase(phase);
  };

  if (!model.prior) {
    tell("prior");
    HEARTH_ASSIGN_OR_RETURN(const Prior prior, PriorFromRules(model, records, options.threads));
    trained.model.prior = prior.value;
    trained.prior_pairs = prior.pairs;
    Append(prior.warnings, &trained.warnings);
  }
  trained.seconds.prior = watch.Lap();

  const Comparer comparer(model, records);
  UFacts u;
  if (lacks_u) {
    tell("u");
    u = MeasureU(comparer, options.threads, &trained.model);
    trained.sample_records = u.sample_records;
    Append(u.warnings, &trained.warnings);
  }
  trained.seconds.u = watch.Lap();

  const bool want_prior = !trained.model.prior;
  if (!wanted.empty() || want_prior) {
    std::vector<KeyPart> probes;
    HEARTH_ASSIGN_OR_RETURN(std::vector<Rule> rules,
                            CountRules(comparer, wanted, want_prior, options, &probes, &trained));
    // Until anything is known every second record is held to have a match.
    const double guess = 0.5 * static_cast<double>(records.size()) / AllPairs(model, records);
    std::vector<std::string> warnings;
    for (int round = 0; round < 2; ++round) {
      if (round > 0) TakeOutMatches(u, &trained.model);
      RunRules(trained.model, model, std::min(trained.model.prior.value_or(guess), 0.5), &rules);
      warnings = TakeRuns(model, records, wanted, rules, probes, want_prior, &trained.model);
    }
    for (const Rule& rule : rules) {
      trained.runs.push_back({.rule = rule.rule.text,
                              .pairs = rule.pairs.pairs,
                              .pairs_made = rule.pairs.made,
                              .iterations = rule.result.iterations,
                              .converged = rule.result.converged,
                              .match_share = rule.result.prior,
                              .largest_move = rule.result.largest_move,
                              .left_out = rule.held});
      Append(DoubtsOf(trained.model, rule.rule.text, rule.result), &trained.warnings);
      if (IsSwapped(trained.model, rule.result)) {
        trained.warnings.push_back(
            fmt::format("EM under rule {} took non-matches for matches; it is left out where another run can stand in",
                        rule.rule.text));
      }
    }
    Append(warnings, &trained.warnings);
  } else {
    TakeOutMatches(u, &trained.model);
  }
  trained.seconds.em = watch.Lap();
  return trained;
}

}  // namespace hearth::linkage
