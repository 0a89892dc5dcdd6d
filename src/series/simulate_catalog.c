/*
 * The invented chain's habits as tables: categories with their true effects, months, occasions,
 * places. Magnitudes are those of a German supermarket as the trade describes them (elasticities
 * about -2 after Bijmolt, van Heerde and Pieters 2005, whose mean is -2.6; dips and switching after
 * van Heerde, Leeflang and Wittink 2004; shelf lives and case packs as printed on the goods); none
 * is measured on real shops.
 */
#include "config.h"
#include "series/simulate_private.h"

static const double flat[12] = { 1, .98, 1, 1, 1, .99, .96, .97, 1, 1, 1.02, 1.08 };
static const double summer[12] = { .35, .4, .6, .95, 1.4, 1.75, 1.9, 1.7, 1.05, .6, .4, .45 };
static const double grill[12] = { .35, .4, .65, 1.2, 1.65, 1.75, 1.75, 1.6, 1, .5, .35, .4 };
static const double winter[12] = { 1.4, 1.3, 1.15, .95, .8, .65, .6, .65, .9, 1.1, 1.25, 1.35 };
static const double advent[12] = { .1, .1, .1, .1, .1, .1, .1, .3, .7, 1, 1.7, 2.6 };
static const double cocoa[12] = { 1.05, 1.05, 1.1, 1.05, .9, .75, .7, .72, .95, 1.1, 1.25, 1.5 };
static const double thirst[12] = { .87, .87, .93, 1, 1.1, 1.2, 1.25, 1.2, 1, .94, .88, .95 };
static const double bloom[12] = { .7, 1, 1.15, 1.3, 1.45, 1.1, .9, .85, .85, .9, .85, .95 };
static const double school[12] = { .85, .9, .85, .8, .8, .85, 1, 1.7, 1.5, .95, .9, 1.05 };
static const double lights[12] = { 1.2, 1, .8, .7, .5, .5, .5, .6, .9, 1.3, 1.8, 2.2 };
static const double sun[12] = { .25, .3, .6, 1.2, 1.8, 2.2, 2.2, 1.6, .7, .35, .25, .3 };
static const double salad[12] = { .75, .8, .95, 1.05, 1.2, 1.3, 1.3, 1.2, 1.05, .9, .8, .75 };

/* department, name, noun, share, rate, price, margin, elasticity, season, weather, weekend, eve,
 * dispersion, promo rate, dip, shelf life, lead, review, pack, clump, months */
const struct sim_category sim_categories[] = {
	{ "produce", "fruit", "Obst", .06, 6, .99, 3.99, .38, -1.9, flat, .02, .9, 1.1, .12, .06, .1,
	  6, 1, 1, 6, 1, 0, 0 },
	{ "produce", "vegetables", "Gemüse", .06, 5, .69, 2.99, .4, -1.6, salad, .04, .9, 1.2, .12,
	  .05, .1, 6, 1, 1, 6, 1, 0, 0 },
	{ "produce", "flowers", "Blumen", .015, 1.2, 3.99, 12.99, .42, -1.8, bloom, .02, 1.3, 1.5,
	  .5, .04, 0, 9, 1, 2, 3, 1, 0, 0 },
	{ "dairy", "milk", "Milch", .04, 9, .79, 1.89, .2, -1.4, flat, 0, .9, 1.2, .08, .03, .15, 14, 1,
	  2, 12, 6, 0, 0 },
	{ "dairy", "cheese", "Käse", .06, 2.6, 1.29, 4.49, .28, -2, flat, -.01, 1, 1.2, .15, .05, .25,
	  25, 1, 2, 8, 1, 0, 0 },
	{ "dairy", "yoghurt", "Joghurt", .07, 3, .39, 1.99, .28, -2.2, flat, .02, .8, .9, .2, .06, .2,
	  18, 1, 2, 10, 4, 0, 0 },
	{ "bakery", "bread", "Brot", .05, 4.5, 1.19, 3.49, .5, -1.5, flat, 0, .9, 1.4, .1, .03, .05, 3,
	  1, 1, 4, 1, 0, 0 },
	{ "bakery", "cakes", "Kuchen", .04, 1.2, 1.79, 4.99, .45, -1.8, cocoa, -.02, 1.4, 1.3, .2, .04,
	  .1, 10, 1, 2, 6, 1, 0, 0 },
	{ "meat", "barbecue", "Grill", .04, 2, 2.99, 8.99, .28, -2.4, grill, .22, 1.8, 1.4, .35, .08,
	  .15, 8, 1, 1, 6, 3, 0, 0 },
	{ "meat", "sausage", "Wurst", .06, 2.4, 1.19, 3.99, .3, -2.1, flat, 0, 1, 1.1, .15, .05, .2, 20,
	  1, 2, 8, 1, 0, 0 },
	{ "frozen", "ice cream", "Eis", .04, 1.5, 1.99, 5.49, .3, -2.3, summer, .25, 1.1, .6, .3, .07,
	  .3, 0, 2, 3, 6, 1, 0, 0 },
	{ "frozen", "ready meals", "Pizza", .05, 1.8, 1.79, 4.99, .3, -2.5, flat, -.04, 1.2, .8, .25,
	  .08, .3, 0, 2, 3, 8, 1, 0, 0 },
	{ "drinks", "water", "Wasser", .04, 5, .49, 4.99, .25, -1.8, thirst, .1, 1.1, 1, .3, .05, .3, 0,
	  2, 3, 12, 6, 0, 0 },
	{ "drinks", "beer", "Bier", .04, 2, .89, 15.99, .22, -2.6, thirst, .12, 1.6, 1.4, .35, .08, .35,
	  0, 2, 3, 10, 5, 0, 0 },
	{ "drinks", "juice", "Saft", .05, 1.2, .99, 2.99, .28, -2, thirst, .03, 1.1, 1, .25, .05, .3, 0,
	  2, 3, 6, 6, 0, 0 },
	{ "drinks", "sparkling wine", "Sekt", .02, .5, 2.99, 9.99, .27, -2.4, flat, 0, 1.6, 1.5, .45,
	  .06, .35, 0, 3, 7, 6, 6, 0, 0 },
	{ "sweets", "chocolate", "Schokolade", .06, 1.6, .79, 3.99, .32, -2.3, cocoa, -.06, 1, 1.2, .25,
	  .07, .3, 0, 3, 7, 12, 4, 0, 0 },
	{ "sweets", "christmas", "Lebkuchen", .03, 1.8, 1.29, 5.99, .35, -2, advent, -.03, 1.1, 1.1, .3,
	  .04, .15, 0, 3, 3, 10, 3, 9, 12 },
	{ "pantry", "soup and tea", "Suppe", .06, .7, .79, 3.49, .34, -2, winter, -.08, .9, .9, .25, .04,
	  .3, 0, 3, 7, 8, 4, 0, 0 },
	{ "pantry", "coffee", "Kaffee", .03, 2, 3.99, 8.99, .2, -2.8, flat, -.03, .9, 1.1, .3, .09, .45,
	  0, 3, 3, 12, 4, 0, 0 },
	{ "household", "detergent", "Waschmittel", .04, .6, 1.99, 12.99, .28, -2.4, flat, 0, .9, .8, .25,
	  .06, .45, 0, 3, 7, 6, 3, 0, 0 },
	{ "household", "paper", "Papier", .02, 2.2, 1.49, 4.99, .22, -2.2, flat, 0, .9, 1, .2, .06, .45,
	  0, 3, 3, 8, 1, 0, 0 },
	{ "household", "candles", "Kerzen", .02, .3, 1.49, 6.99, .45, -1.7, lights, -.05, 1, 1, .5, .02,
	  .1, 0, 3, 7, 6, 6, 0, 0 },
	{ "care", "hair and body", "Shampoo", .05, .45, .99, 6.99, .35, -2.1, flat, .02, .9, .8, .2, .05,
	  .4, 0, 3, 7, 6, 1, 0, 0 },
	{ "care", "sun care", "Sonnenmilch", .015, .35, 3.99, 11.99, .38, -1.8, sun, .25, 1, .8, .4, .04,
	  .2, 0, 3, 7, 6, 1, 0, 0 },
	{ "hobby", "stationery", "Schreibwaren", .03, .18, .99, 7.99, .5, -1.5, school, 0, .8, .6, .6,
	  .02, .1, 0, 3, 7, 5, 5, 0, 0 },
	{ "hobby", "batteries", "Batterien", .02, .25, 1.99, 9.99, .45, -1.8, lights, 0, .9, .8, .4, .03,
	  .3, 0, 3, 7, 10, 3, 0, 0 },
};
const int sim_n_category = sizeof sim_categories / sizeof *sim_categories;

/* Before occasions some categories sell more: from first to last day beside the anchor, rising in a
 * straight line to the peak. */
const struct sim_occasion sim_occasions[] = {
	{ "chocolate", SIM_EASTER, 0, -16, -1, 2.4 },
	{ "cakes", SIM_EASTER, 0, -5, -1, 1.5 },
	{ "barbecue", SIM_EASTER, 39, -2, -1, 1.7 },
	{ "beer", SIM_EASTER, 39, -3, -1, 1.9 },
	{ "barbecue", SIM_EASTER, 50, -4, -1, 1.5 },
	{ "flowers", 2, 14, -3, 0, 3.6 },
	{ "flowers", SIM_MOTHERS_DAY, 0, -4, -1, 3.8 },
	{ "sparkling wine", 12, 31, -5, 0, 4.5 },
	{ "sparkling wine", 12, 24, -4, 0, 2.2 },
	{ "chocolate", 12, 24, -12, 0, 1.5 },
	{ "cheese", 12, 24, -4, 0, 1.5 },
	{ "candles", 12, 1, -7, -1, 1.6 },
	{ "batteries", 12, 24, -6, 0, 1.8 },
	{ "fruit", 12, 24, -3, 0, 1.3 },
	{ NULL, 0, 0, 0, 0, 0 },
};

const char *const sim_region_name[SIM_REGIONS] = { "north", "west", "south", "east" };

const struct sim_place sim_places[] = {
	{ "Hamburg-Altona", "HH", 0, SIM_CITY, 0 },    { "München-Schwabing", "BY", 2, SIM_CITY, 0 },
	{ "Kiel", "SH", 0, SIM_SUPER, 0 },             { "Köln-Nippes", "NW", 1, SIM_COMPACT, 0 },
	{ "Travemünde", "SH", 0, SIM_COMPACT, 1 },     { "Leipzig", "SN", 3, SIM_SUPER, 0 },
	{ "Hannover-List", "NI", 0, SIM_COMPACT, 0 },  { "Nürnberg", "BY", 2, SIM_SUPER, 0 },
	{ "Dortmund", "NW", 1, SIM_SUPER, 0 },         { "Berlin-Pankow", "BE", 3, SIM_COMPACT, 0 },
	{ "Stuttgart", "BW", 2, SIM_SUPER, 0 },        { "Frankfurt-Bornheim", "HE", 1, SIM_CITY, 0 },
	{ "Warnemünde", "MV", 3, SIM_COMPACT, 1 },     { "Dresden-Neustadt", "SN", 3, SIM_CITY, 0 },
	{ "Bremen", "HB", 0, SIM_SUPER, 0 },           { "Mainz", "RP", 1, SIM_COMPACT, 0 },
	{ "Freiburg", "BW", 2, SIM_CITY, 0 },          { "Erfurt", "TH", 3, SIM_COMPACT, 0 },
	{ "Garmisch", "BY", 2, SIM_COMPACT, 1 },       { "Saarbrücken", "SL", 1, SIM_SUPER, 0 },
};
const int sim_n_place = sizeof sim_places / sizeof *sim_places;

const struct sim_format sim_formats[] = {
	[SIM_SUPER] = { "supermarket", 1900, 1.35, 1, { .92, .87, .9, .98, 1.15, 1.18, .75 } },
	[SIM_CITY] = { "city", 700, .85, .62, { 1.02, 1, 1, 1.02, 1.06, .9, .6 } },
	[SIM_COMPACT] = { "neighbourhood", 1100, .95, .8, { .96, .9, .93, .98, 1.12, 1.11, .85 } },
};

const char *const sim_brands[] = {
	"Hausmarke", "Nordhof",  "Talblick", "Lindenau", "Marja",  "Kronfeld",
	"Solveta",   "Birkmann", "Ostermoor", "Petri & Sohn", "Vallmer", "Grünaue",
};
const int sim_n_brand = sizeof sim_brands / sizeof *sim_brands;

const char *const sim_variants[] = {
	"classic", "mild", "bio", "fein", "extra", "natur", "light", "XXL", "premium", "regional",
};
const int sim_n_variant = sizeof sim_variants / sizeof *sim_variants;

const double sim_promo_day[SIM_PROMO_DAYS] = { 1.16, 1.06, .95, .92, .95, .96 };
