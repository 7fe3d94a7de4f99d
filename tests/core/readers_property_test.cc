// Whatever bytes a cell holds, no reader crashes, and what it calls usable it reads again to the same value.
#include <gtest/gtest.h>

#include <random>

#include "core/address.h"
#include "core/cell_readers.h"
#include "core/citizen_number.h"
#include "core/credit_code.h"
#include "core/disability_certificate.h"
#include "core/person_name.h"
#include "core/plate.h"
#include "core/region_code.h"
#include "core/relation_code.h"
#include "core/text.h"
#include "core/unit_number.h"
#include "core/vin.h"

namespace hearth {
namespace {

const CivilDay kFeedDay = CivilDay::FromYmd(2026, 11, 20).value();
constexpr DivisionRules kRules{.allow_synthetic = true};
constexpr NumberOptions kOptions{.allow_synthetic = true};

constexpr const char* kSeeds[] = {
    "33990119600712002X",
    "339901740916001",
    "3.39901E+17",
    "3399011985****1135",
    "91350100M000100Y43",
    "浙Z12345D",
    "LTX8A2C32RA000002",
    "339901001002GB00003F00010005",
    "33990119600712002X44B1",
    "二〇二一年三月五日",
    "2021-03-05 00:00:00.0",
    "1,234.50万元",
    "(1,234)",
    "百分之五十",
    "买买提·吐尔逊",
    "王(石+羽)",
    "王⿰石羽",
    "王yan",
    "云泽市东坪区幸福路12号附3号3幢负1层-1室",
    "独生子",
    "9999-12-31",
    "1.2E3",
    "0.30000000000000004",
    "\uE863\uF900",
    "5-2-301",
    "John Smith",
};

void ReadWithAll(std::string_view cell) {
  const NumberReading number = ReadCitizenNumber(cell, kFeedDay, kOptions);
  if (IsUsable(number.verdict)) {
    const NumberReading again = ReadCitizenNumber(number.text(), kFeedDay, kOptions);
    ASSERT_EQ(again.verdict, number.verdict);
    ASSERT_EQ(again.number, number.number);
    ASSERT_FALSE(again.folded);
  } else {
    ASSERT_TRUE(number.number.IsEmpty());
  }
  CompareHint(ReadNumberHint(cell), CitizenNumber::FromText("33990119600712002X"));
  MaskNumber(cell);
  UpgradeOld15(cell);
  PackNumber(cell);
  const CreditCodeReading credit = ReadCreditCode(cell, kRules);
  if (IsUsable(credit.verdict)) {
    ASSERT_EQ(ReadCreditCode(credit.code, kRules).code, credit.code);
  }
  const PlateReading plate = ReadPlate(cell);
  if (IsUsable(plate.verdict)) {
    ASSERT_EQ(ReadPlate(plate.plate).plate, plate.plate);
  }
  OwnershipOf(cell);
  ReadVin(cell);
  ReadUnitNumber(cell, kRules);
  FoldCertificate(cell);
  ReadDisabilityCertificate(cell, kFeedDay, kOptions);
  ReadRelation(cell, RelationWidth::kTwo);
  ReadRelation(cell, RelationWidth::kOne);
  ReadRegion(cell, nullptr, true);
  UnpaddedRegion(cell);
  VillageKindOf(cell);
  for (DaySerial serial : {DaySerial::kRefused, DaySerial::k1900, DaySerial::k1904}) {
    const DayReading day = ReadDay(cell, serial);
    if (day.verdict == Verdict::kOk) {
      ASSERT_EQ(ParseIsoDay(day.day.ToString()).value(), day.day);
    }
  }
  ReadMonth(cell);
  for (MoneyUnit unit : {MoneyUnit::kFen, MoneyUnit::kYuan, MoneyUnit::kTenThousandYuan}) ReadMoney(cell, unit);
  ReadInt(cell);
  ReadDecimal4(cell);
  ReadBool(cell);
  ReadSmallNumber(cell);
  const std::string neutral = NeutraliseFormula(cell);
  ASSERT_TRUE(!StartsFormula(neutral) || neutral == cell);
  ClassifyName(cell);
  FoldName(cell);
  PinyinKey(cell);
  FoldedNameKey(cell);
  SurnameLength(cell);
  ASSERT_EQ(CompareNames(cell, "王小明"), CompareNames("王小明", cell));
  const AddressParts parts = ParseAddress(cell, {});
  CompareAddresses(parts, ParseAddress("东坪区幸福路12号", {}));
  AddressKey(parts);
  DisplayWidth(cell);
  ASSERT_EQ(DisplayWidth(FitToWidth(cell, 7)), 7);
  ASSERT_LE(TrimUnicode(cell).size(), cell.size());
  ToNfc(cell);
}

TEST(Readers, RandomBytesNeverCrash) {
  std::mt19937 random(20261120);
  for (int n = 0; n < 3000; ++n) {
    std::string cell;
    for (uint32_t i = random() % 40; i > 0; --i) cell += static_cast<char>(random());
    ReadWithAll(cell);
    if (HasFatalFailure()) FAIL() << "seed 20261120, round " << n;
  }
}

TEST(Readers, BrokenGoodCellsNeverCrash) {
  std::mt19937 random(3);
  for (const char* seed : kSeeds) {
    ReadWithAll(seed);
    for (int n = 0; n < 150; ++n) {
      std::string cell = seed;
      for (uint32_t edits = 1 + random() % 3; edits > 0 && !cell.empty(); --edits) {
        const size_t at = random() % cell.size();
        switch (random() % 4) {
          case 0:
            cell.erase(at, 1);
            break;
          case 1:
            cell.insert(at, 1, static_cast<char>(random()));
            break;
          case 2:
            cell[at] = static_cast<char>(random());
            break;
          default:
            cell += kSeeds[random() % std::size(kSeeds)];
            break;
        }
      }
      ReadWithAll(cell);
      if (HasFatalFailure()) FAIL() << "seed 3, round " << n << " of " << seed;
    }
  }
}

TEST(Readers, VeryLongCellsAreReadInReasonableTime) {
  std::string cell;
  for (int i = 0; i < 2000; ++i) cell += "云泽市12号⿰(王";
  ReadWithAll(cell);
  ReadWithAll(std::string(20000, '1'));
  ReadWithAll(std::string(20000, '*'));
}

}  // namespace
}  // namespace hearth
