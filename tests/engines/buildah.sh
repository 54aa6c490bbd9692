# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016
# Buildah with OCI isolation.

scenarios='
build			an image is built with RUN steps
environment		BUILDAH_RUNTIME chooses the runtime
run			run in a working container
exit_status		a failing step ends the build
not_found		a program that is missing
terminal		run --tty
user			users, folders and variables
mounts			volumes and cache mounts
network			the network of the host, and none
limits			limits of a build
capabilities		capabilities of a step
user_namespace		a build in a user namespace
runtime_flag		flags of the runtime
stdin			standard input of run
'

export STORAGE_DRIVER=overlay CONTAINERS_CONF=$WORK/containers.conf CONTAINERS_STORAGE_CONF=$WORK/storage.conf

start() {
	cat >"$CONTAINERS_CONF" <<-EOF
		[engine]
		cgroup_manager = "$BERTH_ENGINES_DRIVER"
	EOF
	cat >"$CONTAINERS_STORAGE_CONF" <<-EOF
		[storage]
		driver = "overlay"
		graphroot = "$WORK/buildah/storage"
		runroot = "$WORK/buildah/run"
	EOF
	buildah pull "docker-archive:$WORK/image/image.tar"
}

stop() {
	clean
	buildah rmi -af
	umount "$WORK/buildah/storage/overlay"
}

# After a scenario: no working container, no state of a runtime.
states='/run/{berth,crun}'
clean() {
	buildah rm -a
	nothing_left "$states" '.*/buildah-buildah[0-9]+(.scope)?'
}

# bud OPTION...: builds ./Dockerfile without a cache.
bud() {
	buildah bud --isolation oci --runtime "$RUNTIME_PATH" --pull-never --no-cache --tag "localhost/$NAME" "$@" .
}

dockerfile() {
	printf 'FROM %s\n' "$IMAGE" >Dockerfile
	printf '%s\n' "$@" >>Dockerfile
}

# Working container of the image.
from() {
	buildah from --isolation oci --pull-never --name "$NAME" "$IMAGE"
}

run_buildah() {
	buildah run --isolation oci --runtime "$RUNTIME_PATH" "$@"
}

test_build() {
	dockerfile 'RUN echo one >/one' 'RUN cat /one && echo two >/two' 'CMD cat /one /two'
	bud
	buildah from --name "$NAME" "localhost/$NAME"
	same 'one two' "$(run_buildah "$NAME" cat /one /two | xargs)"
	buildah rm "$NAME"
	buildah rmi "localhost/$NAME"
}

test_environment() {
	from
	# What is only named by the variable must have run: a program that is none fails.
	BUILDAH_RUNTIME=$RUNTIME_PATH buildah run --isolation oci "$NAME" true
	try env BUILDAH_RUNTIME=/bin/false buildah run --isolation oci "$NAME" true
	[ "$status" -ne 0 ]
}

test_run() {
	from
	same hello "$(run_buildah "$NAME" echo hello)"
	run_buildah "$NAME" touch /kept
	run_buildah "$NAME" ls /kept
}

test_exit_status() {
	from
	status_is 9 run_buildah "$NAME" sh -c 'exit 9'
	dockerfile 'RUN exit 9' 'RUN touch /never'
	try bud
	[ "$status" -ne 0 ]
	has 'exit status 9' "$output"
}

test_not_found() {
	from
	try run_buildah "$NAME" foobar
	[ "$status" -ne 0 ]
	has foobar "$output"
	# A failing start must leave nothing that blocks the next one.
	run_buildah "$NAME" true
}

test_terminal() {
	from
	on_terminal buildah run --isolation oci --runtime "$RUNTIME_PATH" --tty "$NAME" sh -c 'test -t 0 && test -t 1 && tty; exit 3'
	same 3 "$status"
	has /dev/ "$output"
}

test_user() {
	dockerfile 'ENV X=value' 'WORKDIR /tmp' 'USER user' 'RUN test "$(id -u) $(pwd) $X" = "1000 /tmp value"'
	bud
	buildah rmi "localhost/$NAME"
}

test_mounts() {
	mkdir host
	echo inside >host/file
	from
	same inside "$(run_buildah -v "$PWD/host:/host:ro" "$NAME" cat /host/file)"
	status_is 1 run_buildah -v "$PWD/host:/host:ro" "$NAME" touch /host/x
	dockerfile 'RUN --mount=type=tmpfs,target=/scratch grep " /scratch tmpfs" /proc/mounts' \
		'RUN --mount=type=bind,source=.,target=/context test -e /context/Dockerfile'
	bud
	buildah rmi "localhost/$NAME"
}

test_network() {
	buildah from --isolation oci --pull-never --network host --name "$NAME" "$IMAGE"
	same "$(readlink /proc/self/ns/net)" "$(run_buildah --network host "$NAME" readlink /proc/self/ns/net)"
	same lo "$(run_buildah --network none "$NAME" ls /sys/class/net)"
}

test_limits() {
	local file=/sys/fs/cgroup/memory/memory.limit_in_bytes
	! is_v2 || file=/sys/fs/cgroup/memory.max
	dockerfile "RUN cat $file; grep -q 67108864 $file" 'RUN test "$(ulimit -n)" = 123'
	bud --memory 64m --ulimit nofile=123:123
	buildah rmi "localhost/$NAME"
}

test_capabilities() {
	from
	output=$(run_buildah --cap-drop CAP_CHOWN --cap-add CAP_NET_ADMIN "$NAME" awk '/^CapEff/ { print $2 }' /proc/self/status)
	has_capability 12 "$output"
	[ $((0x$output & 1)) -eq 0 ]
}

test_user_namespace() {
	buildah from --isolation oci --pull-never --userns-uid-map 0:100000:5000 --userns-gid-map 0:100000:5000 \
		--name "$NAME" "$IMAGE"
	same '0 100000 5000' "$(run_buildah "$NAME" cat /proc/self/uid_map | xargs)"
}

test_runtime_flag() {
	from
	try run_buildah --runtime-flag nosuchflag "$NAME" true
	[ "$status" -ne 0 ]
	has nosuchflag "$output"
	run_buildah --runtime-flag debug "$NAME" true
}

test_stdin() {
	from
	same through "$(echo through | run_buildah "$NAME" cat)"
}
