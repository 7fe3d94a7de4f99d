#include "matchers/build_families.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <tuple>

#include "matchers/households.h"
#include "matchers/kin_edges.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

// Homes, duty within a home, reasons: docs/adr/0003-family-unit-first-version.md.

namespace hearth {
namespace {

// Homes with more open people than this (a mistaken register) are not read together.
constexpr size_t kDoubtfulMax = 30;
// Siblings farther apart in age are more likely a slip for a child or parent.
constexpr int kSiblingYearsMax = 20;

// What the other registries say of a person that the family unit asks for.
struct PersonFacts {
  std::vector<uint8_t> minor, student, dependent, married, divorced;
};

// Calls body(row, person) for the rows of one registry's role.
template <class Body>
void ForEachRow(std::span<const RecordTable* const> tables, const LinkedPersons& linked, std::string_view registry,
                std::string_view role, const Body& body) {
  for (uint16_t t = 0; t < tables.size(); ++t) {
    const RegistrySchema& schema = tables[t]->schema();
    if (schema.id != registry) continue;
    for (uint16_t r = 0; r < schema.persons.size(); ++r) {
      if (schema.persons[r].role != role) continue;
      for (uint32_t row = 0; row < tables[t]->size(); ++row) {
        const PersonIndex p = linked.Of(t, row, r, schema.persons.size());
        if (p != kNoPerson) body(*tables[t], row, p);
      }
    }
  }
}

bool Holds(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

PersonFacts ReadFacts(std::span<const RecordTable* const> tables, const LinkedPersons& linked, CivilDay as_of,
                      const FamilyOptions& options) {
  PersonFacts facts;
  const size_t persons = linked.persons.size();
  facts.minor.assign(persons, 0);
  facts.student.assign(persons, 0);
  facts.dependent.assign(persons, 0);
  facts.married.assign(persons, 0);
  facts.divorced.assign(persons, 0);
  for (const RecordTable* table : tables) {
    const HouseholdRule& rule = table->schema().household;
    const int field = table->schema().FieldIndex(options.marital_field);
    if (rule.person < 0 || field < 0) continue;
    ForEachRow(tables, linked, table->schema().id, table->schema().persons[rule.person].role,
               [&](const RecordTable& t, uint32_t row, PersonIndex p) {
                 if (!t.Has(field, row)) return;
                 if (Holds(options.married_values, t.CodeAt(field, row))) facts.married[p] = 1;
                 if (t.CodeAt(field, row) == options.divorced_value) facts.divorced[p] = 1;
               });
  }
  for (size_t p = 0; p < persons; ++p) {
    const auto& birth = linked.persons[p].birth_date;
    facts.minor[p] = birth && AgeOn(*birth, as_of, LeapDay::kMar1) < options.adult_age;
  }
  const StudentSource& student = options.student;
  ForEachRow(tables, linked, student.registry, student.role, [&](const RecordTable& t, uint32_t row, PersonIndex p) {
    const RegistrySchema& schema = t.schema();
    const int stage = schema.FieldIndex(student.stage), full_time = schema.FieldIndex(student.full_time),
              state = schema.FieldIndex(student.state);
    if (!t.Has(stage, row) || !Holds(student.stages, t.CodeAt(stage, row))) return;
    if (!t.Has(state, row) || !Holds(student.states, t.CodeAt(state, row))) return;
    if (t.Has(full_time, row) && t.Int(full_time, row) == 1) facts.student[p] = 1;
  });
  const DisabilitySource& disability = options.disability;
  ForEachRow(
      tables, linked, disability.registry, disability.role, [&](const RecordTable& t, uint32_t row, PersonIndex p) {
        const RegistrySchema& schema = t.schema();
        const int grade = schema.FieldIndex(disability.grade), category = schema.FieldIndex(disability.category),
                  expires = schema.FieldIndex(disability.expires);
        if (!t.Has(grade, row)) return;
        if (t.Has(expires, row) && t.DayAt(expires, row) < as_of) return;
        const bool of_mind = t.Has(category, row) && Holds(disability.categories_of_mind, t.CodeAt(category, row));
        const int64_t value = t.Int(grade, row);
        if (value >= 1 && value <= (of_mind ? disability.grade_max_of_mind : disability.grade_max))
          facts.dependent[p] = 1;
      });
  return facts;
}

// Where everybody lives, as ADR 0003 reads the registers. home[p] is a household index, kNoHousehold for those outside
// the city and for those who live alone in a collective household.
class Homes {
 public:
  Homes(const LinkedPersons& linked, const HouseholdData& data, const KinGraph& kin, const PersonFacts& facts)
      : linked_(linked), data_(data), kin_(kin), facts_(facts) {
    const size_t persons = linked.persons.size();
    registered_.assign(persons, kNoHousehold);
    for (PersonIndex p = 0; p < persons; ++p) {
      if (data.alive[p]) registered_[p] = data.household_of[p];
    }
    home_ = registered_;
    for (PersonIndex p = 0; p < persons; ++p) {
      if (IsCollective(registered_[p])) home_[p] = kNoHousehold;
    }
    IndexChildren();
    for (PersonIndex p = 0; p < persons; ++p) {
      const PersonIndex spouse = kin.spouse_of[p];
      if (spouse != kNoPerson && p < spouse) UniteSpouses(p, spouse);
    }
    std::sort(moved_.begin(), moved_.end());
    for (PersonIndex p = 0; p < persons; ++p) {
      if (IsCollective(registered_[p])) LeaveCollective(p);
    }
    for (PersonIndex p = 0; p < persons; ++p) {
      if (facts.minor[p] && registered_[p] != kNoHousehold && !IsCollective(registered_[p])) FollowParents(p);
    }
  }
  const std::vector<uint32_t>& home() const { return home_; }
  const std::vector<uint32_t>& registered() const { return registered_; }
  // (household, person): couples registered apart that by rule 1 live in the other's household and not in this one;
  // a convention, so what depends on it is doubtful. Sorted.
  const std::vector<std::pair<uint32_t, PersonIndex>>& moved() const { return moved_; }

 private:
  bool IsCollective(uint32_t h) const { return h != kNoHousehold && data_.households[h].collective; }
  bool HasFamilyHome(PersonIndex p) const { return home_[p] != kNoHousehold && !IsCollective(home_[p]); }

  void IndexChildren() {
    const size_t persons = linked_.persons.size();
    child_starts_.assign(persons + 1, 0);
    for (const PersonIndex parent : kin_.parents) ++child_starts_[parent + 1];
    std::partial_sum(child_starts_.begin(), child_starts_.end(), child_starts_.begin());
    children_.resize(kin_.parents.size());
    std::vector<uint32_t> at(child_starts_.begin(), child_starts_.end() - 1);
    for (PersonIndex child = 0; child < persons; ++child) {
      for (const PersonIndex parent : kin_.ParentsOf(child)) children_[at[parent]++] = child;
    }
  }
  std::span<const PersonIndex> ChildrenOf(PersonIndex p) const {
    return std::span(children_).subspan(child_starts_[p], child_starts_[p + 1] - child_starts_[p]);
  }
  bool IsParent(PersonIndex parent, PersonIndex child) const {
    const auto parents = kin_.ParentsOf(child);
    return std::find(parents.begin(), parents.end(), parent) != parents.end();
  }

  // Minor grandchildren of the head whose parents no register names are likely those of the head's child there.
  size_t GrandchildrenOfUnknownParents(PersonIndex p, uint32_t household) const {
    size_t count = 0;
    bool child_of_head = false;
    for (uint32_t i = data_.starts[household]; i < data_.starts[household + 1]; ++i) {
      const HouseholdRow& row = data_.rows[i];
      child_of_head |= row.person == p && row.relation == RelationEdge::kChild;
      count += row.resident && row.relation == RelationEdge::kGrandchild && facts_.minor[row.person] &&
               kin_.ParentsOf(row.person).empty();
    }
    return child_of_head ? count : 0;
  }

  void UniteSpouses(PersonIndex a, PersonIndex b) {
    const uint32_t ha = registered_[a], hb = registered_[b];
    if (ha == kNoHousehold || hb == kNoHousehold || ha == hb || IsCollective(ha) || IsCollective(hb)) return;
    // A court's divorce is in no marriage register: who is registered apart and as divorced is not brought together.
    if (facts_.divorced[a] || facts_.divorced[b]) return;
    size_t with_a = 0, with_b = 0;
    for (const PersonIndex child : ChildrenOf(a)) {
      if (!facts_.minor[child] || !IsParent(b, child)) continue;
      with_a += registered_[child] == ha;
      with_b += registered_[child] == hb;
    }
    with_a += GrandchildrenOfUnknownParents(a, ha);
    with_b += GrandchildrenOfUnknownParents(b, hb);
    bool to_a;
    const bool head_a = data_.households[ha].head == a, head_b = data_.households[hb].head == b;
    if (with_a != with_b) {
      to_a = with_a > with_b;
    } else if (head_a != head_b) {
      to_a = head_a;
    } else {
      to_a = data_.households[ha].number < data_.households[hb].number;
    }
    const PersonIndex mover = to_a ? b : a, stays = to_a ? a : b;
    const uint32_t from = registered_[mover], to = registered_[stays];
    home_[mover] = to;
    moved_.push_back({from, mover});
    moved_.push_back({from, stays});
    for (const PersonIndex child : ChildrenOf(mover)) {
      if (!facts_.minor[child] || registered_[child] != from) continue;
      const auto parents = kin_.ParentsOf(child);
      const bool with_other = std::any_of(parents.begin(), parents.end(),
                                          [&](PersonIndex p) { return p != mover && registered_[p] == from; });
      if (!with_other) home_[child] = to;
    }
  }

  // Mother first.
  PersonIndex LivingParentWithHome(PersonIndex child) const {
    PersonIndex found = kNoPerson;
    for (const PersonIndex p : kin_.ParentsOf(child)) {
      if (!data_.alive[p] || !HasFamilyHome(p)) continue;
      if (found == kNoPerson || (linked_.persons[p].sex == 2 && linked_.persons[found].sex != 2)) found = p;
    }
    return found;
  }

  void LeaveCollective(PersonIndex p) {
    const PersonIndex spouse = kin_.spouse_of[p];
    if (spouse != kNoPerson) {
      if (!IsCollective(registered_[spouse]) && HasFamilyHome(spouse)) home_[p] = home_[spouse];
      return;
    }
    if (!facts_.minor[p] && !facts_.student[p]) return;
    if (const PersonIndex parent = LivingParentWithHome(p); parent != kNoPerson) home_[p] = home_[parent];
  }

  bool HasGuardianIn(PersonIndex child, uint32_t household) const {
    const auto there = [&](PersonIndex p) { return data_.alive[p] && registered_[p] == household; };
    for (const PersonIndex parent : kin_.ParentsOf(child)) {
      for (const PersonIndex grandparent : kin_.ParentsOf(parent)) {
        if (there(grandparent)) return true;
      }
    }
    if (there_by_ward_.empty() && !(kin_.guardians.empty() && kin_.grandparents.empty())) {
      for (const auto& [g, ward] : kin_.guardians) there_by_ward_.push_back({ward, g});
      for (const auto& [g, ward] : kin_.grandparents) there_by_ward_.push_back({ward, g});
      std::sort(there_by_ward_.begin(), there_by_ward_.end());
    }
    for (auto it = std::lower_bound(there_by_ward_.begin(), there_by_ward_.end(), std::pair(child, PersonIndex{0}));
         it != there_by_ward_.end() && it->first == child; ++it) {
      if (there(it->second)) return true;
    }
    return false;
  }

  void FollowParents(PersonIndex child) {
    const uint32_t here = registered_[child];
    if (home_[child] != here) return;  // moved along already
    for (const PersonIndex p : kin_.ParentsOf(child)) {
      if (data_.alive[p] && registered_[p] == here) return;
    }
    if (HasGuardianIn(child, here)) return;
    if (const PersonIndex parent = LivingParentWithHome(child); parent != kNoPerson) home_[child] = home_[parent];
  }

  const LinkedPersons& linked_;
  const HouseholdData& data_;
  const KinGraph& kin_;
  const PersonFacts& facts_;
  std::vector<uint32_t> registered_, home_;
  std::vector<uint32_t> child_starts_;
  std::vector<PersonIndex> children_;
  std::vector<std::pair<uint32_t, PersonIndex>> moved_;
  mutable std::vector<std::pair<PersonIndex, PersonIndex>> there_by_ward_;  // (ward, guardian or grandparent)
};

uint64_t HashParts(std::string_view text, uint64_t number) {
  return XXH3_64bits_withSeed(text.data(), text.size(), number);
}

class UnitBuilder {
 public:
  UnitBuilder(const LinkedPersons& linked, const HouseholdData& data, const KinGraph& kin, const PersonFacts& facts,
              const Homes& homes)
      : linked_(linked), data_(data), kin_(kin), facts_(facts), homes_(homes) {
    parent_.resize(linked.persons.size());
    std::iota(parent_.begin(), parent_.end(), PersonIndex{0});
    IndexSpouses();
    ever_married_.assign(linked.persons.size(), 0);
    for (const KinEdge& e : kin.edges) {
      if (e.kind == KinKind::kSpouse) ever_married_[e.from] = ever_married_[e.to] = 1;
    }
    relation_of_.assign(linked.persons.size(), RelationEdge::kNone);
    for (const HouseholdRow& row : data.rows) {
      if (row.resident && row.relation != RelationEdge::kNone) relation_of_[row.person] = row.relation;
    }
  }

  std::vector<FamilyUnit> Build() {
    LinkByDuty();
    std::vector<std::pair<uint32_t, PersonIndex>> residents;  // (home, person)
    std::vector<FamilyUnit> units;
    for (PersonIndex p = 0; p < linked_.persons.size(); ++p) {
      if (homes_.home()[p] != kNoHousehold) {
        residents.push_back({homes_.home()[p], p});
      } else if (homes_.registered()[p] != kNoHousehold) {
        const uint64_t id = HashParts("alone", linked_.persons[p].id.value);
        units.push_back({{id}, homes_.registered()[p], {{p, MembershipReason::kAlone}}, {}, true});
      }
    }
    std::sort(residents.begin(), residents.end());
    for (size_t i = 0; i < residents.size();) {
      size_t j = i;
      while (j < residents.size() && residents[j].first == residents[i].first) ++j;
      AddHome(residents[i].first, std::span(residents).subspan(i, j - i), &units);
      i = j;
    }
    return units;
  }

 private:
  PersonIndex Find(PersonIndex p) {
    while (parent_[p] != p) p = parent_[p] = parent_[parent_[p]];
    return p;
  }
  void Link(PersonIndex a, PersonIndex b) {
    if (homes_.home()[a] == kNoHousehold || homes_.home()[a] != homes_.home()[b]) return;
    const PersonIndex ra = Find(a), rb = Find(b);
    if (ra != rb) parent_[std::max(ra, rb)] = std::min(ra, rb);
  }
  void LinkByDuty() {
    for (PersonIndex p = 0; p < linked_.persons.size(); ++p) {
      if (kin_.spouse_of[p] != kNoPerson) Link(p, kin_.spouse_of[p]);
      for (const PersonIndex parent : kin_.ParentsOf(p)) {
        Link(parent, p);
        for (const PersonIndex grandparent : kin_.ParentsOf(parent)) Link(grandparent, p);
      }
    }
    for (const auto& [grandparent, grandchild] : kin_.grandparents) Link(grandparent, grandchild);
    LinkSiblingsToParents();
  }
  // A sibling of the head is a child of the head's parent who lives there too.
  void LinkSiblingsToParents() {
    for (size_t h = 0; h + 1 < data_.starts.size(); ++h) {
      PersonIndex parent = kNoPerson;
      for (uint32_t i = data_.starts[h]; i < data_.starts[h + 1]; ++i) {
        const HouseholdRow& row = data_.rows[i];
        if (row.resident && row.relation == RelationEdge::kParent && homes_.home()[row.person] == h)
          parent = row.person;
      }
      if (parent == kNoPerson) continue;
      for (uint32_t i = data_.starts[h]; i < data_.starts[h + 1]; ++i) {
        const HouseholdRow& row = data_.rows[i];
        if (row.resident && row.relation == RelationEdge::kSibling && homes_.home()[row.person] == h)
          Link(parent, row.person);
      }
    }
  }

  PersonIndex HeadOf(uint32_t household, std::span<const std::pair<uint32_t, PersonIndex>> residents) const {
    const PersonIndex written = data_.written_head[household];
    const auto lives_here = [&](PersonIndex p) { return p != kNoPerson && homes_.home()[p] == household; };
    if (lives_here(written)) return written;
    if (written != kNoPerson) {
      for (auto it = std::lower_bound(spouses_.begin(), spouses_.end(), std::pair(written, PersonIndex{0}));
           it != spouses_.end() && it->first == written; ++it) {
        if (lives_here(it->second)) return it->second;
      }
    }
    PersonIndex eldest = residents[0].second;
    for (const auto& [unused, p] : residents) {
      if (IsElder(linked_, p, eldest)) eldest = p;
    }
    return eldest;
  }
  // Marriages of a person that death, not divorce, may have ended.
  void IndexSpouses() {
    const auto ended_by_death = [&](const KinEdge& e, PersonIndex p) {
      const auto& death = linked_.persons[p].death_date;
      return !data_.alive[p] && (!e.end || (death && *death == *e.end));
    };
    for (const KinEdge& e : kin_.edges) {
      if (e.kind != KinKind::kSpouse) continue;
      if (e.end && !ended_by_death(e, e.from) && !ended_by_death(e, e.to)) continue;
      spouses_.push_back({e.from, e.to});
      spouses_.push_back({e.to, e.from});
    }
    std::sort(spouses_.begin(), spouses_.end());
  }

  void AddHome(uint32_t household, std::span<const std::pair<uint32_t, PersonIndex>> residents,
               std::vector<FamilyUnit>* units) {
    const PersonIndex head = HeadOf(household, residents);
    std::vector<std::pair<PersonIndex, PersonIndex>> by_root;  // (component, person)
    for (const auto& [unused, p] : residents) by_root.push_back({Find(p), p});
    std::sort(by_root.begin(), by_root.end());
    const std::string& number = data_.households[household].number;
    const size_t first_unit = units->size();
    for (size_t i = 0; i < by_root.size();) {
      size_t j = i;
      while (j < by_root.size() && by_root[j].first == by_root[i].first) ++j;
      std::vector<PersonIndex> members;
      for (size_t k = i; k < j; ++k) members.push_back(by_root[k].second);
      const bool of_head = by_root[i].first == Find(head);
      i = j;
      PersonIndex unit_head = head;
      if (!of_head) {
        unit_head = members[0];
        for (const PersonIndex p : members) {
          if (IsElder(linked_, p, unit_head)) unit_head = p;
        }
      }
      FamilyUnit unit;
      unit.id = {of_head ? HashParts(number, 0) : HashParts(number, linked_.persons[unit_head].id.value)};
      unit.household = household;
      unit.members.push_back({unit_head, MembershipReason::kHead});
      for (const PersonIndex p : members) {
        if (p != unit_head) unit.members.push_back({p, ReasonOf(p, unit_head)});
      }
      units->push_back(std::move(unit));
    }
    MarkDoubtful(household, head, std::span(*units).subspan(first_unit));
  }

  // A unit stands apart for sure when adults lead it and the register calls all of them siblings of the head, of an age
  // to be so; siblings owe no duty. Any other split comes from evidence that is missing or odd: the people may be one
  // family.
  bool StandsApart(const FamilyUnit& unit, PersonIndex head) const {
    const bool adult = std::any_of(unit.members.begin(), unit.members.end(),
                                   [&](const FamilyUnitMember& m) { return !facts_.minor[m.person]; });
    return adult && std::all_of(unit.members.begin(), unit.members.end(), [&](const FamilyUnitMember& m) {
             const RelationEdge edge = relation_of_[m.person];
             if (edge == RelationEdge::kSiblingInLaw) return true;
             return edge == RelationEdge::kSibling && !IsGenerationApart(m.person, head);
           });
  }

  bool IsGenerationApart(PersonIndex a, PersonIndex b) const {
    const auto &x = linked_.persons[a].birth_date, &y = linked_.persons[b].birth_date;
    return x && y && std::abs(x->days - y->days) > kSiblingYearsMax * 366;
  }

  void MarkDoubtful(uint32_t household, PersonIndex head, std::span<FamilyUnit> units) {
    for (FamilyUnit& unit : units) {
      unit.incomplete = std::any_of(unit.members.begin(), unit.members.end(), [&](const FamilyUnitMember& m) {
        return facts_.married[m.person] && !ever_married_[m.person];
      });
    }
    std::vector<FamilyUnit*> open;
    std::vector<PersonIndex> people;
    for (FamilyUnit& unit : units) {
      if (Find(unit.members[0].person) != Find(head) && StandsApart(unit, head)) continue;
      open.push_back(&unit);
      for (const FamilyUnitMember& m : unit.members) people.push_back(m.person);
    }
    const auto& moved = homes_.moved();
    const size_t at_home = people.size();
    for (auto it = std::lower_bound(moved.begin(), moved.end(), std::pair(household, PersonIndex{0}));
         it != moved.end() && it->first == household; ++it) {
      people.push_back(it->second);
    }
    if (open.size() < 2 && people.size() == at_home) return;
    if (people.size() > kDoubtfulMax) {  // too many to read together: nobody can say who belongs to whom
      for (FamilyUnit* unit : open) unit->incomplete = true;
      return;
    }
    // Two who lack a husband or wife may be each other's: then the wider reading has everybody.
    const bool paired = std::count_if(open.begin(), open.end(), [](const FamilyUnit* u) { return u->incomplete; }) > 1;
    std::sort(people.begin(), people.end());
    people.erase(std::unique(people.begin(), people.end()), people.end());
    for (FamilyUnit* unit : open) {
      if (paired) unit->incomplete = false;
      for (const PersonIndex p : people) {
        const bool member = std::any_of(unit->members.begin(), unit->members.end(),
                                        [&](const FamilyUnitMember& m) { return m.person == p; });
        if (!member) unit->doubtful.push_back(p);
      }
    }
  }

  MembershipReason ReasonOf(PersonIndex p, PersonIndex head) {
    if (kin_.spouse_of[p] == head) return MembershipReason::kSpouse;
    const auto parents = kin_.ParentsOf(p);
    const bool with_parent = std::any_of(parents.begin(), parents.end(), [&](PersonIndex parent) {
      return homes_.home()[parent] == homes_.home()[p] && Find(parent) == Find(p);
    });
    const bool unmarried = kin_.spouse_of[p] == kNoPerson;
    if (with_parent && facts_.minor[p]) return MembershipReason::kMinorChild;
    if (with_parent && unmarried && facts_.dependent[p]) return MembershipReason::kDependentAdultChild;
    if (with_parent && unmarried && facts_.student[p]) return MembershipReason::kStudentChild;
    return MembershipReason::kDutyCoResident;
  }

  const LinkedPersons& linked_;
  const HouseholdData& data_;
  const KinGraph& kin_;
  const PersonFacts& facts_;
  const Homes& homes_;
  std::vector<PersonIndex> parent_;                           // union-find by duty
  std::vector<RelationEdge> relation_of_;                     // to the head of the registered household
  std::vector<uint8_t> ever_married_;                         // some register names a husband or wife
  std::vector<std::pair<PersonIndex, PersonIndex>> spouses_;  // (person, husband or wife), both ways, sorted
};

void AddNumberFindings(const LinkedPersons& linked, std::span<const RecordTable* const> tables,
                       std::vector<FamilyFinding>* findings) {
  for (const ReviewPair& review : linked.reviews) {
    if (review.reason != ReviewPair::Reason::kNumberConflict) continue;
    const auto person = [&](Mention m) {
      return linked.Of(m.table, m.row, m.role, tables[m.table]->schema().persons.size());
    };
    const PersonIndex a = person(review.left), b = person(review.right);
    if (a != b && a != kNoPerson && b != kNoPerson) findings->push_back({"one_number_two_names", {a, b}});
  }
}

// Households and units by id, and everything that points at them.
void SortById(HouseholdData* data, Families* out) {
  const size_t count = data->households.size();
  std::vector<uint32_t> order(count), place(count);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const Household &x = data->households[a], &y = data->households[b];
    return x.id != y.id ? x.id < y.id : x.number < y.number;
  });
  out->households.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    place[order[i]] = i;
    out->households.push_back(std::move(data->households[order[i]]));
  }
  out->household_of = std::move(data->household_of);
  for (uint32_t& h : out->household_of) {
    if (h != kNoHousehold) h = place[h];
  }
  for (FamilyUnit& unit : out->units) unit.household = place[unit.household];
  std::sort(out->units.begin(), out->units.end(), [](const FamilyUnit& a, const FamilyUnit& b) {
    return a.id != b.id ? a.id < b.id : a.members[0].person < b.members[0].person;
  });
  for (uint32_t u = 0; u < out->units.size(); ++u) {
    for (const FamilyUnitMember& member : out->units[u].members) out->unit_of[member.person] = u;
  }
}

// Two parents of one child, both married by the register and to nobody that a register names, are a couple whose
// certificate is missing. Death ended the marriage where one of them is dead: a row that still says married is of the
// time before.
void InferSpouses(const LinkedPersons& linked, const HouseholdData& data, const PersonFacts& facts, KinGraph* kin) {
  const auto free = [&](PersonIndex p) { return facts.married[p] && kin->spouse_of[p] == kNoPerson; };
  std::vector<uint8_t> ever(linked.persons.size(), 0);
  for (const KinEdge& e : kin->edges) {
    if (e.kind == KinKind::kSpouse) ever[e.from] = ever[e.to] = 1;
  }
  bool any = false;
  for (PersonIndex child = 0; child < linked.persons.size(); ++child) {
    const auto parents = kin->ParentsOf(child);
    if (parents.size() != 2) continue;
    const PersonIndex a = std::min(parents[0], parents[1]), b = std::max(parents[0], parents[1]);
    if (!free(a) || !free(b) || ever[a] || ever[b]) continue;
    if (linked.persons[a].sex == linked.persons[b].sex) continue;
    KinEdge edge;
    edge.from = a;
    edge.to = b;
    edge.kind = KinKind::kSpouse;
    edge.inferred = true;
    for (const PersonIndex p : {a, b}) {
      const auto& death = linked.persons[p].death_date;
      if (death && (!edge.end || *death < *edge.end)) edge.end = death;
    }
    kin->edges.push_back(std::move(edge));
    ever[a] = ever[b] = 1;
    any = true;
    if (!data.alive[a] || !data.alive[b]) continue;
    kin->spouse_of[a] = b;
    kin->spouse_of[b] = a;
  }
  if (!any) return;
  std::stable_sort(kin->edges.begin(), kin->edges.end(), [](const KinEdge& x, const KinEdge& y) {
    return std::tie(x.from, x.to, x.kind) < std::tie(y.from, y.to, y.kind);
  });
}

}  // namespace

Families BuildFamilies(std::span<const RecordTable* const> tables, const LinkedPersons& linked, CivilDay as_of,
                       const FamilyOptions& options) {
  Families out;
  out.unit_of.assign(linked.persons.size(), kNoHousehold);
  HouseholdData data = ReadHouseholds(tables, linked, as_of, options, &out.findings);
  KinGraph kin = BuildKinGraph(tables, linked, data, as_of, options, &out.findings);
  const PersonFacts facts = ReadFacts(tables, linked, as_of, options);
  InferSpouses(linked, data, facts, &kin);
  const Homes homes(linked, data, kin, facts);
  out.units = UnitBuilder(linked, data, kin, facts, homes).Build();
  AddNumberFindings(linked, tables, &out.findings);
  for (FamilyFinding& finding : out.findings) {
    if (finding.kind == "one_number_two_names") std::sort(finding.persons.begin(), finding.persons.end());
  }
  std::sort(out.findings.begin(), out.findings.end(), [](const FamilyFinding& a, const FamilyFinding& b) {
    return std::tie(a.kind, a.persons) < std::tie(b.kind, b.persons);
  });
  out.findings.erase(std::unique(out.findings.begin(), out.findings.end(),
                                 [](const FamilyFinding& a, const FamilyFinding& b) {
                                   return a.kind == b.kind && a.persons == b.persons;
                                 }),
                     out.findings.end());
  SortById(&data, &out);
  out.edges = std::move(kin.edges);
  return out;
}

}  // namespace hearth
