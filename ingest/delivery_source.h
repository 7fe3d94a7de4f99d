// DeliverySource is the door through which deliveries come in: today a drop folder, later databases and other formats.
// It offers batches by feed, each a manifest and files of bytes; it promises nothing about their soundness.
// Not for concurrent use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace hearth {

// A stream of bytes, read once from its start.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Fills up to buffer.size() bytes and returns how many; 0 at the end. Unavailable when the medium fails.
  virtual StatusOr<size_t> Read(std::span<char> buffer) = 0;
};

struct OfferedFile {
  std::string name;
  uint64_t bytes = 0;
};

class DeliverySource {
 public:
  virtual ~DeliverySource() = default;
  // Feeds on offer, sorted.
  virtual StatusOr<std::vector<std::string>> Feeds() = 0;
  // Batches of a feed, sorted; empty when it has none.
  virtual StatusOr<std::vector<std::string>> Batches(std::string_view feed) = 0;
  // Files of a batch, sorted by name, manifest.json among them once the batch is whole.
  virtual StatusOr<std::vector<OfferedFile>> Files(std::string_view feed, std::string_view batch) = 0;
  virtual StatusOr<std::unique_ptr<ByteStream>> Open(std::string_view feed, std::string_view batch,
                                                     std::string_view file) = 0;
  // Where a batch lies, for messages.
  virtual std::string Where(std::string_view feed, std::string_view batch) const = 0;
};

// <folder>/<feed>/<batch>/<file>. Names that begin with a dot are not on offer (a producer's unfinished copies).
class DropFolder final : public DeliverySource {
 public:
  explicit DropFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}
  StatusOr<std::vector<std::string>> Feeds() override;
  StatusOr<std::vector<std::string>> Batches(std::string_view feed) override;
  StatusOr<std::vector<OfferedFile>> Files(std::string_view feed, std::string_view batch) override;
  StatusOr<std::unique_ptr<ByteStream>> Open(std::string_view feed, std::string_view batch,
                                             std::string_view file) override;
  std::string Where(std::string_view feed, std::string_view batch) const override;

 private:
  std::filesystem::path folder_;
};

// A file as a stream; NotFound when it cannot be opened.
StatusOr<std::unique_ptr<ByteStream>> OpenFile(const std::filesystem::path& file);

}  // namespace hearth
