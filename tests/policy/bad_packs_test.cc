// Packs that must not load, or only with a warning: tests/policy/bad/*.yaml hold what is wrong, the .expected beside
// them the whole message.
// HEARTH_REWRITE_GOLDEN=1 writes the messages anew; the difference is read before it is kept.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

// A small good pack; each bad case replaces one of its files.
std::map<std::string, std::string> GoodFiles() {
  return {{"pack.yaml",
           "pack: t\ntitle: {en: T, zh: 甲}\ndocument: T 1\nvalid_from: 2022-01-01\nvalid_to: 2025-12-31\n"
           "rounding: half_up\n"},
          {"parameters.yaml",
           "parameters:\n  - name: line\n    type: money\n    unit: yuan/month\n    clause: art. 1\n"
           "    values: [{from: 2022-01-01, value: 1000}]\n"},
          {"facts.yaml",
           "registries: [cars]\nfacts:\n"
           "  - {name: in_dibao, place: household, type: boolean, source: civil_affairs}\n"
           "  - {name: income_month, place: household, type: money, unit: yuan/month, source: case}\n"
           "  - {name: income_year, place: household, type: money, unit: yuan/year, source: case}\n"
           "  - {name: age, place: member, type: number, source: case}\n"
           "  - {name: care_place, place: member, type: text, source: case, values: [home, institution]}\n"},
          {"rules/a.yaml",
           "- id: T-0\n  title: {en: A, zh: 甲}\n  clause: art. 1\n  unit: household\n  kind: cash\n  programme: a\n"
           "  computable: feeds\n  lead: {en: A, zh: 甲}\n  when: \"in_dibao\"\n  amount: \"line\"\n"
           "  per: month\n"}};
}

Schemas Cars() {
  return {
      ReadTestSchema("registry: cars\nfields:\n  - {name: plate, type: text}\n"
                     "  - {name: owner_number, type: citizen_number, sensitive: true}\n"
                     "  - name: use\n    type: code\n    codes:\n      - [\"A\", private, 非营运]\n"
                     "      - [\"D\", taxi, 出租]\n  - {name: value, type: money}\n")};
}

// The whole of what `policy check` says: problems, or of a pack that loads its warnings on the first of 2024.
std::string Findings(const fs::path& bad) {
  std::map<std::string, std::string> files = GoodFiles();
  const YamlNode root = ReadYaml(ReadFile(bad), bad.filename().string()).value();
  for (const auto& [name, text] : root.entries) files[name.text] = text.text;
  std::string all;
  for (const Status& s : CheckPackFiles(files, Cars())) all += Message(s) + "\n";
  if (const StatusOr<Pack> pack = LoadPackFiles(files, Cars()); pack.ok()) {
    for (const std::string& w : PackWarnings(*pack, CivilDay::FromYmd(2024, 1, 1).value()))
      all += "warning: " + w + "\n";
  }
  return all;
}

TEST(BadPacks, TheGoodOneLoads) {
  for (const Status& s : CheckPackFiles(GoodFiles(), Cars())) ADD_FAILURE() << Message(s);
}

TEST(BadPacks, EachIsRefusedWithItsWholeMessage) {
  const fs::path folder = fs::path(HEARTH_SOURCE_DIR) / "tests" / "policy" / "bad";
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    ++seen;
    fs::path golden = entry.path();
    golden.replace_extension(".expected");
    const std::string found = Findings(entry.path());
    EXPECT_FALSE(found.empty()) << entry.path().filename() << " loads without a word";
    if (std::getenv("HEARTH_REWRITE_GOLDEN") != nullptr) {
      std::ofstream(golden, std::ios::binary) << found;
      continue;
    }
    EXPECT_EQ(found, ReadFile(golden)) << entry.path().filename();
  }
  EXPECT_GE(seen, 28);
}

TEST(BadPacks, ProblemsComeInOrderOfFileAndLine) {
  std::map<std::string, std::string> files = GoodFiles();
  files["rules/b.yaml"] = files["rules/a.yaml"];
  files["rules/b.yaml"].replace(files["rules/b.yaml"].find("\"in_dibao\""), 10, "\"nothing\"");
  files["derived.yaml"] = "derived:\n" + std::string(20, '\n') + "  - {name: x, place: city, type: any, feel: \"1\"}\n";
  files["facts.yaml"] += "  - {name: age, place: member, type: number, source: case}\n";
  const std::vector<Status> problems = CheckPackFiles(files, Cars());
  std::vector<std::string> places;
  for (const Status& s : problems) places.push_back(Message(s).substr(0, Message(s).find(": ")));
  EXPECT_EQ(places,
            (std::vector<std::string>{"derived.yaml:22:5", "facts.yaml:8:5", "rules/b.yaml:1:3", "rules/b.yaml:9:9"}));
}

TEST(BadPacks, TheFirstProblemIsTheOneThatLoadingReturns) {
  std::map<std::string, std::string> files = GoodFiles();
  files["rules/a.yaml"] = "- {id: T-1}\n";
  const std::vector<Status> problems = CheckPackFiles(files, Cars());
  ASSERT_GT(problems.size(), 1u);
  EXPECT_EQ(LoadPackFiles(files, Cars()).status(), problems[0]);
}

}  // namespace
}  // namespace hearth
