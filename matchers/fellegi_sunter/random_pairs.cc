// The idea: n records have n^2 / 2 pairs but often few distinct values, so records are first grouped by the values that
// a comparison reads. Two groups of 30 and 50 records are one comparison and 1,500 pairs; a group of 30 has 435 pairs
// inside it. Where values are nearly all distinct (dates, places) this saves little, and what matters is memory: the
// groups of a comparison become a table of their own, a record a group in order of text, so that one value stays while
// the other runs through neighbours in the cache. On a million records that is twice as fast as comparing them in
// place.
//
// Example: names A A A B and a missing one give A-A 3 pairs, A-B 3, A-null 3, B-null 1: 10 pairs, 4 comparisons.
//
// Test: u_random_pairs_test.cc (against all pairs one by one).
#include "matchers/fellegi_sunter/random_pairs.h"

#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <utility>

#include "core/parallel.h"

namespace hearth::linkage {
namespace {

constexpr uint64_t kItemPairs = 1 << 16;  // of groups, in one unit of work
constexpr size_t kBatch = 1024;

// The `count` records of [begin, end) with the smallest hashes of their ids.
std::vector<uint32_t> Draw(const RecordSet& records, uint32_t begin, uint32_t end, uint64_t count, uint64_t seed) {
  std::vector<uint32_t> drawn;
  if (count >= end - begin) {
    for (uint32_t r = begin; r < end; ++r) drawn.push_back(r);
    return drawn;
  }
  std::vector<std::pair<uint64_t, uint32_t>> hashes;
  hashes.reserve(end - begin);
  for (uint32_t r = begin; r < end; ++r) {
    const std::string_view id = records.Id(r);
    // The source counts, or equal ids of two tables would be drawn together.
    hashes.emplace_back(
        XXH3_64bits_withSeed(id.data(), id.size(), seed * 2 + static_cast<uint64_t>(records.SourceOf(r))), r);
  }
  std::nth_element(hashes.begin(), hashes.begin() + static_cast<int64_t>(count), hashes.end());
  for (uint64_t i = 0; i < count; ++i) drawn.push_back(hashes[i].second);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

// Records that agree in all that a comparison reads.
struct Group {
  uint32_t first = 0;  // one of them
  uint64_t records = 0;
};

// -1, 0, 1: by the values of the columns, null last.
int Order(const RecordSet& records, const std::vector<ColumnIndex>& columns, uint32_t a, uint32_t b) {
  for (ColumnIndex index : columns) {
    const Column& column = records.columns[index];
    if (!column.many()) {
      if (column.codes[a] != column.codes[b]) return column.codes[a] < column.codes[b] ? -1 : 1;
      continue;
    }
    const std::span<const uint32_t> x = column.Items(a), y = column.Items(b);
    const auto order = std::lexicographical_compare_three_way(x.begin(), x.end(), y.begin(), y.end());
    if (order != 0) return order < 0 ? -1 : 1;
  }
  return 0;
}

std::vector<Group> GroupsOf(const RecordSet& records, const std::vector<ColumnIndex>& columns,
                            std::vector<uint32_t> sample) {
  std::stable_sort(sample.begin(), sample.end(),
                   [&](uint32_t a, uint32_t b) { return Order(records, columns, a, b) < 0; });
  std::vector<Group> groups;
  for (uint32_t r : sample) {
    if (groups.empty() || Order(records, columns, groups.back().first, r) != 0) {
      groups.push_back({r, 1});
    } else {
      ++groups.back().records;
    }
  }
  return groups;
}

// The columns of one comparison for these records alone, its values numbered anew in the same order.
RecordSet TableOf(const RecordSet& records, const std::vector<ColumnIndex>& columns,
                  const std::vector<uint32_t>& chosen) {
  RecordSet table;
  table.columns.resize(records.columns.size());
  for (uint32_t r : chosen) table.ids.push_back(records.ids[r]);
  for (ColumnIndex index : columns) {
    const Column& from = records.columns[index];
    Column& to = table.columns[index];
    std::vector<uint32_t> used;
    for (uint32_t r : chosen) {
      if (from.IsNull(r)) continue;
      if (from.many()) {
        used.insert(used.end(), from.Items(r).begin(), from.Items(r).end());
      } else {
        used.push_back(from.codes[r]);
      }
    }
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (uint32_t code : used) to.values.Intern(from.values[code]);
    const auto number = [&](uint32_t code) {
      return static_cast<uint32_t>(std::lower_bound(used.begin(), used.end(), code) - used.begin());
    };
    if (from.many()) to.starts.push_back(0);
    for (uint32_t r : chosen) {
      if (!from.many()) {
        to.codes.push_back(from.IsNull(r) ? kNullCode : number(from.codes[r]));
        continue;
      }
      for (uint32_t code : from.Items(r)) to.items.push_back(number(code));
      to.starts.push_back(static_cast<uint32_t>(to.items.size()));
    }
  }
  return table;
}

// One comparison with its groups: group g of the left side is record g of the table, those of the right follow.
struct Job {
  Model model;  // of this comparison alone
  RecordSet table;
  std::vector<Group> left, right;
  std::optional<Comparer> comparer;

  Job(const Comparer& whole, const RecordSample& sample, int comparison) : model(whole.model()) {
    model.comparisons = {whole.model().comparisons[static_cast<size_t>(comparison)]};
    const std::vector<ColumnIndex>& columns = whole.ColumnsOf(comparison);
    left = GroupsOf(whole.records(), columns, sample.left);
    right = GroupsOf(whole.records(), columns, sample.right);
    std::vector<uint32_t> chosen;
    for (const Group& group : left) chosen.push_back(group.first);
    for (const Group& group : right) chosen.push_back(group.first);
    table = TableOf(whole.records(), columns, chosen);
    comparer.emplace(model, table);
  }
};

// Groups [begin, end) of a job's left side, each with itself and those after it, or with all of the right side.
struct Item {
  size_t job = 0, begin = 0, end = 0;
};

class Batch {
 public:
  Batch(const Comparer& comparer, LevelCounts* counts) : comparer_(comparer), scratch_(comparer), counts_(counts) {}
  void Add(uint32_t a, uint32_t b, uint64_t times) {
    pairs_[size_] = {a, b};
    times_[size_] = times;
    if (++size_ == kBatch) Flush();
  }
  void Flush() {
    if (size_ == 0) return;
    comparer_.CompareOne(0, std::span(pairs_.data(), size_), &scratch_, levels_.data());
    for (size_t i = 0; i < size_; ++i) (*counts_)[levels_[i]] += times_[i];
    size_ = 0;
  }

 private:
  const Comparer& comparer_;
  Comparer::Scratch scratch_;
  LevelCounts* counts_;
  size_t size_ = 0;
  std::array<Pair, kBatch> pairs_;
  std::array<uint64_t, kBatch> times_;
  std::array<uint8_t, kBatch> levels_;
};

void Work(const Job& job, const Item& item, Batch* batch) {
  for (size_t g = item.begin; g < item.end; ++g) {
    const auto a = static_cast<uint32_t>(g), rights = static_cast<uint32_t>(job.left.size());
    const uint64_t times = job.left[g].records;
    for (size_t h = 0; h < job.right.size(); ++h) {
      batch->Add(a, rights + static_cast<uint32_t>(h), times * job.right[h].records);
    }
    if (!job.right.empty()) continue;
    // Two records of a group are as alike as one with itself.
    if (times > 1) batch->Add(a, a, times * (times - 1) / 2);
    for (size_t h = g + 1; h < job.left.size(); ++h) {
      batch->Add(a, static_cast<uint32_t>(h), times * job.left[h].records);
    }
  }
  batch->Flush();
}

std::vector<Item> ItemsOf(const std::vector<std::unique_ptr<Job>>& jobs) {
  std::vector<Item> items;
  for (size_t j = 0; j < jobs.size(); ++j) {
    uint64_t pairs = 0;
    size_t begin = 0;
    for (size_t g = 0; g < jobs[j]->left.size(); ++g) {
      pairs += jobs[j]->right.empty() ? jobs[j]->left.size() - g : jobs[j]->right.size();
      if (pairs < kItemPairs && g + 1 < jobs[j]->left.size()) continue;
      items.push_back({j, begin, g + 1});
      begin = g + 1;
      pairs = 0;
    }
  }
  return items;
}

}  // namespace

double AllPairs(const Model& model, const RecordSet& records) {
  const auto n = static_cast<double>(records.size());
  if (model.link_type != LinkType::kLink) return n * (n - 1) / 2;
  if (records.source_begin.size() < 3) return 0;
  const double left = records.source_begin[1];
  return left * (n - left);
}

RecordSample SampleRecords(const Model& model, const RecordSet& records) {
  RecordSample sample;
  const auto n = static_cast<uint32_t>(records.size());
  const double wanted = std::max(1.0, model.training.u_pairs);
  if (AllPairs(model, records) <= 0) return sample;
  if (model.link_type != LinkType::kLink) {
    const double count = std::ceil((1 + std::sqrt(1 + 8 * wanted)) / 2);
    sample.left = Draw(records, 0, n, static_cast<uint64_t>(std::min<double>(count, n)), model.training.seed);
    return sample;
  }
  // As many of either side, or all of a side that is smaller, so that neither is known by a few records.
  const uint32_t middle = records.source_begin[1];
  const double sizes[] = {static_cast<double>(middle), static_cast<double>(n - middle)};
  const int small = sizes[0] <= sizes[1] ? 0 : 1;
  double counts[2];
  counts[small] = std::min(sizes[small], std::ceil(std::sqrt(wanted)));
  counts[1 - small] = std::min(sizes[1 - small], std::ceil(wanted / counts[small]));
  sample.left = Draw(records, 0, middle, static_cast<uint64_t>(counts[0]), model.training.seed);
  sample.right = Draw(records, middle, n, static_cast<uint64_t>(counts[1]), model.training.seed);
  return sample;
}

std::vector<LevelCounts> CountRandomPairs(const Comparer& comparer, const RecordSample& sample,
                                          const std::vector<int>& comparisons, int threads) {
  std::vector<std::unique_ptr<Job>> jobs(comparisons.size());
  ParallelFor(jobs.size(), threads,
              [&](size_t j) { jobs[j] = std::make_unique<Job>(comparer, sample, comparisons[j]); });

  const std::vector<Item> items = ItemsOf(jobs);
  const auto workers = static_cast<size_t>(std::max(threads, 1));
  std::vector<std::vector<LevelCounts>> of_worker(workers, std::vector<LevelCounts>(jobs.size(), LevelCounts{}));
  std::atomic<size_t> next{0};
  ParallelFor(workers, threads, [&](size_t w) {
    std::vector<std::unique_ptr<Batch>> batches(jobs.size());  // made when first needed: some remember much
    for (size_t i; (i = next.fetch_add(1)) < items.size();) {
      const size_t j = items[i].job;
      if (!batches[j]) batches[j] = std::make_unique<Batch>(*jobs[j]->comparer, &of_worker[w][j]);
      Work(*jobs[j], items[i], batches[j].get());
    }
  });

  std::vector<LevelCounts> counts(jobs.size(), LevelCounts{});
  for (const std::vector<LevelCounts>& some : of_worker) {
    for (size_t j = 0; j < jobs.size(); ++j) {
      for (size_t l = 0; l < counts[j].size(); ++l) counts[j][l] += some[j][l];
    }
  }
  return counts;
}

std::optional<ExactAgreement> CountExactAgreement(const Comparison& comparison, const Model& model,
                                                  const RecordSet& records) {
  ExactAgreement agreement;
  const Condition* null = nullptr;
  if (comparison.levels[0].is_null) {
    null = &comparison.levels[0].when;
    agreement.level = 1;
  }
  const Level& level = comparison.levels[static_cast<size_t>(agreement.level)];
  if (level.is_null || level.when.test != Test::kEqual || records.columns[level.when.a].many()) return std::nullopt;
  if (null && (null->test != Test::kNull || null->a != level.when.a || null->b != level.when.a)) return std::nullopt;
  for (size_t l = static_cast<size_t>(agreement.level) + 1; l < comparison.levels.size(); ++l) {
    if (comparison.levels[l].is_null) return std::nullopt;
  }

  const Column& column = records.columns[level.when.a];
  if (model.link_type != LinkType::kLink) {
    for (uint32_t count : column.counts) agreement.equal += 0.5 * count * (count - 1.0);
    const auto filled = static_cast<double>(null ? column.filled : records.size());
    agreement.pairs = 0.5 * filled * (filled - 1);
    return agreement;
  }
  std::vector<uint32_t> left(column.values.size(), 0);
  double filled = 0;
  for (uint32_t r = 0; r < records.source_begin[1]; ++r) {
    if (column.codes[r] == kNullCode) continue;
    ++left[column.codes[r]];
    ++filled;
  }
  for (size_t v = 0; v < left.size(); ++v) {
    agreement.equal += static_cast<double>(left[v]) * (static_cast<double>(column.counts[v]) - left[v]);
  }
  agreement.pairs = null ? filled * (static_cast<double>(column.filled) - filled) : AllPairs(model, records);
  return agreement;
}

}  // namespace hearth::linkage
