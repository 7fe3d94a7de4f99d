// The evaluator, against figures worked out by hand; and labels files, good and bad.
#include <gtest/gtest.h>

#include "matchers/fellegi_sunter/evaluate.h"

namespace hearth::linkage {
namespace {

using Labels = std::vector<uint32_t>;

TEST(Evaluate, ClustersByHand) {
  // Entities {0, 1, 2} {3, 4} {5}; clusters {0, 1} {2, 3} {4} {5}.
  const ClusterScores s = EvaluateClusters(Labels{0, 0, 2, 2, 4, 5}, Labels{7, 7, 7, 8, 8, 9}, kOneTable);
  EXPECT_EQ(s.records, 6u);
  EXPECT_EQ(s.pairs, (Agreement{1, 2, 4}));
  EXPECT_DOUBLE_EQ(s.pairs.Precision(), 1.0 / 2);
  EXPECT_DOUBLE_EQ(s.pairs.Recall(), 1.0 / 4);
  EXPECT_DOUBLE_EQ(s.pairs.F1(), 1.0 / 3);
  EXPECT_EQ(s.exact, (Agreement{1, 4, 3}));
  EXPECT_DOUBLE_EQ(s.exact.F1(), 2.0 / 7);
  EXPECT_EQ(s.exact_of_two, (Agreement{0, 2, 2}));
  EXPECT_EQ(s.exact_of_two.F1(), 0);
  EXPECT_DOUBLE_EQ(s.bcubed_precision, 5.0 / 6);
  EXPECT_DOUBLE_EQ(s.bcubed_recall, 11.0 / 18);
  EXPECT_DOUBLE_EQ(s.BCubedF1(), 55.0 / 78);
}

TEST(Evaluate, NothingClusteredSaysNothingWrong) {
  const ClusterScores s = EvaluateClusters(Labels{0, 1, 2, 3}, Labels{1, 1, 2, 2}, kOneTable);
  EXPECT_EQ(s.pairs, (Agreement{0, 0, 2}));
  EXPECT_EQ(s.pairs.Precision(), 1);
  EXPECT_EQ(s.pairs.F1(), 0);
  EXPECT_EQ(s.bcubed_precision, 1);
  EXPECT_EQ(s.bcubed_recall, 0.5);
}

TEST(Evaluate, AllInOneFindsEverythingAndMore) {
  const ClusterScores s = EvaluateClusters(Labels(6, 0), Labels{7, 7, 7, 8, 8, 9}, kOneTable);
  EXPECT_EQ(s.pairs, (Agreement{4, 15, 4}));
  EXPECT_DOUBLE_EQ(s.bcubed_precision, 14.0 / 36);
  EXPECT_EQ(s.bcubed_recall, 1);
}

TEST(Evaluate, OfTwoTablesOnlyPairsAcrossCount) {
  // Left 0 1 2, right 3 4 5; 0 = 3, 1 = 4. Clusters {0, 1, 3} {2} {4} {5}: two cross pairs said, one right.
  const ClusterScores s = EvaluateClusters(Labels{0, 0, 2, 0, 4, 5}, Labels{1, 2, 3, 1, 2, 4}, 3);
  EXPECT_EQ(s.pairs, (Agreement{1, 2, 2}));
  EXPECT_EQ(s.exact, (Agreement{2, 4, 4}));
}

TEST(Evaluate, RecordsOfNoKnownEntityAreLeftOut) {
  const ClusterScores s = EvaluateClusters(Labels{0, 0, 0}, Labels{5, 5, kUnlabelled}, kOneTable);
  EXPECT_EQ(s.unlabelled, 1u);
  EXPECT_EQ(s.pairs, (Agreement{1, 1, 1}));
  EXPECT_EQ(s.exact, (Agreement{1, 1, 1}));
}

TEST(Evaluate, LinksByHand) {
  const std::vector<Link> links = {{0, 1, 9}, {1, 2, 5}, {0, 2, 1}, {2, 3, 8}};
  const Labels entity = {7, 7, 7, kUnlabelled};
  EXPECT_EQ(EvaluateLinks(links, 2, entity, kOneTable), (Agreement{2, 2, 3}));
  EXPECT_EQ(EvaluateLinks(links, 5.1, entity, kOneTable), (Agreement{1, 1, 3}));
  // Records 2 and 3 are the second table: only 1 - 2 crosses at 2 bits; true across are 0 - 2 and 1 - 2.
  EXPECT_EQ(EvaluateLinks(links, 2, entity, 2), (Agreement{1, 1, 2}));
}

RecordSet Table(std::vector<std::string> sources, std::vector<std::vector<std::string>> ids) {
  RecordSet records;
  records.sources = std::move(sources);
  records.source_begin.push_back(0);
  for (const std::vector<std::string>& source : ids) {
    for (const std::string& id : source) records.ids.push_back(records.ids_text.Intern(id));
    records.source_begin.push_back(static_cast<uint32_t>(records.ids.size()));
  }
  return records;
}

TEST(Evaluate, LabelledPairsByHand) {
  const RecordSet records = Table({"a"}, {{"p", "q", "r", "s"}});
  const StatusOr<std::vector<LabelledPair>> labels =
      ReadLabels("id_l,id_r,score\np,q,1\nr,p,0\nq,r,0.4\r\n\"r\",s,0.9\n", "l.csv", records);
  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_EQ(*labels, (std::vector<LabelledPair>{{{0, 1}, 1}, {{0, 2}, 0}, {{1, 2}, 0.4}, {{2, 3}, 0.9}}));
  // 0 - 3 has no label and does not count.
  const std::vector<Link> links = {{0, 1, 9}, {0, 2, 4}, {0, 3, 9}, {2, 3, 1}};
  EXPECT_EQ(EvaluateLabels(links, 3, *labels), (Agreement{1, 2, 2}));
}

TEST(Evaluate, LabelsOfTwoTablesAreFoundBySourceOrBySide) {
  const RecordSet records = Table({"a", "b"}, {{"1", "2"}, {"1", "3"}});
  const std::vector<LabelledPair> want = {{{1, 2}, 1}};
  EXPECT_EQ(ReadLabels("id_l,id_r,score\n2,1,1\n", "l.csv", records).value(), want);
  const std::string_view named =
      "unique_id_l,source_dataset_l,unique_id_r,source_dataset_r,clerical_match_score\n1,b,2,a,1.0\n";
  EXPECT_EQ(ReadLabels(named, "l.csv", records).value(), want);
}

TEST(Evaluate, ALabelGivenTwiceAlikeCountsOnce) {
  const RecordSet records = Table({"a"}, {{"p", "q"}});
  EXPECT_EQ(ReadLabels("id_l,id_r,score\np,q,1\nq,p,1\n", "l.csv", records).value().size(), 1u);
}

constexpr struct {
  const char *why, *csv, *message;
} kBadLabels[] = {
    {"empty", "", "l.csv:1: no header; id_l,id_r,score would be right"},
    {"no score", "id_l,id_r\np,q\n", "l.csv:1: no column score; id_l,id_r,score would be right"},
    {"width", "id_l,id_r,score\np,q,1\np,r\n", "l.csv:3: 2 cells; the header has 3"},
    {"word", "id_l,id_r,score\np,q,yes\n", "l.csv:2: the score is no number from 0 to 1"},
    {"above one", "id_l,id_r,score\np,q,1.5\n", "l.csv:2: the score is no number from 0 to 1"},
    {"quote", "id_l,id_r,score\np,q,1\n\"p,r,1\n", "l.csv:3: a quote is not closed"},
    {"itself", "id_l,id_r,score\np,p,1\n", "l.csv:2: a record is labelled against itself"},
    {"twice", "id_l,id_r,score\np,q,1\nq,p,0\n", "l.csv:3: the pair of line 2 again, with another score"},
    {"one unknown", "id_l,id_r,score\np,q,1\np,x,1\n",
     "l.csv: 1 row names an id that is no record of the tables: line 3"},
    {"many unknown", "id_l,id_r,score\np,x,1\np,x,1\np,x,1\np,x,1\nx,q,1\nx,q,1\n",
     "l.csv: 6 rows name an id that is no record of the tables: line 2, 3, 4, 5, 6, …"},
};

TEST(Evaluate, BadLabelsAreRefusedWithTheirLine) {
  const RecordSet records = Table({"a"}, {{"p", "q", "r"}});
  for (const auto& bad : kBadLabels) {
    SCOPED_TRACE(bad.why);
    const StatusOr<std::vector<LabelledPair>> labels = ReadLabels(bad.csv, "l.csv", records);
    ASSERT_FALSE(labels.ok());
    EXPECT_EQ(labels.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(Message(labels.status()), bad.message);
  }
}

}  // namespace
}  // namespace hearth::linkage
