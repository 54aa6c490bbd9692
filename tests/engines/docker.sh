# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016
# Docker, by its client.

# shellcheck source=client.sh source-path=SCRIPTDIR
. "$here/client.sh"

scenarios+='
exit_125		125 for what the daemon refuses
exit_127		127 for what is not found
terminal		-it: a terminal
detached		-d, logs, wait
cpus			--cpus and --cpu-shares
cpuset			--cpuset-cpus
memory			--memory and --memory-swap
pids_limit		--pids-limit
oom			an OOM kill is told
read_only		--read-only with --tmpfs
tmpfs			options of --tmpfs
volumes			volumes and bind mounts
capabilities		--cap-drop and --cap-add
privileged		--privileged
seccomp			the default seccomp profile, one of our own, none
apparmor		the default AppArmor profile, none, a missing one
bridge			containers on a bridge reach each other
host_namespaces		--pid, --ipc, --uts host
cgroup_namespace	--cgroupns
init			--init
sysctl			--sysctl, --ulimit, --shm-size
devices			--device
cgroup_parent		--cgroup-parent
health			a health check
exec			exec: output, status, user, environment, folder
exec_detached		exec -d
exec_errors		exec: 126 and 127
exec_privileged		exec --privileged
kill			kill with signals by name
pause			pause and resume
update			update of limits
stats			stats
top			top
create_start		create, start, start again
attach			attach
copy			cp into a running container
masked			masked and read-only paths
build			an image is built with the default runtime
version			info and version know the runtime
live_restore		containers survive a restart of the daemon
'

client=(docker) runtime_field=.HostConfig.Runtime

engine() {
	docker "$@"
}

export DOCKER_HOST=unix://${BERTH_ENGINES_DOCKER:-$WORK/docker.sock} DOCKER_CONFIG=$HOME/.docker DOCKER_BUILDKIT=0

# write_config DEFAULT_RUNTIME
write_config() {
	jq -n --arg berth "${RUNTIME_berth?}" --arg crun "${RUNTIME_crun?}" --arg default "$1" --arg work "$WORK" \
		--arg driver "$BERTH_ENGINES_DRIVER" '{
			"runtimes": { "berth": { "path": $berth }, "crun": { "path": $crun } },
			"default-runtime": $default,
			"exec-opts": ["native.cgroupdriver=\($driver)"],
			"live-restore": true,
			"data-root": "\($work)/docker/data",
			"exec-root": "\($work)/docker/exec",
			"pidfile": "\($work)/docker/pid",
			"hosts": ["unix://\($work)/docker.sock"],
			"shutdown-timeout": 5
		}' >"$WORK/daemon.json"
}

start_daemon() {
	setsid dockerd --config-file "$WORK/daemon.json" >>"$LOGS/docker/daemon" 2>&1 </dev/null &
	echo $! >"$WORK/dockerd.pid"
	eventually 30 docker version
}

start() {
	RUNTIME_berth=${RUNTIMES[berth]} RUNTIME_crun=${RUNTIMES[crun]}
	export RUNTIME_berth RUNTIME_crun
	if [ -z "${BERTH_ENGINES_DOCKER-}" ]; then
		write_config berth
		start_daemon || return
	fi
	docker load -i "$WORK/image/image.tar"
}

stop() {
	local containerd
	clean
	docker rmi -f "$IMAGE"
	if [ -z "${BERTH_ENGINES_DOCKER-}" ]; then
		containerd=$(cat "$WORK/docker/exec/containerd/containerd.pid" 2>/dev/null)
		end_process "$(cat "$WORK/dockerd.pid")"
		[ -z "$containerd" ] || end_process "$containerd"
		umount "$WORK"/docker/exec/netns/* || :
	fi
}

# After a scenario: no container, no state of a runtime, no cgroup.
clean() {
	local ids
	ids=$(docker ps -aq)
	# shellcheck disable=SC2086 # words are meant
	[ -z "$ids" ] || docker rm -fv $ids
	docker volume prune -f
	docker network prune -f
	nothing_left "$WORK/docker/exec/runtime-*/moby" '.*/docker[-/][0-9a-f]{64}(.scope)?'
}

# run_engine OPTION... IMAGE ARG...: with the runtime under test.
run_engine() {
	docker run --runtime "$RUNTIME" --name "$NAME" "$@"
}

another() {
	docker run --rm --runtime "$RUNTIME" "$@"
}

pid() {
	get .State.Pid
}

test_exit_125() {
	status_is 125 docker run --rm --runtime nosuchruntime "$IMAGE" true
	status_is 125 run_engine --rm --nosuchoption "$IMAGE" true
}

test_exit_127() {
	status_is 127 run_engine --rm "$IMAGE" foobar
	has 'executable file not found in $PATH' "$output"
	status_is 127 run_engine --rm "$IMAGE" /no/such/command
	has 'no such file or directory' "$output"
}

test_terminal() {
	on_terminal docker run --runtime "$RUNTIME" --rm -it "$IMAGE" \
		sh -c 'test -t 0 && test -t 1 && test -t 2 && tty; stty size; exit 5'
	same 5 "$status"
	has /dev/ "$output"
}

test_detached() {
	run_engine -d "$IMAGE" sh -c 'echo out; echo err >&2; exit 3'
	same 3 "$(docker wait "$NAME")"
	same 'out err' "$(docker logs "$NAME" 2>&1 | sort -r | xargs)"
	same 3 "$(get .State.ExitCode)"
}

test_cpus() {
	sleeper --cpus 0.5 --cpu-shares 512
	if is_v2; then
		same '50000 100000' "$(cgroup_value "$(pid)" cpu '' cpu.max)"
	else
		same 50000 "$(cgroup_value "$(pid)" cpu cpu.cfs_quota_us '')"
		same 512 "$(cgroup_value "$(pid)" cpu cpu.shares '')"
	fi
}

test_cpuset() {
	require_controller cpuset
	sleeper --cpuset-cpus 0
	same 0 "$(cgroup_value "$(pid)" cpuset cpuset.cpus cpuset.cpus)"
	same 0 "$(awk '/^Cpus_allowed_list/ { print $2 }' "/proc/$(pid)/status")"
}

test_memory() {
	sleeper --memory 64m --memory-swap 128m --memory-reservation 32m
	same 67108864 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
	same 33554432 "$(cgroup_value "$(pid)" memory memory.soft_limit_in_bytes memory.low)"
}

test_pids_limit() {
	sleeper --pids-limit 33
	same 33 "$(cgroup_value "$(pid)" pids pids.max pids.max)"
	docker rm -f "$NAME"
	try run_engine --rm --pids-limit 5 "$IMAGE" sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait'
	has fork "$output"
}

test_oom() {
	# On cgroup v2 the shim begins to watch when the container has started, and ends with it.
	try run_engine --memory 20m "$IMAGE" sh -c 'sleep 1; tail /dev/zero; status=$?; sleep 1; exit $status'
	same 137 "$status"
	same true "$(get .State.OOMKilled)"
}

test_read_only() {
	run_engine --rm --read-only --tmpfs /scratch "$IMAGE" sh -c '! touch /x && touch /scratch/x' 2>&1
}

test_tmpfs() {
	output=$(run_engine --rm --tmpfs /scratch:size=1m,mode=1770,uid=7,noexec "$IMAGE" \
		sh -c 'grep " /scratch " /proc/mounts; stat -c "%a %u" /scratch')
	has size=1024k "$output"
	has noexec "$output"
	has '1770 7' "$output"
}

test_volumes() {
	mkdir host
	run_engine --rm -v "$PWD/host:/host" -v "$PWD/host:/ro:ro" -v vol:/vol -v /anonymous "$IMAGE" \
		sh -c 'echo one >/host/file && cat /ro/file >/vol/file && ! touch /ro/x && test -d /anonymous' 2>&1
	same one "$(another -v vol:/v "$IMAGE" cat /v/file)"
	same one "$(cat host/file)"
}

test_capabilities() {
	local FIELD=CapEff
	same 0000000000000000 "$(status_field --cap-drop ALL)"
	same 0000000000001000 "$(status_field --cap-drop ALL --cap-add NET_ADMIN)"
	same 00000000a80425fb "$(status_field)"
	same 0000000000000000 "$(status_field --user 1000)"
}

test_privileged() {
	local FIELD=CapEff
	has_capability 21 "$(status_field --privileged)"
	run_engine --rm --privileged "$IMAGE" sh -c 'mount -t tmpfs x /mnt || mount -t tmpfs x /tmp'
}

test_seccomp() {
	local FIELD=Seccomp
	same 2 "$(status_field)"
	same 0 "$(status_field --security-opt seccomp=unconfined)"
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}' >profile.json
	run_engine --rm --security-opt "seccomp=$PWD/profile.json" "$IMAGE" sh -c '! mkdir /tmp/x && touch /tmp/y' 2>&1
	# The default profile refuses a new user namespace without CAP_SYS_ADMIN.
	run_engine --rm "$IMAGE" sh -c '! unshare -U true' 2>&1
}

test_apparmor() {
	require_apparmor
	same 'docker-default (enforce)' "$(run_engine --rm "$IMAGE" cat /proc/self/attr/current)"
	same unconfined "$(run_engine --rm --security-opt apparmor=unconfined "$IMAGE" cat /proc/self/attr/current)"
	sleeper
	same 'docker-default (enforce)' "$(docker exec "$NAME" cat /proc/self/attr/current)"
	docker rm -f "$NAME"
	try run_engine --rm --security-opt apparmor=berth-missing "$IMAGE" true
	[ "$status" -ne 0 ]
	has berth-missing "$output"
}

test_bridge() {
	local address
	docker network create net1
	sleeper --network net1
	address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$NAME")
	another --network net1 "$IMAGE" ping -c 1 -w 5 "$address"
	another --network net1 "$IMAGE" ping -c 1 -w 5 "$NAME"
}

test_host_namespaces() {
	local kind
	for kind in pid ipc uts; do
		same "$(readlink "/proc/self/ns/$kind")" \
			"$(run_engine --rm "--$kind" host "$IMAGE" readlink "/proc/self/ns/$kind")"
	done
}

test_cgroup_namespace() {
	same "$(readlink /proc/self/ns/cgroup)" \
		"$(run_engine --rm --cgroupns host "$IMAGE" readlink /proc/self/ns/cgroup)"
	output=$(run_engine --rm --cgroupns private "$IMAGE" cat /proc/self/cgroup)
	matches '(^|:)/$' "$(head -n 1 <<<"$output")"
	run_engine --rm --cgroupns private "$IMAGE" sh -c 'ls /sys/fs/cgroup && ! mkdir /sys/fs/cgroup/x' 2>&1
}

test_init() {
	same docker-init "$(run_engine --rm --init "$IMAGE" cat /proc/1/comm)"
}

test_sysctl() {
	same '7777 123 4096' "$(run_engine --rm --sysctl net.core.somaxconn=7777 --ulimit nofile=123:456 --shm-size 4m \
		"$IMAGE" sh -c 'echo $(cat /proc/sys/net/core/somaxconn) $(ulimit -n) $(df -k /dev/shm | awk "/shm/ { print \$2 }")')"
}

test_devices() {
	same 'character special file' "$(run_engine --rm --device /dev/fuse "$IMAGE" stat -c %F /dev/fuse)"
	run_engine --rm --device /dev/fuse:/dev/mine:r "$IMAGE" sh -c '(: </dev/mine) && ! (: >>/dev/mine)' 2>&1
	run_engine --rm "$IMAGE" sh -c 'mknod /tmp/mem c 1 1 && ! cat /tmp/mem' 2>&1
}

test_cgroup_parent() {
	if [ "$BERTH_ENGINES_DRIVER" = systemd ]; then
		sleeper --cgroup-parent berthtest.slice
		grep -q '/berthtest.slice/docker-' "/proc/$(pid)/cgroup"
	else
		sleeper --cgroup-parent /berthtest
		grep -q ':/berthtest/[0-9a-f]*$' "/proc/$(pid)/cgroup"
	fi
}

test_health() {
	sleeper --health-cmd 'test -e /tmp/healthy' --health-interval 0.5s --health-retries 1
	eventually 15 is_health unhealthy
	docker exec "$NAME" touch /tmp/healthy
	eventually 15 is_health healthy
}

is_health() {
	[ "$(get .State.Health.Status)" = "$1" ]
}

test_exec() {
	sleeper --cgroupns host
	same hello "$(docker exec "$NAME" echo hello)"
	status_is 9 docker exec "$NAME" sh -c 'exit 9'
	same through "$(echo through | docker exec -i "$NAME" cat)"
	same '1000 value /tmp' "$(docker exec --user 1000 -e X=value -w /tmp "$NAME" sh -c 'echo $(id -u) $X $(pwd)')"
	same "$(readlink "/proc/$(pid)/ns/mnt")" "$(docker exec "$NAME" readlink /proc/self/ns/mnt)"
	same "$(cat "/proc/$(pid)/cgroup")" "$(docker exec -i "$NAME" cat /proc/self/cgroup)"
}

test_exec_detached() {
	sleeper
	docker exec -d "$NAME" sh -c 'echo up >/tmp/up; sleep 1000'
	eventually 5 docker exec "$NAME" grep up /tmp/up
	has 'sleep 1000' "$(docker top "$NAME")"
}

test_exec_errors() {
	sleeper
	# Older versions say 126 for all.
	try docker exec "$NAME" foobar
	matches '^12[67]$' "$status"
	has 'not found in $PATH' "$output"
	status_is 126 docker exec "$NAME" /root/not-executable
	matches '[Pp]ermission denied' "$output"
	try docker exec "$NAME" /no/such/command
	matches '^12[67]$' "$status"
	matches '[Nn]o such file or directory' "$output"
	try docker exec -w /missing "$NAME" true
	[ "$status" -ne 0 ]
	same alive "$(docker exec "$NAME" echo alive)"
}

test_exec_privileged() {
	sleeper
	has_capability 21 "$(docker exec --privileged "$NAME" awk '/^CapEff/ { print $2 }' /proc/self/status)"
}

test_kill() {
	run_engine -d "$IMAGE" sh -c 'trap "echo hup" HUP; trap "exit 4" INT; sleep 1000 & while :; do wait; done'
	sleep 0.5
	docker kill -s HUP "$NAME"
	eventually 5 logged hup
	docker kill -s SIGINT "$NAME"
	same 4 "$(docker wait "$NAME")"
	try docker kill "$NAME"
	[ "$status" -ne 0 ]
	has 'is not running' "$output"
}

test_pause() {
	sleeper
	docker pause "$NAME"
	is_status paused
	try docker exec "$NAME" true
	[ "$status" -ne 0 ]
	docker unpause "$NAME"
	is_status running
	docker pause "$NAME"
	docker kill "$NAME"
	eventually 10 is_status exited
}

test_update() {
	sleeper --memory 64m
	docker update --memory 32m --memory-swap 64m --pids-limit 44 --cpus 0.25 --cpu-shares 256 "$NAME"
	same 33554432 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
	same 44 "$(cgroup_value "$(pid)" pids pids.max pids.max)"
	docker update --memory 128m --memory-swap 256m "$NAME"
	same 134217728 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
	same 44 "$(cgroup_value "$(pid)" pids pids.max pids.max)"
}

test_stats() {
	sleeper --memory 64m
	output=$(docker stats --no-stream --format '{{.MemUsage}} {{.PIDs}}' "$NAME")
	matches '[1-9].*iB / 64MiB [1-9]' "$output"
}

test_top() {
	run_engine -d "$IMAGE" sh -c 'sleep 1111 & sleep 2222'
	output=$(docker top "$NAME")
	has 'sleep 1111' "$output"
	has 'sleep 2222' "$output"
	has "$(pid)" "$(docker top "$NAME" -o pid,args)"
}

test_create_start() {
	docker create --runtime "$RUNTIME" --name "$NAME" "$IMAGE" sh -c 'echo started; exit 2'
	is_status created
	status_is 2 docker start -a "$NAME"
	same started "$output"
	status_is 2 docker start -a "$NAME"
	docker rm "$NAME"
}

test_attach() {
	run_engine -d -i "$IMAGE" sh -c 'read x; echo "got $x"; exit 3'
	echo word | docker attach "$NAME" || same 3 $?
	same 3 "$(docker wait "$NAME")"
	has 'got word' "$(docker logs "$NAME")"
}

test_copy() {
	sleeper
	echo content >file
	docker cp file "$NAME:/tmp/file"
	same content "$(docker exec "$NAME" cat /tmp/file)"
}

test_masked() {
	run_engine --rm "$IMAGE" sh -c '! cat /proc/kcore | grep -q . && ! echo x >/proc/sysrq-trigger && ! test -s /proc/keys' 2>&1
	has ' ro,' "$(run_engine --rm "$IMAGE" grep ' /proc/sys ' /proc/mounts)"
}

test_build() {
	[ -z "${BERTH_ENGINES_DOCKER-}" ] || unsupported 'the daemon is not ours'
	write_config "$RUNTIME"
	kill -HUP "$(cat "$WORK/dockerd.pid")"
	eventually 5 default_is "$RUNTIME"
	mkdir context
	printf 'FROM %s\nRUN echo built >/built && id -u\nUSER 1000\nRUN id -u >/tmp/uid\nCMD cat /built /tmp/uid\n' "$IMAGE" \
		>context/Dockerfile
	docker build -t "$NAME" context
	same 'built 1000' "$(docker run --rm "$NAME" | xargs)"
	docker rmi "$NAME"
}

default_is() {
	[ "$(docker info -f '{{.DefaultRuntime}}')" = "$1" ]
}

test_version() {
	has "$RUNTIME" "$(docker info -f '{{.Runtimes}}')"
	[ -z "${BERTH_ENGINES_DOCKER-}" ] || return 0
	write_config "$RUNTIME"
	kill -HUP "$(cat "$WORK/dockerd.pid")"
	eventually 5 default_is "$RUNTIME"
	has "$RUNTIME" "$(docker version)"
	docker info
}

test_live_restore() {
	local before
	[ -z "${BERTH_ENGINES_DOCKER-}" ] || unsupported 'the daemon is not ours'
	sleeper
	before=$(pid)
	end_process "$(cat "$WORK/dockerd.pid")"
	kill -0 "$before"
	start_daemon
	is_status running
	same "$before" "$(pid)"
	same alive "$(docker exec "$NAME" echo alive)"
	docker stop "$NAME"
	same 7 "$(get .State.ExitCode)"
}
