/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_incident_sums.c - the figures of a year: what incidents cost, by cause and place. */
#include <string.h>

#include "coverage/incident_sums.h"
#include "tests/unit/cmocka_tests.h"
#include "tests/unit/inventory_of.h"

static const char town[] = "sites:\n"
                           "  - {id: mill, name: '=Mill', lat: 53.7, lon: 10.0}\n"
                           "  - {id: lido, name: Lido, lat: 53.7, lon: 10.1}\n"
                           "devices:\n"
                           "  - {id: ap-1, name: AP, address: 127.0.0.1, kind: ap, site: mill}\n"
                           "hotspots:\n"
                           "  - {id: hs-1, name: H1, site: mill, device: ap-1}\n"
                           "  - {id: hs-2, name: H2, site: mill, device: ap-1}\n"
                           "  - {id: hs-3, name: H3, site: lido, device: ap-1}\n";

static void add(struct incident_sums *s, const char *type, double user_minutes, const char *const *hotspots,
                size_t count)
{
    Nw__Incident i = NW__INCIDENT__INIT;
    Nw__Member members[4], *list[4];

    for (size_t k = 0; k < count; k++) {
        nw__member__init(&members[k]);
        members[k].kind = (char *)"hotspot";
        members[k].id = (char *)(uintptr_t)hotspots[k];
        list[k] = &members[k];
    }
    i.type = (char *)(uintptr_t)type;
    i.user_minutes = user_minutes;
    i.members = list;
    i.n_members = count;
    assert_ok(incident_sums_add(s, &i));
}

static void assert_has(const struct buf *text, const char *row)
{
    if (!strstr(text->data, row))
        fail_msg("no %s in %s", row, text->data);
}

static void hotspots_share_what_their_incident_cost(void **state)
{
    static const char *const both[] = {"hs-1", "hs-2", "hs-3", "hs-gone"}, *const one[] = {"hs-3"};
    struct inventory *inventory = inventory_of(town, strlen(town));
    struct incident_sums *s = NULL;
    struct buf text = BUF_INIT;
    struct csv_out csv;

    (void)state;
    assert_ok(incident_sums_new(inventory, &s));
    add(s, "fibre_cut", 300, both, 4); /* 100 for each that is known */
    add(s, "fibre_cut", 11.5, one, 1);
    add(s, "monitor_blind", 0, NULL, 0);
    csv_init(&csv, &text);
    incident_sums_csv(s, 0, 60 * SECONDS, &csv);
#define PERIOD ",1970-01-01T00:00:00.000Z,1970-01-01T00:01:00.000Z,"
    assert_has(&text, "by,id,name,from,to,incidents,user_minutes\r\n");
    assert_has(&text, "\r\ntype,fibre_cut," PERIOD "2,311.5\r\n");
    assert_has(&text, "\r\ntype,monitor_blind," PERIOD "1,0.0\r\n");
    assert_has(&text, "\r\nsite,mill,\"'=Mill\"" PERIOD "1,200.0\r\n");
    assert_has(&text, "\r\nsite,lido,Lido" PERIOD "2,111.5\r\n");
    buf_fini(&text);
    incident_sums_free(s);
    inventory_free(inventory);
}

RUN_TESTS("incident_sums", cmocka_unit_test(hotspots_share_what_their_incident_cost))
