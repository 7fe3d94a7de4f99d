#include "matchers/link_persons.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "core/parallel.h"
#include "matchers/candidates.h"
#include "matchers/clusters.h"
#include "matchers/event_reasons.h"
#include "matchers/identity.h"
#include "matchers/measure_rates.h"
#include "matchers/number_rules.h"
#include "matchers/person_ids.h"
#include "matchers/person_of.h"
#include "matchers/scoring.h"
#include "matchers/training.h"

// The night's linking, stage by stage: identities, desk, number rules, rounds of scored candidates, ids, persons.

namespace hearth {
namespace {

std::vector<MentionKey> DeskMentions(const DeskDecisions& desk) {
  std::vector<MentionKey> keys;
  for (const DeskDecision& d : desk.decisions) {
    keys.push_back(d.left);
    keys.push_back(d.right);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

DeskPairs ResolveDesk(std::span<const RecordTable* const> tables, const Identities& ids, const DeskDecisions& desk,
                      std::span<const MentionKey> desk_mentions) {
  DeskPairs out;
  if (desk_mentions.empty()) return out;
  std::vector<uint32_t> identity_of(desk_mentions.size(), kNone);
  for (uint32_t i = 0; i < ids.all.size(); ++i) {
    const Mention m = ids.mentions[ids.all[i].first];
    const MentionKey key = KeyOfMention(*tables[m.table], m.row, m.role);
    const auto it = std::lower_bound(desk_mentions.begin(), desk_mentions.end(), key);
    if (it != desk_mentions.end() && *it == key) identity_of[it - desk_mentions.begin()] = i;
  }
  const auto find = [&](MentionKey key) {
    return identity_of[std::lower_bound(desk_mentions.begin(), desk_mentions.end(), key) - desk_mentions.begin()];
  };
  std::vector<std::tuple<uint32_t, uint32_t, size_t, bool>> decided;
  for (size_t d = 0; d < desk.decisions.size(); ++d) {
    const uint32_t a = find(desk.decisions[d].left), b = find(desk.decisions[d].right);
    if (a == kNone || b == kNone || a == b) {
      ++out.passed_over;
      continue;
    }
    decided.push_back({std::min(a, b), std::max(a, b), d, desk.decisions[d].same_person});
  }
  std::sort(decided.begin(), decided.end());
  for (size_t i = 0; i < decided.size(); ++i) {
    const auto& [a, b, at, same] = decided[i];
    const bool last = i + 1 == decided.size() || std::get<0>(decided[i + 1]) != a || std::get<1>(decided[i + 1]) != b;
    if (last) (same ? out.same : out.apart).push_back({a, b});
  }
  return out;
}

struct Scored {
  uint32_t other = 0;
  PairScore score;
  LinkThresholds limits;
};

// A loose cluster's best candidate of this round.
struct Choice {
  uint32_t loose = 0, other = kNone;
  PairScore score;
  LinkThresholds limits;
  bool clear = false;  // above the upper threshold, supported, nobody near
};

bool KeptApart(const Profile& a, uint32_t cluster_a, const Profile& b, uint32_t cluster_b) {
  if (a.households.Meets(b.households)) return true;
  return std::binary_search(a.kin.begin(), a.kin.end(), cluster_b) ||
         std::binary_search(b.kin.begin(), b.kin.end(), cluster_a);
}

Choice ChooseBest(const Identities& ids, const Grouping& grouping, const Clusters& clusters, const Scorer& scorer,
                  std::span<const CandidatePair> pairs) {
  Choice choice;
  choice.loose = pairs[0].loose;
  Profile own, other;
  FillProfile(ids, grouping, choice.loose, &own);
  std::vector<Scored> scored;
  for (const CandidatePair& pair : pairs) {
    FillProfile(ids, grouping, pair.other, &other);
    if (KeptApart(own, choice.loose, other, pair.other)) continue;
    if (!clusters.MayJoin(grouping.Members(choice.loose)[0], grouping.Members(pair.other)[0])) continue;
    const PairLevels levels = scorer.Compare(own, other);
    const PairScore score = scorer.Score(levels);
    const LinkThresholds limits = scorer.ThresholdsOf(levels.registries);
    if (score.bits >= limits.lower_bits - limits.margin_bits) scored.push_back({pair.other, score, limits});
  }
  if (scored.empty()) return choice;
  const auto better = [](const Scored& a, const Scored& b) {
    if (a.score.fits != b.score.fits) return a.score.fits;
    return a.score.bits != b.score.bits ? a.score.bits > b.score.bits : a.other < b.other;
  };
  std::sort(scored.begin(), scored.end(), better);
  choice.other = scored[0].other;
  choice.score = scored[0].score;
  choice.limits = scored[0].limits;
  const auto links = [](const PairScore& score, const LinkThresholds& limits) {
    return score.fits && score.bits >= limits.upper_bits && score.support >= limits.support_bits;
  };
  choice.clear = links(choice.score, choice.limits);
  Profile best;
  if (choice.clear) FillProfile(ids, grouping, choice.other, &best);
  for (size_t i = 1; i < scored.size() && choice.clear; ++i) {
    if (!scored[i].score.fits || scored[i].score.bits <= choice.score.bits - choice.limits.margin_bits) continue;
    // A rival, unless it is the best candidate's own other half.
    FillProfile(ids, grouping, scored[i].other, &other);
    const bool both_numbered = !grouping.loose[choice.other] && !grouping.loose[scored[i].other];
    const PairLevels between = scorer.Compare(best, other);
    choice.clear = !both_numbered && !KeptApart(best, choice.other, other, scored[i].other) &&
                   links(scorer.Score(between), scorer.ThresholdsOf(between.registries));
  }
  return choice;
}

// Groups of clusters joined within one round: nobody joins against a member's will.
class RoundGroups {
 public:
  RoundGroups(const Identities& ids, const Grouping& grouping, const Scorer& scorer)
      : ids_(ids), grouping_(grouping), scorer_(scorer) {}

  bool MayJoin(uint32_t a, uint32_t b) const {
    const std::vector<uint32_t> left = MembersOf(a), right = MembersOf(b);
    bool numbered_left = false, numbered_right = false;
    for (const uint32_t x : left) numbered_left |= !grouping_.loose[x];
    for (const uint32_t y : right) numbered_right |= !grouping_.loose[y];
    if (numbered_left && numbered_right) return false;
    Profile p, q;
    for (const uint32_t x : left) {
      FillProfile(ids_, grouping_, x, &p);
      for (const uint32_t y : right) {
        FillProfile(ids_, grouping_, y, &q);
        if (KeptApart(p, x, q, y)) return false;
        if (!(x == a && y == b) && !scorer_.Score(p, q).fits && !p.names.empty() && !q.names.empty()) return false;
      }
    }
    return true;
  }
  void Join(uint32_t a, uint32_t b) {
    std::vector<uint32_t> all = MembersOf(a);
    const std::vector<uint32_t> more = MembersOf(b);
    all.insert(all.end(), more.begin(), more.end());
    const size_t group = groups_.size();
    for (const uint32_t c : all) group_of_[c] = group;
    groups_.push_back(std::move(all));
  }
  bool Together(uint32_t a, uint32_t b) const {
    const auto i = group_of_.find(a), j = group_of_.find(b);
    return i != group_of_.end() && j != group_of_.end() && i->second == j->second;
  }

 private:
  std::vector<uint32_t> MembersOf(uint32_t c) const {
    const auto it = group_of_.find(c);
    return it == group_of_.end() ? std::vector<uint32_t>{c} : groups_[it->second];
  }
  const Identities& ids_;
  const Grouping& grouping_;
  const Scorer& scorer_;
  std::unordered_map<uint32_t, size_t> group_of_;
  std::vector<std::vector<uint32_t>> groups_;
};

void MarkLinked(const Identities& ids, const Grouping& grouping, const Choice& choice, LinkState* state) {
  (void)ids;
  const LinkBasis basis = choice.score.fields > 0 ? LinkBasis::kProbabilistic : LinkBasis::kNameOnly;
  const float weight = static_cast<float>(choice.score.bits);
  for (const uint32_t i : grouping.Members(choice.loose)) {
    if (state->basis[i] == LinkBasis::kDesk) continue;
    state->basis[i] = basis;
    state->weight[i] = weight;
  }
  if (!grouping.loose[choice.other]) return;
  for (const uint32_t i : grouping.Members(choice.other)) {
    if (state->basis[i] != LinkBasis::kSingle) continue;
    state->basis[i] = basis;
    state->weight[i] = weight;
  }
}

std::vector<Choice> ChooseAll(const Identities& ids, const Grouping& grouping, const Clusters& clusters,
                              const Scorer& scorer, const std::vector<CandidatePair>& pairs, int threads) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (i == 0 || pairs[i].loose != pairs[i - 1].loose) starts.push_back(i);
  }
  const size_t count = starts.size();
  starts.push_back(pairs.size());
  std::vector<Choice> choices(count);
  ParallelChunks(count, 256, threads, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      choices[i] =
          ChooseBest(ids, grouping, clusters, scorer, std::span(pairs).subspan(starts[i], starts[i + 1] - starts[i]));
    }
  });
  return choices;
}

// Joins clear choices, best first. Returns how many.
uint64_t JoinClear(const Identities& ids, const Grouping& grouping, const Scorer& scorer, std::vector<Choice>* choices,
                   Clusters* clusters, LinkState* state) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < choices->size(); ++i) {
    if ((*choices)[i].clear) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const Choice &x = (*choices)[a], &y = (*choices)[b];
    return x.score.bits != y.score.bits ? x.score.bits > y.score.bits : x.loose < y.loose;
  });
  RoundGroups groups(ids, grouping, scorer);
  uint64_t joins = 0;
  for (const uint32_t i : order) {
    const Choice& choice = (*choices)[i];
    if (groups.Together(choice.loose, choice.other)) continue;
    if (!groups.MayJoin(choice.loose, choice.other)) continue;
    if (!clusters->Join(grouping.Members(choice.loose)[0], grouping.Members(choice.other)[0])) continue;
    groups.Join(choice.loose, choice.other);
    MarkLinked(ids, grouping, choice, state);
    ++joins;
  }
  return joins;
}

// The mention of an identity with the smallest row key, whatever its row number.
Mention FirstMention(std::span<const RecordTable* const> tables, const Identities& ids, uint32_t identity) {
  const Identity& id = ids.all[identity];
  const std::span<const Mention> own = std::span(ids.mentions).subspan(id.first, id.count);
  return *std::min_element(own.begin(), own.end(), [&](const Mention& a, const Mention& b) {
    const RecordTable& t = *tables[a.table];
    const int order = t.Key(a.row).compare(t.Key(b.row));
    return order != 0 ? order < 0 : a.row < b.row;
  });
}

void AddReviews(std::span<const RecordTable* const> tables, const Identities& ids, const Grouping& grouping,
                const Clusters& clusters, const std::vector<Choice>& choices, std::vector<ReviewPair>* reviews) {
  for (const Choice& choice : choices) {
    if (choice.other == kNone || choice.score.bits < choice.limits.lower_bits ||
        choice.score.support < choice.limits.support_bits) {
      continue;
    }
    const uint32_t a = grouping.Members(choice.loose)[0], b = grouping.Members(choice.other)[0];
    if (clusters.Find(a) == clusters.Find(b)) continue;
    Mention left = FirstMention(tables, ids, a), right = FirstMention(tables, ids, b);
    if (right < left) std::swap(left, right);
    reviews->push_back({left, right, choice.score.bits, ReviewPair::Reason::kBetweenThresholds});
  }
}

// Two persons under one number weigh as the number says for them and their other fields against.
void AddConflicts(std::span<const RecordTable* const> tables, const Identities& ids, const Grouping& grouping,
                  const Scorer& scorer, const std::vector<NumberConflict>& conflicts,
                  std::vector<ReviewPair>* reviews) {
  Profile owner, other;
  for (const NumberConflict& conflict : conflicts) {
    Mention left = FirstMention(tables, ids, conflict.owner), right = FirstMention(tables, ids, conflict.other);
    if (right < left) std::swap(left, right);
    FillProfile(ids, grouping, grouping.cluster_of[conflict.owner], &owner);
    FillProfile(ids, grouping, grouping.cluster_of[conflict.other], &other);
    const double bits = kEqualNumberBits + scorer.Score(owner, other).bits;
    reviews->push_back({left, right, bits, ReviewPair::Reason::kNumberConflict});
  }
}

std::vector<std::vector<uint32_t>> IdentityOfRows(std::span<const RecordTable* const> tables, const Identities& ids) {
  std::vector<std::vector<uint32_t>> of(tables.size());
  for (size_t t = 0; t < tables.size(); ++t)
    of[t].assign(tables[t]->size() * tables[t]->schema().persons.size(), kNone);
  for (uint32_t i = 0; i < ids.all.size(); ++i) {
    for (uint32_t k = 0; k < ids.all[i].count; ++k) {
      const Mention m = ids.mentions[ids.all[i].first + k];
      of[m.table][m.row * tables[m.table]->schema().persons.size() + m.role] = i;
    }
  }
  return of;
}

LinkBasis FinalBasis(const Identity& id, LinkBasis found, uint32_t mentions_of_person) {
  if (found == LinkBasis::kDesk) return found;
  if (mentions_of_person == 1) return LinkBasis::kSingle;
  if (found != LinkBasis::kSingle) return found;
  if (id.number != 0 || id.other_number != 0) return LinkBasis::kNumber;
  // Rows of equal content, or the one that others were linked to.
  return id.subject != 0 ? LinkBasis::kSubjectKey : LinkBasis::kProbabilistic;
}

LinkedPersons Assemble(std::span<const RecordTable* const> tables, const Identities& ids, const Clusters& clusters,
                       const LinkState& state, const std::vector<std::vector<uint32_t>>& identity_of,
                       const IdMap& yesterday, const DeskPairs& desk, int threads, LinkStats* stats) {
  const uint32_t count = static_cast<uint32_t>(ids.all.size());
  std::vector<uint32_t> cluster_of(count);
  uint32_t persons = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t root = clusters.Find(i);
    cluster_of[i] = root == i ? persons++ : cluster_of[root];
  }
  std::vector<uint32_t> starts(persons + 1);
  for (uint32_t i = 0; i < count; ++i) starts[cluster_of[i] + 1] += ids.all[i].count;
  for (uint32_t c = 0; c < persons; ++c) starts[c + 1] += starts[c];
  std::vector<Mention> mentions(ids.mention_count);
  std::vector<uint32_t> at(starts.begin(), starts.end() - 1);
  for (uint16_t t = 0; t < tables.size(); ++t) {
    const size_t roles = tables[t]->schema().persons.size();
    for (uint16_t role = 0; role < roles; ++role) {
      for (uint32_t row = 0; row < tables[t]->size(); ++row) {
        const uint32_t identity = identity_of[t][row * roles + role];
        if (identity != kNone) mentions[at[cluster_of[identity]]++] = {t, role, row};
      }
    }
  }
  PersonIds assigned = AssignPersonIds(tables, mentions, starts, yesterday, threads);
  stats->events = ExplainEvents(tables, ids, identity_of, state, desk, std::move(assigned.events));
  stats->new_persons = assigned.new_persons;

  std::vector<uint32_t> order(persons), index_of(persons);
  for (uint32_t c = 0; c < persons; ++c) order[c] = c;
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return assigned.of_cluster[a] < assigned.of_cluster[b]; });
  LinkedPersons out;
  out.persons.resize(persons);
  out.mentions.resize(mentions.size());
  uint32_t next = 0;
  for (uint32_t p = 0; p < persons; ++p) {
    const uint32_t c = order[p];
    index_of[c] = p;
    out.persons[p].id = assigned.of_cluster[c];
    out.persons[p].first_mention = next;
    out.persons[p].mention_count = starts[c + 1] - starts[c];
    for (uint32_t i = starts[c]; i < starts[c + 1]; ++i) {
      const Mention m = mentions[i];
      const uint32_t identity = identity_of[m.table][m.row * tables[m.table]->schema().persons.size() + m.role];
      const LinkBasis basis = FinalBasis(ids.all[identity], state.basis[identity], out.persons[p].mention_count);
      const bool weighed = basis == LinkBasis::kProbabilistic || basis == LinkBasis::kNameOnly;
      out.mentions[next++] = {m, basis, weighed ? state.weight[identity] : 0.0f};
    }
  }
  ParallelChunks(persons, 2048, threads, [&](size_t begin, size_t end) {
    PersonBuilder builder(tables, ids, identity_of);
    for (size_t p = begin; p < end; ++p) {
      builder.Fill(std::span(out.mentions).subspan(out.persons[p].first_mention, out.persons[p].mention_count),
                   &out.persons[p]);
    }
  });
  out.by_table = identity_of;
  for (auto& table : out.by_table) {
    for (uint32_t& slot : table) slot = slot == kNone ? kNoPerson : index_of[cluster_of[slot]];
  }
  return out;
}

}  // namespace

LinkedPersons LinkPersons(std::span<const RecordTable* const> tables, const LinkModels& models, const IdMap& yesterday,
                          const DeskDecisions& desk, const LinkOptions& options, LinkStats* stats) {
  LinkStats own_stats;
  if (stats == nullptr) stats = &own_stats;
  *stats = {};
  const auto done = [&](std::string_view phase) {
    if (options.on_phase) options.on_phase(phase);
  };
  const std::vector<MentionKey> desk_mentions = DeskMentions(desk);
  Identities ids = CollectIdentities(tables, desk_mentions, options.threads);
  stats->mentions = ids.mention_count;
  stats->identities = ids.all.size();
  done("collect");

  Clusters clusters(ids.all.size());
  const DeskPairs decided = ResolveDesk(tables, ids, desk, desk_mentions);
  for (const auto& [a, b] : decided.apart) clusters.Forbid(a, b);
  stats->desk_passed_over = decided.passed_over;
  for (const auto& [a, b] : ids.twins) clusters.Join(a, b);
  for (const auto& [a, b] : decided.same) {
    const bool joined = clusters.Join(a, b);
    ++(joined ? stats->by_desk : stats->desk_contradicted);
  }
  NumberRuleResult rules = ApplyNumberRules(&ids, &clusters);
  stats->by_number = rules.by_number;
  stats->by_subject_key = rules.by_subject_key;
  stats->by_old_number = rules.by_old_number;
  // A human has settled some of them.
  std::erase_if(rules.conflicts, [&](const NumberConflict& c) {
    return clusters.Find(c.owner) == clusters.Find(c.other) || !clusters.MayJoin(c.owner, c.other);
  });
  stats->number_conflicts = rules.conflicts.size();
  LinkState state{std::move(rules.basis), std::vector<float>(ids.all.size())};
  for (const auto& [a, b] : decided.same) state.basis[a] = state.basis[b] = LinkBasis::kDesk;
  done("number rules");

  std::vector<std::vector<uint32_t>> identity_of = IdentityOfRows(tables, ids);
  std::vector<ReviewPair> reviews;
  LinkModels trained = RankModels(tables, models);
  TrainingResult training;
  std::vector<uint32_t> name_counts;
  for (int round = 0; round < models.common.rounds; ++round) {
    const Grouping grouping = GroupClusters(tables, ids, clusters, identity_of, options.threads);
    const std::vector<CandidatePair> pairs = FindCandidates(ids, grouping, trained, options.threads);
    stats->candidate_pairs += pairs.size();
    done("candidates");
    if (round == 0) {
      name_counts = CountNames(ids, grouping);
      stats->names = FrequenciesOf(ids, name_counts, grouping.size());
    }
    Scorer scorer(ids, trained, name_counts, stats->names.clusters);
    if (round == 0) {
      training = TrainModel(ids, grouping, scorer, pairs, options.seed, options.threads);
      stats->training_pairs = training.pairs;
      trained = training.models;
      scorer.SetModels(trained);
      done("training");
    }
    std::vector<Choice> choices = ChooseAll(ids, grouping, clusters, scorer, pairs, options.threads);
    const uint64_t joins = JoinClear(ids, grouping, scorer, &choices, &clusters, &state);
    stats->by_probability += joins;
    done("scoring");
    if (round + 1 == models.common.rounds || joins == 0) {
      AddReviews(tables, ids, grouping, clusters, choices, &reviews);
      AddConflicts(tables, ids, grouping, scorer, rules.conflicts, &reviews);
      break;
    }
  }
  std::sort(reviews.begin(), reviews.end(), [](const ReviewPair& a, const ReviewPair& b) {
    return std::tuple(a.left, a.right, a.reason, a.match_weight) <
           std::tuple(b.left, b.right, b.reason, b.match_weight);
  });
  reviews.erase(std::unique(reviews.begin(), reviews.end(),
                            [](const ReviewPair& a, const ReviewPair& b) {
                              return a.left == b.left && a.right == b.right && a.reason == b.reason;
                            }),
                reviews.end());

  LinkedPersons out = Assemble(tables, ids, clusters, state, identity_of, yesterday, decided, options.threads, stats);
  out.reviews = std::move(reviews);
  MeasureRates(tables, ids, identity_of, out, training, stats);
  stats->persons = out.persons.size();
  stats->trained = std::move(trained);
  done("persons");
  return out;
}

}  // namespace hearth
