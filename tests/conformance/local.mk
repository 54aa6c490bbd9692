# SPDX-License-Identifier: Apache-2.0

EXTRA_DIST += tests/conformance/build tests/conformance/expected.tsv tests/conformance/nest \
	tests/conformance/report tests/conformance/run tests/conformance/tap/tap.go
