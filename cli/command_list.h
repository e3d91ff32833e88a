/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_list.h - COMMAND("name", function, "summary"), in the order of `netzwacht --help`. No include
 * guard. */
COMMAND("demo", cmd_demo, "a simulated city with everything, in a temporary directory")
COMMAND("up", cmd_up, "all daemons in the foreground")
COMMAND("check", cmd_check, "report every mistake in configuration, inventory, profiles and rules")
COMMAND("capture", cmd_capture, "read a packet capture: counts, networks, how long each phase took")
COMMAND("report", cmd_report, "coverage and availability as GeoJSON, GeoPackage, CSV")
COMMAND("poll", cmd_poll, "read one device, or a recording of one, and say what is understood")
COMMAND("discover", cmd_discover, "find SNMP agents in address ranges and propose an inventory")
COMMAND("device", cmd_device, "list devices, add one, import an inventory from CSV, NetBox or LibreNMS")
COMMAND("doctor", cmd_doctor, "say why one device does not answer")
COMMAND("profile", cmd_profile, "check a device profile, or try it on a recording")
COMMAND("journal", cmd_journal, "print the records that the daemons pass to each other")
COMMAND("user", cmd_user, "accounts of the dashboard")
COMMAND("incidents", cmd_incidents, "list and show incidents, acknowledge one")
COMMAND("export", cmd_export, "the history as CSV or OpenMetrics, or to a Prometheus remote-write receiver")
COMMAND("import", cmd_import, "the traffic history of LibreNMS or Cacti")
COMMAND("privacy-report", cmd_privacy_report, "what netzwacht knows of persons, why, where and for how long")
