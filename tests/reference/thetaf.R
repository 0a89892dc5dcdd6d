# Writes thetaf.csv: thetaf (forecast 8.20) of some of R's series: smoothing parameters, drift, sigma,
# means and the half-width of the 80 % interval of 14 steps, then the series.
# Run as: Rscript tests/reference/thetaf.R tests/reference/thetaf.csv
suppressMessages(library(forecast))
out <- file(commandArgs(TRUE)[1], "w")
number <- function(x) formatC(c(x), digits = 14, width = -1)
for (name in c("AirPassengers", "nottem", "Nile", "USAccDeaths", "WWWusage", "LakeHuron", "UKgas", "co2")) {
  x <- get(name)
  f <- thetaf(x, h = 14)
  # The level is not in the result of thetaf: the same fit again, on the same adjusted series.
  m <- frequency(x)
  r <- acf(x, lag.max = m, plot = FALSE)$acf[-1]
  shows <- m > 1 && abs(r[m]) > qnorm(.95) * sqrt((1 + 2 * sum(r[-m]^2)) / length(x))
  adjusted <- if (shows) seasadj(decompose(x, "multiplicative")) else x
  fit <- ses(adjusted)$model
  stopifnot(abs(fit$par["alpha"] - f$model$alpha) < 1e-12)
  cat(name, m, length(x), number(c(f$model$alpha, fit$par["l"], f$model$drift, sqrt(f$model$sigma))),
      number(f$mean), number((f$upper - f$lower)[, 1] / 2), number(x), sep = ",", file = out)
  cat("\n", file = out)
}
close(out)
