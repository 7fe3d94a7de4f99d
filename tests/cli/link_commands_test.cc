// hearth link and lookup as people call them: tables, a page, an explanation, a store that keeps persons.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace hearth {
namespace {

constexpr const char* kModel = R"(linkage_model: people
id_column: id
link: dedupe
blocking: [[name, birth_date], [phone]]
comparisons:
  - of: name
    levels: [{when: exact, m: 0.9, u: 0.01}, {when: name <= homophone, m: 0.08, u: 0.01}, {when: else, m: 0.02, u: 0.98}]
  - of: birth_date
    levels: [{when: exact, m: 0.95, u: 0.001}, {when: else, m: 0.05, u: 0.999}]
  - of: phone
    levels: [{when: exact, m: 0.8, u: 0.001}, {when: else, m: 0.2, u: 0.999}]
prior: {probability: 0.01}
)";
constexpr const char* kPeople =
    "id,name,birth_date,phone\n"
    "1,王芳,1980-01-02,13900000001\n"
    "2,王方,1980-01-02,13900000001\n"
    "3,李伟,1975-05-05,13900000002\n";

class LinkCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() /
           ("hearth_link_commands_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    Write("people.yaml", kModel);
    Write("people.csv", kPeople);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  void Write(const std::string& name, const std::string& text) { std::ofstream(dir_ / name, std::ios::binary) << text; }
  std::string Read(const std::string& name) {
    std::ifstream in(dir_ / name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  // Runs hearth in the folder; its exit code. Outputs stand in out.txt and err.txt.
  int Hearth(const std::string& arguments) {
    const int status = std::system(
        ("cd '" + dir_.string() + "' && '" + HEARTH_PROGRAM + "' " + arguments + " >out.txt 2>err.txt").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::filesystem::path dir_;
};

TEST_F(LinkCommandsTest, LinksClustersAndPageAreWritten) {
  ASSERT_EQ(Hearth("link --model people.yaml people.csv --out links.csv --clusters clusters.csv --report page.html"), 0)
      << Read("err.txt");
  EXPECT_EQ(Read("links.csv").substr(0, Read("links.csv").find("15.906283") + 9),
            "source_l,id_l,source_r,id_r,match_weight,match_probability,decision\npeople,1,people,2,15.906283");
  EXPECT_EQ(Read("clusters.csv"), "record_id,cluster_id\n1,1\n2,1\n3,3\n");
  EXPECT_NE(Read("page.html").find("</html>"), std::string::npos);
}

TEST_F(LinkCommandsTest, EvidenceForTwoRowsIsShownStepByStep) {
  ASSERT_EQ(Hearth("link --model people.yaml people.csv --explain 1 2"), 0) << Read("err.txt");
  EXPECT_NE(Read("out.txt").find("name <= homophone"), std::string::npos);
  EXPECT_NE(Read("out.txt").find("probability 0.999984: link"), std::string::npos) << Read("out.txt");
  EXPECT_EQ(Hearth("link --model people.yaml people.csv --explain 1 9"), 1);
  EXPECT_NE(Read("err.txt").find("second of --explain: no such record"), std::string::npos) << Read("err.txt");
}

TEST_F(LinkCommandsTest, StoreKeepsPersonsFromRunToRunAndFindsThem) {
  ASSERT_EQ(Hearth("link --store persons --model people.yaml people.csv --clusters first.csv --on 2026-01-01"), 0)
      << Read("err.txt");
  Write("people.csv", "id,name,birth_date,phone\n4,李伟,1975-05-05,\n");
  ASSERT_EQ(Hearth("link --store persons people.csv --clusters second.csv --events events.csv --on 2026-01-02"), 0)
      << Read("err.txt");
  const std::string first = Read("first.csv"), second = Read("second.csv");
  // Whoever was known keeps the person; the new row joins the one that it agrees with.
  EXPECT_EQ(second.substr(0, first.size()), first);
  const auto person_of = [&](const std::string& record) {
    const size_t at = second.find("\n" + record + ",");
    return at == std::string::npos ? "" : second.substr(at + 1 + record.size(), second.find('\n', at + 1) - at);
  };
  EXPECT_EQ(person_of("3").substr(0, 12), person_of("4").substr(0, 12));
  EXPECT_NE(Read("events.csv").find("absorb"), std::string::npos) << Read("events.csv");
  ASSERT_EQ(Hearth("lookup --store persons --row 'name=王芳,birth_date=1980-01-02' --json"), 0) << Read("err.txt");
  EXPECT_NE(Read("out.txt").find("\"1\""), std::string::npos) << Read("out.txt");
}

TEST_F(LinkCommandsTest, WrongUsageIsTwoAndAFailureIsOne) {
  EXPECT_EQ(Hearth("link people.csv"), 2);
  EXPECT_EQ(Hearth("link --model people.yaml"), 2);
  EXPECT_EQ(Hearth("link --model absent.yaml people.csv"), 1);
  EXPECT_EQ(Hearth("link --model people.yaml absent.csv"), 1);
  EXPECT_EQ(Hearth("lookup --store absent --row name=x"), 1);
  EXPECT_FALSE(std::filesystem::exists(dir_ / "links.csv"));
}

}  // namespace
}  // namespace hearth
