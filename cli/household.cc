// hearth household: a registered household, its family units, who counts and why, and what each is due.
#include <CLI/CLI.hpp>
#include <algorithm>
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

// What the night does not store: the first pack's determinations that need information, made again from the rows.
StatusOr<std::vector<Determination>> OpenQuestions(const OpenStore& store, const CaseFile& file) {
  std::vector<Determination> open;
  if (store.packs.active.empty()) return open;
  const ActivePack& active = store.packs.active.front();
  const CivilDay as_of = store.generation->meta().as_of;
  const UnitFacts facts = FactsOf(file, store.schemas, store.packs.profile, active.pack,
                                  AnsweredOf(*store.generation, store.schemas), as_of);
  HEARTH_ASSIGN_OR_RETURN(open, EvaluateUnit(active.pack, active.site, facts, as_of, {.keep_not_eligible = false}));
  std::erase_if(open, [](const Determination& d) { return d.outcome != Outcome::kNeedsInformation; });
  return open;
}

void PrintUnit(const OpenStore& store, const CaseFile& file, const std::vector<Determination>& open) {
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
    rules.AddRow({rule.id, rule.title.zh, d.member < 0 ? "family" : "member " + std::to_string(d.member + 1),
                  std::string(OutcomeName(d.outcome)), d.amount ? Yuan(*d.amount) : "open",
                  std::string(PeriodName(d.per)), rule.clause});
  }
  std::cout << rules.ToString(2);
  std::cout << "  " << open.size() << " further determinations need information\n\n";
}

void PrintUnitJson(const OpenStore& store, const CaseFile& file, const std::vector<Determination>& open,
                   JsonWriter& json) {
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
    std::vector<Determination> all = file.unit->determinations;
    all.insert(all.end(), open.begin(), open.end());
    std::stable_sort(all.begin(), all.end(), [](const Determination& a, const Determination& b) {
      return std::pair(a.rule, a.member) < std::pair(b.rule, b.member);
    });
    for (const Determination& d : all) {
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
      const auto open = OpenQuestions(*store, *file);
      if (!open.ok()) return Fail(open.status());
      o->json ? PrintUnitJson(*store, *file, *open, json) : PrintUnit(*store, *file, *open);
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
