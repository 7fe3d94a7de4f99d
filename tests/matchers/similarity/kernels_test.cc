// The fast comparators equal their references.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "matchers/similarity/match_masks.h"
#include "tests/matchers/similarity/every_kernel.h"
#include "tests/matchers/similarity/made_strings.h"

namespace hearth {
namespace {

// Small alphabets meet every rule about repeats and order; the full ones meet every unit. {alphabet, length_max, pairs}
struct Mix {
  uint64_t alphabet;
  size_t length_max;
  int pairs;
};
constexpr Mix kMixes[] = {{2, 12, 20000}, {4, 16, 20000},  {26, 18, 20000}, {256, 20, 10000},
                          {2, 40, 6000},  {26, 70, 3000},  {256, 70, 1000}, {3, 135, 400},
                          {26, 200, 200}, {256, 200, 200}, {26, 600, 10}};

template <class Unit>
void ExpectRightOnRandomPairs(uint64_t seed, uint64_t spread) {
  std::mt19937_64 random(seed);
  for (const Mix& mix : kMixes) {
    for (int i = 0; i < mix.pairs; ++i) {
      const auto [a, b] = MadePair<Unit>(random, mix.length_max, mix.alphabet == 256 ? spread : mix.alphabet);
      const std::basic_string_view<Unit> x = a, y = b;
      ASSERT_STREQ(FirstWrong(x, y), "") << "seed " << seed << ", alphabet " << mix.alphabet << ", pair " << i;
    }
  }
}

TEST(SimilarityKernels, EqualTheirReferencesOnEveryPairUpToLengthFiveOverThreeLetters) {
  const std::vector<std::string> all = AllStrings(3, 5);
  for (const std::string& a : all) {
    for (const std::string& b : all) {
      if (b < a) continue;  // both ways round are looked at
      ASSERT_STREQ(FirstWrong(std::string_view(a), std::string_view(b)), "") << a << " " << b;
    }
  }
}

TEST(SimilarityKernels, EqualTheirReferencesOnEveryPairOfCodePointsUpToLengthFour) {
  for (const std::string& a : AllStrings(3, 4)) {
    for (const std::string& b : AllStrings(3, 4)) {
      // Code points that agree in their lowest byte, so that a kernel that looks at bytes is found out.
      std::u32string x, y;
      for (char c : a) x += static_cast<char32_t>(0x4E00 + (c - 'a') * 0x100);
      for (char c : b) y += static_cast<char32_t>(0x4E00 + (c - 'a') * 0x100);
      ASSERT_STREQ(FirstWrong(std::u32string_view(x), std::u32string_view(y)), "") << a << " " << b;
    }
  }
}

TEST(SimilarityKernels, EqualTheirReferencesOnRandomBytes) { ExpectRightOnRandomPairs<char>(42, 256); }

TEST(SimilarityKernels, EqualTheirReferencesOnRandomCodePoints) { ExpectRightOnRandomPairs<char32_t>(43, 0x110000); }

// Lengths at which another kernel takes over.
TEST(SimilarityKernels, AgreeWhereOneKernelHandsOverToTheNext) {
  std::mt19937_64 random(44);
  for (size_t length : {1, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256}) {
    for (size_t other : {length, length - 1, length + 1, size_t{64}}) {
      std::string a(length, 'a'), b(other, 'a');
      for (char& c : a) c = static_cast<char>('a' + random() % 3);
      for (char& c : b) c = static_cast<char>('a' + random() % 3);
      EXPECT_STREQ(FirstWrong(std::string_view(a), std::string_view(b)), "") << length << " " << other;
      const std::u32string x(a.begin(), a.end()), y(b.begin(), b.end());
      EXPECT_STREQ(FirstWrong(std::u32string_view(x), std::u32string_view(y)), "") << length << " " << other;
    }
  }
}

TEST(SimilarityKernels, AZeroByteIsAUnitLikeAnyOther) {
  const std::string zeros(5, '\0'), mixed("a\0b\0", 4);
  EXPECT_STREQ(FirstWrong(std::string_view(zeros), std::string_view(mixed)), "");
  EXPECT_EQ(Levenshtein(std::string_view(zeros), std::string_view("")), 5);
}

// A page with forbidden ones before and behind it: reading a byte too far ends the program.
class LonelyPage {
 public:
  LonelyPage() : bytes_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    char* const three = static_cast<char*>(mmap(nullptr, 3 * bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    page_ = three + bytes_;
    mprotect(page_, bytes_, PROT_READ | PROT_WRITE);
  }
  ~LonelyPage() { munmap(page_ - bytes_, 3 * bytes_); }
  LonelyPage(const LonelyPage&) = delete;
  LonelyPage& operator=(const LonelyPage&) = delete;

  template <class Unit>
  std::basic_string_view<Unit> AtStart(std::basic_string_view<Unit> text) {
    return Put(page_, text);
  }
  template <class Unit>
  std::basic_string_view<Unit> AtEnd(std::basic_string_view<Unit> text) {
    return Put(page_ + bytes_ - text.size() * sizeof(Unit), text);
  }

 private:
  template <class Unit>
  static std::basic_string_view<Unit> Put(char* at, std::basic_string_view<Unit> text) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size() * sizeof(Unit));
    return {reinterpret_cast<const Unit*>(at), text.size()};
  }

  size_t bytes_;
  char* page_;
};

template <class Unit>
void ExpectRightAtPageEdges() {
  LonelyPage left, right;
  std::mt19937_64 random(49);
  for (int i = 0; i < 2000; ++i) {
    const auto [a, b] = MadePair<Unit>(random, i % 4 == 0 ? 70 : 20, 4);
    const std::basic_string_view<Unit> x = a, y = b;
    ASSERT_STREQ(FirstWrong(left.AtEnd(x), right.AtEnd(y)), "") << "seed 49, pair " << i;
    ASSERT_STREQ(FirstWrong(left.AtStart(x), right.AtStart(y)), "") << "seed 49, pair " << i;
  }
}
TEST(SimilarityKernels, NeverReadIntoAnotherPageThanTheBytesOwn) { ExpectRightAtPageEdges<char>(); }
TEST(SimilarityKernels, NeverReadIntoAnotherPageThanTheCodePointsOwn) { ExpectRightAtPageEdges<char32_t>(); }

TEST(SimilarityKernels, LanesNeverReadIntoAnotherPage) {
  LonelyPage page;
  const std::string text = "1979-11-02 and some more of it 32";
  for (size_t length = 0; length <= text.size(); ++length) {
    const std::string_view whole(text.data(), length);
    for (const std::string_view edge : {page.AtEnd(whole), page.AtStart(whole)}) {
      const std::vector<std::string_view> texts(40, edge), others(40, "1979-02-11");
      std::vector<int> distances(40);
      LevenshteinEach(texts, others, distances.data());
      EXPECT_EQ(distances, std::vector<int>(40, Levenshtein(whole, "1979-02-11")));
      LevenshteinEach(others, texts, distances.data());
      EXPECT_EQ(distances, std::vector<int>(40, Levenshtein(whole, "1979-02-11")));
      std::vector<double> likeness(40);
      JaroWinklerMany(PreparedPattern("1979-02-11"), texts, likeness.data());
      EXPECT_EQ(likeness, std::vector<double>(40, JaroWinkler(whole, "1979-02-11")));
    }
  }
}

// The table stands for the registers on machines without them: both say the same of every unit.
template <class Unit>
void ExpectMasksAgree(uint64_t alphabet) {
  std::mt19937_64 random(45);
  for (size_t length = 0; length <= kWordUnits; ++length) {
    std::basic_string<Unit> pattern(length, Unit{});
    for (Unit& c : pattern) c = static_cast<Unit>(random() % alphabet);
    const TableMasks<Unit> table(pattern);
    WithMasks(UnitView<Unit>(pattern), [&](const auto& places) {
      for (uint64_t c = 0; c < alphabet; ++c) EXPECT_EQ(places(static_cast<Unit>(c)), table(static_cast<Unit>(c)));
      return 0;
    });
    for (size_t i = 0; i < length; ++i) EXPECT_NE(table(pattern[i]) >> i & 1, 0u);
  }
}
TEST(MatchMasks, RegistersAndTableSayTheSameOfBytes) { ExpectMasksAgree<char>(256); }
TEST(MatchMasks, RegistersAndTableSayTheSameOfCodePoints) { ExpectMasksAgree<char32_t>(300); }

TEST(DamerauLevenshtein, IsAMetric) {
  const std::vector<std::string> all = AllStrings(2, 4);
  for (const std::string& a : all) {
    for (const std::string& b : all) {
      EXPECT_EQ(Levenshtein(a, b) == 0, a == b);
      EXPECT_EQ(DamerauLevenshtein(a, b) == 0, a == b);
      for (const std::string& c : all) {
        EXPECT_LE(Levenshtein(a, c), Levenshtein(a, b) + Levenshtein(b, c));
        EXPECT_LE(DamerauLevenshtein(a, c), DamerauLevenshtein(a, b) + DamerauLevenshtein(b, c));
      }
    }
  }
}

TEST(DamerauLevenshtein, TheTriangleHoldsForLongerStringsWhereTheAlignmentDistanceBreaksIt) {
  std::mt19937_64 random(46);
  for (int i = 0; i < 5000; ++i) {
    const auto [a, b] = MadePair<char>(random, 12, 3);
    const auto [c, unused] = MadePair<char>(random, 12, 3);
    ASSERT_LE(Levenshtein(a, c), Levenshtein(a, b) + Levenshtein(b, c)) << "seed 46, pair " << i;
    ASSERT_LE(DamerauLevenshtein(a, c), DamerauLevenshtein(a, b) + DamerauLevenshtein(b, c)) << "seed 46, pair " << i;
  }
  EXPECT_GT(OptimalStringAlignment("ca", "abc"),
            OptimalStringAlignment("ca", "ac") + OptimalStringAlignment("ac", "abc"));
}

}  // namespace
}  // namespace hearth
