#include "ingest/site_config.h"

#include "tests/ingest/delivery_fixture.h"

namespace hearth {
namespace {

constexpr std::string_view kGood = R"(site: yunze
title: 云泽市
synthetic: true
store: data/store
archive: /var/hearth/archive
packs: [wenzhou-2022]
parameters:
  dibao_standard_month: [{from: 2019-01-01, value: 1000}, {from: 2020-01-01, value: 1100}]
  hukou_prefix: "3399"
feeds:
  - feed: ga_cars
    registry: cars
    contract: ga_cars/1
    columns: {HPHM: plate, SYRZJ: owner_number}
    ignore: [BZ]
    nulls: ["", "NULL"]
    dates: excel1900
    due: "03:00"
    guards: {rows_min: 0.8, rows_max: 1.2, quarantine_max: 0.02}
    approvers: [li.wei, zhao.min]
)";

StatusOr<SiteConfig> Parse(std::string_view text) { return ParseSiteConfig(text, "hearth.yaml", "/srv/city"); }

std::string With(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(SiteConfig, SoundFileReads) {
  const auto site = Parse(kGood);
  ASSERT_TRUE(site.ok()) << site.status();
  EXPECT_TRUE(site->synthetic);
  EXPECT_EQ(site->store, "/srv/city/data/store") << "relative to the file";
  EXPECT_EQ(site->archive, "/var/hearth/archive");
  EXPECT_EQ(site->drop, "/srv/city/drop") << "the default";
  ASSERT_NE(site->parameters.Find("hukou_prefix"), nullptr);
  EXPECT_TRUE(site->parameters.Find("hukou_prefix")->quoted) << "text, not a number";
  const FeedConfig& feed = site->feeds[0];
  EXPECT_EQ(feed.columns[0].header, "HPHM");
  EXPECT_EQ(feed.columns[0].field, "plate");
  EXPECT_EQ(feed.due_minute, 180);
  EXPECT_EQ(feed.dates, DateMode::kExcel1900);
  EXPECT_EQ(feed.nulls->size(), 2u);
  EXPECT_DOUBLE_EQ(feed.guards.quarantine_max, 0.02);
  EXPECT_EQ(FeedIndex(*site, "ga_cars"), 0);
  EXPECT_EQ(FindFeed(*site, "other"), nullptr);
}

TEST(SiteConfig, SiteWithoutPacksAndFeedsIsSound) {
  const auto site = Parse("site: small\n");
  ASSERT_TRUE(site.ok()) << site.status();
  EXPECT_FALSE(site->synthetic);
  EXPECT_EQ(site->divisions, nullptr);
}

TEST(SiteConfig, MistakesAreToldWithPlaceAndNearestKey) {
  const struct {
    std::string_view from, to, says;
  } kCases[] = {
      {"synthetic: true", "sythetic: true", "hearth.yaml:3:1: unknown key \"sythetic\"; did you mean \"synthetic\"?"},
      {"synthetic: true", "synthetic: yes", "must be true or false"},
      {"synthetic: true", "site: again", "duplicate key \"site\""},
      {"packs: [wenzhou-2022]", "packs: [a, a]", "pack \"a\" is named twice"},
      {"packs: [wenzhou-2022]\nparameters:", "packs: []\nexports: [x]\nparameters:", "\"exports\" must be text"},
      {"feed: ga_cars", "feed: ../ga_cars", "names a folder"},
      {"contract: ga_cars/1", "contrakt: ga_cars/1", "missing key \"contract\""},
      {"SYRZJ: owner_number", "SYRZJ: plate", "field \"plate\" is filled by two columns"},
      {"ignore: [BZ]", "ignore: [HPHM]", "both read and ignored"},
      {"dates: excel1900", "dates: excel1904", "known: iso, excel1900"},
      {"due: \"03:00\"", "due: \"3 am\"", "an hour such as \"03:00\""},
      {"rows_min: 0.8", "rows_min: 80", "a fraction of the last delivery"},
      {"rows_max: 1.2", "rows_max: 0.5", "at least 1"},
      {"guards: {rows_min", "guards: {row_min", "did you mean \"rows_min\"?"},
      {"approvers: [li.wei, zhao.min]", "approvers: [li.wei]", "two different approvers"},
      {"approvers: [li.wei, zhao.min]", "approvers: [li.wei, li.wei]", "named twice"},
      {"feeds:\n", "divisions: none.yaml\nfeeds:\n", "none.yaml: cannot be opened"},
  };
  for (const auto& c : kCases) {
    const auto site = Parse(With(c.from, c.to));
    ASSERT_FALSE(site.ok()) << c.to;
    EXPECT_NE(Message(site.status()).find(c.says), std::string::npos) << c.to << "\n" << site.status();
  }
}

TEST(SiteConfig, MissingFileIsNotFound) {
  EXPECT_EQ(LoadSiteConfig("/no/such/hearth.yaml").status().code(), absl::StatusCode::kNotFound);
}

TEST(SiteConfig, DivisionsAreReadBesideIt) {
  TestFolder folder;
  folder.Write("divisions.yaml", "- {code: \"339901\", name: 东坪区}\n");
  folder.Write("hearth.yaml", "site: s\ndivisions: divisions.yaml\n");
  const auto site = LoadSiteConfig(folder.path() / "hearth.yaml");
  ASSERT_TRUE(site.ok()) << site.status();
  EXPECT_TRUE(site->divisions->Ever(339901));
}

class SiteFeeds : public DeliveryTest {
 protected:
  Status Check(std::string_view from, std::string_view to) {
    std::string text(kSite);
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    const auto site = ParseSiteConfig(text.replace(at, from.size(), to), "hearth.yaml", folder_.path());
    return site.ok() ? CheckFeeds(*site, schemas_) : site.status();
  }
};

TEST_F(SiteFeeds, FeedsAreHeldAgainstTheirRegistries) {
  EXPECT_EQ(CheckFeeds(site_, schemas_), OkStatus());
  const struct {
    std::string_view from, to, says;
  } kCases[] = {
      {"registry: people", "registry: peple", "unknown registry \"peple\"; did you mean \"people\"?"},
      {"CSRQ: birth_date", "CSRQ: birthdate", "has no field \"birthdate\"; did you mean \"birth_date\"?"},
      {"BH: record_no, ", "", "no column for the required field \"record_no\""},
      {"{M: \"1\"", "{M: \"7\"", "\"7\" is no code of field \"sex\""},
      {"codes: {sex:", "codes: {name:", "\"name\" is no code field"},
  };
  for (const auto& c : kCases) {
    const Status s = Check(c.from, c.to);
    ASSERT_FALSE(s.ok()) << c.to;
    EXPECT_NE(Message(s).find(c.says), std::string::npos) << s;
    EXPECT_TRUE(Message(s).starts_with("hearth.yaml:")) << s;
  }
}

}  // namespace
}  // namespace hearth
