/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_steady_clock.c - which wall time reaches the records, and what the service manager is told. */
#include "config.h"
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/runtime/sd_notify.h"
#include "lib/runtime/steady_clock.h"

#define STEP (60 * SECONDS)
#define NOON (1795000000 * SECONDS)

static void small_corrections_are_followed_at_once(void **state)
{
    struct steady_clock c;

    (void)state;
    steady_clock_init(&c, STEP);
    assert_true(steady_clock_wall(&c, 0, NOON) == NOON);
    assert_true(steady_clock_wall(&c, 1 * SECONDS, NOON + 31 * SECONDS) == NOON + 31 * SECONDS);
    assert_true(steady_clock_wall(&c, 2 * SECONDS, NOON - 20 * SECONDS) == NOON - 20 * SECONDS);
    assert_false(c.is_suspect);
}

static void a_jump_is_held_off_until_three_steps_agree(void **state)
{
    struct steady_clock c;

    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        ns_t jump = sign * HOURS;
        steady_clock_init(&c, STEP);
        assert_true(steady_clock_wall(&c, 0, NOON) == NOON);
        for (ns_t t = SECONDS; t < 3 * STEP; t += SECONDS) {
            assert_true(steady_clock_wall(&c, t, NOON + t + jump) == NOON + t);
            assert_true(c.is_suspect);
        }
        (void)steady_clock_wall(&c, 3 * STEP + SECONDS, NOON + 3 * STEP + SECONDS + jump);
        assert_false(c.is_suspect);
        assert_true(steady_clock_wall(&c, 4 * STEP, NOON + 4 * STEP + jump) == NOON + 4 * STEP + jump);
    }
}

static void a_clock_that_comes_back_is_believed_at_once(void **state)
{
    struct steady_clock c;

    (void)state;
    steady_clock_init(&c, STEP);
    (void)steady_clock_wall(&c, 0, NOON);
    assert_true(steady_clock_wall(&c, STEP, NOON + STEP + 3650 * DAYS) == NOON + STEP);
    assert_true(c.is_suspect);
    assert_true(steady_clock_wall(&c, 2 * STEP, NOON + 2 * STEP) == NOON + 2 * STEP);
    assert_false(c.is_suspect);
}

static void a_clock_that_keeps_jumping_is_never_believed(void **state)
{
    struct steady_clock c;

    (void)state;
    steady_clock_init(&c, STEP);
    (void)steady_clock_wall(&c, 0, NOON);
    for (int i = 1; i < 100; i++) {
        ns_t t = i * 2 * STEP;
        assert_true(steady_clock_wall(&c, t, NOON + t + i * HOURS) == NOON + t);
        assert_true(c.is_suspect);
    }
}

static void the_service_manager_hears_what_is_sent(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char text[64] = "";
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    (void)state;
    snprintf(at.sun_path, sizeof at.sun_path, "/tmp/nw-notify-%d", (int)getpid());
    unlink(at.sun_path);
    assert_ok(bind(fd, (struct sockaddr *)&at, sizeof at));
    setenv("NOTIFY_SOCKET", at.sun_path, 1);
    sd_notify_send("READY=1");
    assert_int_equal(recv(fd, text, sizeof text - 1, MSG_DONTWAIT), 7);
    assert_string_equal(text, "READY=1");
    setenv("NOTIFY_SOCKET", "relative", 1);
    sd_notify_send("READY=1");
    unsetenv("NOTIFY_SOCKET");
    sd_notify_send("READY=1");
    assert_int_equal(recv(fd, text, sizeof text - 1, MSG_DONTWAIT), -1);
    close(fd);
    unlink(at.sun_path);
    assert_false(sd_notify_is_watched());
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_true(sd_notify_is_watched());
    setenv("WATCHDOG_PID", "1", 1);
    assert_false(sd_notify_is_watched());
}

RUN_TESTS("steady_clock", cmocka_unit_test(small_corrections_are_followed_at_once),
          cmocka_unit_test(a_jump_is_held_off_until_three_steps_agree),
          cmocka_unit_test(a_clock_that_comes_back_is_believed_at_once),
          cmocka_unit_test(a_clock_that_keeps_jumping_is_never_believed),
          cmocka_unit_test(the_service_manager_hears_what_is_sent))
