#include "cli/link.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>

#include "cli/common.h"
#include "cli/encode.h"
#include "cli/link_store.h"
#include "cli/output_paths.h"
#include "linkage/decisions.h"
#include "linkage/encoded_file.h"
#include "linkage/explain_pair.h"
#include "linkage/link_files.h"
#include "linkage/link_report.h"
#include "linkage/run_link.h"
#include "matchers/fellegi_sunter/evaluate.h"
#include "matchers/fellegi_sunter/model_reader.h"
#include "report/json_writer.h"
#include "report/progress.h"

namespace hearth {
namespace {

using linkage::LinkJob;
using linkage::LinkResult;

constexpr uint64_t kProgressSteps = 1000;
constexpr size_t kWarningsShown = 6;

struct LinkOptionsGiven {
  std::string model, out = "links.csv", clusters, save_model, report, encoding, decisions, labels;
  std::vector<std::string> tables, explain;
  int threads = 0;
  bool json = false, encoded = false, one_to_one = false;
  double threshold = 0.85;
  std::optional<double> review_from;
  bool choose_threshold = false;
  LinkStoreOptions store;
};

StatusOr<std::string> ReadWhole(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return absl::NotFoundError(path + ": is a folder, not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(path + ": cannot be opened");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

int64_t PeakMebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// A bar a stage, on a terminal.
class StageBars {
 public:
  void Tell(std::string_view stage, double share) {
    const std::lock_guard lock(mutex_);
    if (stage != stage_) {
      bar_.reset();
      stage_ = stage;
      done_ = 0;
      bar_ = std::make_unique<Progress>(stage, kProgressSteps);
    }
    const auto now = static_cast<uint64_t>(share * kProgressSteps);
    if (now > done_) bar_->Add(now - done_);
    done_ = std::max(done_, now);
  }
  void Stop() { bar_.reset(); }

 private:
  std::mutex mutex_;
  std::string stage_;
  uint64_t done_ = 0;
  std::unique_ptr<Progress> bar_;
};

// A file a cluster threshold: PATH when there is one, else its probability is part of each name.
std::vector<std::string> ClustersPaths(const std::string& path, const std::vector<double>& probabilities) {
  if (path.empty() || probabilities.size() < 2) return {path};
  const std::filesystem::path base(path);
  std::vector<std::string> paths;
  for (double probability : probabilities) {
    const std::string name = fmt::format("{}-{}{}", base.stem().string(), probability, base.extension().string());
    paths.push_back((base.parent_path() / name).string());
  }
  return paths;
}

// How links fare against clerical labels at some thresholds.
struct LabelScores {
  struct At {
    double probability = 0;
    linkage::Agreement agreement;
  };
  size_t labels = 0;
  std::vector<At> at;
};

StatusOr<LabelScores> ScoreLabels(const LinkResult& r, const std::string& text, const std::string& path) {
  HEARTH_ASSIGN_OR_RETURN(const auto labels, linkage::ReadLabels(text, path, *r.records));
  LabelScores scores{labels.size(), {}};
  for (double p : {0.5, 0.8, 0.9, 0.95, 0.99, 0.999}) {
    scores.at.push_back({p, EvaluateLabels(r.links, linkage::BitsOfProbability(p), labels)});
  }
  return scores;
}

uint64_t CountLinks(const LinkResult& r) {
  return static_cast<uint64_t>(
      std::count_if(r.links.begin(), r.links.end(), [&](const linkage::Link& link) { return IsLink(r, link); }));
}

void PrintJson(const LinkResult& r, double write_seconds, const std::optional<LabelScores>& labels) {
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("model").Text(r.trained.model.name);
  json.Key("records").Count(r.records->size());
  json.Key("pairs").Count(r.pairs);
  const uint64_t links = CountLinks(r);
  json.Key("links").Count(links);
  json.Key("review").Count(r.links.size() - links);
  json.Key("clusters").BeginArray();
  for (const auto& c : r.clusters) {
    json.BeginObject();
    json.Key("probability").Measure(c.probability);
    json.Key("clusters").Count(c.clustering.clusters);
    json.Key("of_two_or_more").Count(c.clustering.facts.size());
    json.Key("refused_links").Count(c.clustering.refused_links);
    json.EndObject();
  }
  json.EndArray();
  json.Key("seconds").BeginObject();
  json.Key("read").Measure(r.seconds.read);
  json.Key("prior").Measure(r.seconds.prior);
  json.Key("u").Measure(r.seconds.u);
  json.Key("em").Measure(r.seconds.em);
  json.Key("predict").Measure(r.seconds.predict);
  json.Key("cluster").Measure(r.seconds.cluster);
  json.Key("write").Measure(write_seconds);
  json.Key("total").Measure(r.seconds.total());
  json.EndObject();
  json.Key("peak_mib").Int(PeakMebibytes());
  json.Key("training").BeginObject();
  json.Key("prior").Measure(r.trained.model.prior.value_or(0));
  json.Key("prior_pairs").Count(r.trained.prior_pairs);
  json.Key("sample_records").Count(r.trained.sample_records);
  json.Key("em").BeginArray();
  for (const linkage::EmRun& run : r.trained.runs) {
    json.BeginObject();
    json.Key("rule").Text(run.rule);
    json.Key("pairs").Count(run.pairs);
    json.Key("iterations").Int(run.iterations);
    json.Key("converged").Bool(run.converged);
    json.Key("match_share").Measure(run.match_share);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.Key("blocking").BeginArray();
  for (const linkage::RuleBlocks& rule : r.blocks) {
    json.BeginObject();
    json.Key("rule").Text(rule.rule);
    json.Key("blocks").Count(rule.blocks);
    json.Key("pairs").Count(rule.pairs);
    json.Key("skipped_blocks").Count(rule.skipped_blocks);
    json.Key("skipped_pairs").Count(rule.skipped_pairs);
    json.EndObject();
  }
  json.EndArray();
  json.Key("warnings").BeginArray();
  for (const auto* list : {&r.warnings, &r.trained.warnings}) {
    for (const std::string& warning : *list) json.Text(warning);
  }
  json.EndArray();
  if (labels) {
    json.Key("labels").BeginObject();
    json.Key("pairs").Count(labels->labels);
    json.Key("at").BeginArray();
    for (const LabelScores::At& at : labels->at) {
      json.BeginObject();
      json.Key("probability").Measure(at.probability);
      json.Key("precision").Measure(at.agreement.Precision());
      json.Key("recall").Measure(at.agreement.Recall());
      json.Key("f1").Measure(at.agreement.F1());
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndObject();
  json.Finish();
}

void PrintLabels(const LabelScores& labels) {
  std::cout << labels.labels << " labelled pairs; links at\n";
  for (const auto& [probability, a] : labels.at) {
    std::cout << fmt::format("  {:<6}  precision {:.4f}  recall {:.4f}  F1 {:.4f}\n", probability, a.Precision(),
                             a.Recall(), a.F1());
  }
}

void PrintText(const LinkResult& r, const std::vector<std::string>& written) {
  size_t shown = 0, all = r.warnings.size() + r.trained.warnings.size();
  for (const auto* list : {&r.warnings, &r.trained.warnings}) {
    for (const std::string& warning : *list) {
      if (shown++ < kWarningsShown) std::cerr << "hearth: warning: " << warning << "\n";
    }
  }
  if (all > kWarningsShown) {
    std::cerr << "hearth: " << all - kWarningsShown << " further warnings; --json and --report have them all\n";
  }
  const uint64_t links = CountLinks(r);
  std::cout << r.records->size() << " records, " << r.pairs << " candidate pairs, " << links << " links, "
            << r.links.size() - links << " for review\n";
  for (const auto& c : r.clusters) {
    std::cout << fmt::format("clusters at {}: ", c.probability) << c.clustering.clusters << ", of two or more "
              << c.clustering.facts.size() << "; links not followed " << c.clustering.refused_links << "\n";
  }
  for (const std::string& path : written) std::cout << "wrote " << path << "\n";
}

// No more than processors, as further threads would only wait.
int ThreadsOf(const LinkOptionsGiven& o) {
  const int processors = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  return o.threads > 0 ? std::min(o.threads, processors) : processors;
}

StatusOr<LinkJob> JobOf(const LinkOptionsGiven& o) {
  LinkJob job;
  HEARTH_ASSIGN_OR_RETURN(const std::string text, ReadWhole(o.model));
  HEARTH_ASSIGN_OR_RETURN(job.model, linkage::ReadAnyModel(text, o.model));
  job.tables = o.tables;
  job.threads = ThreadsOf(o);
  job.cluster = !o.clusters.empty() || !o.report.empty();
  job.count_scores = !o.report.empty();
  if (!o.decisions.empty()) {
    HEARTH_ASSIGN_OR_RETURN(job.decisions, linkage::ReadDecisions(o.decisions));
  }
  if (!o.encoding.empty()) {
    Encoding encoding;
    if (!EncodingFromName(o.encoding, &encoding)) {
      return absl::InvalidArgumentError("--encoding is UTF-8, GB18030 or UTF-16LE, not: " + o.encoding);
    }
    job.read.encoding = encoding;
  }
  return job;
}

// The pair named on the command line, step by step.
Status ExplainPair(const LinkOptionsGiven& o, const LinkResult& result) {
  HEARTH_ASSIGN_OR_RETURN(const linkage::PairEvidence evidence,
                          linkage::ExplainPair(result, o.explain[0], o.explain[1]));
  o.json ? linkage::PrintEvidenceJson(evidence, &std::cout) : linkage::PrintEvidence(evidence, &std::cout);
  return OkStatus();
}

// Checked before the work begins. --explain writes nothing.
Status CheckPaths(const LinkOptionsGiven& o, const std::vector<std::string>& clusters) {
  if (!o.explain.empty()) return OkStatus();
  std::vector<std::string> inputs = o.tables, outputs = clusters;
  for (const std::string& input : {o.model, o.decisions, o.labels}) inputs.push_back(input);
  for (const std::string& output : {o.out, o.save_model, o.report}) outputs.push_back(output);
  if (o.out.empty()) return absl::InvalidArgumentError("--out is empty; name a file for the links");
  return CheckOutputPaths(inputs, outputs);
}

Status Run(const LinkOptionsGiven& o) {
  HEARTH_ASSIGN_OR_RETURN(LinkJob job, JobOf(o));
  const std::vector<std::string> clusters = ClustersPaths(o.clusters, job.model.cluster_probabilities);
  HEARTH_RETURN_IF_ERROR(CheckPaths(o, clusters));
  std::string label_text;
  if (!o.labels.empty()) {
    HEARTH_ASSIGN_OR_RETURN(label_text, ReadWhole(o.labels));
  }
  StageBars bars;
  job.on_progress = [&](std::string_view stage, double share) { bars.Tell(stage, share); };
  auto linked = RunLink(job);
  bars.Stop();
  HEARTH_RETURN_IF_ERROR(linked.status());
  const LinkResult& result = *linked;
  if (!o.explain.empty()) return ExplainPair(o, result);
  // Labels that do not do are told before anything is written.
  std::optional<LabelScores> labels;
  if (!o.labels.empty()) {
    HEARTH_ASSIGN_OR_RETURN(labels, ScoreLabels(result, label_text, o.labels));
  }
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::string> written{o.out};
  HEARTH_RETURN_IF_ERROR(WriteLinks(result, o.out, job.threads));
  for (size_t i = 0; i < result.clusters.size() && !o.clusters.empty(); ++i) {
    written.push_back(clusters[i]);
    HEARTH_RETURN_IF_ERROR(WriteClusters(*result.records, result.clusters[i].clustering, written.back(), job.threads));
  }
  if (!o.save_model.empty()) {
    written.push_back(o.save_model);
    HEARTH_RETURN_IF_ERROR(linkage::ReplaceFile(o.save_model, linkage::WriteModel(result.trained.model)));
  }
  if (!o.report.empty()) {
    written.push_back(o.report);
    HEARTH_RETURN_IF_ERROR(linkage::ReplaceFile(o.report, LinkReport(result)));
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  o.json ? PrintJson(result, seconds, labels) : PrintText(result, written);
  if (labels && !o.json) PrintLabels(*labels);
  return OkStatus();
}

int RunEncoded(const LinkOptionsGiven& o) {
  if (o.tables.size() != 2) {
    std::cerr << "hearth: --encoded links two encoded files (hearth encode makes them)\n";
    return kExitUsage;
  }
  if (const Status status = CheckOutputPaths(o.tables, {o.out}); !status.ok()) return Fail(status);
  return LinkEncodedCommand({.left = o.tables[0],
                             .right = o.tables[1],
                             .threshold = o.threshold,
                             .review = o.review_from,
                             .choose_threshold = o.choose_threshold,
                             .one_to_one = o.one_to_one || o.choose_threshold,
                             .threads = ThreadsOf(o)},
                            o.out, o.json);
}

int RunStore(const LinkOptionsGiven& o, bool links_wanted) {
  LinkStoreOptions store = o.store;
  store.model = o.model;
  store.tables = o.tables;
  store.clusters = o.clusters;
  store.encoding = o.encoding;
  store.json = o.json;
  store.threads = o.threads > 0 ? o.threads : static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  if (links_wanted) store.out = o.out;
  const Status status = CheckOutputPaths(store.tables, {store.out, store.clusters, store.events});
  return status.ok() ? LinkStoreCommand(store) : Fail(status);
}

}  // namespace

void AddLinkCommand(CLI::App& app) {
  auto o = std::make_shared<LinkOptionsGiven>();
  CLI::App* command = app.add_subcommand("link", "link the rows of any one or two tables by a linkage model");
  command->footer(
      "Example:\n  hearth link --model people.yaml people.csv --out links.csv --clusters clusters.csv\n"
      "  hearth link --model bank.yaml customers.csv register.csv --out links.csv --report links.html\n"
      "  hearth link --model people.yaml people.csv --explain 17 42\n"
      "  hearth link --encoded bank.bin ours.bin --out links.csv\n"
      "  hearth link --store persons --model people.yaml people.csv\n"
      "  hearth link --store persons news.csv --delete gone.csv --clusters clusters.csv --events events.csv\n\n"
      "MODEL is a linkage model in YAML (docs/formats.md), or settings JSON of Splink. What it does not give, m, u "
      "and\n"
      "the prior, is trained on the tables; --save-model keeps the result.\n"
      "Exit codes: 0 linked, 1 a model or table that does not do, 2 wrong usage.");
  command->add_option("tables", o->tables, "CSV files: one to find duplicates in, two to link")->expected(1, 2);
  auto* model = command->add_option("--model", o->model, "linkage model");
  const auto* out = command->add_option("--out", o->out, "links and pairs for review")->capture_default_str();
  command->add_option("--clusters", o->clusters, "clusters of records; one file a threshold of the model");
  command->add_option("--save-model", o->save_model, "the model as trained, in YAML");
  command->add_option("--report", o->report, "a page of charts and example pairs; shows values of the tables");
  command->add_option("--encoding", o->encoding, "UTF-8, GB18030 or UTF-16LE; told from the file unless given");
  command->add_option("--threads", o->threads, "all processors unless given")->check(CLI::Range(1, 256));
  command->add_option("--decisions", o->decisions, "what people decided about pairs; it wins over every weight");
  command->add_option("--labels", o->labels, "clerical labels of pairs, to measure the links against");
  command->add_option("--explain", o->explain, "print the evidence for two records, by id (TABLE:ID with two tables)")
      ->expected(2);
  auto* encoded = command->add_flag("--encoded", o->encoded, "the files are encoded ones, and no model is needed");
  command->add_option("--threshold", o->threshold, "with --encoded: link at this Dice coefficient or above")
      ->check(CLI::Range(0.0, 1.0))
      ->needs(encoded)
      ->capture_default_str();
  command->add_option("--review-from", o->review_from, "with --encoded: clerical review from here up to the threshold")
      ->check(CLI::Range(0.0, 1.0))
      ->needs(encoded);
  command
      ->add_flag("--choose-threshold", o->choose_threshold,
                 "with --encoded and --one-to-one: the threshold is told from the scores themselves")
      ->needs(encoded);
  command->add_flag("--one-to-one", o->one_to_one, "with --encoded: each row in one link at most")->needs(encoded);
  model->excludes(encoded);
  command->add_flag("--json", o->json, "a summary for machines, times and memory included");
  AddLinkStoreOptions(command, &o->store);
  OnRun(command, [o, out] {
    if (!o->store.store.empty()) return RunStore(*o, out->count() > 0);
    if (o->tables.empty()) {
      std::cerr << "hearth: link needs a table, or --store\n";
      return kExitUsage;
    }
    if (o->encoded) return RunEncoded(*o);
    if (o->model.empty()) {
      std::cerr << "hearth: link needs --model, or --encoded files\n";
      return kExitUsage;
    }
    const Status status = Run(*o);
    return status.ok() ? kExitOk : Fail(status);
  });
}

}  // namespace hearth
