/* What the C tests share: checks that are counted, refusals by code and path, values that remember
 * whether they were written to. */
#ifndef CHECK_H
#define CHECK_H

#include "paneline.h"

#include <stdio.h>
#include <string.h>

#define CANARY INT64_C(0x5ca1ab1e5ca1ab1e)
#define LENGTH ((size_t)0x5ca1ab1e)
#define TEXT(text) (const uint8_t *)(text), sizeof(text) - 1
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static int passed, failed;

static inline void check(int ok, const char *what, const char *file, int line) {
  if (ok) passed++;
  else failed++, printf("%s:%d: %s\n", file, line, what);
}
#define CHECK(condition) check((condition) != 0, #condition, __FILE__, __LINE__)

/* Some address that is no error: every call must replace it. */
static char stale_error;
static pln_error *error;
#define E (error = (pln_error *)(void *)&stale_error, &error)

static inline void accepted(pln_code code, const char *what, const char *file, int line) {
  check(code == PLN_CODE_OK && error == NULL, what, file, line);
  if (error != NULL) {
    printf("  %s at \"%s\": %s\n", pln_code_name(code), pln_error_path(error),
           pln_error_message(error));
  }
  pln_error_free(error);
}
#define ACCEPTED(call) accepted((call), #call, __FILE__, __LINE__)

static inline void refused(pln_code code, pln_code wanted, const char *path, const char *what,
                           const char *file, int line) {
  int ok = code == wanted && error != NULL && pln_error_code(error) == code &&
           strcmp(pln_error_path(error), path) == 0 && *pln_error_message(error) != '\0';
  check(ok, what, file, line);
  if (!ok) printf("  %s at \"%s\"\n", pln_code_name(code), pln_error_path(error));
  pln_error_free(error);
}
#define REFUSED(code, path, call) \
  refused((call), PLN_CODE_##code, path, #call, __FILE__, __LINE__)
#define BAD(path, call) REFUSED(INVALID_ARGUMENT, path, call)

static inline void *misaligned(void *pointer) { return (char *)pointer + 1; }

/* The protobuf bytes of an engine's spec, from its JSON with single quotes. */
typedef struct {
  uint8_t bytes[512];
  size_t len;
} engine_spec;

static inline engine_spec spec_of(const char *text) {
  engine_spec spec = {{0}, 0};
  char json[1024];
  size_t len = strlen(text);
  CHECK(len < sizeof json);
  for (size_t i = 0; i < len; i++) json[i] = text[i] == '\'' ? '"' : text[i];
  ACCEPTED(pln_engine_spec_from_json((const uint8_t *)json, len, spec.bytes, sizeof spec.bytes,
                                     &spec.len, E));
  return spec;
}

static inline pln_engine *open_engine(const char *json) {
  engine_spec spec = spec_of(json);
  pln_engine *engine = NULL;
  ACCEPTED(pln_engine_new(spec.bytes, spec.len, &engine, E));
  return engine;
}

static inline int summary(const char *program) {
  printf("%s: %d passed, %d failed\n", program, passed, failed);
  return failed != 0;
}

#endif
