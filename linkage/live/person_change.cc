#include "linkage/live/person_change.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>

namespace hearth::linkage {
namespace {

struct Vote {
  uint64_t id = 0;
  uint32_t cluster = 0, count = 0;
  uint32_t native = 0;  // of them that were never merged in from another person
};

// How many of each cluster's records had an id; strongest first.
std::vector<Vote> CountVotes(std::span<const uint32_t> starts, std::span<const uint64_t> ids,
                             std::span<const uint64_t> former) {
  std::vector<Vote> votes;
  std::vector<std::pair<uint64_t, bool>> own;  // id, native
  for (uint32_t c = 0; c + 1 < starts.size(); ++c) {
    own.clear();
    for (uint32_t i = starts[c]; i < starts[c + 1]; ++i) {
      if (ids[i] != 0) own.emplace_back(ids[i], former[i] == 0);
    }
    std::sort(own.begin(), own.end());
    for (size_t i = 0; i < own.size();) {
      Vote vote{.id = own[i].first, .cluster = c};
      for (; i < own.size() && own[i].first == vote.id; ++i) {
        ++vote.count;
        vote.native += own[i].second;
      }
      votes.push_back(vote);
    }
  }
  std::sort(votes.begin(), votes.end(), [](const Vote& a, const Vote& b) {
    return std::tie(b.native, b.count, a.id, a.cluster) < std::tie(a.native, a.count, b.id, b.cluster);
  });
  return votes;
}

}  // namespace

PersonAnswer AssignPersons(const PersonQuestion& q) {
  const auto clusters = static_cast<uint32_t>(q.starts.size() - 1);
  PersonAnswer answer;
  answer.of_cluster.assign(clusters, 0);
  std::unordered_set<uint64_t> kept, given;
  for (const Vote& vote : CountVotes(q.starts, q.before, q.former)) {
    if (answer.of_cluster[vote.cluster] != 0 || kept.contains(vote.id)) continue;
    answer.of_cluster[vote.cluster] = vote.id;
    kept.insert(vote.id);
  }
  for (const Vote& vote : CountVotes(q.starts, q.former, q.former)) {
    if (answer.of_cluster[vote.cluster] != 0 || kept.contains(vote.id) || q.lives(vote.id)) continue;
    if (given.insert(vote.id).second) answer.of_cluster[vote.cluster] = vote.id;
  }
  for (uint32_t c = 0; c < clusters; ++c) {
    if (answer.of_cluster[c] != 0) continue;
    uint64_t probe = 0, id = q.id_of(q.starts[c], probe);
    while (id == 0 || q.is_used(id) || !given.insert(id).second) id = q.id_of(q.starts[c], ++probe);
    answer.of_cluster[c] = id;
  }

  std::map<uint64_t, std::vector<uint32_t>> from;
  for (uint32_t c = 0; c < clusters; ++c) {
    const uint64_t now = answer.of_cluster[c];
    from.clear();
    for (uint32_t i = q.starts[c]; i < q.starts[c + 1]; ++i) {
      if (q.before[i] != now) from[q.before[i]].push_back(i);
    }
    const bool lived = kept.contains(now);
    for (auto& [before, moved] : from) {
      PersonChange change{.person = now, .other = before, .cluster = c, .moved = std::move(moved)};
      if (before == 0) {
        change.kind = !lived && from.size() == 1 ? PersonChangeKind::kNew : PersonChangeKind::kAbsorb;
      } else if (!kept.contains(before)) {
        change.kind = PersonChangeKind::kMerge;
      } else if (!lived) {
        change.kind = PersonChangeKind::kSplit;
        std::swap(change.person, change.other);
      } else {
        change.kind = PersonChangeKind::kAbsorb;
      }
      answer.changes.push_back(std::move(change));
    }
  }
  return answer;
}

}  // namespace hearth::linkage
