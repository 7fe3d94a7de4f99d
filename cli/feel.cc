#include "cli/feel.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/common.h"
#include "policy/feel/feel.h"
#include "report/json_writer.h"

namespace hearth {
namespace {

using feel::NamedValues;
using feel::NullRule;

struct FeelOptions {
  std::string expression, test, table;
  std::vector<std::string> inputs;
  std::string nulls = "standard";
  bool type = false, json = false;

  NullRule rule() const { return nulls == "pack" ? NullRule::kUnknown : NullRule::kFeel; }
};

StatusOr<YamlNode> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return NotFound("no file at " + path);
  return ReadYaml(text.str(), path);
}

// "name=FEEL value", or a file whose entries are names.
Status AddInput(const std::string& given, NullRule rule, NamedValues* names) {
  const size_t equals = given.find('=');
  if (equals != std::string::npos && equals > 0) {
    const StatusOr<Value> v = feel::EvaluateText(given.substr(equals + 1), *names, rule);
    if (!v.ok()) return Annotate(v.status(), "--input " + given.substr(0, equals));
    names->Add(given.substr(0, equals), *v);
    return OkStatus();
  }
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadFile(given));
  if (!root.IsMap()) return YamlError(root, "inputs are a map of names and values");
  for (const YamlEntry& entry : root.entries) {
    HEARTH_ASSIGN_OR_RETURN(Value v, feel::ReadValue(entry.value));
    names->Add(entry.key.text, std::move(v));
  }
  return OkStatus();
}

void WriteValue(const Value& v, JsonWriter* json) {
  switch (v.kind()) {
    case Value::Kind::kNull:
      json->Null();
      return;
    case Value::Kind::kBoolean:
      json->Bool(v.boolean());
      return;
    case Value::Kind::kText:
      json->Text(v.text());
      return;
    case Value::Kind::kList:
      json->BeginArray();
      for (const Value& item : v.list()) WriteValue(item, json);
      json->EndArray();
      return;
    case Value::Kind::kContext:
      json->BeginObject();
      for (const auto& [name, entry] : v.context()) {
        json->Key(name);
        WriteValue(entry, json);
      }
      json->EndObject();
      return;
    default:  // a number as text keeps its digits
      json->Text(v.ToString());
  }
}

void Show(const FeelOptions& o, const Value& v, const std::string& type) {
  if (!o.json) {
    std::cout << v.ToString() << "\n";
    if (o.type) std::cout << "type " << type << "\n";
    return;
  }
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("value");
  WriteValue(v, &json);
  if (o.type) json.Key("type").Text(type);
  json.EndObject();
  json.Finish();
}

Status RunTable(const FeelOptions& o, const NamedValues& names, bool* found) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadFile(o.table));
  HEARTH_ASSIGN_OR_RETURN(const feel::DecisionTable table, feel::ReadDecisionTable(root));
  feel::TableOptions options;
  options.rule = o.rule();
  feel::CompiledTable compiled;
  std::vector<feel::TableProblem> problems;
  if (!feel::CompileTable(table, names, options, &compiled, &problems)) {
    std::string all;
    for (const auto& p : problems) all += (all.empty() ? "" : "\n") + feel::ShowTableProblem(table, p);
    return InvalidArgument(o.table + ": " + all);
  }
  const feel::TableCheck check = feel::CheckTable(compiled);
  for (const auto* list : {&check.gaps, &check.overlaps, &check.dead}) {
    for (const auto& p : *list) {
      std::cerr << o.table << ": " << feel::ShowTableProblem(table, p) << "\n";
      *found = true;
    }
  }
  if (!check.exact) std::cerr << o.table << ": not checked for gaps and overlaps: " << check.why_not << "\n";
  Show(o, feel::EvaluateTableAlone(compiled, names.values()), feel::TypeText(compiled.whole.root->type));
  return OkStatus();
}

Status RunExpression(const FeelOptions& o, const NamedValues& names) {
  feel::CompileOptions options;
  Value input;
  if (!o.test.empty()) {
    HEARTH_ASSIGN_OR_RETURN(input, feel::EvaluateText(o.test, names, o.rule()));
    options.unary_tests = true;
    options.test_type = feel::TypeOfValue(input);
  }
  feel::Expression e;
  std::vector<feel::Problem> problems;
  if (!feel::Compile(o.expression, names, options, &e, &problems)) {
    std::string all;
    for (const auto& p : problems) all += (all.empty() ? "" : "\n") + feel::ShowProblem(o.expression, p);
    return InvalidArgument(all);
  }
  Show(o, feel::EvaluateAlone(e, names.values(), o.rule(), &input), feel::TypeText(e.root->type));
  return OkStatus();
}

}  // namespace

void AddFeelCommand(CLI::App& app) {
  auto o = std::make_shared<FeelOptions>();
  CLI::App* command = app.add_subcommand("feel", "evaluate a FEEL expression, unary tests or a decision table");
  command->footer(
      "Examples:\n  hearth feel 'if age >= 80 then 30 else 0' --input age=82 --type\n"
      "  hearth feel 'sum(cars[value > 50000].value)' --input family.json --json\n"
      "  hearth feel '[80..90), >= 100' --test 85\n"
      "  hearth feel --table allowance.yaml --input age=82 --nulls pack\n\n"
      "A file of inputs is JSON or YAML: a map of names and values. --nulls pack reads null as unknown, as packs do.\n"
      "Exit codes: 0 done, 1 a problem of the text (with a caret under it) or of the table, 2 wrong usage.");
  command->add_option("expression", o->expression, "what to evaluate");
  command->add_option("--input", o->inputs, "name=value in FEEL, or a file of names and values; any number of them");
  command->add_option("--test", o->test, "the expression is unary tests; this is the value that they look at");
  command->add_option("--table", o->table, "a decision table in YAML, instead of an expression");
  command->add_option("--nulls", o->nulls, "what null means: standard, or pack (unknown)")
      ->check(CLI::IsMember({"standard", "pack"}))
      ->capture_default_str();
  command->add_flag("--type", o->type, "also the static type");
  command->add_flag("--json", o->json, "for machines; numbers, days and durations as texts");
  OnRun(command, [o] {
    if (o->expression.empty() == o->table.empty()) {
      std::cerr << "hearth: feel needs an expression or --table, and not both\n";
      return kExitUsage;
    }
    NamedValues names;
    for (const std::string& given : o->inputs) {
      const Status added = AddInput(given, o->rule(), &names);
      if (!added.ok()) return Fail(added);
    }
    bool found = false;
    const Status status = o->table.empty() ? RunExpression(*o, names) : RunTable(*o, names, &found);
    if (!status.ok()) return Fail(status);
    return found ? kExitFailure : kExitOk;
  });
}

}  // namespace hearth
