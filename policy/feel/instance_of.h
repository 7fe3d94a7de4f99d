// `instance of`: types as FEEL writes them.
#pragma once

#include <optional>
#include <string_view>

#include "core/value.h"

namespace hearth::feel {

// type: "number", "list<string>", "context<a: number, b: list<Any>>", "range<date>", as the parser has written it, with
// single spaces. nullopt for a type that is not known. null is an instance of nothing but "Null".
std::optional<bool> IsInstance(const Value& v, std::string_view type);

}  // namespace hearth::feel
