// A strict YAML reader: every node knows its line and column, a duplicate key, an unknown key, an anchor, alias or
// tag, or a wrong type is an error that names file, line, column and the nearest right key.
//
//   ASSIGN auto root = ReadYaml(text, "hearth.yaml");
//   YamlMap map(root);                       // must be a map
//   std::string city = map.Text("city");     // required text
//   auto out = map.OptionalText("out");
//   HEARTH_RETURN_IF_ERROR(map.Finish());    // first error, or an unknown key
//
// Scalars are text: "0012" stays "0012", quoted or not. Values only, no I/O; nothing here throws.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"

namespace hearth {

struct YamlEntry;

struct YamlNode {
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;                // kScalar
  bool quoted = false;             // kScalar written in quotes or as a | or > block
  std::vector<YamlNode> items;     // kList
  std::vector<YamlEntry> entries;  // kMap, in file order; keys are scalars
  std::shared_ptr<const std::string> file;
  int line = 0, column = 0;  // 1-based

  bool IsNull() const { return kind == Kind::kNull; }
  bool IsScalar() const { return kind == Kind::kScalar; }
  bool IsList() const { return kind == Kind::kList; }
  bool IsMap() const { return kind == Kind::kMap; }
  // nullptr when not a map or no such key.
  const YamlNode* Find(std::string_view key) const;
  // "hearth.yaml:12:5".
  std::string Where() const;
};

// A struct, not a std::pair: a pair of a type that is not complete yet does not compile everywhere.
struct YamlEntry {
  YamlNode key, value;
};

// Parses one document. InvalidArgument with file:line:column for bad syntax, a duplicate key, an anchor, alias, tag,
// a non-scalar key, text that is not UTF-8, or nesting deeper than 64.
StatusOr<YamlNode> ReadYaml(std::string_view text, std::string_view file_name);

// An error at a node: "hearth.yaml:12:5: message".
Status YamlError(const YamlNode& node, std::string_view message);

// Reads a map key by key, remembering the first error and the keys asked for.
class YamlMap {
 public:
  explicit YamlMap(const YamlNode& node);

  bool Has(std::string_view key);
  std::string Text(std::string_view key);  // required scalar
  std::string TextOr(std::string_view key, std::string_view fallback);
  std::optional<std::string> OptionalText(std::string_view key);
  int64_t Int(std::string_view key);
  int64_t IntOr(std::string_view key, int64_t fallback);
  double DecimalOr(std::string_view key, double fallback);  // for thresholds, never for money
  bool BoolOr(std::string_view key, bool fallback);         // true or false
  std::optional<CivilDay> OptionalDay(std::string_view key);
  std::vector<std::string> TextListOr(std::string_view key);  // absent: empty; a single scalar: one item
  const YamlNode* Node(std::string_view key);                 // nullptr when absent
  const YamlNode* RequiredNode(std::string_view key);
  const YamlNode& node() const { return node_; }

  void Fail(const YamlNode& at, std::string_view message);
  // The first error met, else an error for the first key that nobody asked for, with the nearest known key.
  Status Finish();

 private:
  const YamlNode& node_;
  std::set<std::string, std::less<>> known_;
  Status status_;
};

// The nearest of `known` to `word` by edit distance, empty when none is near.
std::string NearestName(std::string_view word, const std::vector<std::string>& known);

}  // namespace hearth
