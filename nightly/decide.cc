#include "nightly/decide.h"

#include <algorithm>
#include <functional>
#include <map>

#include "core/parallel.h"
#include "policy/columns/batch_evaluator.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

constexpr size_t kBatch = 512;         // units whose columns stay in the caches
constexpr size_t kGrain = 8 * kBatch;  // units a task: large enough to pay for its evaluators
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

// Evaluators and raiser of one chunk of units, a set for each set of overlays that applies to some of them.
class Engines {
 public:
  struct Engine {
    BatchEvaluator batch;
    Evaluator evaluator;
    AlertRaiser raiser;
  };

  Engines(const ActivePack& active, std::shared_ptr<const BatchLayout> layout, CivilDay as_of)
      : active_(active), layout_(std::move(layout)), as_of_(as_of) {}

  // region: one to which the overlays named by `key` apply. The pointer stays good as long as this.
  StatusOr<Engine*> At(const std::string& key, std::string_view region) {
    const auto known = engines_.find(key);
    if (known != engines_.end()) return known->second.get();
    HEARTH_ASSIGN_OR_RETURN(const SiteParameters site, SiteAt(active_, region));
    HEARTH_ASSIGN_OR_RETURN(BatchEvaluator batch, BatchEvaluator::Create(layout_, site, as_of_));
    HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(active_.pack, site, as_of_));
    HEARTH_ASSIGN_OR_RETURN(AlertRaiser raiser, AlertRaiser::Create(active_.pack, site, as_of_));
    auto engine = std::make_unique<Engine>(Engine{std::move(batch), std::move(evaluator), std::move(raiser)});
    return engines_.emplace(key, std::move(engine)).first->second.get();
  }

 private:
  const ActivePack& active_;
  std::shared_ptr<const BatchLayout> layout_;
  CivilDay as_of_;
  std::map<std::string, std::unique_ptr<Engine>> engines_;
};

}  // namespace

StatusOr<SiteParameters> SiteAt(const ActivePack& active, std::string_view region) {
  if (OverlaysOf(active.pack, active.site, region).empty()) return active.site;
  return ForCounty(active.pack, active.site, region);
}

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

namespace {

// What one task of the stage makes.
struct Chunk {
  std::vector<Alert> alerts;
  Withheld withheld;
  uint64_t count = 0, enrolled = 0;
};

// The units of one task, evaluated batch by batch.
class ChunkRun {
 public:
  ChunkRun(const DecideInput& input, const ActivePack& active, const Portrait& portrait, const Subjects& subjects,
           const std::shared_ptr<const BatchLayout>& layout, std::vector<std::vector<Determination>>* by_unit)
      : input_(input),
        families_(*input.families),
        portrait_(portrait),
        subjects_(subjects),
        engines_(active, layout, input.as_of),
        active_(active),
        batch_(layout),
        by_unit_(by_unit) {}

  Status Run(size_t begin, size_t end, Chunk* chunk) {
    // Units with the same parameters stand in one batch.
    std::map<std::string, std::vector<size_t>> by_overlays;
    for (size_t u = begin; u < end; ++u) {
      by_overlays[OverlaysOf(active_.pack, active_.site, RegionOf(u))].push_back(u);
    }
    for (const auto& [key, units] : by_overlays) {
      HEARTH_ASSIGN_OR_RETURN(Engines::Engine * engine, engines_.At(key, RegionOf(units.front())));
      for (size_t first = 0; first < units.size(); first += kBatch) {
        const std::span batch(units.data() + first, std::min(kBatch, units.size() - first));
        HEARTH_RETURN_IF_ERROR(RunBatch(batch, engine, chunk));
      }
    }
    return OkStatus();
  }

 private:
  const std::string& RegionOf(size_t unit) const {
    return families_.households[families_.units[unit].household].region;
  }

  UnitFacts Draw(const FamilyUnit& unit, std::span<const FamilyUnitMember> members) const {
    return portrait_.Draw(SourceOf(input_, families_.households[unit.household].number, members), input_.as_of);
  }

  Status RunBatch(std::span<const size_t> units, Engines::Engine* engine, Chunk* chunk) {
    facts_.clear();
    batch_.Clear();
    for (const size_t u : units) facts_.push_back(Draw(families_.units[u], families_.units[u].members));
    for (const UnitFacts& facts : facts_) batch_.Append(facts);
    HEARTH_RETURN_IF_ERROR(engine->batch.Evaluate(batch_, &result_));
    for (size_t i = 0; i < units.size(); ++i) {
      all_.clear();
      // Alerts come of what is settled; what a question lacks is named when somebody looks at the family.
      HEARTH_RETURN_IF_ERROR(engine->batch.ToDeterminations(batch_, result_, i, /*name_missing=*/false, &all_));
      HEARTH_RETURN_IF_ERROR(Raise(families_.units[units[i]], facts_[i], engine, chunk));
      for (Determination& d : all_) {
        if (d.outcome == Outcome::kEligible) (*by_unit_)[units[i]].push_back(std::move(d));
      }
      chunk->count += all_.size();
    }
    return OkStatus();
  }

  Status Raise(const FamilyUnit& unit, const UnitFacts& facts, Engines::Engine* engine, Chunk* chunk) {
    OtherReadings other;
    other.incomplete = unit.incomplete;
    std::optional<UnitFacts> wider, on_register, reviewed;
    HEARTH_ASSIGN_OR_RETURN(const bool asks, engine->raiser.AsksOtherReadings(facts, all_));
    if (asks) {
      std::vector<FamilyUnitMember> together = unit.members;
      for (PersonIndex p : unit.doubtful) together.push_back({p, MembershipReason::kDutyCoResident});
      if (together.size() > unit.members.size()) other.wider = &wider.emplace(Draw(unit, together));
      const std::vector<FamilyUnitMember> named = subjects_.OnRegister(unit.members);
      if (!named.empty()) other.on_register = &on_register.emplace(Draw(unit, named));
      UnitSource source = SourceOf(input_, families_.households[unit.household].number, unit.members);
      if (subjects_.AddReviewedRows(unit.members, &source)) {
        other.reviewed = &reviewed.emplace(portrait_.Draw(source, input_.as_of));
      }
    }
    HEARTH_RETURN_IF_ERROR(engine->raiser.Raise(subjects_.Make(unit.id, unit.household, unit.members), facts, all_,
                                                other, &chunk->alerts, &chunk->withheld));
    for (const Programme& p : engine->raiser.programmes()) {
      if (p.unit != RuleUnit::kHousehold) continue;
      const auto value = engine->evaluator.Fact(facts, FactPlace::kHousehold, p.class_fact);
      if (value.ok() && value->IsTrue()) {
        ++chunk->enrolled;
        break;
      }
    }
    return OkStatus();
  }

  const DecideInput& input_;
  const Families& families_;
  const Portrait& portrait_;
  const Subjects& subjects_;
  Engines engines_;
  const ActivePack& active_;
  UnitBatch batch_;
  BatchResult result_;
  std::vector<UnitFacts> facts_;
  std::vector<Determination> all_;
  std::vector<std::vector<Determination>>* by_unit_;
};

}  // namespace

StatusOr<Decisions> Decide(const DecideInput& input, const ActivePack& active,
                           const std::function<void(size_t)>& done) {
  const Families& families = *input.families;
  const Portrait portrait =
      Portrait::Create(*input.profile, active.pack.layout(), *input.schemas, input.tables, input.answered);
  const Subjects subjects(input);
  const auto layout = std::make_shared<const BatchLayout>(active.pack);
  // Fail before any thread starts when the pack is not in force.
  HEARTH_RETURN_IF_ERROR(Evaluator::Create(active.pack, active.site, input.as_of).status());

  Decisions decisions;
  decisions.by_unit.resize(families.units.size());
  std::vector<Chunk> chunks((families.units.size() + kGrain - 1) / kGrain);
  std::vector<Status> failed(chunks.size());
  ParallelFor(chunks.size(), input.threads, [&](size_t c) {
    const size_t begin = c * kGrain, end = std::min(families.units.size(), begin + kGrain);
    ChunkRun run(input, active, portrait, subjects, layout, &decisions.by_unit);
    failed[c] = run.Run(begin, end, &chunks[c]);
    done(end - begin);
  });
  for (const Status& s : failed) HEARTH_RETURN_IF_ERROR(s);
  for (Chunk& chunk : chunks) {
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
