// Columns as a model's text writes them: a name, then steps behind bars.
//
//   dob | substr 1 4            birth year of a date
//   "Date, of birth" | digits   a name with , | = ( ) or quotes stands in double quotes
//   tags | split ";"            an argument with such a character as well
//
// A name is a column that the model declares, else a heading of the table itself. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"

namespace hearth::linkage {

// One step: "lower", "substr 1 4", "date %Y%m%d". InvalidArgument names the nearest step or the arguments wanted.
StatusOr<Step> ParseStep(std::string_view text);
std::string StepText(const Step& step);

// Name and steps of "dob | substr 1 4", and the text in its one canonical spelling.
struct ColumnExpression {
  std::string base;
  std::vector<Step> steps;
  std::string text;  // "dob" or "dob | substr 1 4"; what Model::columns calls it
};
StatusOr<ColumnExpression> ParseColumnExpression(std::string_view text);

// The name as it stands in a column expression: in quotes when it must be.
std::string QuotedName(std::string_view name);
std::string ColumnText(const ColumnSpec& column);

std::optional<ColumnIndex> FindColumn(const Model& model, std::string_view name);
// As InternColumn of model_reader.h, for an expression that was parsed already.
StatusOr<ColumnIndex> InternExpression(const ColumnExpression& expression, Model* model);
// True when the column is just what its text says, so that a model need not declare it.
bool FollowsFromText(const Model& model, const ColumnSpec& column);

// Puts declared columns first and the others in order of use (blocking, comparisons, prior, EM), drops columns that are
// neither declared nor used, and renumbers. Two spellings of one model end up equal.
void OrderColumns(Model* model);

// Splits at a character outside double quotes and parentheses; parts are trimmed.
std::vector<std::string_view> SplitOutsideQuotes(std::string_view text, char separator);

}  // namespace hearth::linkage
