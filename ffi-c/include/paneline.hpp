/// @file
/// paneline for C++17 and later: RAII over paneline.h, and nothing else.
///
///     paneline::sliding_window_spec spec;
///     spec.duration_ms = std::chrono::hours(6);
///     spec.step_ms = std::chrono::minutes(30);
///     spec.timezone = "America/New_York";
///     const paneline::assigner assigner(spec);
///     for (const paneline::window &window : assigner.windows(1730615400000)) { ... }
///
/// It converts, calls and throws; it holds no rule about windows. Rules of every call:
///  - A refusal throws paneline::error. Outputs are written only on success.
///  - An instant is milliseconds since 1970-01-01T00:00:00Z, as std::int64_t or paneline::instant.
///  - `const` calls on one object may come from many threads at once.
///  - An object that was moved from throws PLN_CODE_CLOSED; only assignment makes it good again.

#ifndef PANELINE_HPP
#define PANELINE_HPP

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

#include "paneline.h"

namespace paneline {

/// An instant. A time point of whole seconds or minutes converts; floor a finer one.
using instant = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

#ifdef __cpp_lib_span
/// A column that the caller owns.
template <typename T>
using span = std::span<T>;
#else
/// A column that the caller owns: what C++17 needs of std::span.
template <typename T>
class span {
 public:
  /// `size` values at `data`; null is fine with size 0.
  span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}

  /// The values of a std::vector, a std::array or another span.
  template <typename Column, typename = std::enable_if_t<std::is_convertible_v<
                                 decltype(std::declval<Column &>().data()), T *>>>
  span(Column &&column) noexcept : span(column.data(), column.size()) {}

  /// The first value.
  T *data() const noexcept { return data_; }
  /// How many there are.
  std::size_t size() const noexcept { return size_; }

 private:
  T *data_;
  std::size_t size_;
};
#endif

/// The name of a code, such as "INVALID_SPEC"; "UNKNOWN" for a number that is no code.
inline const char *code_name(pln_code code) noexcept { return pln_code_name(code); }

/// Why a call was refused.
class error : public std::exception {
 public:
  /// An error from its three parts.
  error(pln_code code, std::string path, std::string message) {
    std::string text = code_name(code) + (path.empty() ? "" : " at " + path) + ": " + message;
    fault_ = std::make_shared<const fault>(
        fault{code, std::move(path), std::move(message), std::move(text)});
  }
  /// A copy shares the texts, so it cannot throw; a move is a copy and leaves its source whole.
  error(const error &) noexcept = default;
  /// As the constructor.
  error &operator=(const error &) noexcept = default;

  /// What kind of refusal this is: a PLN_CODE_ value, never PLN_CODE_OK.
  pln_code code() const noexcept { return fault_->code; }
  /// Where in the input the fault lies, such as "step_ms" or "times[4096]"; may be empty.
  const std::string &path() const noexcept { return fault_->path; }
  /// What was wrong, with the value and the bound.
  const std::string &message() const noexcept { return fault_->message; }
  /// All three: "INVALID_SPEC at step_ms: step_ms must be <= ...".
  const char *what() const noexcept override { return fault_->text.c_str(); }

 private:
  struct fault {
    pln_code code;
    std::string path, message, text;
  };
  std::shared_ptr<const fault> fault_;
};

/// @cond
namespace detail {

[[noreturn]] inline void raise(pln_code code, pln_error *refusal) {
  const std::unique_ptr<pln_error, decltype(&pln_error_free)> owned(refusal, &pln_error_free);
  throw error(code, pln_error_path(refusal), pln_error_message(refusal));
}

/// Runs a call of the C ABI and throws its refusal.
template <typename Call>
void run(const Call &call) {
  pln_error *refusal = nullptr;
  const pln_code code = call(&refusal);
  if (code != PLN_CODE_OK) raise(code, refusal);
}

/// Asks a call without room how much it needs: it refuses, and says so in `length`, which it
/// leaves alone when it refuses anything else.
template <typename Call>
std::size_t measure(const Call &call) {
  constexpr std::size_t unknown = SIZE_MAX;
  std::size_t length = unknown;
  pln_error *refusal = nullptr;
  const pln_code code = call(&length, &refusal);
  if (length == unknown) raise(code, refusal);
  pln_error_free(refusal);
  return length;
}

/// The result of a call that writes into a buffer: `call(buffer, capacity, &length, &error)`.
template <typename T, typename Call>
std::vector<T> filled(const Call &call) {
  std::vector<T> out(measure([&](std::size_t *length, pln_error **refusal) {
    return call(static_cast<T *>(nullptr), std::size_t{0}, length, refusal);
  }));
  std::size_t length = 0;
  run([&](pln_error **refusal) { return call(out.data(), out.size(), &length, refusal); });
  return out;
}

/// Refuses a library of another ABI than this header; asks once.
inline void check_abi() {
  static const bool same = [] {
    const auto check = [](const char *what, std::string_view header, std::string_view linked) {
      if (linked == header) return;
      throw error(PLN_CODE_VERSION_MISMATCH, "",
                  std::string("the library must have ") + what + " " + std::string(header) +
                      ", as this program's header, got " + std::string(linked));
    };
    check("ABI version", std::to_string(PLN_ABI_VERSION), std::to_string(pln_abi_version()));
    check("version", PLN_VERSION, pln_version());
    check("time-zone database", PLN_TZDB_VERSION, pln_tzdb_version());
    return true;
  }();
  static_cast<void>(same);
}

/// The C ABI has one length for both columns of a call.
inline void check_out_ms(std::size_t got, std::size_t wanted) {
  if (got == wanted) return;
  throw error(PLN_CODE_INVALID_ARGUMENT, "out_ms",
              "out_ms must hold " + std::to_string(wanted) + " values, got " + std::to_string(got));
}

inline const std::uint8_t *bytes(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

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

/// Room in a column for the length of a call. What the call did not keep is given back.
class room {
 public:
  room(std::vector<std::int64_t> &column, std::size_t needed)
      : column_(column), size_(column.size()) {
    if (needed > size_) column_.resize(needed);
  }
  room(const room &) = delete;
  room &operator=(const room &) = delete;
  ~room() { column_.resize(size_); }  // Shrinks, so it cannot throw.
  void keep(std::size_t size) noexcept { size_ = size; }

 private:
  std::vector<std::int64_t> &column_;
  std::size_t size_;
};

}  // namespace detail
/// @endcond

/// The version of the library, such as "0.1.0".
inline std::string_view version() {
  detail::check_abi();
  return pln_version();
}

/// The release of the embedded time-zone database, such as "2026f". Store it beside every state.
inline std::string_view tzdb_version() {
  detail::check_abi();
  return pln_tzdb_version();
}

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
  std::string to_json() const {
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

/// A half-open span of time: [start_ms, end_ms).
struct window {
  std::int64_t start_ms = 0;  ///< The first millisecond inside.
  std::int64_t end_ms = 0;    ///< The first millisecond after.

  /// Whether an instant lies inside.
  constexpr bool contains(std::int64_t t_ms) const noexcept {
    return start_ms <= t_ms && t_ms < end_ms;
  }
  /// As above.
  constexpr bool contains(instant t) const noexcept {
    return contains(t.time_since_epoch().count());
  }

  /// Start and end are equal.
  friend constexpr bool operator==(const window &a, const window &b) noexcept {
    return a.start_ms == b.start_ms && a.end_ms == b.end_ms;
  }
  /// The opposite.
  friend constexpr bool operator!=(const window &a, const window &b) noexcept { return !(a == b); }
};

/// What one tick of a time column is.
enum class time_unit : std::uint32_t {
  s = PLN_TIME_UNIT_S,    ///< A second.
  ms = PLN_TIME_UNIT_MS,  ///< A millisecond.
  us = PLN_TIME_UNIT_US,  ///< A microsecond.
  ns = PLN_TIME_UNIT_NS,  ///< A nanosecond.
};

/// The windows of a column of events: row i lies in the windows from offsets[i] up to
/// offsets[i + 1] of starts_ms and ends_ms, the layout of an Arrow list.
struct assignment {
  std::vector<std::int64_t> offsets;    ///< One more than there are rows, ascending from 0.
  std::vector<std::int64_t> starts_ms;  ///< The windows' first milliseconds.
  std::vector<std::int64_t> ends_ms;    ///< The windows' first milliseconds after.

  /// All three columns are equal.
  friend bool operator==(const assignment &a, const assignment &b) {
    return a.offsets == b.offsets && a.starts_ms == b.starts_ms && a.ends_ms == b.ends_ms;
  }
  /// The opposite.
  friend bool operator!=(const assignment &a, const assignment &b) { return !(a == b); }
};

/// A compiled spec: says which windows an event belongs to. Movable, not copyable; immutable, so
/// any number of threads may use one at once. Compiling costs about 0.1 ms: keep it.
class assigner {
 public:
  /// Compiles a spec.
  ///
  /// @throws error INVALID_SPEC, UNKNOWN_TIMEZONE or VERSION_MISMATCH at the field's name; CORRUPT
  /// for a text that is not UTF-8.
  explicit assigner(const sliding_window_spec &spec) : assigner(from_json(spec.to_json())) {}

  /// Compiles the protobuf bytes of a SlidingWindowSpec.
  ///
  /// @throws error As the constructor; CORRUPT, UNSUPPORTED_FIELD at "#<number>".
  static assigner from_proto(span<const std::uint8_t> spec) {
    detail::check_abi();
    pln_assigner *handle = nullptr;
    detail::run([&](pln_error **refusal) {
      return pln_assigner_new(spec.data(), spec.size(), &handle, refusal);
    });
    return assigner(handle);
  }

  /// Compiles the protobuf JSON of a SlidingWindowSpec.
  ///
  /// @throws error As the constructor; CORRUPT, UNSUPPORTED_FIELD at the name of the field.
  static assigner from_json(std::string_view text) {
    detail::check_abi();
    return from_proto(detail::filled<std::uint8_t>(
        [&](std::uint8_t *out, std::size_t capacity, std::size_t *length, pln_error **refusal) {
          return pln_spec_from_json(detail::bytes(text), text.size(), out, capacity, length,
                                    refusal);
        }));
  }

  /// The spec's SHA-256; to_hex() prints it. Equal fingerprints, equal windows.
  std::array<std::uint8_t, 32> fingerprint() const {
    std::array<std::uint8_t, 32> out;
    detail::run([&](pln_error **refusal) {
      return pln_assigner_fingerprint(handle(), out.data(), refusal);
    });
    return out;
  }

  /// The canonical spec, as protobuf bytes: what from_proto() takes.
  std::vector<std::uint8_t> spec() const {
    return detail::filled<std::uint8_t>(
        [&](std::uint8_t *out, std::size_t capacity, std::size_t *length, pln_error **refusal) {
          return pln_assigner_spec(handle(), out, capacity, length, refusal);
        });
  }

  /// The windows that hold an instant, ascending by start, then end.
  ///
  /// @throws error OUT_OF_RANGE at "t_ms".
  std::vector<window> windows(std::int64_t t_ms) const {
    return listed([&](pln_window *out, std::size_t capacity, std::size_t *length,
                      pln_error **refusal) {
      return pln_assigner_windows(handle(), t_ms, out, capacity, length, refusal);
    });
  }
  /// As above.
  std::vector<window> windows(instant t) const { return windows(ms(t)); }

  /// The pane that holds an instant.
  ///
  /// @throws error OUT_OF_RANGE at "t_ms"; INVALID_ARGUMENT at "kind" for a session.
  window pane(std::int64_t t_ms) const {
    pln_window out{};
    detail::run(
        [&](pln_error **refusal) { return pln_assigner_pane(handle(), t_ms, &out, refusal); });
    return {out.start_ms, out.end_ms};
  }
  /// As above.
  window pane(instant t) const { return pane(ms(t)); }

  /// The first pane boundary after an instant.
  ///
  /// @throws error As pane().
  std::int64_t next_boundary(std::int64_t t_ms) const {
    std::int64_t out_ms = 0;
    detail::run([&](pln_error **refusal) {
      return pln_assigner_next_boundary(handle(), t_ms, &out_ms, refusal);
    });
    return out_ms;
  }
  /// As above.
  instant next_boundary(instant t) const {
    return instant(std::chrono::milliseconds(next_boundary(ms(t))));
  }

  /// The panes that tile [from_ms, to_ms). At most 16,777,216 of them.
  ///
  /// @throws error OUT_OF_RANGE at "from_ms" or "to_ms"; INVALID_ARGUMENT at "to_ms" (before
  /// from_ms, or too many panes) and at "kind" for a session.
  std::vector<window> panes(std::int64_t from_ms, std::int64_t to_ms) const {
    return listed([&](pln_window *out, std::size_t capacity, std::size_t *length,
                      pln_error **refusal) {
      return pln_assigner_panes(handle(), from_ms, to_ms, out, capacity, length, refusal);
    });
  }
  /// As above.
  std::vector<window> panes(instant from, instant to) const { return panes(ms(from), ms(to)); }

  /// Writes the start of the pane of each of `times`, in milliseconds, to `out_ms`, which is as
  /// long and does not overlap. All or nothing. Allocates nothing.
  ///
  /// @throws error OUT_OF_RANGE at "times[i]"; INVALID_ARGUMENT at "out_ms" or "unit", and at
  /// "kind" for a session.
  void pane_starts(span<const std::int64_t> times, time_unit unit,
                   span<std::int64_t> out_ms) const {
    detail::check_out_ms(out_ms.size(), times.size());
    detail::run([&](pln_error **refusal) {
      return pln_assigner_pane_starts(handle(), times.data(), times.size(),
                                      static_cast<std::uint32_t>(unit), out_ms.data(), refusal);
    });
  }
  /// As above, into a new column.
  std::vector<std::int64_t> pane_starts(span<const std::int64_t> times, time_unit unit) const {
    std::vector<std::int64_t> out_ms(times.size());
    pane_starts(times, unit, out_ms);
    return out_ms;
  }

  /// Writes the windows of each of `times` into `out`, replacing what it held. All or nothing.
  /// Reuse `out`: a second call allocates only if it must hold more. `times` is no column of it.
  ///
  /// @throws error OUT_OF_RANGE at "times[i]"; INVALID_ARGUMENT at "unit".
  void assign(span<const std::int64_t> times, time_unit unit, assignment &out) const {
    const auto call = [&](std::int64_t *offsets, std::int64_t *starts_ms, std::int64_t *ends_ms,
                          std::size_t capacity, std::size_t *length, pln_error **refusal) {
      return pln_assigner_assign(handle(), times.data(), times.size(),
                                 static_cast<std::uint32_t>(unit), offsets, starts_ms, ends_ms,
                                 capacity, length, refusal);
    };
    std::size_t count = detail::measure([&](std::size_t *length, pln_error **refusal) {
      return call(nullptr, nullptr, nullptr, 0, length, refusal);
    });
    const std::size_t rows = times.size();
    const bool fits = out.offsets.capacity() > rows && out.starts_ms.capacity() >= count &&
                      out.ends_ms.capacity() >= count;
    // What does not fit goes beside `out` first: running out of memory leaves `out` as it was.
    assignment larger;
    assignment &target = fits ? out : larger;
    {
      detail::room offsets(target.offsets, rows + 1);
      detail::room starts(target.starts_ms, count);
      detail::room ends(target.ends_ms, count);
      detail::run([&](pln_error **refusal) {
        return call(target.offsets.data(), target.starts_ms.data(), target.ends_ms.data(), count,
                    &count, refusal);
      });
      offsets.keep(rows + 1);
      starts.keep(count);
      ends.keep(count);
    }
    if (!fits) out = std::move(larger);
  }
  /// As above, into new columns.
  assignment assign(span<const std::int64_t> times, time_unit unit) const {
    assignment out;
    assign(times, unit, out);
    return out;
  }

 private:
  explicit assigner(pln_assigner *handle) noexcept : handle_(handle) {}

  const pln_assigner *handle() const {
    if (handle_) return handle_.get();
    throw error(PLN_CODE_CLOSED, "", "this assigner was moved from; use the one it moved to");
  }

  static std::int64_t ms(instant t) noexcept { return t.time_since_epoch().count(); }

  template <typename Call>
  static std::vector<window> listed(const Call &call) {
    const auto found = detail::filled<pln_window>(call);
    std::vector<window> out;
    out.reserve(found.size());
    for (const pln_window &one : found) out.push_back({one.start_ms, one.end_ms});
    return out;
  }

  struct deleter {
    void operator()(pln_assigner *handle) const noexcept { pln_assigner_free(handle); }
  };
  std::unique_ptr<pln_assigner, deleter> handle_;
};

/// A fingerprint as 64 lower-case hex digits.
inline std::string to_hex(const std::array<std::uint8_t, 32> &fingerprint) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * fingerprint.size());
  for (const std::uint8_t byte : fingerprint) hex += {digits[byte >> 4], digits[byte & 15]};
  return hex;
}

/// What a local time means that occurs twice, or never.
enum class ambiguous : std::uint32_t {
  earliest = PLN_AMBIGUOUS_EARLIEST,  ///< The earlier of its two instants.
  latest = PLN_AMBIGUOUS_LATEST,      ///< The later of its two instants.
  reject = PLN_AMBIGUOUS_REJECT,      ///< Neither: the call is refused.
};

/// Turns wall-clock times of one zone, in milliseconds since 1970-01-01T00:00 on that clock, into
/// instants in `out_ms`, which is as long and does not overlap. All or nothing.
///
/// @throws error UNKNOWN_TIMEZONE at "timezone"; OUT_OF_RANGE and, with ambiguous::reject,
/// INVALID_ARGUMENT at "local_ms[i]"; INVALID_ARGUMENT at "out_ms", "ambiguous" or "timezone".
inline void resolve_local(std::string_view timezone, span<const std::int64_t> local_ms,
                          ambiguous choice, span<std::int64_t> out_ms) {
  detail::check_abi();
  detail::check_out_ms(out_ms.size(), local_ms.size());
  detail::run([&](pln_error **refusal) {
    return pln_resolve_local(detail::bytes(timezone), timezone.size(), local_ms.data(),
                             local_ms.size(), static_cast<std::uint32_t>(choice), out_ms.data(),
                             refusal);
  });
}
/// As above, into a new column.
inline std::vector<std::int64_t> resolve_local(std::string_view timezone,
                                               span<const std::int64_t> local_ms,
                                               ambiguous choice) {
  std::vector<std::int64_t> out_ms(local_ms.size());
  resolve_local(timezone, local_ms, choice, out_ms);
  return out_ms;
}

/// Reads a length such as "1h30m" (w, d, h, m, s, ms; descending).
///
/// @throws error INVALID_ARGUMENT at "duration".
inline std::chrono::milliseconds parse_duration(std::string_view text) {
  detail::check_abi();
  std::int64_t out_ms = 0;
  detail::run([&](pln_error **refusal) {
    return pln_parse_duration(detail::bytes(text), text.size(), &out_ms, refusal);
  });
  return std::chrono::milliseconds(out_ms);
}

}  // namespace paneline

#endif  // PANELINE_HPP
