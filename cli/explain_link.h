// hearth explain --link: why one mention belongs to its person.
#pragma once

#include <string>

#include "cli/common.h"

namespace hearth {

// Prints the waterfall of "REGISTRY:ROWKEY[:ROLE]"; the exit code.
int ExplainLinkCommand(const OpenStore& store, const std::string& mention, bool json);

}  // namespace hearth
