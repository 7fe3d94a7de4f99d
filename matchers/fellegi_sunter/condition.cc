#include "matchers/fellegi_sunter/condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/civil_day.h"
#include "core/person_name.h"
#include "core/text.h"
#include "matchers/similarity/name_similarity.h"
#include "matchers/similarity/similarity.h"

namespace hearth::linkage {
namespace {

// Runs the comparator on bytes or on characters.
template <class Bytes, class Characters>
auto On(bool bytes, std::string_view a, std::string_view b, Bytes of_bytes, Characters of_characters) {
  if (bytes || (IsAscii(a) && IsAscii(b))) return of_bytes(a.substr(0, kUnitsCompared), b.substr(0, kUnitsCompared));
  const std::u32string x = DecodeUtf8(a), y = DecodeUtf8(b);
  return of_characters(std::u32string_view(x).substr(0, kUnitsCompared),
                       std::u32string_view(y).substr(0, kUnitsCompared));
}

int CommonItems(const Column& column, Pair pair) {
  const std::span<const uint32_t> a = column.Items(pair.left), b = column.Items(pair.right);
  int common = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++common, ++i, ++j;
    } else if (a[i] < b[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return common;
}

bool DayMonthSwapped(std::string_view a, std::string_view b) {
  return a != b && a.size() == 10 && b.size() == 10 && a.substr(0, 5) == b.substr(0, 5) &&
         a.substr(5, 2) == b.substr(8, 2) && a.substr(8, 2) == b.substr(5, 2) && DayOf(a) != kNoDay &&
         DayOf(b) != kNoDay;
}

double DaysApart(std::string_view a, std::string_view b) {
  const int32_t day_a = DayOf(a), day_b = DayOf(b);
  if (day_a == kNoDay || day_b == kNoDay) return std::numeric_limits<double>::infinity();
  return std::abs(static_cast<double>(day_a) - day_b);
}

}  // namespace

double NumberOf(std::string_view text) {
  double value = 0;
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return value;
}

int32_t DayOf(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return kNoDay;
  int parts[3] = {0, 0, 0};
  constexpr struct { size_t begin, end; } kFields[3] = {{0, 4}, {5, 7}, {8, 10}};
  for (int f = 0; f < 3; ++f) {
    for (size_t i = kFields[f].begin; i < kFields[f].end; ++i) {
      if (!IsDigit(text[i])) return kNoDay;
      parts[f] = parts[f] * 10 + text[i] - '0';
    }
  }
  const StatusOr<CivilDay> day = CivilDay::FromYmd(parts[0], parts[1], parts[2]);
  return day.ok() ? static_cast<int32_t>(day->days) : kNoDay;
}

double Kilometres(double latitude_a, double longitude_a, double latitude_b, double longitude_b) {
  constexpr double kEarthKm = 6371.0, kRadians = std::numbers::pi / 180;
  const double north = std::sin(std::abs(latitude_a - latitude_b) * kRadians / 2);
  const double east = std::sin(std::abs(longitude_a - longitude_b) * kRadians / 2);
  const double h = north * north + std::cos(latitude_a * kRadians) * std::cos(latitude_b * kRadians) * (east * east);
  return 2 * kEarthKm * std::asin(std::min(std::sqrt(h), 1.0));
}

bool HoldsOnTexts(const Condition& c, std::string_view a, std::string_view b, bool bytes) {
  const auto both = [&](auto of_bytes) { return On(bytes, a, b, of_bytes, of_bytes); };
  switch (c.test) {
    case Test::kLevenshtein:
      return both([](auto x, auto y) { return Levenshtein(x, y); }) <= c.bound;
    case Test::kDamerau:
      return both([](auto x, auto y) { return DamerauLevenshtein(x, y); }) <= c.bound;
    case Test::kJaro:
      return both([](auto x, auto y) { return Jaro(x, y); }) >= c.bound;
    case Test::kJaroWinkler:
      return both([](auto x, auto y) { return JaroWinkler(x, y); }) >= c.bound;
    case Test::kJaccard:
      return both([](auto x, auto y) { return Jaccard(x, y); }) >= c.bound;
    case Test::kName:
      return static_cast<double>(CompareNames(a, b)) <= c.bound;
    case Test::kNameSimilarity:
      return NameSimilarity(a, b, NameKind::kPerson) >= c.bound;
    case Test::kOrganisationSimilarity:
      return NameSimilarity(a, b, NameKind::kOrganisation) >= c.bound;
    case Test::kNumberWithin:
      return std::abs(NumberOf(a) - NumberOf(b)) <= c.bound;
    case Test::kPercentWithin: {
      const double x = NumberOf(a), y = NumberOf(b);
      return std::abs(x - y) <= c.bound * std::max(std::abs(x), std::abs(y));
    }
    case Test::kDaysWithin:
      return DaysApart(a, b) <= c.bound;
    case Test::kMonthsWithin:
      return DaysApart(a, b) <= c.bound * 30.4375;
    case Test::kYearsWithin:
      return DaysApart(a, b) <= c.bound * 365.25;
    case Test::kDayMonthSwapped:
      return DayMonthSwapped(a, b);
    default:
      return false;
  }
}

bool Holds(const Condition& c, const RecordSet& records, Pair pair, bool bytes) {
  const Column& a = records.columns[c.a];
  const auto holds = [&](const Condition& part) { return Holds(part, records, pair, bytes); };
  switch (c.test) {
    case Test::kElse:
      return true;
    case Test::kAnd:
      return std::all_of(c.parts.begin(), c.parts.end(), holds);
    case Test::kOr:
      return std::any_of(c.parts.begin(), c.parts.end(), holds);
    case Test::kNot:
      return !holds(c.parts.front());
    case Test::kNull: {
      const Column& b = records.columns[c.b];
      return a.IsNull(pair.left) || a.IsNull(pair.right) || b.IsNull(pair.left) || b.IsNull(pair.right);
    }
    case Test::kCommonItems:
      return CommonItems(a, pair) >= c.bound;
    case Test::kReversed:
    case Test::kEitherReversed: {
      const Column& b = records.columns[c.b];
      const auto equal = [&](uint32_t of_a, uint32_t of_b) {
        return !a.IsNull(of_a) && !b.IsNull(of_b) && a.values[a.codes[of_a]] == b.values[b.codes[of_b]];
      };
      const bool there = equal(pair.left, pair.right), back = equal(pair.right, pair.left);
      return c.test == Test::kReversed ? there && back : there || back;
    }
    case Test::kKmWithin: {
      const Column& b = records.columns[c.b];
      if (a.IsNull(pair.left) || a.IsNull(pair.right) || b.IsNull(pair.left) || b.IsNull(pair.right)) return false;
      const auto number = [](const Column& column, uint32_t r) { return NumberOf(column.values[column.codes[r]]); };
      return Kilometres(number(a, pair.left), number(b, pair.left), number(a, pair.right), number(b, pair.right)) <=
             c.bound;
    }
    default:
      break;
  }
  if (a.IsNull(pair.left) || a.IsNull(pair.right)) return false;
  if (a.many()) {
    return c.test == Test::kEqual && std::equal(a.Items(pair.left).begin(), a.Items(pair.left).end(),
                                                a.Items(pair.right).begin(), a.Items(pair.right).end());
  }
  const uint32_t left = a.codes[pair.left], right = a.codes[pair.right];
  if (c.test == Test::kEqual) return left == right;
  if (c.test == Test::kLiteral) return left == right && a.values[left] == c.text;
  return HoldsOnTexts(c, a.values[left], a.values[right], bytes);
}

void AddColumns(const Condition& c, std::vector<ColumnIndex>* columns) {
  const auto add = [&](ColumnIndex column) {
    const auto at = std::lower_bound(columns->begin(), columns->end(), column);
    if (at == columns->end() || *at != column) columns->insert(at, column);
  };
  for (const Condition& part : c.parts) AddColumns(part, columns);
  if (c.test == Test::kElse || c.test == Test::kAnd || c.test == Test::kOr || c.test == Test::kNot) return;
  add(c.a);
  const bool two = c.test == Test::kNull || c.test == Test::kReversed || c.test == Test::kEitherReversed ||
                   c.test == Test::kKmWithin;
  if (two) add(c.b);
}

}  // namespace hearth::linkage
