// Facts are what a policy is evaluated on: the values of one family unit and of each of its members.
//
// A FactLayout gives each name that a pack reads a dense slot per place; a producer (profile, or a policy case) fills
// a FactRow per subject. A null value is unknown, never "no" and never zero. `given` marks derived facts that were
// handed in and must not be derived again (policy cases).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/value.h"

namespace hearth {

enum class FactPlace : uint8_t { kHousehold, kMember, kEmployer, kInstitution, kCity };
constexpr int kFactPlaces = 5;

// A single-valued fact that an officer establishes for one case, and how the text of its value is read: kBoolean,
// kNumber (money in yuan), kText or kDate.
struct AssessedFact {
  FactPlace place = FactPlace::kHousehold;
  int slot = -1;
  Value::Kind kind = Value::Kind::kText;
  std::vector<std::string> words;  // that a text may be; empty: any
};

class FactLayout {
 public:
  // The slot of a name at a place, added when new.
  int Add(FactPlace place, std::string_view name);
  // -1 when the pack does not read it there.
  int Slot(FactPlace place, std::string_view name) const;
  size_t Count(FactPlace place) const { return names_[static_cast<int>(place)].size(); }
  const std::string& Name(FactPlace place, int slot) const { return names_[static_cast<int>(place)][slot]; }

  void AddAssessed(AssessedFact fact) { assessed_.push_back(std::move(fact)); }
  const std::vector<AssessedFact>& assessed() const { return assessed_; }

 private:
  std::vector<AssessedFact> assessed_;
  std::vector<std::string> names_[kFactPlaces];
  std::unordered_map<std::string, int> slots_[kFactPlaces];
};

struct FactRow {
  std::vector<Value> values;    // by slot of the layout
  std::vector<bool> given;      // same size, or empty when nothing was given
  std::vector<RowRef> sources;  // the row each value came from (table nullptr: none); empty when nobody asked
};

// One family unit, ready to be evaluated.
struct UnitFacts {
  FactRow household;
  std::vector<FactRow> members;
  FactRow employer, institution, city;  // empty values when not in play
};

}  // namespace hearth
