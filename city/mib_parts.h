/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mib_parts.h - how a family's MIB is written down: columns in lexicographic order, each with its kind of
 * rows and a function for its values. Private to mib*.c. */
#ifndef NW_CITY_MIB_PARTS_H
#define NW_CITY_MIB_PARTS_H

#include "city/mib.h"
#include "lib/base/err.h"

enum { MIB_PREFIX_MAX = 16, MIB_INDEX_MAX = 12 };

/* What indexes the rows of a table. */
enum rows {
    ROWS_SCALAR, /* .0 */
    ROWS_ONE,    /* .1 */
    ROWS_IF,     /* ifIndex */
    ROWS_RADIO,  /* 1, 2 */
    ROWS_VAP,    /* 1 to 4 */
    ROWS_CORE,   /* hrDeviceIndex of four processors */
    ROWS_AP,     /* MAC of a controller's access points */
    ROWS_AP_RADIO,
    ROWS_SLOT, /* jnxOperating: line card, routing engine */
    ROWS_OPTIC,
    ROWS_NEIGHBOUR, /* lldpRemTable: time mark, local port, index */
    ROWS_PORT,      /* lldpLocPortNum */
    ROWS_ADDRESS,   /* lldpRemManAddrTable: as a neighbour, then its IPv4 address */
    ROWS_POOL,      /* 1, 2: a DHCP server's */
    ROWS_POE,       /* pethPsePortTable: group, ifIndex of a port for an access point */
};

typedef void value_fn(const struct mib_agent *a, size_t row, int what, struct agent_value *v);

struct column {
    value_fn *value;
    int what; /* for functions that serve several columns */
    enum rows rows;
    uint32_t prefix_len;
    uint32_t prefix[MIB_PREFIX_MAX];
};

struct table {
    const struct column *columns;
    size_t count;
};

#define COLUMN(fn, what, rows, ...)                                                                          \
    {                                                                                                        \
        fn, what, rows, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t),                                \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

extern const struct table mib_unifi, mib_arubaos, mib_junos, mib_ups, mib_linux;

/* ---- values ---- */
void put_int(struct agent_value *v, int64_t value);
void put_gauge(struct agent_value *v, double value); /* rounded, 0 at least */
void put_count(struct agent_value *v, enum agent_tag tag, double value);
void put_text(struct agent_value *v, const char *text); /* copied, cut at AGENT_TEXT_MAX */
void put_bytes(struct agent_value *v, const uint8_t *bytes, size_t len);
void put_object(struct agent_value *v, const uint32_t *oid, size_t len);

const struct city_device *mib_device(const struct mib_agent *a);
/* Of a controller: the hotspots that it lists. */
const int *mib_rows(const struct mib_agent *a, size_t *count);
/* The port that feeds the row-th access point. */
size_t mib_poe_port(const struct mib_agent *a, size_t row);
enum { MIB_ROW_ADDRESSES = 0x0a500001 }; /* 10.80.0.1 and up: controllers' rows, outside of the city */
/* Where what hangs on a port is managed. */
uint32_t mib_far_address(const struct mib_agent *a, size_t port);
/* A row of lldpRemTable: its port. *is_second: not whom the port leads to, but a stranger on it. */
size_t mib_neighbour_port(const struct mib_agent *a, size_t row, bool *is_second);
/* The device that the agent says is at the far end of its port; -1: an access point that is a row. */
int mib_told_device(const struct mib_agent *a, size_t port);

/* ---- columns that several families have; `what` is the column's number in its table ---- */
value_fn mib_system, mib_if, mib_if_x, mib_if_number, mib_host_uptime;

/* What a family says of itself. */
struct identity {
    char descr[128];
    uint32_t object_id[12];
    size_t object_id_len;
};
struct identity mib_identity(const struct mib_agent *a);

/* ---- interfaces of each family ---- */
struct interface {
    uint32_t index;
    char name[32];
    char alias[96];
    int type, mtu; /* IANAifType */
    double speed;  /* bit/s */
    bool has_mac;
    uint8_t mac[6];
    bool is_up;
};
size_t mib_if_count(const struct mib_agent *a);
uint32_t mib_if_index(const struct mib_agent *a, size_t row);
void mib_if_read(const struct mib_agent *a, size_t row, struct interface *out);
/* Bytes since the counters began. */
void mib_if_bytes(const struct mib_agent *a, size_t row, double *in, double *out);

enum { JUNOS_PORT_BASE = 513, JUNOS_LOOPBACK = 6 };

#define SYSTEM_COLUMNS                                                                                       \
    COLUMN(mib_system, 1, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 1, 1),                                              \
        COLUMN(mib_system, 2, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 1, 2),                                          \
        COLUMN(mib_system, 3, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 1, 3),                                          \
        COLUMN(mib_system, 4, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 1, 4),                                          \
        COLUMN(mib_system, 5, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 1, 5),                                          \
        COLUMN(mib_system, 6, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 1, 6),                                          \
        COLUMN(mib_system, 7, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 1, 7)

#define IF_COLUMN(n) COLUMN(mib_if, n, ROWS_IF, 1, 3, 6, 1, 2, 1, 2, 2, 1, n)
#define IF_COLUMNS                                                                                           \
    COLUMN(mib_if_number, 0, ROWS_SCALAR, 1, 3, 6, 1, 2, 1, 2, 1), IF_COLUMN(1), IF_COLUMN(2), IF_COLUMN(3), \
        IF_COLUMN(4), IF_COLUMN(5), IF_COLUMN(6), IF_COLUMN(7), IF_COLUMN(8), IF_COLUMN(9), IF_COLUMN(10),   \
        IF_COLUMN(11), IF_COLUMN(13), IF_COLUMN(14), IF_COLUMN(16), IF_COLUMN(17), IF_COLUMN(19),            \
        IF_COLUMN(20)

#define IF_X_COLUMN(n) COLUMN(mib_if_x, n, ROWS_IF, 1, 3, 6, 1, 2, 1, 31, 1, 1, 1, n)
#define IF_X_COLUMNS                                                                                         \
    IF_X_COLUMN(1), IF_X_COLUMN(2), IF_X_COLUMN(3), IF_X_COLUMN(4), IF_X_COLUMN(5), IF_X_COLUMN(6),          \
        IF_X_COLUMN(7), IF_X_COLUMN(8), IF_X_COLUMN(9), IF_X_COLUMN(10), IF_X_COLUMN(11), IF_X_COLUMN(12),   \
        IF_X_COLUMN(13), IF_X_COLUMN(14), IF_X_COLUMN(15), IF_X_COLUMN(16), IF_X_COLUMN(17),                 \
        IF_X_COLUMN(18), IF_X_COLUMN(19)

#endif
