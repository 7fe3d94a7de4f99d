#include "matchers/identity.h"

#include <algorithm>
#include <numeric>

#include "core/address.h"
#include "core/parallel.h"
#include "core/person_name.h"
#include "core/text.h"
#include "matchers/person_groups.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hearth {
namespace {

uint64_t HashText(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }
uint64_t Mix(uint64_t a, uint64_t b) {
  const uint64_t pair[2] = {a, b};
  return XXH3_64bits(pair, sizeof pair);
}

uint64_t HashCell(const RecordTable& table, int column, uint32_t row) {
  if (column < 0) return 0;
  const Verdict verdict = table.CellVerdict(column, row);
  if (verdict == Verdict::kAbsent) return 0;
  const uint64_t seed = static_cast<uint64_t>(verdict) + 1;
  if (!IsUsable(verdict)) return Mix(seed, HashText(table.Raw(column, row)));
  if (IsTextType(table.schema().fields[column].type)) return Mix(seed, HashText(table.Text(column, row)));
  return Mix(seed, static_cast<uint64_t>(table.Int(column, row)));
}

bool HasName(const RecordTable& t, uint32_t row, const PersonReference& ref) {
  return t.Has(ref.name, row) || t.Has(ref.given_name, row) || t.Has(ref.family_name, row);
}

bool IsPresent(const RecordTable& t, int column, uint32_t row) {
  return column >= 0 && t.CellVerdict(column, row) != Verdict::kAbsent;
}

bool NamesSomebody(const RecordTable& t, uint32_t row, const PersonReference& ref) {
  return HasName(t, row, ref) || IsPresent(t, ref.number, row) || t.Has(ref.subject_key, row) ||
         t.Has(ref.other_number, row);
}

// Content that can only be one person's, so that equal content may share an identity without a comparison.
bool TellsOnePerson(const RecordTable& t, uint32_t row, const PersonReference& ref) {
  if (t.Has(ref.number, row) || t.Has(ref.subject_key, row)) return true;
  if (!HasName(t, row, ref)) return false;
  return t.Has(ref.phone, row) || t.Has(ref.other_number, row) ||
         (t.Has(ref.birth_date, row) && t.Has(ref.address, row));
}

// A certificate of disability begins with the holder's number; it helps when the number's own cell does not.
int CertificateColumn(const RegistrySchema& schema) {
  if (schema.persons.size() != 1) return -1;
  for (size_t f = 0; f < schema.fields.size(); ++f) {
    if (schema.fields[f].type == FieldType::kDisabilityCertificate) return static_cast<int>(f);
  }
  return -1;
}

uint64_t ContentOf(const RecordTable& t, uint32_t row, const PersonReference& ref, int certificate) {
  const uint64_t cells[] = {
      HashCell(t, ref.number, row),       HashCell(t, ref.other_number, row), HashCell(t, ref.name, row),
      HashCell(t, ref.given_name, row),   HashCell(t, ref.middle_name, row),  HashCell(t, ref.family_name, row),
      HashCell(t, ref.former_name, row),  HashCell(t, ref.birth_date, row),   HashCell(t, ref.sex, row),
      HashCell(t, ref.region, row),       HashCell(t, ref.address, row),      HashCell(t, ref.phone, row),
      HashCell(t, ref.organisation, row), HashCell(t, ref.subject_key, row),  HashCell(t, ref.household_key, row),
      HashCell(t, certificate, row)};
  return XXH3_64bits(cells, sizeof cells);
}

uint32_t RegionOfText(std::string_view text) {
  uint32_t region = 0;
  for (size_t i = 0; i < 6; ++i) {
    const char c = i < text.size() ? text[i] : '0';
    if (c < '0' || c > '9') return 0;
    region = region * 10 + static_cast<uint32_t>(c - '0');
  }
  return region;
}

int SexOfCode(std::string_view value) { return value == "male" ? 1 : value == "female" ? 2 : 0; }

uint64_t HashPlaced(const RecordTable& t, int column, uint32_t row) {
  return t.Has(column, row) ? Mix(HashText(t.schema().id), HashText(t.Text(column, row))) : 0;
}
uint64_t HashUsable(const RecordTable& t, int column, uint32_t row) {
  return t.Has(column, row) ? HashText(t.Text(column, row)) : 0;
}

// 0 when nothing below the county is named. Addresses of other countries have no parts; their text is the key.
uint64_t HashAddress(std::string_view text) {
  const std::string key = AddressKey(ParseAddress(text, {}));
  if (!key.empty()) return HashText(key);
  return IsAscii(text) ? HashText(UpperAscii(NormaliseAddress(text))) : 0;
}

void ReadNumber(const RecordTable& t, uint32_t row, const PersonReference& ref, int certificate, Identity* out,
                NumberHint* hint) {
  if (t.Has(ref.number, row)) {
    const std::string_view text = t.Text(ref.number, row);
    const std::string upgraded = text.size() == 15 ? UpgradeOld15(text) : std::string();
    const CitizenNumber number = CitizenNumber::FromText(upgraded.empty() ? text.substr(0, 18) : upgraded);
    out->number = number.packed();
    out->old_number = !upgraded.empty();
    // A document of another shape (three letters and twelve digits) is a number of its own kind.
    if (number.IsEmpty()) out->other_number = HashText(text);
  } else if (IsPresent(t, ref.number, row)) {
    *hint = ReadNumberHint(t.Raw(ref.number, row));
  }
  if (out->number == 0 && t.Has(certificate, row)) {
    out->number = CitizenNumber::FromText(t.Text(certificate, row).substr(0, 18)).packed();
  }
}

// Everything but name indices, hint index and mentions.
Identity ReadIdentity(const RecordTable& t, uint32_t row, uint16_t table, uint16_t role, int certificate,
                      NumberHint* hint) {
  const RegistrySchema& schema = t.schema();
  const PersonReference& ref = schema.persons[role];
  Identity out;
  out.table = table;
  if (t.Has(ref.other_number, row)) out.other_number = HashText(t.Text(ref.other_number, row));
  ReadNumber(t, row, ref, certificate, &out, hint);
  out.phone = HashUsable(t, ref.phone, row);
  out.organisation = HashUsable(t, ref.organisation, row);
  if (t.Has(ref.address, row)) {
    out.address = HashAddress(t.Text(ref.address, row));
    out.groups = GroupsOfAddress(t.Text(ref.address, row));
  }
  out.subject = HashPlaced(t, ref.subject_key, row);
  out.household = HashPlaced(t, ref.household_key, row);
  if (t.Has(ref.birth_date, row)) out.birth = t.DayAt(ref.birth_date, row).days;
  if (t.Has(ref.sex, row)) out.sex = static_cast<uint8_t>(SexOfCode(t.CodeAt(ref.sex, row)));
  if (t.Has(ref.region, row)) out.region = RegionOfText(t.Text(ref.region, row));
  out.registered = schema.household.person == static_cast<int>(role);
  return out;
}

struct Key {
  uint64_t hash;
  uint32_t row;
};

// The rows of one role by content; rows with equal content are neighbours, in order of (row key, content).
// plain_of: hash of the content and own hash of the rows that a human decided about.
std::vector<Key> SortedKeys(const RecordTable& t, uint16_t role, std::span<const MentionKey> desk_mentions,
                            std::vector<std::pair<uint64_t, uint64_t>>* plain_of) {
  const PersonReference& ref = t.schema().persons[role];
  const int certificate = CertificateColumn(t.schema());
  std::vector<Key> keys;
  keys.reserve(t.size());
  for (uint32_t row = 0; row < t.size(); ++row) {
    if (!NamesSomebody(t, row, ref)) continue;
    uint64_t hash = ContentOf(t, row, ref, certificate);
    const bool decided = !desk_mentions.empty() &&
                         std::binary_search(desk_mentions.begin(), desk_mentions.end(), KeyOfMention(t, row, role));
    const uint64_t plain = hash;
    const bool tells = TellsOnePerson(t, row, ref);
    if (decided || !tells) hash = Mix(hash, Mix(HashText(t.Key(row)), t.ContentHash(row)));
    if (decided && tells) plain_of->push_back({plain, hash});
    keys.push_back({hash, row});
  }
  std::sort(keys.begin(), keys.end(),
            [](const Key& a, const Key& b) { return a.hash != b.hash ? a.hash < b.hash : a.row < b.row; });
  return keys;
}

// Pairs the identity of a decided row with that of the undecided rows of its content, or with the last decided one.
void AddTwins(const std::vector<Key>& keys, const std::vector<uint32_t>& starts,
              std::vector<std::pair<uint64_t, uint64_t>> plain_of, size_t first_identity,
              std::vector<std::pair<uint32_t, uint32_t>>* twins) {
  const auto find = [&](uint64_t hash) {
    const auto it = std::lower_bound(starts.begin(), starts.end(), hash,
                                     [&](uint32_t start, uint64_t wanted) { return keys[start].hash < wanted; });
    const bool found = it != starts.end() && keys[*it].hash == hash;
    return found ? static_cast<uint32_t>(first_identity + static_cast<size_t>(it - starts.begin())) : kNone;
  };
  std::sort(plain_of.begin(), plain_of.end());
  for (size_t i = 0; i < plain_of.size(); ++i) {
    const uint32_t own = find(plain_of[i].second), plain = find(plain_of[i].first);
    if (plain != kNone) twins->push_back({own, plain});
    if (i > 0 && plain_of[i - 1].first == plain_of[i].first) twins->push_back({own, find(plain_of[i - 1].second)});
  }
}

struct NameUse {
  uint64_t hash;
  uint32_t identity;
  bool former;
};

void AddWords(std::string_view text, uint64_t* first, uint64_t* last) {
  constexpr std::string_view kDot = "·";
  const size_t space = text.find(' '), dot = text.find(kDot);
  const size_t cut = std::min(space, dot);
  if (cut == std::string_view::npos) return;
  const size_t last_space = text.rfind(' '), last_dot = text.rfind(kDot);
  size_t from = 0;
  if (last_space != std::string_view::npos) from = last_space + 1;
  if (last_dot != std::string_view::npos) from = std::max(from, last_dot + kDot.size());
  *first = HashText(UpperAscii(text.substr(0, cut)));
  *last = HashText(UpperAscii(text.substr(from)));
}

// Fills names and the identities' indices; name_of(identity) and former_of(identity) read the rows again.
void IndexNames(std::span<const RecordTable* const> tables, int threads, Identities* out) {
  std::vector<NameUse> uses(out->all.size() * 2);
  const auto text_of = [&](uint32_t i, bool former, std::string* scratch) -> std::string_view {
    const Mention m = out->mentions[out->all[i].first];
    const RecordTable& t = *tables[m.table];
    const PersonReference& ref = t.schema().persons[m.role];
    if (former) return t.Text(ref.former_name, m.row);
    if (t.Has(ref.name, m.row)) return t.Text(ref.name, m.row);
    *scratch = NameOfMention(t, m.row, ref);
    return *scratch;
  };
  ParallelChunks(out->all.size(), 65536, threads, [&](size_t begin, size_t end) {
    std::string scratch;
    for (size_t i = begin; i < end; ++i) {
      for (int former = 0; former < 2; ++former) {
        const std::string_view text = text_of(static_cast<uint32_t>(i), former == 1, &scratch);
        uses[2 * i + former] = {text.empty() ? 0 : HashText(text) | 1, static_cast<uint32_t>(i), former == 1};
      }
    }
  });
  std::erase_if(uses, [](const NameUse& use) { return use.hash == 0; });
  std::sort(uses.begin(), uses.end(), [](const NameUse& a, const NameUse& b) {
    return a.hash != b.hash           ? a.hash < b.hash
           : a.identity != b.identity ? a.identity < b.identity
                                      : a.former < b.former;
  });
  NameTable& names = out->names;
  std::string scratch;
  for (size_t i = 0; i < uses.size(); ++i) {
    if (i == 0 || uses[i].hash != uses[i - 1].hash) {
      names.offsets.push_back(names.pool.size());
      names.pool.append(text_of(uses[i].identity, uses[i].former, &scratch));
    }
    const uint32_t id = static_cast<uint32_t>(names.offsets.size() - 1);
    (uses[i].former ? out->all[uses[i].identity].former_name : out->all[uses[i].identity].name) = id;
  }
  const size_t count = names.offsets.size();
  names.offsets.push_back(names.pool.size());
  names.folded.resize(count);
  names.sound.resize(count);
  names.first_word.resize(count);
  names.last_word.resize(count);
  std::vector<uint8_t> groups(count);
  ParallelChunks(count, 4096, threads, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const std::string_view text = names.Text(static_cast<uint32_t>(i));
      groups[i] = GroupsOfName(text);
      names.folded[i] = HashText(FoldedNameKey(text));
      names.sound[i] = HashText(PinyinKey(text));
      AddWords(text, &names.first_word[i], &names.last_word[i]);
    }
  });
  for (Identity& identity : out->all) {
    if (identity.name != kNone) identity.groups |= groups[identity.name];
  }
}

}  // namespace

std::string NameOfMention(const RecordTable& t, uint32_t row, const PersonReference& ref) {
  if (t.Has(ref.name, row)) return std::string(t.Text(ref.name, row));
  std::string name;
  for (const int part : {ref.given_name, ref.middle_name, ref.family_name}) {
    const std::string_view text = t.Has(part, row) ? t.Text(part, row) : std::string_view();
    if (text.empty()) continue;
    if (!name.empty()) name += ' ';
    name += text;
  }
  return name;
}

Identities CollectIdentities(std::span<const RecordTable* const> tables, std::span<const MentionKey> desk_mentions,
                             int threads) {
  // One job a table and role, in order of registry id, so that the caller's order of tables does not matter.
  struct Job {
    uint16_t table, role;
    std::vector<Key> keys;
    std::vector<std::pair<uint64_t, uint64_t>> plain_of;
    size_t first_identity = 0, first_mention = 0, identities = 0;
  };
  std::vector<uint16_t> order(tables.size());
  std::iota(order.begin(), order.end(), uint16_t{0});
  std::sort(order.begin(), order.end(),
            [&](uint16_t a, uint16_t b) { return tables[a]->schema().id < tables[b]->schema().id; });
  std::vector<size_t> rank_of(tables.size());
  for (size_t i = 0; i < order.size(); ++i) rank_of[order[i]] = i;
  std::vector<Job> jobs;
  for (const uint16_t t : order) {
    for (size_t r = 0; r < tables[t]->schema().persons.size(); ++r)
      jobs.push_back({t, static_cast<uint16_t>(r), {}, {}});
  }
  ParallelFor(jobs.size(), threads, [&](size_t j) {
    jobs[j].keys = SortedKeys(*tables[jobs[j].table], jobs[j].role, desk_mentions, &jobs[j].plain_of);
    for (size_t i = 0; i < jobs[j].keys.size(); ++i) {
      jobs[j].identities += i == 0 || jobs[j].keys[i].hash != jobs[j].keys[i - 1].hash;
    }
  });
  Identities out;
  size_t identities = 0, mentions = 0;
  for (Job& job : jobs) {
    job.first_identity = identities;
    job.first_mention = mentions;
    identities += job.identities;
    mentions += job.keys.size();
  }
  HEARTH_CHECK(mentions < kNone, "more mentions than one night can hold");
  out.all.resize(identities);
  out.mentions.resize(mentions);
  out.mention_count = mentions;

  for (Job& job : jobs) {
    const RecordTable& t = *tables[job.table];
    const int certificate = CertificateColumn(t.schema());
    std::vector<uint32_t> starts;
    for (size_t i = 0; i < job.keys.size(); ++i) {
      if (i == 0 || job.keys[i].hash != job.keys[i - 1].hash) starts.push_back(static_cast<uint32_t>(i));
      out.mentions[job.first_mention + i] = {job.table, job.role, job.keys[i].row};
    }
    AddTwins(job.keys, starts, job.plain_of, job.first_identity, &out.twins);
    starts.push_back(static_cast<uint32_t>(job.keys.size()));
    constexpr size_t kGrain = 16384;
    const size_t chunks = (job.identities + kGrain - 1) / kGrain;
    std::vector<std::vector<std::pair<uint32_t, NumberHint>>> hints(chunks);
    ParallelFor(chunks, threads, [&](size_t c) {
      for (size_t i = c * kGrain; i < std::min(job.identities, (c + 1) * kGrain); ++i) {
        NumberHint hint;
        Identity& identity = out.all[job.first_identity + i];
        identity = ReadIdentity(t, job.keys[starts[i]].row, job.table, job.role, certificate, &hint);
        identity.first = static_cast<uint32_t>(job.first_mention + starts[i]);
        identity.count = starts[i + 1] - starts[i];
        identity.registry = static_cast<uint8_t>(std::min(rank_of[job.table], kRegistriesMax - 1));
        if (hint.known > 0) hints[c].push_back({static_cast<uint32_t>(job.first_identity + i), hint});
      }
    });
    for (const auto& chunk : hints) {
      for (const auto& [identity, hint] : chunk) {
        out.all[identity].hint = static_cast<uint32_t>(out.hints.size());
        out.hints.push_back(hint);
      }
    }
    job.keys = {};
  }
  IndexNames(tables, threads, &out);
  return out;
}

std::vector<std::string> RegistriesOf(std::span<const RecordTable* const> tables) {
  std::vector<std::string> ids;
  for (const RecordTable* t : tables) ids.push_back(t->schema().id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

Identities IdentitiesOf(std::span<const RecordTable* const> tables, std::span<const Mention> mentions) {
  const std::vector<std::string> registries = RegistriesOf(tables);
  Identities out;
  for (const Mention& m : mentions) {
    NumberHint hint;
    const RecordTable& t = *tables[m.table];
    Identity identity = ReadIdentity(t, m.row, m.table, m.role, CertificateColumn(t.schema()), &hint);
    const size_t rank =
        static_cast<size_t>(std::lower_bound(registries.begin(), registries.end(), t.schema().id) - registries.begin());
    identity.registry = static_cast<uint8_t>(std::min(rank, kRegistriesMax - 1));
    identity.first = static_cast<uint32_t>(out.mentions.size());
    identity.count = 1;
    if (hint.known > 0) {
      identity.hint = static_cast<uint32_t>(out.hints.size());
      out.hints.push_back(hint);
    }
    out.mentions.push_back(m);
    out.all.push_back(identity);
  }
  out.mention_count = mentions.size();
  IndexNames(tables, 1, &out);
  return out;
}

}  // namespace hearth
