#include "linkage/link_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/parallel.h"
#include "linkage/encoded_file.h"

namespace hearth::linkage {
namespace {

constexpr size_t kRowsAtOnce = 1 << 14;  // formatted by one thread

// Rows into PATH.part, moved to PATH when all of them are there. Rows are formatted in parallel and written in order.
class WholeFile {
 public:
  explicit WholeFile(const std::string& path)
      : path_(path), part_(PartPath(path)), file_(std::fopen(part_.c_str(), "wb")) {}
  ~WholeFile() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    RemovePart();
  }

  template <class Format>
  Status Write(std::string_view heading, size_t rows, int threads, const Format& format) {
    bool written = file_ != nullptr && Put(heading);
    std::vector<fmt::memory_buffer> texts(static_cast<size_t>(std::max(threads, 1)) * 4);
    for (size_t begin = 0; written && begin < rows; begin += texts.size() * kRowsAtOnce) {
      ParallelFor(texts.size(), threads, [&](size_t t) {
        texts[t].clear();
        const size_t from = begin + t * kRowsAtOnce, to = std::min(rows, from + kRowsAtOnce);
        for (size_t row = from; row < to; ++row) format(row, &texts[t]);
      });
      for (const fmt::memory_buffer& text : texts) written = written && Put({text.data(), text.size()});
    }
    const bool closed = file_ != nullptr && std::fclose(std::exchange(file_, nullptr)) == 0;
    if (written && closed && (part_ == path_ || std::rename(part_.c_str(), path_.c_str()) == 0)) return OkStatus();
    const std::string reason = std::strerror(errno);
    RemovePart();
    return absl::UnavailableError(fmt::format("{}: cannot be written: {}", path_, reason));
  }

 private:
  bool Put(std::string_view text) { return std::fwrite(text.data(), 1, text.size(), file_) == text.size(); }

  void RemovePart() const {
    if (part_ != path_) std::remove(part_.c_str());
  }

  std::string path_, part_;
  std::FILE* file_;
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

Status WriteLinks(const LinkResult& result, const std::string& path, int threads) {
  const RecordSet& records = *result.records;
  return WholeFile(path).Write("source_l,id_l,source_r,id_r,match_weight,match_probability,decision\n",
                               result.links.size(), threads, [&](size_t row, fmt::memory_buffer* text) {
                                 const Link& link = result.links[row];
                                 for (uint32_t record : {link.left, link.right}) {
                                   AppendCell(records.sources[static_cast<size_t>(records.SourceOf(record))], text);
                                   text->push_back(',');
                                   AppendCell(records.Id(record), text);
                                   text->push_back(',');
                                 }
                                 fmt::format_to(std::back_inserter(*text), "{:.9f},{:.10g},{}\n", link.weight,
                                                ProbabilityOfBits(link.weight),
                                                IsLink(result, link) ? "link" : "review");
                               });
}

Status WriteClusters(const RecordSet& records, const Clustering& clustering, const std::string& path, int threads) {
  return WholeFile(path).Write("record_id,cluster_id\n", records.size(), threads,
                               [&](size_t row, fmt::memory_buffer* text) {
                                 const auto record = static_cast<uint32_t>(row);
                                 AppendCell(RecordName(records, record), text);
                                 text->push_back(',');
                                 AppendCell(RecordName(records, clustering.cluster_of[record]), text);
                                 text->push_back('\n');
                               });
}

}  // namespace hearth::linkage
