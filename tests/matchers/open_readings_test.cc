// What the registers leave open: who may belong to a unit, who is missing from it, and what stands in for a missing
// certificate. Each open case beside one that is settled. Source: ADR 0003 rule 4, ADR 0004.
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

std::string OpenOf(MadeCity* city) {
  city->Link();
  city->BuildFamiliesOn(kToday);
  return city->Open();
}

// One household: a head born in 1985 and whoever else is given.
std::string OpenWith(const std::string& other) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex   birth_date  household_no  relation  marital_status
    f          @19850101113  王建国  male  1985-01-01  h1            head      single
  )" + other);
  return OpenOf(&city);
}

TEST(Doubtful, WhoeverLivesThereWithoutAStatedRelationMayBelong) {
  EXPECT_EQ(OpenWith("w @19870203224 李秀兰 female 1987-02-03 h1 other single"), "f: w\nw: f\n");
  EXPECT_EQ(OpenWith("w @19870203224 李秀兰 female 1987-02-03 h1 not_kin single"), "f: w\nw: f\n");
  EXPECT_EQ(OpenWith("w @19870203224 李秀兰 female 1987-02-03 h1 - single"), "f: w\nw: f\n");
  EXPECT_EQ(OpenWith("w @19870203224 李秀兰 female 1987-02-03 h1 wife married"), "");
}

TEST(Doubtful, AMinorAloneMayBelong) {
  EXPECT_EQ(OpenWith("n @20100101135 王小明 male 2010-01-01 h1 brothers_son single"), "f: n\nn: f\n");
  EXPECT_EQ(OpenWith("n @20100101135 王小明 male 2010-01-01 h1 younger_brother single"), "f: n\nn: f\n");
  EXPECT_EQ(OpenWith("n @20100101135 王小明 male 2010-01-01 h1 son single"), "");
}

TEST(Doubtful, ASiblingStandsApartUnlessAGenerationLiesBetween) {
  EXPECT_EQ(OpenWith("b @19910101138 王建军 male 1991-01-01 h1 younger_brother single"), "");
  EXPECT_EQ(OpenWith("b @20060101136 王建军 male 2006-01-01 h1 younger_brother single"), "b: f\nf: b\n")
      << "twenty-one years";
  EXPECT_EQ(OpenWith("b @19550101138 王建军 male 1955-01-01 h1 elder_brother single"), "b: f\nf: b\n");
}

TEST(Doubtful, TheOthersOfAHomeAreNotTheSiblingsWhoStandsApart) {
  EXPECT_EQ(OpenWith("b @19770101138 王建军 male 1977-01-01 h1 elder_brother single\n"
                     "w @19870203224 李秀兰 female 1987-02-03 h1 other single"),
            "f: w\nw: f\n");
}

TEST(Doubtful, ACoupleRegisteredApartMayLiveInTheHomeItWasMovedFrom) {
  const auto rows = [](const char* status) {
    std::string text = R"(
    record_no  number        name    sex     birth_date  household_no  relation  marital_status
    f          @19850101113  王建国  male    1985-01-01  h1            head      married
    g          @19600101118  李大山  male    1960-01-01  h2            head      single
    w          @19870203224  李秀兰  female  1987-02-03  h2            daughter  )";
    return text.append(status);
  };
  const char* marriage = R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19850101113    王建国        @19870203224  李秀兰     2010-05-01
  )";
  MadeCity apart;
  apart.Add("household_registration", rows("married"));
  apart.Add("marriage", marriage);
  EXPECT_EQ(UnitsOf(&apart), "head f, spouse w\nhead g\n");
  EXPECT_EQ(apart.Open(), "g: f w\n");
  MadeCity divorced;  // by a court: no marriage register has it
  divorced.Add("household_registration", rows("divorced"));
  divorced.Add("marriage", marriage);
  EXPECT_EQ(UnitsOf(&divorced), "head f\nhead g, duty_co_resident w\n");
  EXPECT_EQ(divorced.Open(), "");
}

TEST(Doubtful, HomesOfTooManyOpenPeopleAreNotReadTogetherButIncomplete) {
  std::string few, many, all_incomplete = "f: incomplete\n";
  for (int i = 0; i < 40; ++i) {
    const std::string id = std::to_string(100 + i);
    const std::string row = "x" + id + " - 赵大力" + " male 1970-01-01 h1 not_kin single\n";
    if (i < 3) few += row;
    many += row;
    all_incomplete += "x" + id + ": incomplete\n";
  }
  EXPECT_EQ(OpenWith(few), "f: x100 x101 x102\nx100: f x101 x102\nx101: f x100 x102\nx102: f x100 x101\n");
  EXPECT_EQ(OpenWith(many), all_incomplete);
}

TEST(Incomplete, MarriedByTheRegisterToNobodyThatAnyRegisterNames) {
  const char* head = "record_no number name sex birth_date household_no relation marital_status\n";
  const auto open = [&](const char* marital, const char* marriage) {
    MadeCity city;
    city.Add("household_registration", head + std::string("f @19850101113 王建国 male 1985-01-01 h1 head ") + marital);
    if (marriage != nullptr) city.Add("marriage", marriage);
    return OpenOf(&city);
  };
  EXPECT_EQ(open("married", nullptr), "f: incomplete\n");
  EXPECT_EQ(open("single", nullptr), "");
  EXPECT_EQ(open("-", nullptr), "");
  EXPECT_EQ(open("married", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19850101113    王建国        @19870203224  李秀兰     2010-05-01
  )"),
            "");
}

TEST(Incomplete, AloneInACollectiveHousehold) {
  const auto open = [](const char* kind) {
    MadeCity city;
    city.Add("household_registration", R"(
      record_no  number        name    sex   birth_date  household_no  relation  household_kind
      x          @19800101156  赵大力  male  1980-01-01  h9            head      )" +
                                           std::string(kind));
    return OpenOf(&city);
  };
  EXPECT_EQ(open("collective"), "x: incomplete\n");
  EXPECT_EQ(open("family"), "");
}

// Two parents of one child in two households; the marital status that the register has of the mother, and what the
// marriage register holds.
MadeCity ParentsApart(const std::string& mothers_status, const char* marriage, const char* death = nullptr) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    sex     birth_date  household_no  relation  marital_status
    f          @19850101113  王建国  male    1985-01-01  h1            head      married
    k          @20120601135  王小明  male    2012-06-01  h2            son       single
    m          @19870203224  李秀兰  female  1987-02-03  h2            head      )" +
                                         mothers_status);
  city.Add("births", R"(
    certificate_no  child_number  child_name  birth_date  mother_number  mother_name  father_number  father_name
    b1              @20120601135  王小明      2012-06-01  @19870203224   李秀兰       @19850101113   王建国
  )");
  if (marriage != nullptr) city.Add("marriage", marriage);
  if (death != nullptr) city.Add("deaths", death);
  return city;
}

TEST(InferredSpouse, TwoMarriedParentsOfOneChildAreACouple) {
  MadeCity city = ParentsApart("married", nullptr);
  EXPECT_EQ(UnitsOf(&city), "head m, spouse f, minor_child k\n");
  size_t spouses = 0;
  for (const KinEdge& e : city.families().edges) {
    if (e.kind != KinKind::kSpouse) continue;
    ++spouses;
    EXPECT_TRUE(e.inferred);
    EXPECT_LT(e.from, e.to);
  }
  EXPECT_EQ(spouses, 1u);
}

TEST(InferredSpouse, ParentsOfWhomOneIsNotMarriedAreNone) {
  for (const char* status : {"single", "divorced", "widowed", "-"}) {
    MadeCity city = ParentsApart(status, nullptr);
    EXPECT_EQ(UnitsOf(&city), "head f\nhead m, minor_child k\n") << status;
    EXPECT_EQ(city.Open(), "f: incomplete\n") << status;
  }
}

TEST(InferredSpouse, ARowOfTheMarriageRegisterWithSomebodyElseRefuses) {
  const std::string head = "certificate_no event husband_number husband_name wife_number wife_name registered_on\n";
  const std::string married = "c1 marriage @19830101119 陈立新 @19870203224 李秀兰 2018-05-01\n";
  const std::string divorced = "c2 divorce @19830101119 陈立新 @19870203224 李秀兰 2020-05-01\n";
  for (const std::string& rows : {married, married + divorced}) {
    MadeCity city = ParentsApart("married", (head + rows).c_str());
    EXPECT_EQ(UnitsOf(&city), "head f\nhead m, minor_child k\n") << rows;
  }
}

TEST(InferredSpouse, TheDeadAreNobodysCurrentSpouse) {
  MadeCity city = ParentsApart("married", nullptr, R"(
    certificate_no  number        name    birth_date  death_date
    x1              @19850101113  王建国  1985-01-01  2023-12-01
  )");
  EXPECT_EQ(UnitsOf(&city), "head m, minor_child k\n");
  EXPECT_EQ(city.Open(), "") << "she is a widow: nobody is missing";
  size_t ended = 0;
  for (const KinEdge& e : city.families().edges) {
    if (e.kind != KinKind::kSpouse) continue;
    ASSERT_TRUE(e.end.has_value()) << "death ends a marriage";
    EXPECT_EQ(e.end->ToString(), "2023-12-01");
    ++ended;
  }
  EXPECT_EQ(ended, 1u);
}

TEST(InferredSpouse, AWidowWhoIsStillWrittenMarriedDependsOnHerParents) {
  const auto units = [](const char* deaths) {
    MadeCity city;
    city.Add("household_registration", R"(
      record_no  number        name    sex     birth_date  household_no  relation       marital_status
      g          @19600101118  李大山  male    1960-01-01  h1            head           widowed
      m          @19870203224  李秀兰  female  1987-02-03  h1            daughter       married
      k          @20120601135  王小明  male    2012-06-01  h1            daughters_son  single
      f          @19850101113  王建国  male    1985-01-01  h1            other          married
    )");
    city.Add("births", R"(
      certificate_no  child_number  child_name  birth_date  mother_number  mother_name  father_number  father_name
      b1              @20120601135  王小明      2012-06-01  @19870203224   李秀兰       @19850101113   王建国
    )");
    city.Add("disability", R"(
      certificate_no  number        name    category  grade
      d1              @19870203224  李秀兰  physical  1
    )");
    city.Add("deaths", deaths);
    return UnitsOf(&city);
  };
  const std::string head = "certificate_no number name birth_date death_date\n";
  EXPECT_EQ(units(head.c_str()), "head g, duty_co_resident f, minor_child k, duty_co_resident m\n");
  EXPECT_EQ(units((head + "x1 @19850101113 王建国 1985-01-01 2023-12-01").c_str()),
            "head g, minor_child k, dependent_adult_child m\n");
}

TEST(MissingCertificates, ASiblingOfTheHeadIsAChildOfTheHeadsParentWhoLivesThere) {
  const auto units = [](const char* mothers_row) {
    MadeCity city;
    city.Add("household_registration", R"(
      record_no  number        name    sex     birth_date  household_no  relation         status
      f          @19750101113  王建国  male    1975-01-01  h1            head             normal
      b          @19780101138  王建军  male    1978-01-01  h1            younger_brother  normal
      h          @19490203215  王老汉  male    1949-02-03  h3            head             normal
      )" + std::string(mothers_row));
    return UnitsOf(&city);
  };
  EXPECT_EQ(units("m @19510203224 李秀兰 female 1951-02-03 h1 mother normal"),
            "head f, duty_co_resident b, duty_co_resident m\nhead h\n");
  EXPECT_EQ(units("m @19510203224 李秀兰 female 1951-02-03 h1 mother dead"), "head b\nhead f\nhead h\n");
  EXPECT_EQ(units("m @19510203224 李秀兰 female 1951-02-03 h1 wifes_mother normal"),
            "head b\nhead f\nhead h\nhead m\n");
}

TEST(MissingCertificates, AGrandchildOfUnknownParentsDrawsTheCoupleToTheHeadsChild) {
  const auto units = [](const char* grandchild) {
    MadeCity city;
    city.Add("household_registration", R"(
      record_no  number        name    sex     birth_date  household_no  relation
      g          @19600101118  王大山  male    1960-01-01  h1            head
      f          @19850101113  王建国  male    1985-01-01  h1            son
      w          @19870203224  李秀兰  female  1987-02-03  h2            head
      )" + std::string(grandchild));
    city.Add("marriage", R"(
      certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
      c1              marriage  @19850101113    王建国        @19870203224  李秀兰     2010-05-01
    )");
    return UnitsOf(&city);
  };
  EXPECT_EQ(units("k @20120601135 王小明 male 2012-06-01 h1 sons_son"),
            "head g, duty_co_resident f, duty_co_resident k, duty_co_resident w\n");
  EXPECT_EQ(units("k @20020601136 王小明 male 2002-06-01 h1 sons_son"),
            "head g, duty_co_resident k\nhead w, spouse f\n");
}

TEST(MissingCertificates, ACourtsDivorceKeepsTheHomesApart) {
  const char* marriage = R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  @19850101113    王建国        @19870203224  李秀兰     2010-05-01
  )";
  MadeCity divorced = ParentsApart("divorced", marriage);
  EXPECT_EQ(UnitsOf(&divorced), "head f\nhead m, minor_child k\n");
  MadeCity married = ParentsApart("married", marriage);
  EXPECT_EQ(UnitsOf(&married), "head m, spouse f, minor_child k\n");
}

}  // namespace
}  // namespace hearth
