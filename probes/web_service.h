/* SPDX-License-Identifier: GPL-3.0-or-later */
/* web_service.h - the steps of a web service as probe.steps has them, with the passwords of their files. */
#ifndef NW_PROBES_WEB_SERVICE_H
#define NW_PROBES_WEB_SERVICE_H

#include "lib/model/inventory.h"
#include "lib/model/settings.h"
#include "probes/probe_steps.h"

struct web_service { /* texts are the settings' and the inventory's, passwords our own */
    struct web_step *steps;
    size_t count;
    struct web_field *fields; /* of all forms */
    size_t field_count;
};

/* Without a step in the settings, the service's target is the one. *why, if it cannot be probed: a literal;
 * NULL otherwise. ERR_NOMEM. */
enum err web_service_init(struct web_service *w, const struct service *s, const struct conf_list *settings,
                          const char **why) NW_CHECKED;
void web_service_fini(struct web_service *w); /* a zeroed one is fine */

#endif
