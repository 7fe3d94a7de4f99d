// How two records agree by chance: levels among all pairs of a seeded sample of the records.
//
//   const RecordSample sample = SampleRecords(model, records);
//   LevelCounts counts = CountRandomPairs(comparer, sample, {0, 2, 3}, threads)[0];   // of comparison 0
//
// Which records are drawn follows from the seed and their ids alone, so neither row order nor threads matter. Of a
// sample of n records the n (n - 1) / 2 pairs are all counted; but a comparison is made once for each two distinct
// values (or tuples of values, when it reads several columns) and counted as often as they meet.
// Cost: of 14,143 records (1e8 pairs) 10 to 500 ms a comparison and thread; memory some bytes a record sampled.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "matchers/fellegi_sunter/comparer.h"

namespace hearth::linkage {

// All pairs that the link type allows: of one table, of both together, or across.
double AllPairs(const Model& model, const RecordSet& records);

struct RecordSample {
  // All pairs of `left` when `right` is empty, else each of `left` with each of `right`. Ascending.
  std::vector<uint32_t> left, right;
  uint64_t pairs() const {
    const uint64_t l = left.size(), r = right.size();
    return right.empty() ? (l == 0 ? 0 : l * (l - 1) / 2) : l * r;
  }
};
// As small as gives Training::u_pairs pairs; all records when there are fewer pairs than that. Empty when there are no
// pairs at all.
RecordSample SampleRecords(const Model& model, const RecordSet& records);

using LevelCounts = std::array<uint64_t, 16>;  // pairs by level
// One entry for each of `comparisons`.
std::vector<LevelCounts> CountRandomPairs(const Comparer& comparer, const RecordSample& sample,
                                          const std::vector<int>& comparisons, int threads);

// How often two random records of the whole table agree exactly, counted from how often each value occurs. No sample is
// as precise, and the frequencies of term frequency adjustment are of the whole table too.
struct ExactAgreement {
  int level = 0;
  double pairs = 0;  // on which the comparison is not null
  double equal = 0;  // of these, at the level
};
// Nothing unless the comparison's first level, null apart, is equality of one column, and its null level (if any) that
// column's.
std::optional<ExactAgreement> CountExactAgreement(const Comparison& comparison, const Model& model,
                                                  const RecordSet& records);

}  // namespace hearth::linkage
