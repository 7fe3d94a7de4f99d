#include "core/verdict.h"

namespace hearth {

std::string_view VerdictName(Verdict v) {
  switch (v) {
    case Verdict::kOk:
      return "OK";
    case Verdict::kAbsent:
      return "ABSENT";
    case Verdict::kOkOld15:
      return "OK_OLD15";
    case Verdict::kOkNoted:
      return "OK_NOTED";
    case Verdict::kOpenEnd:
      return "OPEN_END";
    case Verdict::kPlaceholderDate:
      return "PLACEHOLDER_DATE";
    case Verdict::kBadCheck:
      return "BAD_CHECK";
    case Verdict::kBadDate:
      return "BAD_DATE";
    case Verdict::kBadDivision:
      return "BAD_DIVISION";
    case Verdict::kDivisionTestOnly:
      return "DIVISION_TEST_ONLY";
    case Verdict::kBadLength:
      return "BAD_LENGTH";
    case Verdict::kBadCharacter:
      return "BAD_CHARACTER";
    case Verdict::kLossySpreadsheet:
      return "LOSSY_SPREADSHEET";
    case Verdict::kMasked:
      return "MASKED";
    case Verdict::kPlaceholder:
      return "PLACEHOLDER";
    case Verdict::kBadForm:
      return "BAD_FORM";
    case Verdict::kBadCode:
      return "BAD_CODE";
    case Verdict::kBadNumber:
      return "BAD_NUMBER";
    case Verdict::kBadUnit:
      return "BAD_UNIT";
    case Verdict::kOutOfRange:
      return "OUT_OF_RANGE";
    case Verdict::kBadName:
      return "BAD_NAME";
  }
  return "UNKNOWN";
}

}  // namespace hearth
