/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.h - the one list of results. A function that can fail returns an enum err; its result goes out
 * by pointer and is left alone on error, unless its header says otherwise. */
#ifndef NW_BASE_ERR_H
#define NW_BASE_ERR_H

#include <stdnoreturn.h>

#define NW_CHECKED           __attribute__((warn_unused_result))
#define NW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NW_UNUSED            __attribute__((unused))
#define ARRAY_LEN(a)         (sizeof(a) / sizeof((a)[0]))

enum err {
    ERR_OK = 0,
    ERR_NOMEM,       /* an allocation failed */
    ERR_AGAIN,       /* nothing there yet: ask again later */
    ERR_END,         /* the end of the input, as expected */
    ERR_TRUNCATED,   /* the input ends inside a field */
    ERR_MALFORMED,   /* the input contradicts its own format */
    ERR_RANGE,       /* a number lies outside what is allowed */
    ERR_TYPE,        /* a value is of another type than asked for */
    ERR_CRC,         /* a checksum does not match */
    ERR_NOT_FOUND,   /* no such file, key, id */
    ERR_EXISTS,      /* it is there already */
    ERR_LIMIT,       /* a bound of ours is reached: too many, too deep, too long */
    ERR_NO_SPACE,    /* the disk or quota is full */
    ERR_IO,          /* the system refused: errno has the reason */
    ERR_DENIED,      /* not allowed */
    ERR_BUSY,        /* in use by somebody else */
    ERR_TIMEOUT,     /* no answer within the time */
    ERR_UNREACHABLE, /* no route, port closed, peer gone */
    ERR_RESET,       /* the agent restarted in between */
    ERR_GAP,         /* data between here and there is missing */
    ERR_UNSUPPORTED, /* valid, but not understood by this version */
    ERR_CONFIG,      /* the configuration is wrong; what is wrong has been reported */
    ERR_COUNT
};

/* An English phrase without a capital or full stop: "no such file, key or id". Never NULL. */
const char *err_text(enum err e);

/* errno -> enum err; an errno without a better match is ERR_IO. */
enum err err_from_errno(int number);

/* The exit status that a command ends with (netzwacht(1), EXIT STATUS):
 * 0 done, 1 failure, 65 bad data, 66 no input, 69 unavailable, 73 cannot write, 75 try again,
 * 77 not allowed, 78 bad configuration. */
int err_exit_status(enum err e);

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FINDING = 1,
    EXIT_BAD_USAGE = 64,
    EXIT_BAD_DATA = 65,
    EXIT_NO_INPUT = 66,
    EXIT_UNAVAILABLE = 69,
    EXIT_CANT_WRITE = 73,
    EXIT_TRY_AGAIN = 75,
    EXIT_NOT_ALLOWED = 77,
    EXIT_BAD_CONFIG = 78
};

#endif
