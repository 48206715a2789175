/// @file
/// The windows of events.

#ifndef PANELINE_ASSIGNER_HPP
#define PANELINE_ASSIGNER_HPP

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "error.hpp"
#include "spec.hpp"
#include "time.hpp"

namespace paneline {
inline namespace abi_1 {

/// A half-open span of time: [start_ms, end_ms).
struct window {
  std::int64_t start_ms = 0;  ///< The first millisecond inside.
  std::int64_t end_ms = 0;    ///< The first millisecond after.

  /// The first instant inside.
  [[nodiscard]] constexpr instant start() const noexcept {
    return instant(std::chrono::milliseconds(start_ms));
  }
  /// The first instant after.
  [[nodiscard]] constexpr instant end() const noexcept {
    return instant(std::chrono::milliseconds(end_ms));
  }

  /// Whether an instant lies inside.
  [[nodiscard]] constexpr bool contains(std::int64_t t_ms) const noexcept {
    return start_ms <= t_ms && t_ms < end_ms;
  }
  /// As above.
  template <typename Duration>
  [[nodiscard]] constexpr bool contains(sys_time<Duration> t) const noexcept {
    return contains(detail::ms(t));
  }

  /// Start and end are equal.
  friend constexpr bool operator==(const window &a, const window &b) noexcept {
    return a.start_ms == b.start_ms && a.end_ms == b.end_ms;
  }
  /// The opposite.
  friend constexpr bool operator!=(const window &a, const window &b) noexcept { return !(a == b); }
  /// By start, then end.
  friend constexpr bool operator<(const window &a, const window &b) noexcept {
    return a.start_ms != b.start_ms ? a.start_ms < b.start_ms : a.end_ms < b.end_ms;
  }
};

/// @cond
namespace detail {

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
class [[nodiscard]] assigner {
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

  /// As above, for what protobuf's SerializeAsString() makes.
  static assigner from_proto(const std::string &spec) {
    return from_proto({detail::bytes(spec), spec.size()});
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
  [[nodiscard]] std::array<std::uint8_t, 32> fingerprint() const {
    std::array<std::uint8_t, 32> out;
    detail::run([&](pln_error **refusal) {
      return pln_assigner_fingerprint(handle(), out.data(), refusal);
    });
    return out;
  }

  /// The canonical spec, as protobuf bytes: what from_proto() takes.
  [[nodiscard]] std::vector<std::uint8_t> spec() const {
    return detail::filled<std::uint8_t>(
        [&](std::uint8_t *out, std::size_t capacity, std::size_t *length, pln_error **refusal) {
          return pln_assigner_spec(handle(), out, capacity, length, refusal);
        });
  }

  /// The windows that hold an instant, ascending by start, then end.
  ///
  /// @throws error OUT_OF_RANGE at "t_ms".
  [[nodiscard]] std::vector<window> windows(std::int64_t t_ms) const {
    return listed([&](pln_window *out, std::size_t capacity, std::size_t *length,
                      pln_error **refusal) {
      return pln_assigner_windows(handle(), t_ms, out, capacity, length, refusal);
    });
  }
  /// As above.
  template <typename Duration>
  [[nodiscard]] std::vector<window> windows(sys_time<Duration> t) const {
    return windows(detail::ms(t));
  }

  /// The pane that holds an instant.
  ///
  /// @throws error OUT_OF_RANGE at "t_ms"; INVALID_ARGUMENT at "kind" for a session.
  [[nodiscard]] window pane(std::int64_t t_ms) const {
    pln_window out{};
    detail::run(
        [&](pln_error **refusal) { return pln_assigner_pane(handle(), t_ms, &out, refusal); });
    return {out.start_ms, out.end_ms};
  }
  /// As above.
  template <typename Duration>
  [[nodiscard]] window pane(sys_time<Duration> t) const {
    return pane(detail::ms(t));
  }

  /// The first pane boundary after an instant.
  ///
  /// @throws error As pane().
  [[nodiscard]] std::int64_t next_boundary(std::int64_t t_ms) const {
    std::int64_t out_ms = 0;
    detail::run([&](pln_error **refusal) {
      return pln_assigner_next_boundary(handle(), t_ms, &out_ms, refusal);
    });
    return out_ms;
  }
  /// As above.
  template <typename Duration>
  [[nodiscard]] instant next_boundary(sys_time<Duration> t) const {
    return instant(std::chrono::milliseconds(next_boundary(detail::ms(t))));
  }

  /// The panes that tile [from_ms, to_ms). At most 16,777,216 of them.
  ///
  /// @throws error OUT_OF_RANGE at "from_ms" or "to_ms"; INVALID_ARGUMENT at "to_ms" (before
  /// from_ms, or too many panes) and at "kind" for a session.
  [[nodiscard]] std::vector<window> panes(std::int64_t from_ms, std::int64_t to_ms) const {
    return listed([&](pln_window *out, std::size_t capacity, std::size_t *length,
                      pln_error **refusal) {
      return pln_assigner_panes(handle(), from_ms, to_ms, out, capacity, length, refusal);
    });
  }
  /// As above.
  [[nodiscard]] std::vector<window> panes(instant from, instant to) const {
    return panes(detail::ms(from), detail::ms(to));
  }

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
  [[nodiscard]] std::vector<std::int64_t> pane_starts(span<const std::int64_t> times,
                                                      time_unit unit) const {
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
  [[nodiscard]] assignment assign(span<const std::int64_t> times, time_unit unit) const {
    assignment out;
    assign(times, unit, out);
    return out;
  }

 private:
  explicit assigner(pln_assigner *handle) noexcept : handle_(handle) {}

  const pln_assigner *handle() const {
    if (handle_) return handle_.get();
    throw error(PLN_CODE_CLOSED, "assigner",
                "the assigner was moved from; use the one it moved to");
  }

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
[[nodiscard]] inline std::string to_hex(const std::array<std::uint8_t, 32> &fingerprint) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * fingerprint.size());
  for (const std::uint8_t byte : fingerprint) hex += {digits[byte >> 4], digits[byte & 15]};
  return hex;
}

}  // namespace abi_1
}  // namespace paneline

namespace std {
/// Equal windows, equal hashes.
template <>
struct hash<paneline::window> {
  /// Of start and end.
  [[nodiscard]] size_t operator()(const paneline::window &window) const noexcept {
    return static_cast<size_t>(window.start_ms) * 31 + static_cast<size_t>(window.end_ms);
  }
};
}  // namespace std

#endif
