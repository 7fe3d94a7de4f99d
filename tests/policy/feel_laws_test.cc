// Laws that hold for every expression: the truth tables, and that printing and parsing change nothing.
#include <gtest/gtest.h>

#include <random>

#include "policy/feel/feel.h"
#include "policy/feel/parser.h"

namespace hearth::feel {
namespace {

TEST(FeelLaws, ThreeValuedLogicIsThatOfTheStandardUnderBothNullRules) {
  const char* kValues[] = {"true", "false", "null"};
  const char* kAnd[3][3] = {{"true", "false", "null"}, {"false", "false", "false"}, {"null", "false", "null"}};
  const char* kOr[3][3] = {{"true", "true", "true"}, {"true", "false", "null"}, {"true", "null", "null"}};
  const char* kNot[3] = {"false", "true", "null"};
  NamedValues names;
  names.Add("true_", Value::Boolean(true));
  names.Add("false_", Value::Boolean(false));
  names.Add("null_", Value::Null());
  for (const NullRule rule : {NullRule::kFeel, NullRule::kUnknown}) {
    const auto value = [&](const std::string& text) { return EvaluateText(text, names, rule)->ToString(); };
    for (int i = 0; i < 3; ++i) {
      const std::string a = std::string(kValues[i]) + "_";
      EXPECT_EQ(value("not(" + a + ")"), kNot[i]);
      for (int j = 0; j < 3; ++j) {
        const std::string b = std::string(kValues[j]) + "_";
        EXPECT_EQ(value(a + " and " + b), kAnd[i][j]) << a << b;
        EXPECT_EQ(value(a + " or " + b), kOr[i][j]) << a << b;
        EXPECT_EQ(value("all([" + a + ", " + b + "])"), kAnd[i][j]) << a << b;
        EXPECT_EQ(value("any([" + a + ", " + b + "])"), kOr[i][j]) << a << b;
        EXPECT_EQ(value("every x in [" + a + ", " + b + "] satisfies x"), kAnd[i][j]) << a << b;
        EXPECT_EQ(value("some x in [" + a + ", " + b + "] satisfies x"), kOr[i][j]) << a << b;
      }
    }
  }
}

class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  std::string Any(int depth) {
    if (depth == 0) return Leaf();
    const auto sub = [&] {
      const std::string inner = Any(depth - 1);
      return Pick(3) == 0 || inner.find(' ') != std::string::npos ? "(" + inner + ")" : inner;
    };
    switch (Pick(18)) {
      case 0:
        return sub() + " + " + sub();
      case 1:
        return "(" + sub() + ") * " + sub();
      case 2:
        return "-" + Leaf() + " - (" + sub() + ")";
      case 3:
        return "(" + sub() + ") = (" + sub() + ")";
      case 4:
        return "(" + sub() + ") < (" + sub() + ")";
      case 5:
        return "(" + sub() + ") and (" + sub() + ") or (" + sub() + ")";
      case 6:
        return "if " + sub() + " then " + sub() + " else " + sub();
      case 7:
        return "[" + sub() + ", " + sub() + "]";
      case 8:
        return "{a: " + sub() + ", \"b c\": " + sub() + "}.a";
      case 9:
        return "[" + sub() + ", " + sub() + "][" + sub() + "]";
      case 10:
        return "for i in [" + sub() + ", x] return " + sub();
      case 11:
        return "some i in [" + sub() + ", x] satisfies " + sub();
      case 12:
        return "(" + sub() + ") in (" + Leaf() + ", > " + Leaf() + ", [1.." + Leaf() + "))";
      case 13:
        return "(" + sub() + ") between " + Leaf() + " and " + Leaf();
      case 14:
        return "max(" + sub() + ", " + sub() + ")";
      case 15:
        return "substring(string: string(" + sub() + "), start position: 1)";
      case 16:
        return "(" + sub() + ") instance of list<number>";
      default:
        return "(" + Leaf() + ") ** 2 / " + Leaf();
    }
  }

 private:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  std::string Leaf() {
    static const char* kLeaves[] = {"1",        "2.50",
                                    "x",        "true",
                                    "null",     "\"a \\\"b\\\" \\\\\"",
                                    "count",    "0",
                                    "date",     "@\"2024-02-29\"",
                                    "@\"P1Y\"", "Monthly Income"};
    std::string leaf = kLeaves[Pick(12)];
    if (leaf == "count") return "count([1, x])";
    if (leaf == "date") return "date(\"2024-03-01\")";
    return leaf;
  }
  std::mt19937 random_;
};

TEST(FeelLaws, AnExpressionPrintedAndParsedAgainHasTheSameValue) {
  NamedValues names;
  names.Add("x", Value::Number(3));
  names.Add("Monthly Income", Value::Null());
  CompileOptions options;
  options.strict = false;
  Maker maker(41);
  int values = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string text = maker.Any(1 + round % 3);
    Problem problem;
    const std::unique_ptr<Node> tree = ParseExpression(text, names.Names(), &problem);
    ASSERT_NE(tree, nullptr) << ShowProblem(text, problem);
    const std::string printed = PrintExpression(*tree);
    Expression first, second;
    std::vector<Problem> problems;
    ASSERT_TRUE(Compile(text, names, options, &first, &problems)) << ShowProblem(text, problems[0]);
    ASSERT_TRUE(Compile(printed, names, options, &second, &problems)) << ShowProblem(printed, problems[0]);
    for (const NullRule rule : {NullRule::kFeel, NullRule::kUnknown}) {
      const Value a = EvaluateAlone(first, names.values(), rule), b = EvaluateAlone(second, names.values(), rule);
      ASSERT_EQ(a, b) << text << "\n" << printed << "\n" << a.ToString() << "\n" << b.ToString();
      values += a.IsNull() ? 0 : 1;
    }
  }
  EXPECT_GT(values, 1500) << "most are not null";
}

TEST(FeelLaws, EveryBuiltinTakesNullsAndOddArgumentsWithoutHarm) {
  const Value kOdd[] = {Value::Null(),
                        Value::Number(-3),
                        Value::Number(*Decimal::FromParts(1, -6000)),
                        Value::Text(""),
                        Value::Text("民政"),
                        Value::Boolean(true),
                        Value::Date(CivilDay{19000}),
                        Value::Months(-13),
                        Value::Days(INT64_MAX),
                        Value::List({}),
                        Value::List({Value::Null(), Value::Number(1)}),
                        Value::Context({}),
                        Value::Range({Value::Number(1), Value::Null(), true, false})};
  NamedValues names;
  for (size_t i = 0; i < std::size(kOdd); ++i) names.Add("v" + std::to_string(i), kOdd[i]);
  CompileOptions options;
  options.strict = false;
  int calls = 0;
  for (const char* call : {"sum",
                           "min",
                           "max",
                           "mean",
                           "median",
                           "mode",
                           "stddev",
                           "product",
                           "count",
                           "abs",
                           "sqrt",
                           "exp",
                           "log",
                           "floor",
                           "ceiling",
                           "decimal",
                           "round up",
                           "round down",
                           "round half up",
                           "round half down",
                           "modulo",
                           "even",
                           "odd",
                           "number",
                           "not",
                           "all",
                           "any",
                           "string length",
                           "upper case",
                           "lower case",
                           "contains",
                           "starts with",
                           "ends with",
                           "substring",
                           "substring before",
                           "substring after",
                           "string",
                           "string join",
                           "list contains",
                           "append",
                           "concatenate",
                           "distinct values",
                           "duplicate values",
                           "flatten",
                           "union",
                           "index of",
                           "sublist",
                           "reverse",
                           "insert before",
                           "remove",
                           "list replace",
                           "sort",
                           "is",
                           "date",
                           "duration",
                           "years and months duration",
                           "day of year",
                           "day of week",
                           "month of year",
                           "week of year",
                           "get value",
                           "get entries",
                           "context",
                           "context put",
                           "context merge",
                           "range",
                           "before",
                           "after",
                           "meets",
                           "met by",
                           "overlaps",
                           "overlaps before",
                           "overlaps after",
                           "finishes",
                           "finished by",
                           "includes",
                           "during",
                           "starts",
                           "started by",
                           "coincides"}) {
    std::vector<std::string> arguments = {""};
    for (int count = 1; count <= 3; ++count) {
      std::vector<std::string> next;
      for (const std::string& before : arguments) {
        for (size_t i = 0; i < std::size(kOdd); ++i) {
          if (count == 3 && i % 4 != 0) continue;
          next.push_back(before + (before.empty() ? "" : ", ") + "v" + std::to_string(i));
        }
      }
      arguments = next;
      for (const std::string& given : arguments) {
        Expression e;
        std::vector<Problem> problems;
        ASSERT_TRUE(Compile(std::string(call) + "(" + given + ")", names, options, &e, &problems)) << call;
        for (const NullRule rule : {NullRule::kFeel, NullRule::kUnknown}) {
          EvaluateAlone(e, names.values(), rule).ToString();
          ++calls;
        }
      }
    }
  }
  EXPECT_GT(calls, 50'000);
}

}  // namespace
}  // namespace hearth::feel
