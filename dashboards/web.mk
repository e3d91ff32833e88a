# SPDX-License-Identifier: GPL-3.0-or-later
# The operators' app: npm builds it from a copy in web/ (the source tree may be read-only) into share/web. A tarball
# carries it built, in dashboards/web/dist, and needs no Node. ./configure --disable-web leaves it out.
WEB_FILES = $(shell cd '$(srcdir)' && find dashboards/web -type f ! -path '*/node_modules/*' ! -path '*/dist/*' \
	! -name openapi.d.ts | LC_ALL=C sort)
EXTRA_DIST += $(WEB_FILES) tests/web/lib.mjs tests/web/pages.mjs tests/web/mock.mjs tests/web/screenshots.mjs \
	docs/screenshots/README.md
dist_check_SCRIPTS += tests/web/unit.sh

if ENABLE_WEB
LOCAL_ALL += share/web/index.html
LOCAL_INSTALL += install-web
LOCAL_UNINSTALL += uninstall-web
LOCAL_DIST += dist-web
endif
LOCAL_CLEAN += clean-web

share/web/index.html: $(addprefix $(srcdir)/,$(WEB_FILES)) $(srcdir)/docs/openapi.yaml
	$(AM_V_GEN)$(MKDIR_P) share && if test -f '$(srcdir)/dashboards/web/dist/index.html'; \
	then rm -rf share/web && cp -R '$(srcdir)/dashboards/web/dist' share/web && chmod -R u+w share/web && touch $@ && \
	  find share/web -name '*.gz' -exec touch {} +; \
	else '$(srcdir)/dashboards/web/build.sh' '$(abs_top_srcdir)' '$(abs_top_builddir)' '$(NODE)' '$(NPM)'; fi

install-web: share/web/index.html
	cd share/web && find . -type d -exec $(MKDIR_P) '$(DESTDIR)$(pkgdatadir)/web/{}' ';'
	cd share/web && find . -type f ! -name '*.gz' -exec $(INSTALL_DATA) '{}' '$(DESTDIR)$(pkgdatadir)/web/{}' ';'
	cd share/web && find . -type f -name '*.gz' -exec $(INSTALL_DATA) '{}' '$(DESTDIR)$(pkgdatadir)/web/{}' ';'
uninstall-web:
	rm -rf '$(DESTDIR)$(pkgdatadir)/web'
dist-web: share/web/index.html
	cp -R share/web '$(distdir)/dashboards/web/dist'
clean-web:
	rm -rf share/web web
.PHONY: install-web uninstall-web dist-web clean-web
