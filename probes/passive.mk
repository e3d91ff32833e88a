# SPDX-License-Identifier: GPL-3.0-or-later
probes_libprobes_a_SOURCES += \
	%D%/blame.c %D%/blame.h %D%/client_key.c %D%/client_key.h %D%/live_report.c %D%/live_report.h \
	%D%/passive.c %D%/passive.h %D%/passive_brand.c %D%/passive_plan.c %D%/passive_state.h \
	%D%/passive_report.c %D%/passive_report.h %D%/sensor.c %D%/sensor.h %D%/sensor_child.c %D%/sensor_child.h \
	%D%/sensor_plan.c %D%/sensor_plan.h %D%/sensor_samples.c %D%/sensor_samples.h
