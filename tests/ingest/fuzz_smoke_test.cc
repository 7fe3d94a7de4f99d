// Each fuzz target of this room on 2,000 random inputs, so that the targets run in every build.
#include <gtest/gtest.h>

#include <random>
#include <string>

#define LLVMFuzzerTestOneInput CsvScannerFuzz
#include "tests/fuzz/csv_scanner_fuzz.cc"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput EncodingFuzz
#include "tests/fuzz/encoding_fuzz.cc"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput ManifestFuzz
#include "tests/fuzz/manifest_fuzz.cc"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput YamlFuzz
#include "tests/fuzz/yaml_fuzz.cc"
#undef LLVMFuzzerTestOneInput

namespace hearth {
namespace {

constexpr int kInputs = 2000;

// Pieces of the seed text in random order with random bytes between, so that inputs get past the first check.
std::string Mutate(const std::string& seed, std::mt19937* random) {
  std::string text = seed;
  for (uint32_t n = (*random)() % 8; n > 0; --n) {
    const size_t at = text.empty() ? 0 : (*random)() % text.size();
    switch ((*random)() % 4) {
      case 0:
        text.erase(at, (*random)() % 9);
        break;
      case 1:
        text.insert(at, 1, static_cast<char>((*random)()));
        break;
      case 2:
        text.insert(at, text.substr((*random)() % (text.size() + 1), (*random)() % 20));
        break;
      default:
        if (!text.empty()) text[at] = static_cast<char>((*random)());
    }
  }
  return text;
}

void RunInputs(int (*target)(const uint8_t*, size_t), const std::string& seed) {
  for (int i = 0; i < kInputs; ++i) {
    std::mt19937 random(static_cast<uint32_t>(i));
    const std::string input = Mutate(seed, &random);
    EXPECT_EQ(target(reinterpret_cast<const uint8_t*>(input.data()), input.size()), 0);
  }
}

TEST(FuzzTargets, ScannerHolds) {
  RunInputs(CsvScannerFuzz,
            "\x05"
            "a,\"b\nc\",d\r\n\"x\"\"y\",,\n\"open,1\nz,2\n");
}
TEST(FuzzTargets, DecoderHolds) {
  RunInputs(EncodingFuzz, "\x03\xEF\xBB\xBF王芳,\xCD\xF5\x81\x30\x81\x30,\xFF\xFE\x40\xD8\n");
}
TEST(FuzzTargets, ManifestReaderHolds) {
  RunInputs(
      ManifestFuzz,
      R"({"feed":"f","contract":"f/1","batch":"b","seq":2,"prev_seq":1,"mode":"delta","as_of":"2024-02-29",)"
      R"("produced_at":"","encoding":"UTF-8","format":{"kind":"delimited","field":"||","quote":null},)"
      R"("files":[],"rows_total":0,"columns":["A","B"],"units":{"A":"元"},"delete_column":"B","correction":true})");
}
TEST(FuzzTargets, YamlReaderHolds) {
  RunInputs(YamlFuzz, "a: x\nb: 12\nc: 2024-02-29\nd: [1, \"2\", {e: |\n  f\n}]\n");
}

}  // namespace
}  // namespace hearth
