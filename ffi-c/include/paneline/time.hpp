/// @file
/// Instants, columns of times, and wall-clock times.

#ifndef PANELINE_TIME_HPP
#define PANELINE_TIME_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ratio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "error.hpp"

namespace paneline {
inline namespace abi_1 {

/// A time point of the system clock, which C++20 calls std::chrono::sys_time.
template <typename Duration>
using sys_time = std::chrono::time_point<std::chrono::system_clock, Duration>;

/// An instant, as results have it.
using instant = sys_time<std::chrono::milliseconds>;

/// A column that the caller owns. std::span converts to it; it is not std::span, so that objects
/// compiled as C++17 and as C++20 agree on every type.
template <typename T>
class span {
 public:
  /// `size` values at `data`; null is fine with size 0.
  constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}

  /// The values of a std::vector, std::array, std::span or array.
  template <typename Column, typename = std::enable_if_t<std::is_convertible_v<
                                 decltype(std::data(std::declval<Column &>())), T *>>>
  constexpr span(Column &&values) noexcept : span(std::data(values), std::size(values)) {}

  /// The first value.
  [[nodiscard]] constexpr T *data() const noexcept { return data_; }
  /// How many there are.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

 private:
  T *data_;
  std::size_t size_;
};

/// What one tick of a time column is.
enum class time_unit : std::uint32_t {
  s = PLN_TIME_UNIT_S,    ///< A second.
  ms = PLN_TIME_UNIT_MS,  ///< A millisecond.
  us = PLN_TIME_UNIT_US,  ///< A microsecond.
  ns = PLN_TIME_UNIT_NS,  ///< A nanosecond.
};

/// @cond
namespace detail {

/// The milliseconds of a time point. What they cannot count becomes the first or the last of them,
/// which are no times: every call refuses those.
template <typename Duration>
constexpr std::int64_t ms(sys_time<Duration> t) noexcept {
  static_assert(std::is_integral_v<typename Duration::rep>, "a time point in whole ticks");
  using milliseconds = std::chrono::milliseconds;
  if constexpr (std::ratio_greater_v<typename Duration::period, std::milli>) {
    using ticks = std::chrono::duration<std::int64_t, typename Duration::period>;
    const ticks count(t.time_since_epoch().count());
    if (count > std::chrono::duration_cast<ticks>(milliseconds::max())) return INT64_MAX;
    if (count < std::chrono::duration_cast<ticks>(milliseconds::min())) return INT64_MIN;
  }
  return std::chrono::floor<milliseconds>(t).time_since_epoch().count();
}

/// The C ABI has one length for both columns of a call.
inline void check_out_ms(std::size_t got, std::size_t wanted) {
  if (got == wanted) return;
  throw error(PLN_CODE_INVALID_ARGUMENT, "out_ms",
              "out_ms must hold " + std::to_string(wanted) + " values, got " + std::to_string(got));
}

}  // namespace detail
/// @endcond

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
[[nodiscard]] inline std::vector<std::int64_t> resolve_local(std::string_view timezone,
                                                             span<const std::int64_t> local_ms,
                                                             ambiguous choice) {
  std::vector<std::int64_t> out_ms(local_ms.size());
  resolve_local(timezone, local_ms, choice, out_ms);
  return out_ms;
}

/// Reads a length such as "1h30m" (w, d, h, m, s, ms; descending).
///
/// @throws error INVALID_ARGUMENT at "duration".
[[nodiscard]] inline std::chrono::milliseconds parse_duration(std::string_view text) {
  detail::check_abi();
  std::int64_t out_ms = 0;
  detail::run([&](pln_error **refusal) {
    return pln_parse_duration(detail::bytes(text), text.size(), &out_ms, refusal);
  });
  return std::chrono::milliseconds(out_ms);
}

}  // namespace abi_1
}  // namespace paneline

#endif
