#include "matchers/fellegi_sunter/table.h"

#include <algorithm>
#include <random>

#include "tests/matchers/fellegi_sunter/made_records.h"

namespace hearth::linkage {
namespace {

const char kModel[] = R"(
linkage_model: people
id_column: id
link: dedupe
columns:
  whole: {from: [first, last], steps: [fold, sorted_tokens]}
  tag: {from: tags, steps: ["split ;"]}
blocking: [[whole]]
comparisons:
  - {of: first, levels: [exact, else]}
  - {of: tag, levels: [common >= 1, else]}
)";

std::vector<std::string> Steps(std::string_view cell, std::vector<Step> steps) {
  std::vector<std::string> out;
  ApplySteps(cell, steps, &out);
  return out;
}

TEST(RecordSet, OrderOfRowsAndThreadsDoNotMatter) {
  const Model model = ModelOf(kModel);
  MadeTable table = MadePeople(500, 3);
  const RecordSet records = RecordsOf(model, {table}, 1);
  std::mt19937 random(5);
  std::shuffle(table.rows.begin(), table.rows.end(), random);
  const RecordSet shuffled = RecordsOf(model, {table}, 3);
  ASSERT_EQ(records.size(), shuffled.size());
  for (uint32_t r = 0; r < records.size(); ++r) EXPECT_EQ(records.Id(r), shuffled.Id(r));
  for (size_t c = 0; c < records.columns.size(); ++c) {
    EXPECT_EQ(records.columns[c].codes, shuffled.columns[c].codes);
    EXPECT_EQ(records.columns[c].items, shuffled.columns[c].items);
    EXPECT_EQ(records.columns[c].counts, shuffled.columns[c].counts);
  }
}

TEST(RecordSet, IdThatOccursTwiceIsRefusedWithBothLines) {
  const Model model = ModelOf(kModel);
  const auto records = TryRecords(
      model, {{{"id", "first", "last", "tags"}, {{"7", "a", "b", ""}, {"8", "a", "b", ""}, {" 7", "c", "d", ""}}}});
  EXPECT_EQ(std::string(records.status().message()),
            "a lines 2 and 4 have the same id; each row needs an id of its own");
}

TEST(RecordSet, EmptyIdIsRefused) {
  const Model model = ModelOf(kModel);
  const auto records = TryRecords(model, {{{"id", "first", "last", "tags"}, {{"", "a", "b", ""}}}});
  EXPECT_EQ(std::string(records.status().message()), "a line 2: column id is empty; each row needs an id of its own");
}

TEST(RecordSet, SameIdInTwoTablesIsTwoRecords) {
  std::string yaml = kModel;
  yaml.replace(yaml.find("link: dedupe"), 12, "link: link");
  const Model model = ModelOf(yaml);
  const MadeTable table{{"id", "first", "last", "tags"}, {{"7", "a", "b", ""}}};
  const RecordSet records = RecordsOf(model, {table, table});
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records.SourceOf(0), 0);
  EXPECT_EQ(records.SourceOf(1), 1);
  EXPECT_EQ(records.Find(0, "7"), 0u);
  EXPECT_EQ(records.Find(1, "7"), 1u);
  EXPECT_EQ(records.Find(0, "8"), kNullCode);
}

TEST(RecordSet, SeveralHeadingsAreJoinedAndBlankCellsAreNull) {
  const Model model = ModelOf(kModel);
  const RecordSet records =
      RecordsOf(model, {{{"id", "first", "last", "tags"},
                         {{"1", "Émile", "Zola", "x; y;x"}, {"2", "  ", "Zola", ""}, {"3", "\xE3\x80\x80", "", ";"}}}});
  const auto whole = static_cast<size_t>(
      std::find_if(model.columns.begin(), model.columns.end(), [](const auto& c) { return c.name == "whole"; }) -
      model.columns.begin());
  const Column& column = records.columns[whole];
  EXPECT_EQ(column.values[column.codes[0]], "emile zola");
  EXPECT_EQ(column.values[column.codes[1]], "zola");
  EXPECT_TRUE(column.IsNull(2));
  EXPECT_EQ(column.filled, 2u);
}

TEST(Steps, EachGivesWhatItsNameSays) {
  using S = std::vector<std::string>;
  EXPECT_EQ(Steps("Ünï-Côdé  Ｔｅｘｔ", {{StepKind::kFold}}), S{"uni code text"});
  EXPECT_EQ(Steps("0577-8888 1234", {{StepKind::kDigits}}), S{"057788881234"});
  EXPECT_EQ(Steps("o'Neil 3rd", {{StepKind::kLetters}}), S{"oNeilrd"});
  EXPECT_EQ(Steps("1980-02-03", {{StepKind::kSubstr, 1, 4}}), S{"1980"});
  EXPECT_EQ(Steps("欧阳娜娜", {{StepKind::kSubstr, 2, 2}}), S{"阳娜"});
  EXPECT_EQ(Steps("abc", {{StepKind::kSubstr, 7, 2}}), S{});
  EXPECT_EQ(Steps("欧阳娜娜", {{StepKind::kLast, 1, 2}}), S{"娜娜"});
  EXPECT_EQ(Steps("c  a b", {{StepKind::kSortedTokens}}), S{"a b c"});
  EXPECT_EQ(Steps("ann mary lee", {{StepKind::kFirstToken}}), S{"ann"});
  EXPECT_EQ(Steps("ann mary lee", {{StepKind::kLastToken}}), S{"lee"});
  EXPECT_EQ(Steps("王芳", {{StepKind::kPinyin}}), S{"wangfang"});
  EXPECT_EQ(Steps("03/02/1980", {{StepKind::kDate, 1, 0, "%d/%m/%Y"}}), S{"1980-02-03"});
  EXPECT_EQ(Steps("19800203", {{StepKind::kDate, 1, 0, "%Y%m%d"}}), S{"1980-02-03"});
  EXPECT_EQ(Steps("19800230", {{StepKind::kDate, 1, 0, "%Y%m%d"}}), S{});
  EXPECT_EQ(Steps("NA", {{StepKind::kNullIf, 1, 0, "NA"}}), S{});
  EXPECT_EQ(Steps("a; b;;c", {{StepKind::kSplit, 1, 0, ";"}}), (S{"a", "b", "c"}));
  EXPECT_EQ(Steps("abcd", {{StepKind::kQgrams, 1, 2}}), (S{"ab", "bc", "cd"}));
  EXPECT_EQ(Steps("abc", {{StepKind::kOneEdit}}), (S{"abc", "bc", "ac", "ab"}));
}

TEST(Steps, ATextTooLongForNeighboursIsAlone) {
  EXPECT_EQ(Steps(std::string(64, 'a'), {{StepKind::kOneEdit}}).size(), 65u);
  EXPECT_EQ(Steps(std::string(65, 'a'), {{StepKind::kOneEdit}}).size(), 1u);
  EXPECT_EQ(Steps(std::string(1 << 20, 'a'), {{StepKind::kOneEdit}}).size(), 1u);
}

TEST(Steps, TextsOneEditApartShareAValue) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string a;
    for (size_t i = 0; i < 2 + random() % 8; ++i) a += static_cast<char>('0' + random() % 10);
    std::string b = a;
    const size_t at = random() % a.size();
    switch (random() % 4) {
      case 0:
        b[at] = static_cast<char>('0' + random() % 10);
        break;
      case 1:
        b.erase(at, 1);
        break;
      case 2:
        b.insert(at, 1, '5');
        break;
      default:
        std::swap(b[at], b[(at + 1) % b.size() > at ? at + 1 : at]);
        break;
    }
    std::vector<std::string> near_a = Steps(a, {{StepKind::kOneEdit}}), near_b = Steps(b, {{StepKind::kOneEdit}});
    EXPECT_TRUE(
        std::any_of(near_a.begin(), near_a.end(),
                    [&](const std::string& x) { return std::find(near_b.begin(), near_b.end(), x) != near_b.end(); }))
        << a << " " << b;
  }
}

TEST(Texts, SortKeepsEveryTextUnderItsNewNumber) {
  Texts texts;
  std::vector<std::string> all;
  std::mt19937 random(11);
  for (int i = 0; i < 3000; ++i)
    all.push_back(std::string(random() % 12, 'a' + random() % 3) + std::to_string(random() % 500));
  std::vector<uint32_t> codes;
  for (const std::string& text : all) codes.push_back(texts.Intern(text));
  const std::vector<uint32_t> renumbered = texts.Sort();
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(texts[renumbered[codes[i]]], all[i]);
    EXPECT_EQ(texts.Find(all[i]), renumbered[codes[i]]);
  }
  for (uint32_t code = 1; code < texts.size(); ++code) EXPECT_LT(texts[code - 1], texts[code]);
  EXPECT_EQ(texts.Find("absent"), kNullCode);
}

}  // namespace
}  // namespace hearth::linkage
