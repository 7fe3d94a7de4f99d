// Any text as a FEEL expression and as unary tests: a tree, or a problem that lies in the text.
#include "core/status.h"
#include "policy/feel/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> names = {"Monthly Income", "age"};
  for (auto parse : {&hearth::feel::ParseExpression, &hearth::feel::ParseUnaryTests}) {
    hearth::feel::Problem problem;
    const auto node = parse(text, names, &problem);
    HEARTH_CHECK(node != nullptr || !problem.message.empty(), "refused without a reason");
  }
  return 0;
}
