/* Windows of six hours, every half hour, on New York's clock: `demo FILE OUT` reads wall-clock
 * times from a CSV file, assigns all rows in one call and writes the columns as int64
 * (little-endian, the order of the machines it is built for). */
#define _DEFAULT_SOURCE /* timegm */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paneline.h"

#define ZONE "America/New_York"
static const char JSON[] =
    "{\"duration_ms\": 21600000, \"step_ms\": 1800000, \"timezone\": \"" ZONE "\"}";

static pln_error *error;

static void check(pln_code code) {
  if (code == PLN_CODE_OK) return;
  fprintf(stderr, "%s: %s\n", pln_code_name(code), pln_error_message(error));
  exit(2);
}

static int64_t *column(size_t len) {
  int64_t *values = calloc(len + 1, sizeof *values);
  if (values == NULL) abort();
  return values;
}

/* The first column of a CSV file, in milliseconds since 1970-01-01T00:00 on the wall clock. */
static int64_t *read_local_ms(const char *path, size_t *len) {
  FILE *file = fopen(path, "r");
  if (file == NULL || fscanf(file, "%*[^\n]") == EOF) perror(path), exit(2);
  int64_t *local_ms = NULL;
  struct tm t = {0};
  for (*len = 0; fscanf(file, " %d-%d-%d %d:%d:%d%*[^\n]", &t.tm_year, &t.tm_mon, &t.tm_mday,
                        &t.tm_hour, &t.tm_min, &t.tm_sec) == 6; ++*len) {
    t.tm_year -= 1900, t.tm_mon -= 1;
    if (*len % 4096 == 0) local_ms = realloc(local_ms, (*len + 4096) * sizeof *local_ms);
    if (local_ms == NULL) abort();
    local_ms[*len] = (int64_t)timegm(&t) * 1000;
  }
  fclose(file);
  return local_ms;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3) return fputs("usage: demo FILE OUT\n", stderr), 2;
  size_t rows, count = 0, spec_len;
  const int64_t *local_ms = read_local_ms(argv[1], &rows);

  uint8_t spec[256];
  pln_assigner *assigner;
  check(pln_spec_from_json((const uint8_t *)JSON, strlen(JSON), spec, sizeof spec, &spec_len,
                           &error));
  check(pln_assigner_new(spec, spec_len, &assigner, &error));

  int64_t *t_ms = column(rows), *offsets = column(rows + 1);
  check(pln_resolve_local((const uint8_t *)ZONE, strlen(ZONE), local_ms, rows,
                          PLN_AMBIGUOUS_EARLIEST, t_ms, &error));

  /* Without room, the call is refused and tells the length. */
  pln_code code = pln_assigner_assign(assigner, t_ms, rows, PLN_TIME_UNIT_MS, offsets, NULL, NULL,
                                      0, &count, &error);
  if (code != PLN_CODE_INVALID_ARGUMENT) check(code);
  pln_error_free(error);
  int64_t *starts_ms = column(count), *ends_ms = column(count);
  double best = 1e9;
  for (int run = 0; run < 5; run++) {
    const double start = seconds();
    check(pln_assigner_assign(assigner, t_ms, rows, PLN_TIME_UNIT_MS, offsets, starts_ms, ends_ms,
                              count, &count, &error));
    const double elapsed = seconds() - start;
    if (elapsed < best) best = elapsed;
  }

  FILE *out = fopen(argv[2], "wb");
  if (out == NULL) return perror(argv[2]), 2;
  fwrite(t_ms, sizeof *t_ms, rows, out);
  fwrite(offsets, sizeof *offsets, rows + 1, out);
  fwrite(starts_ms, sizeof *starts_ms, count, out);
  fwrite(ends_ms, sizeof *ends_ms, count, out);
  if (fclose(out) != 0) return perror(argv[2]), 2;
  printf("c rows=%zu windows=%zu events_per_s=%.0f\n", rows, count, (double)rows / best);
  pln_assigner_free(assigner);
}
