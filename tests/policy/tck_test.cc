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
    if (const std::optional<Value> v = feel::AtLiteral(text)) return v;
    *outside = "a " + type + " beyond the years 1 to 9999 or mixed: " + text;
    return std::nullopt;
  }
  if (type == "dateTime" || type == "time") {
    *outside = "a time of day as a value";
    return std::nullopt;
  }
  return Value::Text(text);
}

// Equal; a number given with 15 digits or so, as a binary one has, is the value rounded to its last digit.
bool Matches(const Value& expected, const Value& found) {
  if (expected.kind() != Value::Kind::kNumber || found.kind() != Value::Kind::kNumber) return expected == found;
  const Decimal& e = expected.number();
  if (e == found.number()) return true;
  return e.scale() >= 11 && e == found.number().Round(e.scale(), Decimal::Mode::kHalfEven);
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

TEST(FeelConformance, PublicCasesPassButForWhatIsOutsideTheSubset) {
  const fs::path root = fs::path(HEARTH_SOURCE_DIR) / ".." / "shared" / "feel-tck";
  if (!fs::exists(root)) GTEST_SKIP() << "the shared folder with the conformance cases is absent";
  Score score;
  std::map<std::string, int> constructs;
  for (const char* level : {"level-2", "level-3"}) {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(root / level)) folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    for (const fs::path& folder : folders) RunFolder(folder, &score, &constructs);
  }
  for (const auto& [construct, count] : constructs)
    std::cout << "  out of scope " << count << ": " << construct << "\n";
  std::cout << "FEEL conformance: " << score.passed << " passed, " << score.failed << " failed, " << score.outside
            << " out of scope\n";
  // Measured; a case that stops passing is looked at.
  EXPECT_GE(score.passed, 1498);
  EXPECT_LE(score.failed, 9);
}

}  // namespace
}  // namespace hearth
