#include "matchers/person_ids.h"

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/parallel.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

// How many of a cluster's mentions had an id.
struct Vote {
  PersonId id;
  uint32_t cluster = 0;
  uint32_t count = 0;
};

// By registry, row key and role; rows of one key by content.
struct MentionLess {
  std::span<const RecordTable* const> tables;
  bool operator()(const Mention& a, const Mention& b) const {
    const RecordTable &ta = *tables[a.table], &tb = *tables[b.table];
    if (a.table != b.table) return ta.schema().id < tb.schema().id;
    if (const int order = ta.Key(a.row).compare(tb.Key(b.row)); order != 0) return order < 0;
    if (a.role != b.role) return ta.schema().persons[a.role].role < tb.schema().persons[b.role].role;
    if (a.row == b.row) return false;
    const uint64_t ha = ta.ContentHash(a.row), hb = tb.ContentHash(b.row);
    return ha != hb ? ha < hb : a.row < b.row;
  }
};

uint64_t ProbeId(std::span<const RecordTable* const> tables, Mention m, uint64_t probe) {
  const uint64_t seed = KeyOfMention(*tables[m.table], m.row, m.role).value;
  if (probe == 0) return seed == 0 ? 1 : seed;
  const uint64_t parts[2] = {seed, probe};
  const uint64_t id = XXH3_64bits(parts, sizeof parts);
  return id == 0 ? 1 : id;
}

// find(mention): the id that a mention votes for, or nullptr.
template <class FindId>
std::vector<Vote> CountVotes(std::span<const RecordTable* const> tables, std::span<const Mention> mentions,
                             std::span<const uint32_t> starts, int threads, const FindId& find) {
  const size_t clusters = starts.size() - 1;
  constexpr size_t kChunk = 8192;
  std::vector<std::vector<Vote>> found((clusters + kChunk - 1) / kChunk);
  ParallelFor(found.size(), threads, [&](size_t chunk) {
    std::vector<PersonId> ids;
    for (size_t c = chunk * kChunk; c < std::min(clusters, (chunk + 1) * kChunk); ++c) {
      ids.clear();
      for (uint32_t i = starts[c]; i < starts[c + 1]; ++i) {
        const Mention m = mentions[i];
        if (const PersonId* id = find(KeyOfMention(*tables[m.table], m.row, m.role))) ids.push_back(*id);
      }
      std::sort(ids.begin(), ids.end());
      for (size_t i = 0; i < ids.size();) {
        size_t j = i;
        while (j < ids.size() && ids[j] == ids[i]) ++j;
        found[chunk].push_back({ids[i], static_cast<uint32_t>(c), static_cast<uint32_t>(j - i)});
        i = j;
      }
    }
  });
  std::vector<Vote> votes;
  for (const auto& part : found) votes.insert(votes.end(), part.begin(), part.end());
  return votes;
}

}  // namespace

PersonIds AssignPersonIds(std::span<const RecordTable* const> tables, std::span<const Mention> mentions,
                          std::span<const uint32_t> starts, const IdMap& yesterday, int threads) {
  const size_t clusters = starts.size() - 1;
  PersonIds out;
  out.of_cluster.resize(clusters);
  const MentionLess less{tables};
  std::vector<Mention> smallest(clusters);
  ParallelChunks(clusters, 4096, threads, [&](size_t begin, size_t end) {
    for (size_t c = begin; c < end; ++c) {
      const auto own = mentions.subspan(starts[c], starts[c + 1] - starts[c]);
      smallest[c] = *std::min_element(own.begin(), own.end(), less);
    }
  });
  const auto by_mention = [&](uint32_t a, uint32_t b) { return less(smallest[a], smallest[b]); };

  const auto by_strength = [&](const Vote& a, const Vote& b) {
    if (a.count != b.count) return a.count > b.count;
    if (a.id != b.id) return a.id < b.id;
    return by_mention(a.cluster, b.cluster);
  };
  std::vector<Vote> votes;
  if (!yesterday.entries().empty()) {
    votes = CountVotes(tables, mentions, starts, threads, [&](MentionKey key) { return yesterday.Find(key); });
  }
  std::sort(votes.begin(), votes.end(), by_strength);
  std::unordered_set<uint64_t> known, kept;
  for (const IdMap::Entry& e : yesterday.entries()) known.insert(e.person.value);
  for (const Vote& vote : votes) {
    if (out.of_cluster[vote.cluster].value != 0 || kept.contains(vote.id.value)) continue;
    out.of_cluster[vote.cluster] = vote.id;
    kept.insert(vote.id.value);
  }
  std::unordered_set<uint64_t> used;
  if (!yesterday.retired().empty()) {
    std::vector<Vote> back =
        CountVotes(tables, mentions, starts, threads, [&](MentionKey key) { return yesterday.FindRetired(key); });
    std::sort(back.begin(), back.end(), by_strength);
    for (const Vote& vote : back) {
      if (out.of_cluster[vote.cluster].value != 0 || known.contains(vote.id.value)) continue;
      if (used.insert(vote.id.value).second) out.of_cluster[vote.cluster] = vote.id;
    }
  }
  std::vector<uint32_t> fresh;
  for (uint32_t c = 0; c < clusters; ++c) {
    if (out.of_cluster[c].value == 0) fresh.push_back(c);
  }
  out.new_persons = fresh.size();
  std::sort(fresh.begin(), fresh.end(), [&](uint32_t a, uint32_t b) { return by_mention(a, b); });
  for (const IdMap::Entry& e : yesterday.retired()) known.insert(e.person.value);
  for (const uint32_t c : fresh) {
    uint64_t probe = 0, id = ProbeId(tables, smallest[c], probe);
    while (known.contains(id) || !used.insert(id).second) id = ProbeId(tables, smallest[c], ++probe);
    out.of_cluster[c] = {id};
  }

  std::unordered_map<uint64_t, uint32_t> cluster_of;  // of the ids that events ask for
  for (const Vote& vote : votes) {
    if (out.of_cluster[vote.cluster] != vote.id) cluster_of[vote.id.value] = kNone;
  }
  for (uint32_t c = 0; c < clusters; ++c) {
    if (const auto it = cluster_of.find(out.of_cluster[c].value); it != cluster_of.end()) it->second = c;
  }
  std::unordered_set<uint64_t> yesterdays;
  for (const IdMap::Entry& e : yesterday.entries()) yesterdays.insert(e.person.value);
  const auto rows_of = [&](uint32_t c) { return mentions.subspan(starts[c], starts[c + 1] - starts[c]); };
  for (const Vote& vote : votes) {
    const PersonId now = out.of_cluster[vote.cluster];
    if (now == vote.id) continue;
    FoundEvent found;
    const bool gone = !kept.contains(vote.id.value), new_one = !yesterdays.contains(now.value);
    found.event.kind = gone ? PersonEventKind::kMerge : new_one ? PersonEventKind::kSplit : PersonEventKind::kAbsorb;
    const bool split = found.event.kind == PersonEventKind::kSplit;
    found.event.person = split ? vote.id : now;
    found.event.other = split ? now : vote.id;
    for (const Mention& m : rows_of(vote.cluster)) {
      const MentionKey key = KeyOfMention(*tables[m.table], m.row, m.role);
      const PersonId* before = yesterday.Find(key);
      const bool moved = before != nullptr && *before == vote.id;
      if (moved) found.event.mentions.push_back(key);
      if (moved || !split) (moved ? found.moved : found.others).push_back(m);
    }
    if (split) {
      const auto left = rows_of(cluster_of.at(vote.id.value));
      found.others.assign(left.begin(), left.end());
    }
    std::sort(found.event.mentions.begin(), found.event.mentions.end());
    found.event.moved = *std::min_element(found.moved.begin(), found.moved.end(), less);
    found.event.stayed = *std::min_element(found.others.begin(), found.others.end(), less);
    out.events.push_back(std::move(found));
  }
  return out;
}

}  // namespace hearth
