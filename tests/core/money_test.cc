#include "core/money.h"

#include <gtest/gtest.h>

#include <random>

namespace hearth {
namespace {

TEST(Money, YuanAreAHundredFen) {
  EXPECT_EQ(Money::FromYuan(580), Money::FromFen(58000));
  EXPECT_EQ(Money::FromYuan(-1).fen(), -100);
  EXPECT_LT(Money::FromFen(-1), Money());
}

TEST(Money, TextShowsTwoDecimals) {
  constexpr struct {
    int64_t fen;
    const char* text;
  } kCases[] = {{123450, "1234.50"}, {-5, "-0.05"}, {0, "0.00"}, {100, "1.00"}, {INT64_MIN, "-92233720368547758.08"}};
  for (const auto& c : kCases) EXPECT_EQ(Money::FromFen(c.fen).ToString(), c.text);
}

TEST(Money, ParsesPlainAmountsAndNothingElse) {
  EXPECT_EQ(ParseMoney("1234.5").value().fen(), 123450);
  EXPECT_EQ(ParseMoney("-0.05").value().fen(), -5);
  EXPECT_EQ(ParseMoney("+3").value().fen(), 300);
  EXPECT_EQ(ParseMoney("1.200").value().fen(), 120);
  for (const char* bad : {"", "-", ".", "1,234", "1.234", "1.2.3", "1e3", " 1", "元"}) {
    EXPECT_EQ(ParseMoney(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(ParseMoney("92233720368547758.08").status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ParseMoney("92233720368547758.07").value().fen(), INT64_MAX);
}

TEST(Money, TextComesBackAsTheSameAmount) {
  std::mt19937_64 random(11);
  for (int n = 0; n < 5000; ++n) {
    const Money money = Money::FromFen(static_cast<int64_t>(random() >> (random() % 60)) * (n % 2 ? 1 : -1) / 2);
    ASSERT_EQ(ParseMoney(money.ToString()).value(), money) << money.ToString();
  }
}

TEST(Money, ScalingRoundsAsSaid) {
  constexpr struct {
    int64_t fen, numerator, denominator;
    Rounding rounding;
    int64_t result;
  } kCases[] = {
      {100, 1, 3, Rounding::kDown, 33},
      {100, 1, 3, Rounding::kHalfUp, 33},
      {100, 1, 3, Rounding::kUp, 34},
      {5, 1, 2, Rounding::kDown, 2},
      {5, 1, 2, Rounding::kHalfUp, 3},
      {5, 1, 2, Rounding::kUp, 3},
      {-5, 1, 2, Rounding::kDown, -2},
      {-5, 1, 2, Rounding::kHalfUp, -3},
      {-5, 1, 2, Rounding::kUp, -3},
      {-100, -1, 3, Rounding::kUp, 34},
      {100, 0, 3, Rounding::kUp, 0},
      {600, 1, 3, Rounding::kUp, 200},
      {INT64_MAX, 7, 7, Rounding::kUp, INT64_MAX},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Money::FromFen(c.fen).Scale(c.numerator, c.denominator, c.rounding).fen(), c.result)
        << c.fen << "*" << c.numerator << "/" << c.denominator;
  }
}

TEST(MoneyDeathTest, OverflowStopsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Money::FromFen(INT64_MAX) + Money::FromFen(1), "money sum out of range");
  EXPECT_DEATH(Money::FromFen(INT64_MIN) - Money::FromFen(1), "money difference out of range");
  EXPECT_DEATH(Money::FromFen(1).Scale(1, 0, Rounding::kDown), "denominator must be positive");
}

}  // namespace
}  // namespace hearth
