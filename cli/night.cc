// hearth night, hearth approve
#include "nightly/night.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/common.h"
#include "store/desk.h"

namespace hearth {

void AddNightCommand(CLI::App& app) {
  struct Options {
    std::string config, packs, as_of;
    int threads = 0;
    bool json = false, no_pull = false, quiet = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("night", "take deliveries, link, decide, and publish the next generation");
  command->footer(
      "Example:\n  hearth night --config city/hearth.yaml --as-of 2024-03-01\n\n"
      "Exit code 1 when something is held: nothing is published then, and the report says how to approve.");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("--as-of", o->as_of, "the day the facts hold for, YYYY-MM-DD")->required();
  command->add_option("--threads", o->threads, "default: one a core");
  command->add_flag("--no-pull", o->no_pull, "use what the archive holds; do not look at the drop folder");
  command->add_flag("--json", o->json, "the closing report as JSON");
  command->add_flag("--quiet", o->quiet, "no progress bars");
  OnRun(command, [o] {
    const auto as_of = ParseIsoDay(o->as_of);
    if (!as_of.ok()) {
      std::cerr << "hearth: --as-of: " << Message(as_of.status()) << "\n";
      return kExitUsage;
    }
    auto site = LoadSiteConfig(o->config);
    if (!site.ok()) return Fail(site.status());
    NightOptions options;
    options.threads = o->threads > 0 ? o->threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    options.packs_dir = PacksDir(o->packs);
    options.pull = !o->no_pull;
    options.show_progress = !o->quiet;
    const auto report = RunNight(*site, *as_of, options);
    if (!report.ok()) return Fail(report.status());
    std::cout << (o->json ? NightReportJson(*report) : NightReportText(*report));
    return report->held.empty() && report->refused.empty() ? kExitOk : kExitFailure;
  });
}

void AddApproveCommand(CLI::App& app) {
  struct Options {
    std::string config, packs;
    Approval approval;
  };
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("approve", "sign under something that a guard holds; two people must");
  command->footer(
      "Example:\n  hearth approve --config city/hearth.yaml --subject \"feed ga_vehicles seq 12\" \\\n"
      "                 --by li.wei --reason \"two districts were merged\"");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("--subject", o->approval.subject, "as the night's report names it")->required();
  command->add_option("--by", o->approval.by, "your account")->required();
  command->add_option("--reason", o->approval.reason, "why it is right to go on")->required();
  OnRun(command, [o] {
    auto site = LoadSiteConfig(o->config);
    if (!site.ok()) return Fail(site.status());
    const Desk desk(site->store.string());
    if (const Status s = desk.AddApproval(o->approval); !s.ok()) return Fail(s);
    const auto signers = desk.SignersOf(o->approval.subject);
    if (!signers.ok()) return Fail(signers.status());
    std::cout << o->approval.subject << ": " << signers->size() << " of 2 signatures\n";
    return kExitOk;
  });
}

}  // namespace hearth
