/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escalation_rules.c - reads the chains of `escalations`. Pure. */
#include <string.h>

#include "alerts/escalation.h"
#include "lib/base/units.h"

static const struct conf_field step_fields[] = {
    CONF_DURATION_FIELD(struct escalation_step, after, 1, 2678400, .is_required = true),
    CONF_STRING_FIELD(struct escalation_step, channel, .is_required = true),
    CONF_STRING_FIELD(struct escalation_step, to, .is_required = true),
    CONF_POSITION_FIELD(struct escalation_step, at), CONF_END};
static const struct conf_schema step_schema = CONF_SCHEMA(struct escalation_step, step_fields);

static const struct conf_field chain_fields[] = {
    CONF_ID_FIELD(struct escalation, id, .is_required = true),
    CONF_ENUM_FIELD(struct escalation, severity, severity_words, .fallback = "major"),
    CONF_DOUBLE_FIELD(struct escalation, priority, 0, 1e9, .fallback = "0"),
    {.name = "types", .type = CONF_STRINGS, .offset = offsetof(struct escalation, type_names)},
    CONF_STRINGS_FIELD(struct escalation, sites, .fallback = NULL),
    CONF_LIST_FIELD(struct escalation, steps, &step_schema, .is_required = true),
    CONF_POSITION_FIELD(struct escalation, at),
    CONF_END};
const struct conf_schema escalation_schema = CONF_SCHEMA(struct escalation, chain_fields);

static void check_types(struct escalation *c, struct conf_report *report)
{
    _Static_assert(INCIDENT_TYPE_COUNT <= 64, "types is a set of 64");
    for (size_t i = 0; i < c->type_names.count; i++) {
        unsigned type = 0;
        while (type < INCIDENT_TYPE_COUNT &&
               strcmp(incident_type_info((enum incident_type)type)->code, c->type_names.items[i]) != 0)
            type++;
        if (type == INCIDENT_TYPE_COUNT)
            conf_report_add(report, c->type_names.at[i],
                            "escalation %s: there is no type of incident \"%s\"; docs/alerts.md lists them",
                            c->id, c->type_names.items[i]);
        else
            c->types |= UINT64_C(1) << type;
    }
}

static void check_steps(const struct escalation *c, struct conf_report *report)
{
    const struct escalation_step *steps = c->steps.items;

    if (c->steps.count == 0 || c->steps.count > ESCALATION_STEPS_MAX)
        conf_report_add(report, c->at, "escalation %s: expected 1 to %d steps", c->id, ESCALATION_STEPS_MAX);
    for (size_t i = 0; i < c->steps.count; i++)
        if (!steps[i].to || !steps[i].to[0] || strlen(steps[i].to) > ESCALATION_TO_MAX)
            conf_report_add(report, steps[i].at, "escalation %s: `to` must have 1 to %d bytes", c->id,
                            ESCALATION_TO_MAX);
}

void escalation_check(struct conf_list *escalations, struct conf_report *report)
{
    struct escalation *all = escalations->items;

    for (size_t i = 0; i < escalations->count; i++) {
        check_types(&all[i], report);
        check_steps(&all[i], report);
        if (all[i].severity == SEVERITY_CLEARED)
            conf_report_add(report, all[i].at, "escalation %s: `severity` must not be cleared", all[i].id);
        for (size_t k = 0; k < i; k++)
            if (strcmp(all[k].id, all[i].id) == 0)
                conf_report_add(report, all[i].at, "escalation %s is there already, in line %u", all[i].id,
                                all[k].at.line);
    }
}

static bool has_channel(const struct settings *s, const char *name)
{
    const struct channel_settings *channels = s->alerts.channels.items;

    for (size_t i = 0; i < s->alerts.channels.count; i++)
        if (strcmp(channels[i].name, name) == 0)
            return true;
    return false;
}

enum err escalation_check_names(const struct rules *r, const struct settings *s, const struct inventory *inv,
                                struct conf_report *report)
{
    const struct escalation *all = r->escalations.items;
    size_t before = conf_report_count(report);

    for (size_t i = 0; i < r->escalations.count; i++) {
        const struct escalation_step *steps = all[i].steps.items;
        for (size_t k = 0; k < all[i].steps.count; k++)
            if (!has_channel(s, steps[k].channel))
                conf_report_add(report, steps[k].at,
                                "escalation %s: netzwacht.yaml has no channel \"%s\" (alerts.channels)",
                                all[i].id, steps[k].channel);
        for (size_t k = 0; inv && k < all[i].sites.count; k++)
            if (!inventory_site(inv, all[i].sites.items[k]))
                conf_report_add(report, all[i].sites.at[k], "escalation %s: there is no site \"%s\"",
                                all[i].id, all[i].sites.items[k]);
    }
    return conf_report_count(report) == before ? ERR_OK : ERR_CONFIG;
}
