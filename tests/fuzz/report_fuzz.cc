// Any bytes as a cell of an export: CSV reads back as it was meant, JSON text is UTF-8 without control characters.
#include <algorithm>
#include <sstream>

#include "core/cell_readers.h"
#include "core/status.h"
#include "core/text.h"
#include "ingest/csv_scanner.h"
#include "report/csv_writer.h"
#include "report/json_writer.h"
#include "report/table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view cell(reinterpret_cast<const char*>(data), size);

  std::ostringstream out;
  hearth::CsvWriter csv(&out, hearth::CsvEncoding::kUtf8);
  csv.Row({"x", cell, "y"});
  hearth::CsvScanner scanner({.delimiter = ",", .quote = '"'});
  scanner.Feed(out.str(), true);
  hearth::CsvRecord record;
  HEARTH_CHECK(scanner.Next(&record) && record.fields.size() == 3, "not one row of three cells");
  HEARTH_CHECK(record.fields[1] == hearth::GuardSpreadsheetCell(cell), "the cell changed on its way");
  HEARTH_CHECK(!scanner.Next(&record), "a second row");
  (void)hearth::EncodeGb18030(cell);

  const std::string quoted = hearth::JsonQuote(cell);
  HEARTH_CHECK(hearth::IsValidUtf8(quoted) && !hearth::HasControl(quoted), "JSON text with raw controls");

  hearth::TextTable table({{"cell", hearth::Align::kRight, 20}});
  table.AddRow({std::string(cell)});
  const std::string text = table.ToString();
  HEARTH_CHECK(std::count(text.begin(), text.end(), '\n') == 3, "the cell broke the table");
  return 0;
}
