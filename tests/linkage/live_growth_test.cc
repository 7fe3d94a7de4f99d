// Records that grow row by row compare as records that were made whole.
#include "matchers/fellegi_sunter/comparer.h"
#include "matchers/fellegi_sunter/record_growth.h"
#include "tests/linkage/live_fixture.h"

namespace hearth::linkage {
namespace {

class LiveGrowthTest : public LiveFixture {
 protected:
  static std::vector<Pattern> AllPatterns(const Comparer& comparer, size_t records) {
    std::vector<Pair> pairs;
    for (uint32_t a = 0; a < records; ++a) {
      for (uint32_t b = a + 1; b < records; ++b) pairs.push_back({a, b});
    }
    std::vector<Pattern> patterns(pairs.size());
    Comparer::Scratch scratch(comparer);
    comparer.Compare(pairs, &scratch, patterns.data());
    return patterns;
  }
  static std::vector<std::string_view> CellsOf(const Model& model, const MadeRow& row) {
    std::vector<std::string_view> cells;
    const std::vector<std::string> headings = TableHeadings(model, 0);
    for (size_t h = 1; h < headings.size(); ++h) cells.push_back(row.at(headings[h]));
    return cells;
  }
};

TEST_F(LiveGrowthTest, GrownRecordsCompareAsThoseMadeWhole) {
  const Model model = ModelOf(LiveModelText("dedupe", "cohesive"));
  const MadeTable all = MadePeople(21, 80, "r");
  // Rows of plain letters first, so that names beyond ASCII come to a column that had none.
  MadeTable plain, rest;
  const auto is_plain = [](const MadeRow& row) {
    return std::all_of(row.begin(), row.end(), [](const auto& cell) {
      return std::all_of(cell.second.begin(), cell.second.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
    });
  };
  for (const auto& [id, row] : all) (is_plain(row) && plain.size() < 30 ? plain : rest)[id] = row;
  RecordSet grown = RecordsOf(model, {"people"}, {plain});
  RecordSetGrower grower(model, &grown);
  Comparer comparer(model, grown);
  const std::vector<Pattern> first = AllPatterns(comparer, plain.size());
  MadeTable order;  // by arrival
  for (const auto& [id, row] : plain) order["a" + id] = row;
  for (const auto& [id, row] : rest) {
    grower.Append(0, "b" + id, CellsOf(model, row));
    order["b" + id] = row;
    comparer.Follow();
  }
  const RecordSet whole = RecordsOf(model, {"people"}, {order});
  EXPECT_EQ(AllPatterns(comparer, order.size()), AllPatterns(Comparer(model, whole), order.size()));
  EXPECT_EQ(AllPatterns(comparer, plain.size()), first);
}

TEST_F(LiveGrowthTest, RecordTakenBackLeavesNoTrace) {
  const Model model = ModelOf(LiveModelText("dedupe", "cohesive"));
  const MadeTable all = MadePeople(22, 60, "r");
  RecordSet records = RecordsOf(model, {"people"}, {all});
  const TermCounts terms = CountTerms(model, records);
  RecordSetGrower grower(model, &records);
  Comparer comparer(model, records);
  const std::vector<Pattern> before = AllPatterns(comparer, all.size());
  std::vector<size_t> values;
  for (const Column& column : records.columns) values.push_back(column.values.size());
  for (int round = 0; round < 3; ++round) {
    for (const auto& [id, row] : MadePeople(23 + static_cast<uint64_t>(round), 40, "q")) {
      MadeRow strange = row;
      for (auto& [heading, cell] : strange) cell += "九" + std::to_string(round);
      grower.Append(0, id, CellsOf(model, strange));
      comparer.Follow();
      grower.TakeBack();
      comparer.Follow();
    }
    ASSERT_EQ(records.size(), all.size());
    for (size_t c = 0; c < values.size(); ++c) EXPECT_EQ(records.columns[c].values.size(), values[c]);
    EXPECT_EQ(AllPatterns(comparer, all.size()), before);
    for (const Column& column : records.columns) {
      for (uint32_t v = 0; v < column.values.size(); ++v) EXPECT_EQ(column.values.Find(column.values[v]), v);
    }
  }
}

TEST_F(LiveGrowthTest, FrozenTermsKeepTheirWeightAndNewOnesCountOnce) {
  Model model = ModelOf(LiveModelText("dedupe", "cohesive"));
  model.prior = 0.01;
  for (Comparison& comparison : model.comparisons) {
    for (Level& level : comparison.levels) {
      if (!level.is_null) level.m = 0.5, level.u = 0.1;
    }
  }
  const MadeTable all = MadePeople(24, 60, "r");
  RecordSet records = RecordsOf(model, {"people"}, {all});
  const TermCounts terms = CountTerms(model, records);
  RecordSetGrower grower(model, &records);
  Comparer comparer(model, records);
  const Weights plain(model, records);
  Weights frozen(model, records, terms);
  const std::vector<Pattern> patterns = AllPatterns(comparer, all.size());
  size_t at = 0;
  for (uint32_t a = 0; a < all.size(); ++a) {
    for (uint32_t b = a + 1; b < all.size(); ++b, ++at) {
      EXPECT_EQ(frozen.Bits(patterns[at], {a, b}), plain.Bits(patterns[at], {a, b}));
    }
  }
  // Two rows of one name nobody had: log2(u / (1 / rows with a name)).
  MadeRow row = all.begin()->second;
  row["first"] = "nobody";
  const uint32_t one = grower.Append(0, "x", CellsOf(model, row)), two = grower.Append(0, "y", CellsOf(model, row));
  comparer.Follow();
  frozen.Follow();
  const Pair pair{one, two};
  Pattern pattern = 0;
  Comparer::Scratch scratch(comparer);
  comparer.Compare(std::span(&pair, 1), &scratch, &pattern);
  const double filled = static_cast<double>(terms.columns.front().filled);
  EXPECT_NEAR(frozen.Steps(pattern, pair).front().tf_bits, std::log2(0.1 * filled), 1e-9);
}

}  // namespace
}  // namespace hearth::linkage
