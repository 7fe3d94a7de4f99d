// Readers of the values that spreadsheets and old systems deliver: days, months, amounts, numbers, yes and no. Each
// gives a verdict and, when that is usable, the value; nothing is repaired by guessing.
//
//   ReadDay("二〇二一年三月五日", DaySerial::kRefused) -> kOk 2021-03-05
//   ReadMoney("0.12", MoneyUnit::kTenThousandYuan)     -> kOk 1200.00
//   ReadMoney("0.12万元", MoneyUnit::kYuan)            -> kBadUnit
//
// Cells are trimmed and folded to half width first; kOkNoted says that more than that was done (see each reader).
// Empty cells and the default null words are kAbsent. Pure, safe from any thread; clean ASCII cells allocate nothing.
// Source: standards.md 11.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/civil_day.h"
#include "core/money.h"
#include "core/verdict.h"

namespace hearth {

// Empty, NULL, \N, -, —, /, 无, 不详, N/A … after trimming. A feed may name others; that is ingest's table.
bool IsNullWord(std::string_view cell);
// #REF!, #N/A, #VALUE! …: the row cannot be trusted. (#N/A is also a null word; the feed's contract decides.)
bool IsSpreadsheetError(std::string_view cell);
// "3.39901E+17": digits were lost unless the field is a plain number.
bool IsScientific(std::string_view cell);
// Scientific with a "+" in the exponent, INF, or digits with ".0" behind more than 15 of them: text that was a number.
bool IsLossyIdentifier(std::string_view cell);
// Text that a spreadsheet would run: first character = + - @ tab or carriage return.
bool StartsFormula(std::string_view cell);
// The cell with a ' before it when it would run; for export.
std::string NeutraliseFormula(std::string_view cell);
// Zeros put before digits until `width`; as it is when it is not all digits or long enough.
std::string LeftPadCode(std::string_view code, size_t width);

enum class DaySerial : uint8_t { kRefused, k1900, k1904 };  // the manifest says whether numbers are spreadsheet days

struct DayReading {
  Verdict verdict = Verdict::kAbsent;  // usable, kAbsent, kOpenEnd, kPlaceholderDate, kBadDate
  CivilDay day;
};
// 20210305, 2021-3-5, 2021/3/5, 2021.3.5, 2021年3月5日, 二〇二一年三月五日; a time of day behind them is dropped (a
// zone other than +08:00 is kBadDate). Two-digit years and Mar-21 are kBadDate.
DayReading ReadDay(std::string_view cell, DaySerial serial);

struct MonthReading {
  Verdict verdict = Verdict::kAbsent;
  CivilMonth month;
};
// 202103, 2021-3, 2021/03, 2021.3, 2021年3月, 二〇二一年三月, or any day of ReadDay (kOkNoted: the day is dropped).
MonthReading ReadMonth(std::string_view cell);

enum class MoneyUnit : uint8_t { kFen, kYuan, kTenThousandYuan };

struct MoneyReading {
  Verdict verdict = Verdict::kAbsent;  // usable, kAbsent, kBadNumber, kBadUnit, kOutOfRange, kLossySpreadsheet
  Money money;
};
// The unit is the column's, from the manifest; a unit in the cell must be the same one, else kBadUnit. Thousands
// separators, (1,234) for negative, ¥. More decimals than a fen are kBadNumber, unless they are the noise of a binary
// number at the fifteenth digit (kOkNoted). 1.2E3 is exact; 1.23456E+11 is kLossySpreadsheet.
MoneyReading ReadMoney(std::string_view cell, MoneyUnit unit);

struct IntReading {
  Verdict verdict = Verdict::kAbsent;  // usable, kAbsent, kBadNumber, kOutOfRange, kLossySpreadsheet
  int64_t value = 0;
};
// Whole numbers; "12.0" and "1,234" are kOkNoted.
IntReading ReadInt(std::string_view cell);
// A number with up to four decimals, times 10,000; "50%" is kOkNoted 0.5, "1/2" and 二分之一 too.
IntReading ReadDecimal4(std::string_view cell);

struct BoolReading {
  Verdict verdict = Verdict::kAbsent;  // kOk, kAbsent, kBadCode
  bool value = false;
};
// 1/0, true/false, yes/no, Y/N, T/F, 是/否, 有.
BoolReading ReadBool(std::string_view cell);

// Chinese or Arabic digits to a number: 十二 -> 12, 二十 -> 20, 三百零五 -> 305, 二〇二一 -> 2021, 12 -> 12. -1 when
// not a number below 10,000.
int ReadSmallNumber(std::string_view text);

}  // namespace hearth
