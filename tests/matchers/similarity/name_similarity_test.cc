#include "matchers/similarity/name_similarity.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/text.h"
#include "matchers/similarity/name_fold.h"
#include "matchers/similarity/name_words.h"

namespace hearth {
namespace {

using enum NameKind;

struct Case {
  const char *why, *a, *b;
  NameKind kind;
};

constexpr Case kSame[] = {
    {"case and marks", "JOSÉ NÚÑEZ PARDO", "Jose Nunez Pardo", kPerson},
    {"order", "Ashdown, Mirabel", "Mirabel Ashdown", kPerson},
    {"title", "Dr. Mirabel Ashdown", "Mirabel Ashdown", kPerson},
    {"initial", "M. Ashdown", "Mirabel Ashdown", kPerson},
    {"joined initials", "JC Bellecour", "Jean-Claude Bellecour", kPerson},
    {"dotted initials", "J.-C. Bellecour", "Jean-Claude Bellecour", kPerson},
    {"nickname", "Bill Thornquist", "William Thornquist", kPerson},
    {"joined words", "MirabelAshdown", "Mirabel Ashdown", kPerson},
    {"one letter mistyped", "Mirabel Ashdwon", "Mirabel Ashdown", kPerson},
    {"digits for letters", "M1rabel Ashd0wn", "Mirabel Ashdown", kPerson},
    {"middle name left out", "Mirabel Rosalind Ashdown", "Mirabel Ashdown", kPerson},
    {"patronymic left out", "Arkady Borisovich Lugovoy", "Arkady Lugovoy", kPerson},
    {"Cyrillic", "Аркадий Луговой", "Arkady Lugovoy", kPerson},
    {"Georgian", "ნინო ბერიძე", "Nino Beridze", kPerson},
    {"Arabic and its Latin spelling", "سلمان كريمي", "Salman Karimi", kPerson},
    {"spelling of one sound", "Moustafa Qaderi", "Mustafa Kaderi", kPerson},
    {"particle", "Tarik ibn Yusuf al-Karimi", "Tarik bin Yusuf Karimi", kPerson},
    {"generation on one side", "Mirabel Ashdown Jr.", "Mirabel Ashdown", kPerson},
    {"pinyin", "王小明", "Wang Xiaoming", kPerson},
    {"pinyin in parts, given name first", "Xiao Ming Wang", "Wang Xiaoming", kPerson},
    {"pinyin with a hyphen", "王小明", "Xiao-ming WANG", kPerson},
    {"compound surname in pinyin", "欧阳明月", "Ouyang Mingyue", kPerson},
    {"traditional", "張偉明", "张伟明", kPerson},
    {"homophone", "张伟明", "章玮明", kPerson},
    {"legal form", "Norwell Weaving GmbH", "Norwell Weaving Gesellschaft mit beschränkter Haftung", kOrganisation},
    {"legal form left out", "Norwell Weaving", "Norwell Weaving Ltd.", kOrganisation},
    {"dotted legal form", "Norwell Weaving P.L.C.", "Norwell Weaving plc", kOrganisation},
    {"Russian legal form", "ООО \"Северный Завод\"", "Severny Zavod LLC", kOrganisation},
    {"Chinese legal form", "诺维纺织有限公司", "诺维纺织", kOrganisation},
    {"the and and", "The Norwell & Sons Company", "Norwell and Sons", kOrganisation},
    {"dots in an acronym", "N.W.K. Weaving", "NWK Weaving", kOrganisation},
    {"acronym", "NWGA", "Northern Weavers Guild Alliance", kOrganisation},
    {"number word", "Brigade Twenty-Two", "Brigade 22", kOrganisation},
    {"British and American", "Labour Centre Norwell", "Labor Center Norwell", kOrganisation},
    {"split word", "Good Thread Mills", "Goodthread Mills", kOrganisation},
    {"kind unknown, legal form tells", "Norwell Weaving Ltd", "NORWELL WEAVING", kUnknown},
    {"kind unknown, person", "Ashdown Mirabel", "Mirabel Ashdown", kUnknown},
};

constexpr Case kOther[] = {
    {"another given name", "Mirabel Ashdown", "Gregor Ashdown", kPerson},
    {"another surname", "Mirabel Ashdown", "Mirabel Quill", kPerson},
    {"another middle name", "Tarik Yusuf Hamid Karimi", "Tarik Yusuf Waleed Karimi", kPerson},
    {"another initial", "Mirabel R. Ashdown", "Mirabel Sigrid Ashdown", kPerson},
    {"another patronymic", "Arkady Borisovich Lugovoy", "Arkady Lvovich Lugovoy", kPerson},
    {"surname alone is shared", "Ashdown", "Gregor Mirabel Ashfield", kPerson},
    {"another generation", "Mirabel Ashdown Jr.", "Mirabel Ashdown Sr.", kPerson},
    {"another numeral", "Mirabel Ashdown II", "Mirabel Ashdown III", kPerson},
    {"pinyin of another surname", "王小明", "Zhang Xiaoming", kPerson},
    {"one Chinese character", "王小明", "王小刚", kPerson},
    {"another Chinese name", "王芳", "李强", kPerson},
    {"pinyin of another name", "王小明", "Wang Xiaogang", kPerson},
    {"one Hangul syllable", "김민수", "김민호", kPerson},
    {"one word differs", "Bank of Norwell", "Bank of Ashford", kOrganisation},
    {"branch of a trade", "Norwell Oil Company", "Norwell Gas Company", kOrganisation},
    {"place in brackets", "Norwell Weaving (France) SARL", "Norwell Weaving (Sweden) AB", kOrganisation},
    {"daughter company", "Norwell Weaving", "Norwell Weaving Logistics", kOrganisation},
    {"another number", "Norwell Fund 2004-1", "Norwell Fund 2005-1", kOrganisation},
    {"another numeral", "Norwell Partners IV LP", "Norwell Partners V LP", kOrganisation},
    {"a numeral on one side", "Norwell Global Solutions Inc", "Norwell Global Solutions II Inc", kOrganisation},
    {"legal form only is shared", "Norwell GmbH", "Ashford GmbH", kOrganisation},
    {"generic words only are shared", "Holding Group Norwell", "Holding Group Ashford", kOrganisation},
    {"another Chinese firm", "诺维纺织有限公司", "安福食品有限公司", kOrganisation},
};

TEST(NameSimilarity, NamesOfOneBearerReachTheThreshold) {
  for (const Case& c : kSame) EXPECT_GE(NameSimilarity(c.a, c.b, c.kind), kNameMatchMin) << c.why << ": " << c.a;
}

TEST(NameSimilarity, NamesOfTwoBearersStayBelowTheThreshold) {
  for (const Case& c : kOther) EXPECT_LT(NameSimilarity(c.a, c.b, c.kind), kNameMatchMin) << c.why << ": " << c.a;
}

TEST(NameSimilarity, EqualNamesAreOneAndNothingIsZero) {
  for (const Case& c : kSame) EXPECT_DOUBLE_EQ(NameSimilarity(c.a, c.a, c.kind), 1) << c.a;
  for (const char* none : {"", " ", "...", "😀😀", "\xFF\xFE", "'"}) {
    EXPECT_EQ(NameSimilarity(none, "Mirabel Ashdown", kPerson), 0) << none;
    EXPECT_EQ(NameSimilarity(none, none, kUnknown), 0) << none;
  }
}

TEST(NameSimilarity, MoreDifferenceIsNeverMoreAlike) {
  const auto s = [](const char* b) { return NameSimilarity("Mirabel Ashdown", b, kPerson); };
  EXPECT_GT(s("Mirabel Ashdown"), s("Mirabel Ashdowm"));
  EXPECT_GT(s("Mirabel Ashdowm"), s("Mirabal Ashdowm"));
  EXPECT_GT(s("Mirabal Ashdowm"), s("Mirabal Quill"));
  EXPECT_GT(s("Mirabal Quill"), s("Gregor Quill"));
}

// Words, marks and scraps put together at random.
std::string MadeName(std::mt19937* random) {
  constexpr const char* kParts[] = {"Mirabel", "ashdown", "Ashdon", "M.",  "JC",    "bin",     "al",     "Jr",
                                    "II",      "2004",    "GmbH",   "Ltd", "Group", "of",      "王小明", "김민",
                                    "Лугов",   "محمد",    "&",      "(",   ",",     "-",       "\xFF",   "😀",
                                    "ovich",   "Dr",      "the",    "é",   "x",     "有限公司"};
  std::string name;
  for (uint32_t n = (*random)() % 7; n > 0; --n) {
    name += kParts[(*random)() % std::size(kParts)];
    if ((*random)() % 3 != 0) name += ' ';
  }
  return name;
}

TEST(NameSimilarity, IsTheSameBothWaysRoundAndWithinBounds) {
  for (const Case& c : kSame) EXPECT_EQ(NameSimilarity(c.a, c.b, c.kind), NameSimilarity(c.b, c.a, c.kind)) << c.why;
  for (const Case& c : kOther) EXPECT_EQ(NameSimilarity(c.a, c.b, c.kind), NameSimilarity(c.b, c.a, c.kind)) << c.why;
  std::mt19937 random(11);
  for (int n = 0; n < 4000; ++n) {
    const std::string a = MadeName(&random), b = MadeName(&random);
    const NameKind kind = static_cast<NameKind>(n % 3);
    const double there = NameSimilarity(a, b, kind), back = NameSimilarity(b, a, kind);
    ASSERT_EQ(there, back) << "seed 11, step " << n << ": " << a << " | " << b;
    ASSERT_TRUE(there >= 0 && there <= 1) << there << ": " << a << " | " << b;
    ASSERT_EQ(there, NameSimilarity(PreparedName(a, kind), PreparedName(b, kind)));
  }
}

TEST(NameSimilarity, HostileInputTakesBoundedTime) {
  std::string letters(10000, 'a'), words, initials, han, emoji, bad(10000, '\xC3'), georgian;
  while (words.size() < 10000) words += "abc limited company ";
  while (initials.size() < 10000) initials += "a.";
  while (han.size() < 10000) han += "王";
  while (emoji.size() < 10000) emoji += "😀";
  while (georgian.size() < 10000) georgian += "ნ ";
  const std::vector<std::string> all = {letters, words, initials, han, emoji, bad, georgian, "", "Mirabel Ashdown"};
  const auto start = std::chrono::steady_clock::now();
  for (NameKind kind : {kPerson, kOrganisation, kUnknown}) {
    for (const std::string& a : all) {
      for (const std::string& b : all) {
        const double s = NameSimilarity(a, b, kind);
        EXPECT_TRUE(s >= 0 && s <= 1);
      }
    }
  }
  // 243 comparisons; some 0.3 s, far more on a busy machine or under a sanitizer.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(NameSimilarity, ThreadsAgree) {
  std::vector<std::vector<double>> found(4);
  std::vector<std::thread> threads;
  for (auto& scores : found) {
    threads.emplace_back([&scores] {
      for (const Case& c : kSame) scores.push_back(NameSimilarity(c.a, c.b, c.kind));
    });
  }
  for (std::thread& t : threads) t.join();
  for (const auto& scores : found) EXPECT_EQ(scores, found[0]);
}

TEST(NameSimilarityKey, IsSharedByFormsOfOneName) {
  EXPECT_EQ(NameSimilarityKey("Dr. Mirabel ASHDOWN", kPerson), NameSimilarityKey("Ashdown, Mirabel", kPerson));
  EXPECT_EQ(NameSimilarityKey("Аркадий Луговой", kPerson), NameSimilarityKey("LUGOVOY Arkadiy", kPerson));
  EXPECT_EQ(NameSimilarityKey("王小明", kPerson), NameSimilarityKey("Wang Xiaoming", kPerson));
  EXPECT_EQ(NameSimilarityKey("Norwell Weaving Ltd", kOrganisation),
            NameSimilarityKey("norwell weaving", kOrganisation));
  EXPECT_NE(NameSimilarityKey("Mirabel Ashdown", kPerson), NameSimilarityKey("Gregor Ashdown", kPerson));
  EXPECT_EQ(NameSimilarityKey("", kPerson), "");
}

TEST(FoldToAscii, EveryScriptBecomesLatinWords) {
  constexpr struct {
    const char *raw, *folded;
  } kCases[] = {
      {"Müller-Łukasz", "muller-lukasz"},
      {"Щукин", "shchukin"},
      {"O'Brien", "obrien"},
      {"MirabelAshdown", "mirabel ashdown"},
      {"Ｎｏｒｗｅｌｌ", "norwell"},
      {"ნინო", "nino"},
      {"a\xFFz", "az"},
      {"😀", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(FoldToAscii(c.raw), c.folded) << c.raw;
  EXPECT_TRUE(IsAscii(FoldToAscii("é王ق김ψ\xF0")));
}

TEST(NameWords, NumeralsAndLegalFormsAreTold) {
  EXPECT_EQ(RomanValue("iv", false), 4);
  EXPECT_EQ(RomanValue("xxxix", false), 39);
  EXPECT_EQ(RomanValue("v", true), 5);
  for (const char* none : {"v", "iix", "vivi", "abc", "", "iiii"}) EXPECT_EQ(RomanValue(none, false), 0) << none;
  EXPECT_EQ(LegalFormLength({"norwell", "public", "limited", "company"}, 1), 3u);
  EXPECT_EQ(LegalFormLength({"norwell", "public", "library"}, 1), 0u);
  std::vector<std::string> words = {"forty", "four", "of", "second"};
  NumberWordsToDigits(&words);
  EXPECT_EQ(words, (std::vector<std::string>{"44", "of", "2"}));
}

}  // namespace
}  // namespace hearth
