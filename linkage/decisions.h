// What people decided about pairs of records of linked tables, in a file of their own that outlives every run.
//
//   source_l,id_l,source_r,id_r,decision,by,day,why
//   people,17,people,42,different,Chen,2026-11-20,two sisters
//
// decision: same, different, or unsure, which decides nothing and is kept as an answer; of two about one pair the last
// row counts. by: an account name, never a citizen's; day: YYYY-MM-DD. UTF-8.
#pragma once

#include <string>
#include <vector>

#include "core/status.h"
#include "linkage/run_link.h"

namespace hearth::linkage {

// Those that decide, in order of the file. InvalidArgument with file and line for another heading, a row of another
// width, an empty id, a decision that is none, a day that is no civil day; NotFound for a file that cannot be opened.
StatusOr<std::vector<Decision>> ReadDecisions(const std::string& path);

}  // namespace hearth::linkage
