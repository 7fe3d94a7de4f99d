// The desk is what people did: it is small, synced before any reply, backed up, and never rebuilt from feeds. It keeps
// approvals of held deliveries and held nights, and decisions about who is who.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "store/mention_name.h"

namespace hearth {

// Somebody's signature under an override. Two different people must sign.
struct Approval {
  std::string subject;  // "feed ga_vehicles seq 12" or "night 2024-03-02"
  std::string by;       // account name, never a citizen's name
  std::string reason;
  bool operator==(const Approval&) const = default;
};

enum class LinkVerdict : uint8_t { kSame = 0, kDifferent = 1, kUnsure = 2, kWithdrawn = 3 };
std::string_view LinkVerdictName(LinkVerdict v);  // "same", "different", "unsure", "withdrawn": stored, never change

// Somebody's word on whether two mentions are one human. Of several about one pair the last one counts; a withdrawn one
// counts as none.
struct LinkDecision {
  MentionName left, right;  // left below right
  LinkVerdict verdict = LinkVerdict::kUnsure;
  std::string by;  // account name, never a citizen's name
  CivilDay on;
  std::string why;
  bool operator==(const LinkDecision&) const = default;
};

// Text files of one entry a line: <store>/desk/approvals.tsv and links.tsv; appended and synced. A line that a crash
// cut short was never acknowledged: it is not read, and the next entry takes its place.
class Desk {
 public:
  explicit Desk(std::string store_dir) : dir_(std::move(store_dir) + "/desk") {}

  // InvalidArgument when a field is empty or holds a tab or line break; signing twice is no error.
  Status AddApproval(const Approval& approval) const;
  StatusOr<std::vector<Approval>> Approvals() const;
  // Different people who signed for the subject, sorted.
  StatusOr<std::vector<std::string>> SignersOf(std::string_view subject) const;

  // InvalidArgument when a name, account or reason is empty, or the two mentions are one. Sides are put in order.
  Status AddLinkDecision(LinkDecision decision) const;
  // Every entry, oldest first. DataLoss for a line that does not read.
  StatusOr<std::vector<LinkDecision>> LinkDecisions() const;

 private:
  std::string dir_;
};

// The last entry about each pair, in order of pairs; withdrawn ones are left out.
std::vector<LinkDecision> StandingDecisions(const std::vector<LinkDecision>& all);

}  // namespace hearth
