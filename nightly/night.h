// A night: deliveries in, a published generation out. The stages in order:
//
//   pull      deliveries from the drop folder into the archive
//   read      archived deliveries since the last generation -> checked rows, the rest to quarantine
//   link      rows -> persons
//   families  persons and kin evidence -> households and family units
//   decide    portraits x packs -> determinations and alerts
//   store     everything into the next generation
//   publish   the pointer
//
// A delivery that a guard holds, or a night that would turn too many households ineligible, stops the night before
// it publishes: yesterday's generation goes on serving until two people have signed (held subjects say how).
// The outcome depends on deliveries, site, packs and the last generation alone; the clock is read for the report's
// seconds only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "ingest/archive.h"
#include "ingest/site_config.h"
#include "matchers/link_rates.h"
#include "store/generation.h"

namespace hearth {

struct NightOptions {
  int threads = 2;
  std::string packs_dir;  // built-in packs: registries/, profile.yaml, link/, policy packs
  bool pull = true;
  bool show_progress = true;
  int generations_kept = 7;
};

struct StageReport {
  std::string stage;
  uint64_t items = 0;  // rows, mentions, persons or units, as the stage counts
  std::string unit;
  double seconds = 0;
};

struct FeedReport {
  std::string feed, registry, batch;
  uint64_t seq = 0;
  uint64_t rows_read = 0, rows_accepted = 0, rows_collapsed = 0, rows_deleted = 0;
  std::map<std::string, uint64_t> quarantined;  // by reason
  std::map<std::string, uint64_t> verdicts;     // bad and lossy values by verdict
};

// Something that waits for two signatures.
struct HeldSubject {
  std::string subject;  // "feed ga_vehicles seq 12"
  std::vector<std::string> reasons;
  std::vector<std::string> signed_by;
  std::vector<std::string> approvers;  // who may sign; empty: anyone
};

struct NightReport {
  CivilDay as_of;
  uint64_t generation = 0;  // 0: nothing was published
  std::string root_digest;
  std::vector<PulledDelivery> refused;
  std::vector<LateFeed> late;
  std::vector<FeedReport> feeds;
  std::vector<std::string> silent;  // feeds without a new delivery: "ga_vehicles, last as of 2024-03-01"
  std::vector<std::string> quarantine_examples;
  std::vector<HeldSubject> held;  // not empty: nothing was published
  uint64_t rows_read = 0, rows_held = 0, rows_quarantined = 0;
  uint64_t mentions = 0, persons = 0, new_persons = 0, merges = 0, splits = 0, absorbed = 0;
  uint64_t households = 0, units = 0, kin_edges = 0, reviews = 0, determinations = 0;
  uint64_t withheld_composition = 0, withheld_review = 0;  // family alerts that wait for a person's word
  std::map<std::string, uint64_t> links_by_basis, findings;
  std::map<std::string, uint64_t> events_by_reason;               // merges, splits and absorptions
  std::vector<LinkRates> link_by_registry, link_by_group;         // see matchers/link_rates.h
  uint64_t desk_decisions = 0;                                    // "same" and "different" that stand
  uint64_t desk_passed_over = 0, desk_contradicted = 0;           // about a row that is gone; forbidden by others
  std::map<std::string, std::map<std::string, uint64_t>> alerts;  // "kind programme" -> state -> count
  std::vector<std::string> warnings;  // a pack's parameter past its review date, a pack not in force …
  std::vector<StageReport> stages;
  double seconds = 0;
  uint64_t peak_memory_bytes = 0;
};

// Errors: FailedPrecondition for a day before the last generation's, or a store of a newer version; Unavailable when a
// path cannot be written; InvalidArgument for schemas, packs or deliveries that do not fit. A held night is no error:
// `held` says so.
StatusOr<NightReport> RunNight(const SiteConfig& site, CivilDay as_of, const NightOptions& options);

// For people and for machines.
std::string NightReportText(const NightReport& report);
std::string NightReportJson(const NightReport& report);

}  // namespace hearth
