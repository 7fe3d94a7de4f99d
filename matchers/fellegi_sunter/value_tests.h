// ValueTests answers the tests of a comparison on one column for two of its values, from what is worked out once a
// value: days, numbers, prepared names, signatures. Inside the engine only.
//
//   ValueTests tests(column, comparison, bytes);
//   tests.Holds(level.when, x, y)      // as linkage::Holds for records with the values x and y
//
// Safe from many threads between calls of Follow.
#pragma once

#include <cstdint>
#include <vector>

#include "matchers/fellegi_sunter/table.h"
#include "matchers/similarity/name_similarity.h"
#include "matchers/similarity/signature.h"

namespace hearth::linkage {

class ValueTests {
 public:
  // column must outlive it, and have one value a record.
  ValueTests(const Column& column, const Comparison& comparison, bool bytes);

  // Takes in values that were added to the column, and forgets those cut off at its end.
  void Follow();
  // x, y: values of the column, neither missing. The condition is one of the comparison's, on this column alone.
  bool Holds(const Condition& condition, uint32_t x, uint32_t y) const;

 private:
  void Note(const Condition& condition);
  bool DistanceWithin(const Condition& condition, uint32_t x, uint32_t y) const;
  double DaysApart(uint32_t x, uint32_t y) const;

  const Column& column_;
  const bool bytes_;
  bool wants_days_ = false, wants_numbers_ = false, wants_persons_ = false, wants_organisations_ = false;
  size_t known_ = 0;
  std::vector<uint8_t> ascii_;
  std::vector<StringSignature> signature_;  // of bytes
  std::vector<int32_t> days_;
  std::vector<double> numbers_;
  std::vector<PreparedName> persons_, organisations_;
};

}  // namespace hearth::linkage
