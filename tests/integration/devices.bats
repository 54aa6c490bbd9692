# SPDX-License-Identifier: Apache-2.0
# Device nodes, links in /dev, and terminals.
load helpers

@test "F241 F242 F243 F244 F245 F246 default devices have their numbers and mode 0666" {
	container_script 'for d in null zero full random urandom tty; do stat -c "%n %t:%T %a" /dev/$d; done'
	run_ok
	[ "$output" = $'/dev/null 1:3 666\n/dev/zero 1:5 666\n/dev/full 1:7 666\n/dev/random 1:8 666\n/dev/urandom 1:9 666\n/dev/tty 5:0 666' ]
}

@test "F248 F249 F250 F251 F252 F254 links in /dev" {
	container_script 'for l in fd stdin stdout stderr ptmx; do readlink /dev/$l; done'
	run_ok
	[ "$output" = $'/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx' ]
}

@test "F253 no links into a /proc that is not there" {
	edit '.mounts |= map(select(.type != "proc")) | del(.linux.maskedPaths) | del(.linux.readonlyPaths)'
	container_script 'ls /dev'
	run_ok
	[[ "$output" != *stdin* ]]
}

@test "F228 F229 F230 F232 F233 F234 F235 configured devices: type, mode, owner, anywhere" {
	edit '.linux.devices = [
		{type: "c", path: "/dev/mine", major: 1, minor: 3, fileMode: 384, uid: 5, gid: 6},
		{type: "u", path: "/deep/er/dev", major: 1, minor: 5, fileMode: 438},
		{type: "p", path: "/dev/fifo", fileMode: 420}]'
	container_script 'stat -c "%F|%t:%T|%a|%u:%g" /dev/mine /deep/er/dev; stat -c "%F|%a" /dev/fifo'
	run_ok
	[ "${lines[0]}" = "character special file|1:3|600|5:6" ]
	[ "${lines[1]}" = "character special file|1:5|666|0:0" ]
	[ "${lines[2]}" = "fifo|644" ]
}

@test "F228 F231 bad devices are errors" {
	refuse '.linux.devices = [{type: "x", path: "/dev/x", major: 1, minor: 3}]' /linux/devices/0/type
	refuse '.linux.devices = [{type: "c", path: "/dev/x", minor: 3}]' /linux/devices/0
	refuse '.linux.devices = [{type: "c", path: "dev/x", major: 1, minor: 3}]' /linux/devices/0/path
}

@test "F236 F237 F240 a device that exists must match" {
	mknod "$BUNDLE/rootfs/tmp/same" c 1 3
	mknod "$BUNDLE/rootfs/tmp/other" c 1 5
	edit '.linux.devices = [{type: "c", path: "/tmp/same", major: 1, minor: 3}]'
	run_ok
	edit '.linux.devices = [{type: "c", path: "/tmp/a", major: 1, minor: 3}, {type: "c", path: "/tmp/b", major: 1, minor: 3}]'
	run_ok
	refuse '.linux.devices = [{type: "c", path: "/tmp/other", major: 1, minor: 3}]' /tmp/other
}

@test "F239 no other devices are in /dev" {
	container_script 'find /dev -type c -o -type b | grep -v "^/dev/pts" | sort'
	run_ok
	[ "$output" = $'/dev/full\n/dev/null\n/dev/random\n/dev/tty\n/dev/urandom\n/dev/zero' ]
}

@test "F255 a bound /dev is left as it is" {
	mkdir "$TMP/dev"
	mknod -m 666 "$TMP/dev/null" c 1 3
	edit '.mounts |= map(select(.destination | startswith("/dev") | not)) + [{destination: "/dev", type: "bind", source: $d, options: ["rbind"]}]' \
		--arg d "$TMP/dev"
	container_args ls /dev
	run_ok
	[ "$output" = null ]
	[ "$(ls "$TMP/dev")" = null ]
}

@test "F257 streams on the host's /dev/null become the container's" {
	container_script 'stat -L -c %d /proc/self/fd/0 /dev/null | uniq | wc -l >/tmp/n'
	"$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID" </dev/null
	[ "$(cat "$BUNDLE/rootfs/tmp/n")" = 1 ]
}

@test "F163 streams are handed to the container's user" {
	edit '.process.user = {uid: 1000, gid: 1000}'
	container_script 'echo reopened >/dev/stdout'
	run bash -c "'$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID' | cat"
	[ "$output" = reopened ]
}

# no_terminal WORD: run, the terminal of which it would relay, fails before the program.
no_terminal() {
	run_container
	expect_error "$1"
	[ ! -e "$ROOT/$ID" ]
}

@test "F749 a terminal comes from a devpts, or not at all" {
	mkdir "$TMP/fake"
	edit '.process.terminal = true | (.mounts[] | select(.destination == "/dev/pts")) |=
		{destination: "/dev/pts", type: "none", source: $s, options: ["rbind"]}' --arg s "$TMP/fake"
	no_terminal "needs a devpts"
	echo >"$TMP/fake/ptmx"
	no_terminal "not the multiplexer of a devpts"
	# The right number, but whose?
	rm "$TMP/fake/ptmx"
	mknod "$TMP/fake/ptmx" c 5 2
	no_terminal "not the multiplexer of a devpts"
	rm "$TMP/fake/ptmx"
	ln -s /dev/ptmx "$TMP/fake/ptmx"
	no_terminal terminal
}

@test "F113 F247 run with a terminal: pty of the container's devpts, console, controlling terminal" {
	edit '.process.terminal = true'
	container_script 'tty; test -c /dev/console && echo console; stty size >/dev/null && echo stty; ps -o pid,tty 2>/dev/null | head -1 >/dev/null; exit 3'
	run script -qec "'$BERTH' --root '$ROOT' run --bundle '$BUNDLE' '$ID'" /dev/null
	[ "$status" -eq 3 ]
	[[ "$output" == *"/dev/pts/0"* ]]
	[[ "$output" == *console* ]]
}

@test "F115 consoleSize is the size of the terminal" {
	edit '.process.terminal = true | .process.consoleSize = {height: 33, width: 111}'
	container_args stty size
	"$BERTH_TESTS/receive-fd" "$TMP/console" "$TMP/tty.out" 3>&- &
	wait_for 5 test -S "$TMP/console"
	create_container --console-socket "$TMP/console"
	berth start "$ID"
	wait_for 5 grep -q "33 111" "$TMP/tty.out"
	wait
}

@test "F548 F559 console socket: one message with one descriptor, sent before create returns" {
	edit '.process.terminal = true'
	container_script 'tty; echo done'
	"$BERTH_TESTS/receive-fd" "$TMP/console" "$TMP/tty.out" 3>&- &
	wait_for 5 test -S "$TMP/console"
	create_container --console-socket "$TMP/console"
	berth start "$ID"
	wait_for 5 grep -q done "$TMP/tty.out"
	grep -q /dev/pts/0 "$TMP/tty.out"
	wait
}

@test "F114 terminal and console socket must fit together" {
	refuse '.process.terminal = true' "cannot allocate tty" "without setting console socket"
	try_create --console-socket "$TMP/none"
	expect_error "cannot use console socket"
	edit '.process.terminal = true'
	try_create --console-socket "$TMP/none"
	expect_error "$TMP/none"
}

@test "console sockets of more than 107 bytes" {
	local dir
	dir=$TMP/$(head -c 120 /dev/zero | tr '\0' d)
	mkdir "$dir"
	edit '.process.terminal = true'
	container_args tty
	(cd "$dir" && exec "$BERTH_TESTS/receive-fd" console "$TMP/tty.out" 3>&-) &
	wait_for 5 test -S "$dir/console"
	create_container --console-socket "$dir/console"
	berth start "$ID"
	wait_for 5 grep -q pts "$TMP/tty.out"
	wait
}

@test "a console socket that nobody accepts does not hang create" {
	edit '.process.terminal = true'
	"$BERTH_TESTS/receive-fd" --never-accept "$TMP/console" 3>&- &
	local peer=$!
	wait_for 5 test -S "$TMP/console"
	timeout 10 "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" --console-socket "$TMP/console" "$ID" </dev/null 3>&-
	[ "$(container_status)" = created ]
	kill $peer
}

@test "F549 pidfd socket: a pidfd of the init" {
	container_args sleep 1000
	"$BERTH_TESTS/receive-fd" --pidfd "$TMP/sock" "$TMP/pid.out" 3>&- &
	wait_for 5 test -S "$TMP/sock"
	create_container --pidfd-socket "$TMP/sock"
	wait
	[ "$(cat "$TMP/pid.out")" = "$(container_pid)" ]
}

@test "F705 annotation pidfd_receiver: the socket when the command line names none" {
	refuse '.annotations["run.oci.pidfd_receiver"] = "sock"' pidfd_receiver 'not an absolute path'
	container_args sleep 1000
	edit '.annotations = {"run.oci.pidfd_receiver": $p}' --arg p "$TMP/sock"
	"$BERTH_TESTS/receive-fd" --pidfd "$TMP/sock" "$TMP/pid.out" 3>&- &
	wait_for 5 test -S "$TMP/sock"
	create_container
	wait
	[ "$(cat "$TMP/pid.out")" = "$(container_pid)" ]
}
