#include "report/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace hearth {
namespace {

TEST(JsonWriter, NestsObjectsAndArrays) {
  std::ostringstream out;
  JsonWriter json(&out);
  json.BeginObject();
  json.Key("n").Int(-3);
  json.Key("list").BeginArray();
  json.Text("a");
  json.BeginObject();
  json.EndObject();
  json.EndArray();
  json.Key("none").BeginArray();
  json.EndArray();
  json.EndObject();
  json.Finish();
  EXPECT_EQ(out.str(), "{\n  \"n\": -3,\n  \"list\": [\n    \"a\",\n    {}\n  ],\n  \"none\": []\n}\n");
}

TEST(JsonWriter, CompactLayoutIsOneLine) {
  std::ostringstream out;
  JsonWriter json(&out, JsonLayout::kCompact);
  json.BeginObject();
  json.Key("a").BeginArray();
  json.Bool(true);
  json.Null();
  json.Count(UINT64_MAX);
  json.EndArray();
  json.Key("b").Bool(false);
  json.EndObject();
  json.Finish();
  EXPECT_EQ(out.str(), "{\"a\":[true,null,18446744073709551615],\"b\":false}\n");
}

TEST(JsonWriter, ValuesOfTheFieldKeepTheirExactForm) {
  std::ostringstream out;
  JsonWriter json(&out, JsonLayout::kCompact);
  json.BeginArray();
  json.Yuan(Money::FromFen(58005));
  json.Yuan(std::optional<Money>());
  json.Day(CivilDay::FromYmd(2024, 2, 29).value());
  json.Day(std::optional<CivilDay>());
  json.Number(Decimal::FromScaled(12345, 4));
  json.EndArray();
  EXPECT_EQ(out.str(), "[\"580.05\",null,\"2024-02-29\",null,1.2345]");
}

TEST(JsonWriter, MeasuresAreShortAndNeverNan) {
  std::ostringstream out;
  JsonWriter json(&out, JsonLayout::kCompact);
  json.BeginArray();
  json.Measure(0.1);
  json.Measure(1.0);
  json.Measure(std::numeric_limits<double>::quiet_NaN());
  json.Measure(std::numeric_limits<double>::infinity());
  json.EndArray();
  EXPECT_EQ(out.str(), "[0.1,1,null,null]");
}

TEST(JsonQuote, EscapesWhatJsonForbids) {
  EXPECT_EQ(JsonQuote("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(JsonQuote(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(JsonQuote("\u2028"), R"("\u2028")");
  EXPECT_EQ(JsonQuote("王𠮷"), "\"王𠮷\"");
}

TEST(JsonQuote, BytesThatAreNoUtf8AreReplaced) { EXPECT_EQ(JsonQuote("a\xFFz"), "\"a\uFFFDz\""); }

TEST(JsonWriterDeathTest, MisuseIsABug) {
  std::ostringstream out;
  EXPECT_DEATH(
      {
        JsonWriter json(&out);
        json.BeginObject();
        json.Int(1);
      },
      "needs a key");
  EXPECT_DEATH(
      {
        JsonWriter json(&out);
        json.BeginArray();
        json.Key("a");
      },
      "belongs in an object");
  EXPECT_DEATH(
      {
        JsonWriter json(&out);
        json.BeginArray();
        json.EndObject();
      },
      "needs its begin");
  EXPECT_DEATH(
      {
        JsonWriter json(&out);
        json.BeginArray();
        json.Finish();
      },
      "not complete");
  EXPECT_DEATH(
      {
        JsonWriter json(&out);
        json.Int(1);
        json.Int(2);
      },
      "one value");
}

}  // namespace
}  // namespace hearth
