# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += coverage/libcoverage.a
coverage_libcoverage_a_SOURCES = \
	%D%/antenna.c %D%/antenna.h %D%/buildings.c %D%/buildings.h %D%/council.c %D%/council.h %D%/council_csv.c %D%/council_pages.c %D%/council_pages.h \
	%D%/council_pictures.c %D%/coverage.c %D%/coverage.h %D%/dcat.c %D%/dcat.h %D%/export_kml.c \
	%D%/gdal_style.c %D%/gdal_style.h %D%/gdal_tiff.c %D%/gdal_tiff.h %D%/document.h %D%/document_access_io.c %D%/document_access_io.h %D%/document_io.c \
	 %D%/export.c %D%/export.h %D%/footprint.c %D%/footprint.h \
	%D%/gdal_buildings.c %D%/gdal_buildings.h %D%/gdal_geo.c %D%/gdal_geo.h %D%/gdal_package.c %D%/gdal_package.h %D%/grid.c %D%/grid.h %D%/incident_sums.c %D%/incident_sums.h \
	%D%/model_table.c %D%/model_table.h \
	%D%/propagation.c %D%/propagation.h %D%/population.c %D%/population.h %D%/raster.c %D%/raster.h %D%/reach.c %D%/reach.h %D%/report.c %D%/report.h %D%/report_council.c %D%/report_coverage.c %D%/report_file.c %D%/report_file.h %D%/report_internal.h \
	%D%/report_reach.c %D%/report_whatif.c %D%/whatif.c %D%/whatif.h \
	%D%/throughput.c %D%/throughput.h
coverage_libcoverage_a_CFLAGS = $(AM_CFLAGS) $(PROTOBUF_C_CFLAGS) $(GDAL_CFLAGS) $(PAPER_CFLAGS) $(SODIUM_CFLAGS)

sbin_PROGRAMS += netzwacht-report
netzwacht_report_SOURCES = cli/report_main.c cli/report_model.c cli/report_model.h \
	cli/report_options.c cli/report_options.h
netzwacht_report_LDADD = coverage/libcoverage.a $(GDAL_LIBS) $(PAPER_LIBS) $(STORES_LIBS) $(MODEL_LIBS) $(RUNTIME_LIBS) $(BASE_LIBS)
