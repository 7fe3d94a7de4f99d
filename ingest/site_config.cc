#include "ingest/site_config.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace hearth {
namespace {

namespace fs = std::filesystem;

std::string Quoted(std::string_view s) { return "\"" + std::string(s) + "\""; }

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known) {
  const std::string nearest = NearestName(word, known);
  return nearest.empty() ? "" : "; did you mean " + Quoted(nearest) + "?";
}

StatusOr<std::string> ReadWhole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return NotFound(file.string() + ": cannot be opened");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// A feed's or site's name becomes a folder's: no slash, no leading dot.
bool IsFolderName(std::string_view s) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  return !s.empty() && s[0] != '.' && s.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Minutes after midnight of "03:00"; -1 when it is none. 24:00 and later reach into the next day.
int ParseHour(std::string_view s) {
  if (s.size() != 5 || s[2] != ':') return -1;
  for (const size_t i : {0, 1, 3, 4}) {
    if (s[i] < '0' || s[i] > '9') return -1;
  }
  const int hour = (s[0] - '0') * 10 + s[1] - '0', minute = (s[3] - '0') * 10 + s[4] - '0';
  return hour < 48 && minute < 60 ? hour * 60 + minute : -1;
}

class SiteReader {
 public:
  SiteReader(const YamlNode& root, fs::path folder) : root_(root), folder_(std::move(folder)) {}

  StatusOr<SiteConfig> Read() {
    YamlMap map(root_);
    site_.site = map.Text("site");
    if (const YamlNode* node = map.Node("site"); node != nullptr && !IsFolderName(site_.site)) {
      map.Fail(*node, "a site's name is letters, digits, -, _ and .");
    }
    site_.title = map.TextOr("title", site_.site);
    site_.synthetic = map.BoolOr("synthetic", false);
    site_.store = Path(map.TextOr("store", "store"));
    site_.archive = Path(map.TextOr("archive", "archive"));
    site_.drop = Path(map.TextOr("drop", "drop"));
    site_.exports = Path(map.TextOr("exports", "exports"));
    for (const std::string& folder : map.TextListOr("registries")) site_.registries.push_back(Path(folder));
    if (const auto model = map.OptionalText("link_model")) site_.link_model = Path(*model);
    ReadPacks(map);
    if (const YamlNode* node = map.Node("parameters"); node != nullptr && !node->IsNull()) {
      if (!node->IsMap()) map.Fail(*node, "\"parameters\" must be a map of names to values");
      site_.parameters = *node;
    }
    if (const YamlNode* node = map.Node("counties"); node != nullptr && !node->IsNull()) {
      if (!node->IsMap()) map.Fail(*node, "\"counties\" must be a map of division codes to what each sets");
      site_.counties = *node;
    }
    if (const YamlNode* node = map.Node("feeds"); node != nullptr && !node->IsNull()) ReadFeeds(*node);
    const auto divisions = map.OptionalText("divisions");
    HEARTH_RETURN_IF_ERROR(map.Finish());
    if (!status_.ok()) return status_;
    if (divisions) HEARTH_RETURN_IF_ERROR(ReadDivisions(*map.Node("divisions"), Path(*divisions)));
    return std::move(site_);
  }

 private:
  void Keep(const Status& s) {
    if (status_.ok()) status_ = s;
  }
  void Fail(const YamlNode& at, std::string_view message) { Keep(YamlError(at, message)); }
  fs::path Path(const std::string& text) const { return (folder_ / text).lexically_normal(); }

  Status ReadDivisions(const YamlNode& at, const fs::path& file) {
    auto text = ReadWhole(file);
    if (!text.ok()) return YamlError(at, Message(text.status()));
    HEARTH_ASSIGN_OR_RETURN(const YamlNode list, ReadYaml(*text, file.string()));
    HEARTH_ASSIGN_OR_RETURN(Divisions divisions, Divisions::FromYaml(list));
    site_.divisions = std::make_shared<const Divisions>(std::move(divisions));
    return OkStatus();
  }

  void ReadPacks(YamlMap& map) {
    site_.packs = map.TextListOr("packs");
    std::set<std::string> seen;
    for (const std::string& pack : site_.packs) {
      if (!seen.insert(pack).second) map.Fail(*map.Node("packs"), "pack " + Quoted(pack) + " is named twice");
    }
  }

  void ReadFeeds(const YamlNode& list) {
    if (!list.IsList()) return Fail(list, "\"feeds\" must be a list");
    std::set<std::string> names;
    for (const YamlNode& item : list.items) {
      FeedConfig feed = ReadFeed(item);
      if (!names.insert(feed.feed).second) Fail(item, "two feeds have the name " + Quoted(feed.feed));
      site_.feeds.push_back(std::move(feed));
    }
  }

  FeedConfig ReadFeed(const YamlNode& item) {
    YamlMap map(item);
    FeedConfig feed;
    feed.node = item;
    feed.feed = map.Text("feed");
    if (const YamlNode* node = map.Node("feed"); node != nullptr && !IsFolderName(feed.feed)) {
      map.Fail(*node, "a feed's name is letters, digits, -, _ and ., as it names a folder");
    }
    feed.registry = map.Text("registry");
    feed.contract = map.Text("contract");
    if (const YamlNode* columns = map.RequiredNode("columns")) ReadColumns(*columns, &feed);
    feed.ignore = map.TextListOr("ignore");
    CheckIgnored(map, feed);
    if (const YamlNode* codes = map.Node("codes")) ReadCodes(*codes, &feed);
    if (map.Has("nulls")) feed.nulls = map.TextListOr("nulls");
    const std::string dates = map.TextOr("dates", "iso");
    if (dates == "excel1900") {
      feed.dates = DateMode::kExcel1900;
    } else if (dates != "iso") {
      map.Fail(*map.Node("dates"), "unknown \"dates\" " + Quoted(dates) + "; known: iso, excel1900");
    }
    if (const auto due = map.OptionalText("due")) {
      feed.due_minute = ParseHour(*due);
      if (feed.due_minute < 0) map.Fail(*map.Node("due"), "\"due\" is an hour such as \"03:00\"");
    }
    if (const YamlNode* guards = map.Node("guards")) ReadGuards(*guards, &feed.guards);
    feed.approvers = map.TextListOr("approvers");
    std::set<std::string> distinct(feed.approvers.begin(), feed.approvers.end());
    if (distinct.size() != feed.approvers.size()) map.Fail(*map.Node("approvers"), "an approver is named twice");
    if (feed.approvers.size() == 1) map.Fail(*map.Node("approvers"), "an override needs two different approvers");
    Keep(map.Finish());
    return feed;
  }

  void ReadColumns(const YamlNode& node, FeedConfig* feed) {
    if (!node.IsMap() || node.entries.empty()) return Fail(node, "\"columns\" must be a map of headings to fields");
    std::set<std::string> fields;
    for (const auto& [header, field] : node.entries) {
      if (!field.IsScalar()) {
        Fail(field, "column " + Quoted(header.text) + " needs the name of a field");
        continue;
      }
      if (!fields.insert(field.text).second) {
        Fail(field, "field " + Quoted(field.text) + " is filled by two columns");
      }
      feed->columns.push_back({header.text, field.text, field});
    }
  }

  void CheckIgnored(YamlMap& map, const FeedConfig& feed) {
    std::set<std::string> seen;
    for (const std::string& header : feed.ignore) {
      if (!seen.insert(header).second) map.Fail(*map.Node("ignore"), "column " + Quoted(header) + " is ignored twice");
      for (const ColumnMapping& column : feed.columns) {
        if (column.header == header) {
          map.Fail(*map.Node("ignore"), "column " + Quoted(header) + " is both read and ignored");
        }
      }
    }
  }

  void ReadCodes(const YamlNode& node, FeedConfig* feed) {
    if (!node.IsMap()) return Fail(node, "\"codes\" must be a map of fields to further spellings");
    for (const auto& [field, spellings] : node.entries) {
      if (!spellings.IsMap()) {
        Fail(spellings, "spellings are written {小车: \"02\"}");
        continue;
      }
      for (const auto& [spelling, code] : spellings.entries) {
        if (!code.IsScalar()) {
          Fail(code, "expected a code");
          continue;
        }
        feed->codes.push_back({field.text, spelling.text, code.text, code});
      }
    }
  }

  void ReadGuards(const YamlNode& node, Guards* guards) {
    YamlMap map(node);
    guards->rows_min = map.DecimalOr("rows_min", guards->rows_min);
    guards->rows_max = map.DecimalOr("rows_max", guards->rows_max);
    guards->quarantine_max = map.DecimalOr("quarantine_max", guards->quarantine_max);
    if (!(guards->rows_min >= 0 && guards->rows_min <= 1)) {
      map.Fail(*map.Node("rows_min"), "\"rows_min\" is a fraction of the last delivery, from 0 to 1");
    }
    if (!(guards->rows_max >= 1)) map.Fail(*map.Node("rows_max"), "\"rows_max\" is at least 1");
    if (!(guards->quarantine_max >= 0 && guards->quarantine_max <= 1)) {
      map.Fail(*map.Node("quarantine_max"), "\"quarantine_max\" is a fraction of the rows, from 0 to 1");
    }
    Keep(map.Finish());
  }

  const YamlNode& root_;
  fs::path folder_;
  SiteConfig site_;
  Status status_;
};

std::vector<std::string> FieldNames(const RegistrySchema& schema) {
  std::vector<std::string> names;
  for (const FieldSchema& field : schema.fields) names.push_back(field.name);
  return names;
}

Status CheckCodes(const FeedConfig& feed, const RegistrySchema& schema) {
  std::vector<std::string> code_fields;
  for (const FieldSchema& field : schema.fields) {
    if (field.type == FieldType::kCode) code_fields.push_back(field.name);
  }
  for (const CodeSpelling& spelling : feed.codes) {
    const int index = schema.FieldIndex(spelling.field);
    if (index < 0 || schema.fields[static_cast<size_t>(index)].type != FieldType::kCode) {
      return YamlError(spelling.node, Quoted(spelling.field) + " is no code field of registry " + Quoted(schema.id) +
                                          DidYouMean(spelling.field, code_fields));
    }
    const FieldSchema& field = schema.fields[static_cast<size_t>(index)];
    if (FindCode(field, spelling.code) >= 0) continue;
    std::vector<std::string> codes;
    for (const CodeValue& code : field.codes) codes.push_back(code.code);
    return YamlError(spelling.node, Quoted(spelling.code) + " is no code of field " + Quoted(field.name) +
                                        DidYouMean(spelling.code, codes));
  }
  return OkStatus();
}

Status CheckFeed(const FeedConfig& feed, const SchemaList& schemas) {
  const RegistrySchema* schema = FindSchema(schemas, feed.registry);
  if (schema == nullptr) {
    std::vector<std::string> ids;
    for (const auto& s : schemas) ids.push_back(s->id);
    const YamlNode* at = feed.node.Find("registry");
    return YamlError(at != nullptr ? *at : feed.node,
                     "unknown registry " + Quoted(feed.registry) + DidYouMean(feed.registry, ids));
  }
  std::set<std::string> filled;
  for (const ColumnMapping& column : feed.columns) {
    filled.insert(column.field);
    if (schema->FieldIndex(column.field) >= 0) continue;
    return YamlError(column.node, "registry " + Quoted(schema->id) + " has no field " + Quoted(column.field) +
                                      DidYouMean(column.field, FieldNames(*schema)));
  }
  for (const FieldSchema& field : schema->fields) {
    if (!field.required || filled.contains(field.name)) continue;
    return YamlError(feed.node, "feed " + Quoted(feed.feed) + " has no column for the required field " +
                                    Quoted(field.name) + " of registry " + Quoted(schema->id));
  }
  for (const int key : schema->key) {
    const std::string& name = schema->fields[static_cast<size_t>(key)].name;
    if (filled.contains(name)) continue;
    return YamlError(feed.node, "feed " + Quoted(feed.feed) + " has no column for " + Quoted(name) +
                                    ", which is part of the row key of registry " + Quoted(schema->id));
  }
  return CheckCodes(feed, *schema);
}

}  // namespace

StatusOr<SiteConfig> LoadSiteConfig(const fs::path& file) {
  HEARTH_ASSIGN_OR_RETURN(const std::string text, ReadWhole(file));
  HEARTH_ASSIGN_OR_RETURN(SiteConfig site, ParseSiteConfig(text, file.string(), file.parent_path()));
  site.file = file;
  return site;
}

StatusOr<SiteConfig> ParseSiteConfig(std::string_view text, std::string_view file_name, const fs::path& folder) {
  HEARTH_ASSIGN_OR_RETURN(const YamlNode root, ReadYaml(text, file_name));
  return SiteReader(root, folder).Read();
}

Status CheckFeeds(const SiteConfig& site, const SchemaList& schemas) {
  for (const FeedConfig& feed : site.feeds) HEARTH_RETURN_IF_ERROR(CheckFeed(feed, schemas));
  return OkStatus();
}

StatusOr<SchemaList> LoadSiteSchemas(const SiteConfig& site, const fs::path& built_in) {
  std::vector<fs::path> folders = {built_in};
  folders.insert(folders.end(), site.registries.begin(), site.registries.end());
  HEARTH_ASSIGN_OR_RETURN(SchemaList schemas, LoadRegistrySchemas(folders));
  HEARTH_RETURN_IF_ERROR(CheckFeeds(site, schemas));
  return schemas;
}

const FeedConfig* FindFeed(const SiteConfig& site, std::string_view feed) {
  const int index = FeedIndex(site, feed);
  return index < 0 ? nullptr : &site.feeds[static_cast<size_t>(index)];
}

int FeedIndex(const SiteConfig& site, std::string_view feed) {
  for (size_t i = 0; i < site.feeds.size(); ++i) {
    if (site.feeds[i].feed == feed) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace hearth
