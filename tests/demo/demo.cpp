// Windows of six hours, every half hour, on New York's clock: `demo FILE OUT` reads wall-clock
// times from a CSV file, assigns all rows in one call and writes the columns as int64
// (little-endian, the order of the machines it is built for).
#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "paneline.hpp"

using column = std::vector<std::int64_t>;

// The first column of a CSV file, in milliseconds since 1970-01-01T00:00 on the wall clock.
static column read_local_ms(const char *path) {
  column local_ms;
  std::ifstream file(path);
  std::string row;
  if (!std::getline(file, row)) throw std::runtime_error(std::string("not read: ") + path);
  for (std::tm t{}; std::getline(file, row); local_ms.push_back(timegm(&t) * INT64_C(1000))) {
    std::istringstream(row) >> std::get_time(&t, "%Y-%m-%d %H:%M:%S");
  }
  return local_ms;
}

int main(int argc, char **argv) try {
  if (argc != 3) throw std::invalid_argument("usage: demo FILE OUT");
  paneline::sliding_window_spec spec;
  spec.duration_ms = std::chrono::hours(6);
  spec.step_ms = std::chrono::minutes(30);
  spec.timezone = "America/New_York";
  const paneline::assigner assigner(spec);

  const column t_ms = paneline::resolve_local(spec.timezone, read_local_ms(argv[1]),
                                              paneline::ambiguous::earliest);
  paneline::assignment windows;
  auto best = std::chrono::duration<double>::max();
  for (int run = 0; run < 5; run++) {
    const auto start = std::chrono::steady_clock::now();
    assigner.assign(t_ms, paneline::time_unit::ms, windows);
    best = std::min<decltype(best)>(best, std::chrono::steady_clock::now() - start);
  }

  std::ofstream out(argv[2], std::ios::binary);
  for (const column &part : {t_ms, windows.offsets, windows.starts_ms, windows.ends_ms}) {
    out.write(reinterpret_cast<const char *>(part.data()),
              static_cast<std::streamsize>(part.size() * sizeof(part.front())));
  }
  if (!out.flush()) throw std::runtime_error(std::string("not written: ") + argv[2]);
  std::cout << "cpp rows=" << t_ms.size() << " windows=" << windows.starts_ms.size()
            << " events_per_s=" << std::llround(static_cast<double>(t_ms.size()) / best.count())
            << '\n';
} catch (const std::exception &failure) {
  std::cerr << failure.what() << '\n';
  return 2;
}
