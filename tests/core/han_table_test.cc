#include "core/han_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/person_name.h"
#include "core/text.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

std::string_view Reading(char32_t c) { return HanTable::Get().SyllableText(HanTable::Get().Syllable(c)); }

TEST(HanTable, ReadingsAreTheCommonestOnesWithoutTones) {
  constexpr struct {
    char32_t c;
    const char* reading;
  } kCases[] = {
      {U'芳', "fang"}, {U'吕', "lv"}, {U'仔', "zai"}, {U'拓', "tuo"}, {U'䶮', "yan"}, {U'喬', "qiao"}, {U'𬸚', "yue"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Reading(c.c), c.reading) << EncodeUtf8(std::u32string(1, c.c));
  for (char32_t c : {U'A', U'㐀', U'\uFFFD', U'\U00020000', U'\U0010FFFF'}) EXPECT_EQ(Reading(c), "");
}

TEST(HanTable, SyllablesAreFoundByTheirText) {
  const HanTable& table = HanTable::Get();
  EXPECT_EQ(table.SyllableId("fang"), table.Syllable(U'芳'));
  EXPECT_EQ(table.SyllableId("a"), table.Syllable(U'阿'));
  EXPECT_NE(table.SyllableId("zuo"), 0);
  for (const char* none : {"", "fan g", "zzz", "aaa", "FANG"}) EXPECT_EQ(table.SyllableId(none), 0) << none;
}

TEST(HanTable, UsualFormsJoinVariantsButNoTwoCharactersInUse) {
  const HanTable& table = HanTable::Get();
  EXPECT_EQ(table.Usual(U'喬'), U'乔');
  EXPECT_EQ(table.Usual(U'円'), U'圆');
  EXPECT_EQ(table.Usual(U'剣'), U'剑');
  EXPECT_EQ(table.Usual(U'堃'), U'坤');
  EXPECT_EQ(table.Usual(U'\uF900'), U'岂');
  for (char32_t c : {U'么', U'乔', U'王', U'玉', U'沈', U'渖', U'A'}) EXPECT_EQ(table.Usual(c), c);
}

TEST(HanTable, LookAlikesShareMostOfTheirStrokes) {
  const HanTable& table = HanTable::Get();
  constexpr std::u32string_view kAlike[] = {U"清情", U"王玉", U"李季", U"晴睛", U"彬杉", U"芬芳",
                                            U"末未", U"大太", U"请清", U"暮慕", U"己已"};
  constexpr std::u32string_view kOther[] = {U"松柏", U"芳菊", U"陈车", U"王李", U"林森", U"明朋", U"A王", U"清A"};
  for (auto pair : kAlike) {
    EXPECT_TRUE(table.LookAlike(pair[0], pair[1])) << EncodeUtf8(pair);
    EXPECT_TRUE(table.LookAlike(pair[1], pair[0])) << EncodeUtf8(pair);
  }
  for (auto pair : kOther) {
    EXPECT_FALSE(table.LookAlike(pair[0], pair[1])) << EncodeUtf8(pair);
    EXPECT_FALSE(table.LookAlike(pair[1], pair[0])) << EncodeUtf8(pair);
  }
}

TEST(HanTable, LookAlikesAreRareAndSymmetric) {
  // A level that many pairs of characters reach by chance proves nothing.
  const HanTable& table = HanTable::Get();
  size_t alike = 0, pairs = 0;
  for (char32_t a = 0x4E00; a < 0x9FFF; a += 7) {
    for (char32_t b = 0x4E00; b < 0x9FFF; b += 11) {
      if (a == b) continue;
      ++pairs;
      alike += table.LookAlike(a, b);
      ASSERT_EQ(table.LookAlike(a, b), table.LookAlike(b, a));
    }
  }
  EXPECT_GT(alike, 0u);
  EXPECT_LT(alike * 1000, pairs);
}

TEST(CompareNames, LevelsOfTheCharacterTables) {
  EXPECT_EQ(CompareNames("王清", "王情"), NameAgreement::kHomophone);  // the stronger level counts
  EXPECT_EQ(CompareNames("李明", "季明"), NameAgreement::kLookAlike);
  EXPECT_EQ(CompareNames("李円", "李圆"), NameAgreement::kVariant);
  EXPECT_EQ(CompareNames("李松", "李柏"), NameAgreement::kClash);
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string OutputOf(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
  pclose(pipe);
  return out;
}

TEST(HanData, TheMakerMakesTheSameBytesAgain) {
  const fs::path root = HEARTH_SOURCE_DIR, sources = root / "../shared/data/linkage/cjk";
  if (!fs::exists(sources)) GTEST_SKIP() << "the shared folder with the character tables is absent";
  const std::string kept = ReadAll(root / "core/han_data.inc");
  const std::string version = OutputOf("uconv --version 2>/dev/null");
  const size_t at = version.rfind(' ');
  const std::string icu = at == std::string::npos ? "" : version.substr(at + 1, version.find('\n') - at - 1);
  if (icu.empty() || kept.find("with ICU " + icu + ";") == std::string::npos) {
    GTEST_SKIP() << "uconv of the ICU version named in core/han_data.inc is absent";
  }
  const std::string made =
      OutputOf("python3 '" + (root / "tools/make_han_tables.py").string() + "' '" + sources.string() + "'");
  EXPECT_TRUE(made == kept) << "core/han_data.inc is not what tools/make_han_tables.py makes";
}

}  // namespace
}  // namespace hearth
