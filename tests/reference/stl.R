# Writes stl.csv: R's stl, mstl and decompose (stats of R 4.2.2, forecast 8.20) of some of R's series.
# Run as: Rscript tests/reference/stl.R tests/reference/stl.csv
#
# Robust cases have an odd number of values. For an even one R's partial sort is given its two middle
# ranks in descending order and may leave a wrong value at one of them (seen in AirPassengers, s.window
# 7, eighth outer round: the weights' scale is not six medians), so its weights are not the paper's.
suppressMessages(library(forecast))
out <- file(commandArgs(TRUE)[1], "w")
cat("case,period,period2,t,y,trend,season,season2\n", file = out)
put <- function(case, p, p2, y, trend, s, s2 = rep(0, length(y))) {
  keep <- seq_along(y) %% 5 == 0 | seq_along(y) == length(y)
  f <- function(x) ifelse(keep, formatC(c(x), digits = 14, width = -1), "")
  write.table(data.frame(case, p, p2, seq_along(y) - 1, formatC(c(y), digits = 14, width = -1), f(trend),
                         f(s), f(s2)), out, sep = ",", quote = FALSE, row.names = FALSE, col.names = FALSE)
}
stl_case <- function(case, x, window, robust = FALSE) {
  r <- stl(x, s.window = window, robust = robust)$time.series
  put(case, frequency(x), 0, x, r[, "trend"], r[, "seasonal"])
}
stl_case("nottem-periodic", nottem, "periodic")
stl_case("nottem-7", nottem, 7)
stl_case("nottem-robust-11", window(nottem, end = c(1939, 11)), 11, TRUE)
stl_case("ukgas-robust-periodic", window(UKgas, end = c(1986, 3)), "periodic", TRUE)
x <- window(co2, start = 1980)
stl_case("co2-21", x, 21)
r <- mstl(AirPassengers)
put("airpassengers-mstl", 12, 0, AirPassengers, r[, "Trend"], r[, "Seasonal12"])
x <- msts(taylor[1:1000], c(48, 336))
r <- mstl(x)
put("taylor-mstl", 48, 336, x, r[, "Trend"], r[, "Seasonal48"], r[, "Seasonal336"])
close(out)
