// The truth's decisions, on families written by hand.
#include "synth/truth.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hearth::synth {
namespace {

const CivilDay kDay = CivilDay::FromYmd(2024, 3, 1).value();
const CivilMonth kNow = kDay.Month();
constexpr int64_t kYuan = 100;

// Families that live alone in their households, head first.
class Town {
 public:
  int Add(int age, int county = 339901) {
    Person p;
    p.id = static_cast<int64_t>(block_.people.size());
    p.birth = kDay.AddMonths(-12 * age).AddDays(-10);
    p.household = static_cast<int>(block_.households.size());
    Household h;
    h.number = "h" + std::to_string(block_.households.size());
    h.county = county;
    h.head = static_cast<int>(p.id);
    h.members = {h.head};
    block_.people.push_back(p);
    block_.households.push_back(h);
    return static_cast<int>(p.id);
  }
  // A child in the parent's household.
  int AddChild(int parent, int age) {
    const int child = Add(age);
    block_.households.pop_back();
    block_.at(child).household = block_.at(parent).household;
    block_.at(child).father = parent;
    block_.home(block_.at(parent).household).members.push_back(child);
    return child;
  }
  void Earn(int person, int64_t yuan_a_month, IncomeKind kind = IncomeKind::kLabour) {
    block_.side_incomes.push_back({person, kind, "", "", yuan_a_month * kYuan, 1, kNow.AddMonths(-20)});
  }
  Case& Enrol(int person, CaseClass klass) {
    Case c;
    c.klass = klass;
    c.members = block_.home(block_.at(person).household).members;
    c.started = kDay.AddDays(-500);
    block_.cases.push_back(c);
    return block_.cases.back();
  }
  Block& block() { return block_; }

  NightTruth Decide() const { return DecideNight(1, block_, kDay); }
  // "eligible dibao low_income; stale low_edge vehicle"
  std::string Alerts() const {
    std::string out;
    for (const TrueAlert& a : Decide().alerts) {
      out += (out.empty() ? "" : "; ") +
             std::string(a.kind == AlertKind::kEligibleNotEnrolled ? "eligible " : "stale ") + a.programme + " " +
             a.cause;
    }
    return out;
  }

 private:
  Block block_;
};

TEST(Truth, AFamilyBelowTheStandardIsDueDibaoAndOneOnItIsNot) {
  Town below, on;
  below.Earn(below.Add(40), 1099);
  on.Earn(on.Add(40), 1100);
  EXPECT_EQ(below.Alerts(), "eligible dibao low_income");
  EXPECT_EQ(on.Alerts(), "eligible low_edge low_income");
  EXPECT_EQ(on.Decide().due[0].per_head_fen, 110000);
}

TEST(Truth, TheLowEdgeLineIsIncludedAndAFenMoreIsNot) {
  Town at, over;
  at.Earn(at.Add(40), 1650);
  over.Earn(over.Add(40), 1650);
  over.block().side_incomes[0].amount_fen += 1;
  EXPECT_EQ(at.Alerts(), "eligible low_edge low_income");
  EXPECT_EQ(over.Alerts(), "");
}

TEST(Truth, IncomeIsSharedByTheUnit) {
  Town t;
  const int father = t.Add(40);
  t.Earn(father, 3200);
  EXPECT_EQ(t.Alerts(), "");
  t.AddChild(father, 10);
  EXPECT_EQ(t.Alerts(), "eligible low_edge low_income");
  t.AddChild(father, 8);
  EXPECT_EQ(t.Alerts(), "eligible dibao low_income");
}

TEST(Truth, WithoutTaxRowsTheContributionBaseCountsAndWithThemItDoesNot) {
  Town t;
  const int worker = t.Add(40);
  t.block().jobs.push_back({worker, 1, kNow.AddMonths(-30), kNoMonth, 1000 * kYuan, true, false, false});
  EXPECT_EQ(t.Decide().due[0].per_head_fen, 400000) << "the floor of the base";
  t.block().jobs[0].tax_rows = true;
  EXPECT_EQ(t.Decide().due[0].per_head_fen, 100000) << "the wage itself";
}

TEST(Truth, OnlyTheTwelveCompleteMonthsCount) {
  Town t;
  const int p = t.Add(40);
  t.Earn(p, 2400);
  t.block().side_incomes[0].from = kNow.AddMonths(-6);
  EXPECT_EQ(t.Decide().due[0].per_head_fen, 120000);
  t.block().side_incomes[0].from = kNow;
  EXPECT_EQ(t.Decide().due[0].per_head_fen, 0);
}

TEST(Truth, ChanceAndTransfersAreNoIncome) {
  Town t;
  const int p = t.Add(40);
  t.Earn(p, 5000, IncomeKind::kChance);
  t.Earn(p, 5000, IncomeKind::kTransfer);
  EXPECT_EQ(t.Decide().due[0].per_head_fen, 0);
  t.Earn(p, 300, IncomeKind::kRent);
  EXPECT_EQ(t.Decide().due[0].per_head_fen, 30000);
}

TEST(Truth, APensionCountsFromItsStartUntilItIsStopped) {
  Town t;
  const int p = t.Add(65);
  t.block().pensions.push_back({p, 1, 2000 * kYuan, kNow});
  EXPECT_EQ(t.Alerts(), "");
  t.block().pensions[0].start = kNow.AddMonths(1);
  EXPECT_EQ(t.Alerts(), "eligible dibao low_income");
  t.block().pensions[0].start = kNow.AddMonths(-9);
  t.block().pensions[0].stop = kNow;
  EXPECT_EQ(t.Alerts(), "eligible dibao low_income");
}

struct AssetCase {
  const char* why;
  void (*give)(Block&);
  const char* fault;
};

void Car(Block& b, const char* type, const char* use, const char* state, int64_t yuan) {
  b.vehicles.push_back({0, type, "", "", "", use, state, kDay, yuan * kYuan});
}
void Flat(Block& b, int usage, int right, int state) {
  Property p;
  p.holders = {0};
  p.usage = usage;
  p.right = right;
  p.state = state;
  b.properties.push_back(p);
}
void Company(Block& b, int status, int64_t yuan) {
  Firm f;
  f.status = status;
  f.positions = {{1, 0, 0, 0}, {2, 0, yuan * kYuan, 0}};
  b.firms.push_back(f);
}
void Savings(Block& b, int product, int64_t yuan) { b.accounts.push_back({0, "", "", product, yuan * kYuan, kDay}); }

TEST(Truth, AssetLimits) {
  const AssetCase cases[] = {
      {"a car at the limit", [](Block& b) { Car(b, "02", "A", "A", 80000); }, ""},
      {"a car above it", [](Block& b) { Car(b, "02", "A", "A", 80001); }, "vehicle"},
      {"a taxi", [](Block& b) { Car(b, "02", "D", "A", 200000); }, ""},
      {"a motorcycle", [](Block& b) { Car(b, "07", "A", "A", 200000); }, ""},
      {"deregistered", [](Block& b) { Car(b, "02", "A", "E", 200000); }, ""},
      {"deregistered by force, among other marks", [](Block& b) { Car(b, "02", "A", "DM", 200000); }, ""},
      {"inspection overdue", [](Block& b) { Car(b, "02", "A", "Q", 200000); }, "vehicle"},
      {"one flat and a homestead", [](Block& b) { Flat(b, 10, 1, 1), Flat(b, 10, 2, 1); }, ""},
      {"two flats", [](Block& b) { Flat(b, 10, 1, 1), Flat(b, 10, 1, 1); }, "second_home"},
      {"the second one cancelled", [](Block& b) { Flat(b, 10, 1, 1), Flat(b, 10, 1, 2); }, ""},
      {"a parking space", [](Block& b) { Flat(b, 10, 1, 1), Flat(b, 50, 1, 1); }, ""},
      {"a shop", [](Block& b) { Flat(b, 20, 1, 1); }, "commercial_unit"},
      {"savings at the limit", [](Block& b) { Savings(b, 1, 20000), Savings(b, 4, 6400); }, ""},
      {"savings above it", [](Block& b) { Savings(b, 1, 20000), Savings(b, 4, 6401); }, "deposits"},
      {"capital at the limit", [](Block& b) { Company(b, 1, 50000); }, ""},
      {"capital above it", [](Block& b) { Company(b, 1, 30000), Company(b, 1, 20001); }, "capital"},
      {"a cancelled firm", [](Block& b) { Company(b, 3, 500000); }, ""},
  };
  for (const AssetCase& c : cases) {
    Town t;
    t.Earn(t.Add(40), 500);
    c.give(t.block());
    EXPECT_EQ(t.Alerts(), *c.fault ? "" : "eligible dibao low_income") << c.why;
    t.Enrol(0, CaseClass::kDibao);
    EXPECT_EQ(t.Alerts(), *c.fault ? "stale dibao " + std::string(c.fault) : "") << c.why;
  }
}

TEST(Truth, AFamilyOnTheLowEdgeRegisterThatIsDueDibaoIsOneAlert) {
  Town t;
  t.Earn(t.Add(40), 500);
  t.Enrol(0, CaseClass::kLowEdge);
  EXPECT_EQ(t.Alerts(), "eligible dibao on_low_edge");
}

TEST(Truth, AGradualExitKeepsAFamilyForTwelveMonths) {
  Town t;
  t.Earn(t.Add(40), 1400);
  Case& c = t.Enrol(0, CaseClass::kDibao);
  EXPECT_EQ(t.Alerts(), "stale dibao income");
  c.state = CaseState::kGradualExit;
  c.gradual_exit_start = kDay.AddMonths(-12).AddDays(1);
  EXPECT_EQ(t.Alerts(), "");
  c.gradual_exit_start = kDay.AddMonths(-12);
  EXPECT_EQ(t.Alerts(), "stale dibao income_after_exit");
}

TEST(Truth, AFamilyThatDiedOrMovedAwayIsNotDue) {
  Town dead, moved;
  dead.Earn(dead.Add(70), 500);
  dead.Enrol(0, CaseClass::kDibao);
  EXPECT_EQ(dead.Alerts(), "");
  dead.block().at(0).death = kDay;
  EXPECT_EQ(dead.Alerts(), "stale dibao dead");
  moved.Add(50);
  moved.Enrol(0, CaseClass::kLowEdge);
  moved.block().at(0).status = RegisterStatus::kMovedOut;
  EXPECT_EQ(moved.Alerts(), "stale low_edge moved_out");
}

TEST(Truth, PersonsInSpecialHardshipAreDueNeither) {
  Town t;
  t.Add(70);
  EXPECT_EQ(t.Alerts(), "eligible dibao low_income");
  t.Enrol(0, CaseClass::kSpecialHardship);
  EXPECT_EQ(t.Alerts(), "");
}

TEST(Truth, OldAgeAllowanceIsDueFromTheEightiethBirthdayInCityAndCountyAlike) {
  Town t;
  const int old = t.Add(85);
  t.Earn(old, 3000);
  EXPECT_EQ(t.Alerts(), "eligible old_age_allowance aged_80");
  t.block().allowances.push_back({old, kNow.AddMonths(-30)});
  EXPECT_EQ(t.Alerts(), "");
  t.block().allowances[0].until = kNow.AddMonths(-1);
  EXPECT_EQ(t.Alerts(), "eligible old_age_allowance aged_80") << "not paid last month";
  t.block().allowances[0].until = kNoMonth;
  t.block().at(old).death = kDay.AddDays(-30);
  EXPECT_EQ(t.Alerts(), "stale old_age_allowance dead");

  Town county, young;
  county.Earn(county.Add(85, 339903), 3000);
  EXPECT_EQ(county.Alerts(), "eligible old_age_allowance aged_80");
  county.block().at(0).status = RegisterStatus::kMovedOut;
  EXPECT_EQ(county.Alerts(), "");
  young.Earn(young.Add(79), 3000);
  EXPECT_EQ(young.Alerts(), "");
  young.block().at(0).birth = kDay.AddMonths(-12 * 80);
  EXPECT_EQ(young.Alerts(), "eligible old_age_allowance aged_80") << "on the birthday";
}

}  // namespace
}  // namespace hearth::synth
