#include "ingest/delivery_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hearth {
namespace {

namespace fs = std::filesystem;

class FileStream final : public ByteStream {
 public:
  FileStream(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~FileStream() override { close(descriptor_); }

  StatusOr<size_t> Read(std::span<char> buffer) override {
    size_t filled = 0;
    while (filled < buffer.size()) {
      const ssize_t n = read(descriptor_, buffer.data() + filled, buffer.size() - filled);
      if (n == 0) break;
      if (n > 0) {
        filled += static_cast<size_t>(n);
      } else if (errno != EINTR) {
        return Unavailable(name_ + ": cannot be read: " + std::strerror(errno));
      }
    }
    return filled;
  }

 private:
  int descriptor_;
  std::string name_;
};

// Names in a folder, sorted, dot names left out; empty when there is no such folder.
StatusOr<std::vector<std::string>> Names(const fs::path& folder, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::exists(folder, error)) return names;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    if (it->is_directory(ignored) == folders) names.push_back(std::move(name));
  }
  if (error) return Unavailable(folder.string() + ": cannot be listed: " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

StatusOr<std::unique_ptr<ByteStream>> OpenFile(const fs::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return NotFound(file.string() + ": cannot be opened: " + std::strerror(errno));
  return std::make_unique<FileStream>(descriptor, file.string());
}

StatusOr<std::vector<std::string>> DropFolder::Feeds() {
  std::error_code error;
  if (!fs::is_directory(folder_, error)) return NotFound(folder_.string() + ": there is no such drop folder");
  return Names(folder_, true);
}

StatusOr<std::vector<std::string>> DropFolder::Batches(std::string_view feed) { return Names(folder_ / feed, true); }

StatusOr<std::vector<OfferedFile>> DropFolder::Files(std::string_view feed, std::string_view batch) {
  const fs::path folder = folder_ / feed / batch;
  HEARTH_ASSIGN_OR_RETURN(const auto names, Names(folder, false));
  std::vector<OfferedFile> files;
  for (const std::string& name : names) {
    std::error_code error;
    const uint64_t bytes = fs::file_size(folder / name, error);
    if (error) return Unavailable((folder / name).string() + ": " + error.message());
    files.push_back({name, bytes});
  }
  return files;
}

StatusOr<std::unique_ptr<ByteStream>> DropFolder::Open(std::string_view feed, std::string_view batch,
                                                       std::string_view file) {
  return OpenFile(folder_ / feed / batch / file);
}

std::string DropFolder::Where(std::string_view feed, std::string_view batch) const {
  return (folder_ / feed / batch).string();
}

}  // namespace hearth
