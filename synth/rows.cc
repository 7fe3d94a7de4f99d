#include "synth/rows.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "synth/dice.h"
#include "synth/economy.h"
#include "synth/identity.h"
#include "synth/means.h"
#include "synth/population.h"

namespace hearth::synth {
namespace {

constexpr CivilDay kBirthsFrom{9496};     // 1996-01-01: certificates of birth begin
constexpr CivilDay kMarriagesFrom{5844};  // 1986-01-01: older years are not digitised

bool HasBirthRow(const Person& p) {
  return p.registered_at_birth && p.birth >= kBirthsFrom && p.mother != kNone &&
         Mix64(static_cast<uint64_t>(p.id) * 3 + 1) % 100 < 90;
}

bool HasMarriageRow(const Block& block, const Marriage& m) {
  return m.married >= kMarriagesFrom && Mix64(static_cast<uint64_t>(block.at(m.wife).id) * 5 + 2) % 100 < 96;
}

std::string Padded(std::string_view prefix, int64_t value, int width) {
  char text[40];
  std::snprintf(text, sizeof text, "%0*lld", width, static_cast<long long>(value));
  return std::string(prefix) + text;
}

class RowMaker {
 public:
  RowMaker(const Block& block, const RowOptions& options, const FaultPlanter& planter, std::vector<RowBuffer>& buffers,
           MentionSink& mentions)
      : b_(block),
        o_(options),
        planter_(planter),
        buffers_(buffers),
        mentions_(mentions),
        now_(options.as_of.Month()),
        window_(options.first_night.Month().AddMonths(-12)) {}

  void MakeAll() {
    HouseholdRegistration();
    Marriages();
    Births();
    Deaths();
    Vehicles();
    RealProperty();
    SocialInsurance();
    Pensions();
    HousingFund();
    IncomeTax();
    BusinessRegistration();
    FinancialAssets();
    Disability();
    MedicalSettlement();
    SchoolEnrolment();
    CivilAffairs();
    CivilAffairsPayments();
  }

 private:
  RowBuffer& Of(Registry r) { return buffers_[static_cast<size_t>(r)]; }
  const Person& P(int i) const { return b_.at(i); }
  static uint64_t Id(const Person& p) { return static_cast<uint64_t>(p.id); }

  void Mentioned(Registry r, std::string_view key, std::string_view role, int person, uint32_t faults) {
    mentions_.Add({r, key, role, P(person).id, faults});
  }
  Written Write(int person, Registry r, uint64_t salt) const { return planter_.Write(b_, person, r, salt); }

  static void Born(RowBuffer& out, const Written& w) {
    if (w.birth_placeholder) {
      out.PlaceholderDay();
    } else {
      out.Day(w.birth);
    }
  }

  // One in ten registries still has the number of before, and some have none.
  std::string_view PhoneAt(Registry r, int person) const {
    const Person& p = P(person);
    uint64_t h = Mix64(Id(p) * 64 + static_cast<uint64_t>(r)) % 100;
    return h < 10 ? std::string_view(p.old_phone) : h < 17 ? std::string_view() : std::string_view(p.phone);
  }
  std::string_view AddressAt(Registry r, int person) const {
    const Household& home = b_.home(P(person).household);
    uint64_t h = Mix64(Id(P(person)) * 64 + 32 + static_cast<uint64_t>(r)) % 100;
    return h < 9 ? home.old_address : h < 13 ? std::string_view() : h < 40 ? home.short_address : home.address;
  }

  // --- household registration
  // -----------------------------------------------------------------------------------------
  void HouseholdRegistration() {
    RowBuffer& out = Of(Registry::kHouseholdRegistration);
    std::vector<bool> married(b_.people.size());
    for (const Marriage& m : b_.marriages) {
      if (m.divorced != kNoDay || !HasMarriageRow(b_, m)) continue;
      married[static_cast<size_t>(m.husband)] = married[static_cast<size_t>(m.wife)] = true;
    }
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = P(i);
      const Household& home = b_.home(p.household);
      Written w = Write(i, Registry::kHouseholdRegistration, 0);
      uint32_t faults = w.faults;
      std::string relation = RelationAsWritten(i, IsTiedOtherwise(i, married), &faults);
      std::string key = RecordNumber(p.id);
      out.Text(key);
      out.Text(w.number);
      out.Text(w.name);
      out.Text(p.former_name);
      out.Sex(p.male);
      out.Day(p.birth);
      out.Text(home.number);
      out.Text(relation);
      out.Text(home.collective ? "2" : "1");
      out.Text(home.rural ? "1" : "2");
      out.Text(MaritalStatus(i));
      out.Text(home.address);
      out.Text(home.region);
      out.Number(static_cast<int>(p.status));
      out.Day(p.status_day);
      out.Text("01");
      Mentioned(Registry::kHouseholdRegistration, key, "self", i, faults);
      out.End(std::move(key));
    }
  }

  // Whether another registry ties the person to the household, too: a certificate of marriage with, or of birth by,
  // somebody in it.
  bool IsTiedOtherwise(int person, const std::vector<bool>& married) const {
    const Person& p = P(person);
    int head = b_.home(p.household).head;
    if (head == kNone) return false;
    if (p.spouse == head) return married[static_cast<size_t>(person)];
    if (P(head).mother == person || P(head).father == person) return HasBirthRow(P(head));
    if (HasBirthRow(p) && (P(p.mother).household == p.household || P(p.father).household == p.household)) return true;
    return p.spouse != kNone && P(p.spouse).household == p.household && married[static_cast<size_t>(person)];
  }

  // The true relation, "other" or "not kin" instead of it, or one that cannot be.
  std::string RelationAsWritten(int person, bool has_other_evidence, uint32_t* faults) const {
    const Person& p = P(person);
    const Household& home = b_.home(p.household);
    if (home.collective || p.relation == "02") return p.relation;
    double missing = has_other_evidence ? planter_.rates().kin_missing : planter_.rates().kin_missing_only_evidence;
    if (planter_.Happens(missing, Purpose::kKinFault, Id(p), 1)) {
      *faults |= kKinMissing;
      return Mix64(Id(p)) % 2 ? "80" : "99";
    }
    if (planter_.Happens(planter_.rates().kin_wrong, Purpose::kKinFault, Id(p), 2)) {
      *faults |= kKinWrong;
      return Mix64(Id(p)) % 2 ? (p.male ? "73" : "77") : (p.male ? "12" : "20");  // a sibling, or of the other sex
    }
    return p.relation;
  }

  std::string_view MaritalStatus(int i) const {
    const Person& p = P(i);
    if (p.marriages == 0) return "10";
    if (Mix64(Id(p) * 7 + 5) % 100 < 12) return "10";  // never brought up to date
    if (p.divorced) return "40";
    if (p.spouse != kNone && !IsAlive(P(p.spouse), o_.as_of)) return "30";
    return p.marriages > 1 ? "22" : Mix64(Id(p)) % 3 == 0 ? "21" : "20";
  }

  // --- marriages
  // --------------------------------------------------------------------------------------------------------
  void Marriages() {
    for (size_t n = 0; n < b_.marriages.size(); ++n) {
      const Marriage& m = b_.marriages[n];
      if (!HasMarriageRow(b_, m)) continue;
      uint64_t id = static_cast<uint64_t>(b_.index) * kIdsPerBlock + n;
      if (!planter_.Happens(planter_.rates().kin_missing, Purpose::kKinFault, id, 3)) MarriageRow(m, n, "1", m.married);
      // One divorce in ten was by a court, and is in no register.
      if (m.divorced != kNoDay && Mix64(id * 11) % 10 != 0) MarriageRow(m, n, "2", m.divorced);
    }
  }

  void MarriageRow(const Marriage& m, size_t n, std::string_view event, CivilDay day) {
    RowBuffer& out = Of(Registry::kMarriage);
    char text[64];
    std::snprintf(text, sizeof text, "%s339901-%04d-%04d%04d", event == "1" ? "J" : "L", day.Ymd().year, b_.index,
                  static_cast<int>(n));
    std::string key = text;
    uint64_t salt = HashText(key);
    Written h = Write(m.husband, Registry::kMarriage, salt), w = Write(m.wife, Registry::kMarriage, salt);
    out.Text(key);
    out.Text(event);
    out.Text(h.number);
    out.Text(h.name);
    Born(out, h);
    out.Text(w.number);
    out.Text(w.name);
    Born(out, w);
    out.Day(day);
    out.Text(b_.home(P(m.husband).household).county == 339902 ? "西渡区民政局" : "东坪区民政局");
    Mentioned(Registry::kMarriage, key, "husband", m.husband, h.faults);
    Mentioned(Registry::kMarriage, key, "wife", m.wife, w.faults);
    out.End(std::move(key));
  }

  // --- births and deaths
  // ------------------------------------------------------------------------------------------------
  void Births() {
    RowBuffer& out = Of(Registry::kBirths);
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = P(i);
      if (!HasBirthRow(p) || planter_.Happens(planter_.rates().kin_missing, Purpose::kKinFault, Id(p), 4)) continue;
      std::string key = Padded("R", p.id, 10);
      Written c = Write(i, Registry::kBirths, 0), m = Write(p.mother, Registry::kBirths, Id(p));
      int father = p.father;
      uint32_t father_faults = 0;
      if (father != kNone && planter_.Happens(planter_.rates().kin_wrong, Purpose::kKinFault, Id(p), 5)) {
        // The form was filled in for another man.
        int other = WrongFather(i);
        if (other != kNone) {
          father = other;
          father_faults = kKinWrong;
        }
      }
      out.Text(key);
      out.Text(c.number);
      out.Text(c.name);
      out.Sex(p.male);
      Born(out, c);
      out.Text(m.number);
      out.Text(m.name);
      Born(out, m);
      Mentioned(Registry::kBirths, key, "child", i, c.faults);
      Mentioned(Registry::kBirths, key, "mother", p.mother, m.faults);
      if (father == kNone) {
        for (int n = 0; n < 3; ++n) out.Null();
      } else {
        Written f = Write(father, Registry::kBirths, Id(p));
        out.Text(f.number);
        out.Text(f.name);
        Born(out, f);
        Mentioned(Registry::kBirths, key, "father", father, f.faults | father_faults);
      }
      out.Text(AddressAt(Registry::kBirths, p.mother));
      out.Text(PhoneAt(Registry::kBirths, p.mother));
      out.End(std::move(key));
    }
  }

  int WrongFather(int child) const {
    Dice dice(o_.seed, Purpose::kKinFault, Id(P(child)), 6);
    int n = static_cast<int>(std::min<size_t>(b_.people.size(), 1500));
    for (int tries = 0; tries < 20; ++tries) {
      int other = static_cast<int>(dice.Below(static_cast<uint32_t>(n)));
      int years = AgeOn(P(other).birth, P(child).birth, LeapDay::kMar1);
      if (P(other).male && other != P(child).father && years >= 20 && years < 50 && P(other).death > P(child).birth)
        return other;
    }
    return kNone;
  }

  void Deaths() {
    RowBuffer& out = Of(Registry::kDeaths);
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = P(i);
      if (p.death == kNoDay || p.death > o_.as_of) continue;
      Dice dice(o_.seed, Purpose::kRow, Id(p), static_cast<uint64_t>(Registry::kDeaths));
      bool medical = dice.Chance(0.94), cremated = !medical || dice.Chance(0.45);
      if (medical) DeathRow(out, i, 1, dice.Chance(0.92) ? 1 : 2);
      if (cremated) DeathRow(out, i, 2, 9);
    }
  }

  void DeathRow(RowBuffer& out, int i, int source, int cause) {
    const Person& p = P(i);
    std::string key = Padded(source == 1 ? "SW" : "HH", p.id, 10);
    Written w = Write(i, Registry::kDeaths, static_cast<uint64_t>(source));
    out.Text(key);
    out.Number(source);
    out.Text(w.number);
    out.Text(w.name);
    out.Sex(p.male);
    Born(out, w);
    out.Day(p.death);
    out.Number(cause);
    out.Text(AddressAt(Registry::kDeaths, i));
    out.Number(b_.home(p.household).county);
    Mentioned(Registry::kDeaths, key, "self", i, w.faults);
    out.End(std::move(key));
  }

  // --- vehicles and property
  // ----------------------------------------------------------------------------------------------
  void Vehicles() {
    RowBuffer& out = Of(Registry::kVehicles);
    for (size_t n = 0; n < b_.vehicles.size(); ++n) {
      const Vehicle& v = b_.vehicles[n];
      std::string key = v.plate_type + "|" + v.plate;
      Written w = Write(v.owner, Registry::kVehicles, n);
      out.Text(v.plate_type);
      out.Text(v.plate);
      out.Text(v.vin);
      out.Text(w.number);
      out.Text(w.name);
      out.Text(PhoneAt(Registry::kVehicles, v.owner));
      out.Text(AddressAt(Registry::kVehicles, v.owner));
      out.Text(v.brand);
      out.Text(v.use);
      out.Text(v.state);
      out.Day(v.registered);
      out.Yuan(v.value_fen);
      out.Null();
      Mentioned(Registry::kVehicles, key, "owner", v.owner, w.faults);
      out.End(std::move(key));
    }
  }

  void RealProperty() {
    RowBuffer& out = Of(Registry::kRealProperty);
    for (size_t n = 0; n < b_.properties.size(); ++n) {
      const Property& p = b_.properties[n];
      bool by_share = p.holders.size() > 1 && n % 3 == 0;
      for (size_t h = 0; h < p.holders.size(); ++h) {
        int holder = p.holders[h];
        std::string key = p.unit_number + "|" + std::to_string(h + 1);
        Written w = Write(holder, Registry::kRealProperty, n);
        out.Text(p.unit_number);
        out.Number(static_cast<int64_t>(h) + 1);
        out.Text(p.certificate);
        out.Text(w.number);
        out.Text(w.name);
        out.Text(PhoneAt(Registry::kRealProperty, holder));
        out.Number(p.holders.size() == 1 ? 0 : by_share ? 2 : 1);
        out.Text(by_share ? (n % 2 ? "50%" : "1/2") : "");
        out.Text(p.address);
        out.Text(std::to_string(p.area_centiare / 100) + "." + std::to_string(p.area_centiare / 10 % 10) +
                 std::to_string(p.area_centiare % 10));
        out.Number(p.usage);
        out.Number(p.right);
        out.Day(p.registered);
        out.Number(p.state);
        Mentioned(Registry::kRealProperty, key, "holder", holder, w.faults);
        out.End(std::move(key));
      }
    }
  }

  // --- work and pensions
  // ----------------------------------------------------------------------------------------------------
  std::string InsuranceNumber(int person) const { return Padded("33", P(person).id * 7 + 1000003, 10); }

  CivilMonth LastMonth(const Job& job) const {
    // A new worker is entered at once, in the month of joining.
    return job.from == now_ && job.until > now_ ? now_ : now_.AddMonths(-1);
  }

  // Declarations are typed month by month, so a fault is a month's and not the account's.
  static uint64_t Salt(CivilMonth m) { return static_cast<uint64_t>(m.months); }

  void SocialInsurance() {
    RowBuffer& out = Of(Registry::kSocialInsurance);
    std::vector<bool> has_job(b_.people.size());
    for (const Job& job : b_.jobs) {
      has_job[static_cast<size_t>(job.person)] = true;
      std::string number = InsuranceNumber(job.person);
      Employer employer = EmployerOf(job.employer);
      int64_t base = ContributionBase(job);
      for (CivilMonth m = std::max(window_, job.from); m <= LastMonth(job) && m < job.until; m = m.AddMonths(1))
        InsuranceRow(out, job.person, number, Write(job.person, Registry::kSocialInsurance, Salt(m)), &employer, "110",
                     m, base, base * 8 / 100);
    }
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = P(i);
      if (has_job[static_cast<size_t>(i)] || p.first_joined == kNoMonth || !IsAlive(p, o_.as_of) ||
          AgeOf(p, o_.as_of) >= 60)
        continue;
      std::string number = InsuranceNumber(i);
      int64_t yearly = 10000 * (1 + static_cast<int64_t>(Mix64(Id(p)) % 9));
      for (CivilMonth m = window_; m < now_; m = m.AddMonths(1))
        if (m.MonthOfYear() == 7) {
          InsuranceRow(out, i, number, Write(i, Registry::kSocialInsurance, Salt(m)), nullptr, "120", m, yearly,
                       yearly);
        }
    }
  }

  void InsuranceRow(RowBuffer& out, int i, const std::string& number, const Written& w, const Employer* employer,
                    std::string_view kind, CivilMonth month, int64_t base, int64_t amount) {
    const Person& p = P(i);
    std::string key = number;
    key += '|';
    key += kind;
    key += '|';
    key += MonthText(month);
    out.Text(number);
    out.Text(w.number);
    out.Text(w.name);
    out.Sex(p.male);
    Born(out, w);
    out.Text(employer ? std::string_view(employer->code) : std::string_view());
    out.Text(employer ? std::string_view(employer->name) : std::string_view());
    out.Text(kind);
    out.Month(month);
    out.Yuan(base);
    out.Yuan(amount);
    out.Text(employer ? "1" : "2");
    out.Text("1");
    out.Month(p.first_joined);
    Mentioned(Registry::kSocialInsurance, key, "self", i, w.faults);
    out.End(std::move(key));
  }

  static std::string MonthText(CivilMonth m) { return m.ToString(); }

  void Pensions() {
    RowBuffer& out = Of(Registry::kPensions);
    for (const Pension& x : b_.pensions) {
      const Person& p = P(x.person);
      std::string number = InsuranceNumber(x.person);
      std::string key = number + "|" + std::to_string(x.kind);
      Written w = Write(x.person, Registry::kPensions, 0);
      out.Text(number);
      out.Text(w.number);
      out.Text(w.name);
      out.Sex(p.male);
      Born(out, w);
      out.Text(PhoneAt(Registry::kPensions, x.person));
      out.Number(x.kind);
      out.Yuan(x.amount_fen);
      out.Month(x.start);
      out.Month(x.stop);
      out.Text(x.stop_reason == 0 ? "" : std::to_string(x.stop_reason));
      Mentioned(Registry::kPensions, key, "self", x.person, w.faults);
      out.End(std::move(key));
    }
  }

  void HousingFund() {
    RowBuffer& out = Of(Registry::kHousingFund);
    int n = 0;
    for (const Job& job : b_.jobs) {
      ++n;
      if (!job.housing_fund || job.until <= window_) continue;
      const Person& p = P(job.person);
      std::string key = Padded("GJ", b_.index, 4) + Padded("", n, 5);
      Written w = Write(job.person, Registry::kHousingFund, static_cast<uint64_t>(n));
      int64_t base = std::max<int64_t>(job.wage_fen, kMinWageFen) / 100 * 100;
      int months = std::min(now_.months, job.until.months) - job.from.months;
      bool sealed = job.until <= now_;
      out.Text(key);
      out.Text(w.number);
      out.Text(w.name);
      out.Text(PhoneAt(Registry::kHousingFund, job.person));
      out.Text(EmployerOf(job.employer).code);
      out.Yuan(base);
      out.Yuan(base * 24 / 100);
      out.Yuan(base * 24 / 100 * std::max(1, months) / (1 + static_cast<int64_t>(Mix64(Id(p)) % 4)));
      out.Text(sealed ? "2" : "1");
      out.Month(sealed ? job.until.AddMonths(-1) : now_.AddMonths(-1));
      Mentioned(Registry::kHousingFund, key, "self", job.person, w.faults);
      out.End(std::move(key));
    }
  }

  void IncomeTax() {
    RowBuffer& out = Of(Registry::kIncomeTax);
    for (const Job& job : b_.jobs) {
      if (!job.tax_rows) continue;
      Employer employer = EmployerOf(job.employer);
      for (CivilMonth m = std::max(window_, job.from); m < now_ && m < job.until; m = m.AddMonths(1))
        TaxRow(out, job.person, Write(job.person, Registry::kIncomeTax, Salt(m)), employer.code, employer.name,
               IncomeKind::kWages, m, WageOfMonth(o_.seed, b_, job, m));
    }
    for (const SideIncome& s : b_.side_incomes) {
      for (CivilMonth m = std::max(window_, s.from); m < now_ && m < s.until; m = m.AddMonths(1))
        if (int64_t fen = SideIncomeOfMonth(s, m)) {
          TaxRow(out, s.person, Write(s.person, Registry::kIncomeTax, Salt(m)), s.payer_code, s.payer_name, s.kind, m,
                 fen);
        }
    }
  }

  void TaxRow(RowBuffer& out, int i, const Written& w, std::string_view payer, std::string_view payer_name,
              IncomeKind kind, CivilMonth month, int64_t fen) {
    std::string taxpayer = Padded("33", P(i).id * 11 + 500009, 12);
    std::string_view kinds =
        "0102030405060708"
        "09";
    std::string_view code = kinds.substr((static_cast<size_t>(kind) - 1) * 2, 2);
    std::string key = taxpayer;
    key += '|';
    key += payer;
    key += '|';
    key += code;
    key += '|';
    key += MonthText(month);
    out.Text(taxpayer);
    out.Text(w.number);
    out.Text(w.name);
    out.Text(PhoneAt(Registry::kIncomeTax, i));
    out.Text(payer);
    out.Text(payer_name);
    out.Text(code);
    out.Month(month);
    out.Yuan(fen);
    out.Yuan(kind == IncomeKind::kWages ? std::max<int64_t>(0, (fen - 500000) * 3 / 100) : fen / 100);
    Mentioned(Registry::kIncomeTax, key, "self", i, w.faults);
    out.End(std::move(key));
  }

  // --- firms and money
  // --------------------------------------------------------------------------------------------------------
  void BusinessRegistration() {
    RowBuffer& out = Of(Registry::kBusinessRegistration);
    for (const Firm& f : b_.firms) {
      int shareholders = 0;
      for (const FirmPosition& p : f.positions) {
        int number = p.position == 2 ? ++shareholders : 1;
        std::string key = f.code + "|" + std::to_string(p.position) + "|" + std::to_string(number);
        Written w = Write(p.person, Registry::kBusinessRegistration, HashText(key));
        out.Text(f.code);
        out.Text(f.name);
        out.Number(f.kind);
        out.Number(f.status);
        out.Day(f.established);
        out.Number(p.position);
        out.Number(number);
        out.Text(w.number);
        out.Text(w.name);
        out.Text(PhoneAt(Registry::kBusinessRegistration, p.person));
        out.Text(AddressAt(Registry::kBusinessRegistration, p.person));
        if (p.position == 1) {
          for (int n = 0; n < 3; ++n) out.Null();
        } else {
          out.Wan(p.subscribed_fen);
          out.Wan(p.paid_fen);
          out.Day(f.established);
        }
        Mentioned(Registry::kBusinessRegistration, key, "holder", p.person, w.faults);
        out.End(std::move(key));
      }
    }
  }

  void FinancialAssets() {
    RowBuffer& out = Of(Registry::kFinancialAssets);
    for (const Account& a : b_.accounts) {
      std::string key = a.institution + "|" + a.number;
      Written w = Write(a.owner, Registry::kFinancialAssets, HashText(a.number));
      out.Text(a.institution);
      out.Text(a.number);
      out.Text(w.number);
      out.Text(w.name);
      out.Text(PhoneAt(Registry::kFinancialAssets, a.owner));
      out.Number(a.product);
      out.Yuan(a.balance_fen);
      out.Day(a.balance_on);
      Mentioned(Registry::kFinancialAssets, key, "holder", a.owner, w.faults);
      out.End(std::move(key));
    }
  }

  // --- health and school
  // ------------------------------------------------------------------------------------------------------
  void Disability() {
    RowBuffer& out = Of(Registry::kDisability);
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = P(i);
      if (p.disability_grade == 0) continue;
      // The number on the certificate is the one at issue, which was right.
      std::string key = p.number + std::to_string(p.disability_category) + std::to_string(p.disability_grade);
      if (p.shares_number) key += "B" + std::to_string(1 + Id(p) % 9);
      Written w = Write(i, Registry::kDisability, 0);
      Dice dice(o_.seed, Purpose::kRow, Id(p), static_cast<uint64_t>(Registry::kDisability));
      CivilDay issued = std::max(p.birth.AddDays(400), o_.first_night.AddDays(-dice.Between(100, 3000)));
      if (issued >= o_.first_night) issued = o_.first_night.AddDays(-10);
      out.Text(key);
      out.Text(w.number);
      out.Text(w.name);
      out.Sex(p.male);
      Born(out, w);
      out.Number(p.disability_category);
      out.Number(p.disability_grade);
      out.Day(issued);
      out.Day(issued.AddMonths(120));
      out.Text(AddressAt(Registry::kDisability, i));
      out.Text(PhoneAt(Registry::kDisability, i));
      int guardian = AgeOf(p, o_.as_of) < 18 || p.disability_category >= 5 ? p.mother : kNone;
      out.Text(guardian == kNone ? "" : P(guardian).name);
      Mentioned(Registry::kDisability, key, "self", i, w.faults);
      out.End(std::move(key));
    }
  }

  void MedicalSettlement() {
    RowBuffer& out = Of(Registry::kMedicalSettlement);
    for (size_t n = 0; n < b_.settlements.size(); ++n) {
      const Settlement& s = b_.settlements[n];
      const Person& p = P(s.person);
      std::string key = Padded("YB", static_cast<int64_t>(b_.index) * 16384 + static_cast<int64_t>(n), 10);
      Written w = Write(s.person, Registry::kMedicalSettlement, 0);
      out.Text(key);
      out.Text(Padded("3399", p.id * 13 + 700001, 11));
      out.Text(w.number);
      out.Text(w.name);
      out.Sex(p.male);
      Born(out, w);
      out.Number(s.kind);
      out.Day(s.day);
      for (int64_t fen :
           {s.total_fen, s.pooled_fen, s.serious_fen, s.aid_fen, s.account_fen, s.out_of_scope_fen, s.own_fen})
        out.Yuan(fen);
      out.Text(s.refund ? "1" : "0");
      Mentioned(Registry::kMedicalSettlement, key, "self", s.person, w.faults);
      out.End(std::move(key));
    }
  }

  void SchoolEnrolment() {
    RowBuffer& out = Of(Registry::kSchoolEnrolment);
    for (int i = 0; i < static_cast<int>(b_.people.size()); ++i) {
      const Person& p = P(i);
      if (p.stage == Stage::kNoSchool || !IsAlive(p, o_.as_of)) continue;
      School school = SchoolOf(p.stage, p.school);
      std::string key = Padded("G", p.id * 17 + 900007, 11);
      Written w = Write(i, Registry::kSchoolEnrolment, 0);
      YearMonthDay today = o_.first_night.Ymd();
      int year = (today.month >= 9 ? today.year : today.year - 1) - p.grade + 1;
      out.Text(key);
      out.Text(w.number);
      out.Text(w.name);
      out.Sex(p.male);
      Born(out, w);
      out.Text(school.code);
      out.Text(school.name);
      out.Number(static_cast<int>(p.stage));
      out.Number(p.grade);
      out.Text("是");
      out.Text(p.boarding ? "是" : "否");
      out.Text("1");
      out.Day(CivilDay::FromYmd(year, 9, 1).value());
      Mentioned(Registry::kSchoolEnrolment, key, "student", i, w.faults);
      Guardian(out, i, key);
      out.End(std::move(key));
    }
  }

  // The parent who signed; a grandparent in the home for a few, nobody at a university.
  void Guardian(RowBuffer& out, int i, const std::string& key) {
    const Person& p = P(i);
    int guardian = GuardianOf(b_, i, o_.as_of);
    if (guardian == kNone) {
      for (int n = 0; n < 4; ++n) out.Null();
    } else {
      Written g = Write(guardian, Registry::kSchoolEnrolment, Id(p) + 1);
      bool parent = guardian == p.father || guardian == p.mother;
      out.Text(g.name);
      out.Text(g.number);
      out.Text(parent ? (P(guardian).male ? "51" : "52") : "60");
      out.Text(PhoneAt(Registry::kSchoolEnrolment, guardian));
      Mentioned(Registry::kSchoolEnrolment, key, "guardian", guardian, g.faults & ~kDatePlaceholder);
    }
    out.Text(AddressAt(Registry::kSchoolEnrolment, guardian == kNone ? i : guardian));
  }

 public:
  static int GuardianOf(const Block& b, int i, CivilDay as_of) {
    const Person& p = b.at(i);
    if (p.stage == Stage::kBachelor || p.stage == Stage::kJuniorCollege || p.stage == Stage::kPostgraduate)
      return kNone;
    uint64_t h = Mix64(Id(p) * 19 + 4) % 100;
    int first = h < 58 ? p.mother : p.father, second = h < 58 ? p.father : p.mother;
    if (h >= 96) {
      for (int parent : {p.father, p.mother})
        if (parent != kNone)
          for (int grand : {b.at(parent).mother, b.at(parent).father})
            if (grand != kNone && IsAlive(b.at(grand), as_of) && b.at(grand).household == p.household) return grand;
    }
    for (int parent : {first, second})
      if (parent != kNone && IsAlive(b.at(parent), as_of)) return parent;
    return kNone;
  }

 private:
  // --- civil affairs
  // ------------------------------------------------------------------------------------------------------------
  void CivilAffairs() {
    RowBuffer& out = Of(Registry::kCivilAffairs);
    for (const Case& c : b_.cases) {
      for (size_t n = 0; n < c.members.size(); ++n) {
        int i = c.members[n];
        const Person& p = P(i);
        const Household& home = b_.home(p.household);
        std::string key = c.number + "|" + std::to_string(n + 1);
        Written w = Write(i, Registry::kCivilAffairs, HashText(c.number));
        out.Text(c.number);
        out.Number(static_cast<int64_t>(n) + 1);
        out.Number(static_cast<int>(c.klass));
        out.Text(w.number);
        out.Text(w.name);
        out.Sex(p.male);
        Born(out, w);
        out.Text(n == 0 ? "是" : "否");
        out.Text(AddressAt(Registry::kCivilAffairs, c.members[0]));
        out.Number(home.county);
        out.Text(PhoneAt(Registry::kCivilAffairs, i));
        out.Number(static_cast<int>(c.state));
        out.Day(c.started);
        out.Day(c.ended);
        out.Day(c.gradual_exit_start);
        if (c.klass == CaseClass::kLowEdge) {
          out.Null();
        } else {
          out.Yuan(c.monthly_fen);
        }
        out.Text(c.klass == CaseClass::kSpecialHardship ? "3" : "");
        Mentioned(Registry::kCivilAffairs, key, "self", i, w.faults);
        out.End(std::move(key));
      }
    }
  }

  // The months that have been paid: two before the first night, and every complete month since.
  void CivilAffairsPayments() {
    CivilMonth first = o_.first_night.Month().AddMonths(-2);
    for (CivilMonth m = first; m < now_; m = m.AddMonths(1)) {
      for (const Case& c : b_.cases) {
        bool paid = c.klass != CaseClass::kLowEdge && c.started.Month() <= m &&
                    (c.ended == kNoDay || c.ended.Month() > m) && c.monthly_fen > 0;
        if (paid) PaymentRow(c.number, c.klass == CaseClass::kDibao ? "1" : "3", c.members[0], m, c.monthly_fen);
        if (!paid || c.klass != CaseClass::kDibao) continue;
        for (int i : c.members)
          if (P(i).disability_grade != 0 && IsAlive(P(i), o_.first_night))
            PaymentRow("", P(i).disability_grade <= 2 ? "7" : "6", i, m, P(i).disability_grade <= 2 ? 25000 : 10000);
      }
      for (const Allowance& a : b_.allowances) {
        if (a.from > m || a.until <= m) continue;
        int age = AgeOf(P(a.person), m.LastDay());
        PaymentRow("", "5", a.person, m, age >= 100 ? 50000 : age >= 90 ? 20000 : 5000);
      }
    }
  }

  void PaymentRow(std::string_view case_no, std::string_view programme, int i, CivilMonth month, int64_t fen) {
    RowBuffer& out = Of(Registry::kCivilAffairsPayments);
    std::string key = "FF" + std::string(programme) + MonthText(month).replace(4, 1, "") + Padded("", P(i).id, 9);
    Written w = Write(i, Registry::kCivilAffairsPayments, HashText(programme));
    out.Text(key);
    out.Text(case_no);
    out.Text(programme);
    out.Text(w.number);
    out.Text(w.name);
    Born(out, w);
    out.Text(PhoneAt(Registry::kCivilAffairsPayments, i));
    out.Month(month);
    out.Yuan(fen);
    Mentioned(Registry::kCivilAffairsPayments, key, "beneficiary", i, w.faults);
    out.End(std::move(key));
  }

  const Block& b_;
  const RowOptions& o_;
  const FaultPlanter& planter_;
  std::vector<RowBuffer>& buffers_;
  MentionSink& mentions_;
  CivilMonth now_, window_;
};

}  // namespace

void MakeRows(const Block& block, const RowOptions& options, const FaultPlanter& planter,
              std::vector<RowBuffer>& buffers, MentionSink& mentions) {
  RowMaker(block, options, planter, buffers, mentions).MakeAll();
}

std::vector<KinEdge> WitnessedKin(const Block& b, CivilDay as_of) {
  std::vector<KinEdge> edges;
  // Those of one family household can be told from their relations to the head, alone or together.
  auto together = [&](int x, int y) {
    return b.at(x).household == b.at(y).household && !b.home(b.at(x).household).collective;
  };
  for (const Marriage& m : b.marriages) {
    if (CurrentSpouse(b, m.husband, as_of) != m.wife || m.divorced != kNoDay) continue;
    if (HasMarriageRow(b, m) || together(m.husband, m.wife)) edges.push_back({true, m.husband, m.wife});
  }
  for (int i = 0; i < static_cast<int>(b.people.size()); ++i) {
    const Person& p = b.at(i);
    int guardian = p.stage != Stage::kNoSchool && IsAlive(p, as_of) ? RowMaker::GuardianOf(b, i, as_of) : kNone;
    for (int parent : {p.mother, p.father}) {
      if (parent == kNone) continue;
      if (HasBirthRow(p) || guardian == parent || together(parent, i)) edges.push_back({false, parent, i});
    }
  }
  return edges;
}

std::string PersonText(int64_t id) { return "P" + std::to_string(id); }

std::string RecordNumber(int64_t id) { return Padded("HJ", id, 10); }

}  // namespace hearth::synth
