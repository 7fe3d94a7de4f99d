// A frozen model as a linkage store keeps it: five entries of its table `meta`.
//
//   PutModel(frozen, given, &batch);
//   HEARTH_ASSIGN_OR_RETURN(FrozenModel frozen, GetModel(*store));
#pragma once

#include <string>

#include "core/status.h"
#include "linkage/live/live_store.h"
#include "linkage/live/live_table.h"

namespace hearth::linkage {

// given: the model before training, for training anew.
void PutModel(const FrozenModel& frozen, const Model& given, StoreBatch* batch);
// DataLoss when an entry is missing or does not decode.
StatusOr<FrozenModel> GetModel(const LiveStore& store);
StatusOr<Model> GetGivenModel(const LiveStore& store);

}  // namespace hearth::linkage
