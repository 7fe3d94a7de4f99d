#include "core/value.h"

#include <algorithm>

#include "core/record_table.h"

namespace hearth {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
  return out + "\"";
}

std::string MonthsText(int64_t months) {
  const bool negative = months < 0;
  const uint64_t m = negative ? uint64_t{0} - static_cast<uint64_t>(months) : static_cast<uint64_t>(months);
  std::string out = negative ? "-P" : "P";
  if (m / 12 != 0) out += std::to_string(m / 12) + "Y";
  if (m % 12 != 0 || m == 0) out += std::to_string(m % 12) + "M";
  return out;
}

std::string DaysText(int64_t seconds) {
  const bool negative = seconds < 0;
  const uint64_t s = negative ? uint64_t{0} - static_cast<uint64_t>(seconds) : static_cast<uint64_t>(seconds);
  std::string out = negative ? "-P" : "P";
  if (s == 0) return out + "0D";
  if (s / 86400 != 0) out += std::to_string(s / 86400) + "D";
  if (s % 86400 != 0) {
    out += "T";
    if (s % 86400 / 3600 != 0) out += std::to_string(s % 86400 / 3600) + "H";
    if (s % 3600 / 60 != 0) out += std::to_string(s % 3600 / 60) + "M";
    if (s % 60 != 0) out += std::to_string(s % 60) + "S";
  }
  return out;
}

}  // namespace

Value Value::Range(ValueRange range) { return Value(Data(std::make_shared<const ValueRange>(std::move(range)))); }

std::string Value::ToString() const {
  switch (kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kBoolean:
      return boolean() ? "true" : "false";
    case Kind::kNumber:
      return number().ToString();
    case Kind::kText:
      return Quoted(text());
    case Kind::kDate:
      return date().ToString();
    case Kind::kMonths:
      return MonthsText(months());
    case Kind::kDays:
      return DaysText(seconds());
    case Kind::kRange: {
      const ValueRange& r = range();
      return (r.low_included ? "[" : "(") + (r.low.IsNull() ? "" : r.low.ToString()) + ".." +
             (r.high.IsNull() ? "" : r.high.ToString()) + (r.high_included ? "]" : ")");
    }
    case Kind::kList: {
      std::string out = "[";
      for (const Value& v : list()) out += (out.size() > 1 ? ", " : "") + v.ToString();
      return out + "]";
    }
    case Kind::kContext: {
      std::string out = "{";
      for (const auto& [name, v] : context()) out += (out.size() > 1 ? ", " : "") + name + ": " + v.ToString();
      return out + "}";
    }
    case Kind::kRow:
      return "row of " + row().table->schema().id;
    case Kind::kRows: {
      const RowList& r = rows();
      if (r.table == nullptr) return "0 rows";
      return std::to_string(r.rows.size()) + (r.rows.size() == 1 ? " row of " : " rows of ") + r.table->schema().id;
    }
    case Kind::kSubject:
      return "member " + std::to_string(subject() + 1);
  }
  return "null";
}

bool Value::operator==(const Value& o) const {
  if (kind() != o.kind()) return false;
  switch (kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBoolean:
      return boolean() == o.boolean();
    case Kind::kNumber:
      return number() == o.number();
    case Kind::kText:
      return text() == o.text();
    case Kind::kDate:
      return date() == o.date();
    case Kind::kMonths:
      return months() == o.months();
    case Kind::kDays:
      return seconds() == o.seconds();
    case Kind::kRange: {
      const ValueRange &a = range(), &b = o.range();
      return a.low == b.low && a.high == b.high && a.low_included == b.low_included &&
             a.high_included == b.high_included;
    }
    case Kind::kList:
      return list() == o.list();
    case Kind::kContext: {  // a context is a set of entries: their order does not count
      const ValueContext &a = context(), &b = o.context();
      if (a.size() != b.size()) return false;
      return std::all_of(a.begin(), a.end(), [&b](const auto& entry) {
        return std::any_of(b.begin(), b.end(), [&entry](const auto& other) {
          return entry.first == other.first && entry.second == other.second;
        });
      });
    }
    case Kind::kRow:
      return row() == o.row();
    case Kind::kRows:
      return rows().rows == o.rows().rows && (rows().rows.empty() || rows().table == o.rows().table);
    case Kind::kSubject:
      return subject() == o.subject();
  }
  return false;
}

Value FieldValue(const RowRef& row, int field) {
  const RecordTable& table = *row.table;
  const FieldSchema& schema = table.schema().fields[static_cast<size_t>(field)];
  if (schema.sensitive || !table.Has(field, row.row)) return Value::Null();
  switch (schema.type) {
    case FieldType::kCode:
      return Value::Text(table.CodeAt(field, row.row));
    case FieldType::kMoney:
      return Value::Number(Decimal::FromMoney(table.MoneyAt(field, row.row)));
    case FieldType::kDecimal:
      return Value::Number(Decimal::FromScaled(table.Int(field, row.row), 4));
    case FieldType::kInt:
      return Value::Number(table.Int(field, row.row));
    case FieldType::kBool:
      return Value::Boolean(table.Int(field, row.row) != 0);
    case FieldType::kDay:
      return Value::Date(table.DayAt(field, row.row));
    case FieldType::kMonth:
      return Value::Date(table.MonthAt(field, row.row).FirstDay());
    default:
      return Value::Text(table.Text(field, row.row));
  }
}

}  // namespace hearth
