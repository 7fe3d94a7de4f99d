// Encoder turns rows into keyed Bloom filters.
//
//   HEARTH_ASSIGN_OR_RETURN(const Encoder encoder, Encoder::Make(model, key, own_key));
//   Encoder::Memory memory;                                  // one a thread
//   encoder.Encode(cells, id, &memory, rows.Row(i));
//
// A bit's place follows from HMAC(key, field group, element): without the key nobody can encode a guess and compare.
// Whoever holds the key can; see docs/adr/0044-private-linkage.md for what a filter still tells.
// The same row, model and keys give the same bits, on every machine. Const use is safe from many threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/status.h"
#include "matchers/private/encoding_model.h"
#include "matchers/private/keyed_hash.h"

namespace hearth::linkage {

class Encoder {
 public:
  // Places of elements met before; costs are some 2 µs for a new element, 50 ns for a known one.
  struct Memory {
    std::vector<std::unordered_map<std::string, std::vector<uint16_t>>> places;  // by group; looked up only
    std::vector<std::string> values, elements;
    std::vector<uint64_t> words;
  };
  // Rows counted by field.
  struct FieldCounts {
    uint64_t empty = 0;  // without a value after normalising
    uint64_t cut = 0;    // with a cell too long, which was cut
  };

  // own_key: a key that does not leave this side, for keyed ids and flipped bits; nullptr when the model needs none.
  // InvalidArgument when it needs one; FailedPrecondition when both keys are the same.
  static StatusOr<Encoder> Make(EncodingModel model, const EncodingKey& key, const EncodingKey* own_key);

  // Returns the count of ones before hardening; 0: the row has no value, and no bits.
  //   cells   one a field of the model
  //   out     RowBits() / 64 words, overwritten
  //   counts  one a field, added to; or empty
  uint32_t Encode(std::span<const std::string_view> cells, std::string_view id, Memory* memory, std::span<uint64_t> out,
                  std::span<FieldCounts> counts = {}) const;
  // The id as it leaves: itself, or 32 hexadecimal digits by this side's own key.
  std::string OutgoingId(std::string_view id) const;
  const EncodingModel& model() const { return model_; }

 private:
  explicit Encoder(EncodingModel model) : model_(std::move(model)) {}
  void SetField(const EncodedField& field, size_t group, Memory* memory) const;
  std::span<const uint16_t> Places(size_t group, const std::string& element, uint32_t count, Memory* memory) const;
  void Harden(std::string_view id, std::vector<uint64_t>* words) const;

  EncodingModel model_;
  std::vector<Digest> group_keys_;
  std::vector<size_t> group_of_;  // by field
  std::vector<uint16_t> permutation_;
  Digest id_key_{}, noise_key_{};
};

// Tells two keys apart without telling anything else of them: eight bytes of HMAC over a fixed text.
uint64_t KeyCheckValue(KeyedHash hash, const EncodingKey& key);
// Of ComparabilityText.
std::array<uint8_t, 16> ModelDigest(const EncodingModel& model);

}  // namespace hearth::linkage
