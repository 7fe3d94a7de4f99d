// Clusters: identities held to be one human, as a union-find that keeps desk decisions apart.
//
// A cluster's root is its smallest identity, so roots do not depend on the order of joins. Inside matchers only.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/person.h"

namespace hearth {

class Clusters {
 public:
  explicit Clusters(size_t identities);

  uint32_t Find(uint32_t identity) const;
  // Keeps two identities apart for good.
  void Forbid(uint32_t a, uint32_t b);
  // True when the two are one cluster afterwards; false when a desk decision keeps them apart.
  bool Join(uint32_t a, uint32_t b);
  bool MayJoin(uint32_t a, uint32_t b) const;
  size_t size() const { return parent_.size(); }

 private:
  mutable std::vector<uint32_t> parent_;
  // Root -> identities that must stay outside. Few; order never shows.
  std::unordered_map<uint32_t, std::vector<uint32_t>> foes_;
};

}  // namespace hearth
