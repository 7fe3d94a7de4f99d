// hearth policy: checks, lists and tests policy packs.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace hearth {

struct PolicyOptions {
  std::string packs;               // folder of packs; empty: see PacksDir
  std::vector<std::string> paths;  // packs (a folder or an id), or files of cases
  bool json = false;
};

// Each prints to standard output and returns the exit code: 0, 1 for a finding, 2 for wrong usage.
int PolicyCheck(const PolicyOptions& options);  // every problem of a pack
int PolicyList(const PolicyOptions& options);   // its rules, with unit, amount and clause
int PolicyTest(const PolicyOptions& options);   // cases; ends with "N passed, N failed"

void AddPolicyCommand(CLI::App& app);

}  // namespace hearth
