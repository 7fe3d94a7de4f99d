// Look-ups in a linkage store: which records, and so which persons, a row may be.
//
//   HEARTH_ASSIGN_OR_RETURN(const NamedCells named, ParseNamedCells("name=王芳,dob=1980-01-02"));
//   HEARTH_ASSIGN_OR_RETURN(const std::vector<LookUpHit> hits, LookUp(linker->table(), 0, named));
//
// Hits are at or above the review threshold, best first. Nothing is stored; the row is compared as one of table
// `source` would be. Measured: docs/benchmarks.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/status.h"
#include "linkage/live/live_linker.h"

namespace hearth::linkage {

struct LookUpHit {
  RecordKey record;
  uint64_t person = 0;
  double weight = 0, probability = 0;
  bool is_link = true;  // else for review
};

// Headings and cells.
using NamedCells = std::vector<std::pair<std::string, std::string>>;
// "heading=cell,heading=cell"; either may stand in double quotes, inside which " is written twice. InvalidArgument for
// a part without =, a quote that is not closed, a heading twice.
StatusOr<NamedCells> ParseNamedCells(std::string_view text);

// InvalidArgument for a heading that the model does not read (those it does are named) and for a row without a value.
StatusOr<std::vector<LookUpHit>> LookUp(LiveTable& table, int source, const NamedCells& row);
// cells: as TableHeadings, the id left out.
std::vector<LookUpHit> LookUp(LiveTable& table, int source, std::span<const std::string_view> cells);

}  // namespace hearth::linkage
