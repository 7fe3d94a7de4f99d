#include "matchers/private/encoding_model.h"

#include <bit>
#include <cstdio>
#include <iterator>
#include <set>

#include "core/yaml.h"
#include "matchers/fellegi_sunter/column_expression.h"

namespace hearth::linkage {
namespace {

constexpr size_t kFieldsMax = 64;
constexpr int64_t kQMax = 8, kHashesMax = 200;
constexpr double kFlipMax = 0.4;  // at 0.5 a filter is noise alone

constexpr struct {
  ElementKind kind;
  std::string_view name;
} kKinds[] = {
    {ElementKind::kQgrams, "qgrams"}, {ElementKind::kWords, "words"}, {ElementKind::kSyllables, "syllables"},
    {ElementKind::kDate, "date"},     {ElementKind::kWhole, "whole"},
};

// Spelled out here, not numbered: the digest of a model must outlive any change of the enum.
std::string_view StableStepName(StepKind kind) {
  switch (kind) {
    case StepKind::kLower:
      return "lower";
    case StepKind::kFold:
      return "fold";
    case StepKind::kDigits:
      return "digits";
    case StepKind::kLetters:
      return "letters";
    case StepKind::kSubstr:
      return "substr";
    case StepKind::kLast:
      return "last";
    case StepKind::kSortedTokens:
      return "sorted_tokens";
    case StepKind::kFirstToken:
      return "first_token";
    case StepKind::kLastToken:
      return "last_token";
    case StepKind::kPinyin:
      return "pinyin";
    case StepKind::kNameKey:
      return "name_key";
    case StepKind::kDate:
      return "date";
    case StepKind::kNullIf:
      return "null_if";
    case StepKind::kTokens:
      return "tokens";
    case StepKind::kSplit:
      return "split";
    case StepKind::kQgrams:
      return "qgrams";
    case StepKind::kOneEdit:
      return "one_edit";
  }
  return "";
}

// One word out of a list; an error names them all.
template <class Value, size_t n>
Value OneOf(YamlMap* map, std::string_view key, std::string_view fallback,
            const std::pair<std::string_view, Value> (&words)[n]) {
  const std::string word = map->TextOr(key, fallback);
  std::string known;
  for (const auto& [name, value] : words) {
    if (name == word) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  const YamlNode* at = map->Node(key);
  map->Fail(at != nullptr ? *at : map->node(), std::string(key) + " \"" + word + "\" is none of " + known);
  return words[0].second;
}

int64_t IntWithin(YamlMap* map, std::string_view key, int64_t fallback, int64_t least, int64_t most) {
  const int64_t n = map->IntOr(key, fallback);
  const YamlNode* at = map->Node(key);
  if (at != nullptr && (n < least || n > most)) {
    map->Fail(*at, std::string(key) + " must be from " + std::to_string(least) + " to " + std::to_string(most));
    return fallback;
  }
  return n;
}

StatusOr<EncodedField> ReadField(const YamlNode& node, uint32_t model_bits) {
  if (!node.IsMap())
    return YamlError(node, "a field must be a map such as {name: surname, column: \"surname | fold\"}");
  YamlMap map(node);
  EncodedField field;
  field.name = map.Text("name");
  field.group = map.TextOr("group", field.name);
  const std::string column = map.TextOr("column", field.name);
  const YamlNode* column_node = map.Node("column");
  const StatusOr<ColumnExpression> expression = ParseColumnExpression(column);
  if (!expression.ok()) {
    map.Fail(column_node != nullptr ? *column_node : node, Message(expression.status()));
  } else {
    field.heading = expression->base;
    field.steps = expression->steps;
  }
  static constexpr std::pair<std::string_view, ElementKind> kWords[] = {{"qgrams", ElementKind::kQgrams},
                                                                        {"words", ElementKind::kWords},
                                                                        {"syllables", ElementKind::kSyllables},
                                                                        {"date", ElementKind::kDate},
                                                                        {"whole", ElementKind::kWhole}};
  field.kind = OneOf(&map, "elements", "qgrams", kWords);
  if (field.kind == ElementKind::kQgrams) {
    field.q = static_cast<int>(IntWithin(&map, "q", 2, 1, kQMax));
    field.padding = map.BoolOr("padding", field.q > 1);
    field.positional = map.BoolOr("positional", false);
  } else {
    field.padding = false;
    for (const std::string_view key : {"q", "padding", "positional"}) {
      if (const YamlNode* at = map.Node(key)) map.Fail(*at, std::string(key) + " is for elements: qgrams");
    }
  }
  field.hashes = static_cast<uint32_t>(IntWithin(&map, "hashes", 0, 1, kHashesMax));
  field.bits = static_cast<uint32_t>(IntWithin(&map, "bits", 0, 1, model_bits / 2));
  if ((field.hashes == 0) == (field.bits == 0)) {
    map.Fail(node, "a field has either hashes (bits set by each element) or bits (set by the whole value)");
  }
  HEARTH_RETURN_IF_ERROR(map.Finish());
  return field;
}

Status ReadHardening(const YamlNode& node, Hardening* out) {
  if (!node.IsMap()) return YamlError(node, "hardening must be a map of fold, balance, permute, flip");
  YamlMap map(node);
  out->fold = map.BoolOr("fold", false);
  out->balance = map.BoolOr("balance", false);
  out->permute = map.BoolOr("permute", false);
  out->flip = map.DecimalOr("flip", 0);
  if (!(out->flip >= 0 && out->flip <= kFlipMax)) map.Fail(node, "flip must be from 0 to 0.4");
  return map.Finish();
}

}  // namespace

std::string_view ElementKindName(ElementKind kind) {
  for (const auto& k : kKinds) {
    if (k.kind == kind) return k.name;
  }
  return "";
}

StatusOr<EncodingModel> ReadEncodingModel(std::string_view yaml, std::string_view file_name) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(yaml, file_name));
  if (!root.IsMap()) return YamlError(root, "an encoding model is a map that begins with encoding: NAME");
  YamlMap map(root);
  EncodingModel model;
  model.name = map.Text("encoding");
  model.id_column = map.TextOr("id_column", model.id_column);
  static constexpr std::pair<std::string_view, IdKind> kIds[] = {{"as_given", IdKind::kAsGiven},
                                                                 {"keyed", IdKind::kKeyed}};
  model.ids = OneOf(&map, "ids", "as_given", kIds);
  static constexpr std::pair<std::string_view, KeyedHash> kHashes[] = {{"sha256", KeyedHash::kSha256},
                                                                       {"sm3", KeyedHash::kSm3}};
  model.hash = OneOf(&map, "hash", "sha256", kHashes);
  model.bits =
      static_cast<uint32_t>(IntWithin(&map, "bits", model.bits, EncodingModel::kBitsMin, EncodingModel::kBitsMax));
  if (!std::has_single_bit(model.bits)) map.Fail(*map.Node("bits"), "bits must be a power of two, such as 1024");
  if (const YamlNode* node = map.Node("hardening")) {
    HEARTH_RETURN_IF_ERROR(ReadHardening(*node, &model.hardening));
  }
  const YamlNode* fields = map.RequiredNode("fields");
  if (fields != nullptr && (!fields->IsList() || fields->items.empty() || fields->items.size() > kFieldsMax)) {
    map.Fail(*fields, "fields must be a list of 1 to 64 fields");
  }
  HEARTH_RETURN_IF_ERROR(map.Finish());
  if (model.name.empty() || model.name.size() > 200) return YamlError(root, "the name must have 1 to 200 bytes");
  std::set<std::string> names;
  for (const YamlNode& node : fields->items) {
    HEARTH_ASSIGN_OR_RETURN(EncodedField field, ReadField(node, model.bits));
    if (!names.insert(field.name).second) return YamlError(node, "two fields have the name \"" + field.name + "\"");
    model.fields.push_back(std::move(field));
  }
  return model;
}

std::string ComparabilityText(const EncodingModel& model) {
  // Texts are written with their length before them, so that no two models give one text.
  const auto text = [](std::string_view s) { return std::to_string(s.size()) + ":" + std::string(s); };
  std::string out = "hearth-clk 1 " + std::to_string(model.bits) + " " + std::string(KeyedHashName(model.hash)) + "\n";
  for (const EncodedField& f : model.fields) {
    out += "field " + text(f.group) + " " + std::string(ElementKindName(f.kind)) + " " + std::to_string(f.q) + " " +
           std::to_string(f.padding) + " " + std::to_string(f.positional) + " " + std::to_string(f.hashes) + " " +
           std::to_string(f.bits);
    for (const Step& s : f.steps) {
      out += " | " + std::string(StableStepName(s.kind)) + " " + std::to_string(s.first) + " " +
             std::to_string(s.count) + " " + text(s.text);
    }
    out += "\n";
  }
  char flip[32];
  std::snprintf(flip, sizeof(flip), "%.6f", model.hardening.flip);
  out += "hardening " + std::to_string(model.hardening.fold) + " " + std::to_string(model.hardening.balance) + " " +
         std::to_string(model.hardening.permute) + " " + flip + "\n";
  return out;
}

}  // namespace hearth::linkage
