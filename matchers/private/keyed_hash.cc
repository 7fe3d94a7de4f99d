#include "matchers/private/keyed_hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace hearth::linkage {
namespace {

// A key of 32 random bytes is estimated at about 155; one of 20 different bytes among 32 at 130.
constexpr double kKeyBitsMin = 128;

double EntropyBits(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return 0;
  std::array<uint32_t, 256> counts{};
  for (const uint8_t b : bytes) ++counts[b];
  double bits = 0;
  for (const uint32_t n : counts) {
    if (n != 0) bits += n * std::log2(static_cast<double>(bytes.size()) / n);
  }
  return bits;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::string_view KeyedHashName(KeyedHash hash) { return hash == KeyedHash::kSm3 ? "sm3" : "sha256"; }

Digest Mac(KeyedHash hash, std::span<const uint8_t> key, std::string_view message) {
  Digest out;
  unsigned size = 0;
  const uint8_t* done =
      HMAC(hash == KeyedHash::kSm3 ? EVP_sm3() : EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const uint8_t*>(message.data()), message.size(), out.data(), &size);
  HEARTH_CHECK(done != nullptr && size == out.size(), "the crypto library refuses HMAC");
  return out;
}

StatusOr<EncodingKey> EncodingKey::FromFileBytes(std::string_view bytes) {
  constexpr std::string_view kMake = "; make one with: openssl rand -hex 32";
  if (bytes.size() > 2 * kBytesMax) return InvalidArgument("the key file is larger than 8192 bytes: no key file");
  std::string_view text = bytes;
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  EncodingKey key;
  const bool hex = !text.empty() && std::ranges::all_of(text, [](char c) { return HexValue(c) >= 0; });
  if (hex) {
    if (text.size() % 2 != 0)
      return InvalidArgument("the key has an odd count of hexadecimal digits" + std::string(kMake));
    key.bytes_.reserve(text.size() / 2);
    for (size_t i = 0; i < text.size(); i += 2) {
      key.bytes_.push_back(static_cast<uint8_t>(HexValue(text[i]) * 16 + HexValue(text[i + 1])));
    }
  } else {
    key.bytes_.assign(bytes.begin(), bytes.end());
  }
  if (key.bytes_.size() < kBytesMin) {
    return InvalidArgument("the key has " + std::to_string(key.bytes_.size()) + " bytes where 32 are the least" +
                           std::string(kMake));
  }
  if (EstimateKeyBits(key.bytes_) < kKeyBitsMin) {
    return InvalidArgument("the key is not random: its bytes repeat or follow a pattern" + std::string(kMake));
  }
  return key;
}

EncodingKey& EncodingKey::operator=(EncodingKey&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

EncodingKey::~EncodingKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

double EstimateKeyBits(std::span<const uint8_t> bytes) {
  std::vector<uint8_t> steps(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) steps[i] = static_cast<uint8_t>(bytes[i] - bytes[i == 0 ? 0 : i - 1]);
  const double bits = std::min(EntropyBits(bytes), EntropyBits(steps));
  OPENSSL_cleanse(steps.data(), steps.size());
  return bits;
}

KeyStream::KeyStream(KeyedHash hash, std::span<const uint8_t> key, std::string_view purpose)
    : hash_(hash), seed_(Mac(hash, key, purpose)) {}

uint16_t KeyStream::Next16() {
  if (used_ == block_.size()) {
    std::string counter(8, '\0');
    for (int i = 0; i < 8; ++i) counter[i] = static_cast<char>(blocks_ >> (8 * i));
    block_ = Mac(hash_, seed_, counter);
    ++blocks_;
    used_ = 0;
  }
  const uint16_t low = block_[used_], high = block_[used_ + 1];
  used_ += 2;
  return static_cast<uint16_t>(low | high << 8);
}

uint32_t KeyStream::Below(uint32_t n) {
  HEARTH_CHECK(n >= 1 && n <= 65536, "a range of " + std::to_string(n));
  // Numbers above the last whole multiple of n are drawn again, so that none is likelier.
  const uint32_t whole = 65536 / n * n;
  while (true) {
    const uint32_t drawn = Next16();
    if (drawn < whole) return drawn % n;
  }
}

}  // namespace hearth::linkage
