// CivilDay is a day of the civil calendar (Asia/Shanghai by convention): days since 1970-01-01.
// CivilMonth is a month of it: months since 1970-01. No time of day, no zone, no clock.
//
//   CivilDay::FromYmd(2024, 2, 29).value().AddMonths(12) == CivilDay::FromYmd(2025, 2, 28).value()
//
// Copy by value. The proleptic Gregorian calendar, years 1 to 9999.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/status.h"

namespace hearth {

struct CivilMonth;

struct YearMonthDay {
  int year, month, day;
};

struct CivilDay {
  int32_t days = 0;
  auto operator<=>(const CivilDay&) const = default;

  // InvalidArgument when there is no such day.
  static StatusOr<CivilDay> FromYmd(int year, int month, int day);
  static bool IsValidYmd(int year, int month, int day);
  YearMonthDay Ymd() const;
  CivilDay AddDays(int n) const { return CivilDay{days + n}; }
  // The same day n months later (earlier when negative), or that month's last day where it does not exist.
  CivilDay AddMonths(int n) const;
  CivilMonth Month() const;
  // "2024-03-01".
  std::string ToString() const;
};

struct CivilMonth {
  int32_t months = 0;
  auto operator<=>(const CivilMonth&) const = default;

  static StatusOr<CivilMonth> FromYm(int year, int month);
  CivilMonth AddMonths(int n) const { return CivilMonth{months + n}; }
  int Year() const;
  int MonthOfYear() const;  // 1..12
  CivilDay FirstDay() const;
  CivilDay LastDay() const;
  // "2024-03".
  std::string ToString() const;
};

// Half-open: until is outside.
struct DayRange {
  CivilDay from, until;
  bool Contains(CivilDay d) const { return from <= d && d < until; }
};

// A birthday of 29 February in other years.
enum class LeapDay : uint8_t { kFeb28, kMar1 };

// Completed years (周岁); as_of before birth gives a negative number.
int AgeOn(CivilDay birth, CivilDay as_of, LeapDay rule);
// The day on which age `years` is reached.
CivilDay BirthdayOf(CivilDay birth, int years, LeapDay rule);

// Strict "YYYY-MM-DD"; InvalidArgument otherwise. Registry spellings are ingest's business.
StatusOr<CivilDay> ParseIsoDay(std::string_view text);
// Strict "YYYY-MM".
StatusOr<CivilMonth> ParseIsoMonth(std::string_view text);

}  // namespace hearth
