// The model files: strict, and a model that is written reads back as it was.
#include "matchers/link_model.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/matchers/made_city.h"

namespace hearth {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}
std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}
std::string Shipped() { return ReadText(HEARTH_SOURCE_DIR "/packs/link/person.yaml"); }

void ExpectEqual(const std::vector<Comparison>& a, const std::vector<Comparison>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].kind, b[i].kind);
    EXPECT_EQ(a[i].train, b[i].train);
    EXPECT_EQ(a[i].term_frequency, b[i].term_frequency);
    ASSERT_EQ(a[i].levels.size(), b[i].levels.size());
    for (size_t l = 0; l < a[i].levels.size(); ++l) {
      EXPECT_EQ(a[i].levels[l].m, b[i].levels[l].m);
      EXPECT_EQ(a[i].levels[l].u, b[i].levels[l].u);
    }
  }
}

TEST(LinkModel, WrittenModelReadsBackBitForBit) {
  const LinkModels& shipped = ShippedModels();
  LinkModel changed = shipped.common;
  changed.prior_bits = -14.28571428571428;
  changed.comparisons[0].levels[0].m = 1.0 / 3;
  changed.comparisons[0].levels[0].u = 1e-9 / 7;
  changed.comparisons[2].train = false;
  const StatusOr<LinkModel> back = ParseLinkModel(WriteLinkModel(changed), "written");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->id, changed.id);
  EXPECT_EQ(back->prior_bits, changed.prior_bits);
  EXPECT_EQ(back->thresholds, changed.thresholds);
  EXPECT_EQ(back->rounds, changed.rounds);
  ASSERT_EQ(back->blocking.size(), changed.blocking.size());
  for (size_t i = 0; i < back->blocking.size(); ++i) {
    EXPECT_EQ(back->blocking[i].parts, changed.blocking[i].parts);
    EXPECT_EQ(back->blocking[i].max_block, changed.blocking[i].max_block);
  }
  ExpectEqual(back->comparisons, changed.comparisons);
  for (const RegistryModel& model : shipped.registries) {
    const auto own = ParseRegistryModel(WriteRegistryModel(model, shipped.common), "written", shipped.common);
    ASSERT_TRUE(own.ok()) << own.status();
    EXPECT_EQ(own->registry, model.registry);
    EXPECT_EQ(own->rules, model.rules);
    EXPECT_EQ(own->thresholds, model.thresholds);
    ExpectEqual(own->comparisons, model.comparisons);
  }
}

TEST(RegistryModels, EveryBuiltInRegistryHasOne) {
  const LinkModels& models = ShippedModels();
  EXPECT_EQ(models.registries.size(), 18u);
  for (const auto& file : std::filesystem::directory_iterator(HEARTH_SOURCE_DIR "/packs/registries")) {
    const std::string id = file.path().stem().string();
    EXPECT_NE(models.Of(id).rules, ~0u) << id << " has no model of its own";
  }
  EXPECT_EQ(models.Of("a_registry_of_the_site").rules, ~0u) << "one without a file is looked up by every rule";
}

TEST(RegistryModels, ADeathNeedsMoreThanOtherRows) {
  const LinkModels& models = ShippedModels();
  EXPECT_GT(models.Of("deaths").thresholds.upper_bits, models.Of("vehicles").thresholds.upper_bits);
  const LinkThresholds both = StrictestOf(models.Of("deaths").thresholds, models.Of("vehicles").thresholds);
  EXPECT_EQ(both.upper_bits, models.Of("deaths").thresholds.upper_bits);
  EXPECT_EQ(both.lower_bits, models.common.thresholds.lower_bits);
}

struct BadCase {
  const char *why, *from, *to, *message;
};
constexpr BadCase kBadCases[] = {
    {"unknown key", "rounds: 2", "rouns: 2", "rouns"},
    {"unknown part", "[name, phone]", "[name, fone]", "phone"},
    {"unknown comparison", "of: sex", "of: sexx", "sex"},
    {"missing level", "      swapped: [0.002, 0.00004]\n", "", "swapped"},
    {"unknown level", "      swapped:", "      swopped:", "swapped"},
    {"m of one", "[0.995, 0.5]", "[1, 0.5]", "between 0 and 1"},
    {"m alone", "[0.995, 0.5]", "[0.995]", "[m, u]"},
    {"comparison twice", "of: region", "of: sex", ""},
    {"lower above upper", "lower_bits: -4 ", "lower_bits: 40 ", "lower_bits"},
    {"no name", "of: name", "of: phone", ""},
    {"block of one", "max_block: 20}", "max_block: 1}", "max_block"},
    {"no rounds", "rounds: 2", "rounds: 0", "rounds"},
};

TEST(LinkModel, RefusesWhatItDoesNotKnow) {
  for (const BadCase& c : kBadCases) {
    std::string text = Shipped();
    const size_t at = text.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.why;
    text.replace(at, std::string_view(c.from).size(), c.to);
    const StatusOr<LinkModel> model = ParseLinkModel(text, "m.yaml");
    ASSERT_FALSE(model.ok()) << c.why;
    EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument) << c.why;
    EXPECT_NE(Message(model.status()).find("m.yaml:"), std::string::npos) << Message(model.status());
    EXPECT_NE(Message(model.status()).find(c.message), std::string::npos) << c.why << ": " << Message(model.status());
  }
}

constexpr BadCase kBadRegistryCases[] = {
    {"unknown key", "blocking:", "blockin:", "blockin"},
    {"unknown part", "[name, phone]", "[name, fone]", "phone"},
    {"no such rule", "[name, phone]", "[phone, name]", "no blocking rule"},
    {"rule twice", "[name, address]", "[name, phone]", "twice"},
    {"unknown comparison", "  phone: {", "  fone: {", "phone"},
    {"missing level", "phone: {equal: 0.6, different: 0.4}", "phone: {equal: 0.6}", "different"},
    {"unknown level", "phone: {equal: 0.6, different: 0.4}", "phone: {same: 0.6, equal: 0.6, different: 0.4}", "same"},
    {"shares that miss one", "phone: {equal: 0.6, different: 0.4}", "phone: {equal: 0.6, different: 0.3}", "sum to 1"},
    {"share of one", "phone: {equal: 0.6, different: 0.4}", "phone: {equal: 1, different: 0.4}", "between 0 and 1"},
    {"thresholds crossed", "m:", "thresholds: {upper_bits: 1, lower_bits: 2}\nm:", "lower_bits"},
};

TEST(RegistryModels, RefuseWhatTheyDoNotKnow) {
  const std::string shipped = ReadText(HEARTH_SOURCE_DIR "/packs/link/vehicles.yaml");
  const LinkModel& common = ShippedModels().common;
  ASSERT_TRUE(ParseRegistryModel(shipped, "v.yaml", common).ok());
  for (const BadCase& c : kBadRegistryCases) {
    std::string text = shipped;
    const size_t at = text.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.why;
    text.replace(at, std::string_view(c.from).size(), c.to);
    const StatusOr<RegistryModel> model = ParseRegistryModel(text, "v.yaml", common);
    ASSERT_FALSE(model.ok()) << c.why;
    EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument) << c.why;
    EXPECT_NE(Message(model.status()).find("v.yaml:"), std::string::npos) << Message(model.status());
    EXPECT_NE(Message(model.status()).find(c.message), std::string::npos) << c.why << ": " << Message(model.status());
  }
}

class LinkModelFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "hearth-link-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    Write("person.yaml", Shipped());
  }
  void TearDown() override { std::filesystem::remove_all(path_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(path_ / name) << text; }
  StatusOr<LinkModels> Load() { return LoadLinkModels(path_.string(), {"vehicles", "marriage"}); }
  std::filesystem::path path_;
};

TEST_F(LinkModelFolder, FilesOfKnownRegistriesLoad) {
  Write("vehicles.yaml", ReadText(HEARTH_SOURCE_DIR "/packs/link/vehicles.yaml"));
  Write("notes.txt", "not a model");
  const auto models = Load();
  ASSERT_TRUE(models.ok()) << models.status();
  ASSERT_EQ(models->registries.size(), 1u);
  EXPECT_EQ(models->registries[0].registry, "vehicles");
  const auto alone = LoadLinkModels((path_ / "person.yaml").string(), {});
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_TRUE(alone->registries.empty());
}

TEST_F(LinkModelFolder, AnUnknownRegistryIsRefusedWithTheNearestName) {
  Write("vehicels.yaml", Replaced(ReadText(HEARTH_SOURCE_DIR "/packs/link/vehicles.yaml"), "vehicles", "vehicels"));
  const auto models = Load();
  ASSERT_FALSE(models.ok());
  EXPECT_EQ(models.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(Message(models.status()).find("did you mean \"vehicles\"?"), std::string::npos) << models.status();
}

TEST_F(LinkModelFolder, AFileUnderAnotherRegistrysNameIsRefused) {
  Write("marriage.yaml", ReadText(HEARTH_SOURCE_DIR "/packs/link/vehicles.yaml"));
  const auto models = Load();
  ASSERT_FALSE(models.ok());
  EXPECT_NE(Message(models.status()).find("bears the registry's name"), std::string::npos) << models.status();
}

TEST_F(LinkModelFolder, WithoutACommonModelThereIsNone) {
  std::filesystem::remove(path_ / "person.yaml");
  EXPECT_EQ(Load().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LoadLinkModels((path_ / "nowhere").string(), {}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace hearth
