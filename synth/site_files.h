// The files that make a folder of deliveries a working site: hearth.yaml and a sample of a verification request.
#pragma once

#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"

namespace hearth::synth {

// hearth.yaml with all seventeen feeds, the locality's parameters and relative paths. Source: docs/formats.md.
std::string SiteYaml();

// A family as a verification request names it.
struct RequestedFamily {
  std::string household_number, region;
  struct Adult {
    std::string number, name;
  };
  std::vector<Adult> adults;
};
// verify-request.yaml: purpose, programme, and one authorisation an adult. Source: standards.md 13.6.
std::string VerifyRequestYaml(const RequestedFamily& family, CivilDay as_of);

}  // namespace hearth::synth
