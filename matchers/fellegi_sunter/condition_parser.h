// Conditions as a model's text writes them, for comparison levels and for the filters of blocking rules.
//
//   exact                        jaro_winkler >= 0.9             name <= homophone
//   exact(dob | substr 1 4)      km(lat, lng) <= 10              reversed(given_name, surname)
//   exact(dob) and not (damerau(surname) <= 2 or null(surname))
//
// `and` binds closer than `or`, `not` closest. A test without columns is asked of those that the comparison is `of`, of
// each of them when it takes one column and there are several. The table of tests is docs/formats.md, "Linkage models".
// Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"

namespace hearth::linkage {

// Columns that are new are added to the model. InvalidArgument says what is wrong and what would be right.
StatusOr<Condition> ParseCondition(std::string_view text, const std::vector<ColumnIndex>& of, Model* model);

// The condition in its canonical spelling; tests of the column `of` are written without it.
std::string ConditionText(const Condition& condition, const Model& model, std::optional<ColumnIndex> of = std::nullopt);

// a or b or any other of the columns is null on either side.
Condition NullOf(const std::vector<ColumnIndex>& columns);
// Columns that the condition reads, ascending.
std::vector<ColumnIndex> ColumnsOf(const Condition& condition);
std::vector<ColumnIndex> ColumnsOf(const Comparison& comparison);  // of its levels' conditions
// The one column that all its conditions read, if it is one.
std::optional<ColumnIndex> SoleColumn(const Comparison& comparison);
// "jaro_winkler >= 0.9": what a level is called that no label names.
std::string DefaultLabel(const Comparison& comparison, const Level& level, const Model& model);

// Empty, or what is wrong: a column of many values where the test wants one, or the reverse.
std::string ColumnKindProblem(const Condition& condition, const Model& model);

// Digits that read back to the same double.
std::string NumberText(double value);

}  // namespace hearth::linkage
