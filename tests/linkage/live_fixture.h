// Linkage stores of made people in a folder of the test's own, and the batch that each must end equal to. All people
// are made up.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "linkage/live/live_linker.h"
#include "matchers/fellegi_sunter/condition.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {

// A row by heading; the id apart.
using MadeRow = std::map<std::string, std::string>;
using MadeTable = std::map<std::string, MadeRow>;  // by id

inline constexpr std::string_view kHeadings[] = {"first", "last", "dob", "city", "tags", "lat", "lng"};

inline std::string LiveModelText(std::string_view link, std::string_view clusters, bool one_to_one = false) {
  return "linkage_model: made people\nid_column: id\nlink: " + std::string(link) +
         (one_to_one ? "\none_to_one: true" : "") + "\nclusters: " + std::string(clusters) + R"(
columns:
  tag: {from: tags, steps: ["split ;"]}
  near: {from: last, steps: [one_edit]}
blocking:
  - [first, last]
  - [dob]
  - {on: [city], max_block: 25}
  - {on: ["first = last"]}
  - {on: [tag, "dob | substr 1 4"]}
  - {on: [near], where: "levenshtein(first) <= 2"}
comparisons:
  - of: first
    levels: [exact, jaro_winkler >= 0.9]
    term_frequency: true
  - of: last
    levels: [exact, levenshtein <= 1]
    term_frequency: true
  - of: dob
    levels: [exact, levenshtein <= 1]
  - of: city
    levels: [exact]
  - of: [lat, lng]
    levels: [km <= 10, km <= 100]
prior: {rules: [[first, last, dob]], recall: 0.7}
training: {u_pairs: 100000, seed: 1, em: [[first, last], [dob]]}
thresholds: {link: 0.9, review: 0.3}
)";
}

class LiveFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    dir_ = std::filesystem::temp_directory_path() /
           ("hearth_" + std::string(info->test_suite_name()) + "_" + info->name() + "_" + std::to_string(::getpid()));
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string Path(std::string_view name) const { return (dir_ / name).string(); }
  std::string Write(std::string_view name, std::string_view bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }
  std::string WriteTable(std::string_view name, const MadeTable& table) const {
    std::string text = "id";
    for (const std::string_view heading : kHeadings) text.append(",").append(heading);
    text += '\n';
    for (const auto& [id, row] : table) {
      text += id;
      for (const std::string_view heading : kHeadings) text.append(",").append(row.at(std::string(heading)));
      text += '\n';
    }
    return Write(name, text);
  }
  static Model ModelOf(std::string_view text) {
    StatusOr<Model> model = ReadModel(text, "test.yaml");
    EXPECT_TRUE(model.ok()) << model.status();
    return *std::move(model);
  }
  static CivilDay Day(int day) { return CivilDay::FromYmd(2024, 3, day).value(); }

  // People with some records each; a few names beyond ASCII, gaps and typos. prefix: of ids.
  static MadeTable MadePeople(uint64_t seed, size_t records, std::string_view prefix) {
    std::mt19937_64 random(seed);
    const std::vector<std::string> firsts = {"ana",  "anna", "bela", "béla", "carl",
                                             "dora", "emil", "王芳", "rosa", "lee"};
    const std::vector<std::string> lasts = {"adler", "adlar", "baum",  "lee",  "rosa",    "stein",
                                            "steyn", "voss",  "weber", "welt", "zabłocki"};
    const std::vector<std::string> cities = {"arden", "arden", "arden", "birk", "colm", "dorn"};
    const auto of = [&](const std::vector<std::string>& list) { return list[random() % list.size()]; };
    MadeTable table;
    for (size_t n = 0; table.size() < records;) {
      MadeRow person{
          {"first", of(firsts)},
          {"last", of(lasts)},
          {"dob", "19" + std::to_string(60 + random() % 12) + "-0" + std::to_string(1 + random() % 9) + "-1" +
                      std::to_string(random() % 9)},
          {"city", of(cities)},
          {"tags", std::string(1, static_cast<char>('p' + random() % 6)) + ";" + static_cast<char>('p' + random() % 6)},
          {"lat", std::to_string(28 + static_cast<int>(random() % 3)) + "." + std::to_string(random() % 10)},
          {"lng", "120." + std::to_string(random() % 10)}};
      for (size_t copies = 1 + random() % 4; copies > 0 && table.size() < records; --copies) {
        MadeRow row = person;
        if (random() % 5 == 0) row["first"] = of(firsts);
        if (random() % 5 == 0) row["last"] = of(lasts);
        if (random() % 6 == 0) row["dob"] = row["dob"].substr(0, 9) + std::to_string(random() % 9);
        if (random() % 4 == 0) row["city"] = of(cities);
        if (random() % 6 == 0) row[std::string(kHeadings[random() % 7])] = "";
        // Ids in no order of arrival.
        table[std::string(prefix) + std::to_string((++n * 7919) % 100'003)] = row;
      }
    }
    return table;
  }

  // Links by names of records, and each record's cluster as the least name in it.
  struct Outcome {
    std::map<std::pair<std::string, std::string>, double> links;
    std::map<std::string, std::string> cluster_of;
    bool operator==(const Outcome&) const = default;
  };
  static std::string NameOf(int source, std::string_view id) { return std::to_string(source) + ":" + std::string(id); }

  static Outcome OutcomeOf(const LiveTable& table) {
    Outcome out;
    const std::vector<uint32_t> order = table.Order();
    std::vector<std::string> names;
    for (const uint32_t r : order) names.push_back(NameOf(table.KeyOf(r).source, table.KeyOf(r).id));
    for (const Link& link : table.Links(order)) out.links[{names[link.left], names[link.right]}] = link.weight;
    std::map<uint64_t, std::string> least;
    for (size_t i = 0; i < order.size(); ++i) {
      EXPECT_NE(table.PersonOf(order[i]), 0u);
      const auto [at, is_new] = least.try_emplace(table.PersonOf(order[i]), names[i]);
      out.cluster_of[names[i]] = at->second;
    }
    for (const uint32_t r : order) {
      const auto mates =
          std::count_if(order.begin(), order.end(), [&](uint32_t o) { return table.PersonOf(o) == table.PersonOf(r); });
      EXPECT_EQ(static_cast<size_t>(mates), table.RecordsOf(table.PersonOf(r)));
    }
    EXPECT_EQ(least.size(), table.persons());
    EXPECT_EQ(order.size(), table.size());
    return out;
  }

  // The definition of what the model's blocking rules make, all pairs tried; `stopped`: cities that are too common.
  static bool Makes(const Model& model, const RecordSet& records, uint32_t a, uint32_t b,
                    const std::set<std::string>& stopped) {
    const auto values = [&](ColumnIndex c, uint32_t r) {
      std::set<std::string> out;
      const Column& column = records.columns[c];
      if (column.many()) {
        for (const uint32_t item : column.Items(r)) out.emplace(column.values[item]);
      } else if (!column.IsNull(r)) {
        out.emplace(column.values[column.codes[r]]);
      }
      return out;
    };
    const auto meets = [&](const BlockingRule& rule, uint32_t l, uint32_t r) {
      for (const KeyPart& part : rule.parts) {
        const std::set<std::string> left = values(part.left, l), right = values(part.right, r);
        const bool common = std::any_of(left.begin(), left.end(), [&](const std::string& v) {
          return right.contains(v) && (rule.max_block == 0 || !stopped.contains(v));
        });
        if (!common) return false;
      }
      return !rule.filter || Holds(*rule.filter, records, {std::min(l, r), std::max(l, r)}, model.bytes);
    };
    const bool across = records.SourceOf(a) != records.SourceOf(b);
    if (model.link_type == LinkType::kLink && !across) return false;
    return std::any_of(model.blocking.begin(), model.blocking.end(), [&](const BlockingRule& rule) {
      return meets(rule, a, b) || (model.link_type != LinkType::kLink && meets(rule, b, a));
    });
  }

  // The batch: all pairs of a table made from scratch, with the frozen model. first: the tables it was frozen on.
  static Outcome Batch(const FrozenModel& frozen, const std::vector<MadeTable>& first,
                       const std::vector<MadeTable>& tables, const std::vector<LiveDecision>& decisions = {}) {
    const Model& model = frozen.model;
    std::map<std::string, uint64_t> city_rows;
    for (const MadeTable& table : first) {
      for (const auto& [id, row] : table) ++city_rows[row.at("city")];
    }
    std::set<std::string> stopped;
    for (const auto& [city, rows] : city_rows) {
      if (rows > 25) stopped.insert(city);
    }
    const RecordSet own = RecordsOf(model, frozen.sources, tables);
    const RecordSet first_records = RecordsOf(model, frozen.sources, first);
    const TermCounts terms = CountTerms(model, first_records);
    const Comparer comparer(model, own);
    const Weights weights(model, own, terms);
    Comparer::Scratch scratch(comparer);
    const auto score = [&](std::span<const Pair> pairs, double* bits) {
      std::vector<Pattern> patterns(pairs.size());
      comparer.Compare(pairs, &scratch, patterns.data());
      for (size_t i = 0; i < pairs.size(); ++i) bits[i] = weights.Bits(patterns[i], pairs[i]);
    };
    std::vector<Link> links;
    const auto count = static_cast<uint32_t>(own.size());
    for (uint32_t a = 0; a < count; ++a) {
      for (uint32_t b = a + 1; b < count; ++b) {
        if (!Makes(model, own, a, b, stopped)) continue;
        const Pair pair{a, b};
        double bits = 0;
        score(std::span(&pair, 1), &bits);
        if (bits >= BitsOfProbability(0.3)) links.push_back({a, b, bits});
      }
    }
    if (model.one_to_one) links = OneToOne(links, BitsOfProbability(0.9));
    std::map<std::pair<RecordKey, RecordKey>, LiveDecision> standing;
    for (const LiveDecision& d : decisions) standing[{d.left, d.right}] = d;
    std::vector<Pair> cannot, must;
    for (const auto& [keys, d] : standing) {
      const uint32_t a = own.Find(d.left.source, d.left.id), b = own.Find(d.right.source, d.right.id);
      if (a == kNullCode || b == kNullCode) continue;
      if (d.verdict == LinkVerdict::kSame) must.push_back({std::min(a, b), std::max(a, b)});
      if (d.verdict == LinkVerdict::kDifferent) cannot.push_back({std::min(a, b), std::max(a, b)});
    }
    const Clustering clusters =
        Cluster({.records = own.size(), .links = links, .cannot = cannot, .must = must, .score = score},
                {.method = model.cluster_method, .threshold_bits = BitsOfProbability(0.9)});
    Outcome out;
    const auto name = [&](uint32_t r) { return NameOf(own.SourceOf(r), own.Id(r)); };
    for (const Link& link : links) out.links[{name(link.left), name(link.right)}] = link.weight;
    for (uint32_t r = 0; r < own.size(); ++r) out.cluster_of[name(r)] = name(clusters.cluster_of[r]);
    return out;
  }

  static RecordSet RecordsOf(const Model& model, const std::vector<std::string>& sources,
                             const std::vector<MadeTable>& tables) {
    RecordSetBuilder builder(model, sources);
    for (size_t s = 0; s < tables.size(); ++s) {
      const std::vector<std::string>& headings = builder.Headings(static_cast<int>(s));
      std::vector<std::vector<std::string_view>> cells(headings.size());
      std::vector<uint64_t> lines;
      for (const auto& [id, row] : tables[s]) {
        cells[0].push_back(id);
        for (size_t h = 1; h < headings.size(); ++h) cells[h].push_back(row.at(headings[h]));
        lines.push_back(lines.size() + 2);
      }
      builder.AddRows(static_cast<int>(s), cells, lines, 1);
    }
    StatusOr<RecordSet> records = std::move(builder).Finish(1);
    EXPECT_TRUE(records.ok()) << records.status();
    return *std::move(records);
  }

  std::filesystem::path dir_;
};

}  // namespace hearth::linkage
