// An alert's life from night to night: new, continuing, withdrawn. Pure.
#pragma once

#include <vector>

#include "core/alert.h"

namespace hearth {

// yesterday: all alerts of the last generation. tonight: those raised now, any order, ids unique or not (the one
// that ranks first stays). Returns, sorted by id: tonight's, continuing when yesterday had them standing (raised_on
// is kept; new when that is as_of itself, the night being run again); and yesterday's that are not raised tonight, as
// withdrawn on as_of. An alert withdrawn earlier stays in
// the trail for `keep_days`; raised again, it is new.
std::vector<Alert> JoinAlerts(const std::vector<Alert>& yesterday, std::vector<Alert> tonight, CivilDay as_of,
                              int keep_days);

}  // namespace hearth
