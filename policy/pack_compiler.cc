#include "policy/pack_compiler.h"

#include <algorithm>
#include <set>

#include "policy/feel/compile.h"
#include "policy/overlay_reader.h"
#include "policy/pack_checks.h"
#include "policy/problem_order.h"

namespace hearth {
namespace {

// A chain of derived facts is evaluated by recursion: the depths of their expressions, added up, stay below this.
constexpr int kChainDepthMax = 1500;

Period PeriodOfUnit(std::string_view unit) {
  const size_t slash = unit.rfind('/');
  if (slash == std::string_view::npos) return Period::kNone;
  const std::string_view per = unit.substr(slash + 1);
  if (per == "day") return Period::kDay;
  if (per == "month") return Period::kMonth;
  if (per == "school_year") return Period::kSchoolYear;
  if (per == "year") return Period::kYear;
  return Period::kNone;
}

feel::Type TypeOf(FactType type, std::string_view unit, const std::vector<std::string>* words) {
  feel::Type t;
  switch (type) {
    case FactType::kAny:
      break;
    case FactType::kBoolean:
      t.kind = feel::TypeKind::kBoolean;
      break;
    case FactType::kNumber:
    case FactType::kMoney:
      t.kind = feel::TypeKind::kNumber;
      t.period = PeriodOfUnit(unit);
      break;
    case FactType::kText:
      t.kind = feel::TypeKind::kText;
      t.words = words;
      break;
    case FactType::kDate:
      t.kind = feel::TypeKind::kDate;
      break;
    case FactType::kMonths:
      t.kind = feel::TypeKind::kMonths;
      break;
    case FactType::kDays:
      t.kind = feel::TypeKind::kDays;
      break;
    case FactType::kList:
      t.list = true;
      break;
    case FactType::kRows:
      t.kind = feel::TypeKind::kRow;
      t.list = true;
      break;
  }
  return t;
}

std::string_view PlaceName(FactPlace place) {
  static constexpr std::string_view kNames[kFactPlaces] = {"the household", "a member", "an employer", "an institution",
                                                           "the city"};
  return kNames[static_cast<int>(place)];
}

feel::FieldTypes FieldsOf(const std::vector<std::pair<std::string, FactType>>& fields) {
  feel::FieldTypes out;
  for (const auto& [name, type] : fields) out.items.emplace_back(name, TypeOf(type, {}, nullptr));
  return out;
}

// Of a list whose items' fields are declared.
void AddFields(const feel::FieldTypes& fields, feel::Type* type) {
  if (fields.items.empty()) return;
  type->kind = feel::TypeKind::kContext;
  type->fields = &fields;
}

class PackScope : public feel::Scope {
 public:
  PackScope(const PackData& data, FactPlace place) : data_(data), place_(place) {}

  std::optional<feel::Binding> Find(std::string_view name) const override {
    if (name == "as_of") {
      feel::Binding b;
      b.kind = feel::Binding::Kind::kAsOf;
      b.type.kind = feel::TypeKind::kDate;
      return b;
    }
    const bool family = place_ == FactPlace::kMember || place_ == FactPlace::kHousehold;
    if (name == "members" && family) {
      feel::Binding b;
      b.kind = feel::Binding::Kind::kMembers;
      b.type.kind = feel::TypeKind::kMember;
      b.type.list = true;
      return b;
    }
    if (auto b = FactAt(place_, name)) return b;
    if (place_ == FactPlace::kMember) {
      if (auto b = FactAt(FactPlace::kHousehold, name)) return b;
    }
    if (family) {
      if (auto b = FactAt(FactPlace::kCity, name)) return b;
    }
    const auto it = data_.parameter_index.find(name);
    if (it == data_.parameter_index.end()) return std::nullopt;
    const Parameter& p = data_.parameters[static_cast<size_t>(it->second)];
    feel::Binding b;
    b.kind = feel::Binding::Kind::kParameter;
    b.index = it->second;
    b.type = TypeOf(p.type, p.unit, &p.choices);
    return b;
  }

  std::optional<feel::Binding> FindOfMember(std::string_view name) const override {
    if (auto b = FactAt(FactPlace::kMember, name)) return b;
    return FactAt(FactPlace::kHousehold, name);
  }

  std::vector<std::string> Names() const override {
    std::vector<std::string> names = {"as_of", "members"};
    const auto add = [&](FactPlace place) {
      for (size_t i = 0; i < data_.layout.Count(place); ++i)
        names.push_back(data_.layout.Name(place, static_cast<int>(i)));
    };
    add(place_);
    if (place_ == FactPlace::kMember) add(FactPlace::kHousehold);
    for (const Parameter& p : data_.parameters) names.push_back(p.name);
    return names;
  }

  std::string WhyNot(std::string_view name) const override {
    for (int p = 0; p < kFactPlaces; ++p) {
      const FactPlace place = static_cast<FactPlace>(p);
      if (place == place_ || data_.layout.Slot(place, name) < 0) continue;
      std::string why = "is a fact of " + std::string(PlaceName(place));
      if (place == FactPlace::kMember && place_ == FactPlace::kHousehold) {
        why += "; write `some m in members satisfies m." + std::string(name) + " …` or `members." + std::string(name) +
               "`";
      }
      return why;
    }
    return {};
  }

 private:
  std::optional<feel::Binding> FactAt(FactPlace place, std::string_view name) const {
    const int slot = data_.layout.Slot(place, name);
    if (slot < 0) return std::nullopt;
    const SlotUse& use = data_.slots[static_cast<int>(place)][static_cast<size_t>(slot)];
    feel::Binding b;
    b.place = place;
    b.index = slot;
    switch (use.kind) {
      case SlotUse::Kind::kRaw: {
        const RawFact& f = data_.raw[static_cast<size_t>(use.index)];
        b.type = TypeOf(f.type, f.unit, &f.values);
        AddFields(data_.raw_fields[static_cast<size_t>(use.index)], &b.type);
        break;
      }
      case SlotUse::Kind::kDerived: {
        const DerivedFact& f = data_.derived[static_cast<size_t>(use.index)];
        b.type = TypeOf(f.type, f.unit, &f.values);
        AddFields(data_.derived_fields[static_cast<size_t>(use.index)], &b.type);
        if (f.type == FactType::kRows) b.type.registry = SchemaOf(f.registry);
        break;
      }
      case SlotUse::Kind::kRegistry:
        b.type = TypeOf(FactType::kRows, {}, nullptr);
        b.type.registry = data_.schemas[static_cast<size_t>(use.index)].get();
        break;
    }
    return b;
  }

  const RegistrySchema* SchemaOf(std::string_view registry) const {
    for (const auto& schema : data_.schemas) {
      if (schema->id == registry) return schema.get();
    }
    return nullptr;
  }

  const PackData& data_;
  FactPlace place_;
};

class Compiler {
 public:
  Compiler(PackDeclarations declarations, std::vector<Status>* problems)
      : d_(std::move(declarations)), problems_(problems) {}

  std::shared_ptr<const PackData> Run() {
    PackData& data = d_.data;
    IndexNames();
    for (const RawFact& f : data.raw) data.raw_fields.push_back(FieldsOf(f.fields));
    for (const DerivedFact& f : data.derived) data.derived_fields.push_back(FieldsOf(f.fields));
    data.derived_expressions.resize(data.derived.size());
    data.derived_tables.resize(data.derived.size());
    for (size_t i = 0; i < data.derived.size(); ++i) {
      const DerivedFact& f = data.derived[i];
      feel::Type wanted = TypeOf(f.type, f.unit, nullptr);
      AddFields(data.derived_fields[i], &wanted);
      CompileOne("derived fact " + f.name, d_.derived_texts[i], f.place, wanted, &data.derived_expressions[i]);
      CompileTable(i, wanted);
    }
    data.compiled.resize(data.rules.size());
    for (size_t i = 0; i < data.rules.size(); ++i) {
      const Rule& r = data.rules[i];
      CompiledRule& c = data.compiled[i];
      const RuleTexts& t = d_.rule_texts[i];
      const FactPlace place = PlaceOfUnit(r.unit);
      feel::Type boolean, date, number;
      boolean.kind = feel::TypeKind::kBoolean;
      date.kind = feel::TypeKind::kDate;
      number.kind = feel::TypeKind::kNumber;
      number.period = r.per;
      CompileOne("rule " + r.id + ", when", t.when, place, boolean, &c.when);
      CompileOne("rule " + r.id + ", amount", t.amount, place, number, &c.amount);
      CompileOne("rule " + r.id + ", breach", t.breach, place, boolean, &c.breach);
      CompileOne("rule " + r.id + ", due", t.due, place, date, &c.due);
      if (!r.stack_group.empty()) {
        c.stack_group = GroupOf(r.stack_group, t.at);
      }
      CheckClassFact(t.at, r.recognises);
      for (const std::string& fact : r.exits) CheckClassFact(t.at, fact);
      CheckClassFact(t.at, r.exit_start);
    }
    FindCycles();
    SetDefaultBetter(&data);
    for (const PackDeclarations::OverlayFile& file : d_.overlay_files) {
      data.overlays.push_back(ReadOverlay(file.root, file.division, data, problems_));
    }
    CheckWholePack(d_, problems_, &data.warnings);
    SortByPlace(&data.warnings);
    return std::make_shared<const PackData>(std::move(d_.data));
  }

 private:
  void Problem(Status s) { problems_->push_back(std::move(s)); }

  void IndexNames() {
    PackData& data = d_.data;
    for (size_t i = 0; i < data.registries.size(); ++i) {
      for (const FactPlace place : {FactPlace::kHousehold, FactPlace::kMember}) {
        AddSlot(place, data.registries[i], {SlotUse::Kind::kRegistry, static_cast<int>(i)}, nullptr);
      }
    }
    for (size_t i = 0; i < data.raw.size(); ++i) {
      RawFact& f = data.raw[i];
      f.slot = AddSlot(f.place, f.name, {SlotUse::Kind::kRaw, static_cast<int>(i)}, &d_.raw_at[i]);
      CheckTwoPlaces(f.place, f.name, d_.raw_two_places[i], d_.raw_at[i]);
      AddAssessed(f);
    }
    for (size_t i = 0; i < data.derived.size(); ++i) {
      DerivedFact& f = data.derived[i];
      f.slot = AddSlot(f.place, f.name, {SlotUse::Kind::kDerived, static_cast<int>(i)}, &d_.derived_at[i]);
      CheckTwoPlaces(f.place, f.name, d_.derived_two_places[i], d_.derived_at[i]);
    }
    for (size_t i = 0; i < data.parameters.size(); ++i) {
      const std::string& name = data.parameters[i].name;
      if (!data.parameter_index.emplace(name, static_cast<int>(i)).second) {
        Problem(YamlError(d_.parameter_at[i], "parameter " + name + " is declared twice"));
      }
      for (int p = 0; p < kFactPlaces; ++p) {
        if (data.layout.Slot(static_cast<FactPlace>(p), name) >= 0) {
          Problem(YamlError(d_.parameter_at[i], "\"" + name + "\" is both a parameter and a fact"));
        }
      }
    }
    for (size_t i = 0; i < data.rules.size(); ++i) {
      if (!data.rule_index.emplace(data.rules[i].id, static_cast<int>(i)).second) {
        Problem(YamlError(d_.rule_texts[i].at, "rule " + data.rules[i].id + " is declared twice"));
      }
    }
  }

  // A fact of a case that is one value can be drawn from what officers wrote.
  void AddAssessed(const RawFact& f) {
    static constexpr std::pair<FactType, Value::Kind> kKinds[] = {{FactType::kBoolean, Value::Kind::kBoolean},
                                                                  {FactType::kNumber, Value::Kind::kNumber},
                                                                  {FactType::kMoney, Value::Kind::kNumber},
                                                                  {FactType::kText, Value::Kind::kText},
                                                                  {FactType::kDate, Value::Kind::kDate}};
    if (f.source != "case") return;
    for (const auto& [type, kind] : kKinds) {
      if (f.type == type) d_.data.layout.AddAssessed({f.place, f.slot, kind, f.values});
    }
  }

  int AddSlot(FactPlace place, const std::string& name, SlotUse use, const YamlNode* at) {
    PackData& data = d_.data;
    const int before = data.layout.Slot(place, name);
    if (before >= 0) {
      if (at != nullptr)
        Problem(YamlError(*at, "\"" + name + "\" is declared twice for " + std::string(PlaceName(place))));
      return before;
    }
    if (name == "as_of" || name == "members" || name == "item") {
      if (at != nullptr) Problem(YamlError(*at, "\"" + name + "\" has a meaning of its own and cannot be a fact"));
    }
    data.slots[static_cast<int>(place)].push_back(use);
    return data.layout.Add(place, name);
  }

  // A bare name in a person rule would hide the unit's fact: said so by both, or refused.
  void CheckTwoPlaces(FactPlace place, const std::string& name, bool said, const YamlNode& at) {
    const FactPlace other = place == FactPlace::kMember ? FactPlace::kHousehold : FactPlace::kMember;
    if (place != FactPlace::kMember && place != FactPlace::kHousehold) return;
    if (said) return;
    if (d_.data.layout.Slot(other, name) >= 0) {
      Problem(YamlError(at, "\"" + name +
                                "\" stands at the household and at a member; write `two_places: true` on both "
                                "when that is meant"));
    }
  }

  int GroupOf(const std::string& id, const YamlNode& at) {
    std::vector<std::string> ids;
    for (size_t i = 0; i < d_.data.groups.size(); ++i) {
      if (d_.data.groups[i].id == id) return static_cast<int>(i);
      ids.push_back(d_.data.groups[i].id);
    }
    const std::string near = NearestName(id, ids);
    Problem(YamlError(at, "stack group \"" + id + "\" is not in stacking.yaml" +
                              (near.empty() ? "" : "; did you mean \"" + near + "\"?")));
    return -1;
  }

  void CheckClassFact(const YamlNode& at, const std::string& name) {
    if (name.empty()) return;
    const PackData& data = d_.data;
    if (data.layout.Slot(FactPlace::kHousehold, name) >= 0 || data.layout.Slot(FactPlace::kMember, name) >= 0) return;
    std::vector<std::string> names;
    for (const RawFact& f : data.raw) names.push_back(f.name);
    for (const DerivedFact& f : data.derived) names.push_back(f.name);
    Problem(YamlError(at, "unknown fact \"" + name + "\"" + DidYouMean(name, names)));
  }

  void CompileOne(const std::string& what, const PlacedText& text, FactPlace place, const feel::Type& wanted,
                  feel::Expression* out) {
    if (!text.given) return;
    std::vector<feel::Problem> problems;
    const PackScope scope(d_.data, place);
    if (!feel::Compile(text.text, scope, {}, out, &problems)) {
      for (const feel::Problem& p : problems) {
        Problem(YamlError(text.at, what + ": " + feel::ShowProblem(text.text, p)));
      }
      if (!problems.empty()) out->root.reset();
      return;
    }
    CheckType(what, text.at, wanted, out);
  }

  void CompileTable(size_t index, const feel::Type& wanted) {
    const PlacedTable& placed = d_.derived_tables[index];
    if (!placed.given) return;
    DerivedFact& f = d_.data.derived[index];
    const std::string what = "derived fact " + f.name;
    const PackScope scope(d_.data, f.place);
    auto table = CompileDecisionTable(placed, what, scope, problems_, &d_.data.warnings);
    if (table == nullptr) return;
    feel::Expression& e = d_.data.derived_expressions[index];
    e = feel::AsExpression(*table);
    f.expression = e.text;
    d_.data.derived_tables[index] = std::move(table);
    CheckType(what, placed.at, wanted, &e);
  }

  void CheckType(const std::string& what, const YamlNode& at, const feel::Type& wanted, feel::Expression* out) {
    const feel::Type& got = out->root->type;
    const bool open =
        got.kind == feel::TypeKind::kAny || got.kind == feel::TypeKind::kNull || (wanted.kind == feel::TypeKind::kAny);
    if (!open && (got.kind != wanted.kind || got.list != wanted.list)) {
      Problem(YamlError(
          at, what + ": type clash: a " + feel::TypeText(wanted) + " is wanted, this is a " + feel::TypeText(got)));
    }
    if (got.period != Period::kNone && wanted.period != Period::kNone && got.period != wanted.period) {
      Problem(YamlError(at, what + ": period clash: an amount per " + std::string(PeriodName(wanted.period)) +
                                " is wanted, this one is per " + std::string(PeriodName(got.period))));
    }
  }

  // Depth-first over derived facts; a fact met again while it is being worked out is circular.
  void FindCycles() {
    const PackData& data = d_.data;
    std::vector<int> state(data.derived.size(), 0), depth(data.derived.size(), 0);
    std::vector<int> path;
    for (size_t i = 0; i < data.derived.size(); ++i) VisitDerived(static_cast<int>(i), &state, &depth, &path);
  }

  void VisitDerived(int index, std::vector<int>* state, std::vector<int>* depth, std::vector<int>* path) {
    const PackData& data = d_.data;
    if ((*state)[static_cast<size_t>(index)] == 2) return;
    if ((*state)[static_cast<size_t>(index)] == 1) {
      std::string chain;
      auto it = std::find(path->begin(), path->end(), index);
      for (; it != path->end(); ++it) chain += data.derived[static_cast<size_t>(*it)].name + " -> ";
      Problem(YamlError(d_.derived_at[static_cast<size_t>(index)],
                        "circular definition: " + chain + data.derived[static_cast<size_t>(index)].name));
      return;
    }
    (*state)[static_cast<size_t>(index)] = 1;
    path->push_back(index);
    const feel::Node* root = data.derived_expressions[static_cast<size_t>(index)].root.get();
    int below = 0;
    if (root != nullptr) {
      std::set<int> uses;
      feel::ForEachNode(*root, [&](const feel::Node& n) {
        if (n.op != feel::Op::kFact && n.op != feel::Op::kSubjectFact) return;
        const SlotUse& use = data.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
        if (use.kind == SlotUse::Kind::kDerived) uses.insert(use.index);
      });
      for (const int use : uses) {
        VisitDerived(use, state, depth, path);
        below = std::max(below, (*depth)[static_cast<size_t>(use)]);
      }
      (*depth)[static_cast<size_t>(index)] = below + root->depth;
      if (below <= kChainDepthMax && below + root->depth > kChainDepthMax) {
        Problem(YamlError(d_.derived_at[static_cast<size_t>(index)],
                          "derived fact " + data.derived[static_cast<size_t>(index)].name +
                              " rests on a chain of expressions deeper than " + std::to_string(kChainDepthMax)));
      }
    }
    path->pop_back();
    (*state)[static_cast<size_t>(index)] = 2;
  }

  PackDeclarations d_;
  std::vector<Status>* problems_;
};

}  // namespace

std::shared_ptr<const PackData> CompilePack(PackDeclarations declarations, std::vector<Status>* problems) {
  return Compiler(std::move(declarations), problems).Run();
}

}  // namespace hearth
