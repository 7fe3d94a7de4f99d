#include "policy/feel/instance_of.h"

#include <algorithm>

#include "policy/feel/compare.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

constexpr struct {
  std::string_view name;
  Kind kind;
} kSimple[] = {{"number", Kind::kNumber},
               {"string", Kind::kText},
               {"boolean", Kind::kBoolean},
               {"date", Kind::kDate},
               {"list", Kind::kList},
               {"context", Kind::kContext},
               {"range", Kind::kRange},
               {"years and months duration", Kind::kMonths},
               {"days and time duration", Kind::kDays}};
// Types that no value of ours has.
constexpr std::string_view kOthers[] = {"time", "date and time", "function"};

std::string_view Trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

// Calls each(part) for the parts between commas outside < >; false as soon as it is.
template <class Each>
bool EachPart(std::string_view text, const Each& each) {
  int depth = 0;
  size_t from = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '<') ++depth;
    if (i < text.size() && text[i] == '>' && (i == 0 || text[i - 1] != '-')) --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    const std::string_view part = Trimmed(text.substr(from, i - from));
    from = i + 1;
    if (!part.empty() && !each(part)) return false;
  }
  return true;
}

}  // namespace

std::optional<bool> IsInstance(const Value& v, std::string_view type) {
  type = Trimmed(type);
  const size_t open = type.find('<');
  if (open == std::string_view::npos) {
    if (type == "Any") return !v.IsNull();
    if (type == "Null") return v.IsNull();
    for (const auto& t : kSimple) {
      if (t.name == type) return v.kind() == t.kind || (t.kind == Kind::kList && v.kind() == Kind::kRows);
    }
    if (std::find(std::begin(kOthers), std::end(kOthers), type) != std::end(kOthers)) return false;
    return std::nullopt;
  }
  const std::string_view name = Trimmed(type.substr(0, open));
  if (name == "function") return false;
  const size_t close = type.rfind('>');
  if (close == std::string_view::npos || close < open) return std::nullopt;
  const std::string_view inner = type.substr(open + 1, close - open - 1);
  if (name == "list") {
    ValueList items;
    if (v.kind() != Kind::kList && v.kind() != Kind::kRows) return false;
    Items(v, &items);
    bool known = true;
    const bool all = std::all_of(items.begin(), items.end(), [&](const Value& item) {
      if (item.IsNull()) return true;  // null may stand for any type
      const std::optional<bool> one = IsInstance(item, inner);
      known = known && one.has_value();
      return one.value_or(false);
    });
    return known ? std::optional<bool>(all) : std::nullopt;
  }
  if (name == "range") {
    if (v.kind() != Kind::kRange) return false;
    const ValueRange& r = v.range();
    for (const Value* end : {&r.low, &r.high}) {
      if (end->IsNull()) continue;
      const std::optional<bool> one = IsInstance(*end, inner);
      if (!one || !*one) return one;
    }
    return true;
  }
  if (name == "context") {
    if (v.kind() != Kind::kContext) return false;
    bool known = true;
    const bool all = EachPart(inner, [&](std::string_view part) {
      const size_t colon = part.find(':');
      if (colon == std::string_view::npos) return known = false;
      const std::string_view key = Trimmed(part.substr(0, colon));
      for (const auto& [entry, value] : v.context()) {
        if (entry != key) continue;
        if (value.IsNull()) return true;
        const std::optional<bool> one = IsInstance(value, part.substr(colon + 1));
        known = known && one.has_value();
        return one.value_or(false);
      }
      return false;
    });
    return known ? std::optional<bool>(all) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace hearth::feel
