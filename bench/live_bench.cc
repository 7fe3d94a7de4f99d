// What does it cost to keep persons, and how long does one look-up take?
//
// A store is made from a base table, more rows arrive, each commit of 1,000 synced, and rows are looked up. Beside the
// arrivals stands what they save: the batch over everything, with the model trained already. At the end the store is
// linked from nothing: `same` says that not one link or cluster differs.
//
//   build/release/bench/live_bench --people people.csv --arrivals 50000      the table of made people, its rows as base
//   build/release/bench/live_bench --tiny                                    and last rows as arrivals
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "linkage/live/live_linker.h"
#include "linkage/run_link.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

constexpr int kThreads = 2;
constexpr size_t kTinyRows = 2000, kTinyArrivals = 200;

std::string g_people;
size_t g_arrivals = 50'000;

struct Bench {
  std::filesystem::path dir;
  std::string base, arrivals, everything;
  Model model;
  std::unique_ptr<LiveLinker> linker;
  RowTable rows;  // that arrive
  uint64_t outcome = 0;
};
Bench& TheBench() {
  static Bench bench;
  return bench;
}

int64_t NowMebibytes() {
  std::ifstream in("/proc/self/statm");
  int64_t pages = 0, resident = 0;
  in >> pages >> resident;
  return resident * ::sysconf(_SC_PAGESIZE) >> 20;
}

template <class T>
T Must(StatusOr<T> value) {
  HEARTH_CHECK(value.ok(), Message(value.status()));
  return *std::move(value);
}

// People with some copies, each copy with a typo now and then.
void WriteTinyPeople(const std::string& path) {
  std::mt19937_64 random(42);
  const auto word = [&](size_t words) {
    const uint64_t n = random() % words * 7919;
    return fmt::format("{}{}{}", static_cast<char>('a' + n % 26), static_cast<char>('a' + n / 26 % 26), n % 97);
  };
  std::ofstream out(path);
  out << "unique_id,first_name,middle_name,last_name,dob,birth_lat,birth_lng,occupation\n";
  for (size_t row = 0; row < kTinyRows;) {
    const std::string first = word(90), middle = word(60), last = word(200), job = word(40);
    const std::string dob = fmt::format("19{}-0{}-1{}", 40 + random() % 60, 1 + random() % 9, random() % 9);
    const uint64_t north = random() % 100, east = random() % 100;
    for (size_t copies = 1 + random() % 3; copies > 0 && row < kTinyRows; --copies, ++row) {
      const char* typo = random() % 5 == 0 ? "x" : "";
      out << fmt::format("{},{}{},{},{},{},{}.25,{}.5,{}\n", (row * 7919) % 100'003, first, typo, middle, last, dob,
                         north, east, job);
    }
  }
}

// The table's first rows as base, its last as arrivals.
void Split(Bench* b) {
  std::ifstream in(g_people);
  HEARTH_CHECK(in.good(), "--people: cannot be opened");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  HEARTH_CHECK(lines.size() > g_arrivals + 1, "--people: has fewer rows than --arrivals");
  const size_t base = lines.size() - g_arrivals;
  std::ofstream one(b->base), two(b->arrivals), all(b->everything);
  for (auto* out : {&one, &two, &all}) *out << lines[0] << "\n";
  for (size_t i = 1; i < lines.size(); ++i) {
    (i < base ? one : two) << lines[i] << "\n";
    all << lines[i] << "\n";
  }
}

// A number for all links, weights and clusters.
uint64_t OutcomeOf(const LiveTable& table) {
  const std::vector<uint32_t> order = table.Order();
  uint64_t hash = 0;
  const auto add = [&](uint64_t n) { hash = (hash ^ n) * 0x9E3779B97F4A7C15ull; };
  for (const Link& link : table.Links(order)) {
    add(uint64_t{link.left} << 32 | link.right);
    uint64_t bits = 0;
    std::memcpy(&bits, &link.weight, sizeof bits);
    add(bits);
  }
  for (const uint32_t record : order) add(table.PersonOf(record));
  return hash;
}

void Create(benchmark::State& state) {
  Bench& b = TheBench();
  for (auto _ : state) {
    b.linker = Must(LiveLinker::Create({.dir = (b.dir / "store").string(),
                                        .model = b.model,
                                        .tables = {b.base},
                                        .threads = kThreads,
                                        .day = CivilDay::FromYmd(2024, 3, 1).value()}));
  }
  state.SetItemsProcessed(static_cast<int64_t>(b.linker->table().size()));
  state.SetLabel(fmt::format("{} records, {} links, {} persons", b.linker->table().size(), b.linker->table().links(),
                             b.linker->table().persons()));
}

void Open(benchmark::State& state) {
  Bench& b = TheBench();
  b.linker.reset();
  // What was freed goes back to the system, else it would hide what opening takes.
  ::malloc_trim(0);
  const int64_t before = NowMebibytes();
  for (auto _ : state) b.linker = Must(LiveLinker::Open((b.dir / "store").string(), kThreads));
  state.SetItemsProcessed(static_cast<int64_t>(b.linker->table().size()));
  state.SetLabel(fmt::format("memory {} MiB more than before", NowMebibytes() - before));
}

void Arrive(benchmark::State& state) {
  Bench& b = TheBench();
  ApplyCounts counts;
  std::vector<double> commit_ms;
  for (auto _ : state) {
    auto last = std::chrono::steady_clock::now();
    const auto told = [&](uint64_t, uint64_t) {
      const auto now = std::chrono::steady_clock::now();
      commit_ms.push_back(std::chrono::duration<double, std::milli>(now - last).count());
      last = now;
    };
    counts = Must(b.linker->Apply(
        b.rows, {}, {.day = CivilDay::FromYmd(2024, 3, 2).value(), .threads = kThreads, .on_progress = told}));
  }
  std::sort(commit_ms.begin(), commit_ms.end());
  state.SetItemsProcessed(static_cast<int64_t>(counts.added));
  state.SetLabel(
      fmt::format("{} commits, median {:.0f} ms, longest {:.0f} ms; {} pairs, {} links, {} events; {} records "
                  "clustered again",
                  counts.commits, commit_ms[commit_ms.size() / 2], commit_ms.back(), counts.compared, counts.links_put,
                  counts.events, counts.clustered));
  b.outcome = OutcomeOf(b.linker->table());
}

void LookUp(benchmark::State& state) {
  Bench& b = TheBench();
  const size_t queries = std::min<size_t>(b.rows.rows(), 20'000);
  std::vector<double> ms;
  std::vector<std::string_view> cells;
  uint64_t found = 0;
  for (auto _ : state) {
    for (size_t q = 0; q < queries; ++q) {
      b.rows.Cells(q, &cells);
      const auto start = std::chrono::steady_clock::now();
      found += b.linker->table().Match(0, cells, b.linker->table().review_bits()).size();
      ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
  }
  std::sort(ms.begin(), ms.end());
  state.SetItemsProcessed(static_cast<int64_t>(queries));
  state.SetLabel(fmt::format("median {:.3f} ms, p99 {:.3f} ms, longest {:.3f} ms; {} found", ms[ms.size() / 2],
                             ms[ms.size() * 99 / 100], ms.back(), found));
}

void Rebuild(benchmark::State& state) {
  Bench& b = TheBench();
  ApplyCounts counts;
  for (auto _ : state) {
    counts = Must(b.linker->Rebuild(false, CivilDay::FromYmd(2024, 3, 3).value(), kThreads));
  }
  state.SetItemsProcessed(static_cast<int64_t>(b.linker->table().size()));
  const uint64_t outcome = OutcomeOf(b.linker->table());
  state.SetLabel(fmt::format("{} pairs, {} events, same {}, hash {:016x}", counts.compared, counts.events,
                             outcome == b.outcome ? "yes" : "NO", outcome));
  if (outcome != b.outcome || counts.events != 0) state.SkipWithError("linking again from nothing ends elsewhere");
}

void Batch(benchmark::State& state) {
  Bench& b = TheBench();
  LinkJob job{.model = b.linker->table().model(), .tables = {b.everything}, .threads = kThreads};
  b.linker.reset();
  for (auto _ : state) {
    const LinkResult result = Must(RunLink(job));
    state.SetLabel(fmt::format("{} pairs, {} links", result.pairs, result.links.size()));
    state.SetItemsProcessed(static_cast<int64_t>(result.records->size()));
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_mib"] = static_cast<double>(usage.ru_maxrss >> 10);
}

void Register() {
  const auto add = [](const char* name, void (*body)(benchmark::State&)) {
    benchmark::RegisterBenchmark(name, body)->Unit(benchmark::kMillisecond)->Iterations(1)->UseRealTime();
  };
  add("create", Create);
  add("open", Open);
  add("arrive", Arrive);
  add("look up", LookUp);
  add("rebuild", Rebuild);
  add("batch", Batch);
}

}  // namespace
}  // namespace hearth::linkage

int main(int argc, char** argv) {
  using hearth::linkage::Bench;
  bool tiny = false;
  std::vector<char*> rest;
  for (int i = 0; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--tiny") {
      tiny = true;
    } else if (arg == "--people" && i + 1 < argc) {
      hearth::linkage::g_people = argv[++i];
    } else if (arg == "--arrivals" && i + 1 < argc) {
      hearth::linkage::g_arrivals = std::strtoull(argv[++i], nullptr, 10);
    } else {
      rest.push_back(argv[i]);
    }
  }
#ifndef NDEBUG
  std::fputs("warning: asserts are on; the times mean little\n", stderr);
#endif
  int count = static_cast<int>(rest.size());
  benchmark::Initialize(&count, rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, rest.data())) return 2;
  if (!tiny && hearth::linkage::g_people.empty()) {
    std::fputs("live_bench: give --people TABLE.csv, the made people of bench/linkage, or --tiny\n", stderr);
    return 2;
  }
  Bench& bench = hearth::linkage::TheBench();
  bench.dir = std::filesystem::temp_directory_path() / ("hearth_live_bench_" + std::to_string(::getpid()));
  std::filesystem::create_directories(bench.dir);
  bench.base = (bench.dir / "base.csv").string();
  bench.arrivals = (bench.dir / "arrivals.csv").string();
  bench.everything = (bench.dir / "everything.csv").string();
  if (tiny) {
    hearth::linkage::g_people = (bench.dir / "people.csv").string();
    hearth::linkage::g_arrivals = hearth::linkage::kTinyArrivals;
    hearth::linkage::WriteTinyPeople(hearth::linkage::g_people);
  }
  hearth::linkage::Split(&bench);
  std::ostringstream text;
  text << std::ifstream(HEARTH_SOURCE_DIR "/bench/linkage/same-rules/people_8rules.yaml").rdbuf();
  bench.model = hearth::linkage::Must(hearth::linkage::ReadModel(text.str(), "people_8rules.yaml"));
  bench.rows = hearth::linkage::Must(
      hearth::linkage::ReadRows(bench.arrivals, 0, bench.model, {.threads = hearth::linkage::kThreads}));
  hearth::linkage::Register();
  benchmark::RunSpecifiedBenchmarks();
  bench.linker.reset();
  std::filesystem::remove_all(bench.dir);
  return 0;
}
