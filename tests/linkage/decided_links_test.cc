// What people decided wins over every weight, in the links as in the clusters.
#include <gtest/gtest.h>

#include "linkage/run_link.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

constexpr char kModel[] = R"(
linkage_model: decided
id_column: id
link: {}
blocking: [[name]]
comparisons:
  - {of: name, levels: [{when: exact, m: 0.9, u: 0.01}, {when: else, m: 0.1, u: 0.99}]}
  - {of: town, levels: [{when: exact, m: 0.9, u: 0.1}, {when: else, m: 0.1, u: 0.9}]}
prior: {probability: 0.1}
thresholds: {link: 0.9, review: 0.5}
)";

// Rows "name town"; ids are a0, a1, … and, of a second table, b0, b1, …
LinkResult LinkRows(const std::vector<std::vector<std::string>>& tables, std::vector<Decision> decisions,
                    std::string_view more = "") {
  std::string text = kModel;
  text.replace(text.find("{}"), 2, tables.size() == 1 ? "dedupe" : "link");
  const StatusOr<Model> model = ReadModel(text + std::string(more), "decided.yaml");
  EXPECT_TRUE(model.ok()) << model.status();
  RecordSetBuilder builder(*model,
                           tables.size() == 1 ? std::vector<std::string>{"a"} : std::vector<std::string>{"a", "b"});
  for (int s = 0; s < static_cast<int>(tables.size()); ++s) {
    std::vector<std::vector<std::string_view>> cells(3);
    std::vector<std::string> ids;
    std::vector<uint64_t> lines;
    for (size_t r = 0; r < tables[s].size(); ++r) ids.push_back((s == 0 ? "a" : "b") + std::to_string(r));
    for (size_t r = 0; r < tables[s].size(); ++r) {
      const std::string_view row = tables[s][r];
      cells[0].push_back(ids[r]);
      cells[1].push_back(row.substr(0, row.find(' ')));
      cells[2].push_back(row.substr(row.find(' ') + 1));
      lines.push_back(r + 2);
    }
    builder.AddRows(s, cells, lines, 1);
  }
  StatusOr<RecordSet> records = std::move(builder).Finish(1);
  EXPECT_TRUE(records.ok()) << records.status();
  StatusOr<LinkResult> result = LinkRecords({.model = *model, .decisions = std::move(decisions)},
                                            std::make_unique<RecordSet>(*std::move(records)));
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

Decision Decided(const std::string& left, const std::string& right, Answer answer) {
  return {left.substr(0, 1), left, right.substr(0, 1), right, answer, "chen", "seen on paper", "2026-11-20"};
}

// "a0=a1" a link, "a0~a1" for review.
std::string Links(const LinkResult& result) {
  std::string text;
  for (const Link& link : result.links) {
    text += (text.empty() ? "" : " ") + std::string(result.records->Id(link.left)) +
            (IsLink(result, link) ? "=" : "~") + std::string(result.records->Id(link.right));
  }
  return text;
}

TEST(DecidedLinks, WithoutDecisionsWeightsDecide) {
  EXPECT_EQ(Links(LinkRows({{"ann ulm", "ann ulm", "bob ulm"}}, {})), "a0=a1");
}

TEST(DecidedLinks, APairThatIsDifferentIsNoLinkWhateverItsWeight) {
  const LinkResult result = LinkRows({{"ann ulm", "ann ulm", "ann ulm"}}, {Decided("a1", "a0", Answer::kDifferent)});
  EXPECT_EQ(Links(result), "a0=a2 a1=a2");
  EXPECT_NE(result.clusters[0].clustering.cluster_of[0], result.clusters[0].clustering.cluster_of[1]);
}

TEST(DecidedLinks, APairThatIsTheSameIsALinkThoughNoRuleMadeIt) {
  const LinkResult result = LinkRows({{"ann ulm", "ann ulm", "bob bonn"}}, {Decided("a2", "a0", Answer::kSame)});
  EXPECT_EQ(Links(result), "a0=a1 a0=a2");
  EXPECT_EQ(result.clusters[0].clustering.cluster_of[2], 0u);
}

TEST(DecidedLinks, AnUnsureAnswerDecidesNothing) {
  EXPECT_EQ(Links(LinkRows({{"ann ulm", "ann ulm"}}, {Decided("a0", "a1", Answer::kUnsure)})), "a0=a1");
}

TEST(DecidedLinks, OfTwoAnswersTheLaterCounts) {
  const Decision same = Decided("a0", "a1", Answer::kSame), different = Decided("a1", "a0", Answer::kDifferent);
  EXPECT_EQ(Links(LinkRows({{"ann ulm", "ann ulm"}}, {same, different})), "");
  EXPECT_EQ(Links(LinkRows({{"ann ulm", "ann ulm"}}, {different, same})), "a0=a1");
}

TEST(DecidedLinks, InOneToOneLinkingTheSameTakeTheirPlacesFirst) {
  const std::vector<std::vector<std::string>> tables{{"ann ulm"}, {"ann ulm", "bob bonn"}};
  EXPECT_EQ(Links(LinkRows(tables, {}, "one_to_one: true")), "a0=b0");
  EXPECT_EQ(Links(LinkRows(tables, {Decided("a0", "b1", Answer::kSame)}, "one_to_one: true")), "a0=b1");
  EXPECT_EQ(Links(LinkRows(tables, {Decided("a0", "b0", Answer::kDifferent)}, "one_to_one: true")), "");
}

TEST(DecidedLinks, ADifferentThatOthersJoinIsSaid) {
  const LinkResult result = LinkRows({{"ann ulm", "bob bonn", "eve kiel"}},
                                     {Decided("a0", "a1", Answer::kSame), Decided("a1", "a2", Answer::kSame),
                                      Decided("a0", "a2", Answer::kDifferent)});
  EXPECT_EQ(Links(result), "a0=a1 a1=a2");
  const std::string last = result.warnings.empty() ? "" : result.warnings.back();
  EXPECT_NE(last.find("1 of the decisions \"different\" does not hold"), std::string::npos) << last;
}

TEST(DecidedLinks, MoreLinksThanCanBeHeldAreRefusedWithTheBlockThatMakesThem) {
  const StatusOr<Model> model =
      ReadModel(std::string(kModel).replace(std::string(kModel).find("{}"), 2, "dedupe"), "m");
  ASSERT_TRUE(model.ok()) << model.status();
  const auto link = [&](uint64_t links_max) {
    RecordSetBuilder builder(*model, {"a"});
    std::vector<std::string> ids;
    for (int r = 0; r < 30; ++r) ids.push_back(std::to_string(r));
    const std::vector<std::string_view> id_cells(ids.begin(), ids.end()), same(30, "x");
    const std::vector<std::vector<std::string_view>> cells{id_cells, same, same};
    const std::vector<uint64_t> lines(30, 2);
    builder.AddRows(0, cells, lines, 1);
    return LinkRecords({.model = *model, .links_max = links_max},
                       std::make_unique<RecordSet>(*std::move(builder).Finish(1)));
  };
  EXPECT_TRUE(link(435).ok());
  const auto refused = link(434);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(refused.status().message().find("\"x\" of rule name (30 records, 435 pairs)"), std::string_view::npos)
      << refused.status();
}

}  // namespace
}  // namespace hearth::linkage
