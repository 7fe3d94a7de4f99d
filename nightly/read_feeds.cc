#include "nightly/read_feeds.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <optional>

#include "core/parallel.h"
#include "ingest/archive.h"
#include "ingest/feed_reader.h"
#include "nightly/merge_rows.h"
#include "nightly/person_history.h"
#include "report/progress.h"
#include "store/codec.h"
#include "store/desk.h"

namespace hearth {
namespace {

constexpr double kMillion = 1e6;
constexpr size_t kQuarantineHistory = 8;
constexpr int kExamplesPerReason = 2;

// One delivery that tonight applies.
struct Due {
  size_t feed = 0;
  ArchivedDelivery delivery;
};

// What the threads bring back from one registry.
struct RegistryResult {
  std::optional<RecordTable> table;
  std::vector<IdMap::Entry> yesterday;
  std::vector<FeedReport> reports;
  std::vector<HeldSubject> held;
  std::vector<std::string> examples;
  Status status;
};

FeedReport Summarise(const FeedConfig& feed, const IngestReport& in) {
  FeedReport out;
  out.feed = feed.feed;
  out.registry = feed.registry;
  out.batch = in.batch;
  out.seq = in.seq;
  out.rows_read = in.rows_read;
  out.rows_accepted = in.rows_accepted;
  out.rows_collapsed = in.rows_collapsed;
  out.rows_deleted = in.rows_deleted;
  for (const QuarantinedRow& row : in.quarantined) ++out.quarantined[std::string(QuarantineReasonName(row.reason))];
  for (const auto& field : in.verdicts) {
    for (size_t v = 0; v < field.size(); ++v) {
      if (IsBad(static_cast<Verdict>(v)) && field[v] > 0) {
        out.verdicts[std::string(VerdictName(static_cast<Verdict>(v)))] += field[v];
      }
    }
  }
  return out;
}

// Rows of one registry as the last generation holds them, and who they named.
Status LoadHeld(const Generation& last, const std::vector<uint32_t>& feed_now, RecordTable* table,
                std::vector<IdMap::Entry>* ids) {
  const std::string prefix = RowKey(table->schema().id, "");
  const size_t roles = table->schema().persons.size();
  Status status;
  std::vector<RowLink> links;
  HEARTH_RETURN_IF_ERROR(last.Scan(Table::kRows, prefix, [&](std::string_view key, std::string_view value) {
    links.clear();
    status = DecodeRow(key.substr(prefix.size()), value, table, &links);
    if (!status.ok()) return false;
    const uint32_t row = static_cast<uint32_t>(table->size() - 1);
    RowOrigin origin = table->Origin(row);
    if (origin.feed < feed_now.size()) origin.feed = feed_now[origin.feed];
    table->SetOrigin(row, origin);
    for (size_t role = 0; role < roles && role < links.size(); ++role) {
      if (links[role].person.value == 0) continue;
      ids->push_back({KeyOfMention(*table, row, static_cast<uint16_t>(role)), links[role].person});
    }
    return true;
  }));
  return status;
}

// Applies the guards to one delivery; adds to held when it must wait for signatures that are not there.
Status Guard(const Desk& desk, const FeedConfig& feed, const FeedState& state, const Due& due, const IngestReport& in,
             std::vector<HeldSubject>* held) {
  GuardInput input;
  input.rows = in.rows_read;
  input.quarantined = in.quarantined.size();
  input.mode = due.delivery.manifest.mode;
  if (state.seq > 0) input.rows_before = state.rows;
  for (uint64_t per_million : state.quarantined) input.quarantined_before.push_back(per_million / kMillion);
  const std::vector<std::string> reasons = CheckGuards(input, feed.guards);
  if (reasons.empty()) return OkStatus();
  HeldSubject subject{"feed " + feed.feed + " seq " + std::to_string(due.delivery.seq), reasons, {}, feed.approvers};
  HEARTH_ASSIGN_OR_RETURN(std::vector<std::string> signers, desk.SignersOf(subject.subject));
  if (!feed.approvers.empty()) {
    std::erase_if(signers, [&](const std::string& s) {
      return std::find(feed.approvers.begin(), feed.approvers.end(), s) == feed.approvers.end();
    });
  }
  if (signers.size() >= 2) return OkStatus();
  subject.signed_by = std::move(signers);
  held->push_back(std::move(subject));
  return OkStatus();
}

}  // namespace

StatusOr<TonightsRows> ReadFeeds(const SiteConfig& site, const SchemaList& schemas, const Generation* last,
                                 CivilDay as_of, const NightOptions& options, NightReport* report) {
  TonightsRows rows;
  rows.feeds.resize(site.feeds.size());
  // A folder that is not there yet holds nothing; a file in its place would look the same.
  std::error_code ignored;
  if (std::filesystem::exists(site.archive, ignored) && !std::filesystem::is_directory(site.archive, ignored)) {
    return Unavailable(site.archive.string() + ": is no folder; the archive cannot be read");
  }
  std::vector<uint32_t> feed_now;  // feed index of the last generation -> tonight's
  if (last != nullptr) {
    for (const FeedState& state : last->meta().feeds) {
      const int now = FeedIndex(site, state.feed);
      feed_now.push_back(now < 0 ? 0xFFFFFFFF : static_cast<uint32_t>(now));
      if (now >= 0) rows.feeds[now] = state;
    }
  }
  std::vector<std::vector<Due>> due(schemas.size());
  uint64_t rows_due = 0;
  rows.answered.assign(schemas.size(), false);
  for (size_t f = 0; f < site.feeds.size(); ++f) {
    FeedState& state = rows.feeds[f];
    state.feed = site.feeds[f].feed;
    state.registry = site.feeds[f].registry;
    size_t schema = 0;
    while (schemas[schema]->id != state.registry) ++schema;
    HEARTH_ASSIGN_OR_RETURN(const auto archived, ListArchived(site, site.feeds[f]));
    const auto fresh = Between(archived, state.seq, as_of);
    for (const ArchivedDelivery& d : fresh) {
      due[schema].push_back({f, d});
      rows_due += d.manifest.rows_total;
    }
    if (state.seq > 0 || !fresh.empty()) rows.answered[schema] = true;
    if (fresh.empty()) {
      report->silent.push_back(state.seq == 0 ? state.feed + ", never delivered"
                                              : state.feed + ", last as of " + state.as_of.ToString());
    }
  }
  for (auto& list : due) {
    std::sort(list.begin(), list.end(), [&](const Due& a, const Due& b) {
      const auto& ma = a.delivery.manifest;
      const auto& mb = b.delivery.manifest;
      if (ma.as_of != mb.as_of) return ma.as_of < mb.as_of;
      return std::tie(site.feeds[a.feed].feed, ma.seq) < std::tie(site.feeds[b.feed].feed, mb.seq);
    });
  }

  // The largest registries first, so that no thread is left alone with one at the end.
  std::vector<size_t> order(schemas.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto size_of = [&](size_t i) {
    uint64_t n = 0;
    for (const Due& d : due[i]) n += d.delivery.manifest.rows_total;
    return n;
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return size_of(a) > size_of(b); });

  Progress bar("read", rows_due, options.show_progress ? TerminalScreen() : ProgressScreen{});
  const Desk desk(site.store.string());
  std::vector<RegistryResult> results(schemas.size());
  ParallelFor(order.size(), options.threads, [&](size_t i) {
    const size_t s = order[i];
    RegistryResult& result = results[s];
    RecordTable held(schemas[s]);
    if (last != nullptr) {
      result.status = LoadHeld(*last, feed_now, &held, &result.yesterday);
      if (!result.status.ok()) return;
    }
    std::vector<RowBatch> batches;
    std::map<size_t, std::vector<HeldSubject>> waiting;  // by feed
    for (const Due& d : due[s]) {
      const FeedConfig& feed = site.feeds[d.feed];
      StatusOr<FeedBatch> batch = ReadDelivery(site, feed, schemas[s], d.delivery, as_of, 1);
      if (!batch.ok()) {
        result.status = Annotate(batch.status(), "feed " + feed.feed + " seq " + std::to_string(d.delivery.seq));
        return;
      }
      bar.Add(d.delivery.manifest.rows_total);
      FeedState& state = rows.feeds[d.feed];  // a feed belongs to one registry: no other thread writes it
      std::vector<HeldSubject> held_now;
      result.status = Guard(desk, feed, state, d, batch->report, &held_now);
      if (!result.status.ok()) return;
      if (!held_now.empty()) {
        waiting[d.feed].push_back(std::move(held_now.front()));
        continue;  // not applied; the archive keeps it
      }
      // A full delivery that passes stands for those before it that wait.
      if (d.delivery.manifest.mode == DeliveryMode::kFull) waiting.erase(d.feed);
      result.reports.push_back(Summarise(feed, batch->report));
      for (std::string& line : QuarantineExamples(batch->report, d.delivery.manifest, kExamplesPerReason)) {
        result.examples.push_back(std::move(line));
      }
      state.seq = d.delivery.seq;
      state.as_of = d.delivery.manifest.as_of;
      if (d.delivery.manifest.mode == DeliveryMode::kFull) state.rows = batch->report.rows_accepted;
      const uint64_t read = std::max<uint64_t>(batch->report.rows_read, 1);
      state.quarantined.push_back(
          static_cast<uint64_t>(std::llround(kMillion * batch->report.quarantined.size() / read)));
      if (state.quarantined.size() > kQuarantineHistory) state.quarantined.erase(state.quarantined.begin());
      for (uint32_t row = 0; row < batch->table.size(); ++row) {
        RowOrigin origin = batch->table.Origin(row);
        origin.feed = static_cast<uint32_t>(d.feed);
        origin.batch_seq = static_cast<uint32_t>(d.delivery.seq);
        origin.as_of = d.delivery.manifest.as_of;
        batch->table.SetOrigin(row, origin);
      }
      batches.push_back({std::move(batch->table), std::move(batch->deleted_keys)});
    }
    for (auto& [feed, subjects] : waiting) {
      std::move(subjects.begin(), subjects.end(), std::back_inserter(result.held));
    }
    result.table.emplace(MergeRows(std::move(held), std::move(batches), as_of));
  });

  std::vector<IdMap::Entry> ids;
  for (size_t s = 0; s < schemas.size(); ++s) {
    RegistryResult& result = results[s];
    HEARTH_RETURN_IF_ERROR(result.status);
    ids.insert(ids.end(), result.yesterday.begin(), result.yesterday.end());
    for (FeedReport& f : result.reports) {
      report->rows_read += f.rows_read;
      for (const auto& [reason, n] : f.quarantined) report->rows_quarantined += n;
      report->feeds.push_back(std::move(f));
    }
    report->held.insert(report->held.end(), result.held.begin(), result.held.end());
    report->quarantine_examples.insert(report->quarantine_examples.end(), result.examples.begin(),
                                       result.examples.end());
    report->rows_held += result.table->size();
    rows.tables.push_back(std::move(*result.table));
  }
  if (last != nullptr) {
    HEARTH_ASSIGN_OR_RETURN(rows.history, ReadPersonHistory(*last));
  }
  rows.yesterday = IdMap(std::move(ids), RetiredOf(rows.history));
  return rows;
}

}  // namespace hearth
