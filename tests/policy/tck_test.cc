// Runs the public FEEL conformance cases of the shared folder, when it is present.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "policy/feel/builtins.h"
#include "tests/policy/tck_model.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

// A typed value; nullopt, with the construct, for what the project has no value for.
std::optional<Value> ReadTckValue(const XmlNode& node, std::string* outside) {
  if (const XmlNode* list = node.Find("list"); list != nullptr) {
    ValueList items;
    for (const XmlNode& item : list->kids) {
      if (item.name != "item") continue;
      std::optional<Value> v = ReadTckValue(item, outside);
      if (!v) return v;
      items.push_back(*std::move(v));
    }
    return Value::List(std::move(items));
  }
  ValueContext entries;
  for (const XmlNode& kid : node.kids) {
    if (kid.name != "component") continue;
    std::optional<Value> v = ReadTckValue(kid, outside);
    if (!v) return v;
    entries.emplace_back(kid.Attribute("name"), *std::move(v));
  }
  if (!entries.empty()) return Value::Context(std::move(entries));
  const XmlNode* value = node.Find("value");
  if (value == nullptr || value->Attribute("nil") == "true") return Value::Null();
  std::string type = value->Attribute("type");
  type = type.substr(type.rfind(':') == std::string::npos ? 0 : type.rfind(':') + 1);
  const std::string& text = value->text;
  if (type == "string") return Value::Text(text);
  if (type == "boolean") return Value::Boolean(text == "true");
  if (type == "decimal" || type == "double" || type == "integer" || type == "float" || type == "int") {
    const StatusOr<Decimal> d = Decimal::Parse(text);
    return d.ok() ? Value::Number(*d) : Value::Null();
  }
  if (type == "date" || type == "duration") {
    // A day beyond the years 1 to 9999 is no value of ours: as a text it equals nothing that is found.
    if (const std::optional<Value> v = feel::AtLiteral(text)) return v;
    return Value::Text(text);
  }
  if (type == "dateTime" || type == "time") {
    *outside = "times of day and zones";
    return std::nullopt;
  }
  return Value::Text(text);
}

// Equal; a number given as a binary one prints it (nine digits or more after the point) is that within 1e-8, which is
// how the kit's own runners compare.
bool Matches(const Value& expected, const Value& found) {
  if (expected.kind() != found.kind()) return false;
  if (expected.kind() == Value::Kind::kList) {
    return std::equal(expected.list().begin(), expected.list().end(), found.list().begin(), found.list().end(),
                      Matches);
  }
  if (expected.kind() != Value::Kind::kNumber || expected == found) return expected == found;
  if (expected.number().scale() < 9) return false;
  const Decimal off = *Decimal::Subtract(expected.number(), found.number());
  static const Decimal kNear = Decimal::Parse("0.00000001").value();
  return (off.IsNegative() ? -off : off) < kNear;
}

struct Score {
  int passed = 0, failed = 0, outside = 0;
};

void RunFolder(const fs::path& folder, Score* score, std::map<std::string, int>* constructs) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (file.extension() != ".xml") continue;
    const std::optional<XmlNode> cases = ReadXml(ReadFile(file));
    ASSERT_TRUE(cases.has_value()) << file;
    const std::optional<XmlNode> definitions = ReadXml(ReadFile(folder / cases->ChildText("modelName")));
    ASSERT_TRUE(definitions.has_value()) << file;
    TckModel model(*definitions);
    for (const XmlNode& test : cases->kids) {
      if (test.name != "testCase") continue;
      std::map<std::string, Value> inputs;
      std::string outside, wrong;
      for (const XmlNode& node : test.kids) {
        if (node.name == "inputNode") {
          const std::optional<Value> v = ReadTckValue(node, &outside);
          if (v) inputs[node.Attribute("name")] = *v;
        } else if (node.name == "resultNode" && outside.empty()) {
          std::string expected_outside;
          const std::optional<Value> expected = ReadTckValue(*node.Find("expected"), &expected_outside);
          const std::optional<Value> found = model.Decide(node.Attribute("name"), inputs, &outside);
          if (!found) break;
          if (!expected) {
            outside = expected_outside;
            break;
          }
          if (!Matches(*expected, *found)) {
            wrong +=
                " " + node.Attribute("name") + ": expected " + expected->ToString() + ", found " + found->ToString();
          }
        }
      }
      if (!outside.empty()) {
        ++score->outside;
        ++(*constructs)[outside];
      } else if (wrong.empty()) {
        ++score->passed;
      } else {
        ++score->failed;
        std::cout << "  " << file.filename().string() << " " << test.Attribute("id") << wrong << "\n";
      }
    }
  }
}

Score RunLevel(const fs::path& level) {
  Score score;
  std::map<std::string, int> constructs;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(level)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  for (const fs::path& folder : folders) RunFolder(folder, &score, &constructs);
  std::cout << "FEEL conformance, " << level.filename().string() << ": " << score.passed << " passed, " << score.failed
            << " failed, " << score.outside << " out of scope\n";
  for (const auto& [construct, count] : constructs)
    std::cout << "  out of scope " << count << ": " << construct << "\n";
  return score;
}

fs::path KitFolder() { return fs::path(HEARTH_SOURCE_DIR) / ".." / "shared" / "feel-tck"; }

TEST(FeelConformance, LevelTwoPassesButForTheBusinessKnowledgeModel) {
  if (!fs::exists(KitFolder())) GTEST_SKIP() << "the shared folder with the conformance cases is absent";
  const Score score = RunLevel(KitFolder() / "level-2");
  EXPECT_EQ(score.failed, 0);
  EXPECT_GE(score.passed, 113);
  EXPECT_LE(score.outside, 3);
}

TEST(FeelConformance, LevelThreePassesButForWhatIsOutsideTheSubset) {
  if (!fs::exists(KitFolder())) GTEST_SKIP() << "the shared folder with the conformance cases is absent";
  const Score score = RunLevel(KitFolder() / "level-3");
  EXPECT_GE(score.passed, 1390) << "a case that stops passing is looked at";
  EXPECT_LE(score.failed, 9) << "days beyond the years 1 to 9999, and one range";
  EXPECT_LE(score.outside * 100, 35 * (score.passed + score.failed + score.outside));
}

}  // namespace
}  // namespace hearth
