/* A stream whose state is split by the slots of its keys: one pln_progress judges every batch, and
 * three engines apply it. Together their results are those of one engine, bit for bit. The shards
 * have room for few results, so that many batches are applied in several tries. */
#include "check.h"

#include <stdlib.h>

#define SPEC(more) \
  "{'window': {'duration_ms': 60000, 'step_ms': 10000, 'allowed_lateness_ms': 20000}," \
  " 'max_out_of_orderness_ms': 5000, 'max_future_ms': 600000, 'sources': ['north', 'south']," \
  " 'values': [{'name': 'n', 'nullable': true}, {'name': 'v', 'type': 'VALUE_TYPE_F64'}]," \
  " 'aggregates': [{'name': 'sum', 'function': 'FUNCTION_SUM', 'column': 'n'}," \
  "                {'name': 'v', 'function': 'FUNCTION_STDDEV', 'column': 'v', 'ddof': 1}," \
  "                {'name': 'last', 'function': 'FUNCTION_LAST', 'column': 'v'}]" more "}"

enum { ROWS = 6000, BATCH = 500, COLUMNS = 3, RESULTS = 40000, SHARDS = 3 };

static int64_t keys[ROWS], times[ROWS], n[ROWS];
static double v[ROWS];
static uint8_t has_n[ROWS / 8];
static uint32_t sources[ROWS];

static uint64_t dice(uint64_t end) {
  static uint64_t state = 7;
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (state >> 33) % end;
}

/* Two hours, mostly in order: a few rows are late, a few are far ahead. */
static void draw(void) {
  for (size_t i = 0; i < ROWS; i++) {
    keys[i] = (int64_t)dice(150) - 75;
    times[i] = (int64_t)(i * 1200 + dice(5000));
    if (dice(100) == 0) times[i] += dice(2) ? -(int64_t)dice(300000) : 4000000;
    n[i] = (int64_t)dice(1000) - 500;
    v[i] = (double)dice(1000000) / 1000;
    has_n[i / 8] = (uint8_t)(has_n[i / 8] | (unsigned)(dice(10) != 0) << i % 8);
    sources[i] = (uint32_t)dice(2);
  }
}

/* The rows of a batch; `values` gives them their columns. */
static pln_rows batch(size_t at, pln_values *values) {
  values[0] = (pln_values){n + at, PLN_VALUE_TYPE_I64, has_n, at};
  values[1] = (pln_values){v + at, PLN_VALUE_TYPE_F64, NULL, 0};
  return (pln_rows){.keys = {.data = keys + at, .type = PLN_KEY_TYPE_I64}, .times = times + at,
                    .len = BATCH, .unit = PLN_TIME_UNIT_MS, .values = values, .values_len = 2,
                    .sources = sources + at};
}

/* A result as words, so that two are compared in one step. */
typedef struct {
  int64_t words[6 + 2 * COLUMNS];
} result;
typedef struct {
  result rows[RESULTS];
  size_t len, late;
} output;
static output whole, sharded;

static void drain(pln_engine *engine, output *out) {
  pln_result_batch results;
  do {
    ACCEPTED(pln_engine_poll(engine, &results, E));
    CHECK(out->len + results.len <= RESULTS && results.columns_len == COLUMNS);
    for (size_t i = 0; i < results.len && out->len < RESULTS; i++) {
      int64_t *words = out->rows[out->len++].words;
      words[0] = results.end_ms[i];
      words[1] = results.start_ms[i];
      words[2] = ((const int64_t *)results.keys.data)[i];
      words[3] = results.count[i];
      words[4] = results.revision[i];
      words[5] = results.flags[i];
      for (size_t c = 0; c < COLUMNS; c++) {
        const pln_result_column *column = &results.columns[c];
        int valid = column->valid == NULL || column->valid[i] != 0;
        words[6 + 2 * c] = valid;
        words[7 + 2 * c] = 0;
        if (valid) memcpy(&words[7 + 2 * c], (const char *)column->values + 8 * i, 8);
      }
    }
  } while (results.len > 0);
  pln_late_batch late;
  ACCEPTED(pln_engine_poll_late(engine, &late, E));
  out->late += late.len;
}

static int compare(const void *a, const void *b) {
  const int64_t *one = ((const result *)a)->words, *other = ((const result *)b)->words;
  for (size_t i = 0; i < 6 + 2 * COLUMNS; i++) {
    if (one[i] != other[i]) return one[i] < other[i] ? -1 : 1;
  }
  return 0;
}

static pln_stats run_whole(void) {
  pln_engine *engine = open_engine(SPEC(", 'output_budget_bytes': 67108864"));
  int64_t watermark_ms;
  pln_values values[2];
  for (size_t at = 0; at < ROWS; at += BATCH) {
    pln_rows rows = batch(at, values);
    size_t taken;
    ACCEPTED(pln_engine_tick(engine, times[at], &watermark_ms, E));
    ACCEPTED(pln_engine_push(engine, &rows, &taken, E));
    CHECK(taken == BATCH);
    ACCEPTED(pln_engine_advance_watermark(engine, 0, times[at], &watermark_ms, E));
  }
  ACCEPTED(pln_engine_finish(engine, E));
  drain(engine, &whole);
  pln_stats stats;
  ACCEPTED(pln_engine_stats(engine, &stats, E));
  pln_engine_free(engine);
  return stats;
}

/* Applies a batch to a shard, in as many tries as it takes. Returns how many were refused. */
static size_t apply(pln_engine *shard, const pln_rows *rows, const pln_verdicts *verdicts) {
  size_t from = 0, refusals = 0;
  for (; refusals < BATCH; refusals++) {
    size_t taken = 0;
    pln_code code = pln_engine_apply(shard, rows, verdicts, from, &taken, E);
    from += taken;
    CHECK(code == PLN_CODE_OK ? from == rows->len : code == PLN_CODE_MEMORY_LIMIT);
    pln_error_free(error);
    if (code != PLN_CODE_MEMORY_LIMIT) break;
    drain(shard, &sharded);
  }
  return refusals;
}

static pln_stats run_shards(void) {
  engine_spec spec = spec_of(SPEC(", 'output_budget_bytes': 9000, 'late_budget_rows': 3"));
  pln_progress *progress = NULL;
  ACCEPTED(pln_progress_new(spec.bytes, spec.len, &progress, E));
  const uint64_t slots[SHARDS] = {1, UINT64_C(0x00ff00ff00ff00fe), UINT64_C(0xff00ff00ff00ff00)};
  pln_engine *shards[SHARDS] = {NULL};
  for (size_t i = 0; i < SHARDS; i++) {
    ACCEPTED(pln_engine_shard(spec.bytes, spec.len, slots[i], &shards[i], E));
  }
  int64_t watermark_ms;
  pln_values values[2];
  size_t refusals = 0;
  for (size_t at = 0; at < ROWS; at += BATCH) {
    pln_rows rows = batch(at, values);
    pln_verdicts *verdicts = NULL;
    ACCEPTED(pln_progress_tick(progress, times[at], &watermark_ms, E));
    for (size_t i = 0; i < SHARDS; i++) {
      ACCEPTED(pln_engine_apply_watermark(shards[i], watermark_ms, E));
    }
    ACCEPTED(pln_progress_judge(progress, &rows, &verdicts, E));
    for (size_t i = 0; i < SHARDS; i++) refusals += apply(shards[i], &rows, verdicts);
    pln_verdicts_free(verdicts);
    ACCEPTED(pln_progress_advance_watermark(progress, 0, times[at], &watermark_ms, E));
    for (size_t i = 0; i < SHARDS; i++) {
      ACCEPTED(pln_engine_apply_watermark(shards[i], watermark_ms, E));
    }
  }
  CHECK(refusals > 10);
  ACCEPTED(pln_progress_finish(progress, E));
  pln_progress_free(progress);

  pln_stats sum = {0};
  for (size_t i = 0; i < SHARDS; i++) {
    ACCEPTED(pln_engine_apply_finish(shards[i], E));
    drain(shards[i], &sharded);
    pln_stats stats;
    ACCEPTED(pln_engine_stats(shards[i], &stats, E));
    CHECK(stats.emitted > 0);
    sum.accepted += stats.accepted;
    sum.late += stats.late;
    sum.future += stats.future;
    sum.invalid += stats.invalid;
    sum.emitted += stats.emitted;
    pln_engine_free(shards[i]);
  }
  return sum;
}

int main(void) {
  draw();
  pln_stats one = run_whole(), all = run_shards();
  CHECK(one.late > 5 && one.future > 5 && one.accepted > ROWS * 9 / 10);
  CHECK(one.accepted == all.accepted && one.late == all.late && one.future == all.future);
  CHECK(one.invalid == all.invalid && one.emitted == all.emitted);
  CHECK(whole.len == one.emitted && whole.late == one.late + one.future);
  CHECK(whole.len == sharded.len && whole.late == sharded.late);
  qsort(whole.rows, whole.len, sizeof(result), compare);
  qsort(sharded.rows, sharded.len, sizeof(result), compare);
  CHECK(memcmp(whole.rows, sharded.rows, whole.len * sizeof(result)) == 0);
  return summary("shards.c");
}
