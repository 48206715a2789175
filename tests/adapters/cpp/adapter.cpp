// The C++ adapter of tests/PROTOCOL.md: one request a line in, one answer a line out.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "paneline.hpp"

namespace pln = paneline;
using pln::sliding_window_spec;
using std::string;
using column = std::vector<std::int64_t>;

static std::int64_t number(const string &text) { return std::strtoll(text.c_str(), nullptr, 10); }

static column list(const string &text) {
  column numbers;
  if (text == "-") return numbers;
  for (const char *at = text.c_str(); *at != '\0'; at += *at == ',') {
    char *end;
    numbers.push_back(std::strtoll(at, &end, 10));
    if (end == at) break;
    at = end;
  }
  return numbers;
}

static string text(const column &numbers) {
  string text;
  for (const std::int64_t n : numbers) text.append(text.empty() ? "" : ",") += std::to_string(n);
  return text.empty() ? "-" : text;
}

static string text(const std::vector<pln::window> &windows) {
  string text;
  for (const pln::window &window : windows) {
    text.append(text.empty() ? "" : " ").append(std::to_string(window.start_ms));
    text.append(":").append(std::to_string(window.end_ms));
  }
  return text.empty() ? "-" : text;
}

static sliding_window_spec spec(std::istream &fields) {
  sliding_window_spec spec;
  const std::map<string, std::chrono::milliseconds *> lengths = {
      {"duration_ms", &spec.duration_ms},
      {"step_ms", &spec.step_ms},
      {"offset_ms", &spec.offset_ms},
      {"session_gap_ms", &spec.session_gap_ms},
      {"allowed_lateness_ms", &spec.allowed_lateness_ms}};
  const std::map<string, std::uint32_t *> counts = {
      {"calendar_duration", &spec.calendar_duration},
      {"calendar_step", &spec.calendar_step},
      {"month_day", &spec.month_day},
      {"semantics_version", &spec.semantics_version},
      {"year_start_month", &spec.year_start_month}};
  for (string field; fields >> field;) {
    const std::size_t sign = field.find('=');
    const string name = field.substr(0, sign), value = field.substr(sign + 1);
    const auto length = lengths.find(name);
    const auto count = counts.find(name);
    const auto option = static_cast<std::int32_t>(number(value));
    if (length != lengths.end()) *length->second = std::chrono::milliseconds(number(value));
    if (count != counts.end()) *count->second = static_cast<std::uint32_t>(number(value));
    if (name == "timezone") spec.timezone = value;
    if (name == "tzdb_version") spec.tzdb_version = value;
    if (name == "align_to_epoch") spec.align_to_epoch = value != "0";
    if (name == "kind") spec.kind = pln::window_kind{option};
    if (name == "calendar_unit") spec.calendar_unit = pln::calendar_unit{option};
    if (name == "week_start") spec.week_start = pln::weekday{option};
  }
  return spec;
}

static std::vector<std::uint8_t> bytes(const string &hex) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; hex != "-" && i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

static const std::map<string, pln::time_unit> units = {{"s", pln::time_unit::s},
                                                       {"ms", pln::time_unit::ms},
                                                       {"us", pln::time_unit::us},
                                                       {"ns", pln::time_unit::ns}};
static const std::map<string, pln::ambiguous> choices = {{"earliest", pln::ambiguous::earliest},
                                                         {"latest", pln::ambiguous::latest},
                                                         {"reject", pln::ambiguous::reject}};

static std::optional<pln::assigner> assigner;  // Of the last spec; empty where it was refused.

static string compile(const string &verb, const string &rest) {
  assigner.reset();
  std::istringstream fields(rest);
  assigner = verb == "spec"    ? pln::assigner(spec(fields))
             : verb == "bytes" ? pln::assigner::from_proto(bytes(rest))
                               : pln::assigner::from_json(rest);
  return pln::to_hex(assigner->fingerprint());
}

static string answer(const string &verb, const string &rest) {
  static pln::assignment reused;
  if (verb == "version") return string(pln::version()).append(" ").append(pln::tzdb_version());
  if (verb == "spec" || verb == "bytes" || verb == "json") return compile(verb, rest);
  if (verb == "duration") return std::to_string(pln::parse_duration(rest).count());
  const std::size_t blank = rest.find(' ');
  const string first = rest.substr(0, blank);
  const string second = blank == string::npos ? "" : rest.substr(blank + 1);
  if (verb == "local") {
    const std::size_t end = second.find(' ');
    const string zone = first == "-" ? "" : first, choice = second.substr(0, end);
    return text(pln::resolve_local(zone, list(second.substr(end + 1)), choices.at(choice)));
  }
  if (verb == "windows") return text(assigner.value().windows(number(first)));
  if (verb == "pane") return text({assigner.value().pane(number(first))});
  if (verb == "next") return std::to_string(assigner.value().next_boundary(number(first)));
  if (verb == "panes") return text(assigner.value().panes(number(first), number(second)));
  if (verb == "pane_starts") {
    return text(assigner.value().pane_starts(list(second), units.at(first)));
  }
  assigner.value().assign(list(second), units.at(first), reused);
  return text(reused.offsets) + ' ' + text(reused.starts_ms) + ' ' + text(reused.ends_ms);
}

int main() {
  std::ios::sync_with_stdio(false);
  for (string line, result; std::getline(std::cin, line);) {
    const std::size_t blank = line.find(' ');
    try {
      result = "ok " + answer(line.substr(0, blank),
                              blank == string::npos ? "" : line.substr(blank + 1));
    } catch (const pln::error &refusal) {
      const string path = refusal.path().empty() ? "-" : refusal.path();
      result = string("error ") + pln::code_name(refusal.code()) + ' ' + path;
    } catch (const std::exception &) {  // No request of the protocol.
      result = "error INVALID_ARGUMENT -";
    }
    std::cout << result << '\n';
  }
}
