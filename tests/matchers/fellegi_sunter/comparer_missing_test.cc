// Two missing values, where the list does not begin with a null level.
#include <gtest/gtest.h>

#include "matchers/fellegi_sunter/comparer.h"
#include "tests/matchers/fellegi_sunter/made_records.h"

namespace hearth::linkage {
namespace {

TEST(Comparer, TwoMissingValuesMeetNoTestThatNeedsThem) {
  const Model model = ModelOf(R"(
linkage_model: missing
id_column: id
link: dedupe
blocking: [[x]]
comparisons:
  - of: x
    null_level: false
    levels: ["literal = \"ann\"", exact, else]
)");
  const RecordSet records = RecordsOf(model, {{{"id", "x"}, {{"1", ""}, {"2", ""}, {"3", "ann"}, {"4", "ann"}}}});
  const Comparer comparer(model, records);
  Comparer::Scratch scratch(comparer);
  const std::vector<Pair> pairs{{0, 1}, {2, 3}};
  std::vector<uint8_t> levels(2);
  comparer.CompareOne(0, pairs, &scratch, levels.data());
  EXPECT_EQ(levels[0], 2) << "neither is ann";
  EXPECT_EQ(levels[1], 0);
}

}  // namespace
}  // namespace hearth::linkage
