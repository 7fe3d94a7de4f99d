// What every subcommand needs: where the packs lie, how errors leave the program, an opened store.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ingest/registry_schema.h"
#include "ingest/site_config.h"
#include "nightly/load_packs.h"
#include "store/generation.h"

namespace CLI {
class App;
}

namespace hearth {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;  // a finding or a failure
inline constexpr int kExitUsage = 2;

// The folder of built-in packs: --packs, else HEARTH_PACKS, else packs/ beside or above the program.
std::string PacksDir(const std::string& given);

// Prints "hearth: message" to standard error and returns the exit code.
int Fail(const Status& status);

// Site, schemas, packs and the published generation.
struct OpenStore {
  SiteConfig site;
  SchemaList schemas;
  std::unique_ptr<Generation> generation;
  NightPacks packs;  // as of the generation's day
};
StatusOr<OpenStore> OpenSite(const std::string& config, const std::string& packs_dir);

// Adds --config (required) and --packs to a subcommand.
void AddSiteOptions(CLI::App* command, std::string* config, std::string* packs);

// Sets the callback of a subcommand: what it returns is the program's exit code.
void OnRun(CLI::App* command, std::function<int()> run);
int ExitCode();

// One registration per file of this folder.
void AddNightCommand(CLI::App& app);
void AddApproveCommand(CLI::App& app);
void AddAlertsCommand(CLI::App& app);
void AddPersonCommands(CLI::App& app);
void AddHouseholdCommand(CLI::App& app);
void AddExplainCommand(CLI::App& app);
void AddBenefitsCommand(CLI::App& app);
void AddDigestCommand(CLI::App& app);
void AddReviewCommand(CLI::App& app);
void AddScoreCommand(CLI::App& app);
void AddSimulateCommand(CLI::App& app);

}  // namespace hearth
