// What a generation keeps about its night's linking, so that a link can be explained later with the weights that made
// it: the trained models, as text in the form of packs/link, and how common names were.
//
// In table `models`: "common" and "registry" \0 id hold a model's text; "clusters" and "name" and eight bytes of the
// folded name's hash hold counts (names of one cluster are left out).
#pragma once

#include "core/status.h"
#include "matchers/link_persons.h"
#include "store/generation.h"

namespace hearth {

struct LinkRecord {
  LinkModels trained;  // one for each registry of the night
  NameFrequencies names;
};

Status WriteLinkRecord(const LinkModels& trained, const NameFrequencies& names, GenerationWriter* writer);

// FailedPrecondition for a generation that an older hearth wrote, DataLoss for text that does not parse.
StatusOr<LinkRecord> ReadLinkRecord(const Generation& g);

}  // namespace hearth
