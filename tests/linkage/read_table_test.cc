// Files that are no table for a model: what is wrong and what would be right, without a cell of them.
#include "linkage/read_table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

constexpr char kModel[] = R"(
linkage_model: small
id_column: id
link: dedupe
blocking: [[name]]
comparisons: [{of: name, use: equal}]
)";

class ReadTableTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() /
           ("hearth_read_table_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  // Reads the bytes as t.csv; "" when they do, else the message without the folder.
  std::string Read(std::string_view bytes, std::optional<Encoding> encoding = std::nullopt) {
    const std::string path = (dir_ / "t.csv").string();
    std::ofstream(path, std::ios::binary) << bytes;
    return ReadPath(path, encoding);
  }
  std::string ReadPath(const std::string& path, std::optional<Encoding> encoding = std::nullopt) {
    const StatusOr<Model> model = ReadModel(kModel, "small.yaml");
    EXPECT_TRUE(model.ok()) << model.status();
    RecordSetBuilder builder(*model, {"t"});
    const Status status = ReadTable(path, 0, {.encoding = encoding}, *model, &builder, &facts_);
    std::string message(status.message());
    const size_t at = message.find(dir_.string());
    if (at != std::string::npos) message.erase(at, dir_.string().size() + 1);
    return message;
  }

  std::filesystem::path dir_;
  TableFacts facts_;
};

TEST_F(ReadTableTest, DelimitersLineEndsAndMarksAreTold) {
  for (const char* text : {"id,name\n1,a\n2,b\n", "id\tname\n1\ta\n2\tb\n", "id;name\r\n1;a\r\n2;b\r\n",
                           "id|name\n1|a\n2|b", "\xEF\xBB\xBFid,name\n1,a\n\n2,b\n"}) {
    EXPECT_EQ(Read(text), "") << text;
    EXPECT_EQ(facts_.rows, 2u) << text;
    facts_ = {};
  }
}

TEST_F(ReadTableTest, AHeadingThatTheModelReadsStandsOnce) {
  EXPECT_EQ(Read("id,name,name\n1,a,b\n"),
            "t.csv: column \"name\" stands twice in the header, so it is not clear which is meant; rename one");
  EXPECT_EQ(Read("id,name,town,town\n1,a,b,c\n"), "");
}

TEST_F(ReadTableTest, LinesThatEndInCarriageReturnsAloneAreNamed) {
  EXPECT_EQ(Read("id,name\r1,a\r2,b\r"), "t.csv: its lines end in CR alone; save it with line feeds (LF or CR LF)");
}

TEST_F(ReadTableTest, OtherKindsOfUtf16AreNamed) {
  using namespace std::string_view_literals;
  EXPECT_EQ(Read("\xFF\xFEi\0d\0,\0n\0a\0m\0e\0\n\0"sv), "");
  EXPECT_EQ(Read("\xFE\xFF\0i\0d\0,"sv),
            "t.csv: is UTF-16 in big-endian order; save it as UTF-8 or as UTF-16LE with its mark");
  EXPECT_EQ(Read("i\0d\0,\0"sv), "t.csv: looks like UTF-16 without its mark FF FE; save it as UTF-8 or with its mark");
  EXPECT_EQ(Read("id,name\n", Encoding::kUtf16Le),
            "t.csv: does not begin with the mark FF FE, so it is no UTF-16LE as --encoding says; leave --encoding out");
  EXPECT_EQ(Read("\xFF\xFEi\0d\0"sv, Encoding::kUtf8),
            "t.csv: begins with the mark FF FE of UTF-16LE, but --encoding says UTF-8; leave --encoding out");
}

// GB18030 reads the UTF-8 line without an error, as other characters.
TEST_F(ReadTableTest, AUtf8LineAmongGb18030OnesIsRefused) {
  const std::string utf8 = "1,王芳\n", gb18030 = "2,\xCD\xF5\xB7\xBC\n";
  EXPECT_EQ(
      Read("id,name\n" + utf8 + gb18030),
      "t.csv line 2: is UTF-8, and other lines are not; convert the whole file to one encoding, or give --encoding");
  EXPECT_EQ(Read("id,name\n" + gb18030), "");
  EXPECT_EQ(facts_.encoding, Encoding::kGb18030);
  EXPECT_EQ(Read("id,name\n" + utf8), "");
  // Two characters of GB18030 that are one of UTF-8 each.
  EXPECT_EQ(Read("id,name\n1,\xC1\xAA\xCD\xA8\n" + gb18030), "");
  EXPECT_EQ(Read("id,name\n" + utf8 + gb18030, Encoding::kGb18030), "");
}

TEST_F(ReadTableTest, AFolderIsNoTable) { EXPECT_TRUE(ReadPath(dir_.string()).ends_with(" is a folder, not a table")); }

}  // namespace
}  // namespace hearth::linkage
