#include "matchers/number_rules.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "core/text.h"
#include "matchers/full_names.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

// Beyond so many different names one key is no person's; the rest of the names stay apart unexamined.
constexpr size_t kNamesMax = 64;
// More persons of one name and birth date than this are not compared for old numbers.
constexpr size_t kOldNumberBlockMax = 50;

struct KeyUse {
  uint64_t key;
  uint32_t identity;
};

std::vector<KeyUse> SortedUses(const Identities& ids, uint64_t Identity::*field) {
  std::vector<KeyUse> uses;
  for (uint32_t i = 0; i < ids.all.size(); ++i) {
    if (ids.all[i].*field != 0) uses.push_back({ids.all[i].*field, i});
  }
  std::sort(uses.begin(), uses.end(),
            [](const KeyUse& a, const KeyUse& b) { return a.key != b.key ? a.key < b.key : a.identity < b.identity; });
  return uses;
}

template <class Body>
void ForEachGroup(const std::vector<KeyUse>& uses, const Body& body) {
  std::vector<uint32_t> group;
  for (size_t i = 0; i < uses.size();) {
    group.clear();
    size_t j = i;
    for (; j < uses.size() && uses[j].key == uses[i].key; ++j) group.push_back(uses[j].identity);
    body(uses[i].key, group);
    i = j;
  }
}

bool IsNear(NameAgreement a) { return a <= NameAgreement::kTransposed; }

// The identities of one key, by name: the ones that agree with a seed's name are one part.
struct Part {
  std::vector<uint32_t> identities;  // seed first
  bool registered = false;
  uint64_t mentions = 0;
};

struct Seat {
  uint32_t identity;
  bool registered;
  bool birth_fits;    // its own birth date is the one inside the number
  uint64_t mentions;  // of its name under this key
};

// Parts in order of claim: registered, birth date fits, most rows, smallest name id. Nameless identities come last
// and join the first part that they do not contradict.
std::vector<Part> SplitByName(const Identities& ids, const std::vector<uint32_t>& group, uint64_t number) {
  const CitizenNumber holder = CitizenNumber::FromPacked(number);
  std::vector<std::pair<uint32_t, uint64_t>> mentions_of;  // name -> rows
  for (const uint32_t i : group) {
    const uint32_t name = ids.all[i].name;
    auto it = std::find_if(mentions_of.begin(), mentions_of.end(), [&](const auto& e) { return e.first == name; });
    if (it != mentions_of.end()) {
      it->second += ids.all[i].count;
    } else if (mentions_of.size() < kNamesMax) {
      mentions_of.push_back({name, ids.all[i].count});
    }
  }
  std::vector<Seat> seats;
  for (const uint32_t i : group) {
    const Identity& id = ids.all[i];
    const auto it =
        std::find_if(mentions_of.begin(), mentions_of.end(), [&](const auto& e) { return e.first == id.name; });
    const bool fits = !holder.IsEmpty() && id.birth != kNoDay && BirthOf(holder).days == id.birth;
    seats.push_back({i, id.registered, fits, it == mentions_of.end() ? 0 : it->second});
  }
  std::sort(seats.begin(), seats.end(), [&](const Seat& a, const Seat& b) {
    const uint32_t name_a = ids.all[a.identity].name, name_b = ids.all[b.identity].name;
    return std::tuple(name_a == kNone, !a.registered, !a.birth_fits, ~a.mentions, name_a, a.identity) <
           std::tuple(name_b == kNone, !b.registered, !b.birth_fits, ~b.mentions, name_b, b.identity);
  });
  std::vector<Part> parts;
  for (const Seat& seat : seats) {
    const Identity& id = ids.all[seat.identity];
    Part* home = nullptr;
    for (Part& part : parts) {
      const Identity& seed = ids.all[part.identities[0]];
      bool agrees;
      if (id.name == kNone || seed.name == kNone) {
        const bool birth_clash = id.birth != kNoDay && !holder.IsEmpty() && BirthOf(holder).days != id.birth &&
                                 (seed.birth == kNoDay || seed.birth != id.birth);
        const bool sex_clash = id.sex != 0 && seed.sex != 0 && id.sex != seed.sex;
        agrees = !birth_clash && !sex_clash;
      } else {
        agrees = NamesAgree(seed, id, ids.names);
      }
      if (agrees) {
        home = &part;
        break;
      }
      if (parts.size() >= kNamesMax) break;
    }
    if (home == nullptr) {
      parts.push_back({});
      home = &parts.back();
    }
    home->identities.push_back(seat.identity);
    home->registered |= seat.registered;
    home->mentions += id.count;
  }
  return parts;
}

bool BirthsDiffer(const Identities& ids, const Part& a, const Part& b) {
  for (const uint32_t i : a.identities) {
    for (const uint32_t j : b.identities) {
      if (ids.all[i].registered && ids.all[j].registered) return ids.all[i].birth != ids.all[j].birth;
    }
  }
  return false;
}

uint64_t JoinPart(const std::vector<uint32_t>& members, LinkBasis basis, Clusters* clusters,
                  std::vector<LinkBasis>* basis_of) {
  uint64_t joins = 0;
  for (size_t i = 1; i < members.size(); ++i) {
    if (clusters->Find(members[0]) == clusters->Find(members[i])) continue;
    if (!clusters->Join(members[0], members[i])) continue;
    ++joins;
    for (const uint32_t m : {members[0], members[i]}) {
      if ((*basis_of)[m] == LinkBasis::kSingle) (*basis_of)[m] = basis;
    }
  }
  return joins;
}

void ApplyNumbers(Identities* ids, Clusters* clusters, NumberRuleResult* out) {
  ForEachGroup(SortedUses(*ids, &Identity::number), [&](uint64_t number, const std::vector<uint32_t>& group) {
    if (group.size() == 1) return;
    const std::vector<Part> parts = SplitByName(*ids, group, number);
    for (size_t p = 0; p < parts.size(); ++p) {
      const bool owns =
          p == 0 || (parts[p].registered && parts[0].registered && BirthsDiffer(*ids, parts[0], parts[p]));
      out->by_number += JoinPart(parts[p].identities, LinkBasis::kNumber, clusters, &out->basis);
      if (p > 0) out->conflicts.push_back({parts[0].identities[0], parts[p].identities[0]});
      if (owns) continue;
      for (const uint32_t i : parts[p].identities) ids->all[i].number = 0;
    }
  });
}

// Other numbers (passport, social security number): names must agree too, but nobody owns one.
void ApplyOtherNumbers(Identities* ids, Clusters* clusters, NumberRuleResult* out) {
  ForEachGroup(SortedUses(*ids, &Identity::other_number), [&](uint64_t, const std::vector<uint32_t>& group) {
    if (group.size() == 1) return;
    const std::vector<Part> parts = SplitByName(*ids, group, kNoPackedNumber);
    for (size_t p = 0; p < parts.size(); ++p) {
      if (p > 0) out->conflicts.push_back({parts[0].identities[0], parts[p].identities[0]});
      std::vector<uint32_t> members;  // a nameless or differently born record is left to the other evidence
      for (const uint32_t i : parts[p].identities) {
        const Identity& id = ids->all[i];
        const Identity& seed = ids->all[parts[p].identities[0]];
        const bool contrary =
            id.birth != kNoDay && seed.birth != kNoDay && id.birth != seed.birth && id.sex != seed.sex;
        if (id.name != kNone && !contrary) members.push_back(i);
      }
      out->by_number += JoinPart(members, LinkBasis::kNumber, clusters, &out->basis);
    }
  });
}

int32_t BirthOfIdentity(const Identity& id) {
  if (id.birth != kNoDay) return id.birth;
  const CitizenNumber number = CitizenNumber::FromPacked(id.number);
  return number.IsEmpty() ? kNoDay : BirthOf(number).days;
}

int SexOfIdentity(const Identity& id) { return id.sex != 0 ? id.sex : SexOf(CitizenNumber::FromPacked(id.number)); }

void ApplySubjectKeys(Identities* ids, Clusters* clusters, NumberRuleResult* out) {
  ForEachGroup(SortedUses(*ids, &Identity::subject), [&](uint64_t, const std::vector<uint32_t>& group) {
    if (group.size() == 1) return;
    for (const Part& part : SplitByName(*ids, group, kNoPackedNumber)) {
      // The number with most rows is the account's; rows without one follow it.
      std::vector<std::pair<uint64_t, uint64_t>> numbers;  // number -> rows
      for (const uint32_t i : part.identities) {
        const uint64_t number = ids->all[i].number;
        if (number == 0) continue;
        auto it = std::find_if(numbers.begin(), numbers.end(), [&](const auto& e) { return e.first == number; });
        if (it == numbers.end()) it = numbers.insert(numbers.end(), {number, 0});
        it->second += ids->all[i].count;
      }
      std::sort(numbers.begin(), numbers.end(), [](const auto& a, const auto& b) {
        return std::tuple(~a.second, a.first) < std::tuple(~b.second, b.first);
      });
      const uint64_t main = numbers.empty() ? 0 : numbers[0].first;
      std::vector<uint32_t> members;
      for (const uint32_t i : part.identities) {
        if (ids->all[i].number == main && main != 0) members.push_back(i);
      }
      for (const uint32_t i : part.identities) {
        const Identity& id = ids->all[i];
        if (id.number == 0) members.push_back(i);
        if (id.number == 0 || id.number == main) continue;
        // Another number in the same account: an old one when birth date and sex agree, else somebody else's.
        const Identity& holder = ids->all[members[0]];
        const bool old = id.name != kNone && holder.name != kNone &&
                         ids->names.folded[id.name] == ids->names.folded[holder.name] && id.birth != kNoDay &&
                         id.birth == holder.birth && id.sex == holder.sex;
        if (old && clusters->Join(members[0], i)) {
          ++out->by_old_number;
          out->basis[i] = LinkBasis::kSubjectKey;
        }
      }
      out->by_subject_key += JoinPart(members, LinkBasis::kSubjectKey, clusters, &out->basis);
    }
  });
}

// One person, two numbers: name, birth date, sex and a second key agree.
bool IsOldNumber(const Identities& ids, std::span<const uint32_t> a, std::span<const uint32_t> b) {
  bool second_key = false;
  int sex_a = 0, sex_b = 0;
  for (const uint32_t i : a) {
    if (sex_a == 0) sex_a = SexOfIdentity(ids.all[i]);
    for (const uint32_t j : b) {
      const Identity &x = ids.all[i], &y = ids.all[j];
      if (sex_b == 0) sex_b = SexOfIdentity(y);
      if (x.household != 0 && x.household == y.household) return false;
      second_key |= (x.phone != 0 && x.phone == y.phone) || (x.address != 0 && x.address == y.address) ||
                    (x.other_number != 0 && x.other_number == y.other_number);
    }
  }
  return second_key && sex_a != 0 && sex_a == sex_b;
}

void ApplyOldNumbers(Identities* ids, Clusters* clusters, NumberRuleResult* out) {
  std::vector<uint8_t> numbered(ids->all.size());
  for (uint32_t i = 0; i < ids->all.size(); ++i) {
    if (ids->all[i].number != 0) numbered[clusters->Find(i)] = 1;
  }
  std::vector<KeyUse> uses;                            // key: name and birth date
  std::vector<std::pair<uint32_t, uint32_t>> members;  // (root, identity) of clusters in play
  for (uint32_t i = 0; i < ids->all.size(); ++i) {
    const Identity& id = ids->all[i];
    const int32_t birth = BirthOfIdentity(id);
    if (id.name == kNone || birth == kNoDay || !numbered[clusters->Find(i)]) continue;
    const uint64_t parts[2] = {ids->names.folded[id.name], static_cast<uint64_t>(birth)};
    uses.push_back({XXH3_64bits(parts, sizeof parts), clusters->Find(i)});
  }
  std::sort(uses.begin(), uses.end(),
            [](const KeyUse& a, const KeyUse& b) { return a.key != b.key ? a.key < b.key : a.identity < b.identity; });
  uses.erase(std::unique(uses.begin(), uses.end(),
                         [](const KeyUse& a, const KeyUse& b) { return a.key == b.key && a.identity == b.identity; }),
             uses.end());
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  ForEachGroup(uses, [&](uint64_t, const std::vector<uint32_t>& roots) {
    if (roots.size() < 2 || roots.size() > kOldNumberBlockMax) return;
    for (size_t i = 0; i < roots.size(); ++i) {
      for (size_t j = i + 1; j < roots.size(); ++j) pairs.push_back({roots[i], roots[j]});
    }
  });
  if (pairs.empty()) return;
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  std::vector<uint8_t> wanted(ids->all.size());
  for (const auto& [a, b] : pairs) wanted[a] = wanted[b] = 1;
  for (uint32_t i = 0; i < ids->all.size(); ++i) {
    const uint32_t root = clusters->Find(i);
    if (wanted[root]) members.push_back({root, i});
  }
  std::sort(members.begin(), members.end());
  std::vector<uint32_t> flat(members.size());
  for (size_t i = 0; i < members.size(); ++i) flat[i] = members[i].second;
  const auto range = [&](uint32_t root) {
    const auto from = std::lower_bound(members.begin(), members.end(), std::pair(root, 0u)) - members.begin();
    const auto until = std::lower_bound(members.begin(), members.end(), std::pair(root + 1, 0u)) - members.begin();
    return std::span<const uint32_t>(flat).subspan(from, until - from);
  };
  for (const auto& [a, b] : pairs) {
    if (clusters->Find(a) == clusters->Find(b) || !IsOldNumber(*ids, range(a), range(b))) continue;
    if (!clusters->Join(a, b)) continue;
    ++out->by_old_number;
  }
}

// One name begins the other, with two Han characters or more.
bool IsCutShort(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (!b.starts_with(a)) return false;
  size_t at = 0, han = 0;
  while (at < a.size()) han += IsHan(NextCodePoint(a, &at));
  return han >= 2;
}

bool ShareCharacter(std::string_view a, std::string_view b) {
  for (size_t i = 0; i < a.size();) {
    const char32_t c = NextCodePoint(a, &i);
    if (!IsHan(c)) continue;
    for (size_t j = 0; j < b.size();) {
      if (NextCodePoint(b, &j) == c) return true;
    }
  }
  return false;
}

}  // namespace

bool NamesAgree(const Identity& a, const Identity& b, const NameTable& names) {
  if (a.name == kNone || b.name == kNone) return false;
  if (a.name == b.name) return true;
  const NameAgreement direct = CompareFullNames(names.Text(a.name), names.Text(b.name));
  if (IsNear(direct)) return true;
  if (direct == NameAgreement::kOneCharacter && a.birth != kNoDay && a.birth == b.birth) return true;
  // A number or account is the same already: then a name cut short after two characters, as old fields do, agrees; and
  // where both are the same, so does any name that shares a character.
  if (IsCutShort(names.Text(a.name), names.Text(b.name))) return true;
  if (a.number != 0 && a.number == b.number && a.subject != 0 && a.subject == b.subject &&
      ShareCharacter(names.Text(a.name), names.Text(b.name))) {
    return true;
  }
  const auto former_fits = [&](uint32_t former, uint32_t name) {
    return former != kNone &&
           (former == name || CompareFullNames(names.Text(former), names.Text(name)) <= NameAgreement::kHomophone);
  };
  return former_fits(a.former_name, b.name) || former_fits(b.former_name, a.name);
}

NumberRuleResult ApplyNumberRules(Identities* ids, Clusters* clusters) {
  NumberRuleResult out;
  out.basis.assign(ids->all.size(), LinkBasis::kSingle);
  ApplyNumbers(ids, clusters, &out);
  ApplyOtherNumbers(ids, clusters, &out);
  ApplySubjectKeys(ids, clusters, &out);
  ApplyOldNumbers(ids, clusters, &out);
  return out;
}

}  // namespace hearth
