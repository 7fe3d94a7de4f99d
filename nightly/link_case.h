// A LinkCase is what one generation holds about the persons behind one or two mentions, as the little city that linking
// would see: their rows, and those of the people named beside them. Explanations of links are made from it.
#pragma once

#include <string>
#include <vector>

#include "core/person.h"
#include "core/record_table.h"
#include "ingest/registry_schema.h"
#include "matchers/link_persons.h"
#include "nightly/link_record.h"
#include "store/codec.h"
#include "store/generation.h"

namespace hearth {

struct LinkCase {
  std::vector<RecordTable> tables;  // by schema: these rows only
  LinkedPersons linked;             // persons of others have no mentions
  std::vector<Mention> asked;       // the mentions asked for, in their order

  std::vector<const RecordTable*> TablePointers() const;
  const Person& PersonOf(Mention m) const;
  const LinkedMention& LinkOf(Mention m) const;
};

// NotFound when a row is not held or names nobody in the role.
StatusOr<LinkCase> OpenLinkCase(const Generation& g, const SchemaList& schemas,
                                const std::vector<PersonMention>& mentions);

// "vehicles:02|浙Z12345:owner"; the role may be left out where the registry has one. InvalidArgument for an unknown
// registry or role, or where a role must be said; NotFound for a row that is not held.
StatusOr<PersonMention> ParseMention(const Generation& g, const SchemaList& schemas, std::string_view text);

}  // namespace hearth
