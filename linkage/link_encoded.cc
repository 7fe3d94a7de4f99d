#include "linkage/link_encoded.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "linkage/encode.h"
#include "linkage/read_table.h"
#include "matchers/fellegi_sunter/clusters.h"

namespace hearth::linkage {
namespace {

// Where the search for a threshold begins: below, strangers are as close as not.
constexpr double kLowestChosen = 0.5;
constexpr uint32_t kBestWhenChosen = 5;
constexpr size_t kLinksMin = 30;

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// OneToOne numbers the records of both tables in one row and takes weights of any unit.
std::vector<EncodedLink> Assigned(const std::vector<DicePair>& pairs, size_t left_rows, double threshold) {
  std::vector<Link> links;
  links.reserve(pairs.size());
  for (const DicePair& p : pairs) {
    links.push_back(
        {.left = p.left, .right = static_cast<uint32_t>(left_rows + p.right), .weight = p.dice, .pattern = 0});
  }
  std::vector<EncodedLink> kept;
  for (const Link& link : OneToOne(links, threshold)) {
    kept.push_back({link.left, static_cast<uint32_t>(link.right - left_rows), link.weight});
  }
  return kept;
}

// The two closest right rows' Dice of each left row; 0 where there is none. pairs in order of left rows.
std::vector<std::array<double, 2>> ClosestTwo(const std::vector<DicePair>& pairs, size_t left_rows) {
  std::vector<std::array<double, 2>> closest(left_rows);
  for (const DicePair& p : pairs) {
    auto& [first, second] = closest[p.left];
    if (p.dice > first) {
      second = first;
      first = p.dice;
    } else {
      second = std::max(second, p.dice);
    }
  }
  return closest;
}

Status CheckJob(const LinkEncodedJob& job) {
  if (job.choose_threshold) {
    if (!job.one_to_one || job.review.has_value() || job.best != 0) {
      return InvalidArgument(
          "a threshold can be chosen for one-to-one links only, without a review threshold and without best");
    }
    if (!(job.precision > 0 && job.precision < 1)) return InvalidArgument("the precision must be above 0 and below 1");
  }
  if (!(job.review.value_or(job.threshold) <= job.threshold)) {
    return InvalidArgument("the review threshold must not be above the link threshold");
  }
  return OkStatus();
}

// Drops links below a threshold that their own scores ask for.
Status ApplyChosenThreshold(const LinkEncodedJob& job, const std::vector<DicePair>& pairs, size_t left_rows,
                            LinkEncodedResult* result) {
  const std::vector<std::array<double, 2>> closest = ClosestTwo(pairs, left_rows);
  std::vector<ScoredLink> scored;
  for (const EncodedLink& link : result->links) {
    const auto& [first, second] = closest[link.left];
    scored.push_back({link.dice, link.dice < first ? first : second});
  }
  const std::optional<ChosenThreshold> chosen = ChooseThreshold(scored, left_rows, kLowestChosen, job.precision);
  if (!chosen.has_value()) {
    return FailedPrecondition(
        "no threshold can be chosen: too few links, or strangers as close as they; give one with --threshold");
  }
  result->threshold = chosen->threshold;
  result->expected_precision = chosen->expected_precision;
  std::erase_if(result->links, [&](const EncodedLink& link) { return link.dice < chosen->threshold; });
  return OkStatus();
}

}  // namespace

std::optional<ChosenThreshold> ChooseThreshold(const std::vector<ScoredLink>& links, size_t left_rows, double lowest,
                                               double precision) {
  std::optional<ChosenThreshold> chosen;
  // From the top down, and no further than the first threshold that fails.
  for (int step = 99; step / 100.0 >= lowest; --step) {
    const double threshold = step / 100.0;
    size_t linked = 0, strangers = 0;
    for (const ScoredLink& link : links) {
      if (link.dice < threshold) continue;
      ++linked;
      strangers += link.next_dice >= threshold;
    }
    if (linked < kLinksMin) continue;
    const double share = static_cast<double>(strangers) / static_cast<double>(linked);
    const double wrong = share * static_cast<double>(left_rows - std::min(left_rows, linked));
    const double expected = 1 - std::min(1.0, wrong / static_cast<double>(linked));
    if (expected < precision) break;
    chosen = {threshold, expected};
  }
  return chosen;
}

StatusOr<LinkEncodedResult> LinkEncodedFiles(const LinkEncodedJob& job, EncodedFile left, EncodedFile right) {
  HEARTH_RETURN_IF_ERROR(CheckComparable(left, job.left, right, job.right));
  if (left.ids.size() + right.ids.size() >= UINT32_MAX) return OutOfRange("more than 4 billion rows in two files");
  HEARTH_RETURN_IF_ERROR(CheckJob(job));
  const double lowest = job.choose_threshold ? kLowestChosen : job.review.value_or(job.threshold);
  const auto start = std::chrono::steady_clock::now();
  LinkEncodedResult result;
  result.sources = {TableName(job.left), TableName(job.right)};
  HEARTH_ASSIGN_OR_RETURN(result.join, DiceJoin(left.rows, right.rows,
                                                {.threshold = lowest,
                                                 .best = job.choose_threshold ? kBestWhenChosen : job.best,
                                                 .kind = job.kind,
                                                 .recall = job.recall,
                                                 .pairs_max = job.pairs_max,
                                                 .threads = job.threads}));
  std::vector<DicePair> pairs = std::move(result.join.pairs);
  if (job.one_to_one) {
    result.links = Assigned(pairs, left.ids.size(), lowest);
    result.dropped_by_one_to_one = pairs.size() - result.links.size();
  } else {
    result.links.reserve(pairs.size());
    for (const DicePair& p : pairs) result.links.push_back({p.left, p.right, p.dice});
  }
  result.threshold = job.threshold;
  if (job.choose_threshold) HEARTH_RETURN_IF_ERROR(ApplyChosenThreshold(job, pairs, left.ids.size(), &result));
  for (EncodedLink& link : result.links) link.is_link = link.dice >= result.threshold;
  result.join_seconds = SecondsSince(start);
  result.ids = {std::move(left.ids), std::move(right.ids)};
  return result;
}

StatusOr<LinkEncodedResult> LinkEncoded(const LinkEncodedJob& job) {
  const auto start = std::chrono::steady_clock::now();
  HEARTH_ASSIGN_OR_RETURN(EncodedFile left, ReadEncodedFile(job.left));
  HEARTH_ASSIGN_OR_RETURN(EncodedFile right, ReadEncodedFile(job.right));
  const double read_seconds = SecondsSince(start);
  HEARTH_ASSIGN_OR_RETURN(LinkEncodedResult result, LinkEncodedFiles(job, std::move(left), std::move(right)));
  result.read_seconds = read_seconds;
  return result;
}

Status WriteEncodedLinks(const LinkEncodedResult& result, const std::string& path) {
  std::string text = "source_l,id_l,source_r,id_r,match_weight,match_probability,decision,dice\n";
  const std::string left_source = CsvCell(result.sources[0]), right_source = CsvCell(result.sources[1]);
  for (const EncodedLink& link : result.links) {
    text += fmt::format("{},{},{},{},,,{},{:.6f}\n", left_source, CsvCell(result.ids[0][link.left]), right_source,
                        CsvCell(result.ids[1][link.right]), link.is_link ? "link" : "review", link.dice);
  }
  return ReplaceFile(path, text);
}

}  // namespace hearth::linkage
