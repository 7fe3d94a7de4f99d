// Average linkage on match weights, with the benefit of the doubt. Evidence of a pair is its weight less the threshold,
// in bits, within a clamp. The cohesion of two clusters is the mean evidence of all pairs between them, those that no
// blocking rule made included, plus allowance_bits / n, n the records of the smaller one. Of the clusters with a link
// between them the two of greatest cohesion join, and so on while cohesion is not negative.
//
// The allowance: a weight holds the prior of two records drawn at random, some 10 bits against; records that share a
// neighbour are not drawn at random, and typos of one record speak against it in all its pairs at once. So a record
// that comes alone is one voice, and gets its prior back once. Two groups of n have n voices on either side: the more
// they are, the less a single link weighs against pairs that object.
//
// Example: two groups of four, one link of 4 bits between them, the other 15 pairs at -10: (4 - 150) / 16 + 10 / 4 is
// negative, and they stay apart where connected components would have joined them. Of a chain a - b 12 bits, b - c 5
// bits, a - c -8 bits, {a, b} and c have -1.5 + 10 and join: a - c is what two typos make of one human.
//
// Cohesion is asked for between linked clusters alone, so of a chain of n records some 3 n pairs are scored and not
// n * n / 2. Sums are whole numbers of 2^-20 bits, and exact, so the order of joins leaves no trace in them.
//
// Must-link facts are contracted first; a cannot-link fact makes two clusters unjoinable, whatever they grow to.
//
// Components of more than kDenseRecords clusters are worked on in rounds. Links join clusters to batches, heaviest
// first, while a batch has room (single linkage with a bound on size: what raising the threshold step by step would
// give, but equal weights do not fall apart at once). Each batch is clustered as above, cohesion estimated from
// kSampledSide members of either side; clusters are the next round's points; links that were refused within a batch
// wait until one of their clusters has changed. After kRounds rounds what has not joined stays apart.
//
// Source: Sokal and Michener 1958 (average linkage); Bansal, Blum and Chawla 2004 (evidence for and against). Why this
// and not another: docs/adr/0043-clusters-that-hold.md.
// Tests: tests/matchers/fellegi_sunter/clusters_test.cc.
#include "matchers/fellegi_sunter/cohesion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "core/parallel.h"
#include "matchers/fellegi_sunter/union_find.h"

namespace hearth::linkage {
namespace {

constexpr double kUnitsABit = 1 << 20;
constexpr double kNotJoinable = -std::numeric_limits<double>::infinity();
constexpr uint32_t kNobody = UINT32_MAX;
constexpr int kRounds = 32;          // each passes over all links of the component once
constexpr size_t kSampledSide = 16;  // in rounds: 256 pairs tell a mean within a bit or so
constexpr uint8_t kLinked = 1, kKnown = 2, kForbidden = 4;

// Evidence of the pairs of one component, in units; links are found, others have to be scored.
class Evidence {
 public:
  Evidence(const Component& component, const ClusterOptions& options) : component_(component), options_(options) {
    rows_.resize(component.records.size() + 1);
    for (const Arc& arc : component.arcs) ++rows_[arc.left + 1];
    std::partial_sum(rows_.begin(), rows_.end(), rows_.begin());
  }

  // Not negative exactly for weights at or above the threshold.
  double OfWeight(double weight) const { return OfBits(weight - options_.threshold_bits); }
  double Unscored() const { return OfBits(options_.unscored_bits); }

  const Arc* FindArc(uint32_t left, uint32_t right) const {
    const Arc* from = component_.arcs.data() + rows_[left];
    const Arc* to = component_.arcs.data() + rows_[left + 1];
    from = std::lower_bound(from, to, right, [](const Arc& arc, uint32_t r) { return arc.right < r; });
    return from != to && from->right == right ? from : nullptr;
  }

 private:
  double OfBits(double bits) const {
    if (!(bits > -options_.clamp_bits)) bits = -options_.clamp_bits;  // NaN too
    return std::floor(std::min(bits, options_.clamp_bits) * kUnitsABit);
  }

  const Component& component_;
  const ClusterOptions& options_;
  std::vector<uint32_t> rows_;
};

// Clusters as points of the next step: node numbers ascend with the clusters' smallest records.
struct Nodes {
  std::vector<uint32_t> of;               // by record
  std::vector<uint32_t> starts, members;  // by node

  explicit Nodes(std::span<const uint32_t> cluster) : of(cluster.size()), members(cluster.size()) {
    uint32_t nodes = 0;
    for (uint32_t i = 0; i < cluster.size(); ++i) of[i] = cluster[i] == i ? nodes++ : of[cluster[i]];
    starts.resize(nodes + 1);
    for (const uint32_t node : of) ++starts[node + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    std::vector<uint32_t> next(starts.begin(), starts.end() - 1);
    for (uint32_t i = 0; i < of.size(); ++i) members[next[of[i]]++] = i;
  }
  size_t size() const { return starts.size() - 1; }
  std::span<const uint32_t> Members(uint32_t node) const {
    return std::span(members).subspan(starts[node], starts[node + 1] - starts[node]);
  }
};

// Nodes clustered together, with the links and cannot-link facts among them.
struct Batch {
  std::vector<uint32_t> nodes;  // ascending
  std::vector<Arc> arcs;
  std::vector<Pair> cannot;
};

}  // namespace

// Clusters the nodes of one batch. Slots number them; a slot's cluster is that of its smallest node.
class Agglomeration {
 public:
  Agglomeration(const Component& component, const Evidence& evidence, const ScorePairs& score,
                const ClusterOptions& options, size_t side_max, ClusterWorkspace* workspace)
      : component_(component),
        evidence_(evidence),
        score_(score),
        options_(options),
        allowance_(options.allowance_bits * kUnitsABit),
        side_max_(side_max),
        w_(*workspace) {}

  // slot_of: by node of the component, those of the batch are set. Writes the cluster of the batch's records; true if
  // any joined. `next` is shared by batches, by record.
  bool Run(const Nodes& nodes, std::span<const uint32_t> batch, std::span<const Arc> arcs, std::span<const Pair> cannot,
           std::span<const uint32_t> slot_of, std::span<uint32_t> next, std::span<uint32_t> cluster) {
    slots_ = batch.size();
    next_ = next;
    Start(nodes, batch, arcs, cannot, slot_of);
    bool joined = false;
    for (uint32_t slot = 0; slot < slots_; ++slot) FindBest(slot);
    for (;;) {
      uint32_t into = kNobody;
      double key = kNotJoinable;
      for (uint32_t slot = 0; slot < slots_; ++slot) {
        if (w_.alive[slot] != 0 && w_.best_key[slot] > key) {
          into = slot;
          key = w_.best_key[slot];
        }
      }
      if (into == kNobody || key < 0) break;
      JoinSlots(into, w_.best[into]);
      joined = true;
    }
    for (uint32_t slot = 0; slot < slots_; ++slot) {
      if (w_.alive[slot] == 0) continue;
      const uint32_t first = nodes.Members(batch[slot])[0];
      for (uint32_t i = w_.head[slot]; i != kNobody; i = next_[i]) cluster[i] = first;
    }
    return joined;
  }

 private:
  double& Value(uint32_t a, uint32_t b) { return w_.value[a * slots_ + b]; }
  uint8_t& State(uint32_t a, uint32_t b) { return w_.state[a * slots_ + b]; }
  double& Key(uint32_t a, uint32_t b) { return w_.key[a * slots_ + b]; }
  void SetBoth(uint32_t a, uint32_t b, double value, uint8_t state) {
    Value(a, b) = Value(b, a) = value;
    State(a, b) = State(b, a) = state;
  }
  void SetKey(uint32_t a, uint32_t b) {
    Key(a, b) = Key(b, a) = (State(a, b) & kLinked) != 0 ? CohesionOf(Value(a, b), a, b) : kNotJoinable;
  }
  double CohesionOf(double value, uint32_t a, uint32_t b) const {
    if (options_.cohesion != Cohesion::kAverage) return value;
    const double small = std::min(w_.count[a], w_.count[b]), large = std::max(w_.count[a], w_.count[b]);
    return value / (small * large) + allowance_ / small;
  }
  double Together(double a, double b) const {
    return options_.cohesion == Cohesion::kComplete ? std::min(a, b) : a + b;
  }

  void Start(const Nodes& nodes, std::span<const uint32_t> batch, std::span<const Arc> arcs,
             std::span<const Pair> cannot, std::span<const uint32_t> slot_of) {
    w_.value.resize(slots_ * slots_);
    w_.key.resize(slots_ * slots_);
    w_.state.assign(slots_ * slots_, 0);
    w_.alive.assign(slots_, 1);
    w_.best.assign(slots_, kNobody);
    w_.best_key.assign(slots_, kNotJoinable);
    w_.head.resize(slots_);
    w_.tail.resize(slots_);
    w_.count.resize(slots_);
    for (uint32_t slot = 0; slot < slots_; ++slot) {
      const std::span<const uint32_t> members = nodes.Members(batch[slot]);
      for (size_t k = 0; k < members.size(); ++k) next_[members[k]] = k + 1 < members.size() ? members[k + 1] : kNobody;
      w_.head[slot] = members.front();
      w_.tail[slot] = members.back();
      w_.count[slot] = static_cast<uint32_t>(members.size());
    }
    for (const Pair& pair : cannot) {
      const uint32_t a = slot_of[nodes.of[pair.left]], b = slot_of[nodes.of[pair.right]];
      if (a != b) State(a, b) = State(b, a) = kForbidden;
    }
    for (const Arc& arc : arcs) {
      const uint32_t a = slot_of[nodes.of[arc.left]], b = slot_of[nodes.of[arc.right]];
      const double units = evidence_.OfWeight(arc.weight);
      if (a == b || !(arc.weight >= options_.threshold_bits) || (State(a, b) & kForbidden) != 0) continue;
      const bool single = w_.count[a] == 1 && w_.count[b] == 1;
      SetBoth(a, b, units, single ? kLinked | kKnown : kLinked);
    }
    for (uint32_t a = 0; a < slots_; ++a) {
      for (uint32_t b = a + 1; b < slots_; ++b) {
        if (State(a, b) == kLinked) Ask(a, b, a, b, true);
      }
      Answer();
    }
    for (uint32_t a = 0; a < slots_; ++a) {
      Key(a, a) = kNotJoinable;
      for (uint32_t b = a + 1; b < slots_; ++b) SetKey(a, b);
    }
  }

  // Wants the evidence between the members of slots x and c added to the cell (a, c); `first` sets the cell.
  void Ask(uint32_t x, uint32_t c, uint32_t a, uint32_t b, bool first) {
    Request request{.a = a, .b = b, .first = first, .missing = static_cast<uint32_t>(w_.missing.size())};
    Sample(x, &w_.left_members);
    Sample(c, &w_.right_members);
    bool any = false;
    const auto take = [&](double units) {
      request.units = any ? Together(request.units, units) : units;
      any = true;
    };
    for (const uint32_t i : w_.left_members) {
      for (const uint32_t j : w_.right_members) {
        const uint32_t left = std::min(i, j), right = std::max(i, j);
        if (const Arc* arc = evidence_.FindArc(left, right); arc != nullptr) {
          take(evidence_.OfWeight(arc->weight));
        } else if (score_ == nullptr) {
          take(evidence_.Unscored());
        } else {
          w_.missing.push_back({component_.records[left], component_.records[right]});
        }
      }
    }
    request.any = any;
    request.scale = static_cast<double>(w_.count[x]) * w_.count[c] /
                    (static_cast<double>(w_.left_members.size()) * static_cast<double>(w_.right_members.size()));
    requests_.push_back(request);
    if (w_.missing.size() >= kAskedAtOnce) Answer();
  }

  // At most side_max_ members, evenly spread.
  void Sample(uint32_t slot, std::vector<uint32_t>* members) const {
    members->clear();
    const size_t count = w_.count[slot], taken = std::min(count, side_max_);
    size_t at = 0;
    for (uint32_t i = w_.head[slot]; i != kNobody; i = next_[i], ++at) {
      if (members->size() * count <= at * taken && members->size() < taken) members->push_back(i);
    }
  }

  void Answer() {
    if (requests_.empty()) return;
    w_.bits.resize(w_.missing.size());
    if (!w_.missing.empty()) score_(w_.missing, w_.bits.data());
    for (size_t r = 0; r < requests_.size(); ++r) {
      Request& request = requests_[r];
      const size_t end = r + 1 < requests_.size() ? requests_[r + 1].missing : w_.missing.size();
      for (size_t k = request.missing; k < end; ++k) {
        const double units = evidence_.OfWeight(w_.bits[k]);
        request.units = request.any ? Together(request.units, units) : units;
        request.any = true;
      }
      if (options_.cohesion != Cohesion::kComplete) request.units *= request.scale;
      const double value = request.first ? request.units : Together(Value(request.a, request.b), request.units);
      SetBoth(request.a, request.b, value, kLinked | kKnown);
    }
    requests_.clear();
    w_.missing.clear();
  }

  void JoinSlots(uint32_t into, uint32_t from) {
    for (uint32_t c = 0; c < slots_; ++c) {
      if (w_.alive[c] == 0 || c == into || c == from) continue;
      const uint8_t a = State(into, c), b = State(from, c);
      if (((a | b) & kForbidden) != 0) {
        SetBoth(into, c, 0, kForbidden);
      } else if (((a | b) & kLinked) == 0) {
        SetBoth(into, c, 0, 0);
      } else if ((a & b & kKnown) != 0) {
        SetBoth(into, c, Together(Value(into, c), Value(from, c)), kLinked | kKnown);
      } else {
        // Linked and known go together, so one side is known.
        const bool into_known = (a & kKnown) != 0;
        if (!into_known) Value(into, c) = Value(from, c);
        Ask(into_known ? from : into, c, into, c, false);
      }
    }
    Answer();
    w_.alive[from] = 0;
    w_.count[into] += w_.count[from];
    next_[w_.tail[into]] = w_.head[from];
    w_.tail[into] = w_.tail[from];
    for (uint32_t c = 0; c < slots_; ++c) {
      Key(c, from) = kNotJoinable;
      if (w_.alive[c] == 0 || c == into) continue;
      SetKey(into, c);
      if (w_.best[c] == into || w_.best[c] == from) {
        FindBest(c);
      } else if (const double key = Key(into, c);
                 key > w_.best_key[c] || (key == w_.best_key[c] && into < w_.best[c])) {
        w_.best_key[c] = key;
        w_.best[c] = into;
      }
    }
    FindBest(into);
  }

  // Of equals the first.
  void FindBest(uint32_t slot) {
    const double* keys = &w_.key[slot * slots_];
    const double* best = std::max_element(keys, keys + slots_);
    w_.best[slot] = static_cast<uint32_t>(best - keys);
    w_.best_key[slot] = *best;
  }

  static constexpr size_t kAskedAtOnce = 1 << 16;  // a bound on memory
  struct Request {
    uint32_t a = 0, b = 0;
    bool first = false, any = false;
    uint32_t missing = 0;  // its first in w_.missing
    double units = 0, scale = 1;
  };

  const Component& component_;
  const Evidence& evidence_;
  const ScorePairs& score_;
  const ClusterOptions& options_;
  const double allowance_;
  const size_t side_max_;
  ClusterWorkspace& w_;
  size_t slots_ = 0;
  std::span<uint32_t> next_;
  std::vector<Request> requests_;
};

namespace {

// One round's batches: nodes joined along the fresh links, heaviest first, while a batch holds kDenseRecords at most.
class Batches {
 public:
  Batches(const Component& component, const Nodes& nodes, std::span<const Arc> ordered,
          std::span<const uint8_t> stale) {
    UnionFind sets(nodes.size());
    std::vector<uint32_t> size(nodes.size(), 1);
    for (size_t i = 0; i < ordered.size(); ++i) {
      if (stale[i] != 0) continue;
      const uint32_t a = sets.Find(nodes.of[ordered[i].left]), b = sets.Find(nodes.of[ordered[i].right]);
      if (a == b || size[a] + size[b] > kDenseRecords) continue;
      size[std::min(a, b)] = size[a] + size[b];
      sets.Join(a, b);
    }
    of_.assign(nodes.size(), kNobody);
    slot_of_.resize(nodes.size());
    for (uint32_t node = 0; node < nodes.size(); ++node) {
      const uint32_t root = sets.Find(node);
      if (size[root] < 2) continue;
      if (root == node) {
        of_[node] = static_cast<uint32_t>(batches_.size());
        batches_.emplace_back();
      }
      Batch& batch = batches_[of_[node] = of_[root]];
      slot_of_[node] = static_cast<uint32_t>(batch.nodes.size());
      batch.nodes.push_back(node);
    }
    for (const Arc& arc : ordered) {
      const uint32_t a = nodes.of[arc.left], b = nodes.of[arc.right];
      if (a != b && Same(a, b)) batches_[of_[a]].arcs.push_back(arc);
    }
    for (const Pair& pair : component.cannot) {
      const uint32_t a = nodes.of[pair.left], b = nodes.of[pair.right];
      if (a != b && Same(a, b)) batches_[of_[a]].cannot.push_back(pair);
    }
  }
  bool Same(uint32_t a, uint32_t b) const { return of_[a] != kNobody && of_[a] == of_[b]; }
  const std::vector<Batch>& batches() const { return batches_; }
  std::span<const uint32_t> slot_of() const { return slot_of_; }

 private:
  std::vector<uint32_t> of_, slot_of_;  // by node
  std::vector<Batch> batches_;
};

void PartInRounds(const Component& component, const Evidence& evidence, const ScorePairs& score,
                  const ClusterOptions& options, int threads, std::span<uint32_t> cluster) {
  std::vector<Arc> ordered;
  for (const Arc& arc : component.arcs) {
    if (arc.weight >= options.threshold_bits) ordered.push_back(arc);
  }
  std::sort(ordered.begin(), ordered.end(), [](const Arc& a, const Arc& b) {
    return std::tie(b.weight, a.left, a.right) < std::tie(a.weight, b.left, b.right);
  });
  // Refused in a batch, and nothing has changed since.
  std::vector<uint8_t> stale(ordered.size());
  std::vector<uint32_t> next(cluster.size());
  for (int round = 0; round < kRounds; ++round) {
    const Nodes nodes(cluster);
    const Batches batches(component, nodes, ordered, stale);
    if (batches.batches().empty()) return;
    std::vector<uint8_t> joined(batches.batches().size());
    ParallelFor(batches.batches().size(), threads, [&](size_t b) {
      const Batch& batch = batches.batches()[b];
      ClusterWorkspace workspace;
      Agglomeration agglomeration(component, evidence, score, options, kSampledSide, &workspace);
      joined[b] =
          agglomeration.Run(nodes, batch.nodes, batch.arcs, batch.cannot, batches.slot_of(), next, cluster) ? 1 : 0;
    });
    std::vector<uint8_t> changed(nodes.size());
    for (uint32_t node = 0; node < nodes.size(); ++node) {
      const uint32_t first = nodes.Members(node)[0];
      if (cluster[first] != first) changed[node] = changed[nodes.of[cluster[first]]] = 1;
    }
    size_t kept = 0;
    for (size_t i = 0; i < ordered.size(); ++i) {
      const Arc arc = ordered[i];
      if (cluster[arc.left] == cluster[arc.right]) continue;  // has done its work
      const uint32_t a = nodes.of[arc.left], b = nodes.of[arc.right];
      uint8_t now = stale[i];
      if (batches.Same(a, b)) {
        now = 1;
      } else if (changed[nodes.of[cluster[arc.left]]] != 0 || changed[nodes.of[cluster[arc.right]]] != 0) {
        now = 0;
      }
      ordered[kept] = arc;
      stale[kept++] = now;
    }
    ordered.resize(kept);
    stale.resize(kept);
  }
}

}  // namespace

void PartComponent(const Component& component, const ScorePairs& score, const ClusterOptions& options, int threads,
                   ClusterWorkspace* workspace, std::span<uint32_t> cluster) {
  std::iota(cluster.begin(), cluster.end(), 0);
  if (!component.must.empty()) {
    UnionFind sets(cluster.size());
    for (const Pair& pair : component.must) sets.Join(pair.left, pair.right);
    for (uint32_t i = 0; i < cluster.size(); ++i) cluster[i] = sets.Find(i);
  }
  const Evidence evidence(component, options);
  const Nodes nodes(cluster);
  if (nodes.size() > kDenseRecords) return PartInRounds(component, evidence, score, options, threads, cluster);

  std::vector<uint32_t> batch(nodes.size());
  std::iota(batch.begin(), batch.end(), 0);
  workspace->next.resize(cluster.size());
  Agglomeration agglomeration(component, evidence, score, options, kDenseRecords, workspace);
  agglomeration.Run(nodes, batch, component.arcs, component.cannot, batch, workspace->next, cluster);
}

}  // namespace hearth::linkage
