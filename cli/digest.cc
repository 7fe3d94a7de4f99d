// hearth digest: the root digest of the published generation.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "report/json_writer.h"

namespace hearth {

void AddDigestCommand(CLI::App& app) {
  struct Options {
    std::string config;
    bool verify = false, json = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("digest", "the root digest of the published generation, and its tables'");
  command->footer("Example:\n  hearth digest --config city/hearth.yaml --verify");
  command->add_option("--config", o->config, "the site's hearth.yaml")->required();
  command->add_flag("--verify", o->verify, "read every stored byte again and compare");
  command->add_flag("--json", o->json, "as JSON");
  OnRun(command, [o] {
    const auto site = LoadSiteConfig(o->config);
    if (!site.ok()) return Fail(site.status());
    const auto g = Generation::OpenCurrent(site->store.string());
    if (!g.ok()) return Fail(g.status());
    const GenerationMeta& meta = (*g)->meta();
    if (o->verify) {
      if (const Status s = (*g)->Verify(); !s.ok()) return Fail(s);
    }
    if (o->json) {
      JsonWriter json(&std::cout);
      json.BeginObject();
      json.Key("generation").Count(meta.number);
      json.Key("as_of").Day(meta.as_of);
      json.Key("root_digest").Text(meta.root_digest);
      json.Key("verified").Bool(o->verify);
      json.Key("tables").BeginObject();
      for (int t = 0; t < kTables; ++t) json.Key(TableName(static_cast<Table>(t))).Text(meta.table_digests[t]);
      json.EndObject();
      json.EndObject();
      json.Finish();
      return kExitOk;
    }
    std::cout << meta.root_digest << "  generation " << meta.number << "  as of " << meta.as_of.ToString()
              << (o->verify ? "  verified" : "") << "\n";
    for (int t = 0; t < kTables; ++t) {
      std::cout << "  " << meta.table_digests[t] << "  " << TableName(static_cast<Table>(t)) << " "
                << meta.table_entries[t] << "\n";
    }
    return kExitOk;
  });
}

}  // namespace hearth
