// The bag of a string's units in 32 bytes, made once per value: it rejects most pairs that do not match without a look
// at the strings.
//
//   StringSignature a = SignatureOf("martha"), b = SignatureOf("jones");
//   DistanceLowerBound(a, 6, b, 5) == 6                // so no distance within 2 is possible
//   JaroUpperBound(a, 6, b, 5) == 0
//
// A unit counts in the bucket of its lowest five bits, so that letters (either case) are kept apart, and digits as
// well; ASCII gives the same signature as bytes and as code points. Two units in one bucket only make a bound weaker,
// never wrong. A string of more than 255 units is bounded by its length alone. Lengths are in units, of the strings
// that the signatures were made of. Cost: one 32-byte minimum and a sum, some 2 ns with both signatures in the cache.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "matchers/similarity/jaro_score.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace hearth {

struct StringSignature {
  alignas(16) uint8_t count[32] = {};  // per bucket, stopping at 255
  bool operator==(const StringSignature&) const = default;
};

StringSignature SignatureOf(std::string_view text);
StringSignature SignatureOf(std::u32string_view text);

// At most so many units of a can be paired with equal units of b, each used once.
inline int CommonUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  if (std::max(length_a, length_b) > 255) return std::min(length_a, length_b);
#if defined(__SSE2__)
  const auto half = [](const StringSignature& s, int i) {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(s.count + 16 * i));
  };
  const __m128i zero = _mm_setzero_si128();
  const __m128i low = _mm_sad_epu8(_mm_min_epu8(half(a, 0), half(b, 0)), zero);
  const __m128i high = _mm_sad_epu8(_mm_min_epu8(half(a, 1), half(b, 1)), zero);
  const __m128i sums = _mm_add_epi64(low, high);
  return _mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4);
#else
  int common = 0;
  for (int i = 0; i < 32; ++i) common += std::min(a.count[i], b.count[i]);
  return common;
#endif
}

// At least so many edits part a and b, by Levenshtein, alignment and true Damerau distance alike.
inline int DistanceLowerBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  return std::max(length_a, length_b) - CommonUpperBound(a, length_a, b, length_b);
}

// At most so alike are a and b. The Winkler form allows for as many common first units as there can be.
inline double JaroUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  const int common = CommonUpperBound(a, length_a, b, length_b);
  return common == 0 ? 0 : JaroScore(common, 0, static_cast<size_t>(length_a), static_cast<size_t>(length_b));
}
inline double JaroWinklerUpperBound(const StringSignature& a, int length_a, const StringSignature& b, int length_b) {
  const int common = CommonUpperBound(a, length_a, b, length_b);
  if (common == 0) return 0;
  const double jaro = JaroScore(common, 0, static_cast<size_t>(length_a), static_cast<size_t>(length_b));
  return WinklerUpperBound(jaro, std::min(static_cast<size_t>(common), kWinklerPrefix));
}

// Jaro(a, b) >= threshold and JaroWinkler(a, b) >= threshold, the strings looked at only if the signatures leave it
// open (their first four units apart, which decide how far Winkler's bonus can go).
bool JaroAtLeast(std::string_view a, const StringSignature& sign_a, std::string_view b, const StringSignature& sign_b,
                 double threshold);
bool JaroAtLeast(std::u32string_view a, const StringSignature& sign_a, std::u32string_view b,
                 const StringSignature& sign_b, double threshold);
bool JaroWinklerAtLeast(std::string_view a, const StringSignature& sign_a, std::string_view b,
                        const StringSignature& sign_b, double threshold);
bool JaroWinklerAtLeast(std::u32string_view a, const StringSignature& sign_a, std::u32string_view b,
                        const StringSignature& sign_b, double threshold);

}  // namespace hearth
