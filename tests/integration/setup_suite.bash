# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Around all tests of this folder: whichever of them leaves something, the suite fails at its end.

# shellcheck source=helpers.bash source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/helpers.bash"

setup_suite() {
	export SUITE_ID=bt$$
}

teardown_suite() {
	nothing_left "$SUITE_ID-" "/tmp/berth-$SUITE_ID"-*
}
