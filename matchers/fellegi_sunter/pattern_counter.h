// PatternCounter counts agreement patterns; one a thread, joined in order of pattern at the end, so that counts do not
// depend on how the pairs were shared out.
//
//   PatternCounter counter;
//   for (Pattern p : patterns) counter.Add(p, 1);
//   std::vector<PatternCount> counts = JoinCounts(counters);
//
// Adding takes a few nanoseconds: there are millions of pairs and some thousands of patterns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"
#include "matchers/fellegi_sunter/pattern.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

class PatternCounter {
 public:
  PatternCounter() : slots_(64) {}

  void Add(Pattern pattern, uint64_t pairs) {
    if (pairs == 0) return;
    size_t at = Slot(pattern);
    if (slots_[at].pairs == 0) {
      if (2 * ++used_ > slots_.size()) {
        Grow();
        at = Slot(pattern);
      }
      slots_[at].pattern = pattern;
    }
    slots_[at].pairs += pairs;
  }
  // Unsorted.
  std::vector<PatternCount> Counts() const;

 private:
  // The slot of the pattern, or the free one (no pairs) where it belongs.
  size_t Slot(Pattern pattern) const {
    const size_t mask = slots_.size() - 1;
    size_t at = static_cast<size_t>(pattern * 0x9E3779B97F4A7C15U >> 32) & mask;
    while (slots_[at].pairs != 0 && slots_[at].pattern != pattern) at = (at + 1) & mask;
    return at;
  }
  void Grow();

  std::vector<PatternCount> slots_;  // a power of two; half of them free at least
  size_t used_ = 0;
};

// All counts together, sorted by pattern.
std::vector<PatternCount> JoinCounts(std::span<const PatternCounter> counters);

// Counts of patterns among all candidate pairs of the rules; sorted by pattern. Errors are those of Blocking::Make.
StatusOr<std::vector<PatternCount>> CountPatterns(const Model& model, const RecordSet& records,
                                                  const std::vector<BlockingRule>& rules, int threads);

}  // namespace hearth::linkage
