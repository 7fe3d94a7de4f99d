// RunLink does one linking job from tables to links and clusters: read, train, compare, cluster. Writing is
// link_files.h.
//
//   LinkJob job{.model = model, .tables = {"a.csv"}, .threads = 2};
//   HEARTH_ASSIGN_OR_RETURN(LinkResult result, RunLink(job));
//
// The result does not depend on threads or on the order of rows. Memory grows with records and links kept, not with
// candidate pairs.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/status.h"
#include "linkage/read_table.h"
#include "matchers/fellegi_sunter/candidates.h"
#include "matchers/fellegi_sunter/clusters.h"
#include "matchers/fellegi_sunter/comparer.h"
#include "matchers/fellegi_sunter/training.h"

namespace hearth::linkage {

// What a person decided about two records, by source and id.
enum class Answer : uint8_t { kSame, kDifferent, kUnsure };
struct Decision {
  std::string source_left, id_left, source_right, id_right;
  Answer answer = Answer::kUnsure;
  std::string by, why, day;
};

struct LinkJob {
  Model model;
  std::vector<std::string> tables;  // one or two files
  ReadOptions read;
  int threads = 1;
  bool cluster = true;
  bool count_scores = false;         // fill LinkResult::histogram and patterns
  std::vector<Decision> decisions;   // they win over every weight, in links and in clusters
  uint64_t links_max = 100'000'000;  // kept at some 50 bytes each; more are refused
  // Told the stage and the share of it that is done; from any thread.
  std::function<void(std::string_view stage, double share)> on_progress;
};

// Pairs by match weight, in bins of one bit: bin i holds [i - 64, i - 63); the ends hold what lies beyond.
using WeightHistogram = std::array<uint64_t, 128>;

struct ThresholdClusters {
  double probability = 0;
  Clustering clustering;
};

struct LinkResult {
  std::vector<TableFacts> tables;
  std::unique_ptr<RecordSet> records;
  Trained trained;
  std::vector<RuleBlocks> blocks;
  uint64_t pairs = 0;                       // distinct candidate pairs, all scored
  std::vector<Link> links;                  // at or above the lowest threshold or decided to be one, by (left, right)
  std::vector<Pair> decided_same;           // by people, ascending; each is among the links
  std::vector<ThresholdClusters> clusters;  // as the model's thresholds; empty when not asked for
  WeightHistogram histogram{};
  std::vector<PatternCount> patterns;
  std::vector<std::string> warnings;  // about columns, decisions; those of training stand in trained
  struct Seconds {
    double read = 0, prior = 0, u = 0, em = 0, predict = 0, cluster = 0;
    double total() const { return prior + u + em + predict + cluster; }
  } seconds;
};

// ResourceExhausted for a blocking rule that makes too many pairs (Blocking::Make) and for more than links_max links.
StatusOr<LinkResult> RunLink(const LinkJob& job);

// A pair among result.links is a link, else for review.
bool IsLink(const LinkResult& result, const Link& link);

// The same on records at hand, reading left out; result.records is taken over.
StatusOr<LinkResult> LinkRecords(const LinkJob& job, std::unique_ptr<RecordSet> records);

}  // namespace hearth::linkage
