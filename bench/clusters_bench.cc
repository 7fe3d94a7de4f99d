// How fast are clusters of a million records, and which way of joining holds best?
//
// Times: components by union-find on two threads against a plain breadth-first search, and whole clusterings of the
// same links, by turns. Measures: on made people of three grades of dirt, pair, exact-cluster and B-cubed F1 of each
// way of joining stand in the label; weights come from comparing made fields, so that they err as real ones do: typos,
// gaps, moves, families that share address and surname.
//
//   build/release/bench/clusters_bench            build/release/bench/clusters_bench --tiny
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "matchers/fellegi_sunter/clusters.h"
#include "matchers/fellegi_sunter/components.h"
#include "matchers/fellegi_sunter/evaluate.h"

namespace hearth::linkage {
namespace {

bool g_tiny = false;

// --- Times: a million records, five million links ---

struct Scale {
  size_t records = 0;
  std::vector<Link> links;
  ClusterInput Input() const {
    return {.records = records, .links = links, .score = [](std::span<const Pair> pairs, double* bits) {
              std::fill(bits, bits + pairs.size(), -4.0);
            }};
  }
};

// Entities of 1 to 20 records, nine in ten of their pairs linked, one false link in fifty records; links in order of
// their records, as scoring leaves them, records in no order.
const Scale& ScaleCase() {
  static const Scale scale = [] {
    std::mt19937_64 random(42);
    Scale s;
    s.records = g_tiny ? 20'000 : 1'000'000;
    std::vector<uint32_t> number(s.records);
    for (uint32_t i = 0; i < s.records; ++i) number[i] = i;
    std::shuffle(number.begin(), number.end(), random);
    const auto add = [&](size_t a, size_t b, double bits) {
      s.links.push_back({std::min(number[a], number[b]), std::max(number[a], number[b]), bits});
    };
    for (size_t begin = 0, end = 0; begin < s.records; begin = end) {
      end = std::min(s.records, begin + 1 + random() % 20);
      for (size_t a = begin; a < end; ++a) {
        for (size_t b = a + 1; b < end; ++b) {
          if (random() % 10 != 0) add(a, b, 4 + static_cast<double>(random() % 1000) / 50);
        }
        if (a > 0 && random() % 50 == 0) add(a, random() % a, 3.2 + static_cast<double>(random() % 1000) / 200);
      }
    }
    std::erase_if(s.links, [](const Link& l) { return l.left == l.right; });
    std::shuffle(s.links.begin(), s.links.end(), random);
    if (!g_tiny && s.links.size() > 5'000'000) s.links.resize(5'000'000);
    std::sort(s.links.begin(), s.links.end(),
              [](const Link& a, const Link& b) { return std::tie(a.left, a.right) < std::tie(b.left, b.right); });
    return s;
  }();
  return scale;
}

uint64_t HashOf(const std::vector<uint32_t>& labels) {
  uint64_t hash = 0;
  for (const uint32_t label : labels) hash = hash * 0x9E3779B97F4A7C15 + label;
  return hash;
}

void Tell(benchmark::State& state, const std::vector<uint32_t>& labels) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * ScaleCase().links.size()));
  state.SetLabel(std::to_string(ScaleCase().links.size()) + " links, hash " + std::to_string(HashOf(labels)));
}

void ComponentsPlain(benchmark::State& state) {
  const Scale& s = ScaleCase();
  std::vector<uint32_t> label;
  for (auto _ : state) {
    std::vector<std::vector<uint32_t>> neighbours(s.records);
    for (const Link& link : s.links) {
      neighbours[link.left].push_back(link.right);
      neighbours[link.right].push_back(link.left);
    }
    label.assign(s.records, UINT32_MAX);
    std::vector<uint32_t> queue;
    for (uint32_t r = 0; r < s.records; ++r) {
      if (label[r] != UINT32_MAX) continue;
      queue.assign(1, label[r] = r);
      while (!queue.empty()) {
        const uint32_t at = queue.back();
        queue.pop_back();
        for (const uint32_t next : neighbours[at]) {
          if (label[next] == UINT32_MAX) queue.push_back(next), label[next] = r;
        }
      }
    }
  }
  Tell(state, label);
}

void ClusterScale(benchmark::State& state, ClusterMethod method, int threads) {
  const ClusterInput input = ScaleCase().Input();
  Clustering clustering;
  for (auto _ : state) clustering = Cluster(input, {.method = method, .threshold_bits = 3.2, .threads = threads});
  Tell(state, clustering.cluster_of);
}

// --- Measures: made people ---

struct Dirt {
  const char* name;
  double typo, gap, moved;  // chance a field and record
  double family;            // share of persons who live with three others
};
constexpr Dirt kDirts[] = {
    {"clean", 0.05, 0.05, 0.05, 0.2}, {"dirty", 0.15, 0.15, 0.15, 0.4}, {"filthy", 0.25, 0.30, 0.25, 0.5}};

constexpr double kScant = 0.05;

enum Field { kGiven, kSurname, kBorn, kTown, kStreet, kPhone, kFields };
struct Value {
  uint32_t truth = 0;  // 0: gap
  uint32_t typo = 0;   // 0: none; two values of one truth are close
  bool operator==(const Value&) const = default;
};
using Row = std::array<Value, kFields>;

class MadePeople {
 public:
  MadePeople(const Dirt& dirt, size_t records, uint64_t seed) : random_(seed) {
    std::array<Value, kFields> household{};
    int left_in_household = 0;
    for (uint32_t entity = 0; rows_.size() < records; ++entity) {
      if (left_in_household-- <= 0) {
        left_in_household = Chance(dirt.family) ? 3 : 0;
        household = {Value{},
                     Value{Skewed(4000)},
                     Value{},
                     Value{Skewed(300)},
                     Value{Skewed(30'000)},
                     Value{1 + Below(1'000'000'000)}};
      }
      Row person = household;
      person[kGiven].truth = Skewed(1000);
      person[kBorn].truth = 1 + Below(25'000);
      // Copies: one for most, up to twenty.
      const size_t copies = Chance(0.4) ? 1 : 1 + Skewed(20);
      for (size_t c = 0; c < copies; ++c) {
        Row row = person;
        for (int f = 0; f < kFields; ++f) {
          if (f >= kTown && Chance(dirt.moved)) row[f] = {f == kTown ? Skewed(300) : 1 + Below(1'000'000'000)};
          if (Chance(dirt.typo)) row[f].typo = 1 + Below(6);
          if (Chance(dirt.gap)) row[f] = {};
        }
        // A scant row says a name and a town, and may be anybody's.
        if (Chance(kScant)) row[kBorn] = row[kStreet] = row[kPhone] = {};
        rows_.push_back(row);
        entity_of_.push_back(entity);
      }
    }
    for (int f = 0; f < kFields; ++f) {
      std::unordered_map<uint64_t, uint32_t> counts;
      for (const Row& row : rows_) ++counts[Code(row[f])];
      for (const Row& row : rows_) frequency_[f].push_back(counts[Code(row[f])] / static_cast<double>(rows_.size()));
    }
    prior_bits_ = std::log2(4.0 / static_cast<double>(rows_.size()));
    Block();
  }

  ClusterInput Input() const {
    return {.records = rows_.size(), .links = links_, .score = [this](std::span<const Pair> pairs, double* bits) {
              for (size_t i = 0; i < pairs.size(); ++i) bits[i] = Bits(pairs[i].left, pairs[i].right);
            }};
  }
  const std::vector<uint32_t>& entity_of() const { return entity_of_; }

 private:
  bool Chance(double p) { return static_cast<double>(random_() >> 11) * 0x1p-53 < p; }
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  // 1 to n, the first ones often.
  uint32_t Skewed(uint32_t n) {
    const double x = static_cast<double>(random_() >> 11) * 0x1p-53;
    return 1 + static_cast<uint32_t>(std::pow(n, x)) % n;
  }
  static uint64_t Code(const Value& v) { return static_cast<uint64_t>(v.truth) << 32 | v.typo; }

  // Exact values weigh by their frequency, close ones by a fixed share; m as a training would have it.
  double Bits(uint32_t a, uint32_t b) const {
    constexpr double kU[kFields] = {0.01, 0.004, 0.0004, 0.02, 0.001, 0.0001};
    double bits = prior_bits_;
    for (int f = 0; f < kFields; ++f) {
      const Value &x = rows_[a][f], &y = rows_[b][f];
      if (x.truth == 0 || y.truth == 0) continue;
      if (x == y) {
        bits += std::log2(0.75 / std::max(frequency_[f][a], 1e-5));
      } else if (x.truth == y.truth) {
        bits += std::log2(0.15 / (2 * kU[f]));
      } else {
        bits += std::log2(0.10);
      }
    }
    return bits;
  }

  void Block() {
    constexpr std::pair<Field, Field> kRules[] = {
        {kGiven, kSurname}, {kSurname, kBorn}, {kGiven, kBorn}, {kPhone, kPhone}, {kStreet, kGiven}};
    std::vector<Pair> pairs;
    for (const auto& [one, other] : kRules) {
      std::map<std::pair<uint64_t, uint64_t>, std::vector<uint32_t>> blocks;
      for (uint32_t r = 0; r < rows_.size(); ++r) {
        if (rows_[r][one].truth != 0 && rows_[r][other].truth != 0) {
          blocks[{Code(rows_[r][one]), Code(rows_[r][other])}].push_back(r);
        }
      }
      for (const auto& [key, block] : blocks) {
        for (size_t i = 0; i < block.size(); ++i) {
          for (size_t j = i + 1; j < block.size(); ++j) pairs.push_back({block[i], block[j]});
        }
      }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    for (const Pair& pair : pairs) {
      if (const double bits = Bits(pair.left, pair.right); bits >= 0) links_.push_back({pair.left, pair.right, bits});
    }
  }

  std::mt19937_64 random_;
  std::vector<Row> rows_;
  std::vector<uint32_t> entity_of_;
  std::vector<double> frequency_[kFields];  // by record
  double prior_bits_ = 0;
  std::vector<Link> links_;
};

struct Way {
  const char* name;
  ClusterOptions options;
};
std::vector<Way> Ways() {
  return {{"connected", {.method = ClusterMethod::kConnected}},
          {"average", {}},
          {"plain average", {.allowance_bits = 0}},
          {"sum", {.cohesion = Cohesion::kSum}},
          {"complete", {.cohesion = Cohesion::kComplete}}};
}

void Measure(benchmark::State& state, const Dirt& dirt, Way way, double threshold_bits) {
  const MadePeople people(dirt, g_tiny ? 500 : 20'000, 7);
  const ClusterInput input = people.Input();
  way.options.threshold_bits = threshold_bits;
  Clustering clustering;
  for (auto _ : state) clustering = Cluster(input, way.options);
  const ClusterScores s = EvaluateClusters(clustering.cluster_of, people.entity_of(), kOneTable);
  char label[160];
  std::snprintf(label, sizeof label, "pair P %.3f R %.3f F1 %.3f, exact F1 %.3f, B-cubed F1 %.3f, hash %016llx",
                s.pairs.Precision(), s.pairs.Recall(), s.pairs.F1(), s.exact.F1(), s.BCubedF1(),
                static_cast<unsigned long long>(HashOf(clustering.cluster_of)));
  state.SetLabel(label);
}

void Register() {
  benchmark::RegisterBenchmark("components/plain", ComponentsPlain)->Unit(benchmark::kMillisecond);
  for (const int threads : {1, 2}) {
    for (const auto& [name, method] :
         {std::pair("connected", ClusterMethod::kConnected), std::pair("cohesive", ClusterMethod::kCohesive)}) {
      benchmark::RegisterBenchmark(
          (std::string(name) + "/threads " + std::to_string(threads)).c_str(),
          [method = method, threads](benchmark::State& s) { ClusterScale(s, method, threads); })
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
    }
  }
  for (const Dirt& dirt : kDirts) {
    for (const double threshold : {0.0, 3.17, 6.63}) {  // probability 0.5, 0.9, 0.99
      for (const Way& way : Ways()) {
        const std::string name =
            std::string(dirt.name) + "/" + way.name + "/bits " + std::to_string(threshold).substr(0, 4);
        benchmark::RegisterBenchmark(name.c_str(),
                                     [&dirt, way, threshold](benchmark::State& s) { Measure(s, dirt, way, threshold); })
            ->Unit(benchmark::kMillisecond)
            ->Iterations(1);
      }
    }
  }
}

}  // namespace
}  // namespace hearth::linkage

int main(int argc, char** argv) {
  // --tiny: a moment of each, so that the bench is run among the tests.
  static char tiny[] = "--benchmark_min_time=0.001";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--tiny") != 0) continue;
    argv[i] = tiny;
    hearth::linkage::g_tiny = true;
  }
#ifndef NDEBUG
  std::fputs("warning: asserts are on; the times mean little\n", stderr);
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  hearth::linkage::Register();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
