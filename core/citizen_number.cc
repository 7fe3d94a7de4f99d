// The clean case works on two words of eight ASCII digits each: whether they are digits, their value, and the check
// sum, which is the polynomial of the digits at 2 (ISO 7064), each come out of a few multiplications. Everything else
// goes through ReadUnclean, which folds first. Measured by bench/core_bench.cc; vectors in tests/core/vectors_test.cc.
#include "core/citizen_number.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/cell_readers.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr char kCheckCharacters[] = "10X98765432";
constexpr int kFirstYear = 1850;
constexpr std::string_view kPlaceholderWords[] = {"无", "不详", "不祥", "未知", "没有", "暂无", "不明", "空"};

bool AllDigits(const char* p, size_t n) {
  bool digits = true;
  for (size_t i = 0; i < n; ++i) digits &= p[i] >= '0' && p[i] <= '9';
  return digits;
}

int Number(const char* p, int n) {
  int v = 0;
  for (int i = 0; i < n; ++i) v = v * 10 + (p[i] - '0');
  return v;
}

static_assert(std::endian::native == std::endian::little, "the first digit must be the lowest byte");

// The first 17 places of a number, checked to be digits.
struct Digits {
  uint32_t first, second;  // places 1-8 and 9-16 as numbers
  uint32_t last;           // place 17
  uint32_t sum;            // the digits as a polynomial at 2

  uint64_t Value() const { return (uint64_t{first} * 100'000'000 + second) * 10 + last; }
  uint32_t Division() const { return first / 100; }
  int Year() const { return static_cast<int>(first % 100 * 100 + second / 1'000'000); }
  int Month() const { return static_cast<int>(second / 10'000 % 100); }
  int Day() const { return static_cast<int>(second / 100 % 100); }
  // Weights 7 9 10 5 … of GB 11643 are the powers of 2 from 2^17 down, modulo 11.
  char Check() const { return kCheckCharacters[2 * sum % 11]; }
};

bool EightDigits(uint64_t word) {
  constexpr uint64_t kHigh = 0xF0F0F0F0F0F0F0F0, kThree = 0x3030303030303030, kSix = 0x0606060606060606;
  return (word & kHigh) == kThree && ((word + kSix) & kHigh) == kThree;
}

// Neighbouring digits, pairs and quads are joined in three steps, each multiplication joining all of them at once.
uint32_t Join(uint64_t word, uint64_t base) {
  word = (word & 0x0F0F0F0F0F0F0F0F) * ((base << 8) + 1) >> 8;
  word = (word & 0x00FF00FF00FF00FF) * ((base * base << 16) + 1) >> 16;
  return static_cast<uint32_t>((word & 0x0000FFFF0000FFFF) * ((base * base * base * base << 32) + 1) >> 32);
}

bool ReadDigits(const char* seventeen, Digits* out) {
  uint64_t first, second;
  std::memcpy(&first, seventeen, 8);
  std::memcpy(&second, seventeen + 8, 8);
  if (!EightDigits(first) || !EightDigits(second) || !IsDigit(seventeen[16])) return false;
  out->first = Join(first, 10);
  out->second = Join(second, 10);
  out->last = static_cast<uint32_t>(seventeen[16] - '0');
  out->sum = (Join(first, 2) * 256 + Join(second, 2)) * 2 + out->last;
  return true;
}

uint64_t Pack(const Digits& digits, char check) {
  return digits.Value() * 11 + (check == 'X' ? 10 : static_cast<uint64_t>(check - '0'));
}

Verdict CheckDate(int year, int month, int day, CivilDay feed_day) {
  if (year < kFirstYear || !CivilDay::IsValidYmd(year, month, day)) return Verdict::kBadDate;
  // Years that end before the feed day however their leap days fall need no calendar.
  const int years = year + 1 - 1970;
  if (years * (years > 0 ? 366 : 365) <= feed_day.days) return Verdict::kOk;
  return *CivilDay::FromYmd(year, month, day) > feed_day ? Verdict::kBadDate : Verdict::kOk;
}

Verdict CheckDivision(uint32_t code, const NumberOptions& options) {
  if (IsSyntheticDivision(code)) {
    if (!options.allow_synthetic) return Verdict::kDivisionTestOnly;
    if (options.divisions == nullptr) return Verdict::kOk;
  }
  if (code == 810000 || code == 820000 || code == 830000) return Verdict::kOk;
  const uint32_t province = code / 10000;
  // 81 to 83 stand in numbers only with the zeros above; 66 is a department's code, never a number's.
  if (!IsProvince(static_cast<int>(province)) || province == 66 || province > 71) return Verdict::kBadDivision;
  if (options.divisions != nullptr && !options.divisions->Ever(code)) return Verdict::kBadDivision;
  return Verdict::kOk;
}

bool IsPlaceholderNumber(std::string_view t) {
  if (!IsAllDigits(t)) return t.size() == 18 && t.starts_with("123456") && IsAllDigits(t.substr(0, 17));
  if (t.find_first_not_of(t[0]) == std::string_view::npos) return true;
  return t.starts_with("123456");
}

void Keep(std::string_view text, NumberReading* r) {
  r->size = static_cast<uint8_t>(text.size());
  std::memcpy(r->places, text.data(), text.size());
}

// Eighteen places: digits, and a digit or X behind them.
void ReadEighteen(const Digits& digits, const char* places, CivilDay feed_day, const NumberOptions& options,
                  NumberReading* r) {
  const char check = places[17];
  const uint32_t code = digits.Division();
  const bool foreign = code >= 900000;
  if (!foreign) {
    r->verdict = CheckDivision(code, options);
    if (r->verdict != Verdict::kOk) return;
  }
  r->verdict = CheckDate(digits.Year(), digits.Month(), digits.Day(), feed_day);
  if (r->verdict != Verdict::kOk) return;
  if (digits.Check() != check) {
    r->verdict = Verdict::kBadCheck;
    return;
  }
  r->kind = foreign ? NumberKind::kForeign18 : code >= 810000 ? NumberKind::kHongKongMacaoTaiwan : NumberKind::kCitizen;
  Keep({places, 18}, r);
  r->number = CitizenNumber::FromPacked(Pack(digits, check));
}

void ReadFifteen(std::string_view t, CivilDay feed_day, const NumberOptions& options, NumberReading* r) {
  r->verdict = CheckDivision(static_cast<uint32_t>(Number(t.data(), 6)), options);
  if (r->verdict != Verdict::kOk) return;
  const int century = Number(t.data() + 12, 3) >= 996 ? 1800 : 1900;
  r->verdict =
      CheckDate(century + Number(t.data() + 6, 2), Number(t.data() + 8, 2), Number(t.data() + 10, 2), feed_day);
  if (r->verdict != Verdict::kOk) return;
  r->verdict = Verdict::kOkOld15;
  r->kind = NumberKind::kOld15;
  Keep(t, r);
  r->number = CitizenNumber::FromPacked(PackNumber(UpgradeOld15(t)));
}

bool IsForeign15(std::string_view t) {
  return t.size() == 15 && AllDigits(t.data() + 3, 12) &&
         std::all_of(t.begin(), t.begin() + 3, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Trims, drops one leading apostrophe, folds width, upper-cases x.
std::string Normalise(std::string_view raw, bool* folded) {
  std::string_view t = TrimUnicode(raw);
  if (t.starts_with('\'')) t.remove_prefix(1);
  std::string out;
  for (size_t i = 0; i < t.size();) {
    const size_t start = i;
    const char32_t c = NextCodePoint(t, &i);
    if (c == 'x') {
      out += 'X';
    } else if (c >= 0xFF01 && c <= 0xFF5E) {
      const char narrow = static_cast<char>(c - 0xFEE0);
      out += narrow == 'x' ? 'X' : narrow;
    } else {
      out.append(t.substr(start, i - start));
    }
  }
  *folded = out != raw;
  return out;
}

// Characters that stand for themselves: digits, and X in place 18.
bool CharactersAreRight(std::string_view t) {
  for (size_t i = 0; i < t.size(); ++i) {
    const bool last_x = t[i] == 'X' && i + 1 == t.size() && t.size() >= 17;
    if (!IsDigit(t[i]) && !last_x) return false;
  }
  return true;
}

NumberReading ReadUnclean(std::string_view raw, CivilDay feed_day, const NumberOptions& options) {
  NumberReading r;
  const std::string t = Normalise(raw, &r.folded);
  if (t.empty()) return r;
  if (IsPlaceholderNumber(t) ||
      std::find(std::begin(kPlaceholderWords), std::end(kPlaceholderWords), t) != std::end(kPlaceholderWords)) {
    r.verdict = Verdict::kPlaceholder;
    return r;
  }
  if (IsScientific(t) || IsLossyIdentifier(t) || (options.column_is_lossy && t.size() == 18 && t.ends_with("000"))) {
    r.verdict = Verdict::kLossySpreadsheet;
    return r;
  }
  if (t.find('*') != std::string::npos) {
    const bool stands_for_x = t.size() == 18 && AllDigits(t.data(), 17);
    r.verdict = stands_for_x ? Verdict::kBadCharacter : Verdict::kMasked;
    return r;
  }
  if (IsForeign15(t)) {
    r.verdict = Verdict::kOk;
    r.kind = NumberKind::kForeign15;
    Keep(t, &r);
    return r;
  }
  if (!CharactersAreRight(t)) {
    r.verdict = Verdict::kBadCharacter;
  } else if (t.size() == 18) {
    Digits digits;
    HEARTH_CHECK(ReadDigits(t.data(), &digits), "17 digits were checked");
    ReadEighteen(digits, t.data(), feed_day, options, &r);
  } else if (t.size() == 15) {
    ReadFifteen(t, feed_day, options, &r);
  } else {
    r.verdict = Verdict::kBadLength;
  }
  return r;
}

void Know(NumberHint* hint, size_t place, char c) {
  if (hint->places[place] == 0) ++hint->known;
  hint->places[place] = c;
}

// "3.39901E+17": the leading digits but the last, which may have been rounded.
NumberHint HintOfScientific(std::string_view t) {
  NumberHint hint;
  const size_t e = t.find_first_of("Ee");
  if (t.substr(e + 1) != "+17" && t.substr(e + 1) != "17") return hint;
  std::string digits;
  for (char c : t.substr(0, e)) {
    if (IsDigit(c)) digits += c;
  }
  for (size_t i = 0; i + 1 < digits.size() && i < 15; ++i) Know(&hint, i, digits[i]);
  return hint;
}

// Masked text keeps its places when it has 18 (or 15) of them; else the parts before the first and behind the last mask
// are laid to the two ends.
NumberHint HintOfMasked(std::string_view t) {
  NumberHint hint;
  if (t.size() == 15) {
    for (size_t i = 0; i < 15; ++i) {
      if (IsDigit(t[i])) Know(&hint, i < 6 ? i : i + 2, t[i]);
    }
    return hint;
  }
  const auto known = [](char c) { return IsDigit(c) || c == 'X'; };
  if (t.size() == 18) {
    for (size_t i = 0; i < 18; ++i) {
      if (known(t[i])) Know(&hint, i, t[i]);
    }
    return hint;
  }
  const size_t head = t.find('*'), tail = t.size() - 1 - t.rfind('*');
  if (head + tail > 17) return hint;
  for (size_t i = 0; i < head && known(t[i]); ++i) Know(&hint, i, t[i]);
  for (size_t i = 0; i < tail && known(t[t.size() - 1 - i]); ++i) Know(&hint, 17 - i, t[t.size() - 1 - i]);
  return hint;
}

// Multiples of 64 are what a double of this size can hold: their last digits tell nothing.
bool EndsLikeDouble(std::string_view eighteen) { return eighteen.ends_with("000"); }

}  // namespace

uint64_t PackNumber(std::string_view t) {
  Digits digits;
  if (t.size() != 18 || !(IsDigit(t[17]) || t[17] == 'X') || !ReadDigits(t.data(), &digits)) return kNoPackedNumber;
  return Pack(digits, t[17]);
}

std::array<char, 18> UnpackNumber(uint64_t packed) {
  std::array<char, 18> out;
  const uint64_t last = packed % 11;
  out[17] = last == 10 ? 'X' : static_cast<char>('0' + last);
  uint64_t v = packed / 11;
  for (int i = 16; i >= 0; --i) {
    out[static_cast<size_t>(i)] = static_cast<char>('0' + v % 10);
    v /= 10;
  }
  return out;
}

CitizenNumber CitizenNumber::FromText(std::string_view eighteen) {
  return CheckHolds(eighteen) ? CitizenNumber(PackNumber(eighteen)) : CitizenNumber();
}

std::string MaskLongNumbers(std::string_view text) {
  constexpr size_t kLong = 14;
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && IsDigit(text[end])) ++end;
    if (end - at >= kLong && end < text.size() && (text[end] == 'X' || text[end] == 'x')) ++end;
    const std::string_view run = text.substr(at, std::max<size_t>(1, end - at));
    out += run.size() >= kLong ? MaskNumber(run) : std::string(run);
    at += run.size();
  }
  return out;
}

std::string CitizenNumber::Masked() const {
  if (IsEmpty()) return {};
  const auto places = UnpackNumber(packed_);
  return MaskNumber({places.data(), places.size()});
}

std::string CitizenNumber::RevealDigits() const {
  if (IsEmpty()) return {};
  const auto places = UnpackNumber(packed_);
  return std::string(places.data(), places.size());
}

std::string MaskNumber(std::string_view text) {
  std::string out(text);
  if (text.size() >= 12) {
    std::fill(out.begin() + 4, out.end() - 4, '*');
  } else if (text.size() >= 8) {
    std::fill(out.begin() + 2, out.end() - 2, '*');
  } else {
    std::fill(out.begin(), out.end(), '*');
  }
  return out;
}

NumberReading ReadCitizenNumber(std::string_view raw, CivilDay feed_day, const NumberOptions& options) {
  Digits digits;
  const bool clean = raw.size() == 18 && (IsDigit(raw[17]) || raw[17] == 'X') && ReadDigits(raw.data(), &digits);
  if (!clean) return ReadUnclean(raw, feed_day, options);
  NumberReading r;
  const bool may_be_placeholder = digits.first == digits.second || digits.Division() == 123456;
  if (may_be_placeholder && IsPlaceholderNumber(raw)) {
    r.verdict = Verdict::kPlaceholder;
  } else if (options.column_is_lossy && raw.ends_with("000")) {
    r.verdict = Verdict::kLossySpreadsheet;
  } else {
    ReadEighteen(digits, raw.data(), feed_day, options, &r);
  }
  return r;
}

char CitizenCheckCharacter(std::string_view seventeen) {
  Digits digits;
  return seventeen.size() == 17 && ReadDigits(seventeen.data(), &digits) ? digits.Check() : '\0';
}

bool CheckHolds(std::string_view t) {
  Digits digits;
  return t.size() == 18 && ReadDigits(t.data(), &digits) && digits.Check() == t[17];
}

std::string UpgradeOld15(std::string_view t) {
  if (t.size() != 15 || !IsAllDigits(t)) return {};
  std::string out(t.substr(0, 6));
  out += t.substr(12) >= "996" ? "18" : "19";
  out += t.substr(6);
  out += CitizenCheckCharacter(out);
  return out;
}

std::string DowngradeTo15(CitizenNumber number) {
  if (number.IsEmpty() || IsForeignNumber(number)) return {};
  const auto p = UnpackNumber(number.packed());
  const std::string fifteen = std::string(p.data(), 6) + std::string(p.data() + 8, 9);
  return UpgradeOld15(fifteen) == std::string_view(p.data(), p.size()) ? fifteen : std::string();
}

CivilDay BirthOf(CitizenNumber number) {
  const auto p = UnpackNumber(number.packed());
  const auto day = CivilDay::FromYmd(Number(p.data() + 6, 4), Number(p.data() + 10, 2), Number(p.data() + 12, 2));
  return day.ok() ? *day : CivilDay{};
}

int SexOf(CitizenNumber number) {
  if (number.IsEmpty() || IsForeignNumber(number)) return 0;
  return number.packed() / 11 % 10 % 2 == 1 ? 1 : 2;
}

uint32_t RegionOf(CitizenNumber number) {
  if (IsForeignNumber(number)) return 0;
  return static_cast<uint32_t>(number.packed() / 11 / 100'000'000'000ULL);
}

bool IsForeignNumber(CitizenNumber number) { return number.packed() / 11 >= 90'000'000'000'000'000ULL; }

NumberHint ReadNumberHint(std::string_view raw) {
  bool folded = false;
  std::string t = Normalise(raw, &folded);
  if (t.empty() || IsPlaceholderNumber(t)) return {};
  if (IsScientific(t)) return HintOfScientific(t);
  if (const size_t point = t.find('.'); point != std::string::npos && IsLossyIdentifier(t)) t.resize(point);
  if (t.find('*') != std::string::npos) return HintOfMasked(t);
  NumberHint hint;
  if (t.size() != 18) {
    // A 15-digit number that failed still has its places.
    if (t.size() == 15 && IsAllDigits(t)) {
      hint = HintOfMasked(t);
      hint.suspicious = true;
    }
    return hint;
  }
  const bool lossy = IsAllDigits(t) && EndsLikeDouble(t);
  for (size_t i = 0; i < (lossy ? 15u : 18u); ++i) {
    if (IsDigit(t[i]) || (i == 17 && t[i] == 'X')) Know(&hint, i, t[i]);
  }
  hint.suspicious = !lossy && !CheckHolds(t);
  return hint;
}

HintMatch CompareHint(const NumberHint& hint, CitizenNumber number) {
  HintMatch match;
  const auto places = UnpackNumber(number.packed());
  for (size_t i = 0; i < 18; ++i) {
    if (hint.places[i] == 0) {
      ++match.unknown;
    } else if (hint.places[i] == places[i]) {
      ++match.agree;
    } else {
      ++match.disagree;
    }
  }
  return match;
}

HintMatch CompareNumbers(CitizenNumber a, CitizenNumber b) {
  NumberHint hint;
  hint.places = UnpackNumber(a.packed());
  hint.known = 18;
  return CompareHint(hint, b);
}

bool IsNeighbourSwap(CitizenNumber a, CitizenNumber b) {
  const auto x = UnpackNumber(a.packed()), y = UnpackNumber(b.packed());
  size_t i = 0;
  while (i < 17 && x[i] == y[i]) ++i;
  // The check place follows from the others, so it may differ as well.
  return i < 16 && x[i] == y[i + 1] && x[i + 1] == y[i] && x[i] != x[i + 1] &&
         std::equal(x.begin() + static_cast<long>(i) + 2, x.begin() + 17, y.begin() + static_cast<long>(i) + 2);
}

}  // namespace hearth
