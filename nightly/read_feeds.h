// The read stage: from archived deliveries and the last generation to tonight's rows of each registry.
#pragma once

#include <memory>
#include <vector>

#include "core/record_table.h"
#include "ingest/registry_schema.h"
#include "ingest/site_config.h"
#include "matchers/mention_key.h"
#include "nightly/night.h"
#include "store/codec.h"
#include "store/generation.h"

namespace hearth {

struct TonightsRows {
  std::vector<RecordTable> tables;   // by schema; sorted by key
  std::vector<bool> answered;        // by schema: some feed of it has ever delivered
  std::vector<FeedState> feeds;      // in order of the site's feeds
  IdMap yesterday;                   // mentions of the last generation, and who was merged away before
  std::vector<StoredEvent> history;  // of persons, up to the last generation
};

// last may be nullptr (first night). Fills the report's feeds, silent, held, rows and quarantine. When something is
// held the rows are incomplete and the night must stop.
StatusOr<TonightsRows> ReadFeeds(const SiteConfig& site, const SchemaList& schemas, const Generation* last,
                                 CivilDay as_of, const NightOptions& options, NightReport* report);

}  // namespace hearth
