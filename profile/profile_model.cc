#include "profile/profile_model.h"

#include <algorithm>

#include "core/yaml.h"

namespace hearth {
namespace {

constexpr struct {
  std::string_view name;
  ProfileBuiltIn value;
} kBuiltIns[] = {
    {"person_id", ProfileBuiltIn::kPersonId},
    {"birth_date", ProfileBuiltIn::kBirthDate},
    {"sex", ProfileBuiltIn::kSex},
    {"death_date", ProfileBuiltIn::kDeathDate},
    {"membership_reason", ProfileBuiltIn::kMembershipReason},
    {"household_number", ProfileBuiltIn::kHouseholdNumber},
    {"unit_size", ProfileBuiltIn::kUnitSize},
};

constexpr struct {
  std::string_view name;
  FactPick value;
} kPicks[] = {
    {"first", FactPick::kFirst}, {"last", FactPick::kLast},   {"min", FactPick::kMin},       {"max", FactPick::kMax},
    {"sum", FactPick::kSum},     {"count", FactPick::kCount}, {"exists", FactPick::kExists},
};

template <class Table, class Value>
bool LookUp(const Table& table, std::string_view name, Value* out) {
  for (const auto& entry : table) {
    if (entry.name == name) {
      *out = entry.value;
      return true;
    }
  }
  return false;
}

template <class Table>
std::string Names(const Table& table) {
  std::string all;
  for (const auto& entry : table) all += (all.empty() ? "" : ", ") + std::string(entry.name);
  return all;
}

// Field of a schema by the text under `key`; -1 when the key is absent.
int FieldOf(YamlMap& map, std::string_view key, const RegistrySchema& schema) {
  const auto name = map.OptionalText(key);
  if (!name) return -1;
  const int field = schema.FieldIndex(*name);
  if (field < 0) {
    std::vector<std::string> known;
    for (const FieldSchema& f : schema.fields) known.push_back(f.name);
    const std::string nearest = NearestName(*name, known);
    map.Fail(*map.Node(key), "registry " + schema.id + " has no field \"" + *name + "\"" +
                                 (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?"));
  }
  return field;
}

void ReadWhere(YamlMap& map, const RegistrySchema& schema, FactDefinition* fact) {
  const YamlNode* node = map.Node("where");
  if (node == nullptr) return;
  YamlMap where(*node);
  for (const auto& [key, value] : node->entries) {
    const int index = schema.FieldIndex(key.text);
    if (index < 0 || schema.fields[index].type != FieldType::kCode) {
      map.Fail(key, "\"" + key.text + "\" is no code field of registry " + schema.id);
      return;
    }
    std::vector<int> accepted;
    for (const std::string& word : where.TextListOr(key.text)) {
      const int code = FindCodeValue(schema.fields[index], word);
      if (code < 0) map.Fail(value, "\"" + word + "\" is no value of " + schema.id + "." + key.text);
      accepted.push_back(code);
    }
    fact->where.emplace_back(index, std::move(accepted));
  }
}

Status ReadAssessed(const YamlNode& node, std::span<const std::shared_ptr<const RegistrySchema>> schemas,
                    AssessedRows* rows) {
  YamlMap map(node);
  const std::string registry = map.Text("registry");
  const auto it = std::find_if(schemas.begin(), schemas.end(), [&](const auto& s) { return s->id == registry; });
  if (it == schemas.end()) return OkStatus();  // another site's registry
  const RegistrySchema& schema = **it;
  rows->registry = static_cast<int>(it - schemas.begin());
  rows->subject = FieldOf(map, "subject", schema);
  rows->fact = FieldOf(map, "fact", schema);
  rows->value = FieldOf(map, "value", schema);
  rows->from = FieldOf(map, "from", schema);
  rows->to = FieldOf(map, "to", schema);
  const auto is = [&](int field, FieldType type) {
    return field >= 0 && schema.fields[static_cast<size_t>(field)].type == type;
  };
  if (is(rows->subject, FieldType::kCode)) {
    rows->person_code = FindCodeValue(schema.fields[static_cast<size_t>(rows->subject)], "person");
    rows->household_code = FindCodeValue(schema.fields[static_cast<size_t>(rows->subject)], "household");
  }
  if (rows->person_code < 0 || rows->household_code < 0) {
    map.Fail(node, "\"subject\" must be a code field with the values person and household");
  }
  if (!is(rows->fact, FieldType::kText) || !is(rows->value, FieldType::kText)) {
    map.Fail(node, "\"fact\" and \"value\" must be text fields");
  }
  if (!is(rows->from, FieldType::kDay) || (rows->to >= 0 && !is(rows->to, FieldType::kDay))) {
    map.Fail(node, "\"from\" and \"to\" must be day fields");
  }
  return map.Finish();
}

}  // namespace

StatusOr<ProfileModel> ReadProfileModel(std::string_view yaml, std::string_view file_name,
                                        std::span<const std::shared_ptr<const RegistrySchema>> schemas) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(yaml, file_name));
  YamlMap top(root);
  const YamlNode* list = top.RequiredNode("facts");
  const YamlNode* assessed = top.Node("assessed");
  HEARTH_RETURN_IF_ERROR(top.Finish());
  if (!list->IsList()) return YamlError(*list, "\"facts\" must be a list");
  ProfileModel model;
  if (assessed != nullptr) HEARTH_RETURN_IF_ERROR(ReadAssessed(*assessed, schemas, &model.assessed));
  for (const YamlNode& item : list->items) {
    YamlMap map(item);
    FactDefinition fact;
    fact.name = map.Text("name");
    const std::string place = map.Text("place");
    if (place == "household") {
      fact.place = FactPlace::kHousehold;
    } else if (place != "member") {
      map.Fail(item, "\"place\" must be member or household");
    }
    if (const auto from = map.OptionalText("built_in")) {
      if (!LookUp(kBuiltIns, *from, &fact.built_in)) {
        map.Fail(item, "\"built_in\" must be one of " + Names(kBuiltIns));
      }
      HEARTH_RETURN_IF_ERROR(map.Finish());
      model.facts.push_back(std::move(fact));
      continue;
    }
    const std::string registry = map.Text("registry");
    for (size_t i = 0; i < schemas.size(); ++i) {
      if (schemas[i]->id == registry) fact.registry = static_cast<int>(i);
    }
    if (fact.registry < 0) continue;  // another site's registry
    const RegistrySchema& schema = *schemas[fact.registry];
    if (!LookUp(kPicks, map.TextOr("pick", "last"), &fact.pick)) {
      map.Fail(item, "\"pick\" must be one of " + Names(kPicks));
    }
    fact.field = FieldOf(map, "field", schema);
    fact.by = FieldOf(map, "by", schema);
    fact.from = FieldOf(map, "from", schema);
    fact.to = FieldOf(map, "to", schema);
    fact.month_within = FieldOf(map, "month", schema);
    fact.months = static_cast<int>(map.IntOr("months", 0));
    fact.then = map.OptionalText("then");
    fact.otherwise = map.OptionalText("otherwise");
    ReadWhere(map, schema, &fact);
    if (fact.field < 0 && fact.pick != FactPick::kExists && fact.pick != FactPick::kCount) {
      map.Fail(item, "a fact that picks a value needs \"field\"");
    }
    HEARTH_RETURN_IF_ERROR(map.Finish());
    model.facts.push_back(std::move(fact));
  }
  return model;
}

}  // namespace hearth
