#include "core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace hearth {
namespace {

TEST(ParallelFor, EveryIndexRunsOnceWithAnyNumberOfThreads) {
  for (int threads : {0, 1, 2, 7}) {
    for (size_t count : {0u, 1u, 2u, 1000u}) {
      std::vector<std::atomic<int>> runs(count);
      ParallelFor(count, threads, [&](size_t i) { ++runs[i]; });
      for (size_t i = 0; i < count; ++i) ASSERT_EQ(runs[i], 1) << threads << " threads, index " << i;
    }
  }
}

TEST(ParallelChunks, ChunksCoverTheRangeWithoutOverlap) {
  for (size_t count : {0u, 1u, 9u, 10u, 11u, 1001u}) {
    std::vector<std::atomic<int>> runs(count);
    ParallelChunks(count, 10, 3, [&](size_t begin, size_t end) {
      ASSERT_LT(begin, end);
      ASSERT_LE(end - begin, 10u);
      for (size_t i = begin; i < end; ++i) ++runs[i];
    });
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(runs[i], 1) << count << " items, index " << i;
  }
}

TEST(ParallelFor, SlotsMakeTheResultIndependentOfThreads) {
  std::vector<uint64_t> one(500), many(500);
  ParallelFor(500, 1, [&](size_t i) { one[i] = i * i; });
  ParallelFor(500, 4, [&](size_t i) { many[i] = i * i; });
  EXPECT_EQ(one, many);
}

}  // namespace
}  // namespace hearth
