// Decision tables: rows of unary tests, and what each row says. A table compiles to one FEEL expression, so that the
// evaluator, a trace and any other engine treat it as they treat a formula. See docs/adr/0013.
//
//   DecisionTable t;
//   t.inputs = {{"age"}};
//   t.outputs = {{"allowance"}};
//   t.rules = {{{"[80..90)"}, {"30"}}, {{">= 90"}, {"60"}}};
//   t.outputs[0].otherwise = "0";
//   CompiledTable c;
//   std::vector<TableProblem> problems;
//   if (!CompileTable(t, scope, {}, &c, &problems)) Report(ShowTableProblem(t, problems[0]));
//   // c.whole.text: if age in ([80..90)) then 30 else if age >= 90 then 60 else 0
//
// Values and pure functions; a CompiledTable is immutable once made and shared by threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/feel/compile.h"
#include "policy/feel/interpreter.h"

namespace hearth::feel {

enum class HitPolicy : uint8_t {
  kUnique,       // U: no two rows match
  kAny,          // A: rows that match say the same
  kPriority,     // P: of those that match the one whose output stands first among the output's values
  kFirst,        // F: the first that matches
  kRuleOrder,    // R: a list of all that match, in order of writing
  kOutputOrder,  // O: the same, in order of priority
  kCollect       // C: the same in no order meant, or one figure by the aggregator
};
enum class Aggregator : uint8_t { kNone, kSum, kCount, kMin, kMax };

// "U", "C+", "C#", "C<", "C>", or "UNIQUE", "OUTPUT ORDER" …; false for anything else.
bool ParseHitPolicy(std::string_view text, HitPolicy* policy, Aggregator* aggregator);
std::string HitPolicyText(HitPolicy policy, Aggregator aggregator);  // "C+"

struct TableInput {
  std::string expression;
  std::string values = {};  // the values it may have, as unary tests ("\"a\", \"b\"", "[0..150]"); empty: any
  bool whole = false;       // whole numbers only: no gap between "<= 17" and ">= 18"
  int line = 0;             // in the file, for messages; 0: not known
};

struct TableOutput {
  std::string name = {};       // needed when there are several
  std::string values = {};     // allowed values, in order of priority for P and O; empty: any
  std::string otherwise = {};  // what it says when no row matches; empty: null
  int line = 0;
};

struct TableRule {
  std::vector<std::string> tests;    // one an input; "-" or "" for any
  std::vector<std::string> outputs;  // one an output
  std::string note = {};
  int line = 0;
};

struct DecisionTable {
  std::vector<TableInput> inputs;
  std::vector<TableOutput> outputs;
  std::vector<TableRule> rules;
  HitPolicy policy = HitPolicy::kUnique;
  Aggregator aggregator = Aggregator::kNone;  // only with kCollect and one output
};

// Something wrong in a cell, or with a row or the whole table. Rows and columns from 0, -1: none; columns are the
// inputs and then the outputs.
struct TableProblem {
  int rule = -1, column = -1;
  std::string text;  // the cell's; empty when the problem is not about a text
  Problem problem;   // where in that text
  int line = 0;
};
// "row 3, column 2 (age): …", with the cell and a caret under the place when it is about a text.
std::string ShowTableProblem(const DecisionTable& table, const TableProblem& problem);

struct TableOptions {
  bool strict = true;  // see CompileOptions
  NullRule rule = NullRule::kUnknown;
};

// A table whose output is a number adds up, is counted …; the whole is one expression.
struct CompiledTable {
  DecisionTable table;
  NullRule rule = NullRule::kUnknown;
  std::vector<Expression> inputs;                // of the input columns
  std::vector<Expression> input_values;          // their allowed values as unary tests; root null when any
  std::vector<std::vector<Expression>> tests;    // by rule and input: unary tests; no kids: any
  std::vector<std::vector<Expression>> outputs;  // by rule and output
  std::vector<Expression> otherwise;             // by output; root null when none
  std::vector<size_t> order;                     // the rules in order of priority (P, O), else of writing
  // The table as one expression. With several outputs a row's value is a list of them, which EvaluateTable names.
  Expression whole;
  // With several outputs and a policy that takes one row: each output on its own.
  std::vector<Expression> single;
};

// False when there are problems; they are appended, header first, then row by row. U, A, F and P tables may have up to
// 200 different results. A table compiled for one null rule is evaluated under it.
//
// Unknown (kUnknown): rows with one and the same result that may stand side by side are one row, `a or b`; a row whose
// tests come out unknown makes the table unknown unless an earlier one holds (F, P) or none of the others can differ
// (U, A). A table with no row that matches is its default, else null; an aggregate of no rows is zero as `sum([])` is.
bool CompileTable(const DecisionTable& table, const Scope& scope, const TableOptions& options, CompiledTable* out,
                  std::vector<TableProblem>* problems);

// The frame needs whole.locals locals. One output: its value or a list of values; several: a context by output name,
// or a list of them.
Value EvaluateTable(const CompiledTable& table, Frame& frame);
Value EvaluateTableAlone(const CompiledTable& table, std::span<const Value> inputs);

// One output of the table as an expression of its own, a copy: what a pack compiles a table into. Its text is FEEL that
// says the same, and the nodes' places lie in that text. An empty root for an output of a table that collects several.
Expression AsExpression(const CompiledTable& table, size_t output = 0);

// What is wrong with the table as a whole: gaps (combinations that no row matches, when there is no default), overlaps
// (U; A when the outputs differ) and dead rows (that match nothing, or under F and P stand behind others entirely).
// Exact where the tests of every input are constants: numbers, days, durations, words, booleans, or one name or
// formula that all bounds of a column share. Cost: the product of each input's elementary intervals, at most a million.
struct TableCheck {
  bool exact = true;
  std::string why_not;  // what could not be checked
  std::vector<TableProblem> gaps, overlaps, dead;
};
TableCheck CheckTable(const CompiledTable& table);

}  // namespace hearth::feel
