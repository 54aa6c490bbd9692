# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016,SC2120
# Scenarios that Docker and Podman share, since their clients take the same words. The file that includes this one adds its
# own to `scenarios` and has
#
#	client		the words of the client's command line, up to its subcommand
#	runtime_field	where inspect has the runtime's name
#	engine		the client, as a function
#	run_engine	engine run with the runtime under test and the scenario's name
#	another		the same for a nameless container, which goes when it ends

scenarios='
output			a container prints and is gone
exit_status		exit statuses of the program, and by signals
exit_126		126 for what cannot be executed
stdin			standard input reaches the container
propagation		bind mounts with propagation
user			--user, by number and by name, with groups and home
new_privileges		no-new-privileges
host_network		--network host and none
joined_namespaces	namespaces of another container
exec_terminal		exec -it
stop			stop: the stop signal, then KILL
inspect			inspect tells runtime, pid and status
restart_policy		--restart on-failure
restart			restart keeps the container
many			ten containers at once
'

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

test_exit_126() {
	status_is 126 run_engine --rm "$IMAGE" /root/not-executable
	has 'ermission denied' "$output"
	status_is 126 run_engine --rm "$IMAGE" /etc
}

test_propagation() {
	mkdir host
	mount --bind host host
	mount --make-shared host
	mkdir host/later
	sleeper -v "$PWD/host:/slave:rslave" -v "$PWD/host:/private:rprivate"
	mount -t tmpfs later host/later
	touch host/later/file
	output=$(cat "/proc/$(pid)/mountinfo")
	umount host/later
	umount host
	matches '/slave/later ' "$output"
	hasnt /private/later "$output"
	matches ' /slave .* master:' "$output"
}

test_joined_namespaces() {
	local kind
	sleeper --ipc shareable
	for kind in network:net pid:pid ipc:ipc; do
		same "$(readlink "/proc/$(pid)/ns/${kind#*:}")" "$(another \
			"--${kind%:*}" "container:$NAME" "$IMAGE" readlink "/proc/self/ns/${kind#*:}")"
	done
}

test_inspect() {
	sleeper
	is_status running
	same "$RUNTIME" "$(get "$runtime_field")"
	kill -0 "$(pid)"
	engine kill "$NAME"
	engine wait "$NAME"
	same 'exited 137 false 0' "$(get '.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Pid')"
}

test_restart_policy() {
	run_engine -d --restart on-failure:2 "$IMAGE" sh -c 'exit 1'
	eventually 15 restarted 2
	eventually 10 is_status exited
	same 1 "$(get .State.ExitCode)"
}

test_many() {
	local i
	local -a jobs=()
	for i in {1..10}; do
		another "$IMAGE" echo "$i" >"out.$i" 2>&1 &
		jobs+=($!)
	done
	for i in "${jobs[@]}"; do
		wait "$i"
	done
	for i in {1..10}; do
		same "$i" "$(cat "out.$i")"
	done
}

test_exec_terminal() {
	sleeper
	on_terminal "${client[@]}" exec -it "$NAME" sh -c 'test -t 0 && tty; exit 6'
	same 6 "$status"
	has /dev/ "$output"
}
