// How fast are keyed Bloom filters made and compared, and what is found?
//
//   build/release/bench/clk_bench [rows a side] [threads] | --tiny
//
// Both sides are made: persons with a name, a birth date, a telephone and a number; half of the left rows stand on the
// right as well, with a wrong character, digit or exchanged day and month in three of ten fields. Methods of counting
// take turns in each round; medians with their range, ratios against the plain one, a hash of the pairs found, so that
// faster but wrong shows.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/private/common_bits.h"
#include "matchers/private/dice_join.h"
#include "matchers/private/encoder.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth::linkage {
namespace {

constexpr uint64_t kSeed = 42;
constexpr double kThreshold = 0.80;
constexpr std::string_view kKeyHex = "8f1d0c3ab7e95264f0a81b3cd2e76549187f6aebc30d529e4471b8f2d6a03c95";
constexpr std::string_view kModel =
    "encoding: bench\n"
    "fields:\n"
    "  - {name: name, group: name, bits: 160}\n"
    "  - {name: born, elements: date, bits: 100}\n"
    "  - {name: phone, positional: true, padding: false, bits: 60}\n"
    "  - {name: number, positional: true, padding: false, bits: 120}\n";

using Clock = std::chrono::steady_clock;
double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Of the whole process, all threads: what a busy machine does not blur.
double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

using Row = std::vector<std::string>;

std::string Digits(size_t n, std::mt19937_64* random) {
  std::string out(n, '0');
  for (char& c : out) c = static_cast<char>('0' + (*random)() % 10);
  return out;
}

// Skewed letters, so that names resemble one another as real ones do.
std::string Word(std::mt19937_64* random) {
  constexpr std::string_view kLetters = "aaaaaaaaeeeeeeiiiiinnnnngggguuuhhhooozzlljjxxwwyymmbbttddffssqkprc";
  std::string out(2 + (*random)() % 5, 'a');
  for (char& c : out) c = kLetters[(*random)() % kLetters.size()];
  return out;
}

Row Person(std::mt19937_64* random) {
  char born[24];
  std::snprintf(born, sizeof(born), "%d%02d%02d", static_cast<int>(1930 + (*random)() % 80),
                static_cast<int>(1 + (*random)() % 12), static_cast<int>(1 + (*random)() % 28));
  return {Word(random) + " " + Word(random) + Word(random), born, "13" + Digits(9, random),
          "3399" + Digits(2, random) + born + Digits(4, random)};
}

Row WithFaults(Row row, std::mt19937_64* random) {
  for (size_t f = 0; f < row.size(); ++f) {
    if ((*random)() % 10 >= 3) continue;
    if (f == 1 && (*random)() % 3 == 0) {
      row[f] = row[f].substr(0, 4) + row[f].substr(6, 2) + row[f].substr(4, 2);
    } else {
      char& c = row[f][(*random)() % row[f].size()];
      c = f == 0 ? static_cast<char>('a' + (*random)() % 26) : static_cast<char>('0' + (*random)() % 10);
    }
  }
  return row;
}

BitRows Encode(const Encoder& encoder, const std::vector<Row>& rows) {
  BitRows out{encoder.model().RowBits(), std::vector<uint64_t>(rows.size() * encoder.model().RowBits() / 64)};
  Encoder::Memory memory;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<std::string_view> cells(rows[i].begin(), rows[i].end());
    encoder.Encode(cells, "", &memory, out.Row(i));
  }
  return out;
}

uint64_t HashOf(const std::vector<DicePair>& pairs) {
  uint64_t hash = 0;
  for (const DicePair& p : pairs) {
    const uint64_t both[2] = {p.left, p.right};
    hash = XXH3_64bits_withSeed(both, sizeof(both), hash);
  }
  return hash;
}

struct Spread {
  double median, least, most;
};
Spread SpreadOf(std::vector<double> values) {
  std::ranges::sort(values);
  return {values[values.size() / 2], values.front(), values.back()};
}

// Every pair of 2,000 by 2,000 filters, no bound: the loop itself.
void BenchKernel(const BitRows& left, const BitRows& right, size_t rows, int rounds) {
  rows = std::min(rows, right.size());
  std::vector<uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  const std::vector<uint64_t> blocks = InterleaveRows(right, order);
  const size_t count = (rows + kBlockRows - 1) / kBlockRows;
  const std::vector<uint32_t> least(count, 250);
  std::vector<BlockHit> hits(count);
  constexpr BitMethod kMethods[] = {BitMethod::kPlain, BitMethod::kAvx2, BitMethod::kAvx512};
  std::vector<double> seconds[3];
  uint64_t found[3] = {};
  for (int round = 0; round < rounds; ++round) {
    for (int m = 0; m < 3; ++m) {
      if (UsableBitMethod(kMethods[m]) != kMethods[m]) continue;
      const auto start = Clock::now();
      found[m] = 0;
      for (size_t i = 0; i < rows; ++i) {
        const size_t n = FindBlocks(kMethods[m], left.Row(i), blocks, least, hits.data());
        for (size_t h = 0; h < n; ++h) found[m] += hits[h].block + hits[h].common[0];
      }
      seconds[m].push_back(SecondsSince(start));
    }
  }
  const double pairs = static_cast<double>(rows) * static_cast<double>(count * kBlockRows);
  const double plain = SpreadOf(seconds[0]).median;
  for (int m = 0; m < 3; ++m) {
    if (seconds[m].empty()) continue;
    const Spread s = SpreadOf(seconds[m]);
    std::printf("count/%-8s %8.1f M pairs/s (%.1f-%.1f)  %5.2f ns a pair  %5.2fx plain  hash %016llx\n",
                std::string(BitMethodName(kMethods[m])).c_str(), pairs / s.median / 1e6, pairs / s.most / 1e6,
                pairs / s.least / 1e6, s.median / pairs * 1e9, plain / s.median,
                static_cast<unsigned long long>(found[m]));
  }
}

void PrintJoin(std::string_view what, const DiceJoinResult& r, double seconds, double cpu_seconds, size_t rows,
               size_t truth, const std::vector<uint32_t>& twin) {
  size_t right_pairs = 0;
  for (const DicePair& p : r.pairs) right_pairs += twin[p.right] == p.left;
  const double all = static_cast<double>(rows) * static_cast<double>(rows);
  std::printf(
      "join/%-9s %7.2f s (cpu %.2f)  %7.1f M pairs of rows/s  compared %.2f %%  precision %.4f  recall %.4f  hash "
      "%016llx",
      std::string(what).c_str(), seconds, cpu_seconds, all / seconds / 1e6, 100 * static_cast<double>(r.compared) / all,
      static_cast<double>(right_pairs) / std::max<double>(1, static_cast<double>(r.pairs.size())),
      static_cast<double>(right_pairs) / static_cast<double>(truth), static_cast<unsigned long long>(HashOf(r.pairs)));
  if (r.kind == JoinKind::kSampled) std::printf("  %u samples of %u bits", r.samples, r.sample_bits);
  std::printf("\n");
}

int Run(size_t rows, int threads, int rounds) {
#ifndef NDEBUG
  std::printf("# asserts are on: times mean little\n");
#endif
  std::printf("# seed %llu, %zu rows a side, %d threads, threshold %.2f, %d rounds\n",
              static_cast<unsigned long long>(kSeed), rows, threads, kThreshold, rounds);
  std::mt19937_64 random(kSeed);
  std::vector<Row> left(rows), right(rows);
  std::vector<uint32_t> twin(rows, UINT32_MAX);
  for (Row& row : left) row = Person(&random);
  size_t truth = 0;
  for (size_t i = 0; i < rows; ++i) {
    if (i % 2 != 0) {
      right[i] = Person(&random);
      continue;
    }
    right[i] = WithFaults(left[i], &random);
    twin[i] = static_cast<uint32_t>(i);
    ++truth;
  }
  const auto key = EncodingKey::FromFileBytes(kKeyHex);
  const auto model = ReadEncodingModel(kModel, "bench");
  if (!key.ok() || !model.ok()) return 1;
  const auto encoder = Encoder::Make(*model, *key, nullptr);
  if (!encoder.ok()) return 1;
  const auto start = Clock::now();
  const BitRows a = Encode(*encoder, left);
  std::printf("encode         %8.0f rows/s, one thread\n", static_cast<double>(rows) / SecondsSince(start));
  const BitRows b = Encode(*encoder, right);
  BenchKernel(a, b, 2000, rounds);
  for (const JoinKind kind : {JoinKind::kExact, JoinKind::kSampled}) {
    const auto began = Clock::now();
    const double cpu_began = CpuSeconds();
    const auto joined = DiceJoin(a, b, {.threshold = kThreshold, .kind = kind, .threads = threads});
    if (!joined.ok()) {
      std::fprintf(stderr, "clk_bench: %s\n", Message(joined.status()).c_str());
      return 1;
    }
    PrintJoin(JoinKindName(kind), *joined, SecondsSince(began), CpuSeconds() - cpu_began, rows, truth, twin);
  }
  return 0;
}

}  // namespace
}  // namespace hearth::linkage

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--tiny") return hearth::linkage::Run(500, 1, 1);
  const int rows = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int threads = argc > 2 ? std::atoi(argv[2]) : 2;
  if (rows < 100 || threads < 1) {
    std::fprintf(stderr, "usage: clk_bench [rows a side, 100 or more] [threads] | --tiny\n");
    return 2;
  }
  return hearth::linkage::Run(static_cast<size_t>(rows), threads, 15);
}
