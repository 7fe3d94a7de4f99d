// UnionFind: sets of records, joined from many threads at once without locks.
//
//   UnionFind sets(records);
//   ParallelChunks(…, sets.Join(link.left, link.right) …);
//   sets.Find(record)                                   // the smallest record of its set
//
// A set's root is its smallest record, so the outcome does not depend on the order of the joins or on threads.
// Find and Join may run at the same time; a set is final once all joins have returned. Memory: 4 bytes a record.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace hearth::linkage {

class UnionFind {
 public:
  explicit UnionFind(size_t size);

  uint32_t Find(uint32_t x);
  // False when both were in one set already.
  bool Join(uint32_t a, uint32_t b);
  size_t size() const { return parents_.size(); }

 private:
  std::vector<std::atomic<uint32_t>> parents_;
};

}  // namespace hearth::linkage
