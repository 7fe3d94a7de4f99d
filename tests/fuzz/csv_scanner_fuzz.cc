// Any text in any blocks: the plain and the vector method find the same records, whole or block by block.
#include <algorithm>

#include "core/status.h"
#include "ingest/csv_scanner.h"

namespace {

using hearth::CsvRecord;
using hearth::CsvScanner;
using hearth::ScanMethod;

std::string Records(std::string_view text, size_t block, ScanMethod method) {
  CsvScanner scanner({.delimiter = ",", .quote = '"'}, method);
  CsvRecord record;
  std::string out;
  for (size_t at = 0; at <= text.size(); at += block) {
    scanner.Feed(text.substr(at, block), at + block > text.size());
    while (scanner.Next(&record)) {
      out += std::to_string(record.line) + (record.unclosed_quote ? "!" : ":");
      for (std::string_view field : record.fields) out += std::to_string(field.size()) + "[" + std::string(field) + "]";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t block = 1 + data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = Records(text, size + 1, ScanMethod::kPlain);
  HEARTH_CHECK(Records(text, block, ScanMethod::kPlain) == whole, "blocks change the records");
  HEARTH_CHECK(Records(text, block, ScanMethod::kAuto) == whole, "the two methods differ");
  return 0;
}
