#include "matchers/private/keyed_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <type_traits>

namespace hearth::linkage {
namespace {

std::string HexOf(const Digest& digest) {
  std::string out;
  char two[3];
  for (const uint8_t b : digest) {
    std::snprintf(two, sizeof(two), "%02x", b);
    out += two;
  }
  return out;
}

TEST(KeyedHash, HmacGivesThePublishedValues) {
  // RFC 4231, test case 2.
  const std::string key = "Jefe";
  const std::span bytes(reinterpret_cast<const uint8_t*>(key.data()), key.size());
  EXPECT_EQ(HexOf(Mac(KeyedHash::kSha256, bytes, "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_NE(Mac(KeyedHash::kSm3, bytes, "what do ya want for nothing?"),
            Mac(KeyedHash::kSha256, bytes, "what do ya want for nothing?"));
}

TEST(KeyedHash, AKeyCannotBeCopied) {
  static_assert(!std::is_copy_constructible_v<EncodingKey> && std::is_move_constructible_v<EncodingKey>);
}

constexpr std::string_view kGood = "8f1d0c3ab7e95264f0a81b3cd2e76549187f6aebc30d529e4471b8f2d6a03c95";

TEST(KeyedHash, HexadecimalTextAndRawBytesAreKeys) {
  EXPECT_TRUE(EncodingKey::FromFileBytes(kGood).ok());
  const auto with_lines = EncodingKey::FromFileBytes("\n " + std::string(kGood) + "\r\n");
  ASSERT_TRUE(with_lines.ok());
  EXPECT_EQ(with_lines->bytes().size(), 32u);
  EXPECT_EQ(with_lines->bytes()[0], 0x8f);
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string raw(32, '\0');
    for (char& c : raw) c = static_cast<char>(random());
    EXPECT_TRUE(EncodingKey::FromFileBytes(raw).ok()) << "round " << round;
  }
}

TEST(KeyedHash, ShortRepeatedAndCountedKeysAreRefused) {
  std::string counted;
  for (int i = 0; i < 64; ++i) counted += static_cast<char>(i + 100);
  std::vector<std::string> cases = {"", "secret", counted};
  cases.emplace_back(kGood.substr(0, 62));   // 31 bytes
  cases.emplace_back(kGood).push_back('0');  // an odd count of digits
  cases.emplace_back(64, '0');
  cases.emplace_back(200, 'a').push_back('z');
  cases.emplace_back("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  cases.emplace_back(9000, 'x');
  for (const std::string& bytes : cases) {
    const auto key = EncodingKey::FromFileBytes(bytes);
    EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument) << bytes;
    // The message must not carry the key.
    if (bytes.size() > 4) {
      EXPECT_EQ(Message(key.status()).find(bytes.substr(0, 5)), std::string::npos);
    }
  }
}

TEST(KeyedHash, AStreamRepeatsAndStaysInItsRange) {
  const uint8_t key[32] = {7};
  KeyStream a(KeyedHash::kSha256, key, "x"), b(KeyedHash::kSha256, key, "x"), c(KeyedHash::kSha256, key, "y");
  int differ = 0;
  std::vector<int> drawn(10);
  for (int i = 0; i < 5000; ++i) {
    const uint32_t n = a.Below(10);
    EXPECT_EQ(n, b.Below(10));
    differ += n != c.Below(10);
    ASSERT_LT(n, 10u);
    ++drawn[n];
  }
  EXPECT_GT(differ, 4000);
  EXPECT_TRUE(std::ranges::all_of(drawn, [](int n) { return n > 400 && n < 600; }));
}

}  // namespace
}  // namespace hearth::linkage
