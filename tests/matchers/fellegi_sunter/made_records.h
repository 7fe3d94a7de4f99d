// Small tables for tests of the linkage engine: rows as a test writes them, and seeded made-up ones.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "matchers/fellegi_sunter/model_reader.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

struct MadeTable {
  std::vector<std::string> headings;  // the id column first
  std::vector<std::vector<std::string>> rows;
};

inline Model ModelOf(const std::string& yaml) {
  StatusOr<Model> model = ReadModel(yaml, "model.yaml");
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : Model();
}

inline StatusOr<RecordSet> TryRecords(const Model& model, const std::vector<MadeTable>& tables, int threads = 1) {
  std::vector<std::string> names;
  for (size_t t = 0; t < tables.size(); ++t) names.push_back(t == 0 ? "a" : "b");
  RecordSetBuilder builder(model, names);
  for (size_t t = 0; t < tables.size(); ++t) {
    const std::vector<std::string>& headings = builder.Headings(static_cast<int>(t));
    std::vector<std::vector<std::string_view>> cells(headings.size());
    std::vector<uint64_t> lines;
    for (const std::vector<std::string>& row : tables[t].rows) {
      lines.push_back(lines.size() + 2);
      for (size_t h = 0; h < headings.size(); ++h) {
        const auto at = std::find(tables[t].headings.begin(), tables[t].headings.end(), headings[h]);
        cells[h].push_back(row[static_cast<size_t>(at - tables[t].headings.begin())]);
      }
    }
    builder.AddRows(static_cast<int>(t), cells, lines, threads);
  }
  return std::move(builder).Finish(threads);
}

inline RecordSet RecordsOf(const Model& model, const std::vector<MadeTable>& tables, int threads = 1) {
  StatusOr<RecordSet> records = TryRecords(model, tables, threads);
  EXPECT_TRUE(records.ok()) << records.status();
  return records.ok() ? std::move(*records) : RecordSet();
}

// Columns id, first, last, dob, lat, lng, tags: few values, so that keys meet; many gaps and small edits.
inline MadeTable MadePeople(size_t rows, uint32_t seed, const std::string& id_prefix = "r") {
  std::mt19937 random(seed);
  const auto pick = [&](const std::vector<std::string>& from) {
    return random() % 8 == 0 ? std::string() : from[random() % from.size()];
  };
  const auto edit = [&](std::string text) {
    if (!text.empty() && random() % 4 == 0) text[random() % text.size()] = static_cast<char>('a' + random() % 26);
    return text;
  };
  MadeTable table{{"id", "first", "last", "dob", "lat", "lng", "tags"}, {}};
  for (size_t r = 0; r < rows; ++r) {
    std::string dob = pick({"1980-01-02", "1980-02-01", "1980-01-03", "1975-12-31", "2001-10-10", "no day"});
    table.rows.push_back({id_prefix + std::to_string(random() % 1000000) + "-" + std::to_string(r),
                          edit(pick({"anna", "hannah", "ann", "peter", "pieter", "王芳", "王方", "欧阳娜"})),
                          edit(pick({"smith", "smyth", "jones", "anna", "li"})), dob,
                          pick({"30.1", "30.11", "31.5", "-45", "x"}), pick({"120.0", "120.02", "121.5", "-179.99"}),
                          pick({"a;b", "b;c", "c", "a;b;c", "d"})});
  }
  return table;
}

}  // namespace hearth::linkage
