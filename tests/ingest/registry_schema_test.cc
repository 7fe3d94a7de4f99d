#include "ingest/registry_schema.h"

#include "tests/ingest/delivery_fixture.h"

namespace hearth {
namespace {

constexpr std::string_view kGood = R"(registry: cars
title: {en: Cars, zh: 车辆}
key: [plate_type, plate]
fields:
  - {name: plate, type: plate, required: true, label: 号牌}
  - name: plate_type
    type: code
    codes: [["01", large, 大型], ["02", small, 小型]]
  - {name: owner_number, type: citizen_number, sensitive: true}
  - {name: owner_name, type: name}
  - {name: user_number, type: citizen_number}
  - {name: since, type: day}
  - {name: account, type: text}
persons:
  - {role: owner, number: owner_number, name: owner_name}
  - {role: user, number: user_number}
kin:
  - {kind: spouse, from: owner, to: user, when: {field: plate_type, in: [small]}, day: since, ends: true}
household: {person: owner, number: account, relation: plate_type}
)";

StatusOr<std::shared_ptr<const RegistrySchema>> ParseWith(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return ParseRegistrySchema(text, "cars.yaml");
}

TEST(RegistrySchema, SoundSchemaReads) {
  const auto schema = ParseRegistrySchema(kGood, "cars.yaml");
  ASSERT_TRUE(schema.ok()) << schema.status();
  const RegistrySchema& s = **schema;
  EXPECT_EQ(s.id, "cars");
  EXPECT_EQ(s.key, (std::vector<int>{1, 0}));
  EXPECT_TRUE(s.fields[0].required);
  EXPECT_TRUE(s.fields[2].sensitive);
  EXPECT_EQ(s.fields[1].codes[1].value, "small");
  EXPECT_EQ(s.persons[0].name, 3);
  EXPECT_EQ(s.persons[1].name, -1);
  EXPECT_EQ(s.kin[0].kind, KinKind::kSpouse);
  EXPECT_EQ(s.kin[0].when_values, std::vector<int>{1});
  EXPECT_EQ(s.kin[0].day_field, 5);
  EXPECT_TRUE(s.kin[0].ends);
  EXPECT_EQ(s.household.person, 0);
  EXPECT_EQ(s.household.kind, -1);
}

TEST(RegistrySchema, MistakesAreToldWithPlaceAndNearestName) {
  constexpr struct {
    std::string_view from, to, says;
  } kCases[] = {
      {"key: [plate_type, plate]", "key: [plate_typ]",
       "cars.yaml:3:7: unknown field \"plate_typ\"; did you mean \"plate_type\"?"},
      {"key: [plate_type, plate]", "key: [plate, plate]", "cars.yaml:3:14: field \"plate\" is twice in the key"},
      {"key: [plate_type, plate]", "key: []", "must be a list with at least one item"},
      {"persons:", "persns:", "unknown key \"persns\"; did you mean \"persons\"?"},
      {"registry: cars", "registry: Cars", "a registry's id is lower-case"},
      {"type: plate,", "type: plat,", "unknown field type \"plat\"; did you mean \"plate\"?"},
      {"label: 号牌", "lable: 号牌", "unknown key \"lable\"; did you mean \"label\"?"},
      {"required: true", "required: maybe", "must be true or false"},
      {"name: since", "name: account", "two fields have the name \"account\""},
      {"[\"02\", small, 小型]", "[\"01\", small, 小型]", "code \"01\" is given twice"},
      {"[\"02\", small, 小型]", "[\"02\", small, 大型]", "label \"大型\" is given twice"},
      {"[\"02\", small, 小型]", "[02, small, 小型]", "write the code in quotes"},
      {"[\"02\", small, 小型]", "[\"02\", small]", "a code is written"},
      {"type: code\n", "type: text\n", "only a code field has \"codes\""},
      {"type: day}", "type: code}", "a code field needs \"codes\""},
      {"number: owner_number,", "number: owner_nubmer,", "did you mean \"owner_number\"?"},
      {"number: owner_number,", "number: since,", "field \"since\" has type day; \"number\" needs citizen_number"},
      {"{role: user, number: user_number}", "{role: user}", "a person needs a field that tells who it is"},
      {"{role: user, number", "{role: owner, number", "two persons have the role \"owner\""},
      {"name: owner_name}\n  - {role", "nmae: owner_name}\n  - {role", "unknown key \"nmae\"; did you mean \"name\"?"},
      {"kind: spouse", "kind: spose", "unknown kind of kinship \"spose\"; did you mean \"spouse\"?"},
      {"from: owner, to: user", "from: owner, to: usr",
       "no person of this registry has the role \"usr\"; did you mean \"user\"?"},
      {"from: owner, to: user", "from: owner, to: owner", "are the same person"},
      {"in: [small]", "in: [smal]", "\"smal\" is no value of field \"plate_type\"; did you mean \"small\"?"},
      {"field: plate_type", "field: since", "has type day; \"field\" needs code"},
      {"day: since", "day: account", "has type text; \"day\" needs day"},
      {"relation: plate_type}", "relation: plate_type, kidn: plate_type}", "did you mean \"kind\"?"},
      {"household: {person: owner", "household: {person: nobody", "no person of this registry has the role"},
      {", number: account, relation", ", relation", "missing key \"number\""},
  };
  for (const auto& c : kCases) {
    const auto schema = ParseWith(c.from, c.to);
    ASSERT_FALSE(schema.ok()) << c.to;
    EXPECT_EQ(schema.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(Message(schema.status()).find(c.says), std::string::npos) << c.to << "\n" << schema.status();
    EXPECT_TRUE(Message(schema.status()).starts_with("cars.yaml:")) << schema.status();
  }
}

TEST(RegistrySchema, SexNeedsMaleAndFemale) {
  const auto schema =
      ParseWith("{role: user, number: user_number}", "{role: user, number: user_number, sex: plate_type}");
  ASSERT_FALSE(schema.ok());
  EXPECT_NE(Message(schema.status()).find("male and female"), std::string::npos);
}

TEST(RegistrySchemas, BuiltInOnesLoadSortedById) {
  const auto schemas = LoadRegistrySchemas({std::filesystem::path(HEARTH_SOURCE_DIR) / "packs/registries"});
  ASSERT_TRUE(schemas.ok()) << schemas.status();
  EXPECT_GE(schemas->size(), 17u);
  for (size_t i = 1; i < schemas->size(); ++i) EXPECT_LT((*schemas)[i - 1]->id, (*schemas)[i]->id);
  const RegistrySchema* hukou = FindSchema(*schemas, "household_registration");
  ASSERT_NE(hukou, nullptr);
  EXPECT_GE(hukou->household.relation, 0);
  EXPECT_EQ(FindSchema(*schemas, "nothing"), nullptr);
}

TEST(RegistrySchemas, MissingFolderIsNotFound) {
  const auto schemas = LoadRegistrySchemas({"/no/such/folder"});
  EXPECT_EQ(schemas.status().code(), absl::StatusCode::kNotFound);
}

TEST(RegistrySchemas, TwoFilesOfOneRegistryAreRefused) {
  TestFolder folder;
  folder.Write("a.yaml", kGood);
  folder.Write("b.yaml", kGood);
  const auto schemas = LoadRegistrySchemas({folder.path()});
  ASSERT_FALSE(schemas.ok());
  EXPECT_NE(Message(schemas.status()).find("is already described by"), std::string::npos);
}

}  // namespace
}  // namespace hearth
