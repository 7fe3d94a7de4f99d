// Cuts what two strings have in common at both ends: an edit distance never depends on it.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace hearth {

// The number of first units in common.
template <class Unit>
size_t CommonPrefix(std::basic_string_view<Unit> a, std::basic_string_view<Unit> b) {
  const size_t most = std::min(a.size(), b.size());
  size_t i = 0;
  if constexpr (sizeof(Unit) == 1 && std::endian::native == std::endian::little) {
    for (; i + 8 <= most; i += 8) {
      uint64_t x, y;
      std::memcpy(&x, a.data() + i, 8);
      std::memcpy(&y, b.data() + i, 8);
      if (x != y) return i + static_cast<size_t>(std::countr_zero(x ^ y)) / 8;
    }
  }
  while (i < most && a[i] == b[i]) ++i;
  return i;
}

// The number of last units in common.
template <class Unit>
size_t CommonSuffix(std::basic_string_view<Unit> a, std::basic_string_view<Unit> b) {
  const size_t most = std::min(a.size(), b.size());
  size_t i = 0;
  if constexpr (sizeof(Unit) == 1 && std::endian::native == std::endian::little) {
    for (; i + 8 <= most; i += 8) {
      uint64_t x, y;
      std::memcpy(&x, a.data() + a.size() - i - 8, 8);
      std::memcpy(&y, b.data() + b.size() - i - 8, 8);
      if (x != y) return i + static_cast<size_t>(std::countl_zero(x ^ y)) / 8;
    }
  }
  while (i < most && a[a.size() - 1 - i] == b[b.size() - 1 - i]) ++i;
  return i;
}

// Returns the length of the prefix.
template <class Unit>
size_t TrimAffixes(std::basic_string_view<Unit>* a, std::basic_string_view<Unit>* b) {
  const size_t prefix = CommonPrefix(*a, *b);
  a->remove_prefix(prefix);
  b->remove_prefix(prefix);
  const size_t suffix = CommonSuffix(*a, *b);
  a->remove_suffix(suffix);
  b->remove_suffix(suffix);
  return prefix;
}

}  // namespace hearth
