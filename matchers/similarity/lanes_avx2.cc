// The kernels of bit_kernels.h with a pair in each lane of 16 or 32 bits instead of one in a word of 64.
//
// The texts are turned into columns: register j holds the j-th unit of all 32 texts. Where a unit stands in its pattern
// comes from comparing it with each unit of the pattern, or, when all lanes share one pattern, from two tables of 16
// entries: the places whose unit has this low half-byte, and those with this high one; both together are the unit's.
// Texts of edit distances stand to the right, so that a short one begins late: until then a lane's column stays what it
// is at the start, as nothing matches and no step to the right comes in from above. No lane has to be stopped in the
// middle.
#include "matchers/similarity/lanes_avx2.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <cstdint>

#include "matchers/similarity/jaro_score.h"
#include "matchers/similarity/load_units.h"

#define HEARTH_AVX2 __attribute__((target("avx2")))
// Loops over the registers of a lane set: unrolled, or the arrays would live in memory.
#if defined(__clang__)
#define HEARTH_UNROLL _Pragma("unroll")
#else
#define HEARTH_UNROLL _Pragma("GCC unroll 16")
#endif

namespace hearth::lanes {
namespace {

// One register per eight bits of lane: first as bytes (bits 0-7 of all lanes, bits 8-15, …), later as lanes.
template <int kUnits>
struct Wide {
  __m256i part[kUnits / 8];
};

HEARTH_AVX2 inline __m256i Bytes(int value) { return _mm256_set1_epi8(static_cast<char>(value)); }
HEARTH_AVX2 inline __m256i Zero() { return _mm256_setzero_si256(); }

HEARTH_AVX2 inline __m256i BothHalves(const uint8_t* sixteen) {
  return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(sixteen)));
}

// Arithmetic of lanes of kUnits bits.
template <int kUnits>
HEARTH_AVX2 inline __m256i Add(__m256i a, __m256i b) {
  if constexpr (kUnits == 16) return _mm256_add_epi16(a, b);
  return _mm256_add_epi32(a, b);
}
template <int kUnits>
HEARTH_AVX2 inline __m256i Subtract(__m256i a, __m256i b) {
  if constexpr (kUnits == 16) return _mm256_sub_epi16(a, b);
  return _mm256_sub_epi32(a, b);
}
template <int kUnits>
HEARTH_AVX2 inline __m256i Greater(__m256i a, int b) {
  if constexpr (kUnits == 16) return _mm256_cmpgt_epi16(a, _mm256_set1_epi16(static_cast<short>(b)));
  return _mm256_cmpgt_epi32(a, _mm256_set1_epi32(b));
}
template <int kUnits>
HEARTH_AVX2 inline __m256i IsZero(__m256i a) {
  if constexpr (kUnits == 16) return _mm256_cmpeq_epi16(a, Zero());
  return _mm256_cmpeq_epi32(a, Zero());
}

// Bytes by significance to lanes, and the lowest bytes of lanes back. The order of the lanes over the registers is
// whatever the unpacking makes it; packing undoes it.
template <int kUnits>
HEARTH_AVX2 inline Wide<kUnits> ToLanes(const Wide<kUnits>& bytes) {
  const __m256i* in = bytes.part;
  if constexpr (kUnits == 16) {
    return {{_mm256_unpacklo_epi8(in[0], in[1]), _mm256_unpackhi_epi8(in[0], in[1])}};
  } else {
    const __m256i low_a = _mm256_unpacklo_epi8(in[0], in[1]), low_b = _mm256_unpackhi_epi8(in[0], in[1]);
    const __m256i high_a = _mm256_unpacklo_epi8(in[2], in[3]), high_b = _mm256_unpackhi_epi8(in[2], in[3]);
    return {{_mm256_unpacklo_epi16(low_a, high_a), _mm256_unpackhi_epi16(low_a, high_a),
             _mm256_unpacklo_epi16(low_b, high_b), _mm256_unpackhi_epi16(low_b, high_b)}};
  }
}
template <int kUnits>
HEARTH_AVX2 inline Wide<kUnits> ToLanes(__m256i lowest) {
  Wide<kUnits> bytes = {};
  bytes.part[0] = lowest;
  return ToLanes<kUnits>(bytes);
}
// Every lane below 256.
template <int kUnits>
HEARTH_AVX2 inline __m256i ToBytes(const Wide<kUnits>& lanes) {
  const __m256i* in = lanes.part;
  if constexpr (kUnits == 16) {
    return _mm256_packus_epi16(in[0], in[1]);
  } else {
    return _mm256_packus_epi16(_mm256_packus_epi32(in[0], in[1]), _mm256_packus_epi32(in[2], in[3]));
  }
}

// In each lane the lowest `counts` bits; as bytes by significance.
template <int kUnits>
HEARTH_AVX2 inline Wide<kUnits> LowestBits(__m256i counts) {
  const __m256i table =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 3, 7, 15, 31, 63, 127, -1, -1, -1, -1, -1, -1, -1, -1));
  Wide<kUnits> out;
  HEARTH_UNROLL
  for (int k = 0; k < kUnits / 8; ++k) {
    const __m256i left = _mm256_min_epu8(_mm256_subs_epu8(counts, Bytes(8 * k)), Bytes(8));
    out.part[k] = _mm256_shuffle_epi8(table, left);
  }
  return out;
}

// The number of bits set in each lane.
template <int kUnits>
HEARTH_AVX2 inline __m256i CountLaneBits(__m256i x) {
  const __m256i table = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(x, Bytes(15)));
  const __m256i high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), Bytes(15)));
  const __m256i in_pairs = _mm256_maddubs_epi16(_mm256_add_epi8(low, high), Bytes(1));
  if constexpr (kUnits == 16) return in_pairs;
  return _mm256_madd_epi16(in_pairs, _mm256_set1_epi16(1));
}

// Sixteen rows of two times 16 bytes to sixteen columns. Four rounds of interleaving row i with row i + 8 turn the
// place of a byte, row and column as eight bits, round by half.
HEARTH_AVX2 inline void Transpose(__m256i* rows) {
  HEARTH_UNROLL
  for (int round = 0; round < 4; ++round) {
    __m256i next[16];
    HEARTH_UNROLL
    for (int i = 0; i < 8; ++i) {
      next[2 * i] = _mm256_unpacklo_epi8(rows[i], rows[i + 8]);
      next[2 * i + 1] = _mm256_unpackhi_epi8(rows[i], rows[i + 8]);
    }
    HEARTH_UNROLL
    for (int i = 0; i < 16; ++i) rows[i] = next[i];
  }
}

// The strings of a batch's one side.
template <int kUnits>
struct Columns {
  __m256i unit[kUnits];  // unit[j]: the j-th of every lane; what is outside of a string may be anything
  __m256i length;        // bytes
  int longest;
};

HEARTH_AVX2 inline __m256i LengthsOf(const std::string_view* texts, int* longest) {
  alignas(32) uint8_t lengths[kLanes];
  *longest = 0;
  for (size_t i = 0; i < kLanes; ++i) {
    lengths[i] = static_cast<uint8_t>(texts[i].size());
    *longest = std::max<int>(*longest, lengths[i]);
  }
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(lengths));
}

// Every string begins at column 0.
template <int kUnits>
HEARTH_AVX2 inline void LoadToTheLeft(const std::string_view* texts, Columns<kUnits>* out) {
  out->length = LengthsOf(texts, &out->longest);
  for (size_t from = 0; from < kUnits; from += 16) {
    if (from > 0 && static_cast<int>(from) >= out->longest) break;
    for (size_t r = 0; r < 16; ++r) {
      __m128i half[2];
      for (size_t h = 0; h < 2; ++h) {
        const std::string_view text = texts[r + 16 * h];
        half[h] = text.size() <= from ? _mm_setzero_si128() : LoadFirstAround(text.data() + from, text.size() - from);
      }
      out->unit[from + r] = _mm256_set_m128i(half[1], half[0]);
    }
    Transpose(out->unit + from);
  }
}

// Every string ends at the last column.
template <int kUnits>
HEARTH_AVX2 inline void LoadToTheRight(const std::string_view* texts, Columns<kUnits>* out) {
  out->length = LengthsOf(texts, &out->longest);
  for (size_t from = 0; from < kUnits; from += 16) {
    const size_t behind = kUnits - 16 - from;  // units that stand in the columns to the right of these sixteen
    if (static_cast<int>(behind) >= out->longest) continue;
    for (size_t r = 0; r < 16; ++r) {
      __m128i half[2];
      for (size_t h = 0; h < 2; ++h) {
        const std::string_view text = texts[r + 16 * h];
        half[h] = text.size() <= behind ? _mm_setzero_si128() : LoadLastAround(text.data(), text.size() - behind);
      }
      out->unit[from + r] = _mm256_set_m128i(half[1], half[0]);
    }
    Transpose(out->unit + from);
  }
}

// Where the units of a column stand in the lanes' patterns, as bytes by significance.
template <int kUnits>
class PairPlaces {
 public:
  HEARTH_AVX2 explicit PairPlaces(const Batch& batch) { LoadToTheLeft<kUnits>(batch.a, &pattern_); }

  HEARTH_AVX2 inline Wide<kUnits> Of(__m256i units) const {
    Wide<kUnits> places;
    HEARTH_UNROLL
    for (int k = 0; k < kUnits / 8; ++k) {
      __m256i bits = Zero();
      const int end = std::min(8 * k + 8, pattern_.longest);
      for (int i = 8 * k; i < end; ++i) {
        const __m256i equal = _mm256_cmpeq_epi8(pattern_.unit[i], units);
        bits = _mm256_or_si256(bits, _mm256_and_si256(equal, Bytes(1 << (i - 8 * k))));
      }
      places.part[k] = bits;
    }
    return places;
  }
  HEARTH_AVX2 inline __m256i lengths() const { return pattern_.length; }
  // All bits where the i-th unit of the pattern is this one; beyond its end the answer may be either.
  HEARTH_AVX2 inline __m256i StandsAt(int i, __m256i units) const { return _mm256_cmpeq_epi8(pattern_.unit[i], units); }

 private:
  Columns<kUnits> pattern_;
};

template <int kUnits>
class SharedPlaces {
 public:
  HEARTH_AVX2 explicit SharedPlaces(const Batch& batch) : pattern_(batch.shared_a->pattern) {
    HEARTH_UNROLL
    for (int k = 0; k < kUnits / 8; ++k) {
      low_[k] = BothHalves(batch.shared_a->low[k]);
      high_[k] = BothHalves(batch.shared_a->high[k]);
    }
  }

  HEARTH_AVX2 inline Wide<kUnits> Of(__m256i units) const {
    const __m256i low = _mm256_and_si256(units, Bytes(15));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(units, 4), Bytes(15));
    Wide<kUnits> places;
    HEARTH_UNROLL
    for (int k = 0; k < kUnits / 8; ++k) {
      places.part[k] = _mm256_and_si256(_mm256_shuffle_epi8(low_[k], low), _mm256_shuffle_epi8(high_[k], high));
    }
    return places;
  }
  HEARTH_AVX2 inline __m256i lengths() const { return Bytes(static_cast<int>(pattern_.size())); }
  HEARTH_AVX2 inline __m256i StandsAt(int i, __m256i units) const {
    return static_cast<size_t>(i) < pattern_.size() ? _mm256_cmpeq_epi8(Bytes(pattern_[static_cast<size_t>(i)]), units)
                                                    : Zero();
  }

 private:
  std::string_view pattern_;
  __m256i low_[kUnits / 8];
  __m256i high_[kUnits / 8];
};

// `places` where the lane is at work, none elsewhere; as lanes.
template <int kUnits>
HEARTH_AVX2 inline Wide<kUnits> PlacesWhere(Wide<kUnits> places, __m256i at_work) {
  HEARTH_UNROLL
  for (__m256i& part : places.part) part = _mm256_and_si256(part, at_work);
  return ToLanes<kUnits>(places);
}

HEARTH_AVX2 inline __m256i Not(__m256i x) { return _mm256_xor_si256(x, Bytes(-1)); }

template <int kUnits, bool kWithSwaps, class Places>
HEARTH_AVX2 void EditsOf(const Places& places, const Batch& batch, int* out) {
  constexpr int kParts = kUnits / 8;
  Columns<kUnits> text;
  LoadToTheRight<kUnits>(batch.b, &text);
  const Wide<kUnits> length = ToLanes<kUnits>(text.length);
  __m256i plus[kParts], minus[kParts], diagonal[kParts], equal_before[kParts];
  HEARTH_UNROLL
  for (int v = 0; v < kParts; ++v) {
    plus[v] = Bytes(-1);
    minus[v] = diagonal[v] = equal_before[v] = Zero();
  }
  for (int j = kUnits - text.longest; j < kUnits; ++j) {
    const __m256i at_work = _mm256_cmpgt_epi8(text.length, Bytes(kUnits - 1 - j));
    const Wide<kUnits> equal_in = PlacesWhere<kUnits>(places.Of(text.unit[j]), at_work);
    HEARTH_UNROLL
    for (int v = 0; v < kParts; ++v) {
      const __m256i equal = equal_in.part[v];
      const __m256i sum = Add<kUnits>(_mm256_and_si256(equal, plus[v]), plus[v]);
      __m256i now = _mm256_or_si256(_mm256_or_si256(_mm256_xor_si256(sum, plus[v]), equal), minus[v]);
      if constexpr (kWithSwaps) {
        const __m256i unmatched = _mm256_andnot_si256(diagonal[v], equal);
        now = _mm256_or_si256(now, _mm256_and_si256(Add<kUnits>(unmatched, unmatched), equal_before[v]));
        equal_before[v] = equal;
        diagonal[v] = now;
      }
      __m256i right_plus = _mm256_or_si256(minus[v], Not(_mm256_or_si256(now, plus[v])));
      __m256i right_minus = _mm256_and_si256(now, plus[v]);
      // A step to the right comes in at the top: minus all ones is plus one.
      right_plus =
          Subtract<kUnits>(Add<kUnits>(right_plus, right_plus), Greater<kUnits>(length.part[v], kUnits - 1 - j));
      right_minus = Add<kUnits>(right_minus, right_minus);
      plus[v] = _mm256_or_si256(right_minus, Not(_mm256_or_si256(now, right_plus)));
      minus[v] = _mm256_and_si256(right_plus, now);
    }
  }
  const Wide<kUnits> rows = ToLanes<kUnits>(LowestBits<kUnits>(places.lengths()));
  Wide<kUnits> distance;
  HEARTH_UNROLL
  for (int v = 0; v < kParts; ++v) {
    const __m256i up = CountLaneBits<kUnits>(_mm256_and_si256(plus[v], rows.part[v]));
    const __m256i down = CountLaneBits<kUnits>(_mm256_and_si256(minus[v], rows.part[v]));
    distance.part[v] = Subtract<kUnits>(Add<kUnits>(length.part[v], up), down);
  }
  alignas(32) uint8_t bytes[kLanes];
  _mm256_store_si256(reinterpret_cast<__m256i*>(bytes), ToBytes<kUnits>(distance));
  for (size_t i = 0; i < kLanes; ++i) out[i] = bytes[i];
}

// Per lane, as bytes.
struct Counts {
  alignas(32) uint8_t length_a[kLanes];
  alignas(32) uint8_t length_b[kLanes];
  alignas(32) uint8_t matches[kLanes];
  alignas(32) uint8_t swaps[kLanes];   // pairs out of order, halved
  alignas(32) uint8_t prefix[kLanes];  // up to 4
};

HEARTH_AVX2 inline __m256d FourDoubles(const uint8_t* bytes) {
  return _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(LoadWord<int>(reinterpret_cast<const char*>(bytes)))));
}

// The same steps in the same order as JaroScore and WinklerScore.
HEARTH_AVX2 void ScoreOf(const Counts& counts, bool winkler, double* out) {
  const __m256d one = _mm256_set1_pd(1.0), zero = _mm256_setzero_pd();
  for (size_t i = 0; i < kLanes; i += 4) {
    const __m256d m = FourDoubles(counts.matches + i);
    const __m256d of_a = _mm256_div_pd(m, FourDoubles(counts.length_a + i));
    const __m256d of_b = _mm256_div_pd(m, FourDoubles(counts.length_b + i));
    const __m256d ordered = _mm256_div_pd(_mm256_sub_pd(m, FourDoubles(counts.swaps + i)), m);
    __m256d score = _mm256_div_pd(_mm256_add_pd(_mm256_add_pd(of_a, of_b), ordered), _mm256_set1_pd(3.0));
    score = _mm256_and_pd(score, _mm256_cmp_pd(m, zero, _CMP_GT_OQ));  // no match: 0 / 0 before
    if (winkler) {
      const __m256d weight = _mm256_mul_pd(FourDoubles(counts.prefix + i), _mm256_set1_pd(kWinklerWeight));
      const __m256d lifted = _mm256_add_pd(score, _mm256_mul_pd(weight, _mm256_sub_pd(one, score)));
      score = _mm256_blendv_pd(score, lifted, _mm256_cmp_pd(score, _mm256_set1_pd(kWinklerAbove), _CMP_GT_OQ));
    }
    _mm256_storeu_pd(out + i, score);
  }
}

template <int kUnits, class Places>
HEARTH_AVX2 void JaroOf(const Places& places, const Batch& batch, bool winkler, double* out) {
  constexpr int kParts = kUnits / 8;
  Columns<kUnits> text;
  LoadToTheLeft<kUnits>(batch.b, &text);
  const __m256i pattern_length = places.lengths();
  const __m256i longest = _mm256_max_epu8(pattern_length, text.length);
  const __m256i half = _mm256_and_si256(_mm256_srli_epi16(longest, 1), Bytes(127));
  const __m256i reach_bytes = _mm256_subs_epu8(half, Bytes(1));
  const Wide<kUnits> reach = ToLanes<kUnits>(reach_bytes);
  const Wide<kUnits> rows = LowestBits<kUnits>(pattern_length);
  Wide<kUnits> window = ToLanes<kUnits>(LowestBits<kUnits>(_mm256_add_epi8(reach_bytes, Bytes(1))));
  Wide<kUnits> matched = {};
  Wide<kUnits> equal[kUnits], taken[kUnits];  // per column: all places of its unit, and the one that it was paired with
  for (int j = 0; j < text.longest; ++j) {
    Wide<kUnits> stands = places.Of(text.unit[j]);
    HEARTH_UNROLL
    for (int k = 0; k < kParts; ++k) stands.part[k] = _mm256_and_si256(stands.part[k], rows.part[k]);
    equal[j] = PlacesWhere<kUnits>(stands, _mm256_cmpgt_epi8(text.length, Bytes(j)));
    HEARTH_UNROLL
    for (int v = 0; v < kParts; ++v) {
      const __m256i free = _mm256_andnot_si256(matched.part[v], _mm256_and_si256(equal[j].part[v], window.part[v]));
      taken[j].part[v] = _mm256_and_si256(free, Subtract<kUnits>(Zero(), free));
      matched.part[v] = _mm256_or_si256(matched.part[v], taken[j].part[v]);
      window.part[v] = Subtract<kUnits>(Add<kUnits>(window.part[v], window.part[v]), Greater<kUnits>(reach.part[v], j));
    }
  }
  // The k-th paired unit of the text against the k-th of the pattern: the lowest one not yet counted.
  Wide<kUnits> rest = matched, out_of_order = {}, matches;
  for (int j = 0; j < text.longest; ++j) {
    HEARTH_UNROLL
    for (int v = 0; v < kParts; ++v) {
      const __m256i unpaired = IsZero<kUnits>(taken[j].part[v]);
      const __m256i lowest = _mm256_and_si256(rest.part[v], Subtract<kUnits>(Zero(), rest.part[v]));
      const __m256i differs = IsZero<kUnits>(_mm256_and_si256(equal[j].part[v], lowest));
      out_of_order.part[v] = Subtract<kUnits>(out_of_order.part[v], _mm256_andnot_si256(unpaired, differs));
      rest.part[v] = _mm256_xor_si256(rest.part[v], _mm256_andnot_si256(unpaired, lowest));
    }
  }
  HEARTH_UNROLL
  for (int v = 0; v < kParts; ++v) {
    matches.part[v] = CountLaneBits<kUnits>(matched.part[v]);
    out_of_order.part[v] = _mm256_srli_epi16(out_of_order.part[v], 1);  // below 256, so no bit comes over
  }
  __m256i run = Bytes(-1), prefix = Zero();
  for (int i = 0; winkler && i < static_cast<int>(kWinklerPrefix) && i < text.longest; ++i) {
    const __m256i inside = _mm256_cmpgt_epi8(_mm256_min_epu8(pattern_length, text.length), Bytes(i));
    run = _mm256_and_si256(run, _mm256_and_si256(inside, places.StandsAt(i, text.unit[i])));
    prefix = _mm256_sub_epi8(prefix, run);
  }
  Counts counts;
  _mm256_store_si256(reinterpret_cast<__m256i*>(counts.length_a), pattern_length);
  _mm256_store_si256(reinterpret_cast<__m256i*>(counts.length_b), text.length);
  _mm256_store_si256(reinterpret_cast<__m256i*>(counts.matches), ToBytes<kUnits>(matches));
  _mm256_store_si256(reinterpret_cast<__m256i*>(counts.swaps), ToBytes<kUnits>(out_of_order));
  _mm256_store_si256(reinterpret_cast<__m256i*>(counts.prefix), prefix);
  ScoreOf(counts, winkler, out);
}

}  // namespace

HalfByteTables::HalfByteTables(std::string_view of) : pattern(of) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    const unsigned char unit = static_cast<unsigned char>(pattern[i]);
    low[i / 8][unit & 15] |= static_cast<uint8_t>(1 << (i % 8));
    high[i / 8][unit >> 4] |= static_cast<uint8_t>(1 << (i % 8));
  }
}

template <int kUnits>
HEARTH_AVX2 void EditDistances(const Batch& batch, bool with_swaps, int out[kLanes]) {
  if (batch.shared_a != nullptr) {
    const SharedPlaces<kUnits> places(batch);
    with_swaps ? EditsOf<kUnits, true>(places, batch, out) : EditsOf<kUnits, false>(places, batch, out);
  } else {
    const PairPlaces<kUnits> places(batch);
    with_swaps ? EditsOf<kUnits, true>(places, batch, out) : EditsOf<kUnits, false>(places, batch, out);
  }
}

template <int kUnits>
HEARTH_AVX2 void JaroSimilarities(const Batch& batch, bool winkler, double out[kLanes]) {
  if (batch.shared_a != nullptr) {
    JaroOf<kUnits>(SharedPlaces<kUnits>(batch), batch, winkler, out);
  } else {
    JaroOf<kUnits>(PairPlaces<kUnits>(batch), batch, winkler, out);
  }
}

template void EditDistances<16>(const Batch&, bool, int*);
template void EditDistances<32>(const Batch&, bool, int*);
template void JaroSimilarities<16>(const Batch&, bool, double*);
template void JaroSimilarities<32>(const Batch&, bool, double*);

}  // namespace hearth::lanes

#endif
