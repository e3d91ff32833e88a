/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_user.c - `netzwacht user`: accounts of the dashboard. A password comes from standard input (asked for
 * twice on a terminal) or from a file, never from the command line, where everybody could read it. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/users_db.h"
#include "dashboards/auth.h"
#include "dashboards/role.h"
#include "dashboards/secret_io.h"
#include "dashboards/users_io.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"
#include "lib/base/strx.h"
#include "lib/base/timex.h"

static const char usage[] =
    "Usage: netzwacht user add [-c FILE] --role ROLE NAME   password from standard input\n"
    "       netzwacht user passwd [-c FILE] NAME            new password from standard input\n"
    "       netzwacht user totp [-c FILE] [--off] NAME      a second factor, for an authenticator app\n"
    "       netzwacht user list [-c FILE] [--json]\n"
    "       netzwacht user import [-c FILE] PASSWORDS       lines \"name role password\", file of mode 0600\n"
    "Accounts of the dashboard. On a terminal the password is asked for twice. A new password ends the "
    "sessions\n"
    "of that user.\n\n"
    "  -c, --config FILE   configuration (default " NW_SYSCONFDIR "/netzwacht.yaml)\n"
    "  -r, --role ROLE     operator, noc, planner or admin\n"
    "      --off           totp: no second factor from now on\n"
    "      --json          list as JSON\n"
    "      --help          this text\n";

struct request {
    const char *config, *role, *operand;
    bool as_json, is_off;
    struct users *users;
};

/* ---- passwords ---- */

static bool read_line(FILE *from, char *out, size_t size)
{
    if (!fgets(out, (int)size, from))
        return false;
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

/* Asks without echo; the terminal is put back whatever happens. */
static bool ask(const char *prompt, char *out, size_t size)
{
    struct termios before, silent;

    if (tcgetattr(STDIN_FILENO, &before) < 0)
        return false;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    fputs(prompt, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    bool is_read = read_line(stdin, out, size);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return is_read;
}

static const char *password_problem(const char *name, const char *password)
{
    size_t len = strlen(password);

    if (len < USER_PASSWORD_MIN)
        return "the password must have at least 12 characters";
    if (len > USER_PASSWORD_MAX)
        return "the password is longer than 1024 bytes";
    if (strcmp(name, password) == 0)
        return "the password must not be the name";
    return NULL;
}

static enum err read_password(const char *name, char *out, size_t size)
{
    char again[USER_PASSWORD_MAX + 3];
    const char *problem = NULL;
    bool is_read;

    if (isatty(STDIN_FILENO)) {
        is_read = ask("Password: ", out, size) && ask("Again: ", again, sizeof again);
        if (is_read && strcmp(out, again) != 0)
            problem = "the two passwords differ";
        secret_wipe(again, sizeof again);
    } else {
        is_read = read_line(stdin, out, size);
    }
    if (!is_read)
        problem = "no password on standard input";
    if (!problem)
        problem = password_problem(name, out);
    if (problem)
        log_error("%s: %s", name, problem);
    return problem ? ERR_MALFORMED : ERR_OK;
}

/* ---- the verbs ---- */

static enum err check_name(const char *name)
{
    if (strx_is_id(name))
        return ERR_OK;
    log_error("\"%s\" is no user name: a-z, 0-9, dot, dash, underscore, at most 64, a letter or digit first",
              name);
    return ERR_MALFORMED;
}

static enum err check_role(const char *text, enum role *out)
{
    if (text && role_from_name(text, out) && *out != ROLE_PUBLIC)
        return ERR_OK;
    log_error("\"%s\" is no role: operator, noc, planner or admin", text ? text : "");
    return ERR_MALFORMED;
}

/* Adds, or gives an existing user of an import a new password. */
static enum err put_user(struct users *u, const char *name, enum role role, const char *password,
                         bool replace)
{
    char hash[SECRET_PASSWORD_HASH_SIZE];
    enum err e = secret_password_hash(password, hash);

    if (e == ERR_OK)
        e = users_add(u, name, role, hash, users_db_now());
    if (e == ERR_EXISTS && replace)
        e = users_set_password(u, name, hash);
    if (e == ERR_OK)
        e = users_audit(u, users_db_now(), users_db_caller(), "command line", "user added", name);
    if (e == ERR_EXISTS)
        log_error("there is a user \"%s\" already; `netzwacht user passwd` changes the password", name);
    else if (e)
        log_error("%s: %s", name, err_text(e));
    return e;
}

static enum err user_add(const struct request *r)
{
    char password[USER_PASSWORD_MAX + 3];
    enum role role;
    enum err e = check_name(r->operand);

    if (e == ERR_OK)
        e = check_role(r->role, &role);
    if (e == ERR_OK)
        e = read_password(r->operand, password, sizeof password);
    if (e == ERR_OK)
        e = put_user(r->users, r->operand, role, password, false);
    secret_wipe(password, sizeof password);
    return e;
}

static enum err user_passwd(const struct request *r)
{
    char password[USER_PASSWORD_MAX + 3], hash[SECRET_PASSWORD_HASH_SIZE];
    struct user user;
    enum err e = users_find(r->users, r->operand, &user);

    if (e == ERR_NOT_FOUND)
        log_error("there is no user \"%s\"; `netzwacht user list` shows all", r->operand);
    if (e == ERR_OK)
        e = read_password(r->operand, password, sizeof password);
    if (e == ERR_OK)
        e = secret_password_hash(password, hash);
    if (e == ERR_OK)
        e = users_set_password(r->users, r->operand, hash);
    if (e == ERR_OK)
        e = users_audit(r->users, users_db_now(), users_db_caller(), "command line", "password changed",
                        r->operand);
    secret_wipe(password, sizeof password);
    return e;
}

/* The secret is shown this once; the app takes the address as a QR code or typed. */
static enum err user_totp(const struct request *r)
{
    struct buf uri = BUF_INIT;
    char secret[TOTP_SECRET_SIZE] = "";
    enum err e = r->is_off ? ERR_OK : totp_secret_new(secret);

    if (e == ERR_OK)
        e = users_set_totp(r->users, r->operand, secret);
    if (e == ERR_NOT_FOUND)
        log_error("there is no user \"%s\"; `netzwacht user list` shows all", r->operand);
    if (e == ERR_OK)
        e = users_audit(r->users, users_db_now(), users_db_caller(), "command line",
                        r->is_off ? "second factor removed" : "second factor set", r->operand);
    if (e == ERR_OK && !r->is_off) {
        totp_uri(&uri, secret, r->operand);
        e = buf_error(&uri);
        if (e == ERR_OK)
            printf("secret  %s\naddress %s\n", secret, uri.data);
    }
    buf_fini(&uri);
    secret_wipe(secret, sizeof secret);
    return e;
}

static void print_user(void *ctx NW_UNUSED, const struct user *user)
{
    char login[TIMEX_RFC3339_SIZE] = "never";

    if (user->last_login)
        timex_rfc3339(user->last_login, login);
    printf("%-20s %-10s last log-in %s%s\n", user->name, role_name(user->role), login,
           user->totp[0] ? ", second factor" : "");
}

static enum err user_list(const struct request *r)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    enum err e;

    if (!r->as_json)
        return users_each(r->users, print_user, NULL);
    json_init(&j, &b);
    json_array_begin(&j, NULL);
    e = users_each(r->users, auth_user_json, &j);
    json_array_end(&j);
    if (e == ERR_OK && buf_error(&b) == ERR_OK)
        printf("%s\n", b.data);
    buf_fini(&b);
    return e;
}

/* One line of an import: three words; the password is the rest of the line. */
static enum err import_line(struct users *u, const char *path, unsigned number, char *line)
{
    char *name = line, *role_text, *password;
    const char *problem = NULL;
    enum role role = ROLE_NONE;

    role_text = strchr(name, ' ');
    password = role_text ? strchr(role_text + 1, ' ') : NULL;
    if (!password) {
        problem = "expected \"name role password\"";
    } else {
        *role_text++ = '\0';
        *password++ = '\0';
        if (!strx_is_id(name))
            problem = "the name may have a-z, 0-9, dot, dash, underscore";
        else if (!role_from_name(role_text, &role) || role == ROLE_PUBLIC)
            problem = "the role must be operator, noc, planner or admin";
        else
            problem = password_problem(name, password);
    }
    if (problem) {
        log_error("%s:%u: %s", path, number, problem);
        return ERR_MALFORMED;
    }
    return put_user(u, name, role, password, true);
}

static enum err user_import(const struct request *r)
{
    char line[USER_PASSWORD_MAX + 128];
    struct stat st;
    unsigned number = 0;
    enum err e = ERR_OK;
    FILE *file = fopen(r->operand, "re");

    if (!file || fstat(fileno(file), &st) < 0) {
        e = err_from_errno(errno);
        log_error("%s: %s", r->operand, err_text(e));
    } else if (st.st_mode & 077) {
        log_error("%s: others may read the passwords in it: chmod 600", r->operand);
        e = ERR_DENIED;
    }
    while (e == ERR_OK && read_line(file, line, sizeof line)) {
        number++;
        if (line[0] && line[0] != '#')
            e = import_line(r->users, r->operand, number, line);
    }
    secret_wipe(line, sizeof line);
    if (file)
        fclose(file);
    return e;
}

static const struct {
    const char *name;
    enum err (*run)(const struct request *r);
    bool has_operand;
} verbs[] = {{"add", user_add, true},
             {"passwd", user_passwd, true},
             {"totp", user_totp, true},
             {"list", user_list, false},
             {"import", user_import, true}};

int cmd_user(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"role", required_argument, NULL, 'r'},
        {"off", no_argument, NULL, 'o'},          {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},         {0}};
    struct request r = {.config = NW_SYSCONFDIR "/netzwacht.yaml"};
    size_t verb = 0;
    int option;

    while ((option = getopt_long(argc, argv, "c:r:jh", options, NULL)) != -1) {
        switch (option) {
        case 'c': r.config = optarg; break;
        case 'r': r.role = optarg; break;
        case 'o': r.is_off = true; break;
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
