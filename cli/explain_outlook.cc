#include "cli/explain_outlook.h"

#include "report/table.h"

namespace hearth {
namespace {

std::string Said(Outcome outcome, const std::optional<Money>& amount, Period per) {
  std::string text = std::string(OutcomeTitle(outcome)) + " " + std::string(OutcomeName(outcome));
  if (amount) text += "  " + Yuan(*amount) + " 元 yuan";
  if (per != Period::kNone) text += "  " + std::string(PeriodTitle(per)) + " per " + std::string(PeriodName(per));
  return text;
}

std::string SourceTitle(const std::string& source) {
  if (source == "case") return "经办人 an assessor";
  if (source == "locality") return "当地政府 the locality";
  return source;
}

std::string ConditionText(const Condition& c) {
  std::string text = "  - " + c.words_zh + "\n    " + c.words_en;
  if (c.subject != "household") text += " (" + c.subject + ")";
  return text + "   [" + c.clause + "]\n";
}

void WriteCondition(const Condition& c, JsonWriter& json) {
  json.BeginObject();
  json.Key("condition").Text(c.text);
  json.Key("subject").Text(c.subject);
  json.Key("clause").Text(c.clause);
  json.Key("wanted").Bool(c.wanted);
  json.Key("holds");
  c.holds ? json.Bool(*c.holds) : json.Null();
  json.Key("figure").Text(c.figure);
  json.Key("value").Text(c.figure.empty() ? "" : c.value.ToString());
  json.Key("line").Text(c.figure.empty() ? "" : c.line.ToString());
  json.Key("distance");
  c.distance ? json.Text(c.distance->ToString()) : json.Null();
  json.Key("unit").Text(c.unit);
  json.Key("words_zh").Text(c.words_zh);
  json.Key("words_en").Text(c.words_en);
  json.EndObject();
}

void WriteConditions(std::string_view key, const std::vector<Condition>& conditions, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const Condition& c : conditions) WriteCondition(c, json);
  json.EndArray();
}

void WriteResult(Outcome outcome, const std::optional<Money>& amount, Period per, JsonWriter& json) {
  json.Key("outcome").Text(OutcomeName(outcome));
  json.Key("amount").Yuan(amount);
  json.Key("per").Text(PeriodName(per));
}

}  // namespace

std::string OutlookText(const Outlook& o) {
  std::string text = "结论 determination  " + Said(o.now.outcome, o.now.amount, o.now.per) + "\n";
  if (o.line) text += "界线 the line\n" + ConditionText(*o.line);
  if (!o.would_change.empty()) {
    text += o.now.outcome == Outcome::kEligible ? "最近的失去条件 nearest lines at which it is lost\n"
                                                : "要改变结论 what stands in the way\n";
    for (const Condition& c : o.would_change) text += ConditionText(c);
  }
  if (!o.questions.empty()) text += "待补信息 what is not known\n";
  for (const Question& q : o.questions) {
    text += "  - " + q.fact + "  由 from " + SourceTitle(q.source) + "\n";
    for (const Answer& a : q.answers) text += "      " + a.value + ": " + Said(a.outcome, a.amount, a.per) + "\n";
  }
  text += "下次自行变化 next change by itself  ";
  if (!o.next) return text + std::to_string(kOutlookMonths) + "个月内未见 none known within 24 months\n";
  if (o.next->pack_ends) return text + o.next->on.ToString() + "  " + o.next->causes.front() + "\n";
  text += o.next->on.ToString() + "  " + Said(o.next->outcome, o.next->amount, o.next->per) + "\n";
  for (const Condition& c : o.next->flipped) text += ConditionText(c);
  for (const std::string& cause : o.next->causes) text += "  - " + cause + "\n";
  return text;
}

void WriteOutlook(const Outlook& o, JsonWriter& json) {
  json.BeginObject();
  WriteResult(o.now.outcome, o.now.amount, o.now.per, json);
  json.Key("missing").BeginArray();
  for (const std::string& name : o.now.missing) json.Text(name);
  json.EndArray();
  json.Key("line");
  o.line ? WriteCondition(*o.line, json) : json.Null();
  WriteConditions("would_change", o.would_change, json);
  json.Key("questions").BeginArray();
  for (const Question& q : o.questions) {
    json.BeginObject();
    json.Key("fact").Text(q.fact);
    json.Key("from").Text(q.source);
    json.Key("answers").BeginArray();
    for (const Answer& a : q.answers) {
      json.BeginObject();
      json.Key("value").Text(a.value);
      WriteResult(a.outcome, a.amount, a.per, json);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.Key("next_change");
  if (!o.next) {
    json.Null();
  } else {
    json.BeginObject();
    json.Key("on").Day(o.next->on);
    json.Key("pack_ends").Bool(o.next->pack_ends);
    WriteResult(o.next->outcome, o.next->amount, o.next->per, json);
    WriteConditions("flipped", o.next->flipped, json);
    json.Key("causes").BeginArray();
    for (const std::string& cause : o.next->causes) json.Text(cause);
    json.EndArray();
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace hearth
