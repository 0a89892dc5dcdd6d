# Writes the reference values of this folder: what R's forecast 8.20 says of public series.
#
#	Rscript tests/reference/make.R [series] [ets] [arima] [theta]
#
# is run by hand in the top folder, never by a build; without a word it writes all four files. It
# needs R with the packages forecast 8.20 and urca. Series that ship with R are kept in series.txt;
# the real ones are read from the folder FORECAST_SHARED (../shared), and only what R computed
# from them is kept. The head of each file says what its keys mean.
suppressMessages(library(forecast))
stopifnot(packageVersion("forecast") == "8.20")
shared <- Sys.getenv("FORECAST_SHARED", "../shared")
folder <- "tests/reference"
steps <- 12

# The shortest of 15 or 17 digits that reads back as the same number.
number <- function(x) {
	short <- sprintf("%.15g", x)
	same <- !is.na(x) & suppressWarnings(as.numeric(short)) == x
	text <- ifelse(is.na(x), "NA", ifelse(same, short, sprintf("%.17g", x)))
	paste(text, collapse = ";")
}
# Results that nobody computes from again: ten digits are enough for any tolerance.
rounded <- function(x) {
	text <- sprintf("%.10g", as.numeric(x))
	text[is.na(as.numeric(x))] <- "NA"
	paste(text, collapse = ";")
}
# The dots keep R from taking the key n for a short name of an argument.
record <- function(.out, .kind, .series, ...) {
	keys <- list(...)
	keys <- keys[vapply(keys, length, 1L) > 0]
	cat(.kind, " ", .series, paste0(" ", names(keys), "=", unlist(keys), collapse = ""), "\n", sep = "",
		file = .out)
}
begin <- function(file, head) {
	out <- file(file.path(folder, file), "w")
	head <- c(head, "",
		"Made by make.R with R forecast 8.20. A line is a record: its kind, the name of a series,",
		"then key=value; vectors are joined by ';', NA is not known. Tests read it by",
		"tests/unit/reference.h.")
	writeLines(sub(" $", "", paste("#", head)), out)
	out
}

# --- the series -------------------------------------------------------------------------------

holes <- function(y, at) {
	y[at] <- NA
	y
}
public <- list(
	AirPassengers = AirPassengers, USAccDeaths = USAccDeaths, UKgas = UKgas, nottem = nottem,
	WWWusage = WWWusage, lynx = lynx, Nile = Nile, LakeHuron = LakeHuron, austres = austres,
	JohnsonJohnson = JohnsonJohnson, UKDriverDeaths = UKDriverDeaths, sunspot.year = sunspot.year,
	ldeaths = ldeaths, BJsales = BJsales, discoveries = discoveries, uspop = ts(c(uspop)), co2 = co2,
	airmiles = airmiles, lh = lh, presidents = presidents, rivers.first.40 = ts(rivers[1:40]),
	AirPassengers.holes = holes(AirPassengers, c(20, 47:49, 90, 143)),
	Nile.holes = holes(Nile, c(21:40, 61:80)))

read_wide <- function(file, id) {
	lines <- readLines(file.path(shared, "data/m4", file))
	line <- lines[startsWith(lines, paste0("\"", id, "\",")) | startsWith(lines, paste0(id, ","))]
	cells <- gsub("\"", "", strsplit(line, ",")[[1]])[-1]
	as.numeric(cells[cells != "" & cells != "NA"])
}
read_real <- function() {
	real <- list()
	retail <- read.csv(file.path(shared, "data/aus_retail/aus_retail.csv"))
	for (id in c("A3349849A", "A3349709X", "A3349377R", "A3349637X", "A3349764R", "A3349661X"))
		real[[paste0("aus_retail/", id)]] <- ts(retail$Turnover[retail$Series.ID == id], frequency = 12)
	parts <- read.csv(file.path(shared, "data/carparts/carparts_wide.csv"), check.names = FALSE)
	for (id in c("part_21012378", "part_21058594", "part_21055749", "part_21050475"))
		real[[paste0("carparts/", id)]] <- ts(parts[[id]], frequency = 12)
	for (id in c("W295", "W94", "W87", "W13"))
		real[[paste0("m4_weekly/", id)]] <- ts(read_wide("Weekly-train.csv", id))
	for (id in c("H1", "H200"))
		real[[paste0("m4_hourly/", id)]] <- ts(read_wide("Hourly-train.csv", id), frequency = 24)
	real
}

write_series <- function() {
	out <- begin("series.txt", c(
		"Series that ship with R, under R's names; what was done to one stands after a point:",
		"rivers.first.40 is rivers[1:40], *.holes has values set to NA.",
		"",
		"series NAME season= n= y=",
		"	season	periods a season; 1 = none",
		"	y	n values, oldest first, to all digits"))
	for (name in names(public))
		record(out, "series", name, season = frequency(public[[name]]), n = length(public[[name]]),
			y = number(public[[name]]))
	close(out)
}

# --- exponential smoothing --------------------------------------------------------------------

ets_record <- function(out, kind, name, fit, asked, ...) {
	par <- function(key) if (key %in% names(fit$par)) number(fit$par[[key]])
	record(out, kind, name, asked = asked,
		method = paste0(fit$components[1], fit$components[2],
			if (fit$components[4] == "TRUE") "d", fit$components[3]),
		n = length(fit$x), season = fit$m, alpha = par("alpha"), beta = par("beta"),
		gamma = par("gamma"), phi = par("phi"), initstate = number(fit$initstate),
		loglik = number(fit$loglik), aic = rounded(fit$aic), aicc = number(fit$aicc),
		np = round((fit$aic + 2 * fit$loglik) / 2), mse = rounded(fit$mse),
		sigma2 = rounded(fit$sigma2), ...)
}

write_ets <- function(all) {
	out <- begin("ets.txt", c(
		"Exponential smoothing. Series with NA have no record: R would cut them.",
		"",
		"ets NAME: ets(y), the form that R chose by AICc, with its forecast;",
		"ets_form NAME: ets(y, model=, damped=), one for each form asked that R could fit.",
		"	asked	the form asked: default, or as in method",
		"	method	error, trend (d = damped), season: ANN, AAdA, MAdM ...",
		"	n, season",
		"	alpha, beta, gamma, phi	those the form has; beta and gamma as in the error form of",
		"		Hyndman et al. (2008): b += beta e, s += gamma e (beta = alpha beta*)",
		"	initstate	level, slope, then the season: first the one just before y[1] (s0), last",
		"		the one that y[1] sees (s1-m)",
		"	loglik	R's: -n/2 log(sum e^2), for a multiplicative error less sum log|fitted|, with",
		"		e the relative error; the constant -n/2 (log(2 pi/n) + 1) is left out",
		"	aic, aicc	from that loglik with np parameters (sigma counted)",
		"	mse	mean of (y - fitted)^2, also for a multiplicative error",
		"	sigma2	sum e^2/(n - np + 1)",
		"	mean, lo80, hi80, lo95, hi95	12 steps, bounds from the analytic variance"))
	forms <- c("ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA", "MAN", "MNM", "MAM", "MAdM")
	for (name in names(all)) {
		y <- all[[name]]
		if (anyNA(y))
			next
		message("ets ", name)
		fit <- ets(y)
		f <- forecast(fit, h = steps, level = c(80, 95))
		ets_record(out, "ets", name, fit, "default", mean = rounded(f$mean),
			lo80 = rounded(f$lower[, 1]), hi80 = rounded(f$upper[, 1]),
			lo95 = rounded(f$lower[, 2]), hi95 = rounded(f$upper[, 2]))
		for (form in forms) {
			damped <- grepl("d", form)
			model <- sub("d", "", form)
			if (frequency(y) == 1 && !grepl("N$", model) || min(y) <= 0 && grepl("M", model))
				next
			fit <- tryCatch(ets(y, model, damped = damped), error = function(e) NULL)
			if (!is.null(fit))
				ets_record(out, "ets_form", name, fit, form)
		}
	}
	close(out)
}

# --- ARIMA ------------------------------------------------------------------------------------

# Coefficients of a polynomial product; a and b begin with the constant.
times <- function(a, b) {
	product <- rep(0, length(a) + length(b) - 1)
	for (i in seq_along(a))
		product[i - 1 + seq_along(b)] <- product[i - 1 + seq_along(b)] + a[i] * b
	product
}
spread <- function(coef, sign, lag) {
	poly <- c(1, rep(0, length(coef) * lag))
	poly[1 + lag * seq_along(coef)] <- sign * coef
	poly
}

# Autocovariances 0..n-1 of a causal ARMA with unit innovations, from the linear equations of
# Brockwell and Davis (1991), 3.3.8; no recursion that R's own likelihood uses.
autocovariance <- function(phi, theta, n) {
	p <- length(phi) - 1
	q <- length(theta) - 1
	size <- max(p, q) + 1
	psi <- numeric(q + 1)
	for (j in 0:q) {
		psi[j + 1] <- theta[j + 1]
		for (i in seq_len(min(j, p)))
			psi[j + 1] <- psi[j + 1] - phi[i + 1] * psi[j - i + 1]
	}
	A <- matrix(0, size, size)
	b <- numeric(size)
	for (k in 0:(size - 1)) {
		for (i in 0:p) {
			lag <- abs(k - i)
			A[k + 1, lag + 1] <- A[k + 1, lag + 1] + phi[i + 1]
		}
		if (k <= q)
			b[k + 1] <- sum(theta[(k:q) + 1] * psi[(k:q) - k + 1])
	}
	gamma <- c(solve(A, b), numeric(n))
	for (k in size:(size + n - 1))
		gamma[k + 1] <- -sum(phi[-1] * gamma[k + 1 - seq_len(p)])
	gamma[seq_len(n)]
}

# Log-likelihood with sigma2 at its maximum, by the dense covariance of the differenced series given
# its first d + D m values: what a diffuse start means. Missing values are taken out exactly; where
# one lies among the first d + D m after the first value, NA. Differences are never taken of a
# series with holes: its values are sums of them.
dense <- function(y, phi, theta, operator) {
	y <- y[seq(which(!is.na(y))[1], length(y))]
	lost <- length(operator) - 1
	n <- length(y)
	if (anyNA(y[seq_len(lost)]))
		return(NULL)
	gamma <- autocovariance(phi, theta, n - lost)
	V <- toeplitz(gamma)
	if (anyNA(y)) {
		inverse <- c(1, numeric(n - lost - 1))
		start <- numeric(n)
		start[seq_len(lost)] <- y[seq_len(lost)]
		for (t in seq_len(n)) {
			if (t > lost && lost > 0)
				start[t] <- -sum(operator[-1] * start[t - seq_len(lost)])
			if (t > 1 && t <= n - lost && lost > 0) {
				back <- seq_len(min(lost, t - 1))
				inverse[t] <- -sum(operator[1 + back] * inverse[t - back])
			}
		}
		sums <- matrix(0, n - lost, n - lost)
		for (t in seq_len(n - lost))
			sums[t, seq_len(t)] <- rev(inverse[seq_len(t)])
		seen <- which(!is.na(y[(lost + 1):n]))
		w <- (y - start)[lost + seen]
		V <- sums[seen, ] %*% V %*% t(sums[seen, ])
	} else {
		w <- if (lost > 0) as.numeric(stats::filter(y, operator, sides = 1))[-seq_len(lost)] else y
	}
	U <- chol(V)
	z <- backsolve(U, w, transpose = TRUE)
	n <- length(w)
	list(loglik = -n / 2 * (log(2 * pi * sum(z^2) / n) + 1) - sum(log(diag(U))),
		sigma2 = sum(z^2) / n)
}

regressors <- function(kind, y) {
	if (kind == "none")
		return(NULL)
	if (kind == "drift")
		return(cbind(drift = seq_along(y)))
	pairs <- as.integer(sub("fourier", "", kind))
	x <- fourier(y, K = pairs)
	colnames(x) <- NULL
	unclass(x)
}

# Exact likelihoods are asked at round parameters, so that nothing depends on an optimiser.
# name, order, ar, ma, sar, sma, intercept, xreg, coefficients of xreg.
at <- function(name, order, seasonal = c(0, 0, 0), ar = NULL, ma = NULL, sar = NULL, sma = NULL,
	       intercept = NULL, xreg = "none", beta = NULL)
	list(name = name, order = order, seasonal = seasonal, ar = ar, ma = ma, sar = sar, sma = sma,
		intercept = intercept, xreg = xreg, beta = beta)
fixed <- list(
	at("lh", c(1, 0, 0), ar = .57, intercept = 2.4),
	at("lh", c(3, 0, 0), ar = c(.6448, -.0634, -.2198), intercept = 2.3931),
	at("lh", c(1, 0, 1), ar = .45, ma = .2, intercept = 2.41),
	at("LakeHuron", c(2, 0, 0), ar = c(1.04, -.25), intercept = 579),
	at("LakeHuron", c(2, 0, 0), ar = c(1, -.29), intercept = 580, xreg = "drift", beta = -.02),
	at("Nile", c(1, 0, 1), ar = .86, ma = -.52, intercept = 920),
	at("Nile", c(0, 1, 1), ma = -.73),
	at("Nile", c(1, 1, 1), ar = .25, ma = -.87),
	at("Nile.holes", c(0, 1, 1), ma = -.73),
	at("Nile.holes", c(1, 0, 1), ar = .86, ma = -.52, intercept = 920),
	at("Nile.holes", c(2, 1, 1), ar = c(.2, .1), ma = -.8, xreg = "drift", beta = -3),
	at("WWWusage", c(3, 1, 0), ar = c(1.15, -.66, .34)),
	at("WWWusage", c(1, 1, 1), ar = .65, ma = .53),
	at("WWWusage", c(0, 2, 2), ma = c(.2, -.3)),
	at("lynx", c(4, 0, 2), ar = c(1.2, -.8, .2, -.2), ma = c(-.5, .3), intercept = 1500),
	at("sunspot.year", c(9, 0, 0), ar = c(1.2, -.4, -.15, .1, -.09, .05, .03, -.06, .2),
		intercept = 48),
	at("BJsales", c(1, 1, 1), ar = .8, ma = -.55),
	at("BJsales", c(0, 2, 1), ma = -.75),
	at("austres", c(1, 1, 1), ar = .7, ma = -.3, xreg = "drift", beta = 52),
	at("austres", c(0, 2, 1), seasonal = c(1, 0, 0), ma = -.6, sar = .2),
	at("presidents", c(3, 0, 0), ar = c(.75, .06, -.2), intercept = 56),
	at("presidents", c(1, 1, 1), ar = .3, ma = -.6),
	at("presidents", c(1, 0, 0), seasonal = c(1, 0, 1), ar = .8, sar = .5, sma = -.3,
		intercept = 56),
	at("USAccDeaths", c(0, 1, 1), seasonal = c(0, 1, 1), ma = -.43, sma = -.55),
	at("USAccDeaths", c(1, 0, 1), seasonal = c(1, 1, 0), ar = .9, ma = -.3, sar = -.4),
	at("AirPassengers", c(0, 1, 1), seasonal = c(0, 1, 1), ma = -.3, sma = -.1),
	at("AirPassengers", c(2, 1, 1), seasonal = c(0, 1, 0), ar = c(.6, .2), ma = -.98),
	at("AirPassengers.holes", c(0, 1, 1), seasonal = c(0, 1, 1), ma = -.3, sma = -.1),
	at("AirPassengers.holes", c(1, 0, 1), seasonal = c(1, 0, 1), ar = .95, ma = .2, sar = .9,
		sma = -.2, intercept = 280),
	at("AirPassengers.holes", c(1, 1, 0), ar = -.2, xreg = "fourier3",
		beta = c(-20, -30, -10, 20, 3, -4)),
	at("ldeaths", c(1, 0, 1), seasonal = c(0, 1, 1), ar = .6, ma = -.2, sma = -.9),
	at("ldeaths", c(0, 0, 1), seasonal = c(2, 1, 0), ma = .4, sar = c(-.7, -.3), xreg = "drift",
		beta = -6),
	at("nottem", c(1, 0, 0), ar = .33, intercept = 49, xreg = "fourier2",
		beta = c(-6.8, -9.3, 1.5, -.1)),
	at("nottem", c(1, 0, 2), seasonal = c(1, 1, 2), ar = .4, ma = c(-.1, .1), sar = -.3,
		sma = c(-.6, -.3)),
	at("UKDriverDeaths", c(1, 0, 1), ar = .9, ma = -.5, intercept = 1670, xreg = "fourier3",
		beta = c(-150, 200, -50, 10, 20, -20)),
	at("UKgas", c(0, 1, 1), seasonal = c(0, 1, 1), ma = -.9, sma = .2),
	at("UKgas", c(1, 1, 1), seasonal = c(2, 0, 0), ar = -.2, ma = -.7, sar = c(.6, .35)),
	at("JohnsonJohnson", c(1, 1, 2), seasonal = c(0, 1, 0), ar = -.8, ma = c(.1, -.6)),
	at("co2", c(0, 1, 1), seasonal = c(0, 1, 1), ma = -.35, sma = -.85),
	at("co2", c(1, 1, 1), seasonal = c(1, 1, 2), ar = .26, ma = -.6, sar = -.5,
		sma = c(-.33, -.47)),
	at("aus_retail/A3349709X", c(0, 1, 1), seasonal = c(0, 1, 1), ma = -.5, sma = -.6),
	at("aus_retail/A3349377R", c(1, 0, 1), seasonal = c(0, 1, 1), ar = .95, ma = -.2, sma = -.7,
		xreg = "drift", beta = .05),
	at("carparts/part_21050475", c(1, 0, 1), ar = .7, ma = -.5, intercept = 1.6),
	at("carparts/part_21055749", c(0, 1, 1), seasonal = c(1, 0, 0), ma = -.9, sar = .1),
	at("m4_weekly/W94", c(1, 1, 1), ar = .5, ma = -.2),
	at("m4_weekly/W87", c(0, 2, 2), ma = c(-.9, .1)),
	at("m4_hourly/H1", c(1, 0, 1), seasonal = c(0, 1, 1), ar = .9, ma = .2, sma = -.6))

write_fixed <- function(out, all) {
	for (f in fixed) {
		y <- all[[f$name]]
		x <- regressors(f$xreg, y)
		m <- frequency(y)
		n <- length(y)
		fit <- arima(y, f$order, list(order = f$seasonal, period = m), xreg = x,
			include.mean = !is.null(f$intercept),
			fixed = c(f$ar, f$ma, f$sar, f$sma, f$intercept, f$beta),
			transform.pars = FALSE, method = "ML")
		operator <- 1
		for (i in seq_len(f$order[2]))
			operator <- times(operator, c(1, -1))
		for (i in seq_len(f$seasonal[2]))
			operator <- times(operator, spread(1, -1, m))
		u <- as.numeric(y)
		if (!is.null(f$intercept))
			u <- u - f$intercept
		if (!is.null(x))
			u <- u - as.numeric(x %*% f$beta)
		exact <- dense(u, times(spread(f$ar, -1, 1), spread(f$sar, -1, m)),
			times(spread(f$ma, 1, 1), spread(f$sma, 1, m)), operator)
		if (!is.null(exact))
			message(sprintf("fixed %-24s R %.9f dense %.9f differ %.1e", f$name, fit$loglik,
				exact$loglik, fit$loglik - exact$loglik))
		optional <- function(v) if (length(v)) number(v)
		record(out, "arima_fixed", f$name, n = n, season = m,
			order = paste(c(f$order, f$seasonal), collapse = ";"), ar = optional(f$ar),
			ma = optional(f$ma), sar = optional(f$sar), sma = optional(f$sma),
			intercept = optional(f$intercept), xreg = f$xreg, beta = optional(f$beta),
			nobs = fit$nobs, loglik = number(fit$loglik), sigma2 = number(fit$sigma2),
			exact = optional(exact$loglik), exact_sigma2 = optional(exact$sigma2))
	}
}

write_arima <- function(all) {
	out <- begin("arima.txt", c(
		"ARIMA with regressors.",
		"",
		"arima NAME: auto.arima(y) as it stands, with its forecast",
		"	n, season",
		"	order	p;d;q;P;D;Q",
		"	ar, ma, sar, sma	coefficients in R's signs: (1 - ar B)(1 - sar B^m) on the left,",
		"		(1 + ma B)(1 + sma B^m) on the right",
		"	intercept	mean of the series; drift: slope a period, on the regressor 1, 2, ... n",
		"	nobs	values that count: n less NA less d + D m",
		"	sigma2	sum of squares/(nobs - estimated coefficients); sigma2_ml: by nobs",
		"	loglik	exact Gaussian, R's start (variance 1e6 for the differences), not the CSS",
		"	aic, aicc	with np parameters (sigma counted)",
		"	mean, lo95, hi95	12 steps",
		"arima_fixed NAME: the likelihood at given, round parameters",
		"	order, ar, ma, sar, sma, intercept	as above",
		"	xreg	none; drift (1, 2, ... n); fourierK: sin(2 pi t/m), cos(2 pi t/m), then twice",
		"		the frequency ... K times, t from 1",
		"	beta	coefficients of xreg",
		"	nobs",
		"	loglik, sigma2	of R's arima(fixed=, method=\"ML\"), sigma2 at its maximum given the",
		"		rest; with d or D its start at variance 1e6 makes it differ from the limit",
		"	exact, exact_sigma2	of the dense covariance of the differenced series given its",
		"		first d + D m values, the limit: what an exact method must give (where these",
		"		are missing a hole lies among the first values)"))
	write_fixed(out, all)
	for (name in names(all)) {
		y <- all[[name]]
		message("arima ", name)
		fit <- auto.arima(y)
		f <- forecast(fit, h = steps, level = 95)
		a <- fit$arma
		coef <- function(pattern) {
			v <- fit$coef[grepl(pattern, names(fit$coef))]
			if (length(v)) number(v)
		}
		record(out, "arima", name, n = length(y), season = frequency(y),
			order = paste(a[c(1, 6, 2, 3, 7, 4)], collapse = ";"), ar = coef("^ar"), ma = coef("^ma"),
			sar = coef("^sar"), sma = coef("^sma"), intercept = coef("^intercept"),
			drift = coef("^drift"), nobs = fit$nobs, sigma2 = number(fit$sigma2),
			sigma2_ml = number(fit$sigma2 * (fit$nobs - length(fit$coef)) / fit$nobs),
			loglik = number(fit$loglik), aic = rounded(fit$aic), aicc = number(fit$aicc),
			np = round((fit$aic + 2 * fit$loglik) / 2), mean = rounded(f$mean),
			lo95 = rounded(f$lower), hi95 = rounded(f$upper))
	}
	close(out)
}

# --- Theta, Croston, STL, tests ---------------------------------------------------------------

ends <- function(x) rounded(c(head(x, 5), tail(x, 5)))
stl_record <- function(out, name, how, fit) {
	p <- fit$time.series
	record(out, "stl", name, how = how, n = nrow(p), seasonal = ends(p[, "seasonal"]),
		trend = ends(p[, "trend"]), seasonal_ss = number(sum(p[, "seasonal"]^2)),
		trend_ss = number(sum(p[, "trend"]^2)), remainder_ss = number(sum(p[, "remainder"]^2)))
}

write_theta <- function(all) {
	out <- begin("theta.txt", c(
		"Theta, Croston's family, STL and the tests that choose differences and transforms.",
		"",
		"theta NAME: thetaf(y); series with NA have none",
		"	n, season, alpha (of the simple smoothing that carries it), slope (half the slope of",
		"	the straight line), sigma2, mean, lo80, hi80, lo95, hi95 (12 steps)",
		"croston NAME: croston(y, alpha = .1), flat; series with a zero only",
		"	n, croston, sba (croston times 1 - alpha/2), sbj (times 1 - alpha/(2 - alpha)),",
		"	size and interval (the two smoothed parts; both begin with their first value)",
		"stl NAME: one for each how= periodic (s.window = \"periodic\"), 13 (s.window = 13),",
		"	robust (s.window = 13, robust = TRUE); the rest as R has it by default",
		"	n, seasonal and trend (first five and last five values), seasonal_ss, trend_ss,",
		"	remainder_ss (sums of squares of all values)",
		"mstl NAME: mstl(y), seasons= joined by ';', one set of seasonalI (ends), seasonalI_ss each",
		"tests NAME:",
		"	ndiffs	ndiffs(y): KPSS, 5 %",
		"	kpss, kpss_trend	statistic about a level and about a line; lags",
		"		trunc(3 sqrt(n)/13); NA are taken out first",
		"	nsdiffs	nsdiffs(y): strength of season above .64; strength; seasonal series only",
		"	lambda	BoxCox.lambda(y, \"guerrero\"), within -1..2; series above 0 without NA only"))
	for (name in names(all)) {
		y <- all[[name]]
		n <- length(y)
		m <- frequency(y)
		whole <- !anyNA(y)
		message("theta ", name)
		if (whole) {
			f <- thetaf(y, h = steps)
			record(out, "theta", name, n = n, season = m, alpha = number(f$model$alpha),
				slope = number(f$model$drift), sigma2 = number(f$model$sigma),
				mean = rounded(f$mean), lo80 = rounded(f$lower[, 1]), hi80 = rounded(f$upper[, 1]),
				lo95 = rounded(f$lower[, 2]), hi95 = rounded(f$upper[, 2]))
		}
		if (whole && any(y == 0)) {
			f <- croston(y, h = 1, alpha = .1)
			rate <- f$mean[1]
			record(out, "croston", name, n = n, croston = number(rate), sba = number(rate * .95),
				sbj = number(rate * (1 - .1 / 1.9)), size = number(f$model$demand$mean[1]),
				interval = number(f$model$period$mean[1]))
		}
		if (whole && m > 1) {
			stl_record(out, name, "periodic", stl(y, "periodic"))
			stl_record(out, name, "13", stl(y, 13))
			stl_record(out, name, "robust", stl(y, 13, robust = TRUE))
			several <- if (m == 24) msts(y, c(24, 168)) else y
			p <- mstl(several)
			seasonal <- p[, grepl("^Seasonal", colnames(p)), drop = FALSE]
			parts <- list()
			for (i in seq_len(ncol(seasonal))) {
				parts[[paste0("seasonal", i)]] <- ends(seasonal[, i])
				parts[[paste0("seasonal", i, "_ss")]] <- number(sum(seasonal[, i]^2))
			}
			do.call(record, c(list(out, "mstl", name, n = n,
				seasons = paste(if (m == 24) c(24, 168) else m, collapse = ";")), parts,
				list(trend = ends(p[, "Trend"]), trend_ss = number(sum(p[, "Trend"]^2)),
				remainder_ss = number(sum(p[, "Remainder"]^2)))))
		}
		known <- as.numeric(na.omit(as.numeric(y)))
		lags <- trunc(3 * sqrt(length(known)) / 13)
		statistic <- function(type) number(urca::ur.kpss(known, type, use.lag = lags)@teststat)
		record(out, "tests", name, n = n, season = m, ndiffs = ndiffs(y), kpss = statistic("mu"),
			kpss_trend = statistic("tau"), nsdiffs = if (m > 1) nsdiffs(y),
			strength = if (m > 1) number(forecast:::seas.heuristic(y)),
			lambda = if (whole && min(y) > 0) number(BoxCox.lambda(y, "guerrero")))
	}
	close(out)
}

what <- commandArgs(TRUE)
wanted <- function(part) length(what) == 0 || part %in% what
all <- c(public, read_real())
if (wanted("series"))
	write_series()
if (wanted("ets"))
	write_ets(all)
if (wanted("theta"))
	write_theta(all)
if (wanted("arima"))
	write_arima(all)
