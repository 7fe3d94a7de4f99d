// Reads a short string into vector registers without touching a byte outside of it: two loads that overlap in the
// middle instead of one that may cross into a page that is not ours. x86-64 only (SSE2 is there always).
#pragma once

#if defined(__SSE2__)

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hearth {

template <class Word>
inline Word LoadWord(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The n bytes from `at`, n <= 8, as the lowest bytes of a word; the rest is 0.
inline uint64_t LoadUpTo8(const char* at, size_t n) {
  if (n == 8) return LoadWord<uint64_t>(at);
  if (n >= 4) return LoadWord<uint32_t>(at) | static_cast<uint64_t>(LoadWord<uint32_t>(at + n - 4)) << (8 * (n - 4));
  if (n == 0) return 0;
  const auto byte = [at](size_t i) { return static_cast<uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i); };
  return byte(0) | byte(n / 2) | byte(n - 1);
}

// The n bytes from `at`, n <= 16, as the first bytes of a register; the rest is 0.
inline __m128i LoadUpTo16(const char* at, size_t n) {
  if (n == 16) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  if (n < 8) return _mm_cvtsi64_si128(static_cast<long long>(LoadUpTo8(at, n)));
  const uint64_t low = LoadWord<uint64_t>(at);
  const uint64_t high = LoadWord<uint64_t>(at + n - 8) >> (8 * (15 - n)) >> 8;  // two shifts: 64 at once is undefined
  return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

// The n bytes from `at`, n <= 16, as the last bytes of a register; the rest is 0.
inline __m128i LoadLast16(const char* at, size_t n) {
  if (n == 16) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  if (n < 8) {
    return _mm_set_epi64x(n == 0 ? 0 : static_cast<long long>(LoadUpTo8(at, n) << (8 * (8 - n))), 0);
  }
  const uint64_t high = LoadWord<uint64_t>(at + n - 8);
  const uint64_t low = LoadWord<uint64_t>(at) << (8 * (15 - n)) << 8;
  return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

// The n code points from `at`, n >= 0, at most the first four, as the first lanes of a register; the rest is 0.
inline __m128i LoadUpTo4(const char32_t* at, size_t n) {
  if (n >= 4) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return _mm_set_epi32(0, n > 2 ? static_cast<int>(at[2]) : 0, n > 1 ? static_cast<int>(at[1]) : 0,
                       n > 0 ? static_cast<int>(at[0]) : 0);
}

}  // namespace hearth

#endif
