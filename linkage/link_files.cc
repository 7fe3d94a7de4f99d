#include "linkage/link_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace hearth::linkage {
namespace {

constexpr size_t kFlushBytes = 1 << 20;

// Text into PATH.part, moved to PATH when all of it is there.
class WholeFile {
 public:
  explicit WholeFile(const std::string& path) : path_(path), file_(std::fopen((path + ".part").c_str(), "wb")) {}
  ~WholeFile() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    std::remove((path_ + ".part").c_str());
  }
  fmt::memory_buffer& text() { return text_; }
  bool Flush(size_t above) {
    if (file_ == nullptr) return false;
    if (text_.size() <= above) return true;
    const bool written = std::fwrite(text_.data(), 1, text_.size(), file_) == text_.size();
    text_.clear();
    return written;
  }
  Status Close() {
    const bool flushed = Flush(0);
    const bool closed = file_ != nullptr && std::fclose(file_) == 0;
    if (flushed && closed && std::rename((path_ + ".part").c_str(), path_.c_str()) == 0) {
      file_ = nullptr;
      return OkStatus();
    }
    const std::string reason = std::strerror(errno);
    if (closed) file_ = nullptr;
    std::remove((path_ + ".part").c_str());
    return absl::UnavailableError(fmt::format("{}: cannot be written: {}", path_, reason));
  }

 private:
  std::string path_;
  std::FILE* file_;
  fmt::memory_buffer text_;
};

void AppendCell(std::string_view cell, fmt::memory_buffer* out) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out->append(cell.data(), cell.data() + cell.size());
    return;
  }
  out->push_back('"');
  for (char c : cell) {
    if (c == '"') out->push_back('"');
    out->push_back(c);
  }
  out->push_back('"');
}

}  // namespace

std::string RecordName(const RecordSet& records, uint32_t record) {
  const std::string id(records.Id(record));
  return records.sources.size() == 1 ? id : records.sources[static_cast<size_t>(records.SourceOf(record))] + ":" + id;
}

Status WriteLinks(const LinkResult& result, const std::string& path) {
  const RecordSet& records = *result.records;
  const double link_bits = BitsOfProbability(result.trained.model.link_probability);
  WholeFile file(path);
  fmt::memory_buffer& text = file.text();
  fmt::format_to(std::back_inserter(text), "source_l,id_l,source_r,id_r,match_weight,match_probability,decision\n");
  for (const Link& link : result.links) {
    for (uint32_t record : {link.left, link.right}) {
      AppendCell(records.sources[static_cast<size_t>(records.SourceOf(record))], &text);
      text.push_back(',');
      AppendCell(records.Id(record), &text);
      text.push_back(',');
    }
    fmt::format_to(std::back_inserter(text), "{:.9f},{:.10g},{}\n", link.weight, ProbabilityOfBits(link.weight),
                   link.weight >= link_bits ? "link" : "review");
    if (!file.Flush(kFlushBytes)) break;
  }
  return file.Close();
}

Status WriteClusters(const RecordSet& records, const Clustering& clustering, const std::string& path) {
  WholeFile file(path);
  fmt::memory_buffer& text = file.text();
  fmt::format_to(std::back_inserter(text), "record_id,cluster_id\n");
  for (uint32_t r = 0; r < records.size(); ++r) {
    AppendCell(RecordName(records, r), &text);
    text.push_back(',');
    AppendCell(RecordName(records, clustering.cluster_of[r]), &text);
    text.push_back('\n');
    if (!file.Flush(kFlushBytes)) break;
  }
  return file.Close();
}

}  // namespace hearth::linkage
