/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credentials.c - secrets for one command. */
#include "cli/credentials.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/runtime/conf.h"

enum { FILE_MAX = 8192 };

static const char V3_LINE[] = "version: v3";

struct v3_file {
    int version;
    struct credentials with; /* user, protocols, context */
    char *auth_passphrase, *priv_passphrase;
};

static const char *const v3_words[] = {"v3", NULL};
static const struct conf_field v3_fields[] = {
    CONF_ENUM_FIELD(struct v3_file, version, v3_words, .is_required = true),
    {.name = "user", .type = CONF_STRING, .offset = offsetof(struct v3_file, with.user), .is_required = true},
    {.name = "context", .type = CONF_STRING, .offset = offsetof(struct v3_file, with.context)},
    {.name = "auth",
     .type = CONF_ENUM,
     .offset = offsetof(struct v3_file, with.auth),
     .words = snmp_auth_words,
     .fallback = "none"},
    CONF_STRING_FIELD(struct v3_file, auth_passphrase),
    {.name = "priv",
     .type = CONF_ENUM,
     .offset = offsetof(struct v3_file, with.priv),
     .words = snmp_priv_words,
     .fallback = "none"},
    CONF_STRING_FIELD(struct v3_file, priv_passphrase),
    CONF_END};
static const struct conf_schema v3_schema = CONF_SCHEMA(struct v3_file, v3_fields);

static void wipe(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
}

static bool is_v3(const char *text)
{
    size_t len = strlen(V3_LINE);

    return strncmp(text, V3_LINE, len) == 0 && strchr(" \t\r\n", text[len]);
}

/* A community is done with its line, so that it can be typed; a v3 user goes to the end. text has room for
 * FILE_MAX bytes. */
static enum err read_text(FILE *from, char *text)
{
    size_t len;

    if (!fgets(text, FILE_MAX, from))
        return ferror(from) ? err_from_errno(errno) : ERR_END;
    len = strlen(text);
    if (is_v3(text)) {
        len += fread(text + len, 1, FILE_MAX - 1 - len, from);
        text[len] = '\0';
    }
    return len == FILE_MAX - 1 ? ERR_LIMIT : ERR_OK;
}

static enum err read_v3(const char *path, const char *text, struct snmp_access *out)
{
    struct conf_report *report = NULL;
    struct v3_file f;
    const char *problem = "";
    enum err e = conf_report_new(&report);

    if (e)
        return e;
    e = conf_read(path, text, strlen(text), &v3_schema, &f, report);
    if (e) {
        fputs(conf_report_text(report), stderr);
    } else {
        e = snmp_access_from_user(&f.with, f.auth_passphrase, f.priv_passphrase, out, &problem);
        if (e)
            log_error("%s: %s", path, problem);
    }
    wipe(f.auth_passphrase);
    wipe(f.priv_passphrase);
    conf_free(&v3_schema, &f);
    conf_report_free(report);
    return e;
}

static enum err read_community(const char *path, char *text, struct snmp_access *out)
{
    text[strcspn(text, "\r\n")] = '\0';
    if (*text == '\0' || strlen(text) > SNMP_COMMUNITY_MAX) {
        log_error("%s: no community in its first line: %s", path, err_text(ERR_MALFORMED));
        return ERR_MALFORMED;
    }
    *out = (struct snmp_access){.version = 1, .community = strdup(text)};
    return out->community ? ERR_OK : ERR_NOMEM;
}

/* NULL: *e has the reason. */
static FILE *open_private(const char *path, enum err *e)
{
    FILE *file = fopen(path, "re");
    struct stat st;

    *e = ERR_OK;
    if (file && fstat(fileno(file), &st) == 0 && !(st.st_mode & 077))
        return file;
    *e = file ? ERR_DENIED : err_from_errno(errno);
    if (file)
        fclose(file);
    return NULL;
}

enum err credentials_read(const char *path, struct snmp_access *out)
{
    char text[FILE_MAX];
    bool is_stdin = path && strcmp(path, "-") == 0;
    FILE *from = stdin;
    enum err e = ERR_OK;

    *out = (struct snmp_access){0};
    if (!path) {
        log_error(
            "--credentials FILE is needed: a file (mode 0600) with the community in its first line, or with "
            "an SNMPv3 user (\"version: v3\" …, see netzwacht(1)); or - for standard input");
        return ERR_DENIED;
    }
    if (!is_stdin)
        from = open_private(path, &e);
    if (!e)
        e = read_text(from, text);
    if (from && !is_stdin)
        fclose(from);
    if (e == ERR_DENIED)
        log_error("%s: cannot be read, or others may read it: chmod 0600 %s, and run this as its owner", path,
                  path);
    else if (e)
        log_error("%s: no community in its first line: %s", path, err_text(e));
    else
        e = is_v3(text) ? read_v3(path, text, out) : read_community(path, text, out);
    explicit_bzero(text, sizeof text);
    if (e)
        snmp_access_fini(out);
    return e;
}

void credentials_put(const struct snmp_access *a, struct buf *out)
{
    const struct usm_user *u = a->user;

    if (!u) {
        buf_str(out, a->community);
        return;
    }
    buf_printf(out, "v3 %s %d %d ", u->name, (int)u->auth, (int)u->priv);
    strx_put_hex(out, u->auth_master.bytes, u->auth_master.len);
    strx_put_hex(out, u->priv_master.bytes, u->priv_master.len);
    buf_printf(out, " %s", u->context);
}
