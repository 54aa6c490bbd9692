# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the scenarios of all engines share. A scenario gets
#
#	RUNTIME, RUNTIME_PATH	the runtime's name and program
#	NAME			a name for its container that no other scenario uses
#	SCENARIO		a folder of its own, which is the working directory
#	IMAGE			an image with busybox
#
# and fails with its first failing command.

# The exit status of a scenario that cannot run on this machine.
UNSUPPORTED=77

unsupported() {
	echo "$*" >&2
	exit $UNSUPPORTED
}

fail() {
	echo "$*" >&2
	exit 1
}

# try COMMAND...: $status and $output, both streams.
try() {
	status=0
	output=$("$@" 2>&1) || status=$?
	printf '%s\n' "$output"
}

# status_is N COMMAND...: its exit status is N; the output is left in $output.
status_is() {
	local wanted=$1
	shift
	try "$@"
	[ "$status" -eq "$wanted" ] || fail "exit status $status instead of $wanted: $output"
}

# same WANTED GOT
same() {
	[ "$1" = "$2" ] || fail "\"$2\" instead of \"$1\""
}

# has WORD TEXT: the text contains the word.
has() {
	[[ $2 == *"$1"* ]] || fail "no \"$1\" in: $2"
}

hasnt() {
	[[ $2 != *"$1"* ]] || fail "\"$1\" in: $2"
}

# matches REGEX TEXT
matches() {
	[[ $2 =~ $1 ]] || fail "$2 does not match $1"
}

# has_capability NUMBER MASK: which of all capabilities a privileged container has depends on the machine.
has_capability() {
	[ $((0x$2 >> $1 & 1)) -eq 1 ] || fail "no capability $1 in $2"
}

# eventually SECONDS COMMAND...: until it succeeds.
eventually() {
	local end=$((SECONDS + $1)) what
	shift
	what=$*
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "in vain waited for: $what"
		sleep 0.1
	done
}

# on_terminal COMMAND...: with a terminal as its three streams; what appears there is $output.
on_terminal() {
	local quoted
	printf -v quoted '%q ' "$@"
	status=0
	output=$(script -qec "$quoted" /dev/null </dev/null | tr -d '\r') || status=$?
	printf '%s\n' "$output"
}

# end_process PID: TERM, after ten seconds KILL, and waits.
end_process() {
	local tries
	kill -TERM "$1" 2>/dev/null || return 0
	for ((tries = 0; tries < 100; tries++)); do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
}

# nothing_left STATE CGROUPS: no folder of a container in the folders that match the pattern STATE, no cgroup whose
# path matches the regular expression. systemd takes its time to remove a scope. crun keeps its filters in .cache.
nothing_left() {
	local tries left
	for ((tries = 0; tries < 30; tries++)); do
		left=$(eval "find $1 -mindepth 1 -maxdepth 1 ! -name .cache" 2>/dev/null
			find /sys/fs/cgroup -regextype posix-extended -type d -regex "$2" 2>/dev/null)
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	printf 'left behind: %s\n' "$left"
	return 1
}

is_v2() {
	[ -e /sys/fs/cgroup/cgroup.controllers ]
}

# require_controller NAME: of cgroups.
require_controller() {
	grep -qsw "$1" /sys/fs/cgroup/cgroup.controllers || [ -d "/sys/fs/cgroup/$1" ] ||
		unsupported "this machine has no controller $1"
}

require_apparmor() {
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] || unsupported 'this kernel has no AppArmor'
}

# cgroup_value PID CONTROLLER V1_FILE V2_FILE: what stands in the file of the process's cgroup.
cgroup_value() {
	local path
	if is_v2; then
		path=$(sed -n 's/^0:://p' "/proc/$1/cgroup")
		cat "/sys/fs/cgroup$path/$4"
	else
		path=$(awk -F: -v c="$2" '$2 ~ "(^|,)" c "(,|$)" { print $3 }' "/proc/$1/cgroup")
		cat "/sys/fs/cgroup/$2$path/$3"
	fi
}

image_rootfs() {
	local dir=$1 applet
	mkdir -p "$dir"/{bin,dev,etc,proc,sys,tmp,root,home/user,usr/bin,var,run}
	chmod 1777 "$dir/tmp"
	cp "$(command -v busybox)" "$dir/bin/busybox"
	for applet in $("$dir/bin/busybox" --list); do
		[ -e "$dir/bin/$applet" ] || ln -s busybox "$dir/bin/$applet"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >"$dir/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\nextra:x:2000:user\n' >"$dir/etc/group"
	printf '#!/bin/sh\necho never\n' >"$dir/root/not-executable"
}

# make_image DIR [WORDS]: DIR/rootfs, and DIR/image.tar, which all engines load; no registry is asked. The words, in JSON,
# are its command instead of a shell.
make_image() {
	local dir=$1 words=${2-'"sh"'} layer config
	mkdir -p "$dir/archive"
	image_rootfs "$dir/rootfs"
	tar -C "$dir/rootfs" --numeric-owner --owner=0 --group=0 -cf "$dir/archive/layer.tar" . || return
	layer=$(sha256sum "$dir/archive/layer.tar" | cut -d ' ' -f 1)
	printf '{"architecture":"%s","os":"linux","config":{"Env":["PATH=/bin:/usr/bin"],"Cmd":[%s]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
		"$(dpkg --print-architecture)" "$words" "$layer" >"$dir/config.json"
	config=$(sha256sum "$dir/config.json" | cut -d ' ' -f 1)
	mv "$dir/config.json" "$dir/archive/$config.json"
	printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$config" "$IMAGE" \
		>"$dir/archive/manifest.json"
	tar -C "$dir/archive" -cf "$dir/image.tar" manifest.json "$config.json" layer.tar
}
