#include "matchers/private/common_bits.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/matchers/private/made_filters.h"

namespace hearth::linkage {
namespace {

std::vector<uint32_t> InOrder(size_t n) {
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  return order;
}

// Common bits of row 0 of `left` with every row of `right`, where the bound lets all blocks through.
std::vector<uint32_t> Common(BitMethod method, const BitRows& left, const BitRows& right, uint32_t least) {
  const std::vector<uint64_t> blocks = InterleaveRows(right, InOrder(right.size()));
  const std::vector<uint32_t> bounds((right.size() + kBlockRows - 1) / kBlockRows, least);
  std::vector<BlockHit> hits(bounds.size());
  hits.resize(FindBlocks(method, left.Row(0), blocks, bounds, hits.data()));
  std::vector<uint32_t> out;
  for (const BlockHit& hit : hits) {
    out.push_back(hit.block);
    out.insert(out.end(), std::begin(hit.common), std::end(hit.common));
  }
  return out;
}

TEST(CommonBits, MethodsAgreeWithTheReferenceForEveryLength) {
  for (uint32_t bits = 64; bits <= 4096; bits += bits < 1024 ? 64 : 1024) {
    for (const double full : {0.02, 0.3, 1.0}) {
      const BitRows left = RandomRows(1, bits, full, bits), right = RandomRows(37, bits, full, bits + 1);
      const auto least = static_cast<uint32_t>(full * full * bits) + 1;
      for (const uint32_t bound : {1u, least, bits}) {
        const auto plain = Common(BitMethod::kPlain, left, right, bound);
        EXPECT_EQ(Common(BitMethod::kAvx2, left, right, bound), plain) << bits << " bits, " << full;
        EXPECT_EQ(Common(BitMethod::kAvx512, left, right, bound), plain) << bits << " bits, " << full;
      }
    }
  }
}

TEST(CommonBits, FullRowsOfTheGreatestLengthDoNotOverflowTheirBytes) {
  const BitRows full = RandomRows(8, 16384, 1, 1);
  const auto common = Common(UsableBitMethod(BitMethod::kAvx2), full, full, 16384);
  ASSERT_EQ(common.size(), 9u);
  EXPECT_EQ(common[1], 16384u);
}

TEST(CommonBits, ABlockBelowItsBoundIsNotFound) {
  const BitRows left = RandomRows(1, 256, 0.5, 3);
  const uint32_t ones = CountOnes(left.Row(0));
  EXPECT_EQ(Common(BitMethod::kAuto, left, left, ones).size(), 9u);
  EXPECT_TRUE(Common(BitMethod::kAuto, left, left, ones + 1).empty());
}

TEST(CommonBits, TwoRowsHaveInCommonWhatTheirBitsSay) {
  for (const uint32_t bits : {64u, 1024u, 4096u}) {
    const BitRows rows = RandomRows(2, bits, 0.6, bits);
    uint32_t common = 0;
    for (uint32_t b = 0; b < bits; ++b) common += rows.Row(0)[b / 64] >> (b % 64) & rows.Row(1)[b / 64] >> (b % 64) & 1;
    EXPECT_EQ(PairCounter()(rows.Row(0).data(), rows.Row(1).data(), bits / 64), common);
  }
}

TEST(CommonBits, InterleavingKeepsEveryRowAndFillsUpWithEmptyOnes) {
  const BitRows rows = RandomRows(11, 192, 0.4, 5);
  const auto blocks = InterleaveRows(rows, InOrder(11));
  ASSERT_EQ(blocks.size(), 2u * 3 * 8);
  for (size_t r = 0; r < 16; ++r) {
    for (size_t w = 0; w < 3; ++w) {
      EXPECT_EQ(blocks[(r / 8 * 3 + w) * 8 + r % 8], r < 11 ? rows.Row(r)[w] : 0u);
    }
  }
}

}  // namespace
}  // namespace hearth::linkage
