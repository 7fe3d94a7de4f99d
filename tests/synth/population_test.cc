#include "synth/population.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "synth/identity.h"
#include "synth/units.h"

namespace hearth::synth {
namespace {

const CivilDay kDay = CivilDay::FromYmd(2024, 3, 1).value();

Block MakeOne(uint64_t seed, int index = 0, int people = 3000) {
  return MakePopulation({seed, index, people, 300000, kDay});
}

TEST(Population, HasThePeopleAskedForAndTodaysAges) {
  int bands[3] = {0, 0, 0}, living = 0, men = 0, very_old = 0;
  for (int b = 0; b < 4; ++b) {
    const Block block = MakeOne(5, b);
    EXPECT_EQ(block.living, 3000);
    for (const Person& p : block.people) {
      if (!IsAlive(p, kDay)) continue;
      const int age = AgeOf(p, kDay);
      ++bands[age < 15 ? 0 : age < 60 ? 1 : 2];
      ++living;
      men += p.male;
      very_old += age >= 80;
    }
  }
  EXPECT_NEAR(bands[0] * 100.0 / living, 16.4, 2.0);
  EXPECT_NEAR(bands[1] * 100.0 / living, 62.4, 2.0);
  EXPECT_NEAR(bands[2] * 100.0 / living, 21.2, 2.0);
  EXPECT_NEAR(men * 100.0 / living, 51, 2.0);
  EXPECT_NEAR(very_old * 100.0 / living, 2.9, 0.8);
}

TEST(Population, KinIsPossible) {
  const Block block = MakeOne(6);
  for (const Person& p : block.people) {
    EXPECT_EQ(p.mother == kNone, p.father == kNone);
    if (p.mother != kNone) {
      const int age = AgeOn(block.at(p.mother).birth, p.birth, LeapDay::kMar1);
      EXPECT_GE(age, 16);
      EXPECT_LE(age, 47);
      EXPECT_FALSE(block.at(p.mother).male);
      EXPECT_TRUE(block.at(p.father).male);
      EXPECT_GE(block.at(p.mother).death, p.birth);
    } else {
      EXPECT_GE(AgeOf(p, kDay), 18) << "a minor has parents on record";
    }
    if (p.spouse == kNone) continue;
    const Person& s = block.at(p.spouse);
    EXPECT_EQ(&block.at(s.spouse), &p);
    EXPECT_NE(p.male, s.male);
    EXPECT_TRUE(p.mother == kNone || p.mother != s.mother) << "no marriage of siblings";
  }
  for (const Marriage& m : block.marriages) {
    EXPECT_GE(AgeOn(block.at(m.husband).birth, m.married, LeapDay::kMar1), 22);
    EXPECT_GE(AgeOn(block.at(m.wife).birth, m.married, LeapDay::kMar1), 20);
    if (m.divorced != kNoDay) {
      EXPECT_GT(m.divorced, m.married);
    }
  }
}

TEST(Population, NumbersAreRightAndNobodyElsesExceptThePlantedPairs) {
  std::set<std::string> numbers;
  int sharing = 0, people = 0;
  for (int b : {0, 1, 2, kSlots, kSlots + 1}) {
    const Block block = MakeOne(7, b);
    for (const Person& p : block.people) {
      ++people;
      ASSERT_EQ(p.number.size(), 18u);
      EXPECT_EQ(CitizenCheck(p.number), p.number[17]);
      EXPECT_EQ(p.number.substr(0, 4), "3399");
      if (p.shares_number) {
        ++sharing;
        continue;
      }
      EXPECT_TRUE(numbers.insert(p.number).second);
      const YearMonthDay d = p.birth.Ymd();
      EXPECT_EQ(std::stoi(p.number.substr(6, 8)), d.year * 10000 + d.month * 100 + d.day);
      EXPECT_EQ((p.number[16] - '0') % 2 == 1, p.male);
    }
  }
  EXPECT_GT(sharing, 0);
  EXPECT_LT(sharing, people / 500);
}

TEST(Population, RelationsFitSexAndHead) {
  const Block block = MakeOne(8);
  int three_generations = 0;
  for (const Household& h : block.households) {
    if (h.collective || h.members.empty()) continue;
    int heads = 0;
    bool parent = false, child = false;
    for (int m : h.members) {
      const Person& p = block.at(m);
      heads += p.relation == "02";
      if (p.relation[0] == '2') {
        EXPECT_TRUE(p.male);
      }
      if (p.relation[0] == '3') {
        EXPECT_FALSE(p.male);
      }
      parent |= p.relation[0] == '5';
      child |= p.relation[0] == '4' || ((p.relation[0] == '2' || p.relation[0] == '3') && parent);
    }
    EXPECT_EQ(heads, 1) << h.number;
    three_generations += parent || child;
  }
  EXPECT_GT(three_generations, 50);
}

TEST(Population, AnotherSeedMakesOtherPeople) {
  EXPECT_EQ(MakeOne(1).people[100].name, MakeOne(1).people[100].name);
  int same = 0;
  const Block a = MakeOne(1), b = MakeOne(2);
  for (size_t i = 0; i < 100; ++i) same += a.people[i].name == b.people[i].name;
  EXPECT_LT(same, 10);
}

TEST(Newborn, HasANumberOfItsOwnAndIsAtItsMothersHome) {
  Block block = MakeOne(9);
  int mother = kNone;
  for (const Household& h : block.households)
    for (int m : h.members)
      if (!block.at(m).male && CurrentSpouse(block, m, kDay) != kNone && AgeOf(block.at(m), kDay) < 40) mother = m;
  ASSERT_NE(mother, kNone);
  std::set<std::string> numbers;
  for (int i = 0; i < 6; ++i) {
    const int child = AddNewborn(block, 9, mother, kDay.AddDays(-1));
    EXPECT_TRUE(numbers.insert(block.at(child).number).second);
    EXPECT_EQ(block.at(child).household, block.at(mother).household);
    EXPECT_EQ(CitizenCheck(block.at(child).number), block.at(child).number[17]);
  }
}

// --- family units, ADR 0003
// -------------------------------------------------------------------------------------------

// A block in a small notation: people by age, then households.
class Village {
 public:
  int Add(int age, bool male, int mother = kNone, int father = kNone) {
    Person p;
    p.id = static_cast<int64_t>(block_.people.size());
    p.male = male;
    p.birth = kDay.AddMonths(-12 * age).AddDays(-10);
    p.mother = mother;
    p.father = father;
    block_.people.push_back(p);
    return static_cast<int>(block_.people.size()) - 1;
  }
  void Marry(int a, int b) {
    block_.at(a).spouse = b;
    block_.at(b).spouse = a;
    block_.at(a).marriages = block_.at(b).marriages = 1;
  }
  int House(std::vector<int> members, bool collective = false) {
    Household h;
    h.number = "h" + std::to_string(block_.households.size());
    h.collective = collective;
    h.head = collective ? kNone : members[0];
    h.members = members;
    for (int m : members) block_.at(m).household = static_cast<int>(block_.households.size());
    block_.households.push_back(h);
    return static_cast<int>(block_.households.size()) - 1;
  }
  Person& at(int i) { return block_.at(i); }
  // "0: 0 1 2; 1: 3" by household and members.
  std::string Units() const {
    std::string out;
    for (const Unit& u : FindUnits(block_, kDay)) {
      out += (out.empty() ? "" : "; ") + std::to_string(u.household) + ":";
      for (int m : u.members) out += " " + std::to_string(m);
    }
    return out;
  }

 private:
  Block block_;
};

TEST(Units, ThreeGenerationsInOneHomeAreOneUnitHeadFirst) {
  Village v;
  const int grandmother = v.Add(75, false), father = v.Add(48, true, grandmother), mother = v.Add(46, false);
  const int son = v.Add(15, true, mother, father);
  v.Marry(father, mother);
  v.House({father, mother, son, grandmother});
  EXPECT_EQ(v.Units(), "0: 1 0 2 3");
}

TEST(Units, AStudentInTheSchoolsHouseholdLivesWithTheMotherAPostgraduateDoesNot) {
  Village v;
  const int mother = v.Add(45, false), student = v.Add(20, true, mother), older = v.Add(24, false, mother);
  v.House({mother});
  v.House({student, older}, true);
  v.at(student).stage = Stage::kBachelor;
  v.at(older).stage = Stage::kPostgraduate;
  EXPECT_EQ(v.Units(), "0: 0 1; 1: 2");
}

TEST(Units, AWifeRegisteredWithHerParentsLivesWhereTheChildrenAre) {
  Village v;
  const int husband = v.Add(35, true), wife_mother = v.Add(60, false), wife = v.Add(33, false, wife_mother);
  const int child = v.Add(6, true, wife, husband);
  v.Marry(husband, wife);
  v.House({husband, child});
  v.House({wife_mother, wife});
  EXPECT_EQ(v.Units(), "0: 0 2 3; 1: 1");
}

TEST(Units, AMinorWithoutParentsAtHomeFollowsTheMotherUnlessAGrandparentIsThere) {
  Village v;
  const int mother = v.Add(35, false), uncle = v.Add(40, true), child = v.Add(8, false, mother);
  v.House({mother});
  v.House({uncle, child});
  EXPECT_EQ(v.Units(), "0: 0 2; 1: 1");
  Village w;
  const int grandfather = w.Add(70, true), parent = w.Add(35, false, kNone, grandfather),
            grandchild = w.Add(8, false, parent);
  w.House({grandfather, grandchild});
  w.House({parent});
  EXPECT_EQ(w.Units(), "0: 0 2; 1: 1");
}

TEST(Units, SiblingsWithoutParentsAreTwoUnitsAndTheDeadAndTheDepartedAreNone) {
  Village v;
  const int brother = v.Add(50, true), sister = v.Add(45, false), dead = v.Add(80, true), gone = v.Add(30, true);
  v.House({brother, sister, dead, gone});
  v.at(dead).death = kDay.AddDays(-5);
  v.at(gone).status = RegisterStatus::kMovedOut;
  EXPECT_EQ(v.Units(), "0: 0; 0: 1");
}

TEST(Units, ADeadHeadIsFollowedByTheWidow) {
  Village v;
  const int head = v.Add(60, true), old_mother = v.Add(85, false), widow = v.Add(58, false);
  v.at(head).mother = old_mother;
  const int son = v.Add(30, true, widow, head);
  v.Marry(head, widow);
  v.House({head, widow, son, old_mother});
  v.at(head).death = kDay;
  // The mother-in-law hangs on through her grandson.
  EXPECT_EQ(v.Units(), "0: 2 1 3");
}

TEST(Units, PartitionTheResidents) {
  const Block block = MakeOne(11);
  std::vector<int> times(block.people.size());
  for (const Unit& u : FindUnits(block, kDay))
    for (int m : u.members) ++times[static_cast<size_t>(m)];
  for (size_t i = 0; i < times.size(); ++i) EXPECT_EQ(times[i], IsResident(block.people[i], kDay) ? 1 : 0);
}

}  // namespace
}  // namespace hearth::synth
