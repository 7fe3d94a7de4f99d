// The part of a night's report that says how linking went, registry by registry and group by group. No person shows in
// it.
#pragma once

#include <ostream>

#include "nightly/night.h"
#include "report/json_writer.h"

namespace hearth {

void LinkReportText(const NightReport& report, std::ostream& out);
// The keys "linking_by_registry", "linking_by_group" and "desk" of the object that is open.
void LinkReportJson(const NightReport& report, JsonWriter& json);

}  // namespace hearth
