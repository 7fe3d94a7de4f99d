#include "nightly/link_case.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/yaml.h"

namespace hearth {
namespace {

class CaseBuilder {
 public:
  CaseBuilder(const Generation& g, const SchemaList& schemas) : g_(g), schemas_(schemas) {
    for (const auto& schema : schemas) out_.tables.emplace_back(schema);
    rows_.resize(schemas.size());
    links_.resize(schemas.size());
  }

  StatusOr<LinkCase> Build(const std::vector<PersonMention>& asked) {
    for (const PersonMention& m : asked) {
      HEARTH_ASSIGN_OR_RETURN(const uint32_t row, LoadRow(m.registry, m.key));
      const RowLink& link = links_[m.registry][row][m.role];
      if (link.person.value == 0) {
        return NotFound("that row of " + schemas_[m.registry]->id + " names nobody as " +
                        schemas_[m.registry]->persons[m.role].role);
      }
      out_.asked.push_back({static_cast<uint16_t>(m.registry), static_cast<uint16_t>(m.role), row});
      if (!whole_.insert(link.person.value).second) continue;
      HEARTH_RETURN_IF_ERROR(LoadPerson(link.person));
    }
    Index();
    return std::move(out_);
  }

 private:
  StatusOr<uint32_t> LoadRow(uint32_t registry, const std::string& key) {
    if (const auto it = rows_[registry].find(key); it != rows_[registry].end()) return it->second;
    auto value = g_.Get(Table::kRows, RowKey(schemas_[registry]->id, key));
    if (!value.ok()) return NotFound("no row of " + schemas_[registry]->id + " has that key");
    std::vector<RowLink> links;
    HEARTH_RETURN_IF_ERROR(DecodeRow(key, *value, &out_.tables[registry], &links));
    links.resize(schemas_[registry]->persons.size());
    const uint32_t row = static_cast<uint32_t>(out_.tables[registry].size() - 1);
    links_[registry].push_back(std::move(links));
    return rows_[registry][key] = row;
  }

  // A person with its rows and the rows of the households that they name.
  Status LoadPerson(PersonId id) {
    HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g_.Get(Table::kPersons, IdKey(id.value)));
    HEARTH_ASSIGN_OR_RETURN(StoredPerson stored, DecodePerson(bytes));
    persons_[id.value] = stored.person;
    for (const PersonMention& m : stored.mentions) {
      if (m.registry >= schemas_.size()) return DataLoss("person: names a registry that is not configured");
      HEARTH_ASSIGN_OR_RETURN(const uint32_t row, LoadRow(m.registry, m.key));
      HEARTH_RETURN_IF_ERROR(LoadHousehold(stored, m.registry, m.role, row));
    }
    return OkStatus();
  }

  Status LoadHousehold(const StoredPerson& stored, uint32_t registry, uint32_t role, uint32_t row) {
    const RegistrySchema& schema = *schemas_[registry];
    const int column = schema.persons[role].household_key;
    if (!out_.tables[registry].Has(column, row)) return OkStatus();
    const std::string number(out_.tables[registry].Text(column, row));
    if (!households_.insert({registry, number}).second) return OkStatus();
    if (schema.household.number == column && stored.household.value != 0) {
      HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g_.Get(Table::kHouseholds, IdKey(stored.household.value)));
      HEARTH_ASSIGN_OR_RETURN(const StoredHousehold household, DecodeHousehold(bytes));
      if (household.number == number) return LoadMembers(household, registry);
    }
    // Rows of one household are neighbours where its number begins the key.
    const std::string registry_prefix = RowKey(schema.id, "");
    const bool neighbours = !schema.key.empty() && schema.key[0] == column;
    std::vector<std::string> keys;
    Status status;
    HEARTH_RETURN_IF_ERROR(g_.Scan(Table::kRows, registry_prefix + (neighbours ? number : ""),
                                   [&](std::string_view key, std::string_view value) {
                                     RecordTable spare(schemas_[registry]);
                                     std::vector<RowLink> links;
                                     key.remove_prefix(registry_prefix.size());
                                     status = DecodeRow(key, value, &spare, &links);
                                     if (!status.ok()) return false;
                                     if (spare.Has(column, 0) && spare.Text(column, 0) == number)
                                       keys.emplace_back(key);
                                     return true;
                                   }));
    HEARTH_RETURN_IF_ERROR(status);
    for (const std::string& key : keys) HEARTH_RETURN_IF_ERROR(LoadRow(registry, key).status());
    return OkStatus();
  }

  Status LoadMembers(const StoredHousehold& household, uint32_t registry) {
    std::vector<PersonId> people = household.members;
    people.insert(people.end(), household.absent.begin(), household.absent.end());
    for (const PersonId id : people) {
      HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g_.Get(Table::kPersons, IdKey(id.value)));
      HEARTH_ASSIGN_OR_RETURN(const StoredPerson member, DecodePerson(bytes));
      for (const PersonMention& m : member.mentions) {
        if (m.registry == registry) HEARTH_RETURN_IF_ERROR(LoadRow(registry, m.key).status());
      }
    }
    return OkStatus();
  }

  // Persons in order of id; everybody whom some loaded row names is one.
  void Index() {
    for (const auto& table : links_) {
      for (const auto& row : table) {
        for (const RowLink& link : row) {
          if (link.person.value != 0) persons_.try_emplace(link.person.value).first->second.id = link.person;
        }
      }
    }
    std::map<uint64_t, PersonIndex> index_of;
    for (auto& [id, person] : persons_) {
      index_of[id] = static_cast<PersonIndex>(out_.linked.persons.size());
      out_.linked.persons.push_back(std::move(person));
    }
    std::vector<std::vector<LinkedMention>> mentions_of(out_.linked.persons.size());
    for (size_t t = 0; t < links_.size(); ++t) {
      const size_t roles = schemas_[t]->persons.size();
      auto& by_table = out_.linked.by_table.emplace_back(links_[t].size() * roles, kNoPerson);
      for (uint32_t row = 0; row < links_[t].size(); ++row) {
        for (size_t role = 0; role < roles; ++role) {
          const RowLink& link = links_[t][row][role];
          if (link.person.value == 0) continue;
          const PersonIndex p = by_table[row * roles + role] = index_of[link.person.value];
          if (!whole_.contains(link.person.value)) continue;
          const Mention m{static_cast<uint16_t>(t), static_cast<uint16_t>(role), row};
          mentions_of[p].push_back({m, link.basis, link.match_weight});
        }
      }
    }
    for (size_t p = 0; p < mentions_of.size(); ++p) {
      out_.linked.persons[p].first_mention = static_cast<uint32_t>(out_.linked.mentions.size());
      out_.linked.persons[p].mention_count = static_cast<uint32_t>(mentions_of[p].size());
      out_.linked.mentions.insert(out_.linked.mentions.end(), mentions_of[p].begin(), mentions_of[p].end());
    }
  }

  const Generation& g_;
  const SchemaList& schemas_;
  LinkCase out_;
  std::vector<std::map<std::string, uint32_t>> rows_;      // by registry: key -> row
  std::vector<std::vector<std::vector<RowLink>>> links_;   // by registry and row
  std::map<uint64_t, Person> persons_;                     // by id
  std::set<uint64_t> whole_;                               // persons asked for
  std::set<std::pair<uint32_t, std::string>> households_;  // loaded
};

std::string RoleNames(const RegistrySchema& schema) {
  std::string names;
  for (const PersonReference& p : schema.persons) names += (names.empty() ? "" : ", ") + p.role;
  return names;
}

}  // namespace

std::vector<const RecordTable*> LinkCase::TablePointers() const {
  std::vector<const RecordTable*> pointers;
  for (const RecordTable& t : tables) pointers.push_back(&t);
  return pointers;
}

const Person& LinkCase::PersonOf(Mention m) const {
  return linked.persons[linked.Of(m.table, m.row, m.role, tables[m.table].schema().persons.size())];
}

const LinkedMention& LinkCase::LinkOf(Mention m) const {
  const Person& person = PersonOf(m);
  const auto mentions = std::span(linked.mentions).subspan(person.first_mention, person.mention_count);
  return *std::find_if(mentions.begin(), mentions.end(), [&](const LinkedMention& l) { return l.mention == m; });
}

StatusOr<LinkCase> OpenLinkCase(const Generation& g, const SchemaList& schemas,
                                const std::vector<PersonMention>& mentions) {
  bool equal = g.meta().registries.size() == schemas.size();
  for (size_t i = 0; equal && i < schemas.size(); ++i) equal = g.meta().registries[i] == schemas[i]->id;
  if (!equal) return FailedPrecondition("the store was written with other registries; run hearth night first");
  return CaseBuilder(g, schemas).Build(mentions);
}

StatusOr<PersonMention> ParseMention(const Generation& g, const SchemaList& schemas, std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return InvalidArgument("a mention is REGISTRY:ROWKEY or REGISTRY:ROWKEY:ROLE, such as vehicles:02|浙Z12345:owner");
  }
  const std::string_view registry = text.substr(0, colon), rest = text.substr(colon + 1);
  PersonMention out;
  std::vector<std::string> known;
  for (const auto& schema : schemas) known.push_back(schema->id);
  const auto it = std::find(known.begin(), known.end(), registry);
  if (it == known.end()) {
    const std::string near = NearestName(registry, known);
    return InvalidArgument("no registry \"" + std::string(registry) + "\"" +
                           (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  out.registry = static_cast<uint32_t>(it - known.begin());
  const RegistrySchema& schema = *schemas[out.registry];
  // A key may hold a colon: the whole rest is a key when a row has it.
  if (g.Get(Table::kRows, RowKey(schema.id, rest)).ok()) {
    if (schema.persons.size() != 1) {
      return InvalidArgument("a row of " + schema.id + " names several people; add one of :" + RoleNames(schema));
    }
    out.key = rest;
    return out;
  }
  const size_t last = rest.rfind(':');
  if (last == std::string_view::npos || !g.Get(Table::kRows, RowKey(schema.id, rest.substr(0, last))).ok()) {
    return NotFound("no row of " + schema.id + " has that key");
  }
  const std::string_view role = rest.substr(last + 1);
  const auto who = std::find_if(schema.persons.begin(), schema.persons.end(),
                                [&](const PersonReference& p) { return p.role == role; });
  if (who == schema.persons.end()) {
    return InvalidArgument("a row of " + schema.id + " names nobody as \"" + std::string(role) + "\"; it names " +
                           RoleNames(schema));
  }
  out.key = rest.substr(0, last);
  out.role = static_cast<uint32_t>(who - schema.persons.begin());
  return out;
}

}  // namespace hearth
