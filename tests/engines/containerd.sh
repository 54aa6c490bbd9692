# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# containerd, by its client ctr.

scenarios='
output			a container prints and is gone
exit_status		the exit status of a container
not_found		a program that is missing fails with a reason
not_executable		a program that may not be executed fails with a reason
terminal		a terminal
life_cycle		create, start, list, kill, delete
signals			kill with a signal that the container handles
kill_all		kill --all
exec_output		exec prints and hands on its exit status
exec_terminal		exec with a terminal
exec_detached		exec --detach
exec_missing		exec of a missing program fails, the container lives on
exec_user		exec as another user in another folder
pause			pause and resume
processes		task ps
metrics			task metrics
memory_limit		a memory limit reaches the cgroup
cpu_limit		a limit of processors reaches the cgroup
oom			an event tells of a container out of memory
cgroup			the cgroup is final when the task exists
mounts			bind mounts, read-only and writable
read_only		a read-only root file system
config			a given configuration: user, groups, host name, rlimits
user_namespace		a user namespace
environment		environment and working directory
host_network		the network of the host
join_namespace		a namespace of another container
privileged		a privileged container
capabilities		dropped capabilities
seccomp			the default seccomp profile
apparmor		the default AppArmor profile, a missing one
new_privileges		no new privileges by default
devices			a device of the host
pid_file		a pid file
rootfs			a root file system without an image
many			twenty containers at once
daemon_restart		containers survive a restart of containerd
shim_killed		a killed shim leaves nothing
events			events of a life
'

socket=${BERTH_ENGINES_CONTAINERD:-$WORK/containerd.sock}

write_config() {
	cat >"$WORK/containerd.toml" <<-EOF
		version = 2
		root = "$WORK/containerd/root"
		state = "$WORK/containerd/state"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		  address = "$socket"
	EOF
}

start_daemon() {
	setsid containerd --config "$WORK/containerd.toml" >>"$LOGS/containerd/daemon" 2>&1 </dev/null &
	echo $! >"$WORK/containerd.pid"
	eventually 20 ctr --connect-timeout 1s version
}

start() {
	if [ -z "${BERTH_ENGINES_CONTAINERD-}" ]; then
		write_config
		start_daemon || return
	fi
	ctr image import "$WORK/image/image.tar"
}

stop() {
	clean
	if [ -z "${BERTH_ENGINES_CONTAINERD-}" ]; then
		end_process "$(cat "$WORK/containerd.pid")"
	else
		ctr image rm "$IMAGE"
	fi
}

# After a scenario: no container, no state of a runtime, no cgroup.
clean() {
	local id
	for id in $(ctr container ls -q); do
		ctr task kill -s KILL "$id"
		ctr task rm -f "$id"
		ctr container rm "$id"
	done
	nothing_left '/run/containerd/runc/*' '.*/(berthtest-)?containerd-.*-(berth|crun)(-[0-9]+)?(.scope)?'
}

ctr() {
	command ctr --address "$socket" "$@"
}

# run_ctr OPTION... -- ID ARG...: a container of the image.
run_ctr() {
	local -a options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	use_runtime "$1"
	command ctr --address "$socket" run "${runtime[@]}" "${options[@]}" "$IMAGE" "$@"
}

# use_runtime ID: the options of ctr run for the container, in $runtime.
use_runtime() {
	runtime=(--runc-binary "$RUNTIME_PATH")
	[ "$BERTH_ENGINES_DRIVER" = cgroupfs ] ||
		runtime+=(--runc-systemd-cgroup --cgroup "system.slice:berthtest:$1")
}

# A cgroup for the container $NAME in a configuration, which --cgroup does not change.
cgroups_path() {
	if [ "$BERTH_ENGINES_DRIVER" = cgroupfs ]; then
		echo "/default/$NAME"
	else
		echo "system.slice:berthtest:$NAME"
	fi
}

# A container that sleeps until it is killed.
sleeper() {
	run_ctr -d "$@" -- "$NAME" sh -c 'trap "exit 7" TERM; sleep 1000 & while :; do wait; done'
}

pid() {
	ctr task ls | awk -v id="$NAME" '$1 == id { print $2 }'
}

state() {
	ctr task ls | awk -v id="${1-$NAME}" '$1 == id { print $3 }'
}

is_state() {
	[ "$(state "${2-$NAME}")" = "$1" ]
}

end_sleeper() {
	ctr task kill -s KILL "$NAME"
	eventually 10 is_state STOPPED
	ctr task rm "$NAME" || :
	ctr container rm "$NAME"
}

test_output() {
	status_is 0 run_ctr --rm -- "$NAME" echo hello
	same hello "$output"
	same '' "$(ctr container ls -q)"
}

test_exit_status() {
	status_is 42 run_ctr --rm -- "$NAME" sh -c 'exit 42'
	# Not by the first process of a pid namespace, which cannot kill itself.
	# shellcheck disable=SC2016 # for the shell in the container
	status_is 137 run_ctr --rm -- "$NAME" sh -c 'sh -c "kill -KILL \$\$; true"; exit $?'
}

test_not_found() {
	try run_ctr --rm -- "$NAME" foobar
	[ "$status" -ne 0 ]
	has foobar "$output"
	# shellcheck disable=SC2016
	[[ "$output" == *'not found'* || "$output" == *'no such file'* ]]
	hasnt 'permission denied' "$output"
}

test_not_executable() {
	try run_ctr --rm -- "$NAME" /root/not-executable
	[ "$status" -ne 0 ]
	matches '[Pp]ermission denied' "$output"
}

test_terminal() {
	use_runtime "$NAME"
	on_terminal command ctr --address "$socket" run --rm -t "${runtime[@]}" "$IMAGE" "$NAME" \
		sh -c 'tty; test -t 0 && test -t 1 && test -t 2 && echo all; exit 5'
	[ "$status" -eq 5 ] || fail "status $status"
	has /dev/ "$output"
	has all "$output"
}

test_life_cycle() {
	run_ctr -d -- "$NAME" sleep 1000
	is_state RUNNING
	kill -0 "$(pid)"
	ctr task kill -s KILL "$NAME"
	eventually 10 is_state STOPPED
	# ctr tells the status of what it removes.
	try ctr task rm "$NAME"
	has 137 "$status$output"
	same '' "$(state)"
	ctr container rm "$NAME"
}

test_signals() {
	sleeper
	ctr task kill -s TERM "$NAME"
	eventually 10 is_state STOPPED
	try ctr task rm "$NAME"
	has 7 "$status$output"
}

test_kill_all() {
	run_ctr -d -- "$NAME" sh -c 'sleep 1000 & sleep 1001'
	ctr task kill --all -s KILL "$NAME"
	eventually 10 is_state STOPPED
}

test_exec_output() {
	sleeper
	same 'from exec' "$(ctr task exec --exec-id one "$NAME" echo from exec)"
	status_is 9 ctr task exec --exec-id two "$NAME" sh -c 'exit 9'
	same through "$(echo through | ctr task exec --exec-id three "$NAME" cat)"
}

test_exec_terminal() {
	sleeper
	on_terminal command ctr --address "$socket" task exec -t --exec-id one "$NAME" sh -c 'test -t 0 && tty; exit 3'
	same 3 "$status"
	has /dev/ "$output"
}

test_exec_detached() {
	sleeper
	ctr task exec -d --exec-id one "$NAME" sleep 777
	eventually 5 has_process 'sleep 777'
	ctr task kill -s KILL --exec-id one "$NAME"
	eventually 5 lacks_process 'sleep 777'
	is_state RUNNING
}

has_process() {
	ctr task exec --exec-id "ps$RANDOM" "$NAME" ps -o args | grep -qxF "$1"
}

lacks_process() {
	! has_process "$1"
}

test_exec_missing() {
	sleeper
	try ctr task exec --exec-id one "$NAME" foobar
	[ "$status" -ne 0 ]
	matches 'not found|no such file' "$output"
	is_state RUNNING
	same alive "$(ctr task exec --exec-id two "$NAME" echo alive)"
}

test_exec_user() {
	sleeper
	same '1000 /tmp' "$(ctr task exec --exec-id one --user 1000 --cwd /tmp "$NAME" sh -c 'echo $(id -u) $(pwd)')"
}

test_pause() {
	sleeper
	ctr task pause "$NAME"
	is_state PAUSED
	ctr task resume "$NAME"
	is_state RUNNING
	ctr task pause "$NAME"
	ctr task kill -s KILL "$NAME"
	eventually 10 is_state STOPPED
}

test_processes() {
	sleeper
	ctr task exec -d --exec-id one "$NAME" sleep 777
	eventually 5 has_process 'sleep 777'
	output=$(ctr task ps "$NAME")
	has "$(pid)" "$output"
	[ "$(wc -l <<<"$output")" -ge 3 ]
	has one "$output"
}

test_metrics() {
	sleeper --memory-limit 50000000
	output=$(ctr task metrics "$NAME")
	matches 'memory\.(usage_in_bytes|usage) +[1-9]' "$output"
	has pids.current "$output"
}

test_memory_limit() {
	sleeper --memory-limit 52428800
	same 52428800 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
}

test_cpu_limit() {
	sleeper --cpus 0.5
	if is_v2; then
		same '50000 100000' "$(cgroup_value "$(pid)" cpu '' cpu.max)"
	else
		same 50000 "$(cgroup_value "$(pid)" cpu cpu.cfs_quota_us '')"
	fi
}

test_oom() {
	local watcher
	ctr events >events 2>&1 &
	watcher=$!
	sleep 0.5
	# The shim begins to watch when the container has started, and ends with it.
	try run_ctr --rm --memory-limit 20000000 -- "$NAME" sh -c 'sleep 1; tail /dev/zero; sleep 1'
	eventually 5 grep -q /tasks/oom events
	kill $watcher
}

test_cgroup() {
	sleeper
	local pid
	pid=$(pid)
	[ "$(cgroup_value "$pid" memory cgroup.procs cgroup.procs | grep -cx "$pid")" -eq 1 ]
	if [ "$BERTH_ENGINES_DRIVER" = cgroupfs ]; then
		grep -q "/default/$NAME\$" "/proc/$pid/cgroup"
	else
		grep -q "berthtest-$NAME.scope\$" "/proc/$pid/cgroup"
	fi
}

test_mounts() {
	mkdir -p shared
	echo inside >shared/file
	run_ctr --rm --mount "type=bind,src=$PWD/shared,dst=/mnt,options=rbind:rw" \
		--mount "type=bind,src=$PWD/shared,dst=/ro,options=rbind:ro" -- "$NAME" \
		sh -c 'cat /mnt/file && echo back >/mnt/back && ! touch /ro/x' 2>&1
	same back "$(cat shared/back)"
	[ ! -e shared/x ]
}

test_read_only() {
	status_is 0 run_ctr --rm --read-only -- "$NAME" sh -c '! touch /x && touch /dev/shm/x'
}

test_config() {
	ctr oci spec >plain.json
	use_runtime "$NAME"
	jq --arg root "$WORK/image/rootfs" --arg cgroup "$(cgroups_path)" '.linux.cgroupsPath = $cgroup
		| .root.path = $root | .hostname = "other" | .process.terminal = false
		| .process.user = {uid: 1000, gid: 1000, additionalGids: [2000]}
		| .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 77, hard: 78}]
		| .process.args = ["/bin/sh", "-c", "echo $(hostname) $(id -u) $(id -G) $(ulimit -n)"]' plain.json >config.json
	same 'other 1000 1000 2000 77' \
		"$(ctr run --rm "${runtime[@]}" --config "$PWD/config.json" "$NAME")"
}

test_user_namespace() {
	ctr oci spec >plain.json
	use_runtime "$NAME"
	jq --arg root "$WORK/image/rootfs" --arg cgroup "$(cgroups_path)" '.linux.cgroupsPath = $cgroup
		| .root = {path: $root, readonly: true} | .process.terminal = false
		| .linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 5000}]
		| .linux.gidMappings = .linux.uidMappings
		| .process.args = ["/bin/sh", "-c", "cat /proc/self/uid_map; id -u"]' plain.json >config.json
	output=$(ctr run --rm "${runtime[@]}" --config "$PWD/config.json" "$NAME" | xargs)
	same '0 100000 5000 0' "$output"
}

test_environment() {
	same 'value /tmp' "$(run_ctr --rm --env X=value --cwd /tmp -- "$NAME" sh -c 'echo $X $(pwd)')"
}

test_host_network() {
	same "$(readlink /proc/self/ns/net)" "$(run_ctr --rm --net-host -- "$NAME" readlink /proc/self/ns/net)"
	[ "$(run_ctr --rm -- "$NAME-2" readlink /proc/self/ns/net)" != "$(readlink /proc/self/ns/net)" ]
}

test_join_namespace() {
	local pid
	sleeper
	pid=$(pid)
	same "$(readlink "/proc/$pid/ns/pid")" \
		"$(run_ctr --rm --with-ns "pid:/proc/$pid/ns/pid" -- "$NAME-2" readlink /proc/self/ns/pid)"
}

test_privileged() {
	local bits
	bits=$(awk '/^CapEff/ { print $2 }' /proc/self/status)
	same "$bits" "$(run_ctr --rm --privileged -- "$NAME" awk '/^CapEff/ { print $2 }' /proc/self/status)"
}

test_capabilities() {
	[ "$(run_ctr --rm --cap-drop CAP_CHOWN -- "$NAME" sh -c 'chown 1 /tmp 2>/dev/null; stat -c %u /tmp')" = 0 ]
	same 1 "$(run_ctr --rm -- "$NAME-2" sh -c 'chown 1 /tmp; stat -c %u /tmp')"
}

test_seccomp() {
	same 2 "$(run_ctr --rm --seccomp -- "$NAME" awk '/^Seccomp:/ { print $2 }' /proc/self/status)"
}

test_apparmor() {
	require_apparmor
	same 'berth-test (enforce)' \
		"$(run_ctr --rm --apparmor-default-profile berth-test -- "$NAME" cat /proc/self/attr/current)"
	try run_ctr --rm --apparmor-profile berth-missing -- "$NAME-2" true
	[ "$status" -ne 0 ]
	has berth-missing "$output"
}

test_new_privileges() {
	same 1 "$(run_ctr --rm -- "$NAME" awk '/^NoNewPrivs/ { print $2 }' /proc/self/status)"
	same 0 "$(run_ctr --rm --allow-new-privs -- "$NAME-2" awk '/^NoNewPrivs/ { print $2 }' /proc/self/status)"
}

test_devices() {
	same 'character special file' "$(run_ctr --rm --device /dev/fuse -- "$NAME" stat -c %F /dev/fuse)"
	run_ctr --rm -- "$NAME-2" sh -c 'test ! -e /dev/fuse && mknod /tmp/fuse c 10 229 && ! cat /tmp/fuse' 2>&1
}

test_pid_file() {
	sleeper --pid-file "$PWD/pid"
	same "$(pid)" "$(cat pid)"
}

test_rootfs() {
	use_runtime "$NAME"
	same hello "$(ctr run --rm "${runtime[@]}" --rootfs "$WORK/image/rootfs" "$NAME" echo hello)"
}

test_many() {
	local i
	local -a jobs=()
	for i in {1..20}; do
		run_ctr --rm -- "$NAME-$i" sh -c "sleep 1; echo $i" >"out.$i" 2>&1 &
		jobs+=($!)
	done
	for i in "${jobs[@]}"; do
		wait "$i"
	done
	for i in {1..20}; do
		same "$i" "$(cat "out.$i")"
	done
	same '' "$(ctr container ls -q)"
}

test_daemon_restart() {
	local pid
	[ -z "${BERTH_ENGINES_CONTAINERD-}" ] || unsupported 'the daemon is not ours'
	sleeper
	pid=$(pid)
	end_process "$(cat "$WORK/containerd.pid")"
	kill -0 "$pid"
	start_daemon
	same "$pid" "$(pid)"
	is_state RUNNING
	same alive "$(ctr task exec --exec-id one "$NAME" echo alive)"
	end_sleeper
}

test_shim_killed() {
	local pid shim
	sleeper
	pid=$(pid)
	shim=$(awk '/^PPid/ { print $2 }' "/proc/$pid/status")
	grep -q containerd-shim "/proc/$shim/cmdline"
	kill -KILL "$shim"
	eventually 15 is_dead "$pid"
}

# A zombie is dead too: the nest's first process need not reap.
is_dead() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

test_events() {
	local watcher topic
	ctr events >events 2>&1 &
	watcher=$!
	sleep 0.5
	run_ctr --rm -- "$NAME" true
	for topic in /tasks/create /tasks/start /tasks/exit /tasks/delete; do
		eventually 5 grep -q "$topic" events
	done
	kill $watcher
}
