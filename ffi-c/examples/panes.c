/* Windows of six hours, every three, on New York's clock, in the night in which it goes back: those
 * of one event, the panes of a day, a column of events in one call, and a refusal.
 *
 * Prints:
 *   event    1730595600000 to 1730620800000, 7 h
 *   event    1730606400000 to 1730631600000, 7 h
 *   day      4 h 3 h 3 h 3 h 3 h 3 h 3 h 3 h
 *   row 0    2 windows, the last from 1730606400000
 *   row 1    2 windows, the last from 1730620800000
 *   row 2    2 windows, the last from 1730631600000
 *   refused  OUT_OF_RANGE at times[1]
 */
#include <inttypes.h>
#include <paneline.h>
#include <stdio.h>
#include <string.h>

enum { HOUR_MS = 3600000, ROWS = 3, WINDOWS_MAX = 16 };

/* Whether a call was refused; says why, and frees the error. */
static int refused(pln_error *error) {
  if (error == NULL) return 0;
  fprintf(stderr, "%s at \"%s\": %s\n", pln_code_name(pln_error_code(error)),
          pln_error_path(error), pln_error_message(error));
  pln_error_free(error);
  return 1;
}

static int print_windows(const pln_assigner *assigner) {
  const int64_t event_ms = INT64_C(1730615400000); /* 01:30, the second time */
  pln_window windows[WINDOWS_MAX];
  pln_error *error = NULL;
  size_t count;
  if (pln_assigner_windows(assigner, event_ms, windows, WINDOWS_MAX, &count, &error)) {
    return refused(error);
  }
  for (size_t i = 0; i < count; i++) {
    printf("event    %" PRId64 " to %" PRId64 ", %" PRId64 " h\n", windows[i].start_ms,
           windows[i].end_ms, (windows[i].end_ms - windows[i].start_ms) / HOUR_MS);
  }

  const int64_t from_ms = INT64_C(1730606400000), to_ms = INT64_C(1730696400000);
  if (pln_assigner_panes(assigner, from_ms, to_ms, windows, WINDOWS_MAX, &count, &error)) {
    return refused(error);
  }
  printf("day     ");
  for (size_t i = 0; i < count; i++) {
    printf(" %" PRId64 " h", (windows[i].end_ms - windows[i].start_ms) / HOUR_MS);
  }
  printf("\n");
  return 0;
}

/* Columns in, columns out, all of them the caller's. Times may be in s, ms, us or ns. */
static int print_batch(const pln_assigner *assigner) {
  int64_t times[ROWS] = {1730615400, 1730624400, 1730631600};
  int64_t offsets[ROWS + 1], starts_ms[WINDOWS_MAX], ends_ms[WINDOWS_MAX];
  pln_error *error = NULL;
  size_t count;
  if (pln_assigner_assign(assigner, times, ROWS, PLN_TIME_UNIT_S, offsets, starts_ms, ends_ms,
                          WINDOWS_MAX, &count, &error)) {
    return refused(error);
  }
  for (int row = 0; row < ROWS; row++) {
    printf("row %d    %" PRId64 " windows, the last from %" PRId64 "\n", row,
           offsets[row + 1] - offsets[row], starts_ms[offsets[row + 1] - 1]);
  }

  /* A batch is all or nothing: what is refused leaves the columns as they were. */
  times[1] = INT64_MAX;
  if (pln_assigner_assign(assigner, times, ROWS, PLN_TIME_UNIT_S, offsets, starts_ms, ends_ms,
                          WINDOWS_MAX, &count, &error)) {
    printf("refused  %s at %s\n", pln_code_name(pln_error_code(error)), pln_error_path(error));
    pln_error_free(error);
  }
  return 0;
}

int main(void) {
  /* Before anything else: another ABI would read what this program passes as something else. */
  if (pln_abi_version() != PLN_ABI_VERSION) {
    fprintf(stderr, "libpaneline has ABI %" PRIu32 ", this program needs ABI %d\n",
            pln_abi_version(), PLN_ABI_VERSION);
    return 1;
  }

  const char *json = "{\"duration_ms\": 21600000, \"step_ms\": 10800000,"
                     " \"timezone\": \"America/New_York\"}";
  uint8_t spec[128];
  size_t length;
  pln_assigner *assigner = NULL;
  pln_error *error = NULL;
  if (pln_spec_from_json((const uint8_t *)json, strlen(json), spec, sizeof spec, &length, &error) ||
      pln_assigner_new(spec, length, &assigner, &error)) {
    return refused(error);
  }
  const int failed = print_windows(assigner) || print_batch(assigner);
  pln_assigner_free(assigner);
  return failed;
}
