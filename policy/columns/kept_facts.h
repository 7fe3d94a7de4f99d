// The buffers of a BatchResult: outcomes of rules, and with want_facts the columns of derived facts. Internal to
// policy/columns. Owned by one result and reused from batch to batch.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "policy/columns/batch_layout.h"
#include "policy/columns/batch_result.h"

namespace hearth {

struct BatchResult::Kept {
  struct RuleBuffers {
    std::vector<uint64_t> eligible, not_eligible, needs, outdone, amount_known;
    std::vector<int64_t> fen;
  };
  struct Fact {
    ColumnKind kind = ColumnKind::kNone;
    int scale = 0;
    std::vector<uint64_t> known, is_true;
    std::vector<int64_t> values, denominators;  // empty: the constant
    int64_t constant = 0, constant_denominator = 1;
  };
  std::vector<RuleBuffers> rules;
  std::vector<Fact> facts;                        // by index of derived
  std::map<std::pair<int, size_t>, Value> apart;  // of boxed units: index of derived, lane
  std::vector<std::vector<uint64_t>> taken_facts[kFactPlaces], taken_parameters;
  const Words* words = nullptr;

  static bool Bit(const std::vector<uint64_t>& bits, size_t lane) {
    return lane / 64 < bits.size() && (bits[lane / 64] >> (lane % 64) & 1) != 0;
  }
  static int64_t At(const std::vector<int64_t>& values, int64_t constant, size_t lane) {
    return values.empty() ? constant : values[lane];
  }
  Value Derived(int index, size_t lane) const;
  bool FactTaken(FactPlace place, int slot, size_t lane) const;
  bool ParameterTaken(int index, size_t unit) const;
};

}  // namespace hearth
