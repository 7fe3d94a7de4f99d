#include "core/person.h"

namespace hearth {

std::string_view LinkBasisName(LinkBasis b) {
  switch (b) {
    case LinkBasis::kSingle:
      return "single";
    case LinkBasis::kNumber:
      return "number";
    case LinkBasis::kSubjectKey:
      return "subject_key";
    case LinkBasis::kProbabilistic:
      return "probabilistic";
    case LinkBasis::kNameOnly:
      return "name_only";
    case LinkBasis::kDesk:
      return "desk";
  }
  return "";
}

std::string_view MembershipReasonName(MembershipReason r) {
  switch (r) {
    case MembershipReason::kHead:
      return "head";
    case MembershipReason::kSpouse:
      return "spouse";
    case MembershipReason::kMinorChild:
      return "minor_child";
    case MembershipReason::kDependentAdultChild:
      return "dependent_adult_child";
    case MembershipReason::kStudentChild:
      return "student_child";
    case MembershipReason::kDutyCoResident:
      return "duty_co_resident";
    case MembershipReason::kAlone:
      return "alone";
  }
  return "";
}

}  // namespace hearth
