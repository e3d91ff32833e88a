/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topology.h - which device hangs on which, from what the inventory states, what LLDP shows and what PoE
 * ports deliver; and where these contradict each other. Pure.
 *
 * What the inventory states stays as it is: LLDP confirms it or contradicts it, and where it states nothing
 * LLDP or PoE propose. Only what answers now is believed (is_alive), and only what leaves no choice is called
 * a contradiction:
 *   - a neighbour is known by its chassis id, else its management address, else its system name (whole, host
 *     part, or cut short), each only if exactly one node has it; everybody else is a stranger, and counted;
 *   - a device that sends no LLDP may lie between two that see each other, so nothing follows from that pair;
 *   - a link counts as unseen only if both its ends speak LLDP.
 * Sources: IEEE 802.1AB-2016, LLDP-MIB (1.0.8802.1.1.2), POWER-ETHERNET-MIB (RFC 3621).
 *
 * Prefix topo_: topology_ are the causes' tree in alerts/. */
#ifndef NW_MODEL_TOPOLOGY_H
#define NW_MODEL_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/model/inventory.h"

#define TOPO_NONE SIZE_MAX

/* ---- what is known; all texts are borrowed, must outlive the result, and may be NULL ---- */

/* A row of lldpRemTable. */
struct topo_neighbour {
    const char *port; /* entity of the device it was seen on, "if/ge-0/0/7" */
    const char *name, *chassis_id, *port_id, *port_descr;
    const char *address; /* of its management, as inet_ntop() writes it */
};

/* A port of a PoE switch. */
struct topo_poe {
    const char *port; /* entity, "if/ge-0/0/7" */
    int status;       /* pethPsePortDetectionStatus: 1 disabled, 2 searching, 3 delivering, 4 fault, … */
};

/* A device, or an access point that is only a row of its controller's table. */
struct topo_node {
    const char *id;
    enum device_kind kind;
    bool is_core;
    bool is_alive; /* it answers, so what it says is true now */
    /* what the inventory states; TOPO_NONE or NULL: nothing */
    size_t uplink, power;    /* index of a node */
    const char *uplink_port; /* entity of the uplink; its "if/" may be left out */
    /* what others know it by */
    const char *name; /* sysName; NULL: its id */
    const char *chassis_id, *address;
    /* what it sees */
    const struct topo_neighbour *neighbours;
    size_t neighbour_count;
    const struct topo_poe *poe;
    size_t poe_count;
};

/* A redundant link that the inventory states. */
struct topo_pair {
    size_t from, to;
};

struct topo_input {
    const struct topo_node *nodes;
    size_t count;
    const struct topo_pair *links;
    size_t link_count;
    /* Where no core is: take the middle of what hangs together for the root (netzwacht discover). Else
     * nothing is proposed there. */
    bool may_guess_root;
};

/* ---- who a neighbour is ---- */

struct topo_index; /* opaque */

enum err topo_index_new(const struct topo_node *nodes, size_t count, struct topo_index **out) NW_CHECKED;
void topo_index_free(struct topo_index *index);
/* TOPO_NONE: a stranger, or somebody whose every mark is shared by several. */
size_t topo_identify(const struct topo_index *index, const struct topo_neighbour *n);

/* ---- what follows ---- */

enum topo_source { TOPO_NO_SOURCE, TOPO_INVENTORY, TOPO_LLDP, TOPO_POE };
enum topo_seen { TOPO_UNSEEN, TOPO_ONE_END, TOPO_BOTH_ENDS }; /* by LLDP */

extern const char *const topo_source_words[]; /* "none" "inventory" "lldp" "poe" */
extern const char *const topo_seen_words[];   /* "no" "one_end" "both_ends" */

/* Where a node stands. */
struct topo_place {
    size_t parent;           /* TOPO_NONE: a root, or nothing is known */
    enum topo_source source; /* of parent: TOPO_LLDP and TOPO_POE are proposals */
    enum topo_seen seen;     /* of parent */
    const char *parent_port; /* entity of the parent: as stated, else as seen; NULL: not known */
    const char *own_port;    /* entity of the node itself that leads there, or NULL */
    size_t depth;            /* 0 at a root */
    bool is_root;            /* guessed: may_guess_root */
    bool is_in_ring;
};

/* A link beside the tree. */
struct topo_link {
    size_t from, to;
    const char *from_port, *to_port;
    enum topo_source source;
    enum topo_seen seen;
    bool is_ring; /* closes one */
};

/* What the members of a contradiction mean stands at each code in contradiction_list.h. */
struct topo_contradiction {
    int code; /* enum topo_code */
    size_t device, stated, seen;
    const char *stated_port, *seen_port;
};

struct topo_stranger {
    size_t device; /* that sees it */
    const struct topo_neighbour *neighbour;
};

struct topo {
    struct topo_place *places; /* by index of nodes */
    size_t count;
    struct topo_link *links;
    size_t link_count;
    struct topo_contradiction *contradictions; /* by code, then device */
    size_t contradiction_count;
    struct topo_stranger *strangers;
    size_t stranger_count;
};

enum topo_code {
#define CONTRADICTION(symbol, code, english) symbol,
#include "lib/model/contradiction_list.h"
#undef CONTRADICTION
    TOPO_CODES
};
const char *topo_code_word(int code);    /* "uplink_differs" */
const char *topo_code_english(int code); /* for logs and commands; the web app has its own texts */

/* ERR_NOMEM. Time grows as n log n, with may_guess_root as n times the number of switches. */
enum err topo_build(const struct topo_input *in, struct topo **out) NW_CHECKED;
void topo_free(struct topo *t);

#endif
