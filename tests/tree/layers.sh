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
# Which folder may use which library's header.
library() {
	cat <<-'END'
	curses.h tui
	term.h tui
	jansson.h core/base core/io core/kops core/run core/rules aws k8s tui lab
	yaml.h core/base
	expat.h aws
	microhttpd.h lab
	curl/* core/io
	openssl/* core/io aws k8s lab
	END
}
set -- core/base core/io core/model core/rules core/kops core/run aws k8s tui lab
echo "1..$#"
i=0
for dir; do
	i=$((i + 1))
	bad=$(library | awk -v dir="$dir" -v allowed="$(allowed "$dir")" '
		# Folders within a layer belong to it.
		function layer(path, part) {
			split(path, part, "/")
			return part[1] == "core" && part[3] != "" ? part[1] "/" part[2] : part[1]
		}
		function has(list, word) { return index(" " list " ", " " word " ") }
		FILENAME == "-" { who[$1] = substr($0, length($1) + 2); next }
		!/^#[ \t]*include[ \t]*["<]/ { next }
		{
			inc = $0
			sub(/^[^"<]*["<]/, "", inc)
			sub(/[">].*/, "", inc)
		}
		/^#[ \t]*include[ \t]*"/ {
			if (inc != "config.h" && !has(allowed, layer(inc)))
				print "# " FILENAME " includes " inc
			next
		}
		{
			key = inc ~ /^n?curses.*\.h$/ ? "curses.h" : inc
			if (!(key in who))
				sub(/\/.*/, "/*", key)
			if (key in who && !has(who[key], dir))
				print "# " FILENAME " includes <" inc ">"
		}' - $(find "$dir" -name '*.[ch]'))
	if [ -z "$bad" ]; then echo "ok $i - $dir"; else printf '%s\n' "not ok $i - $dir" "$bad"; fi
done
