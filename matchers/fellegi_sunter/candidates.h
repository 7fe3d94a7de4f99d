// Candidate pairs: which records are worth comparing, by the blocking rules, each pair once.
//
//   HEARTH_ASSIGN_OR_RETURN(Blocking blocking, Blocking::Make(model, records, model.blocking, 2));
//   blocking.ForEachBatch(2, [&](int worker, std::span<const Pair> pairs) { … });
//
// A pair belongs to the first rule that makes it. Pairs come in batches and are never all held: memory is some 8 bytes
// a record and rule. The set of pairs does not depend on threads; the order of the batches does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/pattern.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

struct Block {
  std::string key;  // the values, joined by " + "; long numbers masked
  uint64_t records = 0, pairs = 0;
};
struct RuleBlocks {
  std::string rule;
  uint64_t blocks = 0, records = 0;                // blocks of two records or more, records in them
  uint64_t pairs = 0;                              // before the pairs of earlier rules are left out
  uint64_t skipped_blocks = 0, skipped_pairs = 0;  // over max_block
  std::vector<Block> largest;                      // ten at most, largest first
};

class Blocking {
 public:
  // ResourceExhausted when a rule makes more than Model::pairs_max pairs: the rule and its largest keys are named; and
  // when columns of many values give more than 2^28 keys.
  // The rules are the model's own or others on its columns. All three must outlive it.
  static StatusOr<Blocking> Make(const Model& model, const RecordSet& records, const std::vector<BlockingRule>& rules,
                                 int threads);
  Blocking(Blocking&&) noexcept;
  Blocking& operator=(Blocking&&) noexcept;
  ~Blocking();

  static constexpr size_t kBatch = 2048;
  // worker is in [0, threads). At most kBatch pairs a call.
  void ForEachBatch(int threads, const std::function<void(int worker, std::span<const Pair> pairs)>& body) const;
  // Told the share of pairs done, in [0, 1], from time to time and from any thread, during ForEachBatch.
  void OnProgress(std::function<void(double)> told);
  const std::vector<RuleBlocks>& report() const;

 private:
  struct Impl;
  explicit Blocking(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hearth::linkage
