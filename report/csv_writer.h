// CsvWriter writes a CSV that WPS and Excel open as meant: right characters, one row a record, nothing run as a
// formula, and no digit of an identity or card number lost.
//
//   CsvWriter csv(&out, CsvEncoding::kGb18030);
//   csv.Row({"户号", "姓名", "证件号码"});                     // text cells
//   csv.Text("339901000123").Text("王芳").Yuan(amount).Day(day).EndRow();
//
// Lines end in CR LF (RFC 4180); a cell with a comma, quote or line break, or with space at an end, is quoted.
// A text cell gets a ' before it
// - when a spreadsheet would run it: it starts with = + - @ (full-width too), tab or carriage return, and is no plain
// number;
// - when a spreadsheet would read it as a number and lose some of it: more than 11 digits, a leading zero, "12E5".
// That mark is what data entry in spreadsheets uses, and our own reader drops it again. Number cells carry no mark.
// Does not own `out`. One thread at a time. Source: standards.md 10, 11.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "core/civil_day.h"
#include "core/money.h"

namespace hearth {

// kUtf8Bom starts with a byte order mark, without which Excel reads UTF-8 as the system's code page. kUtf8 is for
// programs.
enum class CsvEncoding : uint8_t { kUtf8Bom, kGb18030, kUtf8 };

// kSpreadsheet marks text cells as said above; kExact leaves them alone, for readers that are programs.
enum class CsvGuard : uint8_t { kSpreadsheet, kExact };

class CsvWriter {
 public:
  explicit CsvWriter(std::ostream* out, CsvEncoding encoding = CsvEncoding::kUtf8Bom,
                     CsvGuard guard = CsvGuard::kSpreadsheet);

  CsvWriter& Text(std::string_view cell);
  CsvWriter& Int(int64_t n);
  CsvWriter& Yuan(Money money);  // "1234.50": no separators, so that it is a number
  CsvWriter& Day(CivilDay day);  // "2024-03-01", which both programs read as a date
  CsvWriter& Empty();
  void EndRow();
  // A whole row of text cells.
  void Row(std::initializer_list<std::string_view> cells);
  void Row(std::span<const std::string> cells);

 private:
  CsvWriter& Raw(std::string_view cell);

  std::ostream* out_;
  CsvEncoding encoding_;
  CsvGuard guard_;
  std::string line_;
  bool row_started_ = false;
};

// The cell with its mark, if it needs one.
std::string GuardSpreadsheetCell(std::string_view cell);

// UTF-8 to GB18030; bytes that are no UTF-8 become U+FFFD.
std::string EncodeGb18030(std::string_view utf8);

}  // namespace hearth
