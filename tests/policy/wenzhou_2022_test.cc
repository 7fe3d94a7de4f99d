#include <gtest/gtest.h>

#include "policy/cases.h"
#include "policy/evaluate.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

std::string Folder() { return std::string(HEARTH_SOURCE_DIR) + "/packs/wenzhou-2022"; }

TEST(Wenzhou2022, LoadsWithoutAProblem) {
  for (const Status& problem : CheckPack(Folder(), ProjectSchemas())) ADD_FAILURE() << Message(problem);
}

TEST(Wenzhou2022, WorkedExamplesComeOutToTheFen) {
  const StatusOr<Pack> pack = LoadPack(Folder(), ProjectSchemas());
  ASSERT_TRUE(pack.ok()) << Message(pack.status());
  size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(Folder() + "/cases")) {
    const auto results = RunCases(ReadFile(entry.path()), entry.path().filename().string(),
                                  [&](std::string_view) -> StatusOr<Pack> { return *pack; });
    ASSERT_TRUE(results.ok()) << Message(results.status());
    for (const CaseResult& r : *results) {
      ++cases;
      for (const std::string& failure : r.failures) ADD_FAILURE() << r.name << "\n" << failure;
    }
  }
  EXPECT_GE(cases, 40u);
}

}  // namespace
}  // namespace hearth
