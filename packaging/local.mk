# SPDX-License-Identifier: GPL-3.0-or-later
systemdunitdir = $(prefix)/lib/systemd/system
sysusersdir = $(prefix)/lib/sysusers.d
tmpfilesdir = $(prefix)/lib/tmpfiles.d

UNITS_IN = \
	%D%/systemd/netzwacht-alerts.service.in %D%/systemd/netzwacht-collector.service.in \
	%D%/systemd/netzwacht-council.service.in %D%/systemd/netzwacht-coverage.service.in %D%/systemd/netzwacht-dashboard.service.in \
	%D%/systemd/netzwacht-probe.service.in %D%/systemd/netzwacht-public.service.in \
	%D%/systemd/netzwacht-store.service.in
nodist_systemdunit_DATA = $(UNITS_IN:.service.in=.service)
dist_systemdunit_DATA = %D%/systemd/netzwacht.target %D%/systemd/netzwacht-trap.socket %D%/systemd/netzwacht-council.timer %D%/systemd/netzwacht-coverage.timer
dist_sysusers_DATA = %D%/sysusers.d/netzwacht.conf
dist_tmpfiles_DATA = %D%/tmpfiles.d/netzwacht.conf
EXTRA_DIST += $(UNITS_IN)
CLEANFILES += $(nodist_systemdunit_DATA)

SUFFIXES = .service.in .service
.service.in.service:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's,@sbindir\@,$(sbindir),g' -e 's,@sysconfdir\@,$(sysconfdir),g' \
	  -e 's,@localstatedir\@,$(localstatedir),g' $< >$@

mosquittodir = $(pkgdatadir)/mosquitto
dist_mosquitto_DATA = %D%/mosquitto/netzwacht.conf %D%/mosquitto/netzwacht.acl
