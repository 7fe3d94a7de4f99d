#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#if !defined(__SANITIZE_THREAD__)
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace hearth {

void ParallelFor(size_t count, int threads, const std::function<void(size_t)>& body) {
  if (threads <= 1 || count <= 1) {
    for (size_t i = 0; i < count; ++i) body(i);
    return;
  }
#if defined(__SANITIZE_THREAD__)
  std::atomic<size_t> next{0};
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (size_t i; (i = next.fetch_add(1)) < count;) body(i);
    });
  }
  for (std::thread& worker : workers) worker.join();
#else
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<size_t>(0, count, 1),
        [&](const tbb::blocked_range<size_t>& r) {
          for (size_t i = r.begin(); i != r.end(); ++i) body(i);
        },
        tbb::simple_partitioner());
  });
#endif
}

void ParallelChunks(size_t count, size_t grain, int threads, const std::function<void(size_t, size_t)>& body) {
  if (count == 0) return;
  const size_t chunks = (count + grain - 1) / grain;
  ParallelFor(chunks, threads, [&](size_t c) { body(c * grain, std::min(count, (c + 1) * grain)); });
}

}  // namespace hearth
