/* SPDX-License-Identifier: Apache-2.0 */
/* Whom files belong to. */
#include "core/base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/xalloc.h"

static bool trust_owner(const struct stat *st)
{
	return st->st_uid == geteuid() || st->st_uid == 0;
}

static bool trust_stat(const char *path, const struct stat *st, mode_t writers, struct err *e)
{
	if (!trust_owner(st)) {
		err_set(e, ERR_CONFIG, "%s belongs to another user (uid %u): it is not used", path,
			(unsigned)st->st_uid);
		err_hint(e, "chown it, or use a file of your own");
		return false;
	}
	/* /dev/stdin, /dev/fd/3, <(a command): nobody can exchange those. */
	if ((st->st_mode & writers) && S_ISREG(st->st_mode)) {
		err_set(e, ERR_CONFIG, "others can write %s (mode %04o): it is not used", path,
			(unsigned)(st->st_mode & 07777));
		err_hint(e, "chmod %s-w %s", writers == 02 ? "o" : "go", path);
		return false;
	}
	return true;
}

bool trust_read(const char *path, struct buf *out, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char piece[4096];
	ssize_t n;
	bool ok;

	if (fd < 0) {
		return err_errno(e, errno, "cannot read %s", path);
	}
	ok = fstat(fd, &st) == 0 ? trust_stat(path, &st, 022, e) :
		err_errno(e, errno, "cannot read %s", path);
	while (ok && (n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno != EINTR) {
			ok = err_errno(e, errno, "cannot read %s", path);
		} else if (n > 0 && !buf_add(out, piece, (size_t)n)) {
			ok = err_set(e, ERR_PARSE, "%s is too large", path);
		}
	}
	close(fd);
	buf_add(out, "", 0);
	return ok;
}

bool trust_file(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		return true; /* who opens it says why it cannot */
	}
	/* Who is root may use what is another's: a home that a container was given, sudo's. */
	if (geteuid() == 0) {
		st.st_uid = 0;
	}
	return trust_stat(path, &st, 02, e);
}

/* Where that fails it is as before: nothing depends on it. */
static void trust_close_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0) {
		fchmod(fd, 0700);
		close(fd);
	}
}

bool trust_folder(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		return errno == ENOENT || err_errno(e, errno, "cannot look at %s", path);
	}
	if (S_ISLNK(st.st_mode)) {
		err_set(e, ERR_CONFIG, "%s is a symbolic link: it is not used", path);
		err_hint(e, "make it a folder, or set XDG_STATE_HOME to where it leads");
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		return err_set(e, ERR_CONFIG, "%s is in the way: it is not a folder", path);
	}
	if (st.st_uid != geteuid()) {
		err_set(e, ERR_CONFIG, "%s belongs to another user (uid %u): it is not used", path,
			(unsigned)st.st_uid);
		err_hint(e, "set XDG_STATE_HOME to a folder of your own");
		return false;
	}
	if (st.st_mode & 022) {
		err_set(e, ERR_CONFIG, "others can write %s (mode %04o): it is not used", path,
			(unsigned)(st.st_mode & 07777));
		err_hint(e, "look who was in there, then chmod 700 %s", path);
		return false;
	}
	if (st.st_mode & 055) {
		trust_close_folder(path);
	}
	return true;
}

bool trust_readable_by_others(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 044);
}

const char *trust_program(const char *path)
{
	struct stat st;
	const char *slash = strrchr(path, '/');
	char *folder;
	bool bad;

	if (path[0] != '/') {
		return "it was found by a relative entry of PATH";
	}
	if (stat(path, &st) == 0 && (st.st_mode & 02)) {
		return "everybody can write it";
	}
	folder = xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
	bad = stat(folder, &st) == 0 && (st.st_mode & 02) && !(st.st_mode & S_ISVTX);
	free(folder);
	return bad ? "everybody can write its folder" : NULL;
}
