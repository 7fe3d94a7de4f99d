#include "matchers/fellegi_sunter/em_rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "matchers/fellegi_sunter/candidates.h"
#include "matchers/fellegi_sunter/condition.h"
#include "matchers/fellegi_sunter/em.h"

namespace hearth::linkage {
namespace {

constexpr size_t kRulesMax = 4;        // chosen at most
constexpr size_t kCandidatesMax = 20;  // looked at: 6,195 sets of up to four
// Under fewer pairs m would be a guess; three digits of it need some hundred matches at a level.
constexpr double kPairsEnough = 5000;

struct Candidate {
  size_t rule = 0;
  double pairs = 0;
  uint32_t frees = 0;   // bits: wanted comparisons that it does not hold
  double speaking = 0;  // comparisons that it does not hold, each by how often it is not null
};

// How often a comparison is not null on two records drawn at random, about.
double NotNull(const Comparison& comparison, const RecordSet& records) {
  std::vector<ColumnIndex> columns;
  for (const Level& level : comparison.levels) AddColumns(level.when, &columns);
  double share = 1;
  for (ColumnIndex c : columns) {
    const double filled = static_cast<double>(records.columns[c].filled) / static_cast<double>(records.size());
    share = std::min(share, filled * filled);
  }
  return share;
}

// Less is better.
struct Cost {
  int never = 0;      // wanted comparisons that no rule of the set frees
  double effort = 0;  // in powers of two
  size_t rules = 0;
  auto operator<=>(const Cost&) const = default;
};

// A comparison's being free twice is worth twice the pairs; half of enough pairs is as bad as sixteen times too many,
// and so is half a comparison less than a run can learn from.
Cost CostOf(const std::vector<const Candidate*>& set, size_t wanted) {
  Cost cost{.rules = set.size()};
  double fewest = kPairsEnough, most = 1;
  for (const Candidate* c : set) {
    fewest = std::min(fewest, c->pairs);
    most = std::max(most, c->pairs);
    cost.effort += 8 * std::max(0.0, kSpeakingMin - c->speaking);
  }
  cost.effort += std::log2(most) + 4 * std::log2(kPairsEnough / fewest);
  for (size_t w = 0; w < wanted; ++w) {
    const auto free =
        std::count_if(set.begin(), set.end(), [&](const Candidate* c) { return (c->frees >> w & 1) != 0; });
    cost.never += free == 0;
    cost.effort += free == 1 ? 1 : 0;
  }
  return cost;
}

}  // namespace

bool ShareHeadings(const Model& model, const std::vector<ColumnIndex>& a, const std::vector<ColumnIndex>& b) {
  for (ColumnIndex x : a) {
    for (ColumnIndex y : b) {
      if (x == y) return true;
      for (size_t side = 0; side < 2; ++side) {
        const std::vector<std::string>&from = model.columns[x].from[side], &other = model.columns[y].from[side];
        if (std::find_first_of(from.begin(), from.end(), other.begin(), other.end()) != from.end()) return true;
      }
    }
  }
  return false;
}

std::vector<ColumnIndex> ColumnsOfRule(const BlockingRule& rule) {
  std::vector<ColumnIndex> columns;
  for (const KeyPart& part : rule.parts) {
    columns.push_back(part.left);
    columns.push_back(part.right);
  }
  if (rule.filter) AddColumns(*rule.filter, &columns);
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  return columns;
}

std::vector<int> HeldComparisons(const Model& model, const BlockingRule& rule) {
  const std::vector<ColumnIndex> held = ColumnsOfRule(rule);
  std::vector<int> comparisons;
  for (size_t c = 0; c < model.comparisons.size(); ++c) {
    std::vector<ColumnIndex> columns;
    for (const Level& level : model.comparisons[c].levels) AddColumns(level.when, &columns);
    if (ShareHeadings(model, held, columns)) comparisons.push_back(static_cast<int>(c));
  }
  return comparisons;
}

StatusOr<std::vector<BlockingRule>> ChooseEmRules(const Model& model, const RecordSet& records,
                                                  const std::vector<int>& wanted, int threads) {
  if (!model.training.em_rules.empty() || model.blocking.empty()) return model.training.em_rules;
  HEARTH_ASSIGN_OR_RETURN(const Blocking blocking, Blocking::Make(model, records, model.blocking, threads));
  std::vector<Candidate> candidates;
  for (size_t r = 0; r < model.blocking.size(); ++r) {
    Candidate candidate{.rule = r, .pairs = static_cast<double>(blocking.report()[r].pairs)};
    const std::vector<int> held = HeldComparisons(model, model.blocking[r]);
    for (size_t w = 0; w < wanted.size(); ++w) {
      if (!std::binary_search(held.begin(), held.end(), wanted[w])) candidate.frees |= 1U << w;
    }
    for (int c = 0; c < static_cast<int>(model.comparisons.size()); ++c) {
      if (std::binary_search(held.begin(), held.end(), c)) continue;
      candidate.speaking += NotNull(model.comparisons[static_cast<size_t>(c)], records);
    }
    if (candidate.pairs > 0 && candidate.frees != 0) candidates.push_back(candidate);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.pairs > b.pairs; });
  if (candidates.size() > kCandidatesMax) candidates.resize(kCandidatesMax);

  std::vector<const Candidate*> best, set;
  Cost best_cost;
  const auto grow = [&](const auto& self, size_t from) -> void {
    if (!set.empty()) {
      const Cost cost = CostOf(set, wanted.size());
      if (best.empty() || cost < best_cost) {
        best = set;
        best_cost = cost;
      }
    }
    if (set.size() == kRulesMax) return;
    for (size_t c = from; c < candidates.size(); ++c) {
      set.push_back(&candidates[c]);
      self(self, c + 1);
      set.pop_back();
    }
  };
  grow(grow, 0);

  std::vector<size_t> chosen;
  for (const Candidate* c : best) chosen.push_back(c->rule);
  std::sort(chosen.begin(), chosen.end());
  std::vector<BlockingRule> rules;
  for (size_t r : chosen) rules.push_back(model.blocking[r]);
  return rules;
}

}  // namespace hearth::linkage
