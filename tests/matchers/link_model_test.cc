// The model file: strict, and the built-in one is the shipped one.
#include "matchers/link_model.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace hearth {
namespace {

std::string Shipped() {
  std::ifstream in(HEARTH_SOURCE_DIR "/packs/link/first-pass.yaml");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(LinkModel, BuiltInModelIsTheShippedFile) {
  const StatusOr<LinkModel> model = ParseLinkModel(Shipped(), "first-pass.yaml");
  ASSERT_TRUE(model.ok()) << model.status();
  const LinkModel& built_in = DefaultLinkModel();
  EXPECT_EQ(model->id, built_in.id);
  EXPECT_EQ(model->upper_bits, built_in.upper_bits);
  EXPECT_EQ(model->margin_bits, built_in.margin_bits);
  ASSERT_EQ(model->blocking.size(), built_in.blocking.size());
  for (size_t i = 0; i < model->blocking.size(); ++i) {
    EXPECT_EQ(model->blocking[i].parts, built_in.blocking[i].parts);
    EXPECT_EQ(model->blocking[i].max_block, built_in.blocking[i].max_block);
  }
  ASSERT_EQ(model->comparisons.size(), built_in.comparisons.size());
  for (size_t i = 0; i < model->comparisons.size(); ++i) {
    ASSERT_EQ(model->comparisons[i].levels.size(), built_in.comparisons[i].levels.size());
    for (size_t l = 0; l < model->comparisons[i].levels.size(); ++l) {
      EXPECT_EQ(model->comparisons[i].levels[l].m, built_in.comparisons[i].levels[l].m);
      EXPECT_EQ(model->comparisons[i].levels[l].u, built_in.comparisons[i].levels[l].u);
    }
  }
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

}  // namespace
}  // namespace hearth
