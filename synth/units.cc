#include "synth/units.h"

#include <algorithm>
#include <numeric>

namespace hearth::synth {
namespace {

bool IsMinor(const Person& p, CivilDay day) { return AgeOf(p, day) < 18; }

bool IsDependentStudent(const Person& p) { return p.stage != Stage::kNoSchool && p.stage != Stage::kPostgraduate; }

class Homes {
 public:
  Homes(const Block& block, CivilDay as_of) : block_(block), as_of_(as_of), home_(block.people.size(), kNone) {}

  // By person: the household lived in; kNone for those who are a unit alone, or no resident.
  std::vector<int> Find() {
    for (int i = 0; i < Count(); ++i)
      if (IsResident(block_.at(i), as_of_)) home_[Index(i)] = block_.at(i).household;
    for (int i = 0; i < Count(); ++i)
      if (home_[Index(i)] != kNone && block_.home(block_.at(i).household).collective)
        home_[Index(i)] = HomeOfCollective(i);
    for (int i = 0; i < Count(); ++i)
      if (home_[Index(i)] != kNone && IsMinor(block_.at(i), as_of_)) MoveMinor(i);
    for (int i = 0; i < Count(); ++i) {
      int spouse = CurrentSpouse(block_, i, as_of_);
      if (spouse > i) UniteSpouses(i, spouse);
    }
    return std::move(home_);
  }

 private:
  static size_t Index(int i) { return static_cast<size_t>(i); }
  int Count() const { return static_cast<int>(block_.people.size()); }

  // The registered household of a resident in a family household, or kNone.
  int FamilyHome(int person) const {
    if (person == kNone || !IsResident(block_.at(person), as_of_)) return kNone;
    int home = block_.at(person).household;
    return block_.home(home).collective ? kNone : home;
  }

  int HomeOfCollective(int i) const {
    const Person& p = block_.at(i);
    int spouse = CurrentSpouse(block_, i, as_of_);
    if (spouse != kNone) return FamilyHome(spouse);
    if (!IsMinor(p, as_of_) && !IsDependentStudent(p)) return kNone;
    int with_mother = FamilyHome(p.mother);
    return with_mother != kNone ? with_mother : FamilyHome(p.father);
  }

  void MoveMinor(int i) {
    const Person& p = block_.at(i);
    if (block_.home(p.household).collective) return;
    for (int parent : {p.mother, p.father})
      if (parent != kNone && IsResident(block_.at(parent), as_of_) && block_.at(parent).household == p.household)
        return;
    for (int m : block_.home(p.household).members) {
      if (!IsResident(block_.at(m), as_of_)) continue;
      for (int parent : {p.mother, p.father})
        if (parent != kNone && (block_.at(parent).mother == m || block_.at(parent).father == m))
          return;  // with a grandparent
    }
    int with_mother = FamilyHome(p.mother), with_father = FamilyHome(p.father);
    if (with_mother != kNone) {
      home_[Index(i)] = with_mother;
    } else if (with_father != kNone) {
      home_[Index(i)] = with_father;
    }
  }

  int MinorChildrenRegisteredAt(int household, int a, int b) const {
    int n = 0;
    for (int m : block_.home(household).members) {
      const Person& c = block_.at(m);
      bool common = (c.mother == a && c.father == b) || (c.mother == b && c.father == a);
      n += common && IsResident(c, as_of_) && IsMinor(c, as_of_);
    }
    return n;
  }

  void UniteSpouses(int a, int b) {
    int of_a = FamilyHome(a), of_b = FamilyHome(b);
    if (of_a == kNone || of_b == kNone || of_a == of_b) return;
    int children_a = MinorChildrenRegisteredAt(of_a, a, b), children_b = MinorChildrenRegisteredAt(of_b, a, b);
    bool head_a = block_.home(of_a).head == a, head_b = block_.home(of_b).head == b;
    bool to_a = children_a != children_b ? children_a > children_b
                : head_a != head_b       ? head_a
                                         : block_.home(of_a).number < block_.home(of_b).number;
    int mover = to_a ? b : a, stayer = to_a ? a : b;
    int from = to_a ? of_b : of_a, to = to_a ? of_a : of_b;
    home_[Index(mover)] = to;
    for (int m : block_.home(from).members) {
      const Person& c = block_.at(m);
      bool of_mover = c.mother == mover || c.father == mover;
      bool of_stayer_here = (c.mother == stayer || c.father == stayer) && block_.at(stayer).household == from;
      if (of_mover && !of_stayer_here && IsResident(c, as_of_) && IsMinor(c, as_of_)) home_[Index(m)] = to;
    }
  }

  const Block& block_;
  CivilDay as_of_;
  std::vector<int> home_;
};

bool IsParent(const Block& b, int parent, int child) {
  return b.at(child).mother == parent || b.at(child).father == parent;
}

bool IsGrandparent(const Block& b, int grand, int person) {
  for (int parent : {b.at(person).mother, b.at(person).father})
    if (parent != kNone && IsParent(b, grand, parent)) return true;
  return false;
}

// Step children count: a child of the current spouse.
bool IsStepParent(const Block& b, int parent, int child, CivilDay day) {
  int spouse = CurrentSpouse(b, parent, day);
  return spouse != kNone && IsParent(b, spouse, child);
}

bool AreLinked(const Block& b, int x, int y, CivilDay day) {
  return CurrentSpouse(b, x, day) == y || IsParent(b, x, y) || IsParent(b, y, x) || IsStepParent(b, x, y, day) ||
         IsStepParent(b, y, x, day) || IsGrandparent(b, x, y) || IsGrandparent(b, y, x);
}

void AppendUnitsOf(const Block& block, int household, std::vector<int> members, CivilDay day,
                   std::vector<Unit>& units) {
  auto elder = [&](int a, int b) {
    return block.at(a).birth != block.at(b).birth ? block.at(a).birth < block.at(b).birth : a < b;
  };
  std::sort(members.begin(), members.end(), elder);
  int head = block.home(household).head;
  auto lives_here = [&](int p) { return p != kNone && std::find(members.begin(), members.end(), p) != members.end(); };
  if (!lives_here(head)) {
    int spouse = head == kNone ? kNone : block.at(head).spouse;  // also the widow of a dead head
    head = lives_here(spouse) ? spouse : members.front();
  }
  std::vector<int> left;
  for (int m : members)
    if (m != head) left.push_back(m);
  for (int first = head;; first = left.front(), left.erase(left.begin())) {
    Unit unit{household, {first}};
    for (size_t i = 0; i < unit.members.size(); ++i) {
      for (size_t k = 0; k < left.size();) {
        if (AreLinked(block, unit.members[i], left[k], day)) {
          unit.members.push_back(left[k]);
          left.erase(left.begin() + static_cast<std::ptrdiff_t>(k));
        } else {
          ++k;
        }
      }
    }
    std::sort(unit.members.begin() + 1, unit.members.end(), elder);
    units.push_back(std::move(unit));
    if (left.empty()) return;
  }
}

}  // namespace

std::vector<Unit> FindUnits(const Block& block, CivilDay as_of) {
  std::vector<int> home = Homes(block, as_of).Find();
  std::vector<std::vector<int>> by_household(block.households.size());
  std::vector<Unit> alone;
  for (size_t i = 0; i < home.size(); ++i) {
    int p = static_cast<int>(i);
    if (home[i] != kNone) {
      by_household[static_cast<size_t>(home[i])].push_back(p);
    } else if (IsResident(block.at(p), as_of)) {
      alone.push_back({block.at(p).household, {p}});
    }
  }
  std::vector<Unit> units;
  for (size_t k = 0; k < by_household.size(); ++k)
    if (!by_household[k].empty()) AppendUnitsOf(block, static_cast<int>(k), std::move(by_household[k]), as_of, units);
  units.insert(units.end(), alone.begin(), alone.end());
  return units;
}

}  // namespace hearth::synth
