#include "cli/score.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "cli/score_report.h"

namespace hearth {
namespace {

struct Link {
  std::string registry, key, role;
  uint64_t person;
};
struct Unit {
  std::string household_no;
  std::vector<PersonId> members;
};

// A truth folder, empty but for the header lines, and an engine that says nothing; each test adds what it is about.
class ScoreNightTest : public testing::Test {
 protected:
  ScoreNightTest() {
    dir_ = testing::TempDir() + "hearth_score_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    Truth("mentions", "registry,key,role,person,faults\n");
    Truth("kin", "kind,from,to\n");
    Truth("units", "night,household_no,members\n1,h0,z\n");
    Truth("alerts", "night,kind,programme,household_no,record_no,cause\n");
  }
  ~ScoreNightTest() override { std::filesystem::remove_all(dir_); }

  void Truth(const std::string& name, std::string_view text) {
    std::ofstream(dir_ + "/" + name + ".csv", std::ios::binary) << text;
  }
  std::string Path(const std::string& name) const { return dir_ + "/" + name + ".csv"; }

  StatusOr<Score> Run(ScoreOptions options = {}) {
    const ScoreInput input{.mentions =
                               [&](const auto& use) {
                                 for (const Link& l : links) use({l.registry, l.key, l.role, PersonId{l.person}});
                                 return OkStatus();
                               },
                           .kin =
                               [&](const auto& use) {
                                 for (const ScoredKin& k : kin) use(k);
                                 return OkStatus();
                               },
                           .units =
                               [&](const auto& use) {
                                 for (const Unit& u : units) use({u.household_no, u.members});
                                 return OkStatus();
                               },
                           .alerts =
                               [&](const auto& use) {
                                 for (const ScoredAlert& a : alerts) use(a);
                                 return OkStatus();
                               }};
    return ScoreNight(dir_, input, options);
  }

  std::string dir_;
  std::vector<Link> links;
  std::vector<ScoredKin> kin;
  std::vector<Unit> units;
  std::vector<ScoredAlert> alerts;
};

// Persons 1, 2, 3 of the engine are a, b, c of the truth.
constexpr std::string_view kThreePeople =
    "registry,key,role,person,faults\n"
    "hukou,1,self,a,\nhukou,2,self,b,\nhukou,3,self,c,\nhukou,4,self,d,\n";
const std::vector<Link> kThreeLinked = {
    {"hukou", "1", "self", 1}, {"hukou", "2", "self", 2}, {"hukou", "3", "self", 3}};

// a = {1 2 3}, b = {4 5}, c = {6}; the engine says {1 2} {3 4} {5}, and has no 6.
//
//   mention   in both  engine's  true     (others, itself not counted)
//   1  2        1         1        2
//   3           0         1        2      typo and wrong_digit
//   4           0         1        1
//   5           0         0        1      typo
//   6           0         0        0
TEST_F(ScoreNightTest, CountsPairsAndBcubedFromEachMention) {
  Truth("mentions",
        "registry,key,role,person,faults\n"
        "r,1,self,a,\nr,2,self,a,\nr,3,self,a,typo;wrong_digit\nr,4,self,b,\nr,5,self,b,typo\nr,6,self,c,\n");
  links = {{"r", "1", "self", 7},
           {"r", "2", "self", 7},
           {"r", "3", "self", 8},
           {"r", "4", "self", 8},
           {"r", "5", "self", 9}};
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  ASSERT_EQ(score->links.size(), 5u);

  const LinkScore& all = score->links[0];
  EXPECT_EQ(all.rows, "all");
  EXPECT_EQ(all.mentions, 6u);
  EXPECT_EQ(all.pairs, (Agreement{2, 4, 8}));
  EXPECT_DOUBLE_EQ(*all.pairs.Precision(), 0.5);
  EXPECT_DOUBLE_EQ(*all.pairs.Recall(), 0.25);
  EXPECT_DOUBLE_EQ(*all.pairs.F1(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(all.bcubed_precision, (1 + 1 + 0.5 + 0.5 + 1 + 1) / 6);
  EXPECT_DOUBLE_EQ(all.bcubed_recall, (2.0 / 3 + 2.0 / 3 + 1.0 / 3 + 0.5 + 0.5 + 1) / 6);

  EXPECT_EQ(score->links[1].rows, "clean");
  EXPECT_EQ(score->links[1].mentions, 4u);
  EXPECT_EQ(score->links[1].pairs, (Agreement{2, 3, 5}));
  EXPECT_EQ(score->links[2].rows, "faulty");
  EXPECT_EQ(score->links[2].mentions, 2u);
  EXPECT_EQ(score->links[2].pairs, (Agreement{0, 1, 3}));
  EXPECT_EQ(score->links[3].rows, "typo");
  EXPECT_EQ(score->links[3].pairs, (Agreement{0, 1, 3}));
  EXPECT_EQ(score->links[4].rows, "wrong_digit");
  EXPECT_EQ(score->links[4].pairs, (Agreement{0, 1, 2}));
  EXPECT_DOUBLE_EQ(score->links[4].bcubed_precision, 0.5);
  EXPECT_DOUBLE_EQ(score->links[4].bcubed_recall, 1.0 / 3);

  EXPECT_EQ(score->mentions_missing, 1u);
  EXPECT_EQ(score->mentions_unknown, 0u);
  EXPECT_EQ(score->mentions_repeated, 0u);
}

TEST_F(ScoreNightTest, PerfectLinkingScoresOne) {
  Truth("mentions", "registry,key,role,person,faults\nr,1,self,a,\nr,1,owner,a,x\nr,2,self,b,\n");
  links = {{"r", "2", "self", 1}, {"r", "1", "owner", 2}, {"r", "1", "self", 2}};
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(score->links[0].pairs, (Agreement{2, 2, 2}));
  EXPECT_EQ(score->links[0].BcubedF1(), 1.0);
}

TEST_F(ScoreNightTest, NothingLinkedHasRecallZeroAndNoPrecision) {
  Truth("mentions", "registry,key,role,person,faults\nr,1,self,a,\nr,2,self,a,\n");
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(score->links[0].pairs.Precision(), std::nullopt);
  EXPECT_EQ(score->links[0].pairs.Recall(), 0.0);
  EXPECT_EQ(score->links[0].pairs.F1(), 0.0);
  EXPECT_EQ(score->mentions_missing, 2u);
}

TEST_F(ScoreNightTest, MentionsOutsideTheTruthAreCountedAndNotScored) {
  Truth("mentions", "registry,key,role,person,faults\nr,1,self,a,\n");
  links = {{"r", "1", "self", 1}, {"r", "9", "self", 1}, {"r", "1", "self", 2}};
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(score->mentions_unknown, 1u);
  EXPECT_EQ(score->mentions_repeated, 1u);
  EXPECT_EQ(score->links[0].pairs, (Agreement{0, 0, 0}));
}

TEST_F(ScoreNightTest, PartsOfAMentionDoNotRunTogether) {
  Truth("mentions", "registry,key,role,person,faults\nr,12,self,a,\nr1,2,self,b,\n");
  links = {{"r", "12", "self", 1}, {"r1", "2", "self", 2}};
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(score->mentions_missing, 0u);
}

// The contingency counts agree with counting pair by pair, on random clusterings.
TEST_F(ScoreNightTest, AgreesWithCountingPairByPair) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const size_t count = 40;
    std::vector<int> truth, engine;
    std::string csv = "registry,key,role,person,faults\n";
    links.clear();
    for (size_t i = 0; i < count; ++i) {
      truth.push_back(static_cast<int>(random() % 12));
      engine.push_back(static_cast<int>(random() % 12));
      csv += "r," + std::to_string(i) + ",self,p" + std::to_string(truth[i]) + ",\n";
      links.push_back({"r", std::to_string(i), "self", static_cast<uint64_t>(engine[i])});
    }
    Truth("mentions", csv);
    Agreement expected;
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j < count; ++j) {
        if (i == j) continue;
        expected.wanted += truth[i] == truth[j];
        expected.given += engine[i] == engine[j];
        expected.right += truth[i] == truth[j] && engine[i] == engine[j];
      }
    }
    const auto score = Run();
    ASSERT_TRUE(score.ok()) << score.status();
    EXPECT_EQ(score->links[0].pairs, expected) << "seed " << seed;
  }
}

TEST_F(ScoreNightTest, KinMeetThroughTheMentionsOfTheirPersons) {
  Truth("mentions", kThreePeople);
  links = kThreeLinked;
  Truth("kin", "kind,from,to\nspouse,b,a\nparent_child,a,c\nparent_child,b,c\nparent_child,a,nobody\n");
  kin = {{KinKind::kSpouse, PersonId{1}, PersonId{2}},        // right, either way round
         {KinKind::kSpouse, PersonId{2}, PersonId{1}},        // the same edge again
         {KinKind::kParentChild, PersonId{1}, PersonId{3}},   // right
         {KinKind::kParentChild, PersonId{3}, PersonId{2}},   // wrong way round
         {KinKind::kParentChild, PersonId{1}, PersonId{55}},  // nobody of the truth
         {KinKind::kGuardian, PersonId{1}, PersonId{3}}};     // not scored
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  ASSERT_EQ(score->kin.size(), 3u);
  EXPECT_EQ(score->kin[0].edges, (Agreement{2, 4, 3}));
  EXPECT_EQ(score->kin[1].kind, "spouse");
  EXPECT_EQ(score->kin[1].edges, (Agreement{1, 1, 1}));
  EXPECT_EQ(score->kin[2].kind, "parent_child");
  EXPECT_EQ(score->kin[2].edges, (Agreement{1, 3, 2}));
}

TEST_F(ScoreNightTest, EachWayOfGettingAUnitWrongIsToldApart) {
  Truth("mentions", kThreePeople);
  links = kThreeLinked;
  links.push_back({"hukou", "4", "self", 4});
  Truth("units",
        "night,household_no,members\n1,exact,a\n"
        "2,exact,a b\n2,missing,a b\n2,extra,a b\n2,mixed,a b\n2,other,a b\n2,absent,a b\n2,split,a b\n");
  const PersonId a{1}, b{2}, c{3}, d{4};
  units = {{"exact", {b, a}}, {"missing", {a}}, {"missing", {b}}, {"extra", {a, b, c}}, {"mixed", {a, c}},
           {"other", {b}},    {"other", {c}},   {"unknown", {a}}, {"split", {d}},       {"split", {a, b}}};
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(score->night, 2);
  EXPECT_EQ(score->units.exact, 2u);  // the household with a second unit too
  EXPECT_EQ(score->units.missing, 1u);
  EXPECT_EQ(score->units.extra, 1u);
  EXPECT_EQ(score->units.mixed, 1u);
  EXPECT_EQ(score->units.other_head, 1u);
  EXPECT_EQ(score->units.absent, 1u);
  EXPECT_EQ(score->units.Wanted(), 7u);
}

TEST_F(ScoreNightTest, APersonSplitInTwoMakesTheUnitTooLarge) {
  Truth("mentions", "registry,key,role,person,faults\nr,1,self,a,\nr,2,self,a,\n");
  links = {{"r", "1", "self", 1}, {"r", "2", "self", 2}};
  Truth("units", "night,household_no,members\n1,h,a\n");
  units = {{"h", {PersonId{1}, PersonId{2}}}};
  const auto score = Run();
  ASSERT_TRUE(score.ok()) << score.status();
  EXPECT_EQ(score->units.extra, 1u);
}

TEST_F(ScoreNightTest, AlertsAreScoredByProgrammeAndMissedByCause) {
  Truth("units", "night,household_no,members\n1,h1,a\n2,h1,a\n");
  Truth("alerts",
        "night,kind,programme,household_no,record_no,cause\n"
        "1,eligible_not_enrolled,dibao,h9,,income_below_line\n"
        "2,eligible_not_enrolled,dibao,h1,,income_below_line\n"
        "2,eligible_not_enrolled,dibao,h2,,income_below_line\n"
        "2,eligible_not_enrolled,dibao,h3,,lost_job\n"
        "2,enrolled_not_eligible,old_age_allowance,h1,p7,dead\n");
  const auto gap = AlertKind::kEligibleNotEnrolled, leak = AlertKind::kEnrolledNotEligible;
  alerts = {{gap, "dibao", "h1", "", AlertState::kContinuing},
            {gap, "dibao", "h2", "", AlertState::kWithdrawn},  // no longer stands
            {gap, "dibao", "h8", "", AlertState::kNew},        // false
            {leak, "old_age_allowance", "h1", "p7", AlertState::kNew},
            {leak, "old_age_allowance", "h1", "p8", AlertState::kNew}};  // another person: false
  const auto score = Run({.examples_max = 1});
  ASSERT_TRUE(score.ok()) << score.status();
  ASSERT_EQ(score->alerts.size(), 2u);
  EXPECT_EQ(score->alerts[0].kind, "eligible_not_enrolled");
  EXPECT_EQ(score->alerts[0].programme, "dibao");
  EXPECT_EQ(score->alerts[0].alerts, (Agreement{1, 2, 3}));
  EXPECT_EQ(score->alerts[1].alerts, (Agreement{1, 2, 1}));

  ASSERT_EQ(score->causes.size(), 3u);
  EXPECT_EQ(score->causes[0].cause, "income_below_line");
  EXPECT_EQ(score->causes[0].found, 1u);
  EXPECT_EQ(score->causes[0].wanted, 2u);
  EXPECT_EQ(score->causes[1].cause, "lost_job");
  EXPECT_EQ(score->causes[1].found, 0u);
  EXPECT_EQ(score->causes[2].cause, "dead");
  EXPECT_EQ(score->causes[2].found, 1u);

  ASSERT_EQ(score->missed.size(), 1u);
  EXPECT_EQ(score->missed[0].household_no, "h2");
  ASSERT_EQ(score->false_alerts.size(), 1u);
  EXPECT_EQ(score->false_alerts[0].household_no, "h8");
}

TEST_F(ScoreNightTest, EarlierNightCanBeAskedFor) {
  Truth("units", "night,household_no,members\n1,h1,a\n2,h2,a\n2,h3,a\n");
  const auto first = Run({.night = 1});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->units.Wanted(), 1u);
  EXPECT_EQ(Run()->units.Wanted(), 2u);
  const auto absent = Run({.night = 3});
  EXPECT_TRUE(absent.status().code() == absl::StatusCode::kNotFound);
  EXPECT_NE(Message(absent.status()).find("no night 3; its last is 2"), std::string::npos);
}

TEST_F(ScoreNightTest, ResultDoesNotDependOnTheOrderOfTheEngine) {
  Truth("mentions", "registry,key,role,person,faults\nr,1,self,a,x\nr,2,self,a,\nr,3,self,b,\nr,4,self,b,y;x\n");
  links = {{"r", "1", "self", 1}, {"r", "2", "self", 2}, {"r", "3", "self", 2}, {"r", "4", "self", 1}};
  units = {{"h0", {PersonId{1}}}, {"h0", {PersonId{2}}}};
  const std::string before = ScoreText(*Run());
  std::reverse(links.begin(), links.end());
  std::reverse(units.begin(), units.end());
  EXPECT_EQ(ScoreText(*Run()), before);
}

TEST_F(ScoreNightTest, WrongTruthFilesAreRefusedWithFileAndLine) {
  const struct {
    const char *file, *text, *message;
  } kCases[] = {
      {"mentions", "", "is empty"},
      {"mentions", "registry,key,person\n", "line 1: the header should be registry,key,role,person,faults"},
      {"mentions", "registry,key,role,person,faults\nr,1,self,a\n", "line 2: 4 cells, should be 5"},
      {"mentions", "registry,key,role,person,faults\nr,1,self,a,\nr,1,self,b,\n", "stands there twice"},
      {"kin", "kind,from,to\ncousin,a,b\n", "line 2: kind should be spouse or parent_child"},
      {"units", "night,household_no,members\n1,h,\n", "line 2: a unit needs a member"},
      {"units", "night,household_no,members\none,h,a\n", "line 2: night is no whole number"},
      {"units", "night,household_no,members\n1,h,a\n1,h,b\n", "line 3: the household has a unit"},
      {"alerts", "night,kind,programme,household_no,record_no,cause\n1,k,p,h,,c\n1,k,p,h,,d\n", "line 3: this alert"},
  };
  for (const auto& c : kCases) {
    std::ifstream before_file(Path(c.file));
    const std::string before((std::istreambuf_iterator<char>(before_file)), {});
    Truth(c.file, c.text);
    const auto score = Run();
    EXPECT_EQ(score.status().code(), absl::StatusCode::kInvalidArgument) << c.message;
    EXPECT_NE(Message(score.status()).find(std::string(c.file) + ".csv"), std::string::npos) << score.status();
    EXPECT_NE(Message(score.status()).find(c.message), std::string::npos) << score.status();
    Truth(c.file, before);
    EXPECT_TRUE(Run().ok());
  }
}

TEST_F(ScoreNightTest, AbsentTruthFileIsNotFound) {
  std::filesystem::remove(Path("kin"));
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ScoreNightTest, FailureOfAStreamIsTheResult) {
  ScoreInput input;
  input.mentions = [](const auto&) { return DataLoss("generation 3 is damaged"); };
  EXPECT_EQ(ScoreNight(dir_, input, {}).status().code(), absl::StatusCode::kDataLoss);
}

TEST(ScoreReport, TextShowsSharesAndWhatHasNone) {
  Score score{.night = 2};
  score.links = {{"all", 1200, {1, 2, 4}, 0.5, 0.25},
                 {"clean", 0, {}, 0, 0},
                 {"faulty", 1200, {1, 2, 4}, 0.5, 0.25},
                 {"typo", 1200, {1, 2, 4}, 0.5, 0.25}};
  score.kin = {{"all", {2, 4, 3}}};
  score.units.exact = 3;
  score.units.absent = 1;
  score.alerts = {{"eligible_not_enrolled", "dibao", {1, 2, 3}}};
  score.causes = {{"eligible_not_enrolled", "dibao", "lost_job", 0, 1}};
  const std::string text = ScoreText(score);
  EXPECT_NE(text.find("  all        1,200          50.00%  25.00%  33.33%             50.00%  25.00%  33.33%\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  clean          0               -       -       -                  -       -       -\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("    typo     1,200 "), std::string::npos) << text;
  EXPECT_NE(text.find("exactly right                         3  75.00%"), std::string::npos) << text;
  EXPECT_NE(text.find("lost_job      0         1   0.00%"), std::string::npos) << text;
  EXPECT_EQ(text.find("Missed"), std::string::npos);
}

TEST(ScoreReport, JsonHasNumbersAndNulls) {
  Score score{.night = 1, .mentions_missing = 5};
  score.links = {{"all", 4, {1, 2, 4}, 0.5, 0.25}, {"clean", 0, {}, 0, 0}};
  std::ostringstream out;
  JsonWriter json(&out, JsonLayout::kCompact);
  WriteScore(score, &json);
  json.Finish();
  EXPECT_EQ(out.str(),
            R"({"night":1,"mentions":{"missing":5,"unknown":0,"repeated":0},"links":[{"rows":"all","mentions":4,)"
            R"("pairs":{"right":1,"given":2,"wanted":4,"precision":0.5,"recall":0.25,"f1":0.3333333333333333},)"
            R"("bcubed":{"precision":0.5,"recall":0.25,"f1":0.3333333333333333}},{"rows":"clean","mentions":0,)"
            R"("pairs":{"right":0,"given":0,"wanted":0,"precision":null,"recall":null,"f1":null},)"
            R"("bcubed":{"precision":null,"recall":null,"f1":null}}],"kin":[],)"
            R"("units":{"wanted":0,"exact":0,"missing":0,"extra":0,"mixed":0,"other_head":0,"absent":0},)"
            R"("alerts":[],"causes":[],"missed":[],"false":[]})"
            "\n");
}

}  // namespace
}  // namespace hearth
