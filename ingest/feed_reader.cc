// One pass over each file fills a table; then, over the whole delivery, the column test for lossy numbers and the
// duplicate keys, as both need all rows and must not depend on their order.
#include "ingest/feed_reader.h"

#include <xxhash.h>

#include <algorithm>

#include "core/parallel.h"
#include "core/text.h"
#include "ingest/column_reader.h"
#include "ingest/record_stream.h"

namespace hearth {
namespace {

constexpr std::string_view kTotalWords[] = {"合计", "总计", "小计", "共计"};
constexpr size_t kTotalWordBytesMax = 32;
constexpr uint64_t kLossyCellsMin = 3;  // fewer numbers that end in 000 can be chance in a short column
constexpr std::string_view kDeleteMark = "D";

// "合 计：" and its like.
bool IsTotalWord(std::string_view cell) {
  if (cell.empty() || cell.size() > kTotalWordBytesMax) return false;
  std::string word;
  for (size_t i = 0; i < cell.size();) {
    const char32_t c = FoldWidth(NextCodePoint(cell, &i));
    if (!IsTrimmable(c) && c != ':' && c != ' ' && c != kBadChar) AppendUtf8(c, &word);
  }
  return std::find(std::begin(kTotalWords), std::end(kTotalWords), word) != std::end(kTotalWords);
}

// What a delivery's columns mean; shared by the readers of its files.
struct Layout {
  std::vector<ColumnReader> readers;  // by field that a column fills
  std::vector<int> field_of_reader;   // index in the schema
  std::vector<int> reader_of_column;  // by column of the manifest; -1: nobody reads it
  std::vector<int> column_of_field;   // by field of the schema; -1: no column
  std::vector<int> reader_of_field;
  int delete_column = -1;
};

MoneyUnit UnitOf(const Manifest& manifest, std::string_view column) {
  for (const auto& [name, unit] : manifest.units) {
    if (name != column) continue;
    if (unit == "分") return MoneyUnit::kFen;
    if (unit == "万元") return MoneyUnit::kTenThousandYuan;
  }
  return MoneyUnit::kYuan;
}

StatusOr<Layout> MakeLayout(const SiteConfig& site, const FeedConfig& feed, const RegistrySchema& schema,
                            const Manifest& manifest) {
  HEARTH_RETURN_IF_ERROR(CheckColumns(manifest.columns, site, feed, manifest.delete_column));
  Layout layout;
  layout.reader_of_column.assign(manifest.columns.size(), -1);
  layout.column_of_field.assign(schema.fields.size(), -1);
  layout.reader_of_field.assign(schema.fields.size(), -1);
  ColumnRules rules;
  rules.feed_day = manifest.as_of;
  rules.synthetic = site.synthetic;
  rules.divisions = site.divisions.get();
  rules.serial = feed.dates == DateMode::kExcel1900 ? DaySerial::k1900 : DaySerial::kRefused;
  rules.nulls = feed.nulls ? &*feed.nulls : nullptr;
  rules.format_null = manifest.format.null;
  rules.spellings = &feed.codes;
  for (size_t c = 0; c < manifest.columns.size(); ++c) {
    const std::string& column = manifest.columns[c];
    if (manifest.delete_column == column) layout.delete_column = static_cast<int>(c);
    const auto mapping = std::find_if(feed.columns.begin(), feed.columns.end(),
                                      [&](const ColumnMapping& m) { return m.header == column; });
    if (mapping == feed.columns.end()) continue;
    const int index = schema.FieldIndex(mapping->field);
    if (index < 0) {
      return YamlError(mapping->node, "registry \"" + schema.id + "\" has no field \"" + mapping->field + "\"");
    }
    const auto field = static_cast<size_t>(index);
    rules.unit = UnitOf(manifest, column);
    rules.is_relation = schema.household.person >= 0 && schema.household.relation == index;
    layout.column_of_field[field] = static_cast<int>(c);
    layout.reader_of_field[field] = layout.reader_of_column[c] = static_cast<int>(layout.readers.size());
    layout.field_of_reader.push_back(index);
    layout.readers.emplace_back(schema.fields[field], rules);
  }
  return layout;
}

// What one file came to.
struct Part {
  explicit Part(std::shared_ptr<const RegistrySchema> schema) : table(std::move(schema)) {}
  RecordTable table;
  std::vector<std::pair<std::string, QuarantinedRow>> deletes;  // key, and where it stands
  std::vector<QuarantinedRow> quarantined;
  FileTotals totals;
  Status status;
};

class PartReader {
 public:
  PartReader(const Layout& layout, const RowOrigin& origin, uint32_t file, Part* part)
      : layout_(layout), schema_(part->table.schema()), origin_(origin), file_(file), part_(part) {
    values_.resize(layout.readers.size());
  }

  void Add(const StreamRow& row) {
    row_ = &row;
    if (row.broken) return Quarantine(*row.broken, -1);
    if (IsTotalRow()) return Quarantine(QuarantineReason::kTotalRow, total_column_);
    if (const int column = FindErrorCell(); column >= 0) return Quarantine(QuarantineReason::kErrorCell, column);
    arena_.Clear();
    for (size_t c = 0; c < row.fields.size(); ++c) {
      const int reader = layout_.reader_of_column[c];
      if (reader < 0) continue;
      values_[static_cast<size_t>(reader)] = layout_.readers[static_cast<size_t>(reader)].Read(row.fields[c], &arena_);
    }
    if (const int column = MakeKey(); column != kKeyMade) return Quarantine(QuarantineReason::kNoKey, column);
    if (layout_.delete_column >= 0 && TrimUnicode(row.fields[Size(layout_.delete_column)]) == kDeleteMark) {
      part_->deletes.emplace_back(key_, Where(QuarantineReason::kDuplicateKey, -1));
      return;
    }
    if (const int column = NotAPerson(); column >= 0) return Quarantine(QuarantineReason::kNotAPerson, column);
    Store();
  }

 private:
  static constexpr int kKeyMade = -2;
  static size_t Size(int index) { return static_cast<size_t>(index); }

  QuarantinedRow Where(QuarantineReason reason, int column) const {
    return {reason, file_, row_->line, column, row_->byte_offset};
  }
  void Quarantine(QuarantineReason reason, int column) { part_->quarantined.push_back(Where(reason, column)); }

  // The first cell that is filled, or any name, says 合计.
  bool IsTotalRow() {
    bool first = true;
    for (size_t c = 0; c < row_->fields.size(); ++c) {
      const std::string_view cell = row_->fields[c];
      if (cell.empty()) continue;
      const int reader = layout_.reader_of_column[c];
      const bool name = reader >= 0 && layout_.readers[Size(reader)].field().type == FieldType::kName;
      if ((first || name) && MayBeTotal(cell) && IsTotalWord(cell)) {
        total_column_ = static_cast<int>(c);
        return true;
      }
      first = false;
    }
    return false;
  }
  // 合 总 小 共 begin with E5 or E6; blanks may stand before.
  static bool MayBeTotal(std::string_view cell) {
    const auto a = static_cast<uint8_t>(cell[0]);
    return a == 0xE5 || a == 0xE6 || a == 0xE3 || a <= 0x20;
  }

  int FindErrorCell() const {
    for (size_t c = 0; c < row_->fields.size(); ++c) {
      const std::string_view cell = row_->fields[c];
      if (cell.empty() || (cell[0] != '#' && static_cast<uint8_t>(cell[0]) > 0x20)) continue;
      const int reader = layout_.reader_of_column[c];
      if (reader < 0 || !IsSpreadsheetError(cell)) continue;
      if (!cell.ends_with('!') && layout_.readers[Size(reader)].IsNull(cell)) continue;  // #N/A is a null word
      return static_cast<int>(c);
    }
    return -1;
  }

  // The column whose absence leaves the row without a key, or kKeyMade.
  int MakeKey() {
    key_.clear();
    for (const int field : schema_.key) {
      const int reader = layout_.reader_of_field[Size(field)];
      if (reader < 0) return -1;
      const std::string text = KeyText(schema_.fields[Size(field)], values_[Size(reader)]);
      if (text.empty()) return layout_.column_of_field[Size(field)];
      if (field != schema_.key.front()) key_ += '|';
      key_ += text;
    }
    return kKeyMade;
  }

  bool HasValue(int field) const {
    if (field < 0) return false;
    const int reader = layout_.reader_of_field[Size(field)];
    return reader >= 0 && IsUsable(values_[Size(reader)].verdict);
  }

  // The name's column when it holds no name and nothing else tells who the row's main person is; else -1.
  int NotAPerson() const {
    if (schema_.persons.empty()) return -1;
    const PersonReference& main = schema_.persons.front();
    if (main.name < 0 || layout_.reader_of_field[Size(main.name)] < 0) return -1;
    if (values_[Size(layout_.reader_of_field[Size(main.name)])].verdict != Verdict::kBadName) return -1;
    for (const int field : {main.number, main.other_number, main.given_name, main.family_name, main.subject_key}) {
      if (HasValue(field)) return -1;
    }
    return layout_.column_of_field[Size(main.name)];
  }

  void Store() {
    origin_.line = row_->line;
    const uint32_t row = part_->table.AddRow(key_, origin_);
    for (size_t r = 0; r < values_.size(); ++r) {
      const CellValue& value = values_[r];
      if (value.verdict == Verdict::kAbsent) continue;
      const int field = layout_.field_of_reader[r];
      if (!IsUsable(value.verdict)) {
        part_->table.SetBad(field, row, value.verdict, value.text);
      } else if (IsTextType(schema_.fields[Size(field)].type)) {
        part_->table.SetText(field, row, value.text, value.verdict);
      } else {
        part_->table.SetInt(field, row, value.number, value.verdict);
      }
    }
  }

  const Layout& layout_;
  const RegistrySchema& schema_;
  RowOrigin origin_;
  uint32_t file_;
  Part* part_;
  const StreamRow* row_ = nullptr;
  int total_column_ = -1;
  std::vector<CellValue> values_;  // by reader
  std::string key_;
  TextArena arena_;
};

void ReadPart(const Layout& layout, const ArchivedDelivery& delivery, uint32_t file, const RowOrigin& origin,
              Part* part) {
  const Manifest& manifest = delivery.manifest;
  const ManifestFile& entry = manifest.files[file];
  const auto stream = OpenFile(delivery.folder / entry.name);
  if (!stream.ok()) {
    part->status = DataLoss(Message(stream.status()));
    return;
  }
  // A row has at least a byte a column, so that a wrong manifest cannot ask for memory that the file does not need.
  part->table.Reserve(std::min<uint64_t>(entry.rows, entry.bytes / manifest.columns.size() + 1));
  PartReader reader(layout, origin, file, part);
  part->status = ForEachRow(
      **stream, manifest, [&](const StreamRow& row) { reader.Add(row); }, &part->totals);
  if (part->status.ok()) part->status = CheckTotals(part->totals, entry, manifest);
  part->status = Annotate(part->status, (delivery.folder / entry.name).string());
}

// 18 digits whose last three are zeros, as a spreadsheet leaves them.
bool EndsInLostDigits(std::string_view cell) {
  if (cell.size() == 18) return cell.ends_with("000") && IsAllDigits(cell);
  if (cell.size() < 18 || cell.find("000") == std::string_view::npos) return false;
  const std::string folded = FoldWidth(TrimUnicode(cell));
  const std::string_view text = TrimUnicode(folded);
  const std::string_view digits = text.starts_with('\'') ? text.substr(1) : text;
  return digits.size() == 18 && digits.ends_with("000") && IsAllDigits(digits);
}

// More than one number in a hundred that ends in 000 shows that the column has been through a spreadsheet: then all of
// those are lossy, also the few that pass the check by chance.
void MarkLossyNumbers(RecordTable* table) {
  for (size_t c = 0; c < table->columns(); ++c) {
    if (table->schema().fields[c].type != FieldType::kCitizenNumber) continue;
    const int column = static_cast<int>(c);
    std::vector<uint32_t> lost;
    uint64_t filled = 0;
    for (uint32_t row = 0; row < table->size(); ++row) {
      const Verdict v = table->CellVerdict(column, row);
      if (v == Verdict::kAbsent) continue;
      ++filled;
      const std::string_view text = IsUsable(v) ? table->Text(column, row) : table->Raw(column, row);
      if (EndsInLostDigits(text)) lost.push_back(row);
    }
    if (lost.size() < kLossyCellsMin || lost.size() * 100 <= filled) continue;
    for (const uint32_t row : lost) {
      const bool usable = table->Has(column, row);
      const std::string text(usable ? table->Text(column, row) : table->Raw(column, row));
      table->SetBad(column, row, Verdict::kLossySpreadsheet, text);
    }
  }
}

// Rows by key, with room for every row: open addressing.
class KeyIndex {
 public:
  explicit KeyIndex(size_t rows) {
    size_t slots = 16;
    while (slots < rows * 2) slots *= 2;
    slots_.assign(slots, kFree);
  }
  // The slot of a key: holds a row of equal key, or kFree.
  uint32_t& Find(const RecordTable& table, std::string_view key) {
    size_t slot = XXH3_64bits(key.data(), key.size()) & (slots_.size() - 1);
    while (slots_[slot] != kFree && table.Key(slots_[slot]) != key) slot = (slot + 1) & (slots_.size() - 1);
    return slots_[slot];
  }
  static constexpr uint32_t kFree = UINT32_MAX;

 private:
  std::vector<uint32_t> slots_;
};

// Keeps one row a key: of equal contents the first, of different contents the one with the smallest hash. Each further
// content of a key counts once in quarantine, each repetition as collapsed, so that no count depends on the order.
// file_ends: by file, the index after its last row.
void CollapseDuplicates(const std::vector<uint32_t>& file_ends, RecordTable* table, IngestReport* report) {
  struct Repeated {
    uint32_t first;  // row that had the key first
    uint64_t hash;
    uint32_t row;
    auto operator<=>(const Repeated&) const = default;
  };
  KeyIndex index(table->size());
  std::vector<Repeated> repeated;
  for (uint32_t row = 0; row < table->size(); ++row) {
    uint32_t& first = index.Find(*table, table->Key(row));
    if (first == KeyIndex::kFree) {
      first = row;
      continue;
    }
    repeated.push_back({first, table->ContentHash(row), row});
  }
  if (repeated.empty()) return;
  std::sort(repeated.begin(), repeated.end());
  for (size_t i = 0, groups = repeated.size(); i < groups; ++i) {
    const uint32_t first = repeated[i].first;
    if (i == 0 || repeated[i - 1].first != first) repeated.push_back({first, table->ContentHash(first), first});
  }
  std::sort(repeated.begin(), repeated.end());
  std::vector<bool> dropped(table->size());
  for (size_t i = 0; i < repeated.size(); ++i) {
    if (i == 0 || repeated[i - 1].first != repeated[i].first) continue;  // the one that stays
    const uint32_t row = repeated[i].row;
    dropped[row] = true;
    if (repeated[i - 1].hash == repeated[i].hash) {
      ++report->rows_collapsed;
      continue;
    }
    const auto file = std::upper_bound(file_ends.begin(), file_ends.end(), row) - file_ends.begin();
    report->quarantined.push_back({QuarantineReason::kDuplicateKey, static_cast<uint32_t>(file),
                                   table->Origin(row).line, -1, QuarantinedRow::kUnknownOffset});
  }
  std::vector<uint32_t> order;
  for (uint32_t row = 0; row < table->size(); ++row) {
    if (!dropped[row]) order.push_back(row);
  }
  table->Permute(order);
}

// A deletion and an upsert of one key contradict each other: the row stays, as nothing is deleted on a doubt.
void ApplyDeletes(std::vector<Part>* parts, FeedBatch* batch) {
  bool any = false;
  for (const Part& part : *parts) any |= !part.deletes.empty();
  if (!any) return;
  KeyIndex index(batch->table.size());
  for (uint32_t row = 0; row < batch->table.size(); ++row) index.Find(batch->table, batch->table.Key(row)) = row;
  for (Part& part : *parts) {
    for (auto& [key, where] : part.deletes) {
      if (index.Find(batch->table, key) == KeyIndex::kFree) {
        ++batch->report.rows_deleted;
        batch->deleted_keys.push_back(std::move(key));
      } else {
        batch->report.quarantined.push_back(where);
      }
    }
  }
  std::sort(batch->deleted_keys.begin(), batch->deleted_keys.end());
  batch->deleted_keys.erase(std::unique(batch->deleted_keys.begin(), batch->deleted_keys.end()),
                            batch->deleted_keys.end());
}

void CountVerdicts(const RecordTable& table, IngestReport* report) {
  report->verdicts.assign(table.columns(), {});
  for (size_t c = 0; c < table.columns(); ++c) {
    for (uint32_t row = 0; row < table.size(); ++row) {
      ++report->verdicts[c][static_cast<size_t>(table.CellVerdict(static_cast<int>(c), row))];
    }
  }
}

}  // namespace

StatusOr<FeedBatch> ReadDelivery(const SiteConfig& site, const FeedConfig& feed,
                                 std::shared_ptr<const RegistrySchema> schema, const ArchivedDelivery& delivery,
                                 CivilDay as_of, int threads) {
  const Manifest& manifest = delivery.manifest;
  HEARTH_ASSIGN_OR_RETURN(const Layout layout, MakeLayout(site, feed, *schema, manifest));
  RowOrigin origin;
  origin.feed = static_cast<uint32_t>(std::max(0, FeedIndex(site, feed.feed)));
  origin.batch_seq = static_cast<uint32_t>(delivery.seq);
  origin.as_of = manifest.as_of;
  origin.recorded_at = as_of;
  origin.last_seen = manifest.as_of;

  std::vector<Part> parts;
  for (size_t i = 0; i < manifest.files.size(); ++i) parts.emplace_back(schema);
  ParallelFor(parts.size(), threads,
              [&](size_t i) { ReadPart(layout, delivery, static_cast<uint32_t>(i), origin, &parts[i]); });
  for (const Part& part : parts) HEARTH_RETURN_IF_ERROR(part.status);

  FeedBatch batch{std::move(parts[0].table), {}, {}};
  batch.report.feed = feed.feed;
  batch.report.batch = manifest.batch;
  batch.report.seq = delivery.seq;
  std::vector<uint32_t> file_ends = {static_cast<uint32_t>(batch.table.size())};
  for (size_t i = 1; i < parts.size(); ++i) {
    for (uint32_t row = 0; row < parts[i].table.size(); ++row) batch.table.AppendFrom(parts[i].table, row);
    file_ends.push_back(static_cast<uint32_t>(batch.table.size()));
    parts[i].table = RecordTable(schema);
  }
  for (const Part& part : parts) {
    batch.report.rows_read += part.totals.rows;
    batch.report.quarantined.insert(batch.report.quarantined.end(), part.quarantined.begin(), part.quarantined.end());
  }
  MarkLossyNumbers(&batch.table);
  CollapseDuplicates(file_ends, &batch.table, &batch.report);
  ApplyDeletes(&parts, &batch);
  batch.report.rows_accepted = batch.table.size();
  std::sort(batch.report.quarantined.begin(), batch.report.quarantined.end(),
            [](const QuarantinedRow& a, const QuarantinedRow& b) {
              if (a.file != b.file) return a.file < b.file;
              return a.line != b.line ? a.line < b.line : a < b;
            });
  CountVerdicts(batch.table, &batch.report);
  return batch;
}

}  // namespace hearth
