/* The C adapter of tests/PROTOCOL.md: one request a line in, one answer a line out. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paneline.h"

static pln_assigner *assigner; /* of the last spec; NULL where it was refused */
static pln_error *error;       /* of the last call */
static int64_t *in, *out, *ends, *offsets;

static void *resize(int64_t **column, size_t len) {
  *column = realloc(*column, (len + 1) * sizeof **column);
  if (*column == NULL) abort();
  return *column;
}

/* The next part of the request, up to `end`; empty after the last. */
static char *next(const char *end) {
  static char none[1];
  char *part = strtok(NULL, end);
  return part != NULL ? part : none;
}

/* Reads a list into `in`; "-" is no number, and so the end of an empty one. */
static size_t read_list(const char *text) {
  size_t len = 0;
  resize(&in, strlen(text));
  for (char *end; in[len] = strtoll(text, &end, 10), end != text; len++) text = end + (*end == ',');
  return len;
}

static void print_list(const int64_t *at, size_t len) {
  for (size_t i = 0; i < len; i++) printf("%c%" PRId64, i == 0 ? ' ' : ',', at[i]);
  if (len == 0) fputs(" -", stdout);
}

/* The number of an option, by the place of its first letter. */
static uint32_t place(const char *option, const char *letters) {
  return (uint32_t)strcspn(letters, (const char[]){*option, '\0'});
}

static pln_code compile(const void *proto, size_t len) {
  uint8_t fingerprint[32];
  pln_code code = pln_assigner_new(proto, len, &assigner, &error);
  if (code == PLN_CODE_OK) code = pln_assigner_fingerprint(assigner, fingerprint, &error);
  for (size_t i = 0; code == PLN_CODE_OK && i < sizeof fingerprint; i++)
    printf(i == 0 ? "ok %02x" : "%02x", fingerprint[i]);
  return code;
}

static pln_code compile_hex(char *hex) {
  size_t len = strcmp(hex, "-") == 0 ? 0 : strlen(hex) / 2;
  for (size_t i = 0; i < len; i++) sscanf(hex + 2 * i, "%2hhx", (unsigned char *)hex + i);
  return compile(hex, len);
}

static pln_code compile_json(const char *json) {
  static uint8_t proto[65536]; /* the most that a spec may have */
  const size_t room = sizeof proto, json_len = strlen(json);
  size_t len;
  pln_code code = pln_spec_from_json((const uint8_t *)json, json_len, proto, room, &len, &error);
  return code == PLN_CODE_OK ? compile(proto, len) : code;
}

static pln_code compile_fields(size_t len) {
  char *json = resize(&in, len), *at = json; /* a byte becomes 6 at most */
  for (char *name = next(" "); *name != '\0'; name = next(" ")) {
    char *value = name + strcspn(name, "=");
    if (*value != '\0') *value++ = '\0';
    int text = strcmp(name, "timezone") == 0 || strcmp(name, "tzdb_version") == 0;
    at += sprintf(at, "%c\"%s\":%s", at == json ? '{' : ',', name, text ? "\"" : "");
    if (strcmp(name, "align_to_epoch") == 0) value = *value == '0' ? "false" : "true";
    for (; *value != '\0'; value++) {
      const char *format = strchr("\"\\", *value) ? "\\%c" : *value & 0xe0 ? "%c" : "\\u%04x";
      at += sprintf(at, format, *value);
    }
    if (text) *at++ = '"';
  }
  strcpy(at, at == json ? "{}" : "}");
  return compile_json(json);
}

static pln_code spans(const char *verb) {
  static pln_window found[16777216]; /* the most that a call gives */
  int64_t t = atoll(next(" ")), to = atoll(next(" "));
  size_t room = sizeof found / sizeof *found, len = 1;
  pln_code code;
  if (*verb == 'w') code = pln_assigner_windows(assigner, t, found, room, &len, &error);
  else if (strcmp(verb, "pane") == 0) code = pln_assigner_pane(assigner, t, found, &error);
  else code = pln_assigner_panes(assigner, t, to, found, room, &len, &error);
  if (code == PLN_CODE_OK) fputs(len == 0 ? "ok -" : "ok", stdout);
  for (size_t i = 0; code == PLN_CODE_OK && i < len; i++)
    printf(" %" PRId64 ":%" PRId64, found[i].start_ms, found[i].end_ms);
  return code;
}

static pln_code numbers(const char *verb) {
  const char *zone = *verb == 'l' ? next(" ") : "-", *word = next(*verb == 'd' ? "" : " ");
  size_t rows = read_list(next("")), zone_len = strcmp(zone, "-") == 0 ? 0 : strlen(zone);
  size_t len = strchr("nd", *verb) ? 1 : rows; /* of `out` */
  uint32_t unit = place(word, "smun"), choice = place(word, "elr");
  pln_code code;
  resize(&out, len);
  if (*verb == 'l')
    code = pln_resolve_local((const uint8_t *)zone, zone_len, in, rows, choice, out, &error);
  else if (*verb == 'p') code = pln_assigner_pane_starts(assigner, in, rows, unit, out, &error);
  else if (*verb == 'd') code = pln_parse_duration((const void *)word, strlen(word), out, &error);
  else if (*verb == 'n') code = pln_assigner_next_boundary(assigner, atoll(word), out, &error);
  else { /* assign: without room, the call tells the length */
    code = pln_assigner_assign(assigner, in, rows, unit, NULL, NULL, NULL, 0, &len, NULL);
    resize(&offsets, rows), resize(&out, len), resize(&ends, len);
    code = pln_assigner_assign(assigner, in, rows, unit, offsets, out, ends, len, &len, &error);
  }
  if (code != PLN_CODE_OK) return code;
  fputs("ok", stdout);
  if (*verb == 'a') print_list(offsets, rows + 1);
  print_list(out, len);
  if (*verb == 'a') print_list(ends, len);
  return code;
}

/* First letters tell the verbs apart, but for pane, panes and pane_starts. */
static pln_code answer(const char *verb, size_t len) {
  if (strchr("sjb", *verb)) pln_assigner_free(assigner), assigner = NULL;
  switch (*verb) {
    case 'v': return printf("ok %s %s", pln_version(), pln_tzdb_version()), PLN_CODE_OK;
    case 's': return compile_fields(len);
    case 'j': return compile_json(next(""));
    case 'b': return compile_hex(next(""));
    case 'w': return spans(verb);
    case 'p': return strcmp(verb, "pane_starts") == 0 ? numbers(verb) : spans(verb);
    default: return numbers(verb);
  }
}

int main(void) {
  static char *line;
  size_t room = 0;
  for (ssize_t len; (len = getline(&line, &room, stdin)) > 0; putchar('\n')) {
    line[strcspn(line, "\n")] = '\0';
    const char *verb = strtok(line, " ");
    pln_code code = answer(verb != NULL ? verb : "-", (size_t)len);
    const char *path = pln_error_path(error);
    if (code != PLN_CODE_OK) printf("error %s %s", pln_code_name(code), *path ? path : "-");
    pln_error_free(error), error = NULL;
  }
}
