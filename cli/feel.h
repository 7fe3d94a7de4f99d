// hearth feel: one FEEL expression, unary tests or a decision table, evaluated on values given by name.
#pragma once

namespace CLI {
class App;
}

namespace hearth {

void AddFeelCommand(CLI::App& app);

}  // namespace hearth
