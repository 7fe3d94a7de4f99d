// KeyTable: a growing map from 64-bit keys, themselves hashes, to numbers in order of first use.
//
//   KeyTable table;
//   const uint32_t block = table.Intern(key);     // 0, 1, 2 …
//   table.Find(other)                             // kNoNumber when it was never seen
//
// Keys are not taken out. Open addressing over a power of two of slots, at most two thirds full: 12 bytes a slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hearth::linkage {

constexpr uint32_t kNoNumber = UINT32_MAX;

class KeyTable {
 public:
  uint32_t Intern(uint64_t key) {
    if ((keys_.size() + 1) * 3 > numbers_.size() * 2) Grow();
    const size_t mask = numbers_.size() - 1;
    size_t at = key & mask;
    while (numbers_[at] != kNoNumber && slots_[at] != key) at = (at + 1) & mask;
    if (numbers_[at] == kNoNumber) {
      slots_[at] = key;
      numbers_[at] = static_cast<uint32_t>(keys_.size());
      keys_.push_back(key);
    }
    return numbers_[at];
  }
  uint32_t Find(uint64_t key) const {
    if (numbers_.empty()) return kNoNumber;
    const size_t mask = numbers_.size() - 1;
    size_t at = key & mask;
    while (numbers_[at] != kNoNumber && slots_[at] != key) at = (at + 1) & mask;
    return numbers_[at];
  }
  uint64_t Key(uint32_t number) const { return keys_[number]; }
  size_t size() const { return keys_.size(); }

 private:
  void Grow() {
    const size_t slots = numbers_.empty() ? 16 : numbers_.size() * 2;
    numbers_.assign(slots, kNoNumber);
    slots_.assign(slots, 0);
    for (uint32_t n = 0; n < keys_.size(); ++n) {
      size_t at = keys_[n] & (slots - 1);
      while (numbers_[at] != kNoNumber) at = (at + 1) & (slots - 1);
      slots_[at] = keys_[n];
      numbers_[at] = n;
    }
  }
  std::vector<uint64_t> slots_;
  std::vector<uint32_t> numbers_;  // by slot; kNoNumber: free
  std::vector<uint64_t> keys_;     // by number
};

}  // namespace hearth::linkage
