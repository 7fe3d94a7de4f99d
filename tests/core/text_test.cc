#include "core/text.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

TEST(Text, CodePointsGoThroughUtf8AndBack) {
  for (char32_t c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 97) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    AppendUtf8(c, &text);
    size_t at = 0;
    ASSERT_EQ(NextCodePoint(text, &at), c);
    ASSERT_EQ(at, text.size());
  }
}

TEST(Text, BadBytesAreTold) {
  for (const char* bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xB8", "\x80", "\xFF", "\xF0\x80\x80\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad));
    EXPECT_EQ(FirstBadUtf8("王" + std::string(bad)), 3u);
  }
  EXPECT_TRUE(IsValidUtf8("王芳𠀀\u00B7"));
}

TEST(Text, TrimsEveryUnicodeSpaceAtBothEndsOnly) {
  EXPECT_EQ(TrimUnicode("\u3000\u00A0\u200B 王 芳\u200D\uFEFF\t\r\n"), "王 芳");
  EXPECT_EQ(TrimUnicode("\u3000\u2003"), "");
  EXPECT_EQ(TrimUnicode(""), "");
  EXPECT_EQ(TrimUnicode("\x80王\x80"), "\x80王\x80");
}

TEST(Text, WidthIsFoldedButLookAlikesAreNot) {
  EXPECT_EQ(FoldWidth("Ａｚ０９（＋）\u3000￥"), "Az09(+) ¥");
  EXPECT_EQ(FoldWidth("Хx"), "Хx");
}

TEST(Text, PrivateUseLeftoversBecomeTheirCharacters) {
  EXPECT_EQ(FoldPrivateUse("\uE81E\uE863"), "\u9FB4\u4DAE");
  EXPECT_EQ(FoldPrivateUse(U'\uE816'), U'\U00020087');
  EXPECT_TRUE(HasPrivateUse(FoldPrivateUse("\uE000")));  // unknown ones stay, to be flagged
  EXPECT_FALSE(HasPrivateUse(FoldPrivateUse("\uE831")));
}

TEST(Text, ControlCharactersAreTold) {
  EXPECT_TRUE(HasControl(std::string_view("a\0b", 3)));
  EXPECT_TRUE(HasControl("a\x1B"));
  EXPECT_TRUE(HasControl("\u0085"));
  EXPECT_FALSE(HasControl("王\t芳\r\n"));
}

TEST(Text, CompatibilityIdeographsChangeUnderNfc) {
  EXPECT_EQ(ToNfc("\uF900"), "\u8C48");
  EXPECT_EQ(ToNfc("e\u0301"), "\u00E9");
  EXPECT_EQ(ToNfc("王芳"), "王芳");
  EXPECT_EQ(ToNfc("Ⅹ"), "Ⅹ");  // not NFKC
}

TEST(Text, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(DisplayWidth("王芳"), 4);
  EXPECT_EQ(DisplayWidth("a·b"), 3);
  EXPECT_EQ(DisplayWidth("e\u0301\u200B"), 1);
  EXPECT_EQ(DisplayWidth("𠀀"), 2);
  EXPECT_EQ(FitToWidth("王芳", 3), "王 ");
  EXPECT_EQ(FitToWidth("王芳", 6), "王芳  ");
}

}  // namespace
}  // namespace hearth
