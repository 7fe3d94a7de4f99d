#include "nightly/write_generation.h"

#include <algorithm>
#include <functional>

#include "core/parallel.h"
#include "nightly/link_record.h"
#include "nightly/person_history.h"
#include "store/codec.h"

namespace hearth {
namespace {

constexpr size_t kRowsPerRun = 200'000;
constexpr size_t kPersonsPerRun = 100'000;
constexpr uint32_t kNone = 0xFFFFFFFF;

struct Task {
  std::function<Status()> run;
};

PersonMention Name(const RecordTable& table, const Mention& m) {
  return {m.table, m.role, std::string(table.Key(m.row))};
}

Status WriteRows(const GenerationContent& c, size_t t, size_t begin, size_t end,
                 const std::vector<LinkedMention const*>& link_of, GenerationWriter* writer) {
  const RecordTable& table = *c.tables[t];
  const size_t roles = table.schema().persons.size();
  const auto run = writer->StartRun(Table::kRows);
  std::string value;
  std::vector<RowLink> links(roles);
  for (size_t row = begin; row < end; ++row) {
    for (size_t role = 0; role < roles; ++role) {
      const PersonIndex p = c.linked->by_table[t][row * roles + role];
      links[role] = {};
      if (p == kNoPerson) continue;
      const LinkedMention* link = link_of[row * roles + role];
      links[role] = {c.linked->persons[p].id, link->basis, link->match_weight};
    }
    value.clear();
    EncodeRow(table, static_cast<uint32_t>(row), links, &value);
    HEARTH_RETURN_IF_ERROR(
        run->Add(RowKey(table.schema().id, table.Key(static_cast<uint32_t>(row))), value, kRowTrailerBytes));
  }
  return run->Finish();
}

Status WritePersons(const GenerationContent& c, size_t begin, size_t end, GenerationWriter* writer) {
  const auto run = writer->StartRun(Table::kPersons);
  for (size_t p = begin; p < end; ++p) {
    StoredPerson stored;
    stored.person = c.linked->persons[p];
    const uint32_t household = c.families->household_of[p], unit = c.families->unit_of[p];
    if (household != kNone) stored.household = c.families->households[household].id;
    if (unit != kNone) stored.unit = c.families->units[unit].id;
    for (uint32_t k = 0; k < stored.person.mention_count; ++k) {
      const Mention& m = c.linked->mentions[stored.person.first_mention + k].mention;
      stored.mentions.push_back(Name(*c.tables[m.table], m));
    }
    HEARTH_RETURN_IF_ERROR(run->Add(IdKey(stored.person.id.value), EncodePerson(stored)));
  }
  return run->Finish();
}

Status WriteHouseholds(const GenerationContent& c, GenerationWriter* writer) {
  const auto run = writer->StartRun(Table::kHouseholds);
  std::vector<std::vector<FamilyUnitId>> units(c.families->households.size());
  for (const FamilyUnit& u : c.families->units) units[u.household].push_back(u.id);
  for (size_t i = 0; i < c.families->households.size(); ++i) {
    const Household& h = c.families->households[i];
    StoredHousehold stored{h.id, h.number, h.region, h.collective, {}, {}, {}, std::move(units[i])};
    if (h.head != kNoPerson) stored.head = c.linked->persons[h.head].id;
    for (PersonIndex p : h.members) stored.members.push_back(c.linked->persons[p].id);
    for (PersonIndex p : h.absent) stored.absent.push_back(c.linked->persons[p].id);
    HEARTH_RETURN_IF_ERROR(run->Add(IdKey(h.id.value), EncodeHousehold(stored)));
  }
  return run->Finish();
}

Status WriteUnits(const GenerationContent& c, GenerationWriter* writer) {
  const auto run = writer->StartRun(Table::kUnits);
  for (size_t i = 0; i < c.families->units.size(); ++i) {
    const FamilyUnit& u = c.families->units[i];
    const Household& h = c.families->households[u.household];
    StoredUnit stored{u.id, h.id, h.number, {}, {}};
    for (const FamilyUnitMember& m : u.members) stored.members.emplace_back(c.linked->persons[m.person].id, m.reason);
    if (i < c.determinations->size()) stored.determinations = (*c.determinations)[i];
    HEARTH_RETURN_IF_ERROR(run->Add(IdKey(u.id.value), EncodeUnit(stored)));
  }
  return run->Finish();
}

Status WriteKin(const GenerationContent& c, GenerationWriter* writer) {
  const auto run = writer->StartRun(Table::kKin);
  std::string last;
  uint8_t nth = 0;  // of edges between the same two people, by start
  for (const KinEdge& edge : c.families->edges) {
    StoredKin stored{c.linked->persons[edge.from].id,
                     c.linked->persons[edge.to].id,
                     edge.kind,
                     edge.inferred,
                     edge.start,
                     edge.end,
                     {}};
    for (const Mention& m : edge.evidence) stored.evidence.push_back(Name(*c.tables[m.table], m));
    std::string key = IdKey(stored.from.value) + IdKey(stored.to.value) + static_cast<char>(edge.kind);
    nth = key == last ? nth + 1 : 0;
    last = key;
    key += static_cast<char>(nth);
    HEARTH_RETURN_IF_ERROR(run->Add(key, EncodeKin(stored)));
  }
  return run->Finish();
}

Status WriteAlerts(const GenerationContent& c, GenerationWriter* writer) {
  const auto run = writer->StartRun(Table::kAlerts);
  for (const Alert& a : c.alerts) HEARTH_RETURN_IF_ERROR(run->Add(IdKey(a.id.value), EncodeAlert(a)));
  return run->Finish();
}

Status WriteReviews(const GenerationContent& c, GenerationWriter* writer) {
  const auto run = writer->StartRun(Table::kReviews);
  std::vector<std::pair<std::string, std::string>> entries;
  for (const ReviewPair& r : c.linked->reviews) {
    std::string key, value;
    Encoder k(&key), v(&value);
    for (const Mention& m : {r.left, r.right}) {
      const PersonMention name = Name(*c.tables[m.table], m);
      k.Text(c.tables[m.table]->schema().id);
      k.Text(name.key);
      k.Unsigned(name.role);
    }
    v.Byte(static_cast<uint8_t>(r.reason));
    v.Signed(static_cast<int64_t>(r.match_weight * 1000));  // thousandths of a bit
    entries.emplace_back(std::move(key), std::move(value));
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.first == b.first; }),
                entries.end());
  for (const auto& [key, value] : entries) HEARTH_RETURN_IF_ERROR(run->Add(key, value));
  return run->Finish();
}

}  // namespace

Status WriteGeneration(const GenerationContent& c, int threads, GenerationWriter* writer,
                       const std::function<void(size_t)>& done) {
  // The link of each mention, by table and place, for the rows' values.
  std::vector<std::vector<LinkedMention const*>> link_of(c.tables.size());
  for (size_t t = 0; t < c.tables.size(); ++t) {
    link_of[t].assign(c.tables[t]->size() * c.tables[t]->schema().persons.size(), nullptr);
  }
  for (const LinkedMention& m : c.linked->mentions) {
    const size_t roles = c.tables[m.mention.table]->schema().persons.size();
    link_of[m.mention.table][m.mention.row * roles + m.mention.role] = &m;
  }
  std::vector<Task> tasks;
  for (size_t t = 0; t < c.tables.size(); ++t) {
    for (size_t begin = 0; begin < c.tables[t]->size(); begin += kRowsPerRun) {
      const size_t end = std::min(c.tables[t]->size(), begin + kRowsPerRun);
      tasks.push_back({[&, t, begin, end] {
        const Status status = WriteRows(c, t, begin, end, link_of[t], writer);
        done(end - begin);
        return status;
      }});
    }
  }
  for (size_t begin = 0; begin < c.linked->persons.size(); begin += kPersonsPerRun) {
    const size_t end = std::min(c.linked->persons.size(), begin + kPersonsPerRun);
    tasks.push_back({[&, begin, end] { return WritePersons(c, begin, end, writer); }});
  }
  tasks.push_back({[&] { return WriteLinkRecord(c.link_stats->trained, c.link_stats->names, writer); }});
  tasks.push_back({[&] { return WritePersonHistory(c.history, writer); }});
  for (const auto& write : {WriteHouseholds, WriteUnits, WriteKin, WriteAlerts, WriteReviews}) {
    tasks.push_back({[&, write] { return write(c, writer); }});
  }
  std::vector<Status> statuses(tasks.size());
  ParallelFor(tasks.size(), threads, [&](size_t i) { statuses[i] = tasks[i].run(); });
  for (const Status& status : statuses) HEARTH_RETURN_IF_ERROR(status);
  return OkStatus();
}

}  // namespace hearth
