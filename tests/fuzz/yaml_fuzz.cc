// Any text through the strict YAML reader: it ends with a node or an error that names a place.
#include "core/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto root = hearth::ReadYaml(text, "fuzz.yaml");
  if (root.ok()) {
    hearth::YamlMap map(*root);
    map.TextOr("a", "");
    map.IntOr("b", 0);
    map.OptionalDay("c");
    map.TextListOr("d");
    (void)map.Finish();
  } else {
    HEARTH_CHECK(hearth::Message(root.status()).find("fuzz.yaml") != std::string::npos, "an error without its place");
  }
  return 0;
}
