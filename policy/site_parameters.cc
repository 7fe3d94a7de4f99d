#include "policy/site_parameters.h"

#include <algorithm>

#include "policy/overlay_reader.h"

namespace hearth {
namespace {

bool HasName(const Pack& pack, const std::string& name) { return pack.FindParameter(PackName(pack.data(), name)) >= 0; }

// Sorts what `parameters` states by pack: the entries for this one, with its own section's.
class SitePart {
 public:
  SitePart(const Pack& pack, std::span<const Pack> site_packs) : pack_(pack), packs_(site_packs) {}

  Status Read(const YamlNode& node, Overlay* overlay) {
    if (node.IsNull()) return OkStatus();
    if (!node.IsMap()) return YamlError(node, "parameters are a map of name to value");
    YamlNode own = node;
    own.entries.clear();
    const YamlNode* section = nullptr;
    for (const YamlEntry& entry : node.entries) {
      const auto named =
          std::find_if(packs_.begin(), packs_.end(), [&](const Pack& p) { return p.id() == entry.key.text; });
      if (named != packs_.end()) {
        if (named->id() == pack_.id()) section = &entry.value;
        continue;
      }
      if (entry.key.text == "local_amount") {
        HEARTH_RETURN_IF_ERROR(AddAmounts(entry, &own));
        continue;
      }
      const bool elsewhere =
          std::any_of(packs_.begin(), packs_.end(), [&](const Pack& p) { return HasName(p, entry.key.text); });
      if (HasName(pack_, entry.key.text)) {
        own.entries.push_back(entry);
      } else if (!elsewhere) {
        return Unknown(entry.key);
      }
    }
    std::vector<Status> problems;
    ReadOverlayValues(own, pack_.data(), overlay, &problems);
    if (section != nullptr) ReadOverlayValues(*section, pack_.data(), overlay, &problems);
    return problems.empty() ? OkStatus() : problems.front();
  }

 private:
  Status Unknown(const YamlNode& key) const {
    std::vector<std::string> names;
    for (const Pack& pack : packs_) {
      for (const Parameter& p : pack.parameters()) names.push_back(p.name);
      if (packs_.size() > 1) names.push_back(pack.id());
    }
    const std::string who = packs_.size() > 1 ? "no pack of the site has a" : "pack " + pack_.id() + " has no";
    return YamlError(key, who + " parameter \"" + key.text + "\"" + DidYouMean(key.text, names));
  }

  Status AddAmounts(const YamlEntry& entry, YamlNode* own) const {
    YamlEntry mine = entry;
    if (!entry.value.IsMap()) return YamlError(entry.value, "local_amount is a map of rule id to amount");
    mine.value.entries.clear();
    for (const YamlEntry& amount : entry.value.entries) {
      const bool here = pack_.FindRule(amount.key.text) >= 0;
      const bool elsewhere =
          std::any_of(packs_.begin(), packs_.end(), [&](const Pack& p) { return p.FindRule(amount.key.text) >= 0; });
      if (here || !elsewhere) mine.value.entries.push_back(amount);
    }
    own->entries.push_back(std::move(mine));
    return OkStatus();
  }

  const Pack& pack_;
  std::span<const Pack> packs_;
};

bool IsPrefix(const std::string& prefix, std::string_view division) { return division.starts_with(prefix); }

// The overlay's values over the city's (else the pack's), from the overlay's first day on.
void LayOver(const std::vector<DatedValue>& own, const std::vector<DatedValue>* pack_values,
             std::vector<DatedValue>* values) {
  if (values->empty() && pack_values != nullptr) *values = *pack_values;
  if (own.empty()) return;
  std::erase_if(*values, [&](const DatedValue& d) { return d.from >= own.front().from; });
  values->insert(values->end(), own.begin(), own.end());
}

}  // namespace

const Value* ValueInForce(const std::vector<DatedValue>& values, CivilDay day) {
  const Value* found = nullptr;
  for (const DatedValue& d : values) {
    if (d.from <= day) found = &d.value;
  }
  return found;
}

StatusOr<SiteParameters> ReadSiteParameters(const YamlNode& node, const Pack& pack) {
  return ReadSiteParameters(node, YamlNode{}, pack, std::span(&pack, 1));
}

StatusOr<SiteParameters> ReadSiteParameters(const YamlNode& parameters, const YamlNode& counties, const Pack& pack,
                                            std::span<const Pack> site_packs) {
  SitePart part(pack, site_packs);
  Overlay city;
  HEARTH_RETURN_IF_ERROR(part.Read(parameters, &city));
  SiteParameters site;
  site.values = std::move(city.values);
  site.local_amount = std::move(city.local_amount);
  if (counties.IsNull()) return site;
  if (!counties.IsMap()) return YamlError(counties, "counties are a map of division code to what the county sets");
  for (const auto& [key, node] : counties.entries) {
    if (!IsDivision(key.text)) {
      return YamlError(key, "\"" + key.text + "\" is no division code: 2 to 12 digits, in quotes");
    }
    Overlay overlay;
    overlay.division = key.text;
    YamlMap map(node);
    overlay.clause = map.TextOr("clause", "");
    overlay.note = map.TextOr("note", "");
    const YamlNode *values = map.Node("parameters"), *amounts = map.Node("local_amount");
    HEARTH_RETURN_IF_ERROR(map.Finish());
    if (values != nullptr) HEARTH_RETURN_IF_ERROR(part.Read(*values, &overlay));
    if (amounts != nullptr) {
      YamlNode wrapped = *amounts;
      wrapped.kind = YamlNode::Kind::kMap;
      wrapped.entries = {{key, *amounts}};
      wrapped.entries[0].key.text = "local_amount";
      HEARTH_RETURN_IF_ERROR(part.Read(wrapped, &overlay));
    }
    site.counties.push_back(std::move(overlay));
  }
  std::sort(site.counties.begin(), site.counties.end(),
            [](const Overlay& a, const Overlay& b) { return a.division < b.division; });
  return site;
}

StatusOr<SiteParameters> ForCounty(const Pack& pack, const SiteParameters& site, std::string_view division) {
  if (!IsDivision(division)) {
    return InvalidArgument("\"" + std::string(division) + "\" is no division code: 2 to 12 digits");
  }
  SiteParameters here;
  here.values = site.values;
  here.local_amount = site.local_amount;
  // Shorter prefixes first, a pack's before a site's: whoever comes last stands.
  std::vector<const Overlay*> overlays;
  for (const Overlay& o : pack.overlays()) overlays.push_back(&o);
  for (const Overlay& o : site.counties) overlays.push_back(&o);
  std::erase_if(overlays, [&](const Overlay* o) { return !IsPrefix(o->division, division); });
  std::stable_sort(overlays.begin(), overlays.end(),
                   [](const Overlay* a, const Overlay* b) { return a->division.size() < b->division.size(); });
  DatedValues values, amounts;
  for (const Overlay* o : overlays) {
    for (const auto& [name, dated] : o->values) values[name] = dated;
    for (const auto& [rule, dated] : o->local_amount) amounts[rule] = dated;
  }
  for (const auto& [name, dated] : values) {
    const Parameter& p = pack.parameters()[static_cast<size_t>(pack.FindParameter(name))];
    LayOver(dated, &p.values, &here.values[name]);
  }
  for (const auto& [rule, dated] : amounts) LayOver(dated, nullptr, &here.local_amount[rule]);
  return here;
}

std::string OverlaysOf(const Pack& pack, const SiteParameters& site, std::string_view division) {
  std::vector<std::string> applied;
  for (const Overlay& o : pack.overlays()) {
    if (IsPrefix(o.division, division)) applied.push_back(o.division);
  }
  for (const Overlay& o : site.counties) {
    if (IsPrefix(o.division, division)) applied.push_back(o.division);
  }
  std::sort(applied.begin(), applied.end());
  applied.erase(std::unique(applied.begin(), applied.end()), applied.end());
  std::string text;
  for (const std::string& d : applied) text += (text.empty() ? "" : ",") + d;
  return text;
}

}  // namespace hearth
