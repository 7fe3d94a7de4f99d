// Persons, households and family units: what linking and the family graph produce.
//
// A Mention is one person named by one row (a marriage row has two). Linking gives every mention a person.
// Ids are stable from night to night; indices (PersonIndex) are positions in tonight's arrays, sorted by id.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/schema.h"

namespace hearth {

struct PersonId {
  uint64_t value = 0;
  auto operator<=>(const PersonId&) const = default;
};
struct HouseholdId {
  uint64_t value = 0;
  auto operator<=>(const HouseholdId&) const = default;
};
struct FamilyUnitId {
  uint64_t value = 0;
  auto operator<=>(const FamilyUnitId&) const = default;
};

using PersonIndex = uint32_t;
inline constexpr PersonIndex kNoPerson = 0xFFFFFFFF;

struct Mention {
  uint16_t table = 0;  // index of the registry's RecordTable
  uint16_t role = 0;   // index in RegistrySchema::persons
  uint32_t row = 0;
  auto operator<=>(const Mention&) const = default;
};

// Why a mention belongs to its person. Stored as one byte; values never change.
enum class LinkBasis : uint8_t {
  kSingle = 0,         // alone: nothing else was held to be the same person
  kNumber = 1,         // usable citizen number, names agree
  kSubjectKey = 2,     // the registry's own number of the person, names agree
  kProbabilistic = 3,  // match weight above the upper threshold, from the name and at least one independent field
  kNameOnly = 4,       // above the threshold on name evidence alone: never the ground of an adverse alert
  kDesk = 5,           // a human decision
};
std::string_view LinkBasisName(LinkBasis b);

struct Person {
  PersonId id;
  std::string number;  // best usable citizen number, 18 places; empty when none
  std::string name;    // most frequent name, ties by text
  std::optional<CivilDay> birth_date;
  int sex = 0;  // 0 unknown, 1 male, 2 female (GB/T 2261.1)
  std::optional<CivilDay> death_date;
  std::string region;          // of the household registration; else the most frequent
  uint32_t first_mention = 0;  // mentions of this person: LinkedPersons::mentions[first, first+count)
  uint32_t mention_count = 0;
};

// A pair that a human should look at (clerical review), or two persons under one number.
struct ReviewPair {
  enum class Reason : uint8_t { kBetweenThresholds = 0, kNumberConflict = 1 };
  Mention left, right;
  double match_weight = 0;  // bits
  Reason reason = Reason::kBetweenThresholds;
};

struct LinkedMention {
  Mention mention;
  LinkBasis basis = LinkBasis::kSingle;
  float match_weight = 0;  // bits, for kProbabilistic and kNameOnly
};

struct LinkedPersons {
  std::vector<Person> persons;          // sorted by id
  std::vector<LinkedMention> mentions;  // grouped by person, each group sorted by mention
  std::vector<ReviewPair> reviews;
  // Person of a mention: by_table[table][row * roles + role]; kNoPerson when the row names nobody in that role.
  std::vector<std::vector<PersonIndex>> by_table;
  PersonIndex Of(uint16_t table, uint32_t row, uint16_t role, size_t roles) const {
    return by_table[table][row * roles + role];
  }
};

struct KinEdge {
  PersonIndex from = kNoPerson, to = kNoPerson;  // parent -> child, guardian -> ward; spouses: smaller index first
  KinKind kind = KinKind::kSpouse;
  bool inferred = false;  // from a relation to the head, not from a register of the relation itself
  std::optional<CivilDay> start, end;
  std::vector<Mention> evidence;  // rows, sorted
};

// The registered household (户).
struct Household {
  HouseholdId id;
  std::string number;  // 户号
  std::string region;
  bool collective = false;
  PersonIndex head = kNoPerson;
  std::vector<PersonIndex> members;  // sorted
  std::vector<PersonIndex> absent;   // registered here last, dead or gone from the city; sorted
};

// Why a person counts in a family unit. Stored as one byte; values never change. Source: standards.md 13.1.
enum class MembershipReason : uint8_t {
  kHead = 0,
  kSpouse = 1,
  kMinorChild = 2,
  kDependentAdultChild = 3,
  kStudentChild = 4,
  kDutyCoResident = 5,
  kAlone = 6,
};
std::string_view MembershipReasonName(MembershipReason r);

struct FamilyUnitMember {
  PersonIndex person = kNoPerson;
  MembershipReason reason = MembershipReason::kHead;
};

// The people assessed together (共同生活的家庭成员).
struct FamilyUnit {
  FamilyUnitId id;
  uint32_t household = 0;                 // index of the household where it lives
  std::vector<FamilyUnitMember> members;  // head first, then by person index
  // People of the same home of whom the registers do not settle whether they belong to this unit: a caseworker must
  // say. Sorted.
  std::vector<PersonIndex> doubtful;
  // Somebody outside the home may belong to it: registered in a collective household without known family, or
  // married by the register to nobody that any register names.
  bool incomplete = false;
};

// Something odd in the family data that a person should look at.
struct FamilyFinding {
  std::string kind;  // "two_current_spouses", "parent_younger_than_child", "kin_cycle", "no_head" …
  std::vector<PersonIndex> persons;
};

struct Families {
  std::vector<KinEdge> edges;          // sorted by (from, to, kind)
  std::vector<Household> households;   // sorted by id
  std::vector<FamilyUnit> units;       // sorted by id
  std::vector<uint32_t> unit_of;       // by PersonIndex; 0xFFFFFFFF when in none (dead, moved away)
  std::vector<uint32_t> household_of;  // by PersonIndex; 0xFFFFFFFF when registered nowhere
  std::vector<FamilyFinding> findings;
};

}  // namespace hearth
