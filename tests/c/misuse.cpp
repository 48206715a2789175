// Hostile use of paneline.hpp: what is refused throws and leaves its outputs alone, what was moved
// from is closed, and threads may share an assigner. Built plain and under ASan and UBSan.
#include <atomic>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <unordered_set>

#include "paneline.hpp"

namespace pln = paneline;
using namespace std::chrono_literals;
using column = std::vector<std::int64_t>;

static_assert(!std::is_copy_constructible_v<pln::assigner>, "one owner");
static_assert(std::is_nothrow_move_constructible_v<pln::assigner>, "moves within containers");
static_assert(std::is_nothrow_copy_constructible_v<pln::error>, "thrown without a second fault");
static_assert(std::is_aggregate_v<pln::sliding_window_spec>, "a struct literal is the builder");
static_assert(std::is_convertible_v<std::array<std::int64_t, 2> &, pln::span<std::int64_t>>, "");
static_assert(!std::is_convertible_v<const column &, pln::span<std::int64_t>>, "constness is kept");
static_assert(!std::is_convertible_v<std::vector<int> &, pln::span<std::int64_t>>, "no other width");
static_assert(std::is_base_of_v<std::exception, pln::error>, "caught as std::exception");

static int passed, failed;

static void check(bool ok, const char *what, int line) {
  ok ? passed++ : failed++;
  if (!ok) std::printf("misuse.cpp:%d: %s\n", line, what);
}
#define CHECK(...) check(__VA_ARGS__, #__VA_ARGS__, __LINE__)

static void refused(pln_code code, const char *path, const std::function<void()> &call,
                    const char *what, int line) {
  try {
    call();
    check(false, what, line);
  } catch (const pln::error &error) {
    const bool ok = error.code() == code && error.path() == path && !error.message().empty();
    check(ok, what, line);
    if (!ok) std::printf("  %s\n", error.what());
  }
}
#define REFUSED(code, path, ...) \
  refused(PLN_CODE_##code, path, [&] { static_cast<void>(__VA_ARGS__); }, #__VA_ARGS__, __LINE__)

static pln::sliding_window_spec two_minutes() {
  pln::sliding_window_spec spec;
  spec.duration_ms = 2min;
  spec.step_ms = 1min;
  return spec;
}

static void specs() {
  pln::sliding_window_spec spec = two_minutes(), same = spec;
  CHECK(spec == same && !(spec != same));
  same.year_start_month = 1;
  CHECK(spec != same);
  spec.timezone = "a\"b\\c\n\x01";
  CHECK(spec.to_json().find(R"("timezone":"a\"b\\c\u000a\u0001")") != std::string::npos);
  REFUSED(UNKNOWN_TIMEZONE, "timezone", pln::assigner(spec));
  spec.timezone = "\",\"duration_ms\":\"1";
  REFUSED(UNKNOWN_TIMEZONE, "timezone", pln::assigner(spec));
  spec.timezone = std::string("UTC\0", 4);
  REFUSED(UNKNOWN_TIMEZONE, "timezone", pln::assigner(spec));
  spec.timezone = "\xff";
  REFUSED(CORRUPT, "", pln::assigner(spec));
  spec.timezone = std::string(70000, 'A');
  REFUSED(CORRUPT, "", pln::assigner(spec));
  spec = two_minutes();
  spec.kind = static_cast<pln::window_kind>(7);
  REFUSED(INVALID_SPEC, "kind", pln::assigner(spec));
  spec = two_minutes();
  spec.duration_ms = std::chrono::milliseconds::min();
  REFUSED(INVALID_SPEC, "duration_ms", pln::assigner(spec));
  REFUSED(INVALID_SPEC, "duration_ms", pln::assigner(pln::sliding_window_spec{}));
  REFUSED(INVALID_SPEC, "duration_ms", pln::assigner::from_proto(std::vector<std::uint8_t>{}));
  REFUSED(CORRUPT, "", pln::assigner::from_proto(std::array<std::uint8_t, 1>{8}));
  REFUSED(CORRUPT, "", pln::assigner::from_json({}));
  REFUSED(UNSUPPORTED_FIELD, "step", pln::assigner::from_json(R"({"step": 1})"));

  const pln::assigner assigner(two_minutes());
  CHECK(pln::assigner::from_proto(assigner.spec()).fingerprint() == assigner.fingerprint());
  const std::vector<std::uint8_t> bytes = assigner.spec();
  const pln::assigner copy = pln::assigner::from_proto(std::string(bytes.begin(), bytes.end()));
  CHECK(copy.fingerprint() == assigner.fingerprint());
  CHECK(pln::to_hex(assigner.fingerprint()).size() == 64);
  CHECK(pln::to_hex({0x01, 0xab}).substr(0, 6) == "01ab00");
}

static void moves() {
  pln::assigner first(two_minutes());
  pln::assigner second = std::move(first);
  pln::assignment out = {{1}, {2}, {3}};
  const pln::assignment kept = out;
  REFUSED(CLOSED, "assigner", first.fingerprint());
  REFUSED(CLOSED, "assigner", first.spec());
  REFUSED(CLOSED, "assigner", first.windows(0));
  REFUSED(CLOSED, "assigner", first.pane(0));
  REFUSED(CLOSED, "assigner", first.next_boundary(0));
  REFUSED(CLOSED, "assigner", first.panes(0, 1));
  REFUSED(CLOSED, "assigner", first.pane_starts(column{0}, pln::time_unit::s));
  REFUSED(CLOSED, "assigner", first.assign(column{0}, pln::time_unit::s, out));
  CHECK(out == kept);
  CHECK(second.pane(0) == pln::window{0, 60000});
  first = std::move(second);
  CHECK(first.pane(0) == pln::window{0, 60000});
  REFUSED(CLOSED, "assigner", second.pane(0));
  pln::assigner &self = first;
  first = std::move(self);
  CHECK(first.pane(0) == pln::window{0, 60000});

  try {
    throw pln::error(PLN_CODE_IO, "here", "why");
  } catch (pln::error &error) {
    const pln::error moved = std::move(error), copy = moved;
    CHECK(error.path() == "here" && moved.message() == "why" && copy.code() == PLN_CODE_IO);
    CHECK(std::string(static_cast<const std::exception &>(copy).what()) == "IO at here: why");
  }
}

static void instants() {
  const pln::assigner assigner(two_minutes());
  const pln::instant t(90s);
  CHECK(assigner.windows(t) == std::vector<pln::window>{{0, 120000}, {60000, 180000}});
  CHECK(assigner.windows(t) == assigner.windows(90000));
  CHECK(assigner.pane(t).contains(t) && !assigner.pane(t).contains(120000));
  CHECK(assigner.pane(t).start() == pln::instant(60s) && assigner.pane(t).end() - t == 30s);
  CHECK(assigner.next_boundary(t) == pln::instant(2min));
  CHECK(assigner.panes(pln::instant(0s), t) == assigner.panes(0, 90000));
  CHECK(assigner.panes(5, 5).empty());

  // Finer time points are floored, before 1970 as well; what milliseconds cannot count is refused.
  const pln::sys_time<std::chrono::nanoseconds> before(-1ns), after(60s - 1ns);
  CHECK(assigner.pane(before).end_ms == 0 && assigner.pane(after) == assigner.pane(0));
  CHECK(assigner.pane(after).contains(after) && !assigner.pane(after).contains(before));
  CHECK(assigner.windows(before) == assigner.windows(-1));
  CHECK(assigner.next_boundary(before) == pln::instant(0s));
  CHECK(!assigner.windows(std::chrono::system_clock::now()).empty());
  using hours = pln::sys_time<std::chrono::hours>;
  CHECK(assigner.pane(hours(-1h)).start() == pln::instant(-1h));
  REFUSED(OUT_OF_RANGE, "t_ms", assigner.pane(hours::max()));
  REFUSED(OUT_OF_RANGE, "t_ms", assigner.windows(hours::min()));
  CHECK(!pln::window{INT64_MIN, INT64_MAX}.contains(hours::max()));

  const pln::window early{0, 60000}, longer{0, 120000}, late{60000, 120000};
  CHECK(early < longer && longer < late && !(early < early));
  CHECK(std::hash<pln::window>()(early) == std::hash<pln::window>()(assigner.pane(0)));
  CHECK(std::unordered_set<pln::window>({early, longer, late, early}).size() == 3);
  for (const std::int64_t extreme : {INT64_MIN, INT64_MAX}) {
    REFUSED(OUT_OF_RANGE, "t_ms", assigner.windows(extreme));
    REFUSED(OUT_OF_RANGE, "t_ms", assigner.pane(extreme));
    REFUSED(OUT_OF_RANGE, "t_ms", assigner.next_boundary(pln::instant(1ms * extreme)));
    REFUSED(OUT_OF_RANGE, "from_ms", assigner.panes(extreme, 0));
  }
  REFUSED(INVALID_ARGUMENT, "to_ms", assigner.panes(1, 0));
  REFUSED(INVALID_ARGUMENT, "to_ms", assigner.panes(0, INT64_C(8000000000000000)));
}

static void columns() {
  const pln::assigner assigner(two_minutes());
  const column times = {0, 30000, 61000}, bad = {0, INT64_MAX};
  const auto ms = pln::time_unit::ms;
  const std::int64_t *const null = nullptr;
  column starts = {7, 7, 7};
  REFUSED(OUT_OF_RANGE, "times[1]", assigner.pane_starts(bad, ms, {starts.data(), 2}));
  REFUSED(INVALID_ARGUMENT, "out_ms", assigner.pane_starts(bad, ms, starts));
  REFUSED(INVALID_ARGUMENT, "out_ms", assigner.pane_starts(starts, ms, starts));
  REFUSED(INVALID_ARGUMENT, "unit", assigner.pane_starts(times, pln::time_unit{4}, starts));
  CHECK(starts == column{7, 7, 7});
  assigner.pane_starts(times, ms, starts);
  CHECK(starts == column{0, 0, 60000} && starts == assigner.pane_starts(times, ms));
  CHECK(assigner.pane_starts({null, 0}, ms).empty());

  pln::assignment out = {{1, 2}, {3, 4, 5, 6, 7, 8, 9}, {}};
  const pln::assignment kept = out;
  REFUSED(OUT_OF_RANGE, "times[1]", assigner.assign(bad, ms, out));
  REFUSED(INVALID_ARGUMENT, "unit", assigner.assign(times, pln::time_unit{4}, out));
  REFUSED(INVALID_ARGUMENT, "times", assigner.assign({null, 3}, ms, out));
  CHECK(out == kept);
  assigner.assign(times, ms, out);
  CHECK(out == assigner.assign(times, ms) && out != kept);
  CHECK(out.offsets == column{0, 2, 4, 6} && out.ends_ms.back() == 180000);

  // A smaller batch, then the first again: the memory stays where it is.
  const std::int64_t *const place = out.starts_ms.data();
  assigner.assign({times.data(), 1}, ms, out);
  CHECK(out.offsets == column{0, 2} && out.starts_ms.size() == 2);
  assigner.assign({times.data(), 0}, ms, out);
  CHECK(out.offsets == column{0} && out.starts_ms.empty() && out.ends_ms.empty());
  assigner.assign(times, ms, out);
  CHECK(out == assigner.assign(times, ms) && out.starts_ms.data() == place);

  // A column of the output as the input is refused, or read before it is replaced.
  pln::assignment narrow = out;
  REFUSED(INVALID_ARGUMENT, "starts_ms", assigner.assign({out.starts_ms.data(), 3}, ms, out));
  CHECK(out == narrow);
  narrow = {{}, times, {}};
  assigner.assign(narrow.starts_ms, ms, narrow);
  CHECK(narrow == out);

  const column local = {0, INT64_C(1730597400000)};
  const char *const new_york = "America/New_York";
  REFUSED(UNKNOWN_TIMEZONE, "timezone", pln::resolve_local("?", local, pln::ambiguous::latest));
  REFUSED(INVALID_ARGUMENT, "local_ms[1]",
          pln::resolve_local(new_york, local, pln::ambiguous::reject, {starts.data(), 2}));
  REFUSED(INVALID_ARGUMENT, "ambiguous", pln::resolve_local("", local, pln::ambiguous{3}));
  REFUSED(INVALID_ARGUMENT, "out_ms",
          pln::resolve_local("", local, pln::ambiguous::latest, starts));
  CHECK(starts == column{0, 0, 60000});
  CHECK(pln::resolve_local(new_york, local, pln::ambiguous::latest)[1] == INT64_C(1730615400000));
  CHECK(pln::resolve_local({}, local, pln::ambiguous::reject) == local);
  CHECK(pln::parse_duration("1h30m") == 90min);
  REFUSED(INVALID_ARGUMENT, "duration", pln::parse_duration({}));
  REFUSED(INVALID_ARGUMENT, "duration", pln::parse_duration("90"));
  CHECK(!pln::version().empty() && pln::tzdb_version().size() == 5);
}

// Four threads read one assigner; each must see what a single thread sees.
static void threads() {
  pln::sliding_window_spec spec = two_minutes();
  spec.timezone = "America/New_York";
  const pln::assigner assigner(spec);
  column times;
  for (std::int64_t i = 0; i < 2000; i++) times.push_back(i * 86399977);
  const pln::assignment alone = assigner.assign(times, pln::time_unit::ms);
  std::atomic<int> wrong{0};
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; worker++) {
    workers.emplace_back([&] {
      pln::assignment out;
      for (int run = 0; run < 20; run++) {
        assigner.assign(times, pln::time_unit::ms, out);
        if (out != alone) wrong++;
        try {
          wrong += assigner.pane(INT64_MAX).contains(0) + 1;
        } catch (const pln::error &error) {
          if (error.path() != "t_ms") wrong++;
        }
      }
    });
  }
  for (std::thread &worker : workers) worker.join();
  CHECK(wrong == 0);
}

int main() {
  specs();
  moves();
  instants();
  columns();
  threads();
  std::printf("misuse.cpp: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
