// How a determination's outlook is shown: its line, what would change it, when it changes by itself.
#pragma once

#include "policy/outlook.h"
#include "report/json_writer.h"

namespace hearth {

// Lines of text, Chinese first where there is Chinese.
std::string OutlookText(const Outlook& outlook);

// One object: outcome, amount, per, distance, would_change, questions, next_change (docs/formats.md, "Explanation").
void WriteOutlook(const Outlook& outlook, JsonWriter& json);

}  // namespace hearth
