# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016
# Podman, as root and as an ordinary user.

# shellcheck source=client.sh source-path=SCRIPTDIR
. "$here/client.sh"

scenarios+='
exit_125		125 for what Podman refuses
exit_127		127 for what is not found
runtime_flag		a flag that the runtime does not know
runtime_log		the error of the runtime is shown, once
quiet			stop, kill and rm print no word of the runtime
terminal		-it: a terminal
detached		-d, logs, wait
limits			--cpus, --memory, --pids-limit
cpuset			--cpuset-cpus
oom			an OOM kill is told
no_cgroups		--cgroups=disabled
split_cgroups		--cgroups=split
read_only		--read-only and --read-only-tmpfs
tmpfs			options of --tmpfs
volumes			volumes and bind mounts
noexec_volume		a program on a volume without exec
secrets			secrets as file and variable
umask			--umask
capabilities		--cap-drop and --cap-add
privileged		--privileged
seccomp			seccomp profiles
apparmor		the default AppArmor profile, none, a missing one
bridge			containers on a bridge reach each other
host_pid		--pid host: stop ends all processes
init			--init
sysctl			--sysctl, --ulimit, --shm-size
devices			--device
preserve_fds		--preserve-fds
sd_notify		--sdnotify=container
systemd			--systemd=always
user_namespace		--uidmap
user_namespace_auto	--userns=auto
pod			a pod shares its namespaces
kube			kube play
health			a health check
exec			exec: output, status, user, environment, folder
exec_detached		exec -d
exec_errors		exec: 126 and 127
exec_preserve_fds	exec --preserve-fds
kill			kill with signals by name
pause			pause and resume
update			update of limits
stats			stats
top			top
create_start		create, start, start again
attach			attach
init_killed		a container whose first process is killed from outside
info			info knows the runtime
'
# Where the engine has no nest the whole of podman-rootless.sh can be run instead.
[ "$BERTH_ENGINES_NEST" != yes ] || scenarios+='
rootless		an ordinary user: output, status, user, volume
rootless_exec		an ordinary user: detached, exec, stop
rootless_keep_id	an ordinary user: --userns=keep-id
rootless_pod		an ordinary user: a pod
'

client=(podman --runtime "${RUNTIME-}") runtime_field=.OCIRuntime

engine() {
	podman "$@"
}

# place KEY DIR PATH: a line that puts something below DIR, if there is one.
place() {
	[ -z "$2" ] || printf '%s = "%s%s"' "$@"
}

# write_config FILE STORAGE_FILE [DIR]: a configuration with storage and state below DIR; without it they
# are where Podman has them.
write_config() {
	cat >"$1" <<-EOF
		[containers]
		log_driver = "k8s-file"
		[engine]
		runtime = "berth"
		runtime_supports_json = ["berth", "crun"]
		runtime_supports_nocgroup = ["berth", "crun"]
		runtime_supports_nocgroups = ["berth", "crun"]
		cgroup_manager = "$BERTH_ENGINES_DRIVER"
		events_logger = "file"
		$(place static_dir "${3-}" /storage/libpod)
		$(place volume_path "${3-}" /storage/volumes)
		$(place tmp_dir "${3-}" /tmp)
		[engine.runtimes]
		berth = ["${RUNTIMES[berth]}"]
		crun = ["${RUNTIMES[crun]}"]
		[network]
		network_backend = "netavark"
		$(place network_config_dir "${3-}" /networks)
	EOF
	cat >"$2" <<-EOF
		[storage]
		driver = "overlay"
		$(place graphroot "${3-}" /storage)
		$(place runroot "${3-}" /run)
	EOF
}

export CONTAINERS_CONF=$WORK/containers.conf CONTAINERS_STORAGE_CONF=$WORK/storage.conf
TESTER=berthtester TESTER_HOME=$WORK/tester

start() {
	start_podman || return
	start_rootless || :
}

start_podman() {
	write_config "$CONTAINERS_CONF" "$CONTAINERS_STORAGE_CONF" "$WORK/podman"
	command podman load -i "$WORK/image/image.tar"
}

# A user for the rootless scenarios; in the nest /etc is private.
start_rootless() {
	[ "$BERTH_ENGINES_NEST" = yes ] || return
	echo "$TESTER:x:54321:54321:$TESTER:$TESTER_HOME:/bin/sh" >>/etc/passwd
	echo "$TESTER:x:54321:" >>/etc/group
	echo "$TESTER:200000:65536" | tee -a /etc/subuid >>/etc/subgid
	mkdir -p "$TESTER_HOME" /run/user/54321
	write_config "$TESTER_HOME/containers.conf" "$TESTER_HOME/storage.conf"
	sed -i 's/^cgroup_manager.*/cgroup_manager = "cgroupfs"/' "$TESTER_HOME/containers.conf"
	chown -R 54321:54321 "$TESTER_HOME" /run/user/54321
	as_tester podman load -i "$WORK/image/image.tar" >"$WORK/rootless" 2>&1
}

as_tester() {
	(cd "$TESTER_HOME" && setpriv --reuid 54321 --regid 54321 --clear-groups env -i PATH="$PATH" TERM="${TERM-dumb}" \
		HOME="$TESTER_HOME" USER="$TESTER" XDG_RUNTIME_DIR=/run/user/54321 \
		CONTAINERS_CONF="$TESTER_HOME/containers.conf" CONTAINERS_STORAGE_CONF="$TESTER_HOME/storage.conf" "$@")
}

stop() {
	clean
	command podman rmi -af
	if [ -e "$TESTER_HOME/containers.conf" ]; then
		as_tester podman rm -af -t 0
		as_tester podman system migrate
	fi
	umount "$WORK/podman/storage/overlay" || :
}

# After a scenario: no container, no state of a runtime, no cgroup.
states='/run/{berth,crun}'
clean() {
	command podman pod rm -af -t 0
	command podman rm -af -t 0
	command podman volume rm -af
	nothing_left "$states" '.*/libpod-[0-9a-f]{64}(.scope)?'
}

podman() {
	command podman --runtime "$RUNTIME" "$@"
}

run_engine() {
	podman run --name "$NAME" "$@"
}

another() {
	podman run --rm "$@"
}

pid() {
	get .State.Pid "$@"
}

test_exit_125() {
	status_is 125 command podman --runtime nosuchruntime run --rm "$IMAGE" true
	status_is 125 run_engine --rm --nosuchoption "$IMAGE" true
}

test_exit_127() {
	status_is 127 run_engine --rm "$IMAGE" foobar
	matches 'executable file.*not found in \$PATH' "$output"
	status_is 127 run_engine --rm "$IMAGE" /no/such/command
	matches '[Nn]o such file or directory' "$output"
}

test_runtime_flag() {
	status_is 126 podman --runtime-flag invalidflag run --rm "$IMAGE" true
	has invalidflag "$output"
	podman --runtime-flag debug run --rm "$IMAGE" true
}

test_runtime_log() {
	try run_engine --rm --workdir /proc/nothing "$IMAGE" true
	[ "$status" -ne 0 ]
	same 1 "$(grep -c /proc/nothing <<<"$output")"
}

test_quiet() {
	sleeper
	same "$NAME" "$(podman stop "$NAME" 2>&1)"
	same "$NAME" "$(podman start "$NAME" 2>&1)"
	same "$NAME" "$(podman kill "$NAME" 2>&1)"
	podman wait "$NAME"
	matches '^[0-9a-z-]+$' "$(podman rm "$NAME" 2>&1)"
	sleeper
	matches '^[0-9a-z-]+$' "$(podman rm -f -t 0 "$NAME" 2>&1)"
}

test_terminal() {
	on_terminal "${client[@]}" run --rm -it "$IMAGE" \
		sh -c 'test -t 0 && test -t 1 && test -t 2 && tty; exit 5'
	same 5 "$status"
	has /dev/ "$output"
}

test_detached() {
	run_engine -d "$IMAGE" sh -c 'echo out; echo err >&2; exit 3'
	same 3 "$(podman wait "$NAME")"
	eventually 5 logged err
	same 'out err' "$(podman logs "$NAME" 2>&1 | sort -r | xargs)"
}

test_limits() {
	sleeper --cpus 0.5 --memory 64m --pids-limit 33
	if is_v2; then
		same '50000 100000' "$(cgroup_value "$(pid)" cpu '' cpu.max)"
	else
		same 50000 "$(cgroup_value "$(pid)" cpu cpu.cfs_quota_us '')"
	fi
	same 67108864 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
	same 33 "$(cgroup_value "$(pid)" pids pids.max pids.max)"
}

test_cpuset() {
	require_controller cpuset
	sleeper --cpuset-cpus 0
	same 0 "$(cgroup_value "$(pid)" cpuset cpuset.cpus cpuset.cpus)"
}

test_oom() {
	# conmon begins to watch when it has told Podman of the container. The first process survives, so that it has time to look,
	# and shows what there is to be seen.
	status_is 5 run_engine --memory 20m "$IMAGE" \
		sh -c 'sleep 1; tail /dev/zero; cat /sys/fs/cgroup/memory.events; sleep 3; exit 5'
	same true "$(get .State.OOMKilled)"
}

test_no_cgroups() {
	same "$(cat /proc/self/cgroup)" "$(run_engine --rm --cgroups=disabled --cgroupns=host "$IMAGE" cat /proc/self/cgroup)"
	sleeper --cgroups=disabled
	podman stop "$NAME"
	same 7 "$(get .State.ExitCode)"
}

test_split_cgroups() {
	is_v2 || unsupported 'split mode needs cgroup v2'
	sleeper --cgroups=split
	grep -q /libpod-payload- "/proc/$(pid)/cgroup"
}

test_read_only() {
	run_engine --rm --read-only "$IMAGE" sh -c '! touch /x && touch /tmp/x' 2>&1
	run_engine --rm --read-only --read-only-tmpfs=false "$IMAGE" sh -c '! touch /tmp/x' 2>&1
}

test_tmpfs() {
	output=$(run_engine --rm --tmpfs /scratch:size=1m,mode=1770,noexec "$IMAGE" \
		sh -c 'grep " /scratch " /proc/mounts; stat -c %a /scratch')
	has size=1024k "$output"
	has noexec "$output"
	has 1770 "$output"
	# What the image has there is copied up.
	has not-executable "$(run_engine --rm --tmpfs /root "$IMAGE" ls /root)"
}

test_volumes() {
	mkdir host
	run_engine --rm -v "$PWD/host:/host" -v "$PWD/host:/ro:ro" -v vol:/vol -v /anonymous "$IMAGE" \
		sh -c 'echo one >/host/file && cat /ro/file >/vol/file && ! touch /ro/x && test -d /anonymous' 2>&1
	same one "$(another -v vol:/v "$IMAGE" cat /v/file)"
	same 1000 "$(run_engine --rm --user 1000 -v "$PWD/host:/host:U" "$IMAGE" stat -c %u /host)"
}

test_noexec_volume() {
	mkdir host
	printf '#!/bin/sh\necho ran\n' >host/script
	chmod 755 host/script
	same ran "$(run_engine --rm -v "$PWD/host:/vol" "$IMAGE" /vol/script)"
	status_is 126 run_engine --rm -v "$PWD/host:/vol:noexec" "$IMAGE" /vol/script
	matches 'exec.* [Pp]ermission denied' "$output"
}

test_secrets() {
	printf topsecret | podman secret create "$NAME" -
	try run_engine --rm --secret "$NAME" --secret "$NAME,type=env,target=WORD" "$IMAGE" \
		sh -c "cat /run/secrets/$NAME; echo; echo \$WORD"
	podman secret rm "$NAME"
	same 'topsecret topsecret' "$(xargs <<<"$output")"
}

test_umask() {
	same 0022 "$(umask 077; run_engine --rm "$IMAGE" sh -c umask)"
	same 0077 "$(run_engine --rm --umask 077 "$IMAGE" sh -c umask)"
}

test_capabilities() {
	local FIELD=CapEff
	same 0000000000000000 "$(status_field --cap-drop ALL)"
	same 0000000000001000 "$(status_field --cap-drop ALL --cap-add NET_ADMIN)"
	same 0000000000000000 "$(status_field --user 1000)"
}

test_privileged() {
	local FIELD=CapEff
	has_capability 21 "$(status_field --privileged)"
}

test_seccomp() {
	local FIELD=Seccomp
	same 2 "$(status_field)"
	same 0 "$(status_field --security-opt seccomp=unconfined)"
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}' >profile.json
	run_engine --rm --security-opt "seccomp=$PWD/profile.json" "$IMAGE" sh -c '! mkdir /tmp/x && touch /tmp/y' 2>&1
	# A profile that lets nothing pass must end in an error, not in a hanging engine.
	printf '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[]}' >nothing.json
	try timeout 30 podman --runtime "$RUNTIME" run --rm --security-opt "seccomp=$PWD/nothing.json" "$IMAGE" true
	[ "$status" -ne 0 ] && [ "$status" -ne 124 ]
}

test_apparmor() {
	require_apparmor
	matches '^containers-default-.* \(enforce\)$' "$(run_engine --rm "$IMAGE" cat /proc/self/attr/current)"
	same unconfined "$(run_engine --rm --security-opt apparmor=unconfined "$IMAGE" cat /proc/self/attr/current)"
	try run_engine --rm --security-opt apparmor=berth-missing "$IMAGE" true
	[ "$status" -ne 0 ]
	has berth-missing "$output"
}

test_bridge() {
	local address
	podman network create "$NAME"
	sleeper --network "$NAME"
	address=$(podman inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$NAME")
	another --network "$NAME" --cap-add NET_RAW "$IMAGE" ping -c 1 -w 5 "$address"
	podman rm -f -t 0 "$NAME"
	podman network rm "$NAME"
}

test_host_pid() {
	local marker=$((RANDOM + 100000))
	run_engine -d --pid host "$IMAGE" sh -c "sleep $marker & sleep $marker"
	eventually 5 pgrep -f "^sleep $marker"
	podman stop -t 2 "$NAME"
	! pgrep -f "^sleep $marker"
}

test_init() {
	has init "$(run_engine --rm --init "$IMAGE" cat /proc/1/comm)"
}

test_sysctl() {
	same '7777 123 4096' "$(run_engine --rm --sysctl net.core.somaxconn=7777 --ulimit nofile=123:456 --ulimit nproc=100:100 --shm-size 4m \
		"$IMAGE" sh -c 'echo $(cat /proc/sys/net/core/somaxconn) $(ulimit -n) $(df -k /dev/shm | awk "/shm/ { print \$2 }")')"
}

test_devices() {
	same 'character special file' "$(run_engine --rm --device /dev/fuse "$IMAGE" stat -c %F /dev/fuse)"
	run_engine --rm --device /dev/fuse:/dev/mine:r "$IMAGE" sh -c '(: </dev/mine) && ! (: >>/dev/mine)' 2>&1
}

test_preserve_fds() {
	echo kept >file
	same kept "$(run_engine --rm --preserve-fds 2 "$IMAGE" sh -c 'cat <&4' 4<file 3</dev/null)"
}

test_sd_notify() {
	same /run/notify/notify.sock "$(NOTIFY_SOCKET='' run_engine --rm "$IMAGE" sh -c 'echo ${NOTIFY_SOCKET-/run/notify/notify.sock}')"
}

test_systemd() {
	output=$(run_engine --rm --systemd=always "$IMAGE" sh -c 'echo $container; grep -c " /run tmpfs\| /tmp tmpfs" /proc/mounts; grep systemd /proc/mounts || :')
	has podman "$output"
	has 2 "$output"
	is_v2 || has /sys/fs/cgroup/systemd "$output"
}

test_user_namespace() {
	same '0 100000 5000 0' "$(run_engine --rm --uidmap 0:100000:5000 "$IMAGE" sh -c 'cat /proc/self/uid_map; id -u' | xargs)"
	same 101000 "$(run_engine -d --uidmap 0:100000:5000 --user 1000 "$IMAGE" sleep 1000 >/dev/null
		stat -c %u "/proc/$(pid)")"
}

test_user_namespace_auto() {
	grep -q ^containers: /etc/subuid || {
		[ "$(id -u)" = 0 ] || unsupported 'no ids for the user containers'
		echo containers:1000000:1000000 | tee -a /etc/subuid >>/etc/subgid
	}
	output=$(run_engine --rm --userns=auto "$IMAGE" cat /proc/self/uid_map)
	matches '^ *0 +[1-9][0-9]* +[1-9][0-9]*$' "$output"
}

test_pod() {
	podman pod create --name "$NAME-pod"
	podman run -d --pod "$NAME-pod" --name "$NAME" "$IMAGE" sh -c 'sleep 1000'
	same "$(podman exec "$NAME" readlink /proc/self/ns/net)" \
		"$(podman run --rm --pod "$NAME-pod" "$IMAGE" readlink /proc/self/ns/net)"
	[ "$(podman exec "$NAME" readlink /proc/self/ns/mnt)" != \
		"$(podman run --rm --pod "$NAME-pod" "$IMAGE" readlink /proc/self/ns/mnt)" ]
	podman pod pause "$NAME-pod"
	is_status paused
	podman pod unpause "$NAME-pod"
	podman pod stop -t 1 "$NAME-pod"
	is_status exited
	podman pod start "$NAME-pod"
	is_status running
	podman pod rm -f -t 0 "$NAME-pod"
}

test_kube() {
	cat >pod.yaml <<-EOF
		apiVersion: v1
		kind: Pod
		metadata:
		  name: $NAME
		spec:
		  containers:
		  - name: one
		    image: $IMAGE
		    imagePullPolicy: Never
		    command: ["sh", "-c", "echo from kube; sleep 1000"]
		    securityContext: { runAsUser: 1000, readOnlyRootFilesystem: true }
		    resources: { limits: { memory: 32Mi } }
		    volumeMounts: [{ mountPath: /data, name: data }]
		  volumes: [{ name: data, emptyDir: {} }]
	EOF
	podman play kube pod.yaml
	eventually 5 kube_logged
	same 33554432 "$(cgroup_value "$(pid "$NAME-one")" memory memory.limit_in_bytes memory.max)"
	same 1000 "$(podman exec "$NAME-one" id -u)"
	podman play kube --down pod.yaml
}

kube_logged() {
	podman logs "$NAME-one" 2>&1 | grep -q 'from kube'
}

test_health() {
	sleeper --health-cmd 'test -e /tmp/healthy' --health-interval disable --health-retries 1
	status_is 1 podman healthcheck run "$NAME"
	podman exec "$NAME" touch /tmp/healthy
	podman healthcheck run "$NAME"
	same healthy "$(get .State.Health.Status)"
}

test_exec() {
	sleeper
	same hello "$(podman exec "$NAME" echo hello)"
	status_is 9 podman exec "$NAME" sh -c 'exit 9'
	same through "$(echo through | podman exec -i "$NAME" cat)"
	same '1000 value /tmp' "$(podman exec --user 1000 -e X=value -w /tmp "$NAME" sh -c 'echo $(id -u) $X $(pwd)')"
	same "$(readlink "/proc/$(pid)/ns/mnt")" "$(podman exec "$NAME" readlink /proc/self/ns/mnt)"
	has_capability 21 "$(podman exec --privileged "$NAME" awk '/^CapEff/ { print $2 }' /proc/self/status)"
}

test_exec_detached() {
	sleeper
	podman exec -d "$NAME" sh -c 'echo up >/tmp/up; sleep 1000'
	eventually 5 podman exec "$NAME" grep up /tmp/up
	has 'sleep 1000' "$(podman top "$NAME" args)"
}

test_exec_errors() {
	sleeper
	status_is 127 podman exec "$NAME" foobar
	status_is 126 podman exec "$NAME" /root/not-executable
	status_is 126 podman exec "$NAME" /etc
	matches '(open executable|is not a regular file): Operation not permitted: OCI permission denied' "$output"
	status_is 127 podman exec "$NAME" /no/such/command
	status_is 127 podman exec -w /missing "$NAME" true
	matches 'chdir to (cwd|`/missing)' "$output"
	same alive "$(podman exec "$NAME" echo alive)"
}

test_exec_preserve_fds() {
	sleeper
	echo kept >file
	same kept "$(podman exec --preserve-fds 1 "$NAME" sh -c 'cat <&3' 3<file)"
}

test_kill() {
	run_engine -d "$IMAGE" sh -c 'trap "echo hup" HUP; trap "exit 4" INT; echo ready; sleep 1000 & while :; do wait; done'
	eventually 5 logged ready
	podman kill -s HUP "$NAME"
	eventually 5 logged hup
	podman kill -s SIGINT "$NAME"
	same 4 "$(podman wait "$NAME")"
	try podman kill "$NAME"
	[ "$status" -ne 0 ]
}

test_pause() {
	sleeper
	podman pause "$NAME"
	is_status paused
	try podman exec "$NAME" true
	[ "$status" -ne 0 ]
	podman unpause "$NAME"
	is_status running
}

test_update() {
	sleeper --memory 64m
	podman update --memory 32m --cpus 0.25 "$NAME"
	same 33554432 "$(cgroup_value "$(pid)" memory memory.limit_in_bytes memory.max)"
	if is_v2; then
		same '25000 100000' "$(cgroup_value "$(pid)" cpu '' cpu.max)"
	else
		same 25000 "$(cgroup_value "$(pid)" cpu cpu.cfs_quota_us '')"
	fi
}

test_stats() {
	sleeper --memory 64m
	output=$(podman stats --no-stream --format '{{.MemUsage}} {{.PIDS}}' "$NAME")
	matches '[1-9].*B / 67.11MB [1-9]' "$output"
}

test_top() {
	run_engine -d "$IMAGE" sh -c 'sleep 1111 & sleep 2222'
	eventually 5 topped 'sleep 1111'
	eventually 5 topped 'sleep 2222'
}

topped() {
	podman top "$NAME" pid args | grep -q "$1"
}

test_create_start() {
	podman create --name "$NAME" "$IMAGE" sh -c 'echo started; exit 2'
	is_status created
	status_is 2 podman start -a "$NAME"
	same started "$output"
	podman init "$NAME"
	is_status initialized
	status_is 2 podman start -a "$NAME"
	podman init "$NAME"
	podman rm -f "$NAME"
}

test_attach() {
	run_engine -d -i "$IMAGE" sh -c 'read x; echo "got $x"; exit 3'
	echo word | podman attach "$NAME" || same 3 $?
	same 3 "$(podman wait "$NAME")"
	eventually 5 logged 'got word'
}

test_init_killed() {
	sleeper
	kill -KILL "$(pid)"
	same 137 "$(podman wait "$NAME")"
	same "$NAME" "$(podman start "$NAME")"
}

test_info() {
	same "$RUNTIME" "$(podman info -f '{{.Host.OCIRuntime.Name}}')"
	matches 'version|[0-9]\.' "$(podman info -f '{{.Host.OCIRuntime.Version}}')"
}

require_rootless() {
	as_tester podman image exists "$IMAGE" ||
		unsupported "no rootless containers on this machine: $(tail -n 1 "$WORK/rootless")"
	trap clean_rootless EXIT
}

clean_rootless() {
	local status=$?
	as_tester podman pod rm -af -t 0
	as_tester podman rm -af -t 0
	find /run/user/54321/berth /run/user/54321/crun -mindepth 1 2>/dev/null | grep . && status=76
	exit $status
}

rootless() {
	as_tester podman --runtime "$RUNTIME" "$@"
}

test_rootless() {
	require_rootless
	same '0 hello' "$(rootless run --rm --network none "$IMAGE" sh -c 'echo $(id -u) hello')"
	status_is 42 rootless run --rm "$IMAGE" sh -c 'exit 42'
	status_is 127 rootless run --rm "$IMAGE" foobar
	same 1000 "$(rootless run --rm --network none --user 1000 "$IMAGE" id -u)"
	same one "$(rootless run --rm -v vol:/vol "$IMAGE" sh -c 'echo one >/vol/x; cat /vol/x')"
	on_terminal_rootless
	same 5 "$status"
}

on_terminal_rootless() {
	export -f as_tester
	export TESTER TESTER_HOME
	on_terminal bash -c "as_tester podman --runtime $RUNTIME run --rm -it $IMAGE sh -c 'test -t 0 && exit 5'"
}

test_rootless_exec() {
	require_rootless
	rootless run -d --name "$NAME" "$IMAGE" sh -c 'trap "exit 7" TERM; sleep 1000 & while :; do wait; done'
	same hello "$(rootless exec "$NAME" echo hello)"
	same 1000 "$(rootless exec --user 1000 "$NAME" id -u)"
	rootless stop "$NAME"
	same 7 "$(rootless inspect -f '{{.State.ExitCode}}' "$NAME")"
	rootless rm "$NAME"
}

test_rootless_keep_id() {
	require_rootless
	same 54321 "$(rootless run --rm --userns=keep-id "$IMAGE" id -u)"
}

test_rootless_pod() {
	require_rootless
	rootless pod create --name "$NAME-pod"
	same in "$(rootless run --rm --pod "$NAME-pod" "$IMAGE" echo in)"
	rootless pod rm -f -t 0 "$NAME-pod"
}
