// hearth score: what the store holds against the truth of a made city.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "cli/score.h"
#include "cli/score_report.h"
#include "nightly/case_file.h"
#include "report/json_writer.h"
#include "store/codec.h"

namespace hearth {
namespace {

// Decodes every entry of a table and hands it on.
template <class T, class Decode>
Status ForEach(const Generation& g, Table table, Decode decode, const std::function<void(const T&)>& visit) {
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(table, "", [&](std::string_view, std::string_view value) {
    const auto item = decode(value);
    if (!item.ok()) {
      status = item.status();
      return false;
    }
    visit(*item);
    return true;
  }));
  return status;
}

ScoreInput InputOf(const Generation& g, const SchemaList& schemas) {
  ScoreInput input;
  input.mentions = [&](const std::function<void(const ScoredMention&)>& give) {
    return ForEach<StoredPerson>(g, Table::kPersons, DecodePerson, [&](const StoredPerson& p) {
      for (const PersonMention& m : p.mentions) {
        const RegistrySchema& schema = *schemas[m.registry];
        give({schema.id, m.key, schema.persons[m.role].role, p.person.id});
      }
    });
  };
  input.kin = [&](const std::function<void(const ScoredKin&)>& give) {
    const CivilDay as_of = g.meta().as_of;
    return ForEach<StoredKin>(g, Table::kKin, DecodeKin, [&](const StoredKin& k) {
      if (k.kind == KinKind::kGuardian || (k.end && *k.end <= as_of)) return;
      give({k.kind, k.from, k.to});
    });
  };
  input.units = [&](const std::function<void(const ScoredUnit&)>& give) {
    return ForEach<StoredUnit>(g, Table::kUnits, DecodeUnit, [&](const StoredUnit& u) {
      std::vector<PersonId> members;
      for (const auto& [person, reason] : u.members) members.push_back(person);
      give({u.household_no, members});
    });
  };
  input.alerts = [&](const std::function<void(const ScoredAlert&)>& give) {
    return ForEach<Alert>(g, Table::kAlerts, DecodeAlert, [&](const Alert& a) {
      give({a.kind, a.programme, a.household_no, a.record_no, a.state});
    });
  };
  return input;
}

}  // namespace

void AddScoreCommand(CLI::App& app) {
  struct Options {
    std::string config, packs, truth;
    int night = 0;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("score", "persons, kin, family units and alerts against a made city's truth");
  command->footer("Example:\n  hearth score --config city/hearth.yaml --truth city/truth --night 1");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("--truth", o->truth, "the city's truth folder")->required();
  command->add_option("--night", o->night, "night of the truth (default: its last)");
  command->add_flag("--json", o->json, "as JSON");
  OnRun(command, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    ScoreOptions options;
    if (o->night > 0) options.night = o->night;
    const auto score = ScoreNight(o->truth, InputOf(*store->generation, store->schemas), options);
    if (!score.ok()) return Fail(score.status());
    if (o->json) {
      JsonWriter json(&std::cout);
      WriteScore(*score, &json);
      json.Finish();
    } else {
      std::cout << ScoreText(*score);
    }
    return kExitOk;
  });
}

}  // namespace hearth
