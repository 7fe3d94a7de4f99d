#include "report/table.h"

#include <algorithm>

#include "core/status.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr int kGap = 2;

std::string Printable(std::string_view cell) {
  std::string out;
  out.reserve(cell.size());
  for (size_t i = 0; i < cell.size();) {
    const char32_t c = NextCodePoint(cell, &i);
    // C0, delete and C1 controls, and bytes that are no UTF-8.
    if (c == kBadChar || c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      out += '?';
    } else {
      AppendUtf8(c, &out);
    }
  }
  return out;
}

std::string Cut(std::string cell, int columns_max) {
  if (columns_max <= 0 || DisplayWidth(cell) <= columns_max) return cell;
  std::string cut = FitToWidth(cell, columns_max - 1);
  while (!cut.empty() && cut.back() == ' ') cut.pop_back();
  return cut + "…";
}

void AppendCell(std::string_view cell, int width, Align align, std::string* line) {
  const size_t pad = static_cast<size_t>(std::max(0, width - DisplayWidth(cell)));
  if (align == Align::kRight) line->append(pad, ' ');
  line->append(cell);
  if (align == Align::kLeft) line->append(pad, ' ');
}

std::string Group(std::string digits) {
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace

TextTable::TextTable(std::vector<TableColumn> columns) : columns_(std::move(columns)) {
  HEARTH_CHECK(!columns_.empty(), "a table needs a column");
  for (TableColumn& column : columns_) column.title = Printable(column.title);
}

void TextTable::AddRow(std::vector<std::string> cells) {
  HEARTH_CHECK(cells.size() == columns_.size(),
               std::to_string(cells.size()) + " cells for " + std::to_string(columns_.size()) + " columns");
  for (size_t i = 0; i < cells.size(); ++i) cells[i] = Cut(Printable(cells[i]), columns_[i].columns_max);
  rows_.push_back(std::move(cells));
}

void TextTable::AddRule() { rows_.emplace_back(); }

std::string TextTable::ToString(int indent) const {
  std::vector<int> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    int width = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) {
      if (!row.empty()) width = std::max(width, DisplayWidth(row[i]));
    }
    widths.push_back(width);
  }

  std::string out;
  auto add_line = [&](auto cell_of) {
    std::string line(static_cast<size_t>(indent), ' ');
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      AppendCell(cell_of(i), widths[i], columns_[i].align, &line);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  };
  auto dashes = [&](size_t i) { return std::string(static_cast<size_t>(widths[i]), '-'); };

  add_line([&](size_t i) { return columns_[i].title; });
  add_line(dashes);
  for (const auto& row : rows_) {
    if (row.empty()) {
      add_line(dashes);
    } else {
      add_line([&](size_t i) { return row[i]; });
    }
  }
  return out;
}

std::string Thousands(int64_t n) {
  std::string digits = std::to_string(n);
  return n < 0 ? "-" + Group(digits.substr(1)) : Group(digits);
}

std::string Yuan(Money money) {
  const std::string text = money.ToString();
  const size_t sign = text.front() == '-' ? 1 : 0;
  const size_t point = text.find('.');
  return text.substr(0, sign) + Group(text.substr(sign, point - sign)) + text.substr(point);
}

std::string Percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return "-";
  const auto hundredths = static_cast<uint64_t>((static_cast<unsigned __int128>(part) * 20'000 + whole) /
                                                (2 * static_cast<unsigned __int128>(whole)));
  const std::string decimals = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + "." + (decimals.size() < 2 ? "0" : "") + decimals + "%";
}

}  // namespace hearth
