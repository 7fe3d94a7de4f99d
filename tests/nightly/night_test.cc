#include "nightly/night.h"

#include <algorithm>
#include <random>

#include "store/desk.h"
#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

const FeedReport* FeedOf(const NightReport& report, std::string_view feed) {
  for (const FeedReport& f : report.feeds) {
    if (f.feed == feed) return &f;
  }
  return nullptr;
}

bool IsSilent(const NightReport& report, const std::string& feed) {
  return std::any_of(report.silent.begin(), report.silent.end(),
                     [&](const std::string& line) { return line.starts_with(feed + ","); });
}

std::string DigestAfter(const MadeSite& site, CivilDay day, int threads = 2, bool pull = true) {
  const auto report = site.Night(day, threads, pull);
  EXPECT_TRUE(report.ok()) << report.status();
  if (!report.ok()) return "";
  EXPECT_EQ(report->held.size(), 0u) << NightReportText(*report);
  EXPECT_EQ(report->root_digest, site.Open()->meta().root_digest);
  return report->root_digest;
}

// --- the outcome depends on the deliveries alone ---

TEST(NightDigestTest, IsTheSameForOneThreadAndForTwo) {
  const MadeSite one, two;
  for (const CivilDay day : {kNight1, kNight2}) {
    const std::string digest = DigestAfter(one, day, 1);
    EXPECT_EQ(digest.size(), 32u);
    EXPECT_EQ(digest, DigestAfter(two, day, 2)) << day.ToString();
  }
}

TEST(NightDigestTest, IsTheSameWhateverTheOrderOfRows) {
  const MadeSite straight = MadeSite::AfterFirstNight(), shuffled;
  std::mt19937 random(20240301);
  size_t moved = 0;
  for (int night : {1, 2}) {
    for (const std::string& feed : shuffled.Feeds()) {
      DeliveryEdit edit = shuffled.Edit(feed, night);
      const auto before = edit.records;
      // A last row without a line end would run into its new neighbour.
      ASSERT_EQ(edit.records.back().back(), '\n') << feed;
      std::shuffle(edit.records.begin(), edit.records.end(), random);
      moved += edit.records != before;
      edit.Save();
    }
  }
  EXPECT_EQ(moved, 2 * shuffled.Feeds().size());
  EXPECT_EQ(DigestAfter(shuffled, kNight1), straight.Open()->meta().root_digest);
  EXPECT_EQ(DigestAfter(shuffled, kNight2), DigestAfter(straight, kNight2));
}

TEST(NightDigestTest, DiffersForAnotherCity) {
  const MadeSite other({.seed = 8});
  EXPECT_NE(DigestAfter(other, kNight1), MadeSite::AfterFirstNight().Open()->meta().root_digest);
}

TEST(NightDigestTest, DiffersWhenOneCellDiffers) {
  const MadeSite other;
  DeliveryEdit edit = other.Edit("mz_payments", 1);
  edit.SetCell(&edit.records[3], "JE", "1.01");
  edit.Save();
  EXPECT_NE(DigestAfter(other, kNight1), MadeSite::AfterFirstNight().Open()->meta().root_digest);
}

TEST(NightDigestTest, IsTheSameWhenTheNightsAreRunAgainFromTheArchive) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const std::string first = site.Open()->meta().root_digest;
  const std::string second = DigestAfter(site, kNight2);
  std::filesystem::remove_all(site.store());
  std::filesystem::remove_all(site.path() / "drop");
  EXPECT_EQ(DigestAfter(site, kNight1, 2, /*pull=*/false), first);
  EXPECT_EQ(DigestAfter(site, kNight2, 2, /*pull=*/false), second);
}

TEST(NightDigestTest, CoversEveryStoredByte) {
  const MadeSite site = MadeSite::AfterFirstNight();
  EXPECT_EQ(site.Open()->Verify(), OkStatus());
}

// --- from night to night ---

TEST(TwoNightsTest, PersonsAndAlertsKeepTheirIds) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto before = site.Open();
  const auto report = site.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  const auto after = site.Open();
  ASSERT_EQ(after->meta().number, 2u);

  size_t kept = 0, gone = 0;
  for (const StoredPerson& p : All(*before, Table::kPersons, DecodePerson)) {
    ++(after->Get(Table::kPersons, IdKey(p.person.id.value)).ok() ? kept : gone);
  }
  EXPECT_GT(kept, 1000u);
  EXPECT_LE(gone, report->merges);

  size_t continuing = 0;
  for (const Alert& a : All(*before, Table::kAlerts, DecodeAlert)) {
    EXPECT_EQ(a.state, AlertState::kNew);
    EXPECT_EQ(a.raised_on, kNight1);
    const auto bytes = after->Get(Table::kAlerts, IdKey(a.id.value));
    ASSERT_TRUE(bytes.ok()) << a.id.ToString();
    const auto again = DecodeAlert(*bytes);
    ASSERT_TRUE(again.ok());
    EXPECT_NE(again->state, AlertState::kNew);
    EXPECT_EQ(again->raised_on, kNight1);
    continuing += again->state == AlertState::kContinuing && again->seen_on == kNight2;
  }
  EXPECT_GT(continuing, 0u);
}

TEST(TwoNightsTest, AnAlertIsWithdrawnWhenItsEvidenceIsCorrectedAndKeepsItsTrail) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto before = site.Open();
  std::optional<Alert> alert;
  for (const Alert& a : All(*before, Table::kAlerts, DecodeAlert)) {
    if (a.kind == AlertKind::kEnrolledNotEligible && a.record_no.empty() && a.unit.value != 0) alert = a;
  }
  ASSERT_TRUE(alert) << "the city has no such alert; choose another seed";
  // The register itself says on the second night that the case had ended before.
  const auto unit = DecodeUnit(*before->Get(Table::kUnits, IdKey(alert->unit.value)));
  ASSERT_TRUE(unit.ok());
  std::set<std::string> cases;
  for (const auto& [id, reason] : unit->members) {
    const auto person = DecodePerson(*before->Get(Table::kPersons, IdKey(id.value)));
    ASSERT_TRUE(person.ok());
    for (const PersonMention& m : person->mentions) {
      if (before->meta().registries[m.registry] == "civil_affairs") cases.insert(m.key.substr(0, m.key.find('|')));
    }
  }
  ASSERT_FALSE(cases.empty());
  DeliveryEdit edit = site.Edit("mz_register", 2);
  size_t corrected = 0;
  for (std::string& record : edit.records) {
    if (!cases.contains(edit.Cell(record, "HBH"))) continue;
    edit.SetCell(&record, "ZT", "3");
    edit.SetCell(&record, "TCRQ", "2024-02-01");
    ++corrected;
  }
  ASSERT_GT(corrected, 0u);
  edit.Save();

  for (const CivilDay day : {kNight2, kNight3}) {
    const auto report = site.Night(day);
    ASSERT_TRUE(report.ok()) << report.status();
    const auto bytes = site.Open()->Get(Table::kAlerts, IdKey(alert->id.value));
    ASSERT_TRUE(bytes.ok()) << "the trail is gone on " << day.ToString();
    const auto now = DecodeAlert(*bytes);
    ASSERT_TRUE(now.ok());
    EXPECT_EQ(now->state, AlertState::kWithdrawn);
    EXPECT_EQ(now->withdrawn_on, kNight2);
    EXPECT_EQ(now->raised_on, kNight1);
    EXPECT_EQ(now->seen_on, kNight1);
  }
}

TEST(TwoNightsTest, ADeltaAndAFullFeedOfTheSameChangesEndAlike) {
  const MadeSite full = MadeSite::AfterFirstNight(), delta = MadeSite::AfterFirstNight({.delta = true});
  ASSERT_EQ(full.Open()->meta().root_digest, delta.Open()->meta().root_digest);
  // A full feed cannot delete, so the deltas of this test do not either.
  size_t deletions = 0, changes = 0;
  for (const std::string& feed : delta.Feeds()) {
    DeliveryEdit edit = delta.Edit(feed, 2);
    ASSERT_EQ(edit.told().mode, DeliveryMode::kDelta);
    deletions += std::erase_if(edit.records, [&](const std::string& r) { return edit.Cell(r, "BGBZ") == "D"; });
    changes += edit.records.size();
    edit.Save();
  }
  ASSERT_GT(changes, 0u);
  const std::string whole = DigestAfter(full, kNight2), changed = DigestAfter(delta, kNight2);
  const auto f = full.Open(), d = delta.Open();
  for (const Table t :
       {Table::kPersons, Table::kHouseholds, Table::kUnits, Table::kKin, Table::kAlerts, Table::kReviews}) {
    EXPECT_EQ(f->meta().table_digests[static_cast<size_t>(t)], d->meta().table_digests[static_cast<size_t>(t)])
        << TableName(t) << " differ; " << deletions << " deletions left out";
  }
  // A full feed says of every row that it was seen again.
  EXPECT_EQ(f->meta().table_entries[0], d->meta().table_entries[0]);
  EXPECT_NE(whole, changed);
}

TEST(TwoNightsTest, ADeletionOfADeltaRemovesTheRowAndNoOther) {
  const MadeSite site = MadeSite::AfterFirstNight({.delta = true});
  const std::string record = site.Edit("mz_payments", 1).records[5];
  const std::string key = record.substr(0, record.find('|'));
  auto expected = RowKeys(*site.Open(), "civil_affairs_payments");
  DeliveryEdit edit = site.Edit("mz_payments", 2);
  edit.records = {record.substr(0, record.size() - 1) + "|D\n"};
  edit.Save();
  const auto report = site.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(FeedOf(*report, "mz_payments")->rows_deleted, 1u);
  EXPECT_EQ(expected.erase(key), 1u);
  EXPECT_EQ(RowKeys(*site.Open(), "civil_affairs_payments"), expected);
}

TEST(TwoNightsTest, AHouseholdAbsentFromAFullFeedIsStillThere) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto before = site.Open();
  std::optional<StoredHousehold> household;
  for (const StoredHousehold& h : All(*before, Table::kHouseholds, DecodeHousehold)) {
    if (h.members.size() >= 3 && !h.collective) household = h;
  }
  ASSERT_TRUE(household);
  DeliveryEdit edit = site.Edit("ga_hukou", 2);
  const size_t dropped =
      std::erase_if(edit.records, [&](const std::string& r) { return edit.Cell(r, "HH") == household->number; });
  ASSERT_GE(dropped, household->members.size());
  edit.Save();
  const auto rows = RowKeys(*before, "household_registration");
  DigestAfter(site, kNight2);
  const auto after = site.Open();
  const auto bytes = after->Get(Table::kHouseholds, IdKey(household->id.value));
  ASSERT_TRUE(bytes.ok());
  const auto now = DecodeHousehold(*bytes);
  ASSERT_TRUE(now.ok());
  EXPECT_EQ(now->members, household->members);
  EXPECT_EQ(now->number, household->number);
  const auto held = RowKeys(*after, "household_registration");
  EXPECT_TRUE(std::includes(held.begin(), held.end(), rows.begin(), rows.end()));
}

TEST(TwoNightsTest, ANightCannotGoBackInTime) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto report = site.Night(CivilDay{kNight1.days - 1});
  EXPECT_EQ(report.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(report.status()).find("2024-02-29"), std::string::npos) << report.status();
  EXPECT_EQ(site.Open()->meta().number, 1u);
}

// --- deliveries that are wrong ---

struct BadDelivery {
  const char* name;
  const char* says;  // part of the reason
  void (*spoil)(const MadeSite& site, const std::string& feed);
};

void ReplaceColumn(const MadeSite& site, const std::string& feed, const std::string& by) {
  DeliveryEdit edit = site.Edit(feed, 2);
  edit.header = Replaced(edit.header, "CLPP", by);
  edit.manifest = Replaced(edit.manifest, "CLPP", by);
  edit.Save();
}

const BadDelivery kBadDeliveries[] = {
    {"HalfAFile", "short of",
     [](const MadeSite& site, const std::string& feed) {
       const auto file = site.Edit(feed, 2).file();
       std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
     }},
    {"HalfAFileOfRightLength", "SM3 digest",
     [](const MadeSite& site, const std::string& feed) {
       const auto file = site.Edit(feed, 2).file();
       std::string bytes = ReadBytes(file);
       std::fill(bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 2), bytes.end(), '\n');
       WriteBytes(file, bytes);
     }},
    {"FewerRowsThanTheManifestSays", "rows",
     [](const MadeSite& site, const std::string& feed) {
       DeliveryEdit edit = site.Edit(feed, 2);
       const std::string rows = std::to_string(edit.records.size());
       edit.records.pop_back();
       edit.Save();
       edit.manifest = Replaced(edit.manifest, "\"rows\":\\d+", "\"rows\":" + rows);
       edit.manifest = Replaced(edit.manifest, "\"rows_total\":\\d+", "\"rows_total\":" + rows);
       edit.SaveManifest();
     }},
    {"AnotherDigest", "SM3 digest",
     [](const MadeSite& site, const std::string& feed) {
       DeliveryEdit edit = site.Edit(feed, 2);
       edit.manifest = Replaced(edit.manifest, "\"sm3\":\"[0-9a-f]*\"", "\"sm3\":\"" + std::string(64, '0') + "\"");
       edit.SaveManifest();
     }},
    {"ManifestOfAnotherFeed", "ga_hukou",
     [](const MadeSite& site, const std::string& feed) {
       WriteBytes(site.DeliveryFolder(feed, 2) / "manifest.json", site.Edit("ga_hukou", 2).manifest);
     }},
    {"ManifestThatIsNoJson", "manifest.json",
     [](const MadeSite& site, const std::string& feed) {
       DeliveryEdit edit = site.Edit(feed, 2);
       edit.manifest.resize(edit.manifest.size() / 2);
       edit.SaveManifest();
     }},
    {"UnknownColumn", "CLPQ", [](const MadeSite& site, const std::string& feed) { ReplaceColumn(site, feed, "CLPQ"); }},
    {"DuplicateColumn", "HPHM",
     [](const MadeSite& site, const std::string& feed) { ReplaceColumn(site, feed, "HPHM"); }},
    {"ColumnOfAnotherRegistry", "ga_hukou",
     [](const MadeSite& site, const std::string& feed) { ReplaceColumn(site, feed, "YHZGX"); }},
    {"SameSequenceWithOtherContent", "already held",
     [](const MadeSite& site, const std::string& feed) {
       DeliveryEdit edit = site.Edit(feed, 2);
       edit.manifest = Replaced(edit.manifest, "\"seq\":2", "\"seq\":1");
       edit.manifest = Replaced(edit.manifest, "\"prev_seq\":1", "\"prev_seq\":null");
       edit.SaveManifest();
     }},
};

class BadDeliveryTest : public testing::TestWithParam<BadDelivery> {};

TEST_P(BadDeliveryTest, IsRefusedAndTheNightGoesOnWithYesterdaysRows) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto rows = RowKeys(*site.Open(), "vehicles");
  GetParam().spoil(site, "ga_vehicles");
  const auto report = site.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->refused.size(), 1u);
  EXPECT_EQ(report->refused[0].feed, "ga_vehicles");
  EXPECT_NE(report->refused[0].reason.find(GetParam().says), std::string::npos) << report->refused[0].reason;
  EXPECT_NE(NightReportText(*report).find("refused: ga_vehicles batch 20240302-01: "), std::string::npos);
  EXPECT_EQ(LeakIn(NightReportText(*report) + NightReportJson(*report), SecretsOf(site)), "");
  EXPECT_EQ(report->generation, 2u);
  EXPECT_TRUE(IsSilent(*report, "ga_vehicles"));
  EXPECT_EQ(report->feeds.size(), site.Feeds().size() - 1);
  EXPECT_EQ(RowKeys(*site.Open(), "vehicles"), rows);
}

INSTANTIATE_TEST_SUITE_P(Deliveries, BadDeliveryTest, testing::ValuesIn(kBadDeliveries),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(DeliveryTest, WithoutAManifestIsStillArrivingAndTakenOnceTheManifestIsThere) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto manifest = site.DeliveryFolder("ga_vehicles", 2) / "manifest.json";
  std::filesystem::rename(manifest, site.path() / "late.json");
  const auto without = site.Night(kNight2);
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_TRUE(without->refused.empty());
  EXPECT_TRUE(IsSilent(*without, "ga_vehicles"));
  EXPECT_EQ(without->generation, 2u);

  std::filesystem::rename(site.path() / "late.json", manifest);
  const auto with = site.Night(kNight3);
  ASSERT_TRUE(with.ok()) << with.status();
  EXPECT_FALSE(IsSilent(*with, "ga_vehicles"));
  EXPECT_EQ(FeedOf(*with, "ga_vehicles")->seq, 2u);
}

TEST(DeliveryTest, OfADayToComeWaitsForThatDay) {
  const MadeSite site = MadeSite::AfterFirstNight();
  DeliveryEdit edit = site.Edit("ga_vehicles", 2);
  edit.manifest = Replaced(edit.manifest, "\"as_of\":\"2024-03-02\"", "\"as_of\":\"2024-03-03\"");
  edit.SaveManifest();
  const auto early = site.Night(kNight2);
  ASSERT_TRUE(early.ok()) << early.status();
  EXPECT_TRUE(early->refused.empty());
  EXPECT_TRUE(IsSilent(*early, "ga_vehicles"));
  const auto in_time = site.Night(kNight3);
  ASSERT_TRUE(in_time.ok()) << in_time.status();
  EXPECT_EQ(FeedOf(*in_time, "ga_vehicles")->seq, 2u);
}

TEST(DeliveryTest, WhoseLastRowIsCutLosesThatRowOnly) {
  const MadeSite site = MadeSite::AfterFirstNight();
  DeliveryEdit edit = site.Edit("sw_income_tax", 2);
  edit.records.back().resize(edit.records.back().size() / 2);
  edit.Save();
  const auto report = site.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->refused.empty());
  const FeedReport& feed = *FeedOf(*report, "sw_income_tax");
  EXPECT_GE(feed.quarantined.at("COLUMN_COUNT"), 1u);
  EXPECT_EQ(feed.rows_read, edit.records.size());
}

TEST(DeliveryTest, EveryRowIsAcceptedCollapsedDeletedOrQuarantined) {
  for (const bool delta : {false, true}) {
    const MadeSite site({.faults = 8, .delta = delta});
    for (const char* feed : {"ga_hukou", "sw_income_tax", "rs_contributions", "jr_assets"}) {
      DeliveryEdit edit = site.Edit(feed, 1);
      edit.records.push_back(edit.records[0]);                                  // collapses
      edit.records.push_back(edit.records[1].substr(0, 4) + "\n");              // too few cells
      edit.records.insert(edit.records.begin(), "\xFF\xFF" + edit.records[2]);  // no text
      edit.Save();
    }
    uint64_t quarantined = 0, collapsed = 0;
    for (const CivilDay day : {kNight1, kNight2}) {
      const auto report = site.Night(day);
      ASSERT_TRUE(report.ok()) << report.status();
      ASSERT_TRUE(report->held.empty()) << NightReportText(*report);
      uint64_t read = 0;
      ASSERT_EQ(report->feeds.size(), site.Feeds().size());
      for (const FeedReport& f : report->feeds) {
        uint64_t bad = 0;
        for (const auto& [reason, n] : f.quarantined) bad += n;
        EXPECT_EQ(f.rows_read, f.rows_accepted + f.rows_collapsed + f.rows_deleted + bad) << f.feed;
        EXPECT_EQ(f.rows_read, site.Edit(f.feed, static_cast<int>(f.seq)).told().rows_total) << f.feed;
        read += f.rows_read;
        quarantined += bad;
        collapsed += f.rows_collapsed;
      }
      EXPECT_EQ(report->rows_read, read);
    }
    EXPECT_GE(quarantined, 8u);
    EXPECT_GE(collapsed, 4u);
  }
}

// --- what waits for two signatures ---

class HeldNightTest : public testing::Test {
 protected:
  // The night is held for the one subject, by these signers so far, and yesterday still serves.
  void ExpectHeld(const std::string& subject, const std::vector<std::string>& signers) {
    const auto report = site_.Night(kNight2);
    ASSERT_TRUE(report.ok()) << report.status();
    ASSERT_EQ(report->held.size(), 1u);
    EXPECT_EQ(report->held[0].subject, subject);
    EXPECT_EQ(report->held[0].signed_by, signers);
    EXPECT_EQ(report->generation, 0u);
    EXPECT_EQ(report->root_digest, "");
    const std::string text = NightReportText(*report);
    EXPECT_NE(text.find("nothing was published"), std::string::npos);
    EXPECT_NE(text.find("hearth approve --config hearth.yaml --subject \"" + subject + "\""), std::string::npos);
    EXPECT_NE(text.find("li.wei zhao.min"), std::string::npos) << text;
    EXPECT_NE(NightReportJson(*report).find("\"published\": false"), std::string::npos);
    const auto serving = site_.Open();
    EXPECT_EQ(serving->meta().number, 1u);
    EXPECT_EQ(serving->Verify(), OkStatus());
    // Nothing half done is left beside it.
    size_t generations = 0;
    for (const auto& entry : std::filesystem::directory_iterator(site_.store() + "/generations")) {
      generations += entry.is_directory();
    }
    EXPECT_EQ(generations, 1u);
  }
  void Sign(const std::string& subject, const std::string& by) {
    EXPECT_EQ(Desk(site_.store()).AddApproval({subject, by, "checked with the bureau"}), OkStatus());
  }

  MadeSite site_ = MadeSite::AfterFirstNight();
};

TEST_F(HeldNightTest, AFeedWithSixtyPercentOfItsRowsWaitsForTwoDifferentApprovers) {
  const std::string subject = "feed ga_vehicles seq 2";
  const auto rows = RowKeys(*site_.Open(), "vehicles");
  DeliveryEdit edit = site_.Edit("ga_vehicles", 2);
  edit.records.resize(edit.records.size() * 6 / 10);
  edit.Save();
  ExpectHeld(subject, {});
  Sign(subject, "li.wei");
  ExpectHeld(subject, {"li.wei"});
  Sign(subject, "li.wei");  // the same person again
  ExpectHeld(subject, {"li.wei"});
  Sign(subject, "somebody.else");  // no approver of this feed
  ExpectHeld(subject, {"li.wei"});
  Sign("feed ga_vehicles seq 3", "zhao.min");  // another delivery
  ExpectHeld(subject, {"li.wei"});
  Sign(subject, "zhao.min");
  const auto report = site_.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->held.empty());
  EXPECT_EQ(report->generation, 2u);
  EXPECT_EQ(FeedOf(*report, "ga_vehicles")->rows_read, edit.records.size());
  // Absence is no deletion, signed or not.
  const auto held = RowKeys(*site_.Open(), "vehicles");
  EXPECT_TRUE(std::includes(held.begin(), held.end(), rows.begin(), rows.end()));
}

TEST_F(HeldNightTest, ALaterFullDeliveryThatPassesStandsForTheOneThatWaits) {
  const std::filesystem::path folder = site_.DeliveryFolder("ga_vehicles", 2);
  const std::filesystem::path mended = folder.parent_path() / "20240302-02";
  std::filesystem::copy(folder, mended, std::filesystem::copy_options::recursive);
  DeliveryEdit edit = site_.Edit("ga_vehicles", 2);
  edit.records.resize(edit.records.size() / 2);
  edit.Save();
  const std::filesystem::path aside = site_.path() / "mended";
  std::filesystem::rename(mended, aside);
  ExpectHeld("feed ga_vehicles seq 2", {});
  std::filesystem::rename(aside, mended);
  DeliveryEdit later(mended);
  later.manifest = Replaced(later.manifest, "\"seq\":\\d+", "\"seq\":3");
  later.manifest = Replaced(later.manifest, "\"prev_seq\":\\d+", "\"prev_seq\":2");
  later.manifest = Replaced(later.manifest, "\"batch\":\"[^\"]*\"", "\"batch\":\"20240302-02\"");
  later.SaveManifest();
  const auto report = site_.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->held.empty()) << NightReportText(*report);
  EXPECT_EQ(report->generation, 2u);
  EXPECT_EQ(FeedOf(*report, "ga_vehicles")->seq, 3u);
}

TEST_F(HeldNightTest, AFeedWithAHundredAndSixtyPercentOfItsRowsWaitsToo) {
  DeliveryEdit edit = site_.Edit("mz_payments", 2);
  const size_t before = edit.records.size();
  for (size_t i = 0; edit.records.size() < before * 16 / 10; ++i) {
    std::string more = edit.records[i];
    edit.SetCell(&more, "FFBH", "GG" + std::to_string(i));
    edit.records.push_back(std::move(more));
  }
  edit.Save();
  const std::string subject = "feed mz_payments seq 2";
  ExpectHeld(subject, {});
  Sign(subject, "zhao.min");
  ExpectHeld(subject, {"zhao.min"});
  Sign(subject, "li.wei");
  const auto report = site_.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->generation, 2u);
}

TEST_F(HeldNightTest, AFeedWithManyUnreadableRowsWaitsToo) {
  DeliveryEdit edit = site_.Edit("mz_payments", 2);
  for (size_t i = 0; i < edit.records.size(); i += 20) edit.records[i] = edit.records[i].substr(0, 20) + "\n";
  edit.Save();
  ExpectHeld("feed mz_payments seq 2", {});
}

TEST_F(HeldNightTest, AFeedWithinTheGuardsDoesNotWait) {
  DeliveryEdit edit = site_.Edit("ga_vehicles", 2);
  edit.records.resize(edit.records.size() * 8 / 10);
  edit.Save();
  const auto report = site_.Night(kNight2);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->held.empty());
}

// --- places and settings that are wrong ---

TEST(WrongPlaceTest, AStoreThatIsAFileIsUnavailable) {
  const MadeSite site;
  WriteBytes(site.store(), "not a folder");
  const auto report = site.Night(kNight1);
  EXPECT_EQ(report.status().code(), absl::StatusCode::kUnavailable) << report.status();
  EXPECT_NE(Message(report.status()).find(site.store()), std::string::npos) << report.status();
  EXPECT_EQ(ReadBytes(site.store()), "not a folder");
}

TEST(WrongPlaceTest, AnArchiveThatIsAFileIsUnavailable) {
  for (const bool pull : {true, false}) {
    const MadeSite site = MadeSite::AfterFirstNight();
    std::filesystem::remove_all(site.path() / "archive");
    WriteBytes(site.path() / "archive", "not a folder");
    const auto report = site.Night(kNight2, 2, pull);
    EXPECT_EQ(report.status().code(), absl::StatusCode::kUnavailable) << "pull " << pull << ": " << report.status();
    EXPECT_NE(Message(report.status()).find("archive"), std::string::npos) << report.status();
    EXPECT_EQ(site.Open()->meta().number, 1u);
  }
}

TEST(WrongPlaceTest, AStoreOfANewerVersionIsLeftAlone) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto version = std::filesystem::path(site.store()) / "VERSION";
  WriteBytes(version, "hearth-store 99\n");
  const auto report = site.Night(kNight2);
  EXPECT_EQ(report.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(Message(report.status()).find("99"), std::string::npos) << report.status();
  EXPECT_EQ(ReadBytes(version), "hearth-store 99\n");
  EXPECT_EQ(ReadBytes(std::filesystem::path(site.store()) / "CURRENT"), "g000001\n");
}

TEST(WrongPlaceTest, AStoreThatAnotherNightWritesIsUnavailable) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto lock = StoreLock::Take(site.store());
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(site.Night(kNight2).status().code(), absl::StatusCode::kUnavailable);
}

TEST(WrongPlaceTest, AMissingFolderOfPacksIsNotFound) {
  const MadeSite site;
  const auto config = LoadSiteConfig(site.config());
  ASSERT_TRUE(config.ok());
  const auto report = RunNight(*config, kNight1, {.packs_dir = site.path() / "nowhere", .show_progress = false});
  EXPECT_FALSE(report.ok());
  EXPECT_NE(Message(report.status()).find("nowhere"), std::string::npos) << report.status();
}

TEST(WrongPlaceTest, AnUnknownKeyOfTheSiteFileIsNamedWithItsPlaceAndTheNearestRightKey) {
  const MadeSite site;
  const std::string text = ReadBytes(site.config());
  const size_t at = text.find("\narchive: archive");
  ASSERT_NE(at, std::string::npos);
  const auto line = std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n') + 2;
  WriteBytes(site.config(), Replaced(text, "\narchive: archive", "\narchiv: archive"));
  const auto report = site.Night(kNight1);
  EXPECT_EQ(report.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message = Message(report.status());
  EXPECT_NE(message.find("hearth.yaml:" + std::to_string(line) + ":1"), std::string::npos) << message;
  EXPECT_NE(message.find("\"archiv\""), std::string::npos) << message;
  EXPECT_NE(message.find("\"archive\""), std::string::npos) << message;
}

TEST(PackTest, ThatIsNoLongerInForceWithdrawsNothing) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto before = All(*site.Open(), Table::kAlerts, DecodeAlert);
  ASSERT_FALSE(before.empty());
  const auto report = site.Night(*ParseIsoDay("2026-01-01"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(All(*site.Open(), Table::kAlerts, DecodeAlert), before);
}

TEST(NightReportTest, ANightRunAgainEndsInTheSameDigest) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const std::string first = site.Open()->meta().root_digest;
  const auto report = site.Night(kNight1);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->generation, 2u);
  EXPECT_EQ(report->root_digest, first);
}

TEST(PackTest, ThatIsNotInForceOnTheDayIsLeftOutWithAWarning) {
  const MadeSite site;
  const auto report = site.Night(*ParseIsoDay("2026-01-01"));
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_FALSE(report->warnings.empty());
  EXPECT_NE(report->warnings[0].find("wenzhou-2022 is not in force on 2026-01-01"), std::string::npos)
      << report->warnings[0];
  EXPECT_NE(NightReportText(*report).find("warning: " + report->warnings[0]), std::string::npos);
  EXPECT_EQ(report->determinations, 0u);
  EXPECT_TRUE(report->alerts.empty());
  EXPECT_EQ(All(*site.Open(), Table::kAlerts, DecodeAlert).size(), 0u);
  EXPECT_GT(report->units, 100u);
}

TEST(PackTest, ThatIsInForceRaisesAlertsWithoutThatWarning) {
  const MadeSite site = MadeSite::AfterFirstNight();
  EXPECT_GT(All(*site.Open(), Table::kAlerts, DecodeAlert).size(), 0u);
  const auto report = site.Night(kNight2);
  ASSERT_TRUE(report.ok());
  for (const std::string& w : report->warnings) EXPECT_EQ(w.find("not in force"), std::string::npos) << w;
}

// --- what a message may hold ---

TEST(NightReportTest, HoldsNobodysNameOrNumberHoweverBadTheRows) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto secrets = SecretsOf(site);
  ASSERT_GT(secrets.size(), 2000u);
  std::string said;
  for (const int way : {0, 1, 2, 3, 4, 5}) {
    DeliveryEdit hukou = site.Edit("ga_hukou", 2), register_ = site.Edit("mz_register", 2);
    const DeliveryEdit hukou_before = hukou, register_before = register_;
    std::string& row = register_.records[3];
    if (way == 0) {  // cells run together, key lost, a total, an unclosed quote
      hukou.records[0] = hukou.records[0].substr(0, 60) + "\n";
      hukou.SetCell(&hukou.records[1], "RYBH", "");
      hukou.SetCell(&hukou.records[2], "RYBH", "\xBA\xCF\xBC\xC6");
      hukou.SetCell(&hukou.records[3], "XM", "\xFF\xFF");
      row = "\"" + row;
    }
    if (way == 1) register_.header.clear();  // the first person is read as the heading
    if (way == 2) register_.header = row;    // the same, the right number of rows
    if (way == 3) register_.SetCell(&row, "HBH", register_.Cell(row, "XM"));
    if (way == 4) std::swap(register_.header, row);
    hukou.Save();
    register_.Save();
    if (way == 5) {  // the manifest's columns are a person's row
      const std::filesystem::path path = register_.folder() / "manifest.json";
      std::ifstream in(path, std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(in), {}};
      in.close();
      const size_t at = text.find("\"ZJHM\"");
      ASSERT_NE(at, std::string::npos);
      text.replace(at, 6, "\"" + *secrets.begin() + "\"");
      std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    }
    const auto report = site.Night(kNight2);
    said += report.ok() ? NightReportText(*report) + NightReportJson(*report) : report.status().ToString();
    if (report.ok()) {
      for (const std::string& line : report->quarantine_examples) said += line;
      EXPECT_TRUE(!report->quarantine_examples.empty() || !report->refused.empty() || !report->held.empty() || way == 3)
          << way;
    }
    EXPECT_EQ(LeakIn(said, secrets), "") << "way " << way;
    // The next way starts from the same night.
    DeliveryEdit restored_hukou = hukou_before, restored_register = register_before;
    restored_hukou.Save();
    restored_register.Save();
    std::filesystem::remove_all(site.path() / "archive" / "ga_hukou" / "0000000002");
    std::filesystem::remove_all(site.path() / "archive" / "mz_register" / "0000000002");
    WriteBytes(std::filesystem::path(site.store()) / "CURRENT", "g000001\n");
  }
  EXPECT_GT(said.size(), 1000u);
}

}  // namespace
}  // namespace hearth
