// JsonWriter writes one JSON value (RFC 8259) as it is told it, without holding it in memory. The same calls give the
// same bytes on every machine. Every --json of the program goes through it.
//
//   JsonWriter json(&out);
//   json.BeginObject();
//   json.Key("kind").Text("eligible_not_enrolled");
//   json.Key("amount").Yuan(Money::FromYuan(580));      // "580.00", as text: see Yuan
//   json.EndObject();
//   json.Finish();                                      // a line feed
//
// Misuse (a value without a key in an object, an end without a begin) is a bug and stops the program.
// Does not own `out`. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/decimal.h"
#include "core/money.h"

namespace hearth {

// kLines: two spaces a level, for readers; kCompact: one line, for pipes.
enum class JsonLayout : uint8_t { kCompact, kLines };

class JsonWriter {
 public:
  explicit JsonWriter(std::ostream* out, JsonLayout layout = JsonLayout::kLines) : out_(out), layout_(layout) {}

  void BeginObject() { Begin('{'); }
  void EndObject() { End('{', '}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End('[', ']'); }
  JsonWriter& Key(std::string_view key);

  // Bytes that are no UTF-8 become U+FFFD.
  void Text(std::string_view text);
  void Int(int64_t n) { Token(std::to_string(n)); }
  void Count(uint64_t n) { Token(std::to_string(n)); }
  void Bool(bool b) { Token(b ? "true" : "false"); }
  void Null() { Token("null"); }
  // Plain notation, exact.
  void Number(const Decimal& d) { Token(d.ToString()); }
  // A measure (share, weight, seconds), never money: the shortest text that reads back as the same double; null when
  // not finite.
  void Measure(double d);
  // Text, not a number: a reader whose numbers are binary cannot spoil it.
  void Yuan(Money money) { Text(money.ToString()); }
  void Day(CivilDay day) { Text(day.ToString()); }
  // Null when empty.
  void Day(const std::optional<CivilDay>& day) { day ? Day(*day) : Null(); }
  void Yuan(const std::optional<Money>& money) { money ? Yuan(*money) : Null(); }

  // Ends the document with a line feed; all that was begun must have ended.
  void Finish();

 private:
  struct Level {
    char open;  // '{' or '['
    bool empty = true;
  };
  void Begin(char open);
  void End(char open, char close);
  void Token(std::string_view token);
  void BeforeValue();
  void NewLine();

  std::ostream* out_;
  JsonLayout layout_;
  std::vector<Level> levels_;
  bool key_written_ = false;
  bool value_written_ = false;  // the document's one value
};

// Text in quotes, escaped.
std::string JsonQuote(std::string_view text);

}  // namespace hearth
