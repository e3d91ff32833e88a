/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_poll.c - "poll now": a command to the collector, which answers with an outcome once the poll is over.
 */
#include <string.h>

#include "dashboards/api.h"

static void submit_poll(struct api_call *c, const char *device)
{
    Nw__Command command = NW__COMMAND__INIT;

    command.verb = (char *)(uintptr_t) "poll";
    command.target = (char *)(uintptr_t)device;
    api_submit(c, &command);
}

void api_device_poll(struct api_call *c)
{
    const struct device *device = inventory_device(c->dashboard->inventory, c->param);

    if (device)
        submit_poll(c, device->id);
    else
        api_problem_err(c, ERR_NOT_FOUND);
}

/* A hotspot that is a row of a controller is polled with it. */
void api_hotspot_poll(struct api_call *c)
{
    const struct hotspot *hotspot = inventory_hotspot(c->dashboard->inventory, c->param);

    if (!hotspot)
        api_problem_err(c, ERR_NOT_FOUND);
    else if (hotspot->device)
        submit_poll(c, hotspot->device);
    else
        api_problem(c, 409, "no-device", "No device belongs to this hotspot",
                    "Its access point is known by its MAC alone: poll the controller that lists it.");
}
