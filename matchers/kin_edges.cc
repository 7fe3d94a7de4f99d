#include "matchers/kin_edges.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>
#include <set>
#include <tuple>

namespace hearth {
namespace {

// Order of trust; smaller is better.
enum class Trust : uint8_t { kMarriage = 0, kBirths = 1, kHousehold = 2, kOther = 3, kInferred = 4 };

struct Evidence {
  KinKind kind = KinKind::kSpouse;
  PersonIndex from = kNoPerson, to = kNoPerson;
  Trust trust = Trust::kOther;
  bool ends = false;
  bool step = false;  // adoptive or step: contradicts no other parent
  std::optional<CivilDay> day;
  std::optional<Mention> mention;
};

// Beyond so many children of one head the spouse's parenthood is not inferred: no family, so hostile input.
constexpr size_t kChildrenMax = 30;
constexpr int kParentAgeMin = 12;

std::optional<int> AgeGap(const LinkedPersons& linked, PersonIndex parent, PersonIndex child) {
  const auto& p = linked.persons[parent].birth_date;
  const auto& c = linked.persons[child].birth_date;
  if (!p || !c) return std::nullopt;
  return *c <= *p ? -1 : AgeOn(*p, *c, LeapDay::kMar1);
}

void AddRuleEvidence(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                     const FamilyOptions& options, std::vector<Evidence>* out, std::vector<FamilyFinding>* findings) {
  for (uint16_t t = 0; t < tables.size(); ++t) {
    const RecordTable& table = *tables[t];
    const RegistrySchema& schema = table.schema();
    const Trust trust = schema.id == options.marriage_registry ? Trust::kMarriage
                        : schema.id == options.births_registry ? Trust::kBirths
                                                               : Trust::kOther;
    for (const KinRule& rule : schema.kin) {
      for (uint32_t row = 0; row < table.size(); ++row) {
        if (rule.when_field >= 0) {
          if (!table.Has(rule.when_field, row)) continue;
          const int value = static_cast<int>(table.Int(rule.when_field, row));
          if (std::find(rule.when_values.begin(), rule.when_values.end(), value) == rule.when_values.end()) continue;
        }
        Evidence e;
        e.kind = rule.kind;
        e.from = linked.Of(t, row, static_cast<uint16_t>(rule.from), schema.persons.size());
        e.to = linked.Of(t, row, static_cast<uint16_t>(rule.to), schema.persons.size());
        if (e.from == kNoPerson || e.to == kNoPerson) continue;
        if (e.from == e.to) {
          findings->push_back({"own_kin", {e.from}});
          continue;
        }
        if (e.kind == KinKind::kSpouse && e.to < e.from) std::swap(e.from, e.to);
        e.trust = trust;
        e.ends = rule.ends;
        if (table.Has(rule.day_field, row)) e.day = table.DayAt(rule.day_field, row);
        e.mention = Mention{t, static_cast<uint16_t>(rule.from), row};
        out->push_back(e);
      }
    }
  }
}

// The members of one household by their relation to its head.
struct Relatives {
  std::vector<PersonIndex> spouses, children, own_children, children_in_law, parents_in_law;
};

Evidence Related(KinKind kind, PersonIndex from, PersonIndex to, Trust trust, const HouseholdRow* row) {
  Evidence e;
  e.kind = kind;
  e.from = from;
  e.to = to;
  if (kind == KinKind::kSpouse && to < from) std::swap(e.from, e.to);
  e.trust = trust;
  if (row != nullptr) e.mention = row->mention;
  return e;
}

void AddHouseholdEvidence(const LinkedPersons& linked, const HouseholdData& data, std::vector<Evidence>* out,
                          std::vector<std::pair<PersonIndex, PersonIndex>>* grandparents,
                          std::vector<FamilyFinding>* findings) {
  for (uint32_t h = 0; h < data.households.size(); ++h) {
    const PersonIndex head = data.written_head[h];
    const std::span<const HouseholdRow> rows =
        std::span(data.rows).subspan(data.starts[h], data.starts[h + 1] - data.starts[h]);
    if (data.households[h].collective) {
      const bool kin = std::any_of(rows.begin(), rows.end(), [](const HouseholdRow& row) {
        return row.relation != RelationEdge::kNone && row.relation != RelationEdge::kSelf;
      });
      if (kin) findings->push_back({"collective_kin_ignored", {rows[0].person}});
      continue;
    }
    if (head == kNoPerson) continue;
    Relatives relatives;
    for (const HouseholdRow& row : rows) {
      if (row.person == head || !(row.resident || row.dead)) continue;
      const PersonIndex m = row.person;
      switch (row.relation) {
        case RelationEdge::kSpouse:
          out->push_back(Related(KinKind::kSpouse, head, m, Trust::kHousehold, &row));
          relatives.spouses.push_back(m);
          break;
        case RelationEdge::kChild:
        case RelationEdge::kChildAdoptedOrStep: {
          Evidence e = Related(KinKind::kParentChild, head, m, Trust::kHousehold, &row);
          e.step = row.relation == RelationEdge::kChildAdoptedOrStep;
          out->push_back(e);
          relatives.children.push_back(m);
          if (!e.step) relatives.own_children.push_back(m);
          break;
        }
        case RelationEdge::kParent:
        case RelationEdge::kParentAdoptedOrStep: {
          Evidence e = Related(KinKind::kParentChild, m, head, Trust::kHousehold, &row);
          e.step = row.relation == RelationEdge::kParentAdoptedOrStep;
          out->push_back(e);
          break;
        }
        case RelationEdge::kChildInLaw:
          relatives.children_in_law.push_back(m);
          break;
        case RelationEdge::kParentInLaw:
          relatives.parents_in_law.push_back(m);
          break;
        case RelationEdge::kGrandchild:
        case RelationEdge::kGreatGrandchild:
          grandparents->push_back({head, m});
          break;
        case RelationEdge::kGrandparent:
        case RelationEdge::kGreatGrandparent:
          grandparents->push_back({m, head});
          break;
        default:
          break;
      }
    }
    // What the code does not say but a household of one couple suggests.
    if (relatives.spouses.size() == 1) {
      const PersonIndex spouse = relatives.spouses[0];
      if (relatives.own_children.size() <= kChildrenMax) {
        for (const PersonIndex child : relatives.own_children) {
          out->push_back(Related(KinKind::kParentChild, spouse, child, Trust::kInferred, nullptr));
        }
      }
      if (relatives.parents_in_law.size() <= 2) {
        for (const PersonIndex parent : relatives.parents_in_law) {
          out->push_back(Related(KinKind::kParentChild, parent, spouse, Trust::kInferred, nullptr));
        }
      }
    }
    if (relatives.children_in_law.size() == 1) {
      const PersonIndex in_law = relatives.children_in_law[0];
      PersonIndex partner = kNoPerson;
      size_t partners = 0;
      for (const PersonIndex child : relatives.children) {
        if (linked.persons[child].sex == 0 || linked.persons[in_law].sex == 0 ||
            linked.persons[child].sex == linked.persons[in_law].sex) {
          continue;
        }
        partner = child;
        ++partners;
      }
      if (partners == 1) out->push_back(Related(KinKind::kSpouse, partner, in_law, Trust::kInferred, nullptr));
    }
  }
}

KinEdge EdgeOf(std::span<const Evidence> same) {
  KinEdge edge;
  edge.from = same[0].from;
  edge.to = same[0].to;
  edge.kind = same[0].kind;
  edge.inferred = true;
  for (const Evidence& e : same) {
    if (e.trust != Trust::kHousehold && e.trust != Trust::kInferred) edge.inferred = false;
    if (e.mention) edge.evidence.push_back(*e.mention);
    if (e.kind != KinKind::kSpouse && e.day && (!edge.start || *e.day < *edge.start)) edge.start = e.day;
  }
  std::sort(edge.evidence.begin(), edge.evidence.end());
  edge.evidence.erase(std::unique(edge.evidence.begin(), edge.evidence.end()), edge.evidence.end());
  return edge;
}

template <class Body>
void ForEachPair(const std::vector<Evidence>& sorted, const Body& body) {
  for (size_t i = 0; i < sorted.size();) {
    size_t j = i;
    while (j < sorted.size() && sorted[j].from == sorted[i].from && sorted[j].to == sorted[i].to) ++j;
    body(std::span(sorted).subspan(i, j - i));
    i = j;
  }
}

// The state of one couple: its latest marriage and whether it ended. An ending without a day ends what there is.
void SetMarriage(const LinkedPersons& linked, CivilDay as_of, std::span<const Evidence> same, KinEdge* edge) {
  bool undated_end = false;
  for (const Evidence& e : same) {
    if (e.ends) {
      undated_end |= !e.day;
    } else if (e.day && (!edge->start || *e.day > *edge->start)) {
      edge->start = e.day;
    }
  }
  for (const Evidence& e : same) {
    if (!e.ends || !e.day || (edge->start && *e.day < *edge->start)) continue;
    if (!edge->end || *e.day < *edge->end) edge->end = e.day;
  }
  if (undated_end && !edge->end) edge->end = edge->start ? *edge->start : as_of;
  for (const PersonIndex p : {edge->from, edge->to}) {
    const auto& death = linked.persons[p].death_date;
    if (death && (!edge->end || *death < *edge->end)) edge->end = death;
  }
}

void AddSpouses(const LinkedPersons& linked, const HouseholdData& data, CivilDay as_of, std::vector<Evidence> evidence,
                KinGraph* graph, std::vector<FamilyFinding>* findings) {
  std::vector<uint8_t> in_register(linked.persons.size());
  for (const Evidence& e : evidence) {
    if (e.trust == Trust::kMarriage) in_register[e.from] = in_register[e.to] = 1;
  }
  struct Couple {
    int32_t start;
    PersonIndex a, b;
    bool inferred;
  };
  std::vector<Couple> current;
  ForEachPair(evidence, [&](std::span<const Evidence> same) {
    const bool registered =
        std::any_of(same.begin(), same.end(), [](const Evidence& e) { return e.trust == Trust::kMarriage; });
    const PersonIndex a = same[0].from, b = same[0].to;
    if (!registered && (in_register[a] || in_register[b])) {
      const bool written =
          std::any_of(same.begin(), same.end(), [](const Evidence& e) { return e.trust != Trust::kInferred; });
      if (written) findings->push_back({"spouse_register_differs", {a, b}});
      return;
    }
    KinEdge edge = EdgeOf(same);
    SetMarriage(linked, as_of, same, &edge);
    const bool started = !edge.start || *edge.start <= as_of;
    const bool ended = edge.end && *edge.end <= as_of;
    const bool both_alive = data.alive[a] && data.alive[b];
    if (started && !ended && both_alive) {
      current.push_back({edge.start ? edge.start->days : INT32_MIN, a, b, edge.inferred});
    } else if (ended && registered) {
      const bool claimed =
          std::any_of(same.begin(), same.end(), [](const Evidence& e) { return e.trust == Trust::kHousehold; });
      if (claimed && both_alive) findings->push_back({"spouse_register_differs", {a, b}});
    }
    graph->edges.push_back(std::move(edge));
  });
  std::sort(current.begin(), current.end(), [](const Couple& x, const Couple& y) {
    return std::tuple(x.inferred, -static_cast<int64_t>(x.start), x.a, x.b) <
           std::tuple(y.inferred, -static_cast<int64_t>(y.start), y.a, y.b);
  });
  for (const Couple& couple : current) {
    if (graph->spouse_of[couple.a] == kNoPerson && graph->spouse_of[couple.b] == kNoPerson) {
      graph->spouse_of[couple.a] = couple.b;
      graph->spouse_of[couple.b] = couple.a;
      continue;
    }
    for (const PersonIndex p : {couple.a, couple.b}) {
      const PersonIndex other = p == couple.a ? couple.b : couple.a;
      if (graph->spouse_of[p] != kNoPerson)
        findings->push_back({"two_current_spouses", {p, graph->spouse_of[p], other}});
    }
  }
}

struct Parent {
  PersonIndex child, parent;
  Trust trust;
  bool step;
  KinEdge edge;
};

// One parent a sex, by trust; adoptive and step parents stand beside them.
void ChooseParents(const LinkedPersons& linked, std::span<Parent> parents, KinGraph* graph,
                   std::vector<FamilyFinding>* findings) {
  std::sort(parents.begin(), parents.end(), [](const Parent& a, const Parent& b) {
    return std::tuple(a.trust, a.parent) < std::tuple(b.trust, b.parent);
  });
  PersonIndex of_sex[3] = {kNoPerson, kNoPerson, kNoPerson};
  size_t natural = 0;
  for (Parent& p : parents) {
    if (p.step) {
      graph->edges.push_back(std::move(p.edge));
      continue;
    }
    const int sex = std::clamp(linked.persons[p.parent].sex, 0, 2);
    const bool taken = natural >= 2 || (sex != 0 && of_sex[sex] != kNoPerson);
    if (taken) {
      if (p.trust != Trust::kInferred) {
        std::vector<PersonIndex> persons = {p.child, p.parent};
        if (sex != 0 && of_sex[sex] != kNoPerson) persons.push_back(of_sex[sex]);
        findings->push_back({"more_than_two_parents", std::move(persons)});
      }
      continue;
    }
    of_sex[sex] = p.parent;
    ++natural;
    graph->edges.push_back(std::move(p.edge));
  }
}

void AddParents(const LinkedPersons& linked, const std::vector<Evidence>& evidence, KinGraph* graph,
                std::vector<FamilyFinding>* findings) {
  std::vector<Parent> all;
  ForEachPair(evidence, [&](std::span<const Evidence> same) {
    const PersonIndex parent = same[0].from, child = same[0].to;
    const std::optional<int> gap = AgeGap(linked, parent, child);
    Trust trust = Trust::kInferred;
    bool step = true;
    for (const Evidence& e : same) {
      trust = std::min(trust, e.trust);
      step &= e.step;
    }
    if (gap && *gap < kParentAgeMin) {
      if (trust != Trust::kInferred) {
        findings->push_back({*gap < 0 ? "parent_younger_than_child" : "parent_under_twelve", {parent, child}});
      }
      if (*gap < 0 || trust == Trust::kInferred) return;
    }
    all.push_back({child, parent, trust, step, EdgeOf(same)});
  });
  std::sort(all.begin(), all.end(), [](const Parent& a, const Parent& b) {
    return std::tuple(a.child, a.parent) < std::tuple(b.child, b.parent);
  });
  for (size_t i = 0; i < all.size();) {
    size_t j = i;
    while (j < all.size() && all[j].child == all[i].child) ++j;
    ChooseParents(linked, std::span(all).subspan(i, j - i), graph, findings);
    i = j;
  }
}

// Parent edges inside a strongly connected component make a cycle: somebody would be their own ancestor.
void IndexParents(size_t persons, KinGraph* graph, std::vector<FamilyFinding>* findings) {
  using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
  std::vector<std::pair<size_t, size_t>> arcs;
  for (const KinEdge& e : graph->edges) {
    if (e.kind == KinKind::kParentChild) arcs.push_back({e.from, e.to});
  }
  std::sort(arcs.begin(), arcs.end());
  const Graph parents(boost::edges_are_sorted, arcs.begin(), arcs.end(), persons);
  std::vector<size_t> component(persons);
  if (persons > 0) {
    boost::strong_components(parents, boost::make_iterator_property_map(
                                          component.begin(), boost::get(boost::vertex_index, parents), component[0]));
  }
  std::map<size_t, std::vector<PersonIndex>> cycles;
  std::vector<std::pair<PersonIndex, PersonIndex>> sound;  // (child, parent)
  for (const auto& [parent, child] : arcs) {
    if (component[parent] != component[child]) {
      sound.push_back({static_cast<PersonIndex>(child), static_cast<PersonIndex>(parent)});
      continue;
    }
    cycles[component[parent]].push_back(static_cast<PersonIndex>(parent));
    cycles[component[parent]].push_back(static_cast<PersonIndex>(child));
  }
  for (auto& [unused, members] : cycles) {
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    findings->push_back({"kin_cycle", members});
  }
  std::sort(sound.begin(), sound.end());
  graph->parent_starts.assign(persons + 1, 0);
  graph->parents.resize(sound.size());
  for (size_t i = 0; i < sound.size(); ++i) {
    ++graph->parent_starts[sound[i].first + 1];
    graph->parents[i] = sound[i].second;
  }
  for (size_t p = 0; p < persons; ++p) graph->parent_starts[p + 1] += graph->parent_starts[p];
}

}  // namespace

KinGraph BuildKinGraph(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                       const HouseholdData& households, CivilDay as_of, const FamilyOptions& options,
                       std::vector<FamilyFinding>* findings) {
  KinGraph graph;
  graph.spouse_of.assign(linked.persons.size(), kNoPerson);
  std::vector<Evidence> evidence;
  AddRuleEvidence(tables, linked, options, &evidence, findings);
  AddHouseholdEvidence(linked, households, &evidence, &graph.grandparents, findings);
  std::sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) {
    return std::tuple(a.kind, a.from, a.to, a.trust, a.ends, a.day, a.mention) <
           std::tuple(b.kind, b.from, b.to, b.trust, b.ends, b.day, b.mention);
  });
  std::vector<Evidence> of_kind[3];
  for (const Evidence& e : evidence) of_kind[static_cast<int>(e.kind)].push_back(e);
  AddSpouses(linked, households, as_of, of_kind[static_cast<int>(KinKind::kSpouse)], &graph, findings);
  AddParents(linked, of_kind[static_cast<int>(KinKind::kParentChild)], &graph, findings);
  ForEachPair(of_kind[static_cast<int>(KinKind::kGuardian)], [&](std::span<const Evidence> same) {
    graph.edges.push_back(EdgeOf(same));
    graph.guardians.push_back({same[0].from, same[0].to});
  });
  std::sort(graph.edges.begin(), graph.edges.end(), [](const KinEdge& a, const KinEdge& b) {
    return std::tuple(a.from, a.to, a.kind) < std::tuple(b.from, b.to, b.kind);
  });
  std::sort(graph.grandparents.begin(), graph.grandparents.end());
  graph.grandparents.erase(std::unique(graph.grandparents.begin(), graph.grandparents.end()), graph.grandparents.end());
  IndexParents(linked.persons.size(), &graph, findings);
  return graph;
}

}  // namespace hearth
