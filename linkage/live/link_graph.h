// LinkGraph: the links of each record, while links come and go.
//
//   graph.Resize(records);
//   graph.Add(3, 7, 12.5);
//   graph.ForEach(3, [&](uint32_t other, double weight) { … });    // 7
//   graph.RemoveAll(3, &others);                                   // takes 7's side away too
//
// Memory: 32 bytes a link, 4 a record. Removing costs the degrees of the neighbours. One writer, no reader beside it.
#pragma once

#include <cstdint>
#include <vector>

namespace hearth::linkage {

class LinkGraph {
 public:
  void Resize(size_t records) { heads_.resize(records, kEnd); }
  void Reserve(size_t links) { edges_.reserve(2 * links); }
  // The pair must not be there yet.
  void Add(uint32_t a, uint32_t b, double weight) {
    AddEdge(a, b, weight);
    AddEdge(b, a, weight);
    ++links_;
  }
  // Appends the neighbours it had to *others.
  void RemoveAll(uint32_t a, std::vector<uint32_t>* others) {
    for (uint32_t e = heads_[a]; e != kEnd;) {
      const uint32_t next = edges_[e].next, other = edges_[e].to;
      others->push_back(other);
      RemoveEdge(other, a);
      Free(e);
      --links_;
      e = next;
    }
    heads_[a] = kEnd;
  }
  template <class Body>
  void ForEach(uint32_t a, const Body& body) const {
    for (uint32_t e = heads_[a]; e != kEnd; e = edges_[e].next) body(edges_[e].to, edges_[e].weight);
  }
  size_t links() const { return links_; }

 private:
  static constexpr uint32_t kEnd = UINT32_MAX;
  struct Edge {
    double weight = 0;
    uint32_t to = 0, next = kEnd;
  };
  void AddEdge(uint32_t from, uint32_t to, double weight) {
    uint32_t e = free_;
    if (e == kEnd) {
      e = static_cast<uint32_t>(edges_.size());
      edges_.emplace_back();
    } else {
      free_ = edges_[e].next;
    }
    edges_[e] = {weight, to, heads_[from]};
    heads_[from] = e;
  }
  void RemoveEdge(uint32_t from, uint32_t to) {
    uint32_t* link = &heads_[from];
    while (*link != kEnd && edges_[*link].to != to) link = &edges_[*link].next;
    if (*link == kEnd) return;
    const uint32_t e = *link;
    *link = edges_[e].next;
    Free(e);
  }
  void Free(uint32_t e) {
    edges_[e].next = free_;
    free_ = e;
  }
  std::vector<uint32_t> heads_;
  std::vector<Edge> edges_;
  uint32_t free_ = kEnd;
  size_t links_ = 0;
};

}  // namespace hearth::linkage
