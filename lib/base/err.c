/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.c - names of results. Pure. */
#include "lib/base/err.h"

#include <errno.h>

const char *err_text(enum err e)
{
    switch (e) {
    case ERR_OK: return "done";
    case ERR_NOMEM: return "out of memory";
    case ERR_AGAIN: return "nothing there yet";
    case ERR_END: return "end of input";
    case ERR_TRUNCATED: return "input ends inside a field";
    case ERR_MALFORMED: return "malformed input";
    case ERR_RANGE: return "value out of range";
    case ERR_TYPE: return "wrong type of value";
    case ERR_CRC: return "checksum does not match";
    case ERR_NOT_FOUND: return "no such file, key or id";
    case ERR_EXISTS: return "exists already";
    case ERR_LIMIT: return "a limit is reached";
    case ERR_NO_SPACE: return "no space left";
    case ERR_IO: return "input/output error";
    case ERR_DENIED: return "not allowed";
    case ERR_BUSY: return "in use by another process";
    case ERR_TIMEOUT: return "no answer in time";
    case ERR_UNREACHABLE: return "unreachable";
    case ERR_RESET: return "the agent restarted in between";
    case ERR_GAP: return "data is missing in between";
    case ERR_UNSUPPORTED: return "not supported by this version";
    case ERR_CONFIG: return "bad configuration";
    case ERR_COUNT: break;
    }
    return "unknown error";
}

enum err err_from_errno(int number)
{
    switch (number) {
    case 0: return ERR_OK;
    case ENOMEM: return ERR_NOMEM;
    case EAGAIN:
    case EINTR: return ERR_AGAIN;
    case ENOENT:
    case ENOTDIR: return ERR_NOT_FOUND;
    case EEXIST: return ERR_EXISTS;
    case ENOSPC:
    case EDQUOT: return ERR_NO_SPACE;
    case EACCES:
    case EPERM:
    case EROFS: return ERR_DENIED;
    case EBUSY:
    case EADDRINUSE:
    case ETXTBSY: return ERR_BUSY;
    case ETIMEDOUT: return ERR_TIMEOUT;
    case ECONNREFUSED:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ECONNRESET:
    case EPIPE: return ERR_UNREACHABLE;
    case EMFILE:
    case ENFILE:
    case ENAMETOOLONG: return ERR_LIMIT;
    default: return ERR_IO;
    }
}

int err_exit_status(enum err e)
{
    switch (e) {
    case ERR_OK:
    case ERR_END: return EXIT_DONE;
    case ERR_TRUNCATED:
    case ERR_MALFORMED:
    case ERR_RANGE:
    case ERR_TYPE:
    case ERR_CRC:
    case ERR_GAP:
    case ERR_RESET: return EXIT_BAD_DATA;
    case ERR_NOT_FOUND: return EXIT_NO_INPUT;
    case ERR_UNREACHABLE:
    case ERR_TIMEOUT:
    case ERR_UNSUPPORTED: return EXIT_UNAVAILABLE;
    case ERR_EXISTS:
    case ERR_NO_SPACE: return EXIT_CANT_WRITE;
    case ERR_AGAIN:
    case ERR_BUSY: return EXIT_TRY_AGAIN;
    case ERR_DENIED: return EXIT_NOT_ALLOWED;
    case ERR_CONFIG: return EXIT_BAD_CONFIG;
    case ERR_NOMEM:
    case ERR_LIMIT:
    case ERR_IO:
    case ERR_COUNT: break;
    }
    return EXIT_FINDING;
}
