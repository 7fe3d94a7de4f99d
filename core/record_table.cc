#include "core/record_table.h"

#include <algorithm>
#include <numeric>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {

RecordTable::RecordTable(std::shared_ptr<const RegistrySchema> schema)
    : schema_(std::move(schema)), columns_(schema_->fields.size()) {}

int64_t RecordTable::Store(std::string_view text) {
  HEARTH_CHECK(text.size() < (size_t{1} << kLengthBits), "a cell longer than 16 MiB");
  const int64_t slot = static_cast<int64_t>((text_.size() << kLengthBits) | text.size());
  text_.append(text);
  return slot;
}

void RecordTable::Reserve(size_t rows) {
  keys_.reserve(rows);
  origins_.reserve(rows);
  for (Column& c : columns_) {
    c.slots.reserve(rows);
    c.verdicts.reserve(rows);
  }
}

uint32_t RecordTable::AddRow(std::string_view key, const RowOrigin& origin) {
  const uint32_t row = static_cast<uint32_t>(origins_.size());
  keys_.push_back(Store(key));
  origins_.push_back(origin);
  for (Column& c : columns_) {
    c.slots.push_back(0);
    c.verdicts.push_back(Verdict::kAbsent);
  }
  return row;
}

void RecordTable::SetInt(int column, uint32_t row, int64_t value, Verdict verdict) {
  columns_[column].slots[row] = value;
  columns_[column].verdicts[row] = verdict;
}

void RecordTable::SetText(int column, uint32_t row, std::string_view text, Verdict verdict) {
  columns_[column].slots[row] = Store(text);
  columns_[column].verdicts[row] = verdict;
}

void RecordTable::SetBad(int column, uint32_t row, Verdict verdict, std::string_view raw) {
  HEARTH_CHECK(!IsUsable(verdict) && verdict != Verdict::kAbsent, "SetBad needs a verdict that keeps the text");
  SetText(column, row, raw, verdict);
}

bool RecordTable::HoldsText(int column, uint32_t row) const {
  const Verdict v = columns_[column].verdicts[row];
  if (v == Verdict::kAbsent) return false;
  return !IsUsable(v) || IsTextType(schema_->fields[column].type);
}

std::string_view RecordTable::Text(int column, uint32_t row) const {
  if (!Has(column, row) || !IsTextType(schema_->fields[column].type)) return {};
  return View(columns_[column].slots[row]);
}

std::string_view RecordTable::Raw(int column, uint32_t row) const {
  const Verdict v = columns_[column].verdicts[row];
  if (IsUsable(v) || v == Verdict::kAbsent) return {};
  return View(columns_[column].slots[row]);
}

std::string_view RecordTable::CodeAt(int column, uint32_t row) const {
  if (!Has(column, row)) return {};
  return schema_->fields[column].codes[static_cast<size_t>(Int(column, row))].value;
}

uint32_t RecordTable::AppendFrom(const RecordTable& other, uint32_t row) {
  const uint32_t to = AddRow(other.Key(row), other.Origin(row));
  for (size_t c = 0; c < columns_.size(); ++c) {
    const int column = static_cast<int>(c);
    columns_[c].verdicts[to] = other.columns_[c].verdicts[row];
    columns_[c].slots[to] =
        other.HoldsText(column, row) ? Store(other.View(other.columns_[c].slots[row])) : other.columns_[c].slots[row];
  }
  return to;
}

uint64_t RecordTable::ContentHash(uint32_t row) const {
  uint64_t hash = 0;
  for (size_t c = 0; c < columns_.size(); ++c) {
    const uint8_t verdict = static_cast<uint8_t>(columns_[c].verdicts[row]);
    if (verdict == static_cast<uint8_t>(Verdict::kAbsent)) continue;
    uint64_t value;
    if (HoldsText(static_cast<int>(c), row)) {
      const std::string_view text = View(columns_[c].slots[row]);
      value = XXH3_64bits(text.data(), text.size());
    } else {
      value = static_cast<uint64_t>(columns_[c].slots[row]);
    }
    const uint64_t cell[3] = {hash, (c << 8) | verdict, value};
    hash = XXH3_64bits(cell, sizeof cell);
  }
  return hash;
}

std::vector<uint32_t> RecordTable::CanonicalOrder() const {
  struct Item {
    uint64_t prefix;  // first eight bytes of the key, so that most comparisons stay in cache
    uint32_t row;
  };
  std::vector<Item> items(size());
  for (uint32_t row = 0; row < items.size(); ++row) {
    const std::string_view key = Key(row);
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; ++i) prefix = prefix << 8 | (i < key.size() ? static_cast<uint8_t>(key[i]) : 0);
    items[row] = {prefix, row};
  }
  std::sort(items.begin(), items.end(), [this](const Item& a, const Item& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int order = Key(a.row).compare(Key(b.row));
    if (order != 0) return order < 0;
    const uint64_t ha = ContentHash(a.row), hb = ContentHash(b.row);
    return ha != hb ? ha < hb : a.row < b.row;
  });
  std::vector<uint32_t> order(items.size());
  for (size_t i = 0; i < items.size(); ++i) order[i] = items[i].row;
  return order;
}

void RecordTable::Permute(const std::vector<uint32_t>& order) {
  std::vector<int64_t> slots(order.size());
  std::vector<Verdict> verdicts(order.size());
  for (Column& c : columns_) {
    for (size_t i = 0; i < order.size(); ++i) {
      slots[i] = c.slots[order[i]];
      verdicts[i] = c.verdicts[order[i]];
    }
    c.slots = slots;
    c.verdicts = verdicts;
  }
  for (size_t i = 0; i < order.size(); ++i) slots[i] = keys_[order[i]];
  keys_ = slots;
  std::vector<RowOrigin> origins(order.size());
  for (size_t i = 0; i < order.size(); ++i) origins[i] = origins_[order[i]];
  origins_ = std::move(origins);
}

size_t RecordTable::MemoryBytes() const {
  size_t bytes = text_.capacity() + keys_.capacity() * sizeof(int64_t) + origins_.capacity() * sizeof(RowOrigin);
  for (const Column& c : columns_) bytes += c.slots.capacity() * sizeof(int64_t) + c.verdicts.capacity();
  return bytes;
}

}  // namespace hearth
