#include "report/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "core/text.h"
#include "report/table.h"

namespace hearth {
namespace {

constexpr int64_t kQuietMs = 1000;  // work that is done within a second shows no bar
constexpr int64_t kRedrawMs = 100;
constexpr int kBarColumns = 20;
constexpr std::string_view kWipeLine = "\r\x1b[K";

std::string MinutesSeconds(int64_t ms) {
  const int64_t seconds = ms / 1000;
  const std::string tail = std::to_string(seconds % 60);
  return std::to_string(seconds / 60) + ":" + (tail.size() < 2 ? "0" : "") + tail;
}

}  // namespace

std::string ProgressLine(std::string_view stage, uint64_t done, uint64_t total, int64_t elapsed_ms, int columns) {
  std::string line(stage);
  if (total == 0) {
    line += "  " + Thousands(static_cast<int64_t>(done)) + "  " + MinutesSeconds(elapsed_ms);
  } else {
    const uint64_t shown = std::min(done, total);
    const auto share = [&](uint64_t parts) {
      return static_cast<uint64_t>(static_cast<unsigned __int128>(shown) * parts / total);
    };
    const size_t filled = share(kBarColumns);
    std::string bar(filled, '=');
    if (filled < kBarColumns) bar += '>';
    bar.resize(kBarColumns, ' ');
    const std::string percent = std::to_string(share(100));
    line += "  [" + bar + "]" + std::string(5 - percent.size(), ' ') + percent + "%  " +
            Thousands(static_cast<int64_t>(shown)) + " / " + Thousands(static_cast<int64_t>(total)) + "  " +
            MinutesSeconds(elapsed_ms);
    if (shown > 0 && shown < total) {
      const auto left = static_cast<int64_t>(static_cast<unsigned __int128>(elapsed_ms) * (total - shown) / shown);
      line += ", " + MinutesSeconds(left) + " left";
    }
  }
  std::string fitted = FitToWidth(line, columns);
  while (!fitted.empty() && fitted.back() == ' ') fitted.pop_back();
  return fitted;
}

ProgressScreen TerminalScreen() {
  if (!isatty(STDERR_FILENO)) return {};
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  // The last column stays free: some terminals wrap when it is written.
  return {&std::cerr, known ? size.ws_col - 1 : 79, [] {
            return std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::steady_clock::now().time_since_epoch())
                .count();
          }};
}

Progress::Progress(std::string_view stage, uint64_t total, ProgressScreen screen)
    : stage_(stage), total_(total), screen_(std::move(screen)) {
  if (screen_.out == nullptr) return;
  start_ = screen_.milliseconds();
  next_draw_ = start_ + kQuietMs;
}

Progress::~Progress() {
  if (screen_.out != nullptr && drawn_) *screen_.out << kWipeLine << std::flush;
}

void Progress::Add(uint64_t n) {
  done_.fetch_add(n, std::memory_order_relaxed);
  if (screen_.out == nullptr) return;
  const int64_t now = screen_.milliseconds();
  int64_t due = next_draw_.load(std::memory_order_relaxed);
  if (now < due) return;
  // One of the threads that come at the same time draws; the others go on.
  if (next_draw_.compare_exchange_strong(due, now + kRedrawMs, std::memory_order_relaxed)) Draw(now);
}

void Progress::Draw(int64_t now) {
  const std::lock_guard lock(draw_);
  *screen_.out << kWipeLine << ProgressLine(stage_, done(), total_, now - start_, screen_.columns) << std::flush;
  drawn_ = true;
}

}  // namespace hearth
