// The tables that a linking job leaves (DESIGN 11): links.csv and clusters.csv.
//
//   links.csv     source_l,id_l,source_r,id_r,match_weight,match_probability,decision
//   clusters.csv  record_id,cluster_id
//
// A record is "<id>" with one table, "<file stem>:<id>" with two; a cluster has the name of its first record. Rows are
// in order of source and id. decision: "link" at or above the link threshold or as people decided, else "review". Each
// file is written beside its place and moved there whole. UTF-8 without mark, for programs.
#pragma once

#include <string>

#include "core/status.h"
#include "linkage/run_link.h"

namespace hearth::linkage {

Status WriteLinks(const LinkResult& result, const std::string& path, int threads = 1);
Status WriteClusters(const RecordSet& records, const Clustering& clustering, const std::string& path, int threads = 1);

// "<id>" or "<file stem>:<id>".
std::string RecordName(const RecordSet& records, uint32_t record);

}  // namespace hearth::linkage
