// Everything follows from the sizes of clusters, of entities and of their cells (records of one entity in one cluster).
// Example by hand: entities {0, 1, 2} {3, 4} {5}, clusters {0, 1} {2, 3} {4} {5}: 1 of 2 said pairs is right, of 4 true
// ones; B-cubed precision (1 + 1 + 1/2 + 1/2 + 1 + 1) / 6. Source of B-cubed: Bagga and Baldwin 1998.
#include "matchers/fellegi_sunter/evaluate.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>

namespace hearth::linkage {
namespace {

double Harmonic(double a, double b) { return a + b == 0 ? 0 : 2 * a * b / (a + b); }

struct Size {
  uint64_t left = 0, right = 0;  // of the first and the second table
  uint64_t all() const { return left + right; }
  uint64_t Pairs(bool across) const { return across ? left * right : all() * (all() - 1) / 2; }
};

}  // namespace

double Agreement::F1() const { return Harmonic(Precision(), Recall()); }
double ClusterScores::BCubedF1() const { return Harmonic(bcubed_precision, bcubed_recall); }

ClusterScores EvaluateClusters(std::span<const uint32_t> cluster_of, std::span<const uint32_t> entity_of,
                               uint32_t second_table) {
  HEARTH_CHECK(cluster_of.size() == entity_of.size(), "one cluster and one entity a record");
  const bool across = second_table != kOneTable;
  struct Row {
    uint32_t cluster, entity, record;
  };
  std::vector<Row> rows;
  std::unordered_map<uint32_t, Size> clusters, entities;  // looked up, never walked but for sums
  for (uint32_t r = 0; r < cluster_of.size(); ++r) {
    if (entity_of[r] == kUnlabelled) continue;
    rows.push_back({cluster_of[r], entity_of[r], r});
    for (Size* size : {&clusters[cluster_of[r]], &entities[entity_of[r]]})
      ++(r < second_table ? size->left : size->right);
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.cluster, a.entity, a.record) < std::tie(b.cluster, b.entity, b.record);
  });

  ClusterScores s;
  s.records = rows.size();
  s.unlabelled = cluster_of.size() - rows.size();
  s.exact.said = clusters.size();
  s.exact.truth = entities.size();
  for (const auto& [id, size] : clusters) {
    s.pairs.said += size.Pairs(across);
    s.exact_of_two.said += size.all() > 1;
  }
  for (const auto& [id, size] : entities) {
    s.pairs.truth += size.Pairs(across);
    s.exact_of_two.truth += size.all() > 1;
  }
  double precision = 0, recall = 0;
  for (size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
    Size cell;
    for (; end < rows.size() && rows[end].cluster == rows[begin].cluster && rows[end].entity == rows[begin].entity;
         ++end) {
      ++(rows[end].record < second_table ? cell.left : cell.right);
    }
    const uint64_t cluster = clusters[rows[begin].cluster].all(), entity = entities[rows[begin].entity].all();
    s.pairs.right += cell.Pairs(across);
    const bool equal = cell.all() == cluster && cell.all() == entity;
    s.exact.right += equal;
    s.exact_of_two.right += equal && cell.all() > 1;
    const double square = static_cast<double>(cell.all()) * static_cast<double>(cell.all());
    precision += square / static_cast<double>(cluster);
    recall += square / static_cast<double>(entity);
  }
  if (!rows.empty()) {
    s.bcubed_precision = precision / static_cast<double>(rows.size());
    s.bcubed_recall = recall / static_cast<double>(rows.size());
  }
  return s;
}

Agreement EvaluateLinks(std::span<const Link> links, double threshold_bits, std::span<const uint32_t> entity_of,
                        uint32_t second_table) {
  const bool across = second_table != kOneTable;
  Agreement a;
  std::unordered_map<uint32_t, Size> entities;
  for (uint32_t r = 0; r < entity_of.size(); ++r) {
    if (entity_of[r] == kUnlabelled) continue;
    Size& size = entities[entity_of[r]];
    ++(r < second_table ? size.left : size.right);
  }
  for (const auto& [id, size] : entities) a.truth += size.Pairs(across);
  for (const Link& link : links) {
    const uint32_t left = entity_of[link.left], right = entity_of[link.right];
    if (!(link.weight >= threshold_bits) || left == kUnlabelled || right == kUnlabelled) continue;
    if (across && (link.left < second_table) == (link.right < second_table)) continue;
    ++a.said;
    a.right += left == right;
  }
  return a;
}

namespace {

// One row of CSV from *text; false at its end. Cells are trimmed; *closed is false when a quote is not.
bool NextRow(std::string_view* text, std::vector<std::string>* cells, uint64_t* line, bool* closed) {
  cells->clear();
  *closed = true;
  if (text->empty()) return false;
  std::string cell;
  bool quoted = false;
  size_t i = 0;
  for (; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (quoted) {
      if (c == '"' && i + 1 < text->size() && (*text)[i + 1] == '"') {
        cell += c;
        ++i;
      } else if (c == '"') {
        quoted = false;
      } else {
        *line += c == '\n';
        cell += c;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      cells->push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n') {
      ++i;
      break;
    } else {
      cell += c;
    }
  }
  *closed = !quoted;
  ++*line;
  cells->push_back(std::move(cell));
  text->remove_prefix(i);
  for (std::string& s : *cells) {
    const size_t from = s.find_first_not_of(" \t\r"), to = s.find_last_not_of(" \t\r");
    s = from == std::string::npos ? "" : s.substr(from, to - from + 1);
  }
  return true;
}

constexpr std::string_view kLabelColumns[5][2] = {{"id_l", "unique_id_l"},
                                                  {"id_r", "unique_id_r"},
                                                  {"score", "clerical_match_score"},
                                                  {"source_l", "source_dataset_l"},
                                                  {"source_r", "source_dataset_r"}};

std::string At(std::string_view file, uint64_t line) { return std::string(file) + ":" + std::to_string(line) + ": "; }

}  // namespace

StatusOr<std::vector<LabelledPair>> ReadLabels(std::string_view csv, std::string_view file_name,
                                               const RecordSet& records) {
  if (csv.starts_with("\xEF\xBB\xBF")) csv.remove_prefix(3);
  std::vector<std::string> cells;
  uint64_t line = 0;
  bool closed = true;
  if (!NextRow(&csv, &cells, &line, &closed)) {
    return InvalidArgument(At(file_name, 1) + "no header; id_l,id_r,score would be right");
  }
  std::optional<size_t> column[5];
  for (size_t c = 0; c < 5; ++c) {
    for (size_t h = 0; h < cells.size() && !column[c]; ++h) {
      if (cells[h] == kLabelColumns[c][0] || cells[h] == kLabelColumns[c][1]) column[c] = h;
    }
    if (!column[c] && c < 3) {
      return InvalidArgument(At(file_name, 1) + "no column " + std::string(kLabelColumns[c][0]) +
                             "; id_l,id_r,score would be right");
    }
  }
  const bool two = records.sources.size() == 2;
  const size_t width = cells.size();
  const auto find = [&](int side) {
    int source = two ? side : 0;
    if (two && column[3 + side]) {
      const auto at = std::find(records.sources.begin(), records.sources.end(), cells[*column[3 + side]]);
      if (at == records.sources.end()) return kNullCode;
      source = static_cast<int>(at - records.sources.begin());
    }
    return records.Find(source, cells[*column[side]]);
  };

  struct Row {
    LabelledPair label;
    uint64_t line;
  };
  std::vector<Row> rows;
  std::vector<uint64_t> unknown;
  for (uint64_t first = line + 1; NextRow(&csv, &cells, &line, &closed); first = line + 1) {
    if (!closed) return InvalidArgument(At(file_name, first) + "a quote is not closed");
    if (cells.size() == 1 && cells[0].empty()) continue;
    if (cells.size() != width) {
      return InvalidArgument(At(file_name, first) + std::to_string(cells.size()) + " cells; the header has " +
                             std::to_string(width));
    }
    double score = -1;
    const std::string& text = cells[*column[2]];
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), score);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !(score >= 0 && score <= 1)) {
      return InvalidArgument(At(file_name, first) + "the score is no number from 0 to 1");
    }
    const uint32_t left = find(0), right = find(1);
    if (left == kNullCode || right == kNullCode) {
      unknown.push_back(first);
      continue;
    }
    if (left == right) return InvalidArgument(At(file_name, first) + "a record is labelled against itself");
    rows.push_back({{{std::min(left, right), std::max(left, right)}, score}, first});
  }
  if (!unknown.empty()) {
    std::string message = std::string(file_name) + ": " + std::to_string(unknown.size()) +
                          (unknown.size() == 1 ? " row names an id" : " rows name an id") +
                          " that is no record of the tables: line";
    constexpr size_t kNamed = 5;
    for (size_t i = 0; i < std::min(unknown.size(), kNamed); ++i) {
      message += (i == 0 ? " " : ", ") + std::to_string(unknown[i]);
    }
    return InvalidArgument(message + (unknown.size() > kNamed ? ", …" : ""));
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return std::tie(a.label.pair, a.line) < std::tie(b.label.pair, b.line); });
  std::vector<LabelledPair> labels;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0 && rows[i].label.pair == rows[i - 1].label.pair) {
      if (rows[i].label.score != rows[i - 1].label.score) {
        return InvalidArgument(At(file_name, rows[i].line) + "the pair of line " + std::to_string(rows[i - 1].line) +
                               " again, with another score");
      }
      continue;
    }
    labels.push_back(rows[i].label);
  }
  return labels;
}

Agreement EvaluateLabels(std::span<const Link> links, double threshold_bits, std::span<const LabelledPair> labels) {
  std::vector<Pair> said;
  for (const Link& link : links) {
    if (link.weight >= threshold_bits)
      said.push_back({std::min(link.left, link.right), std::max(link.left, link.right)});
  }
  std::sort(said.begin(), said.end());
  Agreement a;
  for (const LabelledPair& label : labels) {
    const bool is_said = std::binary_search(said.begin(), said.end(), label.pair), is_one = label.score >= 0.5;
    a.said += is_said;
    a.truth += is_one;
    a.right += is_said && is_one;
  }
  return a;
}

}  // namespace hearth::linkage
