#include <gtest/gtest.h>

#include "policy/feel/compile.h"
#include "policy/feel/interpreter.h"

namespace hearth::feel {
namespace {

// A few variables by name.
class Variables : public Scope {
 public:
  Variables(std::vector<std::pair<std::string, Value>> all) {
    for (auto& [name, value] : all) {
      names_.push_back(name);
      values_.push_back(value);
    }
  }
  std::optional<Binding> Find(std::string_view name) const override {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] != name) continue;
      Binding b;
      b.kind = Binding::Kind::kInput;
      b.index = static_cast<int>(i);
      return b;
    }
    return std::nullopt;
  }
  std::optional<Binding> FindOfMember(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> Names() const override { return names_; }
  const std::vector<Value>& values() const { return values_; }

 private:
  std::vector<std::string> names_;
  std::vector<Value> values_;
};

const Variables& Scene() {
  static const Variables kScene(
      {{"x", Value::Number(3)},
       {"unknown", Value::Null()},
       {"Monthly Income", Value::Number(1200)},
       {"rows", Value::List({Value::Context({{"use", Value::Text("taxi")}, {"value", Value::Number(5)}}),
                             Value::Context({{"use", Value::Text("private")}, {"value", Value::Null()}})})}});
  return kScene;
}

std::string ValueOf(std::string_view text, NullRule rule = NullRule::kUnknown) {
  Expression e;
  std::vector<Problem> problems;
  if (!Compile(text, Scene(), {}, &e, &problems)) return "problem: " + problems[0].message;
  return EvaluateAlone(e, Scene().values(), rule).ToString();
}

TEST(Feel, EvaluatesToTheValueThatTheStandardGives) {
  constexpr struct {
    const char *text, *value;
  } kCases[] = {
      {"1 + 2 * 3", "7"},
      {"(1 + 2) * 3", "9"},
      {"-2 ** 2", "4"},
      {"10 - 2 - 3", "5"},
      {"0.1 + 0.2 = 0.3", "true"},
      {"1 / 0", "null"},
      {"\"a\" + \"b\"", "\"ab\""},
      {"if x > 2 then \"big\" else \"small\"", "\"big\""},
      {"x between 1 and 3", "true"},
      {"x in [1..3)", "false"},
      {"x in (1, 2, 3)", "true"},
      {"x in (< 2, > 5)", "false"},
      {"x in [1..5] and x > 2", "true"},
      {"for i in 1..3 return i * i", "[1, 4, 9]"},
      {"for i in 3..1 return i", "[3, 2, 1]"},
      {"for i in 1..4 return if i <= 2 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3]"},
      {"for i in [1, 2], j in [3, 4] return i * j", "[3, 4, 6, 8]"},
      {"some i in [1, 2] satisfies i > 1", "true"},
      {"every i in [1, 2] satisfies i > 1", "false"},
      {"every i in [] satisfies i > 1", "true"},
      {"[1, 2, 3][item > 1]", "[2, 3]"},
      {"[1, 2, 3][2]", "2"},
      {"[1, 2, 3][-1]", "3"},
      {"[1, 2, 3][7]", "null"},
      {"rows[use = \"taxi\"].value", "[5]"},
      {"{a: 1, b: a + 1}.b", "2"},
      {"date(\"2024-02-29\") + duration(\"P1Y\")", "2025-02-28"},
      {"@\"2024-03-01\" - @\"2024-02-01\"", "P29D"},
      {"@\"2024-03-01\".month", "3"},
      {"@\"P1Y2M\".years", "1"},
      {"years and months duration(@\"2000-02-29\", @\"2018-02-28\").years", "17"},
      {"years and months duration(@\"2000-02-29\", @\"2018-03-01\").years", "18"},
      {"@\"P1M\" * 12", "P1Y"},
      {"sum([1, 2, 3])", "6"},
      {"max(1, x)", "3"},
      {"mean([1, 2])", "1.5"},
      {"floor(-1.5)", "-2"},
      {"round half up(2.5, 0)", "3"},
      {"decimal(2.5, 0)", "2"},
      {"modulo(-12, 5)", "3"},
      {"substring(string: \"民政局\", start position: 2)", "\"政局\""},
      {"string length(\"民政\")", "2"},
      {"list contains([1, 2], 2)", "true"},
      {"append([1], 2, 3)", "[1, 2, 3]"},
      {"concatenate([1], [2])", "[1, 2]"},
      {"distinct values([1, 2, 1])", "[1, 2]"},
      {"flatten([1, [2, [3]]])", "[1, 2, 3]"},
      {"index of([1, 2, 1], 1)", "[1, 3]"},
      {"insert before([1, 3], 2, 2)", "[1, 2, 3]"},
      {"remove([1, 2], 1)", "[2]"},
      {"sublist([1, 2, 3], 2)", "[2, 3]"},
      {"Monthly Income / 12", "100"},
      {"Monthly   Income", "1200"},
      {"1 // a comment\n + /* and */ 1", "2"},
      {"5 instance of number", "true"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ValueOf(c.text), c.value) << c.text;
}

TEST(Feel, UnknownIsNeitherNoNorZero) {
  constexpr struct {
    const char *text, *pack, *plain;
  } kCases[] = {
      {"unknown = 3", "null", "false"},
      {"unknown != 3", "null", "true"},
      {"unknown = null", "true", "true"},
      {"x != null", "true", "true"},
      {"unknown > 3", "null", "null"},
      {"unknown + 1", "null", "null"},
      {"false and unknown", "false", "false"},
      {"true and unknown", "null", "null"},
      {"true or unknown", "true", "true"},
      {"not(unknown)", "null", "null"},
      {"if unknown then 1 else 2", "null", "2"},
      {"unknown in (1, 2)", "null", "false"},
      {"count(rows[value > 1])", "null", "1"},
      {"some r in rows satisfies r.value > 1", "true", "true"},
      {"some r in rows satisfies r.value > 9", "null", "null"},
      {"sum(rows.value)", "null", "null"},
      {"sum([])", "0", "null"},
      {"min([])", "null", "null"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ValueOf(c.text, NullRule::kUnknown), c.pack) << c.text;
    EXPECT_EQ(ValueOf(c.text, NullRule::kFeel), c.plain) << c.text;
  }
}

TEST(Feel, RefusesWhatItDoesNotKnowAndNamesTheNearest) {
  constexpr struct {
    const char *text, *message;
  } kCases[] = {
      {"xx + 1", "unknown name \"xx\"; did you mean \"x\"?"},
      {"cuont([1])", "unknown function \"cuont\"; did you mean \"count\"?"},
      {"1 +", "expected an expression, found the end"},
      {"(1", "expected \")\", found the end"},
      {"\"a", "the text does not end: a quote is missing"},
      {"1 + \"a\"", "type clash: no arithmetic between number and text"},
      {"1 < \"a\"", "type clash: number compared with text"},
      {"if 1 then 2 else 3", "type clash: if wants a boolean, this is a number"},
      {"round up(1)", "\"round up\" takes other arguments: round up(n, scale)"},
      {"today()", "\"today\": a pack knows no clock; use as_of"},
      {"function(a) a", "a function made by the user is outside the subset; write a derived fact instead"},
      {"1 ~ 2", "\"~\" is no sign of FEEL"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ValueOf(c.text), "problem: " + std::string(c.message)) << c.text;
  }
}

TEST(Feel, AProblemIsShownWithACaretUnderIt) {
  Expression e;
  std::vector<Problem> problems;
  const std::string text = "x > 1 and\n  incme < 2";
  ASSERT_FALSE(Compile(text, Scene(), {}, &e, &problems));
  EXPECT_EQ(ShowProblem(text, problems[0]), "unknown name \"incme\"\n    incme < 2\n    ^");
}

TEST(Feel, AThousandBracketsAreAProblemAndNoCrash) {
  const std::string deep = std::string(1000, '(') + "1" + std::string(1000, ')');
  EXPECT_EQ(ValueOf(deep), "problem: nested deeper than 256 levels");
  EXPECT_EQ(ValueOf(std::string(200, '(') + "1" + std::string(200, ')')), "1");
  std::string sum = "1";
  for (int i = 0; i < 100'000; ++i) sum += "+1";
  EXPECT_EQ(ValueOf(sum), "problem: nested deeper than 256 levels");
  EXPECT_EQ(ValueOf(std::string(100'000, '-') + "1").substr(0, 8), "problem:");
  EXPECT_EQ(ValueOf(std::string(100'000, '[')).substr(0, 8), "problem:");
  std::string ifs;
  for (int i = 0; i < 100'000; ++i) ifs += "if true then ";
  EXPECT_EQ(ValueOf(ifs).substr(0, 8), "problem:");
}

TEST(Feel, UnaryTestsLookAtTheirInput) {
  constexpr struct {
    const char* tests;
    int input;
    const char* value;
  } kCases[] = {{"-", 1, "true"},
                {">= 80", 80, "true"},
                {">= 80", 79, "false"},
                {"[80..90)", 90, "false"},
                {"1, 2", 2, "true"},
                {"not(1, 2)", 2, "false"},
                {"not(1, 2)", 3, "true"},
                {"? > 2 and ? < 5", 4, "true"},
                {"? > 2 and ? < 5", 5, "false"}};
  for (const auto& c : kCases) {
    Expression e;
    std::vector<Problem> problems;
    CompileOptions options;
    options.unary_tests = true;
    ASSERT_TRUE(Compile(c.tests, Scene(), options, &e, &problems)) << c.tests;
    const Value input = Value::Number(c.input);
    EXPECT_EQ(EvaluateAlone(e, Scene().values(), NullRule::kUnknown, &input).ToString(), c.value) << c.tests;
  }
}

}  // namespace
}  // namespace hearth::feel
