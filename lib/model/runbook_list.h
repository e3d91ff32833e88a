/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runbook_list.h - what to check first, at night: RUNBOOK("key", "German", "English"), one step a line.
 *
 * The key is a type of incident (alerts/text_list.h) or a rule (alerts/rules.yaml); a rule's own steps come
 * before those of its type. Two to five steps, each one thing that a person in the NOC can do or find out
 * without knowing netzwacht. No include guard: include it with RUNBOOK defined. */

/* ---- types of incidents ---- */
RUNBOOK("other",
        "Beleg und Mitglieder des Vorfalls ansehen.\n"
        "Das genannte Gerät im Netzplan öffnen: Antwortet es?\n"
        "Ist es unklar, der Betriebsführung übergeben und als Kommentar eintragen.",
        "Look at the evidence and the members of the incident.\n"
        "Open the device in the network plan: does it answer?\n"
        "If it stays unclear, hand it to operations and say so in a comment.")
RUNBOOK("fibre_cut",
        "Gibt es Baustellen oder gemeldete Tiefbauarbeiten auf der Strecke?\n"
        "Optische Pegel der Gegenstelle ansehen: Kein Licht heißt Bruch oder gezogener Stecker.\n"
        "Prüfen, ob am Ort Strom da ist (Nachbarn, Straßenlaternen, USV).\n"
        "Entstörung Glasfaser rufen; Faser, Muffe und letzten guten Pegel nennen.\n"
        "Nach der Reparatur Pegel mit dem Wert davor vergleichen.",
        "Are there road works on the route, or digging that was announced?\n"
        "Look at the optical levels of the far end: no light means a cut or a pulled plug.\n"
        "Check whether there is power at the place (neighbours, street lights, UPS).\n"
        "Call fibre repair; name fibre, sleeve and the last good level.\n"
        "After the repair compare the level with the one before.")
RUNBOOK("power_cut",
        "Beim Netzbetreiber nach einer Störung oder Abschaltung in der Straße fragen.\n"
        "Laufzeit der USV ansehen: Was fällt als Nächstes aus?\n"
        "Ist nur ein Schrank betroffen, Sicherung und FI-Schalter vor Ort prüfen lassen.\n"
        "Wenn der Strom wieder da ist, 10 Minuten auf die Geräte warten.",
        "Ask the grid operator about a fault or a switch-off in the street.\n"
        "Look at the run time of the UPS: what goes next?\n"
        "If only one cabinet is hit, have fuse and residual-current breaker checked on site.\n"
        "Once power is back give the devices 10 minutes.")
RUNBOOK("device_down",
        "Ist eine Wartung an diesem Gerät angekündigt?\n"
        "Port der Gegenstelle ansehen: Verbindung aus heißt Strom oder Kabel, Verbindung an heißt Gerät.\n"
        "PoE-Port einmal aus- und einschalten; 5 Minuten warten.\n"
        "Kommt es nicht wieder, Techniker für den nächsten Werktag bestellen, bei Schwere kritisch sofort.",
        "Is maintenance of this device announced?\n"
        "Look at the port of the other side: link down means power or cable, link up means the device.\n"
        "Switch the PoE port off and on once; wait 5 minutes.\n"
        "If it does not return order a technician for the next working day, at once if critical.")
RUNBOOK("on_battery",
        "Restlaufzeit und Ladung der USV ansehen.\n"
        "Beim Netzbetreiber nach einem Stromausfall fragen.\n"
        "Reicht die Laufzeit nicht, Aggregat bestellen oder geordnet abschalten.",
        "Look at run time left and charge of the UPS.\n"
        "Ask the grid operator about a power failure.\n"
        "If the run time will not do, order a generator or shut down in order.")
RUNBOOK("portal_down",
        "Startseite des Portals selbst öffnen: Was kommt, und ist das Zertifikat gültig?\n"
        "Antwortet sein Server, den Dienst dort neu starten.\n"
        "Wer angemeldet ist, surft weiter: kein Grund, Hotspots neu zu starten.",
        "Open the portal's first page yourself: what comes, and is its certificate valid?\n"
        "If its server answers restart the service there.\n"
        "Who is logged in goes on: no reason to restart hotspots.")
RUNBOOK("dns_down",
        "Beide Namensserver einzeln fragen: Antwortet einer?\n"
        "Prüfen, ob der Uplink ins Internet steht.\n"
        "Den Dienst auf dem Server neu starten, der nicht antwortet.\n"
        "Dauert es länger, in DHCP einen anderen Namensserver verteilen.",
        "Ask each name server alone: does one answer?\n"
        "Check whether the uplink to the Internet stands.\n"
        "Restart the service on the server that does not answer.\n"
        "If it takes longer hand out another name server by DHCP.")
RUNBOOK("service_down",
        "Antwortet der Server, auf dem der Dienst läuft?\n"
        "Platte und Protokoll des Dienstes ansehen, dann ihn neu starten.\n"
        "Prüfen, ob andere Dienste dort auch fehlen: Dann ist es der Server oder sein Netz.",
        "Does the server answer that the service runs on?\n"
        "Look at the service's disk and log, then restart it.\n"
        "Check whether other services there are missing, too: then it is the server or its network.")
RUNBOOK("certificate",
        "Läuft die selbsttätige Erneuerung? Ihr Protokoll ansehen.\n"
        "Zertifikat erneuern und einspielen, solange Tage übrig sind; nachts ist das nicht eilig.\n"
        "Danach den Dienst neu laden und das Ablaufdatum prüfen.",
        "Does the automatic renewal run? Look at its log.\n"
        "Renew and install the certificate while days are left; no hurry at night.\n"
        "Then reload the service and check the date of expiry.")
RUNBOOK("optical_drift",
        "Verlauf des Pegels ansehen: plötzlich (Knick, Stecker) oder langsam (Wasser, Alterung)?\n"
        "Wurde an der Strecke oder im Schrank gearbeitet?\n"
        "Stecker reinigen und Messung der Strecke (OTDR) bei Tag bestellen.",
        "Look at the course of the level: sudden (bend, plug) or slow (water, ageing)?\n"
        "Was there work on the route or in the cabinet?\n"
        "Order cleaning of the plugs and an OTDR measurement by day.")
RUNBOOK("optical_level",
        "Pegel der anderen Richtung ansehen: Fehlt er dort auch, ist es die Faser, sonst der Sender.\n"
        "Stecker und Biegeradius im Schrank prüfen lassen.\n"
        "Modul tauschen, wenn die Faser gut misst.",
        "Look at the level of the other direction: low there, too, means the fibre, else the transmitter.\n"
        "Have plugs and bends in the cabinet checked.\n"
        "Replace the module if the fibre measures well.")
RUNBOOK("congestion",
        "Gibt es eine Veranstaltung am Ort? Dann beobachten.\n"
        "Kanäle der Nachbarn ansehen: Senden zwei auf demselben?\n"
        "Bleibt es an Werktagen so, der Planung melden.",
        "Is there an event at the place? Then watch it.\n"
        "Look at the neighbours' channels: do two use the same one?\n"
        "If it stays on working days tell planning.")
RUNBOOK("sleeping",
        "Sendet der Access Point die SSID? Im Controller ansehen.\n"
        "Funkmodul oder Access Point einmal neu starten.\n"
        "Bleibt er leer, am Tag vor Ort verbinden lassen.",
        "Does the access point send its SSID? Look in the controller.\n"
        "Restart its radio, or the access point, once.\n"
        "If it stays empty have somebody connect there by day.")
RUNBOOK("limit",
        "Den Messwert im Beleg und seinen Verlauf ansehen.\n"
        "Ist er plausibel? Nachbargeräte vergleichen.\n"
        "Ursache am Gerät beheben; ist die Grenze falsch, die Regel am Tag ändern lassen.",
        "Look at the value in the evidence and at its course.\n"
        "Is it plausible? Compare neighbouring devices.\n"
        "Cure the cause at the device; if the limit is wrong have the rule changed by day.")
RUNBOOK("monitor_blind",
        "Die Zustände gelten jetzt nicht: keine Techniker wegen einzelner Hotspots schicken.\n"
        "Antwortet der Server der Überwachung, und laufen dort die Dienste (netzwacht doctor)?\n"
        "Uplink und Uhr des Servers prüfen.\n"
        "Ist er da, warten: Alle Zustände werden frisch ermittelt.",
        "The states do not count now: send no technicians for single hotspots.\n"
        "Does the monitoring server answer, and do its services run (netzwacht doctor)?\n"
        "Check the server's uplink and clock.\n"
        "Once it is back wait: all states are found anew.")
RUNBOOK("radio_down",
        "Hat jemand das Funkmodul im Controller abgeschaltet (Zeitplan, Wartung)?\n"
        "Radarerkennung (DFS) ansehen: Dann kommt es nach 30 Minuten wieder.\n"
        "Funkmodul einschalten, sonst Access Point neu starten.",
        "Did somebody switch the radio off in the controller (schedule, maintenance)?\n"
        "Look for radar detection (DFS): it then returns after 30 minutes.\n"
        "Switch the radio on, else restart the access point.")
RUNBOOK("certificate_expired",
        "Zertifikat sofort erneuern und einspielen.\n"
        "Dienst neu laden und Ablaufdatum im Browser prüfen.\n"
        "Danach klären, warum die Erneuerung nicht lief.",
        "Renew and install the certificate at once.\n"
        "Reload the service and check the date of expiry in a browser.\n"
        "Then find out why the renewal did not run.")
RUNBOOK("ap_vanished",
        "Wurden Access Points abgebaut oder einem anderen Controller zugeordnet?\n"
        "Lizenzen und Liste des Controllers ansehen.\n"
        "Switch-Port des Access Points ansehen: Verbindung und PoE da?\n"
        "Sind sie abgebaut, das Inventar am Tag berichtigen lassen.",
        "Were access points taken down, or moved to another controller?\n"
        "Look at the controller's licences and list.\n"
        "Look at the access point's switch port: are link and PoE there?\n"
        "If they were taken down have the inventory corrected by day.")
RUNBOOK("spectrum",
        "Land (DE), Kanal und Leistung im Controller ansehen.\n"
        "Innenraumkanäle (5150-5350 MHz) im Freien sofort abschalten.\n"
        "Funkplan wiederherstellen; der Planung melden, wer ihn geändert hat.",
        "Look at country (DE), channel and power in the controller.\n"
        "Switch off indoor channels (5150-5350 MHz) outdoors at once.\n"
        "Restore the radio plan; tell planning who changed it.")
RUNBOOK("firmware",
        "Nichts Dringendes bei Nacht.\n"
        "Hinweis des Herstellers zur Schwachstelle lesen.\n"
        "Aktualisierung für das nächste Wartungsfenster einplanen.",
        "Nothing urgent at night.\n"
        "Read what the vendor says of the vulnerability.\n"
        "Plan the update for the next maintenance window.")
RUNBOOK("forecast",
        "Tage bis zur Grenze im Beleg ansehen: Unter zwei Tagen ist es eilig.\n"
        "Verlauf ansehen: stetig oder ein einzelner Sprung?\n"
        "Der Planung melden, was wann ausgelastet ist.",
        "Look in the evidence for the days left: below two it is urgent.\n"
        "Look at the course: steady, or a single jump?\n"
        "Tell planning what will be used up when.")
RUNBOOK("flapping",
        "Zeiten der Wechsel ansehen: regelmäßig (Neustart, Radar) oder wahllos (Kabel, Strom)?\n"
        "Fehlerzähler und Pegel des Ports ansehen.\n"
        "Kabel oder Modul tauschen lassen; bis dahin zurückstellen mit Begründung.",
        "Look at the times of the changes: regular (restart, radar) or random (cable, power)?\n"
        "Look at error counters and levels of the port.\n"
        "Have cable or module replaced; shelve it with a reason until then.")
RUNBOOK("silence",
        "Antwortet das Gerät sonst? Wurde es gerade aktualisiert?\n"
        "Ist das Modul oder der Fühler noch da?\n"
        "Liefert nach einer Aktualisierung keines dieser Geräte den Wert, der Betriebsführung melden.",
        "Does the device answer otherwise? Was it updated just now?\n"
        "Is the module or sensor still there?\n"
        "If after an update none of these devices delivers the value tell operations.")
RUNBOOK("unusual",
        "Gibt es eine Veranstaltung, Ferien oder einen Feiertag?\n"
        "Nachbar-Hotspots ansehen: Sind Nutzer von dort gekommen oder dorthin gegangen?\n"
        "Ohne Störung am Gerät genügt ein Kommentar.",
        "Is there an event, a school break or a holiday?\n"
        "Look at the neighbouring hotspots: did users come from there, or go there?\n"
        "Without a fault of the device a comment is enough.")
RUNBOOK("trap_senders",
        "Absender im Beleg ansehen: ein eigenes, neues Gerät?\n"
        "Ein eigenes Gerät am Tag ins Inventar aufnehmen lassen.\n"
        "Ein fremdes in der Firewall sperren und der IT-Sicherheit melden.",
        "Look at the sender in the evidence: is it a new device of ours?\n"
        "Have a device of ours added to the inventory by day.\n"
        "Block a foreign one in the firewall and tell IT security.")
RUNBOOK("rogue_dhcp",
        "Zu welchem VLAN gehört der Spiegelport dieses Sensors? Dort DHCP-Snooping am Switch ansehen.\n"
        "Am Switch nachsehen, welcher Port DHCP-Antworten sendet, und ihn sperren.\n"
        "War es ein eigener neuer Server, ihn in sensor.dhcp_servers eintragen lassen.",
        "Which VLAN does this sensor's mirror port belong to? Look at DHCP snooping on its switch.\n"
        "Find the port that sends DHCP answers on the switch, and shut it.\n"
        "If it was a new server of ours have it added to sensor.dhcp_servers.")
RUNBOOK("rogue_router",
        "Am Switch nachsehen, welcher Port Router Advertisements sendet (RA-Guard), und ihn sperren.\n"
        "War es ein eigener neuer Router, ihn in sensor.routers eintragen lassen.",
        "Find the port that sends router advertisements on the switch (RA guard), and shut it.\n"
        "If it was a new router of ours have it added to sensor.routers.")
RUNBOOK("imitated_ssid",
        "Am Sensor ansehen: Name, BSSID, Kanal und stärkstes Signal des nachgeahmten Netzes.\n"
        "Gehört die BSSID doch zu uns (neuer Access Point), sie in sensor.bssids eintragen lassen.\n"
        "Sonst vor Ort suchen lassen; Nutzer warnen, keine Zugangsdaten einzugeben.",
        "Look at the sensor: name, BSSID, channel and strongest signal of the imitated network.\n"
        "If the BSSID is ours after all (a new access point) have it added to sensor.bssids.\n"
        "Else have it searched for on site; warn users not to enter credentials.")
RUNBOOK("onboarding",
        "Welcher Schritt fällt aus: Adresse, Anmeldung, Name oder Verbindung?\n"
        "Den Dienst dahinter prüfen: DHCP-Pool, RADIUS, Namensserver, Internetzugang.\n"
        "Trifft es nur diesen Hotspot, sein VLAN am Switch prüfen.",
        "Which step fails: address, log-in, name or connection?\n"
        "Check the service behind it: DHCP pool, RADIUS, name servers, internet access.\n"
        "If only this hotspot is hit check its VLAN on the switch.")
RUNBOOK("history_damaged",
        "Platte des Servers ansehen: Fehler im Kernel-Protokoll, Platz, SMART-Werte?\n"
        "Alarme sind nicht betroffen; der Verlauf dieses Geräts beginnt neu.\n"
        "Die beiseitegelegte Datei aufheben und am Tag aus der Sicherung ersetzen lassen.",
        "Look at the server's disk: errors in the kernel log, space, SMART values?\n"
        "Alarms are not affected; the history of this device begins anew.\n"
        "Keep the file that was put aside; have it replaced from the backup by day.")

/* ---- rules whose type says too little ---- */
RUNBOOK("ups-charge-low",
        "Läuft die USV auf Batterie, oder lädt sie nicht mehr?\n"
        "Ist Netzspannung da, ist der Akku alt: Tausch bestellen.\n"
        "Bis dahin fällt der Ort beim nächsten Stromausfall sofort aus.",
        "Does the UPS run on battery, or has it stopped charging?\n"
        "If mains is there the battery is old: order another one.\n"
        "Until then the place is lost at once in the next power failure.")
RUNBOOK("temperature-high",
        "Lüfter und Klimagerät des Schranks ansehen.\n"
        "Liegen Nachbargeräte auch höher? Dann ist es der Raum.\n"
        "Über 90 °C Last wegnehmen oder das Gerät geordnet abschalten.",
        "Look at fans and air conditioning of the cabinet.\n"
        "Are neighbouring devices warmer, too? Then it is the room.\n"
        "Above 90 °C take load away or shut the device down in order.")
RUNBOOK("temperature-rising",
        "Steigt es in allen Geräten des Schranks? Dann Klimagerät und Tür prüfen lassen.\n"
        "Nur in einem: Lüfter dieses Geräts ansehen.\n"
        "Rauch oder Brandmeldung im Gebäude? Dann zuerst 112.",
        "Does it rise in all devices of the cabinet? Then have air conditioning and door checked.\n"
        "Only in one: look at this device's fan.\n"
        "Smoke or a fire alarm in the building? Then 112 first.")
RUNBOOK("cpu-busy",
        "Läuft gerade eine Aktualisierung oder Sicherung?\n"
        "Verkehr der Ports ansehen: Schleife oder Angriff?\n"
        "Hält es an, das Gerät im Wartungsfenster neu starten.",
        "Is an update or a backup running just now?\n"
        "Look at the traffic of the ports: a loop, or an attack?\n"
        "If it lasts restart the device in a maintenance window.")
RUNBOOK("poe-budget",
        "Keinen weiteren Access Point an diesen Switch anschließen.\n"
        "Ports mit ungewöhnlich hoher Leistung suchen.\n"
        "Der Planung melden: größeres Netzteil oder anderer Switch.",
        "Connect no further access point to this switch.\n"
        "Look for ports that draw unusually much.\n"
        "Tell planning: a bigger power supply, or another switch.")
RUNBOOK("memory-leak",
        "Nichts Dringendes, solange mehr als zwei Tage bleiben.\n"
        "Bekannte Fehler dieser Firmware beim Hersteller nachsehen.\n"
        "Neustart für das nächste Wartungsfenster einplanen.",
        "Nothing urgent while more than two days are left.\n"
        "Look up known bugs of this firmware at the vendor's.\n"
        "Plan a restart for the next maintenance window.")
RUNBOOK("hotspot-internet",
        "Betrifft es einen Hotspot oder alle? Alle heißt Uplink oder Anbieter.\n"
        "Vom Router aus ins Internet prüfen; beim Anbieter nach einer Störung fragen.\n"
        "Bei einem einzelnen: VLAN und Adresse am Switch-Port prüfen.",
        "Is it one hotspot or all? All means the uplink or the provider.\n"
        "Check from the router into the Internet; ask the provider about a fault.\n"
        "With a single one: check VLAN and address at the switch port.")
