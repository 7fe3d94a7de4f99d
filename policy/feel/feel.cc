#include "policy/feel/feel.h"

#include <algorithm>

namespace hearth::feel {
namespace {

// A cell of a table: a scalar, as written.
StatusOr<std::string> Cell(const YamlNode& node) {
  if (node.IsNull()) return std::string("-");
  if (!node.IsScalar()) return YamlError(node, "a cell is one text, in quotes");
  return node.text;
}

StatusOr<TableRule> ReadRule(const YamlNode& node, size_t inputs, size_t outputs) {
  TableRule rule;
  rule.line = node.line;
  std::vector<const YamlNode*> tests, said;
  if (node.IsList()) {
    if (node.items.size() != inputs + outputs) {
      return YamlError(node, std::to_string(node.items.size()) + " cells stand in the row, the table has " +
                                 std::to_string(inputs) + " inputs and " + std::to_string(outputs) + " outputs");
    }
    for (size_t i = 0; i < node.items.size(); ++i) (i < inputs ? tests : said).push_back(&node.items[i]);
  } else {
    if (!node.IsMap()) return YamlError(node, "a row is a list of cells, or a map of tests and outputs");
    YamlMap map(node);
    const YamlNode *given_tests = map.RequiredNode("tests"), *given_outputs = map.RequiredNode("outputs");
    rule.note = map.TextOr("note", "");
    HEARTH_RETURN_IF_ERROR(map.Finish());
    for (const YamlNode& cell : given_tests->items) tests.push_back(&cell);
    for (const YamlNode& cell : given_outputs->items) said.push_back(&cell);
  }
  for (const YamlNode* cell : tests) {
    HEARTH_ASSIGN_OR_RETURN(std::string text, Cell(*cell));
    rule.tests.push_back(std::move(text));
  }
  for (const YamlNode* cell : said) {
    HEARTH_ASSIGN_OR_RETURN(std::string text, Cell(*cell));
    rule.outputs.push_back(std::move(text));
  }
  return rule;
}

StatusOr<Value> Run(std::string_view text, const NamedValues& names, NullRule rule, const Value* input) {
  CompileOptions options;
  options.unary_tests = input != nullptr;
  if (input != nullptr) options.test_type = TypeOfValue(*input);
  Expression e;
  std::vector<Problem> problems;
  if (!Compile(text, names, options, &e, &problems)) {
    std::string all;
    for (const Problem& p : problems) all += (all.empty() ? "" : "\n") + ShowProblem(text, p);
    return InvalidArgument(all);
  }
  return EvaluateAlone(e, names.values(), rule, input);
}

}  // namespace

void NamedValues::Add(std::string name, Value value) {
  const auto it = std::find(names_.begin(), names_.end(), name);
  if (it != names_.end()) {
    values_[static_cast<size_t>(it - names_.begin())] = std::move(value);
    return;
  }
  names_.push_back(std::move(name));
  values_.push_back(std::move(value));
}

std::optional<Binding> NamedValues::Find(std::string_view name) const {
  const auto it = std::find(names_.begin(), names_.end(), name);
  if (it == names_.end()) return std::nullopt;
  Binding b;
  b.kind = Binding::Kind::kInput;
  b.index = static_cast<int>(it - names_.begin());
  b.type = TypeOfValue(values_[static_cast<size_t>(b.index)]);
  return b;
}

Type TypeOfValue(const Value& v) {
  using Kind = Value::Kind;
  Type t;
  switch (v.kind()) {
    case Kind::kBoolean:
      t.kind = TypeKind::kBoolean;
      break;
    case Kind::kNumber:
      t.kind = TypeKind::kNumber;
      break;
    case Kind::kText:
      t.kind = TypeKind::kText;
      break;
    case Kind::kDate:
      t.kind = TypeKind::kDate;
      break;
    case Kind::kMonths:
      t.kind = TypeKind::kMonths;
      break;
    case Kind::kDays:
      t.kind = TypeKind::kDays;
      break;
    case Kind::kContext:
      t.kind = TypeKind::kContext;
      break;
    case Kind::kList: {
      for (const Value& item : v.list()) {
        const Type one = TypeOfValue(item);
        if (one.list || one.IsAny() || (!t.IsAny() && one.kind != t.kind)) return {};
        t = one;
      }
      t.list = !t.IsAny();
      break;
    }
    default:
      break;
  }
  return t;
}

StatusOr<Value> EvaluateText(std::string_view text, const NamedValues& names, NullRule rule) {
  return Run(text, names, rule, nullptr);
}

StatusOr<Value> EvaluateTests(std::string_view tests, const Value& input, const NamedValues& names, NullRule rule) {
  return Run(tests, names, rule, &input);
}

StatusOr<Value> ReadValue(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return Value::Null();
    case YamlNode::Kind::kList: {
      ValueList items;
      for (const YamlNode& item : node.items) {
        HEARTH_ASSIGN_OR_RETURN(Value v, ReadValue(item));
        items.push_back(std::move(v));
      }
      return Value::List(std::move(items));
    }
    case YamlNode::Kind::kMap: {
      ValueContext entries;
      for (const YamlEntry& entry : node.entries) {
        HEARTH_ASSIGN_OR_RETURN(Value v, ReadValue(entry.value));
        entries.emplace_back(entry.key.text, std::move(v));
      }
      return Value::Context(std::move(entries));
    }
    case YamlNode::Kind::kScalar:
      break;
  }
  if (node.quoted) return Value::Text(node.text);
  if (node.text == "null" || node.text == "~") return Value::Null();
  if (node.text == "true" || node.text == "false") return Value::Boolean(node.text == "true");
  if (const auto number = Decimal::Parse(node.text); number.ok()) return Value::Number(*number);
  if (const auto day = ParseIsoDay(node.text); day.ok()) return Value::Date(*day);
  return Value::Text(node.text);
}

StatusOr<DecisionTable> ReadDecisionTable(const YamlNode& node) {
  DecisionTable table;
  if (!node.IsMap()) return YamlError(node, "a table is a map: policy, inputs, outputs, rules");
  YamlMap map(node);
  const std::string policy = map.TextOr("policy", "U");
  const YamlNode *inputs = map.RequiredNode("inputs"), *outputs = map.RequiredNode("outputs"),
                 *rules = map.RequiredNode("rules");
  HEARTH_RETURN_IF_ERROR(map.Finish());
  if (!ParseHitPolicy(policy, &table.policy, &table.aggregator)) {
    return YamlError(*node.Find("policy"), "\"" + policy + "\" is no hit policy: U A P F R O C C+ C# C< C>");
  }
  for (const YamlNode* list : {inputs, outputs, rules}) {
    if (!list->IsList()) return YamlError(*list, "a list is wanted here");
  }
  for (const YamlNode& item : inputs->items) {
    TableInput input;
    input.line = item.line;
    if (item.IsScalar()) {
      input.expression = item.text;
    } else {
      if (!item.IsMap()) return YamlError(item, "an input is an expression, or a map with one");
      YamlMap one(item);
      input.expression = one.Text("expression");
      input.values = one.TextOr("values", "");
      input.whole = one.BoolOr("whole", false);
      HEARTH_RETURN_IF_ERROR(one.Finish());
    }
    table.inputs.push_back(std::move(input));
  }
  for (const YamlNode& item : outputs->items) {
    TableOutput output;
    output.line = item.line;
    if (item.IsScalar()) {
      output.name = item.text;
    } else {
      if (!item.IsMap()) return YamlError(item, "an output is a name, or a map with name, values, otherwise");
      YamlMap one(item);
      output.name = one.TextOr("name", "");
      output.values = one.TextOr("values", "");
      output.otherwise = one.TextOr("otherwise", "");
      HEARTH_RETURN_IF_ERROR(one.Finish());
    }
    table.outputs.push_back(std::move(output));
  }
  for (const YamlNode& item : rules->items) {
    HEARTH_ASSIGN_OR_RETURN(TableRule rule, ReadRule(item, table.inputs.size(), table.outputs.size()));
    table.rules.push_back(std::move(rule));
  }
  return table;
}

}  // namespace hearth::feel
