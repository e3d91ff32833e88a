/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channels.c - the queues of further channels, their place in alerts.db, and the signature. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/channel_queue.h"
#include "alerts/db_io.h"
#include "alerts/rules.h"
#include "alerts/signature.h"
#include "lib/base/strx.h"
#include "lib/model/settings.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/temp_dir.h"

static void the_signature_is_that_of_rfc_4231(void **state)
{
    char out[SIGNATURE_SIZE], long_key[131];

    (void)state;
    signature_hex("Jefe", 4, "what do ya want for nothing?", 28, out);
    assert_string_equal(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(long_key, 0xaa, sizeof long_key);
    signature_hex(long_key, sizeof long_key, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
                  out);
    assert_string_equal(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void one_message_is_on_its_way_and_they_go_in_order(void **state)
{
    struct channel_queue q;
    unsigned lost;

    (void)state;
    channel_queue_init(&q, 7);
    assert_false(channel_queue_is_due(&q, 0));
    assert_int_equal(channel_queue_put(&q, 100, &lost), 1);
    assert_int_equal(channel_queue_put(&q, 100, &lost), 2);
    assert_true(channel_queue_is_due(&q, 0));
    channel_queue_sent(&q, 1);
    assert_false(channel_queue_is_due(&q, HOURS));
    channel_queue_ended(&q, CHANNEL_ACCEPTED, 0, 0);
    assert_int_equal(q.done, 1);
    assert_int_equal(channel_queue_waiting(&q), 1);
    channel_queue_sent(&q, 2);
    channel_queue_ended(&q, CHANNEL_REFUSED, 0, 0);
    assert_int_equal(channel_queue_waiting(&q), 0);
    assert_false(channel_queue_is_due(&q, HOURS));
}

static void pauses_double_up_to_a_quarter_of_an_hour(void **state)
{
    static const int seconds[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    struct channel_queue q;
    ns_t now = DAYS;
    unsigned lost;
    bool differs = false;

    (void)state;
    channel_queue_init(&q, 7);
    channel_queue_found(&q, 3, 100);
    for (size_t i = 0; i < ARRAY_LEN(seconds); i++) {
        assert_true(channel_queue_is_due(&q, now));
        channel_queue_sent(&q, 3);
        channel_queue_ended(&q, CHANNEL_AGAIN, now, 0);
        assert_false(channel_queue_is_due(&q, now + seconds[i] * SECONDS * 3 / 4 - 1));
        differs = differs || q.retry_at != now + seconds[i] * SECONDS;
        now += seconds[i] * SECONDS;
    }
    assert_true(differs); /* not all receivers' senders come back at the same moment */
    channel_queue_sent(&q, 3);
    channel_queue_ended(&q, CHANNEL_ACCEPTED, now, 0);
    (void)channel_queue_put(&q, 100, &lost);
    assert_true(channel_queue_is_due(&q, now));
}

static void the_receiver_may_ask_for_a_longer_pause_but_not_for_an_endless_one(void **state)
{
    struct channel_queue q;

    (void)state;
    channel_queue_init(&q, 7);
    channel_queue_found(&q, 1, 100);
    channel_queue_sent(&q, 1);
    channel_queue_ended(&q, CHANNEL_AGAIN, 0, 30 * SECONDS);
    assert_int_equal(q.retry_at, 30 * SECONDS);
    channel_queue_sent(&q, 1);
    channel_queue_ended(&q, CHANNEL_AGAIN, 0, 12 * HOURS);
    assert_int_equal(q.retry_at, 15 * MINUTES);
}

static void a_full_queue_loses_its_oldest_even_while_that_one_is_on_its_way(void **state)
{
    struct channel_queue q;
    unsigned lost;

    (void)state;
    channel_queue_init(&q, 7);
    for (int i = 0; i < CHANNEL_QUEUE_MAX; i++) {
        channel_queue_put(&q, 100, &lost);
        assert_int_equal(lost, 0);
    }
    channel_queue_sent(&q, 1);
    for (int i = 0; i < 2; i++) {
        channel_queue_put(&q, 100, &lost);
        assert_int_equal(lost, 1);
    }
    assert_int_equal(q.done, 2);
    assert_int_equal(channel_queue_waiting(&q), CHANNEL_QUEUE_MAX);
    channel_queue_ended(&q, CHANNEL_ACCEPTED, 0, 0);
    assert_int_equal(q.done, 2);
}

static void a_queue_is_bounded_in_bytes_too_also_by_what_was_found(void **state)
{
    struct channel_queue q;
    unsigned lost;

    (void)state;
    channel_queue_init(&q, 7);
    for (uint64_t i = 11; i <= 18; i++)
        channel_queue_found(&q, i, 1 * MIB);
    assert_int_equal(channel_queue_waiting(&q), 8);
    assert_int_equal(channel_queue_put(&q, 3 * MIB, &lost), 19);
    assert_int_equal(lost, 3);
    assert_int_equal(q.done, 13);
    assert_int_equal(q.bytes, 8 * MIB);
    channel_queue_sent(&q, 19); /* several at once */
    channel_queue_ended(&q, CHANNEL_ACCEPTED, 0, 0);
    assert_int_equal(q.done, 19);
    assert_int_equal(q.bytes, 0);
}

static void only_a_refusal_for_good_drops_a_message(void **state)
{
    (void)state;
    assert_int_equal(channel_verdict_of(ERR_OK, 200), CHANNEL_ACCEPTED);
    assert_int_equal(channel_verdict_of(ERR_OK, 204), CHANNEL_ACCEPTED);
    assert_int_equal(channel_verdict_of(ERR_TIMEOUT, 200), CHANNEL_AGAIN);
    assert_int_equal(channel_verdict_of(ERR_OK, 0), CHANNEL_AGAIN);
    assert_int_equal(channel_verdict_of(ERR_OK, 302), CHANNEL_AGAIN);
    assert_int_equal(channel_verdict_of(ERR_OK, 400), CHANNEL_REFUSED);
    assert_int_equal(channel_verdict_of(ERR_OK, 408), CHANNEL_AGAIN);
    assert_int_equal(channel_verdict_of(ERR_OK, 429), CHANNEL_AGAIN);
    assert_int_equal(channel_verdict_of(ERR_OK, 503), CHANNEL_AGAIN);
}

static void the_severities_of_the_settings_are_those_of_the_rules(void **state)
{
    (void)state;
    for (int i = 0; i < SEVERITY_CLEARED; i++)
        assert_string_equal(channel_severity_words[i], severity_words[i]);
    assert_null(channel_severity_words[SEVERITY_CLEARED]);
}

static void see_message(void *ctx, const char *channel, uint64_t number, size_t size)
{
    char *seen = ctx;
    size_t len = strlen(seen);

    snprintf(seen + len, 64 - len, "%s %d (%zu) ", channel, (int)number, size);
}

static void messages_survive_a_restart_with_their_attempts(void **state)
{
    char *path = strx_printf("%s/alerts.db", (char *)*state);
    char seen[64] = "";
    struct db *db = NULL;
    struct buf body = BUF_INIT;
    uint64_t number = 0;
    unsigned attempts = 0;

    assert_ok(db_open(path, &db));
    for (uint64_t i = 1; i <= 4; i++)
        db_put_message(db, "desk", i, "body", 4);
    db_drop_messages(db, "desk", 1);
    db_drop_messages(db, "other", 4);
    db_put_attempts(db, "desk", 2, 7);
    assert_int_equal(db_message_after(db, "desk", 0, &number, &attempts, &body), ERR_NOT_FOUND);
    assert_ok(db_commit(db));
    db_close(db);
    assert_ok(db_open(path, &db));
    assert_ok(db_each_message(db, see_message, seen));
    assert_string_equal(seen, "desk 2 (4) desk 3 (4) desk 4 (4) ");
    assert_ok(db_message_after(db, "desk", 1, &number, &attempts, &body));
    assert_int_equal(number, 2);
    assert_int_equal(attempts, 7);
    assert_string_equal(body.data, "body");
    assert_int_equal(db_message_after(db, "desk", 4, &number, &attempts, &body), ERR_NOT_FOUND);
    db_close(db);
    buf_fini(&body);
    free(path);
}

static void a_database_of_the_second_version_gains_the_queues(void **state)
{
    char *path = strx_printf("%s/alerts.db", (char *)*state);
    sqlite3 *old = NULL;
    struct db *db = NULL;
    struct buf body = BUF_INIT;
    uint64_t number = 0;
    unsigned attempts;

    assert_ok(db_open(path, &db));
    db_put_event(db, 1, 7, 0, "AB", 2);
    assert_ok(db_commit(db));
    db_close(db);
    assert_ok(sqlite3_open(path, &old));
    assert_ok(sqlite3_exec(old, "DROP TABLE message; PRAGMA user_version = 2", NULL, NULL, NULL));
    sqlite3_close(old);
    for (uint64_t round = 1; round <= 2; round++) {
        assert_ok(db_open(path, &db));
        db_put_message(db, "desk", round, "x", 1);
        assert_ok(db_commit(db));
        db_close(db);
    }
    assert_ok(db_open(path, &db));
    assert_ok(db_message_after(db, "desk", 1, &number, &attempts, &body));
    assert_int_equal(number, 2);
    assert_ok(db_event_after(db, 1, 0, &number, &body));
    assert_string_equal(body.data, "xAB");
    db_close(db);
    buf_fini(&body);
    free(path);
}

RUN_TESTS("channels", cmocka_unit_test(the_signature_is_that_of_rfc_4231),
          cmocka_unit_test(one_message_is_on_its_way_and_they_go_in_order),
          cmocka_unit_test(pauses_double_up_to_a_quarter_of_an_hour),
          cmocka_unit_test(the_receiver_may_ask_for_a_longer_pause_but_not_for_an_endless_one),
          cmocka_unit_test(a_full_queue_loses_its_oldest_even_while_that_one_is_on_its_way),
          cmocka_unit_test(a_queue_is_bounded_in_bytes_too_also_by_what_was_found),
          cmocka_unit_test(only_a_refusal_for_good_drops_a_message),
          cmocka_unit_test(the_severities_of_the_settings_are_those_of_the_rules),
          cmocka_unit_test_setup_teardown(messages_survive_a_restart_with_their_attempts, temp_dir_setup,
                                          temp_dir_teardown),
          cmocka_unit_test_setup_teardown(a_database_of_the_second_version_gains_the_queues, temp_dir_setup,
                                          temp_dir_teardown))
