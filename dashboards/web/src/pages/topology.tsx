// SPDX-License-Identifier: GPL-3.0-or-later
// topology.tsx - who hangs on whom, from the core to the hotspot; what falls if it falls; what contradicts the inventory.

import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Hotspot, Topology, TopologyNode } from "../api/types";
import { useApp, useTexts, useTitle } from "../context";
import { formatNumber, formatShare, formatValue } from "../format";
import { buildTree, confirmed, idsWithDevices, onlyTrouble, pathTo, portName, utilization, type Branch } from "../model/topology";
import type { Route } from "../router";
import { useStore, type Store } from "../store";
import { LineIcon } from "../ui/icons";
import { Facts, Loading, Muted, ReasonText, Section, StateText, ThingLink } from "../ui/parts";
import { Table, type Column } from "../ui/table";

export function TopologyPage({ route }: { route: Store<Route> }) {
  const { t } = useTexts();
  const { city } = useApp();
  const topology = useStore(city.topology);
  const hotspots = useStore(city.hotspots);
  const at = useStore(route).query.get("at");
  useTitle(t("topology.title"));
  if (!topology) return <Loading />;
  return (
    <div class="page">
      <header class="page-head is-plain">
        <div>
          <h1>{t("topology.title")}</h1>
          <p class="lead">{t("topology.lead")}</p>
        </div>
      </header>
      <Summary topology={topology} />
      <TreePanel topology={topology} hotspots={hotspots} at={at} />
      <Contradictions topology={topology} />
      <SecondWays topology={topology} />
      <Proposals topology={topology} />
      <Strangers topology={topology} />
    </div>
  );
}

// ---- in short ----

function Summary({ topology }: { topology: Topology }) {
  const { t, language } = useTexts();
  const { seen, all } = confirmed(topology);
  const rings = topology.links.filter((link) => link.is_ring).length;
  const number = (value: number) => formatNumber(value, language);
  const jump = (id: string, count: number) =>
    count > 0 ? (
      <button type="button" class="jump" onClick={() => document.getElementById(id)?.scrollIntoView()}>
        {number(count)}
      </button>
    ) : (
      "0"
    );
  return (
    <section class="panel is-row" aria-label={t("topology.summary")}>
      <Facts
        items={[
          [t("topology.confirmed"), t("topology.confirmedOf", { seen: number(seen), all: number(all) })],
          [t("topology.contradictions"), jump("contradictions", topology.contradiction_count)],
          [t("topology.rings"), jump("second-ways", rings)],
          [t("topology.proposals"), jump("proposals", topology.proposal_count)],
          [t("topology.strangers"), jump("strangers", topology.stranger_count)],
        ]}
      />
    </section>
  );
}

// ---- the tree ----

interface TreeState {
  open: ReadonlySet<string>;
  toggle: (id: string) => void;
  contradicted: ReadonlySet<string>;
  clientsOf: (branch: Branch) => number;
  at: string | null;
}

function TreePanel({ topology, hotspots, at }: { topology: Topology; hotspots: ReadonlyMap<string, Hotspot>; at: string | null }) {
  const { t, language } = useTexts();
  const [isTroubleOnly, setTroubleOnly] = useState(false);
  const all = useMemo(() => buildTree(topology, [...hotspots.values()], language), [topology, hotspots, language]);
  const roots = useMemo(() => (isTroubleOnly ? onlyTrouble(all) : all), [all, isTroubleOnly]);
  const core = all[0]?.id;
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setOpen(new Set([...(core ? [core] : []), ...(at ? pathTo(all, at) : [])])), [core, at]);
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  const contradicted = useMemo(() => new Set(topology.contradictions.map((each) => each.device.id)), [topology]);
  const clientsOf = (branch: Branch) => {
    const ids = branch.kind === "hotspot" ? [branch.id] : [...branch.falls];
    return ids.reduce((sum, id) => sum + (hotspots.get(id)?.clients ?? 0), 0);
  };
  const actions = (
    <div class="tree-actions">
      <label class="check">
        <input type="checkbox" checked={isTroubleOnly} onChange={(event) => setTroubleOnly(event.currentTarget.checked)} />
        {t("topology.troubleOnly")}
      </label>
      <button type="button" class="button" onClick={() => setOpen(new Set(idsWithDevices(roots)))}>
        {t("topology.openAll")}
      </button>
      <button type="button" class="button" onClick={() => setOpen(new Set())}>
        {t("topology.closeAll")}
      </button>
    </div>
  );
  return (
    <Section title={t("topology.tree")} id="tree" actions={actions}>
      <div class="tree-heads" aria-hidden="true">
        <span>{t("topology.what")}</span>
        <span>{t("state")}</span>
        <span>{t("topology.load")}</span>
        <span>{t("topology.falls")}</span>
        <span>{t("topology.evidence")}</span>
      </div>
      {roots.length > 0 ? (
        <Branches branches={roots} level={0} state={{ open, toggle, contradicted, clientsOf, at }} />
      ) : (
        <Muted>{t("topology.noTrouble")}</Muted>
      )}
    </Section>
  );
}

function Branches({ branches, level, state, id }: { branches: readonly Branch[]; level: number; state: TreeState; id?: string }) {
  return (
    <ul class={`tree is-level-${Math.min(level, 6)}`} id={id}>
      {branches.map((branch) => (
        <BranchItem key={`${branch.kind} ${branch.id}`} branch={branch} level={level} state={state} />
      ))}
    </ul>
  );
}

function BranchItem({ branch, level, state }: { branch: Branch; level: number; state: TreeState }) {
  const row = useRef<HTMLDivElement>(null);
  const isAt = branch.id === state.at;
  useEffect(() => {
    if (isAt) row.current?.scrollIntoView({ block: "center" });
  }, [isAt]);
  const isOpen = state.open.has(branch.id) && branch.children.length > 0;
  return (
    <li data-id={branch.id}>
      <div class={`tree-row${isAt ? " is-at" : ""}${branch.kind === "hotspot" ? " is-hotspot" : ""}`} ref={row} aria-current={isAt ? "true" : undefined}>
        <Name branch={branch} isOpen={isOpen} toggle={state.toggle} />
        <span class="tree-state">
          <StateText state={branch.state} /> <ReasonText reason={branch.reason} />
        </span>
        <Load node={branch.node} />
        <Falls branch={branch} clients={state.clientsOf(branch)} />
        <Evidence branch={branch} isContradicted={state.contradicted.has(branch.id)} />
      </div>
      {isOpen ? <Branches branches={branch.children} level={level + 1} state={state} id={`below-${branch.id}`} /> : null}
    </li>
  );
}

function Name({ branch, isOpen, toggle }: { branch: Branch; isOpen: boolean; toggle: (id: string) => void }) {
  const { t, code } = useTexts();
  const kind = branch.kind === "hotspot" ? t("topology.hotspot") : code("device.kind", branch.kind);
  const port = portName(branch.node?.parent_port);
  return (
    <span class="tree-name">
      {branch.children.length > 0 ? (
        <button
          type="button"
          class="tree-toggle"
          aria-expanded={isOpen}
          aria-controls={isOpen ? `below-${branch.id}` : undefined}
          aria-label={t("topology.toggle", { name: branch.name, count: branch.children.length })}
          onClick={() => toggle(branch.id)}
        >
          <LineIcon name="right" size={16} />
        </button>
      ) : (
        <span class="tree-toggle" aria-hidden="true" />
      )}
      <span class="two-lines">
        <ThingLink kind={branch.kind === "hotspot" ? "hotspot" : "device"} id={branch.id} name={branch.name} />
        <span class={branch.kind === "hotspot" ? "kern-sr-only" : "muted"}>
          {kind}
          {port ? ` · ${t("topology.atPort", { port })}` : ""}
        </span>
      </span>
    </span>
  );
}

const BAR = 64;

function Load({ node }: { node: TopologyNode | null }) {
  const { t, language } = useTexts();
  if (!node?.load) return <span class="tree-load" />;
  const share = utilization(node);
  return (
    <span class="tree-load">
      <span class="kern-sr-only">{t("topology.load")}: </span>
      {share === null ? null : (
        <span class="load-share">
          <svg class="load-bar" width={BAR} height="8" viewBox={`0 0 ${BAR} 8`} aria-hidden="true" focusable="false">
            <rect class="load-bar__all" x="0.5" y="0.5" width={BAR - 1} height="7" rx="2" />
            <rect class={share > 0.8 ? "load-bar__used is-high" : "load-bar__used"} x="0.5" y="0.5" width={Math.max(2, share * (BAR - 1))} height="7" rx="2" />
          </svg>
          {formatShare(share, language)}
        </span>
      )}
      <span class="muted">
        ↓ {formatValue(node.load.down, "bit/s", language)} ↑ {formatValue(node.load.up, "bit/s", language)}
      </span>
    </span>
  );
}

function Falls({ branch, clients }: { branch: Branch; clients: number }) {
  const { t, language } = useTexts();
  if (branch.kind === "hotspot") return <span class="tree-falls muted">{t("topology.clients", { clients: formatNumber(clients, language) })}</span>;
  return (
    <span class={branch.falls.size > 0 ? "tree-falls" : "tree-falls muted"}>
      <span class="kern-sr-only">{t("topology.falls")}: </span>
      {branch.falls.size > 0
        ? t("topology.fallsOf", { hotspots: formatNumber(branch.falls.size, language), clients: formatNumber(clients, language) })
        : t("topology.fallsNone")}
    </span>
  );
}

/** Two dots, one for each end that sees the other: readable without colour. */
function Ends({ count }: { count: number }) {
  return (
    <svg class="ends" width="26" height="10" viewBox="0 0 26 10" aria-hidden="true" focusable="false">
      <path class="ends__line" d="M5 5H21" />
      {[0, 1].map((end) => (
        <circle key={end} class={end < count ? "is-seen" : "is-unseen"} cx={end * 16 + 5} cy="5" r="3.6" />
      ))}
    </svg>
  );
}

const ENDS: Record<string, number> = { no: 0, one_end: 1, both_ends: 2 };

function Evidence({ branch, isContradicted }: { branch: Branch; isContradicted: boolean }) {
  const { t, code } = useTexts();
  const { node } = branch;
  return (
    <span class="tree-evidence">
      {node?.parent && !branch.isProposed ? (
        <span class="evidence">
          <Ends count={ENDS[node.seen] ?? 0} /> {code("topology.seen", node.seen)}
        </span>
      ) : null}
      {node && !node.parent && !node.is_core ? <span class="evidence">{t("topology.noUplink")}</span> : null}
      {branch.isProposed ? <span class="mark is-proposed">{t("topology.proposed")}</span> : null}
      {node?.is_in_ring ? <span class="mark">{t("topology.ring")}</span> : null}
      {isContradicted ? <span class="mark is-contradicted">{t("topology.contradicted")}</span> : null}
    </span>
  );
}

// ---- what contradicts, second ways, proposals, strangers ----

type Contradiction = Topology["contradictions"][number];
type Party = Contradiction["device"];

/** "Switch Mitte 3, ge-0/0/7" with the device as a link. */
function PartyText({ party, port, otherwise }: { party: Party | null; port?: string | null; otherwise: string }) {
  const { t } = useTexts();
  return (
    <span class="two-lines">
      {party ? <ThingLink kind={party.kind} id={party.id} name={party.name} /> : <span>{otherwise}</span>}
      {port ? <span class="muted">{t("topology.port", { port: portName(port) })}</span> : null}
    </span>
  );
}

function Cut({ count, shown }: { count: number; shown: number }) {
  const { t, language } = useTexts();
  return count > shown ? <Muted>{t("topology.cut", { shown: formatNumber(shown, language), count: formatNumber(count, language) })}</Muted> : null;
}

function Contradictions({ topology }: { topology: Topology }) {
  const { t, code } = useTexts();
  const columns: Column<Contradiction>[] = [
    { id: "device", title: t("topology.device"), isHead: true, key: (row) => row.device.name, cell: (row) => <PartyText party={row.device} otherwise="" /> },
    {
      id: "what",
      title: t("topology.contradiction"),
      key: (row) => row.code,
      cell: (row) => (
        <span class="two-lines">
          <span>{code("contradiction", row.code)}</span>
          <span class="muted is-todo">{code("contradiction.todo", row.code)}</span>
        </span>
      ),
    },
    {
      id: "stated",
      title: t("topology.stated"),
      cell: (row) => <PartyText party={row.stated} port={row.stated_port} otherwise={row.code === "port_shared" ? t("topology.stranger") : "–"} />,
    },
    {
      id: "seen",
      title: t("topology.seenThere"),
      cell: (row) => <PartyText party={row.seen} port={row.seen_port} otherwise={row.code === "port_shared" ? t("topology.stranger") : t("topology.nothing")} />,
    },
  ];
  return (
    <Section title={t("topology.contradictions")} id="contradictions">
      <Table
        caption={t("topology.contradictions")}
        columns={columns}
        rows={topology.contradictions}
        rowId={(row) => `${row.code} ${row.device.id} ${row.seen_port ?? ""}`}
        empty={t("topology.noContradiction")}
      />
      <Cut count={topology.contradiction_count} shown={topology.contradictions.length} />
    </Section>
  );
}

/** A panel that is there only if it has something to show. */
function Extra<Row>({ title, id, lead, columns, rows, rowId, count }: { title: string; id: string; lead: string; columns: Column<Row>[]; rows: readonly Row[]; rowId: (row: Row) => string; count: number }) {
  if (rows.length === 0) return null;
  return (
    <Section title={title} id={id}>
      <p class="lead">{lead}</p>
      <Table caption={title} columns={columns} rows={rows} rowId={rowId} empty="" />
      <Cut count={count} shown={rows.length} />
    </Section>
  );
}

function SecondWays({ topology }: { topology: Topology }) {
  const { t, code } = useTexts();
  const names = new Map(topology.nodes.map((node) => [node.id, node.name]));
  const end = (id: string, port: string | null): ComponentChildren => (
    <PartyText party={{ kind: "device", id, name: names.get(id) ?? id }} port={port} otherwise="" />
  );
  const rows = topology.links.filter((link) => link.kind === "redundant");
  const columns: Column<(typeof rows)[number]>[] = [
    { id: "from", title: t("topology.from"), isHead: true, key: (row) => row.from, cell: (row) => end(row.from, row.from_port) },
    { id: "to", title: t("topology.to"), key: (row) => row.to, cell: (row) => end(row.to, row.port) },
    { id: "ring", title: t("topology.ring"), cell: (row) => (row.is_ring ? t("topology.closesRing") : "–") },
    { id: "source", title: t("topology.evidence"), cell: (row) => <>{code("topology.source", row.evidence)}, {code("topology.seen", row.seen)}</> },
  ];
  return <Extra title={t("topology.secondWays")} id="second-ways" lead={t("topology.secondWaysLead")} columns={columns} rows={rows} rowId={(row) => `${row.from} ${row.to}`} count={rows.length} />;
}

function Proposals({ topology }: { topology: Topology }) {
  const { t, code } = useTexts();
  const columns: Column<Topology["proposals"][number]>[] = [
    { id: "device", title: t("topology.device"), isHead: true, key: (row) => row.device.name, cell: (row) => <PartyText party={row.device} otherwise="" /> },
    { id: "parent", title: t("topology.hangsOn"), key: (row) => row.parent.name, cell: (row) => <PartyText party={row.parent} port={row.parent_port} otherwise="" /> },
    { id: "source", title: t("topology.evidence"), cell: (row) => <>{code("topology.source", row.evidence)}{row.evidence === "lldp" ? `, ${code("topology.seen", row.seen)}` : ""}</> },
  ];
  return <Extra title={t("topology.proposals")} id="proposals" lead={t("topology.proposalsLead")} columns={columns} rows={topology.proposals} rowId={(row) => row.device.id} count={topology.proposal_count} />;
}

function Strangers({ topology }: { topology: Topology }) {
  const { t } = useTexts();
  const columns: Column<Topology["strangers"][number]>[] = [
    { id: "name", title: t("topology.calls"), isHead: true, key: (row) => row.system_name ?? "", cell: (row) => row.system_name ?? "–" },
    { id: "at", title: t("topology.seenAt"), key: (row) => row.device.name, cell: (row) => <PartyText party={row.device} port={row.port} otherwise="" /> },
    { id: "chassis", title: t("topology.chassis"), cell: (row) => row.chassis_id ?? "–" },
    { id: "address", title: t("device.address"), isMinor: true, cell: (row) => row.address ?? "–" },
  ];
  return <Extra title={t("topology.strangers")} id="strangers" lead={t("topology.strangersLead")} columns={columns} rows={topology.strangers} rowId={(row) => `${row.device.id} ${row.port ?? ""} ${row.chassis_id ?? ""} ${row.system_name ?? ""}`} count={topology.stranger_count} />;
}
