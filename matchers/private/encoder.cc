#include "matchers/private/encoder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/text.h"
#include "matchers/fellegi_sunter/table.h"
#include "matchers/private/bit_rows.h"
#include "matchers/private/elements.h"

namespace hearth::linkage {
namespace {

constexpr size_t kKnownElementsMax = 1 << 18;  // bounds what a thread remembers to some 40 MB

bool GetBit(const std::vector<uint64_t>& words, size_t bit) { return (words[bit / 64] >> (bit % 64) & 1) != 0; }
void SetBit(std::vector<uint64_t>* words, size_t bit) { (*words)[bit / 64] |= uint64_t{1} << (bit % 64); }

}  // namespace

StatusOr<Encoder> Encoder::Make(EncodingModel model, const EncodingKey& key, const EncodingKey* own_key) {
  if (model.NeedsOwnKey() && own_key == nullptr) {
    return InvalidArgument(
        "the model has keyed ids or flipped bits, which need a key that stays on this side: give --own-key FILE");
  }
  if (own_key != nullptr && std::ranges::equal(own_key->bytes(), key.bytes())) {
    return FailedPrecondition(
        "the own key is the shared key: whoever holds that could undo keyed ids and flipped bits");
  }
  Encoder e(std::move(model));
  const KeyedHash hash = e.model_.hash;
  std::map<std::string, size_t> groups;
  for (const EncodedField& field : e.model_.fields) {
    const auto [at, added] = groups.emplace(field.group, groups.size());
    if (added) e.group_keys_.push_back(Mac(hash, key.bytes(), "hearth clk group: " + field.group));
    e.group_of_.push_back(at->second);
  }
  if (e.model_.hardening.permute) {
    e.permutation_.resize(e.model_.RowBits());
    std::iota(e.permutation_.begin(), e.permutation_.end(), uint16_t{0});
    KeyStream stream(hash, key.bytes(), "hearth clk permutation");
    for (size_t i = e.permutation_.size(); i > 1; --i) {
      std::swap(e.permutation_[i - 1], e.permutation_[stream.Below(static_cast<uint32_t>(i))]);
    }
  }
  if (own_key != nullptr) {
    e.id_key_ = Mac(hash, own_key->bytes(), "hearth clk ids");
    e.noise_key_ = Mac(hash, own_key->bytes(), "hearth clk noise");
  }
  return e;
}

std::span<const uint16_t> Encoder::Places(size_t group, const std::string& element, uint32_t count,
                                          Memory* memory) const {
  auto& known = memory->places[group];
  if (known.size() >= kKnownElementsMax) known.clear();
  std::vector<uint16_t>& places = known[element];
  // Sixteen places a block of HMAC; lengths are powers of two, so the remainder favours no place.
  while (places.size() < count) {
    const char block = static_cast<char>(places.size() / 16);
    const Digest d = Mac(model_.hash, group_keys_[group], element + '\0' + block);
    for (size_t i = 0; i < d.size(); i += 2) {
      places.push_back(static_cast<uint16_t>((d[i] | d[i + 1] << 8) & (model_.bits - 1)));
    }
  }
  return std::span(places).first(count);
}

void Encoder::SetField(const EncodedField& field, size_t group, Memory* memory) const {
  std::vector<std::string>& elements = memory->elements;
  const uint32_t n = static_cast<uint32_t>(elements.size());
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t count =
        field.hashes != 0 ? field.hashes : std::max(1u, field.bits / n + (i < field.bits % n ? 1u : 0u));
    for (const uint16_t place : Places(group, elements[i], count, memory)) SetBit(&memory->words, place);
  }
}

void Encoder::Harden(std::string_view id, std::vector<uint64_t>* words) const {
  const Hardening& h = model_.hardening;
  if (h.fold) {
    const size_t half = words->size() / 2;
    for (size_t w = 0; w < half; ++w) (*words)[w] ^= (*words)[half + w];
    words->resize(half);
  }
  if (h.balance) {
    const size_t size = words->size();
    for (size_t w = 0; w < size; ++w) words->push_back(~(*words)[w]);
  }
  if (h.permute) {
    std::vector<uint64_t> moved(words->size());
    for (size_t b = 0; b < permutation_.size(); ++b) {
      if (GetBit(*words, b)) SetBit(&moved, permutation_[b]);
    }
    *words = std::move(moved);
  }
  if (h.flip > 0) {
    // Drawn by id and not afresh: noise that changes from delivery to delivery averages out.
    const auto bound = static_cast<uint32_t>(std::lround(h.flip * 65536));
    KeyStream noise(model_.hash, noise_key_, id);
    for (size_t b = 0; b < words->size() * 64; ++b) {
      if (noise.Next16() < bound) (*words)[b / 64] ^= uint64_t{1} << (b % 64);
    }
  }
}

uint32_t Encoder::Encode(std::span<const std::string_view> cells, std::string_view id, Memory* memory,
                         std::span<uint64_t> out, std::span<FieldCounts> counts) const {
  HEARTH_CHECK(cells.size() == model_.fields.size(), "one cell a field");
  HEARTH_CHECK(out.size() * 64 == model_.RowBits(), "a row of the model's length");
  // A character has at most four bytes: a longer cell is surely too long, and steps need not see the rest.
  constexpr size_t kCellBytesMax = 4 * kValueCharactersMax;
  memory->places.resize(group_keys_.size());
  memory->words.assign(model_.bits / 64, 0);
  for (size_t f = 0; f < model_.fields.size(); ++f) {
    const EncodedField& field = model_.fields[f];
    const std::string_view whole = TrimUnicode(cells[f]), cell = whole.substr(0, kCellBytesMax);
    memory->values.clear();
    memory->elements.clear();
    if (!cell.empty()) ApplySteps(cell, field.steps, &memory->values);
    for (const std::string& value : memory->values) AddElements(value, field, &memory->elements);
    MakeSet(&memory->elements);
    if (!counts.empty()) {
      counts[f].empty += memory->elements.empty();
      counts[f].cut += CountCodePoints(whole) > kValueCharactersMax;
    }
    SetField(field, group_of_[f], memory);
  }
  const uint32_t ones = CountOnes(memory->words);
  // A row without a value stays without a bit, whatever the hardening: it must resemble nothing.
  if (ones == 0) {
    std::ranges::fill(out, 0);
    return 0;
  }
  Harden(id, &memory->words);
  std::ranges::copy(memory->words, out.begin());
  return ones;
}

std::string Encoder::OutgoingId(std::string_view id) const {
  if (model_.ids == IdKind::kAsGiven) return std::string(id);
  constexpr char kHex[] = "0123456789abcdef";
  const Digest d = Mac(model_.hash, id_key_, id);
  std::string out;
  for (size_t i = 0; i < 16; ++i) {
    out += kHex[d[i] >> 4];
    out += kHex[d[i] & 15];
  }
  return out;
}

uint64_t KeyCheckValue(KeyedHash hash, const EncodingKey& key) {
  const Digest d = Mac(hash, key.bytes(), "hearth encoded file: key check");
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= static_cast<uint64_t>(d[i]) << (8 * i);
  return value;
}

std::array<uint8_t, 16> ModelDigest(const EncodingModel& model) {
  // Not secret, so the key is a constant; the hash is fixed, as the model's own is part of the text.
  constexpr uint8_t kNoKey[1] = {0};
  const Digest d = Mac(KeyedHash::kSha256, kNoKey, ComparabilityText(model));
  std::array<uint8_t, 16> out;
  std::copy_n(d.begin(), out.size(), out.begin());
  return out;
}

}  // namespace hearth::linkage
