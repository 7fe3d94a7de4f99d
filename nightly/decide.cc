#include "nightly/decide.h"

#include <algorithm>
#include <functional>
#include <map>

#include "core/parallel.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

constexpr size_t kGrain = 512;  // units a task: large enough to pay for an evaluator, small enough to balance
constexpr uint32_t kNone = 0xFFFFFFFF;

struct Subjects {
  const DecideInput* input;
  int household_table = -1;                                    // registry with a household rule
  std::vector<EvidenceGrade> evidence;                         // by person
  std::vector<std::pair<uint64_t, PersonIndex>> case_members;  // (case, person), sorted
  std::vector<std::pair<PersonIndex, uint64_t>> cases_of;      // the same by person
  std::vector<std::pair<PersonIndex, PersonIndex>> partners;   // under review with one another, both ways, sorted

  explicit Subjects(const DecideInput& in) : input(&in) {
    for (size_t t = 0; t < in.schemas->size(); ++t) {
      if ((*in.schemas)[t]->household.person >= 0) household_table = static_cast<int>(t);
    }
    IndexCases();
    const LinkedPersons& linked = *in.linked;
    evidence.assign(linked.persons.size(), EvidenceGrade::kStrong);
    for (size_t p = 0; p < linked.persons.size(); ++p) {
      const Person& person = linked.persons[p];
      for (uint32_t k = 0; k < person.mention_count; ++k) {
        if (linked.mentions[person.first_mention + k].basis == LinkBasis::kProbabilistic) {
          evidence[p] = EvidenceGrade::kSupported;
        }
      }
    }
    for (const ReviewPair& pair : linked.reviews) {
      if (pair.reason != ReviewPair::Reason::kBetweenThresholds) continue;
      const auto person = [&](const Mention& m) {
        return linked.Of(m.table, m.row, m.role, (*in.schemas)[m.table]->persons.size());
      };
      const PersonIndex left = person(pair.left), right = person(pair.right);
      if (left == kNoPerson || right == kNoPerson || left == right) continue;
      evidence[left] = evidence[right] = EvidenceGrade::kWeak;
      partners.emplace_back(left, right);
      partners.emplace_back(right, left);
    }
    std::sort(partners.begin(), partners.end());
    partners.erase(std::unique(partners.begin(), partners.end()), partners.end());
  }

  // Gives each member the rows of those with whom it stands under review; false when there are none.
  bool AddReviewedRows(std::span<const FamilyUnitMember> members, UnitSource* source) const {
    bool any = false;
    for (size_t i = 0; i < members.size(); ++i) {
      const PersonIndex p = members[i].person;
      for (auto it = std::lower_bound(partners.begin(), partners.end(), std::pair(p, PersonIndex{0}));
           it != partners.end() && it->first == p; ++it) {
        const FamilyUnitMember partner{it->second, MembershipReason::kAlone};
        const UnitSource rows = SourceOf(*input, "", std::span(&partner, 1));
        auto& own = source->members[i].rows;
        own.insert(own.end(), rows.members[0].rows.begin(), rows.members[0].rows.end());
        std::sort(own.begin(), own.end());
        any = true;
      }
    }
    return any;
  }

  // The living people whom a register of families (not the household register) names in one case with a member; empty
  // when there is no case, or it names just these.
  std::vector<FamilyUnitMember> OnRegister(std::span<const FamilyUnitMember> members) const {
    std::vector<PersonIndex> named;
    for (const FamilyUnitMember& m : members) {
      for (auto own = std::lower_bound(cases_of.begin(), cases_of.end(), std::pair(m.person, uint64_t{0}));
           own != cases_of.end() && own->first == m.person; ++own) {
        for (auto it =
                 std::lower_bound(case_members.begin(), case_members.end(), std::pair(own->second, PersonIndex{0}));
             it != case_members.end() && it->first == own->second; ++it) {
          if (input->families->unit_of[it->second] != kNone) named.push_back(it->second);
        }
      }
    }
    std::sort(named.begin(), named.end());
    named.erase(std::unique(named.begin(), named.end()), named.end());
    std::vector<PersonIndex> own;
    for (const FamilyUnitMember& m : members) own.push_back(m.person);
    std::sort(own.begin(), own.end());
    if (named == own) return {};
    std::vector<FamilyUnitMember> people;
    for (PersonIndex p : named) people.push_back({p, MembershipReason::kDutyCoResident});
    return people;
  }

  void IndexCases() {
    for (uint16_t t = 0; t < input->tables.size(); ++t) {
      const RecordTable& table = *input->tables[t];
      const RegistrySchema& schema = table.schema();
      if (schema.household.person >= 0) continue;
      for (uint16_t role = 0; role < schema.persons.size(); ++role) {
        const int field = schema.persons[role].household_key;
        if (field < 0) continue;
        for (uint32_t row = 0; row < table.size(); ++row) {
          const PersonIndex p = input->linked->Of(t, row, role, schema.persons.size());
          if (p == kNoPerson || !table.Has(field, row)) continue;
          const std::string_view key = table.Text(field, row);
          const uint64_t id = XXH3_64bits_withSeed(key.data(), key.size(), t);
          case_members.emplace_back(id, p);
          cases_of.emplace_back(p, id);
        }
      }
    }
    std::sort(case_members.begin(), case_members.end());
    std::sort(cases_of.begin(), cases_of.end());
  }

  AlertMember Member(PersonIndex p) const {
    const LinkedPersons& linked = *input->linked;
    const Person& person = linked.persons[p];
    AlertMember m{person.id, "", evidence[p], person.death_date.has_value()};
    for (uint32_t k = 0; k < person.mention_count; ++k) {
      const Mention& mention = linked.mentions[person.first_mention + k].mention;
      if (mention.table == household_table) {
        const RecordTable& table = *input->tables[mention.table];
        const HouseholdRule& rule = table.schema().household;
        if (m.record_no.empty()) m.record_no = table.Key(mention.row);
        if (rule.status >= 0 && table.CodeAt(rule.status, mention.row) == "dead") m.dead = true;
      }
    }
    return m;
  }

  AlertSubject Make(FamilyUnitId unit, uint32_t household, std::span<const FamilyUnitMember> members) const {
    AlertSubject subject;
    subject.unit = unit;
    if (household != kNone) {
      subject.household_no = input->families->households[household].number;
      subject.region = input->families->households[household].region;
    }
    for (const FamilyUnitMember& m : members) subject.members.push_back(Member(m.person));
    return subject;
  }
};

// People of a household who are in no living unit: gone, dead, or dead by another register than the household's.
std::vector<FamilyUnitMember> AbsentOf(const Families& families, const Household& household) {
  std::vector<FamilyUnitMember> absent;
  for (const std::vector<PersonIndex>* list : {&household.members, &household.absent}) {
    for (PersonIndex p : *list) {
      if (families.unit_of[p] == kNone) absent.push_back({p, MembershipReason::kAlone});
    }
  }
  return absent;
}

}  // namespace

UnitSource SourceOf(const DecideInput& input, std::string_view household_no,
                    std::span<const FamilyUnitMember> members) {
  UnitSource source;
  source.household_no = household_no;
  for (const FamilyUnitMember& m : members) {
    const Person& person = input.linked->persons[m.person];
    MemberSource member{&person, m.reason, {}};
    member.rows.reserve(person.mention_count);
    for (uint32_t k = 0; k < person.mention_count; ++k) {
      const LinkedMention& link = input.linked->mentions[person.first_mention + k];
      if (link.basis == LinkBasis::kNameOnly) continue;
      if (!IsListedRole(*(*input.schemas)[link.mention.table], link.mention.role)) continue;
      member.rows.push_back({link.mention.table, link.mention.row});
    }
    std::sort(member.rows.begin(), member.rows.end());
    member.rows.erase(std::unique(member.rows.begin(), member.rows.end()), member.rows.end());
    source.members.push_back(std::move(member));
  }
  return source;
}

StatusOr<Decisions> Decide(const DecideInput& input, const ActivePack& active,
                           const std::function<void(size_t)>& done) {
  const Families& families = *input.families;
  const Portrait portrait =
      Portrait::Create(*input.profile, active.pack.layout(), *input.schemas, input.tables, input.answered);
  const Subjects subjects(input);
  // Fail before any thread starts when the pack is not in force.
  HEARTH_RETURN_IF_ERROR(Evaluator::Create(active.pack, active.site, input.as_of).status());

  struct Chunk {
    std::vector<Alert> alerts;
    Withheld withheld;
    uint64_t count = 0, enrolled = 0;
    Status status;
  };
  Decisions decisions;
  decisions.by_unit.resize(families.units.size());
  std::vector<Chunk> chunks((families.units.size() + kGrain - 1) / kGrain);
  ParallelFor(chunks.size(), input.threads, [&](size_t c) {
    Chunk& chunk = chunks[c];
    auto evaluator = Evaluator::Create(active.pack, active.site, input.as_of);
    auto raiser = AlertRaiser::Create(active.pack, active.site, input.as_of);
    if (!evaluator.ok() || !raiser.ok()) {
      chunk.status = evaluator.ok() ? raiser.status() : evaluator.status();
      return;
    }
    std::vector<Determination> all;
    const size_t end = std::min(families.units.size(), (c + 1) * kGrain);
    for (size_t u = c * kGrain; u < end; ++u) {
      const FamilyUnit& unit = families.units[u];
      const std::string& number = families.households[unit.household].number;
      const UnitFacts facts = portrait.Draw(SourceOf(input, number, unit.members), input.as_of);
      all.clear();
      evaluator->Evaluate(facts, &all);
      std::optional<UnitFacts> wider, on_register, reviewed;
      std::vector<FamilyUnitMember> together = unit.members;
      for (PersonIndex p : unit.doubtful) together.push_back({p, MembershipReason::kDutyCoResident});
      if (together.size() > unit.members.size()) {
        wider = portrait.Draw(SourceOf(input, number, together), input.as_of);
      }
      const std::vector<FamilyUnitMember> named = subjects.OnRegister(unit.members);
      if (!named.empty()) on_register = portrait.Draw(SourceOf(input, number, named), input.as_of);
      UnitSource source = SourceOf(input, number, unit.members);
      if (subjects.AddReviewedRows(unit.members, &source)) reviewed = portrait.Draw(source, input.as_of);
      const OtherReadings other{wider ? &*wider : nullptr, on_register ? &*on_register : nullptr,
                                reviewed ? &*reviewed : nullptr, unit.incomplete};
      chunk.status = raiser->Raise(subjects.Make(unit.id, unit.household, unit.members), facts, all, other,
                                   &chunk.alerts, &chunk.withheld);
      if (!chunk.status.ok()) return;
      for (const Programme& p : raiser->programmes()) {
        if (p.unit != RuleUnit::kHousehold) continue;
        const auto value = evaluator->Fact(facts, FactPlace::kHousehold, p.class_fact);
        if (value.ok() && value->IsTrue()) {
          ++chunk.enrolled;
          break;
        }
      }
      for (Determination& d : all) {
        if (d.outcome != Outcome::kNotEligible) decisions.by_unit[u].push_back(std::move(d));
      }
      chunk.count += all.size();
    }
    done(end - c * kGrain);
  });
  for (Chunk& chunk : chunks) {
    HEARTH_RETURN_IF_ERROR(chunk.status);
    decisions.count += chunk.count;
    decisions.enrolled_units += chunk.enrolled;
    decisions.withheld.composition += chunk.withheld.composition;
    decisions.withheld.review += chunk.withheld.review;
    std::move(chunk.alerts.begin(), chunk.alerts.end(), std::back_inserter(decisions.alerts));
  }

  HEARTH_ASSIGN_OR_RETURN(AlertRaiser raiser, AlertRaiser::Create(active.pack, active.site, input.as_of));
  std::vector<bool> lived_in(families.households.size(), false);
  for (const FamilyUnit& unit : families.units) lived_in[unit.household] = true;
  for (uint32_t household = 0; household < families.households.size(); ++household) {
    const std::vector<FamilyUnitMember> members = AbsentOf(families, families.households[household]);
    if (members.empty()) continue;
    const UnitSource source = SourceOf(input, families.households[household].number, members);
    const UnitFacts facts = portrait.Draw(source, input.as_of);
    HEARTH_RETURN_IF_ERROR(raiser.RaiseAbsent(subjects.Make(FamilyUnitId{}, household, members), facts,
                                              !lived_in[household], &decisions.alerts));
  }
  return decisions;
}

}  // namespace hearth
