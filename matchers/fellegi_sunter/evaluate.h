// How well a linkage does against known labels: of its clusters, of its links, and against clerical labels of pairs.
//
//   const ClusterScores s = EvaluateClusters(clustering.cluster_of, entity_of, kOneTable);
//   s.pairs.F1(), s.exact.F1(), s.BCubedF1()
//
// Labels serve measurement alone; nothing of the engine reads them. Share of nothing is 1. With two tables only pairs
// across them count as pairs; clusters and B-cubed count all records. Pure functions, O(records log records).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/pattern.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

constexpr uint32_t kUnlabelled = UINT32_MAX;  // a record of no known entity is left out of every count
constexpr uint32_t kOneTable = UINT32_MAX;

struct Agreement {
  uint64_t right = 0, said = 0, truth = 0;  // right: said and true

  double Precision() const { return said == 0 ? 1 : static_cast<double>(right) / static_cast<double>(said); }
  double Recall() const { return truth == 0 ? 1 : static_cast<double>(right) / static_cast<double>(truth); }
  double F1() const;
  bool operator==(const Agreement&) const = default;
};

struct ClusterScores {
  uint64_t records = 0, unlabelled = 0;
  Agreement pairs;         // pairs of records in one cluster, in one entity
  Agreement exact;         // clusters that are an entity, record for record
  Agreement exact_of_two;  // the same of clusters and entities of two records or more
  double bcubed_precision = 1, bcubed_recall = 1;
  double BCubedF1() const;
};

// cluster_of, entity_of: by record, any numbers. second_table: the first record of the second table, or kOneTable.
ClusterScores EvaluateClusters(std::span<const uint32_t> cluster_of, std::span<const uint32_t> entity_of,
                               uint32_t second_table);

// Links at or above the threshold against entities: said are links between labelled records.
Agreement EvaluateLinks(std::span<const Link> links, double threshold_bits, std::span<const uint32_t> entity_of,
                        uint32_t second_table);

struct LabelledPair {
  Pair pair;
  double score = 0;  // 0: two, 1: one
  bool operator==(const LabelledPair&) const = default;
};

// Clerical labels as CSV: id_l,id_r,score and, where there are two tables, source_l,source_r (file stems); Splink's
// names unique_id_l, unique_id_r, source_dataset_l, source_dataset_r, clerical_match_score serve as well; other columns
// are passed over. Without sources of two tables id_l is of the first and id_r of the second.
// InvalidArgument: no such column, a row of another width, a score outside [0, 1], a quote that is not closed, a pair
// of one record, a pair labelled twice with two scores; or ids that are no record: how many rows, and the lines of the
// first few.
StatusOr<std::vector<LabelledPair>> ReadLabels(std::string_view csv, std::string_view file_name,
                                               const RecordSet& records);

// Links at or above the threshold against labelled pairs, among labelled pairs alone; one means a score of 0.5 or more.
Agreement EvaluateLabels(std::span<const Link> links, double threshold_bits, std::span<const LabelledPair> labels);

}  // namespace hearth::linkage
