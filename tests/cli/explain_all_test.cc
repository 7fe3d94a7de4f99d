// hearth explain --all over a made city whose divisions differ: the bytes, their order, and the checker's word on them.
#include <cstdlib>

#include "tests/cli/program.h"
#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

class ExplainAllTest : public testing::Test {
 protected:
  ExplainAllTest() : site_(MadeSite::AfterFirstNight()) {
    std::ofstream(site_.config(), std::ios::app) << R"yaml(counties:
  "339902": {parameters: {dibao_standard_month: [{from: 2019-01-01, value: 1300}]}}
  "339903": {parameters: {dibao_standard_month: [{from: 2019-01-01, value: 1250}]}}
)yaml";
  }

  std::string Stream(int threads) const {
    const std::string out = (site_.path() / ("stream_" + std::to_string(threads) + ".jsonl")).string();
    const Ran ran =
        Hearth({"explain", "--all", "--out", out, "--threads", std::to_string(threads), "--config", site_.config()},
               site_.path());
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return ReadBytes(out);
  }

  MadeSite site_;
};

TEST_F(ExplainAllTest, RecordsOfDivisionsThatDifferStandInOrderOfUnitWhateverTheThreads) {
  const std::string stream = Stream(1);
  EXPECT_EQ(stream, Stream(3));
  std::istringstream lines(stream);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_NE(line.find("\"divisions\":\"339902\""), std::string::npos);
  uint64_t last = 0;
  size_t of_overlays = 0, changes = 0;
  for (bool was = false; std::getline(lines, line);) {
    ASSERT_TRUE(line.starts_with("{\"u\":")) << line.substr(0, 40);
    const uint64_t unit = std::stoull(line.substr(5));
    EXPECT_GT(unit, last);
    last = unit;
    const bool own = line.find("\"c\":") != std::string::npos;
    of_overlays += own ? 1 : 0;
    changes += own != was ? 1 : 0;
    was = own;
  }
  EXPECT_GT(of_overlays, 5u);
  EXPECT_GT(changes, 1u) << "units of several places take turns, or the order says nothing";
}

TEST_F(ExplainAllTest, TheCheckerFindsNoDifference) {
  if (std::system("python3 -c pass >/dev/null 2>&1") != 0) GTEST_SKIP() << "no python3";
  Stream(2);
  const std::string command = "python3 '" HEARTH_SOURCE_DIR "/tools/recheck/recheck.py' '" +
                              (site_.path() / "stream_2.jsonl").string() + "' >'" + (site_.path() / "said").string() +
                              "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  const std::string text = ReadBytes(site_.path() / "said");
  EXPECT_NE(text.find(" 0 differences"), std::string::npos) << text.substr(0, 2000);
}

}  // namespace
}  // namespace hearth
