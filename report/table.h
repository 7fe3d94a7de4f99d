// TextTable lays out cells in columns for a terminal or a plain text file, by display width: a Han character takes two
// columns. Numbers stand at the right, with thousands separators (see Thousands).
//
//   TextTable table({{"programme"}, {"alerts", Align::kRight}});
//   table.AddRow({"低保", Thousands(1234)});
//   out << table.ToString();
//
//   programme  alerts
//   ---------  ------
//   低保        1,234
//
// Values only, no I/O. Building and reading are for one thread. Cost: linear in the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"

namespace hearth {

enum class Align : uint8_t { kLeft, kRight };

struct TableColumn {
  std::string title;
  Align align = Align::kLeft;
  int columns_max = 0;  // display columns after which a cell is cut and ends in "…"; 0: never
};

class TextTable {
 public:
  explicit TextTable(std::vector<TableColumn> columns);

  // One cell a column; a different count is a bug. Control characters, line breaks among them, become "?": a cell
  // can neither break the layout nor steer a terminal.
  void AddRow(std::vector<std::string> cells);
  // A line of dashes, before a sum.
  void AddRule();
  size_t size() const { return rows_.size(); }

  // Title line, rule and rows, each ended by a line feed and without spaces at its end. `indent` spaces before each.
  std::string ToString(int indent = 0) const;

 private:
  std::vector<TableColumn> columns_;
  std::vector<std::vector<std::string>> rows_;  // an empty one is a rule
};

// "1,234,567", "-1,234".
std::string Thousands(int64_t n);
// "1,234.50": yuan with thousands separators.
std::string Yuan(Money money);
// A share of 1 with two decimals, rounded half up: Percent(1, 3) == "33.33%", Percent(0, 0) == "-".
std::string Percent(uint64_t part, uint64_t whole);

}  // namespace hearth
