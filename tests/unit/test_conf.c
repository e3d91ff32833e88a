/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conf.c - YAML through schema tables: values, fallbacks, and every mistake with its place. */
#include "tests/unit/cmocka_tests.h"

#include "lib/base/units.h"
#include "lib/runtime/conf.h"

struct user {
    char *name;
    int role;
    struct conf_pos at;
};

struct web {
    char *listen;
    int64_t port, keep, bytes;
    double level;
    bool tls;
    struct conf_list users;
    struct conf_strings paths;
    struct conf_pairs words;
};

static const char *const roles[] = {"operator", "admin", NULL};
static const struct conf_field user_fields[] = {
    CONF_ID_FIELD(struct user, name, .is_required = true),
    CONF_ENUM_FIELD(struct user, role, roles, .fallback = "admin"), CONF_POSITION_FIELD(struct user, at),
    CONF_END};
static const struct conf_schema user_schema = CONF_SCHEMA(struct user, user_fields);
static const struct conf_field web_fields[] = {
    CONF_STRING_FIELD(struct web, listen, .fallback = "127.0.0.1"),
    CONF_INT_FIELD(struct web, port, 1, 65535, .fallback = "8080"),
    CONF_DURATION_FIELD(struct web, keep, 1, 86400, .fallback = "2h"),
    CONF_BYTES_FIELD(struct web, bytes, 1, 1e12),
    CONF_DOUBLE_FIELD(struct web, level, -100, 0),
    CONF_BOOL_FIELD(struct web, tls),
    CONF_LIST_FIELD(struct web, users, &user_schema),
    CONF_STRINGS_FIELD(struct web, paths),
    CONF_PAIRS_FIELD(struct web, words),
    CONF_END};
static const struct conf_schema web_schema = CONF_SCHEMA(struct web, web_fields);

static enum err read_text(const char *text, struct web *out, struct conf_report **report)
{
    assert_ok(conf_report_new(report));
    return conf_read("web.yaml", text, strlen(text), &web_schema, out, *report);
}

static void assert_refused(const char *text, const char *message)
{
    struct conf_report *report;
    struct web web;

    assert_int_equal(read_text(text, &web, &report), ERR_CONFIG);
    if (!strstr(conf_report_text(report), message))
        fail_msg("expected \"%s\" in:\n%s", message, conf_report_text(report));
    conf_free(&web_schema, &web);
    conf_report_free(report);
}

static void values_arrive_and_missing_keys_mean_their_fallback(void **state)
{
    struct conf_report *report;
    struct web web;
    struct user *users;

    (void)state;
    assert_ok(
        read_text("port: 81\nkeep: 1.5h\nbytes: 64KiB\nlevel: -67.5\ntls: yes\npaths: [a, b]\n"
                  "words: {up: 1, down: two}\nusers:\n  - {name: anna, role: operator}\n  - name: ben\n",
                  &web, &report));
    assert_string_equal(web.listen, "127.0.0.1");
    assert_int_equal(web.port, 81);
    assert_true(web.keep == 90 * MINUTES);
    assert_int_equal(web.bytes, 65536);
    assert_true(web.level == -67.5);
    assert_true(web.tls);
    assert_int_equal(web.paths.count, 2);
    assert_string_equal(web.paths.items[1], "b");
    assert_int_equal(web.words.count, 2);
    assert_string_equal(web.words.items[1].value, "two");
    users = web.users.items;
    assert_int_equal(web.users.count, 2);
    assert_int_equal(users[0].role, 0);
    assert_int_equal(users[1].role, 1);
    assert_int_equal(users[1].at.line, 10);
    assert_int_equal(users[1].at.column, 5);
    conf_free(&web_schema, &web);
    conf_report_free(report);
}

static void an_empty_file_is_all_fallbacks(void **state)
{
    struct conf_report *report;
    struct web web;

    (void)state;
    assert_ok(read_text("# nothing\n", &web, &report));
    assert_int_equal(web.port, 8080);
    conf_free(&web_schema, &web);
    conf_report_free(report);
}

static void every_mistake_is_reported_with_its_place(void **state)
{
    (void)state;
    assert_refused("port: 0\n", "web.yaml:1:7: port: expected a whole number from 1 to 65535");
    assert_refused("listen: x\nport: 80a\n", "web.yaml:2:7: port");
    assert_refused("prot: 1\n", "web.yaml:1:1: unknown key \"prot\"; known here: listen, port");
    assert_refused("port: 1\nport: 2\n", "web.yaml:2:1: \"port\" stands here a second time");
    assert_refused("keep: 60\n", "a duration such as 500ms");
    assert_refused("keep: 2d\n", "in seconds from 1 to 86400");
    assert_refused("users: [{role: operator}]\n", "web.yaml:1:9: \"name\" is missing here");
    assert_refused("users: [{name: Anna}]\n", "name: expected an id");
    assert_refused("users: [{name: a, role: boss}]\n", "expected one of operator, admin");
    assert_refused("users: 5\n", "users: expected a list");
    assert_refused("tls: maybe\n", "tls: expected true or false");
    assert_refused("words: {a: [1]}\n", "words: expected single values only");
    assert_refused("port: [1\n", "web.yaml:2:1: not valid YAML");
    assert_refused("listen: &a x\npaths: [*a]\n", "aliases (*name) are not supported");
    assert_refused("- 1\n", "expected keys and values");
    assert_refused("a: 1\n---\nb: 1\n", "a second document begins here");
}

static void one_run_reports_all_mistakes(void **state)
{
    struct conf_report *report;
    struct web web;

    (void)state;
    assert_int_equal(read_text("port: 0\nnope: 1\ntls: 7\n", &web, &report), ERR_CONFIG);
    assert_int_equal(conf_report_count(report), 3);
    conf_free(&web_schema, &web);
    conf_report_free(report);
}

static void a_deep_nest_is_refused_before_it_is_built(void **state)
{
    char text[2001];

    (void)state;
    memset(text, '[', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_refused(text, "nested too deep");
}

static void a_missing_file_is_named(void **state)
{
    struct conf_report *report;
    struct web web;

    (void)state;
    assert_ok(conf_report_new(&report));
    assert_int_equal(conf_read_file("/does/not/exist.yaml", &web_schema, &web, report), ERR_NOT_FOUND);
    assert_non_null(strstr(conf_report_text(report), "/does/not/exist.yaml:1:1: cannot be read"));
    conf_free(&web_schema, &web);
    conf_report_free(report);
}

RUN_TESTS("conf", cmocka_unit_test(values_arrive_and_missing_keys_mean_their_fallback),
          cmocka_unit_test(an_empty_file_is_all_fallbacks),
          cmocka_unit_test(every_mistake_is_reported_with_its_place),
          cmocka_unit_test(one_run_reports_all_mistakes),
          cmocka_unit_test(a_deep_nest_is_refused_before_it_is_built),
          cmocka_unit_test(a_missing_file_is_named))
