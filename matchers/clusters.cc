#include "matchers/clusters.h"

#include <algorithm>
#include <numeric>

namespace hearth {

Clusters::Clusters(size_t identities) : parent_(identities) { std::iota(parent_.begin(), parent_.end(), 0u); }

uint32_t Clusters::Find(uint32_t identity) const {
  while (parent_[identity] != identity) {
    parent_[identity] = parent_[parent_[identity]];
    identity = parent_[identity];
  }
  return identity;
}

void Clusters::Forbid(uint32_t a, uint32_t b) {
  const uint32_t ra = Find(a), rb = Find(b);
  if (ra == rb) return;
  foes_[ra].push_back(b);
  foes_[rb].push_back(a);
}

bool Clusters::MayJoin(uint32_t a, uint32_t b) const {
  if (foes_.empty()) return true;
  const uint32_t ra = Find(a), rb = Find(b);
  const auto it = foes_.find(ra);
  return it == foes_.end() ||
         std::none_of(it->second.begin(), it->second.end(), [&](uint32_t foe) { return Find(foe) == rb; });
}

bool Clusters::Join(uint32_t a, uint32_t b) {
  const uint32_t ra = Find(a), rb = Find(b);
  if (ra == rb) return true;
  if (!MayJoin(ra, rb)) return false;
  const uint32_t root = std::min(ra, rb), child = std::max(ra, rb);
  parent_[child] = root;
  if (const auto it = foes_.find(child); it != foes_.end()) {
    std::vector<uint32_t> moved = std::move(it->second);
    foes_.erase(it);
    std::vector<uint32_t>& kept = foes_[root];
    kept.insert(kept.end(), moved.begin(), moved.end());
  }
  return true;
}

}  // namespace hearth
