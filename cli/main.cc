// hearth: one command, one file per subcommand.
#include <CLI/CLI.hpp>

#include "cli/common.h"
#include "cli/encode.h"
#include "cli/feel.h"
#include "cli/link.h"
#include "cli/link_store.h"
#include "cli/policy.h"
#include "cli/pull.h"
#include "cli/synth.h"

int main(int argc, char** argv) {
  CLI::App app{"hearth: registry feeds in, families, determinations and explained alerts out"};
  app.footer(
      "Start with:\n  hearth synth --people 20000 --seed 7 --nights 2 --out city\n"
      "  hearth night --config city/hearth.yaml --as-of 2024-03-01\n"
      "  hearth alerts --config city/hearth.yaml\n\n"
      "Exit codes: 0 done, 1 a finding or a failure, 2 wrong usage.");
  app.require_subcommand(1);
  app.set_version_flag("--version", "hearth 0.1.0");
  hearth::AddSynthCommand(app);
  hearth::AddPullCommand(app);
  hearth::AddNightCommand(app);
  hearth::AddApproveCommand(app);
  hearth::AddAlertsCommand(app);
  hearth::AddExplainCommand(app);
  hearth::AddHouseholdCommand(app);
  hearth::AddBenefitsCommand(app);
  hearth::AddPersonCommands(app);
  hearth::AddReviewCommand(app);
  hearth::AddDigestCommand(app);
  hearth::AddPolicyCommand(app);
  hearth::AddFeelCommand(app);
  hearth::AddScoreCommand(app);
  hearth::AddSimulateCommand(app);
  hearth::AddEncodeCommand(app);
  hearth::AddLinkCommand(app);
  hearth::AddLookupCommand(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? hearth::kExitOk : hearth::kExitUsage;
  }
  return hearth::ExitCode();
}
