// RecordTable holds checked source records of one registry, column by column.
//
// Each cell has a Verdict and one 64-bit slot: an integer for integer types, a text slot for text types.
// A bad cell of any type is null and its slot is a text slot that keeps the text as received.
// Each row has its key, its feed and line (evidence for a reader, not identity), recorded_at (the as_of of the
// night that first accepted this content) and last_seen.
//
//   RecordTable t(schema);
//   uint32_t row = t.AddRow("02|浙Z12345", {.feed = 0, .line = 7});
//   t.SetInt(column, row, 12345);
//   t.SetText(column, row, "王芳");
//   t.SetBad(column, row, Verdict::kMasked, "3399011985****1135");
//
// Building is single-threaded; reading is safe from many threads. A table owns its text; views live as long as it
// does and no row is added.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/money.h"
#include "core/schema.h"
#include "core/verdict.h"

namespace hearth {

struct RowOrigin {
  uint32_t feed = 0;       // index in the night's list of feeds
  uint32_t batch_seq = 0;  // the delivery's sequence number
  uint32_t line = 0;       // 1-based line in the delivery's file, header included; 0 when unknown
  CivilDay as_of;          // as_of of the delivery
  CivilDay recorded_at;    // as_of of the night that first accepted this content
  CivilDay last_seen;      // as_of of the last delivery that held the row
  bool operator==(const RowOrigin&) const = default;
};

class RecordTable {
 public:
  explicit RecordTable(std::shared_ptr<const RegistrySchema> schema);
  RecordTable(RecordTable&&) = default;
  RecordTable& operator=(RecordTable&&) = default;

  const RegistrySchema& schema() const { return *schema_; }
  const std::shared_ptr<const RegistrySchema>& shared_schema() const { return schema_; }
  size_t size() const { return origins_.size(); }
  size_t columns() const { return columns_.size(); }

  // Adds a row whose cells are all absent; returns its index.
  uint32_t AddRow(std::string_view key, const RowOrigin& origin);
  void SetInt(int column, uint32_t row, int64_t value, Verdict verdict = Verdict::kOk);
  void SetText(int column, uint32_t row, std::string_view text, Verdict verdict = Verdict::kOk);
  // A bad value (IsBad(verdict)), or kOpenEnd / kPlaceholderDate: null, its text kept.
  void SetBad(int column, uint32_t row, Verdict verdict, std::string_view raw);
  void SetOrigin(uint32_t row, const RowOrigin& origin) { origins_[row] = origin; }
  void Reserve(size_t rows);

  // Appends a copy of another table's row (same schema).
  uint32_t AppendFrom(const RecordTable& other, uint32_t row);

  std::string_view Key(uint32_t row) const { return View(keys_[row]); }
  const RowOrigin& Origin(uint32_t row) const { return origins_[row]; }
  Verdict CellVerdict(int column, uint32_t row) const { return columns_[column].verdicts[row]; }
  bool Has(int column, uint32_t row) const { return column >= 0 && IsUsable(columns_[column].verdicts[row]); }
  // Integer slot; only when Has().
  int64_t Int(int column, uint32_t row) const { return columns_[column].slots[row]; }
  // Text slot; only when Has() on a text type, empty otherwise.
  std::string_view Text(int column, uint32_t row) const;
  // The text as received of a bad cell; empty otherwise.
  std::string_view Raw(int column, uint32_t row) const;
  // Integer types by meaning; only when Has().
  Money MoneyAt(int column, uint32_t row) const { return Money::FromFen(Int(column, row)); }
  CivilDay DayAt(int column, uint32_t row) const { return CivilDay{static_cast<int32_t>(Int(column, row))}; }
  CivilMonth MonthAt(int column, uint32_t row) const { return CivilMonth{static_cast<int32_t>(Int(column, row))}; }
  // The English value of a kCode cell ("self"); empty when not Has().
  std::string_view CodeAt(int column, uint32_t row) const;

  // Hash of the cells (verdicts, values, raw texts), not of key or origin; equal content gives equal hashes on
  // every machine (XXH3-64).
  uint64_t ContentHash(uint32_t row) const;

  // Rows in order of (key, content hash); the same for any order of arrival.
  std::vector<uint32_t> CanonicalOrder() const;
  // Reorders the rows: new row i is old row order[i]. order may leave rows out.
  void Permute(const std::vector<uint32_t>& order);

  size_t MemoryBytes() const;

 private:
  struct Column {
    std::vector<int64_t> slots;
    std::vector<Verdict> verdicts;
  };
  static constexpr int kLengthBits = 24;
  std::string_view View(int64_t slot) const {
    return std::string_view(text_).substr(static_cast<uint64_t>(slot) >> kLengthBits, slot & ((1 << kLengthBits) - 1));
  }
  int64_t Store(std::string_view text);
  bool HoldsText(int column, uint32_t row) const;

  std::shared_ptr<const RegistrySchema> schema_;
  std::vector<Column> columns_;
  std::vector<int64_t> keys_;
  std::vector<RowOrigin> origins_;
  std::string text_;
};

}  // namespace hearth
