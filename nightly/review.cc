#include "nightly/review.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "matchers/link_persons.h"
#include "nightly/person_history.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

constexpr int kEnrolledStake = 2, kAlertedStake = 3;

MentionKey KeyOf(const MentionName& m) { return KeyOfMention(m.registry, m.key, m.role); }

// One stored pair.
StatusOr<ReviewItem> DecodeReview(const SchemaList& schemas, std::string_view key, std::string_view value) {
  ReviewItem item;
  Decoder k(key), v(value);
  for (const bool left : {true, false}) {
    const std::string registry(k.Text());
    PersonMention mention;
    mention.key = std::string(k.Text());
    mention.role = static_cast<uint32_t>(k.Unsigned());
    const auto schema = std::find_if(schemas.begin(), schemas.end(), [&](const auto& s) { return s->id == registry; });
    if (schema == schemas.end() || mention.role >= (*schema)->persons.size()) {
      return DataLoss("review pair: names a registry or role that is not configured");
    }
    mention.registry = static_cast<uint32_t>(schema - schemas.begin());
    (left ? item.left : item.right) = {registry, mention.key, (*schema)->persons[mention.role].role};
    (left ? item.left_mention : item.right_mention) = std::move(mention);
  }
  item.reason = static_cast<ReviewPair::Reason>(v.Byte());
  item.bits = static_cast<double>(v.Signed()) / 1000;
  HEARTH_RETURN_IF_ERROR(k.Finish("review pair"));
  HEARTH_RETURN_IF_ERROR(v.Finish("review pair"));
  item.id = PairId(item.left, item.right);
  return item;
}

Status ScanReviews(const Generation& g, const SchemaList& schemas, std::vector<ReviewItem>* items) {
  Status status;
  HEARTH_RETURN_IF_ERROR(g.Scan(Table::kReviews, "", [&](std::string_view key, std::string_view value) {
    auto item = DecodeReview(schemas, key, value);
    if (!item.ok()) {
      status = item.status();
      return false;
    }
    items->push_back(*std::move(item));
    return true;
  }));
  return status;
}

// What hangs on a person.
class Stakes {
 public:
  static StatusOr<Stakes> Create(const Generation& g, const SchemaList& schemas) {
    Stakes stakes(g);
    for (size_t i = 0; i < schemas.size(); ++i) {
      // A register of families other than the household register: people are enrolled in it.
      const bool families = std::any_of(schemas[i]->persons.begin(), schemas[i]->persons.end(),
                                        [](const PersonReference& p) { return p.household_key >= 0; });
      if (families && schemas[i]->household.person < 0) stakes.enrolments_.insert(static_cast<uint32_t>(i));
    }
    Status status;
    HEARTH_RETURN_IF_ERROR(g.Scan(Table::kAlerts, "", [&](std::string_view, std::string_view value) {
      const auto alert = DecodeAlert(value);
      if (!alert.ok()) {
        status = alert.status();
        return false;
      }
      if (alert->state == AlertState::kWithdrawn) return true;
      if (alert->unit.value != 0) stakes.units_.insert(alert->unit.value);
      if (alert->person.value != 0) stakes.persons_.insert(alert->person.value);
      return true;
    }));
    HEARTH_RETURN_IF_ERROR(status);
    return stakes;
  }

  Status Add(PersonId id, ReviewItem* item) {
    auto [it, fresh] = known_.try_emplace(id.value);
    if (fresh) {
      HEARTH_ASSIGN_OR_RETURN(const std::string bytes, g_->Get(Table::kPersons, IdKey(id.value)));
      HEARTH_ASSIGN_OR_RETURN(const StoredPerson person, DecodePerson(bytes));
      it->second.enrolled = std::any_of(person.mentions.begin(), person.mentions.end(),
                                        [&](const PersonMention& m) { return enrolments_.contains(m.registry); });
      it->second.alerted = persons_.contains(id.value) || units_.contains(person.unit.value);
    }
    item->enrolled += it->second.enrolled;
    item->alerted += it->second.alerted;
    return OkStatus();
  }

 private:
  struct Stake {
    bool enrolled = false, alerted = false;
  };
  explicit Stakes(const Generation& g) : g_(&g) {}
  const Generation* g_;
  std::set<uint32_t> enrolments_;
  std::set<uint64_t> units_, persons_;
  std::map<uint64_t, Stake> known_;
};

StatusOr<PersonId> PersonNamed(const Generation& g, const SchemaList& schemas, const PersonMention& m) {
  HEARTH_ASSIGN_OR_RETURN(const std::string value, g.Get(Table::kRows, RowKey(schemas[m.registry]->id, m.key)));
  RecordTable spare(schemas[m.registry]);
  std::vector<RowLink> links;
  HEARTH_RETURN_IF_ERROR(DecodeRow(m.key, value, &spare, &links));
  if (m.role >= links.size()) return DataLoss("review pair: its row names nobody in that role");
  return links[m.role].person;
}

}  // namespace

std::string PairId(const MentionName& a, const MentionName& b) {
  uint64_t keys[2] = {KeyOf(a).value, KeyOf(b).value};
  if (keys[1] < keys[0]) std::swap(keys[0], keys[1]);
  char text[24];
  std::snprintf(text, sizeof text, "r-%016llx", static_cast<unsigned long long>(XXH3_64bits(keys, sizeof keys)));
  return text;
}

StatusOr<std::vector<ReviewItem>> ListReviews(const Generation& g, const SchemaList& schemas,
                                              const std::vector<LinkDecision>& decisions, double upper_bits) {
  std::map<std::string, LinkDecision> standing;
  for (LinkDecision& d : StandingDecisions(decisions)) standing[PairId(d.left, d.right)] = d;
  std::vector<ReviewItem> all, open;
  HEARTH_RETURN_IF_ERROR(ScanReviews(g, schemas, &all));
  HEARTH_ASSIGN_OR_RETURN(Stakes stakes, Stakes::Create(g, schemas));
  for (ReviewItem& item : all) {
    if (const auto it = standing.find(item.id); it != standing.end()) {
      if (it->second.verdict != LinkVerdict::kUnsure) continue;
      item.decision = it->second;
    }
    HEARTH_ASSIGN_OR_RETURN(item.left_person, PersonNamed(g, schemas, item.left_mention));
    HEARTH_ASSIGN_OR_RETURN(item.right_person, PersonNamed(g, schemas, item.right_mention));
    HEARTH_RETURN_IF_ERROR(stakes.Add(item.left_person, &item));
    HEARTH_RETURN_IF_ERROR(stakes.Add(item.right_person, &item));
    item.probability = ProbabilityOf(item.bits);
    item.uncertainty = item.bits >= upper_bits ? 1 : 4 * item.probability * (1 - item.probability);
    item.value = item.uncertainty * (1 + kEnrolledStake * item.enrolled + kAlertedStake * item.alerted);
    open.push_back(std::move(item));
  }
  std::sort(open.begin(), open.end(), [](const ReviewItem& a, const ReviewItem& b) {
    if (a.decision.has_value() != b.decision.has_value()) return !a.decision.has_value();
    return a.value != b.value ? a.value > b.value : a.id < b.id;
  });
  // One pair may be under review for two reasons: the more valuable stands.
  std::set<std::string> seen;
  std::erase_if(open, [&](const ReviewItem& item) { return !seen.insert(item.id).second; });
  return open;
}

StatusOr<std::pair<MentionName, MentionName>> FindPair(const Generation& g, const SchemaList& schemas,
                                                       const std::vector<LinkDecision>& decisions,
                                                       std::string_view id) {
  const bool shaped =
      id.size() == 18 && id.starts_with("r-") && id.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
  if (!shaped) return InvalidArgument("a pair is r- and sixteen hexadecimal digits, as hearth review prints it");
  std::vector<ReviewItem> items;
  HEARTH_RETURN_IF_ERROR(ScanReviews(g, schemas, &items));
  for (const ReviewItem& item : items) {
    if (item.id == id) return std::pair(item.left, item.right);
  }
  HEARTH_ASSIGN_OR_RETURN(const std::vector<StoredEvent> history, ReadPersonHistory(g));
  for (const StoredEvent& e : history) {
    if (PairId(e.moved, e.stayed) == id) return std::pair(e.moved, e.stayed);
  }
  for (const LinkDecision& d : decisions) {
    if (PairId(d.left, d.right) == id) return std::pair(d.left, d.right);
  }
  return NotFound("no pair has that id: not under review, in no event of a person's history, not on the desk");
}

DeskDecisions DecisionsOf(const std::vector<LinkDecision>& all) {
  DeskDecisions out;
  for (const LinkDecision& d : StandingDecisions(all)) {
    if (d.verdict == LinkVerdict::kUnsure) continue;
    out.decisions.push_back({KeyOf(d.left), KeyOf(d.right), d.verdict == LinkVerdict::kSame});
  }
  return out;
}

}  // namespace hearth
