// PairScorer gives the match weights of pairs that are asked for from many threads, as clustering does inside
// components. A scratch is too dear to make for each call, so idle ones wait for the next.
//
//   PairScorer scorer(comparer, weights);
//   scorer.Score(pairs, bits);      // bits[i] belongs to pairs[i]
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "matchers/fellegi_sunter/comparer.h"

namespace hearth::linkage {

class PairScorer {
 public:
  // Both must outlive it.
  PairScorer(const Comparer& comparer, const Weights& weights) : comparer_(comparer), weights_(weights) {}

  void Score(std::span<const Pair> pairs, double* bits);

 private:
  const Comparer& comparer_;
  const Weights& weights_;
  std::mutex lock_;
  std::vector<std::unique_ptr<Comparer::Scratch>> idle_;  // under lock_
};

}  // namespace hearth::linkage
