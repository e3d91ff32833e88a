/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_private.h - what the engine's files share among themselves. Nobody else includes it. */
#ifndef NW_ALERTS_ENGINE_PRIVATE_H
#define NW_ALERTS_ENGINE_PRIVATE_H

#include "alerts/engine.h"
#include "lib/base/map.h"

enum {
    KEY_SIZE = 256,
    ID_SIZE = 68,
    NAME_SIZE = 192,
    TEXT_SIZE = 512,
    EVIDENCE_MAX = 4,
    FLAPS_MAX = 16,
    CHANGES_MAX = 32
};
enum { USELESS_POLLS = 3 };

enum status {
    STATUS_NO_DATA, /* never heard of, or not for a long time */
    STATUS_ALIVE,
    STATUS_SILENT, /* missed polls, or down by evidence that is too old to count */
    STATUS_DOWN
};

/* The part of a fact that outlives a restart. */
struct kept {
    ns_t first_miss, excuse;
    unsigned misses, silent_since_excuse; /* at most 2 */
    bool is_down, on_battery, was_below_dead;
    char blame[ID_SIZE];
};

/* What is known of a node. Times are wall times of the records. */
struct fact {
    ns_t interval;
    ns_t seen_ok;    /* start of the last poll that was answered */
    ns_t heard;      /* start of the last poll, answered or not */
    ns_t first_miss; /* start of the first poll of the present silence; 0 = none */
    ns_t line_dead;  /* in a ring: when the parent first said that the line to it is dead; 0 = it is not */
    unsigned misses;
    bool is_down;                 /* the collector's verdict, or the controller's */
    unsigned useless;             /* polls running that were answered with nothing of use */
    bool was_carried;             /* restored from a row, no record yet */
    bool is_vanished;             /* a row: no controller lists it any more */
    bool on_battery;              /* a UPS */
    ns_t excuse;                  /* silence counts only from polls begun after this … */
    unsigned silent_since_excuse; /* … and from two of them */
    ns_t held_since;              /* 0 = not held */
    ns_t asked;                   /* last re-probe */
    struct incident *blame;
    /* of one tick */
    enum status status;
    bool is_path_dead; /* nothing gets through it */
    bool is_held;      /* its verdict waits for somebody else's */
    ns_t newest_ok_below;
    struct kept kept;
    bool was_below_dead; /* it was silent because of something above it */
    bool is_suppressed;  /* it is down, and a maintenance window keeps it quiet */
};

struct object_memory {
    enum state state;
    enum reason reason;
    ns_t since;
    char incident[ID_SIZE];
    bool is_known; /* has a row */
};

/* What rules and services make of an object that answers. */
struct effect {
    enum state state;
    enum reason reason;
    struct incident *incident;
};

struct place_fact {
    struct object_memory memory;
    struct effect effect;
    double clients; /* NaN = unknown */
    ns_t clients_at;
    double usual; /* slow mean of clients */
    unsigned usual_count;
    ns_t usual_saved;
    struct baseline *week; /* clients by hour of the week; NULL until some are known */
};

struct service_fact {
    struct object_memory memory;
    struct effect effect;
    const struct service *service;
    unsigned failures;
    ns_t heard;
};

/* A further figure that decided: "trend.per_week". name NULL: none. */
struct watch_extra {
    const char *name;
    double value, limit;
};

/* One rule on one series. */
struct watch {
    const struct rule *rule;
    char *key; /* "rule\nkind\nid\nentity" */
    enum object_kind kind;
    size_t index;
    char *entity;
    double value, limit;
    double reference; /* what is usual: of kinds that know */
    struct watch_extra extra[2];
    ns_t at;
    bool is_bad;     /* the side of the hysteresis */
    ns_t side_since; /* when the present side began, while it differs from is_raised */
    bool is_raised;
    void *memory;       /* of its kind, rule_kind.h; NULL: none */
    bool is_suppressed; /* raised, and a maintenance window keeps it quiet */
    bool must_save;     /* the memory has something that a restart should not cost */
};

struct interest {
    uint32_t index; /* of the series */
    enum metric metric;
    int place; /* the hotspot it belongs to, or -1: the device itself */
    const char *entity;
    const char *entity_kind;
    struct watch **watches;
    size_t watch_count;
};

/* The series of a source that somebody cares about. */
struct source {
    uint32_t version;
    struct interest *interests;
    size_t count;
    char **strings; /* what entity, entity_kind point to */
    size_t string_count;
    double *last; /* per interest, NaN at first */
};

struct evidence {
    char metric[48], entity[96];
    double value, limit;
    double fall; /* below the own median; 0 = another kind of evidence */
    ns_t at;
};

struct member {
    enum object_kind kind;
    size_t index;
    enum state state;
    enum reason reason;
};

struct member_list {
    struct member *items;
    size_t count, cap;
};

/* What somebody did with an incident. */
struct change {
    ns_t at, until;
    char verb[16], via[16], by[NAME_SIZE], to[NAME_SIZE], comment[TEXT_SIZE];
};

/* Where an incident stands in a chain of escalation. */
struct chain_state {
    char id[ID_SIZE]; /* "": in none */
    size_t done;      /* steps */
    ns_t since;       /* the next one counts from here */
    bool is_paused;   /* somebody looks after it */
};

enum lane { LANE_CRITICAL, LANE_MAIN, LANE_COUNT };
extern const char *const lane_words[];

struct incident {
    struct incident *next; /* in order of opening */
    char id[ID_SIZE], key[KEY_SIZE];
    enum incident_type type;
    enum severity severity;
    enum lane lane;
    enum object_kind cause_kind;
    char cause_id[ID_SIZE], cause_name[NAME_SIZE];
    int cause_node; /* or -1 */
    ns_t opened, changed, closed;
    bool is_announced;          /* "opened" has been said */
    struct member_list members; /* as last announced */
    struct member_list now;     /* of this tick */
    bool is_active;             /* of this tick */
    ns_t quiet_since;           /* 0 = active */
    ns_t digest_due;            /* members have changed; said not before this */
    ns_t last_event;
    double priority;
    double user_minutes; /* that were affected since it was opened … */
    ns_t counted;        /* … up to here; 0 = not yet */
    size_t hotspots;
    struct evidence evidence[EVIDENCE_MAX];
    size_t evidence_count;
    struct chain_state chain;
    char rule[ID_SIZE]; /* that opened it; "": none did */
    char op_state[16], op_by[NAME_SIZE], op_comment[TEXT_SIZE];
    ns_t op_at, shelved_until;
    char assigned[NAME_SIZE];
    struct change *changes; /* oldest first; NULL until the first one */
    size_t change_count, changes_dropped;
    bool is_flapping;
    ns_t flaps[FLAPS_MAX]; /* when it came back */
    size_t flap_count;
    enum severity rule_severity; /* of rule incidents; SEVERITY_INDETERMINATE otherwise */
    bool needs_say;              /* type, cause or severity changed */
};

struct maintenance {
    struct maintenance *next;
    char id[ID_SIZE], scope[ID_SIZE], by[NAME_SIZE], comment[TEXT_SIZE];
    ns_t begin, until;
    bool is_announced;
    char text_de[ANNOUNCE_TEXT_SIZE], text_en[ANNOUNCE_TEXT_SIZE]; /* "" = none */
};

struct past {
    struct past *next;
    char key[KEY_SIZE];
    ns_t flaps[FLAPS_MAX];
    size_t flap_count;
    ns_t closed;
};

/* Senders of traps that are no device, as the collector says. */
struct strangers {
    double count, said;
    char example[ID_SIZE];
};

/* Files of the history that were put aside, and are not in an incident yet. */
struct damage {
    unsigned unsaid;
    ns_t at; /* of the newest */
    char name[NAME_SIZE];
};

struct engine {
    struct engine_options o;
    struct engine_sink sink;
    struct topology *topo;
    struct fact *facts;            /* per node */
    struct object_memory *devices; /* per device */
    struct place_fact *places;
    struct service_fact *services;
    size_t service_count;
    struct object_memory *sites; /* per site of the inventory */
    struct site_tally *site_tallies;
    size_t site_count;
    int *place_site, *device_site; /* index of the site, or -1 */
    struct source **sources;       /* per device */
    struct map *probe_sources;     /* "probe/<id>" -> struct source */
    struct map *watches;           /* key -> struct watch */
    struct incident *incidents;
    struct incident *blind; /* the open one, or NULL */
    struct maintenance *maintenance;
    bool *is_open; /* per window of the rules */
    ns_t
        *link_dark; /* per link of the inventory: the poll that told first that it has no light; 0 = it has */
    size_t open_windows;   /* of both sorts, now */
    int64_t announced_day; /* local day on which citizens were last told; 0 = they must be now */
    int *order;            /* nodes, parents first */
    ns_t now, started;
    ns_t collector_beat, collector_sample; /* wall of its last heartbeat, of its last samples */
    bool is_clock_suspect;                 /* the collector's last heartbeat said so */
    bool is_blind;      /* nothing is known; the incident `blind` outlives it until all is fresh */
    bool is_suspicious; /* so many are silent that nobody is judged for a moment */
    bool has_held;
    bool is_core_lost;     /* a core device is down and nobody behind it has answered since */
    ns_t explaining_since; /* since when the parent of a mass silence is being asked */
    ns_t blind_ended;
    ns_t newest_silence;
    uint64_t incident_number;
    bool is_dirty;
    struct effect *device_effects;
    struct past *past; /* incidents closed lately, for flapping */
    struct strangers strangers;
    struct damage damage;
};

/* ---- facts.c ---- */
void facts_take(struct engine *e, const char *partition, const Nw__Record *r, bool is_priming);
/* The last value of another metric of the same entity; NaN if there is none. source may be NULL. */
double facts_sibling(const struct source *s, size_t series, enum metric metric);
/* The hotspot that an entity of this device belongs to: a controller's row, or one of its radios; or the one
 * hotspot that stands on the device. -1: none. */
int facts_place(const struct engine *e, size_t device, const char *entity);
double facts_last(const struct engine *e, int device, enum metric metric, const char *entity_suffix);
void source_free(struct source *s);

/* ---- watch.c ---- */
struct watch *watch_get(struct engine *e, const struct rule *rule, enum object_kind kind, size_t index,
                        const char *entity);
struct reading;
void watch_value(struct engine *e, struct watch *w, const struct reading *r, bool is_priming);
void watch_sleeping(struct engine *e, struct watch *w, size_t place, ns_t at, ns_t interval, bool is_priming);
/* NULL: there is none yet. */
struct watch *watch_find(struct engine *e, const struct rule *rule, enum object_kind kind, size_t index,
                         const char *entity);
/* side: enum side of rule_kind.h, as judged at `at`. */
void watch_side(struct engine *e, struct watch *w, int side, ns_t at, ns_t interval);
/* Kind silence: nothing has come for longer than the hold. */
void watch_age(struct engine *e, struct watch *w);
void watch_free(void *w);
void watch_save(struct engine *e, struct watch *w);
enum err watch_restore(struct engine *e, const char *key, const void *value, size_t len);

/* ---- labels.c ---- */
/* Kinds firmware and country: what the device's table says in words. */
void labels_take(struct engine *e, size_t device, const Nw__Table *t, ns_t at, bool is_priming);

/* ---- people.c: who usually uses a hotspot, and how much that counts ---- */
void place_learn(struct engine *e, size_t place, ns_t at, ns_t interval);
/* Users that are usual at this hour of the week; the slow mean while too little is known. */
double place_usual(const struct engine *e, size_t place, ns_t at);
/* Priority, and the user-minutes since it was counted last, of the members of this tick. */
void people_count(const struct engine *e, struct incident *i);
enum err usual_restore(struct engine *e, const char *key, const void *value, size_t len);
/* Its site's: a school has another week than a street. */
enum rhythm object_rhythm(const struct engine *e, enum object_kind kind, size_t index);
const struct site *object_site(const struct engine *e, enum object_kind kind, size_t index);
/* Nothing is wrong with it: what it shows now is usual. */
bool object_is_calm(const struct engine *e, enum object_kind kind, size_t index);

/* ---- cause.c ---- */
void cause_ask(struct engine *e, int node); /* re-probe, at most every two seconds */
void cause_find(struct engine *e);          /* sets status, blame; opens incidents */
bool is_fresh(const struct engine *e, int node);
ns_t node_interval(const struct engine *e, int node);

/* ---- line.c ---- */
/* Does one of its ends say that this link (index in the inventory) carries nothing? link may be -1. */
bool line_is_dead(const struct engine *e, int link);
/* Is there a way from this node to the core that does not lead through `without`, over nodes and lines that
 * are not known to be dead? */
bool line_has_way(const struct engine *e, int from, int without);
/* Have the other ways up of a silent node said since how their ports are? If not they are asked. */
bool line_is_known(struct engine *e, int n);
/* Incidents of lines whose devices answer over another way. */
void lines_judge(struct engine *e);

/* ---- strangers.c ---- */
void strangers_take(struct engine *e, const Nw__Record *r); /* of the collector's partition */
void strangers_judge(struct engine *e);

/* ---- damage.c ---- */
void damage_take(struct engine *e, const Nw__Record *r); /* of the store's partition */
void damage_judge(struct engine *e);

/* ---- blind.c ---- */
void blind_judge(struct engine *e);

/* ---- incident.c ---- */
struct incident *incident_find(struct engine *e, const char *key);
struct incident *incident_by_id(struct engine *e, const char *id);
/* The open incident of that key, or a new one. NULL: out of memory. */
struct incident *incident_open(struct engine *e, const char *key, enum incident_type type,
                               enum object_kind cause_kind, const char *cause_id, const char *cause_name,
                               int cause_node);
void incident_rename(struct engine *e, struct incident *i, const char *key, enum incident_type type,
                     enum object_kind cause_kind, const char *cause_id, const char *cause_name,
                     int cause_node);
void incident_evidence(struct incident *i, const char *metric, const char *entity, double value, double limit,
                       ns_t at);
void incident_fall(struct incident *i, const char *metric, const char *entity, double fall);
void incident_member(struct incident *i, enum object_kind kind, size_t index, enum state state,
                     enum reason reason);
void incidents_begin(struct engine *e);  /* of a tick: empties the new member lists */
void incidents_settle(struct engine *e); /* says what changed, closes what is over */
void incident_say(struct engine *e, struct incident *i, const char *event);
/* … and that this step of its chain has come. */
void incident_escalate(struct engine *e, struct incident *i, const struct escalation_step *step);
void incident_save(struct engine *e, const struct incident *i);
enum err incident_restore(struct engine *e, const char *key, const void *value, size_t len);
void incident_free(struct incident *i);
/* How often its cause is polled. */
ns_t incident_interval(const struct engine *e, const struct incident *i);
enum reason incident_reason(const struct engine *e, const struct incident *i);
void object_name(const struct engine *e, enum object_kind kind, size_t index, const char **id,
                 const char **name);

/* ---- flap.c ---- */
void flap_note(struct engine *e, struct incident *i);       /* it came back */
void flap_rest(struct engine *e, struct incident *i);       /* it may have come to rest */
void flap_remember(struct engine *e, struct incident *i);   /* it is new: was it closed a moment ago? */
void flap_keep(struct engine *e, const struct incident *i); /* it is closed */
enum err flap_restore(struct engine *e, const char *key, const void *value, size_t len) NW_CHECKED;
void past_free(struct past *p);

/* ---- verdict.c ---- */
void verdict_all(struct engine *e); /* members of incidents, states of everything */
/* Remembers, keeps and tells it, if it is news. incident: id or "". */
void announce_state(struct engine *e, enum object_kind kind, size_t index, struct object_memory *m,
                    enum state state, enum reason reason, const char *incident);

/* ---- site.c ---- */
enum err sites_new(struct engine *e) NW_CHECKED;
void sites_free(struct engine *e);
void sites_judge(struct engine *e);

/* ---- command.c ---- */
/* Into the incident's history; the oldest makes room. */
void incident_note(struct engine *e, struct incident *i, const struct change *change);
void shelving_expire(struct engine *e, struct incident *i);

/* ---- escalation.c ---- */
void escalation_judge(struct engine *e, struct incident *i); /* one that was told of and is not over */

/* ---- announce.c ---- */
/* Tells citizens of windows when the list has changed, and once a day. */
void announce_refresh(struct engine *e);
/* NULL, or why this command cannot be announced. */
const char *announce_check(const struct engine_command *c);

/* ---- maintenance.c ---- */
/* Does a window of this scope cover the hotspot? */
bool maintenance_covers(const struct engine *e, const char *scope, const struct place *place);
const char *maintenance_begin(struct engine *e, const struct engine_command *c);
const char *maintenance_end(struct engine *e, const struct engine_command *c);
bool maintenance_expire(struct engine *e);  /* true: a window has ended since the last tick */
bool maintenance_refresh(struct engine *e); /* true: one that recurs has begun or ended */
/* Is everything of this object kept quiet now? site may be NULL, node -1. */
bool is_in_maintenance(const struct engine *e, const char *id, const char *site, int node);
/* Is it raised, but kept quiet? Notes it once a window. */
bool watch_is_suppressed(struct engine *e, struct watch *w);
void maintenance_note_silent(struct engine *e);
enum err maintenance_restore(struct engine *e, const char *key, const void *value, size_t len);

/* ---- rows.c ---- */
void rows_nodes(struct engine *e); /* those that differ from what was written last */
void row_memory(struct engine *e, enum object_kind kind, size_t index);
void row_meta(struct engine *e);
enum err rows_restore(struct engine *e, const char *kind, const char *key, const void *value, size_t len);
void row_maintenance(struct engine *e, const struct maintenance *m, bool is_over);

#endif
