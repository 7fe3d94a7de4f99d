#include "core/decimal.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace hearth {
namespace {

// A coefficient of 34 digits needs 113 bits, a product of two 226: sums, products and quotients are made exactly in
// 256 bits (four limbs, the lowest first) and then rounded once.
//
// Example: 1 / 3 is 10^36 / 3 with a sticky digit after it, rounded half-even to 34 digits.

using U128 = unsigned __int128;
using I128 = __int128;

constexpr int kDigits = 34;
constexpr int kScaleMin = -6111;  // largest exponent of decimal128
constexpr int kScaleMax = 6176;

constexpr std::array<U128, 39> MakePowers() {
  std::array<U128, 39> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr std::array<U128, 39> kPower = MakePowers();

U128 Magnitude(I128 v) { return v < 0 ? U128{0} - static_cast<U128>(v) : static_cast<U128>(v); }

int CountDigits(U128 v) {
  int digits = (v >> 64) != 0 ? 20 : 1;  // 2^64 has 20 digits
  while (digits < 39 && v >= kPower[digits]) ++digits;
  return digits;
}

struct Wide {
  std::array<uint64_t, 4> limb{};

  static Wide Of(U128 v) { return Wide{{static_cast<uint64_t>(v), static_cast<uint64_t>(v >> 64), 0, 0}}; }
  U128 Low() const { return (U128{limb[1]} << 64) | limb[0]; }
  bool FitsLow() const { return limb[2] == 0 && limb[3] == 0; }
};

void MultiplySmall(Wide* w, uint64_t factor) {
  U128 carry = 0;
  for (uint64_t& limb : w->limb) {
    const U128 product = U128{limb} * factor + carry;
    limb = static_cast<uint64_t>(product);
    carry = product >> 64;
  }
  HEARTH_CHECK(carry == 0, "decimal product beyond 256 bits");
}

// Divides in place; returns the remainder.
uint64_t DivideSmall(Wide* w, uint64_t divisor) {
  U128 rest = 0;
  for (int i = 3; i >= 0; --i) {
    const U128 part = (rest << 64) | w->limb[i];
    w->limb[i] = static_cast<uint64_t>(part / divisor);
    rest = part % divisor;
  }
  return static_cast<uint64_t>(rest);
}

constexpr int kChunk = 19;  // 10^19 is the largest power of ten in 64 bits

void ScaleUp(Wide* w, int digits) {
  for (; digits > 0; digits -= kChunk) MultiplySmall(w, static_cast<uint64_t>(kPower[std::min(digits, kChunk)]));
}

Wide MultiplyWide(U128 a, U128 b) {
  const uint64_t x[2] = {static_cast<uint64_t>(a), static_cast<uint64_t>(a >> 64)};
  const uint64_t y[2] = {static_cast<uint64_t>(b), static_cast<uint64_t>(b >> 64)};
  Wide w;
  for (int i = 0; i < 2; ++i) {
    U128 carry = 0;
    for (int j = 0; j < 2; ++j) {
      const U128 sum = U128{x[i]} * y[j] + w.limb[i + j] + carry;
      w.limb[i + j] = static_cast<uint64_t>(sum);
      carry = sum >> 64;
    }
    w.limb[i + 2] += static_cast<uint64_t>(carry);
  }
  return w;
}

int Compare(const Wide& a, const Wide& b) {
  for (int i = 3; i >= 0; --i) {
    if (a.limb[i] != b.limb[i]) return a.limb[i] < b.limb[i] ? -1 : 1;
  }
  return 0;
}

Wide AddWide(const Wide& a, const Wide& b) {
  Wide w;
  U128 carry = 0;
  for (int i = 0; i < 4; ++i) {
    const U128 sum = U128{a.limb[i]} + b.limb[i] + carry;
    w.limb[i] = static_cast<uint64_t>(sum);
    carry = sum >> 64;
  }
  return w;
}

// a >= b.
Wide SubtractWide(const Wide& a, const Wide& b) {
  Wide w;
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const U128 take = U128{b.limb[i]} + borrow;
    borrow = U128{a.limb[i]} < take ? 1 : 0;
    w.limb[i] = static_cast<uint64_t>(U128{a.limb[i]} - take);
  }
  return w;
}

// quotient and whether there is a rest. Bit by bit when the divisor is wider than 64 bits, which is rare.
Wide DivideWide(Wide a, U128 b, bool* inexact) {
  if ((b >> 64) == 0) {
    *inexact = DivideSmall(&a, static_cast<uint64_t>(b)) != 0;
    return a;
  }
  Wide quotient;
  U128 rest = 0;
  for (int bit = 255; bit >= 0; --bit) {
    rest = (rest << 1) | ((a.limb[bit / 64] >> (bit % 64)) & 1);
    if (rest >= b) {
      rest -= b;
      quotient.limb[bit / 64] |= uint64_t{1} << (bit % 64);
    }
  }
  *inexact = rest != 0;
  return quotient;
}

int CountDigits(const Wide& w) {
  if (w.FitsLow()) return CountDigits(w.Low());
  Wide rest = w;
  int digits = 0;
  while (!rest.FitsLow()) {
    DivideSmall(&rest, static_cast<uint64_t>(kPower[kChunk]));
    digits += kChunk;
  }
  return digits + CountDigits(rest.Low());
}

// Drops `digits` digits, rounding; `sticky`: something not zero was lost below.
U128 DropDigits(Wide w, int digits, bool negative, bool sticky, Decimal::Mode mode) {
  if (digits <= 0) return w.Low();
  for (int left = digits - 1; left > 0; left -= kChunk) {
    sticky |= DivideSmall(&w, static_cast<uint64_t>(kPower[std::min(left, kChunk)])) != 0;
  }
  const uint64_t last = DivideSmall(&w, 10);
  const U128 kept = w.Low();
  const bool any = last != 0 || sticky;
  const bool above_half = last > 5 || (last == 5 && sticky);
  const bool half = last == 5 && !sticky;
  bool up = false;
  switch (mode) {
    case Decimal::Mode::kHalfEven:
      up = above_half || (half && (kept & 1) != 0);
      break;
    case Decimal::Mode::kHalfUp:
      up = above_half || half;
      break;
    case Decimal::Mode::kHalfDown:
      up = above_half;
      break;
    case Decimal::Mode::kUp:
      up = any;
      break;
    case Decimal::Mode::kDown:
      up = false;
      break;
    case Decimal::Mode::kFloor:
      up = any && negative;
      break;
    case Decimal::Mode::kCeiling:
      up = any && !negative;
      break;
  }
  return kept + (up ? 1 : 0);
}

}  // namespace

struct DecimalMaths {
  static Decimal Make(bool negative, U128 magnitude, int scale) {
    const I128 v = static_cast<I128>(magnitude);
    return Decimal::Make(negative ? -v : v, scale);
  }

  // Rounds half-even to 34 digits and into the exponents of decimal128.
  static std::optional<Decimal> Finish(bool negative, const Wide& w, int scale, bool sticky = false) {
    int drop = std::max(0, CountDigits(w) - kDigits);
    if (scale - drop > kScaleMax) drop = scale - kScaleMax;
    U128 kept;
    if (drop > 76) {
      kept = 0;  // below the smallest exponent
    } else if (drop == 0) {
      kept = w.Low();
    } else {
      kept = DropDigits(w, drop, negative, sticky, Decimal::Mode::kHalfEven);
    }
    scale -= drop;
    if (kept == kPower[kDigits]) {
      kept /= 10;
      --scale;
    }
    if (kept == 0) return Decimal::Make(0, std::clamp(scale, 0, kScaleMax));
    // An exponent a little too large can still be written with more zeros.
    while (scale < kScaleMin && kept < kPower[kDigits - 1]) {
      kept *= 10;
      ++scale;
    }
    if (scale < kScaleMin) return std::nullopt;
    return Make(negative, kept, scale);
  }

  static std::optional<Decimal> AddWideScales(const Decimal& a, const Decimal& b) {
    // `high` has the smaller scale and is scaled up to the other's.
    const Decimal& high = a.scale() <= b.scale() ? a : b;
    const Decimal& low = a.scale() <= b.scale() ? b : a;
    if (high.IsZero()) return low;
    if (low.IsZero()) return high;
    const int digits = CountDigits(Magnitude(high.coefficient()));
    const int shift = low.scale() - high.scale();
    if (shift >= 72 - digits) {  // low is less than one unit in the 38th digit of high: only its sign matters
      const int up = 38 - digits;
      I128 c = high.coefficient() * static_cast<I128>(kPower[up]);
      c += low.IsNegative() ? -1 : 1;
      return Finish(c < 0, Wide::Of(Magnitude(c)), high.scale() + up);
    }
    Wide x = Wide::Of(Magnitude(high.coefficient()));
    ScaleUp(&x, shift);
    const Wide y = Wide::Of(Magnitude(low.coefficient()));
    if (high.IsNegative() == low.IsNegative()) return Finish(high.IsNegative(), AddWide(x, y), low.scale());
    const int order = Compare(x, y);
    if (order == 0) return Decimal::Make(0, std::max(0, low.scale()));
    return order > 0 ? Finish(high.IsNegative(), SubtractWide(x, y), low.scale())
                     : Finish(low.IsNegative(), SubtractWide(y, x), low.scale());
  }
};

std::optional<Decimal> Decimal::FromParts(__int128 coefficient, int scale) {
  return DecimalMaths::Finish(coefficient < 0, Wide::Of(Magnitude(coefficient)), scale);
}

StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  const Status bad = InvalidArgument("\"" + std::string(text) + "\" is no decimal number");
  size_t i = 0;
  bool negative = false;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
  U128 coefficient = 0;
  int64_t scale = 0;
  int significant = 0;
  bool any = false, point = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point) {
      point = true;
      if (i + 1 >= text.size() || text[i + 1] < '0' || text[i + 1] > '9') return bad;
    } else if (c >= '0' && c <= '9') {
      any = true;
      if (point) ++scale;
      if (significant > 0 || c != '0') ++significant;
      if (significant > kDigits) {
        // Zeros at the end carry no information beyond the exponent.
        if (c != '0') return OutOfRange("\"" + std::string(text) + "\" has more than 34 digits");
        --scale;
        --significant;
        continue;
      }
      coefficient = coefficient * 10 + static_cast<U128>(c - '0');
    } else {
      break;
    }
  }
  if (!any) return bad;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    bool negative_exponent = false;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) negative_exponent = text[i++] == '-';
    if (i >= text.size()) return bad;
    int64_t exponent = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
      exponent = std::min<int64_t>(exponent * 10 + (text[i] - '0'), 1'000'000);
    }
    scale -= negative_exponent ? -exponent : exponent;
  }
  if (i != text.size()) return bad;
  if (coefficient == 0) scale = std::clamp<int64_t>(scale, 0, kScaleMax);
  if (scale > kScaleMax + kDigits || scale < -2'000'000) return OutOfRange("exponent beyond decimal128");
  const std::optional<Decimal> d = DecimalMaths::Finish(negative, Wide::Of(coefficient), static_cast<int>(scale));
  if (!d) return OutOfRange("\"" + std::string(text) + "\" has an exponent beyond 6144");
  return *d;
}

std::optional<Decimal> Decimal::Add(const Decimal& a, const Decimal& b) {
  if (a.scale_ == b.scale_) {
    const I128 sum = a.coefficient() + b.coefficient();  // at most 35 digits
    if (Magnitude(sum) < kPower[kDigits]) return Make(sum, a.scale_);
  }
  return DecimalMaths::AddWideScales(a, b);
}

std::optional<Decimal> Decimal::Subtract(const Decimal& a, const Decimal& b) { return Add(a, -b); }

std::optional<Decimal> Decimal::Multiply(const Decimal& a, const Decimal& b) {
  const U128 x = Magnitude(a.coefficient()), y = Magnitude(b.coefficient());
  const bool negative = a.IsNegative() != b.IsNegative();
  if (x < kPower[17] && y < kPower[17]) {
    const int scale = a.scale_ + b.scale_;
    if (scale <= kScaleMax && scale >= kScaleMin) return DecimalMaths::Make(negative, x * y, scale);
  }
  return DecimalMaths::Finish(negative, MultiplyWide(x, y), a.scale_ + b.scale_);
}

std::optional<Decimal> Decimal::Divide(const Decimal& a, const Decimal& b) {
  if (b.IsZero()) return std::nullopt;
  const U128 x = Magnitude(a.coefficient()), y = Magnitude(b.coefficient());
  const bool negative = a.IsNegative() != b.IsNegative();
  if (x == 0) return Decimal();
  const int ideal = a.scale_ - b.scale_;
  if (x % y == 0) return DecimalMaths::Finish(negative, Wide::Of(x / y), ideal);
  const int up = std::max(0, kDigits + 2 + CountDigits(y) - CountDigits(x));
  Wide numerator = Wide::Of(x);
  ScaleUp(&numerator, up);
  bool inexact = false;
  Wide quotient = DivideWide(numerator, y, &inexact);
  if (!inexact) {
    U128 q = quotient.Low();
    int scale = ideal + up;
    while (scale > ideal && q % 10 == 0) {
      q /= 10;
      --scale;
    }
    return DecimalMaths::Finish(negative, Wide::Of(q), scale);
  }
  return DecimalMaths::Finish(negative, quotient, ideal + up, true);
}

std::optional<Decimal> Decimal::Power(const Decimal& base, const Decimal& exponent) {
  const std::optional<int64_t> whole = exponent.ToInt();
  if (!exponent.IsInteger()) return PowerOfFraction(base, exponent);
  if (!whole || *whole > 999'999'999 || *whole < -999'999'999) return std::nullopt;
  if (base.IsZero()) {
    if (*whole < 0) return std::nullopt;
    return *whole == 0 ? FromInt(1) : Decimal();
  }
  std::optional<Decimal> result = FromInt(1), square = base;
  for (int64_t n = std::llabs(*whole); n > 0; n >>= 1) {
    if (n & 1) result = Multiply(*result, *square);
    if (!result) return std::nullopt;
    if (n > 1) square = Multiply(*square, *square);
    if (!square) return std::nullopt;
  }
  return *whole < 0 ? Divide(FromInt(1), *result) : result;
}

Decimal Decimal::operator-() const { return Make(-coefficient(), scale_); }

std::strong_ordering Decimal::operator<=>(const Decimal& o) const {
  const I128 a = coefficient(), b = o.coefficient();
  if (scale_ == o.scale_ || a == 0 || b == 0 || (a < 0) != (b < 0)) return a <=> b;
  const U128 x = Magnitude(a), y = Magnitude(b);
  const bool negative = a < 0;
  const int ax = CountDigits(x) - scale_, ay = CountDigits(y) - o.scale_;
  std::strong_ordering order = ax <=> ay;
  if (order == 0) {  // as many digits before the point: the shorter one is scaled up, to at most 34 digits
    const int shift = o.scale_ - scale_;
    order = shift > 0 ? x * kPower[shift] <=> y : x <=> y * kPower[-shift];
  }
  if (!negative) return order;
  return order == 0 ? order : (order < 0 ? std::strong_ordering::greater : std::strong_ordering::less);
}

bool Decimal::IsInteger() const {
  if (scale_ <= 0 || IsZero()) return true;
  if (scale_ > kDigits) return false;
  return Magnitude(coefficient()) % kPower[scale_] == 0;
}

Decimal Decimal::Round(int scale, Mode mode) const {
  if (scale >= scale_) return *this;
  const int64_t drop = int64_t{scale_} - scale;
  // Beyond 40 digits nothing of the coefficient is left but its being there.
  const U128 kept = DropDigits(Wide::Of(Magnitude(coefficient())), static_cast<int>(std::min<int64_t>(drop, 40)),
                               IsNegative(), false, mode);
  const std::optional<Decimal> d = DecimalMaths::Finish(IsNegative(), Wide::Of(kept), scale);
  return d ? *d : *this;
}

std::optional<int64_t> Decimal::ToInt() const {
  if (!IsInteger()) return std::nullopt;
  if (IsZero()) return 0;
  U128 v = Magnitude(coefficient());
  if (scale_ > 0) v /= kPower[scale_];
  if (scale_ < 0) {
    if (-scale_ > 18 || CountDigits(v) - scale_ > 20) return std::nullopt;
    v *= kPower[-scale_];
  }
  const U128 limit = (U128{1} << 63) - (IsNegative() ? 0 : 1);
  if (v > limit) return std::nullopt;
  return static_cast<int64_t>(IsNegative() ? U128{0} - v : v);
}

std::optional<Money> Decimal::ToMoney(Rounding rounding) const {
  const Mode mode = rounding == Rounding::kDown ? Mode::kDown : rounding == Rounding::kUp ? Mode::kUp : Mode::kHalfUp;
  Decimal fen = Guarded().Round(2, mode);
  fen.scale_ -= 2;
  const std::optional<int64_t> whole = fen.ToInt();
  if (!whole) return std::nullopt;
  return Money::FromFen(*whole);
}

std::string Decimal::ToString() const {
  U128 v = Magnitude(coefficient());
  if (v == 0) return "0";
  int scale = scale_;
  while (scale > 0 && v % 10 == 0) {
    v /= 10;
    --scale;
  }
  std::string digits;
  for (; v > 0; v /= 10) digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(v % 10)));
  if (scale < 0) digits.append(static_cast<size_t>(-scale), '0');
  if (scale > 0) {
    if (digits.size() <= static_cast<size_t>(scale))
      digits.insert(0, static_cast<size_t>(scale) + 1 - digits.size(), '0');
    digits.insert(digits.size() - static_cast<size_t>(scale), ".");
  }
  return IsNegative() ? "-" + digits : digits;
}

}  // namespace hearth
