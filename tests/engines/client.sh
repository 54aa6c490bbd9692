# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016,SC2120
# Scenarios that Docker and Podman share, since their clients take the same words. The file that includes this one has
# engine (the client) and run_engine (engine run with the runtime under test and the scenario's name).

# Waits without making processes: a kill that meets the kernel of User Mode Linux within a fork may end that.
sleeper() {
	run_engine -d "$@" "$IMAGE" sh -c 'trap "exit 7" TERM; sleep 1000 & while :; do wait; done'
}

get() {
	engine inspect -f "{{$1}}" "${2-$NAME}"
}

is_status() {
	[ "$(get .State.Status)" = "$1" ]
}

status_field() {
	run_engine --rm "$@" "$IMAGE" awk -v f="$FIELD:" '$1 == f { print $2 }' /proc/self/status
}

test_output() {
	same hello "$(run_engine --rm "$IMAGE" echo hello)"
	same '' "$(engine ps -aq)"
	same err "$(run_engine --rm "$IMAGE" sh -c 'echo err >&2' 2>&1 >/dev/null)"
}

test_exit_status() {
	status_is 42 run_engine --rm "$IMAGE" sh -c 'exit 42'
	run_engine -d "$IMAGE" sleep 1000
	engine kill "$NAME"
	same 137 "$(engine wait "$NAME")"
}

test_stdin() {
	same through "$(echo through | run_engine --rm -i "$IMAGE" cat)"
}

test_user() {
	same '1000 1000' "$(run_engine --rm --user 1000:1000 "$IMAGE" sh -c 'echo $(id -u) $(id -g)')"
	same '1000 1000 2000' "$(run_engine --rm --user user "$IMAGE" sh -c 'echo $(id -u) $(id -G)')"
	has 3000 "$(run_engine --rm --user user --group-add 3000 "$IMAGE" id -G)"
	same /home/user "$(run_engine --rm --user user "$IMAGE" sh -c 'echo $HOME')"
}

test_new_privileges() {
	local FIELD=NoNewPrivs
	same 1 "$(status_field --security-opt no-new-privileges)"
	same 0 "$(status_field)"
}

test_host_network() {
	same "$(readlink /proc/self/ns/net)" "$(run_engine --rm --network host "$IMAGE" readlink /proc/self/ns/net)"
	same lo "$(run_engine --rm --network none "$IMAGE" ls /sys/class/net)"
}

test_stop() {
	sleeper
	engine stop "$NAME"
	same 7 "$(get .State.ExitCode)"
	engine rm "$NAME"
	run_engine -d "$IMAGE" sleep 1000
	engine stop -t 1 "$NAME"
	same 137 "$(get .State.ExitCode)"
	engine rm "$NAME"
	run_engine -d --stop-signal USR1 "$IMAGE" sh -c 'trap "exit 8" USR1; sleep 1000 & while :; do wait; done'
	engine stop "$NAME"
	same 8 "$(get .State.ExitCode)"
}

logged() {
	engine logs "$NAME" 2>&1 | grep -q "$1"
}

restarted() {
	[ "$(get .RestartCount)" = "$1" ]
}

test_restart() {
	local first
	sleeper
	first=$(pid)
	engine exec "$NAME" touch /tmp/kept
	engine restart -t 1 "$NAME"
	is_status running
	[ "$(pid)" != "$first" ]
	engine exec "$NAME" ls /tmp/kept
}
