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

  // Takes in what the records gained at their end (record_growth.h), or drops what was taken back, since the last call.
  // Not beside any other call. A scratch from before a record was taken back must not be used again.
  void Follow();

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

// How often the values of the columns of term frequencies were seen in one table: what keeps weights the same while
// the table grows.
struct TermCounts {
  struct OfColumn {
    ColumnIndex column = 0;
    uint64_t filled = 0;  // records with a value
    Texts values;
    std::vector<uint32_t> counts;  // by value
  };
  std::vector<OfColumn> columns;
};
TermCounts CountTerms(const Model& model, const RecordSet& records);

// Needs a model whose prior, m and u are all known (trained). Safe from many threads.
class Weights {
 public:
  Weights(const Model& model, const RecordSet& records);
  // Frequencies of these counts (all three must outlive it), not of the records; a value not among them counts as one
  // occurrence.
  Weights(const Model& model, const RecordSet& records, const TermCounts& terms);
  // As Comparer::Follow; for weights of given counts only.
  void Follow();

  // Prior, levels and term frequencies, summed in the model's order: the same bits on every machine.
  double Bits(Pattern pattern, Pair pair) const;
  // Without term frequencies.
  double PatternBits(Pattern pattern) const;
  std::vector<WeightStep> Steps(Pattern pattern, Pair pair) const;
  double prior_bits() const { return prior_bits_; }

 private:
  void Compile(const Model& model, const RecordSet& records, const TermCounts* terms);
  double TermBits(int comparison, int level, Pair pair) const;

  struct Followed {
    const Column* column = nullptr;
    const TermCounts::OfColumn* terms = nullptr;
    std::vector<double>* log2_frequency = nullptr;
  };
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
  std::vector<Followed> followed_;
};

}  // namespace hearth::linkage
