// What a SQL condition says of the left and the right record, before it is made symmetric.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"

namespace hearth::linkage {

enum class Side : uint8_t { kLeft, kRight };

struct SqlTruth {
  enum class Kind : uint8_t {
    kAnd,
    kOr,
    kNot,
    kEqual,    // l.a = r.b
    kNull,     // a IS NULL on `side`
    kLiteral,  // a = text on `side`
    kMeasure,  // `measure` of a holds; without one: true unless a is null on either side
  };
  Kind kind = Kind::kAnd;
  std::vector<SqlTruth> parts;
  Side side = Side::kLeft;
  ColumnIndex a = 0, b = 0;
  std::string text;
  std::optional<Condition> measure;
};

// InvalidArgument when it treats the two sides unlike.
StatusOr<Condition> MakeSymmetric(const SqlTruth& truth, const Model& model);

// Its parts that are joined by AND at the top become equal keys and a filter.
StatusOr<BlockingRule> MakeRule(const SqlTruth& truth, const Model& model);

}  // namespace hearth::linkage
