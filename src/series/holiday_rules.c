/*
 * The table of holidays. Public holidays go by the law of each country:
 *  - US: 5 U.S.C. 6103 and Public Law 117-17 (Juneteenth); Martin Luther King's birthday was first
 *    kept in 1986.
 *  - DE: the Feiertagsgesetze of the sixteen Laender, the Einigungsvertrag, art. 2. Years before 1990
 *    are those of the western Laender. Assumption in Bavaria is kept by most communes only, and so is
 *    "regional"; Corpus Christi in a few communes of SN and TH and the Augsburg feast are left out.
 *  - GB: Banking and Financial Dealings Act 1971 and royal proclamations; St Andrew's Day Bank Holiday
 *    (Scotland) Act 2007. "GB" alone has the days that its nations share.
 *  - FR: Code du travail L3133-1, and L3134-13 for Alsace-Moselle.
 *  - IT: legge 260/1949 with 54/1977, DPR 792/1985, legge 336/2000 and legge 151/2025.
 * Commercial days are those on which shops sell otherwise than on their neighbours.
 */
#include "config.h"
#include "series/holiday_rules.h"

#include <stddef.h>

enum { MON, TUE, WED, THU, FRI, SAT, SUN };

#define ON(m, d) RULE_FIXED, m, d, 0, 0
#define NTH(m, weekday, nth, plus) RULE_NTH, m, weekday, nth, plus
#define BEFORE(m, d, weekday, plus) RULE_BEFORE, m, weekday, d, plus
#define EASTER(days) RULE_EASTER, 0, days, 0, 0
#define ALWAYS 0, 9999
#define SINCE(year) year, 9999
#define UNTIL(year) 0, year
#define IN(year) year, year

#define DE_EAST "DE-BB DE-MV DE-SN DE-ST DE-TH"
#define GB_NOT_SCT "GB-ENG GB-WLS GB-NIR"
#define ALSACE "FR-57 FR-67 FR-68"

const struct holiday_rule holiday_rules[] = {
	/* United States, federal */
#define US(name, ...) { name, "US", __VA_ARGS__, SHIFT_US_OBSERVED, "public", 0 }
	US("New Year's Day", ON(1, 1), ALWAYS),
	US("Martin Luther King Day", NTH(1, MON, 3, 0), SINCE(1986)),
	US("Washington's Birthday", NTH(2, MON, 3, 0), SINCE(1971)),
	US("Memorial Day", NTH(5, MON, -1, 0), SINCE(1971)),
	US("Juneteenth", ON(6, 19), SINCE(2021)),
	US("Independence Day", ON(7, 4), ALWAYS),
	US("Labor Day", NTH(9, MON, 1, 0), ALWAYS),
	US("Columbus Day", NTH(10, MON, 2, 0), SINCE(1971)),
	US("Veterans Day", ON(11, 11), SINCE(1978)),
	US("Thanksgiving", NTH(11, THU, 4, 0), ALWAYS),
	{ "Christmas Day", "US", ON(12, 25), ALWAYS, SHIFT_US_OBSERVED, "public", 1 },
#undef US
	/* United States, commercial. The Super Bowl has been on the first Sunday of February since
	 * 2004 and on the second since the season of 17 games (2022); before, mostly in January. */
#define DAY(name, region, ...) { name, region, __VA_ARGS__, SHIFT_NONE, "commercial", 0 }
	DAY("Super Bowl", "US", ON(1, 20), IN(1980)),
	DAY("Super Bowl", "US", ON(1, 25), IN(1981)),
	DAY("Super Bowl", "US", ON(1, 24), IN(1982)),
	DAY("Super Bowl", "US", ON(1, 30), IN(1983)),
	DAY("Super Bowl", "US", ON(1, 22), IN(1984)),
	DAY("Super Bowl", "US", ON(1, 20), IN(1985)),
	DAY("Super Bowl", "US", NTH(1, SUN, -1, 0), 1986, 1988),
	DAY("Super Bowl", "US", ON(1, 22), IN(1989)),
	DAY("Super Bowl", "US", NTH(1, SUN, -1, 0), 1990, 2001),
	DAY("Super Bowl", "US", ON(2, 3), IN(2002)),
	DAY("Super Bowl", "US", ON(1, 26), IN(2003)),
	DAY("Super Bowl", "US", NTH(2, SUN, 1, 0), 2004, 2021),
	DAY("Super Bowl", "US", NTH(2, SUN, 2, 0), SINCE(2022)),
	DAY("Valentine's Day", "US GB", ON(2, 14), ALWAYS),
	DAY("St Patrick's Day", "US", ON(3, 17), ALWAYS),
	DAY("Cinco de Mayo", "US", ON(5, 5), ALWAYS),
	DAY("Mother's Day", "US", NTH(5, SUN, 2, 0), ALWAYS),
	DAY("Father's Day", "US GB", NTH(6, SUN, 3, 0), ALWAYS),
	DAY("Halloween", "US GB", ON(10, 31), ALWAYS),
	DAY("Black Friday", "US", NTH(11, THU, 4, 1), ALWAYS),
	DAY("Cyber Monday", "US", NTH(11, THU, 4, 4), SINCE(2005)),
	DAY("Christmas Eve", "US GB", ON(12, 24), ALWAYS),
	DAY("New Year's Eve", "US GB", ON(12, 31), ALWAYS),
#define FEAST(name, region, ...) { name, region, __VA_ARGS__, SHIFT_NONE, "religious", 0 }
	FEAST("Ash Wednesday", "US", EASTER(-46), ALWAYS),
	FEAST("Good Friday", "US", EASTER(-2), ALWAYS),
	FEAST("Easter Sunday", "US GB", EASTER(0), ALWAYS),

	/* Germany */
#define DE(name, region, ...) { name, region, __VA_ARGS__, SHIFT_NONE, "public", 1 }
	DE("Neujahr", "DE", ON(1, 1), ALWAYS),
	DE("Heilige Drei Koenige", "DE-BW DE-BY", ON(1, 6), ALWAYS),
	DE("Heilige Drei Koenige", "DE-ST", ON(1, 6), SINCE(1991)),
	DE("Internationaler Frauentag", "DE-BE", ON(3, 8), SINCE(2019)),
	DE("Internationaler Frauentag", "DE-MV", ON(3, 8), SINCE(2023)),
	DE("Karfreitag", "DE", EASTER(-2), ALWAYS),
	DE("Ostersonntag", "DE-BB", EASTER(0), ALWAYS),
	DE("Ostermontag", "DE", EASTER(1), ALWAYS),
	DE("Tag der Arbeit", "DE", ON(5, 1), ALWAYS),
	DE("Tag der Befreiung", "DE-BE", ON(5, 8), IN(2020)),
	DE("Tag der Befreiung", "DE-BE", ON(5, 8), IN(2025)),
	DE("Christi Himmelfahrt", "DE", EASTER(39), ALWAYS),
	DE("Pfingstsonntag", "DE-BB", EASTER(49), ALWAYS),
	DE("Pfingstmontag", "DE", EASTER(50), ALWAYS),
	DE("Fronleichnam", "DE-BW DE-BY DE-HE DE-NW DE-RP DE-SL", EASTER(60), ALWAYS),
	DE("Tag der deutschen Einheit", "DE", ON(6, 17), 1954, 1990),
	DE("75. Jahrestag des Volksaufstands", "DE-BE", ON(6, 17), IN(2028)),
	DE("Mariae Himmelfahrt", "DE-SL", ON(8, 15), ALWAYS),
	{ "Mariae Himmelfahrt", "DE-BY", ON(8, 15), ALWAYS, SHIFT_NONE, "regional", 0 },
	DE("Weltkindertag", "DE-TH", ON(9, 20), SINCE(2019)),
	DE("Tag der Deutschen Einheit", "DE", ON(10, 3), SINCE(1990)),
	DE("Reformationstag", DE_EAST, ON(10, 31), 1990, 2016),
	DE("Reformationstag", "DE", ON(10, 31), IN(2017)),
	DE("Reformationstag", DE_EAST " DE-HB DE-HH DE-NI DE-SH", ON(10, 31), SINCE(2018)),
	DE("Allerheiligen", "DE-BW DE-BY DE-NW DE-RP DE-SL", ON(11, 1), ALWAYS),
	DE("Buss- und Bettag", "DE-BE DE-BW DE-HB DE-HE DE-HH DE-NI DE-NW DE-RP DE-SH DE-SL",
	   BEFORE(11, 23, WED, 0), UNTIL(1980)),
	DE("Buss- und Bettag", "DE", BEFORE(11, 23, WED, 0), 1981, 1994),
	DE("Buss- und Bettag", "DE-SN", BEFORE(11, 23, WED, 0), SINCE(1995)),
	DE("1. Weihnachtstag", "DE", ON(12, 25), ALWAYS),
	DE("2. Weihnachtstag", "DE", ON(12, 26), ALWAYS),
	DAY("Valentinstag", "DE", ON(2, 14), ALWAYS),
	DAY("Weiberfastnacht", "DE", EASTER(-52), ALWAYS),
	DAY("Rosenmontag", "DE", EASTER(-48), ALWAYS),
	DAY("Muttertag", "DE", NTH(5, SUN, 2, 0), ALWAYS),
	DAY("Halloween", "DE", ON(10, 31), SINCE(1995)),
	DAY("Black Friday", "DE", NTH(11, THU, 4, 1), SINCE(2013)),
	DAY("1. Advent", "DE", BEFORE(12, 25, SUN, -21), ALWAYS),
	DAY("2. Advent", "DE", BEFORE(12, 25, SUN, -14), ALWAYS),
	DAY("3. Advent", "DE", BEFORE(12, 25, SUN, -7), ALWAYS),
	DAY("4. Advent", "DE", BEFORE(12, 25, SUN, 0), ALWAYS),
	DAY("Nikolaus", "DE", ON(12, 6), ALWAYS),
	DAY("Heiligabend", "DE", ON(12, 24), ALWAYS),
	DAY("Silvester", "DE", ON(12, 31), ALWAYS),
#undef DE
	/* United Kingdom */
#define GB(name, region, ...) { name, region, __VA_ARGS__, SHIFT_GB_SUBSTITUTE, "public", 0 }
	GB("New Year's Day", "GB", ON(1, 1), SINCE(1974)),
	GB("2 January", "GB-SCT", ON(1, 2), SINCE(1973)),
	GB("St Patrick's Day", "GB-NIR", ON(3, 17), ALWAYS),
	GB("Good Friday", "GB", EASTER(-2), ALWAYS),
	GB("Easter Monday", GB_NOT_SCT, EASTER(1), ALWAYS),
	GB("Early May bank holiday", "GB", NTH(5, MON, 1, 0), 1978, 1994),
	GB("Early May bank holiday (VE Day)", "GB", ON(5, 8), IN(1995)),
	GB("Early May bank holiday", "GB", NTH(5, MON, 1, 0), 1996, 2019),
	GB("Early May bank holiday (VE Day)", "GB", ON(5, 8), IN(2020)),
	GB("Early May bank holiday", "GB", NTH(5, MON, 1, 0), SINCE(2021)),
	GB("Spring bank holiday", "GB", NTH(5, MON, -1, 0), 1971, 2001),
	GB("Spring bank holiday", "GB", ON(6, 4), IN(2002)),
	GB("Spring bank holiday", "GB", NTH(5, MON, -1, 0), 2003, 2011),
	GB("Spring bank holiday", "GB", ON(6, 4), IN(2012)),
	GB("Spring bank holiday", "GB", NTH(5, MON, -1, 0), 2013, 2021),
	GB("Spring bank holiday", "GB", ON(6, 2), IN(2022)),
	GB("Spring bank holiday", "GB", NTH(5, MON, -1, 0), SINCE(2023)),
	GB("Battle of the Boyne", "GB-NIR", ON(7, 12), ALWAYS),
	GB("Summer bank holiday", "GB-SCT", NTH(8, MON, 1, 0), SINCE(1971)),
	GB("Summer bank holiday", GB_NOT_SCT, NTH(8, MON, -1, 0), SINCE(1971)),
	GB("St Andrew's Day", "GB-SCT", ON(11, 30), SINCE(2007)),
	{ "Christmas Day", "GB", ON(12, 25), ALWAYS, SHIFT_GB_SUBSTITUTE, "public", 1 },
	GB("Boxing Day", "GB", ON(12, 26), ALWAYS),
	GB("Royal wedding", "GB", ON(7, 29), IN(1981)),
	GB("Millennium Eve", "GB", ON(12, 31), IN(1999)),
	GB("Golden Jubilee", "GB", ON(6, 3), IN(2002)),
	GB("Royal wedding", "GB", ON(4, 29), IN(2011)),
	GB("Diamond Jubilee", "GB", ON(6, 5), IN(2012)),
	GB("Platinum Jubilee", "GB", ON(6, 3), IN(2022)),
	GB("State funeral of Queen Elizabeth II", "GB", ON(9, 19), IN(2022)),
	GB("Coronation of King Charles III", "GB", ON(5, 8), IN(2023)),
#undef GB
	DAY("Burns Night", "GB-SCT", ON(1, 25), ALWAYS),
	DAY("Shrove Tuesday", "GB", EASTER(-47), ALWAYS),
	DAY("Mothering Sunday", "GB", EASTER(-21), ALWAYS),
	DAY("Bonfire Night", "GB", ON(11, 5), ALWAYS),
	DAY("Black Friday", "GB", NTH(11, THU, 4, 1), SINCE(2013)),
	DAY("Cyber Monday", "GB", NTH(11, THU, 4, 4), SINCE(2013)),

	/* France */
#define FR(name, region, ...) { name, region, __VA_ARGS__, SHIFT_NONE, "public", 0 }
#define SHUT(name, region, ...) { name, region, __VA_ARGS__, SHIFT_NONE, "public", 1 }
	SHUT("Jour de l'an", "FR", ON(1, 1), ALWAYS),
	FR("Vendredi saint", ALSACE, EASTER(-2), ALWAYS),
	FR("Lundi de Paques", "FR", EASTER(1), ALWAYS),
	SHUT("Fete du Travail", "FR", ON(5, 1), ALWAYS),
	FR("Victoire 1945", "FR", ON(5, 8), SINCE(1982)),
	FR("Ascension", "FR", EASTER(39), ALWAYS),
	FR("Lundi de Pentecote", "FR", EASTER(50), ALWAYS),
	FR("Fete nationale", "FR", ON(7, 14), ALWAYS),
	FR("Assomption", "FR", ON(8, 15), ALWAYS),
	FR("Toussaint", "FR", ON(11, 1), ALWAYS),
	FR("Armistice 1918", "FR", ON(11, 11), ALWAYS),
	SHUT("Noel", "FR", ON(12, 25), ALWAYS),
	SHUT("Saint-Etienne", ALSACE, ON(12, 26), ALWAYS),
	FEAST("Dimanche de Paques", "FR", EASTER(0), ALWAYS),
	FEAST("Dimanche de Pentecote", "FR", EASTER(49), ALWAYS),
	DAY("Epiphanie", "FR", ON(1, 6), ALWAYS),
	DAY("Chandeleur", "FR", ON(2, 2), ALWAYS),
	DAY("Saint-Valentin", "FR", ON(2, 14), ALWAYS),
	{ "Fete des meres", "FR", NTH(5, SUN, -1, 0), ALWAYS, SHIFT_OFF_PENTECOST, "commercial", 0 },
	DAY("Fete des peres", "FR", NTH(6, SUN, 3, 0), ALWAYS),
	DAY("Halloween", "FR", ON(10, 31), SINCE(1997)),
	DAY("Black Friday", "FR", NTH(11, THU, 4, 1), SINCE(2014)),
	DAY("Reveillon de Noel", "FR", ON(12, 24), ALWAYS),
	DAY("Saint-Sylvestre", "FR", ON(12, 31), ALWAYS),

	/* Italy */
	SHUT("Capodanno", "IT", ON(1, 1), ALWAYS),
	FR("Epifania", "IT", ON(1, 6), UNTIL(1977)),
	FR("Epifania", "IT", ON(1, 6), SINCE(1986)),
	SHUT("Pasqua", "IT", EASTER(0), ALWAYS),
	FR("Lunedi dell'Angelo", "IT", EASTER(1), ALWAYS),
	FR("150 anni dell'Unita", "IT", ON(3, 17), IN(2011)),
	FR("Festa della Liberazione", "IT", ON(4, 25), ALWAYS),
	SHUT("Festa del Lavoro", "IT", ON(5, 1), ALWAYS),
	FR("Festa della Repubblica", "IT", NTH(6, SUN, 1, 0), 1977, 2000),
	FR("Festa della Repubblica", "IT", ON(6, 2), SINCE(2001)),
	FR("Ferragosto", "IT", ON(8, 15), ALWAYS),
	FR("San Francesco", "IT", ON(10, 4), SINCE(2026)),
	FR("Ognissanti", "IT", ON(11, 1), ALWAYS),
	FR("Immacolata Concezione", "IT", ON(12, 8), ALWAYS),
	SHUT("Natale", "IT", ON(12, 25), ALWAYS),
	FR("Santo Stefano", "IT", ON(12, 26), ALWAYS),
	DAY("San Valentino", "IT", ON(2, 14), ALWAYS),
	DAY("Festa del papa", "IT", ON(3, 19), ALWAYS),
	DAY("Festa della mamma", "IT", NTH(5, SUN, 2, 0), ALWAYS),
	DAY("Halloween", "IT", ON(10, 31), SINCE(2000)),
	DAY("Black Friday", "IT", NTH(11, THU, 4, 1), SINCE(2013)),
	DAY("Vigilia di Natale", "IT", ON(12, 24), ALWAYS),
	DAY("San Silvestro", "IT", ON(12, 31), ALWAYS),
	{ .name = NULL },
};
