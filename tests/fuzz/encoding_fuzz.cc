// Any bytes in any blocks and encoding: the text is UTF-8, and the same as when decoded whole.
#include "core/text.h"
#include "ingest/encoding.h"

namespace {

// Nothing when the start contradicts the encoding.
std::string Decoded(hearth::Encoding encoding, std::string_view bytes, size_t block) {
  hearth::TextDecoder decoder(encoding);
  hearth::DecodedText text;
  for (size_t at = 0; at <= bytes.size(); at += block) {
    if (!decoder.Decode(bytes.substr(at, block), at + block > bytes.size(), &text).ok()) return "";
  }
  HEARTH_CHECK(hearth::IsValidUtf8(text.utf8), "the text is no UTF-8");
  for (const hearth::DecodeError& e : text.errors) {
    HEARTH_CHECK(text.utf8.compare(e.text_offset, 3, "\uFFFD") == 0, "an error points elsewhere");
  }
  return text.utf8;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t block = 4 + data[0];  // the first block holds any byte order mark whole
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (auto encoding : {hearth::Encoding::kUtf8, hearth::Encoding::kGb18030, hearth::Encoding::kUtf16Le}) {
    HEARTH_CHECK(Decoded(encoding, bytes, block) == Decoded(encoding, bytes, size + 1), "blocks change the text");
  }
  return 0;
}
