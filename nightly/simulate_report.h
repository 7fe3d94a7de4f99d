// A simulation as text for a terminal, JSON, a CSV of the changed households and a page of charts.
#pragma once

#include <ostream>
#include <string>

#include "nightly/simulate.h"

namespace hearth {

// What is shown of a simulation beside its figures.
struct SimulationCaption {
  std::string site, question;  // "dibao_standard_month = 1200"
  CivilDay as_of;
};

std::string SimulationText(const Simulation& s, const SimulationCaption& caption);
void WriteSimulationJson(const Simulation& s, const City& city, const SimulationCaption& caption, std::ostream* out);
// One row a changed household: whose, which way, money before and after by period, rules, reason. No names.
void WriteSimulationCsv(const Simulation& s, const City& city, bool gb18030, std::ostream* out);
std::string SimulationPage(const Simulation& s, const SimulationCaption& caption);

}  // namespace hearth
