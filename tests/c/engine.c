/* The engine from C: rows with keys and values of every type, nulls among them, go in; results come
 * out as views of columns, and their numbers are checked. Built plain and under ASan and UBSan. */
#include "check.h"

/* One minute each; a row may come as late as its minute is open. Key types differ in each run. */
#define PAYMENTS(key) \
  "{'window': {'duration_ms': 60000}, 'key': '" key "', 'max_future_ms': 3600000," \
  " 'values': [{'name': 'items', 'type': 'VALUE_TYPE_I64', 'nullable': true}," \
  "            {'name': 'price', 'type': 'VALUE_TYPE_F64', 'nullable': true}]," \
  " 'aggregates': [{'name': 'items', 'function': 'FUNCTION_SUM', 'column': 'items'}," \
  "                {'name': 'prices', 'function': 'FUNCTION_COUNT', 'column': 'price'}," \
  "                {'name': 'total', 'function': 'FUNCTION_SUM', 'column': 'price'}," \
  "                {'name': 'mean', 'function': 'FUNCTION_MEAN', 'column': 'items'}]}"

enum { ROWS = 9, BIT = 3 };

/* Of Ann and Bob, and one row of nobody. `x` marks what is null. */
enum { x = 0xdead };
static const int64_t times[ROWS] = {1000, 2000, 3000, 4000, 59999, 61000, 30000, 62000, 9000000};
static const int64_t items[ROWS] = {2, x, 3, 9, x, x, 7, 4, 1};
static const double prices[ROWS] = {1e16, 1.5, 1, 9, -1e16, x, 7, x, 1};
/* Bit 3 + i belongs to row i, the lowest bit of a byte first: a part of a longer column. */
static const uint8_t has_key[] = {0xb8, 0x0f}, has_items[] = {0x68, 0x0e},
                     has_price[] = {0xf8, 0x0a};
enum { ANN, BOB, ANN_AGAIN, NOBODY, ANN_LAST, ANN_NEXT, BOB_LATE, BOB_NEXT, ANN_FUTURE };

static const int64_t signed_keys[ROWS] = {-1, 5, -1, x, -1, -1, 5, 5, -1};
static const uint64_t unsigned_keys[ROWS] = {UINT64_MAX, 5, UINT64_MAX, x, UINT64_MAX, UINT64_MAX,
                                             5, 5, UINT64_MAX};
static const char key_bytes[] = "annbobannannannbobbobann";
static const int64_t key_offsets[ROWS + 1] = {0, 3, 6, 9, 9, 12, 15, 18, 21, 24};

/* Whether a result's key is that of a row. */
static int is_key(const pln_result_keys *keys, size_t at, size_t row) {
  const int64_t *offsets = keys->offsets;
  switch (keys->type) {
    case PLN_KEY_TYPE_I64: return ((const int64_t *)keys->data)[at] == signed_keys[row];
    case PLN_KEY_TYPE_U64: return ((const uint64_t *)keys->data)[at] == unsigned_keys[row];
    default:
      return offsets[at + 1] - offsets[at] == 3 &&
             memcmp((const char *)keys->data + offsets[at], key_bytes + key_offsets[row], 3) == 0;
  }
}

/* Whether a value is null, or an integer, or a double. */
static int is_null(const pln_result_column *column, size_t at) {
  return column->valid != NULL && column->valid[at] == 0;
}
static int is_i64(const pln_result_column *column, size_t at, int64_t wanted) {
  return column->type == PLN_VALUE_TYPE_I64 && !is_null(column, at) &&
         ((const int64_t *)column->values)[at] == wanted;
}
static int is_f64(const pln_result_column *column, size_t at, double wanted) {
  return column->type == PLN_VALUE_TYPE_F64 && !is_null(column, at) &&
         memcmp((const double *)column->values + at, &wanted, sizeof wanted) == 0;
}

static void first_minute(pln_engine *engine) {
  pln_result_batch results;
  ACCEPTED(pln_engine_poll(engine, &results, E));
  CHECK(results.len == 2 && results.columns_len == 4);
  CHECK(strcmp(results.columns[3].name, "mean") == 0 && results.columns[3].name_len == 4);
  for (size_t at = 0; at < 2; at++) {
    CHECK(results.start_ms[at] == 0 && results.end_ms[at] == 60000);
    CHECK(results.revision[at] == 0 && results.flags[at] == 0);
  }
  CHECK(is_key(&results.keys, 0, ANN) && results.count[0] == 3);
  CHECK(is_i64(&results.columns[0], 0, 5));
  CHECK(is_i64(&results.columns[1], 0, 3));
  CHECK(is_f64(&results.columns[2], 0, 1.0)); /* 1e16 + 1 - 1e16: sums are exact */
  CHECK(is_f64(&results.columns[3], 0, 2.5));
  CHECK(is_key(&results.keys, 1, BOB) && results.count[1] == 1);
  CHECK(is_null(&results.columns[0], 1) && is_null(&results.columns[3], 1));
  CHECK(is_i64(&results.columns[1], 1, 1) && is_f64(&results.columns[2], 1, 1.5));
}

static void second_minute(pln_engine *engine) {
  pln_result_batch results;
  ACCEPTED(pln_engine_poll(engine, &results, E));
  CHECK(results.len == 2 && results.start_ms[1] == 60000 && results.end_ms[1] == 120000);
  CHECK(is_key(&results.keys, 0, ANN) && is_key(&results.keys, 1, BOB));
  CHECK(is_null(&results.columns[0], 0) && is_i64(&results.columns[0], 1, 4));
  CHECK(is_i64(&results.columns[1], 0, 0) && is_i64(&results.columns[1], 1, 0));
  CHECK(is_null(&results.columns[2], 0) && is_null(&results.columns[2], 1));
  ACCEPTED(pln_engine_poll(engine, &results, E));
  CHECK(results.len == 0 && results.count == NULL && results.keys.data == NULL);
}

static void set_aside(pln_engine *engine) {
  pln_late_batch late;
  ACCEPTED(pln_engine_poll_late(engine, &late, E));
  CHECK(late.len == 2 && late.values_len == 2);
  CHECK(late.reasons[0] == PLN_VERDICT_LATE && late.reasons[1] == PLN_VERDICT_FUTURE);
  CHECK(is_key(&late.keys, 0, BOB_LATE) && is_key(&late.keys, 1, ANN_FUTURE));
  CHECK(late.times_ms[0] == 30000 && late.times_ms[1] == 9000000);
  CHECK(late.sources[0] == 0 && strcmp(late.values[1].name, "price") == 0);
  CHECK(is_i64(&late.values[0], 0, 7) && is_f64(&late.values[1], 0, 7.0));
  ACCEPTED(pln_engine_poll_late(engine, &late, E));
  CHECK(late.len == 0 && late.reasons == NULL);
}

static void payments(const char *spec, pln_keys keys) {
  pln_engine *engine = open_engine(spec);
  pln_values values[] = {
      {.data = items, .type = PLN_VALUE_TYPE_I64, .validity = has_items, .validity_offset = BIT},
      {.data = prices, .type = PLN_VALUE_TYPE_F64, .validity = has_price, .validity_offset = BIT},
  };
  pln_rows rows = {.keys = keys, .times = times, .len = ROWS, .unit = PLN_TIME_UNIT_MS,
                   .values = values, .values_len = 2};
  rows.keys.validity = has_key;
  rows.keys.validity_offset = BIT;

  size_t taken;
  int64_t watermark_ms;
  ACCEPTED(pln_engine_tick(engine, 0, &watermark_ms, E));
  CHECK(watermark_ms == INT64_MIN);
  ACCEPTED(pln_engine_push(engine, &rows, &taken, E));
  CHECK(taken == ROWS);
  first_minute(engine); /* Ann's row at 61,000 closed it */
  ACCEPTED(pln_engine_advance_watermark(engine, 0, 119999, &watermark_ms, E));
  CHECK(watermark_ms == 119999);
  second_minute(engine);
  set_aside(engine);
  ACCEPTED(pln_engine_finish(engine, E));

  pln_stats stats;
  ACCEPTED(pln_engine_stats(engine, &stats, E));
  CHECK(stats.accepted == 6 && stats.late == 1 && stats.future == 1 && stats.invalid == 1);
  CHECK(stats.emitted == 4 && stats.keys == 0 && stats.watermark_ms == INT64_MAX);
  pln_engine_free(engine);
}

/* The rows from `taken` on. */
static void skip(pln_rows *rows, size_t taken) {
  rows->keys.data = (const int64_t *)rows->keys.data + taken;
  rows->times += taken;
  rows->len -= taken;
}

/* A thousand windows of a second, and room for a few results at a time: what is not taken is pushed
 * again after draining, until nothing is left. */
static void bounded(void) {
  enum { SECONDS = 1000 };
  static int64_t keys[SECONDS], seconds[SECONDS];
  for (int64_t i = 0; i < SECONDS; i++) keys[i] = 42, seconds[i] = i;
  pln_engine *engine =
      open_engine("{'window': {'duration_ms': 1000}, 'output_budget_bytes': 4000}");
  pln_rows rows = {.keys = {.data = keys, .type = PLN_KEY_TYPE_I64}, .times = seconds,
                   .len = SECONDS, .unit = PLN_TIME_UNIT_S};
  pln_result_batch results;
  size_t refusals = 0, drained = 0;
  int finished = 0;
  while ((!finished || results.len > 0) && refusals < SECONDS) {
    size_t taken = 0;
    if (rows.len > 0) {
      pln_code code = pln_engine_push(engine, &rows, &taken, E);
      skip(&rows, taken);
      if (code == PLN_CODE_MEMORY_LIMIT) {
        CHECK(strcmp(pln_error_path(error), "output_budget_bytes") == 0 && rows.len > 0);
        refusals++;
      } else CHECK(code == PLN_CODE_OK && rows.len == 0);
      pln_error_free(error);
    } else if (!finished) {
      ACCEPTED(pln_engine_finish(engine, E));
      finished = 1;
    }
    ACCEPTED(pln_engine_poll(engine, &results, E));
    for (size_t i = 0; i < results.len; i++, drained++) {
      CHECK(results.start_ms[i] == (int64_t)drained * 1000 && results.count[i] == 1);
    }
  }
  CHECK(refusals > 5 && drained == SECONDS);
  pln_engine_free(engine);
}

/* What an engine will take, before it is opened. */
static void estimate(void) {
  engine_spec spec = spec_of("{'window': {'duration_ms': 300000, 'step_ms': 10000}}");
  pln_estimate few, many;
  ACCEPTED(pln_engine_estimate(spec.bytes, spec.len, 10, &few, E));
  ACCEPTED(pln_engine_estimate(spec.bytes, spec.len, 100000, &many, E));
  CHECK(few.slices == 31 && few.cell_bytes == many.cell_bytes);
  CHECK(many.state_bytes > 31 * many.cell_bytes * 100000 && few.state_bytes < many.state_bytes);
}

int main(void) {
  payments(PAYMENTS("KEY_TYPE_I64"), (pln_keys){.data = signed_keys, .type = PLN_KEY_TYPE_I64});
  payments(PAYMENTS("KEY_TYPE_U64"), (pln_keys){.data = unsigned_keys, .type = PLN_KEY_TYPE_U64});
  payments(PAYMENTS("KEY_TYPE_BYTES"),
           (pln_keys){.data = key_bytes, .type = PLN_KEY_TYPE_BYTES, .offsets = key_offsets,
                      .data_len = sizeof key_bytes - 1});
  bounded();
  estimate();
  return summary("engine.c");
}
