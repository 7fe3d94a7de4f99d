// LinkEncoded finds which rows of two encoded files are the same person, without knowing who any of them is.
//
//   HEARTH_ASSIGN_OR_RETURN(const LinkEncodedResult r, LinkEncoded({.left = "bank.bin", .right = "ours.bin"}));
//   HEARTH_RETURN_IF_ERROR(WriteEncodedLinks(r, "links.csv"));
//
// What is compared is the Dice coefficient of two filters, 0 to 1: a share of common bits and no probability, as
// nothing in a filter says how rare its values are. The result does not depend on threads or on the order of rows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "linkage/encoded_file.h"
#include "matchers/private/dice_join.h"

namespace hearth::linkage {

struct LinkEncodedJob {
  std::string left, right;       // encoded files
  double threshold = 0.85;       // link at or above
  std::optional<double> review;  // clerical review from here up to the threshold
  // Threshold chosen from the scores themselves instead (ChooseThreshold); asks for one_to_one, without review and
  // best.
  bool choose_threshold = false;
  double precision = 0.99;  // that the chosen threshold is to keep, as far as can be told without labels
  // Each row in one pair at most, the whole chosen for the greatest sum of Dice above the lowest threshold.
  bool one_to_one = false;
  uint32_t best = 0;  // of each left row its closest pairs, this many; 0: all
  JoinKind kind = JoinKind::kAuto;
  double recall = 0.99;  // sampled joins: of pairs at the threshold
  uint64_t pairs_max = 20'000'000;
  int threads = 1;
};

struct EncodedLink {
  uint32_t left = 0, right = 0;  // rows of the files
  double dice = 0;
  bool is_link = true;  // else for review
};

struct LinkEncodedResult {
  std::array<std::string, 2> sources;  // file stems
  std::array<std::vector<std::string>, 2> ids;
  std::vector<EncodedLink> links;            // by (left, right)
  DiceJoinResult join;                       // its pairs are moved to links
  double threshold = 0;                      // that was used
  std::optional<double> expected_precision;  // when the threshold was chosen
  uint64_t dropped_by_one_to_one = 0;
  double read_seconds = 0, join_seconds = 0;
};

// Errors of ReadEncodedFile, CheckComparable and DiceJoin; InvalidArgument for a review threshold above the threshold;
// FailedPrecondition when no threshold can be chosen.
StatusOr<LinkEncodedResult> LinkEncoded(const LinkEncodedJob& job);
// On files at hand; names are for messages and for the source columns.
StatusOr<LinkEncodedResult> LinkEncodedFiles(const LinkEncodedJob& job, EncodedFile left, EncodedFile right);

// A pair that one-to-one would link, and how close the left row's next right row comes: if the pair is right, that one
// is a stranger's for sure, as no human stands twice in one table.
struct ScoredLink {
  double dice = 0, next_dice = 0;
};
struct ChosenThreshold {
  double threshold = 0, expected_precision = 0;
};
// The lowest threshold, in steps of 0.01 from `lowest`, from which up the expected share of right links is at least
// `precision`: of the left rows that are not linked, as many are expected to meet a stranger at the threshold as linked
// rows have a stranger there. Empty when no threshold below 1 leaves 30 links and keeps the precision.
std::optional<ChosenThreshold> ChooseThreshold(const std::vector<ScoredLink>& links, size_t left_rows, double lowest,
                                               double precision);

// source_l,id_l,source_r,id_r,match_weight,match_probability,decision,dice. match_weight and match_probability are
// empty: see above. decision is "link" or "review". UTF-8 without mark.
Status WriteEncodedLinks(const LinkEncodedResult& result, const std::string& path);

}  // namespace hearth::linkage
