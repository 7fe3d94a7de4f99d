#include "matchers/fellegi_sunter/comparer.h"

#include <set>

#include "matchers/fellegi_sunter/condition.h"
#include "tests/matchers/fellegi_sunter/made_records.h"

namespace hearth::linkage {
namespace {

// Every form that a comparison is compiled to, and some that are not.
const char kModel[] = R"yaml(
linkage_model: people
id_column: id
link: dedupe
columns:
  tag: {from: tags, steps: ["split ;"]}
  sound: {from: first, steps: [pinyin]}
blocking: [[first]]
comparisons:
  - {name: equal, of: first, levels: [exact, else]}
  - {name: winkler, of: first, levels: [exact, jaro_winkler >= 0.9, jaro_winkler >= 0.7, else]}
  - {name: jaro, of: last, levels: [jaro >= 0.95, jaro >= 0.6, else]}
  - {name: sets, of: last, levels: [exact, jaccard >= 0.5, else]}
  - {name: edits, of: dob, levels: [exact, levenshtein <= 1, levenshtein <= 4, else]}
  - {name: swaps, of: last, levels: [damerau <= 1, damerau <= 2, else]}
  - {name: place, levels: ["km(lat, lng) <= 3", "km(lat, lng) <= 200", "km(lat, lng) <= 20015.2", else]}
  - {name: day, of: dob, levels: [exact, day_month_swapped, days <= 31, years <= 6, else]}
  - {name: name, of: first, levels: [name <= homophone, name <= transposed, else]}
  - {name: tags, of: tag, levels: [common >= 2, common >= 1, else]}
  - {name: crossed, levels: ["exact(first)", "reversed(first, last)", "either_reversed(first, last)", else]
}
  - {name: number, of: lat, levels: [exact, number within 0.02, percent within 0.1, else]}
  - {name: mixed, levels: ["exact(first) and exact(last)", "exact(dob) or not null(tags)", else]}
)yaml";

std::vector<Pair> AllPairs(const RecordSet& records) {
  std::vector<Pair> pairs;
  for (uint32_t a = 0; a < records.size(); ++a) {
    for (uint32_t b = a + 1; b < records.size(); ++b) pairs.push_back({a, b});
  }
  return pairs;
}

std::vector<Pattern> PatternsOf(const Comparer& comparer, const std::vector<Pair>& pairs) {
  std::vector<Pattern> patterns(pairs.size());
  Comparer::Scratch scratch(comparer);
  comparer.Compare(pairs, &scratch, patterns.data());
  return patterns;
}

TEST(Comparer, EveryFormGivesTheFirstLevelWhoseConditionHolds) {
  for (const bool bytes : {false, true}) {
    Model model = ModelOf(kModel);
    model.bytes = bytes;
    const RecordSet records = RecordsOf(model, {MadePeople(130, 17)});
    const Comparer comparer(model, records);
    const std::vector<Pair> pairs = AllPairs(records);
    const std::vector<Pattern> patterns = PatternsOf(comparer, pairs);
    std::vector<std::set<int>> seen(model.comparisons.size());
    for (size_t i = 0; i < pairs.size(); ++i) {
      for (size_t c = 0; c < model.comparisons.size(); ++c) {
        const std::vector<Level>& levels = model.comparisons[c].levels;
        size_t expected = 0;
        while (!comparer.Holds(levels[expected].when, pairs[i])) ++expected;
        const int level = LevelOf(patterns[i], static_cast<int>(c));
        seen[c].insert(level);
        ASSERT_EQ(level, static_cast<int>(expected))
            << model.comparisons[c].name << ", records " << pairs[i].left << " and " << pairs[i].right;
      }
    }
    // Nearly every level of every comparison was met, so little is taken on trust.
    for (size_t c = 0; c < seen.size(); ++c) {
      EXPECT_GE(seen[c].size() + 1, model.comparisons[c].levels.size()) << model.comparisons[c].name;
    }
  }
}

TEST(Comparer, OrderOfThePairDoesNotMatter) {
  const Model model = ModelOf(kModel);
  const RecordSet records = RecordsOf(model, {MadePeople(130, 23)});
  const Comparer comparer(model, records);
  const std::vector<Pair> pairs = AllPairs(records);
  std::vector<Pair> turned;
  for (const Pair& pair : pairs) turned.push_back({pair.right, pair.left});
  EXPECT_EQ(PatternsOf(comparer, pairs), PatternsOf(comparer, turned));
}

TEST(Comparer, OneComparisonAloneGivesWhatAllTogetherGive) {
  const Model model = ModelOf(kModel);
  const RecordSet records = RecordsOf(model, {MadePeople(60, 29)});
  const Comparer comparer(model, records);
  const std::vector<Pair> pairs = AllPairs(records);
  const std::vector<Pattern> patterns = PatternsOf(comparer, pairs);
  Comparer::Scratch scratch(comparer);
  std::vector<uint8_t> levels(pairs.size());
  for (int c = 0; c < static_cast<int>(model.comparisons.size()); ++c) {
    comparer.CompareOne(c, pairs, &scratch, levels.data());
    for (size_t i = 0; i < pairs.size(); ++i) ASSERT_EQ(levels[i], LevelOf(patterns[i], c));
  }
}

TEST(Comparer, LongCellsAreComparedByTheirBeginningInGoodTime) {
  const Model model = ModelOf(R"(
linkage_model: long
id_column: id
link: dedupe
blocking: [[x]]
comparisons:
  - {of: x, levels: [exact, jaro_winkler >= 0.9, else]}
  - {name: edits, of: x, levels: [exact, damerau <= 2, else]}
)");
  std::string long_a(900000, 'a'), long_b = long_a;
  long_b.back() = 'b';
  const RecordSet records =
      RecordsOf(model, {{{"id", "x"}, {{"1", long_a}, {"2", long_b}, {"3", std::string(900000, 'd')}}}});
  const Comparer comparer(model, records);
  const std::vector<Pair> pairs = AllPairs(records);
  const std::vector<Pattern> patterns = PatternsOf(comparer, pairs);
  for (int c = 0; c < 2; ++c) {
    EXPECT_EQ(LevelOf(patterns[0], c), 2);  // records 1 and 2: alike as far as is looked
    EXPECT_EQ(LevelOf(patterns[1], c), 3);
    for (size_t i = 0; i < pairs.size(); ++i) {
      EXPECT_TRUE(comparer.Holds(
          model.comparisons[static_cast<size_t>(c)].levels[static_cast<size_t>(LevelOf(patterns[i], c))].when,
          pairs[i]));
    }
  }
}

TEST(Comparer, GreatCircleIsThatOfKnownPlaces) {
  // Wenzhou to Chongqing, on a sphere of 6,371 km.
  EXPECT_NEAR(Kilometres(28.0, 120.7, 29.56, 106.55), 1387, 15);
  EXPECT_EQ(Kilometres(10, 20, 10, 20), 0);
  EXPECT_NEAR(Kilometres(0, 0, 0, 180), 6371 * 3.14159265, 1e-3);
  EXPECT_NEAR(Kilometres(0, -179.99, 0, 179.99), 2.224, 1e-3);
}

TEST(Weights, TermFrequencyGainsMoreForTheRarerValue) {
  const Model model = ModelOf(R"(
linkage_model: people
id_column: id
link: dedupe
blocking: [[last]]
comparisons:
  - of: last
    term_frequency: true
    levels: [{when: exact, m: 0.9, u: 0.25}, {when: else, m: 0.1, u: 0.75}]
prior: {probability: 0.5}
)");
  MadeTable table{{"id", "last"},
                  {{"1", "smith"},
                   {"2", "smith"},
                   {"3", "smith"},
                   {"4", "smith"},
                   {"5", "smith"},
                   {"6", "smith"},
                   {"7", "okoye"},
                   {"8", "okoye"}}};
  const RecordSet records = RecordsOf(model, {table});
  const Comparer comparer(model, records);
  const Weights weights(model, records);
  const std::vector<Pair> pairs{{0, 1}, {6, 7}, {0, 7}};
  const std::vector<Pattern> patterns = PatternsOf(comparer, pairs);
  // log2(0.9 / 0.25) + log2(0.25 / (6/8)), by hand; prior 1/2 is 0 bits.
  EXPECT_NEAR(weights.Bits(patterns[0], pairs[0]), std::log2(0.9 / 0.75), 1e-12);
  EXPECT_NEAR(weights.Bits(patterns[1], pairs[1]), std::log2(0.9 / 0.25), 1e-12);
  EXPECT_NEAR(weights.Bits(patterns[2], pairs[2]), std::log2(0.1 / 0.75), 1e-12);
  const std::vector<WeightStep> steps = weights.Steps(patterns[0], pairs[0]);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_NEAR(steps[0].bits + steps[0].tf_bits, weights.Bits(patterns[0], pairs[0]), 1e-12);
}

TEST(Weights, MissingValueSaysNothingEitherWay) {
  const Model model = ModelOf(R"(
linkage_model: people
id_column: id
link: dedupe
blocking: [[id]]
comparisons:
  - of: last
    levels: [{when: exact, m: 0.9, u: 0.25}, {when: else, m: 0.1, u: 0.75}]
prior: {probability: 0.2}
)");
  const RecordSet records = RecordsOf(model, {{{"id", "last"}, {{"1", "smith"}, {"2", ""}}}});
  const Comparer comparer(model, records);
  const Weights weights(model, records);
  const std::vector<Pair> pairs{{0, 1}};
  EXPECT_NEAR(weights.Bits(PatternsOf(comparer, pairs)[0], pairs[0]), -2, 1e-12);
}

}  // namespace
}  // namespace hearth::linkage
