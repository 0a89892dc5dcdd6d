/* The kinds of alerts and their runbooks. */
#include "config.h"
#include "life/alert.h"

#include <stddef.h>
#include <string.h>

const struct alert_kind alert_kinds[] = {
	{ "L0.block", "L0", "the check found data from which nothing may be forecast",
	  "The night was blocked and the last published forecasts stay. 'forecast check' lists the findings;\n"
	  "'forecast ingest undo BATCH' takes the bad file back; send the corrected file and run the night again." },
	{ "L0.ratio", "L0", "values that are a multiple or fraction of a series' level: a unit or currency bug",
	  "Compare the newest file with the one before: units in cases instead of pieces, cents instead of euros.\n"
	  "'forecast ingest undo BATCH', have the owner of the feed correct it, take the corrected file in." },
	{ "L0.feed", "L0", "a store, or all of them, sent nothing",
	  "Ask the sender; until sales come the store's forecasts are made without them. 'forecast status sources'\n"
	  "shows since when. Days that came late are filled in by themselves; days that never come stay unknown.\n"
	  "A store that has shut for good: give its items an end (column to of assortment.csv) and take the file in;\n"
	  "from that day on its forecasts are 0 and its silence is no finding. Where that changes much, the night is held\n"
	  "until 'forecast nightly --accept-change --reason TEXT'." },
	{ "L0.duplicate", "L0", "rows with the store, item and day of another",
	  "A file or a day was sent twice, or two systems report the same store. The larger value stands, the other\n"
	  "lies in reject_row with its line. Find out which of the two is right." },
	{ "L0.copy", "L0", "the last day repeats another: its file came again under a new date",
	  "'forecast ingest undo BATCH' takes the file back; ask the sender for the day's own, then run the night again." },
	{ "L0.rows", "L0", "rows that could not be used, or far more or fewer of them than usual",
	  "'forecast check' names file, line and reason. Correct the file; the rows that were right are in." },
	{ "L1.price", "L1", "prices that ceased to come, or an unusual share of prices changed",
	  "Is the price file of this week missing? Forecasts go on with the last known price. If a new price list\n"
	  "really holds, tell it: 'forecast ingest event --kind break' or wait for the next training." },
	{ "L1.calendar", "L1", "an event of earlier years is missing from the calendar ahead",
	  "Add it to events.csv (or set calendar.region) and take the file in: forecasts over those days lack it." },
	{ "L1.promotion", "L1", "an unusual share of items is on promotion, or none although there always are some",
	  "Is the promotion plan complete? 'forecast explore calendar' shows what is known of the days ahead." },
	{ "L2.shape", "L2", "the errors of a whole fleet, store or segment are spread otherwise than in its own past",
	  "Something acts on many series at once: weather, a strike, a competitor, a promotion or event that nobody told.\n"
	  "'forecast status alerts' says whether all moved together or some moved apart; 'forecast check' whether the data\n"
	  "are whole. If there is a cause that will come again, tell it as an event." },
	{ "L3.bias", "L3", "forecasts are off to one side beyond what their own past explains",
	  "Look at 'forecast plot series STORE/ITEM'. If demand has moved, 'forecast train --only drifted' fits what\n"
	  "has drifted anew (the night does so by itself unless train.drift is off). If there is a cause that\n"
	  "will pass, snooze the alert with the reason." },
	{ "L3.size", "L3", "errors are larger than the forecast itself had expected",
	  "Demand became more erratic, or a driver is missing. Compare with L0 and L1 findings; train a challenger." },
	{ "L4.coverage", "L4", "intervals hold too few or too many of the sales",
	  "Safety stock rests on them. Fit anew; if it stays, look for a driver that is no longer told." },
	{ "L5.change", "L5", "tonight's forecast differs from last night's by more than new data explain",
	  "The night was held: 'forecast status' names the node. If the change is right, publish it with\n"
	  "'forecast nightly --accept-change --reason TEXT'." },
	{ "L6.late", "L6", "the night took more than twice as long as usual",
	  "'forecast status runs --stages' shows which stage. More series, a slower disk, another job beside it?" },
	{ "L6.model", "L6", "the model is older than it should be",
	  "Trainings fail or are switched off: 'forecast status runs' tells. 'forecast train' fits a new version." },
	{ "L6.fallbacks", "L6", "more series than usual could not be forecast by the chosen spec",
	  "'forecast status runs' and the report list them with reasons; new items are usual, whole stores are not." },
	{ NULL, NULL, NULL, NULL },
};

const struct alert_kind *alert_kind_find(const char *code)
{
	for (const struct alert_kind *k = alert_kinds; k->code; k++)
		if (!strcmp(k->code, code))
			return k;
	return NULL;
}
