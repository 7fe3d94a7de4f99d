// A UnitBatch is the facts of some hundred family units in columns: one lane a unit, a member, or a row of a registry
// that a member's row list names. Members stand by unit and rows by member (offsets, as in a sparse matrix).
//
//   UnitBatch batch(layout);                                    // one a thread, reused
//   for (const UnitFacts& unit : units) batch.Append(unit);     // copies typed; or:
//   batch.BindUnits(count, member_offsets);                     // a producer's own columns, not copied
//   batch.BindFact(FactPlace::kMember, wage_slot, {.data = wages + first, .readable = left});
//
// Unknown is a cleared bit in `known`. A unit whose facts do not fit the columns (a number out of bounds or with more
// decimals, derived facts given, rows handed at the household) is `boxed`: the plain evaluator works it out.
// Memory: the columns of what was appended, kept when cleared. Some 500 units a batch keep an evaluation inside the
// caches; more than 4,096 only cost speed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/facts.h"
#include "policy/columns/batch_layout.h"

namespace hearth {

// A column that stands elsewhere. Lanes of the layout's width; booleans are bytes 0 or 1.
struct ColumnView {
  const void* data = nullptr;
  size_t readable = 0;              // lanes that may be read from data, at least the batch's
  const uint64_t* known = nullptr;  // bit i of known, from known_first on: lane i is known; nullptr: all are
  size_t known_first = 0;
};

// The lane of a column that holds the value; false when the column cannot. Text is looked up, not added.
bool ColumnLane(const Value& value, const ColumnSpec& spec, const Words& words, int64_t* lane);

class UnitBatch {
 public:
  explicit UnitBatch(std::shared_ptr<const BatchLayout> layout);

  void Clear();
  // The facts must stay in place until the batch has been evaluated. `facts` is sized by the pack's layout.
  void Append(const UnitFacts& facts);
  // Gives a raw fact of an appended subject another value; lane: unit, or member. The caller changes the appended facts
  // alike. The value must fit the column, as booleans always do.
  void Replace(FactPlace place, int slot, size_t lane, const Value& value);

  // ---- columns that a producer has already; between Clear and the evaluation, instead of Append.
  // member_offsets: units + 1 ascending numbers; the first need not be zero, and is taken off the others.
  void BindUnits(size_t units, const uint32_t* member_offsets);
  void BindFact(FactPlace place, int slot, ColumnView column);  // of a raw fact; a fact not bound is unknown
  // Rows of a registry by member: members + 1 offsets, as above. answered: members whose registry answered at all.
  void BindRows(int registry, const uint32_t* row_offsets, ColumnView answered);
  void BindCell(int registry, int field, ColumnView column);
  // Rows of joint owners carry equal numbers within a unit; nullptr: every row is one of its own.
  void BindRowIdentity(int registry, const uint32_t* identity);
  // Says that employer, institution or city facts are there for all units.
  void BindPlace(FactPlace place) { place_there_[static_cast<int>(place)] = true; }
  // Facts of a unit as the plain evaluator reads them, asked for only where the columns do not suffice. Without it
  // such a unit is an error of Evaluate.
  void SetFallback(std::function<const UnitFacts&(size_t unit)> fallback) { fallback_ = std::move(fallback); }

  bool is_bound() const { return is_bound_; }
  size_t size() const { return units_; }
  size_t members() const { return members_; }
  uint32_t MemberOffset(size_t unit) const { return member_offsets_[unit]; }
  std::span<const uint32_t> member_offsets() const { return {member_offsets_.data(), units_ + 1}; }
  const BatchLayout& layout() const { return *layout_; }
  const std::shared_ptr<const BatchLayout>& shared_layout() const { return layout_; }

  // ---- for the evaluator
  struct Rows {
    bool is_there = false;  // bound, or appended
    size_t count = 0;
    std::span<const uint32_t> offsets;  // members + 1
    ColumnView answered;                // known bits only
    const uint64_t* first = nullptr;    // rows not seen earlier in the unit; nullptr: all
  };
  // data nullptr: all unknown.
  ColumnView FactView(FactPlace place, int slot) const;
  ColumnView CellView(int registry, int field) const;
  Rows RowsView(int registry) const;
  bool IsBoxed(size_t unit) const { return (boxed_[unit / 64] >> (unit % 64) & 1) != 0; }
  std::span<const uint64_t> boxed() const { return boxed_; }
  // Bits by unit of those with facts at this place; nullptr: all of them, or none.
  const uint64_t* PlaceThere(FactPlace place, bool* all) const;
  const Words& words() const { return words_; }
  uint64_t words_generation() const { return words_generation_; }
  // nullptr when the batch was bound and no fallback set.
  const UnitFacts* Facts(size_t unit) const;

 private:
  // Appended lanes are written over what an earlier batch left; there is room for a whole number of 64.
  struct Column {
    std::vector<uint8_t> bytes;  // lanes, `width` bytes each
    std::vector<uint64_t> known;
    ColumnView view;  // when bound
    bool bound = false;
  };
  struct RegistryRows {
    std::vector<uint32_t> offsets;
    std::vector<uint64_t> answered, first;
    ColumnView answered_view;
    std::vector<Column> cells;
    size_t room = 0;
    bool bound = false, all_first = true;
  };
  // What of a subject's facts, and of a row, has columns.
  struct FactColumn {
    size_t slot;
    ColumnSpec spec;
  };
  struct CellColumn {
    int field;
    ColumnSpec spec;
    FieldType type;
    const std::vector<int32_t>* code_words;
  };
  void MakeRoom(FactPlace place, size_t lanes);
  void MakeRoom(size_t registry, size_t lanes);
  bool PutCell(const CellColumn& cell, Column* column, size_t lane, const RecordTable& table, uint32_t row);
  bool PutFact(Column* column, const ColumnSpec& spec, size_t lane, const Value& value);
  bool PutRow(const FactRow& row, FactPlace place, size_t lane);
  bool PutMemberRows(const FactRow& row, size_t member);
  void MarkFirst(RegistryRows* rows, size_t begin, size_t end, const std::vector<uint64_t>& ids);

  std::shared_ptr<const BatchLayout> layout_;
  size_t units_ = 0, members_ = 0;
  bool is_bound_ = false;
  std::vector<uint32_t> member_offsets_;
  std::vector<Column> facts_[kFactPlaces];
  size_t room_[kFactPlaces] = {};  // lanes of those columns
  std::vector<RegistryRows> rows_;
  std::vector<FactColumn> fact_columns_[kFactPlaces];
  std::vector<std::vector<CellColumn>> cell_columns_;  // by registry
  std::vector<size_t> derived_slots_[kFactPlaces];
  std::vector<size_t> joined_slots_;  // rows of the household, which are those of its members
  std::vector<uint64_t> boxed_, there_[kFactPlaces];
  bool place_there_[kFactPlaces] = {};
  std::vector<const UnitFacts*> appended_;
  std::function<const UnitFacts&(size_t)> fallback_;
  Words words_;
  uint64_t words_generation_ = 0;
  // Of the unit being appended, by registry: numbers of its rows, and where they begin.
  std::vector<std::vector<uint64_t>> row_ids_;
  std::vector<int> row_slots_;  // of each registry's row list at a member
  std::vector<size_t> rows_begin_;
  std::vector<std::pair<uint64_t, size_t>> sorted_ids_;
};

}  // namespace hearth
