# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016
# Podman of an ordinary user with a systemd session, subordinate ids and delegated controllers: the scenarios of podman.sh
# that do not take root, and some of its own.

# shellcheck source=podman.sh source-path=SCRIPTDIR
. "$here/podman.sh"

states="$XDG_RUNTIME_DIR/{berth,crun}"
takes_root='propagation|devices|user_namespace|user_namespace_auto|apparmor'
scenarios=$(grep -vE "^($takes_root)[[:space:]]" <<<"$scenarios")"
ids			root is the user, the other ids are subordinate ones
keep_id			--userns=keep-id
scope			a container has a scope of the user's systemd
bind_device		--device
pasta			--network pasta
slirp4netns		--network slirp4netns
"

start() {
	start_podman
}

# The process that holds the user namespace goes with the last command.
stop() {
	clean
	command podman rmi -af
	command podman system migrate
}

test_ids() {
	same "0 $(id -u) 1 1 100000 65536" "$(run_engine --rm "$IMAGE" cat /proc/self/uid_map | xargs)"
	run_engine -d --user 1000 "$IMAGE" sleep 1000
	same 100999 "$(stat -c %u "/proc/$(pid)")"
}

test_keep_id() {
	same "$(id -u)" "$(run_engine --rm --userns=keep-id "$IMAGE" id -u)"
}

test_scope() {
	sleeper
	grep -q "/user@$(id -u).service/.*/libpod-$(get .Id).scope" "/proc/$(pid)/cgroup"
	systemctl --user --quiet is-active "libpod-$(get .Id).scope"
	podman rm -f -t 0 "$NAME"
	sleeper --cgroup-parent berthtest.slice
	grep -q "/berthtest.slice/libpod-$(get .Id).scope" "/proc/$(pid)/cgroup"
}

test_bind_device() {
	same 'character special file' "$(run_engine --rm --device /dev/fuse "$IMAGE" stat -c %F /dev/fuse)"
}

# has_route DEVICE OPTION...: a container of its own network has a default route by the device.
has_route() {
	local device=$1
	shift
	has "dev $device" "$(run_engine --rm "$@" "$IMAGE" ip route show default)"
}

test_pasta() {
	has_route eth0 --network pasta
}

test_slirp4netns() {
	has_route tap0 --network slirp4netns
}
