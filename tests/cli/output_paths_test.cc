#include "cli/output_paths.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace hearth {
namespace {

class OutputPathsTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() /
           ("hearth_output_paths_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_ / "sub");
    std::ofstream(In("people.csv")) << "id\n";
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }
  std::string In(const std::string& name) const { return (dir_ / name).string(); }

  std::filesystem::path dir_;
};

TEST_F(OutputPathsTest, AnOutputOfItsOwnIsFine) {
  EXPECT_TRUE(CheckOutputPaths({In("people.csv"), ""}, {In("links.csv"), "", In("sub/links.csv")}).ok());
  EXPECT_TRUE(CheckOutputPaths({In("people.csv")}, {"/dev/null"}).ok());
}

TEST_F(OutputPathsTest, AnInputIsNoOutputUnderAnyOfItsNames) {
  std::filesystem::create_symlink(In("people.csv"), In("other.csv"));
  std::filesystem::create_hard_link(In("people.csv"), In("hard.csv"));
  for (const char* name : {"people.csv", "sub/../people.csv", "./people.csv", "other.csv", "hard.csv"}) {
    EXPECT_EQ(CheckOutputPaths({In("people.csv")}, {In(name)}).code(), absl::StatusCode::kInvalidArgument) << name;
  }
}

TEST_F(OutputPathsTest, TwoOutputsDoNotShareAFile) {
  EXPECT_EQ(CheckOutputPaths({}, {In("links.csv"), In("sub/../links.csv")}).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(OutputPathsTest, AFolderThatIsNotThereIsNamed) {
  const Status status = CheckOutputPaths({}, {In("none/links.csv")});
  EXPECT_NE(status.message().find("there is no folder " + In("none")), std::string_view::npos) << status;
}

TEST_F(OutputPathsTest, AFolderIsNoFile) {
  EXPECT_EQ(CheckOutputPaths({}, {In("sub")}).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace hearth
