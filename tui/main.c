/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope: reads the command line and runs one command. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/base/confine.h"
#include "core/base/err.h"
#include "core/base/pages.h"
#include "core/io/trace.h"
#include "core/run/policy.h"
#include "tui/lesson/language.h"
#include "tui/man.h"
#include "tui/options.h"
#include "tui/settings.h"
#include "tui/screen/term.h"

/* A user's mistake is 2, everything else that stops a command is 1. */
static int main_exit_code(enum err_kind kind)
{
	switch (kind) {
	case ERR_USAGE:
	case ERR_CONFIG:
		return EXIT_USAGE;
	default:
		return EXIT_FAILED;
	}
}

/*
 * A crash leaves no image of our memory, where keys are, neither in a file nor
 * in a collector's pipe: for the latter the kernel asks for 1, not 0 (core(5)).
 */
static void main_no_core(void)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_max > 0) {
		r.rlim_cur = 1;
		setrlimit(RLIMIT_CORE, &r);
	}
	/* Nor may another process of this user look into it (ptrace, /proc/PID/mem), unless it is
	   being debugged. */
#if !defined(__SANITIZE_ADDRESS__)
	if (!getenv("KOPSCOPE_DEBUG")) {
		prctl(PR_SET_DUMPABLE, 0);
	}
#endif
}

/*
 * What is large lives apart and goes back whole: left to itself glibc takes it from
 * the heap after the first one was freed, and the holes stay.
 */
static void main_heap(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	mallopt(M_TRIM_THRESHOLD, 128 << 10);
	mallopt(M_ARENA_MAX, 1);
#endif
}

/*
 * Nothing is left to be done: the ends of thirty libraries would only bring back the pages that
 * their begins had touched.  What looks on at the end of a program gets it.
 */
static void main_end(int rc)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(KOPSCOPE_COVERAGE)
	_exit(rc);
#endif
}

static int main_run(const struct command *cmd, struct options *o, struct err *e)
{
	struct config settings;
	int rc = EXIT_USAGE;
	if (config_read(&settings, o->config, e)) {
		config_use(&settings, o);
		if (cmd->alone) {
			confine(NULL, 0);
		}
		rc = cmd->run(o, e);
	}
	config_release(&settings);
	return rc;
}

int main(int argc, char **argv)
{
	struct options o;
	const struct command *cmd = NULL;
	struct err e = ERR_INIT;

	pages_give_back();
	main_no_core();
	main_heap();
	language_use();
	/* A reader that went away is an error of write(), not the end of the program. */
	signal(SIGPIPE, SIG_IGN);
	trace_open_from_env();
	int rc = EXIT_USAGE;
	if (options_parse(argc, argv, &o, &cmd, &e)) {
		if (o.version) {
			printf("kopscope %s\n", PACKAGE_VERSION);
			rc = EXIT_OK;
		} else if (o.man) {
			struct buf page = BUF_INIT;
			if (cmd->run == cmd_config) {
				config_man(&page);
			} else {
				man_page(&page);
			}
			fputs(buf_str(&page), stdout);
			buf_release(&page);
			rc = EXIT_OK;
		} else if (o.help) {
			options_help(cmd);
			rc = EXIT_OK;
		} else {
			rc = main_run(cmd, &o, &e);
		}
	}
	term_close();
	if (err_is_set(&e)) {
		fprintf(stderr, "kopscope: %s\n", e.text);
		if (e.hint[0]) {
			fprintf(stderr, "  %s\n", e.hint);
		}
		rc = policy_refused(&e) ? EXIT_GUARD : main_exit_code(e.kind);
	}
	if (fflush(stdout) != 0 && rc == EXIT_OK) {
		perror("kopscope: standard output");
		rc = EXIT_FAILED;
	}
	trace_close();
	main_end(rc);
	return rc;
}
