// hearth household: a registered household, its family units, who counts and why, and what each is due.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "core/citizen_number.h"
#include "nightly/case_file.h"
#include "report/json_writer.h"
#include "report/table.h"
#include "store/codec.h"

namespace hearth {
namespace {

void PrintUnit(const OpenStore& store, const CaseFile& file) {
  const CivilDay as_of = store.generation->meta().as_of;
  std::cout << "family unit u-" << file.unit->id.value << "\n";
  TextTable members({{"member"}, {"person"}, {"name"}, {"number"}, {"born"}, {"age", Align::kRight}, {"counts as"}});
  for (size_t i = 0; i < file.members.size(); ++i) {
    const Person& p = file.members[i].stored.person;
    members.AddRow({std::to_string(i + 1), "p-" + std::to_string(p.id.value), p.name, MaskNumber(p.number),
                    p.birth_date ? p.birth_date->ToString() : "unknown",
                    p.birth_date ? std::to_string(AgeOn(*p.birth_date, as_of, LeapDay::kMar1)) : "",
                    std::string(MembershipReasonName(file.members[i].reason))});
  }
  std::cout << members.ToString(2) << "\n";
  if (store.packs.active.empty()) return;
  const Pack& pack = store.packs.active.front().pack;
  TextTable rules({{"rule"},
                   {"what", Align::kLeft, 40},
                   {"for"},
                   {"outcome"},
                   {"yuan", Align::kRight},
                   {"per"},
                   {"clause", Align::kLeft, 28}});
  for (const Determination& d : file.unit->determinations) {
    const Rule& rule = pack.rules()[d.rule];
    if (d.outcome == Outcome::kNeedsInformation) continue;
    rules.AddRow({rule.id, rule.title.zh, d.member < 0 ? "family" : "member " + std::to_string(d.member + 1),
                  std::string(OutcomeName(d.outcome)), d.amount ? Yuan(*d.amount) : "open",
                  std::string(PeriodName(d.per)), rule.clause});
  }
  std::cout << rules.ToString(2);
  size_t open = 0;
  for (const Determination& d : file.unit->determinations) open += d.outcome == Outcome::kNeedsInformation;
  std::cout << "  " << open << " further rules need information\n\n";
}

void PrintUnitJson(const OpenStore& store, const CaseFile& file, JsonWriter& json) {
  json.BeginObject();
  json.Key("unit").Text("u-" + std::to_string(file.unit->id.value));
  json.Key("members").BeginArray();
  for (const CaseMember& m : file.members) {
    json.BeginObject();
    json.Key("person").Text("p-" + std::to_string(m.stored.person.id.value));
    json.Key("counts_as").Text(MembershipReasonName(m.reason));
    json.EndObject();
  }
  json.EndArray();
  json.Key("determinations").BeginArray();
  if (!store.packs.active.empty()) {
    const Pack& pack = store.packs.active.front().pack;
    for (const Determination& d : file.unit->determinations) {
      json.BeginObject();
      json.Key("rule").Text(pack.rules()[d.rule].id);
      json.Key("clause").Text(pack.rules()[d.rule].clause);
      json.Key("member").Int(d.member);
      json.Key("outcome").Text(OutcomeName(d.outcome));
      json.Key("amount").Yuan(d.amount);
      json.Key("per").Text(PeriodName(d.per));
      json.Key("needs").BeginArray();
      for (const std::string& name : d.missing) json.Text(name);
      json.EndArray();
      json.EndObject();
    }
  }
  json.EndArray();
  json.EndObject();
}

}  // namespace

void AddHouseholdCommand(CLI::App& app) {
  struct Options {
    std::string config, packs, number;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("household", "a registered household, its family units and what they are due");
  command->footer("Example:\n  hearth household --config city/hearth.yaml 3399010000123");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("number", o->number, "the household number (户号)")->required();
  command->add_flag("--json", o->json, "as JSON, without names");
  OnRun(command, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    const auto household = FindHousehold(*store->generation, o->number);
    if (!household.ok()) return Fail(household.status());
    JsonWriter json(&std::cout);
    if (o->json) {
      json.BeginObject();
      json.Key("household_no").Text(household->number);
      json.Key("region").Text(household->region);
      json.Key("collective").Bool(household->collective);
      json.Key("registered").Count(household->members.size());
      json.Key("units").BeginArray();
    } else {
      std::cout << "household " << household->number << "  region " << household->region
                << (household->collective ? "  collective" : "") << "  " << household->members.size() << " registered, "
                << household->units.size() << " family units\n\n";
    }
    for (const FamilyUnitId unit : household->units) {
      const auto file = OpenUnitCase(*store->generation, store->schemas, unit);
      if (!file.ok()) return Fail(file.status());
      o->json ? PrintUnitJson(*store, *file, json) : PrintUnit(*store, *file);
    }
    if (o->json) {
      json.EndArray();
      json.EndObject();
      json.Finish();
    }
    return kExitOk;
  });
}

}  // namespace hearth
