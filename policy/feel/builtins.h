// The built-in functions of FEEL that packs may call. Pure; an argument that does not fit gives null.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "policy/feel/compare.h"
#include "policy/feel/node.h"

namespace hearth::feel {

struct Builtin {
  std::string_view name;
  std::vector<std::string_view> parameters;  // in order, for named arguments
  int arguments_min = 0, arguments_max = 0;  // -1: any number
  TypeKind result = TypeKind::kAny;
  bool list = false;        // of such values
  bool keeps_type = false;  // the result has the type of the (items of the) first argument
  Value (*call)(std::span<const Value> arguments, NullRule rule) = nullptr;
  // What each parameter takes: t text, n number, b boolean, d date, l list, c context, * anything; the last one stands
  // for all that follow.
  std::string_view takes = {};
  bool sums = false;  // the function sum, which the interpreter runs over rows in place
};

std::span<const Builtin> Builtins();
// Names of more than one word, with those outside the subset, so that the parser can tell them.
const std::vector<std::string>& BuiltinNames();
// Indices of the functions of that name (several when the arguments may differ).
std::vector<int> FindBuiltins(std::string_view name);
// Why a standard function is not offered ("a time of day is outside the subset"); empty for any other name.
std::string_view OutsideSubset(std::string_view name);

// "2024-03-01" or "P1Y2M" or "P3DT4H"; nullopt for anything else, times of day included.
std::optional<Value> AtLiteral(std::string_view text);
// What is wrong with a text that AtLiteral refuses.
std::string WhyNoAtLiteral(std::string_view text);

}  // namespace hearth::feel
