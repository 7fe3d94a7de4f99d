#include "core/decimal.h"

#include <gtest/gtest.h>

#include <random>

namespace hearth {
namespace {

Decimal D(std::string_view text) { return Decimal::Parse(text).value(); }
std::string Text(const std::optional<Decimal>& d) { return d ? d->ToString() : "none"; }

TEST(Decimal, ParsesWhatFeelWrites) {
  constexpr struct {
    const char *text, *shown;
  } kCases[] = {{"0", "0"},
                {"-0.0", "0"},
                {"12", "12"},
                {"-0.5", "-0.5"},
                {".5", "0.5"},
                {"1.2e3", "1200"},
                {"1E-3", "0.001"},
                {"0.10", "0.1"},
                {"007", "7"},
                {"+3", "3"},
                {"1234567890123456789012345678901234", "1234567890123456789012345678901234"},
                {"10000000000000000000000000000000000000", "10000000000000000000000000000000000000"}};
  for (const auto& c : kCases) EXPECT_EQ(D(c.text).ToString(), c.shown) << c.text;
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-", ".", "5.", "1e", "1e+", "1 2", "1,000", "0x1", "1.2.3", "--1", "e5", "1e5x"}) {
    EXPECT_EQ(Decimal::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(Decimal, RefusesMoreThan34DigitsAndExponentsBeyond6144) {
  EXPECT_EQ(Decimal::Parse("12345678901234567890123456789012345").status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Decimal::Parse("1e6145").status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(Decimal::Parse("1e6144").ok());
}

TEST(Decimal, TenthsAddExactly) { EXPECT_EQ(Text(Decimal::Add(D("0.1"), D("0.2"))), "0.3"); }

TEST(Decimal, SumsRoundHalfEvenAt34Digits) {
  constexpr struct {
    const char *a, *b, *sum;
  } kCases[] = {
      {"9999999999999999999999999999999999", "1", "10000000000000000000000000000000000"},
      {"1000000000000000000000000000000001", "0.5", "1000000000000000000000000000000002"},
      {"1000000000000000000000000000000000", "0.5", "1000000000000000000000000000000000"},
      {"1000000000000000000000000000000000", "0.51", "1000000000000000000000000000000001"},
      {"1000000000000000000000000000000001", "-0.5", "1000000000000000000000000000000000"},
      {"1e50", "-1e-50", "100000000000000000000000000000000000000000000000000"},
      {"1e20", "-1e20", "0"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Text(Decimal::Add(D(c.a), D(c.b))), c.sum) << c.a << " + " << c.b;
}

TEST(Decimal, QuotientsRoundHalfEvenAt34Digits) {
  EXPECT_EQ(Text(Decimal::Divide(D("1"), D("3"))), "0.3333333333333333333333333333333333");
  EXPECT_EQ(Text(Decimal::Divide(D("2"), D("3"))), "0.6666666666666666666666666666666667");
  EXPECT_EQ(Text(Decimal::Divide(D("1"), D("8"))), "0.125");
  EXPECT_EQ(Text(Decimal::Divide(D("22000"), D("12"))), "1833.333333333333333333333333333333");
  EXPECT_EQ(Text(Decimal::Divide(D("-1"), D("4"))), "-0.25");
  EXPECT_EQ(Text(Decimal::Divide(D("1"), D("3000000000000000000000000000000000"))),
            "0.0000000000000000000000000000000003333333333333333333333333333333333");
}

TEST(Decimal, NothingIsDividedByZero) { EXPECT_EQ(Text(Decimal::Divide(D("1"), D("0"))), "none"); }

TEST(Decimal, PowersOfWholeAndBrokenExponents) {
  EXPECT_EQ(Text(Decimal::Power(D("2"), D("10"))), "1024");
  EXPECT_EQ(Text(Decimal::Power(D("2"), D("-2"))), "0.25");
  EXPECT_EQ(Text(Decimal::Power(D("0"), D("0"))), "1");
  EXPECT_EQ(Text(Decimal::Power(D("2"), D("0.5"))), "1.4142135623730950488016887");
  EXPECT_EQ(Text(Decimal::Power(D("-2"), D("0.5"))), "none");
  EXPECT_EQ(Text(Decimal::Power(D("10"), D("7000"))), "none");
}

TEST(Decimal, EqualValuesAreEqualWhateverTheirScale) {
  EXPECT_EQ(D("1.0"), D("1.00"));
  EXPECT_EQ(D("1e3"), D("1000"));
  EXPECT_LT(D("-2"), D("-1.99"));
  EXPECT_LT(D("0.99"), D("1"));
  EXPECT_GT(D("1e-6000"), D("0"));
  EXPECT_GT(D("1e30"), D("99999.5"));
}

TEST(Decimal, RoundsInEachMode) {
  using Mode = Decimal::Mode;
  constexpr struct {
    const char* value;
    const char *even, *half_up, *half_down, *up, *down, *floor, *ceiling;
  } kCases[] = {{"2.5", "2", "3", "2", "3", "2", "2", "3"},   {"-2.5", "-2", "-3", "-2", "-3", "-2", "-3", "-2"},
                {"3.5", "4", "4", "3", "4", "3", "3", "4"},   {"2.51", "3", "3", "3", "3", "2", "2", "3"},
                {"0.001", "0", "0", "0", "1", "0", "0", "1"}, {"7", "7", "7", "7", "7", "7", "7", "7"}};
  for (const auto& c : kCases) {
    EXPECT_EQ(D(c.value).Round(0, Mode::kHalfEven).ToString(), c.even) << c.value;
    EXPECT_EQ(D(c.value).Round(0, Mode::kHalfUp).ToString(), c.half_up) << c.value;
    EXPECT_EQ(D(c.value).Round(0, Mode::kHalfDown).ToString(), c.half_down) << c.value;
    EXPECT_EQ(D(c.value).Round(0, Mode::kUp).ToString(), c.up) << c.value;
    EXPECT_EQ(D(c.value).Round(0, Mode::kDown).ToString(), c.down) << c.value;
    EXPECT_EQ(D(c.value).Round(0, Mode::kFloor).ToString(), c.floor) << c.value;
    EXPECT_EQ(D(c.value).Round(0, Mode::kCeiling).ToString(), c.ceiling) << c.value;
  }
  EXPECT_EQ(D("1234.5").Round(-2, Mode::kHalfUp).ToString(), "1200");
}

TEST(Decimal, BecomesMoneyOnlyWithARounding) {
  EXPECT_EQ(D("1833.335").ToMoney(Rounding::kHalfUp), Money::FromFen(183334));
  EXPECT_EQ(D("1833.335").ToMoney(Rounding::kDown), Money::FromFen(183333));
  EXPECT_EQ(D("1833.331").ToMoney(Rounding::kUp), Money::FromFen(183334));
  EXPECT_EQ(D("-0.005").ToMoney(Rounding::kHalfUp), Money::FromFen(-1));
  EXPECT_EQ(D("1e30").ToMoney(Rounding::kDown), std::nullopt);
  EXPECT_EQ(Decimal::FromMoney(Money::FromFen(5)).ToString(), "0.05");
}

TEST(Decimal, WholeNumbersComeOutExactlyOrNotAtAll) {
  EXPECT_EQ(D("9223372036854775807").ToInt(), INT64_MAX);
  EXPECT_EQ(D("-9223372036854775808").ToInt(), INT64_MIN);
  EXPECT_EQ(D("9223372036854775808").ToInt(), std::nullopt);
  EXPECT_EQ(D("1.5").ToInt(), std::nullopt);
  EXPECT_EQ(D("1.50e1").ToInt(), 15);
  EXPECT_EQ(D("1e19").ToInt(), std::nullopt);
}

// Against plain fractions of 128-bit integers, where these are exact.
TEST(DecimalProperty, AgreesWithWholeFractions) {
  constexpr uint32_t kSeed = 20240301;
  std::mt19937_64 random(kSeed);
  const __int128 kTen = 10;
  const auto power = [&](int n) {
    __int128 p = 1;
    for (int i = 0; i < n; ++i) p *= kTen;
    return p;
  };
  for (int i = 0; i < 20'000; ++i) {
    const int64_t a = static_cast<int64_t>(random() % 2'000'000'001) - 1'000'000'000;
    const int64_t b = static_cast<int64_t>(random() % 2'000'000'001) - 1'000'000'000;
    const int s = static_cast<int>(random() % 9), t = static_cast<int>(random() % 9);
    const Decimal x = Decimal::FromScaled(a, s), y = Decimal::FromScaled(b, t);
    // On the common scale 8 both are whole numbers.
    const __int128 u = a * power(8 - s), v = b * power(8 - t);
    ASSERT_EQ(*Decimal::Add(x, y), *Decimal::FromParts(u + v, 8)) << "seed " << kSeed << " case " << i;
    ASSERT_EQ(*Decimal::Subtract(x, y), *Decimal::FromParts(u - v, 8)) << "seed " << kSeed << " case " << i;
    ASSERT_EQ(*Decimal::Multiply(x, y), *Decimal::FromParts(static_cast<__int128>(a) * b, s + t)) << kSeed << " " << i;
    ASSERT_EQ(x < y, u < v) << "seed " << kSeed << " case " << i;
    ASSERT_EQ(x == y, u == v) << "seed " << kSeed << " case " << i;
    if (b != 0) {
      // q = a/b rounded at 34 digits: |q*b - a| is at most half a unit in the last place of q, times |b|.
      const Decimal q = *Decimal::Divide(x, y);
      const Decimal back = Decimal::Subtract(*Decimal::Multiply(q, y), x)->IsNegative()
                               ? -*Decimal::Subtract(*Decimal::Multiply(q, y), x)
                               : *Decimal::Subtract(*Decimal::Multiply(q, y), x);
      const Decimal magnitude = x.IsNegative() ? -x : x;
      ASSERT_LE(back, *Decimal::Multiply(magnitude, D("1e-32"))) << "seed " << kSeed << " case " << i;
    }
    ASSERT_EQ(D(x.ToString()), x) << "seed " << kSeed << " case " << i;
  }
}

TEST(DecimalProperty, WideSumsAreTheExactOnesRoundedOnce) {
  constexpr uint32_t kSeed = 7;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 5'000; ++i) {
    // a + b - a gives b back when nothing was lost, and the nearest number otherwise: never off by a unit of a's.
    const Decimal a =
        *Decimal::FromParts((static_cast<__int128>(random()) << 40) | random(), static_cast<int>(random() % 30));
    const Decimal b = *Decimal::FromParts(static_cast<__int128>(random()), static_cast<int>(random() % 60));
    const Decimal sum = *Decimal::Add(a, b);
    ASSERT_EQ(sum, *Decimal::Add(b, a)) << "seed " << kSeed << " case " << i;
    ASSERT_GE(sum, a) << "seed " << kSeed << " case " << i;
    ASSERT_LE(sum, *Decimal::Multiply(D("2"), std::max(a, b))) << "seed " << kSeed << " case " << i;
  }
}

}  // namespace
}  // namespace hearth
