/* Boosted trees through XGBoost's C API; see xgb.h. Arrays go over as NumPy array interfaces in JSON. */
#include "config.h"
#include "model/xgb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>
#include "base/mem.h"
#include "base/par.h"

#define FLOATS 1      /* XGBoost's number of the type float */
#define CHUNK 16384   /* rows a thread takes at a time */
#define WIDTH .1      /* of the arctangent, as a share of the labels' mean absolute deviation; the paper's */
#define STEP_MAX .5   /* largest leaf of a pinball round, likewise */
#define POISSON_STEP .7 /* XGBoost's max_delta_step of count:poisson, which widens its hessian */

struct xgb {
	BoosterHandle booster;
	int n_column;
	float missing;
};

/* XGBoost's own sentence without the file, line and stack trace around it. */
static enum status failed(struct err *e, const char *what)
{
	const char *text = XGBGetLastError(), *at = strstr(text, "] ");
	for (const char *next = text; (next = strstr(next, "] ")) != NULL && next - text < 200; next += 2)
		at = next;
	at = at ? at + 2 : text;
	return err_set(e, E_FIT, "XGBoost cannot %s: %.*s", what, (int)strcspn(at, "\n"), at);
}

static void keep_quiet(const char *message)
{
	(void)message;
}

static void be_quiet(void)
{
	XGBRegisterLogCallback(keep_quiet);
	XGBSetGlobalConfig("{\"verbosity\": 0}");
}

/* A float matrix as XGBoost is told of it. */
static void add_array(struct buf *out, const float *x, size_t n, int n_column)
{
	buf_addf(out, "{\"data\": [%llu, true], \"shape\": [%zu, %d], \"typestr\": \"<f4\", \"version\": 3}",
		 (unsigned long long)(uintptr_t)x, n, n_column);
}

static void add_missing(struct buf *out, float missing)
{
	buf_adds(out, "\"missing\": ");
	if (isnan(missing))
		buf_adds(out, "NaN");
	else
		buf_add_json_number(out, (double)missing);
}

/* ---- rows ---- */

struct feed {
	const struct xgb_rows *rows;
	DMatrixHandle proxy;
	size_t at;
	int bad; /* a batch was not taken: XGBoost only hears that there are no more */
};

static void feed_reset(void *context)
{
	struct feed *f = context;
	f->at = 0;
}

static int feed_info(const struct feed *f, const char *name, const float *values, size_t n)
{
	return values ? XGDMatrixSetDenseInfo(f->proxy, name, values + f->at, n, FLOATS) : 0;
}

/* Gives the next batch: 1, or 0 when all have been given. (XGBoost wants no error here.) */
static int feed_next(void *context)
{
	struct feed *f = context;
	const struct xgb_rows *r = f->rows;
	size_t n = r->n - f->at < r->batch_size ? r->n - f->at : r->batch_size;
	struct buf array = { 0 };
	if (!n)
		return 0;
	add_array(&array, r->batch(r->context, f->at, n), n, r->n_column);
	int bad = XGProxyDMatrixSetDataDense(f->proxy, array.text);
	bad |= feed_info(f, "label", r->label, n);
	bad |= feed_info(f, "weight", r->weight, n);
	bad |= feed_info(f, "base_margin", r->margin, n);
	buf_release(&array);
	f->at += n;
	f->bad |= bad;
	return !bad;
}

static enum status matrix_of(const struct xgb_plan *plan, const struct xgb_rows *rows, DMatrixHandle *out,
			     struct err *e)
{
	struct feed feed = { .rows = rows };
	struct buf config = { 0 };
	if (XGProxyDMatrixCreate(&feed.proxy))
		return failed(e, "make a matrix");
	buf_addc(&config, '{');
	add_missing(&config, plan->missing);
	buf_addf(&config, ", \"nthread\": %d, \"max_bin\": %d}", plan->jobs > 0 ? plan->jobs : 1,
		 plan->bins);
	int bad = XGQuantileDMatrixCreateFromCallback(&feed, feed.proxy, NULL, feed_reset, feed_next,
						      config.text, out);
	enum status status = bad || feed.bad ? failed(e, "take the rows") : OK;
	XGDMatrixFree(feed.proxy);
	buf_release(&config);
	return status;
}

/* ---- parameters ---- */

static const char *const objective_name[] = {
	[XGB_SQUARED] = "reg:squarederror",
	[XGB_POISSON] = "count:poisson",
	[XGB_TWEEDIE] = "reg:tweedie",
	[XGB_PINBALL] = "reg:squarederror", /* identity; its gradients are not used */
};

static enum status set(BoosterHandle b, const char *name, const char *value, struct err *e)
{
	return XGBoosterSetParam(b, name, value) ? failed(e, "take a parameter") : OK;
}

static enum status set_number(BoosterHandle b, const char *name, double value, struct err *e)
{
	struct buf text = { 0 };
	buf_add_json_number(&text, value);
	enum status status = set(b, name, text.text, e);
	buf_release(&text);
	return status;
}

static enum status set_monotone(BoosterHandle b, const int8_t *monotone, int n, struct err *e)
{
	struct buf text = { 0 };
	if (!monotone)
		return OK;
	for (int k = 0; k < n; k++)
		buf_addf(&text, "%c%d", k ? ',' : '(', monotone[k]);
	buf_addc(&text, ')');
	enum status status = set(b, "monotone_constraints", text.text, e);
	buf_release(&text);
	return status;
}

static enum status set_numbers(BoosterHandle b, const struct xgb_plan *p, double step_max, struct err *e)
{
	const struct {
		const char *name;
		double value;
	} number[] = {
		{ "base_score", p->base },
		{ "eta", p->eta },
		{ "max_depth", p->depth },
		{ "max_leaves", p->leaves > 0 ? p->leaves : 0 },
		{ "min_child_weight", p->min_child },
		{ "subsample", p->subsample },
		{ "colsample_bytree", p->colsample },
		{ "lambda", p->lambda },
		{ "max_bin", p->bins },
		{ "seed", p->seed },
		{ "nthread", p->jobs > 0 ? p->jobs : 1 },
		{ "verbosity", 0 },
		{ "max_delta_step", step_max },
	};
	enum status status = OK;
	for (size_t k = 0; !status && k < sizeof number / sizeof *number; k++)
		status = set_number(b, number[k].name, number[k].value, e);
	if (!status && p->objective == XGB_TWEEDIE)
		status = set_number(b, "tweedie_variance_power", p->power, e);
	return status;
}

static enum status set_all(BoosterHandle b, const struct xgb_plan *p, int n_column, double step_max,
			   struct err *e)
{
	enum status status = set(b, "booster", "gbtree", e);
	if (!status)
		status = set(b, "tree_method", "hist", e);
	if (!status)
		status = set(b, "objective", objective_name[p->objective], e);
	if (!status)
		status = set(b, "grow_policy", p->leaves > 0 ? "lossguide" : "depthwise", e);
	if (!status)
		status = set(b, "disable_default_eval_metric", "1", e);
	if (!status)
		status = set_numbers(b, p, step_max, e);
	return status ? status : set_monotone(b, p->monotone, n_column, e);
}

/* ---- gradients ---- */

void xgb_gradient(const struct xgb_plan *plan, double width, double y, double margin, double *g, double *h)
{
	double a, b, u;
	switch (plan->objective) {
	case XGB_TWEEDIE:
		a = y * exp((1 - plan->power) * margin);
		b = exp((2 - plan->power) * margin);
		*g = b - a;
		*h = (plan->power - 1) * a + (2 - plan->power) * b;
		return;
	case XGB_POISSON:
		*g = exp(margin) - y;
		*h = exp(margin + POISSON_STEP);
		return;
	case XGB_PINBALL:
		u = (y - margin) / width;
		*g = .5 - plan->quantile - (atan(u) + u / (1 + u * u)) / M_PI;
		*h = 2 / (M_PI * width * (1 + u * u) * (1 + u * u));
		return;
	default:
		*g = margin - y;
		*h = 1;
	}
}

struct slopes {
	const struct xgb_plan *plan;
	const struct xgb_rows *rows;
	double width;        /* of the smoothing */
	const float *margin; /* [n] */
	float *g, *h;        /* [n] */
	float (*most)[2];    /* [n / CHUNK + 1] largest |g| and h of a chunk */
	double grid[2];      /* powers of two that they are rounded to */
};

static void slopes_some(void *context, size_t from, size_t to, int worker)
{
	(void)worker;
	struct slopes *s = context;
	float *most = s->most[from / CHUNK];
	most[0] = most[1] = 0;
	for (size_t i = from; i < to; i++) {
		double g, h, w = s->rows->weight ? (double)s->rows->weight[i] : 1;
		xgb_gradient(s->plan, s->width, (double)s->rows->label[i], (double)s->margin[i], &g, &h);
		s->g[i] = (float)(w * g);
		s->h[i] = (float)(w * fmax(h, 1e-16));
		most[0] = fmaxf(most[0], fabsf(s->g[i]));
		most[1] = fmaxf(most[1], s->h[i]);
	}
}

static void round_some(void *context, size_t from, size_t to, int worker)
{
	(void)worker;
	struct slopes *s = context;
	double g = s->grid[0], h = s->grid[1], per_g = 1 / g, per_h = 1 / h;
	for (size_t i = from; i < to; i++) {
		s->g[i] = (float)(rint((double)s->g[i] * per_g) * g);
		s->h[i] = (float)(rint((double)s->h[i] * per_h) * h);
	}
}

/* The finest power of two whose multiples up to `most`, n of them, add up without rounding. A float
 * that is larger than 2^24 of it is a multiple already, so rounding to it gives floats. */
static double grid_of(double most, size_t n)
{
	int exponent;
	frexp(most * (double)n, &exponent);
	return ldexp(1, (exponent > -900 ? exponent : -900) - 52);
}

static void slopes_make(struct slopes *s)
{
	size_t n = s->rows->n;
	double most[2] = { 0, 0 };
	par_for(n, CHUNK, s->plan->jobs, slopes_some, s);
	for (size_t c = 0; c * CHUNK < n; c++)
		for (int k = 0; k < 2; k++)
			most[k] = fmax(most[k], (double)s->most[c][k]);
	for (int k = 0; k < 2; k++)
		s->grid[k] = grid_of(most[k], n);
	par_for(n, CHUNK, s->plan->jobs, round_some, s);
}

/* ---- training ---- */

/* Mean absolute deviation of the labels from the base: what widths and steps of pinball are measured
 * in. */
static double deviation(const struct xgb_plan *plan, const struct xgb_rows *rows)
{
	double sum = 0;
	for (size_t i = 0; i < rows->n; i++)
		sum += fabs((double)rows->label[i] - plan->base);
	return sum > 0 ? sum / (double)rows->n : 1;
}

static enum status one_round(struct xgb *b, DMatrixHandle matrix, struct slopes *s, struct err *e)
{
	static const char config[] = "{\"type\": 1, \"training\": true, \"iteration_begin\": 0, "
				     "\"iteration_end\": 0, \"strict_shape\": false}";
	const bst_ulong *shape;
	bst_ulong dim;
	if (XGBoosterPredictFromDMatrix(b->booster, matrix, config, &shape, &dim, &s->margin))
		return failed(e, "predict its rows");
	slopes_make(s);
	if (XGBoosterBoostOneIter(b->booster, matrix, s->g, s->h, (bst_ulong)s->rows->n))
		return failed(e, "grow a tree");
	return OK;
}

static enum status grow(const struct xgb_plan *plan, const struct xgb_rows *rows, double unit, struct xgb *b,
			DMatrixHandle matrix, struct err *e)
{
	struct slopes s = { .plan = plan, .rows = rows, .width = WIDTH * unit,
			    .g = NEW_ARRAY(float, rows->n + 1), .h = NEW_ARRAY(float, rows->n + 1),
			    .most = xcalloc(rows->n / CHUNK + 1, sizeof *s.most) };
	enum status status = OK;
	for (int k = 0; !status && k < plan->rounds; k++) {
		status = one_round(b, matrix, &s, e);
		if (!status && plan->round && plan->round(plan->context, k + 1))
			status = err_set(e, E_STOPPED, "training was stopped after %d rounds", k + 1);
	}
	free(s.g);
	free(s.h);
	free(s.most);
	return status;
}

enum status xgb_train(const struct xgb_plan *plan, const struct xgb_rows *rows, struct xgb **out,
		      struct err *e)
{
	double unit = plan->objective == XGB_PINBALL ? deviation(plan, rows) : 1;
	double step_max = plan->objective == XGB_PINBALL   ? STEP_MAX * unit
			  : plan->objective == XGB_POISSON ? POISSON_STEP
							   : 0;
	struct xgb *b = NEW_ARRAY(struct xgb, 1);
	DMatrixHandle matrix = NULL;
	*out = NULL;
	b->n_column = rows->n_column;
	b->missing = plan->missing;
	be_quiet();
	enum status status = matrix_of(plan, rows, &matrix, e);
	if (!status && XGBoosterCreate(&matrix, 1, &b->booster))
		status = failed(e, "begin");
	if (!status)
		status = set_all(b->booster, plan, rows->n_column, step_max, e);
	if (!status)
		status = grow(plan, rows, unit, b, matrix, e);
	/* What training keeps beside the trees (a margin a row) goes: only the trees stay. */
	struct buf bytes = { 0 };
	if (!status)
		status = xgb_save(b, &bytes, e);
	xgb_free(b);
	if (matrix)
		XGDMatrixFree(matrix);
	if (!status)
		status = xgb_load(bytes.text, bytes.n, rows->n_column, plan->missing, plan->jobs, out, e);
	buf_release(&bytes);
	return status;
}

void xgb_free(struct xgb *b)
{
	if (!b)
		return;
	if (b->booster)
		XGBoosterFree(b->booster);
	free(b);
}

/* ---- what comes out ---- */

enum status xgb_predict(const struct xgb *b, size_t n, const float *x, const float *margin,
			enum xgb_kind kind, float *out, struct err *e)
{
	DMatrixHandle proxy = NULL;
	struct buf array = { 0 }, config = { 0 };
	const bst_ulong *shape;
	bst_ulong dim;
	const float *result;
	if (!n)
		return OK;
	add_array(&array, x, n, b->n_column);
	buf_addf(&config, "{\"type\": %d, \"training\": false, \"iteration_begin\": 0, "
			  "\"iteration_end\": 0, \"strict_shape\": false, \"cache_id\": 0, ", kind == XGB_MARGIN);
	add_missing(&config, b->missing);
	buf_addc(&config, '}');
	int bad = margin && (XGProxyDMatrixCreate(&proxy)
			     || XGDMatrixSetDenseInfo(proxy, "base_margin", margin, n, FLOATS));
	bad = bad || XGBoosterPredictFromDense(b->booster, array.text, config.text, proxy, &shape, &dim,
					       &result);
	if (!bad)
		memcpy(out, result, n * sizeof *out);
	enum status status = bad ? failed(e, "predict") : OK;
	if (proxy)
		XGDMatrixFree(proxy);
	buf_release(&array);
	buf_release(&config);
	return status;
}

enum status xgb_contributions(const struct xgb *b, size_t n, const float *x, const float *margin, float *out,
			      struct err *e)
{
	static const char config[] = "{\"type\": 2, \"training\": false, \"iteration_begin\": 0, "
				     "\"iteration_end\": 0, \"strict_shape\": false}";
	DMatrixHandle matrix;
	const bst_ulong *shape;
	bst_ulong dim;
	const float *result;
	if (!n)
		return OK;
	if (XGDMatrixCreateFromMat(x, n, (bst_ulong)b->n_column, b->missing, &matrix))
		return failed(e, "take the rows");
	int bad = (margin && XGDMatrixSetDenseInfo(matrix, "base_margin", margin, n, FLOATS))
		  || XGBoosterPredictFromDMatrix(b->booster, matrix, config, &shape, &dim, &result);
	if (!bad)
		memcpy(out, result, n * ((size_t)b->n_column + 1) * sizeof *out);
	enum status status = bad ? failed(e, "say what each column adds") : OK;
	XGDMatrixFree(matrix);
	return status;
}

enum status xgb_gain(const struct xgb *b, double *out, struct err *e)
{
	bst_ulong n, dim;
	const bst_ulong *shape;
	const char **name;
	const float *score;
	for (int k = 0; k < b->n_column; k++)
		out[k] = 0;
	if (XGBoosterFeatureScore(b->booster, "{\"importance_type\": \"total_gain\"}", &n,
				  (char const ***)&name, &dim, &shape, &score))
		return failed(e, "say what each column gains");
	for (bst_ulong k = 0; k < n; k++) {
		int column = *name[k] == 'f' ? atoi(name[k] + 1) : -1; /* columns without names are f0, f1 ... */
		if (column >= 0 && column < b->n_column)
			out[column] = (double)score[k];
	}
	return OK;
}

enum status xgb_save(const struct xgb *b, struct buf *out, struct err *e)
{
	bst_ulong n;
	const char *bytes;
	if (XGBoosterSaveModelToBuffer(b->booster, "{\"format\": \"ubj\"}", &n, &bytes))
		return failed(e, "save its trees");
	buf_add(out, bytes, (size_t)n);
	return OK;
}

enum status xgb_load(const void *bytes, size_t n, int n_column, float missing, int jobs, struct xgb **out,
		     struct err *e)
{
	struct xgb *b = NEW_ARRAY(struct xgb, 1);
	*out = NULL;
	b->n_column = n_column;
	b->missing = missing;
	be_quiet();
	enum status status = OK;
	if (XGBoosterCreate(NULL, 0, &b->booster)
	    || XGBoosterLoadModelFromBuffer(b->booster, bytes, (bst_ulong)n))
		status = failed(e, "load its trees");
	if (!status)
		status = xgb_jobs(b, jobs, e);
	if (!status)
		*out = b;
	else
		xgb_free(b);
	return status;
}

enum status xgb_jobs(struct xgb *b, int jobs, struct err *e)
{
	enum status status = set_number(b->booster, "nthread", jobs > 0 ? jobs : 1, e);
	return status ? status : set_number(b->booster, "verbosity", 0, e);
}

/* GNU OpenMP's, which XGBoost brings: a child of fork that used threads before would wait for them for ever. */
extern int omp_pause_resource_all(int kind) __attribute__((weak));

void xgb_rest(void)
{
	if (omp_pause_resource_all)
		omp_pause_resource_all(1); /* omp_pause_soft */
}

void xgb_version(struct buf *out)
{
	int major, minor, patch;
	XGBoostVersion(&major, &minor, &patch);
	buf_addf(out, "%d.%d.%d", major, minor, patch);
}
