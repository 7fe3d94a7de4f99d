// A comparison compiled into the cheapest form that gives its levels. Inside the engine only.
//
// Most comparisons are one measure of one column with falling thresholds ("exact, jaro_winkler >= 0.9, >= 0.7, else").
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "matchers/fellegi_sunter/table.h"
#include "matchers/similarity/signature.h"

namespace hearth::linkage {

enum class PlanForm : uint8_t {
  kEqual,       // null, equal, else
  kSimilarity,  // null, equal, one similarity with falling thresholds, else
  kDistance,    // null, equal, one distance with rising thresholds, else
  kPlace,       // null, km within rising bounds, else
  kAny,         // level by level
};

struct PlanThreshold {
  double bound = 0;
  uint8_t level = 0;
};

// The fewest units in common that leave a pair of lengths a chance of passing the weakest threshold, by the number of
// first units in common: a table in place of divisions. Lengths from kLengths on always have a chance.
struct LeastCommon {
  static constexpr size_t kLengths = 32, kPrefixes = 5;
  std::array<std::array<std::array<uint8_t, kLengths>, kLengths>, kPrefixes> least{};
};

struct ComparisonPlan {
  PlanForm form = PlanForm::kAny;
  Test measure = Test::kEqual;
  ColumnIndex a = 0, b = 0;
  uint8_t null_level = 0, equal_level = 0, else_level = 0;
  std::vector<PlanThreshold> thresholds;      // strictest first
  std::vector<ColumnIndex> columns;           // ascending
  std::unique_ptr<LeastCommon> least_common;  // kSimilarity of Jaro and Jaro-Winkler, kDistance

  uint8_t LevelOfDistance(double distance) const {
    for (const PlanThreshold& t : thresholds) {
      if (distance <= t.bound) return t.level;
    }
    return else_level;
  }
  uint8_t LevelOfSimilarity(double similarity) const {
    for (const PlanThreshold& t : thresholds) {
      if (similarity >= t.bound) return t.level;
    }
    return else_level;
  }
};

ComparisonPlan PlanComparison(const Comparison& comparison, const RecordSet& records);

}  // namespace hearth::linkage
