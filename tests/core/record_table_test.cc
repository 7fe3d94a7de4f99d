#include "core/record_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace hearth {
namespace {

std::shared_ptr<const RegistrySchema> Schema() {
  auto schema = std::make_shared<RegistrySchema>();
  schema->id = "vehicles";
  schema->fields = {
      {.name = "plate", .type = FieldType::kPlate},
      {.name = "value", .type = FieldType::kMoney},
      {.name = "kind", .type = FieldType::kCode, .codes = {{"01", "large", "大型"}, {"02", "small", "小型"}}},
      {.name = "day", .type = FieldType::kDay}};
  return schema;
}

RecordTable TwoRows() {
  RecordTable t(Schema());
  const uint32_t a = t.AddRow("02|浙Z12345", {.feed = 1, .line = 7});
  t.SetText(0, a, "浙Z12345");
  t.SetInt(1, a, 12345);
  t.SetInt(2, a, 1);
  const uint32_t b = t.AddRow("02|浙Z00001", {.feed = 1, .line = 8});
  t.SetText(0, b, "浙Z00001", Verdict::kOkNoted);
  t.SetBad(1, b, Verdict::kBadNumber, "12,34");
  t.SetBad(3, b, Verdict::kOpenEnd, "长期");
  return t;
}

TEST(RecordTable, CellsComeBackByType) {
  const RecordTable t = TwoRows();
  EXPECT_EQ(t.size(), 2u);
  EXPECT_EQ(t.Key(0), "02|浙Z12345");
  EXPECT_EQ(t.Origin(1).line, 8u);
  EXPECT_EQ(t.Text(0, 0), "浙Z12345");
  EXPECT_EQ(t.MoneyAt(1, 0), Money::FromFen(12345));
  EXPECT_EQ(t.CodeAt(2, 0), "small");
  EXPECT_FALSE(t.Has(3, 0));
  EXPECT_FALSE(t.Has(-1, 0));
}

TEST(RecordTable, BadCellIsNullAndKeepsItsText) {
  const RecordTable t = TwoRows();
  EXPECT_FALSE(t.Has(1, 1));
  EXPECT_EQ(t.Raw(1, 1), "12,34");
  EXPECT_EQ(t.Raw(3, 1), "长期");
  EXPECT_EQ(t.CellVerdict(3, 1), Verdict::kOpenEnd);
  EXPECT_EQ(t.Text(1, 1), "");
  EXPECT_EQ(t.Raw(1, 0), "");
  EXPECT_EQ(t.CodeAt(2, 1), "");
}

TEST(RecordTable, ContentHashSeesValuesVerdictsAndRawTextOnly) {
  const RecordTable t = TwoRows();
  RecordTable same(Schema());
  same.AddRow("another key", {.feed = 9, .line = 1});
  same.SetText(0, 0, "浙Z12345");
  same.SetInt(1, 0, 12345);
  same.SetInt(2, 0, 1);
  EXPECT_EQ(same.ContentHash(0), t.ContentHash(0));
  same.SetInt(1, 0, 12346);
  EXPECT_NE(same.ContentHash(0), t.ContentHash(0));
  same.SetInt(1, 0, 12345, Verdict::kOkNoted);
  EXPECT_NE(same.ContentHash(0), t.ContentHash(0));
  EXPECT_NE(t.ContentHash(0), t.ContentHash(1));
}

TEST(RecordTable, CanonicalOrderDoesNotDependOnArrival) {
  const std::vector<std::pair<std::string, int>> rows = {{"b", 1},          {"a", 2},          {"a", 1},
                                                         {"abcdefghij", 1}, {"abcdefghia", 5}, {"", 3}};
  std::vector<size_t> arrival(rows.size());
  std::iota(arrival.begin(), arrival.end(), 0);
  std::vector<std::pair<std::string, int64_t>> expected;
  do {
    RecordTable t(Schema());
    for (size_t i : arrival) {
      const uint32_t row = t.AddRow(rows[i].first, {.line = static_cast<uint32_t>(i)});
      t.SetInt(1, row, rows[i].second);
    }
    t.Permute(t.CanonicalOrder());
    std::vector<std::pair<std::string, int64_t>> got;
    for (uint32_t row = 0; row < t.size(); ++row) got.emplace_back(t.Key(row), t.Int(1, row));
    if (expected.empty()) expected = got;
    ASSERT_EQ(got, expected);
  } while (std::next_permutation(arrival.begin(), arrival.end()));
  EXPECT_EQ(expected.front().first, "");
  EXPECT_EQ(expected.back().first, "b");
}

TEST(RecordTable, PermuteMayLeaveRowsOutAndAppendCopies) {
  RecordTable t = TwoRows();
  const uint64_t hash = t.ContentHash(1);
  t.Permute({1});
  EXPECT_EQ(t.size(), 1u);
  EXPECT_EQ(t.ContentHash(0), hash);
  RecordTable copy(t.shared_schema());
  copy.AppendFrom(t, 0);
  EXPECT_EQ(copy.ContentHash(0), hash);
  EXPECT_EQ(copy.Key(0), "02|浙Z00001");
  EXPECT_EQ(copy.Raw(3, 0), "长期");
  EXPECT_GT(copy.MemoryBytes(), 0u);
}

TEST(RecordTableDeathTest, SetBadNeedsABadVerdict) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  RecordTable t = TwoRows();
  EXPECT_DEATH(t.SetBad(1, 0, Verdict::kOk, "x"), "SetBad needs a verdict");
}

}  // namespace
}  // namespace hearth
