// hearth pull: takes deliveries from the drop folder into the archive.
#pragma once

namespace CLI {
class App;
}

namespace hearth {

void AddPullCommand(CLI::App& app);

}  // namespace hearth
