// A delivery is copied under a dot name while its digests and rows are checked on the copy's own bytes, synced, and
// renamed into place. A crash leaves at most a dot folder, which the next pull removes.
#include "ingest/archive.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ingest/record_stream.h"
#include "ingest/sm3.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kTaking = ".taking-";
constexpr size_t kManifestBytesMax = 16 << 20;
constexpr int kSequenceDigits = 10;

std::string SequenceName(uint64_t seq) {
  std::string digits = std::to_string(seq);
  return std::string(kSequenceDigits - std::min<size_t>(kSequenceDigits, digits.size()), '0') + digits;
}

std::string Quoted(std::string_view s) { return "\"" + std::string(s) + "\""; }

Status DiskError(const fs::path& path, std::string_view what) {
  return Unavailable(path.string() + ": cannot be " + std::string(what) + ": " + std::strerror(errno) +
                     "; check the disk's space and the folder's owner");
}

Status SyncPath(const fs::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return DiskError(path, "opened");
  const int result = fsync(descriptor);
  close(descriptor);
  return result == 0 ? OkStatus() : DiskError(path, "synced");
}

// A stream that writes all it reads to a file.
class CopyingStream final : public ByteStream {
 public:
  static StatusOr<std::unique_ptr<CopyingStream>> Make(std::unique_ptr<ByteStream> from, const fs::path& to) {
    const int descriptor = open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (descriptor < 0) return DiskError(to, "created");
    return std::unique_ptr<CopyingStream>(new CopyingStream(std::move(from), to, descriptor));
  }
  ~CopyingStream() override {
    if (descriptor_ >= 0) close(descriptor_);
  }

  StatusOr<size_t> Read(std::span<char> buffer) override {
    HEARTH_ASSIGN_OR_RETURN(const size_t n, from_->Read(buffer));
    for (size_t done = 0; done < n;) {
      const ssize_t written = write(descriptor_, buffer.data() + done, n - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return DiskError(to_, "written");
      done += static_cast<size_t>(written);
    }
    return n;
  }

  Status Sync() {
    if (fsync(descriptor_) != 0) return DiskError(to_, "synced");
    return OkStatus();
  }

 private:
  CopyingStream(std::unique_ptr<ByteStream> from, fs::path to, int descriptor)
      : from_(std::move(from)), to_(std::move(to)), descriptor_(descriptor) {}

  std::unique_ptr<ByteStream> from_;
  fs::path to_;
  int descriptor_;
};

StatusOr<std::string> ReadAll(ByteStream& stream, size_t bytes_max) {
  std::string all;
  std::vector<char> block(64 * 1024);
  for (;;) {
    HEARTH_ASSIGN_OR_RETURN(const size_t n, stream.Read(block));
    all.append(block.data(), n);
    if (all.size() > bytes_max) return InvalidArgument("is larger than " + std::to_string(bytes_max) + " bytes");
    if (n < block.size()) return all;
  }
}

// One delivery on offer, with its manifest when that could be read.
struct Offer {
  std::string batch;
  std::string manifest_text;
  std::optional<Manifest> manifest;
  std::vector<OfferedFile> files;
  std::string problem;  // why there is no manifest
  bool arriving = false;
};

StatusOr<Offer> ReadOffer(DeliverySource& source, const FeedConfig& feed, const std::string& batch) {
  Offer offer;
  offer.batch = batch;
  HEARTH_ASSIGN_OR_RETURN(offer.files, source.Files(feed.feed, batch));
  const bool has_manifest = std::any_of(offer.files.begin(), offer.files.end(),
                                        [](const OfferedFile& file) { return file.name == kManifest; });
  if (!has_manifest) {
    offer.arriving = true;
    offer.problem = "there is no manifest.json yet";
    return offer;
  }
  HEARTH_ASSIGN_OR_RETURN(const auto stream, source.Open(feed.feed, batch, kManifest));
  auto text = ReadAll(*stream, kManifestBytesMax);
  if (!text.ok()) {
    offer.problem = "manifest.json: " + Message(text.status());
    return offer;
  }
  offer.manifest_text = *std::move(text);
  auto manifest = ParseManifest(offer.manifest_text, "manifest.json");
  if (manifest.ok()) {
    offer.manifest = *std::move(manifest);
  } else {
    offer.problem = Message(manifest.status());
  }
  return offer;
}

// Files on offer against files of the manifest: missing, extra, short, long.
Status CheckFileList(const Offer& offer) {
  for (const ManifestFile& file : offer.manifest->files) {
    const auto found = std::find_if(offer.files.begin(), offer.files.end(),
                                    [&](const OfferedFile& offered) { return offered.name == file.name; });
    if (found == offer.files.end()) return DataLoss("file " + Quoted(file.name) + " of the manifest is missing");
    if (found->bytes != file.bytes) {
      return DataLoss("file " + Quoted(file.name) + " has " + std::to_string(found->bytes) + " bytes, " +
                      (found->bytes < file.bytes ? "short of" : "more than") + " the manifest's " +
                      std::to_string(file.bytes));
    }
  }
  for (const OfferedFile& offered : offer.files) {
    const auto& files = offer.manifest->files;
    const bool known =
        offered.name == kManifest ||
        std::any_of(files.begin(), files.end(), [&](const ManifestFile& file) { return file.name == offered.name; });
    if (!known) return InvalidArgument("file " + Quoted(offered.name) + " is not in the manifest");
  }
  return OkStatus();
}

Status WriteFile(const fs::path& path, std::string_view text) {
  struct View final : ByteStream {
    explicit View(std::string_view t) : rest(t) {}
    StatusOr<size_t> Read(std::span<char> buffer) override {
      const size_t n = rest.copy(buffer.data(), buffer.size());
      rest.remove_prefix(n);
      return n;
    }
    std::string_view rest;
  };
  HEARTH_ASSIGN_OR_RETURN(const auto copy, CopyingStream::Make(std::make_unique<View>(text), path));
  HEARTH_ASSIGN_OR_RETURN(const std::string all, ReadAll(*copy, text.size()));
  return copy->Sync();
}

// Copies and checks the files into `folder`. A failing disk is Unavailable, a wrong delivery anything else.
Status CopyAndCheck(DeliverySource& source, const FeedConfig& feed, const Offer& offer, const fs::path& folder) {
  for (const ManifestFile& file : offer.manifest->files) {
    HEARTH_ASSIGN_OR_RETURN(auto from, source.Open(feed.feed, offer.batch, file.name));
    HEARTH_ASSIGN_OR_RETURN(const auto copy, CopyingStream::Make(std::move(from), folder / file.name));
    FileTotals totals;
    const std::string where = "file " + Quoted(file.name);
    if (const Status s = ForEachRow(
            *copy, *offer.manifest, [](const StreamRow&) {}, &totals);
        !s.ok()) {
      return Annotate(s, where);
    }
    if (const Status s = CheckTotals(totals, file, *offer.manifest); !s.ok()) return Annotate(s, where);
    HEARTH_RETURN_IF_ERROR(copy->Sync());
  }
  HEARTH_RETURN_IF_ERROR(WriteFile(folder / kManifest, offer.manifest_text));
  return SyncPath(folder);
}

// Takes one delivery into the archive. OK: it is there.
Status Take(const SiteConfig& site, DeliverySource& source, const FeedConfig& feed, const Offer& offer) {
  const fs::path parent = site.archive / feed.feed;
  const fs::path temporary = parent / (std::string(kTaking) + SequenceName(offer.manifest->seq));
  const fs::path target = parent / SequenceName(offer.manifest->seq);
  std::error_code error;
  fs::remove_all(temporary, error);
  if (!error) fs::create_directories(temporary, error);
  if (error) return Unavailable(temporary.string() + ": cannot be created: " + error.message());
  const Status copied = CopyAndCheck(source, feed, offer, temporary);
  if (!copied.ok()) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    return copied;
  }
  fs::rename(temporary, target, error);
  if (error) return Unavailable(target.string() + ": cannot be put in place: " + error.message());
  return SyncPath(parent);
}

class FeedPull {
 public:
  FeedPull(const SiteConfig& site, DeliverySource& source, const FeedConfig& feed, const ClockReading& now,
           PullReport* report)
      : site_(site), source_(source), feed_(feed), now_(now), report_(report) {}

  Status Run() {
    RemoveHalfCopies();
    HEARTH_ASSIGN_OR_RETURN(held_, ListArchived(site_, feed_));
    HEARTH_ASSIGN_OR_RETURN(const auto batches, source_.Batches(feed_.feed));
    std::vector<Offer> offers;
    for (const std::string& batch : batches) {
      HEARTH_ASSIGN_OR_RETURN(Offer offer, ReadOffer(source_, feed_, batch));
      offers.push_back(std::move(offer));
    }
    // By sequence, so that a delta finds its predecessor; the unreadable first.
    std::stable_sort(offers.begin(), offers.end(), [](const Offer& a, const Offer& b) {
      return (a.manifest ? a.manifest->seq : 0) < (b.manifest ? b.manifest->seq : 0);
    });
    for (const Offer& offer : offers) HEARTH_RETURN_IF_ERROR(Consider(offer));
    ReportLate();
    return OkStatus();
  }

 private:
  // What a crash has left.
  void RemoveHalfCopies() {
    std::error_code error;
    std::vector<fs::path> halves;
    for (fs::directory_iterator it(site_.archive / feed_.feed, error), end; !error && it != end; it.increment(error)) {
      if (it->path().filename().string().starts_with(kTaking)) halves.push_back(it->path());
    }
    for (const fs::path& half : halves) fs::remove_all(half, error);
  }

  void Report(const Offer& offer, DeliveryOutcome outcome, std::string reason) {
    PulledDelivery line{feed_.feed, offer.batch, 0, outcome, 0, std::move(reason)};
    if (offer.manifest) {
      line.seq = offer.manifest->seq;
      line.rows = offer.manifest->rows_total;
    }
    report_->deliveries.push_back(std::move(line));
  }

  // Only a failing archive is an error; whatever is wrong with the delivery is reported.
  Status Consider(const Offer& offer) {
    if (!offer.manifest) {
      Report(offer, offer.arriving ? DeliveryOutcome::kArriving : DeliveryOutcome::kRefused, offer.problem);
      return OkStatus();
    }
    const std::string digest = Sm3Hex(offer.manifest_text);
    for (const ArchivedDelivery& held : held_) {
      if (held.seq != offer.manifest->seq) continue;
      const bool same = held.digest == digest;
      Report(offer, same ? DeliveryOutcome::kHeld : DeliveryOutcome::kRefused,
             same ? "" : "sequence " + std::to_string(held.seq) + " is already held with another content");
      return OkStatus();
    }
    std::optional<LastTaken> last;
    if (!held_.empty()) last = {held_.back().seq, *YoungestAsOf()};
    const Status sound = CheckManifest(*offer.manifest, site_, feed_, last, now_.day);
    if (!sound.ok()) {
      const bool not_yet = sound.code() == absl::StatusCode::kUnavailable;
      Report(offer, not_yet ? DeliveryOutcome::kNotYet : DeliveryOutcome::kRefused, Message(sound));
      return OkStatus();
    }
    if (const Status files = CheckFileList(offer); !files.ok()) {
      Report(offer, DeliveryOutcome::kRefused, Message(files));
      return OkStatus();
    }
    const Status taken = Take(site_, source_, feed_, offer);
    if (taken.code() == absl::StatusCode::kUnavailable) return taken;
    if (!taken.ok()) {
      Report(offer, DeliveryOutcome::kRefused, Message(taken));
      return OkStatus();
    }
    Report(offer, DeliveryOutcome::kTaken, "");
    held_.push_back(
        {offer.manifest->seq, *offer.manifest, digest, site_.archive / feed_.feed / SequenceName(offer.manifest->seq)});
    return OkStatus();
  }

  // A correction may have an older day than what came before it.
  std::optional<CivilDay> YoungestAsOf() const {
    std::optional<CivilDay> youngest;
    for (const ArchivedDelivery& held : held_) {
      if (!youngest || held.manifest.as_of > *youngest) youngest = held.manifest.as_of;
    }
    return youngest;
  }

  void ReportLate() {
    if (feed_.due_minute < 0) return;
    const std::optional<CivilDay> youngest = YoungestAsOf();
    if (youngest && *youngest >= now_.day.AddDays(-1)) return;
    auto& list = now_.minute < feed_.due_minute ? report_->awaited : report_->late;
    list.push_back({feed_.feed, feed_.due_minute, youngest});
  }

  const SiteConfig& site_;
  DeliverySource& source_;
  const FeedConfig& feed_;
  const ClockReading& now_;
  PullReport* report_;
  std::vector<ArchivedDelivery> held_;  // by ascending sequence
};

bool IsSequenceName(std::string_view name) {
  return name.size() == kSequenceDigits && name.find_first_not_of("0123456789") == std::string_view::npos;
}

StatusOr<ArchivedDelivery> ReadArchived(const fs::path& folder, const FeedConfig& feed) {
  ArchivedDelivery held;
  held.folder = folder;
  const fs::path file = folder / kManifest;
  const auto stream = OpenFile(file);
  if (!stream.ok()) return DataLoss(Message(stream.status()));
  HEARTH_ASSIGN_OR_RETURN(const std::string text, ReadAll(**stream, kManifestBytesMax));
  auto manifest = ParseManifest(text, file.string());
  if (!manifest.ok()) return DataLoss(Message(manifest.status()));
  held.manifest = *std::move(manifest);
  held.digest = Sm3Hex(text);
  held.seq = held.manifest.seq;
  if (folder.filename() != SequenceName(held.seq) || held.manifest.feed != feed.feed) {
    return DataLoss(file.string() + ": is of feed " + Quoted(held.manifest.feed) + ", sequence " +
                    std::to_string(held.seq) + "; the folder is another's");
  }
  for (const ManifestFile& data : held.manifest.files) {
    std::error_code error;
    const uint64_t bytes = fs::file_size(folder / data.name, error);
    if (error || bytes != data.bytes) {
      return DataLoss((folder / data.name).string() + ": is missing or has another size than when it was taken");
    }
  }
  return held;
}

}  // namespace

std::string_view DeliveryOutcomeName(DeliveryOutcome o) {
  switch (o) {
    case DeliveryOutcome::kTaken:
      return "taken";
    case DeliveryOutcome::kHeld:
      return "held";
    case DeliveryOutcome::kRefused:
      return "refused";
    case DeliveryOutcome::kNotYet:
      return "not_yet";
    case DeliveryOutcome::kArriving:
      return "arriving";
  }
  return "unknown";
}

int PullReport::Count(DeliveryOutcome outcome) const {
  return static_cast<int>(std::count_if(deliveries.begin(), deliveries.end(),
                                        [outcome](const PulledDelivery& d) { return d.outcome == outcome; }));
}

StatusOr<PullReport> Pull(const SiteConfig& site, DeliverySource& source, const ClockReading& now) {
  PullReport report;
  for (const FeedConfig& feed : site.feeds) HEARTH_RETURN_IF_ERROR(FeedPull(site, source, feed, now, &report).Run());
  HEARTH_ASSIGN_OR_RETURN(const auto offered, source.Feeds());
  for (const std::string& feed : offered) {
    if (FindFeed(site, feed) == nullptr) report.unknown_feeds.push_back(feed);
  }
  return report;
}

StatusOr<std::vector<ArchivedDelivery>> ListArchived(const SiteConfig& site, const FeedConfig& feed) {
  const fs::path folder = site.archive / feed.feed;
  std::vector<ArchivedDelivery> all;
  std::vector<fs::path> names;
  std::error_code error;
  if (!fs::exists(folder, error)) {
    if (error && error != std::errc::no_such_file_or_directory) {
      return Unavailable(folder.string() + ": cannot be listed: " + error.message());
    }
    return all;
  }
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (IsSequenceName(it->path().filename().string())) names.push_back(it->path());
  }
  if (error) return Unavailable(folder.string() + ": cannot be listed: " + error.message());
  std::sort(names.begin(), names.end());
  for (const fs::path& name : names) {
    HEARTH_ASSIGN_OR_RETURN(ArchivedDelivery held, ReadArchived(name, feed));
    all.push_back(std::move(held));
  }
  return all;
}

std::vector<ArchivedDelivery> Between(std::span<const ArchivedDelivery> all, uint64_t after_seq, CivilDay up_to) {
  std::vector<ArchivedDelivery> chosen;
  for (const ArchivedDelivery& held : all) {
    if (held.seq > after_seq && held.manifest.as_of <= up_to) chosen.push_back(held);
  }
  return chosen;
}

}  // namespace hearth
