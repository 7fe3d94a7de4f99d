#include "core/determination.h"

namespace hearth {

std::string_view OutcomeName(Outcome o) {
  switch (o) {
    case Outcome::kEligible:
      return "eligible";
    case Outcome::kNotEligible:
      return "not_eligible";
    case Outcome::kNeedsInformation:
      return "needs_information";
  }
  return "";
}

std::string_view PeriodName(Period p) {
  switch (p) {
    case Period::kNone:
      return "";
    case Period::kDay:
      return "day";
    case Period::kMonth:
      return "month";
    case Period::kSchoolYear:
      return "school_year";
    case Period::kYear:
      return "year";
    case Period::kOnce:
      return "once";
  }
  return "";
}

}  // namespace hearth
