/// @file
/// paneline for C++17 and later: RAII over paneline.h, and nothing else.
///
///     paneline::sliding_window_spec spec;
///     spec.duration_ms = std::chrono::hours(6);
///     spec.step_ms = std::chrono::minutes(30);
///     spec.timezone = "America/New_York";
///     const paneline::assigner assigner(spec);
///     for (const paneline::window &window : assigner.windows(std::chrono::system_clock::now())) {
///       ...
///     }
///
/// It converts, calls and throws; it holds no rule about windows. Rules of every call:
///  - A refusal throws paneline::error, so exceptions must be on; without them use paneline.h.
///    Outputs are written only on success.
///  - An instant is milliseconds since 1970-01-01T00:00:00Z, as std::int64_t, or a time point of
///    the system clock; a finer one is floored to milliseconds, as the times of a column are.
///  - `const` calls on one object may come from many threads at once.
///  - An object that was moved from throws PLN_CODE_CLOSED; only assignment makes it good again.
///  - The library must be of this header's release: otherwise the first call throws
///    PLN_CODE_VERSION_MISMATCH.

#ifndef PANELINE_HPP
#define PANELINE_HPP

#include "paneline/assigner.hpp"
#include "paneline/error.hpp"
#include "paneline/spec.hpp"
#include "paneline/time.hpp"

#endif
