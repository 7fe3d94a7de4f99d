// Linking of persons: each accepted case beside a refused one. Source: standards.md 1, 8, 9; DESIGN 4.
#include "matchers/link_persons.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/matchers/made_city.h"

namespace hearth {
namespace {

size_t Conflicts(const MadeCity& city) {
  return static_cast<size_t>(
      std::count_if(city.linked().reviews.begin(), city.linked().reviews.end(),
                    [](const auto& r) { return r.reason == ReviewPair::Reason::kNumberConflict; }));
}

struct NumberCase {
  const char* why;
  const char *left, *right;  // "number name birth_date sex" of two pension rows
  bool same;
  size_t conflicts;
};
constexpr NumberCase kNumberCases[] = {
    {"equal names", "@19850101113 王建国 - -", "@19850101113 王建国 - -", true, 0},
    {"homophone", "@19850101113 张丽 - -", "@19850101113 章莉 - -", true, 0},
    {"interchangeable surname", "@19850101113 萧红 - -", "@19850101113 肖红 - -", true, 0},
    {"traditional form", "@19850101113 喬峰 - -", "@19850101113 乔峰 - -", true, 0},
    {"transposed", "@19850101113 王建国 - -", "@19850101113 王国建 - -", true, 0},
    {"truncated", "@19850101113 买买提·吐尔逊 - -", "@19850101113 买买提·吐 - -", true, 0},
    {"cut short after two characters", "@19850101113 欧阳建国 - -", "@19850101113 欧阳 - -", true, 0},
    {"cut short, and another begins it", "@19850101113 欧阳建国 - -", "@19850101113 建国 - -", false, 1},
    {"two characters of another name", "@19850101113 欧阳建国 - -", "@19850101113 欧建 - -", false, 1},
    {"one character, same birth date", "@19850101113 王建国 1985-01-01 -", "@19850101113 王建华 1985-01-01 -", true, 0},
    {"one character, birth date unknown", "@19850101113 王建国 - -", "@19850101113 王建华 - -", false, 1},
    {"names clash", "@19850101113 王建国 - -", "@19850101113 李秀兰 - -", false, 1},
    {"names clash, birth dates equal", "@19850101113 王建国 1985-01-01 -", "@19850101113 李秀兰 1985-01-01 -", false,
     1},
    {"name missing", "@19850101113 王建国 - -", "@19850101113 - 1985-01-01 male", true, 0},
    {"name missing, birth date and sex of another", "@19850101113 王建国 1985-01-01 male",
     "@19850101113 - 1960-05-05 female", false, 1},
    {"old 15 digits of the same number", "@19740916001 王建国 - -", "339901740916001 王建国 - -", true, 0},
    {"old 15 digits, names clash", "@19740916001 王建国 - -", "339901740916001 李秀兰 - -", false, 1},
    {"different numbers, equal names", "@19850101113 王建国 - -", "@19850101156 王建国 - -", false, 0},
};

TEST(NumberRule, LinksWhenNamesAgreeAndNeverOnTheNumberAlone) {
  for (const NumberCase& c : kNumberCases) {
    MadeCity city;
    const std::string head = "row_no personal_no number name birth_date sex\n";
    city.Add("pensions", head + "a p1 " + c.left + "\nb p2 " + c.right);
    city.Link();
    EXPECT_EQ(city.Same("pensions/a", "pensions/b"), c.same) << c.why;
    EXPECT_EQ(Conflicts(city), c.conflicts) << c.why;
    const LinkBasis basis = c.same ? LinkBasis::kNumber : LinkBasis::kSingle;
    EXPECT_EQ(city.MentionOf("pensions", "a").basis, basis) << c.why;
  }
}

TEST(NumberRule, AClashingNameUnderOneNumberAndOneAccountNeedsASharedCharacter) {
  const char* head = "row_no personal_no number name\n";
  const auto same = [&](const char* left, const char* right) {
    MadeCity city;
    city.Add("pensions", head + std::string("a ") + left + "\nb " + right);
    city.Link();
    return city.Same("pensions/a", "pensions/b");
  };
  EXPECT_TRUE(same("p1 @19850101113 王建国", "p1 @19850101113 李建华"));
  EXPECT_FALSE(same("p1 @19850101113 王建国", "p1 @19850101113 李秀兰")) << "no character is shared";
  EXPECT_FALSE(same("p1 @19850101113 王建国", "p2 @19850101113 李建华")) << "two accounts";
  EXPECT_FALSE(same("p1 @19850101113 王建国", "p1 @19850101156 李建华")) << "two numbers";
}

TEST(NumberRule, FormerNameAgrees) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    former_name  household_no
    r1         @19850101113  王建国  赵铁柱       h1
  )");
  city.Add("vehicles", R"(
    plate_no  owner_number  owner_name
    v1        @19850101113  赵铁柱
    v2        @19850101113  孙大力
  )");
  city.Link();
  EXPECT_TRUE(city.Same("household_registration/r1", "vehicles/v1/owner"));
  EXPECT_FALSE(city.Same("household_registration/r1", "vehicles/v2/owner"));
}

TEST(NumberRule, TwoRegisteredPersonsOfOneNumberStayTwoAndBothKeepIt) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  household_no
    r1         @19850101113  王建国  1985-01-01  h1
    r2         @19850101113  陈立新  1986-07-09  h2
  )");
  city.Link();
  ASSERT_FALSE(city.Same("household_registration/r1", "household_registration/r2"));
  EXPECT_EQ(Conflicts(city), 1u);
  EXPECT_EQ(city.linked().persons[city.PersonOf("household_registration", "r1")].number, MadeNumber("19850101113"));
  EXPECT_EQ(city.linked().persons[city.PersonOf("household_registration", "r2")].number, MadeNumber("19850101113"));
}

TEST(NumberRule, RecordWithAnothersNumberGoesToItsOwnPersonByTheOtherEvidence) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  household_no  sex
    r1         @19850101113  王建国  1985-01-01  h1            male
    r2         @19620305228  陈立新  1962-03-05  h2            female
  )");
  city.Add("pensions", R"(
    row_no  personal_no  number        name    birth_date  sex
    a       p1           @19850101113  陈立新  1962-03-05  female
    b       p2           @19850101113  赵铁柱  1950-03-05  male
  )");
  city.Link();
  EXPECT_TRUE(city.Same("pensions/a", "household_registration/r2"));
  EXPECT_EQ(city.MentionOf("pensions", "a").basis, LinkBasis::kProbabilistic);
  EXPECT_EQ(city.linked().persons[city.PersonOf("household_registration", "r2")].number, MadeNumber("19620305228"));
  EXPECT_FALSE(city.Same("pensions/b", "household_registration/r1"));
  EXPECT_EQ(Conflicts(city), 2u);
}

TEST(SubjectKeyRule, RowsWithoutANumberFollowTheAccount) {
  MadeCity city;
  city.Add("pensions", R"(
    row_no  personal_no  number              name
    a       p1           @19620305228        陈立新
    b       p1           -                   陈立新
    c       p1           339901********2289  陈力新
    d       p1           -                   赵铁柱
    e       p2           -                   陈立新
  )");
  city.Link();
  EXPECT_TRUE(city.Same("pensions/a", "pensions/b"));
  EXPECT_TRUE(city.Same("pensions/a", "pensions/c"));
  EXPECT_FALSE(city.Same("pensions/a", "pensions/d")) << "names clash in one account";
  EXPECT_FALSE(city.Same("pensions/a", "pensions/e")) << "another account, and nothing but the name";
  EXPECT_EQ(city.MentionOf("pensions", "b").basis, LinkBasis::kSubjectKey);
}

TEST(OldNumbers, OnePersonWithTwoNumbersNeedsASecondKey) {
  const char* rows = R"(
    row_no  personal_no  number        name    birth_date  sex     phone
    a       p1           @19620305228  陈立新  1962-03-05  female  13900000001
    b       p2           @19620305246  陈立新  1962-03-05  female  13900000001
    c       p3           @19620305264  陈立新  1962-03-05  female  13900000002
    d       p4           @19610305244  陈立新  1961-03-05  female  13900000001
  )";
  MadeCity city;
  city.Add("pensions", rows);
  city.Link();
  EXPECT_TRUE(city.Same("pensions/a", "pensions/b")) << "name, birth date, sex and phone agree";
  EXPECT_FALSE(city.Same("pensions/a", "pensions/c")) << "no second key";
  EXPECT_FALSE(city.Same("pensions/a", "pensions/d")) << "birth dates differ";
}

TEST(Households, MembersOfOneHouseholdAreDifferentPeople) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  sex   household_no  address
    r1         @19850101113  王建国  1985-01-01  male  h1            东坪区幸福路1号2幢1单元301室
    r2         -             王建国  1985-01-01  male  h1            东坪区幸福路1号2幢1单元301室
    r3         -             王建国  1985-01-01  male  h2            东坪区幸福路1号2幢1单元301室
  )");
  city.Link();
  EXPECT_FALSE(city.Same("household_registration/r1", "household_registration/r2"));
  EXPECT_TRUE(city.Same("household_registration/r1", "household_registration/r3") ||
              city.Same("household_registration/r2", "household_registration/r3") || !city.linked().reviews.empty());
}

TEST(Households, TwinsStayTwo) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  sex   household_no  address
    r1         @20120601115  王小明  2012-06-01  male  h1            东坪区幸福路1号2幢1单元301室
    r2         @20120601131  王小亮  2012-06-01  male  h1            东坪区幸福路1号2幢1单元301室
  )");
  city.Add("births", R"(
    certificate_no  child_number  child_name  child_sex  birth_date  mother_name  address
    b1              -             王小明      male       2012-06-01  李秀兰       东坪区幸福路1号2幢1单元301室
    b2              -             王小亮      male       2012-06-01  李秀兰       东坪区幸福路1号2幢1单元301室
  )");
  city.Link();
  EXPECT_TRUE(city.Same("household_registration/r1", "births/b1/child"));
  EXPECT_TRUE(city.Same("household_registration/r2", "births/b2/child"));
  EXPECT_FALSE(city.Same("household_registration/r1", "household_registration/r2"));
}

TEST(Households, FatherAndSonOfOneNameAreToldApartByBirthDate) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  sex   household_no  address
    r1         @19600101118  王建国  1960-01-01  male  h1            东坪区幸福路1号2幢1单元301室
    r2         @19850607113  王建国  1985-06-07  male  h1            东坪区幸福路1号2幢1单元301室
  )");
  city.Add("pensions", R"(
    row_no  personal_no  number  name    birth_date  sex   phone
    a       p1           -       王建国  1960-01-01  male  13900000001
    b       p2           -       王建国  1985-06-07  male  13900000001
  )");
  city.Add("vehicles", R"(
    plate_no  owner_number  owner_name  phone        address
    v1        -             王建国      -            东坪区幸福路1号2幢1单元301室
  )");
  city.Link();
  EXPECT_TRUE(city.Same("household_registration/r1", "pensions/a"));
  EXPECT_TRUE(city.Same("household_registration/r2", "pensions/b"));
  EXPECT_FALSE(city.Same("vehicles/v1/owner", "pensions/a")) << "either of two: a human decides";
  EXPECT_FALSE(city.Same("vehicles/v1/owner", "pensions/b"));
  EXPECT_TRUE(std::any_of(city.linked().reviews.begin(), city.linked().reviews.end(), [&](const ReviewPair& r) {
    return r.left == city.Place("vehicles/v1/owner") || r.right == city.Place("vehicles/v1/owner");
  }));
}

struct WeakCase {
  const char* why;
  const char* account;  // "number name phone employer" of an account row
  const char* linked_to;
};
constexpr WeakCase kWeakCases[] = {
    {"name and phone", "- 王建国 13900000001 -", "r1"},
    {"name alone", "- 王建国 - -", nullptr},
    {"phone alone", "- 赵铁柱 13900000001 -", nullptr},
    {"masked number that fits", "3399011985****1135 王建国 - -", "r1"},
    {"masked number that does not fit", "3399011991****1135 王建国 - -", nullptr},
    {"wrong check character", "339901198501011134 王建国 - -", "r1"},
    {"two neighbouring digits swapped", "339901195801011135 王建国 - -", "r1"},
    {"wrong check character, another name", "339901198501011134 李秀兰 - -", nullptr},
    {"lossy number", "339901198501011000 王建国 - -", "r1"},
    {"number lost to six digits, name alone besides", "3.39901E+17 王建国 - -", nullptr},
};

TEST(Probabilistic, EvidenceBesideTheNameLinks) {
  for (const WeakCase& c : kWeakCases) {
    MadeCity city;
    city.Add("household_registration", R"(
      record_no  number        name    birth_date  sex     household_no
      r1         @19850101113  王建国  1985-01-01  male    h1
      r2         @19620305228  陈立新  1962-03-05  female  h2
      r3         @19900305243  周桂英  1990-03-05  female  h3
    )");
    city.Add("vehicles", R"(
      plate_no  owner_number  owner_name  phone
      v1        @19850101113  王建国      13900000001
    )");
    city.Add("accounts", std::string("account_no number name phone employer\na1 ") + c.account);
    city.Link();
    const PersonIndex expected =
        c.linked_to == nullptr ? kNoPerson : city.PersonOf("household_registration", c.linked_to);
    const PersonIndex found = city.PersonOf("accounts", "a1", "holder");
    if (c.linked_to != nullptr) {
      EXPECT_EQ(found, expected) << c.why;
      EXPECT_EQ(city.MentionOf("accounts", "a1", "holder").basis, LinkBasis::kProbabilistic) << c.why;
    } else {
      EXPECT_EQ(city.linked().persons[found].mention_count, 1u) << c.why;
    }
  }
}

TEST(Probabilistic, PhoneLearntInTheFirstRoundLinksInTheSecond) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  sex   household_no
    r1         @19850101113  王建国  1985-01-01  male  h1
  )");
  city.Add("pensions", R"(
    row_no  personal_no  number  name    birth_date  sex   phone
    a       p1           -       王建国  1985-01-01  male  13900000001
  )");
  city.Add("accounts", R"(
    account_no  number  name    phone
    a1          -       王建国  13900000001
    a2          -       王建国  13900000002
  )");
  city.Link();
  EXPECT_TRUE(city.Same("accounts/a1/holder", "household_registration/r1"));
  EXPECT_FALSE(city.Same("accounts/a2/holder", "household_registration/r1"));
}

TEST(Probabilistic, KinInTheSameRowTellWhoIsMeant) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  sex     household_no
    r1         @19850101113  王建国  1985-01-01  male    h1
    r2         @19870203224  李秀兰  1987-02-03  female  h1
    r3         @19900407119  王建国  1990-04-07  male    h2
  )");
  city.Add("marriage", R"(
    certificate_no  event     husband_number  husband_name  wife_number   wife_name  registered_on
    c1              marriage  -               王建国        @19870203224  李秀兰     2010-05-01
    c2              marriage  -               王建国        -             周桂英     2010-05-01
  )");
  city.Link();
  EXPECT_TRUE(city.Same("marriage/c1/husband", "household_registration/r1"));
  EXPECT_EQ(city.linked().persons[city.PersonOf("marriage", "c2", "husband")].mention_count, 1u);
}

TEST(Probabilistic, AnotherCountrysRecordsLinkWithoutCitizenNumbers) {
  MadeCity city;
  city.Add("us_people", R"(
    record  ssn          given_name  middle_name  family_name  birth_date  sex     address             household
    a1      900-12-3456  Margaret    Ann          Whitfield    1961-04-02  female  12_Oak_St_Apt_4     h1
    a2      900-12-3456  Margaret    A            Whitfield    1961-04-02  female  -                   -
    a3      900-12-3456  Roderick    -            Blankenship  1975-09-30  male    9_Elm_Ave           h2
    b1      -            Margaret    Ann          Whitfield    1961-04-02  female  12_Oak_St_Apt_4     -
    c1      -            Margaret    Ann          Whitfield    1988-11-20  female  12_Oak_St_Apt_4     h1
    d1      -            Margaret    Ann          Whitfield    -           -       -                   -
  )");
  city.Link();
  EXPECT_TRUE(city.Same("us_people/a1", "us_people/b1"));
  EXPECT_FALSE(city.Same("us_people/a1", "us_people/c1")) << "mother and daughter of one name";
  EXPECT_FALSE(city.Same("us_people/a1", "us_people/a3")) << "one number, two names";
  EXPECT_FALSE(city.Same("us_people/a1", "us_people/d1")) << "name alone";
  EXPECT_EQ(city.linked().persons[city.PersonOf("us_people", "a1")].name, "Margaret Ann Whitfield");
}

TEST(Desk, HumanDecisionsWin) {
  MadeCity city;
  city.Add("pensions", R"(
    row_no  personal_no  number        name
    a       p1           @19620305228  陈立新
    b       p2           @19620305228  陈立新
    c       p3           -             赵铁柱
    d       p1           -             陈立新
  )");
  DeskDecisions desk;
  desk.decisions.push_back({city.Key("pensions/a"), city.Key("pensions/b"), false});
  desk.decisions.push_back({city.Key("pensions/a"), city.Key("pensions/c"), true});
  desk.decisions.push_back({city.Key("pensions/a"), {12345}, true});
  city.Link({}, {}, desk);
  EXPECT_FALSE(city.Same("pensions/a", "pensions/b"));
  EXPECT_TRUE(city.Same("pensions/a", "pensions/c"));
  EXPECT_TRUE(city.Same("pensions/a", "pensions/d"));
  EXPECT_EQ(city.MentionOf("pensions", "c").basis, LinkBasis::kDesk);
  desk.decisions.push_back({city.Key("pensions/b"), city.Key("pensions/a"), true});
  city.Link({}, {}, desk);
  EXPECT_TRUE(city.Same("pensions/a", "pensions/b")) << "the later decision on a pair counts";
}

TEST(Desk, RowsOfEqualContentFollowADecisionAboutOneOfThem) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  sex   household_no
    r1         @19850101113  王建国  1985-01-01  male  h1
  )");
  city.Add("vehicles", R"(
    plate_no  owner_number  owner_name  phone
    v1        @19850101113  王建国      13900000001
  )");
  city.Add("accounts", R"(
    account_no  name    phone
    a1          王建国  13900000001
    a2          王建国  13900000001
    a3          王建国  13900000001
  )");
  city.Link();
  ASSERT_TRUE(city.Same("accounts/a2/holder", "household_registration/r1"));
  city.Link({}, {}, {{{city.Key("accounts/a1/holder"), city.Key("household_registration/r1"), false}}});
  EXPECT_FALSE(city.Same("accounts/a1/holder", "household_registration/r1"));
  EXPECT_TRUE(city.Same("accounts/a1/holder", "accounts/a2/holder")) << "the account's rows stay one person";
  EXPECT_TRUE(city.Same("accounts/a1/holder", "accounts/a3/holder"));
  city.Link({}, {}, {{{city.Key("accounts/a1/holder"), city.Key("accounts/a2/holder"), false}}});
  EXPECT_FALSE(city.Same("accounts/a1/holder", "accounts/a2/holder")) << "unless the decision is about them";
}

TEST(Desk, WhatIsSettledLeavesTheReview) {
  MadeCity city;
  city.Add("pensions", R"(
    row_no  personal_no  number        name    birth_date
    a       p1           @19620305228  陈立新  1962-03-05
    b       p2           @19620305228  周桂英  1970-01-01
  )");
  city.Link();
  ASSERT_EQ(Conflicts(city), 1u);
  city.Link({}, {}, {{{city.Key("pensions/a"), city.Key("pensions/b"), false}}});
  EXPECT_EQ(Conflicts(city), 0u);
  EXPECT_FALSE(city.Same("pensions/a", "pensions/b"));
  city.Link({}, {}, {{{city.Key("pensions/a"), city.Key("pensions/b"), true}}});
  EXPECT_EQ(Conflicts(city), 0u);
  EXPECT_TRUE(city.Same("pensions/a", "pensions/b"));
}

TEST(Desk, DecisionsThatCannotBeFollowedAreCounted) {
  MadeCity city;
  city.Add("pensions", R"(
    row_no  personal_no  number        name
    a       p1           @19620305228  陈立新
    b       p2           @19850101113  王建国
    c       p3           -             赵铁柱
  )");
  const MentionKey a = city.Key("pensions/a"), b = city.Key("pensions/b"), c = city.Key("pensions/c");
  city.Link({}, {}, {{{a, {12345}, true}, {{54321}, b, false}, {a, b, false}}});
  EXPECT_EQ(city.stats().desk_passed_over, 2u) << "a mention that is gone";
  EXPECT_EQ(city.stats().desk_contradicted, 0u);
  city.Link({}, {}, {{{a, b, false}, {a, c, true}, {b, c, true}}});
  EXPECT_EQ(city.stats().desk_passed_over, 0u);
  EXPECT_EQ(city.stats().desk_contradicted, 1u) << "a is c and b is c, but a is not b";
  EXPECT_FALSE(city.Same("pensions/a", "pensions/b"));
}

TEST(Ids, StayFromNightToNightThroughMergeAndSplit) {
  MadeCity first;
  first.Add("pensions", R"(
    row_no  personal_no  number        name    birth_date  sex
    a       p1           @19620305228  陈立新  1962-03-05  female
    b       p2           @19620305228  陈立新  1962-03-05  female
    c       p3           @19850101113  王建国  1985-01-01  male
    d       p4           -             周桂英  -           -
  )");
  first.Link();
  EXPECT_EQ(first.stats().new_persons, 3u);
  const IdMap night1 = IdMapOf(first.Tables(), first.linked());

  // Tonight d turns out to be the woman of a and b (her former name), and e is new.
  MadeCity second;
  second.Add("pensions", R"(
    row_no  personal_no  number        name    birth_date  sex
    e       p0           @19900407119  吴大成  1990-04-07  male
    a       p1           @19620305228  陈立新  1962-03-05  female
    b       p2           @19620305228  陈立新  1962-03-05  female
    c       p3           @19850101113  王建国  1985-01-01  male
    d       p4           @19620305228  陈立新  -           -
  )");
  second.Link({}, night1);
  EXPECT_EQ(second.IdOf("pensions", "a"), first.IdOf("pensions", "a"));
  EXPECT_EQ(second.IdOf("pensions", "c"), first.IdOf("pensions", "c"));
  EXPECT_EQ(second.IdOf("pensions", "d"), first.IdOf("pensions", "a"));
  ASSERT_EQ(second.stats().events.size(), 1u);
  const PersonEvent& merge = second.stats().events[0];
  EXPECT_EQ(merge.kind, PersonEventKind::kMerge);
  EXPECT_EQ(merge.reason, PersonEventReason::kNumber);
  EXPECT_EQ(merge.person, first.IdOf("pensions", "a"));
  EXPECT_EQ(merge.other, first.IdOf("pensions", "d"));
  EXPECT_EQ(merge.mentions, std::vector<MentionKey>{second.Key("pensions/d")});
  EXPECT_EQ(merge.moved, second.Place("pensions/d"));
  EXPECT_EQ(merge.stayed, second.Place("pensions/a"));
  EXPECT_EQ(second.stats().new_persons, 1u);
  const IdMap night2 = IdMapOf(second.Tables(), second.linked());

  // The third night a's number is corrected: it leaves, and the larger part keeps the id.
  MadeCity third;
  third.Add("pensions", R"(
    row_no  personal_no  number        name    birth_date  sex
    a       p1           @19700305227  陈立新  1970-03-05  female
    b       p2           @19620305228  陈立新  1962-03-05  female
    c       p3           @19850101113  王建国  1985-01-01  male
    d       p4           @19620305228  陈立新  -           -
  )");
  third.Link({}, night2);
  EXPECT_EQ(third.IdOf("pensions", "b"), first.IdOf("pensions", "a"));
  EXPECT_NE(third.IdOf("pensions", "a"), first.IdOf("pensions", "a"))
      << "a's first id is taken, so it gets the next probe";
  ASSERT_EQ(third.stats().events.size(), 1u);
  const PersonEvent& split = third.stats().events[0];
  EXPECT_EQ(split.kind, PersonEventKind::kSplit);
  EXPECT_EQ(split.reason, PersonEventReason::kNumbersDiffer);
  EXPECT_EQ(split.person, first.IdOf("pensions", "a"));
  EXPECT_EQ(split.other, third.IdOf("pensions", "a"));
}

// Two accounts that the second night's phone makes one person.
void AddTwoAccounts(MadeCity* city, bool with_phone) {
  city->Add("household_registration", R"(
    record_no  number        name    birth_date  sex   household_no
    r1         @19850101113  王建国  1985-01-01  male  h1
  )");
  city->Add("vehicles", R"(
    plate_no  owner_number  owner_name  phone
    v1        @19850101113  王建国      13900000001
  )");
  city->Add("accounts", std::string("account_no name phone employer\na1 王建国 ") + (with_phone ? "13900000001" : "-") +
                            " e1\na2 王建国 - -\n");
}

TEST(Ids, AMergeIsUndoneByTheDeskWithTheOldIdsAndDoneAgainWhenTheDecisionIsWithdrawn) {
  MadeCity first;
  AddTwoAccounts(&first, false);
  first.Link();
  const PersonId man = first.IdOf("household_registration", "r1"), account = first.IdOf("accounts", "a1", "holder");
  ASSERT_NE(man, account);
  std::vector<PersonEvent> events;
  const auto night = [&](const MadeCity& before, const DeskDecisions& desk) {
    MadeCity city;
    AddTwoAccounts(&city, true);
    city.Link({}, IdMapOf(before.Tables(), before.linked(), RetiredBy(events)), desk);
    events.insert(events.end(), city.stats().events.begin(), city.stats().events.end());
    return city;
  };
  const MadeCity merged = night(first, {});
  EXPECT_EQ(merged.IdOf("accounts", "a1", "holder"), man);
  ASSERT_EQ(merged.stats().events.size(), 1u);
  const PersonEvent merge = merged.stats().events[0];
  EXPECT_EQ(merge.kind, PersonEventKind::kMerge);
  EXPECT_EQ(merge.reason, PersonEventReason::kProbability);
  EXPECT_EQ(merge.bits, merged.MentionOf("accounts", "a1", "holder").match_weight);
  EXPECT_EQ(merge.other, account);

  const DeskDecisions different{{{merged.Key("accounts/a1/holder"), merged.Key("household_registration/r1"), false}}};
  const MadeCity parted = night(merged, different);
  EXPECT_EQ(parted.IdOf("household_registration", "r1"), man);
  EXPECT_EQ(parted.IdOf("accounts", "a1", "holder"), account) << "it has its old id again";
  EXPECT_EQ(parted.stats().new_persons, 0u);
  ASSERT_EQ(parted.stats().events.size(), 1u);
  EXPECT_EQ(parted.stats().events[0].kind, PersonEventKind::kSplit);
  EXPECT_EQ(parted.stats().events[0].reason, PersonEventReason::kDesk);
  EXPECT_EQ(parted.stats().events[0].other, account);

  const MadeCity again = night(parted, {});
  EXPECT_EQ(again.IdOf("accounts", "a1", "holder"), man) << "the decision was withdrawn";
  EXPECT_EQ(again.stats().events.size(), 1u);
  const MadeCity last = night(again, different);
  EXPECT_EQ(last.IdOf("accounts", "a1", "holder"), account) << "and once more";
}

TEST(Ids, ARowThatGoesOverToAnotherPersonIsAbsorbed) {
  const char* const before = R"(
    row_no  personal_no  number        name    birth_date  sex
    a       p1           @19620305228  陈立新  1962-03-05  female
    b       p2           @19620305228  陈立新  1962-03-05  female
    c       p3           @19850101113  王建国  1985-01-01  male
  )";
  const char* const after = R"(
    row_no  personal_no  number        name    birth_date  sex
    a       p1           @19620305228  陈立新  1962-03-05  female
    b       p2           @19850101113  王建国  1985-01-01  male
    c       p3           @19850101113  王建国  1985-01-01  male
  )";
  MadeCity first, second;
  first.Add("pensions", before);
  first.Link();
  second.Add("pensions", after);
  second.Link({}, IdMapOf(first.Tables(), first.linked()));
  ASSERT_EQ(second.stats().events.size(), 1u);
  const PersonEvent& event = second.stats().events[0];
  EXPECT_EQ(event.kind, PersonEventKind::kAbsorb);
  EXPECT_EQ(event.reason, PersonEventReason::kNumber);
  EXPECT_EQ(event.person, first.IdOf("pensions", "c"));
  EXPECT_EQ(event.other, first.IdOf("pensions", "a"));
}

TEST(Ids, ANewPersonNeverTakesTheIdOfOneWhoWasMergedAway) {
  const IdMap yesterday({{{5}, {50}}}, {{{6}, {60}}});
  ASSERT_NE(yesterday.FindRetired({6}), nullptr);
  EXPECT_EQ(yesterday.FindRetired({6})->value, 60u);
  EXPECT_EQ(yesterday.FindRetired({5}), nullptr);
  // Of two merges of one row the later one counts.
  PersonEvent early{PersonEventKind::kMerge, {1}, {2}, PersonEventReason::kNumber, 0, {}, {}, {{9}}};
  PersonEvent late = early;
  late.other = {3};
  PersonEvent split = early;
  split.kind = PersonEventKind::kSplit;
  EXPECT_EQ(RetiredBy({early, late, split}), (std::vector<IdMap::Entry>{{{9}, {3}}}));
}

TEST(Ids, AnIdOfYesterdayDoesNotDependOnTonightsRows) {
  IdMap map({{{5}, {50}}, {{3}, {30}}, {{5}, {40}}});
  ASSERT_NE(map.Find({5}), nullptr);
  EXPECT_EQ(map.Find({5})->value, 40u) << "of two entries with one key the smaller person stays";
  EXPECT_EQ(map.Find({4}), nullptr);
}

TEST(Explain, WaterfallAddsUpToTheTotal) {
  MadeCity city;
  city.Add("household_registration", R"(
    record_no  number        name    birth_date  sex   household_no
    r1         @19850101113  王建国  1985-01-01  male  h1
  )");
  city.Add("pensions", R"(
    row_no  personal_no  number  name    birth_date  sex   phone
    a       p1           -       王建国  1985-01-01  male  13900000001
  )");
  city.Link();
  const LinkWaterfall w =
      ExplainLink(city.Tables(), city.linked(), city.stats().trained, city.stats().names, city.Place("pensions/a"));
  EXPECT_EQ(w.basis, LinkBasis::kProbabilistic);
  double total = w.prior_bits;
  std::set<std::string> levels;
  for (const auto& step : w.steps) {
    total += step.bits;
    levels.insert(step.comparison + ":" + step.level);
  }
  EXPECT_DOUBLE_EQ(total, w.total_bits);
  EXPECT_GT(w.probability, 0.5);
  EXPECT_TRUE(levels.contains("name:exact"));
  EXPECT_TRUE(levels.contains("birth_date:exact"));
  EXPECT_TRUE(levels.contains("phone:missing"));
  const LinkWaterfall alone = [] {
    MadeCity one;
    one.Add("accounts", "account_no name\na1 王建国");
    one.Link();
    return ExplainLink(one.Tables(), one.linked(), one.stats().trained, one.stats().names,
                       one.Place("accounts/a1/holder"));
  }();
  EXPECT_EQ(alone.basis, LinkBasis::kSingle);
  EXPECT_TRUE(alone.steps.empty());
}

TEST(LinkPersons, EmptyTablesGiveNobody) {
  MadeCity city;
  city.Add("pensions", "row_no");
  city.Add("marriage", "certificate_no\nc1");
  city.Link();
  EXPECT_TRUE(city.linked().persons.empty());
  EXPECT_EQ(city.PersonOf("marriage", "c1", "husband"), kNoPerson);
  EXPECT_TRUE(LinkPersons({}, ShippedModels(), {}, {}, {}, nullptr).persons.empty());
}

}  // namespace
}  // namespace hearth
