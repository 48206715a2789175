/* Sums by key in windows of ten seconds. Rows may come two seconds out of order; one that comes
 * later still is set aside and counted.
 *
 * Prints:
 *   [0, 10000) key 7: 3 rows, total 1
 *   [0, 10000) key 8: 1 rows, total 2.5
 *   [10000, 20000) key 7: 1 rows, total 4
 *   late 1
 */
#include <inttypes.h>
#include <paneline.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 6 };

static const char json[] =
    "{\"window\": {\"duration_ms\": 10000}, \"max_out_of_orderness_ms\": 2000,"
    " \"values\": [{\"name\": \"amount\", \"type\": \"VALUE_TYPE_F64\"}],"
    " \"aggregates\": [{\"name\": \"total\", \"function\": \"FUNCTION_SUM\","
    "                   \"column\": \"amount\"}]}";

/* The rows, a column each. 1e16 + 1 - 1e16 is 1 here: sums are exact, and rounded once. */
static const int64_t keys[ROWS] = {7, 7, 8, 7, 7, 7};
static const int64_t times_ms[ROWS] = {1000, 3000, 2000, 2500, 15000, 4000};
static const double amounts[ROWS] = {1e16, 1.0, 2.5, -1e16, 4.0, 9.0};

/* Whether a call was refused; says why, and frees the error. */
static int refused(pln_error *error) {
  if (error == NULL) return 0;
  fprintf(stderr, "%s at \"%s\": %s\n", pln_code_name(pln_error_code(error)),
          pln_error_path(error), pln_error_message(error));
  pln_error_free(error);
  return 1;
}

/* Takes what is finished: results come as columns, which are good until the next poll. */
static int drain(pln_engine *engine) {
  pln_result_batch results;
  pln_error *error = NULL;
  for (;;) {
    if (pln_engine_poll(engine, &results, &error)) return refused(error);
    if (results.len == 0) return 0;
    const int64_t *key = results.keys.data;
    const double *total = results.columns[0].values;
    for (size_t i = 0; i < results.len; i++) {
      printf("[%" PRId64 ", %" PRId64 ") key %" PRId64 ": %" PRId64 " rows, total %g\n",
             results.start_ms[i], results.end_ms[i], key[i], results.count[i], total[i]);
    }
  }
}

/* Pushes every row. A push may take fewer where a budget of memory is used up: it says how many,
 * and the rest is pushed again once there is room. Here draining makes it. */
static int push(pln_engine *engine) {
  size_t from = 0;
  while (from < ROWS) {
    const pln_values amount = {.data = amounts + from, .type = PLN_VALUE_TYPE_F64};
    const pln_rows rows = {.keys = {.data = keys + from, .type = PLN_KEY_TYPE_I64},
                           .times = times_ms + from,
                           .len = ROWS - from,
                           .unit = PLN_TIME_UNIT_MS,
                           .values = &amount,
                           .values_len = 1};
    size_t taken = 0;
    pln_error *error = NULL;
    const pln_code code = pln_engine_push(engine, &rows, &taken, &error);
    from += taken;
    const int full = code == PLN_CODE_MEMORY_LIMIT &&
                     strcmp(pln_error_path(error), "output_budget_bytes") == 0;
    if (code != PLN_CODE_OK && !full) return refused(error);
    pln_error_free(error);
    if (drain(engine)) return 1;
  }
  return 0;
}

/* The end of the input fires every window that is open. */
static int finish(pln_engine *engine) {
  pln_stats stats;
  pln_error *error = NULL;
  if (pln_engine_finish(engine, &error)) return refused(error);
  if (drain(engine)) return 1;
  if (pln_engine_stats(engine, &stats, &error)) return refused(error);
  printf("late %" PRIu64 "\n", stats.late);
  return 0;
}

int main(void) {
  if (pln_abi_version() != PLN_ABI_VERSION) {
    fprintf(stderr, "libpaneline has ABI %" PRIu32 ", this program needs ABI %d\n",
            pln_abi_version(), PLN_ABI_VERSION);
    return 1;
  }

  uint8_t spec[256];
  size_t length;
  pln_engine *engine = NULL;
  pln_error *error = NULL;
  if (pln_engine_spec_from_json((const uint8_t *)json, strlen(json), spec, sizeof spec, &length,
                                &error) ||
      pln_engine_new(spec, length, &engine, &error)) {
    return refused(error);
  }
  const int failed = push(engine) || finish(engine);
  pln_engine_free(engine);
  return failed;
}
