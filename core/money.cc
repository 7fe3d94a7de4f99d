#include "core/money.h"

namespace hearth {

Money Money::Scale(int64_t numerator, int64_t denominator, Rounding rounding) const {
  HEARTH_CHECK(denominator > 0, "denominator must be positive");
  const __int128 product = static_cast<__int128>(fen_) * numerator;
  __int128 quotient = product / denominator;
  __int128 rest = product % denominator;
  const int sign = product < 0 ? -1 : 1;
  if (rest < 0) rest = -rest;
  if (rest != 0 && (rounding == Rounding::kUp || (rounding == Rounding::kHalfUp && 2 * rest >= denominator))) {
    quotient += sign;
  }
  HEARTH_CHECK(quotient <= INT64_MAX && quotient >= INT64_MIN, "scaled money out of range");
  return Money(static_cast<int64_t>(quotient));
}

std::string Money::ToString() const {
  const bool negative = fen_ < 0;
  const uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(fen_) : static_cast<uint64_t>(fen_);
  const uint64_t cents = magnitude % 100;
  std::string text = negative ? "-" : "";
  text += std::to_string(magnitude / 100);
  text += '.';
  text += static_cast<char>('0' + cents / 10);
  text += static_cast<char>('0' + cents % 10);
  return text;
}

StatusOr<Money> ParseMoney(std::string_view text) {
  std::string_view t = text;
  bool negative = false;
  if (!t.empty() && (t[0] == '-' || t[0] == '+')) {
    negative = t[0] == '-';
    t.remove_prefix(1);
  }
  int64_t fen = 0;
  int decimals = -1;
  bool digits = false;
  for (char c : t) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return InvalidArgument("not an amount, expected yuan such as 1234.50");
    if (decimals >= 0 && ++decimals > 2) {
      if (c != '0') return InvalidArgument("more than two decimals in an amount of yuan");
      continue;
    }
    digits = true;
    if (__builtin_mul_overflow(fen, int64_t{10}, &fen) || __builtin_add_overflow(fen, int64_t{c - '0'}, &fen)) {
      return OutOfRange("amount out of range");
    }
  }
  if (!digits) return InvalidArgument("not an amount, expected yuan such as 1234.50");
  for (int i = decimals < 0 ? 0 : (decimals > 2 ? 2 : decimals); i < 2; ++i) {
    if (__builtin_mul_overflow(fen, int64_t{10}, &fen)) return OutOfRange("amount out of range");
  }
  return Money::FromFen(negative ? -fen : fen);
}

}  // namespace hearth
