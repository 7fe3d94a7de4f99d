// What a wrong expression says: the message, the line and the caret under the place.
#include <gtest/gtest.h>

#include "policy/feel/feel.h"
#include "tests/policy/feel_scene.h"

namespace hearth::feel {
namespace {

const Variables& Scene() {
  static const Variables kScene({{"age", Value::Number(82), TypeOf(TypeKind::kNumber)},
                                 {"income", Value::Number(900), TypeOf(TypeKind::kNumber, Period::kMonth)},
                                 {"income_year", Value::Number(9000), TypeOf(TypeKind::kNumber, Period::kYear)},
                                 {"born", Value::Date(CivilDay{0}), TypeOf(TypeKind::kDate)},
                                 {"grade", Value::Text("a"), TypeOf(TypeKind::kText)},
                                 {"in_dibao", Value::Boolean(true), TypeOf(TypeKind::kBoolean)}});
  return kScene;
}

// Every problem as it is shown; empty when there is none.
std::string Shown(std::string_view text, bool tests = false) {
  CompileOptions options;
  options.unary_tests = tests;
  options.test_type = TypeOf(TypeKind::kNumber);
  Expression e;
  std::vector<Problem> problems;
  Compile(text, Scene(), options, &e, &problems);
  std::string out;
  for (const Problem& p : problems) out += (out.empty() ? "" : "\n") + ShowProblem(text, p);
  return out;
}

constexpr struct {
  const char *text, *message;
  int caret;  // column of the caret
} kWrong[] = {
    {"(age + 1", "expected \")\", found the end", 8},
    {"age + ", "expected an expression, found the end", 6},
    {"agee > 80", "unknown name \"agee\"; did you mean \"age\"?", 0},
    {"cuont([1])", "unknown function \"cuont\"; did you mean \"count\"?", 0},
    {"substring(grade)", "\"substring\" takes other arguments: substring(string, start position, length?)", 0},
    {"count(1, 2)", "\"count\" takes other arguments: count(list)", 0},
    {"substring(text: grade, start position: 1)",
     "\"substring\" takes other arguments: substring(string, start position, length?)", 0},
    {"substring(5, 1)", "type clash: substring wants a text, this is a number", 10},
    {"string length(in_dibao)", "type clash: string length wants a text, this is a boolean", 14},
    {"grade < 5", "type clash: text compared with number", 8},
    {"born > 18", "type clash: date compared with number", 7},
    {"income > income_year", "period clash: an amount per year beside one per month", 9},
    {"income + income_year", "period clash: an amount per year beside one per month", 9},
    {"born + 5", "type clash: no arithmetic between date and number", 7},
    {"grade + 5", "type clash: no arithmetic between text and number", 8},
    {"if age then 1 else 2", "type clash: if wants a boolean, this is a number", 3},
    {"if in_dibao then 1 else \"x\"", "type clash: text beside number", 24},
    {"in_dibao and age", "type clash: and wants a boolean, this is a number", 13},
    {"not(age)", "type clash: not wants a boolean, this is a number", 4},
    {"sum([\"a\", \"b\"])", "type clash: sum of list of text", 4},
    {"some x in age satisfies x > 1", "a list is wanted here, this is a number", 10},
    {"grade in [1..5]", "type clash: text compared with number", 10},
    {"age between \"a\" and 5", "type clash: number compared with text", 12},
    {"\"unfinished", "the text does not end: a quote is missing", 0},
    {"age /* to be done", "the comment does not end: */ is missing", 4},
    {"\"\\uD83D\" = \"\\uDE00\"", "half of a surrogate pair", 12},
    {"@\"2024-13-01\"", "\"2024-13-01\" is no day of the calendar", 0},
    {"@\"2023-02-29\"", "\"2023-02-29\": 2023 is no leap year, its February has 28 days", 0},
    {"date(\"2023-02-29\")", "\"2023-02-29\": 2023 is no leap year, its February has 28 days", 5},
    {"date(2023, 2, 29)", "these are no day of the calendar", 5},
    {"duration(\"P1Y2D\")", "\"P1Y2D\" is no duration: write months (P1Y2M) or days (P3DT4H), not both", 9},
    {"@\"1 March\"", "\"1 March\" is no date (2024-03-01) or duration (P1Y, P30D)", 0},
    {"number(\"12a\")", "\"12a\" is no number", 7},
    {"1 + then", "expected an expression, found \"then\", a reserved word", 4},
    {"age == 80", "expected an expression, found \"=\"; FEEL has one = and no ==", 5},
    {"age <> 80", "expected an expression, found \">\"; not equal is written !=", 5},
    {"grade = 'a'", "expected an expression, found \"'\"; a text stands in double quotes", 8},
    {"age ~ 80", "\"~\" is no sign of FEEL", 4},
    {"12345678901234567890123456789012345", "\"12345678901234567890123456789012345\" has more than 34 digits", 0},
    {"1e7000", "\"1e7000\" has an exponent beyond 6144", 0},
    {"matches(grade, \"a.*\")", "\"matches\": regular expressions are outside the subset", 0},
    {"sort([1], function(a, b) a < b)",
     "a function made by the user is outside the subset; write a derived fact instead", 10},
    {"@\"10:30:00\"", "\"10:30:00\": a time of day is outside the subset; packs know days", 0},
    {"time(\"10:30:00\")", "\"time\": a time of day is outside the subset; packs know days", 0},
    {"date(\"2024-01-01T10:00:00\")",
     "\"2024-01-01T10:00:00\" is a date and time: a time of day is outside the subset; packs know days", 5},
    {"today() > born", "\"today\": a pack knows no clock; use as_of", 0},
    {"born.yaer", "a date has no \"yaer\"", 5},
    {"{a: 1}.b", "the context has no entry \"b\"; did you mean \"a\"?", 7},
    {"[1..5", "expected the end of the range: \"]\", \")\" or \"[\", found the end", 5},
    {"for x in [1]", "expected \"return\", found the end", 12},
    {"if in_dibao then 1", "expected \"else\", found the end", 18},
    {"age instance of", "expected the name of a type, found the end", 15},
    {"age（1）", "a full-width sign; write (", 3},
    {"\"民政局\" + agee", "unknown name \"agee\"; did you mean \"age\"?", 11},
    {"\"e\xCC\x81\" + agee", "unknown name \"agee\"; did you mean \"age\"?", 6},
};

TEST(FeelErrors, EachSaysWhatIsWrongAndStandsUnderIt) {
  for (const auto& c : kWrong) {
    EXPECT_EQ(Shown(c.text),
              std::string(c.message) + "\n  " + c.text + "\n  " + std::string(static_cast<size_t>(c.caret), ' ') + "^")
        << c.text;
  }
}

TEST(FeelErrors, TheSameWrittenRightIsAccepted) {
  for (const char* text : {"(age + 1)",
                           "age > 80",
                           "count([1])",
                           "substring(grade, 1)",
                           "substring(string: grade, start position: 1)",
                           "grade < \"5\"",
                           "born > @\"2000-02-29\"",
                           "income > income_year / 12",
                           "income * 12 + income_year",
                           "born + @\"P5D\"",
                           "if in_dibao then 1 else 2",
                           "sum([1, 2])",
                           "some x in [age] satisfies x > 1",
                           "date(\"2024-02-29\")",
                           "duration(\"P1Y2M\")",
                           "number(\"12\")",
                           "age = 80",
                           "age != 80",
                           "{a: 1}.a",
                           "[1..5]",
                           "born.year",
                           "\"\\uD83D\\uDE00\"",
                           "1234567890123456789012345678901234"}) {
    EXPECT_EQ(Shown(text), "") << text;
  }
}

TEST(FeelErrors, AllProblemsAreNamedInOrder) {
  EXPECT_EQ(Shown("agee > 1 and grade > 1"),
            "unknown name \"agee\"; did you mean \"age\"?\n  agee > 1 and grade > 1\n  ^\n"
            "type clash: text compared with number\n  agee > 1 and grade > 1\n                       ^");
}

TEST(FeelErrors, UnaryTestsAreCheckedAgainstTheirInput) {
  EXPECT_EQ(Shown("\"a\", > 5", true), "type clash: number compared with text\n  \"a\", > 5\n  ^");
  EXPECT_EQ(Shown("1, [2..\"c\"]", true).substr(0, 11), "type clash:");
  EXPECT_EQ(Shown("1, [2..3], ? > 4", true), "");
}

TEST(FeelErrors, WhatHasNoValueIsNullAndNoCrash) {
  NamedValues names;
  names.Add("none", Value::Null());
  names.Add("empty", Value::List({}));
  for (const char* text : {"1 / 0",
                           "0 / 0",
                           "0 ** -1",
                           "10 ** 6144 * 10",
                           "9999999999 ** 9999999",
                           "min(empty)",
                           "max(empty)",
                           "mean(empty)",
                           "median(empty)",
                           "stddev(empty)",
                           "empty[1]",
                           "none + 1",
                           "none.a",
                           "none[1] + 1",
                           "modulo(5, 0)",
                           "sqrt(-1)",
                           "log(0)",
                           "@\"9999-12-31\" + @\"P1D\"",
                           "@\"0001-01-01\" - @\"P1M\"",
                           "substring(\"a\", 0)",
                           "sublist(empty, 1)",
                           "decimal(1, 99999999999)",
                           "for i in 1..99999999 return i",
                           "some i in 1..1000000, j in 1..1000000 satisfies i + j < 0",
                           "for i in 1..1000000 return [partial[-1]]",
                           "for i in 1..60 return if i = 1 then \"a\" else partial[-1] + partial[-1]"}) {
    for (const NullRule rule : {NullRule::kFeel, NullRule::kUnknown}) {
      const StatusOr<Value> v = EvaluateText(text, names, rule);
      ASSERT_TRUE(v.ok()) << v.status();
      const bool list = v->kind() == Value::Kind::kList;
      EXPECT_TRUE(v->IsNull() || (list && v->list().size() == 60)) << text << " is " << v->ToString().substr(0, 100);
    }
  }
}

TEST(FeelErrors, ReadValueTellsTextsFromNumbersAndDays) {
  const auto root = ReadYaml("{a: 1, b: \"1\", c: null, d: [true, 2024-03-01, x], e: {f: -0.5}}", "v.json");
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(ReadValue(*root)->ToString(), "{a: 1, b: \"1\", c: null, d: [true, 2024-03-01, \"x\"], e: {f: -0.5}}");
}

TEST(FeelErrors, ATableInYamlIsReadOrRefusedWithItsPlace) {
  const auto read = [](std::string_view text) {
    const auto root = ReadYaml(text, "t.yaml");
    EXPECT_TRUE(root.ok());
    const auto table = ReadDecisionTable(*root);
    return table.ok() ? std::to_string(table->rules.size()) + " rows" : Message(table.status());
  };
  EXPECT_EQ(
      read("policy: C+\ninputs: [age]\noutputs: [{name: a}]\nrules:\n  - ['> 1', '2']\n  - {tests: ['-'], outputs: "
           "['3']}\n"),
      "2 rows");
  EXPECT_EQ(read("policy: X\ninputs: [age]\noutputs: [a]\nrules: [['1', '2']]\n"),
            "t.yaml:1:9: \"X\" is no hit policy: U A P F R O C C+ C# C< C>");
  EXPECT_EQ(read("inputs: [age]\noutputs: [a]\nrules:\n  - ['1']\n"),
            "t.yaml:4:5: 1 cells stand in the row, the table has 1 inputs and 1 outputs");
}

}  // namespace
}  // namespace hearth::feel
