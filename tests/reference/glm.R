# Writes glm_rows.csv (rows), glm.csv (what glm, MASS::glm.nb and optim say of them) and ridge.csv
# (MASS::lm.ridge and the curve of generalised cross-validation by its definition).
# Run as: Rscript tests/reference/glm.R tests/reference
library(MASS)
options(digits = 15)
dir <- commandArgs(TRUE)[1]
set.seed(20260101, kind = "Mersenne-Twister")
n <- 400
group <- rep(1:8, each = n / 8)
x1 <- round(rnorm(n), 6); x2 <- as.numeric(runif(n) < .3); x3 <- round(.6 * x1 + .8 * rnorm(n), 6)
offset <- round(runif(n, -.5, .5), 6); weight <- round(runif(n, .5, 2), 4)
y <- rnbinom(n, size = 2.5, mu = exp(1 + .1 * group + offset - .7 * x1 + .9 * x2 + .2 * x3))
z <- round(3 + 2 * x1 - x2 + .5 * x3 + rnorm(n), 6)
rows <- data.frame(group, x1, x2, x3, offset, weight, y, z)
write.csv(rows, file.path(dir, "glm_rows.csv"), row.names = FALSE)
exact <- glm.control(epsilon = 1e-14, maxit = 200)
out <- file(file.path(dir, "glm.csv"), "w")
tell <- function(name, x) cat(name, paste(formatC(c(x), digits = 15, format = "g"), collapse = ","), sep = ",", file = out, append = TRUE, fill = FALSE)
line <- function(name, x) { tell(name, x); cat("\n", file = out) }
p <- glm(y ~ x1 + x2 + x3 + offset(offset), poisson, weights = weight, control = exact)
line("poisson", coef(p)); line("poisson_se", sqrt(diag(vcov(p))))
line("poisson_pearson", sum(residuals(p, "pearson")^2) / p$df.residual)
line("poisson_loglik", sum(weight * dpois(y, fitted(p), log = TRUE)))
g <- glm(y ~ x1 + x2 + x3 + factor(group) - 1 + offset(offset), poisson, control = exact)
line("grouped", coef(g)[1:3]); line("grouped_se", sqrt(diag(vcov(g)))[1:3])
# The joint maximum for b and theta, to the last digit: glm at theta, theta.ml at the means, in turn.
nb <- function(formula) {
  th <- 2
  for (i in 1:200) {
    m <- glm(formula, negative.binomial(th), control = exact)
    new <- theta.ml(y, fitted(m), limit = 100, eps = 1e-13)
    if (abs(new - th) < 1e-12 * th) break
    th <- c(new)
  }
  list(m = m, theta = c(new), se = sqrt(diag(summary(m, dispersion = 1)$cov.scaled)))
}
f <- nb(y ~ x1 + x2 + x3 + offset(offset))
check <- glm.nb(y ~ x1 + x2 + x3 + offset(offset))
stopifnot(abs(coef(check) - coef(f$m)) < 1e-4, abs(check$theta - f$theta) < 1e-3)
line("nb", coef(f$m)); line("nb_se", f$se); line("nb_dispersion", 1 / f$theta)
line("nb_loglik", sum(dnbinom(y, size = f$theta, mu = fitted(f$m), log = TRUE)))
h <- nb(y ~ x1 + x2 + x3 + factor(group) - 1 + offset(offset))
line("nb_grouped", coef(h$m)[1:3]); line("nb_grouped_dispersion", 1 / h$theta)
# Clusters (Liang & Zeger) by group, with C / (C - 1).
X <- model.matrix(p); bread <- solve(t(X) %*% (X * (weight * fitted(p))))
score <- rowsum(X * (weight * (y - fitted(p))), group)
v <- bread %*% t(score) %*% score %*% bread * 8 / 7
line("poisson_sandwich", sqrt(diag(v)))
# A penalty about a prior, and a sign that binds: the maximum by a general optimiser, then Newton.
prior <- c(0, -1, 0, 1); penalty <- c(0, 20, 5, 50)
X <- cbind(1, x1, x2, x3); b <- coef(p)
for (i in 1:100) {
  mu <- exp(X %*% b + offset)[, 1]
  b <- b + solve(t(X) %*% (X * mu) + diag(penalty), t(X) %*% (y - mu) - penalty * (b - prior))[, 1]
}
line("penalised", b)
s <- glm(y ~ x2 + x3 + offset(offset), poisson, control = exact)
line("signed", c(coef(s)[1], 0, coef(s)[2:3]))   # x1 would be below 0 and may not
close(out)
out <- file(file.path(dir, "ridge.csv"), "w")
for (lambda in c(.01, .1, 1)) line(paste0("ridge_", lambda), coef(lm.ridge(z ~ x1 + x2 + x3, lambda = lambda * n)))
S <- scale(cbind(x1, x2, x3)) * sqrt(n / (n - 1)); zc <- z - mean(z)
curve <- sapply(10^((-48:24) / 8), function(l) {
  H <- S %*% solve(t(S) %*% S / n + l * diag(3)) %*% t(S) / n
  mean((zc - H %*% zc)^2) / (1 - (1 + sum(diag(H))) / n)^2 })
line("gcv_lambda", 10^((-48:24) / 8)[which.min(curve)]); line("gcv", min(curve))
# Elastic net by its definition: the least of the convex objective, over the signs of the coefficients.
net <- function(l, a) {
  best <- Inf
  for (code in 0:26) {
    sg <- (code %/% c(1, 3, 9)) %% 3 - 1; on <- sg != 0; b <- c(0, 0, 0)
    if (any(on)) {
      A <- t(S) %*% S / n + l * (1 - a) * diag(3)
      b[on] <- solve(A[on, on], (t(S) %*% zc / n)[on] - l * a * sg[on])
      if (any(sign(b) != sg)) next
    }
    value <- mean((zc - S %*% b)^2) / 2 + l * ((1 - a) * sum(b^2) / 2 + a * sum(abs(b)))
    if (value < best) { best <- value; coef <- b }
  }
  sd <- apply(cbind(x1, x2, x3), 2, sd) * sqrt((n - 1) / n)
  coef <- coef / sd
  c(mean(z) - sum(coef * colMeans(cbind(x1, x2, x3))), coef)
}
line("net_.1_.5", net(.1, .5)); line("net_.6_.9", net(.6, .9)); line("net_.3_1", net(.3, 1))
close(out)
