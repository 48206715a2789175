/* paneline: sliding windows that mean the same thing everywhere.
 *
 * Generated from ffi-c/src by `make gen`; do not edit.
 *
 * Rules of every call:
 *  - It returns a pln_code; PLN_CODE_OK is 0. Outputs are written only on success, except `length`
 *    where a buffer is too small.
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
   * The spec or plan says something it may not. Fix the field that the path names.
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
   * The memory budget is spent. Close windows, drain results, retry the rest, or raise the budget.
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
   * What is needed is not there yet. Retry later.
   */
  PLN_CODE_UNAVAILABLE = 11,
  /**
   * The caller cancelled the call. Nothing to do.
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
 * Why a call was refused. Owned by the caller; give it back with pln_error_free().
 */
typedef struct pln_error pln_error;

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
