#include "matchers/candidates.h"

#include <algorithm>

#include "core/parallel.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

// Members of larger households and rows are not held to be kin of one another.
constexpr size_t kKinHouseholdMax = 20;
constexpr size_t kChunk = 16384;
constexpr int kRuleBits = 5;

struct KeyedCluster {
  uint64_t key;  // rule in the low bits
  uint32_t cluster;
};

bool ByKey(const KeyedCluster& a, const KeyedCluster& b) {
  return a.key != b.key ? a.key < b.key : a.cluster < b.cluster;
}

// Values of one part. At most a dozen for honest clusters.
struct PartValues {
  uint64_t values[40];
  int count = 0;
  void Add(uint64_t value) {
    if (value != 0 && count < 40) values[count++] = value;
  }
};

uint64_t HashPlaces(const char* places, int from, int until, uint64_t seed) {
  for (int i = from; i < until; ++i) {
    if (places[i] == 0) return 0;
  }
  return XXH3_64bits_withSeed(places + from, static_cast<size_t>(until - from), seed) | 1;
}

uint64_t HashNumberPart(BlockPart part, const char* places) {
  switch (part) {
    case BlockPart::kNumberStart:
      return HashPlaces(places, 0, 14, 0);
    case BlockPart::kNumberEnd:
      return HashPlaces(places, 6, 18, 0);
    case BlockPart::kNumberTail:
      return HashPlaces(places, 14, 18, 0);
    case BlockPart::kNumberFrame: {
      const uint64_t head = HashPlaces(places, 0, 6, 0);
      return head == 0 ? 0 : HashPlaces(places, 14, 18, head);
    }
    default:
      return 0;
  }
}

void CollectPart(const Identities& ids, const Profile& p, BlockPart part, PartValues* out) {
  out->count = 0;
  const auto add_all = [&](const auto& values) {
    for (const auto v : values) out->Add(static_cast<uint64_t>(v));
  };
  const auto add_names = [&](const std::vector<uint64_t>& of) {
    for (const uint32_t n : p.names) out->Add(of[n]);
  };
  switch (part) {
    case BlockPart::kName:
      return add_names(ids.names.folded);
    case BlockPart::kSound:
      return add_names(ids.names.sound);
    case BlockPart::kFirstWord:
      return add_names(ids.names.first_word);
    case BlockPart::kLastWord:
      return add_names(ids.names.last_word);
    case BlockPart::kPhone:
      return add_all(p.phones);
    case BlockPart::kAddress:
      return add_all(p.addresses);
    case BlockPart::kOrganisation:
      return add_all(p.organisations);
    case BlockPart::kOtherNumber:
      return add_all(p.other_numbers);
    case BlockPart::kBirthDate:
      for (const int32_t b : p.births) out->Add(static_cast<uint64_t>(static_cast<int64_t>(b) + (int64_t{1} << 32)));
      return;
    case BlockPart::kKin:
      for (const uint32_t k : p.kin) out->Add(uint64_t{k} + 1);
      return;
    case BlockPart::kNumberStart:
    case BlockPart::kNumberEnd:
    case BlockPart::kNumberFrame:
    case BlockPart::kNumberTail:
      for (const uint64_t n : p.numbers) out->Add(HashNumberPart(part, UnpackNumber(n).data()));
      for (const uint32_t h : p.hints) out->Add(HashNumberPart(part, ids.hints[h].places.data()));
      return;
  }
}

// Calls emit(key) for every combination of the rule's parts; a part without a value has none.
template <class Emit>
void EmitKeys(const Identities& ids, const Profile& profile, const BlockingRule& rule, int rule_index,
              PartValues* parts, const Emit& emit) {
  const int count = static_cast<int>(rule.parts.size());
  for (int i = 0; i < count; ++i) {
    CollectPart(ids, profile, rule.parts[i], &parts[i]);
    if (parts[i].count == 0) return;
  }
  int at[8] = {};
  while (true) {
    uint64_t key = static_cast<uint64_t>(rule_index) + 0x9E3779B97F4A7C15u;
    for (int i = 0; i < count; ++i) {
      key = (key ^ parts[i].values[at[i]]) * 0xD6E8FEB86659FD93u;
      key ^= key >> 32;
    }
    emit((key * 0xD6E8FEB86659FD93u) << kRuleBits | static_cast<uint64_t>(rule_index));
    int i = 0;
    while (i < count && ++at[i] == parts[i].count) at[i++] = 0;
    if (i == count) return;
  }
}

// A filter in front of the join: most clusters share no key with any loose one.
class KeyFilter {
 public:
  explicit KeyFilter(size_t keys) {
    size_t bits = 1024;
    while (bits < keys * 8) bits *= 2;
    bits_.resize(bits / 64);
    mask_ = bits - 1;
  }
  void Add(uint64_t key) { bits_[Slot(key) / 64] |= uint64_t{1} << (Slot(key) % 64); }
  bool MayHold(uint64_t key) const { return bits_[Slot(key) / 64] >> (Slot(key) % 64) & 1; }

 private:
  uint64_t Slot(uint64_t key) const { return (key >> kRuleBits ^ key >> 31) & mask_; }
  std::vector<uint64_t> bits_;
  uint64_t mask_;
};

// Sorted keys of every cluster under the rules that rules_of(c) has bits for, as far as they pass the filter when there
// is one.
template <class RulesOf>
std::vector<KeyedCluster> KeysOf(const Identities& ids, const Grouping& grouping, const LinkModel& model, int threads,
                                 const KeyFilter* filter, const RulesOf& rules_of) {
  const size_t chunks = (grouping.size() + kChunk - 1) / kChunk;
  std::vector<std::vector<KeyedCluster>> found(chunks);
  ParallelFor(chunks, threads, [&](size_t chunk) {
    Profile profile;
    PartValues parts[8];
    std::vector<KeyedCluster>& out = found[chunk];
    for (size_t c = chunk * kChunk; c < std::min(grouping.size(), (chunk + 1) * kChunk); ++c) {
      const uint32_t cluster = static_cast<uint32_t>(c);
      const uint32_t rules = rules_of(cluster);
      if (rules == 0) continue;
      FillProfile(ids, grouping, cluster, &profile);
      const size_t before = out.size();
      for (size_t r = 0; r < model.blocking.size(); ++r) {
        if (!(rules >> r & 1)) continue;
        EmitKeys(ids, profile, model.blocking[r], static_cast<int>(r), parts, [&](uint64_t key) {
          if (filter == nullptr || filter->MayHold(key)) out.push_back({key, cluster});
        });
      }
      std::sort(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(), ByKey);
      out.erase(std::unique(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(),
                            [](const KeyedCluster& a, const KeyedCluster& b) { return a.key == b.key; }),
                out.end());
    }
  });
  size_t total = 0;
  for (const auto& part : found) total += part.size();
  std::vector<KeyedCluster> keys;
  keys.reserve(total);
  for (auto& part : found) {
    keys.insert(keys.end(), part.begin(), part.end());
    part = {};
  }
  std::sort(keys.begin(), keys.end(), ByKey);
  return keys;
}

void AddHouseholdKin(const Identities& ids, const Grouping& grouping, std::vector<uint64_t>* pairs) {
  std::vector<std::pair<uint64_t, uint32_t>> members;  // (household, cluster)
  for (uint32_t i = 0; i < ids.all.size(); ++i) {
    if (ids.all[i].household != 0) members.push_back({ids.all[i].household, grouping.cluster_of[i]});
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  for (size_t i = 0; i < members.size();) {
    size_t j = i;
    while (j < members.size() && members[j].first == members[i].first) ++j;
    if (j - i >= 2 && j - i <= kKinHouseholdMax) {
      for (size_t a = i; a < j; ++a) {
        for (size_t b = i; b < j; ++b) {
          if (a != b) pairs->push_back(uint64_t{members[a].second} << 32 | members[b].second);
        }
      }
    }
    i = j;
  }
}

void AddRowKin(std::span<const RecordTable* const> tables, const Grouping& grouping,
               const std::vector<std::vector<uint32_t>>& identity_of, std::vector<uint64_t>* pairs) {
  for (size_t t = 0; t < tables.size(); ++t) {
    const size_t roles = tables[t]->schema().persons.size();
    if (roles < 2) continue;
    const std::vector<uint32_t>& of = identity_of[t];
    for (size_t row = 0; row + roles <= of.size(); row += roles) {
      for (size_t a = 0; a < roles; ++a) {
        for (size_t b = 0; b < roles; ++b) {
          if (a == b || of[row + a] == kNone || of[row + b] == kNone) continue;
          const uint32_t x = grouping.cluster_of[of[row + a]], y = grouping.cluster_of[of[row + b]];
          if (x != y) pairs->push_back(uint64_t{x} << 32 | y);
        }
      }
    }
  }
}

}  // namespace

Grouping GroupClusters(std::span<const RecordTable* const> tables, const Identities& ids, const Clusters& clusters,
                       const std::vector<std::vector<uint32_t>>& identity_of, int threads) {
  (void)threads;
  Grouping out;
  const uint32_t count = static_cast<uint32_t>(ids.all.size());
  out.cluster_of.resize(count);
  uint32_t next = 0;
  for (uint32_t i = 0; i < count; ++i) {  // a root is its cluster's smallest identity, so it comes first
    const uint32_t root = clusters.Find(i);
    out.cluster_of[i] = root == i ? next++ : out.cluster_of[root];
  }
  out.starts.assign(next + 1, 0);
  out.loose.assign(next, 1);
  for (uint32_t i = 0; i < count; ++i) {
    ++out.starts[out.cluster_of[i] + 1];
    if (ids.all[i].number != 0) out.loose[out.cluster_of[i]] = 0;
  }
  for (uint32_t c = 0; c < next; ++c) out.starts[c + 1] += out.starts[c];
  out.members.resize(count);
  std::vector<uint32_t> at(out.starts.begin(), out.starts.end() - 1);
  for (uint32_t i = 0; i < count; ++i) out.members[at[out.cluster_of[i]]++] = i;

  std::vector<uint64_t> pairs;
  AddHouseholdKin(ids, out, &pairs);
  AddRowKin(tables, out, identity_of, &pairs);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  out.kin_starts.assign(next + 1, 0);
  out.kin.resize(pairs.size());
  for (size_t i = 0; i < pairs.size(); ++i) {
    ++out.kin_starts[(pairs[i] >> 32) + 1];
    out.kin[i] = static_cast<uint32_t>(pairs[i]);
  }
  for (uint32_t c = 0; c < next; ++c) out.kin_starts[c + 1] += out.kin_starts[c];
  return out;
}

void FillProfile(const Identities& ids, const Grouping& grouping, uint32_t cluster, Profile* out) {
  out->Clear();
  for (const uint32_t i : grouping.Members(cluster)) out->Add(ids.all[i]);
  out->kin = grouping.Kin(cluster);
}

std::vector<CandidatePair> FindCandidates(const Identities& ids, const Grouping& grouping, const LinkModels& models,
                                          int threads) {
  const LinkModel& model = models.common;
  const std::vector<KeyedCluster> loose = KeysOf(ids, grouping, model, threads, nullptr, [&](uint32_t c) -> uint32_t {
    uint32_t rules = 0;
    if (!grouping.loose[c]) return rules;
    for (const uint32_t i : grouping.Members(c)) rules |= models.registries[ids.all[i].registry].rules;
    return rules;
  });
  KeyFilter filter(loose.size());
  for (const KeyedCluster& k : loose) filter.Add(k.key);
  const std::vector<KeyedCluster> all = KeysOf(ids, grouping, model, threads, &filter, [](uint32_t) { return ~0u; });

  std::vector<CandidatePair> pairs;
  for (size_t i = 0, a = 0; i < loose.size();) {
    const uint64_t key = loose[i].key;
    size_t i_end = i;
    while (i_end < loose.size() && loose[i_end].key == key) ++i_end;
    while (a < all.size() && all[a].key < key) ++a;
    size_t a_end = a;
    while (a_end < all.size() && all[a_end].key == key) ++a_end;
    const uint32_t rule = key & ((1u << kRuleBits) - 1);
    if (a_end - a <= model.blocking[rule].max_block) {
      for (size_t x = i; x < i_end; ++x) {
        for (size_t y = a; y < a_end; ++y) {
          if (loose[x].cluster != all[y].cluster) pairs.push_back({loose[x].cluster, all[y].cluster, 1u << rule});
        }
      }
    }
    i = i_end;
    a = a_end;
  }
  std::sort(pairs.begin(), pairs.end(), [](const CandidatePair& a, const CandidatePair& b) {
    return a.loose != b.loose ? a.loose < b.loose : a.other < b.other;
  });
  size_t kept = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (kept > 0 && pairs[kept - 1].loose == pairs[i].loose && pairs[kept - 1].other == pairs[i].other) {
      pairs[kept - 1].rules |= pairs[i].rules;
    } else {
      pairs[kept++] = pairs[i];
    }
  }
  pairs.resize(kept);
  return pairs;
}

}  // namespace hearth
