// CsvScanner splits delimited UTF-8 text into records and fields, block by block.
//
//   CsvScanner scanner({.delimiter = ",", .quote = '"'});
//   scanner.Feed(block, /*last=*/true);
//   CsvRecord record;
//   while (scanner.Next(&record)) Use(record.fields);
//
// Rules. The delimiter is one byte or two. A field that begins with the quote ends at the next quote that is not
// doubled; inside it delimiters and line breaks are text and a doubled quote is one. A quote elsewhere in a field is
// text. CR LF and LF end a record; an empty line is no record. A quoted field that is not closed (end of text, text
// after the closing quote, or longer than kRecordBytesMax) costs its first physical line only: that line comes as a
// record with unclosed_quote set and no fields, and scanning goes on at the next line. A line longer than that without
// any quote comes as a record without fields.
// Delimiters, quotes and line feeds are found 64 bytes at a time with AVX2 where the machine has it, else byte by byte;
// both find the same. Views in a record live until the next call of Next or Feed. Not for concurrent use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

struct CsvDialect {
  std::string delimiter = ",";  // one or two bytes, neither a quote nor a line break
  std::optional<char> quote;
};

struct CsvRecord {
  std::vector<std::string_view> fields;
  uint64_t line = 0;        // 1-based physical line of its first byte
  uint64_t text_begin = 0;  // offsets in the text fed so far
  uint64_t text_end = 0;    // just after its last byte, line break not counted
  bool unclosed_quote = false;
};

enum class ScanMethod : uint8_t { kAuto, kPlain, kAvx2 };

class CsvScanner {
 public:
  static constexpr size_t kRecordBytesMax = 1 << 20;  // no sound row is longer; bounds what a stray quote can cost

  explicit CsvScanner(CsvDialect dialect, ScanMethod method = ScanMethod::kAuto);

  // Adds text. Call it when Next has returned false; last: no text follows.
  void Feed(std::string_view text, bool last);
  // False when the rest of the text holds no whole record: feed more, or the end.
  bool Next(CsvRecord* record);

 private:
  enum class FieldEnd : uint8_t { kDelimiter, kLine, kNeedMore, kUnclosed };
  FieldEnd ScanQuoted(size_t* at, size_t* mark, uint64_t* line_feeds, CsvRecord* record);
  FieldEnd ScanPlain(size_t* at, size_t* mark, CsvRecord* record);
  FieldEnd AfterQuote(size_t after, size_t next_mark, size_t* at, size_t* mark, CsvRecord* record);
  void Index();
  bool SkipEmptyLines();
  bool SkipRestOfLine();
  bool TakeBrokenLine(bool quoted, CsvRecord* record);
  void Unescape(CsvRecord* record);

  CsvDialect dialect_;
  ScanMethod method_;
  std::string text_;             // unread text
  std::vector<uint32_t> marks_;  // offsets in text_ of delimiters, quotes and line feeds; grows, never shrinks
  size_t mark_count_ = 0;
  size_t mark_ = 0;         // no mark before it lies at pos_ or later
  size_t pos_ = 0;          // start of the next record in text_
  uint64_t text_base_ = 0;  // offset of text_[0] in all text fed
  uint64_t line_ = 1;
  bool last_ = false;
  bool skipping_ = false;        // inside a line that was given up
  std::vector<size_t> doubled_;  // fields of the current record that hold doubled quotes
};

// True when this machine runs the AVX2 method.
bool HasAvx2();

}  // namespace hearth
