/*
 * The names that people give their columns, as seen in public data sets (M5, Favorita, Rossmann,
 * Walmart, UCI Online Retail, FreshRetailNet, aus_retail, Nixtla's files) and in German and English
 * exports. Compared by letters and digits alone, without case: "Store ID" = store_id.
 */
#include "config.h"
#include "io/map_names.h"

#include <string.h>

/* Words separated by blanks, the surest first. Weak ones serve only where no other column does. */
static const struct names {
	enum role role;
	int weak;
	const char *words;
} names[] = {
	{ ROLE_STORE, 0, "store storeid storenbr storeno storenumber storecode storename shop shopid"
			 " outlet outletid branch branchid filiale filialnr filialid markt marktid location"
			 " locationid site siteid warehouse warehouseid plant" },
	{ ROLE_STORE, 1, "state region country market" },
	{ ROLE_ITEM, 0, "item itemid itemnbr itemno itemnumber itemcode sku skuid product productid"
			" productcode productno article articleid articleno artikel artikelnr artikelid"
			" artikelnummer stockcode upc ean gtin plu material materialno uniqueid part partno" },
	{ ROLE_ITEM, 1, "dept department departmentid industry category family productfamily series id" },
	{ ROLE_DATE, 0, "date dt ds datum day tag businessdate businessday salesdate saledate orderdate"
			" invoicedate transactiondate calendardate datetime timestamp" },
	{ ROLE_DATE, 1, "month week period yearmonth weekstart monat woche weekdate" },
	{ ROLE_UNITS, 0, "units unitssold soldunits unitsales salesunits quantity qty salesqty salesquantity"
			 " quantitysold qtysold numsold sold sales saleamount weeklysales demand y volume"
			 " turnover menge absatz verkauf verkaufsmenge umsatz target value" },
	{ ROLE_PRICE, 0, "price sellprice sellingprice unitprice retailprice salesprice preis vkpreis" },
	{ ROLE_PROMO, 0, "promo promotion onpromotion ispromo promoflag promotionflag activityflag"
			 " aktion" },
	{ ROLE_ON_HAND, 0, "onhand stockonhand stock inventory inventorylevel soh closingstock bestand" },
	{ ROLE_ON_ORDER, 0, "onorder ordered openorders openorder intransit stockonorder bestellt" },
	{ ROLE_HOURS_OUT, 0, "stockhour622cnt hoursout stockouthours hoursoutofstock" },
	{ ROLE_FROM, 0, "from start startdate fromdate validfrom begin von" },
	{ ROLE_TO, 0, "to end enddate todate until till validto validuntil bis" },
	{ ROLE_MECHANIC, 0, "mechanic mechanics promotype promotiontype offer offertype" },
	{ ROLE_DEPTH, 0, "depth discountdepth discountpct" },
	{ ROLE_NAME, 0, "event eventname holiday holidayname eventname1 name" },
	{ ROLE_TYPE, 0, "eventtype holidaytype eventtype1 type" },
	{ ROLE_NAME_2, 0, "eventname2" },
	{ ROLE_TYPE_2, 0, "eventtype2" },
	{ ROLE_CLOSED, 0, "closed isclosed geschlossen" },
	{ ROLE_INVOICE, 0, "invoiceno invoice invoicenumber receipt receiptno receiptid transactionid"
			   " basketid ticket ticketno orderid orderno bon bonnr" },
	{ ROLE_DESCRIPTION, 0, "description itemname productname articlename bezeichnung" },
	{ ROLE_NODE, 0, "node nodename" },
	{ ROLE_TIER, 0, "tier level levelid aggregationlevel" },
	{ ROLE_LABEL, 0, "d" },
	{ ROLE_WEEK_LABEL, 0, "wmyrwk" },
	{ ROLE_ITEM_ATTRIBUTE, 0, "dept deptid department departmentid cat catid category categoryid brand"
				  " brandid family productfamily class classid subclass firstcategoryid"
				  " secondcategoryid thirdcategoryid subcategory group warengruppe" },
	{ ROLE_STORE_ATTRIBUTE, 0, "state stateid region regionid country countryid city cityid format"
				   " cluster managementgroupid storetype district zone" },
	{ ROLE_DRIVER, 0, "discount holidayflag isholiday schoolholiday stateholiday precpt precipitation"
			  " rain rainfall avgtemperature temperature temp avghumidity humidity"
			  " avgwindlevel wind fuelprice cpi unemployment open transactions"
			  " snapca snaptx snapwi" },
	{ ROLE_COST, 0, "cost unitcost salvage disposal goodwill subst holdrate ordercost leaddays"
			" reviewdays pack packsize moq shelfdays shelflife maxstock" },
	{ ROLE_PERSONAL, 0, "customer customername customerid customerno customernumber custid custname"
			    " client clientname clientid email emailaddress mail phone phonenumber telephone"
			    " mobile telefon address streetaddress street adresse strasse firstname lastname"
			    " surname vorname nachname fullname birthdate birthday dob dateofbirth"
			    " geburtsdatum iban creditcard cardnumber cardno loyaltyid loyaltycard"
			    " loyaltynumber member membername memberid userid username ssn passport ipaddress"
			    " kunde kundenname kundennr kundennummer cashier cashiername cashierid employee"
			    " employeename employeeid" },
	{ ROLE_IGNORE, 0, "id weekday wday dayofweek year monthofyear weekofyear seriesid" },
};

/* Names under which attributes, drivers and costs are kept, where not the header itself. */
static const char *const kept_as[][2] = {
	{ "deptid", "dept" }, { "departmentid", "department" }, { "catid", "cat" },
	{ "categoryid", "category" }, { "brandid", "brand" }, { "classid", "class" },
	{ "firstcategoryid", "first_category" }, { "secondcategoryid", "second_category" },
	{ "thirdcategoryid", "third_category" }, { "stateid", "state" }, { "regionid", "region" },
	{ "countryid", "country" }, { "cityid", "city" }, { "managementgroupid", "management_group" },
	{ "cost", "unit_cost" }, { "unitcost", "unit_cost" }, { "packsize", "pack" },
	{ "shelflife", "shelf_days" }, { "shelfdays", "shelf_days" }, { "holdrate", "hold_rate" },
	{ "ordercost", "order_cost" }, { "leaddays", "lead_days" }, { "reviewdays", "review_days" },
	{ "maxstock", "max_stock" },
};

void name_fold(const char *text, size_t n, char out[NAME_FOLD_MAX])
{
	size_t k = 0;
	for (size_t i = 0; i < n && k + 1 < NAME_FOLD_MAX; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 'A' && c <= 'Z')
			out[k++] = (char)(c - 'A' + 'a');
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
			out[k++] = (char)c;
	}
	out[k] = '\0';
}

/* Place of a word in a list, -1 = not in it. */
static int place(const char *words, const char *word)
{
	size_t n = strlen(word);
	int at = 0;
	for (const char *c = words; *c; at++) {
		size_t length = strcspn(c, " ");
		if (length == n && !memcmp(c, word, n))
			return at;
		c += length;
		c += *c == ' ';
	}
	return -1;
}

int name_sureness(enum role role, const char *folded)
{
	if (!*folded)
		return 0;
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		int at = names[k].role == role ? place(names[k].words, folded) : -1;
		if (at >= 0)
			return (names[k].weak ? 100 : 200) - at;
	}
	return 0;
}

const char *name_kept_as(const char *folded)
{
	for (size_t k = 0; k < sizeof kept_as / sizeof *kept_as; k++)
		if (!strcmp(kept_as[k][0], folded))
			return kept_as[k][1];
	return NULL;
}
