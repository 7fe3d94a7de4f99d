// Where a command may write: never over what it reads, never two outputs to one file, and only where there is a folder
// to write to. Asked before the work is done, so that hours of it are not lost to a slip in a path.
//
//   HEARTH_RETURN_IF_ERROR(CheckOutputPaths({"people.csv"}, {"links.csv", "clusters.csv"}));
#pragma once

#include <string>
#include <vector>

#include "core/status.h"

namespace hearth {

// Empty paths are passed over. InvalidArgument names the path: an output that is an input (by another spelling or link,
// too), two equal outputs, a folder that does not exist or may not be written to, an output that is a folder.
Status CheckOutputPaths(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

}  // namespace hearth
