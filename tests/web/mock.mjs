// SPDX-License-Identifier: GPL-3.0-or-later
// mock.mjs - a stand-in for netzwacht-dashboard, for work on the pages without the daemons: the routes of docs/openapi.yaml
// that the pages use, over a small invented city. It proves nothing about the server; browser.mjs runs on the real demo.
//   node tests/web/mock.mjs WEB_DIR [PORT] [CITY]     user "operator", password "mock"
// CITY: a directory that `netzwacht-city init` wrote; its districts and places then stand in for the invented ones.
import { createServer } from "node:http";
import { readFileSync, existsSync } from "node:fs";
import { extname, join, normalize } from "node:path";

const webDir = process.argv[2] ?? "build/share/web";
const port = Number(process.argv[3] ?? 8099);
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".png": "image/png" };
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

let seed = 7;
function random() {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
}
const iso = (ms) => new Date(ms).toISOString();
const start = Date.now();

const DISTRICTS = [
  ["garstedt", "Garstedt", [[53.668, 9.945], [53.655, 9.975], [53.662, 10.012], [53.69, 10.02], [53.6965, 10.006], [53.6985, 9.972], [53.692, 9.938]]],
  ["harksheide", "Harksheide", [[53.69, 10.02], [53.699, 10.04], [53.706, 10.062], [53.722, 10.046], [53.742, 10.034], [53.754, 10.005], [53.735, 9.99], [53.7175, 9.985], [53.713, 10.011], [53.6965, 10.006]]],
  ["glashuette", "Glashütte", [[53.662, 10.012], [53.668, 10.045], [53.684, 10.066], [53.706, 10.062], [53.699, 10.04], [53.69, 10.02]]],
  ["friedrichsgabe", "Friedrichsgabe", [[53.692, 9.938], [53.6985, 9.972], [53.711, 9.968], [53.7175, 9.985], [53.735, 9.99], [53.754, 10.005], [53.752, 9.972], [53.735, 9.955], [53.716, 9.948]]],
  ["mitte", "Norderstedt-Mitte", [[53.6985, 9.972], [53.6965, 10.006], [53.713, 10.011], [53.7175, 9.985], [53.711, 9.968]]],
].map(([id, name, ring]) => ({ id, name, rings: [[...ring, ring[0]]] }));

const cityDir = process.argv[4];
const places = [];
if (cityDir) {
  const { features } = JSON.parse(readFileSync(join(cityDir, "districts.geojson"), "utf8"));
  DISTRICTS.splice(0, DISTRICTS.length, ...features.map(({ properties, geometry }) => ({ id: properties.id, name: properties.name, rings: geometry.coordinates.map((ring) => ring.map(([lon, lat]) => [lat, lon])) })));
  const text = readFileSync(join(cityDir, "inventory.yaml"), "utf8");
  const sites = new Map([...text.matchAll(/\{id: (\S+), name: "([^"]*)", district: (\w+)/g)].map(([, id, name, district]) => [id, { name, district }]));
  for (const [, id, name, site, lat, lon] of text.matchAll(/\{id: (hs-\d+), name: "([^"]*)", site: (\S+), lat: ([\d.]+), lon: ([\d.]+)/g)) {
    places.push({ id, name, site, site_name: sites.get(site)?.name, district: sites.get(site)?.district, lat: Number(lat), lon: Number(lon) });
  }
}

function inside([lat, lon], ring) {
  let is = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = ring[i];
    const [c, d] = ring[j];
    if (a > lat !== c > lat && lon < ((d - b) * (lat - a)) / (c - a) + b) is = !is;
  }
  return is;
}

function pointIn(ring) {
  for (;;) {
    const p = [53.655 + random() * 0.1, 9.938 + random() * 0.128];
    if (inside(p, ring)) return p;
  }
}

const reasons = { usable: "none", degraded: "congestion", unusable: "ap", unknown: "no_data", maintenance: "none" };
const nodes = [];
const devices = [];
function addNode(id, name, kind, district, at, uplink) {
  const node = { id, name, kind, district, lat: at[0], lon: at[1], is_core: uplink === null, state: "usable", reason: "none", incident: null, hotspots: { usable: 0, degraded: 0, unusable: 0, unknown: 0, maintenance: 0 }, clients: 0, uplink };
  nodes.push(node);
  return node;
}
const core = addNode("core-1", "Kern Rathaus", "router", "mitte", [53.7064, 9.9926], null);
for (const d of DISTRICTS) {
  const agg = addNode(`agg-${d.id.slice(0, 3)}`, `Verteiler ${d.name}`, "switch", d.id, pointIn(d.rings[0]), core.id);
  for (let i = 1; i <= 9; i++) addNode(`sw-${d.id.slice(0, 3)}-${String(i).padStart(2, "0")}`, `Schrank ${d.name} ${i}`, "switch", d.id, pointIn(d.rings[0]), agg.id);
  addNode(`ups-${d.id.slice(0, 3)}`, `USV ${d.name}`, "ups", d.id, [agg.lat, agg.lon], agg.id);
}
const hotspots = new Map();
for (let i = 1; i <= 540; i++) {
  const d = DISTRICTS[i % 5];
  const switches = nodes.filter((n) => n.kind === "switch" && n.district === d.id && n.id.startsWith("sw-"));
  const sw = switches[i % switches.length];
  const at = [sw.lat + (random() - 0.5) * 0.011, sw.lon + (random() - 0.5) * 0.018];
  const roll = random();
  const state = roll < 0.94 ? "usable" : roll < 0.965 ? "degraded" : roll < 0.98 ? "unknown" : roll < 0.99 ? "maintenance" : "unusable";
  const id = `hs-${String(i).padStart(4, "0")}`;
  hotspots.set(id, { id, name: `${["Ginsterweg", "Mühlenstraße", "Kiebitzredder", "Heidberg", "Schulweg"][i % 5]} ${1 + (i % 40)}`, site: `s-${i}`, site_name: ["Haltestelle", "Schule", "Einkaufszentrum", "Freibad", "Laterne"][i % 5] + ` ${d.name} ${i % 30}`, district: d.id, district_name: d.name, lat: at[0], lon: at[1], state, reason: reasons[state], since: iso(start - random() * 4e8), incident: null, clients: state === "usable" || state === "degraded" ? Math.floor(random() * 30) : null, device: `ap-${String(i).padStart(4, "0")}`, entity: null, uplink: sw.id, published: true });
}

for (const place of places) {
  const switches = nodes.filter((n) => n.district === place.district && n.id.startsWith("sw-"));
  const district_name = DISTRICTS.find((d) => d.id === place.district)?.name;
  const nearest = switches.sort((a, b) => Math.hypot(a.lat - place.lat, a.lon - place.lon) - Math.hypot(b.lat - place.lat, b.lon - place.lon))[0];
  Object.assign(hotspots.get(place.id), place, { district_name, uplink: nearest.id });
}

const incidents = new Map();
const log = new Map();
function openIncident(id, severity, type, cause, members, de, en, age) {
  const at = iso(start - age);
  const incident = { id, source: severity === "critical" ? "critical" : "main", sequence: incidents.size + 1, severity, priority: members.length * 410, type, cause, members, opened: at, changed: at, closed: null, operator: { state: "none", by: null, at: null, comment: null, assigned: null }, history: [], flapping: false, evidence: [{ metric: "reachable", entity: "", value: 0, limit: 1, at }, { metric: "optic.rx_power", entity: "optic/1", value: -38.2, limit: -27, at }], rule: null, runbook: null, text: { de, en } };
  incidents.set(id, incident);
  log.set(id, [{ at, event: "opened", severity, members: 1, by: null, comment: null }, { at: iso(start - age + 4000), event: "member_joined", severity, members: members.length, by: null, comment: null }]);
  return incident;
}
const cutSwitch = nodes.find((n) => n.id === "sw-gar-03");
const cut = [...hotspots.values()].filter((h) => h.uplink === cutSwitch.id);
cut.forEach((h) => Object.assign(h, { state: "unusable", reason: "fibre", incident: "inc-0001", clients: null, since: iso(start - 900e3) }));
Object.assign(cutSwitch, { state: "unusable", reason: "fibre", incident: "inc-0001" });
openIncident("inc-0001", "critical", "fibre_cut", { kind: "device", id: cutSwitch.id, name: cutSwitch.name }, cut.map((h) => ({ kind: "hotspot", id: h.id, name: h.name, state: h.state, reason: h.reason })), `Glasfaser unterbrochen: ${cutSwitch.name}, ${cut.length} Hotspots`, `Fibre cut: ${cutSwitch.name}, ${cut.length} hotspots`, 900e3);
const slow = [...hotspots.values()].filter((h) => h.state === "degraded").slice(0, 6);
openIncident("inc-0002", "minor", "congestion", { kind: "hotspot", id: slow[0].id, name: slow[0].name }, slow.map((h) => ({ kind: "hotspot", id: h.id, name: h.name, state: h.state, reason: h.reason })), `Überlastung: ${slow[0].name}`, `Congestion: ${slow[0].name}`, 5400e3);
const old = openIncident("inc-0000", "major", "power_cut", { kind: "device", id: "ups-har", name: "USV Harksheide" }, [], "Stromausfall: Schrank Harksheide 2", "Power cut: Schrank Harksheide 2", 9e7);
Object.assign(old, { closed: iso(start - 8.6e7), severity: "cleared" });

function countOf(list) {
  const counts = { usable: 0, degraded: 0, unusable: 0, unknown: 0, maintenance: 0 };
  for (const h of list) counts[h.state] += 1;
  return counts;
}
function summary() {
  const all = [...hotspots.values()];
  const open = [...incidents.values()].filter((i) => i.closed === null);
  const bySeverity = (s) => open.filter((i) => i.severity === s).length;
  return { at: iso(Date.now()), hotspots: countOf(all), clients: all.reduce((n, h) => n + (h.clients ?? 0), 0), clients_known: all.filter((h) => h.clients !== null).length, districts: DISTRICTS.map((d) => ({ id: d.id, name: d.name, hotspots: countOf(all.filter((h) => h.district === d.id)), clients: 0 })), devices: { total: 600, answering: 590, silent: 10 }, incidents: { open: open.length, unacknowledged: open.filter((i) => i.operator.state === "none").length, critical: bySeverity("critical"), major: bySeverity("major"), minor: bySeverity("minor"), warning: bySeverity("warning") } };
}
const config = { title: "Netzwacht Norderstedt", instance: "norderstedt", version: "mock", is_simulated: true, bounds: [[53.655, 9.938], [53.754, 10.066]], districts: DISTRICTS, states: [], reasons: [], metrics: [{ name: "optic.rx_power", unit: "dBm" }, { name: "reachable", unit: "1" }], poll_interval_s: 5, probe_interval_s: 10 };

const value = (metric, unit, v) => ({ metric, unit, value: v, quality: v === null ? "unknown" : "ok", reason: v === null ? "no_answer" : null, at: iso(Date.now() - 4000) });
function hotspotDetail(h) {
  const up = h.state !== "unusable";
  const path = [];
  for (let n = nodes.find((x) => x.id === h.uplink); n; n = nodes.find((x) => x.id === n.uplink)) path.push({ id: n.id, name: n.name, kind: n.kind, state: n.state });
  const radio = (i, ch) => ({ id: `radio/${i}`, ref: `${h.device}/radio/${i}`, kind: "radio", name: i ? "5 GHz" : "2,4 GHz", attributes: {}, values: [value("wireless.channel", "1", up ? ch : null), value("wireless.utilization", "%", up ? 34.2 : null), value("wireless.clients", "1", up ? 7 : null), value("wireless.tx_power", "dBm", up ? 20 : null), value("wireless.noise_floor", "dBm", up ? -94 : null)] });
  const graph = (de, en, metrics, unit) => ({ title: { de, en }, entity: `${h.device}/device`, metrics, unit });
  return { ...h, environment: "outdoor", height_m: 5, power: null, hardware: { vendor: "Ubiquiti", model: "UAP-SIM-2", version: "6.5.28.14491", serial: null, firmware: "outdated", support: "ends_soon", rule: firmwareRule }, radios: [], path, entities: [radio(0, 6), radio(1, 52)], probes: [{ ref: `probe/${h.id}/probe`, outcome: "ok", at: iso(Date.now() - 8000), values: [value("probe.icmp.loss", "%", up ? 0 : 100), value("probe.icmp.rtt", "s", up ? 0.0042 : null), value("probe.dns.ok", "1", up ? 1 : 0), value("probe.dns.time", "s", 0.021), value("probe.portal.ok", "1", up ? 1 : 0), value("probe.portal.time", "s", 0.14)] }], graphs: [graph("Geräte im WLAN", "Clients on Wi-Fi", ["wireless.clients"], "1"), graph("Kanalauslastung", "Channel utilisation", ["wireless.utilization"], "%"), graph("Durchsatz", "Throughput", ["interface.in", "interface.out"], "bit/s"), graph("Antwortzeit", "Round-trip time", ["probe.icmp.rtt"], "s")] };
}
function device(id) {
  const n = nodes.find((x) => x.id === id);
  const h = [...hotspots.values()].find((x) => x.device === id);
  if (!n && !h) return null;
  const from = n ?? { ...h, kind: "ap", uplink: h.uplink };
  return { id, name: n ? n.name : `AP ${h.name}`, kind: from.kind, address: "127.16.3.1", site: "s", site_name: n ? n.name : h.site_name, district: from.district, lat: from.lat, lon: from.lon, uplink: from.uplink ?? null, power: null, is_core: id === "core-1", state: from.state, reason: from.reason, since: iso(start - 5e6), incident: from.incident, is_answering: true, last_poll: iso(Date.now() - 3000), outcome: "ok", misses: 0, hotspots: n ? 11 : 1, vendor: n ? "Juniper" : "Ubiquiti", model: n ? "sim48p" : "UAP-SIM-2", version: n ? "20.4R3" : "6.5.28.14491", serial: n ? "SIM0219170001" : null, firmware: n ? "current" : "outdated", support: n ? "runs" : "ends_soon" };
}
const firmwareRule = { recommended: "6.5.62", minimum: "6.5.28", reason: "SIM-2026-0007", end_of_sale: "2025-10-18", end_of_support: "2027-03-22", days_left: 120, source: "https://example.org/" };
function assets() {
  const all = [...nodes.map((n) => device(n.id)), ...[...hotspots.values()].map((h) => device(h.device))];
  return all.map((d) => ({ device: d.id, entity: null, name: d.name, kind: d.kind, site: d.site, site_name: d.site_name, vendor: d.vendor, model: d.model, version: d.version, serial: d.serial, firmware: d.firmware, support: d.support, hotspots: d.hotspots, clients: null, rule: d.kind === "ap" ? firmwareRule : null }));
}
function firmware() {
  const all = assets();
  const tally = (key, words) => Object.fromEntries(words.map((word) => [word, all.filter((each) => each[key] === word).length]));
  const models = [...new Set(all.map((each) => each.model))].map((name) => {
    const own = all.filter((each) => each.model === name);
    const { vendor, support, rule, version, firmware: status } = own[0];
    return { vendor, model: name, assets: own.length, hotspots: 540, clients: null, support, rule, versions: [{ version, firmware: status, assets: own.length, hotspots: 540, clients: null }] };
  });
  return { rules: 1, assets: all.length, firmware: tally("firmware", ["too_old", "outdated", "unknown", "unrated", "current"]), support: tally("support", ["ended", "ends_soon", "runs", "unknown"]), models };
}
function deviceDetail(d) {
  const graphs = d.kind === "switch" ? [{ title: { de: "Optische Empfangsleistung", en: "Optical receive power" }, entity: `${d.id}/optic/1`, metrics: ["optic.rx_power"], unit: "dBm" }, { title: { de: "Uplink", en: "Uplink" }, entity: `${d.id}/if/1`, metrics: ["interface.in", "interface.out"], unit: "bit/s" }] : [];
  return { ...d, port: 10161, uplink_port: "if/ge-0/0/7", profiles: ["generic", "junos"], identity: { sys_object_id: "1.3.6.1.4.1.2636.1.1.1.2.132", sys_descr: "Juniper", sys_name: d.name, vendor: d.vendor, model: d.model, version: d.version, serial: d.serial }, uptime_s: 8640000, booted: iso(start - 8640000e3), rule: d.kind === "ap" ? firmwareRule : null, interval_s: 5, poll_rtt_ms: 1.2, polling: { get_varbinds: null, bulk_varbinds: d.kind === "ap" ? 12 : null, slowed: null, is_walk_broken: false }, children: nodes.filter((n) => n.uplink === d.id).map((n) => ({ id: n.id, name: n.name, kind: n.kind, state: n.state })), graphs };
}
function entities(d) {
  if (d.kind === "ups") return [{ id: "ups/0", ref: `${d.id}/ups/0`, kind: "ups", name: "USV", attributes: {}, values: [value("ups.output_source", "1", 5), value("ups.charge", "%", 71), value("ups.runtime", "s", 1260), value("ups.load", "%", 24), value("ups.input_voltage", "V", 0), value("ups.battery_voltage", "V", 51.7)] }];
  const list = [{ id: "device", ref: `${d.id}/device`, kind: "chassis", name: "Gerät", attributes: {}, values: [value("cpu.utilization", "%", 12), value("temperature", "Cel", 41.5)] }];
  for (let i = 0; i < 24; i++) list.push({ id: `if/${i}`, ref: `${d.id}/if/${i}`, kind: "interface", name: `ge-0/0/${i}`, attributes: { oper: i % 7 === 3 ? "down" : "up", alias: i === 0 ? "Uplink" : `hs-${String(i).padStart(4, "0")}` }, values: [value("interface.speed", "bit/s", 1e9), value("interface.in", "bit/s", random() * 4e7), value("interface.out", "bit/s", random() * 2e8), value("interface.in_errors", "1/s", 0)] });
  for (let i = 0; i < 4; i++) list.push({ id: `optic/${i}`, ref: `${d.id}/optic/${i}`, kind: "optic", name: `xe-0/2/${i}`, attributes: {}, values: [value("optic.rx_power", "dBm", -7.3 - i), value("optic.tx_power", "dBm", -2.1), value("optic.bias", "A", 0.031), value("optic.temperature", "Cel", 38)] });
  return list;
}
const UNITS = { "optic.rx_power": "dBm", "interface.in": "bit/s", "interface.out": "bit/s", "probe.icmp.rtt": "s", "wireless.utilization": "%" };
function series(query) {
  const metrics = query.get("metric").split(",");
  const now = Math.floor(Date.now() / 1000);
  const from = Number(query.get("from") ?? -3600);
  const to = Number(query.get("to") ?? now);
  const span = from < 0 ? -from : to - from;
  const rows = 300;
  const step = Math.max(1, Math.round(span / rows));
  const end = Math.floor(to / step) * step;
  const shapes = { "wireless.clients": [12, 8], "wireless.utilization": [30, 18], "interface.in": [2e7, 1.5e7], "interface.out": [9e7, 6e7], "probe.icmp.rtt": [0.004, 0.002], "optic.rx_power": [-8, 0.4] };
  const out = [];
  const isGap = (i) => i > 120 && i < 141;
  for (let i = 0; i < rows; i++) {
    const t = end - (rows - 1 - i) * step;
    // ten answers a round, more widely spread for a while; some rounds lose their slowest
    const spread = 0.004 * Math.exp(-(((i - 220) / 40) ** 2)) + 0.0003 * (1 + random());
    const lost = i % 37 === 5 ? 3 : 0;
    const smoke = (n) => (n > 10 - lost ? null : 0.004 + spread * ((n - 1) / 4.5) ** 2);
    const ping = (m) => (isGap(i) ? null : m === "probe.icmp.loss" ? lost * 10 : m === "probe.icmp.rtt" ? smoke(5) : smoke(Number(m.slice("probe.icmp.smoke".length))));
    if (metrics.some((m) => m.startsWith("probe.icmp.smoke"))) {
      out.push(metrics.map(ping));
      continue;
    }
    out.push(metrics.map((m) => (isGap(i) ? null : (shapes[m] ?? [5, 2])[0] + (shapes[m] ?? [5, 2])[1] * Math.sin(t / (span / 9)) * Math.cos(t / (span / 31)))));
  }
  const completeness = out.map((_, i) => (isGap(i) ? 0 : i > 200 && i < 220 ? 0.6 : 1));
  return { entity: query.get("entity"), start: end - (rows - 1) * step, step, columns: metrics, units: metrics.map((m) => UNITS[m] ?? "1"), rows: out, completeness };
}
function availability(id) {
  const days = [];
  for (let i = 89; i >= 0; i--) {
    const completeness = i > 80 ? 0 : i === 40 ? 0.4 : 1;
    const a = completeness === 0 ? null : i % 23 === 5 ? 0.91 : i % 17 === 3 ? 0.987 : 1;
    days.push({ date: iso(start - i * 864e5).slice(0, 10), availability: a, completeness, up_s: 0, degraded_s: 0, down_s: 0, unknown_s: 0, maintenance_s: 0 });
  }
  return { id, from: iso(start - 90 * 864e5), to: iso(start), total: { availability: 0.9953, completeness: 0.9, up_s: 0, degraded_s: 0, down_s: 0, unknown_s: 0, maintenance_s: 0 }, days };
}

const LINK = { from_port: null, port: null, evidence: "inventory", seen: "both_ends", is_ring: false };
function topology() {
  const party = (n) => ({ kind: "device", id: n.id, name: n.name });
  const switches = nodes.filter((n) => n.kind === "switch");
  const [core, ...others] = switches;
  const links = nodes.filter((n) => n.uplink).map((n) => ({ ...LINK, from: n.id, to: n.uplink, kind: "uplink", state: n.state }));
  if (others.length > 1) links.push({ ...LINK, from: others[0].id, to: others[1].id, kind: "redundant", is_ring: true, state: "usable" });
  const contradictions = others.slice(0, 1).map((n) => ({ code: "uplink_differs", device: party(n), stated: party(core), stated_port: "if/xe-0/0/1", seen: party(others.at(-1)), seen_port: "if/xe-0/1/3" }));
  const strangers = others.slice(0, 1).map((n) => ({ device: party(n), port: "if/ge-0/0/7", system_name: "shop-wifi", chassis_id: "02:ee:00:00:00:01", address: null }));
  return {
    nodes: nodes.map((n) => ({ ...n, parent: n.uplink ?? null, evidence: n.uplink ? "inventory" : "none", seen: n.uplink ? "both_ends" : "no", parent_port: null, own_port: null, is_in_ring: n === others[0], load: n.uplink ? { down: 4e8, up: 6e7, speed: 1e10 } : null })),
    links, contradictions, contradiction_count: contradictions.length, proposals: [], proposal_count: 0, strangers, stranger_count: strangers.length,
  };
}

// ---- events ----
const streams = new Set();
let eventNumber = 0;
function emit(type, data) {
  eventNumber += 1;
  for (const stream of streams) stream.write(`id: ${eventNumber}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}
setInterval(() => emit("summary", summary()), 5000).unref();

// ---- requests ----
const sessions = new Map();
function sessionOf(request) {
  const id = /nw_session=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
  return sessions.get(id) ?? null;
}
function send(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers });
  response.end(body === null ? "" : JSON.stringify(body));
}
const problem = (response, status, kind, detail = "") => send(response, status, { type: `urn:netzwacht:problem:${kind}`, title: kind, status, detail }, { "Content-Type": "application/problem+json" });
const page = (response, items) => send(response, 200, { items, next: null });

const OPERATOR_STATES = { acknowledge: "acknowledged", shelve: "shelved", unshelve: "none", close: "closed" };
const EVENTS = { acknowledge: "acknowledged", shelve: "shelved" };

function act(id, verb, body, user) {
  const incident = incidents.get(id);
  const now = iso(Date.now());
  const comment = body.comment ?? null;
  const { assigned, state } = incident.operator;
  incident.operator = { state: OPERATOR_STATES[verb] ?? state, by: user, at: now, comment, assigned: verb === "assign" ? body.to : assigned };
  incident.history.push({ at: now, by: user, via: "dashboard", action: verb, comment, to: body.to ?? null, until: body.until ?? null });
  incident.changed = now;
  log.get(id).push({ at: now, event: EVENTS[verb] ?? "changed", severity: incident.severity, members: incident.members.length, by: user, comment });
  emit("incident", incident);
}

/** ?count= incidents over ?seconds=, each opened and then changed once: what a monitor without correlation would send. */
function storm(count, seconds) {
  const all = [...hotspots.values()];
  const severities = ["critical", "major", "minor", "warning"];
  for (let i = 0; i < count; i += 1) {
    setTimeout(() => {
      const hotspot = all[i % all.length];
      const members = [{ kind: "hotspot", id: hotspot.id, name: hotspot.name, state: "unusable", reason: "ap" }];
      const text = [`Sturm ${i}: ${hotspot.name}`, `Storm ${i}: ${hotspot.name}`];
      const cause = { kind: "hotspot", id: hotspot.id, name: hotspot.name };
      const incident = openIncident(`storm-${i}`, severities[i % 4], "device_down", cause, members, ...text, start - Date.now());
      emit("incident", incident);
      emit("incident", { ...incident, changed: iso(Date.now() + 1) });
    }, (i * seconds * 1000) / count);
  }
}

/** Writes `count` batches as fast as the readers take them: states, a summary, an incident that opens and closes. The last one
 * leaves an open incident behind, "Marke COUNT", by which a test sees that all have arrived. */
async function batches(count) {
  const all = [...hotspots.values()];
  const members = [{ kind: "hotspot", id: all[0].id, name: all[0].name, state: "unusable", reason: "ap" }];
  const cause = { kind: "hotspot", id: all[0].id, name: all[0].name };
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 5; k++) {
      const { id, name, state, reason, since, incident } = all[(i * 5 + k) % all.length];
      emit("state", { kind: "hotspot", id, name, state, reason, since, previous: state, incident, clients: i % 30 });
    }
    const incident = openIncident("passing", "minor", "device_down", cause, members, `Vorbei ${i}`, `Passing ${i}`, 0);
    emit("incident", incident);
    emit("incident", { ...incident, closed: iso(Date.now()) });
    emit("summary", summary());
    incidents.delete("passing");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  emit("incident", openIncident("mark", "critical", "device_down", cause, members, `Marke ${count}`, `Mark ${count}`, 0));
}

/** Ends every stream, and refuses new ones for so long. */
let cutUntil = 0;
function cutStreams(seconds) {
  cutUntil = Date.now() + seconds * 1000;
  for (const stream of streams) stream.destroy();
}

const maintenance = [-26, -0.4, 20, 70].map((hours, i) => {
  const { id, name } = i === 1 ? hotspots.get("hs-0001") : nodes[i];
  const status = ["ended", "active", "planned", "planned"][i];
  return { id: `mw-${i}`, target: id, target_name: name, begin: iso(start + hours * 36e5), end: iso(start + (hours + 0.3 + i) * 36e5), comment: ["Spleißarbeiten", "Tausch der Antenne", "Stromabschaltung der Stadtwerke", "Firmware 6.5.62"][i], by: "noc", status, via: "dashboard", announced: i === 2 ? { de: "Stromabschaltung", en: "" } : null };
});

/** Two hotspots and what no hotspot could be given; one network imitates ours. */
function funnel() {
  const phase = (name, attempts, success, p50, more = {}) => ({ phase: name, attempts, success, p50, p95: p50 && p50 * 3, blamed: attempts ? 0 : null, failed_silence: 0, failed_pool: 0, failed_refused: 0, failed_name: 0, failed_server: 0, ...more });
  const [first, second] = [...hotspots.values()];
  const at = iso(start);
  return {
    sensors: [{ id: "mirror", name: "Spiegelport Kern", at, frames: 812.4, dropped: 0, malformed: 0.1, arp: 14.2, broadcast: 22.1, rogue_dhcp: 1, rogue_ra: 0, imitators_seen: 1, withheld: 12,
      imitators: [{ bssid: "0a:01:02:03:04:05", ssid: "MobyKlick", ssid_hex: "4d6f62794b6c69636b", why: "unknown_sender", security: "open", first_seen: "1790000000", channel: "6", signal: -61 }] }],
    hotspots: [
      { id: first.id, name: first.name, at, phases: [phase("dhcp4", 120, 98.3, 0.031, { failed_silence: 2 }), phase("dns", 940, 91.2, 0.012, { failed_name: 83 }), phase("tcp", 2210, 99.4, 0.018, { failed_refused: 13 })] },
      { id: second.id, name: second.name, at, phases: [phase("dhcp4", 64, 41.0, 0.8, { failed_pool: 38, blamed: 1 }), phase("dns", 90, 98.0, 0.011), phase("tcp", null, null, null)] },
    ],
    elsewhere: [{ id: "mirror", name: "Spiegelport Kern", at, phases: [phase("radius", 31, 90.3, 0.02, { failed_refused: 3 })] }],
  };
}

const routes = [
  ["GET", /^\/hotspots$/, (r, m, q) => page(r, [...hotspots.values()])],
  ["GET", /^\/hotspots\/([^/]+)$/, (r, m) => (hotspots.has(m[1]) ? send(r, 200, hotspotDetail(hotspots.get(m[1]))) : problem(r, 404, "not-found"))],
  ["GET", /^\/hotspots\/([^/]+)\/availability$/, (r, m) => send(r, 200, availability(m[1]))],
  ["GET", /^\/summary$/, (r) => send(r, 200, summary())],
  ["GET", /^\/topology$/, (r) => send(r, 200, topology())],
  ["GET", /^\/devices$/, (r) => page(r, [...nodes.map((n) => device(n.id)), ...[...hotspots.values()].map((h) => device(h.device))])],
  ["GET", /^\/devices\/([^/]+)$/, (r, m) => (device(m[1]) ? send(r, 200, deviceDetail(device(m[1]))) : problem(r, 404, "not-found"))],
  ["GET", /^\/devices\/([^/]+)\/entities$/, (r, m) => page(r, entities(device(m[1])))],
  ["GET", /^\/devices\/([^/]+)\/neighbours$/, (r, m) => page(r, [{ entity: "if/0", system_name: "Kern Rathaus", chassis_id: "", port_id: "xe-0/0/1", port_descr: "", address: "", device: "core-1", hotspot: null }])],
  ["GET", /^\/devices\/([^/]+)\/changes$/, (r) => send(r, 200, { items: [{ at: iso(start - 9e8), entity: null, what: "serial", before: "SIM0219160009", after: "SIM0219170001" }] })],
  ["GET", /^\/firmware$/, (r) => send(r, 200, firmware())],
  ["GET", /^\/firmware\/assets$/, (r) => page(r, assets())],
  ["GET", /^\/series$/, (r, m, q) => send(r, 200, series(q))],
  ["GET", /^\/incidents$/, (r, m, q) => page(r, [...incidents.values()].filter((i) => (q.get("status") === "open" ? !i.closed : q.get("status") === "closed" ? i.closed : true)).filter((i) => !q.get("member") || i.members.some((x) => x.id === q.get("member"))))],
  ["GET", /^\/incidents\/([^/]+)$/, (r, m) => (incidents.has(m[1]) ? send(r, 200, { ...incidents.get(m[1]), runbook_text: { de: "Baustellen?\nPegel ansehen.", en: "Road works?\nLook at the levels." }, log: log.get(m[1]) }) : problem(r, 404, "not-found"))],
  ["POST", /^\/incidents\/([^/]+)\/(acknowledge|comment|assign|shelve|unshelve|close)$/, (r, m, q, request, body, session) => {
    const command = request.headers["idempotency-key"] ?? "c";
    send(r, 202, { command });
    setTimeout(() => {
      act(m[1], m[2], body, session.user);
      emit("command", { command, verb: m[2], target: m[1], by: session.user, outcome: "done", problem: null });
    }, 300);
  }],
  ["GET", /^\/maintenance$/, (r) => page(r, maintenance)],
  ["GET", /^\/services$/, (r) => page(r, [["portal", "Anmeldeseite MobyKlick", "usable", "none"], ["dns", "Namensauflösung", "degraded", "dns"]].map(([kind, name, state, reason]) => ({ id: kind, name, kind, target: null, site: null, state, reason, since: null, incident: null, probes: [], graphs: [] })))],
  ["GET", /^\/funnel$/, (r) => send(r, 200, funnel())],
  ["GET", /^\/daemons$/, (r) => page(r, ["collector", "store", "probe", "alerts", "dashboard", "public"].map((name) => ({ name, partition: name, online: name !== "public", version: "mock", started: iso(start), heartbeat: iso(start), lag: {}, config: "", notices: [] })))],
  ["GET", /^\/coverage\/summary$/, (r) => problem(r, 404, "coverage-missing", "run netzwacht report coverage")],
  ["GET", /^\/coverage$/, (r) => problem(r, 404, "coverage-missing", "run netzwacht report coverage")],
];

function api(request, response, path, query, body) {
  const session = sessionOf(request);
  if (path === "/config") return send(response, 200, config);
  if (path === "/session" && request.method === "GET") return send(response, 200, session ?? { user: null, role: "public", csrf: null, expires: null });
  if (path === "/session" && request.method === "POST") {
    if (body.password !== "mock") return problem(response, 401, "login-failed");
    const id = Math.random().toString(36).slice(2);
    sessions.set(id, { user: body.user, role: body.user, csrf: `csrf${id}`, expires: null, may_change: true });
    return send(response, 204, null, { "Set-Cookie": `nw_session=${id}; Path=/; HttpOnly; SameSite=Strict` });
  }
  if (path === "/mock/storm") {
    storm(Number(query.get("count")), Number(query.get("seconds")));
    return send(response, 202, {});
  }
  if (path === "/mock/streams") return send(response, 200, { open: streams.size });
  if (path === "/mock/cut") {
    cutStreams(Number(query.get("seconds")));
    return send(response, 202, {});
  }
  if (path === "/mock/batches") return batches(Number(query.get("count"))).then(() => send(response, 200, {}));
  if (!session) return problem(response, 401, "login-required");
  if (request.method !== "GET" && request.headers["x-csrf-token"] !== session.csrf) return problem(response, 403, "csrf");
  if (path === "/session") {
    sessions.clear();
    return send(response, 204, null);
  }
  if (path === "/events") {
    if (Date.now() < cutUntil) return response.destroy();
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write(": hello\n\n");
    streams.add(response);
    response.on("close", () => streams.delete(response));
    return undefined;
  }
  for (const [method, pattern, handle] of routes) {
    const match = method === request.method && pattern.exec(path);
    if (match) return handle(response, match, query, request, body, session);
  }
  return problem(response, 404, "not-found");
}

function file(response, path) {
  const name = normalize(path === "/" ? "/index.html" : path);
  const full = join(webDir, name);
  if (name.includes("..") || !existsSync(full)) {
    response.writeHead(404);
    return response.end();
  }
  response.writeHead(200, { "Content-Type": TYPES[extname(full)] ?? "application/octet-stream", "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff" });
  return response.end(readFileSync(full));
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (!url.pathname.startsWith("/api/v1")) return file(response, url.pathname);
  let text = "";
  request.on("data", (chunk) => (text += chunk));
  request.on("end", () => api(request, response, decodeURIComponent(url.pathname.slice(7)), url.searchParams, text ? JSON.parse(text) : {}));
  return undefined;
}).listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
