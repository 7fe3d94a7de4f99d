// A link explained from a generation: with the weights that made it, from the kept rows.
#include "nightly/link_case.h"

#include <cmath>

#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

class LinkCaseTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { site_ = new MadeSite(MadeSite::AfterFirstNight()); }
  static void TearDownTestSuite() {
    delete site_;
    site_ = nullptr;
  }
  void SetUp() override {
    g_ = site_->Open();
    const auto site = LoadSiteConfig(site_->config());
    ASSERT_TRUE(site.ok());
    schemas_ = LoadSiteSchemas(*site, kPacksDir + "/registries").value();
  }
  static MadeSite* site_;
  std::unique_ptr<Generation> g_;
  SchemaList schemas_;
};
MadeSite* LinkCaseTest::site_ = nullptr;

TEST_F(LinkCaseTest, TheGenerationKeepsATrainedModelForEachRegistry) {
  const auto record = ReadLinkRecord(*g_);
  ASSERT_TRUE(record.ok()) << record.status();
  ASSERT_EQ(record->trained.registries.size(), schemas_.size());
  EXPECT_LT(record->trained.common.prior_bits, -10) << "as the night's data gave it";
  EXPECT_GT(record->names.clusters, 1000u);
  EXPECT_FALSE(record->names.counts.empty());
  EXPECT_TRUE(std::is_sorted(record->names.counts.begin(), record->names.counts.end()));
  for (const auto& schema : schemas_) EXPECT_EQ(record->trained.Of(schema->id).registry, schema->id);
}

TEST_F(LinkCaseTest, WaterfallsAddUpToWhatTheNightWeighed) {
  const auto record = ReadLinkRecord(*g_);
  ASSERT_TRUE(record.ok());
  size_t seen = 0, equal = 0;
  for (const StoredPerson& p : All(*g_, Table::kPersons, DecodePerson)) {
    for (const PersonMention& m : p.mentions) {
      const auto bytes = g_->Get(Table::kRows, RowKey(schemas_[m.registry]->id, m.key));
      ASSERT_TRUE(bytes.ok());
      RecordTable spare(schemas_[m.registry]);
      std::vector<RowLink> links;
      ASSERT_TRUE(DecodeRow(m.key, *bytes, &spare, &links).ok());
      if (links[m.role].basis != LinkBasis::kProbabilistic || ++seen > 80) continue;
      const auto file = OpenLinkCase(*g_, schemas_, {m});
      ASSERT_TRUE(file.ok()) << file.status();
      const LinkWaterfall w =
          ExplainLink(file->TablePointers(), file->linked, record->trained, record->names, file->asked[0]);
      EXPECT_EQ(w.basis, LinkBasis::kProbabilistic);
      double total = w.prior_bits;
      for (const LinkWaterfall::Step& step : w.steps) {
        total += step.bits;
        EXPECT_DOUBLE_EQ(step.running_bits, total);
      }
      EXPECT_DOUBLE_EQ(w.total_bits, total);
      EXPECT_FLOAT_EQ(static_cast<float>(w.night_bits), links[m.role].match_weight);
      equal += std::abs(w.total_bits - w.night_bits) < 1e-3;
    }
  }
  ASSERT_GT(seen, 40u);
  // A person may have learnt more after the round in which a row came to it.
  EXPECT_GE(equal, std::min<size_t>(seen, 80) * 6 / 10);
}

TEST_F(LinkCaseTest, ARowByNumberIsExplainedByItsNumber) {
  const auto record = ReadLinkRecord(*g_);
  for (const StoredPerson& p : All(*g_, Table::kPersons, DecodePerson)) {
    if (p.person.number.empty() || p.mentions.size() < 3) continue;
    const auto file = OpenLinkCase(*g_, schemas_, {p.mentions[0]});
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->PersonOf(file->asked[0]).id, p.person.id);
    EXPECT_EQ(file->PersonOf(file->asked[0]).mention_count, p.mentions.size());
    if (file->LinkOf(file->asked[0]).basis != LinkBasis::kNumber) continue;
    const LinkWaterfall w =
        ExplainLink(file->TablePointers(), file->linked, record->trained, record->names, file->asked[0]);
    ASSERT_FALSE(w.steps.empty());
    EXPECT_EQ(w.steps[0].comparison, "citizen_number");
    EXPECT_TRUE(w.registries.empty()) << "two numbered sides are weighed with the common model";
    return;
  }
  FAIL() << "nobody is linked by number";
}

TEST_F(LinkCaseTest, MentionsAreReadAndWrongOnesRefused) {
  const std::string key = *RowKeys(*g_, "marriage").begin(), car = *RowKeys(*g_, "vehicles").begin();
  const auto wife = ParseMention(*g_, schemas_, "marriage:" + key + ":wife");
  ASSERT_TRUE(wife.ok()) << wife.status();
  EXPECT_EQ(schemas_[wife->registry]->persons[wife->role].role, "wife");
  EXPECT_EQ(wife->key, key);
  EXPECT_TRUE(ParseMention(*g_, schemas_, "vehicles:" + car).ok()) << "a registry of one role needs none";
  const auto code = [&](const std::string& text) { return ParseMention(*g_, schemas_, text).status().code(); };
  EXPECT_EQ(code("marriage:" + key), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("marriage:" + key + ":aunt"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("marriages:" + key + ":wife"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("marriage"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code("vehicles:none"), absl::StatusCode::kNotFound);
  EXPECT_EQ(code("vehicles:none:owner"), absl::StatusCode::kNotFound);
}

TEST_F(LinkCaseTest, AGenerationWithoutModelsSaysWhatToDo) {
  const MadeSite empty;
  auto writer = GenerationWriter::Create(empty.store());
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Publish({}, 2).ok());
  const auto record = ReadLinkRecord(*empty.Open());
  EXPECT_EQ(record.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(record.status()).find("run hearth night again"), std::string::npos);
  EXPECT_EQ(OpenLinkCase(*empty.Open(), schemas_, {}).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace hearth
