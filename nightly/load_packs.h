// The policy packs and the profile model of a site, as in force on a day.
#pragma once

#include <string>
#include <vector>

#include "ingest/registry_schema.h"
#include "ingest/site_config.h"
#include "nightly/decide.h"
#include "profile/profile_model.h"

namespace hearth {

struct NightPacks {
  ProfileModel profile;
  std::vector<ActivePack> active;     // in the site's order
  std::vector<std::string> warnings;  // a pack not in force, a parameter past its review date
};

// NotFound when a pack's folder is missing, InvalidArgument when one does not load.
StatusOr<NightPacks> LoadNightPacks(const SiteConfig& site, const std::string& packs_dir, const SchemaList& schemas,
                                    CivilDay as_of);

}  // namespace hearth
