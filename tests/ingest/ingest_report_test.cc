#include "ingest/ingest_report.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

GuardInput Input(uint64_t rows, std::optional<uint64_t> before, uint64_t quarantined = 0) {
  GuardInput input;
  input.rows = rows;
  input.rows_before = before;
  input.quarantined = quarantined;
  return input;
}

TEST(Guards, FullDeliveryMustKeepItsSize) {
  const Guards guards;
  EXPECT_TRUE(CheckGuards(Input(1000, {}), guards).empty()) << "the first delivery has nothing to compare with";
  EXPECT_TRUE(CheckGuards(Input(700, 1000), guards).empty());
  EXPECT_EQ(CheckGuards(Input(699, 1000), guards).size(), 1u);
  EXPECT_TRUE(CheckGuards(Input(1500, 1000), guards).empty());
  EXPECT_EQ(CheckGuards(Input(1501, 1000), guards).size(), 1u);
  EXPECT_EQ(CheckGuards(Input(0, 1000), guards).size(), 1u);
  GuardInput delta = Input(5, 1000);
  delta.mode = DeliveryMode::kDelta;
  EXPECT_TRUE(CheckGuards(delta, guards).empty()) << "a delta is small by nature";
}

TEST(Guards, QuarantineIsBounded) {
  const Guards guards;
  EXPECT_TRUE(CheckGuards(Input(1000, {}, 10), guards).empty());
  EXPECT_EQ(CheckGuards(Input(1000, {}, 11), guards).size(), 1u);
}

TEST(Guards, QuarantineIsHeldAgainstTheMedianOfEightRuns) {
  const Guards guards;
  GuardInput input = Input(10000, {}, 31);
  input.quarantined_before = {0.5, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001};
  EXPECT_EQ(CheckGuards(input, guards).size(), 1u) << "0.31 % is more than three times 0.1 %";
  input.quarantined = 30;
  EXPECT_TRUE(CheckGuards(input, guards).empty());
  input.quarantined = 31;
  input.quarantined_before.resize(7);
  EXPECT_TRUE(CheckGuards(input, guards).empty()) << "seven runs are too few";
}

TEST(IngestReport, ReasonsHaveNamesOfTheirOwn) {
  for (int a = 0; a < kQuarantineReasons; ++a) {
    for (int b = 0; b < a; ++b) {
      EXPECT_NE(QuarantineReasonName(static_cast<QuarantineReason>(a)),
                QuarantineReasonName(static_cast<QuarantineReason>(b)));
    }
  }
  EXPECT_EQ(QuarantineReasonName(QuarantineReason::kNotAPerson), "NOT_A_PERSON");
}

TEST(IngestReport, ExamplesSayWhereAndWhatWouldBeRight) {
  Manifest manifest;
  manifest.files = {{"a.csv", 0, 0, ""}};
  manifest.columns = {"BH", "XM"};
  IngestReport report;
  report.feed = "people";
  report.batch = "b1";
  for (uint32_t line : {7u, 8u, 9u}) report.quarantined.push_back({QuarantineReason::kNoKey, 0, line, 0, 120});
  const auto lines = QuarantineExamples(report, manifest, 2);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0],
            "people batch b1, a.csv line 7, byte 120, column BH: NO_KEY; every column of the row key must be filled");
  EXPECT_EQ(report.Count(QuarantineReason::kNoKey), 3u);
  EXPECT_EQ(report.Count(QuarantineReason::kTotalRow), 0u);
}

}  // namespace
}  // namespace hearth
