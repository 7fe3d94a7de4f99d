// Parses FEEL text into a tree whose names are not yet resolved.
//
// A name is one word; names of several words ("list contains", "Monthly Income") are known beforehand: the built-in
// functions, `names`, and the variables that the expression itself introduces. The longest known name wins.
// Outside the subset, and refused by name: functions made by the user, external ones, times of day and zones.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/feel/node.h"

namespace hearth::feel {

// nullptr with a problem when the text is no expression. Time linear in the text.
std::unique_ptr<Node> ParseExpression(std::string_view text, std::span<const std::string> names, Problem* problem);

// "-", ">= 80", "[1..5], 7", "not(\"a\")": tests of the value `?`.
std::unique_ptr<Node> ParseUnaryTests(std::string_view text, std::span<const std::string> names, Problem* problem);

// The text of a tree that the parser made, every operation in brackets: parsed again it is the same expression.
std::string PrintExpression(const Node& node);

}  // namespace hearth::feel
