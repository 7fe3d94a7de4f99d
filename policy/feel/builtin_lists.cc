// Built-in functions of lists.
#include <algorithm>
#include <array>

#include "policy/feel/builtin_tables.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

constexpr size_t kItemsMax = 1'000'000;

Value Count(Arguments a, NullRule) {
  if (a[0].kind() == Kind::kRows) return Value::Number(static_cast<int64_t>(a[0].rows().rows.size()));
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  return Value::Number(static_cast<int64_t>(items.size()));
}

Value ListContains(Arguments a, NullRule rule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  if (a[1].IsNull() && rule == NullRule::kUnknown) return Value::Null();
  bool unknown = false;
  for (const Value& v : items) {
    const std::optional<bool> equal = Equal(v, a[1], rule);
    if (equal && *equal) return Value::Boolean(true);
    unknown |= v.IsNull();
  }
  return unknown && rule == NullRule::kUnknown ? Value::Null() : Value::Boolean(false);
}

Value Append(Arguments a, NullRule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  items.insert(items.end(), a.begin() + 1, a.end());
  return Value::List(std::move(items));
}

Value Concatenate(Arguments a, NullRule) {
  ValueList all, items;
  for (const Value& v : a) {
    if (!Items(v, &items)) return Value::Null();
    if (all.size() + items.size() > kItemsMax) return Value::Null();
    all.insert(all.end(), items.begin(), items.end());
  }
  return Value::List(std::move(all));
}

// One and the same value, null beside null too; numbers as far as the rule tells them apart.
bool Same(const Value& a, const Value& b, NullRule rule) {
  if (IsNumber(a) && IsNumber(b)) return Equal(a, b, rule).value_or(false);
  return a == b;
}

ValueList Distinct(const ValueList& items, NullRule rule) {
  ValueList kept;
  for (const Value& v : items) {
    if (std::none_of(kept.begin(), kept.end(), [&](const Value& k) { return Same(k, v, rule); })) kept.push_back(v);
  }
  return kept;
}
Value DistinctValues(Arguments a, NullRule rule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  return Value::List(Distinct(items, rule));
}
Value Union(Arguments a, NullRule rule) {
  const Value all = Concatenate(a, rule);
  return all.IsNull() ? all : Value::List(Distinct(all.list(), rule));
}

// False when there are too many items, or lists nested too deep.
bool FlattenInto(const Value& v, int depth, size_t* visited, ValueList* out) {
  if (depth > kDepthMax || ++*visited > 4 * kItemsMax || out->size() > kItemsMax) return false;
  if (v.kind() != Kind::kList && v.kind() != Kind::kRows) {
    out->push_back(v);
    return true;
  }
  ValueList items;
  Items(v, &items);
  return std::all_of(items.begin(), items.end(),
                     [&](const Value& item) { return FlattenInto(item, depth + 1, visited, out); });
}
Value Flatten(Arguments a, NullRule) {
  if (a[0].IsNull()) return a[0];
  ValueList out;
  size_t visited = 0;
  return FlattenInto(a[0], 0, &visited, &out) ? Value::List(std::move(out)) : Value::Null();
}

Value IndexOf(Arguments a, NullRule rule) {
  ValueList items, out;
  if (!Items(a[0], &items)) return Value::Null();
  for (size_t i = 0; i < items.size(); ++i) {
    if (Same(items[i], a[1], rule)) out.push_back(Value::Number(static_cast<int64_t>(i + 1)));
  }
  return Value::List(std::move(out));
}

// 1-based place in a list of `size`, negative from its end; nullopt when outside.
std::optional<size_t> PlaceIn(const Value& v, size_t size) {
  const std::optional<int64_t> whole = WholeOf(v);
  const int64_t n = static_cast<int64_t>(size);
  if (!whole || *whole == 0 || *whole > n || *whole < -n) return std::nullopt;
  return static_cast<size_t>(*whole > 0 ? *whole - 1 : n + *whole);
}

Value Sublist(Arguments a, NullRule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  const std::optional<size_t> from = PlaceIn(a[1], items.size());
  if (!from) return Value::Null();
  size_t count = items.size() - *from;
  if (a.size() == 3) {
    const std::optional<int64_t> given = WholeOf(a[2]);
    if (!given || *given < 0) return Value::Null();
    count = std::min(count, static_cast<size_t>(*given));
  }
  const auto begin = items.begin() + static_cast<std::ptrdiff_t>(*from);
  return Value::List(ValueList(begin, begin + static_cast<std::ptrdiff_t>(count)));
}
Value Reverse(Arguments a, NullRule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  std::reverse(items.begin(), items.end());
  return Value::List(std::move(items));
}
Value InsertBefore(Arguments a, NullRule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  const std::optional<size_t> at = PlaceIn(a[1], items.size());
  if (!at) return Value::Null();
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(*at), a[2]);
  return Value::List(std::move(items));
}
Value Remove(Arguments a, NullRule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  const std::optional<size_t> at = PlaceIn(a[1], items.size());
  if (!at) return Value::Null();
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(*at));
  return Value::List(std::move(items));
}

Value ListReplace(Arguments a, NullRule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  const std::optional<size_t> at = PlaceIn(a[1], items.size());
  if (!at) return Value::Null();
  items[*at] = a[2];
  return Value::List(std::move(items));
}

// Values that occur more than once, each once.
Value DuplicateValues(Arguments a, NullRule rule) {
  ValueList items, twice;
  if (!Items(a[0], &items)) return Value::Null();
  for (size_t i = 0; i < items.size(); ++i) {
    const bool seen = std::any_of(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(i),
                                  [&](const Value& v) { return Same(v, items[i], rule); });
    if (seen) twice.push_back(items[i]);
  }
  return Value::List(Distinct(twice, rule));
}

// Ascending; null when two items have no order.
Value Sort(Arguments a, NullRule rule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  for (const Value& v : items) {
    if (!Less(v, items[0], rule)) return Value::Null();
  }
  std::stable_sort(items.begin(), items.end(),
                   [&](const Value& x, const Value& y) { return Less(x, y, rule).value_or(false); });
  return Value::List(std::move(items));
}

// The same value in the sense of the standard's domain: of one kind, and equal; null is null.
Value Is(Arguments a, NullRule) { return Value::Boolean(a[0].kind() == a[1].kind() && a[0] == a[1]); }

using T = TypeKind;

}  // namespace

std::span<const Builtin> ListBuiltins() {
  static const std::vector<Builtin> kTable = {
      {"count", {"list"}, 1, 1, T::kNumber, false, false, Count, "l"},
      {"list contains", {"list", "element"}, 2, 2, T::kBoolean, false, false, ListContains, "l*"},
      {"append", {"list", "item"}, 2, -1, T::kAny, true, true, Append, "l*"},
      {"concatenate", {"list"}, 1, -1, T::kAny, true, true, Concatenate, "l"},
      {"distinct values", {"list"}, 1, 1, T::kAny, true, true, DistinctValues, "l"},
      {"flatten", {"list"}, 1, 1, T::kAny, false, false, Flatten, "l"},
      {"union", {"list"}, 1, -1, T::kAny, true, true, Union, "l"},
      {"index of", {"list", "match"}, 2, 2, T::kNumber, true, false, IndexOf, "l*"},
      {"sublist", {"list", "start position", "length"}, 2, 3, T::kAny, true, true, Sublist, "lnn"},
      {"reverse", {"list"}, 1, 1, T::kAny, true, true, Reverse, "l"},
      {"insert before", {"list", "position", "newItem"}, 3, 3, T::kAny, true, true, InsertBefore, "ln*"},
      {"remove", {"list", "position"}, 2, 2, T::kAny, true, true, Remove, "ln"},
      {"list replace", {"list", "position", "newItem"}, 3, 3, T::kAny, true, true, ListReplace, "ln*"},
      {"duplicate values", {"list"}, 1, 1, T::kAny, true, true, DuplicateValues, "l"},
      {"sort", {"list"}, 1, 1, T::kAny, true, true, Sort, "l"},
      {"is", {"value1", "value2"}, 2, 2, T::kBoolean, false, false, Is, "**"},
  };
  return kTable;
}

}  // namespace hearth::feel
