// Counting the bits that one filter has in common with each of many: the hot loop of private linkage.
//
// The many are kept in blocks of eight rows, interleaved word by word, so that eight counts are made side by side and
// no register is ever summed across. Three methods that find the same: AVX-512 with VPOPCNTDQ, AVX2 (population count
// by table look-up, vpshufb), and plain C++, the reference. Measured in bench/clk_bench.cc.
// Source: Muła, Kurz, Lemire 2018, "Faster population counts using AVX2 instructions".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "matchers/private/bit_rows.h"

namespace hearth::linkage {

enum class BitMethod : uint8_t { kAuto, kPlain, kAvx2, kAvx512 };
std::string_view BitMethodName(BitMethod method);
// kAuto as what this machine runs fastest; a method it cannot run as kPlain.
BitMethod UsableBitMethod(BitMethod method);

constexpr size_t kBlockRows = 8;

// Blocks of the rows `order` of `rows`, the last filled up with empty rows: word w of row r of block b is
// result[(b * row_words + w) * 8 + r].
std::vector<uint64_t> InterleaveRows(const BitRows& rows, std::span<const uint32_t> order);

struct BlockHit {
  uint32_t block = 0;
  uint32_t common[kBlockRows] = {};  // bits in common with each row
};

// Finds the blocks in which some row has at least least[block] bits in common with `row`, in ascending order.
//   blocks  least.size() blocks of row.size() words a row; least is 1 or more
//   hits    room for least.size() hits; returns how many were written
size_t FindBlocks(BitMethod method, std::span<const uint64_t> row, std::span<const uint64_t> blocks,
                  std::span<const uint32_t> least, BlockHit* hits);

// Bits in common of two rows, with the processor's count of a word where it has one.
using CommonCounter = uint32_t (*)(const uint64_t* a, const uint64_t* b, size_t words);
CommonCounter PairCounter();

}  // namespace hearth::linkage
