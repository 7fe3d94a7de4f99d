#include "linkage/encoded_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/text.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth::linkage {
namespace {

constexpr std::string_view kMagic = "HEARTHCL";
constexpr uint16_t kVersion = 1;
constexpr size_t kHeaderBytes = 72;
constexpr size_t kSumBytes = 8;
constexpr uint32_t kRowBitsMax = 2 * EncodingModel::kBitsMax;
constexpr uint64_t kFileBytesMax = uint64_t{1} << 36;

// Places of the header's fields.
enum : size_t {
  kAtVersion = 8,
  kAtHash = 10,
  kAtHardening = 11,
  kAtIdsKind = 12,
  kAtZero = 13,  // one byte, must be 0
  kAtNameBytes = 14,
  kAtBits = 16,
  kAtRows = 24,
  kAtIdBytes = 32,
  kAtKeyCheck = 40,
  kAtDigest = 48,
  kAtHeaderEnd = 64,  // eight bytes, must be 0: room for later fields
};

void Put(uint64_t value, size_t bytes, std::string* out) {
  for (size_t i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t Get(std::string_view bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  return value;
}

size_t PaddedTo8(size_t n) { return (n + 7) / 8 * 8; }

bool AllZero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c == 0; });
}

// Words are stored with their first bit first, whatever the machine's order of bytes.
void PutWords(const std::vector<uint64_t>& words, std::string* out) {
  if constexpr (std::endian::native == std::endian::little) {
    out->append(reinterpret_cast<const char*>(words.data()), words.size() * 8);
  } else {
    for (const uint64_t w : words) Put(w, 8, out);
  }
}

}  // namespace

std::string SerializeEncodedFile(const EncodedFile& file) {
  HEARTH_CHECK(file.rows.bits != 0 && file.rows.words.size() == file.ids.size() * file.rows.row_words(), "an id a row");
  HEARTH_CHECK(std::ranges::is_sorted(file.ids), "ids in order");
  size_t id_bytes = 0;
  for (const std::string& id : file.ids) id_bytes += id.size();
  std::string out;
  out.reserve(kHeaderBytes + file.model_name.size() + file.ids.size() * 4 + id_bytes + file.rows.words.size() * 8 + 64);
  out += kMagic;
  Put(kVersion, 2, &out);
  Put(static_cast<uint8_t>(file.hash), 1, &out);
  Put(file.hardening, 1, &out);
  Put(static_cast<uint8_t>(file.ids_kind), 1, &out);
  Put(0, 1, &out);
  Put(file.model_name.size(), 2, &out);
  Put(file.rows.bits, 8, &out);
  Put(file.ids.size(), 8, &out);
  Put(id_bytes, 8, &out);
  Put(file.key_check, 8, &out);
  out.append(reinterpret_cast<const char*>(file.model_digest.data()), file.model_digest.size());
  Put(0, 8, &out);
  out += file.model_name;
  out.resize(PaddedTo8(out.size()), '\0');
  for (const std::string& id : file.ids) Put(id.size(), 4, &out);
  for (const std::string& id : file.ids) out += id;
  out.resize(PaddedTo8(out.size()), '\0');
  PutWords(file.rows.words, &out);
  Put(XXH3_64bits(out.data(), out.size()), kSumBytes, &out);
  return out;
}

StatusOr<EncodedFile> ParseEncodedFile(std::string_view bytes, std::string_view name) {
  const auto damaged = [&](std::string_view what) {
    return DataLoss(fmt::format("{}: {}; ask for the file again", name, what));
  };
  if (bytes.size() < kMagic.size() || !bytes.starts_with(kMagic)) {
    if (!bytes.empty() && bytes.size() < kMagic.size() && kMagic.starts_with(bytes)) return damaged("the file is cut");
    return InvalidArgument(fmt::format("{}: no encoded file; `hearth encode` writes them", name));
  }
  if (bytes.size() < kHeaderBytes + kSumBytes) return damaged("the file is cut");
  const uint64_t version = Get(bytes, kAtVersion, 2);
  if (version != kVersion) {
    return FailedPrecondition(
        fmt::format("{}: an encoded file of version {}; this program reads version {}", name, version, kVersion));
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kSumBytes);
  // Sizes first: a cut file is the likeliest damage and deserves its own word. No size is trusted before it is bounded.
  const uint64_t name_bytes = Get(bytes, kAtNameBytes, 2), bits = Get(bytes, kAtBits, 8), rows = Get(bytes, kAtRows, 8);
  const uint64_t id_bytes = Get(bytes, kAtIdBytes, 8);
  if (bits == 0 || bits % 64 != 0 || bits > kRowBitsMax || rows > kFileBytesMax || id_bytes > kFileBytesMax) {
    return damaged("its header is damaged");
  }
  const uint64_t names_end = PaddedTo8(kHeaderBytes + name_bytes);
  const uint64_t ids_begin = names_end + rows * 4, rows_begin = PaddedTo8(ids_begin + id_bytes);
  const uint64_t expected = rows_begin + rows * (bits / 8);
  if (body.size() != expected) {
    return damaged(fmt::format("{} bytes where its header promises {}: the file is cut or damaged", bytes.size(),
                               expected + kSumBytes));
  }
  if (XXH3_64bits(body.data(), body.size()) != Get(bytes, body.size(), kSumBytes)) {
    return damaged("its checksum does not hold: the file is damaged");
  }

  EncodedFile file;
  const uint64_t hash = Get(bytes, kAtHash, 1), ids_kind = Get(bytes, kAtIdsKind, 1);
  file.hash = static_cast<KeyedHash>(hash);
  file.hardening = static_cast<uint8_t>(Get(bytes, kAtHardening, 1));
  file.ids_kind = static_cast<IdKind>(ids_kind);
  file.key_check = Get(bytes, kAtKeyCheck, 8);
  std::memcpy(file.model_digest.data(), bytes.data() + kAtDigest, file.model_digest.size());
  file.model_name = bytes.substr(kHeaderBytes, name_bytes);
  const bool sound = (hash == 1 || hash == 2) && file.hardening < 16 && ids_kind < 2 && bytes[kAtZero] == 0 &&
                     AllZero(bytes.substr(kAtHeaderEnd, kHeaderBytes - kAtHeaderEnd)) && IsValidUtf8(file.model_name) &&
                     !HasControl(file.model_name) &&
                     AllZero(bytes.substr(kHeaderBytes + name_bytes, names_end - kHeaderBytes - name_bytes)) &&
                     AllZero(bytes.substr(ids_begin + id_bytes, rows_begin - ids_begin - id_bytes));
  if (!sound) return damaged("its header is not as written by this program");
  file.ids.reserve(rows);
  for (uint64_t r = 0, at = ids_begin; r < rows; ++r) {
    const uint64_t size = Get(bytes, names_end + r * 4, 4);
    if (size == 0 || size > ids_begin + id_bytes - at)
      return damaged(fmt::format("the id of row {} is damaged", r + 1));
    file.ids.emplace_back(bytes.substr(at, size));
    at += size;
    if (r + 1 == rows && at != ids_begin + id_bytes) return damaged("its ids are damaged");
    if (!IsValidUtf8(file.ids.back()) || HasControl(file.ids.back()) || (r > 0 && file.ids[r - 1] >= file.ids[r])) {
      return damaged(fmt::format("the id of row {} is no text, or out of order", r + 1));
    }
  }
  if (rows == 0 && id_bytes != 0) return damaged("its ids are damaged");
  file.rows.bits = static_cast<uint32_t>(bits);
  file.rows.words.resize(rows * (bits / 64));
  if constexpr (std::endian::native == std::endian::little) {
    if (!file.rows.words.empty()) {
      std::memcpy(file.rows.words.data(), bytes.data() + rows_begin, file.rows.words.size() * 8);
    }
  } else {
    for (size_t w = 0; w < file.rows.words.size(); ++w) file.rows.words[w] = Get(bytes, rows_begin + w * 8, 8);
  }
  return file;
}

StatusOr<EncodedFile> ReadEncodedFile(const std::string& path) {
  HEARTH_ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(path, kFileBytesMax));
  return ParseEncodedFile(bytes, path);
}

Status WriteEncodedFile(const EncodedFile& file, const std::string& path) {
  return ReplaceFile(path, SerializeEncodedFile(file));
}

Status CheckComparable(const EncodedFile& a, std::string_view a_name, const EncodedFile& b, std::string_view b_name) {
  const std::string both = fmt::format("{} and {}", a_name, b_name);
  if (a.model_digest != b.model_digest) {
    const std::string models = a.model_name == b.model_name
                                   ? fmt::format("two different models that are both called \"{}\"", a.model_name)
                                   : fmt::format("different models, \"{}\" and \"{}\"", a.model_name, b.model_name);
    return FailedPrecondition(fmt::format(
        "{} were encoded with {}; both sides need the same fields, steps, bits, hash and hardening", both, models));
  }
  if (a.key_check != b.key_check) {
    return FailedPrecondition(
        fmt::format("{} were encoded with different keys; encode one of them again with the key of the other", both));
  }
  if (a.rows.bits != b.rows.bits || a.hash != b.hash || a.hardening != b.hardening) {
    return FailedPrecondition(fmt::format("{} have headers that contradict their model; encode both again", both));
  }
  return OkStatus();
}

StatusOr<std::string> ReadWholeFile(const std::string& path, uint64_t bytes_max) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return NotFound(path + ": a folder, no file");
  std::ifstream in(path, std::ios::binary);
  if (!in) return NotFound(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::string bytes, block(size_t{1} << 20, '\0');
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0) {
    bytes.append(block, 0, static_cast<size_t>(in.gcount()));
    if (bytes.size() > bytes_max) return OutOfRange(fmt::format("{}: larger than {} bytes", path, bytes_max));
  }
  if (in.bad()) return Unavailable(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return bytes;
}

std::string PartPath(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  const bool other = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  return other ? path : path + ".part";
}

Status ReplaceFile(const std::string& path, std::string_view bytes) {
  const std::string part = PartPath(path);
  std::FILE* out = std::fopen(part.c_str(), "wb");
  bool written = out != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  int reason = errno;
  if (out != nullptr && std::fclose(out) != 0) {
    written = false;
    reason = errno;
  }
  if (written && (part == path || std::rename(part.c_str(), path.c_str()) == 0)) return OkStatus();
  if (written) reason = errno;
  if (out != nullptr && part != path) std::remove(part.c_str());
  return Unavailable(fmt::format("{}: cannot be written: {}", path, std::strerror(reason)));
}

}  // namespace hearth::linkage
