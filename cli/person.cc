// hearth person, hearth persons: one linked person with its rows, and the mentions of everybody.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "core/citizen_number.h"
#include "nightly/case_file.h"
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

}  // namespace

void AddPersonCommands(CLI::App& app) {
  struct Options {
    std::string config, packs, who, mentions;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* person = app.add_subcommand("person", "one linked person and the rows that name it");
  person->footer(
      "Example:\n  hearth person --config city/hearth.yaml p-1234567890123\n"
      "WHO is a person id, a household-registration record number, or a citizen number.");
  AddSiteOptions(person, &o->config, &o->packs);
  person->add_option("who", o->who, "person id, record number or citizen number")->required();
  person->add_flag("--json", o->json, "as JSON, without names");
  OnRun(person, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    const auto id = FindPerson(*store->generation, store->schemas, o->who);
    if (!id.ok()) return Fail(id.status());
    const auto file = OpenPersonCase(*store->generation, store->schemas, *id);
    if (!file.ok()) return Fail(file.status());
    o->json ? PrintPersonJson(*store, *file) : PrintPerson(*store, *file);
    return kExitOk;
  });

  CLI::App* persons = app.add_subcommand("persons", "every mention with its person, as a CSV");
  persons->footer("Example:\n  hearth persons --config city/hearth.yaml --mentions mentions.csv");
  AddSiteOptions(persons, &o->config, &o->packs);
  persons->add_option("--mentions", o->mentions, "the file to write: registry,key,role,person")->required();
  OnRun(persons, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    const Status s = WriteMentions(*store->generation, store->schemas, o->mentions);
    return s.ok() ? kExitOk : Fail(s);
  });
}

}  // namespace hearth
