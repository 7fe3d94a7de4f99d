#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "matchers/fellegi_sunter/condition_parser.h"
#include "matchers/fellegi_sunter/model_reader.h"
#include "matchers/fellegi_sunter/sql_condition.h"

namespace hearth::linkage {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The condition as a model's text, or the error.
std::string Read(std::string_view sql) {
  Model model;
  SqlSpellings spellings;
  const StatusOr<Condition> condition = ReadSqlCondition(sql, &spellings, &model);
  return condition.ok() ? ConditionText(*condition, model) : "error: " + Message(condition.status());
}

std::string ReadRule(std::string_view sql) {
  Model model;
  SqlSpellings spellings;
  const StatusOr<BlockingRule> rule = ReadSqlRule(sql, &spellings, &model);
  if (!rule.ok()) return "error: " + Message(rule.status());
  std::string out;
  for (const KeyPart& part : rule->parts) {
    out += (out.empty() ? "" : " + ") + model.columns[part.left].name;
    if (part.left != part.right) out += " = " + model.columns[part.right].name;
  }
  return rule->filter ? out + " where " + ConditionText(*rule->filter, model) : out;
}

TEST(SqlConditions, AreReadInEverySpelling) {
  constexpr struct {
    std::string_view sql, condition;
  } kCases[] = {
      {R"("dob_l" = "dob_r")", "exact(dob)"},
      {R"(dob_l = dob_r)", "exact(dob)"},
      {R"(l.dob = r.dob)", "exact(dob)"},
      {R"("l"."dob" = "r"."dob")", "exact(dob)"},
      {R"(l."First Name" = r."First Name")", "exact(First Name)"},
      {R"(`dob_l` == `dob_r`)", "exact(dob)"},
      {R"(r.dob = l.DOB)", "exact(DOB)"},
      {R"(l.hall_l = r.hall_l)", "exact(hall_l)"},
      {R"((((dob_l)) = (dob_r)))", "exact(dob)"},
      {R"("dob_l" IS NULL OR "dob_r" IS NULL)", "null(dob)"},
      {R"(a_l is null or a_r is null or b_l is null or b_r is null)", "null(a, b)"},
      {R"((a_l IS NULL OR a_r IS NULL) AND (b_l IS NULL OR b_r IS NULL))", "null(a) and null(b)"},
      {R"(a_l IS NOT NULL AND a_r IS NOT NULL)", "not null(a)"},
      {R"(NOT (a_l IS NULL OR a_r IS NULL))", "not null(a)"},
      {R"(levenshtein("dob_l", "dob_r") <= 2)", "levenshtein(dob) <= 2"},
      {R"(levenshtein(dob_r, dob_l) < 2)", "levenshtein(dob) <= 1"},
      {R"(levenshtein(dob_l, dob_r) < 1.5)", "levenshtein(dob) <= 1"},
      {R"(2 >= levenshtein(dob_l, dob_r))", "levenshtein(dob) <= 2"},
      {R"(levenshtein(dob_l, dob_r) = 0)", "levenshtein(dob) <= 0"},
      {R"(levenshtein(dob_l, dob_r) > 2)", "not null(dob) and not levenshtein(dob) <= 2"},
      {R"(levenshtein(dob_l, dob_r) >= 2.5)", "not null(dob) and not levenshtein(dob) <= 2"},
      {R"(levenshtein(dob_l, dob_r) >= 0)", "not null(dob)"},
      {R"(DAMERAU_LEVENSHTEIN(dob_l, dob_r) <= 1)", "damerau(dob) <= 1"},
      {R"(jaro_similarity(a_l, a_r) >= 0.9)", "jaro(a) >= 0.9"},
      {R"(jaro_winkler_similarity(a_l, a_r) > 0.88)", "jaro_winkler(a) >= 0.8800000000000001"},
      {R"(jaro_winkler_similarity(a_l, a_r) < 0.88)", "not null(a) and not jaro_winkler(a) >= 0.88"},
      {R"(jaccard(a_l, a_r) >= 0)", "not null(a)"},
      {R"(jaccard(a_l, a_r) = 1)", "jaccard(a) >= 1"},
      {R"(a_l = a_r AND NOT b_l = b_r)", "exact(a) and not null(b) and not exact(b)"},
      {R"(a_l <> a_r)", "not null(a) and not exact(a)"},
      {R"(NOT (a_l = a_r OR b_l = b_r))", "not null(a) and not exact(a) and not null(b) and not exact(b)"},
      {R"(NOT (a_l = a_r AND b_l = b_r))", "not null(a) and not exact(a) or not null(b) and not exact(b)"},
      {R"(a_l = a_r or b_l = b_r and c_l = c_r)", "exact(a) or exact(b) and exact(c)"},
      {R"((a_l = a_r or b_l = b_r) and c_l = c_r)", "(exact(a) or exact(b)) and exact(c)"},
      {R"(a_l = b_r AND a_r = b_l)", "reversed(a, b)"},
      {R"(a_l = b_r OR b_l = a_r)", "either_reversed(a, b)"},
      {R"(a_l = 'it''s' AND a_r = 'it''s')", "literal(a) = \"it's\""},
      {R"(substr(dob_l, 1, 4) = substr(dob_r, 1, 4))", "exact(dob | substr 1 4)"},
      {R"(SUBSTRING(LOWER("a_l"), 2, 3) = SUBSTRING(LOWER("a_r"), 2, 3))", "exact(a | lower | substr 2 3)"},
      {R"(left(a_l, 2) = left(a_r, 2) and right(a_l, 2) = right(a_r, 2))",
       "exact(a | substr 1 2) and exact(a | last 2)"},
      {R"(nullif(trim(a_l), '') = nullif(trim(a_r), ''))", "exact(a)"},
      {R"(NULLIF(a_l, 'n/a') = NULLIF(a_r, 'n/a'))", "exact(a | null_if n/a)"},
      {R"(cast(a_l as varchar) = a_r::text)", "exact(a)"},
      {"\"\xE5\xA7\x93_l\" = \"\xE5\xA7\x93_r\"", "exact(\xE5\xA7\x93)"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Read(c.sql), c.condition) << c.sql;
}

TEST(SqlConditions, WhatIsNotReadIsNamed) {
  constexpr struct {
    std::string_view sql, message;
  } kCases[] = {
      {R"(date_diff('day', "dob_l", "dob_r") <= 5)", "uses date_diff(), which is not read"},
      {R"(ABS(EPOCH(try_strptime("dob_l", '%Y-%m-%d')) - 1) <= 2)", "uses ABS(), which is not read"},
      {R"(array_length(list_intersect("a_l", "a_r")) >= 1)", "uses array_length(), which is not read"},
      {R"(try_strptime(a_l, '%Y') = try_strptime(a_r, '%Y'))", "uses try_strptime(), which is not read"},
      {R"(NULLIF(regexp_extract("a_l", '^.', 0), '') = 'x')", "uses regexp_extract(), which is not read"},
      {R"(cos_sim(a_l, a_r) > 0.5)", "uses cos_sim(), which is not read"},
      {R"(a_l like 'x%')", "uses like, which is not read"},
      {R"(case when a_l = a_r then true end)", "uses case, which is not read"},
      {R"(a_l in ('x'))", "uses in, which is not read"},
      {R"(a_l || b_l = a_r || b_r)", "uses \"||\", which is not read"},
      {R"(n_l - n_r <= 3)", "uses \"-\", which is not read"},
      {R"("a_l"[1] = "a_r"[1])", "uses \"[\", which is not read"},
      {R"(a_l::int = a_r::int)", "uses a cast to int, which is not read"},
      {R"(cast(a_l as decimal(3, 1)) = a_r)", "uses cast() to decimal, which is not read"},
      {R"(a_l < a_r)", "uses < on something other than a similarity, which is not read"},
      {R"(a_l = 3)", "compares a column with a number, which is not read"},
      {R"(a_l = 'x')", "compares a with a text other than as l.x = 'text' AND r.x = 'text', which is not read"},
      {R"(a_l = 'x' OR a_r = 'x')",
       "compares a with a text other than as l.x = 'text' AND r.x = 'text', which is not read"},
      {R"(a_l = b_r)", "compares l.a with r.b in one direction only, which is not read; add l.b = r.a"},
      {R"(NOT (a_l = b_r AND b_l = a_r))", "denies l.a = r.b, which is not read"},
      {R"(a_l = b_l)", "compares two columns of one side, which is not read"},
      {R"(a_l IS NULL)", "asks IS NULL of a on one side only, which is not read"},
      {R"(a_l IS NULL AND a_r IS NULL)",
       "asks IS NULL of a on both sides at once, which is not read; write l.x IS NULL OR r.x IS NULL, or its opposite"},
      {R"(levenshtein(a_l, b_r) <= 1)", "uses levenshtein() on two different columns, which is not read"},
      {R"(levenshtein(a_l, a_l) <= 1)", "uses levenshtein() other than on a column of each side"},
      {R"(levenshtein(a_l, a_r) <= -1)", "uses \"-\", which is not read"},
      {R"(levenshtein(a_l, a_r) < 0)", "holds a comparison that can never be true"},
      {R"(jaro_similarity(a_l, a_r) > 1)", "holds a comparison that can never be true"},
      {R"(levenshtein(a_l, a_r) = 1)", "uses = on levenshtein(), which is not read"},
      {R"(levenshtein(a_l, a_r))", "is not a condition: a comparison is missing"},
      {R"(substr(a_l, 0, 2) = substr(a_r, 0, 2))", "uses substr() with arguments that are not read"},
      {R"(substr(a_l, 2) = substr(a_r, 2))", "uses substr() with arguments that are not read"},
      {R"(dob = dob)", "names dob, which is of neither side; write l.dob or \"dob_l\""},
      {R"(x.dob = r.dob)", "uses x.dob, which is not read"},
      {R"(l.name.first = r.name.first)", "uses a field inside the column name, which is not read"},
      {R"(a_l = a_r -- as said)", "holds a comment, which is not read"},
      {R"(a_l = a_r; drop table x)", "uses \";\", which is not read"},
      {R"("a_l = a_r)", "a quoted name is not closed"},
      {R"((a_l = a_r)", "ends too early"},
      {R"(a_l = )", "ends too early"},
      {"", "ends too early"},
      {R"(true)", "uses true, which is not read"},
      {R"("a|b_l" = "a|b_r")",
       "a column name cannot hold a bar or a quote; give the heading another name under columns"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Read(c.sql), "error: " + std::string(c.message)) << c.sql;
}

TEST(SqlConditions, DeepNestingIsRefused) {
  const std::string open(100000, '('), close(100000, ')');
  EXPECT_EQ(Read(open + "a_l = a_r" + close), "error: is nested deeper than 64");
}

TEST(SqlRules, EqualitiesAreKeysAndTheRestIsAFilter) {
  EXPECT_EQ(ReadRule(R"((l."first_name" = r."first_name") AND (SUBSTRING(l.dob, 1, 4) = SUBSTRING(r.dob, 1, 4)))"),
            "first_name + dob | substr 1 4");
  EXPECT_EQ(ReadRule("l.a = r.b and l.b = r.a and levenshtein(l.c, r.c) <= 1"),
            "a = b + b = a where levenshtein(c) <= 1");
  EXPECT_EQ(ReadRule("l.a = r.a and (l.b = r.b or l.c = r.c) and l.d <> r.d"),
            "a where (exact(b) or exact(c)) and not null(d) and not exact(d)");
  EXPECT_EQ(ReadRule("l.a = r.b"), "a = b");
  EXPECT_EQ(ReadRule("l.a = r.a and r.A = l.A"), "a");
  EXPECT_EQ(ReadRule("l.a = r.a or l.b = r.b"),
            "error: joins its equalities by OR; make each a blocking rule of its own");
  EXPECT_EQ(ReadRule("levenshtein(l.a, r.a) <= 1"),
            "error: holds no column equal on both sides, so it would make every pair");
  EXPECT_EQ(ReadRule("1 = 1"), "error: holds a comparison of something other than columns, which is not read");
}

constexpr std::string_view kSmall = R"json({
  "link_type": "dedupe_only",
  "probability_two_random_records_match": 0.001,
  "unique_id_column_name": "id",
  "source_dataset_column_name": "source_dataset",
  "em_convergence": 0.01,
  "max_iterations": 9,
  "retain_matching_columns": false,
  "blocking_rules_to_generate_predictions": ["l.dob = r.dob", {"blocking_rule": "l.name = r.name", "sql_dialect": "duckdb", "arrays_to_explode": null}],
  "comparisons": [
    {"output_column_name": "name", "comparison_levels": [
      {"sql_condition": "name_l IS NULL OR name_r IS NULL", "label_for_charts": "missing", "is_null_level": true},
      {"sql_condition": "name_l = name_r", "tf_adjustment_column": "name", "m_probability": 0.9, "u_probability": 0.01, "fix_u_probability": true},
      {"sql_condition": "jaro_similarity(name_l, name_r) >= 0.9", "tf_adjustment_column": "name", "tf_adjustment_weight": 0.5, "tf_minimum_u_value": 0.001, "m_probability": "level not observed in training dataset"},
      {"sql_condition": "levenshtein(name_l, name_r) <= 2", "tf_adjustment_column": "name", "disable_tf_exact_match_detection": true},
      {"sql_condition": " else ", "tf_adjustment_column": "name", "u_probability": null}]}]
})json";

TEST(SplinkSettings, EverySettingArrives) {
  const StatusOr<Model> model = ReadSplinkSettings(kSmall, "dir/small.json");
  ASSERT_TRUE(model.ok()) << Message(model.status());
  EXPECT_EQ(model->name, "small");
  EXPECT_EQ(model->id_column, "id");
  EXPECT_FALSE(model->source_column.has_value());
  EXPECT_EQ(model->prior, 0.001);
  EXPECT_EQ(model->training.tolerance, 0.01);
  EXPECT_EQ(model->training.iterations_max, 9);
  ASSERT_EQ(model->blocking.size(), 2u);
  EXPECT_EQ(model->blocking[1].text, "name");
  const std::vector<Level>& levels = model->comparisons[0].levels;
  ASSERT_EQ(levels.size(), 5u);
  EXPECT_TRUE(levels[0].is_null);
  EXPECT_EQ(levels[0].label, "missing");
  EXPECT_TRUE(levels[1].exact);
  EXPECT_EQ(levels[1].m, 0.9);
  EXPECT_TRUE(levels[1].fixed_u);
  EXPECT_EQ(levels[1].tf_level, 1);
  EXPECT_EQ(levels[1].tf_weight, 1);
  EXPECT_EQ(levels[2].tf_level, 1);
  EXPECT_EQ(levels[2].tf_weight, 0.5);
  EXPECT_EQ(levels[2].tf_minimum_u, 0.001);
  EXPECT_EQ(levels[2].m, 1e-6);
  EXPECT_EQ(levels[3].tf_level, 3);
  EXPECT_FALSE(levels[4].tf_column.has_value());
  EXPECT_FALSE(levels[4].u.has_value());
  EXPECT_FALSE(model->bytes);
}

TEST(SplinkSettings, AWrittenModelReadsBackEqual) {
  const Model model = ReadSplinkSettings(kSmall, "small.json").value();
  const StatusOr<Model> again = ReadModel(WriteModel(model), "small.yaml");
  ASSERT_TRUE(again.ok()) << Message(again.status()) << WriteModel(model);
  EXPECT_EQ(*again, model) << WriteModel(model);
}

TEST(SplinkSettings, TheContentDecidesWhichReaderReads) {
  EXPECT_EQ(ReadAnyModel("\xEF\xBB\xBF \n" + std::string(kSmall), "small.json").value(),
            ReadSplinkSettings(kSmall, "small.json").value());
  const std::string yaml = WriteModel(ReadSplinkSettings(kSmall, "small.json").value());
  EXPECT_TRUE(ReadAnyModel(yaml, "small.yaml").ok());
  EXPECT_FALSE(ReadAnyModel("", "small.yaml").ok());
}

TEST(SplinkSettings, ATermFrequencyReachesTheExactLevelOfItsOwnColumn) {
  // As Splink's ForenameSurnameComparison: two columns, each with an exact level of its own.
  const std::string_view text = R"json({"link_type": "link_only",
    "blocking_rules_to_generate_predictions": ["l.a = r.a"],
    "comparisons": [{"output_column_name": "ab", "comparison_levels": [
      {"sql_condition": "a_l = a_r AND b_l = b_r"},
      {"sql_condition": "jaro_similarity(b_l, b_r) > 0.9", "tf_adjustment_column": "\"B\""},
      {"sql_condition": "a_l = a_r", "tf_adjustment_column": "a"},
      {"sql_condition": "b_l = b_r", "tf_adjustment_column": "b"},
      {"sql_condition": "ELSE"}]}]})json";
  const StatusOr<Model> model = ReadSplinkSettings(text, "ab.json");
  ASSERT_TRUE(model.ok()) << Message(model.status());
  const std::vector<Level>& levels = model->comparisons[0].levels;
  EXPECT_EQ(levels[1].tf_level, 3);
  EXPECT_EQ(levels[2].tf_level, 2);
  EXPECT_EQ(levels[3].tf_level, 3);
  EXPECT_EQ(ReadModel(WriteModel(*model), "ab.yaml").value(), *model);
}

// Settings that must not load: bad/*.json, the .expected beside each the whole message. HEARTH_REWRITE_GOLDEN=1 writes
// the messages anew; the difference is read before it is kept.
TEST(BadSettings, EachIsRefusedWithItsWholeMessage) {
  const fs::path folder = fs::path(HEARTH_SOURCE_DIR) / "tests" / "matchers" / "fellegi_sunter" / "bad";
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    ++seen;
    fs::path golden = entry.path();
    golden.replace_extension(".expected");
    const std::string name = entry.path().filename().string();
    const StatusOr<Model> model = ReadSplinkSettings(ReadFile(entry.path()), name);
    ASSERT_FALSE(model.ok()) << name << " loads, though it is bad";
    EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument) << name;
    const std::string found = Message(model.status()) + "\n";
    if (std::getenv("HEARTH_REWRITE_GOLDEN") != nullptr) {
      std::ofstream(golden, std::ios::binary) << found;
      continue;
    }
    EXPECT_EQ(found, ReadFile(golden)) << name;
  }
  EXPECT_GE(seen, 15);
}

}  // namespace
}  // namespace hearth::linkage
