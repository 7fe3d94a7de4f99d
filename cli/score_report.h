// A Score as text for readers and as JSON for machines. Pure; the same score gives the same bytes.
#pragma once

#include <string>

#include "cli/score.h"
#include "report/json_writer.h"

namespace hearth {

// Tables, each under a line that says what it counts. Shares have two decimals; "-" where there is nothing to share.
std::string ScoreText(const Score& score);

// One object; shares as numbers 0..1, null where there is nothing to share.
void WriteScore(const Score& score, JsonWriter* json);

}  // namespace hearth
