#include <algorithm>

#include "linkage/encoded_file.h"
#include "report/csv_writer.h"
#include "tests/linkage/encode_fixture.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth::linkage {
namespace {

class EncodedFileTest : public EncodeFixture {
 protected:
  EncodedFile Small() const {
    auto result = Encoded(kPeopleModel, Write("people.csv", kPeople));
    EXPECT_TRUE(result.ok()) << result.status();
    return result->file;
  }
};

// The bytes with a checksum that holds, as a forger would leave them.
std::string Sealed(std::string bytes) {
  const uint64_t sum = XXH3_64bits(bytes.data(), bytes.size() - 8);
  for (size_t i = 0; i < 8; ++i) bytes[bytes.size() - 8 + i] = static_cast<char>(sum >> (8 * i));
  return bytes;
}

TEST_F(EncodedFileTest, WhatIsWrittenIsReadBack) {
  const EncodedFile file = Small();
  ASSERT_TRUE(WriteEncodedFile(file, Path("clk.bin")).ok());
  const auto read = ReadEncodedFile(Path("clk.bin"));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->ids, file.ids);
  EXPECT_EQ(read->rows.words, file.rows.words);
  EXPECT_EQ(read->rows.bits, 1024u);
  EXPECT_EQ(read->model_name, "people");
  EXPECT_EQ(SerializeEncodedFile(*read), Bytes(Path("clk.bin")));
  EXPECT_FALSE(std::filesystem::exists(Path("clk.bin.part")));
}

TEST_F(EncodedFileTest, BytesStandWhereTheFormatSays) {
  EncodedFile file;
  file.model_name = "ab";
  file.key_check = 0x1122334455667788;
  file.model_digest.fill(0x5A);
  file.ids = {"1", "22"};
  file.rows.bits = 64;
  file.rows.words = {1, uint64_t{1} << 63};
  const std::string bytes = SerializeEncodedFile(file);
  std::string expected = "HEARTHCL";
  expected += std::string("\x01\x00\x01\x00\x00\x00\x02\x00", 8);       // version 1, sha256, none, as given, 0, name 2
  expected += std::string("\x40\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0", 16);  // 64 bits, 2 rows
  expected += std::string("\x03\0\0\0\0\0\0\0\x88\x77\x66\x55\x44\x33\x22\x11", 16);  // 3 id bytes, key check
  expected += std::string(16, '\x5A') + std::string(8, '\0');
  expected += std::string("ab\0\0\0\0\0\0", 8);
  expected += std::string("\x01\0\0\0\x02\0\0\0", 8) + std::string("122\0\0\0\0\0", 8);
  expected += std::string("\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80", 16);
  ASSERT_EQ(bytes.size(), expected.size() + 8);
  EXPECT_EQ(bytes.substr(0, expected.size()), expected);
}

TEST_F(EncodedFileTest, EveryShortenedFileIsDataLoss) {
  const std::string bytes = SerializeEncodedFile(Small());
  for (size_t n = 1; n < bytes.size(); ++n) {
    EXPECT_EQ(ParseEncodedFile(std::string_view(bytes).substr(0, n), "x").status().code(), absl::StatusCode::kDataLoss)
        << n;
  }
  EXPECT_EQ(ParseEncodedFile(bytes + "x", "x").status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(EncodedFileTest, EveryFlippedBitIsRefused) {
  std::string bytes = SerializeEncodedFile(Small());
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      const Status status = ParseEncodedFile(bytes, "x").status();
      if (at < 8) {
        EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << at;
      } else if (at < 10) {
        EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << at;
      } else {
        EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << at;
      }
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    }
  }
  EXPECT_TRUE(ParseEncodedFile(bytes, "x").ok());
}

TEST_F(EncodedFileTest, AForgedChecksumDoesNotMakeAFileThatReadsBackDifferently) {
  const std::string bytes = SerializeEncodedFile(Small());
  int refused = 0;
  for (size_t at = 0; at + 8 < bytes.size(); ++at) {
    for (const char c : {'\0', '\x01', '\x7F', '\xFF'}) {
      std::string forged = bytes;
      forged[at] = c;
      forged = Sealed(std::move(forged));
      const auto read = ParseEncodedFile(forged, "x");
      refused += !read.ok();
      EXPECT_TRUE(!read.ok() || SerializeEncodedFile(*read) == forged) << at;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST_F(EncodedFileTest, ForeignFilesAreRefusedByWhatTheyAre) {
  const struct {
    std::string bytes;
    absl::StatusCode code;
    std::string_view message;
  } cases[] = {
      {"", absl::StatusCode::kInvalidArgument, "no encoded file"},
      {"id,name\n1,x\n", absl::StatusCode::kInvalidArgument, "hearth encode"},
      {std::string(500, '\0'), absl::StatusCode::kInvalidArgument, "no encoded file"},
      {"HEARTHCL", absl::StatusCode::kDataLoss, "cut"},
      {"HEARTHCL\x02" + std::string(200, '\0'), absl::StatusCode::kFailedPrecondition, "version 2"},
      {"HEARTHCL\x01" + std::string(200, '\xFF'), absl::StatusCode::kFailedPrecondition, "version"},
      {"HEARTHCL" + std::string("\x01\0", 2) + std::string(200, '\xFF'), absl::StatusCode::kDataLoss, "header"},
  };
  for (const auto& c : cases) {
    const Status status = ParseEncodedFile(c.bytes, "there.bin").status();
    EXPECT_EQ(status.code(), c.code) << status;
    EXPECT_NE(Message(status).find(c.message), std::string::npos) << status;
    EXPECT_NE(Message(status).find("there.bin"), std::string::npos) << status;
  }
  EXPECT_EQ(ReadEncodedFile(Path("none.bin")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadEncodedFile(dir_.string()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(WriteEncodedFile(Small(), Path("no/such/folder.bin")).code(), absl::StatusCode::kUnavailable);
}

TEST_F(EncodedFileTest, NothingOfTheTableOrTheKeyIsInTheFile) {
  const std::string yaml = "ids: keyed\n" + std::string(kPeopleModel);
  std::string people(kPeople);  // with ids that hexadecimal digits cannot spell
  for (size_t at = 0; (at = people.find("\nc", at)) != std::string::npos;) people.replace(at, 2, "\nzh-");
  const auto result = Encoded(yaml, Write("people.csv", people));
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_TRUE(result->ids[0].second.starts_with("zh-"));
  const std::string bytes = SerializeEncodedFile(result->file);
  const auto absent = [&](std::string_view text) {
    std::string utf16;
    for (const char c : text) utf16 += {c, '\0'};
    return bytes.find(text) == std::string::npos && bytes.find(EncodeGb18030(text)) == std::string::npos &&
           bytes.find(utf16) == std::string::npos;
  };
  for (const std::string_view cell : {"王小", "小芳", "王", "欧阳", "明华", "买买提", "吐尔逊", "1984", "0312", "1979",
                                      "3399", "0028", "900730", "born", "number", "zh-", "-1"}) {
    EXPECT_TRUE(absent(cell)) << cell;
  }
  const EncodingKey key = Key();
  const std::string_view raw(reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size());
  for (size_t at = 0; at + 4 <= raw.size(); ++at) EXPECT_TRUE(absent(raw.substr(at, 4)));
  for (size_t at = 0; at + 6 <= kKeyHex.size(); ++at) EXPECT_TRUE(absent(kKeyHex.substr(at, 6)));
  // The search itself finds what is there.
  EXPECT_FALSE(absent("people"));
}

TEST_F(EncodedFileTest, FilesOfOtherKeysOrModelsAreToldApart) {
  const std::string table = Write("people.csv", kPeople);
  const auto ours = Encoded(kPeopleModel, table), same = Encoded(kPeopleModel, table),
             other_key = Encoded(kPeopleModel, table, 1, kOtherHex),
             other_model = Encoded("hash: sm3\n" + std::string(kPeopleModel), table);
  ASSERT_TRUE(ours.ok() && same.ok() && other_key.ok() && other_model.ok());
  EXPECT_TRUE(CheckComparable(ours->file, "a.bin", same->file, "b.bin").ok());
  const Status key = CheckComparable(ours->file, "a.bin", other_key->file, "b.bin");
  EXPECT_EQ(key.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(key).find("different keys"), std::string::npos) << key;
  const Status model = CheckComparable(ours->file, "a.bin", other_model->file, "b.bin");
  EXPECT_EQ(model.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(model).find("a.bin and b.bin were encoded with two different models"), std::string::npos) << model;
}

}  // namespace
}  // namespace hearth::linkage
