// The built-in functions by subject, and what they share. Internal to policy/feel; builtins.h puts the tables together.
#pragma once

#include <optional>
#include <span>

#include "policy/feel/builtins.h"

namespace hearth::feel {

std::span<const Builtin> NumberBuiltins();
std::span<const Builtin> TextBuiltins();
std::span<const Builtin> ListBuiltins();
std::span<const Builtin> DateBuiltins();
std::span<const Builtin> ContextBuiltins();
std::span<const Builtin> RangeBuiltins();

using Arguments = std::span<const Value>;

inline bool IsNumber(const Value& v) { return v.kind() == Value::Kind::kNumber; }
inline bool IsText(const Value& v) { return v.kind() == Value::Kind::kText; }
inline std::optional<int64_t> WholeOf(const Value& v) { return IsNumber(v) ? v.number().ToInt() : std::nullopt; }

// f(list) and f(a, b, c) are the same function; false when the one argument is null.
inline bool ListOrArguments(Arguments a, ValueList* items) {
  if (a.size() != 1) {
    items->assign(a.begin(), a.end());
    return true;
  }
  return Items(a[0], items);
}

}  // namespace hearth::feel
