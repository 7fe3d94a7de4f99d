#include "matchers/training.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/parallel.h"

namespace hearth {
namespace {

constexpr size_t kLabelledMax = 200000;
constexpr size_t kLabelledMin = 300;  // fewer: EM
constexpr size_t kRandomPairs = 200000;
constexpr size_t kEmPairsMax = 500000;
constexpr double kStartWeightM = 60;  // observations that a starting value counts as
constexpr double kStartWeightU = 2000;
constexpr double kRegistryWeightM = 500;  // pairs that a registry's start counts as
// m never falls below this share of its starting value: the pairs that training sees agree on a number or a blocking
// key, so the rare ways in which one person's records differ are under-represented among them.
constexpr double kStartShareMin = 1.0 / 3;
constexpr int kEmSteps = 20;
constexpr double kShareStart = 0.2;  // of matches among candidate pairs

// splitmix64: small, seeded, the same everywhere.
uint64_t NextRandom(uint64_t* state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

void CountLevels(const PairLevels& levels, double weight, LevelCounts* counts) {
  for (int k = 0; k < kComparisonKinds; ++k) {
    if (levels.level[k] >= 0) (*counts)[k][levels.level[k]] += weight;
  }
}

// Observed shares, with the starting value as so many observations; they sum to one.
void SetShares(const std::array<double, kLevelsMax>& counts, double start_weight, double ComparisonLevel::*field,
               Comparison* comparison) {
  double observed = 0, start_sum = 0;
  for (size_t l = 0; l < comparison->levels.size(); ++l) {
    observed += counts[l];
    start_sum += comparison->levels[l].*field;
  }
  for (size_t l = 0; l < comparison->levels.size(); ++l) {
    const double start = comparison->levels[l].*field / start_sum;
    comparison->levels[l].*field = (counts[l] + start_weight * start) / (observed + start_weight);
  }
}

Identity WithoutNumber(Identity identity) {
  identity.number = 0;
  return identity;
}

// Records of numbered clusters, each against all that other registries say of its person under the same number: as a
// record without a number will be compared. The number's own birth date is left out, as it is the same on both sides by
// the choice of the pair.
void CountLabelled(const Identities& ids, const Grouping& grouping, const Scorer& scorer, LevelCounts* counts,
                   TrainingResult* out) {
  uint64_t clusters = 0;
  for (size_t c = 0; c < grouping.size(); ++c) clusters += !grouping.loose[c] && grouping.Members(c).size() > 1;
  const uint64_t step = clusters * 4 / kLabelledMax + 1;
  uint64_t seen = 0;
  const auto add = [](const PairLevels& levels, ObservedPairs* to) {
    ++to->pairs;
    CountLevels(levels, 1, &to->levels);
  };
  for (uint32_t c = 0; c < grouping.size(); ++c) {
    const std::span<const uint32_t> members = grouping.Members(c);
    if (grouping.loose[c] || members.size() < 2 || seen++ % step != 0) continue;
    uint8_t groups = 0;
    for (const uint32_t i : members) groups |= ids.all[i].groups;
    for (const uint32_t own : members) {
      const Identity& record = ids.all[own];
      if (record.number == 0) continue;
      Profile left, rest;
      left.Clear();
      rest.Clear();
      left.Add(WithoutNumber(record));
      for (const uint32_t other : members) {
        if (ids.all[other].table != record.table && ids.all[other].number == record.number) {
          rest.Add(WithoutNumber(ids.all[other]));
        }
      }
      if (rest.registries == 0) continue;
      const PairLevels levels = scorer.Compare(left, rest);
      CountLevels(levels, 1, counts);
      ++out->pairs;
      add(levels, &out->by_registry[record.registry]);
      for (int g = 0; g < kPersonGroups; ++g) {
        if (groups >> g & 1) add(levels, &out->by_group[g]);
      }
      if (groups == 0) add(levels, &out->by_group[kPersonGroups]);
    }
  }
}

void CountRandom(const Identities& ids, const Grouping& grouping, const Scorer& scorer, uint64_t seed,
                 LevelCounts* counts) {
  if (grouping.size() < 2) return;
  uint64_t state = seed;
  Profile left, right;
  const size_t pairs = std::min(kRandomPairs, grouping.size() * 4);
  for (size_t i = 0; i < pairs; ++i) {
    const uint32_t a = static_cast<uint32_t>(NextRandom(&state) % grouping.size());
    const uint32_t b = static_cast<uint32_t>(NextRandom(&state) % grouping.size());
    // Two loose clusters may be one person; a numbered one on either side is another person than a random second.
    if (a == b) continue;
    FillProfile(ids, grouping, a, &left);
    FillProfile(ids, grouping, b, &right);
    CountLevels(scorer.Compare(left, right), 1, counts);
  }
}

// How often two clusters share a value, over all pairs of clusters that have one.
template <class Add>
void SetShared(const Identities& ids, const Grouping& grouping, ComparisonKind kind, LinkModel* model, const Add& add) {
  Comparison* comparison = nullptr;
  for (Comparison& c : model->comparisons) {
    if (c.kind == kind) comparison = &c;
  }
  if (comparison == nullptr || !comparison->train) return;
  std::vector<uint64_t> values;
  double with = 0;
  Profile profile;
  for (uint32_t c = 0; c < grouping.size(); ++c) {
    FillProfile(ids, grouping, c, &profile);
    const size_t before = values.size();
    add(profile, &values);
    with += values.size() > before;
  }
  std::sort(values.begin(), values.end());
  double shared = 0;
  for (size_t i = 0; i < values.size();) {
    size_t j = i;
    while (j < values.size() && values[j] == values[i]) ++j;
    shared += static_cast<double>(j - i) * static_cast<double>(j - i - 1);
    i = j;
  }
  const double pairs = with * (with - 1);
  const double u = (shared + kStartWeightU * comparison->levels[0].u) / (pairs + kStartWeightU);
  double rest = 0;
  for (size_t l = 1; l < comparison->levels.size(); ++l) rest += comparison->levels[l].u;
  for (size_t l = 1; l < comparison->levels.size(); ++l) comparison->levels[l].u *= (1 - u) / rest;
  comparison->levels[0].u = std::min(u, 0.99);
}

uint32_t BlockedKinds(const BlockingRule& rule) {
  uint32_t kinds = 0;
  const auto add = [&](ComparisonKind k) { kinds |= 1u << static_cast<int>(k); };
  for (const BlockPart part : rule.parts) {
    switch (part) {
      case BlockPart::kName:
      case BlockPart::kSound:
      case BlockPart::kFirstWord:
      case BlockPart::kLastWord:
        add(ComparisonKind::kName);
        break;
      case BlockPart::kBirthDate:
        add(ComparisonKind::kBirthDate);
        break;
      case BlockPart::kPhone:
        add(ComparisonKind::kPhone);
        break;
      case BlockPart::kAddress:
        add(ComparisonKind::kAddress);
        break;
      case BlockPart::kOrganisation:
        add(ComparisonKind::kOrganisation);
        break;
      case BlockPart::kOtherNumber:
        add(ComparisonKind::kOtherNumber);
        break;
      case BlockPart::kKin:
        add(ComparisonKind::kKin);
        break;
      case BlockPart::kNumberStart:
      case BlockPart::kNumberEnd:
      case BlockPart::kNumberFrame:
        add(ComparisonKind::kBirthDate);
        add(ComparisonKind::kNumber);
        break;
      case BlockPart::kNumberTail:
        add(ComparisonKind::kNumber);
        break;
    }
  }
  return kinds;
}

struct Pattern {
  uint64_t code;  // four bits a comparison: level + 1, 0 when missing
  double count;
};

std::vector<Pattern> PatternsOf(std::vector<uint64_t>* codes) {
  std::sort(codes->begin(), codes->end());
  std::vector<Pattern> patterns;
  for (const uint64_t code : *codes) {
    if (patterns.empty() || patterns.back().code != code) patterns.push_back({code, 0});
    patterns.back().count += 1;
  }
  return patterns;
}

// One EM run on the candidate pairs of a blocking rule; m of `free` comparisons moves, u stays.
LevelCounts RunEm(const std::vector<Pattern>& patterns, const LinkModel& model, uint32_t blocked, double* matches) {
  LinkModel current = model;
  LevelCounts expected{};
  double share = kShareStart;
  for (int step = 0; step < kEmSteps; ++step) {
    expected = {};
    double total = 0, matched = 0;
    for (const Pattern& pattern : patterns) {
      double log_odds = std::log2(share / (1 - share));
      for (const Comparison& c : current.comparisons) {
        const int kind = static_cast<int>(c.kind);
        const int level = static_cast<int>(pattern.code >> (4 * kind) & 15) - 1;
        if (level >= 0 && !(blocked >> kind & 1)) log_odds += c.levels[level].Bits();
      }
      const double p = 1 / (1 + std::exp2(-log_odds));
      total += pattern.count;
      matched += p * pattern.count;
      for (int k = 0; k < kComparisonKinds; ++k) {
        const int level = static_cast<int>(pattern.code >> (4 * k) & 15) - 1;
        if (level >= 0) expected[k][level] += p * pattern.count;
      }
    }
    share = std::clamp(matched / total, 1e-6, 1 - 1e-6);
    *matches = matched;
    for (size_t i = 0; i < current.comparisons.size(); ++i) {
      Comparison& c = current.comparisons[i];
      if (!c.train || blocked >> static_cast<int>(c.kind) & 1) continue;
      c = model.comparisons[i];
      SetShares(expected[static_cast<int>(c.kind)], kStartWeightM, &ComparisonLevel::m, &c);
    }
  }
  for (int k = 0; k < kComparisonKinds; ++k) {
    if (blocked >> k & 1) expected[k] = {};
  }
  return expected;
}

uint64_t CountByEm(const Identities& ids, const Grouping& grouping, const Scorer& scorer, const LinkModel& model,
                   std::span<const CandidatePair> candidates, int threads, LevelCounts* counts) {
  const size_t step = candidates.size() / kEmPairsMax + 1;
  const size_t sampled = (candidates.size() + step - 1) / step;
  std::vector<uint64_t> codes(sampled);
  ParallelChunks(sampled, 4096, threads, [&](size_t begin, size_t end) {
    Profile left, right;
    for (size_t i = begin; i < end; ++i) {
      FillProfile(ids, grouping, candidates[i * step].loose, &left);
      FillProfile(ids, grouping, candidates[i * step].other, &right);
      const PairLevels levels = scorer.Compare(left, right);
      for (int k = 0; k < kComparisonKinds; ++k) codes[i] |= static_cast<uint64_t>(levels.level[k] + 1) << (4 * k);
    }
  });
  uint64_t used = 0;
  for (size_t r = 0; r < model.blocking.size(); ++r) {
    std::vector<uint64_t> mine;
    for (size_t i = 0; i < sampled; ++i) {
      if (candidates[i * step].rules >> r & 1) mine.push_back(codes[i]);
    }
    if (mine.size() < kLabelledMin) continue;
    double matches = 0;
    const LevelCounts expected = RunEm(PatternsOf(&mine), model, BlockedKinds(model.blocking[r]), &matches);
    for (int k = 0; k < kComparisonKinds; ++k) {
      for (int l = 0; l < kLevelsMax; ++l) (*counts)[k][l] += expected[k][l];
    }
    used += mine.size();
  }
  return used;
}

// No share below its part of the start; they still sum to one.
void KeepFloor(const Comparison& start, Comparison* comparison) {
  double sum = 0;
  for (size_t l = 0; l < comparison->levels.size(); ++l) {
    double& m = comparison->levels[l].m;
    m = std::max(m, start.levels[l].m * kStartShareMin);
    sum += m;
  }
  for (ComparisonLevel& level : comparison->levels) level.m /= sum;
}

// own: as the registry's file has it, then trained. file, trained: the common comparison before and after.
void TrainRegistry(const Comparison& file, const Comparison& trained, const ObservedPairs& seen, Comparison* own) {
  const Comparison stated = *own;
  double sum = 0;
  for (size_t l = 0; l < own->levels.size(); ++l) {
    const double bend = stated.levels[l].m / file.levels[l].m;
    own->levels[l] = {trained.levels[l].m * bend, trained.levels[l].u};
    sum += own->levels[l].m;
  }
  if (!own->train) {
    for (size_t l = 0; l < own->levels.size(); ++l) own->levels[l].m = stated.levels[l].m;
    return;
  }
  for (ComparisonLevel& level : own->levels) level.m /= sum;
  SetShares(seen.levels[static_cast<int>(own->kind)], kRegistryWeightM, &ComparisonLevel::m, own);
  KeepFloor(stated, own);
}

}  // namespace

NameFrequencies FrequenciesOf(const Identities& ids, const std::vector<uint32_t>& counts, size_t clusters) {
  NameFrequencies out;
  out.clusters = clusters;
  for (size_t n = 0; n < counts.size(); ++n) {
    if (counts[n] > 1) out.counts.push_back({ids.names.folded[n], counts[n]});
  }
  std::sort(out.counts.begin(), out.counts.end());
  out.counts.erase(std::unique(out.counts.begin(), out.counts.end()), out.counts.end());
  return out;
}

std::vector<uint32_t> CountNames(const Identities& ids, const Grouping& grouping) {
  std::vector<uint64_t> uses;
  for (uint32_t c = 0; c < grouping.size(); ++c) {
    FewValues<uint64_t, 8> names;
    for (const uint32_t i : grouping.Members(c)) {
      if (ids.all[i].name != kNone) names.Add(ids.names.folded[ids.all[i].name]);
    }
    uses.insert(uses.end(), names.begin(), names.end());
  }
  std::sort(uses.begin(), uses.end());
  std::vector<uint32_t> counts(ids.names.size());
  for (size_t n = 0; n < counts.size(); ++n) {
    const auto [from, until] = std::equal_range(uses.begin(), uses.end(), ids.names.folded[n]);
    counts[n] = static_cast<uint32_t>(until - from);
  }
  return counts;
}

TrainingResult TrainModel(const Identities& ids, const Grouping& grouping, const Scorer& start,
                          std::span<const CandidatePair> candidates, uint64_t seed, int threads) {
  TrainingResult out;
  const LinkModels& given = start.models();
  out.models = given;
  out.by_registry.resize(given.registries.size());
  LinkModel& model = out.models.common;
  size_t numbered = 0;
  for (const uint8_t loose : grouping.loose) numbered += !loose;
  if (model.prior_bits == 0) {
    // One of the city's persons. Where few have numbers, clusters are records and a person has several.
    const double persons = std::max(static_cast<double>(numbered), static_cast<double>(grouping.size()) / 4);
    model.prior_bits = -std::log2(persons + 1000);
  }
  LevelCounts random{};
  CountRandom(ids, grouping, start, seed, &random);
  for (Comparison& c : model.comparisons) {
    if (c.train) SetShares(random[static_cast<int>(c.kind)], kStartWeightU, &ComparisonLevel::u, &c);
  }
  const auto add = [](const auto& values, std::vector<uint64_t>* to) {
    for (const auto v : values) to->push_back(static_cast<uint64_t>(v));
  };
  SetShared(ids, grouping, ComparisonKind::kBirthDate, &model, [&](const Profile& p, auto* to) { add(p.births, to); });
  SetShared(ids, grouping, ComparisonKind::kPhone, &model, [&](const Profile& p, auto* to) { add(p.phones, to); });
  SetShared(ids, grouping, ComparisonKind::kAddress, &model, [&](const Profile& p, auto* to) { add(p.addresses, to); });
  SetShared(ids, grouping, ComparisonKind::kOrganisation, &model,
            [&](const Profile& p, auto* to) { add(p.organisations, to); });

  LevelCounts matched{};
  CountLabelled(ids, grouping, start, &matched, &out);
  if (out.pairs < kLabelledMin) {
    matched = {};
    out.pairs = CountByEm(ids, grouping, start, model, candidates, threads, &matched);
  }
  for (Comparison& c : model.comparisons) {
    if (!c.train) continue;
    const Comparison before = c;
    SetShares(matched[static_cast<int>(c.kind)], kStartWeightM, &ComparisonLevel::m, &c);
    KeepFloor(before, &c);
  }
  for (size_t r = 0; r < out.models.registries.size(); ++r) {
    for (size_t i = 0; i < model.comparisons.size(); ++i) {
      TrainRegistry(given.common.comparisons[i], model.comparisons[i], out.by_registry[r],
                    &out.models.registries[r].comparisons[i]);
    }
  }
  return out;
}

}  // namespace hearth
