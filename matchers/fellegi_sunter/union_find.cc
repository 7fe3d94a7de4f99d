// A parent is always smaller than its child. So there are no cycles whatever the threads do, and the root that is left
// is the smallest of its set. Paths are halved on the way up: a store may undo another thread's halving, but whatever
// it writes is an ancestor. Source: Anderson and Woll 1991; Jayanti and Tarjan 2016.
#include "matchers/fellegi_sunter/union_find.h"

#include <utility>

namespace hearth::linkage {

UnionFind::UnionFind(size_t size) : parents_(size) {
  for (size_t i = 0; i < size; ++i) parents_[i].store(static_cast<uint32_t>(i), std::memory_order_relaxed);
}

uint32_t UnionFind::Find(uint32_t x) {
  for (;;) {
    const uint32_t parent = parents_[x].load(std::memory_order_relaxed);
    if (parent == x) return x;
    const uint32_t grandparent = parents_[parent].load(std::memory_order_relaxed);
    if (grandparent == parent) return parent;
    parents_[x].store(grandparent, std::memory_order_relaxed);
    x = grandparent;
  }
}

bool UnionFind::Join(uint32_t a, uint32_t b) {
  for (;;) {
    a = Find(a);
    b = Find(b);
    if (a == b) return false;
    if (a > b) std::swap(a, b);
    uint32_t root = b;  // fails when another thread has put b under a root meanwhile
    if (parents_[b].compare_exchange_strong(root, a, std::memory_order_relaxed)) return true;
  }
}

}  // namespace hearth::linkage
