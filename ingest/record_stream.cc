#include "ingest/record_stream.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "core/text.h"
#include "core/yaml.h"
#include "ingest/csv_scanner.h"
#include "ingest/encoding.h"
#include "ingest/sm3.h"

namespace hearth {
namespace {

constexpr size_t kBlockBytes = 256 * 1024;  // decoded and indexed while it is still in the second-level cache
constexpr size_t kPiecesMax = 8;            // of one row broken by line breaks

std::string ControlsOf(const std::string& delimiter) {
  std::string controls;
  for (const char c : delimiter) {
    if (static_cast<uint8_t>(c) < 0x20) controls += c;
  }
  return controls;
}

// Tells which records hold damaged text, and where a text offset lies in the file.
class DamageMap {
 public:
  explicit DamageMap(Encoding encoding) : is_utf8_(encoding == Encoding::kUtf8) {}

  void Add(const std::vector<DecodeError>& errors, uint64_t text_base) {
    for (const DecodeError& e : errors) errors_.push_back({text_base + e.text_offset, e.file_offset, e.file_bytes});
  }

  // File offset of the first damage in [begin, end), -1 when there is none. Ranges must ascend.
  int64_t FirstIn(uint64_t begin, uint64_t end) {
    Forget(begin);
    if (errors_.empty() || errors_.front().text >= end) return -1;
    return static_cast<int64_t>(errors_.front().file);
  }

  // File offset of a text offset; known in UTF-8 alone, where only damage changes lengths.
  int64_t FileOffset(uint64_t text, size_t mark_bytes) {
    Forget(text);
    return is_utf8_ ? static_cast<int64_t>(text + mark_bytes) + shift_ : QuarantinedRow::kUnknownOffset;
  }

 private:
  struct Error {
    uint64_t text, file;
    uint32_t file_bytes;
  };
  void Forget(uint64_t before) {
    while (!errors_.empty() && errors_.front().text < before) {
      shift_ += static_cast<int64_t>(errors_.front().file_bytes) - 3;  // U+FFFD has three bytes
      errors_.pop_front();
    }
  }

  bool is_utf8_;
  std::deque<Error> errors_;
  int64_t shift_ = 0;
};

// Turns records into rows: counts columns and joins the pieces of a row that a line break has broken.
class RowMaker {
 public:
  RowMaker(const Manifest& manifest, const std::function<void(const StreamRow&)>& on_row, FileTotals* totals)
      : columns_(manifest.columns.size()), on_row_(on_row), totals_(totals) {}

  void Add(const CsvRecord& record, int64_t damage, int64_t offset) {
    const auto line = static_cast<uint32_t>(record.line);
    if (damage >= 0) {
      FlushPieces();
      ++totals_->bad_encoding;
      return Broken(QuarantineReason::kBadEncoding, line, damage);
    }
    if (record.unclosed_quote) {
      FlushPieces();
      return Broken(QuarantineReason::kUnclosedQuote, line, offset);
    }
    if (record.fields.size() == columns_) {
      if (!pieces_.empty()) FlushPieces();
      ++totals_->rows;
      return on_row_({std::nullopt, record.fields, line, offset});
    }
    if (record.fields.empty() || record.fields.size() > columns_) {
      FlushPieces();
      return Broken(QuarantineReason::kColumnCount, line, offset);
    }
    AddPiece(record.fields.size(), line, offset);
  }

  // Pieces that never came to a whole row are rows of too few columns each.
  void FlushPieces() {
    for (const Piece& piece : pieces_) Broken(QuarantineReason::kColumnCount, piece.line, piece.offset);
    pieces_.clear();
  }

 private:
  struct Piece {
    size_t fields;
    uint32_t line;
    int64_t offset;
  };

  void AddPiece(size_t fields, uint32_t line, int64_t offset) {
    // The last cell of one piece and the first of the next are one cell.
    size_t together = fields;
    for (const Piece& piece : pieces_) together += piece.fields - 1;
    if (together > columns_ || pieces_.size() + 1 >= kPiecesMax) FlushPieces();
    pieces_.push_back({fields, line, offset});
    if (together != columns_ || pieces_.size() < 2) return;
    const Piece first = pieces_.front();
    pieces_.clear();
    Broken(QuarantineReason::kLineBreak, first.line, first.offset);
  }

  void Broken(QuarantineReason reason, uint32_t line, int64_t offset) {
    ++totals_->rows;
    on_row_({reason, {}, line, offset});
  }

  size_t columns_;
  const std::function<void(const StreamRow&)>& on_row_;
  FileTotals* totals_;
  std::vector<Piece> pieces_;
};

// A file without its header shows a person's row here: what is no heading for certain must not reach a message.
bool MayBeShown(const std::string& heading, const std::vector<std::string>& columns) {
  if (std::find(columns.begin(), columns.end(), heading) != columns.end()) return true;
  const auto digits = std::count_if(heading.begin(), heading.end(), IsDigit);
  return IsAscii(heading) && digits < 4 && !NearestName(heading, columns).empty();
}

Status CheckHeader(const CsvRecord& record, int64_t damage, const Manifest& manifest) {
  if (damage >= 0) {
    return InvalidArgument("the header is no " + std::string(EncodingName(manifest.encoding)) + " at byte " +
                           std::to_string(damage) + "; the manifest names the wrong encoding, or the file is damaged");
  }
  const std::vector<std::string>& columns = manifest.columns;
  for (size_t i = 0; i < record.fields.size(); ++i) {
    const std::string field(record.fields[i]);
    if (i < columns.size() && field == columns[i]) continue;
    for (size_t k = 0; k < i; ++k) {
      if (record.fields[k] == field) return InvalidArgument("the header names column \"" + field + "\" twice");
    }
    if (i >= columns.size()) {
      return InvalidArgument("the header has the further column \"" + field + "\" that the manifest does not name");
    }
    if (!MayBeShown(field, columns)) {
      return InvalidArgument("column " + std::to_string(i + 1) + " of the header is not \"" + columns[i] +
                             "\", as the manifest says; the file may lack its header");
    }
    return InvalidArgument("column " + std::to_string(i + 1) + " of the header is \"" + field +
                           "\"; the manifest says \"" + columns[i] + "\"");
  }
  if (record.fields.size() < columns.size()) {
    return InvalidArgument("the header lacks column \"" + columns[record.fields.size()] + "\" of the manifest");
  }
  return OkStatus();
}

}  // namespace

Status ForEachRow(ByteStream& stream, const Manifest& manifest, const std::function<void(const StreamRow&)>& on_row,
                  FileTotals* totals) {
  TextDecoder decoder(manifest.encoding, ControlsOf(manifest.format.field));
  CsvScanner scanner({manifest.format.field, manifest.format.quote});
  DamageMap damage_map(manifest.encoding);
  RowMaker rows(manifest, on_row, totals);
  Sm3 sm3;
  DecodedText text;
  CsvRecord record;
  std::vector<char> block(kBlockBytes);
  uint64_t text_base = 0;
  bool needs_header = manifest.format.header;
  for (bool last = false; !last;) {
    HEARTH_ASSIGN_OR_RETURN(const size_t n, stream.Read(block));
    last = n < block.size();
    const std::string_view bytes(block.data(), n);
    sm3.Update(bytes);
    totals->bytes += n;
    text.Clear();
    HEARTH_RETURN_IF_ERROR(decoder.Decode(bytes, last, &text));
    damage_map.Add(text.errors, text_base);
    text_base += text.utf8.size();
    scanner.Feed(text.utf8, last);
    while (scanner.Next(&record)) {
      const int64_t damage = damage_map.FirstIn(record.text_begin, record.text_end);
      if (needs_header) {
        HEARTH_RETURN_IF_ERROR(CheckHeader(record, damage, manifest));
        needs_header = false;
        continue;
      }
      rows.Add(record, damage, damage_map.FileOffset(record.text_begin, decoder.mark_bytes()));
    }
  }
  if (needs_header) return InvalidArgument("the file is empty; its header is missing");
  rows.FlushPieces();
  totals->sm3 = sm3.Finish();
  return OkStatus();
}

Status CheckTotals(const FileTotals& totals, const ManifestFile& file, const Manifest& manifest) {
  if (totals.bytes != file.bytes) {
    return DataLoss("has " + std::to_string(totals.bytes) + " bytes; the manifest says " + std::to_string(file.bytes));
  }
  if (totals.sm3 != file.sm3) return DataLoss("its SM3 digest is not the manifest's; the content has changed");
  const bool many = totals.bad_encoding * 100 > totals.rows;
  if (many && (totals.bad_encoding >= 10 || totals.bad_encoding * 2 > totals.rows)) {
    return InvalidArgument(std::to_string(totals.bad_encoding) + " of " + std::to_string(totals.rows) +
                           " rows are no " + std::string(EncodingName(manifest.encoding)) +
                           "; the manifest names the wrong encoding");
  }
  if (totals.rows != file.rows) {
    return DataLoss("has " + std::to_string(totals.rows) + " rows; the manifest says " + std::to_string(file.rows));
  }
  return OkStatus();
}

}  // namespace hearth
