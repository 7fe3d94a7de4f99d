#include "ingest/feed_reader.h"

#include <algorithm>
#include <random>

#include "tests/ingest/delivery_fixture.h"

namespace hearth {
namespace {

using FeedReaderTest = DeliveryTest;

TEST_F(FeedReaderTest, SoundRowsBecomeTypedCells) {
  const auto batch = ReadRows("A1,339901198501011135,王芳,2,1985-01-01,1234.5\nA2,,欧阳小明,男,19600712,-\n", 2);
  ASSERT_TRUE(batch.ok()) << batch.status();
  const RecordTable& t = batch->table;
  ASSERT_EQ(t.size(), 2u);
  EXPECT_EQ(t.Key(0), "A1");
  EXPECT_EQ(t.Text(1, 0), "339901198501011135");
  EXPECT_EQ(t.Text(2, 0), "王芳");
  EXPECT_EQ(t.CodeAt(3, 0), "female");
  EXPECT_EQ(t.DayAt(4, 0).ToString(), "1985-01-01");
  EXPECT_EQ(t.MoneyAt(5, 0).ToString(), "1234.50");
  EXPECT_EQ(t.CodeAt(3, 1), "male");
  EXPECT_EQ(t.CellVerdict(1, 1), Verdict::kAbsent);
  EXPECT_EQ(t.CellVerdict(5, 1), Verdict::kAbsent);
  EXPECT_EQ(t.Origin(1).line, 3u);
  EXPECT_EQ(t.Origin(0).as_of.ToString(), "2024-02-29");
  EXPECT_EQ(t.Origin(0).recorded_at.ToString(), "2024-03-01");
  EXPECT_EQ(batch->report.rows_read, 2u);
  EXPECT_TRUE(batch->report.quarantined.empty());
}

TEST_F(FeedReaderTest, BadValueIsNullWithItsTextAndTheRowGoesOn) {
  const auto batch = ReadRows("A1,339901198501011134,王芳,7,2021-02-30,12元3\n", 1);
  ASSERT_TRUE(batch.ok()) << batch.status();
  const RecordTable& t = batch->table;
  ASSERT_EQ(t.size(), 1u);
  EXPECT_EQ(t.CellVerdict(1, 0), Verdict::kBadCheck);
  EXPECT_EQ(t.Raw(1, 0), "339901198501011134");
  EXPECT_EQ(t.CellVerdict(3, 0), Verdict::kBadCode);
  EXPECT_EQ(t.CellVerdict(4, 0), Verdict::kBadDate);
  EXPECT_FALSE(t.Has(5, 0));
  EXPECT_EQ(batch->report.verdicts[1][static_cast<size_t>(Verdict::kBadCheck)], 1u);
}

}  // namespace
}  // namespace hearth
