#include "report/csv_writer.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <memory>

#include "core/cell_readers.h"
#include "core/status.h"
#include "core/text.h"

namespace hearth {
namespace {

// A mobile number has 11 digits and survives; Excel shows 12 and more in scientific notation and zeroes the 16th.
constexpr size_t kDigitsSafe = 11;

bool LosesDigits(std::string_view cell) {
  if (IsAllDigits(cell)) return cell.size() > kDigitsSafe || (cell.size() > 1 && cell.front() == '0');
  // "12E5" and "1.20E+3": digits, at most one point, E, an optional sign, digits.
  const size_t e = cell.find_first_of("eE");
  if (e == std::string_view::npos || e == 0) return false;
  bool point = false, digit = false;
  for (char c : cell.substr(0, e)) {
    if (c == '.' && !point) {
      point = true;
    } else if (IsDigit(c)) {
      digit = true;
    } else {
      return false;
    }
  }
  std::string_view exponent = cell.substr(e + 1);
  if (!exponent.empty() && (exponent.front() == '+' || exponent.front() == '-')) exponent.remove_prefix(1);
  return digit && IsAllDigits(exponent);
}

bool NeedsQuotes(std::string_view cell) {
  if (cell.empty()) return false;
  return cell.find_first_of(",\"\r\n") != std::string_view::npos || cell.front() == ' ' || cell.back() == ' ' ||
         cell.front() == '\t' || cell.back() == '\t';
}

}  // namespace

std::string GuardSpreadsheetCell(std::string_view cell) {
  if (StartsFormula(cell)) return NeutraliseFormula(cell);
  size_t at = 0;
  const char32_t first = cell.empty() ? 0 : NextCodePoint(cell, &at);
  const char folded = first != kBadChar && FoldWidth(first) < 0x80 ? static_cast<char>(FoldWidth(first)) : ' ';
  const bool runs = first >= 0x80 && StartsFormula(std::string_view(&folded, 1));
  return runs || LosesDigits(cell) ? "'" + std::string(cell) : std::string(cell);
}

std::string EncodeGb18030(std::string_view utf8) {
  UErrorCode error = U_ZERO_ERROR;
  // Opened anew each time: ICU shares the table, and a converter is not for two threads.
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open("gb18030", &error), &ucnv_close);
  HEARTH_CHECK(U_SUCCESS(error), "ICU has no gb18030 converter");
  const auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  std::string out(
      static_cast<size_t>(UCNV_GET_MAX_BYTES_FOR_STRING(text.length(), ucnv_getMaxCharSize(converter.get()))), '\0');
  const int32_t size = ucnv_fromUChars(converter.get(), out.data(), static_cast<int32_t>(out.size()), text.getBuffer(),
                                       text.length(), &error);
  HEARTH_CHECK(U_SUCCESS(error), u_errorName(error));
  out.resize(static_cast<size_t>(size));
  return out;
}

CsvWriter::CsvWriter(std::ostream* out, CsvEncoding encoding, CsvGuard guard)
    : out_(out), encoding_(encoding), guard_(guard) {
  if (encoding == CsvEncoding::kUtf8Bom) *out_ << "\xEF\xBB\xBF";
}

CsvWriter& CsvWriter::Text(std::string_view cell) {
  return guard_ == CsvGuard::kSpreadsheet ? Raw(GuardSpreadsheetCell(cell)) : Raw(cell);
}
CsvWriter& CsvWriter::Int(int64_t n) { return Raw(std::to_string(n)); }
CsvWriter& CsvWriter::Yuan(Money money) { return Raw(money.ToString()); }
CsvWriter& CsvWriter::Day(CivilDay day) { return Raw(day.ToString()); }
CsvWriter& CsvWriter::Empty() { return Raw(""); }

CsvWriter& CsvWriter::Raw(std::string_view cell) {
  if (row_started_) line_ += ',';
  row_started_ = true;
  if (!NeedsQuotes(cell)) {
    line_ += cell;
    return *this;
  }
  line_ += '"';
  for (char c : cell) {
    if (c == '"') line_ += '"';
    line_ += c;
  }
  line_ += '"';
  return *this;
}

void CsvWriter::EndRow() {
  line_ += "\r\n";
  if (encoding_ == CsvEncoding::kGb18030 && !IsAscii(line_)) {
    *out_ << EncodeGb18030(line_);
  } else {
    *out_ << line_;
  }
  line_.clear();
  row_started_ = false;
}

void CsvWriter::Row(std::initializer_list<std::string_view> cells) {
  for (std::string_view cell : cells) Text(cell);
  EndRow();
}

void CsvWriter::Row(std::span<const std::string> cells) {
  for (const std::string& cell : cells) Text(cell);
  EndRow();
}

}  // namespace hearth
