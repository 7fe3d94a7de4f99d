#include "report/progress.h"

#include <gtest/gtest.h>

#include <sstream>
#include <thread>

namespace hearth {
namespace {

struct FakeTerminal {
  std::ostringstream out;
  std::atomic<int64_t> now{5000};
  ProgressScreen Screen() {
    return {&out, 100, [this] { return now.load(); }};
  }
};

TEST(ProgressLine, ShowsShareCountAndTimeLeft) {
  EXPECT_EQ(ProgressLine("link", 450000, 1000000, 9000, 100),
            "link  [=========>          ]   45%  450,000 / 1,000,000  0:09, 0:11 left");
  EXPECT_EQ(ProgressLine("link", 10, 10, 61000, 100), "link  [====================]  100%  10 / 10  1:01");
  EXPECT_EQ(ProgressLine("link", 0, 10, 1000, 100), "link  [>                   ]    0%  0 / 10  0:01");
}

TEST(ProgressLine, UnknownTotalShowsTheCountAlone) {
  EXPECT_EQ(ProgressLine("read", 1234, 0, 2000, 100), "read  1,234  0:02");
}

TEST(ProgressLine, MoreThanTheTotalIsTheTotal) {
  EXPECT_EQ(ProgressLine("link", 12, 10, 0, 100), "link  [====================]  100%  10 / 10  0:00");
}

TEST(ProgressLine, FitsANarrowTerminal) { EXPECT_EQ(ProgressLine("读取", 1, 2, 0, 7), "读取  ["); }

TEST(Progress, WorkUnderASecondShowsNothing) {
  FakeTerminal terminal;
  {
    Progress bar("link", 10, terminal.Screen());
    terminal.now += 999;
    bar.Add(5);
  }
  EXPECT_EQ(terminal.out.str(), "");
}

TEST(Progress, LongWorkDrawsAndWipesItsLine) {
  FakeTerminal terminal;
  {
    Progress bar("link", 10, terminal.Screen());
    terminal.now += 1000;
    bar.Add(5);
    EXPECT_EQ(terminal.out.str(), "\r\x1b[Klink  [==========>         ]   50%  5 / 10  0:01, 0:01 left");
  }
  EXPECT_TRUE(terminal.out.str().ends_with("left\r\x1b[K"));
}

TEST(Progress, DrawsAtMostTenTimesASecond) {
  FakeTerminal terminal;
  Progress bar("link", 10000, terminal.Screen());
  terminal.now += 1000;
  for (int i = 0; i < 200; ++i) {
    bar.Add();
    terminal.now += 1;
  }
  size_t draws = 0;
  for (char c : terminal.out.str()) draws += c == '[' ? 1 : 0;
  EXPECT_EQ(draws, 2u * 2u);  // at 1.0 s and 1.1 s, each with the bracket of the bar and of the wipe
}

TEST(Progress, WithoutAScreenItOnlyCounts) {
  Progress bar("link", 10, {});
  bar.Add(3);
  EXPECT_EQ(bar.done(), 3u);
}

TEST(Progress, CountsFromManyThreads) {
  FakeTerminal terminal;
  Progress bar("link", 40000, terminal.Screen());
  terminal.now += 2000;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) bar.Add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bar.done(), 40000u);
}

}  // namespace
}  // namespace hearth
