/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_list.h - what the daemons say of themselves in their heartbeats:
 * FIGURE("name", KIND, CLASS, "help").
 *
 * The name is that of the heartbeat's counter; /metrics gives it as netzwacht_<name>, with the daemon as
 * label. KIND: COUNTER (only grows, from 0 at the daemon's start; its name ends in _total) or GAUGE. CLASS,
 * what it says about work: DONE, REJECTED (came in, not believed), LATE (done, but not in time), LOST (ought
 * to have been done, and was not), SHED (left out on purpose, by a limit), QUEUE (waits now), OTHER. Each has
 * its words, what it means and what to do when it grows, in dashboards/web/src/i18n/figures.ts. No include
 * guard: include it with FIGURE defined. */

/* every daemon: cli/daemon.c */
FIGURE("process_cpu_seconds_total", COUNTER, OTHER, "Processor time used, children included.")
FIGURE("process_resident_memory_bytes", GAUGE, OTHER, "Memory in use.")
FIGURE("journal_records_total", COUNTER, DONE, "Records appended to the daemon's partition of the journal.")
FIGURE("journal_bytes_total", COUNTER, DONE, "Bytes appended to the daemon's partition of the journal.")
FIGURE("journal_records_held", GAUGE, QUEUE, "Records that wait in memory because the disk takes none.")
FIGURE("journal_records_lost_total", COUNTER, LOST, "Records lost because the disk was full for too long.")
FIGURE("journal_disk_bytes", GAUGE, OTHER, "Size of the daemon's partition of the journal on disk.")
FIGURE("journal_limit_bytes", GAUGE, OTHER, "Size beyond which old segments of that partition are deleted.")
FIGURE("state_free_bytes", GAUGE, OTHER, "Room left on the file system of state_dir.")
FIGURE("state_size_bytes", GAUGE, OTHER, "Size of the file system of state_dir.")

/* netzwacht-collector */
FIGURE("devices", GAUGE, OTHER, "Devices of the inventory.")
FIGURE("devices_down", GAUGE, OTHER, "Devices that are down: three misses and six confirmations.")
FIGURE("devices_silent", GAUGE, OTHER, "Devices whose newest poll had no answer.")
FIGURE("devices_walk_broken", GAUGE, SHED,
       "Devices whose tables do not end or run in circles; they are cut off.")
FIGURE("devices_cut", GAUGE, SHED, "Devices with more entities or series than are read.")
FIGURE("devices_slowed", GAUGE, SHED,
       "Devices whose tables are read less often, as their answers take much longer than they used to.")
FIGURE("devices_asked_for_less", GAUGE, OTHER,
       "Devices that answer less at a time than others; what they take is learned.")
FIGURE("devices_not_polled", GAUGE, SHED,
       "Devices that are left out because something in their entry is wrong.")
FIGURE("devices_sharing_engine_id", GAUGE, OTHER, "Devices whose SNMPv3 engine id another one has, too.")
FIGURE("polls_total", COUNTER, DONE, "Polls finished.")
FIGURE("poll_misses_total", COUNTER, LOST, "Polls that got no answer at all.")
FIGURE("polls_decoded_total", COUNTER, DONE,
       "Polls that were decoded in full, as something besides readings had changed.")
FIGURE("polls_slowed_total", COUNTER, SHED, "Polls of devices whose tables are read less often.")
FIGURE("poll_lateness_max_seconds", GAUGE, LATE, "How late the latest poll of the last second began.")
FIGURE("poll_answered_total", COUNTER, DONE,
       "Polls with an answer; the following ones say how soon after they were due.")
FIGURE("poll_answered_within_1ms_total", COUNTER, DONE,
       "Polls whose first answer came within 1 ms after they were due.")
FIGURE("poll_answered_within_2ms_total", COUNTER, DONE,
       "Polls whose first answer came within 2 ms after they were due.")
FIGURE("poll_answered_within_5ms_total", COUNTER, DONE,
       "Polls whose first answer came within 5 ms after they were due.")
FIGURE("poll_answered_within_10ms_total", COUNTER, DONE,
       "Polls whose first answer came within 10 ms after they were due.")
FIGURE("poll_answered_within_20ms_total", COUNTER, DONE,
       "Polls whose first answer came within 20 ms after they were due.")
FIGURE("poll_answered_within_50ms_total", COUNTER, DONE,
       "Polls whose first answer came within 50 ms after they were due.")
FIGURE("poll_answered_within_100ms_total", COUNTER, DONE,
       "Polls whose first answer came within 100 ms after they were due.")
FIGURE("poll_answered_within_200ms_total", COUNTER, DONE,
       "Polls whose first answer came within 200 ms after they were due.")
FIGURE("poll_answered_within_500ms_total", COUNTER, DONE,
       "Polls whose first answer came within 500 ms after they were due.")
FIGURE("poll_answered_within_1s_total", COUNTER, DONE,
       "Polls whose first answer came within 1 s after they were due.")
FIGURE("poll_answered_within_2s_total", COUNTER, DONE,
       "Polls whose first answer came within 2 s after they were due.")
FIGURE("poll_answered_within_5s_total", COUNTER, DONE,
       "Polls whose first answer came within 5 s after they were due.")
FIGURE("findings_total", COUNTER, OTHER, "Findings written to the journal.")
FIGURE("traps_received_total", COUNTER, DONE, "Traps and informs received.")
FIGURE("traps_taken_total", COUNTER, DONE, "Traps and informs that made their device be polled at once.")
FIGURE("traps_malformed_total", COUNTER, REJECTED, "Traps that are no SNMP message.")
FIGURE("traps_dropped_total", COUNTER, LOST,
       "Traps that the kernel dropped because the socket's buffer was full.")
FIGURE("traps_unknown_sender_total", COUNTER, REJECTED,
       "Traps from addresses that no device of the inventory has.")
FIGURE("traps_over_limit_total", COUNTER, SHED, "Traps beyond what one device may send.")
FIGURE("traps_about_clients_total", COUNTER, SHED, "Traps about single clients; they are dropped unread.")
FIGURE("traps_unknown_senders", GAUGE, REJECTED,
       "Addresses without a device that sent traps within an hour; at most 256 are told apart.")
FIGURE("traps_buffer_bytes", GAUGE, OTHER, "Receive buffer that the kernel gave for traps.")
FIGURE("traps_rejected_version_total", COUNTER, REJECTED, "Traps of an SNMP version that is not spoken.")
FIGURE("traps_rejected_engine_total", COUNTER, REJECTED, "SNMPv3 informs to another engine id than ours.")
FIGURE("traps_rejected_user_total", COUNTER, REJECTED, "SNMPv3 traps and informs of unknown users.")
FIGURE("traps_rejected_level_total", COUNTER, REJECTED,
       "SNMPv3 traps and informs with another protection than their user's.")
FIGURE("traps_rejected_digest_total", COUNTER, REJECTED, "SNMPv3 traps and informs whose MAC is wrong.")
FIGURE("traps_rejected_window_total", COUNTER, REJECTED,
       "SNMPv3 traps and informs older than 150 s or of an earlier boot.")
FIGURE("traps_rejected_decrypt_total", COUNTER, REJECTED, "SNMPv3 traps and informs that do not decrypt.")
FIGURE("informs_total", COUNTER, DONE, "Informs received and acknowledged.")
FIGURE("informs_discoveries_total", COUNTER, DONE, "Questions for our SNMPv3 engine id answered.")
FIGURE("snmp_requests_total", COUNTER, DONE, "SNMP requests.")
FIGURE("snmp_datagrams_sent_total", COUNTER, DONE, "Datagrams sent, repetitions included.")
FIGURE("snmp_datagrams_unsent_total", COUNTER, LOST, "Datagrams that the kernel did not take.")
FIGURE("snmp_datagrams_dropped_total", COUNTER, LOST,
       "Replies that the kernel dropped because the socket's buffer was full.")
FIGURE("snmp_replies_total", COUNTER, DONE, "Replies accepted.")
FIGURE("snmp_timeouts_total", COUNTER, LOST, "Requests without an answer after all repetitions.")
FIGURE("snmp_varbinds_total", COUNTER, DONE, "Values read.")
FIGURE("snmp_v3_discoveries_total", COUNTER, DONE, "SNMPv3 engines asked for their id.")
FIGURE("snmp_v3_rediscoveries_total", COUNTER, OTHER,
       "SNMPv3 engines asked anew, since their answers no longer fitted.")
FIGURE("snmp_v3_unproven_total", COUNTER, REJECTED,
       "SNMPv3 engines that a device was said to be and that proved nothing: the one before was asked again.")
FIGURE("snmp_v3_clocks_set_total", COUNTER, OTHER,
       "Clocks of SNMPv3 engines followed after an authentic Report.")
FIGURE("snmp_v3_boots_back_total", COUNTER, OTHER, "SNMPv3 engines whose boot counter ran backwards.")
FIGURE("snmp_in_flight", GAUGE, QUEUE, "Requests that wait for an answer.")
FIGURE("snmp_queued", GAUGE, QUEUE, "Requests that wait for a place among those in flight.")
FIGURE("snmp_held_for_uplink_total", COUNTER, OTHER,
       "Requests that had to wait because many devices behind the same uplink were being asked.")
FIGURE("snmp_rejected_malformed_total", COUNTER, REJECTED, "Datagrams that are no SNMP message.")
FIGURE("snmp_rejected_unasked_total", COUNTER, REJECTED, "Replies from an address that owes none.")
FIGURE("snmp_rejected_port_total", COUNTER, REJECTED, "Replies from another port than the one asked.")
FIGURE("snmp_rejected_late_total", COUNTER, LATE, "Replies to requests that had been given up.")
FIGURE("snmp_rejected_doubled_total", COUNTER, REJECTED, "Replies to requests that had been answered.")
FIGURE("snmp_rejected_pdu_total", COUNTER, REJECTED, "SNMP messages that are no response.")
FIGURE("snmp_rejected_request_id_total", COUNTER, REJECTED,
       "Replies with the id of no request: very late, or guessed.")
FIGURE("snmp_rejected_version_total", COUNTER, REJECTED, "Replies of another SNMP version than asked.")
FIGURE("snmp_rejected_community_total", COUNTER, REJECTED, "Replies with another community than asked.")
FIGURE("snmp_rejected_oids_total", COUNTER, REJECTED, "Replies with other OIDs than asked for.")
FIGURE("snmp_rejected_varbinds_total", COUNTER, REJECTED, "Replies with more or fewer values than asked for.")
FIGURE("snmp_rejected_engine_total", COUNTER, REJECTED, "SNMPv3 replies of another engine.")
FIGURE("snmp_rejected_user_total", COUNTER, REJECTED, "SNMPv3 replies in the name of another user.")
FIGURE("snmp_rejected_level_total", COUNTER, REJECTED, "SNMPv3 replies less protected than asked.")
FIGURE("snmp_rejected_digest_total", COUNTER, REJECTED, "SNMPv3 replies with a wrong authentication code.")
FIGURE("snmp_rejected_window_total", COUNTER, REJECTED,
       "SNMPv3 replies older than 150 s or of an earlier boot.")
FIGURE("snmp_rejected_decrypt_total", COUNTER, REJECTED, "SNMPv3 replies that do not decrypt.")
FIGURE("snmp_rejected_context_total", COUNTER, REJECTED, "SNMPv3 replies of another context.")
FIGURE("snmp_rejected_report_total", COUNTER, REJECTED,
       "SNMPv3 Reports without authentication, taken as a hint only.")

/* netzwacht-store */
FIGURE("store_files", GAUGE, OTHER, "History files.")
FIGURE("store_files_bytes", GAUGE, OTHER, "Size of the history files.")
FIGURE("store_values_read_total", COUNTER, DONE, "Values read from the journal.")
FIGURE("store_values_written_total", COUNTER, DONE, "Values written to history files.")
FIGURE("store_rows_written_total", COUNTER, DONE, "Rows written to history files.")
FIGURE("store_updates_total", COUNTER, DONE, "Writes to history files.")
FIGURE("store_cycles_total", COUNTER, DONE, "Rounds of writing.")
FIGURE("store_files_created_total", COUNTER, DONE, "History files made.")
FIGURE("store_files_grown_total", COUNTER, OTHER, "History files copied into one with more columns.")
FIGURE("store_files_rewound_total", COUNTER, OTHER,
       "History files rewritten because their last row lay in the future.")
FIGURE("store_files_damaged_total", COUNTER, LOST, "History files put aside as damaged.")
FIGURE("store_series_refused_total", COUNTER, SHED,
       "Series without a history file, by the limits of the store.")
FIGURE("store_values_future_total", COUNTER, REJECTED, "Values with a time in the future.")
FIGURE("store_records_untabled_total", COUNTER, LOST,
       "Records whose series table was not seen, so they cannot be read.")
FIGURE("store_records_unreadable_total", COUNTER, LOST, "Records of the journal that the store cannot read.")
FIGURE("store_gaps_total", COUNTER, LOST, "Times that records were gone before the store had read them.")

/* netzwacht-alerts */
FIGURE("alerts_commits_total", COUNTER, DONE, "Transactions of alerts.db.")
FIGURE("alerts_transitions_total", COUNTER, DONE, "Changes of state.")
FIGURE("alerts_events_total", COUNTER, DONE, "Events of incidents.")
FIGURE("alerts_open_incidents", GAUGE, OTHER, "Open incidents.")
FIGURE("alerts_reserve_bytes", GAUGE, OTHER, "Room kept free for alerts.db when the disk is full.")
FIGURE("mqtt_connected", GAUGE, OTHER, "1: the broker is connected.")
FIGURE("mqtt_connects_total", COUNTER, OTHER, "Connections to the broker.")
FIGURE("mqtt_published_total", COUNTER, DONE, "Messages published.")
FIGURE("mqtt_refused_total", COUNTER, REJECTED, "Receipts and commands from MQTT that were refused.")
FIGURE("channel_sent_total", COUNTER, DONE, "Messages that a further channel (alerts.channels) accepted.")
FIGURE("channel_failed_total", COUNTER, LATE, "Failed attempts to send to a further channel; repeated.")
FIGURE("channel_refused_total", COUNTER, LOST, "Messages that a further channel refused for good.")
FIGURE("channel_lost_total", COUNTER, LOST,
       "Messages dropped because 5,000, or 8 MiB, waited for the same channel.")
FIGURE("channel_folded_total", COUNTER, SHED,
       "Messages that went into a digest because a channel's storm_limit was reached.")
FIGURE("channels_failing", GAUGE, LATE, "Channels whose last attempt to send failed.")
FIGURE("channel_waiting", GAUGE, QUEUE, "Messages that wait for further channels.")
FIGURE("second_path_waiting", GAUGE, QUEUE,
       "Events of critical incidents that the NOC has not confirmed yet; what waits too long takes the "
       "second path.")
FIGURE("second_path_sent_total", COUNTER, LATE,
       "Events that took the second path, as the NOC did not confirm them in time.")
FIGURE("escalations_total", COUNTER, LATE,
       "Steps of escalation: nobody had acknowledged an incident in time.")
FIGURE("outbox_waiting", GAUGE, QUEUE, "Events for which the NOC has sent no receipt yet.")

/* netzwacht-probe */
FIGURE("probe_rounds_total", COUNTER, DONE, "Rounds of checks finished.")
FIGURE("probe_rounds_failed_total", COUNTER, OTHER, "Rounds whose verdict was: does not work.")
FIGURE("probe_pings_sent_total", COUNTER, DONE, "Echo requests sent.")
FIGURE("probe_pings_answered_total", COUNTER, DONE, "Echo replies accepted.")
FIGURE("probe_foreign_replies_total", COUNTER, REJECTED, "Answers that fit no question.")
FIGURE("probe_rounds_late_total", COUNTER, LATE, "Rounds that were due while the one before still ran.")
FIGURE("probe_targets", GAUGE, OTHER, "What is checked.")
FIGURE("probe_targets_refused", GAUGE, SHED, "Targets outside of probe.allow; they are not checked.")

FIGURE("sensors", GAUGE, OTHER, "Interfaces that are listened on.")
FIGURE("sensor_reports_total", COUNTER, DONE, "Reports of parsers taken in.")
FIGURE("sensor_watcher_restarts_total", COUNTER, LATE, "Times that a sensor had to be started again.")
FIGURE("sensor_parser_restarts_total", COUNTER, LOST,
       "Times that a parser of frames died and was replaced; what it had counted is lost.")
FIGURE("sensor_frames_dropped_total", COUNTER, LOST, "Frames that the kernel had to drop.")

/* netzwacht-dashboard, netzwacht-public */
FIGURE("http_requests_total", COUNTER, DONE, "Requests read.")
FIGURE("http_connections", GAUGE, OTHER, "Open connections.")
FIGURE("http_streams", GAUGE, OTHER, "Open event streams.")
FIGURE("http_refused_total", COUNTER, REJECTED, "Connections and requests refused as malformed or too many.")
FIGURE("http_cut_total", COUNTER, SHED, "Connections closed by a deadline.")
FIGURE("http_displaced_total", COUNTER, SHED, "Connections closed to make room for another.")
FIGURE("http_throttled_total", COUNTER, SHED, "Requests refused because their session asks too often.")
FIGURE("http_streams_cut_total", COUNTER, SHED, "Event streams ended because their client reads too slowly.")
FIGURE("http_streams_refused_total", COUNTER, SHED, "Event streams refused because there are too many.")
FIGURE("logins_refused_total", COUNTER, REJECTED, "Log-ins with a wrong user or password.")
FIGURE("logins_throttled_total", COUNTER, SHED, "Log-ins refused because there were too many.")
FIGURE("series_failed_total", COUNTER, LOST, "Questions for history without an answer.")
FIGURE("history_failed_total", COUNTER, LOST, "Records that could not be written to history.db.")
FIGURE("tail_records_unreadable_total", COUNTER, LOST,
       "Records of the journal that are damaged or of a newer version.")
FIGURE("tail_gaps_total", COUNTER, LOST, "Times that records were gone before they were read.")
FIGURE("public_files_written_total", COUNTER, DONE, "Files of the public page written.")
FIGURE("public_reports_total", COUNTER, DONE, "Reports of citizens taken.")
FIGURE("public_reports_refused_total", COUNTER, REJECTED,
       "Reports of citizens refused: too many, too fast, or spam.")
FIGURE("public_files_failed_total", COUNTER, LOST, "Files of the public page that could not be written.")
