// Organisation codes, plates, VIN, unit numbers and disability certificates beyond the vectors.
#include <gtest/gtest.h>

#include "core/credit_code.h"
#include "core/disability_certificate.h"
#include "core/plate.h"
#include "core/unit_number.h"
#include "core/vin.h"

namespace hearth {
namespace {

constexpr DivisionRules kSynthetic{.allow_synthetic = true};
const CivilDay kFeedDay = CivilDay::FromYmd(2026, 11, 20).value();

TEST(CreditCode, PublishedExampleChecksAndItsPartsAreRead) {
  const std::string_view code = "91350100M000100Y43";
  EXPECT_EQ(CreditCheckCharacter(code.substr(0, 17)), '3');
  EXPECT_EQ(OrganisationKindOf(code), OrganisationKind::kEnterprise);
  EXPECT_EQ(OrganisationCodeOf(code), "M000100Y4");
  EXPECT_EQ(OfficeDivisionOf(code), 350100u);
  EXPECT_EQ(OrganisationKindOf("93339902MA0C0PXX66"), OrganisationKind::kFarmersCooperative);
  EXPECT_EQ(OrganisationKindOf("52339901MJ0TEXT15A"), OrganisationKind::kPrivateNonEnterprise);
  EXPECT_EQ(OrganisationKindOf("N2339901MF0CUNXX25"), OrganisationKind::kVillageCollective);
}

TEST(CreditCode, EverySingleWrongPlaceIsCaught) {
  const std::string code = "91350100M000100Y43";
  for (size_t place = 0; place < code.size(); ++place) {
    for (char c : std::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
      std::string wrong = code;
      wrong[place] = c;
      EXPECT_EQ(ReadCreditCode(wrong, kSynthetic).verdict == Verdict::kOk, c == code[place]) << wrong;
    }
  }
}

TEST(CreditCode, InnerCheckIsAWarningOnly) {
  std::string code = "91350100M000100Y";  // with another check in place 17, the outer one made right
  code += "5";
  code += CreditCheckCharacter(code);
  const CreditCodeReading r = ReadCreditCode(code, {});
  EXPECT_EQ(r.verdict, Verdict::kOk);
  EXPECT_TRUE(r.inner_check_fails);
  EXPECT_FALSE(ReadCreditCode("91350100M000100Y43", {}).inner_check_fails);
}

TEST(CreditCode, OrganisationCodeStandsAloneToo) {
  EXPECT_EQ(ReadCreditCode("M000100Y-4", {}).code, "M000100Y4");
  EXPECT_EQ(ReadCreditCode("m000100y4", {}).kind, CreditCodeKind::kOrganisation9);
  EXPECT_EQ(ReadCreditCode("M000100Y-5", {}).verdict, Verdict::kBadCheck);
}

TEST(CreditCode, DefectsHaveTheirVerdicts) {
  EXPECT_EQ(ReadCreditCode("9.1339901E+17", kSynthetic).verdict, Verdict::kLossySpreadsheet);
  EXPECT_EQ(ReadCreditCode("INF", kSynthetic).verdict, Verdict::kLossySpreadsheet);
  EXPECT_EQ(ReadCreditCode("无", kSynthetic).verdict, Verdict::kPlaceholder);
  EXPECT_EQ(ReadCreditCode("9135********00Y43X", kSynthetic).verdict, Verdict::kMasked);
  EXPECT_EQ(ReadCreditCode("9135", kSynthetic).verdict, Verdict::kBadLength);
  EXPECT_EQ(ReadCreditCode("", kSynthetic).verdict, Verdict::kAbsent);
  EXPECT_EQ(ReadCreditCode("Q1350100M000100Y43", kSynthetic).verdict, Verdict::kBadCode);
  EXPECT_EQ(ReadCreditCode("91990100M000100Y43", kSynthetic).verdict, Verdict::kBadDivision);
}

TEST(CreditCode, TaxpayerNumberThatIsAnIdentityNumberIsPersonal) {
  const CreditCodeReading r = ReadCreditCode("33990119600712002X", kSynthetic);
  EXPECT_EQ(r.verdict, Verdict::kBadForm);
  EXPECT_TRUE(r.is_personal);
  EXPECT_TRUE(r.code.empty());
  EXPECT_TRUE(ReadCreditCode("33990119600712002X01", kSynthetic).is_personal);
  EXPECT_FALSE(ReadCreditCode("91350100M000100Y43", kSynthetic).is_personal);
}

TEST(Plate, SeparatorsWidthAndCaseAreFolded) {
  for (const char* raw : {"浙Z·12345", "浙Z-12345", "浙Z 12345", "浙Ｚ１２３４５", "浙z12345", "浙Z•12345"}) {
    EXPECT_EQ(ReadPlate(raw).plate, "浙Z12345") << raw;
    EXPECT_TRUE(ReadPlate(raw).folded) << raw;
  }
  EXPECT_FALSE(ReadPlate("浙Z12345").folded);
}

TEST(Plate, KindsAreTold) {
  EXPECT_EQ(ReadPlate("浙Z1234学").kind, PlateKind::kMarked);
  EXPECT_EQ(ReadPlate("浙Z1234挂").kind, PlateKind::kMarked);
  EXPECT_EQ(ReadPlate("粤Z1234港").kind, PlateKind::kMarked);
  EXPECT_EQ(ReadPlate("沪A1234领").kind, PlateKind::kConsular);
  EXPECT_EQ(ReadPlate("使123456").kind, PlateKind::kEmbassy);
  EXPECT_EQ(ReadPlate("123456使").kind, PlateKind::kEmbassy);
  EXPECT_EQ(ReadPlate("浙ZDA1234").kind, PlateKind::kNewEnergySmall);
  EXPECT_TRUE(ReadPlate("浙ZDA1234").electric);
  EXPECT_FALSE(ReadPlate("浙Z12345F").electric);
  EXPECT_EQ(ReadPlate("浙Z12345F").kind, PlateKind::kNewEnergyLarge);
}

TEST(Plate, WrongFormsAreRefused) {
  for (const char* raw :
       {"浙Z1234", "浙I12345", "浙Z1234O", "某Z12345", "Z12345", "浙Z123456", "浙ZLA1234", "浙ZDO1234"}) {
    EXPECT_EQ(ReadPlate(raw).verdict, Verdict::kBadForm) << raw;
  }
  EXPECT_EQ(ReadPlate("浙Z12**5").verdict, Verdict::kMasked);
  EXPECT_EQ(ReadPlate("无牌").verdict, Verdict::kPlaceholder);
  EXPECT_EQ(ReadPlate("").verdict, Verdict::kAbsent);
}

TEST(Plate, KeyHoldsTheTypeAsWell) {
  EXPECT_EQ(PlateKey("2", "浙Z12345"), "02|浙Z12345");
  EXPECT_NE(PlateKey("02", "浙Z12345"), PlateKey("07", "浙Z12345"));
}

TEST(Plate, StateLettersTellOwnership) {
  EXPECT_EQ(OwnershipOf("A"), VehicleOwnership::kOwned);
  EXPECT_EQ(OwnershipOf("ADQ"), VehicleOwnership::kOwned);
  EXPECT_EQ(OwnershipOf("E"), VehicleOwnership::kNotOwned);
  EXPECT_EQ(OwnershipOf("QP"), VehicleOwnership::kNotOwned);
  EXPECT_EQ(OwnershipOf("CM"), VehicleOwnership::kNotOwned);
  EXPECT_EQ(OwnershipOf("AK"), VehicleOwnership::kNeedsPerson);
  EXPECT_EQ(OwnershipOf("C"), VehicleOwnership::kNeedsPerson);
  EXPECT_EQ(OwnershipOf("?"), VehicleOwnership::kUnknown);
  EXPECT_EQ(OwnershipOf(""), VehicleOwnership::kUnknown);
}

TEST(Vin, FailedCheckStillGivesTheNumber) {
  const VinReading r = ReadVin("LTX8A2C33RA000002");
  EXPECT_EQ(r.verdict, Verdict::kBadCheck);
  EXPECT_EQ(r.vin, "LTX8A2C33RA000002");
  EXPECT_EQ(ReadVin("ltx8a2c32ra000002").verdict, Verdict::kOk);
}

TEST(Vin, ShortFrameNumbersKeepTheirTail) {
  const VinReading r = ReadVin("RA000002");
  EXPECT_EQ(r.verdict, Verdict::kBadLength);
  EXPECT_EQ(r.tail, "RA000002");
  EXPECT_EQ(ReadVin("RAO00002").tail, "");
  EXPECT_EQ(LaterModelYear("LTX8A2C32LA000002"), 2020);
  EXPECT_EQ(LaterModelYear("LTX8A2C32RA000002"), 2024);
  EXPECT_EQ(LaterModelYear("LTX8A2C32UA000002"), 0);
}

TEST(UnitNumber, PartsAreRead) {
  const UnitNumberReading flat = ReadUnitNumber("339901 001002 GB00003 F00010005", kSynthetic);
  EXPECT_EQ(flat.verdict, Verdict::kOk);
  EXPECT_TRUE(flat.folded);
  EXPECT_EQ(flat.number, "339901001002GB00003F00010005");
  EXPECT_TRUE(flat.unit.IsBuilding());
  EXPECT_FALSE(flat.unit.IsRuralHomestead());
  EXPECT_TRUE(ReadUnitNumber("339903001002JC00017W00000000", kSynthetic).unit.IsRuralHomestead());
}

TEST(UnitNumber, WrongFormsAreRefused) {
  EXPECT_EQ(ReadUnitNumber("339901001002XB00003F00010005", kSynthetic).verdict, Verdict::kBadForm);
  EXPECT_EQ(ReadUnitNumber("339901001002GB00003K00010005", kSynthetic).verdict, Verdict::kBadForm);
  EXPECT_EQ(ReadUnitNumber("339903001002JC00017W00000001", kSynthetic).verdict, Verdict::kBadForm);
  EXPECT_EQ(ReadUnitNumber("160101001002GB00003F00010005", kSynthetic).verdict, Verdict::kBadDivision);
  EXPECT_EQ(ReadUnitNumber("339901001002GB00003F00010005", {}).verdict, Verdict::kDivisionTestOnly);
}

TEST(UnitNumber, CertificatesAreComparedAfterFolding) {
  EXPECT_EQ(FoldCertificate("浙（2021）云泽市不动产权第 0012345 号"),
            FoldCertificate("浙(2021)云泽市不动产权第0012345号"));
  EXPECT_EQ(FoldCertificate("浙〔2021〕1号"), "浙(2021)1号");
}

TEST(Disability, PartsAndReplacementAreRead) {
  const NumberOptions options{.allow_synthetic = true};
  const DisabilityReading r = ReadDisabilityCertificate("33990119600712002x44B2", kFeedDay, options);
  EXPECT_EQ(r.verdict, Verdict::kOk);
  EXPECT_EQ(r.number.RevealDigits(), "33990119600712002X");
  EXPECT_EQ(r.category, DisabilityCategory::kLimb);
  EXPECT_EQ(r.grade, 4);
  EXPECT_EQ(r.replacement, 2);
  EXPECT_EQ(DisabilityCategoryName(r.category), "limb");
}

TEST(Disability, TheNumbersVerdictComesFirst) {
  const NumberOptions options{.allow_synthetic = true};
  EXPECT_EQ(ReadDisabilityCertificate("33990119600712002144", kFeedDay, options).verdict, Verdict::kBadCheck);
  EXPECT_EQ(ReadDisabilityCertificate("33990119600712002X4", kFeedDay, options).verdict, Verdict::kBadLength);
  EXPECT_EQ(ReadDisabilityCertificate("33990119600712002X44C1", kFeedDay, options).verdict, Verdict::kBadForm);
  EXPECT_EQ(ReadDisabilityCertificate("33990119600712002X40", kFeedDay, options).verdict, Verdict::kBadCode);
}

}  // namespace
}  // namespace hearth
