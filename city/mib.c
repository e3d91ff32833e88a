/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib.c - finds objects in a family's table of columns, in lexicographic order. Pure. */
#include "city/mib.h"

#include <math.h>
#include <string.h>

#include "city/mib_parts.h"
#include "lib/base/strx.h"

/* ---- values ---- */

void put_int(struct agent_value *v, int64_t value)
{
    v->tag = AGENT_INTEGER;
    v->integer = value;
}

void put_count(struct agent_value *v, enum agent_tag tag, double value)
{
    v->tag = tag;
    v->number = value > 0 ? (uint64_t)value : 0;
    if (tag != AGENT_COUNTER64)
        v->number &= 0xffffffff; /* wraps as a real counter does */
}

void put_gauge(struct agent_value *v, double value)
{
    put_count(v, AGENT_GAUGE32, value > 0xffffffff ? 0xffffffff : floor(value + 0.5));
}

void put_text(struct agent_value *v, const char *text)
{
    strx_copy(v->text, sizeof v->text, text);
    v->tag = AGENT_STRING;
    v->bytes = v->text;
    v->len = strlen(v->text);
}

void put_bytes(struct agent_value *v, const uint8_t *bytes, size_t len)
{
    v->tag = AGENT_STRING;
    v->len = len < AGENT_TEXT_MAX ? len : AGENT_TEXT_MAX;
    memcpy(v->text, bytes, v->len);
    v->bytes = v->text;
}

void put_object(struct agent_value *v, const uint32_t *oid, size_t len)
{
    v->tag = AGENT_OID;
    v->oid_len = len < ARRAY_LEN(v->oid) ? len : ARRAY_LEN(v->oid);
    memcpy(v->oid, oid, v->oid_len * sizeof *oid);
}

const struct city_device *mib_device(const struct mib_agent *a)
{
    return &a->sim->city->devices[a->device];
}

const int *mib_rows(const struct mib_agent *a, size_t *count)
{
    *count = a->sim->devices[a->device].row_count;
    return a->sim->devices[a->device].rows;
}

enum family mib_family(enum role role)
{
    switch (role) {
    case ROLE_CORE:
    case ROLE_AGGREGATION:
    case ROLE_ACCESS: return FAMILY_JUNOS;
    case ROLE_UPS: return FAMILY_UPS;
    case ROLE_CONTROLLER: return FAMILY_ARUBAOS;
    case ROLE_DHCP: return FAMILY_LINUX;
    case ROLE_AP:
    case ROLE_COUNT: break;
    }
    return FAMILY_UNIFI;
}

static const struct table *family_table(enum family family)
{
    switch (family) {
    case FAMILY_ARUBAOS: return &mib_arubaos;
    case FAMILY_JUNOS: return &mib_junos;
    case FAMILY_UPS: return &mib_ups;
    case FAMILY_LINUX: return &mib_linux;
    case FAMILY_UNIFI:
    case FAMILY_COUNT: break;
    }
    return &mib_unifi;
}

size_t mib_message_max(enum family family)
{
    switch (family) {
    case FAMILY_UPS: return 1472; /* small management cards don't fragment */
    case FAMILY_UNIFI: return 4096;
    case FAMILY_ARUBAOS:
    case FAMILY_JUNOS:
    case FAMILY_LINUX:
    case FAMILY_COUNT: break;
    }
    return 8192;
}

/* ---- rows ---- */

static size_t poe_count(const struct mib_agent *a)
{
    const struct city_device *d = mib_device(a);
    size_t n = 0;

    for (size_t i = 0; i < d->port_count; i++)
        n += d->ports[i].kind == PORT_AP;
    return n;
}

size_t mib_poe_port(const struct mib_agent *a, size_t row)
{
    const struct city_device *d = mib_device(a);
    size_t i = 0;

    while (d->ports[i].kind != PORT_AP || row--)
        i++;
    return i;
}

uint32_t mib_far_address(const struct mib_agent *a, size_t port)
{
    const struct city_port *p = &mib_device(a)->ports[port];
    int device = mib_told_device(a, port);

    return device >= 0 ? a->sim->city->devices[device].address : MIB_ROW_ADDRESSES + (uint32_t)p->hotspot;
}

int mib_told_device(const struct mib_agent *a, size_t port)
{
    const struct city_port *p = &mib_device(a)->ports[port];

    return p->kind == PORT_UPLINK && a->device == a->sim->city->mistakes.confused
               ? a->sim->city->mistakes.taken_for
               : p->device;
}

/* The port of this switch that a stranger shares; -1: none. */
static int shared_port(const struct mib_agent *a)
{
    const struct city *c = a->sim->city;
    int hotspot = c->mistakes.shared_port;

    return hotspot >= 0 && c->hotspots[hotspot].access == a->device ? c->hotspots[hotspot].access_port : -1;
}

size_t mib_neighbour_port(const struct mib_agent *a, size_t row, bool *is_second)
{
    int shared = shared_port(a);

    *is_second = shared >= 0 && row == (size_t)shared + 1;
    return shared >= 0 && row > (size_t)shared ? row - 1 : row;
}

static size_t row_count(const struct mib_agent *a, enum rows rows)
{
    switch (rows) {
    case ROWS_SCALAR:
    case ROWS_ONE: return 1;
    case ROWS_IF: return mib_if_count(a);
    case ROWS_RADIO:
    case ROWS_POOL:
    case ROWS_SLOT: return 2;
    case ROWS_VAP:
    case ROWS_CORE: return 4;
    case ROWS_AP: return a->sim->devices[a->device].row_count;
    case ROWS_AP_RADIO: return a->sim->devices[a->device].row_count * 2;
    case ROWS_OPTIC: return mib_device(a)->optic_count;
    case ROWS_NEIGHBOUR: return mib_device(a)->port_count + (shared_port(a) >= 0);
    case ROWS_ADDRESS:
    case ROWS_PORT: return mib_device(a)->port_count;
    case ROWS_POE: return poe_count(a);
    }
    return 0;
}

static size_t put_index(uint32_t *out, const uint8_t *mac)
{
    for (int i = 0; i < 6; i++)
        out[i] = mac[i];
    return 6;
}

/* The index of a row: grows with row. Returns its length. */
static size_t row_index(const struct mib_agent *a, enum rows rows, size_t row, uint32_t out[MIB_INDEX_MAX])
{
    const struct city_device *d = mib_device(a);
    bool is_second;
    size_t n;

    out[0] = (uint32_t)row + 1;
    switch (rows) {
    case ROWS_SCALAR: out[0] = 0; return 1;
    case ROWS_ONE:
    case ROWS_RADIO:
    case ROWS_POOL:
    case ROWS_VAP: return 1;
    case ROWS_IF: out[0] = mib_if_index(a, row); return 1;
    case ROWS_CORE: out[0] = 196608 + (uint32_t)row; return 1;
    case ROWS_AP: return put_index(out, a->sim->city->hotspots[mib_rows(a, &n)[row]].mac);
    case ROWS_AP_RADIO:
        n = put_index(out, a->sim->city->hotspots[mib_rows(a, &n)[row / 2]].mac);
        out[n] = (uint32_t)(row % 2) + 1;
        return n + 1;
    case ROWS_SLOT:
        out[0] = row ? 9 : 7;
        out[1] = 1;
        out[2] = out[3] = 0;
        return 4;
    case ROWS_OPTIC: out[0] = JUNOS_PORT_BASE + (uint32_t)d->optics[row]; return 1;
    case ROWS_PORT: out[0] = JUNOS_PORT_BASE + (uint32_t)row; return 1;
    case ROWS_NEIGHBOUR:
        out[0] = 0; /* time mark */
        out[1] = JUNOS_PORT_BASE + (uint32_t)mib_neighbour_port(a, row, &is_second);
        out[2] = is_second ? 2 : 1;
        return 3;
    case ROWS_ADDRESS:
        out[0] = 0;
        out[1] = JUNOS_PORT_BASE + (uint32_t)row;
        out[2] = 1;
        n = 3;
        out[n++] = 1; /* IPv4 */
        out[n++] = 4;
        for (int shift = 24; shift >= 0; shift -= 8)
            out[n++] = mib_far_address(a, row) >> shift & 0xff;
        return n;
    case ROWS_POE:
        out[0] = 1;
        out[1] = JUNOS_PORT_BASE + (uint32_t)mib_poe_port(a, row);
        return 2;
    }
    return 1;
}

/* The first row whose index is >= wanted (or > wanted if is_behind); row_count() if there is none. */
static size_t find_row(const struct mib_agent *a, enum rows rows, const uint32_t *wanted, size_t len,
                       bool is_behind)
{
    size_t lo = 0, hi = row_count(a, rows);
    uint32_t index[MIB_INDEX_MAX];

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = agent_oid_compare(index, row_index(a, rows, mid, index), wanted, len);
        if (order < 0 || (is_behind && order == 0))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* ---- columns ---- */

/* The last column whose prefix is <= oid; -1 if oid lies before all. */
static int find_column(const struct table *t, const struct agent_oid *oid)
{
    size_t lo = 0, hi = t->count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (agent_oid_compare(t->columns[mid].prefix, t->columns[mid].prefix_len, oid->id, oid->len) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return (int)lo - 1;
}

static bool is_below(const struct column *c, const struct agent_oid *oid)
{
    return oid->len >= c->prefix_len && memcmp(c->prefix, oid->id, c->prefix_len * sizeof *c->prefix) == 0;
}

static void mib_get(void *ctx, const struct agent_oid *oid, struct agent_value *value)
{
    const struct mib_agent *a = ctx;
    const struct table *t = family_table(mib_family(mib_device(a)->role));
    int i = find_column(t, oid);
    const struct column *c = &t->columns[i < 0 ? 0 : i];
    uint32_t index[MIB_INDEX_MAX];
    size_t row;

    if (i < 0 || !is_below(c, oid)) {
        value->tag = AGENT_NO_OBJECT;
        return;
    }
    row = find_row(a, c->rows, oid->id + c->prefix_len, oid->len - c->prefix_len, false);
    if (row == row_count(a, c->rows) ||
        agent_oid_compare(index, row_index(a, c->rows, row, index), oid->id + c->prefix_len,
                          oid->len - c->prefix_len) != 0) {
        value->tag = AGENT_NO_INSTANCE;
        return;
    }
    c->value(a, row, c->what, value);
}

static void give(const struct mib_agent *a, const struct column *c, size_t row, struct agent_oid *out,
                 struct agent_value *value)
{
    memcpy(out->id, c->prefix, c->prefix_len * sizeof *c->prefix);
    out->len = c->prefix_len + (uint32_t)row_index(a, c->rows, row, out->id + c->prefix_len);
    c->value(a, row, c->what, value);
}

static bool mib_next(void *ctx, const struct agent_oid *after, struct agent_oid *out,
                     struct agent_value *value)
{
    const struct mib_agent *a = ctx;
    const struct table *t = family_table(mib_family(mib_device(a)->role));
    int i = find_column(t, after);

    if (i >= 0 && is_below(&t->columns[i], after)) {
        const struct column *c = &t->columns[i];
        size_t row = find_row(a, c->rows, after->id + c->prefix_len, after->len - c->prefix_len, true);
        if (row < row_count(a, c->rows)) {
            give(a, c, row, out, value);
            return true;
        }
    }
    for (size_t next = (size_t)(i + 1); next < t->count; next++)
        if (row_count(a, t->columns[next].rows) > 0) {
            give(a, &t->columns[next], 0, out, value);
            return true;
        }
    return false;
}

struct agent_view mib_view(struct mib_agent *a)
{
    return (struct agent_view){mib_get, mib_next, a};
}

const char *mib_table_problem(enum family family)
{
    const struct table *t = family_table(family);

    for (size_t i = 0; i < t->count; i++) {
        const struct column *c = &t->columns[i], *next = c + 1;
        if (c->prefix_len == 0 || c->prefix_len > MIB_PREFIX_MAX)
            return "a column has no OID, or one that is too long";
        if (i + 1 == t->count)
            return NULL;
        if (agent_oid_compare(c->prefix, c->prefix_len, next->prefix, next->prefix_len) >= 0)
            return "columns stand in the wrong order";
        if (c->prefix_len <= next->prefix_len &&
            memcmp(c->prefix, next->prefix, c->prefix_len * sizeof *c->prefix) == 0)
            return "a column lies below another";
    }
    return "there are no columns";
}
