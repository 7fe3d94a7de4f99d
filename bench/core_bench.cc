// How many times faster than a plain reader are number checking and name comparison?
//
// Each pair of benchmarks does the same work on the same cells in one run; the label carries a hash of the results, so
// that a faster wrong answer shows. The plain sides live here: they follow the standard sentence by sentence.
//
//   build/release/bench/core_bench            build/release/bench/core_bench --tiny
#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/citizen_number.h"
#include "core/person_name.h"
#include "core/text.h"

namespace hearth {
namespace {

constexpr size_t kCells = 4096;
const CivilDay kFeedDay = CivilDay::FromYmd(2026, 11, 20).value();

// Nine in ten right, the rest with one wrong place.
std::vector<std::string> NumberCells() {
  std::mt19937_64 random(42);
  std::vector<std::string> cells;
  while (cells.size() < kCells) {
    char text[32];
    std::snprintf(text, sizeof text, "3399%02d%04d%02d%02d%03d", static_cast<int>(random() % 100),
                  static_cast<int>(1920 + random() % 105), static_cast<int>(1 + random() % 12),
                  static_cast<int>(1 + random() % 28), static_cast<int>(random() % 1000));
    std::string number(text, 17);
    number += CitizenCheckCharacter(number);
    if (cells.size() % 10 == 0) number[6 + random() % 11] = static_cast<char>('0' + random() % 10);
    cells.push_back(number);
  }
  return cells;
}

// The verdict by the book, with strings and no shortcut.
Verdict PlainVerdict(const std::string& raw) {
  std::string number;
  for (char32_t c : DecodeUtf8(TrimUnicode(raw))) AppendUtf8(c == 'x' ? U'X' : FoldWidth(c), &number);
  if (number.size() != 18) return Verdict::kBadLength;
  for (size_t i = 0; i < 18; ++i) {
    if (!IsDigit(number[i]) && !(i == 17 && number[i] == 'X')) return Verdict::kBadCharacter;
  }
  if (!IsProvince(std::stoi(number.substr(0, 2)))) return Verdict::kBadDivision;
  const auto birth = CivilDay::FromYmd(std::stoi(number.substr(6, 4)), std::stoi(number.substr(10, 2)),
                                       std::stoi(number.substr(12, 2)));
  if (!birth.ok() || *birth > kFeedDay || birth->Ymd().year < 1850) return Verdict::kBadDate;
  const std::vector<int> weights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += std::stoi(number.substr(i, 1)) * weights[i];
  return std::string("10X98765432")[static_cast<size_t>(sum % 11)] == number[17] ? Verdict::kOk : Verdict::kBadCheck;
}

template <class Read>
void ReadNumbers(benchmark::State& state, Read read) {
  const std::vector<std::string> cells = NumberCells();
  uint64_t hash = 0;
  for (auto _ : state) {
    hash = 0;
    for (const std::string& cell : cells) hash = hash * 31 + static_cast<uint64_t>(read(cell));
    benchmark::DoNotOptimize(hash);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * cells.size()));
  state.SetLabel("hash " + std::to_string(hash));
}

void NumberPlain(benchmark::State& state) { ReadNumbers(state, PlainVerdict); }
void NumberHearth(benchmark::State& state) {
  ReadNumbers(state, [](std::string_view cell) {
    return ReadCitizenNumber(cell, kFeedDay, {.allow_synthetic = true}).verdict;
  });
}

std::vector<std::string> NameCells() {
  constexpr std::u32string_view kSurnames = U"王李张章陈程杨刘黄周吴";
  constexpr std::u32string_view kGiven = U"芳伟玮丽莉俐敏静娜强磊军洋勇艳杰娟涛明超秀霞平刚桂英";
  std::mt19937_64 random(7);
  std::vector<std::string> cells;
  while (cells.size() < kCells) {
    std::u32string name(1, kSurnames[random() % kSurnames.size()]);
    for (uint64_t n = 1 + random() % 2; n > 0; --n) name += kGiven[random() % kGiven.size()];
    cells.push_back(EncodeUtf8(name));
  }
  return cells;
}

// Levels by decoded strings and a map of readings, as a first version would be written.
uint64_t PlainAgreement(const std::string& a, const std::string& b, const std::map<char32_t, std::string>& readings) {
  const std::u32string x = DecodeUtf8(FoldName(a)), y = DecodeUtf8(FoldName(b));
  if (x == y) return 0;
  if (x.size() != y.size()) return 7;
  const auto reading = [&readings](char32_t c) {
    const auto at = readings.find(c);
    return at == readings.end() ? std::string() : at->second;
  };
  bool sounds = true;
  for (size_t i = 0; i < x.size(); ++i) sounds &= reading(x[i]) == reading(y[i]);
  return sounds ? 2 : 7;
}

template <class Compare>
void ComparePairs(benchmark::State& state, Compare compare) {
  const std::vector<std::string> cells = NameCells();
  compare(cells[0], cells[1]);  // builds the tables
  uint64_t hash = 0;
  for (auto _ : state) {
    hash = 0;
    for (size_t i = 0; i + 1 < cells.size(); ++i) hash = hash * 31 + compare(cells[i], cells[i + 1]);
    benchmark::DoNotOptimize(hash);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * (cells.size() - 1)));
  state.SetLabel("hash " + std::to_string(hash));
}

// Exact, homophone or neither: what both sides decide, so that their hashes can be compared.
uint64_t ThreeLevels(NameAgreement a) {
  return a == NameAgreement::kExact ? 0 : a == NameAgreement::kHomophone ? 2 : 7;
}

void NamePlain(benchmark::State& state) {
  std::map<char32_t, std::string> readings;
  for (char32_t c = 0x4E00; c < 0x9FFF; ++c) readings[c] = SyllableOf(c);
  ComparePairs(state,
               [&readings](const std::string& a, const std::string& b) { return PlainAgreement(a, b, readings); });
}
void NameHearth(benchmark::State& state) {
  ComparePairs(state, [](std::string_view a, std::string_view b) { return ThreeLevels(CompareNames(a, b)); });
}

// What ingest does with a name cell.
void NameCell(benchmark::State& state) {
  const std::vector<std::string> cells = NameCells();
  uint64_t hash = 0;
  for (auto _ : state) {
    hash = 0;
    for (const std::string& cell : cells)
      hash += FoldName(cell).size() * 31 + static_cast<uint64_t>(ClassifyName(cell));
    benchmark::DoNotOptimize(hash);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * cells.size()));
  state.SetLabel("hash " + std::to_string(hash));
}

BENCHMARK(NumberPlain);
BENCHMARK(NumberHearth);
BENCHMARK(NamePlain);
BENCHMARK(NameHearth);
BENCHMARK(NameCell);

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  // --tiny: a moment of each, so that the bench is run among the tests.
  static char tiny[] = "--benchmark_min_time=0.001";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--tiny") == 0) argv[i] = tiny;
  }
#ifndef NDEBUG
  std::fputs("warning: asserts are on; the times mean little\n", stderr);
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
