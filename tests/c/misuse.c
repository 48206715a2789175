/* Hostile use of the C ABI: what may go wrong at a call is refused with a code and a path, what was
 * refused leaves its outputs alone, and nothing crashes. Built plain and under ASan and UBSan. */
#include "check.h"

#include <stddef.h>

_Static_assert(sizeof(pln_code) == 4 && (pln_code)-1 < 0, "pln_code is an int32_t");
_Static_assert(sizeof(pln_window) == 16 && _Alignof(pln_window) == 8, "two int64_t");
_Static_assert(offsetof(pln_window, start_ms) == 0 && offsetof(pln_window, end_ms) == 8,
               "in order");
_Static_assert(PLN_CODE_OK == 0 && PLN_CODE_INVALID_ARGUMENT == 2 && PLN_CODE_INTERNAL == 13,
               "codes are append-only");
_Static_assert(PLN_TIME_UNIT_S == 0 && PLN_TIME_UNIT_NS == 3 && PLN_AMBIGUOUS_REJECT == 2,
               "options are append-only");

/* Columns that remember whether they were written to. */
static int64_t column[64], other[64], third[64];
static pln_window windows[64];
static size_t length;

static void reset(void) {
  for (size_t i = 0; i < 64; i++) {
    column[i] = other[i] = third[i] = windows[i].start_ms = windows[i].end_ms = CANARY;
  }
  length = LENGTH;
}

static int untouched_from(size_t first) {
  for (size_t i = first; i < 64; i++) {
    if (column[i] != CANARY || other[i] != CANARY || third[i] != CANARY ||
        windows[i].start_ms != CANARY || windows[i].end_ms != CANARY) return 0;
  }
  return 1;
}
#define UNTOUCHED (length == LENGTH && untouched_from(0))

static pln_assigner *compile(const uint8_t *spec, size_t len) {
  pln_assigner *assigner = NULL;
  ACCEPTED(pln_assigner_new(spec, len, &assigner, E));
  CHECK(assigner != NULL);
  return assigner;
}

static void versions_and_names(void) {
  CHECK(pln_abi_version() == PLN_ABI_VERSION);
  CHECK(strlen(pln_version()) >= 5 && pln_version() == pln_version());
  CHECK(strlen(pln_tzdb_version()) == 5 && pln_tzdb_version() == pln_tzdb_version());
  CHECK(strcmp(pln_code_name(PLN_CODE_CLOSED), "CLOSED") == 0);
  CHECK(strcmp(pln_code_name(-1), "UNKNOWN") == 0 && strcmp(pln_code_name(14), "UNKNOWN") == 0);
  CHECK(strcmp(pln_code_name(INT32_MIN), "UNKNOWN") == 0);
}

static void errors_and_null(void) {
  CHECK(pln_error_code(NULL) == PLN_CODE_OK);
  CHECK(*pln_error_path(NULL) == '\0' && *pln_error_message(NULL) == '\0');
  pln_error_free(NULL);
  pln_assigner_free(NULL);
  CHECK(pln_parse_duration(TEXT("x"), column, NULL) == PLN_CODE_INVALID_ARGUMENT);
  CHECK(pln_parse_duration(TEXT("5m"), column, NULL) == PLN_CODE_OK && column[0] == 300000);
  ACCEPTED(pln_parse_duration(TEXT("5m"), column, E));
}

static void hostile_specs(void) {
  static uint8_t large[65537];
  pln_assigner *const canary = (pln_assigner *)(void *)large, *out = canary;
  REFUSED(INVALID_SPEC, "duration_ms", pln_assigner_new(NULL, 0, &out, E));
  BAD("spec", pln_assigner_new(NULL, 4, &out, E));
  BAD("spec", pln_assigner_new(large, SIZE_MAX, &out, E));
  BAD("out", pln_assigner_new(BYTES(0x08, 0x01), NULL, E));
  BAD("out", pln_assigner_new(BYTES(0x08, 0x01), misaligned(&out), E));
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x08), &out, E));
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x1a, 0x05, 'U', 'T'), &out, E));
  /* A zone of a gigabyte, and of 2^64 - 1 bytes, that is not there. */
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x1a, 0x80, 0x80, 0x80, 0x80, 0x04), &out, E));
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                              0xff, 0x01), &out, E));
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                              0xff, 0xff, 0x01), &out, E));
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x08, 0x01, 0x1a, 0x01, 0xff), &out, E));
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x00), &out, E));
  REFUSED(CORRUPT, "", pln_assigner_new(BYTES(0x0c), &out, E));
  REFUSED(UNSUPPORTED_FIELD, "#99", pln_assigner_new(BYTES(0x98, 0x06, 0x01), &out, E));
  REFUSED(CORRUPT, "", pln_assigner_new(large, sizeof large, &out, E));
  memset(large, 0x9b, sizeof large); /* groups in groups in groups */
  for (size_t i = 1; i < sizeof large; i += 2) large[i] = 0x06;
  REFUSED(CORRUPT, "", pln_assigner_new(large, sizeof large - 1, &out, E));
  REFUSED(UNKNOWN_TIMEZONE, "timezone",
          pln_assigner_new(BYTES(0x08, 0x01, 0x1a, 0x03, 'a', 0, 'b'), &out, E));
  CHECK(out == canary);
}

static void json(void) {
  static uint8_t buffer[64], nested[60000];
  const uint8_t spec[] = {0x08, 0xe0, 0xd4, 0x03};
  reset();
  memset(buffer, 0xaa, sizeof buffer);
#define JSON TEXT("{\"duration_ms\": 60000}")
#define FROM_JSON(...) pln_spec_from_json(__VA_ARGS__, &length, E)
  REFUSED(CORRUPT, "", FROM_JSON(NULL, 0, buffer, 64));
  BAD("json", FROM_JSON(NULL, 9, buffer, 64));
  BAD("json", FROM_JSON(nested, SIZE_MAX, NULL, 0));
  REFUSED(CORRUPT, "", FROM_JSON(TEXT("{\"timezone\": \"\xff\"}"), buffer, 64));
  REFUSED(CORRUPT, "", FROM_JSON(TEXT("{\"timezone\": \"\\ud800\"}"), buffer, 64));
  REFUSED(UNSUPPORTED_FIELD, "step", FROM_JSON(TEXT("{\"step\": 1}"), buffer, 64));
  REFUSED(UNSUPPORTED_FIELD, "a\\0b", FROM_JSON(TEXT("{\"a\\u0000b\": 1}"), buffer, 64));
  memset(nested, '[', sizeof nested);
  REFUSED(CORRUPT, "", FROM_JSON(nested, sizeof nested, buffer, 64));
  BAD("length", pln_spec_from_json(JSON, buffer, 64, NULL, E));
  BAD("length", pln_spec_from_json(JSON, buffer, 64, misaligned(&length), E));
  BAD("buffer", FROM_JSON(JSON, NULL, 64));
  memcpy(buffer, "{}", 2);
  BAD("buffer", FROM_JSON(buffer, 2, buffer + 1, 9)); /* they overlap */
  memset(buffer, 0xaa, sizeof buffer);
  REFUSED(CORRUPT, "", pln_spec_to_json(BYTES(0x08), buffer, 64, &length, E));
  BAD("spec", pln_spec_to_json(NULL, 1, buffer, 64, &length, E));
  BAD("length", pln_spec_to_json(spec, 4, buffer, 64, NULL, E));
  BAD("buffer", pln_spec_to_json(spec, 4, NULL, 64, &length, E));
  CHECK(UNTOUCHED);
  BAD("capacity", FROM_JSON(JSON, buffer, 3));
  CHECK(length == 4 && buffer[0] == 0xaa);
  BAD("capacity", pln_spec_to_json(spec, 4, NULL, 0, &length, E));
  CHECK(length > 4);
  ACCEPTED(FROM_JSON(JSON, buffer, 4));
  CHECK(length == 4 && memcmp(buffer, spec, 4) == 0 && buffer[4] == 0xaa);
}

static void scalar_calls(const pln_assigner *minutes, const pln_assigner *session) {
  const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX};
  uint8_t bytes[33] = {[32] = 0xaa};
  reset();
  for (size_t i = 0; i < 4; i++) {
    const int64_t t = extremes[i];
    REFUSED(OUT_OF_RANGE, "t_ms", pln_assigner_pane(minutes, t, windows, E));
    REFUSED(OUT_OF_RANGE, "t_ms", pln_assigner_next_boundary(minutes, t, column, E));
    REFUSED(OUT_OF_RANGE, "t_ms", pln_assigner_windows(minutes, t, windows, 64, &length, E));
    REFUSED(OUT_OF_RANGE, "from_ms", pln_assigner_panes(minutes, t, 0, windows, 64, &length, E));
    REFUSED(OUT_OF_RANGE, "to_ms", pln_assigner_panes(minutes, 0, t, windows, 64, &length, E));
  }
  BAD("to_ms", pln_assigner_panes(minutes, 1, 0, windows, 64, &length, E));
  BAD("to_ms", pln_assigner_panes(minutes, 0, INT64_C(8000000000000000), windows, 64, &length, E));
  BAD("assigner", pln_assigner_pane(NULL, 0, windows, E));
  BAD("assigner", pln_assigner_next_boundary(NULL, 0, column, E));
  BAD("assigner", pln_assigner_windows(NULL, 0, windows, 64, &length, E));
  BAD("assigner", pln_assigner_panes(NULL, 0, 1, windows, 64, &length, E));
  BAD("assigner", pln_assigner_fingerprint(NULL, bytes, E));
  BAD("assigner", pln_assigner_spec(NULL, bytes, 32, &length, E));
  BAD("out", pln_assigner_pane(minutes, 0, NULL, E));
  BAD("out", pln_assigner_pane(minutes, 0, misaligned(windows), E));
  BAD("out_ms", pln_assigner_next_boundary(minutes, 0, NULL, E));
  BAD("out_ms", pln_assigner_next_boundary(minutes, 0, misaligned(column), E));
  BAD("windows", pln_assigner_windows(minutes, 0, NULL, 64, &length, E));
  BAD("windows", pln_assigner_windows(minutes, 0, misaligned(windows), 64, &length, E));
  BAD("length", pln_assigner_windows(minutes, 0, windows, 64, NULL, E));
  BAD("length", pln_assigner_panes(minutes, 0, 1, windows, 64, NULL, E));
  BAD("out", pln_assigner_fingerprint(minutes, NULL, E));
  BAD("buffer", pln_assigner_spec(minutes, NULL, 64, &length, E));
  BAD("length", pln_assigner_spec(minutes, bytes, 32, NULL, E));
  BAD("kind", pln_assigner_pane(session, 0, windows, E));
  BAD("kind", pln_assigner_next_boundary(session, 0, column, E));
  BAD("kind", pln_assigner_panes(session, 0, 1, windows, 64, &length, E));
  CHECK(UNTOUCHED);
  BAD("capacity", pln_assigner_windows(minutes, 0, windows, 1, &length, E));
  CHECK(length == 2 && untouched_from(0));
  BAD("capacity", pln_assigner_panes(minutes, 0, 99999, NULL, 0, &length, E));
  CHECK(length == 2 && untouched_from(0));
  ACCEPTED(pln_assigner_windows(minutes, 0, windows, 2, &length, E));
  CHECK(length == 2 && windows[1].end_ms == 120000 && untouched_from(2));
  ACCEPTED(pln_assigner_panes(minutes, 5, 5, NULL, 0, &length, E));
  CHECK(length == 0);
  ACCEPTED(pln_assigner_fingerprint(minutes, bytes, E));
  CHECK(bytes[32] == 0xaa);
}

static void columns(const pln_assigner *minutes, const pln_assigner *session) {
  const int64_t times[] = {0, 30000, 61000}, bad[] = {0, INT64_MAX, INT64_MIN};
  void *odd = misaligned(column);
  reset();
#define PANE_STARTS(...) pln_assigner_pane_starts(__VA_ARGS__, E)
  BAD("assigner", PANE_STARTS(NULL, times, 3, 1, column));
  BAD("times", PANE_STARTS(minutes, NULL, 3, 1, column));
  BAD("times", PANE_STARTS(minutes, NULL, 3, 1, NULL));
  BAD("times", PANE_STARTS(minutes, odd, 3, 1, other));
  BAD("out_ms", PANE_STARTS(minutes, times, 3, 1, NULL));
  BAD("out_ms", PANE_STARTS(minutes, times, 3, 1, odd));
  BAD("out_ms", PANE_STARTS(minutes, column, 3, 1, column + 2));
  BAD("out_ms", PANE_STARTS(minutes, column + 2, 3, 1, column));
  BAD("times", PANE_STARTS(minutes, NULL, SIZE_MAX, 1, column));
  BAD("unit", PANE_STARTS(minutes, times, 3, 4, column));
  BAD("unit", PANE_STARTS(minutes, NULL, 0, UINT32_MAX, column));
  BAD("kind", PANE_STARTS(session, times, 3, 1, column));
  for (uint32_t unit = 0; unit < 4; unit++) {
    REFUSED(OUT_OF_RANGE, "times[1]", PANE_STARTS(minutes, bad, 3, unit, column));
    REFUSED(OUT_OF_RANGE, "times[0]", PANE_STARTS(minutes, bad + 2, 1, unit, column));
  }
  CHECK(pln_assigner_pane_starts(minutes, times, SIZE_MAX / 8, 1, column, NULL) ==
        PLN_CODE_INVALID_ARGUMENT);
  CHECK(UNTOUCHED);
  ACCEPTED(PANE_STARTS(minutes, NULL, 0, 1, NULL));
  ACCEPTED(PANE_STARTS(minutes, times, 3, 1, column));
  CHECK(column[2] == 60000 && column[3] == CANARY);
  ACCEPTED(PANE_STARTS(minutes, column, 3, 1, column + 3)); /* neighbours do not overlap */

#define ASSIGN(...) pln_assigner_assign(__VA_ARGS__, E)
#define ROOM column, other, third, 6, &length
  reset();
  BAD("assigner", ASSIGN(NULL, times, 3, 1, ROOM));
  BAD("times", ASSIGN(minutes, NULL, 3, 1, ROOM));
  BAD("times", ASSIGN(minutes, odd, 3, 1, ROOM));
  BAD("times", ASSIGN(minutes, times, SIZE_MAX, 1, ROOM));
  BAD("times", ASSIGN(minutes, times, SIZE_MAX / 8, 1, ROOM));
  BAD("unit", ASSIGN(minutes, times, 3, 4, ROOM));
  BAD("length", ASSIGN(minutes, times, 3, 1, column, other, third, 6, NULL));
  BAD("length", ASSIGN(minutes, times, 3, 1, column, other, third, 6, misaligned(&length)));
  BAD("offsets", ASSIGN(minutes, times, 3, 1, odd, other, third, 6, &length));
  BAD("starts_ms", ASSIGN(minutes, times, 3, 1, column, NULL, third, 6, &length));
  BAD("ends_ms", ASSIGN(minutes, times, 3, 1, column, other, NULL, 6, &length));
  BAD("starts_ms", ASSIGN(minutes, times, 3, 1, column, column + 3, third, 6, &length));
  BAD("ends_ms", ASSIGN(minutes, times, 3, 1, column, other, other + 5, 6, &length));
  for (uint32_t unit = 0; unit < 4; unit++) {
    REFUSED(OUT_OF_RANGE, "times[1]", ASSIGN(minutes, bad, 3, unit, ROOM));
    REFUSED(OUT_OF_RANGE, "times[0]", ASSIGN(session, bad + 1, 2, unit, ROOM));
  }
  CHECK(UNTOUCHED);
  memset(column, 0, 3 * sizeof *column);
  BAD("ends_ms", ASSIGN(minutes, column, 3, 1, other, third, column, 6, &length));
  CHECK(column[0] == 0 && length == LENGTH);
  reset();
  BAD("capacity", ASSIGN(minutes, times, 3, 1, column, other, third, 5, &length));
  CHECK(length == 6 && untouched_from(0));
  reset();
  BAD("capacity", ASSIGN(minutes, times, 3, 1, NULL, NULL, NULL, 0, &length));
  CHECK(length == 6 && untouched_from(0));
  BAD("offsets", ASSIGN(minutes, NULL, 0, 1, NULL, NULL, NULL, 0, &length));
  CHECK(length == 0 && untouched_from(0)); /* the size of nothing is 0, not unknown */
  ACCEPTED(ASSIGN(minutes, NULL, 0, 1, column, NULL, NULL, 0, &length));
  CHECK(length == 0 && column[0] == 0 && untouched_from(1));
  reset();
  ACCEPTED(ASSIGN(minutes, times, 3, 1, column, other, third, 64, &length));
  CHECK(length == 6 && column[3] == 6 && other[5] == 60000 && third[5] == 180000);
  CHECK(column[4] == CANARY && untouched_from(6));
}

static void local_times_and_durations(void) {
  /* 2024-03-10 02:30 does not exist in New York, 2024-11-03 01:30 occurs twice. */
  const int64_t local[] = {0, INT64_C(1710037800000), INT64_C(1730597400000)};
  const int64_t bad[] = {0, INT64_MIN, INT64_MAX};
  void *odd = misaligned(column);
  reset();
#define NEW_YORK TEXT("America/New_York")
#define LOCAL(...) pln_resolve_local(__VA_ARGS__, E)
  BAD("timezone", LOCAL(NULL, 3, local, 3, 0, column));
  BAD("timezone", LOCAL(TEXT("\xff"), local, 3, 0, column));
  BAD("timezone", LOCAL(TEXT("Asia/\xed\xa0\x80"), local, 3, 0, column));
  BAD("timezone", LOCAL((const uint8_t *)local, SIZE_MAX, local, 3, 0, column));
  REFUSED(UNKNOWN_TIMEZONE, "timezone", LOCAL(TEXT("Mars/Olympus"), local, 3, 0, column));
  REFUSED(UNKNOWN_TIMEZONE, "timezone", LOCAL(TEXT("UTC\0"), local, 3, 0, column));
  REFUSED(UNKNOWN_TIMEZONE, "timezone", LOCAL(TEXT("../etc/passwd"), local, 3, 0, column));
  BAD("ambiguous", LOCAL(NEW_YORK, local, 3, 3, column));
  BAD("ambiguous", LOCAL(NEW_YORK, local, 3, UINT32_MAX, column));
  BAD("local_ms", LOCAL(NEW_YORK, NULL, 3, 0, column));
  BAD("local_ms", LOCAL(NEW_YORK, odd, 3, 0, other));
  BAD("out_ms", LOCAL(NEW_YORK, local, 3, 0, NULL));
  BAD("out_ms", LOCAL(NEW_YORK, local, 3, 0, odd));
  BAD("out_ms", LOCAL(NEW_YORK, column, 3, 0, column + 2));
  BAD("local_ms", LOCAL(NEW_YORK, NULL, SIZE_MAX, 0, column));
  BAD("local_ms[1]", LOCAL(NEW_YORK, local, 3, 2, column));
  BAD("local_ms[0]", LOCAL(NEW_YORK, local + 2, 1, 2, column));
  REFUSED(OUT_OF_RANGE, "local_ms[1]", LOCAL(NEW_YORK, bad, 3, 0, column));
  REFUSED(OUT_OF_RANGE, "local_ms[0]", LOCAL(NULL, 0, bad + 2, 1, 1, column));
  CHECK(UNTOUCHED);
  ACCEPTED(LOCAL(NEW_YORK, NULL, 0, 0, NULL));
  ACCEPTED(LOCAL(NULL, 0, local, 3, 2, column));
  CHECK(memcmp(column, local, sizeof local) == 0 && untouched_from(3));

  static uint8_t digits[1 << 20];
  memset(digits, '9', sizeof digits);
  reset();
  BAD("duration", pln_parse_duration(NULL, 0, column, E));
  BAD("duration", pln_parse_duration(NULL, 2, column, E));
  BAD("duration", pln_parse_duration(TEXT("5\xffm"), column, E));
  BAD("duration", pln_parse_duration(TEXT("5\0m"), column, E));
  BAD("duration", pln_parse_duration(TEXT("9223372036854775808ms"), column, E));
  BAD("duration", pln_parse_duration(digits, sizeof digits, column, E));
  BAD("duration", pln_parse_duration(digits, SIZE_MAX, column, E));
  BAD("out_ms", pln_parse_duration(TEXT("5m"), NULL, E));
  BAD("out_ms", pln_parse_duration(TEXT("5m"), odd, E));
  CHECK(UNTOUCHED);
}

int main(void) {
  /* Two-minute windows every minute, and sessions of a minute. */
  pln_assigner *minutes = compile(BYTES(0x08, 0xc0, 0xa9, 0x07, 0x10, 0xe0, 0xd4, 0x03));
  pln_assigner *session = compile(BYTES(0x30, 0x02, 0x60, 0xe0, 0xd4, 0x03));
  versions_and_names();
  errors_and_null();
  hostile_specs();
  json();
  scalar_calls(minutes, session);
  columns(minutes, session);
  local_times_and_durations();
  pln_assigner_free(session);
  pln_assigner_free(minutes);
  return summary("misuse.c");
}
