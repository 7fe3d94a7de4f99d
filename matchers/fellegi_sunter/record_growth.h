// RecordSetGrower lets a RecordSet that was made whole grow by one row at a time, and take the last one back.
//
//   RecordSetGrower grower(model, &records);
//   const uint32_t record = grower.Append(0, "r17", cells);   // cells as TableHeadings(model, 0), the id left out
//   grower.TakeBack();                                        // as if it had never been
//
// Values already known keep their numbers, new ones are numbered behind them. Appended records stand in order of
// arrival, so RecordSet::Find and SourceOf do not know them, and Column::counts and filled stay those of the first
// rows: who appends keeps ids and sources, and frozen term counts (comparer.h). One thread. Cost: some microseconds a
// row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

class RecordSetGrower {
 public:
  // Both must outlive it.
  RecordSetGrower(const Model& model, RecordSet* records);

  // Cells are trimmed. Ids need not be distinct: a changed row is a second record of its id.
  uint32_t Append(int source, std::string_view id, std::span<const std::string_view> cells);
  // Takes the record of the last Append back, once.
  void TakeBack();

 private:
  const Model& model_;
  RecordSet* records_;
  std::vector<std::vector<std::vector<size_t>>> parts_;  // by source, column: places in cells
  // What there was before the last Append: texts of ids and of each column, items of columns of many values.
  size_t ids_before_ = 0;
  std::vector<size_t> values_before_, items_before_;
  std::string joined_;
  std::vector<std::string> texts_;
};

}  // namespace hearth::linkage
