#include "store/desk.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

namespace hearth {

Status Desk::AddApproval(const Approval& approval) const {
  for (const std::string* field : {&approval.subject, &approval.by, &approval.reason}) {
    if (field->empty() || field->find_first_of("\t\r\n") != std::string::npos) {
      return InvalidArgument("an approval needs subject, name and reason, each in one line without tabs");
    }
  }
  std::error_code error;
  std::filesystem::create_directories(dir_, error);
  if (error) return Unavailable(dir_ + ": cannot be made: " + error.message());
  const std::string path = dir_ + "/approvals.tsv";
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return Unavailable(path + ": cannot be written: " + std::strerror(errno));
  const std::string line = approval.subject + "\t" + approval.by + "\t" + approval.reason + "\n";
  const bool written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(fd) == 0;
  ::close(fd);
  return written ? OkStatus() : Unavailable(path + ": write failed: " + std::strerror(errno));
}

StatusOr<std::vector<Approval>> Desk::Approvals() const {
  std::vector<Approval> approvals;
  std::ifstream in(dir_ + "/approvals.tsv", std::ios::binary);
  std::string line;
  while (std::getline(in, line)) {
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
