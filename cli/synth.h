// hearth synth: makes a city with its feeds and its truth.
#pragma once

namespace CLI {
class App;
}

namespace hearth {

void AddSynthCommand(CLI::App& app);

}  // namespace hearth
