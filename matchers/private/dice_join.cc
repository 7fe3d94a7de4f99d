// Exact join: rows of both tables in order of their count of ones. With a and b ones the Dice coefficient is at most
// 2 min(a, b) / (a + b), so a left row needs only a stretch of the right table: for 0.85 and a = 300, b from 222 to
// 405. What is left is compared in tiles that stay in the cache, 128 left rows a task.
#include "matchers/private/dice_join.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <string>

#include "core/parallel.h"
#include "matchers/private/bit_samples.h"

namespace hearth::linkage {
namespace {

constexpr size_t kTaskRows = 128;
constexpr size_t kTileBytes = 256 << 10;

// The rows of a table that have bits, in order of (ones, row).
struct RankedRows {
  std::vector<uint32_t> order;
  std::vector<uint32_t> ones;  // by place in order
};

RankedRows Rank(const BitRows& rows, int threads) {
  std::vector<uint32_t> ones(rows.size());
  ParallelChunks(rows.size(), 4096, threads, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) ones[i] = CountOnes(rows.Row(i));
  });
  RankedRows ranked;
  ranked.order.reserve(rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) {
    if (ones[i] != 0) ranked.order.push_back(i);
  }
  std::ranges::stable_sort(ranked.order, {}, [&](uint32_t i) { return ones[i]; });
  ranked.ones.reserve(ranked.order.size());
  for (const uint32_t i : ranked.order) ranked.ones.push_back(ones[i]);
  return ranked;
}

// LeastCommon for each sum of ones.
std::vector<uint32_t> LeastTable(double threshold, uint32_t bits) {
  std::vector<uint32_t> table(2 * bits + 1);
  for (uint32_t ones = 0; ones < table.size(); ++ones) table[ones] = LeastCommon(threshold, ones);
  return table;
}

// Counts of ones of the other side that can reach the threshold.
struct Window {
  uint32_t least = 0, most = 0;  // most below least: none
};
Window WindowOf(uint32_t ones, uint32_t bits, const std::vector<uint32_t>& least) {
  const auto reachable = [&](uint32_t other) { return least[ones + other] <= std::min(ones, other); };
  Window w{ones, ones};
  if (!reachable(ones)) return {1, 0};
  while (w.least > 1 && reachable(w.least - 1)) --w.least;
  while (w.most < bits && reachable(w.most + 1)) ++w.most;
  return w;
}

void KeepBest(uint32_t best, std::vector<DicePair>* pairs) {
  if (best == 0) return;
  std::ranges::sort(*pairs, [](const DicePair& x, const DicePair& y) {
    if (x.left != y.left) return x.left < y.left;
    if (x.dice != y.dice) return x.dice > y.dice;
    return x.right < y.right;
  });
  size_t kept = 0;
  for (size_t i = 0, of_left = 0; i < pairs->size(); ++i) {
    of_left = i != 0 && (*pairs)[i].left == (*pairs)[i - 1].left ? of_left + 1 : 0;
    if (of_left < best) (*pairs)[kept++] = (*pairs)[i];
  }
  pairs->resize(kept);
}

// Counts pairs over all tasks and says when there are too many.
class PairBudget {
 public:
  explicit PairBudget(uint64_t most) : most_(most) {}
  bool Take(size_t n) { return taken_.fetch_add(n, std::memory_order_relaxed) + n <= most_; }
  bool IsSpent() const { return spent_.load(std::memory_order_relaxed); }
  void Spend() { spent_.store(true, std::memory_order_relaxed); }

 private:
  const uint64_t most_;
  std::atomic<uint64_t> taken_{0};
  std::atomic<bool> spent_{false};
};

struct ExactJoin {
  const BitRows& left;
  const RankedRows& left_rows;
  const RankedRows& right_rows;
  const std::vector<uint64_t>& blocks;
  const std::vector<uint32_t>& least;
  const std::vector<Window>& windows;
  BitMethod method;

  // Blocks that hold a row with a count of ones in the window.
  std::pair<size_t, size_t> BlocksOf(const Window& w) const {
    if (w.most < w.least) return {0, 0};
    const auto& ones = right_rows.ones;
    const auto begin = std::lower_bound(ones.begin(), ones.end(), w.least) - ones.begin();
    const auto end = std::upper_bound(ones.begin(), ones.end(), w.most) - ones.begin();
    if (begin == end) return {0, 0};
    return {begin / kBlockRows, (end + kBlockRows - 1) / kBlockRows};
  }

  void AddHits(uint32_t left_row, uint32_t left_ones, size_t first_block, std::span<const BlockHit> hits,
               std::vector<DicePair>* pairs) const {
    for (const BlockHit& hit : hits) {
      const size_t first = (first_block + hit.block) * kBlockRows;
      for (size_t r = 0; r < kBlockRows && first + r < right_rows.order.size(); ++r) {
        const uint32_t right_ones = right_rows.ones[first + r];
        if (hit.common[r] < least[left_ones + right_ones]) continue;
        pairs->push_back({left_row, right_rows.order[first + r], Dice(hit.common[r], left_ones, right_ones)});
      }
    }
  }

  // Left rows [begin, end) of the ranking against all of the right table.
  void Run(size_t begin, size_t end, const DiceJoinOptions& options, PairBudget* budget, std::vector<DicePair>* pairs,
           std::atomic<uint64_t>* compared) const {
    const size_t block_words = left.row_words() * kBlockRows;
    const size_t tile = std::max<size_t>(1, kTileBytes / (block_words * 8));
    size_t first = SIZE_MAX, last = 0;
    std::vector<std::pair<size_t, size_t>> stretches;
    for (size_t i = begin; i < end; ++i) {
      stretches.push_back(BlocksOf(windows[left_rows.ones[i]]));
      if (stretches.back().first == stretches.back().second) continue;
      first = std::min(first, stretches.back().first);
      last = std::max(last, stretches.back().second);
    }
    std::vector<BlockHit> hits(tile);
    std::vector<uint32_t> bounds;
    for (size_t at = first; at < last; at += tile) {
      for (size_t i = begin; i < end; ++i) {
        const size_t from = std::max(at, stretches[i - begin].first);
        const size_t until = std::min(at + tile, stretches[i - begin].second);
        if (from >= until) continue;
        const uint32_t ones = left_rows.ones[i], row = left_rows.order[i];
        bounds.clear();
        // The first row of a block has the fewest ones, and so the lowest bound.
        for (size_t b = from; b < until; ++b) bounds.push_back(least[ones + right_rows.ones[b * kBlockRows]]);
        const size_t found = FindBlocks(method, left.Row(row),
                                        std::span(blocks).subspan(from * block_words, (until - from) * block_words),
                                        bounds, hits.data());
        compared->fetch_add((until - from) * kBlockRows, std::memory_order_relaxed);
        const size_t before = pairs->size();
        AddHits(row, ones, from, std::span(hits).first(found), pairs);
        // Pairs that KeepBest drops again count inside their own task alone: whether there are too many must not depend
        // on which tasks run side by side.
        if (options.best == 0 ? !budget->Take(pairs->size() - before) : pairs->size() > options.pairs_max)
          budget->Spend();
        if (budget->IsSpent()) return;
      }
    }
    KeepBest(options.best, pairs);
    if (options.best != 0 && !budget->Take(pairs->size())) budget->Spend();
  }
};

void JoinExact(const BitRows& left, const BitRows& right, const RankedRows& left_rows, const RankedRows& right_rows,
               const DiceJoinOptions& options, const std::vector<uint32_t>& least, PairBudget* budget,
               DiceJoinResult* result) {
  const std::vector<uint64_t> blocks = InterleaveRows(right, right_rows.order);
  std::vector<Window> windows(left.bits + 1);
  for (uint32_t ones = 0; ones <= left.bits; ++ones) windows[ones] = WindowOf(ones, left.bits, least);
  const ExactJoin join{left, left_rows, right_rows, blocks, least, windows, result->method};
  const size_t tasks = (left_rows.order.size() + kTaskRows - 1) / kTaskRows;
  std::vector<std::vector<DicePair>> found(tasks);
  std::atomic<uint64_t> compared{0};
  ParallelFor(tasks, options.threads, [&](size_t t) {
    if (budget->IsSpent()) return;
    join.Run(t * kTaskRows, std::min(left_rows.order.size(), (t + 1) * kTaskRows), options, budget, &found[t],
             &compared);
  });
  result->compared = compared.load();
  for (const auto& pairs : found) result->pairs.insert(result->pairs.end(), pairs.begin(), pairs.end());
}

void JoinSampled(const BitRows& left, const BitRows& right, const RankedRows& left_rows, const RankedRows& right_rows,
                 const DiceJoinOptions& options, const std::vector<uint32_t>& least, PairBudget* budget,
                 DiceJoinResult* result) {
  const auto fuller_than_most = [](const RankedRows& r) {
    return r.ones.empty() ? 1 : r.ones[(r.ones.size() - 1) * 9 / 10];
  };
  const SamplePlan plan = PlanSamples(std::max(left_rows.order.size(), right_rows.order.size()), left.bits,
                                      std::max(fuller_than_most(left_rows), fuller_than_most(right_rows)),
                                      options.threshold, options.recall);
  result->samples = plan.samples;
  result->sample_bits = plan.bits;
  std::vector<uint32_t> left_ones(left.size()), right_ones(right.size());
  for (size_t i = 0; i < left_rows.order.size(); ++i) left_ones[left_rows.order[i]] = left_rows.ones[i];
  for (size_t i = 0; i < right_rows.order.size(); ++i) right_ones[right_rows.order[i]] = right_rows.ones[i];
  const CommonCounter count_common = PairCounter();
  std::vector<std::vector<DicePair>> found(plan.samples);
  std::atomic<uint64_t> compared{0};
  ParallelFor(plan.samples, options.threads, [&](size_t s) {
    const auto visit = [&](std::span<const uint32_t> lefts, std::span<const uint32_t> rights) {
      uint64_t counted = 0;
      for (const uint32_t l : lefts) {
        const std::span<const uint64_t> a = left.Row(l);
        const size_t before = found[s].size();
        for (const uint32_t r : rights) {
          const uint32_t need = least[left_ones[l] + right_ones[r]];
          if (need > std::min(left_ones[l], right_ones[r])) continue;
          const uint32_t common = count_common(a.data(), right.Row(r).data(), a.size());
          ++counted;
          if (common >= need) found[s].push_back({l, r, Dice(common, left_ones[l], right_ones[r])});
        }
        // The budget bounds one sample: a pair is usually found by many.
        if (found[s].size() > options.pairs_max) budget->Spend();
        if (budget->IsSpent() || before > options.pairs_max) return false;
      }
      compared.fetch_add(counted, std::memory_order_relaxed);
      return true;
    };
    if (!budget->IsSpent()) {
      VisitMeetings(left, right, left_rows.order, right_rows.order, plan, options.seed, static_cast<uint32_t>(s),
                    visit);
    }
  });
  result->compared = compared.load();
  for (auto& pairs : found) {
    result->pairs.insert(result->pairs.end(), pairs.begin(), pairs.end());
    pairs = {};
  }
}

void SortPairs(std::vector<DicePair>* pairs) {
  std::ranges::sort(*pairs, [](const DicePair& x, const DicePair& y) {
    return x.left != y.left ? x.left < y.left : x.right < y.right;
  });
}

Status CheckOptions(const BitRows& left, const BitRows& right, const DiceJoinOptions& o) {
  if (left.bits != right.bits) {
    return InvalidArgument("filters of " + std::to_string(left.bits) + " and " + std::to_string(right.bits) + " bits");
  }
  if (!(o.threshold > 0 && o.threshold <= 1)) return InvalidArgument("the threshold must be above 0 and at most 1");
  if (!(o.recall > 0 && o.recall < 1)) return InvalidArgument("the recall of samples must be above 0 and below 1");
  return OkStatus();
}

}  // namespace

std::string_view JoinKindName(JoinKind kind) {
  constexpr std::string_view kNames[] = {"auto", "exact", "sampled"};
  return kNames[static_cast<size_t>(kind)];
}

uint32_t LeastCommon(double threshold, uint32_t ones) {
  if (ones == 0) return 1;
  // From a little below the real bound upwards, so that rounding is that of Dice alone.
  auto common = static_cast<uint32_t>(std::max(0.0, std::floor(threshold * ones / 2) - 1));
  while (common <= ones && Dice(common, ones, 0) < threshold) ++common;
  return std::max(common, 1u);
}

StatusOr<DiceJoinResult> DiceJoin(const BitRows& left, const BitRows& right, const DiceJoinOptions& options) {
  HEARTH_RETURN_IF_ERROR(CheckOptions(left, right, options));
  DiceJoinResult result;
  result.method = UsableBitMethod(options.method);
  const double all = static_cast<double>(left.size()) * static_cast<double>(right.size());
  result.kind = options.kind != JoinKind::kAuto ? options.kind
                : all <= kExactPairsMax         ? JoinKind::kExact
                                                : JoinKind::kSampled;
  const RankedRows left_rows = Rank(left, options.threads), right_rows = Rank(right, options.threads);
  result.rows_without_bits = left.size() - left_rows.order.size() + right.size() - right_rows.order.size();
  const std::vector<uint32_t> least = LeastTable(options.threshold, left.bits);
  PairBudget budget(options.pairs_max);
  (result.kind == JoinKind::kExact ? JoinExact : JoinSampled)(left, right, left_rows, right_rows, options, least,
                                                              &budget, &result);
  if (!budget.IsSpent()) {
    SortPairs(&result.pairs);
    result.pairs.erase(std::unique(result.pairs.begin(), result.pairs.end()), result.pairs.end());
    if (result.kind == JoinKind::kSampled && options.best != 0) {
      KeepBest(options.best, &result.pairs);
      SortPairs(&result.pairs);
    }
  }
  if (budget.IsSpent() || result.pairs.size() > options.pairs_max) {
    return OutOfRange("more than " + std::to_string(options.pairs_max) +
                      " pairs reach the threshold; raise it, or look for fields that most rows leave empty or alike");
  }
  return result;
}

}  // namespace hearth::linkage
