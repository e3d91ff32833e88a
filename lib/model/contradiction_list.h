/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contradiction_list.h - what inventory, LLDP and PoE can disagree about: CONTRADICTION(SYMBOL, "code",
 * "English"). The codes are the contract of the HTTP API; the web app's sentences are in
 * dashboards/web/src/i18n/texts.ts, what to do stands in docs/operations.md. No include guard.
 *
 * Behind each: what device, stated, stated_port, seen, seen_port of struct topo_contradiction hold. */

/* The uplinks that the inventory states run in a circle. device: one of it. */
CONTRADICTION(TOPO_CYCLE, "cycle", "the stated uplinks run in a circle")
/* device hangs elsewhere. stated, stated_port: the inventory's uplink; seen, seen_port: where LLDP shows it.
 */
CONTRADICTION(TOPO_UPLINK_DIFFERS, "uplink_differs", "LLDP shows it on another device")
/* The right device, the wrong port. stated = seen: the uplink; stated_port, seen_port: of the uplink. */
CONTRADICTION(TOPO_PORT_DIFFERS, "uplink_port_differs", "LLDP shows it on another port")
/* device sees stated on its stated_port, but that end, seen_port of stated, sees seen. */
CONTRADICTION(TOPO_ENDS_DISAGREE, "ends_disagree", "the two ends name different neighbours")
/* seen_port of device has several neighbours. stated, seen: two of them; TOPO_NONE: a stranger. */
CONTRADICTION(TOPO_PORT_SHARED, "port_shared", "one port has several neighbours")
/* device and stated speak LLDP, but neither sees the other, and the inventory states a link. */
CONTRADICTION(TOPO_LINK_UNSEEN, "link_unseen", "no end of the stated link sees the other")
/* device is to be fed by stated, but seen feeds it from its seen_port. */
CONTRADICTION(TOPO_FEEDER_DIFFERS, "poe_feeder_differs", "another switch feeds it")
/* device is to be fed by stated and is alive, but that switch's seen_port delivers no power. */
CONTRADICTION(TOPO_POE_NO_POWER, "poe_no_power", "it is alive, but its port delivers no power")
