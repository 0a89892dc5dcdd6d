/* Recognition of files by their headers: the public data sets, and what maps say. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "base/file.h"
#include "io/map.h"

/* A layout of a header written with commas; the arena is the caller's. */
static enum status layout_of(const struct map *m, const char *header, struct arena *a,
			     struct layout *l, struct err *e)
{
	struct span field[64];
	struct csv_row row = { 1, 0, field };
	char *text = arena_strdup(a, header);
	for (char *c = text; c; row.n++) {
		char *comma = strchr(c, ',');
		if (comma)
			*comma = '\0';
		field[row.n] = (struct span){ c, strlen(c) };
		c = comma ? comma + 1 : NULL;
	}
	return map_layout(m, "x.csv", &row, a, l, e);
}

static const char *header_at(const struct layout *l, enum role role)
{
	return l->at[role] < 0 ? "" : l->column[l->at[role]].header;
}

static void knows_the_public_sets(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		enum shape shape;
		const char *store, *item, *date, *units;
	} set[] = {
		{ "store,item,date,units,price,promo,on_hand", SHAPE_LONG, "store", "item", "date", "units" },
		{ "unique_id,ds,y", SHAPE_LONG, "", "unique_id", "ds", "y" },
		{ "Store,Dept,Date,Weekly_Sales,IsHoliday", SHAPE_LONG, "Store", "Dept", "Date",
		  "Weekly_Sales" },
		{ "State,Industry,Series.ID,Month,Turnover", SHAPE_LONG, "State", "Industry", "Month",
		  "Turnover" },
		{ "id,date,store_nbr,item_nbr,unit_sales,onpromotion", SHAPE_LONG, "store_nbr", "item_nbr",
		  "date", "unit_sales" },
		{ "Store,DayOfWeek,Date,Sales,Customers,Open,Promo,StateHoliday,SchoolHoliday", SHAPE_LONG,
		  "Store", "", "Date", "Sales" },
		{ "city_id,store_id,management_group_id,first_category_id,product_id,dt,sale_amount,"
		  "stock_hour6_22_cnt,discount,activity_flag", SHAPE_LONG, "store_id", "product_id", "dt",
		  "sale_amount" },
		{ "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
		  SHAPE_INVOICES, "Country", "StockCode", "InvoiceDate", "Quantity" },
		{ "id,item_id,dept_id,cat_id,store_id,state_id,d_1,d_2", SHAPE_WIDE_DAYS, "store_id",
		  "item_id", "", "" },
		{ "item,2024-01-01,2024-01-02", SHAPE_WIDE_DAYS, "", "item", "", "" },
		{ "V1,V2,V3,V4", SHAPE_WIDE_DAYS, "", "V1", "", "" },
		{ "DATE,QTY_B1_1,QTY_B1_2,PROMO_B1_1,PROMO_B1_2", SHAPE_WIDE_SERIES, "", "", "DATE", "" },
		{ "month,part_1,part_2,part_3", SHAPE_WIDE_SERIES, "", "", "month", "" },
		{ "date,wm_yr_wk,weekday,wday,month,year,d,event_name_1,event_type_1,event_name_2,"
		  "event_type_2,snap_CA", SHAPE_CALENDAR, "", "", "date", "" },
		{ "store_id,item_id,wm_yr_wk,sell_price", SHAPE_LONG, "store_id", "item_id", "", "" },
		{ "store,item,date,price", SHAPE_LONG, "store", "item", "date", "" },
		{ "store,item,date,on_hand", SHAPE_LONG, "store", "item", "date", "" },
		{ "store,item,from,to,mechanic,depth", SHAPE_PROMOTIONS, "store", "item", "", "" },
		{ "store,item,from,to", SHAPE_ASSORTMENT, "store", "item", "", "" },
		{ "date,store,name,type,closed", SHAPE_EVENTS, "store", "", "date", "" },
		{ "store,date,closed", SHAPE_CLOSURES, "store", "", "date", "" },
		{ "item,name,department,category,price,cost,pack,shelf_days", SHAPE_ITEMS, "", "item", "",
		  "" },
		{ "store,name,region,state,format,area", SHAPE_STORES, "store", "", "", "" },
	};
	struct map none = { .given = 0 };
	for (size_t k = 0; k < sizeof set / sizeof *set; k++) {
		struct arena a = { 0 };
		struct layout l;
		struct err e = { 0 };
		if (layout_of(&none, set[k].header, &a, &l, &e))
			fail_msg("%s: %s", set[k].header, e.text);
		if (l.shape != set[k].shape)
			fail_msg("%s: %s, not %s", set[k].header, shape_name(l.shape),
				 shape_name(set[k].shape));
		assert_string_equal(header_at(&l, ROLE_STORE), set[k].store);
		assert_string_equal(header_at(&l, ROLE_ITEM), set[k].item);
		assert_string_equal(header_at(&l, ROLE_DATE), set[k].date);
		assert_string_equal(header_at(&l, ROLE_UNITS), set[k].units);
		arena_release(&a);
	}
}

static void names_attributes_and_costs(void **state)
{
	(void)state;
	struct map none = { .given = 0 };
	struct arena a = { 0 };
	struct layout l;
	struct err e = { 0 };
	assert_int_equal(layout_of(&none, "id,item_id,dept_id,cat_id,store_id,state_id,d_1,d_2", &a, &l, &e),
			 OK);
	assert_string_equal(l.column[2].name, "dept");
	assert_int_equal(l.column[2].role, ROLE_ITEM_ATTRIBUTE);
	assert_string_equal(l.column[5].name, "state");
	assert_int_equal(l.column[5].role, ROLE_STORE_ATTRIBUTE);
	assert_int_equal(layout_of(&none, "item,Brand Name,cost,price,shelf life", &a, &l, &e), OK);
	assert_string_equal(l.column[1].name, "brand_name");
	assert_string_equal(l.column[2].name, "unit_cost");
	assert_int_equal(l.column[3].role, ROLE_COST);
	assert_string_equal(l.column[4].name, "shelf_days");
	assert_int_equal(layout_of(&none, "DATE,QTY_B1_1,promo_B1_1", &a, &l, &e), OK);
	assert_string_equal(l.column[1].name, "B1_1");
	assert_string_equal(l.column[2].name, "B1_1");
	assert_int_equal(l.column[2].cell, ROLE_PROMO);
	arena_release(&a);
}

static void knows_sums_of_nodes(void **state)
{
	(void)state;
	struct map none = { .given = 0 };
	struct arena a = { 0 };
	struct layout l;
	struct err e = { 0 };
	static const char *const header[] = { "node,date,units", "tier,series,d_1,d_2", "level,node,d_1,d_2",
					      "node,2011-01-29,2011-01-30" };
	for (size_t k = 0; k < sizeof header / sizeof *header; k++) {
		if (layout_of(&none, header[k], &a, &l, &e))
			fail_msg("%s: %s", header[k], e.text);
		assert_int_equal(l.shape, SHAPE_SUMS);
		assert_string_equal(l.column[l.at[ROLE_NODE]].header, strstr(header[k], "series") ? "series" : "node");
	}
	/* A tier beside an item is an attribute of no tree. */
	assert_int_equal(layout_of(&none, "store,item,tier,date,units", &a, &l, &e), OK);
	assert_int_equal(l.shape, SHAPE_LONG);
	arena_release(&a);
}

static void keeps_persons_out(void **state)
{
	(void)state;
	struct map none = { .given = 0 };
	struct arena a = { 0 };
	struct layout l;
	struct err e = { 0 };
	assert_int_equal(layout_of(&none, "store,item,date,units,Customer ID", &a, &l, &e), E_INPUT);
	assert_non_null(strstr(e.text, "column 'Customer ID' holds personal data"));
	/* The customer of a recognised invoice is dropped unread; a name is not. */
	assert_int_equal(layout_of(&none, "invoice,sku,qty,date,customer_id,store", &a, &l, &e), OK);
	assert_int_equal(l.customer, 4);
	assert_int_equal(l.column[4].role, ROLE_IGNORE);
	assert_int_equal(layout_of(&none, "invoice,sku,qty,date,customer_name,store", &a, &l, &e), E_INPUT);
	/* A shop's address is nobody's. */
	assert_int_equal(layout_of(&none, "store,region,address", &a, &l, &e), OK);
	arena_release(&a);
}

static void obeys_a_map(void **state)
{
	(void)state;
	static const char text[] = "[file]\ndate = dmy\n[columns]\nitem = A\nunits = B\ndate = C\n"
				   "item.brand = D\ndriver.rain = E\npersonal = F\n";
	struct map m = { .given = 0 };
	struct arena a = { 0 };
	struct layout l;
	struct err e = { 0 };
	assert_int_equal(file_write("map.conf", text, strlen(text), &e), OK);
	assert_int_equal(map_read(&m, "map.conf", &e), OK);
	assert_string_equal(map_file_value(&m, "date"), "dmy");
	assert_null(map_file_value(&m, "decimal"));
	assert_int_equal(layout_of(&m, "A,B,C,D,E,F", &a, &l, &e), E_INPUT);
	assert_non_null(strstr(e.text, "column 'F' holds personal data"));
	assert_int_equal(layout_of(&m, "A,B,C,D,E", &a, &l, &e), E_USAGE);
	assert_non_null(strstr(e.text, "map.conf:9: column 'F' is not in the header of 'x.csv'"));
	map_release(&m);
	arena_release(&a);
	remove("map.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_public_sets),
		cmocka_unit_test(names_attributes_and_costs),
		cmocka_unit_test(knows_sums_of_nodes),
		cmocka_unit_test(keeps_persons_out),
		cmocka_unit_test(obeys_a_map),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
