#include "matchers/private/dice_join.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "matchers/private/bit_samples.h"
#include "tests/matchers/private/made_filters.h"

namespace hearth::linkage {
namespace {

std::set<uint32_t> SetOf(std::span<const uint64_t> row) {
  std::set<uint32_t> out;
  for (uint32_t b = 0; b < row.size() * 64; ++b) {
    if ((row[b / 64] >> (b % 64) & 1) != 0) out.insert(b);
  }
  return out;
}

// Dice as the books define it, on sets.
double DiceOfSets(const std::set<uint32_t>& a, const std::set<uint32_t>& b) {
  std::vector<uint32_t> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  if (a.empty() && b.empty()) return 0;
  return 2.0 * static_cast<double>(both.size()) / static_cast<double>(a.size() + b.size());
}

std::vector<DicePair> Reference(const BitRows& left, const BitRows& right, double threshold) {
  std::vector<DicePair> out;
  for (uint32_t l = 0; l < left.size(); ++l) {
    for (uint32_t r = 0; r < right.size(); ++r) {
      const double dice = DiceOfSets(SetOf(left.Row(l)), SetOf(right.Row(r)));
      if (dice >= threshold) out.push_back({l, r, dice});
    }
  }
  return out;
}

// Rows of every fullness: sparse, usual, dense, empty, full.
BitRows Mixed(uint32_t bits, uint64_t seed) {
  BitRows out{bits, {}};
  for (const double full : {0.0, 0.01, 0.1, 0.3, 0.5, 0.9, 1.0}) {
    const BitRows some = RandomRows(9, bits, full, seed + static_cast<uint64_t>(full * 100));
    out.words.insert(out.words.end(), some.words.begin(), some.words.end());
  }
  return out;
}

TEST(DiceJoin, FindsExactlyThePairsOfTheSetReference) {
  for (const uint32_t bits : {64u, 128u, 512u}) {
    const BitRows left = Mixed(bits, 1);
    BitRows right = Noisy(left, 0.05, 2);
    right.words.insert(right.words.end(), left.words.begin(), left.words.end());
    for (const double threshold : {0.05, 0.5, 2.0 / 3, 0.8, 0.85, 1.0}) {
      for (const BitMethod method : {BitMethod::kPlain, BitMethod::kAvx2, BitMethod::kAvx512}) {
        const auto joined = DiceJoin(left, right, {.threshold = threshold, .kind = JoinKind::kExact, .method = method});
        ASSERT_TRUE(joined.ok()) << joined.status();
        EXPECT_EQ(joined->pairs, Reference(left, right, threshold)) << bits << " bits at " << threshold;
      }
    }
  }
}

TEST(DiceJoin, IsSymmetricAndStaysBetweenZeroAndOne) {
  const BitRows left = Mixed(256, 7), right = Noisy(left, 0.1, 8);
  const auto forth = DiceJoin(left, right, {.threshold = 1e-9}), back = DiceJoin(right, left, {.threshold = 1e-9});
  ASSERT_TRUE(forth.ok() && back.ok());
  std::vector<DicePair> turned;
  for (const DicePair& p : back->pairs) turned.push_back({p.right, p.left, p.dice});
  std::ranges::sort(turned, [](const DicePair& x, const DicePair& y) {
    return x.left != y.left ? x.left < y.left : x.right < y.right;
  });
  EXPECT_EQ(forth->pairs, turned);
  ASSERT_FALSE(turned.empty());
  for (const DicePair& p : turned) EXPECT_TRUE(p.dice > 0 && p.dice <= 1);
}

TEST(DiceJoin, ThreadsDoNotChangeTheResult) {
  const BitRows left = RandomRows(700, 256, 0.3, 11), right = Noisy(left, 0.03, 12);
  for (const JoinKind kind : {JoinKind::kExact, JoinKind::kSampled}) {
    for (const uint32_t best : {0u, 1u, 3u}) {
      DiceJoinOptions o{.threshold = 0.6, .best = best, .kind = kind, .threads = 1};
      const auto one = DiceJoin(left, right, o);
      o.threads = 4;
      const auto four = DiceJoin(left, right, o);
      ASSERT_TRUE(one.ok() && four.ok());
      EXPECT_EQ(one->pairs, four->pairs);
      EXPECT_EQ(one->compared, four->compared);
    }
  }
}

TEST(DiceJoin, BestKeepsTheClosestOfEachLeftRowAndTheLowerRightRowOfEquals) {
  BitRows left = RandomRows(1, 128, 0.5, 3);
  BitRows right{128, {}};
  for (const double flip : {0.3, 0.0, 0.1, 0.0}) {
    const BitRows row = Noisy(left, flip, 4);
    right.words.insert(right.words.end(), row.words.begin(), row.words.end());
  }
  const auto joined = DiceJoin(left, right, {.threshold = 0.1, .best = 2});
  ASSERT_TRUE(joined.ok());
  EXPECT_EQ(joined->pairs, (std::vector<DicePair>{{0, 1, 1.0}, {0, 3, 1.0}}));
  const auto first = DiceJoin(left, right, {.threshold = 0.1, .best = 1});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->pairs, (std::vector<DicePair>{{0, 1, 1.0}}));
}

TEST(DiceJoin, RowsWithoutBitsPairWithNothing) {
  const BitRows empty{128, std::vector<uint64_t>(6)};
  const auto joined = DiceJoin(empty, empty, {.threshold = 0.1});
  ASSERT_TRUE(joined.ok());
  EXPECT_TRUE(joined->pairs.empty());
  EXPECT_EQ(joined->rows_without_bits, 6u);
}

TEST(DiceJoin, EmptyTablesGiveNoPairs) {
  const BitRows none{128, {}}, some = RandomRows(3, 128, 0.5, 1);
  for (const JoinKind kind : {JoinKind::kExact, JoinKind::kSampled}) {
    for (const auto& [l, r] : {std::pair(&none, &some), std::pair(&some, &none), std::pair(&none, &none)}) {
      const auto joined = DiceJoin(*l, *r, {.kind = kind});
      ASSERT_TRUE(joined.ok());
      EXPECT_TRUE(joined->pairs.empty());
    }
  }
}

TEST(DiceJoin, TooManyPairsAreRefused) {
  const BitRows same = RandomRows(1, 128, 0.5, 1);
  BitRows rows{128, {}};
  for (int i = 0; i < 200; ++i) rows.words.insert(rows.words.end(), same.words.begin(), same.words.end());
  for (const JoinKind kind : {JoinKind::kExact, JoinKind::kSampled}) {
    EXPECT_EQ(DiceJoin(rows, rows, {.kind = kind, .pairs_max = 39'999}).status().code(), absl::StatusCode::kOutOfRange);
    EXPECT_TRUE(DiceJoin(rows, rows, {.kind = kind, .pairs_max = 40'000}).ok());
    EXPECT_TRUE(DiceJoin(rows, rows, {.best = 1, .kind = JoinKind::kExact, .pairs_max = 30'000}).ok());
  }
}

TEST(DiceJoin, OptionsOutOfRangeAndUnlikeLengthsAreRefused) {
  const BitRows a = RandomRows(1, 128, 0.5, 1), b = RandomRows(1, 256, 0.5, 1);
  EXPECT_EQ(DiceJoin(a, b, {}).status().code(), absl::StatusCode::kInvalidArgument);
  for (const double t : {0.0, -1.0, 1.01, std::nan("")}) {
    EXPECT_EQ(DiceJoin(a, a, {.threshold = t}).status().code(), absl::StatusCode::kInvalidArgument) << t;
  }
  EXPECT_EQ(DiceJoin(a, a, {.recall = 1}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(DiceJoin, TheLeastCountOfCommonBitsIsTheOneThatReachesTheThreshold) {
  for (const double t : {0.01, 0.3, 0.7, 0.85, 1.0}) {
    for (uint32_t ones = 1; ones < 600; ++ones) {
      const uint32_t least = LeastCommon(t, ones);
      EXPECT_TRUE(least > ones || Dice(least, ones, 0) >= t) << t << " " << ones;
      EXPECT_TRUE(least == 1 || Dice(least - 1, ones, 0) < t) << t << " " << ones;
    }
  }
}

TEST(BitSamples, FindAsManyPairsAtTheThresholdAsAsked) {
  const BitRows left = RandomRows(2000, 1024, 0.3, 21), right = Noisy(left, 0.042, 22);
  const auto exact = DiceJoin(left, right, {.threshold = 0.85, .kind = JoinKind::kExact});
  ASSERT_TRUE(exact.ok());
  ASSERT_GT(exact->pairs.size(), 1500u);
  for (const double recall : {0.9, 0.99}) {
    const auto sampled = DiceJoin(left, right, {.threshold = 0.85, .kind = JoinKind::kSampled, .recall = recall});
    ASSERT_TRUE(sampled.ok());
    // Nothing that the exact join does not find, nothing twice.
    EXPECT_TRUE(std::ranges::includes(exact->pairs, sampled->pairs, [](const DicePair& x, const DicePair& y) {
      return x.left != y.left ? x.left < y.left : x.right < y.right;
    }));
    EXPECT_GE(static_cast<double>(sampled->pairs.size()), recall * static_cast<double>(exact->pairs.size()));
    EXPECT_LT(sampled->compared, exact->compared / 10);
  }
}

TEST(BitSamples, MoreRowsAskForMoreBitsAndMoreRecallForMoreSamples) {
  const SamplePlan plan = PlanSamples(100'000, 1024, 300, 0.85, 0.95);
  EXPECT_GT(PlanSamples(10'000'000, 1024, 300, 0.85, 0.95).bits, plan.bits);
  EXPECT_GT(PlanSamples(100'000, 1024, 300, 0.85, 0.999).samples, plan.samples);
  EXPECT_GT(PlanSamples(100'000, 1024, 300, 0.75, 0.95).samples, plan.samples);
  // However low the threshold, the plan has a bound.
  const SamplePlan low = PlanSamples(100'000, 1024, 900, 0.1, 0.999);
  EXPECT_LE(low.samples, 512u);
  EXPECT_GE(low.bits, 1u);
}

}  // namespace
}  // namespace hearth::linkage
