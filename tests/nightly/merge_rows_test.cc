#include "nightly/merge_rows.h"

#include <algorithm>

namespace hearth {
namespace {

constexpr CivilDay kFirst{100}, kSecond{101};

std::shared_ptr<const RegistrySchema> Schema() {
  static const auto schema = [] {
    auto s = std::make_shared<RegistrySchema>();
    s->id = "vehicles";
    s->fields = {{"plate", FieldType::kText}, {"value", FieldType::kInt}};
    s->key = {0};
    return s;
  }();
  return schema;
}

RecordTable Rows(std::vector<std::pair<std::string, int64_t>> cells, CivilDay as_of) {
  RecordTable table(Schema());
  uint32_t line = 2;
  for (const auto& [key, value] : cells) {
    const uint32_t row = table.AddRow(key, {.line = line++, .as_of = as_of});
    table.SetText(0, row, key);
    table.SetInt(1, row, value);
  }
  return table;
}

// "key=value@recorded/seen" of every row.
std::string Dump(const RecordTable& t) {
  std::string text;
  for (uint32_t i = 0; i < t.size(); ++i) {
    text += std::string(t.Key(i)) + "=" + std::to_string(t.Int(1, i)) + "@" +
            std::to_string(t.Origin(i).recorded_at.days) + "/" + std::to_string(t.Origin(i).last_seen.days) + " ";
  }
  return text;
}

RowBatch Batch(RecordTable table, std::vector<std::string> deleted = {}) {
  return {std::move(table), std::move(deleted)};
}

RecordTable Night1(std::vector<std::pair<std::string, int64_t>> cells) {
  std::vector<RowBatch> batches;
  batches.push_back(Batch(Rows(std::move(cells), kFirst)));
  return MergeRows(RecordTable(Schema()), std::move(batches), kFirst);
}

TEST(MergeRows, FirstNightIsSortedWhateverTheOrderOfLines) {
  EXPECT_EQ(Dump(Night1({{"b", 2}, {"a", 1}, {"c", 3}})), "a=1@100/100 b=2@100/100 c=3@100/100 ");
  EXPECT_EQ(Dump(Night1({{"c", 3}, {"b", 2}, {"a", 1}})), Dump(Night1({{"a", 1}, {"c", 3}, {"b", 2}})));
}

TEST(MergeRows, UnchangedRowKeepsItsRecordedDayAndChangedRowGetsANewOne) {
  std::vector<RowBatch> batches;
  batches.push_back(Batch(Rows({{"a", 1}, {"b", 9}}, kSecond)));
  EXPECT_EQ(Dump(MergeRows(Night1({{"a", 1}, {"b", 2}}), std::move(batches), kSecond)), "a=1@100/101 b=9@101/101 ");
}

TEST(MergeRows, RowAbsentFromAFullFeedStaysUnseen) {
  std::vector<RowBatch> batches;
  batches.push_back(Batch(Rows({{"a", 1}}, kSecond)));
  EXPECT_EQ(Dump(MergeRows(Night1({{"a", 1}, {"b", 2}}), std::move(batches), kSecond)), "a=1@100/101 b=2@100/100 ");
}

TEST(MergeRows, DeltaDeletesOnlyWhatItNames) {
  std::vector<RowBatch> batches;
  batches.push_back(Batch(Rows({{"c", 3}}, kSecond), {"a", "zz"}));
  EXPECT_EQ(Dump(MergeRows(Night1({{"a", 1}, {"b", 2}}), std::move(batches), kSecond)), "b=2@100/100 c=3@101/101 ");
}

TEST(MergeRows, LaterDeliveryWinsAndMayBringADeletedRowBack) {
  std::vector<RowBatch> batches;
  batches.push_back(Batch(Rows({{"b", 5}}, kFirst), {"a"}));
  batches.push_back(Batch(Rows({{"a", 7}, {"b", 6}}, kSecond)));
  EXPECT_EQ(Dump(MergeRows(Night1({{"a", 1}, {"b", 2}}), std::move(batches), kSecond)), "a=7@101/101 b=6@101/101 ");
}

TEST(MergeRows, NoDeliveryKeepsWhatIsHeld) {
  EXPECT_EQ(Dump(MergeRows(Night1({{"a", 1}}), {}, kSecond)), "a=1@100/100 ");
}

}  // namespace
}  // namespace hearth
