// The page that says how a linking job went, for the person who answers for its model: match weights, m and u, the
// histogram of scores, what other thresholds would give, rows that cannot be linked, block sizes, and some pairs with
// their evidence step by step. One self-contained file; it shows values of the tables, so it is as secret as they are.
#pragma once

#include <string>

#include "linkage/run_link.h"

namespace hearth::linkage {

// The job must have run with count_scores, on records that are still at hand.
std::string LinkReport(const LinkResult& result);

}  // namespace hearth::linkage
