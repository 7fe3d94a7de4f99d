// What-ifs over a made city: against the plain evaluator, for any number of threads, and without anybody's name.
#include "nightly/simulate.h"

#include <algorithm>
#include <sstream>

#include "nightly/load_packs.h"
#include "nightly/simulate_report.h"
#include "policy/evaluate.h"
#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

class SimulateTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto site = LoadSiteConfig(site_.config());
    ASSERT_TRUE(site.ok()) << site.status();
    auto schemas = LoadSiteSchemas(*site, kPacksDir + "/registries");
    ASSERT_TRUE(schemas.ok()) << schemas.status();
    schemas_ = *std::move(schemas);
    auto packs = LoadNightPacks(*site, kPacksDir, schemas_, kNight1);
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_ = *std::move(packs);
    g_ = site_.Open();
    ASSERT_NE(g_, nullptr);
    auto city = LoadCity(*g_, schemas_, RegistriesOf(packs_.profile, pack(), schemas_), 2, [](size_t) {});
    ASSERT_TRUE(city.ok()) << city.status();
    city_ = *std::move(city);
  }

  const Pack& pack() const { return packs_.active[0].pack; }

  SiteParameters WithStandard(int64_t yuan) const {
    SiteParameters site = packs_.active[0].site;
    site.values["dibao_standard_month"] = {{CivilDay::FromYmd(2019, 1, 1).value(), Value::Number(yuan)}};
    return site;
  }

  SimulateInput Ask(SiteParameters after, int threads = 2) const {
    const SiteParameters& before = packs_.active[0].site;
    return {&city_, &schemas_, &packs_.profile, {pack(), before}, {pack(), std::move(after)}, kNight1, threads};
  }

  Simulation Run(const SimulateInput& input) const {
    auto s = Simulate(input, [](size_t) {});
    EXPECT_TRUE(s.ok()) << s.status();
    return s.ok() ? *std::move(s) : Simulation();
  }

  std::vector<UnitFacts> DrawAll() const {
    const Portrait portrait =
        Portrait::Create(packs_.profile, pack().layout(), schemas_, city_.TablePointers(), city_.answered);
    std::vector<UnitFacts> facts;
    for (const CityUnit& unit : city_.units) facts.push_back(portrait.Draw(city_.Source(unit), kNight1));
    return facts;
  }

  const MadeSite site_ = MadeSite::AfterFirstNight();
  SchemaList schemas_;
  NightPacks packs_;
  std::unique_ptr<Generation> g_;
  City city_;
};

// The same by the plain evaluator, unit by unit.
std::vector<Entitled> PlainlyEntitled(Evaluator* evaluator, UnitFacts facts) {
  const Pack& pack = evaluator->pack();
  std::vector<Determination> made;
  for (int pass = 0; pass < 3; ++pass) {
    made.clear();
    evaluator->Evaluate(facts, &made);
    bool changed = false;
    for (const Programme& p : ProgrammesOf(pack)) {
      const bool of_members = p.unit == RuleUnit::kPerson;
      const int count = of_members ? static_cast<int>(facts.members.size()) : 1;
      for (int m = 0; m < count; ++m) {
        bool yes = false, unknown = false;
        for (const Determination& d : made) {
          const bool of_class = std::count(p.recognition.begin(), p.recognition.end(), d.rule) > 0 ||
                                std::count(p.exits.begin(), p.exits.end(), d.rule) > 0;
          if (!of_class || (of_members && d.member != m)) continue;
          yes = yes || d.outcome == Outcome::kEligible;
          unknown = unknown || d.outcome == Outcome::kNeedsInformation;
        }
        if (!yes && unknown) continue;
        FactRow& row = of_members ? facts.members[static_cast<size_t>(m)] : facts.household;
        const FactPlace place = of_members ? FactPlace::kMember : FactPlace::kHousehold;
        Value& value = row.values[static_cast<size_t>(pack.layout().Slot(place, p.class_fact))];
        changed = changed || !(value == Value::Boolean(yes));
        value = Value::Boolean(yes);
      }
    }
    if (!changed) break;
  }
  made.clear();
  evaluator->Evaluate(facts, &made);
  std::vector<Entitled> entitled;
  for (const Determination& d : made) {
    if (d.outcome == Outcome::kEligible) entitled.push_back({d.rule, d.member, d.amount, d.per});
  }
  return entitled;
}

TEST_F(SimulateTest, EntitlementIsWhatThePlainEvaluatorGives) {
  for (const int64_t standard : {1100, 1300}) {
    const SiteParameters site = WithStandard(standard);
    auto evaluator = Evaluator::Create(pack(), site, kNight1);
    ASSERT_TRUE(evaluator.ok()) << evaluator.status();
    const auto layout = std::make_shared<const BatchLayout>(pack());
    auto run = EntitlementRun::Create(layout, site, kNight1);
    ASSERT_TRUE(run.ok()) << run.status();
    std::vector<UnitFacts> facts = DrawAll();
    const std::vector<UnitFacts> untouched = facts;
    EntitlementBatch batch(layout);
    batch.Fill(facts);
    std::vector<std::vector<Entitled>> entitled;
    ClassValues classes;
    ASSERT_TRUE(run->Run(&batch, &entitled, &classes).ok());
    ASSERT_EQ(entitled.size(), city_.units.size());
    size_t some = 0;
    for (size_t u = 0; u < entitled.size(); ++u) {
      EXPECT_EQ(entitled[u], PlainlyEntitled(&*evaluator, untouched[u])) << "unit " << u << ", standard " << standard;
      some += entitled[u].size();
    }
    EXPECT_GT(some, 100u);
    // A second run on the same batch starts from the registers again.
    std::vector<std::vector<Entitled>> again;
    ASSERT_TRUE(run->Run(&batch, &again, &classes).ok());
    EXPECT_EQ(entitled, again);
  }
}

TEST_F(SimulateTest, TheSameFiguresChangeNothing) {
  const Simulation s = Run(Ask(packs_.active[0].site));
  EXPECT_EQ(s.units, city_.units.size());
  EXPECT_TRUE(s.changes.empty());
  EXPECT_EQ(s.households.unchanged, s.units);
  for (const auto& [key, line] : s.cost) EXPECT_EQ(line.before, line.after) << key.programme;
}

TEST_F(SimulateTest, AHigherStandardGivesMoreDibaoMoneyAndSaysWhy) {
  const Simulation s = Run(Ask(WithStandard(1300)));
  EXPECT_GT(s.households.gains, 5u);
  EXPECT_GT(s.households.gains, s.households.loses);
  EXPECT_EQ(s.households.gains + s.households.loses + s.households.mixed, s.changes.size());
  int64_t before = 0, after = 0;
  for (const auto& [key, line] : s.cost) {
    if (key.programme != "dibao" || key.per != Period::kMonth) continue;
    before += line.before;
    after += line.after;
  }
  EXPECT_GT(after, before);
  for (const UnitChange& c : s.changes) {
    EXPECT_FALSE(c.reason.empty()) << "unit " << c.unit;
    EXPECT_FALSE(c.rules.empty());
  }
  const bool named = std::any_of(s.changes.begin(), s.changes.end(), [](const UnitChange& c) {
    return c.reason.find("dibao_standard_month") != std::string::npos;
  });
  EXPECT_TRUE(named);
  uint64_t by_size = 0, by_age = 0;
  for (const DirectionCount& d : s.by_size) by_size += d.gains + d.loses + d.mixed + d.unchanged;
  for (const DirectionCount& d : s.by_age) by_age += d.gains + d.loses + d.mixed + d.unchanged;
  EXPECT_EQ(by_size, s.units);
  EXPECT_EQ(by_age, s.persons);
}

TEST_F(SimulateTest, TheWayBackTurnsEveryGainIntoALoss) {
  const Simulation there = Run(Ask(WithStandard(1300)));
  SimulateInput back = Ask(packs_.active[0].site);
  back.before.site = WithStandard(1300);
  const Simulation home = Run(back);
  ASSERT_EQ(there.changes.size(), home.changes.size());
  for (size_t i = 0; i < home.changes.size(); ++i) {
    EXPECT_EQ(there.changes[i].unit, home.changes[i].unit);
    EXPECT_EQ(there.changes[i].before, home.changes[i].after);
    EXPECT_EQ(there.changes[i].after, home.changes[i].before);
  }
  EXPECT_EQ(there.households.gains, home.households.loses);
}

TEST_F(SimulateTest, ReportsAreEqualForAnyNumberOfThreadsAndNameNobody) {
  const SimulationCaption caption{"made", "dibao_standard_month=1300", kNight1};
  std::vector<std::string> texts;
  for (const int threads : {1, 2}) {
    const Simulation s = Run(Ask(WithStandard(1300), threads));
    std::ostringstream json, csv;
    WriteSimulationJson(s, city_, caption, &json);
    WriteSimulationCsv(s, city_, false, &csv);
    texts.push_back(SimulationText(s, caption) + json.str() + csv.str() + SimulationPage(s, caption));
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(LeakIn(texts[0], SecretsOf(site_)), "");
}

TEST_F(SimulateTest, APackNotInForceIsRefused) {
  SimulateInput input = Ask(packs_.active[0].site);
  input.as_of = CivilDay::FromYmd(2031, 1, 1).value();
  EXPECT_EQ(Simulate(input, [](size_t) {}).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace hearth
