// The program itself, as people and scripts call it: what it prints and how it leaves.
#include "report/csv_writer.h"
#include "tests/cli/program.h"
#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

// Cells of a CSV with quotes, by record; every record must end in CR LF.
std::vector<std::vector<std::string>> ReadCsv(const std::string& text) {
  std::vector<std::vector<std::string>> records;
  for (const std::string& record : CutRecords(text, true)) {
    EXPECT_TRUE(record.ends_with("\r\n")) << record;
    std::vector<std::string> cells(1);
    bool inside = false;
    for (size_t i = 0; i + 2 < record.size(); ++i) {
      const char c = record[i];
      if (c == '"' && inside && record[i + 1] == '"') {
        cells.back() += record[++i];
      } else if (c == '"') {
        inside = !inside;
      } else if (c == ',' && !inside) {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    records.push_back(std::move(cells));
  }
  return records;
}

// One city with its first night done, for all tests that only read.
class CommandsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { site_ = new MadeSite(MadeSite::AfterFirstNight()); }
  static void TearDownTestSuite() {
    delete site_;
    site_ = nullptr;
  }

  static Ran Run(std::vector<std::string> arguments) { return Hearth(arguments, site_->path()); }
  // With --config of the city.
  static Ran RunHere(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", site_->config()});
    return Run(arguments);
  }
  static std::vector<std::string> AlertIds() {
    const Ran ran = RunHere({"alerts", "--json", "--state", "all"});
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return JsonReader(ran.out).Texts("id");
  }

  static MadeSite* site_;
};
MadeSite* CommandsTest::site_ = nullptr;

// --- help and exit codes ---

const std::vector<std::vector<std::string>> kCommands = {
    {"synth"},          {"pull"},           {"night"},          {"approve"}, {"alerts"},   {"explain"},
    {"household"},      {"person"},         {"persons"},        {"digest"},  {"policy"},   {"policy", "check"},
    {"policy", "list"}, {"policy", "show"}, {"policy", "test"}, {"score"},   {"link"},     {"encode"},
    {"review"},         {"lookup"},         {"benefits"},       {"feel"},    {"simulate"},
};

TEST_F(CommandsTest, EverySubcommandHelpsWithAnExampleThatNamesIt) {
  for (std::vector<std::string> command : kCommands) {
    std::string name = "hearth";
    for (const std::string& word : command) name += " " + word;
    command.push_back("--help");
    const Ran ran = Run(command);
    EXPECT_EQ(ran.exit, 0) << name;
    const size_t example = ran.out.find("Example");
    ASSERT_NE(example, std::string::npos) << name << "\n" << ran.out;
    EXPECT_NE(ran.out.find(name + " ", example), std::string::npos) << ran.out;
  }
}

TEST_F(CommandsTest, TheListOfSubcommandsIsTheOneTestedHere) {
  const Ran ran = Run({"--help"});
  EXPECT_EQ(ran.exit, 0);
  std::set<std::string> known, listed;
  for (const auto& command : kCommands) known.insert(command[0]);
  bool subcommands = false;
  static const std::regex kLine("^  ([a-z]+) +\\S.*");
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) {
    if (line == "Subcommands:") subcommands = true;
    if (line.starts_with("Start with")) subcommands = false;
    std::smatch found;
    if (subcommands && std::regex_match(line, found, kLine)) listed.insert(found[1]);
  }
  EXPECT_EQ(listed, known) << ran.out;
}

TEST_F(CommandsTest, FeelEvaluatesOnValuesGivenByName) {
  const auto feel = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "feel");
    return Run(arguments);
  };
  EXPECT_EQ(feel({"if age >= 80 then 30 else 0", "--input", "age=82", "--type"}).out, "30\ntype number\n");
  EXPECT_EQ(feel({"[80..90), >= 100", "--test", "85"}).out, "true\n");
  EXPECT_EQ(feel({"x = 3", "--input", "x=null"}).out, "false\n");
  EXPECT_EQ(feel({"x = 3", "--input", "x=null", "--nulls", "pack"}).out, "null\n");
  const std::filesystem::path values = site_->path() / "values.json", table = site_->path() / "table.yaml";
  std::ofstream(values) << "{\"cars\": [{\"value\": 60000}, {\"value\": 1.5}], \"name\": \"a\"}\n";
  const Ran sum = feel({"sum(cars[value > 50000].value)", "--input", values.string(), "--json"});
  EXPECT_EQ(JsonReader(sum.out).Texts("value"), std::vector<std::string>{"60000"}) << sum.err;
  std::ofstream(table) << "inputs: [age]\noutputs: [{name: amount}]\nrules:\n  - ['< 80', '0']\n  - ['>= 80', '30']\n";
  EXPECT_EQ(feel({"--table", table.string(), "--input", "age=82"}).out, "30\n");
  std::ofstream(table) << "inputs: [age]\noutputs: [{name: amount}]\nrules:\n  - ['< 80', '0']\n  - ['> 80', '30']\n";
  const Ran gap = feel({"--table", table.string(), "--input", "age=82"});
  EXPECT_EQ(gap.exit, 1);
  EXPECT_NE(gap.err.find("no row matches age = 80"), std::string::npos) << gap.err;
}

TEST_F(CommandsTest, FeelPutsACaretUnderAProblem) {
  const Ran ran = Run({"feel", "agee > 1", "--input", "age=82"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_EQ(ran.err, "hearth: unknown name \"agee\"; did you mean \"age\"?\n  agee > 1\n  ^\n");
  EXPECT_EQ(Run({"feel"}).exit, 2);
  EXPECT_EQ(Run({"feel", "1", "--table", "t.yaml"}).exit, 2);
}

TEST_F(CommandsTest, WrongUsageLeavesWithTwoAndSaysWhy) {
  const std::string config = site_->config();
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"nights"},
      {"night"},
      {"night", "--config", config},
      {"night", "--config", config, "--as-of", "2024-02-30"},
      {"night", "--config", config, "--as-of", "2024-03-02", "--speed", "9"},
      {"night", "--config", config, "--as-of", "2024-03-02", "--threads", "many"},
      {"alerts", "--config", config, "--kind", "nice"},
      {"alerts", "--config", config, "--encoding", "latin1"},
      {"explain", "--config", config},
      {"household", "--config", config},
      {"persons", "--config", config},
      {"persons", "--config", config, "--events", "--mentions", "m.csv"},
      {"explain", "--config", config, "a-0000000000000000", "--link", "vehicles:none"},
      {"review", "--config", config, "--decide", "r-0000000000000000", "--by", "li.wei", "--why", "seen"},
      {"review", "--config", config, "--decide", "r-0000000000000000", "--same", "--different", "--by", "a", "--why",
       "b"},
      {"review", "--config", config, "--decide", "r-0000000000000000", "--same", "--by", "li.wei"},
      {"review", "--config", config, "--undo", "r-0000000000000000", "--why", "seen"},
      {"review", "--config", config, "--same"},
      {"review", "--config", config, "--by", "li.wei"},
      {"review", "--config", config, "--limit", "-1"},
      {"approve", "--config", config, "--subject", "feed ga_vehicles seq 2"},
      {"synth", "--people", "0", "--out", config + ".city"},
      {"policy"},
  };
  for (const auto& arguments : wrong) {
    const Ran ran = Run(arguments);
    std::string said;
    for (const std::string& a : arguments) said += a + " ";
    EXPECT_EQ(ran.exit, 2) << said;
    EXPECT_FALSE((ran.out + ran.err).empty()) << said;
  }
}

TEST_F(CommandsTest, FailuresLeaveWithOneAndAMessageOfTheProgram) {
  const std::string config = site_->config();
  const std::vector<std::vector<std::string>> failing = {
      {"night", "--config", config + ".not", "--as-of", "2024-03-02"},
      {"night", "--config", config, "--as-of", "2024-02-29"},
      {"alerts", "--config", config + ".not"},
      {"alerts", "--config", config, "--packs", "/nowhere"},
      {"alerts", "--config", config, "--csv", config + "/lists"},
      {"explain", "--config", config, "a-0000000000000000"},
      {"explain", "--config", config, "something"},
      {"explain", "--config", config, "--link", "vehicles:none"},
      {"explain", "--config", config, "--link", "vehicels:none"},
      {"review", "--config", config, "--decide", "r-0000000000000000", "--same", "--by", "li.wei", "--why", "seen"},
      {"review", "--config", config, "--decide", "the first", "--same", "--by", "li.wei", "--why", "seen"},
      {"review", "--config", config, "--undo", "r-0000000000000000", "--by", "li.wei", "--why", "seen"},
      {"person", "--config", config, "nobody", "--history"},
      {"household", "--config", config, "0"},
      {"person", "--config", config, "p-1"},
      {"person", "--config", config, "nobody"},
      {"persons", "--config", config, "--mentions", config + "/m.csv"},
      {"digest", "--config", config + ".not"},
      {"score", "--config", config, "--truth", config + ".not"},
      {"approve", "--config", config, "--subject", "a\tb", "--by", "li.wei", "--reason", "r"},
  };
  for (const auto& arguments : failing) {
    const Ran ran = Run(arguments);
    std::string said;
    for (const std::string& a : arguments) said += a + " ";
    EXPECT_EQ(ran.exit, 1) << said << ran.out << ran.err;
    EXPECT_TRUE(ran.err.starts_with("hearth: ")) << said << ran.err;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
}

TEST_F(CommandsTest, SuccessLeavesWithZeroAndNothingOnStandardError) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"alerts"},
                                             {"digest"},
                                             {"digest", "--verify"},
                                             {"review"},
                                             {"review", "--decided"},
                                             {"persons", "--events"},
                                             {"alerts", "--kind", "eligible_not_enrolled"}}) {
    const Ran ran = RunHere(arguments);
    EXPECT_EQ(ran.exit, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    EXPECT_NE(ran.out, "");
  }
  EXPECT_EQ(Run({"--version"}).exit, 0);
}

TEST_F(CommandsTest, AStoreWithoutAGenerationIsAFailureThatSaysSo) {
  const MadeSite empty;
  for (const char* command : {"alerts", "digest"}) {
    const Ran ran = Hearth({command, "--config", empty.config()}, empty.path());
    EXPECT_EQ(ran.exit, 1);
    EXPECT_NE(ran.err.find("hearth night"), std::string::npos) << ran.err;
  }
}

// --- nights ---

TEST_F(CommandsTest, ANightWithARefusedDeliveryLeavesWithOneAndPublishes) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto file = site.Edit("ga_vehicles", 2).file();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  const Ran ran =
      Hearth({"night", "--config", site.config(), "--as-of", "2024-03-02", "--threads", "2", "--quiet"}, site.path());
  EXPECT_EQ(ran.exit, 1);
  EXPECT_NE(ran.out.find("refused: ga_vehicles"), std::string::npos) << ran.out;
  EXPECT_EQ(site.Open()->meta().number, 2u);
}

TEST_F(CommandsTest, AHeldNightLeavesWithOneUntilTwoHaveApproved) {
  const MadeSite site = MadeSite::AfterFirstNight();
  DeliveryEdit edit = site.Edit("ga_vehicles", 2);
  edit.records.resize(edit.records.size() * 6 / 10);
  edit.Save();
  const std::vector<std::string> night = {"night",      "--config",  site.config(), "--as-of",
                                          "2024-03-02", "--threads", "2",           "--json"};
  const auto approve = [&](const std::string& by) {
    const Ran ran = Hearth({"approve", "--config", site.config(), "--subject", "feed ga_vehicles seq 2", "--by", by,
                            "--reason", "a district has left"},
                           site.path());
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return ran.out;
  };
  Ran ran = Hearth(night, site.path());
  EXPECT_EQ(ran.exit, 1);
  EXPECT_TRUE(JsonReader(ran.out).ok()) << ran.out;
  EXPECT_EQ(JsonReader(ran.out).Texts("subject"), std::vector<std::string>{"feed ga_vehicles seq 2"});
  EXPECT_NE(approve("li.wei").find("1 of 2"), std::string::npos);
  EXPECT_NE(approve("li.wei").find("1 of 2"), std::string::npos);
  EXPECT_EQ(Hearth(night, site.path()).exit, 1);
  EXPECT_EQ(site.Open()->meta().number, 1u);
  EXPECT_NE(approve("zhao.min").find("2 of 2"), std::string::npos);
  ran = Hearth(night, site.path());
  EXPECT_EQ(ran.exit, 0) << ran.out << ran.err;
  EXPECT_EQ(site.Open()->meta().number, 2u);
}

// --- lists ---

TEST_F(CommandsTest, AlertListsDecodeAsGb18030WithCrLfAndNoCellThatASpreadsheetWouldRun) {
  // A household number that is a formula: it must come out marked.
  const MadeSite site;
  std::string number;
  for (const Alert& a : All(*site_->Open(), Table::kAlerts, DecodeAlert)) {
    if (a.kind == AlertKind::kEligibleNotEnrolled && a.record_no.empty()) number = a.household_no;
  }
  ASSERT_NE(number, "");
  DeliveryEdit hukou = site.Edit("ga_hukou", 1);
  for (std::string& record : hukou.records) {
    if (hukou.Cell(record, "HH") == number) hukou.SetCell(&record, "HH", "@SUM(A1)");
  }
  hukou.Save();
  const auto night = site.Night(kNight1);
  ASSERT_TRUE(night.ok()) << night.status();
  const std::filesystem::path lists = site.path() / "lists";
  const Ran ran =
      Hearth({"alerts", "--config", site.config(), "--csv", lists.string(), "--encoding", "gb18030"}, site.path());
  ASSERT_EQ(ran.exit, 0) << ran.err;

  size_t rows = 0, marked = 0, chinese = 0;
  std::set<std::string> ids;
  for (const auto& entry : std::filesystem::directory_iterator(lists)) {
    TextDecoder decoder(Encoding::kGb18030);
    DecodedText text;
    ASSERT_TRUE(decoder.Decode(ReadBytes(entry.path()), true, &text).ok());
    EXPECT_TRUE(text.errors.empty()) << entry.path();
    EXPECT_EQ(LeakIn(text.utf8, {"\r\r", "\n\n"}), "");
    const auto records = ReadCsv(text.utf8);
    ASSERT_GE(records.size(), 2u) << entry.path() << " has no alerts";
    chinese += records[0][0] == "预警编号";
    for (const auto& cells : records) {
      ASSERT_EQ(cells.size(), records[0].size());
      for (const std::string& cell : cells) {
        const bool number_cell = std::regex_match(cell, std::regex("-?\\d+(\\.\\d+)?"));
        EXPECT_TRUE(cell.empty() || number_cell || std::string_view("=+-@").find(cell[0]) == std::string_view::npos)
            << entry.path() << ": " << cell;
        marked += cell == "'@SUM(A1)";
        EXPECT_FALSE(HoldsCitizenNumber(cell));
      }
    }
    for (size_t i = 1; i < records.size(); ++i, ++rows) ids.insert(records[i][0]);
  }
  EXPECT_GT(marked, 0u) << "no list holds the household whose number is a formula";
  EXPECT_GT(chinese, 0u);
  EXPECT_EQ(ids.size(), rows);
  EXPECT_EQ(rows, All(*site.Open(), Table::kAlerts, DecodeAlert).size());
}

TEST_F(CommandsTest, AlertListsInUtf8StartWithAByteOrderMark) {
  const std::filesystem::path lists = site_->path() / "utf8";
  ASSERT_EQ(RunHere({"alerts", "--csv", lists.string()}).exit, 0);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(lists)) {
    const std::string bytes = ReadBytes(entry.path());
    ASSERT_TRUE(bytes.starts_with("\xEF\xBB\xBF"));
    EXPECT_TRUE(IsCleanUtf8(bytes));
    EXPECT_GE(ReadCsv(bytes).size(), 2u);
    ++files;
  }
  EXPECT_GT(files, 0u);
}

TEST_F(CommandsTest, AlertsAreChosenByKindProgrammeStateAndRegion) {
  const auto ids = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"alerts", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = RunHere(arguments);
    EXPECT_EQ(ran.exit, 0) << ran.err;
    const JsonReader json(ran.out);
    EXPECT_TRUE(json.ok());
    return json.Texts("id");
  };
  const auto all = ids({});
  ASSERT_GT(all.size(), 1u);
  EXPECT_EQ(ids({"--kind", "eligible_not_enrolled"}).size() + ids({"--kind", "enrolled_not_eligible"}).size(),
            all.size());
  EXPECT_EQ(ids({"--state", "new"}), all);
  EXPECT_TRUE(ids({"--state", "withdrawn"}).empty());
  EXPECT_EQ(ids({"--region", "3399"}), all);
  EXPECT_TRUE(ids({"--region", "11"}).empty());
  EXPECT_GT(ids({"--programme", "dibao"}).size(), 0u);
  EXPECT_TRUE(ids({"--programme", "nothing"}).empty());
}

// --- JSON ---

TEST(JsonReaderTest, RefusesWhatIsNoJson) {
  for (const char* good : {"{}", "[]", " [1, -2.5e3, \"a\\u00e9\\n\", null, true, {\"k\": [\"v\"]}]\n"}) {
    EXPECT_TRUE(JsonReader(good).ok()) << good;
  }
  for (const char* bad : {"", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a: 1}", "[01]", "[\"a]", "[\"\\x\"]", "[] []",
                          "[\"a\nb\"]", "{\"a\":1,}", "[nul]"}) {
    EXPECT_FALSE(JsonReader(bad).ok()) << bad;
  }
  EXPECT_EQ(JsonReader("{\"a\":[\"x\",{\"a\":\"y\"}]}").Texts("a"), (std::vector<std::string>{"x", "y"}));
}

TEST_F(CommandsTest, EveryJsonIsWellFormedAndHoldsNobodysNameOrWholeNumber) {
  const auto g = site_->Open();
  std::vector<std::vector<std::string>> commands = {
      {"alerts", "--json"},
      {"alerts", "--json", "--state", "all"},
      {"digest", "--json", "--verify"},
      {"review", "--json", "--limit", "100"},
      {"persons", "--events", "--json"},
      {"review", "--decided", "--json"},
      {"explain", "--json", "--link", "vehicles:" + *RowKeys(*g, "vehicles").begin()}};
  for (const std::string& id : AlertIds()) commands.push_back({"explain", "--json", id});
  size_t households = 0, persons = 0;
  for (const Alert& a : All(*g, Table::kAlerts, DecodeAlert)) {
    if (households++ < 5) commands.push_back({"household", "--json", a.household_no});
  }
  for (const StoredPerson& p : All(*g, Table::kPersons, DecodePerson)) {
    if (p.mentions.size() < 20 || persons++ == 5) continue;
    commands.push_back({"person", "--json", "p-" + std::to_string(p.person.id.value)});
    if (persons == 5) break;
  }
  const auto secrets = SecretsOf(*site_);
  for (const auto& arguments : commands) {
    const Ran ran = RunHere(arguments);
    std::string said;
    for (const std::string& a : arguments) said += a + " ";
    ASSERT_EQ(ran.exit, 0) << said << ran.err;
    const JsonReader json(ran.out);
    EXPECT_TRUE(json.ok()) << said << "stops being JSON at " << json.at() << ":\n" << ran.out.substr(0, 400);
    EXPECT_FALSE(HoldsCitizenNumber(ran.out)) << said;
    EXPECT_EQ(LeakIn(ran.out, secrets), "") << said;
  }
}

TEST_F(CommandsTest, TextOutputMasksNumbers) {
  const auto g = site_->Open();
  size_t shown = 0;
  for (const StoredPerson& p : All(*g, Table::kPersons, DecodePerson)) {
    if (p.person.number.empty() || p.household.value == 0 || shown++ == 3) continue;
    const auto household = DecodeHousehold(*g->Get(Table::kHouseholds, IdKey(p.household.value)));
    ASSERT_TRUE(household.ok());
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"person", p.person.number}, {"household", household->number}}) {
      const Ran ran = RunHere(arguments);
      EXPECT_EQ(ran.exit, 0) << ran.err;
      EXPECT_NE(ran.out.find(p.person.name), std::string::npos);
      EXPECT_FALSE(HoldsCitizenNumber(ran.out));
    }
    if (shown == 3) break;
  }
  EXPECT_EQ(shown, 3u);
}

TEST_F(CommandsTest, DigestIsThatOfTheGenerationAndNotVerifiedWhenNotAsked) {
  const Ran verified = RunHere({"digest", "--json", "--verify"}), plain = RunHere({"digest", "--json"});
  EXPECT_EQ(JsonReader(verified.out).Texts("root_digest"), std::vector<std::string>{site_->Open()->meta().root_digest});
  EXPECT_NE(verified.out.find("\"verified\": true"), std::string::npos);
  EXPECT_NE(plain.out.find("\"verified\": false"), std::string::npos);
}

// --- explanations ---

TEST_F(CommandsTest, EveryAlertIsExplainedWithItsClauseAndTheRowsItCameFrom) {
  static const std::regex kRow("[a-z_]+ seq \\d+ lines? \\d+");
  const std::vector<std::string> ids = AlertIds();
  ASSERT_GT(ids.size(), 5u);
  const auto g = site_->Open();
  const auto secrets = SecretsOf(*site_);
  for (const std::string& id : ids) {
    const auto bytes = g->Get(Table::kAlerts, IdKey(AlertId::Parse(id)->value));
    ASSERT_TRUE(bytes.ok());
    const auto alert = DecodeAlert(*bytes);
    const Ran ran = RunHere({"explain", id});
    ASSERT_EQ(ran.exit, 0) << id << " " << ran.err;
    ASSERT_NE(alert->clause, "");
    EXPECT_NE(ran.out.find("clause    " + alert->clause), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find(alert->rule), std::string::npos) << ran.out;
    EXPECT_TRUE(std::regex_search(ran.out, kRow)) << ran.out;
    const auto rows = JsonReader(RunHere({"explain", "--json", id}).out).Texts("rows");
    ASSERT_FALSE(rows.empty()) << id;
    for (const std::string& row : rows) EXPECT_TRUE(std::regex_search(row, kRow)) << row;
    EXPECT_EQ(LeakIn(ran.out, secrets), "") << id;
    EXPECT_FALSE(HoldsCitizenNumber(ran.out)) << id;
  }
}

// The first line of a text that starts with `start`; empty when there is none.
std::string LineOf(const std::string& text, const std::string& start) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) return line;
  }
  return "";
}

TEST_F(CommandsTest, ALinkIsExplainedFromItsPriorToItsTotal) {
  const Ran ran = RunHere({"explain", "--link", "vehicles:" + *RowKeys(*site_->Open(), "vehicles").begin() + ":owner"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(ran.out.starts_with("ga_vehicles seq 1 line ")) << ran.out;
  for (const char* line :
       {"person    p-", "linked by ", "weighed with ", "  prior ", "  name ", "  phone ", "  total "}) {
    EXPECT_NE(LineOf(ran.out, line), "") << line << "\n" << ran.out;
  }
  EXPECT_FALSE(HoldsCitizenNumber(ran.out));
  EXPECT_EQ(LeakIn(ran.out, SecretsOf(*site_)), "");
}

TEST(ReviewCommandTest, AnAnswerIsKeptFollowedToldAndTakenBack) {
  const MadeSite site = MadeSite::AfterFirstNight();
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", site.config()});
    return Hearth(arguments, site.path());
  };
  Ran ran = run({"review", "--limit", "3"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_FALSE(HoldsCitizenNumber(ran.out)) << ran.out;
  EXPECT_EQ(LeakIn(ran.out, SecretsOf(site)), "") << ran.out;
  const std::string pair = ran.out.substr(0, ran.out.find(' '));
  ASSERT_EQ(pair.size(), 18u) << ran.out;

  ran =
      run({"review", "--decide", pair, "--same", "--by", "li.wei", "--why", "both papers seen", "--on", "2024-03-01"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  ran = run({"review", "--limit", "1000"});
  EXPECT_EQ(ran.out.find(pair), std::string::npos) << "what is settled is not asked again";
  ran = run({"review", "--decided"});
  EXPECT_NE(LineOf(ran.out, pair + "  same"), "") << ran.out;
  EXPECT_NE(ran.out.find("both papers seen"), std::string::npos);

  ran = run({"night", "--as-of", "2024-03-02", "--quiet"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_NE(ran.out.find("1 decisions of the desk on links; 0 about rows that are gone"), std::string::npos) << ran.out;
  const std::string events = run({"persons", "--events"}).out;
  ASSERT_NE(events.find("  desk "), std::string::npos) << events;
  const std::string person = events.substr(events.find("p-"), events.find(' ', events.find("p-")) - events.find("p-"));
  EXPECT_NE(run({"person", person, "--history"}).out.find("  desk "), std::string::npos);

  ran = run({"review", "--undo", pair, "--by", "zhao.min", "--why", "mixed up", "--on", "2024-03-02"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(run({"review", "--decided"}).out, "no decision stands\n");
  ran = run({"review", "--undo", pair, "--by", "zhao.min", "--why", "again"});
  EXPECT_EQ(ran.exit, 1) << "there is nothing left to take back";
  EXPECT_NE(ran.err.find("no decision stands"), std::string::npos) << ran.err;
}

TEST_F(CommandsTest, MentionsAreWrittenOncePerRowAndRole) {
  const std::filesystem::path file = site_->path() / "mentions.csv";
  const Ran ran = RunHere({"persons", "--mentions", file.string()});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const auto records = ReadCsv(ReadBytes(file));
  EXPECT_EQ(records[0], (std::vector<std::string>{"registry", "key", "role", "person"}));
  size_t mentions = 0;
  for (const StoredPerson& p : All(*site_->Open(), Table::kPersons, DecodePerson)) mentions += p.mentions.size();
  EXPECT_EQ(records.size(), mentions + 1);
  std::set<std::vector<std::string>> places;
  for (const auto& r : records) places.insert({r[0], r[1], r[2]});
  EXPECT_EQ(places.size(), records.size());
}

}  // namespace
}  // namespace hearth
