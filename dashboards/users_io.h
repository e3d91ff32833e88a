/* SPDX-License-Identifier: GPL-3.0-or-later */
/* users_io.h - users.db: accounts, sessions, access tokens and the audit log; users_io.c knows SQLite.
 *
 * Owned by netzwacht-dashboard; `netzwacht user` writes it too, so every change is one short transaction. A
 * session is found by the hash of its token: who reads the file cannot take a session over. Every entry of
 * the audit log carries the SHA-256 of itself and the entry before. */
#ifndef NW_DASHBOARDS_USERS_IO_H
#define NW_DASHBOARDS_USERS_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "dashboards/role.h"
#include "dashboards/secret_io.h"
#include "dashboards/totp_io.h"
#include "lib/base/err.h"
#include "lib/base/units.h"

enum { USER_NAME_SIZE = 65, USER_PASSWORD_MIN = 12, USER_PASSWORD_MAX = 1024 };

struct users; /* opaque */

struct user {
    char name[USER_NAME_SIZE];
    enum role role;
    char password_hash[SECRET_PASSWORD_HASH_SIZE];
    ns_t created, last_login;    /* wall; 0 = never */
    char totp[TOTP_SECRET_SIZE]; /* "" = no second factor */
    int64_t totp_step;           /* of the last code that was taken */
    int64_t sessions;            /* open ones; filled by users_each() */
};

struct stored_session {
    char user[USER_NAME_SIZE];
    enum role role; /* as the account has it now */
    ns_t created, seen;
};

/* Creates file (0600) and folder; NULL: in memory. When root creates it, it belongs to the folder's owner. */
enum err users_open(const char *path, struct users **out) NW_CHECKED;
void users_close(struct users *u);

/* A name is [a-z0-9][a-z0-9._-]{0,63}. ERR_NOT_FOUND. */
enum err users_find(struct users *u, const char *name, struct user *out) NW_CHECKED;
/* ERR_EXISTS. */
enum err users_add(struct users *u, const char *name, enum role role, const char *hash, ns_t now) NW_CHECKED;
/* New password: ends all sessions of that user. ERR_NOT_FOUND. */
enum err users_set_password(struct users *u, const char *name, const char *hash) NW_CHECKED;
/* secret "": none from now on. ERR_NOT_FOUND. */
enum err users_set_totp(struct users *u, const char *name, const char *secret) NW_CHECKED;
/* No code of this step or one before it is good again. */
enum err users_totp_taken(struct users *u, const char *name, int64_t step) NW_CHECKED;
enum err users_touch_login(struct users *u, const char *name, ns_t now) NW_CHECKED;
enum err users_each(struct users *u, void (*fn)(void *ctx, const struct user *user), void *ctx) NW_CHECKED;

enum err users_session_add(struct users *u, const char *token_hash, const char *user, ns_t now) NW_CHECKED;
enum err users_session_find(struct users *u, const char *token_hash, struct stored_session *out) NW_CHECKED;
enum err users_session_touch(struct users *u, const char *token_hash, ns_t now) NW_CHECKED;
enum err users_session_remove(struct users *u, const char *token_hash) NW_CHECKED;
/* Removes sessions created before `created` or last seen before `seen`. */
enum err users_session_expire(struct users *u, ns_t created, ns_t seen) NW_CHECKED;

/* What a program or a wall screen shows instead of a log-in. */
struct access_token {
    char name[USER_NAME_SIZE]; /* as of a user */
    enum role role;
    bool may_change;                  /* false: GET and HEAD alone */
    ns_t created, expires, last_used; /* wall; last_used 0 = never */
};

/* ERR_EXISTS: there is one of that name. */
enum err users_token_add(struct users *u, const struct access_token *token, const char *hash) NW_CHECKED;
enum err users_token_find(struct users *u, const char *hash, struct access_token *out) NW_CHECKED;
enum err users_token_touch(struct users *u, const char *name, ns_t now) NW_CHECKED;
/* ERR_NOT_FOUND. */
enum err users_token_remove(struct users *u, const char *name) NW_CHECKED;
enum err users_token_each(struct users *u, void (*fn)(void *ctx, const struct access_token *token),
                          void *ctx) NW_CHECKED;

struct audit_entry {
    int64_t number;
    ns_t at;
    const char *user, *address, *action, *object;
};

enum err users_audit(struct users *u, ns_t at, const char *user, const char *address, const char *action,
                     const char *object) NW_CHECKED;
/* Newest first, below number `before` (0 = all). */
enum err users_audit_each(struct users *u, int64_t before, int64_t limit,
                          bool (*fn)(void *ctx, const struct audit_entry *entry), void *ctx) NW_CHECKED;
/* Walks the whole chain; *broken receives the first entry that does not fit, 0 if all do. */
enum err users_audit_verify(struct users *u, int64_t *broken) NW_CHECKED;

#endif
