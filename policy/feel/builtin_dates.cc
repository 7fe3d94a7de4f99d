// Built-in functions of days and durations.
#include <algorithm>
#include <array>

#include "policy/feel/builtin_tables.h"

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

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

// ISO 8601: weeks begin on Monday, and the first week of a year is that of its first Thursday.
Value WeekOfYear(Arguments a, NullRule) {
  if (a[0].kind() != Kind::kDate) return Value::Null();
  const CivilDay day = a[0].date();
  const int monday_0 = ((day.days + 3) % 7 + 7) % 7;
  const CivilDay thursday = day.AddDays(3 - monday_0);
  const StatusOr<CivilDay> first = CivilDay::FromYmd(thursday.Ymd().year, 1, 1);
  if (!first.ok()) return Value::Null();
  return Value::Number(int64_t{(thursday.days - first->days) / 7 + 1});
}

using T = TypeKind;

}  // namespace

std::span<const Builtin> DateBuiltins() {
  static const std::vector<Builtin> kTable = {
      {"date", {"from"}, 1, 1, T::kDate, false, false, DateFrom, "*"},
      {"date", {"year", "month", "day"}, 3, 3, T::kDate, false, false, DateOfParts, "nnn"},
      {"duration", {"from"}, 1, 1, T::kAny, false, false, Duration, "*"},
      {"years and months duration", {"from", "to"}, 2, 2, T::kMonths, false, false, YearsAndMonths, "dd"},
      {"day of year", {"date"}, 1, 1, T::kNumber, false, false, DayOfYear, "d"},
      {"day of week", {"date"}, 1, 1, T::kText, false, false, DayOfWeek, "d"},
      {"month of year", {"date"}, 1, 1, T::kText, false, false, MonthOfYear, "d"},
      {"week of year", {"date"}, 1, 1, T::kNumber, false, false, WeekOfYear, "d"},
  };
  return kTable;
}

std::optional<Value> AtLiteral(std::string_view text) {
  if (const StatusOr<CivilDay> day = ParseIsoDay(text); day.ok()) return Value::Date(*day);
  return ParseDuration(text);
}

std::string WhyNoAtLiteral(std::string_view text) {
  const std::string quoted = "\"" + std::string(text) + "\"";
  if (text.find('T') != std::string_view::npos && !text.starts_with("P") && !text.starts_with("-P")) {
    return quoted + " is a date and time: a time of day is outside the subset; packs know days";
  }
  if (text.find(':') != std::string_view::npos)
    return quoted + ": a time of day is outside the subset; packs know days";
  if (text.starts_with("P") || text.starts_with("-P")) {
    return quoted + " is no duration: write months (P1Y2M) or days (P3DT4H), not both";
  }
  int year = 0, month = 0, day = 0;
  if (text.size() == 10 && std::sscanf(std::string(text).c_str(), "%4d-%2d-%2d", &year, &month, &day) == 3) {
    if (month == 2 && day == 29)
      return quoted + ": " + std::to_string(year) + " is no leap year, its February has 28 days";
    return quoted + " is no day of the calendar";
  }
  return quoted + " is no date (2024-03-01) or duration (P1Y, P30D)";
}

}  // namespace hearth::feel
