#include "matchers/link_model.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

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

// By which the shares of a comparison may miss 1.
constexpr double kShareSlack = 0.02;
constexpr const char* kCommonFile = "person.yaml";

double Fraction(const YamlNode& node, YamlMap* map) {
  char* end = nullptr;
  const double value = std::strtod(node.text.c_str(), &end);
  if (!node.IsScalar() || end == node.text.c_str() || *end != '\0' || !(value > 0 && value < 1)) {
    map->Fail(node, "a probability between 0 and 1, both excluded, is expected");
    return 0.5;
  }
  return value;
}

std::vector<BlockPart> ReadParts(const YamlNode& node, const std::vector<std::string>& texts, YamlMap* map) {
  std::vector<BlockPart> parts;
  for (const std::string& text : texts) {
    const auto* it = std::find_if(std::begin(kParts), std::end(kParts), [&](const auto& e) { return e.name == text; });
    if (it == std::end(kParts)) {
      std::vector<std::string> known;
      for (const auto& e : kParts) known.emplace_back(e.name);
      const std::string near = NearestName(text, known);
      map->Fail(node, "no blocking part \"" + text + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      continue;
    }
    parts.push_back(it->part);
  }
  return parts;
}

BlockingRule ReadRule(const YamlNode& node, YamlMap* outer) {
  BlockingRule rule;
  YamlMap map(node);
  rule.parts = ReadParts(node, map.TextListOr("on"), &map);
  if (rule.parts.empty() || rule.parts.size() > 4)
    map.Fail(node, "a blocking rule needs `on: [part, …]`, 1 to 4 parts");
  const int64_t max_block = map.IntOr("max_block", rule.max_block);
  if (max_block < 2 || max_block > 100000) map.Fail(node, "max_block runs from 2 to 100000");
  rule.max_block = static_cast<uint32_t>(std::clamp<int64_t>(max_block, 2, 100000));
  if (const Status status = map.Finish(); !status.ok()) outer->Fail(node, Message(status));
  return rule;
}

// Thresholds that stand in the map; the others stay as they are.
void ReadThresholds(const YamlNode& at, YamlMap* map, LinkThresholds* out) {
  out->upper_bits = map->DecimalOr("upper_bits", out->upper_bits);
  out->lower_bits = map->DecimalOr("lower_bits", out->lower_bits);
  out->margin_bits = map->DecimalOr("margin_bits", out->margin_bits);
  out->support_bits = map->DecimalOr("support_bits", out->support_bits);
  if (out->lower_bits > out->upper_bits) map->Fail(at, "lower_bits is above upper_bits");
  if (out->margin_bits < 0 || out->support_bits < 0) map->Fail(at, "margin_bits and support_bits are 0 or more");
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

std::string PartList(const BlockingRule& rule) {
  std::string out;
  for (const BlockPart part : rule.parts) {
    out += (out.empty() ? "[" : ", ") +
           std::string(
               std::find_if(std::begin(kParts), std::end(kParts), [&](const auto& e) { return e.part == part; })->name);
  }
  return out + "]";
}

// Seventeen digits tell every double.
std::string Exact(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

std::string ThresholdLines(const LinkThresholds& t, const std::string& indent) {
  return indent + "upper_bits: " + Exact(t.upper_bits) + "\n" + indent + "lower_bits: " + Exact(t.lower_bits) + "\n" +
         indent + "margin_bits: " + Exact(t.margin_bits) + "\n" + indent + "support_bits: " + Exact(t.support_bits) +
         "\n";
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
  ReadThresholds(root, &map, &model.thresholds);
  model.rounds = static_cast<int>(map.IntOr("rounds", 2));
  if (model.rounds < 1 || model.rounds > 8) map.Fail(root, "rounds runs from 1 to 8");
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

StatusOr<RegistryModel> ParseRegistryModel(std::string_view text, std::string_view file_name, const LinkModel& common) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(text, file_name));
  YamlMap map(root);
  RegistryModel model;
  model.registry = map.Text("registry");
  model.comparisons = common.comparisons;
  model.thresholds = common.thresholds;
  if (const YamlNode* thresholds = map.Node("thresholds"); thresholds != nullptr) {
    YamlMap inner(*thresholds);
    ReadThresholds(*thresholds, &inner, &model.thresholds);
    if (const Status status = inner.Finish(); !status.ok()) map.Fail(*thresholds, Message(status));
  }
  if (const YamlNode* rules = map.RequiredNode("blocking"); rules != nullptr) {
    model.rules = 0;
    if (!rules->IsList() || rules->items.empty()) map.Fail(*rules, "a list of the common model's rules is expected");
    for (const YamlNode& node : rules->items) {
      std::vector<std::string> texts;
      if (node.IsScalar()) texts.push_back(node.text);
      for (const YamlNode& item : node.items) texts.push_back(item.text);
      const std::vector<BlockPart> parts = ReadParts(node, texts, &map);
      const auto it = std::find_if(common.blocking.begin(), common.blocking.end(),
                                   [&](const BlockingRule& r) { return r.parts == parts; });
      if (it == common.blocking.end()) {
        map.Fail(node, "the common model has no blocking rule on these parts in this order");
        continue;
      }
      const uint32_t bit = 1u << (it - common.blocking.begin());
      if (model.rules & bit) map.Fail(node, "this blocking rule stands twice");
      model.rules |= bit;
    }
  }
  if (const YamlNode* shares = map.Node("m"); shares != nullptr) {
    YamlMap inner(*shares);
    for (Comparison& c : model.comparisons) {
      const YamlNode* levels = inner.Node(ComparisonName(c.kind));
      if (levels == nullptr) continue;
      YamlMap level_map(*levels);
      double sum = 0;
      for (size_t l = 0; l < c.levels.size(); ++l) {
        const YamlNode* value = level_map.RequiredNode(LevelNames(c.kind)[l]);
        if (value != nullptr) c.levels[l].m = Fraction(*value, &level_map);
        sum += c.levels[l].m;
      }
      if (c.train && std::abs(sum - 1) > kShareSlack) level_map.Fail(*levels, "the shares of the levels must sum to 1");
      if (const Status status = level_map.Finish(); !status.ok()) inner.Fail(*levels, Message(status));
    }
    if (const Status status = inner.Finish(); !status.ok()) map.Fail(*shares, Message(status));
  }
  HEARTH_RETURN_IF_ERROR(map.Finish());
  return model;
}

LinkThresholds StrictestOf(const LinkThresholds& a, const LinkThresholds& b) {
  return {std::max(a.upper_bits, b.upper_bits), std::min(a.lower_bits, b.lower_bits),
          std::max(a.margin_bits, b.margin_bits), std::max(a.support_bits, b.support_bits)};
}

RegistryModel LinkModels::Of(std::string_view registry) const {
  const auto it = std::lower_bound(registries.begin(), registries.end(), registry,
                                   [](const RegistryModel& m, std::string_view id) { return m.registry < id; });
  if (it != registries.end() && it->registry == registry) return *it;
  return {std::string(registry), common.thresholds, ~0u, common.comparisons};
}

StatusOr<LinkModels> LoadLinkModels(const std::string& path, const std::vector<std::string>& registries) {
  namespace fs = std::filesystem;
  const auto read = [](const fs::path& file) -> StatusOr<std::string> {
    std::ifstream in(file, std::ios::binary);
    if (!in) return NotFound(file.string() + ": link model not found");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  };
  std::error_code error;
  const bool folder = fs::is_directory(path, error);
  const fs::path common = folder ? fs::path(path) / kCommonFile : fs::path(path);
  LinkModels models;
  HEARTH_ASSIGN_OR_RETURN(const std::string text, read(common));
  HEARTH_ASSIGN_OR_RETURN(models.common, ParseLinkModel(text, common.string()));
  if (!folder) return models;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, error)) {
    if (entry.path().extension() == ".yaml" && entry.path().filename() != kCommonFile) files.push_back(entry.path());
  }
  if (error) return Unavailable(path + ": cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    HEARTH_ASSIGN_OR_RETURN(const std::string own, read(file));
    HEARTH_ASSIGN_OR_RETURN(RegistryModel model, ParseRegistryModel(own, file.string(), models.common));
    if (model.registry != file.stem().string()) {
      return InvalidArgument(file.string() + ": is the model of \"" + model.registry +
                             "\"; the file of a registry's model bears the registry's name");
    }
    if (std::find(registries.begin(), registries.end(), model.registry) == registries.end()) {
      const std::string near = NearestName(model.registry, registries);
      return InvalidArgument(file.string() + ": no registry \"" + model.registry + "\"" +
                             (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    models.registries.push_back(std::move(model));
  }
  std::sort(models.registries.begin(), models.registries.end(),
            [](const RegistryModel& a, const RegistryModel& b) { return a.registry < b.registry; });
  return models;
}

std::string WriteLinkModel(const LinkModel& model) {
  std::string out = "link_model: " + model.id + "\nprior_bits: " + Exact(model.prior_bits) +
                    "\nrounds: " + std::to_string(model.rounds) + "\n" + ThresholdLines(model.thresholds, "") +
                    "blocking:\n";
  for (const BlockingRule& rule : model.blocking) {
    out += "  - {on: " + PartList(rule) + ", max_block: " + std::to_string(rule.max_block) + "}\n";
  }
  out += "comparisons:\n";
  for (const Comparison& c : model.comparisons) {
    out += "  - of: " + std::string(ComparisonName(c.kind)) + "\n    train: " + (c.train ? "true" : "false") +
           "\n    term_frequency: " + (c.term_frequency ? "true" : "false") + "\n    levels:\n";
    for (size_t l = 0; l < c.levels.size(); ++l) {
      out += "      " + std::string(LevelNames(c.kind)[l]) + ": [" + Exact(c.levels[l].m) + ", " +
             Exact(c.levels[l].u) + "]\n";
    }
  }
  return out;
}

std::string WriteRegistryModel(const RegistryModel& model, const LinkModel& common) {
  std::string out =
      "registry: " + model.registry + "\nthresholds:\n" + ThresholdLines(model.thresholds, "  ") + "blocking:\n";
  for (size_t r = 0; r < common.blocking.size(); ++r) {
    if (model.rules >> r & 1) out += "  - " + PartList(common.blocking[r]) + "\n";
  }
  out += "m:\n";
  for (const Comparison& c : model.comparisons) {
    out += "  " + std::string(ComparisonName(c.kind)) + ":\n";
    for (size_t l = 0; l < c.levels.size(); ++l) {
      out += "    " + std::string(LevelNames(c.kind)[l]) + ": " + Exact(c.levels[l].m) + "\n";
    }
  }
  return out;
}

}  // namespace hearth
