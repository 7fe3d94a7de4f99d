// Secret keys and what is derived from them: HMAC over SHA-256 or SM3, and streams of numbers that only a holder of the
// key can tell.
//
//   HEARTH_ASSIGN_OR_RETURN(const EncodingKey key, EncodingKey::FromFileBytes(bytes));
//   const Digest d = Mac(KeyedHash::kSha256, key.bytes(), "message");
//
// A key cannot be printed, copied or compared; its memory is wiped when it goes. Reading is safe from many threads.
// Source: RFC 2104 (HMAC), GB/T 32905 (SM3).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace hearth::linkage {

enum class KeyedHash : uint8_t { kSha256 = 1, kSm3 = 2 };  // stored in encoded files; never change
std::string_view KeyedHashName(KeyedHash hash);            // "sha256", "sm3"

using Digest = std::array<uint8_t, 32>;
Digest Mac(KeyedHash hash, std::span<const uint8_t> key, std::string_view message);

class EncodingKey {
 public:
  static constexpr size_t kBytesMin = 32, kBytesMax = 4096;
  // Text of hexadecimal digits (64 or more, blanks and line ends around them dropped) or raw bytes (32 or more), as
  // `openssl rand -hex 32` or `openssl rand 32` write them. InvalidArgument, without a byte of the key, when it is too
  // short or plainly not random: repeated, counted up, few different bytes. A sentence in words may pass: no program
  // can tell how it was chosen.
  static StatusOr<EncodingKey> FromFileBytes(std::string_view bytes);

  EncodingKey(EncodingKey&&) noexcept = default;
  EncodingKey& operator=(EncodingKey&& other) noexcept;
  EncodingKey(const EncodingKey&) = delete;
  ~EncodingKey();

  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  EncodingKey() = default;
  std::vector<uint8_t> bytes_;
};

// An estimate of the bits of chance in `bytes`, from how often each byte and each step from byte to byte occurs.
double EstimateKeyBits(std::span<const uint8_t> bytes);

// Numbers drawn from a key and a purpose; the same ones each time.
class KeyStream {
 public:
  KeyStream(KeyedHash hash, std::span<const uint8_t> key, std::string_view purpose);
  uint16_t Next16();
  // Evenly in [0, n); n from 1 to 65536.
  uint32_t Below(uint32_t n);

 private:
  KeyedHash hash_;
  Digest seed_;
  Digest block_{};
  uint64_t blocks_ = 0;
  size_t used_ = sizeof(Digest);
};

}  // namespace hearth::linkage
