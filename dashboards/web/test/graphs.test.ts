// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it } from "vitest";
import type { Entity, Graph } from "../src/api/types";
import { fitsTogether, groupGraphs, isPrimary } from "../src/model/graphs";
import { bandOfEntity, channelOf, radioRows } from "../src/model/radios";

function graph(title: string, entity: string, metrics: string[], unit = "bit/s"): Graph {
  return { title: { de: title, en: title.replace("Durchsatz", "Throughput") }, entity, metrics, unit };
}

function entity(id: string, kind: string, values: Record<string, number | null>, attributes: Record<string, string> = {}): Entity {
  const list = Object.entries(values).map(([metric, value]) => ({ metric, unit: "1", value, quality: "ok" as const, reason: null, at: null }));
  return { id, ref: `ap-1/${id}`, kind, name: id.split("/").at(-1) ?? id, attributes, values: list };
}

const name = (each: Entity) => [each.name, each.attributes["alias"]].filter(Boolean).join(" ");

describe("graphs", () => {
  it("ports of one metric become one diagram with a choice, the uplink first and the loopback last", () => {
    const entities = [entity("if/lo", "interface", {}), entity("if/eth0", "interface", {}), entity("if/eth1", "interface", {}, { alias: "Uplink core-1" })];
    const graphs = entities.map((each) => graph(`Durchsatz · ${each.name}`, each.ref, ["interface.in", "interface.out"]));
    const [family, ...others] = groupGraphs(graphs, entities, name);
    expect(others).toEqual([]);
    expect(family?.title).toEqual({ de: "Durchsatz", en: "Throughput" });
    expect(family?.options.map((option) => option.label)).toEqual(["eth1 Uplink core-1", "eth0", "lo"]);
  });

  it("one line each may share a diagram, two lines each or too many may not", () => {
    const single = (count: number) => groupGraphs(Array.from({ length: count }, (_, i) => graph(`Last · ${i}`, `${i}`, ["cpu.utilization"], "%")), [], name)[0];
    expect([1, 2, 6, 7].map((count) => fitsTogether(single(count) ?? ({} as never)))).toEqual([false, true, true, false]);
    const pair = groupGraphs([graph("D · a", "a", ["interface.in", "interface.out"]), graph("D · b", "b", ["interface.in", "interface.out"])], [], name)[0];
    expect(pair && fitsTogether(pair)).toBe(false);
  });

  it("what people open the page for is not folded away", () => {
    const families = groupGraphs([graph("A", "a", ["wireless.clients"], "1"), graph("B", "b", ["interface.in_errors"], "1/s")], [], name);
    expect(families.map(isPrimary)).toEqual([true, false]);
  });
});

describe("radios", () => {
  it("channels follow from frequencies in all three bands", () => {
    expect([2412, 2484, 5680, 5955, 6115].map((mhz) => channelOf(mhz * 1e6))).toEqual([1, 14, 136, 1, 33]);
    expect(channelOf(null)).toBeNull();
    expect(channelOf(2413e6)).toBeNull();
  });

  const ssids = [
    entity("ssid/ng/a", "ssid", { "wireless.clients": 3, "wireless.frequency": 2412e6, "wireless.tx_power": 20 }, { radio: "ng" }),
    entity("ssid/ng/b", "ssid", { "wireless.clients": 4, "wireless.frequency": 2412e6 }, { radio: "ng" }),
    entity("ssid/na/a", "ssid", { "wireless.clients": null, "wireless.frequency": 5680e6 }, { radio: "na" }),
  ];
  const radios = [entity("radio/ng", "radio", { "wireless.utilization": 31 }), entity("radio/na", "radio", { "wireless.utilization": 6 })];

  it("what a radio does not say is taken from its own SSIDs", () => {
    const [ng, na] = radioRows([...ssids, ...radios]);
    expect(ng).toMatchObject({ band: 2.4, channel: 1, clients: 7, txPower: 20, utilization: 31 });
    expect(na).toMatchObject({ band: 5, channel: 136, clients: null, txPower: null });
  });

  it("a radio's own figure wins over the sum of its SSIDs", () => {
    const own = entity("radio/ng", "radio", { "wireless.clients": 9, "wireless.channel": 6 });
    expect(radioRows([own, ...ssids])[0]).toMatchObject({ clients: 9, channel: 6 });
  });

  it("the band of a radio without frequency is that of its SSIDs", () => {
    expect(bandOfEntity(radios[1] as Entity, [...ssids, ...radios])).toBe(5);
    expect(bandOfEntity(radios[0] as Entity, radios)).toBeNull();
  });
});
