#include "linkage/run_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <unordered_set>

#include "core/parallel.h"
#include "matchers/fellegi_sunter/check_columns.h"
#include "matchers/fellegi_sunter/pair_scorer.h"

namespace hearth::linkage {
namespace {

class Clock {
 public:
  double Lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// What one thread gathers while scoring.
struct Gathered {
  std::vector<Link> links;
  uint64_t pairs = 0;
  WeightHistogram histogram{};
  std::map<Pattern, uint64_t> patterns;
};

// By (left, right), in parallel: buckets of left, then a small sort in each.
std::vector<Link> SortLinks(std::vector<Gathered>* parts, size_t records, int threads) {
  std::vector<uint64_t> begin(records + 1, 0);
  for (const Gathered& part : *parts) {
    for (const Link& link : part.links) ++begin[link.left + 1];
  }
  for (size_t r = 0; r < records; ++r) begin[r + 1] += begin[r];
  std::vector<Link> sorted(begin.back());
  std::vector<uint64_t> next(begin.begin(), begin.end() - 1);
  for (Gathered& part : *parts) {
    for (const Link& link : part.links) sorted[next[link.left]++] = link;
    part.links = {};
  }
  ParallelChunks(records, 1 << 14, threads, [&](size_t from, size_t to) {
    for (size_t r = from; r < to; ++r) {
      std::sort(sorted.begin() + static_cast<ptrdiff_t>(begin[r]),
                sorted.begin() + static_cast<ptrdiff_t>(begin[r + 1]),
                [](const Link& a, const Link& b) { return a.right < b.right; });
    }
  });
  return sorted;
}

std::vector<double> ClusterProbabilities(const Model& model) {
  return model.cluster_probabilities.empty() ? std::vector<double>{model.link_probability}
                                             : model.cluster_probabilities;
}

// Pairs that people decided, by record; a decision about a record that is not there is passed over and counted.
struct DecidedPairs {
  std::vector<Pair> cannot, must;
};
DecidedPairs FindDecided(const LinkJob& job, const RecordSet& records, std::vector<std::string>* warnings) {
  DecidedPairs out;
  std::map<Pair, Answer> last;
  uint64_t gone = 0;
  const auto find = [&](const std::string& source, const std::string& id) {
    const auto at = std::find(records.sources.begin(), records.sources.end(), source);
    return at == records.sources.end() ? kNullCode : records.Find(static_cast<int>(at - records.sources.begin()), id);
  };
  for (const Decision& d : job.decisions) {
    const uint32_t a = find(d.source_left, d.id_left), b = find(d.source_right, d.id_right);
    if (a == kNullCode || b == kNullCode || a == b) {
      ++gone;
      continue;
    }
    last[{std::min(a, b), std::max(a, b)}] = d.answer;
  }
  for (const auto& [pair, answer] : last) {
    if (answer != Answer::kUnsure) (answer == Answer::kSame ? out.must : out.cannot).push_back(pair);
  }
  if (gone > 0) {
    warnings->push_back(
        fmt::format("{} of {} decisions name records that these tables do not have; they were passed over", gone,
                    job.decisions.size()));
  }
  return out;
}

// The links of the best assignment, and the pairs for review of records that it leaves without one.
std::vector<Link> OneToOneWithReview(const std::vector<Link>& links, double link_bits) {
  std::vector<Link> kept = OneToOne(links, link_bits);
  std::unordered_set<uint32_t> taken;
  for (const Link& link : kept) taken.insert({link.left, link.right});
  for (const Link& link : links) {
    if (link.weight < link_bits && !taken.contains(link.left) && !taken.contains(link.right)) kept.push_back(link);
  }
  std::sort(kept.begin(), kept.end(),
            [](const Link& a, const Link& b) { return a.left != b.left ? a.left < b.left : a.right < b.right; });
  return kept;
}

// So many links come from rows that are alike in all that is compared: the block that makes most of them is named.
Status TooManyLinks(const Model& model, const std::vector<RuleBlocks>& rules, uint64_t links_max) {
  std::string largest = "none";
  uint64_t most = 0;
  for (const RuleBlocks& rule : rules) {
    if (rule.largest.empty() || rule.largest.front().pairs <= most) continue;
    most = rule.largest.front().pairs;
    largest = fmt::format("\"{}\" of rule {} ({} records, {} pairs)", rule.largest.front().key, rule.rule,
                          rule.largest.front().records, most);
  }
  return absl::ResourceExhaustedError(fmt::format(
      "model {}: more than {} pairs reach the lowest threshold, too many to hold; the largest block: {}. Take "
      "out rows that say nothing, give the rule a max_block, or raise the thresholds",
      model.name, links_max, largest));
}

Status Score(const LinkJob& job, const Model& model, const Blocking& blocking, double keep_bits, LinkResult* result) {
  const RecordSet& records = *result->records;
  const Comparer comparer(model, records);
  const Weights weights(model, records);
  const int threads = std::max(job.threads, 1);
  std::vector<Gathered> parts(static_cast<size_t>(threads));
  std::vector<Comparer::Scratch> scratch;
  std::vector<std::vector<Pattern>> patterns(static_cast<size_t>(threads), std::vector<Pattern>(Blocking::kBatch));
  for (int t = 0; t < threads; ++t) scratch.emplace_back(comparer);
  std::atomic<uint64_t> kept{0};
  blocking.ForEachBatch(threads, [&](int worker, std::span<const Pair> pairs) {
    if (kept.load(std::memory_order_relaxed) > job.links_max) return;
    Gathered& part = parts[static_cast<size_t>(worker)];
    Pattern* out = patterns[static_cast<size_t>(worker)].data();
    comparer.Compare(pairs, &scratch[static_cast<size_t>(worker)], out);
    part.pairs += pairs.size();
    const size_t before = part.links.size();
    for (size_t i = 0; i < pairs.size(); ++i) {
      const double bits = weights.Bits(out[i], pairs[i]);
      if (bits >= keep_bits) part.links.push_back({pairs[i].left, pairs[i].right, bits, out[i]});
      if (job.count_scores) {
        ++part.histogram[static_cast<size_t>(std::clamp(std::floor(bits) + 64, 0.0, 127.0))];
        ++part.patterns[out[i]];
      }
    }
    kept.fetch_add(part.links.size() - before, std::memory_order_relaxed);
  });
  if (kept > job.links_max) return TooManyLinks(model, result->blocks, job.links_max);
  std::map<Pattern, uint64_t> counts;
  for (const Gathered& part : parts) {
    result->pairs += part.pairs;
    for (size_t i = 0; i < part.histogram.size(); ++i) result->histogram[i] += part.histogram[i];
    for (const auto& [pattern, n] : part.patterns) counts[pattern] += n;
  }
  for (const auto& [pattern, n] : counts) result->patterns.push_back({pattern, n});
  result->links = SortLinks(&parts, records.size(), threads);
  return OkStatus();
}

// People's answers among the links: no link between two that are different, one between two that are the same, whether
// a rule made the pair or not. In one-to-one linking the same take their places first.
void ApplyDecisions(const Model& model, const DecidedPairs& decided, LinkResult* result) {
  const RecordSet& records = *result->records;
  std::vector<Link>& links = result->links;
  std::vector<bool> taken(model.one_to_one ? records.size() : 0);
  for (const Pair& pair : decided.must) {
    if (model.one_to_one) taken[pair.left] = taken[pair.right] = true;
  }
  std::erase_if(links, [&](const Link& link) {
    const Pair pair{link.left, link.right};
    return std::binary_search(decided.cannot.begin(), decided.cannot.end(), pair) ||
           std::binary_search(decided.must.begin(), decided.must.end(), pair) ||
           (model.one_to_one && (taken[link.left] || taken[link.right]));
  });
  if (model.one_to_one) links = OneToOneWithReview(links, BitsOfProbability(model.link_probability));
  result->decided_same = decided.must;
  if (decided.must.empty()) return;
  const Comparer comparer(model, records);
  const Weights weights(model, records);
  Comparer::Scratch scratch(comparer);
  std::vector<Pattern> patterns(decided.must.size());
  comparer.Compare(decided.must, &scratch, patterns.data());
  const auto middle = static_cast<ptrdiff_t>(links.size());
  for (size_t i = 0; i < patterns.size(); ++i) {
    const Pair pair = decided.must[i];
    links.push_back({pair.left, pair.right, weights.Bits(patterns[i], pair), patterns[i]});
  }
  std::inplace_merge(links.begin(), links.begin() + middle, links.end(), [](const Link& a, const Link& b) {
    return Pair{a.left, a.right} < Pair{b.left, b.right};
  });
}

void MakeClusters(const LinkJob& job, const Model& model, const DecidedPairs& decided, LinkResult* result) {
  const RecordSet& records = *result->records;
  const Comparer comparer(model, records);
  const Weights weights(model, records);
  PairScorer scorer(comparer, weights);
  const ScorePairs score = [&](std::span<const Pair> pairs, double* bits) { scorer.Score(pairs, bits); };
  const ClusterInput input{.records = records.size(),
                           .links = result->links,
                           .cannot = decided.cannot,
                           .must = decided.must,
                           .score = score};
  for (double probability : ClusterProbabilities(model)) {
    result->clusters.push_back({probability, Cluster(input, {.method = model.cluster_method,
                                                             .threshold_bits = BitsOfProbability(probability),
                                                             .threads = job.threads})});
  }
  const uint64_t overruled = result->clusters.front().clustering.overruled_cannot;
  if (overruled > 0) {
    result->warnings.push_back(
        fmt::format("{} of the decisions \"different\" {} not hold, as decisions \"same\" join the two records through "
                    "others; decide them again",
                    overruled, overruled == 1 ? "does" : "do"));
  }
}

}  // namespace

bool IsLink(const LinkResult& result, const Link& link) {
  return link.weight >= BitsOfProbability(result.trained.model.link_probability) ||
         std::binary_search(result.decided_same.begin(), result.decided_same.end(), Pair{link.left, link.right});
}

StatusOr<LinkResult> RunLink(const LinkJob& job) {
  Clock clock;
  const size_t wanted = job.model.link_type == LinkType::kDedupe ? 1 : 2;
  if (job.tables.size() != wanted) {
    return absl::InvalidArgumentError(fmt::format("the model is for {} table{}, and {} {} given", wanted,
                                                  wanted == 1 ? "" : "s", job.tables.size(),
                                                  job.tables.size() == 1 ? "was" : "were"));
  }
  std::vector<std::string> names;
  for (const std::string& table : job.tables) names.push_back(TableName(table));
  if (names.size() == 2 && names[0] == names[1]) {
    return absl::InvalidArgumentError(fmt::format(
        "both tables are named {}; give the files different names, as outputs tell records apart by them", names[0]));
  }
  RecordSetBuilder builder(job.model, names);
  std::vector<TableFacts> facts(job.tables.size());
  ReadOptions read = job.read;
  read.threads = job.threads;
  for (size_t t = 0; t < job.tables.size(); ++t) {
    if (job.on_progress) job.on_progress("read", static_cast<double>(t) / static_cast<double>(job.tables.size()));
    HEARTH_RETURN_IF_ERROR(ReadTable(job.tables[t], static_cast<int>(t), read, job.model, &builder, &facts[t]));
    if (facts[t].rows == 0) {
      return absl::InvalidArgumentError(
          fmt::format("{}: has a header and no rows; there is nothing to link", facts[t].path));
    }
  }
  HEARTH_ASSIGN_OR_RETURN(RecordSet records, std::move(builder).Finish(job.threads));
  const double seconds = clock.Lap();
  HEARTH_ASSIGN_OR_RETURN(LinkResult result, LinkRecords(job, std::make_unique<RecordSet>(std::move(records))));
  result.seconds.read = seconds;
  result.tables = std::move(facts);
  return result;
}

StatusOr<LinkResult> LinkRecords(const LinkJob& job, std::unique_ptr<RecordSet> records) {
  Clock clock;
  LinkResult result;
  result.records = std::move(records);
  result.warnings = CheckColumns(job.model, *result.records);
  const auto tell = [&](std::string_view stage, double share) {
    if (job.on_progress) job.on_progress(stage, share);
  };
  HEARTH_ASSIGN_OR_RETURN(result.trained,
                          Train(job.model, *result.records,
                                {.threads = job.threads, .on_phase = [&](std::string_view phase) { tell(phase, 0); }}));
  const Model& model = result.trained.model;
  const double training = clock.Lap();
  result.seconds.prior = result.trained.seconds.prior;
  result.seconds.u = result.trained.seconds.u;
  // What training did besides counts as its last phase, so that the total leaves nothing out.
  result.seconds.em = training - result.seconds.prior - result.seconds.u;

  HEARTH_ASSIGN_OR_RETURN(Blocking blocking, Blocking::Make(model, *result.records, model.blocking, job.threads));
  result.blocks = blocking.report();
  blocking.OnProgress([&](double share) { tell("compare", share); });
  double keep = std::min(model.link_probability, model.review_probability);
  for (double p : ClusterProbabilities(model)) keep = std::min(keep, p);
  HEARTH_RETURN_IF_ERROR(Score(job, model, blocking, BitsOfProbability(keep), &result));
  const DecidedPairs decided = FindDecided(job, *result.records, &result.warnings);
  ApplyDecisions(model, decided, &result);
  result.seconds.predict = clock.Lap();
  if (job.cluster) {
    tell("cluster", 0);
    MakeClusters(job, model, decided, &result);
  }
  result.seconds.cluster = clock.Lap();
  return result;
}

}  // namespace hearth::linkage
