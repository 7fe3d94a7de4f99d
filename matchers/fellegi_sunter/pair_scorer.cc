#include "matchers/fellegi_sunter/pair_scorer.h"

#include <utility>

namespace hearth::linkage {

void PairScorer::Score(std::span<const Pair> pairs, double* bits) {
  std::unique_ptr<Comparer::Scratch> scratch;
  {
    const std::lock_guard guard(lock_);
    if (!idle_.empty()) {
      scratch = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!scratch) scratch = std::make_unique<Comparer::Scratch>(comparer_);
  std::vector<Pattern> patterns(pairs.size());
  comparer_.Compare(pairs, scratch.get(), patterns.data());
  for (size_t i = 0; i < pairs.size(); ++i) bits[i] = weights_.Bits(patterns[i], pairs[i]);
  const std::lock_guard guard(lock_);
  idle_.push_back(std::move(scratch));
}

}  // namespace hearth::linkage
