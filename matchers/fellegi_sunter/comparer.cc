// The idea: a comparison is compiled into the cheapest form that gives its levels. Most are one measure of one column
// with falling thresholds ("exact, jaro_winkler >= 0.9, >= 0.7, else"): equal numbers mean equal values and need no
// look at the text, signatures reject most pairs that have nothing in common, and the rest go through vector kernels,
// many pairs at once. Distances over land are compared as dot products of unit vectors. All else is evaluated condition
// by condition, and remembered for the pair of values in a small table a thread.
//
// Test: comparer_test.cc holds every form against Holds. Speed: docs/benchmarks.md.
#include "matchers/fellegi_sunter/comparer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/text.h"
#include "matchers/fellegi_sunter/condition.h"
#include "matchers/similarity/similarity.h"

namespace hearth::linkage {
namespace {

constexpr size_t kMemoSlots = 1 << 16;  // 1 MiB a comparison and thread; stays in the second-level cache
constexpr size_t kChunk = 256;          // pairs that wait for a vector kernel

enum class Form : uint8_t {
  kEqual,       // null, equal, else
  kSimilarity,  // null, equal, one similarity with falling thresholds, else
  kDistance,    // null, equal, one distance with rising thresholds, else
  kPlace,       // null, km within rising bounds, else
  kAny,
};

struct Threshold {
  double bound = 0;
  uint8_t level = 0;
};

// Columns of values as the kernels want them.
struct ValueTexts {
  std::vector<std::string_view> bytes;  // by code
  std::vector<StringSignature> signature;
  std::vector<std::u32string> characters;  // by code; empty when all is ASCII or bytes count
  bool wide() const { return !characters.empty(); }
};

struct Compiled {
  Form form = Form::kAny;
  Test measure = Test::kEqual;
  ColumnIndex a = 0, b = 0;
  int null_level = -1, equal_level = -1, else_level = 0;
  std::vector<Threshold> thresholds;  // strictest first
  std::vector<ColumnIndex> columns;
  const ValueTexts* texts = nullptr;
  int slot_a = 0, slot_b = 0;  // of its columns in a record's row
};

// The measures whose level for equal values is that of distance 0 or similarity 1.
bool IsSimilarity(Test t) { return t == Test::kJaro || t == Test::kJaroWinkler || t == Test::kJaccard; }
bool IsDistance(Test t) { return t == Test::kLevenshtein || t == Test::kDamerau; }

// Latitude or longitude of each value: sine and cosine.
struct Angle {
  double sine = 0, cosine = 0;
  bool known = false;
};

Compiled Compile(const Comparison& comparison, const RecordSet& records) {
  Compiled c;
  const int count = static_cast<int>(comparison.levels.size());
  for (const Level& level : comparison.levels) AddColumns(level.when, &c.columns);
  c.else_level = count - 1;
  if (count > kLevelsMax) return c;
  bool simple = true;
  Form form = Form::kEqual;
  bool first = true, has_equal = false;
  const auto of_column = [&](const Condition& when) {
    if (first) c.a = when.a;
    first = false;
    return c.a == when.a;
  };
  for (int l = 0; l < count && simple; ++l) {
    const Condition& when = comparison.levels[l].when;
    if (when.test == Test::kElse) {
      c.else_level = l;
      break;
    }
    if (when.test == Test::kNull) {
      // A null test of two columns belongs to places alone.
      simple = l == 0 && of_column(when);
      c.null_level = 0;
      c.b = when.b;
    } else if (when.test == Test::kEqual) {
      simple = of_column(when) && c.thresholds.empty() && !has_equal && !records.columns[when.a].many();
      has_equal = true;
      c.equal_level = l;
    } else if (IsSimilarity(when.test) || IsDistance(when.test) || when.test == Test::kKmWithin) {
      const Form now = when.test == Test::kKmWithin ? Form::kPlace
                       : IsSimilarity(when.test)    ? Form::kSimilarity
                                                    : Form::kDistance;
      simple = of_column(when) && (form == Form::kEqual || (form == now && c.measure == when.test));
      form = now;
      c.measure = when.test;
      if (now == Form::kPlace) {
        simple = simple && (c.null_level < 0 || c.b == when.b) && !has_equal;
        c.b = when.b;
      }
      const bool weaker = c.thresholds.empty() || (now == Form::kSimilarity ? when.bound < c.thresholds.back().bound
                                                                            : when.bound > c.thresholds.back().bound);
      if (weaker) c.thresholds.push_back({when.bound, static_cast<uint8_t>(l)});
    } else {
      simple = false;
    }
  }
  if (form != Form::kPlace && c.null_level >= 0 && c.b != c.a) simple = false;
  if (form == Form::kEqual && !has_equal) simple = false;
  // Without a null level a missing value fails every test and falls to the last.
  if (c.null_level < 0) c.null_level = c.else_level;
  if (!has_equal && !c.thresholds.empty()) {
    // Equal values: distance 0, or similarity 1, which passes the strictest threshold.
    c.equal_level = c.thresholds.front().level;
    if (IsSimilarity(c.measure) && c.thresholds.front().bound > 1) simple = false;
  }
  c.form = simple ? form : Form::kAny;
  return c;
}

uint8_t LevelOfDistance(const Compiled& c, double distance) {
  for (const Threshold& t : c.thresholds) {
    if (distance <= t.bound) return t.level;
  }
  return static_cast<uint8_t>(c.else_level);
}

uint8_t LevelOfSimilarity(const Compiled& c, double similarity) {
  for (const Threshold& t : c.thresholds) {
    if (similarity >= t.bound) return t.level;
  }
  return static_cast<uint8_t>(c.else_level);
}

double SimilarityUpperBound(Test measure, const StringSignature& a, size_t length_a, const StringSignature& b,
                            size_t length_b) {
  const int x = static_cast<int>(length_a), y = static_cast<int>(length_b);
  if (measure == Test::kJaroWinkler) return JaroWinklerUpperBound(a, x, b, y);
  return measure == Test::kJaro ? JaroUpperBound(a, x, b, y) : 1;
}

double SimilarityOf(Test measure, std::u32string_view a, std::u32string_view b) {
  if (measure == Test::kJaroWinkler) return JaroWinkler(a, b);
  return measure == Test::kJaro ? Jaro(a, b) : Jaccard(a, b);
}

int DistanceOf(Test measure, std::u32string_view a, std::u32string_view b, int max) {
  return measure == Test::kLevenshtein ? LevenshteinWithin(a, b, max) : DamerauLevenshteinWithin(a, b, max);
}

}  // namespace

struct Comparer::Impl {
  std::vector<Compiled> compiled;
  std::vector<std::unique_ptr<ValueTexts>> texts;  // by column, where a kernel reads it
  std::vector<std::vector<Angle>> angles;          // by column, where it is a latitude or longitude
  // The codes that comparisons read, a row a record: a pair costs one cache line a side.
  size_t width = 0;
  std::vector<uint32_t> rows;

  const uint32_t* Row(uint32_t record) const { return rows.data() + size_t{record} * width; }
};

struct Comparer::Scratch::Memo {
  struct Slot {
    uint64_t values = UINT64_MAX;
    uint8_t level = 0;
  };
  std::vector<std::vector<Slot>> of_comparison;
  std::vector<uint8_t> levels;
  // Pairs that wait for a vector kernel.
  std::vector<std::string_view> a, b;
  std::vector<uint32_t> place;
  std::vector<int> distances;
  std::vector<double> similarities;

  template <class Kernel>
  void Run(const Kernel& kernel) {
    if (a.empty()) return;
    kernel();
    a.clear();
    b.clear();
    place.clear();
  }
};

Comparer::Scratch::Scratch(const Comparer& comparer) : memo_(std::make_unique<Memo>()) {
  memo_->of_comparison.resize(comparer.model_.comparisons.size());
}
Comparer::Scratch::Scratch(Scratch&&) noexcept = default;
Comparer::Scratch::~Scratch() = default;

Comparer::~Comparer() = default;

Comparer::Comparer(const Model& model, const RecordSet& records)
    : model_(model), records_(records), impl_(std::make_unique<Impl>()) {
  Impl& impl = *impl_;
  impl.texts.resize(records.columns.size());
  impl.angles.resize(records.columns.size());
  std::vector<int> slot(records.columns.size(), -1);
  for (const Comparison& comparison : model.comparisons) {
    impl.compiled.push_back(Compile(comparison, records));
    const Compiled& c = impl.compiled.back();
    for (ColumnIndex column : c.columns) {
      if (slot[column] < 0 && !records.columns[column].many()) slot[column] = static_cast<int>(impl.width++);
    }
  }
  impl.rows.resize(records.size() * impl.width);
  for (size_t column = 0; column < slot.size(); ++column) {
    if (slot[column] < 0) continue;
    const std::vector<uint32_t>& codes = records.columns[column].codes;
    for (size_t r = 0; r < codes.size(); ++r) impl.rows[r * impl.width + static_cast<size_t>(slot[column])] = codes[r];
  }
  for (Compiled& c : impl.compiled) {
    c.slot_a = slot[c.a];
    c.slot_b = slot[c.b];
    if (c.form == Form::kSimilarity || c.form == Form::kDistance) {
      std::unique_ptr<ValueTexts>& texts = impl.texts[c.a];
      if (!texts) {
        texts = std::make_unique<ValueTexts>();
        const Texts& values = records.columns[c.a].values;
        bool ascii = true;
        for (uint32_t v = 0; v < values.size(); ++v) {
          texts->bytes.push_back(values[v]);
          ascii = ascii && IsAscii(values[v]);
        }
        for (uint32_t v = 0; v < values.size(); ++v) {
          if (!model.bytes && !ascii) texts->characters.push_back(DecodeUtf8(values[v]));
          texts->signature.push_back(texts->wide() ? SignatureOf(std::u32string_view(texts->characters[v]))
                                                   : SignatureOf(values[v]));
        }
      }
      c.texts = texts.get();
    }
    if (c.form != Form::kPlace) continue;
    for (ColumnIndex column : {c.a, c.b}) {
      std::vector<Angle>& angles = impl.angles[column];
      const Texts& values = records.columns[column].values;
      for (uint32_t v = static_cast<uint32_t>(angles.size()); v < values.size(); ++v) {
        const double degrees = NumberOf(values[v]), radians = degrees * std::numbers::pi / 180;
        angles.push_back({std::sin(radians), std::cos(radians), !std::isnan(degrees)});
      }
    }
    // Kilometres to the least dot product of the places' unit vectors.
    for (Threshold& t : c.thresholds) t.bound = t.bound >= 6371.0 * std::numbers::pi ? -2 : std::cos(t.bound / 6371.0);
  }
}

const std::vector<ColumnIndex>& Comparer::ColumnsOf(int comparison) const {
  return impl_->compiled[static_cast<size_t>(comparison)].columns;
}

bool Comparer::Holds(const Condition& condition, Pair pair) const {
  return linkage::Holds(condition, records_, pair, model_.bytes);
}

void Comparer::Compare(std::span<const Pair> pairs, Scratch* scratch, Pattern* patterns) const {
  std::vector<uint8_t>& levels = scratch->memo_->levels;
  levels.resize(pairs.size());
  std::fill_n(patterns, pairs.size(), Pattern{0});
  for (int c = 0; c < static_cast<int>(model_.comparisons.size()); ++c) {
    CompareOne(c, pairs, scratch, levels.data());
    for (size_t i = 0; i < pairs.size(); ++i) patterns[i] |= WithLevel(c, levels[i]);
  }
}

void Comparer::CompareOne(int comparison, std::span<const Pair> pairs, Scratch* scratch, uint8_t* levels) const {
  const Impl& impl = *impl_;
  const Compiled& c = impl.compiled[static_cast<size_t>(comparison)];
  Scratch::Memo& memo = *scratch->memo_;
  const auto null_level = static_cast<uint8_t>(c.null_level), equal_level = static_cast<uint8_t>(c.equal_level),
             else_level = static_cast<uint8_t>(c.else_level);
  switch (c.form) {
    case Form::kEqual:
      for (size_t i = 0; i < pairs.size(); ++i) {
        const uint32_t x = impl.Row(pairs[i].left)[c.slot_a], y = impl.Row(pairs[i].right)[c.slot_a];
        levels[i] = x == kNullCode || y == kNullCode ? null_level : x == y ? equal_level : else_level;
      }
      return;

    case Form::kSimilarity: {
      const ValueTexts& texts = *c.texts;
      const double least = c.thresholds.back().bound;
      const auto run = [&] {
        memo.similarities.resize(memo.a.size());
        if (c.measure == Test::kJaroWinkler) {
          JaroWinklerEach(memo.a, memo.b, memo.similarities.data());
        } else if (c.measure == Test::kJaro) {
          JaroEach(memo.a, memo.b, memo.similarities.data());
        } else {
          for (size_t i = 0; i < memo.a.size(); ++i) memo.similarities[i] = Jaccard(memo.a[i], memo.b[i]);
        }
        for (size_t i = 0; i < memo.a.size(); ++i) levels[memo.place[i]] = LevelOfSimilarity(c, memo.similarities[i]);
      };
      for (size_t i = 0; i < pairs.size(); ++i) {
        const uint32_t x = impl.Row(pairs[i].left)[c.slot_a], y = impl.Row(pairs[i].right)[c.slot_a];
        if (x == kNullCode || y == kNullCode) {
          levels[i] = null_level;
        } else if (x == y) {
          levels[i] = equal_level;
        } else if (texts.wide()) {
          levels[i] = LevelOfSimilarity(c, SimilarityOf(c.measure, texts.characters[x], texts.characters[y]));
        } else if (SimilarityUpperBound(c.measure, texts.signature[x], texts.bytes[x].size(), texts.signature[y],
                                        texts.bytes[y].size()) < least) {
          levels[i] = else_level;
        } else {
          memo.a.push_back(texts.bytes[x]);
          memo.b.push_back(texts.bytes[y]);
          memo.place.push_back(static_cast<uint32_t>(i));
          if (memo.a.size() == kChunk) memo.Run(run);
        }
      }
      memo.Run(run);
      return;
    }

    case Form::kDistance: {
      const ValueTexts& texts = *c.texts;
      const int most = static_cast<int>(std::floor(c.thresholds.back().bound));
      const auto run = [&] {
        memo.distances.resize(memo.a.size());
        if (c.measure == Test::kLevenshtein) {
          LevenshteinEach(memo.a, memo.b, memo.distances.data());
        } else {
          DamerauLevenshteinEach(memo.a, memo.b, memo.distances.data());
        }
        for (size_t i = 0; i < memo.a.size(); ++i) levels[memo.place[i]] = LevelOfDistance(c, memo.distances[i]);
      };
      for (size_t i = 0; i < pairs.size(); ++i) {
        const uint32_t x = impl.Row(pairs[i].left)[c.slot_a], y = impl.Row(pairs[i].right)[c.slot_a];
        if (x == kNullCode || y == kNullCode) {
          levels[i] = null_level;
        } else if (x == y) {
          levels[i] = equal_level;
        } else if (texts.wide()) {
          levels[i] = LevelOfDistance(c, DistanceOf(c.measure, texts.characters[x], texts.characters[y], most));
        } else if (DistanceLowerBound(texts.signature[x], static_cast<int>(texts.bytes[x].size()), texts.signature[y],
                                      static_cast<int>(texts.bytes[y].size())) > most) {
          levels[i] = else_level;
        } else if (c.measure == Test::kDamerau) {
          levels[i] = LevelOfDistance(c, DamerauLevenshteinWithin(texts.bytes[x], texts.bytes[y], most));
        } else {
          memo.a.push_back(texts.bytes[x]);
          memo.b.push_back(texts.bytes[y]);
          memo.place.push_back(static_cast<uint32_t>(i));
          if (memo.a.size() == kChunk) memo.Run(run);
        }
      }
      memo.Run(run);
      return;
    }

    case Form::kPlace: {
      const std::vector<Angle>&north = impl.angles[c.a], &east = impl.angles[c.b];
      for (size_t i = 0; i < pairs.size(); ++i) {
        const uint32_t *left = impl.Row(pairs[i].left), *right = impl.Row(pairs[i].right);
        const uint32_t ax = left[c.slot_a], ay = right[c.slot_a], bx = left[c.slot_b], by = right[c.slot_b];
        if (ax == kNullCode || ay == kNullCode || bx == kNullCode || by == kNullCode) {
          levels[i] = null_level;
          continue;
        }
        const Angle &p = north[ax], &q = north[ay], &u = east[bx], &v = east[by];
        const double dot = p.sine * q.sine + p.cosine * q.cosine * (u.cosine * v.cosine + u.sine * v.sine);
        levels[i] = else_level;
        if (!p.known || !q.known || !u.known || !v.known) continue;
        const bool same = ax == ay && bx == by;
        for (const Threshold& t : c.thresholds) {
          if (dot >= t.bound || same) {
            levels[i] = t.level;
            break;
          }
        }
      }
      return;
    }

    case Form::kAny:
      break;
  }

  const std::vector<Level>& all = model_.comparisons[static_cast<size_t>(comparison)].levels;
  const auto level_of = [&](Pair pair) {
    for (size_t l = 0; l < all.size(); ++l) {
      if (linkage::Holds(all[l].when, records_, pair, model_.bytes)) return static_cast<uint8_t>(l);
    }
    return else_level;
  };
  const bool one_column = c.columns.size() == 1 && !records_.columns[c.columns[0]].many();
  std::vector<Scratch::Memo::Slot>& slots = memo.of_comparison[static_cast<size_t>(comparison)];
  if (one_column && slots.empty()) slots.resize(kMemoSlots);
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!one_column) {
      levels[i] = level_of(pairs[i]);
      continue;
    }
    const std::vector<uint32_t>& codes = records_.columns[c.columns[0]].codes;
    const uint32_t x = codes[pairs[i].left], y = codes[pairs[i].right];
    const uint64_t values = uint64_t{std::min(x, y)} << 32 | std::max(x, y);
    Scratch::Memo::Slot& slot = slots[values * 0x9E3779B97F4A7C15ull >> 48];
    if (slot.values != values) slot = {values, level_of(pairs[i])};
    levels[i] = slot.level;
  }
}

}  // namespace hearth::linkage
