// EncodedFile: a table of keyed Bloom filters as it travels between two parties. Bytes: docs/formats.md, "Encoded
// files".
//
//   HEARTH_RETURN_IF_ERROR(WriteEncodedFile(file, "clk.bin"));
//   HEARTH_ASSIGN_OR_RETURN(EncodedFile file, ReadEncodedFile("clk.bin"));
//   HEARTH_RETURN_IF_ERROR(CheckComparable(ours, "ours.bin", theirs, "theirs.bin"));
//
// The file holds no key, no cell and no heading. Its checksum finds damage, not forgery: whoever may write the file may
// change it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/private/bit_rows.h"
#include "matchers/private/encoding_model.h"
#include "matchers/private/keyed_hash.h"

namespace hearth::linkage {

// Bits of a header byte; stored, never change.
enum HardeningBit : uint8_t { kFolded = 1, kBalanced = 2, kPermuted = 4, kFlipped = 8 };

struct EncodedFile {
  std::string model_name;
  KeyedHash hash = KeyedHash::kSha256;
  uint8_t hardening = 0;  // of HardeningBit
  IdKind ids_kind = IdKind::kAsGiven;
  uint64_t key_check = 0;
  std::array<uint8_t, 16> model_digest{};
  std::vector<std::string> ids;  // ascending by bytes, distinct, UTF-8, none empty
  BitRows rows;                  // as ids
};

std::string SerializeEncodedFile(const EncodedFile& file);
// name: for messages. InvalidArgument: not such a file. FailedPrecondition: of a version that this program does not
// know. DataLoss: cut, longer than it says, or damaged. What it accepts serialises to the same bytes.
StatusOr<EncodedFile> ParseEncodedFile(std::string_view bytes, std::string_view name);

// As above; NotFound or Unavailable from the disk.
StatusOr<EncodedFile> ReadEncodedFile(const std::string& path);
Status WriteEncodedFile(const EncodedFile& file, const std::string& path);

// FailedPrecondition when the two were encoded with different keys, models or hashes: says which.
Status CheckComparable(const EncodedFile& a, std::string_view a_name, const EncodedFile& b, std::string_view b_name);

// The bytes of a file; NotFound when it cannot be opened, OutOfRange when it is larger than bytes_max.
StatusOr<std::string> ReadWholeFile(const std::string& path, uint64_t bytes_max);
// Where a file is written until it is whole: PATH.part, or PATH itself for a device or a pipe, which nothing may
// replace.
std::string PartPath(const std::string& path);
// Writes PATH.part and moves it to PATH when all of it is on disk. Unavailable with the system's reason.
Status ReplaceFile(const std::string& path, std::string_view bytes);

}  // namespace hearth::linkage
