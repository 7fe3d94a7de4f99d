#include "core/address.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

TEST(NormaliseAddress, OneSpellingForOneAddress) {
  constexpr struct {
    const char *raw, *normal;
  } kCases[] = {
      {"云泽市云泽市东坪区幸福路１２号三栋２单元３０１室", "云泽市东坪区幸福路12号3幢2单元301室"},
      {"幸福小区5号楼2梯301房", "幸福小区5幢2单元301室"},
      {"幸福小区5#楼2单元301户", "幸福小区5幢2单元301室"},
      {"幸福小区5-2-301", "幸福小区5幢2单元301室"},
      {"幸福小区5－301", "幸福小区5幢301室"},
      {"幸福小区 5座", "幸福小区5幢"},
      {"上岙村十二组", "上岙村12组"},
      {"五一村三里路", "五一村三里路"},
      {"南谷县城关镇\n上岙村", "南谷县城关镇上岙村"},
      {"", ""},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(NormaliseAddress(c.raw), c.normal);
    EXPECT_EQ(NormaliseAddress(NormaliseAddress(c.raw)), NormaliseAddress(c.raw)) << c.raw;
  }
}

TEST(ParseAddress, TownAddress) {
  const AddressParts p = ParseAddress("浙江省云泽市东坪区东门街道幸福社区人民大道12号锦绣花园5-2-0301", {});
  EXPECT_EQ(p.province, "浙江省");
  EXPECT_EQ(p.prefecture, "云泽市");
  EXPECT_EQ(p.county, "东坪区");
  EXPECT_EQ(p.township, "东门街道");
  EXPECT_EQ(p.village, "幸福社区");
  EXPECT_EQ(p.road, "人民大道");
  EXPECT_EQ(p.number, "12");
  EXPECT_EQ(p.estate, "锦绣花园");
  EXPECT_EQ(p.building, "5");
  EXPECT_EQ(p.unit, "2");
  EXPECT_EQ(p.room, "301");
  EXPECT_EQ(p.rest, "");
}

TEST(ParseAddress, VillageAddressAndNamesThatContainLevelWords) {
  const AddressParts p = ParseAddress("南谷县新市镇五一村三组7号附2号", {});
  EXPECT_EQ(p.county, "南谷县");
  EXPECT_EQ(p.township, "新市镇");
  EXPECT_EQ(p.village, "五一村");
  EXPECT_EQ(p.group, "3");
  EXPECT_EQ(p.number, "7-2");
  EXPECT_EQ(ParseAddress("幸福新村3幢", {}).estate, "幸福新村");
  EXPECT_EQ(ParseAddress("锦绣华庭3幢", {}).estate, "锦绣华庭");
  EXPECT_EQ(ParseAddress("锦绣花园3幢负1室", {}).room, "-1");
}

TEST(ParseAddress, MissingUpperLevelsComeFromTheRowsCodeOnly) {
  const Divisions divisions =
      Divisions::FromList({{339900, "云泽市", {}, {}, {}}, {339901, "东坪区", {}, {}, {}}}).value();
  const AddressOptions options{.divisions = &divisions, .region = 339901, .on = CivilDay{0}};
  EXPECT_EQ(ParseAddress("幸福路12号", options).county, "东坪区");
  EXPECT_EQ(ParseAddress("幸福路12号", options).prefecture, "云泽市");
  EXPECT_EQ(ParseAddress("幸福路12号", {}).county, "");
  EXPECT_EQ(ParseAddress("西渡区幸福路12号", options).county, "西渡区");  // what is written stands
}

TEST(AddressKey, SpellingsOfOneFlatShareIt) {
  const std::string key = AddressKey(ParseAddress("云泽市东坪区幸福路12号3幢2单元301室", {}));
  EXPECT_EQ(key, "r幸福路|n12|b3|u2|h301");
  for (const char* raw :
       {"幸福路12号3栋二单元0301", "东坪区幸福路１２号3-2-301", "浙江省云泽市东坪区幸福路12号3号楼2梯301户"}) {
    EXPECT_EQ(AddressKey(ParseAddress(raw, {})), key) << raw;
  }
  EXPECT_NE(AddressKey(ParseAddress("幸福路12号3幢2单元302室", {})), key);
  EXPECT_EQ(AddressKey(ParseAddress("云泽市东坪区", {})), "");
}

TEST(CompareAddresses, AgreementsByLevel) {
  constexpr struct {
    const char *a, *b;
    AddressAgreement agreement;
  } kCases[] = {
      {"幸福路12号3幢301室", "东坪区幸福路12号3-301", AddressAgreement::kSame},
      {"上岙村3组7号", "南谷县城关镇上岙村三组7号", AddressAgreement::kSame},
      {"幸福路12号3幢301室", "幸福路12号3幢302室", AddressAgreement::kSameBuilding},
      {"幸福路12号3幢301室", "幸福路12号3幢", AddressAgreement::kSameBuilding},
      {"幸福路12号", "幸福路14号", AddressAgreement::kSameStreet},
      {"东坪区幸福路12号", "东坪区人民路12号", AddressAgreement::kSameCounty},
      {"东坪区幸福路12号", "西渡区幸福路12号", AddressAgreement::kDifferent},
      {"东坪区", "东坪区幸福路12号", AddressAgreement::kUnknown},
      {"", "东坪区幸福路12号", AddressAgreement::kUnknown},
  };
  for (const auto& c : kCases) {
    const AddressParts a = ParseAddress(c.a, {}), b = ParseAddress(c.b, {});
    EXPECT_EQ(AddressAgreementName(CompareAddresses(a, b)), AddressAgreementName(c.agreement)) << c.a << " " << c.b;
    EXPECT_EQ(CompareAddresses(a, b), CompareAddresses(b, a));
  }
}

}  // namespace
}  // namespace hearth
