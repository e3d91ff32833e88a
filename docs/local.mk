# SPDX-License-Identifier: GPL-3.0-or-later
dist_man_MANS = %D%/man/netzwacht.1
dist_doc_DATA = %D%/profiles.md %D%/architecture.md %D%/operations.md
EXTRA_DIST += %D%/decisions
