# SPDX-License-Identifier: Apache-2.0
# Where --log sends messages besides files: rule L8 of docs/engines/contract.md. The sockets of the daemons lie in a
# folder of the test, which takes the place of /run or /dev in a mount namespace.
#
# shellcheck disable=SC2016,SC2154 # jq's variables stand in single quotes; bats sets status and output
load helpers

setup_test() {
	[ -x "$BERTH_TESTS/datagram" ] || skip "make test-tools has not been run"
	JOURNAL=$TMP/run/systemd/journal/socket SYSLOG=$TMP/dev/log DAEMON=
	mkdir -p "${JOURNAL%/*}" "${SYSLOG%/*}"
	touch "$TMP/dev/null"
}

teardown_test() {
	[ -z "$DAEMON" ] || { kill "$DAEMON" || :; wait "$DAEMON" || :; } 2>/dev/null
}

# A daemon that takes one message, into $TMP/message.
daemon() {
	"$BERTH_TESTS/datagram" receive "$1" >"$TMP/message" 3>&- &
	DAEMON=$!
	wait_for 5 test -S "$1"
}

# What it got.
message() {
	wait "$DAEMON"
	DAEMON=
	cat "$TMP/message"
}

# berth with $TMP/run as /run and $TMP/dev as /dev.
private_berth() {
	unshare --mount sh -c 'mount --bind "$1/run" /run && mount --bind /dev/null "$1/dev/null" &&
		mount --rbind "$1/dev" /dev && shift && exec "$@"' sh "$TMP" "$BERTH" --root "$ROOT" "$@"
}

# A container whose end is worth a warning.
warns() {
	printf '#!/bin/sh\nexit 3\n' >"$TMP/hook"
	chmod 755 "$TMP/hook"
	edit '.hooks = {poststop: [{path: $p}]}' --arg p "$TMP/hook"
}

@test "L8 journald: an error is one message of fields, and on standard error" {
	daemon "$JOURNAL"
	run private_berth --log=journald:web --log-level=error --root "$ROOT" state none
	[ "$status" -eq 1 ]
	[ "$output" = 'state none: container does not exist: none' ]
	run message
	[ "$output" = 'MESSAGE=container does not exist: none
PRIORITY=3
SYSLOG_IDENTIFIER=berth
ID=web
BERTH_CODE=container-unknown' ] || fail "$output"
	rm "$JOURNAL"
	daemon "$JOURNAL"
	edit '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]'
	run private_berth --log=journald:web create --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 1 ]
	run message
	[[ "${lines[0]}" == MESSAGE=*nosuchfs*"(at config.json line "* ]]
	[ "${lines[-2]}" = BERTH_CODE=mount ]
	[ "${lines[-1]}" = ERRNO=19 ]
}

@test "L8 syslog: an error is one line with priority, tag and pid" {
	daemon "$SYSLOG"
	# The format is that of files and standard error.
	run private_berth --log syslog:web --log-format json state none
	[ "$status" -eq 1 ]
	[ "$output" = 'state none: container does not exist: none' ]
	run message
	[[ "$output" =~ ^'<11>web['[0-9]+']: container does not exist: none'$ ]] || fail "$output"
}

@test "L8 a value cannot make a field or a line of its own" {
	daemon "$JOURNAL"
	run private_berth --log $'journald:web\nPRIORITY=0' state $'none\nMESSAGE=forged'
	run message
	[[ "$output" == *'ID=web\x0aPRIORITY=0'* ]]
	[ "$(grep -cE '^(MESSAGE|PRIORITY)=' <<<"$output")" -eq 2 ]
	daemon "$SYSLOG"
	run private_berth --log $'syslog:web\n<0>x' state $'none\n<0>forged'
	run message
	[ "${#lines[@]}" -eq 1 ]
}

@test "L8 a warning goes to the daemon alone" {
	warns
	daemon "$JOURNAL"
	run private_berth --log journald:web run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run message
	[[ "${lines[0]}" == MESSAGE=*poststop* ]]
	[ "${lines[1]}" = PRIORITY=4 ]
}

@test "L8 without a daemon, or with a dead one, standard error has all" {
	local destination socket
	for destination in journald:web syslog:web; do
		socket=/dev/log
		[ "$destination" = syslog:web ] || socket=/run/systemd/journal/socket
		run private_berth --log "$destination" --log-format json state none
		[ "$status" -eq 1 ]
		[ "${lines[0]}" = "berth: warning: no messages to $destination: $socket: ENOENT" ]
		[ "${lines[1]}" = 'state none: container does not exist: none' ]
		[ "${#lines[@]}" -eq 2 ]
		# No message, nothing to complain about.
		run private_berth --log "$destination" run --bundle "$BUNDLE" "$ID"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
	daemon "$JOURNAL"
	kill "$DAEMON"
	wait "$DAEMON" || :
	warns
	run private_berth --log journald:web run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "berth: warning: no messages to journald:web: /run/systemd/journal/socket: ECONNREFUSED" ]
	[[ "${lines[1]}" == "berth: warning: "*poststop* ]]
}

@test "L8 a daemon that has stopped reading holds nobody up" {
	python3 - "$JOURNAL" "$TMP/full" 3>&- <<'PYTHON' &
import socket, sys, time
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
senders = []
try:
    while True:
        senders.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        senders[-1].setblocking(False)
        senders[-1].sendto(b"x", sys.argv[1])
except BlockingIOError:
    open(sys.argv[2], "w").close()
time.sleep(60)
PYTHON
	DAEMON=$!
	wait_for 10 test -e "$TMP/full"
	edit '.unknownProperty = 1'
	SECONDS=0
	run private_berth --debug --log journald:web run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ]
	# A second for the first message; the rest does not try again.
	[ "$SECONDS" -lt 10 ]
	[ "${lines[0]}" = 'berth: warning: no messages to journald:web: /run/systemd/journal/socket: EAGAIN' ]
	[[ "$output" == *"berth: debug: "*unknownProperty* ]]
}

@test "L8 no descriptor of the log reaches the container" {
	container_script 'ls /proc/self/fd | tr "\n" " "'
	edit '.unknownProperty = 1'
	daemon "$JOURNAL"
	run private_berth --debug --log journald:web run --bundle "$BUNDLE" "$ID"
	# The fourth is the folder that ls reads.
	[ "${lines[-1]}" = "0 1 2 3 " ] || fail "$output"
	run message
	[[ "$output" == *unknownProperty* ]]
}

@test "L8 a name is required; file: leads to a file of any name" {
	local prefix
	for prefix in journald: syslog:; do
		run berth --log "$prefix" state none
		[ "$status" -eq 1 ]
		[[ "$output" == *"--log $prefix: a name for the messages must follow the colon" ]]
	done
	cd "$TMP"
	run berth --log file:journald:web state none
	grep -q 'level=error' "$TMP/journald:web"
}
