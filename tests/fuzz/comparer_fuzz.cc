// Any list of conditions, on any small table: the comparer's levels are those of the conditions tried one by one, the
// same either way round and the same when asked again.
//
// Input: conditions, a line each, up to an empty line; then rows of two cells, parted by a bar.
#include <algorithm>
#include <string>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/comparer.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace {

using namespace hearth::linkage;

constexpr size_t kRowsMax = 12, kCellMax = 200;

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string_view NextLine(std::string_view* text) {
  const size_t end = std::min(text->find('\n'), text->size());
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  std::string levels;
  while (!text.empty()) {
    const std::string_view line = NextLine(&text);
    if (line.empty()) break;
    levels += Quoted(line) + ", ";
  }
  const hearth::StatusOr<Model> model = ReadModel(
      "linkage_model: fuzz\nid_column: id\nlink: dedupe\nblocking: [[x]]\ncomparisons:\n  - of: x\n    levels: [" +
          levels + "else]\n" + (data[0] % 2 == 0 ? "    null_level: false\n" : "") + "prior: {probability: 0.1}\n",
      "fuzz.yaml");
  if (!model.ok()) return 0;
  for (const ColumnSpec& column : model->columns) {
    for (const std::string& heading : column.from[0]) {
      if (heading != "x" && heading != "y") return 0;
    }
  }
  RecordSetBuilder builder(*model, {"a"});
  std::vector<std::vector<std::string_view>> cells(builder.Headings(0).size());
  std::vector<std::string> ids;
  for (size_t r = 0; r < kRowsMax; ++r) ids.push_back("r" + std::to_string(100 + r));
  std::vector<uint64_t> lines;
  while (!text.empty() && lines.size() < kRowsMax) {
    const std::string_view line = NextLine(&text);
    const size_t bar = std::min(line.find('|'), line.size());
    const std::string_view x = line.substr(0, std::min(bar, kCellMax));
    const std::string_view y = line.substr(std::min(bar + 1, line.size())).substr(0, kCellMax);
    for (size_t h = 0; h < cells.size(); ++h) {
      cells[h].push_back(h == 0 ? std::string_view(ids[lines.size()]) : builder.Headings(0)[h] == "x" ? x : y);
    }
    lines.push_back(lines.size() + 2);
  }
  builder.AddRows(0, cells, lines, 1);
  const hearth::StatusOr<RecordSet> records = std::move(builder).Finish(1);
  HEARTH_CHECK(records.ok(), "rows of ids of their own are refused");

  std::vector<Pair> pairs, back;
  for (uint32_t a = 0; a < records->size(); ++a) {
    for (uint32_t b = a + 1; b < records->size(); ++b) {
      pairs.push_back({a, b});
      back.push_back({b, a});
    }
  }
  const Comparer comparer(*model, *records);
  Comparer::Scratch scratch(comparer);
  std::vector<uint8_t> there(pairs.size()), again(pairs.size()), other_way(pairs.size());
  comparer.CompareOne(0, pairs, &scratch, there.data());
  comparer.CompareOne(0, pairs, &scratch, again.data());
  comparer.CompareOne(0, back, &scratch, other_way.data());
  const std::vector<Level>& all = model->comparisons[0].levels;
  for (size_t i = 0; i < pairs.size(); ++i) {
    size_t level = 0;
    while (level + 1 < all.size() && !comparer.Holds(all[level].when, pairs[i])) ++level;
    HEARTH_CHECK(there[i] == level, "a level is not that of its conditions: " + WriteModel(*model));
    HEARTH_CHECK(again[i] == level, "a level differs when asked again: " + WriteModel(*model));
    HEARTH_CHECK(other_way[i] == level, "a level differs the other way round: " + WriteModel(*model));
  }
  return 0;
}
