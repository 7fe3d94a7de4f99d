#include "synth/feed_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "synth/block.h"

namespace hearth::synth {
namespace {

namespace fs = std::filesystem;

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

fs::path Fresh(const std::string& name) {
  const fs::path dir = fs::path(::testing::TempDir()) / ("feed_writer_" + name);
  fs::remove_all(dir);
  return dir;
}

FeedSpec Small(Encoding encoding) {
  return {Registry::kVehicles,
          "vehicles",
          "ga_small",
          "small",
          encoding,
          ',',
          true,
          true,
          true,
          "NULL",
          DayStyle::kChinese,
          MonthStyle::kDash,
          SexStyle::kChinese,
          {{"甲", "plate"}, {"乙", "owner_name"}}};
}

std::string OneRow(const FeedSpec& spec, const std::function<void(RowBuffer&)>& second) {
  RowBuffer buffer(spec);
  buffer.Text("a");
  second(buffer);
  buffer.End("k");
  return std::string(buffer.text());
}

TEST(RowBuffer, WritesEachKindOfCell) {
  const FeedSpec spec = Small(Encoding::kUtf8);
  const CivilDay day = CivilDay::FromYmd(2021, 3, 5).value();
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Day(day); }), "a,2021年3月5日\r\n");
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Day(kNoDay); }), "a,NULL\r\n");
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Month(day.Month()); }), "a,2021-03\r\n");
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Yuan(-1205); }), "a,-12.05\r\n");
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Yuan(123400); }), "a,1234\r\n");
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Wan(12500000); }), "a,12.5\r\n");
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Sex(false); }), "a,女\r\n");
  EXPECT_EQ(OneRow(spec, [&](RowBuffer& r) { r.Text("b,\"c"); }), "a,\"b,\"\"c\"\r\n");
  FeedSpec excel = spec;
  excel.day_style = DayStyle::kExcel;
  EXPECT_EQ(OneRow(excel, [&](RowBuffer& r) { r.Day(day); }), "a,44260\r\n") << "as the data standard counts";
}

TEST(RowBufferDeathTest, ARowOfAnotherLengthStopsTheProgram) {
  const FeedSpec spec = Small(Encoding::kUtf8);
  RowBuffer buffer(spec);
  buffer.Text("a");
  EXPECT_DEATH(buffer.End("k"), "ga_small");
}

TEST(Delta, HasNewChangedAndVanishedRowsAlone) {
  const FeedSpec spec = Small(Encoding::kUtf8);
  RowBuffer before(spec), now(spec);
  const auto add = [](RowBuffer& b, const char* key, const char* value) {
    b.Text(key);
    b.Text(value);
    b.End(key);
  };
  add(before, "same", "1");
  add(before, "changed", "1");
  add(before, "gone", "1");
  add(now, "new", "1");
  add(now, "changed", "2");
  add(now, "same", "1");
  std::string text;
  EXPECT_EQ(AppendDelta(before, now, text), 3u);
  EXPECT_EQ(text, "new,1,NULL\r\nchanged,2,NULL\r\ngone,1,D\r\n");
}

TEST(FeedFile, WritesGb18030WithItsFourByteForms) {
  const fs::path dir = Fresh("gb");
  const FeedSpec spec = Small(Encoding::kGb18030);
  auto file = FeedFile::Open(spec, {dir.string(), "20240301-01", 1, false, CivilDay::FromYmd(2024, 3, 1).value()});
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("㛃·䶮,𬍛\r\n", 1).ok());
  ASSERT_TRUE((*file)->Close().ok());
  // The bytes that the data standard lists.
  EXPECT_EQ(Read(dir / "ga_small/20240301-01/small_0001.csv"),
            "\xBC\xD7,\xD2\xD2\r\n\x82\x30\xB7\x31\xA1\xA4\xFE\x9F,\x99\x31\xD9\x37\r\n");
}

TEST(FeedFile, WritesAByteOrderMarkAndAManifest) {
  const fs::path dir = Fresh("bom");
  const FeedSpec spec = Small(Encoding::kUtf8Bom);
  auto file = FeedFile::Open(spec, {dir.string(), "20240302-01", 2, true, CivilDay::FromYmd(2024, 3, 2).value()});
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("a,b,\r\n", 1).ok());
  ASSERT_TRUE((*file)->Close().ok());
  EXPECT_EQ(Read(dir / "ga_small/20240302-01/small_0001.csv"), "\xEF\xBB\xBF甲,乙,BGBZ\r\na,b,\r\n");
  const std::string manifest = Read(dir / "ga_small/20240302-01/manifest.json");
  for (const char* part :
       {"\"seq\":2", "\"prev_seq\":1", "\"mode\":\"delta\"", "\"as_of\":\"2024-03-02\"", "\"delete_column\":\"BGBZ\"",
        "\"rows_total\":1", "\"columns\":[\"甲\",\"乙\",\"BGBZ\"]", "\"encoding\":\"UTF-8\""})
    EXPECT_NE(manifest.find(part), std::string::npos) << part << " in " << manifest;
}

TEST(FeedFile, SaysWhereTheDiskRefuses) {
  const fs::path dir = Fresh("refused");
  fs::create_directories(dir);
  std::ofstream(dir / "drop") << "a file where a folder should be";
  const FeedSpec spec = Small(Encoding::kUtf8);
  const auto file = FeedFile::Open(spec, {(dir / "drop").string(), "b", 1, false, CivilDay{}});
  EXPECT_EQ(file.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace hearth::synth
