// Runs of many files of cases: order, filter, differences that can be read, sides of thresholds; and bad input.
#include "policy/cases.h"

#include <gtest/gtest.h>

#include "policy/case_table.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

StatusOr<Pack> Load(std::string_view id) {
  if (id != "t") return NotFound("no pack " + std::string(id));
  return LoadPackFiles(
      {{"pack.yaml",
        "pack: t\ntitle: {en: T, zh: 甲}\ndocument: T 1\nvalid_from: 2020-01-01\nvalid_to: 2025-12-31\n"
        "rounding: half_up\n"},
       {"parameters.yaml",
        "parameters:\n  - {name: line, type: money, unit: yuan/month, clause: art. 1, values: [{from: 2020-01-01, "
        "value: 1000}]}\n"},
       {"facts.yaml",
        "facts:\n  - {name: income, place: household, type: money, unit: yuan/month, source: case}\n"
        "  - {name: heads, place: household, type: number, unit: persons, source: case}\n"
        "  - {name: born, place: member, type: date, source: case}\n"},
       {"derived.yaml",
        "derived:\n  - {name: pc, place: household, type: money, unit: yuan/month, clause: art. 2, feel: 'income / "
        "heads'}\n"
        "  - {name: age, place: member, type: number, unit: years, clause: art. 3, feel: 'years and months "
        "duration(born, as_of).years'}\n"},
       {"rules/a.yaml",
        "- id: T-1\n  title: {en: Gap, zh: 差额}\n  clause: art. 1\n  unit: household\n  kind: cash\n"
        "  computable: feeds\n  lead: {en: A, zh: 甲}\n  programme: a\n  when: 'pc < line'\n  amount: 'line - pc'\n"
        "  per: month\n"
        "- id: T-2\n  title: {en: Age, zh: 年龄}\n  clause: art. 3\n  unit: person\n  kind: recognition\n"
        "  computable: feeds\n  lead: {en: A, zh: 甲}\n  when: 'age >= 18'\n"
        "- id: T-3\n  title: {en: Huge, zh: 巨}\n  clause: art. 4\n  unit: household\n  kind: cash\n"
        "  computable: feeds\n  lead: {en: A, zh: 甲}\n  programme: a\n  when: 'income > 0'\n"
        "  amount: 'income * 100000000000000000000'\n  per: month\n"}},
      {});
}

std::string Row(const std::string& name, const std::string& income, const std::string& amount) {
  return "- {name: " + name + ", pack: t, as_of: 2023-01-01, input: {household: {income: " + income +
         ", heads: 1}}, output: [{rule: T-1, amount: " + amount + "}]}\n";
}

std::vector<CaseResult> RunAll(const std::vector<CaseFileText>& files, const CaseOptions& options = {}) {
  auto results = RunCaseFiles(files, Load, options);
  EXPECT_TRUE(results.ok()) << Message(results.status());
  return *results;
}

std::string Shown(const std::vector<CaseResult>& results) {
  std::string all;
  for (const CaseResult& r : results) {
    all += r.where + " " + r.name + "\n";
    for (const std::string& f : r.failures) all += f + "\n";
    for (const CaseDifference& d : r.differences) {
      for (const std::string& s : d.steps) all += s + "\n";
    }
  }
  return all;
}

TEST(CaseFiles, TheOutcomeDoesNotDependOnThreads) {
  std::vector<CaseFileText> files;
  for (int f = 0; f < 7; ++f) {
    std::string text;
    for (int i = 0; i < 40; ++i) {
      text += Row("c" + std::to_string(i), std::to_string(20 * i), std::to_string(i % 3 == 0 ? 1 : 1000 - 20 * i));
    }
    files.push_back({"f" + std::to_string(f) + ".yaml", text});
  }
  CaseOptions options;
  const std::string one = Shown(RunAll(files, options));
  EXPECT_NE(one.find("came"), 0u);
  for (const int threads : {2, 5}) {
    options.threads = threads;
    EXPECT_EQ(Shown(RunAll(files, options)), one) << threads;
  }
}

TEST(CaseFiles, APackIsAskedForOnce) {
  int asked = 0;
  const PackSource source = [&](std::string_view id) {
    ++asked;
    return Load(id);
  };
  const std::vector<CaseFileText> files = {{"a.yaml", Row("a", "1", "999") + Row("b", "2", "998")},
                                           {"b.yaml", Row("c", "3", "997")}};
  const auto results = RunCaseFiles(files, source, {});
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(results->size(), 3u);
  EXPECT_EQ(asked, 1);
}

TEST(CaseFiles, AFilterLooksAtNameAndRule) {
  const std::vector<CaseFileText> files = {{"a.yaml", Row("first", "1", "999") + Row("second", "2", "998")}};
  CaseOptions options;
  options.filter = "econ";
  ASSERT_EQ(RunAll(files, options).size(), 1u);
  EXPECT_EQ(RunAll(files, options)[0].name, "second");
  options.filter = "T-1";
  EXPECT_EQ(RunAll(files, options).size(), 2u);
  options.filter = "T-9";
  EXPECT_TRUE(RunAll(files, options).empty());
}

TEST(CaseFiles, ADifferenceSaysHowItCameAbout) {
  const auto results = RunAll({{"a.yaml", Row("gap", "300", "701")}});
  ASSERT_EQ(results[0].differences.size(), 1u);
  const CaseDifference& d = results[0].differences[0];
  EXPECT_EQ(d.what, "T-1");
  EXPECT_EQ(d.clause, "art. 1");
  EXPECT_EQ(d.title.zh, "差额");
  EXPECT_EQ(d.expected, "it holds, 701.00");
  EXPECT_EQ(d.found, "it holds, 700.00");
  ASSERT_FALSE(d.steps.empty());
  EXPECT_EQ(d.steps.back(), "T-1 = 700   [art. 1]");
  EXPECT_NE(Shown(results).find("pc < line? true   300 against 1000, distance 700"), std::string::npos)
      << Shown(results);
}

TEST(CaseFiles, SidesOfAThresholdAreToldApart) {
  CaseOptions options;
  options.comparisons = true;
  const auto results = RunAll({{"a.yaml", Row("below", "999.99", "0.01") +
                                              "- {name: at, pack: t, as_of: 2023-01-01, input: {household: {income: "
                                              "1000, heads: 1}}, output: [{rule: T-1, holds: false}]}\n"}},
                              options);
  ASSERT_EQ(results[0].comparisons.size(), 1u);
  EXPECT_EQ(results[0].comparisons[0], (CaseComparison{"T-1", "pc < line", -1}));
  EXPECT_EQ(results[1].comparisons[0].side, 0);
}

std::string Failure(const std::string& household, const std::string& output, const std::string& as_of = "2023-01-01",
                    const std::string& members = "[]") {
  const auto results = RunAll({{"a.yaml", "- {name: n, pack: t, as_of: " + as_of + ", input: {household: " + household +
                                              ", members: " + members + "}, output: [" + output + "]}\n"}});
  return results[0].failures.empty() ? "" : results[0].failures[0];
}

TEST(CaseInput, DivisionByZeroIsUnknownAndNeverAFigure) {
  EXPECT_EQ(Failure("{income: 5, heads: 0}", "{fact: pc, value: null}"), "");
  const std::string found = Failure("{income: 5, heads: 0}", "{rule: T-1, holds: false}");
  EXPECT_NE(found.find("it needs information"), std::string::npos) << found;
}

TEST(CaseInput, AnAmountBeyondMoneyIsNoAmount) {
  const std::string found = Failure("{income: 9000000, heads: 1}", "{rule: T-3, amount: 900000000000000000000000000}");
  EXPECT_NE(found.find("found"), std::string::npos) << found;
  EXPECT_EQ(found.find("found    it holds, 9"), std::string::npos) << found;
}

TEST(CaseInput, WhoIsBornOnTheLeapDayIsOfAgeOnTheFirstOfMarch) {
  const std::string born = "[{id: a, born: 2004-02-29}]";
  EXPECT_EQ(Failure("{}", "{rule: T-2, member: a, holds: false}", "2022-02-28", born), "");
  EXPECT_EQ(Failure("{}", "{rule: T-2, member: a, holds: true}", "2022-03-01", born), "");
  EXPECT_EQ(Failure("{}", "{rule: T-2, member: a, holds: true}", "2024-02-29", born), "");
  EXPECT_NE(Failure("{}", "{rule: T-2, member: a, holds: true}", "2022-02-28", "[{id: a, born: 2003-02-29}]"), "");
}

TEST(CaseInput, FilesThatAreNoListOfCasesAreRefused) {
  const auto status = [](const std::string& text) {
    const CaseFileText file{"c.yaml", text};
    return Message(RunCaseFiles(std::span(&file, 1), Load, {}).status());
  };
  EXPECT_EQ(status(""), "c.yaml: the file is empty");
  EXPECT_EQ(status("a: b"), "c.yaml:1:1: a file of cases is a list of cases");
  EXPECT_EQ(status("- name: \xB5\xCD\xB1\xA3\n"), "c.yaml: is not UTF-8; save the file as UTF-8");
  EXPECT_EQ(status("\xEF\xBB\xBF" + Row("a", "1", "999")), "");
  std::string returns = Row("a", "1", "999");
  returns.insert(returns.size() - 1, "\r");
  EXPECT_EQ(status(returns), "");
}

TEST(PackInput, BadTextsEndInAClearError) {
  const auto first = [](std::map<std::string, std::string> files) {
    return Message(LoadPackFiles(files, {}).status());
  };
  const std::string head =
      "pack: t\ntitle: {en: T, zh: 甲}\ndocument: T 1\nvalid_from: 2020-01-01\nvalid_to: 2025-12-31\n"
      "rounding: half_up\n";
  EXPECT_EQ(first({}), "pack.yaml is missing from the pack's folder");
  EXPECT_EQ(first({{"pack.yaml", ""}}), "pack.yaml: the file is empty");
  EXPECT_EQ(first({{"pack.yaml", "pack: \xB5\xCD\xB1\xA3\n"}}), "pack.yaml: is not UTF-8; save the file as UTF-8");
  EXPECT_EQ(first({{"pack.yaml", head}}), "");
  EXPECT_EQ(first({{"pack.yaml", "\xEF\xBB\xBF" + head}}), "");
  std::string returns;
  for (const char c : head) returns += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(first({{"pack.yaml", returns}}), "");
  const std::string deep(1000, '('), closed(1000, ')');
  const std::string nested =
      first({{"pack.yaml", head},
             {"derived.yaml", "derived:\n  - {name: a, place: household, type: number, clause: art. 1, feel: '" + deep +
                                  "1" + closed + "'}\n"}});
  EXPECT_NE(nested.find("derived.yaml:2:"), std::string::npos) << nested;
  EXPECT_NE(nested.find("deep"), std::string::npos) << nested;
}

}  // namespace
}  // namespace hearth
