#include "linkage/live/live_event.h"

#include <bit>

#include "store/codec.h"

namespace hearth::linkage {
namespace {

constexpr std::string_view kReasons[] = {"", "link", "decision", "evidence gone", "together"};
constexpr std::string_view kKinds[] = {"new", "absorb", "merge", "split", "leave", "gone"};

void PutKey(const RecordKey& key, Encoder* e) {
  e->Byte(key.source);
  e->Text(key.id);
}

RecordKey GetKey(Decoder* d) {
  RecordKey key;
  key.source = d->Byte();
  key.id = std::string(d->Text());
  return key;
}

void PutKeys(const std::vector<RecordKey>& keys, Encoder* e) {
  e->Unsigned(keys.size());
  for (const RecordKey& key : keys) PutKey(key, e);
}

std::vector<RecordKey> GetKeys(Decoder* d) {
  std::vector<RecordKey> keys;
  const uint64_t count = d->Unsigned();
  for (uint64_t i = 0; i < count && d->ok(); ++i) keys.push_back(GetKey(d));
  return keys;
}

}  // namespace

std::string_view EventReasonName(EventReason reason) { return kReasons[static_cast<size_t>(reason)]; }
std::string_view PersonChangeKindName(PersonChangeKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::string EncodeEvent(const LiveEvent& event) {
  std::string out;
  Encoder e(&out);
  e.Unsigned(event.number);
  e.Byte(static_cast<uint8_t>(event.kind));
  e.Day(event.day);
  e.Fixed64(event.person);
  e.Fixed64(event.other);
  e.Byte(static_cast<uint8_t>(event.reason));
  e.Fixed64(std::bit_cast<uint64_t>(event.bits));
  PutKey(event.left, &e);
  PutKey(event.right, &e);
  e.Text(event.by);
  PutKeys(event.moved, &e);
  PutKeys(event.others, &e);
  return out;
}

StatusOr<LiveEvent> DecodeEvent(std::string_view bytes) {
  Decoder d(bytes);
  LiveEvent event;
  event.number = d.Unsigned();
  const uint8_t kind = d.Byte();
  event.day = d.Day();
  event.person = d.Fixed64();
  event.other = d.Fixed64();
  const uint8_t reason = d.Byte();
  event.bits = std::bit_cast<double>(d.Fixed64());
  event.left = GetKey(&d);
  event.right = GetKey(&d);
  event.by = std::string(d.Text());
  event.moved = GetKeys(&d);
  event.others = GetKeys(&d);
  HEARTH_RETURN_IF_ERROR(d.Finish("event"));
  if (kind >= std::size(kKinds) || reason >= std::size(kReasons)) return DataLoss("event: unknown kind or reason");
  event.kind = static_cast<PersonChangeKind>(kind);
  event.reason = static_cast<EventReason>(reason);
  return event;
}

std::string EncodeDecision(const LiveDecision& decision) {
  std::string out;
  Encoder e(&out);
  PutKey(decision.left, &e);
  PutKey(decision.right, &e);
  e.Byte(static_cast<uint8_t>(decision.verdict));
  e.Text(decision.by);
  e.Text(decision.why);
  e.Day(decision.day);
  return out;
}

StatusOr<LiveDecision> DecodeDecision(std::string_view bytes) {
  Decoder d(bytes);
  LiveDecision decision;
  decision.left = GetKey(&d);
  decision.right = GetKey(&d);
  const uint8_t verdict = d.Byte();
  decision.by = std::string(d.Text());
  decision.why = std::string(d.Text());
  decision.day = d.Day();
  HEARTH_RETURN_IF_ERROR(d.Finish("decision"));
  if (verdict > static_cast<uint8_t>(LinkVerdict::kWithdrawn)) return DataLoss("decision: unknown verdict");
  decision.verdict = static_cast<LinkVerdict>(verdict);
  return decision;
}

}  // namespace hearth::linkage
