# Models of a burden: k hits among the n clusters of a sample.

prediction_models <- c("beta_binomial", "logistic")

# A function of k and n that gives the log odds of a case, learned from samples
# with these labels (1: case).
learn_burden <- function(k, n, label, model) {
    switch(model, beta_binomial = learn_beta_binomial(k, n, label),
        logistic = learn_logistic(k, n, label))
}

# Emerson et al. (2017): in each group k is binomial, with a probability that
# varies between samples as a beta distribution.
learn_beta_binomial <- function(k, n, label) {
    case <- fit_beta_binomial(k[label == 1L], n[label == 1L])
    control <- fit_beta_binomial(k[label == 0L], n[label == 0L])
    prior <- log(sum(label == 1L) / sum(label == 0L))
    function(k, n) {
        prior + log_beta_binomial(k, n, case) -
            log_beta_binomial(k, n, control)
    }
}

# Without the binomial coefficient, which groups share.
log_beta_binomial <- function(k, n, fit) {
    lbeta(k + fit[["alpha"]], n - k + fit[["beta"]]) -
        lbeta(fit[["alpha"]], fit[["beta"]])
}

# The maximum of the likelihood, c(alpha, beta): by the mean and the precision
# alpha + beta. Half a hit among all samples is the least mean; a precision of
# 10^8 is a binomial distribution.
fit_beta_binomial <- function(k, n) {
    parts <- function(at) {
        mean <- stats::plogis(at[1L])
        size <- exp(at[2L])
        c(alpha = mean * size, beta = (1 - mean) * size)
    }
    least <- 0.5 / max(sum(n), 1)
    lower <- c(stats::qlogis(min(least, 0.4)), log(0.01))
    upper <- c(stats::qlogis(1 - 1e-6), log(1e8))
    value <- function(at) {
        -sum(log_beta_binomial(k, n, parts(at)))
    }
    slope <- function(at) {
        fit <- parts(at)
        size <- fit[[1L]] + fit[[2L]]
        both <- digamma(n + size) - digamma(size)
        alpha <- digamma(k + fit[[1L]]) - digamma(fit[[1L]]) - both
        beta <- digamma(n - k + fit[[2L]]) - digamma(fit[[2L]]) - both
        mean <- fit[[1L]] / size
        -c(sum(alpha - beta) * size * mean * (1 - mean),
            sum(alpha * fit[[1L]] + beta * fit[[2L]]))
    }
    mean <- min(max(sum(k), 0.5) / max(sum(n), 1), 0.5)
    start <- pmin(pmax(c(stats::qlogis(mean), log(beta_precision(k, n, mean))),
        lower), upper)
    parts(stats::optim(start, value, slope, method = "L-BFGS-B", lower = lower,
        upper = upper, control = list(factr = 1e6))$par)
}

# By moments, for the search to begin with.
beta_precision <- function(k, n, mean) {
    expected <- n * mean * (1 - mean)
    excess <- sum((k - n * mean)^2) / max(sum(expected), 1e-9) - 1
    typical <- sum(n^2) / max(sum(n), 1)
    if (excess <= 1e-3) 1e3 * typical else max(typical / excess - 1, 1)
}

# On the log of the share of hits, so that depth alone says nothing; the slope
# has a normal prior of variance 1 in standard deviations, for groups that are
# apart.
learn_logistic <- function(k, n, label) {
    share <- function(k, n) log((k + 0.5) / (n + 1))
    x <- share(k, n)
    center <- mean(x)
    scale <- stats::sd(x)
    if (!isTRUE(scale > 1e-12)) scale <- Inf
    fit <- fit_logistic((x - center) / scale, label)
    function(k, n) fit[1L] + fit[2L] * (share(k, n) - center) / scale
}

fit_logistic <- function(x, label) {
    design <- cbind(1, x)
    penalty <- diag(c(0, 1))
    at <- c(stats::qlogis(mean(label)), 0)
    for (i in 1:50) {
        p <- stats::plogis(as.vector(design %*% at))
        score <- crossprod(design, label - p) - penalty %*% at
        step <- solve(crossprod(design, design * (p * (1 - p))) + penalty,
            score)
        at <- at + as.vector(step)
        if (max(abs(step)) < 1e-10) break
    }
    at
}
