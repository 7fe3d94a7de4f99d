// One against many and pair by pair: whatever the batching, each result is the two strings' own.
#include <gtest/gtest.h>

#include "matchers/similarity/similarity.h"
#include "tests/matchers/similarity/made_strings.h"

namespace hearth {
namespace {

template <class Result, class Fill>
std::vector<Result> Filled(size_t size, Fill fill) {
  std::vector<Result> out(size, Result{-7});
  fill(out.data());
  return out;
}

// Texts against one pattern, and each text against the one beside it.
void ExpectEachResultIsThePairsOwn(const std::string& one, const std::vector<std::string>& owned) {
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  std::vector<std::string_view> others(texts.rbegin(), texts.rend());
  const PreparedPattern pattern(one);
  const size_t n = texts.size();

  struct Edit {
    const char* name;
    int (*alone)(std::string_view, std::string_view);
    void (*many)(const PreparedPattern&, std::span<const std::string_view>, int*);
    void (*each)(std::span<const std::string_view>, std::span<const std::string_view>, int*);
  };
  const Edit edits[] = {
      {"Levenshtein", Levenshtein, LevenshteinMany, LevenshteinEach},
      {"alignment", OptimalStringAlignment, OptimalStringAlignmentMany, OptimalStringAlignmentEach},
      {"Damerau", DamerauLevenshtein, DamerauLevenshteinMany, DamerauLevenshteinEach},
  };
  for (const Edit& edit : edits) {
    const auto many = Filled<int>(n, [&](int* out) { edit.many(pattern, texts, out); });
    const auto each = Filled<int>(n, [&](int* out) { edit.each(others, texts, out); });
    for (size_t i = 0; i < n; ++i) {
      ASSERT_EQ(many[i], edit.alone(one, texts[i])) << edit.name << ": " << one << " " << texts[i];
      ASSERT_EQ(each[i], edit.alone(others[i], texts[i])) << edit.name << ": " << others[i] << " " << texts[i];
    }
  }
  for (int max : {0, 1, 2, 3, 5, 2000000000}) {
    const auto many = Filled<int>(n, [&](int* out) { DamerauLevenshteinWithinMany(pattern, texts, max, out); });
    const auto each = Filled<int>(n, [&](int* out) { DamerauLevenshteinWithinEach(others, texts, max, out); });
    for (size_t i = 0; i < n; ++i) {
      ASSERT_EQ(many[i], DamerauLevenshteinWithin(one, texts[i], max)) << max << ": " << one << " " << texts[i];
      ASSERT_EQ(each[i], DamerauLevenshteinWithin(others[i], texts[i], max)) << max << ": " << texts[i];
    }
  }

  struct Like {
    const char* name;
    double (*alone)(std::string_view, std::string_view);
    void (*many)(const PreparedPattern&, std::span<const std::string_view>, double*);
    void (*each)(std::span<const std::string_view>, std::span<const std::string_view>, double*);
  };
  for (const Like& like :
       {Like{"Jaro", Jaro, JaroMany, JaroEach}, Like{"JaroWinkler", JaroWinkler, JaroWinklerMany, JaroWinklerEach}}) {
    const auto many = Filled<double>(n, [&](double* out) { like.many(pattern, texts, out); });
    const auto each = Filled<double>(n, [&](double* out) { like.each(others, texts, out); });
    for (size_t i = 0; i < n; ++i) {
      ASSERT_EQ(many[i], like.alone(one, texts[i])) << like.name << ": " << one << " " << texts[i];
      ASSERT_EQ(each[i], like.alone(others[i], texts[i])) << like.name << ": " << others[i] << " " << texts[i];
    }
  }
}

TEST(OneAgainstMany, EqualsOneByOneOnEveryPairUpToLengthFourOverThreeLetters) {
  const std::vector<std::string> all = AllStrings(3, 4);
  for (const std::string& one : all) ExpectEachResultIsThePairsOwn(one, all);
}

TEST(OneAgainstMany, EqualsOneByOneOnRandomStringsOfAnyLengthMixedTogether) {
  std::mt19937_64 random(47);
  for (int round = 0; round < 400; ++round) {
    const size_t length_max = std::vector<size_t>{6, 10, 16, 17, 32, 33, 70, 140}[static_cast<size_t>(round) % 8];
    const uint64_t alphabet = std::vector<uint64_t>{2, 4, 26, 256}[random() % 4];
    const std::string one = MadePair<char>(random, length_max, alphabet).first;
    std::vector<std::string> texts;
    for (uint64_t n = random() % 100; n > 0; --n) texts.push_back(MadePair<char>(random, length_max, alphabet).second);
    ExpectEachResultIsThePairsOwn(one, texts);
  }
}

TEST(OneAgainstMany, DatesGoThroughFullLanes) {
  std::mt19937_64 random(48);
  std::vector<std::string> dates;
  for (int i = 0; i < 320; ++i) {
    char text[16];
    std::snprintf(text, sizeof text, "19%02d-%02d-%02d", static_cast<int>(random() % 100),
                  static_cast<int>(1 + random() % 12), static_cast<int>(1 + random() % 28));
    dates.push_back(text);
  }
  ExpectEachResultIsThePairsOwn("1979-11-02", dates);
}

TEST(OneAgainstMany, NothingGivesNothing) {
  const PreparedPattern pattern("a");
  int untouched = 5;
  LevenshteinMany(pattern, {}, &untouched);
  EXPECT_EQ(untouched, 5);
}

TEST(PairByPairDeathTest, SidesOfUnlikeLengthAreABug) {
  const std::vector<std::string_view> two = {"a", "b"}, one = {"a"};
  int out[2];
  EXPECT_DEATH(LevenshteinEach(two, one, out), "as many strings on either side");
}

}  // namespace
}  // namespace hearth
