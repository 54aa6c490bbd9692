# SPDX-License-Identifier: Apache-2.0
#
# Turns the results of tests/bench/run into a table.
#
# input: key, runtime, wall median, wall minimum, CPU median, CPU minimum (tab separated), and lines
#	`runtime NAME VERSION`, which give the order of the columns.
# variables: judged (name of the judged runtime), markdown (0 or 1), check (0 or 1)
#
# A cell is the median and, in brackets, its ratio to the fastest crun of that row.

BEGIN {
	FS = "\t"
	row_count = 0
	# key, title, which number, unit, bar, whether the bar is for the ratio or for the value itself
	add("run-docker", "run, docker bundle", "cpu", "ms", 0.60, "ratio")
	add("run-docker", "run, docker bundle", "wall", "ms", 0.60, "ratio")
	add("run-plain", "run, plain bundle", "cpu", "ms", 0.60, "ratio")
	add("run-plain", "run, plain bundle", "wall", "ms", 0.60, "ratio")
	add("flow-docker", "create, start, wait, delete, docker bundle", "cpu", "ms", 0.55, "ratio")
	add("flow-docker", "create, start, wait, delete, docker bundle", "wall", "ms", "", "")
	add("flow-plain", "create, start, wait, delete, plain bundle", "cpu", "ms", 0.55, "ratio")
	add("flow-plain", "create, start, wait, delete, plain bundle", "wall", "ms", "", "")
	add("state", "state", "cpu", "ms", 0.35, "ratio")
	add("kill", "kill", "cpu", "ms", 0.35, "ratio")
	add("exec", "exec of true", "cpu", "ms", 0.50, "ratio")
	add("exec", "exec of true", "wall", "ms", 0.55, "ratio")
	add("list", "list of " containers, "cpu", "ms", 0.50, "ratio")
	add("memory", "memory of a waiting container", "PSS", "KiB", 100, "value")
	add("filter", "Docker's default filter built", "wall", "ms", 0.50, "value")
}

function add(key, title, number, unit, bar, kind)
{
	row_count++
	keys[row_count] = key
	titles[row_count] = title
	numbers[row_count] = number
	units[row_count] = unit
	bars[row_count] = bar
	kinds[row_count] = kind
}

$1 == "runtime" {
	names[++name_count] = $2
	versions[$2] = $3
	next
}

{
	measured["wall", "median", $1, $2] = $3
	measured["wall", "minimum", $1, $2] = $4
	measured["cpu", "median", $1, $2] = $5
	measured["cpu", "minimum", $1, $2] = $6
}

# The median or minimum of a row for a runtime, or "" if it was not measured.
function value(row, name, which,    clock)
{
	clock = numbers[row] == "cpu" ? "cpu" : "wall"
	if (!((clock, which, keys[row], name) in measured))
		return ""
	return measured[clock, which, keys[row], name] / (units[row] == "KiB" ? 1 : 1000)
}

function fastest_crun(row, which,    i, best, now)
{
	best = ""
	for (i = 1; i <= name_count; i++) {
		now = value(row, names[i], which)
		if (names[i] ~ /^crun/ && names[i] != judged && now != "" && (best == "" || now < best))
			best = now
	}
	return best
}

function cell(row, name, base,    now)
{
	now = value(row, name, "median")
	if (now == "")
		return "-"
	return sprintf(units[row] == "KiB" ? "%d%s" : "%.2f%s", now, base > 0 ? sprintf(" (%.2f)", now / base) : "")
}

function meets_bar(row, which,    now, base)
{
	now = value(row, judged, which)
	base = kinds[row] == "ratio" ? fastest_crun(row, which) : 1
	return now / base <= bars[row]
}

# pass, fail or "" where there is nothing to judge. Medians alone count: a minimum is what nobody gets to see again.
function verdict(row)
{
	if (bars[row] == "" || value(row, judged, "median") == "")
		return ""
	if (kinds[row] == "ratio" && !fastest_crun(row, "median"))
		return ""
	return meets_bar(row, "median") ? "pass" : "fail"
}

function bar_text(row)
{
	if (bars[row] == "")
		return ""
	return kinds[row] == "ratio" ? sprintf("%.2f of crun", bars[row]) : bars[row] " " units[row]
}

function line(first, cells, last,    i, text)
{
	text = markdown ? "| " first : sprintf("%-56s", first)
	for (i = 1; i <= name_count; i++)
		text = text (markdown ? " | " : " ") (markdown ? cells[i] : sprintf("%16s", cells[i]))
	if (check)
		text = text (markdown ? " | " : "  ") last
	print text (markdown ? " |" : "")
}

function header(    i, cells, rule)
{
	rule = "| ---"
	for (i = 1; i <= name_count; i++) {
		cells[i] = names[i]
		rule = rule " | --:"
	}
	line("", cells, "bar")
	if (markdown)
		print rule (check ? " | ---" : "") " |"
	for (i = 1; i <= name_count; i++)
		cells[i] = versions[names[i]]
	line("version", cells, "")
}

END {
	header()
	for (row = 1; row <= row_count; row++) {
		base = fastest_crun(row, "median")
		filled = 0
		for (i = 1; i <= name_count; i++) {
			cells[i] = cell(row, names[i], base)
			filled += cells[i] != "-"
		}
		if (!filled)
			continue
		found = verdict(row)
		passed += found == "pass"
		failed += found == "fail"
		line(titles[row] ", " numbers[row] " " units[row], cells, bar_text(row) (found ? ": " found : ""))
	}
	if (!check)
		exit 0
	print ""
	print passed + 0 " passed, " failed + 0 " failed"
	exit failed > 0
}
