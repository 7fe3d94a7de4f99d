#include "policy/feel/builtins.h"

#include <algorithm>
#include <array>

namespace hearth::feel {
namespace {

using Kind = Value::Kind;
using Arguments = std::span<const Value>;

bool IsNumber(const Value& v) { return v.kind() == Kind::kNumber; }
bool IsText(const Value& v) { return v.kind() == Kind::kText; }
std::optional<int64_t> WholeOf(const Value& v) { return IsNumber(v) ? v.number().ToInt() : std::nullopt; }

// f(list) and f(a, b, c) are the same function; false when the one argument is null.
bool ListOrArguments(Arguments a, ValueList* items) {
  if (a.size() != 1) {
    items->assign(a.begin(), a.end());
    return true;
  }
  return Items(a[0], items);
}

// ---- numbers

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

Value Extreme(Arguments a, bool largest) {
  ValueList items;
  if (!ListOrArguments(a, &items) || items.empty()) return Value::Null();
  Value best = items[0];
  for (const Value& v : items) {
    const std::optional<bool> less = largest ? Less(best, v) : Less(v, best);
    if (!less) return Value::Null();
    if (*less) best = v;
  }
  return best;
}
Value Min(Arguments a, NullRule) { return Extreme(a, false); }
Value Max(Arguments a, NullRule) { return Extreme(a, true); }

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

Value RoundTo(Arguments a, Decimal::Mode mode) {
  if (!IsNumber(a[0])) return Value::Null();
  int64_t scale = 0;
  if (a.size() == 2) {
    if (!IsNumber(a[1])) return Value::Null();
    const std::optional<int64_t> whole = a[1].number().Round(0, Decimal::Mode::kDown).ToInt();
    if (!whole || *whole < -6111 || *whole > 6176) return Value::Null();
    scale = *whole;
  }
  return Value::Number(a[0].number().Round(static_cast<int>(scale), mode));
}
Value Floor(Arguments a, NullRule) { return RoundTo(a, Decimal::Mode::kFloor); }
Value Ceiling(Arguments a, NullRule) { return RoundTo(a, Decimal::Mode::kCeiling); }
Value RoundHalfEven(Arguments a, NullRule) { return RoundTo(a, Decimal::Mode::kHalfEven); }
Value RoundUp(Arguments a, NullRule) { return RoundTo(a, Decimal::Mode::kUp); }
Value RoundDown(Arguments a, NullRule) { return RoundTo(a, Decimal::Mode::kDown); }
Value RoundHalfUp(Arguments a, NullRule) { return RoundTo(a, Decimal::Mode::kHalfUp); }
Value RoundHalfDown(Arguments a, NullRule) { return RoundTo(a, Decimal::Mode::kHalfDown); }

// dividend - divisor * floor(dividend / divisor).
Value Modulo(Arguments a, NullRule) {
  if (!IsNumber(a[0]) || !IsNumber(a[1])) return Value::Null();
  const Value ratio = Arithmetic(Op::kDivide, a[0], a[1]);
  if (ratio.IsNull()) return ratio;
  const Value floor = Value::Number(ratio.number().Round(0, Decimal::Mode::kFloor));
  return Arithmetic(Op::kSubtract, a[0], Arithmetic(Op::kMultiply, a[1], floor));
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

// ---- booleans

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

// ---- texts, counted in code points

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

// ---- lists

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
    all.insert(all.end(), items.begin(), items.end());
  }
  return Value::List(std::move(all));
}

ValueList Distinct(const ValueList& items) {
  ValueList kept;
  for (const Value& v : items) {
    if (std::find(kept.begin(), kept.end(), v) == kept.end()) kept.push_back(v);
  }
  return kept;
}
Value DistinctValues(Arguments a, NullRule) {
  ValueList items;
  if (!Items(a[0], &items)) return Value::Null();
  return Value::List(Distinct(items));
}
Value Union(Arguments a, NullRule rule) {
  const Value all = Concatenate(a, rule);
  return all.IsNull() ? all : Value::List(Distinct(all.list()));
}

void FlattenInto(const Value& v, int depth, ValueList* out) {
  if (depth > kDepthMax) return;
  ValueList items;
  if (v.kind() != Kind::kList && v.kind() != Kind::kRows) {
    out->push_back(v);
    return;
  }
  Items(v, &items);
  for (const Value& item : items) FlattenInto(item, depth + 1, out);
}
Value Flatten(Arguments a, NullRule) {
  if (a[0].IsNull()) return a[0];
  ValueList out;
  FlattenInto(a[0], 0, &out);
  return Value::List(std::move(out));
}

Value IndexOf(Arguments a, NullRule) {
  ValueList items, out;
  if (!Items(a[0], &items)) return Value::Null();
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i] == a[1]) out.push_back(Value::Number(static_cast<int64_t>(i + 1)));
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

// ---- dates and durations

std::optional<Value> ParseDuration(std::string_view text) {
  size_t i = 0;
  bool negative = false;
  if (i < text.size() && text[i] == '-') negative = text[i++] == '-';
  if (i >= text.size() || text[i++] != 'P') return std::nullopt;
  int64_t months = 0, seconds = 0;
  bool has_months = false, has_days = false, time = false;
  int last = -1;  // parts come in the order Y M D H M S
  if (i >= text.size()) return std::nullopt;
  while (i < text.size()) {
    if (text[i] == 'T') {
      if (time || ++i >= text.size()) return std::nullopt;
      time = true;
      continue;
    }
    int64_t n = 0;
    const size_t begin = i;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      if (n > 100'000'000'000) return std::nullopt;
      n = n * 10 + (text[i] - '0');
    }
    if (i == begin) return std::nullopt;
    if (time && i < text.size() && text[i] == '.') {  // a part of a second is dropped
      for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {}
      if (i >= text.size() || text[i] != 'S') return std::nullopt;
    }
    if (i >= text.size()) return std::nullopt;
    const char unit = text[i++];
    int order = -1;
    if (!time && unit == 'Y') order = 0, months += n * 12, has_months = true;
    if (!time && unit == 'M') order = 1, months += n, has_months = true;
    if (!time && unit == 'D') order = 2, seconds += n * 86400, has_days = true;
    if (time && unit == 'H') order = 3, seconds += n * 3600, has_days = true;
    if (time && unit == 'M') order = 4, seconds += n * 60, has_days = true;
    if (time && unit == 'S') order = 5, seconds += n, has_days = true;
    if (order <= last) return std::nullopt;
    last = order;
  }
  if (has_months == has_days) return std::nullopt;  // neither, or both mixed
  if (has_months) return Value::Months(negative ? -months : months);
  return Value::Days(negative ? -seconds : seconds);
}

Value DateFrom(Arguments a, NullRule) {
  if (a[0].kind() == Kind::kDate) return a[0];
  if (!IsText(a[0])) return Value::Null();
  const StatusOr<CivilDay> day = ParseIsoDay(a[0].text());
  return day.ok() ? Value::Date(*day) : Value::Null();
}
Value DateOfParts(Arguments a, NullRule) {
  const std::optional<int64_t> y = WholeOf(a[0]), m = WholeOf(a[1]), d = WholeOf(a[2]);
  if (!y || !m || !d || *y < 1 || *y > 9999 || *m < 1 || *m > 12 || *d < 1 || *d > 31) return Value::Null();
  const StatusOr<CivilDay> day = CivilDay::FromYmd(static_cast<int>(*y), static_cast<int>(*m), static_cast<int>(*d));
  return day.ok() ? Value::Date(*day) : Value::Null();
}
Value Duration(Arguments a, NullRule) {
  if (a[0].kind() == Kind::kMonths || a[0].kind() == Kind::kDays) return a[0];
  if (!IsText(a[0])) return Value::Null();
  const std::optional<Value> v = ParseDuration(a[0].text());
  return v ? *v : Value::Null();
}

// Whole months from one day to another, toward zero.
Value YearsAndMonths(Arguments a, NullRule) {
  if (a[0].kind() != Kind::kDate || a[1].kind() != Kind::kDate) return Value::Null();
  const bool backward = a[1].date() < a[0].date();
  const YearMonthDay from = (backward ? a[1] : a[0]).date().Ymd(), to = (backward ? a[0] : a[1]).date().Ymd();
  int64_t months = int64_t{to.year - from.year} * 12 + to.month - from.month;
  if (to.day < from.day) --months;
  return Value::Months(backward ? -months : months);
}

Value DayOfYear(Arguments a, NullRule) {
  if (a[0].kind() != Kind::kDate) return Value::Null();
  const StatusOr<CivilDay> first = CivilDay::FromYmd(a[0].date().Ymd().year, 1, 1);
  return Value::Number(int64_t{a[0].date().days - first->days + 1});
}
Value DayOfWeek(Arguments a, NullRule) {
  static constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                            "Friday", "Saturday", "Sunday"};
  const Value weekday = Property(a[0], "weekday");
  return weekday.IsNull() ? weekday : Value::Text(kDays[static_cast<size_t>(*weekday.number().ToInt() - 1)]);
}
Value MonthOfYear(Arguments a, NullRule) {
  static constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                               "May",       "June",     "July",     "August",
                                                               "September", "October",  "November", "December"};
  if (a[0].kind() != Kind::kDate) return Value::Null();
  return Value::Text(kMonths[static_cast<size_t>(a[0].date().Ymd().month - 1)]);
}

// ---- contexts

Value GetValue(Arguments a, NullRule) {
  if (a[0].kind() != Kind::kContext || !IsText(a[1])) return Value::Null();
  for (const auto& [name, v] : a[0].context()) {
    if (name == a[1].text()) return v;
  }
  return Value::Null();
}

// ---- ranges: how two points or ranges of time or number stand to each other

struct Bounds {
  Value low, high;
  bool low_included = true, high_included = true;
  bool point = false;
};

std::optional<Bounds> BoundsOf(const Value& v) {
  if (v.kind() == Kind::kRange) {
    const ValueRange& r = v.range();
    if (r.low.IsNull() || r.high.IsNull()) return std::nullopt;
    return Bounds{r.low, r.high, r.low_included, r.high_included, false};
  }
  if (v.IsNull() || v.kind() == Kind::kList || v.kind() == Kind::kContext) return std::nullopt;
  return Bounds{v, v, true, true, true};
}

int Order(const Value& a, const Value& b, bool* known) {
  const std::optional<bool> less = Less(a, b), more = Less(b, a);
  if (!less || !more) *known = false;
  return less && *less ? -1 : more && *more ? 1 : 0;
}

Value IsBefore(const Value& a, const Value& b) {
  const std::optional<Bounds> x = BoundsOf(a), y = BoundsOf(b);
  if (!x || !y) return Value::Null();
  bool known = true;
  const int order = Order(x->high, y->low, &known);
  if (!known) return Value::Null();
  return Value::Boolean(order < 0 || (order == 0 && !(x->high_included && y->low_included)));
}
Value Before(Arguments a, NullRule) { return IsBefore(a[0], a[1]); }
Value After(Arguments a, NullRule) { return IsBefore(a[1], a[0]); }

Value IsMeeting(const Value& a, const Value& b) {
  const std::optional<Bounds> x = BoundsOf(a), y = BoundsOf(b);
  if (!x || !y || x->point || y->point) return Value::Null();
  bool known = true;
  const int order = Order(x->high, y->low, &known);
  if (!known) return Value::Null();
  return Value::Boolean(order == 0 && x->high_included && y->low_included);
}
Value Meets(Arguments a, NullRule) { return IsMeeting(a[0], a[1]); }
Value MetBy(Arguments a, NullRule) { return IsMeeting(a[1], a[0]); }

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

Value Relate(Relation relation, const Value& a, const Value& b) {
  const std::optional<Bounds> x = BoundsOf(a), y = BoundsOf(b);
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
Value Includes(Arguments a, NullRule) { return Relate(Relation::kIncludes, a[0], a[1]); }
Value During(Arguments a, NullRule) { return Relate(Relation::kIncludes, a[1], a[0]); }
Value Overlaps(Arguments a, NullRule) { return Relate(Relation::kOverlaps, a[0], a[1]); }
Value OverlapsBefore(Arguments a, NullRule) { return Relate(Relation::kOverlapsBefore, a[0], a[1]); }
Value OverlapsAfter(Arguments a, NullRule) { return Relate(Relation::kOverlapsBefore, a[1], a[0]); }
Value Starts(Arguments a, NullRule) { return Relate(Relation::kStarts, a[0], a[1]); }
Value StartedBy(Arguments a, NullRule) { return Relate(Relation::kStarts, a[1], a[0]); }
Value Finishes(Arguments a, NullRule) { return Relate(Relation::kFinishes, a[0], a[1]); }
Value FinishedBy(Arguments a, NullRule) { return Relate(Relation::kFinishes, a[1], a[0]); }
Value Coincides(Arguments a, NullRule) { return Relate(Relation::kCoincides, a[0], a[1]); }

using T = TypeKind;

const std::vector<Builtin>& Table() {
  static const std::vector<Builtin> kTable = {
      {"sum", {"list"}, 1, -1, T::kNumber, false, true, Sum, true},
      {"min", {"list"}, 1, -1, T::kAny, false, true, Min},
      {"max", {"list"}, 1, -1, T::kAny, false, true, Max},
      {"mean", {"list"}, 1, -1, T::kNumber, false, true, Mean},
      {"product", {"list"}, 1, -1, T::kNumber, false, false, Product},
      {"count", {"list"}, 1, 1, T::kNumber, false, false, Count},
      {"abs", {"n"}, 1, 1, T::kAny, false, true, Abs},
      {"floor", {"n", "scale"}, 1, 2, T::kNumber, false, true, Floor},
      {"ceiling", {"n", "scale"}, 1, 2, T::kNumber, false, true, Ceiling},
      {"decimal", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundHalfEven},
      {"round up", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundUp},
      {"round down", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundDown},
      {"round half up", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundHalfUp},
      {"round half down", {"n", "scale"}, 2, 2, T::kNumber, false, true, RoundHalfDown},
      {"modulo", {"dividend", "divisor"}, 2, 2, T::kNumber, false, false, Modulo},
      {"even", {"number"}, 1, 1, T::kBoolean, false, false, Even},
      {"odd", {"number"}, 1, 1, T::kBoolean, false, false, Odd},
      {"number", {"from", "grouping separator", "decimal separator"}, 1, 3, T::kNumber, false, false, Number},
      {"not", {"negand"}, 1, 1, T::kBoolean, false, false, Not},
      {"all", {"list"}, 1, -1, T::kBoolean, false, false, All},
      {"any", {"list"}, 1, -1, T::kBoolean, false, false, Any},
      {"string length", {"string"}, 1, 1, T::kNumber, false, false, StringLength},
      {"contains", {"string", "match"}, 2, 2, T::kBoolean, false, false, Contains},
      {"starts with", {"string", "match"}, 2, 2, T::kBoolean, false, false, StartsWith},
      {"ends with", {"string", "match"}, 2, 2, T::kBoolean, false, false, EndsWith},
      {"substring", {"string", "start position", "length"}, 2, 3, T::kText, false, false, Substring},
      {"substring before", {"string", "match"}, 2, 2, T::kText, false, false, SubstringBefore},
      {"substring after", {"string", "match"}, 2, 2, T::kText, false, false, SubstringAfter},
      {"string", {"from"}, 1, 1, T::kText, false, false, String},
      {"list contains", {"list", "element"}, 2, 2, T::kBoolean, false, false, ListContains},
      {"append", {"list", "item"}, 2, -1, T::kAny, true, true, Append},
      {"concatenate", {"list"}, 1, -1, T::kAny, true, true, Concatenate},
      {"distinct values", {"list"}, 1, 1, T::kAny, true, true, DistinctValues},
      {"flatten", {"list"}, 1, 1, T::kAny, false, false, Flatten},
      {"union", {"list"}, 1, -1, T::kAny, true, true, Union},
      {"index of", {"list", "match"}, 2, 2, T::kNumber, true, false, IndexOf},
      {"sublist", {"list", "start position", "length"}, 2, 3, T::kAny, true, true, Sublist},
      {"reverse", {"list"}, 1, 1, T::kAny, true, true, Reverse},
      {"insert before", {"list", "position", "newItem"}, 3, 3, T::kAny, true, true, InsertBefore},
      {"remove", {"list", "position"}, 2, 2, T::kAny, true, true, Remove},
      {"date", {"from"}, 1, 1, T::kDate, false, false, DateFrom},
      {"date", {"year", "month", "day"}, 3, 3, T::kDate, false, false, DateOfParts},
      {"duration", {"from"}, 1, 1, T::kAny, false, false, Duration},
      {"years and months duration", {"from", "to"}, 2, 2, T::kMonths, false, false, YearsAndMonths},
      {"day of year", {"date"}, 1, 1, T::kNumber, false, false, DayOfYear},
      {"day of week", {"date"}, 1, 1, T::kText, false, false, DayOfWeek},
      {"month of year", {"date"}, 1, 1, T::kText, false, false, MonthOfYear},
      {"get value", {"m", "key"}, 2, 2, T::kAny, false, false, GetValue},
      {"before", {"a", "b"}, 2, 2, T::kBoolean, false, false, Before},
      {"after", {"a", "b"}, 2, 2, T::kBoolean, false, false, After},
      {"meets", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, Meets},
      {"met by", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, MetBy},
      {"overlaps", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, Overlaps},
      {"overlaps before", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, OverlapsBefore},
      {"overlaps after", {"range1", "range2"}, 2, 2, T::kBoolean, false, false, OverlapsAfter},
      {"finishes", {"a", "range"}, 2, 2, T::kBoolean, false, false, Finishes},
      {"finished by", {"range", "a"}, 2, 2, T::kBoolean, false, false, FinishedBy},
      {"includes", {"range", "a"}, 2, 2, T::kBoolean, false, false, Includes},
      {"during", {"a", "range"}, 2, 2, T::kBoolean, false, false, During},
      {"starts", {"a", "range"}, 2, 2, T::kBoolean, false, false, Starts},
      {"started by", {"range", "a"}, 2, 2, T::kBoolean, false, false, StartedBy},
      {"coincides", {"a", "b"}, 2, 2, T::kBoolean, false, false, Coincides},
  };
  return kTable;
}

constexpr std::string_view kTimeOfDay = "a time of day is outside the subset; packs know days";
constexpr std::string_view kRegex = "regular expressions are outside the subset";
constexpr std::string_view kClock = "a pack knows no clock; use as_of";
constexpr std::string_view kUser = "a function as an argument is outside the subset";

constexpr struct {
  std::string_view name, why;
} kOutside[] = {{"time", kTimeOfDay}, {"date and time", kTimeOfDay},
                {"matches", kRegex},  {"replace", kRegex},
                {"split", kRegex},    {"now", kClock},
                {"today", kClock},    {"sort", kUser}};

}  // namespace

std::span<const Builtin> Builtins() { return Table(); }

const std::vector<std::string>& BuiltinNames() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Builtin& b : Table()) {
      if (b.name.find(' ') != std::string_view::npos) names.emplace_back(b.name);
    }
    for (const auto& o : kOutside) {
      if (o.name.find(' ') != std::string_view::npos) names.emplace_back(o.name);
    }
    for (const char* property : {"start included", "end included", "time offset"}) names.emplace_back(property);
    return names;
  }();
  return kNames;
}

std::vector<int> FindBuiltins(std::string_view name) {
  std::vector<int> found;
  for (size_t i = 0; i < Table().size(); ++i) {
    if (Table()[i].name == name) found.push_back(static_cast<int>(i));
  }
  return found;
}

std::string_view OutsideSubset(std::string_view name) {
  for (const auto& o : kOutside) {
    if (o.name == name) return o.why;
  }
  return {};
}

std::optional<Value> AtLiteral(std::string_view text) {
  if (const StatusOr<CivilDay> day = ParseIsoDay(text); day.ok()) return Value::Date(*day);
  return ParseDuration(text);
}

}  // namespace hearth::feel
