// Components: records joined by links at or above the threshold or by must-link facts, each with the links inside it,
// so that what follows works on one component at a time.
//
// Memory: 16 bytes a record and 16 a link. Time: two passes over the links, in parallel.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "matchers/fellegi_sunter/clusters.h"

namespace hearth::linkage {

// A link inside a component; left < right are places in Component::records.
struct Arc {
  uint32_t left = 0, right = 0;
  double weight = 0;
};

// Views into Components.
struct Component {
  std::span<const uint32_t> records;  // ascending, two or more
  std::span<Arc> arcs;                // in no order, a pair perhaps more than once, until Tidy
  std::span<const Pair> cannot;       // as arcs: places; ascending, distinct
  std::span<const Pair> must;

  // Sorts arcs by pair and keeps the heaviest of each.
  void Tidy();
};

class Components {
 public:
  Components(const ClusterInput& input, double threshold_bits, int threads);

  size_t size() const { return starts_.size() - 1; }  // components of two records or more
  Component operator[](size_t i);
  // Records and links of component i: what work on it costs at least.
  size_t Weight(size_t i) const {
    return starts_[i + 1] - starts_[i] + static_cast<size_t>(arc_starts_[i + 1] - arc_starts_[i]);
  }

 private:
  struct Place {  // of a record
    uint32_t component = UINT32_MAX, local = 0;
  };
  struct PlacedPair {
    uint32_t component = 0;
    Pair pair;
    auto operator<=>(const PlacedPair&) const = default;
  };
  struct PlacedPairs {
    std::vector<uint32_t> components;  // of each pair, ascending
    std::vector<Pair> pairs;
    std::span<const Pair> Of(uint32_t component) const;
  };
  void PlaceRecords(const ClusterInput& input, double threshold_bits, int threads);
  void PlaceLinks(const ClusterInput& input, double threshold_bits, int threads);
  PlacedPairs Placed(std::span<const Pair> pairs) const;

  std::vector<uint32_t> records_, starts_;
  std::vector<Place> places_;
  std::vector<Arc> arcs_;
  std::vector<uint64_t> arc_starts_;
  PlacedPairs cannot_, must_;
};

}  // namespace hearth::linkage
