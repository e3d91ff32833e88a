/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.c - writes log lines to standard error. Knows libc only. */
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048 };

/* The one mutable file-scope state of the code base: where a process logs is a property of the process. */
static struct {
    const char *program;
    enum log_level level;
    bool has_prefix; /* systemd wants "<4>" in front */
} log_state = {"netzwacht", LOG_LEVEL_INFO, false};

void log_init(const char *program)
{
    static const struct {
        const char *name;
        enum log_level level;
    } levels[] = {{"error", LOG_LEVEL_ERROR},
                  {"warning", LOG_LEVEL_WARNING},
                  {"info", LOG_LEVEL_INFO},
                  {"debug", LOG_LEVEL_DEBUG}};
    const char *wanted = getenv("NETZWACHT_LOG");

    log_state.program = program;
    log_state.has_prefix = getenv("JOURNAL_STREAM") != NULL;
    for (size_t i = 0; wanted && i < ARRAY_LEN(levels); i++)
        if (strcmp(wanted, levels[i].name) == 0)
            log_state.level = levels[i].level;
}

void log_set_level(enum log_level level)
{
    log_state.level = level;
}

static const char *level_word(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_ERROR: return "error: ";
    case LOG_LEVEL_WARNING: return "warning: ";
    case LOG_LEVEL_INFO: return "";
    case LOG_LEVEL_DEBUG: return "debug: ";
    }
    return "";
}

/* Copies in to out, control characters as \xNN; returns the bytes written. out holds size bytes. */
static size_t escape_controls(char *out, size_t size, const char *in)
{
    size_t n = 0;

    for (; *in && n + 5 < size; in++) {
        unsigned char c = (unsigned char)*in;
        bool is_c1 = c == 0xc2 && (unsigned char)in[1] >= 0x80 && (unsigned char)in[1] < 0xa0;
        if (c < 0x20 || c == 0x7f || is_c1)
            n += (size_t)snprintf(out + n, size - n, "\\x%02x", is_c1 ? (unsigned char)*++in : c);
        else
            out[n++] = (char)c;
    }
    out[n] = '\0';
    return n;
}

NW_PRINTF(2, 0) static void write_line(enum log_level level, const char *fmt, va_list args)
{
    char text[LINE_MAX_BYTES], line[2 * LINE_MAX_BYTES];
    int n;

    if (level > log_state.level)
        return;
    vsnprintf(text, sizeof text, fmt, args);
    if (log_state.has_prefix)
        n = snprintf(line, sizeof line, "<%d>", (int)level);
    else
        n = snprintf(line, sizeof line, "%s: %s", log_state.program, level_word(level));
    n += (int)escape_controls(line + n, sizeof line - (size_t)n - 1, text);
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)n) < 0)
        return; /* nobody left to tell */
}

#define LOG_FUNCTION(name, level)                                                                            \
    void name(const char *fmt, ...)                                                                          \
    {                                                                                                        \
        va_list args;                                                                                        \
        va_start(args, fmt);                                                                                 \
        write_line(level, fmt, args);                                                                        \
        va_end(args);                                                                                        \
    }

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
