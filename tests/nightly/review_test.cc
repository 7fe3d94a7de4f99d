// What linking leaves to people, and what becomes of their answers: night after night, and when all is made again.
#include "nightly/review.h"

#include <set>

#include "nightly/link_record.h"
#include "nightly/person_history.h"
#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

constexpr double kUpperBits = 1.5;

SchemaList SchemasOf(const MadeSite& site) {
  const auto config = LoadSiteConfig(site.config());
  EXPECT_TRUE(config.ok());
  return LoadSiteSchemas(*config, kPacksDir + "/registries").value();
}

std::vector<ReviewItem> Reviews(const MadeSite& site) {
  const auto decisions = Desk(site.store()).LinkDecisions();
  EXPECT_TRUE(decisions.ok()) << decisions.status();
  const auto items = ListReviews(*site.Open(), SchemasOf(site), *decisions, kUpperBits);
  EXPECT_TRUE(items.ok()) << items.status();
  return *items;
}

PersonId PersonOf(const MadeSite& site, const SchemaList& schemas, const MentionName& m) {
  for (const auto& schema : schemas) {
    if (schema->id != m.registry) continue;
    const auto value = site.Open()->Get(Table::kRows, RowKey(m.registry, m.key));
    EXPECT_TRUE(value.ok()) << value.status();
    RecordTable spare(schema);
    std::vector<RowLink> links;
    EXPECT_TRUE(DecodeRow(m.key, *value, &spare, &links).ok());
    for (size_t r = 0; r < schema->persons.size(); ++r) {
      if (schema->persons[r].role == m.role) return links[r].person;
    }
  }
  ADD_FAILURE() << "no such mention";
  return {};
}

void Decide(const MadeSite& site, const MentionName& a, const MentionName& b, LinkVerdict verdict) {
  ASSERT_TRUE(Desk(site.store()).AddLinkDecision({a, b, verdict, "li.wei", kNight1, "papers seen"}).ok());
}

NightReport RunsNight(const MadeSite& site, CivilDay day, bool pull = true) {
  auto report = site.Night(day, 2, pull);
  EXPECT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->held.empty());
  return *report;
}

// A row without a number that belongs to a numbered person by probability, and the register's row of that person.
std::pair<MentionName, MentionName> ALinkByProbability(const MadeSite& site, const SchemaList& schemas) {
  const auto g = site.Open();
  for (const StoredPerson& p : All(*g, Table::kPersons, DecodePerson)) {
    std::optional<MentionName> loose, registered;
    for (const PersonMention& m : p.mentions) {
      const RegistrySchema& schema = *schemas[m.registry];
      const auto value = g->Get(Table::kRows, RowKey(schema.id, m.key));
      RecordTable spare(schemas[m.registry]);
      std::vector<RowLink> links;
      EXPECT_TRUE(DecodeRow(m.key, *value, &spare, &links).ok());
      const MentionName name{schema.id, m.key, schema.persons[m.role].role};
      if (schema.id == "vehicles" && links[m.role].basis == LinkBasis::kProbabilistic) loose = name;
      if (schema.id == "household_registration") registered = name;
    }
    if (loose && registered) return {*loose, *registered};
  }
  ADD_FAILURE() << "the city has no such link; choose another seed";
  return {};
}

TEST(ReviewTest, PairsStandInOrderOfTheirValue) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const std::vector<ReviewItem> items = Reviews(site);
  ASSERT_GT(items.size(), 10u);
  std::set<std::string> ids;
  for (size_t i = 0; i < items.size(); ++i) {
    const ReviewItem& item = items[i];
    EXPECT_TRUE(ids.insert(item.id).second);
    EXPECT_EQ(item.id, PairId(item.left, item.right));
    EXPECT_EQ(item.id, PairId(item.right, item.left)) << "a pair has no order";
    EXPECT_GE(item.uncertainty, 0);
    EXPECT_LE(item.uncertainty, 1);
    EXPECT_DOUBLE_EQ(item.value, item.uncertainty * (1 + 2 * item.enrolled + 3 * item.alerted));
    if (item.bits >= kUpperBits) {
      EXPECT_EQ(item.uncertainty, 1);
    } else {
      EXPECT_DOUBLE_EQ(item.uncertainty, 4 * item.probability * (1 - item.probability));
    }
    if (i > 0) {
      EXPECT_GE(items[i - 1].value, item.value);
    }
  }
}

TEST(ReviewTest, AnAnsweredPairLeavesTheListAndAnUnsureOneGoesToItsEnd) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const std::vector<ReviewItem> before = Reviews(site);
  ASSERT_GT(before.size(), 3u);
  Decide(site, before[0].left, before[0].right, LinkVerdict::kUnsure);
  Decide(site, before[1].left, before[1].right, LinkVerdict::kDifferent);
  std::vector<ReviewItem> after = Reviews(site);
  ASSERT_EQ(after.size(), before.size() - 1);
  EXPECT_EQ(after.back().id, before[0].id);
  ASSERT_TRUE(after.back().decision);
  EXPECT_EQ(after.back().decision->by, "li.wei");
  EXPECT_EQ(after[0].id, before[2].id);
  Decide(site, before[1].left, before[1].right, LinkVerdict::kWithdrawn);
  EXPECT_EQ(Reviews(site).size(), before.size());
}

TEST(ReviewTest, APairIsFoundByItsIdAndAnUnknownOneIsNot) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const SchemaList schemas = SchemasOf(site);
  const std::vector<ReviewItem> items = Reviews(site);
  const auto pair = FindPair(*site.Open(), schemas, {}, items[3].id);
  ASSERT_TRUE(pair.ok()) << pair.status();
  EXPECT_EQ(PairId(pair->first, pair->second), items[3].id);
  EXPECT_EQ(FindPair(*site.Open(), schemas, {}, "r-0000000000000000").status().code(), absl::StatusCode::kNotFound);
  for (const char* id : {"", "r-", "r-000000000000000g", "a-0000000000000000", "r-00000000000000000"}) {
    EXPECT_EQ(FindPair(*site.Open(), schemas, {}, id).status().code(), absl::StatusCode::kInvalidArgument) << id;
  }
  const LinkDecision decided{{"a", "1", "self"}, {"b", "2", "self"}, LinkVerdict::kSame, "li.wei", kNight1, "seen"};
  EXPECT_TRUE(FindPair(*site.Open(), schemas, {decided}, PairId(decided.left, decided.right)).ok())
      << "a decision about rows that are gone can still be taken back";
}

TEST(DeskNightTest, SameIsOneTheNextNightAndAlsoWhenEverythingIsMadeAgain) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const SchemaList schemas = SchemasOf(site);
  std::optional<ReviewItem> item;
  for (const ReviewItem& i : Reviews(site)) {
    if (i.left_person != i.right_person) item = i;
  }
  ASSERT_TRUE(item);
  Decide(site, item->left, item->right, LinkVerdict::kSame);
  const NightReport second = RunsNight(site, kNight2);
  EXPECT_EQ(second.desk_decisions, 1u);
  EXPECT_EQ(second.desk_passed_over, 0u);
  EXPECT_EQ(second.events_by_reason.at("desk"), 1u);
  EXPECT_EQ(PersonOf(site, schemas, item->left), PersonOf(site, schemas, item->right));
  const std::string digest = second.root_digest;

  std::filesystem::remove_all(site.path() / "store" / "generations");
  std::filesystem::remove(site.path() / "store" / "CURRENT");
  RunsNight(site, kNight1, false);
  EXPECT_EQ(PersonOf(site, schemas, item->left), PersonOf(site, schemas, item->right))
      << "the desk is not part of what is made again";
  RunsNight(site, kNight2, false);
  EXPECT_EQ(PersonOf(site, schemas, item->left), PersonOf(site, schemas, item->right));
  EXPECT_FALSE(digest.empty());
}

TEST(DeskNightTest, DifferentPartsAPersonWithdrawnJoinsItAgainAndTheHistoryTells) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const SchemaList schemas = SchemasOf(site);
  const auto [loose, registered] = ALinkByProbability(site, schemas);
  const PersonId man = PersonOf(site, schemas, registered);
  ASSERT_EQ(PersonOf(site, schemas, loose), man);

  Decide(site, loose, registered, LinkVerdict::kDifferent);
  const NightReport parted = RunsNight(site, kNight2);
  const PersonId other = PersonOf(site, schemas, loose);
  EXPECT_EQ(PersonOf(site, schemas, registered), man);
  EXPECT_NE(other, man);
  EXPECT_EQ(parted.splits, 1u);
  EXPECT_EQ(parted.events_by_reason.at("desk"), 1u);

  Decide(site, loose, registered, LinkVerdict::kWithdrawn);
  const NightReport joined = RunsNight(site, kNight3);
  EXPECT_EQ(joined.desk_decisions, 0u);
  EXPECT_EQ(joined.merges, 1u);
  EXPECT_EQ(PersonOf(site, schemas, loose), man);

  Decide(site, loose, registered, LinkVerdict::kDifferent);
  RunsNight(site, kNight3);
  EXPECT_EQ(PersonOf(site, schemas, loose), other) << "it has its old id again";
  EXPECT_EQ(PersonOf(site, schemas, registered), man);

  const auto history = ReadPersonHistory(*site.Open());
  ASSERT_TRUE(history.ok()) << history.status();
  std::vector<std::string> told;
  for (const StoredEvent& e : *history) {
    if (e.person != man || e.other != other) continue;
    told.push_back(e.night.ToString() + " " + std::string(PersonEventKindName(static_cast<PersonEventKind>(e.kind))) +
                   " " + std::string(PersonEventReasonName(static_cast<PersonEventReason>(e.reason))));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"2024-03-02 split desk", "2024-03-03 merge probability",
                                            "2024-03-03 split desk"}));
  EXPECT_EQ(site.Open()->Verify(), OkStatus());
}

TEST(DeskNightTest, ADecisionAboutARowThatIsGoneIsPassedOverAndCounted) {
  const MadeSite site, plain;
  Decide(site, {"vehicles", "02|never", "owner"}, {"pensions", "never", "self"}, LinkVerdict::kSame);
  const NightReport report = RunsNight(site, kNight1);
  EXPECT_EQ(report.desk_decisions, 1u);
  EXPECT_EQ(report.desk_passed_over, 1u);
  EXPECT_NE(NightReportText(report).find("1 about rows that are gone"), std::string::npos);
  EXPECT_EQ(report.root_digest, RunsNight(plain, kNight1).root_digest) << "it changes nothing";
}

TEST(DeskNightTest, ADamagedDeskStopsTheNight) {
  const MadeSite site = MadeSite::AfterFirstNight();
  WriteBytes(site.path() / "store" / "desk" / "links.tsv", "half a line\n");
  EXPECT_EQ(site.Night(kNight2).status().code(), absl::StatusCode::kDataLoss);
}

TEST(LinkReportTest, RatesAddUpAndNameNobody) {
  const MadeSite site;
  const NightReport report = RunsNight(site, kNight1);
  ASSERT_EQ(report.link_by_registry.size(), 18u);
  ASSERT_EQ(report.link_by_group.size(), 4u);
  uint64_t mentions = 0;
  std::map<std::string, uint64_t> by_basis;
  for (const LinkRates& r : report.link_by_registry) {
    mentions += r.mentions;
    uint64_t sum = 0;
    for (int b = 0; b < kLinkBases; ++b) {
      sum += r.by_basis[b];
      if (r.by_basis[b] > 0) by_basis[std::string(LinkBasisName(static_cast<LinkBasis>(b)))] += r.by_basis[b];
    }
    EXPECT_EQ(sum, r.mentions) << r.name;
    EXPECT_LE(r.number_missing + r.number_invalid + r.number_conflicting + r.number_old, r.numbered) << r.name;
    for (const Disagreement& d : r.disagreements) {
      EXPECT_LE(d.differ, d.pairs);
      EXPECT_GT(d.trained, 0);
      EXPECT_LT(d.trained, 1);
    }
  }
  EXPECT_EQ(mentions, report.mentions);
  EXPECT_EQ(by_basis, report.links_by_basis);
  // A person may belong to several groups, but to no group and to one it cannot.
  uint64_t grouped = 0;
  for (const LinkRates& r : report.link_by_group) grouped += r.mentions;
  EXPECT_GE(grouped, report.mentions);
  EXPECT_GT(report.link_by_group[0].mentions, 0u) << "rare characters";
  EXPECT_GT(report.link_by_group[1].mentions, 0u) << "middle dot";
  EXPECT_GT(report.link_by_group[2].mentions, 0u) << "rural";
  const std::string text = NightReportText(report), json = NightReportJson(report);
  for (const char* wanted : {"rare_characters", "middle_dot", "rural_address", "real_property"}) {
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted;
    EXPECT_NE(json.find(wanted), std::string::npos) << wanted;
  }
  EXPECT_EQ(LeakIn(text, SecretsOf(site)), "");
  EXPECT_EQ(LeakIn(json, SecretsOf(site)), "");
}

}  // namespace
}  // namespace hearth
