// The `table:` of a derived fact: a decision table in YAML, read with the place of each cell and compiled to one
// expression (policy/feel/decision_table.h).
//
//   table:
//     hit: U                                  # U A P F R O C C+ C# C< C>, or UNIQUE …
//     inputs:
//       - "age"
//       - {feel: "care_place", values: "\"home\", \"institution\""}
//     outputs: {values: "30, 60"}             # only where P and O need an order, or to bound what the rows say
//     rules:
//       - {when: ["[80..90)", "-"], then: "30"}
//       - {when: [">= 90", "-"], then: "60", note: "…"}
//     default: "0"                            # or `gaps: allowed` with a note: no row means unknown
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/status.h"
#include "core/yaml.h"
#include "policy/feel/decision_table.h"

namespace hearth {

// A table and where its parts stand.
struct PlacedTable {
  feel::DecisionTable table;
  bool given = false;
  bool gaps_allowed = false;
  YamlNode at, output_at, default_at;           // marks: scalar nodes without children
  std::vector<YamlNode> inputs_at, rules_at;    // by input; by rule
  std::vector<std::vector<YamlNode>> cells_at;  // by rule: its tests, then its output
};

// A node that stands for the place of another in messages.
YamlNode Mark(const YamlNode& node);

// Problems are appended; the result is `given` only when the table could be read whole.
PlacedTable ReadDecisionTable(const YamlNode& node, std::vector<Status>* problems);

// Compiles and checks. Cells that do not compile, gaps, overlaps and dead rows are problems, each with its row and
// column and its place in the file; what cannot be checked is a warning. An empty pointer when the table does not
// compile.
//   what  "derived fact allowance", for messages
std::shared_ptr<const feel::CompiledTable> CompileDecisionTable(const PlacedTable& placed, const std::string& what,
                                                                const feel::Scope& scope, std::vector<Status>* problems,
                                                                std::vector<Status>* warnings);

}  // namespace hearth
