#include "core/value.h"

#include <gtest/gtest.h>

#include "core/record_table.h"

namespace hearth {
namespace {

std::shared_ptr<const RegistrySchema> Schema() {
  auto s = std::make_shared<RegistrySchema>();
  s->id = "things";
  const auto add = [&](const char* name, FieldType type, bool sensitive = false) {
    FieldSchema f;
    f.name = name;
    f.type = type;
    f.sensitive = sensitive;
    s->fields.push_back(f);
  };
  add("amount", FieldType::kMoney);
  add("area", FieldType::kDecimal);
  add("day", FieldType::kDay);
  add("month", FieldType::kMonth);
  add("flag", FieldType::kBool);
  add("use", FieldType::kCode);
  add("secret", FieldType::kText, true);
  s->fields[5].codes = {{"A", "private", "非营运"}, {"D", "taxi", "出租"}};
  return s;
}

TEST(Value, ShowsItselfAsFeelWritesIt) {
  EXPECT_EQ(Value().ToString(), "null");
  EXPECT_EQ(Value::Boolean(false).ToString(), "false");
  EXPECT_EQ(Value::Text("a \"b\"").ToString(), "\"a \\\"b\\\"\"");
  EXPECT_EQ(Value::Date(CivilDay::FromYmd(2024, 2, 29).value()).ToString(), "2024-02-29");
  EXPECT_EQ(Value::Months(26).ToString(), "P2Y2M");
  EXPECT_EQ(Value::Months(-1).ToString(), "-P1M");
  EXPECT_EQ(Value::Days(86400 + 3600).ToString(), "P1DT1H");
  EXPECT_EQ(Value::Days(0).ToString(), "P0D");
  EXPECT_EQ(Value::List({Value::Number(1), Value::Null()}).ToString(), "[1, null]");
  EXPECT_EQ(Value::Context({{"a", Value::Number(1)}}).ToString(), "{a: 1}");
  EXPECT_EQ(Value::Range({Value::Number(1), Value::Number(5), true, false}).ToString(), "[1..5)");
}

TEST(Value, NumbersAreEqualByValueAndKindsAreKeptApart) {
  EXPECT_EQ(Value::Number(Decimal::Parse("1.0").value()), Value::Number(1));
  EXPECT_NE(Value::Number(1), Value::Text("1"));
  EXPECT_EQ(Value(), Value::Null());
  EXPECT_NE(Value(), Value::Boolean(false));
}

TEST(Value, TheOrderOfAContextDoesNotCount) {
  const Value ab = Value::Context({{"a", Value::Number(1)}, {"b", Value::Number(2)}});
  const Value ba = Value::Context({{"b", Value::Number(2)}, {"a", Value::Number(1)}});
  EXPECT_EQ(ab, ba);
  EXPECT_NE(ab, Value::Context({{"a", Value::Number(1)}, {"b", Value::Number(3)}}));
}

TEST(FieldValue, GivesEachTypeAsFeelKnowsIt) {
  RecordTable t(Schema());
  const uint32_t row = t.AddRow("k", {});
  t.SetInt(0, row, 12345);
  t.SetInt(1, row, 123400);
  t.SetInt(2, row, CivilDay::FromYmd(2024, 3, 1)->days);
  t.SetInt(3, row, CivilMonth::FromYm(2024, 3)->months);
  t.SetInt(4, row, 1);
  t.SetInt(5, row, 1);
  t.SetText(6, row, "x");
  const RowRef r{&t, row};
  EXPECT_EQ(FieldValue(r, 0).ToString(), "123.45");
  EXPECT_EQ(FieldValue(r, 1).ToString(), "12.34");
  EXPECT_EQ(FieldValue(r, 2).ToString(), "2024-03-01");
  EXPECT_EQ(FieldValue(r, 3).ToString(), "2024-03-01");
  EXPECT_TRUE(FieldValue(r, 4).IsTrue());
  EXPECT_EQ(FieldValue(r, 5).ToString(), "\"taxi\"");
}

TEST(FieldValue, AbsentBadAndSensitiveCellsAreNull) {
  RecordTable t(Schema());
  const uint32_t row = t.AddRow("k", {});
  t.SetBad(0, row, Verdict::kBadNumber, "12,x");
  t.SetText(6, row, "x");
  const RowRef r{&t, row};
  EXPECT_TRUE(FieldValue(r, 0).IsNull());
  EXPECT_TRUE(FieldValue(r, 2).IsNull());
  EXPECT_TRUE(FieldValue(r, 6).IsNull());
}

}  // namespace
}  // namespace hearth
