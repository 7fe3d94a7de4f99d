#include "warning/alert_life.h"

#include <algorithm>
#include <map>

namespace hearth {

std::vector<Alert> JoinAlerts(const std::vector<Alert>& yesterday, std::vector<Alert> tonight, CivilDay as_of,
                              int keep_days) {
  std::map<AlertId, Alert> joined;
  std::sort(tonight.begin(), tonight.end(), AlertRanksBefore);
  for (Alert& a : tonight) {
    const AlertId id = a.id;
    joined.emplace(id, std::move(a));
  }
  for (const Alert& old : yesterday) {
    const auto it = joined.find(old.id);
    if (it != joined.end()) {
      if (old.state != AlertState::kWithdrawn) {
        it->second.state = old.raised_on == as_of ? AlertState::kNew : AlertState::kContinuing;
        it->second.raised_on = old.raised_on;
        it->second.seen_on = as_of;
      }
      continue;
    }
    Alert gone = old;
    if (gone.state != AlertState::kWithdrawn) {
      gone.state = AlertState::kWithdrawn;
      gone.withdrawn_on = as_of;
    } else if (gone.withdrawn_on->AddDays(keep_days) < as_of) {
      continue;
    }
    joined.emplace(gone.id, std::move(gone));
  }
  std::vector<Alert> all;
  for (auto& [id, alert] : joined) all.push_back(std::move(alert));
  return all;
}

}  // namespace hearth
