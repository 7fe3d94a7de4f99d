// The tokens of a SQL condition.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace hearth::linkage {

struct SqlToken {
  enum class Kind : uint8_t { kWord, kQuotedName, kText, kNumber, kSign, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  // without quotes; a sign is one of = <> <= >= < > :: ( ) , . or any other single character
  bool IsSign(std::string_view sign) const { return kind == Kind::kSign && text == sign; }
};

// InvalidArgument for a quote that is not closed and for comments. The last token is kEnd.
StatusOr<std::vector<SqlToken>> SqlTokens(std::string_view sql);

}  // namespace hearth::linkage
