# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016
# containerd as the kubelet uses it: the CRI plugin, by the client cri-client. Pods are in the network of the host, since
# all others need network plug-ins, which are no work of the runtime.

scenarios='
life_cycle		a pod and a container, from the beginning to the end
exit_status		the exit status of a container
logs			output goes to the log of the container
exec			ExecSync: output, both streams, exit status
exec_missing		ExecSync of a missing program fails, the container lives on
exec_timeout		ExecSync ends what takes too long
not_found		a program that is missing fails with a reason
not_executable		a program that may not be executed fails with a reason
stop			StopContainer: TERM, and KILL after the grace period
stop_pod		StopPodSandbox ends all containers of the pod
limits			limits reach the cgroup, whose parent is that of the pod
update			UpdateContainerResources
stats			ContainerStats
oom			a container that was killed for lack of memory says so
shared			containers of a pod share its namespaces
pod_pid			a pod with one pid namespace
host			a pod with the namespaces of the host
user			user, groups, environment, working directory
security		no new privileges, capabilities, seccomp, hidden and read-only paths
privileged		a privileged container
read_only		a read-only root file system
mounts			bind mounts, read-only and writable, with propagation
devices			a device of the host
terminal		a terminal
many			five pods at once
daemon_restart		pods survive a restart of containerd
'

socket=${BERTH_ENGINES_CONTAINERD:-$WORK/cri.sock}
PAUSE=localhost/berth-pause:1

if [ "$BERTH_ENGINES_DRIVER" = systemd ]; then
	PARENT=berthcri.slice
else
	PARENT=/berthcri
fi

write_config() {
	local runtime systemd=false
	[ "$BERTH_ENGINES_DRIVER" != systemd ] || systemd=true
	cat <<-EOT
		version = 2
		root = "$WORK/cri/root"
		state = "$WORK/cri/state"
		[grpc]
		  address = "$socket"
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "$PAUSE"
		  # Not every machine lets its root go below the present value.
		  restrict_oom_score_adj = true
		[plugins."io.containerd.grpc.v1.cri".containerd]
		  default_runtime_name = "berth"
	EOT
	for runtime in berth crun; do
		cat <<-EOT
			[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.$runtime]
			  runtime_type = "io.containerd.runc.v2"
			  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.$runtime.options]
			    BinaryName = "${RUNTIMES[$runtime]}"
			    SystemdCgroup = $systemd
		EOT
	done
}

start_daemon() {
	setsid containerd --config "$WORK/cri.toml" >>"$LOGS/cri/daemon" 2>&1 </dev/null &
	echo $! >"$WORK/cri.pid"
	eventually 20 cri Version '{version: "v1"}'
}

# The plugin learns of an imported image a moment later.
has_image() {
	cri ImageStatus '{image: {image: $image}}' --arg image "$1" | jq -e .image.id
}

start() {
	local image
	mkdir -p "$WORK/cri"
	protoc --proto_path="$here" --python_out="$WORK/cri" "$here/cri.proto" || return
	IMAGE=$PAUSE make_image "$WORK/pause" '"sleep", "1000000"' || return
	if [ -z "${BERTH_ENGINES_CONTAINERD-}" ]; then
		write_config >"$WORK/cri.toml"
		start_daemon || return
	fi
	ctr image import "$WORK/image/image.tar" && ctr image import "$WORK/pause/image.tar" || return
	for image in "$IMAGE" "$PAUSE"; do
		eventually 10 has_image "$image" || return
	done
}

stop() {
	clean
	if [ -z "${BERTH_ENGINES_CONTAINERD-}" ]; then
		end_process "$(cat "$WORK/cri.pid")"
	else
		ctr image rm "$IMAGE" "$PAUSE"
	fi
}

# After a scenario: no pod, no state of a runtime, no cgroup but the one that a kubelet would have made for its pod.
clean() {
	local id
	for id in $(cri ListPodSandbox '{}' | jq -r '.items[]?.id'); do
		cri StopPodSandbox '{pod_sandbox_id: $id}' --arg id "$id"
		cri RemovePodSandbox '{pod_sandbox_id: $id}' --arg id "$id"
	done
	nothing_left '/run/containerd/runc/k8s.io' ".*/${PARENT#/}/.+" || return
	find /sys/fs/cgroup -depth -type d -name "${PARENT#/}" -exec rmdir {} +
}

ctr() {
	command ctr --address "$socket" --namespace k8s.io "$@"
}

# cri METHOD FILTER [OPTION OF JQ]...: a call with what the filter makes.
cri() {
	local method=$1
	shift
	jq -n "$@" | PYTHONPATH=$WORK/cri /usr/bin/python3 "$here/cri-client" "$socket" "$method"
}

# run_pod [FILTER [NAME]]: a pod, perhaps with another configuration; $POD is its id.
run_pod() {
	mkdir -p logs
	jq -n --arg name "${2-$NAME}" --arg logs "$PWD/logs" --arg parent "$PARENT" '{
		metadata: {name: $name, uid: $name, namespace: "berth"}, log_directory: $logs,
		linux: {cgroup_parent: $parent, security_context: {namespace_options: {network: "NODE", pid: "CONTAINER"}}}
		} | '"${1-.}" >"pod${2-}.json"
	POD=$(cri RunPodSandbox '{config: $pod[0], runtime_handler: env.RUNTIME}' --slurpfile pod "pod${2-}.json" |
		jq -er .pod_sandbox_id)
}

# make_container [FILTER [NAME]]: a container of the pod, which sleeps until it is told to end; prints its id.
make_container() {
	cri CreateContainer '{pod_sandbox_id: $pod, sandbox_config: $config[0], config: ({
		metadata: {name: $name}, image: {image: env.IMAGE}, log_path: ($name + ".log"),
		command: ["sh", "-c", "trap \"exit 7\" TERM; while :; do sleep 0.1; done"],
		linux: {security_context: {namespace_options: {network: "NODE", pid: "CONTAINER"}}}
		} | '"${1-.}"')}' --arg pod "$POD" --slurpfile config pod.json --arg name "${2-main}" | jq -er .container_id
}

# run_container [FILTER [NAME]]: makes and starts one; $CONTAINER is its id.
run_container() {
	CONTAINER=$(make_container "$@")
	of_container StartContainer
}

# of_container METHOD [FILTER]: a call about the container, with more members in the request.
of_container() {
	cri "$1" "{container_id: \$id} + ${2-{\}}" --arg id "$CONTAINER"
}

# status_of FILTER: of the container's status; what has its default value is not there.
status_of() {
	of_container ContainerStatus | jq -r ".status | $1"
}

is_state() {
	[ "$(status_of '.state // "CONTAINER_CREATED"')" = "CONTAINER_$1" ]
}

pid() {
	of_container ContainerStatus '{verbose: true}' | jq -r '.info.info | fromjson.pid'
}

# exec_in WORD...: $output, $errors and $status.
exec_in() {
	of_container ExecSync "{timeout: 10, cmd: $(jq -nc '$ARGS.positional' --args -- "$@")}" >exec.json
	output=$(jq -r '.stdout // "" | @base64d' exec.json)
	errors=$(jq -r '.stderr // "" | @base64d' exec.json)
	status=$(jq '.exit_code // 0' exec.json)
}

# inside WORD...: what it prints in the container, and it must succeed.
inside() {
	exec_in "$@"
	[ "$status" -eq 0 ] || fail "exit status $status: $errors"
	printf '%s\n' "$output"
}

test_life_cycle() {
	run_pod
	same SANDBOX_READY "$(pod_state)"
	same "$RUNTIME" "$(cri PodSandboxStatus '{pod_sandbox_id: $id}' --arg id "$POD" | jq -r .status.runtime_handler)"
	CONTAINER=$(make_container)
	is_state CREATED
	of_container StartContainer
	is_state RUNNING
	kill -0 "$(pid)"
	same alive "$(inside echo alive)"
	of_container StopContainer '{timeout: 10}'
	is_state EXITED
	same 7 "$(status_of .exit_code)"
	of_container RemoveContainer
	status_is 1 of_container ContainerStatus
	has NOT_FOUND "$output"
	cri StopPodSandbox '{pod_sandbox_id: $id}' --arg id "$POD"
	same SANDBOX_NOTREADY "$(pod_state)"
	cri RemovePodSandbox '{pod_sandbox_id: $id}' --arg id "$POD"
	same null "$(cri ListPodSandbox '{}' | jq .items)"
}

pod_state() {
	cri PodSandboxStatus '{pod_sandbox_id: $id}' --arg id "$POD" | jq -r '.status.state // "SANDBOX_READY"'
}

test_exit_status() {
	run_pod
	run_container '.command = ["sh", "-c", "exit 42"]'
	eventually 10 is_state EXITED
	same '42 Error' "$(status_of '"\(.exit_code) \(.reason)"')"
	run_container '.command = ["true"]' second
	eventually 10 is_state EXITED
	same '0 Completed' "$(status_of '"\(.exit_code // 0) \(.reason)"')"
}

test_logs() {
	run_pod
	run_container '.command = ["sh", "-c", "echo to output; echo to errors >&2"]'
	eventually 10 is_state EXITED
	eventually 5 grep -q 'stdout F to output$' logs/main.log
	eventually 5 grep -q 'stderr F to errors$' logs/main.log
}

test_exec() {
	run_pod
	run_container
	exec_in sh -c 'echo "$1"; echo errors >&2; exit 9' sh 'two words'
	same '9 two words errors' "$status $output $errors"
	exec_in sh -c 'kill -KILL $$'
	same 137 "$status"
}

test_exec_missing() {
	run_pod
	run_container
	status_is 1 of_container ExecSync '{cmd: ["foobar"]}'
	matches 'not found|no such file' "$output"
	same alive "$(inside echo alive)"
	is_state RUNNING
}

test_exec_timeout() {
	run_pod
	run_container
	status_is 1 of_container ExecSync '{cmd: ["sleep", "777"], timeout: 1}'
	has DEADLINE_EXCEEDED "$output"
	hasnt 'sleep 777' "$(inside ps -o args)"
}

test_not_found() {
	run_pod
	CONTAINER=$(make_container '.command = ["foobar"]')
	status_is 1 of_container StartContainer
	has foobar "$output"
	matches 'not found|no such file' "$output"
	hasnt 'permission denied' "$output"
	is_state EXITED
	same StartError "$(status_of .reason)"
}

test_not_executable() {
	run_pod
	CONTAINER=$(make_container '.command = ["/root/not-executable"]')
	status_is 1 of_container StartContainer
	matches '[Pp]ermission denied' "$output"
}

test_stop() {
	run_pod
	run_container
	of_container StopContainer '{timeout: 10}'
	same 7 "$(status_of .exit_code)"
	run_container '.command = ["sleep", "1000"]' second
	of_container StopContainer '{timeout: 1}'
	same 137 "$(status_of .exit_code)"
}

test_stop_pod() {
	run_pod
	run_container '.command = ["sleep", "1000"]' first
	run_container '.command = ["sh", "-c", "sleep 1000 & sleep 1001"]' second
	cri StopPodSandbox '{pod_sandbox_id: $id}' --arg id "$POD"
	is_state EXITED
	same 137 "$(status_of .exit_code)"
}

test_limits() {
	local pid
	run_pod
	run_container '.linux.resources = {memory_limit_in_bytes: 52428800, cpu_period: 100000, cpu_quota: 50000,
		oom_score_adj: 900}'
	pid=$(pid)
	same 52428800 "$(cgroup_value "$pid" memory memory.limit_in_bytes memory.max)"
	if is_v2; then
		same '50000 100000' "$(cgroup_value "$pid" cpu '' cpu.max)"
	else
		same 50000 "$(cgroup_value "$pid" cpu cpu.cfs_quota_us '')"
	fi
	same 900 "$(cat "/proc/$pid/oom_score_adj")"
	grep -q "/${PARENT#/}/.*$CONTAINER" "/proc/$pid/cgroup"
	scope_has MemoryMax=52428800
	scope_has CPUQuotaPerSecUSec=500ms
}

# scope_has PROPERTY=VALUE: so that systemd will not take the limit back.
scope_has() {
	[ "$BERTH_ENGINES_DRIVER" = systemd ] || return 0
	same "$1" "$(systemctl show -p "${1%%=*}" "cri-containerd-$CONTAINER.scope")"
}

test_update() {
	run_pod
	run_container '.linux.resources = {memory_limit_in_bytes: 52428800}'
	of_container UpdateContainerResources '{linux: {memory_limit_in_bytes: 104857600, cpu_period: 100000, cpu_quota: 20000}}'
	same 104857600 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
	if is_v2; then
		same '20000 100000' "$(cgroup_value "$(pid)" cpu '' cpu.max)"
	else
		same 20000 "$(cgroup_value "$(pid)" cpu cpu.cfs_quota_us '')"
	fi
	scope_has MemoryMax=104857600
	scope_has CPUQuotaPerSecUSec=200ms
	# Before it was started as well.
	CONTAINER=$(make_container . second)
	of_container UpdateContainerResources '{linux: {memory_limit_in_bytes: 104857600}}'
	of_container StartContainer
	same 104857600 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
}

test_stats() {
	run_pod
	run_container
	of_container ContainerStats >stats.json
	same "$CONTAINER" "$(jq -r .stats.attributes.id stats.json)"
	jq -e '.stats | (.cpu.usage_core_nano_seconds.value | tonumber > 0)
		and (.memory.working_set_bytes.value | tonumber > 0)' stats.json
}

test_oom() {
	run_pod
	# On cgroup v2 the shim begins to watch when the container has started, and ends with it.
	run_container '.command = ["sh", "-c", "sleep 2; tail /dev/zero; sleep 2"] | .linux.resources = {memory_limit_in_bytes: 20000000}'
	eventually 20 is_state EXITED
	eventually 5 is_oom
}

is_oom() {
	[ "$(status_of .reason)" = OOMKilled ]
}

test_shared() {
	local first
	run_pod
	run_container . first
	first=$(pid)
	run_container . second
	same "$(readlink "/proc/$first/ns/ipc")" "$(readlink "/proc/$(pid)/ns/ipc")"
	same "$(readlink "/proc/$first/ns/uts")" "$(readlink "/proc/$(pid)/ns/uts")"
	[ "$(readlink "/proc/$first/ns/pid")" != "$(readlink "/proc/$(pid)/ns/pid")" ]
	[ "$(readlink "/proc/$first/ns/ipc")" != "$(readlink /proc/self/ns/ipc)" ]
	# What one writes to the memory of the pod the other one reads.
	inside sh -c 'echo shared >/dev/shm/file'
	same shared "$(cat "/proc/$first/root/dev/shm/file")"
}

test_pod_pid() {
	run_pod '.linux.security_context.namespace_options.pid = "POD"'
	run_container '.linux.security_context.namespace_options.pid = "POD"'
	has 'sleep 1000000' "$(inside sh -c 'tr "\0" " " </proc/1/cmdline')"
}

test_host() {
	run_pod '.linux.security_context.namespace_options = {network: "NODE", pid: "NODE", ipc: "NODE"}'
	run_container '.linux.security_context.namespace_options = {network: "NODE", pid: "NODE", ipc: "NODE"}'
	for name in net pid ipc; do
		same "$(readlink /proc/self/ns/$name)" "$(readlink "/proc/$(pid)/ns/$name")"
	done
}

test_user() {
	run_pod
	run_container '.linux.security_context += {run_as_user: {value: 1000}, run_as_group: {value: 1000},
			supplemental_groups: [3000]} | .envs = [{key: "X", value: "a value"}] | .working_dir = "/tmp"'
	same '1000 1000 a value /tmp' "$(inside sh -c 'echo $(id -u) $(id -g) $X $(pwd)')"
	has 3000 "$(inside id -G)"
	run_container '.linux.security_context += {run_as_username: "user"}' second
	same 1000 "$(inside id -u)"
}

test_security() {
	run_pod
	run_container '.linux.security_context += {no_new_privs: true, capabilities: {drop_capabilities: ["ALL"],
			add_capabilities: ["NET_BIND_SERVICE"]}, seccomp: {profile_type: "RuntimeDefault"},
			masked_paths: ["/etc/group", "/root"], readonly_paths: ["/proc/sys"]}'
	same '0000000000000400 1 2' "$(inside awk '/^(CapEff|NoNewPrivs|Seccomp):/ { print $2 }' /proc/self/status | sort | xargs)"
	same '0 0' "$(inside sh -c 'echo $(wc -c </etc/group) $(ls /root | wc -l)')"
	exec_in sh -c 'echo 1 >/proc/sys/vm/overcommit_memory'
	[ "$status" -ne 0 ]
}

test_privileged() {
	local bits
	bits=$(awk '/^CapEff/ { print $2 }' /proc/self/status)
	run_pod '.linux.security_context.privileged = true'
	run_container '.linux.security_context += {privileged: true}'
	same "$bits" "$(inside awk '/^CapEff/ { print $2 }' /proc/self/status)"
	inside test -c /dev/fuse
}

test_read_only() {
	run_pod
	run_container '.linux.security_context += {readonly_rootfs: true}'
	exec_in touch /x
	[ "$status" -ne 0 ]
	inside touch /dev/shm/x
}

test_mounts() {
	mkdir -p shared
	echo inside >shared/file
	run_pod
	run_container '.mounts = [{container_path: "/mnt", host_path: ($ENV.SCENARIO + "/shared")},
		{container_path: "/ro", host_path: ($ENV.SCENARIO + "/shared"), readonly: true},
		{container_path: "/slave", host_path: ($ENV.SCENARIO + "/shared"), propagation: "PROPAGATION_HOST_TO_CONTAINER"}]'
	same inside "$(inside cat /ro/file)"
	inside sh -c 'echo back >/mnt/back'
	same back "$(cat shared/back)"
	exec_in touch /ro/x
	[ "$status" -ne 0 ]
	mkdir shared/later
	mount -t tmpfs tmpfs shared/later
	touch shared/later/seen
	inside test -e /slave/later/seen
	exec_in test -e /mnt/later/seen
	umount shared/later
	[ "$status" -ne 0 ]
}

test_devices() {
	run_pod
	run_container '.devices = [{container_path: "/dev/fuse", host_path: "/dev/fuse", permissions: "rwm"}]'
	same 'character special file' "$(inside stat -c %F /dev/fuse)"
	run_container . second
	exec_in test -e /dev/fuse
	[ "$status" -ne 0 ]
}

test_terminal() {
	run_pod
	run_container '.tty = true | .command = ["sh", "-c", "test -t 0 && test -t 1 && tty"]'
	eventually 10 is_state EXITED
	eventually 5 grep -q 'stdout F /dev/' logs/main.log
}

test_many() {
	local i
	local -a jobs=()
	for i in {1..5}; do
		(
			run_pod . "$NAME-$i"
		) >"out.$i" 2>&1 &
		jobs+=($!)
	done
	for i in "${jobs[@]}"; do
		wait "$i"
	done
	same 5 "$(cri ListPodSandbox '{}' | jq '.items | length')"
}

test_daemon_restart() {
	local pid
	[ -z "${BERTH_ENGINES_CONTAINERD-}" ] || unsupported 'the daemon is not ours'
	run_pod
	run_container
	pid=$(pid)
	end_process "$(cat "$WORK/cri.pid")"
	kill -0 "$pid"
	start_daemon
	is_state RUNNING
	same "$pid" "$(pid)"
	same alive "$(inside echo alive)"
	of_container StopContainer '{timeout: 10}'
	same 7 "$(status_of .exit_code)"
}
