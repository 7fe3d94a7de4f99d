// Value is a FEEL value: null, boolean, number, text, date, a duration, a range, a list, a context, or registry rows.
//
// A Row points at one row of a RecordTable and reads as a context of its fields; a Rows value is a list of them that
// is never copied into contexts. That is how a trace can name the source row of each figure.
// Cheap to copy (text, lists and contexts are shared and immutable). Const use is thread-safe. Rows do not own their
// table: the table must outlive the value.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/civil_day.h"
#include "core/decimal.h"

namespace hearth {

class RecordTable;
class Value;

struct RowRef {
  const RecordTable* table = nullptr;
  uint32_t row = 0;
  bool operator==(const RowRef&) const = default;
};

struct MonthsDuration {
  int64_t months = 0;
  auto operator<=>(const MonthsDuration&) const = default;
};
struct DaysDuration {
  int64_t seconds = 0;  // days and time duration
  auto operator<=>(const DaysDuration&) const = default;
};

using ValueList = std::vector<Value>;
using ValueContext = std::vector<std::pair<std::string, Value>>;  // in order of writing

struct ValueRange;

// One member of the family unit under evaluation, by index; its facts are read by name where it is met.
struct MemberRef {
  int32_t member = 0;
  auto operator<=>(const MemberRef&) const = default;
};

struct RowList {
  const RecordTable* table = nullptr;  // nullptr only when rows is empty
  std::vector<uint32_t> rows;
};

class Value {
 public:
  enum class Kind : uint8_t {
    kNull,
    kBoolean,
    kNumber,
    kText,
    kDate,
    kMonths,
    kDays,
    kRange,
    kList,
    kContext,
    kRow,
    kRows,
    kSubject
  };

  Value() = default;  // null
  static Value Null() { return Value(); }
  static Value Boolean(bool b) { return Value(Data(b)); }
  static Value Number(Decimal d) { return Value(Data(d)); }
  static Value Number(int64_t n) { return Value(Data(Decimal::FromInt(n))); }
  static Value Text(std::string_view s) { return Value(Data(std::make_shared<const std::string>(s))); }
  static Value Date(CivilDay d) { return Value(Data(d)); }
  static Value Months(int64_t months) { return Value(Data(MonthsDuration{months})); }
  static Value Days(int64_t seconds) { return Value(Data(DaysDuration{seconds})); }
  static Value Range(ValueRange range);
  static Value List(ValueList items) { return Value(Data(std::make_shared<const ValueList>(std::move(items)))); }
  static Value Context(ValueContext entries) {
    return Value(Data(std::make_shared<const ValueContext>(std::move(entries))));
  }
  static Value Row(RowRef row) { return Value(Data(row)); }
  static Value Rows(RowList rows) { return Value(Data(std::make_shared<const RowList>(std::move(rows)))); }

  static Value Subject(int32_t member) { return Value(Data(MemberRef{member})); }

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool IsNull() const { return kind() == Kind::kNull; }
  bool IsTrue() const { return kind() == Kind::kBoolean && std::get<bool>(data_); }
  bool IsFalse() const { return kind() == Kind::kBoolean && !std::get<bool>(data_); }

  // Only when kind() says so.
  bool boolean() const { return std::get<bool>(data_); }
  const Decimal& number() const { return std::get<Decimal>(data_); }
  const std::string& text() const { return *std::get<std::shared_ptr<const std::string>>(data_); }
  CivilDay date() const { return std::get<CivilDay>(data_); }
  int64_t months() const { return std::get<MonthsDuration>(data_).months; }
  int64_t seconds() const { return std::get<DaysDuration>(data_).seconds; }
  const ValueRange& range() const { return *std::get<std::shared_ptr<const ValueRange>>(data_); }
  const ValueList& list() const { return *std::get<std::shared_ptr<const ValueList>>(data_); }
  const ValueContext& context() const { return *std::get<std::shared_ptr<const ValueContext>>(data_); }
  const RowRef& row() const { return std::get<RowRef>(data_); }
  int32_t subject() const { return std::get<MemberRef>(data_).member; }
  const RowList& rows() const { return *std::get<std::shared_ptr<const RowList>>(data_); }

  // FEEL text of a value: null, true, 12.5, "text", date as 2024-03-01, [1, 2], {a: 1}, 3 rows of vehicles.
  std::string ToString() const;
  // Structural equality, numbers by value; null equals null. (FEEL's three-valued `=` is the evaluator's.)
  bool operator==(const Value& o) const;

 private:
  using Data = std::variant<std::monostate, bool, Decimal, std::shared_ptr<const std::string>, CivilDay, MonthsDuration,
                            DaysDuration, std::shared_ptr<const ValueRange>, std::shared_ptr<const ValueList>,
                            std::shared_ptr<const ValueContext>, RowRef, std::shared_ptr<const RowList>, MemberRef>;
  explicit Value(Data data) : data_(std::move(data)) {}
  Data data_;
};

struct ValueRange {
  Value low, high;  // null: unbounded
  bool low_included = true, high_included = true;
};

// One field of a row as a FEEL value: money in yuan, codes as their English value, days as dates, months as the date
// of their first day, bad or absent cells and sensitive fields as null.
Value FieldValue(const RowRef& row, int field);

}  // namespace hearth
