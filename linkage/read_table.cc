#include "linkage/read_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/text.h"
#include "ingest/csv_scanner.h"
#include "matchers/fellegi_sunter/model_reader.h"

namespace hearth::linkage {
namespace {

constexpr size_t kBlockBytes = 4 << 20;
constexpr size_t kRowsAtOnce = 1 << 16;
constexpr size_t kSniffBytes = 1 << 16;

// A file's start tells its encoding: a mark, or whether it reads as UTF-8. A cut character at the end does not count.
Encoding SniffEncoding(std::string_view start, bool whole) {
  if (start.starts_with("\xFF\xFE")) return Encoding::kUtf16Le;
  if (start.starts_with("\xEF\xBB\xBF")) return Encoding::kUtf8;
  for (size_t cut = 0; cut <= (whole ? 0 : 3) && cut <= start.size(); ++cut) {
    if (IsValidUtf8(start.substr(0, start.size() - cut))) return Encoding::kUtf8;
  }
  return Encoding::kGb18030;
}

// FF FE or FE FF at the start, or every other byte of an ASCII text a zero, means UTF-16. Ours is little-endian with
// its mark; others are named.
Status CheckUtf16(std::string_view start, const std::optional<Encoding>& given) {
  if (start.starts_with("\xFE\xFF")) {
    return absl::InvalidArgumentError("is UTF-16 in big-endian order; save it as UTF-8 or as UTF-16LE with its mark");
  }
  const bool marked = start.starts_with("\xFF\xFE");
  const bool zeros = start.size() >= 2 && (start[0] == '\0') != (start[1] == '\0');
  if (!marked && (zeros || given == Encoding::kUtf16Le)) {
    return absl::InvalidArgumentError(
        zeros ? "looks like UTF-16 without its mark FF FE; save it as UTF-8 or with its mark"
              : "does not begin with the mark FF FE, so it is no UTF-16LE as --encoding says; leave --encoding out");
  }
  if (marked && given && *given != Encoding::kUtf16Le) {
    return absl::InvalidArgumentError(fmt::format(
        "begins with the mark FF FE of UTF-16LE, but --encoding says {}; leave --encoding out", EncodingName(*given)));
  }
  return OkStatus();
}

// The first line of a text that seems GB18030, yet holds two or more Chinese characters as UTF-8 has them and nothing
// else beyond ASCII; 0 when there is none. GB18030 reads such a line as other characters, without an error.
uint64_t Utf8LineAmong(std::string_view text) {
  for (uint64_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view row = text.substr(0, end);
    if (!IsAscii(row) && IsValidUtf8(row)) {
      int han = 0;
      bool other = false;
      for (size_t at = 0; at < row.size();) {
        const char32_t c = NextCodePoint(row, &at);
        han += c >= 0x4E00 && c <= 0x9FFF;
        other = other || (c >= 0x80 && c < 0x2000);
      }
      if (han >= 2 && !other) return line;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}

char SniffDelimiter(std::string_view header) {
  char best = ',';
  size_t most = 0;
  for (char c : {',', '\t', ';', '|'}) {
    const auto count = static_cast<size_t>(std::count(header.begin(), header.end(), c));
    if (count > most) {
      most = count;
      best = c;
    }
  }
  return best;
}

// Lines that end in CR alone run into one; a heading that the model reads stands once.
Status CheckHeadingRow(const std::vector<std::string>& headings, const std::vector<std::string>& wanted) {
  for (const std::string& heading : headings) {
    if (heading.find('\r') != std::string::npos) {
      return absl::InvalidArgumentError("its lines end in CR alone; save it with line feeds (LF or CR LF)");
    }
  }
  for (const std::string& heading : wanted) {
    if (std::count(headings.begin(), headings.end(), heading) > 1) {
      return absl::InvalidArgumentError(fmt::format(
          "column \"{}\" stands twice in the header, so it is not clear which is meant; rename one", heading));
    }
  }
  return OkStatus();
}

// Cells of some rows, column by column, in one buffer a column.
class Gathered {
 public:
  explicit Gathered(size_t columns) : texts_(columns), ends_(columns), cells_(columns) {}

  void Add(size_t column, std::string_view cell) {
    texts_[column].append(cell);
    ends_[column].push_back(texts_[column].size());
  }
  void AddLine(uint64_t line) { lines_.push_back(line); }
  size_t rows() const { return lines_.size(); }

  void HandOver(int source, int threads, RecordSetBuilder* builder) {
    for (size_t c = 0; c < texts_.size(); ++c) {
      cells_[c].clear();
      size_t begin = 0;
      for (size_t end : ends_[c]) {
        cells_[c].push_back(std::string_view(texts_[c]).substr(begin, end - begin));
        begin = end;
      }
    }
    builder->AddRows(source, cells_, lines_, threads);
    for (size_t c = 0; c < texts_.size(); ++c) {
      texts_[c].clear();
      ends_[c].clear();
    }
    lines_.clear();
  }

 private:
  std::vector<std::string> texts_;
  std::vector<std::vector<size_t>> ends_;
  std::vector<std::vector<std::string_view>> cells_;
  std::vector<uint64_t> lines_;
};

}  // namespace

std::string TableName(const std::string& path) { return std::filesystem::path(path).stem().string(); }

Status ReadTable(const std::string& path, int source, const ReadOptions& options, const Model& model,
                 RecordSetBuilder* builder, TableFacts* facts) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return absl::NotFoundError(fmt::format("{}: is a folder, not a table", path));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::string block(kBlockBytes, '\0');
  const auto read_block = [&](size_t bytes) {
    in.read(block.data(), static_cast<std::streamsize>(bytes));
    return std::string_view(block).substr(0, static_cast<size_t>(in.gcount()));
  };
  std::string_view text = read_block(kBlockBytes);
  bool last = text.size() < kBlockBytes;
  facts->path = path;
  const std::string_view start = text.substr(0, kSniffBytes);
  facts->encoding = options.encoding.value_or(SniffEncoding(start, start.size() == text.size() && last));
  HEARTH_RETURN_IF_ERROR(Annotate(CheckUtf16(start, options.encoding), path));
  if (facts->encoding == Encoding::kGb18030 && !options.encoding) {
    if (const uint64_t line = Utf8LineAmong(text.substr(0, text.rfind('\n'))); line > 0) {
      return absl::InvalidArgumentError(fmt::format(
          "{} line {}: is UTF-8, and other lines are not; convert the whole file to one encoding, or give --encoding",
          path, line));
    }
  }
  TextDecoder decoder(facts->encoding);

  DecodedText decoded;
  uint64_t lines_before = 0;  // line feeds in text decoded earlier
  std::optional<CsvScanner> scanner;
  std::vector<size_t> wanted;  // column of the file for each heading of the builder
  size_t width = 0;
  Gathered gathered(builder->Headings(source).size());
  while (true) {
    facts->bytes += text.size();
    decoded.Clear();
    HEARTH_RETURN_IF_ERROR(Annotate(decoder.Decode(text, last, &decoded), path));
    if (!decoded.errors.empty()) {
      const size_t at = decoded.errors.front().text_offset;
      const uint64_t line =
          lines_before + 1 + static_cast<uint64_t>(std::count(decoded.utf8.begin(), decoded.utf8.begin() + at, '\n'));
      return absl::InvalidArgumentError(fmt::format(
          "{} line {}: bytes that are no {} text{}; give --encoding, or convert the whole file to one encoding", path,
          line, EncodingName(facts->encoding), line > 1 ? ", unlike the lines before" : ""));
    }
    lines_before += static_cast<uint64_t>(std::count(decoded.utf8.begin(), decoded.utf8.end(), '\n'));
    if (!scanner) {
      facts->delimiter = SniffDelimiter(std::string_view(decoded.utf8).substr(0, decoded.utf8.find('\n')));
      scanner.emplace(CsvDialect{.delimiter = std::string(1, facts->delimiter), .quote = '"'});
    }
    scanner->Feed(decoded.utf8, last);
    CsvRecord record;
    while (scanner->Next(&record)) {
      if (record.unclosed_quote || record.fields.empty()) {
        return absl::InvalidArgumentError(
            fmt::format("{} line {}: a quote that is not closed, or a line over 1 MiB", path, record.line));
      }
      if (width == 0) {
        std::vector<std::string> headings;
        for (std::string_view field : record.fields) headings.emplace_back(TrimUnicode(field));
        HEARTH_RETURN_IF_ERROR(Annotate(CheckHeadingRow(headings, builder->Headings(source)), path));
        HEARTH_RETURN_IF_ERROR(Annotate(CheckHeadings(model, source, headings), path));
        for (const std::string& heading : builder->Headings(source)) {
          wanted.push_back(
              static_cast<size_t>(std::find(headings.begin(), headings.end(), heading) - headings.begin()));
        }
        width = headings.size();
        continue;
      }
      if (record.fields.size() != width) {
        return absl::InvalidArgumentError(fmt::format("{} line {}: {} fields where the header has {}", path,
                                                      record.line, record.fields.size(), width));
      }
      for (size_t h = 0; h < wanted.size(); ++h) gathered.Add(h, record.fields[wanted[h]]);
      gathered.AddLine(record.line);
      ++facts->rows;
      if (gathered.rows() == kRowsAtOnce) gathered.HandOver(source, options.threads, builder);
    }
    if (last) break;
    text = read_block(kBlockBytes);
    last = text.size() < kBlockBytes;
  }
  if (width == 0)
    return absl::InvalidArgumentError(fmt::format("{}: is empty; its first row must name the columns", path));
  gathered.HandOver(source, options.threads, builder);
  return OkStatus();
}

}  // namespace hearth::linkage
