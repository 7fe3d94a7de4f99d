#include "warning/programme.h"

#include <algorithm>

namespace hearth {

std::vector<Programme> ProgrammesOf(const Pack& pack) {
  std::vector<Programme> programmes;
  const std::vector<Rule>& rules = pack.rules();
  for (uint32_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    if (rule.recognises.empty() || rule.programme.empty()) continue;
    if (rule.unit != RuleUnit::kHousehold && rule.unit != RuleUnit::kPerson) continue;
    auto it = std::find_if(programmes.begin(), programmes.end(), [&](const Programme& p) {
      return p.id == rule.programme && p.class_fact == rule.recognises && p.unit == rule.unit;
    });
    if (it == programmes.end()) {
      programmes.push_back({rule.programme, rule.unit, rule.recognises, {}, pack.ExitRules(rule.recognises), {}});
      it = programmes.end() - 1;
    }
    it->recognition.push_back(i);
  }
  for (Programme& p : programmes) {
    for (uint32_t i = 0; i < rules.size(); ++i) {
      if (rules[i].programme == p.id && !rules[i].amount.empty() && rules[i].exits.empty()) p.pays.push_back(i);
    }
  }
  return programmes;
}

}  // namespace hearth
