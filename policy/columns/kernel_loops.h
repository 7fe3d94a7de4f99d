// The loops of kernels.h. Included by kernels_portable.cc and kernels_avx2.cc, each in a namespace of its own, after
// all other headers; HEARTH_WIDE_LANES says that 256-bit registers may be used. No include guard, on purpose.

template <class T>
const T* In(const void* p) {
  return static_cast<const T*>(p);
}

// An operand that is a column or one number for all lanes.
template <class T, bool kConst>
struct Operand {
  const T* lanes;
  T value;
  Operand(const void* p, int64_t v) : lanes(static_cast<const T*>(p)), value(static_cast<T>(v)) {}
  T operator[](size_t i) const {
    if constexpr (kConst) return value;
    return lanes[i];
  }
};

// A column or a number, told apart at run time, in 64-bit lanes; for loops that are slow anyway.
struct Either {
  const int64_t* lanes;
  int64_t value;
  Either(const void* p, int64_t v) : lanes(static_cast<const int64_t*>(p)), value(v) {}
  int64_t operator[](size_t i) const { return lanes != nullptr ? lanes[i] : value; }
};

#if HEARTH_WIDE_LANES
inline __m256i Load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
#endif

template <class T>
using Unsigned = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

// ---- numbers, lane by lane (the compiler makes vector code of these)

struct AddLanes {
  template <class T>
  static T Of(T a, T b) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) + static_cast<Unsigned<T>>(b));
  }
};
struct SubtractLanes {
  template <class T>
  static T Of(T a, T b) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) - static_cast<Unsigned<T>>(b));
  }
};
struct MultiplyLanes {
  template <class T>
  static T Of(T a, T b) {
    return static_cast<T>(static_cast<Unsigned<T>>(a) * static_cast<Unsigned<T>>(b));
  }
};
struct MinLanes {
  template <class T>
  static T Of(T a, T b) {
    return b < a ? b : a;
  }
};
struct MaxLanes {
  template <class T>
  static T Of(T a, T b) {
    return a < b ? b : a;
  }
};

template <class Of, class T, bool kConstA, bool kConstB>
void BinaryLoop(const KernelArguments& k) {
  T* __restrict out = static_cast<T*>(k.out);
  const Operand<T, kConstA> a(k.a, k.const_a);
  const Operand<T, kConstB> b(k.b, k.const_b);
  const size_t n = k.padded;
  for (size_t i = 0; i < n; ++i) out[i] = Of::template Of<T>(a[i], b[i]);
}

template <bool kConstB>
void MultiplyWidenLoop(const KernelArguments& k) {
  int64_t* __restrict out = static_cast<int64_t*>(k.out);
  const int32_t* __restrict a = In<int32_t>(k.a);
  const Operand<int32_t, kConstB> b(k.b, k.const_b);
  const size_t n = k.padded;
  for (size_t i = 0; i < n; ++i) out[i] = int64_t{a[i]} * int64_t{b[i]};
}

template <class From, class To>
void LoadLoop(const KernelArguments& k) {
  To* __restrict out = static_cast<To*>(k.out);
  const From* __restrict a = In<From>(k.a);
  const size_t n = k.padded;
  for (size_t i = 0; i < n; ++i) out[i] = static_cast<To>(a[i]);
}

template <class T, bool kConstA, bool kConstB>
void SelectLoop(const KernelArguments& k) {
  T* __restrict out = static_cast<T*>(k.out);
  const uint64_t* __restrict bits = In<uint64_t>(k.a);
  const Operand<T, kConstA> a(k.b, k.const_b);
  const Operand<T, kConstB> b(k.c, k.const_c);
  const size_t words = k.padded / 64;
#if HEARTH_WIDE_LANES
  constexpr size_t kLanes = 32 / sizeof(T);
  __m256i picks, constant_a, constant_b;
  if constexpr (sizeof(T) == 4) {
    picks = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    constant_a = _mm256_set1_epi32(static_cast<int>(k.const_b));
    constant_b = _mm256_set1_epi32(static_cast<int>(k.const_c));
  } else {
    picks = _mm256_setr_epi64x(1, 2, 4, 8);
    constant_a = _mm256_set1_epi64x(k.const_b);
    constant_b = _mm256_set1_epi64x(k.const_c);
  }
  for (size_t w = 0; w < words; ++w) {
    uint64_t word = bits[w];
    for (size_t i = w * 64; i < w * 64 + 64; i += kLanes) {
      __m256i mask;
      if constexpr (sizeof(T) == 4) {
        mask = _mm256_and_si256(_mm256_set1_epi32(static_cast<int>(word)), picks);
        mask = _mm256_cmpeq_epi32(mask, picks);
      } else {
        mask = _mm256_and_si256(_mm256_set1_epi64x(static_cast<long long>(word)), picks);
        mask = _mm256_cmpeq_epi64(mask, picks);
      }
      word >>= kLanes;
      const __m256i x = kConstA ? constant_a : Load(a.lanes + i), y = kConstB ? constant_b : Load(b.lanes + i);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), _mm256_blendv_epi8(y, x, mask));
    }
  }
#else
  for (size_t w = 0; w < words; ++w) {
    const uint64_t word = bits[w];
    for (size_t j = 0; j < 64; ++j) {
      const size_t i = w * 64 + j;
      out[i] = (word >> j & 1) != 0 ? a[i] : b[i];
    }
  }
#endif
}

// ---- comparisons: 64 lanes to a word

enum class Test : uint8_t { kLess, kEqual };

template <Test kTest, class T, bool kConstA, bool kConstB>
void CompareLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const Operand<T, kConstA> a(k.a, k.const_a);
  const Operand<T, kConstB> b(k.b, k.const_b);
  const size_t words = k.padded / 64;
#if HEARTH_WIDE_LANES
  constexpr size_t kLanes = 32 / sizeof(T);
  __m256i constant_a, constant_b;
  if constexpr (sizeof(T) == 4) {
    constant_a = _mm256_set1_epi32(static_cast<int>(k.const_a));
    constant_b = _mm256_set1_epi32(static_cast<int>(k.const_b));
  } else {
    constant_a = _mm256_set1_epi64x(k.const_a);
    constant_b = _mm256_set1_epi64x(k.const_b);
  }
  for (size_t w = 0; w < words; ++w) {
    uint64_t word = 0;
    for (size_t j = 0; j < 64; j += kLanes) {
      const size_t i = w * 64 + j;
      const __m256i x = kConstA ? constant_a : Load(a.lanes + i), y = kConstB ? constant_b : Load(b.lanes + i);
      __m256i r;
      if constexpr (sizeof(T) == 4) {
        r = kTest == Test::kLess ? _mm256_cmpgt_epi32(y, x) : _mm256_cmpeq_epi32(x, y);
        word |= static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(r)))) << j;
      } else {
        r = kTest == Test::kLess ? _mm256_cmpgt_epi64(y, x) : _mm256_cmpeq_epi64(x, y);
        word |= static_cast<uint64_t>(static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(r)))) << j;
      }
    }
    out[w] = word;
  }
#else
  for (size_t w = 0; w < words; ++w) {
    uint64_t word = 0;
    for (size_t j = 0; j < 64; ++j) {
      const size_t i = w * 64 + j;
      const bool r = kTest == Test::kLess ? a[i] < b[i] : a[i] == b[i];
      word |= uint64_t{r} << j;
    }
    out[w] = word;
  }
#endif
}

// x / y against z / w; y, w > 0. A pair of denominators so large that the plain evaluator's 20 digits after the point
// could not tell the two apart marks its lane.
template <Test kTest>
void FractionLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const Either x(k.a, k.const_a), y(k.b, k.const_b), z(k.c, k.const_c), w(k.d, k.const_d);
  constexpr Wide kLimit = Wide{10'000'000'000} * 10'000'000'000;  // 10^20
  for (size_t word = 0; word < k.padded / 64; ++word) out[word] = 0;
  for (size_t i = 0; i < k.lanes; ++i) {
    const Wide left = Wide{x[i]} * w[i], right = Wide{z[i]} * y[i];
    const bool r = kTest == Test::kLess ? left < right : left == right;
    out[i / 64] |= uint64_t{r} << (i % 64);
    if (Wide{y[i]} * w[i] >= kLimit / k.imm) k.failed[i / 64] |= uint64_t{1} << (i % 64);
  }
}

// ---- bits

void AndLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint64_t* __restrict a = In<uint64_t>(k.a), * __restrict b = In<uint64_t>(k.b);
  for (size_t w = 0; w < k.padded / 64; ++w) out[w] = a[w] & b[w];
}
void OrLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint64_t* __restrict a = In<uint64_t>(k.a), * __restrict b = In<uint64_t>(k.b);
  for (size_t w = 0; w < k.padded / 64; ++w) out[w] = a[w] | b[w];
}
void NotLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint64_t* __restrict a = In<uint64_t>(k.a);
  for (size_t w = 0; w < k.padded / 64; ++w) out[w] = ~a[w];
}

// Bytes that are not zero.
void TrueLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint8_t* __restrict a = In<uint8_t>(k.a);
  for (size_t w = 0; w < k.padded / 64; ++w) {
#if HEARTH_WIDE_LANES
    const __m256i zero = _mm256_setzero_si256();
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + w * 64));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + w * 64 + 32));
    const uint32_t x = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, zero)));
    const uint32_t y = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, zero)));
    out[w] = ~(uint64_t{x} | uint64_t{y} << 32);
#else
    uint64_t word = 0;
    for (size_t j = 0; j < 64; ++j) word |= uint64_t{a[w * 64 + j] != 0} << j;
    out[w] = word;
#endif
  }
}

// A run of bits that begins anywhere: imm is the first.
void CopyBitsLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint64_t* __restrict a = In<uint64_t>(k.a) + k.imm / 64;
  const unsigned shift = static_cast<unsigned>(k.imm % 64);
  const size_t words = k.padded / 64, needed = (static_cast<size_t>(k.imm % 64) + k.lanes + 63) / 64;
  for (size_t w = 0; w < words; ++w) {
    const uint64_t low = w < needed ? a[w] : 0, high = w + 1 < needed ? a[w + 1] : 0;
    out[w] = shift == 0 ? low : low >> shift | high << (64 - shift);
  }
}

void WordTableLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const int32_t* __restrict codes = In<int32_t>(k.a);
  const size_t size = k.table_size;
  for (size_t w = 0; w < k.padded / 64; ++w) {
    uint64_t word = 0;
    for (size_t j = 0; j < 64; ++j) {
      const size_t code = static_cast<uint32_t>(codes[w * 64 + j]);
      const uint8_t flags = k.table[code < size ? code : 0];  // an unknown lane may hold anything
      word |= uint64_t{flags >> k.imm2 & 1u} << j;
    }
    out[w] = word;
  }
}

// ---- between levels

inline uint64_t BitsAt(const uint64_t* words, size_t first, size_t count) {
  const uint64_t low = words[first / 64] >> (first % 64);
  const uint64_t high = words[first / 64 + 1] << 1 << (63 - first % 64);
  return (low | high) & (~uint64_t{0} >> (64 - count));
}

template <class T>
void SpreadLoop(const KernelArguments& k) {
  T* __restrict out = static_cast<T*>(k.out);
  const T* __restrict a = In<T>(k.a);
  // Most families are small: eight lanes are written at once, and the next family overwrites what was too many.
  for (size_t p = 0; p < k.parents; ++p) {
    const T value = a[p];
    const size_t begin = k.offsets[p], end = k.offsets[p + 1];
    for (size_t j = 0; j < 8; ++j) out[begin + j] = value;
    for (size_t i = begin + 8; i < end; ++i) out[i] = value;
  }
  for (size_t i = k.lanes; i < k.padded; ++i) out[i] = 0;
}

// Whether the first `lanes` bits are all zero, or all one; most columns of what is known are one of the two.
inline bool IsUniform(const uint64_t* bits, size_t lanes, uint64_t word) {
  uint64_t other = 0;
  for (size_t w = 0; w < lanes / 64; ++w) other |= bits[w] ^ word;
  if (lanes % 64 != 0) other |= (bits[lanes / 64] ^ word) & (~uint64_t{0} >> (64 - lanes % 64));
  return other == 0;
}

void SpreadBitsLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint64_t* __restrict a = In<uint64_t>(k.a);
  const size_t words = k.padded / 64;
  for (const uint64_t word : {uint64_t{0}, ~uint64_t{0}}) {
    if (!IsUniform(a, k.parents, word)) continue;
    for (size_t w = 0; w < words; ++w) out[w] = word;
    return;
  }
#if HEARTH_WIDE_LANES
  if (k.firsts != nullptr) {
    // Where a parent's bit differs from the one before, its first child takes the change; a running exclusive-or makes
    // bits of changes. 64 children cost some thirty operations, however many parents they have.
    uint64_t before = 0, last = 0;  // the last parent's bit, the last child's in all bits
    size_t parent = 0;
    for (size_t w = 0; w < words; ++w) {
      const uint64_t firsts = k.firsts[w];
      const size_t count = static_cast<size_t>(std::popcount(firsts));
      uint64_t run = last;
      if (count > 0) {
        const uint64_t bits = BitsAt(a, parent, count);
        uint64_t changes = _pdep_u64(bits ^ (bits << 1 | before), firsts);
        before = bits >> (count - 1) & 1;
        parent += count;
        for (const int shift : {1, 2, 4, 8, 16, 32}) changes ^= changes << shift;
        run = changes ^ last;
        last = uint64_t{0} - (run >> 63);
      }
      out[w] = run;
    }
    return;
  }
#endif
  uint64_t gathered = 0;
  size_t fill = 0, w = 0;
  for (size_t p = 0; p < k.parents; ++p) {
    size_t count = k.offsets[p + 1] - k.offsets[p];
    const uint64_t ones = uint64_t{0} - (a[p / 64] >> (p % 64) & 1);
    for (; count >= 64; count -= 64) {
      out[w++] = gathered | ones << fill;
      gathered = ones >> 1 >> (63 - fill);
    }
    // Written whether the word is full or not, so that no branch hangs on the size of a family.
    const uint64_t run = ones & ((uint64_t{1} << count) - 1), low = gathered | run << fill,
                   high = run >> 1 >> (63 - fill);
    out[w] = low;
    fill += count;
    const bool full = fill >= 64;
    gathered = full ? high : low;
    w += full;
    fill &= 63;
  }
  if (w < words) out[w++] = gathered;
  for (; w < words; ++w) out[w] = 0;
}

template <class T>
void SegmentSumLoop(const KernelArguments& k) {
  int64_t* __restrict out = static_cast<int64_t*>(k.out);
  const T* __restrict a = In<T>(k.a);
  int64_t* __restrict sums = k.scratch;
  // Differences of running sums: no branch depends on how large a family is.
  uint64_t sum = 0;
  sums[0] = 0;
  for (size_t i = 0; i < k.lanes; ++i) {
    sum += static_cast<uint64_t>(int64_t{a[i]});
    sums[i + 1] = static_cast<int64_t>(sum);
  }
  uint64_t before = static_cast<uint64_t>(sums[k.parents > 0 ? k.offsets[0] : 0]);
  for (size_t p = 0; p < k.parents; ++p) {
    const uint64_t after = static_cast<uint64_t>(sums[k.offsets[p + 1]]);
    out[p] = static_cast<int64_t>(after - before);
    before = after;
  }
  for (size_t p = k.parents; p < k.parents_padded; ++p) out[p] = 0;
}

template <bool kAllBits>
void SegmentCountLoop(const KernelArguments& k) {
  int32_t* __restrict out = static_cast<int32_t*>(k.out);
  const uint64_t* __restrict bits = In<uint64_t>(k.a);
  for (size_t p = 0; p < k.parents; ++p) {
    size_t begin = k.offsets[p], count = k.offsets[p + 1] - begin;
    if constexpr (kAllBits) {
      out[p] = static_cast<int32_t>(count);
    } else {
      int found = 0;
      for (; count > 64; count -= 64, begin += 64) found += std::popcount(BitsAt(bits, begin, 64));
      if (count > 0) found += std::popcount(BitsAt(bits, begin, count));
      out[p] = found;
    }
  }
  for (size_t p = k.parents; p < k.parents_padded; ++p) out[p] = 0;
}

template <bool kAllBits>
void SegmentAnyLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint64_t* __restrict bits = In<uint64_t>(k.a);
  if constexpr (!kAllBits) {
    if (IsUniform(bits, k.lanes, 0)) {
      for (size_t w = 0; w < k.parents_padded / 64; ++w) out[w] = 0;
      return;
    }
  }
  for (size_t w = 0; w < k.parents_padded / 64; ++w) {
    uint64_t word = 0;
    const size_t end = std::min(k.parents, w * 64 + 64);
    for (size_t p = w * 64; p < end; ++p) {
      size_t begin = k.offsets[p], count = k.offsets[p + 1] - begin;
      uint64_t any = 0;
      if constexpr (kAllBits) {
        any = count;
      } else {
        for (; count > 64; count -= 64, begin += 64) any |= BitsAt(bits, begin, 64);
        if (count > 0) any |= BitsAt(bits, begin, count);
      }
      word |= uint64_t{any != 0} << (p % 64);
    }
    out[w] = word;
  }
}

template <bool kAllBits>
bool IsSet(const uint64_t* bits, size_t i) {
  if constexpr (kAllBits) return true;
  return (bits[i / 64] >> (i % 64) & 1) != 0;
}

template <bool kAllBits>
void SegmentEdgeLoop(const KernelArguments& k) {
  uint64_t* __restrict out = static_cast<uint64_t*>(k.out);
  const uint64_t* bits = In<uint64_t>(k.a);
  for (size_t w = 0; w < k.padded / 64; ++w) out[w] = 0;
  for (size_t p = 0; p < k.parents; ++p) {
    const size_t begin = k.offsets[p], end = k.offsets[p + 1];
    for (size_t n = 0; n < end - begin; ++n) {
      const size_t i = k.imm2 == 0 ? begin + n : end - 1 - n;
      if (!IsSet<kAllBits>(bits, i)) continue;
      out[i / 64] |= uint64_t{1} << (i % 64);
      break;
    }
  }
}

template <bool kLargest, bool kAllBits>
void SegmentExtremeLoop(const KernelArguments& k) {
  int64_t* __restrict out = static_cast<int64_t*>(k.out);
  const uint64_t* bits = In<uint64_t>(k.a);
  const Either value(k.b, k.const_b);
  for (size_t p = 0; p < k.parents; ++p) {
    bool any = false;
    int64_t best = k.imm2;
    for (size_t i = k.offsets[p]; i < k.offsets[p + 1]; ++i) {
      if (!IsSet<kAllBits>(bits, i)) continue;
      const int64_t v = value[i];
      if (!any || (kLargest ? v > best : v < best)) best = v;
      any = true;
    }
    out[p] = best;
  }
  for (size_t p = k.parents; p < k.parents_padded; ++p) out[p] = k.imm2;
}

template <bool kAllBits>
void SegmentDistinctLoop(const KernelArguments& k) {
  int32_t* __restrict out = static_cast<int32_t*>(k.out);
  const uint64_t* bits = In<uint64_t>(k.a);
  const Either value(k.b, k.const_b);
  for (size_t p = 0; p < k.parents; ++p) {
    size_t n = 0;
    for (size_t i = k.offsets[p]; i < k.offsets[p + 1]; ++i) {
      if (IsSet<kAllBits>(bits, i)) k.scratch[n++] = value[i];
    }
    if (n > 1) std::sort(k.scratch, k.scratch + n);
    out[p] = static_cast<int32_t>(std::unique(k.scratch, k.scratch + n) - k.scratch);
  }
  for (size_t p = k.parents; p < k.parents_padded; ++p) out[p] = 0;
}

// ---- division

template <RoundMode kMode>
uint64_t Rounded(uint64_t quotient, uint64_t rest, uint64_t divisor, bool negative) {
  switch (kMode) {
    case RoundMode::kDown:
      return quotient;
    case RoundMode::kHalfUp:
      return quotient + (rest >= divisor - rest ? 1 : 0);
    case RoundMode::kUp:
      return quotient + (rest != 0 ? 1 : 0);
    case RoundMode::kHalfEven:
      return quotient + (rest > divisor - rest || (rest == divisor - rest && (quotient & 1) != 0) ? 1 : 0);
    case RoundMode::kHalfDown:
      return quotient + (rest > divisor - rest ? 1 : 0);
    case RoundMode::kFloor:
      return quotient + (negative && rest != 0 ? 1 : 0);
    case RoundMode::kCeiling:
      return quotient + (!negative && rest != 0 ? 1 : 0);
  }
  return quotient;
}

// By a constant: one multiplication with a rounded-up reciprocal, exact below 2^63 (Granlund and Montgomery 1994).
template <RoundMode kMode>
void DivideConstLoop(const KernelArguments& k) {
  int64_t* __restrict out = static_cast<int64_t*>(k.out);
  const int64_t* __restrict a = In<int64_t>(k.a);
  const uint64_t divisor = static_cast<uint64_t>(k.const_b);
  const int length = 64 - std::countl_zero(divisor - 1);  // 2^(length - 1) < divisor <= 2^length
  const uint64_t reciprocal = static_cast<uint64_t>((static_cast<unsigned __int128>(1) << (63 + length)) / divisor + 1);
  for (size_t i = 0; i < k.padded; ++i) {
    const bool negative = a[i] < 0;
    const uint64_t size = negative ? uint64_t{0} - static_cast<uint64_t>(a[i]) : static_cast<uint64_t>(a[i]);
    const uint64_t quotient =
        static_cast<uint64_t>(static_cast<unsigned __int128>(size) * reciprocal >> 64) >> (length - 1);
    const uint64_t r = Rounded<kMode>(quotient, size - quotient * divisor, divisor, negative);
    out[i] = static_cast<int64_t>(negative ? uint64_t{0} - r : r);
  }
}

template <RoundMode kMode>
void DivideLoop(const KernelArguments& k) {
  int64_t* __restrict out = static_cast<int64_t*>(k.out);
  const Either a(k.a, k.const_a), b(k.b, k.const_b);
  for (size_t i = 0; i < k.lanes; ++i) {
    const bool negative = a[i] < 0;
    const uint64_t size = negative ? uint64_t{0} - static_cast<uint64_t>(a[i]) : static_cast<uint64_t>(a[i]);
    const uint64_t divisor = b[i] > 0 ? static_cast<uint64_t>(b[i]) : 1;  // such a lane is unknown
    const uint64_t quotient = size / divisor;
    const uint64_t r = Rounded<kMode>(quotient, size - quotient * divisor, divisor, negative);
    out[i] = static_cast<int64_t>(negative ? uint64_t{0} - r : r);
  }
  for (size_t i = k.lanes; i < k.padded; ++i) out[i] = 0;
}

void RemainderLoop(const KernelArguments& k) {
  int64_t* __restrict out = static_cast<int64_t*>(k.out);
  const Either a(k.a, k.const_a), b(k.b, k.const_b);
  for (size_t i = 0; i < k.lanes; ++i) out[i] = a[i] % (b[i] > 0 ? b[i] : 1);
  for (size_t i = k.lanes; i < k.padded; ++i) out[i] = 0;
}

template <class Of>
void CheckedLoop(const KernelArguments& k) {
  int64_t* __restrict out = static_cast<int64_t*>(k.out);
  const Either a(k.a, k.const_a), b(k.b, k.const_b);
  for (size_t i = 0; i < k.lanes; ++i) {
    int64_t r = 0;
    if (Of::Overflows(a[i], b[i], &r) || r == INT64_MIN) {
      k.failed[i / 64] |= uint64_t{1} << (i % 64);
      r = 0;
    }
    out[i] = r;
  }
  for (size_t i = k.lanes; i < k.padded; ++i) out[i] = 0;
}
struct AddChecks {
  static bool Overflows(int64_t a, int64_t b, int64_t* r) { return __builtin_add_overflow(a, b, r); }
};
struct SubtractChecks {
  static bool Overflows(int64_t a, int64_t b, int64_t* r) { return __builtin_sub_overflow(a, b, r); }
};
struct MultiplyChecks {
  static bool Overflows(int64_t a, int64_t b, int64_t* r) { return __builtin_mul_overflow(a, b, r); }
};

// ---- dates: the days of year 1 to 9999 of the Gregorian calendar, counted in eras of 400 years from 1 March of year 0

struct CalendarDay {
  uint32_t year, month, day;
};
inline CalendarDay CalendarOf(int32_t days) {
  const uint32_t z = static_cast<uint32_t>(days) + 719468u;
  const uint32_t era = z / 146097u, in_era = z - era * 146097u;
  const uint32_t year = (in_era - in_era / 1460u + in_era / 36524u - in_era / 146096u) / 365u;
  const uint32_t in_year = in_era - (365u * year + year / 4u - year / 100u);
  const uint32_t shifted = (5u * in_year + 2u) / 153u;
  const uint32_t month = shifted < 10u ? shifted + 3u : shifted - 9u;
  return {year + era * 400u + (month <= 2u ? 1u : 0u), month, in_year - (153u * shifted + 2u) / 5u + 1u};
}
inline int32_t DaysOf(uint32_t year, uint32_t month, uint32_t day) {
  const uint32_t y = month <= 2u ? year - 1u : year;
  const uint32_t era = y / 400u, in_era = y - era * 400u;
  const uint32_t in_year = (153u * (month > 2u ? month - 3u : month + 9u) + 2u) / 5u + day - 1u;
  return static_cast<int32_t>(era * 146097u + in_era * 365u + in_era / 4u - in_era / 100u + in_year) - 719468;
}
inline uint32_t DaysInMonth(uint32_t year, uint32_t month) {
  const bool leap = year % 4u == 0u && (year % 100u != 0u || year % 400u == 0u);
  if (month == 2u) return leap ? 29u : 28u;
  return 30u + ((month + (month > 7u ? 1u : 0u)) & 1u);
}

template <GraphOp kPart>
void DatePartLoop(const KernelArguments& k) {
  int32_t* __restrict out = static_cast<int32_t*>(k.out);
  const int32_t* __restrict a = In<int32_t>(k.a);
  for (size_t i = 0; i < k.padded; ++i) {
    const CalendarDay c = CalendarOf(a[i]);
    out[i] = static_cast<int32_t>(kPart == GraphOp::kYear ? c.year : kPart == GraphOp::kMonth ? c.month : c.day);
  }
}

template <bool kConstA, bool kConstB>
void MonthsBetweenLoop(const KernelArguments& k) {
  int32_t* __restrict out = static_cast<int32_t*>(k.out);
  const Operand<int32_t, kConstA> a(k.a, k.const_a);
  const Operand<int32_t, kConstB> b(k.b, k.const_b);
  for (size_t i = 0; i < k.padded; ++i) {
    const int32_t first = a[i] < b[i] ? a[i] : b[i], last = a[i] < b[i] ? b[i] : a[i];
    const CalendarDay from = CalendarOf(first), to = CalendarOf(last);
    const int32_t months =
        static_cast<int32_t>((to.year - from.year) * 12u + to.month - from.month) - (to.day < from.day ? 1 : 0);
    out[i] = b[i] < a[i] ? -months : months;
  }
}

void AddMonthsLoop(const KernelArguments& k) {
  int32_t* __restrict out = static_cast<int32_t*>(k.out);
  const int32_t *a = In<int32_t>(k.a), *b = In<int32_t>(k.b);
  for (size_t i = 0; i < k.padded; ++i) {
    const CalendarDay c = CalendarOf(a != nullptr ? a[i] : static_cast<int32_t>(k.const_a));
    const int32_t months = b != nullptr ? b[i] : static_cast<int32_t>(k.const_b);
    int32_t index = static_cast<int32_t>(c.year * 12u + c.month - 1u) + months;
    index = index < 12 ? 12 : index > 119999 ? 119999 : index;  // such a lane is unknown
    const uint32_t year = static_cast<uint32_t>(index) / 12u, month = static_cast<uint32_t>(index) % 12u + 1u;
    const uint32_t most = DaysInMonth(year, month);
    out[i] = DaysOf(year, month, c.day < most ? c.day : most);
  }
}

inline int32_t PartAt(const void* p, int64_t constant, size_t i) {
  return p != nullptr ? static_cast<const int32_t*>(p)[i] : static_cast<int32_t>(constant);
}
inline uint32_t Within(int32_t v, int32_t most) { return static_cast<uint32_t>(v < 1 ? 1 : v > most ? most : v); }

void FromPartsLoop(const KernelArguments& k) {
  int32_t* __restrict out = static_cast<int32_t*>(k.out);
  for (size_t i = 0; i < k.padded; ++i) {
    const uint32_t year = Within(PartAt(k.a, k.const_a, i), 9999), month = Within(PartAt(k.b, k.const_b, i), 12);
    const uint32_t most = DaysInMonth(year, month), day = Within(PartAt(k.c, k.const_c, i), 31);
    out[i] = DaysOf(year, month, day < most ? day : most);
  }
}

// Marks lanes below imm or above imm2.
template <class T>
void BoundsLoop(const KernelArguments& k) {
  const T* __restrict data = In<T>(k.a);
  const T low = static_cast<T>(k.imm), high = static_cast<T>(k.imm2);
  T outside = 0;  // almost always none: one pass without branches
  for (size_t i = 0; i < k.lanes; ++i) {
    outside = static_cast<T>(outside | (data[i] < low ? 1 : 0) | (data[i] > high ? 1 : 0));
  }
  if (outside == 0) return;
  for (size_t i = 0; i < k.lanes; ++i) {
    if (data[i] < low || data[i] > high) k.failed[i / 64] |= uint64_t{1} << (i % 64);
  }
}

// ---- the table of loops

inline Kernel FindBounds(Width width) {
  switch (width) {
    case Width::k8:
      return BoundsLoop<int8_t>;
    case Width::k16:
      return BoundsLoop<int16_t>;
    case Width::k32:
      return BoundsLoop<int32_t>;
    case Width::k64:
      return BoundsLoop<int64_t>;
  }
  return nullptr;
}

template <class Of, class T>
Kernel Binary(const OperandShape& s) {
  if (s.a_const) return BinaryLoop<Of, T, true, false>;
  return s.b_const ? BinaryLoop<Of, T, false, true> : BinaryLoop<Of, T, false, false>;
}
template <class Of>
Kernel Binary(const GraphNode& n, const OperandShape& s) {
  return n.wide ? Binary<Of, int64_t>(s) : Binary<Of, int32_t>(s);
}
template <Test kTest, class T>
Kernel Comparing(const OperandShape& s) {
  if (s.a_const) return CompareLoop<kTest, T, true, false>;
  return s.b_const ? CompareLoop<kTest, T, false, true> : CompareLoop<kTest, T, false, false>;
}
template <class T>
Kernel Selecting(const OperandShape& s) {
  if (s.b_const) return s.c_const ? SelectLoop<T, true, true> : SelectLoop<T, true, false>;
  return s.c_const ? SelectLoop<T, false, true> : SelectLoop<T, false, false>;
}
template <RoundMode kMode>
Kernel Dividing(const OperandShape& s) {
  return s.b_const && !s.a_const ? DivideConstLoop<kMode> : DivideLoop<kMode>;
}
inline Kernel Dividing(RoundMode mode, const OperandShape& s) {
  switch (mode) {
    case RoundMode::kDown:
      return Dividing<RoundMode::kDown>(s);
    case RoundMode::kHalfUp:
      return Dividing<RoundMode::kHalfUp>(s);
    case RoundMode::kUp:
      return Dividing<RoundMode::kUp>(s);
    case RoundMode::kHalfEven:
      return Dividing<RoundMode::kHalfEven>(s);
    case RoundMode::kHalfDown:
      return Dividing<RoundMode::kHalfDown>(s);
    case RoundMode::kFloor:
      return Dividing<RoundMode::kFloor>(s);
    case RoundMode::kCeiling:
      return Dividing<RoundMode::kCeiling>(s);
  }
  return nullptr;
}
inline Kernel Loading(const GraphNode& n, Width from) {
  switch (from) {
    case Width::k8:
      return LoadLoop<int8_t, int32_t>;
    case Width::k16:
      return LoadLoop<int16_t, int32_t>;
    case Width::k32:
      return n.wide ? LoadLoop<int32_t, int64_t> : LoadLoop<int32_t, int32_t>;
    case Width::k64:
      return LoadLoop<int64_t, int64_t>;
  }
  return nullptr;
}

Kernel Find(const GraphNode& n, const OperandShape& s) {
  switch (n.op) {
    case GraphOp::kInput:
      return Loading(n, s.input);
    case GraphOp::kNarrow:
      return LoadLoop<int64_t, int32_t>;
    case GraphOp::kWiden:
      return LoadLoop<int32_t, int64_t>;
    case GraphOp::kAdd:
      return Binary<AddLanes>(n, s);
    case GraphOp::kSubtract:
      return Binary<SubtractLanes>(n, s);
    case GraphOp::kMultiply:
      return Binary<MultiplyLanes>(n, s);
    case GraphOp::kMultiplyWiden:
      return s.b_const ? MultiplyWidenLoop<true> : MultiplyWidenLoop<false>;
    case GraphOp::kMin:
      return Binary<MinLanes>(n, s);
    case GraphOp::kMax:
      return Binary<MaxLanes>(n, s);
    case GraphOp::kSelect:
      return n.wide ? Selecting<int64_t>(s) : Selecting<int32_t>(s);
    case GraphOp::kSpread:
      return n.wide ? SpreadLoop<int64_t> : SpreadLoop<int32_t>;
    case GraphOp::kSegmentSum:
      return s.input == Width::k64 ? SegmentSumLoop<int64_t> : SegmentSumLoop<int32_t>;
    case GraphOp::kSegmentCount:
      return s.a_const ? SegmentCountLoop<true> : SegmentCountLoop<false>;
    case GraphOp::kSegmentAny:
      return s.a_const ? SegmentAnyLoop<true> : SegmentAnyLoop<false>;
    case GraphOp::kSegmentEdge:
      return s.a_const ? SegmentEdgeLoop<true> : SegmentEdgeLoop<false>;
    case GraphOp::kSegmentMin:
      return s.a_const ? SegmentExtremeLoop<false, true> : SegmentExtremeLoop<false, false>;
    case GraphOp::kSegmentMax:
      return s.a_const ? SegmentExtremeLoop<true, true> : SegmentExtremeLoop<true, false>;
    case GraphOp::kSegmentDistinct:
      return s.a_const ? SegmentDistinctLoop<true> : SegmentDistinctLoop<false>;
    case GraphOp::kDivide:
      return Dividing(static_cast<RoundMode>(n.imm), s);
    case GraphOp::kRemainder:
      return RemainderLoop;
    case GraphOp::kYear:
      return DatePartLoop<GraphOp::kYear>;
    case GraphOp::kMonth:
      return DatePartLoop<GraphOp::kMonth>;
    case GraphOp::kDay:
      return DatePartLoop<GraphOp::kDay>;
    case GraphOp::kMonthsBetween:
      if (s.a_const) return MonthsBetweenLoop<true, false>;
      return s.b_const ? MonthsBetweenLoop<false, true> : MonthsBetweenLoop<false, false>;
    case GraphOp::kAddMonths:
      return AddMonthsLoop;
    case GraphOp::kFromParts:
      return FromPartsLoop;
    case GraphOp::kAddChecked:
      return CheckedLoop<AddChecks>;
    case GraphOp::kSubtractChecked:
      return CheckedLoop<SubtractChecks>;
    case GraphOp::kMultiplyChecked:
      return CheckedLoop<MultiplyChecks>;
    case GraphOp::kKnown:
    case GraphOp::kListed:
    case GraphOp::kFirstSeen:
    case GraphOp::kThere:
      return CopyBitsLoop;
    case GraphOp::kTrue:
      return TrueLoop;
    case GraphOp::kAnd:
      return AndLoop;
    case GraphOp::kOr:
      return OrLoop;
    case GraphOp::kNot:
      return NotLoop;
    case GraphOp::kLess:
      return n.wide ? Comparing<Test::kLess, int64_t>(s) : Comparing<Test::kLess, int32_t>(s);
    case GraphOp::kEqual:
      return n.wide ? Comparing<Test::kEqual, int64_t>(s) : Comparing<Test::kEqual, int32_t>(s);
    case GraphOp::kLessWide:
      return FractionLoop<Test::kLess>;
    case GraphOp::kEqualWide:
      return FractionLoop<Test::kEqual>;
    case GraphOp::kSpreadBits:
      return SpreadBitsLoop;
    case GraphOp::kWordTable:
      return WordTableLoop;
    case GraphOp::kConst:
    case GraphOp::kAbs:
    case GraphOp::kBoxedNumber:
    case GraphOp::kAll:
    case GraphOp::kNone:
    case GraphOp::kBoxedKnown:
    case GraphOp::kBoxedTrue:
      return nullptr;
  }
  return nullptr;
}
