// ColumnReader reads the cells of one column by its field's type: a verdict and a value, or the text as received when
// the value is bad. The rules of each kind of value live in core; here are the feed's own: null words, code spellings,
// the unit of amounts, spreadsheet dates.
//
//   ColumnReader reader(field, {.feed_day = as_of, .unit = MoneyUnit::kYuan, …});
//   CellValue value = reader.Read(cell, &arena);
//
// Reading is const and safe from many threads, each with an arena of its own. Source: standards.md 1 to 11.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/cell_readers.h"
#include "core/citizen_number.h"
#include "core/schema.h"
#include "core/verdict.h"
#include "ingest/site_config.h"

namespace hearth {

// Holds the texts of one row's values until they are stored.
class TextArena {
 public:
  std::string_view Keep(std::string_view text);
  void Clear() {
    used_ = 0;
    more_.clear();
  }

 private:
  static constexpr size_t kBytes = 4096;
  std::unique_ptr<char[]> first_ = std::make_unique<char[]>(kBytes);
  size_t used_ = 0;
  std::vector<std::unique_ptr<std::string>> more_;  // for what does not fit
};

struct CellValue {
  Verdict verdict = Verdict::kAbsent;
  int64_t number = 0;     // usable integer types, as RecordTable keeps them
  std::string_view text;  // usable text types; the cell as received when bad
};

struct ColumnRules {
  CivilDay feed_day;  // no number or date of birth lies after it
  bool synthetic = false;
  const Divisions* divisions = nullptr;
  MoneyUnit unit = MoneyUnit::kYuan;
  DaySerial serial = DaySerial::kRefused;
  const std::vector<std::string>* nulls = nullptr;  // the feed's own null words; nullptr: the data standard's
  std::string_view format_null;                     // one more, from the manifest
  bool is_relation = false;                         // the household rule's relation: terms map by core's table
  const std::vector<CodeSpelling>* spellings = nullptr;
};

class ColumnReader {
 public:
  // The field, and what the rules point at, outlive the reader.
  ColumnReader(const FieldSchema& field, const ColumnRules& rules);

  const FieldSchema& field() const { return field_; }
  // Views in the result point into the cell or the arena.
  CellValue Read(std::string_view cell, TextArena* arena) const;
  // True when the cell is one of the null words of this column.
  bool IsNull(std::string_view cell) const;

 private:
  CellValue ReadText(std::string_view cell, TextArena* arena) const;
  CellValue ReadName(std::string_view cell, TextArena* arena) const;
  CellValue ReadPhone(std::string_view cell, TextArena* arena) const;
  CellValue ReadNumber(std::string_view cell, TextArena* arena) const;
  CellValue ReadIdentifier(std::string_view cell, TextArena* arena) const;
  CellValue ReadCode(std::string_view cell) const;
  CellValue ReadRelationTerm(std::string_view cell) const;
  CellValue ReadMeasure(std::string_view cell) const;
  void AddSpelling(std::string_view spelling, int index, Verdict verdict);

  struct Spelling {
    std::string text;
    int index;
    Verdict verdict;
  };

  const FieldSchema& field_;
  ColumnRules rules_;
  NumberOptions number_options_;
  std::vector<Spelling> spellings_;  // open addressing by hash; empty text: free
  std::vector<int> relation_index_;  // by relation code, -1 when the field has no such code
};

// A row key's part: the same text for the same value however it was written. Empty when the value is absent.
std::string KeyText(const FieldSchema& field, const CellValue& value);

}  // namespace hearth
