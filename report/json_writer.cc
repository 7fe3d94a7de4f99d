#include "report/json_writer.h"

#include <charconv>
#include <cmath>

#include "core/status.h"
#include "core/text.h"

namespace hearth {

std::string JsonQuote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const char32_t c = NextCodePoint(text, &i);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case kBadChar:
        AppendUtf8(0xFFFD, &out);
        break;
      default:
        // The line separators are legal JSON but end a line of JavaScript; delete and C1 would steer a terminal.
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) {
          out += "\\u";
          for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(c >> shift) & 15];
        } else {
          AppendUtf8(c, &out);
        }
    }
  }
  return out + "\"";
}

JsonWriter& JsonWriter::Key(std::string_view key) {
  HEARTH_CHECK(!levels_.empty() && levels_.back().open == '{' && !key_written_, "a key belongs in an object");
  if (!levels_.back().empty) *out_ << ',';
  levels_.back().empty = false;
  NewLine();
  *out_ << JsonQuote(key) << (layout_ == JsonLayout::kLines ? ": " : ":");
  key_written_ = true;
  return *this;
}

void JsonWriter::Text(std::string_view text) { Token(JsonQuote(text)); }

void JsonWriter::Measure(double d) {
  if (!std::isfinite(d)) return Null();
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), d).ptr;
  Token(std::string_view(buffer, static_cast<size_t>(end - buffer)));
}

void JsonWriter::Finish() {
  HEARTH_CHECK(levels_.empty() && value_written_, "the document is not complete");
  *out_ << '\n';
}

void JsonWriter::Begin(char open) {
  BeforeValue();
  *out_ << open;
  levels_.push_back({open});
}

void JsonWriter::End(char open, char close) {
  HEARTH_CHECK(!levels_.empty() && levels_.back().open == open && !key_written_, "an end needs its begin");
  const bool empty = levels_.back().empty;
  levels_.pop_back();
  if (!empty) NewLine();
  *out_ << close;
}

void JsonWriter::Token(std::string_view token) {
  BeforeValue();
  *out_ << token;
}

void JsonWriter::BeforeValue() {
  if (levels_.empty()) {
    HEARTH_CHECK(!value_written_, "a document has one value");
    value_written_ = true;
    return;
  }
  Level& level = levels_.back();
  if (level.open == '{') {
    HEARTH_CHECK(key_written_, "a value in an object needs a key");
    key_written_ = false;
    return;
  }
  if (!level.empty) *out_ << ',';
  level.empty = false;
  NewLine();
}

void JsonWriter::NewLine() {
  if (layout_ == JsonLayout::kLines) *out_ << '\n' << std::string(2 * levels_.size(), ' ');
}

}  // namespace hearth
