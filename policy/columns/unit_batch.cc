#include "policy/columns/unit_batch.h"

#include <algorithm>
#include <atomic>

#include "core/record_table.h"
#include "policy/pack_data.h"

namespace hearth {
namespace {

// A dictionary of data's own words (addresses, numbers of units) is begun anew beyond this many.
constexpr size_t kWordsMax = 1 << 16;

// Batches intern words of their own; a number tells their dictionaries apart.
uint64_t NewGeneration() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

size_t BytesOf(Width width) { return size_t{1} << static_cast<int>(width); }

void SetBit(std::vector<uint64_t>* bits, size_t i, bool value) {
  if (bits->size() <= i / 64) bits->resize(i / 64 + 1, 0);
  if (value) (*bits)[i / 64] |= uint64_t{1} << (i % 64);
}

// The lanes have room.
void PutBit(uint64_t* bits, size_t i, bool value) {
  uint64_t& word = bits[i / 64];
  word = (word & ~(uint64_t{1} << (i % 64))) | uint64_t{value ? 1u : 0u} << (i % 64);
}

void PutLane(uint8_t* bytes, Width width, size_t lane, int64_t value) {
  uint8_t* at = bytes + lane * BytesOf(width);
  switch (width) {
    case Width::k8:
      *at = static_cast<uint8_t>(value);
      break;
    case Width::k16:
      *reinterpret_cast<int16_t*>(at) = static_cast<int16_t>(value);
      break;
    case Width::k32:
      *reinterpret_cast<int32_t*>(at) = static_cast<int32_t>(value);
      break;
    case Width::k64:
      *reinterpret_cast<int64_t*>(at) = value;
      break;
  }
}

// What an unknown lane holds.
int64_t Nothing(const ColumnSpec& spec) { return std::clamp<int64_t>(0, spec.low, spec.high); }

size_t RoomFor(size_t lanes, size_t room) { return (std::max(lanes, room + room / 2) + 63) / 64 * 64; }

// value * 10^scale when whole.
bool Scaled(const Decimal& value, int scale, int64_t* out) {
  __int128 c = value.coefficient();
  int digits = scale - value.scale();
  for (; digits < 0 && c % 10 == 0; ++digits) c /= 10;
  if (digits < 0) return false;
  for (; digits > 0 && c != 0; --digits) {
    if (c > kColumnValueMax || c < -kColumnValueMax) return false;
    c *= 10;
  }
  if (c > kColumnValueMax || c < -kColumnValueMax) return false;
  *out = static_cast<int64_t>(c);
  return true;
}

}  // namespace

UnitBatch::UnitBatch(std::shared_ptr<const BatchLayout> layout) : layout_(std::move(layout)) {
  const PackData& data = layout_->pack().data();
  for (int p = 0; p < kFactPlaces; ++p) facts_[p].resize(data.slots[p].size());
  rows_.resize(data.registries.size());
  row_ids_.resize(data.registries.size());
  for (size_t r = 0; r < rows_.size(); ++r) rows_[r].cells.resize(data.schemas[r]->fields.size());
  for (const std::string& registry : data.registries) {
    row_slots_.push_back(data.layout.Slot(FactPlace::kMember, registry));
  }
  for (int p = 0; p < kFactPlaces; ++p) {
    const FactPlace place = static_cast<FactPlace>(p);
    for (size_t slot = 0; slot < data.slots[p].size(); ++slot) {
      const SlotUse& use = data.slots[p][slot];
      if (use.kind == SlotUse::Kind::kRaw) {
        const ColumnSpec& spec = layout_->Fact(place, static_cast<int>(slot));
        if (spec.kind != ColumnKind::kNone) fact_columns_[p].push_back({slot, spec});
      } else if (use.kind == SlotUse::Kind::kDerived) {
        derived_slots_[p].push_back(slot);
      } else if (place == FactPlace::kHousehold) {
        joined_slots_.push_back(slot);
      }
    }
  }
  cell_columns_.resize(rows_.size());
  for (size_t r = 0; r < rows_.size(); ++r) {
    for (size_t f = 0; f < rows_[r].cells.size(); ++f) {
      const int registry = static_cast<int>(r), field = static_cast<int>(f);
      const ColumnSpec& spec = layout_->Cell(registry, field);
      if (spec.kind == ColumnKind::kNone) continue;
      cell_columns_[r].push_back({field, spec, data.schemas[r]->fields[f].type, &layout_->CodeWords(registry, field)});
    }
  }
  words_ = layout_->seed_words();
  words_generation_ = NewGeneration();
  Clear();
}

void UnitBatch::Clear() {
  units_ = members_ = 0;
  is_bound_ = false;
  member_offsets_.assign(1, 0);
  const auto clear = [](Column* c) {
    c->view = {};
    c->bound = false;
  };
  for (int p = 0; p < kFactPlaces; ++p) {
    for (Column& c : facts_[p]) clear(&c);
    there_[p].clear();
    place_there_[p] = false;
  }
  for (RegistryRows& r : rows_) {
    r.offsets.assign(1, 0);
    r.answered.clear();
    r.first.clear();
    r.answered_view = {};
    r.bound = false;
    r.all_first = true;
    for (Column& c : r.cells) clear(&c);
  }
  boxed_.clear();
  appended_.clear();
  if (words_.size() > layout_->seed_words().size() + kWordsMax) {
    words_ = layout_->seed_words();
    words_generation_ = NewGeneration();
  }
}

bool ColumnLane(const Value& value, const ColumnSpec& spec, const Words& words, int64_t* lane) {
  int64_t v = 0;
  bool fits = false;
  switch (value.kind()) {
    case Value::Kind::kBoolean:
      fits = spec.kind == ColumnKind::kBoolean;
      v = value.boolean() ? 1 : 0;
      break;
    case Value::Kind::kNumber:
      fits = spec.kind == ColumnKind::kNumber && Scaled(value.number(), spec.scale, &v);
      break;
    case Value::Kind::kText:
      v = words.Find(value.text());
      fits = spec.kind == ColumnKind::kText && v >= 0;
      break;
    case Value::Kind::kDate:
      fits = spec.kind == ColumnKind::kDate;
      v = value.date().days;
      break;
    case Value::Kind::kMonths:
      fits = spec.kind == ColumnKind::kMonths;
      v = value.months();
      break;
    case Value::Kind::kDays:
      fits = spec.kind == ColumnKind::kDays;
      v = value.seconds();
      break;
    default:
      break;
  }
  *lane = v;
  return fits && (spec.kind == ColumnKind::kBoolean || (v >= spec.low && v <= spec.high));
}

void UnitBatch::MakeRoom(FactPlace place, size_t lanes) {
  const int p = static_cast<int>(place);
  if (lanes <= room_[p]) return;
  room_[p] = RoomFor(lanes, room_[p]);
  for (const FactColumn& fact : fact_columns_[p]) {
    Column& column = facts_[p][fact.slot];
    column.bytes.resize(room_[p] * BytesOf(fact.spec.width));
    column.known.resize(room_[p] / 64);
  }
}

void UnitBatch::MakeRoom(size_t registry, size_t lanes) {
  RegistryRows& rows = rows_[registry];
  if (lanes <= rows.room) return;
  rows.room = RoomFor(lanes, rows.room);
  for (const CellColumn& cell : cell_columns_[registry]) {
    Column& column = rows.cells[static_cast<size_t>(cell.field)];
    column.bytes.resize(rows.room * BytesOf(cell.spec.width));
    column.known.resize(rows.room / 64);
  }
}

bool UnitBatch::PutFact(Column* column, const ColumnSpec& spec, size_t lane, const Value& value) {
  int64_t v = 0;
  bool known = false;
  const Value::Kind kind = value.kind();
  if (kind == Value::Kind::kText && spec.kind == ColumnKind::kText) {
    v = words_.Intern(value.text());
    known = true;
  } else if (kind != Value::Kind::kNull) {
    known = ColumnLane(value, spec, words_, &v);
  }
  PutLane(column->bytes.data(), spec.width, lane, known ? v : Nothing(spec));
  PutBit(column->known.data(), lane, known);
  return known || kind == Value::Kind::kNull;
}

// As FieldValue gives it, without the detour over a Value.
bool UnitBatch::PutCell(const CellColumn& cell, Column* column, size_t lane, const RecordTable& table, uint32_t row) {
  const ColumnSpec& spec = cell.spec;
  if (!table.Has(cell.field, row)) {
    PutLane(column->bytes.data(), spec.width, lane, Nothing(spec));
    PutBit(column->known.data(), lane, false);
    return true;
  }
  int64_t v = table.Int(cell.field, row);
  switch (cell.type) {
    case FieldType::kCode:
      v = (*cell.code_words)[static_cast<size_t>(v)];
      break;
    case FieldType::kMonth:
      v = table.MonthAt(cell.field, row).FirstDay().days;
      break;
    case FieldType::kBool:
      v = v != 0 ? 1 : 0;
      break;
    case FieldType::kMoney:
    case FieldType::kDecimal:
    case FieldType::kInt:
    case FieldType::kDay:
      break;
    default:
      v = words_.Intern(table.Text(cell.field, row));
  }
  const bool known = spec.kind == ColumnKind::kBoolean || (v >= spec.low && v <= spec.high);
  PutLane(column->bytes.data(), spec.width, lane, known ? v : Nothing(spec));
  PutBit(column->known.data(), lane, known);
  return known;
}

void UnitBatch::Replace(FactPlace place, int slot, size_t lane, const Value& value) {
  Column& column = facts_[static_cast<int>(place)][static_cast<size_t>(slot)];
  HEARTH_CHECK(PutFact(&column, layout_->Fact(place, slot), lane, value), "a value that does not fit its column");
}

bool UnitBatch::PutRow(const FactRow& row, FactPlace place, size_t lane) {
  const int p = static_cast<int>(place);
  static const Value kNull;
  bool fits = true;
  for (const FactColumn& fact : fact_columns_[p]) {
    const Value& value = fact.slot < row.values.size() ? row.values[fact.slot] : kNull;
    fits &= PutFact(&facts_[p][fact.slot], fact.spec, lane, value);
    fits &= !fact.spec.always_known || !value.IsNull();
  }
  const auto given = [&](size_t slot) { return slot < row.given.size() && row.given[slot]; };
  if (!row.given.empty()) {
    for (const size_t slot : derived_slots_[p]) fits &= !given(slot);
  }
  if (place == FactPlace::kHousehold) {
    for (const size_t slot : joined_slots_)
      fits &= !given(slot) && (slot >= row.values.size() || row.values[slot].IsNull());
  }
  return fits;
}

// Rows that stood at an earlier member of the unit already; the first of equal numbers stays.
void UnitBatch::MarkFirst(RegistryRows* rows, size_t begin, size_t end, const std::vector<uint64_t>& ids) {
  constexpr size_t kFew = 16;
  const size_t count = end - begin;
  const auto mark = [&](size_t i, bool again) {
    SetBit(&rows->first, begin + i, !again);
    rows->all_first &= !again;
  };
  if (count <= kFew) {
    for (size_t i = 0; i < count; ++i) {
      const auto at = ids.begin() + static_cast<std::ptrdiff_t>(i);
      mark(i, std::find(ids.begin(), at, *at) != at);
    }
    return;
  }
  std::vector<std::pair<uint64_t, size_t>>& sorted = sorted_ids_;
  sorted.clear();
  for (size_t i = 0; i < count; ++i) sorted.emplace_back(ids[i], i);
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < count; ++i) mark(sorted[i].second, i > 0 && sorted[i].first == sorted[i - 1].first);
}

bool UnitBatch::PutMemberRows(const FactRow& row, size_t member) {
  const PackData& data = layout_->pack().data();
  bool fits = true;
  for (size_t r = 0; r < rows_.size(); ++r) {
    RegistryRows& rows = rows_[r];
    const size_t slot = static_cast<size_t>(row_slots_[r]);
    const Value* value = slot < row.values.size() ? &row.values[slot] : nullptr;
    uint32_t count = rows.offsets.back();
    bool answered = false;
    if (value != nullptr && value->kind() == Value::Kind::kRows) {
      answered = true;
      const RowList& list = value->rows();
      const RegistrySchema& schema = *data.schemas[r];
      if (!list.rows.empty() && list.table->columns() != schema.fields.size()) {
        fits = false;
      } else {
        MakeRoom(r, count + list.rows.size());
        for (const uint32_t index : list.rows) {
          for (const CellColumn& cell : cell_columns_[r]) {
            fits &= PutCell(cell, &rows.cells[static_cast<size_t>(cell.field)], count, *list.table, index);
          }
          row_ids_[r].push_back(index);
          ++count;
        }
      }
    } else if (value != nullptr && value->kind() == Value::Kind::kList && value->list().empty()) {
      answered = true;
    } else if (value != nullptr && !value->IsNull()) {
      fits = false;  // rows handed as contexts, by a case
    }
    rows.offsets.push_back(count);
    SetBit(&rows.answered, member, answered);
  }
  return fits;
}

void UnitBatch::Append(const UnitFacts& facts) {
  HEARTH_CHECK(!is_bound_, "a unit appended to a batch of bound columns");
  const size_t unit = units_++;
  for (const FactPlace place :
       {FactPlace::kHousehold, FactPlace::kEmployer, FactPlace::kInstitution, FactPlace::kCity}) {
    MakeRoom(place, units_);
  }
  MakeRoom(FactPlace::kMember, members_ + facts.members.size());
  bool fits = facts.members.size() <= kListMax;
  fits &= PutRow(facts.household, FactPlace::kHousehold, unit);
  fits &= PutRow(facts.employer, FactPlace::kEmployer, unit);
  fits &= PutRow(facts.institution, FactPlace::kInstitution, unit);
  fits &= PutRow(facts.city, FactPlace::kCity, unit);
  SetBit(&there_[static_cast<int>(FactPlace::kHousehold)], unit, !facts.household.values.empty());
  SetBit(&there_[static_cast<int>(FactPlace::kEmployer)], unit, !facts.employer.values.empty());
  SetBit(&there_[static_cast<int>(FactPlace::kInstitution)], unit, !facts.institution.values.empty());
  SetBit(&there_[static_cast<int>(FactPlace::kCity)], unit, !facts.city.values.empty());
  for (std::vector<uint64_t>& ids : row_ids_) ids.clear();
  std::vector<size_t>& begin = rows_begin_;
  begin.resize(rows_.size());
  for (size_t r = 0; r < rows_.size(); ++r) begin[r] = rows_[r].offsets.back();
  for (const FactRow& member : facts.members) {
    fits &= PutRow(member, FactPlace::kMember, members_);
    fits &= PutMemberRows(member, members_);
    ++members_;
  }
  for (size_t r = 0; r < rows_.size(); ++r) {
    const size_t end = rows_[r].offsets.back();
    if (end - begin[r] > kListMax) fits = false;
    MarkFirst(&rows_[r], begin[r], end, row_ids_[r]);
  }
  member_offsets_.push_back(static_cast<uint32_t>(members_));
  appended_.push_back(&facts);
  SetBit(&boxed_, unit, !fits);
}

void UnitBatch::BindUnits(size_t units, const uint32_t* member_offsets) {
  HEARTH_CHECK(units_ == 0, "columns bound to a batch with units in it");
  is_bound_ = true;
  units_ = units;
  member_offsets_.resize(units + 1);
  for (size_t i = 0; i <= units; ++i) member_offsets_[i] = member_offsets[i] - member_offsets[0];
  members_ = member_offsets_[units];
  boxed_.assign(units / 64 + 1, 0);
  for (size_t i = 0; i < units; ++i) {
    if (member_offsets_[i + 1] - member_offsets_[i] > kListMax) boxed_[i / 64] |= uint64_t{1} << (i % 64);
  }
  place_there_[static_cast<int>(FactPlace::kHousehold)] = true;
}

void UnitBatch::BindFact(FactPlace place, int slot, ColumnView column) {
  HEARTH_CHECK(!layout_->Fact(place, slot).always_known || column.known == nullptr,
               "a column that promised to be known");
  Column& c = facts_[static_cast<int>(place)][static_cast<size_t>(slot)];
  c.view = column;
  c.bound = true;
}

void UnitBatch::BindRows(int registry, const uint32_t* row_offsets, ColumnView answered) {
  RegistryRows& rows = rows_[static_cast<size_t>(registry)];
  rows.bound = true;
  rows.offsets.resize(members_ + 1);
  for (size_t i = 0; i <= members_; ++i) rows.offsets[i] = row_offsets[i] - row_offsets[0];
  rows.answered_view = answered;
  for (size_t u = 0; u < units_; ++u) {
    if (rows.offsets[member_offsets_[u + 1]] - rows.offsets[member_offsets_[u]] > kListMax) {
      boxed_[u / 64] |= uint64_t{1} << (u % 64);
    }
  }
}

void UnitBatch::BindRowIdentity(int registry, const uint32_t* identity) {
  RegistryRows& rows = rows_[static_cast<size_t>(registry)];
  rows.first.clear();
  rows.all_first = true;
  for (size_t u = 0; u < units_; ++u) {
    const size_t begin = rows.offsets[member_offsets_[u]], end = rows.offsets[member_offsets_[u + 1]];
    std::vector<uint64_t>& ids = row_ids_[static_cast<size_t>(registry)];
    ids.assign(identity + begin, identity + end);
    MarkFirst(&rows, begin, end, ids);
  }
}

void UnitBatch::BindCell(int registry, int field, ColumnView column) {
  Column& c = rows_[static_cast<size_t>(registry)].cells[static_cast<size_t>(field)];
  c.view = column;
  c.bound = true;
}

ColumnView UnitBatch::FactView(FactPlace place, int slot) const {
  const Column& c = facts_[static_cast<int>(place)][static_cast<size_t>(slot)];
  if (is_bound_) return c.view;
  return {c.bytes.data(), room_[static_cast<int>(place)], c.known.data(), 0};
}

ColumnView UnitBatch::CellView(int registry, int field) const {
  const RegistryRows& rows = rows_[static_cast<size_t>(registry)];
  const Column& c = rows.cells[static_cast<size_t>(field)];
  if (is_bound_) return c.view;
  return {c.bytes.data(), rows.room, c.known.data(), 0};
}

UnitBatch::Rows UnitBatch::RowsView(int registry) const {
  const RegistryRows& r = rows_[static_cast<size_t>(registry)];
  Rows out;
  out.is_there = !is_bound_ || r.bound;
  if (!out.is_there) return out;
  out.offsets = r.offsets;
  out.count = r.offsets.back();
  out.answered = is_bound_ ? r.answered_view : ColumnView{nullptr, 0, r.answered.data(), 0};
  out.first = r.all_first ? nullptr : r.first.data();
  return out;
}

const uint64_t* UnitBatch::PlaceThere(FactPlace place, bool* all) const {
  const int p = static_cast<int>(place);
  *all = is_bound_ && place_there_[p];
  return is_bound_ ? nullptr : there_[p].data();
}

const UnitFacts* UnitBatch::Facts(size_t unit) const {
  if (!is_bound_) return appended_[unit];
  return fallback_ ? &fallback_(unit) : nullptr;
}

}  // namespace hearth
