#include "matchers/fellegi_sunter/em_pairs.h"

#include <algorithm>
#include <array>

#include "matchers/fellegi_sunter/candidates.h"
#include "matchers/fellegi_sunter/pattern_counter.h"

namespace hearth::linkage {
namespace {

// A well-mixed number of the pair (the finaliser of splitmix64).
uint64_t Mixed(Pair pair, uint64_t seed) {
  uint64_t x = (static_cast<uint64_t>(pair.left) << 32 | pair.right) + seed * 0x9E3779B97F4A7C15U;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27) * 0x94D049BB133111EBU;
  return x ^ x >> 31;
}

bool SameText(const Column& a, uint32_t left, const Column& b, uint32_t right) {
  if (a.many() || b.many() || a.IsNull(left) || b.IsNull(right)) return false;
  return a.values[a.codes[left]] == b.values[b.codes[right]];
}

}  // namespace

bool Agrees(const KeyPart& part, const RecordSet& records, LinkType link_type, Pair pair) {
  const Column& column = records.columns[part.left];
  if (part.left != part.right) {
    const Column& other = records.columns[part.right];
    return SameText(column, pair.left, other, pair.right) ||
           (link_type != LinkType::kLink && SameText(column, pair.right, other, pair.left));
  }
  if (!column.many()) {
    return column.codes[pair.left] != kNullCode && column.codes[pair.left] == column.codes[pair.right];
  }
  const std::span<const uint32_t> x = column.Items(pair.left), y = column.Items(pair.right);
  for (size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    if (x[i] == y[j]) return true;
    x[i] < y[j] ? ++i : ++j;
  }
  return false;
}

StatusOr<EmPairs> CountEmPairs(const Comparer& comparer, const BlockingRule& rule, const std::vector<KeyPart>& probes,
                               int threads, uint64_t pairs_max) {
  const Model& model = comparer.model();
  const RecordSet& records = comparer.records();
  const std::vector<BlockingRule> rules = {rule};
  HEARTH_ASSIGN_OR_RETURN(const Blocking blocking, Blocking::Make(model, records, rules, threads));
  EmPairs result;
  // As often as two records share a value of a column of many; each pair comes once below.
  const uint64_t shared = blocking.report()[0].pairs;
  const bool all = shared <= pairs_max;
  const double share = all ? 0 : static_cast<double>(pairs_max) / static_cast<double>(shared);
  const auto below = static_cast<uint64_t>(share * 0x1p64);

  struct Worker {
    Comparer::Scratch scratch;
    PatternCounter counts;
    std::vector<PatternCounter> agreeing;
    uint64_t made = 0, pairs = 0;
  };
  std::vector<Worker> workers;
  for (int w = 0; w < threads; ++w) {
    workers.push_back({Comparer::Scratch(comparer), {}, std::vector<PatternCounter>(probes.size()), 0, 0});
  }
  blocking.ForEachBatch(threads, [&](int w, std::span<const Pair> pairs) {
    Worker& worker = workers[static_cast<size_t>(w)];
    worker.made += pairs.size();
    std::array<Pair, Blocking::kBatch> drawn;
    if (!all) {
      size_t count = 0;
      for (const Pair& pair : pairs) {
        drawn[count] = pair;
        count += Mixed(pair, model.training.seed) < below;
      }
      pairs = std::span(drawn.data(), count);
    }
    std::array<Pattern, Blocking::kBatch> patterns;
    comparer.Compare(pairs, &worker.scratch, patterns.data());
    worker.pairs += pairs.size();
    for (size_t i = 0; i < pairs.size(); ++i) worker.counts.Add(patterns[i], 1);
    for (size_t p = 0; p < probes.size(); ++p) {
      for (size_t i = 0; i < pairs.size(); ++i) {
        if (Agrees(probes[p], records, model.link_type, pairs[i])) worker.agreeing[p].Add(patterns[i], 1);
      }
    }
  });

  std::vector<PatternCounter> counters;
  for (Worker& worker : workers) {
    counters.push_back(std::move(worker.counts));
    result.made += worker.made;
    result.pairs += worker.pairs;
  }
  result.counts = JoinCounts(counters);
  for (size_t p = 0; p < probes.size(); ++p) {
    counters.clear();
    for (Worker& worker : workers) counters.push_back(std::move(worker.agreeing[p]));
    result.agreeing.push_back(JoinCounts(counters));
  }
  return result;
}

}  // namespace hearth::linkage
