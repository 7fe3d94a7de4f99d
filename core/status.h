// Status and StatusOr for what can fail for reasons outside the program, and one-line makers for them.
//
//   if (!day.ok()) return Annotate(day.status(), "mca_marriage line 4812, cert_date");
//
// Abseil's string_view may or may not be std::string_view; ToAbsl and ToStd bridge both cases.
// Messages carry what, where and what would be right; never a name or an identity number.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hearth {

using absl::Status;
using absl::StatusOr;

inline absl::string_view ToAbsl(std::string_view s) { return absl::string_view(s.data(), s.size()); }
template <class AnyView>
std::string_view ToStd(const AnyView& s) {
  return std::string_view(s.data(), s.size());
}

inline Status OkStatus() { return absl::OkStatus(); }
inline Status InvalidArgument(std::string_view m) { return absl::InvalidArgumentError(ToAbsl(m)); }
inline Status OutOfRange(std::string_view m) { return absl::OutOfRangeError(ToAbsl(m)); }
inline Status NotFound(std::string_view m) { return absl::NotFoundError(ToAbsl(m)); }
inline Status FailedPrecondition(std::string_view m) { return absl::FailedPreconditionError(ToAbsl(m)); }
inline Status DataLoss(std::string_view m) { return absl::DataLossError(ToAbsl(m)); }
inline Status Unavailable(std::string_view m) { return absl::UnavailableError(ToAbsl(m)); }

// The message of a status as std::string.
inline std::string Message(const Status& s) { return std::string(s.message().data(), s.message().size()); }

// The same status with "where: " put before its message.
inline Status Annotate(const Status& s, std::string_view where) {
  if (s.ok()) return s;
  return Status(s.code(), ToAbsl(std::string(where) + ": " + Message(s)));
}

// Stops the program with a message: only for what a bug alone can break.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line, std::string_view detail);

}  // namespace hearth

#define HEARTH_CHECK(condition, detail)                                \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::hearth::CheckFailed(#condition, __FILE__, __LINE__, (detail)); \
  } while (false)

// Returns the status of an expression from the enclosing function when it is not OK.
#define HEARTH_RETURN_IF_ERROR(expr)                                      \
  do {                                                                    \
    if (::hearth::Status status_ = (expr); !status_.ok()) return status_; \
  } while (false)

#define HEARTH_CONCAT_(a, b) a##b
#define HEARTH_CONCAT(a, b) HEARTH_CONCAT_(a, b)
// HEARTH_ASSIGN_OR_RETURN(auto x, Compute());
#define HEARTH_ASSIGN_OR_RETURN(lhs, expr) HEARTH_ASSIGN_OR_RETURN_(HEARTH_CONCAT(status_or_, __LINE__), lhs, expr)
#define HEARTH_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return tmp.status();            \
  lhs = std::move(tmp).value()
