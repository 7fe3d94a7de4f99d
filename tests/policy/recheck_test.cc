// The explanation stream against the checker that shares no code with the evaluator: the units of every pack's cases
// are written as records and worked out again, and a fault put into a record is found.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "policy/batched_unit.h"
#include "policy/cases.h"
#include "policy/explanation.h"
#include "tests/policy/columns_random_units.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

struct Ran {
  int exit = -1;
  std::string out;
};

class RecheckTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("python3 -c pass >/dev/null 2>&1") != 0) GTEST_SKIP() << "no python3";
    folder_ = fs::temp_directory_path() / ("hearth_recheck_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  Ran Check(const std::string& stream) const {
    const fs::path in = folder_ / "stream.jsonl", out = folder_ / "out.txt";
    std::ofstream(in, std::ios::binary) << stream;
    const std::string command =
        "python3 '" HEARTH_SOURCE_DIR "/tools/recheck/recheck.py' '" + in.string() + "' >'" + out.string() + "' 2>&1";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(out)};
  }

  fs::path folder_;
};

// Every unit of a pack's cases as one stream; empty when the folder is no pack that loads.
std::string StreamOfCases(const fs::path& folder, size_t* records) {
  const StatusOr<Pack> pack = LoadPack(folder.string(), ProjectSchemas());
  if (!pack.ok() || !fs::exists(folder / "cases")) return "";
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder / "cases")) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<CaseFileText> files;
  for (const fs::path& p : paths) files.push_back({p.filename().string(), ReadFile(p)});
  const ExplainedPack explained{*pack, pack->valid_from(), {{"", {}}}};
  std::string stream = ExplanationHeader({"cases", "", 0, {}}, std::span(&explained, 1)) + "\n";
  const RecordWriter writer(*pack, 0);
  CaseOptions options;
  options.threads = 1;
  options.visit = [&](const CaseUnit& unit) {
    Evaluator evaluator = Evaluator::Create(unit.pack, unit.site, unit.as_of).value();
    EvaluatedUnit evaluated(&evaluator);
    evaluated.Evaluate(unit.facts);
    RecordSubject subject;
    const std::string name = std::string(unit.where) + " " + std::string(unit.name);
    subject.name = name;
    subject.as_of = unit.as_of;
    subject.site = &unit.site;
    writer.Append(subject, evaluated, &stream);
    ++*records;
  };
  const auto source = [&](std::string_view id) -> StatusOr<Pack> {
    if (id == pack->id()) return *pack;
    return NotFound("another pack");
  };
  const auto run = RunCaseFiles(files, source, options);
  EXPECT_TRUE(run.ok()) << run.status();
  return stream;
}

std::vector<fs::path> PackFolders() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(fs::path(HEARTH_SOURCE_DIR) / "packs")) {
    if (fs::exists(entry.path() / "pack.yaml")) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

TEST_F(RecheckTest, TheCasesOfEveryPackComeOutTheSame) {
  for (const fs::path& folder : PackFolders()) {
    size_t records = 0;
    const std::string stream = StreamOfCases(folder, &records);
    if (stream.empty()) continue;
    const Ran ran = Check(stream);
    EXPECT_EQ(ran.exit, 0) << folder << "\n" << ran.out.substr(0, 4000);
    EXPECT_NE(ran.out.find(std::to_string(records) + " records, 0 differences"), std::string::npos)
        << ran.out.substr(0, 2000);
    std::cout << folder.filename().string() << ": " << ran.out.substr(ran.out.rfind('\n', ran.out.size() - 2) + 1);
  }
}

constexpr std::string_view kPackText = R"yaml(pack: tiny
title: {en: Tiny, zh: 微}
document: "文2号"
valid_from: 2022-01-01
valid_to: 2026-12-31
rounding: half_up
)yaml";
constexpr std::string_view kFacts = R"yaml(facts:
  - {name: income, place: household, type: money, unit: yuan/month, source: tax}
  - {name: birth_date, place: member, type: date, source: household_registration}
)yaml";
constexpr std::string_view kDerived = R"yaml(derived:
  - {name: age, place: member, type: number, unit: years, clause: "一", feel: "years and months duration(birth_date, as_of).years"}
  - {name: share, place: household, type: money, unit: yuan/month, clause: "二", feel: "income / 3"}
)yaml";
constexpr std::string_view kRules = R"yaml(
- {id: T-1, title: {en: A, zh: 甲}, clause: "一", unit: household, kind: cash, computable: feeds, lead: {en: C, zh: 民}, programme: a, when: "share < 1000", amount: "1000 - share", per: month, stack_group: g}
- {id: T-2, title: {en: B, zh: 乙}, clause: "二", unit: household, kind: cash, computable: feeds, lead: {en: C, zh: 民}, programme: b, when: "true", amount: "100", per: month, stack_group: g}
- {id: T-3, title: {en: Age, zh: 高龄}, clause: "三", unit: person, kind: cash, computable: feeds, lead: {en: C, zh: 民}, programme: c, when: "age >= 80", amount: "50", per: month}
)yaml";
constexpr std::string_view kStacking = R"yaml(groups:
  - {id: g, mode: take_higher, clause: "四"}
)yaml";

std::string TinyStream() {
  static const Pack kTiny = LoadPackFiles({{"pack.yaml", std::string(kPackText)},
                                           {"parameters.yaml", "parameters: []\n"},
                                           {"facts.yaml", std::string(kFacts)},
                                           {"derived.yaml", std::string(kDerived)},
                                           {"stacking.yaml", std::string(kStacking)},
                                           {"rules/all.yaml", std::string(kRules)}},
                                          ProjectSchemas())
                                .value();
  const CivilDay day = ParseIsoDay("2024-03-01").value();
  const ExplainedPack explained{kTiny, day, {{"", {}}}};
  std::string stream = ExplanationHeader({"test", "d", 7, {"tax"}}, std::span(&explained, 1)) + "\n";
  Evaluator evaluator = Evaluator::Create(kTiny, {}, day).value();
  EvaluatedUnit unit(&evaluator);
  UnitFacts facts = EmptyFacts(kTiny, 2);
  facts.household.values[0] = Value::Number(2000);
  facts.members[0].values[0] = Value::Date(ParseIsoDay("1940-02-29").value());
  unit.Evaluate(facts);
  const std::vector<uint64_t> persons = {11, 12};
  RecordWriter(kTiny, 0).Append({17, "339901000123", persons}, unit, &stream);
  return stream;
}

std::string LastLine(const std::string& stream) { return stream.substr(stream.find('\n') + 1); }

TEST_F(RecheckTest, ARecordHoldsMarksValuesOutcomesAndAmounts) {
  EXPECT_EQ(LastLine(TinyStream()),
            "{\"u\":17,\"h\":\"339901000123\",\"p\":0,\"m\":[11,12],\"f\":[\"==\",2000,666.66666666666666666667],"
            "\"mf\":[[\"==\",\"1940-02-29\",84],[\"??\"]],\"o\":\"+-+?\",\"a\":[333.33,50]}\n");
}

TEST_F(RecheckTest, AFaultInARecordIsFoundAndNamed) {
  const std::string good = TinyStream();
  const Ran clean = Check(good);
  EXPECT_EQ(clean.exit, 0) << clean.out;
  const struct {
    std::string_view from, to, named;
  } kFaults[] = {
      {"\"a\":[333.33", "\"a\":[333.34", "T-1"},                                               // a fen
      {"\"o\":\"+-+?", "\"o\":\"+-+-", "T-3 member 2"},                                        // unknown taken for no
      {"\"o\":\"+-+?\",\"a\":[333.33,50", "\"o\":\"++-?\",\"a\":[333.33,100", "T-2"},          // both of a group
      {"666.66666666666666666667", "666.67", "share"},                                         // a derived fact
      {"\"1940-02-29\",84", "\"1944-03-02\",84", "age"},                                       // a raw fact
      {"[\"==\",2000,666.66666666666666666667]", "[\".=\",666.66666666666666666667]", "T-1"},  // not written
      {"[\"==\",2000,666.66666666666666666667]", "[\"\"]", "T-1"},  // nor what follows from it
      {"[\"==\",\"1940-02-29\",84]", "[\"\"]", "T-3 member 1"},     // nor a member's
  };
  for (const auto& fault : kFaults) {
    std::string bad = good;
    const size_t at = bad.rfind(fault.from);
    ASSERT_NE(at, std::string::npos) << fault.from;
    bad.replace(at, fault.from.size(), fault.to);
    const Ran ran = Check(bad);
    EXPECT_EQ(ran.exit, 1) << fault.to << "\n" << ran.out;
    EXPECT_NE(ran.out.find(fault.named), std::string::npos) << fault.to << "\n" << ran.out;
  }
}

TEST_F(RecheckTest, AFileThatIsNoStreamIsRefused) {
  EXPECT_EQ(Check("{\"format\":\"else\"}\n").exit, 2);
  EXPECT_EQ(Check("not json\n").exit, 2);
}

// Units through both engines. Columns may mark a fact as needed that the plain evaluator did not come to read, or leave
// one out that another part decided; the outcomes and amounts are the same, and follow from what the record holds.
TEST_F(RecheckTest, RecordsOfTheColumnsHaveThePlainOutcomesAndFollowFromTheirFacts) {
  const Pack pack = LoadPack(HEARTH_SOURCE_DIR "/packs/wenzhou-2022", ProjectSchemas()).value();
  const CivilDay day = ParseIsoDay("2024-03-01").value();
  const auto layout = std::make_shared<const BatchLayout>(pack);
  BatchOptions options;
  options.want_facts = true;
  BatchEvaluator columns = BatchEvaluator::Create(layout, {}, day, options).value();
  Evaluator evaluator = Evaluator::Create(pack, {}, day).value();
  const RecordWriter writer(pack, 0);
  const ExplainedPack explained{pack, day, {{"", {}}}};
  std::string stream = ExplanationHeader({"made", "", 0, {}}, std::span(&explained, 1)) + "\n";
  constexpr size_t kUnits = 60;
  RandomUnits random(pack, 11, {.unknown = 0.1});
  std::vector<UnitFacts> units;
  for (size_t i = 0; i < kUnits; ++i) units.push_back(random.Next());
  UnitBatch batch(layout);
  for (const UnitFacts& f : units) batch.Append(f);
  BatchResult result;
  ASSERT_TRUE(columns.Evaluate(batch, &result).ok());
  BatchedUnit batched(columns, batch, result);
  batched.Begin();
  EvaluatedUnit plain(&evaluator);
  size_t in_columns = 0;
  for (size_t i = 0; i < units.size(); ++i) {
    if (!batched.Select(i)) continue;
    ++in_columns;
    plain.Evaluate(units[i]);
    std::string by_columns, by_plain;
    writer.Append({i, "h"}, batched, &by_columns);
    writer.Append({i, "h"}, plain, &by_plain);
    EXPECT_EQ(by_columns.substr(by_columns.find("\"o\":")), by_plain.substr(by_plain.find("\"o\":"))) << i;
    stream += by_columns;
  }
  EXPECT_GT(in_columns, kUnits / 2);
  const Ran ran = Check(stream);
  EXPECT_EQ(ran.exit, 0) << ran.out.substr(0, 4000);
}

}  // namespace
}  // namespace hearth
