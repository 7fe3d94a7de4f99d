#include "synth/population.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <set>
#include <span>
#include <tuple>

#include "synth/dice.h"
#include "synth/identity.h"
#include "synth/names.h"

namespace hearth::synth {
namespace {

// Shares of five-year age bands, per ten thousand, near the 2020 census moved on by three years.
constexpr int kAgeBands[] = {390, 600, 650, 560, 510, 560, 770, 810, 670, 700, 850,
                             830, 560, 520, 450, 260, 160, 90,  35,  8,   1};
// Ages at death of the recently dead, by the same bands.
constexpr int kDeathBands[] = {4, 1, 1, 2, 3, 4, 6, 9, 12, 20, 34, 44, 60, 95, 125, 140, 165, 150, 90, 30, 5};

struct Draft {
  bool male;
  CivilDay birth, death;
};

int MalePercent(int age) { return age < 20 ? 53 : age < 60 ? 51 : age < 80 ? 49 : 43; }

std::vector<Draft> DrawPeople(const PopulationOptions& options, Dice& dice) {
  std::vector<Draft> drafts;
  auto draw = [&](std::span<const int> bands, CivilDay day) {
    int age = dice.Weighted(bands) * 5 + dice.Between(0, 4);
    CivilDay birth = day.AddMonths(-12 * age).AddDays(-dice.Between(1, 364));
    return Draft{static_cast<int>(dice.Below(100)) < MalePercent(age), birth, kNoDay};
  };
  for (int i = 0; i < options.people; ++i) drafts.push_back(draw(kAgeBands, options.as_of));
  // Those who died within the last three years are still in the registers.
  int dead = options.people * 21 / 1000;
  for (int i = 0; i < dead; ++i) {
    CivilDay death = options.as_of.AddDays(-dice.Between(3, 3 * 365));
    Draft d = draw(kDeathBands, death);
    d.death = death;
    drafts.push_back(d);
  }
  std::stable_sort(drafts.begin(), drafts.end(), [](const Draft& a, const Draft& b) { return a.birth < b.birth; });
  return drafts;
}

// The percentage of a cohort that has ever married.
int EverMarriedPercent(int age, bool male) {
  if (age < (male ? 22 : 20)) return 0;
  if (age < 25) return male ? 12 : 22;
  if (age < 30) return male ? 46 : 60;
  if (age < 35) return male ? 80 : 87;
  if (age < 45) return male ? 91 : 95;
  return male ? 95 : 98;
}

class Builder {
 public:
  explicit Builder(const PopulationOptions& o)
      : options_(o), dice_(o.seed, Purpose::kBlock, static_cast<uint64_t>(o.index)) {
    block_.index = o.index;
  }

  Block Build() {
    for (const Draft& d : DrawPeople(options_, dice_)) {
      Person p;
      p.id = options_.index * kIdsPerBlock + static_cast<int64_t>(block_.people.size());
      p.male = d.male;
      p.birth = d.birth;
      p.death = d.death;
      block_.people.push_back(std::move(p));
    }
    MakeCouples();
    AssignParents();
    MakeDivorces();
    NameEveryone();
    NumberEveryone();
    MakeHouseholds();
    MoveElders();
    KeepBridesAtHome();
    SendToSchool();
    MoveOutAndJoinUp();
    ChooseHeads();
    GiveTelephones();
    for (const Person& p : block_.people) block_.living += IsAlive(p, options_.as_of);
    return std::move(block_);
  }

 private:
  int Age(int p) const { return AgeOf(block_.at(p), options_.as_of); }
  int AgeAtEnd(int p) const {
    const Person& x = block_.at(p);
    return AgeOn(x.birth, std::min(x.death, options_.as_of), LeapDay::kMar1);
  }

  // Men two years older than women on average: both sorted by a jittered age, then paired in step.
  void MakeCouples() {
    std::vector<std::pair<int, int>> men, women;
    for (int i = 0; i < static_cast<int>(block_.people.size()); ++i) {
      const Person& p = block_.at(i);
      if (static_cast<int>(dice_.Below(100)) >= EverMarriedPercent(AgeAtEnd(i), p.male)) continue;
      int key = p.birth.days + static_cast<int>(dice_.Normal() * 560) + (p.male ? 730 : 0);
      (p.male ? men : women).push_back({key, i});
    }
    std::sort(men.begin(), men.end());
    std::sort(women.begin(), women.end());
    for (size_t m = 0, w = 0; m < men.size() && w < women.size();) {
      int gap = men[m].first - women[w].first;
      if (gap < -900) {
        ++m;
      } else if (gap > 900) {
        ++w;
      } else {
        Marry(men[m++].second, women[w++].second);
      }
    }
  }

  void Marry(int husband, int wife) {
    Person &h = block_.at(husband), &w = block_.at(wife);
    CivilDay end = std::min({h.death, w.death, options_.as_of}).AddDays(-20);
    CivilDay legal = std::max(h.birth.AddMonths(22 * 12), w.birth.AddMonths(20 * 12)).AddDays(1);
    if (legal >= end) return;
    CivilDay married = legal.AddDays(static_cast<int>(dice_.Below(6 * 365)));
    if (married >= end)
      married = legal.AddDays(static_cast<int>(dice_.Below(static_cast<uint32_t>(end.days - legal.days))));
    h.spouse = wife;
    w.spouse = husband;
    h.marriages = w.marriages = 1;
    block_.marriages.push_back({husband, wife, married});
  }

  static int ChildrenWanted(int birth_year, Dice& dice) {
    int mean = birth_year < 1940   ? 42
               : birth_year < 1950 ? 36
               : birth_year < 1960 ? 25
               : birth_year < 1970 ? 20
               : birth_year < 1980 ? 17
               : birth_year < 1990 ? 16
               : birth_year < 1996 ? 13
                                   : 9;
    return mean / 10 + (static_cast<int>(dice.Below(10)) < mean % 10 ? 1 : 0) + (dice.Chance(0.2) ? 1 : 0) -
           (dice.Chance(0.15) ? 1 : 0);
  }

  void AssignParents() {
    struct Mother {
      int wife, husband, wanted;
      CivilDay birth, married;
      std::vector<CivilDay> children;
    };
    std::vector<Mother> mothers;
    for (const Marriage& m : block_.marriages) {
      CivilDay birth = block_.at(m.wife).birth;
      mothers.push_back({m.wife, m.husband, ChildrenWanted(birth.Ymd().year, dice_), birth, m.married, {}});
    }
    std::sort(mothers.begin(), mothers.end(),
              [](const Mother& a, const Mother& b) { return std::tie(a.birth, a.wife) < std::tie(b.birth, b.wife); });
    auto fits = [&](const Mother& m, int c, bool last_resort) {
      const Person& child = block_.at(c);
      int age = AgeOn(m.birth, child.birth, LeapDay::kMar1);
      if (age < 16 || age > 47 || block_.at(m.wife).death < child.birth) return false;
      if (AgeOn(block_.at(m.husband).birth, child.birth, LeapDay::kMar1) < 16) return false;
      if (block_.at(m.husband).death < child.birth) return false;
      if (child.spouse != kNone && block_.at(child.spouse).mother == m.wife) return false;
      for (CivilDay d : m.children)
        if (std::abs(d.days - child.birth.days) < 320) return false;
      return last_resort || (m.wanted > 0 && child.birth.days > m.married.days + 150);
    };
    for (int c = 0; c < static_cast<int>(block_.people.size()); ++c) {
      Person& child = block_.at(c);
      int age = Age(c);
      if (age > 72) continue;
      bool must = age < 23;
      Mother* chosen = nullptr;
      for (int tries = must ? 40 : age < 45 ? 16 : 7; tries > 0 && !chosen; --tries) {
        int gap = 20 * 365 + static_cast<int>(std::min(dice_.Below(20 * 365), dice_.Below(20 * 365)));
        gap = std::max(gap - 365, 18 * 365) + (age < 20 ? 2 * 365 : 0);
        CivilDay target = child.birth.AddDays(-gap);
        auto at = std::lower_bound(mothers.begin(), mothers.end(), target,
                                   [](const Mother& m, CivilDay d) { return m.birth < d; });
        if (at == mothers.end()) continue;
        size_t i = static_cast<size_t>(at - mothers.begin()) + dice_.Below(8);
        if (i < mothers.size() && fits(mothers[i], c, false)) chosen = &mothers[i];
      }
      if (!chosen && must) {
        for (Mother& m : mothers)
          if (fits(m, c, true) && (!chosen || m.children.size() < chosen->children.size())) chosen = &m;
      }
      if (!chosen) continue;
      child.mother = chosen->wife;
      child.father = chosen->husband;
      chosen->children.push_back(child.birth);
      --chosen->wanted;
    }
  }

  CivilDay LastChildOf(int wife) const {
    CivilDay last{INT32_MIN};
    for (const Person& p : block_.people)
      if (p.mother == wife) last = std::max(last, p.birth);
    return last;
  }

  void MakeDivorces() {
    std::vector<std::pair<int, CivilDay>> free_men, free_women;
    for (Marriage& m : block_.marriages) {
      if (!dice_.Chance(0.055)) continue;
      Person &h = block_.at(m.husband), &w = block_.at(m.wife);
      if (h.death != kNoDay || w.death != kNoDay) continue;
      CivilDay from = std::max({m.married.AddMonths(12), LastChildOf(m.wife).AddDays(200), CivilDay{7305}});
      CivilDay end = options_.as_of.AddDays(-60);
      if (from >= end) continue;
      m.divorced = from.AddDays(static_cast<int>(dice_.Below(static_cast<uint32_t>(end.days - from.days))));
      h.spouse = w.spouse = kNone;
      h.divorced = w.divorced = true;
      free_men.push_back({m.husband, m.divorced});
      free_women.push_back({m.wife, m.divorced});
    }
    // Some marry again, among themselves.
    for (size_t i = 0; i + 1 < free_men.size() && i + 1 < free_women.size(); i += 3) {
      auto [h, h_day] = free_men[i];
      auto [w, w_day] = free_women[i + 1];
      if (block_.at(h).mother != kNone && block_.at(h).mother == block_.at(w).mother) continue;
      if (std::abs(block_.at(h).birth.days - block_.at(w).birth.days) > 12 * 365) continue;
      CivilDay from = std::max(h_day, w_day).AddDays(90), end = options_.as_of.AddDays(-30);
      if (from >= end) continue;
      CivilDay day = from.AddDays(static_cast<int>(dice_.Below(static_cast<uint32_t>(end.days - from.days))));
      Remarry(h, w, day);
    }
  }

  void Remarry(int h, int w, CivilDay day) {
    for (int p : {h, w}) {
      ++block_.at(p).marriages;
      block_.at(p).divorced = false;
    }
    block_.at(h).spouse = w;
    block_.at(w).spouse = h;
    block_.marriages.push_back({h, w, day});
  }

  void NameEveryone() {
    for (Person& p : block_.people) {  // parents come before children, as they are older
      Dice dice(options_.seed, Purpose::kName, static_cast<uint64_t>(p.id));
      const Person* father = p.father == kNone ? nullptr : &block_.at(p.father);
      bool dotted = father ? father->surname.empty() : dice.Chance(0.011);
      if (dotted) {
        p.name = DrawDottedName(dice, p.male);
        continue;
      }
      const Person* mother = p.mother == kNone ? nullptr : &block_.at(p.mother);
      p.surname = !father                                                   ? DrawSurname(dice)
                  : mother && !mother->surname.empty() && dice.Chance(0.05) ? mother->surname
                                                                            : father->surname;
      // Brothers and sisters of one sex hardly ever share a whole name.
      std::string given = DrawGivenName(dice, p.male, p.birth.Ymd().year);
      if (mother)
        for (const Person& other : block_.people) {
          if (&other == &p) break;
          if (other.mother == p.mother && other.name == p.surname + given)
            given = DrawGivenName(dice, p.male, p.birth.Ymd().year);
        }
      p.name = p.surname + given;
      if (dice.Chance(0.02)) p.former_name = p.surname + DrawGivenName(dice, p.male, p.birth.Ymd().year);
    }
  }

  void NumberEveryone() {
    std::set<std::string> used;
    for (Person& p : block_.people) {
      Dice dice(options_.seed, Purpose::kPerson, static_cast<uint64_t>(p.id));
      p.number = FreeNumber(p, dice, used);
      used.insert(p.number);
    }
    // A few pairs hold one number from before the numbers were checked; both are grown up.
    int n = static_cast<int>(block_.people.size());
    for (int i = 0; i < n; ++i) {
      Dice dice(options_.seed, Purpose::kPerson, static_cast<uint64_t>(block_.at(i).id), 2);
      if (!dice.Chance(0.00025) || Age(i) < 30 || block_.at(i).shares_number) continue;
      int j = dice.Between(0, n - 1);
      if (j == i || block_.at(j).male != block_.at(i).male || Age(j) < 30 || block_.at(j).shares_number) {
        for (j = (i + 7) % n;
             j != i && (block_.at(j).male != block_.at(i).male || Age(j) < 30 || block_.at(j).shares_number);)
          j = (j + 1) % n;
        if (j == i) continue;
      }
      block_.at(j).number = block_.at(i).number;
      block_.at(i).shares_number = block_.at(j).shares_number = true;
    }
  }

  // A number that nobody else holds; the birthday moves by a day when all three codes of that day are taken.
  std::string FreeNumber(Person& p, Dice& dice, const std::set<std::string>& used) const {
    for (;;) {
      uint32_t start = dice.Below(3);
      for (uint32_t step = 0; step < 3; ++step) {
        std::string number = NumberFor(p, static_cast<int>((start + step) % 3));
        if (!used.contains(number)) return number;
      }
      p.birth = p.birth.AddDays(-1);
    }
  }

  std::string NumberFor(const Person& p, int code) const {
    int group = options_.index / kSlots;
    return CitizenNumber(339901 + group * 3 + code, p.birth, p.male, options_.index % kSlots);
  }

  int NewHousehold(int first) {
    Household h;
    int index = static_cast<int>(block_.households.size());
    Dice dice(options_.seed, Purpose::kHousehold, static_cast<uint64_t>(options_.index), static_cast<uint64_t>(index));
    h.county = CountyOfHousehold(dice);
    char text[64];
    std::snprintf(text, sizeof text, "%06d%04d%04d", h.county, options_.index, index);
    h.number = text;
    GiveAddress(h, dice);
    block_.households.push_back(std::move(h));
    Join(first, index);
    return index;
  }

  // A block lies in one county; one household in eight lives in another.
  int CountyOfHousehold(Dice& dice) const {
    static constexpr int kCounties[] = {339901, 339901, 339901, 339901, 339902, 339902, 339902, 339903, 339903, 339903};
    Dice of_block(options_.seed, Purpose::kAddress, static_cast<uint64_t>(options_.index));
    int at_home = kCounties[options_.index % 2 == 0 ? (options_.index * 3) % 10 : of_block.Below(10)];
    return dice.Chance(0.125) ? kCounties[dice.Below(10)] : at_home;
  }

  void GiveAddress(Household& h, Dice& dice) const {
    static constexpr std::string_view kCountyNames[] = {"东坪区", "西渡区", "南谷县"};
    static constexpr std::string_view kStreets[] = {"清河", "望江", "松台", "五马", "南浦",
                                                    "白石", "云门", "青阳", "临溪", "大桥"};
    static constexpr std::string_view kTowns[] = {"梅岙", "石垟", "溪口", "枫林", "桥下",
                                                  "金溪", "上塘", "岩头", "大若", "沙头"};
    static constexpr std::string_view kPlaces[] = {"新桥", "东门", "学院", "花园", "荷塘", "水心",
                                                   "三板", "桂柚", "下吕", "前庄", "后垟", "横河"};
    static constexpr std::string_view kRoads[] = {"人民路",   "解放街", "中山路", "环城东路", "学院路",
                                                  "车站大道", "江滨路", "府前街", "新华路",   "飞霞巷"};
    static constexpr std::string_view kEstates[] = {"锦绣花园", "阳光小区", "水岸名苑", "东方家园",
                                                    "绿城嘉苑", "安居小区", "翠微新村", "金色家园"};
    int c = h.county - 339901;
    h.rural = c == 2 ? dice.Chance(0.7) : dice.Chance(0.22);
    int township = static_cast<int>(dice.Below(10)), place = static_cast<int>(dice.Below(12));
    char region[64];
    std::snprintf(region, sizeof region, "%06d%03d%03d", h.county, (h.rural ? 101 : 1) + township,
                  (h.rural ? 201 : 1) + place);
    h.region = region;
    std::string upper = "云泽市" + std::string(kCountyNames[c]);
    auto number = [&](int lo, int hi) { return std::to_string(dice.Between(lo, hi)); };
    if (h.rural) {
      std::string village = std::string(kPlaces[place]) + "村";
      std::string at = number(1, 12) + "组" + number(1, 120) + "号";
      h.address = upper + std::string(kTowns[township]) + "镇" + village + at;
      h.short_address = std::string(kTowns[township]) + "镇" + village + at;
    } else {
      std::string road = std::string(kRoads[dice.Below(10)]) + number(1, 399) + "号";
      std::string estate(kEstates[dice.Below(8)]);
      std::string building = number(1, 40), unit = number(1, 4), floor = number(1, 18), door = number(1, 4);
      std::string room = floor + "0" + door;
      h.address = upper + std::string(kStreets[township]) + "街道" + road + estate + building + "幢" + unit + "单元" +
                  room + "室";
      h.short_address = upper + std::string(kStreets[township]) + "街道" + estate + building + "-" + unit + "-" + room;
    }
    h.old_address = upper + std::string(kRoads[dice.Below(10)]) + number(1, 399) + "号" + number(1, 30) + "幢" +
                    number(101, 606) + "室";
  }

  void Join(int person, int household) {
    Person& p = block_.at(person);
    if (p.household != kNone) std::erase(block_.home(p.household).members, person);
    p.household = household;
    block_.home(household).members.push_back(person);
  }

  bool HasMarriedChildAt(int household, int parent) const {
    for (int m : block_.home(household).members) {
      const Person& p = block_.at(m);
      if (p.spouse != kNone && (p.father == parent || p.mother == parent)) return true;
    }
    return false;
  }

  // The family household of a parent, or kNone.
  int ParentalHome(int person) const {
    for (int parent : {block_.at(person).father, block_.at(person).mother})
      if (parent != kNone && block_.at(parent).household != kNone) return block_.at(parent).household;
    return kNone;
  }

  void MakeHouseholds() {
    for (int i = 0; i < static_cast<int>(block_.people.size()); ++i) {  // from the eldest on
      Person& p = block_.at(i);
      if (p.household != kNone) continue;
      int age = Age(i);
      Dice dice(options_.seed, Purpose::kHousehold, static_cast<uint64_t>(p.id), 1);
      if (p.spouse != kNone) {
        int h = p.male ? i : p.spouse, w = p.male ? p.spouse : i;
        HouseCouple(h, w, dice);
      } else if (age < 18) {
        HouseMinor(i, dice);
      } else {
        int parental = ParentalHome(i);
        double stay = p.divorced ? 0.35 : age < 30 ? 0.95 : age < 40 ? 0.82 : 0.6;
        if (parental != kNone && dice.Chance(stay)) {
          Join(i, parental);
        } else {
          NewHousehold(i);
        }
      }
    }
  }

  void HouseCouple(int h, int w, Dice& dice) {
    int his = ParentalHome(h), hers = ParentalHome(w);
    auto free = [&](int home, int child) {
      return home != kNone && !HasMarriedChildAt(home, block_.at(child).father) &&
             !HasMarriedChildAt(home, block_.at(child).mother);
    };
    int home = kNone;
    if (free(his, h) && dice.Chance(0.34)) home = his;
    if (home == kNone && free(hers, w) && dice.Chance(0.05)) home = hers;
    if (home == kNone) {
      NewHousehold(h);
    } else {
      Join(h, home);
    }
    Join(w, block_.at(h).household);
  }

  void HouseMinor(int i, Dice& dice) {
    const Person& p = block_.at(i);
    int first = p.mother, second = p.father;
    if (p.father != kNone && block_.at(p.father).spouse != p.mother && dice.Chance(0.45)) std::swap(first, second);
    for (int parent : {first, second}) {
      if (parent == kNone || !IsAlive(block_.at(parent), options_.as_of)) continue;
      Join(i, block_.at(parent).household);
      return;
    }
    // Both parents dead: with grandparents, else in the parents' home.
    for (int parent : {first, second}) {
      if (parent == kNone) continue;
      for (int grand : {block_.at(parent).mother, block_.at(parent).father})
        if (grand != kNone && IsAlive(block_.at(grand), options_.as_of)) {
          Join(i, block_.at(grand).household);
          return;
        }
    }
    int home = ParentalHome(i);
    if (home == kNone) {
      NewHousehold(i);
    } else {
      Join(i, home);
    }
  }

  // Old people who live without their children often move in with one of them.
  void MoveElders() {
    int n = static_cast<int>(block_.people.size());
    std::vector<std::vector<int>> children(static_cast<size_t>(n));
    for (int i = 0; i < n; ++i)
      for (int parent : {block_.at(i).father, block_.at(i).mother})
        if (parent != kNone && IsAlive(block_.at(i), options_.as_of))
          children[static_cast<size_t>(parent)].push_back(i);
    for (int i = 0; i < n; ++i) {
      const Person& p = block_.at(i);
      if (AgeAtEnd(i) < 70 || !IsAlive(p, options_.as_of)) continue;
      std::vector<int> with = block_.home(p.household).members;
      bool only_couple = std::all_of(with.begin(), with.end(), [&](int m) { return m == i || m == p.spouse; });
      Dice dice(options_.seed, Purpose::kHousehold, static_cast<uint64_t>(p.id), 2);
      if (!only_couple || !dice.Chance(with.size() == 1 ? 0.45 : 0.16)) continue;
      for (int child : children[static_cast<size_t>(i)]) {
        int home = block_.at(child).household;
        if (block_.at(child).spouse == kNone || block_.home(home).members.size() > 5 || home == p.household) continue;
        bool crowded = false;
        for (int m : block_.home(home).members) crowded |= AgeAtEnd(m) >= 68;
        if (crowded) continue;
        for (int m : with) Join(m, home);
        break;
      }
    }
  }

  // Some wives stay registered with their parents; their children are registered with the father.
  void KeepBridesAtHome() {
    for (int i = 0; i < static_cast<int>(block_.people.size()); ++i) {
      const Person& p = block_.at(i);
      if (p.male || p.spouse == kNone || Age(i) > 48) continue;
      Dice dice(options_.seed, Purpose::kHousehold, static_cast<uint64_t>(p.id), 3);
      int parental = ParentalHome(i);
      if (!dice.Chance(0.06) || parental == kNone || parental == p.household) continue;
      Join(i, parental);
    }
  }

  int Collective(std::string_view number, std::string_view name, int county) {
    for (size_t i = 0; i < block_.households.size(); ++i)
      if (block_.households[i].number == number) return static_cast<int>(i);
    Household h;
    h.number = number;
    h.collective = true;
    h.county = county;
    h.region = std::to_string(county) + "001001";
    h.address = std::string("云泽市") + (county == 339901 ? "东坪区" : "西渡区") + std::string(name) + "集体户";
    h.short_address = h.old_address = h.address;
    block_.households.push_back(std::move(h));
    return static_cast<int>(block_.households.size()) - 1;
  }

  void SendToSchool() {
    // The school year began on the last first of September.
    YearMonthDay today = options_.as_of.Ymd();
    CivilDay start = CivilDay::FromYmd(today.month >= 9 ? today.year : today.year - 1, 9, 1).value();
    for (int i = 0; i < static_cast<int>(block_.people.size()); ++i) {
      Person& p = block_.at(i);
      if (!IsAlive(p, options_.as_of)) continue;
      int age = AgeOn(p.birth, start, LeapDay::kMar1);
      Dice dice(options_.seed, Purpose::kSchool, static_cast<uint64_t>(p.id));
      if (age < 3 || age > 26) continue;
      p.school = dice.Between(0, 11);
      if (age < 6) {
        if (dice.Chance(0.9)) SetStage(p, Stage::kPreschool, age - 2);
      } else if (age < 12) {
        if (dice.Chance(0.995)) SetStage(p, Stage::kPrimary, age - 5);
      } else if (age < 15) {
        if (dice.Chance(0.99)) SetStage(p, Stage::kJuniorHigh, age - 11);
        p.boarding = dice.Chance(0.2);
      } else if (age < 18) {
        if (dice.Chance(0.94)) SetStage(p, dice.Chance(0.62) ? Stage::kSeniorHigh : Stage::kVocational, age - 14);
        p.boarding = dice.Chance(0.5);
      } else if (p.marriages == 0) {
        SendToUniversity(i, age, dice);
      }
    }
  }

  static void SetStage(Person& p, Stage stage, int grade) {
    p.stage = stage;
    p.grade = grade;
  }

  bool HasLivingParentAtHome(int i) const {
    for (int parent : {block_.at(i).mother, block_.at(i).father})
      if (parent != kNone && IsResident(block_.at(parent), options_.as_of) &&
          !block_.home(block_.at(parent).household).collective)
        return true;
    return false;
  }

  void SendToUniversity(int i, int age, Dice& dice) {
    Person& p = block_.at(i);
    if (age >= 22) {
      if (age <= 25 && dice.Chance(0.05)) {
        SetStage(p, Stage::kPostgraduate, age - 21);
        p.boarding = true;
      }
      return;
    }
    bool bachelor = dice.Chance(0.58);
    if (!dice.Chance(0.52) || (!bachelor && age > 20)) return;
    SetStage(p, bachelor ? Stage::kBachelor : Stage::kJuniorCollege, age - 17);
    p.boarding = true;
    if (dice.Chance(0.5) && HasLivingParentAtHome(i)) {
      School school = SchoolOf(p.stage, p.school);
      Join(i, Collective("339901J" + school.code.substr(school.code.size() - 4), school.name, 339901));
    }
  }

  // Workers registered with their firm, people who moved away, soldiers.
  void MoveOutAndJoinUp() {
    int firms = static_cast<int>(std::clamp<int64_t>(options_.city_people / 40000, 2, 60));
    for (int i = 0; i < static_cast<int>(block_.people.size()); ++i) {
      Person& p = block_.at(i);
      int age = Age(i);
      Dice dice(options_.seed, Purpose::kHousehold, static_cast<uint64_t>(p.id), 4);
      if (!IsAlive(p, options_.as_of) || p.marriages > 0 || p.stage != Stage::kNoSchool || age < 20 || age > 34)
        continue;
      if (dice.Chance(0.05) && HasLivingParentAtHome(i)) {
        int firm = dice.Between(1, firms);
        char number[32];
        std::snprintf(number, sizeof number, "339902F%04d", firm);
        Join(i, Collective(number, "第" + std::to_string(firm) + "机械厂", 339902));
      } else if (p.male && age < 24 && dice.Chance(0.02)) {
        p.status = RegisterStatus::kArmy;
        p.status_day = options_.as_of.AddDays(-dice.Between(30, 700));
      }
    }
    for (size_t k = 0; k < block_.households.size(); ++k) {
      Household& h = block_.households[k];
      Dice dice(options_.seed, Purpose::kHousehold, static_cast<uint64_t>(options_.index), k, 5);
      if (h.collective || !dice.Chance(0.006)) continue;
      CivilDay day = options_.as_of.AddDays(-dice.Between(40, 900));
      for (int m : h.members) {
        if (!IsAlive(block_.at(m), options_.as_of)) continue;
        block_.at(m).status = RegisterStatus::kMovedOut;
        block_.at(m).status_day = day;
      }
    }
  }

  void ChooseHeads() {
    for (size_t k = 0; k < block_.households.size(); ++k) {
      Household& h = block_.households[k];
      std::sort(h.members.begin(), h.members.end());
      if (h.members.empty()) continue;
      Dice dice(options_.seed, Purpose::kHousehold, static_cast<uint64_t>(options_.index), k, 6);
      if (!h.collective) {
        int old_limit = dice.Chance(0.55) ? 68 : 120;
        auto pick = [&](auto&& fits) {
          for (int m : h.members)
            if (h.head == kNone && fits(m)) h.head = m;
        };
        pick([&](int m) { return block_.at(m).male && block_.at(m).spouse != kNone && AgeAtEnd(m) < old_limit; });
        pick([&](int m) { return block_.at(m).male && AgeAtEnd(m) >= 22; });
        pick([&](int m) { return AgeAtEnd(m) >= 18; });
        pick([&](int) { return true; });
      }
      uint64_t style = dice.Next();
      for (int m : h.members) {
        Person& p = block_.at(m);
        p.relation = h.collective ? (Mix64(static_cast<uint64_t>(p.id)) % 2 ? "99" : "80")
                                  : RelationCode(block_, h.head, m, style);
        if (!IsAlive(p, options_.as_of)) {
          // One death in eight of the last two months has not reached the household register yet.
          Dice late(options_.seed, Purpose::kPerson, static_cast<uint64_t>(p.id), 3);
          bool recent = p.death > options_.as_of.AddDays(-60);
          if (recent && late.Chance(0.35)) continue;
          p.status = RegisterStatus::kDead;
          p.status_day = std::min(p.death.AddDays(late.Between(1, 20)), options_.as_of);
        }
      }
    }
  }

  void GiveTelephones() {
    for (Person& p : block_.people) {
      Dice dice(options_.seed, Purpose::kPhone, static_cast<uint64_t>(p.id));
      auto make = [&](int64_t n) {
        static constexpr std::string_view kSecond = "3456789";
        char text[32];
        std::snprintf(text, sizeof text, "1%c%09lld", kSecond[Mix64(static_cast<uint64_t>(n)) % 7],
                      static_cast<long long>((n * 387420489LL + 271828183LL) % 1000000000LL));
        return std::string(text);
      };
      int age = AgeOf(p, options_.as_of);
      p.phone = make(p.id * 2);
      p.old_phone = make(p.id * 2 + 1);
      if (age < 14)
        p.phone = p.mother != kNone ? block_.at(p.mother).phone : p.father != kNone ? block_.at(p.father).phone : "";
      if (age > 70 && dice.Chance(0.3)) p.phone.clear();
    }
    for (const Marriage& m : block_.marriages) {
      Dice dice(options_.seed, Purpose::kPhone, static_cast<uint64_t>(block_.at(m.wife).id), 1);
      if (m.divorced == kNoDay && dice.Chance(0.04)) block_.at(m.wife).phone = block_.at(m.husband).phone;
    }
  }

  PopulationOptions options_;
  Dice dice_;
  Block block_;
};

bool IsChildOf(const Block& b, int child, int parent) {
  return parent != kNone && child != kNone && (b.at(child).father == parent || b.at(child).mother == parent);
}

bool IsGrandchildOf(const Block& b, int person, int grand) {
  const Person& p = b.at(person);
  return (p.father != kNone && IsChildOf(b, p.father, grand)) || (p.mother != kNone && IsChildOf(b, p.mother, grand));
}

bool AreSiblings(const Block& b, int x, int y) {
  return x != y && b.at(x).mother != kNone && b.at(x).mother == b.at(y).mother;
}

// 21 only, 22 first … for sons, 31 … for daughters; plain 20 and 30 in half of the households.
std::string ChildCode(const Block& b, int parent, int child, uint64_t style) {
  bool male = b.at(child).male;
  if (style % 2 == 0) return male ? "20" : "30";
  int rank = 0, of_sex = 0, all = 0;
  for (size_t i = 0; i < b.people.size(); ++i) {
    int c = static_cast<int>(i);
    if (!IsChildOf(b, c, parent)) continue;
    ++all;
    if (b.at(c).male != male) continue;
    ++of_sex;
    if (c <= child) rank = of_sex;
  }
  int code = all == 1 ? 1 : rank + 1;
  if (code > 6) return male ? "29" : "39";
  return std::string(1, male ? '2' : '3') + static_cast<char>('0' + code);
}

}  // namespace

std::string RelationCode(const Block& b, int head, int person, uint64_t style) {
  const Person &h = b.at(head), &p = b.at(person);
  bool male = p.male;
  int spouse = h.spouse;
  if (person == head) return "02";
  if (person == spouse) return style % 3 == 0 ? "10" : male ? "11" : "12";
  if (IsChildOf(b, person, head)) return ChildCode(b, head, person, style);
  if (IsChildOf(b, person, spouse)) return male ? "27" : "37";  // the spouse's child from before
  if (p.spouse != kNone && (IsChildOf(b, p.spouse, head) || IsChildOf(b, p.spouse, spouse))) return male ? "28" : "38";
  if (IsChildOf(b, head, person)) return male ? "51" : "52";
  if (IsChildOf(b, spouse, person)) return h.male ? (male ? "55" : "56") : (male ? "53" : "54");
  if (IsGrandchildOf(b, person, head) || (spouse != kNone && IsGrandchildOf(b, person, spouse))) {
    bool through_son = p.father != kNone && (IsChildOf(b, p.father, head) || IsChildOf(b, p.father, spouse));
    if (style % 3 == 1) return "40";
    return through_son ? (male ? "41" : "42") : (male ? "43" : "44");
  }
  if (p.spouse != kNone && (IsGrandchildOf(b, p.spouse, head))) return male ? "46" : "45";
  if (IsGrandchildOf(b, head, person)) {
    bool fathers = h.father != kNone && IsChildOf(b, h.father, person);
    return fathers ? (male ? "61" : "62") : (male ? "63" : "64");
  }
  if (spouse != kNone && IsGrandchildOf(b, spouse, person)) return "65";
  if (AreSiblings(b, person, head)) {
    bool elder = p.birth < h.birth;
    return male ? (elder ? "71" : "73") : (elder ? "75" : "77");
  }
  if (p.spouse != kNone && AreSiblings(b, p.spouse, head)) {
    bool elder = b.at(p.spouse).birth < h.birth;
    return male ? (elder ? "76" : "78") : (elder ? "72" : "74");
  }
  for (int parent : {p.father, p.mother})
    if (parent != kNone && AreSiblings(b, parent, head))
      return b.at(parent).male ? (male ? "93" : "94") : (male ? "95" : "96");
  for (int parent : {p.father, p.mother})
    if (parent != kNone && (IsGrandchildOf(b, parent, head) || (spouse != kNone && IsGrandchildOf(b, parent, spouse))))
      return male ? "47" : "48";
  if (spouse != kNone && AreSiblings(b, person, spouse)) return "97";
  return "97";
}

School SchoolOf(Stage stage, int school) {
  static constexpr struct {
    Stage stage;
    int count;
    std::string_view mark, name;
  } kSchools[] = {{Stage::kPostgraduate, 1, "10", "云泽大学研究生院"},
                  {Stage::kBachelor, 2, "20", "云泽大学"},
                  {Stage::kJuniorCollege, 2, "30", "云泽职业技术学院"},
                  {Stage::kVocational, 4, "40", "中等职业学校"},
                  {Stage::kSeniorHigh, 6, "60", "高级中学"},
                  {Stage::kJuniorHigh, 8, "70", "初级中学"},
                  {Stage::kPrimary, 12, "80", "小学"},
                  {Stage::kPreschool, 12, "90", "幼儿园"}};
  static constexpr std::string_view kNames[] = {"第一", "第二", "实验", "城南", "东坪", "西渡",
                                                "南谷", "滨江", "新桥", "育英", "白石", "望江"};
  for (const auto& s : kSchools) {
    if (s.stage != stage) continue;
    int n = school % s.count;
    std::string code = "3399" + std::string(s.mark) + (n < 9 ? "0" : "") + std::to_string(n + 1);
    bool university = stage == Stage::kBachelor || stage == Stage::kJuniorCollege || stage == Stage::kPostgraduate;
    if (university) return {code, std::string(s.name) + (n == 0 ? "" : "滨江校区")};
    return {code, "云泽市" + std::string(kNames[n]) + std::string(s.name)};
  }
  return {};
}

Block MakePopulation(const PopulationOptions& options) { return Builder(options).Build(); }

int AddNewborn(Block& block, uint64_t seed, int mother, CivilDay birth) {
  int index = static_cast<int>(block.people.size());
  Person p;
  p.id = block.index * kIdsPerBlock + index;
  Dice dice(seed, Purpose::kPerson, static_cast<uint64_t>(p.id));
  p.male = dice.Chance(0.525);
  p.mother = mother;
  p.father = block.at(mother).spouse;
  p.phone = block.at(mother).phone;
  p.surname = p.father != kNone ? block.at(p.father).surname : block.at(mother).surname;
  for (p.birth = birth; p.number.empty(); p.birth = p.number.empty() ? p.birth.AddDays(-1) : p.birth) {
    for (int code = 0; code < 3 && p.number.empty(); ++code) {
      std::string number =
          CitizenNumber(339901 + block.index / kSlots * 3 + code, p.birth, p.male, block.index % kSlots);
      bool taken =
          std::any_of(block.people.begin(), block.people.end(), [&](const Person& o) { return o.number == number; });
      if (!taken) p.number = number;
    }
  }
  p.name = p.surname.empty() ? DrawDottedName(dice, p.male) : p.surname + DrawGivenName(dice, p.male, birth.Ymd().year);
  p.household = block.at(mother).household;
  block.people.push_back(p);
  Household& home = block.home(p.household);
  home.members.push_back(index);
  block.at(index).relation = home.head == kNone ? "99" : RelationCode(block, home.head, index, 0);
  return index;
}

}  // namespace hearth::synth
