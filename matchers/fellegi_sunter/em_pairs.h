// The pairs of one rule as expectation maximisation wants them: counts of patterns, and how often the keys of other
// rules agree among them.
//
//   HEARTH_ASSIGN_OR_RETURN(EmPairs pairs, CountEmPairs(comparer, rule, {}, threads));
//
// A rule that makes more than kEmPairsMax pairs is represented by a seeded draw of about so many: m is then known to
// some thousandths, and more pairs cost time alone. Which are drawn depends on the two records' places, that is on
// their ids, and not on threads or row order.
#pragma once

#include <cstdint>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/comparer.h"

namespace hearth::linkage {

constexpr uint64_t kEmPairsMax = 4'000'000;

struct EmPairs {
  std::vector<PatternCount> counts;  // sorted by pattern
  uint64_t made = 0;                 // by the rule
  uint64_t pairs = 0;                // of these compared
  // By probe: counts of the pairs that agree on it, too.
  std::vector<std::vector<PatternCount>> agreeing;
};

// Values equal and not null, of two sides in either order unless the tables are linked across.
bool Agrees(const KeyPart& part, const RecordSet& records, LinkType link_type, Pair pair);

// Errors are those of Blocking::Make.
StatusOr<EmPairs> CountEmPairs(const Comparer& comparer, const BlockingRule& rule, const std::vector<KeyPart>& probes,
                               int threads, uint64_t pairs_max = kEmPairsMax);

}  // namespace hearth::linkage
