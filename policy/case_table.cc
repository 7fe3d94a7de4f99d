#include "policy/case_table.h"

#include <algorithm>
#include <array>

#include "core/decimal.h"

namespace hearth {
namespace {

YamlNode Scalar(const YamlNode& at, std::string_view text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = text;
  node.file = at.file;
  node.line = at.line;
  node.column = at.column;
  return node;
}

YamlNode Empty(const YamlNode& at, YamlNode::Kind kind) {
  YamlNode node = Scalar(at, "");
  node.kind = kind;
  return node;
}

YamlNode* Entry(YamlNode* map, std::string_view key) {
  for (YamlEntry& e : map->entries) {
    if (e.key.text == key) return &e.value;
  }
  return nullptr;
}

void Set(YamlNode* map, const YamlNode& key_at, std::string_view key, const YamlNode& value) {
  if (YamlNode* there = Entry(map, key); there != nullptr) {
    *there = value;
  } else {
    map->entries.push_back({Scalar(key_at, key), value});
  }
}

// The map under `key`, made when it is not there.
YamlNode* MapAt(YamlNode* node, const YamlNode& at, std::string_view key) {
  YamlNode* there = Entry(node, key);
  if (there == nullptr) {
    node->entries.push_back({Scalar(at, key), Empty(at, YamlNode::Kind::kMap)});
    there = &node->entries.back().value;
  }
  if (there->IsNull()) *there = Empty(at, YamlNode::Kind::kMap);
  return there;
}

YamlNode* Member(YamlNode* one, std::string_view id) {
  YamlNode* input = Entry(one, "input");
  YamlNode* members = input != nullptr ? Entry(input, "members") : nullptr;
  if (members == nullptr) return nullptr;
  for (YamlNode& m : members->items) {
    const YamlNode* its = m.Find("id");
    if (its != nullptr && its->text == id) return &m;
  }
  return nullptr;
}

// "WZ-5.6 of a" -> {"WZ-5.6", "a"}.
std::pair<std::string, std::string> SplitOf(std::string_view key) {
  const size_t of = key.find(" of ");
  if (of == std::string_view::npos) return {std::string(key), ""};
  return {std::string(key.substr(0, of)), std::string(key.substr(of + 4))};
}

// The outcome in words -> entries of an expectation.
Status AddOutcome(const YamlNode& value, YamlNode* item) {
  if (value.IsMap()) {
    for (const YamlEntry& e : value.entries) item->entries.push_back(e);
    return OkStatus();
  }
  if (value.IsScalar()) {
    const std::string& t = value.text;
    if (t == "yes" || t == "no") {
      item->entries.push_back({Scalar(value, "holds"), Scalar(value, t == "yes" ? "true" : "false")});
      return OkStatus();
    }
    if (t == "open") {
      item->entries.push_back({Scalar(value, "amount"), Scalar(value, "null")});
      return OkStatus();
    }
    if (t.starts_with("needs ")) {
      item->entries.push_back({Scalar(value, "needs"), Scalar(value, t.substr(6))});
      return OkStatus();
    }
    if (Decimal::Parse(t).ok()) {
      item->entries.push_back({Scalar(value, "amount"), value});
      return OkStatus();
    }
  }
  return YamlError(value, "an outcome is yes, no, open, an amount, `needs FACT`, or a map as under `output:`");
}

// "household" of "household.in_dibao" when that is a place or a member, else empty.
std::string_view PlaceIn(std::string_view key, YamlNode* one) {
  static constexpr std::array<std::string_view, 5> kPlaces = {"parameters", "household", "employer", "institution",
                                                              "city"};
  const size_t dot = key.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view place = key.substr(0, dot);
  const bool known = std::find(kPlaces.begin(), kPlaces.end(), place) != kPlaces.end();
  return known || Member(one, place) != nullptr ? place : std::string_view();
}

Status ApplyCell(const YamlNode& key, const YamlNode& value, YamlNode* one, size_t* expected) {
  const std::string_view text = key.text;
  if (text == "row") return OkStatus();
  if (text == "as_of") {
    Set(one, key, "as_of", value);
    return OkStatus();
  }
  if (const std::string_view place = PlaceIn(text, one); !place.empty()) {
    const std::string_view fact = text.substr(place.size() + 1);
    YamlNode* map = place == "parameters"           ? MapAt(one, key, "parameters")
                    : Member(one, place) != nullptr ? Member(one, place)
                                                    : MapAt(MapAt(one, key, "input"), key, place);
    Set(map, key, fact, value);
    return OkStatus();
  }
  YamlNode item = Empty(key, YamlNode::Kind::kMap);
  const bool is_fact = text.starts_with("fact ");
  const auto [name, member] = SplitOf(is_fact ? text.substr(5) : text);
  const bool rule_like = !name.empty() && name.find('-') != std::string::npos && name.find(' ') == std::string::npos;
  if (!is_fact && !rule_like) {
    return YamlError(key, "\"" + key.text +
                              "\" is no key of a row: as_of, parameters.NAME, household.FACT, MEMBER.FACT, RULE, RULE "
                              "of MEMBER, or fact NAME of MEMBER");
  }
  item.entries.push_back({Scalar(key, is_fact ? "fact" : "rule"), Scalar(key, name)});
  if (!member.empty()) item.entries.push_back({Scalar(key, "member"), Scalar(key, member)});
  if (is_fact) {
    item.entries.push_back({Scalar(key, "value"), value});
  } else {
    HEARTH_RETURN_IF_ERROR(AddOutcome(value, &item));
  }
  YamlNode* output = Entry(one, "output");
  if (output == nullptr) {
    one->entries.push_back({Scalar(key, "output"), Empty(key, YamlNode::Kind::kList)});
    output = &one->entries.back().value;
  }
  output->items.push_back(std::move(item));
  ++*expected;
  return OkStatus();
}

}  // namespace

StatusOr<std::vector<YamlNode>> ExpandCase(const YamlNode& node) {
  const YamlNode* each = node.Find("each");
  if (each == nullptr) return std::vector<YamlNode>{node};
  if (!each->IsList() || each->items.empty()) return YamlError(*each, "`each` is a list of rows");
  YamlNode base = node;
  base.entries.erase(
      std::find_if(base.entries.begin(), base.entries.end(), [](const YamlEntry& e) { return e.key.text == "each"; }));
  const YamlNode* shared = base.Find("output");
  std::vector<YamlNode> cases;
  for (const YamlNode& row : each->items) {
    if (!row.IsMap()) return YamlError(row, "a row is a map of what it sets and what it expects");
    YamlNode one = base;
    one.line = row.line;
    one.column = row.column;
    size_t expected = shared != nullptr ? shared->items.size() : 0;
    std::string label;
    for (const YamlEntry& cell : row.entries) {
      HEARTH_RETURN_IF_ERROR(ApplyCell(cell.key, cell.value, &one, &expected));
      if (cell.value.IsScalar()) label += (label.empty() ? "" : ", ") + cell.key.text + " " + cell.value.text;
    }
    if (const YamlNode* given = row.Find("row"); given != nullptr) label = given->text;
    if (expected == 0) return YamlError(row, "the row expects nothing: name a rule or a fact");
    if (YamlNode* name = Entry(&one, "name"); name != nullptr) name->text += ": " + label;
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace hearth
