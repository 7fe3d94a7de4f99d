// Built-in functions of numbers.
#include <algorithm>
#include <array>

#include "policy/feel/builtin_tables.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

Value Sum(Arguments a, NullRule rule) {
  ValueList items;
  if (!ListOrArguments(a, &items)) return Value::Null();
  if (items.empty()) return rule == NullRule::kUnknown ? Value::Number(0) : Value::Null();
  Value sum = items[0];
  if (!IsNumber(sum) && sum.kind() != Kind::kMonths && sum.kind() != Kind::kDays) return Value::Null();
  for (size_t i = 1; i < items.size(); ++i) {
    if (items[i].kind() != sum.kind()) return Value::Null();
    sum = Arithmetic(Op::kAdd, sum, items[i]);
  }
  return sum;
}

Value Extreme(Arguments a, bool largest, NullRule rule) {
  ValueList items;
  if (!ListOrArguments(a, &items) || items.empty()) return Value::Null();
  Value best = items[0];
  for (const Value& v : items) {
    const std::optional<bool> less = largest ? Less(best, v, rule) : Less(v, best, rule);
    if (!less) return Value::Null();
    if (*less) best = v;
  }
  return best;
}
Value Min(Arguments a, NullRule rule) { return Extreme(a, false, rule); }
Value Max(Arguments a, NullRule rule) { return Extreme(a, true, rule); }

Value Mean(Arguments a, NullRule) {
  ValueList items;
  if (!ListOrArguments(a, &items) || items.empty()) return Value::Null();
  const Value sum = Sum(std::array<Value, 1>{Value::List(items)}, NullRule::kFeel);
  return Arithmetic(Op::kDivide, sum, Value::Number(static_cast<int64_t>(items.size())));
}

Value Product(Arguments a, NullRule) {
  ValueList items;
  if (!ListOrArguments(a, &items) || items.empty()) return Value::Null();
  Value product = Value::Number(1);
  for (const Value& v : items) {
    if (!IsNumber(v)) return Value::Null();
    product = Arithmetic(Op::kMultiply, product, v);
  }
  return product;
}

Value Abs(Arguments a, NullRule) {
  switch (a[0].kind()) {
    case Kind::kNumber:
      return a[0].number().IsNegative() ? Negate(a[0]) : a[0];
    case Kind::kMonths:
      return a[0].months() < 0 ? Negate(a[0]) : a[0];
    case Kind::kDays:
      return a[0].seconds() < 0 ? Negate(a[0]) : a[0];
    default:
      return Value::Null();
  }
}

Value RoundTo(Arguments a, Decimal::Mode mode, NullRule rule) {
  if (!IsNumber(a[0])) return Value::Null();
  int64_t scale = 0;
  if (a.size() == 2) {
    if (!IsNumber(a[1])) return Value::Null();
    const std::optional<int64_t> whole = a[1].number().Round(0, Decimal::Mode::kDown).ToInt();
    if (!whole || *whole < -6111 || *whole > 6176) return Value::Null();
    scale = *whole;
  }
  return Value::Number(Guarded(a[0].number(), rule).Round(static_cast<int>(scale), mode));
}
Value Floor(Arguments a, NullRule rule) { return RoundTo(a, Decimal::Mode::kFloor, rule); }
Value Ceiling(Arguments a, NullRule rule) { return RoundTo(a, Decimal::Mode::kCeiling, rule); }
Value RoundHalfEven(Arguments a, NullRule rule) { return RoundTo(a, Decimal::Mode::kHalfEven, rule); }
Value RoundUp(Arguments a, NullRule rule) { return RoundTo(a, Decimal::Mode::kUp, rule); }
Value RoundDown(Arguments a, NullRule rule) { return RoundTo(a, Decimal::Mode::kDown, rule); }
Value RoundHalfUp(Arguments a, NullRule rule) { return RoundTo(a, Decimal::Mode::kHalfUp, rule); }
Value RoundHalfDown(Arguments a, NullRule rule) { return RoundTo(a, Decimal::Mode::kHalfDown, rule); }

// dividend - divisor * floor(dividend / divisor).
Value Modulo(Arguments a, NullRule rule) {
  if (!IsNumber(a[0]) || !IsNumber(a[1])) return Value::Null();
  const Value dividend = Value::Number(Guarded(a[0].number(), rule));
  const Value divisor = Value::Number(Guarded(a[1].number(), rule));
  const Value ratio = Arithmetic(Op::kDivide, dividend, divisor);
  if (ratio.IsNull()) return ratio;
  const Value floor = Value::Number(Guarded(ratio.number(), rule).Round(0, Decimal::Mode::kFloor));
  return Arithmetic(Op::kSubtract, dividend, Arithmetic(Op::kMultiply, divisor, floor));
}

Value IsEven(const Value& v, bool even) {
  if (!IsNumber(v) || !v.number().IsInteger()) return Value::Null();
  const std::array<Value, 2> pair = {v, Value::Number(2)};
  const Value rest = Modulo(pair, NullRule::kFeel);
  if (rest.IsNull()) return rest;
  return Value::Boolean(rest.number().IsZero() == even);
}
Value Even(Arguments a, NullRule) { return IsEven(a[0], true); }
Value Odd(Arguments a, NullRule) { return IsEven(a[0], false); }

Value Number(Arguments a, NullRule) {
  if (IsNumber(a[0]) && a.size() == 1) return a[0];
  if (!IsText(a[0])) return Value::Null();
  std::string text = a[0].text();
  if (a.size() == 3) {
    const bool texts = (a[1].IsNull() || IsText(a[1])) && (a[2].IsNull() || IsText(a[2]));
    if (!texts || (!a[1].IsNull() && a[1] == a[2])) return Value::Null();
    if (IsText(a[1])) {
      if (a[1].text() != " " && a[1].text() != "," && a[1].text() != ".") return Value::Null();
      std::erase(text, a[1].text()[0]);
    }
    if (IsText(a[2])) {
      if (a[2].text() != "," && a[2].text() != ".") return Value::Null();
      std::replace(text.begin(), text.end(), a[2].text()[0], '.');
    }
  }
  const StatusOr<Decimal> d = Decimal::Parse(text);
  return d.ok() ? Value::Number(*d) : Value::Null();
}

Value NumberOrNull(const std::optional<Decimal>& d) { return d ? Value::Number(*d) : Value::Null(); }
Value Sqrt(Arguments a, NullRule) {
  return IsNumber(a[0]) ? NumberOrNull(Decimal::Sqrt(a[0].number())) : Value::Null();
}
Value Exp(Arguments a, NullRule) { return IsNumber(a[0]) ? NumberOrNull(Decimal::Exp(a[0].number())) : Value::Null(); }
Value Log(Arguments a, NullRule) { return IsNumber(a[0]) ? NumberOrNull(Decimal::Log(a[0].number())) : Value::Null(); }

// The numbers of a list, ascending; false when it is null or holds anything else.
bool SortedNumbers(Arguments a, ValueList* items) {
  if (!ListOrArguments(a, items)) return false;
  if (!std::all_of(items->begin(), items->end(), IsNumber)) return false;
  std::stable_sort(items->begin(), items->end(),
                   [](const Value& x, const Value& y) { return x.number() < y.number(); });
  return true;
}

Value Median(Arguments a, NullRule rule) {
  ValueList items;
  if (!SortedNumbers(a, &items) || items.empty()) return Value::Null();
  const size_t half = items.size() / 2;
  if (items.size() % 2 == 1) return items[half];
  return Mean(std::array<Value, 2>{items[half - 1], items[half]}, rule);
}

// Those that occur most often, ascending.
Value Mode(Arguments a, NullRule) {
  ValueList items, best;
  if (!SortedNumbers(a, &items)) return Value::Null();
  size_t most = 0;
  for (size_t i = 0; i < items.size();) {
    size_t j = i;
    while (j < items.size() && items[j] == items[i]) ++j;
    if (j - i > most) best.clear();
    if (j - i >= most) best.push_back(items[i]);
    most = std::max(most, j - i);
    i = j;
  }
  return Value::List(std::move(best));
}

// Of a sample: divided by one less than the count.
Value StandardDeviation(Arguments a, NullRule rule) {
  ValueList items;
  if (!SortedNumbers(a, &items) || items.size() < 2) return Value::Null();
  const Value mean = Mean(a, rule);
  Value sum = Value::Number(0);
  for (const Value& v : items) {
    const Value off = Arithmetic(Op::kSubtract, v, mean);
    sum = Arithmetic(Op::kAdd, sum, Arithmetic(Op::kMultiply, off, off));
  }
  const Value variance = Arithmetic(Op::kDivide, sum, Value::Number(static_cast<int64_t>(items.size()) - 1));
  return Sqrt(std::array<Value, 1>{variance}, rule);
}

using T = TypeKind;

}  // namespace

std::span<const Builtin> NumberBuiltins() {
  static const std::vector<Builtin> kTable = {
      {"sum", {"list"}, 1, -1, T::kNumber, false, true, Sum, "l", true},
      {"min", {"list"}, 1, -1, T::kAny, false, true, Min, "l"},
      {"max", {"list"}, 1, -1, T::kAny, false, true, Max, "l"},
      {"mean", {"list"}, 1, -1, T::kNumber, false, true, Mean, "l"},
      {"product", {"list"}, 1, -1, T::kNumber, false, false, Product, "l"},
      {"abs", {"n"}, 1, 1, T::kAny, false, true, Abs, "*"},
      {"floor", {"n", "scale"}, 1, 2, T::kNumber, false, true, Floor, "nn"},
      {"ceiling", {"n", "scale"}, 1, 2, T::kNumber, false, true, Ceiling, "nn"},
      {"decimal", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundHalfEven, "nn"},
      {"round up", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundUp, "nn"},
      {"round down", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundDown, "nn"},
      {"round half up", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundHalfUp, "nn"},
      {"round half down", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundHalfDown, "nn"},
      {"modulo", {"dividend", "divisor"}, 2, 2, T::kNumber, false, false, Modulo, "nn"},
      {"even", {"number"}, 1, 1, T::kBoolean, false, false, Even, "n"},
      {"odd", {"number"}, 1, 1, T::kBoolean, false, false, Odd, "n"},
      {"number", {"from", "grouping separator", "decimal separator"}, 1, 3, T::kNumber, false, false, Number, "*tt"},
      {"sqrt", {"number"}, 1, 1, T::kNumber, false, false, Sqrt, "n"},
      {"exp", {"number"}, 1, 1, T::kNumber, false, false, Exp, "n"},
      {"log", {"number"}, 1, 1, T::kNumber, false, false, Log, "n"},
      {"median", {"list"}, 1, -1, T::kNumber, false, true, Median, "l"},
      {"mode", {"list"}, 1, -1, T::kNumber, true, false, Mode, "l"},
      {"stddev", {"list"}, 1, -1, T::kNumber, false, false, StandardDeviation, "l"},
  };
  return kTable;
}

}  // namespace hearth::feel
