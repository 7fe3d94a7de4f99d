#include "synth/economy.h"

#include <algorithm>
#include <cstdio>

#include "synth/dice.h"
#include "synth/identity.h"
#include "synth/means.h"
#include "synth/units.h"

namespace hearth::synth {
namespace {

constexpr int64_t kYuan = 100;

constexpr int64_t kWageQuantiles[] = {2600, 3200, 3700, 4100, 4500,  4900,  5300,  5800,  6300,
                                      6900, 7600, 8400, 9400, 10800, 12800, 16000, 24000, 45000};

// What was planted in a unit. Shares are per ten thousand units that may carry a plant at all.
enum class Plant { kOrdinary, kDibaoDue, kLowEdgeDue, kAssetPoor, kHardship, kStaleDibao, kStaleLowEdge, kGradualExit };
struct PlantShare {
  Plant plant;
  int per_ten_thousand;
};
constexpr PlantShare kPlants[] = {{Plant::kDibaoDue, 262},  {Plant::kLowEdgeDue, 118},  {Plant::kAssetPoor, 35},
                                  {Plant::kStaleDibao, 19}, {Plant::kStaleLowEdge, 12}, {Plant::kGradualExit, 8},
                                  {Plant::kHardship, 12}};

bool IsFullTimeStudent(const Person& p) { return p.stage != Stage::kNoSchool; }

class Economy {
 public:
  Economy(Block& block, const EconomyOptions& options)
      : b_(block), o_(options), now_(options.as_of.Month()), units_(FindUnits(block, options.as_of)) {}

  void Make() {
    MakeDisabilities();
    std::vector<bool> seen(b_.households.size());
    for (const Unit& unit : units_) {
      size_t home = static_cast<size_t>(unit.household);
      bool first_of_home = !seen[home] && !b_.households[home].collective;
      seen[home] = true;
      MakeUnit(unit, first_of_home);
    }
    StopPensions();
    // Twice, as a raise of a short spell of work may fall short.
    RaiseOrdinary();
    RaiseOrdinary();
    PensionsOfTheDead();
    EnrolDeadAndMoved();
    EndOldCases();
    MakeAllowances();
    MakeMedical();
  }

 private:
  // --- health -------------------------------------------------------------------------------------------------------
  void MakeDisabilities() {
    static constexpr int kCategories[] = {14, 18, 4, 40, 10, 11, 3};
    static constexpr int kGrades[] = {14, 22, 34, 30};
    for (Person& p : b_.people) {
      Dice dice(o_.seed, Purpose::kHealth, Id(p));
      double share = AgeOf(p, o_.as_of) < 18 ? 0.006 : AgeOf(p, o_.as_of) < 60 ? 0.018 : 0.05;
      if (!dice.Chance(share)) continue;
      p.disability_category = dice.Weighted(kCategories) + 1;
      p.disability_grade = dice.Weighted(kGrades) + 1;
    }
  }

  static bool IsSevere(const Person& p) { return p.disability_grade == 1 || p.disability_grade == 2; }

  // --- units --------------------------------------------------------------------------------------------------------
  struct Team {
    std::vector<int> elders, workers, students, minors;
  };

  Team TeamOf(const Unit& unit) const {
    Team team;
    for (int m : unit.members) {
      const Person& p = b_.at(m);
      int age = AgeOf(p, o_.as_of);
      if (age >= (p.male ? 60 : 55)) {
        team.elders.push_back(m);
      } else if (age < 18) {
        team.minors.push_back(m);
      } else if (IsFullTimeStudent(p)) {
        team.students.push_back(m);
      } else {
        team.workers.push_back(m);
      }
    }
    return team;
  }

  Plant DrawPlant(const Unit& unit, Dice& dice) const {
    int at = static_cast<int>(dice.Below(10000));
    for (const PlantShare& s : kPlants) {
      at -= s.per_ten_thousand;
      if (at >= 0) continue;
      bool lone_elder = unit.members.size() == 1 && AgeOf(b_.at(unit.members[0]), o_.as_of) >= 62;
      if (s.plant == Plant::kHardship && !lone_elder) return Plant::kOrdinary;
      return s.plant;
    }
    return Plant::kOrdinary;
  }

  void MakeUnit(const Unit& unit, bool may_plant) {
    Dice dice(o_.seed, Purpose::kUnit, Id(b_.at(unit.members[0])));
    Plant plant = may_plant ? DrawPlant(unit, dice) : Plant::kOrdinary;
    switch (plant) {
      case Plant::kOrdinary:
        ordinary_.push_back(static_cast<int>(&unit - units_.data()));
        MakeOrdinaryIncome(unit, dice);
        MakeOrdinaryAssets(unit, dice);
        return;
      case Plant::kDibaoDue:
      case Plant::kLowEdgeDue:
        MakePoor(unit, DrawTarget(plant == Plant::kDibaoDue, dice), dice);
        MakePoorAssets(unit, dice);
        EnrolDue(unit, plant == Plant::kDibaoDue, dice);
        return;
      case Plant::kAssetPoor:
        MakePoor(unit, DrawTarget(dice.Chance(0.6), dice), dice);
        MakePoorAssets(unit, dice);
        AddFailingAsset(unit, dice);
        return;
      case Plant::kHardship:
        MakePoor(unit, 0, dice);
        Enrol(unit, CaseClass::kSpecialHardship, dice);
        return;
      case Plant::kStaleDibao:
      case Plant::kStaleLowEdge:
        MakeStale(unit, plant == Plant::kStaleDibao, dice);
        return;
      case Plant::kGradualExit: {
        MakePoor(unit, dice.Between(1250, 1560), dice);
        MakePoorAssets(unit, dice);
        Case& c = Enrol(unit, CaseClass::kDibao, dice);
        c.state = CaseState::kGradualExit;
        c.gradual_exit_start = o_.as_of.AddDays(-dice.Between(20, 300));
        return;
      }
    }
  }

  // Monthly yuan a head; one family in fifty comes within 3 % of a line.
  int DrawTarget(bool dibao, Dice& dice) const {
    if (dice.Chance(0.02)) {
      int line = dibao || dice.Chance(0.5) ? 1100 : 1650;
      return line == 1100 ? (dibao ? 1100 - dice.Between(6, 32) : 1100 + dice.Between(6, 32))
                          : 1650 - dice.Between(6, 48);
    }
    return dibao ? dice.Between(150, 1055) : dice.Between(1140, 1590);
  }

  // --- ordinary families --------------------------------------------------------------------------------------------
  void MakeOrdinaryIncome(const Unit& unit, Dice& unit_dice) {
    bool rural = b_.home(unit.household).rural;
    for (int m : unit.members) {
      const Person& p = b_.at(m);
      Dice dice(o_.seed, Purpose::kWork, Id(p));
      int age = AgeOf(p, o_.as_of);
      if (age < 18) continue;
      if (IsFullTimeStudent(p)) {
        if (p.stage == Stage::kPostgraduate) AddSideIncome(m, IncomeKind::kLabour, dice.Between(2200, 3200), 1, dice);
        continue;
      }
      int retires = p.male ? 60 : dice.Chance(0.6) ? 50 : 55;
      bool employee = dice.Chance(rural ? 0.30 : 0.66);
      if (age >= 60 || (age >= retires && employee)) {
        if (employee) {
          AddPension(m, 1, dice.Between(2100, 3400) + (dice.Chance(0.3) ? dice.Between(300, 4000) : 0),
                     p.male ? 60 : retires);
        } else {
          AddPension(m, 2, dice.Between(190, 340), 60);
        }
        continue;
      }
      double formal = b_.home(unit.household).collective ? 1.0 : age < 22 ? 0.33 : rural ? 0.41 : 0.58;
      if (!IsSevere(p) && dice.Chance(formal)) {
        AddOrdinaryJob(m, dice);
      } else if (!IsSevere(p) && dice.Chance(p.male ? 0.82 : 0.62)) {
        AddOrdinaryTrade(m, dice);
      } else if (dice.Chance(0.8)) {
        JoinResidentScheme(m, dice);
      }
    }
    if (unit.members.size() == 1 && b_.home(unit.household).collective) {
      // Nobody in a collective household is left without means.
      int m = unit.members[0];
      if (!HasJob(m) && !HasSideIncome(m)) AddOrdinaryJob(m, unit_dice);
    }
  }

  bool HasJob(int person) const {
    return std::any_of(b_.jobs.begin(), b_.jobs.end(), [&](const Job& j) { return j.person == person; });
  }
  bool HasSideIncome(int person) const {
    return std::any_of(b_.side_incomes.begin(), b_.side_incomes.end(),
                       [&](const SideIncome& s) { return s.person == person; });
  }

  void AddOrdinaryJob(int m, Dice& dice) {
    Person& p = b_.at(m);
    int64_t wage = dice.Quantile(kWageQuantiles) * kYuan;
    int age = AgeOf(p, o_.as_of);
    CivilMonth joined = p.birth.AddMonths(12 * dice.Between(19, std::min(age, 27))).Month();
    p.first_joined = std::min(joined, now_.AddMonths(-13));
    Job job{m, DrawEmployer(dice, o_.city_people), p.first_joined, kNoMonth, wage, false, true, dice.Chance(0.62)};
    job.from = std::max(job.from, now_.AddMonths(-dice.Between(14, 160)));
    if (dice.Chance(0.012)) job.tax_rows = false;
    if (dice.Chance(0.07)) {
      // Changed the employer during the last year.
      Job before = job;
      before.employer = DrawEmployer(dice, o_.city_people);
      before.until = now_.AddMonths(-dice.Between(2, 11));
      job.from = before.until.AddMonths(dice.Chance(0.3) ? 1 : 0);
      b_.jobs.push_back(before);
    }
    b_.jobs.push_back(job);
    if (dice.Chance(0.03))
      AddSideIncome(m, dice.Chance(0.5) ? IncomeKind::kManuscript : IncomeKind::kDividends,
                    dice.Between(500, 20000) / 12 + 1, 12, dice);
    if (dice.Chance(0.01)) AddSideIncome(m, IncomeKind::kChance, dice.Between(100, 2000), 12, dice);
    if (dice.Chance(0.005)) AddSideIncome(m, IncomeKind::kTransfer, dice.Between(20000, 60000), 12, dice);
  }

  void AddOrdinaryTrade(int m, Dice& dice) {
    int64_t monthly = dice.Between(2300, 5200) + (dice.Chance(0.3) ? dice.Between(0, 9000) : 0);
    if (dice.Chance(0.34)) {
      Firm& firm = AddFirm(m, dice.Chance(0.86) ? 2 : 1, dice.Between(1, 60) * 10000, 1, dice);
      AddSideIncome(m, IncomeKind::kBusiness, monthly, 3, dice);
      b_.side_incomes.back().payer_code = firm.code;
      b_.side_incomes.back().payer_name = firm.name;
    } else {
      bool farm = dice.Chance(0.35);
      AddSideIncome(m, farm ? IncomeKind::kBusiness : IncomeKind::kLabour, monthly,
                    farm                ? 3
                    : dice.Chance(0.25) ? 1
                                        : 3,
                    dice);
    }
    if (dice.Chance(0.8)) JoinResidentScheme(m, dice);
  }

  // First joined years ago; the yearly row of the residents' scheme is written from it.
  void JoinResidentScheme(int m, Dice& dice) {
    Person& p = b_.at(m);
    if (p.first_joined == kNoMonth)
      p.first_joined = std::min(now_.AddMonths(-dice.Between(74, 150)), now_.AddMonths(-74));
  }

  // `monthly` yuan; rows every so many months carry the sum of those months.
  void AddSideIncome(int m, IncomeKind kind, int64_t monthly, int every, Dice& dice) {
    SideIncome income{m, kind, "", "", monthly * kYuan * every, every, now_.AddMonths(-dice.Between(13, 60))};
    if (kind == IncomeKind::kBusiness || kind == IncomeKind::kRent) {
      // Another office for each income of a person, as payer and kind are part of the key.
      int64_t before = std::count_if(b_.side_incomes.begin(), b_.side_incomes.end(),
                                     [&](const SideIncome& s) { return s.person == m; });
      income.payer_code =
          CreditCode("12", b_.home(b_.at(m).household).county, "MB", static_cast<uint64_t>(b_.index * 16 + before));
      income.payer_name = "云泽市税务局代征点";
    } else {
      Employer e;
      do e = EmployerOf(DrawEmployer(dice, o_.city_people));
      while (std::any_of(b_.side_incomes.begin(), b_.side_incomes.end(),
                         [&](const SideIncome& s) { return s.person == m && s.payer_code == e.code; }));
      income.payer_code = e.code;
      income.payer_name = e.name;
    }
    b_.side_incomes.push_back(std::move(income));
  }

  void AddPension(int m, int kind, int64_t yuan, int from_age) {
    const Person& p = b_.at(m);
    CivilMonth start = std::min(BirthdayOf(p.birth, from_age, LeapDay::kMar1).Month().AddMonths(1), now_);
    start = std::max(start, CivilMonth::FromYm(1990, 1).value());
    for (Pension& old : b_.pensions)
      if (old.person == m) {
        old.kind = kind;
        old.amount_fen = yuan * kYuan;
        old.stop = kNoMonth;
        old.stop_reason = 0;
        return;
      }
    b_.pensions.push_back({m, kind, yuan * kYuan, start});
  }

  Pension* PensionOf(int m) {
    for (Pension& p : b_.pensions)
      if (p.person == m) return &p;
    return nullptr;
  }

  // An ordinary family that came out poor gets the means that its registers were missing.
  void RaiseOrdinary() {
    std::vector<UnitMeans> means = MeasureUnits(b_, MeasurePeople(o_.seed, b_, o_.as_of), units_);
    for (int u : ordinary_) {
      const UnitMeans& m = means[static_cast<size_t>(u)];
      const Unit& unit = units_[static_cast<size_t>(u)];
      Dice dice(o_.seed, Purpose::kUnit, Id(b_.at(unit.members[0])), 1);
      if (!m.IsBelow(172000)) continue;
      int64_t target = std::min(dice.Between(1740, 4600), dice.Between(1740, 4600));
      int64_t missing = target * m.size - m.year_fen / 12 / kYuan + 1;
      RaiseBy(unit, missing, dice);
    }
  }

  void RaiseBy(const Unit& unit, int64_t yuan, Dice& dice) {
    Team team = TeamOf(unit);
    for (int w : team.workers) {
      if (IsSevere(b_.at(w)) || HasJob(w)) continue;
      AddSideIncome(w, dice.Chance(0.5) ? IncomeKind::kLabour : IncomeKind::kBusiness, yuan, dice.Chance(0.3) ? 1 : 3,
                    dice);
      JoinResidentScheme(w, dice);
      return;
    }
    for (Job& j : b_.jobs) {
      if (std::find(unit.members.begin(), unit.members.end(), j.person) == unit.members.end() || j.until != kNoMonth)
        continue;
      // Short spells count only for their months, so the raise is made safe.
      int months = std::clamp(now_.months - j.from.months, 1, 12);
      j.wage_fen += yuan * kYuan * 12 / months * 105 / 100 / 10000 * 10000 + 10000;
      return;
    }
    if (!team.elders.empty()) {
      int m = team.elders[0];
      Pension* old = PensionOf(m);
      int64_t had = old ? old->amount_fen / kYuan : 0;
      if (AgeOf(b_.at(m), o_.as_of) < 74 && dice.Chance(0.5)) {
        AddSideIncome(m, dice.Chance(0.7) ? IncomeKind::kBusiness : IncomeKind::kRent, yuan, dice.Chance(0.5) ? 3 : 12,
                      dice);
      } else {
        AddPension(m, 1, had + yuan, b_.at(m).male ? 60 : 55);
      }
      return;
    }
    int m = unit.members[0];
    if (AgeOf(b_.at(m), o_.as_of) < 18) {
      b_.pensions.push_back({m, 3, yuan * kYuan, now_.AddMonths(-dice.Between(2, 30))});
    } else {
      AddSideIncome(m, IncomeKind::kRent, yuan, 3, dice);
    }
  }

  // --- poor families ------------------------------------------------------------------------------------------------
  // Income of `target` yuan a head and month, or less when the family has nobody who could earn it.
  void MakePoor(const Unit& unit, int target, Dice& dice) {
    Team team = TeamOf(unit);
    int64_t size = static_cast<int64_t>(unit.members.size());
    if (!team.workers.empty() && dice.Chance(0.3))
      MakeDisabled(team.workers[dice.Below(static_cast<uint32_t>(team.workers.size()))], dice);
    int64_t left = target * size;
    for (int e : team.elders) {
      if (AgeOf(b_.at(e), o_.as_of) < 60) continue;
      int64_t pension = dice.Between(190, 320);
      if (target == 0 || (target < 1100 && left < pension)) continue;
      AddPension(e, 2, pension, 60);
      left -= pension;
    }
    bool dibao = target < 1100;
    std::vector<int> earners;
    for (int w : team.workers)
      if (b_.at(w).disability_grade == 0) earners.push_back(w);
    for (int w : team.workers) JoinResidentScheme(w, dice);
    if (left <= 0 || (dibao && dice.Chance(earners.empty() ? 0.6 : 0.22))) return;
    if (earners.empty()) {
      Provide(team, unit, left, dice);
      return;
    }
    bool two = earners.size() > 1 && left > 1500 && dice.Chance(0.35);
    int64_t first = two ? left * dice.Between(35, 65) / 100 : left;
    Employ(earners[0], first, dice);
    if (two) Employ(earners[1], left - first, dice);
  }

  // Means of a family in which nobody works: rent, or a pension.
  void Provide(const Team& team, const Unit& unit, int64_t yuan, Dice& dice) {
    int m = !team.elders.empty() ? team.elders[0] : unit.members[0];
    Pension* old = PensionOf(m);
    if (AgeOf(b_.at(m), o_.as_of) >= 60 && (yuan > 900 || dice.Chance(0.4))) {
      int64_t had = old ? old->amount_fen / kYuan : 0;
      AddPension(m, 1, had + yuan, 60);
    } else if (AgeOf(b_.at(m), o_.as_of) < 18) {
      b_.pensions.push_back({m, 3, yuan * kYuan, now_.AddMonths(-dice.Between(2, 30))});
    } else {
      AddSideIncome(m, IncomeKind::kRent, yuan, 3, dice);
    }
  }

  void MakeDisabled(int m, Dice& dice) {
    Person& p = b_.at(m);
    if (p.disability_grade != 0) return;
    static constexpr int kCategories[] = {10, 10, 3, 30, 24, 20, 3};
    p.disability_category = dice.Weighted(kCategories) + 1;
    p.disability_grade = dice.Between(1, 3);
  }

  // A low income from work. Whoever is insured joined more than six years ago, so that no first-job rule takes part.
  void Employ(int m, int64_t yuan, Dice& dice) {
    Person& p = b_.at(m);
    int age = AgeOf(p, o_.as_of);
    if (yuan >= 2150 && age >= 27 && age < 59) {
      p.first_joined = now_.AddMonths(-dice.Between(80, std::max(81, (age - 19) * 12)));
      b_.jobs.push_back({m, DrawEmployer(dice, o_.city_people),
                         std::max(p.first_joined, now_.AddMonths(-dice.Between(75, 140))), kNoMonth, yuan * kYuan, true,
                         true, dice.Chance(0.2)});
      return;
    }
    bool farm = dice.Chance(0.4);
    AddSideIncome(m, farm ? IncomeKind::kBusiness : IncomeKind::kLabour, yuan,
                  farm               ? 3
                  : dice.Chance(0.6) ? 1
                                     : 3,
                  dice);
  }

  // --- assets -------------------------------------------------------------------------------------------------------
  int AdultOf(const Unit& unit, Dice& dice) const {
    std::vector<int> adults;
    for (int m : unit.members)
      if (AgeOf(b_.at(m), o_.as_of) >= 22) adults.push_back(m);
    return adults.empty() ? kNone : adults[dice.Below(static_cast<uint32_t>(adults.size()))];
  }

  void MakeOrdinaryAssets(const Unit& unit, Dice&) {
    Dice dice(o_.seed, Purpose::kAsset, Id(b_.at(unit.members[0])));
    int owner = AdultOf(unit, dice);
    if (owner == kNone || b_.home(unit.household).collective) return;
    bool rural = b_.home(unit.household).rural;
    if (dice.Chance(rural ? 0.7 : 0.1)) AddProperty(unit, owner, 10, 2, dice);
    if (dice.Chance(rural ? 0.3 : 0.78)) AddProperty(unit, owner, 10, 1, dice);
    if (dice.Chance(0.16)) AddProperty(unit, AdultOf(unit, dice), 10, 1, dice);
    if (dice.Chance(rural ? 0.02 : 0.2)) AddProperty(unit, owner, 50, 1, dice);
    if (dice.Chance(0.03)) AddProperty(unit, owner, dice.Chance(0.6) ? 20 : dice.Chance(0.5) ? 30 : 40, 1, dice);
    if (!b_.properties.empty() && dice.Chance(0.004)) b_.properties.back().state = dice.Chance(0.5) ? 2 : 3;
    if (dice.Chance(0.46)) AddCar(b_, dice, owner, CarValue(dice), o_.as_of.AddDays(-dice.Between(60, 4500)));
    if (dice.Chance(0.09))
      AddCar(b_, dice, AdultOf(unit, dice), CarValue(dice), o_.as_of.AddDays(-dice.Between(60, 3500)));
    if (dice.Chance(0.14)) AddMotorcycle(owner, dice);
    if (dice.Chance(0.02)) {
      AddCar(b_, dice, owner, dice.Between(60000, 300000) * kYuan, o_.as_of.AddDays(-dice.Between(60, 2500)));
      b_.vehicles.back().use = dice.Chance(0.6) ? "F" : "D";
    }
    for (int m : unit.members) {
      const Person& p = b_.at(m);
      if (AgeOf(p, o_.as_of) < 18) continue;
      if (dice.Chance(0.38)) AddAccount(b_, dice, m, 1, Savings(dice), o_.as_of);
      if (dice.Chance(0.05)) AddAccount(b_, dice, m, dice.Between(2, 3), Savings(dice), o_.as_of);
      if (dice.Chance(0.07)) AddAccount(b_, dice, m, 4, dice.Between(2000, 90000) * kYuan, o_.as_of);
      if (dice.Chance(0.008))
        AddFirm(m, dice.Chance(0.3) ? 3 : 1, dice.Between(10, 500) * 10000, dice.Chance(0.6) ? 1 : dice.Between(2, 3),
                dice);
    }
  }

  static int64_t Savings(Dice& dice) {
    static constexpr int64_t kQuantiles[] = {200,   2000,  6000,   12000,  20000,  34000,
                                             56000, 90000, 160000, 320000, 1200000};
    return dice.Quantile(kQuantiles) * kYuan + dice.Between(0, 99);
  }
  static int64_t CarValue(Dice& dice) {
    static constexpr int64_t kQuantiles[] = {8000,   26000,  42000,  58000,  74000, 96000,
                                             120000, 160000, 220000, 360000, 900000};
    return dice.Quantile(kQuantiles) * kYuan;
  }

  // Modest things, all within the limits, and some that only look like too much.
  void MakePoorAssets(const Unit& unit, Dice& dice) {
    int owner = AdultOf(unit, dice);
    if (owner == kNone) return;
    int64_t size = static_cast<int64_t>(unit.members.size());
    if (dice.Chance(0.62)) AddProperty(unit, owner, 10, b_.home(unit.household).rural ? 2 : 1, dice);
    if (b_.home(unit.household).rural && dice.Chance(0.15))
      AddProperty(unit, owner, 10, 1, dice);  // beside a homestead
    if (dice.Chance(0.02)) AddProperty(unit, owner, 50, 1, dice);
    if (dice.Chance(0.16)) AddMotorcycle(owner, dice);
    if (dice.Chance(0.03))
      AddCar(b_, dice, owner, dice.Between(6000, 70000) * kYuan, o_.as_of.AddDays(-dice.Between(900, 4500)));
    if (dice.Chance(0.012)) {
      AddCar(b_, dice, owner, dice.Between(90000, 200000) * kYuan, o_.as_of.AddDays(-dice.Between(900, 4500)));
      static constexpr std::string_view kGone[] = {"E", "M", "P", "DE", "QM"};
      b_.vehicles.back().state = kGone[dice.Below(5)];
    }
    if (dice.Chance(0.01)) {
      AddCar(b_, dice, owner, dice.Between(90000, 200000) * kYuan, o_.as_of.AddDays(-dice.Between(900, 3500)));
      b_.vehicles.back().use = "D";
    }
    int64_t room = kMoneyMonths * 1100 * size * 8 / 10;
    for (int m : unit.members) {
      if (AgeOf(b_.at(m), o_.as_of) < 18 || !dice.Chance(0.45)) continue;
      int64_t savings = std::min<int64_t>(dice.Between(50, 14000), room);
      room -= savings;
      AddAccount(b_, dice, m, dice.Chance(0.9) ? 1 : 4, savings * kYuan, o_.as_of);
    }
    if (dice.Chance(0.03)) AddFirm(owner, 2, dice.Between(1, 4) * 10000, 1, dice);
    if (dice.Chance(0.012)) AddFirm(owner, 1, dice.Between(10, 100) * 10000, 3, dice);
  }

  AssetFault AddFailingAsset(const Unit& unit, Dice& dice) {
    int owner = AdultOf(unit, dice);
    if (owner == kNone) owner = unit.members[0];
    int64_t size = static_cast<int64_t>(unit.members.size());
    switch (dice.Below(5)) {
      case 0:
        AddCar(b_, dice, owner, dice.Between(88000, 320000) * kYuan, o_.as_of.AddDays(-dice.Between(60, 1500)));
        return AssetFault::kVehicle;
      case 1:
        AddProperty(unit, owner, 10, 1, dice);
        AddProperty(unit, owner, 10, 1, dice);
        return AssetFault::kHomes;
      case 2:
        AddAccount(b_, dice, owner, dice.Between(1, 3),
                   1100 * kYuan * kMoneyMonths * size * dice.Between(120, 400) / 100, o_.as_of);
        return AssetFault::kMoney;
      case 3:
        AddFirm(owner, 1, dice.Between(6, 50) * 10000, 1, dice);
        return AssetFault::kCapital;
      default:
        AddProperty(unit, owner, 20, 1, dice);
        return AssetFault::kCommercial;
    }
  }

  void AddProperty(const Unit& unit, int owner, int usage, int right, Dice& dice) {
    const Household& home = b_.home(unit.household);
    int n = static_cast<int>(b_.properties.size());
    int parcel = n % 90000 + 1;
    char number[96];
    bool homestead = right == 2;
    std::snprintf(number, sizeof number, "%06d%03d%03d%s%05d%s", home.county, b_.index / 1000 + 1, b_.index % 1000,
                  homestead ? "JC" : "GB", parcel, homestead ? "W00000000" : "F");
    Property p;
    p.unit_number = number;
    if (!homestead) {
      std::snprintf(number, sizeof number, "%04d%04d", dice.Between(1, 40), dice.Between(1, 99));
      p.unit_number += number;
    }
    p.registered = o_.as_of.AddDays(-dice.Between(200, 8000));
    std::snprintf(number, sizeof number, "浙(%d)云泽市不动产权第%07d号", p.registered.Ymd().year,
                  b_.index * 4096 % 9000000 + n);
    p.certificate = number;
    p.address = usage == 50 ? home.address + "地下车位" + std::to_string(dice.Between(1, 300)) + "号"
                : usage == 10 && right == 1 && dice.Chance(0.6) ? home.address
                                                                : home.old_address;
    p.holders.push_back(owner);
    int spouse = CurrentSpouse(b_, owner, o_.as_of);
    if (spouse != kNone && dice.Chance(0.4) &&
        std::find(unit.members.begin(), unit.members.end(), spouse) != unit.members.end())
      p.holders.push_back(spouse);
    p.usage = usage;
    p.right = right;
    p.area_centiare = usage == 50 ? dice.Between(1100, 1500) : dice.Between(4200, 16000);
    b_.properties.push_back(std::move(p));
  }

  void AddMotorcycle(int owner, Dice& dice) {
    AddCar(b_, dice, owner, dice.Between(1500, 9000) * kYuan, o_.as_of.AddDays(-dice.Between(100, 4000)));
    Vehicle& v = b_.vehicles.back();
    v.plate_type = dice.Chance(0.85) ? "07" : "08";
    // The characters of a motorcycle's plate may stand on a car as well.
    v.plate = FuelPlate(static_cast<uint64_t>(b_.index) * 4096 + b_.vehicles.size() % 4096);
    v.brand = "豪爵HJ125";
  }

  Firm& AddFirm(int owner, int kind, int64_t capital_yuan, int status, Dice& dice) {
    static constexpr std::string_view kTrades[] = {"百货店", "餐饮店", "水果店", "服装店",
                                                   "五金店", "理发店", "小吃店", "便利店"};
    static constexpr std::string_view kIndustries[] = {"鞋业", "电器", "阀门", "贸易", "科技", "建材", "物流", "服饰"};
    static constexpr std::string_view kMarks[] = {"鸿达", "永盛", "瑞丰", "佳和", "万顺",
                                                  "金源", "恒泰", "德信", "嘉禾", "新锐"};
    const Household& home = b_.home(b_.at(owner).household);
    Firm f;
    static constexpr std::string_view kKinds[] = {"91", "92", "93"};
    f.code = CreditCode(kKinds[kind - 1], home.county, "MF", static_cast<uint64_t>(b_.index) * 4096 + b_.firms.size());
    f.kind = kind;
    f.status = status;
    std::string mark(kMarks[dice.Below(10)]);
    f.name = kind == 2   ? "云泽市" + mark + std::string(kTrades[dice.Below(8)])
             : kind == 1 ? "云泽" + mark + std::string(kIndustries[dice.Below(8)]) + "有限公司"
                         : "云泽" + mark + "农业专业合作社";
    f.established = o_.as_of.AddDays(-dice.Between(80 * 31, 140 * 31));  // too old for a rule about first businesses
    int64_t capital = capital_yuan * kYuan;
    if (kind == 2) {
      f.positions.push_back({3, owner, capital, capital});
    } else {
      f.positions.push_back({1, owner, 0, 0});
      int64_t paid = capital / 10000 * dice.Between(0, 100) * 100;
      int partner = dice.Chance(0.4) ? CurrentSpouse(b_, owner, o_.as_of) : kNone;
      f.positions.push_back({2, owner, capital, std::min(paid, capital)});
      if (partner != kNone) f.positions.push_back({2, partner, capital / 2, 0});
    }
    b_.firms.push_back(std::move(f));
    return b_.firms.back();
  }

  // --- the civil-affairs register
  // -------------------------------------------------------------------------------------
  Case& Enrol(const Unit& unit, CaseClass klass, Dice& dice) {
    Case c;
    char number[64];
    static constexpr std::string_view kMarks[] = {"", "DB", "BY", "TK"};
    std::snprintf(number, sizeof number, "%s%06d%04d%04d", std::string(kMarks[static_cast<size_t>(klass)]).c_str(),
                  b_.home(unit.household).county, b_.index, static_cast<int>(b_.cases.size()));
    c.number = number;
    c.klass = klass;
    c.members = unit.members;
    c.started = o_.as_of.AddDays(-dice.Between(120, 3000));
    if (klass == CaseClass::kSpecialHardship) c.monthly_fen = 183334;
    if (klass == CaseClass::kDibao)
      c.monthly_fen = dice.Between(120, 900) * kYuan * static_cast<int64_t>(unit.members.size());
    b_.cases.push_back(std::move(c));
    return b_.cases.back();
  }

  // Fifteen in a hundred families that are due are missing; some of those are on the wrong register.
  void EnrolDue(const Unit& unit, bool dibao, Dice& dice) {
    if (!dice.Chance(0.15)) {
      Case& c = Enrol(unit, dibao ? CaseClass::kDibao : CaseClass::kLowEdge, dice);
      if (dibao) c.monthly_fen = GapFen(unit);
    } else if (dibao && dice.Chance(0.15)) {
      Enrol(unit, CaseClass::kLowEdge, dice);
    }
  }

  int64_t GapFen(const Unit& unit) const {
    int64_t year = 0;
    std::vector<PersonMeans> people = MeasureFew(unit);
    for (const PersonMeans& p : people) year += p.YearFen();
    int64_t gap = kDibaoStandardFen * static_cast<int64_t>(unit.members.size()) - year / 12;
    return std::max<int64_t>(gap / 100 * 100, 0);
  }

  // The means of one unit alone.
  std::vector<PersonMeans> MeasureFew(const Unit& unit) const {
    std::vector<PersonMeans> out(unit.members.size());
    auto at = [&](int person) -> PersonMeans* {
      for (size_t i = 0; i < unit.members.size(); ++i)
        if (unit.members[i] == person) return &out[i];
      return nullptr;
    };
    for (const Job& j : b_.jobs)
      if (PersonMeans* m = at(j.person)) {
        m->has_tax_rows = true;
        for (int i = 1; i <= 12; ++i) m->tax_fen += WageOfMonth(o_.seed, b_, j, now_.AddMonths(-i));
      }
    for (const SideIncome& s : b_.side_incomes)
      if (PersonMeans* m = at(s.person)) {
        m->has_tax_rows = true;
        for (int i = 1; i <= 12; ++i) m->tax_fen += SideIncomeOfMonth(s, now_.AddMonths(-i));
      }
    for (const Pension& p : b_.pensions)
      if (PersonMeans* m = at(p.person)) m->pension_fen += p.amount_fen;
    return out;
  }

  // Enrolled once with reason, and no longer due.
  void MakeStale(const Unit& unit, bool dibao, Dice& dice) {
    Team team = TeamOf(unit);
    std::vector<int> earners;
    for (int w : team.workers)
      if (b_.at(w).disability_grade == 0 && AgeOf(b_.at(w), o_.as_of) >= 27) earners.push_back(w);
    bool by_income = !earners.empty() && dice.Chance(0.35);
    CaseClass klass = dibao ? CaseClass::kDibao : CaseClass::kLowEdge;
    if (!by_income) {
      MakePoor(unit, dibao ? dice.Between(150, 1050) : dice.Between(1150, 1580), dice);
      MakePoorAssets(unit, dice);
      bool capital = AddFailingAsset(unit, dice) == AssetFault::kCapital;
      Case& c = Enrol(unit, klass, dice);
      if (capital) MaybeEndExit(c, dice);
      return;
    }
    int64_t size = static_cast<int64_t>(unit.members.size());
    int target = dibao && dice.Chance(0.4) ? dice.Between(1160, 1580) : dice.Between(1760, 3600);
    int64_t wage = std::max<int64_t>(target * size, 2400);
    Employ(earners[0], wage, dice);
    for (int w : team.workers) JoinResidentScheme(w, dice);
    MakePoorAssets(unit, dice);
    MaybeEndExit(Enrol(unit, klass, dice), dice);
  }

  // Half of those who may leave by and by had their year already, and are still there.
  void MaybeEndExit(Case& c, Dice& dice) const {
    if (!dice.Chance(0.5)) return;
    c.state = CaseState::kGradualExit;
    c.gradual_exit_start = o_.as_of.AddDays(-dice.Between(380, 900));
    c.started = std::min(c.started, c.gradual_exit_start.AddDays(-200));
  }

  // Stopped for want of a proof of life, in families of three and more.
  void StopPensions() {
    for (int u : ordinary_) {
      const Unit& unit = units_[static_cast<size_t>(u)];
      Dice dice(o_.seed, Purpose::kUnit, Id(b_.at(unit.members[0])), 2);
      Pension* pension = unit.members.size() > 2 && dice.Chance(0.01) ? PensionOf(unit.members[0]) : nullptr;
      if (!pension) continue;
      pension->stop = std::max(now_.AddMonths(-dice.Between(1, 9)), pension->start.AddMonths(1));
      pension->stop_reason = 2;
    }
  }

  void PensionsOfTheDead() {
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = b_.at(i);
      if (IsAlive(p, o_.as_of)) {
        // People who moved away keep their pension; a few of the living have not proved that they live.
        if (p.status == RegisterStatus::kMovedOut && AgeOf(p, o_.as_of) >= 60 && !PensionOf(i))
          AddPension(i, 2, 240, 60);
        continue;
      }
      Dice dice(o_.seed, Purpose::kWork, Id(p), 1);
      if (AgeOn(p.birth, p.death, LeapDay::kMar1) < 60) continue;
      bool employee = dice.Chance(0.45);
      AddPension(i, employee ? 1 : 2, employee ? dice.Between(2100, 4200) : dice.Between(190, 340), 60);
      Pension& pension = b_.pensions.back();
      pension.start = std::min(pension.start, p.death.Month());
      if (dice.Chance(0.04)) continue;
      pension.stop = p.death.Month().AddMonths(1);
      pension.stop_reason = 1;
    }
  }

  // Families on the register of whom everyone has died, or who have all moved away.
  void EnrolDeadAndMoved() {
    for (size_t k = 0; k < b_.households.size(); ++k) {
      const Household& h = b_.households[k];
      if (h.collective || h.members.empty()) continue;
      Dice dice(o_.seed, Purpose::kEnrolment, static_cast<uint64_t>(b_.index), k);
      bool all_dead = true, all_moved = true, recent = true;
      for (int m : h.members) {
        const Person& p = b_.at(m);
        all_dead &= !IsAlive(p, o_.as_of);
        all_moved &= IsAlive(p, o_.as_of) && p.status == RegisterStatus::kMovedOut;
        recent &= IsAlive(p, o_.as_of) || p.death > o_.as_of.AddDays(-300);
      }
      bool dead = all_dead && recent && dice.Chance(0.22);
      bool moved = all_moved && dice.Chance(0.08);
      if (!dead && !moved) continue;
      Unit unit{static_cast<int>(k), h.members};
      Case& c = Enrol(unit, dice.Chance(0.8) ? CaseClass::kDibao : CaseClass::kLowEdge, dice);
      for (int m : h.members) {
        const Person& p = b_.at(m);
        if (!IsAlive(p, o_.as_of)) c.started = std::min(c.started, p.death.AddDays(-200));
        if (p.status == RegisterStatus::kMovedOut) c.started = std::min(c.started, p.status_day.AddDays(-200));
      }
    }
  }

  // What the register still remembers of families that left it.
  void EndOldCases() {
    for (int u : ordinary_) {
      const Unit& unit = units_[static_cast<size_t>(u)];
      Dice dice(o_.seed, Purpose::kEnrolment, Id(b_.at(unit.members[0])), 1);
      if (b_.home(unit.household).collective || !dice.Chance(0.004)) continue;
      Case& c = Enrol(unit, dice.Chance(0.7) ? CaseClass::kDibao : CaseClass::kLowEdge, dice);
      c.state = CaseState::kEnded;
      c.started = o_.as_of.AddDays(-dice.Between(1500, 4000));
      c.ended = o_.as_of.AddDays(-dice.Between(120, 1400));
    }
  }

  void MakeAllowances() {
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = b_.at(i);
      bool alive = IsAlive(p, o_.as_of);
      CivilDay eighty = BirthdayOf(p.birth, 80, LeapDay::kMar1);
      if (eighty > std::min(p.death, o_.as_of.AddMonths(12))) continue;
      Dice dice(o_.seed, Purpose::kEnrolment, Id(p), 2);
      Allowance a{i, std::max(eighty.Month(), CivilMonth::FromYm(2022, 5).value())};
      if (alive && p.status == RegisterStatus::kNormal) {
        if (dice.Chance(0.045)) continue;
      } else {
        CivilDay gone = alive ? p.status_day : p.death;
        if (p.status == RegisterStatus::kArmy || gone <= o_.as_of.AddDays(-400)) continue;
        bool still_paid = dice.Chance(alive ? 0.3 : 0.1);
        if (!still_paid) a.until = std::min(gone.Month().AddMonths(1), now_.AddMonths(-2));
      }
      b_.allowances.push_back(a);
    }
  }

  // --- medical
  // --------------------------------------------------------------------------------------------------------
  void MakeMedical() {
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = b_.at(i);
      Dice dice(o_.seed, Purpose::kHealth, Id(p), 1);
      int age = AgeOf(p, o_.as_of);
      CivilDay end = std::min(p.death, o_.as_of);
      CivilDay start = std::max(p.birth, end.AddDays(-360));
      if (start >= end || end < o_.as_of.AddDays(-365)) continue;
      auto day = [&] {
        return start.AddDays(static_cast<int>(dice.Below(static_cast<uint32_t>(end.days - start.days))));
      };
      bool shock = dice.Chance(age > 60 ? 0.006 : 0.002) || !IsAlive(p, o_.as_of);
      int inpatient = dice.Chance(age > 60 ? 0.16 : 0.045) ? 1 : 0;
      int visits = dice.Chance(age > 60 ? 0.3 : 0.12) ? dice.Between(1, 2) : 0;
      for (int n = 0; n < visits; ++n) AddSettlement(i, dice.Chance(0.3) ? 14 : 11, day(), dice.Between(60, 900), dice);
      for (int n = 0; n < inpatient; ++n) AddSettlement(i, 21, day(), dice.Between(3000, 26000), dice);
      if (shock)
        for (int n = dice.Between(1, 3); n > 0; --n) AddSettlement(i, 21, day(), dice.Between(40000, 180000), dice);
      if (inpatient && dice.Chance(0.02)) {
        Settlement back = b_.settlements.back();
        for (int64_t* part : {&back.total_fen, &back.pooled_fen, &back.serious_fen, &back.aid_fen, &back.account_fen,
                              &back.out_of_scope_fen, &back.own_fen})
          *part = -*part;
        back.refund = true;
        b_.settlements.push_back(back);
      }
    }
  }

  void AddSettlement(int person, int kind, CivilDay day, int yuan, Dice& dice) {
    Settlement s{person, kind, day};
    s.total_fen = yuan * kYuan + dice.Between(0, 99);
    s.out_of_scope_fen = s.total_fen * dice.Between(2, 15) / 100;
    int64_t inside = s.total_fen - s.out_of_scope_fen;
    s.pooled_fen = inside * (kind == 21 ? dice.Between(55, 75) : dice.Between(30, 55)) / 100;
    if (yuan > 30000) s.serious_fen = (inside - s.pooled_fen) * dice.Between(40, 60) / 100;
    s.account_fen = std::min<int64_t>((inside - s.pooled_fen - s.serious_fen) / 3, 60000);
    s.own_fen = s.total_fen - s.pooled_fen - s.serious_fen - s.account_fen;
    b_.settlements.push_back(s);
  }

  static uint64_t Id(const Person& p) { return static_cast<uint64_t>(p.id); }

  Block& b_;
  const EconomyOptions& o_;
  CivilMonth now_;
  std::vector<Unit> units_;
  std::vector<int> ordinary_;  // indexes of units
};

}  // namespace

void MakeEconomy(Block& block, const EconomyOptions& options) { Economy(block, options).Make(); }

Employer EmployerOf(int index) {
  static constexpr std::string_view kMarks[] = {"华峰", "正泰", "天成", "远洋", "宏昌", "百川", "金鼎",
                                                "立信", "九州", "中瓯", "联创", "星河", "海纳", "巨力",
                                                "康达", "亚龙", "三联", "长虹", "汇丰", "国泰"};
  static constexpr std::string_view kIndustries[] = {"电气", "鞋材", "机械", "纺织", "食品", "医药", "商贸",
                                                     "建设", "物业", "物流", "阀门", "眼镜", "教育", "餐饮管理"};
  uint64_t h = Mix64(static_cast<uint64_t>(index));
  Employer e;
  e.code = CreditCode("91", 339901 + static_cast<int>(h % 3), "MA", static_cast<uint64_t>(index) * 7919 + 13);
  e.name = "云泽" + std::string(kMarks[(h >> 8) % std::size(kMarks)]) +
           std::string(kIndustries[(h >> 24) % std::size(kIndustries)]) + (h % 7 == 0 ? "股份有限公司" : "有限公司");
  return e;
}

int EmployerCount(int64_t city_people) { return static_cast<int>(std::clamp<int64_t>(city_people / 45, 8, 40000)); }

int DrawEmployer(Dice& dice, int64_t city_people) {
  uint32_t n = static_cast<uint32_t>(EmployerCount(city_people));
  uint64_t u = dice.Below(n), v = dice.Below(n);
  return static_cast<int>(u * v / n);
}

void AddCar(Block& block, Dice& dice, int owner, int64_t value_fen, CivilDay registered) {
  static constexpr std::string_view kBrands[] = {"吉利帝豪", "比亚迪秦", "大众朗逸", "丰田卡罗拉", "本田思域",
                                                 "五菱宏光", "哈弗H6",   "奥迪A4L",  "宝马320",    "日产轩逸"};
  if (owner == kNone) return;
  uint64_t index = static_cast<uint64_t>(block.index) * 4096 + block.vehicles.size();
  Vehicle v;
  v.owner = owner;
  bool electric = registered.Ymd().year >= 2019 && dice.Chance(0.25);
  v.plate_type = electric ? "52" : "02";
  v.plate = electric ? NewEnergyPlate(static_cast<uint64_t>(block.index) * 1000 + block.vehicles.size() % 1000)
                     : FuelPlate(index);
  v.vin = VehicleNumber(index, std::max(1990, registered.Ymd().year));
  v.brand = kBrands[dice.Below(10)];
  v.use = "A";
  static constexpr std::string_view kStates[] = {"A", "Q", "AQ", "G"};
  v.state = kStates[dice.Chance(0.9) ? 0 : dice.Below(4)];
  v.registered = registered;
  v.value_fen = value_fen / 10000 * 10000;
  block.vehicles.push_back(std::move(v));
}

void AddAccount(Block& block, Dice& dice, int owner, int product, int64_t balance_fen, CivilDay as_of) {
  static constexpr std::string_view kBanks[] = {"云泽农商银行", "云泽市商业银行", "东坪村镇银行", "云泽邮储"};
  static constexpr std::string_view kOther[] = {"云泽证券", "云泽基金", "云泽人寿"};
  char number[64];
  std::snprintf(number, sizeof number, "99%06d%08d", block.index, static_cast<int>(block.accounts.size()));
  std::string institution(product == 1 ? kBanks[dice.Below(4)] : kOther[product - 2]);
  block.accounts.push_back({owner, institution, number, product, balance_fen, as_of.AddDays(-1)});
}

}  // namespace hearth::synth
