# SPDX-License-Identifier: GPL-3.0-or-later
# Device knowledge: one YAML file per family, see docs/profiles.md. A new file needs a line here.
profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = \
	%D%/aruba-instant.yaml %D%/arubaos.yaml %D%/generic.yaml %D%/junos.yaml %D%/unifi.yaml

SHARED_FROM_SOURCE += profiles=profiles
