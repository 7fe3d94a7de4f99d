#include "policy/pack_table.h"

#include <algorithm>

namespace hearth {
namespace {

class TableReader {
 public:
  explicit TableReader(std::vector<Status>* problems) : problems_(problems), before_(problems->size()) {}

  PlacedTable Run(const YamlNode& node) {
    out_.at = Mark(node);
    YamlMap map(node);
    const std::string hit = map.TextOr("hit", "U");
    if (!feel::ParseHitPolicy(hit, &out_.table.policy, &out_.table.aggregator)) {
      map.Fail(*map.Node("hit"), "\"" + hit + "\" is no hit policy; one of: U, A, P, F, R, O, C, C+, C#, C<, C>");
    }
    const YamlNode *inputs = map.RequiredNode("inputs"), *rules = map.RequiredNode("rules");
    const YamlNode *outputs = map.Node("outputs"), *otherwise = map.Node("default");
    const std::string gaps = map.TextOr("gaps", ""), note = map.TextOr("note", "");
    if (!gaps.empty() && gaps != "allowed") map.Fail(*map.Node("gaps"), "gaps: allowed, or no line at all");
    if (!gaps.empty() && note.empty()) map.Fail(node, "`gaps: allowed` wants a `note` that says why");
    Finish(&map);
    out_.gaps_allowed = gaps == "allowed";
    if (inputs != nullptr) ReadInputs(*inputs);
    ReadOutput(outputs, otherwise);
    if (rules != nullptr) ReadRules(*rules);
    out_.given = problems_->size() == before_;
    return std::move(out_);
  }

 private:
  void Problem(Status s) { problems_->push_back(std::move(s)); }
  void Finish(YamlMap* map) {
    if (Status s = map->Finish(); !s.ok()) Problem(std::move(s));
  }

  std::string Quoted(const YamlNode& node, std::string_view what) {
    if (!node.IsScalar()) {
      Problem(YamlError(node, std::string(what) + " is one FEEL text"));
    } else if (!node.quoted) {
      Problem(YamlError(node, "FEEL stands in quotes or in a | block, here it is bare: " + node.text));
    } else {
      return node.text;
    }
    return {};
  }

  void ReadInputs(const YamlNode& inputs) {
    if (!inputs.IsList()) return Problem(YamlError(inputs, "\"inputs\" is a list of FEEL expressions"));
    for (const YamlNode& item : inputs.items) {
      feel::TableInput input;
      out_.inputs_at.push_back(Mark(item));
      if (item.IsMap()) {
        YamlMap map(item);
        const YamlNode *feel = map.RequiredNode("feel"), *values = map.Node("values");
        input.whole = map.BoolOr("whole", false);
        Finish(&map);
        if (feel != nullptr) input.expression = Quoted(*feel, "an input");
        if (values != nullptr) input.values = Quoted(*values, "the values of an input");
      } else {
        input.expression = Quoted(item, "an input");
      }
      out_.table.inputs.push_back(std::move(input));
    }
  }

  // One output: a derived fact is one value.
  void ReadOutput(const YamlNode* outputs, const YamlNode* otherwise) {
    feel::TableOutput output;
    out_.output_at = out_.default_at = out_.at;
    const YamlNode* one = outputs;
    if (outputs != nullptr && outputs->IsList()) {
      one = outputs->items.size() == 1 ? &outputs->items[0] : nullptr;
      if (one == nullptr) Problem(YamlError(*outputs, "the table of a derived fact has one output"));
    }
    if (one != nullptr) {
      out_.output_at = Mark(*one);
      YamlMap map(*one);
      const YamlNode* values = map.RequiredNode("values");
      Finish(&map);
      if (values != nullptr) output.values = Quoted(*values, "the values of an output");
    }
    if (otherwise != nullptr) {
      out_.default_at = Mark(*otherwise);
      output.otherwise = Quoted(*otherwise, "\"default\"");
    }
    out_.table.outputs.push_back(std::move(output));
  }

  void ReadRules(const YamlNode& rules) {
    if (!rules.IsList()) return Problem(YamlError(rules, "\"rules\" is a list of rows"));
    for (const YamlNode& item : rules.items) {
      YamlMap map(item);
      const YamlNode *when = map.RequiredNode("when"), *then = map.RequiredNode("then");
      feel::TableRule rule;
      rule.note = map.TextOr("note", "");
      Finish(&map);
      std::vector<YamlNode> cells;
      if (when != nullptr && !when->IsList()) Problem(YamlError(*when, "\"when\" is a list: one test an input"));
      if (when != nullptr && when->IsList()) {
        for (const YamlNode& test : when->items) {
          rule.tests.push_back(Quoted(test, "a test"));
          cells.push_back(Mark(test));
        }
      }
      if (then != nullptr) {
        rule.outputs.push_back(Quoted(*then, "\"then\""));
        cells.push_back(Mark(*then));
      }
      out_.table.rules.push_back(std::move(rule));
      out_.rules_at.push_back(Mark(item));
      out_.cells_at.push_back(std::move(cells));
    }
  }

  std::vector<Status>* problems_;
  size_t before_;
  PlacedTable out_;
};

const YamlNode& PlaceOf(const PlacedTable& placed, const feel::TableProblem& p) {
  const size_t inputs = placed.inputs_at.size();
  if (p.rule >= 0) {
    const size_t rule = static_cast<size_t>(p.rule), column = static_cast<size_t>(std::max(p.column, 0));
    const bool cell = p.column >= 0 && column < placed.cells_at[rule].size();
    return cell ? placed.cells_at[rule][column] : placed.rules_at[rule];
  }
  if (p.column < 0) return placed.at;
  if (static_cast<size_t>(p.column) < inputs) return placed.inputs_at[static_cast<size_t>(p.column)];
  return p.text == placed.table.outputs[0].otherwise ? placed.default_at : placed.output_at;
}

}  // namespace

YamlNode Mark(const YamlNode& node) {
  YamlNode mark;
  mark.kind = YamlNode::Kind::kScalar;
  mark.file = node.file;
  mark.line = node.line;
  mark.column = node.column;
  return mark;
}

PlacedTable ReadDecisionTable(const YamlNode& node, std::vector<Status>* problems) {
  return TableReader(problems).Run(node);
}

std::shared_ptr<const feel::CompiledTable> CompileDecisionTable(const PlacedTable& placed, const std::string& what,
                                                                const feel::Scope& scope, std::vector<Status>* problems,
                                                                std::vector<Status>* warnings) {
  const auto report = [&](const feel::TableProblem& p) {
    problems->push_back(YamlError(PlaceOf(placed, p), what + ", table, " + ShowTableProblem(placed.table, p)));
  };
  auto compiled = std::make_shared<feel::CompiledTable>();
  std::vector<feel::TableProblem> found;
  if (!CompileTable(placed.table, scope, {}, compiled.get(), &found)) {
    for (const feel::TableProblem& p : found) report(p);
    return nullptr;
  }
  const feel::TableCheck check = CheckTable(*compiled);
  if (!check.exact) {
    warnings->push_back(
        YamlError(placed.at, what + ": the table cannot be checked for gaps and overlaps: " + check.why_not));
  }
  if (!placed.gaps_allowed) {
    for (feel::TableProblem p : check.gaps) {
      p.problem.message = "gap: " + p.problem.message + "; add a row, a `default:`, or `gaps: allowed` with a note";
      report(p);
    }
  }
  for (feel::TableProblem p : check.overlaps) {
    p.problem.message = "overlap: " + p.problem.message;
    report(p);
  }
  for (feel::TableProblem p : check.dead) {
    p.problem.message = "dead row: " + p.problem.message;
    report(p);
  }
  return compiled;
}

}  // namespace hearth
