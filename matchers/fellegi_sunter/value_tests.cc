#include "matchers/fellegi_sunter/value_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/person_name.h"
#include "core/text.h"
#include "matchers/fellegi_sunter/condition.h"
#include "matchers/similarity/similarity.h"

namespace hearth::linkage {

ValueTests::ValueTests(const Column& column, const Comparison& comparison, bool bytes)
    : column_(column), bytes_(bytes) {
  for (const Level& level : comparison.levels) Note(level.when);
  Follow();
}

void ValueTests::Note(const Condition& c) {
  for (const Condition& part : c.parts) Note(part);
  wants_days_ |= c.test == Test::kDaysWithin || c.test == Test::kMonthsWithin || c.test == Test::kYearsWithin ||
                 c.test == Test::kDayMonthSwapped;
  wants_numbers_ |= c.test == Test::kNumberWithin || c.test == Test::kPercentWithin;
  wants_persons_ |= c.test == Test::kNameSimilarity;
  wants_organisations_ |= c.test == Test::kOrganisationSimilarity;
}

void ValueTests::Follow() {
  const size_t kept = std::min(known_, column_.values.size());
  known_ = kept;
  const auto cut = [&](auto* list) {
    list->erase(list->begin() + std::min<ptrdiff_t>(kept, list->size()), list->end());
  };
  cut(&ascii_);
  cut(&signature_);
  cut(&days_);
  cut(&numbers_);
  cut(&persons_);
  cut(&organisations_);
  for (; known_ < column_.values.size(); ++known_) {
    const std::string_view text = column_.values[static_cast<uint32_t>(known_)];
    ascii_.push_back(IsAscii(text));
    signature_.push_back(SignatureOf(text.substr(0, kUnitsCompared)));
    if (wants_days_) days_.push_back(DayOf(text));
    if (wants_numbers_) numbers_.push_back(NumberOf(text));
    if (wants_persons_) persons_.emplace_back(text, NameKind::kPerson);
    if (wants_organisations_) organisations_.emplace_back(text, NameKind::kOrganisation);
  }
}

double ValueTests::DaysApart(uint32_t x, uint32_t y) const {
  if (days_[x] == kNoDay || days_[y] == kNoDay) return std::numeric_limits<double>::infinity();
  return std::abs(static_cast<double>(days_[x]) - days_[y]);
}

// On bytes, or where both are ASCII, which comes to the same.
bool ValueTests::DistanceWithin(const Condition& c, uint32_t x, uint32_t y) const {
  const std::string_view a = column_.values[x].substr(0, kUnitsCompared),
                         b = column_.values[y].substr(0, kUnitsCompared);
  const int most = static_cast<int>(std::min(std::floor(c.bound), 1e6));
  if (most < 0) return false;
  if (DistanceLowerBound(signature_[x], static_cast<int>(a.size()), signature_[y], static_cast<int>(b.size())) > most) {
    return false;
  }
  return (c.test == Test::kLevenshtein ? LevenshteinWithin(a, b, most) : DamerauLevenshteinWithin(a, b, most)) <= most;
}

bool ValueTests::Holds(const Condition& c, uint32_t x, uint32_t y) const {
  const auto holds = [&](const Condition& part) { return Holds(part, x, y); };
  switch (c.test) {
    case Test::kElse:
      return true;
    case Test::kNull:
      return false;
    case Test::kAnd:
      return std::all_of(c.parts.begin(), c.parts.end(), holds);
    case Test::kOr:
      return std::any_of(c.parts.begin(), c.parts.end(), holds);
    case Test::kNot:
      return !holds(c.parts.front());
    case Test::kEqual:
      return x == y;
    case Test::kLiteral:
      return x == y && column_.values[x] == c.text;
    case Test::kDaysWithin:
      return DaysApart(x, y) <= c.bound;
    case Test::kMonthsWithin:
      return DaysApart(x, y) <= c.bound * 30.4375;
    case Test::kYearsWithin:
      return DaysApart(x, y) <= c.bound * 365.25;
    case Test::kDayMonthSwapped:
      // Month and day change places within one year, so the two are less than a year apart.
      return x != y && DaysApart(x, y) < 366 && HoldsOnTexts(c, column_.values[x], column_.values[y], bytes_);
    case Test::kNumberWithin:
      return std::abs(numbers_[x] - numbers_[y]) <= c.bound;
    case Test::kPercentWithin:
      return std::abs(numbers_[x] - numbers_[y]) <= c.bound * std::max(std::abs(numbers_[x]), std::abs(numbers_[y]));
    case Test::kNameSimilarity:
      return NameSimilarity(persons_[x], persons_[y]) >= c.bound;
    case Test::kOrganisationSimilarity:
      return NameSimilarity(organisations_[x], organisations_[y]) >= c.bound;
    case Test::kLevenshtein:
    case Test::kDamerau:
      if (bytes_ || (ascii_[x] && ascii_[y])) return DistanceWithin(c, x, y);
      return HoldsOnTexts(c, column_.values[x], column_.values[y], bytes_);
    default:
      return HoldsOnTexts(c, column_.values[x], column_.values[y], bytes_);
  }
}

}  // namespace hearth::linkage
