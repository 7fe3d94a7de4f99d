#include "matchers/link_model.h"

#include <algorithm>
#include <cmath>

#include "core/yaml.h"

namespace hearth {
namespace {

constexpr struct {
  BlockPart part;
  std::string_view name;
} kParts[] = {
    {BlockPart::kName, "name"},
    {BlockPart::kSound, "sound"},
    {BlockPart::kFirstWord, "first_word"},
    {BlockPart::kLastWord, "last_word"},
    {BlockPart::kBirthDate, "birth_date"},
    {BlockPart::kPhone, "phone"},
    {BlockPart::kAddress, "address"},
    {BlockPart::kOrganisation, "organisation"},
    {BlockPart::kOtherNumber, "other_number"},
    {BlockPart::kNumberStart, "number_start"},
    {BlockPart::kNumberEnd, "number_end"},
    {BlockPart::kNumberFrame, "number_frame"},
    {BlockPart::kNumberTail, "number_tail"},
    {BlockPart::kKin, "kin"},
};

struct KindInfo {
  ComparisonKind kind;
  std::string_view name;
  std::vector<std::string_view> levels;
};

const std::vector<KindInfo>& Kinds() {
  static const std::vector<KindInfo>* const kinds = new std::vector<KindInfo>{
      {ComparisonKind::kName,
       "name",
       {"exact", "variant", "homophone", "look_alike", "truncated", "transposed", "one_character", "clash"}},
      {ComparisonKind::kBirthDate, "birth_date", {"exact", "swapped", "one_part", "year_only", "clash"}},
      {ComparisonKind::kSex, "sex", {"equal", "different"}},
      {ComparisonKind::kNumber, "number", {"one_edit", "most_places", "some_places", "clash"}},
      {ComparisonKind::kOtherNumber, "other_number", {"equal", "different"}},
      {ComparisonKind::kPhone, "phone", {"equal", "different"}},
      {ComparisonKind::kAddress, "address", {"equal", "different"}},
      {ComparisonKind::kOrganisation, "organisation", {"equal", "different"}},
      {ComparisonKind::kRegion, "region", {"county", "prefecture", "different"}},
      {ComparisonKind::kKin, "kin", {"shared", "none_shared"}},
  };
  return *kinds;
}

// The same text as packs/link/first-pass.yaml; a test holds the two together.
constexpr std::string_view kFirstPass =
#include "matchers/first_pass.inc"
    ;

double Fraction(const YamlNode& node, YamlMap* map) {
  char* end = nullptr;
  const double value = std::strtod(node.text.c_str(), &end);
  if (!node.IsScalar() || end == node.text.c_str() || *end != '\0' || !(value > 0 && value < 1)) {
    map->Fail(node, "a probability between 0 and 1, both excluded, is expected");
    return 0.5;
  }
  return value;
}

BlockingRule ReadRule(const YamlNode& node, YamlMap* outer) {
  BlockingRule rule;
  YamlMap map(node);
  for (const std::string& text : map.TextListOr("on")) {
    const auto* it = std::find_if(std::begin(kParts), std::end(kParts), [&](const auto& e) { return e.name == text; });
    if (it == std::end(kParts)) {
      std::vector<std::string> known;
      for (const auto& e : kParts) known.emplace_back(e.name);
      const std::string near = NearestName(text, known);
      map.Fail(node, "no blocking part \"" + text + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      continue;
    }
    rule.parts.push_back(it->part);
  }
  if (rule.parts.empty() || rule.parts.size() > 4)
    map.Fail(node, "a blocking rule needs `on: [part, …]`, 1 to 4 parts");
  const int64_t max_block = map.IntOr("max_block", rule.max_block);
  if (max_block < 2 || max_block > 100000) map.Fail(node, "max_block runs from 2 to 100000");
  rule.max_block = static_cast<uint32_t>(std::clamp<int64_t>(max_block, 2, 100000));
  if (const Status status = map.Finish(); !status.ok()) outer->Fail(node, Message(status));
  return rule;
}

Comparison ReadComparison(const YamlNode& node, YamlMap* outer) {
  Comparison out;
  YamlMap map(node);
  const std::string of = map.Text("of");
  const auto it = std::find_if(Kinds().begin(), Kinds().end(), [&](const KindInfo& k) { return k.name == of; });
  if (it == Kinds().end()) {
    std::vector<std::string> known;
    for (const KindInfo& k : Kinds()) known.emplace_back(k.name);
    const std::string near = NearestName(of, known);
    outer->Fail(node, "no comparison \"" + of + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    return out;
  }
  out.kind = it->kind;
  out.train = map.BoolOr("train", true);
  out.term_frequency = map.BoolOr("term_frequency", false);
  if (const YamlNode* levels = map.RequiredNode("levels"); levels != nullptr) {
    YamlMap level_map(*levels);
    for (const std::string_view level : it->levels) {
      const YamlNode* pair = level_map.RequiredNode(level);
      ComparisonLevel value{0.5, 0.5};
      if (pair != nullptr && pair->IsList() && pair->items.size() == 2) {
        value = {Fraction(pair->items[0], &level_map), Fraction(pair->items[1], &level_map)};
      } else if (pair != nullptr) {
        level_map.Fail(*pair, "[m, u] is expected");
      }
      out.levels.push_back(value);
    }
    if (const Status status = level_map.Finish(); !status.ok()) map.Fail(*levels, Message(status));
  }
  if (const Status status = map.Finish(); !status.ok()) outer->Fail(node, Message(status));
  return out;
}

}  // namespace

std::string_view ComparisonName(ComparisonKind kind) { return Kinds()[static_cast<int>(kind)].name; }
const std::vector<std::string_view>& LevelNames(ComparisonKind kind) { return Kinds()[static_cast<int>(kind)].levels; }

double ComparisonLevel::Bits() const { return std::log2(m / u); }

StatusOr<LinkModel> ParseLinkModel(std::string_view text, std::string_view file_name) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(text, file_name));
  YamlMap map(root);
  LinkModel model;
  model.id = map.Text("link_model");
  model.prior_bits = map.DecimalOr("prior_bits", 0);
  model.upper_bits = map.DecimalOr("upper_bits", 2);
  model.lower_bits = map.DecimalOr("lower_bits", -4);
  model.margin_bits = map.DecimalOr("margin_bits", 5);
  model.support_bits = map.DecimalOr("support_bits", 6);
  model.rounds = static_cast<int>(map.IntOr("rounds", 2));
  if (model.rounds < 1 || model.rounds > 8) map.Fail(root, "rounds runs from 1 to 8");
  if (model.lower_bits > model.upper_bits) map.Fail(root, "lower_bits is above upper_bits");
  if (model.margin_bits < 0 || model.support_bits < 0) map.Fail(root, "margin_bits and support_bits are 0 or more");
  if (const YamlNode* rules = map.RequiredNode("blocking"); rules != nullptr) {
    if (!rules->IsList() || rules->items.empty()) map.Fail(*rules, "a list of blocking rules is expected");
    for (const YamlNode& rule : rules->items) model.blocking.push_back(ReadRule(rule, &map));
    if (model.blocking.size() > 32) map.Fail(*rules, "at most 32 blocking rules");
  }
  if (const YamlNode* comparisons = map.RequiredNode("comparisons"); comparisons != nullptr) {
    if (!comparisons->IsList()) map.Fail(*comparisons, "a list of comparisons is expected");
    bool seen[kComparisonKinds] = {};
    for (const YamlNode& node : comparisons->items) {
      model.comparisons.push_back(ReadComparison(node, &map));
      bool& known = seen[static_cast<int>(model.comparisons.back().kind)];
      if (known) map.Fail(node, "this comparison stands twice");
      known = true;
    }
    if (!seen[static_cast<int>(ComparisonKind::kName)]) map.Fail(*comparisons, "a comparison of name is needed");
  }
  HEARTH_RETURN_IF_ERROR(map.Finish());
  return model;
}

const LinkModel& DefaultLinkModel() {
  static const LinkModel* const model = [] {
    StatusOr<LinkModel> parsed = ParseLinkModel(kFirstPass, "packs/link/first-pass.yaml");
    HEARTH_CHECK(parsed.ok(), Message(parsed.status()));
    return new LinkModel(std::move(parsed).value());
  }();
  return *model;
}

}  // namespace hearth
