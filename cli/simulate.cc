// hearth simulate: who gains and who loses under other figures, another pack or on another day.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/common.h"
#include "nightly/simulate_report.h"
#include "report/progress.h"

namespace hearth {
namespace {

struct SimulateOptions {
  std::string config, packs, pack, as_of, csv, html, encoding = "utf8";
  std::vector<std::string> set;
  int threads = 0;
  bool json = false;
};

// The locality's parameters with NAME=VALUE in place of what they say, whatever the day.
Status SetParameters(const std::vector<std::string>& set, const Pack& pack, SiteParameters* site) {
  for (const std::string& one : set) {
    const size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidArgument("--set " + one + ": write NAME=VALUE, such as dibao_standard_month=1200");
    }
    HEARTH_ASSIGN_OR_RETURN(const YamlNode node,
                            ReadYaml(one.substr(0, equals) + ": " + one.substr(equals + 1) + "\n", "--set"));
    HEARTH_ASSIGN_OR_RETURN(const SiteParameters read, ReadSiteParameters(node, pack));
    for (const auto& [name, values] : read.values) {
      site->values[name] = values;
      for (Overlay& county : site->counties) county.values.erase(name);
    }
  }
  return OkStatus();
}

Status WriteFile(const std::string& path, const std::function<void(std::ostream*)>& write) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return Unavailable(path + ": cannot be written; check the folder and its rights");
  write(&out);
  out.flush();
  return out ? OkStatus() : Unavailable(path + ": write failed; is the disk full?");
}

Status Run(const SimulateOptions& o) {
  HEARTH_ASSIGN_OR_RETURN(OpenStore store, OpenSite(o.config, o.packs));
  CivilDay as_of = store.generation->meta().as_of;
  if (!o.as_of.empty()) {
    HEARTH_ASSIGN_OR_RETURN(as_of, ParseIsoDay(o.as_of));
    HEARTH_ASSIGN_OR_RETURN(store.packs, LoadNightPacks(store.site, PacksDir(o.packs), store.schemas, as_of));
  }
  if (store.packs.active.empty()) {
    return FailedPrecondition("no pack of the site is in force on " + as_of.ToString());
  }
  const ActivePack& base = store.packs.active.front();
  SimulateSide before{base.pack, base.site}, after = before;
  std::string question;
  if (!o.pack.empty()) {
    HEARTH_ASSIGN_OR_RETURN(after.pack, LoadPack(PacksDir(o.packs) + "/" + o.pack, store.schemas));
    std::vector<Pack> packs = {after.pack};
    for (const ActivePack& active : store.packs.active) packs.push_back(active.pack);
    HEARTH_ASSIGN_OR_RETURN(after.site,
                            ReadSiteParameters(store.site.parameters, store.site.counties, after.pack, packs));
    question = "pack " + after.pack.id() + " in place of " + before.pack.id();
  }
  HEARTH_RETURN_IF_ERROR(SetParameters(o.set, after.pack, &after.site));
  for (const std::string& one : o.set) question += (question.empty() ? "" : ", ") + one;
  if (question.empty()) return InvalidArgument("nothing differs: give --set NAME=VALUE or --pack ID");

  const int threads = o.threads > 0 ? o.threads : static_cast<int>(std::thread::hardware_concurrency());
  std::vector<bool> registries = RegistriesOf(store.packs.profile, before.pack, store.schemas);
  const std::vector<bool> others = RegistriesOf(store.packs.profile, after.pack, store.schemas);
  for (size_t i = 0; i < registries.size(); ++i) registries[i] = registries[i] || others[i];
  City city;
  {
    Progress bar("read", 0);
    HEARTH_ASSIGN_OR_RETURN(
        city, LoadCity(*store.generation, store.schemas, registries, threads, [&](size_t n) { bar.Add(n); }));
  }
  const SimulateInput input{&city, &store.schemas, &store.packs.profile, before, after, as_of, threads};
  Simulation simulation;
  {
    Progress bar("simulate", city.units.size());
    HEARTH_ASSIGN_OR_RETURN(simulation, Simulate(input, [&](size_t n) { bar.Add(n); }));
  }
  const SimulationCaption caption{store.site.site, question, as_of};
  if (!o.csv.empty()) {
    HEARTH_RETURN_IF_ERROR(WriteFile(
        o.csv, [&](std::ostream* out) { WriteSimulationCsv(simulation, city, o.encoding == "gb18030", out); }));
  }
  if (!o.html.empty()) {
    HEARTH_RETURN_IF_ERROR(WriteFile(o.html, [&](std::ostream* out) { *out << SimulationPage(simulation, caption); }));
  }
  if (o.json) {
    WriteSimulationJson(simulation, city, caption, &std::cout);
  } else {
    std::cout << SimulationText(simulation, caption);
  }
  return OkStatus();
}

}  // namespace

void AddSimulateCommand(CLI::App& app) {
  auto o = std::make_shared<SimulateOptions>();
  CLI::App* command = app.add_subcommand("simulate", "what if: who gains, who loses, what it costs, and why");
  command->footer(
      "Examples:\n  hearth simulate --config city/hearth.yaml --set dibao_standard_month=1200\n"
      "  hearth simulate --config city/hearth.yaml --set low_edge_multiple=2 --csv changed.csv --html page.html\n"
      "  hearth simulate --config city/hearth.yaml --pack jiaxing-2023 --as-of 2024-03-01\n\n"
      "Both sides are worked out from the registers of the last night: the rules say who is in a class, and the\n"
      "register's word stands only where they need information. Nothing is stored.");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("--set", o->set, "NAME=VALUE of a parameter; may be given again");
  command->add_option("--pack", o->pack, "another pack in place of the site's first");
  command->add_option("--as-of", o->as_of, "day of the evaluation (default: the last night's)");
  command->add_option("--csv", o->csv, "write the changed households, each with its reason, to this file");
  command->add_option("--encoding", o->encoding, "of the CSV: utf8 (with BOM) or gb18030")
      ->check(CLI::IsMember({"utf8", "gb18030"}))
      ->capture_default_str();
  command->add_option("--html", o->html, "write a page of charts to this file");
  command->add_option("--threads", o->threads, "default: all cores");
  command->add_flag("--json", o->json, "everything as JSON");
  OnRun(command, [o] {
    const Status s = Run(*o);
    return s.ok() ? kExitOk : Fail(s);
  });
}

}  // namespace hearth
