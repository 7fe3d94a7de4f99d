// Scalars: arithmetic, comparison, choice, dates.
#include <algorithm>
#include <numeric>

#include "policy/columns/builder.h"

namespace hearth::columns {
namespace {

constexpr int kScaleMax = 15;
constexpr Wide kLimit64 = INT64_MAX;

int64_t PowerOfTen(int n) {
  int64_t p = 1;
  for (int i = 0; i < n; ++i) p *= 10;
  return p;
}

struct Span {
  Wide low, high;
};
Span Product(const GraphNode& x, const GraphNode& y) {
  const Wide c[4] = {Wide{x.low} * y.low, Wide{x.low} * y.high, Wide{x.high} * y.low, Wide{x.high} * y.high};
  return {*std::min_element(c, c + 4), *std::max_element(c, c + 4)};
}
bool Fits(const Span& s) { return s.low >= -kLimit64 && s.high <= kLimit64; }

}  // namespace

ColumnValue Builder::Boolean(Axis axis, NodeId is_true, NodeId is_false) {
  ColumnValue v;
  v.kind = Kind::kBoolean;
  v.axis = axis;
  v.is_true = is_true;
  v.is_false = is_false;
  return v;
}

ColumnValue Builder::Number(Axis axis, NodeId data, NodeId known, int scale, NodeId denominator) {
  ColumnValue v;
  v.kind = Kind::kNumber;
  v.axis = axis;
  v.data = data;
  v.known = known;
  v.scale = scale;
  v.denominator = denominator;
  return v;
}

ColumnValue Builder::Scalar(Kind kind, Axis axis, NodeId data, NodeId known) {
  ColumnValue v;
  v.kind = kind;
  v.axis = axis;
  v.data = data;
  v.known = known;
  v.scale = 1;
  return v;
}

namespace {

// The fraction with a small denominator that a long decimal is the rounding of (0.666…667 of 2/3); nullopt: none.
// Wherever numbers meet a line or a rounding both give the same, as 20 digits count there (docs/adr/0012).
std::optional<std::pair<int64_t, int64_t>> AsFraction(const Decimal& d) {
  constexpr int64_t kDenominatorMax = 1000;
  for (int64_t q = 2; q <= kDenominatorMax; ++q) {
    const auto product = Decimal::Multiply(d, Decimal::FromInt(q));
    if (!product) return std::nullopt;
    const auto p = product->Round(0, Decimal::Mode::kHalfEven).ToInt();
    if (!p) return std::nullopt;
    const auto quotient = Decimal::Divide(Decimal::FromInt(*p), Decimal::FromInt(q));
    if (quotient && *quotient == d) return std::pair(*p, q);
  }
  return std::nullopt;
}

}  // namespace

ColumnValue Builder::FromConstant(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::kBoolean:
      return Boolean(kNoAxis, v.boolean() ? g_.All() : g_.None(), v.boolean() ? g_.None() : g_.All());
    case Value::Kind::kNumber: {
      Wide c = v.number().coefficient();
      int scale = v.number().scale();
      for (; scale > 0 && c % 10 == 0; --scale) c /= 10;
      for (; scale < 0 && c < kLimit64 / 10 && c > -kLimit64 / 10; ++scale) c *= 10;
      if (scale < 0 || scale > kScaleMax || c > kLimit64 / 1000 || c < -kLimit64 / 1000) {
        if (const auto f = AsFraction(v.number()); f && scale > 20) {
          return Number(kNoAxis, g_.Const(f->first), g_.All(), 0, g_.Const(f->second));
        }
        return Fail("a constant beyond 64 bits");
      }
      return Number(kNoAxis, g_.Const(static_cast<int64_t>(c)), g_.All(), scale, g_.Const(1));
    }
    case Value::Kind::kText: {
      const int32_t code = plan_->layout->seed_words().Find(v.text());
      if (code < 0) return Fail("a text that the pack does not name");
      return Scalar(Kind::kText, kNoAxis, g_.Const(code), g_.All());
    }
    case Value::Kind::kDate:
      return Scalar(Kind::kDate, kNoAxis, g_.Const(v.date().days), g_.All());
    case Value::Kind::kMonths:
      if (v.months() > 1'000'000 || v.months() < -1'000'000) return Fail("a duration beyond its column");
      return Scalar(Kind::kMonths, kNoAxis, g_.Const(v.months()), g_.All());
    case Value::Kind::kDays: {
      const int64_t s = v.seconds();
      if (s > kColumnValueMax || s < -kColumnValueMax) return Fail("a duration beyond its column");
      ColumnValue d = Scalar(Kind::kDays, kNoAxis, g_.Const(s % 86400 == 0 ? s / 86400 : s), g_.All());
      d.scale = s % 86400 == 0 ? 86400 : 1;
      return d;
    }
    case Value::Kind::kNull: {
      ColumnValue null;
      return null;
    }
    default:
      return Fail("a constant that is no scalar");
  }
}

ColumnValue Builder::ConstantOf(const ColumnValue& v, Kind like) {
  if (v.kind != Kind::kConstant) return v;
  if (!v.constant.IsNull()) return FromConstant(v.constant);
  switch (like) {
    case Kind::kBoolean:
      return Boolean(kNoAxis, g_.None(), g_.None());
    case Kind::kNumber:
      return Number(kNoAxis, g_.Const(0), g_.None(), 0, g_.Const(1));
    default: {
      ColumnValue s = Scalar(like, kNoAxis, g_.Const(0), g_.None());
      if (like == Kind::kDays) s.scale = 86400;
      return s;
    }
  }
}

ColumnValue Builder::AsBoolean(const ColumnValue& v) {
  if (v.kind == Kind::kBoolean) return v;
  if (v.kind == Kind::kConstant && v.constant.kind() == Value::Kind::kBoolean) return FromConstant(v.constant);
  return Boolean(v.kind == Kind::kConstant ? kNoAxis : v.axis, g_.None(), g_.None());
}

NodeId Builder::KnownOf(const ColumnValue& v) {
  if (v.single) return g_.And(v.known, AnyItem(v, g_.All()));
  if (v.kind == Kind::kConstant) return v.constant.IsNull() ? g_.None() : g_.All();
  if (v.kind == Kind::kBoolean) return g_.Or(v.is_true, v.is_false);
  if (v.kind == Kind::kMember || v.kind == Kind::kRow || v.kind == Kind::kItems) return g_.All();
  return v.known;
}

ColumnValue Builder::And(const ColumnValue& a, const ColumnValue& b) {
  const Axis axis = Meet(a.axis, b.axis);
  const ColumnValue x = Bring(AsBoolean(a), axis), y = Bring(AsBoolean(b), axis);
  return Boolean(axis, g_.And(x.is_true, y.is_true), g_.Or(x.is_false, y.is_false));
}
ColumnValue Builder::Or(const ColumnValue& a, const ColumnValue& b) {
  const Axis axis = Meet(a.axis, b.axis);
  const ColumnValue x = Bring(AsBoolean(a), axis), y = Bring(AsBoolean(b), axis);
  return Boolean(axis, g_.Or(x.is_true, y.is_true), g_.And(x.is_false, y.is_false));
}
ColumnValue Builder::Not(const ColumnValue& v) {
  const ColumnValue x = AsBoolean(v);
  return Boolean(x.axis, x.is_false, x.is_true);
}

bool Builder::ScaleTo(ColumnValue* a, int scale) {
  if (scale - a->scale > kScaleMax) {
    Fail("numbers with too many decimals");
    return false;
  }
  if (scale > a->scale) a->data = g_.Multiply(a->data, g_.Const(PowerOfTen(scale - a->scale)));
  a->scale = std::max(a->scale, scale);
  return true;
}

bool Builder::Align(ColumnValue* a, ColumnValue* b) {
  const int scale = std::max(a->scale, b->scale);
  if (!ScaleTo(a, scale) || !ScaleTo(b, scale)) return false;
  if (a->denominator == b->denominator) return true;
  if (g_.IsConst(a->denominator) && g_.IsConst(b->denominator)) {
    const int64_t x = g_[a->denominator].imm, y = g_[b->denominator].imm;
    const Wide common = Wide{x} / std::gcd(x, y) * y;
    if (common > kColumnValueMax) {
      Fail("quotients by too many different numbers");
      return false;
    }
    a->data = g_.Multiply(a->data, g_.Const(static_cast<int64_t>(common / x)));
    b->data = g_.Multiply(b->data, g_.Const(static_cast<int64_t>(common / y)));
    a->denominator = b->denominator = g_.Const(static_cast<int64_t>(common));
    return true;
  }
  a->data = g_.Multiply(a->data, b->denominator);
  b->data = g_.Multiply(b->data, a->denominator);
  a->denominator = b->denominator = g_.Multiply(a->denominator, b->denominator);
  return true;
}

ColumnValue Builder::AddNumbers(ColumnValue a, ColumnValue b, bool subtract) {
  if (!Align(&a, &b)) return a;
  const NodeId data = subtract ? g_.Subtract(a.data, b.data) : g_.Add(a.data, b.data);
  return Number(a.axis, data, g_.And(a.known, b.known), a.scale, a.denominator);
}

ColumnValue Builder::MultiplyNumbers(const ColumnValue& a, const ColumnValue& b) {
  const NodeId known = g_.And(a.known, b.known), one = g_.Const(1);
  // (x / persons) * persons is x.
  for (const auto& [x, y] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    if (x->denominator == y->data && y->denominator == one && y->scale == 0 && !g_.IsConst(y->data)) {
      return Number(x->axis, x->data, known, x->scale, one);
    }
  }
  ColumnValue v = Number(a.axis, g_.Multiply(a.data, b.data), known, a.scale + b.scale, kNoNode);
  v.denominator = g_.Multiply(a.denominator, b.denominator);
  if (g_.IsConst(v.data)) {  // 20 % of 50.00 has no decimals to carry on
    int64_t c = g_[v.data].imm;
    for (; v.scale > 0 && c % 10 == 0; --v.scale) c /= 10;
    v.data = g_.Const(c);
  }
  if (v.scale > kScaleMax) return Fail("numbers with too many decimals");
  return v;
}

ColumnValue Builder::DivideNumbers(const ColumnValue& a, const ColumnValue& b) {
  ColumnValue v =
      Number(a.axis, g_.Multiply(a.data, b.denominator), g_.And(a.known, b.known), a.scale - b.scale, kNoNode);
  NodeId divisor = b.data;
  if (g_.IsConst(divisor)) {
    int64_t d = g_[divisor].imm;
    if (d == 0) {
      ColumnValue null;
      return null;
    }
    if (d < 0) {
      d = -d;
      v.data = g_.Subtract(g_.Const(0), v.data);
    }
    // By 2, 4, 5, 10 … : more decimals instead of a quotient.
    for (int digits = 1; digits <= 4; ++digits) {
      if (d > 1 && PowerOfTen(digits) % d == 0) {
        v.data = g_.Multiply(v.data, g_.Const(PowerOfTen(digits) / d));
        v.scale += digits;
        d = 1;
      }
    }
    divisor = g_.Const(d);
  } else {
    v.known = g_.AndNot(v.known, g_.Equal(divisor, g_.Const(0)));
    if (g_[divisor].low < 0) {
      const NodeId negative = g_.Less(divisor, g_.Const(0));
      v.data = g_.Select(negative, g_.Subtract(g_.Const(0), v.data), v.data);
      divisor = g_.Abs(divisor);
    }
  }
  if (v.scale < 0) {
    const int up = -v.scale;
    v.scale = 0;
    v.data = g_.Multiply(v.data, g_.Const(PowerOfTen(up)));
  }
  v.denominator = g_.Multiply(a.denominator, divisor);
  if (v.scale > kScaleMax) return Fail("numbers with too many decimals");
  return v;
}

// A day some months or days later (earlier); unknown outside the years 1 to 9999.
ColumnValue Builder::ShiftDate(const ColumnValue& date, const ColumnValue& by, bool back) {
  const NodeId months_or_days = back ? g_.Subtract(g_.Const(0), by.data) : by.data;
  NodeId known = g_.And(date.known, by.known);
  const int32_t first = CivilDay::FromYmd(1, 1, 1)->days, last = CivilDay::FromYmd(9999, 12, 31)->days;
  if (g_[date.data].wide && !g_.IsConst(date.data)) return Fail("days of 64 bits");
  if (by.kind == Kind::kDays) {
    if (by.scale != 86400) return Fail("a day shifted by hours");
    const NodeId shifted = g_.Add(date.data, months_or_days);
    known = g_.AndNot(known, g_.Or(g_.Less(shifted, g_.Const(first)), g_.Less(g_.Const(last), shifted)));
    const NodeId within = g_.Narrow(g_.Max(g_.Min(shifted, g_.Const(last)), g_.Const(first)));
    return Scalar(Kind::kDate, date.axis, within, known);
  }
  const GraphNode m = g_[months_or_days];
  if (m.wide || m.low < -120'000 || m.high > 120'000) {
    if (m.wide) return Fail("months of 64 bits");
    known = g_.AndNot(known,
                      g_.Or(g_.Less(months_or_days, g_.Const(-120'000)), g_.Less(g_.Const(120'000), months_or_days)));
  }
  const NodeId within = g_.Max(g_.Min(months_or_days, g_.Const(120'000)), g_.Const(-120'000));
  if (g_.IsConst(date.data)) {
    const YearMonthDay ymd = CivilDay{static_cast<int32_t>(g_[date.data].imm)}.Ymd();
    const NodeId at = g_.Add(within, g_.Const(ymd.year * 12 + ymd.month - 1));
    known = g_.AndNot(known, g_.Or(g_.Less(at, g_.Const(12)), g_.Less(g_.Const(119'999), at)));
  } else if (g_.IsConst(within)) {
    // The first and last day from which it can be done.
    const int64_t by_months = g_[within].imm;
    const auto day_of = [](int64_t month) {
      return CivilDay::FromYmd(static_cast<int>(month / 12), static_cast<int>(month % 12) + 1, 1)->days;
    };
    const int64_t low = std::clamp<int64_t>(12 - by_months, 12, 120'000),
                  high = std::clamp<int64_t>(119'999 - by_months, 11, 119'999);
    if (low > 12) known = low >= 120'000 ? g_.None() : g_.AndNot(known, g_.Less(date.data, g_.Const(day_of(low))));
    if (high < 119'999) known = high < 12 ? g_.None() : g_.And(known, g_.Less(date.data, g_.Const(day_of(high + 1))));
  } else {
    // Month 12 is January of year 1, month 119999 December of 9999.
    const NodeId index = g_.Add(g_.Add(g_.Multiply(g_.DatePart(GraphOp::kYear, date.data), g_.Const(12)),
                                       g_.DatePart(GraphOp::kMonth, date.data)),
                                g_.Add(within, g_.Const(-1)));
    known = g_.AndNot(known, g_.Or(g_.Less(index, g_.Const(12)), g_.Less(g_.Const(119'999), index)));
  }
  return Scalar(Kind::kDate, date.axis, g_.AddMonths(date.data, within), known);
}

ColumnValue Builder::Arithmetic(feel::Op op, ColumnValue a, ColumnValue b) {
  if (a.kind == Kind::kConstant && b.kind == Kind::kConstant) {
    ColumnValue v;
    v.constant = feel::Arithmetic(op, a.constant, b.constant);
    return v;
  }
  if ((a.kind == Kind::kConstant && a.constant.IsNull()) || (b.kind == Kind::kConstant && b.constant.IsNull())) {
    ColumnValue null;
    return null;
  }
  const Axis axis = Meet(a.axis, b.axis);
  if (a.kind == Kind::kConstant) a = FromConstant(a.constant);
  if (b.kind == Kind::kConstant) b = FromConstant(b.constant);
  if (!why_.empty()) return a;
  a = Bring(a, axis);
  b = Bring(b, axis);
  a.axis = b.axis = axis;
  using feel::Op;
  const auto pair = [&](Kind x, Kind y) { return a.kind == x && b.kind == y; };
  const NodeId both = a.kind != Kind::kBoolean && b.kind != Kind::kBoolean && a.known != kNoNode && b.known != kNoNode
                          ? g_.And(a.known, b.known)
                          : kNoNode;
  if (pair(Kind::kNumber, Kind::kNumber)) {
    if (op == Op::kAdd || op == Op::kSubtract) return AddNumbers(a, b, op == Op::kSubtract);
    if (op == Op::kMultiply) return MultiplyNumbers(a, b);
    if (op == Op::kDivide) return DivideNumbers(a, b);
    return Fail("a power");
  }
  const bool shift = b.kind == Kind::kMonths || b.kind == Kind::kDays;
  if (a.kind == Kind::kDate && shift && (op == Op::kAdd || op == Op::kSubtract)) {
    return ShiftDate(a, b, op == Op::kSubtract);
  }
  if (b.kind == Kind::kDate && (a.kind == Kind::kMonths || a.kind == Kind::kDays) && op == Op::kAdd) {
    return ShiftDate(b, a, false);
  }
  if (pair(Kind::kDate, Kind::kDate) && op == Op::kSubtract) {
    ColumnValue v = Scalar(Kind::kDays, axis, g_.Subtract(a.data, b.data), both);
    v.scale = 86400;
    return v;
  }
  if ((pair(Kind::kMonths, Kind::kMonths) || (pair(Kind::kDays, Kind::kDays) && a.scale == b.scale)) &&
      (op == Op::kAdd || op == Op::kSubtract)) {
    ColumnValue v = Scalar(a.kind, axis, op == Op::kAdd ? g_.Add(a.data, b.data) : g_.Subtract(a.data, b.data), both);
    v.scale = a.scale;
    return v;
  }
  if (op == Op::kMultiply && (pair(Kind::kMonths, Kind::kNumber) || pair(Kind::kNumber, Kind::kMonths))) {
    const ColumnValue& months = a.kind == Kind::kMonths ? a : b;
    const ColumnValue& factor = a.kind == Kind::kMonths ? b : a;
    const NodeId product = g_.Multiply(months.data, factor.data);
    const NodeId divisor = g_.Multiply(factor.denominator, g_.Const(PowerOfTen(factor.scale)));
    return Scalar(Kind::kMonths, axis, g_.Narrow(g_.Divide(product, divisor, RoundMode::kDown)), both);
  }
  if (pair(Kind::kMonths, Kind::kMonths) && op == Op::kDivide) {
    return DivideNumbers(Number(axis, a.data, a.known, 0, g_.Const(1)), Number(axis, b.data, b.known, 0, g_.Const(1)));
  }
  if (pair(Kind::kDays, Kind::kDays) && op == Op::kDivide && a.scale == b.scale) {
    return DivideNumbers(Number(axis, a.data, a.known, 0, g_.Const(1)), Number(axis, b.data, b.known, 0, g_.Const(1)));
  }
  return Fail("arithmetic of texts or durations");
}

ColumnValue Builder::Negate(const ColumnValue& v) {
  if (v.kind == Kind::kConstant) {
    ColumnValue c;
    c.constant = feel::Negate(v.constant);
    return c;
  }
  if (v.kind != Kind::kNumber && v.kind != Kind::kMonths && v.kind != Kind::kDays) return Fail("a minus of no number");
  ColumnValue out = v;
  out.data = g_.Subtract(g_.Const(0), v.data);
  return out;
}

ColumnValue Builder::Present(const ColumnValue& v, bool wanted_null) {
  const NodeId known = KnownOf(v);
  return wanted_null ? Boolean(v.axis, g_.Not(known), known) : Boolean(v.axis, known, g_.Not(known));
}

ColumnValue Builder::Compare(feel::Comparison c, ColumnValue a, ColumnValue b) {
  using feel::Comparison;
  if (a.kind == Kind::kConstant && b.kind == Kind::kConstant) {
    ColumnValue v;
    v.constant = feel::FromOptional(feel::Compare(c, a.constant, b.constant, feel::NullRule::kUnknown));
    return v;
  }
  const Axis axis = Meet(a.axis, b.axis);
  const auto is_null = [](const ColumnValue& v) { return v.kind == Kind::kConstant && v.constant.IsNull(); };
  if (is_null(a) || is_null(b)) return Boolean(kNoAxis, g_.None(), g_.None());
  const bool equality = c == Comparison::kEqual || c == Comparison::kNotEqual;
  const bool inverted = c == Comparison::kNotEqual || c == Comparison::kLessEqual || c == Comparison::kGreaterEqual;
  // A word that no batch of this layout brings with its first words has no number yet.
  if (a.kind == Kind::kConstant) a = FromConstant(a.constant);
  if (b.kind == Kind::kConstant) b = FromConstant(b.constant);
  if (!why_.empty()) return a;
  if (a.kind != b.kind) return Boolean(kNoAxis, g_.None(), g_.None());
  a = Bring(a, axis);
  b = Bring(b, axis);
  if (a.kind == Kind::kBoolean) {
    if (!equality) return Boolean(kNoAxis, g_.None(), g_.None());
    const NodeId same = g_.Or(g_.And(a.is_true, b.is_true), g_.And(a.is_false, b.is_false));
    const NodeId other = g_.Or(g_.And(a.is_true, b.is_false), g_.And(a.is_false, b.is_true));
    return inverted ? Boolean(axis, other, same) : Boolean(axis, same, other);
  }
  if (a.kind == Kind::kText && !equality) return Fail("texts in order");
  if (a.kind == Kind::kList || a.kind == Kind::kItems || a.kind == Kind::kRow || a.kind == Kind::kMember) {
    return Fail("lists compared");
  }
  if (a.kind == Kind::kDays && a.scale != b.scale) {
    for (ColumnValue* v : {&a, &b}) {
      v->data = g_.Multiply(v->data, g_.Const(v->scale));
      v->scale = 1;
    }
  }
  // a > b is b < a, and a <= b is not b < a.
  if (c == Comparison::kGreater || c == Comparison::kLessEqual) std::swap(a, b);
  NodeId bits;
  if (a.kind == Kind::kNumber) {
    const int scale = std::max(a.scale, b.scale);
    if (!ScaleTo(&a, scale) || !ScaleTo(&b, scale)) return a;
    const bool fits = Fits(Product(g_[a.data], g_[b.denominator])) && Fits(Product(g_[b.data], g_[a.denominator]));
    const double limit = 1e20 / static_cast<double>(PowerOfTen(scale));
    const bool close =
        static_cast<double>(g_[a.denominator].high) * static_cast<double>(g_[b.denominator].high) < limit;
    if (a.denominator == b.denominator && g_.IsConst(a.denominator)) {
      bits = equality ? g_.Equal(a.data, b.data) : g_.Less(a.data, b.data);
    } else if (fits && close) {
      const NodeId left = g_.Multiply(a.data, b.denominator), right = g_.Multiply(b.data, a.denominator);
      bits = equality ? g_.Equal(left, right) : g_.Less(left, right);
    } else {
      bits = g_.Fractions(equality ? GraphOp::kEqualWide : GraphOp::kLessWide, a.data, a.denominator, b.data,
                          b.denominator, PowerOfTen(scale));
    }
  } else {
    bits = equality ? g_.Equal(a.data, b.data) : g_.Less(a.data, b.data);
  }
  const NodeId known = g_.And(a.known, b.known);
  const NodeId yes = inverted ? g_.Not(bits) : bits;
  return Boolean(axis, g_.And(known, yes), g_.AndNot(known, yes));
}

ColumnValue Builder::SelectList(const ColumnValue& condition, const ColumnValue& a, const ColumnValue& b) {
  if (a.kind != Kind::kList || b.kind != Kind::kList || a.items_level != b.items_level || a.axis != b.axis ||
      a.item->kind != b.item->kind || (a.item->kind != Kind::kRow && a.item->kind != Kind::kMember)) {
    return Fail("a choice between lists");
  }
  const Axis axis = Meet(condition.axis, a.axis);
  if (axis != a.axis) return Fail("a choice between lists");
  const ColumnValue c = Bring(condition, axis);
  ColumnValue v = a;
  v.mask = g_.Or(g_.And(OnItems(a, c.is_true), a.mask), g_.And(OnItems(a, c.is_false), b.mask));
  v.known = g_.Or(g_.And(c.is_true, a.known), g_.And(c.is_false, b.known));
  return v;
}

ColumnValue Builder::Select(const ColumnValue& condition, ColumnValue a, ColumnValue b) {
  if (condition.kind == Kind::kConstant) {
    if (condition.constant.IsTrue()) return a;
    return condition.constant.IsNull() ? ColumnValue() : b;
  }
  if (condition.kind != Kind::kBoolean) return Fail("a condition that is no boolean");
  if (a.single || b.single) return Fail("a choice between rows");
  if (a.kind == Kind::kList || b.kind == Kind::kList) return SelectList(condition, a, b);
  if (a.kind == Kind::kItems || b.kind == Kind::kItems) return Fail("a choice between lists");
  const bool null_a = a.kind == Kind::kConstant && a.constant.IsNull();
  const bool null_b = b.kind == Kind::kConstant && b.constant.IsNull();
  if (null_a && null_b) return a;
  if (!null_a) a = ConstantOf(a, a.kind);
  if (!null_b) b = ConstantOf(b, b.kind);
  if (null_a) a = ConstantOf(a, b.kind);
  if (null_b) b = ConstantOf(b, a.kind);
  if (!why_.empty()) return a;
  if (a.kind != b.kind) return Fail("a choice between values of two kinds");
  const Axis axis = Meet(condition.axis, Meet(a.axis, b.axis));
  if (!why_.empty()) return a;
  const ColumnValue c = Bring(condition, axis);
  a = Bring(a, axis);
  b = Bring(b, axis);
  if (a.kind == Kind::kBoolean) {
    return Boolean(axis, g_.Or(g_.And(c.is_true, a.is_true), g_.And(c.is_false, b.is_true)),
                   g_.Or(g_.And(c.is_true, a.is_false), g_.And(c.is_false, b.is_false)));
  }
  if (a.kind == Kind::kMember || a.kind == Kind::kRow) return Fail("a choice between rows");
  const NodeId known = g_.Or(g_.And(c.is_true, a.known), g_.And(c.is_false, b.known));
  if (a.kind == Kind::kNumber) {
    if (g_.IsConst(a.denominator) && g_.IsConst(b.denominator)) {
      if (!Align(&a, &b)) return a;
    } else {
      const int scale = std::max(a.scale, b.scale);
      if (!ScaleTo(&a, scale) || !ScaleTo(&b, scale)) return a;
    }
    return Number(axis, g_.Select(c.is_true, a.data, b.data), known, a.scale,
                  g_.Select(c.is_true, a.denominator, b.denominator));
  }
  if (a.kind == Kind::kDays && a.scale != b.scale) return Fail("durations of days and hours");
  ColumnValue v = Scalar(a.kind, axis, g_.Select(c.is_true, a.data, b.data), known);
  v.scale = a.scale;
  return v;
}

ColumnValue Builder::Extreme(std::vector<ColumnValue> items, bool largest) {
  ColumnValue best;
  for (size_t i = 0; i < items.size(); ++i) {
    ColumnValue next = items[i];
    if (next.kind == Kind::kConstant && next.constant.IsNull()) return ColumnValue();
    if (next.kind == Kind::kConstant) next = FromConstant(next.constant);
    if (!why_.empty()) return next;
    if (next.kind != Kind::kNumber && next.kind != Kind::kDate && next.kind != Kind::kMonths) {
      return Fail("the extreme of values without an order in columns");
    }
    if (i == 0) {
      best = next;
      continue;
    }
    if (next.kind != best.kind) return ColumnValue();
    const Axis axis = Meet(best.axis, next.axis);
    if (!why_.empty()) return next;
    best = Bring(best, axis);
    next = Bring(next, axis);
    best.axis = next.axis = axis;
    const NodeId known = g_.And(best.known, next.known);
    const bool whole = best.kind != Kind::kNumber || (g_.IsConst(best.denominator) && g_.IsConst(next.denominator)) ||
                       best.denominator == next.denominator;
    if (whole) {
      if (best.kind == Kind::kNumber && !Align(&best, &next)) return best;
      best.data = largest ? g_.Max(best.data, next.data) : g_.Min(best.data, next.data);
    } else {
      // A number of known sign against a constant zero needs no quotient: max(0, x / n) is max(0, x) / n.
      ColumnValue* constant = g_.IsConst(best.data) && g_[best.data].imm == 0   ? &best
                              : g_.IsConst(next.data) && g_[next.data].imm == 0 ? &next
                                                                                : nullptr;
      if (constant != nullptr) {
        const ColumnValue& other = constant == &best ? next : best;
        ColumnValue v = other;
        v.data = largest ? g_.Max(other.data, g_.Const(0)) : g_.Min(other.data, g_.Const(0));
        best = v;
      } else {
        const ColumnValue less = Compare(feel::Comparison::kLess, best, next);
        if (!why_.empty()) return less;
        const NodeId take_next = largest ? less.is_true : g_.And(g_.Not(less.is_true), g_.All());
        const int scale = std::max(best.scale, next.scale);
        if (!ScaleTo(&best, scale) || !ScaleTo(&next, scale)) return best;
        best.data = g_.Select(take_next, next.data, best.data);
        best.denominator = g_.Select(take_next, next.denominator, best.denominator);
      }
    }
    best.known = known;
    best.axis = axis;
  }
  return best;
}

ColumnValue Builder::Rounded(const ColumnValue& v, int scale, RoundMode mode) {
  if (v.kind != Kind::kNumber) return Fail("a rounding of no number");
  if (scale > kScaleMax || scale < -kScaleMax) return Fail("a rounding to many places");
  const NodeId one = g_.Const(1);
  if (v.scale <= scale && v.denominator == one) return v;
  NodeId data = v.data, divisor = v.denominator;
  if (v.scale < scale) data = g_.Multiply(data, g_.Const(PowerOfTen(scale - v.scale)));
  if (v.scale > scale) divisor = g_.Multiply(divisor, g_.Const(PowerOfTen(v.scale - scale)));
  NodeId rounded = g_.Divide(data, divisor, mode);
  if (scale < 0) rounded = g_.Multiply(rounded, g_.Const(PowerOfTen(-scale)));
  return Number(v.axis, rounded, v.known, std::max(scale, 0), one);
}

ColumnValue Builder::Part(const ColumnValue& v, const std::string& name) {
  const NodeId one = g_.Const(1);
  if (v.kind == Kind::kConstant) {
    ColumnValue c;
    c.constant = feel::Property(v.constant, name);
    return c;
  }
  if (v.kind == Kind::kDate && (name == "year" || name == "month" || name == "day")) {
    const GraphOp op = name == "year" ? GraphOp::kYear : name == "month" ? GraphOp::kMonth : GraphOp::kDay;
    return Number(v.axis, g_.DatePart(op, v.data), v.known, 0, one);
  }
  if (v.kind == Kind::kMonths && name == "years") {
    return Number(v.axis, g_.Divide(v.data, g_.Const(12), RoundMode::kDown), v.known, 0, one);
  }
  if (v.kind == Kind::kMonths && name == "months") {
    return Number(v.axis, g_.Remainder(v.data, g_.Const(12)), v.known, 0, one);
  }
  if (v.kind == Kind::kDays && name == "days") {
    const NodeId days = v.scale == 86400 ? v.data : g_.Divide(v.data, g_.Const(86400), RoundMode::kDown);
    return Number(v.axis, days, v.known, 0, one);
  }
  return Fail("the property " + name);
}

}  // namespace hearth::columns
