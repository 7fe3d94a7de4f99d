#include "policy/feel/compare.h"

#include <array>
#include <cstdlib>

#include "core/record_table.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

constexpr int64_t kSecondsPerDay = 86400;
constexpr size_t kTextMax = 16 << 20;

// The day some whole days later; nullopt outside the years 1 to 9999.
std::optional<CivilDay> DayPlus(CivilDay day, int64_t days) {
  static const CivilDay kFirst = CivilDay::FromYmd(1, 1, 1).value(), kLast = CivilDay::FromYmd(9999, 12, 31).value();
  const int64_t sum = day.days + days;
  if (sum < kFirst.days || sum > kLast.days) return std::nullopt;
  return CivilDay{static_cast<int32_t>(sum)};
}

std::optional<CivilDay> MonthsPlus(CivilDay day, int64_t months) {
  if (months < -120'000 || months > 120'000) return std::nullopt;
  const YearMonthDay ymd = day.Ymd();
  const int64_t index = int64_t{ymd.year} * 12 + ymd.month - 1 + months;
  if (index < 12 || index >= int64_t{10000} * 12) return std::nullopt;
  return day.AddMonths(static_cast<int>(months));
}

int64_t FloorDiv(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0); }

Value DateOrNull(std::optional<CivilDay> day) { return day ? Value::Date(*day) : Value::Null(); }
Value NumberOrNull(const std::optional<Decimal>& d) { return d ? Value::Number(*d) : Value::Null(); }

// value * factor toward zero, for a duration in whole months or seconds.
std::optional<int64_t> ScaleWhole(int64_t value, const Decimal& factor, bool divide) {
  const Decimal v = Decimal::FromInt(value);
  const std::optional<Decimal> scaled = divide ? Decimal::Divide(v, factor) : Decimal::Multiply(v, factor);
  if (!scaled) return std::nullopt;
  return scaled->Round(0, Decimal::Mode::kDown).ToInt();
}

Value AddValues(const Value& a, const Value& b) {
  switch (a.kind()) {
    case Kind::kNumber:
      if (b.kind() == Kind::kNumber) return NumberOrNull(Decimal::Add(a.number(), b.number()));
      break;
    case Kind::kText:
      // Longer than any text of a pack: null, not the machine's memory.
      if (b.kind() == Kind::kText && a.text().size() + b.text().size() <= kTextMax) {
        return Value::Text(a.text() + b.text());
      }
      break;
    case Kind::kDate:
      if (b.kind() == Kind::kMonths) return DateOrNull(MonthsPlus(a.date(), b.months()));
      if (b.kind() == Kind::kDays) return DateOrNull(DayPlus(a.date(), FloorDiv(b.seconds(), kSecondsPerDay)));
      break;
    case Kind::kMonths: {
      if (b.kind() == Kind::kDate) return AddValues(b, a);
      int64_t sum = 0;
      if (b.kind() == Kind::kMonths && !__builtin_add_overflow(a.months(), b.months(), &sum)) return Value::Months(sum);
      break;
    }
    case Kind::kDays: {
      if (b.kind() == Kind::kDate) return AddValues(b, a);
      int64_t sum = 0;
      if (b.kind() == Kind::kDays && !__builtin_add_overflow(a.seconds(), b.seconds(), &sum)) return Value::Days(sum);
      break;
    }
    default:
      break;
  }
  return Value::Null();
}

Value SubtractValues(const Value& a, const Value& b) {
  if (a.kind() == Kind::kNumber && b.kind() == Kind::kNumber) {
    return NumberOrNull(Decimal::Subtract(a.number(), b.number()));
  }
  if (a.kind() == Kind::kDate && b.kind() == Kind::kDate) {
    return Value::Days((int64_t{a.date().days} - b.date().days) * kSecondsPerDay);
  }
  if (b.kind() == Kind::kMonths && (a.kind() == Kind::kDate || a.kind() == Kind::kMonths) && b.months() != INT64_MIN) {
    return AddValues(a, Value::Months(-b.months()));
  }
  if (b.kind() == Kind::kDays && (a.kind() == Kind::kDate || a.kind() == Kind::kDays) && b.seconds() != INT64_MIN) {
    return AddValues(a, Value::Days(-b.seconds()));
  }
  return Value::Null();
}

Value MultiplyValues(const Value& a, const Value& b) {
  if (b.kind() != Kind::kNumber) return a.kind() == Kind::kNumber && !b.IsNull() ? MultiplyValues(b, a) : Value::Null();
  switch (a.kind()) {
    case Kind::kNumber:
      return NumberOrNull(Decimal::Multiply(a.number(), b.number()));
    case Kind::kMonths:
      if (const auto m = ScaleWhole(a.months(), b.number(), false)) return Value::Months(*m);
      break;
    case Kind::kDays:
      if (const auto s = ScaleWhole(a.seconds(), b.number(), false)) return Value::Days(*s);
      break;
    default:
      break;
  }
  return Value::Null();
}

Value DivideValues(const Value& a, const Value& b) {
  const auto ratio = [](int64_t x, int64_t y) {
    return NumberOrNull(Decimal::Divide(Decimal::FromInt(x), Decimal::FromInt(y)));
  };
  if (a.kind() == Kind::kNumber && b.kind() == Kind::kNumber) {
    return NumberOrNull(Decimal::Divide(a.number(), b.number()));
  }
  if (a.kind() == Kind::kMonths) {
    if (b.kind() == Kind::kMonths) return ratio(a.months(), b.months());
    if (b.kind() == Kind::kNumber) {
      if (const auto m = ScaleWhole(a.months(), b.number(), true)) return Value::Months(*m);
    }
  }
  if (a.kind() == Kind::kDays) {
    if (b.kind() == Kind::kDays) return ratio(a.seconds(), b.seconds());
    if (b.kind() == Kind::kNumber) {
      if (const auto s = ScaleWhole(a.seconds(), b.number(), true)) return Value::Days(*s);
    }
  }
  return Value::Null();
}

// All three-valued ands of pairs; nullopt as soon as nothing is false but something unknown.
std::optional<bool> EqualLists(const ValueList& a, const ValueList& b, NullRule rule) {
  if (a.size() != b.size()) return false;
  std::optional<bool> all = true;
  for (size_t i = 0; i < a.size(); ++i) {
    const std::optional<bool> one = Equal(a[i], b[i], rule);
    if (one && !*one) return false;
    if (!one) all = std::nullopt;
  }
  return all;
}

}  // namespace

bool Items(const Value& v, ValueList* out) {
  out->clear();
  switch (v.kind()) {
    case Kind::kNull:
      return false;
    case Kind::kList:
      *out = v.list();
      return true;
    case Kind::kRows:
      for (const uint32_t row : v.rows().rows) out->push_back(Value::Row({v.rows().table, row}));
      return true;
    default:
      out->push_back(v);
      return true;
  }
}

std::optional<bool> Equal(const Value& a, const Value& b, NullRule rule) {
  if (a.IsNull() || b.IsNull()) {
    if (rule == NullRule::kUnknown) return std::nullopt;
    return a.IsNull() && b.IsNull();
  }
  if (a.kind() != b.kind()) {
    if ((a.kind() == Kind::kList && b.kind() == Kind::kRows) || (a.kind() == Kind::kRows && b.kind() == Kind::kList)) {
      ValueList x, y;
      Items(a, &x);
      Items(b, &y);
      return EqualLists(x, y, rule);
    }
    return std::nullopt;
  }
  if (a.kind() == Kind::kNumber) return Guarded(a.number(), rule) == Guarded(b.number(), rule);
  if (a.kind() == Kind::kList) return EqualLists(a.list(), b.list(), rule);
  return a == b;
}

std::optional<bool> Less(const Value& a, const Value& b, NullRule rule) {
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::kNumber:
      return Guarded(a.number(), rule) < Guarded(b.number(), rule);
    case Kind::kText:
      return a.text() < b.text();
    case Kind::kDate:
      return a.date() < b.date();
    case Kind::kMonths:
      return a.months() < b.months();
    case Kind::kDays:
      return a.seconds() < b.seconds();
    default:
      return std::nullopt;
  }
}

std::optional<bool> Compare(Comparison comparison, const Value& a, const Value& b, NullRule rule) {
  const auto inverted = [](std::optional<bool> x) { return x ? std::optional<bool>(!*x) : x; };
  switch (comparison) {
    case Comparison::kEqual:
      return Equal(a, b, rule);
    case Comparison::kNotEqual:
      return inverted(Equal(a, b, rule));
    case Comparison::kLess:
      return Less(a, b, rule);
    case Comparison::kGreater:
      return Less(b, a, rule);
    case Comparison::kLessEqual:
      return inverted(Less(b, a, rule));
    case Comparison::kGreaterEqual:
      return inverted(Less(a, b, rule));
  }
  return std::nullopt;
}

std::optional<bool> InRange(const Value& v, const ValueRange& range, NullRule rule) {
  std::optional<bool> above = true, below = true;
  if (!range.low.IsNull()) {
    above = Compare(range.low_included ? Comparison::kGreaterEqual : Comparison::kGreater, v, range.low, rule);
  }
  if (!range.high.IsNull()) {
    below = Compare(range.high_included ? Comparison::kLessEqual : Comparison::kLess, v, range.high, rule);
  }
  if ((above && !*above) || (below && !*below)) return false;
  if (!above || !below) return std::nullopt;
  return true;
}

std::optional<bool> In(const Value& v, const Value& test, NullRule rule) {
  if (test.kind() == Kind::kRange && v.kind() != Kind::kRange) return InRange(v, test.range(), rule);
  if (test.kind() != Kind::kList) return Equal(v, test, rule);
  if (v.kind() == Kind::kList && Equal(v, test, rule) == std::optional<bool>(true)) return true;
  bool unknown = false;
  for (const Value& item : test.list()) {
    const std::optional<bool> one =
        item.kind() == Kind::kRange && v.kind() != Kind::kRange ? InRange(v, item.range(), rule) : Equal(v, item, rule);
    if (one && *one) return true;
    unknown |= !one;
  }
  if (unknown && rule == NullRule::kUnknown) return std::nullopt;
  return false;
}

Value Arithmetic(Op op, const Value& a, const Value& b) {
  switch (op) {
    case Op::kAdd:
      return AddValues(a, b);
    case Op::kSubtract:
      return SubtractValues(a, b);
    case Op::kMultiply:
      return MultiplyValues(a, b);
    case Op::kDivide:
      return DivideValues(a, b);
    case Op::kPower:
      if (a.kind() != Kind::kNumber || b.kind() != Kind::kNumber) return Value::Null();
      return NumberOrNull(Decimal::Power(a.number(), b.number()));
    default:
      return Value::Null();
  }
}

Value Negate(const Value& v) {
  switch (v.kind()) {
    case Kind::kNumber:
      return Value::Number(-v.number());
    case Kind::kMonths:
      return v.months() == INT64_MIN ? Value::Null() : Value::Months(-v.months());
    case Kind::kDays:
      return v.seconds() == INT64_MIN ? Value::Null() : Value::Days(-v.seconds());
    default:
      return Value::Null();
  }
}

Value Property(const Value& v, std::string_view name) {
  switch (v.kind()) {
    case Kind::kDate: {
      const YearMonthDay ymd = v.date().Ymd();
      if (name == "year") return Value::Number(int64_t{ymd.year});
      if (name == "month") return Value::Number(int64_t{ymd.month});
      if (name == "day") return Value::Number(int64_t{ymd.day});
      // 1970-01-01 was a Thursday; Monday is 1.
      if (name == "weekday") return Value::Number(int64_t{((v.date().days + 3) % 7 + 7) % 7 + 1});
      break;
    }
    case Kind::kMonths:
      if (name == "years") return Value::Number(v.months() / 12);
      if (name == "months") return Value::Number(v.months() % 12);
      break;
    case Kind::kDays: {
      const int64_t s = v.seconds();
      if (name == "days") return Value::Number(s / kSecondsPerDay);
      if (name == "hours") return Value::Number(s % kSecondsPerDay / 3600);
      if (name == "minutes") return Value::Number(s % 3600 / 60);
      if (name == "seconds") return Value::Number(s % 60);
      break;
    }
    case Kind::kRange:
      if (name == "start") return v.range().low;
      if (name == "end") return v.range().high;
      if (name == "start included") return Value::Boolean(v.range().low_included);
      if (name == "end included") return Value::Boolean(v.range().high_included);
      break;
    default:
      break;
  }
  return Value::Null();
}

}  // namespace hearth::feel
