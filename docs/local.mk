# Man pages, shell completion, and what is read
EXTRA_DIST += CHANGELOG.md docs/fuzz.md docs/iam-create.json docs/iam-read.json \
	docs/iam-roll.json docs/json.md docs/profile.md \
	docs/rbac-read.yaml docs/rbac-roll.yaml docs/supply.md docs/walkthrough.ko.md \
	docs/walkthrough.md docs/ways.md \
	scripts/check-deb
dist_doc_DATA = README.md SECURITY.md CHANGELOG.md docs/iam-create.json docs/iam-read.json \
	docs/iam-roll.json docs/json.md docs/rbac-read.yaml docs/rbac-roll.yaml docs/supply.md \
	docs/walkthrough.ko.md docs/walkthrough.md docs/ways.md

# Each is what its program says of itself.
MADE_DOCS = docs/kopscope.1 docs/kopscope-config.5 docs/completion/kopscope.bash docs/completion/kopscope.fish \
	docs/completion/kopscope.zsh
nodist_man_MANS = docs/kopscope.1 docs/kopscope-config.5
docs/kopscope.1: kopscope$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) docs && ./kopscope$(EXEEXT) --man >$@.tmp && mv $@.tmp $@
docs/kopscope-config.5: kopscope$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) docs && ./kopscope$(EXEEXT) config --man >$@.tmp && mv $@.tmp $@
docs/completion/kopscope.bash docs/completion/kopscope.fish docs/completion/kopscope.zsh: kopscope$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) docs/completion && \
		./kopscope$(EXEEXT) completion $(@:docs/completion/kopscope.%=%) >$@.tmp && \
		mv $@.tmp $@
if LAB
MADE_DOCS += docs/kopscope-lab.1
nodist_man_MANS += docs/kopscope-lab.1
docs/kopscope-lab.1: kopscope-lab$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) docs && ./kopscope-lab$(EXEEXT) --man >$@.tmp && mv $@.tmp $@
endif
all-local: $(MADE_DOCS)
CLEANFILES += $(MADE_DOCS)

# Where each shell looks for completions; a package may say otherwise.
bashcompdir = $(datadir)/bash-completion/completions
fishcompdir = $(datadir)/fish/vendor_completions.d
zshcompdir = $(datadir)/zsh/site-functions
install-data-local: $(MADE_DOCS)
	$(MKDIR_P) '$(DESTDIR)$(bashcompdir)' '$(DESTDIR)$(fishcompdir)' '$(DESTDIR)$(zshcompdir)'
	$(INSTALL_DATA) docs/completion/kopscope.bash '$(DESTDIR)$(bashcompdir)/kopscope'
	$(INSTALL_DATA) docs/completion/kopscope.fish '$(DESTDIR)$(fishcompdir)/kopscope.fish'
	$(INSTALL_DATA) docs/completion/kopscope.zsh '$(DESTDIR)$(zshcompdir)/_kopscope'
uninstall-local:
	rm -f '$(DESTDIR)$(bashcompdir)/kopscope' '$(DESTDIR)$(fishcompdir)/kopscope.fish' \
		'$(DESTDIR)$(zshcompdir)/_kopscope'

# The tables of docs/json.md anew.
if CMOCKA
PHONY_TARGETS += update-docs
update-docs: tests/docs/t-json$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) UPDATE_DOCS=1 ./tests/docs/t-json$(EXEEXT) )
endif

# The supply list anew, with the versions of this machine.
EXTRA_DIST += build-aux/supply scripts/supply
PHONY_TARGETS += supply
supply: kopscope$(EXEEXT) kopscope-lab$(EXEEXT)
	BUILD=$(abs_top_builddir) $(top_srcdir)/scripts/supply >supply.md
	mv supply.md $(top_srcdir)/docs/supply.md

# The Debian package: built, looked at by lintian, installed and removed in a bare chroot (root).
PHONY_TARGETS += check-deb
check-deb:
	$(SHELL) $(srcdir)/scripts/check-deb $(CHROOT)
