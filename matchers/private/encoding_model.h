// An encoding model says how a row becomes a keyed Bloom filter (a cryptographic long-term key, CLK): which columns,
// normalised how, cut into which elements, how many bits each sets, and how the filter is hardened. Both sides of a
// private linkage encode with one model and one key; headings may differ, everything else may not.
//
//   HEARTH_ASSIGN_OR_RETURN(EncodingModel model, ReadEncodingModel(text, "bank.yaml"));
//
// A value, checked by its reader. Format: docs/formats.md, "Encoding models".
// Source: Schnell, Bachteler, Reiher 2009 and 2011.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"
#include "matchers/private/keyed_hash.h"

namespace hearth::linkage {

// What a normalised value is cut into. Elements of a value are a set: a repeated one counts once.
enum class ElementKind : uint8_t {
  kQgrams,     // runs of q characters; q 1 is single characters, right for Chinese names
  kWords,      // words between blanks
  kSyllables,  // toneless pinyin of each Han character; words elsewhere
  kDate,       // of eight digits YYYYMMDD: each digit with its place, the year, and day and month without place
  kWhole,      // the value as one element: equal or not
};
std::string_view ElementKindName(ElementKind kind);  // "qgrams" …

struct EncodedField {
  std::string name;
  std::string group;  // fields of one group hash alike, so that values that changed places still agree
  std::string heading;
  std::vector<Step> steps;
  ElementKind kind = ElementKind::kQgrams;
  int q = 2;
  bool padding = true;      // q - 1 marks at both ends, so that ends weigh as much as the middle
  bool positional = false;  // an element agrees only at its own place
  // One of the two is set. `hashes`: bits set by each element. `bits`: bits set by the whole value, shared out to its
  // elements, so that a field weighs the same however long its value.
  uint32_t hashes = 0;
  uint32_t bits = 0;
};

// Steps after hashing, in this order. What each is good for: docs/adr/0044-private-linkage.md.
struct Hardening {
  bool fold = false;     // upper half XOR lower half: half the bits, elements overlap
  bool balance = false;  // the complement is appended: every filter has equally many ones
  bool permute = false;  // places change by key
  double flip = 0;       // each bit is turned over with this probability, by a key that stays on this side
};

enum class IdKind : uint8_t { kAsGiven = 0, kKeyed = 1 };  // stored in encoded files; never change

struct EncodingModel {
  static constexpr uint32_t kBitsMin = 128, kBitsMax = 8192;
  std::string name;
  std::string id_column = "id";
  IdKind ids = IdKind::kAsGiven;
  uint32_t bits = 1024;  // a power of two
  KeyedHash hash = KeyedHash::kSha256;
  std::vector<EncodedField> fields;
  Hardening hardening;

  // Bits of a finished filter.
  uint32_t RowBits() const { return bits / (hardening.fold ? 2 : 1) * (hardening.balance ? 2 : 1); }
  // True when a key of this side's own is needed: for keyed ids or flipped bits.
  bool NeedsOwnKey() const { return ids == IdKind::kKeyed || hardening.flip > 0; }
};

// InvalidArgument with file:line:column for anything wrong, naming what would be right.
StatusOr<EncodingModel> ReadEncodingModel(std::string_view yaml, std::string_view file_name);

// All that decides the bits, as text: equal texts and keys give filters that can be compared. Headings, the id column
// and the kind of ids are left out.
std::string ComparabilityText(const EncodingModel& model);

}  // namespace hearth::linkage
