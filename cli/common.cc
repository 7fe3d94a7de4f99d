#include "cli/common.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace hearth {
namespace {

int exit_code = kExitOk;

}  // namespace

std::string PacksDir(const std::string& given) {
  namespace fs = std::filesystem;
  if (!given.empty()) return given;
  if (const char* env = std::getenv("HEARTH_PACKS")) return env;
  std::error_code error;
  fs::path dir = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (int up = 0; up < 5 && !dir.empty(); ++up, dir = dir.parent_path()) {
    if (fs::exists(dir / "packs" / "registries", error)) return (dir / "packs").string();
    if (fs::exists(dir / "share" / "hearth" / "packs", error)) return (dir / "share" / "hearth" / "packs").string();
    if (dir == dir.root_path()) break;
  }
  return "packs";
}

int Fail(const Status& status) {
  std::fprintf(stderr, "hearth: %s\n", Message(status).c_str());
  return kExitFailure;
}

StatusOr<OpenStore> OpenSite(const std::string& config, const std::string& packs_dir) {
  OpenStore open;
  HEARTH_ASSIGN_OR_RETURN(open.site, LoadSiteConfig(config));
  const std::string packs = PacksDir(packs_dir);
  HEARTH_ASSIGN_OR_RETURN(open.schemas, LoadSiteSchemas(open.site, packs + "/registries"));
  HEARTH_ASSIGN_OR_RETURN(open.generation, Generation::OpenCurrent(open.site.store.string()));
  HEARTH_ASSIGN_OR_RETURN(open.packs, LoadNightPacks(open.site, packs, open.schemas, open.generation->meta().as_of));
  return open;
}

void AddSiteOptions(CLI::App* command, std::string* config, std::string* packs) {
  command->add_option("--config", *config, "the site's hearth.yaml")->required();
  command->add_option("--packs", *packs, "folder of built-in packs (default: HEARTH_PACKS, or beside the program)");
}

void OnRun(CLI::App* command, std::function<int()> run) {
  command->callback([run = std::move(run)] { exit_code = run(); });
}

int ExitCode() { return exit_code; }

}  // namespace hearth
