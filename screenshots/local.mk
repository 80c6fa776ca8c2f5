# Pictures of the views, made from golden screens
EXTRA_DIST += screenshots/svg.py screenshots/cast.py screenshots/story.cast \
	screenshots/addons.svg screenshots/capacity.svg screenshots/cloud.svg \
	screenshots/clusters.svg screenshots/cni-model.svg screenshots/cni.svg \
	screenshots/deployments.svg screenshots/dns.svg screenshots/groups.svg \
	screenshots/limits.svg screenshots/log.svg screenshots/nodes.svg \
	screenshots/pending-light.svg screenshots/pending.svg screenshots/pods.svg \
	screenshots/roll-light.svg screenshots/roll-plan.svg screenshots/roll.svg screenshots/store.svg screenshots/update.svg \
	screenshots/whatif-moved.svg

# After make update-screens.
PHONY_TARGETS += screenshots
screenshots:
	python3 $(srcdir)/screenshots/svg.py $(srcdir)/tests/tui/screens $(srcdir)/screenshots

# The story played anew, by its test; screenshots/story.cast is shown by `asciinema play`.
if CMOCKA
if VTERM
if LAB
PHONY_TARGETS += cast
cast: tests/story/t-story$(EXEEXT) kopscope$(EXEEXT) kopscope-lab$(EXEEXT)
	( $(AM_TESTS_ENVIRONMENT) USER=ops LOGNAME=ops PTY_LOG=story.log; \
		export USER LOGNAME PTY_LOG; tests/story/t-story$(EXEEXT) --record )
	python3 $(srcdir)/screenshots/cast.py $(srcdir)/tests/tui/screens story.log \
		$(srcdir)/screenshots/story.cast
	rm -f story.log
endif
endif
endif
