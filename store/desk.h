// The desk is what people did: it is small, synced before any reply, backed up, and never rebuilt from feeds.
// This version keeps approvals of held deliveries and held nights.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"

namespace hearth {

// Somebody's signature under an override. Two different people must sign.
struct Approval {
  std::string subject;  // "feed ga_vehicles seq 12" or "night 2024-03-02"
  std::string by;       // account name, never a citizen's name
  std::string reason;
  bool operator==(const Approval&) const = default;
};

// A text file of one approval a line in <store>/desk/approvals.tsv; appended and synced.
class Desk {
 public:
  explicit Desk(std::string store_dir) : dir_(std::move(store_dir) + "/desk") {}

  // InvalidArgument when a field is empty or holds a tab or line break; signing twice is no error.
  Status AddApproval(const Approval& approval) const;
  StatusOr<std::vector<Approval>> Approvals() const;
  // Different people who signed for the subject, sorted.
  StatusOr<std::vector<std::string>> SignersOf(std::string_view subject) const;

 private:
  std::string dir_;
};

}  // namespace hearth
