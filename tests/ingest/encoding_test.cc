#include "ingest/encoding.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <random>

#include "core/text.h"

namespace hearth {
namespace {

struct Decoded {
  std::string text;
  std::vector<uint64_t> bad;  // file offsets
};

Decoded Decode(Encoding encoding, std::string_view bytes, size_t block = SIZE_MAX, std::string_view controls = {}) {
  TextDecoder decoder(encoding, controls);
  DecodedText out;
  block = std::min(block, bytes.size() + 1);
  for (size_t at = 0; at <= bytes.size(); at += block) {
    EXPECT_EQ(decoder.Decode(bytes.substr(at, block), at + block > bytes.size(), &out), OkStatus());
  }
  Decoded d{out.utf8, {}};
  for (const DecodeError& e : out.errors) {
    EXPECT_EQ(out.utf8.substr(e.text_offset, 3), "\uFFFD");
    d.bad.push_back(e.file_offset);
  }
  return d;
}

Status StartOf(Encoding encoding, std::string_view bytes) {
  TextDecoder decoder(encoding);
  DecodedText out;
  return decoder.Decode(bytes, true, &out);
}

TEST(Gb18030, StandardVectorsDecode) {
  constexpr struct {
    std::string_view bytes, text;
  } kCases[] = {
      {"\x82\x30\xB7\x31", "㛃"},   {"\x95\x32\x82\x36", "𠀀"},
      {"\x99\x31\xD9\x37", "𬍛"}, {"\x98\x38\xF5\x37", "𫖯"},
      {"\xFE\x9F", "䶮"},           {"\xA1\xA4", "·"},
      {"\x81\x5C", "乗"},           {"\x81\x7C", "亅"},
      {"\xCD\xF5\xB7\xBC", "王芳"}, {"\xE3\x32\x9A\x35", "\U0010FFFF"},
  };
  for (const auto& c : kCases) {
    const Decoded d = Decode(Encoding::kGb18030, c.bytes);
    EXPECT_EQ(d.text, c.text);
    EXPECT_TRUE(d.bad.empty()) << c.text;
  }
}

TEST(Gb18030, FormerPrivateUseCellsBecomeTheirCharacters) {
  EXPECT_EQ(Decode(Encoding::kGb18030, "\xFE\x59").text, "\u9FB4");
  EXPECT_EQ(Decode(Encoding::kGb18030, "\x82\x35\x90\x37").text, "\u9FB4") << "the four-byte form";
  EXPECT_EQ(Decode(Encoding::kGb18030, "\xFE\x51,").text, "\U00020087,") << "beyond the first plane";
}

TEST(Gb18030, DamageIsOneCharacterAndTheDelimiterBehindItStays) {
  constexpr struct {
    const char* why;
    std::string_view bytes, text;
    std::vector<uint64_t>::size_type bad;
  } kCases[] = {
      {"lead byte before a comma", "a\x81,b", "a\uFFFD,b", 1},
      {"lead byte before a line feed", "a\xFE\nb", "a\uFFFD\nb", 1},
      {"byte FF", "\xFF", "\uFFFD", 1},
      {"byte 80", "\x80", "\uFFFD", 1},
      {"cut at the end", "ab\x82\x30", "ab\uFFFD0", 1},
      {"NUL", std::string_view("a\0b", 3), "a\uFFFDb", 1},
      {"unassigned four bytes", "\xFE\x39\xFE\x39", "\uFFFD9\uFFFD9", 2},
      {"U+FFFD itself", "\x84\x31\xA4\x37", "\uFFFD1\uFFFD", 2},
  };
  for (const auto& c : kCases) {
    const Decoded d = Decode(Encoding::kGb18030, c.bytes);
    EXPECT_TRUE(d.text.starts_with(c.text.substr(0, 3))) << c.why;
    EXPECT_GE(d.bad.size(), 1u) << c.why;
    if (c.bad == 1) {
      EXPECT_EQ(d.text, c.text) << c.why;
      EXPECT_EQ(d.bad.size(), 1u) << c.why;
    }
  }
}

// ICU is the source of the tables; its own conversion of whole texts must come to the same characters.
TEST(Gb18030, EveryAssignedCharacterAgreesWithIcu) {
  UErrorCode error = U_ZERO_ERROR;
  UConverter* converter = ucnv_open("gb18030", &error);
  ASSERT_TRUE(U_SUCCESS(error));
  int compared = 0;
  for (char32_t c = 0xA0; c <= 0x2FFFF; c = c == 0xFFFF ? 0x20000 : c + 1) {
    if ((c >= 0xD800 && c < 0xE000) || IsPrivateUse(c) || c == 0xFFFD || c == 0xFEFF || FoldPrivateUse(c) != c)
      continue;
    std::string utf8;
    AppendUtf8(c, &utf8);
    UChar units[2];
    int32_t n = 0;
    units[n++] = c < 0x10000 ? static_cast<UChar>(c) : static_cast<UChar>(0xD7C0 + (c >> 10));
    if (c >= 0x10000) units[n++] = static_cast<UChar>(0xDC00 + (c & 0x3FF));
    char bytes[8];
    error = U_ZERO_ERROR;
    const int32_t size = ucnv_fromUChars(converter, bytes, sizeof bytes, units, n, &error);
    if (U_FAILURE(error)) continue;
    const Decoded d = Decode(Encoding::kGb18030, std::string_view(bytes, static_cast<size_t>(size)));
    // Two bytes of the old private area may fold to this character as well; never to another.
    ASSERT_EQ(d.text, utf8) << std::hex << static_cast<uint32_t>(c);
    ++compared;
  }
  ucnv_close(converter);
  EXPECT_GT(compared, 100'000);
}

TEST(Utf8, ByteOrderMarkIsDropped) { EXPECT_EQ(Decode(Encoding::kUtf8, "\xEF\xBB\xBF王").text, "王"); }

TEST(Utf8, DamageHasItsOffset) {
  constexpr struct {
    const char* why;
    std::string_view bytes;
    uint64_t offset;
  } kCases[] = {
      {"overlong", "ab\xC0\xAF", 2},
      {"overlong of three", "a\xE0\x80\xAF", 1},
      {"lone surrogate", "\xED\xA0\x80", 0},
      {"above U+10FFFF", "a\xF4\x90\x80\x80", 1},
      {"lone continuation", "abc\x80", 3},
      {"cut at the end", "ab\xE7\x8E", 2},
      {"U+FFFD", "王\uFFFD", 3},
      {"control character", "ab\x07", 2},
      {"C1 control", "a\xC2\x85", 1},
      {"NUL", std::string_view("a\0", 2), 1},
      {"delete", "abcd\x7F", 4},
      {"GB18030 in a UTF-8 file", "a,\xCD\xF5", 2},
  };
  for (const auto& c : kCases) {
    const Decoded d = Decode(Encoding::kUtf8, c.bytes);
    ASSERT_FALSE(d.bad.empty()) << c.why;
    EXPECT_EQ(d.bad[0], c.offset) << c.why;
    EXPECT_FALSE(IsCleanUtf8(c.bytes)) << c.why;
    EXPECT_FALSE(IsCleanUtf8Plain(c.bytes)) << c.why;
  }
  for (const std::string_view clean : {"", "王芳\t\r\n", "·Aé\u00A0", "𠀀㛃", "\U0010FFFF"}) {
    EXPECT_TRUE(Decode(Encoding::kUtf8, clean).bad.empty()) << clean;
    EXPECT_TRUE(IsCleanUtf8(clean)) << clean;
  }
}

TEST(Utf8, DelimiterMayBeAControlCharacter) {
  EXPECT_TRUE(Decode(Encoding::kUtf8, "a\001b", SIZE_MAX, "\001").bad.empty());
  EXPECT_EQ(Decode(Encoding::kUtf8, "a\002b", SIZE_MAX, "\001").bad.size(), 1u);
}

TEST(Utf8, FastCheckAgreesWithThePlainOne) {
  const std::vector<std::string> bits = {"a",    "王",   "é",        "𠀀",     "\x80",     "\xC2", "\xE7\x8E",
                                         "\xF0", "\x85", "\xED\xA0", "\uFFFD", "\uFFFC",   "\x1F", "\x7F",
                                         "\n",   "\xEF", "\xBF",     "\xBD",   "\xF4\x8F", "中文", "x"};
  int clean = 0;
  for (uint32_t seed = 0; seed < 20'000; ++seed) {
    std::mt19937 random(seed);
    std::string text(random() % 70, 'x');  // moves what follows across the blocks of 32
    const size_t choices = seed % 2 == 0 ? 4 : bits.size();
    for (uint32_t n = random() % 24; n > 0; --n) text += bits[random() % choices];
    ASSERT_EQ(IsCleanUtf8(text), IsCleanUtf8Plain(text)) << "seed " << seed;
    clean += IsCleanUtf8(text);
  }
  EXPECT_GT(clean, 5'000);
  EXPECT_LT(clean, 15'000);
}

TEST(Utf16, TextWithMarkDecodes) {
  EXPECT_EQ(Decode(Encoding::kUtf16Le, std::string_view("\xFF\xFE\x8B\x73,\0a\0", 8)).text, "王,a");
  EXPECT_EQ(Decode(Encoding::kUtf16Le, std::string_view("\xFF\xFE\x40\xD8\x00\xDC", 6)).text, "𠀀");
}

TEST(Utf16, LoneSurrogateAndOddByteAreDamage) {
  EXPECT_EQ(Decode(Encoding::kUtf16Le, std::string_view("\xFF\xFE\x40\xD8\x61\x00", 6)).text, "\uFFFDa");
  EXPECT_EQ(Decode(Encoding::kUtf16Le, std::string_view("\xFF\xFE\x61\x00\x62", 5)).bad, std::vector<uint64_t>{4});
}

TEST(ByteOrderMark, ContradictionRefusesTheFile) {
  EXPECT_TRUE(StartOf(Encoding::kGb18030, "a,b").ok());
  EXPECT_TRUE(StartOf(Encoding::kGb18030, "\x84\x31\x95\x33王").ok());
  constexpr struct {
    Encoding encoding;
    std::string_view bytes, says;
  } kCases[] = {
      {Encoding::kUtf8, "\xFF\xFE\x61", "UTF-16LE byte order mark"},
      {Encoding::kUtf8, "\xFE\xFF\x61", "UTF-16BE byte order mark"},
      {Encoding::kGb18030, "\xEF\xBB\xBFxyz", "UTF-8 byte order mark"},
      {Encoding::kUtf16Le, "abcd", "does not begin with its byte order mark"},
      {Encoding::kUtf16Le, "", "does not begin with its byte order mark"},
  };
  for (const auto& c : kCases) {
    const Status s = StartOf(c.encoding, c.bytes);
    EXPECT_EQ(s.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(Message(s).find(c.says), std::string::npos) << s;
  }
}

TEST(TextDecoder, BlocksDoNotMatter) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    for (const Encoding encoding : {Encoding::kUtf8, Encoding::kGb18030, Encoding::kUtf16Le}) {
      std::string bytes = encoding == Encoding::kUtf16Le ? "\xFF\xFE" : "";
      for (uint32_t n = random() % 9000; n > 0; --n) {
        const uint32_t r = random();
        bytes += static_cast<char>(r % 3 == 0 ? r >> 8 : "ab,\n\x81\x30\xE7\x8E\x8B"[r % 9]);
      }
      const Decoded whole = Decode(encoding, bytes);
      const Decoded parts = Decode(encoding, bytes, 1 + random() % 700);
      ASSERT_EQ(parts.text, whole.text) << "seed " << seed;
      ASSERT_EQ(parts.bad, whole.bad) << "seed " << seed;
      ASSERT_TRUE(IsValidUtf8(whole.text));
    }
  }
}

}  // namespace
}  // namespace hearth
