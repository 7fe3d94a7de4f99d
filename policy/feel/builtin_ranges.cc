// Built-in functions of ranges.
#include <algorithm>
#include <array>

#include "policy/feel/builtin_tables.h"
#include "policy/feel/parser.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

struct Bounds {
  Value low, high;
  bool low_included = true, high_included = true;
  bool point = false;
};

Value Guarded(const Value& v, NullRule rule) { return IsNumber(v) ? Value::Number(Guarded(v.number(), rule)) : v; }

std::optional<Bounds> BoundsOf(const Value& v, NullRule rule) {
  if (v.kind() == Kind::kRange) {
    const ValueRange& r = v.range();
    if (r.low.IsNull() || r.high.IsNull()) return std::nullopt;
    return Bounds{Guarded(r.low, rule), Guarded(r.high, rule), r.low_included, r.high_included, false};
  }
  if (v.IsNull() || v.kind() == Kind::kList || v.kind() == Kind::kContext) return std::nullopt;
  return Bounds{Guarded(v, rule), Guarded(v, rule), true, true, true};
}

int Order(const Value& a, const Value& b, bool* known) {
  const std::optional<bool> less = Less(a, b, NullRule::kFeel), more = Less(b, a, NullRule::kFeel);
  if (!less || !more) *known = false;
  return less && *less ? -1 : more && *more ? 1 : 0;
}

Value IsBefore(const Value& a, const Value& b, NullRule rule) {
  const std::optional<Bounds> x = BoundsOf(a, rule), y = BoundsOf(b, rule);
  if (!x || !y) return Value::Null();
  bool known = true;
  const int order = Order(x->high, y->low, &known);
  if (!known) return Value::Null();
  return Value::Boolean(order < 0 || (order == 0 && !(x->high_included && y->low_included)));
}
Value Before(Arguments a, NullRule rule) { return IsBefore(a[0], a[1], rule); }
Value After(Arguments a, NullRule rule) { return IsBefore(a[1], a[0], rule); }

Value IsMeeting(const Value& a, const Value& b, NullRule rule) {
  const std::optional<Bounds> x = BoundsOf(a, rule), y = BoundsOf(b, rule);
  if (!x || !y || x->point || y->point) return Value::Null();
  bool known = true;
  const int order = Order(x->high, y->low, &known);
  if (!known) return Value::Null();
  return Value::Boolean(order == 0 && x->high_included && y->low_included);
}
Value Meets(Arguments a, NullRule rule) { return IsMeeting(a[0], a[1], rule); }
Value MetBy(Arguments a, NullRule rule) { return IsMeeting(a[1], a[0], rule); }

// Low ends compared, an open end lying just above a closed one; high ends just below.
int OrderLow(const Bounds& x, const Bounds& y, bool* known) {
  const int order = Order(x.low, y.low, known);
  return order != 0 ? order : (x.low_included == y.low_included ? 0 : x.low_included ? -1 : 1);
}
int OrderHigh(const Bounds& x, const Bounds& y, bool* known) {
  const int order = Order(x.high, y.high, known);
  return order != 0 ? order : (x.high_included == y.high_included ? 0 : x.high_included ? 1 : -1);
}

enum class Relation : uint8_t { kIncludes, kOverlaps, kOverlapsBefore, kStarts, kFinishes, kCoincides };

Value Relate(Relation relation, const Value& a, const Value& b, NullRule rule) {
  const std::optional<Bounds> x = BoundsOf(a, rule), y = BoundsOf(b, rule);
  if (!x || !y) return Value::Null();
  bool known = true;
  const int low = OrderLow(*x, *y, &known), high = OrderHigh(*x, *y, &known);
  const int ends_to_start = Order(x->high, y->low, &known), start_to_ends = Order(x->low, y->high, &known);
  if (!known) return Value::Null();
  const bool touches = (ends_to_start > 0 || (ends_to_start == 0 && x->high_included && y->low_included)) &&
                       (start_to_ends < 0 || (start_to_ends == 0 && x->low_included && y->high_included));
  switch (relation) {
    case Relation::kIncludes:
      if (x->point) return Value::Null();
      return Value::Boolean(low <= 0 && high >= 0);
    case Relation::kOverlaps:
      if (x->point || y->point) return Value::Null();
      return Value::Boolean(touches);
    case Relation::kOverlapsBefore:
      if (x->point || y->point) return Value::Null();
      return Value::Boolean(touches && low < 0 && high <= 0);
    case Relation::kStarts:
      if (y->point) return Value::Null();
      return Value::Boolean(low == 0 && high <= 0);
    case Relation::kFinishes:
      if (y->point) return Value::Null();
      return Value::Boolean(high == 0 && low >= 0);
    case Relation::kCoincides:
      if (x->point != y->point) return Value::Null();
      return Value::Boolean(low == 0 && high == 0);
  }
  return Value::Null();
}
Value Includes(Arguments a, NullRule rule) { return Relate(Relation::kIncludes, a[0], a[1], rule); }
Value During(Arguments a, NullRule rule) { return Relate(Relation::kIncludes, a[1], a[0], rule); }
Value Overlaps(Arguments a, NullRule rule) { return Relate(Relation::kOverlaps, a[0], a[1], rule); }
Value OverlapsBefore(Arguments a, NullRule rule) { return Relate(Relation::kOverlapsBefore, a[0], a[1], rule); }
Value OverlapsAfter(Arguments a, NullRule rule) { return Relate(Relation::kOverlapsBefore, a[1], a[0], rule); }
Value Starts(Arguments a, NullRule rule) { return Relate(Relation::kStarts, a[0], a[1], rule); }
Value StartedBy(Arguments a, NullRule rule) { return Relate(Relation::kStarts, a[1], a[0], rule); }
Value Finishes(Arguments a, NullRule rule) { return Relate(Relation::kFinishes, a[0], a[1], rule); }
Value FinishedBy(Arguments a, NullRule rule) { return Relate(Relation::kFinishes, a[1], a[0], rule); }
Value Coincides(Arguments a, NullRule rule) { return Relate(Relation::kCoincides, a[0], a[1], rule); }

// A bound as a range's text may hold it: a literal, or a date, duration … of a literal.
bool IsLiteralBound(const Node& n) {
  if (n.op == Op::kLiteral) return !n.literal.IsNull();
  if (n.op == Op::kNegate) return IsLiteralBound(*n.kids[0]);
  return n.op == Op::kCall && n.kids.size() == 1 && n.kids[0]->op == Op::kLiteral &&
         (n.text == "date" || n.text == "duration");
}
Value BoundValue(const Node& n, NullRule rule) {
  if (n.op == Op::kLiteral) return n.literal;
  if (n.op == Op::kNegate) return Negate(BoundValue(*n.kids[0], rule));
  const std::array<Value, 1> argument = {n.kids[0]->literal};
  return Builtins()[static_cast<size_t>(FindBuiltins(n.text)[0])].call(argument, rule);
}

// "[1..3)", "(..2]", "[@\"2024-01-01\"..)": the range that the text says.
Value RangeFrom(Arguments a, NullRule rule) {
  if (!IsText(a[0])) return Value::Null();
  const std::string& given = a[0].text();
  const size_t begin = given.find_first_not_of(" \t\n\r"), end = given.find_last_not_of(" \t\n\r");
  if (begin == std::string::npos || end - begin < 3) return Value::Null();
  std::string text = given.substr(begin, end - begin + 1);
  ValueRange r;
  const char open = text.front(), close = text.back();
  if ((open != '[' && open != '(' && open != ']') || (close != ']' && close != ')' && close != '['))
    return Value::Null();
  r.low_included = open == '[';
  r.high_included = close == ']';
  // An end left out is written as null, and then looked at as an unbounded one.
  const std::string inner = text.substr(1, text.size() - 2);
  const size_t dots = inner.find("..");
  if (dots == std::string::npos) return Value::Null();
  const auto blank = [](const std::string& s) { return s.find_first_not_of(" \t\n\r") == std::string::npos; };
  const bool no_low = blank(inner.substr(0, dots)), no_high = blank(inner.substr(dots + 2));
  if ((no_low && no_high) || (no_low && r.low_included) || (no_high && r.high_included)) return Value::Null();
  Problem problem;
  const std::string whole = std::string(no_low ? "[null" : "[") + inner + (no_high ? "null]" : "]");
  const std::unique_ptr<Node> n = ParseExpression(whole, {}, &problem);
  if (n == nullptr || n->op != Op::kRange) return Value::Null();
  if ((!no_low && !IsLiteralBound(*n->kids[0])) || (!no_high && !IsLiteralBound(*n->kids[1]))) return Value::Null();
  if (!no_low) r.low = BoundValue(*n->kids[0], rule);
  if (!no_high) r.high = BoundValue(*n->kids[1], rule);
  if ((!no_low && r.low.IsNull()) || (!no_high && r.high.IsNull())) return Value::Null();
  if (!no_low && !no_high && Less(r.high, r.low, rule) != std::optional<bool>(false)) return Value::Null();
  return Value::Range(std::move(r));
}

using T = TypeKind;

}  // namespace

std::span<const Builtin> RangeBuiltins() {
  static const std::vector<Builtin> kTable = {
      {"before", {"a", "b"}, 2, 2, T::kBoolean, false, false, Before, "**"},
      {"after", {"a", "b"}, 2, 2, T::kBoolean, false, false, After, "**"},
      {"meets", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, Meets, "**"},
      {"met by", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, MetBy, "**"},
      {"overlaps", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, Overlaps, "**"},
      {"overlaps before", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, OverlapsBefore, "**"},
      {"overlaps after", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, OverlapsAfter, "**"},
      {"finishes", {"a", "range"}, 2, 2, T::kBoolean, false, false, Finishes, "**"},
      {"finished by", {"range", "a"}, 2, 2, T::kBoolean, false, false, FinishedBy, "**"},
      {"includes", {"range", "a"}, 2, 2, T::kBoolean, false, false, Includes, "**"},
      {"during", {"a", "range"}, 2, 2, T::kBoolean, false, false, During, "**"},
      {"starts", {"a", "range"}, 2, 2, T::kBoolean, false, false, Starts, "**"},
      {"started by", {"range", "a"}, 2, 2, T::kBoolean, false, false, StartedBy, "**"},
      {"coincides", {"a", "b"}, 2, 2, T::kBoolean, false, false, Coincides, "**"},
      {"range", {"from"}, 1, 1, T::kRange, false, false, RangeFrom, "t"},
  };
  return kTable;
}

}  // namespace hearth::feel
