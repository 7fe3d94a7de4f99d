#include "matchers/fellegi_sunter/model_checks.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"

namespace hearth::linkage {
namespace {

constexpr size_t kKeyPartsMax = 16;

std::string ProbabilityProblem(std::string_view name, std::optional<double> value) {
  if (!value || (*value > 0 && *value <= 1)) return "";
  const std::string text(name);
  return text + " is a probability above 0, at most 1, not " + NumberText(*value) +
         (*value == 0 ? "; leave " + text + " out and it is trained" : "");
}

std::string LevelProblem(const Level& level, const Model& model) {
  if (level.is_null) {
    if (level.m || level.u || level.fixed_m || level.fixed_u) return "a null level has no m and no u: its weight is 0";
    if (level.tf_column) return "a null level has no term frequency: its weight is 0";
    return level.when.test == Test::kElse ? "else cannot be the null level" : ColumnKindProblem(level.when, model);
  }
  if (std::string problem = ProbabilityProblem("m", level.m); !problem.empty()) return problem;
  if (std::string problem = ProbabilityProblem("u", level.u); !problem.empty()) return problem;
  if (level.fixed_m && !level.m) return "fixed_m without m: there is nothing to keep";
  if (level.fixed_u && !level.u) return "fixed_u without u: there is nothing to keep";
  if (level.tf_column) {
    if (level.when.test == Test::kElse) return "else has no term frequency: its values need not be alike";
    if (model.columns[*level.tf_column].many()) {
      return "term_frequency needs one value a record, and " + model.columns[*level.tf_column].name + " has many";
    }
    if (!(level.tf_weight > 0) || !std::isfinite(level.tf_weight)) return "the weight of term_frequency is above 0";
    if (!(level.tf_minimum_u >= 0 && level.tf_minimum_u < 1)) return "minimum_u is from 0 to below 1";
  }
  return ColumnKindProblem(level.when, model);
}

// The first level that is equality of the column alone: its u is what the frequency is held against.
int ExactLevel(const Comparison& comparison, ColumnIndex column) {
  for (size_t i = 0; i < comparison.levels.size(); ++i) {
    const Level& level = comparison.levels[i];
    if (level.exact && level.when.a == column) return static_cast<int>(i);
  }
  return -1;
}

bool IsTrained(const Comparison& comparison) {
  return std::all_of(comparison.levels.begin(), comparison.levels.end(),
                     [](const Level& l) { return l.is_null || (l.m && l.u); });
}

std::string RuleText(const BlockingRule& rule, const Model& model) {
  std::string out;
  for (const KeyPart& part : rule.parts) {
    if (!out.empty()) out += " + ";
    out += ColumnText(model.columns[part.left]);
    if (part.left != part.right) out += " = " + ColumnText(model.columns[part.right]);
  }
  if (rule.filter) out += " where " + ConditionText(*rule.filter, model);
  return out;
}

}  // namespace

std::optional<Problem> CompleteComparison(Comparison* comparison, const Model& model) {
  const int count = static_cast<int>(comparison->levels.size());
  if (comparison->name.empty()) return Problem{-1, "a comparison needs a name"};
  if (count > kLevelsMax) {
    return Problem{-1, std::to_string(count) + " levels, the null level included; " + std::to_string(kLevelsMax) +
                           " are the most a comparison can have"};
  }
  int said = 0;
  for (int i = 0; i < count; ++i) {
    Level& level = comparison->levels[i];
    level.exact = level.when.test == Test::kEqual && !level.is_null;
    said += level.is_null ? 0 : 1;
    if (level.when.test == Test::kElse && i + 1 < count) {
      return Problem{i + 1, "no level comes after else: else takes every pair that is left"};
    }
    if (std::string problem = LevelProblem(level, model); !problem.empty()) return Problem{i, problem};
  }
  if (count == 0 || comparison->levels.back().when.test != Test::kElse) {
    return Problem{-1, "the last level must be else"};
  }
  if (said < 2) return Problem{-1, "a comparison needs a level beside null and else, such as exact"};
  for (int i = 0; i < count; ++i) {
    Level& level = comparison->levels[i];
    if (level.label.empty()) level.label = DefaultLabel(*comparison, level, model);
    if (!level.tf_column || level.tf_level >= 0) continue;
    level.tf_level = ExactLevel(*comparison, *level.tf_column);
    if (level.tf_level < 0) {
      const std::string name = ColumnText(model.columns[*level.tf_column]);
      return Problem{i, "term_frequency of " + name + " needs a level exact(" + name +
                            ") in the comparison, whose u it refers to"};
    }
  }
  return std::nullopt;
}

std::optional<Problem> CompleteRule(BlockingRule* rule, const Model& model) {
  if (rule->parts.empty()) return Problem{-1, "a blocking rule needs at least one column that is equal on both sides"};
  if (rule->parts.size() > kKeyPartsMax) return Problem{-1, "more than 16 columns in one blocking rule"};
  if (rule->filter) {
    if (std::string problem = ColumnKindProblem(*rule->filter, model); !problem.empty()) return Problem{-1, problem};
    if (rule->filter->test == Test::kElse) return Problem{-1, "else is no filter: it keeps every pair"};
  }
  for (size_t i = 0; i < rule->parts.size(); ++i) {
    const bool twice = std::count(rule->parts.begin(), rule->parts.end(), rule->parts[i]) > 1;
    if (twice) {
      return Problem{static_cast<int>(i),
                     "column " + ColumnText(model.columns[rule->parts[i].left]) + " twice in one blocking rule"};
    }
  }
  rule->text = RuleText(*rule, model);
  return std::nullopt;
}

std::optional<Problem> CheckComparisonNames(const Model& model) {
  const size_t count = model.comparisons.size();
  if (count == 0) return Problem{-1, "a model needs at least one comparison"};
  if (count > kComparisonsMax) {
    return Problem{kComparisonsMax, std::to_string(count) + " comparisons; " + std::to_string(kComparisonsMax) +
                                        " are the most a model can have"};
  }
  std::set<std::string_view> names;
  for (size_t i = 0; i < count; ++i) {
    if (!names.insert(model.comparisons[i].name).second) {
      return Problem{static_cast<int>(i),
                     "a second comparison \"" + model.comparisons[i].name + "\"; give one of them another name"};
    }
  }
  return std::nullopt;
}

std::optional<Problem> CheckEmRules(const Model& model) {
  for (size_t r = 0; r < model.training.em_rules.size(); ++r) {
    const BlockingRule& rule = model.training.em_rules[r];
    const auto held = [&](const Comparison& comparison) {
      const std::vector<ColumnIndex> columns = ColumnsOf(comparison);
      return std::any_of(rule.parts.begin(), rule.parts.end(), [&](const KeyPart& part) {
        return part.left == part.right && std::binary_search(columns.begin(), columns.end(), part.left);
      });
    };
    const auto idle = [&](const Comparison& comparison) { return IsTrained(comparison) || held(comparison); };
    const bool trained = std::all_of(model.comparisons.begin(), model.comparisons.end(), IsTrained);
    if (!trained && std::all_of(model.comparisons.begin(), model.comparisons.end(), idle)) {
      return Problem{static_cast<int>(r),
                     "EM rule " + rule.text +
                         " holds every comparison equal that is to be trained, so nothing can be learnt from its "
                         "pairs; leave a column out"};
    }
  }
  return std::nullopt;
}

}  // namespace hearth::linkage
