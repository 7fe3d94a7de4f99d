// The archive keeps every delivery that was taken, as delivered: <archive>/<feed>/<seq, ten digits>/ with manifest.json
// and the files it names. Pull copies sound deliveries in; a delivery appears by one rename, so a half copy never shows
// and a night never reads one. Nothing in the archive is changed or deleted here.
//
//   DropFolder drop(site.drop);
//   HEARTH_ASSIGN_OR_RETURN(PullReport report, Pull(site, drop, {night, 185}));
//   HEARTH_ASSIGN_OR_RETURN(auto held, ListArchived(site, feed));
//
// Pull is for one process at a time (the caller holds the site's lock); listing is safe beside it.
// Source: standards.md 12, docs/formats.md.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "ingest/delivery_source.h"
#include "ingest/manifest.h"
#include "ingest/site_config.h"

namespace hearth {

// The caller's clock: the night's day and minutes after its midnight (may exceed 1440).
struct ClockReading {
  CivilDay day;
  int minute = 0;
};

enum class DeliveryOutcome : uint8_t {
  kTaken,
  kHeld,  // already in the archive with the same digest
  kRefused,
  kNotYet,    // as_of lies after the night's day
  kArriving,  // no manifest yet
};
std::string_view DeliveryOutcomeName(DeliveryOutcome o);

struct PulledDelivery {
  std::string feed, batch;
  uint64_t seq = 0;  // 0 when the manifest could not be read
  DeliveryOutcome outcome = DeliveryOutcome::kRefused;
  uint64_t rows = 0;
  std::string reason;  // for kRefused, kNotYet and kArriving
};

struct LateFeed {
  std::string feed;
  int due_minute = 0;
  std::optional<CivilDay> last_as_of;  // of the last delivery held
};

struct PullReport {
  std::vector<PulledDelivery> deliveries;  // by feed in config order, then seq, then batch
  std::vector<LateFeed> late;              // due hour passed, nothing young enough held
  std::vector<LateFeed> awaited;           // the same, but the hour has not passed yet
  std::vector<std::string> unknown_feeds;  // folders of the source that no feed of the site claims

  int Count(DeliveryOutcome outcome) const;
};

struct ArchivedDelivery {
  uint64_t seq = 0;
  Manifest manifest;
  std::string digest;  // SM3 of the manifest's bytes: equal digests are one delivery
  std::filesystem::path folder;
};

// Takes what the source offers and the checks allow. A feed with a due hour is late when that hour has passed and no
// delivery of the day before the night, or younger, is held; nobody waits for it. A refused delivery is in the report.
// Unavailable when the archive cannot be written.
StatusOr<PullReport> Pull(const SiteConfig& site, DeliverySource& source, const ClockReading& now);

// The feed's archived deliveries by ascending sequence; empty when there are none. DataLoss when one has lost a file or
// its manifest does not read.
StatusOr<std::vector<ArchivedDelivery>> ListArchived(const SiteConfig& site, const FeedConfig& feed);
// Those of a list with seq > after_seq and as_of <= up_to.
std::vector<ArchivedDelivery> Between(std::span<const ArchivedDelivery> all, uint64_t after_seq, CivilDay up_to);

}  // namespace hearth
