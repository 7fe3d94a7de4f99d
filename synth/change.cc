#include "synth/change.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "synth/dice.h"
#include "synth/economy.h"
#include "synth/population.h"

namespace hearth::synth {
namespace {

enum class Event { kWage, kCar, kDeath, kBirth, kNewJob, kJobLost, kSavings, kAddress, kEnrolment, kPension, kPhone };
constexpr int kWeights[] = {22, 10, 6, 9, 11, 9, 10, 5, 9, 5, 4};

class Changer {
 public:
  Changer(Block& block, const ChangeOptions& o) : b_(block), o_(o), now_(o.as_of.Month()) {}

  int Change() {
    int changed = 0, households = static_cast<int>(b_.households.size());
    for (int k = 0; k < households; ++k) {
      if (b_.home(k).collective || b_.home(k).members.empty()) continue;
      Dice dice(o_.seed, Purpose::kChange, static_cast<uint64_t>(b_.index), static_cast<uint64_t>(k),
                static_cast<uint64_t>(o_.night));
      if (!dice.Chance(o_.rate)) continue;
      std::vector<int> residents;
      for (int m : b_.home(k).members)
        if (IsResident(b_.at(m), o_.as_of)) residents.push_back(m);
      if (residents.empty()) continue;
      // What cannot happen here becomes a movement on an account or a new telephone.
      if (!Apply(static_cast<Event>(dice.Weighted(kWeights)), k, residents, dice))
        Apply(dice.Chance(0.5) ? Event::kSavings : Event::kPhone, k, residents, dice);
      ++changed;
    }
    return changed;
  }

 private:
  bool Apply(Event event, int household, const std::vector<int>& residents, Dice& dice) {
    switch (event) {
      case Event::kWage:
        return CorrectWage(residents, dice);
      case Event::kCar: {
        int owner = AdultOf(residents);
        if (owner == kNone) return false;
        AddCar(b_, dice, owner, dice.Between(40000, 260000) * 100, o_.as_of.AddDays(-1));
        return true;
      }
      case Event::kDeath:
        return Die(residents, dice);
      case Event::kBirth:
        return BeBorn(residents);
      case Event::kNewJob:
        return FindJob(residents, dice);
      case Event::kJobLost:
        return LoseJob(residents);
      case Event::kSavings: {
        int owner = AdultOf(residents);
        if (owner == kNone) owner = residents[0];
        for (Account& a : b_.accounts) {
          if (a.owner != owner) continue;
          a.balance_fen = a.balance_fen * dice.Between(60, 140) / 100 + 1;
          a.balance_on = o_.as_of.AddDays(-1);
          return true;
        }
        AddAccount(b_, dice, owner, 1, dice.Between(100, 20000) * 100, o_.as_of);
        return true;
      }
      case Event::kAddress: {
        Household& h = b_.home(household);
        std::swap(h.address, h.old_address);
        h.short_address = h.address;
        return true;
      }
      case Event::kEnrolment:
        return ChangeEnrolment(residents, dice);
      case Event::kPension:
        return RaisePension(residents, dice);
      case Event::kPhone: {
        Person& p = b_.at(residents[0]);
        std::swap(p.phone, p.old_phone);
        return true;
      }
    }
    return false;
  }

  int AdultOf(const std::vector<int>& residents) const {
    for (int m : residents)
      if (AgeOf(b_.at(m), o_.as_of) >= 22) return m;
    return kNone;
  }

  bool IsOneOf(int person, const std::vector<int>& residents) const {
    return std::find(residents.begin(), residents.end(), person) != residents.end();
  }

  bool IsOnRegister(int person) const {
    return std::any_of(b_.cases.begin(), b_.cases.end(),
                       [&](const Case& c) { return c.state != CaseState::kEnded && IsOneOf(person, c.members); });
  }

  // A declaration of the last twelve months is corrected.
  bool CorrectWage(const std::vector<int>& residents, Dice& dice) {
    int percent = dice.Chance(0.5) ? dice.Between(70, 95) : dice.Between(106, 140);
    for (Job& j : b_.jobs) {
      if (!IsOneOf(j.person, residents) || j.until != kNoMonth) continue;
      j.wage_fen = std::max<int64_t>(j.wage_fen * percent / 100 / 100 * 100, 180000);
      return true;
    }
    for (SideIncome& s : b_.side_incomes) {
      if (!IsOneOf(s.person, residents)) continue;
      s.amount_fen = std::max<int64_t>(s.amount_fen * percent / 100 / 100 * 100, 10000);
      return true;
    }
    return false;
  }

  bool Die(const std::vector<int>& residents, Dice& dice) {
    for (int m : residents) {
      Person& p = b_.at(m);
      if (AgeOf(p, o_.as_of) < 66) continue;
      p.death = o_.as_of.AddDays(-1);
      if (dice.Chance(0.6)) {
        p.status = RegisterStatus::kDead;
        p.status_day = o_.as_of;
      }
      for (Pension& x : b_.pensions) {
        if (x.person != m || x.stop != kNoMonth) continue;
        x.stop = std::max(now_.AddMonths(1), x.start.AddMonths(1));
        x.stop_reason = 1;
      }
      return true;
    }
    return false;
  }

  bool BeBorn(const std::vector<int>& residents) {
    for (int m : residents) {
      const Person& p = b_.at(m);
      int age = AgeOf(p, o_.as_of), father = CurrentSpouse(b_, m, o_.as_of);
      if (p.male || age < 21 || age > 42 || father == kNone || !IsResident(b_.at(father), o_.as_of)) continue;
      bool infant = std::any_of(b_.people.begin(), b_.people.end(),
                                [&](const Person& c) { return c.mother == m && AgeOf(c, o_.as_of) < 1; });
      if (infant) continue;
      AddNewborn(b_, o_.seed, m, o_.as_of.AddDays(-1));
      return true;
    }
    return false;
  }

  bool FindJob(const std::vector<int>& residents, Dice& dice) {
    for (int m : residents) {
      Person& p = b_.at(m);
      int age = AgeOf(p, o_.as_of);
      bool has_job =
          std::any_of(b_.jobs.begin(), b_.jobs.end(), [&](const Job& j) { return j.person == m && j.until > now_; });
      // Not for families on the register: a first job there is not counted for a year, which is another trial.
      if (IsOnRegister(m)) continue;
      if (age < 19 || age > 54 || p.stage != Stage::kNoSchool || has_job || p.disability_grade != 0) continue;
      if (p.first_joined == kNoMonth) p.first_joined = now_;
      b_.jobs.push_back({m, DrawEmployer(dice, o_.city_people), now_, kNoMonth, dice.Between(30, 80) * 10000, false,
                         true, dice.Chance(0.5)});
      return true;
    }
    return false;
  }

  bool LoseJob(const std::vector<int>& residents) {
    for (Job& j : b_.jobs) {
      if (!IsOneOf(j.person, residents) || j.until != kNoMonth || j.from >= now_) continue;
      j.until = now_;
      return true;
    }
    return false;
  }

  bool RaisePension(const std::vector<int>& residents, Dice& dice) {
    for (Pension& x : b_.pensions) {
      if (!IsOneOf(x.person, residents) || x.stop != kNoMonth) continue;
      x.amount_fen += dice.Between(10, 90) * 100;
      return true;
    }
    return false;
  }

  bool ChangeEnrolment(const std::vector<int>& residents, Dice& dice) {
    for (Case& c : b_.cases) {
      if (c.state == CaseState::kEnded || c.klass == CaseClass::kSpecialHardship || !IsOneOf(c.members[0], residents))
        continue;
      c.state = CaseState::kEnded;
      c.ended = o_.as_of;
      return true;
    }
    // Somebody of eighty who was forgotten is entered, and paid for the last month.
    for (int m : residents) {
      const Person& p = b_.at(m);
      bool paid =
          std::any_of(b_.allowances.begin(), b_.allowances.end(), [&](const Allowance& a) { return a.person == m; });
      if (AgeOf(p, o_.as_of) < 80 || paid) continue;
      b_.allowances.push_back({m, now_.AddMonths(-1)});
      return true;
    }
    // A family is taken in on its own word: the means are what they were. Nobody in it joined the insurance of late.
    if (!dice.Chance(0.2)) return false;
    for (int m : residents) {
      CivilMonth joined = b_.at(m).first_joined;
      if (IsOnRegister(m) || (joined != kNoMonth && joined > now_.AddMonths(-74))) return false;
    }
    Case c;
    char number[64];
    const Household& home = b_.home(b_.at(residents[0]).household);
    std::snprintf(number, sizeof number, "BY%06d%04d%04d", home.county, b_.index, static_cast<int>(b_.cases.size()));
    c.number = number;
    c.klass = CaseClass::kLowEdge;
    c.members = residents;
    c.started = o_.as_of;
    b_.cases.push_back(std::move(c));
    return true;
  }

  Block& b_;
  const ChangeOptions& o_;
  CivilMonth now_;
};

}  // namespace

int ChangeBlock(Block& block, const ChangeOptions& options) { return Changer(block, options).Change(); }

}  // namespace hearth::synth
