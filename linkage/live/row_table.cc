#include "linkage/live/row_table.h"

#include <algorithm>

namespace hearth::linkage {
namespace {

constexpr size_t kRowsAtOnce = 1 << 16;

// A model with a plain column for each heading of one table.
Model PlainModel(const Model& model, int source, bool ids_only) {
  Model plain;
  plain.name = model.name;
  plain.id_column = model.id_column;
  if (ids_only) return plain;
  const std::vector<std::string> headings = TableHeadings(model, source);
  for (size_t h = 1; h < headings.size(); ++h) {
    ColumnSpec column{.name = headings[h]};
    column.from[static_cast<size_t>(source)] = {headings[h]};
    plain.columns.push_back(std::move(column));
  }
  return plain;
}

}  // namespace

void RowTable::Cells(size_t row, std::vector<std::string_view>* cells) const {
  cells->clear();
  for (const Column& column : raw.columns) {
    const uint32_t code = column.codes[row];
    cells->push_back(code == kNullCode ? std::string_view() : column.values[code]);
  }
}

StatusOr<RowTable> ReadRows(const std::string& path, int source, const Model& model, const ReadOptions& options) {
  RowTable table{.source = source};
  const Model plain = PlainModel(model, source, false);
  // Messages name the table as the file is called; the other source has no rows.
  std::vector<std::string> names(static_cast<size_t>(source) + 1, TableName(path));
  RecordSetBuilder builder(plain, names);
  HEARTH_RETURN_IF_ERROR(ReadTable(path, source, options, model, &builder, &table.facts));
  HEARTH_ASSIGN_OR_RETURN(table.raw, std::move(builder).Finish(options.threads));
  return table;
}

StatusOr<RecordSet> MakeRecords(const Model& model, const std::vector<std::string>& sources,
                                const std::vector<RowTable>& tables, int threads) {
  RecordSetBuilder builder(model, sources);
  std::vector<std::string_view> row;
  for (const RowTable& table : tables) {
    std::vector<std::vector<std::string_view>> cells(table.raw.columns.size() + 1);
    std::vector<uint64_t> lines;
    for (size_t begin = 0; begin < table.rows(); begin += kRowsAtOnce) {
      for (auto& column : cells) column.clear();
      lines.clear();
      for (size_t r = begin; r < std::min(table.rows(), begin + kRowsAtOnce); ++r) {
        table.Cells(r, &row);
        cells[0].push_back(table.Id(r));
        for (size_t c = 0; c < row.size(); ++c) cells[c + 1].push_back(row[c]);
        lines.push_back(r + 1);
      }
      builder.AddRows(table.source, cells, lines, threads);
    }
  }
  return std::move(builder).Finish(threads);
}

StatusOr<std::vector<std::string>> ReadIds(const std::string& path, const Model& model, const ReadOptions& options) {
  const Model plain = PlainModel(model, 0, true);
  RecordSetBuilder builder(plain, {TableName(path)});
  TableFacts facts;
  HEARTH_RETURN_IF_ERROR(ReadTable(path, 0, options, plain, &builder, &facts));
  HEARTH_ASSIGN_OR_RETURN(const RecordSet records, std::move(builder).Finish(options.threads));
  std::vector<std::string> ids;
  for (uint32_t r = 0; r < records.size(); ++r) ids.emplace_back(records.Id(r));
  return ids;
}

}  // namespace hearth::linkage
