/* Hostile use of engines: what may go wrong at a call is refused with a code and a path, what was
 * refused leaves its outputs and the engine alone, and nothing crashes. Built plain and under ASan
 * and UBSan. That a poisoned engine is refused is shown in ffi-c/src/guard.rs: no call from here
 * panics. */
#include "check.h"

#include <stddef.h>

#define LAYOUT(type, member, place) \
  _Static_assert(offsetof(type, member) == place, #type "." #member)
_Static_assert(sizeof(pln_keys) == 48 && sizeof(pln_values) == 32, "input columns");
LAYOUT(pln_keys, data, 0);
LAYOUT(pln_keys, type, 8);
LAYOUT(pln_keys, offsets, 16);
LAYOUT(pln_keys, data_len, 24);
LAYOUT(pln_keys, validity, 32);
LAYOUT(pln_keys, validity_offset, 40);
LAYOUT(pln_values, data, 0);
LAYOUT(pln_values, type, 8);
LAYOUT(pln_values, validity, 16);
LAYOUT(pln_values, validity_offset, 24);
_Static_assert(sizeof(pln_rows) == 96 && _Alignof(pln_rows) == 8, "a batch");
LAYOUT(pln_rows, keys, 0);
LAYOUT(pln_rows, times, 48);
LAYOUT(pln_rows, len, 56);
LAYOUT(pln_rows, unit, 64);
LAYOUT(pln_rows, values, 72);
LAYOUT(pln_rows, values_len, 80);
LAYOUT(pln_rows, sources, 88);
_Static_assert(sizeof(pln_result_keys) == 24 && sizeof(pln_result_column) == 40, "columns");
LAYOUT(pln_result_keys, data, 0);
LAYOUT(pln_result_keys, type, 8);
LAYOUT(pln_result_keys, offsets, 16);
LAYOUT(pln_result_column, name, 0);
LAYOUT(pln_result_column, name_len, 8);
LAYOUT(pln_result_column, type, 16);
LAYOUT(pln_result_column, values, 24);
LAYOUT(pln_result_column, valid, 32);
_Static_assert(sizeof(pln_result_batch) == 88 && sizeof(pln_late_batch) == 72, "views");
LAYOUT(pln_result_batch, len, 0);
LAYOUT(pln_result_batch, start_ms, 8);
LAYOUT(pln_result_batch, end_ms, 16);
LAYOUT(pln_result_batch, keys, 24);
LAYOUT(pln_result_batch, count, 48);
LAYOUT(pln_result_batch, revision, 56);
LAYOUT(pln_result_batch, flags, 64);
LAYOUT(pln_result_batch, columns, 72);
LAYOUT(pln_result_batch, columns_len, 80);
LAYOUT(pln_late_batch, len, 0);
LAYOUT(pln_late_batch, reasons, 8);
LAYOUT(pln_late_batch, keys, 16);
LAYOUT(pln_late_batch, times_ms, 40);
LAYOUT(pln_late_batch, sources, 48);
LAYOUT(pln_late_batch, values, 56);
LAYOUT(pln_late_batch, values_len, 64);
_Static_assert(sizeof(pln_stats) == 144 && sizeof(pln_estimate) == 32, "counters");
LAYOUT(pln_stats, accepted, 0);
LAYOUT(pln_stats, watermark_ms, 48);
LAYOUT(pln_stats, scratch_bytes, 136);
LAYOUT(pln_estimate, cell_bytes, 0);
LAYOUT(pln_estimate, state_bytes, 24);
_Static_assert(PLN_KEY_TYPE_I64 == 0 && PLN_KEY_TYPE_U64 == 1 && PLN_KEY_TYPE_BYTES == 2 &&
               PLN_VALUE_TYPE_I64 == 0 && PLN_VALUE_TYPE_F64 == 1, "types are append-only");
_Static_assert(PLN_VERDICT_LATE == 1 && PLN_VERDICT_FUTURE == 2 && PLN_FLAG_LATE == 1 &&
               PLN_FLAG_RETRACTION == 2 && PLN_FLAG_PARTIAL == 4, "marks are append-only");

/* Minutes of integer keys; an integer column that may hold nulls and a double that may not. */
#define MINUTES(key) \
  "{'window': {'duration_ms': 60000}, 'sources': ['a', 'b'], 'key': 'KEY_TYPE_" key "'," \
  " 'values': [{'name': 'n', 'nullable': true}, {'name': 'v', 'type': 'VALUE_TYPE_F64'}]," \
  " 'aggregates': [{'name': 's', 'function': 'FUNCTION_SUM', 'column': 'v'}]}"

enum { ROWS = 4 };
static int64_t keys[ROWS + 1] = {1, 2, 1, 3}, times[ROWS + 1] = {0, 1, 2, 3}, n[ROWS + 1];
static double v[ROWS + 1] = {1, 2, 3, 4};
static int64_t offsets[ROWS + 1] = {0, 1, 2, 3, 4};
static uint32_t sources[ROWS + 1];
static uint8_t bits[] = {0xff, 0xff};
static pln_values values[2];

static pln_rows sound(void) {
  values[0] = (pln_values){n, PLN_VALUE_TYPE_I64, bits, 5};
  values[1] = (pln_values){v, PLN_VALUE_TYPE_F64, NULL, 0};
  return (pln_rows){.keys = {.data = keys, .type = PLN_KEY_TYPE_I64}, .times = times, .len = ROWS,
                    .unit = PLN_TIME_UNIT_MS, .values = values, .values_len = 2,
                    .sources = sources};
}

/* An engine, a shard of all slots, and a judge, of one spec. */
typedef struct {
  pln_engine *engine, *shard;
  pln_progress *progress;
  pln_verdicts *verdicts; /* of sound() */
} stream;

static stream open_stream(const char *json) {
  engine_spec spec = spec_of(json);
  stream all = {open_engine(json), NULL, NULL, NULL};
  ACCEPTED(pln_engine_shard(spec.bytes, spec.len, UINT64_MAX, &all.shard, E));
  ACCEPTED(pln_progress_new(spec.bytes, spec.len, &all.progress, E));
  return all;
}

static void free_stream(stream all) {
  pln_engine_free(all.engine);
  pln_engine_free(all.shard);
  pln_progress_free(all.progress);
  pln_verdicts_free(all.verdicts);
}

static size_t taken;
static int64_t watermark_ms;

/* What one refused batch does: the same refusal from every call that takes rows, and no trace. */
static void bad_rows(const stream *all, const char *path, const pln_rows *rows, int line) {
  pln_verdicts *const canary = (pln_verdicts *)(void *)bits, *verdicts = canary;
  pln_stats stats;
  taken = LENGTH;
  refused(pln_engine_push(all->engine, rows, &taken, E), PLN_CODE_INVALID_ARGUMENT, path, "push",
          __FILE__, line);
  refused(pln_engine_apply(all->shard, rows, all->verdicts, 0, &taken, E),
          PLN_CODE_INVALID_ARGUMENT, path, "apply", __FILE__, line);
  refused(pln_progress_judge(all->progress, rows, &verdicts, E), PLN_CODE_INVALID_ARGUMENT, path,
          "judge", __FILE__, line);
  check(taken == LENGTH && verdicts == canary, "untouched", __FILE__, line);
  ACCEPTED(pln_engine_stats(all->engine, &stats, E));
  check(stats.accepted + stats.invalid + stats.late == 0, "no row was taken", __FILE__, line);
}
#define BAD_ROWS(path, change) \
  do { \
    pln_rows rows = sound(); \
    change; \
    bad_rows(&all, path, &rows, __LINE__); \
  } while (0)

static void hostile_rows(void) {
  stream all = open_stream(MINUTES("I64"));
  pln_rows good = sound();
  ACCEPTED(pln_progress_judge(all.progress, &good, &all.verdicts, E));
  bad_rows(&all, "rows", NULL, __LINE__);
  bad_rows(&all, "rows", misaligned(&good), __LINE__);
  BAD_ROWS("unit", rows.unit = 4);
  BAD_ROWS("unit", rows.unit = UINT32_MAX);
  BAD_ROWS("times", rows.times = NULL);
  BAD_ROWS("times", rows.times = misaligned(times));
  BAD_ROWS("keys.data", rows.keys.data = NULL);
  BAD_ROWS("keys.data", rows.keys.data = misaligned(keys));
  BAD_ROWS("keys.type", rows.keys.type = 3);
  BAD_ROWS("keys.type", rows.keys.type = UINT32_MAX);
  BAD_ROWS("keys", rows.keys.type = PLN_KEY_TYPE_U64);
  BAD_ROWS("keys", (rows.keys.type = PLN_KEY_TYPE_BYTES, rows.keys.offsets = offsets,
                    rows.keys.data_len = 4));
  BAD_ROWS("keys.validity_offset", (rows.keys.validity = bits,
                                    rows.keys.validity_offset = SIZE_MAX - 3));
  BAD_ROWS("keys.data", (rows.sources = NULL, rows.len = SIZE_MAX));
  BAD_ROWS("keys.data", rows.len = SIZE_MAX / 8);
  BAD_ROWS("values", rows.values = NULL);
  BAD_ROWS("values", rows.values = misaligned(values));
  BAD_ROWS("values", rows.values_len = 1);
  BAD_ROWS("values", rows.values_len = 3);
  BAD_ROWS("values", rows.values_len = SIZE_MAX);
  BAD_ROWS("values", (rows.values = NULL, rows.values_len = 0));
  BAD_ROWS("values[0].data", values[0].data = NULL);
  BAD_ROWS("values[1].data", values[1].data = misaligned(v));
  BAD_ROWS("values[0].type", values[0].type = 2);
  BAD_ROWS("values[1].type", values[1].type = UINT32_MAX);
  BAD_ROWS("values[0]", values[0].type = PLN_VALUE_TYPE_F64);
  BAD_ROWS("values[1]", values[1].type = PLN_VALUE_TYPE_I64);
  BAD_ROWS("values[0].validity_offset", values[0].validity_offset = SIZE_MAX);
  BAD_ROWS("values[1][3]", (values[1].validity = bits, values[1].validity_offset = 13,
                            bits[1] = 0xfe)); /* it is not nullable */
  bits[1] = 0xff;
  BAD_ROWS("sources", rows.sources = misaligned(sources));
  BAD_ROWS("sources", rows.sources = NULL); /* two are declared */
  sources[2] = 2;
  BAD_ROWS("sources[2]", rows.sources = sources);
  sources[2] = 0;
  free_stream(all);
}

static void hostile_byte_keys(void) {
  stream all = open_stream(MINUTES("BYTES"));
#define BYTE_KEYS (rows.keys = (pln_keys){.data = "abcd", .type = PLN_KEY_TYPE_BYTES, \
                                          .offsets = offsets, .data_len = 4})
  pln_rows rows = sound();
  BYTE_KEYS;
  ACCEPTED(pln_progress_judge(all.progress, &rows, &all.verdicts, E));
  BAD_ROWS("keys", (void)rows); /* integers */
  BAD_ROWS("keys.offsets", (BYTE_KEYS, rows.keys.offsets = NULL));
  BAD_ROWS("keys.offsets", (BYTE_KEYS, rows.keys.offsets = misaligned(offsets)));
  BAD_ROWS("keys.data", (BYTE_KEYS, rows.keys.data = NULL));
  BAD_ROWS("keys.data", (BYTE_KEYS, rows.keys.data_len = SIZE_MAX));
  BAD_ROWS("keys.offsets", (BYTE_KEYS, rows.sources = NULL, rows.len = SIZE_MAX));
  BAD_ROWS("keys.offsets[4]", (BYTE_KEYS, rows.keys.data_len = 3));
  BAD_ROWS("keys.offsets[0]", (BYTE_KEYS, offsets[0] = -1));
  offsets[0] = 0;
  BAD_ROWS("keys.offsets[3]", (BYTE_KEYS, offsets[2] = INT64_MAX));
  BAD_ROWS("keys.offsets[2]", (BYTE_KEYS, offsets[2] = INT64_MIN));
  offsets[2] = 2;
  /* Of no rows nothing is needed. */
  pln_rows none = {.keys = {.type = PLN_KEY_TYPE_BYTES}, .values_len = 2, .values = values};
  values[0] = (pln_values){NULL, PLN_VALUE_TYPE_I64, NULL, 0};
  values[1] = (pln_values){NULL, PLN_VALUE_TYPE_F64, NULL, 0};
  pln_verdicts *verdicts = NULL;
  ACCEPTED(pln_engine_push(all.engine, &none, &taken, E));
  ACCEPTED(pln_progress_judge(all.progress, &none, &verdicts, E));
  BAD("verdicts", pln_engine_apply(all.shard, &none, verdicts, 0, &taken, E));
  /* The batch before is left out by name. */
  rows = sound();
  BYTE_KEYS;
  ACCEPTED(pln_engine_apply(all.shard, &rows, all.verdicts, ROWS, &taken, E));
  ACCEPTED(pln_engine_apply(all.shard, &none, verdicts, 0, &taken, E));
  CHECK(taken == 0);
  pln_verdicts_free(verdicts);
  free_stream(all);
}

static void hostile_specs(void) {
  engine_spec spec = spec_of(MINUTES("U64"));
  pln_engine *const canary = (pln_engine *)(void *)&spec, *engine = canary;
  pln_progress *const judge = (pln_progress *)(void *)&spec, *progress = judge;
  pln_estimate estimate = {1, 2, 3, 4};
  const struct {
    pln_code code;
    const char *path;
    const uint8_t *bytes;
    size_t len;
  } faults[] = {
      {PLN_CODE_INVALID_SPEC, "window", NULL, 0},
      {PLN_CODE_INVALID_ARGUMENT, "spec", NULL, 4},
      {PLN_CODE_INVALID_ARGUMENT, "spec", spec.bytes, SIZE_MAX},
      {PLN_CODE_CORRUPT, "", spec.bytes, spec.len - 1},
      {PLN_CODE_UNSUPPORTED_FIELD, "#99", BYTES(0x98, 0x06, 0x01)},
      {PLN_CODE_INVALID_SPEC, "window.duration_ms", BYTES(0x0a, 0x00)},
      {PLN_CODE_INVALID_SPEC, "window.step_ms", BYTES(0x0a, 0x04, 0x08, 0x05, 0x10, 0x06)},
      {PLN_CODE_UNKNOWN_TIMEZONE, "window.timezone",
       BYTES(0x0a, 0x07, 0x08, 0x05, 0x1a, 0x03, 'a', 0, 'b')},
      {PLN_CODE_INVALID_SPEC, "key", BYTES(0x0a, 0x02, 0x08, 0x05, 0x18, 0x07)},
  };
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    const uint8_t *bytes = faults[i].bytes;
    size_t len = faults[i].len;
#define FAULT(call) refused(call, faults[i].code, faults[i].path, #call, __FILE__, __LINE__)
    FAULT(pln_engine_new(bytes, len, &engine, E));
    FAULT(pln_engine_shard(bytes, len, 1, &engine, E));
    FAULT(pln_progress_new(bytes, len, &progress, E));
    FAULT(pln_engine_estimate(bytes, len, 1, &estimate, E));
  }
#define SPEC spec.bytes, spec.len
  BAD("out", pln_engine_new(SPEC, NULL, E));
  BAD("out", pln_engine_new(SPEC, misaligned(&engine), E));
  BAD("slots", pln_engine_shard(SPEC, 0, &engine, E));
  BAD("out", pln_engine_shard(SPEC, 1, NULL, E));
  BAD("out", pln_progress_new(SPEC, NULL, E));
  BAD("out", pln_progress_new(SPEC, misaligned(&progress), E));
  BAD("out", pln_engine_estimate(SPEC, 1, NULL, E));
  BAD("out", pln_engine_estimate(SPEC, 1, misaligned(&estimate), E));
  CHECK(engine == canary && progress == judge && estimate.state_bytes == 4);
  ACCEPTED(pln_engine_estimate(SPEC, UINT64_MAX, &estimate, E));
  CHECK(estimate.state_bytes == UINT64_MAX);
}

static void json(void) {
  static uint8_t buffer[64];
  size_t length = LENGTH;
  memset(buffer, 0xaa, sizeof buffer);
#define JSON TEXT("{\"window\": {\"duration_ms\": 60000}}")
#define FROM_JSON(...) pln_engine_spec_from_json(__VA_ARGS__, &length, E)
  REFUSED(CORRUPT, "", FROM_JSON(NULL, 0, buffer, 64));
  REFUSED(CORRUPT, "", FROM_JSON(TEXT("{\"key\": \"\xff\"}"), buffer, 64));
  REFUSED(UNSUPPORTED_FIELD, "window.step",
          FROM_JSON(TEXT("{\"window\": {\"step\": 1}}"), buffer, 64));
  REFUSED(INVALID_SPEC, "values", FROM_JSON(TEXT("{\"values\": 1}"), buffer, 64));
  BAD("json", FROM_JSON(NULL, 9, buffer, 64));
  BAD("json", FROM_JSON(buffer, SIZE_MAX, NULL, 0));
  BAD("buffer", FROM_JSON(JSON, NULL, 64));
  memcpy(buffer, "{}", 2);
  BAD("buffer", FROM_JSON(buffer, 2, buffer + 1, 9)); /* they overlap */
  memset(buffer, 0xaa, sizeof buffer);
  BAD("length", pln_engine_spec_from_json(JSON, buffer, 64, NULL, E));
  BAD("length", pln_engine_spec_from_json(JSON, buffer, 64, misaligned(&length), E));
  CHECK(length == LENGTH);
  BAD("capacity", FROM_JSON(JSON, buffer, 5));
  CHECK(length == 6 && buffer[0] == 0xaa);
  ACCEPTED(FROM_JSON(JSON, buffer, 6));
  CHECK(length == 6 && buffer[0] == 0x0a && buffer[6] == 0xaa);
}

static void null_and_misaligned(void) {
  stream all = open_stream(MINUTES("I64"));
  pln_rows rows = sound();
  pln_verdicts *verdicts = NULL;
  pln_result_batch results = {.len = LENGTH};
  pln_late_batch late = {.len = LENGTH};
  pln_stats stats = {.accepted = LENGTH};
  taken = LENGTH;
  watermark_ms = CANARY;
  pln_engine_free(NULL);
  pln_progress_free(NULL);
  pln_verdicts_free(NULL);
  BAD("engine", pln_engine_push(NULL, &rows, &taken, E));
  BAD("engine", pln_engine_apply(NULL, &rows, NULL, 0, &taken, E));
  BAD("engine", pln_engine_poll(NULL, &results, E));
  BAD("engine", pln_engine_poll_late(NULL, &late, E));
  BAD("engine", pln_engine_advance_watermark(NULL, 0, 1, &watermark_ms, E));
  BAD("engine", pln_engine_tick(NULL, 1, &watermark_ms, E));
  BAD("engine", pln_engine_finish(NULL, E));
  BAD("engine", pln_engine_apply_watermark(NULL, 1, E));
  BAD("engine", pln_engine_apply_finish(NULL, E));
  BAD("engine", pln_engine_stats(NULL, &stats, E));
  BAD("progress", pln_progress_judge(NULL, &rows, &verdicts, E));
  BAD("progress", pln_progress_advance_watermark(NULL, 0, 1, &watermark_ms, E));
  BAD("progress", pln_progress_tick(NULL, 1, &watermark_ms, E));
  BAD("progress", pln_progress_finish(NULL, E));
  for (int odd = 0; odd < 2; odd++) {
#define PLACE(value) (odd ? misaligned(&(value)) : NULL)
    BAD("taken", pln_engine_push(all.engine, &rows, PLACE(taken), E));
    BAD("taken", pln_engine_apply(all.shard, &rows, NULL, 0, PLACE(taken), E));
    BAD("verdicts", pln_engine_apply(all.shard, &rows, PLACE(keys), 0, &taken, E));
    BAD("out", pln_engine_poll(all.engine, PLACE(results), E));
    BAD("out", pln_engine_poll_late(all.engine, PLACE(late), E));
    BAD("out_ms", pln_engine_advance_watermark(all.engine, 0, 1, PLACE(watermark_ms), E));
    BAD("out_ms", pln_engine_tick(all.engine, 1, PLACE(watermark_ms), E));
    BAD("out", pln_engine_stats(all.engine, PLACE(stats), E));
    BAD("out", pln_progress_judge(all.progress, &rows, PLACE(verdicts), E));
    BAD("out_ms", pln_progress_advance_watermark(all.progress, 0, 1, PLACE(watermark_ms), E));
    BAD("out_ms", pln_progress_tick(all.progress, 1, PLACE(watermark_ms), E));
  }
  CHECK(taken == LENGTH && verdicts == NULL && watermark_ms == CANARY);
  CHECK(results.len == LENGTH && late.len == LENGTH && stats.accepted == LENGTH);
  CHECK(pln_engine_push(all.engine, NULL, &taken, NULL) == PLN_CODE_INVALID_ARGUMENT);
  ACCEPTED(pln_engine_stats(all.engine, &stats, E));
  CHECK(stats.accepted == 0 && stats.watermark_ms == INT64_MIN);
  free_stream(all);
}

/* Calls that an object of this kind, or in this state, does not take. */
static void out_of_place(void) {
  stream all = open_stream(MINUTES("I64"));
  pln_rows rows = sound(), fewer = sound();
  fewer.len = 3;
  ACCEPTED(pln_progress_judge(all.progress, &rows, &all.verdicts, E));
  taken = LENGTH;
  watermark_ms = CANARY;
  BAD("", pln_engine_push(all.shard, &rows, &taken, E));
  BAD("", pln_engine_advance_watermark(all.shard, 0, 1, &watermark_ms, E));
  BAD("", pln_engine_tick(all.shard, 1, &watermark_ms, E));
  BAD("", pln_engine_finish(all.shard, E));
  BAD("", pln_engine_apply(all.engine, &rows, all.verdicts, 0, &taken, E));
  BAD("", pln_engine_apply_watermark(all.engine, 1, E));
  BAD("", pln_engine_apply_finish(all.engine, E));
  BAD("verdicts", pln_engine_apply(all.shard, &fewer, all.verdicts, 0, &taken, E));
  BAD("from", pln_engine_apply(all.shard, &rows, all.verdicts, 5, &taken, E));
  BAD("from", pln_engine_apply(all.shard, &rows, all.verdicts, SIZE_MAX, &taken, E));
  BAD("source", pln_engine_advance_watermark(all.engine, 2, 1, &watermark_ms, E));
  BAD("source", pln_progress_advance_watermark(all.progress, UINT32_MAX, 1, &watermark_ms, E));
  CHECK(taken == LENGTH && watermark_ms == CANARY);
  ACCEPTED(pln_engine_apply(all.shard, &rows, all.verdicts, 4, &taken, E));
  CHECK(taken == 0);
  BAD("verdicts", pln_engine_apply(all.shard, &rows, all.verdicts, 0, &taken, E));
  ACCEPTED(pln_engine_tick(all.engine, 5, &watermark_ms, E));
  ACCEPTED(pln_progress_tick(all.progress, 5, &watermark_ms, E));
  CHECK(watermark_ms == INT64_MIN); /* source b has said nothing */
  watermark_ms = CANARY;
  BAD("now_ms", pln_engine_tick(all.engine, 4, &watermark_ms, E));
  BAD("now_ms", pln_progress_tick(all.progress, INT64_MIN, &watermark_ms, E));

  ACCEPTED(pln_engine_finish(all.engine, E));
  ACCEPTED(pln_progress_finish(all.progress, E));
  ACCEPTED(pln_engine_apply_finish(all.shard, E));
  taken = LENGTH;
  pln_verdicts *verdicts = NULL;
  REFUSED(CLOSED, "", pln_engine_push(all.engine, &rows, &taken, E));
  REFUSED(CLOSED, "", pln_engine_advance_watermark(all.engine, 0, 1, &watermark_ms, E));
  REFUSED(CLOSED, "", pln_engine_tick(all.engine, 9, &watermark_ms, E));
  REFUSED(CLOSED, "", pln_engine_finish(all.engine, E));
  REFUSED(CLOSED, "", pln_engine_apply(all.shard, &rows, all.verdicts, 0, &taken, E));
  REFUSED(CLOSED, "", pln_engine_apply_watermark(all.shard, 9, E));
  REFUSED(CLOSED, "", pln_engine_apply_finish(all.shard, E));
  REFUSED(CLOSED, "", pln_progress_judge(all.progress, &rows, &verdicts, E));
  REFUSED(CLOSED, "", pln_progress_advance_watermark(all.progress, 0, 1, &watermark_ms, E));
  REFUSED(CLOSED, "", pln_progress_tick(all.progress, 9, &watermark_ms, E));
  REFUSED(CLOSED, "", pln_progress_finish(all.progress, E));
  CHECK(taken == LENGTH && watermark_ms == CANARY && verdicts == NULL);
  free_stream(all);
}

/* Times at the ends of 64 bits are invalid rows, never a crash. */
static void extreme_times(void) {
  int64_t extremes[ROWS] = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX};
  for (uint32_t unit = PLN_TIME_UNIT_S; unit <= PLN_TIME_UNIT_MS; unit++) {
    stream all = open_stream(MINUTES("I64"));
    pln_rows rows = sound();
    pln_stats stats;
    rows.unit = unit;
    rows.times = extremes;
    ACCEPTED(pln_engine_push(all.engine, &rows, &taken, E));
    ACCEPTED(pln_progress_judge(all.progress, &rows, &all.verdicts, E));
    ACCEPTED(pln_engine_apply(all.shard, &rows, all.verdicts, 0, &taken, E));
    ACCEPTED(pln_engine_stats(all.engine, &stats, E));
    CHECK(taken == ROWS && stats.invalid == ROWS && stats.accepted == 0);
    ACCEPTED(pln_engine_advance_watermark(all.engine, 0, INT64_MAX, &watermark_ms, E));
    ACCEPTED(pln_engine_advance_watermark(all.engine, 1, INT64_MAX, &watermark_ms, E));
    ACCEPTED(pln_engine_tick(all.engine, INT64_MIN, &watermark_ms, E));
    ACCEPTED(pln_engine_tick(all.engine, INT64_MAX, &watermark_ms, E));
    CHECK(watermark_ms == INT64_MAX);
    free_stream(all);
  }
}

/* A batch that does not fit says how much of it was taken, also with the state's budget. */
static void taken_is_told(void) {
  static int64_t many[60000];
  for (int64_t i = 0; i < 60000; i++) many[i] = i;
  pln_engine *engine =
      open_engine("{'window': {'duration_ms': 1000}, 'state_budget_bytes': 400000}");
  pln_rows rows = {.keys = {.data = many, .type = PLN_KEY_TYPE_I64}, .times = many, .len = 60000,
                   .unit = PLN_TIME_UNIT_NS};
  pln_stats stats;
  taken = LENGTH;
  REFUSED(MEMORY_LIMIT, "state_budget_bytes", pln_engine_push(engine, &rows, &taken, E));
  CHECK(taken > 100 && taken < 60000);
  ACCEPTED(pln_engine_stats(engine, &stats, E));
  CHECK(stats.accepted == taken && stats.keys == taken);
  size_t first = taken;
  rows.keys.data = many + first;
  rows.times += first;
  rows.len -= first;
  REFUSED(MEMORY_LIMIT, "state_budget_bytes", pln_engine_push(engine, &rows, &taken, E));
  CHECK(taken == 0);
  CHECK(pln_engine_push(engine, &rows, &taken, NULL) == PLN_CODE_MEMORY_LIMIT);
  pln_engine_free(engine);
}

/* A view lives until the next poll of its kind: ASan sees a read of what was freed before. */
static void views(void) {
  pln_engine *engine = open_engine(MINUTES("BYTES"));
  pln_rows rows = sound();
  rows.keys = (pln_keys){.data = "abcd", .type = PLN_KEY_TYPE_BYTES, .offsets = offsets,
                         .data_len = 4};
  pln_result_batch results, none;
  pln_late_batch late;
  ACCEPTED(pln_engine_poll(engine, &none, E));
  CHECK(none.len == 0 && none.start_ms == NULL && none.keys.data == NULL);
  CHECK(none.keys.offsets == NULL && none.columns_len == 1 && none.columns[0].values == NULL);
  CHECK(none.columns[0].type == PLN_VALUE_TYPE_F64 && strcmp(none.columns[0].name, "s") == 0);
  ACCEPTED(pln_engine_push(engine, &rows, &taken, E));
  ACCEPTED(pln_engine_advance_watermark(engine, 0, 59999, &watermark_ms, E));
  ACCEPTED(pln_engine_advance_watermark(engine, 1, 59999, &watermark_ms, E));
  ACCEPTED(pln_engine_poll(engine, &results, E));
  CHECK(results.len == 4);
  for (size_t i = 0; i < 20; i++) ACCEPTED(pln_engine_push(engine, &rows, &taken, E));
  ACCEPTED(pln_engine_poll_late(engine, &late, E));
  CHECK(late.len == 80 && late.keys.offsets[80] == 80);
  ACCEPTED(pln_engine_finish(engine, E));
  REFUSED(CLOSED, "", pln_engine_push(engine, &rows, &taken, E));
  BAD("out", pln_engine_poll(engine, NULL, E));
  double sum = 0;
  for (size_t i = 0; i < results.len; i++) {
    CHECK(results.start_ms[i] == 0 && results.end_ms[i] == 60000 && results.count[i] == 1);
    CHECK(results.revision[i] == 0 && results.flags[i] == 0);
    CHECK(results.keys.offsets[i] == (int64_t)i);
    sum += ((const double *)results.columns[0].values)[i];
  }
  CHECK(sum == 10 && memcmp(results.keys.data, "abcd", 4) == 0);
  ACCEPTED(pln_engine_poll(engine, &results, E));
  CHECK(results.len == 0 && late.reasons[79] == PLN_VERDICT_LATE);
  CHECK(late.sources[79] == 0 && memcmp((const char *)late.keys.data + 76, "abcd", 4) == 0);
  pln_engine_free(engine);
}

int main(void) {
  hostile_rows();
  hostile_byte_keys();
  hostile_specs();
  json();
  null_and_misaligned();
  out_of_place();
  extreme_times();
  taken_is_told();
  views();
  return summary("engine_misuse.c");
}
