// Numbers against exact fractions, and the functions that have no exact value.
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "tests/policy/feel_scene.h"

namespace hearth::feel {
namespace {

using I128 = __int128;

I128 Gcd(I128 a, I128 b) {
  if (a < 0) a = -a;
  while (b != 0) {
    const I128 rest = a % b;
    a = b;
    b = rest;
  }
  return a == 0 ? 1 : a;
}

// n / d, d > 0, in lowest terms.
struct Fraction {
  I128 n = 0, d = 1;
  static Fraction Of(I128 n, I128 d) {
    if (d < 0) n = -n, d = -d;
    const I128 g = Gcd(n < 0 ? -n : n, d);
    return {n / g, d / g};
  }
  bool fits() const {
    const I128 limit = I128{1} << 55;
    return n < limit && n > -limit && d < limit;
  }
};
Fraction operator+(Fraction a, Fraction b) { return Fraction::Of(a.n * b.d + b.n * a.d, a.d * b.d); }
Fraction operator-(Fraction a, Fraction b) { return Fraction::Of(a.n * b.d - b.n * a.d, a.d * b.d); }
Fraction operator*(Fraction a, Fraction b) { return Fraction::Of(a.n * b.n, a.d * b.d); }
Fraction operator/(Fraction a, Fraction b) { return Fraction::Of(a.n * b.d, a.d * b.n); }
bool operator<(Fraction a, Fraction b) { return a.n * b.d < b.n * a.d; }
bool operator==(Fraction a, Fraction b) { return a.n == b.n && a.d == b.d; }

// In hundredths, half away from zero.
I128 HalfUpFen(Fraction f) {
  const bool negative = f.n < 0;
  const I128 n = negative ? -f.n : f.n;
  const I128 fen = (2 * n * 100 + f.d) / (2 * f.d);
  return negative ? -fen : fen;
}

struct Made {
  std::string text;
  Fraction value;
  bool good = true;
};

Made Make(std::mt19937* random, int depth) {
  const auto pick = [&](int n) { return static_cast<int>((*random)() % static_cast<unsigned>(n)); };
  if (depth == 0 || pick(5) == 0) {
    const int denominators[] = {1, 1, 2, 10, 100};
    const int d = denominators[pick(5)], n = pick(2000) + 1;
    const Decimal decimal = *Decimal::Divide(Decimal::FromInt(n), Decimal::FromInt(d));
    return {decimal.ToString(), Fraction::Of(n, d)};
  }
  const Made a = Make(random, depth - 1);
  if (pick(3) == 0) {  // the divisors of policies
    const int divisors[] = {3, 7, 12, 30, 365};
    const int d = divisors[pick(5)];
    return {"(" + a.text + ") / " + std::to_string(d), a.value / Fraction::Of(d, 1), a.good};
  }
  const Made b = Make(random, depth - 1);
  Made made;
  made.good = a.good && b.good;
  const char* signs[] = {" + ", " - ", " * "};
  const int sign = pick(3);
  made.text = "(" + a.text + ")" + signs[sign] + "(" + b.text + ")";
  if (made.good) made.value = sign == 0 ? a.value + b.value : sign == 1 ? a.value - b.value : a.value * b.value;
  made.good = made.good && made.value.fits();
  return made;
}

Value Evaluated(const std::string& text, NullRule rule) {
  static const Variables kNone({});
  Expression e;
  std::vector<Problem> problems;
  EXPECT_TRUE(Compile(text, kNone, {}, &e, &problems)) << ShowProblem(text, problems[0]);
  return EvaluateAlone(e, {}, rule);
}

TEST(FeelExact, ALineReachedThroughADivisionIsReached) {
  constexpr struct {
    const char *text, *pack, *plain;
  } kCases[] = {{"(10000 / 3) * 3 >= 10000", "true", "false"},
                {"(10000 / 3) * 3 = 10000", "true", "false"},
                {"(10000 / 3) * 3 in [10000..14000]", "true", "false"},
                {"(10000 / 3) * 3 in (10000, 1)", "true", "false"},
                {"(10000 / 3) * 3 between 10000 and 10001", "true", "false"},
                {"floor((10000 / 3) * 3)", "10000", "9999"},
                {"round half up(2 / 3 * 0.0075, 3)", "0.005", "0.005"},
                {"round half up(0.005 / 3 * 3, 2)", "0.01", "0.01"},
                {"round half up(0.035 / 7 / 3 * 3, 2)", "0.01", "0.01"},
                {"modulo(1 / 3 * 3, 1)", "0", "0.9999999999999999999999999999999999"},
                {"list contains([1 / 3 * 3], 1)", "true", "false"},
                {"distinct values([1 / 3 * 3, 1]) = [1]", "true", "false"},
                {"before(1 / 3 * 3, 1)", "false", "true"},
                {"0.000000000000000000001 > 0", "false", "true"},
                {"0.00000000000000000001 > 0", "true", "true"}};
  for (const auto& c : kCases) {
    EXPECT_EQ(Evaluated(c.text, NullRule::kUnknown).ToString(), c.pack) << c.text;
    EXPECT_EQ(Evaluated(c.text, NullRule::kFeel).ToString(), c.plain) << c.text;
  }
  const Decimal third = *Decimal::Divide(Decimal::FromInt(1), Decimal::FromInt(3));
  const Decimal half_fen = *Decimal::Multiply(third, Decimal::Parse("0.015").value());
  EXPECT_EQ(half_fen.ToMoney(Rounding::kHalfUp)->fen(), 1) << half_fen.ToString();
}

TEST(FeelExact, RandomArithmeticAnswersAsFractionsDo) {
  std::mt19937 random(12);
  int tried = 0, equal = 0;
  for (int round = 0; tried < 4000; ++round) {
    const Made a = Make(&random, 3),
               b = round % 3 == 0 ? Made{"(" + a.text + ") * 7 / 7", a.value, a.good} : Make(&random, 3);
    if (!a.good || !b.good) continue;
    ++tried;
    equal += a.value == b.value ? 1 : 0;
    const auto answer = [&](const std::string& sign) {
      return Evaluated("(" + a.text + ") " + sign + " (" + b.text + ")", NullRule::kUnknown).ToString();
    };
    ASSERT_EQ(answer("<"), a.value < b.value ? "true" : "false") << a.text << " < " << b.text;
    ASSERT_EQ(answer("="), a.value == b.value ? "true" : "false") << a.text << " = " << b.text;
    ASSERT_EQ(answer(">="), a.value < b.value ? "false" : "true") << a.text << " >= " << b.text;
    const Value fen = Evaluated("round half up(100 * (" + a.text + "), 0)", NullRule::kUnknown);
    ASSERT_EQ(fen.number(), *Decimal::FromParts(HalfUpFen(a.value), 0)) << a.text;
  }
  EXPECT_GT(equal, 1000) << "lines that are reached exactly are among the cases";
}

TEST(FeelExact, RootsLogarithmsAndExponentialsHaveThirtyDigits) {
  constexpr struct {
    const char *text, *value;
  } kCases[] = {{"sqrt(2)", "1.41421356237309504880168872421"},
                {"sqrt(16)", "4"},
                {"sqrt(0.01)", "0.1"},
                {"sqrt(1e-40) = 1e-20", "true"},
                {"sqrt(0)", "0"},
                {"sqrt(-1)", "null"},
                {"exp(1)", "2.71828182845904523536028747135"},
                {"exp(0)", "1"},
                {"exp(-1)", "0.367879441171442321595523770161"},
                {"exp(100000)", "null"},
                {"log(10)", "2.30258509299404568401799145468"},
                {"log(1)", "0"},
                {"log(0)", "null"},
                {"log(-1)", "null"},
                {"decimal(log(exp(5)), 25)", "5"},
                {"decimal(2 ** 0.5, 20)", "1.41421356237309504880"},
                {"(-8) ** 0.5", "null"},
                {"0 ** 0.5", "0"},
                {"0 ** -1", "null"},
                {"median([8, 2, 5, 3, 4])", "4"},
                {"median(6, 1, 2, 3)", "2.5"},
                {"median([])", "null"},
                {"mode([6, 3, 9, 6, 6])", "[6]"},
                {"mode([6, 1, 9, 6, 1])", "[1, 6]"},
                {"mode([])", "[]"},
                {"stddev([2, 4, 7, 5])", "2.08166599946613273528229770698"},
                {"stddev([1])", "null"}};
  for (const auto& c : kCases) {
    Value expected = Value::Text(c.value);
    const Value found = Evaluated(c.text, NullRule::kFeel);
    if (const auto d = Decimal::Parse(c.value); d.ok()) {
      ASSERT_EQ(found.kind(), Value::Kind::kNumber) << c.text;
      EXPECT_EQ(found.number(), *d) << c.text << " is " << found.ToString();
    } else {
      EXPECT_EQ(found.ToString(), c.value) << c.text;
    }
  }
}

}  // namespace
}  // namespace hearth::feel
