/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_roster.c - access points across controllers: who speaks, who moved, who vanished, who is somebody
 * else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/roster.h"
#include "lib/base/err.h"
#include "tests/unit/cmocka_tests.h"

#define A "ap/02:00:00:00:00:0a"
#define B "ap/02:00:00:00:00:0b"

struct world {
    struct roster *roster;
    ns_t now;
    unsigned events[ROSTER_FORGOTTEN + 1];
    char detail[64];
    const struct roster_ghost *ghosts;
    size_t ghost_count;
    enum quality_reason voice; /* of the last row */
};

static void on_event(void *ctx, enum roster_event event, const char *controller, const char *ap,
                     const char *detail)
{
    struct world *w = ctx;

    assert_non_null(controller);
    assert_non_null(ap);
    w->events[event]++;
    snprintf(w->detail, sizeof w->detail, "%s", detail);
}

static void open_world(struct world *w)
{
    *w = (struct world){.now = HOURS};
    assert_int_equal(roster_new(1, on_event, w, &w->roster), ERR_OK);
}

/* One poll of a controller: rows A and B as '+' up, '-' down, ' ' not listed. Thirty seconds pass. */
static void poll_list(struct world *w, const char *controller, const char *rows, bool is_complete)
{
    struct roster_poll poll = {controller, w->now, w->now + 365 * DAYS, 30 * SECONDS, is_complete};
    const char *const ids[] = {A, B}, *const serials[] = {"SERIAL-A", "SERIAL-B"};

    assert_int_equal(roster_begin(w->roster, &poll), ERR_OK);
    for (size_t i = 0; i < 2; i++)
        if (rows[i] != ' ')
            w->voice = roster_take(w->roster, &(struct roster_row){ids[i], "name", serials[i],
                                                                   rows[i] == '+' ? ROSTER_UP : ROSTER_DOWN});
    w->ghost_count = roster_end(w->roster, &w->ghosts);
    w->now += 30 * SECONDS;
}

static void a_lost_row_is_missing_first_and_vanished_after_the_next_whole_list(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    poll_list(&w, "wlc", "++", true);
    assert_int_equal(w.ghost_count, 0);
    poll_list(&w, "wlc", "+ ", true);
    assert_int_equal(w.ghost_count, 1);
    assert_string_equal(w.ghosts[0].id, B);
    assert_int_equal(w.ghosts[0].why, QUALITY_NOT_PRESENT);
    ns_t since = w.ghosts[0].since;
    poll_list(&w, "wlc", "+ ", true);
    assert_int_equal(w.ghosts[0].why, QUALITY_VANISHED);
    assert_true(w.ghosts[0].since == since);
    assert_string_equal(w.ghosts[0].serial, "SERIAL-B");
    poll_list(&w, "wlc", "+ ", true);
    assert_int_equal(w.events[ROSTER_VANISHED], 1); /* told once */
    poll_list(&w, "wlc", "++", true);
    assert_int_equal(w.ghost_count, 0);
    assert_int_equal(w.voice, QUALITY_OK);
    roster_free(w.roster);
}

static void polls_that_traps_cause_hasten_no_verdict(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    poll_list(&w, "one", "++", true);
    poll_list(&w, "two", "  ", true);
    for (int i = 0; i < 4; i++) {
        poll_list(&w, "one", "- ", true);
        w.now -= 28 * SECONDS;
        assert_int_equal(w.ghosts[0].why, QUALITY_NOT_PRESENT);
        assert_int_equal(w.voice, QUALITY_ELSEWHERE);
    }
    w.now += 30 * SECONDS;
    poll_list(&w, "one", "- ", true);
    assert_int_equal(w.ghosts[0].why, QUALITY_VANISHED);
    assert_int_equal(w.voice, QUALITY_OK);
    roster_free(w.roster);
}

static void a_list_that_broke_off_makes_nobody_vanish(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    poll_list(&w, "wlc", "++", true);
    for (int i = 0; i < 10; i++) {
        poll_list(&w, "wlc", "+ ", false);
        assert_int_equal(w.ghost_count, 1); /* still in the table, unanswered */
        assert_int_equal(w.ghosts[0].why, QUALITY_NO_ANSWER);
    }
    assert_int_equal(w.events[ROSTER_VANISHED], 0);
    poll_list(&w, "wlc", "- ", true);
    poll_list(&w, "two", "- ", true);
    poll_list(&w, "two", "+ ", false); /* a row of a list that broke off may be an old one */
    assert_int_equal(w.voice, QUALITY_ELSEWHERE);
    roster_free(w.roster);
}

static void who_moves_is_taken_over_and_leaves_no_ghost(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    poll_list(&w, "one", "++", true);
    poll_list(&w, "two", "  ", true);
    poll_list(&w, "one", "+ ", true); /* it leaves … */
    assert_int_equal(w.ghosts[0].why, QUALITY_NOT_PRESENT);
    poll_list(&w, "two", " +", true); /* … and arrives */
    assert_int_equal(w.voice, QUALITY_OK);
    assert_int_equal(w.events[ROSTER_MOVED], 1);
    poll_list(&w, "one", "+ ", true);
    assert_int_equal(w.ghost_count, 0);
    assert_int_equal(w.events[ROSTER_MOVED], 1);
    assert_int_equal(w.events[ROSTER_VANISHED], 0);
    roster_free(w.roster);
}

static void of_two_that_list_it_the_one_that_says_up_speaks(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    poll_list(&w, "stale", "- ", true);
    assert_int_equal(w.voice, QUALITY_OK);
    poll_list(&w, "real", "+ ", true);
    assert_int_equal(w.voice, QUALITY_OK);
    for (int i = 0; i < 5; i++) {
        poll_list(&w, "stale", "- ", true);
        assert_int_equal(w.voice, QUALITY_ELSEWHERE);
        poll_list(&w, "real", "+ ", true);
        assert_int_equal(w.voice, QUALITY_OK);
    }
    poll_list(&w, "stale", "+ ", true); /* both say up: who spoke goes on speaking */
    assert_int_equal(w.voice, QUALITY_ELSEWHERE);
    roster_silent(w.roster, "real");
    poll_list(&w, "stale", "+ ", true);
    assert_int_equal(w.voice, QUALITY_OK);
    roster_free(w.roster);
}

static void down_is_believed_at_once_of_one_controller_and_at_the_second_poll_of_several(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    poll_list(&w, "only", "+ ", true);
    poll_list(&w, "only", "- ", true);
    assert_int_equal(w.voice, QUALITY_OK);
    roster_free(w.roster);

    open_world(&w);
    poll_list(&w, "one", "+ ", true);
    poll_list(&w, "two", " +", true);
    poll_list(&w, "one", "- ", true);
    assert_int_equal(w.voice, QUALITY_ELSEWHERE);
    poll_list(&w, "two", " +", true);
    poll_list(&w, "one", "- ", true);
    assert_int_equal(w.voice, QUALITY_OK);
    roster_free(w.roster);
}

static void take_one(struct world *w, const char *controller, const char *id, const char *serial)
{
    struct roster_poll poll = {controller, w->now, w->now, 30 * SECONDS, true};
    struct roster_row row = {id, "name", serial, ROSTER_UP};

    assert_int_equal(roster_begin(w->roster, &poll), ERR_OK);
    roster_take(w->roster, &row);
    roster_end(w->roster, &w->ghosts);
    w->now += 30 * SECONDS;
}

static void serial_numbers_that_contradict_are_told_once_and_merge_nothing(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    take_one(&w, "one", A, "SERIAL-1");
    take_one(&w, "two", A, "SERIAL-2");
    assert_int_equal(w.events[ROSTER_REPLACED], 1);
    assert_string_equal(w.detail, "SERIAL-1");
    for (int i = 0; i < 5; i++) {
        take_one(&w, "one", A, "SERIAL-1"); /* they go on disagreeing */
        take_one(&w, "two", A, "SERIAL-2");
    }
    assert_int_equal(w.events[ROSTER_REPLACED], 1);
    take_one(&w, "three", B, "SERIAL-2");
    assert_int_equal(w.events[ROSTER_SAME_SERIAL], 1);
    assert_string_equal(w.detail, A);
    take_one(&w, "three", B, "SERIAL-2");
    assert_int_equal(w.events[ROSTER_SAME_SERIAL], 1);
    take_one(&w, "three", B, ""); /* not read: no contradiction */
    assert_int_equal(w.events[ROSTER_REPLACED], 1);
    roster_free(w.roster);
}

static void what_vanished_before_a_restart_is_still_a_ghost(void **state)
{
    struct world w;

    (void)state;
    open_world(&w);
    roster_recall(w.roster, "wlc", A, "name", "SERIAL-A", 0);
    roster_recall(w.roster, "wlc", B, "name", "SERIAL-B", w.now + 364 * DAYS);
    poll_list(&w, "wlc", "+ ", true);
    assert_int_equal(w.ghost_count, 1);
    assert_int_equal(w.ghosts[0].why, QUALITY_VANISHED);
    assert_true(w.ghosts[0].since == HOURS + 364 * DAYS);
    assert_int_equal(w.events[ROSTER_VANISHED], 0); /* told before */
    w.now += ROSTER_FORGET;
    poll_list(&w, "wlc", "+ ", true);
    assert_int_equal(w.ghost_count, 0);
    assert_int_equal(w.events[ROSTER_FORGOTTEN], 1);
    roster_drop(w.roster, "wlc");
    assert_false(roster_knows(w.roster, "wlc"));
    roster_free(w.roster);
}

static void a_thousand_come_and_go_and_nothing_is_lost(void **state)
{
    struct world w;
    char id[32];

    (void)state;
    open_world(&w);
    for (int turn = 0; turn < 6; turn++) {
        struct roster_poll poll = {turn % 2 ? "one" : "two", w.now, w.now, 30 * SECONDS, true};

        assert_int_equal(roster_begin(w.roster, &poll), ERR_OK);
        for (int i = turn % 3; i < 1000; i += 3) {
            snprintf(id, sizeof id, "ap/02:00:00:00:%02x:%02x", i >> 8, i & 255);
            roster_take(w.roster, &(struct roster_row){id, "", id, ROSTER_UP});
        }
        w.ghost_count = roster_end(w.roster, &w.ghosts);
        w.now += 30 * SECONDS;
    }
    assert_int_equal(w.ghost_count, 334); /* "one" listed the second third last, and the first before */
    roster_free(w.roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_row_is_missing_first_and_vanished_after_the_next_whole_list),
        cmocka_unit_test(polls_that_traps_cause_hasten_no_verdict),
        cmocka_unit_test(a_list_that_broke_off_makes_nobody_vanish),
        cmocka_unit_test(who_moves_is_taken_over_and_leaves_no_ghost),
        cmocka_unit_test(of_two_that_list_it_the_one_that_says_up_speaks),
        cmocka_unit_test(down_is_believed_at_once_of_one_controller_and_at_the_second_poll_of_several),
        cmocka_unit_test(serial_numbers_that_contradict_are_told_once_and_merge_nothing),
        cmocka_unit_test(what_vanished_before_a_restart_is_still_a_ghost),
        cmocka_unit_test(a_thousand_come_and_go_and_nothing_is_lost),
    };
    return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
