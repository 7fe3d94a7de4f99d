// Progress shows on a terminal how far a stage has come, once it has run for a second, and wipes its line when the
// stage is over. Where standard error is no terminal it is silent.
//
//   Progress bar("link", pairs.size());
//   ParallelChunks(…, [&](size_t begin, size_t end) { …; bar.Add(end - begin); });
//
//   link  [=========>          ]  45%  1,234,567 / 2,743,482  0:12, 0:15 left
//
// Add is safe from many threads and costs one atomic addition; whoever crosses a tenth of a second draws. The bar's
// clock reaches the screen alone. One bar at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace hearth {

// Where a bar draws; tests give their own.
struct ProgressScreen {
  std::ostream* out = nullptr;  // nullptr: nothing is shown
  int columns = 80;
  std::function<int64_t()> milliseconds;  // a clock that never goes back
};
// Standard error when it is a terminal, else none.
ProgressScreen TerminalScreen();

class Progress {
 public:
  // total 0: not known; then the count alone is shown.
  Progress(std::string_view stage, uint64_t total, ProgressScreen screen = TerminalScreen());
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Add(uint64_t n = 1);
  uint64_t done() const { return done_.load(std::memory_order_relaxed); }

 private:
  void Draw(int64_t now);

  const std::string stage_;
  const uint64_t total_;
  const ProgressScreen screen_;
  int64_t start_ = 0;
  std::atomic<uint64_t> done_{0};
  std::atomic<int64_t> next_draw_{0};
  std::mutex draw_;
  bool drawn_ = false;  // under draw_
};

// The line as shown, without control characters.
std::string ProgressLine(std::string_view stage, uint64_t done, uint64_t total, int64_t elapsed_ms, int columns);

}  // namespace hearth
