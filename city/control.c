/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control.c - what `netzwacht-city ctl` can ask for. Pure. */
#include "city/control.h"

#include <string.h>

#include "lib/base/json_out.h"
#include "lib/base/strx.h"

enum { WORDS_MAX = 5 };

static void write_status(struct control *c, ns_t now, struct json_out *j)
{
    const struct city *city = c->sim->city;
    size_t silent = 0, serving = 0;
    int clients = 0;

    for (size_t i = 0; i < city->device_count; i++)
        silent += !sim_answers(c->sim, (int)i);
    for (size_t i = 0; i < city->hotspot_count; i++) {
        serving += c->sim->hotspots[i].is_serving;
        clients += sim_clients(c->sim, (int)i, now);
    }
    json_time(j, "time", now);
    json_int(j, "uptime_s", (now - c->started) / SECONDS);
    json_uint(j, "hotspots", city->hotspot_count);
    json_uint(j, "hotspots_serving", serving);
    json_uint(j, "agents", city->device_count);
    json_uint(j, "agents_silent", silent);
    json_int(j, "clients", clients);
    json_uint(j, "requests", c->requests);
    json_uint(j, "varbinds", c->varbinds);
    json_uint(j, "unanswered", c->silent);
    json_bool(j, "script", c->is_script_on);
    json_uint(j, "delay_ms", c->delay_ms);
    json_uint(j, "loss_permille", c->loss_permille);
    json_array_begin(j, "incidents");
    incidents_write(c->incidents, j);
    json_array_end(j);
}

static void write_counts(const struct control *c, const char *only, struct json_out *j)
{
    const struct city *city = c->sim->city;

    json_object_begin(j, "agents");
    for (size_t i = 0; i < city->device_count; i++) {
        if (only && strcmp(city->devices[i].id, only) != 0)
            continue;
        json_object_begin(j, city->devices[i].id);
        json_uint(j, "requests", c->sim->devices[i].requests);
        json_uint(j, "varbinds", c->sim->devices[i].varbinds);
        json_object_end(j);
    }
    json_object_end(j);
}

/* Every name, and what it may happen to. */
static void write_list(struct json_out *j)
{
    json_array_begin(j, "incidents");
    for (int i = 0; i < INCIDENT_KINDS; i++)
        json_string(j, NULL, incident_names[i]);
    json_array_end(j);
}

static bool is_on_word(const char *word, bool *is_on)
{
    *is_on = strcmp(word, "on") == 0;
    return *is_on || strcmp(word, "off") == 0;
}

static const char *switch_incident(struct control *c, enum incident_kind kind, const char *target, bool is_on,
                                   ns_t now, const char **id)
{
    if (kind == INCIDENT_KINDS)
        return "there is no incident of that name; `list` names them";
    if (is_on)
        return incident_begin(c->incidents, kind, target, city_hash(c->sim->city->params.seed, 71, 0, 0), now,
                              id);
    return incident_end(c->incidents, kind, target, now);
}

/* false: no number, or above max. */
static bool take_number(const char *word, uint64_t max, unsigned *out)
{
    uint64_t n = 0;

    if (strx_to_u64(word, &n) || n > max)
        return false;
    *out = (unsigned)n;
    return true;
}

/* Another box of the same kind: new serial number, started just now. */
static const char *swap_device(struct control *c, const char *id, ns_t now)
{
    int device = city_device_by_id(c->sim->city, id);

    if (device < 0)
        return "there is no device of that id";
    c->sim->devices[device].swaps++;
    sim_restart_agent(c->sim, device, now);
    return NULL;
}

/* to NULL: no controller lists it any more. */
static const char *list_row(struct control *c, const char *id, const char *to)
{
    int hotspot = city_hotspot_by_id(c->sim->city, id);
    int controller = to ? city_device_by_id(c->sim->city, to) : -1;

    if (hotspot < 0)
        return "there is no hotspot of that id";
    if (to && controller < 0)
        return "there is no device of that id";
    return sim_list_row(c->sim, hotspot, controller) ? NULL
                                                     : "only a controller's row can be moved, and only to a "
                                                       "controller; `netzwacht-city init` says how many";
}

/* NULL, or the problem. */
static const char *obey(struct control *c, char **words, size_t n, ns_t now, struct json_out *j)
{
    const char *verb = n ? words[0] : "", *id = NULL, *problem;
    bool is_on = false;

    if (n == 1 && strcmp(verb, "status") == 0)
        write_status(c, now, j);
    else if ((n == 1 || n == 2) && strcmp(verb, "counts") == 0)
        write_counts(c, n == 2 ? words[1] : NULL, j);
    else if (n == 1 && strcmp(verb, "list") == 0)
        write_list(j);
    else if (n == 2 && strcmp(verb, "kill") == 0)
        return switch_incident(c, INCIDENT_AGENT_DEAD, words[1], true, now, NULL);
    else if (n == 2 && strcmp(verb, "revive") == 0)
        return switch_incident(c, INCIDENT_AGENT_DEAD, words[1], false, now, NULL);
    else if (n == 2 && strcmp(verb, "swap") == 0)
        return swap_device(c, words[1], now);
    else if (n == 3 && strcmp(verb, "move") == 0)
        return list_row(c, words[1], words[2]);
    else if (n == 2 && strcmp(verb, "unlist") == 0)
        return list_row(c, words[1], NULL);
    else if (n == 2 && strcmp(verb, "delay") == 0)
        return take_number(words[1], 10000, &c->delay_ms) ? NULL : "the delay is 0 to 10000 milliseconds";
    else if (n == 2 && strcmp(verb, "loss") == 0)
        return take_number(words[1], 1000, &c->loss_permille) ? NULL : "the loss is 0 to 1000 permille";
    else if (n == 2 && strcmp(verb, "script") == 0 && is_on_word(words[1], &is_on))
        c->is_script_on = is_on;
    else if ((n == 3 || n == 4) && strcmp(verb, "incident") == 0 && is_on_word(words[n - 1], &is_on)) {
        problem = switch_incident(c, incident_by_name(words[1]), n == 4 ? words[2] : NULL, is_on, now, &id);
        if (problem)
            return problem;
        if (id)
            json_string(j, "incident", id);
    } else
        return "not understood: status | counts [AGENT] | list | kill AGENT | revive AGENT | swap DEVICE | "
               "move HOTSPOT CONTROLLER | unlist HOTSPOT | "
               "incident NAME [TARGET] on|off | script on|off | delay MS | loss PERMILLE";
    return NULL;
}

void control_answer(struct control *c, const char *line, ns_t now, struct buf *out)
{
    char copy[CONTROL_LINE_MAX + 1], *words[WORDS_MAX], *rest = NULL;
    struct buf members = BUF_INIT;
    struct json_out j, inner;
    const char *problem;
    size_t n = 0, len = strnlen(line, CONTROL_LINE_MAX);

    memcpy(copy, line, len);
    copy[len] = '\0';
    for (char *word = strtok_r(copy, " \t\r", &rest); word && n < WORDS_MAX;
         word = strtok_r(NULL, " \t\r", &rest))
        words[n++] = word;
    json_init(&inner, &members);
    json_object_begin(&inner, NULL);
    json_bool(&inner, "ok", true);
    problem = obey(c, words, n, now, &inner);
    json_object_end(&inner);
    if (!problem && buf_error(&members))
        problem = err_text(buf_error(&members));
    json_init(&j, out);
    if (problem) {
        json_object_begin(&j, NULL);
        json_bool(&j, "ok", false);
        json_string(&j, "problem", problem);
        json_object_end(&j);
    } else
        buf_put(out, members.data, members.len);
    buf_str(out, "\n");
    buf_fini(&members);
}
