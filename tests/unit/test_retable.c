/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/cmocka_tests.h"

#include "collector/collector_internal.h"
#include "lib/model/record.h"
#include "tests/unit/journal_place.h"
#include "tests/unit/temp_dir.h"

static journal_pos append_samples(struct journal_writer *w, Nw__Table *table)
{
    Nw__Record record = NW__RECORD__INIT;
    Nw__Samples samples = NW__SAMPLES__INIT;
    struct buf bytes = BUF_INIT;
    journal_pos pos = 0;

    record.wall = 1;
    record.body_case = NW__RECORD__BODY_SAMPLES;
    record.samples = &samples;
    samples.source = "d1";
    samples.table = table;
    assert_ok(record_pack(&record, &bytes));
    assert_ok(journal_append(w, 0, bytes.data, bytes.len, &pos));
    buf_fini(&bytes);
    return pos;
}

static void a_table_comes_back_from_the_segment_before_in_its_version_only(void **state)
{
    Nw__Entity entity = NW__ENTITY__INIT, *entities[] = {&entity};
    Nw__Table table = NW__TABLE__INIT;
    struct settings settings = {.journal_dir = *state};
    struct collector c = {.o.settings = &settings};
    struct unit u = {.c = &c};
    struct journal_writer *w = writer(*state);
    journal_pos with, without;
    Nw__Record *record;

    entity.id = "if/ge-0/0/1";
    table.version = 7;
    table.entities = entities;
    table.n_entities = 1;
    assert_null(retable(&u, 7)); /* never written */
    with = append_samples(w, &table);
    without = append_samples(w, NULL);
    journal_writer_close(w);
    w = writer(*state); /* the next segment */
    u.table_at = with;
    record = retable(&u, 7);
    assert_non_null(record);
    assert_int_equal(record->samples->table->n_entities, 1);
    assert_string_equal(record->samples->table->entities[0]->id, "if/ge-0/0/1");
    record_free(record);
    assert_null(retable(&u, 8));
    u.table_at = without;
    assert_null(retable(&u, 7));
    u.table_at = (journal_pos)9 << 32 | 40; /* a segment that is gone */
    assert_null(retable(&u, 7));
    journal_reader_close(c.own);
    journal_writer_close(w);
}

RUN_TESTS("retable",
          cmocka_unit_test_setup_teardown(a_table_comes_back_from_the_segment_before_in_its_version_only,
                                          temp_dir_setup, temp_dir_teardown))
