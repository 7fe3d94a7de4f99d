// Built on yaml-cpp's event parser, which reports marks, anchors and tags but would accept duplicate keys silently.
#include "core/yaml.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <sstream>

namespace hearth {
namespace {

constexpr size_t kDepthMax = 64;

bool IsUtf8(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    const auto c = static_cast<uint8_t>(s[i]);
    size_t n = c < 0x80 ? 1 : (c >= 0xC2 && c < 0xE0) ? 2 : (c & 0xF0) == 0xE0 ? 3 : (c >= 0xF0 && c < 0xF5) ? 4 : 0;
    if (n == 0 || i + n > s.size()) return false;
    for (size_t k = 1; k < n; ++k) {
      if ((static_cast<uint8_t>(s[i + k]) & 0xC0) != 0x80) return false;
    }
    i += n;
  }
  return true;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const std::string> file) : file_(std::move(file)) {}

  const Status& status() const { return status_; }
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { Fail(mark, "anchors are not allowed"); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Fail(mark, "aliases are not allowed");
    Put(Make(mark, YamlNode::Kind::kNull));
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    CheckAnchor(mark, anchor);
    Put(Make(mark, YamlNode::Kind::kNull));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckAnchor(mark, anchor);
    CheckTag(mark, tag);
    YamlNode node = Make(mark, YamlNode::Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
    Put(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    CheckAnchor(mark, anchor);
    CheckTag(mark, tag);
    Push(mark, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { Pop(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    CheckAnchor(mark, anchor);
    CheckTag(mark, tag);
    Push(mark, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Pop(); }

 private:
  struct Open {
    YamlNode node;
    bool has_key = false;
    YamlNode key;
    std::set<std::string, std::less<>> seen;
  };

  YamlNode Make(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.file = file_;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }
  void Fail(const YAML::Mark& mark, std::string_view message) { FailAt(Make(mark, YamlNode::Kind::kNull), message); }
  void FailAt(const YamlNode& node, std::string_view message) {
    if (status_.ok()) status_ = YamlError(node, message);
  }
  void CheckAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) Fail(mark, "anchors are not allowed");
  }
  void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") Fail(mark, "tags are not allowed");
  }
  void Push(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (open_.size() >= kDepthMax) Fail(mark, "nested deeper than 64 levels");
    open_.push_back({Make(mark, kind), false, {}, {}});
  }
  void Pop() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    Put(std::move(node));
  }
  void Put(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& top = open_.back();
    if (top.node.kind == YamlNode::Kind::kList) {
      top.node.items.push_back(std::move(node));
      return;
    }
    if (!top.has_key) {
      if (!node.IsScalar()) FailAt(node, "a key must be plain text");
      if (!top.seen.insert(node.text).second) FailAt(node, "duplicate key \"" + node.text + "\"");
      top.key = std::move(node);
      top.has_key = true;
      return;
    }
    top.node.entries.push_back({std::move(top.key), std::move(node)});
    top.has_key = false;
  }

  std::shared_ptr<const std::string> file_;
  std::vector<Open> open_;
  YamlNode root_;
  Status status_;
};

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [k, v] : entries) {
    if (k.text == key) return &v;
  }
  return nullptr;
}

std::string YamlNode::Where() const {
  return (file ? *file : std::string("yaml")) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Status YamlError(const YamlNode& node, std::string_view message) {
  return InvalidArgument(node.Where() + ": " + std::string(message));
}

StatusOr<YamlNode> ReadYaml(std::string_view text, std::string_view file_name) {
  auto file = std::make_shared<const std::string>(file_name);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!IsUtf8(text)) return InvalidArgument(*file + ": is not UTF-8; save the file as UTF-8");
  // yaml-cpp recurses on nesting: refuse hostile flow depth before it sees the text.
  size_t depth = 0;
  for (char c : text) {
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > 4096) return InvalidArgument(*file + ": brackets nested deeper than 4096");
  }
  TreeBuilder builder(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return InvalidArgument(*file + ": the file is empty");
    TreeBuilder rest(file);
    if (builder.status().ok() && parser.HandleNextDocument(rest)) {
      return InvalidArgument(*file + ": more than one document");
    }
  } catch (const YAML::Exception& e) {
    return InvalidArgument(*file + ":" + std::to_string(e.mark.line + 1) + ":" + std::to_string(e.mark.column + 1) +
                           ": bad YAML: " + e.msg);
  } catch (const std::exception& e) {
    return InvalidArgument(*file + ": bad YAML");
  }
  if (!builder.status().ok()) return builder.status();
  return builder.TakeRoot();
}

YamlMap::YamlMap(const YamlNode& node) : node_(node) {
  if (!node.IsMap()) Fail(node, "expected a map of keys");
}

bool YamlMap::Has(std::string_view key) { return Node(key) != nullptr; }

const YamlNode* YamlMap::Node(std::string_view key) {
  known_.emplace(key);
  return node_.Find(key);
}

const YamlNode* YamlMap::RequiredNode(std::string_view key) {
  const YamlNode* node = Node(key);
  if (node == nullptr) Fail(node_, "missing key \"" + std::string(key) + "\"");
  return node;
}

std::optional<std::string> YamlMap::OptionalText(std::string_view key) {
  const YamlNode* node = Node(key);
  if (node == nullptr || node->IsNull()) return std::nullopt;
  if (!node->IsScalar()) {
    Fail(*node, "\"" + std::string(key) + "\" must be text");
    return std::nullopt;
  }
  return node->text;
}

std::string YamlMap::Text(std::string_view key) {
  auto text = OptionalText(key);
  if (!text) Fail(node_, "missing key \"" + std::string(key) + "\"");
  return text.value_or("");
}

std::string YamlMap::TextOr(std::string_view key, std::string_view fallback) {
  return OptionalText(key).value_or(std::string(fallback));
}

int64_t YamlMap::IntOr(std::string_view key, int64_t fallback) {
  const auto text = OptionalText(key);
  if (!text) return fallback;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    Fail(*Node(key), "\"" + std::string(key) + "\" must be a whole number");
  }
  return value;
}

int64_t YamlMap::Int(std::string_view key) {
  if (!Has(key)) Fail(node_, "missing key \"" + std::string(key) + "\"");
  return IntOr(key, 0);
}

double YamlMap::DecimalOr(std::string_view key, double fallback) {
  const auto text = OptionalText(key);
  if (!text) return fallback;
  double value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    Fail(*Node(key), "\"" + std::string(key) + "\" must be a number");
  }
  return value;
}

bool YamlMap::BoolOr(std::string_view key, bool fallback) {
  const auto text = OptionalText(key);
  if (!text) return fallback;
  if (*text == "true") return true;
  if (*text != "false") Fail(*Node(key), "\"" + std::string(key) + "\" must be true or false");
  return false;
}

std::optional<CivilDay> YamlMap::OptionalDay(std::string_view key) {
  const auto text = OptionalText(key);
  if (!text) return std::nullopt;
  const auto day = ParseIsoDay(*text);
  if (!day.ok()) {
    Fail(*Node(key), Message(day.status()));
    return std::nullopt;
  }
  return *day;
}

std::vector<std::string> YamlMap::TextListOr(std::string_view key) {
  const YamlNode* node = Node(key);
  if (node == nullptr || node->IsNull()) return {};
  if (node->IsScalar()) return {node->text};
  std::vector<std::string> out;
  if (!node->IsList()) Fail(*node, "\"" + std::string(key) + "\" must be a list");
  for (const YamlNode& item : node->items) {
    if (!item.IsScalar()) Fail(item, "each item of \"" + std::string(key) + "\" must be text");
    out.push_back(item.text);
  }
  return out;
}

void YamlMap::Fail(const YamlNode& at, std::string_view message) {
  if (status_.ok()) status_ = YamlError(at, message);
}

Status YamlMap::Finish() {
  if (!status_.ok()) return status_;
  for (const auto& [key, value] : node_.entries) {
    if (known_.contains(key.text)) continue;
    const std::string nearest = NearestName(key.text, std::vector<std::string>(known_.begin(), known_.end()));
    std::string message = "unknown key \"" + key.text + "\"";
    if (!nearest.empty()) message += "; did you mean \"" + nearest + "\"?";
    return YamlError(key, message);
  }
  return OkStatus();
}

std::string NearestName(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  size_t best_distance = std::numeric_limits<size_t>::max();
  for (const std::string& name : known) {
    const size_t distance = EditDistance(word, name);
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best_distance <= std::max<size_t>(2, word.size() / 3) ? best : std::string();
}

}  // namespace hearth
