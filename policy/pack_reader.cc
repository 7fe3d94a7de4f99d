#include "policy/pack_reader.h"

#include <algorithm>
#include <array>
#include <optional>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/overlay_reader.h"

namespace hearth {
namespace {

template <class T, size_t N>
std::optional<T> FromWord(const std::array<std::pair<std::string_view, T>, N>& words, std::string_view word) {
  for (const auto& [name, value] : words) {
    if (name == word) return value;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, FactPlace>, 5> kPlaces = {{{"household", FactPlace::kHousehold},
                                                                            {"member", FactPlace::kMember},
                                                                            {"employer", FactPlace::kEmployer},
                                                                            {"institution", FactPlace::kInstitution},
                                                                            {"city", FactPlace::kCity}}};
constexpr std::array<std::pair<std::string_view, FactType>, 10> kTypes = {{{"any", FactType::kAny},
                                                                           {"boolean", FactType::kBoolean},
                                                                           {"number", FactType::kNumber},
                                                                           {"money", FactType::kMoney},
                                                                           {"text", FactType::kText},
                                                                           {"date", FactType::kDate},
                                                                           {"months", FactType::kMonths},
                                                                           {"days", FactType::kDays},
                                                                           {"list", FactType::kList},
                                                                           {"rows", FactType::kRows}}};
constexpr std::array<std::pair<std::string_view, RuleUnit>, 6> kUnits = {{{"person", RuleUnit::kPerson},
                                                                          {"household", RuleUnit::kHousehold},
                                                                          {"employer", RuleUnit::kEmployer},
                                                                          {"institution", RuleUnit::kInstitution},
                                                                          {"village", RuleUnit::kVillage},
                                                                          {"city", RuleUnit::kCity}}};
constexpr std::array<std::pair<std::string_view, Period>, 5> kPeriods = {{{"day", Period::kDay},
                                                                          {"month", Period::kMonth},
                                                                          {"school_year", Period::kSchoolYear},
                                                                          {"year", Period::kYear},
                                                                          {"once", Period::kOnce}}};
constexpr std::array<std::pair<std::string_view, Rounding>, 3> kRoundings = {
    {{"down", Rounding::kDown}, {"half_up", Rounding::kHalfUp}, {"up", Rounding::kUp}}};
constexpr std::array<std::pair<std::string_view, StackMode>, 3> kModes = {{{"take_higher", StackMode::kTakeHigher},
                                                                           {"no_duplicate", StackMode::kNoDuplicate},
                                                                           {"additive", StackMode::kAdditive}}};
constexpr std::array<std::pair<std::string_view, Better>, 2> kBetter = {
    {{"higher", Better::kHigher}, {"lower", Better::kLower}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kKinds = {{{"cash", ""},
                                                                                   {"recognition", ""},
                                                                                   {"income-rule", ""},
                                                                                   {"mechanism", ""},
                                                                                   {"in-kind", ""},
                                                                                   {"fee-waiver", ""},
                                                                                   {"target", ""},
                                                                                   {"insurance-premium", ""},
                                                                                   {"employer-subsidy", ""},
                                                                                   {"priority", ""},
                                                                                   {"loan", ""},
                                                                                   {"housing", ""},
                                                                                   {"monitoring", ""},
                                                                                   {"employment", ""},
                                                                                   {"education", ""},
                                                                                   {"medical", ""},
                                                                                   {"asset-rule", ""}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kComputable = {{{"feeds", ""},
                                                                                       {"feeds+param", ""},
                                                                                       {"assessor", ""},
                                                                                       {"assessor+param", ""},
                                                                                       {"feeds+assessor", ""},
                                                                                       {"feeds+param+assessor", ""},
                                                                                       {"mechanism", ""}}};

// The words allowed, for a message: "household, member, employer".
template <class T, size_t N>
std::string Choices(const std::array<std::pair<std::string_view, T>, N>& words) {
  std::string out;
  for (const auto& [name, value] : words) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

class Reader {
 public:
  Reader(std::span<const std::shared_ptr<const RegistrySchema>> schemas, std::vector<Status>* problems)
      : schemas_(schemas), problems_(problems) {}

  PackDeclarations Run(const std::map<std::string, std::string>& files) {
    if (!files.contains("pack.yaml")) problems_->push_back(NotFound("pack.yaml is missing from the pack's folder"));
    // What others lean on comes first; within a kind by name.
    for (const FileKind& kind : kFileKinds) {
      for (const auto& [name, text] : files) {
        if (&KindOf(name) == &kind) ReadFile(kind, name, text);
      }
    }
    out_.data.digest = Digest(files);
    return std::move(out_);
  }

 private:
  void Problem(Status s) { problems_->push_back(std::move(s)); }
  void Finish(YamlMap* map) {
    if (Status s = map->Finish(); !s.ok()) Problem(std::move(s));
  }

  // What a file of a pack holds, by its name: `name.yaml`, or any file in a folder `name/`.
  struct FileKind {
    std::string_view name;
    void (Reader::*read)(const YamlNode& root, const std::string& file);  // nullptr: no part of the policy
    bool one_file = false, folder_only = false;
  };
  static constexpr size_t kFileKindCount = 10;
  static const std::array<FileKind, kFileKindCount> kFileKinds;

  static const FileKind& KindOf(std::string_view name) {
    for (const FileKind& kind : kFileKinds) {
      const bool file = !kind.folder_only && name.size() == kind.name.size() + 5 && name.starts_with(kind.name) &&
                        name.ends_with(".yaml");
      const bool inside = !kind.one_file && name.size() > kind.name.size() && name.starts_with(kind.name) &&
                          name[kind.name.size()] == '/';
      if (file || inside) return kind;
    }
    return kFileKinds.back();
  }

  void ReadFile(const FileKind& kind, const std::string& name, const std::string& text) {
    if (kind.name.empty()) {
      return Problem(InvalidArgument(name + ": no such file belongs to a pack (pack.yaml, parameters, facts, derived "
                                            "and stacking.yaml, left_out.yaml, overlays/, rules/, cases/)"));
    }
    if (kind.read == nullptr) return;
    StatusOr<YamlNode> root = ReadYaml(text, name);
    if (!root.ok()) {
      out_.whole = false;
      return Problem(root.status());
    }
    (this->*kind.read)(*root, name);
  }

  void ReadParameters(const YamlNode& root, const std::string&) {
    ReadList(root, "parameters", [this](const YamlNode& n) { ReadParameter(n); });
  }
  void ReadDerivedFacts(const YamlNode& root, const std::string&) {
    ReadList(root, "derived", [this](const YamlNode& n) { ReadDerived(n); });
  }
  void ReadStacking(const YamlNode& root, const std::string&) {
    ReadList(root, "groups", [this](const YamlNode& n) { ReadStackGroup(n); });
  }
  void ReadLeftOutRules(const YamlNode& root, const std::string&) {
    ReadList(root, "left_out", [this](const YamlNode& n) { ReadLeftOut(n); });
  }
  void ReadRules(const YamlNode& root, const std::string&) {
    if (!root.IsList()) return Problem(YamlError(root, "a file of rules is a list of rules"));
    for (const YamlNode& item : root.items) ReadRule(item);
  }

  void ReadOverlayFile(const YamlNode& root, const std::string& file) {
    std::string division = file.substr(std::string_view("overlays/").size());
    if (division.ends_with(".yaml")) division.resize(division.size() - 5);
    if (!IsDivision(division)) {
      return Problem(YamlError(root, "\"" + division +
                                         "\" is no division code: a file of overlays is named after one, "
                                         "2 to 12 digits"));
    }
    out_.overlay_files.push_back({division, root});
  }

  void ReadStackGroup(const YamlNode& node) {
    YamlMap map(node);
    StackGroup g;
    g.id = map.Text("id");
    g.mode = ReadWord(&map, "mode", kModes, StackMode::kTakeHigher, true);
    g.clause = ReadClause(&map, "stack group " + g.id);
    g.note = map.TextOr("note", "");
    Finish(&map);
    for (const StackGroup& other : out_.data.groups) {
      if (other.id == g.id) Problem(YamlError(node, "stack group " + g.id + " is declared twice"));
    }
    out_.data.groups.push_back(std::move(g));
    out_.group_at.push_back(Mark(node));
  }

  void ReadLeftOut(const YamlNode& node) {
    YamlMap map(node);
    LeftOutRule r;
    r.id = map.Text("id");
    r.title = ReadBilingual(&map, "title");
    r.clause = ReadClause(&map, "rule " + r.id);
    r.computable = map.Text("computable");
    r.reason = map.Text("reason");
    if (!r.computable.empty() && !FromWord(kComputable, r.computable)) {
      map.Fail(node, "computable \"" + r.computable + "\"; one of: " + Choices(kComputable));
    }
    Finish(&map);
    out_.data.left_out.push_back(std::move(r));
    out_.left_out_at.push_back(Mark(node));
  }

  template <class Each>
  void ReadList(const YamlNode& root, std::string_view key, const Each& each) {
    YamlMap map(root);
    const YamlNode* list = map.RequiredNode(key);
    Finish(&map);
    if (list == nullptr || list->IsNull()) return;
    if (!list->IsList()) return Problem(YamlError(*list, "\"" + std::string(key) + "\" is a list"));
    for (const YamlNode& item : list->items) each(item);
  }

  Bilingual ReadBilingual(YamlMap* map, std::string_view key) {
    Bilingual b;
    const YamlNode* node = map->RequiredNode(key);
    if (node == nullptr) return b;
    YamlMap inner(*node);
    b.en = inner.Text("en");
    b.zh = inner.Text("zh");
    Finish(&inner);
    return b;
  }

  template <class T, size_t N>
  T ReadWord(YamlMap* map, std::string_view key, const std::array<std::pair<std::string_view, T>, N>& words, T fallback,
             bool required) {
    const YamlNode* node = required ? map->RequiredNode(key) : map->Node(key);
    if (node == nullptr) return fallback;
    const std::optional<T> v = FromWord(words, node->text);
    if (!v) map->Fail(*node, "\"" + node->text + "\" is no " + std::string(key) + "; one of: " + Choices(words));
    return v.value_or(fallback);
  }

  std::string ReadClause(YamlMap* map, const std::string& what) {
    const std::optional<std::string> clause = map->OptionalText("clause");
    if (!clause || clause->empty()) {
      Problem(YamlError(map->node(), what + " names no clause; without one it cannot be explained"));
      return {};
    }
    return *clause;
  }

  PlacedText ReadFeel(YamlMap* map, std::string_view key, bool required) {
    PlacedText t;
    const YamlNode* node = required ? map->RequiredNode(key) : map->Node(key);
    if (node == nullptr) return t;
    t.at = Mark(*node);
    if (!node->IsScalar()) {
      map->Fail(*node, "\"" + std::string(key) + "\" is one FEEL expression");
      return t;
    }
    if (!node->quoted) {
      map->Fail(*node, "FEEL stands in quotes or in a | block, here it is bare: " + node->text);
      return t;
    }
    t.text = node->text;
    while (!t.text.empty() && (t.text.back() == '\n' || t.text.back() == ' ')) t.text.pop_back();
    t.given = true;
    return t;
  }

  // Ethnic group and religion decide nothing in any of these policies.
  void CheckName(const YamlNode& at, const std::string& name) {
    static constexpr std::array<std::string_view, 8> kForbidden = {"ethnic",    "ethnicity", "minority", "religion",
                                                                   "religious", "faith",     "race",     "nationality"};
    std::string word;
    bool plain = !name.empty();
    for (size_t i = 0; i <= name.size(); ++i) {
      const char c = i < name.size() ? name[i] : '_';
      if (c != '_') {
        word += c;
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
        continue;
      }
      if (std::find(kForbidden.begin(), kForbidden.end(), word) != kForbidden.end()) {
        Problem(YamlError(at, "\"" + name + "\" is a forbidden attribute (ethnic group, religion)"));
      }
      word.clear();
    }
    if (!plain) Problem(YamlError(at, "\"" + name + "\" is no name: lower-case letters, digits and _ alone"));
  }

  void ReadPack(const YamlNode& root, const std::string&) {
    YamlMap map(root);
    PackData& d = out_.data;
    d.id = map.Text("pack");
    d.title = ReadBilingual(&map, "title");
    d.document = map.Text("document");
    const auto from = map.OptionalDay("valid_from"), to = map.OptionalDay("valid_to");
    if (!from || !to) map.Fail(root, "valid_from and valid_to are wanted, both days included");
    if (from && to && *to < *from) map.Fail(root, "valid_to lies before valid_from");
    if (from) d.valid_from = *from;
    if (to) d.valid_to = *to;
    rounding_ = ReadWord(&map, "rounding", kRoundings, Rounding::kHalfUp, true);
    if (const YamlNode* aliases = map.Node("aliases"); aliases != nullptr) {
      for (const auto& [name, of] : aliases->entries) {
        d.aliases[name.text] = of.text;
        out_.aliases_at.push_back({name, of});
      }
    }
    Finish(&map);
  }

  void ReadParameter(const YamlNode& node) {
    YamlMap map(node);
    Parameter p;
    p.name = map.Text("name");
    p.type = ReadWord(&map, "type", kTypes, FactType::kAny, true);
    p.unit = map.TextOr("unit", "");
    p.note = map.TextOr("note", "");
    p.review = map.OptionalDay("review");
    p.ambiguity = map.TextOr("ambiguity", "");
    p.choices = map.TextListOr("choices");
    p.better = ReadWord(&map, "better", kBetter, Better::kUnstated, false);
    p.locality =
        ReadWord(&map, "set_by",
                 std::array<std::pair<std::string_view, bool>, 2>{{{"text", false}, {"locality", true}}}, false, false);
    p.clause = ReadClause(&map, "parameter " + p.name);
    const YamlNode* values = map.Node("values");
    const bool money = p.type == FactType::kMoney || p.type == FactType::kNumber;
    if (p.type == FactType::kRows) map.Fail(node, "a parameter holds no rows");
    if (money && p.unit.empty()) map.Fail(node, "parameter " + p.name + " states no unit");
    Finish(&map);
    CheckName(node, p.name);
    if (values != nullptr && values->IsList()) {
      for (const YamlNode& item : values->items) ReadDated(item, &p);
    }
    const bool none_given = values == nullptr || !values->IsList() || values->items.empty();
    if (none_given && !p.locality) {
      Problem(
          YamlError(node, "parameter " + p.name + " has no values; write `set_by: locality` when the place sets it"));
    }
    out_.data.parameters.push_back(std::move(p));
    out_.parameter_at.push_back(Mark(node));
    out_.data.parameter_places.push_back(node.Where());
  }

  void ReadDated(const YamlNode& item, Parameter* p) {
    YamlMap map(item);
    const std::optional<CivilDay> from = map.OptionalDay("from");
    const YamlNode* value = map.RequiredNode("value");
    if (!from) map.Fail(item, "\"from\" is missing: the first day of this value");
    Finish(&map);
    if (!from || value == nullptr) return;
    StatusOr<Value> v = ReadFactValue(*value, p->type, p->choices, nullptr);
    if (!v.ok()) return Problem(v.status());
    if (!p->values.empty() && *from <= p->values.back().from) Problem(YamlError(item, "the days must ascend"));
    p->values.push_back({*from, *std::move(v)});
  }

  void ReadFacts(const YamlNode& root, const std::string&) {
    YamlMap map(root);
    const YamlNode* registries = map.Node("registries");
    const YamlNode* facts = map.RequiredNode("facts");
    Finish(&map);
    if (registries != nullptr) {
      for (const YamlNode& item : registries->items) ReadRegistry(item);
    }
    if (facts == nullptr || !facts->IsList()) return;
    for (const YamlNode& item : facts->items) ReadFact(item);
  }

  void ReadRegistry(const YamlNode& item) {
    const auto it = std::find_if(schemas_.begin(), schemas_.end(), [&](const auto& s) { return s->id == item.text; });
    if (it == schemas_.end()) {
      std::vector<std::string> names;
      for (const auto& s : schemas_) names.push_back(s->id);
      const std::string near = NearestName(item.text, names);
      return Problem(YamlError(
          item, "unknown registry \"" + item.text + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?")));
    }
    const auto& registries = out_.data.registries;
    if (std::find(registries.begin(), registries.end(), item.text) != registries.end()) return;
    out_.data.registries.push_back(item.text);
    out_.registry_at.push_back(Mark(item));
    out_.data.schemas.push_back(*it);
  }

  void ReadFact(const YamlNode& node) {
    YamlMap map(node);
    RawFact f;
    f.name = map.Text("name");
    f.place = ReadWord(&map, "place", kPlaces, FactPlace::kHousehold, true);
    f.type = ReadWord(&map, "type", kTypes, FactType::kAny, true);
    f.unit = map.TextOr("unit", "");
    f.source = map.Text("source");
    f.values = map.TextListOr("values");
    if (const YamlNode* fields = map.Node("fields"); fields != nullptr) ReadFields(*fields, &map, f.type, &f.fields);
    f.health = map.TextListOr("health");
    const bool two_places = map.BoolOr("two_places", false);
    if (f.type == FactType::kRows) map.Fail(node, "rows of a registry are listed under `registries:`");
    Finish(&map);
    CheckName(node, f.name);
    out_.data.raw.push_back(std::move(f));
    out_.raw_at.push_back(Mark(node));
    out_.raw_two_places.push_back(two_places);
  }

  void ReadFields(const YamlNode& node, YamlMap* map, FactType of,
                  std::vector<std::pair<std::string, FactType>>* fields) {
    if (of != FactType::kList || !node.IsMap()) {
      return map->Fail(node, "`fields` is a map of name to type, for a fact that is a list");
    }
    for (const auto& [name, type] : node.entries) {
      const std::optional<FactType> t = FromWord(kTypes, type.text);
      if (!t) map->Fail(type, "\"" + type.text + "\" is no type; one of: " + Choices(kTypes));
      CheckName(name, name.text);
      fields->emplace_back(name.text, t.value_or(FactType::kAny));
    }
  }

  void ReadDerived(const YamlNode& node) {
    YamlMap map(node);
    DerivedFact f;
    f.name = map.Text("name");
    f.place = ReadWord(&map, "place", kPlaces, FactPlace::kHousehold, true);
    f.type = ReadWord(&map, "type", kTypes, FactType::kAny, true);
    f.unit = map.TextOr("unit", "");
    f.note = map.TextOr("note", "");
    f.clause = ReadClause(&map, "derived fact " + f.name);
    f.registry = map.TextOr("registry", "");
    f.health = map.TextListOr("health");
    const bool two_places = map.BoolOr("two_places", false);
    const auto& registries = out_.data.registries;
    if (f.type == FactType::kRows && std::find(registries.begin(), registries.end(), f.registry) == registries.end()) {
      map.Fail(node, "derived fact " + f.name + " holds rows: `registry:` says of which registry of facts.yaml");
    }
    f.values = map.TextListOr("values");
    if (!f.values.empty() && f.type != FactType::kText) map.Fail(node, "`values` are the words of a text");
    if (const YamlNode* fields = map.Node("fields"); fields != nullptr) ReadFields(*fields, &map, f.type, &f.fields);
    PlacedText feel = ReadFeel(&map, "feel", false);
    PlacedTable table;
    if (const YamlNode* given = map.Node("table"); given != nullptr) {
      if (feel.given) map.Fail(*given, "derived fact " + f.name + " has both `feel` and `table`");
      table = ReadDecisionTable(*given, problems_);
    } else if (map.Node("feel") == nullptr) {
      map.Fail(node, "derived fact " + f.name + " has neither `feel` nor `table`");
    }
    f.expression = feel.text;
    Finish(&map);
    CheckName(node, f.name);
    out_.derived_tables.push_back(std::move(table));
    out_.data.derived.push_back(std::move(f));
    out_.derived_at.push_back(Mark(node));
    out_.derived_texts.push_back(std::move(feel));
    out_.derived_two_places.push_back(two_places);
  }

  void ReadRule(const YamlNode& node) {
    YamlMap map(node);
    Rule r;
    RuleTexts t;
    r.id = map.Text("id");
    r.title = ReadBilingual(&map, "title");
    r.clause = ReadClause(&map, "rule " + r.id);
    r.unit = ReadWord(&map, "unit", kUnits, RuleUnit::kHousehold, true);
    r.kind = map.Text("kind");
    r.computable = map.Text("computable");
    if (!r.kind.empty() && !FromWord(kKinds, r.kind))
      map.Fail(node, "kind \"" + r.kind + "\"; one of: " + Choices(kKinds));
    if (!r.computable.empty() && !FromWord(kComputable, r.computable)) {
      map.Fail(node, "computable \"" + r.computable + "\"; one of: " + Choices(kComputable));
    }
    r.lead = ReadBilingual(&map, "lead");
    r.per = ReadWord(&map, "per", kPeriods, Period::kNone, false);
    r.rounding = ReadWord(&map, "rounding", kRoundings, rounding_, false);
    r.programme = map.TextOr("programme", "");
    r.recognises = map.TextOr("recognises", "");
    r.exits = map.TextListOr("exits");
    r.exit_start = map.TextOr("exit_start", "");
    r.stack_group = map.TextOr("stack_group", "");
    r.note = map.TextOr("note", "");
    t.when = ReadFeel(&map, "when", true);
    t.amount = ReadFeel(&map, "amount", false);
    t.breach = ReadFeel(&map, "breach", false);
    t.due = ReadFeel(&map, "due", false);
    t.at = Mark(node);
    if (t.amount.given && r.per == Period::kNone) map.Fail(node, "rule " + r.id + " has an amount and no \"per\"");
    Finish(&map);
    r.when = t.when.text;
    r.amount = t.amount.text;
    r.breach = t.breach.text;
    r.due = t.due.text;
    out_.data.rules.push_back(std::move(r));
    out_.rule_texts.push_back(std::move(t));
  }

  // Over path and text of each file, lengths included, in order of path; line ends count as \n. Cases are no part
  // of the policy.
  static std::string Digest(const std::map<std::string, std::string>& files) {
    std::string all;
    for (const auto& [name, text] : files) {
      if (name.starts_with("cases/")) continue;
      std::string canonical = text;
      std::erase(canonical, '\r');
      all += name + '\0' + std::to_string(canonical.size()) + '\0' + canonical;
    }
    const XXH128_hash_t h = XXH3_128bits(all.data(), all.size());
    std::array<char, 33> hex{};
    std::snprintf(hex.data(), hex.size(), "%016llx%016llx", static_cast<unsigned long long>(h.high64),
                  static_cast<unsigned long long>(h.low64));
    return std::string(hex.data(), 32);
  }

  std::span<const std::shared_ptr<const RegistrySchema>> schemas_;
  std::vector<Status>* problems_;
  PackDeclarations out_;
  Rounding rounding_ = Rounding::kHalfUp;
};

const std::array<Reader::FileKind, Reader::kFileKindCount> Reader::kFileKinds = {{
    {"pack", &Reader::ReadPack, true, false},
    {"parameters", &Reader::ReadParameters},
    {"facts", &Reader::ReadFacts},
    {"derived", &Reader::ReadDerivedFacts},
    {"stacking", &Reader::ReadStacking, true, false},
    {"rules", &Reader::ReadRules, false, true},
    {"left_out", &Reader::ReadLeftOutRules, true, false},
    {"overlays", &Reader::ReadOverlayFile, false, true},
    {"cases", nullptr, false, true},
    {"", nullptr},
}};

}  // namespace

PackDeclarations ReadPackFiles(const std::map<std::string, std::string>& files,
                               std::span<const std::shared_ptr<const RegistrySchema>> schemas,
                               std::vector<Status>* problems) {
  return Reader(schemas, problems).Run(files);
}

}  // namespace hearth
