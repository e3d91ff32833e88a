/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_access.c - credentials of netzwacht.yaml: which are complete, and what becomes of their files. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/access.h"
#include "lib/base/log.h"

static char dir[] = "/tmp/netzwacht-access-XXXXXX";

static const char *path(const char *name)
{
    static char text[8][128];
    static unsigned at;
    char *out = text[at++ % 8];

    snprintf(out, sizeof text[0], "%s/%s", dir, name);
    return out;
}

static void put(const char *name, const char *text, mode_t mode)
{
    FILE *f = fopen(path(name), "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_ok(chmod(path(name), mode));
}

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    put("community", "secret\nsecond line\n", 0600);
    put("auth", "maplesyrup\n", 0600);
    put("priv", "pancakes!\n", 0600);
    put("short", "1234567\n", 0600);
    put("open", "maplesyrup\n", 0644);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"community", "auth", "priv", "short", "open", "n.yaml"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(path(names[i]));
    return rmdir(dir);
}

/* "" if the entry is good, else what is said about it. */
static const char *check(const char *entry)
{
    static char said[2000];
    struct conf_report *report;
    struct settings *s = NULL;
    char text[600];

    snprintf(text, sizeof text, "instance: n\ninventory: i.yaml\ncredentials:\n  - {name: d, %s}\n", entry);
    put("n.yaml", text, 0600);
    assert_ok(conf_report_new(&report));
    if (!settings_load(path("n.yaml"), report, &s))
        assert_int_equal(conf_report_count(report), 0);
    snprintf(said, sizeof said, "%s", conf_report_text(report));
    settings_free(s);
    conf_report_free(report);
    return said;
}

static void credentials_that_are_not_complete_are_reported(void **state)
{
    static const struct {
        const char *entry, *said;
    } bad[] = {
        {"version: v3", "\"user\" is missing"},
        {"version: v3, user: ''", "\"user\" is missing"},
        {"version: v3, user: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", "at most 32"},
        {"version: v3, user: u, context: ccccccccccccccccccccccccccccccccc", "at most 32"},
        {"version: v3, user: u, auth: sha256", "\"auth_file\" go together"},
        {"version: v3, user: u, auth_file: auth", "\"auth_file\" go together"},
        {"version: v3, user: u, auth: md5, auth_file: auth, priv: des", "\"priv_file\" go together"},
        {"version: v3, user: u, priv: des, priv_file: priv", "no privacy without authentication"},
        {"version: v3, user: u, auth: rot13, auth_file: auth", "sha512"},
        {"version: v3, user: u, auth: md5, auth_file: auth, priv: aes512, priv_file: priv", "aes256c"},
        {"version: v2c", "\"community_file\" is missing"},
    };

    (void)state;
    assert_string_equal(check("version: v3, user: u"), "");
    assert_string_equal(
        check("version: v3, user: u, context: c, auth: sha512, auth_file: auth, priv: aes256c, "
              "priv_file: priv"),
        "");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_non_null(strstr(check(bad[i].entry), bad[i].said));
}

static void files_become_a_community_or_keys(void **state)
{
    struct credentials c = {
        .name = (char *)"d", .version = SNMP_V2C, .community_file = (char *)path("community")};
    struct usm_user expected;
    struct snmp_access a;
    struct snmp_peer peer = {0};
    const char *problem;

    (void)state;
    assert_ok(snmp_access_load(&c, &a, &problem));
    assert_ok(snmp_access_apply(&a, &peer));
    assert_int_equal(peer.version, 1);
    assert_int_equal(peer.community_len, 6);
    assert_null(peer.security);
    snmp_access_fini(&a);
    c = (struct credentials){.name = (char *)"d",
                             .version = SNMP_V3,
                             .user = (char *)"monitor",
                             .context = (char *)"ctx",
                             .auth = SNMP_AUTH_SHA1,
                             .auth_file = (char *)path("auth"),
                             .priv = SNMP_PRIV_AES256,
                             .priv_file = (char *)path("priv")};
    assert_ok(snmp_access_load(&c, &a, &problem));
    assert_ok(usm_user_init(&expected, "monitor", "ctx", SNMP_AUTH_SHA1, "maplesyrup", SNMP_PRIV_AES256,
                            "pancakes!"));
    assert_true(usm_user_is_same(a.user, &expected));
    assert_ok(snmp_access_apply(&a, &peer));
    assert_int_equal(peer.version, SNMP_WIRE_V3);
    assert_ptr_equal(peer.security->user, a.user);
    assert_int_equal(peer.community_len, 0);
    snmp_access_withdraw(&peer);
    snmp_access_fini(&a);
}

static void secrets_that_are_short_or_open_to_others_are_refused(void **state)
{
    static const struct {
        const char *auth, *priv, *problem;
    } bad[] = {{"short", "priv", "at least 8"},
               {"auth", "short", "at least 8"},
               {"open", "priv", "cannot be read"},
               {"auth", "missing", "cannot be read"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const struct credentials c = {.name = (char *)"d",
                                      .version = SNMP_V3,
                                      .user = (char *)"monitor",
                                      .auth = SNMP_AUTH_SHA1,
                                      .auth_file = (char *)path(bad[i].auth),
                                      .priv = SNMP_PRIV_DES,
                                      .priv_file = (char *)path(bad[i].priv)};
        struct snmp_access a;
        const char *problem = "";

        assert_int_not_equal(snmp_access_load(&c, &a, &problem), ERR_OK);
        assert_non_null(strstr(problem, bad[i].problem));
        assert_null(a.user);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_that_are_not_complete_are_reported),
        cmocka_unit_test(files_become_a_community_or_keys),
        cmocka_unit_test(secrets_that_are_short_or_open_to_others_are_refused),
    };

    return cmocka_run_group_tests_name("access", tests, set_up, tear_down);
}
