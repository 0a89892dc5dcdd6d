/*
 * The files of the invented chain that do not grow with the days: who there is, what is planned, the
 * truth behind it, settings and words.
 */
#include "config.h"
#include "io/demo_private.h"

#include <stdlib.h>
#include <string.h>
#include "base/file.h"

/* A number in a CSV line, after a comma. */
static void put_number(struct demo_file *out, double x)
{
	char text[NUMBER_MAX];
	number_format(text, x);
	buf_addf(&out->text, ",%s", text);
}

static void put_text(struct demo_file *out, const char *text)
{
	buf_addc(&out->text, ',');
	buf_add_csv(&out->text, text, ',');
}

static void put_day(struct demo_file *out, day_t day)
{
	buf_addc(&out->text, ',');
	demo_put_day(&out->text, day);
}

static enum status write_stores(const struct simulation *s, const char *dir, int64_t *bytes,
				struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "stores.csv",
					    "store,name,region,state,format,area", e);
	if (status)
		return status;
	for (int i = 0; i < s->plan.n_store; i++) {
		const struct sim_store *st = &s->store[i];
		buf_adds(&out.text, st->id);
		put_text(&out, st->place);
		buf_addf(&out.text, ",%s,DE-%s,%s,%d", sim_region_name[st->region], st->state,
			 st->format, st->area);
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}

static enum status write_items(const struct simulation *s, const char *dir, int64_t *bytes,
			       struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "items.csv",
					    "item,name,department,category,brand,price,cost,pack,"
					    "shelf_days,lead_days,review_days", e);
	if (status)
		return status;
	for (int i = 0; i < s->plan.n_item; i++) {
		const struct sim_item *it = &s->item[i];
		const struct sim_category *c = &sim_categories[it->category];
		buf_adds(&out.text, it->id);
		put_text(&out, it->name);
		put_text(&out, c->department);
		put_text(&out, c->name);
		put_text(&out, it->brand);
		buf_addc(&out.text, ',');
		demo_put_money(&out.text, it->price);
		buf_addc(&out.text, ',');
		demo_put_money(&out.text, it->cost);
		buf_addf(&out.text, ",%d,", it->pack);
		if (it->shelf_life)
			buf_addf(&out.text, "%d", it->shelf_life);
		buf_addf(&out.text, ",%d,%d", it->lead, it->review);
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}

/* The spans in which a series is on the list; one that is open at the end of the plans has no `to`. */
static void put_listing(const struct simulation *s, int st, int i, struct demo_file *out)
{
	day_t end = s->plan.last + SIM_PLAN_DAYS, from = DAY_NONE;
	for (day_t day = s->first; day <= end + 1; day++) {
		int listed = day <= end && sim_listed(s, st, i, day);
		if (listed && from == DAY_NONE)
			from = day;
		if (listed || from == DAY_NONE)
			continue;
		buf_addf(&out->text, "%s,%s", s->store[st].id, s->item[i].id);
		put_day(out, from);
		put_day(out, day > end ? DAY_NONE : day - 1);
		demo_file_line(out);
		from = DAY_NONE;
	}
}

static enum status write_assortment(const struct simulation *s, const char *dir, int64_t *bytes,
				    struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "assortment.csv", "store,item,from,to", e);
	if (status)
		return status;
	for (int st = 0; st < s->plan.n_store; st++)
		for (int i = 0; i < s->plan.n_item; i++)
			if (s->carried[(size_t)st * s->plan.n_item + i])
				put_listing(s, st, i, &out);
	return demo_file_close(&out, bytes, e);
}

static enum status write_events(const struct simulation *s, const char *dir, int64_t *bytes,
				struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "events.csv", "date,store,name,type,closed", e);
	if (status)
		return status;
	for (size_t i = 0; i < s->n_event; i++) {
		const struct sim_event *v = &s->event[i];
		demo_put_day(&out.text, v->day);
		put_text(&out, v->store >= 0 ? s->store[v->store].id : "");
		put_text(&out, v->name);
		buf_addf(&out.text, ",%s,%d", v->type, v->closed);
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}

/* Days on which a store is shut though no holiday shuts it: Sundays and the rebuilding. */
static enum status write_calendar(const struct simulation *s, const char *dir, int64_t *bytes,
				  struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "calendar.csv", "store,date,name,closed", e);
	if (status)
		return status;
	for (int i = 0; i < s->plan.n_store; i++) {
		const struct sim_store *st = &s->store[i];
		for (day_t d = st->opened; d <= s->plan.last + SIM_PLAN_DAYS; d++) {
			int refit = st->refit_from != DAY_NONE && d >= st->refit_from
				    && d <= st->refit_until;
			if (sim_open(s, i, d) || (!refit && day_of_week(d) != 6))
				continue;
			buf_adds(&out.text, st->id);
			put_day(&out, d);
			buf_addf(&out.text, ",%s,1", refit ? "Refit" : "Sunday");
			demo_file_line(&out);
		}
	}
	return demo_file_close(&out, bytes, e);
}

static enum status write_promotions(const struct simulation *s, const char *dir, int64_t *bytes,
				    struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "promo.csv",
					    "store,item,from,to,mechanic,depth", e);
	if (status)
		return status;
	for (int st = 0; st < s->plan.n_store; st++)
		for (size_t k = 0; k < s->n_promotion; k++) {
			const struct sim_promotion *p = &s->promotion[k];
			if ((p->region >= 0 && p->region != s->store[st].region)
			    || !sim_listed(s, st, p->item, p->from))
				continue;
			buf_addf(&out.text, "%s,%s", s->store[st].id, s->item[p->item].id);
			put_day(&out, p->from);
			put_day(&out, p->until);
			buf_addf(&out.text, ",%s,0.%02d", p->mechanic, p->depth);
			demo_file_line(&out);
		}
	return demo_file_close(&out, bytes, e);
}

static int price_on(const struct simulation *s, int st, int i, day_t day)
{
	int p = sim_promotion_on(s, st, i, day);
	return p >= 0 ? s->promotion[p].price : s->price[sim_price_on(s, i, day)].price;
}

/* Prices to come: the first day's, then each change. */
static enum status write_prices(const struct simulation *s, const char *dir, int64_t *bytes,
				struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "prices.csv", "store,item,date,price", e);
	if (status)
		return status;
	for (int st = 0; st < s->plan.n_store; st++)
		for (int i = 0; i < s->plan.n_item; i++) {
			int before = -1;
			if (!s->carried[(size_t)st * s->plan.n_item + i])
				continue;
			for (day_t d = s->plan.last + 1; d <= s->plan.last + SIM_PLAN_DAYS; d++) {
				int price = sim_listed(s, st, i, d) ? price_on(s, st, i, d) : before;
				if (price == before)
					continue;
				buf_addf(&out.text, "%s,%s", s->store[st].id, s->item[i].id);
				put_day(&out, d);
				buf_addc(&out.text, ',');
				demo_put_money(&out.text, price);
				demo_file_line(&out);
				before = price;
			}
		}
	return demo_file_close(&out, bytes, e);
}

enum status demo_write_tables(const struct simulation *s, const char *dir, int64_t *bytes,
			      struct err *e)
{
	static enum status (*const write[])(const struct simulation *, const char *, int64_t *,
					    struct err *) = {
		write_stores, write_items,      write_assortment, write_events,
		write_calendar, write_promotions, write_prices,
	};
	enum status status = OK;
	for (size_t i = 0; i < sizeof write / sizeof *write && !status; i++)
		status = write[i](s, dir, bytes, e);
	return status;
}

static enum status truth_categories(const struct simulation *s, const char *dir, int64_t *bytes,
				    struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "truth/categories.csv",
					    "category,department,elasticity,dip,dip_days,cannibalised,"
					    "weather,weekend,eve,m1,m2,m3,m4,m5,m6,m7,m8,m9,m10,m11,m12",
					    e);
	(void)s;
	if (status)
		return status;
	for (int c = 0; c < sim_n_category; c++) {
		const struct sim_category *k = &sim_categories[c];
		buf_addf(&out.text, "%s,%s", k->name, k->department);
		put_number(&out, k->elasticity);
		put_number(&out, k->dip);
		put_number(&out, SIM_DIP_DAYS);
		put_number(&out, SIM_CANNIBALISED);
		put_number(&out, k->weather);
		put_number(&out, k->weekend);
		put_number(&out, k->eve);
		for (int m = 0; m < 12; m++)
			put_number(&out, k->season[m]);
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}

static enum status truth_stores(const struct simulation *s, const char *dir, int64_t *bytes,
				struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "truth/stores.csv",
					    "store,size,mon,tue,wed,thu,fri,sat,sun,opened,refit_from,"
					    "refit_to,tourist", e);
	if (status)
		return status;
	for (int i = 0; i < s->plan.n_store; i++) {
		const struct sim_store *st = &s->store[i];
		buf_adds(&out.text, st->id);
		put_number(&out, st->size);
		for (int d = 0; d < 7; d++)
			put_number(&out, st->weekday[d]);
		put_day(&out, st->opened > s->first ? st->opened : DAY_NONE);
		put_day(&out, st->refit_from);
		put_day(&out, st->refit_until);
		buf_addf(&out.text, ",%d", st->tourist);
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}

static enum status truth_items(const struct simulation *s, const char *dir, int64_t *bytes,
			       struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "truth/items.csv",
					    "item,rate,trend,dispersion,clump,launched,delisted,"
					    "outage_from,outage_to", e);
	if (status)
		return status;
	for (int i = 0; i < s->plan.n_item; i++) {
		const struct sim_item *it = &s->item[i];
		buf_adds(&out.text, it->id);
		put_number(&out, it->rate);
		put_number(&out, it->trend);
		put_number(&out, it->dispersion);
		put_number(&out, it->clump);
		put_day(&out, it->launched);
		put_day(&out, it->delisted);
		put_day(&out, it->outage_from);
		put_day(&out, it->outage_until);
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}

static enum status truth_promotions(const struct simulation *s, const char *dir, int64_t *bytes,
				    struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "truth/promotions.csv",
					    "item,region,from,to,mechanic,depth,price,lift_price,"
					    "lift_mechanic,lift", e);
	if (status)
		return status;
	for (size_t k = 0; k < s->n_promotion; k++) {
		const struct sim_promotion *p = &s->promotion[k];
		buf_addf(&out.text, "%s,%s", s->item[p->item].id,
			 p->region >= 0 ? sim_region_name[p->region] : "");
		put_day(&out, p->from);
		put_day(&out, p->until);
		buf_addf(&out.text, ",%s,0.%02d,", p->mechanic, p->depth);
		demo_put_money(&out.text, p->price);
		put_number(&out, p->lift_price);
		put_number(&out, p->lift_mechanic);
		put_number(&out, p->lift_price * p->lift_mechanic);
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}

enum status demo_write_truth(const struct simulation *s, const char *dir, int64_t *bytes,
			     struct err *e)
{
	enum status status = truth_categories(s, dir, bytes, e);
	if (!status)
		status = truth_stores(s, dir, bytes, e);
	if (!status)
		status = truth_items(s, dir, bytes, e);
	return status ? status : truth_promotions(s, dir, bytes, e);
}

static const char settings_text[] =
	"# Settings for the invented chain of shops in this folder.\n"
	"\n"
	"[ingest]\n"
	"files = stores.csv items.csv assortment.csv calendar.csv events.csv sales.csv promo.csv"
	" prices.csv stock.csv inbox/*.csv\n"
	"\n"
	"[run]\n"
	"horizon = 28\n"
	"segment = category\n"
	"\n"
	"[hierarchy]\n"
	"tiers = total, region, store, department, category, department*region, item\n";

static const char cost_text[] =
	"# What stock costs in the invented chain, where items.csv does not tell.\n"
	"\n"
	"[default]\n"
	"# a year, on the unit cost\n"
	"hold_rate = 0.18\n"
	"# share of the margin, for each unit that was not there\n"
	"goodwill = 0.2\n"
	"# share of unserved buyers who take something else in the store\n"
	"subst = 0.35\n"
	"# shares of the unit cost: what is got for waste, what its disposal costs\n"
	"salvage = 0\n"
	"disposal = 0.02\n"
	"# for each order line\n"
	"order_cost = 0.35\n"
	"\n"
	"[roi]\n"
	"build = 40000\n"
	"run = 6000\n"
	"people = 25000\n"
	"r = 0.10\n"
	"N = 3\n"
	"ramp = 0.5 1 1\n"
	"decay = 0\n"
	"realisation = 0.6\n";

static const char readme_text[] =
	"THIS CHAIN OF SHOPS IS INVENTED. No line in this folder was ever sold.\n"
	"\n"
	"It was made by `forecast demo` (%d stores, %d items, %d days to %s, seed %llu): the same\n"
	"call makes the same bytes. Prices are in euros with tax, units are pieces.\n"
	"\n"
	"stores.csv items.csv assortment.csv  who there is, and what is on whose list\n"
	"sales.csv stock.csv                  a line for each listed item, store and open day\n"
	"%s"
	"calendar.csv events.csv              closed days; holidays and occasions\n"
	"promo.csv prices.csv                 promotions, past and planned; prices to come\n"
	"cost.conf forecast.conf              what stock costs; settings\n"
	"faults.csv                           faults put in on purpose, with file and line\n"
	"faults/sales_bad_day.csv             the day after, with a unit bug: for the gate to refuse\n"
	"faults/sales_odd_day.csv             the same day, with dates of the next century and a store\n"
	"                                     that nobody knows\n"
	"truth/                               what no retailer knows: true effects and lost sales;\n"
	"                                     never load it\n"
	"\n"
	"Begin with\n"
	"\n"
	"    forecast ingest stores.csv items.csv assortment.csv calendar.csv events.csv \\\n"
	"        sales.csv promo.csv prices.csv stock.csv\n"
	"    forecast check\n"
	"    forecast nightly\n"
	"    forecast --store S01\n";

static enum status write_text(const char *dir, const char *name, const struct buf *b, int64_t *bytes,
			      struct err *e)
{
	char *path = file_join(dir, name);
	enum status status = file_write(path, b->text, b->n, e);
	*bytes += (int64_t)b->n;
	free(path);
	return status;
}

enum status demo_write_texts(const struct demo_plan *plan, const char *dir, int64_t *bytes,
			     struct err *e)
{
	struct buf b = { 0 };
	char date[DAY_TEXT_MAX];
	buf_adds(&b, settings_text);
	enum status status = write_text(dir, "forecast.conf", &b, bytes, e);
	buf_clear(&b);
	buf_adds(&b, cost_text);
	if (!status)
		status = write_text(dir, "cost.conf", &b, bytes, e);
	buf_clear(&b);
	buf_addf(&b, readme_text, plan->chain.n_store, plan->chain.n_item, plan->chain.n_day,
		 day_format(plan->chain.last, date), (unsigned long long)plan->chain.seed,
		 plan->tail ? "inbox/                               the last days, as nights bring them\n" : "");
	if (!status)
		status = write_text(dir, "README.txt", &b, bytes, e);
	buf_release(&b);
	return status;
}
