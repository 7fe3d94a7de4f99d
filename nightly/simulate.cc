#include "nightly/simulate.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "core/parallel.h"
#include "nightly/why_changed.h"

namespace hearth {
namespace {

constexpr size_t kGrain = 512;  // units a batch
constexpr size_t kBatchesATask = 8;

// Units of one county, as both sides may have parameters of that county's own.
struct Task {
  std::string county;
  std::vector<uint32_t> units;
};

std::vector<Task> SplitByCounty(const City& city) {
  std::vector<uint32_t> order(city.units.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::string> county(city.units.size());
  for (size_t u = 0; u < city.units.size(); ++u) county[u] = CountyOf(city.units[u]);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return county[a] < county[b]; });
  std::vector<Task> tasks;
  for (const uint32_t u : order) {
    if (tasks.empty() || tasks.back().county != county[u] || tasks.back().units.size() >= kGrain * kBatchesATask) {
      tasks.push_back({county[u], {}});
    }
    tasks.back().units.push_back(u);
  }
  return tasks;
}

// One side as it works in one task.
struct SideRun {
  const SimulateSide* side;
  Portrait portrait;
  EntitlementRun run;
  Evaluator evaluator;
  std::vector<std::vector<Entitled>> entitled;
  ClassValues classes;

  static StatusOr<SideRun> Create(const SimulateInput& input, const SimulateSide& side,
                                  const std::shared_ptr<const BatchLayout>& layout, const std::string& county) {
    HEARTH_ASSIGN_OR_RETURN(const SiteParameters site, ForCounty(side.pack, side.site, county));
    HEARTH_ASSIGN_OR_RETURN(EntitlementRun run, EntitlementRun::Create(layout, site, input.as_of));
    HEARTH_ASSIGN_OR_RETURN(Evaluator evaluator, Evaluator::Create(side.pack, site, input.as_of));
    const auto tables = input.city->TablePointers();
    return SideRun{&side,
                   Portrait::Create(*input.profile, side.pack.layout(), *input.schemas, tables, input.city->answered),
                   std::move(run),
                   std::move(evaluator),
                   {},
                   {}};
  }

  std::vector<UnitFacts> Draw(const SimulateInput& input, std::span<const uint32_t> units) const {
    std::vector<UnitFacts> facts;
    facts.reserve(units.size());
    for (const uint32_t u : units) {
      facts.push_back(portrait.Draw(input.city->Source(input.city->units[u]), input.as_of));
    }
    return facts;
  }
};

MoneyByPeriod BenefitsOf(const Pack& pack, const std::vector<Entitled>& entitled) {
  MoneyByPeriod sum{};
  for (const Entitled& e : entitled) {
    if (e.amount && IsBenefit(pack.rules()[e.rule])) sum[static_cast<size_t>(e.per)] += e.amount->fen();
  }
  return sum;
}

// The rules of two sorted lists that differ.
std::vector<RuleChange> Differences(const Pack& before, const std::vector<Entitled>& was, const Pack& after,
                                    const std::vector<Entitled>& is) {
  std::map<std::pair<std::string, int32_t>, RuleChange> changes;
  for (const Entitled& e : was) {
    RuleChange& c = changes[{before.rules()[e.rule].id, e.member}];
    c.held_before = true;
    c.before = e.amount;
    c.per = e.per;
  }
  for (const Entitled& e : is) {
    RuleChange& c = changes[{after.rules()[e.rule].id, e.member}];
    c.held_after = true;
    c.after = e.amount;
    c.per = e.per;
  }
  std::vector<RuleChange> list;
  for (auto& [key, c] : changes) {
    if (c.held_before == c.held_after && c.before == c.after) continue;
    c.rule = key.first;
    c.member = key.second;
    list.push_back(std::move(c));
  }
  return list;
}

bool IsRecognition(const Pack& pack, const std::string& rule) {
  const int index = pack.FindRule(rule);
  return index >= 0 && !pack.rules()[static_cast<size_t>(index)].recognises.empty();
}

// By benefits; where those are equal, by what is recognised.
ChangeDirection DirectionOf(const UnitChange& change, const SimulateInput& input) {
  bool more = false, less = false;
  for (size_t p = 0; p < change.before.size(); ++p) {
    more = more || change.after[p] > change.before[p];
    less = less || change.after[p] < change.before[p];
  }
  if (!more && !less) {
    for (const RuleChange& c : change.rules) {
      if (c.held_after && !c.held_before) more = more || IsRecognition(input.after.pack, c.rule);
      if (c.held_before && !c.held_after) less = less || IsRecognition(input.before.pack, c.rule);
    }
  }
  return more == less ? ChangeDirection::kMixed : more ? ChangeDirection::kGains : ChangeDirection::kLoses;
}

size_t AgeBand(const Person& person, CivilDay as_of) {
  if (!person.birth_date) return 4;
  const int age = AgeOn(*person.birth_date, as_of, LeapDay::kMar1);
  return age < 18 ? 0 : age < 60 ? 1 : age < 80 ? 2 : 3;
}

void AddCost(const Pack& pack, const std::string& county, const std::vector<Entitled>& entitled, bool is_after,
             std::map<CostKey, CostLine>* cost) {
  for (const Entitled& e : entitled) {
    const Rule& rule = pack.rules()[e.rule];
    if (!IsBenefit(rule)) continue;
    CostLine& line = (*cost)[{county, rule.programme.empty() ? rule.id : rule.programme, e.per}];
    ++(is_after ? line.subjects_after : line.subjects_before);
    if (e.amount) (is_after ? line.after : line.before) += e.amount->fen();
  }
}

void AddLine(const CostLine& from, CostLine* to) {
  to->subjects_before += from.subjects_before;
  to->subjects_after += from.subjects_after;
  to->before += from.before;
  to->after += from.after;
}

void AddCounts(const DirectionCount& from, DirectionCount* to) {
  to->gains += from.gains;
  to->loses += from.loses;
  to->mixed += from.mixed;
  to->unchanged += from.unchanged;
}

// What several changed rules of a unit have in common is said once: recognitions first, as they lead to the rest.
// batches: of the two sides; one and the same when the packs are.
StatusOr<std::string> ReasonOf(const UnitChange& change, SideRun& before, const EntitlementBatch& before_batch,
                               SideRun& after, const EntitlementBatch& after_batch, size_t unit) {
  const Pack& pack = before.side->pack;
  if (pack.id() != after.side->pack.id()) {
    return "pack " + pack.id() + ", now " + after.side->pack.id();
  }
  const UnitFacts facts_before = before.run.WithClasses(before_batch, before.classes, unit);
  const UnitFacts facts_after = after.run.WithClasses(after_batch, after.classes, unit);
  const ChangeSide was{&before.evaluator, &facts_before}, is{&after.evaluator, &facts_after};
  std::vector<const RuleChange*> ordered;
  for (const RuleChange& c : change.rules) ordered.push_back(&c);
  std::stable_sort(ordered.begin(), ordered.end(), [&](const RuleChange* a, const RuleChange* b) {
    return IsRecognition(pack, a->rule) > IsRecognition(pack, b->rule);
  });
  for (const RuleChange* c : ordered) {
    const uint32_t rule = static_cast<uint32_t>(pack.FindRule(c->rule));
    HEARTH_ASSIGN_OR_RETURN(const std::string why, WhyChanged(was, is, before.run.programmes(), rule, c->member));
    if (!why.empty()) return c->rule + ": " + why;
  }
  return std::string();
}

Status RunTask(const SimulateInput& input, const Task& task, const std::shared_ptr<const BatchLayout> (&layouts)[2],
               Simulation* out, const std::function<void(size_t)>& done) {
  HEARTH_ASSIGN_OR_RETURN(SideRun before, SideRun::Create(input, input.before, layouts[0], task.county));
  HEARTH_ASSIGN_OR_RETURN(SideRun after, SideRun::Create(input, input.after, layouts[1], task.county));
  const bool same = layouts[0] == layouts[1];  // of one pack: drawn and put into columns once
  EntitlementBatch before_batch(layouts[0]), other_batch(layouts[1]);
  for (size_t first = 0; first < task.units.size(); first += kGrain) {
    const std::span units(task.units.data() + first, std::min(kGrain, task.units.size() - first));
    std::vector<UnitFacts> facts = before.Draw(input, units), other_facts;
    before_batch.Fill(facts);
    if (!same) {
      other_facts = after.Draw(input, units);
      other_batch.Fill(other_facts);
    }
    EntitlementBatch& after_batch = same ? before_batch : other_batch;
    HEARTH_RETURN_IF_ERROR(before.run.Run(&before_batch, &before.entitled, &before.classes));
    HEARTH_RETURN_IF_ERROR(after.run.Run(&after_batch, &after.entitled, &after.classes));
    for (size_t i = 0; i < units.size(); ++i) {
      const CityUnit& unit = input.city->units[units[i]];
      UnitChange change;
      change.unit = units[i];
      change.rules = Differences(input.before.pack, before.entitled[i], input.after.pack, after.entitled[i]);
      std::optional<ChangeDirection> direction;
      if (!change.rules.empty()) {
        change.before = BenefitsOf(input.before.pack, before.entitled[i]);
        change.after = BenefitsOf(input.after.pack, after.entitled[i]);
        direction = change.direction = DirectionOf(change, input);
        HEARTH_ASSIGN_OR_RETURN(change.reason, ReasonOf(change, before, before_batch, after, after_batch, i));
        out->changes.push_back(std::move(change));
      }
      ++out->units;
      out->households.Add(direction);
      out->by_county[task.county].Add(direction);
      out->by_size[std::clamp<size_t>(unit.members.size(), 1, out->by_size.size()) - 1].Add(direction);
      for (const FamilyUnitMember& m : unit.members) {
        ++out->persons;
        out->members.Add(direction);
        out->by_age[AgeBand(input.city->persons[m.person], input.as_of)].Add(direction);
      }
      AddCost(input.before.pack, task.county, before.entitled[i], false, &out->cost);
      AddCost(input.after.pack, task.county, after.entitled[i], true, &out->cost);
    }
    done(units.size());
  }
  return OkStatus();
}

void Merge(Simulation&& from, Simulation* to) {
  to->units += from.units;
  to->persons += from.persons;
  AddCounts(from.households, &to->households);
  AddCounts(from.members, &to->members);
  for (const auto& [county, count] : from.by_county) AddCounts(count, &to->by_county[county]);
  for (const auto& [key, line] : from.cost) AddLine(line, &to->cost[key]);
  for (size_t i = 0; i < to->by_size.size(); ++i) AddCounts(from.by_size[i], &to->by_size[i]);
  for (size_t i = 0; i < to->by_age.size(); ++i) AddCounts(from.by_age[i], &to->by_age[i]);
  std::move(from.changes.begin(), from.changes.end(), std::back_inserter(to->changes));
}

}  // namespace

std::string_view ChangeDirectionName(ChangeDirection d) {
  static constexpr std::array<std::string_view, 3> kNames = {"gains", "loses", "mixed"};
  return kNames[static_cast<size_t>(d)];
}

void DirectionCount::Add(std::optional<ChangeDirection> d) {
  ++(!d ? unchanged : *d == ChangeDirection::kGains ? gains : *d == ChangeDirection::kLoses ? loses : mixed);
}

std::string CountyOf(const CityUnit& unit) { return unit.region.substr(0, 6); }

StatusOr<Simulation> Simulate(const SimulateInput& input, const std::function<void(size_t)>& done) {
  const std::vector<Task> tasks = SplitByCounty(*input.city);
  const auto layout = std::make_shared<const BatchLayout>(input.before.pack);
  const bool same = &input.before.pack.data() == &input.after.pack.data();
  const std::shared_ptr<const BatchLayout> layouts[2] = {
      layout, same ? layout : std::make_shared<const BatchLayout>(input.after.pack)};
  // Fail before any thread starts when a pack is not in force.
  HEARTH_RETURN_IF_ERROR(Evaluator::Create(input.before.pack, input.before.site, input.as_of).status());
  HEARTH_RETURN_IF_ERROR(Evaluator::Create(input.after.pack, input.after.site, input.as_of).status());
  std::vector<Simulation> parts(tasks.size());
  std::vector<Status> failed(tasks.size());
  ParallelFor(tasks.size(), input.threads,
              [&](size_t t) { failed[t] = RunTask(input, tasks[t], layouts, &parts[t], done); });
  Simulation all;
  for (size_t t = 0; t < tasks.size(); ++t) {
    HEARTH_RETURN_IF_ERROR(failed[t]);
    Merge(std::move(parts[t]), &all);
  }
  std::sort(all.changes.begin(), all.changes.end(),
            [](const UnitChange& a, const UnitChange& b) { return a.unit < b.unit; });
  return all;
}

}  // namespace hearth
