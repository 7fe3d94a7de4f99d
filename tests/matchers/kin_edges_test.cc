// Kin evidence, contradictions and hostile input: findings, never hangs.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/matchers/made_city.h"

namespace hearth {
namespace {

void Build(MadeCity* city) {
  city->Link();
  city->BuildFamiliesOn("2024-03-01");
}

const KinEdge* EdgeOf(const MadeCity& city, std::string_view from, std::string_view to, KinKind kind) {
  const PersonIndex a = city.PersonOf("household_registration", from), b = city.PersonOf("household_registration", to);
  for (const KinEdge& e : city.families().edges) {
    const bool fits =
        kind == KinKind::kSpouse ? (e.from == std::min(a, b) && e.to == std::max(a, b)) : (e.from == a && e.to == b);
    if (e.kind == kind && fits) return &e;
  }
  return nullptr;
}

TEST(KinEdges, RelationToTheHeadIsInferredAndARegisterIsNot) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19850101113  王建国  male    1985-01-01  h1            head
    m          @19870203224  李秀兰  female  1987-02-03  h1            wife
    k          @20120601135  王小明  male    2012-06-01  h1            son
    s          @20100601139  陈小强  male    2010-06-01  h1            adopted_or_step_son
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  father_number  father_name
    b1              @20120601135  王小明      2012-06-01  @19850101113   王建国
  )");
  Build(&city);
  const KinEdge* couple = EdgeOf(city, "f", "m", KinKind::kSpouse);
  ASSERT_NE(couple, nullptr);
  EXPECT_TRUE(couple->inferred);
  EXPECT_EQ(couple->evidence.size(), 1u);
  const KinEdge* father = EdgeOf(city, "f", "k", KinKind::kParentChild);
  ASSERT_NE(father, nullptr);
  EXPECT_FALSE(father->inferred);
  EXPECT_EQ(father->evidence.size(), 2u);
  EXPECT_EQ(father->start->ToString(), "2012-06-01");
  const KinEdge* mother = EdgeOf(city, "m", "k", KinKind::kParentChild);
  ASSERT_NE(mother, nullptr) << "the head's wife is held to be the mother";
  EXPECT_TRUE(mother->inferred);
  EXPECT_EQ(EdgeOf(city, "m", "s", KinKind::kParentChild), nullptr) << "not of a step child";
}

TEST(KinEdges, BirthRegisterWinsOverTheHouseholdsGuess) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19850101113  王建国  male    1985-01-01  h1            head
    m          @19870203224  李秀兰  female  1987-02-03  h1            wife
    k          @20120601135  王小明  male    2012-06-01  h1            son
    x          @19860203221  周桂英  female  1986-02-03  h2            head
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  mother_number  mother_name
    b1              @20120601135  王小明      2012-06-01  @19860203221   周桂英
  )");
  Build(&city);
  EXPECT_NE(EdgeOf(city, "x", "k", KinKind::kParentChild), nullptr);
  EXPECT_EQ(EdgeOf(city, "m", "k", KinKind::kParentChild), nullptr);
  EXPECT_NE(EdgeOf(city, "f", "k", KinKind::kParentChild), nullptr);
}

TEST(KinEdges, MarriageRegisterWinsOverTheHouseholdRegister) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19850101113  王建国  male    1985-01-01  h1            head
    m          @19870203224  李秀兰  female  1987-02-03  h1            wife
    x          @19860203221  周桂英  female  1986-02-03  h2            head
  )");
  city.Add("marriage", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19850101113    王建国        @19860203221  周桂英     2010-05-01
  )");
  Build(&city);
  EXPECT_EQ(EdgeOf(city, "f", "m", KinKind::kSpouse), nullptr);
  EXPECT_NE(EdgeOf(city, "f", "x", KinKind::kSpouse), nullptr);
  EXPECT_EQ(city.FindingKinds(), "spouse_register_differs");
}

TEST(KinEdges, TwoCurrentMarriagesAreAFindingAndTheLaterOneCounts) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no
    f          @19850101113  王建国  male    1985-01-01  h1
    m          @19870203224  李秀兰  female  1987-02-03  h1
    x          @19860203221  周桂英  female  1986-02-03  h1
  )");
  city.Add("marriage", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19850101113    王建国        @19860203221  周桂英     2010-05-01
    c2              marriage  @19850101113    王建国        @19870203224  李秀兰     2015-05-01
  )");
  Build(&city);
  EXPECT_EQ(city.FindingKinds(), "no_head two_current_spouses");
  EXPECT_EQ(city.Units(), "head f, spouse m\nhead x\n");
}

struct OddCase {
  const char* why;
  const char* register_rows;
  const char* births;  // child and mother by number and name
  const char* findings;
};
constexpr OddCase kOddCases[] = {
    {"sound", "f @19850101113 王建国 male 1985-01-01 h1 head\nk @20120601135 王小明 male 2012-06-01 h1 son", "", ""},
    {"parent younger than the child",
     "f @20120601135 王建国 male 2012-06-01 h1 head\nk @19850101113 王小明 male 1985-01-01 h1 son", "",
     "parent_younger_than_child"},
    {"parent of eleven", "f @20000101113 王建国 male 2000-01-01 h1 head\nk @20110601135 王小明 male 2011-06-01 h1 son",
     "", "parent_under_twelve"},
    {"no head", "f @19850101113 王建国 male 1985-01-01 h1 other", "", "no_head"},
    {"two heads", "f @19850101113 王建国 male 1985-01-01 h1 head\nk @19860101115 王小明 male 1986-01-01 h1 head", "",
     "two_heads"},
    {"sex against relation",
     "f @19850101113 王建国 male 1985-01-01 h1 head\nk @20120601135 王小明 male 2012-06-01 h1 daughter", "",
     "sex_contradicts_relation"},
    {"mother of herself", "f @19850101121 王建国 female 1985-01-01 h1 head",
     "b1 @19850101121 王建国 @19850101121 王建国", "own_kin"},
    {"cycle without birth dates", "f - 王建国 - - h1 head",
     "b1 X1 陈一 X2 陈二\nb2 X2 陈二 X3 陈三\nb3 X3 陈三 X1 陈一", "kin_cycle"},
    {"empty household", "f @19850101113 王建国 male 1985-01-01 h1 head moved_out", "", "empty_household"},
};

TEST(KinEdges, OddDataIsReported) {
  for (const OddCase& c : kOddCases) {
    MadeCity city;
    std::string rows = "record_no number name sex birth_date household_no relation";
    if (std::string_view(c.register_rows).find("moved_out") != std::string_view::npos) rows += " status";
    city.Add("household_registration", rows + "\n" + c.register_rows);
    std::string births = c.births;
    if (births.find("X1") != std::string::npos) {
      // Three women of foreign documents: a number of their own, and no birth date in it.
      for (const char* x : {"X1", "X2", "X3"}) {
        const std::string document = std::string("USA33011990010") + x[1];
        for (size_t at; (at = births.find(x)) != std::string::npos;) births.replace(at, 2, document);
      }
    }
    city.Add("births", "certificate_no child_number child_name mother_number mother_name\n" + births);
    Build(&city);
    EXPECT_EQ(city.FindingKinds(), c.findings) << c.why;
  }
}

TEST(KinEdges, CollectiveHouseholdMakesNoKin) {
  MadeCity city;
  std::string rows = "record_no number name sex birth_date household_no relation household_kind\n";
  rows += "a @19850101113 王建国 male 1985-01-01 h9 head collective\n";
  rows += "b @20120601135 王小明 male 2012-06-01 h9 son collective\n";
  city.Add("household_registration", rows);
  Build(&city);
  EXPECT_TRUE(city.families().edges.empty());
  EXPECT_EQ(city.FindingKinds(), "collective_kin_ignored");
  EXPECT_EQ(city.Units(), "alone a\nalone b\n");
}

TEST(KinEdges, OneNumberOfTwoRegisteredPersonsIsAFinding) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex   birth_date  household_no  relation
    a          @19850101113  王建国  male  1985-01-01  h1            head
    b          @19850101113  陈立新  male  1986-07-09  h2            head
  )");
  Build(&city);
  EXPECT_EQ(city.FindingKinds(), "one_number_two_names");
}

TEST(KinEdges, HouseholdOfTenThousandTakesLinearTime) {
  for (const char* kind : {"collective", "family"}) {
    MadeCity city;
    std::string rows = "record_no name household_no relation household_kind\n";
    for (int i = 0; i < 10000; ++i) {
      const std::string id = std::to_string(i);
      rows += "r" + id + " 王" + (i % 2 == 0 ? "伟" : "芳") + id + " h1 ";
      rows += i == 0 ? "head " : i % 7 == 0 ? "wife " : i % 3 == 0 ? "son_in_law " : "son ";
      rows += kind;
      rows += "\n";
    }
    city.Add("household_registration", rows);
    const auto start = std::chrono::steady_clock::now();
    Build(&city);
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 20.0) << kind;
    EXPECT_EQ(city.linked().persons.size(), 10000u) << kind;
    EXPECT_LT(city.families().edges.size(), 20000u) << kind;
    size_t members = 0;
    for (const FamilyUnit& u : city.families().units) members += u.members.size();
    EXPECT_EQ(members, 10000u) << kind;
  }
}

TEST(KinEdges, NobodyIsInTwoUnitsAndEveryLivingResidentIsInOne) {
  MadeCity city;
  std::string rows = "record_no number name sex birth_date household_no relation\n";
  std::string marriages = "certificate_no event husband_number husband_name wife_number wife_name registered_on\n";
  for (int i = 0; i < 300; ++i) {
    const int year = 1940 + i * 37 % 80;
    const std::string digits = std::to_string(year) + "0101" + std::to_string(100 + i);
    const char* relation[] = {"head", "wife", "son", "sons_son", "mother", "not_kin", "daughter"};
    rows += "r" + std::to_string(i) + " @" + digits + " 王" + std::to_string(i) + " " +
            (i % 2 == 0 ? "female" : "male") + " " + std::to_string(year) + "-01-01 h" + std::to_string(i * 13 % 90) +
            " " + relation[i * 11 % 7] + "\n";
    if (i > 0 && i % 5 == 0) {
      const int other = i * 29 % i;
      const std::string partner = std::to_string(1940 + other * 37 % 80) + "0101" + std::to_string(100 + other);
      marriages += "c" + std::to_string(i) + (i % 15 == 0 ? " divorce @" : " marriage @") + digits + " 王" +
                   std::to_string(i) + " @" + partner + " 王" + std::to_string(other) + " 2020-01-0" +
                   std::to_string(1 + i % 9) + "\n";
    }
  }
  city.Add("household_registration", rows);
  city.Add("marriage", marriages);
  Build(&city);
  std::vector<int> units(city.linked().persons.size());
  for (const FamilyUnit& u : city.families().units) {
    for (const FamilyUnitMember& m : u.members) ++units[m.person];
    EXPECT_LT(u.household, city.families().households.size());
  }
  EXPECT_EQ(std::count(units.begin(), units.end(), 1), static_cast<std::ptrdiff_t>(units.size()));
}

}  // namespace
}  // namespace hearth
