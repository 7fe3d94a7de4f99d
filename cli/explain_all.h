// hearth explain --all: every determination of a generation with what led to it, as a stream that can be worked out
// again by another program (docs/formats.md, "Explanation stream").
#pragma once

#include <string>
#include <vector>

#include "cli/common.h"

namespace hearth {

struct ExplainAllOptions {
  std::string out;   // a file, or "-" for standard output
  std::string pack;  // one of the site's; empty: all in force
  std::string as_of;
  int threads = 0;
};

// The exit code.
int ExplainAllCommand(const OpenStore& store, const std::string& packs_dir, const ExplainAllOptions& options);

}  // namespace hearth
