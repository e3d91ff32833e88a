/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_steps.c - web services of several steps: forms, redirects, what a page must and must not say. */
#include "tests/unit/cmocka_tests.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "probes/probe_steps.h"

static const struct web_phases phases = {.resolve = 1 * MILLISECONDS,
                                         .connect = 2 * MILLISECONDS,
                                         .tls = 3 * MILLISECONDS,
                                         .wait = 4 * MILLISECONDS};
static const struct web_field fields[] = {{"user", "probe"}, {"accept terms", "ja & nein"}};
static const struct web_step log_in[] = {
    {.url = "http://p.example/login", .contains = "Anmelden"},
    {.url = "http://p.example/login",
     .fields = fields,
     .field_count = 2,
     .contains = "Willkommen",
     .lacks = "Fehler"},
    {.url = "http://p.example/admin", .status = 403},
};

static struct web_run *begin(const struct web_step *steps, size_t count)
{
    struct web_run *r = malloc(sizeof *r);

    assert_non_null(r);
    assert_ok(web_begin(r, steps, count));
    return r;
}

static bool answer(struct web_run *r, long status, const char *body, const char *location)
{
    const struct portal_response p = {.status = status,
                                      .body = body,
                                      .body_len = strlen(body),
                                      .location = location,
                                      .duration = 10 * MILLISECONDS};

    return web_take(r, &p, &phases, 0);
}

static void a_log_in_goes_from_page_to_page(void **state)
{
    struct web_run *r = begin(log_in, 3);

    (void)state;
    assert_null(web_form(r));
    assert_true(answer(r, 200, "bitte Anmelden", NULL));
    assert_ptr_equal(web_form(r), &log_in[1]);
    assert_string_equal(web_url(r), "http://p.example/login");
    assert_true(answer(r, 303, "", "http://p.example/login")); /* back to where the form was */
    assert_null(web_form(r));                                  /* and not sent again */
    assert_true(answer(r, 200, "Willkommen", NULL));
    assert_string_equal(web_url(r), "http://p.example/admin");
    assert_false(answer(r, 403, "nein", NULL));
    assert_int_equal(r->verdict.problem, PORTAL_FINE);
    assert_null(r->verdict.finding);
    assert_int_equal(r->verdict.step, 0);
    assert_int_equal(r->verdict.status, 403);
    assert_int_equal(r->verdict.duration, 40 * MILLISECONDS);
    assert_int_equal(r->verdict.phases.tls, 12 * MILLISECONDS);
    free(r);
}

static void the_step_that_fails_is_named(void **state)
{
    struct web_run *r = begin(log_in, 3);

    (void)state;
    assert_true(answer(r, 200, "Anmelden", NULL));
    assert_false(answer(r, 200, "Willkommen? Fehler!", NULL));
    assert_int_equal(r->verdict.step, 2);
    assert_string_equal(r->verdict.finding, "content_forbidden");
    free(r);
    r = begin(log_in, 3);
    assert_false(answer(r, 200, "leer", NULL));
    assert_int_equal(r->verdict.step, 1);
    assert_string_equal(r->verdict.finding, "content_missing");
    free(r);
    r = begin(log_in, 3);
    assert_true(answer(r, 200, "Anmelden", NULL));
    assert_true(answer(r, 200, "Willkommen", NULL));
    assert_false(answer(r, 200, "offen fuer alle", NULL));
    assert_int_equal(r->verdict.step, 3);
    assert_string_equal(r->verdict.finding, "http_unexpected_status");
    assert_true(r->verdict.problem != PORTAL_FINE);
    free(r);
}

static void redirects_still_end(void **state)
{
    struct web_run *r = begin(log_in, 3);
    int fetched = 0;

    (void)state;
    assert_true(answer(r, 302, "", "http://p.example/a"));
    assert_false(answer(r, 302, "", "http://p.example/login"));
    assert_string_equal(r->verdict.finding, "redirect_loop");
    free(r);
    r = begin(log_in + 1, 1);
    while (answer(r, 302, "", "http://p.example/login")) /* whatever the form says, for ever */
        assert_true(++fetched < 5);
    assert_string_equal(r->verdict.finding, "redirect_loop");
    free(r);
}

static void a_transport_error_ends_the_round_in_its_step(void **state)
{
    struct web_run *r = begin(log_in, 3);
    const struct portal_response gone = {.error = ERR_UNREACHABLE, .body = ""};

    (void)state;
    assert_true(answer(r, 200, "Anmelden", NULL));
    assert_false(web_take(r, &gone, &phases, 0));
    assert_int_equal(r->verdict.problem, PORTAL_UNREACHABLE);
    assert_int_equal(r->verdict.step, 2);
    assert_int_equal(r->verdict.status, 200);
    free(r);
}

static void a_form_is_written_as_browsers_do(void **state)
{
    struct buf form = BUF_INIT;

    (void)state;
    web_put_form(&form, fields, 2);
    assert_ok(buf_error(&form));
    assert_int_equal(form.len, strlen("user=probe&accept+terms=ja+%26+nein"));
    assert_memory_equal(form.data, "user=probe&accept+terms=ja+%26+nein", form.len);
    buf_clear(&form);
    web_put_form(&form, &(const struct web_field){"ü", "ß="}, 1);
    assert_memory_equal(form.data, "%C3%BC=%C3%9F%3D", form.len);
    buf_fini(&form);
}

static void steps_need_web_addresses(void **state)
{
    static const struct web_step wrong = {.url = "file:///etc/passwd"};
    static const struct web_step second[] = {{.url = "http://p.example/"}, {.url = "gopher://p.example/"}};
    struct web_run *r = malloc(sizeof *r);

    (void)state;
    assert_non_null(r);
    assert_int_equal(web_begin(r, &wrong, 1), ERR_RANGE);
    assert_int_equal(web_begin(r, &wrong, 0), ERR_RANGE);
    assert_ok(web_begin(r, second, 2));
    assert_false(answer(r, 200, "x", NULL));
    assert_int_equal(r->verdict.problem, PORTAL_BROKEN);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_in_goes_from_page_to_page),
        cmocka_unit_test(the_step_that_fails_is_named),
        cmocka_unit_test(redirects_still_end),
        cmocka_unit_test(a_transport_error_ends_the_round_in_its_step),
        cmocka_unit_test(a_form_is_written_as_browsers_do),
        cmocka_unit_test(steps_need_web_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
