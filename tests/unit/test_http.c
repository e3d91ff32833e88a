/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_http.c - targets, cookies, routes and roles, sessions, throttle, accounts, the audit chain, files. */
#include "tests/unit/cmocka_tests.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dashboards/auth.h"
#include "dashboards/files_io.h"
#include "dashboards/http_parse.h"
#include "dashboards/json_io.h"
#include "dashboards/routes.h"
#include "dashboards/throttle.h"
#include "dashboards/users_io.h"
#include "lib/base/strx.h"
#include "tests/unit/temp_dir.h"

/* ---- http_parse ---- */

static void target_is_taken_apart(void **state)
{
    struct http_target t;
    const char *text = "/api/v1/hotspots?q=B%C3%A4cker+%26+Co&limit=5&q=second&empty=&flag";

    (void)state;
    assert_ok(http_target_parse(text, strlen(text), &t));
    assert_string_equal(t.path, "/api/v1/hotspots");
    assert_string_equal(http_target_param(&t, "q"), "Bäcker & Co");
    assert_string_equal(http_target_param(&t, "limit"), "5");
    assert_string_equal(http_target_param(&t, "empty"), "");
    assert_string_equal(http_target_param(&t, "flag"), "");
    assert_null(http_target_param(&t, "missing"));
    assert_int_equal(t.param_count, 5);
    http_target_fini(&t);
}

static void hostile_targets_are_refused(void **state)
{
    static const char *const bad[] = {
        "",     "x",      "http://a/", "*",        "/%",    "/%4",  "/%zz",     "/a%00b",        "/%c0%ae",
        "/%ff", "/a\x01", "/?a=%0d",   "/?%e2%82", "/\x7f", "/%0a", "/?x=\x80", "//\xed\xa0\x80"};
    struct http_target t;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (http_target_parse(bad[i], strlen(bad[i]), &t) != ERR_MALFORMED)
            fail_msg("accepted: %s", bad[i]);
}

static void headers_that_are_none_do_not_fit(void **state)
{
    static const char *const bad_names[] = {"",   "X ",    "X\t", " X",   "X Y", "X(", "X:", "X\x01",
                                            "X@", "X\x7f", "X[",  "\xe4", "X\"", "X/", "X,"};
    static const char *const bad_values[] = {"a\rb", "a\nb", "\x01", "a\x0b", "\x7f"};
    static const char *const bad_hosts[] = {"a b", "a,b",  "a/b", "u@a", "a\tb",
                                            "<a>", "a\\b", "a?b", "a#b", "\xe4"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad_names); i++)
        assert_false(http_field_fits(bad_names[i], strlen(bad_names[i]), "x", 1));
    for (size_t i = 0; i < ARRAY_LEN(bad_values); i++)
        assert_false(http_field_fits("X", 1, bad_values[i], strlen(bad_values[i])));
    assert_false(http_field_fits("X", 1, "a\0b", 3));
    assert_false(http_field_fits("X\0Y", 3, "a", 1));
    assert_true(http_field_fits("X-!#$%&'*+.^_`|~9", 17, "\t a \xe4 \"", 7));
    for (size_t i = 0; i < ARRAY_LEN(bad_hosts); i++)
        assert_false(http_host_fits(bad_hosts[i], strlen(bad_hosts[i])));
    assert_true(http_host_fits("[::1]:8080", 10));
    assert_true(http_host_fits("netz.example:443", 16));
    assert_true(http_host_fits("", 0));
}

static void too_much_of_a_target_is_refused(void **state)
{
    struct http_target t;
    struct buf b = BUF_INIT;
    char *longest = malloc(HTTP_TARGET_MAX + 2);

    (void)state;
    assert_non_null(longest);
    memset(longest, 'a', HTTP_TARGET_MAX + 1);
    longest[0] = '/';
    assert_ok(http_target_parse(longest, HTTP_TARGET_MAX, &t));
    http_target_fini(&t);
    assert_int_equal(http_target_parse(longest, HTTP_TARGET_MAX + 1, &t), ERR_LIMIT);
    free(longest);
    buf_str(&b, "/?");
    for (int i = 0; i < HTTP_PARAMS_MAX; i++)
        buf_printf(&b, "a%d&", i);
    assert_ok(http_target_parse(b.data, b.len, &t));
    assert_int_equal(t.param_count, HTTP_PARAMS_MAX);
    http_target_fini(&t);
    buf_str(&b, "one=more");
    assert_int_equal(http_target_parse(b.data, b.len, &t), ERR_LIMIT);
    buf_fini(&b);
}

static void cookie_is_found_among_others(void **state)
{
    char out[8];

    (void)state;
    assert_true(http_cookie_get("a=1; nw_session=abc; z=2", "nw_session", out, sizeof out));
    assert_string_equal(out, "abc");
    assert_true(http_cookie_get("nw_session=", "nw_session", out, sizeof out));
    assert_string_equal(out, "");
    assert_false(http_cookie_get("xnw_session=abc", "nw_session", out, sizeof out));
    assert_false(http_cookie_get("nw_session=12345678", "nw_session", out, sizeof out));
    assert_false(http_cookie_get("nw_session=a b", "nw_session", out, sizeof out));
    assert_false(http_cookie_get("nw_session=\"abc\"", "nw_session", out, sizeof out));
    assert_false(http_cookie_get("", "nw_session", out, sizeof out));
}

static void entity_tags_are_compared_weakly(void **state)
{
    (void)state;
    assert_true(http_etag_matches("\"abc\"", "\"abc\""));
    assert_true(http_etag_matches("W/\"abc\"", "\"abc\""));
    assert_true(http_etag_matches("\"x,y\", W/\"abc\"", "\"abc\""));
    assert_true(http_etag_matches("*", "\"abc\""));
    assert_false(http_etag_matches("\"abcd\"", "\"abc\""));
    assert_false(http_etag_matches("", "\"abc\""));
    assert_true(http_accepts_coding("br, gzip", "gzip"));
    assert_false(http_accepts_coding("br, gzip;q=0.0", "gzip"));
    assert_true(http_accepts_coding("gzip;q=0.5", "gzip"));
    assert_false(http_accepts_coding("gzipped", "gzip"));
    assert_true(http_accepts_coding("gzip, deflate, br, zstd", "br"));
    assert_false(http_accepts_coding("gzip, br;q=0", "br"));
    assert_false(http_accepts_coding("gzip, *", "br"));
    assert_true(http_accepts("text/html, text/csv;q=0.9", "text/csv"));
    assert_false(http_accepts("text/csvx", "text/csv"));
}

/* ---- routes ---- */

static const enum role all_roles[] = {ROLE_PUBLIC, ROLE_OPERATOR, ROLE_NOC, ROLE_PLANNER, ROLE_ADMIN};

/* A path that the pattern fits. */
static void example(const char *pattern, char *out, size_t size)
{
    const char *open = strchr(pattern, '{'), *close = strchr(pattern, '}');

    if (open)
        snprintf(out, size, "%.*sx-1%s", (int)(open - pattern), pattern, close + 1);
    else
        snprintf(out, size, "%s", pattern);
    out[strcspn(out, "*")] = '\0';
}

static void every_route_lets_in_its_roles_and_no_other(void **state)
{
    const struct route *found;
    char path[128], param[ROUTE_PARAM_SIZE];

    (void)state;
    for (size_t i = 0; i < routes_count(); i++) {
        example(routes[i].path, path, sizeof path);
        for (size_t k = 0; k < ARRAY_LEN(all_roles); k++) {
            enum route_verdict verdict = routes_find(routes[i].method, path, all_roles[k], &found, param);
            enum route_verdict wanted = routes[i].roles & all_roles[k] ? ROUTE_FOUND
                                        : all_roles[k] == ROLE_PUBLIC  ? ROUTE_LOG_IN
                                                                       : ROUTE_FORBIDDEN;
            if (verdict != wanted || found != &routes[i])
                fail_msg("%s as %s: %d instead of %d", path, role_name(all_roles[k]), verdict, wanted);
        }
    }
}

static void what_is_not_in_the_table_is_denied(void **state)
{
    static const char *const paths[] = {"/api/v1/nothing",
                                        "/api/v1/",
                                        "/api/",
                                        "/api/v1/hotspots/",
                                        "/api/v1/hotspots/a/b/c",
                                        "/api/v1/incidents/x/acknowledge/y",
                                        "/api/v2/hotspots"};
    const struct route *found;
    char param[ROUTE_PARAM_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        assert_int_equal(routes_find(HTTP_GET, paths[i], ROLE_PUBLIC, &found, param), ROUTE_LOG_IN);
        assert_int_equal(routes_find(HTTP_GET, paths[i], ROLE_ADMIN, &found, param), ROUTE_NO_PATH);
    }
    assert_int_equal(routes_find(HTTP_POST, "/api/v1/hotspots", ROLE_ADMIN, &found, param), ROUTE_NO_METHOD);
    assert_int_equal(routes_find(HTTP_DELETE, "/index.html", ROLE_PUBLIC, &found, param), ROUTE_NO_METHOD);
    assert_int_equal(routes_find(HTTP_GET, "/api/v1/hotspots", ROLE_NONE, &found, param), ROUTE_FORBIDDEN);
    assert_int_equal(routes_find(HTTP_HEAD, "/api/v1/hotspots/hs-1", ROLE_NOC, &found, param), ROUTE_FOUND);
    assert_string_equal(param, "hs-1");
}

/* ---- throttle ---- */

static void throttle_gives_a_burst_and_then_one_at_a_time(void **state)
{
    struct throttle *t;
    ns_t wait = 0;

    (void)state;
    assert_ok(throttle_new(5, 12 * SECONDS, &t));
    for (int i = 0; i < 5; i++)
        assert_true(throttle_take(t, "admin", 0, &wait));
    assert_false(throttle_take(t, "admin", 0, &wait));
    assert_int_equal(wait, 12 * SECONDS);
    assert_true(throttle_take(t, "noc", 0, &wait));
    assert_false(throttle_take(t, "admin", 11 * SECONDS, &wait));
    assert_true(throttle_take(t, "admin", 12 * SECONDS, &wait));
    assert_false(throttle_take(t, "admin", 12 * SECONDS, &wait));
    throttle_give_back(t, "admin", 12 * SECONDS);
    assert_true(throttle_take(t, "admin", 12 * SECONDS, &wait));
    for (int i = 0; i < 5; i++)
        assert_true(throttle_take(t, "admin", 1000 * SECONDS, &wait));
    assert_false(throttle_take(t, "admin", 1000 * SECONDS, &wait));
    throttle_free(t);
}

static void throttle_forgets_full_buckets_when_there_are_too_many(void **state)
{
    struct throttle *t;
    ns_t wait;
    char key[32];

    (void)state;
    assert_ok(throttle_new(1, SECONDS, &t));
    for (int i = 0; i < 25000; i++) {
        snprintf(key, sizeof key, "address-%d", i);
        assert_true(throttle_take(t, key, i * MILLISECONDS, &wait));
    }
    assert_false(throttle_take(t, "address-24999", 25000 * MILLISECONDS, &wait));
    throttle_free(t);
}

/* ---- sessions ---- */

#define T0 (1700000000 * SECONDS)

static const struct auth_limits limits = {.idle = 30 * MINUTES, .max = 12 * HOURS};

static struct users *users_with_noc(void)
{
    struct users *u;

    assert_ok(secret_init());
    assert_ok(users_open(NULL, &u));
    assert_ok(users_add(u, "noc", ROLE_NOC, "$argon2id$", T0));
    return u;
}

static void session_ends_when_idle_and_after_its_time(void **state)
{
    struct users *u = users_with_noc();
    struct session s;
    char token[SECRET_HEX_SIZE];
    ns_t now = T0;

    (void)state;
    assert_ok(auth_session_begin(u, "noc", now, token));
    auth_session_find(u, &limits, token, now + 29 * MINUTES, &s);
    assert_int_equal(s.role, ROLE_NOC);
    assert_string_equal(s.user, "noc");
    auth_session_find(u, &limits, token, now + 29 * MINUTES + 31 * MINUTES, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    assert_ok(auth_session_begin(u, "noc", now, token));
    for (ns_t at = now; at < now + 12 * HOURS; at += 20 * MINUTES) {
        auth_session_find(u, &limits, token, at, &s);
        assert_int_equal(s.role, ROLE_NOC);
        assert_true(s.expires <= now + 12 * HOURS);
    }
    auth_session_find(u, &limits, token, now + 12 * HOURS, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    users_close(u);
}

static void nobody_is_public(void **state)
{
    struct users *u = users_with_noc();
    struct session s;
    char token[SECRET_HEX_SIZE];

    (void)state;
    assert_ok(auth_session_begin(u, "noc", T0, token));
    token[0] = token[0] == '0' ? '1' : '0';
    auth_session_find(u, &limits, token, T0, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    auth_session_find(u, &limits, NULL, T0, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    auth_session_find(u, &limits, "short", T0, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    users_close(u);
}

static void a_new_password_ends_the_sessions(void **state)
{
    struct users *u = users_with_noc();
    struct session s;
    char token[SECRET_HEX_SIZE];

    (void)state;
    assert_ok(auth_session_begin(u, "noc", T0, token));
    assert_ok(users_set_password(u, "noc", "$other$"));
    auth_session_find(u, &limits, token, T0, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    assert_int_equal(users_set_password(u, "nobody", "$x$"), ERR_NOT_FOUND);
    assert_int_equal(users_add(u, "noc", ROLE_ADMIN, "$x$", T0), ERR_EXISTS);
    users_close(u);
}

static void an_access_token_is_who_it_was_issued_for(void **state)
{
    struct users *u = users_with_noc();
    struct access_token wanted = {"wall", ROLE_OPERATOR, false, T0, T0 + 30 * DAYS, 0}, stored;
    struct session s;
    char token[SECRET_HEX_SIZE], other[SECRET_HEX_SIZE], hash[SECRET_HEX_SIZE];

    (void)state;
    assert_ok(auth_token_issue(u, &wanted, token));
    assert_int_equal(auth_token_issue(u, &wanted, other), ERR_EXISTS);
    auth_session_find(u, &limits, token, T0 + 29 * DAYS, &s);
    assert_string_equal(s.user, "token:wall");
    assert_int_equal(s.role, ROLE_OPERATOR);
    assert_false(s.may_change);
    assert_true(s.expires == wanted.expires);
    secret_sha256(token, strlen(token), hash);
    assert_ok(users_token_find(u, hash, &stored));
    assert_true(stored.last_used == T0 + 29 * DAYS);
    auth_session_find(u, &limits, other, T0, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    auth_session_find(u, &limits, token, T0 + 30 * DAYS, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    assert_ok(users_token_remove(u, "wall"));
    assert_int_equal(users_token_remove(u, "wall"), ERR_NOT_FOUND);
    auth_session_find(u, &limits, token, T0, &s);
    assert_int_equal(s.role, ROLE_PUBLIC);
    users_close(u);
}

static void bearer_tokens_are_ours_alone(void **state)
{
    char token[SECRET_HEX_SIZE], expected[SECRET_HEX_SIZE];
    char header[SECRET_HEX_SIZE + 16];

    (void)state;
    memset(expected, 'a', sizeof expected - 1);
    memcpy(expected, "nwt_", 4);
    expected[sizeof expected - 1] = '\0';
    snprintf(header, sizeof header, "bearer  %s", expected);
    assert_true(auth_bearer(header, token));
    assert_string_equal(token, expected);
    strcat(header, "a");
    assert_false(auth_bearer(header, token));
    assert_false(auth_bearer("Bearer 0123", token));
    assert_false(auth_bearer("Basic bm9jOm5vYw==", token));
    assert_false(auth_bearer("Bearer ", token));
    assert_false(auth_bearer(NULL, token));
}

/* RFC 6238 appendix B, SHA-1; of its eight digits the last six. */
static void codes_are_those_of_the_rfc(void **state)
{
    static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; /* "12345678901234567890" */
    static const struct {
        uint64_t seconds;
        const char *code;
    } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    char code[TOTP_CODE_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_ok(totp_code(secret, rows[i].seconds / 30, code));
        assert_string_equal(code, rows[i].code);
    }
    assert_int_equal(totp_code("short", 1, code), ERR_MALFORMED);
    assert_int_equal(totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", 1, code), ERR_MALFORMED);
}

static void a_code_is_good_once_and_for_a_minute_and_a_half(void **state)
{
    char secret[TOTP_SECRET_SIZE], other[TOTP_SECRET_SIZE], code[TOTP_CODE_SIZE];
    int64_t last = 0;

    (void)state;
    assert_ok(totp_secret_new(secret));
    assert_ok(totp_secret_new(other));
    assert_string_not_equal(secret, other);
    assert_ok(totp_code(secret, 1000, code));
    assert_false(totp_verify(secret, code, 998 * 30 * SECONDS, &last));
    assert_false(totp_verify(secret, code, 1002 * 30 * SECONDS, &last));
    assert_false(totp_verify(other, code, 1000 * 30 * SECONDS, &last));
    assert_false(totp_verify(secret, "", 1000 * 30 * SECONDS, &last));
    assert_true(totp_verify(secret, code, 999 * 30 * SECONDS, &last));
    assert_int_equal(last, 1000);
    assert_false(totp_verify(secret, code, 1000 * 30 * SECONDS, &last));
    assert_ok(totp_code(secret, 1001, code));
    assert_true(totp_verify(secret, code, 1002 * 30 * SECONDS, &last));
}

static void a_second_factor_stands_with_its_user(void **state)
{
    struct users *u = users_with_noc();
    struct user user;

    (void)state;
    assert_ok(users_find(u, "noc", &user));
    assert_string_equal(user.totp, "");
    assert_ok(users_set_totp(u, "noc", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
    assert_ok(users_totp_taken(u, "noc", 77));
    assert_ok(users_find(u, "noc", &user));
    assert_string_equal(user.totp, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_int_equal(user.totp_step, 77);
    assert_int_equal(users_set_totp(u, "nobody", ""), ERR_NOT_FOUND);
    users_close(u);
}

static void csrf_tokens_belong_to_their_session(void **state)
{
    char one[SECRET_HEX_SIZE], two[SECRET_HEX_SIZE], token[SECRET_HEX_SIZE];

    (void)state;
    assert_ok(secret_init());
    secret_token(token);
    auth_csrf(token, one);
    auth_csrf(token, two);
    assert_true(secret_equal(one, two));
    assert_string_not_equal(one, token);
    secret_token(token);
    auth_csrf(token, two);
    assert_false(secret_equal(one, two));
}

static void only_our_own_origin_fits(void **state)
{
    (void)state;
    assert_true(auth_origin_fits(NULL, "monitor:8080"));
    assert_true(auth_origin_fits("http://monitor:8080", "monitor:8080"));
    assert_true(auth_origin_fits("https://Monitor", "monitor"));
    assert_false(auth_origin_fits("null", "monitor"));
    assert_false(auth_origin_fits("http://evil.example", "monitor"));
    assert_false(auth_origin_fits("http://monitor.evil.example", "monitor"));
    assert_false(auth_origin_fits("http://monitor", NULL));
}

static void passwords_are_verified(void **state)
{
    char hash[SECRET_PASSWORD_HASH_SIZE];

    (void)state;
    assert_ok(secret_init());
    assert_ok(secret_password_hash("correct horse battery", hash));
    assert_true(strx_starts_with(hash, "$argon2id$v=19$m=65536,t=3,p=1$"));
    assert_true(secret_password_verify(hash, "correct horse battery"));
    assert_false(secret_password_verify(hash, "correct horse batterx"));
    assert_true(strx_starts_with(secret_password_nobody(), "$argon2id$v=19$m=65536,t=3,p=1$"));
    assert_false(secret_password_verify(secret_password_nobody(), ""));
}

/* ---- audit ---- */

/* The parameters stand in front of the salt: the same memory and passes for both. */
static void a_user_that_does_not_exist_costs_what_others_do(void **state)
{
    char hash[SECRET_PASSWORD_HASH_SIZE];
    const char *nobody = secret_password_nobody();
    size_t len;

    (void)state;
    assert_ok(secret_init());
    assert_ok(secret_password_hash("correct horse battery", hash));
    len = strlen("$argon2id$v=19$m=65536,t=3,p=1$");
    assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=3,p=1$", len);
    assert_memory_equal(nobody, hash, len);
    assert_int_equal(strlen(nobody), strlen(hash));
    assert_false(secret_password_verify(nobody, ""));
}

static void a_changed_audit_entry_breaks_the_chain(void **state)
{
    char path[256];
    struct users *u;
    sqlite3 *db;
    int64_t broken;

    snprintf(path, sizeof path, "%s/users.db", (const char *)*state);
    assert_ok(secret_init());
    assert_ok(users_open(path, &u));
    for (int i = 0; i < 5; i++)
        assert_ok(users_audit(u, T0 + i, "noc", "127.0.0.1", "acknowledge", "inc-1"));
    assert_ok(users_audit_verify(u, &broken));
    assert_int_equal(broken, 0);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE audit SET object = 'inc-2' WHERE number = 3", NULL, NULL, NULL),
                     0);
    assert_ok(users_audit_verify(u, &broken));
    assert_int_equal(broken, 3);
    assert_int_equal(sqlite3_exec(db, "UPDATE audit SET object = 'inc-1' WHERE number = 3", NULL, NULL, NULL),
                     0);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM audit WHERE number = 2", NULL, NULL, NULL), 0);
    assert_ok(users_audit_verify(u, &broken));
    assert_int_equal(broken, 2);
    sqlite3_close(db);
    users_close(u);
}

static void users_db_is_private(void **state)
{
    char path[256];
    struct users *u;
    struct stat st;

    snprintf(path, sizeof path, "%s/dashboard/users.db", (const char *)*state);
    assert_ok(users_open(path, &u));
    assert_ok(stat(path, &st));
    assert_int_equal(st.st_mode & 0777, 0600);
    users_close(u);
}

/* ---- bodies ---- */

static void bodies_are_flat_objects(void **state)
{
    static const char *const bad[] = {"[]",
                                      "1",
                                      "{",
                                      "{\"a\":1,\"a\":2}",
                                      "{\"a\":\"\\u0000\"}",
                                      "{\"a\":1} x",
                                      "{\"a\":[[[[[[[[1]]]]]]]]}",
                                      "\"a\""};
    struct json_body *b = NULL;

    (void)state;
    assert_ok(json_body_parse("{\"user\":\"noc\",\"n\":5}", 20, &b));
    assert_string_equal(json_body_text(b, "user", 64), "noc");
    assert_null(json_body_text(b, "user", 2));
    assert_null(json_body_text(b, "n", 64));
    assert_null(json_body_text(b, "missing", 64));
    json_body_free(b);
    assert_ok(json_body_parse("", 0, &b));
    json_body_free(b);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (json_body_parse(bad[i], strlen(bad[i]), &b) == ERR_OK)
            fail_msg("accepted: %s", bad[i]);
}

/* ---- files ---- */

static void put(const char *dir, const char *name, const char *text)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_ok(fclose(f));
}

static void files_come_from_the_list_only(void **state)
{
    const char *dir = *state;
    char path[512];
    struct files *f;
    const struct files_entry *entry;
    static const char *const bad[] = {"../index.html",        "/etc/passwd", ".hidden", "link",
                                      "assets/../index.html", "assets",      "",        "index.html/",
                                      "index.html.gz",        "nothing"};

    put(dir, "index.html", "<p>one</p>");
    put(dir, "index.html.gz", "zipped");
    put(dir, ".hidden", "secret");
    snprintf(path, sizeof path, "%s/assets", dir);
    assert_ok(mkdir(path, 0700));
    put(dir, "assets/app-1a2B3c4D.js", "1");
    snprintf(path, sizeof path, "%s/link", dir);
    assert_ok(symlink("/etc/passwd", path));
    assert_ok(files_new(dir, &f));
    assert_ok(files_get(f, "index.html", 0, &entry));
    assert_string_equal(entry->type, "text/html; charset=utf-8");
    assert_non_null(entry->gzip);
    assert_false(entry->is_immutable);
    assert_ok(files_get(f, "assets/app-1a2B3c4D.js", 0, &entry));
    assert_true(entry->is_immutable);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        if (files_get(f, bad[i], (ns_t)(i + 2) * 2 * SECONDS, &entry) != ERR_NOT_FOUND)
            fail_msg("served: %s", bad[i]);
    files_free(f);
}

static void a_changed_file_gets_a_new_tag(void **state)
{
    const char *dir = *state;
    struct files *f;
    const struct files_entry *entry;
    char etag[24];

    put(dir, "a.json", "{}");
    assert_ok(files_new(dir, &f));
    assert_ok(files_get(f, "a.json", 0, &entry));
    strx_copy(etag, sizeof etag, entry->etag);
    put(dir, "a.json.new", "{\"a\":1}");
    char from[512], to[512];
    snprintf(from, sizeof from, "%s/a.json.new", dir);
    snprintf(to, sizeof to, "%s/a.json", dir);
    assert_ok(rename(from, to));
    assert_ok(files_get(f, "a.json", 2 * SECONDS, &entry));
    assert_string_not_equal(entry->etag, etag);
    assert_ok(unlink(to));
    assert_int_equal(files_get(f, "a.json", 4 * SECONDS, &entry), ERR_NOT_FOUND);
    files_free(f);
}

RUN_TESTS("http", cmocka_unit_test(target_is_taken_apart), cmocka_unit_test(hostile_targets_are_refused),
          cmocka_unit_test(headers_that_are_none_do_not_fit),
          cmocka_unit_test(too_much_of_a_target_is_refused), cmocka_unit_test(cookie_is_found_among_others),
          cmocka_unit_test(entity_tags_are_compared_weakly),
          cmocka_unit_test(every_route_lets_in_its_roles_and_no_other),
          cmocka_unit_test(what_is_not_in_the_table_is_denied),
          cmocka_unit_test(throttle_gives_a_burst_and_then_one_at_a_time),
          cmocka_unit_test(throttle_forgets_full_buckets_when_there_are_too_many),
          cmocka_unit_test(session_ends_when_idle_and_after_its_time), cmocka_unit_test(nobody_is_public),
          cmocka_unit_test(a_new_password_ends_the_sessions),
          cmocka_unit_test(an_access_token_is_who_it_was_issued_for),
          cmocka_unit_test(bearer_tokens_are_ours_alone), cmocka_unit_test(codes_are_those_of_the_rfc),
          cmocka_unit_test(a_code_is_good_once_and_for_a_minute_and_a_half),
          cmocka_unit_test(a_second_factor_stands_with_its_user),
          cmocka_unit_test(csrf_tokens_belong_to_their_session), cmocka_unit_test(only_our_own_origin_fits),
          cmocka_unit_test(passwords_are_verified),
          cmocka_unit_test(a_user_that_does_not_exist_costs_what_others_do),
          cmocka_unit_test_setup_teardown(a_changed_audit_entry_breaks_the_chain, temp_dir_setup,
                                          temp_dir_teardown),
          cmocka_unit_test_setup_teardown(users_db_is_private, temp_dir_setup, temp_dir_teardown),
          cmocka_unit_test(bodies_are_flat_objects),
          cmocka_unit_test_setup_teardown(files_come_from_the_list_only, temp_dir_setup, temp_dir_teardown),
          cmocka_unit_test_setup_teardown(a_changed_file_gets_a_new_tag, temp_dir_setup, temp_dir_teardown))
