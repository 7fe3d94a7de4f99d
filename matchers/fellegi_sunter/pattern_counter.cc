#include "matchers/fellegi_sunter/pattern_counter.h"

#include <algorithm>
#include <array>

#include "matchers/fellegi_sunter/candidates.h"
#include "matchers/fellegi_sunter/comparer.h"

namespace hearth::linkage {

std::vector<PatternCount> PatternCounter::Counts() const {
  std::vector<PatternCount> counts;
  counts.reserve(used_);
  for (const PatternCount& slot : slots_) {
    if (slot.pairs != 0) counts.push_back(slot);
  }
  return counts;
}

void PatternCounter::Grow() {
  std::vector<PatternCount> old(slots_.size() * 2);
  old.swap(slots_);
  for (const PatternCount& slot : old) {
    if (slot.pairs != 0) slots_[Slot(slot.pattern)] = slot;
  }
}

std::vector<PatternCount> JoinCounts(std::span<const PatternCounter> counters) {
  std::vector<PatternCount> all;
  for (const PatternCounter& counter : counters) {
    const std::vector<PatternCount> counts = counter.Counts();
    all.insert(all.end(), counts.begin(), counts.end());
  }
  std::sort(all.begin(), all.end(), [](const PatternCount& a, const PatternCount& b) { return a.pattern < b.pattern; });
  size_t kept = 0;
  for (const PatternCount& count : all) {
    if (kept > 0 && all[kept - 1].pattern == count.pattern) {
      all[kept - 1].pairs += count.pairs;
    } else {
      all[kept++] = count;
    }
  }
  all.resize(kept);
  return all;
}

StatusOr<std::vector<PatternCount>> CountPatterns(const Model& model, const RecordSet& records,
                                                  const std::vector<BlockingRule>& rules, int threads) {
  HEARTH_ASSIGN_OR_RETURN(const Blocking blocking, Blocking::Make(model, records, rules, threads));
  const Comparer comparer(model, records);
  std::vector<Comparer::Scratch> scratch;
  for (int worker = 0; worker < threads; ++worker) scratch.emplace_back(comparer);
  std::vector<PatternCounter> counters(static_cast<size_t>(threads));
  blocking.ForEachBatch(threads, [&](int worker, std::span<const Pair> pairs) {
    std::array<Pattern, Blocking::kBatch> patterns;
    comparer.Compare(pairs, &scratch[static_cast<size_t>(worker)], patterns.data());
    PatternCounter& counter = counters[static_cast<size_t>(worker)];
    for (size_t i = 0; i < pairs.size(); ++i) counter.Add(patterns[i], 1);
  });
  return JoinCounts(counters);
}

}  // namespace hearth::linkage
