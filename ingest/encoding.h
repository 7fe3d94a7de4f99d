// TextDecoder turns a feed's bytes into strict UTF-8, block by block, so that a file is never whole in memory.
// Decoding comes before splitting: the second byte of a GB18030 character can be | or \.
//
//   TextDecoder decoder(Encoding::kGb18030, "\001");
//   decoder.Decode(block, /*last=*/false, &text);       // appends to text.utf8 and text.errors
//
// A damaged place becomes U+FFFD with an entry in errors, so that only its row is lost. Damage is: bytes that are no
// character of the encoding, U+FFFD itself, lone surrogates, overlong forms, and control characters other than tab,
// line feed and carriage return (and those of the field delimiter). A byte order mark at the start is dropped.
// Former private-use cells of GB18030 decode to the characters that replaced them.
// One decoder a file; not for concurrent use. Source: standards.md 10.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace hearth {

enum class Encoding : uint8_t { kUtf8, kGb18030, kUtf16Le };

// "UTF-8", "GB18030", "UTF-16LE".
std::string_view EncodingName(Encoding e);
bool EncodingFromName(std::string_view name, Encoding* out);

struct DecodeError {
  size_t text_offset = 0;    // of the U+FFFD in utf8
  uint64_t file_offset = 0;  // of the first bad byte in the file
  uint32_t file_bytes = 0;   // that it stands for
};

struct DecodedText {
  std::string utf8;
  std::vector<DecodeError> errors;  // by ascending offset
  void Clear() {
    utf8.clear();
    errors.clear();
  }
};

class TextDecoder {
 public:
  // allowed_controls: control characters that are not damage, such as a \001 delimiter.
  explicit TextDecoder(Encoding encoding, std::string_view allowed_controls = {});

  // Decodes the next block of the file and appends to out; a character cut at the end waits for the next block.
  // last: no block follows. InvalidArgument when the file's start contradicts the encoding: another encoding's byte
  // order mark, or UTF-16LE without one.
  Status Decode(std::string_view block, bool last, DecodedText* out);

  uint64_t bytes_read() const { return bytes_read_; }
  // Bytes of the byte order mark, known after the first block.
  size_t mark_bytes() const { return mark_bytes_; }
  Encoding encoding() const { return encoding_; }

 private:
  Status CheckStart(std::string_view start, size_t* skip) const;

  Encoding encoding_;
  bool allowed_[32] = {};
  bool started_ = false;
  uint64_t bytes_read_ = 0;
  size_t mark_bytes_ = 0;
  std::string pending_;  // bytes of a character cut at a block's end
};

// True when the text is UTF-8 without damage as above (no control characters beyond tab, LF, CR are allowed).
// The fast form uses AVX2 where the machine has it; the plain form is the reference it is tested against.
bool IsCleanUtf8(std::string_view text);
bool IsCleanUtf8Plain(std::string_view text);

}  // namespace hearth
