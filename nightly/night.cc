#include "nightly/night.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "matchers/build_families.h"
#include "matchers/link_model.h"
#include "matchers/link_persons.h"
#include "nightly/decide.h"
#include "nightly/load_packs.h"
#include "nightly/person_history.h"
#include "nightly/read_feeds.h"
#include "nightly/review.h"
#include "nightly/write_generation.h"
#include "report/progress.h"
#include "store/codec.h"
#include "store/desk.h"
#include "warning/alert_life.h"

namespace hearth {
namespace {

constexpr int kTrailDays = 90;             // a withdrawn alert stays in the list's trail
constexpr double kAdverseShareMax = 0.10;  // of enrolled units newly held to be ineligible in one night
constexpr uint64_t kAdverseFloor = 50;     // small cities: fewer are never held

class StageClock {
 public:
  explicit StageClock(NightReport* report) : report_(report), start_(Now()), last_(start_) {}
  void Done(std::string stage, uint64_t items, std::string unit) {
    const double now = Now();
    report_->stages.push_back({std::move(stage), items, std::move(unit), now - last_});
    last_ = now;
    report_->seconds = now - start_;
  }

 private:
  static double Now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  NightReport* report_;
  double start_, last_;
};

uint64_t PeakMemoryBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

Status LoadAlerts(const Generation& last, std::vector<Alert>* alerts) {
  Status status;
  HEARTH_RETURN_IF_ERROR(last.Scan(Table::kAlerts, "", [&](std::string_view, std::string_view value) {
    auto alert = DecodeAlert(value);
    if (!alert.ok()) {
      status = alert.status();
      return false;
    }
    alerts->push_back(std::move(*alert));
    return true;
  }));
  return status;
}

// Holds the night when it would newly turn too many enrolled families ineligible.
Status GuardAdverse(const SiteConfig& site, const std::vector<Alert>& alerts, uint64_t enrolled, CivilDay as_of,
                    NightReport* report) {
  const uint64_t adverse = std::count_if(alerts.begin(), alerts.end(), [](const Alert& a) {
    return a.kind == AlertKind::kEnrolledNotEligible && a.state == AlertState::kNew && a.record_no.empty();
  });
  if (adverse <= kAdverseFloor || adverse <= kAdverseShareMax * static_cast<double>(enrolled)) return OkStatus();
  HeldSubject subject{"night " + as_of.ToString(),
                      {std::to_string(adverse) + " of " + std::to_string(enrolled) +
                       " enrolled families would newly count as no longer eligible; more than a tenth is held"},
                      {},
                      {}};
  HEARTH_ASSIGN_OR_RETURN(subject.signed_by, Desk(site.store.string()).SignersOf(subject.subject));
  if (subject.signed_by.size() < 2) report->held.push_back(std::move(subject));
  return OkStatus();
}

void CountLinks(const LinkedPersons& linked, const LinkStats& stats, NightReport* report) {
  report->mentions = linked.mentions.size();
  report->persons = linked.persons.size();
  report->reviews = linked.reviews.size();
  report->new_persons = stats.new_persons;
  report->link_by_registry = stats.by_registry;
  report->link_by_group = stats.by_group;
  report->desk_passed_over = stats.desk_passed_over;
  report->desk_contradicted = stats.desk_contradicted;
  for (const PersonEvent& e : stats.events) {
    ++(e.kind == PersonEventKind::kMerge   ? report->merges
       : e.kind == PersonEventKind::kSplit ? report->splits
                                           : report->absorbed);
    ++report->events_by_reason[std::string(PersonEventReasonName(e.reason))];
  }
  for (const LinkedMention& m : linked.mentions) ++report->links_by_basis[std::string(LinkBasisName(m.basis))];
}

void CountFamilies(const Families& families, NightReport* report) {
  report->households = families.households.size();
  report->units = families.units.size();
  report->kin_edges = families.edges.size();
  for (const FamilyFinding& f : families.findings) ++report->findings[f.kind];
}

}  // namespace

StatusOr<NightReport> RunNight(const SiteConfig& site, CivilDay as_of, const NightOptions& options) {
  NightReport report;
  report.as_of = as_of;
  StageClock clock(&report);
  const auto bar = [&](std::string_view stage, uint64_t total) {
    return Progress(stage, total, options.show_progress ? TerminalScreen() : ProgressScreen{});
  };

  HEARTH_ASSIGN_OR_RETURN(const SchemaList schemas, LoadSiteSchemas(site, options.packs_dir + "/registries"));
  HEARTH_ASSIGN_OR_RETURN(const NightPacks packs, LoadNightPacks(site, options.packs_dir, schemas, as_of));
  report.warnings = packs.warnings;
  std::vector<std::string> registries;
  for (const auto& schema : schemas) registries.push_back(schema->id);
  HEARTH_ASSIGN_OR_RETURN(
      const LinkModels models,
      LoadLinkModels(site.link_model ? site.link_model->string() : options.packs_dir + "/link", registries));
  HEARTH_ASSIGN_OR_RETURN(const auto lock, StoreLock::Take(site.store.string()));
  auto last = Generation::OpenCurrent(site.store.string());
  if (!last.ok() && last.status().code() != absl::StatusCode::kNotFound) return last.status();
  const Generation* yesterday = last.ok() ? last->get() : nullptr;
  if (yesterday != nullptr && yesterday->meta().as_of > as_of) {
    return FailedPrecondition("the store already holds " + yesterday->meta().as_of.ToString() +
                              "; a night cannot go back to " + as_of.ToString());
  }
  HEARTH_ASSIGN_OR_RETURN(const auto writer, GenerationWriter::Create(site.store.string()));

  if (options.pull) {
    DropFolder drop(site.drop);
    // By the end of the night's day every hour has passed: what is not there is late.
    HEARTH_ASSIGN_OR_RETURN(const PullReport pulled, Pull(site, drop, {as_of, 24 * 60}));
    for (const PulledDelivery& d : pulled.deliveries) {
      if (d.outcome == DeliveryOutcome::kRefused) report.refused.push_back(d);
    }
    report.late = pulled.late;
    clock.Done("pull", pulled.Count(DeliveryOutcome::kTaken), "deliveries");
  }

  HEARTH_ASSIGN_OR_RETURN(TonightsRows rows, ReadFeeds(site, schemas, yesterday, as_of, options, &report));
  clock.Done("read", report.rows_read, "rows");
  if (!report.held.empty()) return report;
  std::vector<const RecordTable*> tables;
  for (const RecordTable& t : rows.tables) tables.push_back(&t);

  HEARTH_ASSIGN_OR_RETURN(const std::vector<LinkDecision> decisions, Desk(site.store.string()).LinkDecisions());
  const DeskDecisions desk = DecisionsOf(decisions);
  report.desk_decisions = desk.decisions.size();
  LinkStats link_stats;
  LinkedPersons linked;
  {
    auto progress = bar("link", static_cast<uint64_t>(LinkPhases(models.common)));
    LinkOptions link_options{.threads = options.threads};
    link_options.on_phase = [&](std::string_view) { progress.Add(); };
    linked = LinkPersons(tables, models, rows.yesterday, desk, link_options, &link_stats);
  }
  rows.yesterday = IdMap();
  const std::vector<StoredEvent> history = AddTonight(std::move(rows.history), link_stats.events, tables, as_of);
  CountLinks(linked, link_stats, &report);
  clock.Done("link", report.mentions, "mentions");

  const Families families = BuildFamilies(tables, linked, as_of, FamilyOptions{});
  CountFamilies(families, &report);
  clock.Done("families", report.persons, "persons");

  std::vector<std::vector<Determination>> determinations;
  std::vector<Alert> tonight;
  uint64_t enrolled = 0;
  for (const ActivePack& pack : packs.active) {
    DecideInput input{tables, &schemas, rows.answered, &linked, &families, &packs.profile, as_of, options.threads};
    auto progress = bar("decide", families.units.size());
    HEARTH_ASSIGN_OR_RETURN(Decisions decided, Decide(input, pack, [&](size_t n) { progress.Add(n); }));
    report.determinations += decided.count;
    enrolled += decided.enrolled_units;
    report.withheld_composition += decided.withheld.composition;
    report.withheld_review += decided.withheld.review;
    // The first pack's determinations are kept by unit; every pack raises alerts.
    if (determinations.empty()) determinations = std::move(decided.by_unit);
    std::move(decided.alerts.begin(), decided.alerts.end(), std::back_inserter(tonight));
  }
  std::vector<Alert> before, untouched;
  if (yesterday != nullptr) HEARTH_RETURN_IF_ERROR(LoadAlerts(*yesterday, &before));
  // What a pack that is not in force tonight raised is neither found nor withdrawn: it stands as it was.
  const auto not_asked = std::stable_partition(before.begin(), before.end(), [&](const Alert& a) {
    return std::any_of(packs.active.begin(), packs.active.end(),
                       [&](const ActivePack& p) { return p.pack.id() == a.pack; });
  });
  untouched.assign(not_asked, before.end());
  before.erase(not_asked, before.end());
  std::vector<Alert> alerts = JoinAlerts(before, std::move(tonight), as_of, kTrailDays);
  std::move(untouched.begin(), untouched.end(), std::back_inserter(alerts));
  std::sort(alerts.begin(), alerts.end(), [](const Alert& a, const Alert& b) { return a.id < b.id; });
  for (const Alert& a : alerts) {
    ++report.alerts[std::string(AlertKindName(a.kind)) + " " + a.programme][std::string(AlertStateName(a.state))];
  }
  clock.Done("decide", families.units.size(), "family units");
  if (yesterday != nullptr) HEARTH_RETURN_IF_ERROR(GuardAdverse(site, alerts, enrolled, as_of, &report));
  if (!report.held.empty()) return report;

  {
    auto progress = bar("store", report.rows_held);
    const GenerationContent content{tables, &linked, &families, &determinations, alerts, history, &link_stats};
    HEARTH_RETURN_IF_ERROR(WriteGeneration(content, options.threads, writer.get(), [&](size_t n) { progress.Add(n); }));
  }
  clock.Done("store", report.rows_held, "rows");

  GenerationMeta meta;
  meta.site = site.site;
  meta.as_of = as_of;
  for (const auto& schema : schemas) meta.registries.push_back(schema->id);
  meta.feeds = rows.feeds;
  for (const ActivePack& pack : packs.active) meta.packs.emplace_back(pack.pack.id(), pack.pack.digest());
  report.generation = writer->number();
  report.peak_memory_bytes = PeakMemoryBytes();
  meta.report_json = NightReportJson(report);
  HEARTH_ASSIGN_OR_RETURN(const GenerationMeta published, writer->Publish(std::move(meta), options.generations_kept));
  report.root_digest = published.root_digest;
  clock.Done("publish", 1, "generation");
  return report;
}

}  // namespace hearth
