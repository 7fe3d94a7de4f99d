#include "policy/overlay_reader.h"

#include <algorithm>

#include "policy/feel/compile.h"

namespace hearth {
namespace {

CivilDay FirstDay() { return CivilDay::FromYmd(1, 1, 1).value(); }

// The days on which an overlay's value stands beside another of the pack's: its own first day, and each day inside it
// on which the pack's changes.
std::vector<CivilDay> DaysToCompare(const std::vector<DatedValue>& own, size_t index,
                                    const std::vector<DatedValue>& stated) {
  std::vector<CivilDay> days = {own[index].from};
  for (const DatedValue& d : stated) {
    const bool inside = d.from > own[index].from && (index + 1 == own.size() || d.from < own[index + 1].from);
    if (inside) days.push_back(d.from);
  }
  return days;
}

struct Stated {
  std::string what;  // "parameter allowance_80"
  std::string clause;
  const std::vector<DatedValue>* values = nullptr;
  Better better = Better::kHigher;
};

// The first day on which the overlay is worse than what the pack states, as a problem.
void CheckBetters(const YamlNode& at, const std::string& division, const std::vector<DatedValue>& own,
                  const Stated& stated, std::vector<Status>* problems) {
  for (size_t i = 0; i < own.size(); ++i) {
    for (const CivilDay day : DaysToCompare(own, i, *stated.values)) {
      const Value* base = ValueInForce(*stated.values, day);
      if (base == nullptr || base->kind() != Value::Kind::kNumber || own[i].value.kind() != Value::Kind::kNumber) {
        continue;
      }
      const bool higher = stated.better == Better::kHigher;
      const bool worse = higher ? own[i].value.number() < base->number() : own[i].value.number() > base->number();
      if (!worse) continue;
      problems->push_back(YamlError(at, "division " + division + (higher ? " lowers " : " raises ") + stated.what +
                                            ": " + own[i].value.ToString() + " on " + day.ToString() + ", where " +
                                            stated.clause + " states " + base->ToString() + "; an overlay may only " +
                                            (higher ? "raise" : "lower") + " it"));
      return;
    }
  }
}

std::vector<std::string> ParameterNames(const PackData& data) {
  std::vector<std::string> names;
  for (const Parameter& p : data.parameters) names.push_back(p.name);
  return names;
}

class OverlayReader {
 public:
  OverlayReader(const PackData& data, Overlay* overlay, std::vector<Status>* problems)
      : data_(data), overlay_(overlay), problems_(problems) {}

  void ReadParameters(const YamlNode& node) {
    if (node.IsNull()) return;
    if (!node.IsMap()) return Problem(YamlError(node, "parameters are a map of name to value"));
    for (const auto& [key, value] : node.entries) {
      if (key.text == "local_amount") {
        ReadAmounts(value);
      } else {
        ReadParameter(key, value);
      }
    }
  }

  void ReadAmounts(const YamlNode& node) {
    if (!node.IsMap()) return Problem(YamlError(node, "local_amount is a map of rule id to amount"));
    for (const auto& [key, value] : node.entries) {
      const auto it = data_.rule_index.find(key.text);
      if (it == data_.rule_index.end()) {
        std::vector<std::string> ids;
        for (const Rule& r : data_.rules) ids.push_back(r.id);
        Problem(YamlError(key, "pack " + data_.id + " has no rule " + key.text + DidYouMean(key.text, ids)));
        continue;
      }
      StatusOr<std::vector<DatedValue>> dated = ReadDatedValues(value, FactType::kMoney, {});
      if (!dated.ok()) {
        Problem(dated.status());
        continue;
      }
      const size_t rule = static_cast<size_t>(it->second);
      if (data_.rules[rule].amount.empty()) {
        Problem(YamlError(key, "rule " + key.text + " pays no amount that could be higher here"));
      }
      if (!overlay_->division.empty()) CheckAmount(value, rule, *dated);
      if (!overlay_->local_amount.emplace(key.text, *std::move(dated)).second) GivenTwice(key);
    }
  }

 private:
  void Problem(Status s) { problems_->push_back(std::move(s)); }
  void GivenTwice(const YamlNode& key) { Problem(YamlError(key, "\"" + key.text + "\" is given twice")); }

  void ReadParameter(const YamlNode& key, const YamlNode& value) {
    const std::string& name = PackName(data_, key.text);
    const auto it = data_.parameter_index.find(name);
    if (it == data_.parameter_index.end()) {
      return Problem(YamlError(
          key, "pack " + data_.id + " has no parameter \"" + name + "\"" + DidYouMean(name, ParameterNames(data_))));
    }
    const Parameter& p = data_.parameters[static_cast<size_t>(it->second)];
    StatusOr<std::vector<DatedValue>> dated = ReadDatedValues(value, p.type, p.choices);
    if (!dated.ok()) return Problem(dated.status());
    if (!overlay_->division.empty() && !p.values.empty()) CheckParameter(key, value, p, *dated);
    if (!overlay_->values.emplace(name, *std::move(dated)).second) GivenTwice(key);
  }

  void CheckParameter(const YamlNode& key, const YamlNode& at, const Parameter& p,
                      const std::vector<DatedValue>& dated) {
    if (p.type != FactType::kMoney && p.type != FactType::kNumber) {
      return Problem(YamlError(key, "parameter " + p.name + " is stated by the pack (" + p.clause +
                                        "); an overlay raises amounts and changes nothing else of a pack's"));
    }
    if (p.better == Better::kUnstated) {
      return Problem(YamlError(key, "parameter " + p.name + " is stated by the pack (" + p.clause +
                                        "), which does not say whether higher or lower is better for the person; "
                                        "write `better: higher` or `better: lower` on the parameter"));
    }
    CheckBetters(at, overlay_->division, dated, {"parameter " + p.name, p.clause, &p.values, p.better}, problems_);
  }

  // Where a rule's amount is one figure, an overlay below it is an error; of a formula the higher stands.
  void CheckAmount(const YamlNode& at, size_t rule, const std::vector<DatedValue>& dated) {
    if (rule >= data_.compiled.size() || data_.compiled[rule].amount.root == nullptr) return;
    const feel::Node& amount = *data_.compiled[rule].amount.root;
    std::vector<DatedValue> figure;
    if (amount.op == feel::Op::kParameter) {
      figure = data_.parameters[static_cast<size_t>(amount.index)].values;
    } else if (amount.op == feel::Op::kLiteral) {
      figure.push_back({FirstDay(), amount.literal});
    }
    const Rule& r = data_.rules[rule];
    CheckBetters(at, overlay_->division, dated, {"the amount of " + r.id, r.clause, &figure, Better::kHigher},
                 problems_);
  }

  const PackData& data_;
  Overlay* overlay_;
  std::vector<Status>* problems_;
};

}  // namespace

StatusOr<std::vector<DatedValue>> ReadDatedValues(const YamlNode& node, FactType type,
                                                  const std::vector<std::string>& words) {
  std::vector<DatedValue> dated;
  const bool is_dated =
      node.IsList() && !node.items.empty() && node.items[0].IsMap() && node.items[0].Find("from") != nullptr;
  if (!is_dated) {
    HEARTH_ASSIGN_OR_RETURN(Value v, ReadFactValue(node, type, words, nullptr));
    dated.push_back({FirstDay(), std::move(v)});
    return dated;
  }
  for (const YamlNode& item : node.items) {
    YamlMap map(item);
    const std::optional<CivilDay> from = map.OptionalDay("from");
    const YamlNode* v = map.RequiredNode("value");
    if (!from) map.Fail(item, "\"from\" is missing: the first day of this value");
    HEARTH_RETURN_IF_ERROR(map.Finish());
    HEARTH_ASSIGN_OR_RETURN(Value read, ReadFactValue(*v, type, words, nullptr));
    if (!dated.empty() && *from <= dated.back().from) return YamlError(item, "the days must ascend");
    dated.push_back({*from, std::move(read)});
  }
  return dated;
}

const std::string& PackName(const PackData& data, const std::string& name) {
  const auto alias = data.aliases.find(name);
  return alias == data.aliases.end() ? name : alias->second;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = NearestName(word, known);
  return near.empty() ? "" : "; did you mean \"" + near + "\"?";
}

void ReadOverlayValues(const YamlNode& parameters, const PackData& data, Overlay* overlay,
                       std::vector<Status>* problems) {
  OverlayReader(data, overlay, problems).ReadParameters(parameters);
}

Overlay ReadOverlay(const YamlNode& node, std::string_view division, const PackData& data,
                    std::vector<Status>* problems) {
  Overlay overlay;
  overlay.division = std::string(division);
  YamlMap map(node);
  overlay.clause = map.TextOr("clause", "");
  overlay.note = map.TextOr("note", "");
  const YamlNode *parameters = map.Node("parameters"), *amounts = map.Node("local_amount");
  if (overlay.clause.empty()) {
    map.Fail(node,
             "the overlay of division " + overlay.division + " names no clause; without one it cannot be explained");
  }
  if (Status s = map.Finish(); !s.ok()) problems->push_back(std::move(s));
  OverlayReader reader(data, &overlay, problems);
  if (parameters != nullptr) reader.ReadParameters(*parameters);
  if (amounts != nullptr) reader.ReadAmounts(*amounts);
  return overlay;
}

bool IsDivision(std::string_view text) {
  return text.size() >= 2 && text.size() <= 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace hearth
