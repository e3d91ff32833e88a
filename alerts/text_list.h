/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_list.h - every kind of incident: INCIDENT_TYPE(number, SYMBOL, "code", severity, "German", "English").
 *
 * Codes are the contract of MQTT and HTTP, numbers are append-only (alerts.db). The severity is the one that
 * an incident starts from; the engine raises it with the number of hotspots. In the texts {name} is the
 * cause, {hotspots} the number of hotspots that are affected now (of a closed incident: that ever were),
 * {value} and {limit} the evidence, {count} its value as a whole number. No include guard: include it with
 * INCIDENT_TYPE defined. */
INCIDENT_TYPE(0, INCIDENT_OTHER, "other", SEVERITY_WARNING, "{name}: Auffälligkeit", "{name}: irregularity")
INCIDENT_TYPE(1, INCIDENT_FIBRE_CUT, "fibre_cut", SEVERITY_MAJOR,
              "Glasfaserstrecke zu {name} unterbrochen; betroffene Hotspots: {hotspots}",
              "Fibre to {name} cut; hotspots affected: {hotspots}")
INCIDENT_TYPE(2, INCIDENT_POWER_CUT, "power_cut", SEVERITY_MAJOR,
              "Stromausfall bei {name}; betroffene Hotspots: {hotspots}",
              "Power failure at {name}; hotspots affected: {hotspots}")
INCIDENT_TYPE(3, INCIDENT_DEVICE_DOWN, "device_down", SEVERITY_MINOR,
              "{name} antwortet nicht; betroffene Hotspots: {hotspots}",
              "{name} does not answer; hotspots affected: {hotspots}")
INCIDENT_TYPE(4, INCIDENT_ON_BATTERY, "on_battery", SEVERITY_WARNING, "{name} läuft auf Batterie",
              "{name} is running on battery")
INCIDENT_TYPE(5, INCIDENT_PORTAL_DOWN, "portal_down", SEVERITY_MAJOR,
              "{name} funktioniert nicht; betroffene Hotspots: {hotspots}",
              "{name} (portal) does not work; hotspots affected: {hotspots}")
INCIDENT_TYPE(6, INCIDENT_DNS_DOWN, "dns_down", SEVERITY_CRITICAL,
              "{name} (DNS) funktioniert nicht; betroffene Hotspots: {hotspots}",
              "{name} (DNS) does not work; hotspots affected: {hotspots}")
INCIDENT_TYPE(7, INCIDENT_SERVICE_DOWN, "service_down", SEVERITY_MAJOR, "Dienst {name} funktioniert nicht",
              "Service {name} does not work")
INCIDENT_TYPE(8, INCIDENT_CERTIFICATE, "certificate", SEVERITY_WARNING,
              "Zertifikat von {name} läuft bald ab: noch {value} Tage",
              "Certificate of {name} expires soon: {value} days left")
INCIDENT_TYPE(9, INCIDENT_OPTICAL_DRIFT, "optical_drift", SEVERITY_WARNING,
              "Optischer Pegel an {name} ist um {value} dB gefallen",
              "Optical level at {name} has fallen by {value} dB")
INCIDENT_TYPE(10, INCIDENT_OPTICAL_LEVEL, "optical_level", SEVERITY_MINOR,
              "Optischer Pegel an {name} zu niedrig: {value} dBm",
              "Optical level at {name} too low: {value} dBm")
INCIDENT_TYPE(11, INCIDENT_CONGESTION, "congestion", SEVERITY_WARNING,
              "{name} ist überlastet; betroffene Hotspots: {hotspots}",
              "{name} is congested; hotspots affected: {hotspots}")
INCIDENT_TYPE(12, INCIDENT_SLEEPING, "sleeping", SEVERITY_WARNING,
              "{name} antwortet, versorgt aber niemanden", "{name} answers but serves nobody")
INCIDENT_TYPE(13, INCIDENT_LIMIT, "limit", SEVERITY_WARNING,
              "{name}: Grenzwert verletzt ({value}, Grenze {limit})",
              "{name}: limit exceeded ({value}, limit {limit})")
INCIDENT_TYPE(14, INCIDENT_MONITOR_BLIND, "monitor_blind", SEVERITY_CRITICAL,
              "Überwachung blind: {name}; Zustand von {hotspots} Hotspots unbekannt",
              "Monitoring blind: {name}; state of {hotspots} hotspots unknown")
INCIDENT_TYPE(15, INCIDENT_RADIO_DOWN, "radio_down", SEVERITY_MINOR, "Funkmodul von {name} ist aus",
              "Radio of {name} is off")
INCIDENT_TYPE(16, INCIDENT_CERTIFICATE_EXPIRED, "certificate_expired", SEVERITY_MAJOR,
              "Zertifikat von {name} ist abgelaufen; betroffene Hotspots: {hotspots}",
              "Certificate of {name} has expired; hotspots affected: {hotspots}")
INCIDENT_TYPE(17, INCIDENT_AP_VANISHED, "ap_vanished", SEVERITY_MINOR,
              "{name} listet Access Points nicht mehr; betroffene Hotspots: {hotspots}",
              "{name} no longer lists access points; hotspots affected: {hotspots}")
INCIDENT_TYPE(18, INCIDENT_SPECTRUM, "spectrum", SEVERITY_MINOR,
              "Funk nicht wie in Deutschland zulässig (Kanal, Ort oder Leistung); Hotspots: {hotspots}",
              "Radio not as Germany allows (channel, place or power); hotspots: {hotspots}")
INCIDENT_TYPE(19, INCIDENT_FIRMWARE, "firmware", SEVERITY_WARNING, "Firmware unter dem Mindeststand",
              "Firmware below the minimum version")
INCIDENT_TYPE(20, INCIDENT_FORECAST, "forecast", SEVERITY_WARNING,
              "{name} ist bald ausgelastet ({value}, Grenze {limit})",
              "{name} will soon be used up ({value}, limit {limit})")
INCIDENT_TYPE(21, INCIDENT_FLAPPING, "flapping", SEVERITY_WARNING,
              "{name} wechselt ständig den Zustand ({value} Wechsel)", "{name} is flapping ({value} changes)")
INCIDENT_TYPE(22, INCIDENT_SILENCE, "silence", SEVERITY_WARNING, "{name} liefert einen Messwert nicht mehr",
              "{name} no longer delivers a value")
INCIDENT_TYPE(23, INCIDENT_UNUSUAL, "unusual", SEVERITY_WARNING,
              "{name}: ungewöhnlich für diese Stunde ({value}, üblich bis {limit})",
              "{name}: unusual for this hour ({value}, usual up to {limit})")
INCIDENT_TYPE(24, INCIDENT_TRAP_SENDERS, "trap_senders", SEVERITY_WARNING,
              "SNMP-Traps von {count} unbekannten Absendern, zum Beispiel {name}",
              "SNMP traps from {count} unknown senders, for example {name}")
INCIDENT_TYPE(25, INCIDENT_HISTORY_DAMAGED, "history_damaged", SEVERITY_MINOR,
              "Beschädigte Verlaufsdatei beiseitegelegt, zuletzt von {name}",
              "Damaged file of the history put aside, the latest of {name}")
INCIDENT_TYPE(26, INCIDENT_ROGUE_DHCP, "rogue_dhcp", SEVERITY_MAJOR,
              "{name} sieht fremde DHCP-Server: {count}",
              "{name} sees DHCP servers that nobody knows: {count}")
INCIDENT_TYPE(27, INCIDENT_ROGUE_ROUTER, "rogue_router", SEVERITY_MAJOR,
              "{name} sieht fremde IPv6-Router: {count}",
              "{name} sees IPv6 routers that nobody knows: {count}")
INCIDENT_TYPE(28, INCIDENT_IMITATED_SSID, "imitated_ssid", SEVERITY_MAJOR,
              "{name} sieht Netze, die unseres nachahmen: {count}",
              "{name} sees networks that imitate ours: {count}")
INCIDENT_TYPE(29, INCIDENT_ONBOARDING, "onboarding", SEVERITY_MINOR,
              "{name}: Von den Versuchen, online zu gehen, gelingen {value} %",
              "{name}: {value} % of the attempts to get on-line succeed")
