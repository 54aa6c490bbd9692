# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154,SC2016
# Buildah of an ordinary user: the scenarios of buildah.sh that do not take root.

# shellcheck source=buildah.sh source-path=SCRIPTDIR
. "$here/buildah.sh"

states="$XDG_RUNTIME_DIR/{berth,crun}"
scenarios=$(grep -vE '^user_namespace[[:space:]]' <<<"$scenarios")

stop() {
	clean
	buildah rmi -af
}
