/* SPDX-License-Identifier: Apache-2.0 */
/* Files: read whole with a cap, written so that nothing is ever half there. */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

bool file_read(const char *path, struct buf *out, struct err *e)
{
	char piece[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, errno, "cannot read %s", path);
	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_errno(e, errno, "cannot read %s", path);
			close(fd);
			return false;
		}
		if (n == 0)
			break;
		if (!buf_add(out, piece, (size_t)n)) {
			close(fd);
			return err_set(e, ERR_PARSE, "%s is too large (more than %zu KiB)", path,
				(out->max ? out->max : (size_t)64 << 20) >> 10);
		}
	}
	close(fd);
	/* An empty file is "", not nothing. */
	buf_add(out, "", 0);
	return true;
}

static bool file_write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return false;
		p += w;
		n -= (size_t)w;
	}
	return true;
}

/* So that the rename itself survives a power cut.  Some file systems cannot: no error then. */
static void file_sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd;

	if (!slash)
		dir = xstrdup(".");
	else
		dir = xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(dir);
}

/* The temporary file, filled and closed. */
static bool file_fill(int fd, const void *p, size_t n, mode_t mode)
{
	bool ok = !fchmod(fd, mode) && file_write_all(fd, p, n) && !fsync(fd);
	int saved = errno;

	if (close(fd) && ok)
		return false;
	errno = saved;
	return ok;
}

bool file_write(const char *path, const void *p, size_t n, mode_t mode, struct err *e)
{
	/* Through a symbolic link: the file it names is replaced, not the link. */
	char *real = realpath(path, NULL);
	char *target = xstrdup(real ? real : path);
	char *tmp = xasprintf("%s.tmp-XXXXXX", target);
	int fd = mkostemp(tmp, O_CLOEXEC);
	bool ok = fd >= 0;
	int errnum = errno;

	if (ok) {
		ok = file_fill(fd, p, n, mode) && !rename(tmp, target);
		errnum = errno;
		if (ok)
			file_sync_folder(target);
		else
			unlink(tmp);
	}
	if (!ok)
		err_errno(e, errnum, "cannot write %s", path);
	free(real);
	free(target);
	free(tmp);
	return ok;
}

bool file_append_line(const char *path, const char *line, mode_t mode, bool sync, struct err *e)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, mode);
	struct buf b = BUF_INIT;
	char last = '\n';
	ssize_t w;
	off_t end;
	bool ok;

	if (fd < 0)
		return err_errno(e, errno, "cannot write %s", path);
	/* What a full disk or a lost power cut short is a line of its own. */
	end = lseek(fd, 0, SEEK_END);
	if (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n')
		buf_addc(&b, '\n');
	buf_adds(&b, line);
	buf_addc(&b, '\n');
	do {
		w = write(fd, buf_str(&b), b.len);
	} while (w < 0 && errno == EINTR);
	if (w >= 0 && (size_t)w < b.len) {
		/* Never glued to the next line. */
		w = -1;
		errno = ENOSPC;
	}
	ok = w >= 0 && (!sync || !fsync(fd));
	if (!ok)
		err_errno(e, errno, "cannot write %s", path);
	if (close(fd) && ok)
		ok = err_errno(e, errno, "cannot write %s", path);
	buf_release(&b);
	return ok;
}

static bool file_mkdir(const char *path, struct err *e)
{
	struct stat st;
	int errnum;

	if (!mkdir(path, 0700))
		return true;
	errnum = errno;
	/* Asked afterwards: EROFS and EACCES come for folders that stand, too. */
	if (!stat(path, &st)) {
		if (S_ISDIR(st.st_mode))
			return true;
		return err_set(e, ERR_IO, "%s is in the way: it is not a folder", path);
	}
	return err_errno(e, errnum, "cannot make the folder %s", path);
}

bool file_mkdirs(const char *path, struct err *e)
{
	char *copy = xstrdup(path);
	bool ok = true;
	char *p;

	for (p = copy; ok && *p; p++) {
		if (*p != '/' || p == copy)
			continue;
		*p = '\0';
		ok = file_mkdir(copy, e);
		*p = '/';
	}
	if (ok && p > copy && p[-1] != '/')
		ok = file_mkdir(copy, e);
	free(copy);
	return ok;
}

static char *file_home(void)
{
	const char *home = getenv("HOME");
	struct passwd pw, *found = NULL;
	char text[4096];

	if (!str_empty(home))
		return xstrdup(home);
	if (!getpwuid_r(getuid(), &pw, text, sizeof(text), &found) && found)
		return xstrdup(found->pw_dir);
	return xstrdup("/");
}

static char *file_xdg(const char *variable, const char *under_home)
{
	const char *base = getenv(variable);
	char *home, *path;

	/* The specification has relative paths ignored. */
	if (base && *base == '/')
		return file_join(base, "kopscope");
	home = file_home();
	path = file_join(home, under_home);
	free(home);
	return path;
}

char *file_state_dir(void)
{
	return file_xdg("XDG_STATE_HOME", ".local/state/kopscope");
}

char *file_cache_dir(void)
{
	return file_xdg("XDG_CACHE_HOME", ".cache/kopscope");
}

char *file_config_dir(void)
{
	return file_xdg("XDG_CONFIG_HOME", ".config/kopscope");
}

char *file_expand_home(const char *path)
{
	char *home, *out;

	if (!path || path[0] != '~' || (path[1] && path[1] != '/'))
		return xstrdup(path);
	home = file_home();
	out = path[1] ? file_join(home, path + 2) : xstrdup(home);
	free(home);
	return out;
}

char *file_join(const char *dir, const char *name)
{
	size_t n;

	if (str_empty(dir))
		return xstrdup(name ? name : "");
	n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	while (name && *name == '/')
		name++;
	return xasprintf("%.*s%s%s", (int)n, dir, dir[n - 1] == '/' ? "" : "/", name ? name : "");
}
