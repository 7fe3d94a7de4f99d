// DiceJoin finds the pairs of filters of two tables whose Dice coefficient reaches a threshold.
//
//   HEARTH_ASSIGN_OR_RETURN(const DiceJoinResult r, DiceJoin(left, right, {.threshold = 0.85, .threads = 2}));
//
// Exact: all pairs are compared but those whose counts of ones alone rule them out. Sampled: only pairs that agree on
// all bits of at least one of several random samples are compared (locality-sensitive hashing); a pair at the
// threshold is found with the probability asked for, a closer one more surely, and nothing below the threshold comes
// out. Filters without a bit pair with nothing. Pairs are in order of (left, right); the result does not depend on
// threads or on the method of counting.
// Memory: both tables once more, and 16 bytes a pair found.
// Source: Schnell et al. 2009 (Dice of Bloom filters); Indyk and Motwani 1998 (bit samples for Hamming distance).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/private/bit_rows.h"
#include "matchers/private/common_bits.h"

namespace hearth::linkage {

struct DicePair {
  uint32_t left = 0, right = 0;
  double dice = 0;
  bool operator==(const DicePair&) const = default;
};

enum class JoinKind : uint8_t { kAuto, kExact, kSampled };
std::string_view JoinKindName(JoinKind kind);

struct DiceJoinOptions {
  double threshold = 0.85;          // above 0, at most 1
  uint32_t best = 0;                // of each left row only its best pairs, this many; 0: all
  JoinKind kind = JoinKind::kAuto;  // exact up to kExactPairsMax pairs of rows
  double recall = 0.99;             // sampled: of pairs at the threshold
  uint64_t seed = 1;                // sampled: which bits
  uint64_t pairs_max = 20'000'000;
  int threads = 1;
  BitMethod method = BitMethod::kAuto;
};
constexpr double kExactPairsMax = 5e10;

struct DiceJoinResult {
  std::vector<DicePair> pairs;
  JoinKind kind = JoinKind::kExact;
  BitMethod method = BitMethod::kPlain;
  uint64_t rows_without_bits = 0;
  uint64_t compared = 0;  // pairs whose common bits were counted; sampled: one found by two samples counts twice
  uint32_t samples = 0, sample_bits = 0;  // sampled
};

// InvalidArgument for filters of different length or options out of range; OutOfRange when more than pairs_max pairs
// reach the threshold.
StatusOr<DiceJoinResult> DiceJoin(const BitRows& left, const BitRows& right, const DiceJoinOptions& options);

// The least count of common bits with which two filters of together `ones` bits reach the threshold, by the same
// rounding as Dice(). ones + 1 when none does.
uint32_t LeastCommon(double threshold, uint32_t ones);

}  // namespace hearth::linkage
