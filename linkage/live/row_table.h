// Rows as their file has them, each distinct cell once: what a linkage store takes in.
//
//   HEARTH_ASSIGN_OR_RETURN(RowTable rows, ReadRows("b.csv", 0, model, {.threads = 2}));
//   HEARTH_ASSIGN_OR_RETURN(RecordSet records, MakeRecords(model, sources, tables, 2));
//
// Errors as ReadTable and RecordSetBuilder: a column that is missing, a row without id, an id twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "linkage/read_table.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

struct RowTable {
  int source = 0;
  RecordSet raw;  // a column for each of TableHeadings(model, source) but the id; rows in order of id
  TableFacts facts;

  size_t rows() const { return raw.size(); }
  std::string_view Id(size_t row) const { return raw.Id(static_cast<uint32_t>(row)); }
  // The cells of a row, empty where it has none.
  void Cells(size_t row, std::vector<std::string_view>* cells) const;
};

StatusOr<RowTable> ReadRows(const std::string& path, int source, const Model& model, const ReadOptions& options);

// The records of one table or two, in order of source and id.
StatusOr<RecordSet> MakeRecords(const Model& model, const std::vector<std::string>& sources,
                                const std::vector<RowTable>& tables, int threads);

// The ids of a file: its column as the model names it, ascending. An id twice is an error, as in a table.
StatusOr<std::vector<std::string>> ReadIds(const std::string& path, const Model& model, const ReadOptions& options);

}  // namespace hearth::linkage
