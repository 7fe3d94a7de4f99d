#include "tests/matchers/fellegi_sunter/train_people.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace hearth::linkage {
namespace {

const char* const kSyllables[] = {"ba", "ren", "li", "mo", "tas", "ku", "vel", "no", "si", "dar", "ga", "pim"};
constexpr size_t kSyllableCount = std::size(kSyllables);

// Commoner at smaller numbers.
std::string Name(std::mt19937_64& random, size_t kinds, size_t salt) {
  size_t at = std::min(random() % kinds, random() % kinds) * 7 + salt;
  std::string name;
  for (int i = 0; i < 3; ++i) {
    name += kSyllables[at % kSyllableCount];
    at /= kSyllableCount;
  }
  return name;
}

void Misspell(std::mt19937_64& random, std::string* text) {
  const size_t at = random() % text->size();
  const bool digit = (*text)[at] >= '0' && (*text)[at] <= '9';
  if ((*text)[at] != '-') (*text)[at] = static_cast<char>((digit ? '0' : 'a') + random() % 10);
}

}  // namespace

Table MakePeople(int persons, uint64_t seed) {
  std::mt19937_64 random(seed);
  Table table;
  for (int p = 0; p < persons; ++p) {
    char born[11];
    snprintf(born, sizeof born, "%04d-%02d-%02d", static_cast<int>(1940 + random() % 60),
             static_cast<int>(1 + random() % 12), static_cast<int>(1 + random() % 28));
    const Row row = {Name(random, 150, 3), Name(random, 300, 5), born, "town" + std::to_string(random() % 40),
                     Name(random, 20, 1) + " " + Name(random, 20, 2)};
    const size_t copies = 1 + random() % 3;
    for (size_t copy = 0; copy < copies; ++copy) {
      Row mine = row;
      for (size_t f = 0; f < 3; ++f) {
        if (random() % 10 == 0) Misspell(random, &mine[f]);
        if (random() % 20 == 0) mine[f].clear();
      }
      if (random() % 4 == 0) mine[3] = "town" + std::to_string(random() % 40);
      table.ids.push_back(std::to_string(p) + "-" + std::to_string(copy));
      table.rows.push_back(std::move(mine));
    }
  }
  return table;
}

Table Shuffled(const Table& table, uint64_t seed) {
  std::vector<size_t> order(table.ids.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64(seed));
  Table shuffled;
  for (size_t i : order) {
    shuffled.ids.push_back(table.ids[i]);
    shuffled.rows.push_back(table.rows[i]);
  }
  return shuffled;
}

std::string PersonOf(std::string_view id) { return std::string(id.substr(0, id.find('-'))); }

Condition Of(Test test, ColumnIndex a, double bound) { return {.test = test, .a = a, .b = a, .bound = bound}; }

BlockingRule RuleOn(std::vector<ColumnIndex> columns) {
  BlockingRule rule;
  for (ColumnIndex c : columns) {
    rule.parts.push_back({c, c});
    rule.text += (rule.text.empty() ? "" : " + ") + std::string("c") + std::to_string(c);
  }
  return rule;
}

Model PeopleModel(LinkType link_type) {
  Model model{.name = "people", .id_column = "id", .link_type = link_type};
  const auto column = [&](std::string name, std::string heading, std::vector<Step> steps) {
    model.columns.push_back({std::move(name), {std::vector{heading}, std::vector{heading}}, std::move(steps)});
  };
  column("given", "given", {});
  column("family", "family", {});
  column("born", "born", {});
  column("town", "town", {});
  column("tags", "tags", {{.kind = StepKind::kTokens}});
  column("year", "born", {{.kind = StepKind::kSubstr, .first = 1, .count = 4}});
  column("initial", "given", {{.kind = StepKind::kSubstr, .first = 1, .count = 1}});
  const auto comparison = [&](std::string name, ColumnIndex c, std::vector<Condition> grades) {
    Comparison made{.name = std::move(name)};
    made.levels.push_back({.label = "null", .when = Of(Test::kNull, c), .is_null = true});
    made.levels.push_back({.label = "exact", .when = Of(Test::kEqual, c), .exact = true});
    for (const Condition& grade : grades) made.levels.push_back({.label = "close", .when = grade});
    made.levels.push_back({.label = "else"});
    model.comparisons.push_back(std::move(made));
  };
  comparison("given", kGiven, {Of(Test::kJaroWinkler, kGiven, 0.85)});
  comparison("family", kFamily, {Of(Test::kJaroWinkler, kFamily, 0.85)});
  comparison("born", kBorn, {Of(Test::kLevenshtein, kBorn, 1)});
  comparison("town", kTown, {});
  model.blocking = {RuleOn({kGiven, kFamily}), RuleOn({kBorn}), RuleOn({kFamily, kTown}), RuleOn({kGiven, kYear})};
  model.training.prior_rules = {RuleOn({kGiven, kFamily, kBorn})};
  model.training.recall = 0.42;
  model.training.u_pairs = 1e6;
  model.training.em_rules = {RuleOn({kGiven, kFamily}), RuleOn({kBorn, kTown})};
  return model;
}

RecordSet Records(const Model& model, const std::vector<Table>& tables) {
  std::vector<std::string> names;
  for (size_t t = 0; t < tables.size(); ++t) names.push_back(std::string(1, static_cast<char>('a' + t)));
  RecordSetBuilder builder(model, names);
  const std::vector<std::string> headings = {"given", "family", "born", "town", "tags"};
  for (size_t t = 0; t < tables.size(); ++t) {
    std::vector<std::vector<std::string_view>> cells;
    for (const std::string& heading : builder.Headings(static_cast<int>(t))) {
      std::vector<std::string_view>& column = cells.emplace_back();
      const auto at = static_cast<size_t>(std::find(headings.begin(), headings.end(), heading) - headings.begin());
      for (size_t r = 0; r < tables[t].ids.size(); ++r) {
        column.push_back(cells.size() == 1 ? std::string_view(tables[t].ids[r])
                                           : std::string_view(tables[t].rows[r][at]));
      }
    }
    std::vector<uint64_t> lines(tables[t].ids.size());
    for (size_t r = 0; r < lines.size(); ++r) lines[r] = r + 2;
    builder.AddRows(static_cast<int>(t), cells, lines, 1);
  }
  StatusOr<RecordSet> records = std::move(builder).Finish(1);
  EXPECT_TRUE(records.ok()) << records.status();
  return std::move(records).value();
}

}  // namespace hearth::linkage
