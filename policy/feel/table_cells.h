// The columns of a decision table cut into elementary intervals, so that its rows are boxes that can be compared
// exactly. Internal to policy/feel.
//
// Example: the tests "< 60", "[60..80)" and ">= 80" cut the numbers into: below 60, 60, between, 80, above 80. A row is
// then, for each input, a set of such cells.
#pragma once

#include <string>
#include <vector>

#include "policy/feel/decision_table.h"

namespace hearth::feel {

// One input column. `known` false: its tests are no constants, and nothing can be said (`why_not`, of rule `where`).
struct ColumnCells {
  bool known = true;
  std::string why_not;
  int where = -1;
  size_t count = 1;
  std::vector<std::vector<char>> rules;  // by rule: which of the cells it matches
  std::vector<char> domain;              // cells that the input may be in

  // "age in [60..80)", of some cells that stand in `cells`.
  std::string Describe(const std::vector<size_t>& cells) const;
  std::string input;                // text of the column
  std::vector<std::string> bounds;  // ordered kinds: their texts, ascending
  std::vector<std::string> words;   // other kinds: a text a cell
  bool has_null = false;            // the last cell is null
};

// Depends on the compiled tests, inputs and input_values of the table only.
std::vector<ColumnCells> CutColumns(const CompiledTable& table);

// No value of the inputs matches both rules: some column keeps them apart.
bool AreDisjoint(const std::vector<ColumnCells>& columns, size_t a, size_t b);

// Whether the node reads nothing but literals.
bool IsConstant(const Node& node);

}  // namespace hearth::feel
