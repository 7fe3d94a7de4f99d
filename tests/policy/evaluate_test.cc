#include "policy/evaluate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <thread>

#include "core/record_table.h"
#include "policy/cases.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

const Pack& Wenzhou() {
  static const Pack kPack = LoadPack(std::string(HEARTH_SOURCE_DIR) + "/packs/wenzhou-2022", ProjectSchemas()).value();
  return kPack;
}

SiteParameters Site(const std::string& yaml) {
  const YamlNode node = ReadYaml(yaml, "hearth.yaml").value();
  return ReadSiteParameters(node, Wenzhou()).value();
}

const SiteParameters& TestSite() {
  static const SiteParameters kSite = Site(
      "{dibao_standard_month: 1100, low_edge_multiple: 1.5, min_wage_month: 2070, asset_home_count_max: 1, "
      "asset_vehicle_value_max: 50000, asset_money_months: 24, dibao_capital_limit: 30000, hukou_prefix: ['3399'], "
      "city_area_codes: ['339901']}");
  return kSite;
}

CivilDay Day(std::string_view text) { return ParseIsoDay(text).value(); }

// Row lists over real tables: a family of three with monthly wages and contributions.
struct Family {
  std::vector<std::unique_ptr<RecordTable>> tables;
  UnitFacts facts;

  RecordTable* Table(std::string_view registry) {
    for (auto& t : tables) {
      if (t->schema().id == registry) return t.get();
    }
    for (const auto& s : ProjectSchemas()) {
      if (s->id == registry) tables.push_back(std::make_unique<RecordTable>(s));
    }
    return tables.back().get();
  }
};

void SetRows(Family* f, int member, std::string_view registry, std::vector<uint32_t> rows) {
  RowList list;
  if (!rows.empty()) list.table = f->Table(registry);
  list.rows = std::move(rows);
  const int slot = Wenzhou().layout().Slot(FactPlace::kMember, registry);
  f->facts.members[static_cast<size_t>(member)].values[static_cast<size_t>(slot)] = Value::Rows(std::move(list));
}

void SetRaw(Family* f, FactPlace place, std::string_view name, Value v, int member = -1) {
  const int slot = Wenzhou().layout().Slot(place, name);
  ASSERT_GE(slot, 0) << name;
  FactRow& row = place == FactPlace::kMember ? f->facts.members[static_cast<size_t>(member)] : f->facts.household;
  row.values[static_cast<size_t>(slot)] = std::move(v);
}

void SetCell(RecordTable* t, uint32_t row, std::string_view field, int64_t v) {
  t->SetInt(t->schema().FieldIndex(field), row, v);
}
void SetCode(RecordTable* t, uint32_t row, std::string_view field, std::string_view value) {
  const int f = t->schema().FieldIndex(field);
  SetCell(t, row, field, FindCodeValue(t->schema().fields[static_cast<size_t>(f)], value));
}

std::unique_ptr<Family> MakeFamily(int64_t wage_fen) {
  auto f = std::make_unique<Family>();
  f->facts = EmptyFacts(Wenzhou(), 3);
  SetRaw(f.get(), FactPlace::kHousehold, "household_size", Value::Number(3));
  SetRaw(f.get(), FactPlace::kHousehold, "in_dibao", Value::Boolean(false));
  SetRaw(f.get(), FactPlace::kHousehold, "in_low_edge", Value::Boolean(false));
  for (const std::string& registry : Wenzhou().registries()) {
    for (int m = 0; m < 3; ++m) SetRows(f.get(), m, registry, {});
  }
  RecordTable* tax = f->Table("income_tax");
  RecordTable* insured = f->Table("social_insurance");
  for (int m = 0; m < 3; ++m) {
    SetRaw(f.get(), FactPlace::kMember, "birth_date", Value::Date(Day("1980-05-01")), m);
    SetRaw(f.get(), FactPlace::kMember, "hukou_address_code", Value::Text("339901001001"), m);
    std::vector<uint32_t> tax_rows, insured_rows;
    for (int i = 0; i < 14 && m < 2; ++i) {
      const int32_t month = CivilMonth::FromYm(2023, 3)->months - 13 + i;
      const uint32_t row = tax->AddRow(std::to_string(m) + "|" + std::to_string(i), {});
      SetCode(tax, row, "income_kind", "wages");
      SetCell(tax, row, "month", month);
      SetCell(tax, row, "income", wage_fen);
      tax_rows.push_back(row);
      const uint32_t paid = insured->AddRow(std::to_string(m) + "|" + std::to_string(i), {});
      SetCode(insured, paid, "insurance_kind", "employee_pension");
      SetCell(insured, paid, "month", month);
      SetCell(insured, paid, "base", wage_fen);
      insured_rows.push_back(paid);
    }
    SetRows(f.get(), m, "income_tax", tax_rows);
    SetRows(f.get(), m, "social_insurance", insured_rows);
  }
  return f;
}

const Determination& Of(const std::vector<Determination>& all, std::string_view rule) {
  static const Determination kNone;
  for (const Determination& d : all) {
    if (Wenzhou().rules()[d.rule].id == rule) return d;
  }
  ADD_FAILURE() << "no determination of " << rule;
  return kNone;
}

TEST(Evaluate, RowsOfRealTablesDecideRecognition) {
  const auto poor = MakeFamily(160'000), rich = MakeFamily(166'000);
  const auto a = EvaluateUnit(Wenzhou(), TestSite(), poor->facts, Day("2023-03-15"));
  const auto b = EvaluateUnit(Wenzhou(), TestSite(), rich->facts, Day("2023-03-15"));
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(Of(*a, "WZ-1.2").outcome, Outcome::kEligible);     // 2 x 1,600 / 3 < 1,100
  EXPECT_EQ(Of(*b, "WZ-1.2").outcome, Outcome::kNotEligible);  // 2 x 1,660 / 3 > 1,100
  EXPECT_EQ(Of(*b, "WZ-2.1").outcome, Outcome::kEligible);
}

TEST(Evaluate, OutsideItsValidityAPackIsNotInForce) {
  const auto f = MakeFamily(100'000);
  for (const char* day : {"2022-04-30", "2026-01-01"}) {
    const auto made = EvaluateUnit(Wenzhou(), TestSite(), f->facts, Day(day));
    EXPECT_EQ(made.status().code(), absl::StatusCode::kFailedPrecondition) << day;
    EXPECT_NE(Message(made.status()).find("no pack in force on " + std::string(day)), std::string::npos);
  }
  EXPECT_TRUE(EvaluateUnit(Wenzhou(), TestSite(), f->facts, Day("2022-05-01")).ok());
}

TEST(Evaluate, ARegistryThatHasNotAnsweredIsNamedAsMissing) {
  const auto f = MakeFamily(100'000);
  const int slot = Wenzhou().layout().Slot(FactPlace::kMember, "vehicles");
  f->facts.members[1].values[static_cast<size_t>(slot)] = Value::Null();
  const auto made = EvaluateUnit(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(Of(*made, "WZ-1.2").outcome, Outcome::kNeedsInformation);
  EXPECT_EQ(Of(*made, "WZ-1.2").missing, std::vector<std::string>{"vehicles"});
}

TEST(Evaluate, AFieldOfARowIsNamedAsMissing) {
  const auto f = MakeFamily(100'000);
  RecordTable* cars = f->Table("vehicles");
  const uint32_t car = cars->AddRow("02|X", {});
  SetCode(cars, car, "plate_type", "small");
  SetCode(cars, car, "vehicle_use", "non_commercial");
  SetRows(f.get(), 0, "vehicles", {car});
  const auto made = EvaluateUnit(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(Of(*made, "WZ-1.2").missing, std::vector<std::string>{"vehicles.insured_value"});
}

TEST(Evaluate, AGrantedClassIsTakenAsTrue) {
  const auto f = MakeFamily(100'000);
  EvaluateOptions options;
  options.rules = {static_cast<uint32_t>(Wenzhou().FindRule("WZ-1.3"))};
  const auto plain = EvaluateUnit(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"), options);
  EXPECT_EQ((*plain)[0].outcome, Outcome::kNotEligible);
  options.granted = {"in_dibao"};
  SetRaw(f.get(), FactPlace::kMember, "in_special_hardship", Value::Boolean(false), 0);
  SetRaw(f.get(), FactPlace::kMember, "in_special_hardship", Value::Boolean(false), 1);
  SetRaw(f.get(), FactPlace::kMember, "in_special_hardship", Value::Boolean(false), 2);
  const auto granted = EvaluateUnit(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"), options);
  ASSERT_EQ((*granted)[0].outcome, Outcome::kEligible);
  EXPECT_EQ((*granted)[0].amount, Money::FromYuan(1300));  // (1,100 - 2,000 / 3) x 3
}

TEST(Evaluate, TheTraceEndsWithTheRuleAndNamesRowsAndDistances) {
  const auto f = MakeFamily(160'000);
  const uint32_t rule = static_cast<uint32_t>(Wenzhou().FindRule("WZ-1.2"));
  const StatusOr<Trace> trace = ExplainRule(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"), rule, -1);
  ASSERT_TRUE(trace.ok());
  const TraceStep& last = trace->steps.back();
  EXPECT_EQ(last.kind, TraceStep::Kind::kRule);
  EXPECT_EQ(last.name, "WZ-1.2");
  EXPECT_TRUE(last.value.IsTrue());
  bool distance = false, rows = false, parameter = false;
  for (const TraceStep& s : trace->steps) {
    if (s.name == "pc_countable_income_month < dibao_standard_month") {
      distance = true;
      EXPECT_EQ(s.distance->Round(2, Decimal::Mode::kHalfUp).ToString(), "33.33");
    }
    if (s.name == "earned_tax_rows" && s.subject == "member 1") {
      rows = true;
      EXPECT_EQ(s.rows.size(), 12u);
    }
    if (s.name == "dibao_standard_month") parameter = s.kind == TraceStep::Kind::kParameter && !s.clause.empty();
  }
  EXPECT_TRUE(distance && rows && parameter);
}

TEST(Evaluate, AskingAPersonRuleOfTheUnitIsOutOfRange) {
  const auto f = MakeFamily(1);
  const uint32_t rule = static_cast<uint32_t>(Wenzhou().FindRule("WZ-5.6"));
  EXPECT_EQ(ExplainRule(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"), rule, -1).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ExplainRule(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"), rule, 3).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(ExplainRule(Wenzhou(), TestSite(), f->facts, Day("2023-03-15"), rule, 2).ok());
}

TEST(Evaluate, UnknownFactsAreNotFound) {
  auto evaluator = Evaluator::Create(Wenzhou(), TestSite(), Day("2023-03-15"));
  const auto f = MakeFamily(1);
  EXPECT_EQ(evaluator->Fact(f->facts, FactPlace::kHousehold, "no_such_fact").status().code(),
            absl::StatusCode::kNotFound);
  UnitFacts facts = EmptyFacts(Wenzhou(), 1);
  EXPECT_EQ(SetFact(Wenzhou(), &facts, FactPlace::kMember, "no_such_fact", Value::Null(), 0).code(),
            absl::StatusCode::kNotFound);
}

TEST(Evaluate, ThreadsWithAnEvaluatorEachAgree) {
  std::vector<std::unique_ptr<Family>> families;
  for (int i = 0; i < 40; ++i) families.push_back(MakeFamily(150'000 + i * 1'000));
  std::vector<std::vector<Determination>> made(2);
  std::vector<std::thread> threads;
  for (auto& out : made) {
    threads.emplace_back([&out, &families] {
      auto evaluator = Evaluator::Create(Wenzhou(), TestSite(), Day("2023-03-15"));
      for (const auto& f : families) evaluator->Evaluate(f->facts, &out);
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(made[0], made[1]);
  EXPECT_FALSE(made[0].empty());
}

TEST(Evaluate, OneMoreFenOfIncomeNeverRaisesTheDibaoMoney) {
  EvaluateOptions options;
  options.rules = {static_cast<uint32_t>(Wenzhou().FindRule("WZ-1.3"))};
  auto evaluator = Evaluator::Create(Wenzhou(), TestSite(), Day("2023-03-15"), options);
  UnitFacts facts = EmptyFacts(Wenzhou(), 1);
  const auto set = [&](std::string_view name, Value v) {
    ASSERT_TRUE(SetFact(Wenzhou(), &facts, FactPlace::kHousehold, name, std::move(v)).ok());
  };
  set("in_dibao", Value::Boolean(true));
  set("wenzhou_hukou", Value::Boolean(true));
  set("household_size", Value::Number(3));
  set("household_members_covered", Value::Number(3));
  set("assets_within_rules", Value::Boolean(true));
  Money before = Money::FromYuan(1'000'000);
  for (int64_t fen = 329'000; fen <= 330'000; ++fen) {
    set("countable_income_of_family_month", Value::Number(Decimal::FromMoney(Money::FromFen(fen))));
    std::vector<Determination> out;
    evaluator->Evaluate(facts, &out);
    ASSERT_TRUE(out[0].amount.has_value()) << fen;
    ASSERT_LE(*out[0].amount, before) << fen;
    before = *out[0].amount;
  }
  EXPECT_EQ(before, Money());
}

TEST(Evaluate, AHouseholdTakesMicroseconds) {
  const auto f = MakeFamily(160'000);
  EvaluateOptions options;
  options.rules = {static_cast<uint32_t>(Wenzhou().FindRule("WZ-1.2")),
                   static_cast<uint32_t>(Wenzhou().FindRule("WZ-2.1"))};
  auto evaluator = Evaluator::Create(Wenzhou(), TestSite(), Day("2023-03-15"), options);
  std::vector<Determination> out;
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kRounds = 2'000;
  for (int i = 0; i < kRounds; ++i) {
    out.clear();
    evaluator->Evaluate(f->facts, &out);
  }
  const double micros =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count() / kRounds;
  std::cout << "dibao and low-edge recognition, 56 rows: " << micros << " us a household\n";
  EXPECT_LT(micros, 2'000);  // far above what any machine takes: it guards against something quadratic
}

TEST(SiteParameters, UnknownNamesAndWrongTypesAreRefused) {
  const auto read = [](const std::string& yaml) {
    return ReadSiteParameters(ReadYaml(yaml, "hearth.yaml").value(), Wenzhou()).status();
  };
  EXPECT_EQ(Message(read("{dibao_standard_mont: 1}")),
            "hearth.yaml:1:2: pack wenzhou-2022 has no parameter \"dibao_standard_mont\"; did you mean "
            "\"dibao_standard_month\"?");
  EXPECT_EQ(Message(read("{dibao_standard_month: many}")),
            "hearth.yaml:1:24: a money is wanted here, \"many\" is none");
  EXPECT_EQ(Message(read("{local_amount: {WZ-9.9: 1}}")),
            "hearth.yaml:1:17: pack wenzhou-2022 has no rule WZ-9.9; did you mean \"WZ-1.9\"?");
  EXPECT_TRUE(read("{dibao_standard_month: [{from: 2022-01-01, value: 1}, {from: 2023-01-01, value: 2}]}").ok());
  EXPECT_FALSE(read("{dibao_standard_month: [{from: 2023-01-01, value: 1}, {from: 2022-01-01, value: 2}]}").ok());
}

TEST(Cases, AWrongExpectationFailsWithBothSides) {
  const std::string text =
      "- name: t\n  pack: wenzhou-2022\n  as_of: 2023-03-01\n  input:\n    household: {in_dibao: false}\n"
      "    members: [{id: a, city_area_hukou: true, age: 85}]\n  output:\n    - {rule: WZ-5.6, member: a, amount: 51}\n"
      "    - {rule: WZ-5.6, member: a, holds: false}\n    - {fact: age, member: a, value: 85}\n";
  const auto results = RunCases(text, "c.yaml", [](std::string_view) -> StatusOr<Pack> { return Wenzhou(); });
  ASSERT_TRUE(results.ok());
  ASSERT_EQ((*results)[0].failures.size(), 2u);
  EXPECT_EQ((*results)[0].failures[0],
            "c.yaml:8:7: WZ-5.6 of a\n    expected it holds, 51.00\n    found    it holds, 50.00");
}

TEST(Cases, AnUnknownFactFailsTheCaseAndNamesTheNearest) {
  const std::string text =
      "- name: t\n  pack: wenzhou-2022\n  as_of: 2023-03-01\n  input:\n    household: {in_diba: false}\n  output: []\n";
  const auto results = RunCases(text, "c.yaml", [](std::string_view) -> StatusOr<Pack> { return Wenzhou(); });
  ASSERT_TRUE(results.ok());
  EXPECT_EQ((*results)[0].failures[0],
            "c.yaml:5:17: pack wenzhou-2022 reads no fact \"in_diba\" there; did you mean \"in_dibao\"?");
}

TEST(Pack, TheDigestChangesWithTheTextAndNotWithLineEnds) {
  std::map<std::string, std::string> files;
  const std::filesystem::path root = std::filesystem::path(HEARTH_SOURCE_DIR) / "packs" / "wenzhou-2022";
  for (const auto& e : std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = std::filesystem::relative(e.path(), root).generic_string();
    if (e.is_regular_file() && !name.starts_with("cases/")) files[name] = ReadFile(e.path());
  }
  const auto digest = [&] { return LoadPackFiles(files, ProjectSchemas())->digest(); };
  const std::string first = digest();
  EXPECT_EQ(first, Wenzhou().digest());
  EXPECT_EQ(first.size(), 32u);
  std::string& text = files["pack.yaml"];
  std::string with_returns;
  for (const char c : text) with_returns += c == '\n' ? "\r\n" : std::string(1, c);
  text = with_returns;
  EXPECT_EQ(digest(), first);
  text += "# one more remark\n";
  EXPECT_NE(digest(), first);
}

TEST(Pack, SaysWhichRulesRecogniseAndWhichKeepAClass) {
  const Pack& p = Wenzhou();
  EXPECT_EQ(p.rules()[static_cast<size_t>(p.RecognitionRule("in_dibao"))].id, "WZ-1.2");
  EXPECT_EQ(p.RecognitionRule("in_special_hardship"), -1);
  std::vector<std::string> ids;
  for (const uint32_t r : p.ExitRules("in_dibao")) ids.push_back(p.rules()[r].id);
  EXPECT_EQ(ids, (std::vector<std::string>{"WZ-1.4", "WZ-1.6"}));
}

}  // namespace
}  // namespace hearth
