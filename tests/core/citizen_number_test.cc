#include "core/citizen_number.h"

#include <gtest/gtest.h>

#include <random>

namespace hearth {
namespace {

const CivilDay kFeedDay = CivilDay::FromYmd(2026, 11, 20).value();
constexpr NumberOptions kSynthetic{.allow_synthetic = true};

Verdict Read(std::string_view text) { return ReadCitizenNumber(text, kFeedDay, kSynthetic).verdict; }

// A made-up number of division 3399xx with a right check.
std::string MakeNumber(std::mt19937_64& random) {
  const auto below = [&random](uint64_t n) { return random() % n; };
  char text[32];
  std::snprintf(text, sizeof text, "3399%02d%04d%02d%02d%03d", static_cast<int>(below(100)),
                static_cast<int>(1900 + below(125)), static_cast<int>(1 + below(12)), static_cast<int>(1 + below(28)),
                static_cast<int>(below(1000)));
  std::string number(text, 17);
  return number + CitizenCheckCharacter(number);
}

TEST(CitizenNumber, FoldingIsRecordedAndGivesTheSameNumber) {
  const NumberReading clean = ReadCitizenNumber("33990119600712002X", kFeedDay, kSynthetic);
  EXPECT_FALSE(clean.folded);
  for (const char* raw : {"33990119600712002x", "３３９９０１１９６００７１２００２Ｘ", "'33990119600712002X",
                          "\u3000 33990119600712002X\u200B\uFEFF", "\u00A033990119600712002ｘ"}) {
    const NumberReading folded = ReadCitizenNumber(raw, kFeedDay, kSynthetic);
    EXPECT_EQ(folded.verdict, Verdict::kOk) << raw;
    EXPECT_TRUE(folded.folded) << raw;
    EXPECT_EQ(folded.number, clean.number);
    EXPECT_EQ(folded.text(), "33990119600712002X");
  }
}

TEST(CitizenNumber, NoOtherRepairIsMade) {
  EXPECT_EQ(Read("''33990119600712002X"), Verdict::kBadCharacter);
  EXPECT_EQ(Read("339901 19600712 002X"), Verdict::kBadCharacter);
  EXPECT_EQ(Read("33990119600712002\u03A7"), Verdict::kBadCharacter);  // Greek
  EXPECT_EQ(Read("33990119600712002\u2169"), Verdict::kBadCharacter);  // Roman numeral
  EXPECT_EQ(Read("33990119600712002*"), Verdict::kBadCharacter);
  EXPECT_EQ(Read("3399O1195803040018"), Verdict::kBadCharacter);
  EXPECT_EQ(Read("X39901195803040018"), Verdict::kBadCharacter);
}

TEST(CitizenNumber, AbsentPlaceholderAndLossyCellsAreTold) {
  EXPECT_EQ(Read(""), Verdict::kAbsent);
  EXPECT_EQ(Read(" \u3000"), Verdict::kAbsent);
  for (const char* raw : {"无", "不详", "0", "000000000000000000", "123456789012345678", "123456199001011234"}) {
    EXPECT_EQ(Read(raw), Verdict::kPlaceholder) << raw;
  }
  for (const char* raw : {"3.39901E+17", "3.39901198501011E+17", "339901198501011000.0", "3.39901e17"}) {
    EXPECT_EQ(Read(raw), Verdict::kLossySpreadsheet) << raw;
  }
}

TEST(CitizenNumber, DatesRunFrom1850ToTheFeedDay) {
  const auto with_date = [](std::string_view yyyymmdd) {
    std::string number = "339901" + std::string(yyyymmdd) + "001";
    return number + CitizenCheckCharacter(number);
  };
  EXPECT_EQ(Read(with_date("18500101")), Verdict::kOk);
  EXPECT_EQ(Read(with_date("18491231")), Verdict::kBadDate);
  EXPECT_EQ(Read(with_date("20261120")), Verdict::kOk);
  EXPECT_EQ(Read(with_date("20261121")), Verdict::kBadDate);
  EXPECT_EQ(Read(with_date("20240229")), Verdict::kOk);
  EXPECT_EQ(Read(with_date("20230229")), Verdict::kBadDate);
}

TEST(CitizenNumber, DivisionIsCheckedByProvinceAloneWithoutATable) {
  std::string number = "160101199001010010";
  number[17] = CitizenCheckCharacter(std::string_view(number).substr(0, 17));
  EXPECT_EQ(Read(number), Verdict::kBadDivision);
  number.replace(0, 6, "810001");  // a residence card has zeros behind 81
  number[17] = CitizenCheckCharacter(std::string_view(number).substr(0, 17));
  EXPECT_EQ(Read(number), Verdict::kBadDivision);
}

TEST(CitizenNumber, DivisionTableKnowsAbolishedCodesForEver) {
  const Divisions divisions =
      Divisions::FromList({{339901, "东坪区", std::nullopt, CivilDay::FromYmd(1990, 1, 1).value(), {339902}},
                           {339902, "西渡区", std::nullopt, std::nullopt, {}}})
          .value();
  const NumberOptions options{.allow_synthetic = true, .divisions = &divisions};
  EXPECT_EQ(ReadCitizenNumber("339901201506100262", kFeedDay, options).verdict, Verdict::kOk);
  EXPECT_EQ(ReadCitizenNumber("339903199911053095", kFeedDay, options).verdict, Verdict::kBadDivision);
}

TEST(CitizenNumber, OtherDocumentsOfTheShapeAreTold) {
  EXPECT_EQ(ReadCitizenNumber("810000199003070138", kFeedDay, {}).kind, NumberKind::kHongKongMacaoTaiwan);
  const NumberReading card = ReadCitizenNumber("911124198108030024", kFeedDay, {});
  EXPECT_EQ(card.kind, NumberKind::kForeign18);
  EXPECT_EQ(SexOf(card.number), 0);
  EXPECT_EQ(RegionOf(card.number), 0u);
  EXPECT_EQ(BirthOf(card.number).ToString(), "1981-08-03");
  const NumberReading old_card = ReadCitizenNumber("CAN110081080312", kFeedDay, {});
  EXPECT_EQ(old_card.kind, NumberKind::kForeign15);
  EXPECT_EQ(old_card.verdict, Verdict::kOk);
  EXPECT_TRUE(old_card.number.IsEmpty());
  EXPECT_EQ(Read("C1N110081080312"), Verdict::kBadCharacter);
}

TEST(CitizenNumber, BirthSexAndRegionComeOutOfTheNumber) {
  const CitizenNumber woman = CitizenNumber::FromText("33990119600712002X");
  EXPECT_EQ(BirthOf(woman).ToString(), "1960-07-12");
  EXPECT_EQ(SexOf(woman), 2);
  EXPECT_EQ(RegionOf(woman), 339901u);
  EXPECT_EQ(SexOf(CitizenNumber::FromText("339901195803040018")), 1);
  EXPECT_TRUE(CitizenNumber::FromText("339901195803040019").IsEmpty());
}

TEST(CitizenNumber, PrintsMaskedAndRevealsOnlyWhenAsked) {
  const CitizenNumber number = CitizenNumber::FromText("33990119600712002X");
  EXPECT_EQ(number.Masked(), "3399**********002X");
  EXPECT_EQ(number.RevealDigits(), "33990119600712002X");
  EXPECT_EQ(MaskNumber("339901740916001"), "3399*******6001");
  EXPECT_EQ(MaskNumber("1234567"), "*******");
  EXPECT_EQ(CitizenNumber().Masked(), "");
}

TEST(CitizenNumber, EverySingleWrongPlaceIsCaught) {
  std::mt19937_64 random(20260101);
  for (int n = 0; n < 50; ++n) {
    const std::string number = MakeNumber(random);
    ASSERT_TRUE(CheckHolds(number));
    for (size_t place = 0; place < 18; ++place) {
      for (char c : std::string_view("0123456789X")) {
        if (c == number[place] || (c == 'X' && place < 17)) continue;
        std::string wrong = number;
        wrong[place] = c;
        ASSERT_FALSE(CheckHolds(wrong)) << wrong;
        ASSERT_FALSE(IsUsable(Read(wrong))) << wrong;
      }
    }
  }
}

TEST(CitizenNumber, CheckAgreesWithTheWeightsOfTheStandard) {
  constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  std::mt19937_64 random(99);
  for (int n = 0; n < 20000; ++n) {
    std::string number;
    int sum = 0;
    for (int weight : kWeights) {
      const int digit = static_cast<int>(random() % 10);
      number += static_cast<char>('0' + digit);
      sum += digit * weight;
    }
    ASSERT_EQ(CitizenCheckCharacter(number), "10X98765432"[sum % 11]) << number;
    number[random() % 17] = "/:;X*\xB0"[random() % 6];
    ASSERT_EQ(CitizenCheckCharacter(number), 0) << number;
  }
}

TEST(CitizenNumber, EverySwapOfNeighboursIsCaughtAndRecognised) {
  std::mt19937_64 random(7);
  for (int n = 0; n < 50; ++n) {
    const std::string number = MakeNumber(random);
    for (size_t place = 0; place + 2 < 18; ++place) {
      if (number[place] == number[place + 1]) continue;
      std::string wrong = number;
      std::swap(wrong[place], wrong[place + 1]);
      ASSERT_FALSE(CheckHolds(wrong)) << wrong;
      EXPECT_TRUE(
          IsNeighbourSwap(CitizenNumber::FromPacked(PackNumber(number)), CitizenNumber::FromPacked(PackNumber(wrong))));
    }
  }
  EXPECT_FALSE(
      IsNeighbourSwap(CitizenNumber::FromText("33990119600712002X"), CitizenNumber::FromText("339901195803040018")));
}

TEST(CitizenNumber, PackingKeepsTextAndOrder) {
  std::mt19937_64 random(1);
  std::vector<std::string> numbers = {"339901195803040018", "33990119600712002X"};
  for (int n = 0; n < 2000; ++n) numbers.push_back(MakeNumber(random));
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto places = UnpackNumber(PackNumber(numbers[i]));
    EXPECT_EQ(std::string(places.data(), 18), numbers[i]);
    const std::string& other = numbers[(i + 1) % numbers.size()];
    EXPECT_EQ(PackNumber(numbers[i]) < PackNumber(other), numbers[i] < other);
  }
  EXPECT_LT(PackNumber("339901195803040019"), PackNumber("33990119580304001X"));
  EXPECT_EQ(PackNumber("33990119580304001"), kNoPackedNumber);
  EXPECT_EQ(PackNumber("3399011958030400A8"), kNoPackedNumber);
}

TEST(CitizenNumber, FifteenDigitsGoUpAndComeBack) {
  EXPECT_EQ(DowngradeTo15(CitizenNumber::FromText("339901197409160010")), "339901740916001");
  EXPECT_EQ(DowngradeTo15(CitizenNumber::FromText("339901189905129987")), "339901990512998");
  EXPECT_EQ(DowngradeTo15(CitizenNumber::FromText("339901201506100262")), "");  // born after the form ended
  EXPECT_EQ(UpgradeOld15("33990174091600"), "");
  EXPECT_EQ(UpgradeOld15("33990174091600X"), "");
  EXPECT_EQ(Read("339901740931001"), Verdict::kBadDate);
}

TEST(CitizenNumber, LongNumbersInTextAreMaskedAndShortOnesAreNot) {
  const std::string masked = MaskNumber("33990119561110695X");
  EXPECT_EQ(MaskLongNumbers("no. 33990119561110695X, tel 13900000000"), "no. " + masked + ", tel 13900000000");
  EXPECT_EQ(MaskLongNumbers("33990119561110"), MaskNumber("33990119561110"));
  EXPECT_EQ(MaskLongNumbers("3399011956111"), "3399011956111");
  EXPECT_EQ(MaskLongNumbers("王芳 1956-11-10"), "王芳 1956-11-10");
  EXPECT_EQ(MaskLongNumbers(""), "");
}

TEST(NumberHint, MaskedNumberKeepsItsKnownPlaces) {
  const CitizenNumber number = CitizenNumber::FromText("339901198501011135");
  const NumberHint hint = ReadNumberHint("3399011985****1135");
  EXPECT_EQ(hint.known, 14);
  EXPECT_FALSE(hint.suspicious);
  EXPECT_EQ(CompareHint(hint, number).agree, 14);
  EXPECT_EQ(CompareHint(hint, number).unknown, 4);
  EXPECT_EQ(CompareHint(hint, CitizenNumber::FromText("33990119600712002X")).disagree, 6);
  const NumberHint squeezed = ReadNumberHint("339901***1135");
  EXPECT_EQ(squeezed.known, 10);
  EXPECT_EQ(CompareHint(squeezed, number).agree, 10);
}

TEST(NumberHint, LossyNumberKnowsOnlyWhatADoubleHolds) {
  const CitizenNumber number = CitizenNumber::FromText("339901198501011135");
  const NumberHint zeros = ReadNumberHint("339901198501011000");
  EXPECT_EQ(zeros.known, 15);
  EXPECT_EQ(CompareHint(zeros, number).disagree, 0);
  const NumberHint scientific = ReadNumberHint("3.39901E+17");
  EXPECT_EQ(scientific.known, 5);  // the last digit shown may have been rounded
  EXPECT_EQ(CompareHint(scientific, number).disagree, 0);
  EXPECT_EQ(ReadNumberHint("9.90000123456789E+18").known, 0);
}

TEST(NumberHint, FailingNumberIsWhollyKnownButSuspicious) {
  const NumberHint hint = ReadNumberHint("339901198501011134");
  EXPECT_EQ(hint.known, 18);
  EXPECT_TRUE(hint.suspicious);
  EXPECT_EQ(CompareHint(hint, CitizenNumber::FromText("339901198501011135")).disagree, 1);
  EXPECT_EQ(ReadNumberHint("111111111111111111").known, 0);
  EXPECT_EQ(ReadNumberHint("不详").known, 0);
}

}  // namespace
}  // namespace hearth
