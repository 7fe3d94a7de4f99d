#include "matchers/fellegi_sunter/model_reader.h"

#include <algorithm>
#include <set>

#include "core/yaml.h"
#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"

namespace hearth::linkage {
namespace {

// What uses the column, for messages: "comparison dob", "blocking rule dob + surname".
std::string UserOf(const Model& model, ColumnIndex column) {
  for (const Comparison& comparison : model.comparisons) {
    std::vector<ColumnIndex> columns = ColumnsOf(comparison);
    for (const Level& level : comparison.levels) {
      if (level.tf_column) columns.push_back(*level.tf_column);
    }
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) return "comparison " + comparison.name;
  }
  const auto user = [&](const std::vector<BlockingRule>& rules, std::string_view kind) {
    for (const BlockingRule& rule : rules) {
      std::vector<ColumnIndex> columns = rule.filter ? ColumnsOf(*rule.filter) : std::vector<ColumnIndex>{};
      for (const KeyPart& part : rule.parts) columns.insert(columns.end(), {part.left, part.right});
      if (std::find(columns.begin(), columns.end(), column) != columns.end()) return std::string(kind) + rule.text;
    }
    return std::string();
  };
  if (std::string text = user(model.blocking, "blocking rule "); !text.empty()) return text;
  if (std::string text = user(model.training.prior_rules, "prior rule "); !text.empty()) return text;
  if (std::string text = user(model.training.em_rules, "EM rule "); !text.empty()) return text;
  return "column " + model.columns[column].name;
}

constexpr size_t kNamedMax = 12;  // headings that a message lists

std::string Listed(const std::vector<std::string>& headings) {
  std::string out;
  for (size_t i = 0; i < std::min(headings.size(), kNamedMax); ++i) out += (i == 0 ? "" : ", ") + headings[i];
  if (headings.size() > kNamedMax) out += " and " + std::to_string(headings.size() - kNamedMax) + " more";
  return out;
}

}  // namespace

Status CheckHeadings(const Model& model, int source, const std::vector<std::string>& headings) {
  const std::set<std::string_view> present(headings.begin(), headings.end());
  struct Missing {
    std::string heading, user;
  };
  std::vector<Missing> missing;
  std::set<std::string_view> wanted{model.id_column};
  if (!present.contains(model.id_column)) missing.push_back({model.id_column, "id_column"});
  for (size_t i = 0; i < model.columns.size(); ++i) {
    for (const std::string& heading : model.columns[i].from[source]) {
      if (!wanted.insert(heading).second || present.contains(heading)) continue;
      missing.push_back({heading, UserOf(model, static_cast<ColumnIndex>(i))});
    }
  }
  if (missing.empty()) return OkStatus();
  // A table without a header has people in its first row: nothing of it is shown.
  if (missing.size() == wanted.size()) {
    return InvalidArgument("a model for other columns: none of its " + std::to_string(wanted.size()) + " columns (" +
                           Listed({wanted.begin(), wanted.end()}) + ") is among the " +
                           std::to_string(headings.size()) + " headings of the table; is its first row a header?");
  }
  std::string message = "the table has no column \"" + missing[0].heading + "\" (" + missing[0].user + ")";
  const std::string near = NearestName(missing[0].heading, headings);
  message += near.empty() ? "; it has " + Listed(headings) : "; did you mean \"" + near + "\"?";
  if (missing.size() > 1) {
    message += (near.empty() ? "; " : " ") + std::to_string(missing.size()) + " of the model's " +
               std::to_string(wanted.size()) + " columns are missing: a model for other columns";
  }
  return InvalidArgument(message);
}

}  // namespace hearth::linkage
