#include "core/person_name.h"

#include <gtest/gtest.h>

#include <random>

#include "core/text.h"

namespace hearth {
namespace {

using enum NameAgreement;

constexpr struct {
  const char *why, *a, *b;
  NameAgreement agreement;
} kPairs[] = {
    {"same", "王芳", "王芳", kExact},
    {"inner space", "王 芳", "王芳", kExact},
    {"full-width separator", "买买提．吐尔逊", "买买提·吐尔逊", kExact},
    {"separator left out", "买买提吐尔逊", "买买提·吐尔逊", kExact},
    {"traditional", "喬峯", "乔峰", kVariant},
    {"surname interchanged in registration", "萧红", "肖红", kVariant},
    {"surname interchanged in registration", "傅明", "付明", kVariant},
    {"surname interchanged in registration", "閻明", "闫明", kVariant},
    {"surname interchanged in registration", "戴玉兰", "代玉兰", kVariant},
    {"surname interchanged in registration", "丘小平", "邱小平", kVariant},
    {"surname interchanged in registration", "於小平", "于小平", kVariant},
    {"old font's form", "王\uE863", "王䶮", kExact},
    {"traditional form of a rare character", "王䶮", "王龑", kVariant},
    {"not a variant, but sounds alike", "王淼", "王渺", kHomophone},
    {"homophones", "张伟", "章玮", kHomophone},
    {"homophones", "李丽", "李俐", kHomophone},
    {"surname reading", "单雄信", "山雄信", kHomophone},
    {"pinyin of a whole name", "王芳", "WANG FANG", kHomophone},
    {"pinyin, given name first", "欧阳小明", "Xiaoming Ouyang", kHomophone},
    {"surname reading in pinyin", "曾小明", "ZENG XIAOMING", kHomophone},
    {"near sound of surnames", "陈伟", "程伟", kLookAlike},
    {"shape", "李己", "李巳", kLookAlike},
    {"shape", "李未", "李末", kLookAlike},
    {"shape", "王天宇", "王天字", kLookAlike},
    {"near sound in a given name", "王小森", "王小生", kLookAlike},
    {"cut by an old field", "阿卜杜热合曼", "阿卜杜热合曼·买买提", kTruncated},
    {"wildcard", "王?明", "王小明", kTruncated},
    {"wildcard", "王□", "王䶮", kTruncated},
    {"pinyin for a rare character", "王yan", "王䶮", kTruncated},
    {"pinyin for a rare character", "王yan", "王艳", kTruncated},
    {"description of a character", "王(石+羽)", "王䂮", kTruncated},
    {"description of a character", "王⿰石羽", "王䂮", kTruncated},
    {"transposed", "王芳", "芳王", kTransposed},
    {"transposed", "王小芳", "王芳小", kTransposed},
    {"one of three", "王小明", "王小刚", kOneCharacter},
    {"husband's surname before", "李王芳", "王芳", kOneCharacter},
    {"one of four left out", "欧阳娜娜", "欧阳娜", kOneCharacter},
    {"another surname and name", "王芳", "李强", kClash},
    {"one of two", "王芳", "王强", kClash},
    {"pinyin of another name", "王芳", "LI QIANG", kClash},
    {"pinyin that does not fit", "王yan", "王芳", kClash},
    {"prefix too short to be a cut", "王小", "王小明", kClash},
    {"missing", "", "王芳", kUnknown},
    {"missing", "　", "王芳", kUnknown},
    {"Latin case and order", "JOHN SMITH", "John Smith", kExact},
    {"Latin order", "Smith, John", "John Smith", kTransposed},
    {"Latin marks", "José Núñez", "JOSE NUNEZ", kExact},
    {"Latin joined words", "Xiao Ming Wang", "Xiaoming Wang", kVariant},
    {"Latin single edit", "John Smith", "Jon Smith", kOneCharacter},
    {"Latin swapped neighbours", "John Smith", "John Smtih", kOneCharacter},
    {"Latin middle name left out", "John Paul Smith", "John Smith", kTruncated},
    {"Latin cut", "CHRISTOPHER ANDERSO", "Christopher Anderson", kTruncated},
    {"Latin cut", "CHRISTOPHER ANDE", "Christopher Anderson", kTruncated},
    {"Latin other", "John Smith", "Mary Jones", kClash},
};

TEST(CompareNames, AgreesAsFarAsTheTableSays) {
  for (const auto& p : kPairs) {
    EXPECT_EQ(NameAgreementName(CompareNames(p.a, p.b)), NameAgreementName(p.agreement))
        << p.why << ": " << p.a << " " << p.b;
  }
}

TEST(CompareNames, WildcardsAloneProveNothing) {
  EXPECT_EQ(CompareNames("王**", "李**"), kClash);
  EXPECT_EQ(CompareNames("王**", "王小明"), kTruncated);
}

TEST(CompareNames, IsTheSameBothWaysRound) {
  for (const auto& p : kPairs) EXPECT_EQ(CompareNames(p.a, p.b), CompareNames(p.b, p.a)) << p.a << " " << p.b;
  std::mt19937 random(5);
  const std::u32string_view alphabet = U"王芳张章陈程己已小晓明?·a ";
  for (int n = 0; n < 20000; ++n) {
    std::u32string a, b;
    for (uint32_t i = random() % 5; i > 0; --i) a += alphabet[random() % alphabet.size()];
    for (uint32_t i = random() % 5; i > 0; --i) b += alphabet[random() % alphabet.size()];
    const std::string x = EncodeUtf8(a), y = EncodeUtf8(b);
    ASSERT_EQ(CompareNames(x, y), CompareNames(y, x)) << x << "|" << y;
  }
}

TEST(CompareNames, FoldingChangesNoAgreement) {
  for (const auto& p : kPairs)
    EXPECT_EQ(CompareNames(FoldName(p.a), FoldName(p.b)), CompareNames(p.a, p.b)) << p.a << p.b;
}

TEST(FoldName, OneSpellingForSeparatorsAndSpaces) {
  constexpr struct {
    const char *raw, *folded;
  } kCases[] = {
      {" 王芳 ", "王芳"},
      {"王 芳", "王芳"},
      {"王\u3000芳", "王芳"},
      {"张 三 丰", "张三丰"},
      {"欧阳 明月", "欧阳明月"},
      {"买买提•吐尔逊", "买买提·吐尔逊"},
      {"买买提‧吐尔逊", "买买提·吐尔逊"},
      {"买买提∙吐尔逊", "买买提·吐尔逊"},
      {"买买提・吐尔逊", "买买提·吐尔逊"},
      {"买买提･吐尔逊", "买买提·吐尔逊"},
      {"买买提●吐尔逊", "买买提·吐尔逊"},
      {"买买提．吐尔逊", "买买提·吐尔逊"},
      {"买买提.吐尔逊", "买买提·吐尔逊"},
      {"买买提 吐尔逊", "买买提·吐尔逊"},
      {"买买提 · 吐尔逊", "买买提·吐尔逊"},
      {"J. Smith", "J. Smith"},
      {"John  Smith", "John Smith"},
      {"Ｊｏｈｎ", "John"},
      {"\uE863", "䶮"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(FoldName(c.raw), c.folded);
    EXPECT_EQ(FoldName(FoldName(c.raw)), FoldName(c.raw)) << c.raw;
  }
}

TEST(ClassifyName, CellsThatAreNoNameAreTold) {
  for (const char* raw :
       {"王芳（已故）", "王芳(大)", "(大)", "户主", "儿子", "13800000000", "王芳13800000000", "王芳、李明", "王芳,李明",
        "王芳/李明", "王芳 李明", "王芳之妻", "王芳已故", "王", "合计", "王芳\n李明"}) {
    EXPECT_EQ(ClassifyName(raw), Verdict::kBadName) << raw;
  }
  EXPECT_EQ(ClassifyName("不详"), Verdict::kPlaceholder);
  EXPECT_EQ(ClassifyName("**"), Verdict::kPlaceholder);
  EXPECT_EQ(ClassifyName("张某某"), Verdict::kMasked);
  EXPECT_EQ(ClassifyName(""), Verdict::kAbsent);
  EXPECT_EQ(ClassifyName("NULL"), Verdict::kAbsent);
  EXPECT_EQ(ClassifyName("王\xFF芳"), Verdict::kBadCharacter);
  EXPECT_EQ(ClassifyName(std::string(300, 'a')), Verdict::kBadName);
}

TEST(ClassifyName, AWordOfTwoHanIsFoundInsideAName) {
  // The short way for plain names must not let these through.
  for (const char* raw : {"丈夫", "母亲", "孙子", "李死亡", "李迁出", "王芳儿子", "王芳手机", "姓名"}) {
    EXPECT_EQ(ClassifyName(raw), Verdict::kBadName) << raw;
  }
  EXPECT_EQ(ClassifyName("无名氏"), Verdict::kPlaceholder);
  EXPECT_EQ(ClassifyName("李某"), Verdict::kMasked);
}

TEST(ClassifyName, NamesOfAllKindsPass) {
  for (const char* raw :
       {"王芳", "王 芳", "欧阳娜娜", "买买提·吐尔逊", "买买提 吐尔逊", "王(石+羽)", "王□", "王yan", "王䶮",
        "阿卜杜热合曼·买买提明", "John Smith", "O'Brien, Mary-Jane", "王李氏", "𠀀芳", "于子女"}) {
    EXPECT_EQ(ClassifyName(raw), Verdict::kOk) << raw;
  }
}

TEST(NameKeys, VariantsShareTheFoldedKeyAndHomophonesThePinyinKey) {
  EXPECT_EQ(FoldedNameKey("萧紅"), FoldedNameKey("肖红"));
  EXPECT_NE(FoldedNameKey("王淼"), FoldedNameKey("王渺"));
  EXPECT_EQ(FoldedNameKey("买买提•吐尔逊"), "买买提吐尔逊");
  EXPECT_EQ(PinyinKey("张伟"), PinyinKey("章玮"));
  EXPECT_EQ(PinyinKey("吕布"), "lvbu");
  EXPECT_EQ(PinyinKey("单雄信"), "shanxiongxin");
  EXPECT_EQ(PinyinKey("尉迟恭"), "yuchigong");
  EXPECT_EQ(PinyinKey("曾国"), "zengguo");
  EXPECT_EQ(PinyinKey("Smith, John"), PinyinKey("john SMITH"));
  EXPECT_EQ(PinyinKey(""), "");
}

TEST(SurnameLength, CompoundSurnamesAreNotSplitByTheFirstCharacter) {
  EXPECT_EQ(SurnameLength("欧阳娜娜"), 2);
  EXPECT_EQ(SurnameLength("歐陽娜"), 2);
  EXPECT_EQ(SurnameLength("王芳"), 1);
  EXPECT_EQ(SurnameLength("司马"), 1);
  EXPECT_EQ(SurnameLength("买买提·吐尔逊"), 0);
  EXPECT_EQ(SurnameLength("John Smith"), 0);
}

TEST(Readings, SyllablesAndSimplifiedForms) {
  EXPECT_EQ(SyllableOf(U'张'), "zhang");
  EXPECT_EQ(SyllableOf(U'A'), "");
  EXPECT_EQ(SimplifiedOf(U'喬'), U'乔');
  EXPECT_EQ(SimplifiedOf(U'乔'), U'乔');
}

}  // namespace
}  // namespace hearth
