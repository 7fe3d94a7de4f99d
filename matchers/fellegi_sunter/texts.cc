#include <xxhash.h>

#include <algorithm>
#include <numeric>

#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {
namespace {

constexpr uint64_t kFree = UINT64_MAX;

uint64_t HashOf(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

// Slots are a power of two, at most two thirds full.
size_t SlotsFor(size_t texts) {
  size_t slots = 16;
  while (slots * 2 < texts * 3) slots *= 2;
  return slots;
}

}  // namespace

uint32_t Texts::Intern(std::string_view text) {
  if ((size() + 1) * 3 > slots_.size() * 2) Grow();
  const uint64_t hash = HashOf(text);
  const size_t mask = slots_.size() - 1;
  const uint64_t tag = hash >> 32;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    if (slots_[at] == kFree) {
      const auto code = static_cast<uint32_t>(size());
      slots_[at] = tag << 32 | code;
      bytes_.append(text);
      starts_.push_back(bytes_.size());
      return code;
    }
    const auto code = static_cast<uint32_t>(slots_[at]);
    if (slots_[at] >> 32 == tag && (*this)[code] == text) return code;
  }
}

uint32_t Texts::Find(std::string_view text) const {
  if (slots_.empty()) return kNullCode;
  const uint64_t hash = HashOf(text);
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    if (slots_[at] == kFree) return kNullCode;
    const auto code = static_cast<uint32_t>(slots_[at]);
    if (slots_[at] >> 32 == hash >> 32 && (*this)[code] == text) return code;
  }
}

// Of entries that share a run of slots the later one never stands before the earlier, so the last can simply be freed.
void Texts::Truncate(size_t size) {
  const size_t mask = slots_.size() - 1;
  while (this->size() > size) {
    const auto code = static_cast<uint32_t>(this->size() - 1);
    size_t at = HashOf((*this)[code]) & mask;
    while (static_cast<uint32_t>(slots_[at]) != code || slots_[at] == kFree) at = (at + 1) & mask;
    slots_[at] = kFree;
    starts_.pop_back();
    bytes_.resize(starts_.back());
  }
}

void Texts::Grow() { Rehash(SlotsFor(std::max<size_t>(16, size() * 2))); }

void Texts::Rehash(size_t slots) {
  slots_.assign(slots, kFree);
  const size_t mask = slots - 1;
  for (uint32_t code = 0; code < size(); ++code) {
    const uint64_t hash = HashOf((*this)[code]);
    size_t at = hash & mask;
    while (slots_[at] != kFree) at = (at + 1) & mask;
    slots_[at] = (hash >> 32) << 32 | code;
  }
}

std::vector<uint32_t> Texts::Sort() {
  std::vector<uint32_t> order(size());
  std::iota(order.begin(), order.end(), 0);
  // The first eight bytes, as a number, decide nearly every comparison.
  std::vector<uint64_t> head(size());
  for (uint32_t code = 0; code < size(); ++code) {
    const std::string_view text = (*this)[code];
    uint64_t value = 0;
    for (size_t i = 0; i < 8; ++i) value = value << 8 | (i < text.size() ? static_cast<uint8_t>(text[i]) : 0);
    head[code] = value;
  }
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return head[a] != head[b] ? head[a] < head[b] : (*this)[a] < (*this)[b]; });
  std::string bytes;
  bytes.reserve(bytes_.size());
  std::vector<uint64_t> starts{0};
  starts.reserve(starts_.size());
  std::vector<uint32_t> renumbered(size());
  for (uint32_t place = 0; place < order.size(); ++place) {
    renumbered[order[place]] = place;
    bytes.append((*this)[order[place]]);
    starts.push_back(bytes.size());
  }
  bytes_ = std::move(bytes);
  starts_ = std::move(starts);
  for (uint64_t& slot : slots_) {
    if (slot != kFree) slot = (slot >> 32) << 32 | renumbered[static_cast<uint32_t>(slot)];
  }
  return renumbered;
}

}  // namespace hearth::linkage
