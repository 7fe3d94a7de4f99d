// How many times faster than the textbook are the string comparators?
//
// The plain side is matchers/similarity/reference. Names of 4 to 12 letters, dates of 10 characters, numbers of 18 and
// Chinese names of 2 to 3 code points, paired at random or as a typing error apart, half and half; a_pair is the time
// of one. The label carries a hash of the results, so that a faster wrong answer shows: within one kind of string and
// one comparator all hashes are equal.
//
//   fast       two strings, nothing prepared                prepared   one pattern against many, one at a time
//   each       pairs in vector lanes                        many       one pattern against many in vector lanes
//   signature  bounds first, then the comparator
//
//   build/release/bench/similarity_bench --benchmark_repetitions=15 --benchmark_enable_random_interleaving=true
//   build/release/bench/similarity_bench --tiny
#include <benchmark/benchmark.h>

#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "core/text.h"
#include "matchers/similarity/reference/similarity_reference.h"
#include "matchers/similarity/similarity.h"

namespace hearth {
namespace {

constexpr size_t kPatterns = 32;
constexpr size_t kTexts = 128;  // against each pattern

// Pattern p stands against texts p * kTexts and on.
struct Work {
  std::vector<std::string> owned_a, owned_b;  // pair by pair, so as many of each
  std::vector<std::string_view> a, b;
  std::vector<std::u32string> points_a, points_b;
  std::vector<StringSignature> signs_a, signs_b;
};

std::string Digits(std::mt19937_64& random, size_t n) {
  std::string out(n, '0');
  for (char& c : out) c = static_cast<char>('0' + random() % 10);
  return out;
}

std::string MadeName(std::mt19937_64& random) {
  // As letters are in names: a few often, many seldom.
  constexpr std::string_view kLetters = "aaaaaaeeeeeeiiiinnnnnrrrrlllssstttooohhdmcubgkypvjwfz";
  std::string out(4 + random() % 9, 'a');
  for (char& c : out) c = kLetters[random() % kLetters.size()];
  return out;
}
std::string MadeDate(std::mt19937_64& random) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", static_cast<int>(1930 + random() % 90),
                static_cast<int>(1 + random() % 12), static_cast<int>(1 + random() % 28));
  return text;
}
std::string MadeNumber(std::mt19937_64& random) { return "3399" + Digits(random, 14); }
std::string MadeHanName(std::mt19937_64& random) {
  constexpr std::u32string_view kHan = U"王李张章陈程杨刘黄周吴芳伟玮丽莉俐敏静娜强磊军洋勇艳杰娟涛明超秀霞平刚桂英";
  std::u32string out;
  for (uint64_t n = 2 + random() % 2; n > 0; --n) out += kHan[random() % kHan.size()];
  return EncodeUtf8(out);
}

void TypingError(std::mt19937_64& random, std::string* text) {
  const size_t at = random() % (text->size() - 1);
  switch (random() % 3) {
    case 0:
      (*text)[at] = (*text)[random() % text->size()];
      break;
    case 1:
      std::swap((*text)[at], (*text)[at + 1]);
      break;
    default:
      text->erase(at, 1);
  }
}

using Maker = std::string (*)(std::mt19937_64&);

Work MakeWork(Maker make, bool ascii) {
  std::mt19937_64 random(42);
  Work work;
  for (size_t p = 0; p < kPatterns; ++p) {
    const std::string pattern = make(random);
    for (size_t t = 0; t < kTexts; ++t) {
      std::string text = random() % 2 == 0 ? pattern : make(random);
      if (ascii) TypingError(random, &text);
      work.owned_a.push_back(pattern);
      work.owned_b.push_back(text);
    }
  }
  work.a.assign(work.owned_a.begin(), work.owned_a.end());
  work.b.assign(work.owned_b.begin(), work.owned_b.end());
  for (std::string_view s : work.a) work.points_a.push_back(DecodeUtf8(s)), work.signs_a.push_back(SignatureOf(s));
  for (std::string_view s : work.b) work.points_b.push_back(DecodeUtf8(s)), work.signs_b.push_back(SignatureOf(s));
  return work;
}

// Fills one result per pair.
template <class Result>
using Comparator = std::function<void(const Work&, std::vector<Result>*)>;

template <class Result>
void Run(benchmark::State& state, Maker make, bool ascii, const Comparator<Result>& compare) {
  const Work work = MakeWork(make, ascii);
  std::vector<Result> results(work.a.size());
  for (auto _ : state) {
    compare(work, &results);
    benchmark::ClobberMemory();
  }
  uint64_t hash = 0;
  for (Result r : results) {
    uint64_t bits = 0;
    std::memcpy(&bits, &r, sizeof r);
    hash = (hash ^ bits) * 0x9E3779B97F4A7C15 + (hash >> 29);
  }
  const double pairs = static_cast<double>(work.a.size()) * static_cast<double>(state.iterations());
  state.SetItemsProcessed(static_cast<int64_t>(pairs));
  state.counters["a_pair"] = benchmark::Counter(pairs, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  char label[32];
  std::snprintf(label, sizeof label, "hash %06x", static_cast<unsigned>(hash >> 40));
  state.SetLabel(label);
}

// Ways to run a comparator over the pairs.
template <class Result, class Pair>
Comparator<Result> PairByPair(Pair pair) {
  return [pair](const Work& work, std::vector<Result>* out) {
    for (size_t i = 0; i < work.a.size(); ++i) (*out)[i] = pair(work.a[i], work.b[i]);
  };
}
template <class Result, class Pair>
Comparator<Result> PairByPair32(Pair pair) {
  return [pair](const Work& work, std::vector<Result>* out) {
    for (size_t i = 0; i < work.a.size(); ++i) {
      (*out)[i] = pair(std::u32string_view(work.points_a[i]), std::u32string_view(work.points_b[i]));
    }
  };
}
template <class Result, class Pair>
Comparator<Result> Prepared(Pair pair) {
  return [pair](const Work& work, std::vector<Result>* out) {
    for (size_t p = 0; p < work.a.size(); p += kTexts) {
      const PreparedPattern pattern(work.a[p]);
      for (size_t i = p; i < p + kTexts; ++i) (*out)[i] = pair(pattern, work.b[i]);
    }
  };
}
template <class Result, class Many>
Comparator<Result> InLanes(Many many) {
  return [many](const Work& work, std::vector<Result>* out) {
    for (size_t p = 0; p < work.a.size(); p += kTexts) {
      many(PreparedPattern(work.a[p]), std::span(work.b).subspan(p, kTexts), out->data() + p);
    }
  };
}
template <class Result, class Each>
Comparator<Result> InLanesPairByPair(Each each) {
  return [each](const Work& work, std::vector<Result>* out) { each(work.a, work.b, out->data()); };
}
template <class Result, class Pair>
Comparator<Result> SignatureFirst(Pair pair) {
  return [pair](const Work& work, std::vector<Result>* out) {
    for (size_t i = 0; i < work.a.size(); ++i) (*out)[i] = pair(work, i);
  };
}

int Length(std::string_view s) { return static_cast<int>(s.size()); }

int DamerauWithin2(const Work& w, size_t i) {
  if (DistanceLowerBound(w.signs_a[i], Length(w.a[i]), w.signs_b[i], Length(w.b[i])) > 2) return 3;
  return DamerauLevenshteinWithin(w.a[i], w.b[i], 2);
}
int WinklerAbove90(const Work& w, size_t i) {
  return JaroWinklerAtLeast(w.a[i], w.signs_a[i], w.b[i], w.signs_b[i], 0.9) ? 1 : 0;
}

template <class Result>
struct Row {
  const char* name;
  Comparator<Result> compare;
};

template <class Result>
void Register(const std::string& kind, Maker make, bool ascii, const std::vector<Row<Result>>& rows) {
  for (const Row<Result>& row : rows) {
    const Comparator<Result> compare = row.compare;
    benchmark::RegisterBenchmark((kind + "/" + row.name).c_str(), [make, ascii, compare](benchmark::State& state) {
      Run<Result>(state, make, ascii, compare);
    });
  }
}

// Picks one overload by its kind of comparator: HEARTH_CALL(Levenshtein)(a, b).
#define HEARTH_CALL(Name) [](const auto& a, const auto& b) { return Name(a, b); }

void RegisterEdits(const std::string& kind, Maker make) {
  Register<int>(
      kind, make, true,
      {
          {"levenshtein/plain", PairByPair<int>(HEARTH_CALL(reference::Levenshtein))},
          {"levenshtein/fast", PairByPair<int>(HEARTH_CALL(Levenshtein))},
          {"levenshtein/prepared", Prepared<int>(HEARTH_CALL(Levenshtein))},
          {"levenshtein/each", InLanesPairByPair<int>(LevenshteinEach)},
          {"levenshtein/many", InLanes<int>(LevenshteinMany)},
          {"damerau/plain", PairByPair<int>(HEARTH_CALL(reference::DamerauLevenshtein))},
          {"damerau/fast", PairByPair<int>(HEARTH_CALL(DamerauLevenshtein))},
          {"damerau/prepared", Prepared<int>(HEARTH_CALL(DamerauLevenshtein))},
          {"damerau/each", InLanesPairByPair<int>(DamerauLevenshteinEach)},
          {"damerau/many", InLanes<int>(DamerauLevenshteinMany)},
          {"damerau_within_2/plain",
           PairByPair<int>([](auto a, auto b) { return std::min(3, reference::DamerauLevenshtein(a, b)); })},
          {"damerau_within_2/fast", PairByPair<int>([](auto a, auto b) { return DamerauLevenshteinWithin(a, b, 2); })},
          {"damerau_within_2/signature", SignatureFirst<int>(DamerauWithin2)},
          {"damerau_within_2/each",
           InLanesPairByPair<int>([](auto a, auto b, int* out) { DamerauLevenshteinWithinEach(a, b, 2, out); })},
          {"damerau_within_2/many",
           InLanes<int>([](const auto& a, auto b, int* out) { DamerauLevenshteinWithinMany(a, b, 2, out); })},
      });
}

void RegisterLikeness(const std::string& kind, Maker make) {
  Register<double>(
      kind, make, true,
      {
          {"jaro_winkler/plain", PairByPair<double>(HEARTH_CALL(reference::JaroWinkler))},
          {"jaro_winkler/fast", PairByPair<double>(HEARTH_CALL(JaroWinkler))},
          {"jaro_winkler/prepared", Prepared<double>(HEARTH_CALL(JaroWinkler))},
          {"jaro_winkler/each", InLanesPairByPair<double>(JaroWinklerEach)},
          {"jaro_winkler/many", InLanes<double>(JaroWinklerMany)},
          {"jaccard/plain", PairByPair<double>(HEARTH_CALL(reference::Jaccard))},
          {"jaccard/fast", PairByPair<double>(HEARTH_CALL(Jaccard))},
          {"dice_2/plain", PairByPair<double>([](auto a, auto b) { return reference::DiceOfGrams(a, b, 2); })},
          {"dice_2/fast", PairByPair<double>([](auto a, auto b) { return DiceOfGrams(a, b, 2); })},
      });
  Register<int>(kind, make, true,
                {
                    {"jaro_winkler_above_0.9/plain",
                     PairByPair<int>([](auto a, auto b) { return reference::JaroWinkler(a, b) >= 0.9 ? 1 : 0; })},
                    {"jaro_winkler_above_0.9/fast",
                     PairByPair<int>([](auto a, auto b) { return JaroWinklerAtLeast(a, b, 0.9) ? 1 : 0; })},
                    {"jaro_winkler_above_0.9/signature", SignatureFirst<int>(WinklerAbove90)},
                });
}

void RegisterHan() {
  Register<int>("han", MadeHanName, false,
                {
                    {"levenshtein/plain", PairByPair32<int>(HEARTH_CALL(reference::Levenshtein))},
                    {"levenshtein/fast", PairByPair32<int>(HEARTH_CALL(Levenshtein))},
                });
  Register<double>("han", MadeHanName, false,
                   {
                       {"jaro_winkler/plain", PairByPair32<double>(HEARTH_CALL(reference::JaroWinkler))},
                       {"jaro_winkler/fast", PairByPair32<double>(HEARTH_CALL(JaroWinkler))},
                   });
}

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
  hearth::RegisterEdits("name", hearth::MadeName);
  hearth::RegisterLikeness("name", hearth::MadeName);
  hearth::RegisterEdits("date", hearth::MadeDate);
  hearth::RegisterEdits("number", hearth::MadeNumber);
  hearth::RegisterLikeness("number", hearth::MadeNumber);
  hearth::RegisterHan();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
