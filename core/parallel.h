// ParallelFor runs body(i) for i in [0, count) on up to `threads` threads, in no stated order; it returns when all
// are done. Bodies must not depend on one another's order: results go to slot i, and the caller combines in order.
// Under ThreadSanitizer it runs on std::thread, as oneTBB is not instrumented.
#pragma once

#include <cstddef>
#include <functional>

namespace hearth {

void ParallelFor(size_t count, int threads, const std::function<void(size_t)>& body);

// Splits [0, count) into chunks of at most `grain` and runs body(begin, end) on each.
void ParallelChunks(size_t count, size_t grain, int threads, const std::function<void(size_t, size_t)>& body);

}  // namespace hearth
