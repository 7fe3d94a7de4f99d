#include "policy/outlook.h"

#include <gtest/gtest.h>

#include "core/record_table.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

CivilDay Day(std::string_view text) { return ParseIsoDay(text).value(); }

constexpr std::string_view kPack = R"yaml(pack: small
title: {en: Small, zh: 小}
document: "文1号"
valid_from: 2022-01-01
valid_to: 2026-12-31
rounding: half_up
)yaml";
constexpr std::string_view kParameters = R"yaml(parameters:
  - {name: line, type: money, unit: yuan/month, clause: "一", values: [{from: 2022-01-01, value: 1000}]}
  - {name: gift, type: money, unit: yuan/month, clause: "二", values: [{from: 2022-01-01, value: 50}, {from: 2024-07-01, value: 60}]}
  - {name: exit_months, type: number, unit: months, clause: "三", values: [{from: 2022-01-01, value: 12}]}
)yaml";
constexpr std::string_view kFacts = R"yaml(registries: [income_tax]
facts:
  - {name: in_dibao, place: household, type: boolean, source: civil_affairs}
  - {name: over_line, place: household, type: boolean, source: case}
  - {name: income, place: household, type: money, unit: yuan/month, source: tax}
  - {name: exit_start, place: household, type: date, source: civil_affairs}
  - {name: birth_date, place: member, type: date, source: household_registration}
  - {name: cert_end, place: member, type: date, source: disability}
  - {name: care, place: member, type: text, source: case, values: [home, institution]}
)yaml";
constexpr std::string_view kDerived = R"yaml(derived:
  - {name: age, place: member, type: number, unit: years, clause: "四", feel: "years and months duration(birth_date, as_of).years"}
  - {name: certified, place: member, type: boolean, clause: "五", feel: "cert_end >= as_of"}
  - {name: exit_runs, place: household, type: boolean, clause: "六", feel: "over_line and as_of < exit_start + @\"P1M\" * exit_months"}
  - name: wage
    place: member
    type: money
    unit: yuan/month
    clause: "七"
    feel: "sum(income_tax[month >= as_of - @\"P1Y\"].income) / 12"
)yaml";
constexpr std::string_view kRules = R"yaml(
- id: S-1
  title: {en: Age, zh: 高龄}
  clause: "一"
  unit: person
  kind: cash
  computable: feeds
  lead: {en: C, zh: 民}
  programme: a
  when: 'age in [80..90)'
  amount: "gift"
  per: month
- id: S-2
  title: {en: Poor, zh: 低保}
  clause: "二"
  unit: household
  kind: recognition
  computable: feeds
  lead: {en: C, zh: 民}
  programme: d
  when: 'income < line and not(exit_runs)'
- id: S-3
  title: {en: Exit, zh: 渐退}
  clause: "三"
  unit: household
  kind: cash
  computable: feeds
  lead: {en: C, zh: 民}
  programme: d
  when: 'in_dibao and exit_runs'
  amount: "100"
  per: month
- id: S-4
  title: {en: Certified, zh: 持证}
  clause: "四"
  unit: person
  kind: cash
  computable: feeds
  lead: {en: C, zh: 民}
  programme: c
  when: 'certified'
  amount: "20"
  per: month
- id: S-5
  title: {en: Care, zh: 照护}
  clause: "五"
  unit: person
  kind: in-kind
  computable: feeds
  lead: {en: C, zh: 民}
  programme: e
  when: 'age >= 60 and care = "home"'
  amount: "30"
  per: month
- id: S-6
  title: {en: Wage, zh: 工资}
  clause: "六"
  unit: person
  kind: cash
  computable: feeds
  lead: {en: C, zh: 民}
  programme: w
  when: 'wage >= 10'
  amount: "wage"
  per: month
)yaml";

const Pack& Small() {
  static const Pack kSmall = LoadPackFiles({{"pack.yaml", std::string(kPack)},
                                            {"parameters.yaml", std::string(kParameters)},
                                            {"facts.yaml", std::string(kFacts)},
                                            {"derived.yaml", std::string(kDerived)},
                                            {"rules/all.yaml", std::string(kRules)}},
                                           ProjectSchemas())
                                 .value();
  return kSmall;
}

UnitFacts OneMember() { return EmptyFacts(Small(), 1); }

void Set(UnitFacts* f, std::string_view name, Value v, int member = -1) {
  const FactPlace place = member < 0 ? FactPlace::kHousehold : FactPlace::kMember;
  ASSERT_TRUE(SetFact(Small(), f, place, name, std::move(v), member).ok()) << name;
}

Outlook Look(const UnitFacts& f, std::string_view rule, std::string_view day, int member) {
  const StatusOr<Outlook> o =
      LookAhead(Small(), {}, f, Day(day), static_cast<uint32_t>(Small().FindRule(rule)), member);
  EXPECT_TRUE(o.ok()) << o.status();
  return o.ok() ? *o : Outlook{};
}

TEST(OutlookTest, ABirthdayIsFoundToTheDayAndSaidInWords) {
  UnitFacts f = OneMember();
  Set(&f, "birth_date", Value::Date(Day("1944-05-17")), 0);
  const Outlook o = Look(f, "S-1", "2024-03-01", 0);
  EXPECT_EQ(o.now.outcome, Outcome::kNotEligible);
  ASSERT_TRUE(o.next);
  EXPECT_EQ(o.next->on, Day("2024-05-17"));
  EXPECT_EQ(o.next->outcome, Outcome::kEligible);
  EXPECT_EQ(o.next->amount, Money::FromYuan(50));
  ASSERT_EQ(o.next->flipped.size(), 1u);
  EXPECT_EQ(o.next->flipped[0].text, "age in [80..90)");
  ASSERT_TRUE(o.line);
  EXPECT_EQ(o.line->distance, Decimal::FromInt(1));
  EXPECT_EQ(o.line->unit, "years");
  EXPECT_EQ(o.line->words_zh, "不满足：age in [80..90)；age 为 79，界线 80，低 1岁");
  ASSERT_EQ(o.would_change.size(), 1u);
}

TEST(OutlookTest, WhoWasBornOn29FebruaryIsOlderOnTheFirstOfMarch) {
  UnitFacts f = OneMember();
  Set(&f, "birth_date", Value::Date(Day("1944-02-29")), 0);
  EXPECT_EQ(Look(f, "S-1", "2023-12-01", 0).next->on, Day("2024-02-29"));
  Set(&f, "birth_date", Value::Date(Day("1936-02-29")), 0);  // 90 in 2026, a common year
  const Outlook o = Look(f, "S-1", "2025-03-01", 0);
  ASSERT_TRUE(o.next);
  EXPECT_EQ(o.next->on, Day("2026-03-01"));
  EXPECT_EQ(o.next->outcome, Outcome::kNotEligible);
}

TEST(OutlookTest, AParameterDayChangesAnAmountAndNamesItsClause) {
  UnitFacts f = OneMember();
  Set(&f, "birth_date", Value::Date(Day("1940-01-10")), 0);
  const Outlook o = Look(f, "S-1", "2024-03-01", 0);
  ASSERT_TRUE(o.next);
  EXPECT_EQ(o.next->on, Day("2024-07-01"));
  EXPECT_EQ(o.next->amount, Money::FromYuan(60));
  EXPECT_TRUE(o.next->flipped.empty());
  EXPECT_EQ(o.next->causes, std::vector<std::string>{"gift: 50 -> 60 [二]"});
}

TEST(OutlookTest, ACertificateHoldsOnItsLastDayAndIsLostOnTheNext) {
  UnitFacts f = OneMember();
  Set(&f, "cert_end", Value::Date(Day("2024-11-20")), 0);
  const Outlook o = Look(f, "S-4", "2024-11-20", 0);
  EXPECT_EQ(o.now.outcome, Outcome::kEligible);
  ASSERT_TRUE(o.next);
  EXPECT_EQ(o.next->on, Day("2024-11-21"));
  EXPECT_EQ(o.next->flipped.at(0).clause, "五");
}

TEST(OutlookTest, AGradualExitEndsTwelveMonthsAfterItsStart) {
  UnitFacts f = OneMember();
  Set(&f, "in_dibao", Value::Boolean(true));
  Set(&f, "over_line", Value::Boolean(true));
  Set(&f, "exit_start", Value::Date(Day("2023-08-31")));
  const Outlook o = Look(f, "S-3", "2024-03-01", -1);
  EXPECT_EQ(o.now.amount, Money::FromYuan(100));
  ASSERT_TRUE(o.next);
  EXPECT_EQ(o.next->on, Day("2024-08-31"));
  EXPECT_EQ(o.next->outcome, Outcome::kNotEligible);
}

TEST(OutlookTest, TheDayAfterThePacksLastDayEndsWhatIsDue) {
  UnitFacts f = OneMember();
  Set(&f, "cert_end", Value::Date(Day("2030-01-01")), 0);
  const Outlook o = Look(f, "S-4", "2026-12-31", 0);
  ASSERT_TRUE(o.next);
  EXPECT_EQ(o.next->on, Day("2027-01-01"));
  EXPECT_TRUE(o.next->pack_ends);
  Set(&f, "cert_end", Value::Date(Day("2020-01-01")), 0);  // nothing due, nothing to end
  EXPECT_FALSE(Look(f, "S-4", "2026-12-31", 0).next);
}

TEST(OutlookTest, NothingIsSaidOfWhatLiesBeyondTheHorizon) {
  UnitFacts f = OneMember();
  Set(&f, "birth_date", Value::Date(Day("1946-03-02")), 0);
  EXPECT_FALSE(Look(f, "S-1", "2024-03-01", 0).next);  // 24 months and a day away
  EXPECT_TRUE(Look(f, "S-1", "2024-03-02", 0).next);   // 24 months away
}

TEST(OutlookTest, MoneyFromRowsIsHeldWhileTheWindowMovesOn) {
  RecordTable table(*std::find_if(ProjectSchemas().begin(), ProjectSchemas().end(),
                                  [](const auto& s) { return s->id == "income_tax"; }));
  const uint32_t row = table.AddRow("a", {});
  table.SetInt(table.schema().FieldIndex("month"), row, CivilMonth::FromYm(2024, 1)->months);
  table.SetInt(table.schema().FieldIndex("income"), row, 120000);
  UnitFacts f = OneMember();
  const int slot = Small().layout().Slot(FactPlace::kMember, "income_tax");
  f.members[0].values[static_cast<size_t>(slot)] = Value::Rows({&table, {row}});
  const Outlook o = Look(f, "S-6", "2024-03-01", 0);
  EXPECT_EQ(o.now.amount, Money::FromYuan(100));
  EXPECT_FALSE(o.next);
  // The other way round: without holding, the window has moved past the row two years on.
  const auto later = EvaluateUnit(Small(), {}, f, Day("2026-01-01")).value();
  const uint32_t rule = static_cast<uint32_t>(Small().FindRule("S-6"));
  const auto found = std::find_if(later.begin(), later.end(), [&](const Determination& d) { return d.rule == rule; });
  EXPECT_EQ(found->outcome, Outcome::kNotEligible);
}

TEST(OutlookTest, AnEligibleOneNamesTheNearestLineAtWhichItIsLost) {
  UnitFacts f = OneMember();
  Set(&f, "income", Value::Number(Decimal::Parse("987.5").value()));
  Set(&f, "over_line", Value::Boolean(false));
  const Outlook o = Look(f, "S-2", "2024-03-01", -1);
  EXPECT_EQ(o.now.outcome, Outcome::kEligible);
  ASSERT_TRUE(o.line);
  EXPECT_EQ(o.line->distance, Decimal::Parse("12.5").value());
  EXPECT_EQ(o.line->words_en, "holds: income < line; income is 987.5 yuan/month, the line 1000: 12.5 yuan/month below");
}

TEST(OutlookTest, QuestionsSayWhoKnowsAndWhatEachAnswerGives) {
  UnitFacts f = OneMember();
  Set(&f, "birth_date", Value::Date(Day("1950-01-01")), 0);
  const Outlook o = Look(f, "S-5", "2024-03-01", 0);
  EXPECT_EQ(o.now.outcome, Outcome::kNeedsInformation);
  ASSERT_EQ(o.questions.size(), 1u);
  EXPECT_EQ(o.questions[0].fact, "care");
  EXPECT_EQ(o.questions[0].source, "case");
  ASSERT_EQ(o.questions[0].answers.size(), 2u);
  EXPECT_EQ(o.questions[0].answers[0].value, "\"home\"");
  EXPECT_EQ(o.questions[0].answers[0].outcome, Outcome::kEligible);
  EXPECT_EQ(o.questions[0].answers[0].amount, Money::FromYuan(30));
  EXPECT_EQ(o.questions[0].answers[1].outcome, Outcome::kNotEligible);
}

TEST(OutlookTest, ARuleWithoutThatSubjectIsRefused) {
  const UnitFacts f = OneMember();
  EXPECT_EQ(LookAhead(Small(), {}, f, Day("2024-03-01"), 0, 3).status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace hearth
