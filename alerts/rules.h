/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.h - the rules (YAML) by which samples become alarms, and the kinds of incidents with their texts.
 *
 * The shipped file alerts/rules.yaml comes first; a rule of the site's own file with the same id replaces the
 * shipped one, `enabled: no` switches it off. Times stand in polls, so that they follow each device's
 * interval. Pure apart from conf's file reading. */
#ifndef NW_ALERTS_RULES_H
#define NW_ALERTS_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/model/calendar.h"
#include "lib/model/firmware.h"
#include "lib/model/metric.h"
#include "lib/model/state.h"
#include "lib/runtime/conf.h"

/* X.733, RFC 8632 */
enum severity {
    SEVERITY_INDETERMINATE,
    SEVERITY_WARNING,
    SEVERITY_MINOR,
    SEVERITY_MAJOR,
    SEVERITY_CRITICAL,
    SEVERITY_CLEARED
};
extern const char *const severity_words[]; /* by enum severity, NULL-terminated */

#define INCIDENT_TYPE(number, symbol, code, severity, de, en) symbol = (number),
enum incident_type {
#include "alerts/text_list.h"
    INCIDENT_TYPE_COUNT
};
#undef INCIDENT_TYPE

struct incident_type_info {
    const char *code, *de, *en;
    enum severity severity;
};
/* Never NULL: a number that is not known is INCIDENT_OTHER. */
const struct incident_type_info *incident_type_info(enum incident_type type);

enum rule_kind {
    RULE_THRESHOLD, /* value above / below, with `clear` as the other edge of the hysteresis */
    RULE_DROP,      /* value lower than the series' own recent median by `drop` */
    RULE_SLEEPING,  /* nobody on a hotspot that usually has users while its neighbours have some */
    RULE_RATE,      /* change per hour over `span` above / below */
    RULE_SILENCE,   /* no value although there was one and the device answers */
    RULE_FLAPPING,  /* crosses above / below `changes` times within `span` */
    RULE_BASELINE,  /* unusual for this hour of the week */
    RULE_DRIFT,     /* falls by `per_week`, or reaches `limit` within `days`; own temperature taken out */
    RULE_FORECAST,  /* reaches `share` of the metric `of`, or `limit`, within `days` */
    RULE_SPECTRUM,  /* channel, place and power of a radio against the German rules */
    RULE_FIRMWARE,  /* older than the minimum of firmware.yaml (setting `firmware`) */
    RULE_COUNTRY,   /* a radio is set to another country than `country` */
    RULE_DFS        /* leaves a channel with radar detection `changes` times within `span` */
};

enum rule_direction { DIRECTION_LOW, DIRECTION_HIGH, DIRECTION_BOTH };

enum rule_group { RULE_GROUP_OBJECT, RULE_GROUP_SITE, RULE_GROUP_ALL };

/* The site's own words for whoever gets the alarm; each NULL: not given. */
struct runbook_settings {
    char *link, *de, *en; /* texts: one step a line, at most RUNBOOK_TEXT_MAX bytes */
};

/* … for every incident of a type. */
struct type_runbook {
    int type; /* enum incident_type */
    struct runbook_settings own;
    struct conf_pos at;
};

struct rule {
    char *id;
    int kind;          /* enum rule_kind */
    char *metric_name; /* "optic.rx_power" */
    char *entity_kind; /* only entities of this kind; NULL = all */
    double above, below, clear, drop;
    int64_t span;          /* ns: what rate and flapping look back at; what one point of a trend stands for */
    int64_t changes;       /* flapping */
    double spreads, least; /* baseline: times the usual spread, and at least so much */
    int direction;         /* enum rule_direction: which way is unusual */
    double per_week, step; /* drift: a fall; a jump that is no drift */
    double limit, share, days; /* drift, forecast */
    char *of_name;             /* forecast: the metric that is the whole */
    char *country;             /* country: ISO 3166-1, two letters */
    bool has_above, has_below; /* derived */
    int64_t hold_polls;        /* so many polls on the bad side before the alarm … */
    int64_t clear_polls;       /* … and on the good side before it ends */
    int severity;              /* enum severity */
    int type;                  /* enum incident_type */
    int state;                 /* enum state that it puts the object into; STATE_USABLE: none */
    int reason;                /* enum reason */
    int group;                 /* enum rule_group: one incident per object, per site, or for all */
    bool enabled;
    struct runbook_settings runbook;
    struct conf_pos at;
    enum metric metric; /* derived; 0 for firmware and country */
    enum metric of;     /* derived; 0: `limit` counts */
};

struct guard_settings {
    double blind_share;        /* %: so many devices silent at once make the monitor blind */
    int64_t blind_min_devices; /* but not in an inventory smaller than this */
    int64_t heartbeat_polls;   /* the collector's heartbeat is missing for so many intervals */
    double group_share;        /* %: so many of a parent's (or a feeder's) children make one incident */
    int64_t group_min;         /* and at least so many */
    int64_t critical_hotspots; /* from so many hotspots on, a major incident is critical */
    int64_t major_hotspots;    /* … and a minor one major */
    int64_t service_failures;  /* failed probe rounds in a row */
    int64_t flap_count;        /* so many returns … */
    int64_t flap_polls;        /* … within so many polls are flapping; ends after a quarter of it in rest */
    double sleeping_clients;   /* usual clients that a sleeping hotspot must have, and its neighbours now */
    double weight_school;      /* in priorities: a school while there are lessons … */
    double weight_public;      /* … town hall, library, lido by day */
    int64_t maintenance_max;   /* ns */
};

enum { ANNOUNCE_TEXT_SIZE = 501 };

/* A maintenance window that comes back every week. Seconds and days are those of the wall clock in Berlin. */
struct recurring {
    char *id, *scope, *rule, *comment; /* scope NULL: everything; rule NULL: every rule and cause */
    struct conf_strings day_names;     /* mon tue …; none: every day */
    char *from_text, *until_text, *first_text, *last_text;
    bool announce;           /* citizens are told ahead */
    char *text_de, *text_en; /* … in these words; "" = none; at most ANNOUNCE_TEXT_SIZE - 1 bytes */
    struct conf_pos at;
    /* derived */
    unsigned days;       /* bit 0 Monday … bit 6 Sunday: on which it begins */
    int64_t from, until; /* seconds since midnight; until <= from: on the next day */
    int64_t first, last; /* days since 1970, both included */
};

enum { ESCALATION_STEPS_MAX = 20, ESCALATION_TO_MAX = 120 };

struct escalation_step {
    int64_t after; /* ns behind the step before, the first one behind the opening */
    char *channel; /* a name of alerts.channels */
    char *to;      /* whom it reaches: a person or a desk, for the history */
    struct conf_pos at;
};

/* Who is told when nobody acknowledges. The first chain of the file that fits is an incident's. */
struct escalation {
    char *id;
    int severity;                          /* enum severity: at least */
    double priority;                       /* user-minutes per hour: at least */
    struct conf_strings type_names, sites; /* none: all */
    struct conf_list steps;                /* struct escalation_step */
    struct conf_pos at;
    uint64_t types; /* derived: bit per enum incident_type */
};

struct rules {
    struct guard_settings guards;
    struct conf_list rules;       /* struct rule */
    struct conf_list breaks;      /* struct break_entry: without lessons */
    struct conf_list windows;     /* struct recurring */
    struct conf_list runbooks;    /* struct type_runbook */
    struct conf_list escalations; /* struct escalation */
    /* derived */
    struct calendar calendar;
    struct firmware_rules *firmware; /* NULL: none */
};

/* shipped: the built-in file; own: the site's, or NULL. Everything wrong goes to report (ERR_CONFIG). */
enum err rules_load(const char *shipped, const char *own, struct conf_report *report,
                    struct rules **out) NW_CHECKED;
/* The same from texts, for tests; own may be NULL. */
enum err rules_parse(const char *shipped, const char *own, struct conf_report *report,
                     struct rules **out) NW_CHECKED;
/* The operator's rules of versions, for rules of kind firmware. */
enum err rules_load_firmware(struct rules *r, const char *path, struct conf_report *report) NW_CHECKED;
void rules_free(struct rules *r);

size_t rules_count(const struct rules *r);
const struct rule *rules_at(const struct rules *r, size_t i);
/* The site's own words for an incident: the rule's (id or ""), and where that has none the type's. */
struct runbook_settings rules_runbook(const struct rules *r, const char *rule, enum incident_type type);

#endif
