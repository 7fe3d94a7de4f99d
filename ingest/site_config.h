// SiteConfig is a site's hearth.yaml (docs/formats.md): where things lie, which feeds come, the locality's parameters.
// Strict: an unknown or duplicate key, a wrong type or an impossible value is an InvalidArgument with file, line,
// column and the nearest right key. Relative paths are resolved against the file's own folder.
//
//   HEARTH_ASSIGN_OR_RETURN(SiteConfig site, LoadSiteConfig("city/hearth.yaml"));
//   HEARTH_ASSIGN_OR_RETURN(SchemaList schemas, LoadSiteSchemas(site, "packs/registries"));   // checks the feeds too
//
// A plain value; reading it is safe from many threads.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/region_code.h"
#include "core/status.h"
#include "core/yaml.h"
#include "ingest/registry_schema.h"

namespace hearth {

// What makes a delivery wait for two signatures. Fractions of rows.
struct Guards {
  double rows_min = 0.70;  // of the last accepted full delivery's rows
  double rows_max = 1.50;
  double quarantine_max = 0.01;  // of the rows read
};

struct ColumnMapping {
  std::string header;  // the feed's own heading
  std::string field;
  YamlNode node;  // for messages
};

// A further spelling of a field's code: 小车 is plate_type "02".
struct CodeSpelling {
  std::string field, spelling, code;
  YamlNode node;
};

enum class DateMode : uint8_t { kIso, kExcel1900 };

struct FeedConfig {
  std::string feed;
  std::string registry;
  std::string contract;
  std::vector<ColumnMapping> columns;
  std::vector<std::string> ignore;
  std::vector<CodeSpelling> codes;
  std::optional<std::vector<std::string>> nulls;  // nullopt: the data standard's null words
  DateMode dates = DateMode::kIso;
  int due_minute = -1;  // minutes after midnight; -1: the feed is never late
  Guards guards;
  std::vector<std::string> approvers;
  YamlNode node;  // for messages
};

struct SiteConfig {
  std::filesystem::path file;
  std::string site, title;
  bool synthetic = false;
  std::shared_ptr<const Divisions> divisions;  // nullptr: only the province prefix is checked
  std::filesystem::path store, archive, drop, exports;
  std::vector<std::filesystem::path> registries;  // further schema folders
  std::optional<std::filesystem::path> link_model;
  std::vector<std::string> packs;
  YamlNode parameters;            // the locality's values as written; the packs check names and types
  YamlNode counties;              // what divisions of the site set on their own, likewise
  std::vector<FeedConfig> feeds;  // in file order; RowOrigin::feed is an index here
};

// NotFound when the file cannot be opened.
StatusOr<SiteConfig> LoadSiteConfig(const std::filesystem::path& file);
// From text; relative paths are resolved against `folder`.
StatusOr<SiteConfig> ParseSiteConfig(std::string_view text, std::string_view file_name,
                                     const std::filesystem::path& folder);

// Every feed's registry, fields and codes exist, and every required field has a column.
Status CheckFeeds(const SiteConfig& site, const SchemaList& schemas);
// The built-in schemas and the site's own, with CheckFeeds.
StatusOr<SchemaList> LoadSiteSchemas(const SiteConfig& site, const std::filesystem::path& built_in);

// nullptr / -1 when there is no such feed.
const FeedConfig* FindFeed(const SiteConfig& site, std::string_view feed);
int FeedIndex(const SiteConfig& site, std::string_view feed);

}  // namespace hearth
