#include "cli/synth.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "cli/common.h"
#include "report/progress.h"
#include "synth/city.h"

namespace hearth {
namespace {

constexpr uint64_t kProgressSteps = 1000;

// 1,234,567
std::string WithCommas(int64_t n) {
  std::string digits = std::to_string(n);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

// Every name here is one of ours, so nothing needs escaping.
std::string SummaryJson(const synth::CitySummary& city, double seconds) {
  std::string rows;
  for (const auto& [feed, n] : city.rows) rows += (rows.empty() ? "\"" : ",\"") + feed + "\":" + std::to_string(n);
  char time[32];
  std::snprintf(time, sizeof time, "%.1f", seconds);
  return "{\"people\":" + std::to_string(city.people) + ",\"households\":" + std::to_string(city.households) +
         ",\"nights\":" + std::to_string(city.nights) +
         ",\"households_changed\":" + std::to_string(city.changed_households) + ",\"rows\":{" + rows +
         "},\"rows_total\":" + std::to_string(city.rows_total) +
         ",\"true_alerts_last_night\":" + std::to_string(city.alerts) + ",\"seconds\":" + time + "}\n";
}

std::string SummaryText(const synth::CitySummary& city, const std::string& out, double seconds) {
  std::string text;
  for (const auto& [feed, n] : city.rows) {
    char line[96];
    std::snprintf(line, sizeof line, "  %-18s %14s\n", feed.c_str(), WithCommas(n).c_str());
    text += line;
  }
  char time[32];
  std::snprintf(time, sizeof time, "%.1f", seconds);
  return text + out + ": " + WithCommas(city.people) + " people, " + WithCommas(city.households) + " households, " +
         std::to_string(city.nights) + (city.nights == 1 ? " night, " : " nights, ") + WithCommas(city.rows_total) +
         " rows, " + WithCommas(city.alerts) + " true alerts on the last night, " + time + " s\n";
}

}  // namespace

void AddSynthCommand(CLI::App& app) {
  struct Options {
    synth::CityOptions city;
    std::string from = "2024-03-01";
    bool json = false, quiet = false;
  };
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("synth", "make a city: feeds, site file and truth; nobody in it is real");
  command->footer(
      "Example:\n  hearth synth --people 20000 --seed 7 --nights 2 --out city\n\n"
      "The same options give the same bytes. Writes hearth.yaml, drop/, truth/ and verify-request.yaml.\n"
      "Exit codes: 0 made, 1 it could not be written or the folder holds a city already, 2 wrong usage.");
  command->add_option("--people", o->city.people, "living people, 1 to 40,000,000")->capture_default_str();
  command->add_option("--seed", o->city.seed, "another seed, another city")->capture_default_str();
  command->add_option("--nights", o->city.nights, "nights in a row, 1 to 50")->capture_default_str();
  command->add_option("--out", o->city.out, "the folder to make; it holds no city yet")->required();
  command->add_option("--faults", o->city.faults, "factor on the planted faults; 0 makes clean feeds")
      ->capture_default_str();
  command->add_flag("--delta", o->city.delta, "nights after the first carry changed rows only");
  command->add_option("--change-rate", o->city.change_rate, "share of households that change in a night")
      ->capture_default_str();
  command->add_option("--from", o->from, "the first night, YYYY-MM-DD")->capture_default_str();
  command->add_flag("--json", o->json, "the summary as JSON");
  command->add_flag("--quiet", o->quiet, "no progress bar");
  OnRun(command, [o] {
    const auto from = ParseIsoDay(o->from);
    if (!from.ok()) {
      std::cerr << "hearth: --from: " << Message(from.status()) << "\n";
      return kExitUsage;
    }
    o->city.from = *from;
    const auto start = std::chrono::steady_clock::now();
    auto city = [&] {
      Progress bar("synth", kProgressSteps, o->quiet ? ProgressScreen{} : TerminalScreen());
      return synth::MakeCity(o->city, [&](double share) {
        const auto reached = static_cast<uint64_t>(share * static_cast<double>(kProgressSteps));
        if (reached > bar.done()) bar.Add(reached - bar.done());
      });
    }();
    if (!city.ok()) {
      const int code = Fail(city.status());
      return city.status().code() == absl::StatusCode::kInvalidArgument ? kExitUsage : code;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::cout << (o->json ? SummaryJson(*city, seconds) : SummaryText(*city, o->city.out, seconds));
    return kExitOk;
  });
}

}  // namespace hearth
