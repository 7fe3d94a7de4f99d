// Why two records are held to be one, or not: prior, each comparison's level, weight and term-frequency part, total and
// probability, as the trained model of a job gives them. Any two records of the job, linked or not.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "core/status.h"
#include "linkage/run_link.h"

namespace hearth::linkage {

struct EvidenceStep {
  std::string comparison, level;
  std::string left, right;  // the values compared, long numbers masked; "" where missing
  double bits = 0, tf_bits = 0;
};
struct PairEvidence {
  std::string left, right;  // record names
  double prior_bits = 0, total_bits = 0, probability = 0;
  double link_probability = 0, review_probability = 0;
  std::vector<EvidenceStep> steps;
};

// A record's value in a column as reports show it: several with ";" between them, long numbers masked, "" where
// missing.
std::string ShownCell(const Column& column, uint32_t record);

// Records by name, as in the outputs. NotFound when a table has no such record.
StatusOr<PairEvidence> ExplainPair(const LinkResult& result, const std::string& left, const std::string& right);

// The same of two records at hand, under the names given.
PairEvidence EvidenceOf(const Comparer& comparer, const Weights& weights, Pair pair, std::string left,
                        std::string right);

void PrintEvidence(const PairEvidence& evidence, std::ostream* out);
void PrintEvidenceJson(const PairEvidence& evidence, std::ostream* out);

}  // namespace hearth::linkage
