// How many times faster than byte by byte is the scanner, than ICU the decoder, and how many rows a second does a whole
// delivery read? Each pair works on the same bytes in one run; the label carries a hash of what was found.
//
//   build/release/bench/ingest_bench          build/release/bench/ingest_bench --tiny
#include <benchmark/benchmark.h>
#include <unicode/ucnv.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "core/citizen_number.h"
#include "ingest/csv_scanner.h"
#include "ingest/encoding.h"
#include "ingest/feed_reader.h"
#include "ingest/sm3.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

int bench_rows = 200'000;

std::string TwoDigits(uint64_t n) { return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)}; }

// A household register of 12 columns; one number in fifty is wrong.
const std::string& HouseholdCsv() {
  static const std::string text = [] {
    constexpr std::string_view kSurnames[] = {"王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙"};
    constexpr std::string_view kGiven[] = {"芳", "伟", "敏", "静", "强", "磊", "军", "洋", "艳", "杰",
                                           "娟", "涛", "明", "超", "秀", "霞", "平", "刚", "桂", "英",
                                           "华", "玉", "红", "建", "国", "志", "文", "丽", "海", "燕"};
    std::mt19937_64 random(42);
    std::string csv = "BH,SFZH,XM,XB,CSRQ,HH,YHZGX,HLX,HYZK,ZZ,QH,ZT\n";
    for (int i = 0; i < bench_rows; ++i) {
      const uint64_t year = 1930 + random() % 90, month = 1 + random() % 12, day = 1 + random() % 28;
      const std::string birth = std::to_string(year) + TwoDigits(month) + TwoDigits(day);
      std::string number =
          "33990" + std::to_string(1 + random() % 3) + birth + TwoDigits(random()) + std::to_string(random() % 10);
      number += CitizenCheckCharacter(number);
      if (i % 50 == 0) number[17] = number[17] == '1' ? '2' : '1';
      csv += "P" + std::to_string(1000000 + i) + "," + number + "," + std::string(kSurnames[random() % 12]);
      for (uint64_t n = 1 + random() % 2; n > 0; --n) csv += kGiven[random() % 30];
      csv += random() % 2 == 0 ? ",1," : ",2,";
      csv += std::to_string(year) + "-" + TwoDigits(month) + "-" + TwoDigits(day) + ",H" +
             std::to_string(500000 + i / 3) + "," +
             (i % 3 == 0   ? "02"
              : i % 3 == 1 ? "10"
                           : "20") +
             ",1,20,云泽市东坪区幸福路" + std::to_string(1 + random() % 300) + "号" +
             std::to_string(1 + random() % 20) + "幢" + std::to_string(101 + random() % 900) + "室,339901001003,1\n";
    }
    return csv;
  }();
  return text;
}

uint64_t ScanAll(std::string_view text, ScanMethod method) {
  CsvScanner scanner({",", '"'}, method);
  CsvRecord record;
  uint64_t hash = 0;
  constexpr size_t kBlock = 256 * 1024;
  for (size_t at = 0; at < text.size(); at += kBlock) {
    scanner.Feed(text.substr(at, kBlock), at + kBlock >= text.size());
    while (scanner.Next(&record)) hash = hash * 31 + record.fields.size() + record.text_end;
  }
  return hash;
}

void Scan(benchmark::State& state, ScanMethod method) {
  if (method == ScanMethod::kAvx2 && !HasAvx2()) return state.SkipWithError("this machine has no AVX2");
  const std::string& text = HouseholdCsv();
  uint64_t hash = 0;
  for (auto _ : state) hash = ScanAll(text, method);
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.SetLabel("hash " + std::to_string(hash));
}
void ScanPlain(benchmark::State& state) { Scan(state, ScanMethod::kPlain); }
void ScanAvx2(benchmark::State& state) { Scan(state, ScanMethod::kAvx2); }

void CheckUtf8(benchmark::State& state, bool (*check)(std::string_view)) {
  const std::string& text = HouseholdCsv();
  bool clean = false;
  for (auto _ : state) benchmark::DoNotOptimize(clean = check(text));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.SetLabel(clean ? "clean" : "damaged");
}
void Utf8Plain(benchmark::State& state) { CheckUtf8(state, IsCleanUtf8Plain); }
void Utf8Avx2(benchmark::State& state) { CheckUtf8(state, IsCleanUtf8); }

std::string ToGb18030(const std::string& utf8) {
  UErrorCode error = U_ZERO_ERROR;
  std::string out(utf8.size() * 2 + 64, '\0');
  const int32_t n = ucnv_convert("gb18030", "UTF-8", out.data(), static_cast<int32_t>(out.size()), utf8.data(),
                                 static_cast<int32_t>(utf8.size()), &error);
  out.resize(static_cast<size_t>(n));
  return out;
}

void GbIcu(benchmark::State& state) {
  const std::string gb = ToGb18030(HouseholdCsv());
  std::string out(gb.size() * 3, '\0');
  size_t size = 0;
  for (auto _ : state) {
    UErrorCode error = U_ZERO_ERROR;
    size = static_cast<size_t>(ucnv_convert("UTF-8", "gb18030", out.data(), static_cast<int32_t>(out.size()), gb.data(),
                                            static_cast<int32_t>(gb.size()), &error));
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * gb.size()));
  state.SetLabel("digest " + Sm3Hex(std::string_view(out).substr(0, size)).substr(0, 8));
}
void GbHearth(benchmark::State& state) {
  const std::string gb = ToGb18030(HouseholdCsv());
  DecodedText text;
  for (auto _ : state) {
    text.Clear();
    TextDecoder decoder(Encoding::kGb18030);
    const Status s = decoder.Decode(gb, true, &text);
    benchmark::DoNotOptimize(text.utf8.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * gb.size()));
  state.SetLabel("digest " + Sm3Hex(text.utf8).substr(0, 8));
}

// A delivery on disk, read whole: digest, decoding, splitting, every cell, keys, duplicates.
struct BenchDelivery {
  fs::path folder;
  SiteConfig site;
  std::shared_ptr<const RegistrySchema> schema;
  ArchivedDelivery delivery;

  explicit BenchDelivery(Encoding encoding) {
    folder = fs::temp_directory_path() / ("hearth-ingest-bench-" + std::to_string(getpid()));
    fs::create_directories(folder);
    const bool gb = encoding == Encoding::kGb18030;
    const std::string bytes = gb ? ToGb18030(HouseholdCsv()) : HouseholdCsv();
    std::ofstream(folder / "part.csv", std::ios::binary) << bytes;
    const std::string manifest =
        R"({"feed":"hukou","contract":"hukou/1","batch":"b","seq":1,"prev_seq":null,"mode":"full","as_of":"2024-02-29",)"
        R"("produced_at":"","encoding":")" +
        std::string(EncodingName(encoding)) +
        R"(","format":{"kind":"delimited","field":",","record":"\n","quote":"\"","null":"","header":true},)"
        R"("files":[{"name":"part.csv","bytes":)" +
        std::to_string(bytes.size()) + R"(,"rows":)" + std::to_string(bench_rows) + R"(,"sm3":")" + Sm3Hex(bytes) +
        R"("}],"rows_total":)" + std::to_string(bench_rows) +
        R"(,"columns":["BH","SFZH","XM","XB","CSRQ","HH","YHZGX","HLX","HYZK","ZZ","QH","ZT"],"units":{}})";
    constexpr std::string_view kSite = R"(
site: bench
synthetic: true
feeds:
  - feed: hukou
    registry: household_registration
    contract: hukou/1
    columns: {BH: record_no, SFZH: number, XM: name, XB: sex, CSRQ: birth_date, HH: household_no, YHZGX: relation,
              HLX: household_kind, HYZK: marital_status, ZZ: address, QH: region, ZT: status}
)";
    site = ParseSiteConfig(kSite, "hearth.yaml", folder).value();
    const SchemaList schemas = LoadRegistrySchemas({fs::path(HEARTH_SOURCE_DIR) / "packs/registries"}).value();
    for (const auto& s : schemas) {
      if (s->id == "household_registration") schema = s;
    }
    delivery = {1, ParseManifest(manifest, "manifest.json").value(), "", folder};
  }
  ~BenchDelivery() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
};

void ReadWhole(benchmark::State& state, Encoding encoding) {
  const BenchDelivery d(encoding);
  uint64_t hash = 0;
  for (auto _ : state) {
    const auto batch = ReadDelivery(d.site, d.site.feeds[0], d.schema, d.delivery, *ParseIsoDay("2024-03-01"), 1);
    if (!batch.ok()) return state.SkipWithError(Message(batch.status()).c_str());
    hash = batch->table.size();
    for (uint32_t row = 0; row < batch->table.size(); row += 1000) hash = hash * 31 + batch->table.ContentHash(row);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * bench_rows);
  state.SetLabel("rows of 12 columns, hash " + std::to_string(hash));
}
void ReadDeliveryUtf8(benchmark::State& state) { ReadWhole(state, Encoding::kUtf8); }
void ReadDeliveryGb18030(benchmark::State& state) { ReadWhole(state, Encoding::kGb18030); }

BENCHMARK(ScanPlain);
BENCHMARK(ScanAvx2);
BENCHMARK(Utf8Plain);
BENCHMARK(Utf8Avx2);
BENCHMARK(GbIcu);
BENCHMARK(GbHearth);
BENCHMARK(ReadDeliveryUtf8)->Unit(benchmark::kMillisecond);
BENCHMARK(ReadDeliveryGb18030)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  // --tiny: a moment of each on few rows, so that the bench is run among the tests.
  static char tiny[] = "--benchmark_min_time=0.001";
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--tiny") != 0) continue;
    argv[i] = tiny;
    hearth::bench_rows = 2000;
  }
#ifndef NDEBUG
  std::fputs("warning: asserts are on; the times mean little\n", stderr);
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
