// Reads a short string into vector registers. x86-64 only (SSE2 is there always).
//
// Two ways. LoadUpTo16 and LoadLast16 touch no byte outside of the string: two loads that overlap in the middle. The
// *Around forms read a whole register where that cannot leave the memory page of the string's own bytes, so that it
// cannot fault; what stands around the string comes along and is to be masked off by the caller. That spares a branch
// on the length, which is seldom predicted. Under a sanitizer, which would report it, they read exactly.
#pragma once

#if defined(__SSE2__)

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hearth {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMayReadAround = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool kMayReadAround = false;
#else
constexpr bool kMayReadAround = true;
#endif
#else
constexpr bool kMayReadAround = true;
#endif

constexpr uintptr_t kPageBytes = 4096;

// Whether the 16 bytes from `at` lie in one page.
inline bool IsInOnePage(const void* at) { return reinterpret_cast<uintptr_t>(at) % kPageBytes <= kPageBytes - 16; }

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

// The n bytes from `at` first (the first 16 if there are more), then anything.
inline __m128i LoadFirstAround(const char* at, size_t n) {
  if (n == 0) return _mm_setzero_si128();
  if (n >= 16 || (kMayReadAround && IsInOnePage(at))) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return LoadUpTo16(at, n);
}
inline __m128i LoadFirstAround(const char32_t* at, size_t n) {
  if (n == 0) return _mm_setzero_si128();
  if (kMayReadAround && IsInOnePage(at)) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return LoadUpTo4(at, n);
}

// Anything, then the n bytes from `at` last (the last 16 if there are more).
inline __m128i LoadLastAround(const char* at, size_t n) {
  if (n == 0) return _mm_setzero_si128();
  const char* const from = at + n - 16;
  if (n >= 16 || (kMayReadAround && IsInOnePage(from))) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  return LoadLast16(at, n);
}

}  // namespace hearth

#endif
