// Values that anyone can check by hand or find in the literature.
#include <gtest/gtest.h>

#include "matchers/similarity/reference/similarity_reference.h"
#include "matchers/similarity/similarity.h"

namespace hearth {
namespace {

// Winkler's own table of names, and what DuckDB and rapidfuzz print for the rest.
constexpr struct {
  const char *why, *a, *b;
  double jaro, winkler;
} kLikeness[] = {
    {"a swap", "martha", "marhta", 0.9444, 0.9611},
    {"a longer one", "dixon", "dicksonx", 0.7667, 0.8133},
    {"one vowel", "dwayne", "duane", 0.8222, 0.8400},
    {"a swap of vowels", "jones", "johnson", 0.7905, 0.8324},
    {"a swap inside", "abroms", "abrams", 0.8889, 0.9222},
    {"three out of order count as one swap", "abcdefgh", "bcadefgh", 0.9583, 0.9583},
    {"not above 0.7: no bonus for the start", "abcdefgh", "abcdwxyz", 0.6667, 0.6667},
    {"bonus for four at most", "abcdefgh", "abcdefxy", 0.8333, 0.9000},
    {"matched within reach only", "aab", "ab", 0.6111, 0.6111},
    {"equal", "a", "a", 1, 1},
    {"nothing in common", "abc", "xyz", 0, 0},
    {"one is empty", "abc", "", 0, 0},
    {"both are empty", "", "", 0, 0},
};

TEST(JaroWinkler, GivesThePublishedValues) {
  for (const auto& c : kLikeness) {
    EXPECT_NEAR(Jaro(c.a, c.b), c.jaro, 5e-5) << c.why;
    EXPECT_NEAR(JaroWinkler(c.a, c.b), c.winkler, 5e-5) << c.why;
    EXPECT_NEAR(reference::JaroWinkler(c.a, c.b), c.winkler, 5e-5) << c.why;
  }
}

constexpr struct {
  const char *why, *a, *b;
  int levenshtein, alignment, damerau;
} kEdits[] = {
    {"textbook", "kitten", "sitting", 3, 3, 3},
    {"textbook", "saturday", "sunday", 3, 3, 3},
    {"a swap is one edit or two", "ab", "ba", 2, 1, 1},
    {"a swap around an insertion", "ca", "abc", 3, 3, 2},
    {"the other way", "abc", "ca", 3, 3, 2},
    {"the same between equal ends", "xxcayy", "xxabcyy", 3, 3, 2},
    {"two swaps", "abcd", "badc", 3, 2, 2},
    {"day and month exchanged", "1979-11-02", "1979-02-11", 4, 4, 4},
    {"one digit", "1979-11-02", "1979-11-12", 1, 1, 1},
    {"insertion", "abc", "abxc", 1, 1, 1},
    {"equal", "abc", "abc", 0, 0, 0},
    {"empty", "", "abc", 3, 3, 3},
    {"both empty", "", "", 0, 0, 0},
};

TEST(EditDistances, GiveThePublishedValues) {
  for (const auto& c : kEdits) {
    EXPECT_EQ(Levenshtein(c.a, c.b), c.levenshtein) << c.why;
    EXPECT_EQ(OptimalStringAlignment(c.a, c.b), c.alignment) << c.why;
    EXPECT_EQ(DamerauLevenshtein(c.a, c.b), c.damerau) << c.why;
    EXPECT_EQ(reference::Levenshtein(c.a, c.b), c.levenshtein) << c.why;
    EXPECT_EQ(reference::OptimalStringAlignment(c.a, c.b), c.alignment) << c.why;
    EXPECT_EQ(reference::DamerauLevenshtein(c.a, c.b), c.damerau) << c.why;
  }
}

TEST(EditDistances, WithinStopsOneAboveItsBound) {
  EXPECT_EQ(LevenshteinWithin("kitten", "sitting", 3), 3);
  EXPECT_EQ(LevenshteinWithin("kitten", "sitting", 2), 3);
  EXPECT_EQ(LevenshteinWithin("kitten", "sitting", 1), 2);
  EXPECT_EQ(LevenshteinWithin("kitten", "sitting", 0), 1);
  EXPECT_EQ(DamerauLevenshteinWithin("ca", "abc", 2), 2);
  EXPECT_EQ(DamerauLevenshteinWithin("ca", "abc", 1), 2);
  EXPECT_EQ(DamerauLevenshteinWithin("ab", "ba", 0), 1);
}

TEST(Jaccard, CountsDistinctUnitsOnce) {
  EXPECT_EQ(Jaccard("night", "nacht"), 3.0 / 7);
  EXPECT_EQ(Jaccard("aab", "ab"), 1);
  EXPECT_EQ(Jaccard("ab", "cd"), 0);
  EXPECT_EQ(Jaccard("ab", ""), 0);
}

TEST(DiceOfGrams, CountsDistinctGramsOnceAndNeedsOne) {
  EXPECT_EQ(DiceOfGrams("night", "nacht", 2), 0.25);
  EXPECT_EQ(DiceOfGrams("aaaa", "aa", 2), 1);
  EXPECT_EQ(DiceOfGrams("ab", "ab", 3), 1);
  EXPECT_EQ(DiceOfGrams("ab", "abc", 3), 0);
  EXPECT_EQ(DiceOfGrams("", "", 2), 0);
}

TEST(Units, AreBytesOrCodePointsAsTheCallerSays) {
  EXPECT_EQ(Levenshtein("王芳", "王伟"), 3);
  EXPECT_EQ(Levenshtein(U"王芳", U"王伟"), 1);
  EXPECT_EQ(DamerauLevenshtein(U"王芳", U"芳王"), 1);
  EXPECT_EQ(Jaccard(U"é", U"è"), 0);
  EXPECT_EQ(Jaccard("é", "è"), 1.0 / 3);
}

TEST(StringSignature, RejectsAPairWithoutLookingAtIt) {
  const StringSignature martha = SignatureOf("martha"), jones = SignatureOf("jones");
  EXPECT_EQ(CommonUpperBound(martha, 6, jones, 5), 0);
  EXPECT_EQ(DistanceLowerBound(martha, 6, jones, 5), 6);
  EXPECT_EQ(JaroWinklerUpperBound(martha, 6, jones, 5), 0);
}

TEST(StringSignature, NeverRejectsAPairThatDiffersInOrderAlone) {
  const StringSignature one = SignatureOf("1979-11-02"), other = SignatureOf("1979-02-11");
  EXPECT_EQ(DistanceLowerBound(one, 10, other, 10), 0);
  EXPECT_EQ(JaroUpperBound(one, 10, other, 10), 1);
}

TEST(StringSignature, BoundsByLengthAloneWhereACountMayHaveStopped) {
  const StringSignature a = SignatureOf(std::string(300, 'a')), b = SignatureOf(std::string(400, 'a'));
  EXPECT_EQ(CommonUpperBound(a, 300, b, 400), 300);
  EXPECT_EQ(DistanceLowerBound(a, 300, b, 400), 100);
}

TEST(StringSignature, IsTheSameForAsciiAsBytesAndAsCodePoints) {
  EXPECT_EQ(SignatureOf("Martha 12"), SignatureOf(U"Martha 12"));
  EXPECT_NE(SignatureOf("Martha 12"), SignatureOf(U"Martha 13"));
}

}  // namespace
}  // namespace hearth
