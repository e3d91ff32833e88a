/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state_list.h - states and reasons: STATE(number, SYMBOL, "code", "German", "English"), REASON likewise.
 * Numbers are append-only (journal); codes are the contract of MQTT and HTTP. No include guard. */
#ifdef STATE
STATE(0, STATE_UNKNOWN, "unknown", "unbekannt", "unknown")
STATE(1, STATE_USABLE, "usable", "nutzbar", "usable")
STATE(2, STATE_DEGRADED, "degraded", "eingeschränkt", "degraded")
STATE(3, STATE_UNUSABLE, "unusable", "nicht nutzbar", "unusable")
STATE(4, STATE_MAINTENANCE, "maintenance", "Wartung", "maintenance")
#endif
#ifdef REASON
REASON(0, REASON_NONE, "none", "kein Grund", "none")
REASON(1, REASON_POWER, "power", "Stromausfall", "power failure")
REASON(2, REASON_FIBRE, "fibre", "Glasfaser unterbrochen", "fibre cut")
REASON(3, REASON_SWITCH, "switch", "Switch gestört", "switch fault")
REASON(4, REASON_AP, "ap", "Access Point gestört", "access point fault")
REASON(5, REASON_CONTROLLER, "controller", "Controller gestört", "controller fault")
REASON(6, REASON_RADIO, "radio", "Funkmodul gestört", "radio fault")
REASON(7, REASON_AUTHENTICATION, "authentication", "Anmeldung gestört", "authentication fault")
REASON(8, REASON_DHCP, "dhcp", "Adressvergabe (DHCP) gestört", "DHCP fault")
REASON(9, REASON_DNS, "dns", "Namensauflösung (DNS) gestört", "DNS fault")
REASON(10, REASON_PORTAL, "portal", "Anmeldeseite gestört", "portal fault")
REASON(11, REASON_INTERNET, "internet", "Internetzugang gestört", "internet access fault")
REASON(12, REASON_CONGESTION, "congestion", "überlastet", "congestion")
REASON(13, REASON_SLEEPING, "sleeping", "antwortet, versorgt aber niemanden", "answers but serves nobody")
REASON(14, REASON_CONFIGURATION, "configuration", "Konfiguration fehlerhaft", "configuration fault")
REASON(15, REASON_NO_DATA, "no_data", "keine Daten", "no data")
REASON(16, REASON_MONITOR_BLIND, "monitor_blind", "Überwachung blind", "monitoring blind")
REASON(17, REASON_VANISHED, "vanished", "vom Controller nicht mehr gelistet",
       "no longer listed by its controller")
REASON(18, REASON_REMOVED, "removed", "seit Langem nicht mehr gelistet, wohl abgebaut",
       "not listed for long, probably taken down")
#endif
