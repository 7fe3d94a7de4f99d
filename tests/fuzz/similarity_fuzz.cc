// Any two strings, cut from the input at a place that it names: every comparator equals its reference, as bytes and as
// code points, alone, prepared and in lanes.
#include <string>
#include <vector>

#include "core/status.h"
#include "tests/matchers/similarity/every_kernel.h"

namespace {

// Strings longer than this only make the textbook side slow.
constexpr size_t kUnitsMax = 300;

// Two units a code point, so that the mutator reaches repeats.
std::u32string Widened(std::string_view text) {
  std::u32string out;
  for (size_t i = 0; i < text.size(); ++i)
    out += static_cast<char32_t>(static_cast<unsigned char>(text[i])) << (i % 2 * 8);
  return out;
}

// The pair in every lane, between others of other lengths.
void CheckInLanes(std::string_view a, std::string_view b) {
  std::vector<std::string_view> texts;
  for (size_t i = 0; i < 40; ++i) texts.push_back(i % 3 == 0 ? b : b.substr(0, b.size() * (i % 7) / 7));
  const std::vector<std::string_view> beside(texts.size(), a);
  const hearth::PreparedPattern pattern(a);
  std::vector<int> many(texts.size()), each(texts.size());
  std::vector<double> many_likeness(texts.size()), each_likeness(texts.size());
  hearth::LevenshteinMany(pattern, texts, many.data());
  hearth::LevenshteinEach(beside, texts, each.data());
  for (size_t i = 0; i < texts.size(); ++i) {
    const int alone = hearth::Levenshtein(a, texts[i]);
    HEARTH_CHECK(many[i] == alone && each[i] == alone, "Levenshtein in lanes");
  }
  hearth::DamerauLevenshteinMany(pattern, texts, many.data());
  hearth::DamerauLevenshteinEach(beside, texts, each.data());
  for (size_t i = 0; i < texts.size(); ++i) {
    const int alone = hearth::DamerauLevenshtein(a, texts[i]);
    HEARTH_CHECK(many[i] == alone && each[i] == alone, "DamerauLevenshtein in lanes");
  }
  hearth::JaroWinklerMany(pattern, texts, many_likeness.data());
  hearth::JaroWinklerEach(beside, texts, each_likeness.data());
  for (size_t i = 0; i < texts.size(); ++i) {
    const double alone = hearth::JaroWinkler(a, texts[i]);
    HEARTH_CHECK(many_likeness[i] == alone && each_likeness[i] == alone, "JaroWinkler in lanes");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  text = text.substr(0, 2 * kUnitsMax);
  const size_t cut = text.size() * data[0] / 255;
  // Copies of their own size, so that reading one byte too far is seen.
  const std::vector<char> left(text.begin(), text.begin() + static_cast<long>(cut));
  const std::vector<char> right(text.begin() + static_cast<long>(cut), text.end());
  const std::string_view a(left.data(), left.size()), b(right.data(), right.size());
  const char* wrong = hearth::FirstWrong(a, b);
  HEARTH_CHECK(*wrong == '\0', wrong);
  const std::u32string x = Widened(a), y = Widened(b);
  wrong = hearth::FirstWrong(std::u32string_view(x), std::u32string_view(y));
  HEARTH_CHECK(*wrong == '\0', wrong);
  CheckInLanes(a, b);
  return 0;
}
