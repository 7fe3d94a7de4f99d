#include "matchers/fellegi_sunter/candidates.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "matchers/fellegi_sunter/condition.h"
#include "tests/matchers/fellegi_sunter/made_records.h"

namespace hearth::linkage {
namespace {

const char kModel[] = R"(
linkage_model: people
id_column: id
link: {LINK}
columns:
  tag: {from: tags, steps: ["split ;"]}
  near: {from: last, steps: [one_edit]}
blocking:
  - [first, last]
  - [dob]
  - {on: ["first = last"]}
  - {on: [tag, "dob | substr 1 4"]}
  - {on: [near], where: "levenshtein(first) <= 2"}
  - {on: ["first = last", "last = first"]}
  - [lat]
comparisons:
  - of: first
    levels: [exact, else]
)";

Model PeopleModel(const std::string& link) {
  std::string text = kModel;
  text.replace(text.find("{LINK}"), 6, link);
  return ModelOf(text);
}

std::vector<Pair> PairsOf(const Model& model, const RecordSet& records, int threads) {
  StatusOr<Blocking> blocking = Blocking::Make(model, records, model.blocking, threads);
  EXPECT_TRUE(blocking.ok()) << blocking.status();
  std::vector<Pair> pairs;
  std::mutex lock;
  blocking->ForEachBatch(threads, [&](int, std::span<const Pair> batch) {
    EXPECT_LE(batch.size(), Blocking::kBatch);
    const std::lock_guard guard(lock);
    pairs.insert(pairs.end(), batch.begin(), batch.end());
  });
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

std::set<std::string> ValuesOf(const Column& column, uint32_t record) {
  std::set<std::string> values;
  if (column.many()) {
    for (uint32_t code : column.Items(record)) values.emplace(column.values[code]);
  } else if (!column.IsNull(record)) {
    values.emplace(column.values[column.codes[record]]);
  }
  return values;
}

// The definition: every part has a value in common, l. on the left and r. on the right.
bool Makes(const Model& model, const RecordSet& records, const BlockingRule& rule, uint32_t left, uint32_t right) {
  for (const KeyPart& part : rule.parts) {
    const std::set<std::string> a = ValuesOf(records.columns[part.left], left),
                                b = ValuesOf(records.columns[part.right], right);
    if (std::none_of(a.begin(), a.end(), [&](const std::string& value) { return b.contains(value); })) return false;
  }
  return !rule.filter || Holds(*rule.filter, records, {std::min(left, right), std::max(left, right)}, model.bytes);
}

std::vector<Pair> PairsByDefinition(const Model& model, const RecordSet& records) {
  std::vector<Pair> pairs;
  for (uint32_t a = 0; a < records.size(); ++a) {
    for (uint32_t b = a + 1; b < records.size(); ++b) {
      const bool across = records.SourceOf(a) != records.SourceOf(b);
      if (model.link_type == LinkType::kLink && !across) continue;
      const bool made = std::any_of(model.blocking.begin(), model.blocking.end(), [&](const BlockingRule& rule) {
        return Makes(model, records, rule, a, b) ||
               (model.link_type != LinkType::kLink && Makes(model, records, rule, b, a));
      });
      if (made) pairs.push_back({a, b});
    }
  }
  return pairs;
}

TEST(Candidates, OneTableGivesThePairsOfTheDefinitionEachOnce) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    const Model model = PeopleModel("dedupe");
    const RecordSet records = RecordsOf(model, {MadePeople(150, seed)});
    EXPECT_EQ(PairsOf(model, records, 1), PairsByDefinition(model, records));
  }
}

TEST(Candidates, TwoTablesGivePairsAcrossThemOnly) {
  const Model model = PeopleModel("link");
  const RecordSet records = RecordsOf(model, {MadePeople(90, 3), MadePeople(110, 4)});
  EXPECT_EQ(PairsOf(model, records, 2), PairsByDefinition(model, records));
}

TEST(Candidates, TwoTablesWithDuplicatesInsideGiveAllPairs) {
  const Model model = PeopleModel("link_and_dedupe");
  const RecordSet records = RecordsOf(model, {MadePeople(90, 5), MadePeople(110, 6)});
  EXPECT_EQ(PairsOf(model, records, 2), PairsByDefinition(model, records));
}

TEST(Candidates, ThreadsDoNotChangeThePairs) {
  const Model model = PeopleModel("dedupe");
  const RecordSet records = RecordsOf(model, {MadePeople(1500, 9)});
  const std::vector<Pair> alone = PairsOf(model, records, 1);
  EXPECT_GT(alone.size(), 3 * Blocking::kBatch);
  EXPECT_EQ(alone, PairsOf(model, records, 4));
}

TEST(Candidates, RuleOfTooManyPairsIsRefusedAndItsLargestKeysAreNamed) {
  Model model = ModelOf(R"(
linkage_model: people
id_column: id
link: dedupe
blocking: [[last]]
comparisons: [{of: first, levels: [exact, else]}]
pairs_max: 100
)");
  MadeTable table{{"id", "first", "last"}, {}};
  for (int r = 0; r < 20; ++r) table.rows.push_back({std::to_string(r), "x", r < 16 ? "smith" : "jones"});
  const RecordSet records = RecordsOf(model, {table});
  const auto blocking = Blocking::Make(model, records, model.blocking, 1);
  ASSERT_FALSE(blocking.ok());
  EXPECT_EQ(blocking.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(
      std::string(blocking.status().message()),
      "blocking rule last would make 126 pairs, more than pairs_max 100; its largest keys: \"smith\" (16 records, "
      "120 pairs), \"jones\" (4 records, 6 pairs). Add a column to the rule, give it a max_block, or raise "
      "pairs_max");
}

TEST(Candidates, BlockOverItsBoundMakesNoPairsAndIsReported) {
  const Model model = ModelOf(R"(
linkage_model: people
id_column: id
link: dedupe
blocking: [{on: [last], max_block: 10}, [first]]
comparisons: [{of: first, levels: [exact, else]}]
)");
  MadeTable table{{"id", "first", "last"}, {}};
  for (int r = 0; r < 20; ++r)
    table.rows.push_back({std::to_string(r), r < 2 ? "x" : std::to_string(r), r < 16 ? "smith" : "jones"});
  const RecordSet records = RecordsOf(model, {table});
  // Records 0 and 1 meet by `first`, although the skipped block of `last` holds them both.
  EXPECT_EQ(PairsOf(model, records, 1).size(), 6u + 1u);
  const auto blocking = Blocking::Make(model, records, model.blocking, 1);
  EXPECT_EQ(blocking->report()[0].skipped_blocks, 1u);
  EXPECT_EQ(blocking->report()[0].skipped_pairs, 120u);
  EXPECT_EQ(blocking->report()[0].largest[0].key, "smith");
}

TEST(Candidates, EmptyColumnMakesNoPairs) {
  const Model model = ModelOf(R"(
linkage_model: people
id_column: id
link: dedupe
blocking: [[last]]
comparisons: [{of: first, levels: [exact, else]}]
)");
  const RecordSet records = RecordsOf(model, {{{"id", "first", "last"}, {{"1", "x", ""}, {"2", "x", " "}}}});
  EXPECT_TRUE(PairsOf(model, records, 2).empty());
}

// A record has a key for each mix of its values: 20,000 times 20,000 of them would not fit in memory.
TEST(Candidates, ARuleThatGivesTooManyKeysIsRefused) {
  const Model model = ModelOf(R"(
linkage_model: keys
id_column: id
link: dedupe
blocking: [["x | tokens", "y | tokens"]]
comparisons: [{of: x, use: equal}]
)");
  const auto made = [&](int words) {
    std::string text;
    for (int w = 0; w < words; ++w) text += std::to_string(w) + " ";
    const RecordSet records = RecordsOf(model, {{{"id", "x", "y"}, {{"1", text, text}, {"2", text, text}}}});
    return Blocking::Make(model, records, model.blocking, 1);
  };
  EXPECT_TRUE(made(20).ok());
  const auto refused = made(20000);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(refused.status().message().find("would give the records more than"), std::string_view::npos);
}

}  // namespace
}  // namespace hearth::linkage
