/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_inventory_diff.c - a foreign inventory beside ours: what is which, what is told, what is written. */
#include "tests/unit/cmocka_tests.h"

#include <stdio.h>

#include "lib/model/inventory_diff.h"
#include "tests/unit/temp_dir.h"

static const char by_hand[] = "sites:\n"
                              "  - {id: lido, name: Freibad, lat: 53.71, lon: 10.01}\n"
                              "devices:\n"
                              "  - {id: core, address: 192.0.2.1, kind: router, core: true}\n";
static const char imported[] =
    "devices:\n"
    "  - {id: sw-1, name: Switch 1, address: 192.0.2.2, power: ups, source: 'n:1', serial: A1}\n"
    "  - {id: sw-2, name: Switch 2, address: 192.0.2.3, source: 'n:2'}\n"
    "  - {id: ups, name: USV, address: 192.0.2.4, kind: ups}\n"
    "hotspots:\n"
    "  - {id: hs, name: Kiosk, site: lido, device: sw-1, source: 'n:9', radios: [{band: 5, eirp: 23}]}\n";

struct world {
    char *hand, *ours;
    struct conf_report *report;
    struct inventory *inv;
    struct draft *draft;
    struct diff_options options;
    struct inventory_diff *diff;
};

static char *write_file(const char *dir, const char *name, const char *text)
{
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = malloc(size);
    FILE *f;

    assert_non_null(path);
    snprintf(path, size, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_ok(fclose(f));
    return path;
}

static void begin(struct world *w, const char *dir)
{
    const char *paths[2];

    *w = (struct world){.hand = write_file(dir, "hand.yaml", by_hand),
                        .ours = write_file(dir, "n.yaml", imported)};
    paths[0] = w->hand;
    paths[1] = w->ours;
    assert_ok(conf_report_new(&w->report));
    assert_ok(inventory_load(paths, 2, NULL, w->report, &w->inv));
    assert_ok(draft_new(&w->draft));
    w->options = (struct diff_options){"n", w->ours, false};
}

static struct draft_item *add(struct world *w, enum inventory_kind kind, const char *key, const char *name,
                              const char *address)
{
    struct draft_item *item;

    assert_ok(draft_add(w->draft, kind, key, key, &item));
    assert_ok(draft_put(w->draft, item, "name", name));
    if (address)
        assert_ok(draft_put(w->draft, item, "address", address));
    return item;
}

/* Everything that the source had when `imported` was written. */
static void add_all(struct world *w)
{
    assert_ok(draft_put(w->draft, add(w, INVENTORY_DEVICE, "1", "Switch 1", "192.0.2.2"), "serial", "A1"));
    add(w, INVENTORY_DEVICE, "2", "Switch 2", "192.0.2.3");
    assert_ok(draft_refer(add(w, INVENTORY_HOTSPOT, "9", "Kiosk", NULL), "device", "1"));
}

static void compare(struct world *w)
{
    assert_ok(inventory_diff_new(w->draft, w->inv, &w->options, &w->diff));
}

static void end(struct world *w)
{
    inventory_diff_free(w->diff);
    draft_free(w->draft);
    inventory_free(w->inv);
    conf_report_free(w->report);
    free(w->hand);
    free(w->ours);
}

static const struct diff_item *find(const struct world *w, enum diff_state state)
{
    const struct diff_item *found = NULL;

    for (size_t i = 0; i < w->diff->count; i++)
        if (w->diff->items[i].state == state) {
            assert_null(found); /* exactly one */
            found = &w->diff->items[i];
        }
    assert_non_null(found);
    return found;
}

static void what_the_source_had_before_makes_no_difference(void **state)
{
    struct world w;

    begin(&w, *state);
    add_all(&w);
    compare(&w);
    assert_int_equal(w.diff->counts[DIFF_SAME], 3);
    assert_int_equal(w.diff->count, 3);
    end(&w);
}

static void one_field_that_changed_is_one_difference(void **state)
{
    struct world w;
    const struct diff_item *d;

    begin(&w, *state);
    add_all(&w);
    assert_ok(draft_put(w.draft, w.draft->items[1], "address", "192.0.2.33"));
    compare(&w);
    d = find(&w, DIFF_CHANGED);
    assert_string_equal(d->id, "sw-2");
    assert_int_equal(d->field_count, 1);
    assert_string_equal(d->fields[0].name, "address");
    assert_string_equal(d->fields[0].before, "192.0.2.3");
    assert_string_equal(d->fields[0].after, "192.0.2.33");
    end(&w);
}

static void a_device_made_anew_at_the_source_keeps_its_id(void **state)
{
    struct world w;

    begin(&w, *state);
    /* renamed, moved and with a new key: only the serial number tells; the other by its name */
    assert_ok(draft_put(w.draft, add(&w, INVENTORY_DEVICE, "77", "Neu", "192.0.2.99"), "serial", "A1"));
    add(&w, INVENTORY_DEVICE, "78", "switch 2", "192.0.2.98");
    assert_ok(draft_refer(add(&w, INVENTORY_HOTSPOT, "9", "Kiosk", NULL), "device", "77"));
    compare(&w);
    assert_int_equal(w.diff->counts[DIFF_CHANGED], 2);
    assert_int_equal(w.diff->counts[DIFF_NEW] + w.diff->counts[DIFF_MISSING], 0);
    assert_string_equal(w.diff->items[0].id, "sw-1");
    assert_string_equal(w.diff->items[1].id, "sw-2");
    end(&w);
}

static void what_is_written_by_hand_is_compared_and_not_written(void **state)
{
    struct buf out = BUF_INIT;
    struct world w;
    const struct diff_item *d;

    begin(&w, *state);
    add_all(&w);
    add(&w, INVENTORY_DEVICE, "3", "core", "192.0.2.111");
    compare(&w);
    d = find(&w, DIFF_ELSEWHERE);
    assert_string_equal(d->id, "core");
    assert_int_equal(d->field_count, 1); /* the address; not the source */
    assert_int_equal(d->at.line, 4);
    inventory_diff_write(&out, w.diff, w.inv, &w.options);
    assert_null(strstr(out.data, "192.0.2.111"));
    buf_fini(&out);
    end(&w);
}

static void what_was_added_by_hand_to_our_file_stays(void **state)
{
    struct buf out = BUF_INIT;
    struct world w;

    begin(&w, *state);
    add_all(&w);
    assert_ok(draft_put(w.draft, w.draft->items[0], "name", "Switch eins"));
    compare(&w);
    inventory_diff_write(&out, w.diff, w.inv, &w.options);
    assert_ok(buf_error(&out));
    assert_non_null(
        strstr(out.data, "name: \"Switch eins\", address: \"192.0.2.2\", serial: \"A1\", power: \"ups\""));
    assert_non_null(strstr(out.data, "{id: \"ups\""));
    assert_non_null(strstr(out.data, "radios: [{band: 5, eirp: 23}]"));
    assert_null(strstr(out.data, "\"core\"")); /* of the other file */
    buf_fini(&out);
    end(&w);
}

static void what_vanished_at_the_source_is_listed_and_removed_only_if_asked(void **state)
{
    for (int removes = 0; removes < 2; removes++) {
        struct buf out = BUF_INIT;
        struct world w;

        begin(&w, *state);
        w.options.removes_missing = removes;
        assert_ok(
            draft_put(w.draft, add(&w, INVENTORY_DEVICE, "1", "Switch 1", "192.0.2.2"), "serial", "A1"));
        assert_ok(draft_refer(add(&w, INVENTORY_HOTSPOT, "9", "Kiosk", NULL), "device", "1"));
        compare(&w);
        assert_string_equal(find(&w, DIFF_MISSING)->id, "sw-2"); /* not ups, which is nobody's but ours */
        inventory_diff_write(&out, w.diff, w.inv, &w.options);
        assert_int_equal(strstr(out.data, "sw-2") == NULL, removes);
        buf_fini(&out);
        end(&w);
    }
}

static void an_item_that_is_refused_is_not_taken_for_missing(void **state)
{
    struct world w;

    begin(&w, *state);
    add_all(&w);
    assert_ok(draft_refuse(w.draft, w.draft->items[1], "planned"));
    compare(&w);
    assert_int_equal(w.diff->counts[DIFF_MISSING], 0);
    assert_int_equal(w.diff->counts[DIFF_REFUSED], 1);
    end(&w);
}

static void new_items_get_ids_and_what_they_lack_is_said(void **state)
{
    struct world w;

    begin(&w, *state);
    add_all(&w);
    add(&w, INVENTORY_DEVICE, "10", "Gebäude Süd", "192.0.2.10");
    add(&w, INVENTORY_DEVICE, "11", "Gebäude Süd", "192.0.2.11");
    add(&w, INVENTORY_DEVICE, "12", NULL, "192.0.2.12");
    assert_ok(draft_refer(w.draft->items[3], "uplink", "2"));
    assert_ok(draft_refer(w.draft->items[4], "uplink", "404"));
    add(&w, INVENTORY_DEVICE, "13", "Ohne Adresse", NULL);
    assert_ok(draft_refer(add(&w, INVENTORY_HOTSPOT, "15", "Niemandes", NULL), "site", "lido"));
    add(&w, INVENTORY_DEVICE, "14", "Frech", "192.0.2.1; reboot");
    compare(&w);
    assert_int_equal(w.diff->counts[DIFF_NEW], 3);
    assert_string_equal(w.diff->items[2].id, "gebaeude-sued");
    assert_string_equal(((struct device *)w.draft->items[3]->values)->uplink, "sw-2");
    assert_string_equal(w.diff->items[3].id, "gebaeude-sued-2");
    assert_string_equal(w.diff->items[4].id, "device-12");
    assert_int_equal(w.draft->remark_count, 4);
    assert_non_null(strstr(w.draft->remarks[3].text, "neither a device that is taken"));
    assert_non_null(strstr(w.draft->remarks[0].text, "does not say its address"));
    assert_non_null(strstr(w.draft->remarks[1].text, "address: expected"));
    assert_non_null(strstr(w.draft->remarks[2].text, "uplink: no device \"404\""));
    end(&w);
}

static void a_guess_is_taken_for_a_new_item_and_never_again(void **state)
{
    struct world w;

    begin(&w, *state);
    add_all(&w);
    for (size_t i = 0; i < 2; i++)
        assert_ok(draft_guess(w.draft, w.draft->items[i], "kind", "olt"));
    add(&w, INVENTORY_DEVICE, "10", "Neu", "192.0.2.10");
    assert_ok(draft_guess(w.draft, w.draft->items[3], "kind", "olt"));
    assert_ok(draft_guess(w.draft, w.draft->items[3], "address", "192.0.2.99")); /* the source has said so */
    compare(&w);
    assert_int_equal(w.diff->counts[DIFF_CHANGED], 0);
    assert_int_equal(((struct device *)w.draft->items[3]->values)->kind, DEVICE_OLT);
    assert_string_equal(((struct device *)w.draft->items[3]->values)->address, "192.0.2.10");
    end(&w);
}

static void an_id_is_taken_once(void **state)
{
    struct world w;

    begin(&w, *state);
    add_all(&w);
    /* two that want the id of a third; one only guesses it */
    assert_ok(draft_put(w.draft, add(&w, INVENTORY_DEVICE, "10", "Zehn", "192.0.2.10"), "id", "sw-1"));
    assert_ok(draft_guess(w.draft, add(&w, INVENTORY_DEVICE, "11", "Elf", "192.0.2.11"), "id", "sw-1"));
    compare(&w);
    assert_int_equal(w.diff->counts[DIFF_REFUSED], 1);
    assert_non_null(strstr(w.draft->remarks[0].text, "the id \"sw-1\" is taken by another device"));
    assert_int_equal(w.diff->counts[DIFF_NEW], 1);
    assert_string_equal(w.diff->items[2].id, "elf");
    end(&w);
}

static void what_is_called_otherwise_is_known_by_its_place(void **state)
{
    struct world w;

    begin(&w, *state);
    add(&w, INVENTORY_DEVICE, "x1", "Eins", "192.0.2.2");
    add(&w, INVENTORY_DEVICE, "x2", "Zwei", "192.0.2.4");
    assert_ok(draft_refer(add(&w, INVENTORY_HOTSPOT, "x3", "Bude", NULL), "device", "x1"));
    compare(&w);
    assert_int_equal(w.diff->counts[DIFF_NEW], 0);
    assert_string_equal(w.diff->items[0].id, "sw-1");
    assert_string_equal(w.diff->items[1].id, "ups");
    assert_string_equal(w.diff->items[3].id, "hs"); /* [2] is sw-2, missing */
    assert_int_equal(w.diff->items[3].state, DIFF_CHANGED);
    end(&w);
}

static void the_text_makes_an_inventory_that_is_right(void **state)
{
    struct inventory_overlay overlay;
    struct buf out = BUF_INIT;
    struct inventory *after;
    struct world w;
    const char *paths[2];
    size_t count;

    begin(&w, *state);
    add_all(&w);
    assert_ok(draft_refer(add(&w, INVENTORY_DEVICE, "10", "Neu", "192.0.2.10"), "uplink", "1"));
    compare(&w);
    inventory_diff_write(&out, w.diff, w.inv, &w.options);
    paths[0] = w.hand;
    paths[1] = w.ours;
    overlay = (struct inventory_overlay){w.ours, out.data, out.len};
    assert_ok(inventory_load_with(paths, 2, NULL, &overlay, w.report, &after));
    inventory_devices(after, &count);
    assert_int_equal(count, 5);
    assert_string_equal(inventory_device(after, "neu")->uplink, "sw-1");
    assert_string_equal(inventory_device(after, "sw-1")->power, "ups");
    inventory_free(after);
    overlay = (struct inventory_overlay){"new.yaml", "devices: [{id: core, address: a}]", 33};
    assert_int_equal(inventory_load_with(paths, 2, NULL, &overlay, w.report, &after), ERR_CONFIG);
    assert_non_null(
        strstr(conf_report_text(w.report), "new.yaml:1:11: the device id \"core\" stands here a second"));
    buf_fini(&out);
    end(&w);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, temp_dir_setup, temp_dir_teardown)

RUN_TESTS("inventory_diff", WITH_DIR(what_the_source_had_before_makes_no_difference),
          WITH_DIR(one_field_that_changed_is_one_difference),
          WITH_DIR(a_device_made_anew_at_the_source_keeps_its_id),
          WITH_DIR(what_is_written_by_hand_is_compared_and_not_written),
          WITH_DIR(what_was_added_by_hand_to_our_file_stays),
          WITH_DIR(what_vanished_at_the_source_is_listed_and_removed_only_if_asked),
          WITH_DIR(an_item_that_is_refused_is_not_taken_for_missing),
          WITH_DIR(a_guess_is_taken_for_a_new_item_and_never_again), WITH_DIR(an_id_is_taken_once),
          WITH_DIR(what_is_called_otherwise_is_known_by_its_place),
          WITH_DIR(new_items_get_ids_and_what_they_lack_is_said),
          WITH_DIR(the_text_makes_an_inventory_that_is_right))
