// Family units, case by case: the registers' rows, and who is assessed together. Source: ADR 0003, standards.md 13.1.
#include <gtest/gtest.h>

#include "tests/matchers/made_city.h"

namespace hearth {
namespace {

constexpr const char* kToday = "2024-03-01";

std::string UnitsOf(MadeCity* city) {
  city->Link();
  city->BuildFamiliesOn(kToday);
  return city->Units();
}

TEST(FamilyUnit, CoupleWithAMinorChildIsOneUnit) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19850101113  王建国  male    1985-01-01  h1            head
    m          @19870203224  李秀兰  female  1987-02-03  h1            wife
    k          @20120601135  王小明  male    2012-06-01  h1            only_son
  )");
  EXPECT_EQ(UnitsOf(&city), "head f, minor_child k, spouse m\n");
}

TEST(FamilyUnit, SonOfTwentyIsAStudentChildUpToBachelorEvenFromTheSchoolsHousehold) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation  household_kind
    f          @19750101113  王建国  male    1975-01-01  h1            head      family
    m          @19770203224  李秀兰  female  1977-02-03  h1            wife      family
    k          @20040101135  王小明  male    2004-01-01  h9            other     collective
    x          @20040101156  赵大力  male    2004-01-01  h9            other     collective
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  mother_number  mother_name  father_number  father_name
    b1              @20040101135  王小明      2004-01-01  @19770203224   李秀兰       @19750101113   王建国
  )");
  city.Add("school_enrolment", R"(
    student_no  number        name    stage     full_time  state
    s1          @20040101135  王小明  bachelor  1          enrolled
    s2          @20040101156  赵大力  bachelor  1          enrolled
  )");
  EXPECT_EQ(UnitsOf(&city), "alone x\nhead f, student_child k, spouse m\n");
}

TEST(FamilyUnit, PostgraduateInTheSchoolsHouseholdIsAlone) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation  household_kind
    m          @19770203224  李秀兰  female  1977-02-03  h1            head      family
    k          @20010101137  王小敏  female  2001-01-01  h9            other     collective
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  mother_number  mother_name
    b1              @20010101137  王小敏      2001-01-01  @19770203224   李秀兰
  )");
  city.Add("school_enrolment", R"(
    student_no  number        name    stage         full_time  state
    s1          @20010101137  王小敏  postgraduate  1          enrolled
  )");
  EXPECT_EQ(UnitsOf(&city), "alone k\nhead m\n");
}

TEST(FamilyUnit, MotherWhoLivesWithAnotherChildIsNotCounted) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    a          @19750101113  王建国  male    1975-01-01  h1            head
    b          @19780101138  王建军  male    1978-01-01  h2            head
    m          @19510203224  李秀兰  female  1951-02-03  h2            mother
  )");
  EXPECT_EQ(UnitsOf(&city), "head a\nhead b, duty_co_resident m\n");
}

TEST(FamilyUnit, FatherInLawInTheHomeIsCountedThroughTheCouple) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19750101113  王建国  male    1975-01-01  h1            head
    m          @19770203224  李秀兰  female  1977-02-03  h1            wife
    g          @19490203215  李老汉  male    1949-02-03  h1            wifes_father
  )");
  EXPECT_EQ(UnitsOf(&city), "head f, duty_co_resident g, spouse m\n");
}

TEST(FamilyUnit, SonWithAnOwnHouseholdIsNotCounted) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex   birth_date  household_no  relation
    f          @19700101113  王建国  male  1970-01-01  h1            head
    k          @19990101135  王小明  male  1999-01-01  h2            head
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  father_number  father_name
    b1              @19990101135  王小明      1999-01-01  @19700101113   王建国
  )");
  EXPECT_EQ(UnitsOf(&city), "head f\nhead k\n");
}

TEST(FamilyUnit, GrandsonWithDeadParentsLivesWithTheGrandmother) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation   status
    g          @19550101124  周桂英  female  1955-01-01  h1            head       normal
    k          @20140101135  王小明  male    2014-01-01  h1            sons_son   normal
    f          @19800101139  王建国  male    1980-01-01  h1            first_son  dead
  )");
  EXPECT_EQ(UnitsOf(&city), "head g, duty_co_resident k\n");
}

TEST(FamilyUnit, DivorcedWifeStillRegisteredInTheHomeIsAUnitOfHerOwn) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19750101113  王建国  male    1975-01-01  h1            head
    m          @19770203224  李秀兰  female  1977-02-03  h1            wife
  )");
  city.Add("marriage", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19750101113    王建国        @19770203224  李秀兰     2000-05-01
    c2              divorce   @19750101113    王建国        @19770203224  李秀兰     2015-05-01
  )");
  EXPECT_EQ(UnitsOf(&city), "head f\nhead m\n");
  EXPECT_EQ(city.FindingKinds(), "spouse_register_differs");
}

TEST(FamilyUnit, RemarriageToTheFormerSpouseIsCurrentAgain) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19750101113  王建国  male    1975-01-01  h1            head
    m          @19770203224  李秀兰  female  1977-02-03  h1            wife
  )");
  city.Add("marriage", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19750101113    王建国        @19770203224  李秀兰     2000-05-01
    c2              divorce   @19750101113    王建国        @19770203224  李秀兰     2015-05-01
    c3              marriage  @19750101113    王建国        @19770203224  李秀兰     2018-05-01
  )");
  EXPECT_EQ(UnitsOf(&city), "head f, spouse m\n");
  ASSERT_EQ(city.families().edges.size(), 1u);
  EXPECT_EQ(city.families().edges[0].start->ToString(), "2018-05-01");
  EXPECT_FALSE(city.families().edges[0].end.has_value());
  EXPECT_FALSE(city.families().edges[0].inferred);
}

TEST(FamilyUnit, SpousesOfTwoHouseholdsShareTheOneWithTheirChildren) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19850101113  王建国  male    1985-01-01  h1            head
    m          @19870203224  李秀兰  female  1987-02-03  h2            head
    k          @20120601135  王小明  male    2012-06-01  h2            son
  )");
  city.Add("marriage", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19850101113    王建国        @19870203224  李秀兰     2010-05-01
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  mother_number  mother_name  father_number  father_name
    b1              @20120601135  王小明      2012-06-01  @19870203224   李秀兰       @19850101113   王建国
  )");
  EXPECT_EQ(UnitsOf(&city), "head m, spouse f, minor_child k\n");
}

TEST(FamilyUnit, SpouseOfTheParentalHomeMovesToTheHeadAndTakesAStepchildAlong) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19850101113  王建国  male    1985-01-01  h2            head
    g          @19600101118  李大山  male    1960-01-01  h1            head
    m          @19870203224  李秀兰  female  1987-02-03  h1            daughter
    s          @20100601135  陈小明  male    2010-06-01  h1            daughters_son
  )");
  city.Add("marriage", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19850101113    王建国        @19870203224  李秀兰     2016-05-01
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  mother_number  mother_name
    b1              @20100601135  陈小明      2010-06-01  @19870203224   李秀兰
  )");
  EXPECT_EQ(UnitsOf(&city), "head f, spouse m, minor_child s\nhead g\n");
}

TEST(FamilyUnit, MinorAmongStrangersLivesWithTheMotherButStaysWithAGrandparent) {
  const auto rows = [](const char* relation) {
    std::string text = R"(
    record_no  number        name    sex     birth_date  household_no  relation
    m          @19870203224  李秀兰  female  1987-02-03  h1            head
    o          @19550101113  吴大成  male    1955-01-01  h2            head
    k          @20120601135  王小明  male    2012-06-01  h2            )";
    return text.append(relation);
  };
  const char* birth = R"(
    certificate_no  child_number  child_name  birth_date  mother_number  mother_name
    b1              @20120601135  王小明      2012-06-01  @19870203224   李秀兰
  )";
  MadeCity stranger;
  stranger.Add("household_registration", rows("not_kin"));
  stranger.Add("births", birth);
  EXPECT_EQ(UnitsOf(&stranger), "head m, minor_child k\nhead o\n");
  MadeCity grandparent;
  grandparent.Add("household_registration", rows("daughters_son"));
  grandparent.Add("births", birth);
  EXPECT_EQ(UnitsOf(&grandparent), "head m\nhead o, duty_co_resident k\n");
}

TEST(FamilyUnit, DisabledAdultChildIsADependentAndAHealthyOneLivesTogether) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19600101113  王建国  male    1960-01-01  h1            head
    a          @19900101135  王一    male    1990-01-01  h1            first_son
    b          @19920101138  王二    male    1992-01-01  h1            second_son
    c          @19940101132  王三    male    1994-01-01  h1            third_son
  )");
  city.Add("disability", R"(
    certificate_no  number        name  category  grade
    d1              @19900101135  王一  physical  2
    d2              @19920101138  王二  mental    3
    d3              @19940101132  王三  physical  3
  )");
  EXPECT_EQ(UnitsOf(&city), "head f, dependent_adult_child a, dependent_adult_child b, duty_co_resident c\n");
}

TEST(FamilyUnit, SiblingsSonInTheHomeIsAUnitOfHisOwn) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex   birth_date  household_no  relation
    f          @19750101113  王建国  male  1975-01-01  h1            head
    b          @19770101138  王建军  male  1977-01-01  h1            younger_brother
    n          @20100101135  王小明  male  2010-01-01  h1            brothers_son
  )");
  EXPECT_EQ(UnitsOf(&city), "head b\nhead f\nhead n\n");
}

TEST(FamilyUnit, DeadHeadsWidowHeadsTheUnit) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19450101113  王建国  male    1945-01-01  h1            head
    m          @19470203224  李秀兰  female  1947-02-03  h1            wife
    a          @19460101138  王老汉  male    1946-01-01  h1            younger_brother
  )");
  city.Add("deaths", R"(
    certificate_no  number        name    birth_date  death_date
    x1              @19450101113  王建国  1945-01-01  2023-12-01
  )");
  EXPECT_EQ(UnitsOf(&city), "head a\nhead m\n");
  EXPECT_EQ(city.FindingKinds(), "dead_head");
  const FamilyUnit& of_widow =
      city.families().units[city.families().unit_of[city.PersonOf("household_registration", "m")]];
  MadeCity before;
  before.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation
    f          @19450101113  王建国  male    1945-01-01  h1            head
    m          @19470203224  李秀兰  female  1947-02-03  h1            wife
  )");
  UnitsOf(&before);
  EXPECT_EQ(of_widow.id, before.families().units[0].id) << "the household's unit keeps its id when its head dies";
}

TEST(FamilyUnit, ThoseWhoMovedAwayOrDiedAreInNoUnit) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation  status
    f          @19450101113  王建国  male    1945-01-01  h1            head      moved_out
    m          @19470203224  李秀兰  female  1947-02-03  h1            wife      normal
  )");
  EXPECT_EQ(UnitsOf(&city), "head m\n");
  EXPECT_EQ(city.families().unit_of[city.PersonOf("household_registration", "f")], 0xFFFFFFFFu);
}

TEST(FamilyUnit, EighteenthBirthdayEndsMinority) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex   birth_date  household_no  relation
    f          @19750101113  王建国  male  1975-01-01  h1            head
    a          @20060301135  王小明  male  2006-03-01  h1            first_son
    b          @20060302138  王小强  male  2006-03-02  h1            second_son
  )");
  EXPECT_EQ(UnitsOf(&city), "head f, duty_co_resident a, minor_child b\n");
}

}  // namespace
}  // namespace hearth
