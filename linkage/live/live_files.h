// The tables that a linkage store gives out, and how records and persons are called in them.
//
//   clusters.csv  record_id,cluster_id            cluster_id is the person's
//   links.csv     as link_files.h has it
//   events.csv    event,day,kind,person,other,records,reason,match_weight,left,right,by
//
// A record is "<id>" with one table, "<source>:<id>" with two; a person is "p-" and its number. Rows are in order of
// source and id, events in order of number; `records` are those that moved, with ; between them. Each file is replaced
// whole. UTF-8 without mark.
#pragma once

#include <span>
#include <string>

#include "core/status.h"
#include "linkage/live/live_linker.h"

namespace hearth::linkage {

std::string NameOfRecord(const LiveTable& table, const RecordKey& key);
std::string NameOfPerson(uint64_t person);
// The record of a name, or NotFound.
StatusOr<RecordKey> RecordNamed(const LiveTable& table, const std::string& name);

Status WriteLiveClusters(const LiveTable& table, const std::string& path);
Status WriteLiveLinks(const LiveTable& table, const std::string& path);
Status WriteEvents(const LiveTable& table, std::span<const LiveEvent> events, const std::string& path);

}  // namespace hearth::linkage
