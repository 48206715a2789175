/// @file
/// Which windows an event belongs to, as a struct.

#ifndef PANELINE_SPEC_HPP
#define PANELINE_SPEC_HPP

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "error.hpp"

namespace paneline {
inline namespace abi_1 {

/// @cond
namespace detail {

/// A JSON string. Only quotes, backslashes and control characters need an escape.
inline std::string quoted(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    if (const unsigned value = static_cast<unsigned char>(c); value < 0x20) {
      json += {'\\', 'u', '0', '0', digits[value >> 4], digits[value & 15]};
    } else {
      if (c == '"' || c == '\\') json += '\\';
      json += c;
    }
  }
  return json += '"';
}

}  // namespace detail
/// @endcond

/// How the windows of an event are shaped.
enum class window_kind : std::int32_t {
  sliding = 0,   ///< Windows of one length, a step apart. Step = duration is tumbling.
  cumulate = 1,  ///< Windows that share a start and grow by one step each.
  session = 2,   ///< Windows made by the events of a key, closed by a gap.
};

/// The unit of windows that follow the calendar on the wall clock.
enum class calendar_unit : std::int32_t {
  none = 0,     ///< Lengths are milliseconds: `duration_ms` and `step_ms`.
  day = 1,      ///< Local days.
  week = 2,     ///< Weeks from `week_start`.
  month = 3,    ///< Months from `month_day`.
  quarter = 4,  ///< Quarters: three months, from `year_start_month`.
  year = 5,     ///< Years from `year_start_month`.
};

/// The day a week starts on.
enum class weekday : std::int32_t {
  monday = 0,     ///< The ISO 8601 first day of a week.
  tuesday = 1,    ///< Tuesday.
  wednesday = 2,  ///< Wednesday.
  thursday = 3,   ///< Thursday.
  friday = 4,     ///< Friday.
  saturday = 5,   ///< Saturday.
  sunday = 6,     ///< Sunday.
};

/// Which windows an event belongs to: the fields of the proto message SlidingWindowSpec, where each
/// is described. A field left at its default means "as if absent".
struct sliding_window_spec {
  std::chrono::milliseconds duration_ms{0};           ///< Length of a window.
  std::chrono::milliseconds step_ms{0};               ///< Distance between starts; 0 = duration.
  std::string timezone{};                             ///< IANA name, "", "UTC" or "+08:00".
  bool align_to_epoch = false;                        ///< The grid lies on Unix time.
  std::chrono::milliseconds offset_ms{0};             ///< Shifts the grid.
  window_kind kind = window_kind::sliding;            ///< The shape of the windows.
  paneline::calendar_unit calendar_unit{};            ///< Windows of calendar units.
  std::uint32_t calendar_duration = 0;                ///< Length in calendar units.
  std::uint32_t calendar_step = 0;                    ///< Step in calendar units; 0 = duration.
  weekday week_start = weekday::monday;               ///< WEEK: its first day.
  std::uint32_t month_day = 0;                        ///< MONTH and longer: first day; 0 = 1.
  std::chrono::milliseconds session_gap_ms{0};        ///< SESSION: the gap that closes it.
  std::chrono::milliseconds allowed_lateness_ms{0};   ///< How long late rows still count.
  std::string tzdb_version{};                         ///< The release to insist on; "" = any.
  std::uint32_t semantics_version = 0;                ///< The semantics to insist on; 0 = 1.
  std::uint32_t year_start_month = 0;                 ///< QUARTER, YEAR: first month; 0 = 1.

  /// The protobuf JSON of the spec, which every language of paneline reads. Checks nothing.
  [[nodiscard]] std::string to_json() const {
    std::string json = "{\"timezone\":" + detail::quoted(timezone) +
                       ",\"tzdb_version\":" + detail::quoted(tzdb_version) +
                       ",\"align_to_epoch\":" + (align_to_epoch ? "true" : "false");
    const std::pair<const char *, std::int64_t> numbers[] = {
        {"duration_ms", duration_ms.count()},
        {"step_ms", step_ms.count()},
        {"offset_ms", offset_ms.count()},
        {"kind", static_cast<std::int32_t>(kind)},
        {"calendar_unit", static_cast<std::int32_t>(calendar_unit)},
        {"calendar_duration", calendar_duration},
        {"calendar_step", calendar_step},
        {"week_start", static_cast<std::int32_t>(week_start)},
        {"month_day", month_day},
        {"session_gap_ms", session_gap_ms.count()},
        {"allowed_lateness_ms", allowed_lateness_ms.count()},
        {"semantics_version", semantics_version},
        {"year_start_month", year_start_month},
    };
    for (const auto &[name, value] : numbers) {
      json.append(",\"").append(name).append("\":").append(std::to_string(value));
    }
    return json += '}';
  }

  /// Field by field; specs that differ may still mean the same windows, see assigner::fingerprint.
  friend bool operator==(const sliding_window_spec &a, const sliding_window_spec &b) {
    const auto fields = [](const sliding_window_spec &s) {
      return std::tie(s.duration_ms, s.step_ms, s.timezone, s.align_to_epoch, s.offset_ms, s.kind,
                      s.calendar_unit, s.calendar_duration, s.calendar_step, s.week_start,
                      s.month_day, s.session_gap_ms, s.allowed_lateness_ms, s.tzdb_version,
                      s.semantics_version, s.year_start_month);
    };
    return fields(a) == fields(b);
  }
  /// The opposite.
  friend bool operator!=(const sliding_window_spec &a, const sliding_window_spec &b) {
    return !(a == b);
  }
};

}  // namespace abi_1
}  // namespace paneline

#endif
