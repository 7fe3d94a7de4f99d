#include "store/desk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>

namespace hearth {

namespace {

constexpr std::string_view kVerdicts[] = {"same", "different", "unsure", "withdrawn"};
constexpr size_t kLinkFields = 10;

// Row keys are a registry's own text: what would end a field or a line is written as % and two hexadecimal digits.
std::string Escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (c == '\t' || c == '\n' || c == '\r' || c == '%') {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> Unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int code = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16);
    if (error != std::errc() || end != text.data() + i + 3) return std::nullopt;
    out += static_cast<char>(code);
    i += 2;
  }
  return out;
}

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

// A file open for appending, alone. Closes itself.
class AppendFile {
 public:
  explicit AppendFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  ~AppendFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  bool Write(const std::string& line) {
    return fd_ >= 0 && ::flock(fd_, LOCK_EX) == 0 && DropCutLine() &&
           ::write(fd_, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(fd_) == 0;
  }

 private:
  // Cuts the file behind its last line end.
  bool DropCutLine() {
    off_t size = ::lseek(fd_, 0, SEEK_END);
    char c = '\n';
    while (size > 0 && ::pread(fd_, &c, 1, size - 1) == 1 && c != '\n') --size;
    return size >= 0 && ::ftruncate(fd_, size) == 0;
  }
  int fd_;
};

Status Append(const std::string& dir, const std::string& name, const std::string& line) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error) return Unavailable(dir + ": cannot be made: " + error.message());
  const std::string path = dir + "/" + name;
  if (!AppendFile(path).Write(line)) return Unavailable(path + ": cannot be written: " + std::strerror(errno));
  // A new file's name is safe once its folder is.
  const int fd = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  return synced ? OkStatus() : Unavailable(dir + ": cannot be synced: " + std::strerror(errno));
}

// Whole lines; what stands behind the last line end is left out.
std::vector<std::string> ReadLines(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> lines;
  std::string line;
  while (std::getline(in, line) && !in.eof()) lines.push_back(line);
  return lines;
}

}  // namespace

std::string_view LinkVerdictName(LinkVerdict v) { return kVerdicts[static_cast<int>(v)]; }

Status Desk::AddApproval(const Approval& approval) const {
  for (const std::string* field : {&approval.subject, &approval.by, &approval.reason}) {
    if (field->empty() || field->find_first_of("\t\r\n") != std::string::npos) {
      return InvalidArgument("an approval needs subject, name and reason, each in one line without tabs");
    }
  }
  return Append(dir_, "approvals.tsv", approval.subject + "\t" + approval.by + "\t" + approval.reason + "\n");
}

Status Desk::AddLinkDecision(LinkDecision d) const {
  if (d.right < d.left) std::swap(d.left, d.right);
  if (d.left == d.right) return InvalidArgument("a decision is about two different mentions");
  for (const std::string* field :
       {&d.left.registry, &d.left.key, &d.left.role, &d.right.registry, &d.right.key, &d.right.role, &d.by, &d.why}) {
    if (field->empty()) return InvalidArgument("a decision needs two mentions, who decided and why");
  }
  std::string line;
  for (const std::string& field :
       {d.left.registry, d.left.key, d.left.role, d.right.registry, d.right.key, d.right.role,
        std::string(LinkVerdictName(d.verdict)), d.by, d.on.ToString(), d.why}) {
    line += (line.empty() ? "" : "\t") + Escaped(field);
  }
  return Append(dir_, "links.tsv", line + "\n");
}

StatusOr<std::vector<LinkDecision>> Desk::LinkDecisions() const {
  std::vector<LinkDecision> all;
  size_t number = 0;
  for (const std::string& line : ReadLines(dir_ + "/links.tsv")) {
    const std::string where = dir_ + "/links.tsv line " + std::to_string(++number);
    std::vector<std::string> fields;
    for (const std::string_view field : Fields(line)) {
      std::optional<std::string> text = Unescaped(field);
      if (!text) return DataLoss(where + ": a broken escape");
      fields.push_back(std::move(*text));
    }
    if (fields.size() != kLinkFields) return DataLoss(where + ": ten fields are expected");
    const auto* verdict = std::find(std::begin(kVerdicts), std::end(kVerdicts), fields[6]);
    const auto day = ParseIsoDay(fields[8]);
    if (verdict == std::end(kVerdicts)) return DataLoss(where + ": an unknown verdict");
    if (!day.ok()) return DataLoss(where + ": " + Message(day.status()));
    all.push_back({{fields[0], fields[1], fields[2]},
                   {fields[3], fields[4], fields[5]},
                   static_cast<LinkVerdict>(verdict - std::begin(kVerdicts)),
                   fields[7],
                   *day,
                   fields[9]});
  }
  return all;
}

std::vector<LinkDecision> StandingDecisions(const std::vector<LinkDecision>& all) {
  std::map<std::pair<MentionName, MentionName>, const LinkDecision*> last;
  for (const LinkDecision& d : all) last[{d.left, d.right}] = &d;
  std::vector<LinkDecision> out;
  for (const auto& [pair, d] : last) {
    if (d->verdict != LinkVerdict::kWithdrawn) out.push_back(*d);
  }
  return out;
}

StatusOr<std::vector<Approval>> Desk::Approvals() const {
  std::vector<Approval> approvals;
  for (const std::string& line : ReadLines(dir_ + "/approvals.tsv")) {
    const size_t first = line.find('\t');
    const size_t second = first == std::string::npos ? first : line.find('\t', first + 1);
    if (second == std::string::npos) return DataLoss(dir_ + "/approvals.tsv: a line without three fields");
    approvals.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return approvals;
}

StatusOr<std::vector<std::string>> Desk::SignersOf(std::string_view subject) const {
  HEARTH_ASSIGN_OR_RETURN(const std::vector<Approval> approvals, Approvals());
  std::set<std::string> names;
  for (const Approval& a : approvals) {
    if (a.subject == subject) names.insert(a.by);
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace hearth
