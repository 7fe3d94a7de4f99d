#include "policy/feel/decision_table.h"

#include <algorithm>
#include <array>

#include "policy/feel/lexer.h"
#include "policy/feel/table_cells.h"

namespace hearth::feel {
namespace {

// The table is written out as one FEEL text, which is then compiled as any other: `if` for each result, in order.
// Rows that say the same and may stand side by side are one `or`, so that an unknown test between them does not count.

constexpr size_t kResultsMax = 200;  // results nest, and nesting is bounded
constexpr size_t kSumMax = 100;      // as do terms of a sum

constexpr struct {
  std::string_view letter, word;
  HitPolicy policy;
} kPolicies[] = {{"U", "UNIQUE", HitPolicy::kUnique},        {"A", "ANY", HitPolicy::kAny},
                 {"P", "PRIORITY", HitPolicy::kPriority},    {"F", "FIRST", HitPolicy::kFirst},
                 {"R", "RULE ORDER", HitPolicy::kRuleOrder}, {"O", "OUTPUT ORDER", HitPolicy::kOutputOrder},
                 {"C", "COLLECT", HitPolicy::kCollect}};
constexpr std::array<std::string_view, 5> kAggregators = {"", "+", "#", "<", ">"};

bool TakesOne(HitPolicy p) {
  return p == HitPolicy::kUnique || p == HitPolicy::kAny || p == HitPolicy::kPriority || p == HitPolicy::kFirst;
}
bool HasPriority(HitPolicy p) { return p == HitPolicy::kPriority || p == HitPolicy::kOutputOrder; }

std::string Trimmed(std::string_view s) {
  const size_t begin = s.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(s.substr(begin, s.find_last_not_of(" \t\r\n") - begin + 1));
}
bool IsAny(std::string_view test) {
  const std::string t = Trimmed(test);
  return t.empty() || t == "-";
}

// A comment to the end of the line would swallow what follows.
std::string Piece(std::string_view text) {
  std::string out = Trimmed(text);
  if (out.find("//") != std::string::npos) out += '\n';
  return out;
}

// A name or a literal stands on its own; anything else in brackets.
std::string Operand(std::string_view text, const Node& n) {
  const bool alone = n.kids.empty() || n.op == Op::kItemField || n.op == Op::kPath || n.op == Op::kColumn;
  const std::string piece = Piece(text);
  return alone && piece.back() != '\n' ? piece : "(" + piece + ")";
}

bool IsPlainLiteral(const Node& n) {
  if (n.op == Op::kNegate) return IsPlainLiteral(*n.kids[0]);
  return n.op == Op::kLiteral && !n.literal.IsNull();
}

class TableCompiler {
 public:
  TableCompiler(const DecisionTable& table, const Scope& scope, const TableOptions& options, CompiledTable* out,
                std::vector<TableProblem>* problems)
      : table_(table), scope_(scope), options_(options), out_(out), problems_(problems) {}

  bool Run() {
    const size_t before = problems_->size();
    *out_ = {};
    out_->table = table_;
    out_->rule = options_.rule;
    CheckShape();
    if (problems_->size() != before) return false;
    CompileHeader();
    for (size_t r = 0; r < table_.rules.size(); ++r) CompileRule(r);
    CheckOutputs();
    if (problems_->size() != before) return false;
    columns_ = CutColumns(*out_);
    for (size_t r = 0; r < table_.rules.size(); ++r) {
      out_->order.push_back(r);
      conditions_.push_back(Condition(r));
    }
    if (HasPriority(table_.policy) && !SortByPriority()) return false;
    if (!CompileText(Written(-1), &out_->whole)) return false;
    if (outputs() > 1 && TakesOne(table_.policy)) {
      for (size_t o = 0; o < outputs(); ++o) {
        out_->single.emplace_back();
        if (!CompileText(Written(static_cast<int>(o)), &out_->single.back())) return false;
      }
    }
    return problems_->size() == before;
  }

 private:
  size_t outputs() const { return table_.outputs.size(); }
  int Line(int rule, int column) const {
    if (rule >= 0) return table_.rules[static_cast<size_t>(rule)].line;
    const size_t c = static_cast<size_t>(column);
    if (column < 0) return 0;
    return c < table_.inputs.size() ? table_.inputs[c].line : table_.outputs[c - table_.inputs.size()].line;
  }
  void Report(int rule, int column, std::string_view text, Problem problem) {
    problems_->push_back({rule, column, std::string(text), std::move(problem), Line(rule, column)});
  }
  int OutputColumn(size_t output) const { return static_cast<int>(table_.inputs.size() + output); }

  void CheckShape() {
    if (table_.outputs.empty()) Report(-1, -1, "", {0, "a table needs an output"});
    if (table_.rules.empty()) Report(-1, -1, "", {0, "a table needs a row"});
    if (table_.aggregator != Aggregator::kNone && (table_.policy != HitPolicy::kCollect || outputs() != 1)) {
      Report(-1, -1, "", {0, "only a table with hit policy C and one output can add up, count or compare its rows"});
    }
    for (size_t o = 0; o < outputs(); ++o) {
      if (outputs() > 1 && table_.outputs[o].name.empty()) {
        Report(-1, OutputColumn(o), "", {0, "an output needs a name when there are several"});
      }
      for (size_t p = 0; p < o; ++p) {
        if (outputs() > 1 && table_.outputs[p].name == table_.outputs[o].name) {
          Report(-1, OutputColumn(o), "", {0, "two outputs have the name \"" + table_.outputs[o].name + "\""});
        }
      }
    }
    for (size_t r = 0; r < table_.rules.size(); ++r) {
      const TableRule& rule = table_.rules[r];
      const auto count = [&](size_t have, size_t want, std::string_view what) {
        if (have == want) return;
        Report(static_cast<int>(r), -1, "",
               {0, std::to_string(have) + " " + std::string(what) + " stand in the row, the table has " +
                       std::to_string(want)});
      };
      count(rule.tests.size(), table_.inputs.size(), "tests");
      count(rule.outputs.size(), outputs(), "outputs");
    }
  }

  bool CompileCell(int rule, int column, std::string_view text, bool tests, const Type& test_type, Expression* e) {
    CompileOptions options;
    options.strict = options_.strict;
    options.unary_tests = tests;
    options.test_type = test_type;
    std::vector<Problem> found;
    if (Compile(text, scope_, options, e, &found)) return true;
    for (Problem& p : found) Report(rule, column, text, std::move(p));
    e->root = nullptr;  // not to be evaluated
    return false;
  }

  void CompileHeader() {
    for (size_t i = 0; i < table_.inputs.size(); ++i) {
      const int column = static_cast<int>(i);
      out_->inputs.emplace_back();
      CompileCell(-1, column, table_.inputs[i].expression, false, {}, &out_->inputs.back());
      input_types_.push_back(out_->inputs.back().root ? out_->inputs.back().root->type : Type{});
      out_->input_values.emplace_back();
      if (!IsAny(table_.inputs[i].values)) {
        CompileCell(-1, column, table_.inputs[i].values, true, input_types_[i], &out_->input_values.back());
      }
    }
    for (size_t o = 0; o < outputs(); ++o) {
      out_->otherwise.emplace_back();
      if (!Trimmed(table_.outputs[o].otherwise).empty()) {
        CompileCell(-1, OutputColumn(o), table_.outputs[o].otherwise, false, {}, &out_->otherwise.back());
      }
      values_.emplace_back();
      Expression list;
      if (IsAny(table_.outputs[o].values)) continue;
      const std::string text = "[" + Piece(table_.outputs[o].values) + "]";
      if (!CompileCell(-1, OutputColumn(o), text, false, {}, &list)) continue;
      if (IsConstant(*list.root)) values_.back() = EvaluateAlone(list, {}, NullRule::kFeel);
    }
  }

  void CompileRule(size_t r) {
    const TableRule& rule = table_.rules[r];
    out_->tests.emplace_back();
    for (size_t i = 0; i < rule.tests.size(); ++i) {
      out_->tests[r].emplace_back();
      const std::string_view text = IsAny(rule.tests[i]) ? std::string_view("-") : std::string_view(rule.tests[i]);
      CompileCell(static_cast<int>(r), static_cast<int>(i), text, true, input_types_[i], &out_->tests[r].back());
    }
    out_->outputs.emplace_back();
    for (size_t o = 0; o < outputs(); ++o) {
      out_->outputs[r].emplace_back();
      CompileCell(static_cast<int>(r), OutputColumn(o), rule.outputs[o], false, {}, &out_->outputs[r].back());
    }
  }

  // The cells of one output are of one type, and among its values.
  void CheckOutputs() {
    if (!options_.strict) return;
    for (size_t o = 0; o < outputs(); ++o) {
      Type common;
      for (size_t r = 0; r < table_.rules.size(); ++r) {
        const Expression& cell = out_->outputs[r][o];
        if (cell.root == nullptr) continue;
        const int rule = static_cast<int>(r), column = OutputColumn(o);
        if (!Fits(common, cell.root->type)) {
          Report(
              rule, column, cell.text,
              {cell.root->begin, "type clash: " + TypeText(cell.root->type) + " in a column of " + TypeText(common)});
        } else if (common.IsAny() || common.kind == TypeKind::kNull) {
          common = cell.root->type;
        }
        if (values_[o].kind() != Value::Kind::kList || !IsConstant(*cell.root)) continue;
        const Value v = EvaluateAlone(cell, {}, NullRule::kFeel);
        if (!v.IsNull() && In(v, values_[o], NullRule::kFeel) != std::optional<bool>(true)) {
          Report(rule, column, cell.text, {cell.root->begin, v.ToString() + " is no value of this output"});
        }
      }
      const Expression& otherwise = out_->otherwise[o];
      if (otherwise.root != nullptr && !Fits(common, otherwise.root->type)) {
        Report(-1, OutputColumn(o), otherwise.text,
               {0, "type clash: " + TypeText(otherwise.root->type) + " in a column of " + TypeText(common)});
      }
    }
  }

  // ---- the text

  std::string TestOf(size_t r, size_t i) const {
    const Node& tests = *out_->tests[r][i].root;
    const std::string& text = out_->tests[r][i].text;
    if (tests.kids.empty()) return "";
    const std::string input = Operand(table_.inputs[i].expression, *out_->inputs[i].root);
    const auto slice = [&](const Node& n) { return Piece(text.substr(n.begin, n.end - n.begin)); };
    std::string plain, own;
    size_t plain_count = 0;
    const Node* single = nullptr;
    for (const auto& kid : tests.kids) {
      if (kid->tests_input) {
        own += (own.empty() ? "" : " or ") + ("(" + WithInput(slice(*kid), input) + ")");
      } else {
        plain += (plain.empty() ? "" : ", ") + slice(*kid);
        ++plain_count;
        single = kid.get();
      }
    }
    std::string out = own;
    if (plain_count == 1 && single->op == Op::kUnaryRange) {
      out = input + " " + plain;
    } else if (plain_count == 1 && (IsPlainLiteral(*single) || plain == "null")) {
      out = input + " = " + plain;
    } else if (plain_count == 1 && single->op == Op::kRange) {
      out = input + " in " + plain;
    } else if (plain_count > 0) {
      out = input + " in (" + plain + ")";
    }
    if (plain_count > 0 && !own.empty()) out = "(" + out + " or " + own + ")";
    return tests.negated ? "not(" + out + ")" : out;
  }

  // The test with its `?` replaced by the input.
  static std::string WithInput(const std::string& test, const std::string& input) {
    std::vector<Token> tokens;
    Problem problem;
    if (!ReadTokens(test, &tokens, &problem)) return test;
    std::string out;
    size_t from = 0;
    for (const Token& t : tokens) {
      if (t.kind != Token::Kind::kSign || t.text != "?") continue;
      out += test.substr(from, t.begin - from) + input;
      from = t.end;
    }
    return out + test.substr(from);
  }

  std::string Condition(size_t r) const {
    std::string out;
    for (size_t i = 0; i < table_.inputs.size(); ++i) {
      const std::string test = TestOf(r, i);
      if (!test.empty()) out += (out.empty() ? "" : " and ") + test;
    }
    return out.empty() ? "true" : out;
  }

  // What a row says: of one output, or a list of all.
  std::string Said(size_t r, int output) const {
    const TableRule& rule = table_.rules[r];
    if (output >= 0 || outputs() == 1) return Piece(rule.outputs[output < 0 ? 0 : static_cast<size_t>(output)]);
    std::string out = "[";
    for (size_t o = 0; o < outputs(); ++o) out += (o > 0 ? ", " : "") + Piece(rule.outputs[o]);
    return out + "]";
  }
  bool HasDefault() const {
    return std::any_of(out_->otherwise.begin(), out_->otherwise.end(), [](const auto& e) { return e.root != nullptr; });
  }
  std::string Default(int output) const {
    const auto one = [&](size_t o) {
      return out_->otherwise[o].root == nullptr ? std::string("null") : Piece(table_.outputs[o].otherwise);
    };
    if (output >= 0 || outputs() == 1) return one(output < 0 ? 0 : static_cast<size_t>(output));
    if (!HasDefault()) return "null";
    std::string out = "[";
    for (size_t o = 0; o < outputs(); ++o) out += (o > 0 ? ", " : "") + one(o);
    return out + "]";
  }

  struct Group {
    std::string said;
    std::vector<size_t> rows;
  };

  // Rows of one result, in order; under F and P a row moves up past rows that it has nothing in common with.
  std::vector<Group> Groups(int output) const {
    const bool ordered = table_.policy == HitPolicy::kFirst || table_.policy == HitPolicy::kPriority;
    std::vector<Group> groups;
    for (const size_t r : out_->order) {
      const std::string said = Said(r, output);
      size_t g = groups.size();
      while (g > 0) {
        if (groups[g - 1].said == said) break;
        const bool passes = !ordered || std::all_of(groups[g - 1].rows.begin(), groups[g - 1].rows.end(),
                                                    [&](size_t o) { return AreDisjoint(columns_, o, r); });
        if (!passes) {
          g = 0;
          break;
        }
        --g;
      }
      if (g == 0)
        groups.push_back({said, {r}});
      else
        groups[g - 1].rows.push_back(r);
    }
    return groups;
  }

  std::string AnyOf(const std::vector<size_t>& rows) const {
    std::string out;
    for (const size_t r : rows) {
      const bool several = conditions_[r].find(" and ") != std::string::npos;
      out += (out.empty() ? "" : " or ") + (rows.size() > 1 && several ? "(" + conditions_[r] + ")" : conditions_[r]);
    }
    return out;
  }

  // "count([a, b][item]) > 1": two of the rows match that must not.
  std::string Conflict() const {
    std::vector<size_t> rows;
    const size_t n = table_.rules.size();
    const auto meets = [&](size_t a, size_t b) {
      if (a == b || AreDisjoint(columns_, a, b)) return false;
      return table_.policy == HitPolicy::kUnique || Said(a, -1) != Said(b, -1);
    };
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = 0; b < n; ++b) {
        if (!meets(a, b)) continue;
        rows.push_back(a);
        break;
      }
    }
    if (rows.empty()) return "";
    std::string list;
    for (const size_t r : rows) {
      const std::string sep = list.empty() ? "" : ", ";
      if (table_.policy == HitPolicy::kUnique)
        list += sep + conditions_[r];
      else
        list += sep + "if " + conditions_[r] + " then [" + Said(r, -1) + "] else []";
    }
    if (table_.policy == HitPolicy::kUnique) return "count([" + list + "][item]) > 1";
    return "count(distinct values(concatenate(" + list + "))) > 1";
  }

  std::string Written(int output) {
    std::string out;
    switch (table_.policy) {
      case HitPolicy::kUnique:
      case HitPolicy::kAny: {
        const std::string conflict = Conflict();
        if (!conflict.empty()) out = "if " + conflict + " then null else ";
        return out + Nested(output);
      }
      case HitPolicy::kFirst:
      case HitPolicy::kPriority:
        return Nested(output);
      default:
        return Collected();
    }
  }

  std::string Nested(int output) {
    if (!dynamic_.empty()) return DynamicPriority();
    const std::vector<Group> groups = Groups(output);
    if (groups.size() > kResultsMax) {
      Report(-1, -1, "",
             {0, "the table has " + std::to_string(groups.size()) + " different results; more than " +
                     std::to_string(kResultsMax) + " do not fit, split it"});
      return "null";
    }
    const std::string otherwise = Default(output);
    size_t n = groups.size();
    if (n > 0 && groups[n - 1].said == otherwise) --n;  // it says what comes after anyway
    std::string out;
    for (size_t g = 0; g < n; ++g) out += "if " + AnyOf(groups[g].rows) + " then " + groups[g].said + " else ";
    return out + otherwise;
  }

  // The priority of outputs that are only known when they are worked out.
  std::string DynamicPriority() const {
    std::string out;
    for (const std::string& value : dynamic_) {
      std::string any;
      for (const size_t r : out_->order) {
        any += (any.empty() ? "" : " or ") + ("(" + conditions_[r] + " and (" + Said(r, -1) + ") = " + value + ")");
      }
      out += "if " + any + " then " + value + " else ";
    }
    return out + Default(-1);
  }

  std::string Collected() const {
    std::string all;  // any row matches
    for (size_t r = 0; r < table_.rules.size(); ++r) {
      all += (all.empty() ? "" : " or ") + ("(" + conditions_[r] + ")");
    }
    std::string list;
    for (const size_t r : out_->order) {
      if (!dynamic_.empty()) break;
      list += (list.empty() ? "" : ", ") + ("if " + conditions_[r] + " then [" + Said(r, -1) + "] else []");
    }
    for (const std::string& value : dynamic_) {
      for (const size_t r : out_->order) {
        list += (list.empty() ? "" : ", ") +
                ("if " + conditions_[r] + " and (" + Said(r, -1) + ") = " + value + " then [" + value + "] else []");
      }
    }
    list = "concatenate(" + list + ")";
    std::string out;
    switch (table_.aggregator) {
      case Aggregator::kNone:
        out = list;
        break;
      case Aggregator::kSum:
        out = SumOf(list);
        break;
      case Aggregator::kCount:
        out = "count(" + list + ")";
        break;
      case Aggregator::kMin:
        out = "min(" + list + ")";
        break;
      case Aggregator::kMax:
        out = "max(" + list + ")";
        break;
    }
    // In plain FEEL a table that no row matches is its default or null; a pack's is the list of nothing.
    if (!HasDefault() && options_.rule == NullRule::kUnknown) return out;
    return "if " + all + " then " + out + " else " + Default(-1);
  }

  // Of numbers: a sum of `if`s.
  std::string SumOf(const std::string& list) const {
    const bool numbers = std::all_of(out_->outputs.begin(), out_->outputs.end(),
                                     [](const auto& row) { return row[0].root->type.Is(TypeKind::kNumber); });
    if (!numbers) return "sum(" + list + ")";
    const bool short_sum = out_->order.size() <= kSumMax;
    std::string sum;
    for (const size_t r : out_->order) {
      sum += sum.empty() ? "" : short_sum ? " + " : ", ";
      const std::string term = "if " + conditions_[r] + " then " + Said(r, -1) + " else 0";
      sum += short_sum && out_->order.size() > 1 ? "(" + term + ")" : term;
    }
    return short_sum ? sum : "sum([" + sum + "])";
  }

  // ---- priority

  bool SortByPriority() {
    std::vector<std::vector<size_t>> ranks(table_.rules.size());
    for (size_t o = 0; o < outputs(); ++o) {
      if (values_[o].kind() != Value::Kind::kList) {
        if (!options_.strict) continue;
        Report(-1, OutputColumn(o), "",
               {0, "hit policy " + HitPolicyText(table_.policy, table_.aggregator) +
                       " needs the values of the output, the first the most important"});
        return false;
      }
      const ValueList& values = values_[o].list();
      for (size_t r = 0; r < table_.rules.size(); ++r) {
        const Expression& cell = out_->outputs[r][o];
        if (!IsConstant(*cell.root)) {
          if (!options_.strict && outputs() == 1) return MakeDynamic(values);
          Report(static_cast<int>(r), OutputColumn(o), cell.text,
                 {cell.root->begin, "an output with a priority is a written value, no formula"});
          return false;
        }
        const Value v = EvaluateAlone(cell, {}, NullRule::kFeel);
        ranks[r].push_back(static_cast<size_t>(std::find(values.begin(), values.end(), v) - values.begin()));
      }
    }
    std::stable_sort(out_->order.begin(), out_->order.end(), [&](size_t a, size_t b) { return ranks[a] < ranks[b]; });
    return true;
  }
  bool MakeDynamic(const ValueList& values) {
    for (const Value& v : values) dynamic_.push_back(v.ToString());
    return true;
  }

  bool CompileText(const std::string& text, Expression* e) {
    CompileOptions options;
    options.strict = options_.strict;
    std::vector<Problem> found;
    if (Compile(text, scope_, options, e, &found)) return true;
    for (Problem& p : found) Report(-1, -1, text, std::move(p));
    return false;
  }

  const DecisionTable& table_;
  const Scope& scope_;
  const TableOptions& options_;
  CompiledTable* out_;
  std::vector<TableProblem>* problems_;
  std::vector<Type> input_types_;
  std::vector<Value> values_;  // allowed values of the outputs; null: any
  std::vector<std::string> conditions_, dynamic_;
  std::vector<ColumnCells> columns_;
};

Value Named(const DecisionTable& table, const Value& row) {
  if (row.kind() != Value::Kind::kList) return row;
  ValueContext entries;
  for (size_t o = 0; o < table.outputs.size() && o < row.list().size(); ++o) {
    entries.emplace_back(table.outputs[o].name, row.list()[o]);
  }
  return Value::Context(std::move(entries));
}

}  // namespace

bool ParseHitPolicy(std::string_view text, HitPolicy* policy, Aggregator* aggregator) {
  *aggregator = Aggregator::kNone;
  for (const auto& p : kPolicies) {
    if (text != p.letter && text != p.word) continue;
    *policy = p.policy;
    return true;
  }
  if (text.size() != 2 || text[0] != 'C') return false;
  const auto it = std::find(kAggregators.begin(), kAggregators.end(), text.substr(1));
  if (it == kAggregators.end()) return false;
  *policy = HitPolicy::kCollect;
  *aggregator = static_cast<Aggregator>(it - kAggregators.begin());
  return true;
}

std::string HitPolicyText(HitPolicy policy, Aggregator aggregator) {
  return std::string(kPolicies[static_cast<size_t>(policy)].letter) +
         std::string(kAggregators[static_cast<size_t>(aggregator)]);
}

std::string ShowTableProblem(const DecisionTable& table, const TableProblem& p) {
  std::string where;
  if (p.rule >= 0) where = "row " + std::to_string(p.rule + 1);
  if (p.column >= 0) {
    const size_t c = static_cast<size_t>(p.column), inputs = table.inputs.size();
    const std::string name = c < inputs ? table.inputs[c].expression : table.outputs[c - inputs].name;
    where += (where.empty() ? "column " : ", column ") + std::to_string(c + 1);
    if (!name.empty()) where += " (" + Trimmed(name) + ")";
  }
  if (p.line > 0) where = "line " + std::to_string(p.line) + (where.empty() ? "" : ", ") + where;
  if (!where.empty()) where += ": ";
  return where + (p.text.empty() ? p.problem.message : ShowProblem(p.text, p.problem));
}

bool CompileTable(const DecisionTable& table, const Scope& scope, const TableOptions& options, CompiledTable* out,
                  std::vector<TableProblem>* problems) {
  return TableCompiler(table, scope, options, out, problems).Run();
}

Value EvaluateTable(const CompiledTable& table, Frame& frame) {
  const Value v = Evaluate(*table.whole.root, frame);
  if (table.table.outputs.size() == 1) return v;
  if (TakesOne(table.table.policy)) return Named(table.table, v);
  if (v.kind() != Value::Kind::kList) return v;
  // The default of a table of lists is one row.
  const bool rows = std::all_of(v.list().begin(), v.list().end(),
                                [](const Value& item) { return item.kind() == Value::Kind::kList; });
  if (!rows) return Named(table.table, v);
  ValueList out;
  for (const Value& row : v.list()) out.push_back(Named(table.table, row));
  return Value::List(std::move(out));
}

Value EvaluateTableAlone(const CompiledTable& table, std::span<const Value> inputs) {
  std::vector<Value> locals(static_cast<size_t>(table.whole.locals));
  Frame frame;
  frame.inputs = inputs;
  frame.locals = &locals;
  frame.rule = table.rule;
  return EvaluateTable(table, frame);
}

Expression AsExpression(const CompiledTable& table, size_t output) {
  const Expression* from = nullptr;
  if (table.table.outputs.size() == 1)
    from = &table.whole;
  else if (output < table.single.size())
    from = &table.single[output];
  Expression e;
  if (from == nullptr) return e;
  e.text = from->text;
  e.locals = from->locals;
  e.root = CloneNode(*from->root);
  return e;
}

}  // namespace hearth::feel
