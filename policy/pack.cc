#include "policy/pack.h"

#include <algorithm>
#include <array>

#include "policy/pack_data.h"

namespace hearth {

std::string_view RuleUnitName(RuleUnit u) {
  static constexpr std::array<std::string_view, 6> kNames = {"person",      "household", "employer",
                                                             "institution", "village",   "city"};
  return kNames[static_cast<size_t>(u)];
}

std::string_view StackModeName(StackMode m) {
  static constexpr std::array<std::string_view, 3> kNames = {"take_higher", "no_duplicate", "additive"};
  return kNames[static_cast<size_t>(m)];
}

FactPlace PlaceOfUnit(RuleUnit unit) {
  switch (unit) {
    case RuleUnit::kPerson:
      return FactPlace::kMember;
    case RuleUnit::kHousehold:
      return FactPlace::kHousehold;
    case RuleUnit::kEmployer:
      return FactPlace::kEmployer;
    case RuleUnit::kInstitution:
      return FactPlace::kInstitution;
    case RuleUnit::kVillage:
    case RuleUnit::kCity:
      return FactPlace::kCity;
  }
  return FactPlace::kHousehold;
}

const std::string& Pack::id() const { return data_->id; }
const Bilingual& Pack::title() const { return data_->title; }
const std::string& Pack::document() const { return data_->document; }
CivilDay Pack::valid_from() const { return data_->valid_from; }
CivilDay Pack::valid_to() const { return data_->valid_to; }
const std::string& Pack::digest() const { return data_->digest; }
const FactLayout& Pack::layout() const { return data_->layout; }
const std::vector<RawFact>& Pack::raw_facts() const { return data_->raw; }
const std::vector<DerivedFact>& Pack::derived_facts() const { return data_->derived; }
const std::vector<std::string>& Pack::registries() const { return data_->registries; }
const std::vector<Parameter>& Pack::parameters() const { return data_->parameters; }
const std::vector<Rule>& Pack::rules() const { return data_->rules; }
const std::vector<StackGroup>& Pack::stack_groups() const { return data_->groups; }
const std::vector<LeftOutRule>& Pack::left_out() const { return data_->left_out; }

int Pack::FindRule(std::string_view id) const {
  const auto it = data_->rule_index.find(id);
  return it == data_->rule_index.end() ? -1 : it->second;
}

int Pack::FindParameter(std::string_view name) const {
  const auto it = data_->parameter_index.find(name);
  return it == data_->parameter_index.end() ? -1 : it->second;
}

std::vector<uint32_t> Pack::ExitRules(std::string_view class_fact) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < data_->rules.size(); ++i) {
    const std::vector<std::string>& exits = data_->rules[i].exits;
    if (std::find(exits.begin(), exits.end(), class_fact) != exits.end()) found.push_back(i);
  }
  return found;
}

int Pack::RecognitionRule(std::string_view class_fact) const {
  for (size_t i = 0; i < data_->rules.size(); ++i) {
    if (data_->rules[i].recognises == class_fact) return static_cast<int>(i);
  }
  return -1;
}

StatusOr<SiteParameters> ReadSiteParameters(const YamlNode& node, const Pack& pack) {
  SiteParameters site;
  if (node.IsNull()) return site;
  if (!node.IsMap()) return YamlError(node, "parameters are a map of name to value");
  const CivilDay first = CivilDay::FromYmd(1, 1, 1).value();

  // A list of maps with `from` is dated; anything else is one value.
  const auto read = [&](const YamlNode& value, FactType type) -> StatusOr<std::vector<DatedValue>> {
    std::vector<DatedValue> dated;
    const bool is_dated =
        value.IsList() && !value.items.empty() && value.items[0].IsMap() && value.items[0].Find("from") != nullptr;
    if (!is_dated) {
      HEARTH_ASSIGN_OR_RETURN(Value v, ReadFactValue(value, type, {}, nullptr));
      dated.push_back({first, std::move(v)});
      return dated;
    }
    for (const YamlNode& item : value.items) {
      YamlMap map(item);
      const std::optional<CivilDay> from = map.OptionalDay("from");
      const YamlNode* v = map.RequiredNode("value");
      if (!from) map.Fail(item, "\"from\" is missing: the first day of this value");
      HEARTH_RETURN_IF_ERROR(map.Finish());
      HEARTH_ASSIGN_OR_RETURN(Value read_value, ReadFactValue(*v, type, {}, nullptr));
      if (!dated.empty() && *from <= dated.back().from) return YamlError(item, "the days must ascend");
      dated.push_back({*from, std::move(read_value)});
    }
    return dated;
  };

  for (const auto& [key, value] : node.entries) {
    if (key.text == "local_amount") {
      if (!value.IsMap()) return YamlError(value, "local_amount is a map of rule id to amount");
      for (const auto& [rule, amount] : value.entries) {
        if (pack.FindRule(rule.text) < 0) return YamlError(rule, "pack " + pack.id() + " has no rule " + rule.text);
        HEARTH_ASSIGN_OR_RETURN(site.local_amount[rule.text], read(amount, FactType::kMoney));
      }
      continue;
    }
    const auto& aliases = pack.data().aliases;
    const auto alias = aliases.find(key.text);
    const std::string& name = alias == aliases.end() ? key.text : alias->second;
    const int index = pack.FindParameter(name);
    if (index < 0) {
      std::vector<std::string> names;
      for (const Parameter& p : pack.parameters()) names.push_back(p.name);
      const std::string near = NearestName(name, names);
      return YamlError(key, "pack " + pack.id() + " has no parameter \"" + name + "\"" +
                                (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    HEARTH_ASSIGN_OR_RETURN(site.values[name], read(value, pack.parameters()[static_cast<size_t>(index)].type));
  }
  return site;
}

}  // namespace hearth
