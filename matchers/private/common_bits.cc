// A filter of 1024 bits against eight others is 16 steps of: spread one word, AND with eight, count, add. With
// VPOPCNTDQ that is three instructions a step and eight pairs. AVX2 lacks a count, so two look-ups in a table of
// sixteen count each byte; bytes are added up over at most 31 steps (31 * 8 < 256) before they are summed to words.
// Tests: tests/matchers/private/common_bits_test.cc holds the methods equal on random and on extreme rows.
#include "matchers/private/common_bits.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>

#include "core/status.h"

namespace hearth::linkage {
namespace {

size_t FindPlain(std::span<const uint64_t> row, const uint64_t* blocks, std::span<const uint32_t> least,
                 BlockHit* hits) {
  size_t found = 0;
  for (size_t b = 0; b < least.size(); ++b, blocks += row.size() * kBlockRows) {
    BlockHit hit{static_cast<uint32_t>(b), {}};
    for (size_t w = 0; w < row.size(); ++w) {
      for (size_t r = 0; r < kBlockRows; ++r) {
        hit.common[r] += static_cast<uint32_t>(std::popcount(row[w] & blocks[w * kBlockRows + r]));
      }
    }
    if (std::ranges::any_of(hit.common, [&](uint32_t n) { return n >= least[b]; })) hits[found++] = hit;
  }
  return found;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) inline __m256i BitsOfBytes(__m256i x, __m256i table, __m256i low_mask) {
  const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(x, low_mask));
  const __m256i high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low_mask));
  return _mm256_add_epi8(low, high);
}

__attribute__((target("avx2"))) size_t FindAvx2(std::span<const uint64_t> row, const uint64_t* blocks,
                                                std::span<const uint32_t> least, BlockHit* hits) {
  constexpr size_t kStepsMax = 31;
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low_mask = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
  size_t found = 0;
  for (size_t b = 0; b < least.size(); ++b) {
    __m256i sum0 = zero, sum1 = zero;
    for (size_t w = 0; w < row.size();) {
      const size_t end = std::min(row.size(), w + kStepsMax);
      __m256i bytes0 = zero, bytes1 = zero;
      for (; w < end; ++w, blocks += kBlockRows) {
        const __m256i word = _mm256_set1_epi64x(static_cast<long long>(row[w]));
        const __m256i both0 = _mm256_and_si256(word, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(blocks)));
        const __m256i both1 = _mm256_and_si256(word, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(blocks + 4)));
        bytes0 = _mm256_add_epi8(bytes0, BitsOfBytes(both0, table, low_mask));
        bytes1 = _mm256_add_epi8(bytes1, BitsOfBytes(both1, table, low_mask));
      }
      sum0 = _mm256_add_epi64(sum0, _mm256_sad_epu8(bytes0, zero));
      sum1 = _mm256_add_epi64(sum1, _mm256_sad_epu8(bytes1, zero));
    }
    const __m256i below = _mm256_set1_epi64x(static_cast<long long>(least[b]) - 1);
    const __m256i enough = _mm256_or_si256(_mm256_cmpgt_epi64(sum0, below), _mm256_cmpgt_epi64(sum1, below));
    if (_mm256_testz_si256(enough, enough)) [[likely]]
      continue;
    alignas(32) uint64_t counts[kBlockRows];
    _mm256_store_si256(reinterpret_cast<__m256i*>(counts), sum0);
    _mm256_store_si256(reinterpret_cast<__m256i*>(counts + 4), sum1);
    hits[found].block = static_cast<uint32_t>(b);
    for (size_t r = 0; r < kBlockRows; ++r) hits[found].common[r] = static_cast<uint32_t>(counts[r]);
    ++found;
  }
  return found;
}

__attribute__((target("avx512f,avx512vpopcntdq"))) size_t FindAvx512(std::span<const uint64_t> row,
                                                                     const uint64_t* blocks,
                                                                     std::span<const uint32_t> least, BlockHit* hits) {
  size_t found = 0;
  for (size_t b = 0; b < least.size(); ++b) {
    // Two sums, so that an addition need not wait for the one before it.
    __m512i even = _mm512_setzero_si512(), odd = even;
    for (size_t w = 0; w < row.size(); w += 2, blocks += 2 * kBlockRows) {
      const __m512i word0 = _mm512_set1_epi64(static_cast<long long>(row[w]));
      const __m512i word1 = _mm512_set1_epi64(static_cast<long long>(row[w + 1]));
      even = _mm512_add_epi64(even, _mm512_popcnt_epi64(_mm512_and_si512(word0, _mm512_loadu_si512(blocks))));
      odd =
          _mm512_add_epi64(odd, _mm512_popcnt_epi64(_mm512_and_si512(word1, _mm512_loadu_si512(blocks + kBlockRows))));
    }
    const __m512i sum = _mm512_add_epi64(even, odd);
    if (_mm512_cmpge_epu64_mask(sum, _mm512_set1_epi64(static_cast<long long>(least[b]))) == 0) [[likely]]
      continue;
    alignas(64) uint64_t counts[kBlockRows];
    _mm512_store_si512(counts, sum);
    hits[found].block = static_cast<uint32_t>(b);
    for (size_t r = 0; r < kBlockRows; ++r) hits[found].common[r] = static_cast<uint32_t>(counts[r]);
    ++found;
  }
  return found;
}
#endif

uint32_t CommonPlain(const uint64_t* a, const uint64_t* b, size_t words) {
  uint32_t common = 0;
  for (size_t w = 0; w < words; ++w) common += static_cast<uint32_t>(std::popcount(a[w] & b[w]));
  return common;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) uint32_t CommonPopcnt(const uint64_t* a, const uint64_t* b, size_t words) {
  uint32_t common = 0;
  for (size_t w = 0; w < words; ++w) common += static_cast<uint32_t>(__builtin_popcountll(a[w] & b[w]));
  return common;
}
#endif

bool CanRun(BitMethod method) {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  static const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq");
  if (method == BitMethod::kAvx2) return avx2;
  if (method == BitMethod::kAvx512) return avx512;
#endif
  return method == BitMethod::kPlain;
}

}  // namespace

std::string_view BitMethodName(BitMethod method) {
  constexpr std::string_view kNames[] = {"auto", "plain", "avx2", "avx512"};
  return kNames[static_cast<size_t>(method)];
}

BitMethod UsableBitMethod(BitMethod method) {
  if (method != BitMethod::kAuto) return CanRun(method) ? method : BitMethod::kPlain;
  for (const BitMethod m : {BitMethod::kAvx512, BitMethod::kAvx2}) {
    if (CanRun(m)) return m;
  }
  return BitMethod::kPlain;
}

std::vector<uint64_t> InterleaveRows(const BitRows& rows, std::span<const uint32_t> order) {
  const size_t words = rows.row_words(), blocks = (order.size() + kBlockRows - 1) / kBlockRows;
  std::vector<uint64_t> out(blocks * words * kBlockRows);
  for (size_t i = 0; i < order.size(); ++i) {
    const std::span<const uint64_t> row = rows.Row(order[i]);
    uint64_t* at = out.data() + i / kBlockRows * words * kBlockRows + i % kBlockRows;
    for (size_t w = 0; w < words; ++w) at[w * kBlockRows] = row[w];
  }
  return out;
}

size_t FindBlocks(BitMethod method, std::span<const uint64_t> row, std::span<const uint64_t> blocks,
                  std::span<const uint32_t> least, BlockHit* hits) {
  HEARTH_CHECK(blocks.size() == least.size() * row.size() * kBlockRows, "blocks of the row's length");
  switch (UsableBitMethod(method)) {
#if defined(__x86_64__)
    case BitMethod::kAvx512:
      // It takes two words a step.
      if (row.size() % 2 == 0) return FindAvx512(row, blocks.data(), least, hits);
      return FindAvx2(row, blocks.data(), least, hits);
    case BitMethod::kAvx2:
      return FindAvx2(row, blocks.data(), least, hits);
#endif
    default:
      return FindPlain(row, blocks.data(), least, hits);
  }
}

CommonCounter PairCounter() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("popcnt");
  if (has) return CommonPopcnt;
#endif
  return CommonPlain;
}

}  // namespace hearth::linkage
