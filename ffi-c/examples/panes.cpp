// Windows of six hours, every three, on New York's clock, in the night in which it goes back: those
// of one event, the panes of a day, a column of events in one call, and a refusal.
//
// Prints:
//   event    1730595600000 to 1730620800000, 7 h
//   event    1730606400000 to 1730631600000, 7 h
//   day      4 h 3 h 3 h 3 h 3 h 3 h 3 h 3 h
//   row 0    2 windows, the last from 1730606400000
//   row 1    2 windows, the last from 1730620800000
//   row 2    2 windows, the last from 1730631600000
//   refused  OUT_OF_RANGE at times[1]
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <paneline.hpp>
#include <vector>

using namespace std::chrono_literals;

static std::int64_t hours(const paneline::window &window) {
  return std::chrono::duration_cast<std::chrono::hours>(window.end() - window.start()).count();
}

static void print_windows(const paneline::assigner &assigner) {
  const paneline::instant event(1'730'615'400s);  // 01:30, the second time
  for (const paneline::window &window : assigner.windows(event)) {
    std::cout << "event    " << window.start_ms << " to " << window.end_ms << ", " << hours(window)
              << " h\n";
  }
  const paneline::instant from(1'730'606'400s);
  std::cout << "day     ";
  for (const paneline::window &pane : assigner.panes(from, from + 25h)) {
    std::cout << ' ' << hours(pane) << " h";
  }
  std::cout << '\n';
}

// Columns in, columns out. Times may be in s, ms, us or ns.
static void print_batch(const paneline::assigner &assigner) {
  std::vector<std::int64_t> times = {1'730'615'400, 1'730'624'400, 1'730'631'600};
  paneline::assignment windows;
  assigner.assign(times, paneline::time_unit::s, windows);
  for (std::size_t row = 0; row < times.size(); row++) {
    const std::int64_t first = windows.offsets[row], end = windows.offsets[row + 1];
    std::cout << "row " << row << "    " << end - first << " windows, the last from "
              << windows.starts_ms[static_cast<std::size_t>(end - 1)] << '\n';
  }

  // A batch is all or nothing: what is refused leaves `windows` as it was.
  times[1] = INT64_MAX;
  try {
    assigner.assign(times, paneline::time_unit::s, windows);
  } catch (const paneline::error &error) {
    std::cout << "refused  " << paneline::code_name(error.code()) << " at " << error.path() << '\n';
  }
}

int main() try {
  paneline::sliding_window_spec spec;
  spec.duration_ms = 6h;
  spec.step_ms = 3h;
  spec.timezone = "America/New_York";
  const paneline::assigner assigner(spec);
  print_windows(assigner);
  print_batch(assigner);
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';  // Code, path and message of a paneline::error.
  return 1;
}
