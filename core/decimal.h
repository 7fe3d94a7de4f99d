// Decimal is an exact decimal number: a signed coefficient of up to 34 digits times 10^-scale (scale may be negative),
// as FEEL (OMG DMN 1.x, IEEE 754-2008 decimal128) asks. Addition, subtraction and multiplication that need more
// than 34 digits, and division, round half-even to 34 digits. Copy by value; const methods are thread-safe.
//
//   Decimal::Parse("0.1").value() + Decimal::Parse("0.2").value() == Decimal::Parse("0.30").value()
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/money.h"
#include "core/status.h"

namespace hearth {

class Decimal {
 public:
  constexpr Decimal() = default;
  static Decimal FromInt(int64_t value) { return Decimal(value, 0); }
  static Decimal FromMoney(Money money) { return Decimal(money.fen(), 2); }  // in yuan
  // value * 10^-scale.
  static Decimal FromScaled(int64_t value, int scale) { return Decimal(value, scale); }
  // "12", "-0.5", ".5", "1.2e3"; InvalidArgument otherwise, OutOfRange beyond 34 digits or exponent 6144.
  static StatusOr<Decimal> Parse(std::string_view text);

  // nullopt: overflow of the exponent, or division by zero.
  static std::optional<Decimal> Add(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> Subtract(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> Multiply(const Decimal& a, const Decimal& b);
  static std::optional<Decimal> Divide(const Decimal& a, const Decimal& b);
  // A whole exponent between -999,999,999 and 999,999,999, or any with a base above zero; nullopt otherwise.
  static std::optional<Decimal> Power(const Decimal& base, const Decimal& exponent);

  // Rounded to 30 digits, exact roots and powers being exact; nullopt: no such number, or overflow.
  static std::optional<Decimal> Sqrt(const Decimal& d);
  static std::optional<Decimal> Exp(const Decimal& d);
  static std::optional<Decimal> Log(const Decimal& d);  // natural

  Decimal operator-() const;
  // By value: 1.0 == 1.00.
  std::strong_ordering operator<=>(const Decimal& o) const;
  bool operator==(const Decimal& o) const { return (*this <=> o) == std::strong_ordering::equal; }

  bool IsZero() const { return coefficient() == 0; }
  bool IsNegative() const { return coefficient() < 0; }
  bool IsInteger() const;
  // Rounded to `scale` digits after the point.
  enum class Mode : uint8_t { kHalfEven, kHalfUp, kHalfDown, kUp, kDown, kFloor, kCeiling };
  Decimal Round(int scale, Mode mode) const;
  // Rounded half-even to 20 digits after the point when it has more: what a pack compares and rounds to fen.
  Decimal Guarded() const { return scale_ > 20 ? Round(20, Mode::kHalfEven) : *this; }
  std::optional<int64_t> ToInt() const;  // when whole and in range
  // Guarded and then rounded to the fen as said; nullopt out of range.
  std::optional<Money> ToMoney(Rounding rounding) const;
  // Plain notation without trailing zeros: "0.5", "1200", "-3".
  std::string ToString() const;

  __int128 coefficient() const { return static_cast<__int128>((static_cast<unsigned __int128>(high_) << 64) | low_); }
  int scale() const { return scale_; }
  // coefficient * 10^-scale, rounded half-even to 34 digits; nullopt when the exponent leaves decimal128.
  static std::optional<Decimal> FromParts(__int128 coefficient, int scale);

 private:
  constexpr Decimal(int64_t value, int scale)
      : low_(static_cast<uint64_t>(value)), high_(value < 0 ? ~uint64_t{0} : 0), scale_(scale) {}
  static Decimal Make(__int128 coefficient, int scale) {
    Decimal d;
    d.low_ = static_cast<uint64_t>(static_cast<unsigned __int128>(coefficient));
    d.high_ = static_cast<uint64_t>(static_cast<unsigned __int128>(coefficient) >> 64);
    d.scale_ = scale;
    return d;
  }
  static std::optional<Decimal> PowerOfFraction(const Decimal& base, const Decimal& exponent);
  friend struct DecimalMaths;
  // Two halves, so that a Decimal is aligned to 8 bytes and stays small inside Value.
  uint64_t low_ = 0, high_ = 0;
  int32_t scale_ = 0;
};

}  // namespace hearth
