// Splink's own match weights, made by splink/make_weights.py, against hearth's for the same settings and people.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "matchers/fellegi_sunter/candidates.h"
#include "matchers/fellegi_sunter/comparer.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

std::string ReadFixture(const std::string& name) {
  const auto folder = std::filesystem::path(HEARTH_SOURCE_DIR) / "tests" / "matchers" / "fellegi_sunter" / "splink";
  std::ifstream in(folder / name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Rows of cells; the fixtures have no quoted cells.
std::vector<std::vector<std::string>> Rows(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> cells{""};
    for (const char c : line) {
      if (c == ',') {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    rows.push_back(std::move(cells));
  }
  return rows;
}

RecordSet PeopleOf(const Model& model) {
  const std::vector<std::vector<std::string>> rows = Rows(ReadFixture("people.csv"));
  RecordSetBuilder builder(model, {"people"});
  std::vector<std::vector<std::string_view>> cells;
  for (const std::string& heading : builder.Headings(0)) {
    const size_t column = std::find(rows[0].begin(), rows[0].end(), heading) - rows[0].begin();
    EXPECT_LT(column, rows[0].size()) << heading;
    cells.emplace_back();
    for (size_t i = 1; i < rows.size(); ++i) cells.back().push_back(rows[i].at(column));
  }
  std::vector<uint64_t> lines;
  for (size_t i = 1; i < rows.size(); ++i) lines.push_back(i + 1);
  builder.AddRows(0, cells, lines, 1);
  StatusOr<RecordSet> records = std::move(builder).Finish(1);
  EXPECT_TRUE(records.ok());
  return *std::move(records);
}

class SplinkWeights : public testing::TestWithParam<const char*> {};

TEST_P(SplinkWeights, AreOursToAMillionth) {
  const std::string name = GetParam();
  StatusOr<Model> read = ReadSplinkSettings(ReadFixture(name + ".json"), name + ".json");
  ASSERT_TRUE(read.ok()) << Message(read.status());
  // What is written as YAML must weigh the same.
  const Model model = ReadModel(WriteModel(*read), "written.yaml").value();
  ASSERT_EQ(model, *read);
  const RecordSet records = PeopleOf(model);

  std::map<Pair, double> theirs;
  const std::vector<std::vector<std::string>> rows = Rows(ReadFixture(name + ".weights.csv"));
  for (size_t i = 1; i < rows.size(); ++i) {
    uint32_t left = records.Find(0, rows[i][0]), right = records.Find(0, rows[i][1]);
    ASSERT_NE(left, kNullCode);
    ASSERT_NE(right, kNullCode);
    theirs[{std::min(left, right), std::max(left, right)}] = std::stod(rows[i][2]);
  }
  ASSERT_GT(theirs.size(), 1000u);

  const Comparer comparer(model, records);
  const Weights weights(model, records);
  Comparer::Scratch scratch(comparer);
  const StatusOr<Blocking> blocking = Blocking::Make(model, records, model.blocking, 1);
  ASSERT_TRUE(blocking.ok());
  std::set<std::pair<int, int>> levels_seen;
  size_t seen = 0;
  double largest = 0;
  blocking->ForEachBatch(1, [&](int, std::span<const Pair> pairs) {
    std::vector<Pattern> patterns(pairs.size());
    comparer.Compare(pairs, &scratch, patterns.data());
    for (size_t i = 0; i < pairs.size(); ++i) {
      const auto found = theirs.find(pairs[i]);
      ASSERT_NE(found, theirs.end()) << records.Id(pairs[i].left) << " " << records.Id(pairs[i].right);
      const double bits = weights.Bits(patterns[i], pairs[i]);
      EXPECT_NEAR(bits, found->second, 1e-6) << records.Id(pairs[i].left) << " " << records.Id(pairs[i].right);
      largest = std::max(largest, std::abs(bits - found->second));
      for (int c = 0; c < static_cast<int>(model.comparisons.size()); ++c) {
        levels_seen.insert({c, LevelOf(patterns[i], c)});
      }
      ++seen;
    }
  });
  EXPECT_EQ(seen, theirs.size()) << "a pair of Splink's that our blocking does not make";
  // But for one: equal towns are alike first, and only lend their u.
  size_t levels = 0;
  for (const Comparison& comparison : model.comparisons) levels += comparison.levels.size();
  EXPECT_GE(levels_seen.size() + 1, levels) << "a level that no pair of the fixture reaches";
  RecordProperty("largest_difference", std::to_string(largest));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, SplinkWeights, testing::Values("library", "terms"));

}  // namespace
}  // namespace hearth::linkage
