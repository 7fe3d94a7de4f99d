// ReadTable reads one CSV file into a RecordSetBuilder, block by block.
//
//   HEARTH_RETURN_IF_ERROR(ReadTable("a.csv", 0, {.threads = 2}, model, &builder, &facts));
//
// The first row names the columns. Encoding (UTF-8 with or without mark, GB18030, UTF-16 with mark) and delimiter
// (comma, tab, semicolon, bar) are told from the start of the file unless given. Headings and cells are trimmed.
// InvalidArgument, with file and line and what would be right, for: no header, a column that the model asks for and the
// table lacks (all of them, with the nearest heading) or has twice, a row of another width, lines that end in CR alone,
// a quote that is not closed, bytes that are no text of the encoding (mixed encodings); NotFound for a file that cannot
// be opened. No cell is ever part of a message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/status.h"
#include "ingest/encoding.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

struct ReadOptions {
  std::optional<Encoding> encoding;
  int threads = 1;
};
struct TableFacts {
  std::string path;
  Encoding encoding = Encoding::kUtf8;
  char delimiter = ',';
  uint64_t rows = 0, bytes = 0;
};

Status ReadTable(const std::string& path, int source, const ReadOptions& options, const Model& model,
                 RecordSetBuilder* builder, TableFacts* facts);

// The name of a table in outputs: its file name without extension.
std::string TableName(const std::string& path);

}  // namespace hearth::linkage
