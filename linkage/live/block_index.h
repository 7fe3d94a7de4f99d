// BlockIndex: the candidate pairs of one record at a time, while the table grows.
//
//   BlockIndex index(model, records, source_of);
//   index.Follow(2);                                     // takes in the records that are new
//   index.Candidates(record, record, &marks, &others);   // earlier records that some rule pairs with it, each once
//
// Under each rule the XXH3-64 of the key's texts leads to a block, and the block to a chain of its records, the latest
// first; rules of two sides have a chain a side, columns of many values several keys a record. Two keys of one hash
// would give a candidate too many: one chance in 30 million for a rule of a million keys.
// A rule's filter is asked. Blocks that were over max_block when the model was frozen stay stopped, others never are,
// so that the pairs do not depend on the order of arrival.
// Memory: 8 bytes a record and rule, 30 a block. Candidates is safe from many threads, each with marks of its own.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "linkage/live/key_table.h"
#include "matchers/fellegi_sunter/pattern.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

// By rule of the model: keys of stopped blocks, ascending.
using StoppedBlocks = std::vector<std::vector<uint64_t>>;

// Which records a walk has met already; cleared by counting on.
class Marks {
 public:
  void Begin(size_t records) {
    if (marks_.size() < records) marks_.resize(records + records / 8, 0);
    if (++now_ == 0) {
      marks_.assign(marks_.size(), 0);
      now_ = 1;
    }
  }
  bool Has(uint32_t record) const { return marks_[record] == now_; }
  void Set(uint32_t record) { marks_[record] = now_; }

 private:
  std::vector<uint32_t> marks_;
  uint32_t now_ = 0;
};

class BlockIndex {
 public:
  // All three must outlive it. source_of: by record.
  BlockIndex(const Model& model, const RecordSet& records, const std::vector<uint8_t>& source_of);

  // Before the first Follow.
  void SetStopped(const StoppedBlocks& stopped);
  // Takes in the values and records that were added since the last call.
  void Follow(int threads);
  // Takes in, or drops, values alone: what a record that is not indexed needs to ask for candidates.
  void FollowValues();

  // Stops the blocks over the rules' max_block, and says which.
  StoppedBlocks StopLargeBlocks();
  // Appends the indexed records below `before` that some rule pairs with `record`.
  void Candidates(uint32_t record, uint32_t before, Marks* marks, std::vector<uint32_t>* out) const;

 private:
  static constexpr uint32_t kEnd = UINT32_MAX, kStopped = UINT32_MAX - 1;
  struct Entry {
    uint32_t record = 0, next = kEnd;
  };
  struct Rule {
    const BlockingRule* rule = nullptr;
    bool symmetric = true;
    std::array<std::vector<ColumnIndex>, 2> columns;  // by side
    KeyTable blocks;
    std::vector<std::array<uint32_t, 2>> heads;  // by block, side: an entry, kEnd or kStopped
    std::vector<uint32_t> counts;                // by block: entries
    std::vector<Entry> entries;
  };
  void Add(uint32_t record, std::vector<uint64_t>* keys, Rule* rule) const;
  // Keys of a record as one side of a rule.
  void Keys(const Rule& rule, int side, uint32_t record, std::vector<uint64_t>* keys) const;
  bool TakesSide(const Rule& rule, int side, uint32_t record) const;

  const Model& model_;
  const RecordSet& records_;
  const std::vector<uint8_t>& source_of_;
  std::vector<Rule> rules_;
  std::vector<uint8_t> read_;                  // by column: some rule reads it
  std::vector<std::vector<uint64_t>> hashes_;  // by column, value
  uint32_t indexed_ = 0;
};

}  // namespace hearth::linkage
