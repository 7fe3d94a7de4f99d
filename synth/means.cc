#include "synth/means.h"

#include <algorithm>

#include "synth/dice.h"

namespace hearth::synth {

int64_t WageOfMonth(uint64_t seed, const Block& block, const Job& job, CivilMonth month) {
  if (month < job.from || month >= job.until) return 0;
  if (job.steady) return job.wage_fen;
  uint64_t person = static_cast<uint64_t>(block.at(job.person).id);
  Dice dice(seed, Purpose::kWageMonth, person, static_cast<uint64_t>(month.months));
  int64_t fen = job.wage_fen * (970 + dice.Between(0, 60)) / 1000;
  Dice yearly(seed, Purpose::kWageMonth, person, static_cast<uint64_t>(month.Year()), 1);
  if (month.MonthOfYear() == 1 && yearly.Chance(0.4)) fen += job.wage_fen * yearly.Between(50, 200) / 100;
  return fen / 100 * 100;
}

int64_t ContributionBase(const Job& job) { return std::clamp<int64_t>(job.wage_fen, 400000, 2200000); }

int64_t SideIncomeOfMonth(const SideIncome& income, CivilMonth month) {
  if (month < income.from || month >= income.until) return 0;
  return month.months % income.every == income.every - 1 ? income.amount_fen : 0;
}

bool CountsAsIncome(IncomeKind kind) { return kind != IncomeKind::kTransfer && kind != IncomeKind::kChance; }

bool IsInPayment(const Pension& pension, CivilMonth month) { return pension.start <= month && pension.stop > month; }

std::vector<PersonMeans> MeasurePeople(uint64_t seed, const Block& block, CivilDay as_of) {
  std::vector<PersonMeans> means(block.people.size());
  auto of = [&](int person) -> PersonMeans& { return means[static_cast<size_t>(person)]; };
  CivilMonth now = as_of.Month();
  for (const Job& job : block.jobs) {
    PersonMeans& m = of(job.person);
    for (int i = 1; i <= 12; ++i) {
      CivilMonth month = now.AddMonths(-i);
      int64_t wage = WageOfMonth(seed, block, job, month);
      if (wage == 0) continue;
      m.base_fen += ContributionBase(job);
      if (!job.tax_rows) continue;
      m.tax_fen += wage;
      m.has_tax_rows = true;
    }
  }
  for (const SideIncome& income : block.side_incomes) {
    if (!CountsAsIncome(income.kind)) continue;
    PersonMeans& m = of(income.person);
    for (int i = 1; i <= 12; ++i) {
      int64_t fen = SideIncomeOfMonth(income, now.AddMonths(-i));
      m.tax_fen += fen;
      m.has_tax_rows |= fen != 0;
    }
  }
  for (const Pension& p : block.pensions)
    if (IsInPayment(p, now)) of(p.person).pension_fen += p.amount_fen;
  for (const Vehicle& v : block.vehicles) {
    bool motorcycle = v.plate_type == "07" || v.plate_type == "08";
    bool gone = v.state.find_first_of("EMP") != std::string::npos;
    bool commercial = v.use == "B" || v.use == "D" || v.use == "F" || v.use == "G";
    if (!motorcycle && !gone && !commercial) of(v.owner).car_fen_max = std::max(of(v.owner).car_fen_max, v.value_fen);
  }
  for (const Account& a : block.accounts) of(a.owner).money_fen += a.balance_fen;
  for (const Firm& f : block.firms) {
    if (f.status != 1) continue;
    for (const FirmPosition& p : f.positions) of(p.person).capital_fen += p.subscribed_fen;
  }
  return means;
}

std::string_view AssetFaultName(AssetFault fault) {
  static constexpr std::string_view kNames[] = {"", "vehicle", "second_home", "commercial_unit", "deposits", "capital"};
  return kNames[static_cast<size_t>(fault)];
}

std::vector<UnitMeans> MeasureUnits(const Block& block, const std::vector<PersonMeans>& people,
                                    const std::vector<Unit>& units) {
  std::vector<UnitMeans> out(units.size());
  std::vector<int> unit_of(block.people.size(), kNone);
  std::vector<int64_t> money(units.size()), capital(units.size()), car(units.size());
  std::vector<int> homes(units.size());
  std::vector<bool> commercial(units.size());
  for (size_t u = 0; u < units.size(); ++u) {
    out[u].size = static_cast<int>(units[u].members.size());
    for (int m : units[u].members) {
      const PersonMeans& p = people[static_cast<size_t>(m)];
      unit_of[static_cast<size_t>(m)] = static_cast<int>(u);
      out[u].year_fen += p.YearFen();
      money[u] += p.money_fen;
      capital[u] += p.capital_fen;
      car[u] = std::max(car[u], p.car_fen_max);
    }
  }
  for (const Property& p : block.properties) {
    if (p.state != 1) continue;
    // Each unit that holds a share counts the place once.
    int last = kNone;
    std::vector<int> holders;
    for (int h : p.holders) holders.push_back(unit_of[static_cast<size_t>(h)]);
    std::sort(holders.begin(), holders.end());
    for (int u : holders) {
      if (u == kNone || u == last) continue;
      last = u;
      if (p.usage == 10 && p.right == 1) ++homes[static_cast<size_t>(u)];
      if (p.usage == 20 || p.usage == 30 || p.usage == 40) commercial[static_cast<size_t>(u)] = true;
    }
  }
  for (size_t u = 0; u < units.size(); ++u) {
    out[u].asset_fault = car[u] > kVehicleLimitFen                                   ? AssetFault::kVehicle
                         : homes[u] > kHomesMax                                      ? AssetFault::kHomes
                         : commercial[u]                                             ? AssetFault::kCommercial
                         : money[u] > kMoneyMonths * kDibaoStandardFen * out[u].size ? AssetFault::kMoney
                         : capital[u] > kCapitalLimitFen                             ? AssetFault::kCapital
                                                                                     : AssetFault::kNone;
  }
  return out;
}

}  // namespace hearth::synth
