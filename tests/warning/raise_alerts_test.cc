// When an alert is raised, when it is withheld, and what it carries, with a small policy of two family classes and one
// person programme. Source: ADR 0004.
#include "warning/raise_alerts.h"

#include <gtest/gtest.h>

#include <map>

#include "core/yaml.h"

namespace hearth {
namespace {

const CivilDay kToday = *CivilDay::FromYmd(2024, 3, 1);

// Dibao below 1,000 a head, the low edge below 1,500, both with one car at most; old-age money from 80 on.
const Pack& SmallPack() {
  static const Pack kPack = [] {
    const std::map<std::string, std::string> files = {
        {"pack.yaml",
         "pack: small\ntitle: {en: T, zh: 甲}\ndocument: T 1\nvalid_from: 2022-01-01\nvalid_to: 2025-12-31\n"
         "rounding: half_up\n"},
        {"parameters.yaml",
         "parameters:\n"
         "  - {name: line, type: money, unit: yuan/month, clause: art. 1, values: [{from: 2022-01-01, value: 1000}]}\n"
         "  - {name: edge, type: money, unit: yuan/month, clause: art. 2, values: [{from: 2022-01-01, value: "
         "1500}]}\n"},
        {"facts.yaml",
         "registries: []\nfacts:\n"
         "  - {name: in_dibao, place: household, type: boolean, source: civil_affairs}\n"
         "  - {name: in_low_edge, place: household, type: boolean, source: civil_affairs}\n"
         "  - {name: income, place: household, type: money, unit: yuan/month, source: case}\n"
         "  - {name: size, place: household, type: number, source: case}\n"
         "  - {name: cars, place: household, type: number, source: case}\n"
         "  - {name: found_work, place: household, type: boolean, source: case}\n"
         "  - {name: exit_start_date, place: household, type: date, source: civil_affairs}\n"
         "  - {name: dibao_paid_month, place: household, type: money, unit: yuan/month, source: civil_affairs}\n"
         "  - {name: age, place: member, type: number, source: case}\n"
         "  - {name: in_old_age, place: member, type: boolean, source: civil_affairs}\n"
         "  - {name: old_age_paid_month, place: member, type: money, unit: yuan/month, source: civil_affairs}\n"},
        {"derived.yaml",
         "derived:\n"
         "  - {name: income_a_head, place: household, type: money, unit: yuan/month, clause: art. 1, feel: \"income / "
         "size\"}\n"
         "  - {name: income_below_line, place: household, type: boolean, clause: art. 1, feel: \"income_a_head < "
         "line\"}\n"
         "  - {name: cars_within, place: household, type: boolean, clause: art. 1, feel: \"cars <= 1\"}\n"},
        {"rules/a.yaml", R"(
- {id: T-1, title: {en: A, zh: 甲}, clause: art. 1, unit: household, kind: recognition, computable: feeds,
   lead: {en: Civil Affairs, zh: 民政局}, programme: dibao, recognises: in_dibao,
   when: "income_below_line and cars_within"}
- {id: T-2, title: {en: A, zh: 甲}, clause: art. 1, unit: household, kind: cash, computable: feeds,
   lead: {en: Civil Affairs, zh: 民政局}, programme: dibao, when: "in_dibao",
   amount: "(line - income_a_head) * size", per: month}
- {id: T-3, title: {en: A, zh: 甲}, clause: art. 1, unit: household, kind: mechanism, computable: feeds,
   lead: {en: Civil Affairs, zh: 民政局}, programme: dibao, exits: [in_dibao], exit_start: exit_start_date,
   when: "in_dibao and found_work"}
- {id: T-4, title: {en: A, zh: 甲}, clause: art. 2, unit: household, kind: recognition, computable: feeds,
   lead: {en: Civil Affairs, zh: 民政局}, programme: low_edge, recognises: in_low_edge,
   when: "income_a_head >= line and income_a_head < edge and cars_within"}
- {id: T-5, title: {en: A, zh: 甲}, clause: art. 3, unit: person, kind: recognition, computable: feeds,
   lead: {en: Civil Affairs, zh: 民政局}, programme: old_age, recognises: in_old_age, when: "age >= 80"}
- {id: T-6, title: {en: A, zh: 甲}, clause: art. 3, unit: person, kind: cash, computable: feeds,
   lead: {en: Civil Affairs, zh: 民政局}, programme: old_age, when: "in_old_age", amount: "100", per: month}
)"}};
    for (const Status& problem : CheckPackFiles(files, {})) ADD_FAILURE() << Message(problem);
    return LoadPackFiles(files, {}).value();
  }();
  return kPack;
}

void Set(UnitFacts* facts, std::string_view name, Value value, int member = -1) {
  const FactPlace place = member < 0 ? FactPlace::kHousehold : FactPlace::kMember;
  ASSERT_TRUE(SetFact(SmallPack(), facts, place, name, std::move(value), member).ok()) << name;
}

// A couple of 40 with this income together, one car, in no class.
UnitFacts Couple(int64_t income) {
  UnitFacts facts = EmptyFacts(SmallPack(), 2);
  Set(&facts, "income", Value::Number(income));
  Set(&facts, "size", Value::Number(2));
  Set(&facts, "cars", Value::Number(1));
  Set(&facts, "in_dibao", Value::Boolean(false));
  Set(&facts, "in_low_edge", Value::Boolean(false));
  Set(&facts, "found_work", Value::Boolean(false));
  for (int m = 0; m < 2; ++m) {
    Set(&facts, "age", Value::Number(40), m);
    Set(&facts, "in_old_age", Value::Boolean(false), m);
  }
  return facts;
}

// The same on the dibao register.
UnitFacts OnDibao(int64_t income) {
  UnitFacts facts = Couple(income);
  Set(&facts, "in_dibao", Value::Boolean(true));
  Set(&facts, "dibao_paid_month", Value::Number(620));
  return facts;
}

AlertSubject Subject() {
  AlertSubject subject;
  subject.unit = {77};
  subject.household_no = "h1";
  subject.region = "339901001001";
  subject.members = {{{11}, "r1", EvidenceGrade::kStrong, false}, {{12}, "r2", EvidenceGrade::kSupported, false}};
  return subject;
}

struct Night {
  std::vector<Alert> alerts;
  Withheld withheld;
  // "eligible_not_enrolled dibao, …", a person's programme with the record: "… old_age r1".
  std::string Text() const {
    std::string text;
    for (const Alert& a : alerts) {
      text += (text.empty() ? "" : ", ") + std::string(AlertKindName(a.kind)) + " " + a.programme;
      if (!a.record_no.empty()) text += " " + a.record_no;
    }
    return text;
  }
};

AlertRaiser NewRaiser() { return AlertRaiser::Create(SmallPack(), {}, kToday).value(); }

Night RaiseOn(const UnitFacts& facts, const OtherReadings& other = {}) {
  Night night;
  AlertRaiser raiser = NewRaiser();
  const auto determinations = EvaluateUnit(SmallPack(), {}, facts, kToday);
  EXPECT_TRUE(determinations.ok());
  EXPECT_TRUE(raiser.Raise(Subject(), facts, *determinations, other, &night.alerts, &night.withheld).ok());
  return night;
}

constexpr const char* kEligible = "eligible_not_enrolled dibao";
constexpr const char* kNoLonger = "enrolled_not_eligible dibao";

TEST(RaiseAlerts, ProgrammesAreTheRecognisedClassesWithTheirExitsAndMoney) {
  const AlertRaiser raiser = NewRaiser();
  ASSERT_EQ(raiser.programmes().size(), 3u);
  const Programme& dibao = raiser.programmes()[0];
  EXPECT_EQ(dibao.id, "dibao");
  EXPECT_EQ(dibao.recognition, std::vector<uint32_t>{0});
  EXPECT_EQ(dibao.pays, std::vector<uint32_t>{1});
  EXPECT_EQ(dibao.exits, std::vector<uint32_t>{2});
  EXPECT_TRUE(raiser.programmes()[1].exits.empty());
  EXPECT_EQ(raiser.programmes()[2].unit, RuleUnit::kPerson);
}

TEST(RaiseAlerts, NoPackInForceOnTheDay) {
  const auto made = AlertRaiser::Create(SmallPack(), {}, *CivilDay::FromYmd(2026, 1, 1));
  EXPECT_EQ(made.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(RaiseAlerts, EligibleAndNotOnTheRegister) {
  EXPECT_EQ(RaiseOn(Couple(1200)).Text(), kEligible);
  EXPECT_EQ(RaiseOn(OnDibao(1200)).Text(), "") << "on the register already";
  EXPECT_EQ(RaiseOn(Couple(3000)).Text(), "") << "above both lines";
}

TEST(RaiseAlerts, OnTheRegisterAndNoLongerRecognised) {
  EXPECT_EQ(RaiseOn(OnDibao(3000)).Text(), kNoLonger);
  UnitFacts cars = OnDibao(1200);
  Set(&cars, "cars", Value::Number(2));
  EXPECT_EQ(RaiseOn(cars).Text(), kNoLonger);
}

TEST(RaiseAlerts, WhatNeedsInformationIsNoAlert) {
  for (const UnitFacts& known : {Couple(1200), OnDibao(3000)}) {
    ASSERT_EQ(RaiseOn(known).alerts.size(), 1u);
    for (const char* name : {"income", "in_dibao"}) {
      UnitFacts facts = known;
      Set(&facts, name, Value::Null());
      const Night night = RaiseOn(facts);
      EXPECT_EQ(night.Text(), "") << name;
      EXPECT_EQ(night.withheld.composition + night.withheld.review, 0u) << name;
    }
  }
}

TEST(RaiseAlerts, AnExitPeriodRunsOnceTheRegisterHasItsFirstDay) {
  UnitFacts facts = OnDibao(3000);
  Set(&facts, "found_work", Value::Boolean(true));
  EXPECT_EQ(RaiseOn(facts).Text(), kNoLonger) << "no first day recorded: a caseworker sees it";
  Set(&facts, "exit_start_date", Value::Date(*CivilDay::FromYmd(2024, 1, 1)));
  EXPECT_EQ(RaiseOn(facts).Text(), "");
  Set(&facts, "found_work", Value::Boolean(false));
  EXPECT_EQ(RaiseOn(facts).Text(), kNoLonger) << "a first day without the rule keeps no class";
}

TEST(RaiseAlerts, AWiderReadingThatDiffersWithholdsBothKinds) {
  const UnitFacts poor = Couple(1200), rich = Couple(9000);
  Night night = RaiseOn(poor, {.wider = &rich});
  EXPECT_EQ(night.Text(), "");
  EXPECT_EQ(night.withheld.composition, 1u);
  EXPECT_EQ(night.withheld.review, 0u);
  night = RaiseOn(OnDibao(3000), {.wider = &poor});
  EXPECT_EQ(night.Text(), "");
  EXPECT_EQ(night.withheld.composition, 1u);
  const UnitFacts poorer = Couple(900);
  night = RaiseOn(poor, {.wider = &poorer});
  EXPECT_EQ(night.Text(), kEligible) << "the outcome is the same";
  EXPECT_EQ(night.withheld.composition, 0u);
}

TEST(RaiseAlerts, AWiderReadingThatNeedsInformationWithholds) {
  UnitFacts unknown = Couple(1200);
  Set(&unknown, "income", Value::Null());
  EXPECT_EQ(RaiseOn(Couple(1200), {.wider = &unknown}).withheld.composition, 1u);
}

TEST(RaiseAlerts, TheRegistersOwnPeopleWithholdOnlyTheAdverseKind) {
  const UnitFacts poor = Couple(1200), rich = Couple(9000);
  Night night = RaiseOn(OnDibao(3000), {.on_register = &poor});
  EXPECT_EQ(night.Text(), "");
  EXPECT_EQ(night.withheld.composition, 1u);
  EXPECT_EQ(RaiseOn(OnDibao(3000), {.on_register = &rich}).Text(), kNoLonger);
  night = RaiseOn(poor, {.on_register = &rich});
  EXPECT_EQ(night.Text(), kEligible);
  EXPECT_EQ(night.withheld.composition, 0u);
}

TEST(RaiseAlerts, RowsUnderReviewThatWouldChangeTheOutcomeWithholdBothKinds) {
  const UnitFacts poor = Couple(1200), rich = Couple(9000);
  for (const Night& night : {RaiseOn(poor, {.reviewed = &rich}), RaiseOn(OnDibao(3000), {.reviewed = &poor})}) {
    EXPECT_EQ(night.Text(), "");
    EXPECT_EQ(night.withheld.review, 1u);
    EXPECT_EQ(night.withheld.composition, 0u);
  }
  EXPECT_EQ(RaiseOn(poor, {.reviewed = &poor}).Text(), kEligible);
}

TEST(RaiseAlerts, AUnitThatMayLackSomebodyIsNeverLikelyEligible) {
  Night night = RaiseOn(Couple(1200), {.incomplete = true});
  EXPECT_EQ(night.Text(), "");
  EXPECT_EQ(night.withheld.composition, 1u);
  night = RaiseOn(OnDibao(3000), {.incomplete = true});
  EXPECT_EQ(night.Text(), kNoLonger);
  EXPECT_EQ(night.withheld.composition, 0u);
}

TEST(RaiseAlerts, WhoShouldChangeClassIsToldOnce) {
  EXPECT_EQ(RaiseOn(OnDibao(2400)).Text(), "eligible_not_enrolled low_edge");
  UnitFacts low_edge = Couple(1200);
  Set(&low_edge, "in_low_edge", Value::Boolean(true));
  EXPECT_EQ(RaiseOn(low_edge).Text(), kEligible);
  Set(&low_edge, "income", Value::Number(9000));
  EXPECT_EQ(RaiseOn(low_edge).Text(), "enrolled_not_eligible low_edge") << "recognised nowhere";
}

TEST(RaiseAlerts, PersonProgrammesDoNotDependOnTheFamily) {
  UnitFacts facts = Couple(9000), wider = Couple(1200);
  Set(&facts, "age", Value::Number(85), 1);
  const Night night = RaiseOn(facts, {.wider = &wider, .on_register = &wider, .reviewed = &wider, .incomplete = true});
  EXPECT_EQ(night.Text(), "eligible_not_enrolled old_age r2");
  ASSERT_EQ(night.alerts.size(), 1u);
  EXPECT_EQ(night.alerts[0].person, PersonId{12});
  EXPECT_EQ(night.alerts[0].evidence, EvidenceGrade::kSupported);
  EXPECT_EQ(night.alerts[0].money, Money::FromYuan(100));
  EXPECT_EQ(night.withheld.composition + night.withheld.review, 0u);
  Set(&facts, "in_old_age", Value::Boolean(true), 0);
  EXPECT_EQ(RaiseOn(facts).Text(), "enrolled_not_eligible old_age r1, eligible_not_enrolled old_age r2");
}

TEST(RaiseAlerts, AnAlertSaysWhoWhatAndOnWhatGround) {
  const Night night = RaiseOn(Couple(1200));
  ASSERT_EQ(night.alerts.size(), 1u);
  const Alert& a = night.alerts[0];
  EXPECT_EQ(a.id, MakeAlertId(AlertKind::kEligibleNotEnrolled, "dibao", "h1", ""));
  EXPECT_EQ(a.state, AlertState::kNew);
  EXPECT_EQ(a.pack, "small");
  EXPECT_EQ(a.rule, "T-1");
  EXPECT_EQ(a.clause, "art. 1");
  EXPECT_EQ(a.lead, "民政局");
  EXPECT_EQ(a.unit, FamilyUnitId{77});
  EXPECT_EQ(a.person, PersonId{0});
  EXPECT_EQ(a.household_no, "h1");
  EXPECT_EQ(a.region, "339901001001");
  EXPECT_EQ(a.evidence, EvidenceGrade::kSupported) << "the worst of the members";
  EXPECT_EQ(a.raised_on, kToday);
  EXPECT_EQ(a.seen_on, kToday);
}

TEST(RaiseAlerts, MoneyIsWhatTheClassWouldPayOrPaysNow) {
  const Night eligible = RaiseOn(Couple(1200));
  ASSERT_EQ(eligible.alerts.size(), 1u);
  EXPECT_EQ(eligible.alerts[0].money, Money::FromYuan(800)) << "of T-2, as if the family were on the register";
  const Night adverse = RaiseOn(OnDibao(3000));
  ASSERT_EQ(adverse.alerts.size(), 1u);
  EXPECT_EQ(adverse.alerts[0].money, Money::FromYuan(620));
  UnitFacts unknown = OnDibao(3000);
  Set(&unknown, "dibao_paid_month", Value::Null());
  EXPECT_EQ(RaiseOn(unknown).alerts.at(0).money, std::nullopt);
  EXPECT_EQ(RaiseOn(OnDibao(2400)).alerts.at(0).money, std::nullopt) << "the low edge pays nothing";
}

TEST(RaiseAlerts, CauseIsTheConditionThatFailedAndDistanceThatToTheLine) {
  const Night income = RaiseOn(OnDibao(3000));
  ASSERT_EQ(income.alerts.size(), 1u);
  EXPECT_EQ(income.alerts[0].cause, "income_a_head");
  EXPECT_EQ(income.alerts[0].distance, Money::FromYuan(-500));
  UnitFacts cars = OnDibao(1200);
  Set(&cars, "cars", Value::Number(2));
  const Night vehicle = RaiseOn(cars);
  ASSERT_EQ(vehicle.alerts.size(), 1u);
  EXPECT_EQ(vehicle.alerts[0].cause, "cars");
  const Night eligible = RaiseOn(Couple(1200));
  ASSERT_EQ(eligible.alerts.size(), 1u);
  EXPECT_EQ(eligible.alerts[0].cause, "recognised");
  EXPECT_EQ(eligible.alerts[0].distance, Money::FromYuan(400));
}

// The people of a household who are dead or gone.
std::string Absent(bool first_dead, bool second_dead, bool whole_household, const UnitFacts& facts) {
  AlertSubject subject = Subject();
  subject.unit = {0};
  subject.members[0].dead = first_dead;
  subject.members[1].dead = second_dead;
  std::vector<Alert> alerts;
  EXPECT_TRUE(NewRaiser().RaiseAbsent(subject, facts, whole_household, &alerts).ok());
  std::string text;
  for (const Alert& a : alerts) {
    EXPECT_EQ(a.kind, AlertKind::kEnrolledNotEligible);
    text += a.programme + (a.record_no.empty() ? "" : " " + a.record_no) + " " + a.cause;
    text += a.money ? " " + a.money->ToString() + "\n" : "\n";
  }
  return text;
}

TEST(RaiseAbsent, ThoseOnARegisterWhoDiedOrLeft) {
  UnitFacts facts = Couple(9000);
  Set(&facts, "in_old_age", Value::Boolean(true), 0);
  Set(&facts, "in_old_age", Value::Boolean(true), 1);
  Set(&facts, "old_age_paid_month", Value::Number(100), 0);
  EXPECT_EQ(Absent(true, false, false, facts), "old_age r1 dead 100.00\nold_age r2 moved_away\n");
  Set(&facts, "in_old_age", Value::Null(), 0);
  Set(&facts, "in_old_age", Value::Boolean(false), 1);
  EXPECT_EQ(Absent(true, false, false, facts), "") << "on no register, or not known to be";
}

TEST(RaiseAbsent, AFamilysClassOnlyWhenNobodyOfTheHouseholdIsLeft) {
  const UnitFacts facts = OnDibao(1200);
  EXPECT_EQ(Absent(true, true, false, facts), "");
  EXPECT_EQ(Absent(true, true, true, facts), "dibao dead 620.00\n");
  EXPECT_EQ(Absent(true, false, true, facts), "dibao moved_away 620.00\n") << "one of them lives elsewhere";
}

}  // namespace
}  // namespace hearth
