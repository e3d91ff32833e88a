/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_city.c - the city's readers of what strangers send. The first byte chooses: an SNMP agent of some
 * family, DNS, the portal, a control command, city.json. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "city/agent.h"
#include "city/control.h"
#include "city/dns.h"
#include "city/mib.h"
#include "city/portal.h"
#include "city/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const ns_t now = 1795000000 * SECONDS;

static void ignore_line(void *ctx, const char *line, size_t len)
{
    (void)ctx;
    (void)line;
    (void)len;
}

/* Made once: a fuzz target runs millions of inputs against one small city. */
static struct control *small_city(void)
{
    static struct control control;
    struct city_params p;
    struct city *c = NULL;

    if (control.sim)
        return &control;
    city_params_defaults(&p);
    p.hotspots = 12;
    p.nodes = 8;
    p.portal_tls_port = 1;
    p.epoch = now;
    if (city_new(&p, &c) || sim_new(c, now, &control.sim) ||
        incidents_new(control.sim, ignore_line, NULL, &control.incidents))
        abort();
    return &control;
}

static void fuzz_agent(int device, const uint8_t *data, size_t size)
{
    struct mib_agent agent = {small_city()->sim, device, now};
    struct agent_view view = mib_view(&agent);
    uint8_t reply[1472];
    size_t varbinds;

    if (agent_answer(&view, "public", data, size, reply, sizeof reply, &varbinds) > sizeof reply)
        abort();
}

static void fuzz_text(uint8_t choice, const uint8_t *data, size_t size)
{
    struct buf out = BUF_INIT;
    struct city_params params;
    const char *problem;
    char line[CONTROL_LINE_MAX + 1];
    size_t len = size < CONTROL_LINE_MAX ? size : CONTROL_LINE_MAX;

    if (choice == 0)
        (void)portal_answer((const char *)data, size, "http://p", &out);
    else if (choice == 1)
        (void)!city_read_params((const char *)data, size, &params, &problem);
    else {
        for (size_t i = 0; i < len; i++)
            line[i] = (char)data[i];
        line[len] = '\0';
        control_answer(small_city(), line, now, &out);
    }
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t reply[DNS_REPLY_MAX], choice;

    if (size == 0)
        return 0;
    choice = *data++;
    size--;
    if (choice < 0x80)
        fuzz_agent(choice % (int)small_city()->sim->city->device_count, data, size);
    else if (choice < 0xa0)
        (void)dns_answer(data, size, CITY_PORTAL_NAME, 0x7f000001, choice & 1, reply);
    else
        fuzz_text(choice % 3, data, size);
    return 0;
}
