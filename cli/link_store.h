// The part of hearth link that keeps persons: --store. Options, and what is done with them.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace hearth {

struct LinkStoreOptions {
  std::string store;
  // Shared with the rest of hearth link.
  std::string model, out, clusters, encoding;
  std::vector<std::string> tables;
  int threads = 1;
  bool json = false;
  // Of --store alone.
  std::string removed, source, events, by, why, on;
  std::vector<std::string> decide;
  uint64_t commit_every = 1000, undo = 0, limit = 20;
  bool same = false, different = false, unsure = false, rebuild = false, retrain = false, review = false;
};

void AddLinkStoreOptions(CLI::App* command, LinkStoreOptions* options);

// Returns the exit code.
int LinkStoreCommand(const LinkStoreOptions& options);

// hearth lookup.
void AddLookupCommand(CLI::App& app);

// Today where this machine stands.
std::string TodayText();

}  // namespace hearth
