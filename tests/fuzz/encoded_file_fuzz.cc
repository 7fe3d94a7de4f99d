// Any bytes as an encoded file, as they are and with a checksum that holds: each is refused or read, and what was read
// is written as the same bytes.
#include "linkage/encoded_file.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace {

void Check(std::string_view bytes) {
  const auto file = hearth::linkage::ParseEncodedFile(bytes, "fuzz.bin");
  if (file.ok()) HEARTH_CHECK(hearth::linkage::SerializeEncodedFile(*file) == bytes, "writing a file again changes it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes);
  std::string sealed = bytes.starts_with("HEARTHCL") ? bytes : "HEARTHCL" + bytes;
  const uint64_t sum = XXH3_64bits(sealed.data(), sealed.size());
  for (int i = 0; i < 8; ++i) sealed.push_back(static_cast<char>(sum >> (8 * i)));
  Check(sealed);
  return 0;
}
