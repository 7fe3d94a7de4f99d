// The seventeen feeds of a made city: whose they are, how their files look, and what their columns are called. The
// order of columns is the order in which rows.cc fills them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace hearth::synth {

enum class Registry : uint8_t {
  kHouseholdRegistration,
  kMarriage,
  kBirths,
  kDeaths,
  kVehicles,
  kRealProperty,
  kSocialInsurance,
  kPensions,
  kHousingFund,
  kIncomeTax,
  kBusinessRegistration,
  kFinancialAssets,
  kDisability,
  kMedicalSettlement,
  kSchoolEnrolment,
  kCivilAffairs,
  kCivilAffairsPayments
};
inline constexpr int kRegistryCount = 17;

enum class Encoding : uint8_t { kUtf8, kUtf8Bom, kGb18030 };
enum class DayStyle : uint8_t { kCompact, kIso, kShortDash, kSlash, kDot, kChinese, kExcel };
enum class MonthStyle : uint8_t { kCompact, kDash };
enum class SexStyle : uint8_t { kCode, kChinese, kLetter };

struct Column {
  std::string_view header;
  std::string_view field;  // of the registry; empty: a column that nobody reads
  std::string_view unit = {};
};

struct FeedSpec {
  Registry registry;
  std::string_view registry_name, feed, stem;
  Encoding encoding;
  char delimiter;
  bool quoted;
  bool crlf;
  bool header;
  std::string_view null_text;
  DayStyle day_style;
  MonthStyle month_style;
  SexStyle sex_style;
  std::vector<Column> columns;
};

// In the order of Registry; built once.
const std::vector<FeedSpec>& Feeds();
inline const FeedSpec& FeedOf(Registry registry) { return Feeds()[static_cast<size_t>(registry)]; }

}  // namespace hearth::synth
