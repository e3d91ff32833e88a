/* SPDX-License-Identifier: GPL-3.0-or-later */
/* controller_agent.c - a wireless controller of any size for benchmarks and tests: tables are computed,
 * nothing is stored but what a command changed. WLSX-WLAN-MIB: wlsxWlanAPTable (20 columns),
 * wlsxWlanRadioTable (12 columns, 2 radios), wlsxWlanAPBssidTable (6 columns, 3 SSIDs a radio): 80 objects an
 * access point.
 *
 * Usage: controller_agent PORT APS [ABSENT]. Answers on 127.0.0.1, community "public"; the last ABSENT access
 * points are not listed at first. Commands on stdin, one answer line each: "ok", or for `report` what was
 * served since the last one, as JSON. Ends with stdin.
 *
 *   remove I   add I   status I 1|2   serial I TEXT   epoch N   mute ROW (silent on AP rows >= ROW; -1: none)
 *
 * What it says of access point I in epoch E (tests/bench/controller.py knows the same):
 *   MAC 02:1a:00:hh:hh:hh of I, name ap-I, serial SIM0000I, status 2 where I % 50 = 7, else 1,
 *   clients of radio R (1, 2): 0 if down, else (7 I + 3 R + E) % 40, utilisation (13 I + R + E) % 100 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "city/agent.h"
#include "lib/base/err.h"

enum { APS_MAX = 100000, RADIOS = 2, SSIDS = 3, PREFIX = 14, SERIAL_SIZE = 24, REPLY_MAX = 8192 };
enum { AP_COLUMNS = 20, RADIO_COLUMNS = 12, BSS_COLUMNS = 6 };

/* Sub-identifiers of the entries below wlsxWlanAccessPointInfoGroup. */
enum { TABLE_AP = 4, TABLE_RADIO = 5, TABLE_BSS = 7 };

static const uint32_t group[] = {1, 3, 6, 1, 4, 1, 14823, 2, 2, 1, 5, 2, 1};

static const struct {
    uint32_t table, columns, rows_per_ap, index_len;
} tables[] = {{TABLE_AP, AP_COLUMNS, 1, 6},
              {TABLE_RADIO, RADIO_COLUMNS, RADIOS, 7},
              {TABLE_BSS, BSS_COLUMNS, RADIOS *SSIDS, 8}};

static struct {
    uint32_t count, epoch;
    int64_t mute;
    uint8_t *is_absent, *status; /* status 0: by rule */
    char (*serial)[SERIAL_SIZE]; /* "": by rule */
    uint64_t requests, bulks, varbinds;
    uint64_t served[ARRAY_LEN(tables)][32];
} c = {.mute = -1};

static int status_of(uint32_t ap)
{
    return c.status[ap] ? c.status[ap] : ap % 50 == 7 ? 2 : 1;
}

/* ---- values ---- */

static void put_int(struct agent_value *v, int64_t n)
{
    v->tag = AGENT_INTEGER;
    v->integer = n;
}

static void put_text(struct agent_value *v)
{
    v->tag = AGENT_STRING;
    v->bytes = v->text;
    v->len = strlen(v->text);
}

static void ap_value(uint32_t ap, uint32_t column, struct agent_value *v)
{
    switch (column) {
    case 3: snprintf(v->text, sizeof v->text, "ap-%u", ap); break;
    case 4: snprintf(v->text, sizeof v->text, "group-%u", ap / 100); break;
    case 6:
        if (c.serial[ap][0])
            snprintf(v->text, sizeof v->text, "%s", c.serial[ap]);
        else
            snprintf(v->text, sizeof v->text, "SIM%07u", ap);
        break;
    case 12:
        v->tag = AGENT_TIMETICKS;
        v->number = 8640000 + ap;
        return;
    case 13: snprintf(v->text, sizeof v->text, "325"); break;
    case 19: put_int(v, status_of(ap)); return;
    default: put_int(v, ap % 7 + column); return;
    }
    put_text(v);
}

static void radio_value(uint32_t ap, uint32_t radio, uint32_t column, struct agent_value *v)
{
    switch (column) {
    case 2: put_int(v, radio == 1 ? 1 : 3); break;
    case 3: put_int(v, radio == 1 ? 100 + 4 * (ap % 4) : 1 + 5 * (ap % 3)); break;
    case 6: put_int(v, (13 * ap + radio + c.epoch) % 100); break;
    case 7: put_int(v, status_of(ap) == 1 ? (7 * ap + 3 * radio + c.epoch) % 40 : 0); break;
    default: put_int(v, ap % 11 + column); break;
    }
}

/* ---- the view ---- */

struct place {
    size_t table;
    uint32_t column, ap, sub; /* sub: radio or BSS of the access point, from 0 */
};

static bool settle(struct place *p)
{
    while (p->ap < c.count && c.is_absent[p->ap]) {
        p->ap++;
        p->sub = 0;
    }
    return p->ap < c.count;
}

/* To the first row of the next column. */
static bool next_column(struct place *p)
{
    do {
        p->ap = p->sub = 0;
        if (++p->column > tables[p->table].columns) {
            p->column = 1;
            if (++p->table == ARRAY_LEN(tables))
                return false;
        }
    } while (!settle(p));
    return true;
}

static void put_oid(const struct place *p, struct agent_oid *out)
{
    uint32_t *id = out->id + ARRAY_LEN(group);

    memcpy(out->id, group, sizeof group);
    *id++ = tables[p->table].table;
    *id++ = 1;
    *id++ = p->column;
    *id++ = 2;
    *id++ = 26;
    *id++ = 0;
    *id++ = p->ap >> 16 & 255;
    *id++ = p->ap >> 8 & 255;
    *id++ = p->ap & 255;
    if (tables[p->table].table == TABLE_RADIO)
        *id++ = p->sub + 1;
    if (tables[p->table].table == TABLE_BSS) {
        *id++ = p->sub / SSIDS + 1;
        *id++ = p->sub % SSIDS + 1;
    }
    out->len = (uint32_t)(id - out->id);
}

static void put_value(const struct place *p, struct agent_value *v)
{
    c.served[p->table][p->column]++;
    if (tables[p->table].table == TABLE_AP)
        ap_value(p->ap, p->column, v);
    else if (tables[p->table].table == TABLE_RADIO)
        radio_value(p->ap, p->sub + 1, p->column, v);
    else
        put_int(v, p->ap % 13 + p->sub + p->column);
}

/* The first place whose OID is behind `oid`: by bisection over everything that could be there. */
static bool place_behind(const struct agent_oid *oid, struct place *p)
{
    for (*p = (struct place){.column = 1}; p->table < ARRAY_LEN(tables); p->table++) {
        uint64_t rows = (uint64_t)c.count * tables[p->table].rows_per_ap, lo = 0;
        uint64_t hi = rows * tables[p->table].columns;

        while (lo < hi) {
            uint64_t mid = (lo + hi) / 2;
            struct agent_oid at;

            p->column = (uint32_t)(mid / rows) + 1;
            p->ap = (uint32_t)(mid % rows / tables[p->table].rows_per_ap);
            p->sub = (uint32_t)(mid % rows % tables[p->table].rows_per_ap);
            put_oid(p, &at);
            if (agent_oid_compare(at.id, at.len, oid->id, oid->len) <= 0)
                lo = mid + 1;
            else
                hi = mid;
        }
        if (lo == rows * tables[p->table].columns)
            continue;
        p->column = (uint32_t)(lo / rows) + 1;
        p->ap = (uint32_t)(lo % rows / tables[p->table].rows_per_ap);
        p->sub = (uint32_t)(lo % rows % tables[p->table].rows_per_ap);
        return settle(p) || next_column(p);
    }
    return false;
}

static bool is_muted; /* by the request in hand */

static bool view_next(void *ctx, const struct agent_oid *after, struct agent_oid *out, struct agent_value *v)
{
    struct place p;

    (void)ctx;
    if (!place_behind(after, &p))
        return false;
    is_muted |= c.mute >= 0 && tables[p.table].table == TABLE_AP && p.ap >= c.mute;
    put_oid(&p, out);
    put_value(&p, v);
    return true;
}

static bool system_value(const struct agent_oid *oid, struct agent_value *v)
{
    static const uint32_t system[] = {1, 3, 6, 1, 2, 1, 1};
    static const uint32_t object[] = {1, 3, 6, 1, 4, 1, 14823, 1, 1, 30};

    if (oid->len != 9 || oid->id[8] != 0 || memcmp(oid->id, system, sizeof system) != 0)
        return false;
    switch (oid->id[7]) {
    case 1: snprintf(v->text, sizeof v->text, "ArubaOS (MODEL: Aruba7240), Version 8.6.0.4"); break;
    case 2:
        v->tag = AGENT_OID;
        memcpy(v->oid, object, sizeof object);
        v->oid_len = ARRAY_LEN(object);
        return true;
    case 3:
        v->tag = AGENT_TIMETICKS;
        v->number = 360000;
        return true;
    case 5: snprintf(v->text, sizeof v->text, "controller"); break;
    default: return false;
    }
    put_text(v);
    return true;
}

static void view_get(void *ctx, const struct agent_oid *oid, struct agent_value *v)
{
    struct agent_oid before = *oid, at;
    struct place p;

    (void)ctx;
    if (system_value(oid, v))
        return;
    v->tag = AGENT_NO_INSTANCE;
    if (oid->len <= ARRAY_LEN(group) || oid->id[oid->len - 1] == 0)
        return;
    before.id[before.len - 1]--;
    before.id[before.len] = UINT32_MAX; /* nothing lies between this and oid */
    before.len++;
    if (!place_behind(&before, &p))
        return;
    put_oid(&p, &at);
    if (agent_oid_compare(at.id, at.len, oid->id, oid->len) != 0)
        return;
    is_muted |= c.mute >= 0 && tables[p.table].table == TABLE_AP && p.ap >= c.mute;
    put_value(&p, v);
}

/* ---- the wire and the commands ---- */

static void answer(int fd)
{
    static const struct agent_view view = {view_get, view_next, NULL};
    uint8_t request[2048], reply[REPLY_MAX];
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    ssize_t n = recvfrom(fd, request, sizeof request, 0, (struct sockaddr *)&from, &from_len);
    size_t len, varbinds = 0;

    if (n <= 0)
        return;
    is_muted = false;
    len = agent_answer(&view, "public", request, (size_t)n, reply, sizeof reply, &varbinds);
    if (!len || is_muted)
        return;
    c.requests++;
    c.varbinds += varbinds;
    sendto(fd, reply, len, 0, (struct sockaddr *)&from, from_len);
}

static void report(void)
{
    printf("{\"requests\": %llu, \"varbinds\": %llu, \"objects\": %llu, \"columns\": {",
           (unsigned long long)c.requests, (unsigned long long)c.varbinds,
           (unsigned long long)c.count *
               (AP_COLUMNS + RADIO_COLUMNS * RADIOS + BSS_COLUMNS * RADIOS * SSIDS));
    for (size_t t = 0, n = 0; t < ARRAY_LEN(tables); t++)
        for (uint32_t k = 1; k <= tables[t].columns; k++)
            if (c.served[t][k])
                printf("%s\"%u.%u\": %llu", n++ ? ", " : "", tables[t].table, k,
                       (unsigned long long)c.served[t][k]);
    printf("}}\n");
    c.requests = c.varbinds = 0;
    memset(c.served, 0, sizeof c.served);
}

static void command(char *line)
{
    char verb[16] = "", text[SERIAL_SIZE] = "";
    long i = 0;
    int n = sscanf(line, "%15s %ld %23s", verb, &i, text);
    bool is_ap = n >= 2 && i >= 0 && i < (long)c.count;

    if (strcmp(verb, "report") == 0) {
        report();
        return;
    }
    if (strcmp(verb, "mute") == 0 && n == 2)
        c.mute = i;
    else if (strcmp(verb, "epoch") == 0 && n == 2)
        c.epoch = (uint32_t)i;
    else if ((strcmp(verb, "remove") == 0 || strcmp(verb, "add") == 0) && is_ap)
        c.is_absent[i] = verb[0] == 'r';
    else if (strcmp(verb, "status") == 0 && is_ap)
        c.status[i] = (uint8_t)atoi(text);
    else if (strcmp(verb, "serial") == 0 && is_ap)
        memcpy(c.serial[i], text, sizeof text);
    else {
        puts("what?");
        return;
    }
    puts("ok");
}

int main(int argc, char **argv)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), buffer = 4 << 20;
    char line[128];

    if (argc < 3 || atoi(argv[2]) < 1 || atoi(argv[2]) > APS_MAX) {
        fprintf(stderr, "usage: controller_agent PORT APS [ABSENT]\n");
        return 64;
    }
    c.count = (uint32_t)atoi(argv[2]);
    c.is_absent = calloc(c.count, 1);
    c.status = calloc(c.count, 1);
    c.serial = calloc(c.count, sizeof *c.serial);
    if (!c.is_absent || !c.status || !c.serial)
        return 71;
    for (uint32_t i = argc > 3 ? c.count - (uint32_t)atoi(argv[3]) : c.count; i < c.count; i++)
        c.is_absent[i] = 1;
    at.sin_port = htons((uint16_t)atoi(argv[1]));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at)) {
        perror("controller_agent");
        return 71;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0); /* poll() must see what is there */
    puts("ready");
    for (;;) {
        struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};

        if (poll(fds, ARRAY_LEN(fds), -1) < 0)
            return 71;
        if (fds[0].revents)
            answer(fd);
        if (fds[1].revents) {
            if (!fgets(line, sizeof line, stdin))
                return 0;
            command(line);
        }
    }
}
