// Built-in functions of contexts.
#include <algorithm>
#include <array>

#include "policy/feel/builtin_tables.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

Value GetValue(Arguments a, NullRule) {
  if (a[0].kind() != Kind::kContext || !IsText(a[1])) return Value::Null();
  for (const auto& [name, v] : a[0].context()) {
    if (name == a[1].text()) return v;
  }
  return Value::Null();
}

Value EntryOf(const ValueContext& context, std::string_view key, bool* found) {
  for (const auto& [name, v] : context) {
    if (name != key) continue;
    *found = true;
    return v;
  }
  *found = false;
  return Value::Null();
}

Value GetEntries(Arguments a, NullRule) {
  if (a[0].kind() != Kind::kContext) return Value::Null();
  ValueList entries;
  for (const auto& [name, v] : a[0].context()) {
    entries.push_back(Value::Context({{"key", Value::Text(name)}, {"value", v}}));
  }
  return Value::List(std::move(entries));
}

// The context of a list of {key, value}.
Value ContextFrom(Arguments a, NullRule) {
  ValueList items;
  ValueContext out;
  if (!Items(a[0], &items)) return Value::Null();
  for (const Value& item : items) {
    if (item.kind() != Kind::kContext) return Value::Null();
    bool has_key = false, has_value = false, twice = false;
    const Value key = EntryOf(item.context(), "key", &has_key), value = EntryOf(item.context(), "value", &has_value);
    if (!has_key || !has_value || !IsText(key)) return Value::Null();
    EntryOf(out, key.text(), &twice);
    if (twice) return Value::Null();
    out.emplace_back(key.text(), value);
  }
  return Value::Context(std::move(out));
}

void Put(ValueContext* context, const std::string& key, const Value& value) {
  for (auto& [name, v] : *context) {
    if (name == key) {
      v = value;
      return;
    }
  }
  context->emplace_back(key, value);
}

Value PutAt(const Value& context, std::span<const Value> keys, const Value& value) {
  if (context.kind() != Kind::kContext || keys.empty() || !IsText(keys[0])) return Value::Null();
  ValueContext out = context.context();
  if (keys.size() == 1) {
    Put(&out, keys[0].text(), value);
  } else {
    bool found = false;
    const Value inner = EntryOf(out, keys[0].text(), &found);
    const Value changed = PutAt(found ? inner : Value::Context({}), keys.subspan(1), value);
    if (changed.IsNull()) return changed;
    Put(&out, keys[0].text(), changed);
  }
  return Value::Context(std::move(out));
}
// A key, or a list of keys that lead inward.
Value ContextPut(Arguments a, NullRule) {
  if (a[1].kind() == Kind::kList) return PutAt(a[0], a[1].list(), a[2]);
  return PutAt(a[0], a.subspan(1, 1), a[2]);
}

// Later entries win.
Value ContextMerge(Arguments a, NullRule) {
  ValueList items;
  ValueContext out;
  if (!Items(a[0], &items)) return Value::Null();
  for (const Value& item : items) {
    if (item.kind() != Kind::kContext) return Value::Null();
    for (const auto& [name, v] : item.context()) Put(&out, name, v);
  }
  return Value::Context(std::move(out));
}

using T = TypeKind;

}  // namespace

std::span<const Builtin> ContextBuiltins() {
  static const std::vector<Builtin> kTable = {
      {"get value", {"m", "key"}, 2, 2, T::kAny, false, false, GetValue, "ct"},
      {"get entries", {"m"}, 1, 1, T::kContext, true, false, GetEntries, "c"},
      {"context", {"entries"}, 1, 1, T::kContext, false, false, ContextFrom, "l"},
      {"context put", {"context", "key", "value"}, 3, 3, T::kContext, false, false, ContextPut, "c**"},
      {"context put", {"context", "keys", "value"}, 3, 3, T::kContext, false, false, ContextPut, "c**"},
      {"context merge", {"contexts"}, 1, 1, T::kContext, false, false, ContextMerge, "l"},
  };
  return kTable;
}

}  // namespace hearth::feel
