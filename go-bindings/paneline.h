/* paneline: sliding windows that mean the same thing everywhere.
 *
 * Generated from ffi-c/src by `make gen`; do not edit.
 *
 * Rules of every call:
 *  - It returns a pln_code; PLN_CODE_OK is 0. Outputs are written only on success, except `length`
 *    where a buffer is too small and `taken` where a memory bound stops a batch of rows.
 *  - `error` may be NULL. Otherwise *error is NULL after success and an object to be freed with
 *    pln_error_free() after a refusal.
 *  - Texts and bytes are a pointer and a length; NULL is fine with length 0. Texts are UTF-8.
 *  - A `const` handle may be used from many threads at once, another by one thread at a time.
 *  - A call that met a bug returns PLN_CODE_INTERNAL; the handle is then good for its _free only.
 */

#ifndef PANELINE_H
#define PANELINE_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of this ABI. It changes when a function or a struct changes its meaning or layout;
 * a program compares it with pln_abi_version() before it calls anything else.
 */
#define PLN_ABI_VERSION 1

/**
 * The version of the library that this header belongs to.
 */
#define PLN_VERSION "0.1.0"

/**
 * The time-zone database in that library.
 */
#define PLN_TZDB_VERSION "2026f"

/**
 * Keys are int64_t.
 */
#define PLN_KEY_TYPE_I64 0

/**
 * Keys are uint64_t.
 */
#define PLN_KEY_TYPE_U64 1

/**
 * Keys are byte strings.
 */
#define PLN_KEY_TYPE_BYTES 2

/**
 * Values are int64_t.
 */
#define PLN_VALUE_TYPE_I64 0

/**
 * Values are double.
 */
#define PLN_VALUE_TYPE_F64 1

/**
 * A row was set aside because all its windows were cleaned up.
 */
#define PLN_VERDICT_LATE 1

/**
 * A row was set aside because it was too far ahead of the last tick.
 */
#define PLN_VERDICT_FUTURE 2

/**
 * A result that late rows caused: the whole value again.
 */
#define PLN_FLAG_LATE 1

/**
 * A session that no longer exists: it was emitted before and has become a part of another.
 */
#define PLN_FLAG_RETRACTION 2

/**
 * Not every part of the window was selected. Not used yet.
 */
#define PLN_FLAG_PARTIAL 4

/**
 * A tick of a time column is a second.
 */
#define PLN_TIME_UNIT_S 0

/**
 * A tick of a time column is a millisecond.
 */
#define PLN_TIME_UNIT_MS 1

/**
 * A tick of a time column is a microsecond.
 */
#define PLN_TIME_UNIT_US 2

/**
 * A tick of a time column is a nanosecond.
 */
#define PLN_TIME_UNIT_NS 3

/**
 * A local time that occurs twice, or never, means the earlier of its two instants.
 */
#define PLN_AMBIGUOUS_EARLIEST 0

/**
 * A local time that occurs twice, or never, means the later of its two instants.
 */
#define PLN_AMBIGUOUS_LATEST 1

/**
 * A local time that occurs twice, or never, is refused.
 */
#define PLN_AMBIGUOUS_REJECT 2

/**
 * Why a call was refused. Numbers are append-only. Each comment says what the caller does next.
 */
enum pln_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The call succeeded. Nothing to do.
   */
  PLN_CODE_OK = 0,
  /**
   * The spec says something it may not. Fix the field that the path names.
   */
  PLN_CODE_INVALID_SPEC = 1,
  /**
   * An argument is not usable: null, the wrong length, an unknown option. Fix the call.
   */
  PLN_CODE_INVALID_ARGUMENT = 2,
  /**
   * The time zone is not in the database. Use the IANA name that the message suggests.
   */
  PLN_CODE_UNKNOWN_TIMEZONE = 3,
  /**
   * The spec holds a field that this version does not know. Upgrade paneline, or drop the field.
   */
  PLN_CODE_UNSUPPORTED_FIELD = 4,
  /**
   * A time lies outside the supported range, is null, or is no time. Remove or fix the row.
   */
  PLN_CODE_OUT_OF_RANGE = 5,
  /**
   * The memory budget is spent. Close windows, drain results, push the rest, or open with more.
   */
  PLN_CODE_MEMORY_LIMIT = 6,
  /**
   * The bytes are not what they claim to be. Send them again, or fetch them from their source.
   */
  PLN_CODE_CORRUPT = 7,
  /**
   * A version differs from the one asked for. Install the version that the message names.
   */
  PLN_CODE_VERSION_MISMATCH = 8,
  /**
   * The object was closed before this call. Open a new one.
   */
  PLN_CODE_CLOSED = 9,
  /**
   * Reading or writing outside the process did not work. Check the device, then retry.
   */
  PLN_CODE_IO = 10,
  /**
   * What is needed is not there yet. Retry later. Not used yet.
   */
  PLN_CODE_UNAVAILABLE = 11,
  /**
   * The caller cancelled the call. Nothing to do. Not used yet.
   */
  PLN_CODE_CANCELLED = 12,
  /**
   * A bug in paneline. Free the object and report the message.
   */
  PLN_CODE_INTERNAL = 13,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum pln_code pln_code;
#else
typedef int32_t pln_code;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A compiled spec. Immutable: any number of threads may use one at once. Owned by the caller;
 * give it back with pln_assigner_free().
 */
typedef struct pln_assigner pln_assigner;

/**
 * The windows of a keyed stream, or of some of its 64 slots. One thread at a time, which may be
 * another one for each call. Owned by the caller; give it back with pln_engine_free().
 */
typedef struct pln_engine pln_engine;

/**
 * Why a call was refused. Owned by the caller; give it back with pln_error_free().
 */
typedef struct pln_error pln_error;

/**
 * The judge of one stream: which rows are on time, and the watermark. One thread at a time, which
 * may be another one for each call. Owned by the caller; give it back with pln_progress_free().
 */
typedef struct pln_progress pln_progress;

/**
 * The verdicts on a batch of rows. Immutable: any number of threads may use them at once. Owned
 * by the caller; give them back with pln_verdicts_free().
 */
typedef struct pln_verdicts pln_verdicts;

/**
 * A half-open span of time: [start_ms, end_ms), milliseconds since 1970-01-01T00:00:00Z.
 */
typedef struct {
  /**
   * The first millisecond inside.
   */
  int64_t start_ms;
  /**
   * The first millisecond after.
   */
  int64_t end_ms;
} pln_window;

/**
 * The keys of a batch.
 */
typedef struct {
  /**
   * int64_t or uint64_t, one a row; of byte keys the bytes of all.
   */
  const void *data;
  /**
   * A PLN_KEY_TYPE value, which must be the spec's.
   */
  uint32_t type;
  /**
   * Byte keys: one more than rows, ascending; row i is the bytes of `data` from offsets[i] up to
   * offsets[i + 1]. Not read otherwise.
   */
  const int64_t *offsets;
  /**
   * Byte keys: how many bytes `data` has. Not read otherwise.
   */
  size_t data_len;
  /**
   * A bit for each row, 1 = not null, as Arrow packs them: row i is bit `validity_offset` + i,
   * the lowest bit of a byte first. NULL: no key is null.
   */
  const uint8_t *validity;
  /**
   * The bit of row 0.
   */
  size_t validity_offset;
} pln_keys;

/**
 * A value column of a batch.
 */
typedef struct {
  /**
   * int64_t or double, one a row; those of null rows mean nothing.
   */
  const void *data;
  /**
   * A PLN_VALUE_TYPE value, which must be the spec's.
   */
  uint32_t type;
  /**
   * As for keys. NULL: no value is null.
   */
  const uint8_t *validity;
  /**
   * The bit of row 0.
   */
  size_t validity_offset;
} pln_values;

/**
 * A batch of rows: columns of one length, owned by the caller and read during the call only.
 */
typedef struct {
  /**
   * The key of each row.
   */
  pln_keys keys;
  /**
   * The time of each row.
   */
  const int64_t *times;
  /**
   * How many rows there are.
   */
  size_t len;
  /**
   * What a tick of `times` is, a PLN_TIME_UNIT value.
   */
  uint32_t unit;
  /**
   * A column for each value column of the spec, in its order.
   */
  const pln_values *values;
  /**
   * How many value columns there are.
   */
  size_t values_len;
  /**
   * The source of each row, as an index into the spec's `sources`. NULL where there is one.
   */
  const uint32_t *sources;
} pln_rows;

/**
 * The keys of results.
 */
typedef struct {
  /**
   * int64_t or uint64_t, one a row; of byte keys the bytes of all.
   */
  const void *data;
  /**
   * A PLN_KEY_TYPE value: the spec's.
   */
  uint32_t type;
  /**
   * Byte keys: as in pln_keys, from 0. NULL otherwise.
   */
  const int64_t *offsets;
} pln_result_keys;

/**
 * A column of results.
 */
typedef struct {
  /**
   * The name that the spec gives it, NUL-terminated.
   */
  const char *name;
  /**
   * How many bytes the name has; it may hold a NUL character.
   */
  size_t name_len;
  /**
   * A PLN_VALUE_TYPE value.
   */
  uint32_t type;
  /**
   * int64_t or double, one a row; those of null rows mean nothing.
   */
  const void *values;
  /**
   * A byte for each row, 1 = not null. NULL: no value is null.
   */
  const uint8_t *valid;
} pln_result_column;

/**
 * Results: a row for each window and key, ascending by window end, then start. Owned by the
 * engine.
 */
typedef struct {
  /**
   * How many rows there are; with 0 every pointer to values of rows is NULL.
   */
  size_t len;
  /**
   * The windows' first milliseconds.
   */
  const int64_t *start_ms;
  /**
   * The windows' first milliseconds after.
   */
  const int64_t *end_ms;
  /**
   * The keys.
   */
  pln_result_keys keys;
  /**
   * The number of rows in the window; 0 in a retraction.
   */
  const int64_t *count;
  /**
   * How often this window of this key was emitted before.
   */
  const uint32_t *revision;
  /**
   * PLN_FLAG values, added up.
   */
  const uint8_t *flags;
  /**
   * A column for each aggregate of the spec, in its order.
   */
  const pln_result_column *columns;
  /**
   * How many columns there are.
   */
  size_t columns_len;
} pln_result_batch;

/**
 * Rows that were set aside, in the order in which they came. Owned by the engine.
 */
typedef struct {
  /**
   * How many rows there are; with 0 every pointer to values of rows is NULL.
   */
  size_t len;
  /**
   * Why: PLN_VERDICT values.
   */
  const uint8_t *reasons;
  /**
   * The keys.
   */
  pln_result_keys keys;
  /**
   * The times, in milliseconds.
   */
  const int64_t *times_ms;
  /**
   * The sources, as indexes into the spec's.
   */
  const uint32_t *sources;
  /**
   * A column for each value column of the spec, in its order.
   */
  const pln_result_column *values;
  /**
   * How many value columns there are.
   */
  size_t values_len;
} pln_late_batch;

/**
 * Counters of an engine, and what it holds.
 */
typedef struct {
  /**
   * Rows that joined a window.
   */
  uint64_t accepted;
  /**
   * Rows whose windows were all cleaned up.
   */
  uint64_t late;
  /**
   * Rows too far ahead of the last tick.
   */
  uint64_t future;
  /**
   * Rows without a key or with a time out of range.
   */
  uint64_t invalid;
  /**
   * Results that were written, retractions included.
   */
  uint64_t emitted;
  /**
   * Results that are null because a sum of integers does not fit 64 bits.
   */
  uint64_t sum_overflows;
  /**
   * Everything up to this has happened; INT64_MIN before the first row.
   */
  int64_t watermark_ms;
  /**
   * Keys with state.
   */
  uint64_t keys;
  /**
   * Slices, or live sessions.
   */
  uint64_t slices;
  /**
   * Windows that hold a row and are not cleaned up.
   */
  uint64_t windows_open;
  /**
   * Cells that firings added to totals.
   */
  uint64_t cells_entered;
  /**
   * Cells that firings took out of totals.
   */
  uint64_t cells_left;
  /**
   * Bytes for keys, their index and their totals.
   */
  uint64_t key_bytes;
  /**
   * Bytes for cells of slices or totals of sessions.
   */
  uint64_t cell_bytes;
  /**
   * Bytes for tables of slices and of windows to emit again.
   */
  uint64_t table_bytes;
  /**
   * Bytes for results that were not drained.
   */
  uint64_t output_bytes;
  /**
   * Bytes for late and future rows that were not drained.
   */
  uint64_t late_bytes;
  /**
   * Bytes for working space, of a fixed size.
   */
  uint64_t scratch_bytes;
} pln_stats;

/**
 * Bytes of an engine's state, before it is opened.
 */
typedef struct {
  /**
   * Bytes of a key's cell in one slice (of a session's total).
   */
  uint64_t cell_bytes;
  /**
   * Bytes of a key beside its cells: the key, its index and its totals.
   */
  uint64_t key_bytes;
  /**
   * Slices that are live at once.
   */
  uint64_t slices;
  /**
   * All together for so many keys with rows in every slice.
   */
  uint64_t state_bytes;
} pln_estimate;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The ABI version of the library that was linked or loaded. Compare it with PLN_ABI_VERSION.
 */
uint32_t pln_abi_version(void);

/**
 * The version of the library, such as "0.1.0". Static, NUL-terminated, never NULL.
 */
const char *pln_version(void);

/**
 * The release of the embedded time-zone database, such as "2026f". Static, NUL-terminated, never
 * NULL. Store it beside every state.
 */
const char *pln_tzdb_version(void);

/**
 * Compiles the protobuf bytes of a SlidingWindowSpec. An empty message is an invalid spec.
 *
 * On success `*out` is an assigner to be freed with pln_assigner_free().
 *
 * Errors: CORRUPT, UNSUPPORTED_FIELD at "#<number>", INVALID_SPEC, UNKNOWN_TIMEZONE and
 * VERSION_MISMATCH at the field's name, INVALID_ARGUMENT at a bad pointer. Any thread.
 *
 * @pre
 * `spec` leads to `spec_len` bytes, `out` to one pointer.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_new(const uint8_t *spec,
                          size_t spec_len,
                          pln_assigner **out,
                          pln_error **error);

/**
 * Frees an assigner. NULL is fine.
 *
 * @pre
 * `assigner` is NULL or came from pln_assigner_new(), was not freed before, and no other thread
 * uses it.
 */
void pln_assigner_free(pln_assigner *assigner);

/**
 * Writes the spec's fingerprint, 32 bytes (SHA-256), to `out`. Equal fingerprints, equal windows.
 *
 * Errors: INVALID_ARGUMENT at a bad pointer.
 *
 * @pre
 * `out` leads to 32 bytes.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_fingerprint(const pln_assigner *assigner,
                                  uint8_t *out,
                                  pln_error **error);

/**
 * Writes the canonical spec, as protobuf bytes, to `buffer`; buffer and length as for
 * pln_spec_from_json(). pln_spec_to_json() makes it readable.
 *
 * Errors: INVALID_ARGUMENT at a bad pointer or too small a buffer.
 *
 * @pre
 * `buffer` leads to `capacity` bytes, `length` to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_spec(const pln_assigner *assigner,
                           uint8_t *buffer,
                           size_t capacity,
                           size_t *length,
                           pln_error **error);

/**
 * Writes the windows that hold the instant `t_ms`, ascending by start, then end, to `windows`, and
 * their number to `length`.
 *
 * With too small a buffer it returns PLN_CODE_INVALID_ARGUMENT, writes the needed number to
 * `length`, and nothing else.
 *
 * Errors: OUT_OF_RANGE at "t_ms"; INVALID_ARGUMENT at a bad pointer or "capacity".
 *
 * @pre
 * `windows` leads to `capacity` windows, `length` to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_windows(const pln_assigner *assigner,
                              int64_t t_ms,
                              pln_window *windows,
                              size_t capacity,
                              size_t *length,
                              pln_error **error);

/**
 * Writes the pane that holds the instant `t_ms` to `out`.
 *
 * Errors: OUT_OF_RANGE at "t_ms"; INVALID_ARGUMENT at "kind" for a session, or a bad pointer.
 *
 * @pre
 * `out` leads to one window.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_pane(const pln_assigner *assigner,
                           int64_t t_ms,
                           pln_window *out,
                           pln_error **error);

/**
 * Writes the first pane boundary after the instant `t_ms` to `out_ms`.
 *
 * Errors: as for pln_assigner_pane().
 *
 * @pre
 * `out_ms` leads to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_next_boundary(const pln_assigner *assigner,
                                    int64_t t_ms,
                                    int64_t *out_ms,
                                    pln_error **error);

/**
 * Writes the panes that tile [from_ms, to_ms) to `panes`, and their number to `length`; buffer and
 * length as for pln_assigner_windows(). At most 16,777,216 panes per call.
 *
 * Errors: OUT_OF_RANGE at "from_ms" or "to_ms"; INVALID_ARGUMENT at "to_ms" (before from_ms, or
 * too many panes), "kind" (a session), "capacity", or a bad pointer.
 *
 * @pre
 * `panes` leads to `capacity` windows, `length` to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_panes(const pln_assigner *assigner,
                            int64_t from_ms,
                            int64_t to_ms,
                            pln_window *panes,
                            size_t capacity,
                            size_t *length,
                            pln_error **error);

/**
 * Writes the start of the pane of each of `len` times, in milliseconds, to `out_ms`. `unit` is a
 * PLN_TIME_UNIT value. All or nothing.
 *
 * Errors: OUT_OF_RANGE at "times[i]"; INVALID_ARGUMENT at "kind" for a session, "unit", or a bad
 * pointer.
 *
 * @pre
 * `times` and `out_ms` lead to `len` values each and do not overlap.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_pane_starts(const pln_assigner *assigner,
                                  const int64_t *times,
                                  size_t len,
                                  uint32_t unit,
                                  int64_t *out_ms,
                                  pln_error **error);

/**
 * Writes the windows of each of `len` times: row i lies in the windows from offsets[i] up to
 * offsets[i + 1] of `starts_ms` and `ends_ms`, the layout of an Arrow list. `unit` is a
 * PLN_TIME_UNIT value. All or nothing.
 *
 * `length` gets the number of windows. Where `capacity` is less, it returns
 * PLN_CODE_INVALID_ARGUMENT and writes the needed number to `length` and nothing else; so a first
 * call with capacity 0 and NULL columns asks for the size.
 *
 * Errors: OUT_OF_RANGE at "times[i]"; MEMORY_LIMIT at "times" for more than 268,435,456 windows;
 * INVALID_ARGUMENT at "capacity", "unit", or a bad pointer.
 *
 * @pre
 * `times` leads to `len` values, `offsets` to `len + 1`, `starts_ms` and `ends_ms` to `capacity`
 * each, `length` to one; no two overlap.
 */
__attribute__((warn_unused_result))
pln_code pln_assigner_assign(const pln_assigner *assigner,
                             const int64_t *times,
                             size_t len,
                             uint32_t unit,
                             int64_t *offsets,
                             int64_t *starts_ms,
                             int64_t *ends_ms,
                             size_t capacity,
                             size_t *length,
                             pln_error **error);

/**
 * Opens an engine for a whole stream from the protobuf bytes of an EngineSpec.
 *
 * On success `*out` is an engine to be freed with pln_engine_free().
 *
 * Errors: CORRUPT; UNSUPPORTED_FIELD at "#<number>"; INVALID_SPEC, UNKNOWN_TIMEZONE and
 * VERSION_MISMATCH at the field's path, such as "window.step_ms"; MEMORY_LIMIT where the system
 * reserves no address space; INVALID_ARGUMENT at a bad pointer. Any thread.
 *
 * @pre
 * `spec` leads to `spec_len` bytes, `out` to one pointer.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_new(const uint8_t *spec,
                        size_t spec_len,
                        pln_engine **out,
                        pln_error **error);

/**
 * Opens an engine for the keys of some slots: bit s of `slots` is slot s, 0 to 63. It is fed by
 * pln_engine_apply() with the verdicts of the stream's one pln_progress. Every shard gets every
 * batch and takes what is its own; the shards of a stream may be used by a thread each.
 *
 * On success `*out` is an engine to be freed with pln_engine_free().
 *
 * Errors: as for pln_engine_new(); INVALID_ARGUMENT at "slots" for none. Any thread.
 *
 * @pre
 * `spec` leads to `spec_len` bytes, `out` to one pointer.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_shard(const uint8_t *spec,
                          size_t spec_len,
                          uint64_t slots,
                          pln_engine **out,
                          pln_error **error);

/**
 * Frees an engine, and with it the results that were looked at last. NULL is fine.
 *
 * @pre
 * `engine` is NULL or came from pln_engine_new() or pln_engine_shard(), was not freed before, and
 * no other thread uses it.
 */
void pln_engine_free(pln_engine *engine);

/**
 * Takes rows, as many as memory allows, and writes their number, from the first on, to `taken`.
 * Where a batch is cut changes no result. Results wait for pln_engine_poll(), late and future rows
 * for pln_engine_poll_late().
 *
 * With PLN_CODE_OK all rows were taken. With PLN_CODE_MEMORY_LIMIT `*taken` is written as well,
 * and the rows after those were not looked at: make room and push them again. At
 * "output_budget_bytes" and "late_budget_rows" that is to drain, at "state_budget_bytes" to close
 * windows or to open an engine with more. After any other code nothing was taken and `*taken` is
 * untouched.
 *
 * Errors: MEMORY_LIMIT, as above; INVALID_ARGUMENT at a column that is not what the spec declares,
 * at a row such as "values[0][17]", at a bad pointer, and for a shard; CLOSED after
 * pln_engine_finish().
 *
 * @pre
 * `rows` leads to a batch whose columns have `len` rows, `taken` to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_push(pln_engine *engine,
                         const pln_rows *rows,
                         size_t *taken,
                         pln_error **error);

/**
 * Takes the rows of a shard's slots from a batch that the stream's pln_progress judged. A shard
 * takes every batch of its stream, in their order. On a second try after PLN_CODE_MEMORY_LIMIT
 * `from` is how many rows of the batch were taken before; more than that leaves rows out.
 * `*taken` counts from there. Otherwise as pln_engine_push().
 *
 * Errors: as for pln_engine_push(); INVALID_ARGUMENT for an engine that is not a shard, at "from"
 * beyond the rows, and at "verdicts" that are on other rows, of another stream, on rows that were
 * taken before, or on a batch after one that was left out.
 *
 * @pre
 * `rows` leads to a batch whose columns have `len` rows, `taken` to one value; `verdicts` is NULL
 * or live.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_apply(pln_engine *engine,
                          const pln_rows *rows,
                          const pln_verdicts *verdicts,
                          size_t from,
                          size_t *taken,
                          pln_error **error);

/**
 * Drains results: writes a view of the next ones to `out`. With `len` 0 there are none for now.
 * Large results come in several batches. The view is valid until the next pln_engine_poll() or
 * pln_engine_free() of this engine, whatever else is called.
 *
 * Errors: INVALID_ARGUMENT at a bad pointer.
 *
 * @pre
 * `out` leads to one batch.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_poll(pln_engine *engine,
                         pln_result_batch *out,
                         pln_error **error);

/**
 * Drains rows that were set aside: writes a view of them to `out`. With `len` 0 there are none.
 * The view is valid until the next pln_engine_poll_late() or pln_engine_free() of this engine,
 * whatever else is called.
 *
 * Errors: INVALID_ARGUMENT at a bad pointer.
 *
 * @pre
 * `out` leads to one batch.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_poll_late(pln_engine *engine,
                              pln_late_batch *out,
                              pln_error **error);

/**
 * A source says that no more of its rows come with times up to `t_ms`. Without declared sources
 * the source is 0. Writes the watermark of the stream to `out_ms`.
 *
 * Errors: INVALID_ARGUMENT at "source" for one that was not declared, at a bad pointer, and for a
 * shard; CLOSED.
 *
 * @pre
 * `out_ms` leads to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_advance_watermark(pln_engine *engine,
                                      uint32_t source,
                                      int64_t t_ms,
                                      int64_t *out_ms,
                                      pln_error **error);

/**
 * Time passes: it is `now_ms`. Writes the watermark of the stream to `out_ms`.
 *
 * Errors: INVALID_ARGUMENT at "now_ms" for a tick before the last one, at a bad pointer, and for a
 * shard; CLOSED.
 *
 * @pre
 * `out_ms` leads to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_tick(pln_engine *engine,
                         int64_t now_ms,
                         int64_t *out_ms,
                         pln_error **error);

/**
 * The input is at its end: every window fires. Afterwards results can be drained and counters
 * read; everything else is CLOSED.
 *
 * Errors: CLOSED the second time; INVALID_ARGUMENT for a shard.
 *
 * @pre
 * `engine` is NULL or live.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_finish(pln_engine *engine,
                           pln_error **error);

/**
 * The watermark of a shard's stream has moved without a row, to what the pln_progress wrote.
 *
 * Errors: CLOSED after the end; INVALID_ARGUMENT for an engine that is not a shard.
 *
 * @pre
 * `engine` is NULL or live.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_apply_watermark(pln_engine *engine,
                                    int64_t watermark_ms,
                                    pln_error **error);

/**
 * The end of a shard's stream, as pln_engine_finish().
 *
 * Errors: as for pln_engine_apply_watermark().
 *
 * @pre
 * `engine` is NULL or live.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_apply_finish(pln_engine *engine,
                                 pln_error **error);

/**
 * Writes the counters of an engine, and what it holds now, to `out`. Any number of threads may ask
 * at once while none makes another call.
 *
 * Errors: INVALID_ARGUMENT at a bad pointer.
 *
 * @pre
 * `out` leads to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_stats(const pln_engine *engine,
                          pln_stats *out,
                          pln_error **error);

/**
 * Estimates, from the protobuf bytes of an EngineSpec, the state of an engine with `keys` keys
 * that have rows in every slice, and writes it to `out`.
 *
 * Errors: as for pln_engine_new(). Any thread.
 *
 * @pre
 * `spec` leads to `spec_len` bytes, `out` to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_estimate(const uint8_t *spec,
                             size_t spec_len,
                             uint64_t keys,
                             pln_estimate *out,
                             pln_error **error);

/**
 * The code of an error; PLN_CODE_OK for NULL.
 *
 * @pre
 * `error` is NULL or was set by a call of this library and not freed.
 */
pln_code pln_error_code(const pln_error *error);

/**
 * Where in the input the fault lies, such as "step_ms" or "times[4096]"; may be empty.
 * NUL-terminated, valid until the error is freed; "" for NULL.
 *
 * @pre
 * `error` is NULL or was set by a call of this library and not freed.
 */
const char *pln_error_path(const pln_error *error);

/**
 * What was wrong, with the value and the bound. NUL-terminated, valid until the error is freed;
 * "" for NULL.
 *
 * @pre
 * `error` is NULL or was set by a call of this library and not freed.
 */
const char *pln_error_message(const pln_error *error);

/**
 * Frees an error. NULL is fine.
 *
 * @pre
 * `error` is NULL or was set by a call of this library and not freed before.
 */
void pln_error_free(pln_error *error);

/**
 * The name of a code, such as "INVALID_SPEC". Static, NUL-terminated; "UNKNOWN" for a number that
 * is no code.
 */
const char *pln_code_name(int32_t code);

/**
 * Opens the judge of a stream from the protobuf bytes of an EngineSpec.
 *
 * On success `*out` is a judge to be freed with pln_progress_free().
 *
 * Errors: as for pln_engine_new(). Any thread.
 *
 * @pre
 * `spec` leads to `spec_len` bytes, `out` to one pointer.
 */
__attribute__((warn_unused_result))
pln_code pln_progress_new(const uint8_t *spec,
                          size_t spec_len,
                          pln_progress **out,
                          pln_error **error);

/**
 * Frees a judge. NULL is fine.
 *
 * @pre
 * `progress` is NULL or came from pln_progress_new(), was not freed before, and no other thread
 * uses it.
 */
void pln_progress_free(pln_progress *progress);

/**
 * Judges every row of a batch, in order, and moves the watermark with them. Judge a batch once and
 * apply it to each shard until it took all rows: a refused row keeps its verdict.
 *
 * On success `*out` are verdicts to be freed with pln_verdicts_free(), for pln_engine_apply().
 *
 * Errors: INVALID_ARGUMENT at a column that is not what the spec declares, at a row such as
 * "sources[3]", or at a bad pointer; CLOSED after pln_progress_finish(). Nothing was then judged.
 *
 * @pre
 * `rows` leads to a batch whose columns have `len` rows, `out` to one pointer.
 */
__attribute__((warn_unused_result))
pln_code pln_progress_judge(pln_progress *progress,
                            const pln_rows *rows,
                            pln_verdicts **out,
                            pln_error **error);

/**
 * A source says that no more of its rows come with times up to `t_ms`; a lower one than before
 * changes nothing. Without declared sources the source is 0. Writes the watermark to `out_ms`, for
 * pln_engine_apply_watermark() of each shard.
 *
 * Errors: INVALID_ARGUMENT at "source" for one that was not declared, or at a bad pointer; CLOSED.
 *
 * @pre
 * `out_ms` leads to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_progress_advance_watermark(pln_progress *progress,
                                        uint32_t source,
                                        int64_t t_ms,
                                        int64_t *out_ms,
                                        pln_error **error);

/**
 * Time passes: it is `now_ms`. Sources that were silent for the spec's idle timeout no longer hold
 * the watermark. Writes the watermark to `out_ms`, for pln_engine_apply_watermark() of each shard.
 *
 * Errors: INVALID_ARGUMENT at "now_ms" for a tick before the last one, or at a bad pointer;
 * CLOSED.
 *
 * @pre
 * `out_ms` leads to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_progress_tick(pln_progress *progress,
                           int64_t now_ms,
                           int64_t *out_ms,
                           pln_error **error);

/**
 * The input is at its end; the shards are told by pln_engine_apply_finish(). Every later call on
 * the judge is CLOSED.
 *
 * Errors: CLOSED the second time.
 *
 * @pre
 * `progress` is NULL or live.
 */
__attribute__((warn_unused_result))
pln_code pln_progress_finish(pln_progress *progress,
                             pln_error **error);

/**
 * Frees verdicts. NULL is fine.
 *
 * @pre
 * `verdicts` is NULL or came from pln_progress_judge(), was not freed before, and no other thread
 * uses it.
 */
void pln_verdicts_free(pln_verdicts *verdicts);

/**
 * Turns the protobuf JSON of a SlidingWindowSpec into its protobuf bytes, which
 * pln_assigner_new() takes. Strict: an unknown name or value is refused.
 *
 * Writes up to `capacity` bytes to `buffer` and their number to `length`. With too small a buffer
 * it returns PLN_CODE_INVALID_ARGUMENT, writes the needed number to `length`, and nothing else.
 *
 * Errors: CORRUPT (no JSON object, or no UTF-8), UNSUPPORTED_FIELD, INVALID_SPEC,
 * INVALID_ARGUMENT. Any thread.
 *
 * @pre
 * `json` leads to `json_len` bytes, `buffer` to `capacity` bytes.
 */
__attribute__((warn_unused_result))
pln_code pln_spec_from_json(const uint8_t *json,
                            size_t json_len,
                            uint8_t *buffer,
                            size_t capacity,
                            size_t *length,
                            pln_error **error);

/**
 * Turns the protobuf JSON of an EngineSpec into its protobuf bytes, which pln_engine_new(),
 * pln_engine_shard(), pln_engine_estimate() and pln_progress_new() take. Strict; buffer, length
 * and errors as for pln_spec_from_json(). Any thread.
 *
 * @pre
 * `json` leads to `json_len` bytes, `buffer` to `capacity` bytes.
 */
__attribute__((warn_unused_result))
pln_code pln_engine_spec_from_json(const uint8_t *json,
                                   size_t json_len,
                                   uint8_t *buffer,
                                   size_t capacity,
                                   size_t *length,
                                   pln_error **error);

/**
 * Turns the protobuf bytes of a SlidingWindowSpec into its protobuf JSON, with the field names of
 * the proto. Not NUL-terminated. Buffer and length as for pln_spec_from_json().
 *
 * Errors: CORRUPT, UNSUPPORTED_FIELD, INVALID_SPEC, INVALID_ARGUMENT. Any thread.
 *
 * @pre
 * `spec` leads to `spec_len` bytes, `buffer` to `capacity` bytes.
 */
__attribute__((warn_unused_result))
pln_code pln_spec_to_json(const uint8_t *spec,
                          size_t spec_len,
                          uint8_t *buffer,
                          size_t capacity,
                          size_t *length,
                          pln_error **error);

/**
 * Reads a length such as "1h30m" (w, d, h, m, s, ms; descending) into milliseconds.
 *
 * Errors: INVALID_ARGUMENT at "duration". Any thread.
 *
 * @pre
 * `duration` leads to `duration_len` bytes, `out_ms` to one value.
 */
__attribute__((warn_unused_result))
pln_code pln_parse_duration(const uint8_t *duration,
                            size_t duration_len,
                            int64_t *out_ms,
                            pln_error **error);

/**
 * Turns `len` wall-clock times of one zone, in milliseconds since 1970-01-01T00:00 on that clock,
 * into instants. `ambiguous` is a PLN_AMBIGUOUS value. All or nothing.
 *
 * Errors: UNKNOWN_TIMEZONE at "timezone"; OUT_OF_RANGE and, under PLN_AMBIGUOUS_REJECT,
 * INVALID_ARGUMENT at "local_ms[i]"; INVALID_ARGUMENT at a bad pointer or option. Any thread.
 *
 * @pre
 * `timezone` leads to `timezone_len` bytes, `local_ms` and `out_ms` to `len` values each; the two
 * columns do not overlap.
 */
__attribute__((warn_unused_result))
pln_code pln_resolve_local(const uint8_t *timezone,
                           size_t timezone_len,
                           const int64_t *local_ms,
                           size_t len,
                           uint32_t ambiguous,
                           int64_t *out_ms,
                           pln_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PANELINE_H */
