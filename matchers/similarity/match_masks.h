// Where does a unit stand in a pattern of up to 64 units? Bit i of the answer: at place i.
//
//   TableMasks<char> places("banana");
//   places('a') == 0b101010
//
// Three ways to know it, alike in use (no bit is set beyond the pattern):
//   TableMasks    a table made beforehand: quickest to ask, dear to make; the way on every machine
//   ByteMasks     the pattern in one to four 16-byte registers, compared with the unit at once; nothing to make
//   PointMasks    the same for up to 16 code points
// WithMasks picks one for a pattern that is used once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "matchers/similarity/load_units.h"

namespace hearth {

template <class Unit>
using UnitView = std::basic_string_view<Unit>;

constexpr size_t kWordUnits = 64;

// The lowest n bits, n <= 64.
inline uint64_t LowBits(size_t n) { return n == 0 ? 0 : ~uint64_t{0} >> (64 - n); }

template <class Unit>
class TableMasks;

template <>
class TableMasks<char> {
 public:
  explicit TableMasks(std::string_view pattern) {
    for (size_t i = 0; i < std::min(pattern.size(), kWordUnits); ++i) {
      masks_[static_cast<unsigned char>(pattern[i])] |= uint64_t{1} << i;
    }
  }
  uint64_t operator()(char unit) const { return masks_[static_cast<unsigned char>(unit)]; }

 private:
  uint64_t masks_[256] = {};
};

// A hash table of twice as many slots as a pattern has units; an empty slot has no bit set, so no key is special.
template <>
class TableMasks<char32_t> {
 public:
  explicit TableMasks(std::u32string_view pattern) {
    for (size_t i = 0; i < std::min(pattern.size(), kWordUnits); ++i) {
      const size_t slot = SlotOf(pattern[i]);
      units_[slot] = pattern[i];
      masks_[slot] |= uint64_t{1} << i;
    }
  }
  uint64_t operator()(char32_t unit) const { return masks_[SlotOf(unit)]; }

 private:
  static constexpr size_t kSlots = 128;

  size_t SlotOf(char32_t unit) const {
    size_t slot = static_cast<uint32_t>(unit * 0x9E3779B1u) >> 25;
    while (masks_[slot] != 0 && units_[slot] != unit) slot = (slot + 1) % kSlots;
    return slot;
  }

  uint64_t masks_[kSlots] = {};
  char32_t units_[kSlots] = {};
};

// The places of another one, moved down: of a pattern without its first units.
template <class Masks>
struct ShiftedMasks {
  const Masks& places;
  size_t shift;  // below 64
  template <class Unit>
  uint64_t operator()(Unit unit) const {
    return places(unit) >> shift;
  }
};

#if defined(__SSE2__)

// kRegisters * 16 is at least the pattern's size.
template <int kRegisters>
class ByteMasks {
 public:
  explicit ByteMasks(std::string_view pattern) : valid_(LowBits(pattern.size())) {
    for (size_t r = 0; r < kRegisters; ++r) {
      const size_t from = std::min(r * 16, pattern.size());
      units_[r] = LoadFirstAround(pattern.data() + from, pattern.size() - from);
    }
  }
  uint64_t operator()(char unit) const {
    const __m128i wanted = _mm_set1_epi8(unit);
    uint64_t places = 0;
    for (int r = 0; r < kRegisters; ++r) {
      const int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(units_[r], wanted));
      places |= static_cast<uint64_t>(static_cast<uint32_t>(equal)) << (16 * r);
    }
    return places & valid_;
  }

 private:
  __m128i units_[kRegisters];
  uint64_t valid_;
};

// kRegisters * 4 is at least the pattern's size; 1, 2 or 4 registers.
template <int kRegisters>
class PointMasks {
 public:
  explicit PointMasks(std::u32string_view pattern) : valid_(LowBits(pattern.size())) {
    for (size_t r = 0; r < kRegisters; ++r) {
      const size_t from = std::min(r * 4, pattern.size());
      units_[r] = LoadFirstAround(pattern.data() + from, pattern.size() - from);
    }
  }
  uint64_t operator()(char32_t unit) const {
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(unit));
    uint64_t places = 0;
    for (int r = 0; r < kRegisters; ++r) {
      const int equal = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(units_[r], wanted)));
      places |= static_cast<uint64_t>(static_cast<uint32_t>(equal)) << (4 * r);
    }
    return places & valid_;
  }

 private:
  __m128i units_[kRegisters];
  uint64_t valid_;
};

template <class Use>
auto WithMasks(std::string_view pattern, Use use) {
  if (pattern.size() <= 16) return use(ByteMasks<1>(pattern));
  if (pattern.size() <= 32) return use(ByteMasks<2>(pattern));
  return use(ByteMasks<4>(pattern));
}

template <class Use>
auto WithMasks(std::u32string_view pattern, Use use) {
  if (pattern.size() <= 4) return use(PointMasks<1>(pattern));
  if (pattern.size() <= 8) return use(PointMasks<2>(pattern));
  if (pattern.size() <= 16) return use(PointMasks<4>(pattern));
  return use(TableMasks<char32_t>(pattern));
}

#else

template <class Unit, class Use>
auto WithMasks(std::basic_string_view<Unit> pattern, Use use) {
  return use(TableMasks<Unit>(pattern));
}

#endif

}  // namespace hearth
