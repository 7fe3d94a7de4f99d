// Bit samples: which pairs of filters are worth comparing when there are too many to compare all.
// A sample is a choice of bits; two rows meet in it when they agree on all of them. Used by DiceJoin.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "matchers/private/bit_rows.h"

namespace hearth::linkage {

struct SamplePlan {
  uint32_t samples = 1, bits = 1;
};
// How many samples of how many bits find a pair at the threshold with the probability `recall`, and keep pairs of
// unlike rows to about one a row and sample.
//   ones  of a full filter: fuller ones differ in more bits at the same Dice
SamplePlan PlanSamples(size_t rows, uint32_t filter_bits, uint32_t ones, double threshold, double recall);

// Calls visit with each group of the given rows that meet in sample number `sample`: those of the left table and those
// of the right, ascending. It ends when visit says false. Which bits are sampled depends on seed, sample and the
// filters' length alone.
void VisitMeetings(const BitRows& left, const BitRows& right, const std::vector<uint32_t>& left_rows,
                   const std::vector<uint32_t>& right_rows, const SamplePlan& plan, uint64_t seed, uint32_t sample,
                   const std::function<bool(std::span<const uint32_t> left, std::span<const uint32_t> right)>& visit);

}  // namespace hearth::linkage
