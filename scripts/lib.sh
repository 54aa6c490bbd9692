# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Shared by ./quickstart, ./check and the suites. TOP is the source folder, set by who includes this.

: "${TOP:?}"
jobs=$(nproc)

say() { printf '%s\n' "$*"; }

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# need PACKAGE...: installs Debian packages that are missing.
need() {
	local missing=() package log
	for package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	command -v apt-get >/dev/null || die "install what Debian calls: ${missing[*]}"
	[ "$(id -u)" = 0 ] || die "run as root, or install: ${missing[*]}"
	say "installing ${missing[*]}"
	log=$(mktemp)
	export DEBIAN_FRONTEND=noninteractive
	# The lists may be absent or too old for what the mirror has now.
	if ! apt-get install -qy --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
		apt-get update -q >>"$log" 2>&1 || :
		if ! apt-get install -qy --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
			tail -n 20 "$log" >&2
			rm -f "$log"
			die "cannot install ${missing[*]}"
		fi
	fi
	rm -f "$log"
}

# What every build needs: the tools, the libraries of the generators, and the musl of the release.
need_build() {
	need autoconf automake make gcc libc6-dev binutils pkg-config git ca-certificates xz-utils patch \
		libyajl-dev libseccomp-dev libcap-dev libmnl-dev musl-tools linux-libc-dev
}

# build NAME FLAG...: configures (if needed) and makes in $TOP/NAME; the log is NAME/build.log.
build() {
	local dir=$TOP/$1 stamp=$TOP/$1/.configured log=$TOP/$1/build.log
	shift
	mkdir -p "$dir"
	if [ ! -x "$TOP/configure" ] || [ "$TOP/configure.ac" -nt "$TOP/configure" ]; then
		(cd "$TOP" && autoreconf -fi) >"$log" 2>&1 || build_failed "$log"
	fi
	if [ ! -f "$dir/Makefile" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$*" ]; then
		(cd "$dir" && "$TOP/configure" "$@") >"$log" 2>&1 || build_failed "$log"
		printf '%s\n' "$*" >"$stamp"
	fi
	make -C "$dir" -j"$jobs" >>"$log" 2>&1 || build_failed "$log"
}

build_failed() {
	tail -n 30 "$1" >&2
	die "the build failed; all of its output is in $1"
}

build_release() { build build --enable-release --enable-werror; }
build_sanitized() { build build-sanitized --enable-sanitizers --enable-werror; }
build_faults() { build build-faults --enable-faults --enable-werror; }

# The C files and headers of the rooms, and those of the tests, relative to TOP.
c_files() { (cd "$TOP" && find base spec libcontainer cmd -name '*.[ch]' | sort); }
test_c_files() { (cd "$TOP" && find tests -name '*.[ch]' | sort); }

# Counting for suites: check NAME COMMAND... runs one check, tally prints the closing line.
passed=0 failed=0 skipped=0
check() {
	local name=$1 log status=0 start=$SECONDS
	shift
	log=${LOGS:?}/${name// /-}.log
	"$@" >"$log" 2>&1 </dev/null || status=$?
	if [ $status -eq 0 ]; then
		passed=$((passed + 1))
		say "ok      $name ($((SECONDS - start)) s)"
	else
		failed=$((failed + 1))
		say "FAILED  $name (status $status); the end of $log:"
		tail -n 40 "$log" | sed 's/^/        /'
	fi
}

skip() {
	skipped=$((skipped + 1))
	say "skipped $1: $2"
}

tally() {
	say "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}
