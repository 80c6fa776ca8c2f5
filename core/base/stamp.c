/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamps and durations as text. */
#include "core/base/stamp.h"

#include <stdio.h>
#include <time.h>

/* Days since 1970-01-01 in the Gregorian calendar. */
static int64_t stamp_days(int64_t year, int month, int day)
{
	int64_t era, of_era, of_year;

	/* Years that begin in March put the leap day at their end. */
	if (month <= 2)
		year--;
	era = year / 400;
	of_era = year - era * 400;
	of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* n digits at *s, which moves on; -1 when they are not all there. */
static int stamp_digits(const char **s, int n)
{
	int v = 0;

	while (n--) {
		if (**s < '0' || **s > '9')
			return -1;
		v = v * 10 + (**s - '0');
		(*s)++;
	}
	return v;
}

static bool stamp_char(const char **s, const char *any)
{
	const char *a;

	for (a = any; *a; a++) {
		if (**s == *a) {
			(*s)++;
			return true;
		}
	}
	return false;
}

static int stamp_fraction_ms(const char **s)
{
	int ms = 0, unit = 100;

	while (**s >= '0' && **s <= '9') {
		ms += (**s - '0') * unit;
		unit /= 10;
		(*s)++;
	}
	return ms;
}

/* The zone behind the time, in seconds east of UTC. */
static bool stamp_zone(const char **s, int *out)
{
	bool west = **s == '-';
	int h, m;

	if (stamp_char(s, "Zz")) {
		*out = 0;
		return true;
	}
	if (!stamp_char(s, "+-"))
		return false;
	h = stamp_digits(s, 2);
	stamp_char(s, ":");
	m = stamp_digits(s, 2);
	if (h < 0 || m < 0 || h > 23 || m > 59)
		return false;
	*out = (h * 60 + m) * (west ? -60 : 60);
	return true;
}

int64_t stamp_parse(const char *s)
{
	int year, month, day, h, m, sec, ms = 0, zone;

	if (!s)
		return 0;
	year = stamp_digits(&s, 4);
	if (year < 0 || !stamp_char(&s, "-"))
		return 0;
	month = stamp_digits(&s, 2);
	if (month < 1 || month > 12 || !stamp_char(&s, "-"))
		return 0;
	day = stamp_digits(&s, 2);
	if (day < 1 || day > 31 || !stamp_char(&s, "Tt "))
		return 0;
	h = stamp_digits(&s, 2);
	if (h < 0 || h > 23 || !stamp_char(&s, ":"))
		return 0;
	m = stamp_digits(&s, 2);
	if (m < 0 || m > 59 || !stamp_char(&s, ":"))
		return 0;
	sec = stamp_digits(&s, 2);
	if (sec < 0 || sec > 60)
		return 0;
	if (stamp_char(&s, ".,")) {
		if (*s < '0' || *s > '9')
			return 0;
		ms = stamp_fraction_ms(&s);
	}
	if (!stamp_zone(&s, &zone) || *s)
		return 0;
	return ((stamp_days(year, month, day) * 24 + h) * 60 + m) * 60000 +
		((int64_t)sec - zone) * 1000 + ms;
}

/* Broken down, with the milliseconds returned. */
static int stamp_split(int64_t wall_ms, struct tm *tm)
{
	int64_t ms = wall_ms % 1000;
	time_t t;

	if (ms < 0)
		ms += 1000;
	t = (time_t)((wall_ms - ms) / 1000);
	if (!gmtime_r(&t, tm) || tm->tm_year > 9999 - 1900 || tm->tm_year < -1900) {
		t = 0;
		gmtime_r(&t, tm);
	}
	return (int)ms;
}

void stamp_format(char out[40], int64_t wall_ms, bool micro)
{
	char fraction[8] = "";
	struct tm tm;
	int ms = stamp_split(wall_ms, &tm);

	if (micro)
		snprintf(fraction, sizeof(fraction), ".%03u000", (unsigned)ms % 1000);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + 19, 21, "%sZ", fraction);
}

void stamp_amz(char out[20], int64_t wall_ms)
{
	struct tm tm;

	stamp_split(wall_ms, &tm);
	strftime(out, 20, "%Y%m%dT%H%M%SZ", &tm);
}

void stamp_duration(char *out, size_t size, int64_t ms)
{
	static const struct {
		int64_t from; /* seconds */
		int64_t unit, sub;
		char name, sub_name;
	} steps[] = {
		{ 2 * 86400, 86400, 3600, 'd', 'h' },
		{ 3600, 3600, 60, 'h', 'm' },
		{ 120, 60, 1, 'm', 's' },
	};
	int64_t s = ms / 1000;
	size_t i;

	if (ms < 0) {
		snprintf(out, size, "?");
		return;
	}
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		long long whole, rest;

		if (s < steps[i].from)
			continue;
		whole = s / steps[i].unit;
		rest = s % steps[i].unit / steps[i].sub;
		if (rest)
			snprintf(out, size, "%lld%c%lld%c", whole, steps[i].name, rest,
				steps[i].sub_name);
		else
			snprintf(out, size, "%lld%c", whole, steps[i].name);
		return;
	}
	snprintf(out, size, "%llds", (long long)s);
}

void stamp_age(char *out, size_t size, int64_t ms)
{
	enum { SECOND = 1, MINUTE = 60, HOUR = 3600, DAY = 86400, YEAR = 365 * DAY };
	/* Up to (in the first unit) what; sub 0: the unit alone. */
	static const struct {
		int64_t below, unit, sub;
		char name, sub_name;
	} steps[] = {
		{ 2 * MINUTE, SECOND, 0, 's', '\0' },
		{ 3 * HOUR, MINUTE, 0, 'm', '\0' },
		{ 8 * HOUR, HOUR, MINUTE, 'h', 'm' },
		{ 2 * DAY, HOUR, 0, 'h', '\0' },
		{ 8 * DAY, DAY, HOUR, 'd', 'h' },
		{ 2 * (int64_t)YEAR, DAY, 0, 'd', '\0' },
		{ 8 * (int64_t)YEAR, YEAR, DAY, 'y', 'd' },
		{ INT64_MAX, YEAR, 0, 'y', '\0' },
	};
	int64_t s = ms / 1000;
	size_t i = 0;

	if (ms < 0) {
		snprintf(out, size, "?");
		return;
	}
	while (s >= steps[i].below)
		i++;
	if (i == 0 && s >= 10)
		s -= s % 5;
	long long whole = s / steps[i].unit;
	long long rest = steps[i].sub ? s % steps[i].unit / steps[i].sub : 0;
	if (rest)
		snprintf(out, size, "%lld%c%lld%c", whole, steps[i].name, rest, steps[i].sub_name);
	else
		snprintf(out, size, "%lld%c", whole, steps[i].name);
}
