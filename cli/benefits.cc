// hearth benefits: the benefit list (幸福清单) of a household or of one person's family, to read, print or pass on.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/benefit_sheet.h"
#include "cli/output_paths.h"
#include "report/json_writer.h"

namespace hearth {
namespace {

void WriteLines(const char* key, const std::vector<BenefitLine>& lines, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const BenefitLine& line : lines) {
    const Rule& r = line.TheRule();
    json.BeginObject();
    json.Key("pack").Text(line.pack->pack.id());
    if (line.fact.empty())
      json.Key("rule").Text(r.id);
    else
      json.Key("fact").Text(line.fact);
    json.Key("programme").Text(r.programme);
    json.Key("kind").Text(r.kind);
    json.Key("title_zh").Text(r.title.zh);
    json.Key("title_en").Text(r.title.en);
    json.Key("clause").Text(r.clause);
    json.Key("member").Int(line.member);
    json.Key("amount").Yuan(line.amount);
    json.Key("per").Text(PeriodName(line.per));
    json.Key("shown").Bool(line.listed() == Listed::kShown);
    json.Key("listed").Text(ListedName(line.listed()));
    json.Key("next_change");
    if (!line.next) {
      json.Null();
    } else {
      json.BeginObject();
      json.Key("on").Day(line.next->on);
      json.Key("pack_ends").Bool(line.next->pack_ends);
      json.Key("outcome").Text(OutcomeName(line.next->outcome));
      json.Key("amount").Yuan(line.next->amount);
      json.Key("why").Text(WhyNext(line));
      json.EndObject();
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteUnit(const UnitBenefits& unit, JsonWriter& json) {
  json.BeginObject();
  json.Key("unit").Text("u-" + std::to_string(unit.file.unit->id.value));
  json.Key("household").Text(unit.file.household.number);
  json.Key("as_of").Day(unit.list.as_of);
  json.Key("members").BeginArray();
  for (const CaseMember& m : unit.file.members) {
    const std::optional<CivilDay>& birth = m.stored.person.birth_date;
    json.BeginObject();
    json.Key("person").Text("p-" + std::to_string(m.stored.person.id.value));
    json.Key("age");
    birth ? json.Int(AgeOn(*birth, unit.list.as_of, LeapDay::kMar1)) : json.Null();
    json.Key("counts_as").Text(MembershipReasonName(m.reason));
    json.EndObject();
  }
  json.EndArray();
  WriteLines("received", unit.list.received, json);
  WriteLines("due", unit.list.due, json);
  WriteLines("if_recognised", unit.list.if_recognised, json);
  json.Key("sums").BeginArray();
  for (const auto& [key, money] : unit.list.sums) {
    json.BeginObject();
    json.Key("kind").Text(key.first);
    json.Key("per").Text(PeriodName(key.second));
    json.Key("amount").Yuan(money);
    json.EndObject();
  }
  json.EndArray();
  json.Key("open_amounts").Count(unit.list.open_amounts);
  json.Key("needs").BeginArray();
  for (const OpenQuestion& q : unit.list.questions) {
    json.BeginObject();
    json.Key("from").Text(q.source);
    json.Key("fact").Text(q.fact);
    json.Key("shown").Bool(!q.entitlements.empty());
    json.Key("rules").BeginArray();
    for (const std::string& r : q.rules) json.Text(r);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void WriteJson(const NightPacks& packs, const std::vector<UnitBenefits>& units) {
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("format").Text("hearth-benefits");
  json.Key("version").Int(1);
  json.Key("packs").BeginArray();
  for (const ActivePack& active : packs.active) {
    json.BeginObject();
    json.Key("id").Text(active.pack.id());
    json.Key("document").Text(active.pack.document());
    json.Key("digest").Text(active.pack.digest());
    json.Key("valid_from").Day(active.pack.valid_from());
    json.Key("valid_to").Day(active.pack.valid_to());
    json.EndObject();
  }
  json.EndArray();
  json.Key("units").BeginArray();
  for (const UnitBenefits& unit : units) WriteUnit(unit, json);
  json.EndArray();
  json.EndObject();
  json.Finish();
}

struct Options {
  std::string config, packs, who, as_of, html;
  bool json = false;
};

// The units of a household, or the one that a person is in.
StatusOr<std::vector<FamilyUnitId>> UnitsOf(const OpenStore& store, const std::string& who) {
  const auto household = FindHousehold(*store.generation, who);
  if (household.ok()) return household->units;
  if (household.status().code() != absl::StatusCode::kNotFound) return household.status();
  const auto person = FindPerson(*store.generation, store.schemas, who);
  if (person.status().code() == absl::StatusCode::kNotFound) {
    return NotFound("no household has that number, and no person that id, record number or citizen number");
  }
  HEARTH_RETURN_IF_ERROR(person.status());
  HEARTH_ASSIGN_OR_RETURN(const CaseFile file, OpenPersonCase(*store.generation, store.schemas, *person));
  const FamilyUnitId unit = file.members[0].stored.unit;
  if (unit.value == 0) return NotFound("that person is in no family unit: dead, or gone from every household");
  return std::vector<FamilyUnitId>{unit};
}

Status Run(const Options& o) {
  HEARTH_ASSIGN_OR_RETURN(const OpenStore store, OpenSite(o.config, o.packs));
  CivilDay as_of = store.generation->meta().as_of;
  NightPacks packs = store.packs;
  if (!o.as_of.empty()) {
    HEARTH_ASSIGN_OR_RETURN(as_of, ParseIsoDay(o.as_of));
    HEARTH_ASSIGN_OR_RETURN(packs, LoadNightPacks(store.site, PacksDir(o.packs), store.schemas, as_of));
  }
  if (packs.active.empty()) return FailedPrecondition("no pack of the site is in force on " + as_of.ToString());
  if (!o.html.empty()) HEARTH_RETURN_IF_ERROR(CheckOutputPaths({o.config}, {o.html}));
  HEARTH_ASSIGN_OR_RETURN(const std::vector<FamilyUnitId> ids, UnitsOf(store, o.who));
  std::vector<UnitBenefits> units;
  for (const FamilyUnitId id : ids) {
    UnitBenefits unit;
    HEARTH_ASSIGN_OR_RETURN(unit.file, OpenUnitCase(*store.generation, store.schemas, id));
    HEARTH_ASSIGN_OR_RETURN(unit.list, MakeBenefitList(store, packs, unit.file, as_of));
    units.push_back(std::move(unit));
  }
  if (!o.html.empty()) {
    std::ofstream out(o.html, std::ios::binary | std::ios::trunc);
    out << BenefitPage(packs, units);
    if (!out.flush()) return Unavailable(o.html + ": could not be written");
  }
  if (o.json)
    WriteJson(packs, units);
  else
    std::cout << BenefitText(packs, units);
  return OkStatus();
}

}  // namespace

void AddBenefitsCommand(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("benefits", "the benefit list (幸福清单): received, due, next changes, clauses");
  command->footer(
      "Examples:\n  hearth benefits --config city/hearth.yaml 3399010000123\n"
      "  hearth benefits --config city/hearth.yaml p-1234567890 --html list.html");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("who", o->who, "household number (户号), person id or record number")->required();
  command->add_option("--as-of", o->as_of, "another day, the rows as they are");
  command->add_option("--html", o->html, "a page to print (A4)");
  command->add_flag("--json", o->json, "as JSON, without names");
  OnRun(command, [o] {
    const Status status = Run(*o);
    return status.ok() ? kExitOk : Fail(status);
  });
}

}  // namespace hearth
