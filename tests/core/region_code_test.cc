#include "core/region_code.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

CivilDay Day(int y, int m, int d) { return CivilDay::FromYmd(y, m, d).value(); }

Divisions CityTable() {
  constexpr std::string_view kYaml = R"(
- {code: "339900", name: 云泽市}
- {code: "339901", name: 东坪区}
- {code: "339902", name: 西渡区, from: 2010-01-01}
- {code: "339903", name: 南谷县, until: 2010-01-01, successors: ["339902", "339904"]}
- {code: "339904", name: 南谷区, from: 2010-01-01}
)";
  return Divisions::FromYaml(ReadYaml(kYaml, "divisions.yaml").value()).value();
}

TEST(Divisions, ACodeOnceGivenIsKnownForEver) {
  const Divisions table = CityTable();
  EXPECT_TRUE(table.Ever(339903));
  EXPECT_FALSE(table.Ever(339905));
  EXPECT_EQ(table.Find(339903, Day(2020, 1, 1))->name, "南谷县");
  EXPECT_EQ(table.Find(339905, Day(2020, 1, 1)), nullptr);
}

TEST(Divisions, SuccessorsAreFollowedToThoseInForce) {
  const Divisions table = CityTable();
  EXPECT_EQ(table.Current(339903, Day(2020, 1, 1)), (std::vector<uint32_t>{339902, 339904}));
  EXPECT_EQ(table.Current(339903, Day(2009, 12, 31)), (std::vector<uint32_t>{339903}));
  EXPECT_TRUE(table.Current(339905, Day(2020, 1, 1)).empty());
  EXPECT_EQ(table.FullName(339901, Day(2020, 1, 1)), "浙江省云泽市东坪区");
}

TEST(Divisions, ACycleOfSuccessorsDoesNotHang) {
  const CivilDay past = Day(2000, 1, 1);
  const auto table = Divisions::FromList({{339901, "甲", {}, past, {339902}}, {339902, "乙", {}, past, {339901}}});
  ASSERT_TRUE(table.ok());
  EXPECT_TRUE(table->Current(339901, Day(2020, 1, 1)).empty());
}

TEST(Divisions, WrongTablesAreRefusedWithTheirPlace) {
  constexpr const char* kBad[] = {
      "- {code: \"3399\", name: 甲}",                                         // not six digits
      "- {code: \"339901\", name: 甲, sucessors: []}",                        // unknown key
      "- {code: \"339901\", name: 甲}\n- {code: \"339901\", name: 乙}",       // twice
      "- {code: \"339901\", name: 甲, successors: [\"339909\"]}",             // successor unknown
      "- {code: \"339901\", name: 甲, from: 2020-01-01, until: 2019-01-01}",  // ends before it begins
      "code: 339901",                                                         // not a list
  };
  for (const char* yaml : kBad) {
    const auto table = Divisions::FromYaml(ReadYaml(yaml, "divisions.yaml").value());
    EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument) << yaml;
    EXPECT_NE(Message(table.status()).find("divisions.yaml:"), std::string::npos) << yaml;
  }
}

TEST(RegionCode, ScopeIsAPrefixOfTheUnpaddedPart) {
  EXPECT_EQ(UnpaddedRegion("339901001000"), "339901001");
  EXPECT_EQ(UnpaddedRegion("339900000000"), "3399");
  EXPECT_EQ(UnpaddedRegion("330000"), "33");
  EXPECT_EQ(UnpaddedRegion("339901001003"), "339901001003");
  EXPECT_EQ(UnpaddedRegion("339910"), "339910");  // the zero belongs to the county
  EXPECT_TRUE(IsWithin("339901001003", "339901000000"));
  EXPECT_TRUE(IsWithin("339901", "3399"));
  EXPECT_TRUE(IsWithin("339901", ""));
  EXPECT_FALSE(IsWithin("339902", "339901"));
  EXPECT_FALSE(IsWithin("3399", "339901"));
}

TEST(RegionCode, ReadsTheLengthsOfTheStandards) {
  EXPECT_EQ(ReadRegion("339901001003", nullptr, true).verdict, Verdict::kOk);
  EXPECT_EQ(ReadRegion("３３９９", nullptr, true).code, "3399");
  EXPECT_EQ(ReadRegion("339901.0", nullptr, true).code, "339901");
  EXPECT_EQ(ReadRegion("660000", nullptr, true).verdict, Verdict::kOk);  // Xinjiang corps in some departments
  EXPECT_EQ(ReadRegion("339901", nullptr, false).verdict, Verdict::kDivisionTestOnly);
  EXPECT_EQ(ReadRegion("33990", nullptr, true).verdict, Verdict::kBadLength);
  EXPECT_EQ(ReadRegion("160101", nullptr, true).verdict, Verdict::kBadDivision);
  EXPECT_EQ(ReadRegion("33990l", nullptr, true).verdict, Verdict::kBadCharacter);
  EXPECT_EQ(ReadRegion("3.39901E+11", nullptr, true).verdict, Verdict::kLossySpreadsheet);
  EXPECT_EQ(ReadRegion("000000", nullptr, true).verdict, Verdict::kPlaceholder);
  const Divisions table = CityTable();
  EXPECT_EQ(ReadRegion("339909", &table, true).verdict, Verdict::kBadDivision);
}

TEST(RegionCode, VillageSegmentAndClassTellTownFromCountry) {
  EXPECT_EQ(VillageKindOf("339901001003"), VillageKind::kResidentsCommittee);
  EXPECT_EQ(VillageKindOf("339903102201"), VillageKind::kVillagersCommittee);
  EXPECT_EQ(VillageKindOf("339903102000"), VillageKind::kUnknown);
  EXPECT_EQ(UrbanRuralOf("111"), UrbanRural::kUrban);
  EXPECT_EQ(UrbanRuralOf("220"), UrbanRural::kRural);
  EXPECT_EQ(UrbanRuralOf("999"), UrbanRural::kUnknown);
}

}  // namespace
}  // namespace hearth
