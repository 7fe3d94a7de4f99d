#include <gtest/gtest.h>

#include <random>

#include "policy/feel/decision_table.h"
#include "tests/policy/feel_scene.h"

namespace hearth::feel {
namespace {

// Rows written as "test | test -> output | output".
DecisionTable TableOf(const char* policy, std::vector<std::string> inputs, std::vector<TableOutput> outputs,
                      const std::vector<std::string>& rows) {
  DecisionTable t;
  EXPECT_TRUE(ParseHitPolicy(policy, &t.policy, &t.aggregator)) << policy;
  for (std::string& i : inputs) t.inputs.push_back({std::move(i)});
  t.outputs = std::move(outputs);
  const auto split = [](const std::string& text) {
    std::vector<std::string> cells = {""};
    for (const char c : text) {
      if (c == '|')
        cells.emplace_back();
      else
        cells.back() += c;
    }
    return cells;
  };
  for (const std::string& row : rows) {
    const size_t arrow = row.find("->");
    TableRule rule;
    if (!t.inputs.empty()) rule.tests = split(row.substr(0, arrow));
    rule.outputs = split(row.substr(arrow + 2));
    t.rules.push_back(std::move(rule));
  }
  return t;
}

Variables Scene(const Value& age, const Value& grade = Value::Null(), const Value& line = Value::Null()) {
  return Variables({{"age", age, TypeOf(TypeKind::kNumber)},
                    {"grade", grade, TypeOf(TypeKind::kText)},
                    {"line", line, TypeOf(TypeKind::kNumber)}});
}

std::string Said(const DecisionTable& t, const Variables& scene, NullRule rule = NullRule::kUnknown) {
  CompiledTable c;
  std::vector<TableProblem> problems;
  TableOptions options;
  options.rule = rule;
  if (!CompileTable(t, scene, options, &c, &problems)) return "problem: " + ShowTableProblem(t, problems[0]);
  return EvaluateTableAlone(c, scene.values()).ToString();
}

TableCheck Checked(const DecisionTable& t) {
  CompiledTable c;
  std::vector<TableProblem> problems;
  EXPECT_TRUE(CompileTable(t, Scene(Value::Null()), {}, &c, &problems)) << ShowTableProblem(t, problems[0]);
  return CheckTable(c);
}

std::string Messages(const std::vector<TableProblem>& problems) {
  std::string out;
  for (const TableProblem& p : problems) out += (out.empty() ? "" : "; ") + p.problem.message;
  return out;
}

const std::vector<std::string> kAges = {"[80..90) -> 30", "[90..100) -> 60", ">= 100 -> 300"};

TEST(DecisionTable, IsWrittenOutAsOneExpression) {
  const DecisionTable t =
      TableOf("U", {"age", "grade"}, {{"a", "", "0"}},
              {"[80..90) | \"a\", \"b\" -> 30", "< 80 | not(\"c\") -> 10", "- | ? = \"c\" -> age * 2"});
  CompiledTable c;
  std::vector<TableProblem> problems;
  ASSERT_FALSE(CompileTable(TableOf("U", {"age"}, {{"a"}}, {"<> -> 1"}), Scene(Value::Null()), {}, &c, &problems));
  ASSERT_TRUE(CompileTable(
      TableOf("F", t.inputs.empty() ? std::vector<std::string>{} : std::vector<std::string>{"age", "grade"}, t.outputs,
              {"[80..90) | \"a\", \"b\" -> 30", "< 80 | not(\"c\") -> 10", "- | ? = \"c\" -> age * 2"}),
      Scene(Value::Null()), {}, &c, &problems));
  EXPECT_EQ(
      c.whole.text,
      "if age in [80..90) and grade in (\"a\", \"b\") then 30 else if age < 80 and not(grade = \"c\") then 10 else "
      "if (grade = \"c\") then age * 2 else 0");
  const Expression alone = AsExpression(c);
  EXPECT_EQ(alone.text, c.whole.text);
  EXPECT_EQ(EvaluateAlone(alone, Scene(Value::Number(70), Value::Text("a")).values(), NullRule::kUnknown).ToString(),
            "10");
}

TEST(DecisionTable, TakesTheRowThatMatches) {
  const DecisionTable t = TableOf("U", {"age"}, {{"a"}}, kAges);
  EXPECT_EQ(Said(t, Scene(Value::Number(80))), "30");
  EXPECT_EQ(Said(t, Scene(Value::Number(90))), "60");
  EXPECT_EQ(Said(t, Scene(Value::Number(101))), "300");
  EXPECT_EQ(Said(t, Scene(Value::Number(79))), "null");
}

TEST(DecisionTable, HitPoliciesDiffer) {
  const std::vector<std::string> rows = {"> 10 -> 1", "> 20 -> 3", "> 30 -> 2"};
  constexpr struct {
    const char *policy, *at_15, *at_35, *at_5_plain, *at_5_pack;
  } kCases[] = {
      {"U", "1", "null", "9", "9"},        {"A", "1", "null", "9", "9"},        {"F", "1", "1", "9", "9"},
      {"P", "1", "3", "9", "9"},           {"R", "[1]", "[1, 3, 2]", "9", "9"}, {"O", "[1]", "[3, 2, 1]", "9", "9"},
      {"C", "[1]", "[1, 3, 2]", "9", "9"}, {"C+", "1", "6", "9", "9"},          {"C#", "1", "3", "9", "9"},
      {"C<", "1", "1", "9", "9"},          {"C>", "1", "3", "9", "9"}};
  for (const auto& c : kCases) {
    const DecisionTable t = TableOf(c.policy, {"age"}, {{"a", "9, 3, 2, 1", "9"}}, rows);
    EXPECT_EQ(Said(t, Scene(Value::Number(15))), c.at_15) << c.policy;
    EXPECT_EQ(Said(t, Scene(Value::Number(35))), c.at_35) << c.policy;
    EXPECT_EQ(Said(t, Scene(Value::Number(5)), NullRule::kFeel), c.at_5_plain) << c.policy;
    EXPECT_EQ(Said(t, Scene(Value::Number(5))), c.at_5_pack) << c.policy;
  }
}

TEST(DecisionTable, WithoutADefaultNoRowIsNullInPlainFeelAndNothingInAPack) {
  constexpr struct {
    const char *policy, *plain, *pack;
  } kCases[] = {{"U", "null", "null"}, {"C", "null", "[]"}, {"R", "null", "[]"},
                {"C+", "null", "0"},   {"C#", "null", "0"}, {"C>", "null", "null"}};
  for (const auto& c : kCases) {
    const DecisionTable t = TableOf(c.policy, {"age"}, {{"a"}}, {"> 10 -> 1", "> 20 -> 1"});
    EXPECT_EQ(Said(t, Scene(Value::Number(5)), NullRule::kFeel), c.plain) << c.policy;
    EXPECT_EQ(Said(t, Scene(Value::Number(5))), c.pack) << c.policy;
  }
}

TEST(DecisionTable, SeveralOutputsAreAContext) {
  const std::vector<TableOutput> outputs = {{"amount", "", "0"}, {"note", "", "\"none\""}};
  const std::vector<std::string> rows = {"> 20 -> 2 | \"old\"", "> 10 -> 1 | \"young\""};
  const DecisionTable first = TableOf("F", {"age"}, outputs, rows);
  EXPECT_EQ(Said(first, Scene(Value::Number(25))), "{amount: 2, note: \"old\"}");
  EXPECT_EQ(Said(first, Scene(Value::Number(5))), "{amount: 0, note: \"none\"}");
  EXPECT_EQ(Said(TableOf("R", {"age"}, outputs, rows), Scene(Value::Number(25))),
            "[{amount: 2, note: \"old\"}, {amount: 1, note: \"young\"}]");
  CompiledTable c;
  std::vector<TableProblem> problems;
  ASSERT_TRUE(CompileTable(first, Scene(Value::Null()), {}, &c, &problems));
  EXPECT_EQ(AsExpression(c, 0).text, "if age > 20 then 2 else if age > 10 then 1 else 0");
  EXPECT_EQ(AsExpression(c, 1).text, "if age > 20 then \"old\" else if age > 10 then \"young\" else \"none\"");
}

TEST(DecisionTable, AnUnknownTestMakesItUnknownUnlessWhatIsKnownDecides) {
  const Value unknown, young = Value::Number(15);
  const std::vector<std::string> inputs = {"age", "grade"};
  // An earlier row decides.
  const DecisionTable first = TableOf("F", inputs, {{"a", "", "0"}}, {"> 10 | - -> 1", "- | \"b\" -> 2"});
  EXPECT_EQ(Said(first, Scene(young, unknown)), "1");
  EXPECT_EQ(Said(first, Scene(Value::Number(5), unknown)), "null");
  EXPECT_EQ(Said(first, Scene(unknown, Value::Text("b"))), "null");
  // A known test rules the row out.
  const DecisionTable unique =
      TableOf("U", inputs, {{"a"}}, {"> 10 | \"a\" -> 1", "> 10 | \"b\" -> 2", "<= 10 | - -> 3"});
  EXPECT_EQ(Said(unique, Scene(Value::Number(5), unknown)), "3");
  EXPECT_EQ(Said(unique, Scene(young, unknown)), "null");
  // Rows that say the same are one: it holds whatever the age is.
  const DecisionTable same = TableOf("F", inputs, {{"a"}}, {"> 10 | \"a\" -> 1", "> 10 | - -> 2", "- | \"b\" -> 2"});
  EXPECT_EQ(Said(same, Scene(unknown, Value::Text("b"))), "2");
  EXPECT_EQ(Said(same, Scene(unknown, Value::Text("a"))), "null");
  // Plain FEEL takes an unknown test for a row that does not match.
  EXPECT_EQ(Said(first, Scene(unknown, Value::Text("b")), NullRule::kFeel), "2");
  // null itself can be tested for.
  const DecisionTable presence = TableOf("U", {"age"}, {{"a"}}, {"null -> 1", "not(null) -> 2"});
  EXPECT_EQ(Said(presence, Scene(unknown)), "1");
  EXPECT_EQ(Said(presence, Scene(young)), "2");
  // An unknown term makes a sum unknown.
  const DecisionTable sum = TableOf("C+", inputs, {{"a"}}, {"> 10 | - -> 1", "- | \"b\" -> 2"});
  EXPECT_EQ(Said(sum, Scene(young, unknown)), "null");
  EXPECT_EQ(Said(sum, Scene(young, Value::Text("c"))), "1");
}

TEST(DecisionTable, ProblemsSayRowAndColumnAndStandUnderTheirPlace) {
  const struct {
    DecisionTable table;
    const char* shown;
  } kCases[] = {
      {TableOf("U", {"age"}, {{"a"}}, {"> 1 -> 1", "> (2 -> 2"}),
       "row 2, column 1 (age): expected \")\", found the end\n  > (2 \n       ^"},
      {TableOf("U", {"age", "grade"}, {{"a"}}, {"- | \"a\", 7 -> 1"}),
       "row 1, column 2 (grade): type clash: text compared with number\n   \"a\", 7 \n        ^"},
      {TableOf("U", {"agee"}, {{"a"}}, {"> 1 -> 1"}),
       "column 1 (agee): unknown name \"agee\"; did you mean \"age\"?\n  agee\n  ^"},
      {TableOf("U", {"age"}, {{"amount"}}, {"> 1 -> 1", "<= 1 -> \"x\""}),
       "row 2, column 2 (amount): type clash: text in a column of number\n   \"x\"\n   ^"},
      {TableOf("U", {"age"}, {{"kind", "\"a\", \"b\""}}, {"> 1 -> \"c\""}),
       "row 1, column 2 (kind): \"c\" is no value of this output\n   \"c\"\n   ^"},
      {TableOf("P", {"age"}, {{"kind"}}, {"> 1 -> \"c\""}),
       "column 2 (kind): hit policy P needs the values of the output, the first the most important"},
      {TableOf("U", {"age"}, {{"a"}}, {"> 1 | 2 -> 1"}), "row 1: 2 tests stand in the row, the table has 1"},
      {TableOf("U", {"age"}, {{"a"}}, {}), "a table needs a row"},
      {TableOf("U", {"age"}, {{"a", "1, 2"}}, {"> 1 -> cuont([1])"}),
       "row 1, column 2 (a): unknown function \"cuont\"; did you mean \"count\"?\n   cuont([1])\n   ^"},
      {TableOf("F", {"age"}, {{"a"}, {"a"}}, {"> 1 -> 1 | 2"}), "column 3 (a): two outputs have the name \"a\""},
  };
  for (const auto& c : kCases) EXPECT_EQ(Said(c.table, Scene(Value::Number(1))), "problem: " + std::string(c.shown));
  TableProblem p{0, 0, "", {0, "m"}, 12};
  EXPECT_EQ(ShowTableProblem(kCases[0].table, p), "line 12, row 1, column 1 (age): m");
}

TEST(DecisionTable, TheCheckFindsGaps) {
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age"}, {{"a"}}, {"< 60 -> 1", "> 60 -> 2"})).gaps),
            "no row matches age = 60");
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age"}, {{"a"}}, {"< 60 -> 1", ">= 60 -> 2"})).gaps), "");
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age"}, {{"a", "", "0"}}, {"< 60 -> 1"})).gaps), "") << "a default answers";
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age", "grade"}, {{"a"}},
                                     {"< 60 | - -> 1", ">= 60 | \"a\" -> 2", ">= 60 | \"b\" -> 3"}))
                         .gaps),
            "no row matches age >= 60, grade = anything else");
  DecisionTable listed = TableOf("U", {"grade"}, {{"a"}}, {"\"a\" -> 2", "\"b\" -> 3"});
  listed.inputs[0].values = "\"a\", \"b\"";
  EXPECT_EQ(Messages(Checked(listed).gaps), "");
  DecisionTable whole = TableOf("U", {"age"}, {{"a"}}, {"<= 17 -> 1", ">= 18 -> 2"});
  EXPECT_EQ(Messages(Checked(whole).gaps), "no row matches age in (17..18)");
  whole.inputs[0].whole = true;
  EXPECT_EQ(Messages(Checked(whole).gaps), "");
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age"}, {{"a"}}, {"< line -> 1", "> line -> 2"})).gaps),
            "no row matches age = line");
}

TEST(DecisionTable, TheCheckFindsOverlaps) {
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age"}, {{"a"}}, {"<= 60 -> 1", ">= 60 -> 2"})).overlaps),
            "rows 1 and 2 both match age = 60");
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age"}, {{"a"}}, {"< 60 -> 1", ">= 60 -> 2"})).overlaps), "");
  EXPECT_EQ(Messages(Checked(TableOf("A", {"age"}, {{"a"}}, {"<= 60 -> 1", ">= 60 -> 1.0"})).overlaps), "");
  EXPECT_EQ(Messages(Checked(TableOf("A", {"age"}, {{"a"}}, {"<= 60 -> 1", ">= 60 -> 2"})).overlaps),
            "rows 1 and 2 both match age = 60 and say different things");
  EXPECT_EQ(
      Messages(
          Checked(TableOf("U", {"age", "grade"}, {{"a"}}, {"< 60 | \"a\" -> 1", "- | \"a\", \"b\" -> 2"})).overlaps),
      "rows 1 and 2 both match age < 60, grade = \"a\"");
}

TEST(DecisionTable, TheCheckFindsDeadRows) {
  EXPECT_EQ(Messages(Checked(TableOf("F", {"age"}, {{"a"}}, {"< 60 -> 1", ">= 60 -> 2", "[20..30] -> 3"})).dead),
            "the row never decides: rows before it match all that it does");
  EXPECT_EQ(Messages(Checked(TableOf("F", {"age"}, {{"a"}}, {"[20..30] -> 3", "< 60 -> 1", ">= 60 -> 2"})).dead), "");
  EXPECT_EQ(Messages(Checked(TableOf("U", {"age"}, {{"a"}}, {"[30..20] -> 3", "- -> 1"})).dead),
            "the row can never match: no age meets its test");
  EXPECT_EQ(Messages(Checked(TableOf("P", {"age"}, {{"a", "2, 1"}}, {"< 60 -> 1", "< 70 -> 2"})).dead),
            "the row never decides: rows of higher priority match all that it does");
}

TEST(DecisionTable, TheCheckSaysWhatItCannotCheck) {
  const TableCheck formula = Checked(TableOf("U", {"age"}, {{"a"}}, {"< line -> 1", ">= line + 1 -> 2"}));
  EXPECT_FALSE(formula.exact);
  EXPECT_EQ(formula.why_not, "column 1 (age), row 2 holds bounds that are formulas, whose order is not known");
  EXPECT_FALSE(Checked(TableOf("U", {"age"}, {{"a"}}, {"? * 2 > 5 -> 1"})).exact);
  std::vector<std::string> rows;
  std::vector<std::string> inputs(12, "age");
  for (int r = 0; r < 40; ++r) {
    std::string row;
    for (int c = 0; c < 12; ++c)
      row += (c > 0 ? " | " : "") + std::to_string((r * 7 + c * 3) % 11) + ", " + std::to_string(r);
    rows.push_back(row + " -> " + std::to_string(r));
  }
  const TableCheck large = Checked(TableOf("C", inputs, {{"a"}}, rows));
  EXPECT_TRUE(large.exact || large.why_not.find("too large") != std::string::npos);
}

// Against the plain reading of a table: each row's tests looked at in turn.
TEST(DecisionTable, RandomTablesSayWhatTheirRowsSay) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 300; ++round) {
    const char* policies[] = {"U", "A", "F", "P", "R", "O", "C", "C+", "C#", "C<", "C>"};
    const char* policy = policies[pick(11)];
    struct Row {
      int low, high, word, said;  // word 3: any
    };
    std::vector<Row> rows;
    std::vector<std::string> written;
    for (int r = 0, n = 1 + pick(5); r < n; ++r) {
      const Row row{pick(6), pick(8), pick(4), pick(3)};
      rows.push_back(row);
      const std::string words[] = {"\"a\"", "\"b\"", "not(\"a\")", "-"};
      written.push_back("[" + std::to_string(row.low) + ".." + std::to_string(row.high) + "] | " + words[row.word] +
                        " -> " + std::to_string(row.said));
    }
    const DecisionTable t = TableOf(policy, {"age", "grade"}, {{"x", "2, 0, 1"}}, written);
    for (int age = -1; age < 9; ++age) {
      for (const char* grade : {"a", "b", "c"}) {
        std::vector<int> said;
        for (const Row& r : rows) {
          const std::string g = grade;
          const bool word =
              r.word == 3 || (r.word == 0 && g == "a") || (r.word == 1 && g == "b") || (r.word == 2 && g != "a");
          if (word && r.low <= age && age <= r.high) said.push_back(r.said);
        }
        const std::string p = policy;
        std::string expected = "null";
        const auto rank = [](int v) { return v == 2 ? 0 : v == 0 ? 1 : 2; };
        std::vector<int> sorted = said;
        std::stable_sort(sorted.begin(), sorted.end(), [&](int a, int b) { return rank(a) < rank(b); });
        const auto list = [](const std::vector<int>& v) {
          std::string out = "[";
          for (const int x : v) out += (out.size() > 1 ? ", " : "") + std::to_string(x);
          return out + "]";
        };
        if (!said.empty()) {
          if (p == "U" && said.size() == 1) expected = std::to_string(said[0]);
          if (p == "A" && std::count(said.begin(), said.end(), said[0]) == static_cast<long>(said.size()))
            expected = std::to_string(said[0]);
          if (p == "F") expected = std::to_string(said[0]);
          if (p == "P") expected = std::to_string(sorted[0]);
          if (p == "R" || p == "C") expected = list(said);
          if (p == "O") expected = list(sorted);
          int sum = 0;
          for (const int s : said) sum += s;
          if (p == "C+") expected = std::to_string(sum);
          if (p == "C#") expected = std::to_string(said.size());
          if (p == "C<") expected = std::to_string(*std::min_element(said.begin(), said.end()));
          if (p == "C>") expected = std::to_string(*std::max_element(said.begin(), said.end()));
        }
        const Variables scene = Scene(Value::Number(age), Value::Text(grade));
        ASSERT_EQ(Said(t, scene, NullRule::kFeel), expected) << policy << " " << age << " " << grade;
        if (said.empty()) {
          const bool lists = p == "R" || p == "O" || p == "C";
          expected = lists ? "[]" : p == "C+" || p == "C#" ? "0" : "null";
        }
        ASSERT_EQ(Said(t, scene, NullRule::kUnknown), expected) << policy << " " << age << " " << grade;
      }
    }
    // The check agrees with trying every input.
    if (std::string(policy) != "U") continue;
    const TableCheck check = Checked(t);
    ASSERT_TRUE(check.exact) << check.why_not;
    bool gap = false, overlap = false;
    for (int twice = -2; twice < 18; ++twice) {  // halves stand for what lies between
      for (const std::string grade : {"a", "b", "c"}) {
        int met = 0;
        for (const Row& r : rows) {
          const bool word = r.word == 3 || (r.word == 0 && grade == "a") || (r.word == 1 && grade == "b") ||
                            (r.word == 2 && grade != "a");
          met += word && 2 * r.low <= twice && twice <= 2 * r.high ? 1 : 0;
        }
        gap |= met == 0;
        overlap |= met > 1;
      }
    }
    EXPECT_EQ(!check.gaps.empty(), gap);
    EXPECT_EQ(!check.overlaps.empty(), overlap);
  }
}

}  // namespace
}  // namespace hearth::feel
