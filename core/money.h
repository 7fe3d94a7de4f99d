// Money is an exact amount of renminbi: a whole number of fen (1 yuan = 100 fen) in a signed 64-bit
// integer, so about 92 quadrillion yuan either way.
//
//   Money::FromYuan(580) == Money::FromFen(58000)
//
// Sums, differences and comparisons are exact; overflow is a bug and stops the program. Scaling needs a
// Rounding, as the answer may fall between two fen. There is no way from or to a floating-point number.
// Copy it by value. Const methods may be called from many threads at once.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/status.h"

namespace hearth {

enum class Rounding : uint8_t { kDown, kHalfUp, kUp };  // toward zero, half away from zero, away from zero

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money FromFen(int64_t fen) { return Money(fen); }
  static constexpr Money FromYuan(int64_t yuan) {
    int64_t fen = 0;
    HEARTH_CHECK(!__builtin_mul_overflow(yuan, int64_t{100}, &fen), "yuan out of range");
    return Money(fen);
  }
  constexpr int64_t fen() const { return fen_; }

  auto operator<=>(const Money&) const = default;
  Money operator+(Money o) const {
    int64_t r = 0;
    HEARTH_CHECK(!__builtin_add_overflow(fen_, o.fen_, &r), "money sum out of range");
    return Money(r);
  }
  Money operator-(Money o) const {
    int64_t r = 0;
    HEARTH_CHECK(!__builtin_sub_overflow(fen_, o.fen_, &r), "money difference out of range");
    return Money(r);
  }
  Money& operator+=(Money o) { return *this = *this + o; }
  // this * numerator / denominator; denominator > 0. The product is exact in 128 bits.
  Money Scale(int64_t numerator, int64_t denominator, Rounding rounding) const;
  // "1234.50", "-0.05".
  std::string ToString() const;

 private:
  constexpr explicit Money(int64_t fen) : fen_(fen) {}
  int64_t fen_ = 0;
};

// Plain "1234.5", "-0.05", at most two decimals. InvalidArgument or OutOfRange otherwise.
StatusOr<Money> ParseMoney(std::string_view text);

}  // namespace hearth
