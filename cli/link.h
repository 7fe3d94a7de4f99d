// hearth link: holds the rows of one or two tables to be one, by a linkage model.
#pragma once

namespace CLI {
class App;
}

namespace hearth {

void AddLinkCommand(CLI::App& app);

}  // namespace hearth
