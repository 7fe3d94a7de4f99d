// The order in which a plan's nodes are worked out, and where their columns stand while they live. Internal to
// policy/columns.
//
// A column takes a register: a buffer of its level and width that another column takes over after its last use, so that
// all live columns of a batch stay in the caches. After the last node of a rule (or of a kept fact) its results are
// handed out at once.
#pragma once

#include <functional>
#include <vector>

#include "policy/columns/kernels.h"
#include "policy/columns/plan.h"
#include "policy/columns/unit_batch.h"

namespace hearth::columns {

// A column as it stands after a run, valid only while it is handed out.
struct ColumnAt {
  const uint64_t* bits = nullptr;  // kAll and kNone too are written out
  const int32_t* lanes32 = nullptr;
  const int64_t* lanes64 = nullptr;
  int64_t constant = 0;  // when neither of the two is there
};

// Facts that the plain evaluator worked out for a batch.
struct BoxedColumn {
  std::vector<uint64_t> known, is_true;
  std::vector<int64_t> values;
};

// Of a word that no column of its condition has held yet.
inline constexpr uint8_t kUntested = 0x80;

class Program {
 public:
  // Results to hand out, in order.
  struct Output {
    enum class Kind : uint8_t { kBoxedNeeded, kRule, kFact, kTakenFact, kTakenParameter } kind = Kind::kRule;
    int index = 0, place = 0;
    std::vector<NodeId> nodes;
  };
  Program(const Plan& plan, std::vector<Output> outputs, bool portable);

  int steps() const { return static_cast<int>(steps_.size()); }

  struct LevelSize {
    size_t lanes = 0, padded = 0;
  };
  // Buffers of one thread.
  struct Workspace {
    std::vector<LevelSize> sizes;
    std::vector<size_t> bases;  // of register classes, bytes in memory
    std::vector<uint64_t> memory;
    std::vector<const void*> at;  // by node
    std::vector<std::vector<uint8_t>> padded_inputs;
    std::vector<std::vector<uint32_t>> unit_rows;  // by registry: rows by unit
    // By child level, of units and of members: bits of first children.
    struct Firsts {
      bool done = false, all = true;  // all: no parent is without children
      std::vector<uint64_t> bits;
    };
    std::vector<Firsts> firsts;
    std::vector<std::vector<uint64_t>> failed;  // by level
    std::vector<uint64_t> ones, zeros;
    std::vector<int64_t> scratch;
    std::vector<BoxedColumn> boxed;
    // Of a condition on a word: by the word's number bits 0 (true) and 1 (false), or kUntested.
    struct Table {
      std::vector<uint8_t> flags;
      bool filled = false;  // for this batch
    };
    std::vector<Table> tables;
    uint64_t words_generation = 0;
    std::function<uint8_t(size_t table, int32_t word)> test_word;
  };

  // Runs the batch; hand_out is called for each output while its columns stand. Sets bits of units in `failed_units`
  // for those that do not fit.
  void Run(const UnitBatch& batch, Workspace* w,
           const std::function<void(const Output&, const std::function<ColumnAt(NodeId)>&)>& hand_out,
           uint64_t* failed_units) const;

 private:
  struct Step {
    NodeId node = kNoNode;
    int output = -1;  // hands out instead
    Kernel kernel = nullptr;
    int register_class = -1, register_index = -1;
    bool alias = false;  // an input used where it stands
  };
  void Schedule();
  void Visit(NodeId id, std::vector<uint8_t>* seen);
  void Assign();
  static int ClassOf(const GraphNode& n);
  void Execute(const Step& step, const UnitBatch& batch, Workspace* w, void* out, const LevelSize* sizes) const;
  const void* Readable(const ColumnView& view, Width width, size_t padded, size_t lanes, Workspace* w,
                       size_t slot) const;
  static const uint64_t* FirstsOf(const uint32_t* offsets, size_t parents, size_t padded, Workspace::Firsts* firsts);
  const uint32_t* Offsets(Level child, Level parent, const UnitBatch& batch, Workspace* w, size_t* parents) const;

  const Plan& plan_;
  std::vector<Output> outputs_;
  bool portable_;
  std::vector<Step> steps_;
  std::vector<int> class_counts_;
  bool checks_ = false;
};

}  // namespace hearth::columns
