#include "warning/alert_life.h"

namespace hearth {
namespace {

constexpr CivilDay kFirst{19783}, kSecond{19784};

Alert Make(std::string_view household, CivilDay day, int64_t yuan = 100) {
  Alert a;
  a.kind = AlertKind::kEligibleNotEnrolled;
  a.programme = "dibao";
  a.household_no = household;
  a.id = MakeAlertId(a.kind, a.programme, household, "");
  a.money = Money::FromYuan(yuan);
  a.raised_on = a.seen_on = day;
  return a;
}

TEST(AlertLife, FirstNightIsAllNew) {
  const auto alerts = JoinAlerts({}, {Make("h1", kFirst), Make("h2", kFirst)}, kFirst, 90);
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_EQ(alerts[0].state, AlertState::kNew);
  EXPECT_LT(alerts[0].id, alerts[1].id);
}

TEST(AlertLife, AlertRaisedAgainContinuesFromItsFirstDay) {
  const auto first = JoinAlerts({}, {Make("h1", kFirst)}, kFirst, 90);
  const auto second = JoinAlerts(first, {Make("h1", kSecond)}, kSecond, 90);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].state, AlertState::kContinuing);
  EXPECT_EQ(second[0].raised_on, kFirst);
  EXPECT_EQ(second[0].seen_on, kSecond);
}

TEST(AlertLife, NightRunAgainKeepsItsAlertsNew) {
  const auto first = JoinAlerts({}, {Make("h1", kFirst)}, kFirst, 90);
  EXPECT_EQ(JoinAlerts(first, {Make("h1", kFirst)}, kFirst, 90), first);
}

TEST(AlertLife, AlertNoLongerRaisedIsWithdrawnAndKeptInTheTrail) {
  const auto first = JoinAlerts({}, {Make("h1", kFirst)}, kFirst, 90);
  const auto second = JoinAlerts(first, {}, kSecond, 90);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].state, AlertState::kWithdrawn);
  EXPECT_EQ(second[0].withdrawn_on, kSecond);
  EXPECT_EQ(JoinAlerts(second, {}, kSecond.AddDays(90), 90).size(), 1u);
  EXPECT_EQ(JoinAlerts(second, {}, kSecond.AddDays(91), 90).size(), 0u);
}

TEST(AlertLife, WithdrawnAlertRaisedAgainIsNew) {
  const auto first = JoinAlerts({}, {Make("h1", kFirst)}, kFirst, 90);
  const auto second = JoinAlerts(first, {}, kSecond, 90);
  const auto third = JoinAlerts(second, {Make("h1", kSecond.AddDays(1))}, kSecond.AddDays(1), 90);
  EXPECT_EQ(third[0].state, AlertState::kNew);
  EXPECT_EQ(third[0].raised_on, kSecond.AddDays(1));
}

TEST(AlertLife, OrderOfRaisingDoesNotMatter) {
  const auto a = JoinAlerts({}, {Make("h1", kFirst), Make("h2", kFirst), Make("h1", kFirst, 300)}, kFirst, 90);
  const auto b = JoinAlerts({}, {Make("h1", kFirst, 300), Make("h1", kFirst), Make("h2", kFirst)}, kFirst, 90);
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.size(), 2u);
}

TEST(AlertRank, EvidenceComesBeforeMoney) {
  Alert strong = Make("h1", kFirst, 100), weak = Make("h2", kFirst, 900);
  weak.evidence = EvidenceGrade::kWeak;
  EXPECT_TRUE(AlertRanksBefore(strong, weak));
  EXPECT_FALSE(AlertRanksBefore(weak, strong));
  weak.evidence = EvidenceGrade::kStrong;
  EXPECT_TRUE(AlertRanksBefore(weak, strong));
}

TEST(AlertId, TextComesBackAndOtherTextDoesNot) {
  const AlertId id = MakeAlertId(AlertKind::kEnrolledNotEligible, "dibao", "h1", "");
  EXPECT_EQ(AlertId::Parse(id.ToString()), id);
  EXPECT_FALSE(AlertId::Parse("a-12"));
  EXPECT_FALSE(AlertId::Parse("b-0123456789abcdef"));
  EXPECT_FALSE(AlertId::Parse("a-0123456789abcdeg"));
  EXPECT_NE(id, MakeAlertId(AlertKind::kEligibleNotEnrolled, "dibao", "h1", ""));
}

}  // namespace
}  // namespace hearth
