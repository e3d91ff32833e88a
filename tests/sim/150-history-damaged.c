/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 150-history-damaged.c - the store puts files aside: one incident, named after the newest, which a restart
 * keeps, and which ends when somebody closes it or nothing more happened for a day. */
#include "tests/unit/cmocka_tests.h"

#include "lib/model/record.h"
#include "tests/sim/alert_world.h"

#define INTERVAL (60 * SECONDS)

static void damage(struct world *w, const char *entity)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Finding finding = NW__FINDING__INIT;

    record_put_finding(&record, &finding, "sw-1", "history_damaged", entity, "");
    record.wall = (uint64_t)w->now;
    engine_record(w->engine, "store", &record);
}

static struct world *town(void)
{
    char *inventory = world_town(1, 1, 1);
    struct world *w = world_new(inventory, INTERVAL, 7);

    free(inventory);
    world_run(w, 5 * INTERVAL);
    return w;
}

static void files_put_aside_are_one_incident_for_a_day(void **state)
{
    struct world *w = town();

    (void)state;
    damage(w, "if/1");
    damage(w, "if/2");
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    assert_int_equal(world_said(w, "opened", "history_damaged"), 1);
    assert_string_equal(world_first(w, "opened", "history_damaged")->severity, "minor");
    world_restart_engine(w);
    world_run(w, 23 * HOURS);
    assert_int_equal(world_said(w, "closed", NULL), 0);
    damage(w, "if/3");
    world_run(w, 23 * HOURS);
    assert_int_equal(world_said(w, "changed", "history_damaged"), 1);
    assert_int_equal(world_said(w, "closed", NULL), 0);
    world_run(w, 2 * HOURS);
    assert_int_equal(world_said(w, "closed", "history_damaged"), 1);
    assert_int_equal(world_said(w, "opened", NULL), 1);
    world_free(w);
}

static void somebody_may_close_it(void **state)
{
    struct world *w = town();
    struct engine_command close = {
        .id = "c-1", .by = "anna", .via = "dashboard", .verb = "close", .comment = "", .to = ""};

    (void)state;
    damage(w, "if/1");
    world_run(w, 2 * INTERVAL);
    close.target = world_first(w, "opened", "history_damaged")->id;
    assert_null(engine_command(w->engine, w->now, &close));
    world_run(w, 3 * INTERVAL);
    assert_int_equal(world_said(w, "closed", "history_damaged"), 1);
    damage(w, "if/2"); /* another file is another incident */
    world_run(w, 2 * INTERVAL);
    assert_int_equal(world_said(w, "opened", "history_damaged"), 2);
    world_free(w);
}

RUN_TESTS("150-history-damaged", cmocka_unit_test(files_put_aside_are_one_incident_for_a_day),
          cmocka_unit_test(somebody_may_close_it))
