# SPDX-License-Identifier: Apache-2.0

EXTRA_DIST += tests/peers/fetch tests/peers/private-apt.sh
