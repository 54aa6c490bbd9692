/* SPDX-License-Identifier: Apache-2.0 */
#include "spec/state.h"

static void write_annotations(const struct oci_state *state, struct json_writer *w)
{
	if (!state->annotations || state->annotations->n == 0)
		return;
	json_member_open(w, "annotations", '{');
	for (size_t i = 0; i < state->annotations->n; i++)
		json_member_string(w, state->annotations->v[i].name, state->annotations->v[i].value);
	json_close(w);
}

void oci_state_write_value(const struct oci_state *state, struct json_writer *w)
{
	json_open(w, '{');
	json_member_string(w, "ociVersion", state->oci_version);
	json_member_string(w, "id", state->id);
	json_member_i64(w, "pid", state->pid);
	json_member_string(w, "status", state->status);
	json_member_string(w, "bundle", state->bundle);
	json_member_string(w, "rootfs", state->rootfs);
	json_member_string(w, "created", state->created);
	write_annotations(state, w);
	json_member_string(w, "owner", state->owner);
	json_close(w);
}

/* What runtime.md calls the state, and no more. */
static void write_spec_value(const struct oci_state *state, struct json_writer *w)
{
	json_open(w, '{');
	json_member_string(w, "ociVersion", state->oci_version);
	json_member_string(w, "id", state->id);
	json_member_string(w, "status", state->status);
	json_member_i64(w, "pid", state->pid);
	json_member_string(w, "bundle", state->bundle);
	write_annotations(state, w);
	json_close(w);
}

int oci_state_write(const struct oci_state *state, struct buf *out, struct error *err)
{
	struct json_writer w;

	json_start(&w, out, "  ");
	oci_state_write_value(state, &w);
	return json_finish(&w, err);
}

int oci_state_write_hook(const struct oci_state *state, struct buf *out, struct error *err)
{
	struct json_writer w;

	json_start(&w, out, NULL);
	write_spec_value(state, &w);
	return json_finish(&w, err);
}

int oci_state_write_seccomp(const struct oci_state *state, int64_t pid, const char *metadata,
			    struct buf *out, struct error *err)
{
	struct json_writer w;

	json_start(&w, out, NULL);
	json_open(&w, '{');
	json_member_string(&w, "ociVersion", state->oci_version);
	json_member_open(&w, "fds", '[');
	json_string(&w, "seccompFd");
	json_close(&w);
	json_member_i64(&w, "pid", pid);
	json_member_string(&w, "metadata", metadata);
	json_key(&w, "state");
	write_spec_value(state, &w);
	json_close(&w);
	return json_finish(&w, err);
}
