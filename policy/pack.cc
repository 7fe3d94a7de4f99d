#include "policy/pack.h"

#include <algorithm>
#include <array>
#include <map>

#include "policy/pack_data.h"
#include "policy/problem_order.h"

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
const std::vector<Overlay>& Pack::overlays() const { return data_->overlays; }

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

std::vector<std::string> PackWarnings(const Pack& pack, CivilDay day) {
  std::vector<std::string> warnings;
  for (const Status& s : pack.data().warnings) warnings.push_back(Message(s));
  // Parameters of one review day, by index: a whole pack reviewed late is one line and not hundreds.
  constexpr size_t kNamedMax = 3;
  std::map<CivilDay, std::vector<size_t>> past;
  for (size_t i = 0; i < pack.parameters().size(); ++i) {
    const Parameter& p = pack.parameters()[i];
    if (p.review && *p.review < day) past[*p.review].push_back(i);
  }
  for (const auto& [review, late] : past) {
    const auto warn = [&, &day_of_review = review](size_t i, const std::string& more) {
      warnings.push_back(pack.data().parameter_places[i] + ": parameter " + pack.parameters()[i].name + more +
                         " due for review on " + day_of_review.ToString());
    };
    if (late.size() > kNamedMax) {
      warn(late.front(), " and " + std::to_string(late.size() - 1) + " others were");
    } else {
      for (const size_t i : late) warn(i, " was");
    }
  }
  std::stable_sort(warnings.begin(), warnings.end(), ComesBefore);
  return warnings;
}

}  // namespace hearth
