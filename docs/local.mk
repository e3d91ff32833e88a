# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS = %D%/man/netzwacht.1 %D%/man/netzwacht-collector.8 %D%/man/netzwacht-probe.8 %D%/man/netzwacht-store.8 \
	%D%/man/netzwacht-alerts.8 %D%/man/netzwacht-dashboard.8 %D%/man/netzwacht-public.8 %D%/man/netzwacht-report.8
dist_doc_DATA = %D%/capture.md %D%/performance.md %D%/profiles.md %D%/architecture.md %D%/operations.md
EXTRA_DIST += %D%/council %D%/decisions %D%/results %D%/screenshots
dist_doc_DATA += %D%/asyncapi.yaml %D%/alerts.md %D%/tasks.md
alertsschemadir = $(pkgdatadir)/schemas
dist_alertsschema_DATA = \
	%D%/schemas/daemon.json %D%/schemas/event.json %D%/schemas/incident.json %D%/schemas/noc-receipt.json \
	%D%/schemas/noc-reply.json %D%/schemas/state.json %D%/schemas/noc-command-acknowledge.json \
	%D%/schemas/noc-command-assign.json %D%/schemas/noc-command-close.json \
	%D%/schemas/noc-command-comment.json %D%/schemas/noc-command-list.json \
	%D%/schemas/noc-command-maintenance.json %D%/schemas/noc-command-maintenance_end.json \
	%D%/schemas/noc-command-replay.json %D%/schemas/noc-command-reprobe.json \
	%D%/schemas/noc-command-shelve.json %D%/schemas/noc-command-unshelve.json
dist_man_MANS += %D%/man/netzwacht-city.8
dist_doc_DATA += %D%/city.md
