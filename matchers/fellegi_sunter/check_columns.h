// Columns that cannot help: empty, the same in all rows, or different in every row.
//
//   for (const std::string& warning : CheckColumns(model, records)) …
//   "column occupation is the same in all 1,200 rows that have it: comparing it says nothing"
//
// Only columns that a rule or a comparison reads; each is named once, with what that means for its use. Values are
// never shown. Cost: one look at a column's counts.
#pragma once

#include <string>
#include <vector>

#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

std::vector<std::string> CheckColumns(const Model& model, const RecordSet& records);

}  // namespace hearth::linkage
