// ReadDelivery turns one archived delivery into a RecordTable of its registry: decode, split, read every cell by its
// field's type, key the row. A row that cannot be read or keyed goes to quarantine with a reason; a bad value becomes
// null with its verdict and the row goes on. Nothing is invented and nothing is dropped without a count.
//
//   HEARTH_ASSIGN_OR_RETURN(FeedBatch batch, ReadDelivery(site, feed, schema, delivery, night, threads));
//
// The result depends on the delivery and the site alone. Duplicate keys: equal content collapses; of different contents
// the one with the smaller content hash stays, whatever the order of rows and files. The table is in file order; the
// order is no part of the result's meaning. Memory: the table and a few blocks of 1 MiB a thread. Files of a delivery
// are read in parallel; different deliveries may be read at once from many threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/record_table.h"
#include "core/status.h"
#include "ingest/archive.h"
#include "ingest/ingest_report.h"
#include "ingest/site_config.h"

namespace hearth {

struct FeedBatch {
  RecordTable table;
  std::vector<std::string> deleted_keys;  // of a delta, sorted; none of them is a key of the table
  IngestReport report;
};

// InvalidArgument when a file's header is not the contract's, or the encoding is plainly not the manifest's (more than
// one row in a hundred does not decode). DataLoss when a file is missing, has another size, row count or digest than
// the manifest says. as_of is the night's day: it becomes recorded_at of each row.
StatusOr<FeedBatch> ReadDelivery(const SiteConfig& site, const FeedConfig& feed,
                                 std::shared_ptr<const RegistrySchema> schema, const ArchivedDelivery& delivery,
                                 CivilDay as_of, int threads);

}  // namespace hearth
