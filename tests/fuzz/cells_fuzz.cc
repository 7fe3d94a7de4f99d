// Any bytes as one cell of a feed: every reader ends with a verdict, and no identity number leaves unmasked.
#include "core/address.h"
#include "core/cell_readers.h"
#include "core/citizen_number.h"
#include "core/status.h"
#include "core/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view cell(reinterpret_cast<const char*>(data), size);
  const hearth::CivilDay feed_day = hearth::CivilDay::FromYmd(2024, 3, 1).value();
  (void)hearth::ReadDay(cell, hearth::DaySerial::k1900);
  (void)hearth::ReadMonth(cell);
  (void)hearth::ReadMoney(cell, hearth::MoneyUnit::kTenThousandYuan);
  (void)hearth::ReadInt(cell);
  (void)hearth::ReadDecimal4(cell);
  (void)hearth::ReadSmallNumber(cell);
  (void)hearth::AddressKey(hearth::ParseAddress(cell, {}));
  const auto number = hearth::ReadCitizenNumber(cell, feed_day, {.allow_synthetic = true});
  HEARTH_CHECK(hearth::IsUsable(number.verdict) || number.number.IsEmpty(), "a number without a usable verdict");
  if (!number.number.IsEmpty()) {
    HEARTH_CHECK(number.number.Masked().find(number.number.RevealDigits()) == std::string::npos, "not masked");
  }
  const hearth::NumberHint hint = hearth::ReadNumberHint(cell);
  HEARTH_CHECK(hint.known <= 18, "more places than a number has");
  HEARTH_CHECK(hearth::DisplayWidth(hearth::FitToWidth(cell, 10)) == 10 || !hearth::IsValidUtf8(cell), "not fitted");
  return 0;
}
