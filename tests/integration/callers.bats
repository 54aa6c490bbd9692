# SPDX-License-Identifier: Apache-2.0
# The contract with engines: logs, words, exit statuses, orphans, streams.
load helpers

@test "F543 F545 one JSON record for a failing command, on standard error as well" {
	run "$BERTH" --root "$ROOT" --log "$TMP/log" --log-format json state "$ID"
	[ "$status" -eq 1 ]
	[[ "$output" == *"does not exist"* ]]
	[ "$(wc -l <"$TMP/log")" -eq 1 ]
	jq -e '.level == "error" and (.msg | contains("does not exist")) and (.time | fromdateiso8601? // (sub("\\.[0-9]+"; "") | fromdateiso8601) > 0)' "$TMP/log"
}

@test "F533 F534 the log file is made at once and stays empty on success" {
	"$BERTH" --root "$ROOT" --log "$TMP/log" --log-format json run --bundle "$BUNDLE" "$ID"
	[ -e "$TMP/log" ]
	[ ! -s "$TMP/log" ]
}

@test "F533 the text log has time, level and message" {
	run "$BERTH" --root "$ROOT" --log "$TMP/log" state "$ID"
	grep -q 'level=error' "$TMP/log"
	grep -q 'does not exist' "$TMP/log"
}

@test "F535 F536 --log-level and --debug" {
	edit '.unknownProperty = 1'
	"$BERTH" --root "$ROOT" --debug --log "$TMP/log" run --bundle "$BUNDLE" "$ID" 2>/dev/null
	grep -q unknownProperty "$TMP/log"
	run "$BERTH" --log-level loud state x
	expect_error loud
}

@test "the log survives a full device and control characters" {
	run "$BERTH" --root "$ROOT" --log /dev/full state "$ID"
	[ "$status" -eq 1 ]
	run "$BERTH" --root "$ROOT" --log "$TMP/log" --log-format json state "$(printf 'a\033[31mb\nc')"
	[ "$status" -eq 1 ]
	[ "$(wc -l <"$TMP/log")" -eq 1 ]
	jq -e . "$TMP/log"
	[[ "$output" != *$'\033'* ]]
}

@test "G1 G3 both forms of values, repeated options, the last one wins" {
	"$BERTH" --root=/nonexistent --root "$ROOT" run --bundle=/nonexistent -b "$BUNDLE" "$ID"
}

@test "G2 long options with one dash" {
	"$BERTH" -root "$ROOT" run -bundle "$BUNDLE" -no-subreaper "$ID"
}

@test "G10 options that change nothing are accepted" {
	"$BERTH" --root "$ROOT" --criu /x --rootless=auto --cgroup-manager cgroupfs --debug create --bundle "$BUNDLE" --no-new-keyring --no-subreaper --detach "$ID" </dev/null >/dev/null 2>&1 3>&-
	berth delete "$ID"
}

@test "G11 relative paths are relative to the caller's directory" {
	(cd "$TMP" && "$BERTH" --root state --log log run --bundle bundle --pid-file pid "$ID")
	[ -s "$TMP/pid" ]
	[ -e "$TMP/log" ]
}

@test "F532 the default root is in /run, or in XDG_RUNTIME_DIR where we are not really root" {
	"$BERTH" create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ -d "/run/berth/$ID" ]
	"$BERTH" delete --force "$ID"
}

@test "P2 init of a created container is an orphan, and nothing else of ours is left" {
	create_container
	local parent
	parent=$(awk '/^PPid/ { print $2 }' "/proc/$(container_pid)/status")
	[ "$(ps -o comm= -p "$parent")" != berth ]
	[ "$(pgrep -fc "$ID" || :)" -le 1 ]
}

@test "P4 P5 streams are released: a reader of stderr sees the end after failure and success" {
	edit '.mounts += [{destination: "/x", type: "nosuchfs", source: "x"}]'
	run timeout 10 bash -c "'$BERTH' --root '$ROOT' create --bundle '$BUNDLE' '$ID' 2>&1 | cat"
	[[ "$output" == *nosuchfs* ]]
}

@test "P4 with a terminal nobody holds the caller's streams" {
	edit '.process.terminal = true'
	container_args sleep 1000
	"$BERTH_TESTS/receive-fd" "$TMP/console" "$TMP/tty" </dev/null >/dev/null 2>&1 3>&- &
	wait_for 5 test -S "$TMP/console"
	timeout 10 bash -c "'$BERTH' --root '$ROOT' create --bundle '$BUNDLE' --console-socket '$TMP/console' '$ID' 2>&1 </dev/null | cat" 3>&-
	berth start "$ID"
	berth kill "$ID" KILL
	wait
}

@test "P11 init survives the end of create under a parent-death signal" {
	setpriv --pdeathsig KILL "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1 3>&-
	sleep 0.2
	[ "$(container_status)" = created ]
}

@test "F569 run forwards signals" {
	container_script 'trap "echo got; exit 9" TERM; echo up >/tmp/up; while :; do sleep 0.05; done'
	"$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID" >"$TMP/out" 3>&- &
	local pid=$!
	wait_for 5 test -s "$BUNDLE/rootfs/tmp/up"
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 9 ]
	[ "$(cat "$TMP/out")" = got ]
}

@test "T3 pid is 0 and present when stopped" {
	run_ok --keep
	container_state | jq -e 'has("pid") and .pid == 0'
}

@test "T5 kill, delete and state work with another environment and without the options of create" {
	create_container
	env -i "$BERTH" --root "$ROOT" state "$ID" >/dev/null
	env -i "$BERTH" --root "$ROOT" delete "$ID"
}

@test "classifiers of engines: 126 and 127 and no mixture" {
	local out
	out=$(berth run --bundle "$BUNDLE" none 2>&1 </dev/null) || :
	container_args foobar
	run_container
	[[ "$output" == *'executable file not found in $PATH'* ]]
	[[ "$output" != *"permission denied"* ]]
	container_args /etc
	run_container
	[[ "$output" == *"is a directory"* ]]
	[[ "$output" == *"Operation not permitted" ]] || [[ "$output" == *"Operation not permitted"* ]]
	[[ "$output" != *"not found"* ]]
	echo '#!/bin/sh' >"$BUNDLE/rootfs/tmp/noexec"
	container_args /tmp/noexec
	run_container
	[[ "$output" == *"permission denied"* ]]
	[[ "$output" != *"no such file"* ]]
	container_args /bin/true
	edit '.process.cwd = "/bin/sh"'
	run_container
	[[ "$output" == *"chdir to cwd"* ]]
}

@test "exec diagnosis: interpreter, line ends, wrong architecture, missing loader" {
	local f=$BUNDLE/rootfs/tmp
	printf '#!/bin/sh\r\necho x\n' >"$f/crlf"
	printf '#!/no/interp\n' >"$f/script"
	cp /bin/ls "$f/loader"
	cp "$BUSYBOX" "$f/arch"
	printf '\267\000' | dd of="$f/arch" bs=1 seek=18 conv=notrunc 2>/dev/null
	chmod 755 "$f"/*
	container_args /tmp/crlf
	run_container
	[[ "$output" == *CRLF* || "$output" == *"carriage return"* ]]
	container_args /tmp/script
	run_container
	[[ "$output" == */no/interp* ]]
	container_args /tmp/loader
	run_container
	[[ "$output" == *ld-linux* ]]
	container_args /tmp/arch
	run_container
	[[ "$output" == *"exec format error"* && "$output" == *"aarch64"* ]]
}

@test "the path in the caller's NOTIFY_SOCKET never reaches the container" {
	container_args env
	run env NOTIFY_SOCKET=/run/host.sock "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID"
	[ "$status" -eq 0 ]
	[[ "$output" != */run/host.sock* ]]
}

# notify_container SECONDS [manager]: a container that says READY=1 after a while, and goes on.
notify_container() {
	cp "$BERTH_TESTS/datagram" "$BUNDLE/rootfs/bin/datagram"
	container_script 'echo "$NOTIFY_SOCKET" >/tmp/n
		datagram send "$NOTIFY_SOCKET" MAINPID=1
		sleep 1
		datagram send "$NOTIFY_SOCKET" "READY=1"
		sleep '"$1"
	"$BERTH_TESTS/datagram" "${2:-receive}" "$TMP/notify" >"$TMP/notified" 3>&- &
	RECEIVER=$!
	wait_for 5 test -S "$TMP/notify"
}

@test "F738 sd_notify: READY reaches the caller's socket" {
	[ -x "$BERTH_TESTS/datagram" ] || skip "make test-tools has not been run"
	notify_container 0
	NOTIFY_SOCKET=$TMP/notify timeout 15 "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID" 3>&-
	wait "$RECEIVER"
	[ "$(cat "$BUNDLE/rootfs/tmp/n")" = /run/notify/notify.sock ]
	[ "$(sed -n 1p "$TMP/notified")" = READY=1 ]
	[[ "$(sed -n 2p "$TMP/notified")" =~ ^MAINPID=[0-9]+$ ]]
}

@test "F738 sd_notify: a detached start returns when the container is ready" {
	[ -x "$BERTH_TESTS/datagram" ] || skip "make test-tools has not been run"
	notify_container 30
	NOTIFY_SOCKET=$TMP/notify timeout 15 "$BERTH" --root "$ROOT" create --bundle "$BUNDLE" "$ID" \
		</dev/null >/dev/null 2>&1 3>&-
	NOTIFY_SOCKET=$TMP/notify timeout 15 "$BERTH" --root "$ROOT" start "$ID" 3>&-
	wait "$RECEIVER"
	[ "$(sed -n 2p "$TMP/notified")" = "MAINPID=$("$BERTH" --root "$ROOT" state "$ID" | jq .pid)" ]
	"$BERTH" --root "$ROOT" delete --force "$ID"
}

@test "F739 sd_notify: a detached start waits until the manager has seen READY" {
	[ -x "$BERTH_TESTS/datagram" ] || skip "make test-tools has not been run"
	notify_container 30 manager
	NOTIFY_SOCKET=$TMP/notify timeout 15 "$BERTH" --root "$ROOT" run --detach --bundle "$BUNDLE" "$ID" \
		</dev/null >/dev/null 2>&1 3>&-
	[ "$(sed -n '1p; 3,4p' "$TMP/notified" | xargs)" = "READY=1 BARRIER=1 released" ]
	[ "$(sed -n 2p "$TMP/notified")" = "MAINPID=$(container_pid)" ]
	wait "$RECEIVER"
	"$BERTH" --root "$ROOT" delete --force "$ID"
}

@test "F740 sd_notify: a foreground run passes on what else the container says about itself" {
	[ -x "$BERTH_TESTS/datagram" ] || skip "make test-tools has not been run"
	cp "$BERTH_TESTS/datagram" "$BUNDLE/rootfs/bin/datagram"
	container_script 'for m in STATUS=early "READY=1
STATUS=up" MAINPID=1 WATCHDOG=1 NOTIFYACCESS=all "RELOADING=1
MONOTONIC_USEC=7" READY=1 STOPPING=1; do datagram send "$NOTIFY_SOCKET" "$m"; done; sleep 1'
	"$BERTH_TESTS/datagram" receive "$TMP/notify" 6 >"$TMP/notified" 3>&- &
	RECEIVER=$!
	wait_for 5 test -S "$TMP/notify"
	NOTIFY_SOCKET=$TMP/notify timeout 15 "$BERTH" --root "$ROOT" run --bundle "$BUNDLE" "$ID" 3>&-
	wait "$RECEIVER"
	[ "$(sed 's/^MAINPID=[1-9][0-9]*$/MAINPID=n/' "$TMP/notified" | xargs)" = \
		"STATUS=early READY=1 MAINPID=n STATUS=up WATCHDOG=1 RELOADING=1 MONOTONIC_USEC=7 READY=1 MAINPID=n STOPPING=1" ] ||
		fail "$(cat "$TMP/notified")"
}

@test "F740 sd_notify: a detached start passes on what comes before READY" {
	[ -x "$BERTH_TESTS/datagram" ] || skip "make test-tools has not been run"
	cp "$BERTH_TESTS/datagram" "$BUNDLE/rootfs/bin/datagram"
	container_script 'datagram send "$NOTIFY_SOCKET" STATUS=early; datagram send "$NOTIFY_SOCKET" READY=1; sleep 30'
	"$BERTH_TESTS/datagram" receive "$TMP/notify" 3 >"$TMP/notified" 3>&- &
	RECEIVER=$!
	wait_for 5 test -S "$TMP/notify"
	NOTIFY_SOCKET=$TMP/notify timeout 15 "$BERTH" --root "$ROOT" run --detach --bundle "$BUNDLE" "$ID" \
		</dev/null >/dev/null 2>&1 3>&-
	wait "$RECEIVER"
	[ "$(sed 's/^MAINPID=[1-9][0-9]*$/MAINPID=n/' "$TMP/notified" | xargs)" = "STATUS=early READY=1 MAINPID=n BARRIER=1" ]
	"$BERTH" --root "$ROOT" delete --force "$ID"
}

@test "F738 sd_notify: a container that ends without READY does not hold start" {
	container_args true
	NOTIFY_SOCKET=$TMP/nobody timeout 15 "$BERTH" --root "$ROOT" run --detach --bundle "$BUNDLE" "$ID" \
		</dev/null >/dev/null 2>&1 3>&-
	"$BERTH" --root "$ROOT" delete "$ID"
}
