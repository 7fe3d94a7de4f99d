// Roots, exponentials and logarithms of decimals, in decimal arithmetic: the same digits on every machine.
//
// Series in 34 digits lose a few of the last ones, so results are rounded to 30. The argument is brought near 1 (or 0)
// first: ln(m * 10^k) = ln m + k ln 10, and exp(x) = 10^k * exp(r / 16)^16 with |r| under 1.2.
#include <algorithm>
#include <cstdlib>

#include "core/decimal.h"

namespace hearth {
namespace {

constexpr int kGood = 30;

Decimal Of(std::string_view text) { return Decimal::Parse(text).value(); }
const Decimal& Ln10() {
  static const Decimal kLn10 = Of("2.302585092994045684017991454684364");
  return kLn10;
}

int DigitsOf(const Decimal& d) {
  unsigned __int128 v = static_cast<unsigned __int128>(d.coefficient() < 0 ? -d.coefficient() : d.coefficient());
  int digits = 1;
  for (; v >= 10; v /= 10) ++digits;
  return digits;
}

Decimal ToGoodDigits(const Decimal& d) {
  const int drop = DigitsOf(d) - kGood;
  return drop > 0 ? d.Round(d.scale() - drop, Decimal::Mode::kHalfEven) : d;
}

// d * 10^k.
std::optional<Decimal> Shifted(const Decimal& d, int k) { return Decimal::FromParts(d.coefficient(), d.scale() - k); }

Decimal Sum(const Decimal& a, const Decimal& b) { return *Decimal::Add(a, b); }
Decimal Product(const Decimal& a, const Decimal& b) { return *Decimal::Multiply(a, b); }
Decimal Ratio(const Decimal& a, const Decimal& b) { return *Decimal::Divide(a, b); }

}  // namespace

std::optional<Decimal> Decimal::Sqrt(const Decimal& d) {
  if (d.IsNegative()) return std::nullopt;
  if (d.IsZero()) return Decimal();
  // m * 10^(2h) with m between 1 and 100, then Newton's iteration from above.
  int exponent = DigitsOf(d) - 1 - d.scale();
  if (exponent % 2 != 0) --exponent;
  const Decimal m = *Shifted(d, -exponent);
  Decimal root = FromInt(11);
  for (int i = 0; i < 12; ++i) root = Ratio(Sum(root, Ratio(m, root)), FromInt(2));
  root = ToGoodDigits(root);
  return Shifted(root, exponent / 2);
}

std::optional<Decimal> Decimal::Exp(const Decimal& d) {
  if (d.IsZero()) return FromInt(1);
  const std::optional<Decimal> tens = Divide(d, Ln10());
  if (!tens || *tens > FromInt(6145) || *tens < FromInt(-6200)) {
    return tens && tens->IsNegative() ? std::optional<Decimal>(Decimal()) : std::nullopt;
  }
  const int k = static_cast<int>(*tens->Round(0, Mode::kHalfEven).ToInt());
  const Decimal r = Ratio(*Subtract(d, Product(FromInt(k), Ln10())), FromInt(16));
  Decimal sum = FromInt(1), term = FromInt(1);
  for (int n = 1; n <= 24; ++n) {
    term = Ratio(Product(term, r), FromInt(n));
    sum = Sum(sum, term);
  }
  for (int i = 0; i < 4; ++i) sum = Product(sum, sum);
  return Shifted(ToGoodDigits(sum), k);
}

std::optional<Decimal> Decimal::Log(const Decimal& d) {
  if (d.IsNegative() || d.IsZero()) return std::nullopt;
  int exponent = DigitsOf(d) - 1 - d.scale();
  Decimal m = *Shifted(d, -exponent);
  if (m > FromInt(3)) {
    m = *Shifted(m, -1);
    ++exponent;
  }
  // ln m = 2 (z + z^3/3 + z^5/5 …) with z = (m - 1) / (m + 1), here between -0.54 and 0.5.
  const Decimal z = Ratio(Sum(m, FromInt(-1)), Sum(m, FromInt(1)));
  const Decimal square = Product(z, z);
  Decimal sum, power = z;
  for (int n = 1; n < 140; n += 2) {
    sum = Sum(sum, Ratio(power, FromInt(n)));
    power = Product(power, square);
  }
  return ToGoodDigits(Sum(Product(FromInt(2), sum), Product(FromInt(exponent), Ln10())));
}

std::optional<Decimal> Decimal::PowerOfFraction(const Decimal& base, const Decimal& exponent) {
  if (base.IsZero()) return exponent.IsNegative() ? std::nullopt : std::optional<Decimal>(Decimal());
  const std::optional<Decimal> log = Log(base);
  if (!log) return std::nullopt;
  const std::optional<Decimal> scaled = Multiply(*log, exponent);
  if (!scaled) return std::nullopt;
  const std::optional<Decimal> power = Exp(*scaled);
  // The logarithm's last digits are multiplied by the exponent: fewer of the result's are sure.
  if (!power) return power;
  const int drop = DigitsOf(*power) - 26;
  return drop > 0 ? power->Round(power->scale() - drop, Mode::kHalfEven) : *power;
}

}  // namespace hearth
