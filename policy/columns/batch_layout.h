// What each fact and each cell of a registry row looks like as a column: its kind, the width of its lanes, its decimal
// scale and the values it may hold. Made from a pack; a producer with narrower data narrows it before use, as the
// evaluator proves from these bounds that no sum or product overflows.
//
//   BatchLayout layout(pack);
//   layout.Narrow(FactPlace::kMember, "wage", Width::k32);              // below 21 million yuan
//   auto shared = std::make_shared<const BatchLayout>(std::move(layout));
//
// Immutable once shared; safe from many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policy/pack.h"

namespace hearth {

enum class ColumnKind : uint8_t {
  kNone,     // no column: a fact of any type, a list, or rows derived by the pack
  kBoolean,  // bytes 0 or 1
  kNumber,   // value times 10^scale; money has scale 2 and so counts fen
  kText,     // code of the word in the batch's Words
  kDate,     // days since 1970-01-01
  kMonths,   // whole months
  kDays,     // seconds
};
enum class Width : uint8_t { k8, k16, k32, k64 };

struct ColumnSpec {
  ColumnKind kind = ColumnKind::kNone;
  Width width = Width::k32;
  int scale = 0;
  int64_t low = 0, high = 0;  // the values it may hold, both included; a unit with another one is evaluated apart
  bool always_known = false;  // a unit in which it is unknown is evaluated apart, too
};

// No value of a column is beyond this (some 1,370 million yuan in fen), and no unit has more members, nor rows of one
// registry, than this: the product of the two leaves twelve bits for factors.
inline constexpr int64_t kColumnValueMax = int64_t{1} << 37;
inline constexpr uint32_t kListMax = uint32_t{1} << 14;

// Texts as small numbers. The first words are the pack's own (its literals, parameters, words of facts and codes),
// with the same numbers in every batch of a layout; later ones come as data brings them.
class Words {
 public:
  // The word's number, added when new.
  int32_t Intern(std::string_view word);
  int32_t Find(std::string_view word) const;  // -1: not among them
  const std::string& operator[](int32_t code) const { return *words_[static_cast<size_t>(code)]; }
  size_t size() const { return words_.size(); }

  Words() = default;
  Words(const Words& other);
  Words& operator=(const Words& other);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  std::unordered_map<std::string, int32_t, Hash, std::equal_to<>> codes_;
  std::vector<const std::string*> words_;
};

class BatchLayout {
 public:
  explicit BatchLayout(const Pack& pack);

  const Pack& pack() const { return pack_; }
  const ColumnSpec& Fact(FactPlace place, int slot) const {
    return facts_[static_cast<int>(place)][static_cast<size_t>(slot)];
  }
  // registry: index in pack.registries(); field: index in its schema.
  const ColumnSpec& Cell(int registry, int field) const {
    return cells_[static_cast<size_t>(registry)][static_cast<size_t>(field)];
  }
  const Words& seed_words() const { return words_; }
  // Of a field of codes: the word of each code, by the code's index in the schema.
  const std::vector<int32_t>& CodeWords(int registry, int field) const {
    return code_words_[static_cast<size_t>(registry)][static_cast<size_t>(field)];
  }

  // Gives a raw fact's column other lanes; low and high become those of the width. NotFound for another name,
  // InvalidArgument for a kind that has no widths (booleans).
  Status Narrow(FactPlace place, std::string_view name, Width width);
  // The same with bounds of its own.
  Status Narrow(FactPlace place, std::string_view name, Width width, int64_t low, int64_t high);
  // Promises that a raw fact is never unknown: nothing is then worked out for the case that it is. A bound column keeps
  // the promise; a unit appended without the fact is evaluated apart. NotFound as above.
  Status PromiseKnown(FactPlace place, std::string_view name);

 private:
  Pack pack_;
  std::vector<ColumnSpec> facts_[kFactPlaces];
  std::vector<std::vector<ColumnSpec>> cells_;  // kNone for a field that no expression reads
  std::vector<std::vector<std::vector<int32_t>>> code_words_;
  Words words_;
};

}  // namespace hearth
