/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_noc_book.c - what a NOC's client believes, and which event it takes for the next one. */
#include "cli/noc_book.h"
#include "tests/unit/cmocka_tests.h"

#define EVENT(lane, sequence)                                                                                \
    "{\"specversion\":\"1.0\",\"id\":\"t/" lane "/1\",\"source\":\"/netzwacht/t/" lane                       \
    "\",\"type\":\"de.netzwacht.incident.opened\",\"sequence\":\"" sequence                                  \
    "\",\"data\":{\"id\":\"i-1\",\"severity\":\"major\",\"closed\":null,\"operator\":{\"state\":\"none\"},"  \
    "\"text\":{\"de\":\"Bagger\",\"en\":\"Digger\"}}}"

static void an_event_is_read_with_its_incident(void **state)
{
    static const char text[] = EVENT("critical", "17");
    struct noc_event e;

    (void)state;
    assert_ok(noc_event_read(text, sizeof text - 1, &e));
    assert_int_equal(e.lane, 0);
    assert_int_equal(e.sequence, 17);
    assert_string_equal(e.kind, "opened");
    assert_string_equal(e.incident.text_de, "Bagger");
    assert_false(e.incident.is_closed);
}

static void take_incident(void *ctx, const struct noc_incident *i)
{
    *(struct noc_incident *)ctx = *i;
}

static void one_incident_comes_with_its_steps_and_what_people_did(void **state)
{
    static const char reply[] =
        "{\"command\":\"c\",\"outcome\":\"done\",\"problem\":null,\"data\":{\"more\":0,\"incidents\":[{"
        "\"id\":\"i-1\","
        "\"severity\":\"major\",\"cause\":{\"name\":\"Rathaus\"},\"runbook\":\"https://w/"
        "1\",\"runbook_text\":"
        "{\"de\":\"Eins\\nZwei\",\"en\":\"One\\nTwo\"},\"history\":[{},{},{},{},{},{},{},{\"action\":"
        "\"comment\"},"
        "{\"at\":\"t\",\"action\":\"assign\",\"by\":\"Mia\",\"to\":\"Tiefbau\",\"comment\":null}]}]}}";
    struct noc_incident i = {0};
    struct noc_reply r;

    (void)state;
    assert_ok(noc_reply_read(reply, sizeof reply - 1, &r, take_incident, &i));
    assert_string_equal(i.cause, "Rathaus");
    assert_string_equal(i.steps_de, "Eins\nZwei");
    assert_string_equal(i.runbook, "https://w/1");
    assert_int_equal(i.change_count, NOC_CHANGES); /* the newest: nine were sent */
    assert_string_equal(i.history[NOC_CHANGES - 1].to, "Tiefbau");
    assert_string_equal(i.history[NOC_CHANGES - 2].action, "comment");
}

static void what_is_no_event_is_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "{}",
                                      EVENT("other", "1"),
                                      EVENT("main", "0"),
                                      EVENT("main", "-1"),
                                      EVENT("main", "1e9"),
                                      EVENT("main", "99999999999999999999"),
                                      "{\"a\":[[[[[[[[[]]]]]]]]]}"};
    struct noc_event e;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_not_equal(noc_event_read(bad[i], strlen(bad[i]), &e), ERR_OK);
}

static enum noc_verdict take(struct noc_book *b, unsigned lane, uint64_t sequence)
{
    return noc_book_take(b, &(struct noc_event){.lane = lane, .sequence = sequence});
}

static void a_gap_is_one_until_the_replay_begins(void **state)
{
    struct noc_book b = {{0}, {0}};

    (void)state;
    assert_int_equal(take(&b, 1, 1), NOC_NEXT);
    assert_int_equal(take(&b, 1, 1), NOC_KNOWN);
    assert_int_equal(take(&b, 0, 1), NOC_NEXT); /* each lane counts for itself */
    assert_int_equal(take(&b, 1, 5), NOC_GAP);
    noc_book_replayed(&b, 1, 3); /* 2 is older than netzwacht keeps */
    assert_int_equal(take(&b, 1, 5), NOC_GAP);
    assert_int_equal(take(&b, 1, 3), NOC_NEXT);
    assert_int_equal(take(&b, 1, 5), NOC_GAP);
    assert_int_equal(take(&b, 1, 4), NOC_NEXT);
    assert_int_equal(b.upto[1], 4);
}

static void an_empty_replay_is_no_leave_to_skip(void **state)
{
    struct noc_book b = {{0}, {0}};

    (void)state;
    assert_int_equal(take(&b, 1, 1), NOC_NEXT);
    noc_book_replayed(&b, 1, 0);
    assert_int_equal(take(&b, 1, 3), NOC_GAP);
    assert_int_equal(take(&b, 1, 2), NOC_NEXT);
}

RUN_TESTS("noc_book", cmocka_unit_test(an_event_is_read_with_its_incident),
          cmocka_unit_test(one_incident_comes_with_its_steps_and_what_people_did),
          cmocka_unit_test(what_is_no_event_is_refused),
          cmocka_unit_test(a_gap_is_one_until_the_replay_begins),
          cmocka_unit_test(an_empty_replay_is_no_leave_to_skip))
