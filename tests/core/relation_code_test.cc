#include "core/relation_code.h"

#include <gtest/gtest.h>

#include <set>

namespace hearth {
namespace {

RelationReading Read(std::string_view text) { return ReadRelation(text, RelationWidth::kTwo); }

TEST(RelationCode, TableIsThatOf2008) {
  std::set<int> codes;
  for (const Relation& r : Relations()) codes.insert(r.code);
  EXPECT_EQ(codes.size(), Relations().size());
  EXPECT_EQ(codes.size(), 84u);
  for (int code : {0, 3, 9, 13, 19, 98, 100}) EXPECT_EQ(FindRelation(code), nullptr) << code;
  for (const Relation& r : Relations()) {
    EXPECT_EQ(FindRelation(r.code), &r);
    EXPECT_EQ(Read(std::to_string(r.code + 100).substr(1)).code, r.code);
    EXPECT_EQ(Read(r.term).code, r.code) << r.term;
  }
}

TEST(RelationCode, GroupsOfTheStandardHaveTheirEdges) {
  for (const Relation& r : Relations()) {
    const int tens = r.code / 10;
    EXPECT_EQ(r.edge == RelationEdge::kSelf, tens == 0) << r.term;
    EXPECT_EQ(r.edge == RelationEdge::kSpouse, tens == 1) << r.term;
    EXPECT_EQ(r.edge == RelationEdge::kSibling || r.edge == RelationEdge::kSiblingInLaw, tens == 7) << r.term;
    if (tens == 2 || tens == 3) {
      EXPECT_EQ(r.required_sex, tens - 1) << r.term;
    }
  }
  EXPECT_EQ(FindRelation(27)->edge, RelationEdge::kChildAdoptedOrStep);
  EXPECT_EQ(FindRelation(28)->edge, RelationEdge::kChildInLaw);
  EXPECT_EQ(FindRelation(55)->edge, RelationEdge::kParentInLaw);
  EXPECT_EQ(FindRelation(80)->edge, RelationEdge::kNone);
  EXPECT_EQ(FindRelation(99)->edge, RelationEdge::kNone);
}

TEST(RelationCode, DialectAndWrongTermsAreMappedWithANote) {
  constexpr struct {
    const char* term;
    int code;
  } kCases[] = {{"老婆", 12},   {"儿", 20},   {"外孙", 43}, {"闺女", 30},
                {"丈母娘", 56}, {"爷爷", 61}, {"姥姥", 64}, {"爸爸", 51}};
  for (const auto& c : kCases) {
    EXPECT_EQ(Read(c.term).code, c.code) << c.term;
    EXPECT_EQ(Read(c.term).verdict, Verdict::kOkNoted) << c.term;
  }
  EXPECT_EQ(Read("户主").code, 2);
  EXPECT_EQ(Read("户主").verdict, Verdict::kOk);
}

TEST(RelationCode, UnmappedTermIsOtherAndSaysSo) {
  const RelationReading r = Read("隔壁邻居");
  EXPECT_EQ(r.code, 80);
  EXPECT_TRUE(r.unmapped);
  EXPECT_FALSE(Read("其他").unmapped);
}

TEST(RelationCode, DigitsAreReadByTheFeedsWidth) {
  EXPECT_EQ(Read("1").code, 1);
  EXPECT_EQ(Read("1").verdict, Verdict::kOkNoted);
  EXPECT_EQ(ReadRelation("1", RelationWidth::kOne).code, 10);
  EXPECT_EQ(ReadRelation("0", RelationWidth::kOne).code, 2);
  EXPECT_EQ(ReadRelation("9", RelationWidth::kOne).verdict, Verdict::kBadCode);
  EXPECT_EQ(Read("2101").code, 21);  // a combination: the first two are the base
  EXPECT_EQ(Read("03").code, 2);     // of the 1984 edition
  EXPECT_EQ(Read("98").code, 99);
  EXPECT_EQ(Read("13").verdict, Verdict::kBadCode);
  EXPECT_EQ(Read("21010").verdict, Verdict::kBadCode);
  EXPECT_EQ(Read("").verdict, Verdict::kAbsent);
}

TEST(RelationCode, SexContradictionIsToldNotRepaired) {
  EXPECT_FALSE(SexFits(*FindRelation(11), 2));
  EXPECT_TRUE(SexFits(*FindRelation(11), 1));
  EXPECT_TRUE(SexFits(*FindRelation(11), 0));
  EXPECT_TRUE(SexFits(*FindRelation(10), 2));
}

}  // namespace
}  // namespace hearth
