// Any text as a FEEL expression, as unary tests and as the cells of a decision table: a value, or a problem that lies
// in the text, under both null rules.
#include "core/status.h"
#include "policy/feel/feel.h"
#include "policy/feel/parser.h"

namespace hearth::feel {
namespace {

constexpr size_t kTextMax = 4096;

const NamedValues& Names() {
  static const NamedValues kNames = [] {
    NamedValues names;
    names.Add("age", Value::Number(82));
    names.Add("Monthly Income", Value::Number(1200));
    names.Add("unknown", Value::Null());
    names.Add("word", Value::Text("a"));
    names.Add("rows", Value::List({Value::Context({{"use", Value::Text("a")}, {"value", Value::Number(5)}}),
                                   Value::Context({{"use", Value::Text("b")}, {"value", Value::Null()}})}));
    return names;
  }();
  return kNames;
}

void CheckProblems(std::string_view text, const std::vector<Problem>& problems) {
  HEARTH_CHECK(!problems.empty(), "refused without a reason");
  for (const Problem& p : problems) {
    HEARTH_CHECK(!p.message.empty() && p.offset <= text.size(), "a problem outside the text");
    HEARTH_CHECK(!ShowProblem(text, p).empty(), "a problem that cannot be shown");
  }
}

void RunText(std::string_view text, bool tests, bool strict) {
  CompileOptions options;
  options.unary_tests = tests;
  options.strict = strict;
  Expression e;
  std::vector<Problem> problems;
  if (!Compile(text, Names(), options, &e, &problems)) return CheckProblems(text, problems);
  const Value input = Value::Number(5);
  for (const NullRule rule : {NullRule::kFeel, NullRule::kUnknown}) {
    EvaluateAlone(e, Names().values(), rule, &input);
  }
}

void RunTable(std::string_view text) {
  // Lines are rows of the table, "|" parts the cells.
  DecisionTable t;
  t.inputs = {{"age"}, {"word"}};
  t.outputs = {{"x", "1, 2, 3", "0"}};
  size_t policy = 0;
  for (size_t from = 0; from <= text.size() && t.rules.size() < 16;) {
    const size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line = text.substr(from, end - from);
    from = end + 1;
    policy += line.size();
    TableRule rule;
    for (int c = 0; c < 2; ++c) {
      const size_t bar = std::min(line.find('|'), line.size());
      rule.tests.emplace_back(line.substr(0, bar));
      line.remove_prefix(std::min(bar + 1, line.size()));
    }
    rule.outputs.emplace_back(line.empty() ? "1" : line);
    t.rules.push_back(std::move(rule));
  }
  const char* policies[] = {"U", "A", "P", "F", "R", "O", "C", "C+", "C#", "C<", "C>"};
  HEARTH_CHECK(ParseHitPolicy(policies[policy % 11], &t.policy, &t.aggregator), "a policy of the standard");
  for (const NullRule rule : {NullRule::kFeel, NullRule::kUnknown}) {
    TableOptions options;
    options.rule = rule;
    options.strict = rule == NullRule::kUnknown;
    CompiledTable compiled;
    std::vector<TableProblem> problems;
    if (!CompileTable(t, Names(), options, &compiled, &problems)) {
      HEARTH_CHECK(!problems.empty(), "refused without a reason");
      for (const TableProblem& p : problems) HEARTH_CHECK(!ShowTableProblem(t, p).empty(), "cannot be shown");
      continue;
    }
    EvaluateTableAlone(compiled, Names().values());
    CheckTable(compiled);
  }
}

void PrintAgain(std::string_view text) {
  Problem problem;
  const std::vector<std::string> names = {"Monthly Income"};
  const std::unique_ptr<Node> n = ParseExpression(text, names, &problem);
  if (n == nullptr || n->depth > kDepthMax / 4) return;
  PrintExpression(*n);
}

}  // namespace
}  // namespace hearth::feel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hearth::feel;
  const std::string_view text(reinterpret_cast<const char*>(data), std::min(size, kTextMax));
  for (const bool strict : {true, false}) {
    RunText(text, false, strict);
    RunText(text, true, strict);
  }
  RunTable(text);
  PrintAgain(text);
  return 0;
}
