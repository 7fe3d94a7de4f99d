#include "cli/output_paths.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace hearth {
namespace {

namespace fs = std::filesystem;

bool SameFile(const std::string& a, const std::string& b) {
  std::error_code ignored;
  if (fs::equivalent(a, b, ignored)) return true;
  return fs::weakly_canonical(fs::absolute(a, ignored), ignored) ==
         fs::weakly_canonical(fs::absolute(b, ignored), ignored);
}

// A device such as /dev/null is written to without a folder.
Status CheckWritable(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) return absl::InvalidArgumentError(path + ": is a folder; name a file in it");
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, ignored)) {
    return absl::InvalidArgumentError(fmt::format("{}: there is no folder {}; make it first", path, folder.string()));
  }
  if (access(folder.c_str(), W_OK) != 0) {
    return absl::InvalidArgumentError(
        fmt::format("{}: the folder {} cannot be written to: {}", path, folder.string(), std::strerror(errno)));
  }
  return OkStatus();
}

}  // namespace

Status CheckOutputPaths(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].empty()) continue;
    for (const std::string& input : inputs) {
      if (!input.empty() && SameFile(input, outputs[i])) {
        return absl::InvalidArgumentError(
            fmt::format("{}: is read by this command, so it is no place to write to; name another", outputs[i]));
      }
    }
    for (size_t k = 0; k < i; ++k) {
      if (!outputs[k].empty() && SameFile(outputs[k], outputs[i])) {
        return absl::InvalidArgumentError(fmt::format("{}: two outputs go to this file; name another", outputs[i]));
      }
    }
    HEARTH_RETURN_IF_ERROR(CheckWritable(outputs[i]));
  }
  return OkStatus();
}

}  // namespace hearth
