// SPDX-License-Identifier: GPL-3.0-or-later
// figures.ts - the figures that netzwacht's daemons tell of themselves, in plain words: what each means, and what to do
// when it grows. The list is lib/model/figure_list.h; test/figures.test.ts compares them.

import type { Language } from "../format";

type Both = readonly [de: string, en: string];

/** What it means; and, where growth is trouble, what to do. */
const FIGURES: Record<string, readonly [Both, Both?]> = {
  // every daemon
  process_cpu_seconds_total: [["Verbrauchte Rechenzeit (Sekunden)", "Processor time used (seconds)"]],
  process_resident_memory_bytes: [["Belegter Arbeitsspeicher (Bytes)", "Memory in use (bytes)"]],
  journal_records_total: [["Einträge ins Journal geschrieben", "Records written to the journal"]],
  journal_bytes_total: [["Bytes ins Journal geschrieben", "Bytes written to the journal"]],
  journal_records_held: [
    ["Einträge, die im Speicher warten, weil die Platte nichts annimmt", "Records that wait in memory because the disk takes none"],
    ["Auf der Platte Platz schaffen; danach schreibt der Dienst von selbst weiter.", "Make room on the disk; the daemon then goes on by itself."],
  ],
  journal_records_lost_total: [
    ["Einträge verloren, weil die Platte zu lange voll war", "Records lost because the disk was full for too long"],
    ["Platz schaffen und journal.keep oder journal.size senken; `netzwacht check` rechnet den Bedarf vor.", "Make room and lower journal.keep or journal.size; `netzwacht check` works out what is needed."],
  ],
  journal_disk_bytes: [["Größe des eigenen Journals auf der Platte (Bytes)", "Size of its journal on the disk (bytes)"]],
  journal_limit_bytes: [["Höchste Größe dieses Journals (journal.size)", "Largest size of that journal (journal.size)"]],
  state_free_bytes: [["Freier Platz auf dem Dateisystem von state_dir (Bytes)", "Room left on the file system of state_dir (bytes)"]],
  state_size_bytes: [["Größe dieses Dateisystems (Bytes)", "Size of that file system (bytes)"]],

  // netzwacht-collector
  devices: [["Geräte im Bestand", "Devices of the inventory"]],
  devices_down: [["Geräte, die ausgefallen sind", "Devices that are down"]],
  devices_silent: [["Geräte, deren letzte Abfrage ohne Antwort blieb", "Devices whose latest poll had no answer"]],
  devices_walk_broken: [
    ["Geräte, deren Tabellen nicht enden oder im Kreis laufen", "Devices whose tables do not end or run in circles"],
    ["Firmware des Geräts prüfen; seine Seite nennt die Tabelle.", "Check the device's firmware; its page names the table."],
  ],
  devices_cut: [
    ["Geräte mit mehr Zeilen oder Werten, als gelesen werden", "Devices with more rows or values than are read"],
    ["Im Betriebshandbuch unter „Controller“ steht die Grenze.", "The limit stands in the operations manual under controllers."],
  ],
  devices_slowed: [
    ["Geräte, die viel langsamer antworten als sonst; ihre Tabellen werden seltener gelesen", "Devices that answer much more slowly than usual; their tables are read less often"],
    ["Auslastung des Geräts und seiner Leitung prüfen; es gibt sich von selbst, wenn es wieder schnell antwortet.", "Check the load of the device and its line; it ends by itself when the device answers fast again."],
  ],
  devices_asked_for_less: [["Geräte, die weniger auf einmal beantworten als andere", "Devices that answer less at a time than others"]],
  devices_not_polled: [
    ["Geräte, die wegen eines Fehlers im Bestand ausgelassen werden", "Devices left out because of a mistake in the inventory"],
    ["`netzwacht check` nennt Datei und Zeile.", "`netzwacht check` names file and line."],
  ],
  devices_sharing_engine_id: [
    ["Geräte, deren SNMPv3-Kennung mehrfach vorkommt", "Devices whose SNMPv3 engine id occurs more than once"],
    ["Auf einem der Geräte die Engine-ID neu vergeben.", "Set a new engine id on one of the devices."],
  ],
  polls_total: [["Abfragen abgeschlossen", "Polls finished"]],
  poll_misses_total: [
    ["Abfragen ganz ohne Antwort", "Polls without any answer"],
    ["Wächst es auch ohne Ausfälle: Paketverlust im Netz zum Gerät, `netzwacht doctor` fragt nach.", "If it grows without outages: packets are lost on the way, `netzwacht doctor` looks into it."],
  ],
  polls_decoded_total: [["Abfragen vollständig ausgewertet, weil sich mehr als Messwerte geändert hatte", "Polls decoded in full, as more than readings had changed"]],
  polls_slowed_total: [
    ["Abfragen von Geräten, deren Tabellen seltener gelesen werden", "Polls of devices whose tables are read less often"],
    ["Siehe: Geräte, die viel langsamer antworten als sonst.", "See: devices that answer much more slowly than usual."],
  ],
  poll_lateness_max_seconds: [
    ["So spät begann die späteste Abfrage der letzten Sekunde", "How late the latest poll of the last second began"],
    ["Über 1 s: Der Rechner ist überlastet, oder collector.interval ist zu kurz.", "Above 1 s: the machine is overloaded, or collector.interval is too short."],
  ],
  poll_answered_total: [["Abfragen mit Antwort", "Polls with an answer"]],
  poll_answered_within_1ms_total: [["… davon binnen 1 ms, gerechnet ab Fälligkeit", "… of these within 1 ms after they were due"]],
  poll_answered_within_2ms_total: [["… davon binnen 2 ms, gerechnet ab Fälligkeit", "… of these within 2 ms after they were due"]],
  poll_answered_within_5ms_total: [["… davon binnen 5 ms, gerechnet ab Fälligkeit", "… of these within 5 ms after they were due"]],
  poll_answered_within_10ms_total: [["… davon binnen 10 ms, gerechnet ab Fälligkeit", "… of these within 10 ms after they were due"]],
  poll_answered_within_20ms_total: [["… davon binnen 20 ms, gerechnet ab Fälligkeit", "… of these within 20 ms after they were due"]],
  poll_answered_within_50ms_total: [["… davon binnen 50 ms, gerechnet ab Fälligkeit", "… of these within 50 ms after they were due"]],
  poll_answered_within_100ms_total: [["… davon binnen 100 ms, gerechnet ab Fälligkeit", "… of these within 100 ms after they were due"]],
  poll_answered_within_200ms_total: [["… davon binnen 200 ms, gerechnet ab Fälligkeit", "… of these within 200 ms after they were due"]],
  poll_answered_within_500ms_total: [["… davon binnen 500 ms, gerechnet ab Fälligkeit", "… of these within 500 ms after they were due"]],
  poll_answered_within_1s_total: [["… davon binnen 1 s, gerechnet ab Fälligkeit", "… of these within 1 s after they were due"]],
  poll_answered_within_2s_total: [["… davon binnen 2 s, gerechnet ab Fälligkeit", "… of these within 2 s after they were due"]],
  poll_answered_within_5s_total: [["… davon binnen 5 s, gerechnet ab Fälligkeit", "… of these within 5 s after they were due"]],
  findings_total: [["Auffälligkeiten ins Journal geschrieben", "Findings written to the journal"]],
  traps_received_total: [["Traps empfangen", "Traps received"]],
  traps_taken_total: [["Traps, die eine sofortige Abfrage auslösten", "Traps that caused a poll at once"]],
  traps_malformed_total: [
    ["Traps, die keine SNMP-Nachricht sind", "Traps that are no SNMP message"],
    ["Absender mit `tcpdump port 162` suchen: ein falsch eingestelltes Gerät oder ein Angriff.", "Find the sender with `tcpdump port 162`: a misconfigured device or an attack."],
  ],
  traps_dropped_total: [
    ["Traps vom System verworfen: Der Puffer war voll", "Traps dropped by the system: the buffer was full"],
    ["Den Absender der Flut abstellen; net.core.rmem_max auf 8 MiB erlauben.", "Stop the sender of the flood; allow net.core.rmem_max of 8 MiB."],
  ],
  traps_unknown_sender_total: [
    ["Traps von Adressen, die nicht im Bestand stehen", "Traps from addresses that are not in the inventory"],
    ["Gerät in den Bestand aufnehmen, oder seine Traps abschalten.", "Add the device to the inventory, or switch its traps off."],
  ],
  traps_over_limit_total: [
    ["Traps über der Menge, die ein Gerät senden darf", "Traps beyond what one device may send"],
    ["Das Gerät meldet zu viel: seine Trap-Einstellungen verringern.", "The device reports too much: reduce its trap settings."],
  ],
  traps_about_clients_total: [
    ["Traps über einzelne Nutzergeräte, ungelesen verworfen (Datenschutz)", "Traps about single clients, dropped unread (privacy)"],
    ["Nichts ist verloren; sie am Controller abzuschalten spart Last.", "Nothing is lost; switching them off at the controller saves load."],
  ],
  traps_unknown_senders: [
    ["Adressen ohne Gerät, die in einer Stunde Traps sandten", "Addresses without a device that sent traps within an hour"],
    ["Gerät in den Bestand aufnehmen, oder seine Traps abschalten.", "Add the device to the inventory, or switch its traps off."],
  ],
  traps_buffer_bytes: [["Empfangspuffer für Traps", "Receive buffer for traps"]],
  traps_rejected_version_total: [
    ["Traps einer SNMP-Version, die nicht gesprochen wird", "Traps of an SNMP version that is not spoken"],
    ["v1, v2c oder v3 einstellen; sonst sagt das Protokoll, warum SNMPv3 nicht empfangen wird.", "Set v1, v2c or v3; else the log says why SNMPv3 is not received."],
  ],
  traps_rejected_engine_total: [
    ["SNMPv3-Informs an eine andere Engine-ID als unsere", "SNMPv3 informs to another engine id than ours"],
    ["Engine-ID am Gerät auf die im Protokoll genannte stellen.", "Set the engine id at the device to the one in the log."],
  ],
  traps_rejected_user_total: [
    ["SNMPv3-Traps unbekannter Benutzer", "SNMPv3 traps of unknown users"],
    ["Benutzer am Gerät mit `credentials` vergleichen: `netzwacht doctor`.", "Compare the device's user with `credentials`: `netzwacht doctor`."],
  ],
  traps_rejected_level_total: [
    ["SNMPv3-Traps mit anderem Schutz als dem ihres Benutzers", "SNMPv3 traps with another protection than their user's"],
    ["Benutzer am Gerät mit `credentials` vergleichen: `netzwacht doctor`.", "Compare the device's user with `credentials`: `netzwacht doctor`."],
  ],
  traps_rejected_digest_total: [
    ["SNMPv3-Traps mit falscher Prüfsumme (Passwort)", "SNMPv3 traps with a wrong MAC (password)"],
    ["Benutzer am Gerät mit `credentials` vergleichen: `netzwacht doctor`.", "Compare the device's user with `credentials`: `netzwacht doctor`."],
  ],
  traps_rejected_window_total: [
    ["SNMPv3-Traps außerhalb des Zeitfensters", "SNMPv3 traps outside of the time window"],
    ["Uhr des Geräts prüfen; wiederholte alte Nachrichten sind ein Angriff.", "Check the device's clock; old messages sent again are an attack."],
  ],
  traps_rejected_decrypt_total: [
    ["SNMPv3-Traps, die sich nicht entschlüsseln lassen", "SNMPv3 traps that do not decrypt"],
    ["Benutzer am Gerät mit `credentials` vergleichen: `netzwacht doctor`.", "Compare the device's user with `credentials`: `netzwacht doctor`."],
  ],
  informs_total: [["Informs empfangen und bestätigt", "Informs received and acknowledged"]],
  informs_discoveries_total: [["Fragen nach unserer SNMPv3-Engine-ID beantwortet", "Questions for our SNMPv3 engine id answered"]],
  snmp_requests_total: [["SNMP-Anfragen gestellt", "SNMP requests made"]],
  snmp_datagrams_sent_total: [["Datagramme gesendet, Wiederholungen eingeschlossen", "Datagrams sent, repetitions included"]],
  snmp_datagrams_unsent_total: [
    ["Datagramme, die das System nicht annahm", "Datagrams that the system did not take"],
    ["Route und Firewall prüfen; net.core.wmem_max erhöhen.", "Check route and firewall; raise net.core.wmem_max."],
  ],
  snmp_datagrams_dropped_total: [
    ["Antworten vom System verworfen: Der Puffer war voll", "Replies dropped by the system: the buffer was full"],
    ["Der Sammler kommt nicht nach: Rechner entlasten oder net.core.rmem_max erhöhen.", "The collector cannot keep up: relieve the machine or raise net.core.rmem_max."],
  ],
  snmp_replies_total: [["Antworten angenommen", "Replies accepted"]],
  snmp_timeouts_total: [
    ["Anfragen, die trotz Wiederholung ohne Antwort blieben", "Requests without an answer in spite of repetitions"],
    ["Normal bei Ausfällen; sonst `netzwacht doctor GERÄT`.", "Normal during outages; else `netzwacht doctor DEVICE`."],
  ],
  snmp_varbinds_total: [["Werte gelesen", "Values read"]],
  snmp_v3_discoveries_total: [["SNMPv3-Kennungen erfragt", "SNMPv3 engine ids asked for"]],
  snmp_v3_rediscoveries_total: [
    ["SNMPv3-Kennungen neu erfragt, weil Antworten nicht mehr passten", "SNMPv3 engine ids asked anew, as answers no longer fitted"],
    ["Einzelne sind Neustarts; viele deuten auf doppelte Engine-IDs.", "A few are restarts; many point to duplicate engine ids."],
  ],
  snmp_v3_unproven_total: [
    ["SNMPv3-Kennungen, für die nichts sprach: die vorige wurde wieder gefragt", "SNMPv3 engine ids that proved nothing: the one before was asked again"],
    ["Jemand auf dem Weg fälscht Antworten.", "Somebody on the way forges answers."],
  ],
  snmp_v3_clocks_set_total: [["SNMPv3-Uhren nachgestellt", "SNMPv3 clocks followed"]],
  snmp_v3_boots_back_total: [
    ["SNMPv3-Geräte, deren Startzähler rückwärts lief", "SNMPv3 devices whose boot counter ran backwards"],
    ["Das Gerät wurde ersetzt oder zurückgesetzt; sonst an einen Angriff denken.", "The device was replaced or reset; if not, think of an attack."],
  ],
  snmp_in_flight: [["Anfragen, die auf Antwort warten", "Requests that wait for an answer"]],
  snmp_queued: [
    ["Anfragen, die auf einen freien Platz warten", "Requests that wait for a free place"],
    ["Bleibt es hoch, antworten viele Geräte langsam: collector.window erhöhen.", "If it stays high many devices answer slowly: raise collector.window."],
  ],
  snmp_held_for_uplink_total: [["Anfragen, die warten mussten, weil hinter demselben Uplink schon viele liefen", "Requests that had to wait because many ran behind the same uplink"]],
  snmp_rejected_malformed_total: [
    ["Datagramme, die keine SNMP-Nachricht sind", "Datagrams that are no SNMP message"],
    ["Ein Gerät mit fehlerhaftem Agenten, oder fremder Verkehr auf diesem Port.", "A device with a faulty agent, or foreign traffic on this port."],
  ],
  snmp_rejected_unasked_total: [
    ["Antworten von Adressen, die keine schulden", "Replies from addresses that owe none"],
    ["Ein Gerät, das mit einer anderen Adresse antwortet, als es gefragt wird; sonst an Fälschung denken.", "A device that answers from another address than it is asked at; if not, think of forgery."],
  ],
  snmp_rejected_port_total: [
    ["Antworten von einem anderen Port als gefragt", "Replies from another port than the one asked"],
    ["Adressumsetzung (NAT) auf dem Weg prüfen; sonst an Fälschung denken.", "Check address translation (NAT) on the path; if not, think of forgery."],
  ],
  snmp_rejected_late_total: [
    ["Antworten, die kamen, als die Anfrage schon aufgegeben war", "Replies that came when their request had been given up"],
    ["Einzelne sind normal; viele: collector.timeout erhöhen.", "A few are normal; many: raise collector.timeout."],
  ],
  snmp_rejected_doubled_total: [
    ["Antworten auf schon beantwortete Anfragen", "Replies to requests that had been answered"],
    ["Normal nach wiederholten Anfragen; sonst verdoppelt etwas im Netz Pakete.", "Normal after repeated requests; if not, something in the network doubles packets."],
  ],
  snmp_rejected_pdu_total: [["SNMP-Nachrichten, die keine Antwort sind", "SNMP messages that are no response"], ["Absender suchen: Ein Gerät schickt Anfragen an diesen Port.", "Find the sender: a device sends requests to this port."]],
  snmp_rejected_request_id_total: [
    ["Antworten mit der Nummer keiner Anfrage", "Replies with the id of no request"],
    ["Einzelne sind sehr verspätet; viele: an Fälschung denken.", "A few are very late; many: think of forgery."],
  ],
  snmp_rejected_version_total: [["Antworten mit anderer SNMP-Version", "Replies of another SNMP version"], ["Agenten des Geräts prüfen.", "Check the device's agent."]],
  snmp_rejected_community_total: [["Antworten mit anderer Community", "Replies with another community"], ["Community im Bestand und am Gerät vergleichen.", "Compare the community in the inventory and on the device."]],
  snmp_rejected_oids_total: [
    ["Antworten mit anderen Objekten als gefragt", "Replies with other objects than asked for"],
    ["Fehlerhafter Agent: Firmware erneuern.", "A faulty agent: update its firmware."],
  ],
  snmp_rejected_varbinds_total: [
    ["Antworten mit mehr oder weniger Werten als gefragt", "Replies with more or fewer values than asked for"],
    ["Fehlerhafter Agent, der große Antworten abschneidet: Firmware erneuern. Der Sammler fragt ihn nach weniger.", "A faulty agent that cuts large replies off: update its firmware. The collector asks it for less."],
  ],
  snmp_rejected_engine_total: [["SNMPv3-Antworten einer anderen Engine", "SNMPv3 replies of another engine"], ["Wurde das Gerät getauscht? Sonst an Fälschung denken.", "Was the device replaced? If not, think of forgery."]],
  snmp_rejected_user_total: [["SNMPv3-Antworten unter anderem Benutzer", "SNMPv3 replies in the name of another user"], ["Benutzer im Bestand und am Gerät vergleichen.", "Compare the user in the inventory and on the device."]],
  snmp_rejected_level_total: [["SNMPv3-Antworten schwächer geschützt als verlangt", "SNMPv3 replies less protected than asked"], ["Sicherheitsstufe am Gerät prüfen.", "Check the security level on the device."]],
  snmp_rejected_digest_total: [["SNMPv3-Antworten mit falscher Prüfsumme", "SNMPv3 replies with a wrong authentication code"], ["Schlüssel vergleichen; bleibt es, ist es Fälschung.", "Compare the keys; if it persists it is forgery."]],
  snmp_rejected_window_total: [["SNMPv3-Antworten außerhalb des Zeitfensters", "SNMPv3 replies outside of the time window"], ["Uhr des Geräts prüfen; wiederholte alte Nachrichten sind ein Angriff.", "Check the device's clock; old messages sent again are an attack."]],
  snmp_rejected_decrypt_total: [["SNMPv3-Antworten, die sich nicht entschlüsseln lassen", "SNMPv3 replies that do not decrypt"], ["Verschlüsselungsschlüssel und Verfahren vergleichen.", "Compare privacy key and protocol."]],
  snmp_rejected_context_total: [["SNMPv3-Antworten eines anderen Kontexts", "SNMPv3 replies of another context"], ["Kontext im Bestand prüfen.", "Check the context in the inventory."]],
  snmp_rejected_report_total: [["SNMPv3-Berichte ohne Nachweis, nur als Hinweis genommen", "SNMPv3 reports without proof, taken as a hint only"], ["Bei Neustarts normal.", "Normal at restarts."]],

  // netzwacht-store
  store_files: [["Verlaufsdateien", "History files"]],
  store_files_bytes: [["Größe der Verlaufsdateien (Bytes)", "Size of the history files (bytes)"]],
  store_values_read_total: [["Werte aus dem Journal gelesen", "Values read from the journal"]],
  store_values_written_total: [["Werte in Verlaufsdateien geschrieben", "Values written to history files"]],
  store_rows_written_total: [["Zeilen in Verlaufsdateien geschrieben", "Rows written to history files"]],
  store_updates_total: [["Schreibvorgänge auf Verlaufsdateien", "Writes to history files"]],
  store_cycles_total: [["Schreibrunden", "Rounds of writing"]],
  store_files_created_total: [["Verlaufsdateien angelegt", "History files made"]],
  store_files_grown_total: [["Verlaufsdateien um Spalten erweitert", "History files given more columns"]],
  store_files_rewound_total: [["Verlaufsdateien berichtigt, deren letzte Zeile in der Zukunft lag", "History files put right whose last row lay in the future"], ["Die Uhr sprang: Zeitdienst des Rechners prüfen.", "The clock jumped: check the machine's time service."]],
  store_files_damaged_total: [
    ["Verlaufsdateien als beschädigt beiseitegelegt", "History files put aside as damaged"],
    ["Platte prüfen und die Datei aus der Sicherung holen; das Betriebshandbuch beschreibt es.", "Check the disk and fetch the file from the backup; the operations manual tells how."],
  ],
  store_series_refused_total: [
    ["Messreihen ohne Verlaufsdatei: Grenze erreicht", "Series without a history file: a limit is reached"],
    ["`netzwacht check` nennt die Grenzen; überflüssige Tabellen im Profil streichen.", "`netzwacht check` names the limits; drop tables that are not needed from the profile."],
  ],
  store_values_future_total: [["Werte mit einer Zeit in der Zukunft, nicht geschrieben", "Values with a time in the future, not written"], ["Zeitdienst des Rechners prüfen.", "Check the machine's time service."]],
  store_records_untabled_total: [["Einträge ohne bekannte Tabelle, nicht lesbar", "Records without a known table, not readable"], ["Nach einem Neustart normal; sonst Journal prüfen.", "Normal after a restart; else check the journal."]],
  store_records_unreadable_total: [["Einträge, die der Speicher nicht lesen kann", "Records that the store cannot read"], ["Platte prüfen; oder ein Dienst ist neuer als der Speicher.", "Check the disk; or a daemon is newer than the store."]],
  store_gaps_total: [
    ["Lücken: Einträge waren gelöscht, bevor der Speicher sie las", "Gaps: records were deleted before the store had read them"],
    ["Der Speicher kommt nicht nach: schnellere Platte oder größeres journal.keep.", "The store cannot keep up: a faster disk or a larger journal.keep."],
  ],

  // netzwacht-alerts
  alerts_commits_total: [["Abschlüsse in alerts.db", "Transactions of alerts.db"]],
  alerts_transitions_total: [["Zustandswechsel", "Changes of state"]],
  alerts_events_total: [["Ereignisse von Störungen", "Events of incidents"]],
  alerts_open_incidents: [["Offene Störungen", "Open incidents"]],
  alerts_reserve_bytes: [["Platz, der für alerts.db freigehalten wird, falls die Platte voll ist (Bytes)", "Room kept free for alerts.db in case the disk is full (bytes)"]],
  mqtt_connected: [["1: mit dem MQTT-Broker verbunden", "1: connected to the MQTT broker"]],
  mqtt_connects_total: [["Verbindungen zum Broker", "Connections to the broker"], ["Viele: Netz oder Zugangsdaten zum Broker prüfen.", "Many: check the network or the credentials of the broker."]],
  mqtt_published_total: [["Nachrichten veröffentlicht", "Messages published"]],
  mqtt_refused_total: [
    ["Quittungen und Befehle über MQTT abgelehnt", "Receipts and commands from MQTT refused"],
    ["Die Leitstelle sendet Unpassendes: das Protokoll von netzwacht-alerts nennt den Grund.", "The NOC sends what does not fit: the log of netzwacht-alerts says why."],
  ],
  channel_sent_total: [["Meldungen, die ein weiterer Kanal angenommen hat", "Messages accepted by a further channel"]],
  channel_failed_total: [
    ["Fehlgeschlagene Sendeversuche an weitere Kanäle", "Failed attempts to send to further channels"],
    ["Sie werden wiederholt: das Protokoll von netzwacht-alerts nennt Kanal und Grund.", "They are repeated: the log of netzwacht-alerts names channel and reason."],
  ],
  channel_refused_total: [
    ["Meldungen, die ein weiterer Kanal endgültig abgelehnt hat", "Messages refused for good by a further channel"],
    ["Adresse und Geheimnis des Kanals prüfen; das Protokoll nennt die Antwort.", "Check the channel's address and secret; the log says the answer."],
  ],
  channel_lost_total: [
    ["Meldungen verworfen, weil 5.000 (oder 8 MiB) auf denselben Kanal warteten", "Messages dropped because 5,000 (or 8 MiB) waited for the same channel"],
    ["Der Kanal war zu lange nicht erreichbar; die Störungen stehen weiter in der Liste.", "The channel was away for too long; the incidents are still in the list."],
  ],
  channel_folded_total: [
    ["Meldungen, die als Sammelmail gingen, weil die Sturmgrenze eines Kanals erreicht war", "Messages that went into a digest because a channel's storm limit was reached"],
    ["Viele Störungen auf einmal: die Liste der Störungen hat alle.", "Many incidents at once: the list of incidents has all of them."],
  ],
  second_path_waiting: [
    ["Ereignisse kritischer Vorfälle, die die Leitstelle noch nicht bestätigt hat", "Events of critical incidents that the NOC has not confirmed yet"],
    ["Bleiben sie, gehen sie nach alerts.second_path.after über den zweiten Weg; empfängt die Leitstelle?", "If they stay they take the second path after alerts.second_path.after; does the NOC receive?"],
  ],
  second_path_sent_total: [
    ["Ereignisse über den zweiten Weg, weil die Leitstelle sie nicht rechtzeitig bestätigt hat", "Events that took the second path, as the NOC did not confirm them in time"],
    ["Die Leitstelle anrufen: Empfängt ihr Client, und schickt er Empfangsbestätigungen?", "Call the NOC: does its client receive, and does it send receipts?"],
  ],
  escalations_total: [
    ["Eskalationsstufen, weil niemand rechtzeitig quittiert hat", "Steps of escalation, as nobody had acknowledged in time"],
    ["In den Vorfällen steht, wer verständigt wurde; wächst es oft, passen Fristen oder Besetzung nicht.", "The incidents say who was told; if it grows often the times or the staffing do not fit."],
  ],
  channels_failing: [
    ["Kanäle, deren letzter Sendeversuch scheiterte", "Channels whose last attempt to send failed"],
    ["Zugangsdaten, Adresse und Empfänger prüfen: netzwacht alerts test-channel NAME sagt, was geschieht.", "Check credentials, address and receiver: netzwacht alerts test-channel NAME says what happens."],
  ],
  channel_waiting: [
    ["Meldungen, die auf weitere Kanäle warten", "Messages that wait for further channels"],
    ["Wächst es stetig, nimmt ein Kanal nichts an: das Protokoll nennt ihn.", "If it grows steadily a channel accepts nothing: the log names it."],
  ],
  outbox_waiting: [
    ["Ereignisse ohne Quittung der Leitstelle", "Events without a receipt of the NOC"],
    ["Wächst es stetig, hört die Leitstelle nicht zu: ihren Empfänger prüfen.", "If it grows steadily the NOC does not listen: check its receiver."],
  ],

  // netzwacht-probe
  probe_rounds_total: [["Prüfrunden abgeschlossen", "Rounds of checks finished"]],
  probe_rounds_failed_total: [["Prüfrunden mit dem Ergebnis „geht nicht“", "Rounds with the verdict: does not work"]],
  probe_pings_sent_total: [["Pings gesendet", "Pings sent"]],
  probe_pings_answered_total: [["Pings beantwortet", "Pings answered"]],
  probe_foreign_replies_total: [["Antworten, die zu keiner Frage passen", "Answers that fit no question"], ["Einzelne sind verspätet; viele: Absender suchen.", "A few are late; many: find the sender."]],
  probe_rounds_late_total: [["Prüfrunden, die fällig waren, während die vorige noch lief", "Rounds that were due while the one before still ran"], ["probe.interval verlängern oder Ziele verringern.", "Lengthen probe.interval or check less."]],
  probe_targets: [["Ziele der Prüfungen", "Targets of the checks"]],
  probe_targets_refused: [["Ziele außerhalb von probe.allow, nicht geprüft", "Targets outside of probe.allow, not checked"], ["probe.allow ergänzen, wenn sie geprüft werden sollen.", "Add to probe.allow if they shall be checked."]],

  sensors: [["Sensoren, die mithören", "Sensors that listen"]],
  sensor_reports_total: [["Berichte der Sensoren", "Reports of sensors"]],
  sensor_watcher_restarts_total: [["Neustarts von Sensoren", "Restarts of sensors"], ["Das Protokoll von netzwacht-probe nennt den Grund: Schnittstelle, Rechte.", "The log of netzwacht-probe says why: interface, permissions."]],
  sensor_parser_restarts_total: [["Abgestürzte Leseprozesse, ersetzt", "Parsers that died, replaced"], ["Ein Rahmen im Netz bringt ihn zum Absturz: bitte melden.", "A frame on the network makes it crash: please report it."]],
  sensor_frames_dropped_total: [["Rahmen, die der Kernel verwerfen musste", "Frames that the kernel had to drop"], ["Der Rechner ist zu langsam für diese Schnittstelle.", "The machine is too slow for this interface."]],

  // netzwacht-dashboard, netzwacht-public
  http_requests_total: [["Anfragen an die Oberfläche", "Requests to the dashboard"]],
  http_connections: [["Offene Verbindungen", "Open connections"]],
  http_streams: [["Offene Live-Verbindungen", "Open live streams"]],
  http_refused_total: [["Anfragen abgelehnt: fehlerhaft oder zu viele je Adresse", "Requests refused: malformed or too many of one address"], ["Ein Suchprogramm oder ein Angriff; der vorgelagerte Webserver kann den Absender sperren.", "A scanner or an attack; the web server in front can block the sender."]],
  http_cut_total: [["Verbindungen beendet, weil sie zu lange brauchten", "Connections ended because they took too long"], ["Einzelne sind schlechte Leitungen; viele ein Angriff.", "A few are bad lines; many an attack."]],
  http_displaced_total: [["Verbindungen beendet, um anderen Platz zu machen", "Connections ended to make room for others"], ["Alle Plätze waren belegt: ein Angriff, oder sehr viele Besucher ohne vorgelagerten Webserver.", "All places were taken: an attack, or very many visitors without a web server in front."]],
  http_throttled_total: [["Anfragen gebremst: mehr als 40 je Sekunde und Sitzung", "Requests slowed down: more than 40 a second and session"], ["Ein Programm fragt zu oft: seinen Takt senken.", "A program asks too often: lower its rate."]],
  http_streams_cut_total: [["Live-Verbindungen beendet, weil der Browser zu langsam las", "Live streams ended because the browser read too slowly"], ["Der Browser verbindet sich neu; bleibt es, ist sein Rechner überlastet.", "The browser reconnects; if it goes on its machine is overloaded."]],
  http_streams_refused_total: [["Live-Verbindungen abgelehnt: mehr als 200", "Live streams refused: more than 200"], ["Alte Browserfenster schließen.", "Close old browser windows."]],
  logins_refused_total: [["Anmeldungen mit falschem Namen oder Passwort", "Log-ins with a wrong name or password"], ["Häuft es sich, nennt das Prüfprotokoll die Adresse.", "If there are many, the audit log names the address."]],
  logins_throttled_total: [["Anmeldungen gebremst: zu viele Versuche", "Log-ins slowed down: too many tries"], ["Jemand probiert Passwörter: Adresse im Prüfprotokoll nachsehen.", "Someone tries passwords: look up the address in the audit log."]],
  series_failed_total: [["Fragen nach Verläufen ohne Antwort", "Questions for history without an answer"], ["Das Protokoll von netzwacht-dashboard nennt die Datei.", "The log of netzwacht-dashboard names the file."]],
  history_failed_total: [["Einträge, die nicht in history.db passten", "Records that could not be written to history.db"], ["Platz auf der Platte prüfen; danach den Dienst neu starten.", "Check the room on the disk; then restart the daemon."]],
  tail_records_unreadable_total: [["Journal-Einträge, die dieser Dienst nicht versteht", "Journal records that this daemon does not understand"], ["Ein anderer Dienst ist neuer: alle aktualisieren.", "Another daemon is newer: update them all."]],
  tail_gaps_total: [["Lücken: Einträge waren gelöscht, bevor sie gelesen wurden", "Gaps: records were deleted before they were read"], ["Der Dienst kommt nicht nach: Rechner entlasten.", "The daemon cannot keep up: relieve the machine."]],
  public_files_written_total: [["Dateien der Statusseite geschrieben", "Files of the status page written"]],
  public_reports_total: [["Meldungen aus der Bevölkerung angenommen", "Reports of citizens taken"]],
  public_reports_refused_total: [["Meldungen aus der Bevölkerung abgelehnt", "Reports of citizens refused"], ["Zu viele, zu schnell oder Spam; viele auf einmal: Protokoll des Webservers ansehen.", "Too many, too fast, or spam; many at once: look at the web server's log."]],
  public_files_failed_total: [["Dateien der Statusseite nicht geschrieben", "Files of the status page not written"], ["Platz und Rechte des Ordners prüfen.", "Check room and permissions of the folder."]],
};

export const FIGURE_NAMES: readonly string[] = Object.keys(FIGURES);

function pick(both: Both | undefined, language: Language): string | null {
  return both ? both[language === "de" ? 0 : 1] : null;
}

/** The bare name for a figure that is newer than these pages. */
export function figureMeaning(name: string, language: Language): string {
  return pick(FIGURES[name]?.[0], language) ?? name;
}

/** null: nothing is to be done. */
export function figureAdvice(name: string, language: Language): string | null {
  return pick(FIGURES[name]?.[1], language);
}
