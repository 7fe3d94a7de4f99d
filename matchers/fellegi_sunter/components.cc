// Union-find says which records go together; a counting sort groups the records, and the links with them. Threads
// scatter links in whatever order they come by; Tidy gives each component its order back.
// Example: links 0-1, 1-2, 5-7 make {0, 1, 2} with arcs 0-1, 1-2 and {5, 7} with arc 0-1.
#include "matchers/fellegi_sunter/components.h"

#include <algorithm>
#include <atomic>
#include <tuple>

#include "core/parallel.h"
#include "core/status.h"
#include "matchers/fellegi_sunter/union_find.h"

namespace hearth::linkage {
namespace {

constexpr size_t kLinksAtATime = size_t{1} << 15;

}  // namespace

void Component::Tidy() {
  if (arcs.size() < 2) return;
  // Links often come in order of their records, and then most components do too.
  const auto before = [](const Arc& a, const Arc& b) {
    return std::tie(a.left, a.right, b.weight) < std::tie(b.left, b.right, a.weight);
  };
  if (!std::is_sorted(arcs.begin(), arcs.end(), before)) std::sort(arcs.begin(), arcs.end(), before);
  const auto end = std::unique(arcs.begin(), arcs.end(),
                               [](const Arc& a, const Arc& b) { return a.left == b.left && a.right == b.right; });
  arcs = arcs.first(static_cast<size_t>(end - arcs.begin()));
}

Components::Components(const ClusterInput& input, double threshold_bits, int threads) {
  HEARTH_CHECK(input.records < UINT32_MAX, "records are numbered in 32 bits");
  PlaceRecords(input, threshold_bits, threads);
  PlaceLinks(input, threshold_bits, threads);
  cannot_ = Placed(input.cannot);
  must_ = Placed(input.must);
}

Component Components::operator[](size_t i) {
  const uint32_t component = static_cast<uint32_t>(i);
  return {std::span(records_).subspan(starts_[i], starts_[i + 1] - starts_[i]),
          std::span(arcs_).subspan(arc_starts_[i], arc_starts_[i + 1] - arc_starts_[i]), cannot_.Of(component),
          must_.Of(component)};
}

void Components::PlaceRecords(const ClusterInput& input, double threshold_bits, int threads) {
  UnionFind sets(input.records);
  const std::span<const Link> links = input.links;
  ParallelChunks(links.size(), kLinksAtATime, threads, [&](size_t begin, size_t end) {
    for (const Link& link : links.subspan(begin, end - begin)) {
      HEARTH_CHECK(link.left < sets.size() && link.right < sets.size(), "a link of a record beyond the last");
      if (link.weight >= threshold_bits) sets.Join(link.left, link.right);
    }
  });
  for (const Pair& pair : input.must) {
    HEARTH_CHECK(pair.left < sets.size() && pair.right < sets.size(), "a must-link of a record beyond the last");
    sets.Join(pair.left, pair.right);
  }

  // A root is the smallest of its set, so its component is known before any other member asks for it.
  std::vector<uint32_t> root(input.records), size(input.records);
  for (uint32_t r = 0; r < input.records; ++r) ++size[root[r] = sets.Find(r)];
  places_.resize(input.records);
  uint32_t components = 0, placed = 0;
  starts_.push_back(0);
  for (uint32_t r = 0; r < input.records; ++r) {
    if (size[root[r]] < 2) continue;
    if (root[r] == r) {
      places_[r].component = components++;
      starts_.push_back(placed += size[r]);
    } else {
      places_[r].component = places_[root[r]].component;
    }
  }
  std::vector<uint32_t> next(starts_.begin(), starts_.end() - 1);
  records_.resize(placed);
  for (uint32_t r = 0; r < input.records; ++r) {
    Place& place = places_[r];
    if (place.component == UINT32_MAX) continue;
    place.local = next[place.component] - starts_[place.component];
    records_[next[place.component]++] = r;
  }
}

void Components::PlaceLinks(const ClusterInput& input, double threshold_bits, int threads) {
  // Links of one left record often stand together; such a run needs one look at its component and lands in one place.
  const auto each_run = [&](const auto& body) {
    ParallelChunks(input.links.size(), kLinksAtATime, threads, [&](size_t begin, size_t end) {
      const std::span<const Link> links = input.links.subspan(begin, end - begin);
      for (size_t from = 0, to = 0; from < links.size(); from = to) {
        while (to < links.size() && links[to].left == links[from].left) ++to;
        const Place& left = places_[links[from].left];
        if (left.component != UINT32_MAX) body(left, links.subspan(from, to - from));
      }
    });
  };
  // What reaches the threshold has been joined.
  const auto inside = [&](const Link& link, const Place& left) {
    return link.left != link.right &&
           (link.weight >= threshold_bits || places_[link.right].component == left.component);
  };
  std::vector<std::atomic<uint64_t>> next(size() + 1);
  each_run([&](const Place& left, std::span<const Link> run) {
    uint64_t count = 0;
    for (const Link& link : run) count += inside(link, left);
    next[left.component].fetch_add(count, std::memory_order_relaxed);
  });
  arc_starts_.resize(size() + 1);
  uint64_t sum = 0;
  for (size_t c = 0; c <= size(); ++c) {
    arc_starts_[c] = sum;
    sum += next[c].load(std::memory_order_relaxed);
    next[c].store(arc_starts_[c], std::memory_order_relaxed);
  }
  arcs_.resize(sum);
  each_run([&](const Place& left, std::span<const Link> run) {
    uint64_t count = 0;
    for (const Link& link : run) count += inside(link, left);
    uint64_t at = next[left.component].fetch_add(count, std::memory_order_relaxed);
    for (const Link& link : run) {
      if (!inside(link, left)) continue;
      const uint32_t right = places_[link.right].local;
      arcs_[at++] = {std::min(left.local, right), std::max(left.local, right), link.weight};
    }
  });
}

Components::PlacedPairs Components::Placed(std::span<const Pair> pairs) const {
  std::vector<PlacedPair> found;
  for (const Pair& pair : pairs) {
    HEARTH_CHECK(pair.left < places_.size() && pair.right < places_.size(), "a fact on a record beyond the last");
    const Place &left = places_[pair.left], &right = places_[pair.right];
    if (left.component != right.component || left.component == UINT32_MAX || pair.left == pair.right) continue;
    found.push_back({left.component, {std::min(left.local, right.local), std::max(left.local, right.local)}});
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  PlacedPairs result;
  for (const PlacedPair& p : found) {
    result.components.push_back(p.component);
    result.pairs.push_back(p.pair);
  }
  return result;
}

std::span<const Pair> Components::PlacedPairs::Of(uint32_t component) const {
  const auto [from, to] = std::equal_range(components.begin(), components.end(), component);
  return std::span(pairs).subspan(static_cast<size_t>(from - components.begin()), static_cast<size_t>(to - from));
}

}  // namespace hearth::linkage
