/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_token.c - `netzwacht token`: access tokens for programs that use the API and for wall screens. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/users_db.h"
#include "dashboards/auth.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

static const char usage[] =
    "Usage: netzwacht token add [-c FILE] --role ROLE [--write] [--days N] NAME\n"
    "       netzwacht token list [-c FILE] [--json]\n"
    "       netzwacht token revoke [-c FILE] NAME\n"
    "Access tokens of the dashboard: for programs (Authorization: Bearer TOKEN) and wall screens\n"
    "(https://DASHBOARD/#/kiosk/TOKEN). The token is printed once, when it is added.\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "  -r, --role ROLE     operator, noc or planner\n"
    "  -w, --write         it may change things, too; without, it may only read\n"
    "  -d, --days N        it ends after so many days, 1 to 3650 (default 365)\n"
    "      --json          list as JSON\n"
    "      --help          this text\n";

struct request {
    const char *config, *role, *operand;
    int64_t days;
    bool may_change, as_json;
    struct users *users;
};

static enum err check_name(const char *name)
{
    if (strx_is_id(name) && strlen(name) <= AUTH_TOKEN_NAME_MAX)
        return ERR_OK;
    log_error("\"%s\" is no token name: a-z, 0-9, dot, dash, underscore, at most %d, a letter or digit first",
              name, AUTH_TOKEN_NAME_MAX);
    return ERR_MALFORMED;
}

static enum err check_role(const char *text, enum role *out)
{
    if (text && auth_token_role(text, out))
        return ERR_OK;
    log_error("\"%s\" is no role of a token: operator, noc or planner", text ? text : "");
    return ERR_MALFORMED;
}

static enum err token_add(const struct request *r)
{
    struct access_token wanted = {.may_change = r->may_change, .created = users_db_now()};
    char token[SECRET_HEX_SIZE];
    enum err e = check_name(r->operand);

    if (e == ERR_OK)
        e = check_role(r->role, &wanted.role);
    if (e)
        return e;
    strx_copy(wanted.name, sizeof wanted.name, r->operand);
    wanted.expires = wanted.created + r->days * DAYS;
    e = auth_token_issue(r->users, &wanted, token);
    if (e == ERR_OK)
        e = users_audit(r->users, users_db_now(), users_db_caller(), "command line", "token added",
                        wanted.name);
    if (e == ERR_OK)
        printf("%s\n", token);
    else if (e == ERR_EXISTS)
        log_error("there is a token \"%s\" already; `netzwacht token revoke` ends it", wanted.name);
    else
        log_error("%s: %s", wanted.name, err_text(e));
    secret_wipe(token, sizeof token);
    return e;
}

static void print_token(void *ctx NW_UNUSED, const struct access_token *t)
{
    char expires[TIMEX_RFC3339_SIZE], used[TIMEX_RFC3339_SIZE] = "never";

    timex_rfc3339(t->expires, expires);
    if (t->last_used)
        timex_rfc3339(t->last_used, used);
    printf("%-20s %-10s %-5s ends %s, last used %s\n", t->name, role_name(t->role),
           t->may_change ? "write" : "read", expires, used);
}

static enum err token_list(const struct request *r)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    enum err e;

    if (!r->as_json)
        return users_token_each(r->users, print_token, NULL);
    json_init(&j, &b);
    json_array_begin(&j, NULL);
    e = users_token_each(r->users, auth_token_json, &j);
    json_array_end(&j);
    if (e == ERR_OK && buf_error(&b) == ERR_OK)
        printf("%s\n", b.data);
    buf_fini(&b);
    return e;
}

static enum err token_revoke(const struct request *r)
{
    enum err e = users_token_remove(r->users, r->operand);

    if (e == ERR_NOT_FOUND)
        log_error("there is no token \"%s\"; `netzwacht token list` shows all", r->operand);
    if (e == ERR_OK)
        e = users_audit(r->users, users_db_now(), users_db_caller(), "command line", "token revoked",
                        r->operand);
    return e;
}

static const struct {
    const char *name;
    enum err (*run)(const struct request *r);
    bool has_operand;
} verbs[] = {{"add", token_add, true}, {"list", token_list, false}, {"revoke", token_revoke, true}};

int cmd_token(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"role", required_argument, NULL, 'r'},
                                            {"write", no_argument, NULL, 'w'},
                                            {"days", required_argument, NULL, 'd'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct request r = {.config = NW_SYSCONFDIR "/netzwacht.yaml", .days = AUTH_TOKEN_DAYS_DEFAULT};
    size_t verb = 0;
    int option;

    while ((option = getopt_long(argc, argv, "c:r:wd:jh", options, NULL)) != -1) {
        switch (option) {
        case 'c': r.config = optarg; break;
        case 'r': r.role = optarg; break;
        case 'w': r.may_change = true; break;
        case 'd':
            if (strx_to_i64(optarg, &r.days) != ERR_OK || r.days < 1 || r.days > AUTH_TOKEN_DAYS_MAX) {
                log_error("--days %s: expected 1 to %d", optarg, AUTH_TOKEN_DAYS_MAX);
                return EXIT_BAD_USAGE;
            }
            break;
        case 'j': r.as_json = true; break;
        case 'h': fputs(usage, stdout); return EXIT_DONE;
        default: fputs(usage, stderr); return EXIT_BAD_USAGE;
        }
    }
    while (optind < argc && verb < ARRAY_LEN(verbs) && strcmp(argv[optind], verbs[verb].name) != 0)
        verb++;
    if (optind >= argc || verb == ARRAY_LEN(verbs) || argc - optind != 1 + verbs[verb].has_operand) {
        fputs(usage, stderr);
        return EXIT_BAD_USAGE;
    }
    r.operand = verbs[verb].has_operand ? argv[optind + 1] : NULL;
    enum err e = users_db_open(r.config, &r.users);
    if (e == ERR_OK)
        e = verbs[verb].run(&r);
    users_close(r.users);
    return err_exit_status(e);
}
