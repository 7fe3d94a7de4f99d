// hearth benefits and hearth explain as a caseworker meets them: one made city, its families' lists and one alert.
// HEARTH_REWRITE_GOLDEN=1 writes tests/cli/golden anew; the difference is read before it is kept.
#include "cli/benefit_sheet.h"
#include "core/text.h"
#include "core/yaml.h"
#include "report/table.h"
#include "tests/cli/program.h"
#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

const char* const kSections[] = {"成员 Members", "一、登记在享", "二、应当享受", "三、经认定后可享受",
                                 "四、合计",     "五、下次变化", "六、待补信息", "This list proposes"};

YamlNode ReadJson(const std::string& text) {
  StatusOr<YamlNode> root = ReadYaml(text, "out.json");
  EXPECT_TRUE(root.ok()) << root.status();
  return root.ok() ? *std::move(root) : YamlNode{};
}

std::string Text(const YamlNode& node, std::string_view key) {
  const YamlNode* found = node.Find(key);
  EXPECT_NE(found, nullptr) << key;
  return found == nullptr ? "" : found->text;
}

const std::vector<YamlNode>& Items(const YamlNode& node, std::string_view key) {
  const YamlNode* found = node.Find(key);
  HEARTH_CHECK(found != nullptr, "the JSON has the key");
  return found->items;
}

// Lines of a text from the section's title to the next one's.
std::string SectionOf(const std::string& text, size_t section) {
  const size_t from = text.find(kSections[section]), to = text.find(kSections[section + 1], from);
  EXPECT_NE(to, std::string::npos) << kSections[section + 1];
  return text.substr(from, to - from);
}

size_t Times(const std::string& text, const std::string& word) {
  size_t times = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size())) ++times;
  return times;
}

struct Lists {
  std::string household, text;
  YamlNode json;  // of the one unit
};

class BenefitsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    site_ = new MadeSite(MadeSite::AfterFirstNight());
    // Families with an alert, some enrolled, some not, and some with a member who turns 90 while the pack is in force.
    const auto g = site_->Open();
    std::set<std::string> households;
    for (const Alert& a : All(*g, Table::kAlerts, DecodeAlert)) households.insert(a.household_no);
    const size_t alerted = households.size();
    const CivilDay from = CivilDay::FromYmd(1934, 3, 2).value(), to = CivilDay::FromYmd(1935, 12, 31).value();
    for (const StoredPerson& p : All(*g, Table::kPersons, DecodePerson)) {
      const bool turns = p.person.birth_date && from <= *p.person.birth_date && *p.person.birth_date <= to;
      if (!turns || p.household.value == 0 || households.size() == alerted + 4) continue;
      const auto bytes = g->Get(Table::kHouseholds, IdKey(p.household.value));
      ASSERT_TRUE(bytes.ok());
      households.insert(DecodeHousehold(*bytes)->number);
    }
    lists_ = new std::vector<Lists>;
    for (const std::string& household : households) {
      const Ran json = Benefits({household, "--json"}), text = Benefits({household});
      EXPECT_EQ(json.exit, 0) << json.err;
      EXPECT_EQ(text.exit, 0) << text.err;
      EXPECT_TRUE(JsonReader(json.out).ok()) << json.out;
      const YamlNode root = ReadJson(json.out);
      if (Items(root, "units").size() == 1) lists_->push_back({household, text.out, Items(root, "units")[0]});
    }
    ASSERT_GT(lists_->size(), 5u);
  }
  static void TearDownTestSuite() {
    delete lists_;
    delete site_;
  }

  static Ran Benefits(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "benefits");
    arguments.insert(arguments.end(), {"--config", site_->config()});
    return Hearth(arguments, site_->path());
  }

  static MadeSite* site_;
  static std::vector<Lists>* lists_;
};
MadeSite* BenefitsTest::site_ = nullptr;
std::vector<Lists>* BenefitsTest::lists_ = nullptr;

TEST_F(BenefitsTest, TextHasItsSectionsInOrderAndNoDefinitionOfScope) {
  size_t scope = 0, classes = 0;
  for (const Lists& list : *lists_) {
    size_t at = 0;
    for (const char* title : kSections) {
      at = list.text.find(title, at);
      ASSERT_NE(at, std::string::npos) << title << "\n" << list.text;
    }
    EXPECT_EQ(list.text.find("WZ-F."), std::string::npos) << list.text;
    for (const YamlNode& line : Items(list.json, "due")) {
      if (Text(line, "rule").starts_with("WZ-F.")) {
        ++scope;
        EXPECT_EQ(Text(line, "listed"), "no_entitlement");
        EXPECT_EQ(Text(line, "shown"), "false");
      }
      classes += Text(line, "rule") == "WZ-1.2" && Text(line, "shown") == "true";
    }
  }
  EXPECT_GT(scope, 0u) << "JSON keeps what the text leaves out";
  EXPECT_GT(classes, 0u) << "a class that a register keeps is an entitlement";
}

TEST_F(BenefitsTest, ListFitsTheTerminal) {
  size_t widest = 0;
  for (const Lists& list : *lists_) {
    std::istringstream lines(list.text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(DisplayWidth(line), kSheetColumns) << line;
      widest = std::max(widest, static_cast<size_t>(DisplayWidth(line)));
    }
  }
  EXPECT_GT(widest, 100u);
}

TEST_F(BenefitsTest, TextShowsExactlyTheLinesThatJsonCallsShown) {
  size_t zero = 0, several = 0;
  const std::pair<const char*, size_t> kinds[] = {{"due", 2}, {"if_recognised", 3}};
  for (const Lists& list : *lists_) {
    for (const auto& [key, section] : kinds) {
      const std::string text = SectionOf(list.text, section);
      std::set<std::string> shown, zeros;
      std::map<std::pair<std::string, std::string>, int> members;  // rule and amount
      for (const YamlNode& line : Items(list.json, key)) {
        const std::string rule = Text(line, "rule"), amount = Text(line, "amount");
        const bool is_shown = Text(line, "shown") == "true";
        EXPECT_EQ(is_shown, Text(line, "listed") == "shown");
        if (is_shown) {
          shown.insert(rule);
          EXPECT_NE(amount, "0.00");
          if (!amount.empty()) ++members[{rule, amount}];
        } else if (Text(line, "listed") == "zero") {
          EXPECT_EQ(amount, "0.00");
          zeros.insert(rule);
        }
      }
      std::set<std::string> printed;
      static const std::regex kRule("(^|\n)  (WZ-[0-9F.]+) ");
      for (std::sregex_iterator it(text.begin(), text.end(), kRule), end; it != end; ++it) printed.insert((*it)[2]);
      EXPECT_EQ(printed, shown) << text;
      EXPECT_EQ(Times(text, "left out: " + std::to_string(zeros.size()) + " ("), zeros.empty() ? 0u : 1u) << text;
      zero += zeros.size();
      for (const auto& [line, count] : members) {
        const auto money = ParseMoney(line.second);
        ASSERT_TRUE(money.ok()) << line.second;
        const std::string cell = (count > 1 ? std::to_string(count) + " × " : " ") + Yuan(*money) + " ";
        EXPECT_NE(text.find(cell), std::string::npos) << cell << "\n" << text;
        several += count > 1;
      }
    }
  }
  EXPECT_GT(zero, 0u);
  EXPECT_GT(several, 0u) << "no family has the same amount for two of its members";
}

TEST_F(BenefitsTest, SumsAreThoseOfTheShownAmountsInEachPeriod) {
  size_t checked = 0;
  for (const Lists& list : *lists_) {
    std::map<std::pair<std::string, std::string>, Money> sums;
    for (const YamlNode& line : Items(list.json, "due")) {
      if (Text(line, "shown") != "true" || line.Find("amount")->IsNull()) continue;
      sums[{Text(line, "kind"), Text(line, "per")}] += ParseMoney(Text(line, "amount")).value();
    }
    const std::string text = SectionOf(list.text, 4);
    for (const YamlNode& sum : Items(list.json, "sums")) {
      const Money told = ParseMoney(Text(sum, "amount")).value();
      EXPECT_EQ(told, (sums[{Text(sum, "kind"), Text(sum, "per")}])) << list.household;
      EXPECT_EQ(text.find(" " + Yuan(told) + "\n") != std::string::npos, told.fen() != 0) << text;
      checked += told.fen() != 0;
      sums.erase({Text(sum, "kind"), Text(sum, "per")});
    }
    EXPECT_TRUE(sums.empty()) << "an amount is in no sum: " << list.household;
  }
  EXPECT_GT(checked, 0u);
}

TEST_F(BenefitsTest, APackEndsOnceAndChangesStandByDay) {
  size_t ends = 0, days = 0;
  for (const Lists& list : *lists_) {
    const std::string text = SectionOf(list.text, 5);
    EXPECT_LE(Times(text, "政策到期"), 1u) << text;
    ends += Times(text, "政策到期");
    std::string last;
    static const std::regex kDay("(^|\n)  (\\d{4}-\\d{2}-\\d{2}) ");
    for (std::sregex_iterator it(text.begin(), text.end(), kDay), end; it != end; ++it, ++days) {
      EXPECT_LE(last, (*it)[2].str()) << text;
      last = (*it)[2].str();
    }
  }
  EXPECT_GT(ends, 0u);
  EXPECT_GT(days, ends) << "nobody's benefit changes with a birthday";
}

TEST_F(BenefitsTest, PageStandsAloneAndHoldsNoWholeNumber) {
  const std::filesystem::path file = site_->path() / "list.html";
  const std::string& household = (*lists_)[0].household;
  const Ran ran = Benefits({household, "--html", file.string()});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.out, (*lists_)[0].text);
  const std::string page = ReadBytes(file);
  for (const char* outside : {"http", "src=", "href", "<script", "<link", "@import", "url("}) {
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  }
  EXPECT_FALSE(HoldsCitizenNumber(page));
  DeliveryEdit hukou = site_->Edit("ga_hukou", 1);
  for (const std::string& record : hukou.records) {
    const std::string number = hukou.Cell(record, "GMSFHM");
    if (number.size() == 18) {
      EXPECT_EQ(page.find(number), std::string::npos);
    }
  }
  const auto packs = site_->Open()->meta().packs;
  ASSERT_FALSE(packs.empty());
  for (const std::string& wanted :
       {std::string("@page{size:A4"), std::string("table-header-group"), household, std::string("2024-03-01"),
        packs[0].first, packs[0].second, std::string("caseworker"), std::string("a person decides"),
        std::string("<html lang=\"zh-CN\">")}) {
    EXPECT_NE(page.find(wanted), std::string::npos) << wanted;
  }
  EXPECT_GT(Times(page, "<table>"), 2u);
  EXPECT_EQ(Times(page, "<table><thead>"), Times(page, "<table>"));
}

TEST_F(BenefitsTest, ALaterDayMovesTheAge) {
  const std::string& household = (*lists_)[0].household;
  const YamlNode later = ReadJson(Benefits({household, "--json", "--as-of", "2025-03-01"}).out);
  const std::vector<YamlNode>& before = Items((*lists_)[0].json, "members");
  const std::vector<YamlNode>& after = Items(Items(later, "units")[0], "members");
  ASSERT_EQ(before.size(), after.size());
  size_t known = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(Text(before[i], "person"), Text(after[i], "person"));
    if (before[i].Find("age")->IsNull()) continue;
    EXPECT_EQ(std::stoi(Text(before[i], "age")) + 1, std::stoi(Text(after[i], "age")));
    ++known;
  }
  EXPECT_GT(known, 0u);
}

TEST_F(BenefitsTest, WhatCannotBeListedIsAClearError) {
  const std::string& household = (*lists_)[0].household;
  const auto fails = [](const Ran& ran, const std::string& says) {
    EXPECT_EQ(ran.exit, 1);
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(ran.err.starts_with("hearth: ")) << ran.err;
    EXPECT_NE(ran.err.find(says), std::string::npos) << ran.err;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  };
  fails(Benefits({"33990199999999"}), "no household has that number");
  fails(Benefits({household, "--as-of", "1999-01-01"}), "in force on 1999-01-01");
  fails(Benefits({household, "--as-of", "2024-02-30"}), "2024-02-30");
  const MadeSite empty;
  fails(Hearth({"benefits", household, "--config", empty.config()}, empty.path()), "hearth night");
  const MadeSite dead = MadeSite::AfterFirstNight();
  std::filesystem::remove_all(dead.store());
  fails(Hearth({"benefits", household, "--config", dead.config()}, dead.path()), "hearth night");
}

TEST(BenefitSheetTest, MembersInARowAreARange) {
  EXPECT_EQ(MemberNumbers({0}), "1");
  EXPECT_EQ(MemberNumbers({0, 1}), "1, 2");
  EXPECT_EQ(MemberNumbers({0, 1, 2, 3, 6}), "1-4, 7");
  EXPECT_EQ(MemberNumbers({1, 3, 4, 5, 8, 9}), "2, 4-6, 9, 10");
}

TEST(BenefitSheetTest, TextWrapsByWidthAndNeverBeforeAClosingMark) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(WrapText("", 8), (Lines{""}));
  EXPECT_EQ(WrapText("dibao money", 11), (Lines{"dibao money"}));
  EXPECT_EQ(WrapText("dibao money", 10), (Lines{"dibao", "money"}));
  EXPECT_EQ(WrapText("insurance-premium", 11), (Lines{"insurance-", "premium"}));
  EXPECT_EQ(WrapText("abcdefgh", 3), (Lines{"abc", "def", "gh"}));
  EXPECT_EQ(WrapText("最低生活保障金", 8), (Lines{"最低生活", "保障金"}));
  EXPECT_EQ(WrapText("（适用范围）", 10), (Lines{"（适用范", "围）"}));
  EXPECT_EQ(WrapText("〔2022〕6号 六.19", 15), (Lines{"〔2022〕6号", "六.19"}));
  EXPECT_EQ(WrapText("蔡树富、陈秀英、蔡超", 14), (Lines{"蔡树富、", "陈秀英、蔡超"}));
  EXPECT_EQ(WrapText("低保\ndibao", 8), (Lines{"低保", "dibao"}));
  EXPECT_EQ(WrapText("低", 1), (Lines{"低"}));
}

// --- explain ---

TEST_F(BenefitsTest, AnExplanationIsTheOneOnRecord) {
  const Ran listed =
      Hearth({"alerts", "--json", "--programme", "old_age_allowance", "--config", site_->config()}, site_->path());
  const std::vector<std::string> ids = JsonReader(listed.out).Texts("id");
  ASSERT_FALSE(ids.empty()) << listed.err;
  const std::string id = *std::min_element(ids.begin(), ids.end());
  for (const bool json : {false, true}) {
    std::vector<std::string> arguments = {"explain", id, "--config", site_->config()};
    if (json) arguments.push_back("--json");
    const Ran ran = Hearth(arguments, site_->path());
    ASSERT_EQ(ran.exit, 0) << ran.err;
    // A pack's digest changes with any word of the pack.
    const std::string found = std::regex_replace(ran.out, std::regex("\\b[0-9a-f]{32}\\b"), "DIGEST");
    const std::filesystem::path golden =
        std::filesystem::path(HEARTH_SOURCE_DIR) / "tests" / "cli" / "golden" / (json ? "explain.json" : "explain.txt");
    if (std::getenv("HEARTH_REWRITE_GOLDEN") != nullptr) {
      WriteBytes(golden, found);
      continue;
    }
    EXPECT_EQ(found, ReadBytes(golden)) << golden.filename();
  }
}

}  // namespace
}  // namespace hearth
