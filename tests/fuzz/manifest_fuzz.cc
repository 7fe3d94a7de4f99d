// Any text as a delivery's manifest: a manifest whose parts fit one another, or an error that names the file.
#include "ingest/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto manifest =
      hearth::ParseManifest(std::string_view(reinterpret_cast<const char*>(data), size), "manifest.json");
  if (!manifest.ok()) {
    HEARTH_CHECK(hearth::Message(manifest.status()).find("manifest.json") == 0, "an error without its file");
    return 0;
  }
  uint64_t rows = 0;
  for (const hearth::ManifestFile& file : manifest->files) {
    HEARTH_CHECK(file.name.find('/') == std::string::npos && file.name != "..", "a file outside the folder");
    rows += file.rows;
  }
  HEARTH_CHECK(rows == manifest->rows_total, "the rows do not add up");
  return 0;
}
