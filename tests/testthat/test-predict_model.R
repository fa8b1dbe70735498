# Maxima of likelihoods against a search from many places.

test_that("the beta-binomial fit is the best there is", {
    for (seed in 1:6) {
        data <- withr::with_seed(seed, {
            n <- sample(50:2000, 80, TRUE)
            p <- stats::rbeta(80, c(0.5, 3, 40)[1 + seed %% 3], 200)
            list(n = n, k = stats::rbinom(80, n, p))
        })
        fit <- fit_beta_binomial(data$k, data$n)
        value <- function(at) {
            sum(lbeta(data$k + exp(at[1]), data$n - data$k + exp(at[2])) -
                lbeta(exp(at[1]), exp(at[2])))
        }
        others <- vapply(list(c(0, 0), c(0, 5), c(3, 8)), function(start) {
            stats::optim(start, function(at) -value(at),
                control = list(maxit = 5000, reltol = 1e-14))$value
        }, 0)
        expect_gt(value(log(fit)), max(-others) - 1e-4)
    }
})

test_that("burdens without spread, or without hits, have a fit", {
    same <- fit_beta_binomial(rep(10, 30), rep(1000, 30))
    expect_equal(same[["alpha"]] / sum(same), 0.01, tolerance = 1e-3)
    none <- fit_beta_binomial(rep(0, 30), rep(1000, 30))
    expect_lt(none[["alpha"]] / sum(none), 1e-3)
    expect_true(all(is.finite(c(same, none))))
    odds <- learn_beta_binomial(c(rep(0, 10), rep(5, 10)), rep(1000, 20),
        rep(0:1, each = 10))
    expect_lt(odds(0, 1000), 0)
    expect_gt(odds(5, 1000), 0)
    # The same burden says less of a deeper sample.
    expect_gt(odds(3, 500), odds(3, 4000))
})

test_that("posterior odds follow from the two likelihoods", {
    k <- c(1, 2, 4, 3, 9, 12, 7)
    n <- rep(500, 7)
    label <- c(0, 0, 0, 0, 1, 1, 1)
    odds <- learn_beta_binomial(k, n, label)
    density <- function(k, fit) {
        choose(500, k) * beta(k + fit[["alpha"]], 500 - k + fit[["beta"]]) /
            beta(fit[["alpha"]], fit[["beta"]])
    }
    case <- fit_beta_binomial(k[label == 1], n[label == 1])
    # A binomial without spread is beyond beta().
    case <- pmin(case, 50)
    control <- pmin(fit_beta_binomial(k[label == 0], n[label == 0]), 50)
    expect_equal(log_beta_binomial(5, 500, case) -
        log_beta_binomial(5, 500, control),
        log(density(5, case) / density(5, control)))
    expect_gt(odds(9, 500), odds(2, 500))
})

test_that("the logistic fit is that of its penalized likelihood", {
    for (seed in 1:4) {
        x <- withr::with_seed(seed, stats::rnorm(60))
        label <- as.integer(x + withr::with_seed(seed + 9, stats::rnorm(60)) *
            c(0.01, 1, 3, 10)[seed] > 0)
        at <- fit_logistic(x, label)
        value <- function(b) {
            eta <- b[1] + b[2] * x
            sum(label * eta - log1p(exp(eta))) - b[2]^2 / 2
        }
        best <- stats::optim(c(0, 0), function(b) -value(b),
            control = list(reltol = 1e-15, maxit = 5000))
        expect_equal(at, best$par, tolerance = 1e-4)
    }
    flat <- learn_logistic(rep(2, 10), rep(100, 10), rep(0:1, c(4, 6)))
    expect_equal(flat(c(0, 50), c(100, 100)), rep(log(6 / 4), 2))
})
