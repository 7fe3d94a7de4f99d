// FEEL by itself: one header for users of the language.
//
//   NamedValues names;
//   names.Add("age", Value::Number(82));
//   names.Add("grades", Value::List({Value::Text("a"), Value::Text("b")}));
//   StatusOr<Value> v = EvaluateText("if age >= 80 then count(grades) else 0", names, NullRule::kFeel);
//   // v->ToString() == "2"; a problem is InvalidArgument whose message ends in the line and a caret under the place.
//
// For an expression that is evaluated many times: Compile once, then EvaluateAlone(expression, names.values(), rule).
// Tables: CompileTable and EvaluateTableAlone of decision_table.h. Types are taken from the values given, so that a
// clash is a problem before anything is evaluated.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "core/yaml.h"
#include "policy/feel/compile.h"
#include "policy/feel/decision_table.h"
#include "policy/feel/interpreter.h"

namespace hearth::feel {

// A scope of values by name.
class NamedValues : public Scope {
 public:
  // A name given again takes the new value.
  void Add(std::string name, Value value);
  const std::vector<Value>& values() const { return values_; }

  std::optional<Binding> Find(std::string_view name) const override;
  std::optional<Binding> FindOfMember(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> Names() const override { return names_; }

 private:
  std::vector<std::string> names_;
  std::vector<Value> values_;
};

// The type that a value has; of a list that of its items when they share one.
Type TypeOfValue(const Value& v);

StatusOr<Value> EvaluateText(std::string_view text, const NamedValues& names, NullRule rule);
// Unary tests of a value: true, false or null.
StatusOr<Value> EvaluateTests(std::string_view tests, const Value& input, const NamedValues& names, NullRule rule);

// A value written in YAML or JSON: maps are contexts; what stands in quotes is a text; the rest is a number, true,
// false, null, a day (2024-03-01) or else a text.
StatusOr<Value> ReadValue(const YamlNode& node);

// A table written in YAML:
//   policy: U                                  # or C+, "OUTPUT ORDER" …; U when left out
//   inputs: [age, {expression: grade, values: '"a", "b"', whole: false}]
//   outputs: [{name: amount, values: "30, 60", otherwise: "0"}]
//   rules:
//     - ["[80..90)", '"a"', "30"]              # tests, then outputs
//     - {tests: [">= 90", "-"], outputs: ["60"], note: "…"}
// InvalidArgument with file, line and column.
StatusOr<DecisionTable> ReadDecisionTable(const YamlNode& node);

}  // namespace hearth::feel
