// A Programme is one benefit as a pack's rules describe it: who recognises whom, which class fact is the register's
// word, which rules keep the class while they run (gradual exits), and which pay.
#pragma once

#include <string>
#include <vector>

#include "policy/pack.h"

namespace hearth {

struct Programme {
  std::string id;                        // "dibao"
  RuleUnit unit = RuleUnit::kHousehold;  // household (the family unit) or person
  std::string class_fact;                // "in_dibao": the register's word
  std::vector<uint32_t> recognition;     // any of them holds: recognised
  std::vector<uint32_t> exits;           // any of them holds: the class is kept
  std::vector<uint32_t> pays;            // money of the programme
};

// In order of the pack's rules. Programmes without a recognition rule that names its class fact raise no alerts and
// are left out.
std::vector<Programme> ProgrammesOf(const Pack& pack);

}  // namespace hearth
