#include "core/cell_readers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/text.h"

namespace hearth {
namespace {

constexpr std::string_view kNullWords[] = {
    "NULL", "null", "Null", "\\N", "\\n", "-",  "--",   "—",   "——",  "－",   "/",    "／",  "无",
    "不详", "未知", "暂无", "N/A", "n/a", "NA", "#N/A", "nan", "NaN", "None", "none", "nil", "空",
};
constexpr std::string_view kErrors[] = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"};
constexpr std::string_view kOpenEnds[] = {"长期", "长期有效", "永久", "永久有效", "无限期", "无固定期限"};
constexpr std::string_view kTrue[] = {"1", "true", "yes", "y", "t", "是", "有", "对", "√"};
constexpr std::string_view kFalse[] = {"0", "false", "no", "n", "f", "否", "没有", "非", "×"};

template <size_t N>
bool Contains(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// A trimmed cell in half width. Clean ASCII is viewed in place; only other text is copied.
class Folded {
 public:
  explicit Folded(std::string_view cell) : view_(TrimUnicode(cell)) {
    if (IsAscii(view_)) return;
    copy_ = FoldWidth(view_);
    view_ = TrimUnicode(copy_);
  }
  Folded(const Folded&) = delete;
  Folded& operator=(const Folded&) = delete;
  std::string_view view() const { return view_; }

 private:
  std::string copy_;
  std::string_view view_;
};

bool Eat(std::string_view* t, std::string_view word) {
  if (!t->starts_with(word)) return false;
  t->remove_prefix(word.size());
  return true;
}

bool EatEnd(std::string_view* t, std::string_view word) {
  if (!t->ends_with(word)) return false;
  t->remove_suffix(word.size());
  *t = TrimUnicode(*t);
  return true;
}

// Leading ASCII digits, at least `least` and at most `most`; nullopt when there are fewer or more.
std::optional<int> EatDigits(std::string_view* t, size_t least, size_t most) {
  size_t n = 0;
  int v = 0;
  while (n < t->size() && IsDigit((*t)[n])) {
    if (n == most) return std::nullopt;
    v = v * 10 + ((*t)[n++] - '0');
  }
  if (n < least) return std::nullopt;
  t->remove_prefix(n);
  return v;
}

int ChineseDigit(char32_t c) {
  switch (c) {
    case U'〇':
    case U'零':
    case U'○':
    case U'Ｏ':
      return 0;
    case U'一':
    case U'壹':
    case U'元':
      return 1;
    case U'二':
    case U'贰':
    case U'两':
      return 2;
    case U'三':
    case U'叁':
      return 3;
    case U'四':
    case U'肆':
      return 4;
    case U'五':
    case U'伍':
      return 5;
    case U'六':
    case U'陆':
      return 6;
    case U'七':
    case U'柒':
      return 7;
    case U'八':
    case U'捌':
      return 8;
    case U'九':
    case U'玖':
      return 9;
    default:
      return -1;
  }
}

int ChineseUnit(char32_t c) {
  switch (c) {
    case U'十':
    case U'拾':
      return 10;
    case U'廿':
      return 20;
    case U'卅':
      return 30;
    case U'百':
    case U'佰':
      return 100;
    case U'千':
    case U'仟':
      return 1000;
    default:
      return 0;
  }
}

// Six digits are a month only with a year that registries hold.
constexpr int kFirstYear = 1900, kLastYear = 2100;

struct DateParts {
  int year = -1, month = -1, day = -1;  // day -1: none given
};

// "2021年3月5日" with Arabic or Chinese digits, day optional.
std::optional<DateParts> ReadChineseDate(std::string_view t) {
  const size_t y = t.find("年");
  const size_t m = t.find("月");
  if (y == std::string_view::npos || m == std::string_view::npos || m < y) return std::nullopt;
  const std::string_view year_text = TrimUnicode(t.substr(0, y));
  if (CountCodePoints(year_text) != 4) return std::nullopt;  // no two-digit years
  DateParts parts;
  parts.year = ReadSmallNumber(year_text);
  parts.month = ReadSmallNumber(TrimUnicode(t.substr(y + 3, m - y - 3)));
  std::string_view rest = TrimUnicode(t.substr(m + 3));
  if (parts.year < 0 || parts.month < 0) return std::nullopt;
  if (rest.empty()) return parts;
  if (!EatEnd(&rest, "日") && !EatEnd(&rest, "号")) return std::nullopt;
  parts.day = ReadSmallNumber(rest);
  if (parts.day < 0) return std::nullopt;
  return parts;
}

// "2021-3-5", "2021/3/5", "2021.3.5" (day optional) or "20210305" ("202103"). Leaves what follows in *t.
std::optional<DateParts> EatNumericDate(std::string_view* t) {
  size_t digits = 0;
  while (digits < t->size() && IsDigit((*t)[digits])) ++digits;
  DateParts parts;
  if (digits == 8 || digits == 6) {
    std::string_view y = t->substr(0, 4), m = t->substr(4, 2), d = t->substr(6, digits - 6);
    parts.year = *EatDigits(&y, 4, 4);
    parts.month = *EatDigits(&m, 2, 2);
    if (digits == 8) parts.day = *EatDigits(&d, 2, 2);
    t->remove_prefix(digits);
    return parts;
  }
  if (digits != 4 || t->size() < 6) return std::nullopt;
  parts.year = *EatDigits(t, 4, 4);
  const char separator = t->front();
  if (separator != '-' && separator != '/' && separator != '.') return std::nullopt;
  t->remove_prefix(1);
  const auto month = EatDigits(t, 1, 2);
  if (!month) return std::nullopt;
  parts.month = *month;
  if (t->empty() || t->front() != separator) return parts;
  t->remove_prefix(1);
  const auto day = EatDigits(t, 1, 2);
  if (!day) return std::nullopt;
  parts.day = *day;
  return parts;
}

// A time of day behind a date: " 00:00:00.0", "T08:30+08:00". Empty is one too.
bool IsTimeOfDay(std::string_view t) {
  if (t.empty()) return true;
  if (t.front() != ' ' && t.front() != 'T') return false;
  t.remove_prefix(1);
  const auto hour = EatDigits(&t, 1, 2);
  if (!hour || *hour > 23) return false;
  for (int part = 0; part < 2 && Eat(&t, ":"); ++part) {
    const auto value = EatDigits(&t, 2, 2);
    if (!value || *value > 59) return false;
  }
  if (Eat(&t, ".")) {
    const size_t digits = t.find_first_not_of("0123456789");
    t.remove_prefix(std::min(digits, t.size()));
  }
  return t.empty() || t == "+08:00" || t == "+0800" || t == "+08";
}

DayReading Finish(const DateParts& p) {
  if (p.year == 9999) return {Verdict::kOpenEnd, {}};
  if (p.year == 0 && p.month == 0 && p.day == 0) return {Verdict::kPlaceholderDate, {}};
  if (!CivilDay::IsValidYmd(p.year, p.month, p.day)) return {Verdict::kBadDate, {}};
  if ((p.year == 1900 || p.year == 1970) && p.month == 1 && p.day == 1) return {Verdict::kPlaceholderDate, {}};
  return {Verdict::kOk, *CivilDay::FromYmd(p.year, p.month, p.day)};
}

// Spreadsheet days: 1900-01-01 is 1 and a 29 February 1900 that never was is 60; the 1904 system counts from its 1
// January.
DayReading ReadSerial(std::string_view t, DaySerial serial) {
  if (const size_t point = t.find('.'); point != std::string_view::npos) {
    if (!IsAllDigits(t.substr(point + 1))) return {Verdict::kBadDate, {}};
    t = t.substr(0, point);
  }
  const auto n = EatDigits(&t, 1, 5);
  if (!n || !t.empty()) return {Verdict::kBadDate, {}};
  if (serial == DaySerial::k1904) return {Verdict::kOk, CivilDay{*n - 24107}};
  if (*n == 0 || *n == 60) return {Verdict::kBadDate, {}};
  return {Verdict::kOk, CivilDay{*n - (*n > 60 ? 25569 : 25568)}};
}

// A plain decimal: sign, digits, point, digits, perhaps an exponent; thousands separators in their right places.
struct PlainNumber {
  bool negative = false;
  bool noted = false;  // separators or brackets were read
  bool scientific = false, plus_exponent = false;
  int exponent = 0;
  size_t count = 0;     // digits, leading zeros dropped
  size_t decimals = 0;  // of them behind the point
  std::array<char, 40> digits = {};
};

enum class NumberFault : uint8_t { kNone, kForm, kRange };

NumberFault ReadPlain(std::string_view t, PlainNumber* out) {
  if (t.size() >= 2 && t.front() == '(' && t.back() == ')') {
    out->negative = out->noted = true;
    t = TrimUnicode(t.substr(1, t.size() - 2));
    if (t.starts_with('-') || t.starts_with('+')) return NumberFault::kForm;
  }
  if (t.starts_with('-') || t.starts_with('+')) {
    out->negative = t.front() == '-';
    t.remove_prefix(1);
  }
  bool seen_digit = false, point = false;
  size_t group = 0, groups = 0;  // digits since the last separator, separators so far
  size_t i = 0;
  for (; i < t.size(); ++i) {
    const char c = t[i];
    if (IsDigit(c)) {
      seen_digit = true;
      if (point) {
        ++out->decimals;
      } else {
        ++group;
      }
      if (out->count == 0 && c == '0') continue;
      if (out->count == out->digits.size()) return NumberFault::kRange;
      out->digits[out->count++] = c;
    } else if (c == ',' && !point && seen_digit) {
      if (groups == 0 ? group > 3 : group != 3) return NumberFault::kForm;
      ++groups;
      group = 0;
    } else if (c == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (!seen_digit || (groups > 0 && group != 3)) return NumberFault::kForm;
  if (groups > 0) out->noted = true;
  if (i < t.size() && (t[i] == 'E' || t[i] == 'e')) {
    std::string_view e = t.substr(i + 1);
    out->scientific = true;
    const bool minus = e.starts_with('-');
    out->plus_exponent = e.starts_with('+');
    if (minus || out->plus_exponent) e.remove_prefix(1);
    const auto value = EatDigits(&e, 1, 3);
    if (!value || !e.empty()) return NumberFault::kForm;
    out->exponent = minus ? -*value : *value;
    return NumberFault::kNone;
  }
  return i == t.size() ? NumberFault::kNone : NumberFault::kForm;
}

// A spreadsheet shows scientific numbers with a signed exponent and as many digits as fit: places beyond them are lost.
// A program's 1.2E7 is the shortest text of the exact number.
bool LostPlaces(const PlainNumber& n) {
  return n.scientific && n.plus_exponent && n.exponent > static_cast<int>(n.decimals);
}

constexpr size_t kNoiseDigits = 15;  // what a binary double holds for sure

// The number times 10^scale, whole. Digits beyond must be zeros, or noise of a double (sets *noise).
IntReading Scale(const PlainNumber& n, int scale, bool* noise) {
  const int shift = scale - static_cast<int>(n.decimals) + n.exponent;  // value = digits * 10^shift / 10^0
  size_t keep = n.count;
  bool round_up = false;
  if (shift < 0) {
    const size_t drop = std::min<size_t>(static_cast<size_t>(-shift), n.count);
    keep = n.count - drop;
    const std::string_view rest(n.digits.data() + keep, drop);
    if (rest.find_first_not_of('0') != std::string_view::npos) {
      const bool nines = rest.size() >= 4 && rest.substr(0, 4) == "9999",
                 zeros = rest.size() >= 4 && rest.substr(0, 4) == "0000";
      if (n.count < kNoiseDigits || static_cast<size_t>(-shift) > n.count || !(nines || zeros)) {
        return {Verdict::kBadNumber, 0};
      }
      *noise = true;
      round_up = nines;
    }
  }
  int64_t value = 0;
  const auto push = [&value](int digit) {
    return !__builtin_mul_overflow(value, int64_t{10}, &value) &&
           !__builtin_add_overflow(value, int64_t{digit}, &value);
  };
  for (size_t i = 0; i < keep; ++i) {
    if (!push(n.digits[i] - '0')) return {Verdict::kOutOfRange, 0};
  }
  for (int i = 0; i < shift && value != 0; ++i) {
    if (!push(0)) return {Verdict::kOutOfRange, 0};
  }
  if (round_up && __builtin_add_overflow(value, int64_t{1}, &value)) return {Verdict::kOutOfRange, 0};
  return {Verdict::kOk, n.negative ? -value : value};
}

IntReading ReadScaled(std::string_view t, int scale) {
  PlainNumber n;
  switch (ReadPlain(t, &n)) {
    case NumberFault::kForm:
      return {Verdict::kBadNumber, 0};
    case NumberFault::kRange:
      return {Verdict::kOutOfRange, 0};
    case NumberFault::kNone:
      break;
  }
  if (LostPlaces(n)) return {Verdict::kLossySpreadsheet, 0};
  bool noise = false;
  IntReading r = Scale(n, scale, &noise);
  if (r.verdict == Verdict::kOk && (noise || n.noted || n.scientific)) r.verdict = Verdict::kOkNoted;
  return r;
}

std::string LowerAscii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// "a/b" in ten-thousandths; kBadNumber when it does not come out with b of 1 to 9,999 and 0 <= a <= b.
IntReading Fraction(int a, int b) {
  if (a < 0 || b < 1 || a > b) return {Verdict::kBadNumber, 0};
  return {Verdict::kOkNoted, (int64_t{a} * 10000 * 2 + b) / (2 * b)};
}

}  // namespace

bool IsNullWord(std::string_view cell) {
  const std::string_view t = TrimUnicode(cell);
  if (!t.empty() && IsDigit(t.front())) return false;
  return t.empty() || (t.size() <= 12 && Contains(kNullWords, t));
}

bool IsSpreadsheetError(std::string_view cell) {
  const std::string_view t = TrimUnicode(cell);
  return t.starts_with('#') && Contains(kErrors, t);
}

bool IsScientific(std::string_view cell) {
  const std::string_view t = TrimUnicode(cell);
  const size_t e = t.find_first_of("Ee");
  if (e == std::string_view::npos || e == 0) return false;
  std::string_view mantissa = t.substr(0, e), exponent = t.substr(e + 1);
  if (mantissa.starts_with('-')) mantissa.remove_prefix(1);
  if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
  const size_t point = mantissa.find('.');
  if (point != std::string_view::npos) {
    if (!IsAllDigits(mantissa.substr(point + 1))) return false;
    mantissa = mantissa.substr(0, point);
  }
  return IsAllDigits(mantissa) && IsAllDigits(exponent) && exponent.size() <= 3;
}

bool IsLossyIdentifier(std::string_view cell) {
  const std::string_view t = TrimUnicode(cell);
  if (t == "INF" || t == "inf" || t == "Infinity") return true;
  if (IsScientific(t)) return t.find("E+") != std::string_view::npos || t.find("e+") != std::string_view::npos;
  const size_t point = t.find('.');
  if (point != std::string_view::npos) {
    return point > kNoiseDigits && IsAllDigits(t.substr(0, point)) &&
           t.substr(point + 1).find_first_not_of('0') == std::string_view::npos;
  }
  return false;
}

bool StartsFormula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
}

std::string NeutraliseFormula(std::string_view cell) {
  // A plain number may begin with a sign.
  PlainNumber n;
  if (!StartsFormula(cell) || ReadPlain(cell, &n) == NumberFault::kNone) return std::string(cell);
  return "'" + std::string(cell);
}

std::string LeftPadCode(std::string_view code, size_t width) {
  if (!IsAllDigits(code) || code.size() >= width) return std::string(code);
  return std::string(width - code.size(), '0') + std::string(code);
}

DayReading ReadDay(std::string_view cell, DaySerial serial) {
  const Folded folded(cell);
  std::string_view t = folded.view();
  if (IsNullWord(t)) return {};
  if (Contains(kOpenEnds, t)) return {Verdict::kOpenEnd, {}};
  if (t.find_first_not_of('0') == std::string_view::npos) return {Verdict::kPlaceholderDate, {}};
  const bool serial_shape = t.find_first_not_of("0123456789.") == std::string_view::npos && t.find('.') >= 1 &&
                            std::min(t.find('.'), t.size()) <= 5 && std::count(t.begin(), t.end(), '.') <= 1;
  if (serial != DaySerial::kRefused && serial_shape) return ReadSerial(t, serial);
  if (const auto parts = ReadChineseDate(t)) {
    return parts->day < 0 ? DayReading{Verdict::kBadDate, {}} : Finish(*parts);
  }
  const auto parts = EatNumericDate(&t);
  if (!parts || parts->day < 0 || !IsTimeOfDay(t)) return {Verdict::kBadDate, {}};
  return Finish(*parts);
}

MonthReading ReadMonth(std::string_view cell) {
  const Folded folded(cell);
  std::string_view t = folded.view();
  if (IsNullWord(t)) return {};
  const auto month = [](const DateParts& p) -> MonthReading {
    const auto m = CivilMonth::FromYm(p.year, p.month);
    // 210305 is a day with a two-digit year, not month 5 of 2103.
    if (!m.ok() || p.year < kFirstYear || p.year > kLastYear) return {Verdict::kBadDate, {}};
    return {Verdict::kOk, *m};
  };
  auto parts = ReadChineseDate(t);
  if (!parts) {
    std::string_view rest = t;
    parts = EatNumericDate(&rest);
    if (parts && parts->day < 0 && !rest.empty()) return {Verdict::kBadDate, {}};
  }
  if (parts && parts->day < 0 && parts->year != 9999) return month(*parts);
  const DayReading day = ReadDay(t, DaySerial::kRefused);
  if (day.verdict != Verdict::kOk) return {day.verdict, {}};
  return {Verdict::kOkNoted, day.day.Month()};
}

MoneyReading ReadMoney(std::string_view cell, MoneyUnit unit) {
  struct UnitWord {
    std::string_view word;
    MoneyUnit unit;
  };
  static constexpr UnitWord kUnits[] = {
      {"万元", MoneyUnit::kTenThousandYuan},
      {"万", MoneyUnit::kTenThousandYuan},
      {"元整", MoneyUnit::kYuan},
      {"元", MoneyUnit::kYuan},
      {"圆", MoneyUnit::kYuan},
      {"分", MoneyUnit::kFen},
  };
  static constexpr std::string_view kOtherUnits[] = {"亿元", "亿",   "千元", "百元", "百万", "千万",
                                                     "美元", "港元", "港币", "欧元", "%"};
  static constexpr int kScale[] = {0, 2, 6};  // fen of one unit, as a power of ten

  const Folded folded(cell);
  std::string_view t = folded.view();
  if (IsNullWord(t)) return {};
  for (std::string_view other : kOtherUnits) {
    if (t.ends_with(other)) return {Verdict::kBadUnit, {}};
  }
  for (const UnitWord& u : kUnits) {
    if (!EatEnd(&t, u.word)) continue;
    if (u.unit != unit) return {Verdict::kBadUnit, {}};
    break;
  }
  for (std::string_view sign : {"¥", "人民币", "RMB", "CNY"}) {
    if (!Eat(&t, sign)) continue;
    if (unit == MoneyUnit::kFen) return {Verdict::kBadUnit, {}};
    t = TrimUnicode(t);
    break;
  }
  const IntReading r = ReadScaled(t, kScale[static_cast<int>(unit)]);
  return {r.verdict, Money::FromFen(r.value)};
}

IntReading ReadInt(std::string_view cell) {
  const Folded folded(cell);
  std::string_view t = folded.view();
  if (IsNullWord(t)) return {};
  // The everyday case: plain digits.
  if (t.size() <= 18 && IsAllDigits(t)) {
    int64_t value = 0;
    std::from_chars(t.data(), t.data() + t.size(), value);
    return {Verdict::kOk, value};
  }
  IntReading r = ReadScaled(t, 0);
  if (r.verdict == Verdict::kOk && t.find('.') != std::string_view::npos) r.verdict = Verdict::kOkNoted;
  return r;
}

IntReading ReadDecimal4(std::string_view cell) {
  const Folded folded(cell);
  std::string_view t = folded.view();
  if (IsNullWord(t)) return {};
  if (EatEnd(&t, "%")) {
    IntReading r = ReadScaled(t, 2);
    if (r.verdict == Verdict::kOk) r.verdict = Verdict::kOkNoted;
    return r;
  }
  constexpr std::string_view kOf = "分之";
  if (const size_t of = t.find(kOf); of != std::string_view::npos) {
    const std::string_view part = t.substr(of + kOf.size());
    if (t.substr(0, of) == "百") return Fraction(ReadSmallNumber(part), 100);
    return Fraction(ReadSmallNumber(part), ReadSmallNumber(t.substr(0, of)));
  }
  if (const size_t slash = t.find('/'); slash != std::string_view::npos) {
    const std::string_view a = TrimUnicode(t.substr(0, slash)), b = TrimUnicode(t.substr(slash + 1));
    if (!IsAllDigits(a) || !IsAllDigits(b)) return {Verdict::kBadNumber, 0};
    return Fraction(ReadSmallNumber(a), ReadSmallNumber(b));
  }
  return ReadScaled(t, 4);
}

BoolReading ReadBool(std::string_view cell) {
  const Folded folded(cell);
  const std::string_view t = folded.view();
  if (IsNullWord(t)) return {};
  if (t.size() > 8) return {Verdict::kBadCode, false};
  const std::string word = LowerAscii(t);
  if (Contains(kTrue, word)) return {Verdict::kOk, true};
  if (Contains(kFalse, word)) return {Verdict::kOk, false};
  return {Verdict::kBadCode, false};
}

int ReadSmallNumber(std::string_view text) {
  constexpr int kLimit = 10000;
  if (text.empty()) return -1;
  int total = 0, digit = -1;
  bool units = false;
  for (size_t i = 0; i < text.size();) {
    const char32_t c = FoldWidth(NextCodePoint(text, &i));
    const int arabic = c >= '0' && c <= '9' ? static_cast<int>(c - '0') : ChineseDigit(c);
    if (arabic >= 0) {
      // 三百零五: the zero only marks an empty place. 二〇二一: digits in a row are places.
      digit = digit < 0 || (units && digit == 0) ? arabic : digit * 10 + arabic;
      if (digit >= kLimit) return -1;
      continue;
    }
    const int unit = ChineseUnit(c);
    if (unit == 0 || digit > 9) return -1;
    units = true;
    const int factor = unit == 20 || unit == 30 ? unit : std::max(digit, digit < 0 ? 1 : 0) * unit;
    if (factor == 0) return -1;
    total += factor;
    digit = -1;
    if (total >= kLimit) return -1;
  }
  const int value = total + std::max(digit, 0);
  if (units && digit > 9) return -1;
  return value < kLimit ? value : -1;
}

}  // namespace hearth
