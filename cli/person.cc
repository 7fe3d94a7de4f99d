// hearth person, hearth persons: one linked person with its rows, and the mentions of everybody.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "core/citizen_number.h"
#include "nightly/case_file.h"
#include "nightly/person_history.h"
#include "nightly/review.h"
#include "report/csv_writer.h"
#include "report/json_writer.h"
#include "report/table.h"
#include "store/codec.h"

namespace hearth {
namespace {

std::string PersonText(PersonId id) { return "p-" + std::to_string(id.value); }

void PrintPerson(const OpenStore& store, const CaseFile& file) {
  const CaseMember& m = file.members.front();
  const Person& p = m.stored.person;
  std::cout << PersonText(p.id) << "  " << p.name << "  "
            << (p.number.empty() ? "no usable number" : MaskNumber(p.number)) << "  born "
            << (p.birth_date ? p.birth_date->ToString() : "unknown")
            << (p.death_date ? "  died " + p.death_date->ToString() : "") << "\n";
  std::cout << "household " << (file.household.number.empty() ? "none" : file.household.number) << "\n\n";
  TextTable table({{"row"}, {"role"}, {"linked by"}, {"bits", Align::kRight}, {"as of"}, {"recorded"}});
  for (const CaseRow& row : m.rows) {
    const RecordTable& t = file.tables[row.at.table];
    const RowOrigin& origin = t.Origin(row.at.row);
    table.AddRow({DescribeRow(*store.generation, t, row.at.row), t.schema().persons[row.role].role,
                  std::string(LinkBasisName(row.link.basis)),
                  row.link.match_weight == 0 ? "" : std::to_string(static_cast<int>(row.link.match_weight)),
                  origin.as_of.ToString(), origin.recorded_at.ToString()});
  }
  std::cout << table.ToString();
}

void PrintPersonJson(const OpenStore& store, const CaseFile& file) {
  const CaseMember& m = file.members.front();
  const Person& p = m.stored.person;
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("person").Text(PersonText(p.id));
  json.Key("number_masked").Text(MaskNumber(p.number));
  json.Key("birth_date").Day(p.birth_date);
  json.Key("death_date").Day(p.death_date);
  json.Key("household_no").Text(file.household.number);
  json.Key("rows").BeginArray();
  for (const CaseRow& row : m.rows) {
    const RecordTable& t = file.tables[row.at.table];
    json.BeginObject();
    json.Key("row").Text(DescribeRow(*store.generation, t, row.at.row));
    json.Key("role").Text(t.schema().persons[row.role].role);
    json.Key("linked_by").Text(LinkBasisName(row.link.basis));
    json.Key("match_weight").Measure(row.link.match_weight);
    json.Key("as_of").Day(t.Origin(row.at.row).as_of);
    json.Key("recorded_at").Day(t.Origin(row.at.row).recorded_at);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.Finish();
}

Status WriteMentions(const Generation& g, const SchemaList& schemas, const std::string& path) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return Unavailable(path + ": cannot be written; check the folder and its rights");
  CsvWriter csv(&out, CsvEncoding::kUtf8, CsvGuard::kExact);
  csv.Row({"registry", "key", "role", "person"});
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kPersons, "", [&](std::string_view, std::string_view value) {
    const auto person = DecodePerson(value);
    if (!person.ok()) {
      status = person.status();
      return false;
    }
    for (const PersonMention& m : person->mentions) {
      const RegistrySchema& schema = *schemas[m.registry];
      csv.Text(schema.id).Text(m.key).Text(schema.persons[m.role].role).Text(PersonText(person->person.id)).EndRow();
    }
    return true;
  }));
  out.flush();
  if (status.ok() && !out) status = Unavailable(path + ": write failed; is the disk full?");
  return status;
}

void PrintHistory(const std::vector<StoredEvent>& history, bool json_wanted) {
  if (!json_wanted) {
    TextTable table({{"night"},
                     {"event"},
                     {"person"},
                     {"other"},
                     {"by"},
                     {"bits", Align::kRight},
                     {"rows moved", Align::kRight},
                     {"pair, for hearth review --decide"}});
    for (const StoredEvent& e : history) {
      table.AddRow({e.night.ToString(), std::string(PersonEventKindName(static_cast<PersonEventKind>(e.kind))),
                    PersonText(e.person), PersonText(e.other),
                    std::string(PersonEventReasonName(static_cast<PersonEventReason>(e.reason))),
                    e.millibits == 0 ? "" : std::to_string(e.millibits / 1000), std::to_string(e.mentions.size()),
                    PairId(e.moved, e.stayed)});
    }
    std::cout << (history.empty() ? "no merge, split or absorption\n" : table.ToString());
    return;
  }
  JsonWriter json(&std::cout);
  json.BeginArray();
  for (const StoredEvent& e : history) {
    json.BeginObject();
    json.Key("night").Day(e.night);
    json.Key("event").Text(PersonEventKindName(static_cast<PersonEventKind>(e.kind)));
    json.Key("person").Text(PersonText(e.person));
    json.Key("other").Text(PersonText(e.other));
    json.Key("by").Text(PersonEventReasonName(static_cast<PersonEventReason>(e.reason)));
    json.Key("match_weight").Measure(static_cast<double>(e.millibits) / 1000);
    json.Key("rows_moved").Count(e.mentions.size());
    json.Key("pair").Text(PairId(e.moved, e.stayed));
    json.EndObject();
  }
  json.EndArray();
  json.Finish();
}

}  // namespace

void AddPersonCommands(CLI::App& app) {
  struct Options {
    std::string config, packs, who, mentions;
    bool json = false, history = false, events = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* person = app.add_subcommand("person", "one linked person and the rows that name it");
  person->footer(
      "Example:\n  hearth person --config city/hearth.yaml p-1234567890123\n"
      "WHO is a person id, a household-registration record number, or a citizen number.");
  AddSiteOptions(person, &o->config, &o->packs);
  person->add_option("who", o->who, "person id, record number or citizen number")->required();
  person->add_flag("--json", o->json, "as JSON, without names");
  person->add_flag("--history", o->history,
                   "when it was merged, split or absorbed rows, and why; also of one who is gone");
  OnRun(person, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    const auto id = FindPerson(*store->generation, store->schemas, o->who);
    if (!id.ok()) return Fail(id.status());
    if (o->history) {
      auto history = ReadPersonHistory(*store->generation);
      if (!history.ok()) return Fail(history.status());
      std::erase_if(*history, [&](const StoredEvent& e) { return e.person != *id && e.other != *id; });
      PrintHistory(*history, o->json);
      return kExitOk;
    }
    const auto file = OpenPersonCase(*store->generation, store->schemas, *id);
    if (!file.ok()) return Fail(file.status());
    o->json ? PrintPersonJson(*store, *file) : PrintPerson(*store, *file);
    return kExitOk;
  });

  CLI::App* persons = app.add_subcommand("persons", "every mention with its person, as a CSV; what became of persons");
  persons->footer(
      "Examples:\n  hearth persons --config city/hearth.yaml --mentions mentions.csv\n"
      "  hearth persons --config city/hearth.yaml --events");
  AddSiteOptions(persons, &o->config, &o->packs);
  CLI::Option* mentions = persons->add_option("--mentions", o->mentions, "the file to write: registry,key,role,person");
  CLI::Option* events = persons->add_flag("--events", o->events, "every merge, split and absorption so far");
  events->excludes(mentions);
  persons->add_flag("--json", o->json, "the events as JSON");
  OnRun(persons, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    if (o->events) {
      const auto history = ReadPersonHistory(*store->generation);
      if (!history.ok()) return Fail(history.status());
      PrintHistory(*history, o->json);
      return kExitOk;
    }
    if (o->mentions.empty()) {
      std::cerr << "hearth persons: --mentions or --events is needed\n";
      return kExitUsage;
    }
    const Status s = WriteMentions(*store->generation, store->schemas, o->mentions);
    return s.ok() ? kExitOk : Fail(s);
  });
}

}  // namespace hearth
