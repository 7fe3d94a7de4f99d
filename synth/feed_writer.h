// From rows to deliveries: RowBuffer holds one block's rows of one feed as text, FeedFile is the file on disk with its
// encoding, digest and counts, and its manifest. Formats: docs/formats.md, standards.md 12.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "synth/feed_spec.h"

namespace hearth::synth {

// Rows in UTF-8, each with its record end, and their keys (parts joined by '|'). Cells are added in the order of the
// feed's columns; a row of another length is a bug.
class RowBuffer {
 public:
  explicit RowBuffer(const FeedSpec& spec) : spec_(&spec) {}

  void Text(std::string_view text);
  void Null();
  void Day(CivilDay day);  // kNoDay: null
  void PlaceholderDay();   // 1900-01-01, as feeds write an unknown date
  void Month(CivilMonth month);
  void Yuan(int64_t fen);
  void Wan(int64_t fen);  // in units of ten thousand yuan
  void Number(int64_t value);
  void Sex(bool male);
  void End(std::string key);

  void Clear();
  size_t rows() const { return keys_.size(); }
  std::string_view row(size_t i) const;
  const std::string& key(size_t i) const { return keys_[i]; }
  std::string_view text() const { return text_; }
  const FeedSpec& spec() const { return *spec_; }

 private:
  void Cell();

  const FeedSpec* spec_;
  std::string text_;
  std::vector<size_t> ends_;
  std::vector<std::string> keys_;
  size_t cells_ = 0;
};

// The rows of `now` that `before` lacks or has otherwise, with an empty mark, then those only in `before`, marked D;
// the mark is one more cell at the end. Both buffers are of the same feed and have unique keys. Returns the number of
// rows.
size_t AppendDelta(const RowBuffer& before, const RowBuffer& now, std::string& out);

struct Delivery {
  std::string drop;   // the folder of all feeds
  std::string batch;  // 20240301-01
  int64_t seq = 1;
  bool delta = false;
  CivilDay as_of;
};

inline constexpr std::string_view kDeleteColumn = "BGBZ";

// One file and its manifest under <drop>/<feed>/<batch>/. Not for use from two threads.
class FeedFile {
 public:
  // Makes the folder and the file, and writes the header line if the feed has one.
  static StatusOr<std::unique_ptr<FeedFile>> Open(const FeedSpec& spec, const Delivery& delivery);
  ~FeedFile();
  FeedFile(const FeedFile&) = delete;
  FeedFile& operator=(const FeedFile&) = delete;

  // Whole rows in UTF-8; written in the feed's encoding.
  Status Append(std::string_view text, size_t rows);
  // Bytes as they are: for rows that nobody can read.
  Status AppendBytes(std::string_view bytes, size_t rows);
  // Flushes, then writes the manifest.
  Status Close();
  int64_t rows() const { return rows_; }
  int64_t bad_rows = 0;  // planted so far, counted by the caller

 private:
  FeedFile(const FeedSpec& spec, const Delivery& delivery);
  Status WriteManifest() const;
  std::string FileName() const;

  struct Sm3;
  const FeedSpec* spec_;
  Delivery delivery_;
  std::string folder_;
  std::FILE* file_ = nullptr;
  std::unique_ptr<Sm3> sm3_;
  int64_t rows_ = 0, bytes_ = 0;
};

// Writes a whole small file. Unavailable when the disk refuses.
Status WriteFile(const std::string& path, std::string_view text);

}  // namespace hearth::synth
