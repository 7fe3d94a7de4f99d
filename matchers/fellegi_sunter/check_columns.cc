#include "matchers/fellegi_sunter/check_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "matchers/fellegi_sunter/condition.h"

namespace hearth::linkage {
namespace {

struct Use {
  bool compared = false, blocked = false;
};

void NoteRules(const std::vector<BlockingRule>& rules, std::vector<Use>* uses) {
  for (const BlockingRule& rule : rules) {
    for (const KeyPart& part : rule.parts) (*uses)[part.left].blocked = (*uses)[part.right].blocked = true;
  }
}

std::vector<Use> UsesOf(const Model& model) {
  std::vector<Use> uses(model.columns.size());
  NoteRules(model.blocking, &uses);
  NoteRules(model.training.prior_rules, &uses);
  NoteRules(model.training.em_rules, &uses);
  std::vector<ColumnIndex> compared;
  for (const Comparison& comparison : model.comparisons) {
    for (const Level& level : comparison.levels) AddColumns(level.when, &compared);
  }
  for (ColumnIndex column : compared) uses[column].compared = true;
  return uses;
}

// What it means, joined for both uses.
std::string Means(Use use, const char* compared, const char* blocked) {
  return fmt::format("{}{}{}", use.compared ? compared : "", use.compared && use.blocked ? ", and " : "",
                     use.blocked ? blocked : "");
}

}  // namespace

std::vector<std::string> CheckColumns(const Model& model, const RecordSet& records) {
  std::vector<std::string> warnings;
  const std::vector<Use> uses = UsesOf(model);
  for (size_t c = 0; c < model.columns.size(); ++c) {
    const Use use = uses[c];
    const Column& column = records.columns[c];
    if (!use.compared && !use.blocked) continue;
    const std::string& name = model.columns[c].name;
    if (column.filled == 0) {
      warnings.push_back(fmt::format("column {} is empty in all {} rows: {}; check its heading and steps", name,
                                     records.size(),
                                     Means(use, "comparing it is always null", "rules on it make no pairs")));
    } else if (column.filled < 2) {
      warnings.push_back(fmt::format("column {} is filled in one row of {}: {}; check its heading and steps", name,
                                     records.size(),
                                     Means(use, "comparing it is always null", "rules on it make no pairs")));
    } else if (column.values.size() == 1) {
      warnings.push_back(fmt::format("column {} is the same in all {} rows that have it: {}; leave it out", name,
                                     column.filled,
                                     Means(use, "comparing it says nothing", "a rule gains nothing by it")));
    } else if (*std::max_element(column.counts.begin(), column.counts.end()) == 1) {
      warnings.push_back(fmt::format("column {} is different in all {} rows that have it: {}; is it a row number?",
                                     name, column.filled,
                                     Means(use, "no two rows agree on it exactly", "rules on it make no pairs")));
    }
  }
  return warnings;
}

}  // namespace hearth::linkage
