/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Annotations org.systemd.property.NAME become properties of the container's unit. They come from whoever
 * writes the configuration, often somebody who may make containers and nothing more: what would reach
 * beyond the unit (start programs or other units, reboot the machine) or undo the limits that the
 * configuration sets is refused (compare CVE-2024-3154).
 */
#include "libcontainer/compile/systemd.h"

#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX ANNOTATION_SYSTEMD
#define NAME_SIZE 64

/* Beginnings of names; a "$" at the end means the whole name. */
static const char *const refused[] = {
	/* start something else, or act on the whole machine */
	"Exec", "OnFailure", "OnSuccess", "Trigger", "SuccessAction", "FailureAction", "StartLimit", "Job",
	"RebootArgument", "Sockets", "Upholds",
	/* stop or start others together with the container */
	"Conflicts", "Requisite", "RequiredBy", "WantedBy", "PropagatesStopTo", "PropagatesReloadTo",
	"JoinsNamespaceOf", "BoundBy", "ConsistsOf",
	/* what the rest of the configuration decides */
	"PIDs$", "Slice$", "Delegate", "ControlGroup", "User$", "Group$", "Device", "BPFProgram", "IPIngress",
	"IPEgress", "Memory", "CPU", "Allowed", "Startup", "Tasks", "IO", "BlockIO", "Block", "Managed",
	"DisableControllers", "NFTSet", "Transient",
};

static bool is_refused(const char *name)
{
	for (size_t i = 0; i < ELEMENTSOF(refused); i++) {
		size_t len = strcspn(refused[i], "$");

		if (strncmp(name, refused[i], len) == 0 && (!refused[i][len] || !name[len]))
			return true;
	}
	return false;
}

static bool is_property_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if (!isalpha((unsigned char)name[i]))
			return false;
	return len >= 3 && len < NAME_SIZE - 1;
}

/* Systemd's tools know times in seconds, its interface only in microseconds. */
static bool seconds_to_usec(const char *type, const char *text, uint64_t *ret)
{
	uint64_t v;
	double d;

	if (streq(type, "d")) {
		d = strtod(text, NULL) * 1e6;
		if (!(d >= 0 && d < (double)UINT64_MAX))
			return false;
		*ret = (uint64_t)d;
		return true;
	}
	if (!strchr("ynqiuxt", type[0]) || type[1] || str_to_u64(text, &v) < 0 || v > UINT64_MAX / 1000000)
		return false;
	*ret = v * 1000000;
	return true;
}

static int add_property(struct compiler *c, const struct string_pair *pair, struct word_list *list)
{
	const char *name = pair->name + strlen(PREFIX);
	size_t len = strlen(name), first = list->n, at;
	char full[NAME_SIZE];
	uint64_t usec;
	int r;

	if (!is_property_name(name))
		return compiler_error(c, pair, CONFIG_VALUE, "annotation %s: no name of a property", pair->name);
	if (is_refused(name))
		return compiler_error(c, pair, CONFIG_UNSUPPORTED,
				      "annotation %s: this property is not the container's to set", pair->name);
	word_list_add(list, name);
	r = gvariant_parse(pair->value, list, &at);
	if (r == -ENOMEM)
		return compiler_no_memory(c);
	if (r < 0)
		return compiler_error(c, pair, CONFIG_VALUE,
				      "annotation %s: \"%s\" is no GVariant text (at byte %zu)", pair->name,
				      pair->value, at + 1);
	if (len < 4 || !streq(name + len - 3, "Sec") || streq(name + len - 4, "USec"))
		return 0;
	if (list->n != first + 3 || !seconds_to_usec(list->v[first + 1], list->v[first + 2], &usec))
		return compiler_error(c, pair, CONFIG_VALUE, "annotation %s: \"%s\" is no number of seconds",
				      pair->name, pair->value);
	(void)snprintf(full, sizeof(full), "%.*sUSec", (int)(len - 3), name);
	list->n = first;
	word_list_addf(list, "%s", full);
	word_list_add(list, "t");
	word_list_addf(list, "%" PRIu64, usec);
	return 0;
}

int systemd_add_annotations(struct compiler *c, struct word_list *list)
{
	const struct string_map *map = &c->config->annotations;
	int r = 0;

	for (size_t i = 0; r == 0 && i < map->n; i++)
		if (str_after(map->v[i].name, PREFIX))
			r = add_property(c, &map->v[i], list);
	return r;
}

bool systemd_is_annotated(const struct compiler *c, const char *property)
{
	char name[sizeof(PREFIX) + NAME_SIZE];

	(void)snprintf(name, sizeof(name), PREFIX "%s", property);
	return annotation_find(c, name) != NULL;
}
