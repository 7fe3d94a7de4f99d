// Block is a neighbourhood of a made city: some three thousand people with all their kin, what they earn and own, and
// what the registers hold of them. Blocks know nothing of one another, so that a city of any size is made in bounded
// memory.
//
// These are the true facts. People are known by their index in Block::people; an index is never reused, and lists only
// grow from night to night. Plain values, copied freely; nothing here does I/O.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/civil_day.h"

namespace hearth::synth {

inline constexpr int kNone = -1;
inline constexpr CivilDay kNoDay{INT32_MAX};
inline constexpr CivilMonth kNoMonth{INT32_MAX};
inline constexpr int kBlockPeople = 3000;
inline constexpr int64_t kIdsPerBlock = 8192;

enum class RegisterStatus : uint8_t { kNormal = 1, kMovedOut = 2, kDead = 3, kArmy = 5 };
// The digits are those of the school registry's stage codes.
enum class Stage : uint8_t {
  kNoSchool = 0,
  kPostgraduate = 10,
  kBachelor = 20,
  kJuniorCollege = 30,
  kVocational = 40,
  kSeniorHigh = 60,
  kJuniorHigh = 70,
  kPrimary = 80,
  kPreschool = 90
};

struct Person {
  int64_t id = 0;  // unique in the city
  bool male = true;
  CivilDay birth, death = kNoDay;
  std::string surname, name, former_name, number;
  bool shares_number = false;  // another person holds the same number, in every register
  int father = kNone, mother = kNone;
  int spouse = kNone;  // of the latest marriage that was not divorced, dead or alive
  int marriages = 0;
  bool divorced = false;
  int household = kNone;
  std::string relation;                             // the true code towards the head, GB/T 4761
  RegisterStatus status = RegisterStatus::kNormal;  // as the household register says
  CivilDay status_day = kNoDay;
  std::string phone, old_phone;  // empty: none
  Stage stage = Stage::kNoSchool;
  int grade = 0, school = 0;
  bool boarding = false;
  int disability_category = 0, disability_grade = 0;
  CivilMonth first_joined = kNoMonth;
  bool registered_at_birth = true;  // the medical birth register has a row
};

struct Marriage {
  int husband, wife;
  CivilDay married, divorced = kNoDay;
};

struct Household {
  std::string number;
  bool collective = false, rural = false;
  int head = kNone;
  std::vector<int> members;
  int county = 0;      // 339901 ..
  std::string region;  // twelve digits
  std::string address, short_address, old_address;
};

struct Job {
  int person, employer;
  CivilMonth from, until = kNoMonth;  // until is outside
  int64_t wage_fen;
  bool steady;  // the same every month, and no bonus
  bool tax_rows = true;
  bool housing_fund = false;
};

enum class IncomeKind : uint8_t {
  kWages = 1,
  kLabour = 2,
  kManuscript = 3,
  kBusiness = 5,
  kDividends = 6,
  kRent = 7,
  kTransfer = 8,
  kChance = 9
};

// Income outside a job: one row every `every` months, in months with (months since 1970) % every == every - 1.
struct SideIncome {
  int person;
  IncomeKind kind;
  std::string payer_code, payer_name;
  int64_t amount_fen;
  int every;
  CivilMonth from, until = kNoMonth;
};

struct Pension {
  int person;
  int kind;  // 1 employee, 2 resident, 3 survivor
  int64_t amount_fen;
  CivilMonth start, stop = kNoMonth;
  int stop_reason = 0;
};

struct Vehicle {
  int owner;
  std::string plate_type, plate, vin, brand, use, state;
  CivilDay registered;
  int64_t value_fen;
};

struct Property {
  std::string unit_number, certificate, address;
  std::vector<int> holders;
  int usage, right;   // codes of the register
  int area_centiare;  // hundredths of a square metre
  CivilDay registered;
  int state = 1;
};

struct Account {
  int owner;
  std::string institution, number;
  int product;  // 1 deposit, 2 securities, 3 fund, 4 insurance
  int64_t balance_fen;
  CivilDay balance_on;
};

struct FirmPosition {
  int position;  // 1 legal representative, 2 shareholder, 3 operator
  int person;
  int64_t subscribed_fen, paid_fen;
};

struct Firm {
  std::string code, name;
  int kind, status;  // 1 enterprise, 2 individual, 3 cooperative; 1 open, 2 revoked, 3 cancelled
  CivilDay established;
  std::vector<FirmPosition> positions;
};

struct Settlement {
  int person, kind;
  CivilDay day;
  int64_t total_fen, pooled_fen, serious_fen, aid_fen, account_fen, out_of_scope_fen, own_fen;
  bool refund;
};

// What a recognised family is in the eyes of the register.
enum class CaseClass : uint8_t { kDibao = 1, kLowEdge = 2, kSpecialHardship = 3 };
enum class CaseState : uint8_t { kActive = 1, kGradualExit = 2, kEnded = 3 };
struct Case {
  std::string number;
  CaseClass klass;
  CaseState state = CaseState::kActive;
  std::vector<int> members;  // the applicant first
  CivilDay started, ended = kNoDay, gradual_exit_start = kNoDay;
  int64_t monthly_fen = 0;
};

// One old-age allowance account; paid for every month from `from` up to `until`, which is outside.
struct Allowance {
  int person;
  CivilMonth from, until = kNoMonth;
};

struct Block {
  int index = 0;
  std::vector<Person> people;
  std::vector<Household> households;
  std::vector<Marriage> marriages;
  std::vector<Job> jobs;
  std::vector<SideIncome> side_incomes;
  std::vector<Pension> pensions;
  std::vector<Vehicle> vehicles;
  std::vector<Property> properties;
  std::vector<Account> accounts;
  std::vector<Firm> firms;
  std::vector<Settlement> settlements;
  std::vector<Case> cases;
  std::vector<Allowance> allowances;
  int64_t living = 0;  // people that the city was asked for

  const Person& at(int i) const { return people[static_cast<size_t>(i)]; }
  Person& at(int i) { return people[static_cast<size_t>(i)]; }
  const Household& home(int i) const { return households[static_cast<size_t>(i)]; }
  Household& home(int i) { return households[static_cast<size_t>(i)]; }
};

inline int AgeOf(const Person& p, CivilDay day) { return AgeOn(p.birth, day, LeapDay::kMar1); }
inline bool IsAlive(const Person& p, CivilDay day) { return p.death > day; }
// Counts in the city: living and registered there.
inline bool IsResident(const Person& p, CivilDay day) { return IsAlive(p, day) && p.status == RegisterStatus::kNormal; }
// The living spouse, or kNone.
inline int CurrentSpouse(const Block& block, int person, CivilDay day) {
  int s = block.at(person).spouse;
  return s != kNone && IsAlive(block.at(s), day) && IsAlive(block.at(person), day) ? s : kNone;
}

}  // namespace hearth::synth
