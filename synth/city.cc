#include "synth/city.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "synth/change.h"
#include "synth/dice.h"
#include "synth/economy.h"
#include "synth/feed_writer.h"
#include "synth/population.h"
#include "synth/rows.h"
#include "synth/site_files.h"
#include "synth/truth.h"

namespace hearth::synth {
namespace {

// Planted rows that nobody can read stay below one in four hundred of a file.
constexpr int64_t kRowsPerBadRow = 400;
constexpr int64_t kRowsForTotal = 1000;

Status CheckOptions(const CityOptions& o) {
  if (o.people < 1 || o.people > 40000000) return InvalidArgument("people is 1 to 40,000,000");
  if (o.nights < 1 || o.nights > 50) return InvalidArgument("nights is 1 to 50");
  if (!(o.faults >= 0 && o.faults <= 10)) return InvalidArgument("faults is a factor from 0 to 10");
  if (!(o.change_rate >= 0 && o.change_rate <= 1)) return InvalidArgument("change-rate is a share from 0 to 1");
  if (o.from < CivilDay{10957} || o.from > CivilDay{32871}) return InvalidArgument("from is a day of 2000 to 2059");
  if (o.out.empty()) return InvalidArgument("out is the folder to write to");
  return OkStatus();
}

class MentionsInto : public MentionSink {
 public:
  explicit MentionsInto(TruthFiles& files) : files_(files) {}
  void Add(const Mention& mention) override { files_.AddMention(mention); }

 private:
  TruthFiles& files_;
};

class CityMaker {
 public:
  explicit CityMaker(const CityOptions& o) : o_(o), planter_(o.seed, o.faults), mentions_(truth_) {}

  StatusOr<CitySummary> Make(const std::function<void(double)>& progress) {
    HEARTH_RETURN_IF_ERROR(Open());
    int blocks = static_cast<int>((o_.people + kBlockPeople - 1) / kBlockPeople);
    for (int b = 0; b < blocks; ++b) {
      // Blocks differ by at most one person.
      int64_t from = o_.people * b / blocks, until = o_.people * (b + 1) / blocks;
      HEARTH_RETURN_IF_ERROR(MakeBlock(b, static_cast<int>(until - from)));
      if (progress) progress(static_cast<double>(b + 1) / blocks);
    }
    HEARTH_RETURN_IF_ERROR(Close());
    return std::move(summary_);
  }

 private:
  bool IsDelta(int night) const { return o_.delta && night > 1; }

  Status Open() {
    std::error_code error;
    if (std::filesystem::exists(o_.out + "/hearth.yaml", error))
      return FailedPrecondition(o_.out + " holds a site already; choose an empty folder");
    HEARTH_RETURN_IF_ERROR(truth_.Open(o_.out + "/truth"));
    HEARTH_RETURN_IF_ERROR(WriteFile(o_.out + "/hearth.yaml", SiteYaml()));
    for (int night = 1; night <= o_.nights; ++night) {
      CivilDay day = o_.from.AddDays(night - 1);
      std::string batch = day.ToString() + "-01";
      std::erase(batch, '-');
      batch.insert(8, "-");
      std::vector<std::unique_ptr<FeedFile>> files;
      for (const FeedSpec& spec : Feeds()) {
        HEARTH_ASSIGN_OR_RETURN(auto file, FeedFile::Open(spec, {o_.out + "/drop", batch, night, IsDelta(night), day}));
        files.push_back(std::move(file));
      }
      files_.push_back(std::move(files));
    }
    for (const FeedSpec& spec : Feeds()) {
      now_.emplace_back(spec);
      before_.emplace_back(spec);
    }
    summary_.nights = o_.nights;
    return OkStatus();
  }

  Status MakeBlock(int index, int people) {
    Block block = MakePopulation({o_.seed, index, people, o_.people, o_.from});
    MakeEconomy(block, {o_.seed, o_.people, o_.from});
    truth_.BeginBlock();
    summary_.people += block.living;
    for (const Household& h : block.households) {
      if (!h.collective) summary_.households += !h.members.empty();
      if (h.collective && collectives_.insert(h.number).second) ++summary_.households;
    }
    if (index == 0) HEARTH_RETURN_IF_ERROR(WriteSampleRequest(block));
    for (int night = 1; night <= o_.nights; ++night) {
      CivilDay as_of = o_.from.AddDays(night - 1);
      if (night > 1)
        summary_.changed_households += ChangeBlock(block, {o_.seed, o_.people, night, as_of, o_.change_rate});
      NightTruth truth = DecideNight(o_.seed, block, as_of);
      if (night == o_.nights) summary_.alerts += static_cast<int64_t>(truth.alerts.size());
      truth_.AddNight(block, night, truth);
      truth_.AddKin(block, WitnessedKin(block, as_of));
      for (RowBuffer& buffer : now_) buffer.Clear();
      MakeRows(block, {o_.seed, o_.from, as_of}, planter_, now_, mentions_);
      HEARTH_RETURN_IF_ERROR(WriteNight(index, night));
      if (o_.delta) std::swap(now_, before_);
    }
    return truth_.Flush();
  }

  Status WriteNight(int block, int night) {
    auto& files = files_[static_cast<size_t>(night) - 1];
    for (size_t f = 0; f < files.size(); ++f) {
      if (IsDelta(night)) {
        std::string text;
        size_t rows = AppendDelta(before_[f], now_[f], text);
        HEARTH_RETURN_IF_ERROR(files[f]->Append(text, rows));
      } else {
        HEARTH_RETURN_IF_ERROR(files[f]->Append(now_[f].text(), now_[f].rows()));
        HEARTH_RETURN_IF_ERROR(PlantBadRow(*files[f], Feeds()[f], block));
      }
    }
    return OkStatus();
  }

  // A row with too few cells, or bytes that are no text.
  Status PlantBadRow(FeedFile& file, const FeedSpec& spec, int block) {
    if (o_.faults == 0 || file.rows() < (file.bad_rows + 1) * kRowsPerBadRow) return OkStatus();
    Dice dice(o_.seed, Purpose::kBadRow, static_cast<uint64_t>(block), static_cast<uint64_t>(spec.registry));
    if (!dice.Chance(0.3)) return OkStatus();
    ++file.bad_rows;
    std::string row = "X" + std::to_string(block);
    bool short_row = dice.Chance(0.5);
    size_t cells = short_row ? 2 : spec.columns.size();
    for (size_t i = 1; i < cells; ++i) row += spec.delimiter + std::string(i == 2 ? "\xFF\xFF" : "1");
    row += spec.crlf ? "\r\n" : "\n";
    return file.AppendBytes(row, 1);
  }

  // Three registries close their files with a total, as a spreadsheet would.
  Status PlantTotal(FeedFile& file, const FeedSpec& spec) {
    bool closes = spec.registry == Registry::kPensions || spec.registry == Registry::kDisability ||
                  spec.registry == Registry::kFinancialAssets;
    if (!closes || o_.faults == 0 || file.rows() < kRowsForTotal) return OkStatus();
    std::string row = "合计";
    for (size_t i = 1; i < spec.columns.size(); ++i)
      row += spec.delimiter + std::string(i == 1 ? std::to_string(file.rows()) : "");
    row += spec.crlf ? "\r\n" : "\n";
    return file.Append(row, 1);
  }

  // The first poor family that is not enrolled, as an office would ask about it.
  Status WriteSampleRequest(const Block& block) {
    NightTruth truth = DecideNight(o_.seed, block, o_.from);
    const Unit* chosen = nullptr;
    for (size_t u = 0; u < truth.units.size(); ++u) {
      if (block.home(truth.units[u].household).collective) continue;
      if (!chosen) chosen = &truth.units[u];
      if (!truth.due[u].dibao_due || truth.due[u].dibao_enrolled) continue;
      chosen = &truth.units[u];
      break;
    }
    if (!chosen) return OkStatus();
    RequestedFamily family{
        block.home(chosen->household).number, std::to_string(block.home(chosen->household).county), {}};
    for (int m : chosen->members)
      if (AgeOf(block.at(m), o_.from) >= 18) family.adults.push_back({block.at(m).number, block.at(m).name});
    return WriteFile(o_.out + "/verify-request.yaml", VerifyRequestYaml(family, o_.from));
  }

  Status Close() {
    for (const FeedSpec& spec : Feeds()) summary_.rows.push_back({std::string(spec.feed), 0});
    for (size_t n = 0; n < files_.size(); ++n) {
      for (size_t f = 0; f < files_[n].size(); ++f) {
        FeedFile& file = *files_[n][f];
        if (!IsDelta(static_cast<int>(n) + 1)) HEARTH_RETURN_IF_ERROR(PlantTotal(file, Feeds()[f]));
        HEARTH_RETURN_IF_ERROR(file.Close());
        summary_.rows[f].second += file.rows();
        summary_.rows_total += file.rows();
      }
    }
    return truth_.Close();
  }

  const CityOptions& o_;
  FaultPlanter planter_;
  TruthFiles truth_;
  MentionsInto mentions_;
  std::vector<std::vector<std::unique_ptr<FeedFile>>> files_;  // by night, then feed
  std::vector<RowBuffer> now_, before_;
  std::set<std::string> collectives_;
  CitySummary summary_;
};

}  // namespace

StatusOr<CitySummary> MakeCity(const CityOptions& options, const std::function<void(double)>& progress) {
  HEARTH_RETURN_IF_ERROR(CheckOptions(options));
  return CityMaker(options).Make(progress);
}

}  // namespace hearth::synth
