/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_spectrum.c - a radio on a channel, in a place or with a power that Germany does not allow. Pure. */
#include <math.h>

#include "alerts/rule_kind.h"
#include "alerts/spectrum.h"

/* As planned, else what the radio says it sends (the antenna's gain comes on top: at least that). NAN:
 * neither. */
static double eirp_of(const struct hotspot *h, double frequency_hz, double tx_power)
{
    const struct hotspot_radio *radios = h->radios.items;
    double band = frequency_hz < 3e9 ? 2.4 : frequency_hz < 5.9e9 ? 5 : 6;

    for (size_t i = 0; i < h->radios.count; i++)
        if (fabs(radios[i].band_ghz - band) < 0.5 && radios[i].eirp_dbm > 0)
            return fmax(radios[i].eirp_dbm, isnan(tx_power) ? 0 : tx_power);
    return tx_power;
}

static enum side judge(struct engine *e, struct watch *w, const struct reading *r)
{
    double frequency = r->value, other, eirp;
    const struct hotspot *h;
    enum spectrum_fault fault;

    if (w->kind != OBJECT_HOTSPOT)
        return SIDE_GOOD; /* a radio link's or an unknown access point's: other rules hold */
    h = e->topo->places[w->index].hotspot;
    if (w->rule->metric == METRIC_RADIO_CHANNEL) {
        other = facts_sibling(r->source, r->series, METRIC_RADIO_FREQUENCY);
        if (!isnan(other))
            return SIDE_GOOD; /* the frequency has a rule of its own and says more */
        frequency = spectrum_frequency(r->value, NAN);
    }
    if (!(frequency > 0))
        return SIDE_BETWEEN;
    eirp = eirp_of(h, frequency, facts_sibling(r->source, r->series, METRIC_RADIO_TX_POWER));
    fault = spectrum_check(frequency, eirp, h->environment == ENV_OUTDOOR, &w->limit);
    if (fault == SPECTRUM_TOO_STRONG)
        w->extra[0] = (struct watch_extra){"spectrum.eirp", eirp, w->limit};
    w->extra[1] = (struct watch_extra){spectrum_fault_words[fault], frequency / 1e6, NAN};
    return fault == SPECTRUM_OK ? SIDE_GOOD : SIDE_BAD;
}

const struct rule_kind_info rule_spectrum = {.judge = judge};
