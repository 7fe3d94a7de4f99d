#include "cli/pull.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <thread>

#include "cli/common.h"
#include "ingest/archive.h"
#include "report/json_writer.h"

namespace hearth {
namespace {

constexpr int64_t kShanghaiSeconds = 8 * 3600;  // Asia/Shanghai, without summer time
constexpr int64_t kDaySeconds = 86400;
constexpr std::chrono::seconds kPoll{20};

// Seconds since 1970-01-01 on Shanghai's clock.
int64_t ShanghaiNow() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count() + kShanghaiSeconds;
}

// The clock as seen from a night's day: before its midnight it stands at 0.
ClockReading ReadClock(std::optional<CivilDay> day) {
  const int64_t now = ShanghaiNow();
  const CivilDay today{static_cast<int32_t>(now / kDaySeconds)};
  const CivilDay night = day.value_or(today);
  const int64_t minutes = (now - int64_t{night.days} * kDaySeconds) / 60;
  return {night, static_cast<int>(std::clamp<int64_t>(minutes, 0, 7 * 1440))};
}

std::string HourText(int minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return text;
}

void PrintText(const PullReport& report) {
  for (const PulledDelivery& d : report.deliveries) {
    std::cout << d.feed << " batch " << d.batch;
    if (d.seq != 0) std::cout << ", sequence " << d.seq << ", " << d.rows << " rows";
    std::cout << ": " << DeliveryOutcomeName(d.outcome);
    if (!d.reason.empty()) std::cout << ": " << d.reason;
    std::cout << "\n";
  }
  const auto print_due = [](const LateFeed& feed, const char* word) {
    std::cout << feed.feed << ": " << word << ", due at " << HourText(feed.due_minute) << "; last held is "
              << (feed.last_as_of ? "as of " + feed.last_as_of->ToString() : std::string("none")) << "\n";
  };
  for (const LateFeed& feed : report.late) print_due(feed, "late");
  for (const LateFeed& feed : report.awaited) print_due(feed, "awaited");
  for (const std::string& feed : report.unknown_feeds) {
    std::cout << feed << ": a folder of the drop folder that no feed of the site has; add the feed or remove it\n";
  }
  std::cout << report.Count(DeliveryOutcome::kTaken) << " taken, " << report.Count(DeliveryOutcome::kHeld)
            << " already held, " << report.Count(DeliveryOutcome::kRefused) << " refused, "
            << report.Count(DeliveryOutcome::kNotYet) << " not yet due, " << report.Count(DeliveryOutcome::kArriving)
            << " arriving, " << report.late.size() << " feeds late\n";
}

void WriteDue(JsonWriter* json, const std::vector<LateFeed>& feeds) {
  json->BeginArray();
  for (const LateFeed& feed : feeds) {
    json->BeginObject();
    json->Key("feed").Text(feed.feed);
    json->Key("due").Text(HourText(feed.due_minute));
    json->Key("last_as_of").Day(feed.last_as_of);
    json->EndObject();
  }
  json->EndArray();
}

void PrintJson(const PullReport& report) {
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("deliveries").BeginArray();
  for (const PulledDelivery& d : report.deliveries) {
    json.BeginObject();
    json.Key("feed").Text(d.feed);
    json.Key("batch").Text(d.batch);
    json.Key("seq").Count(d.seq);
    json.Key("outcome").Text(DeliveryOutcomeName(d.outcome));
    json.Key("rows").Count(d.rows);
    json.Key("reason").Text(d.reason);
    json.EndObject();
  }
  json.EndArray();
  json.Key("late");
  WriteDue(&json, report.late);
  json.Key("awaited");
  WriteDue(&json, report.awaited);
  json.Key("unknown_feeds").BeginArray();
  for (const std::string& feed : report.unknown_feeds) json.Text(feed);
  json.EndArray();
  json.EndObject();
  json.Finish();
}

struct Options {
  std::string config, packs, as_of;
  bool wait = false, json = false;
};

int Run(const Options& o) {
  std::optional<CivilDay> night;
  if (!o.as_of.empty()) {
    const auto day = ParseIsoDay(o.as_of);
    if (!day.ok()) {
      std::cerr << "hearth: --as-of: " << Message(day.status()) << "\n";
      return kExitUsage;
    }
    night = *day;
  }
  const auto site = LoadSiteConfig(o.config);
  if (!site.ok()) return Fail(site.status());
  // A mapping to a field that does not exist must show now, not in the night.
  const auto schemas = LoadSiteSchemas(*site, PacksDir(o.packs) + "/registries");
  if (!schemas.ok()) return Fail(schemas.status());
  if (!night) night = ReadClock({}).day;
  DropFolder drop(site->drop);
  for (;;) {
    const auto report = Pull(*site, drop, ReadClock(night));
    if (!report.ok()) return Fail(report.status());
    if (o.wait && !report->awaited.empty()) {
      std::this_thread::sleep_for(kPoll);
      continue;
    }
    o.json ? PrintJson(*report) : PrintText(*report);
    return report->Count(DeliveryOutcome::kRefused) == 0 && report->late.empty() ? kExitOk : kExitFailure;
  }
}

}  // namespace

void AddPullCommand(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("pull", "check deliveries in the drop folder and take them into the archive");
  command->footer(
      "Example:\n  hearth pull --config city/hearth.yaml\n"
      "  hearth pull --config city/hearth.yaml --wait        # until every feed has come or is late\n\n"
      "Exit code 1 when a delivery is refused or a feed is late. Pulling again is harmless.");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("--as-of", o->as_of, "the night's day, YYYY-MM-DD (default: today in Asia/Shanghai)");
  command->add_flag("--wait", o->wait, "look again until each feed has come or its due hour has passed");
  command->add_flag("--json", o->json, "the report as JSON");
  OnRun(command, [o] { return Run(*o); });
}

}  // namespace hearth
