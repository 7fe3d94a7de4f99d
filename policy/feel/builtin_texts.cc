// Built-in functions of texts, and of booleans.
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "policy/feel/builtin_tables.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

Value Not(Arguments a, NullRule) {
  return a[0].kind() == Kind::kBoolean ? Value::Boolean(!a[0].boolean()) : Value::Null();
}

Value AllOf(Arguments a, bool wanted) {
  ValueList items;
  if (!ListOrArguments(a, &items)) return Value::Null();
  bool unknown = false;
  for (const Value& v : items) {
    if (v.kind() != Kind::kBoolean)
      unknown = true;
    else if (v.boolean() != wanted)
      return Value::Boolean(!wanted);
  }
  return unknown ? Value::Null() : Value::Boolean(wanted);
}
Value All(Arguments a, NullRule) { return AllOf(a, true); }
Value Any(Arguments a, NullRule) { return AllOf(a, false); }

// Texts are counted in code points.

std::vector<std::string_view> CodePoints(std::string_view text) {
  std::vector<std::string_view> points;
  for (size_t i = 0; i < text.size();) {
    size_t n = 1;
    while (i + n < text.size() && (static_cast<uint8_t>(text[i + n]) & 0xC0) == 0x80) ++n;
    points.push_back(text.substr(i, n));
    i += n;
  }
  return points;
}

Value StringLength(Arguments a, NullRule) {
  if (!IsText(a[0])) return Value::Null();
  return Value::Number(static_cast<int64_t>(CodePoints(a[0].text()).size()));
}
Value Contains(Arguments a, NullRule) {
  if (!IsText(a[0]) || !IsText(a[1])) return Value::Null();
  return Value::Boolean(a[0].text().find(a[1].text()) != std::string::npos);
}
Value StartsWith(Arguments a, NullRule) {
  if (!IsText(a[0]) || !IsText(a[1])) return Value::Null();
  return Value::Boolean(a[0].text().starts_with(a[1].text()));
}
Value EndsWith(Arguments a, NullRule) {
  if (!IsText(a[0]) || !IsText(a[1])) return Value::Null();
  return Value::Boolean(a[0].text().ends_with(a[1].text()));
}
Value SubstringBefore(Arguments a, NullRule) {
  if (!IsText(a[0]) || !IsText(a[1])) return Value::Null();
  const size_t at = a[0].text().find(a[1].text());
  return Value::Text(at == std::string::npos ? "" : a[0].text().substr(0, at));
}
Value SubstringAfter(Arguments a, NullRule) {
  if (!IsText(a[0]) || !IsText(a[1])) return Value::Null();
  const size_t at = a[0].text().find(a[1].text());
  return Value::Text(at == std::string::npos ? "" : a[0].text().substr(at + a[1].text().size()));
}

// The first place is 1, -1 the last.
Value Substring(Arguments a, NullRule) {
  const std::optional<int64_t> start = WholeOf(a[1]);
  if (!IsText(a[0]) || !start || *start == 0) return Value::Null();
  const std::vector<std::string_view> points = CodePoints(a[0].text());
  const int64_t size = static_cast<int64_t>(points.size());
  int64_t length = size;
  if (a.size() == 3) {
    if (!IsNumber(a[2])) return Value::Null();
    const std::optional<int64_t> given = a[2].number().Round(0, Decimal::Mode::kDown).ToInt();
    if (!given || *given < 1) return Value::Null();
    length = *given;
  }
  if (*start > size || *start < -size) return Value::Text("");
  const int64_t from = *start > 0 ? *start - 1 : size + *start;
  std::string out;
  for (int64_t i = from; i < size && i - from < length; ++i) out += points[static_cast<size_t>(i)];
  return Value::Text(out);
}

Value String(Arguments a, NullRule) {
  if (a[0].IsNull() || IsText(a[0])) return a[0];
  return Value::Text(a[0].ToString());
}

Value Cased(const Value& v, bool upper) {
  if (!IsText(v)) return Value::Null();
  icu::UnicodeString text = icu::UnicodeString::fromUTF8(v.text());
  if (upper)
    text.toUpper(icu::Locale::getRoot());
  else
    text.toLower(icu::Locale::getRoot());
  std::string out;
  text.toUTF8String(out);
  return Value::Text(out);
}
Value UpperCase(Arguments a, NullRule) { return Cased(a[0], true); }
Value LowerCase(Arguments a, NullRule) { return Cased(a[0], false); }

// The texts of a list one after the other; what is null is left out.
Value StringJoin(Arguments a, NullRule rule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  if (a.size() == 2 && !a[1].IsNull() && !IsText(a[1])) return Value::Null();
  const std::string delimiter = a.size() == 2 && IsText(a[1]) ? a[1].text() : "";
  std::string out;
  bool first = true;
  for (const Value& v : items) {
    if (v.IsNull() && rule == NullRule::kFeel) continue;
    if (!IsText(v)) return Value::Null();
    if (!first) out += delimiter;
    out += v.text();
    first = false;
  }
  return Value::Text(out);
}

using T = TypeKind;

}  // namespace

std::span<const Builtin> TextBuiltins() {
  static const std::vector<Builtin> kTable = {
      {"not", {"negand"}, 1, 1, T::kBoolean, false, false, Not, "b"},
      {"all", {"list"}, 1, -1, T::kBoolean, false, false, All, "l"},
      {"any", {"list"}, 1, -1, T::kBoolean, false, false, Any, "l"},
      {"string length", {"string"}, 1, 1, T::kNumber, false, false, StringLength, "t"},
      {"contains", {"string", "match"}, 2, 2, T::kBoolean, false, false, Contains, "tt"},
      {"starts with", {"string", "match"}, 2, 2, T::kBoolean, false, false, StartsWith, "tt"},
      {"ends with", {"string", "match"}, 2, 2, T::kBoolean, false, false, EndsWith, "tt"},
      {"substring", {"string", "start position", "length"}, 2, 3, T::kText, false, false, Substring, "tnn"},
      {"substring before", {"string", "match"}, 2, 2, T::kText, false, false, SubstringBefore, "tt"},
      {"substring after", {"string", "match"}, 2, 2, T::kText, false, false, SubstringAfter, "tt"},
      {"string", {"from"}, 1, 1, T::kText, false, false, String, "*"},
      {"upper case", {"string"}, 1, 1, T::kText, false, false, UpperCase, "t"},
      {"lower case", {"string"}, 1, 1, T::kText, false, false, LowerCase, "t"},
      {"string join", {"list", "delimiter"}, 1, 2, T::kText, false, false, StringJoin, "lt"},
  };
  return kTable;
}

}  // namespace hearth::feel
