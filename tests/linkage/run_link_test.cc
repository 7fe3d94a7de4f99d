#include "linkage/run_link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "linkage/encoded_file.h"
#include "linkage/link_files.h"
#include "matchers/fellegi_sunter/model_reader.h"
#include "report/csv_writer.h"

namespace hearth::linkage {
namespace {

const char kModel[] = R"(
linkage_model: made people
id_column: id
link: dedupe
blocking:
  - [first, dob]
  - [last]
comparisons:
  - of: first
    term_frequency: true
    levels: [exact, jaro_winkler >= 0.8, else]
  - of: last
    levels: [exact, levenshtein <= 1, else]
  - of: dob
    levels: [exact, levenshtein <= 1, else]
prior: {rules: [[first, last, dob]], recall: 0.6}
training: {u_pairs: 1e5, seed: 3, em: [[first], [dob]]}
thresholds: {link: 0.9, review: 0.5, cluster: [0.9, 0.99]}
)";

Model TheModel(const std::string& yaml = kModel) {
  StatusOr<Model> model = ReadModel(yaml, "model.yaml");
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : Model();
}

// A folder of its own for each test, gone afterwards.
class RunLinkTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() /
           ("hearth_run_link_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = (dir_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  StatusOr<LinkResult> Run(const std::string& path, int threads = 1) {
    return RunLink({.model = TheModel(), .tables = {path}, .threads = threads});
  }
  std::string ErrorOf(const std::string& path) {
    const StatusOr<LinkResult> result = Run(path);
    EXPECT_FALSE(result.ok());
    std::string message(result.status().message());
    const size_t at = message.find(dir_.string());
    if (at != std::string::npos) message.erase(at, dir_.string().size() + 1);
    return message;
  }

  std::filesystem::path dir_;
};

// Persons with one to three copies, some with a slip in a name or day.
std::vector<std::string> MadeRows(int persons, uint32_t seed) {
  std::mt19937 random(seed);
  const std::vector<std::string> first{"anna", "berta", "carla", "dora", "elsa", "frieda", "greta", "hanna"};
  const std::vector<std::string> last{"abel", "bauer", "crane", "doyle", "evans", "frost", "green", "hill", "ivers"};
  std::vector<std::string> rows;
  for (int p = 0; p < persons; ++p) {
    const std::string a = first[random() % first.size()], b = last[random() % last.size()] + last[random() % 9];
    std::string day = std::to_string(1950 + random() % 60) + "-0" + std::to_string(1 + random() % 9) + "-1" +
                      std::to_string(random() % 10);
    const size_t copies = 1 + random() % 3;
    for (size_t c = 0; c < copies; ++c) {
      std::string slip = b, slip_day = day;
      if (random() % 5 == 0) slip[random() % slip.size()] = 'x';
      if (random() % 6 == 0) slip_day[9] = '0';
      rows.push_back(std::to_string(p * 10 + static_cast<int>(c)) + "," + a + "," + slip + "," + slip_day);
    }
  }
  return rows;
}

std::string Table(const std::vector<std::string>& rows) {
  std::string text = "id,first,last,dob\n";
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

TEST_F(RunLinkTest, OutputsAreTheSameBytesForAnyThreadsAndOrderOfRows) {
  std::vector<std::string> rows = MadeRows(600, 5);
  const auto link = [&](const std::vector<std::string>& order, int threads, const std::string& name) {
    const StatusOr<LinkResult> result = Run(Write("people.csv", Table(order)), threads);
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_TRUE(WriteLinks(*result, (dir_ / name).string()).ok());
    std::string all = Read((dir_ / name).string()) + WriteModel(result->trained.model);
    for (const ThresholdClusters& c : result->clusters) {
      EXPECT_TRUE(WriteClusters(*result->records, c.clustering, (dir_ / name).string()).ok());
      all += Read((dir_ / name).string());
    }
    return all;
  };
  const std::string alone = link(rows, 1, "a.csv");
  EXPECT_GT(std::count(alone.begin(), alone.end(), '\n'), 2000);
  EXPECT_EQ(alone, link(rows, 4, "b.csv"));
  std::mt19937 random(9);
  for (int round = 0; round < 3; ++round) {
    std::shuffle(rows.begin(), rows.end(), random);
    EXPECT_EQ(alone, link(rows, 1 + round, "c.csv"));
  }
}

TEST_F(RunLinkTest, CopiesOfAPersonAreLinkedAndStrangersAreNot) {
  const StatusOr<LinkResult> result = Run(Write("people.csv", Table(MadeRows(600, 5))));
  ASSERT_TRUE(result.ok()) << result.status();
  uint64_t right = 0, wrong = 0;
  for (const Link& link : result->links) {
    const auto person = [&](uint32_t r) { return std::stoi(std::string(result->records->Id(r))) / 10; };
    if (link.weight >= BitsOfProbability(0.9)) (person(link.left) == person(link.right) ? right : wrong)++;
  }
  EXPECT_GT(right, 400u);
  EXPECT_LT(wrong, right / 50);
}

TEST_F(RunLinkTest, DecisionsOfPeopleWinOverWeights) {
  const std::string path = Write("people.csv", Table({"1,anna,abel,1980-01-01", "2,anna,abel,1980-01-01",
                                                      "3,dora,frost,1990-05-05", "4,greta,hill,1970-07-07"}));
  std::string yaml = kModel;
  yaml.replace(yaml.find("prior:"), std::string::npos, R"(prior: {probability: 0.01}
training: {em: [[last]]}
thresholds: {link: 0.9, review: 0.5}
)");
  for (const char* comparison : {"[exact, jaro_winkler >= 0.8, else]", "[exact, levenshtein <= 1, else]"}) {
    while (yaml.find(comparison) != std::string::npos) {
      yaml.replace(yaml.find(comparison), std::string(comparison).size(),
                   "[{when: exact, m: 0.9, u: 0.01}, {when: else, m: 0.1, u: 0.99}]");
    }
  }
  LinkJob job{.model = TheModel(yaml), .tables = {path}};
  const auto cluster_of = [&](const LinkResult& r, uint32_t record) {
    return r.records->Id(r.clusters[0].clustering.cluster_of[record]);
  };
  StatusOr<LinkResult> result = RunLink(job);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(cluster_of(*result, 1), "1");
  EXPECT_EQ(cluster_of(*result, 3), "4");
  job.decisions = {
      {.source_left = "people",
       .id_left = "2",
       .source_right = "people",
       .id_right = "1",
       .answer = Answer::kDifferent},
      {.source_left = "people", .id_left = "3", .source_right = "people", .id_right = "4", .answer = Answer::kSame},
      {.source_left = "people", .id_left = "3", .source_right = "people", .id_right = "gone", .answer = Answer::kSame}};
  result = RunLink(job);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(cluster_of(*result, 1), "2");
  EXPECT_EQ(cluster_of(*result, 3), "3");
  EXPECT_TRUE(std::find(result->warnings.begin(), result->warnings.end(),
                        "1 of 3 decisions name records that these tables do not have; they were passed over") !=
              result->warnings.end());
}

TEST_F(RunLinkTest, OneToOneGivesEachRecordOneLinkAndKeepsReviewsOfTheOthers) {
  const std::string yaml = R"(
linkage_model: two tables
id_column: id
link: link
one_to_one: true
blocking: [[last], [first]]
comparisons:
  - of: first
    levels: [{when: exact, m: 0.9, u: 0.01}, {when: else, m: 0.1, u: 0.99}]
  - of: last
    levels: [{when: exact, m: 0.9, u: 0.01}, {when: else, m: 0.1, u: 0.99}]
prior: {probability: 0.1}
thresholds: {link: 0.9, review: 0.3}
)";
  // a1 and a2 agree wholly with b1, and with b4 in the last name only, as a3 does with b3.
  const std::string a = Write("a.csv", "id,first,last\na1,anna,abel\na2,anna,abel\na3,carl,frost\n");
  const std::string b = Write("b.csv", "id,first,last\nb1,anna,abel\nb3,dora,frost\nb4,emil,abel\n");
  const StatusOr<LinkResult> result = RunLink({.model = TheModel(yaml), .tables = {a, b}});
  ASSERT_TRUE(result.ok()) << result.status();
  std::vector<std::string> pairs;
  for (const Link& link : result->links) {
    pairs.push_back(std::string(result->records->Id(link.left)) + "-" + std::string(result->records->Id(link.right)));
  }
  // a1-b1 and a2-b1 weigh the same: the first record is taken, and a2's review with b4 stays.
  EXPECT_EQ(pairs, (std::vector<std::string>{"a1-b1", "a2-b4", "a3-b3"}));
}

TEST_F(RunLinkTest, Gb18030TableGivesWhatItsUtf8FormGives) {
  std::string text = "id,first,last,dob\n";
  for (int i = 0; i < 60; ++i) {
    text += std::to_string(i) + "," +
            (i % 3 == 0   ? "王芳"
             : i % 3 == 1 ? "李伟"
                          : "欧阳娜") +
            "," +
            (i % 4 == 0   ? "甲"
             : i % 4 == 1 ? "乙"
                          : "丙丁") +
            ",19" + std::to_string(50 + i % 20) + "-01-01\n";
  }
  const StatusOr<LinkResult> a = Run(Write("people.csv", text));
  const StatusOr<LinkResult> b = Run(Write("people.csv", EncodeGb18030(text)));
  ASSERT_TRUE(a.ok()) << a.status();
  ASSERT_TRUE(b.ok()) << b.status();
  EXPECT_EQ(b->tables[0].encoding, Encoding::kGb18030);
  EXPECT_EQ(a->links, b->links);
}

TEST_F(RunLinkTest, MixedEncodingsAreRefusedWithTheLine) {
  EXPECT_EQ(ErrorOf(Write("people.csv", "id,first,last,dob\n1,王,b,c\n2,\xCD\xF5,b,c\n")).substr(0, 60),
            "people.csv line 2: bytes that are no GB18030 text, unlike th");
}

TEST_F(RunLinkTest, RowOfAnotherWidthIsRefusedWithTheLine) {
  EXPECT_EQ(ErrorOf(Write("people.csv", "id,first,last,dob\n1,a,b,c\n2,a,b\n")),
            "people.csv line 3: 3 fields where the header has 4");
}

TEST_F(RunLinkTest, OpenQuoteIsRefusedWithTheLine) {
  EXPECT_EQ(ErrorOf(Write("people.csv", "id,first,last,dob\n1,\"a,b,c\n")),
            "people.csv line 2: a quote that is not closed, or a line over 1 MiB");
}

TEST_F(RunLinkTest, ModelForOtherColumnsIsRefusedWithTheNearestHeading) {
  const std::string error = ErrorOf(Write("people.csv", "id,first,lost,dob\n1,a,b,c\n"));
  EXPECT_NE(error.find("\"last\""), std::string::npos) << error;
  EXPECT_NE(error.find("lost"), std::string::npos) << error;
}

TEST_F(RunLinkTest, EmptyFileAndTableWithoutRowsAreRefused) {
  EXPECT_EQ(ErrorOf(Write("people.csv", "")), "people.csv: is empty; its first row must name the columns");
  EXPECT_EQ(ErrorOf(Write("people.csv", "id,first,last,dob\n")),
            "people.csv: has a header and no rows; there is nothing to link");
}

TEST_F(RunLinkTest, MissingFileIsNotFound) {
  EXPECT_EQ(Run((dir_ / "none.csv").string()).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RunLinkTest, NumberOfTablesMustFitTheModel) {
  const std::string path = Write("people.csv", Table(MadeRows(5, 1)));
  const auto result = RunLink({.model = TheModel(), .tables = {path, path}});
  EXPECT_EQ(std::string(result.status().message()), "the model is for 1 table, and 2 were given");
}

TEST_F(RunLinkTest, FileThatCannotBeWrittenLeavesNothingBehind) {
  const StatusOr<LinkResult> result = Run(Write("people.csv", Table(MadeRows(50, 1))));
  ASSERT_TRUE(result.ok()) << result.status();
  const std::string path = (dir_ / "no_such_folder" / "links.csv").string();
  EXPECT_EQ(WriteLinks(*result, path).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(path));
}

// As root, moving a file onto /dev/null would take the device's place.
TEST_F(RunLinkTest, ADeviceIsWrittenToAndNotReplaced) {
  const StatusOr<LinkResult> result = Run(Write("people.csv", Table(MadeRows(20, 1))));
  ASSERT_TRUE(result.ok()) << result.status();
  const std::string device = (dir_ / "device").string();
  std::filesystem::create_symlink("/dev/null", device);
  EXPECT_EQ(PartPath(device), device);
  EXPECT_TRUE(WriteLinks(*result, device).ok());
  EXPECT_TRUE(ReplaceFile(device, "text").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(device));
  EXPECT_FALSE(std::filesystem::exists(device + ".part"));
}

TEST_F(RunLinkTest, CellsWithCommasAndQuotesComeOutQuoted) {
  const std::string path = Write("people.csv", "id,first,last,dob\n\"a,1\",x,y,z\n\"b\"\"2\",x,y,z\n");
  std::string yaml = kModel;
  const auto at = yaml.find("prior:");
  yaml.replace(at, std::string::npos, "prior: {probability: 0.5}\nthresholds: {link: 0.9, review: 0.0001}\n");
  for (const char* comparison : {"[exact, jaro_winkler >= 0.8, else]", "[exact, levenshtein <= 1, else]"}) {
    while (yaml.find(comparison) != std::string::npos) {
      yaml.replace(yaml.find(comparison), std::string(comparison).size(),
                   "[{when: exact, m: 0.9, u: 0.01}, {when: else, m: 0.1, u: 0.99}]");
    }
  }
  const StatusOr<LinkResult> result = RunLink({.model = TheModel(yaml), .tables = {path}});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_TRUE(WriteLinks(*result, (dir_ / "links.csv").string()).ok());
  EXPECT_NE(Read((dir_ / "links.csv").string()).find("people,\"a,1\",people,\"b\"\"2\","), std::string::npos);
}

}  // namespace
}  // namespace hearth::linkage
