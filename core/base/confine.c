/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up what this process will not need: Landlock and seccomp. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "core/base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#endif

static int confine_holds;

/* ---- files: Landlock ----------------------------------------------------- */

/* gcov writes files at the end of every program. */
#if defined(HAVE_LINUX_LANDLOCK_H) && defined(SYS_landlock_create_ruleset) && \
	!defined(KOPSCOPE_COVERAGE)
/* Later than the header of Debian 12's first kernels. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13) /* since 2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* since 3 */
#endif

#define FS_WRITES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static int landlock_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* Everything that changes a file or a folder, as far as this version can tell it. */
static uint64_t landlock_writes(int version)
{
	return FS_WRITES | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
	       (version >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

/* Fine when there is no such path: then nothing below it can be written either. */
static bool landlock_allow(int rules, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr a = { .allowed_access = rights,
		.parent_fd = open(path, O_PATH | O_CLOEXEC) };
	if (a.parent_fd < 0) {
		return true;
	}
	bool ok = !syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
	close(a.parent_fd);
	return ok;
}

static bool landlock_confine(const char *const *folders, size_t n)
{
	static const char *const devices[] = { "/dev/null", "/dev/tty" };
	int version = landlock_version();
	if (version < 1) {
		return false;
	}
	uint64_t writes = landlock_writes(version);
	struct landlock_ruleset_attr a = {
		.handled_access_fs = writes | LANDLOCK_ACCESS_FS_EXECUTE };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0);
	if (rules < 0) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		ok = landlock_allow(rules, folders[i], writes);
	}
	for (size_t i = 0; ok && i < sizeof devices / sizeof devices[0]; i++) {
		ok = landlock_allow(rules, devices[i],
			writes & (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE));
	}
	ok = ok && !syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
	return ok;
}
#else
static int landlock_version(void)
{
	return -1;
}

static bool landlock_confine(const char *const *folders, size_t n)
{
	return false;
}
#endif

/* ---- system calls: seccomp ------------------------------------------------- */

#if defined(__x86_64__)
#define CONFINE_ARCH AUDIT_ARCH_X86_64
#define CONFINE_FOREIGN 0x40000000 /* the x32 calls, by other numbers */
#elif defined(__aarch64__)
#define CONFINE_ARCH AUDIT_ARCH_AARCH64
#define CONFINE_FOREIGN 0x40000000 /* none are so high */
#endif

#ifdef CONFINE_ARCH
/*
 * What nothing here calls, and what would lead out: programs, other processes and their memory,
 * names of files that Landlock lets change (their owner and mode), the kernel's less trodden
 * corners.
 */
static const int calls_refused[] = {
	SYS_execve, SYS_execveat,
#ifndef __SANITIZE_ADDRESS__
	SYS_ptrace, /* its leak checker does so at the end */
#endif
	SYS_process_vm_readv, SYS_process_vm_writev, SYS_fchmodat, SYS_fchownat, SYS_setxattr,
	SYS_lsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_utimensat,
#ifdef SYS_chmod
	SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes,
#endif
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_bpf,
	SYS_perf_event_open, SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl,
	SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot,
	SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_open_by_handle_at,
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup,
#endif
};
#define NREFUSED (sizeof calls_refused / sizeof calls_refused[0])

/* Typing into our own terminal is running what is typed, once we have ended. */
static const unsigned ioctls_refused[] = { TIOCSTI, TIOCLINUX };
#define NIOCTLS (sizeof ioctls_refused / sizeof ioctls_refused[0])

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
	(unsigned)offsetof(struct seccomp_data, member))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define SKIP_UNLESS_EQUAL(v, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(v), 0, (n))
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)

static bool calls_confine(void)
{
	struct sock_filter code[8 + 2 * NREFUSED + 2 * NIOCTLS];
	size_t n = 0;
	const struct sock_filter head[] = {
		LOAD(arch), SKIP_UNLESS_EQUAL(CONFINE_ARCH, 2), LOAD(nr),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CONFINE_FOREIGN, 0, 1),
		RETURN(SECCOMP_RET_ERRNO | ENOSYS),
	};
	for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
		code[n++] = head[i];
	}
	for (size_t i = 0; i < NREFUSED; i++) {
		code[n++] = (struct sock_filter)SKIP_UNLESS_EQUAL(calls_refused[i], 1);
		code[n++] = (struct sock_filter)REFUSE;
	}
	code[n++] = (struct sock_filter)SKIP_UNLESS_EQUAL(SYS_ioctl, 1 + 2 * NIOCTLS);
	/* The low half: the kernel looks at no more of it.  Both machines here have it first. */
	code[n++] = (struct sock_filter)LOAD(args[1]);
	for (size_t i = 0; i < NIOCTLS; i++) {
		code[n++] = (struct sock_filter)SKIP_UNLESS_EQUAL(ioctls_refused[i], 1);
		code[n++] = (struct sock_filter)REFUSE;
	}
	code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	const struct sock_fprog program = { .len = (unsigned short)n, .filter = code };
	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

static bool calls_can(void)
{
	/* Asked with no filter: the kernel that knows of them cannot read it. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) < 0 && errno == EFAULT;
}
#else
static bool calls_confine(void)
{
	return false;
}

static bool calls_can(void)
{
	return false;
}
#endif

/* ---- both ------------------------------------------------------------------ */

int confine_can(void)
{
	return (landlock_version() >= 1 ? CONFINE_FILES : 0) | (calls_can() ? CONFINE_CALLS : 0);
}

int confine(const char *const *folders, size_t n)
{
	/* Without it no user but root may confine itself; it says that nothing run from here gets
	   more rights than we have. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		return confine_holds;
	}
	confine_holds |= landlock_confine(folders, n) ? CONFINE_FILES : 0;
	confine_holds |= calls_confine() ? CONFINE_CALLS : 0;
	return confine_holds;
}

bool confine_is_on(void)
{
	return confine_holds != 0;
}
