#include "policy/pack_checks.h"

#include <algorithm>
#include <set>

#include "policy/feel/compile.h"
#include "policy/overlay_reader.h"

namespace hearth {
namespace {

// Words in the name of a fact about somebody's health: it may be read only where a clause asks for it.
constexpr std::string_view kHealthWords[] = {"illness",     "disease",   "diagnosis", "diagnosed", "dementia",
                                             "mental",      "hiv",       "pregnant",  "pregnancy", "cancer",
                                             "psychiatric", "infection", "addiction"};

bool IsHealthName(std::string_view name) {
  while (!name.empty()) {
    const size_t end = std::min(name.find('_'), name.size());
    const std::string_view word = name.substr(0, end);
    if (std::find(std::begin(kHealthWords), std::end(kHealthWords), word) != std::end(kHealthWords)) return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

std::vector<const feel::Expression*> ExpressionsOf(const CompiledRule& c) {
  return {&c.when, &c.amount, &c.breach, &c.due};
}

class Checker {
 public:
  Checker(const PackDeclarations& pack, std::vector<Status>* problems, std::vector<Status>* warnings)
      : pack_(pack), data_(pack.data), problems_(problems), warnings_(warnings) {
    for (int p = 0; p < kFactPlaces; ++p) used_[p].assign(data_.slots[p].size(), false);
    used_parameters_.assign(data_.parameters.size(), false);
  }

  void Run() {
    CheckAliases();
    CheckGroups();
    CheckLeftOut();
    CheckRules();
    CollectUses();
    WarnUnused();
    WarnValidity();
    CheckHealth();
  }

 private:
  void Problem(Status s) { problems_->push_back(std::move(s)); }
  void Warn(Status s) { warnings_->push_back(std::move(s)); }

  bool IsName(const std::string& name) const {
    if (data_.parameter_index.contains(name)) return true;
    for (int p = 0; p < kFactPlaces; ++p) {
      if (data_.layout.Slot(static_cast<FactPlace>(p), name) >= 0) return true;
    }
    return false;
  }

  void CheckAliases() {
    std::vector<std::string> names;
    for (const Parameter& p : data_.parameters) names.push_back(p.name);
    for (const RawFact& f : data_.raw) names.push_back(f.name);
    for (const DerivedFact& f : data_.derived) names.push_back(f.name);
    for (const auto& [key, of] : pack_.aliases_at) {
      if (IsName(key.text)) {
        Problem(YamlError(key, "alias \"" + key.text + "\" is itself a name of the pack"));
      }
      if (!IsName(of.text)) {
        Problem(YamlError(of, "alias \"" + key.text + "\" stands for \"" + of.text +
                                  "\", which the pack does not have" + DidYouMean(of.text, names)));
      }
    }
  }

  void CheckGroups() {
    for (size_t g = 0; g < data_.groups.size(); ++g) {
      size_t members = 0;
      for (const CompiledRule& c : data_.compiled) members += c.stack_group == static_cast<int>(g) ? 1 : 0;
      if (members == 0) Problem(YamlError(pack_.group_at[g], "stack group " + data_.groups[g].id + " has no rules"));
    }
    for (size_t i = 0; i < data_.rules.size(); ++i) {
      const int g = data_.compiled[i].stack_group;
      if (g < 0 || pack_.rule_texts[i].amount.given) continue;
      const StackGroup& group = data_.groups[static_cast<size_t>(g)];
      if (group.mode != StackMode::kTakeHigher) continue;
      Problem(YamlError(pack_.rule_texts[i].at, "rule " + data_.rules[i].id + " has no amount, and stack group " +
                                                    group.id + " takes the higher one"));
    }
  }

  void CheckLeftOut() {
    std::set<std::string> seen;
    for (size_t i = 0; i < data_.left_out.size(); ++i) {
      const std::string& id = data_.left_out[i].id;
      if (data_.rule_index.contains(id)) {
        Problem(YamlError(pack_.left_out_at[i], "rule " + id + " is left out and is also a rule of the pack"));
      }
      if (!seen.insert(id).second) Problem(YamlError(pack_.left_out_at[i], "rule " + id + " is left out twice"));
    }
  }

  void CheckRules() {
    for (size_t i = 0; i < data_.rules.size(); ++i) {
      const Rule& r = data_.rules[i];
      if (r.kind == "cash" && !r.amount.empty() && r.programme.empty()) {
        Problem(YamlError(pack_.rule_texts[i].at, "rule " + r.id + " pays cash and belongs to no `programme`"));
      }
    }
  }

  void Use(const feel::Expression& e) {
    if (e.root == nullptr) return;
    feel::ForEachNode(*e.root, [&](const feel::Node& n) {
      if (n.op == feel::Op::kFact || n.op == feel::Op::kSubjectFact) {
        used_[static_cast<int>(n.place)][static_cast<size_t>(n.index)] = true;
      } else if (n.op == feel::Op::kParameter || n.op == feel::Op::kParameterOn) {
        used_parameters_[static_cast<size_t>(n.index)] = true;
      }
    });
  }

  void UseName(const std::string& name) {
    for (int p = 0; p < kFactPlaces; ++p) {
      const int slot = data_.layout.Slot(static_cast<FactPlace>(p), name);
      if (slot >= 0) used_[p][static_cast<size_t>(slot)] = true;
    }
  }

  void CollectUses() {
    for (const feel::Expression& e : data_.derived_expressions) Use(e);
    // A table's columns are used even where the written expression does without them.
    for (const auto& table : data_.derived_tables) {
      if (table == nullptr) continue;
      for (const feel::Expression& e : table->inputs) Use(e);
    }
    for (size_t i = 0; i < data_.rules.size(); ++i) {
      for (const feel::Expression* e : ExpressionsOf(data_.compiled[i])) Use(*e);
      const Rule& r = data_.rules[i];
      UseName(r.recognises);
      UseName(r.exit_start);
      for (const std::string& fact : r.exits) UseName(fact);
      if (!r.programme.empty()) UseName(r.programme + "_paid_month");
    }
  }

  void WarnUnused() {
    const auto unused = [&](FactPlace place, int slot) {
      return slot >= 0 && !used_[static_cast<int>(place)][static_cast<size_t>(slot)];
    };
    for (size_t i = 0; i < data_.raw.size(); ++i) {
      const RawFact& f = data_.raw[i];
      if (unused(f.place, f.slot)) Warn(YamlError(pack_.raw_at[i], "fact " + f.name + " is used nowhere"));
    }
    for (size_t i = 0; i < data_.derived.size(); ++i) {
      const DerivedFact& f = data_.derived[i];
      if (unused(f.place, f.slot)) Warn(YamlError(pack_.derived_at[i], "derived fact " + f.name + " is used nowhere"));
    }
    for (size_t i = 0; i < data_.parameters.size(); ++i) {
      if (used_parameters_[i]) continue;
      Warn(YamlError(pack_.parameter_at[i], "parameter " + data_.parameters[i].name + " is used nowhere"));
    }
    for (size_t i = 0; i < data_.registries.size(); ++i) {
      const int member = data_.layout.Slot(FactPlace::kMember, data_.registries[i]);
      const int household = data_.layout.Slot(FactPlace::kHousehold, data_.registries[i]);
      if (unused(FactPlace::kMember, member) && unused(FactPlace::kHousehold, household)) {
        Warn(YamlError(pack_.registry_at[i], "registry " + data_.registries[i] + " is used nowhere"));
      }
    }
  }

  // A figure that comes into force only later leaves days without one.
  void WarnValidity() {
    for (size_t i = 0; i < data_.parameters.size(); ++i) {
      const Parameter& p = data_.parameters[i];
      if (p.values.empty() || p.locality) continue;
      if (p.values.front().from > data_.valid_from) {
        Warn(YamlError(pack_.parameter_at[i], "parameter " + p.name + " has no value from " +
                                                  data_.valid_from.ToString() + ", the pack's first day, to " +
                                                  p.values.front().from.ToString()));
      }
      if (p.values.front().from > data_.valid_to) {
        Problem(YamlError(pack_.parameter_at[i], "parameter " + p.name + " has values only from " +
                                                     p.values.front().from.ToString() +
                                                     " on, after the pack's last day"));
      }
    }
  }

  static bool Covers(const std::vector<std::string>& clauses, const std::string& clause) {
    return std::any_of(clauses.begin(), clauses.end(),
                       [&](const std::string& c) { return std::string_view(clause).starts_with(c); });
  }

  void CheckHealth() {
    for (size_t i = 0; i < data_.raw.size(); ++i) {
      const RawFact& f = data_.raw[i];
      if (!f.health.empty() || !IsHealthName(f.name)) continue;
      Problem(YamlError(pack_.raw_at[i], "fact " + f.name +
                                             " is about health; `health: \"clause …\"` names the clauses "
                                             "that ask for it, and only they may read it"));
    }
    for (size_t i = 0; i < data_.derived.size(); ++i) {
      const DerivedFact& f = data_.derived[i];
      CheckHealthOf("derived fact " + f.name, f.clause, data_.derived_expressions[i], pack_.derived_at[i]);
    }
    for (size_t i = 0; i < data_.rules.size(); ++i) {
      const Rule& r = data_.rules[i];
      for (const feel::Expression* e : ExpressionsOf(data_.compiled[i])) {
        CheckHealthOf("rule " + r.id, r.clause, *e, pack_.rule_texts[i].at);
      }
    }
  }

  void CheckHealthOf(const std::string& what, const std::string& clause, const feel::Expression& e,
                     const YamlNode& at) {
    if (e.root == nullptr) return;
    std::set<std::string> seen;
    feel::ForEachNode(*e.root, [&](const feel::Node& n) {
      if (n.op != feel::Op::kFact && n.op != feel::Op::kSubjectFact) return;
      const SlotUse& use = data_.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
      const std::vector<std::string>* clauses = nullptr;
      std::string name;
      if (use.kind == SlotUse::Kind::kRaw) {
        clauses = &data_.raw[static_cast<size_t>(use.index)].health;
        name = data_.raw[static_cast<size_t>(use.index)].name;
      } else if (use.kind == SlotUse::Kind::kDerived) {
        clauses = &data_.derived[static_cast<size_t>(use.index)].health;
        name = data_.derived[static_cast<size_t>(use.index)].name;
      }
      if (clauses == nullptr || clauses->empty() || Covers(*clauses, clause) || !seen.insert(name).second) return;
      std::string allowed;
      for (const std::string& c : *clauses) allowed += (allowed.empty() ? "" : ", ") + c;
      Problem(YamlError(at, what + " (" + clause + ") reads \"" + name + "\", a fact about health that only " +
                                allowed + " may read: a forbidden attribute here"));
    });
  }

  const PackDeclarations& pack_;
  const PackData& data_;
  std::vector<Status>* problems_;
  std::vector<Status>* warnings_;
  std::vector<bool> used_[kFactPlaces];
  std::vector<bool> used_parameters_;
};

// Marks the parameters that an expression reads, itself or through derived facts.
void Reach(const PackData& data, const feel::Expression& e, std::set<int>* derived, std::set<int>* parameters) {
  if (e.root == nullptr) return;
  std::vector<int> next;
  feel::ForEachNode(*e.root, [&](const feel::Node& n) {
    if (n.op == feel::Op::kParameter || n.op == feel::Op::kParameterOn) parameters->insert(n.index);
    if (n.op != feel::Op::kFact && n.op != feel::Op::kSubjectFact) return;
    const SlotUse& use = data.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
    if (use.kind == SlotUse::Kind::kDerived && derived->insert(use.index).second) next.push_back(use.index);
  });
  for (const int d : next) Reach(data, data.derived_expressions[static_cast<size_t>(d)], derived, parameters);
}

}  // namespace

void SetDefaultBetter(PackData* data) {
  std::set<int> derived, parameters;
  for (const CompiledRule& c : data->compiled) Reach(*data, c.amount, &derived, &parameters);
  for (const int i : parameters) {
    Parameter& p = data->parameters[static_cast<size_t>(i)];
    if (p.better == Better::kUnstated && p.type == FactType::kMoney) p.better = Better::kHigher;
  }
}

void CheckWholePack(const PackDeclarations& pack, std::vector<Status>* problems, std::vector<Status>* warnings) {
  Checker(pack, problems, warnings).Run();
}

}  // namespace hearth
