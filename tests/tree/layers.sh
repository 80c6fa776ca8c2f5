#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Folders are layers: every include must be allowed by the table of DESIGN
# (repeated here, the one place where it is enforced).
cd "$srcdir" || exit 99
allowed() {
	case $1 in
	core/base) echo 'core/base' ;;
	core/io) echo 'core/base core/io' ;;
	core/model) echo 'core/base core/model' ;;
	core/rules) echo 'core/base core/model core/rules' ;;
	core/kops) echo 'core/base core/io core/model core/kops' ;;
	core/run) echo 'core/base core/io core/model core/rules core/kops core/run' ;;
	aws) echo 'core/base core/io core/model core/rules core/kops core/run aws' ;;
	k8s) echo 'core/base core/io core/model core/rules core/kops core/run k8s' ;;
	tui) echo 'core/base core/io core/model core/rules core/kops core/run aws k8s tui' ;;
	lab) echo 'core/base core/io core/model core/rules lab' ;;
	esac
}
# Folders within a layer belong to it.
layer() {
	case $1 in
	core/*/*) echo "$1" | cut -d/ -f1,2 ;;
	*) echo "${1%%/*}" ;;
	esac
}
# Which folder may use which library's header.
library() {
	case $1 in
	curses.h | ncurses*.h | term.h) echo 'tui' ;;
	curl/*) echo 'core/io' ;;
	jansson.h) echo 'core/base core/io core/kops core/run core/rules aws k8s tui lab' ;;
	yaml.h) echo 'core/base' ;;
	openssl/*) echo 'aws k8s lab' ;;
	expat.h) echo 'aws' ;;
	microhttpd.h) echo 'lab' ;;
	*) echo any ;;
	esac
}
set -- core/base core/io core/model core/rules core/kops core/run aws k8s tui lab
echo "1..$#"
i=0
for dir; do
	i=$((i + 1))
	bad=
	for f in $(find "$dir" -name '*.[ch]'); do
		for inc in $(sed -n 's/^#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$f"); do
			case $inc in
			config.h) continue ;;
			esac
			case " $(allowed "$dir") " in
			*" $(layer "$inc") "*) ;;
			*) bad="$bad
# $f includes $inc" ;;
			esac
		done
		for inc in $(sed -n 's/^#[ \t]*include[ \t]*<\([^>]*\)>.*/\1/p' "$f"); do
			who=$(library "$inc")
			[ "$who" = any ] && continue
			case " $who " in
			*" $dir "*) ;;
			*) bad="$bad
# $f includes <$inc>" ;;
			esac
		done
	done
	if [ -z "$bad" ]; then echo "ok $i - $dir"; else echo "not ok $i - $dir$bad"; fi
done
