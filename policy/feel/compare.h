// Three-valued comparison of FEEL values, and the arithmetic that dates and durations take part in.
#pragma once

#include <optional>
#include <vector>

#include "core/value.h"
#include "policy/feel/node.h"

namespace hearth::feel {

// What a null means. In plain FEEL `x = 3` is false when x is null, a filter drops an item whose condition is null,
// `if null` takes the else branch and sum([]) is null. In a pack null is unknown: `=` with a null that is not written
// as `null` is null, a filter with an unknown condition is unknown, `if null` is null, and a sum over no rows is
// known: zero. See docs/adr/0010.
enum class NullRule : uint8_t { kFeel, kUnknown };

// A number as it is compared and rounded: in a pack to 20 digits after the point, so that what a division lost beyond
// them does not count and (10000 / 3) * 3 is 10000. See docs/adr/0012.
inline Decimal Guarded(const Decimal& d, NullRule rule) { return rule == NullRule::kUnknown ? d.Guarded() : d; }

// nullopt: null (the kinds differ, or one is unknown).
std::optional<bool> Equal(const Value& a, const Value& b, NullRule rule);
// a < b; nullopt when they have no order.
std::optional<bool> Less(const Value& a, const Value& b, NullRule rule);
std::optional<bool> Compare(Comparison comparison, const Value& a, const Value& b, NullRule rule);
std::optional<bool> InRange(const Value& v, const ValueRange& range, NullRule rule);
// v in test: a range contains it, a list holds it (or a range that does), or they are equal.
std::optional<bool> In(const Value& v, const Value& test, NullRule rule);

inline Value FromOptional(std::optional<bool> b) { return b ? Value::Boolean(*b) : Value::Null(); }

// + - * / ** on numbers, texts (+), dates and durations; null when they do not fit.
Value Arithmetic(Op op, const Value& a, const Value& b);
Value Negate(const Value& v);

// Items of a list or rows; a single value is a list of itself; false for null.
bool Items(const Value& v, ValueList* out);

// .year of a date, .months of a duration, .start of a range …; null when there is no such property.
Value Property(const Value& v, std::string_view name);

}  // namespace hearth::feel
