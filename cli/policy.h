// hearth policy: checks, lists, shows and tests policy packs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "ingest/registry_schema.h"
#include "policy/pack.h"

namespace CLI {
class App;
}

namespace hearth {

struct PolicyOptions {
  std::string packs;               // folder of packs; empty: see PacksDir
  std::vector<std::string> paths;  // packs (a folder or an id), files or folders of cases; empty: all there are
  std::string as_of;               // values and review dates on this day; empty: today
  bool json = false;
  // list
  bool rules = false, left_out = false, switches = false, parameters = false;
  // show
  std::string rule;
  // test
  std::string filter;
  bool coverage = false;
  int threads = 0;  // 0: all cores
};

// Each prints to standard output and returns the exit code: 0, 1 for a finding, 2 for wrong usage.
int PolicyCheck(const PolicyOptions& options);  // every problem of a pack, and its warnings
int PolicyList(const PolicyOptions& options);   // what it holds, counted; on request in full
int PolicyShow(const PolicyOptions& options);   // one rule beside its clause and what it rests on
int PolicyTest(const PolicyOptions& options);   // cases; ends with "N passed, N failed"

// ---- what they share

// Where the packs lie, their registries' schemas, and the day asked for.
struct PolicyFolder {
  std::filesystem::path root;
  SchemaList schemas;
  CivilDay as_of;
};
StatusOr<PolicyFolder> OpenPolicyFolder(const PolicyOptions& options);

// A pack given as a folder, else by its id among the packs.
std::filesystem::path PackFolder(const std::string& given, const std::filesystem::path& packs);
// The packs given, else all of the folder by id.
std::vector<std::string> PacksAsked(const PolicyOptions& options, const std::filesystem::path& packs);
// Files as they are, of folders the YAML files in them by name.
std::vector<std::string> CaseFiles(const std::vector<std::string>& paths);

// On one line: blanks and line breaks become one space.
std::string OneLineOf(std::string_view text);
// The value on the day with its unit: "1,100 yuan/month", "set by the locality".
std::string ParameterText(const Parameter& p, CivilDay day);
std::string BetterName(Better better);  // "higher", "lower", ""

void AddPolicyCommand(CLI::App& app);

}  // namespace hearth
