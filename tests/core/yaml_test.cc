#include "core/yaml.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

YamlNode Read(std::string_view text) { return ReadYaml(text, "a.yaml").value(); }
std::string Error(std::string_view text) { return Message(ReadYaml(text, "a.yaml").status()); }

TEST(Yaml, ScalarsAreTextAndKnowTheirPlace) {
  const YamlNode root = Read("code: 0012\nquoted: \"yes\"\nlist: [a, ~]\n");
  EXPECT_EQ(root.Find("code")->text, "0012");
  EXPECT_FALSE(root.Find("code")->quoted);
  EXPECT_TRUE(root.Find("quoted")->quoted);
  EXPECT_EQ(root.Find("quoted")->Where(), "a.yaml:2:9");
  EXPECT_EQ(root.Find("list")->items.size(), 2u);
  EXPECT_TRUE(root.Find("list")->items[1].IsNull());
  EXPECT_EQ(root.Find("nothing"), nullptr);
}

TEST(Yaml, WhatASloppyReaderWouldAcceptIsRefused) {
  constexpr struct {
    const char *text, *part;
  } kBad[] = {
      {"a: 1\na: 2\n", "a.yaml:2:1: duplicate key \"a\""},
      {"a: &x 1\nb: 2\n", "anchors"},
      {"a: &x 1\nb: *x\n", "a.yaml:1"},
      {"a: !!int 1\n", "tags"},
      {"a: [1\n", "bad YAML"},
      {"a: 1\n---\nb: 2\n", "more than one document"},
      {"", "empty"},
      {"a: \xFF\n", "UTF-8"},
      {"? [a]\n: 1\n", "plain text"},
  };
  for (const auto& c : kBad)
    EXPECT_NE(Error(c.text).find(c.part), std::string::npos) << c.text << " gave " << Error(c.text);
}

TEST(Yaml, HostileNestingIsRefused) {
  EXPECT_NE(Error(std::string(100, '[') + std::string(100, ']')).find("deeper than 64"), std::string::npos);
  EXPECT_NE(Error(std::string(100000, '[')).find("deeper"), std::string::npos);
}

TEST(YamlMap, ReadsTypedKeys) {
  const YamlNode root = Read("name: 云泽\ncount: 12\nratio: 0.5\non: true\nday: 2024-03-01\nitems: [a, b]\none: a\n");
  YamlMap map(root);
  EXPECT_EQ(map.Text("name"), "云泽");
  EXPECT_EQ(map.Int("count"), 12);
  EXPECT_EQ(map.IntOr("absent", 7), 7);
  EXPECT_DOUBLE_EQ(map.DecimalOr("ratio", 0), 0.5);
  EXPECT_TRUE(map.BoolOr("on", false));
  EXPECT_EQ(map.OptionalDay("day")->ToString(), "2024-03-01");
  EXPECT_EQ(map.TextListOr("items"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(map.TextListOr("one"), (std::vector<std::string>{"a"}));
  EXPECT_TRUE(map.Finish().ok());
}

TEST(YamlMap, ErrorsNameThePlaceAndTheNearestKey) {
  const auto error_of = [](std::string_view text, void (*read)(YamlMap*)) {
    const YamlNode root = Read(text);
    YamlMap map(root);
    read(&map);
    return Message(map.Finish());
  };
  EXPECT_EQ(error_of("encodng: UTF-8\n", [](YamlMap* m) { m->OptionalText("encoding"); }),
            "a.yaml:1:1: unknown key \"encodng\"; did you mean \"encoding\"?");
  EXPECT_EQ(error_of("a: 1\n", [](YamlMap* m) { m->OptionalText("a"), m->Text("city"); }),
            "a.yaml:1:1: missing key \"city\"");
  EXPECT_NE(error_of("n: x\n", [](YamlMap* m) { m->Int("n"); }).find("a.yaml:1:4: \"n\" must be a whole number"),
            std::string::npos);
  EXPECT_NE(error_of("n: yes\n", [](YamlMap* m) { m->BoolOr("n", false); }).find("must be true or false"),
            std::string::npos);
  EXPECT_NE(error_of("n: 2023-02-30\n", [](YamlMap* m) { m->OptionalDay("n"); }).find("a.yaml:1:4"), std::string::npos);
  EXPECT_NE(error_of("n: {a: 1}\n", [](YamlMap* m) { m->Text("n"); }).find("must be text"), std::string::npos);
}

TEST(YamlMap, AListIsNoMap) {
  const YamlNode root = Read("- a\n");
  YamlMap map(root);
  EXPECT_FALSE(map.Finish().ok());
}

TEST(NearestName, FarWordsHaveNone) {
  EXPECT_EQ(NearestName("ammount", {"amount", "period"}), "amount");
  EXPECT_EQ(NearestName("zzzzzz", {"amount", "period"}), "");
}

}  // namespace
}  // namespace hearth
