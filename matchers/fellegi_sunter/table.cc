#include "matchers/fellegi_sunter/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/parallel.h"
#include "core/text.h"

namespace hearth::linkage {
namespace {

// What plain cells look like: nothing to trim at either end.
std::string_view Trimmed(std::string_view cell) {
  if (cell.empty()) return cell;
  const auto plain = [](char c) { return c > ' ' && c < 0x7F; };
  return plain(cell.front()) && plain(cell.back()) ? cell : TrimUnicode(cell);
}

void CountValues(Column* column) {
  column->counts.assign(column->values.size(), 0);
  for (uint32_t code : column->codes) {
    if (code != kNullCode) {
      ++column->counts[code];
      ++column->filled;
    }
  }
  for (uint32_t code : column->items) ++column->counts[code];
  for (size_t r = 0; r + 1 < column->starts.size(); ++r) column->filled += column->starts[r] != column->starts[r + 1];
}

}  // namespace

uint32_t RecordSet::Find(int source, std::string_view id) const {
  if (source < 0 || static_cast<size_t>(source) + 1 >= source_begin.size()) return kNullCode;
  uint32_t low = source_begin[source], high = source_begin[source + 1];
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (Id(middle) < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < source_begin[source + 1] && Id(low) == id ? low : kNullCode;
}

std::vector<std::string> TableHeadings(const Model& model, int source) {
  std::vector<std::string> headings{model.id_column};
  for (const ColumnSpec& column : model.columns) {
    for (const std::string& heading : column.from[static_cast<size_t>(source)]) {
      // The id column may be compared too, so it is looked for beyond its own place.
      if (std::find(headings.begin() + 1, headings.end(), heading) == headings.end()) headings.push_back(heading);
    }
  }
  return headings;
}

RecordSetBuilder::RecordSetBuilder(const Model& model, std::vector<std::string> sources)
    : model_(model), sources_(std::move(sources)) {
  headings_.resize(sources_.size());
  raw_.resize(sources_.size());
  lines_.resize(sources_.size());
  for (size_t s = 0; s < sources_.size(); ++s) {
    headings_[s] = TableHeadings(model, static_cast<int>(s));
    raw_[s].resize(headings_[s].size());
  }
}

void RecordSetBuilder::AddRows(int source, std::span<const std::vector<std::string_view>> cells,
                               std::span<const uint64_t> lines, int threads) {
  lines_[source].insert(lines_[source].end(), lines.begin(), lines.end());
  ParallelFor(cells.size(), threads, [&](size_t h) {
    RawColumn& raw = raw_[source][h];
    for (std::string_view cell : cells[h]) {
      const std::string_view trimmed = Trimmed(cell);
      raw.codes.push_back(trimmed.empty() ? kNullCode : raw.values.Intern(trimmed));
    }
  });
}

StatusOr<RecordSet> RecordSetBuilder::Finish(int threads) && {
  RecordSet set;
  set.sources = sources_;
  set.source_begin.push_back(0);
  // An id is a row's name, so its number in order of text is the record's place.
  std::vector<std::vector<uint32_t>> place(sources_.size());
  for (size_t s = 0; s < sources_.size(); ++s) {
    RawColumn& raw = raw_[s][0];
    const std::vector<uint32_t> order = raw.values.Sort();
    std::vector<uint64_t> line_of(raw.values.size(), 0);
    place[s].resize(raw.codes.size());
    for (size_t row = 0; row < raw.codes.size(); ++row) {
      if (raw.codes[row] == kNullCode) {
        return absl::InvalidArgumentError(fmt::format("{} line {}: column {} is empty; each row needs an id of its own",
                                                      sources_[s], lines_[s][row], model_.id_column));
      }
      const uint32_t id = order[raw.codes[row]];
      if (line_of[id] != 0) {
        return absl::InvalidArgumentError(fmt::format(
            "{} lines {} and {} have the same {}; each row needs an id of its own", sources_[s],
            std::min(line_of[id], lines_[s][row]), std::max(line_of[id], lines_[s][row]), model_.id_column));
      }
      line_of[id] = lines_[s][row];
      place[s][row] = id;
    }
    for (uint32_t id = 0; id < raw.values.size(); ++id) set.ids.push_back(set.ids_text.Intern(raw.values[id]));
    set.source_begin.push_back(static_cast<uint32_t>(set.ids.size()));
    lines_[s] = {};
  }

  // Rows to their places, values in order of text.
  struct RawName {
    size_t source, heading;
  };
  std::vector<RawName> names;
  for (size_t s = 0; s < sources_.size(); ++s) {
    for (size_t h = 1; h < headings_[s].size(); ++h) names.push_back({s, h});
  }
  ParallelFor(names.size(), threads, [&](size_t i) {
    RawColumn& raw = raw_[names[i].source][names[i].heading];
    const std::vector<uint32_t>& to = place[names[i].source];
    const std::vector<uint32_t> order = raw.values.Sort();
    std::vector<uint32_t> codes(raw.codes.size());
    for (size_t row = 0; row < codes.size(); ++row) {
      codes[to[row]] = raw.codes[row] == kNullCode ? kNullCode : order[raw.codes[row]];
    }
    raw.codes = std::move(codes);
  });

  set.columns.resize(model_.columns.size());
  ParallelFor(model_.columns.size(), threads, [&](size_t c) {
    set.columns[c] = MakeColumn(model_.columns[c], set.source_begin);
    CountValues(&set.columns[c]);
  });
  return set;
}

Column RecordSetBuilder::MakeColumn(const ColumnSpec& spec, const std::vector<uint32_t>& source_begin) const {
  Column column;
  if (spec.many()) {
    column.starts.push_back(0);
  } else {
    column.codes.reserve(source_begin.back());
  }
  for (size_t s = 0; s < sources_.size(); ++s) {
    std::vector<const RawColumn*> parts;
    for (const std::string& heading : spec.from[s]) {
      const size_t at = std::find(headings_[s].begin() + 1, headings_[s].end(), heading) - headings_[s].begin();
      parts.push_back(&raw_[s][at]);
    }
    const size_t rows = source_begin[s + 1] - source_begin[s];
    // Several headings are joined first, so that each distinct cell goes through the steps once.
    RawColumn joined;
    if (parts.size() != 1) {
      std::string text;
      for (size_t row = 0; row < rows; ++row) {
        text.clear();
        for (const RawColumn* part : parts) {
          if (part->codes[row] != kNullCode)
            text.append(text.empty() ? "" : " ").append(part->values[part->codes[row]]);
        }
        joined.codes.push_back(text.empty() ? kNullCode : joined.values.Intern(text));
      }
    }
    const RawColumn& raw = parts.size() == 1 ? *parts[0] : joined;
    if (spec.steps.empty() && s == 0) {
      column.values = raw.values;
      column.codes = raw.codes;
      continue;
    }
    std::vector<uint32_t> starts{0}, made;  // values of each raw one
    std::vector<std::string> texts;
    for (uint32_t code = 0; code < raw.values.size(); ++code) {
      texts.clear();
      ApplySteps(raw.values[code], spec.steps, &texts);
      const size_t begin = made.size();
      for (const std::string& text : texts) made.push_back(column.values.Intern(text));
      std::sort(made.begin() + begin, made.end());
      made.erase(std::unique(made.begin() + begin, made.end()), made.end());
      starts.push_back(static_cast<uint32_t>(made.size()));
    }
    for (size_t row = 0; row < rows; ++row) {
      const uint32_t code = raw.codes[row];
      const bool none = code == kNullCode || starts[code] == starts[code + 1];
      if (!spec.many()) {
        column.codes.push_back(none ? kNullCode : made[starts[code]]);
        continue;
      }
      if (!none) column.items.insert(column.items.end(), made.begin() + starts[code], made.begin() + starts[code + 1]);
      column.starts.push_back(static_cast<uint32_t>(column.items.size()));
    }
  }
  return column;
}

}  // namespace hearth::linkage
