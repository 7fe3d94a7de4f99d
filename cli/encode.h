// hearth encode, and the part of hearth link that takes encoded files.
#pragma once

#include <string>

#include "linkage/link_encoded.h"

namespace CLI {
class App;
}

namespace hearth {

void AddEncodeCommand(CLI::App& app);

// hearth link --encoded: links job's two files, writes `out`, prints what was done (as JSON when asked) to standard
// output. Returns the exit code.
int LinkEncodedCommand(const linkage::LinkEncodedJob& job, const std::string& out, bool json);

}  // namespace hearth
