// Columns that cannot help are named.
#include <gtest/gtest.h>

#include "matchers/fellegi_sunter/check_columns.h"
#include "tests/matchers/fellegi_sunter/train_people.h"

namespace hearth::linkage {
namespace {

TEST(CheckColumns, OrdinaryColumnsAreNotNamed) {
  const Model model = PeopleModel(LinkType::kDedupe);
  EXPECT_EQ(CheckColumns(model, Records(model, {MakePeople(200, 1)})), std::vector<std::string>{});
}

TEST(CheckColumns, EmptyConstantAndAllDifferentOnesAreNamedWithWhatTheyMean) {
  const Model model = PeopleModel(LinkType::kDedupe);
  Table table = MakePeople(200, 2);
  for (size_t r = 0; r < table.rows.size(); ++r) {
    table.rows[r][0].clear();
    table.rows[r][1] = "name" + std::to_string(r);
    table.rows[r][3] = "town1";
  }
  const std::vector<std::string> warnings = CheckColumns(model, Records(model, {table}));
  ASSERT_EQ(warnings.size(), 3);  // "initial" is read by no rule and no comparison
  const std::string n = std::to_string(table.rows.size());
  EXPECT_EQ(warnings[0], "column given is empty in all " + n +
                             " rows: comparing it is always null, and rules on it make no pairs; check its heading and "
                             "steps");
  EXPECT_EQ(warnings[1],
            "column family is different in all " + n +
                " rows that have it: no two rows agree on it exactly, and rules on it make no pairs; is it "
                "a row number?");
  EXPECT_EQ(warnings[2], "column town is the same in all " + n +
                             " rows that have it: comparing it says nothing, and a rule gains nothing by it; leave it "
                             "out");
}

TEST(CheckColumns, OneFilledRowIsAsGoodAsNone) {
  const Model model = PeopleModel(LinkType::kDedupe);
  Table table = MakePeople(100, 3);
  for (size_t r = 1; r < table.rows.size(); ++r) table.rows[r][3].clear();
  table.rows[0][3] = "town1";
  const std::vector<std::string> warnings = CheckColumns(model, Records(model, {table}));
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_EQ(warnings[0].rfind("column town is filled in one row", 0), 0);
}

}  // namespace
}  // namespace hearth::linkage
