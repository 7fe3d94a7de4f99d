#include "ingest/registry_schema.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "core/yaml.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWordCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_";

bool IsWord(std::string_view s) {
  return !s.empty() && s[0] >= 'a' && s[0] <= 'z' && s.find_first_not_of(kWordCharacters) == std::string_view::npos;
}

std::string Quoted(std::string_view s) { return "\"" + std::string(s) + "\""; }

// "; did you mean "plate"?", or the choices when nothing is near.
std::string Suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::string nearest = NearestName(word, known);
  if (!nearest.empty()) return "; did you mean " + Quoted(nearest) + "?";
  if (known.empty() || known.size() > 8) return "";
  std::string list;
  for (const std::string& k : known) list += (list.empty() ? "" : ", ") + k;
  return "; known: " + list;
}

// What a person's key may point at.
struct PersonKey {
  std::string_view key;
  int PersonReference::*member;
  std::array<FieldType, 3> types;  // allowed; repeated to fill
};

constexpr auto kT = FieldType::kText;
constexpr auto kN = FieldType::kName;
constexpr PersonKey kPersonKeys[] = {
    {"number",
     &PersonReference::number,
     {FieldType::kCitizenNumber, FieldType::kDisabilityCertificate, FieldType::kCitizenNumber}},
    {"other_number", &PersonReference::other_number, {kT, kT, kT}},
    {"name", &PersonReference::name, {kN, kN, kN}},
    {"given_name", &PersonReference::given_name, {kN, kN, kT}},
    {"middle_name", &PersonReference::middle_name, {kN, kN, kT}},
    {"family_name", &PersonReference::family_name, {kN, kN, kT}},
    {"former_name", &PersonReference::former_name, {kN, kN, kN}},
    {"birth_date", &PersonReference::birth_date, {FieldType::kDay, FieldType::kDay, FieldType::kDay}},
    {"sex", &PersonReference::sex, {FieldType::kCode, FieldType::kCode, FieldType::kCode}},
    {"region", &PersonReference::region, {FieldType::kRegion, FieldType::kRegion, FieldType::kRegion}},
    {"address", &PersonReference::address, {FieldType::kAddress, FieldType::kAddress, kT}},
    {"phone", &PersonReference::phone, {FieldType::kPhone, FieldType::kPhone, FieldType::kPhone}},
    {"organisation", &PersonReference::organisation, {kT, FieldType::kCreditCode, kT}},
    {"subject_key", &PersonReference::subject_key, {kT, kT, kT}},
    {"household_key", &PersonReference::household_key, {kT, kT, kT}},
    {"death_date", &PersonReference::death_date, {FieldType::kDay, FieldType::kDay, FieldType::kDay}},
};

constexpr struct {
  std::string_view name;
  KinKind kind;
} kKinKinds[] = {
    {"spouse", KinKind::kSpouse}, {"parent_child", KinKind::kParentChild}, {"guardian", KinKind::kGuardian}};

// Reads one schema; the first error stays in status_.
class SchemaReader {
 public:
  explicit SchemaReader(const YamlNode& root) : root_(root) {}

  StatusOr<std::shared_ptr<const RegistrySchema>> Read() {
    YamlMap map(root_);
    schema_.id = map.Text("registry");
    if (const YamlNode* id = map.Node("registry"); id != nullptr && !IsWord(schema_.id)) {
      map.Fail(*id, "a registry's id is lower-case letters, digits and _, such as vehicles");
    }
    if (const YamlNode* title = map.RequiredNode("title")) {
      YamlMap t(*title);
      schema_.title_en = t.Text("en");
      schema_.title_zh = t.Text("zh");
      Keep(t.Finish());
    }
    if (const YamlNode* fields = map.RequiredNode("fields")) ReadFields(*fields);
    if (const YamlNode* key = map.RequiredNode("key")) ReadKey(*key);
    if (const YamlNode* persons = map.Node("persons")) ReadPersons(*persons);
    if (const YamlNode* kin = map.Node("kin")) ReadKin(*kin);
    if (const YamlNode* household = map.Node("household")) ReadHousehold(*household);
    const Status top = map.Finish();
    if (!top.ok()) return top;
    if (!status_.ok()) return status_;
    return std::make_shared<const RegistrySchema>(std::move(schema_));
  }

 private:
  void Keep(const Status& s) {
    if (status_.ok()) status_ = s;
  }
  void Fail(const YamlNode& at, std::string_view message) { Keep(YamlError(at, message)); }

  bool NeedList(const YamlNode& node, std::string_view what) {
    if (node.IsList() && !node.items.empty()) return true;
    Fail(node, std::string(what) + " must be a list with at least one item");
    return false;
  }

  void ReadFields(const YamlNode& list) {
    if (!NeedList(list, "\"fields\"")) return;
    std::set<std::string> names;
    for (const YamlNode& item : list.items) {
      FieldSchema field = ReadField(item);
      if (!names.insert(field.name).second) Fail(item, "two fields have the name " + Quoted(field.name));
      field_names_.push_back(field.name);
      schema_.fields.push_back(std::move(field));
    }
  }

  FieldSchema ReadField(const YamlNode& item) {
    YamlMap map(item);
    FieldSchema field;
    field.name = map.Text("name");
    if (const YamlNode* name = map.Node("name"); name != nullptr && !IsWord(field.name)) {
      map.Fail(*name, "a field's name is lower-case letters, digits and _");
    }
    const std::string type = map.Text("type");
    if (const YamlNode* node = map.Node("type"); node != nullptr && !FieldTypeFromName(type, &field.type)) {
      map.Fail(*node, "unknown field type " + Quoted(type) + Suggestion(type, TypeNames()));
    }
    field.required = map.BoolOr("required", false);
    field.sensitive = map.BoolOr("sensitive", false);
    field.label = map.TextOr("label", "");
    const YamlNode* codes = map.Node("codes");
    if (field.type == FieldType::kCode && codes == nullptr) map.Fail(item, "a code field needs \"codes\"");
    if (field.type != FieldType::kCode && codes != nullptr) map.Fail(*codes, "only a code field has \"codes\"");
    if (codes != nullptr) ReadCodes(*codes, &field);
    Keep(map.Finish());
    return field;
  }

  static std::vector<std::string> TypeNames() {
    std::vector<std::string> names;
    for (int t = 0; t <= static_cast<int>(FieldType::kMonth); ++t) {
      names.emplace_back(FieldTypeName(static_cast<FieldType>(t)));
    }
    return names;
  }

  // Values may repeat (the standard has one English word for several relations); codes and labels may not.
  void ReadCodes(const YamlNode& list, FieldSchema* field) {
    if (!NeedList(list, "\"codes\"")) return;
    std::set<std::string> codes, labels;
    for (const YamlNode& item : list.items) {
      const bool sound = item.IsList() && item.items.size() == 3 && item.items[0].IsScalar() &&
                         item.items[1].IsScalar() && item.items[2].IsScalar();
      if (!sound) {
        Fail(item, "a code is written [\"01\", value, label]");
        continue;
      }
      CodeValue code{item.items[0].text, item.items[1].text, item.items[2].text};
      if (!item.items[0].quoted) Fail(item.items[0], "write the code in quotes, so that its zeros stay");
      if (code.code.empty()) Fail(item.items[0], "a code must not be empty");
      if (!IsWord(code.value)) Fail(item.items[1], "a code's value is lower-case letters, digits and _");
      if (!codes.insert(code.code).second) Fail(item.items[0], "code " + Quoted(code.code) + " is given twice");
      if (!code.label.empty() && !labels.insert(code.label).second) {
        Fail(item.items[2], "label " + Quoted(code.label) + " is given twice");
      }
      field->codes.push_back(std::move(code));
    }
  }

  // Index of a field named by a scalar node; -1 after an error.
  int FieldAt(const YamlNode& node) {
    if (!node.IsScalar()) {
      Fail(node, "expected a field's name");
      return -1;
    }
    const int index = schema_.FieldIndex(node.text);
    if (index < 0) Fail(node, "unknown field " + Quoted(node.text) + Suggestion(node.text, field_names_));
    return index;
  }

  // As FieldAt for an optional key of a map, with the type checked.
  int FieldOf(YamlMap& map, std::string_view key, std::array<FieldType, 3> types, bool required = false) {
    const YamlNode* node = required ? map.RequiredNode(key) : map.Node(key);
    if (node == nullptr) return -1;
    const int index = FieldAt(*node);
    if (index < 0) return -1;
    const FieldType type = schema_.fields[static_cast<size_t>(index)].type;
    if (std::find(types.begin(), types.end(), type) == types.end()) {
      Fail(*node, "field " + Quoted(node->text) + " has type " + std::string(FieldTypeName(type)) + "; \"" +
                      std::string(key) + "\" needs " + std::string(FieldTypeName(types[0])));
    }
    return index;
  }

  void ReadKey(const YamlNode& list) {
    if (!NeedList(list, "\"key\"")) return;
    for (const YamlNode& item : list.items) {
      const int index = FieldAt(item);
      if (index < 0) continue;
      if (std::find(schema_.key.begin(), schema_.key.end(), index) != schema_.key.end()) {
        Fail(item, "field " + Quoted(item.text) + " is twice in the key");
      }
      schema_.key.push_back(index);
    }
  }

  void ReadPersons(const YamlNode& list) {
    if (!NeedList(list, "\"persons\"")) return;
    for (const YamlNode& item : list.items) {
      YamlMap map(item);
      PersonReference person;
      person.role = map.Text("role");
      if (std::find(roles_.begin(), roles_.end(), person.role) != roles_.end()) {
        map.Fail(item, "two persons have the role " + Quoted(person.role));
      }
      bool identifies = false;
      for (const PersonKey& key : kPersonKeys) {
        person.*key.member = FieldOf(map, key.key, key.types);
        identifies |= person.*key.member >= 0 && key.member != &PersonReference::sex;
      }
      if (person.sex >= 0) CheckSex(*map.Node("sex"), schema_.fields[static_cast<size_t>(person.sex)]);
      Keep(map.Finish());
      if (!identifies) Fail(item, "a person needs a field that tells who it is, such as number or name");
      roles_.push_back(person.role);
      schema_.persons.push_back(std::move(person));
    }
  }

  void CheckSex(const YamlNode& node, const FieldSchema& field) {
    if (field.type != FieldType::kCode) return;
    if (FindCodeValue(field, "male") < 0 || FindCodeValue(field, "female") < 0) {
      Fail(node, "field " + Quoted(field.name) + " needs the values male and female to be a person's sex");
    }
  }

  int RoleOf(YamlMap& map, std::string_view key) {
    const YamlNode* node = map.RequiredNode(key);
    if (node == nullptr) return -1;
    const auto found = std::find(roles_.begin(), roles_.end(), node->text);
    if (found == roles_.end()) {
      Fail(*node, "no person of this registry has the role " + Quoted(node->text) + Suggestion(node->text, roles_));
      return -1;
    }
    return static_cast<int>(found - roles_.begin());
  }

  void ReadKin(const YamlNode& list) {
    if (!NeedList(list, "\"kin\"")) return;
    for (const YamlNode& item : list.items) {
      YamlMap map(item);
      KinRule rule;
      ReadKinKind(map, &rule);
      rule.from = RoleOf(map, "from");
      rule.to = RoleOf(map, "to");
      if (rule.from >= 0 && rule.from == rule.to) map.Fail(item, "\"from\" and \"to\" are the same person");
      if (const YamlNode* when = map.Node("when")) ReadWhen(*when, &rule);
      rule.ends = map.BoolOr("ends", false);
      rule.day_field = FieldOf(map, "day", {FieldType::kDay, FieldType::kDay, FieldType::kDay});
      Keep(map.Finish());
      schema_.kin.push_back(std::move(rule));
    }
  }

  void ReadKinKind(YamlMap& map, KinRule* rule) {
    const std::string name = map.Text("kind");
    std::vector<std::string> known;
    for (const auto& kind : kKinKinds) {
      if (kind.name == name) {
        rule->kind = kind.kind;
        return;
      }
      known.emplace_back(kind.name);
    }
    if (const YamlNode* node = map.Node("kind")) {
      map.Fail(*node, "unknown kind of kinship " + Quoted(name) + Suggestion(name, known));
    }
  }

  void ReadWhen(const YamlNode& when, KinRule* rule) {
    YamlMap map(when);
    rule->when_field = FieldOf(map, "field", {FieldType::kCode, FieldType::kCode, FieldType::kCode}, true);
    const YamlNode* in = map.RequiredNode("in");
    Keep(map.Finish());
    if (in == nullptr || rule->when_field < 0 || !NeedList(*in, "\"in\"")) return;
    const FieldSchema& field = schema_.fields[static_cast<size_t>(rule->when_field)];
    for (const YamlNode& item : in->items) {
      // One value may stand for several codes.
      bool found = false;
      for (size_t i = 0; i < field.codes.size(); ++i) {
        if (field.codes[i].value != item.text) continue;
        rule->when_values.push_back(static_cast<int>(i));
        found = true;
      }
      if (!found) {
        Fail(item, Quoted(item.text) + " is no value of field " + Quoted(field.name) +
                       Suggestion(item.text, ValuesOf(field)));
      }
    }
  }

  static std::vector<std::string> ValuesOf(const FieldSchema& field) {
    std::vector<std::string> values;
    for (const CodeValue& code : field.codes) values.push_back(code.value);
    return values;
  }

  void ReadHousehold(const YamlNode& node) {
    YamlMap map(node);
    constexpr std::array<FieldType, 3> kCodes = {FieldType::kCode, FieldType::kCode, FieldType::kCode};
    schema_.household.person = RoleOf(map, "person");
    schema_.household.number = FieldOf(map, "number", {kT, kT, kT}, true);
    schema_.household.relation = FieldOf(map, "relation", kCodes, true);
    schema_.household.kind = FieldOf(map, "kind", kCodes);
    schema_.household.status = FieldOf(map, "status", kCodes);
    Keep(map.Finish());
  }

  const YamlNode& root_;
  RegistrySchema schema_;
  Status status_;
  std::vector<std::string> field_names_, roles_;
};

StatusOr<std::string> ReadWhole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return NotFound(file.string() + ": cannot be opened");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

StatusOr<std::shared_ptr<const RegistrySchema>> ParseRegistrySchema(std::string_view text, std::string_view file_name) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(text, file_name));
  return SchemaReader(root).Read();
}

StatusOr<SchemaList> LoadRegistrySchemas(const std::vector<fs::path>& folders) {
  std::map<std::string, std::pair<std::shared_ptr<const RegistrySchema>, fs::path>> by_id;
  for (const fs::path& folder : folders) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      if (it->path().extension() == ".yaml") files.push_back(it->path());
    }
    if (error) return NotFound(folder.string() + ": is no folder of registry schemas (" + error.message() + ")");
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      HEARTH_ASSIGN_OR_RETURN(const std::string text, ReadWhole(file));
      HEARTH_ASSIGN_OR_RETURN(auto schema, ParseRegistrySchema(text, file.string()));
      const std::string id = schema->id;
      const auto [entry, is_new] = by_id.try_emplace(id, std::move(schema), file);
      if (!is_new) {
        return InvalidArgument(file.string() + ": registry \"" + id + "\" is already described by " +
                               entry->second.second.string());
      }
    }
  }
  SchemaList schemas;
  for (auto& [id, entry] : by_id) schemas.push_back(std::move(entry.first));
  return schemas;
}

const RegistrySchema* FindSchema(const SchemaList& schemas, std::string_view registry) {
  for (const auto& schema : schemas) {
    if (schema->id == registry) return schema.get();
  }
  return nullptr;
}

}  // namespace hearth
