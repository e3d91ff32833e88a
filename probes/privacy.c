/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privacy.c - the table of personal data. Pure. */
#include "probes/privacy.h"

#include "lib/base/json_out.h"

static const struct row {
    bool is_stored;
    const char *part[2], *field[2], *purpose[2], *where[2], *retention[2];
} rows[] = {
    {false,
     {"Mitschnitt (netzwacht capture)", "capture (netzwacht capture)"},
     {"MAC- und IP-Adressen von Endgeräten, Transaktionsnummern (DHCP, DNS, RADIUS, EAP, TCP)",
      "MAC and IP addresses of clients, transaction numbers (DHCP, DNS, RADIUS, EAP, TCP)"},
     {"Antworten ihren Anfragen zuordnen, um Dauer und Erfolg zu messen",
      "match answers to requests, to measure duration and success"},
     {"nur Arbeitsspeicher des Befehls", "memory of the command only"},
     {"bis zur Antwort oder bis ihr Platz gebraucht wird, längstens bis zum Ende des Befehls; nie ausgegeben",
      "until answered or until their place is needed, at most until the command ends; never printed"}},
    {false,
     {"Mitschnitt (netzwacht capture)", "capture (netzwacht capture)"},
     {"Nutzdaten, angefragte Namen, Benutzernamen, Schlüssel", "payload, names asked for, user names, keys"},
     {"keiner: sie werden übersprungen", "none: they are stepped over"},
     {"nirgends", "nowhere"},
     {"–", "–"}},
    {false,
     {"Mitschnitt (netzwacht capture)", "capture (netzwacht capture)"},
     {"Suchanfragen (Probe Requests) von Endgeräten", "probe requests of clients"},
     {"nur gezählt; keine Adresse, kein gesuchter Name", "counted only; no address, no name searched for"},
     {"nirgends", "nowhere"},
     {"–", "–"}},
    {false,
     {"Sensor (netzwacht-probe, sensor.enabled)", "sensor (netzwacht-probe, sensor.enabled)"},
     {"MAC- und IP-Adressen von Endgeräten, nur als Prüfwert unter einem Schlüssel, der täglich wechselt",
      "MAC and IP addresses of clients, only as a digest under a key that changes daily"},
     {"Antworten ihren Anfragen und Endgeräte ihrem Hotspot zuordnen; Zahlen erst ab fünf Endgeräten",
      "match answers to requests and clients to their hotspot; figures only from five clients on"},
     {"nur Arbeitsspeicher des Leseprozesses", "memory of the parser process only"},
     {"höchstens 24 Stunden, dann endet der Prozess und mit ihm der Schlüssel",
      "at most 24 hours, then the process ends and the key with it"}},
    {false,
     {"Aktive Messung (netzwacht-probe)", "active probes (netzwacht-probe)"},
     {"keine: Ziele sind Geräte und Dienste des Betreibers",
      "none: targets are the operator's devices and services"},
     {"–", "–"},
     {"nirgends", "nowhere"},
     {"–", "–"}},
    {false,
     {"Geräteabfrage (netzwacht-collector)", "polling (netzwacht-collector)"},
     {"Zahl der verbundenen Endgeräte je Access Point (keine Adressen, Namen, Sitzungen)",
      "number of connected clients per access point (no addresses, names, sessions)"},
     {"Auslastung, Störungserkennung", "load, fault detection"},
     {"Journal, RRD-Dateien", "journal, RRD files"},
     {"eine Zahl ist keine personenbezogene Angabe; öffentlich nur als Lastklasse",
      "a number is no personal data; public only as a load class"}},
    {true,
     {"Bedienoberfläche (netzwacht-dashboard)", "dashboard (netzwacht-dashboard)"},
     {"Konten der Bediener: Name, Rolle, Passwort-Hash (Argon2id), Sitzungen",
      "operators' accounts: name, role, password hash (Argon2id), sessions"},
     {"Anmeldung, Berechtigung", "log-in, authorisation"},
     {"users.db", "users.db"},
     {"bis zur Löschung des Kontos; Sitzungen bis zu ihrem Ablauf",
      "until the account is deleted; sessions until they expire"}},
    {true,
     {"Bedienoberfläche (netzwacht-dashboard)", "dashboard (netzwacht-dashboard)"},
     {"Protokoll der Bedienhandlungen: Kontoname, Zeit, Adresse des Arbeitsplatzes, Handlung",
      "audit log of operators' actions: account name, time, address of the workstation, action"},
     {"Nachvollziehbarkeit, Aufklärung von Missbrauch", "traceability, investigation of abuse"},
     {"users.db", "users.db"},
     {"bis es gelöscht wird; diese Version löscht es nicht von selbst",
      "until it is deleted; this version does not delete it by itself"}},
    {true,
     {"Alarme (netzwacht-alerts)", "alerts (netzwacht-alerts)"},
     {"Wer eine Störung quittiert, kommentiert oder zurückstellt: Kontoname, Zeit, Kommentar",
      "who acknowledges, comments or shelves an incident: account name, time, comment"},
     {"Nachvollziehbarkeit der Störungsbearbeitung", "traceability of incident handling"},
     {"alerts.db, Journal (Teil alerts), MQTT", "alerts.db, journal (partition alerts), MQTT"},
     {"26 Monate", "26 months"}},
    {true,
     {"Bürgermeldungen (netzwacht-public)", "citizens' reports (netzwacht-public)"},
     {"Ort und Art der Meldung; kein Name, keine Adresse des Geräts",
      "place and kind of the report; no name, no device address"},
     {"Störungserkennung", "fault detection"},
     {"Journal (Teil public)", "journal (partition public)"},
     {"30 Tage", "30 days"}},
};

static const struct {
    const char *title[2], *stored[2], *not_stored[2], *purpose[2], *where[2], *retention[2], *end[2];
} words = {
    {"Personenbezogene Daten in netzwacht", "Personal data in netzwacht"},
    {"wird gespeichert", "stored"},
    {"wird nicht gespeichert", "not stored"},
    {"Zweck", "purpose"},
    {"Ort", "where"},
    {"Dauer", "retention"},
    {"Von Bürgerinnen und Bürgern im WLAN speichert netzwacht weder Adressen noch Namen noch Inhalte.",
     "Of citizens on the Wi-Fi, netzwacht stores no addresses, no names and no content."},
};

enum err privacy_print_text(enum language lang, struct buf *out)
{
    buf_printf(out, "%s\n", words.title[lang]);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        buf_printf(out, "\n%s: %s\n  %s\n  %s: %s\n  %s: %s\n  %s: %s\n", r->part[lang],
                   r->is_stored ? words.stored[lang] : words.not_stored[lang], r->field[lang],
                   words.purpose[lang], r->purpose[lang], words.where[lang], r->where[lang],
                   words.retention[lang], r->retention[lang]);
    }
    buf_printf(out, "\n%s\n", words.end[lang]);
    return buf_error(out);
}

enum err privacy_print_json(enum language lang, struct buf *out)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_string(&j, "schema", "netzwacht.privacy/1");
    json_array_begin(&j, "fields");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        json_object_begin(&j, NULL);
        json_string(&j, "part", r->part[lang]);
        json_string(&j, "field", r->field[lang]);
        json_string(&j, "purpose", r->purpose[lang]);
        json_string(&j, "where", r->where[lang]);
        json_string(&j, "retention", r->retention[lang]);
        json_bool(&j, "is_stored", r->is_stored);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    buf_str(out, "\n");
    return buf_error(out);
}
