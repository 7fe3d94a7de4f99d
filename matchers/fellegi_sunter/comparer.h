// Comparer finds the level of each comparison for pairs of records; Weights turns patterns into match weights.
//
//   Comparer comparer(model, records);
//   Comparer::Scratch scratch(comparer);            // one a thread
//   comparer.Compare(pairs, &scratch, patterns);    // patterns[i] belongs to pairs[i]
//   double bits = weights.Bits(patterns[i], pairs[i]);
//
// The same either way round. Cost: 50 to 150 ns a pair of six comparisons of short texts.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "matchers/fellegi_sunter/pattern.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

class Comparer {
 public:
  class Scratch {  // what a thread remembers between batches
   public:
    explicit Scratch(const Comparer& comparer);
    Scratch(Scratch&&) noexcept;
    ~Scratch();

   private:
    friend class Comparer;
    struct Memo;
    std::unique_ptr<Memo> memo_;
  };

  // Both must outlive it.
  Comparer(const Model& model, const RecordSet& records);
  ~Comparer();

  void Compare(std::span<const Pair> pairs, Scratch* scratch, Pattern* patterns) const;
  // One comparison alone: levels[i] of pairs[i].
  void CompareOne(int comparison, std::span<const Pair> pairs, Scratch* scratch, uint8_t* levels) const;
  // Columns that a comparison reads, ascending: pairs of records with equal codes in them have equal levels.
  const std::vector<ColumnIndex>& ColumnsOf(int comparison) const;
  // True when the condition holds for the pair; plain and slow, for filters and as the reference in tests.
  bool Holds(const Condition& condition, Pair pair) const;

  const Model& model() const { return model_; }
  const RecordSet& records() const { return records_; }

 private:
  struct Impl;
  void CompareValues(int comparison, std::span<const Pair> pairs, Scratch* scratch, uint8_t* levels) const;
  void ComparePlaces(int comparison, std::span<const Pair> pairs, uint8_t* levels) const;
  void CompareAny(int comparison, std::span<const Pair> pairs, Scratch* scratch, uint8_t* levels) const;

  const Model& model_;
  const RecordSet& records_;
  std::unique_ptr<Impl> impl_;
};

// A pair's weight in parts, for waterfalls.
struct WeightStep {
  int comparison = 0, level = 0;
  double bits = 0;     // log2(m / u); 0 for a null level
  double tf_bits = 0;  // term-frequency part
};

// Needs a model whose prior, m and u are all known (trained). Safe from many threads.
class Weights {
 public:
  Weights(const Model& model, const RecordSet& records);

  // Prior, levels and term frequencies, summed in the model's order: the same bits on every machine.
  double Bits(Pattern pattern, Pair pair) const;
  // Without term frequencies.
  double PatternBits(Pattern pattern) const;
  std::vector<WeightStep> Steps(Pattern pattern, Pair pair) const;
  double prior_bits() const { return prior_bits_; }

 private:
  double TermBits(int comparison, int level, Pair pair) const;

  struct TermLevel {
    const std::vector<double>* log2_frequency = nullptr;  // by code of the column
    const Column* column = nullptr;
    double log2_u = 0, weight = 0, log2_minimum = 0;
  };
  double prior_bits_ = 0;
  int comparisons_ = 0;
  std::vector<double> bits_;        // [comparison * 16 + level]
  std::vector<uint8_t> has_terms_;  // [comparison * 16 + level]
  std::vector<TermLevel> terms_;    // [comparison * 16 + level]
  std::vector<std::unique_ptr<std::vector<double>>> logs_;
};

}  // namespace hearth::linkage
