#include "nightly/person_history.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace hearth {
namespace {

MentionName NameOf(std::span<const RecordTable* const> tables, Mention m) {
  const RecordTable& t = *tables[m.table];
  return {t.schema().id, std::string(t.Key(m.row)), t.schema().persons[m.role].role};
}

}  // namespace

StatusOr<std::vector<StoredEvent>> ReadPersonHistory(const Generation& g) {
  std::vector<StoredEvent> history;
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kEvents, "", [&](std::string_view, std::string_view value) {
    auto event = DecodeEvent(value);
    if (!event.ok()) {
      status = event.status();
      return false;
    }
    history.push_back(*std::move(event));
    return true;
  }));
  HEARTH_RETURN_IF_ERROR(status);
  return history;
}

std::vector<IdMap::Entry> RetiredOf(const std::vector<StoredEvent>& history) {
  std::vector<PersonEvent> events;
  for (const StoredEvent& stored : history) {
    PersonEvent event;
    event.kind = static_cast<PersonEventKind>(stored.kind);
    event.person = stored.person;
    event.other = stored.other;
    for (const uint64_t key : stored.mentions) event.mentions.push_back({key});
    events.push_back(std::move(event));
  }
  return RetiredBy(events);
}

std::vector<StoredEvent> AddTonight(std::vector<StoredEvent> history, const std::vector<PersonEvent>& events,
                                    std::span<const RecordTable* const> tables, CivilDay night) {
  std::map<std::string, StoredEvent> by_key;
  for (StoredEvent& event : history) by_key[EventKey(event)] = std::move(event);
  for (const PersonEvent& e : events) {
    StoredEvent stored;
    stored.night = night;
    stored.kind = static_cast<uint8_t>(e.kind);
    stored.reason = static_cast<uint8_t>(e.reason);
    stored.person = e.person;
    stored.other = e.other;
    stored.millibits = std::llround(e.bits * 1000);
    stored.moved = NameOf(tables, e.moved);
    stored.stayed = NameOf(tables, e.stayed);
    for (const MentionKey key : e.mentions) stored.mentions.push_back(key.value);
    by_key[EventKey(stored)] = std::move(stored);
  }
  history.clear();
  for (auto& [key, event] : by_key) history.push_back(std::move(event));
  return history;
}

Status WritePersonHistory(std::span<const StoredEvent> history, GenerationWriter* writer) {
  const auto run = writer->StartRun(Table::kEvents);
  for (const StoredEvent& event : history) HEARTH_RETURN_IF_ERROR(run->Add(EventKey(event), EncodeEvent(event)));
  return run->Finish();
}

}  // namespace hearth
