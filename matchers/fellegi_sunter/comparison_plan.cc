#include "matchers/fellegi_sunter/comparison_plan.h"

#include <algorithm>
#include <cmath>

#include "matchers/fellegi_sunter/condition.h"

namespace hearth::linkage {
namespace {

bool IsSimilarity(Test t) { return t == Test::kJaro || t == Test::kJaroWinkler || t == Test::kJaccard; }
bool IsDistance(Test t) { return t == Test::kLevenshtein || t == Test::kDamerau; }

// Reads the levels in order and stops at the first that no quick form has.
class Planner {
 public:
  Planner(const Comparison& comparison, const RecordSet& records) : comparison_(comparison), records_(records) {}

  ComparisonPlan Plan() {
    for (const Level& level : comparison_.levels) AddColumns(level.when, &plan_.columns);
    plan_.else_level = static_cast<uint8_t>(comparison_.levels.size() - 1);
    PlanForm form = PlanForm::kEqual;
    for (size_t l = 0; l < comparison_.levels.size(); ++l) {
      const Condition& when = comparison_.levels[l].when;
      if (when.test == Test::kElse) {
        plan_.else_level = static_cast<uint8_t>(l);
        break;
      }
      if (!Take(when, static_cast<uint8_t>(l), &form)) return std::move(plan_);
    }
    if (form == PlanForm::kEqual && !has_equal_) return std::move(plan_);
    if (form != PlanForm::kPlace && has_null_ && plan_.b != plan_.a) return std::move(plan_);
    // Without a null level a missing value fails every test and falls to the last.
    if (!has_null_) plan_.null_level = plan_.else_level;
    // Equal values have distance 0 and similarity 1.
    if (!has_equal_) {
      if (form == PlanForm::kSimilarity && plan_.thresholds.front().bound > 1) return std::move(plan_);
      plan_.equal_level = plan_.thresholds.front().level;
    }
    plan_.form = form;
    return std::move(plan_);
  }

 private:
  bool OfColumn(const Condition& when) {
    if (!has_column_) plan_.a = when.a;
    has_column_ = true;
    return plan_.a == when.a && !records_.columns[when.a].many();
  }

  bool Take(const Condition& when, uint8_t level, PlanForm* form) {
    if (when.test == Test::kNull) {
      if (level != 0 || !OfColumn(when)) return false;
      has_null_ = true;
      plan_.null_level = level;
      plan_.b = when.b;
      return true;
    }
    if (when.test == Test::kEqual) {
      if (!OfColumn(when) || has_equal_ || !plan_.thresholds.empty()) return false;
      has_equal_ = true;
      plan_.equal_level = level;
      return true;
    }
    if (!IsSimilarity(when.test) && !IsDistance(when.test) && when.test != Test::kKmWithin) return false;
    const PlanForm now = when.test == Test::kKmWithin ? PlanForm::kPlace
                         : IsSimilarity(when.test)    ? PlanForm::kSimilarity
                                                      : PlanForm::kDistance;
    if (!OfColumn(when) || (*form != PlanForm::kEqual && plan_.measure != when.test)) return false;
    if (now == PlanForm::kPlace) {
      if (has_equal_ || records_.columns[when.b].many() || ((has_null_ || *form == now) && plan_.b != when.b))
        return false;
      plan_.b = when.b;
    }
    *form = now;
    plan_.measure = when.test;
    // A threshold as strict as one before it can never be met first.
    const bool weaker =
        plan_.thresholds.empty() || (now == PlanForm::kSimilarity ? when.bound < plan_.thresholds.back().bound
                                                                  : when.bound > plan_.thresholds.back().bound);
    if (weaker) plan_.thresholds.push_back({when.bound, level});
    return true;
  }

  const Comparison& comparison_;
  const RecordSet& records_;
  ComparisonPlan plan_;
  bool has_column_ = false, has_null_ = false, has_equal_ = false;
};

// Whether a pair with so many units in common can pass the weakest threshold.
bool HasChance(const ComparisonPlan& plan, int common, int length_a, int length_b, int prefix) {
  const double weakest = plan.thresholds.back().bound;
  if (plan.form == PlanForm::kDistance) return std::max(length_a, length_b) - common <= weakest;
  if (weakest <= 0) return true;
  if (common == 0) return false;
  const double jaro = JaroScore(common, 0, static_cast<size_t>(length_a), static_cast<size_t>(length_b));
  return (plan.measure == Test::kJaro ? jaro : WinklerUpperBound(jaro, static_cast<size_t>(prefix))) >= weakest;
}

std::unique_ptr<LeastCommon> LeastCommonOf(const ComparisonPlan& plan) {
  auto table = std::make_unique<LeastCommon>();
  for (int prefix = 0; prefix < static_cast<int>(LeastCommon::kPrefixes); ++prefix) {
    for (int a = 0; a < static_cast<int>(LeastCommon::kLengths); ++a) {
      for (int b = 0; b < static_cast<int>(LeastCommon::kLengths); ++b) {
        int common = 0;
        while (common <= std::min(a, b) && !HasChance(plan, common, a, b, prefix)) ++common;
        table->least[static_cast<size_t>(prefix)][static_cast<size_t>(a)][static_cast<size_t>(b)] =
            static_cast<uint8_t>(common);
      }
    }
  }
  return table;
}

}  // namespace

ComparisonPlan PlanComparison(const Comparison& comparison, const RecordSet& records) {
  ComparisonPlan plan = Planner(comparison, records).Plan();
  if (plan.form == PlanForm::kDistance || (plan.form == PlanForm::kSimilarity && plan.measure != Test::kJaccard)) {
    plan.least_common = LeastCommonOf(plan);
  }
  return plan;
}

}  // namespace hearth::linkage
